"""What a proofreader marks in one Markdown text: dates that can't be, leftovers, pictures without words.

Looks at the source, so that every finding has its line and column; code, comments and formulas are
passed over. Links are checked where they are resolved (`references`).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.prose.inline import blank_out_both
from sitegen.prose.limits import MOST_CHARACTERS

WRONG_WEEKDAY = Rule(
    "wrong-weekday",
    "warning",
    "A date is written with a weekday that it doesn't fall on. Usually the line is left over from another year, "
    "or one of the two was changed and the other forgotten. Without a year, the date is taken to lie in the term; "
    "06/05 may be in June or in May.",
    wrong="The report is due Tue 04/29.",
    right="The report is due Wed 04/29.",
)
IMPOSSIBLE_DATE = Rule(
    "impossible-date",
    "warning",
    "A date is written with its weekday, but its month has no such day. Students can't know which day is meant.",
    wrong="The report is due Tue Apr 31.",
    right="The report is due Thu Apr 30.",
)
DATE_OUTSIDE_TERM = Rule(
    "date-outside-term",
    "warning",
    "A date near the term, but not in it: last year's page often leaves such dates behind. Dates that are more "
    "than two years away are taken for history and left alone; so are dates without a weekday that nothing before "
    "them in their line makes a date of the course, such as due, by or exam.",
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
    """Findings in the order of the text. Without a term, dates aren't looked at; too long a text isn't at all."""
    if len(text) > MOST_CHARACTERS:
        return []
    bare, with_addresses = (_Copy(copy, file) for copy in blank_out_both(text))
    findings = [*_placeholders(with_addresses), *_incomplete(with_addresses), *_images(with_addresses)]
    findings += [*_meeting_links(with_addresses), *_headings(bare)]
    if term is not None:
        findings += _dates(bare, term)
    return sorted(findings, key=lambda finding: (finding.span.line, finding.span.column))


@dataclass(frozen=True, slots=True)
class _Copy:
    """The text with parts of it blanked out, which keeps offsets and lines."""

    text: str
    file: str
    _starts: list[int] = field(default_factory=lambda: [0])
    """Offsets of its lines, so that thousands of findings don't count the lines anew; made for the first finding."""
    folded: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", self.text.casefold())

    def span(self, start: int, end: int) -> Span:
        """The span of a match; when it goes over several lines, of its first."""
        if len(self._starts) == 1:
            self._starts.extend(match.end() for match in re.finditer("\n", self.text))
        line = bisect_right(self._starts, start)
        line_end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        column = start - self._starts[line - 1] + 1
        return Span(self.file, line, column, line, column + max(1, min(end, line_end) - start))


# --- dates --------------------------------------------------------------------------------------

