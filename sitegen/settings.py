"""site.yaml to `plan.Settings`: the keys, their types, the few small languages in their values.

No dates are computed and no other file is known here. `SITE` is the whole format as one value: it
reads a course and gives the JSON Schema that editors use.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from sitegen import plan
from sitegen.diagnostics import SEVERITIES, Diagnostic, Rule, Span
from sitegen.fields import (
    BAD_VALUE,
    BOOL,
    COUNT,
    DATE,
    SHARE,
    TEXT,
    TIME,
    ByShape,
    Findings,
    Key,
    ListOf,
    OneOf,
    Parsed,
    Record,
    Schema,
    Table,
    Text,
)
from sitegen.phrases import (
    OFFSET,
    days_of_offset,
    load_zone,
    parse_date,
    parse_days,
    parse_meets,
    parse_offset,
    parse_times,
    parse_url,
    parse_weekdays,
)
from sitegen.texts import decode
from sitegen.yamltree import Items, Located, Node, Pairs, Scalar, read_yaml

SITE_FILE = "site.yaml"

NO_SITE_YAML = Rule(
    "no-site-yaml",
    "error",
    "A course is a folder with a site.yaml in it. sitegen was pointed at a folder that has none, or at one "
    "whose site.yaml is empty.",
    right="course:\n  code: CS101\n  title: Introduction to Systems",
)
# --- types that combine them --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _MeetsType:
    """The short form of one pattern, its long form, or a list of either."""

    def read(self, node: Node, findings: Findings) -> tuple[plan.Pattern, ...] | None:
        nodes = node.items if isinstance(node, Items) else (node,)
        patterns = [_MEETS_ONE.read(inner, findings) for inner in nodes]
        known = tuple(pattern for pattern in patterns if pattern is not None)
        return known if len(known) == len(nodes) and known else None

    def schema(self) -> Schema:
        one = _MEETS_ONE.schema()
        return {"anyOf": [one, {"type": "array", "items": one}]}


def _pattern(
    days: tuple[int, ...], time: tuple[dt.time, dt.time], place: str = "", label: str = "", span: Any = None
) -> plan.Pattern:
    return plan.Pattern(days, time[0], time[1], place, label)


_TIMES_TYPE = Parsed(parse_times, "a start and an end such as 3:30-4:45pm")
_MEETS_ONE = ByShape(
    Parsed(parse_meets, 'days, times and a place such as "Tue/Thu 3:30-4:45pm, IRB 1207"'),
    Record(
        "a meeting pattern",
        _pattern,
        [
            Key("days", Parsed(parse_weekdays, "days such as Tue/Thu"), "The weekdays, such as Tue/Thu.", True),
            Key("time", _TIMES_TYPE, "Start and end, such as 3:30-4:45pm.", True),
            Key("place", TEXT, "The room."),
            Key("label", TEXT, "What kind of meeting it is, such as Lab."),
        ],
    ),
)


@dataclass(frozen=True, slots=True)
class _DaysTable:
    """Days or ranges of days as keys, their names as values; a list of days works too."""

    single: bool = False

    def read(self, node: Node, findings: Findings) -> tuple[plan.Days, ...] | None:
        days = Parsed(parse_days, "a day such as 2026-03-25 or a range such as 2026-03-15 .. 2026-03-22")
        if isinstance(node, Pairs):
            written: list[tuple[Node, Node | None]] = list(node.pairs)
        else:
            written = [(inner, None) for inner in (node.items if isinstance(node, Items) else (node,))]
        found = []
        for key, value in written:
            span = days.read(key, findings)
            if span is None:
                continue
            if self.single and span[0] != span[1]:
                findings.append(BAD_VALUE.at(key.span, "This is more than one day; give each day a line."))
                continue
            name = "" if value is None or (isinstance(value, Scalar) and value.empty) else TEXT.read(value, findings)
            found.append(plan.Days(*span, str(name or ""), key.span))
        return tuple(found)

    def schema(self) -> Schema:
        text = TEXT.schema()
        return {
            "anyOf": [
                {"type": "object", "additionalProperties": text},
                {"type": "array", "items": text},
                text,
            ]
        }


def _target(text: str) -> str:
    return "" if text.casefold() in ("tba", "tbd", "to be announced", "to come") else text


_TARGET = Parsed(_target, "an address, a path in content/, or tba")


@dataclass(frozen=True, slots=True)
class _LinksType:
    """Labels with addresses; `tba` (or nothing) while an address isn't known."""

    def read(self, node: Node, findings: Findings) -> tuple[plan.Link, ...] | None:
        if not isinstance(node, Pairs):
            Table(_TARGET, "labels with addresses").read(node, findings)
            return None
        links = []
        for key, value in node.pairs:
            empty = isinstance(value, Scalar) and value.empty
            target = "" if empty else _TARGET.read(value, findings)
            if target is not None:
                links.append(plan.Link(key.text.strip(), target, key.span if empty else value.span))
        return tuple(links)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"type": ["string", "null"]}}


