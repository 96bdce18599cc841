"""The Atom feed: valid, in full, and known by ids that stay; and what isn't published yet is nowhere."""

import datetime as dt
import re
import xml.etree.ElementTree as etree
from html import unescape
from zoneinfo import ZoneInfo

import feedparser
import pytest

from sitegen.outputs.feeds import away_from_home, entry_id, feed, midnight
from sitegen.plan import CourseFacts
from sitegen.values import replace
from tests.sample import announcement, located, sample_course, theme
from tests.support import REPOSITORY, SITE_YAML, build_folder, told

ATOM = "{http://www.w3.org/2005/Atom}"
URL = "https://example.edu/cs101/"
SITE = SITE_YAML.replace("  title: Systems\n", f"  title: Systems\n  url: {URL}\n")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def announced(*sections: tuple[str, str]) -> dict[str, str | bytes]:
    """announcements.md with (heading, text) in this order."""
    return {"content/announcements.md": "".join(f"## {heading}\n\n{text}\n\n" for heading, text in sections)}


def read(built) -> feedparser.FeedParserDict:
    assert built.files, told(built)
    content = built.files["feed.xml"]
    assert faults(content) == []
    parsed = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def faults(content: bytes) -> list[str]:
    """What RFC 4287 doesn't allow; the section is named."""
    root = etree.fromstring(content)
    found = [] if root.tag == f"{ATOM}feed" else ["2: the document isn't a feed"]
    entries = root.findall(f"{ATOM}entry")
    for element, section in ((root, "4.1.1"), *((entry, "4.1.2") for entry in entries)):
        for name in ("id", "title", "updated"):
            if len(element.findall(ATOM + name)) != 1:
                found.append(f"{section}: one {name}")
        identifier = element.findtext(f"{ATOM}id") or ""
        if not IRI.fullmatch(identifier):
            found.append(f"4.2.6: {identifier} is no IRI")
        for name in ("updated", "published"):
            found += [f"3.3: {t.text}" for t in element.findall(ATOM + name) if not RFC_3339.fullmatch(t.text or "")]
        links = element.findall(f"{ATOM}link")
        kinds = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in links]
        if len(set(kinds)) != len(kinds):
            found.append(f"{section}: two links of one kind")
        if not all(link.get("href") for link in links):
            found.append("4.2.7.1: a link without an address")
    if not root.findall(f"{ATOM}author") or not all(a.findtext(f"{ATOM}name") for a in root.findall(f"{ATOM}author")):
        found.append("4.1.1: an author with a name")
    if "self" not in [link.get("rel") for link in root.findall(f"{ATOM}link")]:
        found.append("4.1.1: a link to the feed itself")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        found.append("4.2.6: ids repeat")
    for entry in entries:
        content_element = entry.find(f"{ATOM}content")
        if content_element is None or content_element.get("type") != "html" or len(content_element):
            found.append("4.1.3: content as escaped HTML")
    return found


@pytest.mark.parametrize(
    ("taken", "put", "fault"),
    [
        ("<updated>2026-01-27T00:00:00-05:00</updated>", "", "4.1.1: one updated"),
        ("2026-01-27T00:00:00-05:00", "2026-01-27", "3.3: 2026-01-27"),
        ("<author><name>Alan Liu</name></author>", "", "4.1.1: an author with a name"),
        ('rel="self"', 'rel="related"', "4.1.1: a link to the feed itself"),
        ("announcements/2026-01-27<", "announcements/2026-01-20<", "4.2.6: ids repeat"),
        ("<id>tag:", "<id>tag ", "4.2.6: tag "),
        ('<content type="html">', "<content>", "4.1.3: content as escaped HTML"),
    ],
)
def test_the_check_finds_a_fault(real, taken, put, fault):
    text = real.files["feed.xml"].decode()
    assert taken in text
    assert any(found.startswith(fault) for found in faults(text.replace(taken, put).encode()))


@pytest.fixture(scope="module")
def real():
    return build_folder(REPOSITORY, today=dt.date(2026, 2, 10))


