r"""LaTeX as it stands in a bibliography, to plain text and to HTML.

A small, table-driven reading of what titles, names and abstracts hold: accents, symbols, quotes,
dashes, emphasis, formulas, protective braces. No macros are defined or expanded; a command that isn't
in the tables is shown as it was written and told to the caller. Nothing here knows BibTeX's entries.

One pass over the tokens with an explicit stack: linear in the text's length at any depth of braces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape

from sitegen.bib.latexmath import FORMULA, convert_formula
from sitegen.bib.latexwords import (
    ACCENTS,
    CHARACTERS,
    ENVIRONMENTS,
    MARKUP,
    MATH_SYMBOLS,
    SILENT,
    SWITCHES,
    SYMBOLS,
    TRANSPARENT,
)
from sitegen.patterns import regex
from sitegen.values import Value, field


class Decoded(Value):
    """LaTeX read twice: for reading and for a web page."""

    text: str
    """Plain text; a formula in Unicode as far as that goes."""
    html: str
    """The same, escaped, with i, b, code, sub, sup, small capitals and MathML where LaTeX said so."""
    unknown: tuple[str, ...] = ()
    r"""Commands that aren't in the tables, as written (`\foo`), and formulas (`$...$`) that aren't understood."""


_SPECIAL = regex(r"[\\{}~$`]|--|''")
_TOKEN = regex(
    r"\\(?:[A-Za-z]+\*?[ \t\r\n]*|.|$)|[{}$]|---?|``|''|[?!]`|[`'~]|(?:[^\\{}$\-`'~?!]|-(?!-)|[?!](?!`))+|.", re.DOTALL
)
_TOKEN_WITHOUT_QUOTES = regex(
    r"\\(?:[A-Za-z]+\*?[ \t\r\n]*|.|$)|[{}$]|---?|''|~|(?:[^\\{}$\-'~]|-(?!-)|'(?!'))+|.", re.DOTALL
)
"""The same where no ` opens a quotation, so that an apostrophe is one."""
_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "`": "‘", "~": "\u00a0", "?`": "¿", "!`": "¡"}
_MAX_NESTING = 40
"""Commands inside commands beyond this many are no longer marked up; their text stays."""
_ADDRESS_COMMANDS = frozenset(["url", "nolinkurl", "path", "detokenize"])
_VERBATIM_COMMANDS = frozenset(["verb", "lstinline", *_ADDRESS_COMMANDS])
_SKIP_FIRST_ARGUMENT = frozenset(["href", "textcolor", "foreignlanguage", "hyperref", "texorpdfstring", "bibinfo"])
_SHOWN_BRACES = ("", "{", "}")
_QUOTES = frozenset(["enquote", "mkbibquote"])
_BETWEEN_MARKS = regex(r"([|+!/=\"'@#*:;])(.*?)\1", re.DOTALL)
_OPTION = regex(r"\[[^\[\]{}]{0,80}\]")
_BELOW = frozenset("\u0323\u0325\u0326\u0327\u0328\u0331")
"""Accents that leave the dot of an i alone."""
_SPACING = {"\u0300": "`", "\u0301": "´", "\u0302": "^", "\u0303": "~", "\u0308": "¨", "\u0304": "¯", "\u030a": "˚"}
"""What an accent over nothing looks like: `\\~{}` is how exporters write a tilde."""


# --- reading ------------------------------------------------------------------------------------


def decode(source: str) -> Decoded:
    r"""`{\"O}ber $n^2$ \emph{Tests}` to `Öber n² Tests` and its HTML, which may stand as an element's content."""
    if is_bare(source):
        return Decoded(source, escape(source, quote=False))
    return _Reader(source).read()


def is_bare(source: str) -> bool:
    """Whether `source` is its own text."""
    return _SPECIAL.search(source) is None


