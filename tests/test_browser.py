"""The real course in a real browser: every page, wide and narrow, light and dark, from a server and from disk.

Runs where a Chromium is found; with SITEGEN_BROWSER=required its absence is a failure.
"""

import subprocess
import sys
from pathlib import Path

import pytest

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


def paths_of(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def watch(page):
    """Collects what the console says and what can't be loaded."""
    complaints = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # A favicon that is still on its way when the next page is opened isn't a fault of the page.
    page.on(
        "requestfailed",
        lambda request: None if request.failure == "net::ERR_ABORTED" else complaints.append(f"failed: {request.url}"),
    )
    page.on(
        "response",
        lambda response: complaints.append(f"{response.status}: {response.url}") if response.status >= 400 else None,
    )
    return complaints


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "dark"), (320, "light")])
def test_every_page_loads_without_a_complaint_and_without_sideways_scrolling(browser, site, address, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    complaints = watch(page)
    foreign = []
    page.on("request", lambda request: None if request.url.startswith(address) else foreign.append(request.url))
    wide = []
    paths = paths_of(site)
    assert len(paths) > 60
    for path in paths:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    context.close()
    assert complaints == []
    assert foreign == []
    assert wide == []


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


@pytest.mark.parametrize("path", MAIN_PAGES)
def test_every_page_says_everything_without_scripts(browser, address, path):
    with_scripts, without = (browser.new_context(java_script_enabled=on) for on in (True, False))
    shown = []
    for context in (with_scripts, without):
        page = context.new_page()
        page.goto(address + path)
        shown.append(" ".join(page.locator("main").inner_text().split()))
        context.close()
    assert shown[1] == shown[0]
    assert len(shown[1]) > 40


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_axe_finds_nothing_on_the_main_pages(browser, address, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for path in MAIN_PAGES:
        page.goto(address + path)
        violations = Axe().run(page).response["violations"]
        if violations:
            found[path] = [(v["id"], v["nodes"][0]["html"][:120]) for v in violations]
    context.close()
    assert found == {}


def test_the_theme_switch_is_remembered_from_page_to_page(browser, address):
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}index.html")
    background = (
        "getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor"
    )
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(background)
    assert dark != light
    page.goto(f"{address}schedule/index.html")
    assert page.evaluate(background) == dark
    context.close()


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
        page.goto(f"http://127.0.0.1:{port}/schedule/index.html", wait_until="networkidle")
        page.wait_for_function("typeof LiveReload === 'object'")
        page.wait_for_timeout(1500)
        write_course(course, site=SITE_YAML.replace("Overview", "A new topic"))
        page.get_by_text("A new topic").wait_for(timeout=20_000)
        write_course(course, site=SITE_YAML.replace("Overview", "Another, soon after"))
        page.get_by_text("Another, soon after").wait_for(timeout=20_000)
        page.close()
    finally:
        process.terminate()
        process.communicate(timeout=20)
