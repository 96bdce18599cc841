"""Code to HTML with as few classes as it has colours.

Pygments gives a class to each of some eighty kinds of token; a theme has a colour for a few. Finding the tokens is
Pygments'; the colours are the style sheet's, and what a block of code says about itself is `fences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from sitegen.languages import OURS, THEIRS, English
from sitegen.patterns import regex
from sitegen.prose.fences import Code, find_language

if TYPE_CHECKING:
    from pygments.lexer import Lexer, RegexLexer

COLOURS = {
    token: colour
    for colour, tokens in {
        "c": "c ch cm c1 cs cp cpf",    # comments
        "o": "go lineno",    # what a terminal answers
        "p": "gp",    # what a terminal shows before a command: it isn't copied
        "k": "k kc kd kn kp kr kt ow nt",    # keywords
        "s": "s sa sb sc dl sd s2 se sh si sx sr s1 ss gi",    # strings, and lines that a diff adds
        "m": "m mb mf mh mi il mo no nb bp",    # numbers and other constants
        "f": "nc nd ne nf fm na nn gh gu",    # names where they are defined
        "e": "err gd gr gt",    # errors, and lines that a diff takes away
    }.items()
    for token in tokens.split()
}  # fmt: skip
"""Pygments' short name of a kind of token to the class that has its colour; the others look like text."""

Pieces = Iterable[tuple[str, str]]
"""(colour or nothing, text)."""


def write_code(code: Code, title: str = "") -> str:
    """A block of code as HTML: `<div class="highlight"><pre ...><code>...</code></pre></div>`.

    `title` is the HTML of its title, where that is more than its words.
    """
    pieces = colour_code(code.text, code.language)
    if code.first >= 0 or code.marked:
        inside = "".join(_write_lines(pieces, code))
    else:
        inside = "".join(_write(colour, text) for colour, text in pieces)
    classes = " ".join((*code.classes, "highlight"))
    name = f' id="{escape(code.id)}"' if code.id else ""
    title = f'<span class="filename">{title or escape(code.title, quote=False)}</span>' if code.title else ""
    return f'<div{name} class="{escape(classes)}">{title}{open_code(code.title)}{inside}</code></pre></div>'


def open_code(label: str = "") -> str:
    """What stands before code: it scrolls by itself and can be reached by keyboard (WCAG 2.2 SC 2.1.1)."""
    return f"{open_block(label)}<code{THEIRS}>"


def open_block(label: str = "", role: str = "group") -> str:
    """The same for a text that is no code, named `label` in sitegen's words or an author's; code has no other name."""
    language = THEIRS if label and not isinstance(label, English) else OURS
    return f'<pre tabindex="0" role="{role}" aria-label="{escape(label or "Code")}"{language}>'


def colour_code(text: str, language: str) -> list[tuple[str, str]]:
    """The text's pieces; neighbours of one colour are one, and white space has its neighbour's."""
    lexer = _lexer(find_language(language), text.isascii())
    if lexer is None:
        return [("", text)] if text else []
    pieces: list[tuple[str, str]] = []
    last, run = "", list[str]()
    for kind, value in lexer.get_tokens(text):
        colour = _colour(kind)
        if colour != last and run:
            pieces.append((last, "".join(run)))
            run = []
        last = colour
        run.append(value)
    return [*pieces, (last, "".join(run))] if run else pieces


@lru_cache(maxsize=64)
def _lexer(name: str, for_ascii: bool) -> Lexer | None:
    if not name:
        return None
    from pygments.lexer import RegexLexer
    from pygments.lexers import find_lexer_class_by_name

    kind = find_lexer_class_by_name(name)
    if for_ascii and issubclass(kind, RegexLexer):
        kind = _without_scripts(kind)
    return kind(stripnl=False)


def _without_scripts(kind: type[RegexLexer]) -> type[RegexLexer]:
    """The same kind of lexer for text in ASCII. Its patterns lack the letters of all scripts, which take Python 20 ms
    to compile for each of some languages; one that is never met stands for them.
    """
    if hasattr(kind, "token_variants"):
        return kind  # C# has several sets of patterns
    states = kind.get_tokendefs()  # type: ignore[no-untyped-call]
    if not any(_SCRIPTS.search(rule[0]) for rules in states.values() for rule in rules if _has_pattern(rule)):
        return kind
    tokens = {
        state: [(_SCRIPTS.sub("\ufdd0", rule[0]), *rule[1:]) if _has_pattern(rule) else rule for rule in rules]
        for state, rules in states.items()
    }
    return type(kind.__name__, (kind,), {"tokens": tokens})


def _has_pattern(rule: object) -> bool:
    return type(rule) is tuple and isinstance(rule[0], str)


_SCRIPTS = regex(r"(?:[^\0-\x7f](?:-[^\0-\x7f])?){20,}")
"""Many letters and ranges of them, as they stand in brackets."""


@lru_cache(maxsize=1024)
def _colour(kind: object) -> str:
    """The class of a kind of token, by the nearest of its parents that has a short name."""
    from pygments.token import STANDARD_TYPES

    while kind not in STANDARD_TYPES:
        kind = kind.parent  # type: ignore[attr-defined]
    return COLOURS.get(STANDARD_TYPES[kind], "")  # type: ignore[index]


def _write(colour: str, text: str) -> str:
    words = escape(text, quote=False)
    return f'<span class="{colour}">{words}</span>' if colour else words


def _write_lines(pieces: Pieces, code: Code) -> Iterator[str]:
    """Each line by itself, since one that stands out is an element."""
    lines: list[list[tuple[str, str]]] = [[]]
    for colour, text in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((colour, part))
    if not lines[-1]:
        lines.pop()
    numbers = code.numbers or range(code.first, code.first + len(lines))
    width = len(str(numbers[-1])) if numbers else 0
    for number, line in enumerate(lines, 1):
        shown = str(numbers[number - 1]).rjust(width)
        label = f'<span class="linenos" data-linenos="{shown} "></span>' if code.first >= 0 else ""
        inside = f"{label}{''.join(_write(colour, text) for colour, text in line)}\n"
        yield f'<span class="hll">{inside}</span>' if number in code.marked else inside
