"""The course's sessions and deadlines as calendar events: what each says, and under which UID.

How often an event has changed is `revisions`', how a line is written is `contentlines`'.

A session is an event from its start to its end. A deadline is one of a minute that starts when it is
due: lists of events show that time; one without an end is left out or made an hour long by some
calendars, so that what is due at 23:59 reaches into the next day; and RFC 5545 §3.8.2.2 wants an end that is
later than the start. Neither rings, that is for each reader to say. Breaks are no events: there is nothing
to go to.

A cancelled class says so in its title, too, because Outlook doesn't look at STATUS.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from sitegen.addresses import SCHEDULE, canonical, is_external, page_path
from sitegen.model import Course, Deadline, Reading, Session, SiteLink
from sitegen.outputs.contentlines import local_time, text
from sitegen.outputs.fragments import AT_ONCE, Fragments
from sitegen.outputs.paperlists import show_presenter
from sitegen.outputs.recipes import surroundings
from sitegen.outputs.theme import clock, day
from sitegen.texts import slugify
from sitegen.values import Value, replace

CANCELLED = "Cancelled: "
"""Begins the title of a class that doesn't meet."""
CLASS, UNNAMED, REVIEW, MILESTONE = "class", "tba", "review", "milestone"
"""Begin an event's UID: a session, one to be announced, a review's and a milestone's deadline."""
_LONGEST_ID, _LONGEST_TERM, _LONGEST_SCHOOL = 100, 80, 40
"""Octets of a UID's parts; RFC 7986 §5.3 asks for UIDs under 255."""
_DEADLINE = dt.timedelta(minutes=1)


class Event(Value):
    uid: str
    properties: Mapping[str, str]
    """Content lines, split before the value: `DTSTART;TZID=Europe/Paris` to `20260210T153000`. All but the UID
    and what tells its revision: two events are the same if these are."""
    is_unnamed: bool = False
    """A cancelled class that stands for whatever would have been held then: it has no topic and no id of its own."""

    @property
    def kind(self) -> str:
        return self.uid.partition("-")[0]

    @property
    def start(self) -> str:
        """The line that says when, with the time zone."""
        return next((f"{name}:{value}" for name, value in self.properties.items() if name.startswith("DTSTART")), "")


def list_events(course: Course, scope: str, fragments: Fragments = AT_ONCE) -> list[Event]:
    """The sessions and deadlines, each once. Their UIDs end with `scope`."""
    site = replace(surroundings(course), reviews=course.reviews)
    sessions = {session.id: session for session in course.sessions}

    def make(write: Callable[..., Event], *ingredients: object) -> Event:
        return fragments.make((scope, site, *ingredients), lambda: write(site, scope, *ingredients))

    classes = [make(_class, session) for session in course.sessions]
    return classes + [make(_due, item, sessions.get(item.session)) for item in course.deadlines]


def name_term(course: Course) -> str:
    """The course and its term, in which an id stands for one thing: `cmsc818q-spring-2026`. It has no dot."""
    name = slugify(f"{course.facts.code} {course.facts.term}") or slugify(str(course.facts.title)) or "course"
    return _short(name, _LONGEST_TERM)


def make_scope(course: Course) -> str:
    """What ends the UIDs of a new calendar: `cmsc818q-spring-2026.university-of-maryland.sitegen`.

    Two schools may teach a CS101 in one spring, and a UID belongs to one event in the world (RFC 5545 §3.8.4.7).
    """
    school = _short(slugify(course.facts.institution), _LONGEST_SCHOOL)
    return ".".join(filter(None, (name_term(course), school, "sitegen")))


def make_uid(kind: str, name: str, scope: str) -> str:
    """`class-serving@cmsc818q-spring-2026.university-of-maryland.sitegen`: it stays when the event moves."""
    return f"{kind}-{_short(name, _LONGEST_ID)}@{scope}"


def _short(name: str, longest: int) -> str:
    encoded = name.encode()
    if len(encoded) <= longest:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:12]
    return f"{encoded[: longest - 13].decode(errors='ignore')}-{digest}"


# --- classes ------------------------------------------------------------------------------------


def _class(course: Course, scope: str, session: Session) -> Event:
    is_cancelled = session.kind == "cancelled"
    code = " ".join(filter(None, (str(course.facts.code), session.label)))
    title = f"{code}: {session.topic}" if code and session.topic else session.topic or f"{code} class".strip()
    properties = {
        **_time("DTSTART", session.start),
        **_time("DTEND", session.end),
        "SUMMARY": text((CANCELLED if is_cancelled else "") + title),
    }
    if session.place:
        properties["LOCATION"] = text(session.place)
    is_unnamed = is_cancelled and not session.topic and re.fullmatch(r"cancelled(-\d+)?", session.id) is not None
    # What is the second cancelled line today was the first one yesterday.
    url = _on_schedule(course, "" if is_unnamed else session.id)
    tentative = course.term.tentative if course.term and not is_cancelled else ""
    properties |= _described(_paragraphs(session, course), tentative, url)
    properties["STATUS"] = "CANCELLED" if is_cancelled else "TENTATIVE" if tentative else "CONFIRMED"
    properties["TRANSP"] = "TRANSPARENT" if is_cancelled else "OPAQUE"
    kind = UNNAMED if session.kind == "tba" else CLASS
    return Event(make_uid(kind, session.id, scope), properties, is_unnamed)


