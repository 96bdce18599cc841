"""Findings about a course: where (`Span`), what kind (`Rule`), which words (`Diagnostic`), and how they are told.

Nothing here looks for mistakes, reads a file or writes to a terminal. A finding is plain data;
`render_text`, `render_github` and `render_json` are three views of the same list.

The manner follows rustc and ruff: one sentence in the author's words at file:line:column, the
source line with carets, and a help line with something to type.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from sitegen.values import Value

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

_LINE_WIDTH = 96
"""Columns of source shown under a finding; longer lines are cut around the caret."""


class Span(Value, order=True):
    """A stretch of a course file. Lines and columns count from 1, columns in code points; the end is exclusive."""

    file: str
    """POSIX path from the course folder, for example `content/lectures/intro.md`."""
    line: int = 1
    column: int = 1
    end_line: int = 0
    """0: the same line."""
    end_column: int = 0
    """0: unknown; one caret is drawn."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Located(str):
    """Text that remembers where it was written."""

    span: Span

    def __new__(cls, text: str, span: Span) -> Located:
        self = super().__new__(cls, text)
        self.span = span
        return self

    def __getnewargs__(self) -> tuple[str, Span]:  # type: ignore[override]
        return str(self), self.span


class Related(Value):
    """Another place that helps to understand a finding, with a few words on why."""

    span: Span
    words: str


class Diagnostic(Value):
    """One finding: a sentence for the course's author, with what they can type to mend it."""

    slug: str
    severity: Severity
    message: str
    """One plain sentence that quotes what the author wrote."""
    span: Span
    help: str = ""
    related: tuple[Related, ...] = ()


class Rule(Value):
    """A kind of finding, declared once in `rules`; `at` makes a finding of this kind."""

    slug: str
    severity: Severity
    why: str
    """The longer explanation that `sitegen explain` prints."""
    wrong: str = ""
    right: str = ""

    def at(self, span: Span, message: str, help: str = "", related: Iterable[Related] = ()) -> Diagnostic:
        return Diagnostic(self.slug, self.severity, message, span, help, tuple(related))


def span_of_offset(file: str, text: str, start: int, length: int = 1) -> Span:
    """The span of `text[start:start + length]`, for readers that know offsets instead of lines."""
    start = max(0, min(start, len(text)))
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    newline = text.find("\n", start)
    line_end = len(text) if newline < 0 else newline
    return Span(file, line, column, line, column + max(1, min(length, line_end - start)))


def closest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that `word` most likely stands for, or None. Case differences count little.

    `cutoff` is how alike they must be, from 0 to 1 (equal). The cost doesn't grow with `known`: of many, only
    those that begin or end like `word` are compared letter by letter.
    """
    from difflib import get_close_matches

    lexicon = _lexicon(frozenset(known))
    found = get_close_matches(word.casefold(), lexicon.beside(word.casefold()), n=1, cutoff=cutoff)
    return lexicon.by_fold[found[0]] if found else None


_LOOKS = 64
"""Words that are compared letter by letter; each takes some 20 microseconds."""


class _Lexicon(Value):
    """Known words in small letters, in order of their beginnings and of their ends."""

    by_fold: Mapping[str, str]
    forwards: Sequence[str]
    backwards: Sequence[str]
    """Each word reversed."""

    def beside(self, word: str) -> Sequence[str]:
        """All words, or those near `word` in either order."""
        if len(self.forwards) <= _LOOKS:
            return self.forwards
        near = _around(self.forwards, word) + [found[::-1] for found in _around(self.backwards, word[::-1])]
        return list(dict.fromkeys(near))


@lru_cache(maxsize=8)
def _lexicon(known: frozenset[str]) -> _Lexicon:
    by_fold = {word.casefold(): word for word in sorted(known, reverse=True)}
    return _Lexicon(by_fold, sorted(by_fold), sorted(word[::-1] for word in by_fold))


def _around(words: Sequence[str], word: str) -> list[str]:
    at = bisect_left(words, word)
    return list(words[max(0, at - _LOOKS // 4) : at + _LOOKS // 4])


def in_file_order(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each finding once, by file, line and column; at one place errors come before warnings and notes."""
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda d: (d.span.file, d.span.line, d.span.column, SEVERITIES.index(d.severity)))


