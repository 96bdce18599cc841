"""Names of authors and editors, split as BibTeX splits them.

`author` fields go in with their LaTeX; names with BibTeX's four parts come out, decoded. The split
comes before the decoding, because braces and commands decide it: `{Barnes and Noble}` is one name.

Source: Oren Patashnik, "BibTeXing" (1988), section 4, and the comments of bibtex.web on names.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sitegen.bib.latex import SYMBOLS, decode, is_bare
from sitegen.model import Name


@dataclass(frozen=True, slots=True)
class Names:
    """One `author` or `editor` field."""

    names: tuple[Name, ...]
    others: bool
    """The list ends with `and others`."""
    doubtful: tuple[str, ...] = ()
    """Names, as written, that look as if they were several, or had `et al.` typed into them."""
    unknown: tuple[str, ...] = ()
    """Commands in them that `latex` doesn't know."""


def split_names(source: str) -> Names:
    """`Lamport, Leslie and Donald E. Knuth and others` to two names, with others."""
    names: list[Name] = []
    doubtful: list[str] = []
    unknown: dict[str, None] = {}
    others = False
    for written in _split(source, _AND):
        simple = _LAST_FIRST.fullmatch(written)
        if simple and is_bare(written) and not _ET_AL.search(written):
            names.append(Name(simple[2], "", simple[1], ""))
        elif written.casefold() == "others":
            others = True
        elif written:
            without = _ET_AL.sub("", written)
            others = others or without != written
            name, clear = _parse(without, unknown)
            if not clear or without != written or _SEVERAL.search(written):
                doubtful.append(written)
            if name is not None:
                names.append(name)
    return Names(tuple(names), others, tuple(doubtful), tuple(unknown))


_AND = re.compile(r"(?i)(?<=\s)and(?=\s|$)|^and(?=\s)")
_COMMA = re.compile(r",")
_SPACE = re.compile(r"[\s~]+")
_LAST_FIRST = re.compile(r"([A-Z][\w'’.-]*), ([A-Z][\w.'’-]*(?: [\w.'’-]+)*)")
"""Nine names of ten, read at once: a reading list of 6,000 papers has 60,000."""


def _split(source: str, separator: re.Pattern[str]) -> list[str]:
    """`source` cut where `separator` matches outside braces; the pieces are stripped."""
    if "{" not in source:
        return [piece.strip() for piece in separator.split(source)]
    outside = _outside_braces(source)
    pieces = []
    start = 0
    for match in separator.finditer(source):
        if outside[match.start()]:
            pieces.append(source[start : match.start()].strip())
            start = match.end()
    pieces.append(source[start:].strip())
    return pieces


def _outside_braces(source: str) -> bytearray:
    """For each character, 1 when it stands outside all braces."""
    outside = bytearray(len(source))
    depth = 0
    for position, character in enumerate(source):
        if character == "{":
            depth += 1
        elif character == "}":
            depth = max(0, depth - 1)
        elif not depth:
            outside[position] = 1
    return outside


def _parse(written: str, unknown: dict[str, None]) -> tuple[Name | None, bool]:
    """One name, and whether its commas have a meaning; commands that `latex` doesn't know go into `unknown`."""
    parts = [_split(part, _SPACE) for part in _split(written, _COMMA)]
    if len(parts) > 1 and parts[-1] == [""]:
        parts.pop()  # `Knuth,` is a last name
    clear = len(parts) < 3 or (len(parts) == 3 and _JUNIOR.match(" ".join(parts[1])) is not None)
    words = [word for word in parts[0] if word]
    if len(parts) == 1:
        first, von, last = _first_von_last(words)
        jr: list[str] = []
    else:
        lower = [index for index, word in enumerate(words[:-1]) if _is_lower(word)]
        cut = lower[-1] + 1 if lower else 0
        von, last = words[:cut], words[cut:]
        jr = parts[1] if len(parts) > 2 else []
        first = [word for part in parts[2 if jr else 1 :] for word in part]
    decoded = []
    for part in (first, von, last, jr):
        read = decode(" ".join(part))
        unknown.update(dict.fromkeys(read.unknown))
        decoded.append(" ".join(read.text.split()))
    return (Name(*decoded) if any(decoded) else None), clear


def _first_von_last(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The first, von and last words of a name without commas."""
    lower = [index for index, word in enumerate(words[:-1]) if _is_lower(word)]
    if lower:
        return words[: lower[0]], words[lower[0] : lower[-1] + 1], words[lower[-1] + 1 :]
    if len(words) == 2 and _is_east_asian(words[0]) and _is_east_asian(words[1]):
        return words[1:], [], words[:1]  # the family name comes first
    return words[:-1], [], words[-1:]


def _is_lower(word: str) -> bool:
    r"""Whether a word belongs to the von part: its first letter outside braces is lower case.

    `{\'e}cole` counts by its accented letter, and so does `\'ecole`; a braced word has no case.
    """
    position = 0
    while position < len(word):
        character = word[position]
        if character == "\\" or word.startswith("{\\", position):
            command = _COMMAND.search(word, position)
            if command is None:
                return False
            symbol = SYMBOLS.get(command[1], "")
            letter = symbol if symbol.isalpha() else _LETTER.search(word, command.end())
            found = letter if isinstance(letter, str) else letter[0] if letter else ""
            return found.islower()
        if character == "{":
            position = _after_group(word, position)
            continue
        if character.isalpha():
            return character.islower()
        position += 1
    return False


def _after_group(word: str, start: int) -> int:
    depth = 0
    for match in _BRACE.finditer(word, start):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return match.end()
    return len(word)


def _is_east_asian(word: str) -> bool:
    return all(unicodedata.name(c, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL")) for c in word)


_BRACE = re.compile(r"(?<!\\)[{}]")
_COMMAND = re.compile(r"\\([A-Za-z]+|.|$)", re.DOTALL)
_LETTER = re.compile(r"(?:(?<=\\)[ij]\b|(?<!\\)[^\W\d_])")
_JUNIOR = re.compile(r"(?i)\{?(?:jr|sr|junior|senior|[ivx]+|\d\w\w|ph\.?\s?d|m\.?d|esq)\b\.?\}?\.?$")
_ET_AL = re.compile(r"(?i)(?<![\s,~])[\s,~]+et\.?[\s~]+al\.?$|^et\.?[\s~]+al\.?$")
_SEVERAL = re.compile(r"^[^{]*(?:;|\s\\?&\s)|^\{[^{}]*,[^{}]*\sand\s")
