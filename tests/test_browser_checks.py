"""Every page of the real course and of the stress course, in a real browser: readable, reachable, quiet and light.

What is looked for by hand is in tests/probes; axe looks for the rest.
"""

import gzip
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browsing import SCREENSHOTS, Published, probe, watch

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COLOURS = ("light", "dark")
WIDTHS = (1280, 360)
NARROWEST = 320
"""Pixels to which no page may need sideways scrolling (WCAG 2.2, 1.4.10)."""
MOST_IN_A_LECTURE = 15_000
"""Bytes, gzipped, of a lecture's page with its style sheet and script."""
PICTURED = {"lectures/networks-and-storage/index.html", "lectures/everything/index.html"}
"""The lectures of which pictures are kept: one of each course."""
HEAVIER = {"lectures/introduction/index.html": 27_000}
"""The course's opening lecture is its longest by far: its words alone are 12 KB, gzipped, its six drawings 6 KB."""

AXE = """
axe.run({resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then(({violations}) =>
  violations.map(({id, nodes}) => [id, nodes.map(({html}) => html.slice(0, 150)).slice(0, 3)]))
"""
QUICK_AXE = AXE.replace(
    "rules:", 'runOnly: ["target-size", "scrollable-region-focusable", "link-in-text-block"], rules:'
)
"""What can differ between light and dark, narrow and wide, apart from contrast, which is measured by hand each time and
takes axe nine tenths of its time."""


@dataclass
class Inspected:
    """What a sweep over all of a course's pages found, by the page and how it was looked at; empty when all is well."""

    axe: dict[str, object] = field(default_factory=dict)
    contrast: dict[str, object] = field(default_factory=dict)
    misplaced: dict[str, object] = field(default_factory=dict)
    complaints: dict[str, object] = field(default_factory=dict)
    """Of the console, of what can't be loaded, of the policy, of other hosts."""
    characters: int = 0
    pages: int = 0


@pytest.fixture(scope="module")
def inspected(browser, published) -> Inspected:
    """Every page once wide and once narrow, both at the same time, in light and in dark."""
    paths = [path for number, path in enumerate(published.paths) if is_inspected(published.name, path, number)]
    found = Inspected(pages=len(paths))
    contexts = [browser.new_context(viewport={"width": width, "height": 800}) for width in WIDTHS]
    pages = [context.new_page() for context in contexts]
    heard = []
    for page in pages:
        said = watch(page)
        page.on(
            "request",
            lambda request, said=said: None if request.url.startswith(published.address) else said.append(request.url),
        )
        heard.append(said)
    for path in paths:
        for page in pages:
            page.goto(published.address + path)
            page.evaluate(Axe().axe_script)
        for colours in COLOURS:
            for page in pages:
                page.emulate_media(color_scheme=colours)
                whole = (colours == "light") == (page is pages[0])
                page.evaluate(f"void (window.findings = {AXE if whole else QUICK_AXE})")
            for page, width in zip(pages, WIDTHS, strict=True):
                place = f"{path}, {width} px, {colours}"
                if findings := page.evaluate("window.findings"):
                    found.axe[place] = findings
                measured = page.evaluate(f"({probe('contrast')})(4.5)")
                found.characters += measured["count"]
                if measured["found"]:
                    found.contrast[place] = measured["found"][:5]
        for page, width in zip(pages, WIDTHS, strict=True):
            look_for_misplaced(page, f"{path}, {width} px", found.misplaced)
        pages[1].set_viewport_size({"width": NARROWEST, "height": 800})
        look_for_misplaced(pages[1], f"{path}, {NARROWEST} px", found.misplaced)
        pages[1].set_viewport_size({"width": WIDTHS[1], "height": 800})
        for said, width in zip(heard, WIDTHS, strict=True):
            if said:
                found.complaints[f"{path}, {width} px"] = said[:]
                said.clear()
    for context in contexts:
        context.close()
    return found


