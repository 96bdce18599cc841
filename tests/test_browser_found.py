"""In a browser: the missing page suggests what was meant, and old addresses lead to the new ones, place and all."""

import json

import pytest

from tests.browsing import serve
from tests.support import SITE_YAML, build_folder, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def visit(browser):
    """visit(address) opens a page of its own and remembers what its console complains about."""
    contexts = []

    def opened(address: str, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.requested = []
        page.on("request", lambda request: page.requested.append(request.url))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("lectures/intoduction/", "lectures/introduction/index.html"),
        ("Lecture/Introduction.html", "lectures/introduction/index.html"),
        ("projects", "project/index.html"),
        ("readings/kwon2023/", "readings/kwon2023pagedattention/index.html"),
        ("sylabus.html", "syllabus/index.html"),
        ("schedule/pipeline-parallelism", "schedule/index.html#pipeline-parallelism"),
    ],
)
def test_the_missing_page_suggests_what_was_meant(visit, address, asked, meant):
    page = visit(address + asked)
    suggested = page.locator("#site-nearest + ul a")
    assert suggested.first.evaluate("link => link.href") == address + meant
    assert page.locator("#site-address").inner_text().endswith(f"/{asked}")
    assert page.locator("#site-status").inner_text().startswith("Did you mean ")
    assert [words for words in page.complaints if "404" not in words] == []


def test_what_is_much_less_like_it_than_the_nearest_isn_t_suggested(visit, address):
    page = visit(address + "schedule.html")
    assert page.locator("#site-nearest + ul a").all_inner_texts() == ["Schedule"]


def test_nothing_is_suggested_for_what_is_like_nothing(visit, address):
    page = visit(address + "wp-login.php?x=<b>")
    assert not page.locator("#site-nearest").is_visible()
    assert page.locator("main a").count() > 5


def test_an_address_is_shown_as_text(visit, address):
    page = visit(address + "%3Cimg%20src=x%3E/%E0%A4%A")
    assert page.locator("#site-address img").count() == 0
    assert "%3Cimg" in page.locator("#site-address").inner_text()


def test_without_scripts_the_missing_page_leads_on(visit, address):
    page = visit(address + "deep/below/nothing.html", java_script_enabled=False)
    assert page.locator("#site-address").inner_text() == "this address"
    assert not page.locator("#site-nearest").is_visible()
    page.get_by_role("link", name="Project", exact=True).last.click()
    assert page.url == address + "project/"


def test_an_old_address_leads_to_the_new_one_and_to_the_place_on_it(visit, tmp_path):
    files = {"content/project.md": "---\ntitle: Project\naliases: [/old/]\n---\n\n## Milestones\n\nFour.\n"}
    built = build_folder(write_course(tmp_path / "course", files, SITE_YAML))
    for path, content in built.files.items():
        target = tmp_path / "cs101" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    with serve(tmp_path / "cs101", "/cs101/") as address:
        page = visit(f"{address}old/index.html?a=1#milestones")
        assert page.url == f"{address}project/index.html?a=1#milestones"
        assert page.complaints == []
        without = visit(f"{address}old/index.html", java_script_enabled=False)
        assert without.url == f"{address}project/index.html"


def test_what_is_told_to_search_engines_is_a_block_of_data_that_nothing_forbids(visit, address):
    page = visit(address + "index.html")
    told = json.loads(page.locator("script[type='application/ld+json']").text_content())
    assert told["@type"] == "Course"
    assert page.complaints == []
    assert not [url for url in page.requested if "/cards/" in url or url.endswith((".md", "feed.xml"))]
