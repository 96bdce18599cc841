"""site.yaml to `plan.Settings`: every key of the file, its type, and one sentence on what it is for.

No dates are computed and no other file is known here; a line of the schedule is in `entries`. `SITE`
is the whole format as one value: it reads a course and gives the JSON Schema that editors use.
"""

from __future__ import annotations

from typing import Any

from sitegen import plan
from sitegen.config.entries import ID, EntryType
from sitegen.config.fields import (
    BAD_VALUE,
    COUNT,
    DATE,
    MISSING_KEY,
    SHARE,
    TEXT,
    TIME,
    ByShape,
    Key,
    ListOf,
    OneOf,
    Parsed,
    Record,
    Schema,
    Table,
    Text,
)
from sitegen.config.forms import ACCENT, LOGO, WEB_ADDRESS, ChecksType, DaysTable, DueType, LinksType, MeetsType
from sitegen.config.mathforms import MATH, find_commented
from sitegen.config.phrases import load_zone, parse_offset
from sitegen.config.yamltree import Node, Pairs, Scalar, read_yaml
from sitegen.diagnostics import Diagnostic, Located, Rule, Span, closest
from sitegen.patterns import regex
from sitegen.texts import decode
from sitegen.values import replace

SITE_FILE = "site.yaml"

NO_SITE_YAML = Rule(
    "no-site-yaml",
    "error",
    "A course is a folder with a site.yaml in it. sitegen was pointed at a folder that has none, or at one "
    "whose site.yaml is empty.",
    wrong="# nothing but a comment",
    right="course:\n  code: CS101\n  title: Introduction to Systems",
)
NO_TIMEZONE = Rule(
    "no-timezone",
    "warning",
    "The course has a term but no time zone, so its times are published as UTC. Readers elsewhere, calendars "
    "and the countdown to a deadline would be hours off.",
    wrong="course:\n  code: CS101\n  title: Systems\n"
    "term: {start: 2026-01-27, end: 2026-05-12, meets: Tue/Thu 3:30-4:45pm}",
    right="course:\n  code: CS101\n  title: Systems\n  timezone: America/New_York\n"
    "term: {start: 2026-01-27, end: 2026-05-12, meets: Tue/Thu 3:30-4:45pm}",
)

