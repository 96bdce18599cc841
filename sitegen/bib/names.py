"""Names of authors and editors, split as BibTeX splits them.

`author` fields go in with their LaTeX; names with BibTeX's four parts come out, decoded. The split
comes before the decoding, because braces and commands decide it: `{Barnes and Noble}` is one name.

Source: Oren Patashnik, "BibTeXing" (1988), section 4, and the comments of bibtex.web on names.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from sitegen.bib.latex import decode, is_bare
from sitegen.bib.latexwords import SYMBOLS
from sitegen.model import Name
from sitegen.patterns import regex
from sitegen.values import Value


class Names(Value):
    """One `author` or `editor` field."""

    names: tuple[Name, ...]
    others: bool
    """The list ends with `and others`."""
    doubtful: tuple[str, ...] = ()
    """Names, as written, that look as if they were several, or had `et al.` typed into them."""
    unknown: tuple[str, ...] = ()
    """Commands in them that `latex` doesn't know."""
    written: str = ""
    """The names in LaTeX, as BibTeX splits them without complaint into the same parts."""


def split_names(source: str) -> Names:
    """`Lamport, Leslie and Donald E. Knuth and others` to two names, with others."""
    names: list[Name] = []
    written: list[str] = []
    doubtful: list[str] = []
    unknown: dict[str, None] = {}
    others = False
    for given in _split(source, _AND):
        if given.casefold() == "others":
            others = True
        elif given:
            person = _read_name(given)
            others = others or person.others
            unknown.update(dict.fromkeys(person.unknown))
            if person.is_doubtful:
                doubtful.append(given)
            if person.name is not None:
                names.append(person.name)
                written.append(person.written)
    if others:
        written.append("others")
    return Names(tuple(names), others, tuple(doubtful), tuple(unknown), " and ".join(written))


class _Person(NamedTuple):
    """What one piece of a list gives."""

    name: Name | None
    written: str
    others: bool = False
    is_doubtful: bool = False
    unknown: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def _read_name(given: str) -> _Person:
    simple = _LAST_FIRST.fullmatch(given)
    if simple and is_bare(given) and not _ET_AL.search(given):
        return _Person(Name(simple[2], "", simple[1], ""), given)
    without = _ET_AL.sub("", given)
    alone = _HOMONYM.sub("", without)
    name, clear, written, unknown = _parse(alone)
    is_doubtful = not clear or without != given or _SEVERAL.search(given) is not None
    return _Person(name, written, without != given, is_doubtful, unknown)


_AND = regex(r"(?<=\s)and(?=\s|$)|^and(?=\s)", re.IGNORECASE)
_COMMA = regex(r",")
_SPACE = regex(r"[\s~]+")
_OR_BRACE = {pattern: regex(f"[{{}}]|{pattern.pattern}", pattern.flags) for pattern in (_AND, _COMMA, _SPACE)}
_LAST_FIRST = regex(r"([A-Z][\w'’.-]*), ([A-Z][\w.'’-]*(?: [\w.'’-]+)*)")
"""Nine names of ten, read at once: a reading list of 6,000 papers has 60,000."""


def _split(source: str, separator: re.Pattern[str]) -> list[str]:
    """`source` cut where `separator` matches outside braces; the pieces are stripped."""
    if "{" not in source:
        return [piece.strip() for piece in separator.split(source)]
    pieces = []
    start = depth = 0
    for match in _OR_BRACE[separator].finditer(source):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth = max(0, depth - 1)
        elif not depth:
            pieces.append(source[start : match.start()].strip())
            start = match.end()
    pieces.append(source[start:].strip())
    return pieces


def _parse(given: str) -> tuple[Name | None, bool, str, tuple[str, ...]]:
    """One name; whether its commas have a meaning; how BibTeX takes it; and commands that `latex` doesn't know."""
    parts = [_split(part, _SPACE) for part in _split(given, _COMMA)]
    while len(parts) > 1 and parts[-1] == [""]:
        parts.pop()  # `Knuth,` is a last name
    clear = len(parts) < 3 or (len(parts) == 3 and _JUNIOR.match(" ".join(parts[1])) is not None)
    words = [word for word in parts[0] if word]
    written = given if len(parts) < 4 else ""
    if len(parts) == 1:
        first, von, last = _first_von_last(words)
        jr: list[str] = []
        if von == [] and last == words[:1] and first:
            written = ""  # the family name leads, which BibTeX only sees by a comma
    else:
        lower = [index for index, word in enumerate(words[:-1]) if _is_lower(word)]
        cut = lower[-1] + 1 if lower else 0
        von, last = words[:cut], words[cut:]
        jr = parts[1] if len(parts) > 2 else []
        first = [word for part in parts[2 if jr else 1 :] for word in part]
    unknown: dict[str, None] = {}
    decoded = []
    for part in (first, von, last, jr):
        read = decode(" ".join(part))
        unknown.update(dict.fromkeys(read.unknown))
        decoded.append(" ".join(read.text.split()))
    if not written or written.endswith(","):
        family, *others = (
            " ".join(_NOT_AND.get(word.casefold(), word) for word in part) for part in ([*von, *last], jr, first)
        )
        # Without a family name the first comma stays: it is what makes the rest first names.
        written = ", ".join([family, *filter(None, others)]) if any(decoded) else ""
    return (Name(*decoded) if any(decoded) else None), clear, written, tuple(unknown)


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


_BRACE = regex(r"(?<!\\)[{}]")
_COMMAND = regex(r"\\([A-Za-z]+|.|$)", re.DOTALL)
_LETTER = regex(r"(?:(?<=\\)[ij]\b|(?<!\\)[^\W\d_])")
_JUNIOR = regex(r"(?i)\{?(?:jr|sr|junior|senior|[ivx]+|\d\w\w|ph\.?\s?d|m\.?d|esq)\b\.?\}?\.?$")
_NOT_AND = {"and": "{and}"}
"""A word of a name, of which a rewritten list must not make two people."""
_HOMONYM = regex(r"(?<=[^\s~])[\s~]+0\d{3}$")
"""DBLP tells people of one name apart by `0001`."""
_ET_AL = regex(r"(?i)(?<![\s,~])[\s,~]+et\.?[\s~]+al\.?$|^et\.?[\s~]+al\.?$")
_SEVERAL = regex(r"^[^{]*(?:;|\s\\?&\s)|^\{[^{}]*,[^{}]*\sand\s")
