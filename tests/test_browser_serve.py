"""The preview in a real browser: swaps and reloads that keep the reader's place, and the words over the page."""

import re
import time

import pytest

from tests.browsing import watch
from tests.previewing import Running, running, until
from tests.support import SITE_YAML, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PARAGRAPHS = "\n\n".join(
    f"## Part {n}\n\nParagraph {n}, which says something at length about systems." for n in range(1, 60)
)
LECTURE = f"---\ntitle: Long\n---\n\nFirst words.\n\n<details markdown=1>\n<summary>More</summary>\n\nHidden words.\n\n</details>\n\n{PARAGRAPHS}\n"
SITE = SITE_YAML.replace("  - Overview", "  - {topic: Overview, lecture: long}").replace(
    "  timezone", "  url: https://x.org/teaching/\n  timezone"
)
OVERLAY = "sitegen-preview"


@pytest.fixture
def served(tmp_path):
    files = {"content/lectures/long.md": LECTURE, "templates/custom.css": "h1 { color: rgb(1, 2, 3); }\n"}
    with running(write_course(tmp_path / "course", files, SITE)) as started:
        yield started


def write(served: Running, path, words):
    (served.preview.course / path).write_text(words, encoding="utf-8")


def visit(browser, served, path="lectures/long/", **options):
    """A page that follows the course; whether it was loaded anew can be seen by a mark on its window."""
    opened = browser.new_page(**options)
    opened.complaints = watch(opened)
    opened.goto(f"{served.preview.address}{path}")
    is_connected(opened)
    opened.evaluate("window.isTheSame = true")
    return opened


def holds(opened, words, what=""):
    """Waits until an expression holds in the page (whose policy forbids what playwright's own waiting does)."""
    from playwright.sync_api import Error

    def is_so():
        try:
            return opened.evaluate(words)
        except Error as error:
            if "context was destroyed" not in str(error):
                raise
            return False

    until(is_so, what or words)


def is_connected(opened):
    holds(opened, "window.LiveReload?.connector?.protocol >= 7")
    opened.wait_for_timeout(50)  # until the server has heard it, too


def is_the_same(opened) -> bool:
    return bool(opened.evaluate("window.isTheSame === true"))


def test_a_change_in_the_text_is_swapped_in_and_nothing_else_moves(browser, served):
    opened = visit(browser, served)
    opened.evaluate("document.getElementById('part-30').scrollIntoView({ behavior: 'instant' })")
    opened.evaluate("document.querySelector('main details:not(.contents)').open = true")
    opened.evaluate("document.querySelector('.masthead a').focus({ preventScroll: true })")
    y = opened.evaluate("scrollY")
    assert y > 1000
    write(served, "content/lectures/long.md", LECTURE.replace("Paragraph 31,", "A *better* paragraph,"))
    opened.get_by_text("A better paragraph").wait_for()
    assert is_the_same(opened)
    assert opened.evaluate("scrollY") == y
    assert opened.evaluate("document.querySelector('main details:not(.contents)').open")
    assert opened.evaluate("document.activeElement.closest('.masthead') !== null")
    opened.wait_for_timeout(1500)
    assert is_the_same(opened), "plain words need no reload afterwards"
    assert opened.complaints == []
    opened.close()


def test_each_kind_of_edit_ends_in_the_page_that_is_served(browser, served):
    """Whatever way a change takes into the page, the page says what a fresh one says."""
    edits = [
        LECTURE.replace("First words.", "Other first words."),
        LECTURE.replace("## Part 3\n", "## Another heading\n"),
        LECTURE.replace("title: Long", "title: Longer"),
        LECTURE.replace(
            "First words.", "First words.\n\n```python\nprint(1)\n```\n\n$x^2$ and a note[^1].\n\n[^1]: Noted."
        ),
        LECTURE.replace("Hidden words.", "Hidden words, changed."),
        LECTURE.replace("First words.", "| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] to do\n- done"),
        LECTURE.partition("## Part 20")[0],
        LECTURE + "\n\n---\n\n## A slide\n\nWords.\n",
        LECTURE,
    ]
    # What stands there, without what scripts make of it later, such as the places of notes.
    words = "document.body.innerText.replace(/\\s+/g, ' ')"
    opened, fresh = visit(browser, served), browser.new_page()
    for edit in edits:
        builds = served.builds
        write(served, "content/lectures/long.md", edit)
        served.wait_for_build(builds + 1)
        opened.wait_for_timeout(2200)
        fresh.goto(opened.url, wait_until="networkidle")
        fresh.evaluate("scrollTo(0, 0)")
        opened.evaluate(
            "document.querySelectorAll('main details:not(.contents)').forEach((one) => { one.open = false; })"
        )
        assert opened.evaluate(words) == fresh.evaluate(words), edit[:200]
        assert opened.title() == fresh.title()
    assert opened.complaints == []
    fresh.close()
    opened.close()


