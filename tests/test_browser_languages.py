"""A course in Hebrew and one in German in a real browser: what scripts put into their pages says its language, too.

What the pages say without scripts is tested in test_language_of_parts, whose courses these are.
"""

import datetime as dt
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browsing import Published, probe, serve, watch
from tests.support import run_sitegen
from tests.test_browser_checks import AXE, QUICK_AXE
from tests.test_language_of_parts import ALPHABETS, write_in, write_whole_course
from tests.test_validity import nu

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BASE = "/course/"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
DURING, AFTER = dt.datetime(2026, 2, 3, 15, tzinfo=dt.UTC), dt.datetime(2026, 9, 1, 15, tzinfo=dt.UTC)


@pytest.fixture(scope="module", params=ALPHABETS)
def foreign(request, tmp_path_factory) -> Iterator[Published]:
    course = write_whole_course(tmp_path_factory.mktemp("foreign"), request.param)
    out = tmp_path_factory.mktemp("published") / BASE.strip("/")
    result = run_sitegen("build", course, "--out", out, "--today", DURING.date().isoformat())
    assert result.returncode == 0, result.stdout + result.stderr
    with serve(out, BASE) as address:
        yield Published(request.param, out, address)


@pytest.fixture
def page(browser, foreign):
    context = browser.new_context(viewport=WIDE)
    made = context.new_page()
    said = watch(made, ignored=("lectures/onne", "status of 404"))
    yield made
    context.close()
    assert said == []


def mislaid(page, foreign: Published) -> list[str]:
    own = {"lang": foreign.name, "letters": ALPHABETS[foreign.name]}
    found: list[str] = page.evaluate(f"({probe('language')})({own})")
    return found


def test_every_page_says_the_language_of_each_word_and_axe_finds_nothing(page, foreign):
    page.clock.install(time=DURING)
    for path in foreign.paths:
        page.goto(foreign.address + path)
        assert (path, mislaid(page, foreign)) == (path, [])
        page.evaluate(Axe().axe_script)
        assert (path, page.evaluate(AXE)) == (path, [])
        page.set_viewport_size(NARROW)
        assert (path, page.evaluate(QUICK_AXE)) == (path, [])
        page.set_viewport_size(WIDE)


def test_the_nu_checker_says_nothing_of_any_page(foreign):
    assert [(message["url"], message["message"]) for message in nu(foreign.site)] == []


def test_what_is_next_is_said_in_its_own_language_after_the_term_too(page, foreign):
    page.clock.install(time=AFTER)
    page.goto(foreign.address)
    assert page.locator(".next .state").count() == 1
    assert mislaid(page, foreign) == []


@pytest.mark.parametrize("kind", ["date", "topic", "venue", "year"])
def test_groups_of_papers_are_called_in_their_own_language(page, foreign, kind: str):
    page.goto(foreign.address + "readings/")
    page.select_option("select[name=by]", kind)
    assert page.locator("#site-papers h2").count() > 1
    assert mislaid(page, foreign) == []


@pytest.mark.parametrize("words", ["~opening~", "~kwon~", "schedule", "guest", "cancelled", "review"])
def test_results_of_a_search_say_their_language(page, foreign, words: str):
    page.goto(foreign.address)
    page.keyboard.press("/")
    page.fill("#site-search-field", write_in(foreign.name, words))
    page.wait_for_selector("#site-search-results > li")
    assert mislaid(page, foreign) == []


def test_a_deck_says_each_word_to_screen_readers_in_its_language(page, foreign):
    page.goto(foreign.address + "lectures/one/slides/")
    heard = set()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        heard.add(page.locator("#site-status").text_content())
        assert mislaid(page, foreign) == []
    assert len(heard) > 2
    page.goto(foreign.address + "lectures/one/slides/?presenter")
    assert mislaid(page, foreign) == []


def test_what_was_meant_by_a_wrong_address_is_said_in_its_language(page, foreign):
    page.goto(foreign.address + "lectures/onne")
    page.wait_for_selector("#site-nearest:visible")
    assert mislaid(page, foreign) == []
