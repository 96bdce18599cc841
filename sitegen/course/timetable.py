"""Dates: the schedule's lines poured into the term's meetings, deadlines counted from sessions.

Pure arithmetic over `plan` and `meetings`; papers, lectures and pages aren't known here.

How lines meet dates. Lines are taken in the order written. A line without a date takes the first
free meeting after the line before it; a line with a date takes that day's first free meeting (or the
one at its own `time`), whatever is inserted before it, and lines after it follow it. `date: last`
takes the term's last meeting; `extra: true` takes none. A line that finds no meeting is kept
without one, so that what it names can still be checked.

An id belongs to a line, not to a date: it is the same wherever, and whether, the line finds a meeting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sitegen.course.deadlines import DUPLICATE_ID, DueDate, count_deadlines
from sitegen.course.meetings import (
    EXAMPLE_TERM,
    FAR_WEEKS,
    MAX_WEEKS,
    OVERLAP,
    Meeting,
    between,
    days_without_class,
    list_meetings,
    number_weeks,
    say_day,
    week_of,
)
from sitegen.diagnostics import Diagnostic, Located, Related, Rule
from sitegen.plan import LAST, DeadlineRule, Entry, PartHeading, Term
from sitegen.texts import slugify, unique
from sitegen.values import Value

TOO_MANY_SESSIONS = Rule(
    "too-many-sessions",
    "error",
    "The schedule lists more sessions than the term has meetings. The first session that has no date is "
    "named; it and the ones after it would silently disappear.",
    wrong=EXAMPLE_TERM + "schedule: [Overview, Training, Serving, Agents, Projects]",
    right=EXAMPLE_TERM + "schedule: [Overview, Training, Serving, Agents]",
)
EMPTY_MEETINGS = Rule(
    "empty-meetings",
    "warning",
    "The class meets on days for which the schedule lists nothing. Students would come and find no topic; "
    "`tba: N` says that N sessions are still to be announced.",
    wrong=EXAMPLE_TERM + "schedule: [Overview, Training]",
    right=EXAMPLE_TERM + "schedule: [Overview, Training, tba: 2]",
)
NOT_A_MEETING = Rule(
    "not-a-meeting",
    "error",
    "A session is pinned to a day on which the class doesn't meet: another weekday, a holiday, or a day "
    "outside the term. If it really meets then, `extra: true` says so.",
    wrong=EXAMPLE_TERM + "schedule:\n  - tba: 4\n  - {guest: F. Zhao, date: 2026-01-30}",
    right=EXAMPLE_TERM + "schedule:\n  - tba: 4\n"
    "  - {guest: F. Zhao, date: 2026-01-30, extra: true, time: 2-3pm, place: IRB 4105}",
)
TAKEN_MEETING = Rule(
    "taken-meeting",
    "error",
    "Two sessions are pinned to one meeting, by its date or as the last one. Only one of them can have it.",
    wrong=EXAMPLE_TERM + "schedule:\n  - tba: 3\n  - {topic: Review, date: last}\n  - {topic: Exam, date: 2026-02-05}",
    right=EXAMPLE_TERM + "schedule:\n  - tba: 2\n  - Review\n  - {topic: Exam, date: 2026-02-05}",
)
OUT_OF_ORDER = Rule(
    "out-of-order",
    "warning",
    "A session is pinned to a date before that of a session listed above it, or to the last meeting although "
    "other lines follow. The page shows sessions in order of date; keeping the list in that order too makes it "
    "readable.",
    wrong=EXAMPLE_TERM + "schedule:\n  - tba: 2\n  - {topic: Serving, date: 2026-02-05}\n"
    "  - {topic: Training, date: 2026-02-03}",
    right=EXAMPLE_TERM + "schedule:\n  - tba: 2\n  - {topic: Training, date: 2026-02-03}\n"
    "  - {topic: Serving, date: 2026-02-05}",
)
FAR_FROM_TERM = Rule(
    "far-from-term",
    "warning",
    f"An extra session or a deadline has a date more than {FAR_WEEKS} weeks before the term or after it. Often "
    "the year is last year's.",
    wrong=EXAMPLE_TERM + "deadlines:\n  - {what: Report, due: 2025-02-10}",
    right=EXAMPLE_TERM + "deadlines:\n  - {what: Report, due: 2026-02-10}",
)


class Slot(Value):
    """One line of the schedule with its meeting."""

    id: str
    entry: Entry
    meeting: Meeting
    week: int
    """Counted over the weeks of the term's meetings; 0 for an extra session in a week without any."""
    part: str


