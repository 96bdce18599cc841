"""A graph in Graphviz's language is put into words; where it isn't one, the place is found."""

import pytest

from sitegen.prose.dot import NotAGraph, describe, opening_of, plain_labels, read_graph

WORDS = {
    "digraph { a -> b }": "a to b",
    'digraph { a -> b [label="asks"] }': "a to b (asks)",
    "graph { a -- b -- c }": "a and b, b and c",
    'digraph { a [label="The client"]; a -> b; c }': "The client to b, c",
    "digraph { a -> {b c} }": "a to b, a to c",
    "digraph { {a b} -> c [label=x] }": "a to c (x), b to c (x)",
    "digraph { subgraph cluster_g { label=G; x } x -> y }": "x to y",
    "digraph { a [label=<two <b>words</b>>] }": "two words",
    'digraph { a [label="<f0> left|{mid|right}"] }': "left, mid, right",
    'digraph { a [label="one\\ntwo"] }': "one two",
    'digraph { "a" + "b" -> c }': "ab to c",
    'strict digraph "G" { node [shape=box]; rankdir=LR; a:n -> b:f:s }': "a to b",
    "// before\ndigraph { # not a comment, but inside no token\n}": None,
    "# a line of the preprocessor\n/* and */ graph { é -- 2.5 }": "é and 2.5",
    "graph { }": "",
    "graph { a } what follows": "a",
    "digraph { " + "; ".join(f"a{n} -> b" for n in range(40)) + " }": ", and 16 more",
}


@pytest.mark.parametrize(("source", "words"), [pair for pair in WORDS.items() if pair[1] is not None])
def test_a_graph_in_words(source, words):
    said = describe(read_graph(source))
    assert said.endswith(words) if words.startswith(", and") else said == words


WRONG = {
    "digraph { a -> }": ("A name is missing", "}"),
    "digraph { a -- b }": ("The edges of a digraph are written ->", "--"),
    "graph { a -> b }": ("The edges of a graph are written --", "->"),
    "digraph { a -> b": ("A { is never closed", "b"),
    'digraph { a [label="x }': ('A " is never closed', '"'),
    "digraph { a [label=<<b>x] }": ("A < is never closed", "<"),
    "digraph { a [color=red -> b }": ("A [ is never closed", "->"),
    "digraph { /* a }": ("A comment is never closed", "/*"),
    "digraph { a-b }": ('"-" has no meaning here', "-"),
    "digraph { edge -> x }": ("Attributes stand between", "->"),
    "digraph { a [b] ] }": ("A statement can't start with", "]"),
    "digraph { a -> node }": ("A name is missing", "node"),
    "hello": ("A graph starts with graph or digraph", "hello"),
    "": ("A graph starts with graph or digraph", ""),
}


@pytest.mark.parametrize("source", WRONG)
def test_what_is_wrong_has_its_words_and_its_place(source):
    words, there = WRONG[source]
    with pytest.raises(NotAGraph) as wrong:
        read_graph(source)
    assert wrong.value.words.startswith(words)
    assert source.startswith(there, wrong.value.offset)


@pytest.mark.parametrize(
    "source",
    ["digraph{" + "{" * 50_000, "digraph {" + "a->" * 30_000, "graph { a [label=<" + "<" * 90_000, "/*" * 50_000],
    ids=["groups", "edges", "brackets", "comments"],
)
def test_a_hostile_source_is_refused_without_recursion(source):
    with pytest.raises(NotAGraph):
        read_graph(source)


def test_a_long_chain_has_all_its_edges_counted():
    assert describe(read_graph("graph {" + "--".join(f"n{n}" for n in range(3000)) + "}")).endswith(", and 2975 more")


def test_the_opening_brace_is_found_behind_names_and_comments():
    source = 'digraph "a { b" /* { */ { x }'
    assert source[opening_of(source) :] == " x }"


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("graph { a [label=<two <b>wor</b>ds<br/>and more>]; b }", 'graph { a [label="two words\\nand more"]; b }'),
        ('graph { a [label=<"x" &amp; \\y &lt;>] }', 'graph { a [label="\\"x\\" & \\\\y <"] }'),
        ("graph { a [label=<<table><tr><td>A</td><td>B</td></tr>\n<tr><td>C</td></tr></table>>]\n b }", 'graph { a [label="A B\\nC"\n]\n b }'),
        ('graph { a [label="<b>"] /* <i> */ }', 'graph { a [label="<b>"] /* <i> */ }'),
        ("digraph { a -> b }", "digraph { a -> b }"),
    ],
)  # fmt: skip
def test_labels_in_html_are_their_words_and_lines_stay_lines(source: str, plain: str):
    assert plain_labels(source) == (plain, int(source != plain))
    assert source.count("\n") == plain.count("\n")
