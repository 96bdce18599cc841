"""Every time the class meets, from the term: its patterns, its days without class and its extra days.

Which session takes which meeting is `timetable`'s. All times are aware and in the course's time zone;
a time that a clock change skips or repeats is read as the offset before the change has it (PEP 495,
fold 0; RFC 5545 §3.3.5), and one that is skipped is said as the clock shows it then: 2:30 is 3:30.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sitegen.diagnostics import Diagnostic, Related, Rule
from sitegen.plan import Pattern, Term
from sitegen.values import Value

FAR_WEEKS = 8
"""A date this far outside the term is likely left over from another year."""
MAX_WEEKS = 60
EXAMPLE_TERM = "term:\n  start: 2026-01-27\n  end: 2026-02-05\n  meets: Tue/Thu 3:30-4:45pm\n"
"""Four meetings, for the examples of rules."""

TERM_BACKWARDS = Rule(
    "term-backwards",
    "error",
    f"The term ends before it starts, or is longer than {MAX_WEEKS} weeks; no schedule can be computed.",
    wrong="term:\n  start: 2026-05-12\n  end: 2026-01-27\n  meets: Tue/Thu 3:30-4:45pm",
    right="term:\n  start: 2026-01-27\n  end: 2026-05-12\n  meets: Tue/Thu 3:30-4:45pm",
)
NO_MEETINGS = Rule(
    "no-meetings",
    "error",
    "Between the term's start and end there is no day on which the class meets: the term is too short for "
    "the weekdays under meets, or no_class covers all of it.",
    wrong="term:\n  start: 2026-01-28\n  end: 2026-01-28\n  meets: Tue/Thu 3:30-4:45pm",
    right="term:\n  start: 2026-01-28\n  end: 2026-01-29\n  meets: Tue/Thu 3:30-4:45pm",
)
OVERLAP = Rule(
    "overlap",
    "warning",
    "Two classes meet at one time: an extra session on top of a regular one, or two patterns under meets "
    "that share a day and an hour.",
    wrong=EXAMPLE_TERM + "schedule:\n  - tba: 4\n  - {guest: F. Zhao, date: 2026-02-03, extra: true, time: 4-5pm}",
    right=EXAMPLE_TERM + "schedule:\n  - tba: 4\n  - {guest: F. Zhao, date: 2026-02-03, extra: true, time: 5-6pm}",
)
EXTRA_CLASS_UNUSED = Rule(
    "extra-class-unused",
    "warning",
    "A day listed under extra_class is a holiday, outside the term, or a regular class day already.",
    wrong=EXAMPLE_TERM + "  extra_class:\n    2026-01-29: Thursday",
    right=EXAMPLE_TERM + "  extra_class:\n    2026-01-30: Friday follows a Thursday timetable",
)
NO_CLASS_UNUSED = Rule(
    "no-class-unused",
    "warning",
    "Days listed under no_class lie outside the term, so nothing is skipped. Often the year is last year's.",
    wrong=EXAMPLE_TERM + "  no_class:\n    2025-02-03: Snow day",
    right=EXAMPLE_TERM + "  no_class:\n    2026-02-03: Snow day",
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Meeting(Value, order=True):
    """One time at which the class meets."""

    start: dt.datetime
    end: dt.datetime
    place: str
    label: str = ""


def list_meetings(term: Term, zone: ZoneInfo) -> tuple[list[Meeting], list[Diagnostic]]:
    """Every meeting in order: the patterns' days from start to end, less `no_class`, plus `extra_class`.

    A day has one meeting for each pattern that names its weekday. An extra day is one that no pattern
    names; it meets once, at the first pattern's time and place. `no_class` is stronger than
    `extra_class`, and days outside the term count for nothing; both are said. There are no meetings
    when, and only when, a finding says why.
    """
    backwards = _check_length(term)
    if backwards:
        return [], [backwards]
    meetings = _meetings(term, zone)
    if not meetings:
        return [], [_no_meetings(term)]
    return meetings, [*_check_patterns(term), *_check_days(term)]


def _meetings(term: Term, zone: ZoneInfo) -> list[Meeting]:
    free = days_without_class(term)
    extra = {days.first for days in term.extra_class}
    meetings = []
    for day in _each_day(term.start, term.end):
        if day in free:
            continue
        patterns = [pattern for pattern in term.meets if day.weekday() in pattern.weekdays]
        if not patterns and day in extra:
            patterns = [term.meets[0]]
        meetings += [
            Meeting(*between(day, pattern.start, pattern.end, zone), pattern.place, pattern.label)
            for pattern in patterns
        ]
    return sorted(meetings)


def days_without_class(term: Term) -> dict[dt.date, str]:
    """The term's days under `no_class`, with their names."""
    return {
        day: days.name
        for days in term.no_class
        for day in _each_day(max(days.first, term.start), min(days.last, term.end))
    }