def _paragraphs(session: Session, course: Course) -> Iterator[str]:
    """What the event says of the class."""
    if session.kind == "cancelled":
        yield f"This class is cancelled: {session.reason}" if session.reason else "This class is cancelled."
    if session.guest:
        names = (session.guest.name or "to be announced", session.guest.affiliation)
        yield f"Guest: {', '.join(filter(None, names))}"
    if session.note:
        yield session.note
    if session.review:
        yield f"Reviews are due {_when(session.review.due)}{_where(course)}"
    if session.required and session.kind != "cancelled":
        yield "\n".join(("Papers:", *(_paper(reading, course) for reading in session.required)))
    if session.optional and session.kind != "cancelled":
        yield "\n".join(("Optional:", *(_paper(reading, course) for reading in session.optional)))
    notes = [SiteLink("Lecture notes", page_path(session.lecture))] if session.lecture else []
    links = [_link(link, course) for link in (*notes, *session.links)]
    if any(links):
        yield "\n".join(filter(None, links))


def _paper(reading: Reading, course: Course) -> str:
    """The paper's title and venue, who presents it, and on a line of its own where it is."""
    paper = reading.paper
    words = f"- {paper.title}"
    where = paper.venue_short or paper.year
    words += f" ({where})" if where else ""
    presenter = show_presenter(reading.presenter, course.presentations.show)
    if presenter:
        words += f", presented by {presenter}"
    elif reading.open:
        words += ", waits for a presenter"
    targets = [*(target for _, target in paper.links), paper.path]
    address = next(filter(None, (_address(target, course) for target in targets)), "")
    return f"{words}\n  {address}" if address else words


# --- deadlines ----------------------------------------------------------------------------------


def _due(course: Course, scope: str, deadline: Deadline, session: Session | None) -> Event:
    """`session` is the one that a review is for."""
    is_review = deadline.kind == "review"
    name = deadline.session if is_review else deadline.id
    code = str(course.facts.code)
    url = _on_schedule(course, name)
    paragraphs = [f"Due {_when(deadline.due)}{_where(course) if is_review else ''}"]
    if is_review:
        papers = {reading.paper.key: reading for reading in session.required} if session else {}
        paragraphs.append("\n".join(_paper(papers[p.key], course) for p in deadline.papers if p.key in papers))
    if deadline.note:
        paragraphs.append(deadline.note)
    if deadline.page:
        paragraphs.append(_address(deadline.page.target, course, deadline.page.fragment))
    properties = {
        **_time("DTSTART", deadline.due),
        **_time("DTEND", deadline.due + _DEADLINE),
        "SUMMARY": text(f"{code} due: {deadline.what}" if code else f"Due: {deadline.what}"),
        **_described(paragraphs, "", url),
        "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
    }
    return Event(make_uid(REVIEW if is_review else MILESTONE, name, scope), properties)


# --- pieces -------------------------------------------------------------------------------------


def _time(name: str, moment: dt.datetime) -> dict[str, str]:
    """In local time with the zone's name, so that a class stays at its hour if the zone's rules change.

    A time that the clock skips is written as what the clock shows then: readers disagree on 2:30 in a night that has
    none.
    """
    shown = moment.astimezone(dt.UTC).astimezone(moment.tzinfo)
    return {f"{name};TZID={getattr(moment.tzinfo, 'key', 'UTC')}": local_time(shown)}


def _described(paragraphs: Iterator[str] | list[str], tentative: str, url: str) -> dict[str, str]:
    """The description; the address is its last line, too, because Google doesn't show URL."""
    words = "\n\n".join(filter(None, (*paragraphs, tentative, url)))
    properties = {"DESCRIPTION": text(words)} if words else {}
    return properties | ({"URL": url} if url else {})


def _when(moment: dt.datetime) -> str:
    """`Wed 11 Feb, noon`."""
    return f"{day(moment)}, {clock(moment)}".replace("\u00a0", " ")


def _where(course: Course) -> str:
    """Where reviews are handed in: ` in HotCRP: https://...`."""
    where = course.reviews.where if course.reviews else ""
    link = next((link for link in course.links if link.label == where), None)
    address = _address(link.target, course) if link else ""
    return (f" in {where}" if where else "") + (f": {address}" if address else "")


def _link(link: SiteLink, course: Course) -> str:
    address = _address(link.target, course, link.fragment)
    return f"{link.label}: {address}" if address else ""


def _on_schedule(course: Course, fragment: str) -> str:
    """The absolute address of a row of the schedule; empty when the site's own isn't known."""
    return _address(SCHEDULE, course, fragment)


def _address(target: str, course: Course, fragment: str = "") -> str:
    """The absolute address of a published path; empty for one that isn't known."""
    if not target or not (is_external(target) or course.base_url):
        return ""
    address = target if is_external(target) else canonical(course.base_url, target)
    return address + (f"#{quote(fragment)}" if fragment else "")
