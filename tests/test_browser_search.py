"""Search in a real browser: the dialog and the page, by keyboard, by touch, from disk and without scripts."""

import re
import shutil

import pytest

from tests.browsing import BASE, serve, watch
from tests.support import SITE_YAML, run_sitegen, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LECTURE = "lectures/distributed-training/index.html"
WIDTHS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def look_for(page, words):
    """Opens the dialog from the keyboard, types and waits for the answer."""
    page.keyboard.press("/")
    page.wait_for_selector("#site-search[open]")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(words)
    answered(page, words)


def answered(page, words):
    page.wait_for_selector("#site-search ol:not([aria-busy])", state="attached")
    assert page.input_value("#site-search-field") == words


def focused(page, what="document.activeElement.id || document.activeElement.className"):
    return page.evaluate(what)


def titles(page):
    return page.locator("#site-search .title a").all_inner_texts()


# --- the dialog ---------------------------------------------------------------------------------


def test_nothing_of_search_is_loaded_before_it_is_opened_and_then_nothing_from_elsewhere(page, address):
    complaints, asked = watch(page), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + LECTURE)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "pagefind" in url or "search" in url.removeprefix(address)]
    look_for(page, "pipeline")
    loaded = {re.sub(r"_[0-9a-f]+\.", "_*.", url.removeprefix(address).partition("?")[0]) for url in asked}
    assert {"assets/search.js", "assets/search.css", "pagefind/pagefind.js", "pagefind/wasm.en.pagefind"} <= loaded
    assert all(url.startswith(address) for url in asked)
    assert complaints == []


def test_what_is_typed_is_found_in_lectures_sessions_and_papers_with_its_words_marked(page, address):
    page.goto(address)
    look_for(page, "pipeline")
    assert set(page.locator("#site-search .kind").all_inner_texts()) >= {"SESSION", "PAPER", "LECTURE"}
    assert "Pipeline parallelism" in titles(page)
    assert any("GPipe" in title for title in titles(page))
    marked = {words.casefold() for words in page.locator("#site-search mark").all_inner_texts()}
    assert marked <= {"pipeline", "pipelines", "pipelined", "pipelining"}
    assert page.locator("#site-search ol > li:not(:has(mark))").count() == 0


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Zhao", "PyTorch FSDP"),
        ("Keshav", "How to Read a Paper"),
        ("PipeDream", "PipeDream"),
        ("sosp 2023", "Efficient Memory Management"),
        ("vLLM", "Efficient Memory Management"),
        ("KV cache", "Batching and the KV cache"),
        ("kv-cache", "Batching and the KV cache"),
        ("KVCache", "Batching and the KV cache"),
        ("AllReduce", "Feeding and connecting the cluster"),
        ("all_reduce", "Feeding and connecting the cluster"),
        ("R1", "DeepSeek-R1"),
        ("transformer", "Fast Inference from Transformers"),
        ("pipelining", "Pipeline parallelism"),
        ("RLHF", "HybridFlow"),
        ("deadline", "Project teams"),
        ("due", "Project teams"),
        ("proposal", "Project proposal"),
        ("project teams", "Project teams"),
        ("project", "Project"),
        ("checkin", "Project check-in"),
        ("spring break", "Spring break"),
        ("holiday", "Spring break"),
        ("Mon 9 Feb", "Reviews: "),
        ("Wednesday 11 February", "Reviews: Pipeline parallelism"),
        ("review due", "Reviews: "),
        ("due Monday", "Reviews: "),
        ("review pipeline parallelism", "Reviews: Pipeline parallelism"),
        ("guest", "Guest lecture"),
        ("grading", "Syllabus"),
        ("Alan", "Special Topics"),
        ("office hours", "Special Topics"),
        ("IRB 1207", "Special Topics"),
        ("room", "Special Topics"),
        ("HotCRP", "Syllabus"),
        ("papers", "Readings"),
        ("bibtex", "Readings"),
        ("schedule", "Schedule"),
        ("subscribe", "Calendar"),
        ("Feb 12", "Pipeline parallelism"),
        ("February 12", "Pipeline parallelism"),
        ("2026-02-12", "Pipeline parallelism"),
        ("week 3", "Pipeline parallelism"),
        ("Pipline paralelism", "Pipeline parallelism"),
        ("Naryanan", "PipeDream"),
        ("atention", "Attention"),
    ],
)
def test_the_best_answer_is_among_the_first_three(dialog, words, title):
    dialog.fill("#site-search-field", words)
    answered(dialog, words)
    assert [found for found in titles(dialog)[:3] if found.startswith(title)]


