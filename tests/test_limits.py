"""Texts that would stop a build are told about, and the rest of the course goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.languages import settle
from sitegen.prose.documents import read_document
from sitegen.prose.inline import find_inline
from sitegen.prose.limits import find_excess
from tests.markdown_cases import LECTURE, found_in, html_of, show, told
from tests.support import build_folder, main_of, write_course

CONTENT = Path(__file__).parent.parent / "content"


def lines(text: str, width: int = 990) -> str:
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


TOO_MUCH = {
    "open brackets": ("[" * 50_000, "has a line of 50,000 characters; 20,000 are the most"),
    "open brackets in lines": (lines("[" * 50_000), "has too many brackets that are opened from here on and never closed"),
    "nested brackets": (lines("[a" * 5_000 + "](b)" * 5_000), "has too many brackets inside one another here"),
    "images": (lines("![" * 25_000), "has too many brackets that are opened from here on and never closed"),
    "open links": (lines("[a](" * 12_500), "has too many brackets that are opened up to here and never closed"),
    "open tags": (lines("<a " * 16_000), "has too many brackets that are opened up to here and never closed"),
    "open comments": (lines("<!--" * 5_000), "has too many brackets that are opened up to here and never closed"),
    "quotes": (">" * 15_000, "is nested more than 50 levels deep here"),
    "quotes with spaces": ("> " * 60 + "a", "is nested more than 50 levels deep here"),
    "lists 400 deep": ("\n".join("    " * i + "- a" for i in range(400)), "is nested more than 50 levels deep here"),
    "lists on one line": ("- " * 60 + "a", "is nested more than 50 levels deep here"),
    "admonitions": ("\n\n".join("    " * i + "!!! note" for i in range(60)), "is nested more than 50 levels deep here"),
    "asterisks": ("*" * 15_000, "has the character * more than 1,000 times in a row"),
    "underscores": ("_" * 15_000, "has the character _ more than 1,000 times in a row"),
    "backticks": ("a" + "`" * 15_000, "has the character ` more than 1,000 times in a row"),
    "quotation marks": (lines('"a ' * 9_000), "has 9,000 quotation marks without an empty line between them from here on"),
    "cells": (lines("|" * 60_000), "has the character | 60,000 times; 50,000 are the most"),
    "footnotes": ("[^1]\n" * 1_500, "has 1,500 footnotes and references to them; 1,000 are the most"),
    "abbreviations": ("*[A]: b\n" * 600, "has 600 abbreviations; 500 are the most"),
    "a long line": ("word " * 1_100 * 1_000, "has 5,500,000 characters; 1,000,000 are the most"),
    "a long file": ("word\n" * 2_000_000, "has 10,000,000 characters; 1,000,000 are the most"),
    "many lines": ("a\n\n" * 40_000, "has 40,000 lines; 30,000 are the most"),
    "many formulas": ("$x$ $y$ $z$\n" * 12_000, "has 36,000 formulas, links, tags and the like; 30,000 are the most"),
    "definitions": ("a\n" + ": b\n" * 20_000, "has more than 200 definitions of one term from here on"),
    "blocks": ("a\n\n" * 14_000, "has 14,000 paragraphs, headings and the like; 10,000 are the most"),
    "the same heading": ("## a\n" * 14_000, "has 13,999 paragraphs, headings and the like; 10,000 are the most"),
    "definitions of links": ("[a]:\n" * 8_000, "has 4,000 definitions of links without an address; 500 are the most"),
    "a paragraph": (lines("word " * 30_000), "has a paragraph of 150,151 characters; 100,000 are the most"),
    "code in a paragraph": (lines("`a` " * 9_000), "has 18,000 signs such as * and ` in one paragraph; 8,000 are the most"),
    "quotes that get deeper": ("\n".join("> " * i + "a" for i in range(1, 300)), "is nested more than 50 levels deep here"),
    "many escapes": (lines("\\" * 80_000), "has 40,000 formulas, links, tags and the like; 30,000 are the most"),
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_MUCH)
def test_too_much_is_told(case: str):
    text, words = TOO_MUCH[case]
    document, (finding,) = read_document(text.encode(), "content/notes.md")
    assert document is not None
    assert (finding.slug, finding.message) == ("too-complex", f"This text {words}.")


def test_the_finding_names_the_file_the_line_and_why():
    text = "Fine.\n\n" + "> " * 60 + "a\n"
    assert told(show(text)[1], "") == (
        "content/notes.md:3:103: warning[too-complex]: This text is nested more than 50 levels deep here.\n"
        "  help: The page shows it as it is written. Remove what doesn't belong here, split the text over several files, or put it in a code block.\n"
    )


def test_a_text_that_is_too_much_is_still_a_page_so_that_links_to_it_arent_broken():
    document, findings = read_document(b"# Title\n\n" + b"[" * 50_000, "content/notes.md")
    assert document is not None
    assert document.title == "Title"
    assert settle(document.html, "en") == (
        f'<pre tabindex="0" role="region" aria-label="The text as it is written">{"[" * 50_000}</pre>'
    )
    assert [finding.slug for finding in findings] == ["too-complex"]


def test_markdown_that_overflows_the_stack_is_told_and_the_next_text_is_not_harmed():
    text = '<div markdown="1">\n\n' * 1_500 + "a\n\n" + "</div>\n\n" * 1_500
    findings = show(text)[1]
    assert [finding.slug for finding in findings] == ["too-complex"]
    assert html_of("- a\n\n    b") == "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ul>"


BEARABLE = {
    "a long definition list without empty lines": "".join(f"Term {i}\n:   definition {i}\n" for i in range(2_000)),
    "headings without empty lines": "## The same\n" * 2_000,
    "boxes without empty lines": "!!! note\n    a\n" * 500,
    "a lecture of 300 KB": ("A paragraph with *emphasis*, `code`, [a link](project.md) and $x^2$.\n" * 10 + "\n") * 420,
    "minified JSON": "```json\n" + "[{" * 5_000 + '"a":1,' * 20_000 + "\n```",
    "quotes of 50 levels": "\n".join("> " * i + "a" for i in range(1, 50)),
    "a long table": "a | b\n--|--\n" + "[x](project.md) | `y`\n" * 300,
    "a long list": '- an item with a [link](project.md) and "quotes"\n' * 500,
    "a wide listing": "```\n" + "[" * 100_000 + "\n" + "> " * 500 + "\n```",
    "a big drawing": '<svg viewBox="0 0 1 1"><path d="' + "M0 0L1 1" * 20_000 + '"/></svg>',
    "closed brackets": "[a] " * 2_000,
    "deep code": "    " + "\t" * 40 + "x",
    "unclosed everything": "`` a\n\n$$ b\n\n\\( c\n\n<!-- d\n\n<div\n\n<svg>\n\n** e _f\n\n[g](\n\n~~~\nh",
    "backtick runs": "\n".join("`" * n for n in range(1, 200)),
    "backslashes": lines("\\" * 5_000),
    "at signs": lines("@a " * 2_000),
    "dollars": lines("$a " * 5_000),
}


@pytest.mark.parametrize("case", BEARABLE)
def test_what_people_write_is_never_too_much(case: str):
    assert "too-complex" not in found_in(BEARABLE[case])


@pytest.mark.parametrize("path", sorted(CONTENT.rglob("*.md")), ids=lambda path: path.stem)
def test_the_course_is_far_from_every_limit(path: Path):
    marked = find_inline(path.read_text(encoding="utf-8") * 5)
    assert find_excess(marked.prose, marked.parts) is None


def test_a_lecture_of_too_many_slides_is_told():
    findings = show("a\n\n---\n\n" * 5_000, LECTURE)[1]
    assert [finding.message for finding in findings] == ["This text has 5,000 slides; 2,000 are the most."]


def test_the_page_shows_such_a_text_as_it_is_written_and_the_rest_of_the_course_is_built(tmp_path):
    files = {
        "content/brackets.md": "# Brackets\n\n" + "[" * 50_000,
        "content/lists.md": "\n".join("    " * depth + "- x<y" for depth in range(300)),
        "content/long.md": "word\n\n" * 400_000,
        "content/fine.md": "# Fine\n\nSome *words*, see [the brackets](brackets.md).\n",
    }
    built = build_folder(write_course(tmp_path, files))
    assert {finding.severity for finding in built.findings} == {"warning"}
    assert "<em>words</em>" in main_of(built.files["fine/index.html"])
    assert "[" * 50_000 in main_of(built.files["brackets/index.html"])
    assert "- x&lt;y" in main_of(built.files["lists/index.html"])
    long = built.files["long/index.md"]
    assert isinstance(long, bytes)
    assert long.count(b"word") == 400_000  # nothing is lost, though the page shows the beginning
    assert main_of(built.files["long/index.html"]).count("word") > 150_000
