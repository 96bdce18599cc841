"""A converted lecture in two views of one tree: the notes, and the slides that are cut from the same text.

Works on Python-Markdown's tree, before it is written as HTML. Which lines divide is found by `inline`; what a
slide's links and citations say, whether it fits and how it looks is told elsewhere (`talks`, `decks`).
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy

from sitegen.addresses import CLOSE, OPEN
from sitegen.diagnostics import Diagnostic, Rule, Span, closest, span_of_offset
from sitegen.model import Heading, Slide
from sitegen.patterns import regex
from sitegen.prose.marks import (
    FRAGMENT,
    FRAGMENTS,
    NOTES_ONLY,
    SLIDES_ONLY,
    SPEAKER,
    add_class,
    classes,
    drop,
    read_marks,
    take_class,
    unwrap,
)
from sitegen.prose.pieces import SLIDE, Divider
from sitegen.texts import unique
from sitegen.values import Value

SLIDE_JOINED = Rule(
    "slide-joined",
    "warning",
    "In a lecture, a line of three dashes between empty lines opens a slide, and one of three bars divides its "
    "columns. Right below a line of text, Markdown reads it as the underline of a heading, a rule or text, and "
    "inside HTML a slide can't begin.",
    wrong="The last sentence of a slide.\n---",
    right="The last sentence of a slide.\n\n---",
)
SLIDE_ATTRIBUTE = Rule(
    "slide-attribute",
    "warning",
    "The braces on the line that opens a slide hold classes, which start with a point, and its name in addresses, "
    "which starts with #. Other words there, and classes that are nearly those that sitegen knows, do nothing.",
    wrong="--- {section}",
    right="--- {.section}",
)

HEADLINE = "headline"
"""Class of a slide's title on the slide."""
LOOKS = ("section", "center", "full", "wide-left", "wide-right", FRAGMENTS)
"""Classes of slides that the theme knows."""


class Cut(Value):
    """One slide as Python-Markdown's tree holds it."""

    number: int
    """Of the token of the line that opens it; -1 for a slide that no line opens."""
    heading: str
    """The id of its title's heading, which the slide takes over unless it has one of its own; or empty."""
    root: etree.Element


def cut(root: etree.Element, lines: Mapping[int, Divider], raw: Callable[[str], str]) -> list[Cut]:
    """The slides of a lecture whose tree is `root`, which is left as the notes show it; none without a `---`.

    `lines` are the dividing lines by the numbers of their tokens; `raw` gives the HTML that the words of a
    paragraph stand for, if they do. The first slide is what stands above the first `---` and the first heading.
    """
    read_marks(root, lambda block: _divides(block, lines) >= 0)
    blocks = [(block, _divides(block, lines)) for block in root]
    slides: list[Cut] = []
    if any(number >= 0 and lines[number].kind == SLIDE for _, number in blocks):
        slides = [_compose(number, group, lines, raw) for number, group in _group(root, blocks, lines)]
        _share_notes(root, [slide.root for slide in slides])
    for block, number in blocks:
        if number >= 0:
            root.remove(block)
    drop(root, {SPEAKER, SLIDES_ONLY}, raw)
    unwrap(root, (FRAGMENT, FRAGMENTS, NOTES_ONLY))
    for element in root.iter():
        for name in (FRAGMENT, FRAGMENTS, NOTES_ONLY):
            take_class(element, name)
    _mend_notes(root, _ids(root))
    return slides


_TOKEN = regex(f"{OPEN}(\\d+){CLOSE}")


def _divides(block: etree.Element, lines: Mapping[int, Divider]) -> int:
    """The number of the dividing line that a block is, or -1."""
    token = _TOKEN.fullmatch((block.text or "").strip()) if block.tag == "p" and not len(block) else None
    return int(token[1]) if token and int(token[1]) in lines else -1


def _group(
    root: etree.Element, blocks: Iterable[tuple[etree.Element, int]], lines: Mapping[int, Divider]
) -> Iterator[tuple[int, list[etree.Element]]]:
    """(number of the line that opens it, its blocks) for each slide."""
    notes = _notes(root)
    opened, group = -1, list[etree.Element]()
    is_opening = True
    for block, number in blocks:
        opens = number >= 0 and lines[number].kind == SLIDE
        if opens or (is_opening and _HEADING.fullmatch(block.tag)):
            yield opened, group
            opened, group, is_opening = number, [], False
        if not opens and block is not notes:
            group.append(block)
    yield opened, group


