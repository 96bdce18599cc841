"""BibTeX's own syntax: blocks, macros, concatenation and inheritance in; entries with their places out.

bibtexparser finds the blocks and goes on after a broken one. What it leaves to others is here: the
values' delimiters, `@string`, `#`, months, `crossref`, and a plain sentence for each fault. The
entries' values stay LaTeX; what they mean for a course is `bibliography`'s.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sitegen.diagnostics import Diagnostic, Related, Rule, Span, closest

if TYPE_CHECKING:
    from bibtexparser import model
    from bibtexparser.model import Block

BIB_FILE = "papers.bib"

BIB_SYNTAX = Rule(
    "bib-syntax",
    "error",
    "An entry of papers.bib can't be read to its end: a brace or a quote isn't closed, a comma or an equals sign "
    "is missing, or a brace closes the entry too early. The entries around it are read all the same.",
    wrong="@article{keshav2007,\n  title = {How to Read a Paper\n  year = {2007}\n}",
    right="@article{keshav2007,\n  title = {How to Read a Paper},\n  year = {2007}\n}",
)
BIB_DUPLICATE_FIELD = Rule(
    "bib-duplicate-field",
    "warning",
    "An entry gives one field twice. As in BibTeX, the first one counts and the other is left out.",
    wrong="year = {2006},\nyear = {2007}",
    right="year = {2007}",
)
BIB_COMMENT = Rule(
    "bib-comment",
    "warning",
    "BibTeX has no comments inside an entry: a % there is text, and BibTeX itself stops at it. sitegen leaves "
    "out what is behind the %. To keep an old field, rename it; to keep an old entry, put @comment before it.",
    wrong="% @article{keshav2007,\n%   title = {How to Read a Paper}\n% }",
    right="@comment{keshav2007,\n  title = {How to Read a Paper}\n}",
)
BIB_UNKNOWN_MACRO = Rule(
    "bib-unknown-macro",
    "warning",
    "A value without braces or quotes is the name of a macro, and no @string before it defines this one. "
    "The word itself is shown.",
    wrong="journal = ccr",
    right='@string{ccr = "Computer Communication Review"}\n\njournal = ccr',
)
BIB_CROSSREF = Rule(
    "bib-crossref",
    "warning",
    "crossref (or xdata) names an entry from which this one takes the fields that it lacks. That entry "
    "isn't in papers.bib, or the entries name each other in a circle.",
    wrong="crossref = {sosp32}",
    right="crossref = {sosp23}",
)

MONTHS = {
    "jan": "January",
    "feb": "February",
    "mar": "March",
    "apr": "April",
    "may": "May",
    "jun": "June",
    "jul": "July",
    "aug": "August",
    "sep": "September",
    "oct": "October",
    "nov": "November",
    "dec": "December",
}
"""The macros that every BibTeX style defines."""


@dataclass(slots=True)
class Entry:
    """One entry, as far as it could be read."""

    type: str
    """Lower case, without the @."""
    key: str
    fields: dict[str, str]
    """LaTeX by lower-case name, in the order written; macros resolved, white space collapsed, none empty."""
    span: Span
    """From the @ to the end of the key."""
    offsets: dict[str, int] = field(default_factory=dict)
    """Where in the text each field that the entry itself gives has its name."""
    broken: bool = False
    """A finding tells that part of it couldn't be read."""
    lends: bool = False
    """Another entry takes fields from this one."""


