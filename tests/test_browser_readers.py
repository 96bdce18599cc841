"""In a browser: readers with larger type, whose writing runs the other way, without scripts, with paper."""

import datetime as dt

import pytest

from tests.support import build_folder, told, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BIB = """
@article{a, title = {מבני נתונים}, author = {כהן, דנה}, journal = {כתב עת}, year = {2020}, eprint = {2001.00001}, archiveprefix = {arXiv}}
@article{b, title = {Understanding Very Large Systems for Storage and Ingestion}, author = {محمد, أحمد}, year = {2021}}
@article{c, title = {A third paper, which nobody has to read}, author = {Doe, Jane}, year = {2022}}
"""
SITE = """\
course: {{code: CS 101, title: Bidi and others, term: Spring 2026, timezone: UTC, language: {language}, url: "https://e.org/"}}
links: {{Sign-up: "https://example.org/sign-up"}}
term: {{start: 2026-02-02, end: 2026-03-27, meets: "Mon/Thu 9-10am, אולם"}}
reviews: {{due: 1 day before, at: noon}}
presentations: {{sign_up: Sign-up}}
schedule:
  - part: First part
  - {{topic: First topic, read: [a, b], optional: c, present: {{a: "Maximilian Schneider-Rottenmeier"}}}}
  - {{cancelled: Storm, topic: Second topic}}
  - {{topic: Notes, lecture: notes}}
  - tba: 10
deadlines: [{{what: מטלה, due: 2026-02-12, at: 10am}}]
"""
LECTURE = """\
# שיעור on systems

See [@a; @b], and `x = [1, 2]` in code.

## Data

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1
```
"""
EMPTY = "course: {code: X1, title: T}\n"
TODAY = dt.date(2026, 2, 2)
KINDS = ["index.html", "schedule/index.html", "readings/index.html", "readings/a/index.html", "lectures/index.html",
         "lectures/notes/index.html", "announcements/index.html", "subscribe/index.html", "search/index.html"]  # fmt: skip


def publish(folder, site, **files):
    built = build_folder(write_course(folder / "course", files, site), TODAY)
    assert built.files, told(built)
    for path, content in built.files.items():
        if isinstance(content, bytes):
            (folder / "site" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "site" / path).write_bytes(content)
    return folder / "site"


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """The addresses, on disk, of a course in English, one in Hebrew, and one of which only the name is known."""
    files = {
        "papers.bib": BIB,
        "content/lectures/notes.md": LECTURE,
        "content/announcements.md": "# News\n\n## 2026-02-02 ידיעה\n\nWords.\n",
    }
    folder = tmp_path_factory.mktemp("readers")
    publish(folder / "en", SITE.format(language="en"), **files)
    publish(folder / "he", SITE.format(language="he"), **files)
    publish(folder / "empty", EMPTY)
    return {name: f"{(folder / name / 'site').as_uri()}/" for name in ("en", "he", "empty")}


