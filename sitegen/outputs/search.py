"""What can be found on the site, thing by thing, and the page that lists all of it.

How it becomes an index is `searchindex`'s; what happens while a reader types is search.js'.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import groupby
from typing import NamedTuple

from sitegen.addresses import ANNOUNCEMENTS, HOME, LECTURES, READINGS, SCHEDULE, SEARCH, SUBSCRIBE
from sitegen.languages import English, compose, is_english
from sitegen.later import late, later
from sitegen.model import Announcement, Course, Deadline, Page, Paper, Session
from sitegen.outputs.anchors import Anchor, linker
from sitegen.outputs.frames import Output, render_page
from sitegen.outputs.paperlists import list_authors, show_presenter
from sitegen.outputs.recipes import surroundings
from sitegen.outputs.theme import Theme, clock, day, days, full_date
from sitegen.patterns import regex
from sitegen.plan import Days
from sitegen.values import Value

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
    SCHEDULE: (
        English("Schedule"),
        English("Dates, topics, papers and deadlines."),
        "deadlines due weeks classes sessions",
    ),
    READINGS: (
        English("Readings"),
        English("The papers, in the order in which they are read."),
        "papers list bibliography BibTeX",
    ),
    LECTURES: (English("Lectures"), English("Lecture notes."), "slides"),
    ANNOUNCEMENTS: (English("Announcements"), English("News, newest first."), "Atom RSS feed"),
    SUBSCRIBE: (
        English("Calendar"),
        English("Classes and deadlines in a calendar of one's own."),
        "subscribe ics Google Outlook Apple",
    ),
}
"""Path to title, detail and further words of the pages that sitegen makes."""


class Record(Value, kw_only=True):
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


late(Record, "html")


def search(course: Course, theme: Theme) -> Output:
    """Everything on the site by kind, so that the browser's own find works when scripts are off."""
    here, site = linker(SEARCH), surroundings(course)

    def list_anchor(thing: _Thing) -> Anchor:
        def make() -> Anchor:
            record = thing.describe(site, *thing.ingredients)
            return Anchor(record.title, here(record.path, record.fragment), _beside(record))

        made: Anchor = fragments.item((thing.kind, thing.ingredients), make)
        return made

    with theme.fragments("search", site) as fragments:
        groups = groupby(_list_things(course), lambda thing: thing.kind)
        yield render_page(
            course,
            theme,
            "search.html",
            path=SEARCH,
            title=English("Search"),
            description=English("Everything on the site of ", course.facts.code, "."),
            groups=tuple((KINDS[kind], tuple(map(list_anchor, things))) for kind, things in groups),
        )


def _beside(record: Record) -> str:
    return compose(English(record.when), English(" · " if record.when and record.detail else ""), record.detail)


def list_records(course: Course) -> tuple[Record, ...]:
    """Everything that can be found, by kind; sessions and deadlines by date, papers by title."""
    site = surroundings(course)
    return tuple(thing.describe(site, *thing.ingredients) for thing in _list_things(course))


class _Thing(NamedTuple):
    """Something that can be found."""

    kind: str
    """Of `KINDS`."""
    describe: Callable[..., Record]
    """The course without all that it teaches, and the ingredients, to its record."""
    ingredients: tuple[object, ...]


def _list_things(course: Course) -> Iterator[_Thing]:
    """In the order of `KINDS`."""
    held, read = course.sessions_of_lecture, course.sessions_of_paper
    yield from (_Thing("Page", lambda _, record: record, (record,)) for record in _pages(course))
    yield from (_Thing("Lecture", _lecture, (page, held.get(page.source, ()))) for page in course.lectures)
    # A class that is to be announced has nothing to be found by.
    yield from (_Thing("Session", _session, (item,)) for item in course.sessions if item.kind != "tba")
    yield from (_Thing("Break", _break, (days,)) for days in sorted(course.breaks, key=lambda days: days.first))
    yield from (_Thing("Deadline", _deadline, (item,)) for item in course.deadlines)
    yield from (_Thing("Announcement", _announcement, (item,)) for item in course.announcements)
    papers = sorted(course.papers.values(), key=lambda paper: (paper.title.casefold(), paper.key))
    yield from (_Thing("Paper", _paper, (paper, read.get(paper.key, ()))) for paper in papers)


# --- one thing ----------------------------------------------------------------------------------


def _pages(course: Course) -> Iterator[Record]:
    """The home page without the schedule that it repeats, then what the author wrote above the lists of things."""
    facts = course.facts
    about = {"title": str(facts.title), "detail": facts.term}
    told = _tell(course, _home(course), "home room office hours instructor")
    html = (course.home.html if course.home else "") + told.pop("html")
    yield Record(kind="Page", path=HOME, html=html, **about, **told)
    for path, (title, detail, words) in _COMPUTED.items():
        text = course.words.get(path)
        html = text.html if text else ""
        yield Record(kind="Page", title=title, path=path, detail=detail, html=html, words=words)
    for page in course.pages:
        yield Record(kind="Page", title=page.title, path=page.path, detail=page.description, html=later(page, "html"))  # type: ignore[arg-type]


def _home(course: Course) -> tuple[str, ...]:
    facts = course.facts
    people = (
        compose(
            ", ".join(filter(None, (person.name, person.role, person.email))),
            English(". Office hours: " if person.office_hours else ""),
            person.office_hours,
        )
        for person in course.staff
    )
    grading = (f"{item.label}: {item.share.normalize():f}%" for item in course.grading)
    links = (item.label for item in course.links)
    places = dict.fromkeys(pattern.place for pattern in course.term.meets) if course.term else ()
    about = (facts.code, facts.description, facts.institution, *(English("Room: ", place) for place in places if place))
    return (*about, *people, *grading, *links)


