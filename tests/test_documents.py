"""Markdown files become documents: the dialect by fixtures, front matter, titles, announcements, slides."""

from __future__ import annotations

import os

import html5lib
import pytest

from sitegen.diagnostics import has_errors
from sitegen.prose.documents import read_announcements, read_document
from tests.markdown_cases import FIXTURES, found_in, html_errors, html_of, read, show, told
from tests.support import REPOSITORY, build_folder

NAMES = sorted(path.stem for path in FIXTURES.glob("*.md"))


# --- the dialect --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_dialect(name: str):
    """Rewrite the expected HTML with `REWRITE_CASES=1 pytest tests/test_documents.py`, and read the diff."""
    expected = FIXTURES / f"{name}.html"
    html, _ = show((FIXTURES / f"{name}.md").read_text(encoding="utf-8"))
    if os.environ.get("REWRITE_CASES"):
        expected.write_text(html + "\n", encoding="utf-8", newline="\n")
    assert html + "\n" == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_dialect_is_valid_html(name: str):
    assert html_errors(show((FIXTURES / f"{name}.md").read_text(encoding="utf-8"))[0]) == []


def test_drawings_pass_byte_for_byte():
    drawing = '<svg viewBox="0 0 1 1" preserveAspectRatio="none">\n\n  <text>"a" -- *b*... $c$ @kwon2023</text>\n</svg>'
    for text in (
        drawing,
        f"In a line {drawing} of text.",
        f"<figure>\n{drawing}\n</figure>",
        f"- item\n\n    {drawing}",
    ):
        assert drawing in html_of(text)


def test_nothing_of_one_text_is_left_in_the_next():
    html_of("# A\n\n## B\n\nx[^1]\n\n*[KV]: k\n\n[r]: project.md\n\n[^1]: note")
    document, _ = read("")
    assert (document.html, document.headings, document.ids) == ("", (), frozenset())
    assert show("KV [r] [^1]")[0] == "<p>KV [r] [^1]</p>"


def test_ids_are_those_of_tags_and_not_of_text():
    document, _ = read('## A\n\n`x id="code"` and <b id=bare>b</b>\n\n<svg id=\'svg\' viewBox="0 0 1 1"></svg>')
    assert document.ids == {"a", "bare", "svg"}


def test_headings_are_told_as_plain_text():
    document, _ = read("## The $O(n)$ *cost* of `a < b` & @kwon2023[^1]\n\n[^1]: x")
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (2, "The O(n) cost of a < b & @kwon2023")
    ]


# --- front matter -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\n---\nBody",
        "---\r\ntitle: T\r\n---\r\nBody",
        "\ufeff---\ntitle: T\n---\nBody",
        "---  \ntitle: T\n...\nBody",
        "---\ntitle: T\n---  \n\nBody",
        "# T\n\nBody",
        "\n\n# T #\nBody",
        "T\n===\n\nBody",
        "<!-- a comment -->\n\n# *T*\nBody",
        "---\ntitle: T\n---\n\n# T\n\nBody",
    ],
)
def test_a_title_is_read_from_front_matter_or_the_first_heading(text: str):
    document, findings = read(text)
    assert (document.title, document.html, findings) == ("T", "<p>Body</p>", [])


@pytest.mark.parametrize("text", ["Body", "---\n---\nBody", "---\n\n---\nBody", "---\ndraft: no\n---\nBody"])
def test_without_a_title_the_file_gives_it(text: str):
    document, findings = read(text, "content/office_hours-and-help.md")
    assert (document.title, document.html, findings) == ("Office_hours and help", "<p>Body</p>", [])


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("content/index.md", "Home"),
        ("content/late-days/index.md", "Late days"),
        ("content/lectures/index.md", "Lectures"),
    ],
)
def test_a_text_named_index_has_its_folder_s_title(file: str, title: str):
    assert read("Body", file)[0].title == title


def test_a_heading_that_isnt_the_title_stays_and_there_is_one_h1_only():
    document, _ = read("---\ntitle: T\n---\n# Other\n\n## Below\n\n# Third")
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (2, "Other"),
        (3, "Below"),
        (2, "Third"),
    ]


