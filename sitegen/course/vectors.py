"""An SVG drawing made fit to stand in a page: only shapes and words, in the page's colours, with its font.

What isn't on the lists below doesn't pass, whoever wrote it: no script, no style, no address, no image, no name but
those of its own arrows and gradients. Black is the page's ink and white its paper, so that a drawing follows light
and dark; what the author coloured stays, and words on it are black or white, whichever can be read.

Sources: SVG 2, sections 8, 11 and 13; WCAG 2.2 SC 1.4.3.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import TypeVar

from sitegen.colours import contrast, nearest_passing
from sitegen.course.cascade import Element, Rule, look_of, read_rules
from sitegen.course.geometry import (
    LENGTH,
    NUMBER,
    Box,
    amount,
    apply,
    find_box,
    fit_box,
    holds,
    length,
    move_box,
    multiply,
    read_matrix,
    read_number,
    rounded,
    short,
    write_transform,
)
from sitegen.course.paints import FAINT, INK, OURS, read_paint, write_paint
from sitegen.patterns import regex
from sitegen.values import Value

MARK = "\U000f0002"
"""Stands in a drawing for what the names in it begin with, which a page gives."""
LETTERS = 0.88
"""How large letters are beside those that the drawing was laid out for (Arial's): pages have fonts that are wider."""
READABLE = 14.0
"""Pixels of the letters that a drawing has most of."""
LARGEST = 250_000
"""Characters of a drawing in a page."""
LEAST = 4.5
"""WCAG's contrast for text."""
PAPERS = ("#fdfcf9", "#191817")
"""The theme's, light and dark."""


class Unfit(Exception):
    """It is too large, too deep or no drawing."""


class Vector(Value):
    inside: str
    """Elements, without `<svg>` around them."""
    box: Box
    """The view box: x, y, width, height."""
    scale: float
    """CSS pixels for a unit of the box."""
    size: float
    """Of most letters, in units."""
    anchor: str
    """Where most words are held: `middle`, or empty for their start."""
    words: tuple[str, ...]
    """What can be read, in order."""
    title: str = ""
    """What the drawing says of itself."""
    pale: tuple[tuple[str, str, str], ...] = ()
    """(words, their colour, the colour below) that can't be told apart."""
    images: int = 0
    links: int = 0
    """How many there were; none of them passes."""


def clean_vector(svg: str) -> Vector:
    """Raises `Unfit` for what can't be shown."""
    try:
        root = etree.fromstring(svg)
    except etree.ParseError as error:
        raise Unfit("it isn't well-formed") from error
    if _name(root) != "svg":
        raise Unfit("it is no drawing")
    box = [float(one) for one in NUMBER.findall(root.get("viewBox", ""))]
    if len(box) != 4 or not (0 < box[2] < 100_000 and 0 < box[3] < 100_000):
        raise Unfit("it is too large")
    cleaner = _Cleaner(root)
    inside = "".join(cleaner.children(root, [_plain(root)], _Place(), 0))
    if len(inside) > LARGEST:
        raise Unfit("it is too large")
    size, anchor = _most(cleaner.sizes, 14.0), _most(cleaner.anchors, "")
    titles = [" ".join("".join(child.itertext()).split()) for child in root if _name(child) in {"title", "desc"}]
    return Vector(
        _without_usual(inside, size, anchor),
        fit_box((box[0], box[1], box[2], box[3]), cleaner.reach),
        READABLE / size,
        size,
        anchor,
        tuple(cleaner.words),
        ". ".join(title.rstrip(".") for title in titles if title),
        tuple(dict.fromkeys(cleaner.pale)),
        cleaner.images,
        cleaner.links,
    )


_Counted = TypeVar("_Counted", float, str)


def _most(counts: Counter[_Counted], otherwise: _Counted) -> _Counted:
    return max(counts, key=lambda one: (counts[one], one)) if counts else otherwise


def _without_usual(inside: str, size: float, anchor: str) -> str:
    """Without what the whole drawing says once."""
    inside = inside.replace(f' font-size="{short(size)}"', "")
    usual = anchor or "start"
    return inside.replace(f' text-anchor="{usual}"', "")


# --- what passes --------------------------------------------------------------------------------

_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_GROUPS = frozenset({"g", "marker", "symbol", "linearGradient", "radialGradient"})
_LENGTHS = {
    name: frozenset(lengths.split())
    for name, lengths in {
        "rect": "x y width height rx ry",
        "circle": "cx cy r",
        "ellipse": "cx cy rx ry",
        "line": "x1 y1 x2 y2",
        "use": "x y width height",
        "symbol": "x y width height",
        "marker": "refX refY markerWidth markerHeight",
        "linearGradient": "x1 y1 x2 y2",
        "radialGradient": "cx cy r fx fy",
    }.items()
}
_LISTS = frozenset({"d", "points", "viewBox"})
_WORDS = {
    "markerUnits": {"userSpaceOnUse", "strokeWidth"},
    "gradientUnits": {"userSpaceOnUse", "objectBoundingBox"},
    "orient": {"auto", "auto-start-reverse", "0", "90", "180", "270"},
    "fill-rule": {"evenodd", "nonzero"},
    "stroke-linecap": {"round", "square", "butt"},
    "stroke-linejoin": {"round", "bevel", "miter"},
    "font-weight": {"bold", "600", "700", "bolder"},
    "font-style": {"italic", "oblique"},
    "text-decoration": {"underline", "line-through", "overline"},
    "dominant-baseline": {"central", "middle", "hanging", "text-before-edge"},
}
_PAINTS = ("fill", "stroke")
_AMOUNTS = ("stroke-width", "opacity", "fill-opacity", "stroke-opacity")
_MARKERS = ("marker-start", "marker-mid", "marker-end")
_PATH = regex(r"[MmLlHhVvCcSsQqTtAaZzEe0-9.,+\s-]*")
_LOCAL = regex(r"""url\(\s*["']?#([^"')\s]+)["']?\s*\)""")
_DEEPEST = 60
_MOST_ELEMENTS = 20_000


class _Place(Value):
    """What an element stands in."""

    matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0)
    fill: str = ""
    """As written, of the nearest element around that has one."""
    size: float = 14.0
    weight: str = ""
    anchor: str = ""


