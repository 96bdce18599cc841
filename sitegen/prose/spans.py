"""Inline Markdown beyond Python-Markdown's: struck and marked words, raised and lowered ones, bare addresses.

It also has Python-Markdown try each of its inline patterns only where the sign that the pattern begins with is in the
text, which most texts lack: the same HTML in three quarters of the time. Blocks are `lines` and `markup`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from markdown import Markdown
from markdown.extensions.smarty import SubstituteTextPattern
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import InlineProcessor as Inliner
from markdown.util import AtomicString

from sitegen.patterns import CHINESE, is_western, regex, without_chinese

_PAIRS = {
    # GitHub, Pandoc, MkDocs. What is struck or marked neither begins nor ends with a space.
    "del": ("~~", r"(?<!~)~~(?![\s~])((?:[^~]|~(?!~)){1,2000}?)(?<!\s)~~(?!~)", 58),
    "mark": ("==", r"(?<![=a-zA-Z0-9_)\]])==(?![\s=])((?:[^=]|=(?!=)){1,2000}?)(?<!\s)==(?![=a-zA-Z0-9_])", 57),
    # Pandoc: H~2~O, x^2^. Letters and digits only, so that ~/.bashrc, 2^10=2^5 and ^_^ stay as they are.
    "sub": ("~", r"(?<![~\s])~([^\W_]{1,40})~(?!~)", 56),
    "sup": ("^", r"(?<![\s^])\^([^\W_]{1,40})\^(?!\^)", 55),
}
"""Element to the sign that it needs, its pattern, and its place among Python-Markdown's: after links and HTML."""

_NOT_IN_ADDRESS = r"\s<>\[\]\"`\x02\x03\u3000-\u303f\uff01-\uff65“”"
_ADDRESS = rf"(?<![^\W{CHINESE}])(?<![/.@:=])https?://[^{_NOT_IN_ADDRESS}]*[^{_NOT_IN_ADDRESS}.,:;!?*_~'’)]+"


class _Pair(InlineProcessor):
    """Words between two equal signs."""

    def __init__(self, pattern: str, md: Markdown, element: str) -> None:
        super().__init__(pattern, md)
        self.element = element

    def handleMatch(  # type: ignore[override]  # noqa: N802 (Python-Markdown's name)
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        element = etree.Element(self.element)
        element.text = m[1]
        return element, m.start(), m.end()


class _Chosen:
    """A pattern that goes by Chinese letters, with its simpler one for western texts; as Python-Markdown asks it."""

    def __init__(self, pattern: str) -> None:
        self._any, self._western = regex(pattern, re.DOTALL), regex(without_chinese(pattern), re.DOTALL)

    def finditer(self, text: str, at: int) -> Iterator[re.Match[str]]:
        return (self._western if is_western(text) else self._any).finditer(text, at)


class _Bare(InlineProcessor):
    """An address that stands in the text leads where it says (GitHub). Brackets around it and its full stop don't."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown) -> None:
        super().__init__("", md)
        self.compiled_re = _Chosen(_ADDRESS)  # type: ignore[assignment]

    def handleMatch(  # type: ignore[override]  # noqa: N802 (Python-Markdown's name)
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        end = m.end()
        # A closing bracket belongs to the address that opens it: https://en.wikipedia.org/wiki/Lock_(computing)
        while data[end : end + 1] == ")" and data.count("(", m.start(), end) > data.count(")", m.start(), end):
            end += 1
        address = data[m.start() : end]
        element = etree.Element("a", {"href": self.unescape(address)})
        element.text = AtomicString(self.unescape(address))
        return element, m.start(), end


class _Around(SubstituteTextPattern):
    """Quotation marks around words in a text without spaces."""

    def __init__(self, pattern: str, replace: tuple[int | str, ...], md: Markdown) -> None:
        super().__init__("", replace, md)
        self.compiled_re = _Chosen(pattern)  # type: ignore[assignment]


class Selective(Inliner):
    """Python-Markdown's walk through a text's segments, which tries a pattern only where its sign is."""

    def __init__(self, md: Markdown, patterns: Any, signs: dict[str, tuple[str, ...]]) -> None:
        super().__init__(md)
        self._apply = getattr(self, "_InlineProcessor__applyPattern")  # noqa: B009 (its private name)
        self.inlinePatterns, self._signs_of = patterns, signs
        self._chosen: dict[tuple[bool, ...], list[tuple[int, Any]]] = {}

    @cached_property
    def _tries(self) -> list[tuple[Any, tuple[str, ...]]]:
        """Each pattern with its signs, of which one must be in the text; the empty one is in every text."""
        patterns = list(self.inlinePatterns)  # which puts them in order
        names = (item.name for item in self.inlinePatterns._priority)  # type: ignore[attr-defined]
        return [(pattern, self._find_signs(name)) for name, pattern in zip(names, patterns, strict=True)]

    def _find_signs(self, name: str) -> tuple[str, ...]:
        return self._signs_of.get(name.rstrip("0123456789"), ("",))

    @cached_property
    def _signs(self) -> list[str]:
        """All patterns' signs, each once."""
        return list(dict.fromkeys(sign for _, signs in self._tries for sign in signs))

    @cached_property
    def _any_sign(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self._signs)))

    def _choose(self, present: tuple[bool, ...]) -> list[tuple[int, Any]]:
        """The patterns, with their numbers, that a text with those of the signs may have. Few combinations occur."""
        known = self._chosen.get(present)
        if known is None:
            found = {sign for sign, is_there in zip(self._signs, present, strict=True) if is_there}
            tries = enumerate(self._tries)
            known = self._chosen[present] = [(at, pattern) for at, (pattern, signs) in tries if found & {*signs}]
        return known

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803 (its name)
        if isinstance(data, AtomicString):
            return data
        if not self._any_sign.search(data):
            return data
        # What a pattern matches is replaced by a token without signs, so that no text has more of them later.
        for number, pattern in self._choose(tuple([sign in data for sign in self._signs])):
            if number < patternIndex:
                continue
            matched, start = True, 0
            while matched:
                data, matched, start = self._apply(pattern, data, number, start)
        return data