def has_errors(findings: Iterable[Diagnostic]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def count_findings(findings: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning`; an empty string when there is nothing to count."""
    counts = ((severity, sum(d.severity == severity for d in findings)) for severity in SEVERITIES)
    return ", ".join(f"{n} {severity}{'' if n == 1 else 's'}" for severity, n in counts if n)


# --- text ---------------------------------------------------------------------------------------

_COLORS = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "quiet": "\x1b[2m",
    "end": "\x1b[0m",
}


def render_text(findings: Sequence[Diagnostic], sources: Mapping[str, str], color: bool = False) -> str:
    """The findings for a terminal, one paragraph each, without the closing count.

    `sources` maps a span's file to its text, with or without a byte order mark and with any line
    ends; a file that isn't there is shown without its line. Control characters in the author's text
    never reach the terminal.
    """
    split: dict[str, list[str]] = {}

    def source_line(span: Span) -> str | None:
        if span.file not in split:
            text = sources.get(span.file, "").removeprefix("\ufeff")
            split[span.file] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines = split[span.file]
        return lines[span.line - 1] if 0 < span.line <= len(lines) else None

    return "\n".join(_paragraph(finding, source_line(finding.span), color) for finding in findings)


def _paragraph(finding: Diagnostic, line: str | None, color: bool) -> str:
    def paint(text: str, name: str) -> str:
        return f"{_COLORS[name]}{text}{_COLORS['end']}" if color else text

    span = finding.span
    label = paint(f"{finding.severity}[{finding.slug}]", finding.severity)
    out = [f"{_visible(str(span))}: {label}: {_visible(finding.message)}"]
    if line is not None and line.strip():
        excerpt, offset, width = _excerpt(line, span)
        gutter = " " * len(str(span.line))
        out.append(paint(f"  {span.line} | ", "quiet") + excerpt)
        out.append(paint(f"  {gutter} | ", "quiet") + " " * offset + paint("^" * width, finding.severity))
    for related in finding.related:
        out.append(f"  {_visible(related.words)}: {_visible(str(related.span))}")
    if finding.help:
        out.append(f"  {paint('help', 'note')}: {_visible(finding.help)}")
    return "\n".join(out) + "\n"


def _excerpt(line: str, span: Span) -> tuple[str, int, int]:
    """The part of `line` that is shown, the caret's cell in it, and how many cells the carets take."""
    start = min(max(span.column - 1, 0), len(line))
    same_line = span.end_line in (0, span.line)
    end = span.end_column - 1 if span.end_column and same_line else (start + 1 if same_line else len(line))
    end = max(end, start + 1)
    fits = end <= _LINE_WIDTH and _cells(_visible(line[:end])) <= _LINE_WIDTH
    left = 0 if fits else max(0, start - _LINE_WIDTH // 3)
    right = min(len(line), left + _LINE_WIDTH)
    while _cells(_visible(line[left:right])) > _LINE_WIDTH:
        right -= 1
    before, marked = _visible(line[left:start]), _visible(line[start : min(end, right)])
    shown = ("…" if left else "") + _visible(line[left:right]) + ("…" if right < len(line) else "")
    return shown, _cells(before) + (1 if left else 0), max(1, _cells(marked))


def _visible(text: str) -> str:
    """`text` with a tab as one space and control, bidi and unassigned characters as the replacement character."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else " " if c in "\t\n" or unicodedata.category(c) == "Zs" else "\ufffd" for c in text
    )


def _cells(text: str) -> int:
    """Terminal cells that `text` takes: two for wide East Asian characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(map(cells_of, text))


def cells_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


# --- GitHub and JSON ----------------------------------------------------------------------------


def render_github(findings: Sequence[Diagnostic], prefix: str = "") -> str:
    """Workflow commands that GitHub shows beside the lines at fault.

    `prefix` is the course folder's path from the repository's top ("" or "teaching/course/").
    Source: GitHub Docs, "Workflow commands for GitHub Actions", setting an error message; the escapes
    are those of actions/toolkit, `packages/core/src/command.ts`.
    """
    kinds = {"error": "error", "warning": "warning", "note": "notice"}
    lines = []
    for finding in findings:
        span = finding.span
        place = {"file": prefix + _visible(span.file), "line": span.line, "col": span.column}
        if span.end_column and span.end_line in (0, span.line):
            place["endColumn"] = span.end_column
        place["title"] = finding.slug
        properties = ",".join(f"{name}={_escape_property(str(value))}" for name, value in place.items())
        words = _visible(finding.message) + (f"\nhelp: {_visible(finding.help)}" if finding.help else "")
        lines.append(f"::{kinds[finding.severity]} {properties}::{_escape_words(words)}")
    return "".join(line + "\n" for line in lines)


def _escape_words(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_words(text).replace(":", "%3A").replace(",", "%2C")


def render_json(findings: Sequence[Diagnostic]) -> str:
    """A JSON array, one object a finding; the keys are documented in `docs/diagnostics.md`.

    ASCII only, so it is the same on every console and nothing in the author's text can steer a terminal.
    """

    def place(span: Span) -> dict[str, str | int]:
        return {
            "file": span.file,
            "line": span.line,
            "column": span.column,
            "end_line": span.end_line or span.line,
            "end_column": span.end_column or span.column + 1,
        }

    rows = [
        {
            "slug": finding.slug,
            "severity": finding.severity,
            "message": finding.message,
            **place(finding.span),
            "help": finding.help,
            "related": [{**place(related.span), "message": related.words} for related in finding.related],
        }
        for finding in findings
    ]
    import json

    return json.dumps(rows, indent=2) + "\n"
