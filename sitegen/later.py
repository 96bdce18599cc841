"""Fields of values that are read when they are asked for: what is large, and seldom needed.

    late(Document, "html")

Then a document may be given a `Later` for its `html`, and whoever asks for it gets the text. Where a text comes from
isn't known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from sitegen.values import Value, ValueType, field_names

V = TypeVar("V", bound=Value)


class Later:
    """What a field holds until it is asked for, and after that as well: nothing is kept."""

    __slots__ = ("key", "read")

    def __init__(self, read: Callable[[], Any], key: bytes = b"") -> None:
        """`key` is a digest of all that the field depends on; empty: it isn't known."""
        self.read, self.key = read, key


class _Late:
    """Stands in a class for a slot."""

    __slots__ = ("__set__", "slot")

    def __init__(self, slot: Any) -> None:
        self.slot, self.__set__ = slot, slot.__set__

    def __get__(self, value: Any, kind: type) -> Any:
        if value is None:
            return self
        found = self.slot.__get__(value, kind)
        return found.read() if type(found) is Later else found


def late(kind: type[Value], *names: str) -> None:
    """Lets these fields of a class hold a `Later`."""
    for name in names:
        setattr(kind, name, _Late(kind.__dict__[name]))


def peek(value: Value, name: str) -> Any:
    """The field as it is held: its value, or a `Later`."""
    held = type(value).__dict__[name]
    return held.slot.__get__(value) if isinstance(held, _Late) else getattr(value, name)


def peek_all(value: Value) -> Sequence[Any]:
    """All fields as they are held, in their order."""
    kind: ValueType = type(value)
    return [peek(value, name) for name in kind._names] if _has_late(kind) else kind._values(value)


@cache
def _has_late(kind: type) -> bool:
    return any(isinstance(held, _Late) for held in kind.__dict__.values())


def amended(value: V, **changes: object) -> V:
    """As `replace`, and what is to be read later still is."""
    kind = type(value)
    return kind(**(dict(zip(field_names(kind), peek_all(value), strict=True)) | changes))


def later(value: Value, name: str) -> Later:
    """The field, to be read when it is asked for."""
    held = peek(value, name)
    return held if isinstance(held, Later) else Later(lambda: held)
