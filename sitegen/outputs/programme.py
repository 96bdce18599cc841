"""The schedule and the reading list as pages show them: rows in order, names cut to fit, addresses written.

Values for templates, made from the `Course` for one page (whose `Linker` writes the addresses). No
HTML, and no dates in words: those are the theme's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape

from sitegen import addresses
from sitegen.addresses import SCHEDULE
from sitegen.model import Course, Deadline, Page, Paper, Reading, Session, SiteLink
from sitegen.plan import Guest, Pattern

MANY_AUTHORS = 6
"""A longer list of authors is cut in lists of papers; the paper's own page has all."""
SHORT_NAME = 32
"""Characters before a title's colon that pass for the paper's short name."""

Linker = Callable[..., str]
"""(published path or address, fragment="") -> the address as written on one page; empty stays empty."""


def linker(page: str) -> Linker:
    """Relative addresses, for a page at the path `page`."""

    def here(target: str, fragment: str = "") -> str:
        return addresses.link(target, page, fragment) if target else ""

    return here


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as it is written on one page."""

    label: str
    href: str
    """Empty: to be announced."""
    detail: str = ""
    date: dt.date | None = None
    current: str = ""
    """For aria-current: `page` on the page that it leads to, `true` on pages below that."""


def anchor(item: SiteLink, here: Linker, page: str = "") -> Anchor:
    """`page` is the path on which it stands, for `current`."""
    current = ""
    if page and item.target == page:
        current = "page"
    elif page and item.target.endswith("/index.html") and page.startswith(item.target.removesuffix("index.html")):
        current = "true"
    return Anchor(item.label, here(item.target, item.fragment), current=current)


# --- the schedule -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLine:
    """A paper in a session."""

    name: str
    venue: str
    href: str
    required: bool
    presenter: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    id: str
    week: int
    """0: the same week as the session above."""
    kind: str
    topic: str
    """Empty for a cancelled class without one."""
    href: str
    """Of the lecture notes, or empty."""
    start: dt.datetime
    end: dt.datetime
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
    row: str = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakRow:
    name: str
    first: dt.date
    last: dt.date
    row: str = "break"


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRow:
    id: str
    what: str
    due: dt.datetime
    href: str
    note: str
    row: str = "milestone"


Row = SessionRow | BreakRow | MilestoneRow


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    """Empty before the first part."""
    rows: tuple[Row, ...]
    """In order of date."""


def list_parts(course: Course, here: Linker) -> tuple[Part, ...]:
    """The whole programme. A break, a milestone or a session outside the pattern stands in the part under way."""
    parts: list[tuple[str, list[Row]]] = []
    week = 0
    for item in _in_order(course):
        if isinstance(item, Session):
            if not parts or (item.part != parts[-1][0] and not item.extra):
                parts.append((item.part, []))
            row: Row = _session_row(course, item, week, here)
            week = item.week
        else:
            row = item if isinstance(item, BreakRow) else milestone_row(item, here)
        if not parts:
            parts.append(("", []))
        parts[-1][1].append(row)
    return tuple(Part(title, tuple(rows)) for title, rows in parts)


def _in_order(course: Course) -> Iterable[Session | BreakRow | Deadline]:
    zone = course.facts.timezone
    timed: list[tuple[dt.datetime, Session | BreakRow | Deadline]] = [(s.start, s) for s in course.sessions]
    timed += [(deadline.due, deadline) for deadline in course.deadlines if deadline.kind == "milestone"]
    for days in course.breaks:
        start = dt.datetime.combine(days.first, dt.time(), zone)
        timed.append((start, BreakRow(name=days.name, first=days.first, last=days.last)))
    return [item for _, item in sorted(timed, key=lambda pair: pair[0])]


def _session_row(course: Course, session: Session, week: int, here: Linker) -> SessionRow:
    return SessionRow(
        id=session.id,
        week=session.week if session.week != week else 0,
        kind=session.kind,
        topic=session.topic,
        href=_lecture_href(course, session, here),
        start=session.start,
        end=session.end,
        place=session.place,
        unusual=_is_unusual(course, session),
        guest=replace(session.guest, url=here(session.guest.url)) if session.guest else None,
        reason=session.reason,
        note=session.note,
        readings=reading_lines(course, session, here),
        links=tuple(anchor(item, here) for item in session.links),
        due=session.review.due if session.review else None,
    )


def milestone_row(deadline: Deadline, here: Linker) -> MilestoneRow:
    href = here(deadline.page.target, deadline.page.fragment) if deadline.page else ""
    return MilestoneRow(id=deadline.id, what=deadline.what, due=deadline.due, href=href, note=deadline.note)


def _lecture_href(course: Course, session: Session, here: Linker) -> str:
    page = next((page for page in course.lectures if page.source == session.lecture), None)
    return here(page.path) if page else ""


def _is_unusual(course: Course, session: Session) -> bool:
    """Whether the first pattern, which every page's head names, doesn't tell the session's time and place."""
    if course.term is None:
        return True
    usual: Pattern = course.term.meets[0]
    return (session.start.time(), session.end.time(), session.place) != (usual.start, usual.end, usual.place)


