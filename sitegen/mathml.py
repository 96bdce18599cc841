r"""LaTeX to MathML Core with the LaTeX beside it, or what is wrong with it.

The conversion is math-core's; `amsmath` tells it what it doesn't know. Where the formulas of a text are, and which
numbers its equations have, isn't known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from sitegen.amsmath import MACROS, Mark, rewrite
from sitegen.colours import nearest_passing
from sitegen.patterns import regex
from sitegen.values import Value

if TYPE_CHECKING:
    from math_core import LatexToMathML

Macros = tuple[tuple[str, str], ...]
r"""A course's own commands without their backslash, and what they stand for: `("norm", r"\lVert #1 \rVert")`."""

MOST_CHARACTERS = 5_000
DEEPEST = 40
"""math-core overflows a small thread's stack at about 400 groups inside one another, which would end the build."""
_MOST_EXPANSIONS = 500

_NESTING = regex(r"(?P<open>\{|\\left(?![a-zA-Z])|\\begin(?![a-zA-Z]))|\}|\\right(?![a-zA-Z])|\\end(?![a-zA-Z])")
_CHAIN = regex(r"(?:[\^_]?\\[a-zA-Z]+\s*){150}")
r"""Commands that may each take the next one as their argument: `\sqrt \sqrt \sqrt ...`."""
_SHORT_CHAIN = regex(r"(?:[\^_]?\\[a-zA-Z]+\s*){40}")
"""The same where each may be a macro."""
_DEFINES = regex(r"\\(?:(?:re)?newcommand|providecommand|[gex]?def|let|DeclareMathOperator|newenvironment)(?![a-zA-Z])")
_REASON = regex(r"(?:(?P<at>\d+): )?(?P<words>.*?)\.?\s*\Z", re.DOTALL)
_PART = regex(r"\\[a-zA-Z]+|\{[^{}\n]*\}|.", re.DOTALL)
_INSTEAD = {
    "abs": r"\lvert x \rvert",
    "bmatrix*": r"\begin{bmatrix} ... \end{bmatrix}",
    "SI": r"3\,\mathrm{m}",
    "cases*": r"\begin{cases} ... \end{cases}",
    "ce": r"\mathrm{H_2O}",
    "eqnarray": r"\begin{align} a &= b \\ c &= d \end{align}",
    "eqnarray*": r"\begin{align*} a &= b \\ c &= d \end{align*}",
    "includegraphics": "![words](picture.png) outside of the formula",
    "href": "[words](address) around the formula",
    "intertext": r"the words between two formulas",
    "math": r"$ ... $",
    "mathrlap": r"x\hspace{-1em}",
    "norm": r"\lVert x \rVert",
    "pmatrix*": r"\begin{pmatrix} ... \end{pmatrix}",
    "shortintertext": r"the words between two formulas",
    "subequations": r"\begin{align} ... \end{align} with a \tag on each line",
    "qty": r"3\,\mathrm{m}",
    "tabular": r"\begin{array}{ll} ... \end{array}",
    "varlimsup": r"\overline{\lim}",
    "varliminf": r"\underline{\lim}",
}
"""What does the same, for commands and environments that math-core doesn't know."""


class Fault(Value):
    """Why a formula can't be converted."""

    words: str
    at: int
    """Offset of the part at fault in the LaTeX."""
    length: int
    help: str
    """What to do, as a sentence; or empty."""


class Converted(Value):
    """A formula in MathML, in which the names of marks stand where their numbers go."""

    html: str
    marks: tuple[Mark, ...] = ()


def mathml(tex: str, display: bool, macros: Macros = ()) -> str | Fault:
    r"""`x^2` to `<math><semantics>...<annotation encoding="application/x-tex">x^2</annotation></semantics></math>`."""
    converted = convert(tex, display, macros)
    if isinstance(converted, Fault) or not converted.marks:
        return converted if isinstance(converted, Fault) else converted.html
    mark = converted.marks[0]
    return Fault(f'"\\{mark.kind}" has no place here', mark.start, mark.length, "")


