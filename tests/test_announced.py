"""What announcements are known by, from build to build."""

import datetime as dt
import re

import pytest

from sitegen.course.announced import name_announcements
from sitegen.diagnostics import Span
from sitegen.model import Announcement, Document
from tests.support import build_folder, run_sitegen, write_course

A, B, C = "10 Quiz one", "10 Room change", "10 Snow day"


def announce(lines: str) -> list[Announcement]:
    """`10 Quiz one {#quiz}; 03 Welcome` to announcements of February, in that order."""
    found = []
    for line in lines.split("; "):
        title, _, given = line[3:].partition(" {#")
        document = Document(source="content/announcements.md", title=title, description="", html="")
        found.append(Announcement(dt.date(2026, 2, int(line[:2])), title, document, Span(""), given=given.rstrip("}")))
    return found


def names(lines: str, known: dict[str, str] | None = None) -> dict[str, str]:
    return {item.title: item.name for item in name_announcements(announce(lines), known or {})}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        # Added above, below and between.
        (A, f"{B}; {A}", ["2026-02-10.2", "2026-02-10"]),
        (A, f"{A}; {B}", ["2026-02-10", "2026-02-10.2"]),
        (f"{A}; 03 Welcome", f"{A}; {B}; 03 Welcome", ["2026-02-10", "2026-02-10.2", "2026-02-03"]),
        (f"03 Welcome; {A}", f"03 Welcome; {B}; {A}", ["2026-02-03", "2026-02-10.2", "2026-02-10"]),
        (f"{B}; {A}", f"{B}; {C}; {A}", ["2026-02-10.2", "2026-02-10.3", "2026-02-10"]),
        # Turned round, and one taken out.
        (f"{B}; {A}", f"{A}; {B}", ["2026-02-10", "2026-02-10.2"]),
        (f"{B}; {A}", B, ["2026-02-10.2"]),
        (f"{B}; {A}", f"{C}; {B}; {A}", ["2026-02-10.3", "2026-02-10.2", "2026-02-10"]),
        # A title mended, and rewritten.
        (f"{B}; {A}", f"{B}; 10 Quiz 1", ["2026-02-10.2", "2026-02-10"]),
        (f"{B}; {A}", "10 Room changed; 10 Quizz one", ["2026-02-10.2", "2026-02-10"]),
        (A, f"{B}; 10 Quiz uno", ["2026-02-10.2", "2026-02-10"]),
        (A, "10 All is different", ["2026-02-10"]),
        (f"{B}; {A}", f"{C}; {B}", ["2026-02-10", "2026-02-10.2"]),
        # An id that its author gave, which may be the old name.
        (f"{B}; {A}", f"{A} {{#quiz}}; {B}", ["quiz", "2026-02-10.2"]),
        (A, f"{A} {{#quiz}}; {A} {{#quiz}}", ["quiz", "2026-02-10"]),
        ("10 Old", f"{C}; 10 Utterly new {{#2026-02-10}}", ["2026-02-10.2", "2026-02-10"]),
        # Two of one title.
        ("10 Quiz; 10 Quiz", f"10 Quiz; 10 Quiz; {B}", ["2026-02-10.2", "2026-02-10", "2026-02-10.3"]),
    ],
)  # fmt: skip
def test_an_announcement_keeps_its_name_while_others_come_and_go(before: str, now: str, expected: list[str]):
    published = {item.name: item.title for item in name_announcements(announce(before), {})}
    found = [item.name for item in name_announcements(announce(now), published)]
    assert found == expected


def test_without_a_memory_the_oldest_of_a_day_stands_at_the_bottom_unless_the_file_grows_down():
    assert names(f"{B}; {A}; 03 Welcome") == {"Room change": "2026-02-10.2", "Quiz one": "2026-02-10", "Welcome": "2026-02-03"}  # fmt: skip
    assert names(f"03 Welcome; {A}; {B}")["Quiz one"] == "2026-02-10"


@pytest.mark.parametrize("known", ["", "x", "2026-13-45", "2026-02-10.x", "2026-02-10.99999", "2026-02-10\u0661"])
def test_what_is_no_name_is_passed_over(known: str):
    assert names(A, {known: "Quiz one"}) == {"Quiz one": "2026-02-10"}


def test_a_thousand_announcements_of_one_day_have_a_thousand_names():
    many = "; ".join(f"10 {'long ' * 300}{number}" for number in range(1000))
    known = {f"2026-02-10.{number}": f"Other {number}" for number in range(2, 1000)}
    assert len(set(names(many, known).values())) == 1000


def ids(built) -> dict[str, str]:
    """Title to id of the feed's entries."""
    feed = built.files["feed.xml"].decode()
    return dict(re.findall(r"<entry>\n<id>.*?/announcements/(.*?)</id>\n<title>(.*?)</title>", feed))


@pytest.mark.parametrize("address", ["url: https://example.edu/c/", "term: Spring"])
def test_the_published_feed_remembers_its_ids(tmp_path, address):
    def build(text: str, feeds: tuple[bytes, ...] = ()):
        course = write_course(
            tmp_path / "c", {"content/announcements.md": text}, f"course: {{code: C, title: T, {address}}}\n"
        )
        return build_folder(course, feeds=feeds, today=dt.date(2026, 2, 10))

    one, two = '## 2026-02-10 One: "a" & <b>\n\nText.\n', "## 2026-02-10 Two\n\nText.\n"
    first = build(one).files["feed.xml"]
    assert names_in(first) == ["2026-02-10 One"]
    below = build(one + two, (b"damaged \xff", b"<?xml?><feed>", first)).files["feed.xml"]
    assert names_in(below) == ["2026-02-10.2 Two", "2026-02-10 One"]
    assert names_in(build(two + one, (first,)).files["feed.xml"]) == names_in(below)
    assert names_in(build(two, (below,)).files["feed.xml"]) == ["2026-02-10.2 Two"]
    given = build("## 2026-02-10 Two {#exam-room}\n\nText.\n\n[x](#exam-room)\n" + one, (first,))
    assert names_in(given.files["feed.xml"]) == ["exam-room Two", "2026-02-10 One"]
    page = given.files["announcements/index.html"].decode()
    assert '<article class="announcement" id="exam-room">' in page
    assert "{#" not in page


def names_in(feed: bytes) -> list[str]:
    """The permanent links of the entries, each with the first word of its title."""
    found = re.findall(r"<title>(\w+)[^<]*</title>\n<link [^>]*#([^\"]*)\"/>", feed.decode())
    assert len(set(re.findall(r"<entry>\n<id>(.*?)</id>", feed.decode()))) == len(found)
    return [f"{name} {title}" for title, name in found]


@pytest.mark.slow
def test_a_build_remembers_what_the_last_one_published(tmp_path):
    yaml = "course: {code: C, title: T, url: https://example.edu/c/}\n"
    one, two = "## 2026-02-10 One\n\nText.\n", "## 2026-02-10 Two\n\nText.\n"
    course = write_course(tmp_path / "c", {"content/announcements.md": one}, yaml)
    news = course / "content" / "announcements.md"
    for text in (one, one + two, two + one):
        news.write_text(text, encoding="utf-8")
        assert run_sitegen("build", course, "--today", "2026-02-11", "--no-search").returncode == 0
    kept = (course / ".sitegen" / "feed.xml").read_bytes()
    assert names_in(kept) == ["2026-02-10.2 Two", "2026-02-10 One"]
    assert kept == (course / "_site" / "feed.xml").read_bytes()
