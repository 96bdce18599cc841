"""How often each event has changed since it was first published: SEQUENCE and its stamps (RFC 5545 §3.8.7).

There is no server that counts. What is known of earlier builds is the calendar as it was last published,
read back here: an event that says the same keeps its number and its stamps to the letter, one that says
something else counts on. What the files are and where they are kept isn't known here.

An event that is gone from the course stays in the feed as cancelled, so that calendars which keep what they
once read remove it. Some events would only confuse there, since others take their place or their time is
over: these are retired. Their numbers are kept in the feed, in lines that calendars pass over, for a UID that
comes back must not count from 0 again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from sitegen.outputs.contentlines import unfold
from sitegen.outputs.events import CANCELLED, CLASS, UNNAMED, Event
from sitegen.outputs.fragments import AT_ONCE, Fragments
from sitegen.patterns import regex
from sitegen.values import Value, field, replace

PRODUCT = "PRODID:-//sitegen//sitegen//EN"
RETIRED = "X-SITEGEN-RETIRED"
"""`X-SITEGEN-RETIRED:2 class-serving@...`: the last SEQUENCE of a UID that isn't in the feed."""
REMOVED = "Removed: "
"""Begins the title of an event that is gone from the course. Outlook shows it like any other."""
REMEMBERED_DAYS = 60
"""How long after its day a removed event stays in the feed."""
LARGEST = 2**31 - 2
"""A SEQUENCE that still can grow (§3.3.8)."""
_STAMP = regex(r"\d{8}T\d{6}Z")
_MAY_SAY = regex(r"(DTSTART|DTEND);TZID=[\w/+-]+|SUMMARY|LOCATION|DESCRIPTION|URL|STATUS|TRANSP")
_MUST_SAY = {"SUMMARY", "STATUS", "TRANSP"}
_LOCAL_TIME = regex(r"\d{8}T\d{6}")
_CONTROL = regex("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Revision(Value):
    """An event with its number."""

    event: Event
    sequence: int
    stamp: str
    """When it was last changed, as `20260210T120000Z`."""

    def lines(self) -> Iterator[str]:
        yield from ("BEGIN:VEVENT", f"UID:{self.event.uid}", f"SEQUENCE:{self.sequence}")
        yield from (f"DTSTAMP:{self.stamp}", f"LAST-MODIFIED:{self.stamp}")
        yield from (f"{name}:{value}" for name, value in self.event.properties.items())
        yield "END:VEVENT"


class Calendar(Value):
    """All events of a course, as published at one time."""

    revisions: Mapping[str, Revision] = field(factory=dict)
    """By UID."""
    retired: Mapping[str, int] = field(factory=dict)
    """The last SEQUENCE of UIDs that are in the feed no more."""

    @property
    def scope(self) -> str:
        """What ends all UIDs; empty when there are none."""
        return next((uid.rpartition("@")[2] for uid in (*self.revisions, *self.retired)), "")


# --- counting on --------------------------------------------------------------------------------


def revise(events: Sequence[Event], before: Calendar, stamp: str, today: dt.date, zone: str = "") -> Calendar:
    """The calendar with `events` after the one that was published before. In order of time, then of UID.

    `stamp` marks what is new or changed. `zone` begins the line that says when, for a course without any event.
    """
    wanted = _name_cancelled(events, before)
    revisions = {event.uid: _count_on(event, before, stamp) for event in wanted}
    retired = {uid: sequence for uid, sequence in before.retired.items() if uid not in revisions}
    held = {event.start for event in wanted if event.properties["STATUS"] != "CANCELLED"}
    zones = {_zone(event) for event in wanted} or {zone}
    for uid, old in before.revisions.items():
        if uid in revisions:
            continue
        if _is_shown(old.event, today, held) and _zone(old.event) in zones:
            revisions[uid] = _count_on(_removed(old.event), before, stamp)
        else:
            retired[uid] = old.sequence
    ordered = sorted(revisions.values(), key=lambda revision: (revision.event.start, revision.event.uid))
    return Calendar({revision.event.uid: revision for revision in ordered}, dict(sorted(retired.items())))


def _count_on(event: Event, before: Calendar, stamp: str) -> Revision:
    old = before.revisions.get(event.uid)
    if old is not None and old.event.properties == event.properties:
        return old
    if old is not None:
        return Revision(event, old.sequence + 1, max(stamp, old.stamp))
    return Revision(event, before.retired.get(event.uid, -1) + 1, stamp)


def _name_cancelled(events: Sequence[Event], before: Calendar) -> list[Event]:
    """The events, with classes that are cancelled without a name under the UIDs of those they stand for.

    `- Serving` that became `- cancelled: Instructor travels` is the published event `Serving`, cancelled, and
    no second one beside it. So an unnamed one takes the UID that its time had, if that isn't needed elsewhere.
    """
    named = [event for event in events if not event.is_unnamed]
    taken = {event.uid for event in named}
    gone = [old.event for uid, old in before.revisions.items() if uid not in taken and _is_class(uid)]
    free = {old.start: old for old in sorted(gone, key=_fitness)}
    standing: list[Event] = []
    alone: list[Event] = []
    for event in events:
        if event.is_unnamed:
            old = free.pop(event.start, None)
            if old is None:
                alone.append(event)
            else:
                standing.append(replace(event, uid=old.uid, properties=_titled_like(event, old)))
                taken.add(old.uid)
    for event in alone:
        name, at, course = event.uid.partition("@")
        number, uid = 1, event.uid
        while uid in taken:
            number += 1
            uid = f"{name}-{number}{at}{course}"
        taken.add(uid)
        standing.append(replace(event, uid=uid))
    return [*named, *standing]


def _is_class(uid: str) -> bool:
    return uid.startswith((f"{CLASS}-", f"{UNNAMED}-"))


def _fitness(old: Event) -> int:
    """Of several that had one time, the one that is cancelled there already stays it; one that was removed is last."""
    title = old.properties["SUMMARY"]
    return 2 if title.startswith(CANCELLED) else 0 if title.startswith(REMOVED) else 1


def _titled_like(event: Event, old: Event) -> Mapping[str, str]:
    if old.kind == UNNAMED:
        return event.properties
    title = old.properties["SUMMARY"].removeprefix(CANCELLED).removeprefix(REMOVED)
    return {**event.properties, "SUMMARY": CANCELLED + title}


def _is_shown(old: Event, today: dt.date, held: set[str]) -> bool:
    """Whether an event that is gone stays in the feed as cancelled.

    Not what was to be announced and now is, at that very time; nor what was over when it went, as a past topic
    whose wording is mended.
    """
    day = dt.date.fromisoformat(old.start.partition(":")[2][:8])
    if old.properties["STATUS"] == "CANCELLED":
        return today <= day + dt.timedelta(days=REMEMBERED_DAYS)
    return today <= day and not (old.kind == UNNAMED and old.start in held)


def _removed(old: Event) -> Event:
    """The event as cancelled; of one that is removed already, the same."""
    title = REMOVED + old.properties["SUMMARY"].removeprefix(REMOVED).removeprefix(CANCELLED)
    says = {"SUMMARY": title, "STATUS": "CANCELLED", "TRANSP": "TRANSPARENT"}
    return replace(old, properties={**old.properties, **says})


def _zone(event: Event) -> str:
    return event.start.partition(":")[0]


# --- reading back -------------------------------------------------------------------------------


_OPENS, _CLOSES = "BEGIN:VEVENT\n", "END:VEVENT\n"


def read_calendar(content: bytes, term: str, fragments: Fragments = AT_ONCE) -> Calendar | None:
    """A calendar that sitegen wrote for `term` of this course; None for anything else, be it damaged or another's."""
    try:
        return _read_calendar(unfold(content), term, fragments)
    except (ValueError, KeyError):
        return None


def _read_calendar(text: str, term: str, fragments: Fragments) -> Calendar:
    """Raises ValueError or KeyError for what `Revision.lines` doesn't write."""
    begin, end = "BEGIN:VCALENDAR\n", "END:VCALENDAR\n"
    if not text.startswith(begin) or not text.endswith(end):
        raise ValueError
    opening, *events = text.removesuffix(end).split(_OPENS)
    if f"\n{PRODUCT}\n" not in opening or not all(event.endswith(_CLOSES) for event in events):
        raise ValueError
    retired: dict[str, int] = {}
    for line in opening.split("\n"):
        name, _, value = line.partition(":")
        if name == RETIRED:
            number, _, uid = value.partition(" ")
            retired[_own(uid, term)] = _sequence(number)
    found = [fragments.make((term, event), partial(_read_event, event, term)) for event in events]
    revisions = {revision.event.uid: revision for revision in found}
    if len({uid.rpartition("@")[2] for uid in (*revisions, *retired)}) > 1:
        raise ValueError
    return Calendar(revisions, retired)


def _read_event(text: str, term: str) -> Revision:
    """The lines of an event, without the first."""
    properties: dict[str, str] = {}
    for line in text.removesuffix(_CLOSES).split("\n")[:-1]:
        name, colon, value = line.partition(":")
        if not colon or name in properties:
            raise ValueError
        properties[name] = value
    uid, sequence = _own(properties.pop("UID"), term), _sequence(properties.pop("SEQUENCE"))
    stamp = properties.pop("DTSTAMP")
    event = Event(uid, properties)
    if properties.pop("LAST-MODIFIED") != stamp or not _STAMP.fullmatch(stamp):
        raise ValueError
    if not all(map(_MAY_SAY.fullmatch, properties)) or not properties.keys() >= _MUST_SAY:
        raise ValueError
    start = event.start.partition(":")[2]
    if _CONTROL.search("".join(properties.values())) or not _LOCAL_TIME.fullmatch(start):
        raise ValueError
    dt.datetime.fromisoformat(start)
    return Revision(event, sequence, stamp)


def _own(uid: str, term: str) -> str:
    _, _, scope = uid.rpartition("@")
    if not (scope.startswith(f"{term}.") and scope.endswith(".sitegen")) or _CONTROL.search(uid):
        raise ValueError
    return uid


def _sequence(number: str) -> int:
    if not re.fullmatch(r"\d{1,10}", number, re.ASCII) or int(number) > LARGEST:
        raise ValueError
    return int(number)