class Timetable(Value):
    """In order of time."""

    slots: tuple[Slot, ...]
    milestones: tuple[DueDate, ...]
    unplaced: tuple[Line, ...] = ()
    """The lines without a meeting, in the order written."""


def plan_term(
    term: Term | None, schedule: Sequence[PartHeading | Entry], deadlines: Sequence[DeadlineRule], zone: ZoneInfo
) -> tuple[Timetable, list[Diagnostic]]:
    """The whole term. What can't be placed is said; without a term or its meetings nothing is placed."""
    meetings, findings = list_meetings(term, zone) if term else ([], [])
    lines, duplicates = name_lines(schedule, len(meetings))
    findings += duplicates
    slots: list[Slot] = []
    unplaced: Sequence[Line] = lines
    if term and meetings:
        slots, unplaced, problems = pour(lines, meetings, term, zone)
        findings += [*problems, *_check_overlaps(slots), *_check_years(term, slots, deadlines)]
    days: dict[str, dt.date | None] = {line.id: None for line in lines}
    days |= {slot.id: slot.meeting.start.date() for slot in slots}
    milestones, more = count_deadlines(deadlines, days, meetings, zone)
    return Timetable(tuple(slots), tuple(milestones), tuple(unplaced)), findings + more


# --- sessions -----------------------------------------------------------------------------------


class Line(Value):
    """A line of the schedule that takes one meeting (`tba: 3` gives three lines)."""

    id: str
    entry: Entry
    part: str
    """Title of the part it is in; empty before the first."""
    sessions: int = 1
    """How many it stands for: more than one only when there can be no meeting left for it."""


_ENOUGH_LINES = 7 * MAX_WEEKS
"""As many as a term of one meeting a day can have."""


def name_lines(schedule: Sequence[PartHeading | Entry], meetings: int) -> tuple[list[Line], list[Diagnostic]]:
    """The lines in the order written, each with an id: the given ones first, then slugs of the topics.

    `meetings` is how many there are. Once that many lines wait for one (and never less than a term can
    have), the rest of `tba: 999` is one line that stands for all of it.
    """
    findings = []
    given: dict[str, Located] = {}
    for entry in schedule:
        if isinstance(entry, PartHeading) or entry.id is None:
            continue
        if str(entry.id) in given:
            findings.append(_duplicate_id(entry.id, given[str(entry.id)]))
        else:
            given[str(entry.id)] = entry.id
    taken = set(given)
    counts: dict[str, int] = {}
    lines: list[Line] = []
    enough = max(meetings, _ENOUGH_LINES) + 1
    waiting = 0
    """How many of the lines take the next free meeting."""
    part = ""
    for entry in schedule:
        if isinstance(entry, PartHeading):
            part = str(entry.title)
            continue
        slug = slugify(entry.topic or entry.kind) or "session"
        named = min(entry.count, max(1, enough - waiting))
        for number in range(1, named + 1):
            name = str(entry.id) if entry.id else unique(slug, taken, counts)
            lines.append(Line(name, entry, part, entry.count - named + 1 if number == named else 1))
        waiting += named if entry.date is None and not entry.extra else 0
    return lines, findings


def pour(
    lines: Sequence[Line], meetings: Sequence[Meeting], term: Term, zone: ZoneInfo
) -> tuple[list[Slot], list[Line], list[Diagnostic]]:
    """Lines with their meetings in order of time, lines without one, and why. There is at least one meeting."""
    pinned, findings = _pin(lines, meetings, term)
    taken = set(pinned.values())
    placed: list[tuple[Line, Meeting]] = []
    unplaced: list[Line] = []
    cursor = 0
    """The first meeting that the next line may take."""
    latest: Line | None = None
    """The line that the cursor stands behind."""
    next_free = 0
    """No line without a date finds a free meeting before this one."""
    last: Line | None = None
    """The line that is pinned to the last meeting."""
    below: Line | None = None
    """The first line below `last` that comes before it."""
    for number, line in enumerate(lines):
        if line.entry.extra:
            placed.append((line, _extra_meeting(line.entry, term, zone)))
            continue
        if line.entry.date is None:
            after = range(max(cursor, next_free), len(meetings))
            next_free = next((i for i in after if i not in taken), len(meetings))
            index = next_free if next_free < len(meetings) else None
        else:
            index = pinned.get(number)
        if index is None:
            unplaced.append(line)
            continue
        placed.append((line, _own_times(meetings[index], line.entry, zone)))
        taken.add(index)
        if line.entry.date == LAST:
            last = line
            continue
        below = below or (line if last else None)
        if index >= cursor:
            cursor, latest = index + 1, line
        elif latest is not None and meetings[index].start.date() < meetings[cursor - 1].start.date():
            findings.append(_out_of_order(line, latest, meetings[index]))
    if last and below:
        findings.append(_last_not_at_the_end(last, below))
    weeks = number_weeks((meeting.start.date() for meeting in meetings), term.week_opens)
    slots = [
        Slot(line.id, line.entry, at, weeks.get(week_of(at.start.date(), term.week_opens), 0), line.part)
        for line, at in placed
    ]
    slots.sort(key=lambda slot: slot.meeting.start)
    free = [meeting for i, meeting in enumerate(meetings) if i not in taken]
    left_over = [line for line in unplaced if line.entry.date is None]
    if left_over:
        findings.append(_too_many(left_over, meetings, len(free)))
    elif lines and free:
        findings.append(_empty(free, slots, lines[-1]))
    return slots, unplaced, findings