def _each_day(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    return (first + dt.timedelta(days=n) for n in range((last - first).days + 1))


def at_time(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    written = dt.datetime.combine(day, time, zone)
    shown = written.astimezone(dt.UTC).astimezone(zone)
    return written if shown.replace(tzinfo=None) == written.replace(tzinfo=None) else shown


def is_skipped(day: dt.date, time: dt.time, zone: ZoneInfo) -> bool:
    """Whether the clocks go past that time on that day."""
    return at_time(day, time, zone).replace(tzinfo=None) != dt.datetime.combine(day, time)


def between(day: dt.date, start: dt.time, end: dt.time, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """When a class on `day` begins and ends: past midnight, if its end isn't later than its start.

    One whose start is skipped lasts as long as ever.
    """
    last = day + dt.timedelta(days=end <= start)
    begins = at_time(day, start, zone)
    if is_skipped(day, start, zone):
        length = dt.datetime.combine(last, end) - dt.datetime.combine(day, start)
        return begins, (begins.astimezone(dt.UTC) + length).astimezone(zone)
    return begins, at_time(last, end, zone)


def number_weeks(days: Iterable[dt.date], opens: int) -> dict[dt.date, int]:
    """First day of each week that has one of `days` -> its number from 1; a week without any has none."""
    weeks = sorted({week_of(day, opens) for day in days})
    return {first: number for number, first in enumerate(weeks, 1)}


def week_of(day: dt.date, opens: int) -> dt.date:
    """The first day of its week, which the weekday `opens` begins (0 is Monday)."""
    return day - dt.timedelta(days=(day.weekday() - opens) % 7)


def say_day(day: dt.date) -> str:
    """`Tue 2026-02-03`."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.isoformat()}"


# --- checks -------------------------------------------------------------------------------------


def _check_length(term: Term) -> Diagnostic | None:
    if term.end < term.start:
        message = f"The term ends on {term.end}, before it starts on {term.start}."
        return TERM_BACKWARDS.at(term.span, message, "Swap start and end, or mend the year.")
    if (term.end - term.start).days >= MAX_WEEKS * 7:
        message = f"The term from {term.start} to {term.end} is longer than {MAX_WEEKS} weeks."
        return TERM_BACKWARDS.at(term.span, message, "Mend the years.")
    return None


def _no_meetings(term: Term) -> Diagnostic:
    weekdays = sorted({weekday for pattern in term.meets for weekday in pattern.weekdays})
    names = " or ".join(WEEKDAYS[weekday] for weekday in weekdays)
    message = (
        f"The class never meets: from {say_day(term.start)} to {say_day(term.end)} there is no {names} with class."
    )
    help = "Mend start, end or meets, or take days out of no_class."
    return NO_MEETINGS.at(term.meets[0].span, message, help)


def _check_days(term: Term) -> list[Diagnostic]:
    """Days under `no_class` and `extra_class` that change nothing."""
    findings = []
    for days in term.no_class:
        if days.last < term.start or days.first > term.end:
            which = f"{say_day(days.first)} is" if days.first == days.last else f"{days.first} .. {days.last} are"
            message = f"{which} outside the term, so listing {'it' if days.first == days.last else 'them'} under "
            message += "no_class changes nothing."
            findings.append(NO_CLASS_UNUSED.at(days.span, message, "Mend the dates, or remove the line."))
    regular = {weekday for pattern in term.meets for weekday in pattern.weekdays}
    free = days_without_class(term)
    for days in term.extra_class:
        if not term.start <= days.first <= term.end:
            reason = "outside the term"
        elif days.first in free:
            reason = "under no_class, too"
        elif days.first.weekday() in regular:
            reason = "a regular class day already"
        else:
            continue
        message = f"{say_day(days.first)} is {reason}, so listing it under extra_class changes nothing."
        findings.append(EXTRA_CLASS_UNUSED.at(days.span, message, "Mend the date, or remove the line."))
    return findings


def _check_patterns(term: Term) -> list[Diagnostic]:
    """Patterns that share an hour of a day."""
    findings = []
    for number, pattern in enumerate(term.meets):
        for other in term.meets[:number]:
            shared = sorted(set(pattern.weekdays) & set(other.weekdays))
            if shared and _minutes(pattern)[0] < _minutes(other)[1] and _minutes(other)[0] < _minutes(pattern)[1]:
                message = f"On {WEEKDAYS[shared[0]]} two of the class's meetings overlap."
                related = [Related(other.span, "the other one")]
                findings.append(OVERLAP.at(pattern.span, message, "Mend one of the two times.", related))
    return findings


def _minutes(pattern: Pattern) -> tuple[int, int]:
    """Its start and end in minutes from the midnight before."""
    start, end = (time.hour * 60 + time.minute for time in (pattern.start, pattern.end))
    return start, end if end > start else end + 24 * 60
