"""Python-Markdown, set up for a course: Markdown in, HTML and headings out.

Extensions are passed as instances, because naming them makes Python-Markdown search the installed
packages. Front matter, math, citations and links are not met here: that is `documents`.
"""

from __future__ import annotations

import html as html_text
import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from html.entities import html5

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.md_in_html import MarkdownInHtmlExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.smarty import SmartyExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import remove_fnrefs, render_inner_html
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER
from pymdownx.tasklist import TasklistExtension

from sitegen.addresses import CLOSE, OPEN, fill
from sitegen.languages import OUR, OURS, THEIR
from sitegen.patterns import regex
from sitegen.prose.admonitions import Boxes
from sitegen.prose.captions import Captions
from sitegen.prose.colouring import open_block, open_code
from sitegen.prose.pieces import Divider
from sitegen.prose.slides import Cut, cut
from sitegen.prose.spans import add_spans
from sitegen.texts import plain_text, slugify, unique
from sitegen.values import Value, field


class Converted(Value):
    html: str
    headings: tuple[tuple[int, str, str], ...]
    """(level, id, HTML inside it), in order."""
    slides: tuple[tuple[Cut, str], ...] = ()
    """Each slide of a lecture, and its HTML."""
    labels: Mapping[str, str] = field(factory=dict)
    """Ids of figures, tables and listings to what refers to them says: `Figure 2`."""
    lost: tuple[str, ...] = ()
    """How captions begin that stand beside nothing."""


def convert(
    text: str,
    spoken: Callable[[int], str] = str,
    top: int = 1,
    prefix: str = "",
    dividers: Mapping[int, Divider] | None = None,
    classes: Mapping[int, Sequence[str]] | None = None,
) -> Converted:
    """One Markdown text as HTML.

    `spoken` gives the words of token n for a heading's id. Headings above level `top` move all
    headings down, so that their order stays. `prefix` starts the ids of headings and footnotes, for
    texts that share a page. `dividers` are a lecture's lines between slides, by the numbers of their tokens;
    `classes` are those of its blocks of code.
    """
    converter = _converter("{" in text)
    converter.headings.spoken, converter.headings.top, converter.headings.prefix = spoken, top, prefix
    converter.footnotes.prefix = prefix
    converter.slides.dividers, converter.slides.classes, converter.slides.found = dividers, classes or {}, []
    converter.captions.labels, converter.captions.lost = {}, []
    converter.headings.found = []  # an empty text is answered before any heading is looked for
    try:
        converter.markdown.reset()
        html = converter.markdown.convert(text)
    except BaseException:
        _converter.cache_clear()  # what it was in the middle of would leak into the next text
        raise
    captions = converter.captions
    return Converted(
        _finish(html),
        tuple(converter.headings.found),
        _write_slides(converter),
        captions.labels,
        tuple(captions.lost),
    )


def _write_slides(converter: _Converter) -> tuple[tuple[Cut, str], ...]:
    """The slides' trees as HTML, finished by the same hands as the notes; all at once, which is faster."""
    slides = converter.slides.found
    if not slides:
        return ()
    written = (converter.markdown.serializer(slide.root) for slide in slides)
    html = _BETWEEN.join(one.removeprefix("<div>").removesuffix("</div>") for one in written)
    for postprocessor in converter.markdown.postprocessors:
        html = postprocessor.run(html)
    return tuple(zip(slides, _finish(html).split(_BETWEEN), strict=True))


_BETWEEN = f"\n{CLOSE}{OPEN}\n"
"""Between slides; no text has these characters in this order."""


class _Converter(Value):
    """Python-Markdown with those of its parts that are told about each text."""

    markdown: Markdown
    headings: _Headings
    footnotes: _Footnotes
    slides: _Slides
    captions: Captions


@lru_cache(maxsize=2)
def _converter(has_braces: bool) -> _Converter:
    """Kept and reset, which saves 2 ms a text. Without braces, a text has no attribute lists: 2 ms to load."""
    course = _CourseExtension()
    footnotes = _Footnotes(BACKLINK_TEXT="&#8617;&#xFE0E;", SEPARATOR="-")
    markdown = Markdown(
        output_format="html",
        tab_length=4,
        extensions=[
            AbbrExtension(),
            *_attribute_lists(has_braces),
            DefListExtension(),
            footnotes,
            MarkdownInHtmlExtension(),
            SaneListExtension(),
            SmartyExtension(smart_angled_quotes=False),
            TableExtension(use_align_attribute=True),
            TasklistExtension(),
            course,
        ],
    )
    return _Converter(markdown, course.headings, footnotes, course.slides, course.captions)


def _attribute_lists(are_there: bool) -> Iterator[Extension]:
    if are_there:
        from markdown.extensions.attr_list import AttrListExtension

        yield AttrListExtension()


class _Footnotes(FootnoteExtension):
    prefix = ""

    def makeFootnoteId(self, id: str) -> str:  # noqa: N802 (Python-Markdown's name)
        return str(super().makeFootnoteId(self.prefix + _SPACE.sub("-", id)))

    def makeFootnoteRefId(self, id: str, found: bool = False) -> str:  # noqa: N802 (Python-Markdown's name)
        return str(super().makeFootnoteRefId(self.prefix + _SPACE.sub("-", id), found))


_SPACE = regex(r"\s+")


