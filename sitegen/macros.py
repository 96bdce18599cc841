r"""A course's own LaTeX commands, tried out one by one: what is wrong with each.

How site.yaml writes them is `forms`'; how formulas use them is `mathml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from sitegen.amsmath import MACROS, rewrite
from sitegen.mathml import Macros, defines, depth
from sitegen.patterns import regex
from sitegen.values import Value

if TYPE_CHECKING:
    from math_core import LatexToMathML

DEEPEST_MACRO = 8
"""Groups inside one another in what a macro stands for, those of other macros in it included. A formula may have 40 of
its own around and in each, and 8 times 40 is what math-core's stack holds."""
LONGEST_MACRO = 500

_CALLED = regex(r"\\([a-zA-Z]+|[^a-zA-Z\s])")
_PARAMETER = regex(r"#([1-9])")
_WRONG = regex(
    r"Unknown (?:command|environment)|Expected closing|Unmatched closing|Too many|Invalid parameter|Expected parameter"
)
r"""Other complaints depend on where a macro is used: a part of a table, what is right of `\left`."""


class MacroFault(Value):
    """What is wrong with a macro, or doubtful."""

    name: str
    words: str
    help: str
    is_clash: bool = False
    """It works, and hides a command of LaTeX."""


def check_macros(macros: Macros) -> Iterator[MacroFault]:
    """What is wrong with each; names have no backslash. Those without a fault, or with a clash, can be used."""
    unsound = dict(_find_unsound(dict(macros)))
    sound = {name: body for name, body in macros if name not in unsound}
    converter = None
    while converter is None:
        converter = _converter_of(sound, unsound, dict(macros))
    for name, body in list(sound.items()):
        words = _try(converter, name, body)
        if words:
            unsound[name] = (words, "A macro holds whole groups: as many closing braces and ends as opening ones.")
    for name, body in macros:
        if name in unsound:
            yield MacroFault(name, *unsound[name])
        elif _hides(converter, name, body):
            words = "there is a command of this name already, which formulas can't use any more"
            yield MacroFault(name, words, "Choose another name, unless that is what you want.", is_clash=True)


def _find_unsound(bodies: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """(name, (words, help)) of macros that can't even be tried."""
    depths = _depths(bodies)
    for name, body in bodies.items():
        loop = _find_loop(name, bodies)
        if len(body) > LONGEST_MACRO:
            words = f"it has {len(body):,} characters, and {LONGEST_MACRO:,} are the most"
            yield name, (words, "Divide it into several macros.")
        elif loop:
            by = " by way of " + " and ".join("\\" + one for one in loop[1:]) if loop[1:] else ""
            yield name, (f"it stands for itself{by}, so it would never end", "Write what it stands for without it.")
        elif depths[name] > DEEPEST_MACRO:
            yield name, (f"it is nested more than {DEEPEST_MACRO} levels deep", "Take groups out of it.")
        elif defines(body):
            yield name, ("it defines a command itself", "Give that command a line of its own here.")


def _called(body: str, bodies: Mapping[str, str]) -> list[str]:
    return [match[1] for match in _CALLED.finditer(body) if match[1] in bodies]


def _find_loop(name: str, bodies: Mapping[str, str]) -> list[str]:
    """The macros by which one leads back to itself, itself first; empty when it doesn't."""
    came_from: dict[str, str] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        for other in _called(bodies[one], bodies):
            if other == name:
                loop = [one]
                while loop[-1] != name:
                    loop.append(came_from[loop[-1]])
                return loop[::-1]
            if other not in came_from:
                came_from[other] = one
                waiting.append(other)
    return []


def _depths(bodies: Mapping[str, str]) -> dict[str, int]:
    """How deep each macro's groups are inside one another, with those of the macros in it; at most one too many."""
    own = {name: depth(body) for name, body in bodies.items()}
    inner = {name: dict.fromkeys(_called(body, bodies)) for name, body in bodies.items()}
    found, before = own, dict[str, int]()
    while found != before:
        before = found
        found = {
            name: min(DEEPEST_MACRO + 1, own[name] + max((before[other] for other in inner[name]), default=0))
            for name in bodies
        }
    return found


# --- trials -------------------------------------------------------------------------------------


def _converter_of(
    sound: dict[str, str], unsound: dict[str, tuple[str, str]], bodies: Mapping[str, str]
) -> LatexToMathML | None:
    """math-core with the macros; or None after the one that it refuses was moved."""
    from math_core import LatexError, LatexToMathML

    known = {**MACROS, **{name: rewrite(body, display=False).tex for name, body in sound.items()}}
    try:
        return LatexToMathML(macros=known, fancy_error=False)
    except LatexError as error:
        refused = _REFUSED.match(str(error))
        name = list(known)[int(refused["number"])] if refused else ""
        if name not in sound:
            raise
        assert refused
        words, unknown = refused["words"], re.search(r'"\\(\S+)"', refused["words"])
        help = "Mend its name; the commands that LaTeX's amsmath has are known."
        if unknown and unknown[1] in bodies:
            words, help = f"it uses \\{unknown[1]}, which can't be read", "Mend that one."
        unsound[name] = (words[:1].lower() + words[1:], help)
        del sound[name]
        return None


_REFUSED = regex(r"macro(?P<number>\d+):\d+: (?P<words>.*?)\.?\s*\Z", re.DOTALL)


def _try(converter: LatexToMathML, name: str, body: str) -> str:
    """What is wrong with a macro wherever it is used; or nothing."""
    reasons = [_outcome(converter, frame % _call(name, body))[1] for frame in _FRAMES]
    words = "" if "" in reasons else reasons[0]
    return words[:1].lower() + words[1:] if _WRONG.match(words) else ""


_FRAMES = ("x%s x", r"\begin{align}x%s x&x&x\end{align}")
"""Where macros are tried out; some only work in a table."""


def _call(name: str, body: str) -> str:
    parameters = max((int(number) for number in _PARAMETER.findall(body)), default=0)
    return f"\\{name}" + "{x}" * parameters


def _hides(converter: LatexToMathML, name: str, body: str) -> bool:
    """Whether LaTeX has a command of this name that does something else."""
    plain = _plain_converter()
    _, words = _outcome(plain, f"\\{name}")
    if words.startswith(("Unknown command", "Not valid in math")):
        return False
    frame = _FRAMES[0] % _call(name, body)
    return _outcome(plain, frame)[0] != _outcome(converter, frame)[0]


@lru_cache(maxsize=1)
def _plain_converter() -> LatexToMathML:
    from math_core import LatexToMathML

    return LatexToMathML(macros=MACROS, fancy_error=False)


def _outcome(converter: LatexToMathML, tex: str) -> tuple[str, str]:
    """(MathML, reason why there is none)."""
    from math_core import LatexError

    try:
        return converter.convert_with_local_state(tex, displaystyle=True), ""
    except LatexError as error:
        return "", str(error).partition(": ")[2].strip().rstrip(".")