def test_a_reload_keeps_the_place_the_open_details_the_focus_and_what_is_typed(browser, served):
    opened = visit(browser, served)
    opened.evaluate("document.getElementById('part-30').scrollIntoView({ behavior: 'instant' })")
    opened.evaluate("document.querySelector('main details:not(.contents)').open = true")
    opened.evaluate("document.querySelector('.masthead a').focus({ preventScroll: true })")
    top = opened.evaluate("document.getElementById('part-30').getBoundingClientRect().top")
    # A change in the head is nothing that could be swapped in, and what comes above moves all below it.
    longer = LECTURE.replace("First words.", "```python\nprint('code')\n```\n\n" + "More words.\n\n" * 20)
    write(served, "content/lectures/long.md", longer)
    holds(opened, "window.isTheSame !== true && document.readyState === 'complete'", "a reload")
    opened.wait_for_timeout(300)
    assert opened.get_by_text("More words.").count() == 20
    assert abs(opened.evaluate("document.getElementById('part-30').getBoundingClientRect().top") - top) < 3
    assert opened.evaluate("document.querySelector('main details:not(.contents)').open")
    assert opened.evaluate("document.activeElement.closest('.masthead') !== null")
    opened.close()


def test_what_is_typed_stays_over_a_reload(browser, tmp_path):
    bib = "@article{k1, title={Alpha}, author={A. B}, year={2020}}\n@article{k2, title={Beta}, author={C. D}, year={2021}}\n"
    site = SITE_YAML.replace("  - Overview", "  - {topic: Overview, read: [k1, k2]}")
    with running(write_course(tmp_path / "course", {"papers.bib": bib}, site)) as served:
        opened = visit(browser, served, "readings/")
        field = opened.locator("main input[type=search], main input[type=text]").first
        field.fill("Alp")
        write(
            served,
            "papers.bib",
            bib.replace("Beta", "Gamma").replace("C. D", "E. F")
            + "@article{k3, title={Delta}, author={G. H}, year={2022}}\n",
        )
        opened.get_by_text("Delta").first.wait_for(state="attached", timeout=10_000)
        opened.wait_for_timeout(1800)
        field = opened.locator("main input[type=search], main input[type=text]").first
        assert field.input_value() == "Alp"
        assert field.evaluate("(field) => field === document.activeElement")
        opened.close()


def test_a_style_sheet_is_swapped_without_a_reload(browser, served):
    opened = visit(browser, served)
    color = "getComputedStyle(document.querySelector('h1')).color"
    assert opened.evaluate(color) == "rgb(1, 2, 3)"
    opened.evaluate("scrollTo(0, 500)")
    for number in range(4, 7):
        write(served, "templates/custom.css", f"h1 {{ color: rgb({number}, 2, 3); }}\n")
        holds(opened, f"{color} === 'rgb({number}, 2, 3)'")
    assert is_the_same(opened)
    assert opened.evaluate("scrollY") == 500
    until(lambda: opened.locator("link[href*='custom.css']").count() == 1, "the old sheet's end")
    assert opened.complaints == []
    opened.close()


MISTAKE = LECTURE.replace("First words.", "First [words](nowhere.md) and ![](gone.png).")


def test_mistakes_stand_over_the_last_good_page_and_leave_by_themselves(browser, served):
    opened = visit(browser, served)
    write(served, "content/lectures/long.md", MISTAKE.replace("Paragraph 1,", "A paragraph that is not shown,"))
    dialog = opened.get_by_role("dialog")
    dialog.wait_for()
    assert is_the_same(opened)
    assert opened.get_by_text("First words.").is_visible()
    assert opened.get_by_text("A paragraph that is not shown").count() == 0
    told = " ".join(served.told)
    for words in re.findall(r"\]: (.*)\n", told):
        assert dialog.get_by_text(words).count() == 1, words
    assert dialog.locator("li").count() == len(served.state()["findings"])
    assert [mark.inner_text() for mark in dialog.locator("mark").all()[:2]] == ["nowhere.md", "gone.png"]
    link = dialog.locator(".place a").first
    assert link.get_attribute("href") == f"vscode://file{served.preview.course}/content/lectures/long.md:5:15"
    assert link.inner_text() == "content/lectures/long.md:5:15"
    write(served, "content/lectures/long.md", LECTURE.replace("First words.", "Mended words."))
    opened.get_by_text("Mended words.").wait_for()
    dialog.wait_for(state="hidden")
    assert not opened.locator(f"{OVERLAY} .badge").is_visible()
    assert opened.complaints == []
    opened.close()


