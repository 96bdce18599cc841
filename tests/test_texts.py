"""Bytes to text, and text to names for addresses."""

from __future__ import annotations

import unicodedata

import pytest

from sitegen.diagnostics import render_text
from sitegen.texts import decode, slugify, unique


@pytest.mark.parametrize("source", [b"a\nb\n", b"a\r\nb\r\n", b"a\rb\r", b"\xef\xbb\xbfa\nb\n"])
def test_line_ends_and_byte_order_marks_of_every_system_read_alike(source: bytes):
    assert decode(source, "x.md") == ("a\nb\n", [])


def test_the_first_byte_that_isnt_utf_8_is_told_with_its_place():
    text, findings = decode("é\r\nna".encode() + b"\xefve", "content/x.md")
    assert text is None
    assert render_text(findings, {}) == (
        "content/x.md:2:3: error[not-utf-8]: This file isn't UTF-8: the byte 0xEF here is no letter in it.\n"
        "  help: Save the file as UTF-8 in your editor.\n"
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Paged attention", "paged-attention"),
        ('Don\'t panic: it’s "fine"!', "dont-panic-its-fine"),
        ("  A/B -- testing,   twice  ", "a-b-testing-twice"),
        ("all_reduce(x)", "all_reduce-x"),
        ("Café Größe", "café-größe"),
        ("日本語 の 論文", "日本語-の-論文"),
        ("がぎぐ й ё हिन्दी", "がぎぐ-й-ё-हिन्दी"),
        ("x² ﬁne Ⅳ", "x2-fine-iv"),
        ("soft\u00adhyphen", "softhyphen"),
        ("--- !?", ""),
        ("", ""),
    ],
)
def test_a_name_is_made_of_the_words(text: str, name: str):
    assert slugify(text) == name
    assert slugify(name) == name


def test_the_same_words_have_the_same_name_however_they_are_encoded():
    assert slugify(unicodedata.normalize("NFD", "Žižek é が")) == slugify("Žižek é が")


def test_a_name_that_is_taken_gets_a_number():
    taken = {"a"}
    assert [unique("a", taken), unique("a", taken), unique("b", taken), unique("a-2", taken)] == [
        "a-2", "a-3", "b", "a-2-2",
    ]  # fmt: skip


def test_remembered_counts_change_no_name():
    names = ["a", "a-2", "a", "b", "a", "a-2"]
    plain: set[str] = set()
    counted: set[str] = set()
    counts: dict[str, int] = {}
    assert [unique(name, counted, counts) for name in names] == [unique(name, plain) for name in names]
