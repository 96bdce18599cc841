"""What a page's head tells those who find and share it, compared with the course one by one."""

import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

import html5lib
import pytest
from PIL import Image

from sitegen.build import OUTPUTS
from sitegen.folders.disk import read_course
from sitegen.intake import Options, read_course_model
from sitegen.model import Course, SiteLink
from sitegen.outputs.linkeddata import course_node, list_nodes, paper_node, write_json_ld
from sitegen.outputs.metadata import name_locale
from sitegen.plan import Days, Pattern, Person
from sitegen.values import replace
from tests.sample import BY_KEY, at, located, paper, sample_course, theme
from tests.support import REPOSITORY, build_folder

BASE = "https://zaoxing.github.io/teaching/2026-cloud-network/"
TODAY = dt.date(2026, 2, 10)


@pytest.fixture(scope="module")
def built():
    return build_folder(REPOSITORY, today=TODAY)


@pytest.fixture(scope="module")
def course() -> Course:
    tree, _ = read_course(REPOSITORY)
    course = read_course_model(tree, Options(dt.datetime(2026, 2, 10, 17, tzinfo=dt.UTC))).course
    assert course is not None
    return course


def publish(course: Course) -> dict[str, bytes]:
    return {path: content for output in OUTPUTS for path, content in output(course, theme())}


class Head(HTMLParser):
    """A page's head: its title, meta, link and data blocks, with character references read."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.meta: list[tuple[str, str]] = []
        self.links: list[tuple[str, str, str]] = []
        self.blocks: list[str] = []
        self.title = ""
        self._inside = ""
        self.feed(html.decode().partition("<body")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._inside = tag
        if tag == "meta":
            self.meta.append((values.get("property") or values.get("name") or "", values.get("content", "")))
        elif tag == "link":
            self.links.append((values["rel"], values.get("type", ""), values["href"]))
        elif tag == "script" and values.get("type") == "application/ld+json":
            self._inside = "data"
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside == "data":
            self.blocks[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def all(self, name: str) -> list[str]:
        return [content for key, content in self.meta if key == name]

    def nodes(self) -> dict[str, Any]:
        """The page's JSON-LD nodes by type."""
        assert len(self.blocks) <= 1
        found: dict[str, Any] = {}
        for block in self.blocks:
            told = json.loads(block)
            assert told.pop("@context") == "https://schema.org"
            for node in told.get("@graph", [told]):
                assert node["@type"] not in found
                found[node["@type"]] = node
        return found


def pages(files: Any) -> Iterator[tuple[str, Head]]:
    """Every page in its frame; redirects have none."""
    for path, content in files.items():
        if path.endswith(".html") and b"site-content" in content:
            yield path, Head(content)


def canonical_path(path: str) -> str:
    """A lecture's slides say what its notes say, and are known by their address."""
    return path.replace("/slides/", "/")


# --- every page ---------------------------------------------------------------------------------


def test_every_page_can_be_shared(built):
    seen = 0
    for path, head in pages(built.files):
        if path == "404.html":
            continue
        seen += 1
        address = BASE + canonical_path(path).removesuffix("index.html")
        assert [href for rel, _, href in head.links if rel == "canonical"] == [address], path
        assert head.all("og:url") == [address], path
        assert head.title == f"{head.all('og:title')[0].removeprefix('CMSC818Q: ')} - CMSC818Q", path
        assert head.all("og:type") == ["website" if path == "index.html" else "article"], path
        assert head.all("og:site_name") == ["CMSC818Q: Special Topics in Cloud Computing"], path
        assert head.all("og:description") == head.all("description") != [""], path
        assert head.all("og:locale") == ["en_US"], path
        assert head.all("twitter:card") == ["summary_large_image"], path
        assert head.all("robots") == [], path
        (alt,) = head.all("og:image:alt")
        assert alt.startswith("CMSC818Q: "), path
    assert seen > 60


def test_every_picture_that_a_page_names_exists_in_the_size_that_is_told(built):
    sizes: dict[str, tuple[int, int]] = {}
    for path, head in pages(built.files):
        for image, width, height in zip(
            head.all("og:image"), head.all("og:image:width"), head.all("og:image:height"), strict=True
        ):
            assert image.startswith(BASE), path
            file = image.removeprefix(BASE)
            sizes[file] = sizes.get(file) or Image.open(io.BytesIO(built.files[file])).size
            assert sizes[file] == (int(width), int(height)), path
    assert len(sizes) > 8
    assert "assets/cards/lectures/introduction.png" in sizes


