"""Outputs of many files, each of which depends on a part of the course only: what is made of what.

A recipe names a file, the function that makes it, and all that the file depends on; nothing else is known to the
function. So a file whose recipe is the same as in the last build needn't be made, and nobody has to say what changes
which page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from sitegen.model import Course, Memory, Page, Session
from sitegen.outputs.theme import Theme
from sitegen.values import Value, replace


class Recipe(Value):
    path: str
    """Where the file is published."""
    make: Callable[..., bytes]
    """The theme and the ingredients to the file's bytes."""
    ingredients: tuple[object, ...]
    """Values, each as narrow as can be: what isn't in them changes nothing."""

    def follow(self, theme: Theme) -> bytes:
        return self.make(theme, *self.ingredients)


class Series:
    """An output by its recipes. Called like any other output, it makes all of them."""

    def __init__(self, list_recipes: Callable[[Course, Theme], Iterator[Recipe]]) -> None:
        self.list, self.__name__, self.__doc__ = list_recipes, list_recipes.__name__, list_recipes.__doc__
        self.__module__ = list_recipes.__module__

    def __call__(self, course: Course, theme: Theme) -> Iterator[tuple[str, bytes]]:
        for recipe in self.list(course, theme):
            yield recipe.path, recipe.follow(theme)


_NO_DAY = dt.date.min


def surroundings(course: Course) -> Course:
    """What stands around every page, or may be asked for on any: the course without all that it teaches.

    A recipe adds what its own file needs, with `replace`.
    """
    return Course(
        facts=course.facts,
        base_url=course.base_url,
        today=_NO_DAY,
        memory=Memory(),
        term=course.term,
        staff=course.staff,
        links=course.links,
        grading=(),
        reviews=None,
        presentations=course.presentations,
        sessions=(),
        breaks=(),
        deadlines=(),
        papers={},
        home=None,
        pages=(),
        lectures=(),
        announcements=(),
        navigation=course.navigation,
        logo=course.logo,
    )


class TextPage(Value):
    """A lecture or plain page and what its files depend on besides itself and `surroundings`."""

    page: Page
    sessions: tuple[Session, ...] = ()
    """In which a lecture is held."""
    above: tuple[Page, ...] = ()
    """The pages whose folder it is in."""
    changed: dt.date | None = None
    """When its text was last changed."""


def text_page(course: Course, page: Page) -> TextPage:
    folders = page.path.removesuffix("/index.html").split("/")[:-1]
    parents = ("/".join((*folders[:depth], "index.html")) for depth in range(1, len(folders) + 1))
    return TextPage(
        page,
        course.sessions_of_lecture.get(page.source, ()),
        tuple(course.own_pages[path] for path in parents if path in course.own_pages),
        course.changed.get(page.source),
    )


def lecture_course(site: Course, text: TextPage) -> Course:
    """A course of one lecture."""
    return replace(
        site,
        lectures=(text.page,),
        pages=text.above,
        sessions_of_lecture={text.page.source: text.sessions},
        changed={text.page.source: text.changed} if text.changed else {},
    )


def page_course(site: Course, text: TextPage) -> Course:
    """A course of one plain page."""
    return replace(
        site,
        pages=(text.page, *text.above),
        changed={text.page.source: text.changed} if text.changed else {},
    )
