"""What search engines are told about a page as JSON-LD, in schema.org's words (version 29).

Nodes are made from the course and say only what the page shows. A node without an address has no `url` and no
`@id`: both would have to be absolute.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from sitegen.addresses import HOME, LECTURES, READINGS, canonical
from sitegen.model import Course, Name, Paper, Session
from sitegen.patterns import regex
from sitegen.plan import Pattern

Node: TypeAlias = "Mapping[str, Node] | list[Node] | str | int"

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ONLINE = regex(r"\b(?:online|remote|virtual|zoom|teams|webex|meet\.google)\b|https?:", re.IGNORECASE)


def write_json_ld(nodes: Iterable[Node]) -> str:
    """The nodes as JSON that can stand in a `<script>`: nothing in it ends the element or opens a comment
    (HTML, "restrictions for contents of script elements").
    """
    graph = list(nodes)
    if not graph:
        return ""
    top: Mapping[str, Node] = {"@context": "https://schema.org", "@graph": graph}
    if len(graph) == 1 and isinstance(graph[0], Mapping):
        top = {"@context": "https://schema.org", **graph[0]}
    text = json.dumps(top, ensure_ascii=False, separators=(",", ":"))
    return _INERT.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


_INERT = regex("[<>&\u2028\u2029\ud800-\udfff]")


def list_nodes(course: Course, path: str, title: str) -> Iterator[Node]:
    """What is said on the page at `path`."""
    if path == HOME:
        yield course_node(course)
        return
    paper = course.papers_by_path.get(path)
    if paper:
        yield paper_node(course, paper)
    if course.base_url:
        yield breadcrumbs(course, path, title)


# --- the course ---------------------------------------------------------------------------------


def course_node(course: Course) -> Node:
    """Course with its one CourseInstance, the term's."""
    facts = course.facts
    words = facts.description or (course.home.description if course.home else "") or f"{facts.code}: {facts.title}"
    return _node(
        "Course",
        **_at(course, HOME, "course"),
        name=str(facts.title),
        courseCode=str(facts.code),
        description=words,
        inLanguage=facts.language,
        provider=_provider(course),
        hasCourseInstance=_instance(course),
    )


def _provider(course: Course) -> Node:
    if course.facts.institution:
        return _node("Organization", name=course.facts.institution)
    return _person(course, 0) if course.staff else ""


def _instance(course: Course) -> Node:
    term, facts = course.term, course.facts
    places = dict.fromkeys(pattern.place for pattern in (term.meets if term else ()) if pattern.place)
    places |= dict.fromkeys(session.place for session in course.sessions if session.place)
    return _node(
        "CourseInstance",
        name=", ".join(filter(None, (str(facts.code), facts.term))),
        courseMode=_mode(places),
        startDate=term.start.isoformat() if term else "",
        endDate=term.end.isoformat() if term else "",
        location=_few([_node("Place", name=place) for place in places]),
        instructor=_few([_person(course, number) for number in range(len(course.staff))]),
        courseSchedule=_few(list(_schedules(course))),
    )


def _mode(places: Iterable[str]) -> str:
    """`Onsite`, `Online` or `Blended`, the words that Google's guide has; nothing where no place is known."""
    kinds = {"Online" if _ONLINE.search(place) else "Onsite" for place in places}
    return "Blended" if len(kinds) == 2 else "".join(kinds)


def _person(course: Course, number: int) -> Node:
    """One of the staff. E-mail addresses stay out: they are for people."""
    person = course.staff[number]
    return _node("Person", name=person.name, jobTitle=person.role, url=person.url if ":" in person.url else "")


# --- the course's times -------------------------------------------------------------------------


def _schedules(course: Course) -> Iterator[Node]:
    """A Schedule for each pattern of meetings, and one for each class outside of them."""
    if course.term is None:
        return
    held = [session for session in course.sessions if session.kind != "cancelled"]
    told: set[tuple[dt.date, dt.time, dt.time]] = set()
    for pattern in course.term.meets:
        dates = list(_pattern_days(course, pattern))
        left_out = [date for date in dates if not _is_held(course, pattern, date)]
        told |= {(date, pattern.start, pattern.end) for date in dates if date not in left_out}
        yield _node(
            "Schedule",
            byDay=_few([f"https://schema.org/{_DAYS[day]}" for day in pattern.weekdays]),
            startTime=f"{pattern.start:%H:%M}",
            endTime=f"{pattern.end:%H:%M}",
            startDate=course.term.start.isoformat(),
            endDate=course.term.end.isoformat(),
            repeatFrequency="P1W",
            repeatCount=len(dates) - len(left_out),
            scheduleTimezone=course.facts.timezone.key or "UTC",
            exceptDate=_few([date.isoformat() for date in left_out]),
        )
    for session in held:
        start, end = session.start, session.end
        if (start.date(), start.time(), end.time()) not in told:
            yield _once(course, session)