class Places:
    """Offsets in papers.bib to spans."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def span(self, start: int, length: int = 1) -> Span:
        """The span of `length` characters, or of what of them is on the first line."""
        line = bisect_right(self._starts, start)
        line_start = self._starts[line - 1]
        line_end = self._starts[line] - 1 if line < len(self._starts) else len(self._text)
        column = start - line_start + 1
        return Span(BIB_FILE, line, column, line, column + max(1, min(length, line_end - start)))

    def in_field(self, entry: Entry, name: str, words: str = "") -> Span:
        """Where `words` stand in a field; the field's name if they aren't there as such; the entry for an heirloom."""
        if name not in entry.offsets:
            return entry.span
        start = entry.offsets[name]
        later = [offset for offset in entry.offsets.values() if offset > start]
        end = min(later) if later else start + len(name) + 3 * len(entry.fields.get(name, "")) + 20
        found = self._text.find(words, start + len(name), end) if words else -1
        return self.span(found, len(words)) if found >= 0 else self.span(start, len(name))


def read_entries(text: str) -> tuple[list[Entry], Places, list[Diagnostic]]:
    """The entries of `text` in file order, and what is wrong with it. Duplicate keys stay in the list.

    A broken entry is there too, with the fields that could be read, and marked as broken.
    """
    reader = _Reader(text)
    reader.read()
    _inherit(reader.entries, reader.places, reader.findings)
    return reader.entries, reader.places, reader.findings


def _prepare(text: str) -> str:
    """The text with two things of BibTeX that bibtexparser doesn't know, in a form that it does; every length stays.

    A line end may stand between `@article` and its brace, and quotes in braces may stand in a quoted value.
    """
    text = _BRACE_ON_NEXT_LINE.sub(r"\1\3\2", text.replace(_INNER_QUOTE, " "))
    return _QUOTED.sub(lambda match: match[1] + match[2].replace('"', _INNER_QUOTE) + '"', text)


def _blocks(text: str) -> Iterator[tuple[int, Block]]:
    """bibtexparser's blocks with the offset at which each starts."""
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


