"""The site's HTML pages: one function an output, from the course and the theme to (path, bytes).

What a page holds is named here; its rows come ready from `programme`, and how it looks is the theme's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote, urlsplit

from sitegen import addresses
from sitegen.addresses import ANNOUNCEMENTS, HOME, LECTURES, SCHEDULE, SEARCH
from sitegen.model import Course, Heading
from sitegen.outputs.anchors import Anchor, anchor, course_link, linker, neighbours
from sitegen.outputs.frames import NOT_FOUND, Output, render_page
from sitegen.outputs.paperlists import held_lecture, reading_lines
from sitegen.outputs.programme import list_parts, milestone_row
from sitegen.outputs.theme import Theme

LATEST = 3
"""Announcements on the home page."""
MANY_HEADINGS = 5
"""A plain page with this many headings gets a table of contents."""


# --- outputs ------------------------------------------------------------------------------------


def home(course: Course, theme: Theme) -> Output:
    here, words, facts = linker(HOME), course.home, course.facts
    yield render_page(
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
    yield render_page(
        course,
        theme,
        "schedule.html",
        path=SCHEDULE,
        title="Schedule",
        description=f"Dates, topics, papers and deadlines of {course.facts.code}, {course.facts.title}.",
        source="site.yaml",
        schedule_parts=list_parts(course, linker(SCHEDULE)),
        reviews=course_link(course, course.reviews.where if course.reviews else "", linker(SCHEDULE)),
        reviews_page=linker(SCHEDULE)(course.reviews_page.target) if course.reviews_page else "",
    )


def lectures_index(course: Course, theme: Theme) -> Output:
    here = linker(LECTURES)
    yield render_page(
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
        before, after = neighbours(course.lectures, number)
        yield render_page(
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
        yield render_page(
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
    yield render_page(
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
    yield render_page(
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

    yield render_page(course, theme, "404.html", path=NOT_FOUND, title="Page not found", link=anywhere)


def redirects(course: Course, theme: Theme) -> Output:
    """A page at each old address that leads to the new one."""
    for old, new in course.aliases.items():
        canonical = addresses.canonical(course.base_url, new) if course.base_url else ""
        href = addresses.link(new, old)
        yield old, theme.render("redirect.html", course=course.facts, href=href, canonical=canonical).encode()


def static_files(course: Course, theme: Theme) -> Output:
    return theme.static_files()


def _contents(headings: Iterable[Heading]) -> tuple[Heading, ...]:
    return tuple(heading for heading in headings if heading.level in {2, 3})


def _percent(share: Decimal) -> str:
    """`40%`, `12.5%`."""
    text = f"{share:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