def _pin(lines: Sequence[Line], meetings: Sequence[Meeting], term: Term) -> tuple[dict[int, int], list[Diagnostic]]:
    """Line number -> meeting number for the lines that name a date."""
    by_day: dict[dt.date, list[int]] = {}
    for index, meeting in enumerate(meetings):
        by_day.setdefault(meeting.start.date(), []).append(index)
    pinned: dict[int, int] = {}
    takers: dict[int, Line] = {}
    findings: list[Diagnostic] = []
    for number, line in enumerate(lines):
        date = line.entry.date
        if date is None or line.entry.extra:
            continue
        days = [len(meetings) - 1] if isinstance(date, str) else by_day.get(date, [])
        free = [i for i in days if i not in takers]
        if free:
            start = line.entry.time and line.entry.time[0]
            index = next((i for i in free if meetings[i].start.time() == start), free[0])
            pinned[number], takers[index] = index, line
        elif days:
            findings.append(_taken(line, takers[days[-1]], meetings[days[-1]]))
        elif isinstance(date, dt.date):
            findings.append(_not_a_meeting(line, date, meetings, term))
    return pinned, findings


def _extra_meeting(entry: Entry, term: Term, zone: ZoneInfo) -> Meeting:
    assert isinstance(entry.date, dt.date)  # `entries` refuses an extra session without one
    pattern = term.meets[0]
    start, end = entry.time or (pattern.start, pattern.end)
    return Meeting(*between(entry.date, start, end, zone), entry.place or pattern.place)


def _own_times(meeting: Meeting, entry: Entry, zone: ZoneInfo) -> Meeting:
    """The meeting with the session's own time and place, if it names them."""
    start, end = meeting.start, meeting.end
    if entry.time:
        start, end = between(start.date(), *entry.time, zone)
    return Meeting(start, end, entry.place or meeting.place, meeting.label)


# --- checks -------------------------------------------------------------------------------------


def _check_overlaps(slots: Sequence[Slot]) -> list[Diagnostic]:
    """Sessions that share an hour with another because of their own date or time."""
    findings = []
    running: Slot | None = None
    """The slot so far that ends last."""
    for slot in slots:
        if slot.entry.kind == "cancelled":
            continue
        if running is not None and slot.meeting.start < running.meeting.end:
            moved = [s for s in (slot, running) if s.entry.extra or s.entry.time]
            if moved:
                findings.append(_overlap(moved[0], running if moved[0] is slot else slot))
        if running is None or slot.meeting.end > running.meeting.end:
            running = slot
    return findings


def _check_years(term: Term, slots: Sequence[Slot], deadlines: Sequence[DeadlineRule]) -> list[Diagnostic]:
    """Dates so far from the term that the year must be wrong."""
    dates = [
        (f'"{_title(slot.entry)}" is', slot.entry.date, slot.entry.date_span) for slot in slots if slot.entry.extra
    ]
    dates += [(f'"{rule.what}" is due', rule.due.date, rule.due.text.span) for rule in deadlines]
    far = dt.timedelta(weeks=FAR_WEEKS)
    findings = []
    for what, date, span in dates:
        if isinstance(date, dt.date) and not term.start - far <= date <= term.end + far:
            side = "before the term starts" if date < term.start else "after the term ends"
            message = f"{what} on {say_day(date)}, more than {FAR_WEEKS} weeks {side}."
            findings.append(FAR_FROM_TERM.at(span, message, "Mend the year."))
    return findings


# --- sentences ----------------------------------------------------------------------------------


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def _title(entry: Entry) -> str:
    return entry.topic or entry.reason or "Cancelled"


