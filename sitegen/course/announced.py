"""What each announcement is known by, so that feed readers and permanent links keep it while the file is edited.

What was published before comes as a value; how it is read is `feeds`'.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from sitegen.model import Announcement
from sitegen.patterns import regex
from sitegen.texts import slugify, unique
from sitegen.values import replace

_NAME = regex(r"(\d{4}-\d{2}-\d{2})(?:\.(\d{1,4}))?", re.ASCII)
_ALIKE = 0.6
"""How much of two titles must agree for one to be the other, mended."""
_MANY, _LONG = 20, 200
"""Announcements of one day, and characters of a title, beyond which likeness isn't looked for."""


def name_announcements(written: Sequence[Announcement], known: Mapping[str, str]) -> list[Announcement]:
    """In the order written, with anchors and with numbers that stay when others are added, above or below.

    `known` are the names that were published, each with its announcement's title.
    One that has the same title, or nearly, or that alone is left of its day, keeps its number. The others count on from
    the oldest: the newest stands at the top of the file, unless its dates say that it grows downwards.
    """
    grows_down = bool(written) and written[0].date < written[-1].date
    taken: set[str] = set()
    named = [replace(a, id=a.given, given=a.given if _take(a.given, taken) else "") for a in written]
    named = [a if a.given else replace(a, id=unique(_anchor(a), taken)) for a in named]
    days: dict[dt.date, list[int]] = {}
    for place in range(len(named)) if grows_down else reversed(range(len(named))):
        if not named[place].given:
            days.setdefault(named[place].date, []).append(place)
    published, given = _by_day(known), _by_day({a.given: a.title for a in named})
    for day, places in days.items():
        free = {number: title for number, title in published.get(day, {}).items() if number not in given.get(day, {})}
        numbers = _number([named[place].title for place in places], free, given.get(day, {}))
        for place, number in zip(places, numbers, strict=True):
            named[place] = replace(named[place], number=number)
    return named


def _take(name: str, taken: set[str]) -> bool:
    """Whether an id was given and is the first of its kind; of two, the second is as good as none."""
    is_first = bool(name) and name not in taken
    taken.add(name)
    return is_first


def _anchor(announcement: Announcement) -> str:
    return f"{announcement.date}-{slugify(announcement.title)}".rstrip("-")


def _by_day(known: Mapping[str, str]) -> dict[dt.date, dict[int, str]]:
    days: dict[dt.date, dict[int, str]] = {}
    for name, title in known.items():
        match = _NAME.fullmatch(name)
        if match:
            with suppress(ValueError):  # a day that doesn't exist
                days.setdefault(dt.date.fromisoformat(match[1]), {})[int(match[2] or 1)] = title
    return days


def _number(titles: Sequence[str], known: Mapping[int, str], others: Iterable[int]) -> list[int]:
    """A day's announcements, the oldest first, to their numbers, of which none is one of `others`."""
    numbers: dict[int, int] = {}
    left = dict(sorted(known.items()))

    def keep(at: int, number: int) -> None:
        numbers[at] = number
        del left[number]

    for at, title in enumerate(titles):
        same = next((number for number, old in left.items() if old == title), None)
        if same is not None:
            keep(at, same)
    rest = [at for at in range(len(titles)) if at not in numbers]
    pairs = [(_compare(titles[at], old), at, number) for at in rest[:_MANY] for number, old in [*left.items()][:_MANY]]
    for likeness, at, number in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if at not in numbers and number in left and (likeness >= _ALIKE or len(titles) == len(known)):
            keep(at, number)
    largest = max((*known, *others, 0))
    for at in range(len(titles)):
        if at not in numbers:
            largest += 1
            numbers[at] = largest
    return [numbers[at] for at in range(len(titles))]


def _compare(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 1."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one[:_LONG], other[:_LONG]).ratio()
