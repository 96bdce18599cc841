"""An event stays the same event from build to build, counts its changes, and is cancelled when it is gone.

The feeds are read by the icalendar library. What is remembered between builds, and where, is at the end.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.folders.memory import keep_memory, read_memory
from sitegen.outputs.calendars import FEEDS
from sitegen.outputs.events import name_term
from sitegen.outputs.revisions import Calendar, read_calendar
from tests.calendar_feeds import NOW, blocks, content, names, publish, read, read_model, sequence, site_yaml
from tests.support import SITE_YAML, run_sitegen, write_course

LATER = dt.datetime(2026, 2, 4, 9, 30, 7, tzinfo=dt.UTC)
EARLY = dt.date(2026, 1, 5)
"""Before the term."""
TOPICS = ["Overview", "Training", "{topic: Serving, id: serving, read: orca}", "Agents"]


# --- one change at a time ---------------------------------------------------------------------------


def test_an_event_that_nobody_changed_keeps_every_byte():
    first = publish(TOPICS)
    assert publish(TOPICS, first, now=LATER) == first


def test_at_the_first_build_stamps_are_the_days_start_where_the_course_is():
    stamps = {event["DTSTAMP"].to_ical() for event in names(publish(TOPICS)).values()}
    assert stamps == {b"20260203T050000Z"}
    assert publish(TOPICS, now=LATER.replace(day=3)) == publish(TOPICS)


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("{topic: Serving models, id: serving, read: orca}", {}),
        ("{topic: Serving, id: serving, read: [orca, zero]}", {}),
        ("{topic: Serving, id: serving, read: orca, present: {orca: Ada L}}", {}),
        ("{topic: Serving, id: serving, read: orca, place: Room 9}", {}),
        ("{topic: Serving, id: serving, read: orca, time: 4-5pm}", {}),
        ("{topic: Serving, id: serving, read: orca, note: Bring a laptop}", {}),
        ("{topic: Serving, id: serving, read: orca, video: 'https://example.org/v'}", {}),
        ("{topic: Serving, id: serving, read: orca, cancelled: Snow}", {}),
        ("{topic: Serving, id: serving, read: orca}", {"zone": "America/Chicago"}),
        ("{topic: Serving, id: serving, read: orca}", {"room": "Room 2"}),
        ("{topic: Serving, id: serving, read: orca}", {"url": "https://example.edu/new/"}),
    ],
)
def test_a_changed_class_counts_on_and_is_stamped(line, facts):
    first = publish(TOPICS)
    second = publish([*TOPICS[:2], line, *TOPICS[3:]], first, now=LATER, **facts)
    before, after = names(first)["class-serving"], names(second)["class-serving"]
    assert (sequence(before), sequence(after)) == (0, 1)
    assert after["DTSTAMP"].to_ical() == after["LAST-MODIFIED"].to_ical() == b"20260204T093007Z"
    assert sequence(names(second)["class-overview"]) == (1 if facts else 0)
    assert sequence(names(publish([*TOPICS[:2], line, *TOPICS[3:]], second, **facts))["class-serving"]) == 1


def test_two_sessions_that_are_swapped_are_the_same_two_events():
    first = publish(TOPICS)
    second = publish([TOPICS[1], TOPICS[0], *TOPICS[2:]], first)
    assert names(first).keys() == names(second).keys()
    assert {name for name, event in names(second).items() if sequence(event)} == {"class-overview", "class-training"}
    assert names(second)["class-overview"].start == names(first)["class-training"].start


def test_a_number_is_the_same_in_each_feed():
    first = publish(TOPICS)
    second = publish([TOPICS[2], *TOPICS[:2]], first)
    numbers: dict[str, set[int]] = {}
    for feed in FEEDS:
        for uid, event in read(second[feed.path]).items():
            numbers.setdefault(uid, set()).add(sequence(event))
    assert all(len(found) == 1 for found in numbers.values())
    assert {0} not in numbers.values()


def test_the_zone_counts_as_a_change_even_where_the_offset_is_the_same():
    first = publish(TOPICS, zone="America/New_York")
    second = publish(TOPICS, first, zone="America/Toronto")
    assert {sequence(event) for event in names(second).values()} == {1}


def test_a_build_for_an_earlier_day_turns_no_stamp_back():
    first = publish(TOPICS)
    second = publish(TOPICS[::-1], first, now=LATER)
    third = publish(TOPICS, second, today=dt.date(2026, 1, 2))
    assert names(third)["class-overview"]["DTSTAMP"].to_ical() == b"20260204T093007Z"
    assert sequence(names(third)["class-overview"]) == 2


# --- cancelled, reinstated, gone --------------------------------------------------------------------


def test_a_class_is_cancelled_and_reinstated_under_its_uid():
    first = publish(TOPICS)
    second = publish([*TOPICS[:2], "{topic: Serving, id: serving, cancelled: Snow}", TOPICS[3]], first)
    third = publish(TOPICS, second)
    states = [
        (names(f)["class-serving"]["STATUS"], sequence(names(f)["class-serving"])) for f in (first, second, third)
    ]
    assert states == [("CONFIRMED", 0), ("CANCELLED", 1), ("CONFIRMED", 2)]
    assert content(names(first)["class-serving"]) == content(names(third)["class-serving"])


def test_a_cancelled_line_in_the_place_of_a_topic_is_that_event_and_no_second_one():
    first = publish(TOPICS, today=EARLY)
    second = publish([*TOPICS[:2], "cancelled: Instructor travels", TOPICS[3]], first, today=EARLY)
    assert names(second).keys() == names(first).keys()
    event = names(second)["class-serving"]
    assert (event["SUMMARY"], event["STATUS"], sequence(event)) == ("Cancelled: CS101: Serving", "CANCELLED", 1)
    assert "Instructor travels" in event["DESCRIPTION"]
    assert event.start == names(first)["class-serving"].start
    assert names(second)["review-serving"]["SUMMARY"] == "Removed: CS101 due: Review: Serving"
    assert publish([*TOPICS[:2], "cancelled: Instructor travels", TOPICS[3]], second, today=EARLY) == second


def test_a_class_that_is_reinstated_in_the_place_of_a_cancelled_line_is_held_again():
    first = publish(TOPICS)
    second = publish([*TOPICS[:2], "cancelled: Instructor travels", TOPICS[3]], first)
    third = publish(TOPICS, second)
    event = names(third)["class-serving"]
    assert (event["SUMMARY"], event["STATUS"], sequence(event)) == ("CS101: Serving", "CONFIRMED", 2)
    assert names(third).keys() == names(first).keys()


def test_a_class_that_moves_on_leaves_a_cancelled_day_without_a_name():
    first = publish(TOPICS)
    second = publish([*TOPICS[:2], "cancelled: Instructor travels", *TOPICS[2:]], first)
    assert names(second)["class-cancelled"]["SUMMARY"] == "Cancelled: CS101 class"
    assert names(second)["class-cancelled"].start == names(first)["class-serving"].start
    assert names(second)["class-serving"].start == names(first)["class-agents"].start


def test_a_second_cancelled_line_above_the_first_takes_nothing_from_it():
    """`cancelled` and `cancelled-2` are names by position; each event stays with its day."""
    first = publish(TOPICS, today=EARLY)
    second = publish([*TOPICS[:3], "cancelled: Snow"], first, today=EARLY)
    third = publish([TOPICS[0], "cancelled: Ice", TOPICS[2], "cancelled: Snow"], second, today=EARLY)
    assert names(third).keys() == names(first).keys()
    assert names(third)["class-training"]["SUMMARY"] == "Cancelled: CS101: Training"
    assert content(names(third)["class-agents"]) == content(names(second)["class-agents"])
    assert sequence(names(third)["class-agents"]) == 1


def test_cancelled_lines_without_a_past_have_a_uid_each():
    first = publish(["cancelled: Snow"])
    second = publish(["cancelled: Snow", "cancelled: Ice", "cancelled: Hail"], first)
    assert sorted(names(second)) == ["class-cancelled", "class-cancelled-2", "class-cancelled-3"]
    third = publish(["Overview", "cancelled: Ice", "cancelled: Hail"], second)
    assert {name: e["SUMMARY"] for name, e in names(third).items()} == {
        "class-overview": "CS101: Overview",
        "class-cancelled": "Removed: CS101 class",
        "class-cancelled-2": "Cancelled: CS101 class",
        "class-cancelled-3": "Cancelled: CS101 class",
    }


def test_an_event_that_is_gone_stays_as_removed_once_and_for_all():
    first = publish(TOPICS, today=EARLY)
    second = publish([*TOPICS[:2], TOPICS[3]], first, today=EARLY)
    gone = names(second)["class-serving"]
    assert (gone["SUMMARY"], gone["STATUS"], gone["TRANSP"]) == ("Removed: CS101: Serving", "CANCELLED", "TRANSPARENT")
    assert sequence(gone) == 1
    assert gone.start == names(first)["class-serving"].start
    assert names(second)["review-serving"]["STATUS"] == "CANCELLED"
    assert publish([*TOPICS[:2], TOPICS[3]], second, today=EARLY) == second
    back = names(publish(TOPICS, second, today=EARLY))["class-serving"]
    assert (back["SUMMARY"], back["STATUS"], sequence(back)) == ("CS101: Serving", "CONFIRMED", 2)


def test_a_schedule_that_is_emptied_cancels_every_event_of_its_feeds():
    first = publish(TOPICS, today=EARLY)
    second = publish([], first, today=EARLY)
    assert names(second).keys() == names(first).keys()
    assert {event["STATUS"] for event in names(second).values()} == {"CANCELLED"}
    assert {sequence(event) for event in names(second).values()} == {1}
    assert second["calendar.ics"].count(b"BEGIN:VTIMEZONE") == 1
    assert publish([], second, today=EARLY) == second
    back = names(publish(TOPICS, second, today=EARLY))
    assert {(str(event["STATUS"]), sequence(event)) for event in back.values()} == {("CONFIRMED", 2)}
    assert "calendar.ics" not in publish([], second, today=dt.date(2026, 6, 1))


def test_a_deadline_with_an_id_is_the_same_event_in_other_words_and_on_another_day():
    first = publish(TOPICS, deadlines=["{what: Report, due: last class, id: report}"])
    second = publish(TOPICS, first, deadlines=["{what: Final report, due: 2026-03-13, id: report}"])
    assert names(second).keys() == names(first).keys()
    event = names(second)["milestone-report"]
    assert (event["SUMMARY"], sequence(event)) == ("CS101 due: Final report", 1)


def test_a_deadline_that_is_gone_is_removed_from_its_feed_too():
    first = publish(TOPICS, deadlines=["{what: Report, due: last class}"])
    event = read(publish(TOPICS, first)["deadlines.ics"])["milestone-due-report@cs101-spring-2026.sitegen"]
    assert (event["SUMMARY"], event["STATUS"]) == ("Removed: CS101 due: Report", "CANCELLED")


def test_a_removed_event_is_let_go_sixty_days_after_its_day_and_its_number_is_kept():
    """`Agents` is on 5 February."""
    first = publish(TOPICS)
    second = publish(TOPICS[:3], first)
    assert "class-agents" in names(publish(TOPICS[:3], second, today=dt.date(2026, 4, 6)))
    third = publish(TOPICS[:3], second, today=dt.date(2026, 4, 7))
    assert "class-agents" not in names(third)
    assert b"X-SITEGEN-RETIRED:1 class-agents@cs101-spring-2026.sitegen\r\n" in third["calendar.ics"]
    assert sequence(names(publish(TOPICS, publish(TOPICS[:3], third)))["class-agents"]) == 2


def test_what_is_over_is_not_said_to_be_removed():
    """A held class whose topic is reworded later was neither cancelled nor removed."""
    first = publish(TOPICS)
    second = publish(["An overview", *TOPICS[1:]], first, today=dt.date(2026, 2, 1))
    assert "class-overview" not in names(second)
    assert sequence(names(publish(TOPICS, second, today=dt.date(2026, 2, 1)))["class-overview"]) == 1


def test_a_placeholder_that_got_its_topic_is_not_said_to_be_removed():
    first = publish(["Overview", "tba: 3"], today=EARLY)
    second = publish(["Overview", "Training", "tba: 2"], first, today=EARLY)
    assert [e["SUMMARY"] for e in names(second).values()] == [
        "CS101: Overview",
        "CS101: Training",
        "CS101: To be announced",
        "CS101: To be announced",
    ]


def test_a_placeholder_without_a_class_in_its_place_is_removed():
    first = publish(["Overview", "tba: 2"], today=EARLY)
    second = publish(["Overview", "tba: 1"], first, today=EARLY)
    assert [e["STATUS"] for e in names(second).values()] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_a_removed_class_is_not_brought_back_by_a_cancelled_line_that_has_another_to_stand_for():
    """A class took the time of one that was removed, and then was cancelled itself."""
    first = publish(["Overview", "Serving"], today=EARLY)
    second = publish(["Overview", "Agents"], first, today=EARLY)
    third = publish(["Overview", "cancelled: Snow"], second, today=EARLY)
    assert {name: e["SUMMARY"] for name, e in names(third).items()} == {
        "class-overview": "CS101: Overview",
        "class-serving": "Removed: CS101: Serving",
        "class-agents": "Cancelled: CS101: Agents",
    }


def test_a_new_course_made_from_a_copy_of_the_old_starts_anew():
    old = publish(["Overview", "Training"], code="CS101")
    new = publish(["Overview"], old, code="CS102")
    assert new == publish(["Overview"], code="CS102")


# --- any chain of edits -----------------------------------------------------------------------------

LINES = ["Overview", "{topic: A, id: a, read: orca}", "{topic: B, read: zero}", "C", "tba: 2", "D", "cancelled: Snow"]


def swap(lines: list[str], at: int) -> list[str]:
    return [*lines[:at], *lines[at + 1 :][:1], lines[at], *lines[at + 2 :]]


EDITS: dict[str, Callable[[list[str], int], list[str]]] = {
    "nothing": lambda lines, at: lines,
    "swap": swap,
    "remove": lambda lines, at: [*lines[:at], *lines[at + 1 :]],
    "restore": lambda lines, at: [*lines, *[line for line in LINES if line not in lines][:1]],
    "cancel": lambda lines, at: [*lines[:at], "cancelled: Ice", *lines[at + 1 :]],
    "cancel and move on": lambda lines, at: [*lines[:at], "cancelled: Hail", *lines[at:]],
    "cancel by name": lambda lines, at: [*lines[:at], "{topic: C, cancelled: Wind}", *lines[at + 1 :]],
    "announce": lambda lines, at: ["E" if line.startswith("tba") else line for line in lines],
    "add": lambda lines, at: [*lines[:at], f"New {at}", *lines[at:]],
    "move to another room": lambda lines, at: ["{topic: D, place: Room 7}" if line == "D" else line for line in lines],
}


def fits(lines: list[str]) -> bool:
    """At most the 14 meetings of the term, and no line with an id twice."""
    return len(lines) <= 12 and all(lines.count(line) < 2 for line in lines if "id:" in line) and lines != []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 6), st.integers(0, 4)), max_size=8))
def test_through_any_edits_a_number_grows_if_and_only_if_its_event_changed(edits):
    lines, day, feeds = list(LINES), dt.date(2026, 1, 20), publish(LINES, today=dt.date(2026, 1, 20))
    highest = {uid: number(event) for uid, event in blocks(feeds["calendar.ics"]).items()}
    for name, at, days in edits:
        edited = EDITS[name](list(lines), min(at, len(lines) - 1))
        lines = edited if fits(edited) else lines
        day += dt.timedelta(days=days)
        before, feeds = feeds, publish(lines, feeds, today=day)
        old, new = blocks(before["calendar.ics"]), blocks(feeds["calendar.ics"])
        for uid, event in new.items():
            if uid in old:
                changed = says(event) != says(old[uid])
                assert number(event) == number(old[uid]) + changed
                assert changed or event == old[uid]
            else:
                assert number(event) == highest.get(uid, -1) + 1
        highest |= {uid: number(event) for uid, event in new.items()}
        for uid in old.keys() - new.keys():
            assert start(old[uid])[:8] < f"{day:%Y%m%d}" or uid.startswith("tba-")
        shown = [event for event in new.values() if not any(line.startswith("SUMMARY:Removed: ") for line in event)]
        course = read_model(site_yaml(lines), today=day)
        moments = [*(session.start for session in course.sessions), *(deadline.due for deadline in course.deadlines)]
        assert sorted(map(start, shown)) == sorted(f"{moment:%Y%m%dT%H%M%S}" for moment in moments)
        cancelled = sum(session.kind == "cancelled" for session in course.sessions)
        assert sum("STATUS:CANCELLED" in event for event in shown) == cancelled
        assert blocks(feeds["classes.ics"]) | blocks(feeds["deadlines.ics"]) == new
    assert publish(lines, feeds, today=day, now=LATER) == feeds


def number(event: list[str]) -> int:
    return next(int(line.removeprefix("SEQUENCE:")) for line in event if line.startswith("SEQUENCE:"))


def says(event: list[str]) -> list[str]:
    return sorted(line for line in event if not line.startswith(("SEQUENCE:", "DTSTAMP:", "LAST-MODIFIED:")))


def start(event: list[str]) -> str:
    return next(line.partition(":")[2] for line in event if line.startswith("DTSTART"))


# --- what is no memory of ours ----------------------------------------------------------------------


def damaged() -> dict[str, bytes]:
    good = publish(TOPICS)["calendar.ics"]
    return {
        "nothing": b"",
        "cut short": good[:-40],
        "cut inside an event": good[: len(good) // 2],
        "cut at an event's end": good[: good.rindex(b"END:VEVENT")],
        "no calendar": b"<!doctype html><title>404</title>",
        "not UTF-8": good.replace(b"Serving", b"S\xff"),
        "another program's": good.replace(b"PRODID:-//sitegen", b"PRODID:-//else"),
        "two courses' together": good.replace(b"2026.sitegen", b"2026.iit.sitegen", 1),
        "another course's": good.replace(b"cs101-", b"cs102-"),
        "no number": good.replace(b"SEQUENCE:0", b"SEQUENCE:x"),
        "a number too large": good.replace(b"SEQUENCE:0", b"SEQUENCE:2147483647"),
        "a negative number": good.replace(b"SEQUENCE:0", b"SEQUENCE:-1"),
        "no number in digits of ours": good.replace(b"SEQUENCE:0", "SEQUENCE:٣".encode()),
        "two numbers": good.replace(b"SEQUENCE:0", b"SEQUENCE:0\r\nSEQUENCE:1"),
        "without a stamp": re.sub(rb"LAST-MODIFIED:.*\r\n", b"", good),
        "with a stamp of no form": re.sub(rb"(DTSTAMP|LAST-MODIFIED):.*\r", rb"\1:now\r", good),
        "with an alarm": good.replace(b"END:VEVENT", b"BEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT"),
        "with a guest": good.replace(b"END:VEVENT", b"ATTENDEE:mailto:a@b.c\r\nEND:VEVENT"),
        "with a control character": good.replace(b"CS101: Serving", b"CS101: \x1bServing"),
        "without a title": re.sub(rb"SUMMARY:.*\r\n", b"", good),
        "on no day": re.sub(rb"(DTSTART[^:]*:)\d{8}", rb"\g<1>20260230", good),
    }


@pytest.mark.parametrize("what", damaged())
def test_a_calendar_that_sitegen_did_not_write_is_passed_over(what):
    content = damaged()[what]
    assert read_calendar(content, "cs101-spring-2026") is None
    assert publish(TOPICS[:2], {"calendar.ics": content}) == publish(TOPICS[:2])


def test_a_calendar_that_it_did_write_is_read_whole():
    feeds = publish(TOPICS, publish([*TOPICS, "tba: 2"], today=EARLY))
    calendar = read_calendar(feeds["calendar.ics"], name_term(read_model(site_yaml(TOPICS))))
    assert calendar is not None
    assert list(calendar.revisions) == list(read(feeds["calendar.ics"]))
    assert read_calendar(feeds["calendar.ics"].replace(b"\r\n", b"\n"), "cs101-spring-2026") == calendar
    assert calendar != Calendar()


def test_a_calendar_with_spaces_that_do_not_break_and_letters_from_the_right_is_ours():
    topic = "Serving\u00a0models \u200fעברית"
    first = publish([f"'{topic}'"])
    second = publish([f"{{topic: '{topic}', place: Room 2}}"], first)
    assert [sequence(event) for event in names(second).values()] == [1]


def test_the_first_calendar_that_can_be_read_is_the_memory():
    published = publish(TOPICS)["calendar.ics"]
    changed = publish(TOPICS[::-1], calendars=(b"damaged", published))
    assert {sequence(event) for event in names(changed).values()} == {1}


# --- where it is kept -------------------------------------------------------------------------------


def built(course: Path, *options: str | Path) -> dict[str, tuple[int, str]]:
    """SEQUENCE and title of each class in the calendar that `sitegen build` publishes."""
    result = run_sitegen("build", course, "--today", "2026-01-05", "-q", *options)
    assert result.returncode == 0, result.stderr
    out = Path(options[options.index("--out") + 1]) if "--out" in options else course / "_site"
    events = read((out / "calendar.ics").read_bytes())
    return {uid.partition("@")[0]: (sequence(event), str(event["SUMMARY"])) for uid, event in events.items()}


BEFORE = SITE_YAML.replace("tba: 5", "Serving")
AFTER = SITE_YAML.replace("Overview", "Serving").replace("tba: 5", "Overview")


@pytest.mark.slow
def test_a_build_counts_on_from_what_the_last_one_kept(tmp_path):
    course = write_course(tmp_path / "course", site=BEFORE)
    assert built(course)["class-serving"][0] == 0
    kept = course / ".sitegen" / "calendar.ics"
    assert kept.read_bytes() == (course / "_site" / "calendar.ics").read_bytes()
    assert {path.name for path in kept.parent.iterdir()} - {"cache"} == {"calendar.ics", "feed.xml"}

    shutil.rmtree(course / "_site")
    write_course(course, site=AFTER)
    assert built(course)["class-serving"][0] == 1, "without the output folder"

    shutil.rmtree(course / ".sitegen")
    write_course(course, site=BEFORE)
    assert built(course)["class-serving"][0] == 2, "with the output folder alone"

    kept.write_bytes(b"BEGIN:VCALENDAR\r\nhalf")
    write_course(course, site=AFTER)
    assert built(course)["class-serving"][0] == 3, "with a damaged memory"

    other = write_course(tmp_path / "other", site=BEFORE)
    assert built(other, "--out", course / "_site")["class-serving"][0] == 4, "from a fresh copy of the course"
    assert built(write_course(tmp_path / "fresh", site=BEFORE))["class-serving"][0] == 0


@pytest.mark.slow
def test_only_a_build_that_published_leaves_something(tmp_path):
    course = write_course(tmp_path / "course", site=BEFORE)
    run_sitegen("check", course)
    assert not list(course.glob(".sitegen/*.*"))
    built(course)
    kept = (course / ".sitegen" / "calendar.ics").read_bytes()
    write_course(course, site=AFTER.replace("Serving", "{topic: Serving, lecture: none}"))
    assert run_sitegen("build", course).returncode == 1
    assert (course / ".sitegen" / "calendar.ics").read_bytes() == kept


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_course_that_cannot_be_written_to_is_no_error(tmp_path):
    (tmp_path / ".sitegen").write_text("a file where the folder would be", encoding="utf-8")
    keep_memory(tmp_path, b"BEGIN:VCALENDAR")
    assert read_memory(tmp_path, None) == ()
    (tmp_path / ".sitegen").unlink()
    (tmp_path / ".sitegen").symlink_to(tmp_path.parent)
    keep_memory(tmp_path, b"BEGIN:VCALENDAR")
    assert not (tmp_path.parent / "calendar.ics").exists()
    (tmp_path / ".sitegen").unlink()
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    keep_memory(tmp_path, b"BEGIN:VCALENDAR")
    tmp_path.chmod(stat.S_IRWXU)


def test_what_is_kept_is_not_written_again_when_it_is_the_same(tmp_path):
    keep_memory(tmp_path, b"BEGIN:VCALENDAR")
    kept = tmp_path / ".sitegen" / "calendar.ics"
    before = kept.stat()
    keep_memory(tmp_path, b"BEGIN:VCALENDAR")
    keep_memory(tmp_path, None)
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_huge_file_a_link_and_a_folder_are_no_memory(tmp_path):
    kept = tmp_path / ".sitegen" / "calendar.ics"
    kept.parent.mkdir()
    with kept.open("wb") as file:
        file.truncate(9 << 20)
    assert read_memory(tmp_path, None) == ()
    kept.unlink()
    kept.mkdir()
    assert read_memory(tmp_path, None) == ()
    kept.rmdir()
    if sys.platform != "win32":
        (tmp_path / "secret").write_bytes(b"private")
        kept.symlink_to(tmp_path / "secret")
        assert read_memory(tmp_path, tmp_path / "out") == ()


def test_what_was_kept_comes_before_what_was_published(tmp_path):
    keep_memory(tmp_path, b"kept")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "calendar.ics").write_bytes(b"published")
    assert read_memory(tmp_path, tmp_path / "out") == (b"kept", b"published")
    assert read_memory(tmp_path, None) == (b"kept",)


def test_the_preview_does_not_watch_what_is_kept():
    from sitegen.preview.listing import FILES, FOLDERS, is_passed_over

    assert not any(name.startswith(".") for name in (*FILES, *FOLDERS))
    assert is_passed_over(".sitegen/calendar.ics")


def test_the_now_of_a_build_is_its_own():
    """The first build's stamps don't depend on the hour; a later change's do."""
    first = publish(TOPICS, now=NOW)
    one, other = (publish(TOPICS[::-1], first, now=now) for now in (NOW, LATER))
    assert one != other
    assert publish(TOPICS[::-1], first, now=NOW, today=NOW.date()) == publish(
        TOPICS[::-1], first, now=LATER, today=NOW.date()
    )
