"""A lecture's Markdown as its notes show it: without what is said and shown in class alone.

Text in, text out, by blocks between empty lines. Which marks there are is told in `prose.marks`, where the
same is done to the lecture's HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sitegen.patterns import regex
from sitegen.prose.marks import FRAGMENT, FRAGMENTS, NOTES_ONLY, SLIDES_ONLY, SPEAKER

_FENCE = regex(r"[ \t>]*(?P<fence>`{3,}|~{3,})")
_DIVIDER = regex(r"(?:---|\|\|\|)[ \t]*(?:\{[^{}]*\}[ \t]*)?")
_SPEAKS = regex(rf"(?:!!!|\?\?\?\+?)[ \t]*{SPEAKER}\b")
_MARKS = f"{FRAGMENTS}|{FRAGMENT}|{NOTES_ONLY}|{SLIDES_ONLY}"
_MARK = regex(rf"[ \t]*\{{:?[ ]*(?P<marks>\.(?:{_MARKS})(?:[ ]+\.(?:{_MARKS}))*)[ ]*\}}[ \t]*\Z")
_HEADING = regex(r"#{1,6}[ \t]")
_ITEM = regex(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]")
_ELEMENT = regex(
    rf"""^<(?P<tag>[a-z][a-z0-9]*)\b[^<>]*?\sclass\s*=\s*["'](?:[^"'<>]*\s)?(?P<view>{SLIDES_ONLY}|{NOTES_ONLY})[\s"']""",
    re.IGNORECASE | re.MULTILINE,
)
_NOTES = regex(
    rf"""<div(?=[^<>]*\smarkdown\b)(?:\s+markdown(?:=["']?(?:1|block)["']?)?|\s+class\s*=\s*["']{NOTES_ONLY}["'])+\s*>""",
    re.IGNORECASE,
)
"""What opens a `div` that says nothing but where it is shown."""

_SIGNS = ("\n---", "\n|||", "\n!!!", "\n???", FRAGMENT, NOTES_ONLY, SLIDES_ONLY, "\n\n\n")
"""Without any of them, a text is as its notes are."""
_WHITE_LINE = regex(r"\n[^\S\n]+\n")


class _Line(NamedTuple):
    text: str
    is_code: bool


def notes_only(markdown: str) -> str:
    """`markdown` without dividing lines, the speaker's notes and what is on slides only; marks for slides go, too."""
    if _is_plain(markdown):
        return markdown
    kept: list[str] = []
    speaks = False
    for lines in _blocks(_without_elements(markdown)):
        block = lines[1:] if _DIVIDER.fullmatch(lines[0].text) else lines
        if not block or (speaks and block[0].text.startswith(("    ", "\t"))):
            continue
        speaks = _SPEAKS.match(block[0].text) is not None
        if not speaks and SLIDES_ONLY in _marks_alone(block[-1]):
            shown = _without_last(block, kept)
        else:
            shown = [] if speaks else _without_marks(block)
        if shown:
            kept.append("\n".join(shown))
    return "\n\n".join(kept)


def _is_plain(markdown: str) -> bool:
    """Whether nothing in it is for slides, and nothing but an empty line is between its blocks."""
    lines = f"\n{markdown}\n".casefold()
    if any(sign in lines for sign in _SIGNS) or lines.startswith("\n\n") or lines.endswith("\n\n"):
        return False
    return not _WHITE_LINE.search(lines)


def _marks_alone(line: _Line) -> list[str]:
    """The marks on a line that holds nothing else."""
    match = None if line.is_code else _MARK.match(line.text)
    return match["marks"].replace(".", " ").split() if match else []


def _without_last(block: list[_Line], kept: list[str]) -> list[str]:
    """The lines of a block but those that the mark on its last line belongs to, which may stand in `kept`: all of a
    list, of which the lines that are as far in as the mark are the innermost.
    """
    *above, mark = block
    if not above:
        if kept and not _is_in_list(kept.pop()):
            return []
    else:
        inner = _inner_list([line.text for line in above], mark.text)
        if inner:
            return _without_marks(above[:inner])
        first = next((n for n, line in enumerate(above) if not line.is_code and _ITEM.match(line.text)), None)
        if first is None or first > 0:
            return _without_marks(above[:first]) if first else []
    while kept and _is_in_list(kept[-1]):
        kept.pop()
    return []


def _inner_list(above: list[str], mark: str) -> int:
    """Where the list inside an item starts that a mark stands below, as far in as its items; 0 without one."""
    start = len(above)
    while start and 0 < _indent(mark) <= _indent(above[start - 1]):
        start -= 1
    return start if start < len(above) and _ITEM.match(above[start]) else 0


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _is_in_list(block: str) -> bool:
    return _ITEM.match(block) is not None or (block[:1] in (" ", "\t"))


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
            if mark and not mark.start():
                item = _inner_list(shown, text) or item
            del shown[item:]
            dropped_below = len(here["indent"])
        elif SLIDES_ONLY not in marks:
            rest = text[: mark.start()] if mark else text
            if rest.strip() or not mark:
                shown.append(rest)
    return shown


def _without_elements(markdown: str) -> str:
    """Without elements of HTML that are on slides only, from a line that opens one to the tag that closes it; of a
    `div` that is in the notes only, what is in it.
    """
    start = 0
    while match := _ELEMENT.search(markdown, start):
        depth, closing = 0, None
        for tag in re.finditer(rf"<(/?){match['tag']}\b[^<>]*>", markdown[match.start() :], re.IGNORECASE):
            depth += -1 if tag[1] else 1
            if depth == 0:
                closing = tag
                break
        if not closing:
            break
        end = match.start() + closing.end()
        opening = _NOTES.match(markdown, match.start())
        inside = markdown[opening.end() : match.start() + closing.start()].strip("\n") if opening else ""
        if opening or match["view"] == SLIDES_ONLY:
            markdown, start = markdown[: match.start()] + inside + markdown[end:], match.start()
        else:
            start = match.end()
    return markdown
