"""What a proofreader marks in one Markdown text: dates that can't be, leftovers, pictures without words.

Looks at the source, so that every finding has its line and column; code, comments and formulas are
passed over. Links are checked where they are resolved (`references`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sitegen.diagnostics import Diagnostic, Rule, span_of_offset
from sitegen.prose.inline import blank_out

WRONG_WEEKDAY = Rule(
    "wrong-weekday",
    "warning",
    "A date is written with a weekday that it doesn't fall on. Usually the line is left over from another year, "
    "or one of the two was changed and the other forgotten. Without a year, the date is taken to lie in the term.",
    wrong="The report is due Tue 04/29.",
    right="The report is due Wed 04/29.",
)
DATE_OUTSIDE_TERM = Rule(
    "date-outside-term",
    "warning",
    "A date near the term, but not in it: last year's page often leaves such dates behind. Dates that are more "
    "than two years away are taken for history and left alone.",
    wrong="The final report is due on 2025-05-12.",
    right="The final report is due on 2026-05-12.",
)
PLACEHOLDER_TEXT = Rule(
    "placeholder-text",
    "warning",
    "The text holds words that are put in to be replaced: lorem ipsum, TODO, an example.com address. What isn't "
    'known yet reads better as "to be announced".',
    wrong="TODO: describe the project",
    right="The project is described here after the second week.",
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


@dataclass(frozen=True, slots=True)
class TermDays:
    """The days that dates without a year are taken to lie in."""

    start: dt.date
    end: dt.date


MARGIN = dt.timedelta(days=60)
"""Dates this close to the term are of it: a welcome before the first class, grades after the last."""
HISTORY = 2
"""A date more than this many years from the term is history."""


def proofread(text: str, file: str, term: TermDays | None) -> list[Diagnostic]:
    """Findings in the order of the text. Without a term, dates aren't looked at."""
    bare = blank_out(text)
    with_addresses = blank_out(text, addresses=False)
    findings = [*_placeholders(with_addresses, text, file), *_images(with_addresses, text, file)]
    findings += [*_meeting_links(with_addresses, text, file), *_headings(bare, text, file)]
    if term is not None:
        findings += _dates(bare, text, file, term)
    return sorted(findings, key=lambda finding: (finding.span.line, finding.span.column))


# --- dates --------------------------------------------------------------------------------------

_WEEKDAY = (
    r"(?P<{0}>Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?s?\b\.?",
    r"(?P<{0}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?",
)
_DAY = r"(?P<{0}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)\b(?!-\d)"


def _named(pattern: str, name: str) -> str:
    return pattern.replace("{0}", name)