def _read_due(text: str, located: Located) -> plan.Due:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return plan.Due(located, date=parse_date(text))
    match = re.match(OFFSET + r"\s+(?P<anchor>\S.*)", text, re.IGNORECASE)
    days, anchor = (days_of_offset(match), match["anchor"]) if match else (0, text)
    if anchor.casefold().removeprefix("the ") in ("last class", "first class"):
        return plan.Due(located, days=days, anchor=anchor.casefold().removeprefix("the "))
    if " " in anchor:
        raise ValueError("")
    return plan.Due(located, days=days, anchor=anchor)


@dataclass(frozen=True, slots=True)
class _DueType:
    def read(self, node: Node, findings: Findings) -> plan.Due | None:
        words = 'a date, "last class", a session\'s id, or "1 week after" one'
        text = Text(words=words).read(node, findings)
        if text is None:
            return None
        return Parsed(lambda written: _read_due(written, text), words).read(node, findings)

    def schema(self) -> Schema:
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class _ChecksType:
    def read(self, node: Node, findings: Findings) -> dict[str, str] | None:
        pairs = Table(OneOf((*SEVERITIES, "off")), "slugs with error, warning, note or off").read(node, findings)
        return None if pairs is None else {str(slug): level for slug, level in pairs}

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"enum": [*SEVERITIES, "off"]}}


# --- the schedule's lines -----------------------------------------------------------------------


def _pinned(text: str) -> dt.date | str:
    return plan.LAST if text.casefold() in ("last", "last class") else parse_date(text)


def _guest_named(text: str) -> plan.Guest:
    return plan.Guest(_target(text))


def _guest(name: str = "", talk: str = "", url: str = "", span: Any = None, **rest: str) -> plan.Guest:
    return plan.Guest(_target(name), rest.get("from", ""), talk, url, span)


_KEYS = ListOf(Text(r"[^\s,;{}\"#%~\\]+", "the key of a paper in papers.bib"))
_ENTRY_KEYS = [
    Key("topic", TEXT, "What the session is about."),
    Key("part", TEXT, "Opens a part of the course with this title; stands alone."),
    Key(
        "guest",
        ByShape(
            Parsed(_guest_named, "a guest's name"),
            Record(
                "a guest",
                _guest,
                [
                    Key("name", TEXT, "The guest's name, or tba.", True),
                    Key("from", TEXT, "Where the guest comes from."),
                    Key("talk", TEXT, "The talk's title."),
                    Key("url", TEXT, "The guest's page."),
                ],
            ),
        ),
        "A guest lecture: the name, or {name, from, talk}.",
    ),
    Key("cancelled", TEXT, "The class doesn't meet; says why. The date is used up."),
    Key("tba", COUNT, "This many sessions are still to be announced."),
    Key(
        "id",
        Text(r"[A-Za-z0-9][\w.-]*", "an id of letters, digits, - and _"),
        "A name that stays when the session moves.",
    ),
    Key(
        "date",
        Parsed(_pinned, "a date such as 2026-03-24, or last"),
        "Pins the session to a date, or to the last meeting.",
    ),
    Key("extra", BOOL, "Meets outside the pattern, on its own date and time."),
    Key("time", _TIMES_TYPE, "The session's own time, such as 3:30-4:45pm."),
    Key("place", TEXT, "The session's own place."),
    Key("lecture", TEXT, "The lecture's file: how-to-read for content/lectures/how-to-read.md."),
    Key("read", _KEYS, "The papers to read and review, by their keys in papers.bib."),
    Key("optional", _KEYS, "Papers that help but aren't reviewed."),
    Key(
        "present",
        Table(TEXT, "papers with their presenters"),
        "Who presents which paper; open for nobody yet.",
    ),
    Key("slides", _TARGET, "The slides' address or path."),
    Key("video", _TARGET, "The recording's address."),
    Key("links", _LinksType(), "More links of this session, by label."),
    Key("note", TEXT, "A short remark shown with the session."),
]


