r"""What real BibTeX would take is read as it reads it; what it would refuse is told once, and all else is kept."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sitegen.bib.bibentry import Places
from sitegen.bib.bibliography import read_bibliography
from sitegen.bib.bibtex import read_entries
from sitegen.diagnostics import Span
from tests.papers import EXPORTS, read
from tests.realbibtex import FIELDS_STYLE, read_fields

NEXT = "@misc{next, title = {Next}, author = {A. Next}, year = 2020}\n"


def fields_of(text: str) -> dict[str, dict[str, str]]:
    """The fields by key of a text in which nothing is wrong."""
    entries, _, findings = read_entries(text)
    assert findings == []
    return {entry.key: entry.fields for entry in entries}


WELL_FORMED = {
    "an @ at a line's beginning": "@misc{a, note = {see\n@Override {x} and\n  @foo(bar) ok}}",
    "an entry inside a value": "@misc{a, note = {code:\n@article{x, title={y}}\n}, year = 2000}",
    "two backslashes before the brace": "@misc{a, title = {T\\\\}, author={A B}}",
    "a backslash hides no brace": "@misc{a, title = {T\\}, author={A B}}",
    "quotes in braces": '@misc{a, title = "The {a {"}b{"} c} d"}',
    "an @ in quotes": '@misc{a, title = "x @ y", note = "a, b = {c}"}',
    "white space everywhere": '@ misc\n{ a\n , title\n = \n{T}\n # \n" x" ,\n}',
    "parentheses": '@misc(a, title = {T) x}, author = "A (B)", year = 2000)',
    "parentheses and a comma": "@misc(a, title = {T},)",
    "no fields": "@misc{a}",
    "no fields and a comma": "@misc{a,}",
    "macros": '@string(x = "X" # { Y}) @STRING{Conf=x # " Z"}\n@misc{a, title = CONF # x # 12, month = "10~" # jan}',
    "a macro again": '@string{x = "X"}\n@string{y = x # "Y"}\n@string{x = {Z}}\n@misc{a, title = X # y}',
    "odd names of fields": "@misc{a, TITLE = {T}, Bdsk-Url-1 = {x}, author+an = {1=x}, 1a = {b}}",
    "words around": "words before {and}\n = @misc{a, title = {T}} after, x = {y}",
    "a comment of JabRef": "@comment{jabref-meta: grouping:\n0 AllEntriesGroup:;\n1 K\\;0\\;{x\\;\n}}\n@misc{a, title = {T}}",
    "a comment without braces": "@comment title = {x}\n@misc{a, title = {T}}",
    "a comment that isn't closed": "@comment{ foo { bar\n@misc{a, title = {T}}",
    "a preamble": '@preamble{ "\\newcommand{\\noop}[1]{}" # "x" }\n@misc{a, title = {T}}',
    "an odd key": "@misc{10.1145/36.(x)_'*!+:;&^$`|~ü, title = {T}}",
    "% between entries": "% @misc is a type\n% 50% {of}\n@misc{a, title = {T}}",
    "% in values": "@misc{a, title = {50% of\n% this}}",
}


@pytest.mark.parametrize("text", WELL_FORMED.values(), ids=WELL_FORMED)
def test_what_bibtex_takes_is_read_as_real_bibtex_reads_it(text):
    real = read_fields(text)
    known = set(re.findall(r"[a-z]+", FIELDS_STYLE.split("}")[0]))
    ours = {
        key: {name: value for name, value in fields.items() if name in known} for key, fields in fields_of(text).items()
    }
    assert ours == real
    assert real


WORDS = st.sampled_from(["A", "b c", "d,", "=", "#", "@x", "%", "\\", "\\'e", "(", ")", "é", "12", "\n", "@misc(z"])


@st.composite
def braced(draw: st.DrawFn, depth: int = 2) -> str:
    parts = draw(st.lists(WORDS | braced(depth - 1) if depth else WORDS, max_size=4))
    return "{" + " ".join(parts) + "}"


PIECES = st.one_of(
    braced(),
    st.lists(WORDS | braced(1) | st.just('{"}'), max_size=4).map(lambda parts: f'"{" ".join(parts)}"'),
    st.sampled_from(["12", "2023", "jan", "DEC", "conf", "Conf"]),
)
SPACE = st.sampled_from(["", " ", "\n  ", "\t"])
NAMES = st.sampled_from(["title", "Note", "JOURNAL", "year", "month", "pages", "unknown", "x-y.z"])


@st.composite
def entry(draw: st.DrawFn) -> str:
    opening, closing = draw(st.sampled_from([("{", "}"), ("(", ")")]))
    rows = []
    for name in draw(st.lists(NAMES, max_size=4, unique=True)):
        pieces = draw(st.lists(PIECES, min_size=1, max_size=3))
        joint = f"{draw(SPACE)}#{draw(SPACE)}"
        rows.append(f",{draw(SPACE)}{name}{draw(SPACE)}={draw(SPACE)}{joint.join(pieces)}{draw(SPACE)}")
    comma = draw(st.sampled_from(["", ",", ", "]))
    return f"@{draw(st.sampled_from(['misc', 'Article', ' book ']))}{opening}KEY {''.join(rows)}{comma}{closing}"


@given(st.lists(entry(), min_size=1, max_size=12))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_entry_that_is_well_formed_is_read_as_real_bibtex_reads_it(entries):
    text = '@string{conf = "Conf of {X}"}\n' + "\n".join(one.replace("KEY", f"k{n}") for n, one in enumerate(entries))
    read, _, findings = read_entries(text)
    assert findings == []
    known = set(re.findall(r"[a-z]+", FIELDS_STYLE.split("}")[0]))
    ours = {one.key: {name: value for name, value in one.fields.items() if name in known} for one in read}
    real = {key: {name: " ".join(value.split()) for name, value in f.items()} for key, f in read_fields(text).items()}
    assert ours == {key: {name: value for name, value in fields.items() if value} for key, fields in real.items()}


def test_entries_may_share_a_line():
    """BibTeX leaves out what follows an entry on its line."""
    assert list(fields_of("@misc{a, title = {T}}@misc{b, title = {U}} @misc{c, title={V}}")) == ["a", "b", "c"]


def test_macros_months_and_concatenation_are_resolved():
    papers = read(
        """
        @string{conf = "Conference on "}
        @String(full = conf # {Systems})
        @misc{a, title = full # " " # 7, author = {A}, year = 20 # 23, note = jan # "~1", month = feb}
        """
    )
    assert (papers["a"].title, papers["a"].year, papers["a"].note) == (
        "Conference on Systems 7",
        "2023",
        "January\u00a01",
    )
    assert "month = feb" in papers["a"].bibtex


@pytest.mark.parametrize(
    "text",
    [
        '@misc(a, title = "T (x)", author = {A}, year = 2000)',
        "@misc{a, title = {T (x)}, author = {A}, year = 2000,}",
        "@MISC { a , TITLE = {T (x)} , Author={A},year=2000}",
        "@misc\n{a,\n title = {T\n (x)}, author = {A}, year = 2000}",
        "words before\n@misc{a, title={T (x)}, author={A}, year=2000} words after",
        "@comment{jabref-meta: x}@preamble{ {\\newcommand{\\x}{y}} }@misc{a, title={T (x)}, author={A}, year={2000}}",
        '@misc{a, title = {T} # " (x)", author = "A", year = "2000"}',
        "% @misc is a type\n@misc{a, title={T (x)}, author={A}, year={2000}}",
    ],
)
def test_bibtexs_ways_to_write_an_entry_are_all_read(text):
    papers = read(text)
    assert [(key, p.type, p.title, p.authors[0].last, p.year) for key, p in papers.items()] == [
        ("a", "misc", "T (x)", "A", "2000")
    ]


CARELESS = {
    "a brace behind a backslash": ("@misc{a, title = {T \\{ x}}", "T \\{ x"),
    "a brace that closes behind a backslash": ("@misc{a, title = {T \\} x}}", "T \\} x"),
    "an accent in quotes without braces": ('@misc{a, title = "G\\"odel"}', 'G\\"odel'),
    "a field without a value": ("@misc{a, note = , title = {T}}", "T"),
    "nothing after #": ("@misc{a, title = {T} # , note = {x}}", "T"),
    "an unused type": ("@Newtype{a, title = {T}}", "T"),
}


@pytest.mark.parametrize(("text", "title"), CARELESS.values(), ids=CARELESS)
def test_what_bibtex_refuses_but_everyone_understands_is_read(text, title):
    assert fields_of(f"{text}\n{NEXT}")["a"]["title"] == title


BROKEN = {
    "a brace": "@misc{a, title = {T, author = {A B}, year = 2000}",
    "a quote": '@misc{a, title = "T, author = {A B}, year = 2000}',
    "the last brace": "@misc{a, title = {T}, author = {A B}, year = 2000",
    "the opening brace": "@misc{a, title = T}, author = {A B}, year = 2000}",
    "the opening quote": '@misc{a, title = T", author = {A B}, year = 2000}',
    "a comma": "@misc{a, title = {T} author = {A B} year = 2000}",
    "a comma after the key": "@misc{a title = {T}, author = {A B}, year = 2000}",
    "an equals sign": "@misc{a, title {T}, author = {A B}, year = 2000}",
    "the key": "@misc{title = {T}, author = {A B}, year = 2000}",
    "the closing parenthesis": "@misc(a, title = {T}, author = {A B}, year = 2000",
    "the same closing": "@misc(a, title = {T}, author = {A B}, year = 2000}",
    "only one comma": "@misc{a, title = {T},, author = {A B}, year = 2000}",
    "a macro's quote": '@string{x = "X}',
    "a macro's brace": "@string{x = {X}",
    "a preamble's quote": '@preamble{ "x',
    "all but the type": "@misc{",
    "the brace before a field": "@misc{a, title = {T}}, author = {A B}, year = 2000}",
    "one # less": "@misc{a, title = {T} # # {x}, author = {A B}}",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("between", ["\n\n", "\n", " "])
def test_a_broken_entry_is_one_finding_and_the_next_is_read(text, between):
    entries, _, findings = read_entries(f"@misc{{before, title = {{B}}}}\n{text}{between}{NEXT}")
    assert [finding.slug for finding in findings] == ["bib-syntax"]
    assert findings[0].span.line == 2
    assert [entries[0].key, entries[-1].key] == ["before", "next"]
    assert entries[-1].fields == {"title": "Next", "author": "A. Next", "year": "2020"}
    assert all(entry.broken for entry in entries[1:-1])


# --- places and sizes ---------------------------------------------------------------------------


def test_lines_and_columns_count_from_one_after_any_number_of_entries():
    text = "% list\n" + "@misc{k%d,\n  title = {T}, author = {A}, year = 2000\n}\n\n" * 3 % (1, 2, 3)
    papers = read(text + "  @misc{last, title = {T}, author = {A}, year = 2000}")
    assert [paper.span.line for paper in papers.values()] == [2, 6, 10, 14]
    assert papers["last"].span == Span("papers.bib", 14, 3, 14, 13)


def test_an_offset_is_a_place_on_its_line():
    places = Places("ab\ncd\n")
    assert [places.span(offset, 9) for offset in (0, 3, 4, 6)] == [
        Span("papers.bib", 1, 1, 1, 3),
        Span("papers.bib", 2, 1, 2, 3),
        Span("papers.bib", 2, 2, 2, 3),
        Span("papers.bib", 3, 1, 3, 2),
    ]


def test_a_long_entry_and_a_long_list_are_read():
    abstract = "word " * 20_000
    papers = read(
        f"@misc{{long, title = {{T}}, author = {{A}}, year = 2000, abstract = {{{abstract}}}}}\n"
        + "".join(f"@misc{{k{n}, title = {{T}}, author = {{A}}, year = 2000}}\n" for n in range(10_000))
    )
    assert len(papers) == 10_001
    assert papers["long"].abstract == abstract.strip()
    assert papers["k9999"].span.line == 10_001


def test_macros_cant_grow_without_bounds():
    doubled = "\n".join("@string{a = a # a}" for _ in range(100))
    papers, findings = read_bibliography(
        f'@string{{a = "xxxxxxxxxx"}}\n{doubled}\n@misc{{k, title = {{T}} # a, author = {{A}}, year = 2000}}'.encode()
    )
    assert len(papers["k"].title) <= 20_001
    assert findings[0].message == "With its macros, this is longer than 20,000 characters."


def test_ten_thousand_forgotten_commas_overflow_nothing():
    fields = "\n".join(f"  f{n} = {{x}}" for n in range(10_000))
    papers, findings = read_bibliography(f"@misc{{a, title = {{T}},\n{fields}\n}}".encode())
    assert papers["a"].title == "T"
    assert [finding.message for finding in findings] == ["A comma is missing between f0 and f1."]


REPEATED = [
    "@misc{a, ", "\n@a{k,", "\n@a{k, n={", "\n@misc{", "\n@misc(", "\n%@a{k,", "@comment{@a{k,", "\n@comment{", "\n@preamble{",
    "@string{a=", "\n@string{a=a#a}", "@", "@ ", "@\n", "}@", "{", '"', '@misc{a, t="', "@misc{a, t=a#", "\n@misc{a, t = {x}, % ",
    "\n@misc{a}, t = {", "\n@misc{a,,,,", "% ", ", ", "\n=", "a = {", "\n@x{a, b = {@y{c,", "\\", "\n@misc{a, title = {\\{",
    "\n@misc{k,crossref={k}}", "@misc{a, x={}} ", "@misc{a, x={} y={}} ", "\n % x",
]  # fmt: skip


class Watched(str):
    """Text that counts the characters which are copied out of it."""

    copied = 0

    def __getitem__(self, index):
        piece = super().__getitem__(index)
        type(self).copied += len(piece)
        return piece


@pytest.mark.parametrize("piece", REPEATED)
def test_work_grows_with_the_text_and_no_faster(piece):
    """Python's own steps are counted, so that no clock is asked."""
    counts = [_steps(piece * size) for size in (300, 600)]
    assert counts[1] < 2.6 * counts[0] + 2000


def _steps(text: str) -> int:
    """How many lines of Python reading takes, and how much of the text is copied."""
    steps = 0

    def trace(frame, event, argument):
        nonlocal steps
        steps += 1
        return trace

    Watched.copied = 0
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read_entries(Watched(text))
    finally:
        sys.settrace(before)
    return steps + Watched.copied // 50


@given(st.text(alphabet='@{}(),=#"\\ \n%$ab1-', max_size=200))
@example("@a(" * 50)
@example("@misc{a, t = {\n@misc{b, t = {x}}\n}} }")
@settings(max_examples=200, deadline=None)
def test_any_punctuation_is_read_without_an_exception(text):
    entries, places, _ = read_entries(text)
    for one in entries:
        for name in one.fields:
            assert places.in_field(one, name).line >= 1


def test_the_corpus_of_exports_is_bibtex():
    exports = EXPORTS.read_text(encoding="utf-8")
    assert set(read_fields(exports)) == set(fields_of(exports)), "what real BibTeX takes as an entry is one"