def _duplicate_id(one: Located, first: Located) -> Diagnostic:
    message = f'Two sessions have the id "{one}".'
    if one.span == first.span:
        help = "An alias (*) repeats the id of the line that it copies: write that line out again, with another id."
        return DUPLICATE_ID.at(one.span, message, help)
    related = [Related(first.span, "first given here")]
    return DUPLICATE_ID.at(one.span, message, "Give one of them another id.", related)


def _not_a_meeting(line: Line, date: dt.date, meetings: Sequence[Meeting], term: Term) -> Diagnostic:
    name = days_without_class(term).get(date)
    if not term.start <= date <= term.end:
        reason = f"which is {'before the term starts' if date < term.start else 'after the term ends'}"
    elif name is not None:
        reason = f"a day without class ({name})" if name else "a day without class"
    else:
        reason = "but the class doesn't meet on that day"
    near = min((meeting.start.date() for meeting in meetings), key=lambda day: (abs((day - date).days), day))
    message = f'"{_title(line.entry)}" is pinned to {say_day(date)}, {reason}.'
    help = f"Write date: {near}, the nearest class, or add extra: true with its own time and place."
    return NOT_A_MEETING.at(line.entry.date_span, message, help)


def _taken(line: Line, taker: Line, meeting: Meeting) -> Diagnostic:
    which = "the last meeting" if line.entry.date == LAST else say_day(meeting.start.date())
    message = f'"{_title(line.entry)}" is pinned to {which}, which is taken.'
    related = [Related(taker.entry.date_span, f'taken here by "{_title(taker.entry)}"')]
    return TAKEN_MEETING.at(line.entry.date_span, message, "Give one of the two another date, or none.", related)


def _out_of_order(line: Line, latest: Line, meeting: Meeting) -> Diagnostic:
    message = (
        f'"{_title(line.entry)}" is listed after "{_title(latest.entry)}" but is pinned to an earlier date, '
        f"{say_day(meeting.start.date())}."
    )
    related = [Related(latest.entry.span, "listed before it")]
    return OUT_OF_ORDER.at(line.entry.date_span, message, "Move its line up.", related)


def _last_not_at_the_end(last: Line, below: Line) -> Diagnostic:
    message = f'"{_title(last.entry)}" is pinned to the last meeting, but lines below it come before it.'
    related = [Related(below.entry.span, "the first of them")]
    return OUT_OF_ORDER.at(last.entry.date_span, message, "Move its line to the end.", related)


def _too_many(left_over: Sequence[Line], meetings: Sequence[Meeting], free: int) -> Diagnostic:
    first = left_over[0].entry
    message = (
        f'There is no meeting left for "{_title(first)}": the term has {_count(len(meetings), "meeting")}, '
        f"the last on {say_day(meetings[-1].start.date())}."
    )
    more = sum(line.sessions for line in left_over) - 1
    help = "Remove a session or end the term later."
    if more:
        help = f"{_count(more, 'more session')} {'has' if more == 1 else 'have'} no meeting either. " + help
    if free:
        help += f" {_count(free, 'meeting')} above pinned sessions {'is' if free == 1 else 'are'} empty; "
        help += "move sessions up to fill them." if free > 1 else "move a session up to fill it."
    return TOO_MANY_SESSIONS.at(first.span, message, help)


def _empty(free: Sequence[Meeting], slots: Sequence[Slot], last: Line) -> Diagnostic:
    days = ", ".join(say_day(meeting.start.date()) for meeting in free[:3])
    days += f" and {len(free) - 3} more" if len(free) > 3 else ""
    message = f"{_count(len(free), 'meeting')} {'has' if len(free) == 1 else 'have'} no session: {days}."
    after = next(
        (s.entry for s in slots if s.meeting.start > free[0].start and s.entry.date and not s.entry.extra), None
    )
    if after is None:
        help = f'Add sessions, or the line "- tba: {len(free)}" where they are still to be announced.'
    else:
        help = f'Above "{_title(after)}", add sessions, or the line "- tba: N" where they are still to be announced.'
    return EMPTY_MEETINGS.at((after or last.entry).span, message, help)


def _overlap(moved: Slot, other: Slot) -> Diagnostic:
    message = (
        f'"{_title(moved.entry)}" on {say_day(moved.meeting.start.date())} at {moved.meeting.start:%H:%M} overlaps '
        f'"{_title(other.entry)}".'
    )
    related = [Related(other.entry.span, "the session at that time")]
    return OVERLAP.at(moved.entry.span, message, "Give it another time, or cancel the other session.", related)
