"""Findings as a terminal, GitHub and other programs see them."""

from __future__ import annotations

import json
import re
import unicodedata
from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.diagnostics import (
    Diagnostic,
    Related,
    Rule,
    Severity,
    Span,
    closest,
    count_findings,
    has_errors,
    in_file_order,
    render_github,
    render_json,
    render_text,
    span_of_offset,
)

SLUG = Rule("a-slug", "error", "Because.")


def finding(line: int = 1, column: int = 1, end: int = 0, **more: object) -> Diagnostic:
    span = Span("a.md", line, column, line if end else 0, end)
    return Diagnostic("a-slug", "error", "This is wrong.", span, **more)  # type: ignore[arg-type]


def shown(source: str, span: Span) -> list[str]:
    """The source line and the line with carets, without the gutter."""
    text = render_text([SLUG.at(span, "This is wrong.")], {span.file: source})
    return [line.partition(" | ")[2] for line in text.splitlines()[1:]]


# --- text ---------------------------------------------------------------------------------------


def test_a_finding_is_a_paragraph_with_its_line_carets_places_and_help():
    found = SLUG.at(
        Span("site.yaml", 12, 10, 12, 15),
        "This is wrong.",
        "Do it right.",
        [Related(Span("a.md", 3, 2), "first given here")],
    )
    source = "\n" * 11 + "  topic: hello world\nnext"
    assert render_text([found], {"site.yaml": source}) == (
        "site.yaml:12:10: error[a-slug]: This is wrong.\n"
        "  12 |   topic: hello world\n"
        "     |          ^^^^^\n"
        "  first given here: a.md:3:2\n"
        "  help: Do it right.\n"
    )


def test_paragraphs_are_parted_by_an_empty_line():
    assert render_text([finding(), finding(2)], {}) == (
        "a.md:1:1: error[a-slug]: This is wrong.\n\na.md:2:1: error[a-slug]: This is wrong.\n"
    )
    assert render_text([], {}) == ""


@pytest.mark.parametrize("source", [{}, {"a.md": ""}, {"a.md": "\n\n"}, {"a.md": "   "}, {"other.md": "text"}])
def test_a_line_that_isnt_there_or_is_empty_isnt_shown(source: dict[str, str]):
    assert render_text([finding(1, 3)], source) == "a.md:1:3: error[a-slug]: This is wrong.\n"


@pytest.mark.parametrize(
    ("source", "span", "line", "carets"),
    [
        ("abc def", Span("a", 1, 5, 1, 8), "abc def", "    ^^^"),
        ("abc def", Span("a", 1, 5), "abc def", "    ^"),
        ("abc def", Span("a", 1, 8), "abc def", "       ^"),
        ("abc def", Span("a", 1, 99), "abc def", "       ^"),
        ("abc def", Span("a", 1, 5, 3, 1), "abc def", "    ^^^"),
        ("abc def", Span("a", 1, 5, 1, 3), "abc def", "    ^"),
        ("a\tb c", Span("a", 1, 3, 1, 4), "a b c", "  ^"),
        ("日本 go", Span("a", 1, 4, 1, 6), "日本 go", "     ^^"),
        ("go 日本", Span("a", 1, 4, 1, 6), "go 日本", "   ^^^^"),
        ("e\u0301e\u0301 go", Span("a", 1, 6, 1, 8), "e\u0301e\u0301 go", "   ^^"),
        ("e\u0301 go", Span("a", 1, 1, 1, 3), "e\u0301 go", "^"),
        ("שלום go", Span("a", 1, 6, 1, 8), "שלום go", "     ^^"),
        ("x\x1b[31my", Span("a", 1, 7), "x\ufffd[31my", "      ^"),
        ("x\u202ey", Span("a", 1, 3), "x\ufffdy", "  ^"),
        ("x\xa0y", Span("a", 1, 3), "x y", "  ^"),
        ("\ufeffabc", Span("a", 1, 1, 1, 4), "abc", "^^^"),
        ("one\r\ntwo\r\n", Span("a", 2, 1, 2, 4), "two", "^^^"),
        ("one\rtwo", Span("a", 2, 1, 2, 4), "two", "^^^"),
        ("one\u2028two\x0cthree\nfour", Span("a", 2, 1, 2, 5), "four", "^^^^"),
    ],
)
def test_carets_stand_under_what_is_meant(source: str, span: Span, line: str, carets: str):
    assert shown(source, span) == [line, carets]