def test_the_real_feed_says_who_where_and_what_newest_first(real):
    parsed = read(real)
    base = "https://zaoxing.github.io/teaching/2026-cloud-network/"
    assert parsed.version == "atom10"
    assert parsed.feed.title == "CMSC818Q: announcements"
    assert parsed.feed.author == "Alan Liu"
    assert parsed.feed.language == "en"
    assert [(link.rel, link.type, link.href) for link in parsed.feed.links] == [
        ("self", "application/atom+xml", f"{base}feed.xml"),
        ("alternate", "text/html", f"{base}announcements/"),
    ]
    assert [(entry.title, entry.updated, entry.link) for entry in parsed.entries] == [
        ("Sign-up for presentations", "2026-01-27T00:00:00-05:00", f"{base}announcements/#2026-01-27"),
        ("Welcome to CMSC818Q", "2026-01-20T00:00:00-05:00", f"{base}announcements/#2026-01-20"),
    ]
    assert parsed.feed.updated == "2026-01-27T00:00:00-05:00"
    text = parsed.entries[0].content[0].value
    assert f'<a href="{base}readings/">readings</a>' in text
    assert "says what\nto expect." in text  # to its last word


def test_the_links_of_the_feed_lead_to_what_the_page_has(real):
    page = real.files["announcements/index.html"].decode()
    for entry in read(real).entries:
        assert f'id="{entry.link.partition("#")[2]}"' in page


def test_every_page_names_the_feed_and_shows_a_link_to_it(real):
    for path, content in real.files.items():
        if path.endswith(".html"):
            html = content.decode()
            assert re.search(
                r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="[^"]*feed.xml">', html
            ), path
            assert re.search(r'<a href="[^"]*feed.xml">', html) or "/slides/" in path, path  # a deck has no footer


# --- ids ----------------------------------------------------------------------------------------


def ids(built) -> dict[str, str]:
    return {entry.title: entry.id for entry in read(built).entries}


def test_an_id_stays_when_title_and_text_are_edited_and_others_come_and_go(make):
    before = ids(make(announced(("2026-02-02 Room", "One."), ("2026-01-28 Welcome", "Two.")), SITE))
    after = ids(
        make(
            announced(
                ("2026-02-03 New", "Zero."), ("2026-02-02 Room change", "Changed."), ("2026-01-27 Old", "Three.")
            ),
            SITE,
        )
    )
    assert before["Room"] == after["Room change"] == "tag:example.edu,2026:/cs101/announcements/2026-02-02"
    assert len(set(before.values()) | set(after.values())) == 4


def test_a_second_announcement_of_a_day_takes_nothing_from_the_first(make):
    first = ids(make(announced(("2026-02-02 Room", "."), ("2026-01-28 Welcome", ".")), SITE))
    both = ids(
        make(announced(("2026-02-02 Cancelled", "."), ("2026-02-02 Room", "."), ("2026-01-28 Welcome", ".")), SITE)
    )
    assert both["Room"] == first["Room"]
    assert both["Cancelled"] == f"{first['Room']}.2"


def test_a_file_that_grows_downwards_counts_a_day_downwards(make):
    built = make(announced(("2026-01-28 Welcome", "."), ("2026-02-02 Room", "."), ("2026-02-02 Cancelled", ".")), SITE)
    assert [entry.title for entry in read(built).entries] == ["Cancelled", "Room", "Welcome"]
    assert ids(built)["Cancelled"].endswith("2026-02-02.2")


def test_ids_are_the_course_s_whatever_address_a_build_is_given(make):
    files = announced(("2026-02-02 Room", "."))
    assert ids(make(files, SITE)) == ids(make(files, SITE, base_url="https://preview.example.org/7/"))
    named = ids(make(files, base_url="https://a.example.org/"))
    assert named == ids(make(files, base_url="https://b.example.org/"))
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", named["Room"])


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("https://example.edu/", "tag:example.edu,2026:/announcements/"),
        ("https://EXAMPLE.edu:8080/a%20b/", "tag:example.edu,2026:/a%20b/announcements/"),
        ("https://müller.example/é/", "tag:mxfcller.example,2026:/%C3%A9/announcements/"),
    ],
)
def test_an_id_is_an_iri_for_every_address(url, start):
    course = sample_course(facts=replace(sample_course().facts, url=url))
    assert entry_id(course, course.announcements[0]) == f"{start}2026-02-03"