# --- readings -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A session, seen from a paper that is read in it or a lecture that is held in it."""

    start: dt.datetime
    end: dt.datetime
    place: str
    topic: str
    part: str
    href: str
    """Of its row in the schedule."""
    cancelled: bool
    due: dt.datetime | None
    """When reviews are due."""
    required: bool = False
    presenter: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A paper in the reading list."""

    key: str
    name: str
    """A short name with which the title begins, or empty."""
    title_html: str
    """The title, or what follows `name`."""
    href: str
    authors: str
    venue: str
    links: tuple[Anchor, ...]
    held: tuple[Held, ...]
    """Empty: not on the schedule."""

    @property
    def required(self) -> bool:
        return any(held.required for held in self.held)

    @property
    def open(self) -> bool:
        return any(held.open for held in self.held)


@dataclass(frozen=True, slots=True)
class ReadingPart:
    title: str
    entries: tuple[Entry, ...]


def list_readings(course: Course, here: Linker) -> tuple[tuple[ReadingPart, ...], tuple[Entry, ...]]:
    """The papers by part in the order in which they are first read, and those that aren't on the schedule."""
    parts: dict[str, list[Entry]] = {}
    scheduled = scheduled_papers(course)
    for key, part in scheduled.items():
        parts.setdefault(part, []).append(_entry(course, course.papers[key], here))
    further = tuple(_entry(course, paper, here) for key, paper in course.papers.items() if key not in scheduled)
    return tuple(ReadingPart(title, tuple(entries)) for title, entries in parts.items()), further


def scheduled_papers(course: Course) -> dict[str, str]:
    """Key -> the part in which the paper is first read, in the order of first reading."""
    found: dict[str, str] = {}
    for session in course.sessions:
        for reading in session.readings:
            found.setdefault(reading.paper.key, session.part)
    return found


def _entry(course: Course, paper: Paper, here: Linker) -> Entry:
    name = short_name(paper)
    shown = escape(name, quote=False)
    named = name != paper.title and paper.title_html.startswith(shown)
    return Entry(
        key=paper.key,
        name=name if named else "",
        title_html=paper.title_html.removeprefix(shown) if named else paper.title_html,
        href=here(paper.path),
        authors=list_authors(paper, MANY_AUTHORS),
        venue=_venue(paper),
        links=paper_links(paper, here),
        held=tuple(held_readings(course, paper, here)),
    )


def held_readings(course: Course, paper: Paper, here: Linker) -> Iterator[Held]:
    """The sessions in which a paper is read, in order of date."""
    for session in course.sessions_of_paper.get(paper.key, ()):
        for reading in session.readings:
            if reading.paper.key == paper.key:
                yield _held(course, session, here, reading)


def held_lecture(course: Course, page: Page, here: Linker) -> tuple[Held, ...]:
    """The sessions in which a lecture is held, in order of date."""
    return tuple(_held(course, session, here) for session in course.sessions_of_lecture.get(page.source, ()))


def _held(course: Course, session: Session, here: Linker, reading: Reading | None = None) -> Held:
    return Held(
        start=session.start,
        end=session.end,
        place=session.place,
        topic=session.topic,
        part=session.part,
        href=here(SCHEDULE, session.id),
        cancelled=session.kind == "cancelled",
        due=session.review.due if session.review and (reading is None or reading.required) else None,
        required=reading is not None and reading.required,
        presenter=show_presenter(reading.presenter, course.presentations.show) if reading else "",
        open=reading is not None and reading.open,
    )


def reading_lines(course: Course, session: Session, here: Linker) -> tuple[ReadingLine, ...]:
    """A session's papers, required ones first."""
    return tuple(
        ReadingLine(
            name=short_name(reading.paper),
            venue=_venue(reading.paper),
            href=here(reading.paper.path),
            required=reading.required,
            presenter=show_presenter(reading.presenter, course.presentations.show),
            open=reading.open,
        )
        for reading in (*session.required, *session.optional)
    )


def short_name(paper: Paper) -> str:
    """`GPipe: Efficient Training of ...` to `GPipe`; a title without a short part before its colon stays whole."""
    name, colon, _ = paper.title.partition(": ")
    return name if colon and len(name) <= SHORT_NAME else paper.title


def _venue(paper: Paper) -> str:
    """`SOSP '23` with a space that doesn't break, or the year."""
    return paper.venue_short.replace(" '", "\u00a0'") or paper.year


def list_authors(paper: Paper, most: int) -> str:
    """`Ada Lovelace, Charles Babbage and Luigi Menabrea`; more than `most` become `Ada Lovelace, ..., et al.`.

    The editors for a book that has no author.
    """
    names = [name.full for name in paper.authors or paper.editors]
    cut = len(names) > most
    if cut or paper.more_authors:
        return ", ".join((*names[: most - 1 if cut else None], "et al."))
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def paper_links(paper: Paper, here: Linker) -> tuple[Anchor, ...]:
    return tuple(Anchor(label, here(target)) for label, target in paper.links)


def show_presenter(name: str, show: str) -> str:
    """`Ada King Lovelace` as `Ada`, `A. K. L.` or whole, by the course's `show`."""
    words = name.split()
    if show == "first name":
        return words[0] if words else ""
    if show == "initials":
        return " ".join(f"{word[0]}." for word in words)
    return name
