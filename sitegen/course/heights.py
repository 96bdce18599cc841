"""How high a slide will be: an estimate from its HTML, in rem, of which a slide is 64 wide and 36 high.

Pure, and made for telling before class what a browser would show in it: letters have the widths of a rather wide
text face, so that what fits here fits with narrower ones. The sizes are those of `slides.css`; a browser test
compares both on real decks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from sitegen.course.boxes import Box
from sitegen.values import Value, field

FRAME = 36.0
"""A slide's height."""
WIDTH = 57.0
"""Of what stands in it, between its margins."""
MEASURE = {"spare": 54.0, "roomy": 54.0}
"""The longest line of text, where it isn't 50."""
MARGINS = 2.5 + 2.75
"""Above and below."""
FIGURE = 12.0
"""A figure takes the room that is left, but at least this."""
FLAT = "flat"
"""Class of a drawing that is so much wider than high that it is never as high as that."""


class Setting(Value):
    """What a class of density means."""

    text: float
    code: float
    gap: float
    """Between blocks, in em."""


SETTINGS = {
    "spare": Setting(2.1, 1.5, 0.75),
    "roomy": Setting(1.8, 1.3, 0.75),
    "": Setting(1.5, 1.15, 0.75),
    "dense": Setting(1.25, 0.95, 0.75),
    "denser": Setting(1.05, 0.75, 0.6),
}
"""From the largest letters to the smallest, by their class in the style sheet."""
SMALLEST = SETTINGS["denser"]
LINE = 1.35


class Size(Value):
    height: float
    """With margins, in rem."""
    crowding: float
    """How much wider what can't be broken is than its room: 1.0 if it just fits, 2.0 if it needs twice as much."""
    crowded: str
    """What is widest: "table" or "formula"; or empty."""


def estimate_height(slide: Box, density: str, classes: Sequence[str] = (), title: str = "") -> float:
    return estimate_size(slide, density, classes, title).height


def estimate_size(slide: Box, density: str, classes: Sequence[str] = (), title: str = "") -> Size:
    """The size of a slide; `title` is the lecture's, on the opening slide alone."""
    setting = SETTINGS[density]
    if "full" in classes:
        slide = Box("div", "", [box for box in slide.children if not (isinstance(box, Box) and _is_picture(box))])
    height = MARGINS
    if title:
        height += _wrap(_words([title], bold=True), 50 / 3.6) * 3.6 * 1.1 + 1.5 + 3 * 1.25 * 1.5
        height += 2.5 if any(isinstance(child, Box) for child in slide.children) else 0
    layout = _Layout(setting, large="section" in classes, classes=classes)
    height += layout.stack(slide, setting.text, WIDTH, MEASURE.get(density, 50.0))
    return Size(height, *max(layout.crowds, default=(0.0, "")))


# --- blocks -------------------------------------------------------------------------------------

_HIDDEN = frozenset({"aside", "script", "style", "title", "desc", "template"})
_INLINE = frozenset(
    "a abbr b bdi bdo br cite code del dfn em i input ins kbd label mark math q s samp small span strong sub sup time "
    "u var wbr".split()
)


