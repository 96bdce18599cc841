"""Dates in a text that can't be: on another weekday, on a day that isn't, in another term.

Looks at a text in which code, addresses and formulas are blanked out. The rest of proofreading is `proofread`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.patterns import regex
from sitegen.values import Value

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


class TermDays(Value):
    """The days that dates without a year are taken to lie in."""

    start: dt.date
    end: dt.date


MARGIN = dt.timedelta(days=60)
"""Dates this close to the term are of it: a welcome before the first class, grades after the last."""
HISTORY = 2
"""A date more than this many years from the term is history."""

Place = Callable[[int, int], Span]

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
_DATE = regex(
    rf"(?<![/.-])(?<![^\W_])(?:{_named(_WEEKDAY, 'w1')}{_GAP})?(?:{_ISO}|{_WORDS}|{_SLASHES}|{_POINTS})"
    rf"(?:\s*\(\s*{_named(_WEEKDAY, 'w2')}\s*\))?",
    re.IGNORECASE,
)
_BEGINNING = regex(
    r"[\dADFJMNOSTWadfjmnostwſ](?<![^\W_].)(?<![/.-].)(?:(?<=\d)|(?i:(?<=j)(?:an|un|ul)|(?<=f)(?:eb|ri)"
    r"|(?<=m)(?:ar|ay|on)|(?<=a)(?:pr|ug)|(?<=s)(?:ep|at|un)|(?<=o)ct|(?<=n)ov|(?<=d)ec|(?<=t)(?:ue|hu)|(?<=w)ed))"
)
"""Where a date may begin, found at a fraction of the cost of looking for one at each letter."""
_NUMBER = regex(r"\d+")
_GOES_ON = regex(r"[/-]\d|\.[ ]?\d|(?:st|nd|rd|th)?\s+(?:of\s+)?[ADFJMNOSſ]", re.IGNORECASE)
"""What is behind a date's first number, unless that is behind its month."""
_MOST_BEFORE = 80
"""More characters than a date has before its first number, but for the white space right before it."""
_VERBS = ("sat", "sun", "wed")
"""Short weekdays that are English words: "we sat 3/4 of an hour"."""
_OF_COURSE = regex(
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


def check_dates(text: str, term: TermDays, place: Place) -> Iterator[Diagnostic]:
    """`text` has its code, addresses and formulas blanked out; `place` gives the span from one offset to another."""
    before: re.Match[str] | None = None
    for match in _find_dates(text):
        weekday = None if _follows_its_date(before, match) else _read_weekday(match)
        before = match
        orders = _read_orders(match)
        if not orders or (weekday is None and (match["a"] or match["d4"])):
            continue  # 3/4 is more often a fraction than a date, and 2.1. the number of a section
        days = [day for order in orders if (day := _find_day(*order, term))]
        span = place(*match.span())
        written = " ".join(match[0].split())
        if not days:
            if weekday is not None:
                from calendar import monthrange

                year, month, _ = orders[0]
                _, length = monthrange(year or term.start.year, month)
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
    """As `_DATE.finditer(text)`. Every date has a number, so it is looked for around numbers only."""
    done = 0
    for number in _NUMBER.finditer(text):
        before = number.start()
        while before > done and text[before - 1].isspace():
            before -= 1
        is_behind_word = before < number.start() and (text[before - 1].isalpha() or text[before - 1] == ".")
        if not is_behind_word and not _GOES_ON.match(text, number.end()):
            continue
        for beginning in _BEGINNING.finditer(text, max(done, before - _MOST_BEFORE), number.end()):
            at = beginning.start()
            if at < done:
                continue
            match = _DATE.match(text, at)
            done = match.end() if match else at + 1
            if match:
                yield match


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
