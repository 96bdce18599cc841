"""How long a converted text takes to read.

An estimate for planning an evening: what is looked at (code, formulas, pictures) takes its time beside the words. The
rates are of IReST's texts (Trauzettel-Klosinski and Dietz, 2012: 228 words a minute in English, 255 characters in
Chinese, 357 in Japanese); the seconds are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sitegen.addresses import CLOSE, OPEN
from sitegen.patterns import is_western, regex

WORDS = 228
"""A minute."""
CHARACTERS = 300
"""A minute, of Chinese and Japanese, which have no spaces between words."""
LETTERS = 5
"""To a word, in Thai, Lao, Burmese and Khmer, which have none either."""
FORMULA, DISPLAY, LINE, PICTURE = 2, 8, 3, 8
"""Seconds for a formula within text and one that stands alone, a line of code, and a picture."""
MOST_LINES = 40
"""Lines of a block of code that are read; a longer one is looked up in."""

_APART = regex(r"<(math|pre|svg|img|script|style)\b([^<>]*)>", re.IGNORECASE)
"""What isn't read as words."""
_TAG = regex(r"<[^<>]*>")
_HAN = regex("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNSPACED = regex("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_WORD = regex(r"[^\W_]+(?:['\u2019.,-][^\W_]+)*")
"""`don't`, `state-of-the-art` and `1,024` are one each."""
_JOINT = regex(r"['.,-](?<=[a-zA-Z0-9].)(?=[a-zA-Z0-9])")
"""Between two pieces of one word, in ASCII."""
_APARTLY = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
"""Each character of ASCII, or a space for one that is of no word."""


def reading_minutes(html: str) -> int:
    """At least 1; 0 for a text without anything to read."""
    seconds = 0.0
    for kind, piece in _pieces(html):
        if kind == "words":
            seconds += _seconds_for(_TAG.sub(" ", piece))
        elif kind == "math":
            seconds += FORMULA
        elif kind == "display":
            seconds += DISPLAY
        elif kind == "pre":
            lines = sum(1 for line in piece.split("\n") if line.strip())
            seconds += LINE * min(lines, MOST_LINES)
        elif kind in ("svg", "img"):
            seconds += PICTURE
    return max(1, round(seconds / 60)) if seconds else 0


def _seconds_for(text: str) -> float:
    plain = text if text.isascii() else _without_signs(text)
    if plain.isascii():  # as many as `_WORD` finds, in half the time
        return 60 * (len(plain.translate(_APARTLY).split()) - len(_JOINT.findall(plain))) / WORDS
    if is_western(text):
        return 60 * len(_WORD.findall(text)) / WORDS
    han, unspaced = len(_HAN.findall(text)), len(_UNSPACED.findall(text))
    if han or unspaced:
        text = _UNSPACED.sub(" ", _HAN.sub(" ", text))
    words = len(_WORD.findall(text)) + unspaced / LETTERS
    return 60 * words / WORDS + 60 * han / CHARACTERS


def _without_signs(text: str) -> str:
    """The text with signs of ASCII for those that stand in most texts, so that the same words are found."""
    for sign in f"{OPEN}{CLOSE}\u201c\u201d\u2013\u2014\u2026\u00a0":
        text = text.replace(sign, " ")
    return text.replace("\u2019", "'").replace("\u2018", " ")


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """(`words` or the element that it is, HTML); each element is looked for once, so that none that is open counts."""
    unclosed: set[str] = set()
    done = at = 0
    while opening := _APART.search(html, at):
        name, at = opening[1].lower(), opening.end()
        end = at if name == "img" else -1 if name in unclosed else html.find(f"</{name}", at)
        if end < 0:
            unclosed.add(name)
            continue
        yield "words", html[done : opening.start()]
        yield "display" if name == "math" and "block" in opening[2] else name, html[at:end]
        done = at = end
    yield "words", html[done:]
