"""What Zotero saves: COinS in the reading list and Highwire tags on a paper's page, read as Zotero reads them.

`from_coins` follows the table of fields in Zotero's `parseContextObject` (zotero/utilities, openurl.js), and
`person` its `cleanAuthor`; both are written anew here, from what they do.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import html5lib
import pytest

from sitegen.model import Name, Paper
from sitegen.outputs.zotero import citation_tags, write_coins
from sitegen.values import replace
from tests.sample import paper, sample_course, site

FORMATS = {"journal": "journalArticle", "book": "book", "dissertation": "thesis", "dc": "webpage"}
GENRES = {
    "bookitem": "bookSection",
    "conference": "conferencePaper",
    "proceeding": "conferencePaper",
    "report": "report",
}
PARTS = {"journalArticle", "bookSection", "conferencePaper"}
"""Types whose own title is `atitle`."""


def from_coins(context_object: str) -> dict[str, Any]:
    """The item that Zotero makes of a COinS span's title."""
    pairs = [pair.split("=") for pair in context_object.split("&")]
    assert all(len(pair) == 2 for pair in pairs), "Zotero drops what follows a second ="
    values = [(key, unquote(re.sub(r"\+|%2[bB]", " ", value), errors="strict")) for key, value in pairs]
    given = dict(values)
    assert given["ctx_ver"] == "Z39.88-2004"
    format = given["rft_val_fmt"].removeprefix("info:ofi/fmt:kev:mtx:")
    item: dict[str, Any] = {"type": FORMATS[format], "creators": []}
    if format == "book":
        item["type"] = GENRES.get(given.get("rft.genre", ""), "book")
    kind = item["type"]
    for key, value in values:
        name = key.removeprefix("rft.")
        match name:
            case "rft_id" if value.startswith("info:doi/"):
                item["DOI"] = value.removeprefix("info:doi/")
            case "rft_id" if re.match("https?://", value):
                item["url"] = value
            case "btitle":
                item["title" if kind in {"book", "report"} else "publicationTitle"] = value
            case "atitle" if kind in PARTS:
                item["title"] = value
            case "jtitle" if kind == "journalArticle":
                item["publicationTitle"] = value
            case "title":
                item["publicationTitle" if kind in PARTS else "title"] = value
            case "spage":
                item["pages"] = value
            case "epage":
                item["pages"] += f"-{value}"
            case "date" | "volume" | "issue":
                item[name] = value
            case "pub" | "publisher" | "inst":
                item["publisher"] = value
            case "degree":
                item["thesisType"] = value
            case "au":
                item["creators"].append(person(value))
            case "type" if format == "dc":
                item["type"] = value
    return item


def person(written: str) -> tuple[str, str]:
    """(first, last): divided at the comma, or before the last word; commas and stops at the ends are dropped."""
    has_comma = "," in written
    name = written.strip(" .,/[]:")
    if has_comma:
        last, _, first = name.partition(",")
        return first.split(",")[0].strip(), last
    first, _, last = name.rpartition(" ")
    return first, last


KWON = (Name("Woosuk", "", "Kwon", ""), Name("Ludwig", "van", "Beethoven", ""), Name("", "", "The Gemini Team", ""))
PEOPLE = [("Woosuk", "Kwon"), ("Ludwig", "van Beethoven"), ("", "The Gemini Team")]


def made(**values: Any) -> Paper:
    facts: dict[str, Any] = {"authors": KWON, "links": (("Page", "https://a.org/x?y=1&z=2#p"),), **values}
    return replace(paper("key", "Title: with & = + % # signs, “ü” 王", "X", "", "2023"), **facts)