# --- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "date", "written"),
    [
        ("America/New_York", dt.date(2026, 2, 3), "2026-02-03T00:00:00-05:00"),
        ("America/New_York", dt.date(2026, 7, 3), "2026-07-03T00:00:00-04:00"),
        ("America/New_York", dt.date(2026, 3, 8), "2026-03-08T00:00:00-05:00"),  # clocks change at 2
        ("Asia/Beirut", dt.date(2026, 3, 29), "2026-03-29T00:00:00+02:00"),  # clocks change at midnight
        ("Asia/Kathmandu", dt.date(2026, 2, 3), "2026-02-03T00:00:00+05:45"),
        ("America/New_York", dt.date(1801, 2, 3), "1801-02-03T00:00:00-04:56"),  # 4:56:02 by the sun
        ("Pacific/Auckland", dt.date(1, 1, 1), "0001-01-01T00:00:00+11:39"),
        ("UTC", dt.date(2026, 2, 3), "2026-02-03T00:00:00+00:00"),
    ],
)
def test_an_entry_s_time_is_its_day_s_midnight_in_the_course_s_zone(zone, date, written):
    course = sample_course(facts=replace(sample_course().facts, timezone=ZoneInfo(zone)))
    assert midnight(course, date) == written
    assert RFC_3339.fullmatch(written)


def test_a_feed_without_announcements_can_be_subscribed_to(make):
    parsed = read(make({}, SITE))
    assert parsed.entries == []
    assert parsed.feed.updated == "2026-01-27T00:00:00-05:00"


def test_a_course_without_a_term_or_staff_has_a_feed():
    course = sample_course(
        term=None, staff=(), announcements=(), facts=CourseFacts(located("CS101"), located("Systems"))
    )
    ((_, content),) = feed(course, theme())
    assert faults(content) == []
    assert etree.fromstring(content).findtext(f"{ATOM}author/{ATOM}name") == "CS101"


# --- texts --------------------------------------------------------------------------------------


HOSTILE = (
    "Quiz & <script>alert(1)</script> ]]> \"quoted\" 'single' é 日本語 \U0001f389",
    """A <b>bold</b> claim: `]]>` and `<!-- -->`, $\\frac{a}{b} < c$, [here](#top), [schedule](schedule.md), [x](https://example.org/?a=1&b=2).

![ring](ring.png "A & B")

- [x] done
- [ ] to do

```html
<a href="schedule/index.html">code is as it was written</a>
```

<script>document.write("never")</script>
""",
)


def test_hostile_titles_and_texts_arrive_as_they_were_written(make):
    files = {**announced((f"2026-02-02 {HOSTILE[0]}", HOSTILE[1])), "content/ring.png": b"\x89PNG"}
    (entry,) = read(make(files, SITE)).entries
    assert unescape(entry.title) == HOSTILE[0]
    text = entry.content[0].value
    assert f'<a href="{URL}announcements/#top">here</a>' in text
    assert f'<a href="{URL}schedule/">schedule</a>' in text
    assert '<a href="https://example.org/?a=1&amp;b=2">x</a>' in text
    assert f'src="{URL}ring.png"' in text
    assert "☑ " in text and "☐ " in text and "<input" not in text
    assert "document.write" not in text
    assert '&lt;a href="schedule/index.html"&gt;code is' in re.sub(r"</?span[^>]*>", "", text).replace("&quot;", '"')
    assert "<mfrac><mi>a</mi><mi>b</mi></mfrac><mo>&lt;</mo><mi>c</mi></mrow></semantics></math>" in text


def test_characters_that_xml_can_t_hold_are_replaced():
    item = replace(announcement(2, 3, "A\x00B\x0bC\ufffe", "<p>D\x1b</p>"))
    ((_, content),) = feed(sample_course(announcements=(item,)), theme())
    assert faults(content) == []
    assert "A\ufffdB\ufffdC\ufffd" in content.decode()


@pytest.mark.parametrize(
    ("html", "away"),
    [
        ('<a href="../project/index.html">p</a>', '<a href="https://example.edu/cs/project/">p</a>'),
        ('<a href="../index.html">h</a>', '<a href="https://example.edu/cs/">h</a>'),
        ('<a href="#fn-1">1</a>', '<a href="https://example.edu/cs/announcements/#fn-1">1</a>'),
        ('<a href="../notes.pdf?x=1#p2">n</a>', '<a href="https://example.edu/cs/notes.pdf?x=1#p2">n</a>'),
        ('<a href="//cdn.example/index.html">n</a>', '<a href="https://cdn.example/index.html">n</a>'),
        ('<a href="mailto:a@example.edu">m</a>', '<a href="mailto:a@example.edu">m</a>'),
        ('<a title="a > b" href="x.pdf" download>n</a>', '<a title="a &gt; b" href="https://example.edu/cs/announcements/x.pdf" download>n</a>'),
        ('<img srcset="a.png 1x, b.png 2x" alt="">', '<img srcset="https://example.edu/cs/announcements/a.png 1x, https://example.edu/cs/announcements/b.png 2x" alt="">'),
        ('<svg viewBox="0 0 1 1"><rect width="1"/><use xlink:href="#a"/></svg>', '<svg viewBox="0 0 1 1"><rect width="1"/><use xlink:href="https://example.edu/cs/announcements/#a"/></svg>'),
        ("<p>a &amp; b &lt; c &#8212; &nbsp;</p>", "<p>a &amp; b &lt; c &#8212; &nbsp;</p>"),
        ("<p>x<style>p { color: red }</style>y<!-- note --></p>", "<p>xy</p>"),
        ('<math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math>', '<math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math>'),
        ('<a href="http://[">broken</a>', '<a href="http://[">broken</a>'),
    ],
)  # fmt: skip
def test_html_reads_well_away_from_the_site(html, away):
    assert away_from_home(html, "https://example.edu/cs/") == away


