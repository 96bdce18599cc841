"""Texts that would stop a build: too long, too deep, or with more open brackets than Markdown's rules can bear.

Cheap counts over a text before Python-Markdown reads it. Its time grows with the square of what is
opened and never closed ("[" 50,000 times runs for over a minute), and it overflows the stack on lists
nested some 300 levels deep. No person writes such a text; a broken export or a paste of the wrong
file does, and then the rest of the course must still be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sitegen.diagnostics import Rule
from sitegen.patterns import regex
from sitegen.values import Value

TOO_COMPLEX = Rule(
    "too-complex",
    "warning",
    "A text is so long, so deeply nested or so full of brackets that are never closed that converting it would "
    "take minutes or all memory. A text of a course stays far below these limits, so most likely something "
    "was pasted or exported wrongly. The page shows the text as it is written, and the rest of the course is built.",
)
HELP = (
    "The page shows it as it is written. Remove what doesn't belong here, split the text over several files, or put it "
    "in a code block."
)

MOST_CHARACTERS = 1_000_000
"""About a second; a long lecture has 30,000."""
MOST_LINES = 30_000
LONGEST_LINE = 20_000
DEEPEST = 50
"""Lists, quotes and indented blocks inside one another."""
MOST_STEPS = 3_000_000
"""Characters read again for brackets that are open; about a second."""
LONGEST_RUN = 1_000
MOST_SIGNS = 50_000
"""Of each kind in a text, such as the cells of its tables."""
MOST_QUOTES = 5_000
"""Quotation marks in one paragraph, list or table."""
MOST_PARTS = 30_000
MOST_NOTES = 1_000
MOST_ABBREVIATIONS = 500
MOST_DEFINITIONS = 200
"""Of one term, or without an empty line between."""
MOST_SLIDES = 2_000
MOST_BLOCKS = 10_000
"""Python-Markdown looks for each of a text's blocks among all of them."""
LONGEST_PARAGRAPH = 100_000
MOST_IN_PARAGRAPH = 8_000
"""Signs of Markdown in one paragraph."""

_UNITS = regex(rf"(?:[ ]{{4}}|[ ]{{0,3}}(?:\t|>|(?:[-*+:]|\d{{1,9}}[.)])(?=[ \t]))){{{DEEPEST + 1}}}[ \t]*(?=\S)")
"""What puts a line one level deeper: four columns, a quote's sign, a list's. There is one way to match each line, so
that what doesn't match is told soon."""
_OF_UNITS = " \t>-*+:.)0123456789"
_REPEATED = "\"'&<>![]()*_`~^$\\|{}"
_BLOCK = regex(r"\n[ \t]*\n")
_NOTE = regex(r"\[\^")
_ABBREVIATION = regex(r"^[*]\[", re.M)
_GAP = regex(r"\n[ \t]*\n\s*|\n(?=[#!?])")
_HALF_DEFINED = regex(r"^[ ]{0,3}\[[^\]\n]*\]:[ \t]*$", re.M)
_NO_PARAGRAPH = regex(r"[ \t>]*(?:[-*+|:#]|\d{1,9}[.)])[ \t]?|[ \t]*\[[^\]\n]+\]:")
_WITHOUT_SIGNS = str.maketrans("", "", "`*_~^=<[!&:@\\\"'")
_DEFINITIONS = regex(rf"^(:[ \t][^\n]*)(?:\n[ \t]*\n?:[ \t][^\n]*){{{MOST_DEFINITIONS}}}", re.M)


class Excess(Value):
    """What is too much in a text."""

    start: int
    words: str
    """The end of a sentence that begins with "This text"."""


def find_length(characters: int) -> Excess | None:
    """A text that is too long to look at at all."""
    if characters <= MOST_CHARACTERS:
        return None
    return Excess(0, f"has {characters:,} characters; {MOST_CHARACTERS:,} are the most")


def find_crowd(text: str) -> tuple[str, str] | None:
    """How a paragraph begins that is too long or full of signs, and the end of a sentence about it; or the text.

    `text` is a Markdown text in which code and formulas are tokens. Python-Markdown copies the rest of a paragraph for
    each sign that it reads.
    """
    if len(text) <= LONGEST_LINE:
        return None
    number = sum(1 for _ in _GAP.finditer(text))
    if number > MOST_BLOCKS:
        return text[:40], f"has {number:,} paragraphs, headings and the like; {MOST_BLOCKS:,} are the most"
    number = sum(1 for _ in _HALF_DEFINED.finditer(text))
    if number > MOST_ABBREVIATIONS:
        return "[", f"has {number:,} definitions of links without an address; {MOST_ABBREVIATIONS:,} are the most"
    for _, block in _blocks(text):
        if len(block) <= MOST_IN_PARAGRAPH:
            continue
        words = "\n".join(line for line in block.split("\n") if not _NO_PARAGRAPH.match(line))
        signs = len(words) - len(words.translate(_WITHOUT_SIGNS))
        if len(words) > LONGEST_PARAGRAPH:
            return block[:40], f"has a paragraph of {len(words):,} characters; {LONGEST_PARAGRAPH:,} are the most"
        if signs > MOST_IN_PARAGRAPH:
            most = f"{MOST_IN_PARAGRAPH:,} are the most"
            return block[:40], f"has {signs:,} signs such as * and ` in one paragraph; {most}"
    return None


