"""Dates: meetings from the term, the schedule's lines poured into them, deadlines counted from sessions.

Pure arithmetic over `plan`; papers, lectures and pages aren't known here. All times are aware and
in the course's time zone; a time that a clock change skips is read as the time before the change
would have it (PEP 495, fold 0).

How lines meet dates. Lines are taken in the order written. A line without a date takes the first
free meeting after the line before it; a line with a date takes that meeting, whatever is inserted
before it, and lines after it follow it. `date: last` takes the term's last meeting; `extra: true`
takes none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sitegen.diagnostics import Diagnostic, Related, Rule, Span, closest
from sitegen.plan import LAST, DeadlineRule, Due, Entry, PartHeading, ReviewRule, Term
from sitegen.texts import slugify, unique

TERM_BACKWARDS = Rule(
    "term-backwards",
    "error",
    "The term ends before it starts, or is longer than 60 weeks; no schedule can be computed.",
    wrong="start: 2026-05-12\nend: 2026-01-27",
    right="start: 2026-01-27\nend: 2026-05-12",
)
TOO_MANY_SESSIONS = Rule(
    "too-many-sessions",
    "error",
    "The schedule lists more sessions than the term has meetings. The first session that has no date is "
    "named; it and the ones after it would silently disappear.",
)
EMPTY_MEETINGS = Rule(
    "empty-meetings",
    "warning",
    "The class meets on days for which the schedule lists nothing. Students would come and find no topic; "
    "`tba: N` says that N sessions are still to be announced.",
    right="- tba: 3",
)
NOT_A_MEETING = Rule(
    "not-a-meeting",
    "error",
    "A session is pinned to a day on which the class doesn't meet: another weekday, a holiday, or a day "
    "outside the term. If it really meets then, `extra: true` says so.",
    wrong="- {topic: Guest, date: 2026-03-21}",
    right='- {topic: Guest, date: 2026-03-21, extra: true, time: 2-3pm, place: "IRB 4105"}',
)
TAKEN_MEETING = Rule(
    "taken-meeting",
    "error",
    "Two sessions are pinned to one meeting.",
)
OUT_OF_ORDER = Rule(
    "out-of-order",
    "warning",
    "A session is pinned to a date before that of a session listed above it. The page shows sessions in "
    "order of date; keeping the list in that order too makes it readable.",
)
DUPLICATE_ID = Rule(
    "duplicate-id",
    "error",
    "Two sessions have one id, so links and calendar entries can't tell them apart.",
)
UNKNOWN_SESSION = Rule(
    "unknown-session",
    "error",
    "A deadline is counted from a session that isn't in the schedule.",
    wrong="due: 1 week after servign",
    right="due: 1 week after serving",
)
EXTRA_CLASS_UNUSED = Rule(
    "extra-class-unused",
    "warning",
    "A day listed under extra_class is a holiday, outside the term, or a regular class day already.",
)

MAX_WEEKS = 60


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """One time at which the class meets."""

    start: dt.datetime
    end: dt.datetime
    place: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of the schedule with its meeting."""

    id: str
    entry: Entry
    meeting: Meeting
    week: int
    part: str


@dataclass(frozen=True, slots=True)
class DueDate:
    """A milestone with its time."""

    rule: DeadlineRule
    id: str
    due: dt.datetime
    session: str
    """The id of the session it is counted from; empty for a plain date."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """In order of time."""

    slots: tuple[Slot, ...]
    milestones: tuple[DueDate, ...]


def plan_term(
    term: Term, schedule: Sequence[PartHeading | Entry], deadlines: Sequence[DeadlineRule], zone: ZoneInfo
) -> tuple[Timetable, list[Diagnostic]]:
    """The whole term. What can't be placed is left out and said."""
    findings = _check_term(term)
    meetings = [] if findings else list_meetings(term, zone)
    findings += [] if findings else _check_extra_classes(term, meetings)
    slots, problems = pour(schedule, meetings, term, zone)
    milestones, more = count_deadlines(deadlines, slots, meetings, zone)
    return Timetable(tuple(slots), tuple(milestones)), [*findings, *problems, *more]