@pytest.fixture(scope="module")
def dialog(browser, address):
    """The open dialog, one for many questions."""
    page = browser.new_page()
    page.goto(address)
    look_for(page, "a")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("pipeline", r"\d+ results"),
        ("pipline", r"\d+ results for “pipeline”\. Nothing has “pipline”\."),
        ("Rajbandari zero", r"\d+ results? for “rajbhandari zero”\. Nothing has “Rajbandari”\."),
        ("pipeline quizzes", r"\d+ results?\. Nothing has “quizzes”\."),
        ("quantization", r"\d+ results\. Nothing has “quantization”\."),
        ("quiz", r"Nothing found .*"),
        ('"pipline stages"', r"Nothing found .*"),
        ("xyzzyx", r"Nothing found .*"),
    ],
)
def test_a_word_that_nothing_has_is_told_and_taken_for_the_nearest(dialog, words, told):
    dialog.fill("#site-search-field", words)
    answered(dialog, words)
    assert re.fullmatch(told, dialog.inner_text("#site-search .count"))


def test_what_is_typed_before_search_is_there_is_not_lost(page, address):
    page.goto(address)
    held = []
    page.route("**/assets/search.*", lambda route: held.append(route))  # noqa: PLW0108  # playwright looks at its parameters
    page.keyboard.type("/pipe dream")
    page.wait_for_timeout(50)
    while held or not page.locator("#site-search[open]").count():
        if held:
            held.pop().continue_()
        page.wait_for_timeout(20)
    page.keyboard.type("!")
    assert page.input_value("#site-search-field") == "pipe dream!"


def test_an_index_that_takes_its_time_is_said_to(page, address):
    page.goto(address)
    held = []
    page.route("**/pagefind.js", lambda route: held.append(route))  # noqa: PLW0108  # playwright looks at its parameters
    page.keyboard.press("/")
    page.wait_for_selector("#site-search[open]")
    page.keyboard.type("pipeline")
    page.get_by_text("Searching …").wait_for()
    held[0].continue_()
    answered(page, "pipeline")
    assert re.fullmatch(r"\d+ results", page.inner_text("#site-search .count"))


def test_the_key_can_be_turned_off_and_on(page, address):
    page.goto(address + "search/index.html")
    box = page.get_by_label("The key / opens search")
    assert box.is_checked()
    box.uncheck()
    page.goto(address)
    page.keyboard.press("/")
    page.wait_for_timeout(200)
    assert page.locator("#site-search").count() == 0
    page.goto(address + "search/index.html")
    assert not box.is_checked()
    box.check()
    page.goto(address)
    page.keyboard.press("/")
    page.wait_for_selector("#site-search[open]")


def test_each_result_says_what_it_is_and_when(page, address):
    page.goto(address)
    look_for(page, "pipeline parallelism")
    first = page.locator("#site-search ol > li").first
    assert first.locator(".about").inner_text().replace("\u00a0", " ") == "SESSION · Thu 12 Feb"
    described = first.locator("a").first.get_attribute("aria-describedby")
    assert first.locator(".about").get_attribute("id") == described


