"""The reading list and a page a paper.

How papers stand in other pages is `paperlists`; what reference managers take from these pages is `zotero`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from sitegen.addresses import READINGS
from sitegen.citing import short_venue
from sitegen.languages import English, compose
from sitegen.model import CitedOn, Course, Paper, Session
from sitegen.outputs.anchors import Anchor, Linker, course_link, linker, neighbours
from sitegen.outputs.fragments import AT_ONCE, Fragments
from sitegen.outputs.frames import Output, render_page
from sitegen.outputs.paperlists import (
    Held,
    held_readings,
    list_authors,
    paper_links,
    scheduled_papers,
    short_name,
)
from sitegen.outputs.recipes import Recipe, Series, surroundings
from sitegen.outputs.theme import Theme
from sitegen.outputs.zotero import citation_tags, write_coins
from sitegen.values import Value, replace

MANY_AUTHORS = 6
"""A longer list of authors is cut in the reading list; the paper's own page has all."""
BIBTEX = "papers.bib"


class Venue(Value, kw_only=True):
    """Where a paper appeared."""

    short: str
    """`SOSP '23`, or the year."""
    full: str
    """With the year; empty when `short` says as much."""
    series: str
    """`SOSP`: what papers are grouped by."""


class Entry(Value, kw_only=True):
    """A paper in the reading list."""

    key: str
    name: str
    """A short name with which the title begins, or empty."""
    title_html: str
    """The title, or what follows `name`."""
    called: str
    """The short name, or the title, as text."""
    href: str
    authors: str
    venue: Venue
    year: str
    topics: tuple[str, ...]
    links: tuple[Anchor, ...]
    held: tuple[Held, ...]
    """Empty: not on the schedule."""
    bibtex: str
    coins: str

    @property
    def states(self) -> tuple[str, ...]:
        """`required` or `optional`, for a paper that is read; and `open`, when one may sign up to present it.

        Nothing for a paper of cancelled sessions only.
        """
        meetings = [held for held in self.held if not held.cancelled]
        if not meetings:
            return ()
        is_required = any(held.required for held in meetings)
        is_open = any(held.open for held in meetings)
        return ("required" if is_required else "optional", *(["open"] if is_open else []))


class ReadingPart(Value):
    title: str
    """Empty for a course without parts."""
    entries: tuple[Entry, ...]
    """Each made when it is asked for."""


FURTHER = English("Further reading")


def readings(course: Course, theme: Theme) -> Output:
    """The reading list: by part in the order in which papers are read, then the rest by entry in papers.bib."""
    here = linker(READINGS)
    with theme.fragments("readings", surroundings(course)) as fragments:
        yield render_page(
            course,
            theme,
            "readings.html",
            path=READINGS,
            title=English("Readings"),
            description=English("The papers of ", course.facts.code, ", in the order in which they are read."),
            source="papers.bib",
            reading_parts=list_readings(course, here, fragments),
            count=len(course.papers),
            bibtex=here(BIBTEX) if course.papers else "",
            sign_up=course_link(course, course.presentations.sign_up or "", here),
            presentations_page=here(course.presentations_page.target) if course.presentations_page else "",
        )


def list_readings(course: Course, here: Linker, fragments: Fragments = AT_ONCE) -> tuple[ReadingPart, ...]:
    """The papers by part in the order in which they are first read; last those that aren't on the schedule.

    Of the course, all fragments depend on its `surroundings`.
    """
    site = surroundings(course)

    def entry(paper: Paper) -> Entry:
        sessions = course.sessions_of_paper.get(paper.key, ())
        made: Entry = fragments.item((paper, sessions), lambda: _entry(site, paper, sessions, here))
        return made

    parts: dict[str, list[Entry]] = {}
    scheduled = scheduled_papers(course)
    for key, part in scheduled.items():
        parts.setdefault(part, []).append(entry(course.papers[key]))
    further = tuple(entry(paper) for key, paper in course.papers.items() if key not in scheduled)
    listed = tuple(ReadingPart(title, tuple(entries)) for title, entries in parts.items())
    return (*listed, ReadingPart(FURTHER, further)) if further else listed


