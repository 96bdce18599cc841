"""Many small values in one file of the cache, each of which can be read alone.

A value is known by its place and its digest; who keeps these keeps them sealed. What is damaged, or was written by
another build meanwhile, is as good as nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from hashlib import blake2b

NAME = "pack"

Place = tuple[int, int, bytes]
"""Where a value starts, its length, its digest."""


Packed = tuple[bytes, bytes]
"""A value and its digest."""


def pack(values: Iterable[Packed]) -> tuple[bytes, list[Place]]:
    """The file's bytes, and each value's place."""
    parts, places, start = [], [], 0
    for value, mark in values:
        parts.append(value)
        places.append((start, len(value), mark))
        start += len(value)
    return b"".join(parts), places


def read_packed(path: str, place: Place) -> bytes | None:
    """The value at its place; None: it isn't there any more."""
    start, length, mark = place
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        os.lseek(handle, start, os.SEEK_SET)
        value = os.read(handle, length)
    except OSError:
        return None
    finally:
        os.close(handle)
    return value if digest(value) == mark else None


def unpack(content: bytes, place: Place) -> bytes | None:
    """The value at its place in a file that has been read."""
    start, length, mark = place
    value = content[start : start + length]
    return value if digest(value) == mark else None


def append(path: str, value: bytes) -> Place | None:
    """The place of a value that was added at the file's end; None: it couldn't be."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        start = os.fstat(handle).st_size
        os.write(handle, value)
    except OSError:
        return None
    finally:
        os.close(handle)
    return start, len(value), digest(value)


def digest(value: bytes) -> bytes:
    return blake2b(value, digest_size=16).digest()
