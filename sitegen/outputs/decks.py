"""A lecture's slides as one page: the deck that is shown in class, beside the notes from the same text.

How slides are cut, filled in and fitted is done (`Page.slides`); how a deck looks and moves is the theme's
(`slides.html`, `slides.css`, `slides.js`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.languages import English, compose
from sitegen.model import Course, Page
from sitegen.outputs.anchors import linker
from sitegen.outputs.frames import render_page
from sitegen.outputs.paperlists import held_lecture
from sitegen.outputs.recipes import Recipe, Series, TextPage, lecture_course, surroundings, text_page
from sitegen.outputs.theme import Theme
from sitegen.values import Value

CONTINUED = English(", continued")


class ShownSlide(Value, kw_only=True):
    id: str
    number: int
    label: str
    """Its title for those who don't see it, and in lists of slides."""
    kind: str
    """Classes of the style sheet and of the author."""
    html: str
    at: str
    """Where the notes say the same."""


@Series
def decks(course: Course, theme: Theme) -> Iterator[Recipe]:
    """One page a lecture that has slides."""
    site = surroundings(course)
    for page in course.lectures:
        if page.deck:
            yield Recipe(page.deck, _deck, (site, text_page(course, page)))


def _deck(theme: Theme, site: Course, text: TextPage) -> bytes:
    """The notes are its canonical page, since both say the same."""
    course, page, here = lecture_course(site, text), text.page, linker(text.page.deck)
    return render_page(
        course,
        theme,
        "slides.html",
        path=page.deck,
        title=page.title,
        description=page.description,
        canonical=page.path,
        notes=here(page.path),
        slides=_show(page, here(page.path)),
        dates=tuple(held.start for held in held_lecture(course, page, here) if not held.cancelled),
        speakers=", ".join(_speakers(course, page)),
    )[1]


def _show(page: Page, notes: str) -> tuple[ShownSlide, ...]:
    shown, above = [], page.title
    for number, slide in enumerate(page.slides, 1):
        is_continued = number > 1 and not slide.title
        above = slide.title or above
        kinds = (("opening",) if number == 1 else ()) + slide.classes + (slide.density,)
        shown.append(
            ShownSlide(
                id=slide.id,
                number=number,
                label=compose(above, CONTINUED) if is_continued else above,
                kind=" ".join(filter(None, kinds)),
                html=slide.html,
                at=f"{notes}#{slide.heading}" if slide.heading in page.document.ids else notes,
            )
        )
    return tuple(shown)


def _speakers(course: Course, page: Page) -> list[str]:
    """Who stands in front: the guests of its sessions, else those who teach the course."""
    sessions = course.sessions_of_lecture.get(page.source, ())
    guests = [session.guest.name for session in sessions if session.guest and session.guest.name]
    teachers = [person.name for person in course.staff if _TEACHING.intersection(person.role.casefold().split())]
    return list(dict.fromkeys(guests)) or teachers or [person.name for person in course.staff]


_TEACHING = frozenset({"instructor", "instructors", "lecturer", "professor", "teacher"})