_HEADING = regex("h[1-6]")


# --- a slide ------------------------------------------------------------------------------------


def _compose(number: int, group: list[etree.Element], lines: Mapping[int, Divider], raw: Callable[[str], str]) -> Cut:
    """Title first, then the text or its columns, then what the speaker says."""
    root = etree.Element("div")
    root.extend(deepcopy(group))
    drop(root, {NOTES_ONLY}, raw)
    unwrap(root, (SLIDES_ONLY,))
    _single_out(root)
    speaker = list(_take_speaker(root))
    headline = next((block for block in root if _HEADING.fullmatch(block.tag)), None)
    name = ""
    if headline is not None:
        name = headline.get("id", "")
        if number < 0 or not lines[number].id:
            headline.attrib.pop("id", None)
        add_class(headline, HEADLINE)
        root.remove(headline)
    columns: list[list[etree.Element]] = [[]]
    is_stepwise = number >= 0 and FRAGMENTS in lines[number].classes
    for block in list(root):
        root.remove(block)
        divider = _divides(block, lines)
        if divider >= 0 and lines[divider].kind != SLIDE:
            columns.append([])
        else:
            columns[-1].append(block)
        if is_stepwise and block.tag in _LISTS:
            _mark_items(block)
    if headline is not None:
        root.append(headline)
    if len(columns) == 1:
        root.extend(columns[0])
    else:
        frame = etree.SubElement(root, "div", {"class": "sides"})
        for blocks in columns:
            etree.SubElement(frame, "div").extend(blocks)
    root.extend(speaker)
    return Cut(number, name, root)


def _single_out(root: etree.Element) -> None:
    """A list of which an item is marked `fragments` has a fragment in each item. A paragraph's mark is its item's."""
    for item in root.iter("li"):
        for name in (FRAGMENT, FRAGMENTS):
            if len(item) and item[0].tag == "p" and take_class(item[0], name):
                add_class(item, name)
    for items in root.iter():
        if items.tag in _LISTS and sum(take_class(item, FRAGMENTS) for item in items):
            _mark_items(items)


_LISTS = ("ul", "ol")


def _mark_items(items: etree.Element) -> None:
    for item in items:
        take_class(item, FRAGMENT)
        add_class(item, FRAGMENT)


def _take_speaker(root: etree.Element) -> Iterator[etree.Element]:
    """The speaker's notes, taken out of the slide and without the title that every admonition has."""
    for parent in list(root.iter()):
        for block in list(parent):
            if SPEAKER in classes(block):
                parent.remove(block)
                title = block.find("summary" if block.tag == "details" else "p[@class='admonition-title']")
                if title is not None:
                    block.remove(title)
                block.tag = "aside"
                block.attrib.clear()
                block.set("class", SPEAKER)
                block.set("hidden", "hidden")
                yield block


# --- footnotes ----------------------------------------------------------------------------------


def _notes(root: etree.Element) -> etree.Element | None:
    """The list of footnotes at the end of a text."""
    return root[-1] if len(root) and root[-1].get("class") == "footnote" else None


def _share_notes(root: etree.Element, slides: Iterable[etree.Element]) -> None:
    """Puts each footnote below the first slide that refers to it, with its number."""
    notes = _notes(root)
    items = [] if notes is None else list(enumerate(notes.iter("li"), 1))
    waiting = {f"#{item.get('id')}": (number, item) for number, item in items if item.get("id")}
    for slide in slides:
        used = (waiting.pop(link.get("href", ""), None) for link in list(slide.iter("a")))
        own = sorted(filter(None, used), key=lambda pair: pair[0])
        if own:
            rows = etree.SubElement(etree.SubElement(slide, "div", {"class": "footnote"}), "ol")
            for number, item in own:
                row = deepcopy(item)
                row.set("value", str(number))
                rows.append(row)
    known = {name for slide in slides for name in _ids(slide)}
    for slide in slides:
        _mend_notes(slide, known)


