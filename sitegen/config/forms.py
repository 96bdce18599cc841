"""Types of values that site.yaml uses in more than one place: meeting patterns, days, links, due dates.

They combine the plain types of `fields` with the phrases of `phrases`. Which key holds which is said
in `entries` (a line of the schedule) and `settings` (everything else).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from sitegen import plan
from sitegen.config.fields import BAD_VALUE, TEXT, ByShape, Findings, Key, OneOf, Parsed, Record, Schema, Table, Text
from sitegen.config.phrases import (
    OFFSET,
    Unreadable,
    days_of_offset,
    is_date_like,
    mend_offset,
    parse_colour,
    parse_date,
    parse_days,
    parse_meets,
    parse_times,
    parse_url,
    parse_weekdays,
)
from sitegen.config.yamltree import Items, Node, Pairs, Scalar
from sitegen.diagnostics import SEVERITIES, Located
from sitegen.texts import is_to_come, slugify
from sitegen.values import Value, replace

TIMES = Parsed(parse_times, "a start and an end such as 3:30-4:45pm")
WEB_ADDRESS = Parsed(parse_url, "a web address such as https://example.edu/course/")

# --- meetings -----------------------------------------------------------------------------------


def _pattern(
    days: tuple[int, ...], time: tuple[dt.time, dt.time], span: Any, place: str = "", label: str = ""
) -> plan.Pattern:
    return plan.Pattern(days, time[0], time[1], place, label, span)


_PATTERN = ByShape(
    Parsed(parse_meets, 'days, times and a place such as "Tue/Thu 3:30-4:45pm, IRB 1207"'),
    Record(
        "a meeting pattern",
        _pattern,
        [
            Key("days", Parsed(parse_weekdays, "days such as Tue/Thu"), "The weekdays.", True, "Tue/Thu"),
            Key("time", TIMES, "Start and end.", True, "3:30-4:45pm"),
            Key("place", TEXT, "The room."),
            Key("label", TEXT, "What kind of meeting it is, such as Lab."),
        ],
    ),
)


class MeetsType(Value):
    """The short form of one pattern, its long form, or a list of either."""

    def read(self, node: Node, findings: Findings) -> tuple[plan.Pattern, ...] | None:
        nodes = node.items if isinstance(node, Items) else (node,)
        patterns = [(_PATTERN.read(inner, findings), inner.span) for inner in nodes]
        if not patterns:
            message = "This list is empty, so the class never meets."
            findings.append(BAD_VALUE.at(node.span, message, "Write meets: Tue/Thu 3:30-4:45pm, IRB 1207."))
        known = tuple(replace(pattern, span=span) for pattern, span in patterns if pattern is not None)
        return known if len(known) == len(nodes) and known else None

    def schema(self) -> Schema:
        one = _PATTERN.schema()
        return {"anyOf": [*one["anyOf"], {"type": "array", "items": one, "minItems": 1}]}


class DaysTable(Value):
    """Days or ranges of days as keys, their names as values; a list of days, or of such pairs, works too."""

    single: bool = False
    """Ranges are refused."""

    def read(self, node: Node, findings: Findings) -> tuple[plan.Days, ...] | None:
        words = "a day such as 2026-03-25" + ("" if self.single else " or a range such as 2026-03-15 .. 2026-03-22")
        days = Parsed(parse_days, words)
        found = []
        for key, value in _written_days(node):
            span = days.read(key, findings)
            if span is None:
                continue
            if self.single and span[0] != span[1]:
                message = "This is more than one day."
                findings.append(BAD_VALUE.at(key.span, message, f"Give each day a line of its own: {span[0]}."))
                continue
            name = "" if value is None or (isinstance(value, Scalar) and value.empty) else TEXT.read(value, findings)
            found.append(plan.Days(*span, str(name or ""), key.span))
        return tuple(found)

    def schema(self) -> Schema:
        text = TEXT.schema()
        named = {"type": "object", "additionalProperties": {"type": [*text["type"], "null"]}}
        return {"anyOf": [named, {"type": "array", "items": {"anyOf": [text, named]}}, text]}


def _written_days(node: Node) -> list[tuple[Node, Node | None]]:
    written: list[tuple[Node, Node | None]] = []
    for inner in node.items if isinstance(node, Items) else (node,):
        if isinstance(inner, Pairs):
            written += inner.pairs
        else:
            written.append((inner, None))
    return written


# --- links --------------------------------------------------------------------------------------


TARGET = Parsed(lambda text: "" if is_to_come(text) else text, "an address, a path in content/, or tba")
"""Empty while it is to come."""


class LinksType(Value):
    """Labels with addresses; `tba` (or nothing) while an address isn't known."""

    def read(self, node: Node, findings: Findings) -> tuple[plan.Link, ...] | None:
        if not isinstance(node, Pairs):
            Table(TARGET, "labels with addresses").read(node, findings)
            return None
        links = []
        for key, value in node.pairs:
            empty = isinstance(value, Scalar) and value.empty
            target = "" if empty else TARGET.read(value, findings)
            if target is not None:
                links.append(plan.Link(key.text.strip(), target, key.span if empty else value.span))
        return tuple(links)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"type": ["string", "null"]}}


