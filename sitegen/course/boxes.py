"""A slide's HTML as boxes inside one another, for `heights`, which tells how high they are.

Reads what sitegen has written, and what an author's HTML may hold; nothing here knows sizes but those of formulas.
"""

from __future__ import annotations

import re
from html import unescape

from sitegen.course.formulasizes import measure_formula
from sitegen.patterns import regex
from sitegen.values import Value, field

DEEPEST = 60
"""Elements inside one another; what is deeper counts as text."""


class Box(Value, frozen=False):
    """An element, or the top of a slide."""

    name: str
    attributes: str = ""
    children: list[Box | str] = field(factory=list)

    @property
    def classes(self) -> list[str]:
        found = _CLASS.search(self.attributes)
        return found[1].split() if found else []


_CLASS = regex(r'\bclass="([^"]*)"')


def read_slide(html: str) -> Box:
    """The elements of a slide; what is never closed ends with what it stands in."""
    html = _DRAWING.sub(r"\1</svg>", _FORMULA.sub(_weigh_formula, html))
    open_boxes = [Box("div")]
    for match in _TAG.finditer(html):
        closes, name, attributes, text = match[1], (match[2] or "").casefold(), match[3] or "", match[4]
        if text:
            open_boxes[-1].children.append(unescape(text))
        elif closes:
            depth = next((n for n in range(len(open_boxes) - 1, 0, -1) if open_boxes[n].name == name), 0)
            del open_boxes[depth or len(open_boxes) :]
        elif name:
            box = Box(name, attributes)
            open_boxes[-1].children.append(box)
            if name not in _VOID and not attributes.endswith("/") and len(open_boxes) < DEEPEST:
                open_boxes.append(box)
    return open_boxes[0]


def _weigh_formula(match: re.Match[str]) -> str:
    """A formula as one element that says how wide and high it is."""
    extent = measure_formula(match[0])
    return f'<math data-tall="{max(1.2, extent.height):.2f}" data-width="{extent.width:.2f}"></math>'


_FORMULA = regex(r"<math\b.*?</math>", re.DOTALL)
_DRAWING = regex(r"(<svg\b[^>]*>).*?</svg>", re.DOTALL)
_TAG = regex(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>|([^<]+|<)", re.DOTALL)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