class _Group(Value, frozen=False):
    """What has to be said when a group's brace closes."""

    html: list[str] = field(factory=list)
    text: str = ""
    accented: bool = False
    """An accent waits for this group's first letter."""


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.text: list[str] = []
        self.html: list[str] = []
        self.unknown: dict[str, None] = {}
        self.groups = [_Group()]
        self.accents: list[str] = []
        self.next_group: tuple[str, str, str] | None = None
        """HTML element, opening and closing text for the group that may follow a command."""
        self.marked = 0
        self.single_quoted = False
        self.formula_ends = {"(": source.rfind("\\)"), "[": source.rfind("\\]")}
        self._closings: dict[int, int] | None = None

    def read(self) -> Decoded:
        position, length = 0, len(self.source)
        next_token = (_TOKEN if "`" in self.source else _TOKEN_WITHOUT_QUOTES).match
        while position < length:
            match = next_token(self.source, position)
            assert match is not None  # the last alternative takes any character
            token, position = match[0], match.end()
            kind = token[0]
            if kind == "{":
                self._open()
                continue
            self.next_group = None
            if kind == "}":
                self._close()
            elif kind == "\\":
                position = self._command(token, position)
            elif kind == "$":
                position = self._dollar(position - 1)
            elif token == "`":
                self.single_quoted = True
                self._put("‘")
            elif token == "'" and self.single_quoted:
                self.single_quoted = False
                self._put("’")
            else:
                self._put(_LIGATURES.get(token, token))
        while len(self.groups) > 1:
            self._close()
        self._flush_accents()
        self.html.extend(reversed(self.groups[0].html))
        return Decoded("".join(self.text), "".join(self.html), tuple(self.unknown))

    def _put(self, text: str) -> None:
        if self.accents:
            text = text.lstrip()
            if not text:
                return
            text = _accented(text[0], self.accents) + text[1:]
            self.accents.clear()
        self.text.append(text)
        self.html.append(escape(text, quote=False))

    def _flush_accents(self) -> None:
        """An accent that found no letter stands alone."""
        if self.accents:
            alone = "".join(_SPACING.get(accent, "") for accent in self.accents)
            self.accents.clear()
            self._put(alone)

    def _open(self) -> None:
        group = _Group(accented=bool(self.accents))
        if self.next_group is not None:
            element, before, group.text = self.next_group
            self.next_group = None
            if element and self.marked < _MAX_NESTING:
                self._mark(element, group)
            if before:
                self._put(before)
        self.groups.append(group)

    def _close(self) -> None:
        if len(self.groups) == 1:
            return  # a brace too many; the reader of entries has told
        group = self.groups.pop()
        if group.accented:
            self._flush_accents()
        if group.text:
            self._put(group.text)
            if group.text == "}":
                self.next_group = _SHOWN_BRACES  # an unknown command may take more than one argument
        self.html.extend(reversed(group.html))
        self.marked -= len(group.html)

    def _mark(self, element: str, group: _Group) -> None:
        opening, closing = (
            ('<span class="small-caps">', "</span>") if element == "small-caps" else (f"<{element}>", f"</{element}>")
        )
        self.html.append(opening)
        group.html.append(closing)
        self.marked += 1

    def _command(self, token: str, position: int) -> int:
        """Read one command; the position after what it took."""
        name = token[1:].rstrip(" \t\r\n") if len(token) > 2 else token[1:]
        bare = name.rstrip("*")
        if name in ACCENTS:
            self.accents.append(ACCENTS[name])
        elif name in CHARACTERS:
            self._put(CHARACTERS[name])
            if name == "\\":
                return self._skip_option(position)
        elif name in SYMBOLS:
            self._put(SYMBOLS[name])
        elif bare in MARKUP:
            self.next_group = (MARKUP[bare], "", "")
        elif name in SWITCHES:
            if self.marked < _MAX_NESTING:
                self._mark(SWITCHES[name], self.groups[-1])
        elif bare in _QUOTES:
            self.next_group = ("", "“", "”")
        elif bare in _VERBATIM_COMMANDS and (marked := _BETWEEN_MARKS.match(self.source, position)):
            self._put(marked[2])
            return marked.end()
        elif bare == "ensuremath":
            return self._argument(position, self._formula)
        elif bare in _ADDRESS_COMMANDS:
            return self._argument(position, lambda address: self._put(plain_address(address)))
        elif bare in SILENT or bare in _SKIP_FIRST_ARGUMENT:
            return self._argument(position, lambda _: None)
        elif name in ("begin", "end"):
            return self._argument(position, lambda environment: self._environment(token, environment))
        elif name in TRANSPARENT:
            pass
        elif name in ("(", "["):
            closing = "\\)" if name == "(" else "\\]"
            end = self.source.find(closing, position) if position <= self.formula_ends[name] else -1
            if end >= 0:
                self._formula(self.source[position:end])
                return end + 2
            self._put(name)
        elif name in MATH_SYMBOLS or name.removeprefix("text") in MATH_SYMBOLS:
            self._put(MATH_SYMBOLS[name.removeprefix("text")])
        elif not name:
            self._put("\\")
        else:
            self.unknown[f"\\{name}"] = None
            self._put(token)
            after = self._skip_option(position)
            self._put(self.source[position:after])
            self.next_group = _SHOWN_BRACES
            return after
        return position

    def _skip_option(self, position: int) -> int:
        option = _OPTION.match(self.source, position)
        return option.end() if option else position

    def _environment(self, token: str, name: str) -> None:
        if name.rstrip("*") in ENVIRONMENTS:
            self._put(" ")
        else:
            self.unknown[f"{token}{{{name}}}"] = None
            self._put(f"{token}{{{name}}}")

    def _argument(self, position: int, use: Callable[[str], None]) -> int:
        """Give the braced argument at `position`, if there is one, to `use` as written; the position after it."""
        if self.source[position : position + 1] != "{":
            return position
        if self._closings is None:
            self._closings = _matching_braces(self.source)
        end = self._closings.get(position)
        if end is None:
            return position
        use(self.source[position + 1 : end])
        return end + 1

    def _dollar(self, start: int) -> int:
        """A formula, or a dollar sign; the position after it."""
        match = FORMULA.match(self.source, start)
        formula = (match[1] or match[2]) if match else ""
        if match and formula.count("{") == formula.count("}"):
            self._formula(formula)
            return match.end()
        self._put("$")
        return start + 1

    def _formula(self, formula: str) -> None:
        self._flush_accents()
        text, html = convert_formula(formula)
        if html is None:
            self.unknown[f"${formula}$"] = None
            html = f"<code>{escape(f'${formula}$', quote=False)}</code>"
        self.text.append(text)
        self.html.append(html)


