"""LaTeX to MathML, or what is wrong with it.

The conversion is math-core's. Where the formulas of a text are is found by `inline`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from math_core import LatexToMathML

MOST_CHARACTERS = 5_000
DEEPEST = 40
"""math-core overflows a small thread's stack at about 400 groups inside one another, which would end the build."""

_NESTING = re.compile(r"(?P<open>\{|\\left(?![a-zA-Z])|\\begin(?![a-zA-Z]))|\}|\\right(?![a-zA-Z])|\\end(?![a-zA-Z])")
_CHAIN = re.compile(r"(?:[\^_]?\\[a-zA-Z]+\s*){150}")
r"""Commands that may each take the next one as their argument: `\sqrt \sqrt \sqrt ...`."""
_REASON = re.compile(r"(?:(?P<at>\d+): )?(?P<words>.*?)\.?\s*\Z", re.DOTALL)
_PART = re.compile(r"\\[a-zA-Z]+|\{[^{}\n]*\}|.", re.DOTALL)
_INSTEAD = {
    "abs": r"\lvert x \rvert",
    "alignat": r"\begin{aligned} ... \end{aligned}",
    "alignedat": r"\begin{aligned} ... \end{aligned}",
    "DeclareMathOperator": r"\operatorname{name}",
    "mathds": r"\mathbb{1}",
    "mbox": r"\text{words}",
    "norm": r"\lVert x \rVert",
    "smallmatrix": r"\begin{matrix} ... \end{matrix}",
    "split": r"\begin{aligned} ... \end{aligned}",
    "substack": r"\begin{subarray}{l} ... \end{subarray}",
    "widetilde": r"\tilde{x}",
}
"""What does the same, for commands and environments that math-core doesn't know."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a formula can't be converted."""

    words: str
    at: int
    """Offset of the part at fault in the LaTeX."""
    length: int
    instead: str
    """LaTeX that does the same and is known, or empty."""


def mathml(tex: str, display: bool) -> str | Fault:
    """`x^2` to `<math>...</math>`, with its source as an annotation."""
    from math_core import LatexError

    too_much = _too_much(tex)
    if too_much:
        return Fault(too_much, 0, len(tex), "")
    try:
        return _converter().convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        reason = _REASON.match(str(error))
    assert reason  # every part of it may be missing
    at = min(int(reason["at"] or 0), max(0, len(tex) - 1))
    part = _PART.match(tex, at)
    named = re.search(r'"\\?([a-zA-Z]+)"', reason["words"])
    return Fault(reason["words"], at, len(part[0]) if part else 1, _INSTEAD.get(named[1], "") if named else "")


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    from math_core import LatexToMathML

    return LatexToMathML(annotation=True, fancy_error=False)


def _too_much(tex: str) -> str:
    """Why this can't be given to math-core; empty for any formula that a person would write."""
    if len(tex) > MOST_CHARACTERS:
        return f"it has {len(tex):,} characters, and {MOST_CHARACTERS:,} are the most"
    if len(tex) < 2 * DEEPEST:
        return ""
    depth = deepest = 0
    for match in _NESTING.finditer(tex):
        depth += 1 if match["open"] else -1
        deepest = max(deepest, depth)
    if deepest > DEEPEST or _CHAIN.search(tex):
        return f"it is nested more than {DEEPEST} levels deep"
    return ""
