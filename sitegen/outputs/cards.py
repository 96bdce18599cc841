"""Pictures made when the site is built: the card that a shared link shows, and the site's icons.

Text and colours in, PNG or SVG bytes out; they are set like the site, in the theme's `cards/serif.ttf`. A text
with a character that this font doesn't have is left out, because a card with empty boxes on it is worse than
one that says less.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING
from zlib import ZLIB_RUNTIME_VERSION

from sitegen.addresses import HOME
from sitegen.diagnostics import Span
from sitegen.model import Course
from sitegen.outputs.lettering import (
    ACCENT,
    INK,
    Band,
    Face,
    fit_to_print,
    load_face,
    new_picture,
    pack,
    pack_blank,
    write_png,
)
from sitegen.outputs.palette import Scheme, read_palette
from sitegen.outputs.recipes import Recipe, Series
from sitegen.outputs.theme import ASSETS, FOLDER, TEMPLATE_ERROR, TemplateFault, Theme, full_date
from sitegen.values import Value

if TYPE_CHECKING:
    from PIL.Image import Image

Output = Iterator[tuple[str, bytes]]

WIDTH, HEIGHT = 1200, 630
"""Pixels of a card: what Facebook, LinkedIn and X ask for (1.91 to 1)."""
FONT = "cards/serif.ttf"
"""In the theme's folder; a course may bring its own."""
FAVICON = "favicon.svg"
APPLE_ICON = "icon-180.png"
ICONS = {APPLE_ICON: 180, "icon-192.png": 192, "icon-512.png": 512}
MASKABLE = "icon-maskable-512.png"


class Card(Value):
    """What stands on a card, from its top to its bottom; an empty text leaves its place white."""

    code: str
    title: str
    when: str
    where: str


# --- outputs ------------------------------------------------------------------------------------


@Series
def cards(course: Course, theme: Theme) -> Iterator[Recipe]:
    """A card for each page that has its own; none while the site's address isn't known, because links to them
    must be absolute (Open Graph protocol, "Basic Metadata").
    """
    if not course.base_url:
        return
    colours = read_palette(course.facts.accent, theme).light
    for path, card in list_cards(course).items():
        yield Recipe(card_path(path), _draw, (card, colours, ZLIB_RUNTIME_VERSION))


def _draw(theme: Theme, card: Card, colours: Scheme, zlib: str) -> bytes:
    return draw_card(card, colours, _read_font(theme))


def icons(course: Course, theme: Theme) -> Output:
    """The icons of a browser's tab and of a telephone's home screen."""
    palette, name = read_palette(course.facts.accent, theme), str(course.facts.code)
    if theme.file(FAVICON) is None:
        yield ASSETS + FAVICON, draw_favicon(name, palette.light, palette.dark)
    for icon, size in ICONS.items():
        yield ASSETS + icon, _recall(theme, draw_icon, name, size, 0.1, palette.light)
    # A mask leaves the circle in the middle whose diameter is 80% (W3C Manifest, "icon masks and safe zone").
    yield ASSETS + MASKABLE, _recall(theme, draw_icon, name, 512, 0.21, palette.light)


def _recall(theme: Theme, draw: Callable[..., bytes], *what: object) -> bytes:
    """The picture, with the theme's font; the font isn't even read for one that is remembered."""
    ingredients = (what, ZLIB_RUNTIME_VERSION)
    return theme.recall(draw.__name__, ingredients, lambda: draw(*what, _read_font(theme)))


def _read_font(theme: Theme) -> bytes:
    """The font's file; TemplateFault when it is none."""
    font = theme.file(FONT) or b""
    try:
        load_face(font, _SMALL)
    except OSError as error:
        message = "This file isn't a font that can be read: TrueType or OpenType."
        help_line = "Put another one in its place, or remove it to have the built-in one back."
        raise TemplateFault(TEMPLATE_ERROR.at(Span(f"{FOLDER}{FONT}"), message, help_line)) from error
    return font


# --- which pages have a card --------------------------------------------------------------------


def list_cards(course: Course) -> dict[str, Card]:
    """Page -> its card, for each page that has one of its own."""
    pages = (page.path for page in (*course.lectures, *course.pages))
    return {path: _card(course, path) for path in (HOME, *pages)}


def has_card(course: Course, page: str) -> bool:
    """The home page, each lecture and each page in its author's words have cards.

    Papers and lists share the course's: a card takes some milliseconds, and a reading list has many papers.
    """
    return page == HOME or page in course.own_pages


def describe_card(course: Course, page: str) -> str:
    """What the card says, for those who don't see it."""
    card = _card(course, page)
    return f"{card.code}: {', '.join(filter(None, (card.title, card.when)))}"


