"""Which language words are in, and how a page says so: sitegen's own are English, all others are the course's.

A page of a course in another language says for each of its words which of the two it is (WCAG 2.2 SC 3.1.1, 3.1.2); a
page of a course in English says it once, at its top. Which way a language runs is `directions`'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from sitegen.directions import is_rtl
from sitegen.patterns import regex
from sitegen.values import Value

OUR, THEIR = "\ufdd1", "\ufdd2"
"""What `lang` is in texts, which are read before the course's language is known; Unicode never assigns these."""
OURS, THEIRS = f' lang="{OUR}"', f' lang="{THEIR}"'
"""Such attributes, which `settle` puts in or leaves out."""


class English(str):
    """Words of sitegen's own, wherever they stand among an author's: `English("Review: ", topic)`."""

    pieces: tuple[str, ...]
    """What it is made of: sitegen's words, an author's, sitegen's, and so on."""

    def __new__(cls, *pieces: str) -> English:
        made = super().__new__(cls, "".join(pieces))
        made.pieces = pieces
        return made

    def __getnewargs__(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.pieces


def compose(*parts: str) -> English:
    """Words one behind the other, of which some are `English` and the others an author's."""
    pieces = [""]
    for part in parts:
        ours, *more = part.pieces if isinstance(part, English) else ("", part)
        if len(pieces) % 2:
            pieces[-1] += ours
        else:
            pieces.append(ours)
        pieces += more
    return English(*pieces)


def is_english(language: str) -> bool:
    """Whether a language tag (BCP 47) names English of any country."""
    return language.partition("-")[0].casefold() in {"en", "eng"}


class Marks(Value):
    """Attributes that say a language; all empty in a course in English."""

    ours: str = ""
    """For what holds sitegen's words alone. They run from left to right."""
    theirs: str = ""
    """For what holds the author's."""


def choose_marks(language: str) -> Marks:
    """The marks on pages of a course in `language`."""
    if is_english(language):
        return Marks()
    return Marks(' lang="en"' + ' dir="ltr"' * is_rtl(language), f' lang="{escape(language)}"')


def write_words(words: str, language: str) -> str:
    """Words on a page of sitegen's as HTML, each in the language of whoever wrote them, and set apart from the others.

    What is HTML already, as a paper's title, stays as it is.
    """
    if isinstance(words, English):
        return "".join(_mark_pieces(words, language))
    return mark_words(str(words) if hasattr(words, "__html__") else escape(words), language)


def mark_words(html: str, language: str) -> str:
    """An author's words as HTML in a line of sitegen's, with their language if that isn't the line's."""
    return f'<bdi lang="{escape(language)}">{html}</bdi>' if html and not is_english(language) else html


def mark_ours(html: str, language: str) -> str:
    """Words of sitegen's as HTML in a line of an author's."""
    return html if is_english(language) else f"<span{OURS}>{html}</span>"


def write_ours(words: str, language: str) -> str:
    """Words in a text of an author's as HTML; sitegen's say that they are English."""
    if is_english(language) or not isinstance(words, English):
        return escape(words)
    return mark_ours("".join(_mark_pieces(words, language)), language)


def settle(html: str, language: str) -> str:
    """A text's HTML with `OURS` and `THEIRS` as a page of a course in `language` has them."""
    if OURS not in html and THEIRS not in html:
        return html
    marks = choose_marks(language)
    if marks.ours:
        html = _NAMED_BY_US.sub(lambda text: f"{text['opens']}<span{THEIRS}>{text['text']}</span>", html)
        html = _IN_FORMULA.sub(rf"\g<opens><span{THEIRS}>\g<text></span>", html) if "<mtext" in html else html
    return html.replace(OURS, marks.ours and ' lang="en"').replace(THEIRS, marks.theirs)


_NAMED_BY_US = regex(rf"(?P<opens><pre [^<>]*{OURS}>)(?!<code)(?P<text>.*?)(?=</pre>)", re.DOTALL)
"""An author's text in an element that has a name of sitegen's. Around code and tables there are two elements anyway."""
_IN_FORMULA = regex(r"(?P<opens><mtext[^<>]*>)(?P<text>[^<\d()]{2,})(?=</mtext>)")
"""An author's words in a formula, which has such a name, too; MathML's own elements can't say a language."""


def _mark_pieces(words: English, language: str) -> Iterator[str]:
    """Beside words that run the other way, sitegen's are set apart with their full stops and brackets."""
    is_apart = len(words.pieces) > 1 and is_rtl(language)
    for number, piece in enumerate(words.pieces):
        if number % 2:
            yield mark_words(escape(piece), language)
        else:
            yield _PHRASE.sub(r"<bdi>\g<0></bdi>", escape(piece)) if is_apart else escape(piece)


_PHRASE = regex(r"[(A-Za-z].*(?<! )", re.DOTALL)
"""Sitegen's words without the spaces and commas that part them from the author's."""