_TIMEZONE = Key(
    "timezone",
    Parsed(load_zone, "a time zone such as America/New_York"),
    "The IANA time zone of all times, such as America/New_York.",
    example="America/New_York",
)
_COURSE = Record(
    "the course",
    plan.CourseFacts,
    [
        Key("code", TEXT, "The course's code, such as CMSC818Q.", True, "CS101"),
        Key("title", TEXT, "The course's title.", True, "Introduction to Systems"),
        Key("term", TEXT, "The term's name, such as Spring 2026."),
        Key("institution", TEXT, "The university or school."),
        Key("description", TEXT, "One or two sentences for search engines and shared links."),
        Key("url", WEB_ADDRESS, "Where the site is published."),
        _TIMEZONE,
        Key(
            "language",
            Text(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag such as en"),
            "The site's language tag.",
        ),
        Key("repository", WEB_ADDRESS, 'The repository\'s web address, for "edit this page".'),
        Key("branch", TEXT, "The repository's branch that publishes; main if not given."),
        Key(
            "folder",
            Text(r"(?!.*(?:^|/)\.\.?(?:/|$))[^\\?#:]+", "a folder such as teaching/2026-course"),
            "The course's folder in the repository; its top if not given.",
        ),
        Key(
            "edit",
            Text(r"https?://\S*\{path\}\S*", "a web address with {path} in it"),
            "The address of the repository's editor, with {branch} and {path}, where sitegen doesn't know its host.",
        ),
        Key("accent", ACCENT, 'The colour of links: "#a3271f" in quotes, or {light, dark}.'),
        Key("logo", LOGO, "An image in content/ for the masthead, or {light, dark, alt}."),
    ],
    partial=True,
)


def _person(name: str) -> plan.Person:
    return plan.Person(name=str(name), span=name.span if isinstance(name, Located) else plan.NOWHERE)


_PERSON = Record(
    "a person",
    plan.Person,
    [
        Key("name", TEXT, "The person's name.", True, "Ada Lovelace"),
        Key("role", TEXT, "Instructor, teaching assistant ..."),
        Key("email", Text(r"[^\s@]+@[^\s@]+", "an e-mail address"), "The e-mail address."),
        Key("url", TEXT, "The person's page."),
        Key("office_hours", TEXT, "When and where."),
    ],
)
_TERM = Record(
    "the term",
    plan.Term,
    [
        Key("start", DATE, "The first day of classes.", True, "2026-01-27"),
        Key("end", DATE, "The last day of classes.", True, "2026-05-12"),
        Key("meets", MeetsType(), "When and where the class meets.", True, "Tue/Thu 3:30-4:45pm, IRB 1207"),
        Key("no_class", DaysTable(), "Days without class and what they are."),
        Key("extra_class", DaysTable(single=True), "Days with class beside the pattern."),
        Key("tentative", TEXT, "Words shown while time, place and dates aren't settled."),
    ],
)
_REVIEWS = Record(
    "reviews",
    plan.ReviewRule,
    [
        Key("due", Parsed(parse_offset, 'days such as "1 day before"'), "When, from the session: 1 day before."),
        Key("at", TIME, "The time of day; noon if not given."),
        Key("where", TEXT, "The label of one of links, or words."),
        Key("page", TEXT, "The page that explains reviews."),
    ],
)
_PRESENTATIONS = Record(
    "presentations",
    plan.PresentationRule,
    [
        Key("each", COUNT, "How many papers each student presents."),
        Key("per_session", COUNT, "How many papers a discussion has."),
        Key("students", ListOf(TEXT), "Everyone who presents, by the names that the schedule uses."),
        Key("show", OneOf(("first name", "full name", "initials")), "How presenters' names are published."),
        Key("sign_up", TEXT, "The label of the sign-up link among links."),
        Key("page", TEXT, "The page that explains presentations."),
    ],
)
_DEADLINE = Record(
    "a deadline",
    plan.DeadlineRule,
    [
        Key("what", TEXT, "What is due.", True, "Project proposal"),
        Key(
            "due", DueType(), "When: a date, last class, or 1 week after a session's id.", True, "1 week after serving"
        ),
        Key("at", TIME, "The time of day; 11:59pm if not given."),
        Key("page", TEXT, "The page that explains it."),
        Key("note", TEXT, "A short remark."),
        Key("id", ID, "A name that stays when the deadline moves or is renamed."),
    ],
)


def _settings(span: Any, grading: tuple[tuple[Located, Any], ...] = (), **given: Any) -> plan.Settings:
    items = tuple(plan.GradeItem(str(label), share, label.span) for label, share in grading)
    return plan.Settings(span=span, grading=items, **given)


SITE = Record(
    "site.yaml",
    _settings,
    [
        Key("course", _COURSE, "The course's facts.", True, "{code: CS101, title: Introduction to Systems}"),
        Key(
            "staff",
            ListOf(ByShape(Parsed(_person, "a name"), _PERSON)),
            "The people who teach.",
        ),
        Key("links", LinksType(), "The course's links by label; tba while an address isn't known."),
        Key(
            "grading", Table(SHARE, "parts of the grade with their shares"), "The parts of the grade and their shares."
        ),
        Key("term", _TERM, "When the class meets."),
        Key("reviews", _REVIEWS, "When reviews of required papers are due."),
        Key("presentations", _PRESENTATIONS, "How papers are presented."),
        Key("schedule", ListOf(EntryType()), "The sessions in order; dates are computed."),
        Key("deadlines", ListOf(_DEADLINE), "Milestones, relative to sessions."),
        Key("navigation", LinksType(), "The masthead: labels with the pages' source paths, in order."),
        Key(
            "citations",
            OneOf(("author-year", "venue", "number")),
            "How texts cite papers: author-year (Kwon et al., 2023), venue (Kwon et al., SOSP '23) or number [1].",
        ),
        Key("math", MATH, "How formulas are written."),
        Key("checks", ChecksType(), "Severity by slug: error, warning, note or off."),
    ],
    partial=True,
)


def site_schema() -> Schema:
    """The JSON Schema of site.yaml, for editors that complete and check while the author types."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A course site (site.yaml)",
        "description": "The course's facts, people, links, grading, term, schedule and deadlines.",
        **SITE.schema(),
    }


def read_settings(source: bytes | None) -> tuple[plan.Settings | None, list[Diagnostic]]:
    """site.yaml's bytes (None: there is none) to settings; None when it can't be read at all.

    With errors among the findings, facts of the course may be empty.
    """
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
    settings = SITE.read(node, findings)
    findings += [*_commented_colours(node, text), *find_commented(_value_of(node, "math"), text)]
    if settings is not None:
        settings = replace(settings, unreadable=_unreadable(node, findings))
        findings += _check_term(settings, node)
    return settings, findings


_COMMENTED_COLOUR = regex(r"\s*:\s+(?P<colour>#[0-9a-fA-F]{3,8})(?=\s|$)")


def _commented_colours(node: Node, text: str) -> list[Diagnostic]:
    """`accent: #a3271f`: what looks like a colour is a comment, so the key has no value."""
    lines, findings = text.split("\n"), []
    course = _value_of(node, "course")
    for owner, names in ((course, {"accent"}), (_value_of(course, "accent"), {"light", "dark"})):
        for key, value in owner.pairs if isinstance(owner, Pairs) else ():
            empty = key.text in names and isinstance(value, Scalar) and value.empty
            line = lines[key.span.end_line - 1] if empty else ""
            if comment := _COMMENTED_COLOUR.match(line, key.span.end_column - 1):
                start, end = comment.span("colour")
                span = Span(key.span.file, key.span.line, start + 1, key.span.line, end + 1)
                message = f'A # after a space starts a comment in YAML, so "{key.text}" has no value.'
                findings.append(BAD_VALUE.at(span, message, f'Write {key.text}: "{comment["colour"]}", in quotes.'))
    return findings


def _value_of(node: Node | None, name: str) -> Node | None:
    pairs = node.pairs if isinstance(node, Pairs) else ()
    return next((value for key, value in pairs if key.text == name), None)


def _unreadable(node: Node, findings: list[Diagnostic]) -> frozenset[str]:
    """The keys whose values, or themselves, have an error."""
    lines = {finding.span.line for finding in findings if finding.severity == "error"}
    pairs = node.pairs if isinstance(node, Pairs) else ()
    found = {key.text for key, value in pairs if any(key.span.line <= line <= _last_line(value) for line in lines)}
    meant = {closest(key.text, SITE.by_name) for key, _ in pairs if key.text not in SITE.by_name}
    return frozenset(found | {name for name in meant if name})


def _last_line(node: Node) -> int:
    """The last line of a value; a block that ends at the start of a line doesn't reach into it."""
    span = node.span
    return span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else max(span.end_line, span.line)


def _check_term(settings: plan.Settings, node: Node) -> list[Diagnostic]:
    """What dates need: a term for the sessions, and a time zone for the term."""
    written = _written(node)
    if settings.term is None:
        undated = next((name for name in ("schedule", "deadlines") if getattr(settings, name)), None)
        if undated is None or "term" in written:
            return []  # an unreadable term has been told
        message = f'There is no "term", so nothing in "{undated}" has a date.'
        help = 'Add "term:", and below it "start:", "end:" and "meets:", indented by two spaces.'
        return [MISSING_KEY.at(written[undated][0].span, message, help)]
    if "course" not in written:
        return []
    course, facts = written["course"]
    if _TIMEZONE.name not in _written(facts):
        message = 'The course has no "timezone", so its times are taken as UTC.'
        return [NO_TIMEZONE.at(course.span, message, f'Add the line "{_TIMEZONE.line}" below "course:".')]
    return []


def _written(node: Node) -> dict[str, tuple[Scalar, Node]]:
    """The keys that have a value, of a mapping; none of anything else."""
    pairs = node.pairs if isinstance(node, Pairs) else ()
    return {key.text: (key, value) for key, value in pairs if not (isinstance(value, Scalar) and value.empty)}
