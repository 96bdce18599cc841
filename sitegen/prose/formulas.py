"""LaTeX to MathML, or what is wrong with it.

The conversion is math-core's. Where the formulas of a text are is found by `inline`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sitegen.colours import nearest_passing

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
    """`x^2` to `<math>...</math>`."""
    from math_core import LatexError

    too_much = _too_much(tex)
    if too_much:
        return Fault(too_much, 0, len(tex), "")
    try:
        return _finish(_converter().convert_with_local_state(tex, displaystyle=display))
    except LatexError as error:
        reason = _REASON.match(str(error))
    assert reason  # every part of it may be missing
    at = min(int(reason["at"] or 0), max(0, len(tex) - 1))
    part = _PART.match(tex, at)
    named = re.search(r'"\\?([a-zA-Z]+)"', reason["words"])
    return Fault(reason["words"], at, len(part[0]) if part else 1, _INSTEAD.get(named[1], "") if named else "")


def _finish(math: str) -> str:
    """What checkers of HTML object to, said as they know it, and the style sheet's classes for the usual styles.

    Styles that have no class stay; a page's policy allows each by its hash.
    """
    if "scriptlevel=" in math or "<mfrac displaystyle=" in math:
        math = _in_styles(math)
    if _COMBINING.search(math):
        math = _COMBINING.sub(r"\1 \2", _draw_bars(math.replace("\u0302", "\u02c6")))
    return _STYLE.sub(_classed, math) if " style=" in math else math


def _in_styles(math: str) -> str:
    """Fractions and tables whose size differs stand in an <mstyle>; MathML 3 has no such attributes on them."""
    closing: list[str] = []

    def tag(match: re.Match[str]) -> str:
        if match["end"]:
            return closing.pop()
        given = dict(_LEVEL.findall(match["more"]))
        if match["name"] == "mtable":
            given.pop("displaystyle", None)  # this one it has
        if match["name"] == "mtable" and given.get("scriptlevel") == "0":
            given = {}  # as it is outside of subscripts
        more = match["more"]
        for name, value in (*given.items(), ("scriptlevel", "0")):
            more = more.replace(f' {name}="{value}"', "")
        wrapper = "".join(f' {name}="{value}"' for name, value in given.items())
        closing.append(f"</{match['name']}>" + ("</mstyle>" if wrapper else ""))
        return (f"<mstyle{wrapper}>" if wrapper else "") + f"<{match['name']}{more}>"

    return _SIZED.sub(tag, math)


_SIZED = re.compile(r"<(?P<end>/?)(?P<name>mfrac|mtable)(?P<more>[^<>]*)>")
_LEVEL = re.compile(r' (displaystyle|scriptlevel)="([^"]*)"')
_COMBINING = re.compile("(<mo[^<>]*>)([\u0300-\u036f\u20d0-\u20ff])")
"""A mark that combines with the character before it, and has none. After a space it has, and looks the same."""


def _draw_bars(math: str) -> str:
    """Lines over and under formulas as borders: fonts have them in one length. Readers of MathML know the sign."""
    pieces: list[str] = []
    opened: list[int] = []
    done = 0
    for match in _BAR.finditer(math):
        pieces += (math[done : match.start()], match[0])
        done = match.end()
        if match["opens"]:
            opened.append(len(pieces) - 1)
        elif match["bar"]:
            side = "top" if pieces[opened[-1]].startswith("<mover") else "bottom"
            pieces[opened[-1]] += f'<mrow style="border-{side}: .06em solid; padding-{side}: .1em">'
            pieces[-1] = '</mrow><mo style="font-size: 0">\u203e</mo>'
        else:
            opened.pop()
    return "".join((*pieces, math[done:]))


_BAR = re.compile(
    '(?P<opens><m(?:over|under)(?: [^<>]*)?>)|</m(?:over|under)>|(?P<bar><mo stretchy="true">\u0332</mo>)'
)
_STYLE = re.compile(r' style="([^"]*)"')
_CLASSES = {
    "text-align: right;justify-items: end;": "right",
    "text-align: right;justify-items: end;padding-right: 0;": "right close",
    "text-align: left;justify-items: start;": "left",
    "text-align: left;justify-items: start;padding-left: 0;": "left close",
    "text-align: left;justify-items: start;padding-right: 0;": "left case",
    "text-align: left;justify-items: start;padding-right: 0;padding-left:1em;": "left case",
}
"""What math-core says of the cells of `aligned`, `array` and `cases`."""


def _classed(match: re.Match[str]) -> str:
    style = match[1]
    colour = re.fullmatch(r"color:(#\w{6});", style)
    if colour:
        return f' style="color: {_readable(colour[1].casefold())}"'
    return f' class="{_CLASSES[style]}"' if style in _CLASSES else match[0]


@lru_cache
def _readable(colour: str) -> str:
    """The author's colour in light and in dark, as near as it can be read (WCAG 2.2, 1.4.3)."""
    near = (nearest_passing(colour, papers, 4.5) or colour for papers in _PAPERS)
    return f"light-dark({', '.join(near)})"


_PAPERS = (("#ffffff", "#f1ede5"), ("#000000", "#38221e"))
"""The lightest and darkest paper of the light and of the dark theme, boxes and lines that are pointed at included."""


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    from math_core import LatexToMathML

    # The LaTeX beside each formula would be a twentieth of a page, and no browser shows it.
    return LatexToMathML(annotation=False, fancy_error=False)


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
