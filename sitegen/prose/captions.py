"""Figures, tables and listings with captions: a paragraph beside one that begins with its kind is its caption.

    | a | b |                                  ![Four workers in a ring](ring.png)
    |---|---|
    | 1 | 2 |                                  Figure: What travels where. {#fig-ring}

    Table: Bytes a parameter. {#tbl-bytes}

They are numbered on each page, kind by kind. What refers to them, `[](#fig-ring)`, is filled in by `references`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterable, Iterator

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from sitegen.addresses import CLOSE, OPEN
from sitegen.diagnostics import Rule
from sitegen.languages import OUR
from sitegen.patterns import regex
from sitegen.prose.pieces import KINDS

LOST_CAPTION = Rule(
    "lost-caption",
    "warning",
    'A paragraph that begins with "Table:", "Figure:" or "Listing:" is the caption of the table, picture or code right '
    "above or below it. This one stands beside none, so it is a paragraph like any other.",
    wrong="Table: Bytes a parameter.\n\nA paragraph.",
    right="| Values | Bytes |\n|---|---|\n| weights | 2 |\n\nTable: Bytes a parameter.",
)

PREFIXES = {"fig-": "Figure", "tbl-": "Table", "lst-": "Listing"}
"""What Quarto's authors begin ids with; a picture whose id begins so has its description as its caption."""

_CAPTION = regex(rf"(?P<kind>{'|'.join(KINDS)}):[ \n]+(?P<words>\S.*)\Z", re.DOTALL)
_MAY_BE = regex(rf"\s*(?:!\[|{'|'.join(KINDS)})")
_ATTRIBUTES = regex(r"[ \n]*\{:?[ ]*(?P<inside>[^{}\n]*)\}[ ]*\Z")
_IMAGE = regex(
    r"!\[(?P<alt>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\](?:\([^()\n]*\)|\[[^\[\]]*\])(?P<attributes>\{[^{}\n]*\})?\Z"
)
_TOKEN = regex(f"{OPEN}\\d+{CLOSE}\\Z")


class Captions(Treeprocessor):
    """Puts captions where they belong, before inline Markdown is read, so that captions may have some."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.labels: dict[str, str] = {}
        """Id to what refers to it says: `Figure 2`."""
        self.lost: list[str] = []
        """How captions begin that stand beside nothing."""
        self._counts: dict[str, int] = {}

    def run(self, root: etree.Element) -> None:
        self.labels, self.lost, self._counts = {}, [], {}
        self._arrange(root)
        for element in root.iter():
            self._number(element)

    def _arrange(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            if parent.tag in _HOLDERS:
                blocks: list[etree.Element | None] = list(parent)
                for place, block in enumerate(blocks):
                    if block is not None and block.tag == "p" and _MAY_BE.match(block.text or ""):
                        self._read(blocks, place, block)
                if blocks != list(parent):
                    parent[:] = [block for block in blocks if block is not None]

    def _read(self, blocks: list[etree.Element | None], place: int, block: etree.Element) -> None:
        """One paragraph that may be a caption, or a picture that has one; a caption that found its place is None."""
        text = (block.text or "").strip()
        own = _IMAGE.match(text)
        if own and own["attributes"] and (name := get_attrs_of(own["attributes"]).get("id", ""))[:4] in PREFIXES:
            rest = {key: value for key, value in get_attrs_of(own["attributes"]).items() if key != "id"}
            block.text = text.removesuffix(own["attributes"]) + _written(rest)
            blocks[place] = _frame(block, "Figure", own["alt"], {"id": name})
            return
        first, _, last = text.rpartition("\n")
        caption = _CAPTION.match(text) or (_CAPTION.match(last) if _IMAGE.match(first.strip()) else None)
        if not caption:
            return
        words, attributes = caption["words"], {}
        given = _ATTRIBUTES.search(words)
        if given:
            words, attributes = words[: given.start()], get_attrs_of(given[0].strip())
        if not _CAPTION.match(text):
            block.text = first.strip()
            blocks[place] = _frame(block, caption["kind"], words, attributes)
            return
        for at in (place - 1, place + 1):
            beside = blocks[at] if 0 <= at < len(blocks) else None
            if beside is not None and _fits(beside, caption["kind"]):
                blocks[place] = None
                if beside.tag == "table":
                    _name_table(beside, words, attributes)
                else:
                    blocks[at] = _frame(beside, caption["kind"], words, attributes)
                return
        self.lost.append(text[:40])

    def _number(self, element: etree.Element) -> None:
        if element.tag == "table":
            kind, caption = "Table", element.find("caption")
        elif element.tag == "figure":
            name = element.get("id", "")
            kind = element.attrib.pop(_KIND, PREFIXES.get(name[:4], ""))
            caption = element.find("figcaption") if kind else None
        else:
            return
        if caption is None:
            return
        self._counts[kind] = self._counts.get(kind, 0) + 1
        label = f"{kind} {self._counts[kind]}"
        mark = etree.Element("b", {"lang": OUR})
        mark.text, mark.tail = f"{label}.", f" {caption.text or ''}"
        caption.text = ""
        caption.insert(0, mark)
        if element.get("id"):
            self.labels[element.attrib["id"]] = label


_HOLDERS = frozenset({"div", "li", "blockquote", "dd", "details", "section", "article", "td"})
_KIND = "data-kind"
"""Attribute of a figure between the two passes."""


def get_attrs_of(written: str) -> dict[str, str]:
    """An attribute list's: `{#fig-x .wide}`."""
    from markdown.extensions.attr_list import get_attrs

    found: dict[str, str] = {}
    for key, value in get_attrs(written.strip().strip("{}").removeprefix(":").strip()):
        if key == ".":
            found["class"] = f"{found['class']} {value}" if "class" in found else value
        else:
            found[key] = value
    return found


def _written(attributes: dict[str, str]) -> str:
    """`{class="wide" width="320"}`, or nothing."""
    inside = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f"{{{inside}}}" if inside else ""


def _fits(block: etree.Element, kind: str) -> bool:
    if kind == "Table":
        return block.tag == "table" and block.find("caption") is None
    text = (block.text or "").strip()
    if block.tag == "pre":
        return kind == "Listing"
    return block.tag == "p" and not len(block) and bool(_IMAGE.match(text) or _TOKEN.match(text))


def _name_table(table: etree.Element, words: str, attributes: dict[str, str]) -> None:
    caption = etree.Element("caption")
    caption.text = words
    table.insert(0, caption)
    table.attrib.update(attributes)


def _frame(block: etree.Element, kind: str, words: str, attributes: dict[str, str]) -> etree.Element:
    """A figure with the block and a caption."""
    figure = etree.Element("figure", {**attributes, _KIND: kind})
    if block.tag == "p" and not _TOKEN.match((block.text or "").strip()):
        figure.text = (block.text or "").strip()
    else:
        figure.append(block)
    etree.SubElement(figure, "figcaption").text = words
    return figure


def find_lost(lost: Iterable[str], text: str, start: int) -> Iterator[tuple[int, str]]:
    """(offset, kind) of each lost caption in the source from `start` on."""
    for beginning in lost:
        words = re.split(f"[\n{OPEN}]", beginning)[0]
        found = text.find(words, start)
        if found >= 0:
            start = found + len(words)
            yield found, words.partition(":")[0]