class _Layout(Value):
    setting: Setting
    large: bool
    classes: Sequence[str]
    crowds: list[tuple[float, str]] = field(factory=list)
    """(what it needs as a share of its room, what it is) for each thing that can't be broken into lines."""

    def stack(self, parent: Box, em: float, width: float, measure: float | None = None) -> float:
        """Blocks below one another; text between them is a paragraph."""
        height, above = 0.0, ""
        for block in _blocks(parent):
            wide = block.name in {"figure", "pre"} or not {"table", "highlight", "math", "sides"}.isdisjoint(
                block.classes
            )
            own = self.block(block, em, width if wide or measure is None else min(width, measure))
            if own:
                height += own + self._gap(above, block, em)
                above = next((name for name in ("headline", "admonition-title") if name in block.classes), block.name)
        return height

    def _gap(self, above: str, block: Box, em: float) -> float:
        if not above:
            return 0.0
        if above == "headline":
            return 1.5
        if block.name == "figure":
            return 1.25
        if above in {"summary", "admonition-title"}:
            return 0.25 * em
        if block.name == "li":
            return 0.4 * em
        if {above, block.name} <= {"dt", "dd"}:
            return 0.5 * em if block.name == "dt" else 0.1 * em
        return 0.0 if block.name == "tr" else self.setting.gap * em

    def block(self, box: Box, em: float, width: float) -> float:
        name, classes = box.name, box.classes
        if "headline" in classes:
            size = 3.6 if self.large else 2.4
            return _wrap(_words(box.children, bold=True), (50 if self.large else 56) / size) * size * 1.15
        if name == "pre" or "highlight" in classes:
            return self._code(box, width)
        if name == "figure" or _is_picture(box):
            return self._figure(box, em, width)
        if name == "table":
            height, needs = _table(box, 0.85 * em, width)
            self.crowds.append((needs / width, "table"))
            return height
        if name == "details" or "admonition" in classes:
            return 0.2 + self.stack(box, em, width - 1.2)
        if name == "summary":
            return self._text(box, em, width - 1, bold=True) + 0.6
        if "admonition-title" in classes:
            return self._text(box, 0.85 * em, width, bold=True)
        if name in {"ul", "ol"}:
            return self.stack(box, em, width - 1.15 * em)
        if name in {"blockquote", "dd"}:
            return self.stack(box, em, width - (1.4 if name == "blockquote" else 1.15) * em)
        if "sides" in classes:
            return self._sides(box, em, width)
        if "footnote" in classes:
            return 0.75 * em + self.stack(box, 0.7 * em, width)
        if name == "div" and "math" in classes:
            formulas = list(_all_math(box))
            number = 2.0 if "numbered" in classes else 0.0  # what it takes on the other side, too
            self.crowds.extend(((_wide(child) + number) * em / width, "formula") for child in formulas)
            return max(map(_tall, formulas), default=1.2) * em
        if name in {"video", "audio", "iframe", "object", "embed"}:
            return _number(box, "height", 150) / 20
        if name == "hr":
            return 0.2 * em
        if re.fullmatch("h[1-6]", name):
            return self._text(box, 1.15 * em, width, line=1.2, bold=True)
        has_blocks = any(isinstance(child, Box) and child.name not in _INLINE for child in box.children)
        return self.stack(box, em, width) if has_blocks else self._text(box, em, width, bold=name == "dt")

    def _text(self, box: Box, em: float, width: float, line: float = LINE, bold: bool = False) -> float:
        lines = _wrap(_words(box.children, bold=bold), width / em)
        extra = [max(0.0, _tall(math) - line) for math in _all_math(box)]
        return (lines * line + min(sum(extra), lines * max(extra, default=0.0))) * em

    def _code(self, box: Box, width: float) -> float:
        """Lines that are too long go on in the next one, which is ugly, so it counts twice while there is a choice."""
        lines = _plain(box).strip("\n").split("\n")
        room = max(1, int((width - 2) / (0.602 * self.setting.code)))
        cut = sum(max(0, len(line) - 1) // room for line in lines)
        ugliness = 1 if self.setting is SMALLEST else 2
        is_titled = any("filename" in child.classes for child in _boxes(box))
        return (len(lines) - is_titled + ugliness * cut) * self.setting.code * 1.3 + 1.5 + 1.7 * is_titled

    def _figure(self, box: Box, em: float, width: float) -> float:
        """A picture of a height that gives way, with its caption; or what else stands in a figure."""
        if not any(True for _ in _pictures(box)):
            return self.stack(box, em, width)
        captions = [child for child in _boxes(box) if child.name == "figcaption" and "notes-only" not in child.classes]
        text = sum(self._text(Box("p", "", _flat(caption)), 0.85 * em * 1.06, min(width, 52)) for caption in captions)
        flat = next((child for child in _pictures(box) if FLAT in child.classes), None)
        height = _number(flat, "height", 0) / _number(flat, "width", 1) * width if flat else FIGURE
        return height + text + 0.75 * len(captions)

    def _sides(self, box: Box, em: float, width: float) -> float:
        columns = [child for child in box.children if isinstance(child, Box)]
        shares = [1.0] * len(columns)
        if len(columns) == 2 and "wide-left" in self.classes:
            shares = [2.0, 1.0]
        elif len(columns) == 2 and "wide-right" in self.classes:
            shares = [1.0, 2.0]
        room = width - 3 * (len(columns) - 1)
        return max(
            self.stack(column, em, room * share / sum(shares)) for column, share in zip(columns, shares, strict=True)
        )


def _blocks(parent: Box) -> Iterator[Box]:
    line: list[Box | str] = []
    for child in parent.children:
        if isinstance(child, Box) and child.name not in _INLINE:
            if _plain(Box("p", "", line)).strip():
                yield Box("p", "", line)
            line = []
            if child.name not in _HIDDEN and "notes-only" not in child.classes:
                yield child
        else:
            line.append(child)
    if _plain(Box("p", "", line)).strip():
        yield Box("p", "", line)


def _flat(box: Box) -> list[Box | str]:
    """What a caption says, whether or not it is in paragraphs."""
    return [_plain(box)]


def _boxes(box: Box) -> Iterator[Box]:
    yield box
    for child in box.children:
        if isinstance(child, Box):
            yield from _boxes(child)


def _pictures(box: Box) -> Iterator[Box]:
    return (child for child in _boxes(box) if child.name in {"svg", "img", "picture", "canvas"})


def _is_picture(box: Box) -> bool:
    """A picture that stands alone."""
    return box.name in {"svg", "img", "picture", "figure", "p"} and not _plain(box).strip() and any(_pictures(box))


def _table(box: Box, em: float, width: float) -> tuple[float, float]:
    """The height, and the width that it needs at least.

    Columns are as wide as their longest cells, or narrower in proportion; the highest cell gives a row its height.
    """
    rows = [[cell for cell in row.children if isinstance(cell, Box)] for row in _boxes(box) if row.name == "tr"]
    words = [[_words(cell.children, sans=True, bold=cell.name == "th") for cell in row] for row in rows]
    count = max(map(len, words), default=0)
    natural = [
        max((sum(row[n]) + 0.25 * len(row[n]) for row in words if n < len(row)), default=0.0) * em for n in range(count)
    ]
    least = [max((max(row[n], default=0.0) for row in words if n < len(row)), default=0.0) * em for n in range(count)]
    room = width - 1.25 * em * max(0, count - 1)
    if sum(natural) > room:
        slack = sum(natural) - sum(least)
        share = max(0.0, room - sum(least)) / slack if slack else 0.0
        natural = [low + (high - low) * share for low, high in zip(least, natural, strict=True)]
    height = 0.0
    for row in words:
        lines = max((_wrap(cell, natural[n] / em + 0.3) for n, cell in enumerate(row)), default=1)
        height += (lines * 1.4 + 0.7) * em + 0.05
    captions = [child for child in _boxes(box) if child.name == "caption"]
    needs = sum(max(one / _SANS * 1.08, 4 - 1.25 * em) for one in least) + 1.25 * em * (
        count - 1
    )  # no cell is under 4 rem
    return height + sum(1.4 * em for _ in captions), needs


# --- lines --------------------------------------------------------------------------------------


def _wrap(words: Sequence[float], width: float) -> int:
    """Lines that words of these widths take in a column, all in em."""
    lines, used = 1, 0.0
    for word in words:
        if word == _BREAK:
            lines, used = lines + 1, 0.0
            continue
        if used and used + _SPACE + word > width:
            lines, used = lines + 1, 0.0
        used += (_SPACE if used else 0.0) + word
        if used > width > 0:  # a word that is longer than its line is cut
            lines += int(used // width)
            used %= width
    return lines


_BREAK = -1.0
_SPACE = 0.275
_FACE = 1.1
"""Charter beside Times, whose widths are below."""
_SANS = 1.2
_WIDTHS = {
    **dict.fromkeys("ijlt|!,.:;'’‘()[]/ ", 0.28), **dict.fromkeys("frI-", 0.333), **dict.fromkeys("sJ", 0.389),
    **dict.fromkeys("acez?“”\"", 0.444), **dict.fromkeys("ESFLPTZ", 0.58), **dict.fromkeys("ABCRXVYDGHKNOQUw&", 0.71),
    **dict.fromkeys("mM%W—", 0.85),
}  # fmt: skip
"""Of letters, in em; others are half as wide as high."""


@lru_cache(maxsize=20_000)
def _measure(word: str) -> float:
    """In em of Times; Chinese, Japanese and Korean signs are as wide as high in any face."""
    return sum(_WIDTHS.get(letter, 0.5 if letter < "\u2e80" else 1 / _FACE) for letter in word)


def _words(children: Sequence[Box | str], bold: bool = False, sans: bool = False) -> list[float]:
    """The widths of words, in em of the text around them."""
    widths: list[float] = []
    is_open = False  # whether the last word may go on in the next piece
    for text, mono, scale in _pieces(children, 1.07 if bold else 1.0, False):
        if text == "\n\n":
            widths.append(_BREAK)
            is_open = False
            continue
        for part in re.split(r"([ \t\n]+)", text):
            if not part:
                continue
            if part.isspace():
                is_open = False
                continue
            width = (0.56 * len(part) if mono else _measure(part) * (_SANS if sans else _FACE)) * scale
            if is_open:
                widths[-1] += width
            else:
                widths.append(width)
            is_open = True
    return widths


def _pieces(children: Sequence[Box | str], scale: float, mono: bool) -> Iterator[tuple[str, bool, float]]:
    for child in children:
        if isinstance(child, str):
            yield child, mono, scale
        elif child.name == "br":
            yield "\n\n", mono, scale
        elif child.name == "math":
            yield "x" * max(1, round(_wide(child) / (0.5 * _FACE))), mono, scale
        elif "own" in child.classes:  # a displayed formula inside a paragraph
            yield from (("\n\n", mono, scale), *_pieces(child.children, scale, mono))
            if child is not children[-1]:
                yield "\n\n", mono, scale
        elif child.name not in _HIDDEN and "notes-only" not in child.classes:
            bolder = 1.07 if child.name in {"strong", "b", "th"} else 1.0
            smaller = 0.75 if child.name in {"sup", "sub", "small"} else 0.85 if "cite" in child.classes else 1.0
            is_mono = mono or child.name in {"code", "kbd", "samp"}
            yield from _pieces(child.children, scale * bolder * smaller, is_mono)


def _plain(box: Box) -> str:
    return "".join(child if isinstance(child, str) else _plain(child) for child in box.children) or (
        "x" if box.name == "math" else ""
    )


def _number(box: Box, name: str, otherwise: float) -> float:
    found = re.search(rf'\b{name}="(\d+(?:\.\d+)?)', box.attributes)
    return float(found[1]) if found else otherwise


# --- formulas -----------------------------------------------------------------------------------


def _all_math(box: Box) -> Iterator[Box]:
    return (child for child in _boxes(box) if child.name == "math")


def _tall(math: Box) -> float:
    """The height of a formula, in em."""
    return _number(math, "data-tall", 1.2)


def _wide(math: Box) -> float:
    """The width of a formula, in em."""
    return _number(math, "data-width", 0.5)
