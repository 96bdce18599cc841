"""What is next and due, today's row, past weeks and filters, by the reader's clock: on the real course and a small one.

The clock is the browser's own, set by the test; a moment without an offset is in New York.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.browsing import serve
from tests.support import build_folder, told, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEW_YORK = ZoneInfo("America/New_York")
HOME, SCHEDULE = "index.html", "schedule/index.html"

SMALL = """\
course: {code: CS101, title: Systems, term: Spring 2026, timezone: America/New_York}
term:
  start: 2026-02-02
  end: 2026-03-27
  meets:
    - Tue 3:30-4:45pm, Room 1
    - {label: Lab, days: Fri, time: 10-10:50am, place: Room 2}
  no_class:
    2026-03-08 .. 2026-03-14: Spring break
reviews: {due: 1 day before, at: noon}
presentations: {each: 1}
schedule:
  - {topic: Overview, lecture: overview}
  - First lab
  - part: Storage
  - {topic: Logs, read: [alpha, beta], present: {alpha: Ada Lovelace, beta: open}}
  - {cancelled: The instructor travels, topic: Second lab}
  - {topic: Trees, read: gamma, present: {gamma: Bo Li}, note: Bring a laptop.}
  - tba: 2
  - {topic: Extra talk, extra: true, date: 2026-02-25, time: 11am-noon, place: Hall 4}
  - guest: {name: Grace Hopper, from: Navy, talk: Compilers}
  - {cancelled: Strike, topic: Queues}
  - {topic: Last lab, date: 2026-03-20, links: {slides: https://example.org/slides}}
deadlines:
  - {what: Proposal, due: 2026-02-20}
  - {what: Report, due: 2026-03-28}
checks: {empty-meetings: off}
"""
PAPERS = """\
@inproceedings{alpha, title={Alpha: a log}, author={A A}, year=2001, booktitle={SOSP}, pdf={https://example.org/a.pdf}}
@inproceedings{beta, title={Beta: a log}, author={B B}, year=2002, booktitle={SOSP}}
@inproceedings{gamma, title={Gamma: a tree}, author={C C}, year=2003, booktitle={OSDI}}
"""


def publish(folder: Path, yaml: str, **files: str) -> Path:
    """A course built below `folder`, where its pages can be opened from disk."""
    course = write_course(folder / "course", {"papers.bib": PAPERS, **files}, yaml)
    built = build_folder(course)
    assert built.files, told(built)
    for path, content in built.files.items():
        if isinstance(content, bytes):
            (folder / "site" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "site" / path).write_bytes(content)
    return folder / "site"


LECTURE = {"content/lectures/overview.md": "# Overview\n\nWords.\n"}


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return publish(tmp_path_factory.mktemp("small"), SMALL, **LECTURE)


@contextmanager
def visit(browser, site: Path, path: str, at: str, zone: str = "America/New_York", **options) -> Iterator:
    """A page of `site`, read at the moment `at` by someone whose clock shows `zone`."""
    moment = dt.datetime.fromisoformat(at)
    view = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
    context = browser.new_context(timezone_id=zone, **view)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.clock.install(time=moment if moment.tzinfo else moment.replace(tzinfo=NEW_YORK))
    file, _, fragment = path.partition("#")
    page.goto((site / file).as_uri() + (f"#{fragment}" if fragment else ""))
    yield page
    context.close()
    assert faults == []


def said(page, selector: str) -> str:
    return " ".join(page.locator(selector).inner_text().replace("\u00a0", " ").split())


def visible_rows(page) -> list[str]:
    """The ids of the schedule's rows that have a height."""
    rows = "[...document.querySelectorAll('.programme tbody tr:not(.part)')]"
    return page.evaluate(f"{rows}.filter((row) => row.getBoundingClientRect().height > 0).map((row) => row.id)")


# --- next class and what is due -----------------------------------------------------------------

MOMENTS = [
    # (course, moment, what "next" begins with, what "due" begins with)
    ("real", "2026-01-20T10:00", "FIRST CLASS The term starts Tue 27 Jan. Tue 27 Jan, 3:30 pm in 7 days IRB 1207 Course overview Lecture notes", "DUE Mon 2 Feb, noon in 13 days Reviews: "),
    ("real", "2026-01-26T23:59", "FIRST CLASS The term starts tomorrow, Tue 27 Jan. Tue 27 Jan, 3:30 pm tomorrow", "DUE Mon 2 Feb, noon in 7 days"),
    ("real", "2026-02-11T10:00", "NEXT CLASS Thu 12 Feb, 3:30 pm tomorrow IRB 1207 Pipeline parallelism GPipe – open PDF PipeDream", "DUE Wed 11 Feb, noon today, in 2 hours Reviews: GPipe, PipeDream Thu 12 Feb, 11:59 pm tomorrow Project teams"),
    ("real", "2026-02-12T10:00", "NEXT CLASS Thu 12 Feb, 3:30 pm today, in 5 hours", "DUE Thu 12 Feb, 11:59 pm today, in 13 hours Project teams"),
    ("real", "2026-02-12T14:30:30", "NEXT CLASS Thu 12 Feb, 3:30 pm today, in 1 hour IRB", "DUE Thu 12 Feb"),
    ("real", "2026-02-12T15:29", "NEXT CLASS Thu 12 Feb, 3:30 pm in 1 minute IRB", "DUE Thu 12 Feb"),
    ("real", "2026-02-12T15:30", "CLASS NOW Thu 12 Feb, 3:30 pm now, until 4:45 pm IRB 1207 Pipeline parallelism", "DUE Thu 12 Feb"),
    ("real", "2026-02-12T16:45", "NEXT CLASS Tue 17 Feb, 3:30 pm in 5 days IRB 1207 Finer pipelines", "DUE Thu 12 Feb"),
    ("real", "2026-03-17T10:00", "NEXT CLASS Spring break until Sun 22 Mar. Tue 24 Mar, 3:30 pm in 7 days", "DUE Tue 24 Mar, 3:30 pm in 7 days Project check-in"),
    ("real", "2026-05-12T17:00", "NEXT CLASS No more classes are on the schedule; the term ends today.", "DUE Tue 12 May, 11:59 pm today, in 6 hours Project write-up"),
    ("real", "2026-05-13T00:00", "Spring 2026 is over.", ""),
    ("small", "2026-02-03T17:00", "NEXT LAB Fri 6 Feb, 10:00 am in 3 days Room 2 First lab", "DUE Mon 9 Feb, noon in 6 days Reviews: Alpha, Beta"),
    ("small", "2026-02-16T09:00", "NEXT CLASS Tue 17 Feb, 3:30 pm tomorrow Room 1 Trees Bring a laptop. Gamma – presented by Bo Li", "DUE Mon 16 Feb, noon today, in 3 hours Reviews: Gamma Fri 20 Feb, 11:59 pm in 4 days Proposal"),
    ("small", "2026-02-18T09:00", "NEXT LAB Fri 20 Feb, 10:00 am in 2 days Room 2 To be announced", "DUE"),
    ("small", "2026-02-25T10:59:30", "NEXT CLASS Wed 25 Feb, 11:00 am in 1 minute Hall 4 Extra talk", "DUE Sat 28 Mar, 11:59 pm in 4 weeks Report"),
    ("small", "2026-02-26T12:00", "NEXT LAB Fri 27 Feb, 10:00 am tomorrow Room 2 Compilers Guest: Grace Hopper, Navy", "DUE"),
    ("small", "2026-03-10T12:00", "NEXT LAB Spring break until Sat 14 Mar. Fri 20 Mar, 10:00 am in 10 days Room 2 Last lab slides", "DUE"),
    ("small", "2026-03-21T12:00", "NEXT CLASS No more classes are on the schedule; the term ends Fri 27 Mar.", "DUE Sat 28 Mar, 11:59 pm in 7 days Report"),
    ("small", "2026-03-28T12:00", "NEXT CLASS Spring 2026 is over.", "DUE Sat 28 Mar, 11:59 pm today, in 11 hours Report"),
]  # fmt: skip


@pytest.mark.parametrize(("course", "at", "next_class", "due"), MOMENTS)
def test_the_home_page_says_what_is_next_and_due_at(browser, site, small, course, at, next_class, due):
    with visit(browser, site if course == "real" else small, HOME, at) as page:
        assert said(page, ".now .next").startswith(next_class)
        assert said(page, ".now .soonest").startswith(due) if due else page.locator(".now .soonest").is_hidden()


def test_what_is_next_leads_to_its_papers_their_pdfs_notes_and_slides(browser, site, small):
    with visit(browser, site, HOME, "2026-02-11T10:00") as page:
        paper = page.locator(".next").get_by_role("link", name="GPipe", exact=True)
        assert paper.get_attribute("href") == "readings/huang2019gpipe/index.html"
        assert page.get_by_role("link", name="PDF of GPipe").get_attribute("href").endswith(".pdf")
    with visit(browser, small, HOME, "2026-02-02T10:00") as page:
        notes = page.locator(".next").get_by_role("link", name="Lecture notes")
        assert notes.get_attribute("href").endswith("lectures/overview/index.html")
    with visit(browser, small, HOME, "2026-03-19T10:00") as page:
        slides = page.locator(".next").get_by_role("link", name="slides")
        assert slides.get_attribute("href") == "https://example.org/slides"


def test_this_week_runs_from_monday_to_sunday(browser, small):
    week = "THIS WEEK Mon 16 Feb, noon Reviews: Gamma Tue 17 Feb, 3:30 pm Trees Fri 20 Feb, 10:00 am Lab: To be announced Fri 20 Feb, 11:59 pm Proposal"
    for at in ("2026-02-16T00:00", "2026-02-20T23:58"):
        with visit(browser, small, HOME, at) as page:
            assert said(page, ".now .week") == week
    with visit(browser, small, HOME, "2026-02-12T12:00") as page:
        assert said(page, ".now .week").endswith("Fri 13 Feb, 10:00 am Lab: No class Second lab")
    with visit(browser, small, HOME, "2026-03-09T12:00") as page:
        assert said(page, ".now .week") == "THIS WEEK 8–14 Mar Spring break"
    with visit(browser, small, HOME, "2026-04-20T12:00") as page:
        assert page.locator(".now .week").is_hidden()  # after the term


CANCELLED = [
    ("2026-02-06T09:00", "No Lab on Fri 13 Feb, 10:00 am. Second lab is cancelled. The instructor travels."),
    ("2026-02-12T09:00", "No Lab tomorrow, Fri 13 Feb, 10:00 am. Second lab is cancelled. The instructor travels. The next class is on Tue 17 Feb, 3:30 pm."),
    ("2026-02-13T09:00", "No Lab today, Fri 13 Feb, 10:00 am. Second lab is cancelled. The instructor travels. The next class is on Tue 17 Feb, 3:30 pm."),
    ("2026-02-13T10:50", ""),
    ("2026-02-05T09:00", ""),
]  # fmt: skip


@pytest.mark.parametrize(("at", "notice"), CANCELLED)
@pytest.mark.parametrize("path", [HOME, SCHEDULE])
def test_a_cancelled_class_is_the_first_thing_on_both_pages_for_the_week_before_it(browser, small, path, at, notice):
    with visit(browser, small, path, at) as page:
        assert said(page, ".notices") == notice
        first = page.evaluate("document.querySelector('main').innerText.trim()").replace("\u00a0", " ")
        assert first.startswith(notice or ("Systems" if path == HOME else "Schedule"))


def test_a_cancelled_class_before_the_next_one_is_never_skipped_silently(browser, small):
    with visit(browser, small, HOME, "2026-02-27T12:00") as page:
        assert said(page, ".notices").startswith(
            "No class on Tue 3 Mar, 3:30 pm. Queues is cancelled. Strike. The next class is on Fri 20 Mar"
        )


ELSEWHERE = [
    ("Asia/Tokyo", "2026-02-11T10:00", "Thu 12 Feb, 3:30 pm tomorrow IRB 1207 New York time; Fri 13 Feb, 5:30 am your time", "noon today, in 2 hours Thu 12 Feb, 2:00 am your time"),
    # In these weeks America is an hour nearer to Europe than usual.
    ("Europe/Berlin", "2026-03-24T10:00", "Tue 24 Mar, 3:30 pm today, in 5 hours IRB 1207 New York time; 8:30 pm your time", "in 5 hours 8:30 pm your time"),
    ("Europe/Berlin", "2026-03-30T10:00", "Tue 31 Mar, 3:30 pm tomorrow IRB 1207 New York time; 9:30 pm your time", "in 2 hours 6:00 pm your time"),
    ("America/Toronto", "2026-02-11T10:00", "Thu 12 Feb, 3:30 pm tomorrow IRB 1207 Pipeline", "in 2 hours Reviews"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "at", "next_class", "due"), ELSEWHERE)
def test_a_reader_in_another_time_zone_is_told_the_course_s_time_and_their_own(
    browser, site, zone, at, next_class, due
):
    with visit(browser, site, HOME, at, zone) as page:
        assert next_class in said(page, ".now .next")
        assert due in said(page, ".now .soonest")


def test_a_page_that_stays_open_follows_the_clock(browser, site):
    with visit(browser, site, HOME, "2026-02-12T15:28:30") as page:
        assert "in 2 minutes" in said(page, ".next")
        page.locator(".next").get_by_role("link", name="GPipe", exact=True).focus()
        page.clock.run_for(31_000)
        assert "in 1 minute IRB" in said(page, ".next")
        page.clock.run_for(60_000)
        assert said(page, ".next h2") == "CLASS NOW"
        assert page.evaluate("document.activeElement.textContent") == "GPipe"
        page.clock.run_for(9 * 3_600_000)
        assert "Tue 17 Feb, 3:30 pm in 4 days" in said(page, ".next")
        assert page.locator("[aria-current=date]").count() == 0


def test_a_page_that_slept_catches_up_when_it_is_looked_at(browser, site):
    with visit(browser, site, HOME, "2026-02-12T12:00") as page:
        page.clock.set_fixed_time(dt.datetime(2026, 2, 19, 12, tzinfo=NEW_YORK))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        assert "Sharding the model states" in said(page, ".next")


# --- today's row --------------------------------------------------------------------------------


def test_what_is_due_at_the_first_minute_of_a_day_is_due_the_night_before(browser, tmp_path):
    """`12:00 am` would be read both ways, and what is due in an hour isn't due `tomorrow`."""
    yaml = SMALL.replace("{what: Proposal, due: 2026-02-20}", "{what: Proposal, due: 2026-02-20, at: 12am}")
    site = publish(tmp_path, yaml, **LECTURE)
    told = {}
    for minute in ("16:30", "20:00", "22:59", "23:00", "23:01"):
        with visit(browser, site, HOME, f"2026-02-19T{minute}") as page:
            told[minute] = said(page, ".soonest li:first-child")
    assert told == {
        "16:30": "Fri 20 Feb, 0:00 tomorrow Proposal",
        "20:00": "Fri 20 Feb, 0:00 in 4 hours Proposal",
        "22:59": "Fri 20 Feb, 0:00 in 61 minutes Proposal",
        "23:00": "Fri 20 Feb, 0:00 in 60 minutes Proposal",
        "23:01": "Fri 20 Feb, 0:00 in 59 minutes Proposal",
    }


def test_a_class_past_midnight_is_running_until_it_is_over(browser, tmp_path):
    yaml = SMALL.replace("Tue 3:30-4:45pm, Room 1", "Tue 11pm-12:30am, Room 1")
    with visit(browser, publish(tmp_path, yaml, **LECTURE), HOME, "2026-02-11T00:10") as page:
        assert said(page, ".next").startswith("CLASS NOW Tue 10 Feb, 11:00 pm now, until 12:30 am Room 1 Logs")
        assert "11:00 pm – 12:30 am" in said(page, ".facts")


@pytest.mark.parametrize(
    ("at", "first", "title"),
    [
        ("2026-02-13T12:00", "Mon 9 Feb", "THIS WEEK"),  # Proposal is due on Sunday
        ("2026-02-15T22:00", "Mon 16 Feb", "NEXT WEEK"),
        ("2026-02-16T00:10", "Mon 16 Feb", "THIS WEEK"),
        ("2026-03-28T12:00", "Sat 28 Mar", "THIS WEEK"),
    ],
)
def test_once_all_of_this_week_is_over_the_next_one_is_shown(browser, tmp_path, at, first, title):
    yaml = SMALL.replace("{what: Proposal, due: 2026-02-20}", "{what: Proposal, due: 2026-02-15, at: 9pm}")
    with visit(browser, publish(tmp_path, yaml, **LECTURE), HOME, at) as page:
        assert said(page, ".week h2") == title
        days = page.locator(".week li time").all_inner_texts()
        assert days[0].replace("\u00a0", " ").startswith(first) or title == "THIS WEEK"


def test_a_week_begins_on_sunday_where_the_class_meets_on_it(browser, tmp_path):
    yaml = SMALL.replace("Tue 3:30-4:45pm, Room 1", "Sun/Wed 3:30-4:45pm, Room 1")
    with visit(browser, publish(tmp_path, yaml, **LECTURE), HOME, "2026-02-11T10:00") as page:
        days = [text.replace("\u00a0", " ")[:9].strip(",") for text in page.locator(".week li time").all_inner_texts()]
        assert days[0].startswith("Sun 8 Feb")


def test_folded_rows_leave_the_accessibility_tree_and_come_back(browser, site):
    """Chromium keeps a row whose content isn't rendered, so a screen reader would pass through empty rows."""

    def rows(page) -> list[bool]:
        """Whether each row of the tree has words."""
        nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        tree = {node["nodeId"]: node for node in nodes}

        def has_words(node) -> bool:
            return bool(node.get("name", {}).get("value")) or any(
                has_words(tree[child]) for child in node["childIds"] if child in tree
            )

        found = [node for node in nodes if not node["ignored"] and node["role"]["value"] == "row"]
        return [has_words(node) for node in found]

    with visit(browser, site, SCHEDULE, "2026-04-21T10:00") as page:
        folded = rows(page)
        assert all(folded)
        page.locator(".fold").click()
        opened = rows(page)
        assert all(opened)
        assert len(opened) > 2 * len(folded) > 0
        page.locator(".fold").click()
        assert len(rows(page)) == len(folded)


def test_a_next_class_without_links_has_no_list_of_them(browser, small):
    with visit(browser, small, HOME, "2026-02-11T10:00") as page:
        assert page.locator(".next .topic").count() == 1
        assert page.locator(".now ul:not(:has(li))").count() == 0


def test_today_s_rows_are_marked_with_a_word_and_what_is_next_too(browser, site):
    with visit(browser, site, SCHEDULE, "2026-02-12T17:00") as page:
        marked = page.locator("tr[aria-current=date]")
        assert [row.get_attribute("id") for row in marked.all()] == ["pipeline-parallelism", "due-project-teams"]
        assert said(page, "#pipeline-parallelism .date") == "Thu 12 Feb TODAY"
        assert said(page, "#finer-pipelines .date") == "Tue 17 Feb NEXT"


@pytest.mark.parametrize("size", [(1280, 500), (360, 740)])
def test_the_schedule_opens_at_today_and_the_home_page_at_its_top(browser, site, size):
    options: dict[str, Any] = {"viewport": {"width": size[0], "height": size[1]}}
    with visit(browser, site, SCHEDULE, "2026-02-12T10:00", **options) as page:
        box = page.locator("#pipeline-parallelism").bounding_box()
        assert 0 <= box["y"] < size[1] - 40
        assert page.evaluate("document.activeElement === document.body")
    with visit(browser, site, HOME, "2026-02-12T10:00", **options) as page:
        assert page.evaluate("scrollY") == 0


def test_the_schedule_stays_where_a_fragment_leads(browser, site):
    with visit(browser, site, f"{SCHEDULE}#attention", "2026-02-12T10:00") as page:
        page.wait_for_function("scrollY > 0")
        assert 0 <= page.locator("#attention").bounding_box()["y"] < 600


# --- past weeks ---------------------------------------------------------------------------------


def test_past_weeks_are_folded_behind_one_button_that_tells_its_state(browser, site):
    with visit(browser, site, SCHEDULE, "2026-02-12T10:00") as page:
        button = page.get_by_role("button", name="Show 4 past sessions")
        assert button.get_attribute("aria-expanded") == "false"
        assert visible_rows(page)[0] == "splitting-operators"  # the rest of this week stays
        button.focus()
        page.keyboard.press("Enter")
        assert page.get_by_role("button", name="Hide 4 past sessions").get_attribute("aria-expanded") == "true"
        assert visible_rows(page)[0] == "course-overview"
        page.keyboard.press("Space")
        assert visible_rows(page)[0] == "splitting-operators"


@pytest.mark.parametrize("at", ["2026-01-20T10:00", "2026-06-01T10:00"])
def test_nothing_is_folded_before_the_term_and_after_it(browser, site, at):
    with visit(browser, site, SCHEDULE, at) as page:
        assert page.locator(".fold").count() == 0
        assert visible_rows(page)[0] == "course-overview"


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("fragment", ["course-overview", "site-2026-01"])
def test_a_link_to_a_folded_row_unfolds_it(browser, site, fragment, width):
    options: dict[str, Any] = {"viewport": {"width": width, "height": 700}}
    with visit(browser, site, f"{SCHEDULE}#{fragment}", "2026-04-09T10:00", **options) as page:
        assert page.locator("#course-overview").bounding_box()["height"] > 10
    with visit(browser, site, SCHEDULE, "2026-04-09T10:00", **options) as page:
        assert page.locator("#course-overview").bounding_box()["height"] == 0
        page.evaluate(f"location.hash = '{fragment}'")
        page.wait_for_function("document.getElementById('course-overview').getBoundingClientRect().height > 10")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_browser_s_search_finds_what_is_folded(browser, site, width):
    """A link to a text is looked up as the browser's search is."""
    path, view = f"{SCHEDULE}#:~:text=Course%20overview", {"width": width, "height": 700}
    with visit(browser, site, path, "2026-04-09T10:00", viewport=view) as page:
        page.wait_for_function("document.getElementById('course-overview').getBoundingClientRect().height > 10")
        assert page.locator(".fold").get_attribute("aria-expanded") == "true"


# --- months and filters -------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False])
def test_months_lead_to_their_first_row(browser, site, scripts):
    with visit(browser, site, SCHEDULE, "2026-04-09T10:00", java_script_enabled=scripts) as page:
        months = page.get_by_role("navigation", name="Months")
        assert months.get_by_role("link").all_inner_texts() == ["Jan", "Feb", "Mar", "Apr", "May"]
        months.get_by_role("link", name="Feb").click()
        assert -1 <= page.locator("#machine-learning-systems-as-a-field").bounding_box()["y"] < 700


def test_deadlines_alone_are_shown_counted_and_told(browser, small):
    with visit(browser, small, SCHEDULE, "2026-02-18T10:00") as page:
        page.get_by_role("button", name="Deadlines").click()
        assert visible_rows(page) == ["logs", "trees", "due-proposal", "due-report"]
        assert said(page, ".count") == said(page, "#site-status") == "4 deadlines"
        assert said(page, "#trees .week") == "3"
        assert page.get_by_role("button", name="Deadlines").get_attribute("aria-pressed") == "true"
        page.get_by_role("button", name="Everything").click()
        assert "extra-talk" in visible_rows(page)


def test_my_presentations_are_found_by_name_and_the_name_is_remembered(browser, small):
    """On a server: Chromium at times loses what a page from disk has stored when it is left at once."""
    with (
        serve(small, f"/{small.name}/") as address,
        visit(browser, small, SCHEDULE, "2026-02-09T10:00") as page,
    ):
        page.goto(address + SCHEDULE)
        names = page.get_by_role("combobox", name="Presented by")
        assert names.count() == 0
        page.get_by_role("button", name="Presentations").click()
        assert said(page, ".count") == "3 presentations"
        assert names.locator("option").all_inner_texts() == ["everyone", "Ada Lovelace", "Bo Li"]
        names.select_option("Bo Li")
        assert visible_rows(page) == ["trees"]
        assert said(page, ".count") == "1 presentation"
        page.reload()
        assert len(visible_rows(page)) > 5  # the schedule is whole again
        page.get_by_role("button", name="Presentations").click()
        assert visible_rows(page) == ["trees"]
        page.goto(address + HOME)
        assert "Tue 17 Feb, 3:30 pm in 8 days You present Gamma" in said(page, ".soonest")
        page.goto(address + SCHEDULE)
        page.get_by_role("button", name="Presentations").click()
        names.select_option("")
        assert page.evaluate("localStorage.getItem('site:presenter')") is None


def test_a_link_to_a_row_that_is_filtered_away_shows_everything(browser, small):
    with visit(browser, small, SCHEDULE, "2026-02-09T10:00") as page:
        page.get_by_role("button", name="Deadlines").click()
        page.evaluate("location.hash = 'compilers'")
        page.wait_for_function("document.getElementById('compilers').getBoundingClientRect().height > 10")
        assert page.get_by_role("button", name="Everything").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("touch", [True, False])
def test_each_row_has_a_quiet_link_to_itself(browser, small, touch):
    options: dict[str, Any] = {
        "viewport": {"width": 360 if touch else 1280, "height": 740},
        "is_mobile": touch,
        "has_touch": touch,
    }
    with visit(browser, small, SCHEDULE, "2026-02-09T10:00", **options) as page:
        link = page.get_by_role("link", name="Link to Trees")
        assert link.get_attribute("href") == "#trees"
        assert min(link.bounding_box()["width"], link.bounding_box()["height"]) >= (44 if touch else 24)
        opacity = "getComputedStyle(document.querySelector('#trees .self')).opacity"
        assert page.evaluate(opacity) == ("1" if touch else "0")
        link.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert page.evaluate(opacity) == "1"


# --- without scripts, on paper, without a jump --------------------------------------------------


def test_without_scripts_the_whole_schedule_stands_and_nothing_that_needs_them(browser, small):
    for path in (HOME, SCHEDULE):
        with visit(browser, small, path, "2026-02-18T10:00", java_script_enabled=False) as page:
            assert len(visible_rows(page)) == 14
            for needing in (".now", ".notices", ".filters"):
                assert page.locator(needing).count() == 0 or not page.locator(needing).is_visible(), needing
    assert "Add to calendar" in (small / SCHEDULE).read_text()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_real_schedule_prints_on_two_sheets_past_weeks_included(browser, site, paper):
    with visit(browser, site, SCHEDULE, "2026-04-09T10:00") as page:
        sheets = page.pdf(format=paper, prefer_css_page_size=True)
        assert sheets.count(b"/Type /Page\n") <= 2
        page.emulate_media(media="print")
        assert visible_rows(page)[0] == "course-overview"
        assert not page.locator(".controls").is_visible()
        assert not page.locator(".fold").is_visible()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", [HOME, SCHEDULE])
@pytest.mark.parametrize("at", ["2026-02-11T10:00", "2026-02-13T09:00", "2026-06-01T10:00"])
def test_nothing_jumps_while_a_page_loads(browser, small, path, at, width):
    moved = "window.moved = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) moved += entry.value; }).observe({ type: 'layout-shift', buffered: true });"
    with visit(browser, small, path, at, viewport={"width": width, "height": 740}) as page:
        page.add_init_script(moved)
        page.reload()
        page.wait_for_timeout(200)
        assert page.evaluate("moved") < 0.01


def test_what_is_next_and_due_is_on_the_first_screen_of_a_phone(browser, site):
    with visit(browser, site, HOME, "2026-02-11T10:00", viewport={"width": 360, "height": 740}) as page:
        assert page.locator(".soonest li").count() >= 3
        for item in page.locator(".next, .soonest li:nth-child(-n+3)").all():
            box = item.bounding_box()
            assert box["y"] + box["height"] <= 740


# --- courses that are unlike others -------------------------------------------------------------

FACTS = "course: {code: CS101, title: Systems, timezone: America/New_York}\n"
TERM = "term: {start: 2026-02-02, end: 2026-05-29, meets: MTWThF 3:30-4:45pm}\n"
LONG = "Supercalifragilisticexpialidocious" * 4
ODD = {
    "no sessions": FACTS,
    "a term without sessions": FACTS + TERM,
    "only milestones": FACTS + TERM + "deadlines: [{what: Report, due: 2026-03-02}]",
    "sixty sessions": FACTS + TERM + "schedule:\n" + "".join(f"  - Session {n}\n" for n in range(60)),
    "long and foreign topics": FACTS + TERM + f"schedule: [{LONG}, 分散システムの設計と実装についての入門講義, مقدمة في الأنظمة الموزعة]\nchecks: {{empty-meetings: off}}",
    "topics of every length": FACTS + TERM + "schedule:\n" + "".join(f"  - {'Word ' * (n // 5)}{'w' * (n % 5 + 1)}\n" for n in range(15, 75)),
    "all cancelled": FACTS + "term: {start: 2026-02-11, end: 2026-02-12, meets: WTh 3:30-4:45pm}\nschedule: [{cancelled: Snow}, {cancelled: Snow}]",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_unusual_course_breaks_neither_page(browser, tmp_path, name):
    odd = publish(tmp_path, ODD[name])
    for path in (HOME, SCHEDULE):
        for at in ("2026-02-11T10:00", "2026-12-11T10:00"):
            with visit(browser, odd, path, at) as page:
                for width in (1280, 800, 320):
                    page.set_viewport_size({"width": width, "height": 740})
                    assert page.evaluate("document.documentElement.scrollWidth") <= width
                    assert page.locator("h1").is_visible()
