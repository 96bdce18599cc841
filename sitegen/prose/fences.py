"""Fenced code: what the line that opens it says, its text without the margin, and what is told about both.

    ```python title="kv.py" linenums="1" hl_lines="2 4-5"

Other programs' spellings of the same wishes are read, too; what isn't understood is told, never dropped. Where fences
are is found by `inline`, their colours are `colouring`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.patterns import regex
from sitegen.values import Value

UNKNOWN_LANGUAGE = Rule(
    "unknown-language",
    "warning",
    "The language of a block of code is none that Pygments knows, so the code has no colours. The languages are "
    "listed at pygments.org/languages; text is for what has none.",
    wrong="```pyhton\nx = 1\n```",
    right="```python\nx = 1\n```",
)
CODE_OPTION = Rule(
    "code-option",
    "warning",
    'Beside its language, a block of code can have title="...", linenums="1" (the number of its first line), '
    'hl_lines="2 4-5" (lines that stand out), and in braces a name and classes. Anything else does nothing.',
    wrong='```python linenums="1" hilines="2"\nx = 1\ny = 2\n```',
    right='```python linenums="1" hl_lines="2"\nx = 1\ny = 2\n```',
)

PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "nohighlight", "output", "pseudo", "pseudocode"})
"""Words for code without a language."""


class Origin(Value):
    """Lines of a file of the course."""

    file: str
    lines: tuple[int, ...]
    """Their numbers there."""
    margin: int
    """Columns by which they were moved to the left."""


class Code(Value):
    """A block of code between fences."""

    language: str
    """As written, or empty."""
    text: str
    """Its lines, without what stands before them in a list or quote; ends with a newline unless it is empty."""
    title: str
    first: int
    """The number of its first line; -1 without numbers."""
    marked: frozenset[int]
    """Lines that stand out, counted from 1."""
    id: str
    classes: tuple[str, ...]
    odd: tuple[tuple[int, str], ...]
    """(offset, words) of what the opening line says and isn't understood."""
    written: str
    """With its fences."""
    start: int
    """Offset of `written`."""
    source: str = ""
    """The file that its lines come from, as the author names it, where readers can have it; otherwise empty."""
    numbers: tuple[int, ...] = ()
    """Those of its lines, where they don't follow one another from `first` on."""
    origin: Origin | None = None
    """Where its text comes from, unless it stands between the fences."""

    @property
    def place(self) -> int:
        """Offset of the language."""
        return self.start + max(0, self.written.find(self.language))


def read_fence(match: re.Match[str]) -> tuple[str, Code]:
    """What stands before the code in its line, and the code, of a match with `ticks` and `closed`."""
    margin = match.string[match.start() : match.start("ticks")]
    start = match.start("ticks")
    written = match.string[start : match.end()]
    lines = written.split("\n")
    inside = lines[1:-1] if match["closed"] else lines[1:]
    quotes, indentation = margin.count(">"), len(margin.rpartition(">")[2].expandtabs(4))
    text = "".join(f"{_strip(line, quotes, indentation)}\n" for line in inside)
    opening = lines[0][len(match["ticks"]) :]
    language, options, odd = _read_opening(opening, start + len(match["ticks"]))
    code = Code(
        language=language,
        text=text,
        title=options.get("title", ""),
        first=_number(options.get("linenums", "")),
        marked=_read_lines(options.get("hl_lines", "")),
        id=options.get("id", ""),
        classes=tuple(options.get("class", "").split()),
        odd=tuple(odd),
        written=written,
        start=start,
    )
    return margin, code


def _strip(line: str, quotes: int, indentation: int) -> str:
    for _ in range(quotes):
        mark = re.match(r"[ \t]*>", line)
        if not mark:
            break
        line = line[mark.end() :]
    at = column = 0
    while at < len(line) and column < indentation and line[at] in " \t":
        column += 4 - column % 4 if line[at] == "\t" else 1
        at += 1
    return " " * (column - indentation) + line[at:] if at else line


# --- the opening line ---------------------------------------------------------------------------

_NAMES = {
    "title": "title", "filename": "title", "caption": "title", "name": "title",
    "linenums": "linenums", "linenostart": "linenums", "startfrom": "linenums", "linenostarts": "linenums",
    "linenos": "numbered", "linenumbers": "numbered", "showlinenumbers": "numbered", "code-line-numbers": "numbered",
    "hl_lines": "hl_lines", "highlight": "hl_lines", "id": "id", "class": "class",
}  # fmt: skip
"""Names of options here and in MkDocs, Hugo, Quarto and Docusaurus, to ours."""
_CHOICES = ("title", "linenums", "hl_lines", "file", "lines", "region", "object")
_OPENING = regex(
    r"""
      (?P<name>[\w-]+)\s*=\s*(?P<value>"[^"]*"|'[^']*'|\[[^\]]*\]|[^\s,{}"']+)
    | [.](?P<class>[^\s.\#=,{}"']+)
    | \#(?P<id>[^\s.\#=,{}"']+)
    | (?P<lines>(?<=\{)[\d,\s-]+(?=\}))
    | (?P<word>[^\s,{}=]+)
    | (?P<other>[={}"'])
    """,
    re.VERBOSE,
)
_RUN = regex(r"\s*\{([\w+#.-]*[\w+#])([\s,}].*)?\Z", re.DOTALL)
"""`{python}`: code that Quarto and R Markdown run."""