KINDS: dict[str, tuple[Paper, dict[str, Any]]] = {
    "a conference paper": (
        made(container="conference", venue="Proceedings of SOSP", venue_short="SOSP '23", pages=("611", "626"),
             month=10, publisher="ACM", doi="10.1145/3600006.3613165"),
        {"type": "conferencePaper", "publicationTitle": "Proceedings of SOSP", "pages": "611-626", "date": "2023-10",
         "publisher": "ACM", "DOI": "10.1145/3600006.3613165"},
    ),
    "an article": (
        made(type="article", container="journal", venue="PVLDB", volume="16", number="12", pages=("3", "3")),
        {"type": "journalArticle", "publicationTitle": "PVLDB", "volume": "16", "issue": "12", "pages": "3",
         "date": "2023"},
    ),
    "a chapter": (
        made(type="incollection", container="book", venue="Handbook"),
        {"type": "bookSection", "publicationTitle": "Handbook", "date": "2023"},
    ),
    "a book": (made(type="book", venue="MIT Press", publisher="MIT Press"), {"type": "book", "publisher": "MIT Press", "date": "2023"}),
    "a report": (
        made(type="techreport", venue="Technical report 7, MIT", number="7"),
        {"type": "report", "publisher": "MIT", "date": "2023"},
    ),
    "a thesis": (
        made(type="phdthesis", venue="PhD thesis, MIT"),
        {"type": "thesis", "publisher": "MIT", "thesisType": "PhD thesis", "date": "2023"},
    ),
    "a preprint": (
        made(type="misc", venue="arXiv preprint", arxiv="2412.19437v2"),
        {"type": "preprint", "publisher": "arXiv", "date": "2023"},
    ),
    "software": (made(type="software"), {"type": "computerProgram", "date": "2023"}),
    "a data set": (made(type="dataset"), {"type": "dataset", "date": "2023"}),
    "a patent": (made(type="patent"), {"type": "patent", "date": "2023"}),
    "anything else": (made(type="misc", year=""), {"type": "webpage"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_zotero_s_item_has_every_field_of_the_paper(kind: str):
    one, expected = KINDS[kind]
    title = "Title: with & =   % # signs, “ü” 王"  # Zotero takes every plus for a space
    item = {"title": title, "creators": PEOPLE, "url": "https://a.org/x?y=1&z=2#p"}
    assert from_coins(write_coins(one)) == item | expected


def test_what_stands_nowhere_on_the_web_is_no_web_page():
    assert from_coins(write_coins(made(type="misc", links=())))["type"] == "document"


def test_every_paper_of_the_reading_list_has_one_span_and_other_pages_have_none():
    # Where a page has both, Zotero prefers COinS (priority 310) to the tags (320), and would miss the PDF.
    course = sample_course()
    spans = spans_of(site()["readings/index.html"])
    items = [from_coins(title) for title in spans]
    assert sorted(item["title"] for item in items) == sorted(one.title for one in course.papers.values())
    assert all(
        "Z3988" not in content.decode()
        for path, content in site().items()
        if path.endswith(".html") and path != "readings/index.html"
    )


def spans_of(html: bytes) -> list[str]:
    document = html5lib.parse(html, namespaceHTMLElements=False)
    return [span.get("title") for span in document.iter("span") if span.get("class") == "Z3988"]


TAGS: dict[str, tuple[Paper, list[tuple[str, str]]]] = {
    "a conference paper": (
        made(container="conference", venue="Proceedings of SOSP", pages=("611", "626"), doi="10.1145/x", arxiv="2309.06180v2",
             publisher="ACM", abstract="A <b>.", links=(("PDF", "papers/x.pdf"), ("arXiv", "https://arxiv.org/abs/2309.06180"))),
        [("author", "Kwon, Woosuk"), ("author", "van Beethoven, Ludwig"), ("author", "The Gemini Team,"),
         ("publication_date", "2023"), ("inbook_title", "Proceedings of SOSP"), ("conference_title", "Proceedings of SOSP"),
         ("firstpage", "611"), ("lastpage", "626"), ("publisher", "ACM"), ("doi", "10.1145/x"), ("arxiv_id", "2309.06180"),
         ("pdf_url", "https://a.org/course/papers/x.pdf"), ("public_url", "https://arxiv.org/abs/2309.06180"),
         ("abstract", "A <b>.")],
    ),
    "an article": (
        made(type="article", container="journal", venue="PVLDB", volume="16", number="12", authors=(), editors=KWON[:1], links=(), abstract=""),
        [("editor", "Kwon, Woosuk"), ("publication_date", "2023"), ("journal_title", "PVLDB"), ("issue", "12"), ("volume", "16")],
    ),
    "a preprint": (
        made(type="misc", venue="arXiv preprint", arxiv="2412.19437", authors=(Name("Vincent Willem", "van", "Gogh", ""),), links=(), abstract=""),
        [("author", "Vincent Willem van Gogh"), ("publication_date", "2023"), ("technical_report_institution", "arXiv"),
         ("technical_report_number", "arXiv:2412.19437"), ("arxiv_id", "2412.19437")],
    ),
    "a thesis": (
        made(type="mastersthesis", venue="Master's thesis, MIT", authors=(), links=(), abstract=""),
        [("publication_date", "2023"), ("dissertation_institution", "MIT")],
    ),
    "a report": (
        made(type="report", venue="Technical report 7, MIT", number="7", authors=(), links=(), abstract=""),
        [("publication_date", "2023"), ("technical_report_institution", "MIT"), ("technical_report_number", "7")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TAGS)
def test_the_tags_of_a_paper_s_page(kind: str):
    one, expected = TAGS[kind]
    tags = [(f"citation_{name}", content) for name, content in [("title", one.title), *expected]]
    assert list(citation_tags(one, "https://a.org/course/")) == tags


def test_a_file_of_the_course_is_no_tag_while_the_course_has_no_address():
    assert "citation_pdf_url" not in dict(citation_tags(made(links=(("PDF", "papers/x.pdf"),)), ""))


def test_the_tags_stand_in_the_head_as_text():
    html = site()["readings/kwon2023/index.html"]
    document = html5lib.parse(html, namespaceHTMLElements=False)
    head = document.find("head")
    assert head is not None
    tags = [(meta.get("name"), meta.get("content")) for meta in head.iter("meta")]
    kwon = sample_course().papers["kwon2023"]
    assert [tag for tag in tags if (tag[0] or "").startswith("citation_")] == list(
        citation_tags(kwon, sample_course().base_url)
    )


def test_hostile_fields_are_inert_in_both():
    evil = '"><script>alert(1)</script>&amp;{{ x }}\u202e&rft.genre=book'
    one = made(container="conference", title=evil, venue=evil, authors=(Name(evil, "", evil, ""),), doi="10.1/&x=y")
    coins = write_coins(one)
    item = from_coins(coins)
    assert (item["title"], item["type"], item["DOI"]) == (evil, "conferencePaper", "10.1/&x=y")
    assert not set(coins) & set('"<>\u202e')
    assert dict(citation_tags(one, ""))["citation_title"] == evil
    assert unescape(coins) == coins.replace("&amp;", "&")
