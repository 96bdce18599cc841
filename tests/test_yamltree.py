"""YAML as authors type it: scalars stay as written, and what can't be read is told once, in plain words."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.config.settings import read_settings
from sitegen.config.yamltree import MAX_DEPTH, MAX_NODES, Items, Node, Pairs, Scalar, _build, _read_plain, read_yaml
from sitegen.diagnostics import Located, Span, render_text
from tests.cases import Case, read_cases

SYNTAX = read_cases(Path(__file__).parent / "settings" / "syntax.txt")


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers; some machines have only the second."""
    if request.param == "pure Python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


def tree(text: str) -> Node | None:
    node, findings = read_yaml(text, "site.yaml")
    assert findings == []
    return node


def plain(node: Node | None) -> object:
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    if isinstance(node, Pairs):
        return {key.text: plain(value) for key, value in node.pairs}
    return None if node is None or node.empty else node.text


# --- what it means ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "12:30",
        "no",
        "on",
        "yes",
        "2026-02-30",
        "1e3",
        "0755",
        "007",
        "10%",
        "1_000",
        ".5",
        "0x10",
        "true",
        "-",
        "NULL",
        "3:30pm",
        "a#b",
        "don't",
        "x:y",
        "http://a/b",
        "a, b",
        "50% off",
        "C++",
        "a & b",
        "[sic",
        "=",
        ".inf",
        "a @ b",
    ],
)
def test_a_plain_scalar_stays_as_it_was_written(written: str, parser: None):
    text = written if written not in ("-", "[sic") else f'"{written}"'
    assert plain(tree(f"x: {text}\n")) == {"x": written}


@pytest.mark.parametrize("written", ["", "~", "null", "# a remark"])
def test_nothing_can_be_written_in_these_ways(written: str, parser: None):
    assert plain(tree(f"x: {written}\ny: z")) == {"x": None, "y": "z"}


@pytest.mark.parametrize("written", ['""', "'~'", '"null"'])
def test_quotes_make_text_of_anything(written: str):
    node = tree(f"x: {written}\n")
    assert isinstance(node, Pairs)
    assert isinstance(node.pairs[0][1], Scalar)
    assert not node.pairs[0][1].empty


@pytest.mark.parametrize("text", ["", "\n\n", "# a remark\n", "~", "---\n", "\ufeff"])
def test_an_empty_text_has_no_tree(text: str, parser: None):
    assert tree(text) is None


def test_blocks_keep_or_fold_their_lines(parser: None):
    assert plain(tree("x: |\n  a: b\n  - c\ny: >-\n  d\n  e\n")) == {"x": "a: b\n- c\n", "y": "d e"}


def test_one_pair_in_a_list_is_a_mapping(parser: None):
    assert plain(tree("- Course: overview\n- [a: , b]")) == [{"Course": "overview"}, [{"a": None}, "b"]]


def test_an_anchor_gives_its_value_again(parser: None):
    assert plain(tree("a: &x [1, {b: 2}]\nc: *x\n")) == {"a": ["1", {"b": "2"}], "c": ["1", {"b": "2"}]}


def test_a_merge_brings_in_the_keys_that_arent_given(parser: None):
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 0}\nd:\n  y: 9\n  <<: *a\n"
    found = plain(tree(text))
    assert isinstance(found, dict)
    assert found["c"] == {"x": "0", "y": "2", "z": "4"}
    assert found["d"] == {"y": "9", "x": "1"}


def test_the_first_of_two_keys_is_kept_to_read_on():
    node, findings = read_yaml("a: 1\na: 2\nb: {c: 3, c: 4}", "site.yaml")
    assert plain(node) == {"a": "1", "b": {"c": "3"}}
    assert [str(finding.span) for finding in findings] == ["site.yaml:3:11", "site.yaml:2:1"]


