"""The site's HTML pages: one function an output, from the course and the theme to (path, bytes).

What a page holds is named here; its rows come ready from `programme`, and how it looks is the theme's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from sitegen import addresses
from sitegen.addresses import ANNOUNCEMENTS, HOME, LECTURES, SCHEDULE, SUBSCRIBE
from sitegen.languages import English
from sitegen.model import Course, Heading, Page
from sitegen.outputs.anchors import Anchor, anchor, course_link, lecture_links, linker, neighbours
from sitegen.outputs.calendars import has_events
from sitegen.outputs.frames import Output, render_page
from sitegen.outputs.masthead import logo_rules
from sitegen.outputs.metadata import NOT_FOUND
from sitegen.outputs.palette import STYLE, accent_rules
from sitegen.outputs.paperlists import Held, held_lecture, lecture_readings
from sitegen.outputs.programme import list_months, list_parts, list_presenters, look_ahead, milestone_row
from sitegen.outputs.recipes import Recipe, Series, TextPage, lecture_course, page_course, surroundings, text_page
from sitegen.outputs.theme import ASSETS, Theme
from sitegen.values import replace

LATEST = 3
"""Announcements on the home page."""
MANY_HEADINGS = 5
"""A plain page with this many headings gets a table of contents."""


# --- outputs ------------------------------------------------------------------------------------


def home(course: Course, theme: Theme) -> Output:
    here, words, facts = linker(HOME), course.home, course.facts
    with theme.fragments("home", surroundings(course)) as fragments:
        yield render_page(
            course,
            theme,
            "home.html",
            path=HOME,
            title=str(facts.title),
            description=facts.description or (words.description if words else ""),
            source=words.source if words else "site.yaml",
            words=words,
            announcements=tuple(
                Anchor(item.title, here(ANNOUNCEMENTS, item.id), date=item.date)
                for item in course.announcements[:LATEST]
            ),
            milestones=tuple(milestone_row(item, here) for item in course.deadlines if item.kind == "milestone"),
            links=tuple(anchor(item, here) for item in course.links),
            staff=[replace(person, url=here(person.url)) for person in course.staff],
            grading=tuple((item.label, _percent(item.share)) for item in course.grading),
            grading_total=_percent(sum((item.share for item in course.grading), Decimal(0))),
            schedule_parts=list_parts(course, here, fragments),
            ahead=look_ahead(course, here),
            term=course.term,
            subscribe=here(SUBSCRIBE) if has_events(course) else "",
        )


def schedule(course: Course, theme: Theme) -> Output:
    here = linker(SCHEDULE)
    readings = [reading for session in course.sessions for reading in session.readings]
    with theme.fragments("schedule", surroundings(course)) as fragments:
        yield render_page(
            course,
            theme,
            "schedule.html",
            path=SCHEDULE,
            title=English("Schedule"),
            description=English(
                "Dates, topics, papers and deadlines of ", course.facts.code, ", ", course.facts.title, "."
            ),
            source="site.yaml",
            schedule_parts=list_parts(course, here, fragments),
            ahead=look_ahead(course, here),
            term=course.term,
            subscribe=here(SUBSCRIBE) if has_events(course) else "",
            months=list_months(course),
            has_deadlines=bool(course.deadlines),
            has_presentations=any(reading.presenter or reading.open for reading in readings),
            presenters=list_presenters(course),
            reviews=course_link(course, course.reviews.where if course.reviews else "", here),
            reviews_page=here(course.reviews_page.target) if course.reviews_page else "",
        )


class LectureLine(NamedTuple):
    """A lecture in the list of lectures."""

    item: Anchor
    held: tuple[Held, ...]
    links: tuple[Anchor, ...]


def lectures_index(course: Course, theme: Theme) -> Output:
    here, site = linker(LECTURES), surroundings(course)

    def line(page: Page) -> LectureLine:
        text = text_page(course, page)

        def make() -> LectureLine:
            narrow = lecture_course(site, text)
            title = Anchor(page.title, here(page.path), page.description)
            return LectureLine(title, held_lecture(narrow, page, here), lecture_links(narrow, page, here))

        made: LectureLine = fragments.item((text,), make)
        return made

    with theme.fragments("lectures", site) as fragments:
        yield render_page(
            course,
            theme,
            "lectures.html",
            path=LECTURES,
            title=English("Lectures"),
            description=English("Lecture notes of ", course.facts.code, ", ", course.facts.title, "."),
            source=course.words[LECTURES].source if LECTURES in course.words else "",
            lectures=tuple(map(line, course.lectures)),
        )


@Series
def lectures(course: Course, theme: Theme) -> Iterator[Recipe]:
    site = surroundings(course)
    steps = [(page.title, page.path) for page in course.lectures]
    for number, page in enumerate(course.lectures):
        yield Recipe(page.path, _lecture_page, (site, text_page(course, page), *neighbours(steps, number)))


def _lecture_page(
    theme: Theme, site: Course, text: TextPage, before: tuple[str, str] | None, after: tuple[str, str] | None
) -> bytes:
    """`before` and `after` are the titles and paths of the lectures beside it."""
    course, page, here = lecture_course(site, text), text.page, linker(text.page.path)
    return render_page(
        course,
        theme,
        "lecture.html",
        path=page.path,
        title=page.title,
        description=page.description,
        source=page.source,
        html=page.html,
        contents=_contents(page.document.headings),
        has_notes=_has_notes(page),
        has_code=_has_code(page),
        has_more=_has_more(page),
        minutes=page.document.minutes,
        held=held_lecture(course, page, here),
        readings=lecture_readings(course, page, here),
        links=lecture_links(course, page, here),
        before=Anchor(before[0], here(before[1])) if before else None,
        after=Anchor(after[0], here(after[1])) if after else None,
    )[1]


@Series
def plain_pages(course: Course, theme: Theme) -> Iterator[Recipe]:
    site = surroundings(course)
    for page in course.pages:
        yield Recipe(page.path, _plain_page, (site, text_page(course, page)))


def _plain_page(theme: Theme, site: Course, text: TextPage) -> bytes:
    page = text.page
    contents = _contents(page.document.headings)
    return render_page(
        page_course(site, text),
        theme,
        "page.html",
        path=page.path,
        title=page.title,
        description=page.description,
        source=page.source,
        html=page.html,
        contents=contents if len(contents) >= MANY_HEADINGS else (),
        has_notes=_has_notes(page),
        has_code=_has_code(page),
        has_more=_has_more(page),
    )[1]


def announcements(course: Course, theme: Theme) -> Output:
    yield render_page(
        course,
        theme,
        "announcements.html",
        path=ANNOUNCEMENTS,
        title=English("Announcements"),
        description=English("News of ", course.facts.code, ", newest first."),
        source="content/announcements.md" if course.announcements or ANNOUNCEMENTS in course.words else "",
        announcements=course.announcements,
        references=course.announcement_references,
    )


def not_found(course: Course, theme: Theme) -> Output:
    """The one page that is served at every depth, so its links start with the site's own path."""
    base = urlsplit(course.base_url).path or "/"

    def anywhere(target: str, fragment: str = "") -> str:
        if not target or addresses.is_external(target):
            return target
        return addresses.canonical(base, target) + (f"#{quote(fragment)}" if fragment else "")

    yield render_page(course, theme, "404.html", path=NOT_FOUND, title=English("Page not found"), link=anywhere)