@dataclass(frozen=True, slots=True)
class _EntryType:
    """A bare topic, or a mapping of which `topic`, `part`, `guest`, `cancelled` or `tba` says the kind."""

    def read(self, node: Node, findings: Findings) -> plan.PartHeading | plan.Entry | None:
        if isinstance(node, Scalar):
            topic = TEXT.read(node, findings)
            return None if topic is None else plan.Entry(kind="class", topic=str(topic), span=topic.span)
        record = Record("a session", lambda span, **given: _make_entry(node, given, findings), _ENTRY_KEYS)
        return record.read(node, findings)

    def schema(self) -> Schema:
        return {"anyOf": [TEXT.schema(), Record("a session", dict, _ENTRY_KEYS).schema()]}


_KINDS = ("part", "cancelled", "tba", "guest", "topic")


def _make_entry(node: Node, given: dict[str, Any], findings: Findings) -> plan.PartHeading | plan.Entry | None:
    keys = {key.text: key.span for key, _ in node.pairs} if isinstance(node, Pairs) else {}
    values = {key.text: value.span for key, value in node.pairs} if isinstance(node, Pairs) else {}
    start = Span(node.span.file, node.span.line, node.span.column)
    kind = next((name for name in _KINDS if name in keys), None)
    if kind is None:
        message = "This session doesn't say what it is."
        findings.append(BAD_VALUE.at(start, message, "Give it a topic, part, guest, cancelled or tba."))
        return None
    if kind not in given:
        return None  # unreadable, and said so
    if kind in ("part", "tba"):
        for name in keys:
            if name != kind and name in {key.name for key in _ENTRY_KEYS}:
                message = f'"{kind}" stands alone; "{name}" has no meaning beside it.'
                findings.append(BAD_VALUE.at(keys[name], message, f'Give "{name}" a line of its own, or remove it.'))
    span = keys[kind]
    if kind == "part":
        return plan.PartHeading(given["part"], span)
    links = [plan.Link(name.capitalize(), given[name], values[name]) for name in ("slides", "video") if name in given]
    if given.get("extra") and not isinstance(given.get("date"), dt.date):
        findings.append(
            BAD_VALUE.at(keys["extra"], "A session with extra: true needs its own date.", "Add date: 2026-03-24.")
        )
        return None
    guest: plan.Guest | None = given.get("guest")
    topic = (
        given.get("topic")
        or (guest and guest.talk)
        or {"tba": "To be announced", "guest": "Guest lecture"}.get(kind, "")
    )
    return plan.Entry(
        kind="class" if kind == "topic" else kind,
        topic=str(topic),
        span=span,
        id=given.get("id"),
        date=given.get("date"),
        date_span=values.get("date", span),
        extra=given.get("extra", False),
        time=given.get("time"),
        place=str(given.get("place", "")),
        lecture=given.get("lecture"),
        read=given.get("read", ()),
        optional=given.get("optional", ()),
        present=given.get("present", ()),
        guest=guest,
        reason=str(given.get("cancelled", "")),
        note=str(given.get("note", "")),
        links=(*links, *given.get("links", ())),
        count=given.get("tba", 1),
    )


# --- the whole file -----------------------------------------------------------------------------


def _term(meets: tuple[plan.Pattern, ...], span: Any, **given: Any) -> plan.Term:
    return plan.Term(meets=meets, span=span, **given)


def _settings(span: Any, grading: tuple[tuple[Located, Any], ...] = (), **given: Any) -> plan.Settings:
    items = tuple(plan.GradeItem(str(label), share, label.span) for label, share in grading)
    return plan.Settings(span=span, grading=items, **given)


