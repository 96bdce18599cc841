"""The schedule arranged for pages: months, presenters, and what a row carries for the reader's clock."""

import datetime as dt
import re

import pytest

from sitegen.addresses import HOME, SCHEDULE
from sitegen.model import Course, Deadline, Session
from sitegen.outputs import pages
from sitegen.outputs.programme import list_months, list_presenters
from sitegen.plan import Days, PresentationRule
from sitegen.values import replace
from tests.sample import ZONE, at, sample_course, theme
from tests.support import build_folder, main_of, write_course


def session(day: dt.datetime, **changes: object) -> Session:
    return replace(sample_course().sessions[3], id=f"on-{day:%m-%d}", start=day, end=day.replace(hour=16), **changes)  # type: ignore[arg-type]


def milestone(due: dt.datetime) -> Deadline:
    return Deadline(id=f"due-{due:%m-%d}", what="Report", due=due, kind="milestone")


def render(output, path: str, course: Course) -> str:
    return dict(output(course, theme()))[path].decode()


MONTHS = [
    ((), (), (), []),
    ((at(2, 3),), (), (), ["2026-02-03"]),
    ((at(2, 3), at(2, 5), at(4, 2)), (), (), ["2026-02-03", "2026-04-02"]),
    # A month may open with a deadline or a break, in which no class meets.
    ((at(2, 3),), (at(3, 1),), (), ["2026-02-03", "2026-03-01"]),
    ((at(2, 3), at(4, 2)), (), (Days(dt.date(2026, 3, 30), dt.date(2026, 4, 3), "Break"),), ["2026-02-03", "2026-03-30", "2026-04-02"]),
    # The same month of another year is another month.
    ((at(2, 3), dt.datetime(2027, 2, 2, 15, 30, tzinfo=ZONE)), (), (), ["2026-02-03", "2027-02-02"]),
]  # fmt: skip


@pytest.mark.parametrize(("classes", "dues", "breaks", "months"), MONTHS)
def test_each_month_with_a_row_is_named_once_by_its_first(classes, dues, breaks, months):
    course = sample_course(
        sessions=tuple(session(day) for day in classes), deadlines=tuple(milestone(due) for due in dues), breaks=breaks
    )
    found = list_months(course)
    assert [day.isoformat()[:10] for day in found] == months


def test_months_lead_to_rows_and_their_ids_are_the_theme_s_own():
    html = render(pages.schedule, SCHEDULE, sample_course())
    links = re.findall(r'<a href="#(site-\d{4}-\d{2})">(\w+)</a>', html)
    assert [name for _, name in links] == ["Jan", "Feb", "Mar", "Apr", "May"]
    for target, _ in links:
        assert html.count(f'<th scope="row" class="date" id="{target}">') == 1


@pytest.mark.parametrize(
    ("days", "names"),
    [
        ([(2025, 11), (2025, 12), (2026, 1), (2026, 2)], ["Nov", "Dec", "Jan 2026", "Feb"]),
        ([(2025, 11), (2025, 12), (2026, 1), (2026, 11)], ["Nov 2025", "Dec", "Jan 2026", "Nov 2026"]),
    ],
)
def test_months_of_two_years_are_told_apart(days, names):
    dues = tuple(
        replace(milestone(dt.datetime(day[0], day[1], 3, tzinfo=ZONE)), id=f"due-{number}")
        for number, day in enumerate(days)
    )
    html = render(pages.schedule, SCHEDULE, sample_course(sessions=(), deadlines=dues, breaks=()))
    assert re.findall(r'<a href="#site-\d{4}-\d{2}">([\w ]+)</a>', html) == names


def test_a_course_of_one_month_needs_no_jump():
    course = sample_course(sessions=(session(at(2, 3)), session(at(2, 5))), deadlines=(), breaks=())
    assert 'aria-label="Months"' not in render(pages.schedule, SCHEDULE, course)


