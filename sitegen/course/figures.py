"""What an image of the course says besides its address: how large it is, and which smaller files a browser may take.

Files are made from images by `folders.pictures`; here is only what a page writes.
"""

from __future__ import annotations

from collections.abc import Set
from html import escape

from sitegen.addresses import link
from sitegen.model import Picture

COLUMN = "(min-width:45em) 40em,95vw"
"""How wide a column of text is, where a page says that to browsers."""
SCREEN = "100vw"


def describe_picture(picture: Picture, given: Set[str], page: str, is_first: bool, is_slide: bool) -> str:
    """Attributes, each with a space before it; none that the author gave. The first image of a page isn't lazy."""
    attributes: dict[str, str] = {}
    if picture.width and picture.height and not {"width", "height"} & given:
        attributes |= {"width": str(picture.width), "height": str(picture.height)}
    if picture.smaller and not {"srcset", "sizes"} & given:
        attributes["srcset"] = ",".join(f"{_safe(link(path, page))} {width}w" for path, width in picture.smaller)
        attributes["sizes"] = SCREEN if is_slide else COLUMN
    if not is_first and "loading" not in given:
        attributes["loading"] = "lazy"
    if "decoding" not in given:
        attributes["decoding"] = "async"
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _safe(address: str) -> str:
    """An address in a list that commas divide (HTML, "srcset attributes")."""
    return address.replace(",", "%2C")
