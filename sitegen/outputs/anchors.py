"""Links as one page writes them: what templates show as an anchor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sitegen import addresses
from sitegen.model import Course, Session, SiteLink

T = TypeVar("T")

Linker = Callable[..., str]
"""(published path or address, fragment="") -> the address as written on one page; empty stays empty."""


def linker(page: str) -> Linker:
    """Relative addresses, for a page at the path `page`."""

    def here(target: str, fragment: str = "") -> str:
        return addresses.link(target, page, fragment) if target else ""

    return here


@dataclass(frozen=True, slots=True)
class Anchor:
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


SLIDES = "Slides"
"""How the slides are called that site.yaml gives for a session."""


def session_links(course: Course, session: Session, here: Linker) -> tuple[Anchor, ...]:
    """The links of a session; first its lecture's deck, unless it has slides of its own."""
    given = tuple(anchor(item, here) for item in session.links)
    page = course.lecture_of(session)
    deck = page.deck if page else ""
    if not deck or any(item.label == SLIDES for item in given):
        return given
    return (Anchor(SLIDES, here(deck)), *given)


def neighbours(items: Sequence[T], number: int) -> tuple[T | None, T | None]:
    return items[number - 1] if number else None, items[number + 1] if number + 1 < len(items) else None