class _Reader:
    """What one pass over the blocks collects."""

    def __init__(self, text: str) -> None:
        self.text = _prepare(text)
        self.places = Places(text)
        self.macros = dict(MONTHS)
        self.entries: list[Entry] = []
        self.findings: list[Diagnostic] = []

    def read(self) -> None:
        from bibtexparser import model

        blocks = list(_blocks(self.text))
        ends = [start for start, block in blocks if not isinstance(block, model.ImplicitComment)][1:]
        ends.append(len(self.text))
        ends.reverse()
        before: Block | None = None
        for start, block in blocks:
            raw = block.raw or ""
            if isinstance(block, model.ImplicitComment):
                self._between(start, raw, before)
                continue
            end = ends.pop()
            if isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
                block = block.ignore_error_block or block  # noqa: PLW2901 - looked for and told in our own words
            before = block
            if isinstance(block, model.Entry | model.ParsingFailedBlock) and self._commented_out(start, raw):
                before = None
            elif isinstance(block, model.Entry):
                self._entry(start, block)
            elif isinstance(block, model.String):
                at = start + raw.rfind(block.value)
                value, rest_at = self._joined(block.value, at)
                self.macros[block.key.lower()] = value
                if rest_at < len(block.value):
                    self._error(at + rest_at, 1, f"The value of the macro {block.key} isn't one text.", _WHOLE_VALUE)
            elif isinstance(block, model.ParsingFailedBlock):
                reason = getattr(block.error, "abort_reason", "")
                self._broken(start, self.text[start:end].rstrip(), len(raw.rstrip()), reason)

    def _error(self, at: int, length: int, message: str, help: str) -> None:
        self.findings.append(BIB_SYNTAX.at(self.places.span(at, length), message, help))

    # --- whole entries

    def _entry(self, start: int, block: model.Entry) -> None:
        raw = block.raw or ""
        key_at = raw.find(block.key, len(block.entry_type) + 1)
        entry = self._begin(start, block.entry_type, block.key, start + key_at)
        if not entry.type:
            entry.type, entry.broken = "misc", True
            self._error(start, 1, *_NO_TYPE)
        position = start + key_at + len(block.key)
        for given in block.fields:
            name_at = self.text.find(given.key, position)
            value_at = self.text.find(given.value, self.text.find("=", name_at + len(given.key)) + 1)
            position = value_at + len(given.value)
            self._field(entry, given.key, given.value, name_at, value_at)

    def _begin(self, start: int, type: str, key: str, key_at: int) -> Entry:
        entry = Entry(type.lower(), key, {}, self.places.span(start, key_at + len(key) - start))
        self.entries.append(entry)
        return entry

    def _commented_out(self, start: int, raw: str) -> bool:
        """Whether every line of an entry is behind a %; a finding says so."""
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        if not before.lstrip().startswith("%"):
            return False
        if not all(line.lstrip().startswith("%") for line in raw.rstrip().split("\n")[1:]):
            return False
        head = _HEAD.match(raw)
        message = f'The entry "{head[2] if head else ""}" stands behind a % and is left out.'
        span = self.places.span(start, head.end(2) if head else 1)
        self.findings.append(BIB_COMMENT.at(span, message, "Put @comment before it, or delete it."))
        return True

    def _between(self, start: int, words: str, before: Block | None) -> None:
        """Text between entries is a comment, unless it is the rest of an entry or an entry with a slip in its head."""
        from bibtexparser import model

        entry = self.entries[-1] if self.entries and isinstance(before, model.Entry) else None
        following = _REST_OF_ENTRY.match(words) if entry else None
        if entry and following:
            entry.broken = True
            close = max(self.text.rfind("}", 0, start), 0)
            message = f'A brace closes "{entry.key}" here, before its {following[1]}.'
            self._error(close, 1, message, "Remove the brace that is too many.")
            self._salvage(entry, words, start)
        lost = _LOST_ENTRY.search(words)
        if lost is None or isinstance(before, model.ParsingFailedBlock) or following:
            return
        at = start + lost.start(1)
        message = f'"{_clip(lost[1])}" stands outside any entry, as if the beginning of its entry were missing.'
        help = "An entry begins with its type and key: @article{key2024, ...}."
        if lost[1].startswith("@"):
            message = f'"{_clip(lost[1])}" doesn\'t begin an entry.'
        elif "=" not in lost[1]:
            message, help = f'The @ before "{lost[1]}" is missing.', f"Write @{lost[1]}."
        self._error(at, len(lost[1]), message, help)

    # --- fields

    def _field(self, entry: Entry, name: str, raw: str, name_at: int, value_at: int) -> None:
        """Keep a field, and those that follow in `raw` because commas between them are missing."""
        if raw[:1] != "{" and _DELIMITERS.isdisjoint(raw) and len(raw.split(None, 1)) > 1:
            message = f"The value of {_clip(name)} has no braces around it."
            self._error(value_at, len(raw), message, f"Write {_clip(name)} = {{{_clip(raw)}}}.")
            entry.broken = True
            self._keep(entry, name, clean(raw), name_at)
            return
        while True:
            value, rest_at = self._value(raw, value_at)
            name = self._keep(entry, name, value, name_at)
            rest = raw[rest_at:]
            if not rest:
                return
            at = value_at + rest_at
            following = _NEXT_FIELD.match(rest)
            if following is None:
                if not entry.broken:
                    message = f'After the value of {name} comes "{_clip(rest)}" where a comma is expected.'
                    self._error(at, len(rest), message, _WHOLE_VALUE)
                entry.broken = True
                return
            message = f"A comma is missing between {name} and {following[1]}."
            self._error(at, len(following[1]), message, f"End the value of {name} with a comma.")
            entry.broken = True
            name, raw, name_at, value_at = following[1], rest[following.end() :], at, at + following.end()

    def _keep(self, entry: Entry, name: str, value: str, name_at: int) -> str:
        """Put a value under its name into the entry, if both can be used; the name in lower case."""
        if name.startswith("%"):
            lines = name.split("\n")
            span = self.places.span(name_at, len(lines[0]))
            self.findings.append(BIB_COMMENT.at(span, f'"{_clip(lines[0])}" is left out.', "Delete the line."))
            name = lines[-1].strip()
            if name.startswith("%"):
                return name.strip("% ")
        known = name.lower()
        if not _FIELD_NAME.fullmatch(name):
            if not entry.broken:
                entry.broken = True
                words = f'"{_clip(name)}" is no name of a field.' if name else "There is no field's name before the =."
                self._error(name_at, len(name), words, "Write name = {value}, with a comma after it.")
        elif known in entry.fields:
            first = Related(self.places.span(entry.offsets[known], len(known)), "first given here")
            message = f'"{entry.key}" gives {known} twice.'
            span = self.places.span(name_at, len(name))
            self.findings.append(BIB_DUPLICATE_FIELD.at(span, message, "Keep one of the two.", [first]))
        elif value:
            entry.fields[known] = value
            entry.offsets[known] = name_at
        return known

    def _value(self, raw: str, at: int) -> tuple[str, int]:
        """A value without its delimiters, and where in `raw` something follows that doesn't belong to it."""
        if raw[:1] == "{" and raw.find("}") == len(raw) - 1:
            return clean(raw[1:-1]), len(raw)
        value, rest_at = self._joined(raw, at)
        return clean(value), rest_at

    def _joined(self, raw: str, at: int) -> tuple[str, int]:
        """The same with its white space, which counts where macros are joined."""
        pieces: list[str] = []
        expanded = position = 0
        while True:
            end = _delimited_end(raw, position)
            word = _WORD.match(raw, position) if end is None else None
            if end is not None:
                pieces.append(raw[position + 1 : end - 1])
                position = end
            elif word is not None:
                piece = word[0] if word[0].isdecimal() else self._macro(word[0], at + position)
                expanded += len(piece)
                if expanded > _MAX_EXPANDED:
                    message = f"With its macros, this is longer than {_MAX_EXPANDED:,} characters."
                    self._error(at + position, len(word[0]), message, "Write the text itself.")
                    return "", len(raw)
                pieces.append(piece)
                position = word.end()
            else:
                break
            joint = _JOINT.match(raw, position)
            if joint is None:
                break
            position = joint.end()
        if not pieces:
            return raw, len(raw)
        return "".join(pieces), position + len(raw[position:]) - len(raw[position:].lstrip())

    def _macro(self, word: str, at: int) -> str:
        value = self.macros.get(word.lower())
        if value is not None:
            return value
        near = closest(word, self.macros)
        help = f'Did you mean "{near}"?' if near else f"To write it as text, put it in braces: {{{word}}}."
        message = f'No @string before this line defines "{word}".'
        self.findings.append(BIB_UNKNOWN_MACRO.at(self.places.span(at, len(word)), message, help))
        return word

    # --- broken entries

    def _broken(self, start: int, region: str, read: int, reason: str) -> None:
        """Say what is wrong with an entry that bibtexparser gave up on after `read` characters, and keep its rest.

        `region` reaches to the next entry. Only the first fault is told: the others may well be its echo.
        """
        head = _HEAD.match(region)
        if head is None or not head[1]:
            self._error(start, 1, *_NO_TYPE)
            return
        if head[1].lower() in ("comment", "preamble", "string"):
            if head[1].lower() != "comment":
                help = '@string{name = "text"}' if head[1].lower() == "string" else '@preamble{"text"}'
                self._error(start, head.end(1), f"This @{head[1]} can't be read to its end.", f"Write {help}.")
            return
        key, after = head[2], region[head.end() : head.end() + 1]
        body_at = head.end()
        if after == "=":
            message = f"This entry has no key before its {key}."
            self._error(start, head.end(1), message, f"Write @{head[1]}{{key2024, {key} = ...}}.")
            key, body_at = "", head.start(2)
        entry = self._begin(start, head[1], key, start + head.start(2))
        entry.broken = True
        if after == "=":
            self._salvage(entry, region[body_at:], start + body_at)
            return
        if after != ",":
            message = f'A comma is missing after the key "{key}".' if key else "This entry has no key."
            if not after or after in "})":
                message = f'The entry "{key}" isn\'t closed.' if key else "This entry isn't closed."
            self._error(start, head.end(2), message, f"Write @{head[1]}{{{key or 'key2024'}, ...}}.")
        culprit = self._salvage(entry, region[body_at:], start + body_at)
        if after != ",":
            return
        if culprit:
            name, value_at = culprit
            mark = "quote" if self.text[value_at] == '"' else "brace"
            message = f"The {mark} that opens the value of {name} isn't closed."
            self._error(value_at, 1, message, "Close it at the end of the value, before the comma.")
        elif reason.startswith("Expected a `=`"):
            word_at = max(region.rfind(",", 0, max(read - 1, 0)), 0) + 1
            word = region[word_at:read].strip().rstrip('{,"}').strip()
            at = start + word_at + len(region[word_at:]) - len(region[word_at:].lstrip())
            message = f'There is no = after "{_clip(word)}".' if word else "A field's name and = are missing here."
            self._error(at, max(len(word), 1), message, "Write name = {value}, with a comma after it.")
        else:
            message = f'The entry "{key}" isn\'t closed.'
            self._error(start, head.end(2), message, "Put a closing brace on a line of its own after its last field.")

    def _salvage(self, entry: Entry, body: str, at: int) -> tuple[str, int] | None:
        """Keep the fields in a broken entry's `body`; the first whose value isn't closed, with its value's offset."""
        culprit = None
        found = list(_FIELD_START.finditer(body))
        for index, match in enumerate(found):
            last = index + 1 == len(found)
            raw = body[match.end() : len(body) if last else found[index + 1].start()].strip()
            end = _delimited_end(raw, 0)
            unclosed = end is None and raw[:1] in ("{", '"')
            closed_by_entry = last and end is not None and raw[:end].endswith("\n}")
            if unclosed or closed_by_entry:
                culprit = culprit or (match[1], at + match.end())
            inside = raw[1 : end - 1] if end else raw.strip('{}",')
            if not end and self.macros.get(inside.lower()):
                inside = self.macros[inside.lower()]
            value = clean(inside)
            if not _balanced(value):
                value = value.replace("{", "").replace("}", "")
            if value and match[1].lower() not in entry.fields:
                entry.fields[match[1].lower()] = value
                entry.offsets[match[1].lower()] = at + match.start(1)
        return culprit


