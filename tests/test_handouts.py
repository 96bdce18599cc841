"""A lecture's Markdown is that of its notes."""

import datetime as dt
import random

import pytest

from sitegen.course import handouts
from sitegen.course.handouts import notes_only
from tests.support import REPOSITORY, build_folder


@pytest.mark.parametrize(
    ("written", "notes"),
    [
        ("A.\n\n---\n\n## B\n\n--- {.section #why}\n\nC.", "A.\n\n## B\n\nC."),
        ("Left.\n\n|||\n\nRight.", "Left.\n\nRight."),
        ("---\n## B", "## B"),
        ("A.\n\n!!! speaker\n    Said.\n\n    And said.\n\nB.", "A.\n\nB."),
        ('A.\n\n??? speaker "Title"\n    Said.\n\n!!! note\n    Shown.', "A.\n\n!!! note\n    Shown."),
        ("A.\n{.notes-only}\n\nB.\n{: .slides-only }\n\nC.", "A.\n\nC."),
        ("A {.notes-only}\n\nB\nlong {.slides-only}\n\nC", "A\n\nC"),
        ("### Short {.slides-only}\n\nA.", "A."),
        ("### Short {.slides-only}\nA.", "A."),
        ("- one {.fragment}\n- two {.slides-only}\n  and more\n- three {.fragments}", "- one\n- three"),
        ("- one\n    - two\n      more {.slides-only}\n    - three", "- one\n    - three"),
        ("1. one\n2. two {.slides-only}", "1. one"),
        ("- one\n- two\n{.slides-only .fragment}", ""),
        ("A.\n\n- one\n\n- two\n{.slides-only}\n\nB.", "A.\n\nB."),
        ("A:\n- one\n- two\n{.slides-only}", "A:"),
        ("- one\n    - two\n    - three\n    {.slides-only}\n- four", "- one\n- four"),
        ("- one\n    - two\n    - three\n    {.slides-only}", "- one"),
        ("- one\n  and more\n  {.slides-only}\n- two", "- two"),
        ("- one\n\n    More.\n    {.slides-only}", "- one"),
        ("A.\n\n| a |\n|---|\n| 1 |\n\n{.slides-only}\n\nB.", "A.\n\nB."),
        ("- one\n- two\n{.notes-only}", "- one\n- two"),
        ('<div markdown="1" class="notes-only">\n\n- one\n\nA.\n\n</div>\n\nB.', "- one\n\nA.\n\nB."),
        ("<div class='notes-only' markdown>\nA.\n</div>", "A."),
        ('<div markdown="1" class="notes-only" id="a">\nA.\n</div>', '<div markdown="1" class="notes-only" id="a">\nA.\n</div>'),
        ("```\na\n\n--- {.section}\nb {.slides-only}\n```", "```\na\n\n--- {.section}\nb {.slides-only}\n```"),
        ("```\na\n```\n{.slides-only}\n\nB.", "B."),
        ("<div markdown=\"1\" class=\"a slides-only\">\n\n<div>x</div>\n\nY\n\n</div>\n\nZ", "Z"),
        ("<figure class='slides-only-not'>\n</figure>", "<figure class='slides-only-not'>\n</figure>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n{.slides-only}\n\nB.", "B."),
        ("Words {#here .mine}\n\n{: .mine}", "Words {#here .mine}\n\n{: .mine}"),
        ("A. `--- {.x}`\n\nB {.x}", "A. `--- {.x}`\n\nB {.x}"),
    ],
)  # fmt: skip
def test_a_lecture_s_text_is_that_of_its_notes(written, notes):
    assert notes_only(written) == notes


@pytest.mark.parametrize("seed", range(10))
def test_a_text_without_slides_is_passed_as_it_would_be_written(seed: int, monkeypatch: pytest.MonkeyPatch):
    chance, is_plain = random.Random(seed), handouts._is_plain
    pieces = ["a", "- x", "  - y", "```", "# H", "|---|", "\v", "\u00a0", " ", "\n", "\n", "\n", "\n\n"]
    texts = ["".join(chance.choices(pieces, k=chance.randrange(12))) for _ in range(500)]
    quickly = [notes_only(text) for text in texts]
    assert any(map(is_plain, texts))
    monkeypatch.setattr(handouts, "_is_plain", lambda text: False)
    assert quickly == [notes_only(text) for text in texts]


def test_what_is_said_in_class_is_in_no_published_text():
    built = build_folder(REPOSITORY, today=dt.date(2026, 2, 10))
    for path, content in built.files.items():
        if path.endswith(".md"):
            assert isinstance(content, bytes)
            text = content.decode()
            assert not [sign for sign in ("!!! speaker", "-only}", "{.fragment", "\n---\n") if sign in text], path


def test_pages_that_are_no_lectures_keep_their_lines(make):
    built = make({"content/p.md": "# P\n\nA.\n\n---\n\nB.\n", "content/lectures/l.md": "# L\n\nA.\n\n---\n\nB.\n"})
    assert built.files["p/index.md"] == b"# P\n\nA.\n\n---\n\nB.\n"
    assert built.files["lectures/l/index.md"] == b"# L\n\nA.\n\nB.\n"
