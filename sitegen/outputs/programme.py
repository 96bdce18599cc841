"""The schedule as pages show it: rows in order, by part, addresses written.

Values for templates, made from the `Course` for one page (whose `Linker` writes the addresses). No
HTML, and no dates in words: those are the theme's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sitegen.addresses import SCHEDULE
from sitegen.model import Course, Deadline, Page, Session
from sitegen.outputs.anchors import Anchor, Linker, session_links
from sitegen.outputs.fragments import AT_ONCE, Fragments
from sitegen.outputs.paperlists import ReadingLine, reading_lines, show_presenter
from sitegen.outputs.recipes import surroundings
from sitegen.plan import Guest, Pattern, Term
from sitegen.values import Value, replace

SOON = dt.timedelta(weeks=2)
"""The site is built every day, and this is for one that isn't for some days."""


class SessionRow(Value, kw_only=True):
    id: str
    at: str
    """Address of its row in the schedule."""
    week: int
    """0 in a week that has no number."""
    new_week: bool
    """The first session of its week, or of its part."""
    kind: str
    label: str
    """What the pattern that it meets by is called, or empty."""
    topic: str
    """Empty for a cancelled class without one."""
    href: str
    """Of the lecture notes, or empty."""
    start: dt.datetime
    end: dt.datetime
    minutes: int
    """How long it lasts, whatever the clocks on the wall do in between."""
    place: str
    unusual: bool
    """At another time or place than the class usually meets, so both are shown."""
    guest: Guest | None
    reason: str
    note: str
    readings: tuple[ReadingLine, ...]
    links: tuple[Anchor, ...]
    due: dt.datetime | None
    """When reviews are due."""
    soon: bool
    """It may be the next class before the site is built anew."""
    row: str = "session"
    month: dt.date | None = None
    """Its day, in the first row of a month."""


class BreakRow(Value, kw_only=True):
    name: str
    first: dt.date
    last: dt.date
    row: str = "break"
    month: dt.date | None = None


class MilestoneRow(Value, kw_only=True):
    id: str
    at: str
    what: str
    due: dt.datetime
    href: str
    note: str
    row: str = "milestone"
    month: dt.date | None = None


Row = SessionRow | BreakRow | MilestoneRow


class Part(Value):
    title: str
    """Empty before the first part."""
    rows: tuple[Row, ...]
    """In order of date; a session's is made when it is asked for."""


def list_parts(course: Course, here: Linker, fragments: Fragments = AT_ONCE) -> tuple[Part, ...]:
    """The whole programme. A break, a milestone or a session outside the pattern stands in the part under way.

    Of the course, all fragments depend on its `surroundings`.
    """
    site = surroundings(course)

    def session_row(session: Session, new_week: bool, month: dt.date | None) -> Row:
        ingredients = (session, course.lecture_of(session), _is_soon(session, course.today), new_week, month)
        row: Row = fragments.item(ingredients, lambda: _session_row(site, here, *ingredients))
        return row

    parts: list[tuple[str, list[Row]]] = []
    week = 0
    months: set[tuple[int, int]] = set()
    for item in _in_order(course):
        if isinstance(item, Session) and (not parts or (item.part != parts[-1][0] and not item.extra)):
            parts.append((item.part, []))
            week = 0  # said again below the part's title
        if not parts:
            parts.append(("", []))
        day = _day_of(item)
        month = None if (day.year, day.month) in months else day
        months.add((day.year, day.month))
        if isinstance(item, Session):
            row = session_row(item, item.week != week, month)
            week = item.week
        else:
            row = item if isinstance(item, BreakRow) else milestone_row(item, here)
            row = replace(row, month=month)
        parts[-1][1].append(row)
    return tuple(Part(title, tuple(rows)) for title, rows in parts)


class Ahead(Value):
    """What is next, seen from the day on which the site is built."""

    day: dt.date
    cancelled: tuple[SessionRow, ...]
    """Within the next seven days."""
    next: SessionRow | None
    """The first class of that day or later that isn't cancelled."""
    due: Deadline | None