def convert(tex: str, display: bool, macros: Macros = ()) -> Converted | Fault:
    """A formula whose labels, tags and references are still to be filled in, if it has any."""
    from math_core import LatexError

    too_much = _too_much(tex, macros)
    if too_much:
        return Fault(too_much, 0, len(tex), "")
    if "\\" in tex and (found := defines(tex)):
        words = f'"{found[0]}" defines a command for this formula alone'
        return Fault(words, found.start(), len(found[0]), "Define it for the whole course: math, macros in site.yaml.")
    rewritten = rewrite(tex, display)
    try:
        html = _converter(macros).convert_with_local_state(rewritten.tex, displaystyle=display)
    except LatexError as error:
        return _fault(str(error), tex, rewritten.origin)
    # math-core annotates what it was given; the author's own words are what is copied.
    html = _finish(html[: html.rindex(_ANNOTATION)])
    return Converted(f"{html}{_ANNOTATION}{escape(tex, quote=False)}{_END}", rewritten.marks)


def defines(tex: str) -> re.Match[str] | None:
    """Where a formula defines a command."""
    return _DEFINES.search(tex)


_ANNOTATION = '<annotation encoding="application/x-tex">'
_END = "</annotation></semantics></math>"


def without_source(html: str) -> str:
    """HTML without the LaTeX of its formulas, which nobody sees."""
    return _SOURCE.sub("", html) if _ANNOTATION in html else html


_SOURCE = regex(rf"{_ANNOTATION}[^<]*</annotation>")


@lru_cache(maxsize=4)
def _converter(macros: Macros) -> LatexToMathML:
    from math_core import LatexToMathML

    return LatexToMathML(
        annotation=True,
        fancy_error=False,
        allow_unreliable_rendering=True,  # \widetilde: a tilde that stays short in some browsers beats none
        macros={**MACROS, **{name: rewrite(body, display=False).tex for name, body in macros}},
        max_expansions=_MOST_EXPANSIONS,
    )


# --- faults -------------------------------------------------------------------------------------


def _fault(error: str, tex: str, origin: Callable[[int], int]) -> Fault:
    reason = _REASON.match(error)
    assert reason  # every part of it may be missing
    words = reason["words"].replace(r"\tag[*]", r"\tag").replace(r'command "\\"', "command")
    at = min(origin(int(reason["at"] or 0)), max(0, len(tex) - 1))
    named = re.search(r'(?P<what>command|environment) "\\?(?P<name>[a-zA-Z]+\*?)"', words)
    if named:  # in a macro's expansion, its place is counted from the macro's own start
        written = re.compile(rf"\\{re.escape(named['name'])}(?![a-zA-Z])|\{{{re.escape(named['name'])}\}}")
        found = written.match(tex, at) or written.search(tex)
        at = found.start() if found else at
    part = _PART.match(tex, at)
    if part and words in _MISPLACED:
        return Fault(f'"{part[0]}" can\'t be used {_MISPLACED[words][0]}', at, len(part[0]), _MISPLACED[words][1])
    return Fault(words, at, len(part[0]) if part else 1, _help(words, named))


_MISPLACED = {
    "Not valid in math mode": ("outside of \\text{...}", "Write it within \\text{...}."),
    "Not valid in text mode": ("within \\text{...}", "Close the words before it, or write it between dollar signs."),
}
"""math-core's words for commands of the other mode, which name none."""


def _help(words: str, named: re.Match[str] | None) -> str:
    if named and named["name"] in _INSTEAD:
        return f"Write {_INSTEAD[named['name']]}."
    if named and named["what"] == "command":
        return f"Mend its name, or say below math, macros in site.yaml what \\{named['name']} stands for."
    if named:
        return "Environments that are known: align, gather, multline, cases, matrix, pmatrix, array, aligned, split."
    if "may only appear in a numbered equation" in words:
        return "Write the formula between $$ and $$; within a sentence it has no number."
    return ""


