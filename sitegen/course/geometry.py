"""Numbers in a drawing: short enough for a page, and where on it things are.

SVG 2, sections 8 and 9. What is drawn, and in which colours, is `vectors`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import cos, radians, sin

from sitegen.patterns import regex

NUMBER = regex(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
LENGTH = regex(rf"({NUMBER.pattern})(px|pt|em|%)?")
_TRANSFORM = regex(r"(translate|scale|rotate|matrix)\(([^()]*)\)")

Matrix = tuple[float, ...]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def short(number: float) -> str:
    """At most one digit after the point: a tenth of a unit can't be seen."""
    text = f"{number:.1f}"
    return text.removesuffix(".0").replace("-0", "0") if text in {"-0.0", "0.0"} else text.removesuffix(".0")


def read_number(text: str) -> float:
    match = NUMBER.match(text.strip())
    return float(match[0]) if match else 0.0


def length(text: str) -> str:
    match = LENGTH.fullmatch(text.strip())
    if not match:
        return ""
    unit = match[2] if match[2] in {"em", "%"} else ""
    return f"{float(match[1]):.4g}{unit}" if unit else short(float(match[1]))


def amount(text: str) -> str:
    """A width or an opacity."""
    match = LENGTH.fullmatch(text.strip())
    return f"{min(max(float(match[1]), 0), 40):.3g}" if match else ""


def rounded(text: str) -> str:
    """A path or a list of points."""
    text = NUMBER.sub(lambda match: short(float(match[0])) if "." in match[0] or "e" in match[0] else match[0], text)
    return " ".join(text.split())


# --- where things are ---------------------------------------------------------------------------


def read_matrix(transform: str) -> Matrix:
    whole: Matrix = (1, 0, 0, 1, 0, 0)
    for match in _TRANSFORM.finditer(transform):
        numbers = [float(number) for number in NUMBER.findall(match[2])]
        one: Matrix = (1, 0, 0, 1, 0, 0)
        if not numbers:
            continue
        if match[1] == "translate":
            one = (1, 0, 0, 1, numbers[0], numbers[1] if len(numbers) > 1 else 0)
        elif match[1] == "scale":
            one = (numbers[0], 0, 0, numbers[1] if len(numbers) > 1 else numbers[0], 0, 0)
        elif match[1] == "matrix" and len(numbers) == 6:
            one = tuple(numbers)
        elif match[1] == "rotate":
            angle = radians(numbers[0])
            one = (cos(angle), sin(angle), -sin(angle), cos(angle), 0, 0)
            if len(numbers) == 3:
                x, y = numbers[1:]
                one = multiply(multiply((1, 0, 0, 1, x, y), one), (1, 0, 0, 1, -x, -y))
        whole = multiply(whole, one)
    return whole


def multiply(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, x, y = other
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * x + c * y + e, b * x + d * y + f)


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def write_transform(transform: str) -> str:
    """The transformation as an attribute; nothing for one that moves nothing."""
    parts = []
    for match in _TRANSFORM.finditer(transform):
        numbers = [float(number) for number in NUMBER.findall(match[2])]
        if not numbers or set(numbers) == ({1.0} if match[1] == "scale" else {0.0}):
            continue
        written = [short(one) if match[1] == "translate" else f"{one:.4g}" for one in numbers]
        parts.append(f"{match[1]}({','.join(written)})")
    return f' transform="{" ".join(parts)}"' if parts else ""


_MARGIN = 6.0
"""Units left around what is drawn, where the drawing has as much or more."""


def fit_box(box: Box, reach: list[Box]) -> Box:
    """A view box (left, top, width, height) that holds all that is reached, and not much besides."""
    if not reach:
        return box
    left, top = min(one[0] for one in reach), min(one[1] for one in reach)
    right, bottom = max(one[2] for one in reach), max(one[3] for one in reach)
    left, top = min(left - 1, max(left - _MARGIN, box[0])), min(top - 1, max(top - _MARGIN, box[1]))
    right = max(right + 1, min(right + _MARGIN, box[0] + box[2]))
    bottom = max(bottom + 1, min(bottom + _MARGIN, box[1] + box[3]))
    return left, top, right - left, bottom - top


def find_box(name: str, attributes: Mapping[str, str]) -> Box | None:
    """Around a shape; a path's curves may leave it by a little."""

    def at(key: str) -> float:
        return read_number(attributes.get(key, "0"))

    if name == "line":
        xs, ys = sorted((at("x1"), at("x2"))), sorted((at("y1"), at("y2")))
        return xs[0], ys[0], xs[1], ys[1]
    if name == "rect":
        return at("x"), at("y"), at("x") + at("width"), at("y") + at("height")
    if name in {"circle", "ellipse"}:
        rx, ry = at("r") or at("rx"), at("r") or at("ry")
        return at("cx") - rx, at("cy") - ry, at("cx") + rx, at("cy") + ry
    if name == "path":
        points = list(_walk(attributes.get("d", "")))
    else:
        numbers = [float(found) for found in NUMBER.findall(attributes.get("points", ""))[:_MOST_NUMBERS]]
        points = list(zip(numbers[::2], numbers[1::2], strict=False))
    if len(points) < 2:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


_MOST_NUMBERS = 4_000
_STEP = regex(rf"([MmLlHhVvCcSsQqTtAaZz])((?:[,\s]*{NUMBER.pattern})*)")
_OPERANDS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7}


def _walk(path: str) -> Iterator[tuple[float, float]]:
    """The points that a path comes by."""
    x = y = 0.0
    for step in _STEP.finditer(path[: 10 * _MOST_NUMBERS]):
        kind, relative = step[1].lower(), step[1].islower()
        numbers = [float(found) for found in NUMBER.findall(step[2])]
        for at in range(0, len(numbers), count := _OPERANDS.get(kind, len(numbers) or 1)):
            operands = numbers[at : at + count]
            if len(operands) < count:
                break
            dx = operands[-1] if kind == "h" else 0.0 if kind == "v" else operands[-2]
            dy = operands[-1] if kind != "h" else 0.0
            before, y = (x, y), y + dy if relative else y if kind == "h" else dy
            x = x + dx if relative else x if kind == "v" else dx
            yield x, y
            if kind == "a" and operands[3]:  # the longer way around
                middle = (before[0] + x) / 2, (before[1] + y) / 2
                yield middle[0] - operands[0], middle[1] - operands[1]
                yield middle[0] + operands[0], middle[1] + operands[1]


def move_box(box: Box, matrix: Matrix) -> Box:
    corners = [apply(matrix, x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