def _mend_notes(root: etree.Element, known: set[str]) -> None:
    """In a text's footnotes, takes out ways back to places that aren't in this view, and notes that nothing needs."""
    notes = _notes(root)
    if notes is None:
        return
    rows = notes.find("ol")
    for number, row in enumerate(list(rows) if rows is not None else [], 1):
        back = [(parent, link) for parent in row.iter() for link in parent if _BACK in classes(link)]
        dead = [(parent, link) for parent, link in back if link.get("href", "#")[1:] not in known]
        for parent, link in dead:
            parent.remove(link)
        if rows is not None and dead and len(dead) == len(back):
            rows.remove(row)
        elif not row.get("value"):
            row.set("value", str(number))
    if rows is not None and not len(rows):
        root.remove(notes)
    elif rows is not None and [row.get("value") for row in rows] == [str(n) for n in range(1, len(rows) + 1)]:
        for row in rows:
            del row.attrib["value"]


_BACK = "footnote-backref"


def _ids(root: etree.Element) -> set[str]:
    return {name for element in root.iter() if (name := element.get("id"))}


# --- lines --------------------------------------------------------------------------------------


def list_slides(
    cuts: Sequence[tuple[Cut, str]],
    lines: Mapping[int, Divider],
    headings: Iterable[Heading],
    file: str,
    text: str,
    start: int,
) -> list[Slide]:
    """The slides without their text, which isn't filled in yet; `start` is where the lecture starts in its file."""
    titles = {heading.id: heading.text for heading in headings}
    taken = set(titles)
    top = span_of_offset(file, text, len(text) - len(text[start:].lstrip()))
    slides = []
    for number, (slide, _) in enumerate(cuts, 1):
        line = lines.get(slide.number)
        given = line.id if line else ""
        name = given or slide.heading or unique(f"slide-{number}", taken)
        if name != slide.heading:
            name = name if name not in taken or not given else unique(name, taken)
            taken.add(name)
        slides.append(
            Slide(
                id=name,
                title=titles.get(slide.heading, ""),
                html="",
                classes=tuple(line.classes) if line else (),
                heading=slide.heading,
                span=span_of_offset(file, text, start + line.start, 3) if line else top,
            )
        )
    return slides


_ELSEWHERE = {"incremental": FRAGMENTS, "lead": "section", "background": "full"}
"""What slides of Quarto, Pandoc and Marp are called here."""


def check_divider(line: Divider, file: str, text: str, start: int) -> Iterator[Diagnostic]:
    """What stands between a line's braces and does nothing."""
    at = start + line.start
    for word in re.finditer(r"\S+", line.attributes):
        span = span_of_offset(file, text, text.index("{", at) + 1 + word.start(), len(word[0]))
        name = word[0].lstrip(".#")
        near = _ELSEWHERE.get(name) or closest(name, LOOKS)
        help = f'Did you mean ".{near}"?' if near else "Write a class as .name, the slide's name in addresses as #name."
        if line.kind != SLIDE:
            message = "Only the line that opens a slide can have classes."
            yield SLIDE_ATTRIBUTE.at(span, message, "Move the braces to the --- above.")
            return
        if not re.fullmatch(r"[.#][^\W\d][\w-]*", word[0]):
            yield SLIDE_ATTRIBUTE.at(span, f'"{word[0]}" is neither a class nor a name.', help)
        elif word[0][0] == "." and near and near != name:
            yield SLIDE_ATTRIBUTE.at(span, f'sitegen knows no slides of the class "{name}".', help)


def tell_joined(file: str, text: str, offset: int) -> Diagnostic:
    """A line right below text."""
    written = text[offset : offset + 3]
    does, heading = (
        ("open a slide", "; for a heading, write ## before its words") if written == SLIDE else ("divide columns", "")
    )
    message = f"This {written} stands right below a line of text, so it doesn't {does}."
    return SLIDE_JOINED.at(span_of_offset(file, text, offset, 3), message, f"Leave an empty line above it{heading}.")


def tell_nested(line: Divider, span: Span) -> Diagnostic:
    """A line inside HTML."""
    does = "open a slide" if line.kind == SLIDE else "divide columns"
    message = f"This {line.kind} stands inside an HTML element, so it doesn't {does}."
    return SLIDE_JOINED.at(span, message, "Close the element above it.")
