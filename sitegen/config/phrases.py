"""The small languages of site.yaml: days, times, shares, meeting patterns, relative dates, time zones.

Each function reads one phrase, or raises `Unreadable` with what it knows of the reason. Nothing is
known here about files, keys or courses.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, lru_cache
from io import BytesIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sitegen import plan
from sitegen.colours import named_colours, read_colour
from sitegen.diagnostics import closest
from sitegen.patterns import regex

if TYPE_CHECKING:
    from decimal import Decimal


class Unreadable(ValueError):
    """The phrase isn't what was expected."""

    def __init__(self, reason: str = "", help: str = "") -> None:
        super().__init__(reason)
        self.help = help
        """A sentence with something to type; may be empty, as the reason may."""


# --- plain values -------------------------------------------------------------------------------

_YEARS = range(1900, 3000)
"""Arithmetic with days and zones stays far from the ends of the calendar."""


def parse_date(text: str) -> dt.date:
    """`2026-02-03`. Anything else, also `02/03/2026`, is refused: which is the month can't be known."""
    match = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text)
    if not match:
        raise Unreadable
    year, month, day = map(int, match.groups())
    if year not in _YEARS:
        raise Unreadable(f"the year must lie between {_YEARS[0]} and {_YEARS[-1]}")
    if not 1 <= month <= 12:
        raise Unreadable(f"there is no month {month}")
    try:
        date = dt.date(year, month, day)
    except ValueError:
        from calendar import month_name, monthrange

        raise Unreadable(f"{month_name[month]} {year} has {monthrange(year, month)[1]} days") from None
    if text != date.isoformat():
        raise Unreadable("month and day have two digits", f"Write {date.isoformat()}.")
    return date


_DATE_LIKE = regex(
    r"[0-9]{1,4}(/[0-9]{1,4}){1,2}|[0-9]{8}|[0-9]{1,2}([.-])[0-9]{1,2}\2[0-9]{4}"
    r"|[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T\s].*",
    re.IGNORECASE,
)


def is_date_like(text: str) -> bool:
    """`02/03/2026`, `20260203`, `2026-02-03T12:30`: meant as a date, though not written as one."""
    return _DATE_LIKE.fullmatch(text) is not None


def parse_time(text: str) -> dt.time:
    """`3:30pm`, `3 p.m.`, `15:30`, `noon`. A day's last minute is `11:59pm`."""
    if re.fullmatch(r"[0-9]{1,2}", text) and int(text) < 24:
        hour = int(text)
        help = f"Write {hour}am or {hour}pm." if 0 < hour < 12 else f"Write {hour:02}:00."
        raise Unreadable("it needs am, pm or minutes", "Write noon, or 12am." if hour == 12 else help)
    if re.fullmatch(r"[01][0-9][0-5][0-9]|2[0-3][0-5][0-9]", text):
        raise Unreadable("it has no colon", f"Write {text[:2]}:{text[2:]}.")
    times = _readings(text, bare_is_24_hours=True)
    return times[0]


def _readings(text: str, bare_is_24_hours: bool = False) -> list[dt.time]:
    """The times that `text` may mean: two for `3:30`, unless that is on the 24-hour clock; one otherwise."""
    folded = text.strip().casefold()
    if folded == "noon":
        return [dt.time(12)]
    if folded == "midnight":
        raise Unreadable(
            "midnight may begin the day or end it", "Write 11:59pm for the day's end, or 12am for its start."
        )
    match = re.fullmatch(r"([0-9]{1,2})(?::([0-9]{2}))?\s*(?:([ap])\.?m\.?)?", folded)
    if not match:
        raise Unreadable
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] and not 1 <= hour <= 12:
        raise Unreadable("with am or pm, the hour goes from 1 to 12")
    if hour > 23 or minute > 59:
        raise Unreadable("there is no such time of day", "The last minute of a day is 11:59pm." if hour == 24 else "")
    morning, evening = (dt.time(hour % 12 + half, minute) for half in (0, 12))
    if match[3]:
        return [morning if match[3] == "a" else evening]
    if bare_is_24_hours or hour == 0 or hour > 12 or match[1].startswith("0"):
        return [dt.time(hour, minute)]
    return [morning, evening]


