"""The calendar feeds are what RFC 5545 says, and say what the course says.

Two libraries that have nothing to do with us read them: icalendar and vobject. How events change from build
to build is test_revisions'.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.addresses import canonical
from sitegen.folders.disk import read_course
from sitegen.intake import Options, read_course_model
from sitegen.model import Course, Deadline
from sitegen.outputs.calendars import FEEDS, feeds
from sitegen.outputs.contentlines import LONGEST, text, unfold, write_lines
from sitegen.outputs.events import make_scope
from sitegen.outputs.timezones import describe_zone
from tests.calendar_feeds import names, parse, publish, read, read_model, site_yaml
from tests.sample import sample_course, theme
from tests.support import REPOSITORY

UTC = dt.UTC


@pytest.fixture(scope="module")
def real() -> Course:
    tree, _ = read_course(REPOSITORY)
    course = read_course_model(tree, Options(dt.datetime(2026, 2, 10, 12, tzinfo=UTC))).course
    assert course is not None
    return course


@pytest.fixture(scope="module", params=["real", "sample"])
def course(request, real) -> Course:
    return real if request.param == "real" else sample_course()


@pytest.fixture(scope="module")
def published(course) -> dict[str, bytes]:
    return dict(feeds(course, theme()))


# --- the events, one by one -------------------------------------------------------------------------


def test_each_session_is_one_event_with_its_time_zone_and_place(course, published):
    events = read(published["classes.ics"])
    assert len(events) == len(course.sessions)
    for session in course.sessions:
        kind = "tba" if session.kind == "tba" else "class"
        event = events[f"{kind}-{session.id}@{make_scope(course)}"]
        assert (event.start, event.end) == (session.start, session.end)
        assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == "America/New_York"
        assert event.start.utcoffset() == session.start.utcoffset()
        assert str(event.get("LOCATION", "")) == session.place
        title = f"CMSC818Q: {session.topic}"
        assert event["SUMMARY"] == (f"Cancelled: {title}" if session.kind == "cancelled" else title)
        assert str(event["URL"]) == canonical(course.base_url, "schedule/index.html") + f"#{session.id}"


def test_each_deadline_is_one_event_that_starts_when_it_is_due(course, published):
    events = read(published["deadlines.ics"])
    assert len(events) == len(course.deadlines)
    for deadline in course.deadlines:
        event = events[f"{uid_of(deadline)}@{make_scope(course)}"]
        assert event.start == deadline.due
        assert event.end == deadline.due + dt.timedelta(minutes=1)
        assert event["SUMMARY"] == f"CMSC818Q due: {deadline.what}"
        assert event["TRANSP"] == "TRANSPARENT"
        row = deadline.session if deadline.kind == "review" else deadline.id
        assert str(event["URL"]).endswith(f"/schedule/#{row}")


def uid_of(deadline: Deadline) -> str:
    return f"review-{deadline.session}" if deadline.kind == "review" else f"milestone-{deadline.id}"


def test_calendar_ics_is_the_two_others_together(published):
    parts = {path: read(published[path]) for path in ("classes.ics", "deadlines.ics")}
    together = read(published["calendar.ics"])
    assert together.keys() == parts["classes.ics"].keys() | parts["deadlines.ics"].keys()
    for events in parts.values():
        for uid, event in events.items():
            assert event.to_ical() == together[uid].to_ical()


def test_the_second_reader_reads_the_same(published):
    for content in published.values():
        ours = read(content)
        calendar = vobject.readOne(content.decode())
        calendar.validate(raiseException=True)
        theirs = {event.uid.value: event for event in calendar.contents.get("vevent", [])}
        assert theirs.keys() == ours.keys()
        for uid, event in theirs.items():
            assert event.summary.value == ours[uid]["SUMMARY"]
            assert event.dtstart.value.astimezone(UTC) == ours[uid].start.astimezone(UTC)
            assert event.dtend.value.astimezone(UTC) == ours[uid].end.astimezone(UTC)
            assert event.description.value == ours[uid]["DESCRIPTION"]
            assert event.sequence.value == str(ours[uid]["SEQUENCE"])


def test_the_papers_presenters_and_reviews_of_a_class_are_in_its_description():
    course = sample_course()
    events = {uid.partition("@")[0]: event for uid, event in read(dict(feeds(course, theme()))["calendar.ics"]).items()}
    assert str(events["class-session-6"]["DESCRIPTION"]) == (
        "Bring a laptop.\n\n"
        "Reviews are due Wed 11 Feb, noon in Paper reviews (HotCRP)\n\n"
        "Papers:\n"
        "- GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism (NeurIPS '19), "
        "presented by Charles\n  https://example.org/huang2019.pdf\n"
        "- PipeDream: Generalized Pipeline Parallelism for DNN Training (SOSP '19), waits for a presenter\n"
        "  https://example.org/narayanan2019.pdf\n\n"
        "Optional:\n"
        "- DAPPLE: A Pipelined Data Parallel Approach for Training Large Models (PPoPP '21)\n"
        "  https://example.org/fan2021.pdf\n\n"
        "Lecture notes: https://zaoxing.github.io/teaching/2026-cloud-network/lectures/training/\n"
        "slides: https://zaoxing.github.io/teaching/2026-cloud-network/lectures/training/slides.pdf\n\n"
        "Meeting time, room and dates are tentative until the first class.\n\n"
        "https://zaoxing.github.io/teaching/2026-cloud-network/schedule/#session-6"
    )
    assert "Guest: Fan Zhao, UC Santa Barbara" in events["class-session-9"]["DESCRIPTION"]
    assert "This class is cancelled: The instructor travels." in events["class-session-10"]["DESCRIPTION"]
    assert str(events["milestone-proposal"]["DESCRIPTION"]).startswith(
        "Due Tue 17 Feb, 11:59 pm\n\nOne page.\n\nhttps://"
    )


def test_a_paper_without_an_address_of_its_own_leads_to_its_page():
    said = names(publish(["{topic: Serving, read: zero}"]))["review-serving"]["DESCRIPTION"]
    assert "- ZeRO" in said
    assert "https://example.edu/cs101/readings/zero/" in said


@pytest.mark.parametrize(
    ("line", "status", "transparency"),
    [
        ("Serving", "CONFIRMED", "OPAQUE"),
        ("{topic: Serving, cancelled: Instructor travels}", "CANCELLED", "TRANSPARENT"),
        ("cancelled: Instructor travels", "CANCELLED", "TRANSPARENT"),
        ("tba: 1", "CONFIRMED", "OPAQUE"),
    ],
)
def test_a_class_says_whether_it_is_held(line, status, transparency):
    (event,) = read(publish([line])["classes.ics"]).values()
    assert (event["STATUS"], event["TRANSP"]) == (status, transparency)


def test_a_cancelled_class_says_so_in_its_title_too():
    assert [e["SUMMARY"] for e in read(publish(["cancelled: Snow"])["classes.ics"]).values()] == [
        "Cancelled: CS101 class"
    ]


def test_classes_are_tentative_as_long_as_the_term_is_but_not_cancelled_ones_or_deadlines(published, course):
    for uid, event in read(published["calendar.ics"]).items():
        if event["STATUS"] != "CANCELLED":
            is_class = uid.startswith(("class-", "tba-"))
            assert event["STATUS"] == ("TENTATIVE" if is_class else "CONFIRMED"), uid
            assert (course.term.tentative in event["DESCRIPTION"]) == is_class


def test_without_the_sites_address_events_have_no_url_and_papers_keep_theirs():
    feed = publish(["{topic: Serving, read: [orca, zero]}"], base_url="")["calendar.ics"]
    assert b"\r\nURL" not in feed and b"SOURCE" not in feed
    event = {uid.partition("@")[0]: event for uid, event in read(feed).items()}["class-serving"]
    assert "https://example.org/orca.pdf" in event["DESCRIPTION"]
    assert "example.edu" not in event["DESCRIPTION"]


def test_a_course_without_dates_has_no_feeds():
    course = read_model("course: {code: CS101, title: Systems}\n")
    assert dict(feeds(course, theme())) == {}


def test_a_feed_without_events_is_still_a_calendar():
    """A subscription to deadlines must not break off before the first deadline is set."""
    calendar = parse(publish(["Overview"])["deadlines.ics"])
    assert calendar.events == []
    assert len(calendar.timezones) == 1


# --- the form ---------------------------------------------------------------------------------------


def test_each_line_ends_with_crlf_and_has_at_most_75_octets(published):
    for content in published.values():
        lines = content.split(b"\r\n")
        assert lines.pop() == b""
        assert not [line for line in lines if b"\r" in line or b"\n" in line]
        assert max(map(len, lines)) <= LONGEST == 75


def test_a_line_is_folded_between_characters_and_not_inside_an_escape():
    topic = "深層学習のための分散システム、その設計と実装。" * 5 + "🎓" * 30 + ", ; \\\\" * 20
    feed = publish([f"'{topic}'"])["calendar.ics"]
    for line in feed.split(b"\r\n"):
        assert len(line) <= 75
        assert (len(line) - len(line.rstrip(b"\\"))) % 2 == 0
        line.decode()  # a character cut in two isn't UTF-8
    (event,) = read(feed).values()
    assert event["SUMMARY"] == f"CS101: {topic}"


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("Ada, Bob; Cy", r"Ada\, Bob\; Cy"),
        ("one\ntwo", r"one\ntwo"),
        ("one\r\ntwo\rthree", r"one\ntwo\nthree"),
        ("one\u2028two\x85three", r"one\ntwo\nthree"),
        ("C:\\New", r"C:\\New"),
        ("a\tb\x00\x1b\x7f", "a b"),
        ('"x": y', '"x": y'),
        ("עברית 你好 é", "עברית 你好 é"),
    ],
)
def test_text_is_escaped(words, written):
    assert text(words) == written


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300), max_size=5))
def test_what_is_written_is_read_back(texts):
    lines = ["BEGIN:VCALENDAR", *(f"SUMMARY:{text(words)}" for words in texts)]
    written = write_lines(lines)
    assert unfold(written).split("\n") == [*lines, ""]
    assert all(len(piece) <= 75 for piece in written.split(b"\r\n"))


def test_both_readers_undo_the_escapes():
    """Backslashes are left to vobject: icalendar 7.3 takes an escaped one before an n for a line break."""
    words = 'Ada, Bob; Cy: "x" \\New\\n'
    feed = publish(["'" + words + "'"])["calendar.ics"].decode()
    assert vobject.readOne(feed).vevent.summary.value == f"CS101: {words}"
    (event,) = read(publish(["'Ada, Bob; Cy: \"x\"'"])["calendar.ics"]).values()
    assert event["SUMMARY"] == 'CS101: Ada, Bob; Cy: "x"'


def test_a_feed_says_what_it_is_called_and_how_often_to_look(published):
    assert set(published) == {feed.path for feed in FEEDS}
    for path, name in (
        ("calendar.ics", "CMSC818Q Spring 2026"),
        ("deadlines.ics", "CMSC818Q Spring 2026: deadlines"),
        ("classes.ics", "CMSC818Q Spring 2026: classes"),
    ):
        calendar = parse(published[path])
        assert calendar["VERSION"] == "2.0"
        assert calendar["NAME"] == calendar["X-WR-CALNAME"] == name
        assert calendar["REFRESH-INTERVAL"].dt == dt.timedelta(hours=1)
        assert calendar["X-PUBLISHED-TTL"] == "PT1H"
        assert calendar["SOURCE"].endswith(f"/{path}")
        assert "METHOD" not in calendar


def test_no_event_rings(published):
    assert b"VALARM" not in b"".join(published.values())


def test_every_time_is_local_to_a_zone_that_the_feed_describes(published):
    for content in published.values():
        zones = {str(zone["TZID"]) for zone in parse(content).timezones}
        assert zones == {"America/New_York"}
        used = set(
            re.findall(rb"^DT(?:START|END);TZID=([^:]+):\d{8}T\d{6}$", content.replace(b"\r", b""), re.MULTILINE)
        )
        assert used <= {b"America/New_York"}


# --- time zones -------------------------------------------------------------------------------------

ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",  # two changes a year, on dates that follow the moon
    "Asia/Jerusalem",
    "Asia/Gaza",
    "Asia/Kolkata",
    "Pacific/Apia",
    "UTC",
]


@pytest.mark.parametrize("key", ZONES)
@pytest.mark.parametrize("reader", ["icalendar", "vobject"])
def test_the_description_of_a_zone_gives_its_offset_on_every_day_of_the_term(key, reader):
    zone = ZoneInfo(key)
    lines = write_lines(describe_zone(zone, 2025, 2026)).decode()
    if reader == "icalendar":
        described = parse(lines, icalendar.Timezone).to_tz(lookup_tzid=False)
    else:
        component = vobject.readOne(f"BEGIN:VCALENDAR\r\n{lines}END:VCALENDAR\r\n").vtimezone
        described = component.gettzinfo()
    for hours in range(0, 24 * 730, 9):
        moment = dt.datetime(2025, 1, 1, 8, 30) + dt.timedelta(hours=hours)
        ambiguous = zone.utcoffset(moment) != zone.utcoffset(moment.replace(fold=1))
        if not ambiguous:
            assert moment.replace(tzinfo=described).utcoffset() == zone.utcoffset(moment), moment


def test_the_offsets_are_right_around_each_change_of_the_clock():
    zone = ZoneInfo("America/New_York")
    described = parse(write_lines(describe_zone(zone, 2026, 2026)), icalendar.Timezone).to_tz(lookup_tzid=False)
    for moment, hours in (
        (dt.datetime(2026, 3, 8, 1, 59), -5),
        (dt.datetime(2026, 3, 8, 3, 0), -4),
        (dt.datetime(2026, 11, 1, 0, 59), -4),
        (dt.datetime(2026, 11, 1, 2, 0), -5),
    ):
        assert moment.replace(tzinfo=described).utcoffset() == dt.timedelta(hours=hours), moment


def test_a_yearly_change_is_a_rule_with_a_weekday_because_outlook_reads_no_other():
    lines = list(describe_zone(ZoneInfo("America/New_York"), 2026, 2026))
    assert [line for line in lines if line.startswith(("RRULE", "RDATE"))] == [
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    ]
    lines = list(describe_zone(ZoneInfo("Europe/Berlin"), 2026, 2026))
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" in lines
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" in lines


def test_the_same_hour_before_and_after_the_change_of_the_clock_is_two_times_in_utc():
    feed = publish(["tba: 14"])["classes.ics"]
    hours = {event.start.date(): event.start.astimezone(UTC).hour for event in read(feed).values()}
    assert hours[dt.date(2026, 3, 5)] == 20
    assert hours[dt.date(2026, 3, 10)] == 19


# --- UIDs -------------------------------------------------------------------------------------------


def test_a_uid_depends_neither_on_the_sites_address_nor_on_the_day_of_the_build():
    one = publish(["Serving"], deadlines=["{what: Report, due: last class}"])
    other = publish(
        ["Serving"],
        deadlines=["{what: Report, due: last class}"],
        base_url="http://localhost:8000/",
        today=dt.date(2026, 3, 1),
    )
    assert read(one["calendar.ics"]).keys() == read(other["calendar.ics"]).keys()


def test_a_session_and_a_deadline_with_the_same_id_are_two_events():
    """The review of `serving` and a session that is called `review-serving`."""
    assert len(names(publish(["{topic: Serving, read: orca}", "{topic: Review, id: review-serving, read: zero}"]))) == 4


def test_a_uid_is_short_however_long_the_topic_is():
    topics = ["深い学習" * 200, "深い学習" * 200 + "2"]
    uids = read(publish(topics)["calendar.ics"])
    assert len(uids) == 2
    assert all(len(uid.encode()) < 255 for uid in uids)


def test_another_course_or_term_has_other_uids():
    one, other = publish(["Overview"], code="CS101"), publish(["Overview"], code="CS102")
    assert not read(one["calendar.ics"]).keys() & read(other["calendar.ics"]).keys()


def test_two_schools_that_teach_the_same_course_in_one_term_have_other_uids():
    school = "{code}\n  institution: {school}"
    feeds = [
        publish(["Overview"], code=school.format(code="CS101", school=name)) for name in ("IIT", "ETH Zürich", "X")
    ]
    uids = [uid for feed in feeds for uid in read(feed["calendar.ics"])]
    assert uids == [f"class-overview@cs101-spring-2026.{name}.sitegen" for name in ("iit", "eth-zürich", "x")]


def test_uids_stay_when_the_institution_is_named_otherwise():
    first = publish(["Overview"], code="CS101")
    second = publish(["Training", "Overview"], first, code="CS101\n  institution: University of Maryland")
    assert names(second)["class-overview"]["UID"] == "class-overview@cs101-spring-2026.sitegen"
    assert names(second)["class-training"]["UID"] == "class-training@cs101-spring-2026.sitegen"
    assert int(names(second)["class-overview"]["SEQUENCE"]) == 1


@pytest.mark.parametrize(
    ("day", "at", "start", "end"),
    [
        ("2026-03-08", "1:59am", b"20260308T015900", b"20260308T030000"),
        ("2026-03-08", "2:30am", b"20260308T033000", b"20260308T033100"),
        ("2026-11-01", "1:30am", b"20261101T013000", b"20261101T013100"),
    ],
)
def test_a_deadline_at_a_time_that_the_clock_skips_or_repeats_is_written_so_that_all_read_it_as_it_is_meant(
    day, at, start, end
):
    """RFC 5545 §3.3.5: the offset before a gap, and the first of two. vobject and ical.js read a gap otherwise."""
    course = read_model(site_yaml(["Overview"], [f"{{what: Report, due: {day}, at: '{at}'}}"]))
    feed = dict(feeds(course, theme()))["calendar.ics"]
    event = names({"calendar.ics": feed})["milestone-due-report"]
    assert (event["DTSTART"].to_ical(), event["DTEND"].to_ical()) == (start, end)
    assert event.start.astimezone(UTC) == course.deadlines[0].due.astimezone(UTC)
    if day == "2026-03-08":
        theirs = {event.uid.value: event for event in vobject.readOne(feed.decode()).contents["vevent"]}
        assert theirs[str(event["UID"])].dtstart.value.astimezone(UTC) == event.start.astimezone(UTC)
