"""A time zone as a calendar file describes it: a VTIMEZONE (RFC 5545 §3.6.5), right for a span of years.

A change of the clock that comes each year on the same weekday is a rule, `RRULE:...BYDAY=2SU`, because
Outlook reads those and no list of dates (iCalcreator issues 86 and 106). Any other change stands alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from sitegen.outputs.contentlines import local_time, text
from sitegen.values import Value

_STEP = dt.timedelta(weeks=1)
"""No zone changes its clock twice in a week; Morocco's four weeks, for Ramadan, are the shortest."""
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Change(Value):
    """A change of the clock."""

    onset: dt.datetime
    """By the clock as it was before; naive."""
    before: dt.timedelta
    """What the clock was ahead of UTC."""
    after: dt.timedelta
    name: str
    """Of the time since: `EDT`."""


def describe_zone(zone: ZoneInfo, first: int, last: int) -> Iterator[str]:
    """The zone's content lines, right from the start of the year `first` to the end of the year `last`."""
    changes = list_changes(zone, first - 1, last + 1)
    yield from ("BEGIN:VTIMEZONE", f"TZID:{zone.key}")
    for group in _alike(changes):
        rule = _yearly(group, last - first + 3)
        if rule:
            yield from _observance(group[0], rule)
        else:
            for change in group:
                yield from _observance(change)
    if not any(change.onset.year < first for change in changes):
        start = dt.datetime(first - 1, 1, 1, tzinfo=zone)
        offset = start.utcoffset() or dt.timedelta()
        yield from _observance(Change(start.replace(tzinfo=None), offset, offset, start.tzname() or ""))
    yield "END:VTIMEZONE"


def list_changes(zone: ZoneInfo, first: int, last: int) -> list[Change]:
    """The changes of these years, both included, in order."""
    at = dt.datetime(first, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(last + 1, 1, 1, tzinfo=dt.UTC)
    changes = []
    before = _offset(zone, at)
    while at < end:
        at += _STEP
        after = _offset(zone, at)
        if after != before:
            moment = _first_with(zone, after, at - _STEP, at)
            onset = (moment + before).replace(tzinfo=None)
            changes.append(Change(onset, before, after, moment.astimezone(zone).tzname() or ""))
            before = after
    return [change for change in changes if change.onset.year <= last]


def _offset(zone: ZoneInfo, moment: dt.datetime) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta()


def _first_with(zone: ZoneInfo, offset: dt.timedelta, before: dt.datetime, after: dt.datetime) -> dt.datetime:
    """The first second after `before` at which the zone has the offset that it has at `after`."""
    while after - before > dt.timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (before, middle) if _offset(zone, middle) == offset else (middle, after)
    return after


def _alike(changes: Iterable[Change]) -> Iterator[Sequence[Change]]:
    """The changes by what they do, in which month, on which weekday and at which hour."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        at = change.onset
        key = (change.before, change.after, change.name, at.month, at.weekday(), at.time())
        groups.setdefault(key, []).append(change)
    yield from groups.values()


def _yearly(group: Sequence[Change], years: int) -> str:
    """The rule for changes of which each of `years` years has one: `FREQ=YEARLY;BYMONTH=3;BYDAY=2SU`, or nothing."""
    if len(group) != years:
        return ""
    from calendar import monthrange

    days = [change.onset for change in group]
    first = days[0]
    if all(day.day + 7 > monthrange(day.year, day.month)[1] for day in days):
        week = -1
    elif len({(day.day - 1) // 7 for day in days}) == 1:
        week = (first.day - 1) // 7 + 1
    else:
        return ""
    return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={week}{_WEEKDAYS[first.weekday()]}"


def _observance(change: Change, rule: str = "") -> Iterator[str]:
    """STANDARD or DAYLIGHT (§3.6.5). A clock that is put forward begins daylight time."""
    kind = "DAYLIGHT" if change.after > change.before else "STANDARD"
    yield from (f"BEGIN:{kind}", f"DTSTART:{local_time(change.onset)}")
    if rule:
        yield f"RRULE:{rule}"
    yield f"TZOFFSETFROM:{_utc_offset(change.before)}"
    yield f"TZOFFSETTO:{_utc_offset(change.after)}"
    if change.name:
        yield f"TZNAME:{text(change.name)}"
    yield f"END:{kind}"


def _utc_offset(offset: dt.timedelta) -> str:
    """`-0500`, `+0530`; seconds only where there are some (§3.3.14)."""
    sign = "-" if offset < dt.timedelta() else "+"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")
