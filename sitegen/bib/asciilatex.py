r"""Text as BibTeX and LaTeX take it: `Erdős & Rényi` to `Erd{\H{o}}s \& R{\'e}nyi`, in ASCII where LaTeX has a way.

LaTeX that is there stays. Reading LaTeX is `latex`'s.
"""

from __future__ import annotations

import re
import unicodedata

from sitegen.bib.latexmath import FORMULA, SUBSCRIPTS, SUPERSCRIPTS
from sitegen.bib.latexwords import ACCENTS, MATH_SYMBOLS, SYMBOLS
from sitegen.patterns import regex


def ascii_latex(value: str) -> str:
    r"""`Erdős & Rényi {\it et al.}` to `Erd{\H{o}}s \& R{\'e}nyi {\it et al.}`; letters that LaTeX has no command
    for stay. The braces are balanced as BibTeX counts them.
    """
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    value = _WRITTEN.sub(_rewritten, value)
    if ("{" in value or "}" in value) and not _balanced(value):
        value = value.replace("{", "").replace("}", "")
    return value


def percent(character: str) -> str:
    """A character as addresses write it: `é` to `%C3%A9`."""
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _rewritten(match: re.Match[str]) -> str:
    found = match[0]
    if found in ("\\{", "\\}"):
        return r"{\textbraceleft}" if found == "\\{" else r"{\textbraceright}"
    if found == "\\":
        return r"{\textbackslash}"  # at the value's end it would hide the closing brace from some readers
    if found[0] == "\\":
        return "".join(c if c.isascii() else percent(c) for c in found) if "{" in found else found
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
    for mark, letters in (("^", SUPERSCRIPTS), ("_", SUBSCRIPTS)):
        if character in letters:
            return f"${mark}{{{letters[character]}}}$"
    decomposed = unicodedata.normalize("NFD", character)
    base, marks = decomposed[0], decomposed[1:]
    if not marks or not base.isascii() or any(mark not in _TO_ACCENT for mark in marks):
        alike = unicodedata.normalize("NFKC", character)
        return alike if alike.isascii() and alike.isalnum() else character
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


_TO_ACCENT = {combining: command for command, combining in reversed(ACCENTS.items())}
_TO_COMMAND = {
    **{text: rf"{{\{name}}}" for name, text in reversed(SYMBOLS.items()) if len(text) == 1 and not text.isascii()},
    "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "„": "{\\quotedblbase}", "…": "{\\ldots}",
    "\u00a0": "~", "\u2009": "\\,", "‐": "-", "‑": "-", "−": "$-$",
}  # fmt: skip
_TO_MATH = {text: name for name, text in reversed(MATH_SYMBOLS.items()) if len(text) == 1 and not text.isascii()}
_WRITTEN = regex(
    r"\\(?:url|href|path|nolinkurl)\{[^{}]*\}"  # an address keeps its characters
    rf"|\\(?:[A-Za-z]+|.|$)|{FORMULA.pattern}|[&%#_^$]|[^\x00-\x7f]",
    re.DOTALL,
)
