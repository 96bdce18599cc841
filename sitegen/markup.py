"""Python-Markdown, set up for a course: Markdown in, HTML, headings and a table of contents out.

Extensions are passed as instances, because naming them makes Python-Markdown search the installed
packages. Front matter, math, citations and links are not met here: that is `documents`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.admonition import AdmonitionExtension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.md_in_html import MarkdownInHtmlExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.smarty import SmartyExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from markdown.treeprocessors import Treeprocessor
from pymdownx.details import DetailsExtension
from pymdownx.highlight import HighlightExtension
from pymdownx.superfences import SuperFencesCodeExtension
from pymdownx.tasklist import TasklistExtension

from sitegen.addresses import CLOSE, OPEN
from sitegen.texts import slugify


@dataclass(frozen=True, slots=True)
class Converted:
    html: str
    headings: tuple[tuple[int, str, str], ...]
    """(level, id, text as HTML), in order."""


def convert(text: str) -> Converted:
    """One Markdown text as HTML. The converter is kept and reset, which saves 2 ms a text."""
    markdown = _converter()
    markdown.reset()
    html = markdown.convert(text)
    tokens = getattr(markdown, "toc_tokens", [])
    return Converted(_finish(html), tuple(_flatten(tokens)))


def _flatten(tokens: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    rows: list[tuple[int, str, str]] = []
    for token in tokens:
        rows.append((token["level"], token["id"], token["name"]))
        rows += _flatten(token["children"])
    return rows


@lru_cache(maxsize=1)
def _converter() -> Markdown:
    return Markdown(
        output_format="html",
        tab_length=4,
        extensions=[
            AbbrExtension(),
            AdmonitionExtension(),
            AttrListExtension(),
            DefListExtension(),
            DetailsExtension(),
            FootnoteExtension(BACKLINK_TEXT="&#8617;&#xFE0E;", SEPARATOR="-"),
            HighlightExtension(guess_lang=False, css_class="highlight"),
            MarkdownInHtmlExtension(),
            SaneListExtension(),
            SmartyExtension(smart_angled_quotes=False),
            SuperFencesCodeExtension(),
            TableExtension(use_align_attribute=True),
            TasklistExtension(),
            TocExtension(slugify=_heading_id, permalink=False),
            _CourseExtension(),
        ],
    )


def _heading_id(text: str, separator: str) -> str:
    plain = re.sub(f"{OPEN}\\d+{CLOSE}", " ", text)
    return slugify(plain) or "section"


class _CourseExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        # After attribute lists (8) and the table of contents (5) have put their ids and classes in.
        md.treeprocessors.register(_Tables(md), "course-tables", 1)


class _Tables(Treeprocessor):
    """Gives each table a frame that scrolls by itself and can be reached by keyboard (WCAG 2.2 SC 2.1.1)."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            for index, child in enumerate(list(parent)):
                if child.tag == "table" and parent.get("class") != "table":
                    frame = etree.Element("div", {"class": "table", "role": "group", "tabindex": "0"})
                    frame.set("aria-label", "Table")
                    frame.tail, child.tail = child.tail, None
                    parent[index] = frame
                    frame.append(child)
                elif child.tag in ("td", "th"):
                    align = child.attrib.pop("align", None)
                    if align:
                        child.set("class", " ".join(filter(None, (child.get("class"), align))))
                    if child.tag == "th" and not child.get("scope"):
                        child.set("scope", "col")


def _finish(html: str) -> str:
    """What the libraries write that isn't valid or can't be used by keyboard, set right."""
    if '<input type="checkbox"' in html:
        html = re.sub(
            r'<input type="checkbox" disabled(?:="disabled")?( checked(?:="checked")?)?\s*/?>',
            lambda match: (
                f'<input type="checkbox" disabled{" checked" if match[1] else ""} '
                f'aria-label="{"done" if match[1] else "to do"}">'
            ),
            html,
        )
    return html.replace("<pre>", '<pre tabindex="0">')
