"""The course of this repository, built whole: a student finds every fact where they would look for it."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.support import REPOSITORY, build_folder, main_of


@pytest.fixture(scope="module")
def built():
    return build_folder(REPOSITORY)


def text_of(built, path):
    """The visible words of a page's <main>, white space folded."""
    words = re.sub(r"<annotation\b.*?</annotation>", "", main_of(built.files[path]))
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", words)).split())


def test_the_course_has_no_findings(built):
    assert [(finding.slug, str(finding.span)) for finding in built.findings if finding.severity != "note"] == []


FACTS = {
    "index.html": [
        "Special Topics in Cloud Computing",
        "Alan Liu",
        "upon request",
        "Spring 2026",
        "tentative",
        "ELMS-Canvas",
        "HotCRP",
        "to be announced",
        "Three goals",
        "open-source project",
        "Two themes",
        "Participation 10%",
        "Paper reviews 20%",
        "Paper presentations 20%",
        "Open-source engagement 10%",
        "Project 40%",
        "Spring break",
        "Pipeline parallelism",
    ],
    "schedule/index.html": ["Training", "Serving", "Post-training and agents", "Spring break", "Project proposal"],
    "syllabus/index.html": ["overview lecture", "guest lecture", "ELMS-Canvas", "HotCRP", "office hours", "40%"],
    "reviews/index.html": ["first paper", "second paper", "connect", "HotCRP", "your own words"],
    "presentations/index.html": ["75", "20 min", "buffer", "two times|twice", "slides", "discussion questions", "sign"],
    "project/index.html": ["team", "one page", "check-in", "lightning", "write-up", "40"],
    "lectures/introduction/index.html": [
        "seven|Perception",
        "tennis balls",
        "44k|44,000",
        "six months",
        "100 lines",
        "few hours",
        "22 ",
        "825",
        "1.2 trillion",
        "1.3B|1.3 billion",
        "175B|175 billion",
        "Megatron-LM",
        "8.3",
        "651",
        "325",
        "TPU v2",
        "V100",
        "A6000",
        "A100",
        "GPipe",
        "TeraPipe",
        "Impact",
        "Metrics",
        "Divisible",
        "edge",
        "10x|ten times",
        "pedestrian",
    ],
}


@pytest.mark.parametrize("path", FACTS)
def test_a_fact_of_the_course_is_where_a_student_looks_for_it(built, path):
    words = text_of(built, path)
    missing = [fact for fact in FACTS[path] if not re.search(fact, words, re.IGNORECASE)]
    assert missing == []


def test_the_schedule_fills_the_term_with_two_papers_for_each_discussion(built):
    import datetime as dt

    from sitegen.folders.disk import read_course
    from sitegen.intake import Options, read_course_model

    tree, _ = read_course(REPOSITORY)
    course = read_course_model(tree, Options(dt.datetime(2026, 2, 3, tzinfo=dt.UTC))).course
    assert course is not None
    assert len(course.sessions) == 29
    discussions = [session for session in course.sessions if session.required]
    assert len(discussions) >= 15
    assert {len(session.required) for session in discussions} == {2}
    assert all(reading.open for session in discussions for reading in session.required)
    assert all(not any(b.first <= s.start.date() <= b.last for b in course.breaks) for s in course.sessions)
    assert len(course.lectures) >= 5
    assert len(course.papers) >= 40


def test_every_paper_says_where_it_can_be_read(built):
    pages = [path for path in built.files if re.fullmatch(r"readings/[^/]+/index\.html", path)]
    assert len(pages) >= 40
    for path in pages:
        assert 'href="http' in main_of(built.files[path]), path


def test_a_link_without_an_address_is_said_to_come_and_is_not_a_dead_link(built):
    for path, content in built.files.items():
        if path.endswith(".html"):
            assert not re.search(rb'href="(?:tba|#)?"', content), path


def test_no_student_is_invented(built):
    assert "presented by" not in text_of(built, "schedule/index.html").casefold()


class _Loads(HTMLParser):
    """Addresses that a page loads by itself (links that a reader follows aren't loaded)."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed"):
            self.addresses.append(values.get("src") or "")
        elif tag == "link" and values.get("rel") != "canonical":
            self.addresses.append(values.get("href") or "")


def test_nothing_is_loaded_from_another_host(built):
    for path, content in built.files.items():
        if path.endswith(".html"):
            loads = _Loads()
            loads.feed(content.decode())
            assert [a for a in loads.addresses if re.match(r"[a-z]+:|//", a)] == [], path


def test_every_page_is_valid_html(built):
    import html5lib

    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    wrong = {}
    for path, content in built.files.items():
        if path.endswith(".html"):
            parser.parse(content, transport_encoding="utf-8")
            if parser.errors:
                wrong[path] = [(position, code) for position, code, _ in parser.errors][:3]
    assert wrong == {}


def test_every_id_stands_once_on_its_page(built):
    twice = {}
    for path, content in built.files.items():
        if path.endswith(".html"):
            ids = re.findall(r'<[^<>]*?\sid="([^"]+)"', content.decode())
            repeated = {name for name in ids if ids.count(name) > 1}
            if repeated:
                twice[path] = repeated
    assert twice == {}