def test_the_places_of_findings_count_front_matter_in():
    text = "---\ntitle: T\n---\n\n[x](nowhere.md)"
    assert found_in(text).startswith("content/notes.md:5:5: error[broken-link]")


FRONT_MATTER = {
    "never closed": (
        "---\ntitle: T\n\nBody",
        "content/notes.md:1:1: error[front-matter-open]: The front matter that opens here with --- is never closed.\n"
        "  1 | ---\n    | ^^^\n  help: Add a line with --- after its last key.\n",
    ),
    "a rule and no front matter": (
        "---\n\nA text after a rule.",
        "content/notes.md:1:1: error[front-matter-open]: The front matter that opens here with --- is never closed.\n"
        "  1 | ---\n    | ^^^\n  help: Remove this line, or add title: ... and a line with --- below it.\n",
    ),
    "nothing but dashes": (
        "---",
        "content/notes.md:1:1: error[front-matter-open]: The front matter that opens here with --- is never closed.\n"
        "  1 | ---\n    | ^^^\n  help: Remove this line, or add title: ... and a line with --- below it.\n",
    ),
}


@pytest.mark.parametrize("case", FRONT_MATTER)
def test_front_matter_that_cant_be_read(case: str):
    text, expected = FRONT_MATTER[case]
    document, findings = read_document(text.encode(), "content/notes.md")
    assert (document, told(findings, text)) == (None, expected)


@pytest.mark.parametrize(
    ("line", "slug", "column"),
    [
        ("titel: T", "unknown-key", 1),
        ("publish: 2026-02-30", "bad-value", 10),
        ("date: tomorrow", "bad-value", 7),
        ("draft: maybe", "bad-value", 8),
        ("title: [a, b]", "bad-value", 8),
        ("title: a: b", "yaml-syntax", 9),
    ],
)
def test_a_mistake_in_front_matter_has_its_place(line: str, slug: str, column: int):
    _, findings = read_document(f"---\ndescription: D\n{line}\n---\nBody".encode(), "content/notes.md")
    assert [(finding.span.line, finding.span.column) for finding in findings] == [(3, column)]
    assert [finding.slug for finding in findings] == [slug]


def test_a_description_is_the_first_paragraph_cut_at_a_word():
    document, _ = read("## Heading\n\nSome *text* with $x$ and a [link](project.md). " + "word " * 60)
    assert document.description.startswith("Some text with x and a link. word word")
    assert document.description.endswith("word…")
    assert len(document.description) <= 160


# --- announcements ------------------------------------------------------------------------------

NEWS = "content/announcements.md"


def test_announcements_are_sections_by_date():
    text = (
        "---\ntitle: News\n---\nIntro *text*.\n\n"
        "## 2026-02-03 Room *changed*\n\nTo [here](project.md).\n\n"
        "```\n## 2026-02-04 not a section\n```\n\n``` `inline` ```\n\n<!--\n## 2026-02-05 nor this\n-->\n\n"
        "##2026-01-27: Welcome ##\n\n### Details\n\nMore.\n"
    )
    intro, sections, findings = read_announcements(text.encode(), NEWS)
    assert intro is not None
    assert (intro.title, intro.html, findings) == ("News", "<p>Intro <em>text</em>.</p>", [])
    assert [(str(section.date), section.title, section.span.line) for section in sections] == [
        ("2026-02-03", "Room changed", 6),
        ("2026-01-27", "Welcome", 20),
    ]
    assert [(str(reference.span), reference.written) for reference in sections[0].document.references] == [
        (f"{NEWS}:8:11", "project.md")
    ]


def test_ids_of_announcements_that_share_a_page_differ():
    section = "## 2026-02-03 Same\n\n### Details\n\nText[^1], see [details](#details).\n\n[^1]: Note\n\n"
    _, sections, findings = read_announcements((section + section).encode(), NEWS)
    first, second = (section.document for section in sections)
    assert findings == []
    assert first.ids == {
        "2026-02-03-same--details",
        "fn-2026-02-03-same--1",
        "fnref-2026-02-03-same--1",
    }
    assert not first.ids & second.ids
    assert [reference.written for reference in second.references] == ["#2026-02-03-same-2--details"]


