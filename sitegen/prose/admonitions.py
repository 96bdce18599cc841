"""Boxes: `!!! note "Title"`, and `??? note "Title"` for those that open, with what is set in below by four columns.

Python-Markdown's admonitions and pymdown-extensions' details in one, with the same HTML: the latter imports what reads
web addresses, which costs 55 ms whenever sitegen starts. GitHub's alerts are made into boxes by `lines`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterator

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.languages import OUR
from sitegen.patterns import regex

BOX_TITLE = Rule(
    "box-title",
    "warning",
    "Behind the kind of a box stands its title, in double quotes, and nothing else. Words without quotes are taken for "
    "classes and not shown; with anything behind the quotes the line isn't read as a box at all.",
    wrong="!!! note Before the lecture\n    Read both papers.",
    right='!!! note "Before the lecture"\n    Read both papers.',
)

EMPTY_BOX = Rule(
    "empty-box",
    "warning",
    "An admonition or a block that opens has no text, because what belongs to it isn't set in by four spaces.",
    wrong="!!! note\nRead this first.",
    right="!!! note\n    Read this first.",
)

_KIND = r"[\w-]+(?:[ ]+[\w-]+)*"
_OPENING = regex(
    rf"""(?:^|\n)(?P<sign>!!!|\?\?\?\+?)
    (?:[ ]?(?P<kind>{_KIND})(?:[ ]+"(?P<title>.*?)")? | (?<=[?+])[ ]+"(?P<only>.*?)")[ ]*(?:\n|$)""",
    re.VERBOSE,
)
_SEEMING = regex(
    r"^(?P<margin>[ >]*)(?P<line>(?P<sign>!!!|\?\?\?\+?)[ ]?(?P<rest>[\w\"“-][^\n]*))$(?P<gap>\n+)?", re.MULTILINE
)
_MARGIN = regex(r"[ >\t]*")
_QUOTED = regex(r'"([^"\n]*)"|“([^”\n]*)”')
_LISTS = ("ul", "ol", "dl")

Place = Callable[[int, int], Span]


class Boxes(BlockProcessor):
    """Reads boxes, and what follows an empty line and still belongs to the last one."""

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser)
        self.columns = int(self.tab_length)

    def test(self, parent: etree.Element, block: str) -> bool:
        return _OPENING.search(block) is not None or self._find_open(parent, block) is not None

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        opening = _OPENING.search(block)
        if opening:
            if opening.start():
                self.parser.parseBlocks(parent, [block[: opening.start()]])
            inside, rest = self.detab(block[opening.end() :])
            box = _write_box(parent, opening)
        else:
            found = self._find_open(parent, block)
            assert found  # `test` has found it
            box, indent = found
            inside, rest = self.detab(block, indent)
            if box.tag in ("li", "dd") and box.text:
                words, box.text = box.text, ""
                first = etree.Element("p")
                first.text = words
                box.insert(0, first)
        self.parser.parseChunk(box, inside)
        if rest:
            blocks.insert(0, rest)

    def _find_open(self, parent: etree.Element, block: str) -> tuple[etree.Element, int] | None:
        """The box, or the item of its last list, to which an indented block belongs, and how far it is set in."""
        box = self.lastChild(parent)
        if box is None or not _is_box(box):
            return None
        indent = self.columns
        last = self.lastChild(box)
        while last is not None and last.tag in _LISTS and block.startswith(" " * (indent + self.columns)):
            box = self.lastChild(last)
            if box is None:
                return None
            last = self.lastChild(box)
            indent += self.columns
        return (box, indent) if block.startswith(" " * indent) else None


def _is_box(element: etree.Element) -> bool:
    return element.tag == "details" or (element.tag == "div" and "admonition" in element.get("class", ""))


def _write_box(parent: etree.Element, opening: re.Match[str]) -> etree.Element:
    kind = " ".join((opening["kind"] or "").lower().split())
    title = opening["only"] if opening["only"] is not None else opening["title"]
    language = {}
    if title is None:
        title = kind.partition(" ")[0].capitalize()
        language = {"lang": OUR} if title in _OURS else {}
    if opening["sign"] == "!!!":
        box = etree.SubElement(parent, "div", {"class": f"admonition {kind}"})
        if title:
            etree.SubElement(box, "p", {"class": "admonition-title", **language}).text = title
        return box
    box = etree.SubElement(parent, "details", {"open": "open"} if opening["sign"] == "???+" else {})
    if kind:
        box.set("class", kind)
    etree.SubElement(box, "summary", language).text = title
    return box


_OURS = frozenset(
    "Abstract Answer Assumption Attention Axiom Bug Caution Check Claim Conclusion Conjecture Corollary Danger "
    "Definition Details Error Example Exercise Fact Failure Goal Hint Important Info Lemma Note Notation Objective "
    "Problem Proof Proposition Question Quiz Quote Reading Recap Remark Reminder Solution Success Summary Task Theorem "
    "Tip Todo Warning".split()
)
"""Kinds that are English words, and so are the titles that are made of them; others are words of the author's."""


# --- what is told -------------------------------------------------------------------------------


def check_boxes(source: str, prose: str, place: Place, is_code: Callable[[int], bool]) -> Iterator[Diagnostic]:
    """`prose` is as long as `source`, with spaces in place of what isn't read as text."""
    if "!!!" not in prose and "???" not in prose:
        return
    for match in _SEEMING.finditer(prose):
        start = match.start("line")
        written = source[start : match.end("line")].rstrip()
        opening = _OPENING.fullmatch(written)
        below = _MARGIN.match(source, match.end() if match["gap"] else len(source))
        assert below  # it may be empty
        belongs = _width(below[0]) >= _width(match["margin"]) + 4
        if is_code(start) or not (opening or belongs):
            continue
        if not belongs and source[below.end() : below.end() + 1].strip():
            help = "Set the lines that belong to it in by four spaces."
            yield EMPTY_BOX.at(place(start, len(match["sign"])), f"Nothing belongs to this {match['sign']}.", help)
        kind = re.match(r"[\w-]+", match["rest"])
        sign = f"{match['sign']} {kind[0].lower() if kind else 'note'}"
        if opening is None:
            message = "This line isn't read as a box: behind its kind stands its title in quotes, and nothing else."
            quoted = _QUOTED.search(written)
            title = (quoted[1] or quoted[2] or "Title") if quoted else "Title"
            yield BOX_TITLE.at(place(start, len(written)), message, f'Write {sign} "{title}".')
        elif opening["title"] is None and opening["kind"] and (words := _find_words(opening["kind"])):
            at = start + written.index(words, written.index(opening["kind"]))
            message = f"\"{words}\" isn't shown: a box's title stands in quotes."
            yield BOX_TITLE.at(place(at, len(words)), message, f'Write {sign} "{words}".')


def _width(margin: str) -> int:
    return len(margin.expandtabs(4))


def _find_words(kind: str) -> str:
    """What stands behind the first word of a kind if it is a title: capitals, other scripts' letters, many words."""
    words = kind.partition(" ")[2].strip()
    return words if not words.isascii() or words != words.lower() or words.count(" ") > 1 else ""
