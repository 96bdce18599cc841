"""How wide and high a formula will be: an estimate from its MathML, in em of the text around it.

For `heights`, which knows the rest of a slide. The numbers are those of Latin Modern Math and its relatives.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from sitegen.patterns import regex
from sitegen.values import Value, field


class Extent(NamedTuple):
    width: float
    above: float
    """Over the line on which letters stand."""
    below: float

    @property
    def height(self) -> float:
        return self.above + self.below


class _Open(Value, frozen=False):
    name: str
    is_display: bool
    attributes: str = ""
    parts: list[Extent] = field(factory=list)
    text: str = ""


_LETTER = Extent(0.0, 0.75, 0.25)
_SCRIPT = 0.72
"""The size of scripts beside that of what they stand at."""
_AXIS = 0.25
"""The height of fractions' lines."""
_WIDTHS = {
    **dict.fromkeys("iljt|!.:;,'∣ˆ~", 0.34), **dict.fromkeys("()[]{}", 0.42),
    **dict.fromkeys("ABCDEFGHKLMNOPQRUVWXYZmwM", 0.74), **dict.fromkeys("∑∏⋃⋂⨁⨂", 1.05),
    **dict.fromkeys("→←⇒⇐⇔↦⟶⟹…⋯", 1.0),
}  # fmt: skip
_SPACED = frozenset("=<>≤≥≈≡∼∝→←⇒⇔↦∈∉⊂⊆∣≠:+-−±×·∘∗/∧∨∪∩")
_LARGE = frozenset("∑∏⋃⋂⨁⨂∐⋁⋀")
_PARTS = regex(r"<(/?)([a-z]+)([^<>]*?)(/?)>|([^<]+)")
_BELOW, _ABOVE = frozenset({"munder", "munderover"}), frozenset({"mover", "munderover"})
_SOURCE = regex(r"<annotation.*?</annotation>", re.DOTALL)


def measure_formula(mathml: str) -> Extent:
    """The extent of a `math` element, which may be damaged: what isn't known counts as a row."""
    is_display = 'display="block"' in mathml[:200]
    stack = [_Open("mrow", is_display)]
    for closes, name, attributes, closed, text in _PARTS.findall(_SOURCE.sub("", mathml)):
        if text:
            stack[-1].text += unescape(text)
        elif closes:
            if len(stack) > 1:
                stack[-2].parts.append(_extent(stack.pop()))
        else:
            given = re.search(r'displaystyle="(\w+)"', attributes)
            inherited = stack[-1].is_display and stack[-1].name != "mfrac"
            stack.append(_Open(name, given[1] == "true" if given else inherited, attributes))
            if closed:
                stack[-2].parts.append(_extent(stack.pop()))
    while len(stack) > 1:
        stack[-2].parts.append(_extent(stack.pop()))
    return _row(stack[0].parts)


def _extent(element: _Open) -> Extent:
    name, parts = element.name, element.parts
    if name == "mspace":
        width = re.search(r'width="(-?[\d.]+)em"', element.attributes)
        return Extent(float(width[1]) if width else 0.0, 0.0, 0.0)
    if not parts:
        return _letters(element)
    if name == "mfrac" and len(parts) == 2:
        top, bottom = parts if element.is_display else [_scale(part) for part in parts]
        return Extent(max(top.width, bottom.width) + 0.25, _AXIS + 0.15 + top.height, bottom.height + 0.15 - _AXIS)
    if name in {"msub", "msup", "msubsup", "mmultiscripts"}:
        base, *scripts = parts
        small = [_scale(part) for part in scripts]
        above = base.above + (0.2 if name != "msub" else 0.0)
        below = base.below + (0.15 if name != "msup" else 0.0)
        return Extent(base.width + max((part.width for part in small), default=0.0), above, below)
    if name in _BELOW | _ABOVE and len(parts) > 1:
        return _stacked(element)
    if name in {"msqrt", "mroot"}:
        inside = _row(parts[:1] if name == "mroot" else parts)
        return Extent(inside.width + 0.85, inside.above + 0.2, inside.below)
    if name == "mtable":
        return _table(element)
    if name == "mtd":
        # The space beside a cell is the style sheet's: none where an alignment's halves meet.
        inside = _row(parts)
        return inside._replace(width=inside.width + (0.1 if "close" in element.attributes else 0.8))
    return _row(parts)


def _letters(element: _Open) -> Extent:
    text = element.text.strip()
    width = sum(_WIDTHS.get(letter, 0.55 if letter < "\u2e80" else 1.0) for letter in text)
    if element.name == "mo" and text in _SPACED and 'lspace="0"' not in element.attributes:
        width += 0.5
    if element.name == "mtext":
        width = sum(0.28 if letter in " .,ijlt" else 0.46 for letter in element.text)
    if text in _LARGE and element.is_display:
        return Extent(1.45, 0.95, 0.45)
    if text in {"∫", "∮", "∬", "∭"} and element.is_display:
        return Extent(width + 0.4, 1.35, 0.9)
    return _LETTER._replace(width=width) if text else Extent(0.0, 0.0, 0.0)


def _stacked(element: _Open) -> Extent:
    """What stands over and under another: limits, braces, accents."""
    base, *others = element.parts
    is_accent = "accent" in element.attributes
    small = [_scale(part) for part in others]
    under = small[0].height + 0.1 if element.name in _BELOW else 0.0
    over = small[-1].height + 0.1 if element.name in _ABOVE else 0.0
    if is_accent:
        return Extent(base.width, base.above + 0.25 * bool(over), base.below + 0.4 * bool(under))
    if not element.is_display:
        return Extent(base.width + max(part.width for part in small), base.above + 0.2, base.below + 0.15)
    return Extent(max(base.width, *(part.width for part in small)), base.above + over, base.below + under)


def _table(table: _Open) -> Extent:
    least, space = (1.55, 0.15) if table.is_display else (1.3, 0.2)
    height = sum(max(least, row.height + space) for row in table.parts)
    return Extent(max(row.width for row in table.parts), height / 2 + _AXIS, height / 2 - _AXIS)


def _row(parts: list[Extent]) -> Extent:
    return Extent(
        sum(part.width for part in parts),
        max((part.above for part in parts), default=0.0),
        max((part.below for part in parts), default=0.0),
    )


def _scale(part: Extent) -> Extent:
    return Extent(part.width * _SCRIPT, part.above * _SCRIPT, part.below * _SCRIPT)
