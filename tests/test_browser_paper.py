"""In a browser: what paper shows of a page of words, and what of it screens don't."""

import pytest

from tests.support import run_sitegen, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = """\
# Words

See [the standard](https://www.rfc-editor.org/rfc/rfc9293), https://www.python.org/doc/ and [the other](other.md).[^a]

??? question "Is it stable?"
    Only said behind a click.

```python title="loop.py"
while True:
    pass
```

[^a]: A note.
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    files = {"content/words.md": PAGE, "content/other.md": "# Other\n\n??? note\n    A box alone.\n"}
    root = tmp_path_factory.mktemp("paper")
    result = run_sitegen("build", write_course(root, files), "--out", root / "site", "--today", "2026-02-03")
    assert result.returncode == 0, result.stderr
    return root / "site"


def behind(page, selector: str) -> str:
    script = "element => getComputedStyle(element, '::after').content"
    return page.locator(selector).evaluate(script)


def test_paper_shows_closed_boxes_and_where_links_to_other_sites_lead(browser, out):
    page = browser.new_page()
    page.goto((out / "words/index.html").as_uri())
    hidden = page.get_by_text("Only said behind a click.")
    assert not hidden.is_visible()
    assert behind(page, ".prose a[href*=rfc-editor]") == "none"
    page.emulate_media(media="print")
    assert hidden.is_visible()
    assert page.locator(".prose a[href*=rfc-editor]").evaluate("element => element.innerText") == "the standard"
    assert behind(page, ".prose a[href*=rfc-editor]") == '" (https://www.rfc-editor.org/rfc/rfc9293)"'
    for quiet in (".prose a[href*=python]", ".prose a[href*=other]"):
        assert behind(page, quiet) == "none"
    assert [page.locator(part).first.is_visible() for part in (".masthead", ".copy", ".footnote-backref")] == [
        False
    ] * 3
    page.close()


def test_a_box_is_open_on_paper_on_a_page_without_links(browser, out):
    page = browser.new_page()
    page.goto((out / "other/index.html").as_uri())
    assert not page.get_by_text("A box alone.").is_visible()
    page.emulate_media(media="print")
    assert page.get_by_text("A box alone.").is_visible()
    page.close()
