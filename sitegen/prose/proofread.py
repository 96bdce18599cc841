"""What a proofreader marks in one Markdown text: leftovers, addresses, pictures without words; and `dates`.

Looks at the source, so that every finding has its line and column; code, comments and formulas are
passed over. Links are checked where they are resolved (`references`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.patterns import regex
from sitegen.prose.dates import TermDays, check_dates
from sitegen.prose.inline import blank_out_both
from sitegen.prose.limits import MOST_CHARACTERS
from sitegen.values import Value

PLACEHOLDER_TEXT = Rule(
    "placeholder-text",
    "warning",
    "The text holds words that are put in to be replaced: lorem ipsum, TODO, an example.com address. What isn't "
    'known yet reads better as "to be announced".',
    wrong="TODO: describe the project",
    right="The project is described here after the second week.",
)
INCOMPLETE_ADDRESS = Rule(
    "incomplete-address",
    "warning",
    "A link leads to a web address without the name of a server: nothing stands after its https://, or one of the "
    "two slashes is missing.",
    wrong="[Canvas](https://) and [Piazza](https:/piazza.com/umd)",
    right="[Piazza](https://piazza.com/umd)",
)
MEETING_LINK = Rule(
    "meeting-link",
    "warning",
    "The address of a personal meeting room stands on a public page, where strangers and programs find it. Put "
    "it where only the class can read it, and link to that place.",
    wrong="[Zoom](https://umd.zoom.us/j/5551234567?pwd=secret)",
    right="The room's address is on ELMS-Canvas.",
)
MISSING_ALT = Rule(
    "missing-alt",
    "warning",
    "An image has no words for those who don't see it (WCAG 2.2 SC 1.1.1). Say what it shows; in HTML, "
    'alt="" says that it is only decoration.',
    wrong="![](ring.png)",
    right="![Four accelerators in a ring, each sending to the next](ring.png)",
)
SKIPPED_HEADING = Rule(
    "skipped-heading",
    "warning",
    "A heading is more than one level below the one before it, so readers who move by headings miss a step "
    "(WCAG 2.2 SC 1.3.1). The page's title is level 1.",
    wrong="## Grading\n\n#### Late work",
    right="## Grading\n\n### Late work",
)


def proofread(text: str, file: str, term: TermDays | None) -> list[Diagnostic]:
    """Findings in the order of the text. Without a term, dates aren't looked at; too long a text isn't at all."""
    if len(text) > MOST_CHARACTERS:
        return []
    bare, with_addresses = (_Copy(copy, file) for copy in blank_out_both(text))
    findings = [*_placeholders(with_addresses), *_incomplete(with_addresses), *_images(with_addresses)]
    findings += [*_meeting_links(with_addresses), *_headings(bare)]
    if term is not None:
        findings += check_dates(bare.text, term, bare.span)
    return sorted(findings, key=lambda finding: (finding.span.line, finding.span.column))


class _Copy(Value, caches=True):
    """The text with parts of it blanked out, which keeps offsets and lines."""

    text: str
    file: str

    @cached_property
    def folded(self) -> str:
        return self.text.casefold()

    @cached_property
    def _starts(self) -> list[int]:
        """Offsets of its lines, so that thousands of findings don't count the lines anew."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def span(self, start: int, end: int) -> Span:
        """The span of a match; when it goes over several lines, of its first."""
        line = bisect_right(self._starts, start)
        line_end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        column = start - self._starts[line - 1] + 1
        return Span(self.file, line, column, line, column + max(1, min(end, line_end) - start))


# --- leftovers and addresses --------------------------------------------------------------------

