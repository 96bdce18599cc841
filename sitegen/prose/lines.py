"""A text's lines as Python-Markdown wants them: what GitHub and CommonMark read otherwise, set as it reads it.

    - a                  - a
      - b           to       - b
    a line               a line
    | x | y |       to
    |---|---|            | x | y |
    > [!TIP]             !!! tip
    > Words         to       Words

Lists nested by two or three columns, lists and tables right below a line of text, `1)`, a backslash at a line's end,
and GitHub's alerts. Texts in Python-Markdown's own manner, with four columns, are left as they are. Works on what
`inline` leaves, in which fenced code and formulas are tokens of one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sitegen.patterns import regex

_ITEM = regex(r"(?P<indent>[ ]*)(?P<mark>[-*+]|(?P<number>\d{1,9})(?P<sign>[.)]))(?P<gap>[ ]+)(?=\S)")
_RULE = regex(r"[ ]{0,3}(?:(?:-[ ]*){3,}|(?:\*[ ]*){3,}|(?:_[ ]*){3,})\Z")
_OPENING = regex(r"[ ]*(?:!!!|\?\?\?\+?)[ ]?[\w\"-]|[ ]*\[\^[^\]]+\]:|[ ]*:[ ]{1,3}(?=\S)")
"""An admonition, a footnote, a definition: what belongs to it is set four columns in."""
_DASHES = regex(r"[ ]*\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*\Z")
_ALERT = regex(r"\[!(?P<kind>[A-Za-z][\w-]*)\](?P<fold>[+-]?)[ ]*(?P<title>[^\n]*)\Z")
_QUOTE = regex(r"[ ]{0,3}>[ ]?")
_NO_TEXT = regex(r"[ ]{0,3}(?:[#>|]|[-*+][ ]|\d{1,9}[.)][ ]|!!!|\?\?\?|<|=+[ ]*\Z|-+[ ]*\Z|\*\[)|[ ]*[:{]")
"""What begins like this is no line of a paragraph."""
_DEFINITION = regex(r"[ ]{0,3}:[ ]{1,3}\S")
_HINT = regex(
    r"^[#!?:]|^[ ]*(?:[-*+]|\d{1,9}[.)])[ ]|^[ ]*\|?[ ]*:?-+:?[ ]*\||\|[ ]*:?-+:?[ ]*$|\\\n|^[ ]{0,3}>", re.MULTILINE
)
_OPAQUE = (("<!--", "-->"), ("<pre", "</pre"))


def arrange_lines(text: str) -> str:
    """The text with its lists, tables, quotes and line breaks in Python-Markdown's manner."""
    if "\t" in text:
        text = "\n".join(line.expandtabs(4) for line in text.split("\n"))
    if not _HINT.search(text):
        return text
    return "\n".join(_arrange(text.split("\n")))