@pytest.mark.parametrize(
    ("show", "names"),
    [("full name", ("Ada King Lovelace", "Charles Babbage")), ("first name", ("Ada", "Charles")), ("initials", ("A. K. L.", "C. B."))],
)  # fmt: skip
def test_presenters_are_listed_once_as_the_course_shows_them(show, names):
    course = sample_course(presentations=PresentationRule(show=show))
    assert list_presenters(course)[:2] == names
    assert len(set(list_presenters(course))) == len(list_presenters(course))


def test_filters_are_offered_for_what_the_course_has():
    assert re.findall(r'data-show="(\w+)"', render(pages.schedule, SCHEDULE, sample_course())) == [
        "all",
        "due",
        "talks",
    ]
    bare = sample_course(sessions=(session(at(2, 3), readings=()), session(at(3, 3), readings=())), deadlines=())
    assert "data-show" not in render(pages.schedule, SCHEDULE, bare)


def test_a_row_carries_how_long_it_lasts_and_where_it_meets():
    html = render(pages.schedule, SCHEDULE, sample_course())
    row = re.search(r'<tr [^>]*id="session-6"[^>]*>', html)
    assert row
    facts = dict(re.findall(r'data-(\w+)="([^"]*)"', row[0].replace("\u00a0", " ")))
    assert facts == {"minutes": "75", "place": "IRB 1207"}
    table = re.search(r"<table [^>]*>", html)
    assert table
    assert 'data-zone="America/New_York" data-zone-name="New York time" data-start="2026-01-27"' in table[0]


def test_a_required_paper_with_a_pdf_says_where_it_is():
    html = render(pages.home, HOME, sample_course())
    assert re.search(
        r'<li data-pdf="[^"]+"><span class="paper"><a href="readings/huang2019/index.html">GPipe</a>', html
    )
    assert not re.search(r'<li data-pdf="[^"]+"><span class="paper optional">', html)


def test_papers_have_their_venues_on_the_schedule_and_the_home_page_stays_light():
    venue = '<span class="venue">(NeurIPS\u00a0&#39;19)</span>'
    assert venue in render(pages.schedule, SCHEDULE, sample_course())
    assert 'class="venue"' not in render(pages.home, HOME, sample_course())


def test_rows_of_the_home_page_leave_every_id_to_headings():
    html = render(pages.home, HOME, sample_course())
    ids = re.findall(r'\sid="([^"]*)"', html[html.index("<table") :])
    assert [name for name in ids if not name.startswith("site-")] == []


LABS = """\
course: {code: CS101, title: Systems, timezone: America/New_York}
term:
  start: 2026-02-02
  end: 2026-02-13
  meets:
    - Tue 3:30-4:45pm, Room 1
    - {label: Lab, days: Fri, time: 10-10:50am, place: Room 2}
schedule: [Overview, First lab, {topic: Logs, date: 2026-02-10}, {topic: Moved lab, time: 3-4pm}]
"""


def test_a_session_is_called_by_its_pattern_s_label_wherever_it_is_moved(tmp_path):
    built = build_folder(write_course(tmp_path, site=LABS))
    words = re.sub(r"<[^>]*>", "", main_of(built.files[SCHEDULE])).replace("\u00a0", " ")
    assert "First lab # Lab, 10:00–10:50 am, Room 2" in words
    assert "Moved lab # Lab, 3:00–4:00 pm, Room 2" in words
    assert 'data-label="Lab"' in main_of(built.files[HOME])


def test_a_course_without_a_schedule_says_so_and_loads_no_table(tmp_path):
    built = build_folder(write_course(tmp_path, site="course: {code: CS101, title: Systems, timezone: UTC}"))
    assert "Nothing is scheduled yet." in main_of(built.files[SCHEDULE])
    for path in (HOME, SCHEDULE):
        main = main_of(built.files[path])
        assert "<table class=" not in main
        assert "data-scripted" not in main