def test_every_icon_and_alternate_of_a_head_exists(built):
    for path, head in pages(built.files):
        if path == "404.html":
            continue
        depth = path.count("/")
        for rel, kind, href in head.links:
            if rel in {"icon", "apple-touch-icon", "manifest", "alternate"}:
                target = href.removeprefix("../" * depth)
                if kind == "text/markdown":
                    target = canonical_path(path).removesuffix("html") + "md"
                    assert href == ("index.md" if path == canonical_path(path) else "../index.md")
                assert target in built.files, (path, href)


def test_a_page_of_which_nothing_is_known_but_its_title_is_described_by_titles(make):
    files = {"content/lectures/plots.md": "# Plots\n\n![A plot](plot.png)\n", "content/lectures/plot.png": b"x"}
    built = make(files)
    told = {path: Head(content).all("description") for path, content in built.files.items() if path.endswith(".html")}
    assert told["lectures/plots/index.html"] == ["Plots. CS101: Systems."]
    assert told["index.html"] == ["CS101: Systems"]
    assert [path for path, descriptions in told.items() if len(descriptions) != 1] == ["404.html"]


def test_the_missing_page_and_redirects_aren_t_to_be_found():
    files = publish(sample_course())
    missing = Head(files["404.html"])
    assert missing.all("robots") == ["noindex"]
    assert not [name for name, _ in missing.meta if name.startswith(("og:", "twitter:"))]
    assert not missing.blocks and "canonical" not in {rel for rel, _, _ in missing.links}
    moved = files["old/project.html"].decode()
    assert '<meta name="robots" content="noindex">' in moved
    assert '<meta http-equiv="refresh" content="0; url=../project/index.html">' in moved
    assert f'<link rel="canonical" href="{BASE}project/">' in moved
    assert '<a href="../project/index.html">' in moved
    listed = files["sitemap.xml"].decode()
    assert "404" not in listed and "old/project" not in listed


def test_without_an_address_nothing_is_told_that_must_be_absolute(make):
    files = publish(sample_course(base_url="", facts=replace(sample_course().facts, url="")))
    assert "sitemap.xml" not in files
    assert not [path for path in files if path.startswith("assets/cards/")]
    for path, head in pages(files):
        told = {name for name, _ in head.meta}
        assert not told & {"og:url", "og:image", "og:image:width", "og:image:height", "og:image:alt"}, path
        assert "canonical" not in {rel for rel, _, _ in head.links}, path
        assert "BreadcrumbList" not in head.nodes(), path
        assert not {"url", "@id"} & {key for node in head.nodes().values() for key in node}, path
        if path != "404.html":
            assert head.all("twitter:card") == ["summary"], path
            assert head.all("og:title"), path


HOSTILE = "</script><script>alert(1)</script><!-- \"quoted\" & 'single' \u2028\u2029 ]]> é 日本語"


def test_hostile_titles_stay_text_in_every_head():
    facts = replace(
        sample_course().facts, title=located(HOSTILE), code=located("C<1>&"), description=HOSTILE, institution=HOSTILE
    )
    evil = replace(BY_KEY["kwon2023"], title=HOSTILE, title_html="x", abstract=HOSTILE, venue=HOSTILE)
    page = sample_course().pages[0]
    course = sample_course(
        facts=facts,
        papers={**BY_KEY, "kwon2023": evil},
        pages=(replace(page, document=replace(page.document, title=HOSTILE, description=HOSTILE)),),
        staff=(Person(HOSTILE, HOSTILE),),
    )
    files = publish(course)
    for path in ("index.html", "readings/kwon2023/index.html", "project/index.html"):
        html = files[path].decode()
        head = html.partition("</head>")[0]
        assert "<script>alert" not in head and "<!--" not in head, path
        told = Head(files[path])
        assert len(told.blocks) == 1
        assert "\u2028" not in told.blocks[0] and "<" not in told.blocks[0]
        assert HOSTILE in json.dumps(told.nodes(), ensure_ascii=False).replace('\\"', '"'), path
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        parser.parse(head.partition("<title>")[2].join(["<!doctype html><title>", "</head><body></body></html>"]))
        assert parser.errors == [], path
    assert unescape(re.findall(r'og:title" content="([^"]*)"', files["project/index.html"].decode())[0]) == HOSTILE


def test_heads_are_valid_html(built):
    for path, content in built.files.items():
        if path.endswith(".html"):
            parser = html5lib.HTMLParser(namespaceHTMLElements=False)
            parser.parse(content.partition(b"<body")[0] + b"<body></body></html>", transport_encoding="utf-8")
            assert parser.errors == [], path


