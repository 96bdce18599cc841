"""Whole courses, tiny and wrong on purpose: what is published, and what is said."""

import datetime as dt
import sys
from typing import Any

import pytest

from tests.support import REPOSITORY, SITE_YAML, main_of, told


def test_a_course_of_one_file_becomes_a_whole_site(make):
    built = make()
    assert built.findings == []
    assert {"index.html", "schedule/index.html", "404.html", "robots.txt", "assets/site.css"} <= set(built.files)


def test_a_lecture_a_page_and_an_announcement_are_published_at_their_addresses(make):
    built = make(
        {
            "content/index.md": "Welcome to [the project](project.md).",
            "content/project.md": "---\ntitle: Project\n---\nSee [lecture 1](lectures/intro.md#goals).",
            "content/lectures/intro.md": "---\ntitle: Intro\n---\n## Goals\n\nBack to [home](../index.md).",
            "content/lectures/ring.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "content/announcements.md": "## 2026-02-01 Snow\n\nNo class.",
        }
    )
    assert told(built) == ""
    assert 'href="../lectures/intro/index.html#goals"' in main_of(built.files["project/index.html"])
    assert 'href="../../index.html"' in main_of(built.files["lectures/intro/index.html"])
    assert "Snow" in main_of(built.files["announcements/index.html"])
    assert "lectures/ring.svg" in built.files


@pytest.mark.parametrize("what", ["front matter says draft: true", "front matter says publish: later", "dated later"])
def test_what_is_not_yet_due_is_published_only_with_drafts(make, what):
    files = {
        "front matter says draft: true": {"content/p.md": "---\ntitle: Exam\ndraft: true\n---\n"},
        "front matter says publish: later": {"content/p.md": "---\ntitle: Exam\npublish: 2026-02-04\n---\n"},
        "dated later": {"content/announcements.md": "## 2026-02-04 Exam\n\nSoon."},
    }[what]

    def shows(built):
        return any(b"Exam" in content for content in built.files.values() if isinstance(content, bytes))

    assert not shows(make(files))
    assert shows(make(files, drafts=True))
    if "draft:" not in what:
        assert shows(make(files, today=dt.date(2026, 2, 4)))


def test_today_is_the_date_in_the_courses_time_zone(make, tmp_path):
    from sitegen.folders.disk import read_course
    from sitegen.intake import Options, read_course_model

    make()
    tree, _ = read_course(tmp_path / "course")
    early = dt.datetime(2026, 2, 4, 3, tzinfo=dt.UTC)  # still 10 pm on the 3rd in New York
    course = read_course_model(tree, Options(early)).course
    assert course is not None
    assert course.today == dt.date(2026, 2, 3)