def test_spans_count_lines_and_characters_from_1(parser: None):
    node = tree("# ünïcödé\n多: [é, 'b c']\nd:\n  e: 𝄞 f\n")
    assert isinstance(node, Pairs)
    (key, items), (_, inner) = node.pairs
    assert isinstance(items, Items)
    assert isinstance(inner, Pairs)
    assert key.span == Span("site.yaml", 2, 1, 2, 2)
    assert items.span == Span("site.yaml", 2, 4, 2, 14)
    assert [item.span for item in items.items] == [Span("site.yaml", 2, 5, 2, 6), Span("site.yaml", 2, 8, 2, 13)]
    assert inner.pairs[0][1].span == Span("site.yaml", 4, 6, 4, 9)


def test_front_matter_counts_lines_from_the_files_top():
    node, _ = read_yaml("a: 1\nb: 2", "content/a.md", first_line=2)
    assert isinstance(node, Pairs)
    assert str(node.pairs[1][0].span) == "content/a.md:3:1"
    assert [str(f.span) for f in read_yaml("a: 1\nb: @c", "content/a.md", 2)[1]] == ["content/a.md:3:4"]
    assert [str(f.span) for f in read_yaml("a: 1\nb: \0", "content/a.md", 2)[1]] == ["content/a.md:3:4"]


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_a_line_end_that_editors_dont_know_is_a_space(char: str, parser: None):
    node = tree(f"a: b{char}c\nd: e")
    assert plain(node) == {"a": "b c", "d": "e"}
    assert isinstance(node, Pairs)
    assert node.pairs[1][0].span.line == 2


def test_located_text_is_text():
    text = Located("a", Span("site.yaml", 3))
    assert text == "a"
    assert hash(text) == hash("a")
    assert text.span.line == 3


# --- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", SYNTAX, ids=lambda case: case.title)
def test_each_mistake_is_told_once_in_these_words(case: Case, parser: None):
    node, findings = read_yaml(case.text, "site.yaml")
    assert len(findings) == 1
    if node is not None:  # the parser was content, but the tree isn't what was meant
        assert case.title in (
            "a key given twice",
            "a list as a key",
            "a merge of nothing",
            "a no-break space as indentation",
        )
    case.check(render_text(findings, {"site.yaml": case.text}))


@pytest.mark.parametrize(
    ("char", "name"),
    [("\0", "U+0000"), ("\x07", "U+0007"), ("\x1b", "U+001B"), ("\ud800", "U+D800"), ("\ufffe", "U+FFFE")],
)
def test_a_character_that_yaml_doesnt_allow_is_named_and_never_shown(char: str, name: str, parser: None):
    text = f"a: b\ntitle: Sys{char}tems"
    assert render_text(read_yaml(text, "site.yaml")[1], {"site.yaml": text}) == (
        f"site.yaml:2:11: error[yaml-syntax]: The character {name} can't stand in YAML.\n"
        "  2 | title: Sys\ufffdtems\n"
        "    |           ^\n"
        "  help: Delete it.\n"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: " + "[" * 10_000, "1:53"),
        ("a: " + "{b: " * 10_000, "1:200"),
        ("".join(f"{' ' * n}a:\n" for n in range(1_000)), "51:51"),
        ("- " * 10_000, "1:101"),
        ("? " * 10_000, "1:101"),
    ],
    ids=["brackets", "braces", "indentation", "dashes", "question marks"],
)
def test_deep_nesting_is_refused_where_it_gets_too_deep(text: str, place: str, parser: None):
    node, findings = read_yaml(text, "site.yaml")
    assert node is None
    assert [f"{f.span.line}:{f.span.column} {f.message}" for f in findings] == [
        f"{place} This is nested more than {MAX_DEPTH} levels deep."
    ]


def test_what_nests_as_deep_as_allowed_is_read():
    assert tree("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
)
MERGE_BOMB = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 40)
)