# --- meetings -----------------------------------------------------------------------------------


def list_meetings(term: Term, zone: ZoneInfo) -> list[Meeting]:
    """Every time the class meets, in order: the patterns' days from start to end, less `no_class`, plus `extra_class`.

    An extra day meets at the times of all patterns when there is one pattern or the day's name
    doesn't tell; a day of several patterns' own weekday keeps that pattern's times.
    """
    free = {day for days in term.no_class for day in _each_day(days.first, days.last)}
    extra = {days.first for days in term.extra_class if term.start <= days.first <= term.end} - free
    meetings = []
    for day in _each_day(term.start, term.end):
        if day in free:
            continue
        patterns = [pattern for pattern in term.meets if day.weekday() in pattern.weekdays]
        if not patterns and day in extra:
            patterns = list(term.meets[:1])
        meetings += [
            Meeting(_at(day, pattern.start, zone), _at(day, pattern.end, zone), pattern.place, pattern.label)
            for pattern in patterns
        ]
    return sorted(meetings)


def _each_day(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    return (first + dt.timedelta(days=n) for n in range((last - first).days + 1))


def _at(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, zone)


def number_weeks(days: Iterable[dt.date]) -> dict[dt.date, int]:
    """Monday of each week that has one of `days` -> its number from 1; a week without any has none."""
    mondays = sorted({monday_of(day) for day in days})
    return {monday: number for number, monday in enumerate(mondays, 1)}


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _check_term(term: Term) -> list[Diagnostic]:
    if term.end < term.start:
        message = f"The term ends on {term.end}, before it starts on {term.start}."
        return [TERM_BACKWARDS.at(term.span, message, "Swap start and end, or mend the year.")]
    if (term.end - term.start).days > MAX_WEEKS * 7:
        message = f"The term from {term.start} to {term.end} is longer than {MAX_WEEKS} weeks."
        return [TERM_BACKWARDS.at(term.span, message, "Check the years.")]
    return []


def _check_extra_classes(term: Term, meetings: Sequence[Meeting]) -> list[Diagnostic]:
    findings = []
    regular = {weekday for pattern in term.meets for weekday in pattern.weekdays}
    met = {meeting.start.date() for meeting in meetings}
    for days in term.extra_class:
        reason = "a day without class" if term.start <= days.first <= term.end else "outside the term"
        if days.first in met and days.first.weekday() in regular:
            reason = "a regular class day already"
        elif days.first in met:
            continue
        message = f"{_say(days.first)} is {reason}, so listing it under extra_class changes nothing."
        findings.append(EXTRA_CLASS_UNUSED.at(days.span, message, "Mend the date, or remove the line."))
    return findings


# --- sessions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the schedule that takes one meeting (`tba: 3` gives three)."""

    entry: Entry
    part: str


def pour(
    schedule: Sequence[PartHeading | Entry], meetings: Sequence[Meeting], term: Term, zone: ZoneInfo
) -> tuple[list[Slot], list[Diagnostic]]:
    """Each line with its meeting, in order of time, and what didn't work out."""
    lines = list(_lines(schedule))
    pinned, findings = _pin(lines, meetings)
    reserved = set(pinned.values())
    placed: list[tuple[_Line, Meeting]] = []
    cursor = 0
    """The first meeting that the next line may take."""
    left_over: list[_Line] = []
    latest: _Line | None = None
    for number, line in enumerate(lines):
        if line.entry.extra:
            placed.append((line, _extra_meeting(line.entry, term, zone)))
            continue
        if line.entry.date is not None:
            index = pinned.get(number)
            if index is None:
                continue  # said by _pin
            if index < cursor and latest is not None and line.entry.date != LAST:
                findings.append(_out_of_order(line, latest, meetings[index]))
        else:
            index = next((i for i in range(cursor, len(meetings)) if i not in reserved), None)
            if index is None:
                left_over.append(line)
                continue
        placed.append((line, _own_times(meetings[index], line.entry, zone)))
        reserved.add(index)
        if index >= cursor and line.entry.date != LAST:
            cursor, latest = index + 1, line
    if left_over and meetings:
        findings.append(_too_many(left_over, meetings, len(reserved)))
    elif lines and meetings:
        findings += _empty([meeting for i, meeting in enumerate(meetings) if i not in reserved], term)
    slots, duplicates = _name_slots(placed, meetings)
    return slots, findings + duplicates


def _lines(schedule: Sequence[PartHeading | Entry]) -> Iterable[_Line]:
    part = ""
    for line in schedule:
        if isinstance(line, PartHeading):
            part = str(line.title)
        else:
            yield from (_Line(line, part) for _ in range(line.count))


def _pin(lines: Sequence[_Line], meetings: Sequence[Meeting]) -> tuple[dict[int, int], list[Diagnostic]]:
    """Line number -> meeting number for the lines that name a date."""
    pinned: dict[int, int] = {}
    findings: list[Diagnostic] = []
    for number, line in enumerate(lines):
        date, span = line.entry.date, line.entry.date_span
        if date is None or line.entry.extra or not meetings:
            continue
        taken = set(pinned.values())
        if date == LAST:
            days = [len(meetings) - 1]
        else:
            days = [i for i, meeting in enumerate(meetings) if meeting.start.date() == date]
        free = [i for i in days if i not in taken]
        if not days:
            findings.append(_not_a_meeting(line, date, span, meetings))
        elif not free:
            first = next(lines[n].entry for n, index in pinned.items() if index in days)
            message = f'"{line.entry.topic}" is pinned to {_say(meetings[days[0]].start.date())}, which is taken.'
            related = [Related(first.date_span, f'taken here by "{first.topic}"')]
            findings.append(TAKEN_MEETING.at(span, message, "Give one of the two another date, or none.", related))
        else:
            pinned[number] = free[0]
    return pinned, findings


def _extra_meeting(entry: Entry, term: Term, zone: ZoneInfo) -> Meeting:
    assert isinstance(entry.date, dt.date)
    pattern = term.meets[0]
    start, end = entry.time or (pattern.start, pattern.end)
    return Meeting(_at(entry.date, start, zone), _at(entry.date, end, zone), entry.place or pattern.place)


def _own_times(meeting: Meeting, entry: Entry, zone: ZoneInfo) -> Meeting:
    """The meeting with the session's own time and place, if it names them."""
    start, end = meeting.start, meeting.end
    if entry.time:
        start, end = (_at(start.date(), time, zone) for time in entry.time)
    return Meeting(start, end, entry.place or meeting.place, meeting.label)


def _name_slots(
    placed: Sequence[tuple[_Line, Meeting]], meetings: Sequence[Meeting]
) -> tuple[list[Slot], list[Diagnostic]]:
    """Slots in order of time with ids: the given ones first, then slugs of the topics in listed order."""
    findings = []
    given: dict[str, Entry] = {}
    for line, _ in placed:
        if line.entry.id is None:
            continue
        if str(line.entry.id) in given:
            first = given[str(line.entry.id)].id
            assert first is not None
            message = f'Two sessions have the id "{line.entry.id}".'
            related = [Related(first.span, "first given here")]
            findings.append(DUPLICATE_ID.at(line.entry.id.span, message, "Give one of them another id.", related))
        else:
            given[str(line.entry.id)] = line.entry
    taken = set(given)
    weeks = number_weeks(meeting.start.date() for meeting in (*meetings, *(meeting for _, meeting in placed)))
    slots = []
    for line, meeting in placed:
        entry = line.entry
        name = str(entry.id) if entry.id else unique(slugify(entry.topic or entry.kind) or "session", taken)
        slots.append(Slot(name, entry, meeting, weeks[monday_of(meeting.start.date())], line.part))
    return sorted(slots, key=lambda slot: slot.meeting.start), findings


# --- deadlines ----------------------------------------------------------------------------------


def review_due(rule: ReviewRule, meeting: Meeting, zone: ZoneInfo) -> dt.datetime:
    """When the review for a session at `meeting` is due, in local time whatever the clock does in between."""
    return _at(meeting.start.date() + dt.timedelta(days=rule.due.days), rule.at, zone)


def count_deadlines(
    rules: Sequence[DeadlineRule], slots: Sequence[Slot], meetings: Sequence[Meeting], zone: ZoneInfo
) -> tuple[list[DueDate], list[Diagnostic]]:
    """The milestones in order of time; one that is counted from an unknown session is left out and said."""
    found, findings = [], []
    by_id = {slot.id: slot for slot in slots}
    taken: set[str] = set()
    for rule in rules:
        name = unique(slugify(rule.what) or "deadline", taken)
        anchor = _anchor(rule.due, by_id, meetings)
        if anchor is None:
            findings.append(_unknown_session(rule, by_id))
            continue
        day, session = anchor
        due = _at(day + dt.timedelta(days=rule.due.days), rule.at, zone)
        found.append(DueDate(rule, name, due, session))
    return sorted(found, key=lambda milestone: milestone.due), findings


def _anchor(due: Due, by_id: dict[str, Slot], meetings: Sequence[Meeting]) -> tuple[dt.date, str] | None:
    if due.date is not None:
        return due.date, ""
    if due.anchor in by_id:
        return by_id[due.anchor].meeting.start.date(), due.anchor
    if due.anchor in ("first class", "last class") and meetings:
        return meetings[0 if due.anchor == "first class" else -1].start.date(), ""
    return None


# --- sentences ----------------------------------------------------------------------------------


def _say(day: dt.date) -> str:
    return f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day.weekday()]} {day.isoformat()}"