@pytest.mark.parametrize(
    ("language", "locale"),
    [("en", "en_US"), ("en-GB", "en_GB"), ("de", "de_DE"), ("de-at", "de_AT"), ("zh-Hant-TW", "zh_TW"), ("zh-Hant", "zh_CN"), ("eo", ""), ("EN", "en_US")],
)  # fmt: skip
def test_a_language_has_the_locale_that_open_graph_knows(language, locale):
    assert name_locale(language) == locale


# --- the course ---------------------------------------------------------------------------------

_THING = {"@type", "@id", "name", "description", "url", "sameAs", "image", "identifier"}
_WORK = _THING | {
    "author", "editor", "datePublished", "headline", "inLanguage", "isPartOf", "learningResourceType", "provider", "publisher",
}  # fmt: skip
VOCABULARY = {
    "Course": _WORK | {"courseCode", "hasCourseInstance"},
    "CourseInstance": _THING | {"courseMode", "courseSchedule", "instructor", "startDate", "endDate", "location"},
    "Schedule": _THING
    | {"byDay", "startTime", "endTime", "startDate", "endDate", "repeatFrequency", "repeatCount", "scheduleTimezone", "exceptDate"},
    "ScholarlyArticle": _WORK | {"pageStart", "pageEnd"},
    "Book": _WORK,
    "Thesis": _WORK,
    "Periodical": _WORK,
    "CreativeWork": _WORK,
    "Organization": _THING,
    "Person": _THING | {"jobTitle", "givenName", "familyName"},
    "Place": _THING,
    "BreadcrumbList": _THING | {"itemListElement"},
    "ListItem": _THING | {"position", "item"},
}  # fmt: skip
"""The properties that schema.org 29 gives to a type or to one above it, as far as we use them."""


