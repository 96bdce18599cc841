"""Formulas in a browser: what is copied, read aloud and scrolled, and where the numbers of equations stand."""

from __future__ import annotations

import pytest

from tests.browsing import serve, watch
from tests.support import SITE_YAML, run_sitegen, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = r"""
The cost $c = a_1 < b$ is low.

$$
x = \begin{cases} 1 & \text{if $y$} \\ 0 & \text{else} \end{cases}
$$

\begin{align}
a &= b \label{eq:a} \\
\norm{c} &= \text{d}
\end{align}

Words without any.

\begin{equation} a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v \end{equation}

\begin{equation} WIDE \label{wide} \end{equation}
""".replace("WIDE", " + ".join(rf"\sum_{{i=1}}^n x_{{{n}}}" for n in range(40)))
SITE = SITE_YAML + "math: {macros: {'\\norm': '\\lVert #1 \\rVert'}}\n"
ALIGN = "\\begin{align}\na &= b \\label{eq:a} \\\\\n\\norm{c} &= \\text{d}\n\\end{align}"
CASES = "$$x = \\begin{cases} 1 & \\text{if $y$} \\\\ 0 & \\text{else} \\end{cases}$$"


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """A page with formulas, whose clipboard may be read."""
    course = write_course(tmp_path_factory.mktemp("formulas"), {"content/math.md": TEXT}, SITE)
    result = run_sitegen("build", course, "--out", course / "site")
    assert result.returncode == 0, result.stderr
    with serve(course / "site", "/site/") as address:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        said = watch(page)
        page.goto(f"{address}math/index.html")
        yield page
        assert said == []
        context.close()


READ = """
async () => {
  const found = {};
  for (const item of await navigator.clipboard.read())
    for (const type of item.types) found[type] = await (await item.getType(type)).text();
  return found;
}
"""


def copy(page, select: str) -> dict[str, str]:
    """What the clipboard holds, by type, after the nodes that `select` gives were selected and Ctrl+C was pressed."""
    page.evaluate(
        f"() => {{ const [a, b] = {select}; getSelection().setBaseAndExtent(a, 0, b, b.childNodes.length); }}"
    )
    page.keyboard.press("Control+c")
    return page.evaluate(READ)


WHOLE = "[document.querySelector({0!r}), document.querySelector({0!r})]"


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (".prose > p", "The cost $c = a_1 < b$ is low."),
        (".prose > p math", "$c = a_1 < b$"),
        ("mtable:not(.numbered)", CASES),
        (".numbered math", ALIGN),
    ],
)
def test_a_copied_formula_is_its_latex(page, selector: str, words: str):
    copied = copy(page, WHOLE.format(selector))
    assert copied["text/plain"].strip() == words
    assert "<annotation" in copied["text/html"]


def test_text_and_formulas_are_copied_in_their_paragraphs(page):
    words = copy(page, "[document.querySelector('.prose > p'), document.querySelectorAll('.prose > p')[1]]")[
        "text/plain"
    ]
    parts = ("The cost $c = a_1 < b$ is low.", CASES, ALIGN, "Words without any.")
    assert words.replace("\n\n", "\n").strip() == "\n".join(parts)


def test_text_without_formulas_is_copied_as_ever(page):
    assert copy(page, WHOLE.format(".prose > p:nth-of-type(2)"))["text/plain"] == "Words without any."


def test_a_double_click_and_the_keyboard_copy_the_whole_formula(page):
    page.locator("math").first.dblclick()
    page.keyboard.press("Control+c")
    assert page.evaluate(READ)["text/plain"] == "$c = a_1 < b$"
    page.evaluate("() => getSelection().collapse(document.querySelector('.prose > p').firstChild, 4)")
    page.evaluate("() => { for (let n = 0; n < 12; n++) getSelection().modify('extend', 'forward', 'character'); }")
    page.keyboard.press("Control+c")
    assert page.evaluate(READ)["text/plain"].startswith("cost $c = a_1 < b$")


def test_screen_readers_dont_read_the_source(page):
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    names = [node.get("name", {}).get("value", "") for node in tree["nodes"] if not node.get("ignored")]
    assert "if" in [name.strip() for name in names]
    assert not [name for name in names if "\\" in name]


NUMBERS = """
() => [...document.querySelectorAll("div.numbered")].map((box) => [...box.querySelectorAll(".eqno")].map((number) =>
  [number.textContent, Math.round(number.getBoundingClientRect().right - box.querySelector("mtable").getBoundingClientRect().right)]))
"""


def test_numbers_stand_at_the_right_of_their_lines(page):
    assert page.evaluate(NUMBERS) == [[["(1)", 0], ["(2)", 0]], [["(3)", 0]], [["(4)", 0]]]
    box, table = (
        page.evaluate(f"document.querySelector({one!r}).clientWidth") for one in ("div.numbered", ".numbered math")
    )
    assert box == table


def test_a_wide_formula_scrolls_by_itself_and_by_keyboard(page):
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    box = page.locator("div.numbered").last
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => [...document.querySelectorAll('div.numbered')].pop().scrollLeft > 0")
    assert box.get_attribute("role") == "group"
    assert box.get_attribute("aria-label") == "Formula"
    page.set_viewport_size({"width": 1280, "height": 720})


def test_aligned_columns_meet_at_their_signs(page):
    left, right = page.evaluate(
        "[...document.querySelectorAll('.numbered mtable')][0].querySelectorAll('mtr').length && "
        "[...document.querySelectorAll('.numbered mtd.right')].slice(0, 2).map((cell) => Math.round(cell.lastElementChild.getBoundingClientRect().right))"
    )
    assert left == right


@pytest.mark.parametrize("width", [320, 360, 700, 1000, 1280])
def test_the_number_of_an_equation_is_whole_at_the_right_end_and_can_be_reached(page, width: int):
    page.set_viewport_size({"width": width, "height": 700})
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".math.numbered .eqno mtext")].filter((number) => {
          const box = number.closest(".math"), lines = document.createRange();
          box.scrollLeft = 99999;
          lines.selectNodeContents(number);
          const [one, other] = [lines.getBoundingClientRect(), box.getBoundingClientRect()];
          return lines.getClientRects().length > 1 || one.right > other.right + 1 || one.left < other.left
            || number.getBoundingClientRect().width < 15;
        }).map((number) => number.textContent)"""
    )
    page.set_viewport_size({"width": 1280, "height": 720})
    assert cut == []