def _card(course: Course, page: str) -> Card:
    facts = course.facts
    own = course.own_pages.get(page)
    if own is None:
        return Card(str(facts.code), str(facts.title), facts.term, facts.institution.partition(",")[0])
    sessions = course.sessions_of_lecture.get(own.source, ())
    day = full_date(sessions[0].start.date()).replace("\u00a0", " ") if sessions else facts.term
    return Card(str(facts.code), own.title, day, str(facts.title))


def card_path(page: str) -> str:
    """`lectures/intro/index.html` to `assets/cards/lectures/intro.png`: in a folder of their own, clear of the
    course's own files.
    """
    return f"{ASSETS}cards/{page.removesuffix('.html').removesuffix('/index')}.png"


# --- a card -------------------------------------------------------------------------------------

_MARGIN = 84
_ROOM = WIDTH - 2 * _MARGIN
_SIZES = {88: 3, 76: 3, 66: 4, 56: 4}
"""Of the title: pixels and how many lines of it; the largest that fits."""
_LEADING = 1.18
_SMALL = 38
_RULE, _HEAD, _TOP, _FOOT = 150, 160, 196, HEIGHT - 84
"""Where the line in the accent is, where what most cards share ends, where the title begins, the baseline below it."""
_QUIET = 10
"""The level of the smaller texts (`lettering.INK` is 14)."""


@lru_cache(maxsize=512)
def draw_card(card: Card, colours: Scheme, font: bytes) -> bytes:
    """PNG, 1200 by 630; the same bytes for the same versions of Pillow and zlib. Remembered for the live preview."""
    code, title, when, where = (fit_to_print(text, font) for text in (card.code, card.title, card.when, card.where))
    small = load_face(font, _SMALL)
    when = _clip(when, small, _ROOM)
    where = _clip(where, small, _ROOM - small.measure(when) - _SMALL)
    frame, head = _draw_frame(code if title else "", where, font)
    picture = frame.copy()
    top, bottom = _draw_title(picture, title or code, font)
    small.write(picture, when, _MARGIN, _FOOT, _QUIET)
    foot, end = small.rows(when + where, _FOOT)
    _, above = small.rows(code, _RULE - 30)
    if not above <= _HEAD <= top <= bottom <= foot <= end <= HEIGHT:  # a font with letters as high as three
        return _in_colours(WIDTH, [pack(picture)], colours)
    bands = (head, _blank(_HEAD, top), pack(picture, top, bottom), _blank(bottom, foot), pack(picture, foot, end))
    return _in_colours(WIDTH, [*bands, _blank(end, HEIGHT)], colours)


def _blank(top: int, bottom: int) -> Band:
    return pack_blank(WIDTH, bottom - top)


@lru_cache(maxsize=4)
def _draw_frame(code: str, where: str, font: bytes) -> tuple[Image, Band]:
    """What most cards of a course have in common, and its rows above the title."""
    picture, small = new_picture(WIDTH, HEIGHT), load_face(font, _SMALL)
    picture.paste(ACCENT, (_MARGIN, _RULE, WIDTH - _MARGIN, _RULE + 4))
    # Set wide, as the site sets small headings.
    small.write(picture, _clip(code, small, _ROOM * 0.85), _MARGIN, _RULE - 30, spacing=3)
    small.write(picture, where, WIDTH - _MARGIN - small.measure(where), _FOOT, _QUIET)
    return picture, pack(picture, 0, _HEAD)


def _draw_title(picture: Image, title: str, font: bytes) -> tuple[int, int]:
    """The rows on which it stands. Without one, the favicon's stand for it."""
    if not title:
        return _draw_rows(picture, _MARGIN, _TOP + 30, 200)
    for size, most in _SIZES.items():
        face = load_face(font, size)
        lines = wrap(title, face, _ROOM)
        if len(lines) <= most and all(face.measure(line) <= _ROOM for line in lines):
            break
    else:
        lines = [_clip(line, face, _ROOM) for line in (*lines[: most - 1], " ".join(lines[most - 1 :]))]
    rows = []
    for number, line in enumerate(lines):
        baseline = _TOP + size * (0.9 + number * _LEADING)
        face.write(picture, line, _MARGIN, baseline)
        rows.append(face.rows(line, baseline))
    return min(top for top, _ in rows), max(end for _, end in rows)


def wrap(text: str, face: Face, room: float) -> list[str]:
    """Words in lines no wider than `room` pixels, of about equal width; a word that is wider stands alone."""
    widths = [(word, face.measure(word)) for word in text.split()]
    space = face.measure(" ")
    lines = _fill(widths, space, room)
    if len(lines) > 1:  # the narrowest measure that needs no further line leaves no word alone at the end
        low, high = room / 2, room
        while high - low > 4:
            middle = (low + high) / 2
            low, high = (low, middle) if len(_fill(widths, space, middle)) == len(lines) else (middle, high)
        lines = _fill(widths, space, high)
    return lines


