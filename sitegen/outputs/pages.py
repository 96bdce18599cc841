"""The site's HTML pages: one function an output, from the course and the theme to (path, bytes).

What a page holds is named here; its rows come ready from `programme`, and how it looks is the theme's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar
from urllib.parse import quote, urlsplit

from sitegen import addresses
from sitegen.addresses import ANNOUNCEMENTS, HOME, LECTURES, READINGS, SCHEDULE, SEARCH
from sitegen.model import Course, Heading, Page
from sitegen.outputs.programme import (
    Anchor,
    Linker,
    anchor,
    held_lecture,
    held_readings,
    linker,
    list_authors,
    list_parts,
    list_readings,
    milestone_row,
    paper_links,
    reading_lines,
    scheduled_papers,
    short_name,
)
from sitegen.outputs.theme import Theme
from sitegen.plan import Pattern

Output = Iterator[tuple[str, bytes]]
T = TypeVar("T")

NOT_FOUND = "404.html"
LATEST = 3
"""Announcements on the home page."""
MANY_HEADINGS = 5
"""A plain page with this many headings gets a table of contents."""
DESCRIPTION = 200
"""Characters of a page's description; search engines show about 160."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around every page's own content."""

    path: str
    title: str
    """Of the page, without the course."""
    description: str
    canonical: str
    """Absolute address, or empty."""
    navigation: tuple[Anchor, ...]
    search: Anchor
    edit: str
    """Where the page's source is edited, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meets:
    """When the class meets, week after week."""

    label: str
    weekdays: str
    """`Tue/Thu`."""
    start: dt.time
    end: dt.time
    place: str


# --- outputs ------------------------------------------------------------------------------------


def home(course: Course, theme: Theme) -> Output:
    here, words, facts = linker(HOME), course.home, course.facts
    yield _page(
        course,
        theme,
        "home.html",
        path=HOME,
        title=str(facts.title),
        description=facts.description or (words.description if words else ""),
        source=words.source if words else "content/index.md",
        words=words,
        announcements=tuple(
            Anchor(item.title, here(ANNOUNCEMENTS, item.id), date=item.date) for item in course.announcements[:LATEST]
        ),
        milestones=tuple(milestone_row(item, here) for item in course.deadlines if item.kind == "milestone"),
        links=tuple(anchor(item, here) for item in course.links),
        staff=[replace(person, url=here(person.url)) for person in course.staff],
        grading=tuple((item.label, _percent(item.share)) for item in course.grading),
        grading_total=_percent(sum((item.share for item in course.grading), Decimal(0))),
        schedule_parts=list_parts(course, here),
    )


def schedule(course: Course, theme: Theme) -> Output:
    yield _page(
        course,
        theme,
        "schedule.html",
        path=SCHEDULE,
        title="Schedule",
        description=f"Dates, topics, papers and deadlines of {course.facts.code}, {course.facts.title}.",
        source="site.yaml",
        schedule_parts=list_parts(course, linker(SCHEDULE)),
        reviews=_course_link(course, course.reviews.where if course.reviews else "", linker(SCHEDULE)),
        reviews_page=linker(SCHEDULE)(course.reviews_page.target) if course.reviews_page else "",
    )


def readings(course: Course, theme: Theme) -> Output:
    """The reading list: by part in the order in which papers are read, then the rest by entry in papers.bib."""
    here = linker(READINGS)
    parts, further = list_readings(course, here)
    yield _page(
        course,
        theme,
        "readings.html",
        path=READINGS,
        title="Readings",
        description=f"The papers of {course.facts.code}, in the order in which they are read.",
        source="papers.bib",
        reading_parts=parts,
        further=further,
        sign_up=_course_link(course, course.presentations.sign_up or "", here),
        presentations_page=here(course.presentations_page.target) if course.presentations_page else "",
    )


