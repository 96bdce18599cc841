"""site.yaml: what its keys mean, and what is said when they can't be read."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from sitegen import texts
from sitegen.config import entries, settings, yamlsyntax, yamltree
from sitegen.config import fields as field_types
from sitegen.config.settings import SITE, read_settings, site_schema
from sitegen.config.yamltree import Items, Node, Pairs, Scalar, read_yaml
from sitegen.course import meetings, timetable
from sitegen.course.timetable import Timetable, plan_term
from sitegen.diagnostics import Diagnostic, Rule, render_text
from sitegen.plan import Entry, PartHeading, Settings
from sitegen.values import Value, field_names
from tests.cases import Case, read_cases

HERE = Path(__file__).parent
FINDINGS = read_cases(HERE / "settings" / "findings.txt")
RULES = [
    rule
    for module in (field_types, meetings, settings, texts, timetable, yamlsyntax, yamltree)
    for rule in vars(module).values()
    if isinstance(rule, Rule)
]
COURSE = "course: {code: CS101, title: Systems, timezone: America/New_York}\n"
TERM = "term: {start: 2026-01-27, end: 2026-02-05, meets: Tue/Thu 3:30-4:45pm}\n"


def complete(text: str) -> str:
    """The text with a course and a term where it needs them, below it so that its lines keep their numbers."""
    if not re.search(r"^(course:|#|- course|Systems for|staff: Alan Liu$)", text, re.MULTILINE):
        text += COURSE
    if re.search(r"^(schedule|deadlines):", text, re.MULTILINE) and not re.search(r"^term:", text, re.MULTILINE):
        text += TERM
    return text


def read(text: str) -> tuple[Settings | None, Timetable | None, list[Diagnostic]]:
    found, findings = read_settings(text.encode())
    if found is None:
        return None, None, findings
    planned, problems = plan_term(found.term, found.schedule, found.deadlines, found.course.timezone)
    return found, planned, [*findings, *problems]


def good(text: str) -> Settings:
    found, _, findings = read(complete(text))
    assert render_text(findings, {"site.yaml": complete(text)}) == ""
    assert found is not None
    return found


def entry(line: str) -> Entry:
    """The first line of a schedule that has a date in a term of four meetings."""
    found, _, findings = read(complete(f"schedule:\n  - {line}\n"))
    assert not [finding for finding in findings if finding.severity == "error"]
    assert found is not None
    first = found.schedule[0]
    assert isinstance(first, Entry)
    return first


# --- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", FINDINGS, ids=lambda case: case.title)
def test_each_mistake_is_told_in_these_words(case: Case):
    text = complete(case.text)
    case.check(render_text(read(text)[2], {"site.yaml": text}))


def test_every_rule_has_a_case():
    said = "".join(
        case.said for name in ("findings", "syntax") for case in read_cases(HERE / "settings" / f"{name}.txt")
    )
    elsewhere = {"not-utf-8", "yaml-too-big"}  # test_yamltree
    assert {rule.slug for rule in RULES} - set(re.findall(r"\[([a-z-]+)\]: ", said)) == elsewhere


@pytest.mark.parametrize("case", FINDINGS, ids=lambda case: case.title)
def test_sentences_end_once_and_start_with_what_was_written(case: Case):
    for line in case.said.splitlines():
        sentence = re.sub(r"^(site\.yaml:\d+:\d+: \w+\[[a-z-]+\]|  help): ", "", line)
        if sentence != line:
            assert re.search(r"[^.?!:,][.?]$", sentence), sentence
            assert "  " not in sentence


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_rule_says_why(rule: Rule):
    assert len(rule.why) > 40
    assert rule.why.endswith(".")


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.wrong or rule.right], ids=lambda rule: rule.slug)
def test_a_rules_examples_are_true(rule: Rule):
    for example, expected in ((rule.wrong, {rule.slug}), (rule.right, set())):
        found = {finding.slug for finding in read(complete(example + "\n"))[2]}
        assert found - {"empty-meetings"} | (found & expected) == expected


# --- the example of the design ------------------------------------------------------------------


def test_the_designs_example_gives_these_settings_and_dates():
    path = HERE / "settings" / "design.yaml"
    found, planned, findings = read(path.read_text(encoding="utf-8"))
    assert found is not None
    assert planned is not None
    assert [(f.slug, f.message) for f in findings] == [
        (
            "empty-meetings",
            "19 meetings have no session: Tue 2026-02-17, Thu 2026-02-19, Tue 2026-02-24 and 16 more.",
        )
    ]
    lines = ["# settings", *plain(found)]
    lines += ["# sessions", *(" | ".join(slot_words(slot)) for slot in planned.slots)]
    lines += ["# deadlines", *(f"{due.due.isoformat()} | {due.id} | {due.session}" for due in planned.milestones)]
    expected = (HERE / "settings" / "design.txt").read_text(encoding="utf-8").splitlines()
    assert [line.rstrip() for line in lines] == expected


def slot_words(slot: Any) -> list[str]:
    start, end = slot.meeting.start, slot.meeting.end
    when = f"{start:%a} {start.isoformat()} {end:%H:%M} {slot.meeting.place}"
    return [when, f"week {slot.week}", slot.part, slot.id, slot.entry.kind, slot.entry.topic]


def plain(value: Any, name: str = "") -> list[str]:
    """One line a value, without places: `course.code: CS101`."""
    if isinstance(value, Value):
        names = [name for name in field_names(type(value)) if "span" not in name]
        return [line for inner in names for line in plain(getattr(value, inner), f"{name}.{inner}".lstrip("."))]
    if isinstance(value, tuple):
        return [line for number, inner in enumerate(value) for line in plain(inner, f"{name}[{number}]")]
    return [] if value in ("", None, {}) else [f"{name}: {value}"]


# --- the keys -----------------------------------------------------------------------------------


def test_scalars_mean_what_they_say():
    found = good(
        "course: {code: 0755, title: no, term: 1e3, institution: 12:30, timezone: UTC, description: '~'}\n"
        "staff: [on, 007, {name: yes, office_hours: 2026-02-30}]\n"
        "links: {10: 20, yes: ~, no: null, Forum: TBA, x:y: 'tba'}\n"
    )
    facts = found.course
    assert (facts.code, facts.title, facts.term, facts.institution) == ("0755", "no", "1e3", "12:30")
    assert facts.description == "~"
    assert [(person.name, person.office_hours) for person in found.staff] == [
        ("on", ""),
        ("007", ""),
        ("yes", "2026-02-30"),
    ]
    assert [(link.label, link.target) for link in found.links] == [
        ("10", "20"),
        ("yes", ""),
        ("no", ""),
        ("Forum", ""),
        ("x:y", ""),
    ]


def test_shares_are_percent_strings_or_numbers():
    shares = good("grading: {A: 10%, B: 20, C: 12.5 %, D: '7.5%', E: 50 percent}\n").grading
    assert [item.share for item in shares] == [Decimal(n) for n in ("10", "20", "12.5", "7.5", "50")]


def test_what_isnt_given_has_these_defaults():
    found = good("")
    assert (found.term, found.reviews, found.schedule, found.deadlines, found.staff) == (None, None, (), (), ())
    assert (found.presentations.given, found.presentations.show) == (False, "full name")
    rule = good("reviews: {where: HotCRP}\n").reviews
    assert rule is not None
    assert (rule.due.days, rule.at) == (-1, dt.time(12))


def test_empty_keys_are_keys_that_arent_given():
    assert good("staff:\nlinks:\ngrading: ~\nreviews: null\nschedule:\ndeadlines:\nchecks:\n").reviews is None


def test_a_term_meets_in_every_form():
    forms = [
        "Tue/Thu 3:30-4:45pm, IRB 1207",
        "[Tue 3:30-4:45pm, {days: Fri, time: 10-10:50am, label: Lab}]",
        "{days: TuTh, time: 15:30-16:45, place: IRB 1207}",
    ]
    read_forms = []
    for form in (f"'{forms[0]}'", *forms[1:]):
        term = good(f"term: {{start: 2026-01-27, end: 2026-02-05, meets: {form}}}\n").term
        assert term is not None
        read_forms.append([(p.weekdays, p.start.hour, p.end.minute, p.place, p.label) for p in term.meets])
    assert read_forms == [
        [((1, 3), 15, 45, "IRB 1207", "")],
        [((1,), 15, 45, "", ""), ((4,), 10, 50, "", "Lab")],
        [((1, 3), 15, 45, "IRB 1207", "")],
    ]


@pytest.mark.parametrize(
    "form",
    [
        "{2026-01-29: Snow, 2026-02-03 .. 2026-02-05: Break}",
        "{2026-01-29: Snow, 2026-02-03..2026-02-05: Break}",
        "{2026-01-29: Snow, 2026-02-03 to 2026-02-05: Break}",
        "{2026-01-29: Snow, 2026-02-03 – 2026-02-05: Break}",
        "[2026-01-29: Snow, 2026-02-03 .. 2026-02-05: Break]",
    ],
)
def test_days_without_class_in_every_form(form: str):
    term = good(f"term: {{start: 2026-01-27, end: 2026-02-05, meets: Tue 9-10am, no_class: {form}}}\n").term
    assert term is not None
    assert [(f"{days.first} {days.last}", days.name) for days in term.no_class] == [
        ("2026-01-29 2026-01-29", "Snow"),
        ("2026-02-03 2026-02-05", "Break"),
    ]


def test_days_need_no_name():
    term = good(
        "term: {start: 2026-01-27, end: 2026-02-05, meets: Tue 9-10am, no_class: 2026-01-29, extra_class: [2026-01-30]}\n"
    ).term
    assert term is not None
    assert [(str(days.first), days.name) for days in (*term.no_class, *term.extra_class)] == [
        ("2026-01-29", ""),
        ("2026-01-30", ""),
    ]


@pytest.mark.parametrize(
    ("line", "kind", "topic"),
    [
        ("Overview", "class", "Overview"),
        ('"Serving: part two"', "class", "Serving: part two"),
        ("topic: Overview", "class", "Overview"),
        ("tba", "tba", "To be announced"),
        ("tba: 2", "tba", "To be announced"),
        ("tba:", "tba", "To be announced"),
        ("guest: F. Zhao", "guest", "Guest lecture"),
        ("guest: tba", "guest", "Guest lecture"),
        ("guest:", "guest", "Guest lecture"),
        ("guest: {name: F. Zhao, from: UCSB, talk: Queries}", "guest", "Queries"),
        ("{guest: {name: tba, talk: Queries}, topic: Databases}", "guest", "Databases"),
        ("cancelled: Snow", "cancelled", ""),
        ("{cancelled: Snow, topic: Serving}", "cancelled", "Serving"),
        ("{cancelled: yes, topic: Serving}", "cancelled", "Serving"),
        ("{cancelled: , topic: Serving}", "cancelled", "Serving"),
        ("{cancelled: no, topic: Serving}", "class", "Serving"),
    ],
)
def test_a_line_of_the_schedule_in_every_form(line: str, kind: str, topic: str):
    found = entry(line)
    assert (found.kind, found.topic) == (kind, topic)
    assert (found.guest is not None) == (kind == "guest")
    assert found.reason == ("Snow" if "Snow" in line else "")
    assert found.count == (2 if "2" in line else 1)


def test_a_guest_has_a_name_unless_it_is_to_come():
    guests = [
        entry(f"guest: {form}").guest for form in ("F. Zhao", "tba", "{name: F. Zhao, from: UCSB}", "{name: TBD}")
    ]
    assert [guest and (guest.name, guest.affiliation) for guest in guests] == [
        ("F. Zhao", ""),
        ("", ""),
        ("F. Zhao", "UCSB"),
        ("", ""),
    ]


def test_a_session_with_everything():
    found = entry(
        "{topic: Serving, id: serving, date: 2026-01-29, time: 10-11:30am, place: IRB 4105, lecture: serving,"
        " read: kwon2023, optional: [a2020, 'dblp:b:2021'], present: {kwon2023: Ada L, a2020: open},"
        " slides: serving.pdf, video: tba, links: {Code: 'https://example.org/'}, note: 'Bring: paper'}"
    )
    assert (found.id, found.date, found.place, found.lecture) == (
        "serving",
        dt.date(2026, 1, 29),
        "IRB 4105",
        "serving",
    )
    assert found.time == (dt.time(10), dt.time(11, 30))
    assert (found.read, found.optional) == (("kwon2023",), ("a2020", "dblp:b:2021"))
    assert found.present == (("kwon2023", "Ada L"), ("a2020", "open"))
    assert [(link.label, link.target) for link in found.links] == [
        ("Slides", "serving.pdf"),
        ("Video", ""),
        ("Code", "https://example.org/"),
    ]
    assert found.note == "Bring: paper"
    assert found.date_span.column > found.span.column


def test_parts_stand_between_sessions():
    schedule = good("schedule: [part: Training, A, B, part: Serving, C, D]\n").schedule
    assert [line.title if isinstance(line, PartHeading) else line.topic for line in schedule] == [
        "Training",
        "A",
        "B",
        "Serving",
        "C",
        "D",
    ]


@pytest.mark.parametrize(
    ("due", "date", "days", "anchor"),
    [
        ("2026-02-03", dt.date(2026, 2, 3), 0, ""),
        ("serving", None, 0, "serving"),
        ("last class", None, 0, "last class"),
        ("the first class", None, 0, "first class"),
        ("1 week after serving", None, 7, "serving"),
        ("2 Weeks Before serving", None, -14, "serving"),
        ("a day after the last class", None, 1, "last class"),
        ("Three days before First Class", None, -3, "first class"),
    ],
)
def test_a_due_date_in_every_form(due: str, date: dt.date | None, days: int, anchor: str):
    found = good(f"schedule: [Serving, tba: 3]\ndeadlines: {{what: Report, due: {due}, at: 23:59}}\n").deadlines[0]
    assert (found.due.date, found.due.days, found.due.anchor, found.due.text) == (date, days, anchor, due)
    assert found.at == dt.time(23, 59)


def test_checks_set_severities_by_slug():
    assert good("checks: {empty-meetings: off, broken-link: note}\n").checks == {
        "empty-meetings": "off",
        "broken-link": "note",
    }


def test_presentations_say_how_many_by_whom_and_how_names_are_shown():
    rule = good(
        "presentations: {each: 2, per_session: 3, show: initials, students: [Ada L, Bob], sign_up: Form}\n"
    ).presentations
    assert (rule.each, rule.per_session, rule.show, rule.students) == (2, 3, "initials", ("Ada L", "Bob"))
    assert (rule.given, rule.sign_up, rule.page) == (True, "Form", None)


def test_a_byte_order_mark_and_windows_line_ends_are_fine():
    text = "\ufeff" + COURSE + TERM + "schedule:\n  - Overview\n  - tba: 3\n"
    found, findings = read_settings(text.replace("\n", "\r\n").encode())
    assert not findings
    assert found is not None
    assert found.course.code.span.column == 16


def test_a_file_that_isnt_utf_8_is_told_at_its_first_bad_byte():
    found, findings = read_settings("course:\n  code: CS101\n  title: Systèmes".encode("latin-1"))
    assert found is None
    assert render_text(findings, {}) == (
        "site.yaml:3:14: error[not-utf-8]: This file isn't UTF-8: the byte 0xE8 here is no letter in it.\n"
        "  help: Save the file as UTF-8 in your editor.\n"
    )


def test_no_file_is_told():
    assert render_text(read_settings(None)[1], {}) == (
        "site.yaml:1:1: error[no-site-yaml]: There is no site.yaml in this folder, so this isn't a course.\n"
        "  help: Run sitegen in the course's folder, or name it: sitegen build COURSE.\n"
    )


_WORDS = st.sampled_from(
    [
        "course",
        "term",
        "schedule",
        "deadlines",
        "staff",
        "links",
        "grading",
        "no",
        "~",
        "",
        "2026-02-30",
        "12:30",
        "tba",
        "topic",
        "guest",
        "cancelled",
        "part",
        "date",
        "extra",
        "true",
        "last",
        "start",
        "end",
        "meets",
        "no_class",
        "id",
        "Tue 9-10am",
        "2026-01-27",
        "2026-02-05",
        "code",
        "title",
        "reviews",
        "present",
        "read",
        "due",
        "what",
        "checks",
    ]
)
_TREES = st.recursive(
    _WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4), max_leaves=30
)


@given(_TREES)
def test_any_tree_is_read_or_explained(tree: Any):
    """Never an exception, and never silence about a file without a course."""
    found, _, findings = read(json.dumps(tree, ensure_ascii=False).replace('""', "").replace('"', ""))
    assert found is not None or findings


@given(st.dictionaries(_WORDS, _TREES, max_size=5))
def test_any_course_is_read_or_explained(keys: Any):
    keys |= {"course": {"code": "CS101", "title": "Systems", "timezone": "UTC"}}
    found, _, findings = read(json.dumps(keys))
    assert found is not None or findings


# --- the schema ---------------------------------------------------------------------------------


def as_json(node: Node | None) -> Any:
    """The tree as an editor sees it, by YAML 1.2's core schema."""
    if isinstance(node, Items):
        return [as_json(item) for item in node.items]
    if isinstance(node, Pairs):
        return {key.text: as_json(value) for key, value in node.pairs}
    if not isinstance(node, Scalar) or node.empty:
        return None
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    if node.plain and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", node.text):
        return float(node.text) if "." in node.text else int(node.text)
    return node.text


