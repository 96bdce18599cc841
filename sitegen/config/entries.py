"""The schedule's lines: a bare topic, or a mapping whose keys say what kind of line it is.

Which date a line gets isn't known here (`timetable`), nor what its papers and lecture are (`agenda`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sitegen import plan
from sitegen.config.fields import (
    BAD_VALUE,
    BOOL,
    COUNT,
    TEXT,
    ByShape,
    Findings,
    Key,
    ListOf,
    Parsed,
    Record,
    Schema,
    Table,
    Text,
)
from sitegen.config.forms import TARGET, TIMES, LinksType
from sitegen.config.phrases import parse_date
from sitegen.config.yamltree import Node, Pairs, Scalar
from sitegen.diagnostics import Located, Span
from sitegen.languages import English
from sitegen.texts import is_to_come
from sitegen.values import Value


def _pinned(text: str) -> dt.date | str:
    return plan.LAST if text.casefold() in ("last", "last class") else parse_date(text)


def _guest_named(text: str) -> plan.Guest:
    return plan.Guest("" if is_to_come(text) else text)


def _guest(name: str, span: Any, talk: str = "", url: str = "", **rest: str) -> plan.Guest:
    # `from` can't be the name of a parameter.
    return plan.Guest("" if is_to_come(name) else name, rest.get("from", ""), talk, url, span)


_GUEST = ByShape(
    Parsed(_guest_named, "a guest's name"),
    Record(
        "a guest",
        _guest,
        [
            Key("name", TEXT, "The guest's name, or tba.", True, "F. Zhao"),
            Key("from", TEXT, "Where the guest comes from."),
            Key("talk", TEXT, "The talk's title."),
            Key("url", TEXT, "The guest's page."),
        ],
    ),
)
_PAPERS = ListOf(
    Text(
        r"[^\s,;{}\"#%~\\@][^\s,;{}\"#%~\\]*",
        "the key of a paper in papers.bib",
        "Write the key alone, without @; several go in brackets: [first2020, second2021].",
    )
)
ID = Text(r"\w[\w.-]*", "an id of letters, digits, - and _", "Write it without spaces, such as project-check-in.")

_KEYS = [
    Key("topic", TEXT, "What the session is about.", example="Serving large language models"),
    Key("part", TEXT, "Opens a part of the course with this title; stands alone.", example="Training"),
    Key("guest", _GUEST, "A guest lecture: the name, or {name, from, talk}."),
    Key("cancelled", TEXT, "The class doesn't meet; says why. The date is used up."),
    Key("tba", COUNT, "This many sessions are still to be announced."),
    Key("id", ID, "A name that stays when the session moves or is renamed."),
    Key(
        "date",
        Parsed(_pinned, "a date such as 2026-03-24, or last"),
        "Pins the session to a date, or to the last meeting.",
    ),
    Key("extra", BOOL, "Meets outside the pattern, on its own date and time."),
    Key("time", TIMES, "The session's own time, such as 3:30-4:45pm."),
    Key("place", TEXT, "The session's own place."),
    Key("lecture", TEXT, "The lecture's file: how-to-read for content/lectures/how-to-read.md."),
    Key("read", _PAPERS, "The papers to read and review, by their keys in papers.bib."),
    Key("optional", _PAPERS, "Papers that help but aren't reviewed."),
    Key("present", Table(TEXT, "papers with their presenters"), "Who presents which paper; open for nobody yet."),
    Key("slides", TARGET, "The slides' address or path."),
    Key("video", TARGET, "The recording's address."),
    Key("links", LinksType(), "More links of this session, by label."),
    Key("note", TEXT, "A short remark shown with the session."),
]
_KNOWN = {key.name: key for key in _KEYS}
_SESSION: Record[dict[str, Any]] = Record("a session", lambda span, **given: given, _KEYS)
_KINDS = ("part", "cancelled", "tba", "guest", "topic")
"""The first of these that a line has says its kind."""
_UNNAMED = {"tba": English("To be announced"), "guest": English("Guest lecture")}
_YES, _NO = ("true", "yes"), ("false", "no")


class EntryType(Value):
    """One line of the schedule.

    One that can't be read keeps a meeting, so that no finding about dates comes from it.
    """

    def read(self, node: Node, findings: Findings) -> plan.PartHeading | plan.Entry | None:
        if isinstance(node, Scalar):
            return _bare(node, findings) or _announced_later(node)
        given = _SESSION.read(node, findings)
        line = None if given is None else _make_entry(node, given, findings)
        is_part = isinstance(node, Pairs) and any(key.text == "part" for key, _ in node.pairs)
        return line if line is not None or is_part else _announced_later(node)

    def schema(self) -> Schema:
        return {"anyOf": [TEXT.schema(), _SESSION.schema()]}


def _announced_later(node: Node) -> plan.Entry:
    return plan.Entry(kind="tba", topic=_UNNAMED["tba"], span=node.span)


def _bare(node: Scalar, findings: Findings) -> plan.PartHeading | plan.Entry | None:
    topic = Text(words="a topic").read(node, findings)
    if topic is None:
        return None
    if is_to_come(topic):
        return _announced_later(node)
    key, colon, rest = node.text.partition(":")
    if node.plain and colon and key in _KNOWN:
        message = f'There is no space after the colon, so this is a topic and not the key "{key}".'
        help = f"Write {key}: {rest.strip()}, with a plain space after the colon."
        findings.append(BAD_VALUE.at(node.span, message, help))
        return plan.PartHeading(Located(rest.strip(), node.span), node.span) if key == "part" else None
    return plan.Entry(kind="class", topic=str(topic), span=node.span)


def _make_entry(node: Node, given: dict[str, Any], findings: Findings) -> plan.PartHeading | plan.Entry | None:
    written = {key.text: (key, value) for key, value in node.pairs} if isinstance(node, Pairs) else {}
    kind = next((name for name in _KINDS if name in written and not _denied(written[name][1], name)), None)
    if kind is None:
        if written.keys() <= _KNOWN.keys():  # otherwise the unknown key is the mistake, and has been told
            start = Span(node.span.file, node.span.line, node.span.column)
            message = "This line of the schedule doesn't say what it is."
            findings.append(BAD_VALUE.at(start, message, "Give it a topic, part, guest, cancelled or tba."))
        # Its id and its papers are known all the same, and it takes a meeting.
        kind, key, value = "topic", Scalar(node.span, "", True), node
    else:
        key, value = written[kind]
    if kind not in given and kind in written:
        is_empty = isinstance(value, Scalar) and value.empty
        if is_empty and kind in ("topic", "part"):
            findings.append(BAD_VALUE.at(key.span, f'"{kind}" has no value.', f"Write {_KNOWN[kind].line}."))
        if kind == "part" or (kind == "tba" and not is_empty):
            return None
    if kind in ("part", "tba"):
        for other, (place, _) in written.items():
            if other != kind and other in _KNOWN:
                message = f'"{kind}" stands alone; "{other}" has no meaning beside it.'
                findings.append(BAD_VALUE.at(place.span, message, f'Give "{other}" a line of its own, or remove it.'))
    if kind == "part":
        return plan.PartHeading(given["part"], key.span)
    if given.get("extra") and not isinstance(given.get("date"), dt.date):
        if "date" in given or "date" not in written:
            message = "A session with extra: true needs its own date."
            findings.append(BAD_VALUE.at(written["extra"][0].span, message, "Add date: 2026-03-24, with its day."))
        return None
    guest = given.get("guest", plan.Guest() if kind == "guest" else None)
    reason = str(given.get("cancelled", ""))
    named = given.get("topic") or (guest and guest.talk)
    return plan.Entry(
        kind="class" if kind == "topic" else kind,
        topic=str(named) if named else _UNNAMED.get(kind, ""),
        span=key.span,
        id=given.get("id"),
        date=None if kind == "tba" else given.get("date"),
        date_span=written["date"][1].span if "date" in written else key.span,
        extra=kind != "tba" and given.get("extra", False),
        time=given.get("time"),
        place=str(given.get("place", "")),
        lecture=given.get("lecture"),
        read=given.get("read", ()),
        optional=given.get("optional", ()),
        present=given.get("present", ()),
        guest=guest,
        reason=reason if kind == "cancelled" and reason.casefold() not in _YES else "",
        note=given.get("note", ""),
        links=(*_own_links(written, given), *given.get("links", ())),
        count=given.get("tba", 1) if kind == "tba" else 1,
    )


def _denied(value: Node, name: str) -> bool:
    """`cancelled: no` says that it isn't."""
    return name == "cancelled" and isinstance(value, Scalar) and value.plain and value.text.casefold() in _NO


def _own_links(written: dict[str, tuple[Scalar, Node]], given: dict[str, Any]) -> list[plan.Link]:
    names = [name for name in ("slides", "video") if name in given]
    return [plan.Link(English(name.capitalize()), given[name], written[name][1].span) for name in names]
