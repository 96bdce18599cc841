"""An entry as the clean BibTeX that students copy: what BibTeX's own styles know, in ASCII where LaTeX has a way.

Real 8-bit BibTeX has to accept it, so biblatex's types and fields get their older names, braces are
balanced as BibTeX counts them (a backslash doesn't hide one), and fields that are ours stay out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from sitegen.bib.bibtex import MONTHS, Entry
from sitegen.bib.latex import ACCENTS, FORMULA, MATH_SYMBOLS, SYMBOLS

_TYPES = {
    "online": "misc", "electronic": "misc", "www": "misc", "webpage": "misc", "software": "misc", "dataset": "misc",
    "video": "misc", "audio": "misc", "image": "misc", "artwork": "misc", "movie": "misc", "music": "misc",
    "patent": "misc", "standard": "misc", "letter": "misc", "legal": "misc", "periodical": "misc",
    "performance": "misc",
    "report": "techreport", "thesis": "phdthesis", "mvbook": "book", "collection": "book", "mvcollection": "book",
    "reference": "book", "mvreference": "book", "mvproceedings": "proceedings", "bookinbook": "inbook",
    "suppbook": "inbook", "suppcollection": "incollection", "inreference": "incollection", "suppperiodical": "article",
    "review": "article",
}  # fmt: skip
"""Types of biblatex to the nearest that BibTeX's styles have."""

PLAIN_TYPES = frozenset(
    "article book booklet conference inbook incollection inproceedings manual mastersthesis misc phdthesis "
    "proceedings techreport unpublished".split()
)

KNOWN_TYPES = PLAIN_TYPES | frozenset(_TYPES) | {"xdata", "set", "custom", "commentary", "jurisdiction", "bibnote"}

_FIELDS = (
    "title", "author", "editor", "booktitle", "journal", "year", "month", "volume", "number", "series", "edition",
    "chapter", "pages", "type", "publisher", "organization", "institution", "school", "address", "howpublished",
    "note", "doi", "eprint", "archiveprefix", "primaryclass", "url", "isbn", "issn",
)  # fmt: skip
"""What is published, in this order."""

_VERBATIM = frozenset(["doi", "eprint", "archiveprefix", "primaryclass", "url", "isbn", "issn"])
_MACROS = {full.casefold(): macro for macro, full in MONTHS.items()}


def clean_entry(entry: Entry, fields: Mapping[str, str]) -> str:
    """The entry with `fields` instead of its own: LaTeX under BibTeX's names, addresses and numbers as they are."""
    type = entry.type if entry.type in PLAIN_TYPES else _TYPES.get(entry.type, "misc")
    if type == "phdthesis" and "master" in fields.get("type", "").casefold():
        type = "mastersthesis"
    rows = []
    for name in _FIELDS:
        value = fields.get(name, "")
        macro = _month(value) if name == "month" else ""
        if macro:
            rows.append(f"  {name} = {macro}")
        elif value:
            rows.append(f"  {name} = {{{_verbatim(value) if name in _VERBATIM else ascii_latex(value)}}}")
    return ",\n".join([f"@{type}{{{entry.key}", *rows]) + "\n}\n"


def _month(value: str) -> str:
    """A month's macro: for its name, its short name and its number."""
    word = value.strip("{}. ").casefold()
    if word.isdecimal() and 1 <= int(word) <= 12:
        return list(MONTHS)[int(word) - 1]
    if word in _MACROS:
        return _MACROS[word]
    return word[:3] if len(word) >= 3 and MONTHS.get(word[:3], "").casefold().startswith(word) else ""


def _verbatim(value: str) -> str:
    """An address or a number: no LaTeX, and no brace or letter that BibTeX could stumble on."""
    return _NOT_VERBATIM.sub(lambda match: _percent(match[0]), value)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


_NOT_VERBATIM = re.compile(r"[{}\\]|[^\x00-\x7f]")

# --- text to ASCII ------------------------------------------------------------------------------

_TO_ACCENT = {combining: command for command, combining in ACCENTS.items()}
_TO_COMMAND = {
    **{text: rf"{{\{name}}}" for name, text in reversed(SYMBOLS.items()) if len(text) == 1 and not text.isascii()},
    "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "„": "{\\quotedblbase}", "…": "{\\ldots}",
    "\u00a0": "~", "\u2009": "\\,", "‐": "-", "‑": "-", "−": "$-$",
}  # fmt: skip
_TO_MATH = {text: name for name, text in reversed(MATH_SYMBOLS.items()) if len(text) == 1 and not text.isascii()}
_WRITTEN = re.compile(
    r"\\(?:url|href|path|nolinkurl)\{[^{}]*\}"  # an address keeps its characters
    rf"|\\(?:[A-Za-z]+|.|$)|{FORMULA.pattern}|[&%#_^$]|[^\x00-\x7f]",
    re.DOTALL,
)


def ascii_latex(value: str) -> str:
    r"""`Erdős & Rényi {\it et al.}` to `Erd{\H{o}}s \& R{\'e}nyi {\it et al.}`; letters that LaTeX has no command
    for stay. The braces are balanced as BibTeX counts them.
    """
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    value = _WRITTEN.sub(_rewritten, value)
    if not _balanced(value):
        value = value.replace("{", "").replace("}", "")
    return value


def _rewritten(match: re.Match[str]) -> str:
    found = match[0]
    if found in ("\\{", "\\}"):
        return r"{\textbraceleft}" if found == "\\{" else r"{\textbraceright}"
    if found == "\\":
        return r"{\textbackslash}"  # at the value's end it would hide the closing brace from some readers
    if found[0] == "\\":
        return "".join(c if c.isascii() else _percent(c) for c in found) if "{" in found else found
    if found[0] == "$" and len(found) > 1:
        if found.count("{") != found.count("}"):
            return found.replace("$", r"\$")
        formula = re.sub(r"[^\x00-\x7f]", lambda c: f"{{\\{_TO_MATH[c[0]]}}}" if c[0] in _TO_MATH else c[0], found)
        return formula.replace(r"\{", r"\lbrace{}").replace(r"\}", r"\rbrace{}")
    if found == "^":
        return r"\^{}"
    if found in "&%#_$":
        return f"\\{found}"
    return _letter(found)


def _letter(character: str) -> str:
    if character in _TO_COMMAND:
        return _TO_COMMAND[character]
    if character in _TO_MATH:
        return f"$\\{_TO_MATH[character]}$"
    decomposed = unicodedata.normalize("NFD", character)
    base, marks = decomposed[0], decomposed[1:]
    if not marks or not base.isascii() or any(mark not in _TO_ACCENT for mark in marks):
        return character
    written = f"\\{base}" if base in "ij" and all(ord(mark) < 0x323 for mark in marks) else base
    for mark in marks:
        command = _TO_ACCENT[mark]
        bare = len(written) == 1 and not command.isalpha()
        written = f"\\{command}{written}" if bare else f"\\{command}{{{written}}}"
    return f"{{{written}}}"


def _balanced(value: str) -> bool:
    """Whether the braces match as BibTeX counts them, with no regard to backslashes."""
    depth = 0
    for brace in re.findall(r"[{}]", value):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
