"""One image to its size as it is shown, and to smaller ones in WebP: bytes in, bytes out.

Which images there are, and where what is made of them is kept, is `folders.pictures`'.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sitegen.values import Value

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = (640, 1280, 1920)
"""Pixels: a phone, a column of text on a fine screen, a slide. None is larger than its original."""
QUALITY = 80
"""Of photos; drawings and screenshots lose nothing."""
WORTH = 0.9
"""A smaller file has at most this share of its original's bytes."""
SMALL = 10_000
"""Bytes of an image of which no smaller file is made: a picture more to ask for isn't worth it."""
MOST_PIXELS = 64_000_000
_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK"})
"""How Pillow says pixels are kept; those with more than eight bits are left as they are."""


class Broken(Exception):
    pass


class Seen(Value):
    width: int
    height: int
    smaller: tuple[tuple[int, bytes], ...]
    tells_place: bool


def see_image(content: bytes) -> Seen:
    """The image's size as it is shown, and smaller files where they are worth it. Raises `Broken`."""
    import PIL.Image
    from PIL import ImageOps

    PIL.Image.MAX_IMAGE_PIXELS = None  # it has been measured, and a warning would be ours to explain
    try:
        with PIL.Image.open(BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
            width, height = _shown_size(image)
            tells_place = bool(image.getexif().get_ifd(0x8825).get(2))
            if width * height > MOST_PIXELS or getattr(image, "is_animated", False) or image.mode not in _MODES:
                return Seen(width, height, (), tells_place)
            is_photo = image.format == "JPEG" or (image.format == "WEBP" and content[12:16] == b"VP8 ")
            widths = [one for one in WIDTHS if one < width] + ([width] if width <= WIDTHS[-1] else [])
            if image.format == "JPEG":
                image.draft(None, _least(image.size, widths[-1] / width))
            pixels = _in_srgb(ImageOps.exif_transpose(image))
    except Exception as error:  # whatever a decoder stumbles over, it is the file that is broken
        raise Broken from error
    smaller = _shrink(pixels, widths, width / height, is_photo, len(content)) if len(content) >= SMALL else ()
    return Seen(width, height, tuple(smaller), tells_place)


def _least(size: tuple[int, int], share: float) -> tuple[int, int]:
    """The size below which a JPEG, which can be decoded at a half or a quarter, isn't decoded."""
    return round(size[0] * share), round(size[1] * share)


def _shown_size(image: Image) -> tuple[int, int]:
    """A camera held upright says so, and browsers turn the image (Exif 2.32, 4.6.4)."""
    width, height = image.size
    return (height, width) if image.getexif().get(0x0112, 1) in (5, 6, 7, 8) else (width, height)


def _in_srgb(image: Image) -> Image:
    """RGB or RGBA, in the colours that a file without a profile has; what isn't pixels is gone."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    transparent = image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info
    if image.mode in {"1", "P", "PA", "LA"}:
        image = image.convert("RGBA" if transparent else "RGB")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            image = turned or image
    image = image.convert("RGBA" if transparent else "RGB")
    image.info = {}
    return image


def _shrink(pixels: Image, widths: list[int], ratio: float, is_photo: bool, size: int) -> Iterator[tuple[int, bytes]]:
    from PIL.Image import Resampling

    for width in widths:
        height = max(1, round(width / ratio))
        smaller = pixels if pixels.size == (width, height) else pixels.resize((width, height), Resampling.LANCZOS)
        written = BytesIO()
        options: dict[str, Any] = {"quality": QUALITY, "method": 4} if is_photo else {"lossless": True, "quality": 60}
        smaller.save(written, "WEBP", **options)
        if written.tell() <= WORTH * size:
            yield width, written.getvalue()
