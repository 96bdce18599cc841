"""A small course's calendar feeds for tests: built in memory, and read back by a library that isn't ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import icalendar

from sitegen.diagnostics import has_errors
from sitegen.folders.disk import Tree
from sitegen.intake import Options, read_course_model
from sitegen.model import Course
from sitegen.outputs.calendars import feeds
from tests.sample import theme

BIB = """\
@inproceedings{orca, title={Orca: Serving, Fast}, author={Yu, Gyeong-In}, booktitle={OSDI}, year=2022, url={https://example.org/orca.pdf}}
@article{zero, title={ZeRO}, author={Rajbhandari, Samyam}, journal={SC}, year=2020}
"""
HEAD = """\
course:
  code: {code}
  title: Systems
  term: Spring 2026
  timezone: {zone}
  url: {url}
term:
  start: 2026-01-27
  end: 2026-03-12
  meets: Tue/Thu 3:30-4:45pm, {room}
reviews: {{due: 1 day before, at: noon}}
schedule:
"""
NOW = dt.datetime(2026, 2, 3, 15, 0, 5, tzinfo=dt.UTC)
Feeds = Mapping[str, bytes]


def site_yaml(schedule: Sequence[str], deadlines: Sequence[str] = (), **facts: str) -> str:
    """site.yaml with these lines of the schedule and of deadlines."""
    given = {"code": "CS101", "zone": "America/New_York", "url": "https://example.edu/cs101/", "room": "Room 1"}
    lines = [f"  - {line}\n" for line in schedule]
    due = ["deadlines:\n", *(f"  - {line}\n" for line in deadlines)] if deadlines else []
    return HEAD.format(**{**given, **facts}) + "".join([*lines, *due])


def read_model(site: str, **options: Any) -> Course:
    tree = Tree({"papers.bib": BIB.encode(), "site.yaml": site.encode()}, {})
    read = read_course_model(tree, Options(**{"now": NOW, **options}))
    assert read.course is not None
    assert not has_errors(read.findings), [finding.message for finding in read.findings]
    return read.course


def publish(
    schedule: Sequence[str], before: Feeds | None = None, deadlines: Sequence[str] = (), **given: Any
) -> dict[str, bytes]:
    """The feeds of the course with this schedule, after those published `before`."""
    facts = {name: given.pop(name) for name in ("code", "zone", "url", "room") if name in given}
    calendars = (before["calendar.ics"],) if before else ()
    course = read_model(site_yaml(schedule, deadlines, **facts), **{"calendars": calendars, **given})
    return dict(feeds(course, theme()))


def parse(feed: bytes | str, component: Any = icalendar.Calendar) -> Any:
    """What the library reads, without its types: any property may be one of thirty."""
    return component.from_ical(feed)


def read(feed: bytes) -> dict[str, Any]:
    """The events by UID, each of which is there once."""
    calendar = parse(feed)
    assert calendar.errors == []
    events = {str(event["UID"]): event for event in calendar.events}
    assert len(events) == len(calendar.events)
    return events


def names(feeds: Feeds) -> dict[str, Any]:
    """The events of calendar.ics by the part of the UID before the course: `class-serving`."""
    return {uid.partition("@")[0]: event for uid, event in read(feeds["calendar.ics"]).items()}


def sequence(event: Any) -> int:
    return int(event["SEQUENCE"])


def blocks(feed: bytes) -> dict[str, list[str]]:
    """The lines of each event by UID. A library takes a hundred times as long."""
    text = feed.decode().replace("\r\n ", "")
    events = [block.partition("END:VEVENT")[0].splitlines() for block in text.split("BEGIN:VEVENT\r\n")[1:]]
    found = {line.removeprefix("UID:"): event for event in events for line in event if line.startswith("UID:")}
    assert len(found) == len(events)
    return found


STAMPS = {"SEQUENCE", "DTSTAMP", "LAST-MODIFIED"}


def content(event: Any) -> dict[str, bytes | str]:
    """All that an event says but when and how often it changed."""
    return {
        name: value.to_ical() for name, value in event.property_items() if name not in {*STAMPS, "BEGIN", "END"}
    } | {f"{name} zone": str(event[name].params.get("TZID")) for name in ("DTSTART", "DTEND")}
