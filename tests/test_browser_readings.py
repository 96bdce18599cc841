"""The reading list in a real browser: grouped, filtered, marked as read and copied from, with the keyboard and from disk."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIST = "readings/index.html"
GPIPE = "huang2019gpipe"
PAPER = f"readings/{GPIPE}/index.html"
PAPERS = 51


@pytest.fixture
def context(browser):
    opened = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield opened
    opened.close()


@pytest.fixture
def page(context, address):
    opened = context.new_page()
    complaints = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(address + LIST)
    yield opened
    assert complaints == []


def shown(page) -> list[str]:
    """The keys of the papers that can be seen, from top to bottom."""
    return page.eval_on_selector_all(
        "#site-papers li[data-paper]",
        "papers => papers.filter(paper => paper.checkVisibility()).map(paper => paper.dataset.paper)",
    )


def groups(page) -> list[str]:
    titles = page.locator("#site-papers h2:visible")
    return [title.replace("\u00a0", " ").strip() for title in titles.all_text_contents()]


def group_by(page, label: str) -> None:
    page.get_by_label("Group by").select_option(label=label)


def test_the_list_opens_in_the_course_s_own_order(page):
    assert len(shown(page)) == PAPERS
    assert groups(page)[0] == "Training"
    assert page.locator("output").text_content() == ""


@pytest.mark.parametrize(
    ("by", "first", "last"),
    [
        ("Date", "Thu 29 Jan · How to read, review and present a paper", None),
        ("Topic", "agents", None),
        ("Venue", "arXiv", None),
        ("Year", "2025", "1986"),
    ],
)
def test_the_reader_groups_the_papers(page, by, first, last):
    group_by(page, by)
    assert groups(page)[0] == first
    assert last is None or groups(page)[-1] == last
    assert len(set(shown(page))) == PAPERS
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))
    group_by(page, "Part")
    assert groups(page)[0] == "Training"
    assert len(shown(page)) == PAPERS


def test_years_fall_dates_rise_and_names_are_in_alphabetical_order(page):
    group_by(page, "Year")
    assert groups(page) == sorted(groups(page), reverse=True)
    group_by(page, "Date")
    days = page.eval_on_selector_all(
        "#site-papers section", "parts => parts.map(part => part.querySelector('.when time')?.dateTime || '')"
    )
    assert [day for day in days if day] == sorted(day for day in days if day)
    for name in ("Topic", "Venue"):
        group_by(page, name)
        assert [title.casefold() for title in groups(page)] == sorted(title.casefold() for title in groups(page))


def test_a_paper_of_several_topics_stands_below_each(page):
    group_by(page, "Topic")
    topics = page.locator(f"#{GPIPE}").get_attribute("data-topics").split(";")
    assert len(topics) > 1
    holding = page.eval_on_selector_all(
        "#site-papers section",
        f"parts => parts.filter(part => part.querySelector('[data-paper={GPIPE}]')).map(part => part.querySelector('h2').textContent)",
    )
    assert holding == sorted(topics)
    spans = page.eval_on_selector_all("#site-papers .Z3988", "spans => spans.map(span => span.title)")
    assert len(spans) == len(set(spans)) == PAPERS, "Zotero is offered each once"


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("gpipe", [GPIPE]),
        ("  GPIPE   huang ", [GPIPE]),
        ("pagedattention sosp", ["kwon2023pagedattention"]),
        ("pagedattention SOSP’23", ["kwon2023pagedattention"]),
        ("zhifeng chen gpipe", [GPIPE]),  # an author whom the list has behind "et al."
        ("copy bibtex of", []),
        ("nothing like it", []),
    ],
)
def test_typing_filters_at_once_and_the_count_is_told_politely(page, typed, keys):
    page.get_by_label("Find").press_sequentially(typed)
    found = shown(page)
    assert found == keys
    status = page.locator("output")
    # An <output> is a live region that waits until the reader has stopped.
    expected = f"{len(found)} of {PAPERS}" if found else "No paper fits"
    status.get_by_text(expected).wait_for()
    assert page.locator("#site-papers section:visible").count() == (1 if keys else 0)
    page.get_by_label("Find").fill("")
    assert len(shown(page)) == PAPERS


def test_accents_make_no_difference(page):
    page.get_by_label("Find").fill("christopher re")
    with_accent = page.evaluate("document.querySelector('#dao2022flashattention .by').textContent.includes('Ré')")
    assert with_accent
    assert "dao2022flashattention" in shown(page)


def test_letters_that_few_keyboards_have_are_found_by_those_that_all_have(context, address):
    page = context.new_page()
    page.route(
        f"**/{LIST}",
        lambda route: route.fulfill(body=route.fetch().text().replace("Yanping Huang", "Wałęsa Größe Søren")),
    )
    page.goto(address + LIST)
    for typed in ("walesa", "grosse", "GRÖẞE", "soren", "wałęsa größe søren"):
        page.get_by_label("Find").fill(typed)
        assert shown(page) == [GPIPE], typed


def test_states_filter_and_combine(page):
    states = {key: page.locator(f"#{key}").get_attribute("data-is").split() for key in shown(page)}
    page.get_by_label("Optional", exact=True).check()
    assert set(shown(page)) == {key for key, state in states.items() if "optional" in state}
    page.get_by_label("Required", exact=True).check()
    assert set(shown(page)) == {key for key, state in states.items() if state}
    page.get_by_label("Optional", exact=True).uncheck()
    page.get_by_label("Open for sign-up", exact=True).check()
    assert set(shown(page)) == {key for key, state in states.items() if {"required", "open"} <= set(state)}


def test_papers_marked_as_read_are_remembered_here_on_their_page_and_by_the_filter(page, address):
    page.locator(f"#{GPIPE}").get_by_label("Read GPipe").check()
    page.get_by_label("Unread", exact=True).check()
    assert GPIPE not in shown(page)
    assert len(shown(page)) == PAPERS - 1
    page.goto(address + PAPER)
    assert page.get_by_label("Read this paper").is_checked()
    page.get_by_label("Read this paper").uncheck()
    page.goto(address + LIST)
    assert not page.locator(f"#{GPIPE}").get_by_label("Read GPipe").is_checked()


def test_a_mark_shows_at_every_place_of_the_paper_and_in_another_tab(page, context, address):
    other = context.new_page()
    other.goto(address + LIST)
    group_by(page, "Topic")
    boxes = page.locator(f"[data-paper={GPIPE}] .mark input")
    boxes.last.check()
    assert boxes.evaluate_all("boxes => boxes.every(box => box.checked)")
    other.locator(f"#{GPIPE}.read").wait_for()


def test_storage_that_holds_something_else_does_no_harm(page, address):
    page.evaluate(
        "for (const junk of ['{', '5', 'null', '{\"a\":1}']) localStorage['site:read ' + new URL('../', location).pathname] = junk"
    )
    page.reload()
    assert len(shown(page)) == PAPERS


def test_a_view_can_be_sent_to_others(page, context, address):
    group_by(page, "Venue")
    page.get_by_label("Find").fill("training")
    page.get_by_label("Required", exact=True).check()
    found = shown(page)
    other = context.new_page()
    other.goto(page.url)
    assert shown(other) == found
    assert groups(other) == groups(page)
    assert re.search(r"\?q=training&by=venue&show=required$", page.url)
    other.goto(f"{address}{LIST}?by=nonsense&show=nonsense#{GPIPE}")
    assert len(shown(other)) == PAPERS


@pytest.mark.parametrize("from_disk", [False, True])
@pytest.mark.parametrize("clipboard", [True, False])
def test_bibtex_is_copied_and_the_reader_is_told(page, site, address, from_disk, clipboard):
    if not clipboard:
        # As in browsers that give pages on disk no clipboard: what a copy by hand would take is caught.
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    base = site.as_uri() + "/" if from_disk else address
    for path, name in ((LIST, "Copy BibTeX of GPipe"), (PAPER, "Copy BibTeX")):
        page.goto(base + path)
        page.evaluate(
            """() => {
                window.copied = "";
                const write = navigator.clipboard && navigator.clipboard.writeText.bind(navigator.clipboard);
                if (write) navigator.clipboard.writeText = (text) => { window.copied = text; return write(text); };
                const set = DataTransfer.prototype.setData;
                DataTransfer.prototype.setData = function (type, text) { window.copied = text; return set.call(this, type, text); };
            }"""
        )
        button = page.get_by_role("button", name=name, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name=re.compile("^Copied")).wait_for()
        text = page.evaluate("window.copied")
        assert text.startswith(f"@inproceedings{{{GPIPE},\n  title = ")
        assert text.rstrip().endswith("}")
        page.locator("#site-status", has_text="BibTeX copied").wait_for(state="attached")
        page.get_by_role("button", name=name, exact=True).wait_for()


def test_the_whole_list_works_from_disk(context, site):
    page = context.new_page()
    page.goto((site / "readings" / "index.html").as_uri())
    page.get_by_label("Find").fill("gpipe")
    assert shown(page) == [GPIPE]
    page.locator(f"#{GPIPE}").get_by_label("Read GPipe").check()
    page.locator(f"#{GPIPE} .name").click()
    page.wait_for_url("**/huang2019gpipe/index.html")
    page.locator("article .mark input:checked").wait_for()  # storage reaches the next page's process a little later


def test_everything_is_reached_with_the_keyboard(page):
    page.get_by_label("Find").focus()
    page.keyboard.type("gpipe")
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    assert groups(page)[0] == "2019"
    names = []
    for _ in range(12):
        page.keyboard.press("Tab")
        names.append(page.evaluate("(document.activeElement.labels?.[0] || document.activeElement).textContent.trim()"))
    assert names[:4] == ["Required", "Optional", "Unread", "Open for sign-up"]
    assert names[5].startswith("GPipe")
    assert "PDF" in names
    assert "Copy BibTeX of GPipe" in names
    marked = names.index("Read GPipe")
    for _ in range(12 - 1 - marked):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert page.locator(f"#{GPIPE}").get_by_label("Read GPipe").is_checked()


@pytest.mark.parametrize("path", [LIST, PAPER])
def test_without_scripts_all_papers_stand_there_and_nothing_that_would_not_work(browser, address, path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + path)
    assert page.locator("main").locator("input, select, button").locator("visible=true").count() == 0
    assert page.locator(".bibliography > li:visible").count() == (PAPERS if path == LIST else 1)
    assert "@inproceedings" in page.locator("main").inner_text() or path == LIST
    context.close()


@pytest.mark.parametrize("by", ["Part", "Topic"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_on_the_list_in_use(browser, address, width, scheme, by):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address + LIST)
    group_by(page, by)
    page.get_by_label("Find").fill("training")
    page.locator(f"#{GPIPE}").get_by_label("Read GPipe").check()
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:160]) for v in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("path", [LIST, PAPER])
def test_targets_are_large_enough_for_a_finger_on_a_phone(browser, address, path):
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(address + path)
    small = page.eval_on_selector_all(
        ".links a, .links button, .mark, .when a, .filters label, .filters select",
        """targets => targets.filter(target => target.checkVisibility())
            .map(target => [target.textContent.trim(), target.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5).map(([name, box]) => `${name} ${box.height}`)""",
    )
    assert small == []
    context.close()


def test_on_paper_the_list_has_no_controls_and_each_paper_one_address(page):
    page.emulate_media(media="print")
    assert page.locator("main").locator("input, select, button").locator("visible=true").count() == 0
    links = page.locator(f"#{GPIPE} .links a:visible")
    assert links.count() == 1
    assert links.evaluate("link => getComputedStyle(link, '::after').content").startswith('" http')