# --- due dates ----------------------------------------------------------------------------------

_DUE_WORDS = 'a date, "last class", a session\'s id, or "1 week after" one'


class DueType(Value):
    """`2026-03-24`, `last class`, `serving`, `1 week after serving`."""

    def read(self, node: Node, findings: Findings) -> plan.Due | None:
        text = Text(words=_DUE_WORDS).read(node, findings)
        if text is None:
            return None
        return Parsed(lambda written: _read_due(written, text), _DUE_WORDS).read(node, findings)

    def schema(self) -> Schema:
        return {"type": "string"}


def _read_due(text: str, located: Located) -> plan.Due:
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", text):
        return plan.Due(located, date=parse_date(text))
    if is_date_like(text):
        raise Unreadable(help="Write the date as 2026-02-03, year first; a time of day goes under at.")
    match = re.fullmatch(OFFSET + r"\s+(?P<anchor>\S.*)", text, re.IGNORECASE)
    days, anchor = (days_of_offset(match), match["anchor"]) if match else (0, text)
    plain = anchor.casefold().removeprefix("the ")
    if plain in ("last class", "first class"):
        return plan.Due(located, days=days, anchor=plain)
    if re.search(r"\s", anchor):
        mended = mend_offset(text)
        if match:
            help = f"A session is named by its id: {slugify(anchor)}."
        else:
            help = f'Did you mean "{mended}"?' if mended else "Write the date, such as 2026-02-03."
        raise Unreadable(help=help)
    return plan.Due(located, days=days, anchor=anchor)


# --- looks --------------------------------------------------------------------------------------


def _shade(text: str) -> plan.Shade:
    return plan.Shade(text if isinstance(text, Located) else Located(text, plan.NOWHERE), parse_colour(text))


def _one_accent(text: str) -> plan.Accent:
    shade = _shade(text)
    return plan.Accent(light=shade, span=shade.written.span)


_COLOUR = Parsed(_shade, 'a colour such as "#a3271f" or teal')

ACCENT = ByShape(
    Parsed(_one_accent, _COLOUR.words),
    Record(
        "the accent",
        plan.Accent,
        [
            Key("light", _COLOUR, "The colour on light pages.", example="teal"),
            Key("dark", _COLOUR, "The colour on dark pages; derived from the light one if not given."),
        ],
    ),
)
"""One colour, or one for each theme."""


def _one_logo(text: str) -> plan.Logo:
    path = text if isinstance(text, Located) else Located(text, plan.NOWHERE)
    return plan.Logo(light=path, span=path.span)


LOGO = ByShape(
    Parsed(_one_logo, "the path of an image in content/"),
    Record(
        "the logo",
        plan.Logo,
        [
            Key("light", TEXT, "The image's path in content/.", True, "images/logo.svg"),
            Key("dark", TEXT, "The image that dark pages show instead."),
            Key("alt", TEXT, "What the image says, for those who don't see it."),
        ],
    ),
)
"""One image, or one for each theme."""


# --- checks -------------------------------------------------------------------------------------


class ChecksType(Value):
    """Severity by slug; `off` silences one. Whether there is such a slug is known only when all rules are."""

    def read(self, node: Node, findings: Findings) -> dict[Located, str] | None:
        pairs = self._table().read(node, findings)
        return None if pairs is None else dict(pairs)

    def schema(self) -> Schema:
        return self._table().schema()

    def _table(self) -> Table[str]:
        return Table(OneOf((*SEVERITIES, "off")), "slugs with error, warning, note or off")
