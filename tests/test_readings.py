"""The reading list and the papers' pages, as they are without scripts, and what the script finds in them."""

from __future__ import annotations

import re
from html import unescape
from xml.etree.ElementTree import Element

import html5lib
import pytest

from sitegen.addresses import READINGS
from sitegen.model import CitedOn, Name, SiteLink
from sitegen.outputs import readings
from sitegen.outputs.anchors import linker
from sitegen.values import replace
from tests.sample import BY_KEY, paper, sample_course, site, theme


def render(output, path: str, **changes) -> str:
    """One page of the sample course with some of its fields replaced."""
    return dict(output(sample_course(**changes), theme()))[path].decode()


def words_of(html: str) -> str:
    """The words that are shown in <main>, white space folded."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).replace("\u00a0", " ").split())


def tree_of(html: str) -> Element:
    return html5lib.parse(html, namespaceHTMLElements=False)


def items_of(html: str) -> dict[str, Element]:
    return {item.get("id", ""): item for item in tree_of(html).iter("li") if item.get("data-is") is not None}


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).replace("\u00a0", " ").split())


LIST = site()[READINGS].decode()

# --- the list -----------------------------------------------------------------------------------


def test_readings_follow_the_course_and_the_rest_comes_after_them():
    words = words_of(LIST)
    order = ["Opening", "How to read a paper", "Training", "ZeRO", "GPipe", "Serving", "Orca", "Further reading",
             "You and Your Research"]  # fmt: skip
    assert sorted(order, key=words.index) == order


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("rajbhandari2020", "Tue 10 Feb ZeRO: Memory Optimizations Toward Training Trillion Parameter Models"),
        ("rajbhandari2020", "presented by Ada PDF DOI"),
        ("zhao2023", "open for sign-up PDF DOI"),
        ("fan2021", "optional PDF DOI"),
        ("kwon2023", "Thu 12 Mar Tue 31 Mar Efficient Memory Management"),
        ("hamming1986", "You and Your Research Richard W. Hamming 1986"),
    ],
)
def test_an_entry_says_when_by_whom_and_whether_it_must_be_read(key: str, said: str):
    assert said in text_of(items_of(LIST)[key])


def test_a_paper_that_is_read_twice_is_listed_once():
    assert len(items_of(LIST)) == len(BY_KEY)
    assert words_of(LIST).count("Efficient Memory Management for Large") == 1 + LIST.count(
        "of Efficient Memory Management for Large"
    )


def test_a_short_venue_is_said_in_full_on_hover_and_to_screen_readers():
    venue = next(abbr for abbr in items_of(LIST)["kwon2023"].iter("abbr"))
    assert venue.get("title") == "Proceedings of SOSP 2023, 2023"
    shown, said = list(venue)
    assert (shown.get("aria-hidden"), text_of(shown)) == ("true", "SOSP '23")
    assert (said.get("class"), text_of(said)) == ("unseen", "Proceedings of SOSP 2023, 2023")


@pytest.mark.parametrize(
    ("venue", "short", "year", "shown"),
    [
        ("Proceedings of SOSP", "SOSP '23", "2023", ("SOSP\u00a0'23", "Proceedings of SOSP, 2023", "SOSP")),
        ("Nature", "Nature", "2025", ("Nature", "", "Nature")),
        ("arXiv preprint", "arXiv '24", "2024", ("arXiv\u00a0'24", "arXiv preprint, 2024", "arXiv")),
        ("", "", "1986", ("1986", "", "")),
        ("", "", "", ("", "", "")),
    ],
)
def test_a_venue_s_short_name_full_name_and_series(venue: str, short: str, year: str, shown: tuple[str, str, str]):
    one = replace(paper("k", "T", "A B", "", year), venue=venue, venue_short=short)
    course = sample_course(papers={"k": one}, sessions=())
    (entry,) = readings.list_readings(course, linker(READINGS))[0].entries
    assert (entry.venue.short, entry.venue.full, entry.venue.series) == shown


@pytest.mark.parametrize(
    ("key", "states"),
    [
        ("zhao2023", "required open"),
        ("rajbhandari2020", "required"),
        ("fan2021", "optional"),
        ("kwon2023", "required open"),
        ("hamming1986", ""),
    ],
)
def test_what_papers_are_filtered_and_grouped_by_stands_beside_them(key: str, states: str):
    item = items_of(LIST)[key]
    assert item.get("data-is") == states
    assert item.get("data-year") == BY_KEY[key].year
    assert item.get("data-topics") == ";".join(BY_KEY[key].topics)


def test_a_paper_of_a_cancelled_session_is_neither_required_nor_open_and_its_date_says_so():
    (session,) = sample_course().sessions_of_paper["narayanan2019"]
    cancelled = {"narayanan2019": (replace(session, kind="cancelled"),)}
    item = items_of(render(readings.readings, READINGS, sessions_of_paper=cancelled))["narayanan2019"]
    assert item.get("data-is") == ""
    assert "Thu 12 Feb cancelled" in text_of(item)
    assert "open for sign-up" not in text_of(item) and "presented by" not in text_of(item)
    path = BY_KEY["narayanan2019"].path
    page = words_of(render(readings.papers, path, sessions_of_paper=cancelled))
    assert "cancelled" in page and "open for sign-up" not in page and "review due" not in page


def test_each_entry_s_bibtex_is_in_the_page_and_the_whole_list_is_one_link():
    buttons = {
        key: next(button for button in item.iter("button")).get("data-bibtex") for key, item in items_of(LIST).items()
    }
    assert buttons == {key: one.bibtex.strip() for key, one in BY_KEY.items()}
    assert '<a href="../papers.bib" download>All as BibTeX</a>' in LIST


def test_what_needs_scripts_is_marked_so_and_no_word_of_it_is_shown_without_them():
    document = tree_of(LIST)
    parents = {child: parent for parent in document.iter() for child in parent}

    def is_scripted(element: Element | None) -> bool:
        while element is not None:
            if element.get("data-scripted") is not None:
                return True
            element = parents.get(element)
        return False

    main = next(document.iter("main"))
    controls = [element for name in ("button", "input", "select") for element in main.iter(name)]
    assert len(controls) > len(BY_KEY)
    assert all(map(is_scripted, controls))


def test_a_course_without_papers_has_nothing_to_filter():
    html = render(readings.readings, READINGS, papers={}, sessions=(), sessions_of_paper={})
    assert "<form" not in html
    assert "All as BibTeX" not in html
    assert "readings.js" not in html
    assert "No papers are listed yet." in words_of(html)


def test_one_paper_is_one_paper():
    one = {"k": paper("k", "T", "A B", "", "2020")}
    assert "1 paper." in words_of(render(readings.readings, READINGS, papers=one, sessions=()))


# --- a paper's page -----------------------------------------------------------------------------


def test_a_paper_s_page_has_everything_about_it():
    words = words_of(site()["readings/kwon2023/index.html"].decode())
    for fact in (
        "Woosuk Kwon, Zhuohan Li, Siyuan Zhuang and Ying Sheng",
        "Proceedings of SOSP 2023, 2023 (SOSP '23)",
        "Thu 12 Mar Batching Serving 3:30–4:45 pm, IRB 1207 open for sign-up Presentation sign-up to be announced review due Wed 11 Mar, noon",
        "Tue 31 Mar Caches over the network Serving 3:30–4:45 pm, IRB 1207 optional",
        "Abstract Scaling up",
        "Topics training, parallelism",
        "Cited in Introduction: systems for AI Distributed training",
        "@inproceedings{kwon2023,",
        "Previous Orca Next SGLang",
    ):
        assert fact in words, fact


def test_where_a_paper_is_cited_several_times_each_place_is_a_link():
    texts = (
        CitedOn("Notes", "notes/index.html", ("site-cite", "site-cite-4")),
        CitedOn("News", "news/index.html", ("x",)),
    )
    html = render(readings.papers, "readings/kwon2023/index.html", cited_by={"kwon2023": texts})
    assert re.findall(r'<a href="\.\./\.\./(n[^"]*)"(?: aria-label="([^"]*)")?>([^<]*)</a>', html) == [
        ("notes/index.html#site-cite", "", "Notes"),
        ("notes/index.html#site-cite", "Citation 1", "1"),
        ("notes/index.html#site-cite-4", "Citation 2", "2"),
        ("news/index.html#x", "", "News"),
    ]


def test_an_optional_paper_s_review_is_not_due():
    words = words_of(site()["readings/fan2021/index.html"].decode())
    assert "optional" in words
    assert "review due" not in words


def test_a_paper_that_has_little_to_say_says_just_that():
    words = words_of(site()["readings/hamming1986/index.html"].decode())
    assert "Abstract" not in words
    assert "Cited in" not in words
    assert "1986" in words


def test_the_editors_of_a_book_are_called_so():
    one = replace(
        paper("k", "T", "A B", "", "2020"), authors=(), editors=(Name("Ed", "", "Itor", ""), Name("Co", "", "Itor", ""))
    )
    html = render(readings.papers, "readings/k/index.html", papers={"k": one}, sessions=())
    assert "Ed Itor and Co Itor (editors)" in words_of(html)


def test_a_paper_s_key_that_is_no_file_name_still_has_a_page_and_a_file_beside_the_site():
    html = site()["readings/odd-key-1/index.html"].decode()
    assert 'href="../../papers/sums.pdf"' in html
    assert "<math><mi>n</mi></math>" in html
    assert '<a href="../index.html#odd%3Akey/1">Readings</a>' in html
    assert "odd:key/1" in items_of(LIST)


def test_hostile_fields_are_text_on_both_pages():
    evil = '"><script>alert(1)</script>{{ 7 * 7 }}\u202e'
    one = replace(
        paper("k", evil, evil, evil, evil, title_html="x", abstract=evil, note=evil, topics=(evil,), bibtex=evil),
        venue=evil,
        imprint=evil,
    )
    for output, path in ((readings.readings, READINGS), (readings.papers, "readings/k/index.html")):
        html = render(output, path, papers={"k": one}, sessions=(), cited_by={"k": (CitedOn(evil, "x", ("y",)),)})
        assert "<script>alert" not in html
        assert "49" not in html
        run = [element for element in tree_of(html).iter("script") if element.get("type") != "application/ld+json"]
        assert not [element for element in run if "alert" in text_of(element)]


def test_links_stand_once_and_in_the_order_of_the_bibliography():
    links = (("PDF", "https://a.org/x.pdf"), ("DOI", "https://doi.org/10.1/x"), ("Slides", "files/x.pdf"))
    one = paper("k", "T", "A B", "", "2020", links=links)
    html = render(readings.papers, "readings/k/index.html", papers={"k": one}, sessions=())
    listed = re.findall(r'<li><a href="([^"]+)">(\w+)</a></li>', html[html.index("<main") :])
    assert listed == [
        ("https://a.org/x.pdf", "PDF"),
        ("https://doi.org/10.1/x", "DOI"),
        ("../../files/x.pdf", "Slides"),
    ]


def test_who_is_asked_to_present_is_told_where_to_sign_up():
    sign_up = SiteLink("Presentation sign-up", "https://example.org/sign-up")
    html = render(readings.readings, READINGS, links=(sign_up,))
    assert 'wait for a presenter: <a href="https://example.org/sign-up">Presentation sign-up</a>' in html