def test_a_link_to_a_draft_is_shown_without_an_address(make):
    built = make({"content/index.md": "[exam](exam.md)", "content/exam.md": "---\ndraft: true\n---\n"})
    assert '<a role="link" aria-disabled="true">exam</a>' in main_of(built.files["index.html"])
    assert told(built) == (
        "content/index.md:1:8: note[unpublished-link]: content/exam.md isn't published yet, "
        "so this link is shown without an address.\n"
        "  1 | [exam](exam.md)\n"
        "    |        ^^^^^^^\n"
    )


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no site.yaml": (
        {"site.yaml": None},
        "site.yaml:1:1: error[no-site-yaml]: There is no site.yaml in this folder, so this isn't a course.\n"
        "  help: Run sitegen in the course's folder, or name it: sitegen build COURSE.\n",
    ),
    "empty site.yaml": (
        {"site.yaml": "# nothing yet\n"},
        "site.yaml:1:1: error[no-site-yaml]: site.yaml is empty; it must at least name the course.\n"
        "  1 | # nothing yet\n"
        "    | ^\n"
        '  help: Start with "course:", and below it "code:" and "title:", indented by two spaces.\n',
    ),
    "YAML syntax error": (
        {"site.yaml": SITE_YAML + "links: [a, b\n"},
        "site.yaml:12:8: error[yaml-syntax]: What opens here isn't closed, or a comma is missing between [ and ].\n"
        "  12 | links: [a, b\n"
        "     |        ^\n"
        "  help: Close the bracket, separate with commas, and quote a value that holds a comma, colon or bracket.\n",
    ),
    "unknown key": (
        {"site.yaml": SITE_YAML + "grdaing: {Project: 100%}\n"},
        'site.yaml:12:1: error[unknown-key]: "grdaing" isn\'t a key of site.yaml.\n'
        "  12 | grdaing: {Project: 100%}\n"
        "     | ^^^^^^^\n"
        '  help: Did you mean "grading"?\n',
    ),
    "a lecture in the schedule that doesn't exist": (
        {
            "site.yaml": SITE_YAML.replace("- Overview", "- {topic: Overview, lecture: intor}"),
            "content/lectures/intro.md": "Hello",
        },
        'site.yaml:10:32: error[unknown-lecture]: The lecture "intor" has no file: '
        "content/lectures/intor.md doesn't exist.\n"
        "  10 |   - {topic: Overview, lecture: intor}\n"
        "     |                                ^^^^^\n"
        '  help: Did you mean "intro"?\n',
    ),
    "front matter never closed": (
        {"content/project.md": "---\ntitle: Project\n\nText\n"},
        "content/project.md:1:1: error[front-matter-open]: "
        "The front matter that opens here with --- is never closed.\n"
        "  1 | ---\n"
        "    | ^^^\n"
        "  help: Add a line with --- after its last key.\n",
    ),
    "invalid UTF-8": (
        {"content/project.md": b"Line one\nna\xefve\n"},
        "content/project.md:2:3: error[not-utf-8]: This file isn't UTF-8: the byte 0xEF here is no letter in it.\n"
        "  2 | na\ufffdve\n"
        "    |   ^\n"
        "  help: Save the file as UTF-8 in your editor.\n",
    ),
    "two pages at one address": (
        {"content/project.md": "One", "content/project/index.md": "Two"},
        "content/project/index.md:1:1: error[same-address]: content/project/index.md would be published at "
        "/project/index.html, which is the address of content/project.md.\n"
        "  1 | Two\n"
        "    | ^\n"
        "  published there already: content/project.md:1:1\n"
        "  help: Rename one of the two.\n",
    ),
    "two pages whose addresses differ by case": (
        {"content/project.md": "One", "content/Project/index.md": "Two"},
        "content/project.md:1:1: error[same-address]: content/project.md would be published at "
        "/project/index.html, which is the address of content/Project/index.md.\n"
        "  1 | One\n"
        "    | ^\n"
        "  published there already: content/Project/index.md:1:1\n"
        "  help: Rename one of the two.\n",
    ),
    "an unknown name in a template": (
        {"templates/home.html": '{% extends "base.html" %}\n{% block main %}\n  {{ curse.title }}\n{% endblock %}\n'},
        'templates/home.html:3:6: error[template-error]: "curse" isn\'t known in this template.\n'
        "  3 |   {{ curse.title }}\n"
        "    |      ^^^^^\n"
        '  help: Did you mean "course"?\n',
    ),
    "a template that can't be read": (
        {"templates/home.html": "<p>\n{% if %}\n"},
        "templates/home.html:2:1: error[template-error]: "
        "This template can't be read: Expected an expression, got 'end of statement block'.\n"
        "  2 | {% if %}\n"
        "    | ^\n",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_gets_a_plain_sentence_and_publishes_nothing(make, tmp_path, case):
    files, expected = WRONG[case]
    if files.get("site.yaml", "") is None:
        from tests.support import build_folder

        (tmp_path / "course").mkdir()
        built = build_folder(tmp_path / "course")
    else:
        built = make(files)
    assert told(built) == expected
    assert built.files == {}


def test_all_mistakes_of_a_course_are_told_in_one_run(make):
    built = make(
        {
            "site.yaml": SITE_YAML.replace("Overview", "{topic: Overview, read: nobody2020}") + "staf: []\n",
            "content/a.md": "[x](missing.md)",
            "content/b.md": "$\\frac{1}{$",
            "papers.bib": "@article{x2020, title = {X}, author = {A, B}, year = 2020}\n",
        }
    )
    assert [finding.slug for finding in built.findings if finding.severity == "error"] == [
        "broken-link",
        "bad-formula",
        "unknown-paper",
        "unknown-key",
    ]


@pytest.mark.parametrize("path", ["../up.html", "/../up.html", "a/../../up", "C:\\x", "..", "https://evil.example/"])
def test_an_alias_cannot_leave_the_site(make, path):
    built = make({"content/p.md": f"---\naliases: ['{path}']\n---\nText"})
    assert [finding.slug for finding in built.findings] == ["bad-alias"]
    assert built.files == {}


def test_an_alias_leads_to_the_page(make):
    built = make({"content/p.md": "---\naliases: /old/page/\n---\nText"})
    assert told(built) == ""
    assert b"../../p/index.html" in built.files["old/page/index.html"]


def test_a_paper_whose_key_looks_like_a_path_stays_inside_readings(make):
    entry = "@article{../../evil, title = {X}, author = {A, B}, year = 2020}\n"
    built = make({"papers.bib": entry})
    assert all(not path.startswith((".", "/")) and ".." not in path for path in built.files)


def test_the_address_of_the_site_can_be_given_at_build_time(make):
    built = make(base_url="https://example.edu/teaching/2026/")
    assert b'href="https://example.edu/teaching/2026/schedule/"' in built.files["schedule/index.html"]
    assert b"/teaching/2026/assets/site.css" in built.files["404.html"]
    assert b"<loc>https://example.edu/teaching/2026/</loc>" in built.files["sitemap.xml"]


def test_a_template_of_the_course_replaces_the_built_in_one(make):
    built = make({"templates/404.html": "<!doctype html><title>Gone</title><main>Gone</main>"})
    assert main_of(built.files["404.html"]) == "Gone"
    assert "Overview" in main_of(built.files["schedule/index.html"])


def test_a_style_sheet_of_the_course_replaces_the_built_in_one(make):
    built = make({"templates/site.css": "body { color: red }", "templates/fonts/a.woff2": b"\x00\xff"})
    assert built.files["assets/site.css"] == b"body { color: red }"
    assert built.files["assets/fonts/a.woff2"] == b"\x00\xff"


def test_a_paper_may_link_to_a_file_of_the_course(make):
    entry = "@article{x2020, title = {X Marks}, author = {A, B}, year = 2020, pdf = {papers/x.pdf}}\n"
    built = make({"papers.bib": entry, "content/papers/x.pdf": b"%PDF", "content/p.md": "[@x2020]"})
    assert told(built) == ""
    assert 'href="../../papers/x.pdf"' in main_of(built.files["readings/x2020/index.html"])


def test_a_paper_that_links_to_a_file_that_is_not_there_is_told_at_its_field(make):
    entry = "@article{x2020,\n  title = {X Marks}, author = {A, B}, year = 2020,\n  pdf = {papers/y.pdf}\n}\n"
    built = make({"papers.bib": entry, "content/papers/x.pdf": b"%PDF", "content/p.md": "[@x2020]"})
    assert told(built) == (
        'papers.bib:3:10: error[broken-link]: "papers/y.pdf" leads to content/papers/y.pdf, which isn\'t in the course.\n'
        "  3 |   pdf = {papers/y.pdf}\n"
        "    |          ^^^^^^^^^^^^\n"
        '  help: Did you mean "papers/x.pdf"?\n'
    )


def test_what_leads_to_a_file_that_cannot_be_read_is_not_told_as_wrong_too(make):
    built = make(
        {
            "content/lectures/intro.md": "---\ntitle: Intro\n\nnever closed",
            "content/p.md": "[intro](lectures/intro.md#goals)",
            "site.yaml": SITE_YAML.replace("- Overview", "- {topic: Overview, lecture: intro}"),
        }
    )
    assert [finding.slug for finding in built.findings] == ["front-matter-open"]


def test_an_empty_link_is_shown_as_words_and_can_be_made_an_error(make):
    files = {"content/p.md": "The [sign-up]() sheet."}
    built = make(files)
    assert [(finding.slug, finding.severity) for finding in built.findings] == [("empty-link", "warning")]
    assert '<a role="link" aria-disabled="true">sign-up</a>' in main_of(built.files["p/index.html"])
    assert make({**files, "site.yaml": SITE_YAML + "checks: {empty-link: error}\n"}).files == {}


# --- one mistake neither hides another nor makes one ---------------------------------------------

NAMED = "{topic: A, id: a, lecture: zz, read: qq, slides: nope.pdf}"
DEADLINE = "deadlines: [{what: Report, due: a, page: nope.md}]\n"


def slugs_of(built):
    return sorted(finding.slug for finding in built.findings if finding.severity == "error")


@pytest.mark.parametrize(
    ("broken", "first"),
    [
        (("start: 2026-01-27", "start: 2027-01-27"), ["term-backwards"]),
        (("meets: Tue/Thu 3:30-4:45pm, Room 1", "meets: Noday"), ["bad-value"]),
        (("- tba: 5", "- tba: 6"), ["too-many-sessions"]),
    ],
)
def test_a_schedule_without_dates_is_checked_all_the_same(make, broken, first):
    site = SITE_YAML.replace("  - Overview\n  - tba: 5\n", f"  - tba: 5\n  - {NAMED}\n") + DEADLINE
    site = site.replace(*broken)
    built = make({"site.yaml": site, "content/p.md": "[a](schedule.md#a) and [b](schedule.md#b)"})
    assert slugs_of(built) == sorted(
        [*first, "unknown-lecture", "unknown-paper", "broken-link", "broken-link", "broken-fragment"]
    )


def test_a_place_on_a_page_that_sitegen_makes_is_checked_where_it_is_written(make):
    built = make(
        {
            "content/index.md": "## Goals\n\n[a](#goals) [b](index.md#goal) [c](readings.md#x2020) [d](readings.md#y2020)",
            "papers.bib": "@article{x2020, title = {X Marks the Spot}, author = {A, B}, year = 2020}\n",
            "site.yaml": SITE_YAML + "links: {Top: 'index.md#nope'}\n",
        }
    )
    found = [(str(f.span), f.slug) for f in built.findings if f.severity == "error"]
    assert found == [
        ("content/index.md:3:17", "broken-fragment"),
        ("content/index.md:3:59", "broken-fragment"),
        ("site.yaml:12:14", "broken-fragment"),
    ]


@pytest.mark.parametrize(
    ("address", "slug"),
    [("javascript:alert(1)", "unsafe-link"), ("nope.md", "broken-link"), ("www.example.edu", "broken-link")],
)
def test_the_address_of_a_person_is_checked_like_any_other(make, address, slug):
    staff = make({"site.yaml": SITE_YAML + f"staff: [{{name: C, url: '{address}'}}]\n"})
    assert [(f.slug, f.span.line) for f in staff.findings] == [(slug, 12)]
    guest = SITE_YAML.replace("- Overview", f"- guest: {{name: G, url: '{address}'}}")
    assert [(f.slug, f.span.line) for f in make({"site.yaml": guest}).findings] == [(slug, 10)]


def test_a_persons_page_may_be_a_page_of_the_course_or_still_to_come(make):
    site = SITE_YAML + "staff: [{name: Ada, url: about/ada.md}, {name: Bob, url: tba}]\n"
    site = site.replace("- Overview", "- guest: {name: Grace, url: about/ada.md}")
    built = make({"site.yaml": site, "content/about/ada.md": "Hello"})
    assert told(built) == ""
    assert '<a href="about/ada/index.html">Ada</a>' in main_of(built.files["index.html"])
    assert '<a href="../about/ada/index.html">Grace</a>' in main_of(built.files["schedule/index.html"])
    assert "<li>Bob</li>" in main_of(built.files["index.html"])


def test_pages_and_labels_that_rules_name_must_exist(make):
    site = SITE_YAML + "reviews: {page: nope.md}\npresentations: {page: nope.md, sign_up: Sign me up}\n"
    built = make({"site.yaml": site + "links: {Sign-up: tba}\n"})
    assert [f.slug for f in built.findings] == ["broken-link", "broken-link", "unknown-label"]
    assert told(built).endswith(
        'site.yaml:13:41: error[unknown-label]: None of the links has the label "Sign me up".\n'
        "  13 | presentations: {page: nope.md, sign_up: Sign me up}\n"
        "     |                                         ^^^^^^^^^^\n"
        '  help: Did you mean "Sign-up"?\n'
    )


@pytest.mark.parametrize("text", ["", "hello", "# Announcements\n\nwords", "---\ntitle: News\n---\nwords"])
def test_announcements_without_a_section_are_no_announcements(make, text):
    built = make({"content/announcements.md": text})
    assert [finding.slug for finding in built.findings if finding.severity == "error"] == []
    assert built.files


def test_a_comment_never_closed_in_a_template_has_its_place(make):
    built = make({"templates/home.html": "l1\n\n{# unclosed"})
    assert told(built).startswith("templates/home.html:3:1: error[template-error]: This template can't be read")


def test_a_template_with_almost_a_built_in_name_is_told(make):
    assert told(make({"templates/Home.html": "x"})) == (
        "templates/Home.html:1:1: warning[unused-template]: templates/Home.html replaces nothing: "
        "the built-in file is named home.html.\n"
        "  1 | x\n"
        "    | ^\n"
        "  help: Rename it to home.html.\n"
    )


@pytest.mark.parametrize(
    "alias",
    [
        "a?b",
        "schedule/index.html/foo",
        "assets/site.css",
        "CON",
        "a#b",
        "a%2fb",
        "404.html",
        "papers.bib",
        "feed.xml",
        "llms.txt",
        "site.webmanifest",
        "readings/x2020/",
        "q/",
    ],
)
def test_an_alias_that_cannot_be_is_told_where_it_is_written(make, alias):
    built = make(
        {
            "content/p.md": f"---\ntitle: P\naliases: ['{alias}']\n---\n[@x2020]",
            "content/q.md": "Q",
            "papers.bib": "@article{x2020, title = {X Marks the Spot}, author = {A, B}, year = 2020}\n",
        }
    )
    assert [(str(finding.span), finding.slug) for finding in built.findings] == [("content/p.md:3:11", "bad-alias")]


@pytest.mark.parametrize(
    "path", ["assets/site.css", "feed.xml", "llms.txt", "assets/cards/index.png", "site.webmanifest"]
)
def test_a_file_of_the_course_never_takes_the_place_of_one_that_sitegen_makes(make, path):
    built = make({f"content/{path}": b"mine"}, base_url="https://example.edu/")
    assert [(str(finding.span), finding.slug) for finding in built.findings] == [
        (f"content/{path}:1:1", "same-address")
    ]
    assert built.files == {}


def test_two_pages_cannot_have_one_alias(make):
    page = "---\ntitle: P\naliases: /old/\n---\n"
    assert told(make({"content/p.md": page, "content/q.md": page})) == (
        'content/q.md:3:10: error[bad-alias]: "/old/" is an alias of two pages.\n'
        "  3 | aliases: /old/\n"
        "    |          ^^^^^\n"
        "  given first here: content/p.md:3:10\n"
        "  help: Remove one of the two.\n"
    )


def test_a_file_where_the_site_needs_a_folder_is_told_by_its_name(make):
    assert [(str(f.span), f.slug) for f in make({"content/lectures": "x"}).findings] == [
        ("content/lectures:1:1", "same-address")
    ]


def test_every_page_says_in_which_time_zone_its_times_are(make):
    for path in ("index.html", "schedule/index.html", "404.html"):
        assert b"New York time" in make().files[path]


def test_a_course_without_a_title_is_checked_all_the_same(make):
    site = SITE_YAML.replace("title:", "titel:").replace("- Overview", "- {topic: A, read: nobody}")
    built = make({"site.yaml": site, "content/p.md": "[x](gone.md)"})
    assert slugs_of(built) == ["broken-link", "unknown-key", "unknown-paper"]


def test_a_line_with_a_misspelled_key_keeps_its_id_and_its_meeting(make):
    site = (
        SITE_YAML.replace("- Overview", "- {topik: A, id: start, read: nobody}")
        + "deadlines: [{what: R, due: start}]\n"
    )
    built = make({"site.yaml": site, "content/p.md": "[a](schedule.md#start)"})
    assert [finding.slug for finding in built.findings] == ["unknown-key", "unknown-paper"]


@pytest.mark.parametrize(
    "line",
    [
        "staff: [{name: A, url: 'https://umd.zoom.us/j/1?pwd=x'}]",
        "staff: [{name: A, office_hours: 'Mon 2pm, https://umd.zoom.us/j/1?pwd=x'}]",
        "deadlines: [{what: R, due: last class, note: 'https://umd.zoom.us/j/1?pwd=x'}]",
    ],
)
def test_a_meeting_room_is_found_wherever_site_yaml_publishes_words(make, line):
    assert [finding.slug for finding in make({"site.yaml": SITE_YAML + line + "\n"}).findings] == ["meeting-link"]


def test_a_meeting_room_in_a_sessions_note_is_found(make):
    site = SITE_YAML.replace("- Overview", "- {topic: A, note: 'on https://umd.zoom.us/j/1?pwd=x'}")
    assert [finding.slug for finding in make({"site.yaml": site}).findings] == ["meeting-link"]


def test_what_yaml_cannot_read_does_not_hide_the_mistakes_of_the_texts(make):
    text = "[x](gone.md) and [s](schedule.md#any)"
    built = make({"site.yaml": SITE_YAML + "links: [a\n", "content/p.md": f"---\ntitle: A: b\n---\n{text}"})
    assert slugs_of(built) == ["broken-link", "yaml-syntax", "yaml-syntax"]
    assert slugs_of(make({"site.yaml": "", "content/p.md": text})) == ["broken-link", "no-site-yaml"]


def test_a_misspelled_paper_is_told_once(make):
    built = make(
        {
            "papers.bib": "@article{gamma2020, title = {X Marks the Spot}, author = {A, B}, year = 2020}\n",
            "site.yaml": SITE_YAML.replace("- Overview", "- {topic: A, read: gama2020, present: {gamma2020: Ann}}"),
        }
    )
    assert [finding.slug for finding in built.findings] == ["unknown-paper"]


def test_an_error_cannot_be_silenced_and_the_comment_is_told(make):
    site = SITE_YAML.replace("- Overview", "- {topic: A, read: zz}  # sitegen: ignore unknown-paper")
    assert sorted(finding.slug for finding in make({"site.yaml": site}).findings) == [
        "unknown-paper",
        "unknown-silence",
    ]


@pytest.mark.parametrize("marks", ["#", "###"])
def test_a_dated_heading_of_another_level_is_told(make, marks):
    built = make({"content/announcements.md": f"Words.\n\n{marks} 2026-02-03 Snow\n\nNo class."})
    assert [(str(f.span), f.slug) for f in built.findings if f.severity == "error"] == [
        ("content/announcements.md:3:1", "bad-announcement")
    ]


def test_a_dead_link_in_a_template_is_told_once_however_many_pages_have_it(make):
    base = (REPOSITORY / "templates" / "base.html").read_text(encoding="utf-8")
    built = make({"templates/base.html": base.replace("</body>", '<a href="nope.html">x</a></body>')})
    (finding,) = [f for f in built.findings if f.severity == "error" and "nope" in f.message]
    assert finding.span.file == "templates/base.html"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- Overview", "- {topc: Overview}"),
        ("schedule:", "schedul:"),
        ("schedule:", "  extra_class: 2026-02-33\nschedule:\n  - tba: 1"),
        ("schedule:", "  no_class: {2026-02-33: X}\nschedule:"),
        ("- tba: 5", "- tba: six"),
        ("schedule:", 'grading: {A: "33,5%", B: 32}\nschedule:'),
    ],
)
def test_nothing_is_concluded_from_what_could_not_be_read(make, old, new):
    site = SITE_YAML.replace(old, new) + "deadlines: [{what: R, due: overview}]\n"
    slugs = {finding.slug for finding in make({"site.yaml": site}).findings}
    assert slugs <= {"unknown-key", "bad-value"}
    assert slugs