def papers(course: Course, theme: Theme) -> Output:
    """A page a paper; previous and next follow the reading list."""
    scheduled = scheduled_papers(course)
    ordered = [course.papers[key] for key in (*scheduled, *(key for key in course.papers if key not in scheduled))]
    for number, paper in enumerate(ordered):
        here = linker(paper.path)
        before, after = _neighbours(ordered, number)
        yield _page(
            course,
            theme,
            "paper.html",
            path=paper.path,
            title=short_name(paper),
            description=paper.abstract or f"{paper.title}. {paper.short_authors}, {paper.venue_short or paper.year}.",
            source="papers.bib",
            paper=paper,
            authors=list_authors(paper, len(paper.authors or paper.editors)),
            links=paper_links(paper, here),
            held=tuple(held_readings(course, paper, here)),
            cited_by=tuple(Anchor(page.title, here(page.path)) for page in course.cited_by.get(paper.key, ())),
            sign_up=_course_link(course, course.presentations.sign_up or "", here),
            before=Anchor(short_name(before), here(before.path)) if before else None,
            after=Anchor(short_name(after), here(after.path)) if after else None,
        )


def lectures_index(course: Course, theme: Theme) -> Output:
    here = linker(LECTURES)
    yield _page(
        course,
        theme,
        "lectures.html",
        path=LECTURES,
        title="Lectures",
        description=f"Lecture notes of {course.facts.code}, {course.facts.title}.",
        lectures=tuple(
            (Anchor(page.title, here(page.path), page.description), held_lecture(course, page, here))
            for page in course.lectures
        ),
    )


def lectures(course: Course, theme: Theme) -> Output:
    for number, page in enumerate(course.lectures):
        here = linker(page.path)
        sessions = course.sessions_of_lecture.get(page.source, ())
        lines = (line for session in sessions for line in reading_lines(course, session, here))
        before, after = _neighbours(course.lectures, number)
        yield _page(
            course,
            theme,
            "lecture.html",
            path=page.path,
            title=page.title,
            description=page.description,
            source=page.source,
            html=page.html,
            contents=_contents(page.document.headings),
            held=held_lecture(course, page, here),
            readings=tuple({line.href: line for line in lines}.values()),
            links=tuple(anchor(item, here) for session in sessions for item in session.links),
            before=Anchor(before.title, here(before.path)) if before else None,
            after=Anchor(after.title, here(after.path)) if after else None,
        )


def plain_pages(course: Course, theme: Theme) -> Output:
    for page in course.pages:
        contents = _contents(page.document.headings)
        yield _page(
            course,
            theme,
            "page.html",
            path=page.path,
            title=page.title,
            description=page.description,
            source=page.source,
            html=page.html,
            contents=contents if len(contents) >= MANY_HEADINGS else (),
        )


def announcements(course: Course, theme: Theme) -> Output:
    yield _page(
        course,
        theme,
        "announcements.html",
        path=ANNOUNCEMENTS,
        title="Announcements",
        description=f"News of {course.facts.code}, newest first.",
        source="content/announcements.md",
        announcements=course.announcements,
    )


def search(course: Course, theme: Theme) -> Output:
    """Everything on the site by kind, so that the browser's own find works when scripts are off."""
    here = linker(SEARCH)
    held = [session for session in course.sessions if session.kind in {"class", "guest"}]
    by_title = sorted(course.papers.values(), key=lambda paper: paper.title.casefold())
    kinds: dict[str, list[Anchor]] = {
        "Pages": [
            *(anchor(item, here) for item in course.navigation if not item.external and item.target != SEARCH),
            *(Anchor(page.title, here(page.path)) for page in course.pages),
        ],
        "Lectures": [Anchor(page.title, here(page.path), page.description) for page in course.lectures],
        "Sessions": [Anchor(s.topic, here(SCHEDULE, s.id), date=s.start) for s in held],
        "Papers": [
            Anchor(paper.title, here(paper.path), ", ".join(filter(None, (paper.short_authors, paper.year))))
            for paper in by_title
        ],
        "Announcements": [
            Anchor(item.title, here(ANNOUNCEMENTS, item.id), date=item.date) for item in course.announcements
        ],
    }
    groups = tuple((kind, tuple({item.href: item for item in items}.values())) for kind, items in kinds.items())
    yield _page(
        course,
        theme,
        "search.html",
        path=SEARCH,
        title="Search",
        description=f"Everything on the site of {course.facts.code}.",
        groups=tuple((kind, items) for kind, items in groups if items),
    )