def _fill(words: list[tuple[str, float]], space: float, room: float) -> list[str]:
    lines: list[str] = []
    filled = room
    for word, width in words:
        if lines and filled + space + width <= room:
            lines[-1] += f" {word}"
            filled += space + width
        else:
            lines.append(word)
            filled = width
    return lines


def _clip(text: str, face: Face, room: float) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if face.measure(text) <= room:
        return text
    low, high = 0, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if face.measure(f"{text[:middle].rstrip()}…") <= room else (low, middle)
    return f"{text[:low].rstrip()}…" if low else ""


# --- icons --------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def draw_icon(code: str, size: int, margin: float, colours: Scheme, font: bytes) -> bytes:
    """PNG: the course's code in one or two lines over a line in the accent, or the favicon's rows for one that the
    font doesn't have. `margin` is a share of the size.
    """
    picture = new_picture(size, size)
    lines = break_code(fit_to_print(code, font))
    room, bar = size * (1 - 2 * margin), max(2, round(size * 0.035))
    if not lines:
        _draw_rows(picture, size * margin, size * margin, room)
        return _in_colours(size, [pack(picture)], colours)
    widest = max(load_face(font, 100).measure(line) for line in lines)
    face = load_face(font, int(min((room - 3 * bar) / len(lines) / _STEP, 100 * room / widest)))
    step = face.size * _STEP
    top = (size - step * len(lines) - 2.4 * bar) / 2
    for number, line in enumerate(lines):
        face.write(picture, line, (size - face.measure(line)) / 2, top + step * (number + 0.84))
    below, edge = round(top + step * len(lines) + 1.4 * bar), round(size * margin)
    picture.paste(ACCENT, (edge, below, size - edge, below + bar))
    return _in_colours(size, [pack(picture)], colours)


_STEP = 0.92
"""From line to line, in the font's size: capitals and figures need no room for what hangs below."""
_ROWS = ((0, 2, 6, 6), (10, 2, 24, 6), (0, 10, 6, 14), (10, 10, 24, 14), (0, 18, 6, 22), (10, 18, 20, 22))
"""Dates and topics of a programme, as left, top, right and bottom in a square of 24; all even, so that the favicon's
edges fall between pixels at 16, too."""
_ACCENTED = {2, 3}
"""The second row."""


def _draw_rows(picture: Image, x: float, y: float, size: float) -> tuple[int, int]:
    """The favicon's rows, where nothing can be written; where they begin and end in the picture."""
    places = []
    for number, box in enumerate(_ROWS):
        left, top, right, bottom = (size / 24 * at for at in box)
        places.append((round(x + left), round(y + top), round(x + right), round(y + bottom)))
        picture.paste(ACCENT if number in _ACCENTED else INK, places[-1])
    return places[0][1], places[-1][3]


def break_code(code: str) -> tuple[str, ...]:
    """`CMSC818Q` to `CMSC` and `818Q`: letters above numbers; one line for a short code or one without a number."""
    match = re.fullmatch(r"([^\W\d_]{2,6})[\s./-]*(\d\w{0,5})", code.strip())
    if match:
        return match.groups()
    words = code.split()
    return (words[0][:8],) if words else ()


def draw_favicon(code: str, light: Scheme, dark: Scheme) -> bytes:
    """SVG: three rows of a programme, the second in the accent; letters can't be read at 16 pixels."""
    rows = ""
    for number, box in enumerate(_ROWS):
        left, top, right, bottom = (4 + at for at in box)
        kind = "a" if number in _ACCENTED else "i"
        rows += f'<path class="{kind}" d="M{left} {top}H{right}V{bottom}H{left}z"/>'
    style = "".join(f".{name}{{fill:{colour}}}" for name, colour in _classes(light))
    night = "".join(f".{name}{{fill:{colour}}}" for name, colour in _classes(dark))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><title>{escape(_for_xml(code))}</title>'
        f"<style>{style}@media(prefers-color-scheme:dark){{{night}}}</style>"
        f'<rect class="p" width="32" height="32" rx="5"/>{rows}</svg>\n'
    ).encode()


def _classes(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    return ("p", scheme.paper), ("i", scheme.ink), ("a", scheme.accent)


def _for_xml(text: str) -> str:
    return re.sub("[\0-\x08\v\f\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def _in_colours(width: int, bands: Sequence[Band], colours: Scheme) -> bytes:
    paper, ink, accent = (bytes.fromhex(colour[1:]) for colour in (colours.paper, colours.ink, colours.accent))
    return write_png(width, bands, paper, ink, accent)