SITE = Record(
    "site.yaml",
    _settings,
    [
        Key(
            "course",
            Record(
                "course",
                plan.CourseFacts,
                [
                    Key("code", TEXT, "The course's code, such as CMSC818Q.", True),
                    Key("title", TEXT, "The course's title.", True),
                    Key("term", TEXT, "The term's name, such as Spring 2026."),
                    Key("institution", TEXT, "The university or school."),
                    Key("description", TEXT, "One or two sentences for search engines and shared links."),
                    Key(
                        "url",
                        Parsed(parse_url, "a web address such as https://example.edu/course/"),
                        "Where the site is published.",
                    ),
                    Key(
                        "timezone",
                        Parsed(load_zone, "a time zone such as America/New_York"),
                        "The IANA time zone of all times, such as America/New_York.",
                    ),
                    Key(
                        "language",
                        Text(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag such as en"),
                        "The site's language tag.",
                    ),
                    Key(
                        "repository",
                        Parsed(parse_url, "a web address such as https://github.com/me/course"),
                        "The repository's address.",
                    ),
                    Key("branch", TEXT, "The repository's branch that publishes; main if not given."),
                ],
            ),
            "The course's facts.",
            True,
        ),
        Key(
            "staff",
            ListOf(
                ByShape(
                    Parsed(lambda name: plan.Person(name), "a name"),
                    Record(
                        "a person",
                        plan.Person,
                        [
                            Key("name", TEXT, "The person's name.", True),
                            Key("role", TEXT, "Instructor, teaching assistant ..."),
                            Key("email", Text(r"[^\s@]+@[^\s@]+", "an e-mail address"), "The e-mail address."),
                            Key("url", TEXT, "The person's page."),
                            Key("office_hours", TEXT, "When and where."),
                        ],
                    ),
                )
            ),
            "The people who teach.",
        ),
        Key("links", _LinksType(), "The course's links by label; tba while an address isn't known."),
        Key(
            "grading",
            Table(SHARE, "parts of the grade with their shares"),
            "The parts of the grade and their shares.",
        ),
        Key(
            "term",
            Record(
                "term",
                _term,
                [
                    Key("start", DATE, "The first day of classes.", True),
                    Key("end", DATE, "The last day of classes.", True),
                    Key(
                        "meets",
                        _MeetsType(),
                        "When and where the class meets: Tue/Thu 3:30-4:45pm, IRB 1207.",
                        True,
                    ),
                    Key("no_class", _DaysTable(), "Days without class and what they are."),
                    Key("extra_class", _DaysTable(single=True), "Days with class beside the pattern."),
                    Key("tentative", TEXT, "Words shown while time, place and dates aren't settled."),
                ],
            ),
            "When the class meets.",
        ),
        Key(
            "reviews",
            Record(
                "reviews",
                plan.ReviewRule,
                [
                    Key(
                        "due",
                        Parsed(parse_offset, 'days such as "1 day before"'),
                        "When, from the session: 1 day before.",
                    ),
                    Key("at", TIME, "The time of day."),
                    Key("where", TEXT, "The label of one of links, or words."),
                    Key("page", TEXT, "The page that explains reviews."),
                ],
            ),
            "When reviews of required papers are due.",
        ),
        Key(
            "presentations",
            Record(
                "presentations",
                plan.PresentationRule,
                [
                    Key("each", COUNT, "How many papers each student presents."),
                    Key(
                        "show",
                        OneOf(("first name", "full name", "initials")),
                        "How presenters' names are published.",
                    ),
                    Key("sign_up", TEXT, "The label of the sign-up link among links."),
                    Key("page", TEXT, "The page that explains presentations."),
                ],
            ),
            "How papers are presented.",
        ),
        Key("schedule", ListOf(_EntryType()), "The sessions in order; dates are computed."),
        Key(
            "deadlines",
            ListOf(
                Record(
                    "a deadline",
                    plan.DeadlineRule,
                    [
                        Key("what", TEXT, "What is due.", True),
                        Key(
                            "due",
                            _DueType(),
                            "When: a date, last class, or 1 week after a session's id.",
                            True,
                        ),
                        Key("at", TIME, "The time of day; 11:59pm if not given."),
                        Key("page", TEXT, "The page that explains it."),
                        Key("note", TEXT, "A short remark."),
                    ],
                )
            ),
            "Milestones, relative to sessions.",
        ),
        Key("navigation", _LinksType(), "The masthead: labels with the pages' source paths, in order."),
        Key("checks", _ChecksType(), "Severity by slug: error, warning, note or off."),
    ],
)


def read_settings(source: bytes | None) -> tuple[plan.Settings | None, list[Diagnostic]]:
    """site.yaml's bytes (None: there is none) to settings; None when the course's own facts are missing."""
    start = Span(SITE_FILE)
    if source is None:
        message = "There is no site.yaml in this folder, so this isn't a course."
        return None, [
            NO_SITE_YAML.at(start, message, "Run sitegen in the course's folder, or name it: sitegen build COURSE.")
        ]
    text, findings = decode(source, SITE_FILE)
    if text is None:
        return None, findings
    node, problems = read_yaml(text, SITE_FILE)
    findings += problems
    if node is None:
        if not problems:
            message = "site.yaml is empty; it must at least name the course."
            help = 'Start with "course:", and below it "code:" and "title:", indented by two spaces.'
            findings.append(NO_SITE_YAML.at(start, message, help))
        return None, findings
    return SITE.read(node, findings), findings