def _not_a_meeting(line: _Line, date: dt.date | str, span: Span, meetings: Sequence[Meeting]) -> Diagnostic:
    assert isinstance(date, dt.date)
    near = min((meeting.start.date() for meeting in meetings), key=lambda day: (abs((day - date).days), day))
    message = f'"{line.entry.topic}" is pinned to {_say(date)}, but the class doesn\'t meet on that day.'
    help = f"The nearest class is on {_say(near)}; or add extra: true with its own time and place."
    return NOT_A_MEETING.at(span, message, help)


def _out_of_order(line: _Line, latest: _Line, meeting: Meeting) -> Diagnostic:
    message = (
        f'"{line.entry.topic}" is listed after "{latest.entry.topic}" but is pinned to an earlier date, '
        f"{_say(meeting.start.date())}."
    )
    related = [Related(latest.entry.span, "listed before it")]
    return OUT_OF_ORDER.at(line.entry.date_span, message, "Move its line up.", related)


def _too_many(left_over: Sequence[_Line], meetings: Sequence[Meeting], used: int) -> Diagnostic:
    first = left_over[0].entry
    name = first.topic or first.reason
    message = (
        f'There is no meeting left for "{name}": the term has {len(meetings)} meetings, '
        f"the last on {_say(meetings[-1].start.date())}."
    )
    more = len(left_over) - 1
    help = "Remove a session or end the term later."
    if more:
        help = f"{more} more session{' has' if more == 1 else 's have'} no meeting either. " + help
    if used < len(meetings):
        help += f" {len(meetings) - used} meetings before pinned sessions are empty; move sessions up to fill them."
    return TOO_MANY_SESSIONS.at(first.span, message, help)


def _empty(free: Sequence[Meeting], term: Term) -> list[Diagnostic]:
    if not free:
        return []
    days = ", ".join(_say(meeting.start.date()) for meeting in free[:3]) + (" ..." if len(free) > 3 else "")
    count = "1 meeting has" if len(free) == 1 else f"{len(free)} meetings have"
    message = f"{count} no session: {days}."
    help = f'Add sessions, or the line "- tba: {len(free)}" where they are still to be announced.'
    return [EMPTY_MEETINGS.at(term.span, message, help)]


def _unknown_session(rule: DeadlineRule, by_id: dict[str, Slot]) -> Diagnostic:
    near = closest(rule.due.anchor, by_id)
    message = f'"{rule.what}" is due relative to "{rule.due.anchor}", but no session has this id.'
    help = (
        f'Did you mean "{near}"?' if near else "A session's id is its id: key, or its topic in lower case with dashes."
    )
    return UNKNOWN_SESSION.at(rule.due.text.span, message, help)