def redirects(course: Course, theme: Theme) -> Output:
    """A page at each old address that leads to the new one."""
    for old, new in course.aliases.items():
        canonical = addresses.canonical(course.base_url, new) if course.base_url else ""
        href, script = addresses.link(new, old), addresses.link(f"{ASSETS}redirect.js", old)
        html = theme.render("redirect.html", course=course.facts, href=href, canonical=canonical, script=script)
        yield old, html.encode()


def static_files(course: Course, theme: Theme) -> Output:
    """The theme's own files; its style sheet ends with what the course's accent and logo need."""
    rules = accent_rules(course.facts.accent, theme) + logo_rules(course.logo)
    for path, content in theme.static_files():
        yield path, content + rules.encode() if path == ASSETS + STYLE else content


def _has_notes(page: Page) -> bool:
    """Whether it has footnotes, which stand beside the text where there is room."""
    return any(name.startswith("fn-") for name in page.document.ids)


def _has_more(page: Page) -> bool:
    """Whether paper shows more of it than screens do: where links to other sites lead."""
    return '<a href="http' in page.document.html


def _has_code(page: Page) -> bool:
    """Whether it has blocks of code, which can be copied."""
    return 'highlight">' in page.html


def _contents(headings: Iterable[Heading]) -> tuple[Heading, ...]:
    return tuple(heading for heading in headings if heading.level in {2, 3})


def _percent(share: Decimal) -> str:
    """`40%`, `12.5%`."""
    text = f"{share:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
