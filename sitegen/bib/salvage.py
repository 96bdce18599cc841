r"""Entries that BibTeX would refuse: what is wrong with them, and what can be kept of them.

bibtexparser finds where the damage ends and reads what is only careless (a `\{` without its brace, a key
with a space); what is still lost is picked out field by field. One entry gives one error, because what
follows the first fault may be its echo. Whole entries are read in `bibtex`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sitegen.bib.bibentry import BIB_COMMENT, Entry, Notes, clean, clip
from sitegen.patterns import regex

if TYPE_CHECKING:
    from bibtexparser.model import Block
    from bibtexparser.model import Entry as ParsedEntry


def read_damaged(notes: Notes, start: int, limit: int) -> tuple[int, Entry | None]:
    """Read the block that begins at `start` and can't be read to its end; it ends at `limit` at the latest.

    Gives the offset at which reading goes on, and the entry that ends there if it could be closed.
    """
    from bibtexparser import model

    head = _NEXT_HEAD.search(notes.text, start + 1, limit)
    limit = head.start() if head else limit
    blocks = list(_blocks(_straight_head(notes.text[start:limit])))
    for number, (offset, found) in enumerate(blocks):
        block, at, raw = found, start + offset, found.raw or ""
        if isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
            block = block.ignore_error_block or block  # looked for and told in our own words
        if isinstance(block, model.ImplicitComment):
            continue
        if isinstance(block, model.Entry):
            entry = _read_parsed(notes, at, block)
            return at + len(raw), entry
        if isinstance(block, model.String):
            value_at = at + raw.rfind(block.value)
            if _careless_end(block.value, 0) is None and block.value[:1] in ("{", '"'):
                _tell_macro(notes, at, "string", len("@string"))
                return at + len(raw), None
            value, rest_at = _join_value(notes, block.value, value_at)
            notes.macros[block.key.lower()] = value
            if rest_at < len(block.value):
                message = f"The value of the macro {block.key} isn't one text."
                notes.error(value_at + rest_at, 1, message, _WHOLE_VALUE)
            return at + len(raw), None
        if isinstance(block, model.ParsingFailedBlock):
            following = [other for other, other_block in blocks[number + 1 :] if _begins(other_block)]
            end = start + following[0] if following else limit
            reason = getattr(block.error, "abort_reason", "")
            _read_failed(notes, at, notes.text[at:end].rstrip(), len(raw.rstrip()), reason)
            return end, None
        return at + max(len(raw), 1), None  # a comment or a preamble
    notes.error(start, 1, "This entry can't be read.", "An entry begins with its type and key: @article{key2024, ...}.")
    return limit, None


def _begins(block: Block) -> bool:
    from bibtexparser.model import ImplicitComment

    return not isinstance(block, ImplicitComment)


def _straight_head(region: str) -> str:
    """The region with its head as bibtexparser knows it, without white space around the type; every length stays."""
    head = re.match(r"@\s*(\w*)\s*([{(])", region)
    if head is None:
        return region
    straight = f"@{head[1]}{head[2]}"
    return " " * (head.end() - len(straight)) + straight + region[head.end() :]


def _blocks(text: str) -> Iterator[tuple[int, Block]]:
    """bibtexparser's blocks with the offset at which each starts."""
    import logging

    from bibtexparser import parse_string
    from bibtexparser.model import ParsingFailedBlock

    # What it has to say about broken blocks is said in findings; it would also write to the terminal.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    position = 0
    for block in parse_string(text, parse_stack=[]).blocks:
        raw = block.raw or ""
        start = max(text.find(raw, position), position)
        position = start + (1 if isinstance(block, ParsingFailedBlock) else len(raw))
        yield start, block


# --- between entries ----------------------------------------------------------------------------


