"""Finds what Markdown doesn't know, math and citations, in a Markdown text, with positions.

One pass over the source before Markdown reads it: code, comments, tags, escapes and addresses are
stepped over; each formula and citation is taken out and a token is left in its place, which Markdown
passes through untouched. So a formula's backslashes and underscores are safe from Markdown, and a
finding knows its line and column, which Markdown's own inline rules can't tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sitegen.addresses import CLOSE, OPEN, placeholder

_SCAN = re.compile(
    r"""
      (?P<fence>^(?P<indent>[ >]*(?:(?:[-*+]|\d+[.)])[ ]+)*)(?P<ticks>`{3,}|~{3,})[^\n]*
        (?:\n(?![ >]*(?P=ticks))[^\n]*)*(?:\n[ >]*(?P=ticks)[`~]*[ \t]*$)?)
    | (?P<code>(?<!`)(?P<run>`+)(?!`)(?:[^`\n]|(?!(?<!`)(?P=run)(?!`))`|\n(?![ >]*\n))+(?<!`)(?P=run)(?!`))
    | (?P<comment><!--(?:(?!<!--).)*?-->
        |<(?P<raw>script|style|pre|code|textarea|svg|math)\b(?:(?!<(?P=raw)\b).)*?</(?P=raw)\s*>)
    | (?P<display>\$\$(?P<dollars>(?:[^$\\\n]|\\.|\n(?![ >]*\n)|\$(?!\$))+?)\$\$
        | \\\[(?P<brackets>(?:[^\\\n]|\\(?![][]).|\n(?![ >]*\n))+?)\\\])
    | (?P<inline>\\\((?P<parens>(?:[^\\\n]|\\(?![()]).|\n(?![ >]*\n))+?)\\\)
        | (?<![\\$\w])\$(?![\s$])(?P<dollar>(?:[^$\\\n]|\\.|\n(?![ >]*\n))+?)(?<![\s\\])\$(?![\d$]))
    | (?P<slide>(?:\A|(?<=\n\n))---[ \t]*$)
    | (?P<escape>\\.)
    | (?P<address><[a-zA-Z/][^<>\n]*>|\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s<>)\]]+
        |^[ ]{0,3}\[[^\]\n]+\]:[^\n]*|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]+)
    | (?P<cites>\[(?=[^\[\]\n]*@)[^\[\]]*\](?![(\[:]))
    | (?P<cite>(?<![\w@/.:`\\-])@(?=\w)(?:[\w+:/.-]*[\w+])(?![\w@]))
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_KEY = r"(?:\{[^{}\s]+\}|\w(?:[\w+:/.-]*[\w+])?)"
_CITE_ITEM = re.compile(rf"\s*(?P<before>[^@;]*?)(?P<hide>-?)@(?P<key>{_KEY})(?P<after>[^;]*)\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Formula:
    """LaTeX between its delimiters."""

    tex: str
    display: bool
    written: str
    """With its delimiters."""
    start: int
    """Offset of `written` in the source."""


@dataclass(frozen=True, slots=True)
class CiteItem:
    """One paper in a citation: `see @key, sec. 3`."""

    key: str
    before: str
    after: str
    """Words after the key, without the comma: `sec. 3`."""
    hide_author: bool
    start: int
    """Offset of `@` in the source."""


@dataclass(frozen=True, slots=True)
class Citation:
    items: tuple[CiteItem, ...]
    written: str
    in_text: bool
    """`@key` in prose, whose authors are part of the sentence; not in brackets."""
    start: int


Found = Formula | Citation


def find_inline(text: str, slides: bool = False) -> tuple[str, list[Found]]:
    """`text` with a token in place of each formula and citation, and what token n stands for.

    With `slides`, a line of three dashes opens a slide; in the notes nothing is seen of it.
    """
    text = text.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")
    found: list[Found] = []

    def take(match: re.Match[str]) -> str:
        if match["slide"]:
            return "" if slides else match[0]
        value = _read(match)
        if value is None:
            return match[0]
        found.append(value)
        return placeholder(len(found) - 1)

    return _SCAN.sub(take, text), found


def blank_out(text: str, addresses: bool = True) -> str:
    """`text` with code, comments and formulas as spaces, and addresses and tags too; the same offsets and lines."""

    def blank(match: re.Match[str]) -> str:
        keeps = match["cites"] or match["cite"] or match["slide"] or (match["address"] and not addresses)
        return match[0] if keeps else re.sub(r"[^\n]", " ", match[0])

    return _SCAN.sub(blank, text)


def _read(match: re.Match[str]) -> Found | None:
    written, start = match[0], match.start()
    if match["display"]:
        tex = match["dollars"] or match["brackets"]
        return Formula(tex.strip(), True, written, start)
    if match["inline"]:
        tex = match["dollar"] or match["parens"]
        return Formula(tex.strip(), False, written, start)
    if match["cites"]:
        return _read_citation(written, start)
    if match["cite"]:
        return Citation((CiteItem(written[1:], "", "", False, start),), written, True, start)
    return None


def _read_citation(written: str, start: int) -> Citation | None:
    items = []
    offset = start + 1
    for piece in written[1:-1].split(";"):
        match = _CITE_ITEM.match(piece)
        if not match:
            return None
        at = offset + match.start("key") - 1
        after = " ".join(match["after"].strip().removeprefix(",").split())
        items.append(
            CiteItem(match["key"].strip("{}"), " ".join(match["before"].split()), after, bool(match["hide"]), at)
        )
        offset += len(piece) + 1
    return Citation(tuple(items), written, False, start)
