"""The small languages of site.yaml: days, times, shares, meeting patterns, relative dates.

Each function reads one phrase and raises ValueError, with a reason for the author where it knows
one. Nothing is known here about files, keys or courses.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from sitegen import plan
from sitegen.diagnostics import closest

# --- plain values -------------------------------------------------------------------------------


def parse_date(text: str) -> dt.date:
    """`2026-02-03`. Anything else, also `02/03/2026`, is refused: which is the month can't be known."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day") from None


def parse_time(text: str) -> dt.time:
    """`3:30pm`, `3pm`, `15:30`, `noon`, `midnight` (the day's last minute is `11:59pm`)."""
    words = {"noon": dt.time(12), "midnight": dt.time(0)}
    folded = text.casefold().replace(".", "").strip()
    if folded in words:
        return words[folded]
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?\s*(am|pm)?", folded)
    if not match or not (match[2] or match[3]):
        raise ValueError("")
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            raise ValueError("with am or pm, the hour goes from 1 to 12")
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError("there is no such time of day")
    return dt.time(hour, minute)


def parse_share(text: str) -> Decimal:
    """`10%`, `10` and `12.5 %` in percent."""
    try:
        share = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        raise ValueError("") from None
    if not share.is_finite() or not 0 <= share <= 100:
        raise ValueError("it must be between 0 and 100")
    return share


def parse_bool(text: str) -> bool:
    if text.casefold() in ("true", "yes", "on"):
        return True
    if text.casefold() in ("false", "no", "off"):
        return False
    raise ValueError("")


def parse_count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", text):
        raise ValueError("")
    return int(text)


# --- meetings ------------------------------------------------------------------------------------

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT_DAYS = {
    "tues": 1,
    "thur": 3,
    "thurs": 3,
    "weds": 2,
    "m": 0,
    "w": 2,
    "f": 4,
    "tu": 1,
    "th": 3,
    "t": 1,
    "r": 3,
}
_SHORT_DAYS |= {name[:3]: number for number, name in enumerate(_WEEKDAYS)}
_SHORT_DAYS |= {name: number for number, name in enumerate(_WEEKDAYS)}
_DAY_RUN = re.compile(r"(?:tu|th|m|t|w|r|f)+", re.IGNORECASE)
_TIMES = re.compile(
    r"(?P<start>\d{1,2}(?::\d{2})?\s*(?:am|pm)?|noon)\s*(?:-|–|—|to)\s*(?P<end>\d{1,2}(?::\d{2})?\s*(?:am|pm)?|noon)",
    re.IGNORECASE,
)


def parse_weekdays(text: str) -> tuple[int, ...]:
    """`Tue/Thu`, `Mon, Wed and Fri`, `MWF`, `TuTh`: weekday numbers in week order, Monday 0."""
    numbers: set[int] = set()
    for word in re.split(r"[\s/,&+]+|\band\b", text.casefold().replace(".", "")):
        if not word:
            continue
        if word in _SHORT_DAYS:
            numbers.add(_SHORT_DAYS[word])
        elif _DAY_RUN.fullmatch(word):
            numbers.update(_SHORT_DAYS[letters] for letters in re.findall(r"tu|th|m|t|w|r|f", word))
        else:
            raise ValueError(f'"{word}" isn\'t a day of the week')
    if not numbers:
        raise ValueError("it names no day of the week")
    return tuple(sorted(numbers))


def parse_times(text: str) -> tuple[dt.time, dt.time]:
    """`3:30-4:45pm`, `11am-12:15pm`, `15:30-16:45`. The first half takes am or pm from the second as sense demands."""
    match = _TIMES.fullmatch(text.strip())
    if not match:
        raise ValueError("")
    start_text, end_text = match["start"].strip(), match["end"].strip()
    end = _clock(end_text)
    half = end_text[-2:].casefold()
    if half in ("am", "pm") and start_text[-2:].casefold() not in ("am", "pm") and start_text.casefold() != "noon":
        start = _clock(start_text + half)
        if start >= end and half == "pm":
            start = _clock(start_text + "am")
    else:
        start = _clock(start_text)
    if start >= end:
        raise ValueError("it ends before it starts")
    return start, end


def _clock(text: str) -> dt.time:
    return parse_time(text if re.search(r"[:a-z]", text, re.IGNORECASE) else text + ":00")


def parse_meets(text: str) -> plan.Pattern:
    """`Tue/Thu 3:30-4:45pm, IRB 1207`: days, times, and after a comma the place."""
    match = _TIMES.search(text)
    if not match:
        raise ValueError("it has no times such as 3:30-4:45pm")
    place = text[match.end() :].strip()
    if place and place[0] not in ",;(":
        raise ValueError(f'after the times a comma is expected, not "{place}"')
    start, end = parse_times(match[0])
    return plan.Pattern(parse_weekdays(text[: match.start()]), start, end, place.strip(" ,;()"))


def parse_days(text: str) -> tuple[dt.date, dt.date]:
    """`2026-03-15 .. 2026-03-22` or one day; both ends included."""
    first, dots, last = (piece.strip() for piece in text.partition(".."))
    span = parse_date(first), parse_date(last if dots else first)
    if span[0] > span[1]:
        raise ValueError("it ends before it starts")
    return span


_UNITS = {"day": 1, "week": 7}
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
OFFSET = r"(?P<n>\d{1,3}|a|one|two|three|four|five|six|seven)\s+(?P<unit>day|week)s?\s+(?P<side>before|after)"


def days_of_offset(match: re.Match[str]) -> int:
    """Signed days of a match of OFFSET: `2 weeks before` to -14."""
    number = _NUMBERS.get(match["n"]) or int(match["n"])
    return number * _UNITS[match["unit"]] * (1 if match["side"] == "after" else -1)


def parse_offset(text: str) -> plan.Offset:
    """`1 day before`, `2 weeks after`, `same day`."""
    if text.casefold() in ("same day", "the same day", "that day"):
        return plan.Offset(0)
    match = re.fullmatch(OFFSET, text.casefold())
    if not match:
        raise ValueError("")
    return plan.Offset(days_of_offset(match))


@lru_cache(maxsize=8)
def load_zone(name: str) -> ZoneInfo:
    """A time zone from the tzdata package, never from the machine: the same course gives the same times everywhere."""
    from importlib.resources import files

    parts = name.split("/")
    if not all(re.fullmatch(r"[A-Za-z0-9_+-]+", part) for part in parts):
        raise ValueError("")
    try:
        with files("tzdata").joinpath("zoneinfo", *parts).open("rb") as source:
            return ZoneInfo.from_file(source, key=name)
    except (OSError, ValueError):
        raise ValueError(_near_zone(name)) from None


def _near_zone(name: str) -> str:
    from importlib.resources import files

    known = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    near = closest(name, known)
    return f'did you mean "{near}"?' if near else ""


def parse_url(text: str) -> str:
    """An absolute web address, given a closing slash."""
    if not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", text):
        raise ValueError("")
    return text.rstrip("/") + "/"
