"""Colours as numbers: how a page's author writes one, WCAG's contrast, and the nearest colour that can be read.

A colour is `#rrggbb` in small letters everywhere but in here. Which colours a page has, and where, is
`outputs.palette`'s.

Sources: WCAG 2.2, "contrast ratio" and "relative luminance"; CSS Color 4, "named colors" and the OKLab colour
space (Björn Ottosson, 2020), in which equal steps look equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache, lru_cache

from sitegen.values import Value, replace

Triple = tuple[float, float, float]


class Oklch(Value):
    """A colour by what the eye tells apart."""

    lightness: float
    """0 is black, 1 is white."""
    chroma: float
    """0 is grey; sRGB ends at 0.32."""
    hue: float
    """Radians; of a grey, whatever rounding left."""


def read_colour(text: str) -> str | None:
    """`#A32`, `#aa3322` and `Teal` to `#rrggbb`; None for anything else, a colour that is see-through included."""
    folded = text.strip().casefold()
    match = re.fullmatch("#([0-9a-f]{3}|[0-9a-f]{6})", folded)
    if not match:
        return named_colours().get(folded)
    digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
    return f"#{digits}"


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio: 1 for equal colours, 21 for black and white."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour: str, papers: tuple[str, ...]) -> float:
    """The contrast with that of the papers which it's worst on."""
    return min(contrast(colour, paper) for paper in papers)


@lru_cache(maxsize=256)
def nearest_passing(colour: str, papers: tuple[str, ...], ratio: float) -> str | None:
    """The nearest colour of the same hue that has the contrast `ratio` with each of `papers`: lighter or darker, and
    paler only where screens have no colour as strong. None when there is no such colour, not even black or white.
    """
    if least_contrast(colour, papers) >= ratio:
        return colour
    given = to_oklch(colour)

    def passes(lightness: float) -> bool:
        return least_contrast(to_hex(replace(given, lightness=lightness)), papers) >= ratio

    ends = [end for end in (0.0, 1.0) if passes(end)]
    found = (to_hex(replace(given, lightness=_first_passing(given.lightness, end, passes))) for end in ends)
    return min(found, key=lambda other: distance(colour, other), default=None)


def _first_passing(start: float, end: float, passes: Callable[[float], bool]) -> float:
    """The value nearest to `start` that passes, on the way to `end`, which does.

    Halving finds it because a colour's luminance grows with its lightness at every hue.
    """
    fails, good = start, end
    while abs(good - fails) > 1 / 4096:  # finer than a step of sRGB's 256
        middle = (fails + good) / 2
        fails, good = (fails, middle) if passes(middle) else (middle, good)
    return good


def distance(one: str, other: str) -> float:
    """How different two colours look: their distance in OKLab; 0.02 is just seen side by side."""
    return math.dist(_oklab(one), _oklab(other))


# --- sRGB, OKLab --------------------------------------------------------------------------------


def to_oklch(colour: str) -> Oklch:
    lightness, a, b = _oklab(colour)
    return Oklch(lightness, math.hypot(a, b), math.atan2(b, a))


def to_hex(colour: Oklch) -> str:
    """The colour as a screen shows it; where sRGB has none of this chroma, the strongest that it has."""
    low, high = 0.0, colour.chroma
    linear = _linear(colour)
    if not _in_gamut(linear):
        while high - low > 1e-5:
            middle = (low + high) / 2
            low, high = (middle, high) if _in_gamut(_linear(replace(colour, chroma=middle))) else (low, middle)
        linear = _linear(replace(colour, chroma=low))
    return "#" + "".join(f"{round(255 * _encode(channel)):02x}" for channel in linear)


def _in_gamut(linear: Triple) -> bool:
    return all(-1e-4 <= channel <= 1 + 1e-4 for channel in linear)


def _decode(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encode(linear: float) -> float:
    linear = min(max(linear, 0.0), 1.0)
    return linear * 12.92 if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _channels(colour: str) -> Triple:
    """Linear light of red, green and blue, 0 to 1."""
    red, green, blue = (_decode(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return red, green, blue


@lru_cache(maxsize=1024)
def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> Triple:
    red, green, blue = _channels(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(colour: Oklch) -> Triple:
    """Linear red, green and blue; outside 0 to 1 where sRGB doesn't have the colour."""
    a, b = colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


# --- names --------------------------------------------------------------------------------------

_NAMED = """
    aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque ffe4c4
    black 000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887 cadetblue 5f9ea0
    chartreuse 7fff00 chocolate d2691e coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff
    darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9
    darkkhaki bdb76b darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000
    darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f darkslategrey 2f4f4f
    darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff dimgray 696969 dimgrey 696969
    dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0 forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc
    ghostwhite f8f8ff gold ffd700 goldenrod daa520 gray 808080 green 008000 greenyellow adff2f grey 808080
    honeydew f0fff0 hotpink ff69b4 indianred cd5c5c indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa
    lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff
    lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1
    lightsalmon ffa07a lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899 lightslategrey 778899
    lightsteelblue b0c4de lightyellow ffffe0 lime 00ff00 limegreen 32cd32 linen faf0e6 magenta ff00ff maroon 800000
    mediumaquamarine 66cdaa mediumblue 0000cd mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371
    mediumslateblue 7b68ee mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585
    midnightblue 191970 mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080
    oldlace fdf5e6 olive 808000 olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6 palegoldenrod eee8aa
    palegreen 98fb98 paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f
    pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 rebeccapurple 663399 red ff0000 rosybrown bc8f8f
    royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna a0522d
    silver c0c0c0 skyblue 87ceeb slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa springgreen 00ff7f
    steelblue 4682b4 tan d2b48c teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3
    white ffffff whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32
"""


@cache
def named_colours() -> dict[str, str]:
    """CSS's 148 names with their colours."""
    words = _NAMED.split()
    return {name: f"#{digits}" for name, digits in zip(words[::2], words[1::2], strict=True)}