def commented_out_end(notes: Notes, start: int, limit: int) -> int | None:
    """Where the entry ends that begins at `start` and has each of its lines behind a %; a finding tells of it."""
    text = notes.text
    if not text[text.rfind("\n", 0, start) + 1 : start].lstrip().startswith("%"):
        return None
    lines = _COMMENTED_LINES.match(text, start, limit)
    assert lines is not None  # the first line always matches
    rest = _BLANKS.match(text, lines.end(), limit)
    if rest and rest.end() < limit and lines[0].count("{") > lines[0].count("}"):
        return None  # its other lines aren't commented out
    head = _HEAD.match(lines[0])
    message = f'The entry "{head[2] if head else ""}" stands behind a % and is left out.'
    span = notes.places.span(start, head.end(2) if head else 1)
    notes.findings.append(BIB_COMMENT.at(span, message, "Put @comment before it, or delete it."))
    return lines.end()


def read_between(notes: Notes, start: int, end: int, entry: Entry | None) -> None:
    """Text between entries is a comment, unless it is the rest of `entry`, or an entry with a slip in its head."""
    words = notes.text[start:end]
    if not words or words.isspace():
        return
    following = _REST_OF_ENTRY.match(words) if entry else None
    if entry and following:
        entry.broken = True
        notes.retract_warnings()
        message = f'A brace closes "{entry.key}" here, before its {following[1]}.'
        notes.error(max(start - 1, 0), 1, message, "Remove the brace that is too many.")
        _pick_fields(notes, entry, words, start)
        return
    lost = _LOST_ENTRY.search(words)
    if lost is None:
        return
    at = start + lost.start(1)
    message = f'"{clip(lost[1])}" stands outside any entry, as if the beginning of its entry were missing.'
    help = "An entry begins with its type and key: @article{key2024, ...}."
    if lost[1].startswith("@"):
        message = f'"{clip(lost[1])}" doesn\'t begin an entry.'
    elif "=" not in lost[1]:
        message, help = f'The @ before "{lost[1]}" is missing.', f"Write @{lost[1]}."
    notes.error(at, len(lost[1]), message, help)


# --- entries that bibtexparser could read -------------------------------------------------------


def _read_parsed(notes: Notes, start: int, block: ParsedEntry) -> Entry:
    """An entry that bibtexparser reads and BibTeX wouldn't: told where a value or a name can't stand."""
    raw = block.raw or ""
    key_at = start + max(raw.find(block.key, len(block.entry_type) + 1), 0)
    entry = notes.begin(block.entry_type, block.key, start, key_at + len(block.key))
    if not entry.type:
        entry.type, entry.broken = "misc", True
        notes.error(start, 1, *_NO_TYPE)
    position = key_at + len(block.key)
    for given in block.fields:
        name_at = notes.text.find(given.key, position)
        value_at = notes.text.find(given.value, notes.text.find("=", name_at + len(given.key)) + 1)
        position = value_at + len(given.value)
        _read_field(notes, entry, given.key, given.value, name_at, value_at)
    return entry


def _read_field(notes: Notes, entry: Entry, name: str, raw: str, name_at: int, value_at: int) -> None:
    """Keep a field, and those that follow in `raw` because commas between them are missing."""
    if raw[:1] != "{" and _DELIMITERS.isdisjoint(raw) and len(raw.split(None, 1)) > 1:
        message = f"The value of {clip(name)} has no braces around it."
        notes.error(value_at, len(raw), message, f"Write {clip(name)} = {{{clip(raw)}}}.")
        entry.broken = True
        _keep(notes, entry, name, raw, name_at)
        return
    while True:
        value, rest_at = _join_value(notes, raw, value_at)
        name = _keep(notes, entry, name, value, name_at)
        rest = raw[rest_at:]
        if not rest:
            return
        at = value_at + rest_at
        following = _NEXT_FIELD.match(rest)
        if following is None:
            if not entry.broken:
                message = f'After the value of {name} comes "{clip(rest)}" where a comma is expected.'
                notes.error(at, len(rest), message, _WHOLE_VALUE)
            entry.broken = True
            return
        if not entry.broken:
            message = f"A comma is missing between {name} and {following[1]}."
            notes.error(at, len(following[1]), message, f"End the value of {name} with a comma.")
        entry.broken = True
        name, raw, name_at, value_at = following[1], rest[following.end() :], at, at + following.end()


