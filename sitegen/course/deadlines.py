"""Deadlines: reviews and milestones counted from sessions, in local time across changes of the clock.

Pure arithmetic over `plan` and `meetings`. Whether a deadline makes sense in its course is `checks`'.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from sitegen.course.meetings import EXAMPLE_TERM, Meeting, at_time, is_skipped, say_day
from sitegen.diagnostics import Diagnostic, Located, Related, Rule, Span, closest
from sitegen.plan import DeadlineRule, ReviewRule
from sitegen.texts import slugify, unique
from sitegen.values import Value

UNKNOWN_SESSION = Rule(
    "unknown-session",
    "error",
    "A deadline is counted from a session that isn't in the schedule.",
    wrong=EXAMPLE_TERM + "schedule: [Serving, tba: 3]\ndeadlines:\n  - {what: Proposal, due: 1 week after servign}",
    right=EXAMPLE_TERM + "schedule: [Serving, tba: 3]\ndeadlines:\n  - {what: Proposal, due: 1 week after serving}",
)

DUPLICATE_ID = Rule(
    "duplicate-id",
    "error",
    "Two sessions or deadlines have one id, so links and calendar entries can't tell them apart.",
    wrong=EXAMPLE_TERM
    + "schedule:\n  - {topic: Serving, id: serving}\n  - {topic: More serving, id: serving}\n  - tba: 2",
    right=EXAMPLE_TERM + "schedule:\n  - {topic: Serving, id: serving}\n  - {topic: More serving}\n  - tba: 2",
)

SKIPPED_HOUR = Rule(
    "skipped-hour",
    "warning",
    "Something is due at a time that doesn't exist: the clocks are set forward that night. It is taken for the time "
    "that they show then, but who reads the deadline can't know.",
    wrong="course: {code: CS101, title: Systems, timezone: America/New_York}\n"
    "term:\n  start: 2026-03-05\n  end: 2026-03-10\n  meets: Tue/Thu 3:30-4:45pm\n"
    "schedule: [Training, Serving]\ndeadlines:\n  - {what: Report, due: 2026-03-08, at: 2:30am}",
    right="course: {code: CS101, title: Systems, timezone: America/New_York}\n"
    "term:\n  start: 2026-03-05\n  end: 2026-03-10\n  meets: Tue/Thu 3:30-4:45pm\n"
    "schedule: [Training, Serving]\ndeadlines:\n  - {what: Report, due: 2026-03-08, at: 3:30am}",
)


class DueDate(Value):
    """A milestone with its time."""

    rule: DeadlineRule
    id: str
    due: dt.datetime
    session: str
    """The id of the session it is counted from; empty for a plain date."""


def review_due(rule: ReviewRule, meeting: Meeting, zone: ZoneInfo) -> dt.datetime:
    """When the review for a session at `meeting` is due, in local time whatever the clock does in between."""
    return at_time(_review_day(rule, meeting), rule.at, zone)


def _review_day(rule: ReviewRule, meeting: Meeting) -> dt.date:
    return meeting.start.date() + dt.timedelta(days=rule.due.days)


def check_review_hour(rule: ReviewRule, meeting: Meeting, zone: ZoneInfo, topic: str) -> Diagnostic | None:
    return _skipped_hour(f'The review for "{topic}"', _review_day(rule, meeting), rule.at, zone, rule.span)


def count_deadlines(
    rules: Sequence[DeadlineRule],
    sessions: Mapping[str, dt.date | None],
    meetings: Sequence[Meeting],
    zone: ZoneInfo,
) -> tuple[list[DueDate], list[Diagnostic]]:
    """The milestones in order of time. `sessions` are all ids with their days, None for one without a meeting.

    One that is counted from an unknown session is left out and said; one that is counted from a session
    without a meeting, or from the first class of a term without any, is left out, for another finding
    says why.
    """
    found: list[DueDate] = []
    given, findings = _given_ids(rules, sessions)
    ends: dict[str, dt.date | None] = {"first class": None, "last class": None}
    if meetings:
        ends = {"first class": meetings[0].start.date(), "last class": meetings[-1].start.date()}
    taken = {*sessions, *given}
    counts: dict[str, int] = {}
    for rule in rules:
        name = str(rule.id or unique(f"due-{slugify(rule.what)}".rstrip("-"), taken, counts))
        anchor = rule.due.anchor
        if rule.due.date is None and anchor not in ends and anchor not in sessions:
            findings.append(_unknown_session(rule, sessions))
            continue
        day = rule.due.date or ends.get(anchor) or sessions.get(anchor)
        if day is not None:
            day += dt.timedelta(days=rule.due.days)
            found.append(DueDate(rule, name, at_time(day, rule.at, zone), anchor if anchor in sessions else ""))
            skipped = _skipped_hour(f'"{rule.what}"', day, rule.at, zone, rule.what.span)
            findings += [skipped] if skipped else []
    return sorted(found, key=lambda milestone: milestone.due), findings


def _given_ids(rules: Sequence[DeadlineRule], sessions: Container[str]) -> tuple[set[str], list[Diagnostic]]:
    """The ids that deadlines are given, and a finding for each that something else has, too."""
    given: dict[str, Located] = {}
    findings = []
    for rule in rules:
        if rule.id and str(rule.id) in sessions:
            message = f'A deadline and a session have the id "{rule.id}".'
            findings.append(DUPLICATE_ID.at(rule.id.span, message, "Give the deadline another id."))
        elif rule.id and str(rule.id) in given:
            related = [Related(given[str(rule.id)].span, "first given here")]
            message = f'Two deadlines have the id "{rule.id}".'
            findings.append(DUPLICATE_ID.at(rule.id.span, message, "Give one of them another id.", related))
        elif rule.id:
            given[str(rule.id)] = rule.id
    return set(given), findings


def _skipped_hour(what: str, day: dt.date, time: dt.time, zone: ZoneInfo, span: Span) -> Diagnostic | None:
    if not is_skipped(day, time, zone):
        return None
    shown = at_time(day, time, zone)
    message = f"{what} is due on {say_day(day)} at {time:%H:%M}, but that night the clocks skip this time."
    return SKIPPED_HOUR.at(span, message, f"It is taken for {shown:%H:%M}; write that, or an earlier hour.")


def _unknown_session(rule: DeadlineRule, known: Iterable[str]) -> Diagnostic:
    ends = {"last": "last class", "first": "first class"}
    near = ends.get(rule.due.anchor.casefold()) or closest(rule.due.anchor, known)
    message = f'"{rule.what}" is due relative to "{rule.due.anchor}", but no session has this id.'
    help = (
        f'Did you mean "{near}"?'
        if near
        else "A session's id is its id: key, or its topic in small letters with dashes."
    )
    return UNKNOWN_SESSION.at(rule.due.text.span, message, help)
