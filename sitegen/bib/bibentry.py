"""What papers.bib holds, as BibTeX sees it: entries, macros, places, and the findings on how it is written.

`Notes` is what the readers of whole and of damaged entries write into while they go through the text.
How an entry is found in the text is `bibtex`'s and `salvage`'s, what its fields mean `papers`'.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from sitegen.diagnostics import Diagnostic, Related, Rule, Span, closest
from sitegen.patterns import regex
from sitegen.values import Value, field

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
    "out what is behind the %. To keep an old field, rename it; to keep an old entry, put @comment before it. "
    "Whole entries inside the braces of an @comment are left out, too, and that is said, because BibTeX reads them.",
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
BIB_INVISIBLE = Rule(
    "bib-invisible",
    "warning",
    "A field holds a control character, or one that turns the direction of writing, as comes with text copied from "
    "a PDF. Nobody sees it, and it can make what follows read backwards. It is left out.",
    wrong="title = {How to\\u202e Read a Paper}",
    right="title = {How to Read a Paper}",
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

PLAIN_TYPES = frozenset(
    "article book booklet conference inbook incollection inproceedings manual mastersthesis misc phdthesis "
    "proceedings techreport unpublished".split()
)
"""The types of BibTeX's own styles."""

KNOWN_TYPES = PLAIN_TYPES | frozenset(
    "online electronic www webpage software dataset video audio image artwork movie music patent standard letter legal "
    "legislation periodical performance report thesis mvbook collection mvcollection reference mvreference "
    "mvproceedings bookinbook suppbook suppcollection inreference suppperiodical review xdata set custom commentary "
    "jurisdiction bibnote customa customb customc customd custome customf".split()
)
"""And those of biblatex."""


class Entry(Value, frozen=False):
    """One entry, as far as it could be read."""

    type: str
    """Lower case, without the @."""
    key: str
    fields: dict[str, str]
    """LaTeX by lower-case name, in the order written; macros resolved, white space collapsed, none empty."""
    span: Span
    """From the @ to the end of the key."""
    offsets: dict[str, int] = field(factory=dict)
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


Piece = tuple[str, int]
"""Part of a value: a text with -1, or a macro's name with its offset."""


class Notes:
    """What is found on the way through a text: entries, macros and findings."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = Places(text)
        self.macros = dict(MONTHS)
        self.entries: list[Entry] = []
        self.findings: list[Diagnostic] = []
        self._told_before = 0

    @cached_property
    def closings(self) -> dict[int, int]:
        """Each opening brace's offset to that of the brace that closes it, as BibTeX counts."""
        closings: dict[int, int] = {}
        opened: list[int] = []
        for match in re.finditer("[{}]", self.text):
            if match[0] == "{":
                opened.append(match.start())
            elif opened:
                closings[opened.pop()] = match.start()
        return closings

    def error(self, at: int, length: int, message: str, help: str) -> None:
        self.findings.append(BIB_SYNTAX.at(self.places.span(at, length), message, help))

    def begin(self, type: str, key: str, start: int, end: int) -> Entry:
        """A new entry without fields; its type and key stand from `start` to `end`."""
        entry = Entry(type.lower(), " ".join(key.split()), {}, self.places.span(start, end - start))
        self.entries.append(entry)
        self._told_before = len(self.findings)
        return entry

    def retract_warnings(self) -> None:
        """Take back what was told of the last entry: it turns out to be the echo of a fault."""
        del self.findings[self._told_before :]

    def join(self, pieces: Iterable[Piece]) -> str:
        """The pieces of a value, macros expanded. White space counts where macros are joined."""
        joined: list[str] = []
        expanded = 0
        for piece, macro_at in pieces:
            value = piece
            if macro_at >= 0:
                value = self._macro(piece, macro_at)
                expanded += len(value)
                if expanded > _MAX_EXPANDED:
                    message = f"With its macros, this is longer than {_MAX_EXPANDED:,} characters."
                    self.error(macro_at, len(piece), message, "Write the text itself.")
                    return ""
            joined.append(value)
        return "".join(joined)

    def _macro(self, word: str, at: int) -> str:
        value = self.macros.get(word.lower())
        if value is not None:
            return value
        near = closest(word, self.macros)
        help = f'Did you mean "{near}"?' if near else f"To write it as text, put it in braces: {{{word}}}."
        message = f'No @string before this line defines "{word}".'
        self.findings.append(BIB_UNKNOWN_MACRO.at(self.places.span(at, len(word)), message, help))
        return word

    def keep(self, entry: Entry, name: str, value: str, name_at: int) -> None:
        """Put a field into the entry, cleaned; the first of two that have one name counts."""
        known = name.lower()
        if known in entry.fields:
            first = Related(self.places.span(entry.offsets[known], len(known)), "first given here")
            message = f'"{entry.key}" gives {known} twice.'
            span = self.places.span(name_at, len(name))
            self.findings.append(BIB_DUPLICATE_FIELD.at(span, message, "Keep one of the two.", [first]))
            return
        text = clean(value)
        if "&" in text and ";" in text:
            text = _ENTITY.sub(_plain_entity, text)
        if text:
            entry.fields[known] = text
            entry.offsets[known] = name_at
        if not value.isprintable():
            self._tell_invisible(entry, known, value, name_at)

    def _tell_invisible(self, entry: Entry, name: str, value: str, name_at: int) -> None:
        found = _INVISIBLE.search(value)
        if found is None:
            return
        at = self.text.find(found[0], name_at)
        span = self.places.span(at if at >= 0 else name_at)
        message = f'The {name} of "{entry.key}" holds the invisible character U+{ord(found[0]):04X}; it is left out.'
        self.findings.append(BIB_INVISIBLE.at(span, message, "Delete it: type the words around it anew."))


def clip(words: str) -> str:
    """The author's words, short enough for a sentence."""
    words = " ".join(words.split())
    return words if len(words) <= 40 else words[:39] + "…"


def clean(value: str) -> str:
    """White space collapsed; control characters, bidi controls, placeholders and unassigned characters gone."""
    value = " ".join(value.split())
    if value.isprintable():
        return value
    return " ".join("".join(c for c in value if c.isprintable() or c in _JOINERS).split())


_ENTITY = regex(
    r"(?:\{\\&\}|\\?&)(?:amp;)*"  # some escape what is escaped
    r"(?:(amp|lt|gt|quot|apos|nbsp)|(?:\\?#)(?:(\d{2,6})|[xX]([0-9a-fA-F]{2,5})));"
)
_ENTITIES = {"amp": r"\&", "lt": r"{\textless}", "gt": r"{\textgreater}", "quot": '"', "apos": "'", "nbsp": "~"}


def _plain_entity(match: re.Match[str]) -> str:
    """`&amp;`, which publishers' own exports hold, to LaTeX."""
    if match[1]:
        return _ENTITIES[match[1]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    letter = chr(code) if code < 0x110000 else ""
    if letter in '&<>"' and letter:
        return _ENTITIES[{"&": "amp", "<": "lt", ">": "gt", '"': "quot"}[letter]]
    if not letter.isprintable():
        return ""
    return match[0] if letter in "\\{}$%#_^~" else letter


_JOINERS = "\u200c\u200d"
"""Part of how Persian and Indic words are written."""
_INVISIBLE = regex("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
"""Unicode's controls, the directional formatting characters of UAX #9 §2 and tags; what editors leave of spaces,
soft hyphens and byte order marks goes without a word."""
_MAX_EXPANDED = 20_000
"""Macros made of macros grow without bounds; what a person abbreviates is a line."""
