"""A course's own look in a real browser: accent, logo, and how long lines are whichever fonts a reader has."""

import statistics

import pytest

from tests.browsing import PROBES, serve
from tests.support import SITE_YAML, run_sitegen, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LECTURE = "lectures/llm-serving/index.html"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><script>document.title = "run"</script></svg>'
LOOK = "accent: '#1963c5'\n  logo: {light: light.svg, dark: dark.svg, alt: The school}"

LENGTHS = """() => [...document.querySelectorAll(".prose > p")].flatMap((paragraph) => {
  const texts = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT), lines = new Map();
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    for (let at = 0; at < node.data.length; at++) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { width, bottom } = range.getBoundingClientRect();
      const line = Math.round(bottom / 14);    // half a line's height: a formula's letters stand a little higher
      if (width) lines.set(line, (lines.get(line) ?? 0) + 1);
    }
  }
  return [...lines.values()].slice(0, -1);
})"""
"""How many characters each line of prose has, a paragraph's last line left out."""


@pytest.mark.parametrize("font", ["", "Liberation Serif", "DejaVu Serif", "Noto Serif", "Liberation Sans"])
def test_a_line_of_a_lecture_has_60_to_75_characters_whichever_the_font(browser, address, font):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.goto(address + LECTURE)
    if font:
        page.evaluate("(font) => document.documentElement.style.setProperty('--serif', `'${font}'`)", font)
    assert 60 <= statistics.median(page.evaluate(LENGTHS)) <= 75
    context.close()


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A course with an accent and two logos."""
    folder = tmp_path_factory.mktemp("own")
    site = SITE_YAML.replace("course:\n", f"course:\n  {LOOK}\n", 1)
    course = write_course(folder / "course", {"content/light.svg": LOGO, "content/dark.svg": LOGO}, site=site)
    result = run_sitegen("build", course, "--out", folder / "x", "--today", "2026-02-10")
    assert result.returncode == 0, result.stderr
    with serve(folder / "x", "/x/") as address:
        yield address


@pytest.mark.parametrize(("scheme", "accent"), [("light", "rgb(25, 99, 197)"), ("dark", "rgb(133, 182, 253)")])
def test_links_have_the_accent_and_everything_can_be_read(browser, own, scheme, accent):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for path in ("index.html", "schedule/index.html", "search/index.html"):
        page.goto(own + path)
        assert page.evaluate(f"({(PROBES / 'contrast.js').read_text()})(4.5)")["found"] == []
    page.goto(own)
    colours = page.evaluate("[...document.querySelectorAll('main a')].map((link) => getComputedStyle(link).color)")
    assert accent in colours
    context.close()


def test_the_logo_follows_the_switch_between_light_and_dark_and_runs_no_script(browser, own):
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(own)

    def shown():
        logos = page.locator(".logo").all()
        return [logo.get_attribute("src") for logo in logos if logo.is_visible()]

    assert shown() == ["light.svg"]
    page.click("button.switch")
    assert shown() == ["dark.svg"]
    assert page.title() != "run"
    assert page.get_by_role("link", name="The school").count() == 1
    context.close()