def _keep(notes: Notes, entry: Entry, name: str, value: str, name_at: int) -> str:
    """Put a value under its name into the entry, if both can be used; the name in lower case."""
    name = name.rpartition("\n")[2].strip() if name.startswith("%") else name
    if _FIELD_NAME.fullmatch(name):
        notes.keep(entry, name, value, name_at)
    elif not entry.broken:
        entry.broken = True
        words = f'"{clip(name)}" is no name of a field.' if name else "There is no field's name before the =."
        notes.error(name_at, len(name), words, "Write name = {value}, with a comma after it.")
    return name.lower()


def _join_value(notes: Notes, raw: str, at: int) -> tuple[str, int]:
    """A value without its delimiters, and where in `raw` something follows that doesn't belong to it."""
    pieces: list[tuple[str, int]] = []
    position = 0
    while True:
        end = _careless_end(raw, position)
        word = _WORD.match(raw, position) if end is None else None
        if end is not None:
            pieces.append((raw[position + 1 : end - 1], -1))
            position = end
        elif word is not None:
            pieces.append((word[0], -1 if word[0].isdecimal() else at + position))
            position = word.end()
        else:
            break
        joint = _JOINT.match(raw, position)
        if joint is None:
            break
        position = joint.end()
    if not pieces:
        return raw, len(raw)
    return notes.join(pieces), position + len(raw[position:]) - len(raw[position:].lstrip())


# --- entries that nobody could read -------------------------------------------------------------


def _read_failed(notes: Notes, start: int, region: str, read: int, reason: str) -> None:
    """Say what is wrong with an entry that bibtexparser gave up on after `read` characters, and keep its rest."""
    head = _HEAD.match(region)
    if head is None or not head[1]:
        notes.error(start, 1, *_NO_TYPE)
        return
    if head[1].lower() in ("comment", "preamble", "string"):
        if head[1].lower() != "comment":
            _tell_macro(notes, start, head[1], head.end(1))
        return
    key, after = head[2], region[head.end() : head.end() + 1]
    body_at = head.end()
    if after == "=":
        message = f"This entry has no key before its {key}."
        notes.error(start, head.end(1), message, f"Write @{head[1]}{{key2024, {key} = ...}}.")
        key, body_at = "", head.start(2)
    entry = notes.begin(head[1], key, start, start + head.start(2) + len(key))
    entry.broken = True
    if after == "=":
        _pick_fields(notes, entry, region[body_at:], start + body_at)
        return
    if after != ",":
        message = f'A comma is missing after the key "{key}".' if key else "This entry has no key."
        if not after or after in "})":
            message = f'The entry "{key}" isn\'t closed.' if key else "This entry isn't closed."
        notes.error(start, head.end(2), message, f"Write @{head[1]}{{{key or 'key2024'}, ...}}.")
    culprit = _pick_fields(notes, entry, region[body_at:], start + body_at)
    if after != ",":
        return
    if culprit:
        name, value_at = culprit
        mark = "quote" if notes.text[value_at] == '"' else "brace"
        message = f"The {mark} that opens the value of {name} isn't closed."
        notes.error(value_at, 1, message, "Close it at the end of the value, before the comma.")
    elif reason.startswith("Expected a `=`"):
        word_at = max(region.rfind(",", 0, max(read - 1, 0)), 0) + 1
        word = region[word_at:read].strip().rstrip('{,"}').strip()
        at = start + word_at + len(region[word_at:]) - len(region[word_at:].lstrip())
        message = f'There is no = after "{clip(word)}".' if word else "A field's name and = are missing here."
        notes.error(at, max(len(word), 1), message, "Write name = {value}, with a comma after it.")
    else:
        message = f'The entry "{key}" isn\'t closed.'
        notes.error(start, head.end(2), message, "Put a closing brace on a line of its own after its last field.")


def _tell_macro(notes: Notes, start: int, type: str, length: int) -> None:
    help = '@string{name = "text"}' if type.lower() == "string" else '@preamble{"text"}'
    notes.error(start, length, f"This @{type} can't be read to its end.", f"Write {help}.")


