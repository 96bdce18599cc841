r"""A formula of a bibliography to MathML, and to a line of Unicode: `\mathcal{O}(n^{2})` to `O(n²)`.

Which part of a text is a formula is `FORMULA`'s and `latex`'s to say.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sitegen.bib.latexwords import MATH_SYMBOLS

if TYPE_CHECKING:
    from math_core import LatexToMathML

_PART = r"(?:[^$\\]|\\(?:text[a-z]*|[mh]box)\s*\{[^{}]{0,300}\}|\\.)+"
FORMULA = re.compile(rf"\$\$({_PART})\$\$|\$(?=\S)({_PART})(?<=\S)\$(?!\d)", re.DOTALL)
"""As in Pandoc, an opening $ has text right after it, a closing one text right before it and no digit
after it, so that `from $5 to $10` stays text."""

_MAX_FORMULA_PARTS = 120
"""Braces and commands; math-core overflows the stack of a small thread at about 400 inside one another."""
_RAISED = dict(zip("0123456789+-=()niT*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ*", strict=True))
_LOWERED = dict(zip("0123456789+-=()aeoxijkmnpt", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓᵢⱼₖₘₙₚₜ", strict=True))
SUPERSCRIPTS = {letter: plain for plain, letter in _RAISED.items() if plain != letter}
SUBSCRIPTS = {letter: plain for plain, letter in _LOWERED.items()}
"""Small letters to the ones that they stand for."""
_FRACTION = re.compile(r"\\[dt]?frac(?:\s*\{([^{}]*)\}|\s*(\d))(?:\s*\{([^{}]*)\}|\s*(\d))")
_FORMULA_STYLE = re.compile(
    r"\\(?:(?:math(?:cal|bb|bf|rm|it|sf|tt|frak|scr)|text(?:rm|it|bf|sf|tt)?|operatorname|mbox|boldsymbol|bm|left|right"
    r"|[bB]igg?[lr]?|displaystyle|textstyle|limits)(?![A-Za-z])\s*|[,;:!])"
)


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    from math_core import LatexToMathML

    return LatexToMathML(annotation=False, fancy_error=False)


@lru_cache(maxsize=4096)
def convert_formula(source: str) -> tuple[str, str | None]:
    """A formula in Unicode and as MathML; None for a formula that can't be converted."""
    from math_core import LatexError

    if source.count("{") + source.count("\\") > _MAX_FORMULA_PARTS:
        return source, None
    try:
        return _plain_formula(source), _converter().convert_with_local_state(source, displaystyle=False)
    except LatexError:
        return source, None


def _plain_formula(source: str) -> str:
    r"""`\mathcal{O}(n^{2})` to `O(n²)`; what has no Unicode form keeps its ^ or _."""
    text = _FRACTION.sub(r"\1\2/\3\4", _FORMULA_STYLE.sub("", source))
    text = re.sub(r"\\([A-Za-z]+)", _symbol, text)
    text = re.sub(r"\\([{}])", lambda brace: "\x01" if brace[1] == "{" else "\x02", text)
    text = re.sub(r"\\(.)", r"\1", text)
    text = re.sub(r"([\^_])(?:\{([^{}]*)\}|([^\s{}]))", _script, text)
    return " ".join(text.replace("{", "").replace("}", "").split()).replace("\x01", "{").replace("\x02", "}")


def _symbol(match: re.Match[str]) -> str:
    r"""`\alpha` to α, and `n\log` to `n log`."""
    before = match.string[match.start() - 1 : match.start()]
    return MATH_SYMBOLS.get(match[1]) or (" " if before.isalnum() else "") + match[1]


def _script(match: re.Match[str]) -> str:
    content = match[2] if match[2] is not None else match[3]
    letters = _RAISED if match[1] == "^" else _LOWERED
    if all(c in letters for c in content):
        return "".join(letters[c] for c in content)
    return f"{match[1]}({content})" if len(content) > 1 else f"{match[1]}{content}"