_NO_TYPE = ("An entry's type is missing after this @.", "Write @article{key2024, ...}.")
_MAX_EXPANDED = 20_000
"""Macros made of macros grow without bounds; what a person abbreviates is a line."""
_WHOLE_VALUE = "Put braces around the whole value, or join its parts with #."
_BRACE_ON_NEXT_LINE = re.compile(r"(?m)^([ \t]*@\w+)([ \t]*\n\s*)([{(])")
_QUOTED = re.compile(r'(=[ \t]*")((?:[^"{}]|\{[^{}]*\})*)"')
_INNER_QUOTE = "\x1a"
_HEAD = re.compile(r"@(\w*)\s*[{(]\s*([^\s,{}=\"]*)\s*")
_FIELD_NAME = re.compile(r"[^\W\d][\w.:/+-]*")
_NEXT_FIELD = re.compile(r"([A-Za-z][\w.:/+-]*)\s*=\s*")
_FIELD_START = re.compile(r"(?:^|(?<=[,\n]))[ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*(?=\S)")
_REST_OF_ENTRY = re.compile(r"[,\s]*([A-Za-z][\w-]*)\s*=\s*")
_LOST_ENTRY = re.compile(
    r"(?mi)^[ \t]*(@[^\n{(]{0,80}[{(]?|[a-z][\w-]{0,40}[ \t]*=[ \t]*[{\"]|"
    r"(?:article|book|booklet|conference|inbook|incollection|inproceedings|manual|mastersthesis|misc|online|phdthesis|"
    r"proceedings|report|software|techreport|thesis|unpublished)(?=[ \t]*[{(][ \t]*[^\s,={}()]+[ \t]*,))"
)
_WORD = re.compile(r"[^\s{}\"#,=()]+")
_DELIMITERS = frozenset('{}"#=')
_JOINT = re.compile(r"\s*#\s*")
_BRACE_OR_QUOTE = re.compile(r"(?<!\\)[{}\"]")