def find_excess(prose: str, parts: int, slides: int = 0) -> Excess | None:
    """The first thing in `prose` that is too much.

    `prose` is a Markdown text with spaces in place of its code, formulas and complete links and tags;
    `parts` is the number of its formulas, links, tags, pieces of code and escapes, `slides` that of its slides.
    """
    if slides > MOST_SLIDES:
        return Excess(0, f"has {slides:,} slides; {MOST_SLIDES:,} are the most")
    if parts > MOST_PARTS:
        return Excess(0, f"has {parts:,} formulas, links, tags and the like; {MOST_PARTS:,} are the most")
    checks = (
        _many_lines,
        _long_line,
        _deep_line,
        _run,
        _many_signs,
        _many_quotes,
        _open_brackets,
        _many_notes,
        _many_definitions,
    )
    return next(filter(None, (check(prose) for check in checks)), None)


def _many_lines(prose: str) -> Excess | None:
    if prose.count("\n") <= MOST_LINES:
        return None
    lines = sum(1 for line in prose.split("\n") if line and not line.isspace())
    return Excess(0, f"has {lines:,} lines; {MOST_LINES:,} are the most") if lines > MOST_LINES else None


def _long_line(prose: str) -> Excess | None:
    if len(prose) <= LONGEST_LINE:
        return None
    start = 0
    for line in prose.split("\n"):
        if len(line) > LONGEST_LINE and len(" ".join(line.split())) > LONGEST_LINE:
            return Excess(start, f"has a line of {len(line):,} characters; {LONGEST_LINE:,} are the most")
        start += len(line) + 1
    return None


def _deep_line(prose: str) -> Excess | None:
    start = 0
    for line in prose.split("\n"):
        if len(line) > DEEPEST and not line[: DEEPEST + 1].strip(_OF_UNITS) and not line.isspace():
            deep = _UNITS.match(line)
            if deep:
                return Excess(start + deep.end(), f"is nested more than {DEEPEST} levels deep here")
        start += len(line) + 1
    return None


def _run(prose: str) -> Excess | None:
    if len(prose) <= LONGEST_RUN:
        return None
    for sign in _REPEATED:
        start = prose.find(sign * (LONGEST_RUN + 1))
        if start >= 0:
            return Excess(start, f"has the character {sign} more than {LONGEST_RUN:,} times in a row")
    return None


def _many_signs(prose: str) -> Excess | None:
    if len(prose) <= MOST_SIGNS:
        return None
    for sign in _REPEATED:
        number = prose.count(sign)
        if number > MOST_SIGNS:
            return Excess(prose.find(sign), f"has the character {sign} {number:,} times; {MOST_SIGNS:,} are the most")
    return None


def _many_quotes(prose: str) -> Excess | None:
    if prose.count('"') + prose.count("'") <= MOST_QUOTES:
        return None
    for start, block in _blocks(prose):
        number = block.count('"') + block.count("'")
        if number > MOST_QUOTES:
            return Excess(start, f"has {number:,} quotation marks without an empty line between them from here on")
    return None


def _open_brackets(prose: str) -> Excess | None:
    """Each `[`, `](` and `<` makes Markdown read on to where it is closed, or to the end of its block."""
    opened = prose.count("[") + prose.count("<")
    if opened * len(prose) <= MOST_STEPS:
        return None
    for start, block in _blocks(prose):
        steps, places = 0, []
        for bracket in re.finditer(r"\[|\](\()?|<", block):
            if bracket[0] == "[":
                places.append(bracket.start())
            elif bracket[0] == "<" or bracket[1]:
                steps += len(block) - bracket.start()
            if bracket[0][0] == "]" and places:
                steps += bracket.start() - places.pop()
            if steps > MOST_STEPS:
                what = "inside one another here" if bracket[0] == "]" else "that are opened up to here and never closed"
                return Excess(start + bracket.start(), f"has too many brackets {what}")
        steps += sum(len(block) - place for place in places)
        if steps > MOST_STEPS:
            first = start + (places[0] if places else 0)
            return Excess(first, "has too many brackets that are opened from here on and never closed")
    return None


def _blocks(prose: str) -> Iterator[tuple[int, str]]:
    """What stands between empty lines, with its offset."""
    start = 0
    for gap in _BLOCK.finditer(prose):
        yield start, prose[start : gap.start()]
        start = gap.end()
    yield start, prose[start:]


def _many_notes(prose: str) -> Excess | None:
    if prose.count("[") <= MOST_ABBREVIATIONS:
        return None
    for pattern, most, what in (
        (_NOTE, MOST_NOTES, "footnotes and references to them"),
        (_ABBREVIATION, MOST_ABBREVIATIONS, "abbreviations"),
    ):
        places = [match.start() for match in pattern.finditer(prose)]
        if len(places) > most:
            return Excess(places[most], f"has {len(places):,} {what}; {most:,} are the most")
    return None


def _many_definitions(prose: str) -> Excess | None:
    if prose.count("\n:") <= MOST_DEFINITIONS:
        return None
    found = _DEFINITIONS.search(prose)
    words = f"has more than {MOST_DEFINITIONS} definitions of one term from here on"
    return Excess(found.start(1), words) if found else None
