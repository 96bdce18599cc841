"""A converted lecture in two views of one tree: the notes, and the slides that are cut from the same text.

Works on Python-Markdown's tree, before it is written as HTML. Which lines divide is found by `inline`; what a
slide's links and citations say, whether it fits and how it looks is told elsewhere (`talks`, `decks`).
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from sitegen.addresses import CLOSE, OPEN
from sitegen.diagnostics import Diagnostic, Rule, Span, closest, span_of_offset
from sitegen.model import Heading, Slide
from sitegen.prose.inline import SLIDE, Divider
from sitegen.texts import unique

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

SPEAKER, NOTES_ONLY, SLIDES_ONLY = "speaker", "notes-only", "slides-only"
"""Classes of what belongs to one view: an admonition for the speaker alone; text of the notes; text of the slides."""
FRAGMENT, FRAGMENTS = "fragment", "fragments"
"""Classes of what is shown one by one: a block, and each item of a list or of a slide's lists."""
HEADLINE = "headline"
"""Class of a slide's title on the slide."""
LOOKS = ("section", "center", "full", "wide-left", "wide-right", FRAGMENTS)
"""Classes of slides that the theme knows."""


@dataclass(frozen=True, slots=True)
class Cut:
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
    for element in root.iter():
        if element.tag in ("p", "li"):
            _read_mark(element)
    blocks = [(block, _divides(block, lines)) for block in root]
    slides: list[Cut] = []
    if any(number >= 0 and lines[number].kind == SLIDE for _, number in blocks):
        slides = [_compose(number, group, lines, raw) for number, group in _group(root, blocks, lines)]
        _share_notes(root, [slide.root for slide in slides])
    for block, number in blocks:
        if number >= 0:
            root.remove(block)
    _drop(root, {SPEAKER, SLIDES_ONLY}, raw)
    for element in root.iter():
        for name in (FRAGMENT, FRAGMENTS, NOTES_ONLY):
            _take_class(element, name)
    _mend_notes(root, _ids(root))
    return slides


def _read_mark(element: etree.Element) -> None:
    """`words {.notes-only}`: attribute lists stand on a line of their own; one of ours is meant beside words, too."""
    inline = [child for child in element if child.tag not in _BLOCKS]
    holder, name = (inline[-1], "tail") if inline else (element, "text")
    match = _MARK.search(getattr(holder, name) or "")
    if match:
        setattr(holder, name, getattr(holder, name)[: match.start()])
        element.set("class", " ".join(filter(None, (element.get("class"), match[1]))))


_BLOCKS = frozenset({"ul", "ol", "p", "div", "pre", "blockquote", "dl", "table", "details"})
_MARK = re.compile(rf"[ \t]+\{{:?[ ]*\.({FRAGMENTS}|{FRAGMENT}|{NOTES_ONLY}|{SLIDES_ONLY})[ ]*\}}\s*\Z")
_TOKEN = re.compile(f"{OPEN}(\\d+){CLOSE}")


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


_HEADING = re.compile("h[1-6]")


# --- a slide ------------------------------------------------------------------------------------


def _compose(number: int, group: list[etree.Element], lines: Mapping[int, Divider], raw: Callable[[str], str]) -> Cut:
    """Title first, then the text or its columns, then what the speaker says."""
    root = etree.Element("div")
    root.extend(deepcopy(group))
    _drop(root, {NOTES_ONLY}, raw)
    _single_out(root)
    speaker = list(_take_speaker(root))
    headline = next((block for block in root if _HEADING.fullmatch(block.tag)), None)
    name = ""
    if headline is not None:
        name = headline.get("id", "")
        if number < 0 or not lines[number].id:
            headline.attrib.pop("id", None)
        headline.set("class", " ".join(filter(None, (headline.get("class"), HEADLINE))))
        root.remove(headline)
    columns: list[list[etree.Element]] = [[]]
    is_stepwise = number >= 0 and FRAGMENTS in lines[number].classes
    for block in list(root):
        root.remove(block)
        if _divides(block, lines) >= 0:
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
            if len(item) and item[0].tag == "p" and _take_class(item[0], name):
                item.set("class", " ".join((*_classes(item), name)))
    for items in root.iter():
        if items.tag in _LISTS and sum(_take_class(item, FRAGMENTS) for item in items):
            _mark_items(items)


_LISTS = ("ul", "ol")


def _mark_items(items: etree.Element) -> None:
    for item in items:
        _take_class(item, FRAGMENT)
        item.set("class", " ".join(filter(None, (item.get("class"), FRAGMENT))))


def _take_speaker(root: etree.Element) -> Iterator[etree.Element]:
    """The speaker's notes, taken out of the slide and without the title that every admonition has."""
    for parent in list(root.iter()):
        for block in list(parent):
            if SPEAKER in _classes(block):
                parent.remove(block)
                title = block.find("p[@class='admonition-title']")
                if title is not None:
                    block.remove(title)
                block.tag = "aside"
                block.attrib.clear()
                block.set("class", SPEAKER)
                block.set("hidden", "hidden")
                yield block


def _drop(root: etree.Element, unwanted: set[str], raw: Callable[[str], str]) -> None:
    """Takes out all elements of these classes; text after them stays."""
    for parent in list(root.iter()):
        before: etree.Element | None = None
        for child in list(parent):
            if not unwanted.isdisjoint(_classes(child) or _raw_classes(child, raw)):
                parent.remove(child)
                if child.tail and before is not None:
                    before.tail = (before.tail or "") + child.tail
                elif child.tail:
                    parent.text = (parent.text or "") + child.tail
            else:
                before = child


def _classes(element: etree.Element) -> list[str]:
    return element.get("class", "").split()


def _raw_classes(element: etree.Element, raw: Callable[[str], str]) -> list[str]:
    """The classes of HTML that the author wrote, which waits outside the tree."""
    opening = _OPENING.match(raw(element.text or "")) if element.tag == "p" and not len(element) else None
    return opening[1].split() if opening else []


_OPENING = re.compile(r"""\s*<[a-z][^<>]*?\sclass\s*=\s*["']([^"'<>]*)["']""", re.IGNORECASE)


def _take_class(element: etree.Element, name: str) -> bool:
    """Takes a class away; whether it was there."""
    classes = _classes(element)
    if name not in classes:
        return False
    classes.remove(name)
    if classes:
        element.set("class", " ".join(classes))
    else:
        del element.attrib["class"]
    return True


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
        back = [(parent, link) for parent in row.iter() for link in parent if _BACK in _classes(link)]
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


def check_divider(line: Divider, file: str, text: str, start: int) -> Iterator[Diagnostic]:
    """What stands between a line's braces and does nothing."""
    at = start + line.start
    for word in re.finditer(r"\S+", line.attributes):
        span = span_of_offset(file, text, text.index("{", at) + 1 + word.start(), len(word[0]))
        name = word[0].lstrip(".#")
        near = closest(name, LOOKS)
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
