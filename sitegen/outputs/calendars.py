"""The calendar feeds: every event in `calendar.ics`, the deadlines and the classes alone in one each.

What an event says is `events`', how often it has changed `revisions`'. No event has an alarm: when to be
reminded is each reader's own choice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial

from sitegen.addresses import SCHEDULE, canonical
from sitegen.model import Course
from sitegen.outputs.contentlines import text, utc_time, write_lines
from sitegen.outputs.events import CLASS, MILESTONE, REVIEW, UNNAMED, list_events, make_scope, name_term
from sitegen.outputs.fragments import AT_ONCE, Fragments
from sitegen.outputs.frames import Output
from sitegen.outputs.revisions import PRODUCT, RETIRED, Calendar, Revision, read_calendar, revise
from sitegen.outputs.theme import Theme
from sitegen.outputs.timezones import describe_zone
from sitegen.values import Value

REFRESH = "PT1H"
"""How often a calendar should look for changes: a class may be cancelled that morning."""


class Feed(Value):
    path: str
    name: str
    """What follows the course's name; empty for all of it."""
    kinds: frozenset[str]


FEEDS = (
    Feed("calendar.ics", "", frozenset({CLASS, UNNAMED, REVIEW, MILESTONE})),
    Feed("deadlines.ics", "deadlines", frozenset({REVIEW, MILESTONE})),
    Feed("classes.ics", "classes", frozenset({CLASS, UNNAMED})),
)
"""The first holds all that a later build needs to know."""


def feeds(course: Course, theme: Theme) -> Output:
    """The feeds of a course that has anything to put in them, be it that all which was published is cancelled."""
    with theme.fragments("calendar") as fragments:
        calendar = revise_course(course, fragments)
        if not calendar.revisions:
            return
        zone = write_lines(describe_zone(course.facts.timezone, *_years(calendar.revisions)))
        events = [
            (revision.event.kind, fragments.make(revision, partial(_write_event, revision)))
            for revision in calendar.revisions.values()
        ]
        for feed in FEEDS:
            shown = (lines for kind, lines in events if kind in feed.kinds)
            yield feed.path, b"".join((write_lines(_opening(feed, calendar, course)), zone, *shown, _END))


def has_events(course: Course) -> bool:
    return bool(course.sessions or course.deadlines)


def calendar_name(course: Course, feed: Feed) -> str:
    """`CMSC818Q Spring 2026: deadlines`."""
    name = " ".join(filter(None, (str(course.facts.code), course.facts.term))) or str(course.facts.title)
    return ": ".join(filter(None, (name, feed.name)))


def revise_course(course: Course, fragments: Fragments = AT_ONCE) -> Calendar:
    """The course's events, counted on from the first of the remembered calendars that is one of ours.

    At the first build nothing has changed, so the stamps are the day's, and two machines agree on them.
    """
    term = name_term(course)
    read = (read_calendar(content, term, fragments) for content in course.memory.calendars if content)
    before = next((calendar for calendar in read if calendar is not None), None)
    # UIDs stay as they were published, though the institution's name has changed since.
    scope = (before and before.scope) or make_scope(course)
    # By the course's own clock, so that it is never a time that is still to come.
    midnight = dt.datetime.combine(course.today, dt.time(), course.facts.timezone)
    moment = course.memory.now if before and course.memory.now else midnight
    zone = f"DTSTART;TZID={course.facts.timezone.key}"
    return revise(list_events(course, scope, fragments), before or Calendar(), utc_time(moment), course.today, zone)


def _write_event(revision: Revision) -> bytes:
    return write_lines(revision.lines())


_END = write_lines(("END:VCALENDAR",))


def _opening(feed: Feed, calendar: Calendar, course: Course) -> Iterator[str]:
    """What stands before the time zone and the events."""
    name, about = text(calendar_name(course, feed)), text(str(course.facts.title))
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", PRODUCT, "CALSCALE:GREGORIAN")
    yield from (f"NAME:{name}", f"X-WR-CALNAME:{name}")
    yield from (f"DESCRIPTION:{about}", f"X-WR-CALDESC:{about}")
    if course.base_url:
        yield f"URL:{canonical(course.base_url, SCHEDULE)}"
        yield f"SOURCE;VALUE=URI:{canonical(course.base_url, feed.path)}"
    yield f"X-WR-TIMEZONE:{course.facts.timezone.key}"
    yield from (f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}")
    if feed is FEEDS[0]:
        yield from (f"{RETIRED}:{sequence} {uid}" for uid, sequence in calendar.retired.items())


def _years(revisions: Mapping[str, Revision]) -> tuple[int, int]:
    """The first and the last year that has an event."""
    years = {int(revision.event.start.partition(":")[2][:4]) for revision in revisions.values()}
    return min(years), max(years)