def test_the_words_over_the_page_can_be_hidden_and_brought_back_by_keys(browser, served):
    opened = visit(browser, served)
    opened.evaluate("document.querySelector('.masthead a').focus({ preventScroll: true })")
    write(served, "content/lectures/long.md", MISTAKE)
    dialog = opened.get_by_role("dialog", name="2 errors")
    dialog.wait_for()
    focused = "document.querySelector('sitegen-preview').shadowRoot.activeElement"
    assert opened.evaluate(f"{focused}.id") == "title"
    opened.keyboard.press("/")  # the page's own key opens nothing behind
    assert opened.locator("#site-search[open]").count() == 0
    opened.keyboard.press("Tab")
    assert opened.evaluate(f"{focused}.className") == "close"
    opened.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert opened.evaluate("document.activeElement.closest('.masthead') !== null"), "the focus is where it was"
    badge = opened.get_by_role("button", name=re.compile("2 errors"))
    badge.wait_for()
    # The same mistakes don't come back by themselves, not on another page either; others do.
    opened.goto(f"{served.preview.address}schedule/")
    badge.wait_for()
    assert not dialog.is_visible()
    badge.focus()
    opened.keyboard.press("Enter")
    dialog.wait_for()
    opened.keyboard.press("Escape")
    write(served, "content/lectures/long.md", MISTAKE.replace("Paragraph 2,", "[more](none.md)"))
    opened.get_by_role("dialog", name="3 errors").wait_for()
    opened.close()


def test_warnings_are_a_button_that_opens_their_list(browser, served):
    opened = visit(browser, served)
    write(served, "content/lectures/long.md", LECTURE.replace("First words.", "Words TODO."))
    badge = opened.locator(f"{OVERLAY} .badge")
    badge.wait_for()
    assert re.fullmatch(r"\d warnings?", badge.inner_text())
    assert not opened.get_by_role("dialog").is_visible()
    opened.get_by_text("Words TODO.").first.wait_for()
    badge.click()
    opened.get_by_role("dialog").wait_for()
    write(served, "content/lectures/long.md", LECTURE)
    opened.get_by_role("dialog").wait_for(state="hidden")
    badge.wait_for(state="hidden")
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_words_can_be_read_everywhere(browser, served, width, scheme):
    opened = visit(browser, served, viewport={"width": width, "height": 640}, color_scheme=scheme)
    long = "a-very-long-name-without-any-space-" * 6
    write(served, "content/lectures/long.md", MISTAKE.replace("First", f"[x]({long}.md) First"))
    opened.get_by_role("dialog").wait_for()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    inside = opened.evaluate("""() => {
      const root = document.querySelector("sitegen-preview").shadowRoot, dialog = root.querySelector("dialog");
      const box = dialog.getBoundingClientRect();
      const small = [...root.querySelectorAll("dialog button")].filter((one) => one.getBoundingClientRect().height < 44);
      const wide = [...root.querySelectorAll("dialog :not(pre, pre *)")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
      const low = [...root.querySelectorAll(".place a")].filter((one) => one.getBoundingClientRect().height < 24);
      return { isInside: box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight, top: box.top > 60,
        small: small.length, wide: wide.map((one) => one.className), low: low.length,
        scheme: getComputedStyle(dialog).backgroundColor };
    }""")
    paper = {"light": "rgb(253, 252, 249)", "dark": "rgb(25, 24, 23)"}[scheme]
    assert inside == {"isInside": True, "top": True, "small": 0, "wide": [], "low": 0, "scheme": paper}
    opened.close()


def test_the_words_are_accessible(browser, served):
    from axe_playwright_python.sync_playwright import Axe

    opened = visit(browser, served)
    write(served, "content/lectures/long.md", MISTAKE)
    opened.get_by_role("dialog").wait_for()
    found = [one for one in Axe().run(opened).response["violations"] if "sitegen-preview" in str(one["nodes"])]
    assert found == []
    opened.keyboard.press("Escape")
    found = [one for one in Axe().run(opened).response["violations"] if "sitegen-preview" in str(one["nodes"])]
    assert found == []
    opened.close()