@pytest.mark.parametrize("start", ["", LECTURE, "readings/kwon2023pagedattention/index.html"])
def test_the_arrow_keys_lead_to_a_result_and_enter_opens_it(page, address, start):
    page.goto(address + start)
    look_for(page, "pipeline")
    page.keyboard.press("ArrowDown")
    assert focused(page, "document.activeElement.textContent") == titles(page)[0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    target = focused(page, "document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url(target)
    assert target.startswith(address)
    assert not page.locator("#site-search[open]").count()


def test_a_section_of_a_lecture_is_a_result_of_its_own_that_leads_to_the_section(page, address):
    page.goto(address)
    look_for(page, "idle stages microbatches pipeline")
    place = page.locator("#site-search .places a").first
    target = place.get_attribute("href")
    assert "#" in target
    place.click()
    page.wait_for_url(target)
    assert page.locator(":target").is_visible()
    assert 0 <= page.evaluate("document.querySelector(':target').getBoundingClientRect().top") < 400


def test_a_section_of_the_page_that_one_is_on_is_reached_too(page, address):
    page.goto(address + LECTURE)
    look_for(page, "idle stages microbatches pipeline")
    target = page.locator(f"#site-search .places a[href*='{LECTURE}#']").first.get_attribute("href")
    page.locator(f"#site-search .places a[href='{target}']").click()
    page.wait_for_url(target)
    assert not page.locator("#site-search[open]").count()
    assert 0 <= page.evaluate("document.querySelector(':target').getBoundingClientRect().top") < 400


def test_enter_in_the_field_opens_the_first_result_even_before_it_is_shown(page, address):
    page.goto(address)
    page.keyboard.press("/")
    page.wait_for_selector("#site-search[open]")
    page.keyboard.type("office hours")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(index\.html|syllabus/index\.html)"))


def test_typing_goes_on_in_the_field_from_wherever_one_is_in_the_list(page, address):
    page.goto(address)
    look_for(page, "pipe")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("l")
    assert focused(page) == "site-search-field"
    assert page.input_value("#site-search-field") == "pipel"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Backspace")
    assert page.input_value("#site-search-field") == "pipe"
    page.keyboard.press("/")
    assert page.input_value("#site-search-field") == "pipe/"


def test_escape_closes_at_once_and_brings_the_focus_back(page, address):
    page.goto(address)
    button = page.locator("a.search")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#site-search[open]")
    page.keyboard.type("pipeline")
    page.keyboard.press("Escape")
    assert not page.locator("#site-search[open]").count()
    assert button.evaluate("button => button === document.activeElement")
    assert page.url == address


def test_the_dialog_closes_by_its_button_and_by_a_click_beside_it(page, address):
    page.goto(address)
    for close in (lambda: page.get_by_role("button", name="Close").click(), lambda: page.mouse.click(10, 400)):
        page.locator("a.search").click()
        page.wait_for_selector("#site-search[open]")
        close()
        page.wait_for_selector("#site-search:not([open])", state="attached")


def test_a_slash_is_typed_where_one_types_and_opens_nothing_with_another_key(page, address):
    page.goto(address + "search/index.html")
    page.locator("#site-filter").press("/")
    assert page.input_value("#site-filter") == "/"
    page.locator("h1").click()
    page.keyboard.press("Control+/")
    page.wait_for_timeout(200)
    assert not page.locator("#site-search[open]").count()


def test_kinds_are_counted_and_narrow_the_results_down(page, address):
    page.goto(address)
    look_for(page, "pipeline")
    counts = dict(re.findall(r"(\w+)\s+(\d+)", " ".join(page.locator(".kinds button").all_inner_texts())))
    assert int(counts.pop("All")) == sum(map(int, counts.values()))
    page.get_by_role("button", name=re.compile("^Papers")).click()
    page.wait_for_selector(".kinds [data-kind=Paper][aria-pressed=true]")
    assert set(page.locator("#site-search .kind").all_inner_texts()) == {"PAPER"}
    assert page.locator("#site-search .count").inner_text() == f"{counts['Papers']} results"
    assert focused(page, "document.activeElement.dataset.kind") == "Paper"
    page.get_by_role("button", name=re.compile("^All")).click()
    page.wait_for_selector(".kinds [data-kind=''][aria-pressed=true]")


@pytest.mark.parametrize(
    ("words", "some"),
    [
        ('"pipeline parallelism"', True),
        ('"parallelism pipeline"', False),
        ("“parallelism pipeline”", False),
        ('"attention"', True),
    ],
)
def test_the_counts_of_a_phrase_are_of_what_has_it(dialog, words, some):
    dialog.fill("#site-search-field", words)
    answered(dialog, words)
    counts = dict(re.findall(r"(\w+)\s+(\d+)", " ".join(dialog.locator(".kinds button:visible").all_inner_texts())))
    found = re.match(r"(\d+) results|Nothing found", dialog.inner_text("#site-search .count"))
    assert found
    assert [found[1], bool(counts)] == [counts.get("All"), some]
    assert int(counts.pop("All", 0)) == sum(map(int, counts.values()))


def test_a_session_stands_above_its_review_unless_that_is_asked_for(dialog):
    found = {}
    for words in ("parallelism", "parallelism review"):
        dialog.fill("#site-search-field", words)
        answered(dialog, words)
        found[words] = [title.startswith("Review") for title in titles(dialog)]
    assert found["parallelism"] == sorted(found["parallelism"])
    assert any(found["parallelism"])
    assert found["parallelism review"][0]


def test_a_part_of_a_compound_is_not_marked_where_it_stands_alone(dialog):
    dialog.fill("#site-search-field", "attention")
    answered(dialog, "attention")
    session = dialog.locator("#site-search ol > li", has_text="Thu 2 Apr").first
    assert session.locator(".about mark").count() == 0
    assert session.locator(".title mark").inner_text() == "Attention"


def test_a_review_s_result_leads_to_where_the_schedule_says_it(page, address):
    page.goto(address)
    look_for(page, "review pipeline parallelism")
    page.locator("#site-search ol .title a", has_text="Reviews: Pipeline parallelism").click()
    page.wait_for_url("**/schedule/index.html#site-review-pipeline-parallelism")
    assert page.locator(":target").inner_text().replace("\u00a0", " ").split("\n")[-1] == "Wed 11 Feb, noon"


def test_a_break_is_not_called_a_session(dialog):
    dialog.fill("#site-search-field", "spring break")
    answered(dialog, "spring break")
    assert dialog.locator("#site-search .kind").first.inner_text() == "BREAK"


def test_the_number_of_results_is_told_politely_and_nothing_is_told_with_a_way_on(page, address):
    page.goto(address)
    look_for(page, "pipeline")
    told = page.locator("#site-search [role=status]")
    assert re.fullmatch(r"\d+ results", told.inner_text())
    page.fill("#site-search-field", "zzzz")
    answered(page, "zzzz")
    assert told.inner_text().startswith("Nothing found for “zzzz”.")
    assert not page.locator("#site-search ol > li").count()
    page.get_by_role("link", name="Everything on this site, by kind").click()
    page.wait_for_url(f"{address}search/index.html?q=zzzz")
    assert page.input_value("#site-filter") == "zzzz"


def test_the_words_are_kept_while_one_reads_on(page, address):
    page.goto(address)
    look_for(page, "pipeline")
    page.goto(address + LECTURE)
    page.keyboard.press("/")
    answered(page, "pipeline")
    assert titles(page)
    assert page.evaluate("getSelection().toString()") == "pipeline"


def test_more_results_are_added_and_the_focus_goes_to_the_first_of_them(page, address):
    page.goto(address)
    look_for(page, "model")
    assert len(titles(page)) == 10
    page.get_by_role("button", name="More results").click()
    page.wait_for_selector("#site-search ol > li:nth-child(11)")
    assert focused(page, "document.activeElement.textContent") == titles(page)[10]
    identifiers = page.locator("#site-search .about").evaluate_all("all => all.map((one) => one.id)")
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize("words", ['"pipeline parallelism"', "'", '"', "<b>", "&amp;", "a" * 500, "100%", "\\", "c++"])
def test_any_words_can_be_looked_for(page, address, words):
    complaints = watch(page)
    page.goto(address)
    look_for(page, words)
    assert page.locator("#site-search .count").inner_text()
    assert "loaded" not in page.locator("#site-search .count").inner_text()
    assert complaints == []


@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
def test_axe_finds_nothing_in_the_dialog(browser, address, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    look_for(page, "pipeline")
    found = Axe().run(page)
    context.close()
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []


@pytest.mark.parametrize("width", [320, 360])
def test_on_a_phone_the_dialog_fills_the_screen_and_everything_is_large_enough_to_touch(browser, address, width):
    context = browser.new_context(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address)
    page.locator("a.search").tap()
    page.wait_for_selector("#site-search[open]")
    page.fill("#site-search-field", "project")
    answered(page, "project")
    assert page.locator(".kinds button").count() > 4
    assert (
        page.locator(".kinds button").evaluate_all(
            "all => all.filter((one) => one.scrollWidth > one.clientWidth).length"
        )
        == 0
    )
    box = page.locator("#site-search").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, width, 700)
    assert page.evaluate("document.querySelector('.found').scrollWidth <= document.querySelector('.found').clientWidth")
    small = page.locator("#site-search :is(a, button, input)").evaluate_all(
        "all => all.filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML)"
    )
    context.close()
    assert small == []


def test_without_the_index_the_dialog_says_so_and_leads_to_the_list(page, address):
    page.route("**/pagefind/**", lambda route: route.fulfill(status=404, body=""))
    page.goto(address)
    look_for(page, "pipeline")
    assert page.locator("#site-search .count").inner_text().startswith("The search index can’t be loaded here.")
    page.get_by_role("link", name="Everything on this site, by kind").click()
    page.wait_for_url(f"{address}search/index.html?q=pipeline")


@pytest.mark.parametrize("part", ["*.pf_meta*", "pagefind-entry.json*", "index/*", "fragment/*"])
def test_a_part_of_the_index_that_cannot_be_loaded_is_said_and_is_not_nothing_found(page, address, part):
    page.goto(address)
    page.route(f"**/pagefind/{part}", lambda route: route.abort())
    page.keyboard.press("/")
    page.wait_for_selector("#site-search[open]")
    page.keyboard.type("parallelism")
    page.get_by_text("can’t be loaded").wait_for()


def test_under_another_address_the_same_files_are_searched(page, site, tmp_path):
    shutil.copytree(site, tmp_path / "pull" / "7")
    with serve(tmp_path / "pull" / "7", "/pull/7/") as preview:
        page.goto(preview + LECTURE)
        look_for(page, "pipeline")
        assert all(link.startswith(preview) for link in page.locator("#site-search ol a").evaluate_all("all => all.map((a) => a.href)"))  # fmt: skip
        assert preview.removesuffix("pull/7/") + BASE.strip("/") not in page.content()


HOSTILE = """\
## 2026-02-03 <b onclick=alert(1)>bold</b> & "quoted" &lt;script&gt;

The word zebra, `<img src=x onerror=alert(1)>` and `</mark><script>alert(2)</script>`.

## 2026-02-02 学习与GPU训练

我们学习机器学习系统。
"""


def test_what_an_author_wrote_stays_text_and_chinese_is_found_by_any_of_its_words(page, tmp_path):
    course = write_course(tmp_path / "course", {"content/announcements.md": HOSTILE}, SITE_YAML)
    out = tmp_path / "published" / "x"
    result = run_sitegen("build", course, "--out", out, "--today", "2026-02-10")
    assert result.returncode == 0, result.stderr
    complaints = watch(page)
    with serve(out, "/x/") as home:
        page.goto(home)
        look_for(page, "zebra")
        assert page.locator("#site-search mark").all_inner_texts() == ["zebra"]
        assert "<img src=x onerror=alert(1)>" in page.locator("#site-search .excerpt").inner_text()
        assert not page.locator("#site-search :is(b, img, script)").count()
        page.fill("#site-search-field", "机器")
        page.wait_for_selector("#site-search mark:text('机器')")
        assert page.locator("#site-search .excerpt").inner_text() == "我们学习机器学习系统。"
        assert titles(page) == ["学习与 GPU 训练"]
    assert complaints == []


# --- the page -----------------------------------------------------------------------------------


def shown(page):
    return page.locator(".search-page section li a:visible").all_inner_texts()


def test_the_list_is_narrowed_down_as_one_types(page, address):
    complaints = watch(page)
    page.goto(address + "search/index.html")
    everything = len(shown(page))
    page.get_by_label("Show titles with these words").fill("PIPE parall")
    assert "Pipeline parallelism" in shown(page)
    assert all("pipe" in title.casefold() and "parall" in title.casefold() for title in shown(page))
    assert page.locator(".search-page form [role=status]").inner_text() == f"{len(shown(page))} titles match"
    page.get_by_label("Show titles with these words").fill("qwxyz")
    assert shown(page) == []
    assert page.locator(".search-page h2:visible").count() == 0
    page.get_by_label("Show titles with these words").fill("")
    assert len(shown(page)) == everything
    assert complaints == []


def test_from_disk_search_leads_to_the_list_which_can_be_narrowed_down(page, site):
    page.goto((site / LECTURE).as_uri())
    page.keyboard.press("/")
    page.wait_for_url((site / "search" / "index.html").as_uri())
    page.get_by_label("Show titles with these words").fill("gpipe")
    assert len(shown(page)) == 1
    page.locator(".search-page section li a:visible").click()
    page.wait_for_url(re.compile("/readings/huang2019gpipe/index.html$"))


def test_without_scripts_the_search_page_lists_everything_by_kind(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator("a.search").click()
    assert page.url == address + "search/index.html"
    assert page.locator(".search-page h2").all_inner_texts() == ["PAGES", "LECTURES", "SESSIONS", "BREAKS", "DEADLINES", "ANNOUNCEMENTS", "PAPERS"]  # fmt: skip
    assert len(shown(page)) > 100
    assert not page.locator(".search-page form").is_visible()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
def test_axe_finds_nothing_on_a_list_that_is_narrowed_down(browser, address, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(address + "search/index.html?q=pipeline")
    found = Axe().run(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
    assert wide == width