_WEEKDAY = r"(?P<{0}>(?:Mon|Tues?|Wed(?:nes|s)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:days?)?)\b\.?"
_MONTH = (
    r"(?P<{0}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<{0}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)\b(?!-\d)"


def _named(pattern: str, name: str) -> str:
    return pattern.replace("{0}", name)


_GAP = r"(?:[ \t,*_|(]|\n(?=[ \t]*\w)){1,40}(?:the\s{1,9})?"
"""Between a weekday and its date: a comma, emphasis, a bracket, the end of a table's cell or of a line."""
_ISO = r"(?P<iso>(?:19|20)\d\d(?P<dash>[-/])\d\d(?P=dash)\d\d)\b(?![-/])"
_WORDS = (
    rf"{_named(_MONTH, 'm1')}\s+{_named(_DAY, 'd1')}(?:,?\s+{_named(_YEAR, 'y1')})?"
    rf"|{_named(_DAY, 'd2')}\s+(?:of\s+)?{_named(_MONTH, 'm2')}(?:,?\s+{_named(_YEAR, 'y2')})?"
)
_SLASHES = r"(?P<a>\d\d?)/(?P<b>\d\d?)(?:/(?P<y3>(?:19|20)?\d\d))?\b(?!/)"
_POINTS = r"(?P<d4>\d\d?)\.[ ]?(?P<m4>\d\d?)\.(?:[ ]?(?P<y4>(?:19|20)\d\d)\b)?(?!\w)"
_DATE = re.compile(
    rf"(?<![/.-])(?<![^\W_])(?:{_named(_WEEKDAY, 'w1')}{_GAP})?(?:{_ISO}|{_WORDS}|{_SLASHES}|{_POINTS})"
    rf"(?:\s*\(\s*{_named(_WEEKDAY, 'w2')}\s*\))?",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"[\dADFJMNOSTWadfjmnostwſ](?<![^\W_].)(?<![/.-].)")
"""Where a date may begin, found at a fraction of the cost of looking for one at each letter."""
_BEGINNINGS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun".split())
_VERBS = ("sat", "sun", "wed")
"""Short weekdays that are English words: "we sat 3/4 of an hour"."""
_OF_COURSE = re.compile(
    r"\b(?:due|by|until|till|on|before|after|from|deadlines?|class(?:es)?|exams?|midterms?|finals?|quiz(?:zes)?"
    r"|starts?|begins?|ends?|submit)\b|(?:^|[\n|])[ \t>*_+#|-]*\Z",
    re.IGNORECASE,
)
"""Words before a date that make it one of the course; so does nothing at all before it in its line or cell."""
_NEAR = 80
"""Characters before a date in which such words are looked for."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _dates(copy: _Copy, term: TermDays) -> Iterator[Diagnostic]:
    before: re.Match[str] | None = None
    for match in _find_dates(copy.text):
        weekday = None if _follows_its_date(before, match) else _read_weekday(match)
        before = match
        orders = _read_orders(match)
        if not orders or (weekday is None and (match["a"] or match["d4"])):
            continue  # 3/4 is more often a fraction than a date, and 2.1. the number of a section
        days = [day for order in orders if (day := _find_day(*order, term))]
        span = copy.span(*match.span())
        written = " ".join(match[0].split())
        if not days:
            if weekday is not None:
                year, month, _ = orders[0]
                _, length = calendar.monthrange(year or term.start.year, month)
                message = f'"{written}" is no date: that month has {length} days.'
                yield IMPOSSIBLE_DATE.at(span, message, "Correct the day or the month.")
            continue
        fitting = [day for day in days if weekday in (None, day.weekday())]
        if not fitting:
            name = _DAY_NAMES[days[0].weekday()]
            message = f'"{written}" contradicts itself: in {days[0].year} that day is a {name}.'
            yield WRONG_WEEKDAY.at(span, message, _right_days(days[0], weekday or 0))
        elif (weekday is not None or _is_of_course(match)) and all(_is_outside(day, term) for day in fitting):
            message = f'"{written}" is outside the term, which goes from {term.start} to {term.end}.'
            yield DATE_OUTSIDE_TERM.at(span, message, "Is it left over from another term?")


def _find_dates(text: str) -> Iterator[re.Match[str]]:
    """As `_DATE.finditer(text)`."""
    done = 0
    for beginning in _BEGINNING.finditer(text):
        at = beginning.start()
        if at < done or not (text[at].isdecimal() or text[at : at + 3].casefold() in _BEGINNINGS):
            continue
        match = _DATE.match(text, at)
        if match:
            yield match
            done = match.end()


def _read_weekday(match: re.Match[str]) -> int | None:
    """0 is Monday; None when no weekday is written."""
    name = match["w1"] or match["w2"] or ""
    return None if not name or name in _VERBS else _DAYS.index(name[:3].casefold())


def _follows_its_date(before: re.Match[str] | None, match: re.Match[str]) -> bool:
    """In a row such as `| 4/28 | Tue | 5/5 |`, the weekday is that of the cell before it."""
    if before is None or before["w1"] or before["w2"] or "|" not in match[0]:
        return False
    between = match.string[before.end() : match.start()]
    return "|" in between and not between.strip(" \t*_|")


def _read_orders(match: re.Match[str]) -> list[tuple[int, int, int]]:
    """Year (0: not written), month and day: two for 6/5, which is in June or in May; none for 30/20."""
    if match["iso"]:
        written, month, day = (int(part) for part in match["iso"].split(match["dash"]))
        orders = [(month, day)]
    else:
        year = match["y1"] or match["y2"] or match["y3"] or match["y4"] or "0"
        written = int(year) + (2000 if len(year) == 2 else 0)
        orders = _read_month_and_day(match)
    return [(written, month, day) for month, day in orders if 1 <= month <= 12 and 1 <= day <= 31]


def _read_month_and_day(match: re.Match[str]) -> list[tuple[int, int]]:
    if match["a"]:
        a, b = int(match["a"]), int(match["b"])
        return [(a, b), (b, a)]
    if match["d4"]:
        return [(int(match["m4"]), int(match["d4"]))]
    name, day = (match["m1"], match["d1"]) if match["m1"] else (match["m2"], match["d2"])
    return [(_MONTHS.index(name[:3].casefold()) + 1, int(day))]


def _find_day(year: int, month: int, day: int, term: TermDays) -> dt.date | None:
    """Without a year (0), the day that lies in the term or else in the year in which it starts."""
    years = [year] if year else range(term.start.year, term.end.year + 1)
    found = []
    for candidate in years:
        try:
            found.append(dt.date(candidate, month, day))
        except ValueError:
            continue  # there is no such day in this year
    return next((date for date in found if term.start <= date <= term.end), found[0] if found else None)


def _is_of_course(match: re.Match[str]) -> bool:
    """Whether a date without a weekday is one of the course: a bare `May 7` may be anything."""
    if not (match["iso"] or match["y1"] or match["y2"]):
        return False
    start = match.start()
    near = max(match.string.rfind("\n", 0, start), start - _NEAR, 0)
    return _OF_COURSE.search(match.string[near:start]) is not None


def _is_outside(date: dt.date, term: TermDays) -> bool:
    """Not in the term, but so near that it's of a term."""
    if term.start - MARGIN <= date <= term.end + MARGIN:
        return False
    return abs(date.year - term.start.year) <= HISTORY


def _right_days(date: dt.date, weekday: int) -> str:
    nearest = min((date + dt.timedelta(days=n) for n in range(-3, 4)), key=lambda day: day.weekday() != weekday)
    name, near_name = _DAY_NAMES[date.weekday()], _DAY_NAMES[weekday]
    return f"Either {name} {date.isoformat()} or {near_name} {nearest.isoformat()} is meant."


# --- leftovers and addresses --------------------------------------------------------------------

_LEFTOVER = re.compile(
    r"\b(?i:lorem\s+ipsum)\b|\b(?:TODO|FIXME|XXX)\b|\[(?i:insert|your|add)\s[^\]\n]{1,40}\](?!\()"
    r"|(?i:https?://(?:www\.)?example\.(?:com|org|net)\b[^\s)>\"'\u3000-\u303f\uff01-\uff65]*)|(?i:https?://(?:\.\.\.|…))"
)
_INCOMPLETE = re.compile(
    r"(?:\]\([ ]?<?|\]:[ \t]{1,9}<?|\b(?:href|src)=[\"']?)(?P<address>https?:(?!//[^\s)>\"'/?#])[^\s)>\"']*)",
    re.IGNORECASE,
)
_ROOM = re.compile(
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
_HALF = re.compile(r"https?:(?!//[^\s)>\"'/?#])", re.IGNORECASE)


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

_IMAGE = re.compile(r"!\[\s*\](?=[(\[])|<img\b(?P<attributes>[^<>]*)>", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ALT = re.compile(r"(?<!\S)alt(?![^\s=/])", re.IGNORECASE)
_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")


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
