"""The real course in a real browser: from a server and from disk, with scripts and without.

What holds for every page is in test_browser_checks.

Runs where a Chromium is found; with SITEGEN_BROWSER=required its absence is a failure.
"""

import subprocess
import sys

import pytest

from tests.browsing import watch

MAIN_PAGES = [
    "index.html",
    "schedule/index.html",
    "readings/index.html",
    "readings/kwon2023pagedattention/index.html",
    "lectures/index.html",
    "lectures/introduction/index.html",
    "announcements/index.html",
    "project/index.html",
    "search/index.html",
    "404.html",
]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_site_works_from_disk(browser, site):
    context = browser.new_context()
    page = context.new_page()
    complaints = watch(page)
    page.goto((site / "index.html").as_uri())
    page.get_by_role("navigation").first.get_by_role("link", name="Schedule", exact=True).click()
    assert page.url == (site / "schedule" / "index.html").as_uri()
    # A page on disk may not read its style sheet's rules, but it shows their effect.
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('color-scheme')") == "light dark"
    page.get_by_role("link", name="GPipe").first.click()
    assert page.url == (site / "readings" / "huang2019gpipe" / "index.html").as_uri()
    context.close()
    assert complaints == []


def test_a_page_that_is_not_there_helps_at_any_depth(browser, address):
    page = browser.new_page()
    page.goto(f"{address}lectures/nothing/here/")
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 20
    page.get_by_role("navigation").first.get_by_role("link", name="Schedule", exact=True).click()
    assert page.url.startswith(address)
    assert "Schedule" in page.title()
    page.close()


WORDS = """() => {
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll("[data-scripted], #site-address, noscript").forEach((added) => added.remove());
  return main.textContent.split(/\\s+/).filter(Boolean).join(" ");
}"""


@pytest.mark.parametrize("path", MAIN_PAGES)
def test_every_page_says_everything_without_scripts(browser, address, path):
    """What scripts add says so with data-scripted and isn't shown without them; all other words are there, and shown."""
    with_scripts, without = (browser.new_context(java_script_enabled=on) for on in (True, False))
    page = with_scripts.new_page()
    page.goto(address + path)
    said = page.evaluate(WORDS)
    page = without.new_page()
    page.goto(address + path)
    assert page.evaluate(WORDS) == said
    shown = page.locator("main").inner_text()
    for added in page.locator("[data-scripted]").all():
        assert not added.is_visible()
    # Words in folds and for screen readers alone aren't among those that are seen.
    unseen = page.locator("main :is(.unseen, details:not([open]), svg, math, style, script)").evaluate_all(
        "all => all.reduce((sum, e) => sum + e.textContent.length, 0)"
    )
    assert len("".join(shown.split())) + unseen >= 0.95 * len(said.replace(" ", ""))
    assert len(shown) > 40
    for context in (with_scripts, without):
        context.close()


BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def test_the_theme_switch_is_remembered_from_page_to_page_and_says_its_state(browser, address):
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}index.html")
    light = page.evaluate(BACKGROUND)
    switch = page.get_by_role("button", name="Dark theme")
    assert switch.get_attribute("aria-pressed") == "false"
    switch.click()
    assert switch.get_attribute("aria-pressed") == "true"
    dark = page.evaluate(BACKGROUND)
    assert dark != light
    page.goto(f"{address}schedule/index.html")
    assert page.evaluate(BACKGROUND) == dark
    assert switch.get_attribute("aria-pressed") == "true"
    page.go_back()
    switch.click()
    assert page.evaluate(BACKGROUND) == light
    page.emulate_media(color_scheme="dark")  # back at the system's choice, the page follows it
    page.get_by_role("button", name="Dark theme", pressed=True).wait_for()  # told the script by now
    assert page.evaluate(BACKGROUND) == dark
    assert switch.get_attribute("aria-pressed") == "true"
    context.close()


def test_the_chosen_theme_is_there_before_the_first_paint(browser, address):
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}index.html")
    page.get_by_role("button", name="Dark theme").click()
    page.route("**/site.js", lambda route: None)  # never answered: what is painted now is what the head alone does
    page.goto(f"{address}schedule/index.html", wait_until="commit")
    page.locator("main h1").wait_for()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.wait_for_function("[...document.styleSheets].some(sheet => sheet.href)")  # text stands before its styles
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    context.close()


def test_a_theme_chosen_in_one_tab_is_seen_in_the_other(browser, address):
    context = browser.new_context(color_scheme="light")
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        page.goto(f"{address}index.html")
    one.get_by_role("button", name="Dark theme").click()
    other.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    context.close()


def test_pages_work_where_nothing_may_be_stored(browser, address):
    context = browser.new_context(color_scheme="light")
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})")
    page = context.new_page()
    complaints = watch(page)
    page.goto(f"{address}index.html")
    light = page.evaluate(BACKGROUND)
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate(BACKGROUND) != light
    context.close()
    assert complaints == []


