"""Papers as pages list them: in a session's row, in the reading list, beside a lecture; names cut to fit.

Values for templates, made from the `Course` for one page. No HTML but the papers' own, and no dates in
words: those are the theme's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from sitegen.addresses import SCHEDULE
from sitegen.citing import short_venue
from sitegen.languages import English, compose
from sitegen.model import Course, Page, Paper, Reading, Session
from sitegen.outputs.anchors import Anchor, Linker, course_link
from sitegen.values import Value

SHORT_NAME = 32
"""Characters before a title's colon that pass for the paper's short name."""


class ReadingLine(Value, kw_only=True):
    """A paper in a session."""

    name: str
    venue: str
    href: str
    required: bool
    presenter: str
    open: bool
    sign_up: str = ""
    """Where one signs up to present it, or empty."""
    pdf: str = ""
    """Address of its PDF, or empty."""


class Held(Value, kw_only=True):
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
    sign_up: str = ""
    """Where one signs up to present the paper, or empty."""


def scheduled_papers(course: Course) -> dict[str, str]:
    """Key -> the part in which the paper is first read, in the order of first reading."""
    found: dict[str, str] = {}
    for session in course.sessions:
        for reading in session.readings:
            found.setdefault(reading.paper.key, session.part)
    return found


def held_readings(course: Course, paper: Paper, sessions: Iterable[Session], here: Linker) -> Iterator[Held]:
    """The sessions in which a paper is read, as the paper sees them."""
    for session in sessions:
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
        sign_up=_sign_up(course, here) if reading and reading.open else "",
    )


def reading_lines(course: Course, session: Session, here: Linker) -> tuple[ReadingLine, ...]:
    """A session's papers, required ones first."""
    return tuple(
        ReadingLine(
            name=short_name(reading.paper),
            venue=short_venue(reading.paper) or reading.paper.year,
            href=here(reading.paper.path),
            required=reading.required,
            presenter=show_presenter(reading.presenter, course.presentations.show),
            open=reading.open,
            sign_up=_sign_up(course, here) if reading.open else "",
            pdf=next((link.href for link in paper_links(reading.paper, here) if link.label == "PDF"), ""),
        )
        for reading in (*session.required, *session.optional)
    )


def _sign_up(course: Course, here: Linker) -> str:
    link = course_link(course, course.presentations.sign_up or "", here)
    return link.href if link else ""


def lecture_readings(course: Course, page: Page, here: Linker) -> tuple[ReadingLine, ...]:
    """The papers of a lecture's sessions, each once, as it is read where it matters most.

    A cancelled session's papers are left to the one that takes its place.
    """
    sessions = course.sessions_of_lecture.get(page.source, ())
    held = [session for session in sessions if session.kind != "cancelled"] or sessions
    found: dict[str, ReadingLine] = {}
    for line in (line for session in held for line in reading_lines(course, session, here)):
        known = found.setdefault(line.href, line)
        if (line.required, bool(line.presenter)) > (known.required, bool(known.presenter)):
            found[line.href] = line
    return tuple(sorted(found.values(), key=lambda line: not line.required))


def short_name(paper: Paper) -> str:
    """`GPipe: Efficient Training of ...` to `GPipe`; a title without a short part before its colon stays whole."""
    name, colon, _ = paper.title.partition(": ")
    return name if colon and len(name) <= SHORT_NAME else paper.title


def list_authors(paper: Paper, most: int) -> English:
    """`Ada Lovelace, Charles Babbage and Luigi Menabrea`; more than `most` become `Ada Lovelace, ..., et al.`.

    The editors for a book that has no author.
    """
    names = [name.full for name in paper.authors or paper.editors]
    cut = len(names) > most
    if cut or paper.more_authors:
        shown = names[: most - 1 if cut else None]
        return compose(*(part for name in shown for part in (name, English(", "))), English("et al."))
    between = (*(English(", ") for _ in names[2:]), *(English(" and ") for _ in names[1:2]), English(""))
    return compose(*(part for pair in zip(names, between, strict=False) for part in pair))


def paper_links(paper: Paper, here: Linker) -> tuple[Anchor, ...]:
    return tuple(Anchor(English(label), here(target)) for label, target in paper.links)


def show_presenter(name: str, show: str) -> str:
    """`Ada King Lovelace` as `Ada`, `A. K. L.` or whole, by the course's `show`."""
    words = name.split()
    if show == "first name":
        return words[0] if words else ""
    if show == "initials":
        return " ".join(f"{word[0]}." for word in words)
    return name
