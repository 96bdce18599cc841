"""Fragments: the rows of a file that lists everything, each made anew only when what it depends on has changed.

Such a file has no recipe (`recipes`), since whatever changes, it changes, too; but most of its rows stay. As a recipe
does, a fragment names all that it depends on. Who remembers them from build to build isn't known here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias, TypeVar

R = TypeVar("R")


class Sheet(Protocol):
    """The fragments of one file that are known, and those that are to be."""

    def make(self, ingredients: object, work: Callable[[], R]) -> R:
        """What `work()` gives, which depends on nothing but the ingredients."""


OpenSheet: TypeAlias = Callable[[str, object], AbstractContextManager[Sheet]]
"""A file's name, and what all of its fragments depend on, to its sheet."""


class Fragments:
    """The fragments of one file."""

    def __init__(self, sheet: Sheet | None) -> None:
        """Without a sheet, everything is made at once."""
        self._sheet = sheet

    def make(self, ingredients: object, work: Callable[[], R]) -> R:
        """What `work()` gives, which depends on nothing but the ingredients."""
        return work() if self._sheet is None else self._sheet.make(ingredients, work)

    def item(self, ingredients: object, make: Callable[[], Any]) -> Any:
        """`make()` for a template, which writes it with `remembered`: if that is known, it needn't be made."""
        return make() if self._sheet is None else Lazy(self._sheet, ingredients, make)


AT_ONCE = Fragments(None)


class Lazy:
    """Stands for a value that is made when something of it is asked for."""

    __slots__ = ("_ingredients", "_make", "_sheet", "_value")

    def __init__(self, sheet: Sheet, ingredients: object, make: Callable[[], Any]) -> None:
        self._sheet, self._ingredients, self._make = sheet, ingredients, make

    def __getattr__(self, name: str) -> Any:
        if name == "_value":
            self._value = self._make()
            return self._value
        return getattr(self._value, name)

    def write(self, macro: Callable[[Any], str]) -> str:
        """What the macro writes of it."""
        return self._sheet.make(self._ingredients, lambda: str(macro(self._value)))
