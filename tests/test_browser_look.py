"""In a browser: the course's accent and logo in both themes, the measure of texts, and notes beside them."""

import re

import pytest

from sitegen.colours import contrast, named_colours
from tests.support import REPOSITORY, run_sitegen, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LECTURE = """\
# Notes

Behind every model there is a large system[^a]: storage that feeds the data, networks that tie thousands of
accelerators together[^b b], memory that is too small, and software that carries on when a machine fails at night.

```python
{code}
```

Text after the code with a note[^c], and a [link](../project.md) to `what is due`.

[^a]: See Barroso and others, who call it a *warehouse-scale computer*, and say at length what follows from this.
[^b b]: A second note that stands close to the first and so is pushed down a little below it.
[^c]: {long}
""".format(code="x = " + "1 + " * 40 + "1", long="A long note. " * 30)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40" fill="{}"/></svg>'
SITE = """\
course:
  code: CS101
  title: Systems
  timezone: America/New_York
  accent: teal
  logo: {light: images/day.svg, dark: images/night.svg, alt: University}
term: {start: 2026-01-27, end: 2026-02-12, meets: "Tue/Thu 3:30-4:45pm, Room 1"}
schedule:
  - {topic: Notes, lecture: notes}
  - tba: 5
"""


@pytest.fixture(scope="module")
def look(tmp_path_factory):
    """A small course with an accent, two logos, a style sheet of its own, and notes; the address of its site on disk."""
    files = {
        "content/lectures/notes.md": LECTURE,
        "content/project.md": "# Project\n\nWords.\n",
        "content/images/day.svg": SVG.format("navy"),
        "content/images/night.svg": SVG.format("gold"),
        "templates/custom.css": ".colophon { text-align: center; }\n",
    }
    course = write_course(tmp_path_factory.mktemp("look"), files, SITE)
    result = run_sitegen("build", course, "--today", "2026-02-03")
    assert result.returncode == 0, result.stderr
    return (course / "_site").as_uri() + "/"


@pytest.fixture
def page(browser):
    """page(width=1280, ...) is a page in a context of its own."""
    contexts = []

    def open_page(width=1280, height=900, **wishes):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **wishes))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


def style(page, selector: str, name: str) -> str:
    return page.eval_on_selector(selector, "(e, name) => getComputedStyle(e)[name]", name)


def as_hex(colour: str) -> str:
    return "#" + "".join(f"{int(number):02x}" for number in re.findall(r"\d+", colour)[:3])


# --- colours ------------------------------------------------------------------------------------


def test_the_browser_knows_the_same_names_of_colours(page):
    tab = page()
    found = tab.evaluate(
        "names => names.map(name => { document.body.style.color = name; return getComputedStyle(document.body).color })",
        list(named_colours()),
    )
    assert [as_hex(colour) for colour in found] == list(named_colours().values())


@pytest.mark.parametrize(
    ("scheme", "wish", "least"),
    [("light", "no-preference", 4.5), ("dark", "no-preference", 4.5), ("light", "more", 7), ("dark", "more", 7)],
)
def test_links_have_the_accent_and_can_be_read(look, page, scheme, wish, least):
    tab = page(color_scheme=scheme, contrast=wish)
    tab.goto(look + "lectures/notes/index.html")
    link, paper = as_hex(style(tab, ".prose a[href*=project]", "color")), as_hex(style(tab, "body", "backgroundColor"))
    assert contrast(link, paper) >= least
    red, green, blue = (int(link[start : start + 2], 16) for start in (1, 3, 5))
    assert min(green, blue) > red  # it is a teal


def test_the_switch_brings_the_other_themes_accent_and_logo(look, page):
    tab = page(color_scheme="light")
    tab.goto(look + "index.html")
    before = style(tab, ".colophon a, .programme a, main a", "color")
    assert [image.is_visible() for image in tab.query_selector_all(".logo")] == [True, False]
    tab.click("button.switch")
    assert style(tab, ".colophon a, .programme a, main a", "color") != before
    assert [image.is_visible() for image in tab.query_selector_all(".logo")] == [False, True]


@pytest.mark.parametrize(("scheme", "shown"), [("light", "day.svg"), ("dark", "night.svg")])
def test_without_scripts_the_logo_follows_the_system(look, page, scheme, shown):
    tab = page(color_scheme=scheme, java_script_enabled=False)
    tab.goto(look + "index.html")
    (image,) = [image for image in tab.query_selector_all(".logo") if image.is_visible()]
    assert image.get_attribute("src") == f"images/{shown}"
    assert (image.bounding_box() or {})["height"] == 32


