"""Each page's Markdown, published beside it, and llms.txt, which lists them (https://llmstxt.org).

For those who read with a program: the author's own text where there is one, lists where a page is computed.
Addresses are absolute where the site's is known, so that a text can be copied elsewhere. What a page shows and
how is `pages`'.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TypeAlias

from sitegen.addresses import (
    ANNOUNCEMENTS,
    FEED,
    HOME,
    LECTURES,
    READINGS,
    SCHEDULE,
    SUBSCRIBE,
    canonical,
    is_external,
    link,
    markdown_path,
)
from sitegen.model import Course, Deadline, Page, Paper, Reading, Session, SiteLink
from sitegen.outputs.anchors import describe_file
from sitegen.outputs.calendars import FEEDS, has_events
from sitegen.outputs.fragments import Fragments
from sitegen.outputs.frames import Output
from sitegen.outputs.paperlists import list_authors, scheduled_papers, show_presenter
from sitegen.outputs.recipes import Recipe, Series, TextPage, lecture_course, surroundings, text_page
from sitegen.outputs.theme import Theme, clock, day, days, full_date, times
from sitegen.patterns import regex
from sitegen.plan import Days, Guest
from sitegen.texts import tidy
from sitegen.values import replace

Lines: TypeAlias = Iterator[str]

MANY_AUTHORS = 6
"""A longer list of authors is cut in the reading list; the paper's own text has all."""


# --- outputs ------------------------------------------------------------------------------------


def transcripts(course: Course, theme: Theme) -> Output:
    """`schedule/index.md` beside `schedule/index.html`, and so on."""
    with theme.fragments("transcripts", surroundings(course)) as fragments:
        computed = {
            HOME: _home(course),
            SCHEDULE: _schedule(course, fragments),
            READINGS: _readings(course, fragments),
            LECTURES: _lectures(course),
            ANNOUNCEMENTS: _announcements(course),
            SUBSCRIBE: _subscribe(course),
        }
        for path, lines in computed.items():
            yield markdown_path(path), _join(lines)


@Series
def texts(course: Course, theme: Theme) -> Iterator[Recipe]:
    """Beside each page that stands for itself, and each paper's."""
    site = surroundings(course)
    for page in course.lectures:
        yield Recipe(markdown_path(page.path), _lecture_text, (site, text_page(course, page)))
    for page in course.pages:
        yield Recipe(markdown_path(page.path), _page_text, (page,))
    for paper in course.papers.values():
        sessions = course.sessions_of_paper.get(paper.key, ())
        yield Recipe(markdown_path(paper.path), _paper_text, (site, paper, sessions))


def _lecture_text(theme: Theme, site: Course, text: TextPage) -> bytes:
    return _join(_lecture(lecture_course(site, text), text.page))


def _page_text(theme: Theme, page: Page) -> bytes:
    return _join(_written(page.title, page))


def _paper_text(theme: Theme, site: Course, paper: Paper, sessions: tuple[Session, ...]) -> bytes:
    return _join(_paper(replace(site, sessions_of_paper={paper.key: sessions}), paper))


def llms(course: Course, theme: Theme) -> Output:
    """llms.txt: what the course is, then its pages' Markdown by kind."""
    with theme.fragments("llms", surroundings(course)) as fragments:
        yield "llms.txt", _join(_contents(course, fragments))


def _join(lines: Iterable[str]) -> bytes:
    """The text of a file, without empty lines that repeat. In lists, the theme's spaces that don't break are plain."""
    text: list[str] = []
    for line in lines:
        if line or (text and text[-1]):
            text.append(tidy(line))
    return ("\n".join(text).strip("\n") + "\n").encode()