def not_found(course: Course, theme: Theme) -> Output:
    """The one page that is served at every depth, so its links start with the site's own path."""
    base = urlsplit(course.base_url).path or "/"

    def anywhere(target: str, fragment: str = "") -> str:
        if not target or addresses.is_external(target):
            return target
        return addresses.canonical(base, target) + (f"#{quote(fragment)}" if fragment else "")

    yield _page(course, theme, "404.html", path=NOT_FOUND, title="Page not found", link=anywhere)


def redirects(course: Course, theme: Theme) -> Output:
    """A page at each old address that leads to the new one."""
    for old, new in course.aliases.items():
        canonical = addresses.canonical(course.base_url, new) if course.base_url else ""
        href = addresses.link(new, old)
        yield old, theme.render("redirect.html", course=course.facts, href=href, canonical=canonical).encode()


def static_files(course: Course, theme: Theme) -> Output:
    return theme.static_files()


# --- every page ---------------------------------------------------------------------------------


def _page(
    course: Course,
    theme: Theme,
    template: str,
    *,
    path: str,
    title: str,
    description: str = "",
    source: str = "",
    words: Page | None = None,
    link: Linker | None = None,
    **context: object,
) -> tuple[str, bytes]:
    """One page in its frame.

    `source` is the file that is edited to change it, `words` what the author wrote above a computed
    page, `link` writes its addresses.
    """
    here, facts, above = link or linker(path), course.facts, course.words.get(path)
    words = words or above
    frame = Frame(
        path=path,
        title=title,
        description=_first_words((above and above.description) or description),
        canonical=addresses.canonical(course.base_url, path) if course.base_url and path != NOT_FOUND else "",
        navigation=tuple(anchor(item, here, path) for item in course.navigation if item.target not in {HOME, SEARCH}),
        search=Anchor("Search", here(SEARCH), current="page" if path == SEARCH else ""),
        edit=f"{facts.repository.rstrip('/')}/edit/{quote(f'{facts.branch}/{source}')}"
        if facts.repository and source
        else "",
    )
    html = theme.render(
        template,
        page=frame,
        course=facts,
        meets=_meets(course.term.meets) if course.term else (),
        tentative=course.term.tentative if course.term else "",
        taught_by=", ".join(person.name for person in course.staff),
        times=_name_zone(course.facts.timezone.key) if course.term else "",
        link=here,
        words=words.html if words else "",
        **context,
    )
    return path, html.encode()


def _name_zone(key: str | None) -> str:
    """`America/New_York` to `New York time`."""
    place = (key or "UTC").rpartition("/")[2].replace("_", " ")
    return place if place == "UTC" else f"{place} time"


def _meets(patterns: Iterable[Pattern]) -> tuple[Meets, ...]:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return tuple(
        Meets(
            label=pattern.label,
            weekdays="/".join(names[weekday] for weekday in pattern.weekdays),
            start=pattern.start,
            end=pattern.end,
            place=pattern.place,
        )
        for pattern in patterns
    )


def _course_link(course: Course, label: str, here: Linker) -> Anchor | None:
    """The course's link of that label; other words stand for themselves, without an address."""
    if not label:
        return None
    item = next((item for item in course.links if item.label == label), None)
    return anchor(item, here) if item else Anchor(label, "")


def _contents(headings: Iterable[Heading]) -> tuple[Heading, ...]:
    return tuple(heading for heading in headings if heading.level in {2, 3})


def _neighbours(items: Sequence[T], number: int) -> tuple[T | None, T | None]:
    return items[number - 1] if number else None, items[number + 1] if number + 1 < len(items) else None


def _first_words(text: str) -> str:
    """`text` on one line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= DESCRIPTION else line[:DESCRIPTION].rpartition(" ")[0].rstrip(",;:.(") + " …"


def _percent(share: Decimal) -> str:
    """`40%`, `12.5%`."""
    text = f"{share:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