_SIGNS: dict[str, tuple[str, ...]] = {
    "backtick": ("`",), "escape": ("\\",), "footnote": ("[^",), "reference": ("[",), "link": ("](",),
    "image_link": ("![",), "image_reference": ("![",), "short_reference": ("[",), "short_image_ref": ("![",),
    "autolink": ("://",), "automail": ("<",), "linebreak": ("  \n",), "html": ("<",), "entity": ("&",),
    "em_strong": ("*", "_"), "course-bare": ("://",),
    **{f"course-{element}": (sign,) for element, (sign, _, _) in _PAIRS.items()},
}  # fmt: skip
"""What has to be in a text for Python-Markdown's patterns, by their names, to match it."""
_SMART_SIGNS: dict[str, tuple[str, ...]] = {
    "smarty-ellipses": ("...",), "smarty-en-dashes": ("--",), "smarty-em-dashes": ("---",),
    "smarty-quotes-": ('"', "'"), "smarty-quotes-left-out": ("'",), "smarty-quotes-around": ('"', "'"),
}  # fmt: skip


_LEFT_OUT = r"(?<![\w'])'(?=(?i:em|tis|twas|til|twere|cause|bout|round|n')\b|n'(?!\w)|\d\d(?![\d'])s?\b)"


_BESIDE = rf"(?<=[{CHINESE}\u3000-\u303f\uff01-\uff65])"
_AROUND = rf'{_BESIDE}"([^"\n]{{1,300}})"'
_AROUND_SINGLE = rf"{_BESIDE}'([^'\n]{{1,300}})'"
"""Quotation marks right behind Chinese, where smarty, which goes by spaces, sees the end of a quotation."""


def add_spans(md: Markdown) -> None:
    """Registers all this; after the extensions whose patterns are to be tried."""
    for element, (_, pattern, place) in _PAIRS.items():
        md.inlinePatterns.register(_Pair(pattern, md, element), f"course-{element}", place)
    md.inlinePatterns.register(_Bare(md), "course-bare", 85)
    # An apostrophe before what is left of a word or year, where smarty sees the start of a quotation.
    quotes = md.treeprocessors["smarty"].inlinePatterns  # type: ignore[attr-defined]
    quotes.register(SubstituteTextPattern(_LEFT_OUT, ("&rsquo;",), md), "smarty-quotes-left-out", 31)
    quotes.register(_Around(_AROUND, ("&ldquo;", 1, "&rdquo;"), md), "smarty-quotes-around1", 33)
    quotes.register(_Around(_AROUND_SINGLE, ("&lsquo;", 1, "&rsquo;"), md), "smarty-quotes-around2", 32)
    for name, place, signs in (("inline", 20, _SIGNS), ("smarty", 6, _SMART_SIGNS)):
        patterns = md.treeprocessors[name].inlinePatterns  # type: ignore[attr-defined]
        md.treeprocessors.register(Selective(md, patterns, signs), name, place)