def is_inspected(course: str, path: str, number: int) -> bool:
    """All pages of the real course; of the stress course's 120 pages of papers, made from one mould, each fourth."""
    return course == "real" or not path.startswith("readings/") or path == "readings/index.html" or number % 4 == 0


def look_for_misplaced(page, place: str, found: dict[str, object]) -> None:
    measured = {name: places for name, places in page.evaluate(f"({probe('overflow')})()").items() if places}
    if measured:
        found[place] = measured


def test_axe_finds_nothing_on_any_page(inspected):
    """In light and dark at 1280 and 360 pixels, with the rule on the size of targets, which axe leaves off."""
    assert inspected.axe == {}
    assert inspected.pages > 40


def test_every_character_of_text_stands_out_from_what_is_behind_it(inspected):
    """Each of highlighted code and of drawings included, in light and dark, wide and narrow (WCAG 2.2, 1.4.3)."""
    assert inspected.contrast == {}
    assert inspected.characters > 500_000


def test_nothing_sticks_out_is_cut_off_or_scrolls_out_of_reach(inspected):
    """At 1280, 360 and 320 pixels (WCAG 2.2, 1.4.10 and 2.1.1)."""
    assert inspected.misplaced == {}


def test_no_page_complains_or_loads_anything_from_another_host(inspected):
    """Not of its policy either: what a policy forbids is told in the console."""
    assert inspected.complaints == {}


def test_the_probes_find_what_they_look_for(browser):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.set_content(
        """<style>body { margin: 0; background: #fff; color: #000 } pre { overflow: auto }</style>
        <p style="color: #777">grey</p><p style="background: #000; opacity: .5"><b style="color: #888">b</b></p>
        <p style="color: transparent; width: 20px; overflow: hidden; white-space: nowrap">cut off</p>
        <pre>"""
        + "wide " * 100
        + """</pre><div style="width: 400px">sticks out</div>
        <svg width="50" height="20"><rect width="50" height="20" fill="#000"/><text y="15">a</text></svg>"""
    )
    found = page.evaluate(f"({probe('contrast')})(4.5)")["found"]
    assert [words for _, words, *_ in found] == ["grey", "b", "cut off", "a"]
    misplaced = page.evaluate(f"({probe('overflow')})()")
    assert misplaced["wide"][0] == "400 > 320"
    assert misplaced["cut"] == ["p cut off"]
    assert [place[:8] for place in misplaced["unreachable"]] == ["pre wide"]
    page.close()


LARGER = "html { font-size: 168.75% !important }"
"""Chrome's largest font, which is one and a half times the usual."""
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""
"""What WCAG 2.2, 1.4.12 lets a reader set."""


@pytest.mark.parametrize(("width", "style"), [(1280, LARGER), (360, SPACED)], ids=["larger", "spaced out"])
def test_a_reader_s_own_size_and_spacing_of_text_cut_nothing_off(browser, published, width, style):
    found: dict[str, object] = {}
    page = browser.new_page(viewport={"width": width, "height": 800})
    for path in one_of_each_kind(published):
        page.goto(published.address + path)
        # A policy forbids style elements, not what a reader's browser adds.
        page.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s] }", style
        )
        look_for_misplaced(page, path, found)
    page.close()
    assert found == {}


def one_of_each_kind(published: Published) -> list[str]:
    """Pages of which all others have the form: the lists, all lectures, one paper."""
    kinds = {path.partition("/")[0]: path for path in published.paths}
    return [
        path
        for path in published.paths
        if path in kinds.values() or path.startswith("lectures/") or path.count("/") < 2
    ]


# --- the keyboard -------------------------------------------------------------------------------

FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  const middle = document.elementFromPoint(box.x + Math.min(box.width, 8) / 2, box.y + box.height / 2);
  return {
    name: e === document.body ? "" : e.localName === "iframe" ? "its own page" : `${e.localName}.${e.className} ${(e.getAttribute("aria-label") || e.textContent).trim().slice(0, 40)}`,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    within: box.bottom > 0 && box.top < innerHeight,
    hidden: middle !== null && !e.contains(middle) && !middle.contains(e) && getComputedStyle(middle).position !== "static",
  };
}"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    "path", ["index.html", "schedule/index.html", "lectures/everything/index.html", "readings/index.html"]
)
def test_the_keyboard_alone_reaches_everything_and_its_place_is_seen(browser, stress, width, path):
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(stress.address + path)
    unseen, seen = [], 0
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if not focused["name"]:
            break
        seen += 1
        if focused["name"] == "its own page":
            continue
        if not focused["outlined"] or not focused["within"] or focused["hidden"]:
            unseen.append(focused)
    assert unseen == []
    assert seen > 8
    context.close()


def test_what_is_wider_than_the_page_is_scrolled_with_arrow_keys(browser, stress):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    for path, place in {
        "lectures/code/index.html": "pre",
        "lectures/tables/index.html": ".table",
        "lectures/math/index.html": ".math",
    }.items():
        page.goto(stress.address + path)
        wide = (
            page.locator(place)
            .filter(has=page.locator("xpath=self::*"))
            .evaluate_all("all => all.findIndex((e) => e.scrollWidth > e.clientWidth + 20)")
        )
        scroller = page.locator(place).nth(wide)
        scroller.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("e => e.scrollLeft > 0", arg=scroller.element_handle())
    page.close()


def test_the_skip_link_leads_past_the_masthead(browser, address):
    page = browser.new_page()
    page.goto(f"{address}schedule/index.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    page.close()


# --- weight -------------------------------------------------------------------------------------


def loaded(browser, address: str, path: str) -> dict[str, int]:
    """Gzipped bytes of everything that a first visit to a page loads, by its address."""
    context = browser.new_context()
    page = context.new_page()
    bodies = {}
    page.on("response", lambda response: bodies.update({response.url: response}))
    page.goto(address + path, wait_until="networkidle")
    sizes = {
        url.removeprefix(address): len(gzip.compress(response.body(), 9)) for url, response in list(bodies.items())
    }
    context.close()
    return sizes


def test_pages_are_light(browser, site, address):
    weights = {}
    for file in sorted(site.rglob("*.html")):
        path = file.relative_to(site).as_posix()
        is_lecture = path.startswith("lectures/") and not path.endswith("/slides/index.html")
        if is_lecture or path in {"index.html", "schedule/index.html", "search/index.html"}:
            weights[path] = loaded(browser, address, path)
    heavy = {}
    for path, files in weights.items():
        # Images apart: the icon and pictures.
        text = sum(size for name, size in files.items() if name == path or name.endswith((".css", ".js")))
        most = 20_000 if not path.startswith("lectures/") else HEAVIER.get(path, MOST_IN_A_LECTURE)
        scripts = sum(size for name, size in files.items() if name.endswith(".js"))
        if text > most or scripts > 10_000 or len(files) > 6:
            heavy[path] = (text, scripts, files)
    assert heavy == {}


# --- pictures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("colours", COLOURS)
def test_pictures_of_the_main_pages_are_kept(browser, published, width, colours):
    folder = SCREENSHOTS / published.name
    folder.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=colours)
    taken = []
    lectures = [path for path in one_of_each_kind(published) if path.startswith("lectures/") and path.count("/") > 1]
    for path in [path for path in one_of_each_kind(published) if path not in lectures or path in PICTURED]:
        page.goto(published.address + path)
        name = path.removesuffix(".html").removesuffix("/index").replace("/", "-")
        taken.append(folder / f"{name}-{width}-{colours}.png")
        page.screenshot(path=taken[-1], full_page=True)
    page.close()
    assert len(taken) > 8
    assert all(file.stat().st_size > 2_000 for file in taken)