def test_without_a_known_address_links_count_from_the_feed():
    html = '<a href="../project/index.html#a">p</a><a href="../index.html">h</a><a href="https://example.org/">x</a>'
    assert away_from_home(html, "") == (
        '<a href="project/index.html#a">p</a><a href="index.html">h</a><a href="https://example.org/">x</a>'
    )


# --- what isn't published yet -------------------------------------------------------------------

SECRET = announced(("2026-02-05 Zebra exam", "Bring a giraffe."), ("2026-02-01 Welcome", "Hello."))


def test_an_announcement_of_tomorrow_is_nowhere_on_the_site(make):
    built = make(SECRET, SITE, today=dt.date(2026, 2, 4))
    assert built.files
    leaks = [path for path, content in built.files.items() if re.search(b"(?i)zebra|giraffe", content)]
    assert leaks == []
    assert b"2026-02-05" not in built.files["feed.xml"]


def test_it_is_everywhere_on_its_day(make):
    built = make(SECRET, SITE, today=dt.date(2026, 2, 5))
    for path in ("feed.xml", "announcements/index.html", "announcements/index.md", "index.html", "search/index.html"):
        assert b"Zebra exam" in built.files[path], path


def test_a_link_to_an_announcement_of_the_future_is_told_and_shown_without_an_address(make):
    built = make(
        {**SECRET, "content/project.md": "# Project\n\nSee [the exam](announcements.md#2026-02-05-zebra-exam).\n"}, SITE
    )
    assert told(built).startswith(
        'content/project.md:3:16: note[unpublished-link]: "#2026-02-05-zebra-exam" isn\'t published yet, so this link is '
        "shown without an address.\n"
    )
    assert b"zebra" not in built.files["project/index.html"] + built.files["project/index.md"]
    on_its_day = {**SECRET, "content/project.md": "# Project\n\nSee [it](announcements.md#2026-02-05).\n"}
    assert make(on_its_day, SITE, today=dt.date(2026, 2, 5)).findings == []


@pytest.mark.parametrize(
    "files",
    [
        announced(("2026-02-05 Exam", "See [the page](missing.md)."), ("2026-02-01 Welcome", "Hello.")),
        {"content/later.md": "---\npublish: 2026-02-05\n---\n\n# Later\n\nSee [the page](missing.md).\n"},
    ],
)
def test_a_fault_in_a_text_of_the_future_is_told_today(make, files):
    assert [finding.slug for finding in make(files, SITE).findings] == ["broken-link"]


def test_a_draft_may_have_faults(make):
    files = {"content/later.md": "---\ndraft: true\n---\n\n# Later\n\nSee [the page](missing.md).\n"}
    assert make(files, SITE).findings == []


@pytest.mark.parametrize("front", ["draft: true", "publish: 2026-02-04"])
def test_a_file_of_announcements_that_isn_t_published_yet_is_nowhere_on_the_site(make, front):
    written = f"---\n{front}\naliases: /zebra/\n---\n\nA zebra.\n\n## 2026-02-01 Zebra\n\nA zebra.\n"
    built = make({"content/announcements.md": written}, SITE)
    assert told(built) == ""
    assert [path for path, content in built.files.items() if re.search("(?i)zebra", f"{path} {content!r}")] == []
    assert b"Zebra" in make({"content/announcements.md": written}, SITE, drafts=True).files["feed.xml"]


def test_the_announcements_have_old_addresses_too(make):
    built = make({"content/announcements.md": "---\naliases: /news/\n---\n\n## 2026-02-01 Welcome\n\nHello.\n"}, SITE)
    assert b'href="../announcements/index.html"' in built.files["news/index.html"]
