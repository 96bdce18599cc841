"""Dates: which meeting each line of the schedule gets, and when deadlines fall."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sitegen.config.phrases import load_zone
from sitegen.course.deadlines import check_review_hour, review_due
from sitegen.course.meetings import MAX_WEEKS, is_skipped, list_meetings, week_of
from sitegen.course.timetable import Slot, Timetable, plan_term
from sitegen.diagnostics import Located, Span
from sitegen.plan import LAST, Days, DeadlineRule, Due, Entry, Offset, PartHeading, Pattern, ReviewRule, Term
from sitegen.values import replace

NEW_YORK = load_zone("America/New_York")
ZONES = [
    load_zone(name) for name in ("America/New_York", "UTC", "Asia/Kolkata", "Australia/Sydney", "America/Santiago")
]
MORNING, AFTERNOON = (dt.time(9), dt.time(9, 50)), (dt.time(15, 30), dt.time(16, 45))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def located(text: str) -> Located:
    return Located(text, Span("site.yaml"))


def days(first: str, last: str = "", name: str = "") -> Days:
    return Days(day(first), day(last or first), name)


def term(start: str, end: str, *weekdays: int, **more: object) -> Term:
    return Term(day(start), day(end), (Pattern(weekdays, *AFTERNOON),), **more)  # type: ignore[arg-type]


def session(topic: str, **more: object) -> Entry:
    return Entry(kind="class", topic=topic, span=Span("site.yaml"), **more)  # type: ignore[arg-type]


def deadline(what: str, anchor: str, offset: int = 0, at: dt.time = dt.time(23, 59)) -> DeadlineRule:
    return DeadlineRule(located(what), Due(located(anchor), days=offset, anchor=anchor), at)


def planned(a_term: Term, lines: Sequence[PartHeading | Entry], *rules: DeadlineRule) -> Timetable:
    """The timetable of a term in which nothing is wrong but that meetings may be empty."""
    found, findings = plan_term(a_term, lines, rules, NEW_YORK)
    assert [finding for finding in findings if finding.slug != "empty-meetings"] == []
    return found


def dates(found: Timetable) -> list[str]:
    return [f"{slot.meeting.start:%m-%d} {slot.id}" for slot in found.slots]


def meeting_days(a_term: Term) -> list[str]:
    return [f"{meeting.start:%m-%d %H:%M}" for meeting in list_meetings(a_term, NEW_YORK)[0]]


TWO_WEEKS = term("2026-01-27", "2026-02-05", 1, 3)
"""01-27, 01-29, 02-03, 02-05."""

# --- meetings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a_term", "expected"),
    [
        (TWO_WEEKS, ["01-27", "01-29", "02-03", "02-05"]),
        (term("2026-01-27", "2026-01-27", 1), ["01-27"]),
        (term("2026-01-24", "2026-02-01", 1, 3), ["01-27", "01-29"]),
        (term("2028-02-28", "2028-03-01", 0, 1, 2), ["02-28", "02-29", "03-01"]),
        (term("2026-01-24", "2026-01-26", 5, 6), ["01-24", "01-25"]),
        (replace(TWO_WEEKS, no_class=(days("2026-01-01", "2026-01-27"),)), ["01-29", "02-03", "02-05"]),
        (replace(TWO_WEEKS, no_class=(days("2026-02-05", "2999-12-31"),)), ["01-27", "01-29", "02-03"]),
        (replace(TWO_WEEKS, no_class=(days("2026-01-28", "2026-02-03"),)), ["01-27", "02-05"]),
        (replace(TWO_WEEKS, extra_class=(days("2026-01-30"),)), ["01-27", "01-29", "01-30", "02-03", "02-05"]),
    ],
)
def test_the_class_meets_on_the_patterns_days(a_term: Term, expected: list[str]):
    assert [text[:5] for text in meeting_days(a_term)] == expected


LECTURE_AND_LAB = Term(
    day("2026-01-26"), day("2026-01-30"), (Pattern((1, 3), *AFTERNOON, "Hall"), Pattern((3, 4), *MORNING, "Lab"))
)


def test_several_patterns_meet_in_order_of_time():
    assert meeting_days(LECTURE_AND_LAB) == ["01-27 15:30", "01-29 09:00", "01-29 15:30", "01-30 09:00"]


def test_an_extra_day_meets_once_at_the_first_patterns_time_and_place():
    found = list_meetings(replace(LECTURE_AND_LAB, extra_class=(days("2026-01-28"),)), NEW_YORK)[0]
    extra = next(meeting for meeting in found if meeting.start.day == 28)
    assert (extra.start.time(), extra.place) == (AFTERNOON[0], "Hall")
    assert len(found) == 5


def test_an_extra_day_that_a_pattern_names_keeps_that_patterns_time():
    a_term = replace(LECTURE_AND_LAB, extra_class=(days("2026-01-30"),))
    meetings, findings = list_meetings(a_term, NEW_YORK)
    assert [meeting.place for meeting in meetings if meeting.start.day == 30] == ["Lab"]
    assert [finding.slug for finding in findings] == ["extra-class-unused"]


def test_patterns_of_one_day_that_only_touch_dont_overlap():
    patterns = (Pattern((1,), dt.time(9), dt.time(10)), Pattern((1,), dt.time(10), dt.time(11)))
    assert list_meetings(replace(TWO_WEEKS, meets=patterns), NEW_YORK)[1] == []


@pytest.mark.parametrize(("weeks", "slugs"), [(1, []), (MAX_WEEKS, []), (MAX_WEEKS + 1, ["term-backwards"])])
def test_a_term_has_1_to_60_weeks(weeks: int, slugs: list[str]):
    a_term = Term(day("2026-01-26"), day("2026-01-26") + dt.timedelta(days=7 * weeks - 1), TWO_WEEKS.meets)
    meetings, findings = list_meetings(a_term, NEW_YORK)
    assert [finding.slug for finding in findings] == slugs
    assert len(meetings) == (0 if slugs else 2 * weeks)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_local_time_is_kept_across_clock_changes(zone: dt.tzinfo):
    a_term = term("2026-01-05", "2026-12-14", 0)
    meetings = list_meetings(a_term, zone)[0]  # type: ignore[arg-type]
    assert {meeting.start.time() for meeting in meetings} == {AFTERNOON[0]}
    offsets = {meeting.start.utcoffset() for meeting in meetings}
    assert len(offsets) == (1 if str(zone) in ("UTC", "Asia/Kolkata") else 2)


# --- sessions -----------------------------------------------------------------------------------


def test_sessions_fill_the_meetings_in_order():
    assert dates(planned(TWO_WEEKS, [session("A"), session("B"), session("C"), session("D")])) == [
        "01-27 a",
        "01-29 b",
        "02-03 c",
        "02-05 d",
    ]


def test_a_part_takes_no_meeting_and_names_the_sessions_below_it():
    lines: list[PartHeading | Entry] = [
        session("A"),
        PartHeading(located("Training")),
        session("B"),
        PartHeading(located("Serving")),
        session("C"),
    ]
    assert [(slot.id, slot.part) for slot in planned(TWO_WEEKS, lines).slots] == [
        ("a", ""),
        ("b", "Training"),
        ("c", "Serving"),
    ]


def test_lines_after_a_pinned_session_follow_it():
    lines = [session("A"), session("B", date=day("2026-02-03")), session("C")]
    assert dates(planned(TWO_WEEKS, lines)) == ["01-27 a", "02-03 b", "02-05 c"]


def test_lines_before_a_pinned_session_go_around_it():
    lines = [session("A"), session("B"), session("C"), session("P", date=day("2026-01-29"))]
    found, findings = plan_term(TWO_WEEKS, lines, [], NEW_YORK)
    assert dates(found) == ["01-27 a", "01-29 p", "02-03 b", "02-05 c"]
    assert [finding.slug for finding in findings] == ["out-of-order"]


@pytest.mark.parametrize("position", range(4))
def test_the_last_meeting_is_the_last_wherever_it_is_listed(position: int):
    lines = [session("A"), session("B"), session("C")]
    lines.insert(position, session("Z", date=LAST))
    found, findings = plan_term(TWO_WEEKS, lines, [], NEW_YORK)
    assert dates(found) == ["01-27 a", "01-29 b", "02-03 c", "02-05 z"]
    assert [finding.slug for finding in findings] == (["out-of-order"] if position < 3 else [])


def test_parts_and_extra_sessions_may_stand_below_the_last_meeting():
    extra = session("X", date=day("2026-02-10"), extra=True)
    lines = [session("A"), session("B"), session("C"), session("Z", date=LAST)]
    assert dates(planned(TWO_WEEKS, [*lines, PartHeading(located("Afterwards")), extra]))[-2:] == ["02-05 z", "02-10 x"]


def test_lines_that_find_no_meeting_are_kept_in_the_order_written():
    lines = [*(session(name) for name in "ABC"), session("P", date=day("2026-01-28")), *(session(n) for n in "DEF")]
    found, _ = plan_term(TWO_WEEKS, lines, [], NEW_YORK)
    assert [(line.id, line.entry.topic) for line in found.unplaced] == [("p", "P"), ("e", "E"), ("f", "F")]


@pytest.mark.parametrize(
    ("a_term", "said"),
    [
        (None, []),
        (replace(TWO_WEEKS, end=day("2025-01-01")), ["term-backwards"]),
        (replace(TWO_WEEKS, no_class=(days("2026-01-01", "2026-03-01"),)), ["no-meetings"]),
    ],
)
def test_without_meetings_lines_have_ids_and_deadlines_are_checked(a_term: Term | None, said: list[str]):
    lines = [session("A", id=located("a")), session("B", id=located("a")), session("X", date=LAST)]
    rules = [deadline("Report", "b"), deadline("Report", "nowhere"), deadline("Report", "last class")]
    found, findings = plan_term(a_term, lines, rules, NEW_YORK)
    assert (found.slots, found.milestones) == ((), ())
    assert [line.id for line in found.unplaced] == ["a", "a", "x"]
    assert [finding.slug for finding in findings] == [*said, "duplicate-id", "unknown-session", "unknown-session"]


def test_more_sessions_to_be_announced_than_could_ever_meet_are_counted_and_not_listed():
    many = Entry(kind="tba", topic="To be announced", span=Span("site.yaml"), count=999)
    found, findings = plan_term(TWO_WEEKS, [many] * 1000, [], NEW_YORK)
    assert len(found.slots) == 4
    assert len(found.unplaced) < 2000
    assert [finding.slug for finding in findings] == ["too-many-sessions"]
    assert findings[0].help.startswith(f"{999 * 1000 - 5:,} more sessions have no meeting either.")


def test_extra_sessions_take_no_room_from_sessions_to_be_announced():
    extra = Entry(kind="cancelled", topic="X", span=Span("site.yaml"), date=day("2026-01-27"), extra=True)
    extras = [extra] * 500
    found = planned(TWO_WEEKS, [*extras, Entry(kind="tba", topic="TBA", span=Span("site.yaml"), count=4)])
    assert len(found.slots) == 504


def test_a_date_with_two_meetings_takes_two_sessions():
    lines = [session(name, date=day("2026-01-29")) for name in "AB"]
    assert [slot.meeting.place for slot in planned(LECTURE_AND_LAB, lines).slots] == ["Lab", "Hall"]


def test_a_pinned_session_takes_the_meeting_at_its_own_time():
    lines = [session("A"), session("B", date=day("2026-01-29"), time=AFTERNOON)]
    assert [slot.meeting.place for slot in planned(LECTURE_AND_LAB, lines).slots] == ["Hall", "Hall"]


def test_a_session_may_have_its_own_time_and_place():
    slot = planned(TWO_WEEKS, [session("A", time=MORNING, place="Garden")]).slots[0]
    assert (slot.meeting.start.time(), slot.meeting.end.time(), slot.meeting.place) == (*MORNING, "Garden")


def test_an_extra_session_takes_no_meeting():
    extra = session("X", date=day("2026-01-29"), extra=True, time=MORNING, place="Garden")
    found = planned(TWO_WEEKS, [session("A"), extra, session("B")])
    assert dates(found) == ["01-27 a", "01-29 x", "01-29 b"]
    assert found.slots[1].meeting.place == "Garden"


def test_an_extra_session_on_a_free_day_takes_the_usual_time():
    slot = planned(TWO_WEEKS, [session("X", date=day("2026-01-31"), extra=True)]).slots[0]
    assert (slot.meeting.start.time(), slot.meeting.start.day) == (AFTERNOON[0], 31)


def test_an_extra_session_may_replace_a_cancelled_one():
    cancelled = Entry(kind="cancelled", topic="", reason="Snow", span=Span("site.yaml"))
    extra = session("X", date=day("2026-01-27"), extra=True)
    assert len(planned(TWO_WEEKS, [cancelled, extra]).slots) == 2


def test_a_long_session_overlaps_all_that_start_in_it():
    extra = session("X", date=day("2026-01-29"), extra=True, time=(dt.time(8), dt.time(18)))
    found, findings = plan_term(LECTURE_AND_LAB, [*(session(name) for name in "ABCD"), extra], [], NEW_YORK)
    assert len(found.slots) == 5
    assert [finding.slug for finding in findings] == ["overlap", "overlap"]


# --- ids and weeks ------------------------------------------------------------------------------


def test_sessions_to_be_announced_have_ids_in_order_that_dont_depend_on_dates():
    lines = [session("A"), Entry(kind="tba", topic="To be announced", span=Span("site.yaml"), count=3)]
    moved = replace(TWO_WEEKS, start=day("2026-01-20"))
    expected = ["a", "to-be-announced", "to-be-announced-2", "to-be-announced-3"]
    assert [slot.id for slot in planned(TWO_WEEKS, lines).slots] == expected
    assert [slot.id for slot in planned(moved, lines).slots] == expected


def test_a_given_id_is_kept_and_a_slug_makes_way():
    lines = [session("Serving"), session("More", id=located("serving")), session("Serving")]
    assert [slot.id for slot in planned(TWO_WEEKS, lines).slots] == ["serving-2", "serving", "serving-3"]


def test_a_slug_makes_way_for_a_given_id_that_looks_like_a_counted_one():
    lines = [session("A"), session("A"), session("B", id=located("a-2"))]
    assert [slot.id for slot in planned(TWO_WEEKS, lines).slots] == ["a", "a-3", "a-2"]


def test_a_topic_without_letters_has_an_id():
    assert [slot.id for slot in planned(TWO_WEEKS, [session("?!"), session("...")]).slots] == ["session", "session-2"]


def test_an_id_stays_when_another_session_finds_no_meeting():
    lines = [session("A", date=day("2026-01-28")), session("A")]
    found, _ = plan_term(TWO_WEEKS, lines, [], NEW_YORK)
    assert [slot.id for slot in found.slots] == ["a-2"]


def test_a_week_without_class_has_no_number():
    a_term = term("2026-03-10", "2026-03-26", 1, 3, no_class=(days("2026-03-15", "2026-03-22"),))
    lines = [session(name) for name in "ABCD"]
    assert [(slot.meeting.start.day, slot.week) for slot in planned(a_term, lines).slots] == [
        (10, 1),
        (12, 1),
        (24, 2),
        (26, 2),
    ]


def test_an_extra_session_numbers_no_week():
    a_term = term("2026-03-10", "2026-03-26", 1, 3, no_class=(days("2026-03-15", "2026-03-22"),))
    extras = [session("X", date=day(date), extra=True) for date in ("2026-03-02", "2026-03-17", "2026-03-27")]
    cancelled = Entry(kind="cancelled", topic="", reason="Snow", span=Span("site.yaml"))
    found = planned(a_term, [cancelled, session("B"), session("C"), cancelled, *extras])
    assert [(slot.meeting.start.day, slot.week) for slot in found.slots] == [
        (2, 0),
        (10, 1),
        (12, 1),
        (17, 0),
        (24, 2),
        (26, 2),
        (27, 2),
    ]


def test_a_term_that_starts_on_a_weekend_counts_from_its_first_class():
    found = planned(term("2026-01-24", "2026-02-05", 1), [session("A"), session("B")])
    assert [(slot.meeting.start.day, slot.week) for slot in found.slots] == [(27, 1), (3, 2)]


# --- deadlines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchor", "offset", "due"),
    [
        ("serving", 7, "2026-03-12T23:59:00-04:00"),
        ("serving", 0, "2026-03-05T23:59:00-05:00"),
        ("serving", -14, "2026-02-19T23:59:00-05:00"),
        ("first class", -1, "2026-03-02T23:59:00-05:00"),
        ("last class", 1, "2026-03-13T23:59:00-04:00"),
    ],
)
def test_deadlines_keep_local_time_across_a_clock_change(anchor: str, offset: int, due: str):
    """Clocks in New York went forward on 2026-03-08."""
    a_term = term("2026-03-03", "2026-03-12", 1, 3)
    found = planned(a_term, [session("A"), session("Serving")], deadline("Report", anchor, offset))
    assert found.milestones[0].due.isoformat() == due
    assert found.milestones[0].session == ("serving" if anchor == "serving" else "")


@pytest.mark.parametrize(
    ("zone", "date", "at", "utc"),
    [
        ("America/New_York", "2026-03-08", dt.time(2, 30), "2026-03-08T07:30:00+00:00"),  # skipped
        ("America/New_York", "2026-11-01", dt.time(1, 30), "2026-11-01T05:30:00+00:00"),  # happens twice
        ("Australia/Sydney", "2026-10-04", dt.time(2, 30), "2026-10-03T16:30:00+00:00"),
        ("Australia/Sydney", "2026-04-05", dt.time(2, 30), "2026-04-04T15:30:00+00:00"),
        ("Asia/Kolkata", "2026-03-08", dt.time(12), "2026-03-08T06:30:00+00:00"),
    ],
)
def test_a_time_that_the_clock_skips_or_repeats_has_the_offset_before_the_change(
    zone: str, date: str, at: dt.time, utc: str
):
    rule = DeadlineRule(located("Report"), Due(located(date), date=day(date)), at)
    a_term = term("2026-01-27", "2026-12-01", 1, 3)
    found, _ = plan_term(a_term, [], [rule], load_zone(zone))
    assert found.milestones[0].due.astimezone(dt.UTC).isoformat() == utc


@pytest.mark.parametrize(
    ("date", "start", "end", "expected"),
    [
        ("2026-03-01", dt.time(2, 30), dt.time(3, 30), "2026-03-01T02:30:00-05:00 2026-03-01T03:30:00-05:00"),
        # That night the clocks go from 2:00 to 3:00.
        ("2026-03-08", dt.time(2, 30), dt.time(3, 30), "2026-03-08T03:30:00-04:00 2026-03-08T04:30:00-04:00"),
        ("2026-03-08", dt.time(2), dt.time(2, 50), "2026-03-08T03:00:00-04:00 2026-03-08T03:50:00-04:00"),
        ("2026-03-08", dt.time(1, 30), dt.time(2, 30), "2026-03-08T01:30:00-05:00 2026-03-08T03:30:00-04:00"),
        # Past midnight, and until then.
        ("2026-03-01", dt.time(23, 30), dt.time(0, 30), "2026-03-01T23:30:00-05:00 2026-03-02T00:30:00-05:00"),
        ("2026-03-01", dt.time(19, 30), dt.time(), "2026-03-01T19:30:00-05:00 2026-03-02T00:00:00-05:00"),
        ("2026-03-07", dt.time(22), dt.time(2, 30), "2026-03-07T22:00:00-05:00 2026-03-08T03:30:00-04:00"),
    ],
)
def test_a_class_lasts_whatever_the_clocks_do_and_may_end_on_the_next_day(
    date: str, start: dt.time, end: dt.time, expected: str
):
    a_term = Term(day(date), day(date), (Pattern((day(date).weekday(),), start, end),))
    own = session("B", date=day(date), extra=True, time=(start, end))
    found, _ = plan_term(a_term, [session("A"), own], [], NEW_YORK)
    said = [f"{slot.meeting.start.isoformat()} {slot.meeting.end.isoformat()}" for slot in found.slots]
    assert said == [expected, expected]


def test_a_class_of_the_night_overlaps_one_that_begins_before_it_is_over():
    late, later = Pattern((1,), dt.time(22), dt.time(1)), Pattern((1,), dt.time(23), dt.time(23, 50))
    findings = list_meetings(Term(day("2026-02-03"), day("2026-02-03"), (late, later)), NEW_YORK)[1]
    assert [finding.slug for finding in findings] == ["overlap"]


@pytest.mark.parametrize(
    ("weekdays", "weeks"),
    [
        ((2, 6), "02-08 1, 02-11 1, 02-15 2, 02-18 2"),  # Sunday and Wednesday
        ((5, 6), "02-08 1, 02-14 2, 02-15 2"),  # the weekend is one
        ((1, 3), "02-10 1, 02-12 1, 02-17 2"),
    ],
)
def test_weeks_begin_on_sunday_where_the_class_meets_on_it_but_not_on_saturday(weekdays: tuple[int, ...], weeks: str):
    found = planned(term("2026-02-08", "2026-02-18", *weekdays), [session("A", count=weeks.count(",") + 1)])
    assert ", ".join(f"{slot.meeting.start:%m-%d} {slot.week}" for slot in found.slots) == weeks


def test_a_deadline_at_a_time_that_the_clocks_skip_is_told():
    rule = replace(deadline("Report", "first class", -1, dt.time(2, 30)), what=Located("Report", Span("site.yaml", 9)))
    _, findings = plan_term(term("2026-03-09", "2026-03-09", 0), [session("A")], [rule], NEW_YORK)
    (told,) = [finding for finding in findings if finding.slug == "skipped-hour"]
    assert (told.span.line, told.severity) == (9, "warning")
    assert told.message == '"Report" is due on Sun 2026-03-08 at 02:30, but that night the clocks skip this time.'
    assert told.help == "It is taken for 03:30; write that, or an earlier hour."


def test_a_review_at_a_time_that_the_clocks_skip_is_told():
    meeting = list_meetings(term("2026-03-09", "2026-03-09", 0), NEW_YORK)[0][0]
    told = check_review_hour(ReviewRule(at=dt.time(2, 30)), meeting, NEW_YORK, "Logs")
    assert told
    assert told.message.startswith('The review for "Logs" is due on Sun 2026-03-08 at 02:30, but')
    assert check_review_hour(ReviewRule(at=dt.time(3)), meeting, NEW_YORK, "Logs") is None


def test_reviews_are_due_at_a_local_time_before_the_session():
    meetings = list_meetings(term("2026-03-10", "2026-03-10", 1), NEW_YORK)[0]
    rule = ReviewRule(due=Offset(-3), at=dt.time(12))
    assert review_due(rule, meetings[0], NEW_YORK).isoformat() == "2026-03-07T12:00:00-05:00"


def test_deadlines_are_in_order_of_time_and_have_ids():
    rules = [deadline("Report", "b"), deadline("Report", "a"), deadline("!", "a", -1)]
    found = planned(TWO_WEEKS, [session("A"), session("B")], *rules)
    assert [milestone.id for milestone in found.milestones] == ["due", "due-report-2", "due-report"]


def test_a_deadline_may_be_counted_from_a_cancelled_session():
    cancelled = Entry(kind="cancelled", topic="Serving", span=Span("site.yaml"))
    assert planned(TWO_WEEKS, [cancelled], deadline("Report", "serving", 7)).milestones[0].due.date() == day(
        "2026-02-03"
    )


# --- what holds for every term ------------------------------------------------------------------


@st.composite
def terms(draw: st.DrawFn) -> Term:
    start = draw(st.dates(dt.date(2023, 1, 1), dt.date(2032, 1, 1)))
    length = draw(st.integers(0, 7 * MAX_WEEKS - 1) | st.integers(6, 100))
    inside = st.integers(-3, length + 3).map(lambda n: start + dt.timedelta(days=n))
    free = [
        Days(first, first + dt.timedelta(days=more), "")
        for first, more in draw(st.lists(st.tuples(inside, st.integers(0, 9)), max_size=3))
    ]
    extra = [Days(date, date, "") for date in draw(st.lists(inside, max_size=3))]
    hours = st.tuples(st.integers(7, 14), st.integers(1, 4)).map(lambda pair: (dt.time(pair[0]), dt.time(sum(pair))))
    patterns = st.builds(
        lambda weekdays, times: Pattern(tuple(sorted(weekdays)), *times),
        st.sets(st.integers(0, 6), min_size=1, max_size=5),
        hours,
    )
    meets = tuple(draw(st.lists(patterns, min_size=1, max_size=3)))
    return Term(start, start + dt.timedelta(days=length), meets, tuple(free), tuple(extra))


@st.composite
def courses(draw: st.DrawFn) -> tuple[Term, list[Entry]]:
    """A term that has meetings, and lines of which some are pinned, in order or not, to real meetings or not."""
    a_term = draw(terms())
    meetings = list_meetings(a_term, NEW_YORK)[0]
    assume(meetings)
    meeting_dates = st.sampled_from(meetings).map(lambda meeting: meeting.start.date())
    pins = st.none() | st.none() | meeting_dates | st.just(LAST) | st.just(a_term.start)
    kinds = st.sampled_from(["class", "class", "guest", "cancelled", "tba"])
    lines = []
    for number in range(draw(st.integers(0, 12))):
        date, kind = draw(pins), draw(kinds)
        extra = isinstance(date, dt.date) and draw(st.booleans())
        lines.append(Entry(kind=kind, topic=f"S{number}", span=Span("site.yaml", number + 1), date=date, extra=extra))
    return a_term, lines


def placed(a_term: Term, lines: Sequence[Entry]) -> dict[str, Slot]:
    return {slot.entry.topic: slot for slot in plan_term(a_term, lines, [], NEW_YORK)[0].slots}


def regular(slots: dict[str, Slot]) -> list[Slot]:
    return [slot for slot in slots.values() if not slot.entry.extra]


@given(terms(), st.sampled_from(ZONES))
def test_meetings_are_in_order_within_the_term_and_never_on_a_day_without_class(a_term: Term, zone: dt.tzinfo):
    meetings, findings = list_meetings(a_term, zone)  # type: ignore[arg-type]
    assert bool(meetings) != ([finding.slug for finding in findings] == ["no-meetings"])
    assert meetings == sorted(meetings)
    for meeting in meetings:
        date = meeting.start.date()
        assert a_term.start <= date <= a_term.end
        assert not any(free.first <= date <= free.last for free in a_term.no_class)
        weekdays = {weekday for pattern in a_term.meets for weekday in pattern.weekdays}
        assert date.weekday() in weekdays or date in {extra.first for extra in a_term.extra_class}


@given(courses())
def test_every_meeting_is_used_at_most_once(course: tuple[Term, list[Entry]]):
    a_term, lines = course
    used = Counter((slot.meeting.start, slot.meeting.end) for slot in regular(placed(a_term, lines)))
    there = Counter((meeting.start, meeting.end) for meeting in list_meetings(a_term, NEW_YORK)[0])
    assert used <= there


@given(courses())
def test_sessions_without_a_date_keep_their_order(course: tuple[Term, list[Entry]]):
    found = plan_term(*course, [], NEW_YORK)[0].slots
    numbers = [slot.entry.span.line for slot in found if slot.entry.date is None]
    assert numbers == sorted(numbers)
    assert [slot.meeting.start for slot in found] == sorted(slot.meeting.start for slot in found)


@given(courses())
def test_every_line_has_a_meeting_or_a_finding(course: tuple[Term, list[Entry]]):
    a_term, lines = course
    found, findings = plan_term(a_term, lines, [], NEW_YORK)
    assert len(found.slots) + len(found.unplaced) == len(lines)
    assert bool(found.unplaced) == any(
        f.slug in ("too-many-sessions", "not-a-meeting", "taken-meeting") for f in findings
    )


@given(courses(), st.integers(0, 12))
def test_an_inserted_session_moves_only_later_ones_without_a_date(course: tuple[Term, list[Entry]], at: int):
    a_term, lines = course
    at = min(at, len(lines))
    before, after = placed(a_term, lines), placed(a_term, [*lines[:at], session("new"), *lines[at:]])
    for number, line in enumerate(lines):
        if number < at or line.date is not None:
            old, new = before.get(line.topic), after.get(line.topic)
            assert (old and old.meeting) == (new and new.meeting)
        elif line.topic in after:
            assert before[line.topic].meeting <= after[line.topic].meeting


@given(courses(), st.integers(0, 11))
def test_cancelling_moves_nothing_and_keeps_week_and_id(course: tuple[Term, list[Entry]], which: int):
    a_term, lines = course
    assume(which < len(lines))
    cancelled = [*lines[:which], replace(lines[which], kind="cancelled"), *lines[which + 1 :]]
    before, after = placed(a_term, lines), placed(a_term, cancelled)
    assert {topic: (slot.id, slot.meeting, slot.week) for topic, slot in before.items()} == {
        topic: (slot.id, slot.meeting, slot.week) for topic, slot in after.items()
    }


@given(courses())
def test_weeks_are_numbered_from_1_without_gaps_where_class_meets(course: tuple[Term, list[Entry]]):
    a_term, lines = course
    meetings = list_meetings(a_term, NEW_YORK)[0]
    found = plan_term(a_term, lines, [], NEW_YORK)[0].slots
    weeks = sorted({week_of(meeting.start.date(), a_term.week_opens) for meeting in meetings})
    for slot in found:
        first = week_of(slot.meeting.start.date(), a_term.week_opens)
        assert slot.week == (weeks.index(first) + 1 if first in weeks else 0)
        assert slot.week > 0 or slot.entry.extra


@given(courses())
def test_ids_differ(course: tuple[Term, list[Entry]]):
    a_term, lines = course
    found = plan_term(a_term, [replace(line, topic="Same", count=2) for line in lines], [], NEW_YORK)[0].slots
    assert len({slot.id for slot in found}) == len(found)


@given(courses(), st.integers(-99, 99), st.times(), st.sampled_from(ZONES))
def test_a_deadline_has_the_local_time_that_was_asked_for(
    course: tuple[Term, list[Entry]], offset: int, at: dt.time, zone: dt.tzinfo
):
    a_term, lines = course
    rules = [deadline("Report", anchor, offset, at) for anchor in ("first class", "last class", "s0", "nowhere")]
    found, findings = plan_term(a_term, lines, rules, zone)  # type: ignore[arg-type]
    days_of = {slot.id: slot.meeting.start.date() for slot in found.slots}
    for milestone in found.milestones:
        assert milestone.due.time() == at or is_skipped(milestone.due.date(), at, zone)  # type: ignore[arg-type]
        if milestone.session:
            assert milestone.due.date() - days_of[milestone.session] == dt.timedelta(days=offset)
    assert any(finding.slug == "unknown-session" and '"nowhere"' in finding.message for finding in findings)