def _read_opening(opening: str, offset: int) -> tuple[str, dict[str, str], list[tuple[int, str]]]:
    """Language, options by our names, and (offset, words) of the rest; `offset` is where `opening` stands."""
    options: dict[str, str] = {}
    odd: list[tuple[int, str]] = []
    language = ""
    lead = re.match(r"\s*([^\s{}=]+)(?=[\s{]|\Z)", opening)
    run = _RUN.match(opening)
    at = 0
    if lead:
        language, at = lead[1], lead.end()
    elif run and "=" not in run[1] and run[1][0] not in ".#":
        language, at = run[1], run.end(1)
        odd.append((offset + run.start(1) - 1, "{" + language + "}"))
    classes: list[str] = []
    for match in _OPENING.finditer(opening, at):
        kind, words = match.lastgroup, match[0]
        if kind == "value":
            name, value = _NAMES.get(match["name"].casefold(), ""), match["value"].strip("\"'[]")
            if name == "numbered":
                if value.casefold() not in ("false", "0", "no"):
                    options.setdefault("linenums", "1")
            elif name == "class":
                classes += value.split()
            elif name:
                options[name] = value
            else:
                odd.append((offset + match.start(), words))
        elif kind == "class":
            if words == ".numberLines":
                options.setdefault("linenums", "1")
            elif language:
                classes.append(words[1:])
            else:
                language = words[1:]
        elif kind == "id":
            options["id"] = words[1:]
        elif kind == "lines":
            options["hl_lines"] = words
        elif kind == "word" and words.casefold() in ("linenos", "linenumbers", "showlinenumbers"):
            options.setdefault("linenums", "1")
        elif kind == "word":
            odd.append((offset + match.start(), words))
    options["class"] = " ".join(classes)
    return language, options, odd


def _number(written: str) -> int:
    first = re.match(r"\d{1,6}", written)
    return int(first[0]) if first else -1


def _read_lines(written: str) -> frozenset[int]:
    """`2 4-5` and `2,4-5` to 2, 4 and 5; a range has at most a thousand lines."""
    lines: set[int] = set()
    for start, end in re.findall(r"(\d{1,6})(?:\s*-\s*(\d{1,6}))?", written):
        lines.update(range(int(start), min(int(end or start), int(start) + 1_000) + 1))
    return frozenset(lines)


# --- what is told -------------------------------------------------------------------------------


def find_language(name: str) -> str:
    """The name by which Pygments knows a language; empty for none."""
    name = name.casefold()
    return "" if name in PLAIN else _aliases().get(name, "")


_DRAWN = "Diagrams are drawn from dot and from mermaid."
_ELSEWHERE = {
    "math": "Write the formula between $$ and $$.",
    **dict.fromkeys(("plantuml", "puml", "tikz", "d2", "ditaa", "svgbob", "nomnoml", "wavedrom"), _DRAWN),
}
"""What to write for blocks that other programs draw."""


def check_code(code: Code, span: Span, word_span: Span) -> Iterator[Diagnostic]:
    """`span` is where the language stands, `word_span` the first thing that isn't understood."""
    name = code.language
    if name.casefold() not in PLAIN and not find_language(name):
        near = closest(name.casefold(), _aliases())
        help = f'Did you mean "{near}"?' if near else "Write text for code without a language."
        help = _ELSEWHERE.get(name.casefold(), help)
        yield UNKNOWN_LANGUAGE.at(span, f'Pygments knows no language "{name}".', help)
    if not code.odd:
        return
    words = code.odd[0][1]
    if words == "{" + name + "}":
        message = f'"{words}" runs code in Quarto and R Markdown; here code is shown, never run.'
        yield CODE_OPTION.at(word_span, message, f"Write {name} without braces, and put the output below it.")
    else:
        near = closest(words.partition("=")[0], _CHOICES)
        help = f'Did you mean "{near}"?' if near else f"A block of code can have {', '.join(_CHOICES)}."
        yield CODE_OPTION.at(word_span, f'A block of code has no option "{words}".', help)


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    from pygments.lexers._mapping import LEXERS

    return {alias.casefold(): alias for _, _, aliases, _, _ in LEXERS.values() for alias in aliases}
