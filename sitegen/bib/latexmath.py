r"""A formula of a bibliography to MathML, and to a line of Unicode: `\mathcal{O}(n^{2})` to `O(n²)`.

Which part of a text is a formula is `FORMULA`'s and `latex`'s to say.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sitegen.mathml import mathml
from sitegen.patterns import regex
from sitegen.spokenmath import LOWERED, RAISED, spell

_PART = r"(?:[^$\\]|\\(?:text[a-z]*|[mh]box)\s*\{[^{}]{0,300}\}|\\.)+"
FORMULA = regex(rf"\$\$({_PART})\$\$|\$(?=\S)({_PART})(?<=\S)\$(?!\d)", re.DOTALL)
"""As in Pandoc, an opening $ has text right after it, a closing one text right before it and no digit
after it, so that `from $5 to $10` stays text."""

SUPERSCRIPTS = {letter: plain for plain, letter in RAISED.items() if plain != letter and plain.isascii()}
SUBSCRIPTS = {letter: plain for plain, letter in LOWERED.items() if plain.isascii()}
"""Small letters to the ones that they stand for."""


@lru_cache(maxsize=4096)
def convert_formula(source: str) -> tuple[str, str | None]:
    """A formula in Unicode and as MathML; None for a formula that can't be converted."""
    math = mathml(source, display=False)
    return (spell(math), math) if isinstance(math, str) else (source, None)