def _accented(letter: str, accents: list[str]) -> str:
    base = {"ı": "i", "ȷ": "j"}.get(letter, letter) if not _BELOW.issuperset(accents) else letter
    return unicodedata.normalize("NFC", base + "".join(reversed(accents)))


def _matching_braces(source: str) -> dict[int, int]:
    r"""Each opening brace's position to its closing one's; `\{` and `\}` are none."""
    closings: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(source):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            closings[opened.pop()] = match.start()
    return closings


def plain_address(source: str) -> str:
    r"""A web address without the LaTeX that exporters put into it: `a\_b\%20c` to `a_b%20c`. Nothing else changes."""
    address = source.strip()
    if address.startswith("\\url{") and address.endswith("}"):
        address = address[5:-1].strip()
    if "\\" in address or "$" in address or "{" in address:
        address = _ADDRESS_TILDE.sub("~", address)
        address = _ADDRESS_ESCAPE.sub(r"\1", address)
        address = address.replace("{", "").replace("}", "")
    return address


_BRACE = regex(r"\\.|[{}]", re.DOTALL)
_ADDRESS_TILDE = regex(
    r"\{?(?:\\textasciitilde\b\s*(?:\{\})?|\\~\{\s*\}|\\~|\$\\(?:sim|tilde)\$|\$\\tilde\{\s*\}\$)\}?"
)
_ADDRESS_ESCAPE = regex(r"\\([_%&#$/-])")
