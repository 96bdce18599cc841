"""What can be found on the site, thing by thing, and the page that lists all of it.

How it becomes an index is `searchindex`'s; what happens while a reader types is search.js'.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from sitegen.addresses import ANNOUNCEMENTS, HOME, LECTURES, READINGS, SCHEDULE, SEARCH, SUBSCRIBE
from sitegen.model import Course, Deadline, Page, Paper, Session
from sitegen.outputs.anchors import Anchor, linker
from sitegen.outputs.frames import Output, render_page
from sitegen.outputs.paperlists import list_authors, show_presenter
from sitegen.outputs.theme import Theme, clock, day, days, full_date
from sitegen.plan import Days

KINDS = {
    "Page": "Pages",
    "Lecture": "Lectures",
    "Session": "Sessions",
    "Break": "Breaks",
    "Deadline": "Deadlines",
    "Announcement": "Announcements",
    "Paper": "Papers",
}
"""What things are called, one and many, in the order of the search page."""

_COMPUTED = {
    SCHEDULE: ("Schedule", "Dates, topics, papers and deadlines.", "deadlines due weeks classes sessions"),
    READINGS: (
        "Readings",
        "The papers, in the order in which they are read.",
        "papers list bibliography BibTeX",
    ),
    LECTURES: ("Lectures", "Lecture notes.", "slides"),
    ANNOUNCEMENTS: ("Announcements", "News, newest first.", "Atom RSS feed"),
    SUBSCRIBE: ("Calendar", "Classes and deadlines in a calendar of one's own.", "subscribe ics Google Outlook Apple"),
}
"""Path to title, detail and further words of the pages that sitegen makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that can be found."""

    kind: str
    """Of `KINDS`."""
    title: str
    path: str
    fragment: str = ""
    when: str = ""
    """`Tue 10 Feb`, `read Tue 10 Feb`, `due Tue 10 Feb, noon`."""
    detail: str = ""
    """A few words that tell it from others: a paper's authors and venue, a guest."""
    html: str = ""
    """Its text. Headings with ids are places in it that can be found."""
    words: str = ""
    """What it is looked for by beyond all that; never shown."""


def search(course: Course, theme: Theme) -> Output:
    """Everything on the site by kind, so that the browser's own find works when scripts are off."""
    here = linker(SEARCH)
    groups = tuple(
        (KINDS[kind], tuple(Anchor(item.title, here(item.path, item.fragment), _beside(item)) for item in records))
        for kind, records in groupby(list_records(course), lambda record: record.kind)
    )
    yield render_page(
        course,
        theme,
        "search.html",
        path=SEARCH,
        title="Search",
        description=f"Everything on the site of {course.facts.code}.",
        groups=groups,
    )


def _beside(record: Record) -> str:
    return " · ".join(filter(None, (record.when, record.detail)))


def list_records(course: Course) -> tuple[Record, ...]:
    """Everything that can be found, by kind; sessions and deadlines by date, papers by title."""
    found: dict[str, Iterable[Record]] = {
        "Page": _pages(course),
        "Lecture": (_lecture(course, page) for page in course.lectures),
        # A class that is to be announced has nothing to be found by.
        "Session": (_session(course, item) for item in course.sessions if item.kind != "tba"),
        "Break": (_break(stretch) for stretch in sorted(course.breaks, key=lambda stretch: stretch.first)),
        "Deadline": (_deadline(item) for item in course.deadlines),
        "Announcement": (
            Record(
                kind="Announcement",
                title=item.title,
                path=ANNOUNCEMENTS,
                fragment=item.id,
                when=full_date(item.date),
                html=item.html,
            )
            for item in course.announcements
        ),
        "Paper": (
            _paper(course, paper)
            for paper in sorted(course.papers.values(), key=lambda paper: (paper.title.casefold(), paper.key))
        ),
    }
    return tuple(record for kind in KINDS for record in found[kind])


# --- one thing ----------------------------------------------------------------------------------


def _pages(course: Course) -> Iterator[Record]:
    """The home page without the schedule that it repeats, then what the author wrote above the lists of things."""
    facts = course.facts
    about = {"title": str(facts.title), "detail": facts.term, "html": _home(course)}
    yield Record(kind="Page", path=HOME, words="home room office hours instructor", **about)
    for path, (title, detail, words) in _COMPUTED.items():
        text = course.words.get(path)
        html = text.html if text else ""
        yield Record(kind="Page", title=title, path=path, detail=detail, html=html, words=words)
    for page in course.pages:
        yield Record(kind="Page", title=page.title, path=page.path, detail=page.description, html=page.html)