def _pick_fields(notes: Notes, entry: Entry, body: str, at: int) -> tuple[str, int] | None:
    """Keep the fields in a broken entry's `body`; the first whose value isn't closed, with its value's offset."""
    culprit = None
    found = list(_FIELD_START.finditer(body))
    for index, match in enumerate(found):
        last = index + 1 == len(found)
        raw = body[match.end() : len(body) if last else found[index + 1].start()].strip()
        end = _careless_end(raw, 0)
        unclosed = end is None and raw[:1] in ("{", '"')
        closed_by_entry = last and end is not None and raw[:end].endswith("\n}")
        if unclosed or closed_by_entry:
            culprit = culprit or (match[1], at + match.end())
        inside = raw[1 : end - 1] if end else raw.strip('{}",')
        if not end and notes.macros.get(inside.lower()):
            inside = notes.macros[inside.lower()]
        value = clean(inside)
        if not _balanced(value):
            value = value.replace("{", "").replace("}", "")
        if value and match[1].lower() not in entry.fields:
            entry.fields[match[1].lower()] = value
            entry.offsets[match[1].lower()] = at + match.start(1)
    return culprit


def _careless_end(raw: str, start: int) -> int | None:
    r"""The end of the text in braces or quotes at `start`, in which `\{`, `\}` and `\"` don't count, or None."""
    opening = raw[start : start + 1]
    if opening not in ("{", '"'):
        return None
    depth = 0
    for match in _BRACE_OR_QUOTE.finditer(raw, start + 1):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            if depth == 0 and opening == "{":
                return match.end()
            depth -= 1
        elif opening == '"' and depth <= 0:
            return match.end()
    return None


def _balanced(value: str) -> bool:
    depth = 0
    for match in _BRACE_OR_QUOTE.finditer(value):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth < 0:
            return False
    return depth == 0


_NO_TYPE = ("An entry's type is missing after this @.", "Write @article{key2024, ...}.")
_WHOLE_VALUE = "Put braces around the whole value, or join its parts with #."
_HEAD = regex(r"@\s*(\w*)\s*[{(]\s*([^\s,{}=\"]*)\s*")
_FIELD_NAME = regex(r"[^\W\d][\w.:/+-]*")
_NEXT_FIELD = regex(r"([A-Za-z][\w.:/+-]*)\s*=\s*")
_FIELD_START = regex(r"(?:^|(?<=[,\n]))[ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*(?=\S)")
_REST_OF_ENTRY = regex(r"[, \t]*\n?[, \t]*([A-Za-z][\w-]*)\s*=\s*")
_TYPES = (
    "article|book|booklet|conference|inbook|incollection|inproceedings|manual|mastersthesis|misc|online|phdthesis|"
    "proceedings|report|software|techreport|thesis|unpublished"
)
_LOST_ENTRY = regex(
    r"(?mi)^[ \t]*(@(?!comment\b)[^\n{(]{0,80}[{(]?|[a-z][\w-]{0,40}[ \t]*=[ \t]*[{\"]|"
    rf"(?:{_TYPES})(?=[ \t]*[{{(][ \t]*[^\s,={{}}()]+[ \t]*,))"
)
_NEXT_HEAD = regex(
    rf"(?mi)(?:^[ \t]*@\w*[ \t]*[{{(]|@(?:{_TYPES})\s*[{{(]\s*[^\s,={{}}()\"]+\s*,|^[ \t%]*@\w+[ \t]*[{{(][^\s,]+,)"
)
"""Where the damage ends: bibtexparser, too, gives up an entry at an @ that begins a line."""
_COMMENTED_LINES = regex(r"[^\n]*(?:\n[ \t]*%(?![ \t%]*@)[^\n]*)*")
_BLANKS = regex(r"\s*")
_WORD = regex(r"[^\s{}\"#,=()]+")
_DELIMITERS = frozenset('{}"#=')
_JOINT = regex(r"\s*#\s*")
_BRACE_OR_QUOTE = regex(r"(?<!\\)[{}\"]")