def _delimited_end(raw: str, start: int) -> int | None:
    """The end of the braced or quoted piece at `start`; None when there is none, or it isn't closed."""
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


def _clip(words: str) -> str:
    words = " ".join(words.replace(_INNER_QUOTE, '"').split())
    return words if len(words) <= 40 else words[:39] + "…"


def clean(value: str) -> str:
    """White space collapsed; control characters, bidi controls, placeholders and unassigned characters gone."""
    value = " ".join(value.split())
    if value.isprintable():
        return value
    value = value.replace(_INNER_QUOTE, '"')
    return " ".join("".join(c for c in value if c.isprintable() or c in _JOINERS).split())


_JOINERS = "\u200c\u200d"
"""Part of how Persian and Indic words are written."""


# --- inheritance --------------------------------------------------------------------------------

_PARENT_ONLY = frozenset(
    "title subtitle shorttitle titleaddon doi url eprint archiveprefix eprinttype pdf code slides video abstract "
    "keywords note crossref xdata xref ids pages label key file annote".split()
)
"""Fields that say something about the parent of a `crossref` itself."""
_MAX_PARENTS = 20
"""A paper, its proceedings and their series are three; a chain of thousands is no bibliography."""


def _inherit(entries: Iterable[Entry], places: Places, findings: list[Diagnostic]) -> None:
    """Give entries the fields that they lack from those that their `crossref` and `xdata` name, in place.

    Unlike in BibTeX, the order in the file doesn't matter and a parent's own parent counts, too; as in
    biblatex, a parent's title is the child's booktitle.
    """
    by_key: dict[str, Entry] = {}
    for entry in entries:
        by_key.setdefault(entry.key.lower(), entry)
    own = {id(entry): dict(entry.fields) for entry in entries if "crossref" in entry.fields or "xdata" in entry.fields}
    for entry in entries:
        if id(entry) not in own:
            continue
        seen = {id(entry)}
        waiting = _parents(entry.fields)
        while waiting and len(seen) <= _MAX_PARENTS:
            name, key = waiting.pop()
            parent = by_key.get(key.lower())
            if parent is None or parent is entry:
                findings.append(_no_parent(entry, name, key, by_key, places))
                continue
            if id(parent) in seen:
                continue
            seen.add(id(parent))
            parent.lends = True
            given = own.get(id(parent), parent.fields)
            for field_name, value in given.items():
                if name == "xdata" or field_name not in _PARENT_ONLY:
                    entry.fields.setdefault(field_name, value)
            if name == "crossref" and "title" in given:
                entry.fields.setdefault("booktitle", given["title"])
            waiting += _parents(given)
        for name in ("crossref", "xdata"):
            entry.fields.pop(name, None)


def _parents(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What an entry takes fields from; the first in the list counts least."""
    found = [("crossref", fields["crossref"])] if "crossref" in fields else []
    return found + [("xdata", key.strip()) for key in reversed(fields.get("xdata", "").split(",")) if key.strip()]


def _no_parent(entry: Entry, name: str, parent: str, known: Mapping[str, Entry], places: Places) -> Diagnostic:
    near = closest(parent, (other.key for other in known.values() if other is not entry))
    message = f'"{entry.key}" takes fields from "{parent}", which isn\'t in {BIB_FILE}.'
    if parent.lower() == entry.key.lower():
        message = f'The {name} of "{entry.key}" leads back to itself.'
    return BIB_CROSSREF.at(places.in_field(entry, name, parent), message, f'Did you mean "{near}"?' if near else "")