def _home(course: Course) -> str:
    words = course.home.html if course.home else ""
    facts = course.facts
    people = (
        ", ".join(filter(None, (person.name, person.role, person.email)))
        + (f". Office hours: {person.office_hours}" if person.office_hours else "")
        for person in course.staff
    )
    grading = (f"{item.label}: {item.share.normalize():f}%" for item in course.grading)
    links = (item.label for item in course.links)
    places = dict.fromkeys(pattern.place for pattern in course.term.meets) if course.term else ()
    about = (facts.code, facts.description, facts.institution, *(f"Room: {place}" for place in places if place))
    return words + _lines(about) + _lines(people) + _lines(grading) + _lines(links)


def _lecture(course: Course, page: Page) -> Record:
    held = course.sessions_of_lecture.get(page.source, ())
    return Record(
        kind="Lecture",
        title=page.title,
        path=page.path,
        when=_first_day(held),
        detail=page.description,
        html=page.html,
    )


def _break(stretch: Days) -> Record:
    return Record(
        kind="Break",
        title=stretch.name or "No class",
        path=SCHEDULE,
        fragment=f"site-break-{stretch.first.isoformat()}",
        when=days(stretch.first, stretch.last),
        html=_lines((_in_words(stretch.first), _in_words(stretch.last))),
        words=f"no class, holiday {_digits(stretch.first)} {_digits(stretch.last)}",
    )


def _session(course: Course, session: Session) -> Record:
    guest = session.guest
    speaker = ", ".join(filter(None, (guest.name, guest.affiliation))) if guest else ""
    lines = [f"Guest: {speaker}" if speaker else "", guest.talk if guest else ""]
    week = f"Week {session.week}" if session.week else ""
    away = course.term and session.place not in {pattern.place for pattern in course.term.meets}
    if session.kind == "cancelled":
        lines.append("No class. " + session.reason)
    for reading in (*session.required, *session.optional):
        paper = reading.paper
        presenter = show_presenter(reading.presenter, course.presentations.show)
        lines.append(", ".join(filter(None, (paper.title, paper.short_authors))))
        lines.append(f"presented by {presenter}" if presenter else "")
    lines += [session.note, *(item.label for item in session.links), session.part, session.place if away else ""]
    lines += [week, _in_words(session.start)]
    return Record(
        kind="Session",
        title=session.topic or (f"Guest: {speaker}" if speaker else "No class"),
        path=SCHEDULE,
        fragment=session.id,
        when=day(session.start),
        detail="cancelled" if session.kind == "cancelled" else speaker,
        html=_lines(lines),
        words=f"{week.replace(' ', '-')} {_digits(session.start)}".strip(),
    )


def _deadline(item: Deadline) -> Record:
    """A milestone has a row of the schedule, a review a place in its session's."""
    is_review = item.kind == "review"
    return Record(
        kind="Deadline",
        title=item.what,
        path=SCHEDULE,
        fragment=f"site-review-{item.session}" if is_review else item.id,
        when=f"due {day(item.due)}, {clock(item.due)}",
        html=_lines((*(paper.title for paper in item.papers), item.note, _in_words(item.due))),
        # Milestones are few: `deadline` and `due` alone find them first.
        words=f"{'' if is_review else 'due deadline '}{_digits(item.due)}",
    )


def _paper(course: Course, paper: Paper) -> Record:
    read = _first_day(course.sessions_of_paper.get(paper.key, ()))
    authors = list_authors(paper, len(paper.authors or paper.editors))
    venue = ", ".join(filter(None, (paper.venue, paper.year)))
    return Record(
        kind="Paper",
        title=paper.title,
        path=paper.path,
        when=f"read {read}" if read else "",
        detail=", ".join(filter(None, (paper.short_authors, paper.venue_short or paper.year))),
        html=_lines((paper.abstract, authors, venue, paper.note, ", ".join(paper.topics))),
        words=" ".join(dict.fromkeys(_PART.findall(paper.title))),
    )


def _first_day(held: Iterable[Session]) -> str:
    first: dt.datetime | None = next((session.start for session in held if session.kind != "cancelled"), None)
    return day(first) if first else ""


_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()


def _in_words(date: dt.date) -> str:
    """`Tuesday 10 February 2026`, beside `Tue 10 Feb`, since either may be looked for."""
    return f"{_WEEKDAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]} {date.year}"


def _digits(date: dt.date) -> str:
    """`2026-02-10`."""
    return f"{date:%Y-%m-%d}"


_PART = re.compile(r"(?<=[^\W_]-)[^\W_]+")
"""`R1` of `DeepSeek-R1`, which is looked for by its second half; pagefind parts words otherwise, at digits, too."""


def _lines(lines: Iterable[str]) -> str:
    """Lines of plain text, each standing for itself; empty ones are left out."""
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)