def test_a_long_line_is_cut_around_the_caret():
    source = "x" * 2_500_000 + "HERE" + "x" * 2_500_000
    line, carets = shown(source, Span("a", 1, 2_500_001, 1, 2_500_005))
    assert (line[0], line[-1], len(line)) == ("…", "…", 98)
    assert line[carets.index("^") :][: carets.count("^")] == "HERE"


@pytest.mark.parametrize("char", ["x", "日", "\t", "e\u0301", "\x1b"])
@pytest.mark.parametrize("column", [1, 50, 95, 97, 500, 1_000])
def test_an_excerpt_fits_a_terminal_and_holds_the_caret(char: str, column: int):
    line, carets = shown(char * 999 + "END", Span("a", 1, column, 1, column + 500))
    cells = sum(2 if unicodedata.east_asian_width(c) == "W" else 0 if unicodedata.combining(c) else 1 for c in line)
    assert cells <= 98
    assert carets.count("^") >= 1
    assert len(carets) <= 98


@given(st.text(), st.text(), st.text(), st.integers(-5, 50), st.integers(-5, 50), st.integers(-5, 50))
def test_nothing_in_a_course_can_steer_a_terminal(source: str, name: str, words: str, line: int, column: int, end: int):
    found = Diagnostic(
        "a-slug", "note", words, Span(name, line, column, line, end), words, (Related(Span(name), words),)
    )
    for text in (render_text([found], {name: source}), render_github([found], "a/"), render_json([found])):
        assert all(char.isprintable() or char == "\n" for char in text)
        assert text.count("\n") <= 24


def test_colors_are_asked_for():
    plain, colored = (render_text([finding()], {"a.md": "abc"}, color) for color in (False, True))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
    assert "\x1b[1;31merror[a-slug]\x1b[0m" in colored


# --- GitHub and JSON ----------------------------------------------------------------------------


def test_github_gets_one_command_a_finding():
    found = SLUG.at(Span("a,b:c%.md", 2, 3, 2, 7), "100% wrong,\r\nsay: so.", "Type %this.")
    assert render_github([found, finding(4)], "teaching/course/") == (
        "::error file=teaching/course/a%2Cb%3Ac%25.md,line=2,col=3,endColumn=7,title=a-slug::"
        "100%25 wrong,\ufffd say: so.%0Ahelp: Type %25this.\n"
        "::error file=teaching/course/a.md,line=4,col=1,title=a-slug::This is wrong.\n"
    )


@pytest.mark.parametrize(("severity", "command"), [("error", "error"), ("warning", "warning"), ("note", "notice")])
def test_github_has_its_own_words_for_severities(severity: Severity, command: str):
    found = Diagnostic("a-slug", severity, "This is wrong.", Span("a.md"))
    assert render_github([found]).startswith(f"::{command} ")


def test_a_span_of_several_lines_has_no_end_column_for_github():
    found = SLUG.at(Span("a.md", 2, 3, 4, 1), "This is wrong.")
    assert "endColumn" not in render_github([found])


def test_json_has_these_keys():
    found = SLUG.at(
        Span("a.md", 2, 3, 2, 7), "Das ist „falsch“.", "Type it.", [Related(Span("b.md", 5, 1), "first given here")]
    )
    assert json.loads(render_json([found])) == [
        {
            "slug": "a-slug",
            "severity": "error",
            "message": "Das ist „falsch“.",
            "file": "a.md",
            "line": 2,
            "column": 3,
            "end_line": 2,
            "end_column": 7,
            "help": "Type it.",
            "related": [
                {"file": "b.md", "line": 5, "column": 1, "end_line": 5, "end_column": 2, "message": "first given here"}
            ],
        }
    ]
    assert render_json([found]).isascii()
    assert render_json([]) == "[]\n"