def _entry(site: Course, paper: Paper, sessions: tuple[Session, ...], here: Linker) -> Entry:
    name = short_name(paper)
    shown = escape(name, quote=False)
    named = name != paper.title and paper.title_html.startswith(shown)
    return Entry(
        key=paper.key,
        name=name if named else "",
        title_html=paper.title_html.removeprefix(shown) if named else paper.title_html,
        called=name,
        href=here(paper.path),
        authors=list_authors(paper, MANY_AUTHORS),
        venue=_venue(paper),
        year=paper.year,
        topics=paper.topics,
        links=paper_links(paper, here),
        held=tuple(held_readings(site, paper, sessions, here)),
        bibtex=paper.bibtex.strip(),
        coins=write_coins(paper),
    )


def _venue(paper: Paper) -> Venue:
    short = short_venue(paper)
    has_short = short and paper.venue_short != paper.venue
    return Venue(
        short=short or paper.year,
        full=", ".join(filter(None, (paper.venue, paper.year))) if has_short else "",
        series=re.sub(r"[\s\u00a0]*['’]\d\d$", "", short),
    )


@Series
def papers(course: Course, theme: Theme) -> Iterator[Recipe]:
    """A page a paper; previous and next follow the reading list."""
    site, scheduled = surroundings(course), scheduled_papers(course)
    ordered = [course.papers[key] for key in (*scheduled, *(key for key in course.papers if key not in scheduled))]
    steps = [(short_name(paper), paper.path) for paper in ordered]
    for number, paper in enumerate(ordered):
        sessions, cited_by = course.sessions_of_paper.get(paper.key, ()), course.cited_by.get(paper.key, ())
        yield Recipe(paper.path, _paper_page, (site, paper, sessions, cited_by, *neighbours(steps, number)))


def _paper_page(
    theme: Theme,
    site: Course,
    paper: Paper,
    sessions: tuple[Session, ...],
    cited_by: tuple[CitedOn, ...],
    before: tuple[str, str] | None,
    after: tuple[str, str] | None,
) -> bytes:
    """`before` and `after` are the names and paths of the papers beside it."""
    course = replace(site, papers={paper.key: paper}, sessions_of_paper={paper.key: sessions})
    here = linker(paper.path)
    return render_page(
        course,
        theme,
        "paper.html",
        path=paper.path,
        title=short_name(paper),
        description=paper.abstract or f"{paper.title}. {paper.short_authors}, {paper.venue_short or paper.year}.",
        source="papers.bib",
        paper=paper,
        authors=_all_people(paper),
        venue=_venue(paper),
        tags=citation_tags(paper, course.base_url),
        links=paper_links(paper, here),
        held=tuple(held_readings(site, paper, sessions, here)),
        cited_by=tuple(_places(text, here) for text in cited_by),
        sign_up=course_link(course, course.presentations.sign_up or "", here),
        before=Anchor(before[0], here(before[1])) if before else None,
        after=Anchor(after[0], here(after[1])) if after else None,
    )[1]


def _all_people(paper: Paper) -> English:
    people = paper.authors or paper.editors
    names = list_authors(paper, len(people))
    if paper.authors or not people:
        return names
    kind = "editors" if len(people) > 1 or paper.more_authors else "editor"
    return compose(names, English(f" ({kind})"))


def _places(text: CitedOn, here: Linker) -> tuple[Anchor, ...]:
    """The text's title, which leads to its first citation; where it has several, a number for each."""
    numbers = (Anchor(str(number), here(text.path, place)) for number, place in enumerate(text.places, 1))
    return (Anchor(text.title, here(text.path, text.places[0])), *(numbers if len(text.places) > 1 else ()))