_LEFTOVER = regex(
    r"\b(?i:lorem\s+ipsum)\b|\b(?:TODO|FIXME|XXX)\b|\[(?i:insert|your|add)\s[^\]\n]{1,40}\](?!\()"
    r"|(?i:https?://(?:www\.)?example\.(?:com|org|net)\b[^\s)>\"'\u3000-\u303f\uff01-\uff65]*)|(?i:https?://(?:\.\.\.|…))"
)
_INCOMPLETE = regex(
    r"(?:\]\([ ]?<?|\]:[ \t]{1,9}<?|\b(?:href|src)=[\"']?)(?P<address>https?:(?!//[^\s)>\"'/?#])[^\s)>\"']*)",
    re.IGNORECASE,
)
_ROOM = regex(
    r"""
      (?<![\w.-])(?:https?://)?(?:[\w-]+\.)*(?:
          zoom(?:gov)?\.(?:us|com)/(?:j|my|s|w|wc)/
        | meet\.google\.com/[a-z]{3}-
        | teams\.(?:microsoft|live)\.com/(?:l/meetup-join|meet)/
        | webex\.com/(?:(?:meet|join)/|(?:[\w-]+/){0,3}j\.php\?MTID=)
        | meet\.jit\.si/\w
      )[^\s)>"']*
    | zoommtg://[^\s)>"']+
    | https?://(?=[\w.-]{0,99}(?:bbb|bigbluebutton))[\w.-]+/b/[a-z\d]{3}-[a-z\d]{3}-[a-z\d]{3}[^\s)>"']*
    | https?://[\w.:-]+/rooms/[\w-]+/join\b[^\s)>"']*
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Rooms of Zoom, Google Meet, Teams, Webex, Jitsi and BigBlueButton."""


_LEFTOVER_SIGNS = (
    "lorem", "todo", "fixme", "xxx", "[insert", "[your", "[add", "://example.", "://www.example.", "://...", "://…",
)  # fmt: skip
_ROOM_SIGNS = ("zoom", "meet.google", "teams.", "webex.", "meet.jit.si", "bbb", "bigbluebutton", "/rooms/")
"""Of each of them, one is in every match: a text without any is soon done."""
_HALF = regex(r"https?:(?!//[^\s)>\"'/?#])", re.IGNORECASE)


def _has(copy: _Copy, signs: tuple[str, ...]) -> bool:
    return any(sign in copy.folded for sign in signs)


def _placeholders(copy: _Copy) -> Iterator[Diagnostic]:
    if not _has(copy, _LEFTOVER_SIGNS):
        return
    for match in _LEFTOVER.finditer(copy.text):
        message = f'"{match[0]}" looks like text that was to be replaced.'
        yield PLACEHOLDER_TEXT.at(copy.span(*match.span()), message, 'Replace it, or write "to be announced".')


def _incomplete(copy: _Copy) -> Iterator[Diagnostic]:
    if "http" not in copy.folded or not _HALF.search(copy.text):
        return
    for match in _INCOMPLETE.finditer(copy.text):
        message = f'The address "{match["address"]}" leads nowhere: it names no server.'
        span = copy.span(*match.span("address"))
        yield INCOMPLETE_ADDRESS.at(span, message, "Write it in full, such as https://piazza.com/umd.")


def has_meeting_link(words: str) -> bool:
    """Whether the words hold the address of a personal meeting room."""
    return _ROOM.search(words) is not None


def _meeting_links(copy: _Copy) -> Iterator[Diagnostic]:
    if not _has(copy, _ROOM_SIGNS):
        return
    for match in _ROOM.finditer(copy.text):
        yield MEETING_LINK.at(copy.span(*match.span()), MEETING_WORDS, MEETING_HELP)


MEETING_WORDS = "The address of a meeting room stands on a public page."
MEETING_HELP = "Keep it where only the class can read it, such as Canvas, and link there."


# --- pictures and headings ----------------------------------------------------------------------

_IMAGE = regex(r"!\[\s*\](?=[(\[])|<img\b(?P<attributes>[^<>]*)>", re.IGNORECASE)
_QUOTED = regex(r"\"[^\"]*\"|'[^']*'")
_ALT = regex(r"(?<!\S)alt(?![^\s=/])", re.IGNORECASE)
_HEADING = regex(r"(?P<marks>#{1,6})[ \t]")
_UNDERLINE = regex(r"(?:=+|-+)[ \t]*")


def _images(copy: _Copy) -> Iterator[Diagnostic]:
    for match in _IMAGE.finditer(copy.text):
        if match["attributes"] and _ALT.search(_QUOTED.sub(" ", match["attributes"])):
            continue
        help = "Say in a few words what it shows: ![what it shows](file.png)."
        span = copy.span(*match.span())
        yield MISSING_ALT.at(span, "This image has no words for readers who can't see it.", help)


def _headings(copy: _Copy) -> Iterator[Diagnostic]:
    level = 1
    lines = copy.text.split("\n")
    for number, depth in _list_headings(lines):
        if depth > level + 1:
            before = "the page's title" if level == 1 else f'the heading before it, which is "{"#" * level}"'
            message = f"This heading is {depth - level} levels below {before}."
            span = Span(copy.file, number + 1, 1, number + 1, depth + 1)
            yield SKIPPED_HEADING.at(span, message, f'Write "{"#" * (level + 1)}".')
        level = depth


def _list_headings(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Number of the line, from 0, and level: of lines with # and of lines underlined with === or ---."""
    may_begin = True
    for number, line in enumerate(lines):
        marks = _HEADING.match(line)
        if marks:
            yield number, len(marks["marks"])
        elif may_begin and line.strip() and number + 1 < len(lines) and _UNDERLINE.fullmatch(lines[number + 1]):
            yield number, 1 if lines[number + 1].startswith("=") else 2
        # Only the first line of a paragraph can be underlined; one of dashes alone is a rule or opens front matter.
        may_begin = bool(marks) or not line.strip()
