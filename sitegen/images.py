"""What an image is and how large, read from its first bytes: SVG, PNG, JPEG, GIF, WebP and AVIF.

Nothing is decoded and no file is opened here; `folders.disk` gives the bytes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from struct import unpack_from

from sitegen.patterns import regex
from sitegen.values import Value

ENOUGH = 256 * 1024
"""Bytes from which the size of nearly every image is known: a photo's comes after what the camera says of itself."""


class Image(Value):
    kind: str
    """`SVG`, `PNG`, `JPEG`, `GIF`, `WebP` or `AVIF`."""
    width: float = 0
    height: float = 0
    """In pixels; both 0 when the image doesn't say."""


class ImageFile(Value):
    """A file that may be an image."""

    size: int
    """In bytes."""
    image: Image | None


def measure_image(start: bytes) -> Image | None:
    """The image that begins with `start`; None when it is none that every browser shows."""
    if tag := _svg_tag(start):
        return Image("SVG", *_svg(tag))
    for kind, begins, measure in _KINDS:
        if re.match(begins, start, re.DOTALL):
            try:
                return Image(kind, *measure(start))
            except struct.error:  # it ends before it says
                return Image(kind)
    return None


Size = tuple[float, float]
_UNKNOWN: Size = (0, 0)


def _png(start: bytes) -> Size:
    """PNG, section 11.2.1: IHDR comes first."""
    width, height = unpack_from(">II", start, 16)
    return width, height


def _gif(start: bytes) -> Size:
    width, height = unpack_from("<HH", start, 6)
    return width, height


def _jpeg(start: bytes) -> Size:
    """ITU T.81, B.2.2: the first frame header; the segments before it tell their lengths. A camera held upright
    says so in one of them, and browsers turn the image.
    """
    at, turned = 2, False
    while True:
        marker, length = unpack_from(">HH", start, at)
        if marker == 0xFFFF:
            at += 1  # B.1.1.2: any number of fill bytes
        elif 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = unpack_from(">HH", start, at + 5)
            return (height, width) if turned else (width, height)
        elif marker < 0xFFC0 or length < 2:
            return _UNKNOWN
        else:
            if marker == 0xFFE1 and start[at + 4 : at + 10] == b"Exif\0\0":
                turned = _turned(start[at + 10 : at + 2 + length])
            at += 2 + length


def _turned(exif: bytes) -> bool:
    """Whether a camera's note says that width and height change places (Exif 2.32, 4.6.4: orientations 5 to 8)."""
    order = "<" if exif.startswith(b"II") else ">"
    try:
        (first,) = unpack_from(f"{order}I", exif, 4)
        (count,) = unpack_from(f"{order}H", exif, first)
        for at in range(first + 2, first + 2 + 12 * count, 12):
            tag, _, _, value = unpack_from(f"{order}HHIH", exif, at)
            if tag == 0x0112:
                return bool(5 <= value <= 8)
    except struct.error:  # the note is cut off
        pass
    return False


def _webp(start: bytes) -> Size:
    """RFC 9649, section 2: lossy, lossless, and extended files."""
    form = start[12:16]
    if form == b"VP8 ":
        width, height = unpack_from("<HH", start, 26)
        return width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L":
        (bits,) = unpack_from("<I", start, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    low, high, low_height, high_height = unpack_from("<HBHB", start, 24)
    return (high << 16) + low + 1, (high_height << 16) + low_height + 1


def _avif(start: bytes) -> Size:
    """ISO 23008-12, 6.5.3: the image's spatial extents."""
    at = start.find(b"ispe")
    if at < 0:
        return _UNKNOWN
    width, height = unpack_from(">II", start, at + 8)
    return width, height


_KINDS: tuple[tuple[str, bytes, Callable[[bytes], Size]], ...] = (
    ("PNG", rb"\x89PNG\r\n\x1a\n", _png),
    ("JPEG", rb"\xff\xd8\xff", _jpeg),
    ("GIF", rb"GIF8[79]a", _gif),
    ("WebP", rb"RIFF....WEBPVP8[ LX]", _webp),
    ("AVIF", rb"....ftyp(?:avif|avis|.{8,64}avif)", _avif),
)
"""Kind, what its first bytes match, and what reads its size."""


# --- SVG ----------------------------------------------------------------------------------------

_ROOT = regex(r"<(?:svg:)?svg(?=[\s>])((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = regex(r"""([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')""")
_NUMBER = regex(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]{1,2})?", re.IGNORECASE)
_UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16, "ex": 8}
"""CSS pixels; of what depends on the page (`%`) there are none."""


_PROLOGUE = 32 * 1024
"""Bytes in which an SVG file's root element begins and ends."""


def _svg_tag(start: bytes) -> str:
    """The attributes of an SVG file's root element, with a space before; empty when it isn't SVG."""
    text = start[:_PROLOGUE].decode("utf-8-sig", "replace").lstrip()
    for opens, closes in (("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">"), ("<!--", "-->")):
        while text.startswith(opens):
            end = text.find("]>" if opens == "<!DOCTYPE" and "[" in text.partition(">")[0] else closes)
            text = text[end + len(closes) :].lstrip(" \t\r\n>") if end >= 0 else ""
    root = _ROOT.match(text)
    return f" {root[1]}" if root else ""


def _svg(tag: str) -> Size:
    """SVG 2, section 8.2: `width` and `height`, and what one lacks follows from the `viewBox`."""
    attributes = {name: value[1:-1] for name, value in _ATTRIBUTE.findall(tag)}
    width, height = (_pixels(attributes.get(name, "")) for name in ("width", "height"))
    box = [float(number) for number in _NUMBER.findall(attributes.get("viewBox", ""))]
    if width and height:
        return width, height
    if len(box) != 4 or box[2] <= 0 or box[3] <= 0:
        return _UNKNOWN
    ratio = box[2] / box[3]
    if width or height:
        return width or height * ratio, height or width / ratio
    return box[2], box[3]


def _pixels(length: str) -> float:
    match = re.fullmatch(rf"\s*({_NUMBER.pattern})\s*([a-z]*)\s*", length, re.IGNORECASE)
    return max(float(match[1]) * _UNITS.get(match[2].lower(), 0), 0) if match else 0