def _pattern_days(course: Course, pattern: Pattern) -> Iterator[dt.date]:
    assert course.term
    for ordinal in range(course.term.start.toordinal(), course.term.end.toordinal() + 1):
        date = dt.date.fromordinal(ordinal)
        if date.weekday() in pattern.weekdays:
            yield date


def _is_held(course: Course, pattern: Pattern, date: dt.date) -> bool:
    """Whether the pattern's meeting of that day takes place; one for which nothing is planned yet does."""
    times = [
        (session.kind != "cancelled", session.start.time(), session.end.time())
        for session in course.sessions_by_date.get(date, ())
    ]
    if (True, pattern.start, pattern.end) in times:
        return True
    return not times and not any(days.first <= date <= days.last for days in course.breaks)


def _once(course: Course, session: Session) -> Node:
    """A class at a time of its own, as a schedule of one day."""
    day = session.start.date().isoformat()
    return _node(
        "Schedule",
        byDay=f"https://schema.org/{_DAYS[session.start.weekday()]}",
        startTime=f"{session.start:%H:%M}",
        endTime=f"{session.end:%H:%M}",
        startDate=day,
        endDate=session.end.date().isoformat(),
        repeatFrequency="P1W",
        repeatCount=1,
        scheduleTimezone=course.facts.timezone.key or "UTC",
    )


# --- papers ----------------------------------------------------------------------------------------


_TYPES = {"book": "Book", "proceedings": "Book", "phdthesis": "Thesis", "mastersthesis": "Thesis", "thesis": "Thesis"}
_VENUES = {"journal": "Periodical", "book": "Book"}


def paper_node(course: Course, paper: Paper) -> Node:
    """ScholarlyArticle, or the Book or Thesis that its entry says. `url` is this page, `sameAs` the paper itself."""
    elsewhere = [f"https://doi.org/{paper.doi}"] if paper.doi else []
    elsewhere += [f"https://arxiv.org/abs/{paper.arxiv}"] if paper.arxiv else []
    first, last = paper.pages
    return _node(
        _TYPES.get(paper.type, "ScholarlyArticle"),
        **_at(course, paper.path),
        headline=paper.title,
        name=paper.title,
        author=_few([_author(name) for name in paper.authors]),
        editor=_few([_author(name) for name in paper.editors]) if not paper.authors else "",
        datePublished=_date(paper),
        isPartOf=_node(_VENUES.get(paper.container, "CreativeWork"), name=paper.venue) if paper.venue else "",
        publisher=_node("Organization", name=paper.publisher) if paper.publisher else "",
        **({"pageStart": first, "pageEnd": last} if first and paper.type not in _TYPES else {}),
        sameAs=_few(elsewhere),
    )


def _author(name: Name) -> Node:
    """Who has one name only is an institution more often than a person: `DeepSeek-AI`."""
    if not name.first:
        return _node("Organization", name=name.full)
    return _node("Person", name=name.full, givenName=name.first, familyName=name.family)


def _date(paper: Paper) -> str:
    """`2023-10` or `2023` (ISO 8601); nothing for a year that isn't one, such as `to appear`."""
    if not re.fullmatch(r"\d{4}", paper.year, re.ASCII):
        return ""
    return f"{paper.year}-{paper.month:02}" if paper.month else paper.year


# --- where a page is ----------------------------------------------------------------------------


def breadcrumbs(course: Course, path: str, title: str) -> Node:
    """The way from the home page to the page at `path`, over the pages above it."""
    steps = [(HOME, str(course.facts.code)), *_above(course, path), (path, title)]
    return _node(
        "BreadcrumbList",
        itemListElement=[
            _node("ListItem", position=number, name=name, item=canonical(course.base_url, step))
            for number, (step, name) in enumerate(steps, 1)
        ],
    )


def _above(course: Course, path: str) -> Iterator[tuple[str, str]]:
    titles = {READINGS: "Readings", LECTURES: "Lectures"}
    folders = path.removesuffix("/index.html").split("/")[:-1]
    for depth in range(1, len(folders) + 1):
        parent = "/".join((*folders[:depth], HOME))
        title = titles.get(parent) or next((page.title for page in course.pages if page.path == parent), "")
        if title:
            yield parent, title


# --- nodes --------------------------------------------------------------------------------------


def _at(course: Course, path: str, fragment: str = "", keys: tuple[str, ...] = ("@id", "url")) -> dict[str, Node]:
    """`@id` and `url` of what is at `path`; nothing while the site's address isn't known."""
    if not course.base_url:
        return {}
    address = canonical(course.base_url, path)
    found = {"@id": f"{address}#{fragment}" if fragment else "", "url": address}
    return {key: found[key] for key in keys if found[key]}


def _node(kind: str, **values: Node) -> dict[str, Node]:
    """A node without the properties that have no value."""
    return {"@type": kind, **{name: value for name, value in values.items() if value not in ("", [], {})}}


def _few(values: Sequence[Node]) -> Node:
    """One value alone, several as a list."""
    return values[0] if len(values) == 1 else list(values)