@pytest.fixture
def visit(browser):
    """visit(address, width, at=..., type=...) is a page as a reader sees it."""
    contexts = []

    def open_page(address, width=1280, at="2026-02-03T08:00", type=None, **options):
        height = 740 if width < 700 else 900
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True, **options))
        page = contexts[-1].new_page()
        if options.get("java_script_enabled", True):
            page.clock.set_fixed_time(dt.datetime.fromisoformat(at))
        page.goto(address)
        if type:
            page.add_style_tag(content=f"html {{ font-size: {type}px !important; }}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def place_of(page, words: str, within: str = "body") -> dict[str, float]:
    """Where some words of the first text below `within` that has them are painted."""
    found = page.evaluate(
        """([words, within]) => {
          const walker = document.createTreeWalker(document.querySelector(within), NodeFilter.SHOW_TEXT);
          for (let node; node = walker.nextNode();) {
            const start = node.data.replaceAll("\\u00a0", " ").indexOf(words);
            if (start < 0 || !node.parentElement.checkVisibility() || node.parentElement.closest("noscript")) continue;
            const range = document.createRange();
            range.setStart(node, start);
            range.setEnd(node, start + words.length);
            const { left, right, top, bottom } = range.getBoundingClientRect();
            return { left, right, top, bottom, lines: new Set([...range.getClientRects()].map((box) => box.top)).size };
          }
        }""",
        [words, within],
    )
    assert found, words
    return found


def excess(page) -> int:
    """By how much the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


# --- larger type (WCAG 2.2, 1.4.4) --------------------------------------------------------------


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize(("width", "type"), [(360, 24), (360, 34), (1280, 36)])
def test_with_type_of_twice_the_size_no_page_scrolls_sideways(sites, visit, path, width, type):
    assert excess(visit(sites["en"] + path, width, type=type)) <= 0


@pytest.mark.parametrize("path", ["index.html", "readings/index.html", "schedule/index.html"])
@pytest.mark.parametrize(("width", "type"), [(360, 34), (1280, 36)])
def test_the_real_courses_pages_do_not_either(address, visit, path, width, type):
    assert excess(visit(address + path, width, at="2026-02-10T08:00", type=type)) <= 0


@pytest.mark.parametrize("type", [17, 24, 34])
def test_the_masthead_wraps_between_words_and_stays_in_the_window(sites, visit, type):
    page = visit(sites["en"] + "index.html", 360, type=type)
    for word in ("CS 101", "Search", "Dark", "Menu"):
        place = place_of(page, word, ".masthead")
        assert place["lines"] == 1, word
        assert place["right"] <= 360
    page.get_by_role("button", name="Menu").click()
    foot = page.eval_on_selector("button.menu", "(button) => button.getBoundingClientRect().bottom")
    assert place_of(page, "Schedule", ".masthead nav")["top"] >= foot


# --- both ways of writing -----------------------------------------------------------------------


def test_a_name_of_the_other_direction_leaves_the_line_that_it_stands_in_as_it_is(sites, visit):
    page = visit(sites["en"] + "index.html")
    news = [place_of(page, words, ".news section:last-child") for words in ("מטלה", "10:00", "am")]
    assert [box["left"] for box in news] == sorted(box["left"] for box in news)
    page.goto(sites["en"] + "lectures/notes/index.html")
    first, second = page.locator(".prose > p a.cite").all()
    assert (first.bounding_box() or {})["x"] < (second.bounding_box() or {})["x"]
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).textAlign") == "start"
    page.goto(sites["en"] + "schedule/index.html")
    facts = [place_of(page, words, ".facts") for words in ("Mon/Thu", "9:00", "אולם", "UTC")]
    assert [box["left"] for box in facts] == sorted(box["left"] for box in facts)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", KINDS)
def test_a_course_in_hebrew_runs_from_right_to_left(sites, visit, path, width):
    page = visit(sites["he"] + path, width)
    assert excess(page) <= 0
    assert page.evaluate("document.documentElement.scrollLeft") == 0
    assert place_of(page, "CS 101", ".masthead")["left"] > width / 2
    assert place_of(page, "Search", ".masthead")["right"] < width / 2
    heading = page.evaluate(
        """() => { const range = document.createRange(); range.selectNodeContents(document.querySelector("h1"));
                   return range.getBoundingClientRect().right }"""
    )
    assert heading > width / 2


def test_code_and_tables_of_dates_keep_their_order_in_hebrew(sites, visit):
    page = visit(sites["he"] + "lectures/notes/index.html")
    assert place_of(page, "x = [", ".prose > p code")["left"] < place_of(page, "2]", ".prose > p code")["left"]
    styles = page.evaluate("[...document.querySelectorAll('pre, code')].map((e) => getComputedStyle(e).direction)")
    assert set(styles) == {"ltr"}
    page.goto(sites["he"] + "schedule/index.html")
    week, due = place_of(page, "First topic", ".programme"), place_of(page, "Reviews", ".programme .due")
    assert week["left"] > due["right"]


# --- what is next, on a phone -------------------------------------------------------------------


def test_papers_stand_close_and_their_words_stay_together_on_a_phone(sites, visit):
    page = visit(sites["en"] + "index.html", 360, at="2026-02-02T07:00")
    pdf, name = place_of(page, "PDF", ".next"), place_of(page, "Maximilian", ".next")
    assert (pdf["lines"], place_of(page, "optional", ".next")["lines"]) == (1, 1)
    assert pdf["right"] > 320 and pdf["left"] > name["left"]
    boxes = [place_of(page, words, ".next") for words in ("מבני", "Understanding", "A third")]
    assert boxes[1]["top"] - name["bottom"] < 16
    assert all(page.evaluate("[...document.querySelectorAll('.next .papers > li')].map((li) => li.offsetHeight >= 24)"))


def test_after_the_term_one_sentence_is_enough(sites, visit):
    page = visit(sites["en"] + "index.html", at="2026-06-20T10:00")
    assert page.locator(".now").inner_text().split("\n") == ["Spring 2026 is over."]


def test_a_paper_that_waits_for_a_presenter_leads_to_where_one_signs_up(sites, visit):
    page = visit(sites["en"] + "index.html")
    for path in ("index.html", "schedule/index.html", "readings/index.html", "readings/b/index.html"):
        page.goto(sites["en"] + path)
        signs = page.locator("main li .open")
        assert signs.count() == 1, path
        assert signs.first.get_attribute("href") == "https://example.org/sign-up"
        assert signs.first.evaluate("(sign) => getComputedStyle(sign).borderTopWidth") == "0px"


# --- without scripts ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["index.html", "schedule/index.html"])
def test_without_scripts_the_first_screen_says_what_is_next_as_of_a_day_and_what_is_cancelled(sites, visit, path):
    page = visit(sites["en"] + path, 360, java_script_enabled=False)
    words = " ".join(page.locator("main").inner_text().replace("\u00a0", " ").split())
    assert "No class on Thu 5 Feb, 9:00 am. Second topic is cancelled. Storm" in words
    assert "As of Mon 2 Feb: next class Mon 2 Feb, 9:00 am, אולם: First topic. Due " in words
    ahead = page.locator(".ahead")
    assert (ahead.bounding_box() or {})["y"] < 500
    assert ahead.get_by_role("link", name="Schedule").get_attribute("href") == "#site-programme"


def test_with_scripts_the_readers_clock_says_it_alone(sites, visit):
    assert visit(sites["en"] + "index.html").locator(".ahead").count() == 0


# --- edges --------------------------------------------------------------------------------------


def test_what_stands_at_an_edge_ends_where_the_hairlines_end(sites, visit):
    page = visit(sites["en"] + "schedule/index.html", at="2026-02-02T08:00")
    edge = "(e) => e.getBoundingClientRect().right"
    table = page.eval_on_selector(".programme", edge)
    assert page.eval_on_selector(".filters button:last-of-type", edge) == pytest.approx(table, abs=1)
    page = visit(sites["en"] + "index.html", 360)
    assert place_of(page, "Menu", ".masthead")["right"] == pytest.approx(page.eval_on_selector("main", edge), abs=1)


def test_only_the_current_page_is_underlined_in_the_masthead(sites, visit):
    page = visit(sites["en"] + "schedule/index.html", color_scheme="dark")
    lines = page.evaluate(
        """[...document.querySelectorAll(".masthead :is(a, button)")].filter((e) => e.checkVisibility()
           && getComputedStyle(e).textDecorationLine !== "none").map((e) => e.textContent)"""
    )
    assert lines == ["Schedule"]


def test_a_course_of_which_only_the_name_is_known_has_no_empty_menu_and_says_what_is_missing(sites, visit):
    page = visit(sites["empty"] + "index.html", 360)
    assert page.get_by_role("button", name="Menu").count() == page.locator("nav li").count() == 0
    page.goto(sites["empty"] + "lectures/index.html")
    assert "No lectures are listed yet." in page.locator("main").inner_text()


# --- on paper -----------------------------------------------------------------------------------

DEAD = {
    "index.html": ["Add to calendar", "Menu", "As of"],
    "schedule/index.html": ["Add to calendar", "Everything", "Announcements as a feed"],
    "readings/index.html": ["All as BibTeX", "Copy BibTeX", "wait for a presenter", "Group by"],
    "readings/a/index.html": ["Copy BibTeX", "Next", "Edit this page"],
    "lectures/notes/index.html": ["Slides", "On this page", "Copy", "↑", "Calendar"],
    "announcements/index.html": ["Atom feed"],
    "subscribe/index.html": ["Copy"],
    "search/index.html": ["Show titles with"],
}


@pytest.mark.parametrize("path", DEAD)
def test_on_paper_no_word_waits_for_a_click(sites, visit, path):
    page = visit(sites["en"] + path)
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    assert [words for words in DEAD[path] if words in shown] == []


def test_on_paper_code_is_whole_and_nothing_is_torn(sites, visit):
    page = visit(sites["en"] + "readings/a/index.html", 700)
    page.emulate_media(media="print")
    assert page.eval_on_selector("pre", "(pre) => pre.scrollWidth <= pre.clientWidth")
    page.goto(sites["en"] + "lectures/notes/index.html")
    assert page.evaluate("['.table', 'pre'].map((e) => getComputedStyle(document.querySelector(e)).breakInside)") == [
        "avoid",
        "avoid",
    ]


def test_what_a_filter_leaves_is_what_is_printed(sites, visit):
    page = visit(sites["en"] + "schedule/index.html")
    page.get_by_role("button", name="Deadlines").click()
    rows = (
        "[...document.querySelectorAll('.programme tbody tr')].filter((row) => row.checkVisibility()).map((r) => r.id)"
    )
    shown = page.evaluate(rows)
    page.emulate_media(media="print")
    assert page.evaluate(rows) == shown
    assert len(shown) < page.locator(".programme tbody tr").count()