def unknown_properties(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from unknown_properties(item)
    elif isinstance(node, dict):
        known = VOCABULARY[node["@type"]]
        for name, value in node.items():
            if name not in known:
                yield f"{node['@type']}.{name}"
            if value in ("", [], {}):
                yield f"{node['@type']}.{name} is empty"
            yield from unknown_properties(value)


def test_every_property_is_schema_org_s(built):
    types = set()
    for path, head in pages(built.files):
        for kind, node in head.nodes().items():
            types.add(kind)
            assert list(unknown_properties(node)) == [], path
    assert types >= {"Course", "ScholarlyArticle", "BreadcrumbList"}


def test_the_course_is_told_as_google_asks(built, course):
    node = Head(built.files["index.html"]).nodes()["Course"]
    assert node["@id"] == f"{BASE}#course" and node["url"] == BASE
    assert node["name"] == course.facts.title and node["courseCode"] == "CMSC818Q"
    assert node["description"] == course.facts.description
    assert node["provider"] == {"@type": "Organization", "name": course.facts.institution}
    instance = node["hasCourseInstance"]
    assert instance["courseMode"] == "Onsite"
    assert instance["instructor"] == {"@type": "Person", "name": "Alan Liu", "jobTitle": "Instructor"}
    assert instance["location"] == {"@type": "Place", "name": "IRB 1207"}
    assert (instance["startDate"], instance["endDate"]) == ("2026-01-27", "2026-05-12")
    assert held(node) == {(s.start.isoformat(), s.end.isoformat()) for s in course.sessions}


def held(node: Any) -> set[tuple[str, str]]:
    """Start and end of every class that a Course's schedules tell, as iCalendar would read them."""
    from zoneinfo import ZoneInfo

    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

    def listed(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    found: list[tuple[str, str]] = []
    for schedule in listed(node["hasCourseInstance"]["courseSchedule"]):
        assert schedule["repeatFrequency"] == "P1W"
        zone = ZoneInfo(schedule["scheduleTimezone"])
        weekdays = {days.index(day.removeprefix("https://schema.org/")) for day in listed(schedule["byDay"])}
        except_dates = set(listed(schedule.get("exceptDate", [])))
        date, last = dt.date.fromisoformat(schedule["startDate"]), dt.date.fromisoformat(schedule["endDate"])
        count = 0
        while date <= last:
            if date.weekday() in weekdays and date.isoformat() not in except_dates:
                start, end = (
                    dt.datetime.combine(date, dt.time.fromisoformat(schedule[time]), zone)
                    for time in ("startTime", "endTime")
                )
                found.append((start.isoformat(), end.isoformat()))
                count += 1
            date += dt.timedelta(1)
        assert count == schedule["repeatCount"]
    assert len(set(found)) == len(found)
    return set(found)


def plain(node: Any) -> Any:
    return json.loads(json.dumps(node))


def test_moved_cancelled_and_extra_classes_are_told_as_they_are():
    """The sample has a cancelled class, a guest on a Wednesday and a break; the last Thursday of it has no class."""
    course = sample_course()
    node = plain(course_node(course))
    told = held(node)
    sessions = {(s.start.isoformat(), s.end.isoformat()) for s in course.sessions if s.kind != "cancelled"}
    assert sessions <= told
    cancelled = next(s for s in course.sessions if s.kind == "cancelled")
    assert (cancelled.start.isoformat(), cancelled.end.isoformat()) not in told
    assert not [start for start, _ in told if "2026-03-15" <= start[:10] <= "2026-03-22"]
    assert told - sessions == set()
    assert len(node["hasCourseInstance"]["courseSchedule"]) == 2


def test_a_class_in_a_break_or_at_another_time_has_a_schedule_of_its_own():
    course = sample_course()
    first = course.sessions[0]
    moved = replace(first, start=at(1, 27, 9, 0), end=at(1, 27, 10, 15))
    in_break = replace(first, id="in-break", start=at(3, 17), end=at(3, 17, 16, 45))
    changed = replace(course, sessions=(moved, *course.sessions[1:], in_break))
    told = held(plain(course_node(changed)))
    assert ("2026-01-27T09:00:00-05:00", "2026-01-27T10:15:00-05:00") in told
    assert ("2026-01-27T15:30:00-05:00", "2026-01-27T16:45:00-05:00") not in told
    assert ("2026-03-17T15:30:00-04:00", "2026-03-17T16:45:00-04:00") in told


def test_two_patterns_are_two_schedules_and_unplanned_meetings_take_place():
    course = sample_course(breaks=(Days(dt.date(2026, 2, 2), dt.date(2026, 2, 8), "Snow"),), sessions=())
    assert course.term
    lab = Pattern((4,), dt.time(10), dt.time(11), "Zoom", "Lab")
    term = replace(course.term, end=dt.date(2026, 2, 13), meets=(*course.term.meets, lab))
    node = plain(course_node(replace(course, term=term)))
    assert {start[:10] for start, _ in held(node)} == {
        "2026-01-27", "2026-01-29", "2026-01-30", "2026-02-10", "2026-02-12", "2026-02-13",
    }  # fmt: skip
    assert node["hasCourseInstance"]["courseMode"] == "Blended"


@pytest.mark.parametrize(
    ("places", "mode"),
    [(["IRB 1207"], "Onsite"), (["Zoom"], "Online"), (["https://umd.zoom.us/j/1"], "Online"), ([""], None), (["Onlineman Hall"], "Onsite")],
)  # fmt: skip
def test_how_a_course_is_given_follows_from_its_places(places, mode):
    course = sample_course(sessions=())
    assert course.term
    meets = tuple(Pattern((1,), dt.time(9), dt.time(10), place) for place in places)
    node = plain(course_node(replace(course, term=replace(course.term, meets=meets))))
    assert node["hasCourseInstance"].get("courseMode") == mode


def test_a_course_without_term_institution_or_staff_says_what_it_has():
    course = sample_course(term=None, staff=(), sessions=(), home=None, breaks=())
    course = replace(course, facts=replace(course.facts, institution="", description="", term=""))
    assert plain(course_node(course)) == {
        "@type": "Course",
        "@id": f"{BASE}#course",
        "url": BASE,
        "name": "Special Topics in Cloud Computing",
        "courseCode": "CMSC818Q",
        "description": "CMSC818Q: Special Topics in Cloud Computing",
        "inLanguage": "en",
        "hasCourseInstance": {"@type": "CourseInstance", "name": "CMSC818Q"},
    }


# --- papers and lectures ------------------------------------------------------------------------


def test_every_paper_is_told_with_its_own_facts(built, course):
    for entry in course.papers.values():
        nodes = Head(built.files[entry.path]).nodes()
        node = next(node for kind, node in nodes.items() if kind != "BreadcrumbList")
        assert node["@type"] == "ScholarlyArticle" or entry.type in {"book", "phdthesis"}, entry.key
        assert node["headline"] == node["name"] == entry.title
        authors = node.get("author", [])
        authors = authors if isinstance(authors, list) else [authors]
        assert [author["name"] for author in authors] == [name.full for name in entry.authors]
        assert node["datePublished"][:4] == entry.year
        assert node["isPartOf"]["name"] == entry.venue if entry.venue else "isPartOf" not in node
        assert node["url"] == f"{BASE}{entry.path.removesuffix('index.html')}"
        same = node.get("sameAs", [])
        same = same if isinstance(same, list) else [same]
        assert (f"https://doi.org/{entry.doi}" in same) == bool(entry.doi)
        assert (f"https://arxiv.org/abs/{entry.arxiv}" in same) == bool(entry.arxiv)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"year": "to appear"}, {}),
        ({"year": "2023"}, {"datePublished": "2023"}),
        ({"year": "2023", "month": 7}, {"datePublished": "2023-07"}),
        ({"year": "٢٠٢٣"}, {}),
    ],
)
def test_a_paper_s_date_is_a_date_or_isn_t_told(changes, told):
    node = plain(paper_node(sample_course(), replace(BY_KEY["kwon2023"], **changes)))
    assert {key: value for key, value in node.items() if key == "datePublished"} == told


