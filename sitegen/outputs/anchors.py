"""Links as one page writes them: what templates show as an anchor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from sitegen import addresses
from sitegen.languages import English, compose
from sitegen.model import Attachment, Course, Page, Session, SiteLink
from sitegen.values import Value

T = TypeVar("T")

Linker = Callable[..., str]
"""(published path or address, fragment="") -> the address as written on one page; empty stays empty."""


class PageLinks(Value):
    """Relative addresses, for the page at `page`."""

    page: str

    def __call__(self, target: str, fragment: str = "") -> str:
        return addresses.link(target, self.page, fragment) if target else ""


def linker(page: str) -> Linker:
    return PageLinks(page)


class Anchor(Value):
    """A link as it is written on one page."""

    label: str
    href: str
    """Empty: to be announced."""
    detail: str = ""
    date: dt.date | None = None
    current: str = ""
    """For aria-current: `page` on the page that it leads to, `true` on pages below that."""


def anchor(item: SiteLink, here: Linker, page: str = "") -> Anchor:
    """`page` is the path on which it stands, for `current`."""
    current = ""
    if page and item.target == page:
        current = "page"
    elif page and item.target.endswith("/index.html") and page.startswith(item.target.removesuffix("index.html")):
        current = "true"
    return Anchor(item.label, here(item.target, item.fragment), current=current)


def course_link(course: Course, label: str, here: Linker) -> Anchor | None:
    """The course's link of that label; other words stand for themselves, without an address."""
    if not label:
        return None
    item = next((item for item in course.links if item.label == label), None)
    return anchor(item, here) if item else Anchor(label, "")


SLIDES = English("Slides")
"""How the slides are called that site.yaml gives for a session."""


SLIDES_OF_NOTES = English("Slides of these notes")
"""Their name on a lecture's page where the session has other slides, too."""


def session_links(session: Session, page: Page | None, here: Linker) -> tuple[Anchor, ...]:
    """The links of a session, of which `page` is the lecture.

    First the lecture's deck, unless the session has slides of its own, last the lecture's files.
    """
    given = tuple(anchor(item, here) for item in session.links)
    if page is None or session.kind == "cancelled":
        return given
    own = any(item.label == SLIDES for item in given)
    links = [Anchor(SLIDES, here(page.deck))] if page.deck and not own else []
    links += given
    for file in page.files:
        taken = any(item.label == file.label for item in links)
        label = _beside(file, file.kind) if taken and file.kind else file.label
        links.append(Anchor(label, here(file.path)))
    return tuple(links)


def lecture_links(course: Course, page: Page, here: Linker) -> tuple[Anchor, ...]:
    """What a lecture's page leads to: its deck, its sessions' links, its files with their kinds and sizes."""
    sessions = course.sessions_of_lecture.get(page.source, ())
    given = [anchor(item, here) for session in sessions for item in session.links]
    own = any(item.label == SLIDES for item in given)
    deck = [Anchor(SLIDES_OF_NOTES if own else SLIDES, here(page.deck))] if page.deck else []
    files = [Anchor(describe_file(file), here(file.path)) for file in page.files]
    return tuple(dict.fromkeys((*deck, *given, *files)))


def describe_file(file: Attachment) -> str:
    """`Handout (PDF, 1.2 MB)`."""
    return _beside(file, ", ".join(filter(None, (file.kind, show_size(file.size)))))


def _beside(file: Attachment, words: str) -> English:
    return compose(file.label, English(f" ({words})"))


def show_size(size: int) -> str:
    """Bytes as people and file managers say them: `640 bytes`, `12 KB`, `1.2 MB`, by thousands."""
    if size < 1_000:
        return f"{size}\u00a0byte{'' if size == 1 else 's'}"
    factor, unit = next((pair for pair in _UNITS if size < 999.5 * pair[0]), _UNITS[-1])
    amount = size / factor
    return f"{amount:.{1 if amount < 9.95 and unit != 'KB' else 0}f}\u00a0{unit}"


_UNITS = ((1e3, "KB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB"))


def neighbours(items: Sequence[T], number: int) -> tuple[T | None, T | None]:
    return items[number - 1] if number else None, items[number + 1] if number + 1 < len(items) else None
