"""The page that offers the calendars: each way that a program knows, each leading to a feed that is published."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest

from sitegen.addresses import SUBSCRIBE
from sitegen.outputs.calendars import FEEDS, feeds
from sitegen.outputs.links import check_links, find_marks
from sitegen.outputs.subscribe import subscribe
from tests.sample import page as make_page
from tests.sample import sample_course, site, theme
from tests.support import main_of

BASE = "https://zaoxing.github.io/teaching/2026-cloud-network/"


def page_of(**changes: object) -> str:
    ((path, html),) = subscribe(sample_course(**changes), theme())
    assert path == SUBSCRIBE
    return main_of(html)


def links_of(main: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'<a href="([^"]*)"', main)]


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture(scope="module")
def main() -> str:
    return page_of()


def test_each_feed_is_offered_in_each_way(main):
    links = links_of(main)
    assert len(links) == 5 * len(FEEDS)
    for feed in FEEDS:
        address = BASE + feed.path
        assert f"../{feed.path}" in links
        assert address.replace("https:", "webcal:") in links
        asked = [parse_qs(urlsplit(link).query) for link in links if link.startswith("https://")]
        assert {"cid": [address.replace("https:", "webcal:")]} in asked, "Google takes no https: address"
        assert [query["name"] for query in asked if query.get("url") == [address]] == 2 * [[name_in(feed.path)]]


def name_in(path: str) -> str:
    content = dict(feeds(sample_course(), theme()))[path]
    return str(icalendar.Calendar.from_ical(content)["NAME"])


def test_google_and_both_outlooks_are_where_they_are(main):
    hosts = {urlsplit(link).hostname for link in links_of(main) if link.startswith("https://")}
    assert hosts == {"calendar.google.com", "outlook.live.com", "outlook.office.com"}


def test_it_is_said_what_each_way_does(main):
    ways = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", main)
    assert [words_of(way) for way, _ in ways] == [
        "Calendar on this device",
        "Google Calendar",
        "Outlook.com or Outlook for work or school",
        "Download",
        "Any other program",
    ]
    said = [words_of(what) for _, what in ways]
    assert "looks for changes by itself" in said[0]
    assert "about once a day" in said[1]
    assert "every few hours" in said[2]
    assert "It doesn’t follow" in said[3]
    assert BASE + "calendar.ics" in said[4]


def test_no_two_links_are_called_the_same(main):
    called = [words_of(words) for words in re.findall(r"<a [^>]*>(.*?)</a>", main)]
    assert len(set(called)) == len(called) == 15


def test_the_plain_address_stands_on_the_page_and_a_button_copies_it(main):
    for feed in FEEDS:
        found = re.search(rf'<code id="([^"]*)">{re.escape(BASE + feed.path)}</code>', main)
        assert found
        assert f'data-copy="#{found[1]}" data-scripted' in main


def test_without_the_sites_address_only_downloads_are_offered_and_it_is_said_why():
    main = page_of(base_url="")
    assert links_of(main) == [f"../{feed.path}" for feed in FEEDS]
    assert "doesn’t know its own address" in main
    assert "webcal" not in main


def test_a_course_without_dates_says_so():
    main = page_of(sessions=(), deadlines=())
    assert links_of(main) == []
    assert "nothing to put into a calendar yet" in main


def test_the_authors_words_stand_above():
    words = make_page("content/subscribe.md", "Calendar", "<p>Ask me for the old one.</p>")
    assert "<p>Ask me for the old one.</p>" in page_of(words={SUBSCRIBE: words})


def test_the_links_are_sound_and_every_page_leads_here():
    files = site()
    pages = {path: content for path, content in files.items() if path.endswith(".html")}
    assert (
        check_links({SUBSCRIBE: find_marks(files[SUBSCRIBE])}, files.keys() | {"lectures/training/slides.pdf"}, {}, "/")
        == []
    )
    for path, html in pages.items():
        assert path == SUBSCRIBE or b"subscribe/" in html or b'http-equiv="refresh"' in html, path