VALIDATOR = Draft202012Validator(site_schema())


def faults(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(as_json(read_yaml(text, "site.yaml")[0]))]


def test_the_schema_is_a_json_schema():
    Draft202012Validator.check_schema(site_schema())
    assert site_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(site_schema())) == site_schema()


def test_every_key_of_the_schema_has_a_description():
    def check(schema: Any) -> None:
        for name, key in schema.get("properties", {}).items():
            assert re.search(r"[a-z.)]$", key["description"]), name
        for inner in schema.values():
            for one in inner if isinstance(inner, list) else inner.values() if isinstance(inner, dict) else ():
                if isinstance(one, dict):
                    check(one)

    assert set(site_schema()["properties"]) == set(SITE.by_name)
    check(site_schema())


@pytest.mark.parametrize("path", [HERE / "settings" / "design.yaml", HERE.parent / "site.yaml"], ids=lambda p: p.name)
def test_the_schema_takes_real_courses(path: Path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", [rule.right for rule in RULES if rule.right], ids=lambda text: text[:40])
def test_the_schema_takes_what_is_right(text: str):
    assert faults(complete(text + "\n")) == []


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "course: {code: CS101}",
        COURSE + "colour: red",
        COURSE + "term: {start: 2026-01-27}",
        COURSE + "checks: {a: warn}",
        COURSE + "schedule: [{topc: Overview}]",
        COURSE + "links: [a]",
        COURSE + "staff: [{role: Instructor}]",
    ],
)
def test_the_schema_refuses_what_is_wrong(text: str):
    assert faults(text) != []
    assert [finding for finding in read(text)[2] if finding.severity == "error"]


def test_a_schedules_line_knows_its_own_keys():
    assert entries.EntryType().schema()["anyOf"][1]["properties"].keys() >= {"topic", "present", "extra", "links"}
