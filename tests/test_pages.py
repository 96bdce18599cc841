"""The pages of a course made by hand: what each says, how it is built, and that every link leads somewhere."""

import datetime as dt
import posixpath
import re
from decimal import Decimal
from html import unescape
from itertools import pairwise
from urllib.parse import unquote

import html5lib
import pytest

from sitegen.addresses import HOME, LECTURES, READINGS, SCHEDULE, SEARCH
from sitegen.build import OUTPUTS
from sitegen.model import Name, SiteLink
from sitegen.outputs import anchors, pages, paperlists, programme, readings
from sitegen.outputs.theme import Theme
from sitegen.plan import CourseFacts, Days, GradeItem, Guest, Pattern, PresentationRule, Term
from sitegen.values import replace
from tests.sample import BY_KEY, announcement, at, built_in, located, page, paper, sample_course, site, theme

PAGES = sorted(path for path in site() if path.endswith(".html"))
FRAMED = [path for path in PAGES if path not in sample_course().aliases]
"""All but redirects."""


def render(output, path, **changes) -> str:
    """One page of the sample course with some of its fields replaced."""
    return dict(output(sample_course(**changes), theme()))[path].decode()


def words_of(html: str) -> str:
    """The words a reader sees in <main>, white space folded."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).replace("\u00a0", " ").split())


def row_of(html: str, id: str) -> str:
    """The words of one row of the schedule."""
    match = re.search(rf'<tr [^>]*id="{re.escape(id)}"[^>]*>(.*?)</tr>', html, re.DOTALL)
    assert match, id
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", match[1])).replace("\u00a0", " ").split())


# --- every page ---------------------------------------------------------------------------------


def test_every_kind_of_page_is_made():
    assert {
        "index.html",
        "schedule/index.html",
        "readings/index.html",
        "readings/huang2019/index.html",
        "lectures/index.html",
        "lectures/introduction/index.html",
        "announcements/index.html",
        "project/index.html",
        "search/index.html",
        "404.html",
        "old/project.html",
        "assets/site.css",
        "assets/site.js",
        "assets/favicon.svg",
    } <= site().keys()


def test_no_two_outputs_make_the_same_path():
    made = [path for output in OUTPUTS for path, _ in output(sample_course(), theme())]
    assert len(made) == len(set(made))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_valid_html(path):
    html5lib.HTMLParser(strict=True).parse(site()[path])


@pytest.mark.parametrize("path", FRAMED)
def test_every_page_has_one_title_heading_and_no_level_is_skipped(path):
    html = site()[path].decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", FRAMED)
def test_every_page_is_named_after_itself_and_the_course(path):
    html = site()[path].decode()
    assert re.search(r"<title>[^<]+ - CMSC818Q</title>", html)
    assert '<html lang="en">' in html
    assert '<a class="skip" href="#site-content">' in html
    assert html.count("<main ") == html.count('id="site-content"') == 1


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_inside_what_knows_the_theme_and_what_comes_with_code_and_no_other_style_or_script(path):
    html = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", site()[path].decode())
    assert not re.search(r"<[^>]*\s(?:style|on\w+)=", html)
    inside = re.findall(r"<(?:style|script)(?![^>]*\ssrc=)[^>]*>[^<]*", html)
    known = ("localStorage", *([".copy{"] if "assets/code.js" in html else []))
    assert not [words for words in inside if not any(name in words for name in known)]
    assert len(inside) <= len(known)


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_every_link_inside_the_site_leads_to_a_page_and_a_place_on_it(path):
    html = site()[path].decode()
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    absent = {"lectures/training/slides.pdf", "papers/sums.pdf"}  # files beside the course's pages
    base = "/teaching/2026-cloud-network/"
    for href in re.findall(r'\s(?:href|src)="([^"]*)"', html):
        address = unescape(href)
        if re.match(r"https?:|mailto:|webcal:", address):
            continue
        target, _, fragment = address.partition("#")
        if path == "404.html":
            assert address.startswith((base, "#")), address
            target = target.removeprefix(base) or ("" if address.startswith("#") else "index.html")
        else:
            assert not address.startswith("/"), address
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target))) if target else ""
        target = target or path
        if path == "404.html" and target.endswith("/"):
            target += "index.html"
        assert target in site() or target in absent, f"{path}: {address}"
        if fragment:
            assert f'id="{unquote(fragment)}"' in site()[target].decode(), f"{path}: {address}"


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_from_another_host(path):
    html = site()[path].decode()
    assert not re.search(r'\ssrc="[a-z]*:?//', html)
    loaded = [tag for tag in re.findall(r"<link [^>]*>", html) if 'rel="canonical"' not in tag]
    assert not any("//" in tag for tag in loaded)


def test_a_page_says_where_it_is_known_and_the_missing_page_does_not():
    html = render(pages.schedule, SCHEDULE)
    assert '<link rel="canonical" href="https://zaoxing.github.io/teaching/2026-cloud-network/schedule/">' in html
    assert "canonical" not in render(pages.schedule, SCHEDULE, base_url="")
    assert "canonical" not in render(pages.not_found, "404.html")


def test_the_missing_page_links_from_the_top_of_the_host_when_no_address_is_known():
    html = render(pages.not_found, "404.html", base_url="")
    assert 'href="/schedule/' in html
    assert 'href="/assets/site.css"' in html


def test_navigation_marks_the_page_and_the_section_it_belongs_to():
    assert '<a href="index.html" aria-current="page">Schedule</a>' in render(pages.schedule, SCHEDULE)
    html = render(pages.lectures, "lectures/introduction/index.html")
    assert '<a href="../index.html" aria-current="true">Lectures</a>' in html
    assert html.count("aria-current") == 1


def test_the_navigation_has_each_word_that_its_author_lists_and_search_once():
    listed = {"Start": HOME, "Find": SEARCH, "Canvas": "https://example.org/", "Search": SEARCH}
    words = tuple(SiteLink(label, target) for label, target in listed.items())
    html = render(pages.schedule, SCHEDULE, navigation=words)
    assert '<a href="../index.html">Start</a>' in html
    assert '<a href="../search/index.html">Find</a>' in html
    assert '<a href="https://example.org/">Canvas</a>' in html
    assert html.count(">Search</a>") == 1


def test_a_page_can_be_edited_where_its_source_is():
    edit = "https://github.com/example/course/edit/main/"
    assert f'href="{edit}content/project.md"' in render(pages.plain_pages, "project/index.html")
    assert f'href="{edit}papers.bib"' in render(readings.readings, READINGS)
    facts = CourseFacts(located("C"), located("T"))
    assert "/edit/" not in render(readings.readings, READINGS, facts=facts)


def test_a_description_is_one_line_and_ends_at_a_word():
    long = page("content/project.md", "Project", "<p>x</p>")
    long = replace(long, document=replace(long.document, description="many words\n" * 50))
    html = render(pages.plain_pages, "project/index.html", pages=(long,))
    match = re.search(r'<meta name="description" content="([^"]*)">', html)
    assert match
    assert match[1].endswith("many words …")
    assert len(match[1]) <= 202


def test_text_of_the_author_is_escaped_wherever_it_is_shown():
    evil = '<script>alert("&")</script>'
    course = sample_course()
    facts = CourseFacts(located(evil), located(evil), term=evil, institution=evil)
    changes = {
        "facts": facts,
        "sessions": tuple(
            replace(s, topic=evil, note=evil, place=evil, part=evil, readings=()) for s in course.sessions
        ),
        "announcements": (replace(announcement(2, 3, "x", "<p>x</p>"), title=evil),),
        "papers": {"x": paper("x", evil, evil, evil, evil, title_html="x", abstract=evil, bibtex=evil, note=evil)},
    }
    course = sample_course(**changes)
    for output in OUTPUTS:
        for path, content in output(course, theme()):
            if path.endswith(".html"):
                assert b"<script>alert" not in content, path


# --- the schedule -------------------------------------------------------------------------------


def list_rows(**changes):
    course = sample_course(**changes)
    parts = programme.list_parts(course, anchors.linker(SCHEDULE))
    return [(part.title, row) for part in parts for row in part.rows]


def test_breaks_and_milestones_stand_in_their_place_between_sessions():
    html = render(pages.schedule, SCHEDULE)
    order = [
        "Thu 12 Feb",
        "Pipeline parallelism",
        "Tue 17 Feb",
        "Tensor",
        "Project proposal",
        "Thu 19 Feb",
        "15–22 Mar",
        "Tue 24 Mar",
    ]
    words = words_of(html).partition("Schedule of")[2]
    assert sorted(order, key=words.index) == order


def test_a_week_is_numbered_once_and_a_break_has_no_number():
    found = [(title, row) for title, row in list_rows() if row.row == "session"]
    told = [(title, row.week) for title, row in found if row.new_week]
    assert sorted({week for _, week in told}) == list(range(1, 16))
    assert len(told) == len(set(told))


def test_the_first_row_below_a_part_s_title_has_its_week_s_number():
    for part in programme.list_parts(sample_course(), anchors.linker(HOME)):
        first = next(row for row in part.rows if isinstance(row, programme.SessionRow))
        assert first.new_week == bool(first.week)


def test_a_session_outside_the_pattern_stands_in_the_part_under_way():
    (part,) = [title for title, row in list_rows() if row.row == "session" and row.id == "storage-guest"]
    assert part == "Training"
    assert [p.title for p in programme.list_parts(sample_course(), anchors.linker(HOME))] == [
        "Opening",
        "Training",
        "Serving",
        "Agents",
        "Projects",
    ]


def test_a_break_before_the_first_session_is_shown_too():
    rows = list_rows(breaks=(Days(dt.date(2026, 1, 19), dt.date(2026, 1, 19), "King day"),))
    assert (rows[0][0], rows[0][1].row) == ("", "break")


def test_a_course_without_a_schedule_has_pages_all_the_same():
    empty: dict[str, object] = {
        "sessions": (),
        "deadlines": (),
        "breaks": (),
        "term": None,
        "papers": {},
        "lectures": (),
        "announcements": (),
    }
    course = sample_course(**empty, home=None, pages=(), links=(), staff=(), grading=(), navigation=(), reviews=None)
    for output in OUTPUTS:
        for path, content in output(course, theme()):
            if path.endswith(".html"):
                html5lib.HTMLParser(strict=True).parse(content)


ROWS = {
    "a class with its lecture, papers and review": (
        "session-6",
        "3 Thu 12 Feb Pipeline parallelism Bring a laptop. slides recording to be announced GPipe (NeurIPS '19) – "
        "presented by Charles PipeDream (SOSP '19) – open DAPPLE (PPoPP '21) optional Reviews Wed 11 Feb, noon",
    ),
    "a cancelled class": ("session-10", "5 Thu 26 Feb No class Fault tolerance The instructor travels."),
    "a guest": ("session-9", "5 Tue 24 Feb Approximate queries Guest: Fan Zhao , UC Santa Barbara"),
    "a guest at another time": (
        "storage-guest",
        "5 Wed 25 Feb Storage for training data Guest: Grace Hopper , Navy Research 11:30 am – 12:15 pm, IRB 4105",
    ),
    "a guest who isn't known yet": ("session-18", "9 Thu 2 Apr Guest lecture Guest: to be announced"),
    "a class to be announced": ("session-20", "10 Thu 9 Apr To be announced"),
    "a milestone with a page": ("proposal", "Tue 17 Feb Due Project proposal One page. 11:59 pm"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_the_schedule_says(name):
    id, said = ROWS[name]
    words = row_of(render(pages.schedule, SCHEDULE), id)
    assert re.sub(r"^Week ", "", words).replace(" ,", ",").replace(" #", "") == said.replace(" ,", ",")


def test_a_topic_leads_to_its_lecture_and_a_paper_to_its_page():
    html = render(pages.schedule, SCHEDULE)
    assert '<a href="../lectures/training/index.html">Pipeline parallelism</a>' in html
    assert '<a href="../readings/huang2019/index.html">GPipe</a>' in html


def test_a_cancelled_class_strikes_its_topic_and_asks_for_no_review():
    session = replace(
        sample_course().sessions[5], kind="cancelled", reason="Snow.", review=sample_course().sessions[5].review
    )
    html = render(pages.schedule, SCHEDULE, sessions=(session,))
    assert '<s class="name">Pipeline parallelism</s>' in html
    assert "Reviews Wed" not in words_of(html)
    assert "Snow." in html


@pytest.mark.parametrize(
    ("show", "shown"), [("first name", "Ada"), ("full name", "Ada King Lovelace"), ("initials", "A. K. L.")]
)
def test_presenters_are_named_as_the_course_wants_on_every_page(show, shown):
    course = sample_course(presentations=PresentationRule(show=show))
    texts = [
        content.decode() for output in OUTPUTS for path, content in output(course, theme()) if path.endswith(".html")
    ]
    said = [text for text in texts if re.search(rf">{re.escape(shown)}<|presented by {re.escape(shown)}<", text)]
    assert len(said) == 4  # home, schedule, readings and the paper's own page
    assert any("King Lovelace" in text for text in texts) == (show == "full name")


def test_two_patterns_are_both_said_and_the_second_one_s_sessions_tell_their_time():
    patterns = (
        Pattern((1,), dt.time(15, 30), dt.time(16, 45), "IRB 1207"),
        Pattern((4,), dt.time(10), dt.time(10, 50), "IRB 2", "Lab"),
    )
    term = Term(dt.date(2026, 1, 27), dt.date(2026, 5, 12), patterns)
    lab = replace(sample_course().sessions[3], start=at(2, 6, 10, 0), end=at(2, 6, 10, 50), place="IRB 2", label="Lab")
    html = render(pages.schedule, SCHEDULE, term=term, sessions=(lab,))
    assert "Tue 3:30–4:45 pm , IRB 1207 Lab Fri 10:00–10:50 am , IRB 2" in words_of(html)
    assert row_of(html, lab.id).endswith("Training, an overview # Lab, 10:00–10:50 am, IRB 2")


NAMES = {
    "GPipe: Efficient Training": "GPipe",
    "MLSys: the new frontier": "MLSys",
    "You and Your Research": "You and Your Research",
    "A title that goes on for long before it says: something": "A title that goes on for long before it says: something",
    "PagedAttention:tight": "PagedAttention:tight",
}


@pytest.mark.parametrize("title", NAMES)
def test_a_paper_is_called_by_the_short_name_before_its_colon(title):
    assert paperlists.short_name(paper("k", title, "A B", "", "2020")) == NAMES[title]


AUTHORS = [
    ("Ada Lovelace", "Ada Lovelace"),
    ("Ada Lovelace, Bo Li", "Ada Lovelace and Bo Li"),
    ("Ada Lovelace, Bo Li, C D", "Ada Lovelace, Bo Li and C D"),
    ("Ada Lovelace, Bo Li, ...", "Ada Lovelace, Bo Li, et al."),
    ("A A, B B, C C, D D", "A A, B B, et al."),
]


@pytest.mark.parametrize(("written", "shown"), AUTHORS)
def test_authors_are_listed_up_to_a_number(written, shown):
    assert paperlists.list_authors(paper("k", "T", written, "", "2020"), 3) == shown


def test_a_book_without_authors_has_its_editors():
    edited = replace(BY_KEY["huang2019"], authors=(), more_authors=False, editors=(Name("Ed", "", "Itor", ""),))
    assert paperlists.list_authors(edited, 3) == "Ed Itor"


# --- home ---------------------------------------------------------------------------------------


def test_home_says_what_the_course_is_when_and_by_whom():
    words = words_of(render(pages.home, HOME))
    head = "Special Topics in Cloud Computing Spring 2026 University of Maryland Tue/Thu 3:30–4:45 pm , IRB 1207 New York time "
    assert words.startswith(head + "Alan Liu, Ada Example Meeting time, room and dates are tentative")
    assert "Alan Liu , Instructor Office hours upon request instructor@example.org" in words


def test_a_link_without_an_address_is_said_to_come():
    html = render(pages.home, HOME)
    assert 'Paper reviews (HotCRP) <span class="tba">to be announced</span>' in html
    assert '<a href="https://example.org/canvas">Discussion (ELMS-Canvas)</a>' in html


def test_the_latest_announcements_are_on_the_home_page_and_all_on_their_own():
    words = words_of(render(pages.home, HOME))
    assert "Tue 3 Feb First reading posted" in words
    assert "Room to be confirmed" not in words
    every = words_of(render(pages.announcements, "announcements/index.html"))
    assert every.index("Tue 3 Feb 2026 First reading posted") < every.index("Mon 5 Jan 2026 Room to be confirmed")


SHARES = [
    (("10", "90"), "10%", "100%"),
    (("12.5", "12.50"), "12.5%", "25%"),
    (("100",), "100%", "100%"),
    (("0",), "0%", "0%"),
]


@pytest.mark.parametrize(("shares", "first", "total"), SHARES)
def test_grading_adds_up(shares, first, total):
    items = tuple(GradeItem(f"Part {number}", Decimal(share)) for number, share in enumerate(shares))
    words = words_of(render(pages.home, HOME, grading=items))
    assert f"Part 0 {first} " in words
    assert f"Total {total}" in words


def test_a_course_without_its_own_words_is_called_by_its_title():
    assert "<h1>Special Topics in Cloud Computing</h1>" in render(pages.home, HOME, home=None)


# --- lectures, pages and the rest ---------------------------------------------------------------


def test_a_lecture_says_when_it_is_held_and_what_is_read():
    words = words_of(render(pages.lectures, "lectures/training/index.html"))
    assert words.startswith("Distributed training Training, Thu 5 Feb , 3:30–4:45 pm , IRB 1207 Training, Thu 12 Feb")
    assert "GPipe (NeurIPS '19)" in words
    assert "Reviews due Wed 11 Feb, noon" in words
    assert words.endswith("Previous Introduction: systems for AI Next Networks and storage")


def test_contents_hold_the_second_and_third_level():
    html = render(pages.lectures, "lectures/introduction/index.html")
    contents = html[html.index('<details class="contents">') : html.index("</details>")]
    assert re.findall(r'class="level-(\d)"><a href="#([^"]*)"', contents) == [
        ("2", "memory"),
        ("3", "in-code"),
        ("2", "pipelines"),
        ("3", "terms"),
        ("2", "a-good-problem"),
    ]


def test_a_short_page_has_no_contents_and_a_long_one_has():
    assert "contents" not in render(pages.plain_pages, "project/index.html")
    assert '<details class="contents">' in render(pages.plain_pages, "syllabus/index.html")


def test_the_index_of_lectures_keeps_their_order_and_says_their_dates():
    words = words_of(render(pages.lectures_index, LECTURES))
    assert words.startswith("Lectures Tue 27 Jan Introduction: systems for AI About")
    assert "Thu 5 Feb Thu 12 Feb Distributed training" in words


@pytest.mark.parametrize(
    ("output", "path"),
    [
        (pages.schedule, SCHEDULE),
        (readings.readings, READINGS),
        (pages.lectures_index, LECTURES),
        (pages.announcements, "announcements/index.html"),
    ],
)
def test_the_author_s_words_stand_above_a_computed_page(output, path):
    words = {path: page("content/words.md", "Words", "<p>Please note.</p>")}
    html = render(output, path, words=words)
    assert "<p>Please note.</p>" in html
    assert 'content="About Words."' in html


def test_an_old_address_leads_to_the_new_one():
    html = render(pages.redirects, "old/project.html")
    assert '<meta http-equiv="refresh" content="0; url=../project/index.html">' in html
    assert '<a href="../project/index.html">' in html
    assert 'href="https://zaoxing.github.io/teaching/2026-cloud-network/project/"' in html


def test_a_course_s_own_template_is_used_and_gets_the_same_values():
    mine = Theme(built_in(), {"404.html": b"{{ course.code }}: {{ page.title }}"})
    assert dict(pages.not_found(sample_course(), mine)) == {"404.html": b"CMSC818Q: Page not found"}


def test_a_guest_with_neither_name_nor_affiliation_is_to_be_announced():
    session = replace(sample_course().sessions[0], kind="guest", guest=Guest(affiliation="ACME"))
    html = render(pages.schedule, SCHEDULE, sessions=(session,))
    assert "Guest: to be announced, ACME" in words_of(html)