def _arrange(lines: list[str]) -> Iterator[str]:
    items: list[tuple[int, int]] = []
    """(column of the mark, column of the content; 0 until its first further line shows it) of the open items."""
    kinds: list[bool] = []
    """Whether the last item at each depth is numbered."""
    before = ""
    opening = ""
    """The first line since the last empty one, as it was arranged."""
    until = ""
    number = shift = 0
    is_defined = False
    while number < len(lines):
        line = lines[number]
        number += 1
        if until or any(opening in line for opening, _ in _OPAQUE):
            until = _still_open(line, until)
            yield line
            before = line
            continue
        if not line.strip():
            yield line
            before = opening = ""
            continue
        if before and (_stands_alone(line) or before[0] == "#" or (is_defined and _is_term(lines, number - 1))):
            # Python-Markdown would read the rest of the block anew for each of them.
            yield ""
            before = opening = ""
        is_defined = _DEFINITION.match(line) is not None or (is_defined and line[0] == " ")
        if before and items and _begins_table(line, lines[number : number + 1]) and not _ITEM.match(line):
            yield ""
            before = opening = ""
        quote = _QUOTE.match(line)
        if quote and not before:
            _leave(items, line.index(">"))
        if quote and not items:
            if "|" in opening:
                yield ""  # it would be a row of the table above
            end = number
            while end < len(lines) and _QUOTE.match(lines[end]):
                end += 1
            yield from _arrange_quote([_QUOTE.sub("", quoted, count=1) for quoted in lines[number - 1 : end]])
            number, before = end, ">"
            continue
        if before and shift and not _ITEM.match(line) and line.startswith(" " * abs(items[-1][1])):
            line = " " * shift + line  # as the first line of its paragraph, table or quote
            is_apart = False
        else:
            written, open_items = line, len(items)
            line, is_apart = _place(line, items, before)
            item = _ITEM.match(line)
            shift = len(line) - len(written) if items and not item and not before else 0
            if item and items:
                may_begin = bool(open_items) or _interrupts(item) or "|" in opening
                is_apart = is_apart or (bool(before) and may_begin and _is_apart(item, opening, kinds))
                kinds[len(item["indent"]) // 4 :] = [item["number"] is not None]
        if is_apart or (_begins_table(line, lines[number : number + 1]) and _is_text(before)):
            yield ""
            opening = ""
        if line.endswith("\\") and not line.endswith("\\\\") and number < len(lines) and lines[number].strip():
            line = f"{line[:-1]}  "
        yield line
        before, opening = line, opening or line


def _is_apart(item: re.Match[str], opening: str, kinds: list[bool]) -> bool:
    """Whether Python-Markdown would read an item into what stands right above it.

    It does where its block begins with something else than an item, or deeper; and where a numbered item follows one
    that isn't, or the other way round.
    """
    depth = len(item["indent"])
    above = _ITEM.match(opening)
    is_other = kinds[depth // 4 :][:1] == [item["number"] is None]
    return is_other or above is None or len(above["indent"]) > depth


def _stands_alone(line: str) -> bool:
    """A heading or the opening of a box."""
    return line[0] in "#!?" and line.startswith(("#", "!!!", "???"))


def _is_term(lines: list[str], number: int) -> bool:
    """Whether a line below a definition is the next term: definitions of it follow without an empty line."""
    for line in lines[number : number + _MOST_TERMS]:
        if _DEFINITION.match(line):
            return line is not lines[number]
        if not line.strip() or line[0] == " ":
            return False
    return False


_MOST_TERMS = 4
"""Lines in which a definition's terms are looked for."""


def _place(line: str, items: list[tuple[int, int]], before: str) -> tuple[str, bool]:
    """A line where Python-Markdown wants it, and whether it begins a list that text stands above."""
    indent = len(line) - len(line.lstrip(" "))
    item = None if _RULE.match(line) else _ITEM.match(line)
    is_block = item or not before
    was_list = bool(items)
    if is_block:
        _leave(items, indent)
    if item and not items and indent > 3:
        return line, False  # code
    depth = len(items)
    offset = indent - (items[-1][1] if items else 0)
    if item:
        is_first = not was_list and _interrupts(item) and _is_text(before)
        if not was_list and not is_first and _is_text(before):
            return line, False
        if offset > 3 and not before:
            return " " * (4 * depth + offset) + line.lstrip(" "), False  # code in an item
        if offset > 3 and items:
            offset = 0
        items.append((indent, -len(item["mark"] + item["gap"])))
        mark = f"{item['number']}." if item["number"] else item["mark"]
        return f"{' ' * (4 * depth)}{mark}{item['gap']}{line[item.end() :]}", is_first
    if is_block and items:
        line = " " * (4 * depth + max(offset, 0)) + line.lstrip(" ")
    if _OPENING.match(line) and (is_block or line.lstrip(" ")[0] == ":"):
        items.append((indent, indent + 4))
    return line, False


def _leave(items: list[tuple[int, int]], indent: int) -> None:
    while items and indent < _content(items, indent):
        items.pop()


def _content(items: list[tuple[int, int]], indent: int) -> int:
    """The column of the last item's content. Its first further line shows it: four columns in, or below its words."""
    mark, content = items[-1]
    if content < 0:
        wide = mark - content
        if indent < min(wide, mark + 4) or indent <= mark:
            return indent + 1  # it isn't in the item
        content = mark + 4 if indent >= mark + 4 else min(indent, wide)
        items[-1] = (mark, content)
    return content


def _interrupts(item: re.Match[str]) -> bool:
    """Whether a list may begin right below text: a numbered one only with 1 (CommonMark 0.31, 5.2)."""
    return item["number"] in (None, "1")


def _is_text(line: str) -> bool:
    return bool(line) and not _NO_TEXT.match(line)


def _begins_table(line: str, after: list[str]) -> bool:
    return bool(after) and "|" in line and "-" in after[0] and _DASHES.match(after[0]) is not None


def _still_open(line: str, until: str) -> str:
    """What closes the comment or `<pre>` that is open at the line's end; empty for none."""
    at = 0
    while True:
        if until:
            closed = line.find(until, at)
            if closed < 0:
                return until
            at, until = closed + len(until), ""
        found = [(place, end) for opening, end in _OPAQUE if (place := line.find(opening, at)) >= 0]
        if not found:
            return ""
        at, until = min(found)


# --- quotes -------------------------------------------------------------------------------------


def _arrange_quote(lines: list[str]) -> Iterator[str]:
    """A quote, or the admonition that it is on GitHub."""
    alert = _ALERT.match(lines[0].strip())
    if not alert:
        for line in _arrange(lines):
            yield f"> {line}".rstrip(" ") if not line.endswith("  ") else f"> {line}"
        return
    mark = {"": "!!!", "+": "???+", "-": "???"}[alert["fold"]]
    title = alert["title"].strip().replace('"', "&quot;")
    yield ""
    yield f"{mark} {alert['kind'].lower()}" + (f' "{title}"' if title else "")
    for line in _arrange(lines[1:]):
        yield f"    {line}" if line else ""
    yield ""