def _contents(course: Course, fragments: Fragments) -> Lines:
    facts = course.facts

    def entry(path: str, title: str, note: str = "") -> str:
        return f"- [{_md(title)}]({_to(course, markdown_path(path), 'llms.txt')}){f': {_md(note)}' if note else ''}"

    def paper_entry(paper: Paper) -> str:
        return entry(paper.path, paper.title, _source(paper))

    yield f"# {_md(f'{facts.code}: {facts.title}')}"
    yield ""
    yield f"> {_md(_about(course))}"
    yield ""
    yield from _facts(course, "llms.txt")
    yield ""
    yield "## Course"
    yield ""
    yield entry(HOME, str(facts.title), "what the class is about, staff, grading")
    yield entry(SCHEDULE, "Schedule", "dates, topics, papers and deadlines")
    if course.announcements:
        yield entry(ANNOUNCEMENTS, "Announcements", "newest first")
    for page in course.pages:
        yield entry(page.path, page.title, page.description)
    if course.lectures:
        yield from ("", "## Lectures", "", entry(LECTURES, "Lectures", "all of them by date"))
        for page in course.lectures:
            yield entry(page.path, page.title, page.description)
    if course.papers:
        yield from ("", "## Readings", "", entry(READINGS, "Readings", "in the order in which they are read"))
        for paper in course.papers.values():
            yield fragments.make((paper,), partial(paper_entry, paper))
    yield from ("", "## Optional", "", entry(SUBSCRIBE, "Calendar", "feeds to subscribe to"))
    files = {FEED: "announcements as an Atom feed"}
    files |= {feed.path: "calendar" for feed in FEEDS} if has_events(course) else {}
    files |= {"papers.bib": "the reading list as BibTeX"} if course.papers else {}
    for path, note in files.items():
        yield f"- [{path}]({_to(course, path, 'llms.txt')}): {note}"


# --- computed pages -----------------------------------------------------------------------------


def _home(course: Course) -> Lines:
    facts = course.facts
    yield f"# {_md(f'{facts.code}: {facts.title}')}"
    yield ""
    yield f"> {_md(_about(course))}"
    yield ""
    yield from _facts(course, HOME)
    if course.home:
        yield from ("", course.home.markdown)
    if course.grading:
        yield from ("", "## Grading", "")
        yield from (f"- {_md(item.label)}: {item.share.normalize():f}%" for item in course.grading)
    if course.links:
        yield from ("", "## Links", "")
        yield from (f"- {_anchor(course, item, HOME)}" for item in course.links)
    if course.announcements:
        yield from ("", "## Announcements", "")
        for item in course.announcements:
            where = _to(course, ANNOUNCEMENTS, HOME, item.name)
            yield f"- {full_date(item.date)}: [{_md(item.title)}]({where})"
    yield from ("", f"The schedule: {_to(course, SCHEDULE, HOME)}")


def _about(course: Course) -> str:
    facts = course.facts
    return facts.description or (course.home.description if course.home else "") or f"The course {facts.title}."


def _facts(course: Course, page: str) -> Lines:
    facts, term = course.facts, course.term
    if facts.term or facts.institution:
        yield f"- {_md(', '.join(filter(None, (facts.term, facts.institution))))}"
    for pattern in term.meets if term else ():
        names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        weekdays = "/".join(names[weekday] for weekday in pattern.weekdays)
        where = f", {pattern.place}" if pattern.place else ""
        label = f"{pattern.label}: " if pattern.label else ""
        yield f"- {_md(f'{label}{weekdays} {times(pattern.start, pattern.end)}{where}')}"
    if term:
        yield f"- {full_date(term.start)} to {full_date(term.end)}; all times are in the zone {facts.timezone.key}"
        if term.tentative:
            yield f"- {_md(term.tentative)}"
    for person in course.staff:
        name = f"[{_md(person.name)}]({_to(course, person.url, page)})" if person.url else _md(person.name)
        hours = f"office hours {person.office_hours}" if person.office_hours else ""
        yield f"- {', '.join(filter(None, (name, _md(person.role), _md(person.email), _md(hours))))}"


def _schedule(course: Course, fragments: Fragments) -> Lines:
    site = surroundings(course)
    yield from _heading("Schedule", course, SCHEDULE)
    part = None
    for item in _in_order(course):
        if isinstance(item, Session) and item.part != part and not item.extra:
            part = item.part
            yield from ("", f"## {_md(part)}", "") if part else ("",)
        if isinstance(item, Session):
            ingredients = (item, course.lecture_of(item))
            yield fragments.make(ingredients, partial(_session, site, *ingredients))
        elif isinstance(item, Deadline):
            note = f" ({_md(item.note)})" if item.note else ""
            page = item.page.target if item.page else ""
            what = f"[{_md(item.what)}]({_to(course, page, SCHEDULE)})" if page else _md(item.what)
            yield f"- **Due {day(item.due)}, {clock(item.due)}**: {what}{note}"
        else:
            yield f"- **{days(item.first, item.last)}**: {_md(item.name)}, no class"