def parse_share(text: str) -> Decimal:
    """`10%`, `10` and `12.5 %` in percent."""
    match = re.fullmatch(r"(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(?:%|percent)?", text)
    if not match:
        comma = re.fullmatch(r"([0-9]+),([0-9]+)\s*%?", text)
        raise Unreadable(help=f"Write {comma[1]}.{comma[2]}%, with a point." if comma else "")
    from decimal import Decimal

    share = Decimal(match[1])
    if not 0 <= share <= 100:
        raise Unreadable("it must be between 0% and 100%")
    return share


def parse_bool(text: str) -> bool:
    if text.casefold() in ("true", "yes", "on"):
        return True
    if text.casefold() in ("false", "no", "off"):
        return False
    raise Unreadable


def parse_count(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", text):
        raise Unreadable
    return int(text)


def parse_url(text: str) -> str:
    """An absolute web address without query and fragment, given a closing slash."""
    if re.fullmatch(r"(?i:https?)://[^\s/?#@]+(?:/[^\s?#]*)?", text):
        return text.rstrip("/") + "/"
    if re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s?#]*)?", text, re.IGNORECASE):
        raise Unreadable(help=f"Write https://{text}.")
    raise Unreadable("it has a ? or # in it" if re.match(r"(?i:https?)://[^\s]+[?#]", text) else "")


# --- meetings ------------------------------------------------------------------------------------

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LETTERS = {"m": 0, "t": 1, "w": 2, "r": 3, "f": 4}
_SHORT_DAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3, **_LETTERS}
_SHORT_DAYS |= {name.casefold()[:length]: n for n, name in enumerate(_WEEKDAYS) for length in (2, 3, len(name))}
_SHORT_DAYS |= {f"{name.casefold()}s": n for n, name in enumerate(_WEEKDAYS)}
_DAY_RUN = regex(r"mo|tu|we|th|fr|sa|su|m|t|w|r|f")
"""Letters that are written without a space between them: MWF, TuTh, TR, MoWeFr."""
_CLOCK = r"(?:[0-9]{1,2}(?::[0-9]{2})?(?:\s*[ap]\.?m\b\.?)?|noon|midnight)"
_TIMES = regex(rf"(?<![\w:.])(?P<start>{_CLOCK})\s*(?:-|–|—|to|until)\s*(?P<end>{_CLOCK})(?![\w:])", re.IGNORECASE)


def parse_weekdays(text: str) -> tuple[int, ...]:
    """`Tue/Thu`, `Mon, Wed and Fri`, `Tuesdays`, `MWF`, `TuTh`: weekday numbers in week order, Monday 0.

    A letter that stands twice for one day is refused: the second T of MTWTF means Thursday.
    """
    numbers: set[int] = set()
    by_letter: list[int] = []
    for word in re.split(r"[\s/,&+]+", text):
        folded = word.casefold().rstrip(".")
        if folded in ("", "and", "on", "every", "from", "at"):
            continue
        if folded in _SHORT_DAYS and folded not in _LETTERS:
            numbers.add(_SHORT_DAYS[folded])
        elif re.fullmatch(f"(?:{_DAY_RUN.pattern})+", folded):
            by_letter += [_SHORT_DAYS[letters] for letters in _DAY_RUN.findall(folded)]
        else:
            raise Unreadable(f'"{word}" isn\'t a day of the week', _days_help(folded))
    twice = next((number for number in by_letter if by_letter.count(number) > 1), None)
    if twice is not None:
        help = "Write Th for Thursday." if twice == 1 and 3 not in by_letter else "Name each day once."
        raise Unreadable(f"it names {_WEEKDAYS[twice]} twice", help)
    numbers.update(by_letter)
    if not numbers:
        raise Unreadable("it names no day of the week")
    return tuple(sorted(numbers))


def _days_help(word: str) -> str:
    if re.search("[-–—]", word):
        return "Name each day, such as Mon/Tue/Wed."
    near = closest(word, _WEEKDAYS)
    return f"Did you mean {near}?" if near else "The days are Mon, Tue, Wed, Thu, Fri, Sat and Sun."


