"""Decks in a browser: one slide at a time by keyboard, touch and pointer, the speaker's window, paper, and what fits."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe

from sitegen.course.boxes import read_slide
from sitegen.course.heights import FRAME, SETTINGS, estimate_size
from tests.browsing import watch
from tests.support import SITE_YAML, run_sitegen, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WINDOW = {"width": 1280, "height": 720}
TALK = (
    """\
Words of the opening.

---

## One

- first
- second
{.fragments}

??? question "Why?"
    Because.

!!! speaker
    Say *hello*.

---

words [link](#three)

--- {#three}

## Three

<pre>"""
    + "\n".join(f"line {n}" for n in range(90))
    + """</pre>

---

## Four
"""
)
SITE = SITE_YAML.replace("- Overview", "- {topic: Overview, lecture: talk}")


@pytest.fixture(scope="module")
def talk(tmp_path_factory) -> str:
    """The address of a small deck on disk."""
    course = write_course(tmp_path_factory.mktemp("talk"), {"content/lectures/talk.md": TALK}, SITE)
    result = run_sitegen("build", course, "--out", course / "site")
    assert result.returncode == 0, result.stderr
    return (course / "site/lectures/talk/slides/index.html").as_uri()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    complaints = watch(page)
    yield page
    context.close()
    assert complaints == []


def current(page) -> str:
    """The number of the slide that is shown, `*` for each of its steps that is."""
    return page.evaluate(
        """() => {
          const seen = [...document.querySelectorAll(".slide")].filter((slide) => slide.checkVisibility());
          const part = (item) => item.open ?? getComputedStyle(item).visibility === "visible";
          return seen.map((slide) => slide.querySelector(".number").textContent
            + "*".repeat([...slide.querySelectorAll(".fragment, details")].filter(part).length)).join(" ");
        }"""
    )


def press(page, *keys: str) -> str:
    for key in keys:
        page.keyboard.press(key)
    return current(page)


# --- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("", "1"),
        ("ArrowRight", "2"),
        ("ArrowRight ArrowRight", "2*"),
        ("PageDown Space n ArrowDown", "2***"),
        ("PageDown Space n ArrowDown PageDown", "3"),
        ("ArrowRight ArrowRight ArrowRight ArrowLeft", "2*"),
        ("ArrowRight PageUp", "1"),
        ("3 Enter", "3"),
        ("3 Enter Backspace", "2***"),
        ("4 Enter Shift+Space", "3"),
        ("9 9 Enter", "5"),
        ("End", "5"),
        ("End ArrowRight", "5"),
        ("End Home", "1"),
        ("Home ArrowLeft", "1"),
        ("o", "1 2** 3 4 5"),
        ("o ArrowRight ArrowRight Enter", "3"),
        ("o End Escape", "5"),
        ("r Escape", "1"),
    ],
)
def test_keys_lead_through_the_slides(page, talk, keys: str, shown: str):
    page.goto(talk)
    assert press(page, *keys.split()) == shown


def test_letters_can_be_turned_off_as_keys(page, talk):
    page.goto(talk)
    press(page, "?")
    page.get_by_label("Letters, digits and signs are keys").uncheck()
    press(page, "Escape")
    assert press(page, "n", "End", "o", "3", "Enter") == "5"
    page.reload()
    assert press(page, "Home", "n") == "1"


def test_a_slide_that_is_larger_than_its_frame_is_scrolled_to_its_end_before_the_next(page, talk):
    page.goto(f"{talk}#three")
    frame = page.locator(".slide.current .frame")
    presses = 0
    while current(page) == "4":
        ends = frame.evaluate("box => box.scrollTop + box.clientHeight >= box.scrollHeight - 2")
        press(page, "Space")
        presses += 1
    assert ends
    assert presses > 2


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("hash", "shown"), [("#one", "2"), ("#4", "4"), ("#99", "5"), ("#nowhere", "1"), ("#%", "1")])
def test_each_slide_has_an_address(page, talk, hash: str, shown: str):
    page.goto(talk + hash)
    assert current(page) == shown


def test_the_address_follows_and_the_notes_are_one_link_away(page, talk):
    page.goto(talk)
    press(page, "ArrowRight")
    assert page.evaluate("location.hash") == "#one"
    page.locator(".to-notes").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/lectures/talk/index.html#one")
    page.get_by_role("link", name="Slides").click()
    page.wait_for_url("**/slides/index.html**")
    assert current(page) == "1"


def test_a_link_inside_the_deck_leads_to_its_slide(page, talk):
    page.goto(f"{talk}#3")
    page.get_by_role("link", name="link").click()
    assert current(page) == "4"


# --- pointer and touch --------------------------------------------------------------------------


def test_a_click_turns_the_page_and_one_on_the_left_turns_it_back(page, talk):
    page.goto(talk)
    page.mouse.click(900, 600)
    assert current(page) == "2"
    page.mouse.click(60, 600)
    assert current(page) == "1"


def test_buttons_do_what_keys_do(page, talk):
    page.goto(talk)
    tools = page.get_by_role("group", name="Slides")
    page.mouse.move(300, 300)
    tools.get_by_role("button", name="Next slide").click()
    assert current(page) == "2"
    tools.get_by_role("button", name="Previous slide").click()
    assert current(page) == "1"
    tools.get_by_role("button", name="Overview").click()
    assert current(page) == "1 2** 3 4 5"
    page.get_by_role("link", name="Slide 5: Four").click()
    assert current(page) == "5"
    tools.get_by_role("button", name="Blank").click()
    assert not page.locator(".slides").is_visible()
    press(page, "b")
    tools.get_by_role("button", name="Keys").click()
    assert page.get_by_role("dialog", name="Keys").is_visible()


def test_a_swipe_turns_the_page(browser, talk):
    context = browser.new_context(viewport={"width": 800, "height": 450}, has_touch=True)
    page = context.new_page()
    page.goto(talk)
    swipe = """([from, to]) => {
      const touch = (x) => new Touch({ identifier: 1, target: document.body, clientX: x, clientY: 200 });
      const send = (kind, x) => document.body.dispatchEvent(new TouchEvent(kind, {
        bubbles: true, touches: kind === "touchstart" ? [touch(x)] : [], changedTouches: [touch(x)] }));
      send("touchstart", from); send("touchend", to);
    }"""
    page.evaluate(swipe, [600, 200])
    assert current(page) == "2"
    page.evaluate(swipe, [200, 600])
    assert current(page) == "1"
    page.evaluate(swipe, [200, 220])
    assert current(page) == "1"
    context.close()


# --- the speaker --------------------------------------------------------------------------------


def test_the_speakers_window_moves_with_the_slides_and_says_what_to_say_from_disk(page, talk):
    page.goto(talk)
    with page.context.expect_page() as opened:
        press(page, "s")
    desk = opened.value
    complaints = watch(desk)
    desk.wait_for_selector('html[data-mode="presenter"]', state="attached")
    desk.keyboard.press("ArrowRight")
    page.wait_for_function("location.hash === '#one'")
    assert desk.locator(".script").inner_text() == "Say hello."
    assert desk.locator(".where").text_content() == "2 of 5, 3 steps left"
    assert re.fullmatch(r"\d\d:\d\d", desk.locator(".spent").inner_text())
    assert re.match(r"\d+:\d\d", desk.locator(".clock").inner_text())
    assert desk.locator(".slide.upcoming").get_attribute("aria-label") == "3 of 5: One, continued"
    press(page, "End")
    desk.wait_for_function("location.hash === '#four'")
    assert desk.locator(".script").inner_text() == "Nothing is noted for this slide."
    desk.keyboard.press("b")
    page.wait_for_selector("html.blank", state="attached")
    desk.keyboard.press("b")
    page.wait_for_selector("html:not(.blank)", state="attached")
    page.reload()
    page.wait_for_selector('html[data-mode="show"]', state="attached")
    desk.wait_for_timeout(1500)  # it greets the window that was loaded anew
    desk.keyboard.press("Home")
    page.wait_for_function("location.hash === '#slide-1'")
    assert complaints == []


def test_what_is_said_is_on_no_slide(page, talk):
    page.goto(f"{talk}#one")
    assert not page.get_by_text("hello").is_visible()


# --- screen readers -----------------------------------------------------------------------------


def test_a_screen_reader_hears_each_slide_and_finds_only_what_is_shown(page, talk):
    page.goto(talk)
    press(page, "ArrowRight")
    assert page.locator("#site-status").inner_text() == "2 of 5: One"
    assert page.locator(".slide.current").get_attribute("aria-roledescription") == "slide"
    assert page.evaluate("document.activeElement.id") == "one"
    assert page.locator(".slide:not([inert])").count() == 1
    press(page, "ArrowRight")
    assert page.locator("#site-status").inner_text() == "first"
    press(page, "o")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Slide 2: One"
    assert page.locator("[inert]").count() == page.locator(".frame[inert]").count() == 5


def test_who_presses_a_button_stays_on_it(page, talk):
    page.goto(talk)
    page.locator("[data-act=next]").focus()
    assert press(page, "Enter", "Enter") == "2*"
    assert page.evaluate("document.activeElement.dataset.act") == "next"


def test_tab_leads_through_the_tools_and_the_shown_slide_alone(page, talk):
    page.goto(f"{talk}#3")
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.closest('.slide')?.id || ''"))
    assert set(seen) == {"", "slide-3"}


# --- other ways to look -------------------------------------------------------------------------


def test_without_scripts_all_slides_stand_in_their_order_and_nothing_is_hidden(browser, talk):
    context = browser.new_context(viewport=WINDOW, java_script_enabled=False)
    page = context.new_page()
    page.goto(talk)
    tops = [box.bounding_box() for box in page.locator(".slide").all()]
    assert all(one["y"] + one["height"] <= other["y"] + 1 for one, other in pairwise(tops))
    for words in ("Words of the opening.", "first", "second", "Why?", "line 89", "Four"):
        assert page.get_by_text(words).first.is_visible(), words
    assert [link.inner_text() for link in page.locator(".tools a, .tools button").all() if link.is_visible()] == [
        "Notes"
    ]
    context.close()


@pytest.mark.parametrize("width", [320, 360, 640])
def test_on_a_narrow_screen_slides_are_read_below_one_another_and_nothing_scrolls_sideways(
    browser, address, width: int
):
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    page.goto(f"{address}lectures/introduction/slides/")
    assert page.locator(".slide").count() == page.locator(".slide:visible").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 900, "height": 420})
    page.wait_for_selector('html[data-mode="show"]', state="attached")
    context.close()


def test_everything_grows_with_the_window(page, talk):
    page.goto(f"{talk}#one")
    sizes = []
    for width, height in ((1280, 720), (1920, 1080), (1024, 768), (2000, 720)):
        page.set_viewport_size({"width": width, "height": height})
        box = page.locator(".slide.current").bounding_box()
        sizes.append((round(box["width"]), round(box["height"])))
    assert sizes == [(1280, 720), (1920, 1080), (1024, 576), (1280, 720)]


# --- paper --------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["", "End", "o", "r"])
@pytest.mark.parametrize("name", ["introduction", "llm-serving"])
def test_a_deck_prints_one_slide_a_sheet(page, site, name: str, keys: str):
    page.goto((site / f"lectures/{name}/slides/index.html").as_uri())
    press(page, *keys.split())
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == page.locator(".slide").count()
    assert b"960" in pdf  # points: 1280 pixels


@pytest.mark.parametrize("keys", ["", "3 Enter", "o", "r"])
def test_a_slide_that_is_larger_than_its_frame_is_printed_smaller_on_one_sheet(page, talk, keys: str):
    page.goto(talk)
    before = press(page, *keys.split())
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == page.locator(".slide").count()
    assert current(page) == before


# --- what fits ----------------------------------------------------------------------------------

MEASURE = """(densities) => {
  document.documentElement.dataset.mode = "show";
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const slides = [...document.querySelectorAll(".slide")];
  return slides.map((slide) => {
    for (const other of slides) other.classList.toggle("current", other === slide);
    for (const answer of slide.querySelectorAll("details")) answer.open = true;
    const frame = slide.querySelector(".frame"), own = densities.find((name) => name && slide.classList.contains(name)) || "";
    const overflows = frame.scrollHeight > frame.clientHeight + 1;
    const wide = [...frame.querySelectorAll("*")].some((part) => part.scrollWidth > part.clientWidth + 2
      && getComputedStyle(part).overflowX !== "visible" && !part.closest("svg, math"));
    frame.style.height = "auto";
    const heights = densities.map((name) => {
      slide.classList.remove(...densities.filter(Boolean));
      if (name) slide.classList.add(name);
      return frame.getBoundingClientRect().height / rem;
    });
    return { label: slide.ariaLabel, kind: slide.className, html: frame.innerHTML, own, overflows, wide, heights };
  });
}"""


def test_what_overflows_is_foreseen_and_what_fits_is_seldom_thought_too_large(page, site):
    """Each slide of the course in each size of text: the browser's height beside the estimate."""
    decks = sorted(site.glob("lectures/*/slides/index.html"))
    for deck in decks:
        page.goto(deck.as_uri())
        for slide in page.evaluate(MEASURE, list(SETTINGS)):
            assert not slide["overflows"], f"{deck.parent.parent.name}: {slide['label']}"
            assert not slide["wide"], f"{deck.parent.parent.name}: {slide['label']} scrolls sideways"
    compare(page, [deck.as_uri() for deck in decks])


def compare(page, decks: list[str], seldom: float = 0.07) -> None:
    """No slide of any size overflows that is thought to fit; few are thought to overflow that fit."""
    untold, false, fits = [], [], 0
    for deck in decks:
        page.goto(deck)
        for slide in page.evaluate(MEASURE, list(SETTINGS)):
            html, title = slide["html"], ""
            if "opening" in slide["kind"]:
                title = page.locator(".topic").inner_text()
                html = html[html.rindex('<p class="by">') :].split("</p>", 1)[1]
            for density, seen in zip(SETTINGS, slide["heights"], strict=True):
                thought = estimate_size(read_slide(html), density, slide["kind"].split(), title)
                name = f"{slide['label']} {density} {thought.height:.1f} for {seen:.1f}"
                is_told = thought.height > FRAME or thought.crowding > 1
                untold += [name] if seen > FRAME + 0.05 and not is_told else []
                false += [name] if seen <= FRAME and thought.height > FRAME else []
                fits += seen <= FRAME
    assert untold == []
    assert len(false) < seldom * fits, false


SENTENCE = "The scheduler reads all weights for every token, and latency grows with the size of a batch."
ITEMS = "\n".join(
    ["- Memory bandwidth, and then the network", f"- {SENTENCE}", "- In short: **it waits** [@ada2020]"] * 2
)
CODE = "```python\n" + "\n".join(f"    total_{n} = reduce(add, parts[{n}:], 0)" for n in range(12)) + "\n```"
GRID = (
    "| Model | Parameters | Memory | Year |\n|---|---|---|---|\n"
    + "| A large one | 175 billion | 651 GB | 2020 |\n" * 6
)
FRACTIONS = " \\\\\n".join([r"f_i(x) &= \frac{\partial L}{\partial x_i} + \sum_{i=1}^{n} x_i^2"] * 4)
ALIGNED = f"$$\n\\begin{{aligned}}\n{FRACTIONS}\n\\end{{aligned}}\n$$"
NUMBERED = "\\begin{align}\n" + " \\\\\n".join([r"y_i &= a x_i + b"] * 6) + "\n\\end{align}"
MATRIX = r"$$ A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}, f = \begin{cases} x^2 & x > 0 \\ 0 & \text{else} \end{cases} $$"
PICTURE = "![A wheel](wheel.svg)\n\nFigure: What turns, and for how long it does so before it stops at last."
QUOTE = f"> {SENTENCE}\n>\n> {SENTENCE}"
BOXES = f'!!! note "A remark"\n    {SENTENCE} {SENTENCE}\n\n??? question "Why does it wait?"\n    {SENTENCE}'
TERMS = "\n\n".join([f"Bandwidth\n:   {SENTENCE}"] * 3)
INLINE = " ".join([r"Work of $O(n^2 \log n)$ for each of $\frac{n}{2}$ nodes."] * 12)
BLOCKS = (ITEMS, CODE, GRID, ALIGNED, NUMBERED, MATRIX, PICTURE, QUOTE, BOXES, TERMS, INLINE, "Привет " * 60)
MIXED = (
    "Words."
    + "".join(f"\n\n---\n\n## One\n\n{block}\n\n{other}" for block, other in zip(BLOCKS, ("", *BLOCKS), strict=False))
    + "".join(
        f"\n\n--- {{{kind}}}\n\n## Two\n\n{block}\n\n|||\n\n{ITEMS}"
        for kind in (".wide-left", ".wide-right", ".even")
        for block in (ITEMS, CODE, GRID, PICTURE, TERMS)
    )
    + "".join(f"\n\n--- {{{kind}}}\n\n## Three\n\n{ITEMS}" for kind in (".center", ".section", ".fragments"))
)
WHEEL = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200" viewBox="0 0 300 200"><circle r="90"/></svg>'


def test_slides_of_all_kinds_are_estimated_as_the_browser_shows_them(page, tmp_path):
    papers = "@article{ada2020, title={T}, author={Lovelace, Ada and Hopper, Grace and Liskov, Barbara}, year=2020}"
    files = {"content/lectures/talk.md": MIXED, "content/lectures/wheel.svg": WHEEL, "papers.bib": papers}
    course = write_course(tmp_path, files, SITE)
    assert run_sitegen("build", course, "--out", course / "site").returncode == 0
    compare(page, [(course / "site/lectures/talk/slides/index.html").as_uri()], seldom=0.2)


TERM = r"\frac{a x^2}{n}"
WIDE = (
    "Words."
    + "".join(f"\n\n---\n\n$$ y = {' + '.join([TERM] * count)} $$" for count in (6, 12, 18, 24))
    + "".join(f"\n\n---\n\n|{'measured |' * count}\n|{'---|' * count}\n|{'1|' * count}" for count in (4, 9, 14, 19))
    + "".join(
        f"\n\n--- {{.wide-left}}\n\nWords.\n\n|||\n\n|{'measured|' * count}\n|{'---|' * count}\n|{'1|' * count}"
        for count in (2, 4, 6)
    )
)


def test_a_table_or_formula_that_is_wider_than_its_slide_is_told(page, tmp_path):
    course = write_course(tmp_path, {"content/lectures/talk.md": WIDE}, SITE)
    result = run_sitegen("build", course, "--out", course / "site")
    page.goto((course / "site/lectures/talk/slides/index.html").as_uri())
    scrolls = [number for number, slide in enumerate(page.evaluate(MEASURE, list(SETTINGS)), 1) if slide["wide"]]
    told = re.findall(r"Slide (\d+) holds a (?:table|formula) that is wider", result.stderr)
    assert len(scrolls) > 3
    assert [int(number) for number in told] == scrolls


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("keys", ["", "o", "r", "?"])
def test_a_deck_has_no_barriers_that_axe_finds(page, address, scheme: str, keys: str):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}lectures/introduction/slides/#3")
    press(page, *keys.split())
    page.evaluate(Axe().axe_script)
    found = page.evaluate("axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})")
    assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found["violations"]] == []