def _in_order(course: Course) -> list[Session | Deadline | Days]:
    """Sessions, milestones and breaks by date; on one day, in this order."""
    found: list[Session | Deadline | Days] = [*course.sessions]
    found += [deadline for deadline in course.deadlines if deadline.kind == "milestone"]
    found += course.breaks

    def key(item: Session | Deadline | Days) -> tuple[object, ...]:
        if isinstance(item, Days):
            return (item.first, "")
        moment = item.start if isinstance(item, Session) else item.due
        return (moment.date(), moment.time().isoformat())

    return sorted(found, key=key)


def _session(course: Course, session: Session, page: Page | None) -> str:
    """`page` is the session's lecture."""
    return "\n".join(_describe(course, session, page))


def _describe(course: Course, session: Session, page: Page | None) -> Lines:
    topic = f"[{_md(session.topic)}]({_to(course, page.path, SCHEDULE)})" if page else _md(session.topic)
    when = ", ".join(filter(None, (day(session.start), times(session.start, session.end), _md(session.place))))
    if session.kind == "cancelled":
        reason = f" ({_md(session.reason)})" if session.reason else ""
        yield f"- **{when}**: {' '.join(filter(None, ('**cancelled**', topic)))}{reason}"
    else:
        yield f"- **{when}**: {topic}"
    if session.guest:
        yield f"  - Guest: {_guest(course, session.guest)}"
    for label, readings in (("Read", session.required), ("Optional", session.optional)):
        for reading in readings:
            yield f"  - {label}: {_reading(course, reading, SCHEDULE)}"
    if session.review:
        yield f"  - Reviews due {day(session.review.due)}, {clock(session.review.due)}"
    if session.links:
        yield f"  - {', '.join(_anchor(course, item, SCHEDULE) for item in session.links)}"
    if session.note:
        yield f"  - {_md(session.note)}"


def _guest(course: Course, guest: Guest) -> str:
    name = f"[{_md(guest.name)}]({_to(course, guest.url, SCHEDULE)})" if guest.name and guest.url else _md(guest.name)
    return ", ".join(filter(None, (name or "to be announced", _md(guest.affiliation))))


def _reading(course: Course, reading: Reading, page: str) -> str:
    paper = reading.paper
    name = f"[{_md(paper.title)}]({_to(course, paper.path, page)})"
    venue = f" ({_md(paper.venue_short or paper.year)})" if paper.venue_short or paper.year else ""
    who = show_presenter(reading.presenter, course.presentations.show)
    presented = f", presented by {_md(who)}" if who else ", waits for a presenter" if reading.open else ""
    return f"{name}{venue}{presented}"


def _readings(course: Course, fragments: Fragments) -> Lines:
    site = surroundings(course)
    yield from _heading("Readings", course, READINGS)
    scheduled = scheduled_papers(course)
    part = None
    for key in (*scheduled, *(key for key in course.papers if key not in scheduled)):
        heading = scheduled.get(key, "Further reading" if scheduled else "")
        if heading != part:
            part = heading
            yield from ("", f"## {_md(part)}", "") if part else ("",)
        paper = course.papers[key]
        first = next((session.start for session in course.sessions_of_paper.get(key, ())), None)
        yield fragments.make((paper, first), partial(_listed, site, paper, first))


def _listed(course: Course, paper: Paper, first: dt.datetime | None) -> str:
    """The paper's line in the reading list; it is read `first` then."""
    read = f" Read {day(first)}." if first else ""
    return f"- [{_md(paper.title)}]({_to(course, paper.path, READINGS)}). {_md(_source(paper))}.{read}"


def _source(paper: Paper) -> str:
    return ", ".join(filter(None, (list_authors(paper, MANY_AUTHORS), paper.venue_short or paper.year)))


def _lectures(course: Course) -> Lines:
    yield from _heading("Lectures", course, LECTURES)
    for page in course.lectures:
        sessions = course.sessions_of_lecture.get(page.source, ())
        when = f"{day(sessions[0].start)}: " if sessions else ""
        about = f". {_md(page.description)}" if page.description else ""
        yield f"- {when}[{_md(page.title)}]({_to(course, page.path, LECTURES)}){about}"


