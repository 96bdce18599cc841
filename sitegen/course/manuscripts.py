"""A document's Markdown as it is published beside its page: links lead to the site, citations and drawings are words.

Made from the author's own text, in which `documents` left placeholders; what the text's HTML shows is
`references`.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

from sitegen.addresses import CONTENT, canonical, fill, link
from sitegen.citing import AUTHOR_YEAR, label_papers, write_citation
from sitegen.course.handouts import notes_only
from sitegen.course.references import Targets, find_label, resolve_link
from sitegen.model import CiteItem, Document, Reference

_NOWHERE = "\ufdd1"
"""Stands for the address of a page that isn't published; Unicode never assigns this code point."""
_LINK_TO_NOWHERE = re.compile(
    rf"""!?\[(?P<words>[^\[\]]*)\]\(\s*<?{_NOWHERE}>?(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\s*\)"""
    rf"|^[ ]{{0,3}}\[[^\]\n]+\]:[ \t]*<?{_NOWHERE}>?[^\n]*\n?",
    re.MULTILINE,
)


def write_markdown(document: Document, page: str, targets: Targets, base_url: str) -> str:
    """The document's Markdown, for the file beside the published path `page`.

    Addresses are absolute when `base_url` is known, because Markdown is copied to where relative ones lead nowhere.
    """
    cited = (item.key for reference in document.references for item in reference.items)
    papers = [targets.papers[key] for key in dict.fromkeys(cited) if key in targets.papers]
    labels = label_papers(papers, AUTHOR_YEAR)

    def absolute(address: str) -> str:
        if not base_url:
            return address
        return re.sub(r"(?<=/)index\.html(?=[?#]|\Z)", "", urljoin(canonical(base_url, page), address))

    def cite(reference: Reference) -> str:
        def anchor(item: CiteItem, words: str) -> str:
            if reference.kind != "cite":
                return words
            return f"[{words}]({absolute(link(targets.papers[item.key].path, page))})"

        return unescape(write_citation(reference.items, reference.in_text, labels, AUTHOR_YEAR, anchor))

    def value(number: int) -> str:
        reference = document.references[number]
        if reference.items:
            is_known = all(item.key in labels for item in reference.items)
            return cite(reference) if is_known else reference.written
        if reference.kind == "label":
            return find_label(reference, document, page, targets)
        address = resolve_link(reference, document, page, targets, [])
        return absolute(address) if address is not None else _NOWHERE

    text = fill(document.markdown, value)
    if _NOWHERE in text:
        text = _LINK_TO_NOWHERE.sub(lambda match: match["words"] or "", text).replace(_NOWHERE, "")
    text = describe_drawings(text)
    return notes_only(text) if document.source.startswith(f"{CONTENT}lectures/") else text


_DRAWING = re.compile(
    r"(?P<code>^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)[^`\n]+(?P=ticks))"
    r"|<svg\b(?P<attributes>[^<>]*)>(?P<inside>(?:(?!<svg\b).)*?)</svg>",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_SAID = re.compile(
    r"<title\b[^<>]*>(?P<title>.*?)</title>|<desc\b[^<>]*>(?P<words>.*?)</desc>", re.DOTALL | re.IGNORECASE
)
_LABEL = re.compile(r"""\saria-label\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def describe_drawings(text: str) -> str:
    """Each SVG drawing as what it says to those who don't see it: in a text that is read, coordinates say nothing.

    `<svg ...><title>A ring</title> ...</svg>` to `(Drawing: A ring)`; code stays as it is.
    """

    def words(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        said = [found[1] or found[2] for found in _SAID.finditer(match["inside"])]
        said = said or [label[1] or label[2] for label in _LABEL.finditer(match["attributes"])]
        said = [" ".join(one.split()).rstrip(".") for one in said if one and one.strip()]
        return f"(Drawing: {'. '.join(said)})" if said else "(Drawing)"

    return _DRAWING.sub(words, text) if "<svg" in text.lower() else text