def parse_times(text: str) -> tuple[dt.time, dt.time]:
    """`3:30-4:45pm`, `11:30-12:45pm`, `15:30-16:45`, `from 9:30 to 10:45`: start and end, on one day or in one night.

    What isn't said is filled in where only one reading makes a class: a half without am or pm takes
    the one that makes the shorter class, and with neither, a start from 8 to 12 is before noon or at
    noon. An earlier start could be in the morning or in the afternoon; it is refused.
    """
    match = _TIMES.fullmatch(text.strip().removeprefix("from "))
    if not match:
        raise Unreadable(help="Write when it starts and ends, such as 3:30-4:45pm.")
    is_midnight = match["end"].casefold() == "midnight"  # the end of a class is no riddle
    starts, ends = _readings(match["start"]), [dt.time()] if is_midnight else _readings(match["end"])
    if set(starts) & set(ends) and (len(ends) == 2 or "m" in match["end"].casefold()):
        # 10:00-22:00 says that it takes half a day; 10:00-10:00 is a slip.
        raise Unreadable("it ends when it starts", "Write when it ends, such as 3:30-4:45pm.")
    if len(starts) == 2 and len(ends) == 2:
        hour = starts[0].hour or 12
        if hour < 8:
            plain = f"{match['start'].strip()}-{match['end'].strip()}"
            reason = f"it doesn't say whether {match['start'].strip()} is in the morning or in the afternoon"
            raise Unreadable(reason, f"Write {plain}pm or {plain}am.")
        starts = [dt.time(hour, starts[0].minute)]
    if len(starts) == 2:
        # 4:45-1pm is no class that starts before dawn: it is written the wrong way round.
        sensible = [start for start in starts if start < ends[0] and (start.hour >= 6 or ends[0].hour < 12)]
        pairs = [(start, ends[0]) for start in sensible[-1:]]
    else:
        pairs = [(starts[0], end) for end in ends if end > starts[0]]
    pairs = pairs or [pair for start in starts for end in ends if _is_night(*(pair := (start, end)))]
    if not pairs:
        raise Unreadable("it ends before it starts")
    return pairs[0]


_EVENING, _LONGEST_NIGHT = 18, 6
"""Hours. A class that ends past midnight begins in the evening and is no longer; else it is written the wrong way
round."""


def _is_night(start: dt.time, end: dt.time) -> bool:
    """`23:30` to `00:30`: a class past midnight."""
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return start.hour >= _EVENING and end < start and minutes % (24 * 60) <= _LONGEST_NIGHT * 60


def parse_meets(text: str) -> plan.Pattern:
    """`Tue/Thu 3:30-4:45pm, IRB 1207`: days, times, and after a comma or `in` the place."""
    match = _TIMES.search(text)
    if not match:
        raise Unreadable("it has no start and end such as 3:30-4:45pm")
    days, rest = text[: match.start()].strip(), text[match.end() :].strip()
    start, end = parse_times(match[0])
    weekdays = parse_weekdays(days)
    if any(":" in other[0] or "m" in other[0].casefold() for other in _TIMES.finditer(rest)):
        raise Unreadable("it has more than one start and end", "Make it a list with one pattern a line.")
    place = re.fullmatch(r"(?:[,;(@]|(?:in|at)\s)\s*(?P<place>.*)", rest, re.IGNORECASE)
    if rest and not place:
        raise Unreadable("there is no comma before the place", f'Write "{days} {match[0]}, {rest}".')
    return plan.Pattern(weekdays, start, end, place["place"].strip(" ,;)") if place else "")


def parse_days(text: str) -> tuple[dt.date, dt.date]:
    """`2026-03-15 .. 2026-03-22` (also with `to` or a dash between spaces) or one day; both ends included."""
    first, *rest = re.split(r"\.{2,3}|…|–|—|(?<=\s)(?:to|-)(?=\s)", text, maxsplit=1)
    span = parse_date(first.strip()), parse_date((rest[0] if rest else first).strip())
    if span[0] > span[1]:
        raise Unreadable("it ends before it starts")
    return span


# --- colours ------------------------------------------------------------------------------------


_RGB = regex(r"rgba?\(\s*([0-9]{1,3})[\s,]+([0-9]{1,3})[\s,]+([0-9]{1,3})\s*\)", re.IGNORECASE)