class _CourseExtension(Extension):
    headings: _Headings
    slides: _Slides
    captions: Captions

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        md.ESCAPED_CHARS += [c for c in "$@<&~^=:|/%" if c not in md.ESCAPED_CHARS]
        md.parser.__class__ = _Parser  # the processors of blocks, which know it, were made before this
        md.parser.blockprocessors.register(Boxes(md.parser), "admonition", 105)
        self.captions = Captions(md)
        md.treeprocessors.register(self.captions, "course-captions", 30)
        self.headings = _Headings(md)
        # After attribute lists (8) have put their ids and classes in.
        md.treeprocessors.register(self.headings, "course-headings", 5)
        md.treeprocessors.register(_Frames(md), "course-frames", 1)
        add_spans(md)
        # Last of all, since slides are copies.
        self.slides = _Slides(md)
        md.treeprocessors.register(self.slides, "course-slides", -1)


class _Parser(BlockParser):
    """Python-Markdown's, which asks eighteen processors about each block: a paragraph is the last one's."""

    def parseBlocks(self, parent: etree.Element, blocks: list[str]) -> None:  # noqa: N802 (Python-Markdown's name)
        while blocks:
            if _PARAGRAPH.fullmatch(blocks[0]):
                self.blockprocessors["paragraph"].run(parent, blocks)
                continue
            for processor in self.blockprocessors:
                if processor.test(parent, blocks[0]) and processor.run(parent, blocks) is not False:
                    break


_PARAGRAPH = regex(r"(?:[^\W\d_][^\n]*(?:\n|\Z))+")
"""Lines that begin with letters: whatever else a block may be has a line that begins with a sign, a space or a number.
"""


class _Headings(Treeprocessor):
    """Gives each heading its level and id, and remembers them."""

    spoken: Callable[[int], str]
    top = 1
    prefix = ""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md
        self.found: list[tuple[int, str, str]] = []

    def run(self, root: etree.Element) -> None:
        headings = [element for element in root.iter() if element.tag in _LEVELS]
        shift = max(0, self.top - min((_LEVELS[heading.tag] for heading in headings), default=self.top))
        taken = {value for element in root.iter() if (value := element.get("id"))}
        counts: dict[str, int] = {}
        self.found = []
        for heading in headings:
            level = min(6, _LEVELS[heading.tag] + shift)
            heading.tag = f"h{level}"
            words = render_inner_html(remove_fnrefs(heading), self.markdown)
            if not heading.get("id"):
                name = slugify(plain_text(fill(words, self.spoken))) or "section"
                heading.set("id", unique(self.prefix + name, taken, counts))
            self.found.append((level, heading.attrib["id"], words))


_LEVELS = {f"h{level}": level for level in range(1, 7)}


class _Frames(Treeprocessor):
    """Gives each table a frame that scrolls by itself and can be reached by keyboard (WCAG 2.2 SC 2.1.1); code, too."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            for index, child in enumerate(list(parent)):
                if child.tag == "table" and parent.get("class") != "table":
                    frame = etree.Element("div", {"class": "table", "role": "group", "tabindex": "0"})
                    number = child.find("caption/b")
                    frame.set("aria-label", "Table" if number is None else (number.text or "").rstrip("."))
                    frame.set("lang", OUR)
                    child.set("lang", child.get("lang", THEIR))
                    frame.tail, child.tail = child.tail, None
                    parent[index] = frame
                    frame.append(child)
                elif child.tag == "pre" and parent.get("class") != "highlight":
                    frame = etree.Element("div", {"class": "highlight"})
                    frame.tail, child.tail = child.tail, None
                    parent[index] = frame
                    frame.append(child)
                elif child.get("class") == "footnote-backref":
                    child.set("lang", OUR)
                elif child.tag in ("td", "th"):
                    align = child.attrib.pop("align", None)
                    if align:
                        child.set("class", " ".join(filter(None, (child.get("class"), align))))
                    if child.tag == "th" and not len(child) and not (child.text or "").strip():
                        child.tag = "td"  # an empty corner heads nothing
                    elif child.tag == "th" and not child.get("scope"):
                        child.set("scope", "col")


class _Slides(Treeprocessor):
    """Cuts a lecture's slides out of the tree, and leaves what the notes show."""

    dividers: Mapping[int, Divider] | None = None
    classes: Mapping[int, Sequence[str]]

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md
        self.found: list[Cut] = []

    def run(self, root: etree.Element) -> None:
        if self.dividers is not None:
            self.found = cut(root, self.dividers, self._raw)

    def _raw(self, words: str) -> str:
        code = _TOKEN.fullmatch(words.strip())
        if code:
            return f'<div class="{" ".join(self.classes.get(int(code[1]), ()))}">'
        token = _STASHED.fullmatch(words)
        return str(self.markdown.htmlStash.rawHtmlBlocks[int(token[1])]) if token else ""


_TOKEN = regex(f"{OPEN}(\\d+){CLOSE}")
_STASHED = regex(HTML_PLACEHOLDER % r"(\d+)")


def _finish(html: str) -> str:
    """What the libraries write that isn't valid or can't be used by keyboard, set right."""
    if '<input type="checkbox"' in html:
        html = _CHECKBOX.sub(
            lambda match: (
                f'<input type="checkbox" disabled{" checked" if match[1] else ""} '
                f'aria-label="{"done" if match[1] else "to do"}"{OURS}>'
            ),
            html,
        )
    if "&" in html:
        html = _ENTITY.sub(_known_entity, html)
    return html.replace("<pre><code>", open_code()).replace("<pre>", open_block())


def _known_entity(match: re.Match[str]) -> str:
    """An entity of HTML as it is; `&foo;` is shown as it was written."""
    character = html_text.unescape(match[0]).replace("\ufffd", "")
    known = (
        match[1] in html5 if match[1][0] != "#" else character == "\u00a0" or (character and character.isprintable())
    )
    return match[0] if known else f"&amp;{match[1]}"


_CHECKBOX = regex(r'<input type="checkbox" disabled(?:="disabled")?( checked(?:="checked")?)?\s*/?>')
_ENTITY = regex(r"&(#?\w+;)")
