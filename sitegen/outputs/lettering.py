"""Letters of a font set on a picture of sixteen levels, and such a picture as PNG.

What is written where is `cards`'. Drawing a letter's outline takes more time than all else, so each is drawn
once in each size and then placed; PNG is written here, because Pillow imports the readers and writers of five
formats before it saves one.
"""

from __future__ import annotations

import io
import struct
import unicodedata
import zlib
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

INK = 14
"""The darkest level of letters; 0 is paper."""
ACCENT = 15
"""The level of what is in the accent. With it a pixel is four bits."""


def new_picture(width: int, height: int) -> Image:
    """White paper; a pixel's value is its level."""
    from PIL import Image

    return Image.new("P", (width, height), 0)


# --- letters ------------------------------------------------------------------------------------


class Face:
    """A font in one size, set letter by letter with kerning.

    Pillow's other layout needs a library that not every machine has, and the same course shall give the same bytes
    on each.
    """

    def __init__(self, font: bytes, size: int) -> None:
        from PIL import ImageFont

        self.size = size
        """In pixels."""
        self._face = ImageFont.truetype(io.BytesIO(font), size, layout_engine=ImageFont.Layout.BASIC)
        self._letters: dict[str, tuple[Image | None, int, int]] = {}
        """Each letter's picture, which an empty one doesn't have, and its corner from the pen."""
        self._steps: dict[tuple[str, str], float] = {}
        """From a letter to the one after it."""
        self._widths: dict[str, float] = {}

    def measure(self, text: str) -> float:
        """The width in pixels."""
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) >= _MOST_WIDTHS:
                self._widths.clear()
            width = self._widths[text] = self._face.getlength(text)
        return width

    def write(self, picture: Image, text: str, x: float, y: float, level: int = INK, spacing: float = 0) -> float:
        """Sets the text from `x` on the baseline `y`, with `spacing` pixels more between letters; returns its end."""
        for letter, after in zip_longest(text, text[1:], fillvalue=""):
            shape, left, top = self._letters.get(letter) or self._draw(letter)
            if shape is not None:
                picture.paste(level, (round(x) + left, round(y) + top), shape)
            x += self._step(letter, after) + spacing
        return x

    def rows(self, text: str, y: float) -> tuple[int, int]:
        """The first row of a picture that has something of the text on the baseline `y`, and the first that hasn't."""
        letters = [self._letters.get(letter) or self._draw(letter) for letter in set(text)]
        drawn = [(top, top + shape.height) for shape, _, top in letters if shape is not None]
        return round(y) + min((top for top, _ in drawn), default=0), round(y) + max(
            (end for _, end in drawn), default=0
        )

    def _draw(self, letter: str) -> tuple[Image | None, int, int]:
        from PIL import Image

        mask, (left, top) = self._face.getmask2(letter, "L", anchor="ls")
        shape = Image.frombytes("L", mask.size, bytes(mask)) if all(mask.size) else None
        drawn = self._letters[letter] = (shape, int(left), int(top))
        return drawn

    def _step(self, letter: str, after: str) -> float:
        pair = letter, after
        if pair not in self._steps:
            self._steps[pair] = self.measure(letter + after) - (self.measure(after) if after else 0)
        return self._steps[pair]


_MOST_WIDTHS = 4096
"""Texts whose widths a face remembers: titles are made of the same words."""


@lru_cache(maxsize=16)
def load_face(font: bytes, size: int) -> Face:
    return Face(font, size)


# --- what a font has ----------------------------------------------------------------------------


def fit_to_print(text: str, font: bytes) -> str:
    """The text on one line, or nothing when the font lacks one of its letters; pictures in it (emoji) are left out."""
    known = _Coverage.of(font)
    line = unicodedata.normalize("NFC", text)
    line = "".join(c for c in line if not _is_picture(c) or known.has(c))
    line = " ".join(line.split())
    return line if all(map(known.has, set(line))) else ""


def _is_picture(character: str) -> bool:
    """An emoji, a skin's tone, or what joins emoji and chooses among their forms."""
    return unicodedata.category(character) in {"So", "Sk", "Cf"} or "\ufe00" <= character <= "\ufe0f"


class _Coverage:
    """Which characters a font has: those that don't look like its mark for a missing one."""

    def __init__(self, font: bytes) -> None:
        from PIL import ImageFont

        self._face = ImageFont.truetype(io.BytesIO(font), 24, layout_engine=ImageFont.Layout.BASIC)
        self._missing = bytes(self._face.getmask("\U0010ffff"))
        self._known: dict[str, bool] = {" ": True}

    @staticmethod
    @lru_cache(maxsize=4)
    def of(font: bytes) -> _Coverage:
        return _Coverage(font)

    def has(self, character: str) -> bool:
        if character not in self._known:
            mask = bytes(self._face.getmask(character))
            self._known[character] = bool(mask) and mask != self._missing
        return self._known[character]


# --- PNG ----------------------------------------------------------------------------------------


class Band(NamedTuple):
    """Rows of a picture, packed. One that many pictures have is packed once."""

    deflated: bytes
    """Blocks of their own (RFC 1951)."""
    length: int
    """In bytes, before."""
    sums: tuple[int, int]
    """Adler-32's two (RFC 1950, 8.2)."""


def pack(picture: Image, top: int = 0, bottom: int | None = None) -> Band:
    """The rows from `top` to before `bottom` of a picture, whose width is even."""
    # Two pixels more at the left are the byte before each line that says how it is filtered: not at all (PNG, 9.2).
    rows = picture.crop((-2, top, picture.width, picture.height if bottom is None else bottom))
    return _pack_bytes(rows.tobytes("raw", "P;4"))


@lru_cache(maxsize=256)
def pack_blank(width: int, rows: int) -> Band:
    """Rows of paper."""
    return _pack_bytes(bytes(rows * (1 + width // 2)))


def _pack_bytes(lines: bytes) -> Band:
    # zlib's run lengths: a third larger than its best, in a fifth of the time.
    squeeze = zlib.compressobj(wbits=-15, strategy=zlib.Z_RLE)
    check = zlib.adler32(lines)
    return Band(squeeze.compress(lines) + squeeze.flush(zlib.Z_FULL_FLUSH), len(lines), (check & 0xFFFF, check >> 16))


def write_png(width: int, bands: Sequence[Band], paper: bytes, ink: bytes, accent: bytes) -> bytes:
    """The picture that the bands make, one below the other, in sixteen colours from those three (red, green, blue),
    four bits a pixel (PNG, 11.2).
    """
    ramp = (
        round(light + (dark - light) * level / INK)
        for level in range(INK + 1)
        for light, dark in zip(paper, ink, strict=True)
    )
    height = sum(band.length for band in bands) // (1 + width // 2)
    one, other = 1, 0
    for band in bands:
        other = (other + band.length * (one - 1) + band.sums[1]) % _MODULUS
        one = (one + band.sums[0] - 1) % _MODULUS
    check = struct.pack(">HH", other, one)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes((*ramp, *accent))),
            _chunk(b"IDAT", b"".join((b"\x78\x01", *(band.deflated for band in bands), _END, check))),
            _chunk(b"IEND", b""),
        )
    )


_END = b"\x03\0"
"""A last block in which nothing is (RFC 1951, 3.2.6)."""
_MODULUS = 65521
"""Adler-32's."""


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