def parse_colour(text: str) -> str:
    """`#a32`, `#A3271F` or one of CSS's names, to `#rrggbb`."""
    colour = read_colour(text)
    if colour:
        return colour
    help = 'Write red, green and blue as "#a3271f", in quotes.'
    digits = text.lstrip("#").casefold()
    if re.fullmatch("([0-9a-f]{3}){1,2}", digits):
        raise Unreadable("a # stands before its digits", f'Write "#{digits}", in quotes.')
    if re.fullmatch("[0-9a-f]{4}|[0-9a-f]{8}", digits) and text.startswith("#"):
        opaque = digits[: len(digits) * 3 // 4]
        raise Unreadable("text can't be see-through", f'Write "#{opaque}", without the part for transparency.')
    if text.startswith("#"):
        strange = next((digit for digit in digits if digit not in "0123456789abcdef"), "")
        count = f"it has {len(digits)} digits, and a colour has six, or three"
        raise Unreadable(f'"{strange}" is no hexadecimal digit' if strange else count, help)
    rgb = _RGB.fullmatch(text)
    if rgb and all(int(channel) < 256 for channel in rgb.groups()):
        digits = "".join(f"{int(channel):02x}" for channel in rgb.groups())
        raise Unreadable(help=f'Write "#{digits}", in quotes.')
    near = None if "(" in text else closest(re.sub(r"[\s_-]+", "", text), named_colours(), cutoff=0.75)
    raise Unreadable(help=f'Did you mean "{near}"?' if near else help)


# --- days from a session ------------------------------------------------------------------------

_UNITS = {"day": 1, "week": 7}
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
OFFSET = (
    r"(?P<n>[0-9]{1,3}|a|one|two|three|four|five|six|seven)\s+(?P<unit>day|week)s?\s+"
    r"(?P<side>before|after)"
)
"""Matched without regard to case."""


_MISSPELLED_OFFSET = regex(OFFSET.replace("before|after", r"\w+") + r"(?P<anchor>\s.*)?", re.IGNORECASE)


def mend_offset(text: str) -> str:
    """`2 days befor serving` to `2 days before serving`; empty when that isn't what is wrong with it."""
    match = _MISSPELLED_OFFSET.fullmatch(text)
    near = closest(match["side"], ("before", "after")) if match else None
    return text[: match.start("side")] + near + text[match.end("side") :] if match and near else ""


def days_of_offset(match: re.Match[str]) -> int:
    """Signed days of a match of OFFSET: `2 weeks before` to -14."""
    written = match["n"].casefold()
    number = _NUMBERS[written] if written in _NUMBERS else int(written)
    return number * _UNITS[match["unit"].casefold()] * (1 if match["side"].casefold() == "after" else -1)


def parse_offset(text: str) -> plan.Offset:
    """`1 day before`, `2 weeks after`, `same day`."""
    if text.casefold() in ("same day", "the same day", "that day"):
        return plan.Offset(0)
    match = re.fullmatch(OFFSET, text, re.IGNORECASE)
    if not match:
        mended = mend_offset(text)
        raise Unreadable(help=f'Did you mean "{mended}"?' if mended else "")
    return plan.Offset(days_of_offset(match))


# --- time zones ---------------------------------------------------------------------------------

_ABBREVIATIONS = {
    **dict.fromkeys(("ET", "EST", "EDT", "EASTERN"), "America/New_York"),
    **dict.fromkeys(("CT", "CST", "CDT", "CENTRAL"), "America/Chicago"),
    **dict.fromkeys(("MT", "MST", "MDT", "MOUNTAIN"), "America/Denver"),
    **dict.fromkeys(("PT", "PST", "PDT", "PACIFIC"), "America/Los_Angeles"),
    "BST": "Europe/London",
    **dict.fromkeys(("CET", "CEST", "MEZ"), "Europe/Berlin"),
}
"""Some of them are names of zones, too, but EST is five hours behind UTC in summer as well."""


@lru_cache(maxsize=8)
def load_zone(name: str) -> ZoneInfo:
    """A time zone from the tzdata package, never from the machine: the same course gives the same times everywhere."""
    if name.upper() in _ABBREVIATIONS:
        place = _ABBREVIATIONS[name.upper()]
        raise Unreadable("an abbreviation doesn't say when the clocks change", f'Write the place, such as "{place}".')
    if name not in _zone_names():
        near = closest(name.replace(" ", "_"), _zone_names()) if "/" in name else None
        raise Unreadable(help=f'Did you mean "{near}"?' if near else "Write the continent and the nearest large city.")
    return ZoneInfo.from_file(BytesIO(_read_tzdata(f"zoneinfo/{name}")), key=name)


@cache
def _zone_names() -> frozenset[str]:
    """Compared before a file is opened: some disks would take `america/new_york` for a name, others wouldn't."""
    return frozenset(_read_tzdata("zones").decode().split())


def _read_tzdata(path: str) -> bytes:
    from pkgutil import get_data  # `importlib.resources` loads what reads zip files and makes temporary ones

    content = get_data("tzdata", path)
    assert content is not None  # the package's loader can read files, as all that installers leave
    return content
