"""The small languages of site.yaml, phrase by phrase."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.config import phrases
from sitegen.config.phrases import (
    OFFSET,
    Unreadable,
    is_date_like,
    load_zone,
    mend_offset,
    parse_date,
    parse_meets,
    parse_offset,
    parse_time,
    parse_times,
    parse_weekdays,
)

READERS: dict[str, Callable[[str], Any]] = {
    name: getattr(phrases, name) for name in dir(phrases) if name.startswith("parse_") or name == "load_zone"
}


def refused(read: Callable[[str], Any], text: str) -> tuple[str, str]:
    """The reason and the help."""
    with pytest.raises(Unreadable) as caught:
        read(text)
    return str(caught.value), caught.value.help


def clock(times: tuple[dt.time, dt.time]) -> str:
    return f"{times[0]:%H:%M} {times[1]:%H:%M}"


# --- meetings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days", "times", "place"),
    [
        ("Tue/Thu 3:30-4:45pm, IRB 1207", (1, 3), "15:30 16:45", "IRB 1207"),
        ("MWF 10-10:50am", (0, 2, 4), "10:00 10:50", ""),
        ("TuTh 9:30-10:45", (1, 3), "09:30 10:45", ""),
        ("TTh 9:30-10:45", (1, 3), "09:30 10:45", ""),
        ("TR 9:30-10:45", (1, 3), "09:30 10:45", ""),
        ("MoWeFr 8-8:50am", (0, 2, 4), "08:00 08:50", ""),
        ("MTWRF 8-8:50am", (0, 1, 2, 3, 4), "08:00 08:50", ""),
        ("Mon 18:00-20:45", (0,), "18:00 20:45", ""),
        ("Mon. 18:00–20:45", (0,), "18:00 20:45", ""),
        ("Mon 18:00 — 20:45", (0,), "18:00 20:45", ""),
        ("Tuesdays and Thursdays from 3:30 to 4:45 pm in IRB 1207", (1, 3), "15:30 16:45", "IRB 1207"),
        ("every Tuesday at noon-1pm (IRB 1207)", (1,), "12:00 13:00", "IRB 1207"),
        ("Wed 3:30 p.m. - 4:45 p.m., Room 5-7", (2,), "15:30 16:45", "Room 5-7"),
        ("thu, TUE & Sat 3PM-4PM; the big hall, 2nd floor", (1, 3, 5), "15:00 16:00", "the big hall, 2nd floor"),
        ("Sunday 10am-noon @ home", (6,), "10:00 12:00", "home"),
        ("Fri 3:30-4:45pm,", (4,), "15:30 16:45", ""),
        ("Fri/Fri 3:30-4:45pm", (4,), "15:30 16:45", ""),
    ],
)
def test_a_pattern_is_read_as_people_write_it(text: str, days: tuple[int, ...], times: str, place: str):
    pattern = parse_meets(text)
    assert (pattern.weekdays, clock((pattern.start, pattern.end)), pattern.place) == (days, times, place)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("3:30-4:45pm", "15:30 16:45"),
        ("11:30-12:45pm", "11:30 12:45"),
        ("11am-12:15pm", "11:00 12:15"),
        ("11-1pm", "11:00 13:00"),
        ("9-5pm", "09:00 17:00"),
        ("12-1pm", "12:00 13:00"),
        ("12-1am", "00:00 01:00"),
        ("5:30-6:30am", "05:30 06:30"),
        ("7:45-8:30am", "07:45 08:30"),
        ("3:30pm-4:45", "15:30 16:45"),
        ("11am-12:30", "11:00 12:30"),
        ("11am-1", "11:00 13:00"),
        ("15:30-4:45", "15:30 16:45"),
        ("3:30-16:45", "15:30 16:45"),
        ("8-9:15", "08:00 09:15"),
        ("9:30-10:45", "09:30 10:45"),
        ("10-1", "10:00 13:00"),
        ("11:30-12:45", "11:30 12:45"),
        ("12-1:15", "12:00 13:15"),
        ("07:30-08:45", "07:30 08:45"),
        ("03:30-04:45", "03:30 04:45"),
        ("0:15-1:15", "00:15 01:15"),
        ("noon-1", "12:00 13:00"),
        ("3to4pm", "15:00 16:00"),
    ],
)
def test_the_half_of_the_day_is_the_one_that_makes_a_class(text: str, times: str):
    assert clock(parse_times(text)) == times


@pytest.mark.parametrize("text", ["3:30-4:45", "7-8:15", "7:59-9", "1-2", "7:30-12"])
def test_an_early_hour_without_am_or_pm_is_asked_about(text: str):
    reason, help = refused(parse_times, text)
    assert reason == f"it doesn't say whether {text.split('-', maxsplit=1)[0]} is in the morning or in the afternoon"
    assert help == f"Write {text}pm or {text}am."


@pytest.mark.parametrize("text", ["4:45-3:30pm", "4:45-1pm", "16:45-15:30", "3pm-2pm", "12:30-12:15pm", "5pm-4"])
def test_reversed_times_are_refused(text: str):
    assert refused(parse_times, text)[0] == "it ends before it starts"


@pytest.mark.parametrize("text", ["3pm-3pm", "9-9am", "10:00-10:00", "10-10pm", "10am-10", "9-9"])
def test_a_class_without_length_is_refused(text: str):
    assert refused(parse_times, text) == ("it ends when it starts", "Write when it ends, such as 3:30-4:45pm.")


@pytest.mark.parametrize("text", ["10:00-22:00", "10am-10pm", "10:00-22"])
def test_half_a_day_may_be_said(text: str):
    assert parse_times(text) == (dt.time(10), dt.time(22))


@pytest.mark.parametrize(
    ("text", "reason", "help"),
    [
        ("MTWTF", "it names Tuesday twice", "Write Th for Thursday."),
        ("TT", "it names Tuesday twice", "Write Th for Thursday."),
        ("T/T", "it names Tuesday twice", "Write Th for Thursday."),
        ("MWM", "it names Monday twice", "Name each day once."),
        ("TTTh", "it names Tuesday twice", "Name each day once."),
        ("Mi", '"Mi" isn\'t a day of the week', "The days are Mon, Tue, Wed, Thu, Fri, Sat and Sun."),
    ],
)
def test_days_that_would_be_guessed_are_refused(text: str, reason: str, help: str):
    assert refused(parse_weekdays, text) == (reason, help)


@given(st.times(), st.times())
def test_the_24_hour_clock_means_what_it_says(start: dt.time, end: dt.time):
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    text = f"{start:%H:%M}-{end:%H:%M}"
    if start < end and all(t.hour < 1 or t.hour > 12 or f"{t:%H}".startswith("0") for t in (start, end)):
        assert parse_times(text) == (start, end)


@given(st.times(), st.times())
def test_am_and_pm_mean_what_they_say(start: dt.time, end: dt.time):
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    text = " to ".join(f"{time:%I:%M%p}".lower().lstrip("0") for time in (start, end))
    length = (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % (24 * 60)
    if start < end or (start.hour >= 18 and 0 < length <= 6 * 60):
        assert parse_times(text) == (start, end)
    else:
        assert refused(parse_times, text)[0] == f"it ends {'when' if start == end else 'before'} it starts"


# --- plain values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("noon", "12:00"),
        ("3:30pm", "15:30"),
        ("3 PM", "15:00"),
        ("3 p.m.", "15:00"),
        ("15:30", "15:30"),
        ("3:30", "03:30"),
        ("12am", "00:00"),
        ("12:30am", "00:30"),
        ("12pm", "12:00"),
        ("23:59", "23:59"),
        ("11:59pm", "23:59"),
        ("0:00", "00:00"),
    ],
)
def test_a_time_of_day(text: str, time: str):
    assert f"{parse_time(text):%H:%M}" == time


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("11:30pm-12:30am", dt.time(23, 30), dt.time(0, 30)),
        ("7:30pm-12:00am", dt.time(19, 30), dt.time()),
        ("9pm to midnight", dt.time(21), dt.time()),
        ("23:30-00:30", dt.time(23, 30), dt.time(0, 30)),
        ("21:00-2:00", dt.time(21), dt.time(2)),
        ("9:30-12:30am", dt.time(21, 30), dt.time(0, 30)),
    ],
)
def test_a_class_may_end_past_midnight(text: str, start: dt.time, end: dt.time):
    assert parse_times(text) == (start, end)


@pytest.mark.parametrize(
    "text", ["5pm-4:30am", "11am-12:15am", "10pm-9:45pm", "8pm-9am", "3:30pm-midnight", "11pm-noon"]
)
def test_what_would_last_through_the_night_is_written_the_wrong_way_round(text: str):
    assert refused(parse_times, text)[0] == "it ends before it starts"


@pytest.mark.parametrize(
    "text", ["24:00", "25:00", "12:60", "13pm", "0am", "3", "330pm", "3.30pm", "midnight", "", "3:3", "٣:٣٠", "3:30xm"]
)
def test_what_isnt_a_time_is_refused(text: str):
    refused(parse_time, text)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2999, 12, 31)))
def test_every_day_is_read(day: dt.date):
    assert parse_date(day.isoformat()) == day


def test_leap_days_are_days_of_leap_years():
    assert parse_date("2028-02-29") == dt.date(2028, 2, 29)
    assert refused(parse_date, "2026-02-29")[0] == "February 2026 has 28 days"
    assert refused(parse_date, "2100-02-29")[0] == "February 2100 has 28 days"


@pytest.mark.parametrize(
    "text",
    [
        "2026-2-3",
        "02/03/2026",
        "2026-00-10",
        "2026-01-00",
        "1899-12-31",
        "3000-01-01",
        "٢٠٢٦-٠١-٠١",
        "2026-01-01T10",
        "",
    ],
)
def test_what_isnt_a_date_is_refused(text: str):
    refused(parse_date, text)


@pytest.mark.parametrize(
    ("text", "share"), [("10%", "10"), ("10", "10"), ("12.5 %", "12.5"), ("0", "0"), ("100%", "100")]
)
def test_a_share_is_in_percent(text: str, share: str):
    assert phrases.parse_share(text) == Decimal(share)


@pytest.mark.parametrize("text", ["101%", "-1", "1e1", "NaN", "Infinity", "1_0", "10,5%", "%", "", "10%%"])
def test_what_isnt_a_share_is_refused(text: str):
    refused(phrases.parse_share, text)


def test_words_for_yes_and_no():
    assert [phrases.parse_bool(text) for text in ("true", "Yes", "ON")] == [True] * 3
    assert [phrases.parse_bool(text) for text in ("false", "No", "OFF")] == [False] * 3
    refused(phrases.parse_bool, "1")


@pytest.mark.parametrize("text", ["0", "03", "1000", "-1", "1.5", "1e2", "two", "٣"])
def test_a_count_is_a_whole_number_from_1_to_999(text: str):
    assert phrases.parse_count("999") == 999
    refused(phrases.parse_count, text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.edu", "https://example.edu/"),
        ("https://example.edu/a/", "https://example.edu/a/"),
        ("HTTP://example.edu:8000/a", "HTTP://example.edu:8000/a/"),
    ],
)
def test_an_address_ends_in_a_slash(text: str, address: str):
    assert phrases.parse_url(text) == address


@pytest.mark.parametrize(
    "text", ["ftp://a.b", "javascript:alert(1)", "https://", "https://me@a.b/", "https://a.b/?c", "//a.b"]
)
def test_what_isnt_a_web_address_is_refused(text: str):
    refused(phrases.parse_url, text)


# --- days from a session, zones -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1 day before", -1),
        ("2 weeks after", 14),
        ("A Week Before", -7),
        ("six days after", 6),
        ("the same day", 0),
        ("0 days before", 0),
    ],
)
def test_days_are_counted_from_a_session(text: str, days: int):
    assert parse_offset(text).days == days


def test_an_offset_finds_its_anchor():
    match = re.fullmatch(OFFSET + " (?P<anchor>.*)", "Two Weeks AFTER serving", re.IGNORECASE)
    assert match
    assert (phrases.days_of_offset(match), match["anchor"]) == (14, "serving")


@pytest.mark.parametrize(
    "name", ["America/New_York", "UTC", "Asia/Kolkata", "Etc/GMT+5", "Australia/Lord_Howe", "US/Eastern"]
)
def test_zones_come_from_the_package_whatever_the_machine_has(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zoneinfo.TZPATH", ())
    load_zone.cache_clear()
    assert load_zone(name).key == name
    noon = dt.datetime(2026, 7, 1, 12)
    assert noon.replace(tzinfo=load_zone(name)).utcoffset() == noon.replace(tzinfo=ZoneInfo(name)).utcoffset()


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("America/NewYork", 'Did you mean "America/New_York"?'),
        ("america/new_york", 'Did you mean "America/New_York"?'),
        ("America/New York", 'Did you mean "America/New_York"?'),
        ("America", "Write the continent and the nearest large city."),
        ("../../etc/passwd", "Write the continent and the nearest large city."),
        ("/America/New_York", 'Did you mean "America/New_York"?'),
        ("EST", 'Write the place, such as "America/New_York".'),
        ("pst", 'Write the place, such as "America/Los_Angeles".'),
        ("here", "Write the continent and the nearest large city."),
    ],
)
def test_a_name_that_isnt_a_zone_gets_help(name: str, help: str):
    assert refused(load_zone, name)[1] == help


# --- all of them --------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
@given(text=st.text(max_size=20) | st.text("0123456789:-.apm /%TuehMon,", max_size=24))
def test_a_phrase_is_read_or_refused(reader: Callable[[str], Any], text: str):
    refusal = None
    try:
        reader(text)
    except Unreadable as error:
        refusal = error
    if refusal is not None:
        assert not str(refusal).endswith((".", "?"))
        assert not refusal.help or re.search(r"[^.?][.?]$", refusal.help)


def test_a_long_phrase_is_refused_without_trying_every_way():
    for text in ("1" * 50_000, "mtwrf" * 10_000 + "x", "3-" * 20_000, " " * 50_000 + "x", "a.b" * 20_000):
        for reader in READERS.values():
            with pytest.raises(Unreadable):
                reader(text)


@pytest.mark.parametrize(
    "text",
    ["02/03/2026", "2/3", "2026/02/03", "20260203", "3.2.2026", "2026.02.03", "2-3-2026", "2026-02-03T12:30:00Z"],
)
def test_a_date_in_another_form_is_recognised(text: str):
    assert is_date_like(text)


@pytest.mark.parametrize("text", ["serving", "2026", "week-2", "1.2", "1.2.3", "2026-02-03-review", "1-2-3"])
def test_a_sessions_id_is_no_date(text: str):
    assert not is_date_like(text)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("2 days befor serving", "2 days before serving"),
        ("1 week affter", "1 week after"),
        ("1 week after serving", "1 week after serving"),
        ("2 days into serving", ""),
        ("befor serving", ""),
    ],
)
def test_a_misspelled_before_or_after_is_mended(text: str, mended: str):
    assert mend_offset(text) == mended