def test_the_menu_of_a_narrow_window_opens_and_closes_without_scripts(browser, address):
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}index.html")
    link = page.get_by_role("navigation").first.get_by_role("link", name="Readings")
    assert not link.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert link.is_visible()
    page.keyboard.press("Escape")
    assert not link.is_visible()
    context.close()


@pytest.mark.parametrize("opening", ["key", "link"])
def test_search_opens_with_a_key_or_a_click_and_loads_nothing_before(browser, address, opening):
    context = browser.new_context()
    page = context.new_page()
    complaints = watch(page)
    requests = []
    page.on("request", lambda request: requests.append(request.url.removeprefix(address)))
    page.goto(f"{address}lectures/introduction/index.html", wait_until="networkidle")
    assert not [name for name in requests if "search" in name or "pagefind" in name]
    if opening == "key":
        page.keyboard.press("/")
    else:
        page.locator("a.search").click()
    page.get_by_role("dialog").wait_for()
    field = page.get_by_role("dialog").locator("input").first
    field.fill("a/b")
    page.keyboard.press("/")
    assert field.input_value() == "a/b/"
    assert page.url.endswith("lectures/introduction/index.html")
    context.close()
    assert complaints == []


def test_the_key_for_search_can_be_turned_off(browser, address):
    """WCAG 2.2, 2.1.4: who speaks to a computer says many words that have a slash in them."""
    context = browser.new_context()
    context.add_init_script("localStorage['site:slash'] = 'off'")
    page = context.new_page()
    page.goto(f"{address}index.html")
    page.keyboard.press("/")
    page.wait_for_timeout(300)
    assert page.get_by_role("dialog").count() == 0
    context.close()


def test_from_disk_the_search_link_leads_to_the_search_page(browser, site):
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.locator("a.search").click()
    page.wait_for_url((site / "search" / "index.html").as_uri())
    page.close()


COPYING = """
document.querySelector("main").insertAdjacentHTML("afterbegin",
  '<button type="button" data-copy="#from">Copy it</button><pre id="from">@misc{a}</pre>')
"""


def test_a_copy_button_copies_and_says_so(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}project/index.html")
    page.evaluate(COPYING)
    page.get_by_role("button", name="Copy it").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "@misc{a}"
    assert page.locator("#site-status").inner_text().strip() == "Copied"
    page.get_by_role("button", name="Copy it").wait_for()
    context.close()


def test_where_copying_is_forbidden_the_text_is_selected(browser, address):
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', {get: () => undefined})")
    page = context.new_page()
    page.goto(f"{address}project/index.html")
    page.evaluate(COPYING)
    page.get_by_role("button", name="Copy it").click()
    page.get_by_role("button", name="Selected").wait_for()
    assert page.evaluate("getSelection().toString()") == "@misc{a}"
    context.close()


def test_what_a_script_says_is_said_again_when_it_is_the_same(browser, address):
    page = browser.new_page()
    page.goto(f"{address}index.html")
    say = "document.dispatchEvent(new CustomEvent('site:say', {detail: '3 papers'}))"
    texts = [page.evaluate(f"{say}; document.getElementById('site-status').textContent") for _ in range(2)]
    assert [text.strip() for text in texts] == ["3 papers", "3 papers"]
    assert texts[0] != texts[1]
    assert page.locator("#site-status").get_attribute("role") == "status"
    page.close()


def test_the_preview_shows_a_save_by_itself(browser, tmp_path):
    from tests.support import SITE_YAML, write_course
    from tests.test_cli import free_port

    course, port = write_course(tmp_path / "course"), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "sitegen", "serve", str(course), "--port", str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("Serving"):
            pass
        page = browser.new_page()
        complaints = watch(page)
        page.goto(f"http://127.0.0.1:{port}/schedule/index.html", wait_until="networkidle")
        assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 2
        page.wait_for_function("typeof LiveReload === 'object'")
        page.wait_for_timeout(1500)
        write_course(course, site=SITE_YAML.replace("Overview", "A new topic"))
        page.get_by_text("A new topic").wait_for(timeout=20_000)
        write_course(course, site=SITE_YAML.replace("Overview", "Another, soon after"))
        page.get_by_text("Another, soon after").wait_for(timeout=20_000)
        assert complaints == []
        page.close()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_search_works_in_the_preview_and_finds_what_was_saved_last(browser, tmp_path):
    from tests.support import SITE_YAML, write_course
    from tests.test_cli import free_port

    course, port = write_course(tmp_path / "course"), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "sitegen", "serve", str(course), "--port", str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("Serving"):
            pass
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/schedule/index.html", wait_until="networkidle")
        page.wait_for_function("typeof LiveReload === 'object'")
        page.wait_for_timeout(1500)
        for topic in ("Overview", "Retrospection"):
            write_course(course, site=SITE_YAML.replace("Overview", topic))
            page.locator("main").get_by_text(topic).first.wait_for(timeout=20_000)
            page.wait_for_timeout(1500)
            page.keyboard.press("/")
            page.wait_for_selector("#site-search[open]")
            page.fill("#site-search-field", topic)
            page.locator("#site-search .title", has_text=topic).first.wait_for()
        page.close()
    finally:
        process.terminate()
        process.communicate(timeout=20)
