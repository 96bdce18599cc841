"""In a browser: the button that copies code, by keyboard, over the web and from disk."""

import pytest

from tests.browsing import serve, watch
from tests.support import run_sitegen, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = """\
# Code

```python title="a.py" linenums="1" hl_lines="2"
if x:
\tprint("<&>")
```

```console
$ echo a \\
> b
a b
$ true
```
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    files = {"content/code.md": PAGE, "content/words.md": "# Words\n\nNo block of code, but `code`.\n"}
    root = tmp_path_factory.mktemp("code")
    result = run_sitegen("build", write_course(root, files), "--out", root / "site", "--today", "2026-02-03")
    assert result.returncode == 0, result.stderr
    return root / "site"


@pytest.fixture
def page(browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    yield page
    context.close()


def test_code_is_copied_without_numbers_and_of_a_session_the_commands(page, out):
    complaints = watch(page)
    with serve(out, "/site/") as address:
        page.goto(f"{address}code/")
        first, second = page.locator("button.copy").all()
        assert first.get_attribute("aria-label") == "Copy a.py"
        first.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("document.getElementById('site-status').textContent.trim() === 'Copied'")
        assert page.evaluate("navigator.clipboard.readText()") == 'if x:\n\tprint("<&>")\n'
        second.click()
        page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('echo'))")
        assert page.evaluate("navigator.clipboard.readText()") == "echo a \\\nb\ntrue"
    assert complaints == []


def test_the_button_can_be_hit_and_is_seen_when_it_has_the_focus(page, out):
    page.goto((out / "code" / "index.html").as_uri())
    button = page.locator("button.copy").first
    box = button.bounding_box()
    assert box["width"] >= 24 and box["height"] >= 24
    button.focus()
    assert button.evaluate("(button) => getComputedStyle(button).opacity") == "1"


def test_pages_without_blocks_of_code_load_nothing_for_them(out):
    pages = ((out / name / "index.html").read_text(encoding="utf-8") for name in ("words", "code"))
    assert [(page.count("assets/code."), page.count(".copy{")) for page in pages] == [(0, 0), (1, 2)]
