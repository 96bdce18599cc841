"""A document's HTML and Markdown with the values of its references in their places.

Which values these are is told in `references` and `manuscripts`; here nothing of a course is known but them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sitegen.addresses import CONTENT, fill
from sitegen.course.handouts import notes_only
from sitegen.model import Document
from sitegen.patterns import regex

NOWHERE, NO_ADDRESS = "\ufdd0", "\ufdd1"
"""Stand for the address of a page that isn't published, in HTML and in Markdown; Unicode never assigns these."""


def put_values(html: str, values: Sequence[str]) -> str:
    """A document's HTML with a value for each of its references."""
    html = fill(html, values.__getitem__)
    # A link that leads nowhere yet: HTML's placeholder hyperlink, told as such to screen readers.
    return html.replace(f' href="{NOWHERE}"', ' role="link" aria-disabled="true"').replace(NOWHERE, "")


def put_words(document: Document, words: Sequence[str]) -> str:
    """A document's Markdown with a value for each of its references."""
    text = fill(document.markdown, words.__getitem__)
    if NO_ADDRESS in text:
        text = _LINK_TO_NOWHERE.sub(lambda match: match["words"] or "", text).replace(NO_ADDRESS, "")
    text = describe_drawings(text)
    return notes_only(text) if document.source.startswith(f"{CONTENT}lectures/") else text


_LINK_TO_NOWHERE = regex(
    rf"""!?\[(?P<words>[^\[\]]*)\]\(\s*<?{NO_ADDRESS}>?(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\s*\)"""
    rf"|^[ ]{{0,3}}\[[^\]\n]+\]:[ \t]*<?{NO_ADDRESS}>?[^\n]*\n?",
    re.MULTILINE,
)

_DRAWING = regex(
    r"(?P<code>^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)[^`\n]+(?P=ticks))"
    r"|<svg\b(?P<attributes>[^<>]*)>(?P<inside>(?:(?!<svg\b).)*?)</svg>",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_SAID = regex(r"<title\b[^<>]*>(?P<title>.*?)</title>|<desc\b[^<>]*>(?P<words>.*?)</desc>", re.DOTALL | re.IGNORECASE)
_LABEL = regex(r"""\saria-label\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


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