_ISO = r"(?P<iso>(?:19|20)\d\d-\d\d-\d\d)\b(?!-)"
_WORDS = (
    rf"{_named(_WEEKDAY[1], 'm1')}\s+{_named(_DAY, 'd1')}(?:,?\s+{_named(_YEAR, 'y1')})?"
    rf"|{_named(_DAY, 'd2')}\s+(?:of\s+)?{_named(_WEEKDAY[1], 'm2')}(?:,?\s+{_named(_YEAR, 'y2')})?"
)
_NUMBERS = r"(?P<m3>0?[1-9]|1[0-2])/(?P<d3>[12]\d|3[01]|0?[1-9])(?:/(?P<y3>(?:19|20)?\d\d))?\b(?!/)"
_DATE = re.compile(
    rf"(?<![\w/.-])(?:{_named(_WEEKDAY[0], 'w1')},?\s+(?:the\s+)?)?(?:{_ISO}|{_WORDS}|{_NUMBERS})"
    rf"(?:\s*\(\s*{_named(_WEEKDAY[0], 'w2')}\s*\))?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _dates(bare: str, text: str, file: str, term: TermDays) -> Iterator[Diagnostic]:
    for match in _DATE.finditer(bare):
        weekday = (match["w1"] or match["w2"] or "")[:3].casefold()
        if not weekday and match["m3"]:
            continue  # 3/4 is more often a fraction than a date
        date = _read_date(match, term)
        if date is None:
            continue
        span = span_of_offset(file, text, match.start(), len(match[0]))
        written = " ".join(match[0].split())
        if weekday and _DAYS[date.weekday()] != weekday:
            message = f'"{written}" contradicts itself: in {date.year} that day is a {_DAY_NAMES[date.weekday()]}.'
            yield WRONG_WEEKDAY.at(span, message, _right_days(date, _DAYS.index(weekday)))
        elif _is_outside(date, bool(weekday or match["iso"] or match["y1"] or match["y2"] or match["y3"]), term):
            message = f'"{written}" is outside the term, which goes from {term.start} to {term.end}.'
            yield DATE_OUTSIDE_TERM.at(span, message, "Is it left over from another term?")


def _read_date(match: re.Match[str], term: TermDays) -> dt.date | None:
    try:
        if match["iso"]:
            return dt.date.fromisoformat(match["iso"])
        number = 1 if match["m1"] else 2 if match["m2"] else 3
        month_text, day = match[f"m{number}"], int(match[f"d{number}"])
        month = int(month_text) if number == 3 else _MONTHS.index(month_text[:3].casefold()) + 1
        year = match[f"y{number}"]
        if year:
            return dt.date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        candidates = [dt.date(y, month, day) for y in range(term.start.year, term.end.year + 1)]
        return next((date for date in candidates if term.start <= date <= term.end), candidates[0])
    except ValueError:
        return None  # there is no such day, so it is likely no date


def _is_outside(date: dt.date, is_certain: bool, term: TermDays) -> bool:
    """A bare `May 7` may be anything; with a weekday or a year it is a date, and near the term it is of a term."""
    if not is_certain or term.start - MARGIN <= date <= term.end + MARGIN:
        return False
    return abs(date.year - term.start.year) <= HISTORY


def _right_days(date: dt.date, weekday: int) -> str:
    nearest = min((date + dt.timedelta(days=n) for n in range(-3, 4)), key=lambda day: day.weekday() != weekday)
    name, near_name = _DAY_NAMES[date.weekday()], _DAY_NAMES[weekday]
    return f"Either {name} {date.isoformat()} or {near_name} {nearest.isoformat()} is meant."


# --- leftovers ----------------------------------------------------------------------------------

_LEFTOVER = re.compile(
    r"\b(?i:lorem\s+ipsum)\b|\b(?:TODO|FIXME|XXX)\b|\[(?i:insert|your|add)\s[^\]\n]{1,40}\](?!\()"
    r"|(?i:https?://(?:www\.)?example\.(?:com|org|net)\b[^\s)>\"']*)"
)
_ROOM = re.compile(
    r"https?://(?:[\w-]+\.)*(?:zoom\.us/(?:j|my|s)/|zoomgov\.com/j/|meet\.google\.com/[a-z]{3}-|"
    r"teams\.(?:microsoft|live)\.com/(?:l/meetup-join|meet)/|webex\.com/(?:meet|join)/)[^\s)>\"']*",
    re.IGNORECASE,
)


def _placeholders(text_without_code: str, text: str, file: str) -> Iterator[Diagnostic]:
    for match in _LEFTOVER.finditer(text_without_code):
        span = span_of_offset(file, text, match.start(), len(match[0]))
        message = f'"{match[0]}" looks like text that was to be replaced.'
        yield PLACEHOLDER_TEXT.at(span, message, 'Replace it, or write "to be announced".')


def find_meeting_link(address: str) -> bool:
    """Whether an address is that of a personal meeting room."""
    return _ROOM.match(address) is not None


def _meeting_links(text_without_code: str, text: str, file: str) -> Iterator[Diagnostic]:
    for match in _ROOM.finditer(text_without_code):
        span = span_of_offset(file, text, match.start(), len(match[0]))
        yield MEETING_LINK.at(span, MEETING_WORDS, MEETING_HELP)


MEETING_WORDS = "The address of a meeting room stands on a public page."
MEETING_HELP = "Keep it where only the class can read it, such as Canvas, and link there."


# --- pictures and headings ----------------------------------------------------------------------

_IMAGE = re.compile(r"!\[\s*\](?=[(\[])|<img\b(?P<attributes>[^>]*)>", re.IGNORECASE)
_HEADING = re.compile(r"^(?P<marks>#{1,6})[ \t]+(?P<words>[^\n]*)$", re.MULTILINE)


def _images(text_without_code: str, text: str, file: str) -> Iterator[Diagnostic]:
    for match in _IMAGE.finditer(text_without_code):
        attributes = match["attributes"]
        if attributes is not None and re.search(r"\balt\s*=", attributes, re.IGNORECASE):
            continue
        span = span_of_offset(file, text, match.start(), len(match[0]))
        help = "Say in a few words what it shows: ![what it shows](file.png)."
        yield MISSING_ALT.at(span, "This image has no words for readers who can't see it.", help)


def _headings(bare: str, text: str, file: str) -> Iterator[Diagnostic]:
    level = 1
    for match in _HEADING.finditer(bare):
        depth = len(match["marks"])
        if depth > level + 1:
            span = span_of_offset(file, text, match.start(), depth)
            before = "the page's title" if level == 1 else f'the heading before it, which is "{"#" * level}"'
            message = f"This heading is {depth - level} levels below {before}."
            yield SKIPPED_HEADING.at(span, message, f'Write "{"#" * (level + 1)}".')
        level = depth