@pytest.mark.parametrize("width", [320, 360, 480, 899, 900, 1280])
def test_a_logo_makes_no_page_wider_than_the_window(look, page, width):
    tab = page(width=width)
    tab.goto(look + "index.html")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_the_courses_own_style_sheet_has_the_last_word(look, page):
    tab = page()
    tab.goto(look + "schedule/index.html")
    assert style(tab, ".colophon", "textAlign") == "center"


def test_with_forced_colours_links_are_the_readers(look, page):
    tab = page(forced_colors="active")
    tab.goto(look + "lectures/notes/index.html")
    tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=plain><a href=/>x</a></p>')")
    assert style(tab, ".prose a[href*=project]", "color") == style(tab, "#plain a", "color")


# --- texts --------------------------------------------------------------------------------------

LINES = """() => [...document.querySelectorAll(".prose > p")].flatMap((p) => {
  const range = document.createRange(), walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  const lines = [0];
  let bottom = null;
  for (let node; (node = walker.nextNode()); ) {
    for (let at = 0; at < node.length; at++) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const [box] = range.getClientRects();
      if (!box) continue;
      if (bottom !== null && box.bottom > bottom + 12) lines.push(0);
      bottom = Math.max(bottom ?? 0, box.bottom);
      lines[lines.length - 1]++;
    }
  }
  return lines.slice(0, -1);   // the last line of a paragraph ends where it ends
})"""


def test_a_line_of_prose_has_60_to_75_characters(site, page):
    tab, lines = page(), []
    for path in sorted((REPOSITORY / "content" / "lectures").glob("*.md")):
        tab.goto((site / "lectures" / path.stem / "index.html").as_uri())
        lines += tab.evaluate(LINES)
    assert len(lines) > 100
    assert 60 <= sum(lines) / len(lines) <= 75


def boxes(tab, selector: str) -> list[dict[str, float]]:
    return [element.bounding_box() for element in tab.query_selector_all(selector)]


def test_on_a_wide_window_notes_stand_beside_their_line_and_on_nothing_else(look, page):
    tab = page(width=1280)
    tab.goto(look + "lectures/notes/index.html")
    notes, marks = boxes(tab, ".footnote li"), boxes(tab, ".footnote-ref")
    others = boxes(tab, ".prose > :not(.footnote)")
    assert len(notes) == len(marks) == 3
    assert abs(notes[0]["y"] - marks[0]["y"]) < 12
    for note in notes:
        for other in [*others, *(box for box in notes if box is not note)]:
            beside = other["x"] + other["width"] <= note["x"] or note["x"] + note["width"] <= other["x"]
            apart = other["y"] + other["height"] <= note["y"] or note["y"] + note["height"] <= other["y"]
            assert beside or apart
    assert tab.evaluate("document.documentElement.scrollWidth") == 1280
    (footer,) = boxes(tab, ".colophon")
    assert notes[-1]["y"] + notes[-1]["height"] < footer["y"]


@pytest.mark.parametrize("wishes", [{"width": 1199}, {"width": 360}, {"width": 1280, "java_script_enabled": False}])
def test_elsewhere_notes_stand_below_the_text(look, page, wishes):
    tab = page(**wishes)
    tab.goto(look + "lectures/notes/index.html")
    last = boxes(tab, ".prose > p")[-1]
    assert all(note["y"] > last["y"] + last["height"] for note in boxes(tab, ".footnote li"))


def test_notes_follow_the_window_when_it_is_made_wider_and_narrower(look, page):
    tab = page(width=1100)
    tab.goto(look + "lectures/notes/index.html")
    below = boxes(tab, ".footnote li")
    tab.set_viewport_size({"width": 1300, "height": 900})
    tab.wait_for_selector(".annotated")
    assert boxes(tab, ".footnote li")[0]["x"] > below[0]["x"] + 300
    tab.set_viewport_size({"width": 1100, "height": 900})
    tab.wait_for_selector(".text:not(.annotated)")
    assert boxes(tab, ".footnote li") == below


def test_on_paper_notes_stand_below_the_text_and_leave_no_gap(look, page):
    tab = page(width=1280)
    tab.goto(look + "lectures/notes/index.html")
    tab.wait_for_selector(".annotated")
    tab.emulate_media(media="print")
    notes, (prose,) = boxes(tab, ".footnote li"), boxes(tab, ".prose")
    assert notes[0]["y"] > boxes(tab, ".prose > p")[-1]["y"]
    assert prose["y"] + prose["height"] - (notes[-1]["y"] + notes[-1]["height"]) < 40


def test_a_page_without_notes_loads_nothing_for_them(look, page):
    tab, asked = page(), []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(look + "project/index.html")
    assert asked
    assert not [url for url in asked if "notes." in url]
