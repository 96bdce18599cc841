"""The logo of site.yaml to files of the course: is it there, is it an image, is it light enough for every page.

What an image file says of itself is `images`; how the logo stands on pages is the theme's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sitegen import plan
from sitegen.addresses import is_external
from sitegen.diagnostics import Diagnostic, Located, Rule
from sitegen.images import ImageFile
from sitegen.model import Logo, LogoImage, SiteLink

BAD_LOGO = Rule(
    "bad-logo",
    "error",
    "The logo is an image file in content/, named by its path from there. A page can't show any other file, and an "
    "image on another host would tell that host of every visit, so no page loads one.",
    wrong="logo: project.md",
    right="logo: images/logo.svg",
)
HEAVY_LOGO = Rule(
    "heavy-logo",
    "warning",
    "Every page shows the logo, 32 pixels high at most, and on a phone every visitor waits for it. A photo or a print "
    "file is hundreds of times as large as that needs.",
    wrong="logo: images/logo-for-print.png",
    right="logo: images/logo.svg",
)
UNSIZED_LOGO = Rule(
    "unsized-logo",
    "warning",
    "A browser keeps room for an image whose size is known, so that the page doesn't jump when it comes. This SVG says "
    "neither `viewBox` nor `width` and `height`, so it is shown as a square and may be cut off.",
    wrong='<svg xmlns="http://www.w3.org/2000/svg">',
    right='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">',
)

HEAVY = 100_000
"""Bytes; more than the rest of a page weighs."""

LinkReader = Callable[[str, Located | None], SiteLink | None]
Findings = list[Diagnostic]


def place_logo(
    logo: plan.Logo | None, site_link: LinkReader, files: Mapping[str, ImageFile], findings: Findings
) -> Logo | None:
    """The logo at its published paths; None, with a finding, when there is nothing to show.

    `files` has at least every image that it may name, by published path.
    """
    if logo is None:
        return None
    light = _place(logo.light, site_link, files, findings)
    dark = _place(logo.dark, site_link, files, findings) if logo.dark else None
    return Logo(light, dark, str(logo.alt)) if light else None


def _place(
    written: Located, site_link: LinkReader, files: Mapping[str, ImageFile], findings: Findings
) -> LogoImage | None:
    if is_external(written) or written.startswith("//"):
        help = "Save the image in content/, such as content/images/logo.svg, and write images/logo.svg."
        findings.append(BAD_LOGO.at(written.span, "The logo has to be a file of the course.", help))
        return None
    link = site_link("", written)
    if link is None:
        return None
    file = files.get(link.target)
    if file is None or file.image is None:
        message = f'"{written}" isn\'t an image that every browser shows.'
        findings.append(BAD_LOGO.at(written.span, message, "Name an SVG, PNG, JPEG, WebP, AVIF or GIF file."))
        return None
    if file.size > HEAVY:
        message = f'"{written}" has {_kilobytes(file.size)}, and every page loads it.'
        findings.append(HEAVY_LOGO.at(written.span, message, "Save it as SVG, or 80 pixels high; 20 KB are plenty."))
    if not (file.image.width and file.image.height):
        message = f'"{written}" doesn\'t say how wide and how high it is.'
        help = 'Give its <svg> a viewBox="0 0 WIDTH HEIGHT".' if file.image.kind == "SVG" else "Save it anew."
        findings.append(UNSIZED_LOGO.at(written.span, message, help))
    return LogoImage(link.target, file.image.width, file.image.height)


def _kilobytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size // 1000} KB"