def test_an_author_of_one_name_is_an_institution():
    entry = paper("r1", "R1", "DeepSeek-AI, Ada Lovelace", "arXiv", "2025")
    assert plain(paper_node(sample_course(), entry))["author"] == [
        {"@type": "Organization", "name": "DeepSeek-AI"},
        {"@type": "Person", "name": "Ada Lovelace", "givenName": "Ada", "familyName": "Lovelace"},
    ]


def test_a_paper_whose_key_isn_t_its_address_is_found():
    nodes = plain(list(list_nodes(sample_course(), BY_KEY["odd:key/1"].path, "x")))
    assert nodes[0]["headline"] == BY_KEY["odd:key/1"].title


def crumbs(head: Head) -> list[tuple[int, str, str]]:
    return [(c["position"], c["name"], c["item"]) for c in head.nodes()["BreadcrumbList"]["itemListElement"]]


def test_a_page_below_the_top_tells_the_way_to_it(built):
    assert "BreadcrumbList" not in Head(built.files["index.html"]).nodes()
    assert crumbs(Head(built.files["project/index.html"])) == [
        (1, "CMSC818Q", BASE),
        (2, "Project", f"{BASE}project/"),
    ]
    way = crumbs(Head(built.files["readings/kwon2023pagedattention/index.html"]))
    assert [(number, address) for number, _, address in way] == [
        (1, BASE),
        (2, f"{BASE}readings/"),
        (3, f"{BASE}readings/kwon2023pagedattention/"),
    ]
    for path, head in pages(built.files):
        if path not in {"index.html", "404.html"}:
            assert crumbs(head)[-1][2] == BASE + canonical_path(path).removesuffix("index.html")
            assert all(address.removeprefix(BASE) + "index.html" in built.files for _, _, address in crumbs(head))


def test_the_way_leads_over_pages_of_one_s_own(make):
    files = {"content/notes/index.md": "# Notes\n", "content/notes/deep/a.md": "# A\n"}
    built = make(files, base_url="https://example.edu/")
    assert [name for _, name, _ in crumbs(Head(built.files["notes/deep/a/index.html"]))] == ["CS101", "Notes", "A"]


# --- JSON in a page -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["</script>", "<!--", "<script", "]]>", "&lt;", "\u2028\u2029", "\ud800", '"\\/'])
def test_json_in_a_page_is_inert_and_still_says_the_same(text):
    written = write_json_ld([{"@type": "Thing", "name": text}])
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", written)
    assert json.loads(written)["name"] == text


def test_no_nodes_are_no_block():
    assert write_json_ld([]) == ""


# --- sitemap, robots ----------------------------------------------------------------------------


def test_the_sitemap_lists_every_page_to_be_found_and_dates_what_it_knows(built):
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = etree.fromstring(built.files["sitemap.xml"])
    listed = {row.findtext(f"{space}loc") or "": row.findtext(f"{space}lastmod") for row in root}
    found = {BASE + canonical_path(path).removesuffix("index.html") for path, _ in pages(built.files)}
    assert set(listed) == found - {f"{BASE}404.html", f"{BASE}search/"}
    assert {address: date for address, date in listed.items() if date} == {f"{BASE}announcements/": "2026-01-27"}
    assert built.files["robots.txt"].decode() == f"User-agent: *\nAllow: /\n\nSitemap: {BASE}sitemap.xml\n"


def test_links_to_come_and_drafts_aren_t_told(make):
    course = sample_course(links=(SiteLink("Reviews", ""),))
    assert "Reviews" not in json.dumps(plain(course_node(course)))
    files = {
        "content/secret.md": "---\ndraft: true\n---\n\n# Zebra\n",
        "content/later.md": "---\npublish: 2026-06-01\n---\n\n# Giraffe\n",
    }
    built = make(files, base_url="https://example.edu/")
    assert built.files
    assert [
        path for path, content in built.files.items() if re.search(b"(?i)zebra|giraffe|secret|later/", content)
    ] == []
