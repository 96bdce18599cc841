"""The colours of drawings as pages write them: black is ink, white is paper, and all others are the author's.

Which colour words have on what is below them is `vectors`'.
"""

from __future__ import annotations

import re
from colorsys import hls_to_rgb

from sitegen.colours import read_colour
from sitegen.course.geometry import NUMBER
from sitegen.patterns import regex

INK, PAPER, SOFT, FAINT = "currentColor", "var(--paper,#fff)", "var(--soft,#eee)", "var(--quiet,#666)"
OURS = {
    "#000000": INK, "#010102": INK, "#010103": INK, "#010104": FAINT,
    "#ffffff": PAPER, "#fefefd": PAPER, "#f0f0ef": SOFT, "#f0f0ee": SOFT,
}  # fmt: skip
"""Black and white, and colours that nobody writes but `folders.drawing`, which Mermaid takes as its theme."""

_FUNCTION = regex(r"(rgb|hsl)a?\(([^()]*)\)")


def read_paint(paint: str) -> str | None:
    """`#rrggbb`; None for no colour, and for none that is known."""
    paint = paint.strip().casefold()
    match = _FUNCTION.fullmatch(paint)
    if not match:
        return read_colour(paint[:7] if re.fullmatch("#[0-9a-f]{8}", paint) else paint)
    numbers = [float(one) for one in NUMBER.findall(match[2])][:3]
    if len(numbers) < 3:
        return None
    if match[1] == "hsl":
        red, green, blue = hls_to_rgb(numbers[0] / 360 % 1, min(numbers[2] / 100, 1), min(numbers[1] / 100, 1))
        numbers = [255 * red, 255 * green, 255 * blue]
    return "#" + "".join(f"{min(255, max(0, round(one))):02x}" for one in numbers)


def write_paint(paint: str) -> str:
    """As a page writes it: `currentColor`, a custom property, `#rrggbb` or `none`."""
    colour = read_paint(paint)
    if colour is None or re.fullmatch("#[0-9a-f]{6}00", paint.strip().casefold()):
        return INK if paint.strip().casefold() == "currentcolor" else "none"
    return OURS.get(colour, colour)