def _lecture(site: Course, page: Page, held: tuple[Session, ...]) -> Record:
    return Record(
        kind="Lecture",
        title=page.title,
        path=page.path,
        when=_first_day(held),
        detail=page.description,
        html=later(page, "html"),  # type: ignore[arg-type]
    )


def _announcement(site: Course, item: Announcement) -> Record:
    return Record(
        kind="Announcement",
        title=item.title,
        path=ANNOUNCEMENTS,
        fragment=item.id,
        when=full_date(item.date),
        html=item.html,
    )


def _break(site: Course, stretch: Days) -> Record:
    return Record(
        kind="Break",
        title=stretch.name or English("No class"),
        path=SCHEDULE,
        fragment=f"site-break-{stretch.first.isoformat()}",
        when=days(stretch.first, stretch.last),
        **_tell(
            site,
            (_in_words(stretch.first), _in_words(stretch.last)),
            f"no class, holiday {_digits(stretch.first)} {_digits(stretch.last)}",
        ),
    )


def _session(site: Course, session: Session) -> Record:
    guest = session.guest
    speaker = ", ".join(filter(None, (guest.name, guest.affiliation))) if guest else ""
    lines = [English("Guest: ", speaker) if speaker else "", guest.talk if guest else ""]
    week = English(f"Week {session.week}" if session.week else "")
    away = site.term and session.place not in {pattern.place for pattern in site.term.meets}
    if session.kind == "cancelled":
        lines.append(English("No class. ", session.reason))
    for reading in (*session.required, *session.optional):
        paper = reading.paper
        presenter = show_presenter(reading.presenter, site.presentations.show)
        people = paper.short_authors
        lines.append(compose(paper.title, English(", " if paper.title and people else ""), people))
        lines.append(English("presented by ", presenter) if presenter else "")
    lines += [session.note, *(item.label for item in session.links), session.part, session.place if away else ""]
    lines += [week, _in_words(session.start)]
    return Record(
        kind="Session",
        title=session.topic or (English("Guest: ", speaker) if speaker else English("No class")),
        path=SCHEDULE,
        fragment=session.id,
        when=day(session.start),
        detail=English("cancelled") if session.kind == "cancelled" else speaker,
        **_tell(site, lines, f"{week.replace(' ', '-')} {_digits(session.start)}".strip()),
    )


def _deadline(site: Course, item: Deadline) -> Record:
    """A milestone has a row of the schedule, a review a place in its session's."""
    is_review = item.kind == "review"
    return Record(
        kind="Deadline",
        title=item.what,
        path=SCHEDULE,
        fragment=f"site-review-{item.session}" if is_review else item.id,
        when=f"due {day(item.due)}, {clock(item.due)}",
        # Milestones are few: `deadline` and `due` alone find them first.
        **_tell(
            site,
            (*(paper.title for paper in item.papers), item.note, _in_words(item.due)),
            f"{'' if is_review else 'due deadline '}{_digits(item.due)}",
        ),
    )


def _paper(site: Course, paper: Paper, sessions: tuple[Session, ...]) -> Record:
    read = _first_day(sessions)
    authors = list_authors(paper, len(paper.authors or paper.editors))
    venue = ", ".join(filter(None, (paper.venue, paper.year)))
    people, where = paper.short_authors, paper.venue_short or paper.year
    return Record(
        kind="Paper",
        title=paper.title,
        path=paper.path,
        when=f"read {read}" if read else "",
        detail=compose(people, English(", " if people and where else ""), where),
        **_tell(
            site,
            (paper.abstract, authors, venue, paper.note, ", ".join(paper.topics)),
            " ".join(dict.fromkeys(_PART.findall(paper.title))),
        ),
    )


def _first_day(held: Iterable[Session]) -> str:
    first: dt.datetime | None = next((session.start for session in held if session.kind != "cancelled"), None)
    return day(first) if first else ""


_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()


def _in_words(date: dt.date) -> English:
    """`Tuesday 10 February 2026`, beside `Tue 10 Feb`, since either may be looked for."""
    return English(f"{_WEEKDAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]} {date.year}")


def _digits(date: dt.date) -> str:
    """`2026-02-10`."""
    return f"{date:%Y-%m-%d}"


_PART = regex(r"(?<=[^\W_]-)[^\W_]+")
"""`R1` of `DeepSeek-R1`, which is looked for by its second half; pagefind parts words otherwise, at digits, too."""


def _tell(course: Course, lines: Iterable[str], words: str) -> dict[str, str]:
    """`html` of lines of plain text, each standing for itself, and the `words` to find it by.

    Excerpts of the text are shown in the course's language. If that isn't English, the text is the author's alone, and
    what sitegen says in it is no more than words to find it by.
    """
    shown = [line for line in lines if line]
    if not is_english(course.facts.language):
        said = [line.pieces for line in shown if isinstance(line, English)]
        words = " ".join(dict.fromkeys(" ".join((words, *(piece for pieces in said for piece in pieces[::2]))).split()))
        shown = [", ".join(line.pieces[1::2]) if isinstance(line, English) else line for line in shown]
    return {"html": "".join(f"<p>{escape(line)}</p>" for line in shown if line), "words": words}