@pytest.mark.parametrize(
    "bomb", [BOMB, MERGE_BOMB, BOMB.replace("a1: &a1", "a0: &a1")], ids=["lists", "merges", "duplicates"]
)
def test_an_alias_bomb_is_refused_in_little_memory(bomb: str, parser: None):
    tracemalloc.start()
    node, findings = read_yaml(bomb, "site.yaml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert node is None
    assert render_text(findings[-1:], {}) == (
        f"{findings[-1].span}: error[yaml-too-big]: With its aliases followed, this holds more than {MAX_NODES:,} values.\n"
        "  help: Remove the aliases (*name) and write out what is needed.\n"
    )
    assert peak < 2_000_000


def test_a_large_course_is_read():
    text = "schedule:\n" + "".join(f"  - {{topic: Session {n}, read: [a{n}, b{n}]}}\n" for n in range(3_000))
    assert isinstance(tree(text), Pairs)


_PIECES = st.sampled_from(
    [
        *"\n\n\n  \t:-?,[]{}#&*!|>'\"%@`~<=.\\",
        ": ",
        "- ",
        "\n  ",
        "\n- ",
        "a",
        "b: c",
        "<<: ",
        "*a",
        "&a ",
        "!!str ",
        "---",
        "...",
        "\x00",
        "\x07",
        "\ufeff",
        "\xa0",
        "\u2028",
        "�",
        "𝄞",
        "é",
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
@example("x: \ud800")
@example("\ufeff\ufeff")
def test_any_text_is_read_or_explained_within_itself(text: str):
    node, findings = read_yaml(text, "site.yaml")
    lines = text.split("\n")
    for finding in findings:
        assert 1 <= finding.span.line <= len(lines) + 1
        assert finding.span.column >= 1
        assert finding.message.endswith((".", ".'", '."'))
        assert render_text([finding], {"site.yaml": text})
    assert node is not None or findings or not any(plain(n) for n in [node])


@given(st.binary(max_size=60))
def test_any_bytes_are_settings_or_findings(source: bytes):
    found, findings = read_settings(source)
    assert found is not None or findings


# --- what is read without YAML's parser ---------------------------------------------------------

WORDS = st.text(st.sampled_from(" abcÄ王9_.,;()'’/+&=?!–—-:#\"\\\t\u00a0[]{}|>@*&%`~"), max_size=12)
LINES = st.one_of(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["title", "draft", "a-b", "x_1", "T", "null", "1"]),
        st.sampled_from([": ", ":  ", ":"]),
        WORDS,
    ),
    st.builds('k{}: "{}"{}'.format, st.integers(0, 9), WORDS, st.sampled_from(["", " ", " #c"])),
    st.sampled_from(
        ["", "", " ", "# words", "---", "- a", "  more words", "draft: true", "date: 2026-02-03", "n: null"]
    ),
)


@given(st.lists(LINES, max_size=6).map(lambda lines: "".join(f"{line}\n" for line in lines)), st.integers(1, 3))
@example('title: "A: b"\ndraft: true \n\ndate: 2026-02-03\n', 2)
@example("\ntitle: A\n\n\n", 1)
def test_what_is_read_without_yaml_s_parser_is_read_as_by_it(text: str, first_line: int):
    found = _read_plain(text, "a.md", first_line)
    if found is not None:
        assert found == _build(text, "a.md", first_line - 1, [])


def test_plain_front_matter_needs_no_parser(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(yaml, "parse")
    node, findings = read_yaml('title: "Serving: part two"\ndraft: true\ndate: 2026-02-03\n', "a.md", 2)
    assert (plain(node), findings) == ({"title": "Serving: part two", "draft": "true", "date": "2026-02-03"}, [])
    with pytest.raises(AttributeError):
        read_yaml("title: [a]\n", "a.md")


@pytest.mark.parametrize(
    "text", ["title: a\ntitle: b\n", "a: b: c\n", "a: b #c\n", "a: 'b'\n", "- a\n", "a:\n", "a: b", "\n", ""]
)
def test_what_isn_t_plain_is_left_to_the_parser(text: str):
    assert _read_plain(text, "a.md", 1) is None
