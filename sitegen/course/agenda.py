"""Sessions and deadlines: the timetable's slots with their lectures, papers, presenters and reviews.

Dates come ready from `timetable`; here names become the things they stand for, and a name that
stands for nothing is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sitegen.addresses import CONTENT
from sitegen.course.deadlines import check_review_hour, review_due
from sitegen.course.references import unknown_paper
from sitegen.course.timetable import Slot, Timetable
from sitegen.diagnostics import Diagnostic, Located, Related, Rule, closest
from sitegen.languages import English
from sitegen.model import Deadline, Paper, Reading, Session, SiteLink
from sitegen.plan import Entry, Guest, Settings
from sitegen.texts import is_to_come
from sitegen.values import Value, replace

UNKNOWN_LECTURE = Rule(
    "unknown-lecture",
    "error",
    "The schedule names a lecture that has no file in content/lectures/.",
    wrong="- {topic: Serving, lecture: llm-servign}",
    right="- {topic: Serving, lecture: llm-serving}",
)
NOT_READ_THEN = Rule(
    "not-read-then",
    "error",
    "A presenter is given for a paper that isn't among the session's papers.",
    wrong="read: [a2020]\npresent: {b2021: Ada}",
    right="read: [a2020, b2021]\npresent: {b2021: Ada}",
)
READ_TWICE = Rule(
    "read-twice",
    "error",
    "One session lists the same paper twice, so its review and its presenter would be counted twice, too.",
)
OPEN = "open"
WAITING = (OPEN, "tba", "tbd", "to be announced")
"""What stands for a presenter who isn't known yet."""


class Shelf(Value):
    """What the schedule's names can stand for."""

    papers: Mapping[str, Paper]
    lectures: frozenset[str]
    """Source paths of the lectures that are published."""
    unpublished: frozenset[str]
    """Source paths of drafts and pages of the future."""
    link: Callable[[str, Located | None], SiteLink | None]
    """A label and an address or path in content/ to a link; None after a finding."""


def list_sessions(
    settings: Settings, timetable: Timetable, shelf: Shelf, findings: list[Diagnostic]
) -> tuple[Session, ...]:
    """In order of date."""
    return tuple(_session(slot, settings, shelf, findings) for slot in timetable.slots)


def list_deadlines(
    settings: Settings, timetable: Timetable, sessions: tuple[Session, ...], shelf: Shelf
) -> tuple[Deadline, ...]:
    """Reviews and milestones, in order of time."""
    reviews = [session.review for session in sessions if session.review]
    milestones = [
        Deadline(
            id=milestone.id,
            what=str(milestone.rule.what),
            due=milestone.due,
            kind="milestone",
            session=milestone.session,
            page=shelf.link("", milestone.rule.page) if milestone.rule.page else None,
            note=str(milestone.rule.note),
            span=milestone.rule.span,
        )
        for milestone in timetable.milestones
    ]
    return tuple(sorted([*reviews, *milestones], key=lambda deadline: (deadline.due, deadline.id)))


def check_unplaced(
    settings: Settings, timetable: Timetable, shelf: Shelf, findings: list[Diagnostic]
) -> frozenset[str]:
    """The ids of lines without a meeting, which was said; what they name is looked at all the same.

    Deadlines' pages are looked at here, too, for a deadline that is counted from such a line has no date.
    """
    placed = [milestone.rule for milestone in timetable.milestones]
    for rule in settings.deadlines:
        if rule.page and rule not in placed:
            shelf.link("", rule.page)
    for line in timetable.unplaced:
        _lecture(line.entry, shelf, findings)
        _readings(line.entry, settings, shelf, findings)
        _links(line.entry, shelf)
    return frozenset(line.id for line in timetable.unplaced)


def _links(entry: Entry, shelf: Shelf) -> tuple[SiteLink, ...]:
    links = (shelf.link(link.label, Located(link.target, link.span)) for link in entry.links)
    return tuple(link for link in links if link is not None)


def _guest(entry: Entry, shelf: Shelf) -> Guest | None:
    """The guest, whose address is absolute or a published path."""
    guest = entry.guest
    if guest is None or not isinstance(guest.url, Located):
        return guest
    link = None if is_to_come(guest.url) else shelf.link("", guest.url)
    return replace(guest, url=link.target if link else "")