def test_a_paper_read_twice_is_told_whatever_is_wrong_with_the_term(make):
    lines = "- {topic: A, read: gamma2020}\n  - {topic: B, read: gamma2020}"
    built = make(
        {
            "papers.bib": "@article{gamma2020, title = {X Marks the Spot}, author = {A, B}, year = 2020}\n",
            "site.yaml": SITE_YAML.replace("- Overview", lines).replace("start: 2026-01-27", "start: 2027-01-27"),
        }
    )
    assert {"term-backwards", "duplicate-reading"} <= {finding.slug for finding in built.findings}


def test_an_announcement_without_a_date_reads_like_this(make):
    assert told(make({"content/announcements.md": "## Welcome\n\nHello.\n"})) == (
        'content/announcements.md:1:4: error[bad-announcement]: The announcement "Welcome" '
        "doesn't start with a date and a title.\n"
        "  1 | ## Welcome\n"
        "    |    ^^^^^^^\n"
        "  help: Write ## 2026-01-27 Title, with a day that exists.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't make the file")
def test_a_file_name_that_not_every_computer_can_hold_reads_like_this(make):
    assert told(make({"content/aux.txt": "x"})) == (
        "content/aux.txt:1:1: error[bad-address]: `aux.txt` can't be published: "
        "Windows keeps the name aux.txt for a device.\n"
        "  help: Rename the file.\n"
    )