def _too_much(tex: str, macros: Macros) -> str:
    """Why this can't be given to math-core; empty for any formula that a person would write."""
    if len(tex) > MOST_CHARACTERS:
        return f"it has {len(tex):,} characters, and {MOST_CHARACTERS:,} are the most"
    if len(tex) < 2 * DEEPEST:
        return ""
    if depth(tex) > DEEPEST or (_SHORT_CHAIN if macros else _CHAIN).search(tex):
        return f"it is nested more than {DEEPEST} levels deep"
    return ""


def depth(tex: str) -> int:
    """How many groups stand inside one another."""
    level = deepest = 0
    for match in _NESTING.finditer(tex):
        level += 1 if match["open"] else -1
        deepest = max(deepest, level)
    return deepest


# --- MathML as browsers and checkers have it ----------------------------------------------------


def _finish(math: str) -> str:
    """What isn't MathML Core, or what checkers of HTML object to, said as they know it, and the style sheet's classes.

    Styles that have no class stay; a page's policy allows each by its hash.
    """
    if "<menclose" in math:
        math = _MENCLOSE.sub(_enclosed, math).replace("</menclose>", "</mrow>")
    if "minsize=" in math:
        math = _BIG.sub(r"\1<mrow>\2</mrow>", math)
    if "<mtext" in math:
        math = _BETWEEN_WORDS.sub(r"\1<mi></mi>", math)
    if "></mtd></mtr></mtable>" in math:
        math = _without_last_rows(math)
    if "scriptlevel=" in math or "<mfrac displaystyle=" in math:
        math = _in_styles(math)
    if _COMBINING.search(math):
        math = math.replace('<mo stretchy="true">\u0302', '<mo stretchy="true">^').replace("\u0302", "\u02c6")
        math = math.replace('<mo stretchy="false">\u20d7</mo>', _VECTOR)
        math = _COMBINING.sub(r"\1 \2", _draw_bars(math))
    return _STYLE.sub(_classed, math) if " style=" in math else math


_BIG = regex(r"(<m(?:sub|sup|subsup)>)(<mo [^<>]*minsize=[^<>]*>[^<]*</mo>)")
r"""A fence of its own size with an index, `\Bigr)^2`, which Chromium stretches in a row alone."""
_VECTOR = '<mo stretchy="false" style="font-size: .55em">\u2192</mo>'
"""Over a letter; the arrow that combines with a letter stands beside it."""
_SPACE = r"(?:<mtext[^<>]*>[^<]*</mtext>|<mspace[^<>]*/>)"
_BETWEEN_WORDS = regex(
    rf"(<m(?:row|td|style)(?: [^<>]*)?>)(?=(?:{_SPACE}+<mo[^<>]*>[^<]*</mo>{_SPACE}*|<mo[^<>]*>[^<]*</mo>{_SPACE}+)</m)"
)
"""A sign with nothing but words and spaces beside it. MathML Core (3.2.4.1) takes text for space, so that the room
around the sign would stand around all of it; an empty identifier is no space."""


def _without_last_rows(math: str) -> str:
    r"""Without the empty row that LaTeX doesn't make of a last `\\`; a line above it is the table's lower edge."""
    while row := _LAST_ROW.search(math):
        opening, level = row.start(), 1
        for tag in reversed(list(_TABLE.finditer(math, 0, row.start()))):
            level += 1 if tag["end"] else -1
            opening = tag.start()
            if not level:
                break
        head = math[opening : row.start()]
        if "border-top" in row[0]:
            name, _, rest = head.partition(">")
            has_style = " style=" in name
            name = name.replace(' style="', f' style="{_EDGE}', 1) if has_style else f'{name} style="{_EDGE}"'
            head = f"{name}>{rest}"
        math = math[:opening] + head + "</mtable>" + math[row.end() :]
    return math