def look_ahead(course: Course, here: Linker) -> Ahead:
    """For readers whose browsers run no scripts: on the others the clock is the reader's own."""
    site = surroundings(course)

    def row(session: Session) -> SessionRow:
        return _session_row(site, here, session, course.lecture_of(session), _is_soon(session, course.today))

    to_come = [session for session in course.sessions if session.end.date() >= course.today]
    week = course.today + dt.timedelta(days=7)
    classes = (session for session in to_come if session.kind != "cancelled")
    first = next(classes, None)
    return Ahead(
        course.today,
        tuple(row(session) for session in to_come if session.kind == "cancelled" and session.start.date() <= week),
        row(first) if first else None,
        next((item for item in sorted(course.deadlines, key=_due) if item.due.date() >= course.today), None),
    )


def _due(deadline: Deadline) -> dt.datetime:
    return deadline.due


def list_months(course: Course) -> tuple[dt.date, ...]:
    """The first day of each month that has a row."""
    firsts: dict[tuple[int, int], dt.date] = {}
    for day in map(_day_of, _in_order(course)):
        firsts.setdefault((day.year, day.month), day)
    return tuple(firsts.values())


def list_presenters(course: Course) -> tuple[str, ...]:
    """The names under which presenters are shown, each once, in alphabetical order."""
    names = {
        show_presenter(reading.presenter, course.presentations.show)
        for session in course.sessions
        for reading in session.readings
    }
    return tuple(sorted(names - {""}, key=lambda name: (name.casefold(), name)))


def _day_of(item: Session | BreakRow | Deadline) -> dt.date:
    if isinstance(item, Session):
        return item.start.date()
    return item.first if isinstance(item, BreakRow) else item.due.date()


def _in_order(course: Course) -> Iterable[Session | BreakRow | Deadline]:
    zone = course.facts.timezone
    timed: list[tuple[dt.datetime, Session | BreakRow | Deadline]] = [(s.start, s) for s in course.sessions]
    timed += [(deadline.due, deadline) for deadline in course.deadlines if deadline.kind == "milestone"]
    for days in course.breaks:
        start = dt.datetime.combine(days.first, dt.time(), zone)
        timed.append((start, BreakRow(name=days.name, first=days.first, last=days.last)))
    return [item for _, item in sorted(timed, key=lambda pair: pair[0])]


def _is_soon(session: Session, today: dt.date) -> bool:
    return today <= session.end.date() < today + SOON


def _session_row(
    site: Course,
    here: Linker,
    session: Session,
    lecture: Page | None,
    soon: bool,
    new_week: bool = False,
    month: dt.date | None = None,
) -> SessionRow:
    """`site` is the course without all that it teaches."""
    return SessionRow(
        id=session.id,
        at=here(SCHEDULE, session.id),
        week=session.week,
        new_week=new_week and session.week > 0,
        kind=session.kind,
        label=session.label,
        topic=session.topic,
        href=here(lecture.path) if lecture else "",
        start=session.start,
        end=session.end,
        minutes=round((session.end.timestamp() - session.start.timestamp()) / 60),
        place=session.place,
        unusual=_is_unusual(site.term, session),
        guest=replace(session.guest, url=here(session.guest.url)) if session.guest else None,
        reason=session.reason,
        note=session.note,
        readings=reading_lines(site, session, here),
        links=session_links(session, lecture, here),
        due=session.review.due if session.review else None,
        soon=soon,
        month=month,
    )


def milestone_row(deadline: Deadline, here: Linker) -> MilestoneRow:
    href = here(deadline.page.target, deadline.page.fragment) if deadline.page else ""
    at = here(SCHEDULE, deadline.id)
    return MilestoneRow(id=deadline.id, at=at, what=deadline.what, due=deadline.due, href=href, note=deadline.note)


def _is_unusual(term: Term | None, session: Session) -> bool:
    """Whether the first pattern, which every page's head names, doesn't tell the session's time and place."""
    if term is None:
        return True
    usual: Pattern = term.meets[0]
    return (session.start.time(), session.end.time(), session.place) != (usual.start, usual.end, usual.place)