# --- lists of findings --------------------------------------------------------------------------


def test_findings_come_once_in_file_order_errors_first():
    note = Diagnostic("a-slug", "note", "This is wrong.", Span("a.md", 2))
    error, other = (
        Diagnostic("z", "error", "Wrong.", Span("a.md", 2)),
        Diagnostic("a", "error", "Wrong.", Span("A.md", 9)),
    )
    assert in_file_order([note, error, finding(1, 2), other, note, finding(1, 1)]) == [
        other,
        finding(1, 1),
        finding(1, 2),
        error,
        note,
    ]


def test_findings_are_counted_by_severity():
    kinds: list[Severity] = ["warning", "error", "note", "warning"]
    findings = [Diagnostic("a-slug", kind, "Wrong.", Span("a.md")) for kind in kinds]
    assert count_findings(findings) == "1 error, 2 warnings, 1 note"
    assert count_findings([]) == ""
    assert [has_errors(findings), has_errors(findings[:1])] == [True, False]


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("topc", "topic"),
        ("TOPIC", "topic"),
        ("instiution", "institution"),
        ("xyz", None),
        ("", None),
        ("x" * 9_999, None),
    ],
)
def test_the_closest_known_word(word: str, near: str | None):
    assert closest(word, ["topic", "institution", "term"]) == near
    assert closest(word, []) is None


def test_a_stricter_cutoff_takes_only_what_is_nearly_equal():
    assert [closest("Course", ["lecture"], cutoff=cutoff) for cutoff in (0.6, 0.8)] == ["lecture", None]


@pytest.mark.parametrize(
    ("start", "length", "span"),
    [
        (0, 1, Span("a", 1, 1, 1, 2)),
        (4, 2, Span("a", 2, 1, 2, 3)),
        (4, 99, Span("a", 2, 1, 2, 4)),
        (3, 1, Span("a", 1, 4, 1, 5)),
        (7, 1, Span("a", 2, 4, 2, 5)),
        (99, 1, Span("a", 2, 4, 2, 5)),
        (-5, 0, Span("a", 1, 1, 1, 2)),
    ],
)
def test_an_offset_has_a_line_and_a_column(start: int, length: int, span: Span):
    assert span_of_offset("a", "one\ntwo", start, length) == span


def test_a_span_reads_as_a_place():
    assert str(Span("content/a.md", 3, 14, 3, 20)) == "content/a.md:3:14"


@given(st.lists(st.text("abc-"), max_size=60, unique=True), st.text("abc-"))
def test_of_few_words_the_closest_is_found_by_comparing_all(known: list[str], word: str):
    found = get_close_matches(word, known, n=1)
    assert closest(word, known) == (found[0] if found else None)


@pytest.mark.parametrize("at", range(18))
@pytest.mark.parametrize("change", ["drop", "double", "replace"])
def test_of_many_words_the_one_with_a_slip_is_found(at: int, change: str):
    known = [f"{chr(97 + n % 26)}{chr(97 + n // 26)}author{2000 + n % 25}topic{n % 7}ab" for n in range(600)]
    for meant in known[::97]:
        head, here, tail = meant[:at], meant[at], meant[at + 1 :]
        typed = {
            "drop": head + tail,
            "double": head + here + here + tail,
            "replace": head + "_" + tail,
        }
        assert closest(typed[change], known) == meant


@pytest.mark.parametrize("count", [100, 10_000])
def test_the_number_of_comparisons_doesnt_grow_with_the_words(count: int, monkeypatch: pytest.MonkeyPatch):
    compared: list[str] = []

    def remember(word: str, candidates: list[str], n: int, cutoff: float) -> list[str]:
        compared.extend(candidates)
        return get_close_matches(word, candidates, n, cutoff)

    monkeypatch.setattr("difflib.get_close_matches", remember)
    assert closest("topic-42x", [f"topic-{n}" for n in range(count)]) is not None
    assert 0 < len(compared) <= 64