def _announcements(course: Course) -> Lines:
    yield from _heading("Announcements", course, ANNOUNCEMENTS)
    for item in course.announcements:
        yield from ("", f"## {item.date} {_md(item.title)}", "", item.markdown)


def _subscribe(course: Course) -> Lines:
    yield from _heading("Calendar", course, SUBSCRIBE)
    for feed in FEEDS if has_events(course) else ():
        yield f"- {feed.name or 'classes, review deadlines and milestones'}: {_to(course, feed.path, SUBSCRIBE)}"
    yield f"- announcements (Atom): {_to(course, FEED, SUBSCRIBE)}"


# --- pages of their own -------------------------------------------------------------------------


def _lecture(course: Course, page: Page) -> Lines:
    yield f"# {_md(page.title)}"
    yield ""
    for session in course.sessions_of_lecture.get(page.source, ()):
        when = ", ".join(filter(None, (full_date(session.start.date()), times(session.start, session.end))))
        yield f"- {when}{' (cancelled)' if session.kind == 'cancelled' else ''}"
        yield from (f"- {_anchor(course, item, page.path)}" for item in session.links)
        yield from (f"- Read: {_reading(course, reading, page.path)}" for reading in session.readings)
    yield from (f"- [{_md(describe_file(file))}]({_to(course, file.path, page.path)})" for file in page.files)
    yield ""
    yield page.markdown


def _written(title: str, page: Page) -> Lines:
    yield from (f"# {_md(title)}", "", page.markdown)


def _paper(course: Course, paper: Paper) -> Lines:
    yield f"# {_md(paper.title)}"
    yield ""
    yield _md(list_authors(paper, len(paper.authors or paper.editors) + 1))
    yield ""
    yield f"{_md(', '.join(filter(None, (paper.venue, paper.imprint, paper.year))))}."
    yield ""
    yield from (f"- [{_md(label)}]({_to(course, target, paper.path)})" for label, target in paper.links)
    for session in course.sessions_of_paper.get(paper.key, ()):
        where = _to(course, SCHEDULE, paper.path, session.id)
        yield f"- Read on {full_date(session.start.date())}: [{_md(session.topic)}]({where})"
    if paper.abstract:
        yield from ("", "## Abstract", "", _md(paper.abstract))
    if paper.note:
        yield from ("", "## Note", "", _md(paper.note))
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", paper.bibtex)), 3)
    yield from ("", "## BibTeX", "", f"{fence}bibtex", paper.bibtex.strip(), fence)


# --- pieces -------------------------------------------------------------------------------------


def _heading(title: str, course: Course, path: str) -> Lines:
    """The page's title, and what its author wrote above the list."""
    words = course.words.get(path)
    yield from (f"# {_md(title)}", "")
    if words and words.markdown:
        yield from (words.markdown, "")


def _anchor(course: Course, item: SiteLink, page: str) -> str:
    if not item.target:
        return f"{_md(item.label)}: to be announced"
    return f"[{_md(item.label)}]({_to(course, item.target, page, item.fragment)})"


def _to(course: Course, target: str, page: str, fragment: str = "") -> str:
    """The address as written on `page`; the brackets of a link's Markdown can't be in it."""
    if is_external(target) or not course.base_url:
        address = link(target, page, fragment)
    else:
        address = canonical(course.base_url, target) + (link(page, page, fragment) if fragment else "")
    return re.sub(r"[()\s<>]", lambda sign: f"%{ord(sign[0]):02X}", address)


_SIGNS = regex(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)|^#|^>|&(?=#?\w+;)|^[-+](?=\s)|(?<=~)~")
_SIGN, _FIRST_SIGNS = regex(r"[\\`*\[\]<_&~]"), frozenset("#>-+")
"""Without any of these, and of those at its beginning, a text is as it is: nearly all are, and that is soon known."""
_NUMBER = regex(r"^(\d+)([.)])(?=\s)")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
"""What a backslash doesn't take the meaning from in every kind of Markdown."""


def _md(text: str) -> str:
    """Text on one line whose signs aren't read as Markdown."""
    line = " ".join(text.split())
    if _SIGN.search(line) or line[:1] in _FIRST_SIGNS:
        line = _SIGNS.sub(lambda sign: _ENTITIES.get(sign[0]) or f"\\{sign[0]}", line)
    return _NUMBER.sub(r"\1\\\2", line) if line[:1].isdecimal() else line
