"""Links with the shortest of names are apart enough for a thumb, on wide screens and narrow (WCAG 2.2, SC 2.5.8)."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browsing import Published, serve
from tests.support import run_sitegen, write_course
from tests.test_browser_checks import QUICK_AXE, WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BASE = "/course/"

SITE = """\
course: {code: C1, title: T, term: S, timezone: UTC, url: "https://site.edu/course/"}
staff:
  - {name: Ed, url: "https://example.org/", email: e@d.e}
  - {name: Al, url: "https://example.org/a", email: a@d.e}
links: {Ab: "https://example.org/1", Cd: "https://example.org/2"}
term: {start: 2026-02-01, end: 2026-03-13, meets: [{days: Mon/Wed, time: 9:30-10:45am, place: H}]}
reviews: {due: 1 day before, at: noon, where: Ab}
presentations: {sign_up: Ab}
schedule:
  - {topic: Ml, lecture: ml, read: [aa, bb], optional: [cc], links: {Re: "https://example.org/r", Sl: "https://example.org/s"}}
  - {topic: Os, lecture: os, read: [cc, dd], links: {Re: "https://example.org/r"}, note: N}
  - {guest: {name: Gu, from: Co, talk: Ta}, read: aa}
deadlines:
  - {what: Pr, due: 2026-02-12}
  - {what: Re, due: 2026-03-12, at: 5pm}
checks: {empty-meetings: off}
"""
FILES = {
    "papers.bib": "".join(
        f"@misc{{{key}, title={{{title}}}, author={{A B}}, year={{2001}}, pdf={{https://example.org/{key}.pdf}}}}\n"
        for key, title in [("aa", "Ab"), ("bb", "Cd"), ("cc", "Ef"), ("dd", "Gh")]
    ),
    "content/announcements.md": "# N\n\n## 2026-02-01 Fi\n\nw\n\n## 2026-02-02 Se\n\nw\n",
    "content/lectures/ml.md": "# Ml\n\nW [@aa; @bb].\n\n## A\n\nx\n\n## B\n\ny\n",
    "content/lectures/os.md": "# Os\n\nW [@aa].\n",
    "content/project.md": "# Pr\n\n" + "".join(f"## {letter}\n\nw\n\n" for letter in "ABCDEF"),
}


@pytest.fixture(scope="module")
def short(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("published") / BASE.strip("/")
    course = write_course(tmp_path_factory.mktemp("short"), FILES, SITE)
    result = run_sitegen("build", course, "--out", out, "--today", "2026-02-03")
    assert result.returncode == 0, result.stdout + result.stderr
    return out


@pytest.mark.parametrize("width", WIDTHS)
def test_links_with_names_of_two_letters_are_24_pixels_wide_or_apart(browser, short: Path, width: int):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    found = {}
    with serve(short, BASE) as address:
        for path in Published("short", short, address).paths:
            page.goto(address + path)
            page.evaluate(Axe().axe_script)
            found[path] = page.evaluate(QUICK_AXE)
    context.close()
    assert len(found) > 10
    assert {path: findings for path, findings in found.items() if findings} == {}