def _session(slot: Slot, settings: Settings, shelf: Shelf, findings: list[Diagnostic]) -> Session:
    entry, meeting = slot.entry, slot.meeting
    readings = _readings(entry, settings, shelf, findings)
    session = Session(
        id=slot.id,
        kind=entry.kind,
        topic=entry.topic,
        start=meeting.start,
        end=meeting.end,
        place=meeting.place,
        week=slot.week,
        part=slot.part,
        label=meeting.label,
        extra=entry.extra,
        lecture=_lecture(entry, shelf, findings),
        readings=readings,
        guest=_guest(entry, shelf),
        reason=entry.reason,
        note=entry.note,
        links=_links(entry, shelf),
        span=entry.span,
    )
    return _with_review(session, slot, settings, findings)


def _with_review(session: Session, slot: Slot, settings: Settings, findings: list[Diagnostic]) -> Session:
    papers = tuple(reading.paper for reading in session.required)
    if settings.reviews is None or not papers or session.kind == "cancelled":
        return session
    skipped = check_review_hour(settings.reviews, slot.meeting, settings.course.timezone, session.topic)
    findings += [skipped] if skipped else []
    deadline = Deadline(
        id=f"review-{session.id}",
        what=English("Review: " if len(papers) == 1 else "Reviews: ", session.topic),
        due=review_due(settings.reviews, slot.meeting, settings.course.timezone),
        kind="review",
        session=session.id,
        papers=papers,
        span=session.span,
    )
    return replace(session, review=deadline)


def _lecture(entry: Entry, shelf: Shelf, findings: list[Diagnostic]) -> str:
    if entry.lecture is None:
        return ""
    name = str(entry.lecture)
    folder = f"{CONTENT}lectures/"
    source = name if name.startswith(folder) else folder + name.removeprefix("lectures/")
    source = source if source.endswith(".md") else f"{source}.md"
    if source in shelf.lectures:
        return source
    if source not in shelf.unpublished:
        names = {path.removeprefix(folder).removesuffix(".md") for path in shelf.lectures}
        near = closest(name, names)
        message = f'The lecture "{name}" has no file: {source} doesn\'t exist.'
        help = f'Did you mean "{near}"?' if near else f"Create {source}, or remove the key."
        findings.append(UNKNOWN_LECTURE.at(entry.lecture.span, message, help))
    return ""


def _readings(entry: Entry, settings: Settings, shelf: Shelf, findings: list[Diagnostic]) -> tuple[Reading, ...]:
    presenters = _presenters(entry, shelf, findings)
    waits = settings.presentations.given and entry.lecture is None
    """In a discussion, a paper without a presenter waits for one; an overview's papers aren't presented."""
    readings: dict[str, Reading] = {}
    spans: dict[str, Located] = {}
    for key, required in [*((key, True) for key in entry.read), *((key, False) for key in entry.optional)]:
        paper = shelf.papers.get(str(key))
        if paper is None:
            findings.append(unknown_paper(str(key), key.span, shelf.papers))
        elif str(key) in spans:
            related = [Related(spans[str(key)].span, "first listed here")]
            message = f'"{key}" is listed twice in this session.'
            findings.append(READ_TWICE.at(key.span, message, "Remove one of the two.", related))
        else:
            spans[str(key)] = key
            given = presenters.get(str(key))
            name = str(given) if given is not None else OPEN if waits and required else ""
            is_open = name.casefold() in WAITING
            presenter_span = given.span if given is not None else key.span
            presenter = "" if is_open else name
            readings[str(key)] = Reading(paper, required, presenter, is_open, key.span, presenter_span)
    return tuple(readings.values())


def _presenters(entry: Entry, shelf: Shelf, findings: list[Diagnostic]) -> dict[str, Located]:
    listed = {str(key) for key in (*entry.read, *entry.optional)}
    # Where a listed key is misspelled, and is told, the presenter's is likely the right one.
    is_sound = listed <= shelf.papers.keys()
    for key, _ in entry.present:
        if str(key) not in listed and is_sound:
            near = closest(str(key), listed)
            message = f'A presenter is given for "{key}", which isn\'t read in this session.'
            help = f'Did you mean "{near}"?' if near else "Add the paper to read:, or remove its presenter."
            findings.append(NOT_READ_THEN.at(key.span, message, help))
    return {str(key): name for key, name in entry.present}
