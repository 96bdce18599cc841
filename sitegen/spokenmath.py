"""A formula as a line of text, for places that hold no MathML: `O(n²)` in a title, a table of contents, a list.

MathML in, text out. How it is made from LaTeX is `mathml`.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as etree
from html import unescape

from sitegen.mathml import without_source
from sitegen.patterns import regex

RAISED = dict(
    zip("0123456789+-−=()abcdefghijklmnoprstuvwxyzT*∗′⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ**′ᵀ", strict=True)
)
LOWERED = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_SPACED = frozenset("=<>≤≥≠≈∼≡∝∈∉⊂⊆→←↔⇒⇔↦≪≫+±×∪∩")
"""Signs that stand between spaces."""
_MARKS = dict(
    zip(
        "\u02c6^\u00af\u203e\u02dc~\u2192\u02d9\u00a8\u00b4`\u02c7\u02d8\u02da",
        "\u0302\u0302\u0304\u0305\u0303\u0303\u20d7\u0307\u0308\u0301\u0300\u030c\u0306\u030a",
        strict=True,
    )
)
"""Accents to the marks that combine with a letter."""
_UNSEEN = regex("[\u2061-\u2064\u200b\ufe00-\ufe0f]")
_STYLED = regex("[\U0001d400-\U0001d7ff]+")
"""Script, bold and the like, which few fonts have and no search finds."""
_ENTITY = regex(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(\w+;)")


def spell(math: str) -> str:
    """`<math><msup><mi>n</mi><mn>2</mn></msup></math>` to `n²`; what has no sign of its own is written with ^ and _."""
    source = _ENTITY.sub(lambda entity: unescape(entity[0]), without_source(math))
    try:
        words = _UNSEEN.sub("", _spell(etree.fromstring(source)))
    except etree.ParseError:  # a control character, of which XML knows none
        words = unescape(re.sub(r"<[^<>]*>", "", source))
    return " ".join(_STYLED.sub(lambda letters: unicodedata.normalize("NFKC", letters[0]), words).split())


def _spell(element: etree.Element) -> str:
    if element.tag == "mo":
        sign = (element.text or "").strip()
        return f" {sign} " if sign in _SPACED else sign
    if element.tag == "mspace":
        return " " if element.get("width", "").rstrip("em") not in ("", "0") else ""
    if element.tag in ("mi", "mn", "mtext"):
        words = "".join(element.itertext())
        return f" {words} " if element.tag == "mi" and len(words) > 1 and words.isascii() else words
    parts = [_spell(child) for child in element]
    if element.tag == "mover" and element.get("accent") and len(parts) == 2:
        return unicodedata.normalize("NFC", parts[0] + _MARKS.get(parts[1].strip(), ""))
    if parts and element.tag.startswith(("msu", "mov", "mun")):
        parts[0] = parts[0].rstrip()
    if element.tag in ("msup", "mover") and len(parts) == 2:
        return parts[0] + _script(parts[1], "^", RAISED)
    if element.tag in ("msub", "munder") and len(parts) == 2:
        return parts[0] + _script(parts[1], "_", LOWERED)
    if element.tag in ("msubsup", "munderover") and len(parts) == 3:
        return parts[0] + _script(parts[1], "_", LOWERED) + _script(parts[2], "^", RAISED)
    if element.tag == "mfrac" and len(parts) == 2:
        return "/".join(_grouped(part) for part in parts)
    if element.tag == "msqrt":
        return "√" + _grouped("".join(parts))
    if element.tag == "mroot" and len(parts) == 2:
        return _script(parts[1], "", RAISED) + "√" + _grouped(parts[0])
    return (" " if element.tag in ("mtable", "mtr") else "").join(parts)


def _script(words: str, sign: str, letters: dict[str, str]) -> str:
    words = _UNSEEN.sub("", words).strip()
    if words and all(letter in letters for letter in words.replace(" ", "")):
        return "".join(letters[letter] for letter in words.replace(" ", ""))
    return f"{sign}{_grouped(words)}" if words else ""


def _grouped(words: str) -> str:
    words = words.strip()
    return words if len(words) <= 1 or words.isalnum() else f"({words})"
