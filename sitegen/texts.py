"""Bytes and HTML to text, and text to names that can stand in an address.

No Markdown, no YAML, no LaTeX: those read the text that comes from here.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.patterns import regex

NOT_UTF8 = Rule(
    "not-utf-8",
    "error",
    "A text file of the course isn't UTF-8, so its accents and dashes can't be read with certainty. Save it "
    "again as UTF-8; every editor offers this.",
)


def decode(source: bytes, file: str) -> tuple[str | None, list[Diagnostic]]:
    r"""UTF-8 bytes to text with `\n` line ends and no byte order mark; None and a finding at the first bad byte."""
    try:
        return source.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"), []
    except UnicodeDecodeError as error:
        good = source[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        line = good.count("\n") + 1
        column = len(good) - (good.rfind("\n") + 1) + 1
        message = f"This file isn't UTF-8: the byte 0x{source[error.start]:02X} here is no letter in it."
        return None, [NOT_UTF8.at(Span(file, line, column), message, "Save the file as UTF-8 in your editor.")]


def plain_text(html: str) -> str:
    """The words of a piece of HTML on one line."""
    return " ".join(unescape(_TAG.sub("", html)).split())


_TAG = regex(r"<!--(?:(?!<!--).)*?-->|<[^<>]*>", re.DOTALL)


def slugify(text: str) -> str:
    """`Don't Panic: Café ²` to `dont-panic-café2`. Letters of any script stay; the result may be empty."""
    if text.isascii():
        return _NO_NAME.sub("-", text.lower().replace("'", "")).strip("-")
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(c if _is_of_word(c) else "-" for c in _INSIDE_WORDS.sub("", folded))
    return re.sub(r"-{2,}", "-", kept).strip("-")


def _is_of_word(c: str) -> bool:
    """Also the marks that many scripts write above and below letters."""
    return c.isalnum() or c == "_" or unicodedata.category(c).startswith("M")


_NO_NAME = regex("[^a-z0-9_]+")
_INSIDE_WORDS = regex("['\u2018\u2019\u02bc\u00ad\u200b-\u200d]")
"""What isn't written in a name: apostrophes, soft hyphens, joiners."""


def unique(name: str, taken: set[str], counts: dict[str, int] | None = None) -> str:
    """`name`, or `name-2`, `name-3` ... if it is taken; the result is added to `taken`.

    `counts` remembers where the numbers of a name have got to, for callers with thousands of names.
    """
    counts = {} if counts is None else counts
    candidate = name
    while candidate in taken:
        counts[name] = counts.get(name, 1) + 1
        candidate = f"{name}-{counts[name]}"
    taken.add(candidate)
    return candidate


def is_to_come(text: str) -> bool:
    """Whether the words say that something isn't known yet."""
    return text.casefold() in {"tba", "tbd", "to be announced", "to come"}


def tidy(text: str) -> str:
    """Lines as they are published beside pages: spaces that don't break are plain in lists."""
    return text.replace("\u00a0", " ") if text.startswith(("- ", "  - ")) else text
