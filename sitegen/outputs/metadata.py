"""What a page's head says about it to those who find and share it: search engines, messengers, feed readers.

Values for `_head.html`. What is said as JSON-LD is `linkeddata`'s, how the pictures are made `cards`'.
Addresses that must be absolute are left out while the site's own isn't known.
"""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.addresses import FEED, HOME, SEARCH, canonical, markdown_path
from sitegen.languages import English
from sitegen.model import Course
from sitegen.outputs.anchors import Linker
from sitegen.outputs.cards import APPLE_ICON, FAVICON, HEIGHT, WIDTH, card_path, describe_card, has_card
from sitegen.outputs.linkeddata import list_nodes, write_json_ld
from sitegen.outputs.theme import ASSETS
from sitegen.values import Value

NOT_FOUND = "404.html"
MANIFEST = "site.webmanifest"


class Head(Value, kw_only=True):
    """A page as others see it."""

    title: str
    """Of the window: page and course."""
    description: str
    canonical: str
    """Absolute address, or empty."""
    is_indexed: bool
    """Whether search engines may list the page."""
    open_graph: tuple[tuple[str, str], ...]
    """(property, content) of the Open Graph protocol, https://ogp.me."""
    twitter_card: str
    """`summary_large_image` with a picture, else `summary`; X takes the rest from Open Graph. Empty: not shared."""
    feed: str
    feed_title: str
    markdown: str
    """Address of the page's Markdown, or empty."""
    favicon: str
    touch_icon: str
    """For a telephone's home screen."""
    manifest: str
    json_ld: str
    """Ready to stand in a script element; or empty."""


def describe_page(course: Course, path: str, title: str, description: str, here: Linker) -> Head:
    """The head of the page at `path`; its description is one line, and made of titles where the page has none."""
    is_shown, facts = path != NOT_FOUND, course.facts
    if is_shown and not description:
        description = f"{facts.code}: {title}" if path == HOME else f"{title}. {facts.code}: {facts.title}."
    canonical_address = canonical(course.base_url, path) if course.base_url and is_shown else ""
    return Head(
        title=English(f"{title} - ", facts.code) if isinstance(title, English) else f"{title} - {facts.code}",
        description=description,
        canonical=canonical_address,
        is_indexed=is_shown,
        open_graph=tuple(_open_graph(course, path, title, description)) if is_shown else (),
        twitter_card=("summary_large_image" if course.base_url else "summary") if is_shown else "",
        feed=here(FEED),
        feed_title=f"{facts.code}: announcements",
        markdown=here(markdown_path(path)) if has_markdown(path) else "",
        favicon=here(ASSETS + FAVICON),
        touch_icon=here(ASSETS + APPLE_ICON),
        manifest=here(MANIFEST),
        json_ld=write_json_ld(list_nodes(course, path, title)) if is_shown else "",
    )


def has_markdown(path: str) -> bool:
    """Whether a page's Markdown is published beside it: of every page that has something to say, not the search."""
    return path not in {NOT_FOUND, SEARCH}


def _open_graph(course: Course, path: str, title: str, description: str) -> Iterator[tuple[str, str]]:
    facts = course.facts
    yield "og:title", f"{facts.code}: {title}" if path == HOME else title
    yield "og:type", "website" if path == HOME else "article"
    yield "og:site_name", f"{facts.code}: {facts.title}"
    yield "og:description", description
    if locale := name_locale(facts.language):
        yield "og:locale", locale
    if course.base_url:
        pictured = path if has_card(course, path) else HOME
        yield "og:url", canonical(course.base_url, path)
        yield "og:image", canonical(course.base_url, card_path(pictured))
        yield "og:image:width", str(WIDTH)
        yield "og:image:height", str(HEIGHT)
        yield "og:image:alt", describe_card(course, pictured)


_TERRITORIES = {
    "ar": "AR", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "US", "es": "ES", "fi": "FI", "fr": "FR",
    "he": "IL", "hi": "IN", "hu": "HU", "it": "IT", "ja": "JP", "ko": "KR", "nb": "NO", "nl": "NL", "pl": "PL",
    "pt": "PT", "ro": "RO", "ru": "RU", "sv": "SE", "tr": "TR", "uk": "UA", "vi": "VN", "zh": "CN",
}  # fmt: skip
"""The locale that Facebook has for a language without a country; it knows no language alone."""


def name_locale(language: str) -> str:
    """`en` to `en_US`, `de-AT` to `de_AT`; empty for a language whose country isn't known here."""
    name, *rest = language.replace("_", "-").split("-")
    regions = [part.upper() for part in rest if len(part) == 2 and part.isalpha()]
    territory = regions[0] if regions else _TERRITORIES.get(name.lower(), "")
    return f"{name.lower()}_{territory}" if territory else ""