def test_what_an_author_wrote_is_text_in_the_words_over_the_page(browser, served):
    opened = visit(browser, served)
    write(served, "content/lectures/long.md", LECTURE.replace("First", "[x](<img src=x onerror=alert(1)>.md) First"))
    opened.get_by_role("dialog").wait_for()
    assert opened.locator(f"{OVERLAY} img").count() == 0
    opened.close()


def test_a_fault_of_ours_is_told_over_the_page(browser, tmp_path):
    from tests.support import build_folder

    course = write_course(tmp_path / "course", {"content/x.md": "Words."})

    def build(_):
        if "fault" in (course / "content" / "x.md").read_text():
            raise ZeroDivisionError("oops")
        return build_folder(course)

    with running(course, build) as served:
        opened = visit(browser, served, "x/")
        (course / "content" / "x.md").write_text("fault")
        dialog = opened.get_by_role("dialog", name="A fault")
        dialog.wait_for()
        assert dialog.get_by_text("This is a fault in sitegen, not in your course.").is_visible()
        assert dialog.get_by_text("ZeroDivisionError: oops").is_visible()
        (course / "content" / "x.md").write_text("Mended.")
        opened.get_by_text("Mended.").wait_for()
        dialog.wait_for(state="hidden")
        opened.close()


def test_the_page_fills_when_the_first_mistakes_are_mended(browser, tmp_path):
    course = write_course(tmp_path / "course", {}, SITE_YAML.replace("title", "titel"))
    with running(course) as served:
        opened = browser.new_page()
        opened.goto(f"{served.preview.address}schedule/")
        opened.get_by_role("dialog", name="1 error").wait_for()
        write_course(course)
        opened.get_by_role("heading", name="Schedule").wait_for()
        opened.close()


def test_a_draft_carries_a_note(browser, tmp_path):
    from tests.support import build_folder

    course = write_course(tmp_path / "course", {"content/x.md": "---\ntitle: X\ndraft: true\n---\nWords."})
    with running(course, lambda _: build_folder(course, drafts=True)) as served:
        opened = visit(browser, served, "x/")
        note = opened.get_by_role("note")
        assert note.inner_text() == "A draft: it isn't published as long as content/x.md says draft: true."
        assert note.bounding_box()["y"] == 0
        assert opened.complaints == []
        opened.close()


def test_a_preview_that_is_started_anew_finds_its_tabs_again(browser, tmp_path):
    course = write_course(tmp_path / "course", {"content/x.md": "Words."})
    with running(course) as first:
        port = first.port
        opened = visit(browser, first, "x/")
    opened.get_by_text("The preview has ended").wait_for()
    (course / "content" / "x.md").write_text("Other words, written meanwhile.")
    with running(course, port=port) as second:
        assert second.port == port
        opened.get_by_text("Other words, written meanwhile.").wait_for(timeout=10_000)
        holds(opened, "!document.querySelector('sitegen-preview')?.shadowRoot.querySelector('.ended').textContent")
        opened.close()


def test_tabs_in_the_background_are_up_to_date_when_they_are_looked_at(browser, served):
    hidden = visit(browser, served)
    hidden.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.isAway, configurable: true })")
    hidden.evaluate("window.isAway = true")
    tabs = [visit(browser, served) for _ in range(4)]
    write(served, "content/lectures/long.md", LECTURE.replace("First words.", "Words for all."))
    for tab in tabs:
        tab.get_by_text("Words for all.").wait_for()
    time.sleep(0.3)
    assert hidden.get_by_text("Words for all.").count() == 0
    hidden.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    hidden.get_by_text("Words for all.").wait_for()
    for tab in (hidden, *tabs):
        tab.close()


def test_every_page_of_the_preview_keeps_its_policy(browser, served):
    opened = browser.new_page()
    complaints = watch(opened)
    for path in ("", "schedule/", "lectures/", "lectures/long/", "search/", "announcements/"):
        opened.goto(f"{served.preview.address}{path}", wait_until="load")
        is_connected(opened)
        assert opened.locator("meta[http-equiv=Content-Security-Policy]").count() == 2
    assert [words for words in complaints if "404" not in words] == []
    opened.close()