_LAST_ROW = regex(r'(?<=</mtr>)<mtr><mtd(?! class="side")[^<>]*></mtd></mtr></mtable>')
_TABLE = regex(r"<(?P<end>/?)mtable\b")
_EDGE = "border-bottom: 0.05em solid currentcolor;"
_MENCLOSE = regex(r'<menclose notation="([^"]*)">|<mrow class="menclose-[^"]*"></mrow>')
_LINE = "linear-gradient({}, transparent 47%, currentcolor 47% 53%, transparent 53%)"
_UP, _DOWN = _LINE.format("to bottom right"), _LINE.format("to top right")
_ENCLOSURES = {
    "box": "border: 1px solid; padding: .25em .4em",
    "updiagonalstrike": f"background: {_UP}",
    "downdiagonalstrike": f"background: {_DOWN}",
    "updiagonalstrike downdiagonalstrike": f"background: {_UP}, {_DOWN}",
    "horizontalstrike": "background: linear-gradient(transparent 47%, currentcolor 47% 53%, transparent 53%)",
}
"""MathML Core has no <menclose>."""


def _enclosed(match: re.Match[str]) -> str:
    if not match[1]:
        return ""
    style = _ENCLOSURES.get(match[1], _ENCLOSURES["box"])
    return f'<mrow style="{style}{"; print-color-adjust: exact" if "gradient" in style else ""}">'


def _in_styles(math: str) -> str:
    """Rows, fractions and tables whose size differs stand in an <mstyle>; MathML 3 has no such attributes on them."""
    closing: list[str] = []

    def tag(match: re.Match[str]) -> str:
        if match["end"]:
            return closing.pop()
        given = dict(_LEVEL.findall(match["more"]))
        if match["name"] == "mrow":
            name = "mstyle" if given else "mrow"
            closing.append(f"</{name}>")
            return f"<{name}{match['more']}>"
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


_SIZED = regex(r"<(?P<end>/?)(?P<name>mfrac|mtable|mrow)(?P<more>[^<>]*)>")
_LEVEL = regex(r' (displaystyle|scriptlevel)="([^"]*)"')
_COMBINING = regex("(<mo[^<>]*>)([\u0300-\u036f\u20d0-\u20ff])")
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


_BAR = regex('(?P<opens><m(?:over|under)(?: [^<>]*)?>)|</m(?:over|under)>|(?P<bar><mo stretchy="true">\u0332</mo>)')
_STYLE = regex(r' style="([^"]*)"')
_CLASSES = {
    "text-align: right;justify-items: end;": "right",
    "text-align: right;justify-items: end;padding-right: 0;": "right close",
    "text-align: left;justify-items: start;": "left",
    "text-align: left;justify-items: start;padding-left: 0;": "left close",
    "text-align: left;justify-items: start;padding-right: 0;": "left case",
    "text-align: left;justify-items: start;padding-right: 0;padding-left:1em;": "left case",
    "width: 100%": "numbered",
    "width: 50%": "side",
    "width: 7.5%": "",
    "width: 50%;text-align: right;justify-items: end;": "side eqno",
    "width: 7.5%;text-align: right;justify-items: end;": "eqno",
}
"""What math-core says of the cells of `aligned`, `array`, `cases` and numbered equations."""


def _classed(match: re.Match[str]) -> str:
    style = match[1]
    colour = re.fullmatch(r"color:(#\w{6});", style)
    if colour:
        return f' style="color: {_readable(colour[1].casefold())}"'
    if style not in _CLASSES:
        return match[0]
    return f' class="{_CLASSES[style]}"' if _CLASSES[style] else ""


@lru_cache
def _readable(colour: str) -> str:
    """The author's colour in light and in dark, as near as it can be read (WCAG 2.2, 1.4.3)."""
    near = (nearest_passing(colour, papers, 4.5) or colour for papers in _PAPERS)
    return f"light-dark({', '.join(near)})"


_PAPERS = (("#ffffff", "#f1ede5"), ("#000000", "#38221e"))
"""The lightest and darkest paper of the light and of the dark theme, boxes and lines that are pointed at included."""
