r"""What authors of LaTeX write and math-core doesn't know, said in what it knows: `split`, `\\[2pt]`, `\text{if $x$}`.

Text in, text out, with a way back from each place to the author's own, and with marks in place of labels, tags and
references, whose names may hold any character and whose numbers aren't known here. The conversion is `mathml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from sitegen.patterns import regex
from sitegen.values import Value

MACROS = {
    "substack": r"\begin{subarray}{c}#1\end{subarray}",
    "mathds": r"\mathbb{#1}",
    "mathbbm": r"\mathbb{#1}",
    "pmb": r"\boldsymbol{#1}",
    "nicefrac": r"{}^{#1}\!/_{#2}",
    "sfrac": r"{}^{#1}\!/_{#2}",
    "ensuremath": r"{#1}",
    "mathnormal": r"{#1}",
    "smash": r"{#1}",
    "strut": r"\mathstrut",
    "enskip": r"\enspace",
    "dotsb": r"\cdots",
    "dotsm": r"\cdots",
    "dotsi": r"\cdots",
    "dotsc": r"\ldots",
    "dotso": r"\ldots",
    "hdots": r"\ldots",
    "allowbreak": "{}",
    "nobreak": "{}",
}
"""Commands of LaTeX's usual packages in terms of others, as math-core takes macros."""

_MANY = "c" * 20
"""Columns of a small matrix; it may have fewer."""
_INSTEAD = {
    "split": "aligned",
    "alignedat": "aligned",
    "multlined": "gathered",
    "smallmatrix": "subarray",
    "alignat": "align",
    "xalignat": "align",
    "flalign": "align",
    "displaymath": "equation*",
}
"""Environments and those that do the same."""
_COUNTED = frozenset({"alignat", "xalignat", "alignedat"})
"""Environments that are told how many columns they have."""
EQUATIONS = frozenset({"equation", "align", "gather", "multline", "alignat", "xalignat", "flalign"})
"""Environments whose lines are numbered; with a star only those that have a tag."""