def test_headings_in_an_announcement_are_below_its_own():
    _, (section,), _ = read_announcements(b"## 2026-02-03 T\n\n# A\n\n### B\n", NEWS)
    assert "<h3" in section.document.html
    assert "<h5" in section.document.html
    assert "<h1" not in section.document.html


@pytest.mark.parametrize(
    ("heading", "message"),
    [
        ("Welcome", 'The announcement "Welcome" doesn\'t start with a date and a title.'),
        ("2026-02-30 T", 'The announcement "2026-02-30 T" starts with 2026-02-30, a day that doesn\'t exist.'),
        ("2026-02-03", "The announcement of 2026-02-03 has no title."),
        ("2026-2-3 T", 'The announcement "2026-2-3 T" doesn\'t start with a date and a title.'),
        ("", 'The announcement "" doesn\'t start with a date and a title.'),
    ],
)
def test_an_announcement_needs_a_date_and_a_title(heading: str, message: str):
    _, sections, findings = read_announcements(f"## 2026-01-27 Good\n\n## {heading}\n".encode(), NEWS)
    assert [section.title for section in sections] == ["Good"]
    assert [(finding.message, finding.span.line, finding.slug) for finding in findings] == [
        (message, 3, "bad-announcement")
    ]


# --- slides -------------------------------------------------------------------------------------

LECTURE = "content/lectures/intro.md"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\n\n---\n\nb", "<p>a</p>\n<p>b</p>"),
        ("---\ntitle: T\n---\n\n---\n\na", "<p>a</p>"),
        ("a\n \t\n--- \n## b", '<p>a</p>\n<h2 id="b">b</h2>'),
        ("a\n\n***\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("a\n\n----\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
    ],
)
def test_a_line_of_three_dashes_opens_a_slide_and_isnt_in_the_notes(text: str, html: str):
    assert html_of(text, LECTURE) == html


def test_three_dashes_elsewhere_stay_what_they_are():
    assert html_of("a\n\n---\n\nb") == "<p>a</p>\n<hr>\n<p>b</p>"
    assert "---" in html_of("```\n\n---\n\n```", LECTURE)
    assert "<table>" in html_of("a | b\n---|---\n1 | 2", LECTURE)


def test_three_dashes_right_below_a_text_are_told():
    assert found_in("A sentence.\n---\n\nb", LECTURE) == (
        "content/lectures/intro.md:2:1: warning[slide-joined]: This --- stands right below a line of text, so it "
        "doesn't open a slide.\n"
        "  2 | ---\n    | ^^^\n"
        "  help: Leave an empty line above it; for a heading, write ## before its words.\n"
    )
    assert found_in("A heading\n---\n\nb", "content/notes.md") == ""


# --- code ---------------------------------------------------------------------------------------


def test_a_block_of_code_that_is_never_closed_is_told():
    assert found_in("Text\n\n```python\nx = 1\n````\n\n$x$") == (
        "content/notes.md:3:1: warning[open-code]: The block of code that opens here is never closed.\n"
        "  3 | ```python\n    | ^^^\n"
        "  help: Below its last line, write as many ` on a line as here.\n"
    )


def test_a_block_of_code_may_show_how_others_are_opened():
    html = html_of("````\n```python\n$x$\n```\n````\n\n~~~\n```\n~~~")
    assert "```python\n$x$\n```" in html


# --- the course itself --------------------------------------------------------------------------


def test_every_page_of_the_course_is_valid_html():
    built = build_folder(REPOSITORY)
    assert not has_errors(built.findings)
    pages = {path: content for path, content in built.files.items() if path.endswith(".html")}
    assert len(pages) > 10
    for path, content in pages.items():
        assert isinstance(content, bytes)
        parser = html5lib.HTMLParser()
        parser.parse(content.decode())
        assert parser.errors == [], path
