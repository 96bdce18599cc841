"""BibTeX's own grammar: the text of papers.bib in; its entries, with their places, out.

What BibTeX itself would take is read here, by the rules of bibtex.web: a backslash hides no brace, an @
inside a value is text, parentheses may stand for the entry's braces. What BibTeX would refuse goes to
`salvage`. Values stay LaTeX; what they mean for a course is `papers`'.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from sitegen.bib.bibentry import BIB_COMMENT, KNOWN_TYPES, Entry, Notes, Piece, Places, clip
from sitegen.bib.crossrefs import inherit
from sitegen.bib.salvage import commented_out_end, read_between, read_damaged
from sitegen.diagnostics import Diagnostic
from sitegen.patterns import regex


def read_entries(text: str) -> tuple[list[Entry], Places, list[Diagnostic]]:
    """The entries of `text` in file order, and what is wrong with it. Duplicate keys stay in the list.

    A broken entry is there too, with the fields that could be read, and marked as broken.
    """
    notes = Notes(text)
    _read_blocks(notes)
    inherit(notes.entries, notes.places, notes.findings)
    return notes.entries, notes.places, notes.findings


def _read_blocks(notes: Notes) -> None:
    text = notes.text
    heads = [match.start(1) for match in _LINE_HEAD.finditer(text)]
    after: Entry | None = None
    """The entry that ends where the text between two blocks begins."""
    position = 0
    while True:
        head = _HEAD.search(text, position)
        start = head.start(1) if head else len(text)
        read_between(notes, position, start, after)
        if head is None:
            return
        nearest = bisect_right(heads, start)
        limit = heads[nearest] if nearest < len(heads) else len(text)
        kind, after = head[2].lower(), None
        end = commented_out_end(notes, start, limit)
        if end is not None:
            pass
        elif kind == "comment":
            end = _comment(notes, head, limit)
        elif kind == "preamble":
            value = _value(text, head.end(), limit)
            end = _closing(text, head, value.end, limit) if value else None
        elif kind == "string":
            end = _macro(notes, head, limit)
        else:
            end = _entry(notes, head, limit)
            if end is None:
                end = _entry_around(notes, head, heads[nearest : nearest + _MOST_INSIDE])
            after = notes.entries[-1] if end is not None else None
        if end is None:
            end, after = read_damaged(notes, start, limit)
        position = end


class _Value(NamedTuple):
    pieces: list[Piece]
    end: int


class _Field(NamedTuple):
    name: str
    at: int
    pieces: list[Piece]


def _entry(notes: Notes, head: re.Match[str], limit: int) -> int | None:
    """Read one entry; its end, or None when BibTeX would refuse it. Then nothing of it is kept."""
    text = notes.text
    key = _KEY[head[3]].match(text, head.end(), limit)
    if key is None or not head[2]:
        return None
    fields: list[_Field] = []
    gaps: list[tuple[int, int]] = []
    position = key.end(1)
    while name := _FIELD.match(text, position, limit) or _after_gap(text, position, limit, gaps):
        flat = _FLAT.match(text, name.end(), limit)
        if flat is not None:
            pieces, position = [(flat[flat.lastindex or 0], -1)], flat.end()
        else:
            value = _value(text, name.end(), limit)
            if value is None:
                return None
            pieces, position = value
        fields.append(_Field(name[1], name.start(1), pieces))
    end = _closing(text, head, position, limit)
    if end is None and (gap := _GAP.match(text, position, limit)):
        gaps.append(gap.span())
        end = _closing(text, head, gap.end(), limit)
    if end is None:
        return None
    entry = notes.begin(head[2], key[1], head.start(1), key.end(1) if key[1] else head.end(2))
    for gap_start, gap_end in gaps:
        _tell_gap(notes, entry, gap_start, gap_end)
    for field in fields:
        single = field.pieces[0]
        value_text = single[0] if len(field.pieces) == 1 and single[1] < 0 else notes.join(field.pieces)
        notes.keep(entry, field.name, value_text, field.at)
    return end


def _entry_around(notes: Notes, head: re.Match[str], heads: list[int]) -> int | None:
    """`_entry` for one with a value that holds what looks like entries, if all its braces match."""
    closing = notes.closings.get(head.end(3) - 1)
    if closing is None or not heads or not heads[0] < closing < heads[-1] + _LONGEST_INSIDE:
        return None
    return _entry(notes, head, closing + 1)


def _after_gap(text: str, position: int, limit: int, gaps: list[tuple[int, int]]) -> re.Match[str] | None:
    """The next field's name behind comments or commas too many, which are added to `gaps`."""
    gap = _GAP.match(text, position, limit)
    name = _DEFINED.match(text, gap.end(), limit) if gap else None
    if gap and name and "," in _COMMENT.sub("", gap[0]):
        gaps.append(gap.span())
        return name
    return None


