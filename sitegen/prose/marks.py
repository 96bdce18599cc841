"""Marks that keep a block for the notes or for the slides, or bring it by itself: what each belongs to.

Works on Python-Markdown's tree. How slides are cut from it is told in `slides`, the same for Markdown in
`course.handouts`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Collection, Set

from sitegen.patterns import regex

SPEAKER, NOTES_ONLY, SLIDES_ONLY = "speaker", "notes-only", "slides-only"
"""Classes of what belongs to one view: an admonition for the speaker alone; text of the notes; text of the slides."""
FRAGMENT, FRAGMENTS = "fragment", "fragments"
"""Classes of what is shown one by one: a block, and each item of a list or of a slide's lists."""

_WORD = rf"\{{:?[ ]*\.({FRAGMENTS}|{FRAGMENT}|{NOTES_ONLY}|{SLIDES_ONLY})[ ]*\}}\s*\Z"
_MARK = regex(rf"[ \t]+{_WORD}")
_ALONE = regex(rf"\s*\{{:?[ ]*((?:\.(?:{FRAGMENT}|{NOTES_ONLY}|{SLIDES_ONLY})\b[ ]*)+)\}}\s*\Z")
_BLOCKS = frozenset({"ul", "ol", "p", "div", "pre", "blockquote", "dl", "table", "details"})
_ITEMS = {"li": ("ul", "ol"), "dd": ("dl",), "p": ("blockquote",)}
"""What a line below belongs to Python-Markdown, and whose end it is."""


def read_marks(root: etree.Element, is_divider: Callable[[etree.Element], bool]) -> None:
    """Gives each element in `root` the classes of its marks.

    Attribute lists stand on a line of their own; one of ours is meant beside words, too. On a line below a list, a
    table, a quote or code it means all of that, which gets a `div` of the class.
    """
    _lift(root, is_divider)
    for element in root.iter():
        if element.tag in ("p", "li", "dd"):
            _read_mark(element)


def _read_mark(element: etree.Element) -> None:
    inline = [child for child in element if child.tag not in _BLOCKS]
    holder, name = (inline[-1], "tail") if inline else (element, "text")
    match = _MARK.search(getattr(holder, name) or "")
    if match:
        setattr(holder, name, getattr(holder, name)[: match.start()])
        add_class(element, match[1])


def _lift(root: etree.Element, is_divider: Callable[[etree.Element], bool]) -> None:
    """Lines of marks that Python-Markdown took for a paragraph, a row, or the last item's."""
    for parent in list(root.iter()):
        above: etree.Element | None = None
        for block in list(parent):
            alone = _ALONE.match(block.text or "") if block.tag == "p" and not len(block) else None
            if alone and above is not None and not is_divider(above):
                _wrap(parent, above, _names(alone))
                parent.remove(block)
                above = None
                continue
            names = _from_row(block) if block.tag in ("table", "div") else _from_last_item(block)
            if names:
                _wrap(parent, block, names)
            above = block if not names else None


def _names(match: re.Match[str]) -> list[str]:
    return match[1].replace(".", " ").split()


def _wrap(parent: etree.Element, block: etree.Element, names: Collection[str]) -> None:
    frame = etree.Element("div", {"class": " ".join(names)})
    frame.tail, block.tail = block.tail, "\n"
    parent[list(parent).index(block)] = frame
    frame.append(block)


def _from_row(block: etree.Element) -> list[str]:
    """A table's last row that holds marks alone is taken out. The table may stand in its frame already."""
    if block.tag == "div" and block.get("class") != "table":
        return []
    body = block.find(".//tbody")
    row = body[-1] if body is not None and len(body) else None
    if body is None or row is None or not len(row) or any(len(cell) or (cell.text or "").strip() for cell in row[1:]):
        return []
    alone = _ALONE.match(row[0].text or "") if not len(row[0]) else None
    if not alone:
        return []
    body.remove(row)
    return _names(alone)


def _from_last_item(block: etree.Element) -> list[str]:
    """The marks of a last item whose line they stood below, taken from it."""
    item = block[-1] if len(block) else None
    if item is None or block.tag not in _ITEMS.get(item.tag, ()):
        return []
    if item.tag == "p" and len(block) > 1:
        return []
    holder = item[0] if len(item) == 1 and item[0].tag == "p" else item
    return [name for name in (FRAGMENT, NOTES_ONLY, SLIDES_ONLY) if take_class(holder, name)]


# --- what isn't shown ---------------------------------------------------------------------------


def drop(root: etree.Element, unwanted: Set[str], raw: Callable[[str], str]) -> None:
    """Takes out all elements of these classes, and what holds nothing any more; text after them stays.

    `raw` gives the HTML that the words of a paragraph stand for, if they do.
    """
    for parent in reversed(list(root.iter())):
        before: etree.Element | None = None
        for child in list(parent):
            if not unwanted.isdisjoint(classes(child) or _raw_classes(child, raw)) or child.get(_EMPTIED):
                parent.remove(child)
                if child.tail and before is not None:
                    before.tail = (before.tail or "") + child.tail
                elif child.tail:
                    parent.text = (parent.text or "") + child.tail
                if parent.tag in _HOLDERS and not len(parent) and not (parent.text or "").strip():
                    parent.set(_EMPTIED, "yes")
            else:
                before = child


_EMPTIED = "emptied"
"""An attribute of what is about to be taken out."""
_HOLDERS = frozenset({"p", "ul", "ol", "dl", "blockquote", "li"})


def unwrap(root: etree.Element, names: Collection[str]) -> None:
    """Takes these classes from `div`s; of those that then say nothing, what is in them stands in their place."""
    for parent in reversed(list(root.iter())):
        for child in list(parent):
            if child.tag != "div" or not [name for name in names if take_class(child, name)]:
                continue
            has_words = any((words or "").strip() for words in (child.text, *(block.tail for block in child)))
            if child.attrib or has_words:
                continue
            at = list(parent).index(child)
            if len(child):
                child[-1].tail = child.tail
            parent[at : at + 1] = list(child)


def classes(element: etree.Element) -> list[str]:
    written = element.get("class")
    return written.split() if written else []


def add_class(element: etree.Element, name: str) -> None:
    element.set("class", " ".join((*classes(element), name)))


def take_class(element: etree.Element, name: str) -> bool:
    """Takes a class away; whether it was there."""
    if name not in element.get("class", ""):
        return False  # most have none at all
    names = classes(element)
    if name not in names:
        return False
    names.remove(name)
    if names:
        element.set("class", " ".join(names))
    else:
        del element.attrib["class"]
    return True


def _raw_classes(element: etree.Element, raw: Callable[[str], str]) -> list[str]:
    """The classes of HTML that the author wrote, which waits outside the tree."""
    opening = _OPENING.match(raw(element.text or "")) if element.tag == "p" and not len(element) else None
    return opening[1].split() if opening else []


_OPENING = regex(r"""\s*<[a-z][^<>]*?\sclass\s*=\s*["']([^"'<>]*)["']""", re.IGNORECASE)