_OFTEN = regex(
    r"\\(?:label|(?:eq)?ref|tag|[mh]box|textnormal|textup|\\\*?[ \t]*\[|\\\*)|\$|\\\(|@\{"
    r"|\\(?:left|right|middle|[bB]igg?[lmr]?)\s*[<>]"
)
_OTHERS = regex(rf"\\(?:begin|end)\s*\{{\s*(?:(?:{'|'.join(_INSTEAD)})\*?\}}|(?:aligned|gathered)\}}\s*\[)")
_PART = regex(
    r"""
      \\(?P<mark>label|(?:eq)?ref|tag)(?![a-zA-Z])(?P<star>\*?)\s*(?=\{)
    | \\(?P<text>text(?:bf|it|rm|sf|tt|normal|up)?|[mh]box)(?![a-zA-Z])\s*(?=\{)
    | \\(?P<edge>begin|end)\s*\{(?P<name>[a-zA-Z]+)(?P<starred>\*?)\}(?P<option>\s*\[[a-z]\])?(?P<count>\s*\{\d+\})?
    | (?P<fence>\\(?:left|right|middle|[bB]igg?[lmr]?))\s*(?P<angle>[<>])
    | (?P<row>\\\\\*?)(?P<room>[ \t]*\[\s*-?[\d.]*\s*(?:\\[a-zA-Z]+|[a-zA-Z]{2})\s*\])?
    | (?P<dollar>\$|\\[()])
    | \\.
    | (?P<comment>%[^\n]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_BRACE = regex(r"\\.|[{}]", re.DOTALL)
_COLUMNS = regex(r"\s*\{((?:[^{}]|[@!>]\{[^{}]*\})*)\}")
_GAP = regex(r"[@!>]\{[^{}]*\}")
"""What stands between two columns of an array, which MathML's tables don't have."""
_SAME_TEXT = {"mbox": "text", "hbox": "text", "textnormal": "text", "textup": "text"}


class Mark(Value):
    """A label, a tag or a reference in a formula."""

    kind: str
    """`label`, `tag`, `ref` or `eqref`."""
    words: str
    start: int
    """Offset of the command in the formula."""
    length: int
    """Of the whole: `\\label{eq:x}`."""


class Rewritten(Value):
    """A formula for math-core."""

    tex: str
    marks: tuple[Mark, ...] = ()
    """Mark n is written as `mark_name(n)` in `tex`."""
    places: tuple[tuple[int, int, int], ...] = ()
    """(offset here, offset in the author's text, how many characters are the same), in order."""

    def origin(self, at: int) -> int:
        """The offset in the author's text of what stands at `at`."""
        if not self.places:
            return at
        here, there, length = self.places[max(0, bisect_right(self.places, (at, len(self.tex), 0)) - 1)]
        return there + min(at - here, length)


def mark_name(number: int) -> str:
    """Of mark `number`, in letters that math-core takes for a label's and no author writes."""
    return f":mark:{number}:"


MARK_NAME = regex(r":mark:(\d+):")


def rewrite(tex: str, display: bool) -> Rewritten:
    """The formula in what math-core knows. A displayed formula with a label or a tag is an equation."""
    breaks = display and "\\\\" in tex and _breaks(tex)
    if not (breaks or _OFTEN.search(tex) or _OTHERS.search(tex)):
        return Rewritten(tex)
    edits: list[tuple[int, int, str]] = []
    marks: list[Mark] = []
    is_equation = False
    texts: list[tuple[int, str]] = []  # (where it ends, its command) for each \text that is open
    is_math = False  # between two dollar signs of a \text
    done = 0
    while match := _PART.search(tex, done):
        start, done = match.span()
        while texts and texts[-1][0] <= start:
            texts.pop()
            is_math = False
        if match["mark"]:
            end = _closing(tex, done)
            marks.append(Mark(match["mark"], tex[done + 1 : end], start, end + 1 - start))
            kind = "tag" + match["star"] if match["mark"] == "tag" else "label" if match["mark"] == "label" else "eqref"
            written = f"\\{kind}{{{mark_name(len(marks) - 1)}}}"
            inside = texts and not is_math
            edits.append((start, end + 1, f"}}{written}\\{texts[-1][1]}{{" if inside else written))
            done = end + 1
        elif match["text"]:
            end, command = _closing(tex, done), _SAME_TEXT.get(match["text"], match["text"])
            # In a group, so that an index that follows belongs to all of it.
            has_parts = _has_parts(tex, done, end)
            if has_parts or command != match["text"]:
                edits.append((start, done, f"{{\\{command}" if has_parts else f"\\{command}"))
                edits += [(end, end, "}")] if has_parts else []
                texts += [(end, command)] if has_parts else []
            done += 1
        elif match["edge"]:
            name, instead = match["name"], _INSTEAD.get(match["name"], match["name"])
            is_equation = is_equation or name in EQUATIONS
            if match["edge"] == "begin":
                done = match.end("count") if name in _COUNTED and match["count"] else match.end("starred") + 1
                if match["option"] and instead in ("aligned", "gathered"):
                    done = max(done, match.end("option"))
            else:
                done = match.end("starred") + 1
            columns = f"{{{_MANY}}}" if name == "smallmatrix" and match["edge"] == "begin" else ""
            written = f"\\{match['edge']}{{{instead}{match['starred']}}}{columns}"
            if written != tex[start:done]:
                edits.append((start, done, written))
            if name == "array" and match["edge"] == "begin" and (spec := _COLUMNS.match(tex, done)):
                edits += [(gap.start(), gap.end(), "") for gap in _GAP.finditer(tex, spec.start(1), spec.end(1))]
                done = spec.end()
        elif match["fence"]:
            edits.append((start, done, match["fence"] + (r"\langle " if match["angle"] == "<" else r"\rangle ")))
        elif match["row"] and match[0] != "\\\\":
            edits.append((start, done, "\\\\"))
        elif match["dollar"] and texts:
            opens = not is_math
            is_math = opens
            edits.append((start, done, "}" if opens else f"\\{texts[-1][1]}{{"))
    if display and not is_equation and any(mark.kind in ("label", "tag") for mark in marks):
        edits = [(0, 0, r"\begin{equation}"), *edits, (len(tex), len(tex), r"\end{equation}")]
    elif breaks:
        edits = [(0, 0, r"\begin{gathered}"), *edits, (len(tex), len(tex), r"\end{gathered}")]
    return _edited(tex, edits, tuple(marks))


def _breaks(tex: str) -> bool:
    r"""Whether a formula has a `\\\\` that isn't in a group or an environment; MathJax breaks the line there."""
    level = 0
    for match in _LEVEL.finditer(tex):
        if match[0] == "\\\\" and not level:
            return True
        level += 1 if match["open"] else -1 if match["close"] else 0
    return False


_LEVEL = regex(r"(?P<open>\{|\\begin(?![a-zA-Z]))|(?P<close>\}|\\end(?![a-zA-Z]))|\\.", re.DOTALL)


def _has_parts(tex: str, start: int, end: int) -> bool:
    """Whether a text has a formula or a reference in it; a dollar sign that isn't escaped begins one."""
    return any(part["dollar"] or part["mark"] for part in _PART.finditer(tex, start + 1, end))


def _closing(tex: str, opening: int) -> int:
    """Where the group ends that opens at `opening`; at the end of the text if it doesn't."""
    depth = 0
    for match in _BRACE.finditer(tex, opening):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.start()
    return len(tex)


def _edited(tex: str, edits: list[tuple[int, int, str]], marks: tuple[Mark, ...]) -> Rewritten:
    pieces: list[str] = []
    places: list[tuple[int, int, int]] = []
    length = done = 0
    for start, end, written in sorted(edits, key=lambda edit: edit[:2]):
        if start < done:
            continue  # inside what was replaced already
        for piece, origin, same in ((tex[done:start], done, start - done), (written, start, 0)):
            if piece:
                places.append((length, origin, same))
                pieces.append(piece)
                length += len(piece)
        done = end
    places.append((length, done, len(tex) - done))
    return Rewritten("".join((*pieces, tex[done:])), marks, tuple(places))