def _tell_gap(notes: Notes, entry: Entry, start: int, end: int) -> None:
    """What stands between two fields and shouldn't: comments, and more than one comma."""
    for comment in _COMMENT.finditer(notes.text, start, end):
        words = comment[0].partition("=")[0].rstrip()
        span = notes.places.span(comment.start(), len(words))
        notes.findings.append(BIB_COMMENT.at(span, f'"{clip(words)}" is left out.', "Delete it."))
    commas = re.sub(r"%[^\n]*|\s", "", notes.text[start:end])
    if len(commas) > 1 and end < len(notes.text) and notes.text[end] not in "})":
        entry.broken = True
        notes.error(notes.text.rfind(",", start, end), 1, "There is a comma too many here.", "Delete it.")


def _value(text: str, start: int, limit: int) -> _Value | None:
    """Texts in braces or quotes, numbers and macros' names, with # between them."""
    pieces: list[Piece] = []
    position = start
    while True:
        opening = text[position : position + 1]
        if opening in ("{", '"'):
            end = delimited_end(text, position, limit)
            if end is None:
                return None
            pieces.append((text[position + 1 : end - 1], -1))
        else:
            word = _WORD.match(text, position, limit)
            if word is None:
                return None
            pieces.append((word[0], -1 if word[0].isdecimal() else position))
            end = word.end()
        joint = _JOINT.match(text, end, limit)
        if joint is None:
            return _Value(pieces, end)
        position = joint.end()


def delimited_end(text: str, start: int, limit: int) -> int | None:
    """The end of the text in braces or quotes that opens at `start`, as BibTeX counts; None when it isn't closed."""
    quoted = text[start] == '"'
    depth = 0
    for match in _BRACE_OR_QUOTE.finditer(text, start, limit):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth < 0 or (depth == 0 and not quoted):
                return None if quoted else match.end()
        elif quoted and depth == 0 and match.start() > start:
            return match.end()
    return None


def _closing(text: str, head: re.Match[str], position: int, limit: int) -> int | None:
    closing = _CLOSING[head[3]].match(text, position, limit)
    return closing.end() if closing else None


def _macro(notes: Notes, head: re.Match[str], limit: int) -> int | None:
    name = _DEFINED.match(notes.text, head.end(), limit)
    value = _value(notes.text, name.end(), limit) if name else None
    end = _closing(notes.text, head, value.end, limit) if value else None
    if name and value and end is not None:
        notes.macros[name[1].lower()] = notes.join(value.pieces)
    return end


def _comment(notes: Notes, head: re.Match[str], limit: int) -> int:
    """Skip a comment. BibTeX skips its word only; entries that stand in its braces are left out, and told."""
    text = notes.text
    opening = head.end(3) - 1
    end = notes.closings.get(opening, -1) + 1
    if end > limit and not _INNER.match(text, head.end()):
        end = 0
    for inner in _INNER.finditer(text, opening, end):
        message = f'The entry "{inner[2]}" stands inside @comment and is left out.'
        span = notes.places.span(inner.start(1), inner.end(2) - inner.start(1))
        notes.findings.append(BIB_COMMENT.at(span, message, "Take it out of the @comment, or delete it."))
    if end:
        return end
    following = _HEAD.search(text, head.end(), limit)
    return following.start(1) if following else limit


_MOST_INSIDE, _LONGEST_INSIDE = 8, 10_000
"""Entries quoted in an entry, and characters from the last of them to its end; more of them is a slip."""
_IDENTIFIER = r"[^\s\"#%'(),={}@]+"
_ENTRY_HEAD = rf"@\s*(?:{'|'.join(sorted(KNOWN_TYPES))})\s*[{{(]\s*[^\s,{{}}()=\"]*\s*,"
_HEAD = regex(rf"(?mi)(?:^[ \t%]*|(?<=[}})])[ \t]*|(?<=\s)(?={_ENTRY_HEAD}))(@\s*({_IDENTIFIER}|)\s*([{{(]))\s*")
"""The beginning of a block: on a line of its own or behind another block; elsewhere only if nothing else is meant."""
_LINE_HEAD = regex(r"(?mi)^[ \t%]*(@\s*(?:(?:comment|preamble|string)\s*[{(]|[a-z]\w*\s*[{(]\s*[^\s,{}()=\"]*\s*[,=]))")
"""Where the next block begins, should the one before it not be closed."""
_INNER = regex(r"\s*(@\s*(?!comment|preamble|string)\w+\s*[{(]\s*([^\s,{}()=\"]+))\s*,", re.IGNORECASE)
_KEY = {"{": regex(r"([^\s,{}=]*)"), "(": regex(r"([^\s,={]*)")}
_FIELD = regex(rf"\s*,\s*({_IDENTIFIER})\s*=\s*")
_GAP = regex(r"(?:[\s,]|%[^\n]*)+")
_COMMENT = regex(r"%[^\n]*")
_FLAT = regex(r'(?:\{([^{}]*)\}|"([^"{}]*)"|(\d+))(?=\s*[,})])')
_WORD = regex(_IDENTIFIER)
_JOINT = regex(r"\s*#\s*")
_CLOSING = {"{": regex(r"\s*,?\s*\}"), "(": regex(r"\s*,?\s*\)")}
_DEFINED = regex(rf"({_IDENTIFIER})\s*=\s*")
_BRACE_OR_QUOTE = regex(r"[{}\"]")