class _Cleaner:
    def __init__(self, root: etree.Element) -> None:
        self.rules: tuple[Rule, ...] = ()
        self.named: dict[str, str] = {}
        used: set[str] = set()
        for element in root.iter():
            if _name(element) == "style":
                self.rules += read_rules("".join(element.itertext()))
            for name, value in element.attrib.items():
                used.update(_LOCAL.findall(value))
                if name.rpartition("}")[2] == "href" and value.startswith("#"):
                    used.add(value[1:])
        for element in root.iter():
            if element.get("id") in used:
                self.named.setdefault(element.attrib["id"], f"{MARK}{len(self.named)}")
        self.sizes: Counter[float] = Counter()
        self.anchors: Counter[str] = Counter()
        self.words: list[str] = []
        self.pale: list[tuple[str, str, str]] = []
        self.images = self.links = self.count = 0
        self.by_id = {element.attrib["id"]: element for element in root.iter() if element.get("id")}
        self.below: list[tuple[Box, str]] = []
        """What was painted, from the bottom: box and colour."""
        self.reach: list[Box] = []
        """Around each thing that can be seen."""

    def children(
        self, parent: Iterable[etree.Element], above: list[Element], place: _Place, depth: int
    ) -> Iterator[str]:
        if depth > _DEEPEST:
            raise Unfit("it is too deep")
        for child in parent:
            name, attributes = element = _plain(child)
            if name == "svg":  # words that were HTML; its own view box has its size
                place_of = f"translate({read_number(attributes.get('x', ''))},{read_number(attributes.get('y', ''))})"
                name, _ = element = "g", {**attributes, "transform": place_of}
            self.count += 1
            if self.count > _MOST_ELEMENTS:
                raise Unfit("it is too large")
            if name == "defs":
                yield from self._definitions(child, above, place, depth)
            elif name == "a":
                self.links += 1
                yield from self.children(child, above, place, depth + 1)
            elif name == "image":
                self.images += 1
            elif name == "text":
                yield self._text(child, element, above, place)
            elif name == "use" and (used := self._used(element)) is not None:
                yield from self.children([used], above, place, depth + 1)
            elif name in _SHAPES or name == "use":
                yield self._shape(element, above, place)
            elif name in _GROUPS:
                yield self._group(child, element, above, place, depth)

    def _used(self, element: Element) -> etree.Element | None:
        """What is shown in the place of a `<use>`, when that is no symbol."""
        used = self.by_id.get(element[1].get("href", "").removeprefix("#"))
        return None if used is None or _name(used) == "symbol" else used

    def _definitions(self, parent: etree.Element, above: list[Element], place: _Place, depth: int) -> Iterator[str]:
        named = [child for child in parent if _name(child) in _GROUPS - {"g"}]
        kept = "".join(self.children(named, [*above, ("defs", {})], place, depth + 1))
        if kept:
            yield f"<defs>{kept}</defs>"

    def _group(self, node: etree.Element, element: Element, above: list[Element], place: _Place, depth: int) -> str:
        name, attributes = element
        look = self._look(element, above)
        if look.get("display") == "none":
            return ""
        if name != "g":
            if attributes.get("id") not in self.named:
                return ""
            stops = [self._stop(stop, [*above, element]) for stop in node if _name(stop) == "stop"]
            before, reached = len(self.below), len(self.reach)
            inside = "".join((*stops, *self.children(node, [*above, element], place, depth + 1)))
            del self.below[before:], self.reach[reached:]  # it isn't painted where it is defined
            return self._tag(name, attributes, look, inside)
        inner = _Place(
            multiply(place.matrix, read_matrix(attributes.get("transform", ""))),
            look.get("fill", place.fill),
            self._size(look, place),
            look.get("font-weight", place.weight),
            look.get("text-anchor", place.anchor),
        )
        inside = "".join(self.children(node, [*above, element], inner, depth + 1))
        if not inside:
            return ""
        move = write_transform(attributes.get("transform", ""))
        shown = self._attributes("g", {}, _chosen(look, "opacity"))
        return f"<g{move}{shown}>{inside}</g>" if move or shown else inside

    def _stop(self, node: etree.Element, above: list[Element]) -> str:
        element = _plain(node)
        look = self._look(element, above)
        colour = write_paint(look.get("stop-color", "black"))
        opacity = amount(look.get("stop-opacity", ""))
        offset = length(element[1].get("offset", "0"))
        return f'<stop offset="{offset}" stop-color="{colour}"' + (f' stop-opacity="{opacity}"/>' if opacity else "/>")

    def _shape(self, element: Element, above: list[Element], place: _Place) -> str:
        name, attributes = element
        look = self._look(element, above)
        if look.get("display") == "none" or look.get("visibility") == "hidden":
            return ""
        if name == "use" and attributes.get("href", "")[1:] not in self.named:
            return ""
        fill = look.get("fill", place.fill or "black")
        look["fill"] = fill
        paints = (fill, look.get("stroke", "none"))
        if all(write_paint(paint) == "none" and not _LOCAL.search(paint) for paint in paints):
            return ""
        box = find_box(name, attributes)
        if box:
            box = move_box(box, multiply(place.matrix, read_matrix(attributes.get("transform", ""))))
            self.reach.append(box)
            if write_paint(fill) != "none" and name != "line":
                self.below.append((box, fill))
        return self._tag(name, attributes, look, "")

    def _text(self, node: etree.Element, element: Element, above: list[Element], place: _Place) -> str:
        _, attributes = element
        look = self._look(element, above)
        words = " ".join("".join(node.itertext()).split())
        if not words or look.get("display") == "none":
            return ""
        self.words.append(words)
        size = self._size(look, place) * LETTERS
        anchor = look.get("text-anchor", place.anchor)
        anchor = anchor if anchor in {"middle", "end"} else ""
        self.sizes[round(size, 1)] += len(words)
        self.anchors[anchor] += 1
        fills = [self._look(_plain(child), [*above, element]).get("fill") for child in node]
        fill = next(filter(None, (*fills, look.get("fill"), place.fill)), "black")
        matrix = multiply(place.matrix, read_matrix(attributes.get("transform", "")))
        x, y = apply(matrix, read_number(attributes.get("x", "0")), read_number(attributes.get("y", "0")) - size * 0.3)
        if any("dy" in one.attrib for one in (node, *node)):
            y += size  # Mermaid puts a line of words below their place
        paint = self._ink(words, fill, x, y)
        wide = 0.6 * size * len(words)
        start = {"middle": x - wide / 2, "end": x - wide}.get(anchor, x)
        self.reach.append((start, y - size, start + wide, y + size))
        weight = look.get("font-weight", place.weight)
        mono = ' font-family="var(--mono,monospace)"' if _MONO.search(look.get("font-family", "")) else ""
        shown = {
            key: look[key] for key in ("font-style", "text-decoration", "dominant-baseline", "opacity") if key in look
        }
        opening = "".join(
            (
                "<text",
                write_transform(attributes.get("transform", "")),
                "".join(f' {key}="{length(attributes[key])}"' for key in ("x", "y", "dx", "dy") if key in attributes),
                f' font-size="{short(round(size, 1))}"',
                f' text-anchor="{anchor or "start"}"',
                f' fill="{paint}"' if paint != INK else "",
                mono,
                self._attributes("text", {}, shown | {"font-weight": weight}),
            )
        )
        return f"{opening}>{''.join(self._runs(node, [*above, element]))}</text>"

    def _runs(self, node: etree.Element, above: list[Element]) -> Iterator[str]:
        yield escape(node.text or "", quote=False)
        for child in node:
            if _name(child) == "tspan":
                element = _plain(child)
                look = self._look(element, above)
                places = "".join(
                    f' {key}="{length(element[1][key])}"' for key in ("x", "y", "dx", "dy") if key in element[1]
                )
                shown = _chosen(look, "font-style", "font-weight", "text-decoration")
                attributes = places + self._attributes("tspan", {}, shown)
                inside = "".join(self._runs(child, [*above, element]))
                if inside:
                    yield f"<tspan{attributes}>{inside}</tspan>" if attributes else inside
            yield escape(child.tail or "", quote=False)

    def _ink(self, words: str, fill: str, x: float, y: float) -> str:
        """The colour of words at a point, so that they can be read on what is below them."""
        given = OURS.get(read_paint(fill) or "", "")
        below = next((paint for box, paint in reversed(self.below) if holds(box, x, y)), "none")
        ground = None if OURS.get(read_paint(below) or "", "") else self._solid(below)
        if ground:
            if given in {INK, FAINT}:
                return max("#000", "#fff", key=lambda ink: contrast(ink + ink[1:], ground))
            colour = "#ffffff" if given else read_paint(fill) or "#000000"
            if contrast(colour, ground) < LEAST:
                self.pale.append((words, colour, ground))
            return colour
        if given:
            return given
        colour = read_paint(fill) or "#000000"
        light, dark = (nearest_passing(colour, (paper,), LEAST) or colour for paper in PAPERS)
        return light if light == dark else f"light-dark({light},{dark})"

    def _solid(self, paint: str) -> str | None:
        return read_paint(paint) if write_paint(paint) != "none" else None

    def _look(self, element: Element, above: list[Element]) -> dict[str, str]:
        _, attributes = element
        given = {key: value for key, value in attributes.items() if key in _PRESENTED}
        if not self.rules and "style" not in attributes:
            return given
        return {**given, **look_of(element, above, self.rules)}

    def _size(self, look: dict[str, str], place: _Place) -> float:
        match = LENGTH.fullmatch(look.get("font-size", "").strip())
        if not match:
            return place.size
        number = float(match[1])
        return min(max(number * place.size if match[2] == "em" else number, 4), 200)

    def _tag(self, name: str, attributes: Mapping[str, str], look: Mapping[str, str], inside: str) -> str:
        shown = self._attributes(name, attributes, look)
        return f"<{name}{shown}>{inside}</{name}>" if inside else f"<{name}{shown}/>"

    def _attributes(self, name: str, attributes: Mapping[str, str], look: Mapping[str, str]) -> str:
        found: dict[str, str] = {}
        if attributes.get("id") in self.named:
            found["id"] = self.named[attributes["id"]]
        for key, value in attributes.items():
            if key in _LENGTHS.get(name, ()):
                found[key] = length(value)
            elif key in _LISTS and _PATH.fullmatch(value):
                found[key] = rounded(value)
            elif key == "href" and name == "use":
                found[key] = f"#{self.named[value[1:]]}" if value[1:] in self.named else ""
        for key in _PAINTS[name == "line" :]:
            if key in look:
                local = _LOCAL.fullmatch(look[key].strip())
                paint = f"url(#{self.named[local[1]]})" if local and local[1] in self.named else write_paint(look[key])
                if paint != ("none" if key == "stroke" else INK):
                    found[key] = paint
        for key in _AMOUNTS:
            much = amount(look.get(key, ""))
            if much and much != "1":
                found[key] = much
        dashes = [short(float(one)) for one in NUMBER.findall(look.get("stroke-dasharray", ""))]
        if any(dash != "0" for dash in dashes[1:] or dashes):
            found["stroke-dasharray"] = ",".join(dashes)
        for key in _MARKERS:
            local = _LOCAL.fullmatch(look.get(key, "").strip())
            if local and local[1] in self.named:
                found[key] = f"url(#{self.named[local[1]]})"
        for key, words in _WORDS.items():
            value = look.get(key, attributes.get(key, ""))
            if value in words:
                found[key] = value
        move = write_transform(attributes.get("transform", ""))
        return move + "".join(f' {key}="{value}"' for key, value in found.items() if value)


_PRESENTED = frozenset(
    {*_PAINTS, *_AMOUNTS, *_MARKERS, *_WORDS, "stroke-dasharray", "font-size", "font-family", "text-anchor"}
    | {"display", "visibility", "stop-color", "stop-opacity"}
)
_MONO = regex(r"mono|courier|consol|menlo", re.IGNORECASE)


def _chosen(look: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: look[name] for name in names if name in look}


def _name(element: etree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _plain(element: etree.Element) -> Element:
    return _name(element), {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
