"""The logo as the masthead shows it, and the few style rules that only a course with a logo needs.

Which file the logo is, is known by now (`course.logos`); the rest of the masthead is `frames`' and the theme's.
"""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.model import Logo, LogoImage
from sitegen.outputs.anchors import Linker
from sitegen.values import Value

WIDTH, HEIGHT = 160, 32
"""The room for a logo, in CSS pixels."""


class Picture(Value, kw_only=True):
    """One `<img>` of the logo."""

    href: str
    width: int
    height: int
    """In CSS pixels, as shown: the page keeps this room until the image is there."""
    alt: str
    scheme: str
    """`light` or `dark` for an image that only pages of that scheme show, else empty."""


def list_pictures(logo: Logo | None, here: Linker) -> Iterator[Picture]:
    """The logo's one image, or the one for light pages and the one for dark."""
    if logo is None:
        return
    images = [("light", logo.light), ("dark", logo.dark)] if logo.dark else [("", logo.light)]
    for scheme, image in images:
        width, height = _fit(image)
        yield Picture(href=here(image.path), width=width, height=height, alt=logo.alt, scheme=scheme)


def _fit(image: LogoImage) -> tuple[int, int]:
    """As large as the room allows, in the image's own proportions; a square for one that doesn't say."""
    if not (image.width and image.height):
        return HEIGHT, HEIGHT
    scale = min(WIDTH / image.width, HEIGHT / image.height)
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def logo_rules(logo: Logo | None) -> str:
    """What follows the theme's style sheet in a course with a logo. On a phone the course's code comes first: there a
    wide logo is left out, and on the narrowest any.
    """
    if logo is None:
        return ""
    rules = (
        ".masthead .code{display:flex;align-items:center;gap:.6em;min-width:0}"
        ".masthead .logo{flex:0 1 auto;min-width:0;object-fit:contain;object-position:left}"
        ".masthead :is(.search,.switch,.menu){flex:none}"
    )
    if logo.dark:
        rules += (
            ".logo.dark{display:none}"
            "@media screen{:root[data-theme=dark] .logo{display:none}:root[data-theme=dark] .logo.dark{display:block}}"
            "@media screen and (prefers-color-scheme:dark){"
            ":root:not([data-theme=light]) .logo{display:none}"
            ":root:not([data-theme=light]) .logo.dark{display:block}}"
        )
    is_wide = any(_fit(image)[0] > 1.25 * HEIGHT for image in (logo.light, logo.dark) if image is not None)
    return rules + f"@media (max-width:{479 if is_wide else 359}px){{:root .masthead .code .logo{{display:none}}}}"
