"""A lecture's Markdown as its notes show it: without what is said and shown in class alone.

Text in, text out, by blocks between empty lines. What slides are and which marks they know is `slides`', where the
same is done to the lecture's HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sitegen.prose.slides import FRAGMENT, FRAGMENTS, NOTES_ONLY, SLIDES_ONLY, SPEAKER

_FENCE = re.compile(r"[ \t>]*(?P<fence>`{3,}|~{3,})")
_DIVIDER = re.compile(r"(?:---|\|\|\|)[ \t]*(?:\{[^{}]*\}[ \t]*)?")
_SPEAKS = re.compile(rf"(?:!!!|\?\?\?\+?)[ \t]*{SPEAKER}\b")
_MARKS = f"{FRAGMENTS}|{FRAGMENT}|{NOTES_ONLY}|{SLIDES_ONLY}"
_MARK = re.compile(rf"[ \t]*\{{:?[ ]*(?P<marks>\.(?:{_MARKS})(?:[ ]+\.(?:{_MARKS}))*)[ ]*\}}[ \t]*\Z")
_HEADING = re.compile(r"#{1,6}[ \t]")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]")
_ELEMENT = re.compile(
    rf"""^<(?P<tag>[a-z][a-z0-9]*)\b[^<>]*?\sclass\s*=\s*["'](?:[^"'<>]*\s)?{SLIDES_ONLY}[\s"']""",
    re.IGNORECASE | re.MULTILINE,
)


class _Line(NamedTuple):
    text: str
    is_code: bool


def notes_only(markdown: str) -> str:
    """`markdown` without dividing lines, the speaker's notes and what is on slides only; marks for slides go, too."""
    kept: list[str] = []
    speaks = False
    for lines in _blocks(_without_elements(markdown)):
        block = lines[1:] if _DIVIDER.fullmatch(lines[0].text) else lines
        if not block or (speaks and block[0].text.startswith(("    ", "\t"))):
            continue
        speaks = _SPEAKS.match(block[0].text) is not None
        shown = [] if speaks else _without_marks(block)
        if shown:
            kept.append("\n".join(shown))
    return "\n\n".join(kept)


def _blocks(text: str) -> Iterator[list[_Line]]:
    """The lines between empty ones; a code block is in one piece, empty lines and all."""
    block: list[_Line] = []
    fence = ""
    for line in text.split("\n"):
        opening = _FENCE.match(line)
        if fence:
            block.append(_Line(line, True))
            if opening and opening["fence"].startswith(fence) and not line[opening.end() :].strip():
                fence = ""
        elif line.strip():
            fence = opening["fence"] if opening else ""
            block.append(_Line(line, bool(opening)))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _without_marks(block: list[_Line]) -> list[str]:
    """The block's lines for the notes: a mark belongs to its heading or its list item, else to all of the block."""
    shown: list[str] = []
    item, dropped_below = 0, -1
    for text, is_code in block:
        mark = None if is_code else _MARK.search(text)
        marks = mark["marks"].replace(".", " ").split() if mark else []
        opening = None if is_code else _ITEM.match(text)
        if dropped_below >= 0 and len(text) - len(text.lstrip()) > dropped_below:
            continue
        dropped_below = -1
        if opening:
            item = len(shown)
        if SLIDES_ONLY in marks and not _HEADING.match(text):
            start = _ITEM.match(shown[item]) if item < len(shown) else None
            here = opening or start
            if not here:
                return []
            del shown[item:]
            dropped_below = len(here["indent"])
        elif SLIDES_ONLY not in marks:
            rest = text[: mark.start()] if mark else text
            if rest.strip() or not mark:
                shown.append(rest)
    return shown


def _without_elements(markdown: str) -> str:
    """Without elements of HTML that are on slides only, from a line that opens one to the tag that closes it."""
    start = 0
    while match := _ELEMENT.search(markdown, start):
        depth, end = 0, -1
        for tag in re.finditer(rf"<(/?){match['tag']}\b[^<>]*>", markdown[match.start() :], re.IGNORECASE):
            depth += -1 if tag[1] else 1
            if depth == 0:
                end = match.start() + tag.end()
                break
        if end < 0:
            break
        markdown, start = markdown[: match.start()] + markdown[end:], match.start()
    return markdown
