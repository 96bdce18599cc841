"""What a value is known by: a digest that is the same wherever and whenever the same value was made.

`pickle` writes what it met before as a reference and sets in the order of a hash, so equal values may differ by the
way in which they came about; here they don't. What can't be told from its looks, as a function, has no digest.
"""

from __future__ import annotations

import datetime as dt
import marshal
from collections.abc import Collection
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from sitegen.diagnostics import Located, Span
from sitegen.later import Later, peek_all
from sitegen.values import Value, ValueType

SIZE = 20
"""Bytes of a digest."""
_FORMAT = 2
"""Of `marshal`: the last one without references."""


class NoDigest(Exception):
    """The value can't be known again."""


class Digests:
    """Digests of values, for one build. What is a part of many values is looked into once, as long as it lives."""

    def __init__(self, salt: bytes, shared: Collection[type] = (), places: bool = True) -> None:
        """`salt` tells apart what else the digests are to depend on; at most 64 bytes.

        `shared` are the classes of values that are parts of many others. Without `places`, it doesn't count where in
        the course's files something was written.
        """
        self._salt, self._shared, self._places = salt, frozenset(shared), places
        self._known: dict[int, tuple[object, bytes]] = {}

    def of(self, value: object) -> bytes:
        """Raises `NoDigest`."""
        plain = self._open(value, type(value)) if isinstance(value, Value) else self._plain(value)
        try:
            written = marshal.dumps(plain, _FORMAT)
        except ValueError as error:
            raise NoDigest from error
        return blake2b(written, digest_size=SIZE, key=self._salt).digest()

    def of_call(self, function: object, arguments: tuple[object, ...]) -> bytes:
        """Of what a function gives for these arguments."""
        return self.of((f"{function.__module__}.{function.__qualname__}", arguments))  # type: ignore[attr-defined]

    def note(self, value: object, digest: bytes) -> None:
        """From now on this very value has the digest, which somebody knows without looking into it."""
        self._known[id(value)] = (value, digest)

    def of_shared(self, value: object) -> bytes:
        """The digest of a value that is asked for again and again; it is kept, and the value with it."""
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = (value, self.of(value))
        return known[1]

    def _plain(self, value: object) -> Any:
        """The value as tuples of what `marshal` writes in one way only. The first item tells kinds apart."""
        kind = type(value)
        if kind is tuple:
            return tuple([one if type(one) in _PLAIN else self._plain(one) for one in value])  # type: ignore[attr-defined]
        if kind in self._shared:
            return self.of_shared(value)
        if kind in _PLAIN:
            return value
        if isinstance(value, Value):
            return self._open(value, type(value))
        if isinstance(value, str):
            if kind is Located and not self._places:
                return str.__str__(value)
            more = tuple(map(self._plain, vars(value).values()))
            return kind.__qualname__, str.__str__(value), more
        if kind is Later:
            return ("later", value.key) if value.key else self._plain(value.read())  # type: ignore[attr-defined]
        if isinstance(value, (list, frozenset, set)):
            members = sorted(value) if not isinstance(value, list) else value
            return kind.__name__, tuple(map(self._plain, members))
        if isinstance(value, dict):
            return "dict", tuple([(self._plain(key), self._plain(one)) for key, one in value.items()])
        if isinstance(value, (dt.date, dt.time)):
            zone = getattr(value, "tzinfo", None)
            return kind.__name__, value.isoformat(), getattr(value, "fold", 0), self._plain(zone)
        if isinstance(value, ZoneInfo) and value.key:  # what it means is the tzdata package's, a part of the program
            return "zone", str(value.key)
        if isinstance(value, (Decimal, dt.timedelta, dt.timezone)):
            return kind.__name__, repr(value)
        raise NoDigest

    def _open(self, value: Value, kind: ValueType) -> Any:
        if kind is Span and not self._places:
            return ()
        parts = [one if type(one) in _PLAIN else self._plain(one) for one in peek_all(value)]
        return kind.__qualname__, tuple(parts)


_PLAIN = frozenset({str, int, bool, float, bytes, type(None)})
