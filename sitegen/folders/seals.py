"""A mark that only this user can have put on a file: a hash with a key that lies in no course.

A course may come from somebody else, and its `.sitegen/` folder with it. What is kept there to be quicker is read in
ways that could run what a stranger wrote (`pickle`, `marshal`), so it is read only below a mark of one's own.

Imports no more than a program has anyway: `standstill` is asked before anything else.
"""

from __future__ import annotations

import os
import stat

try:
    from _blake2 import blake2b  # what `hashlib` hands on, which takes longer to load than all else here
except ImportError:  # pragma: no cover (another Python)
    from hashlib import blake2b

SIZE = 32
"""Bytes of a mark, and of the key."""


def seal(content: bytes) -> bytes | None:
    """The content below its mark; None where this user can't keep a key."""
    key = _read_key() or _make_key()
    return _mark(content, key) + content if key else None


def unseal(sealed: bytes) -> bytes | None:
    """The content that `seal` was given; None: the mark isn't this user's, or the content isn't whole."""
    key, content = _read_key(), sealed[SIZE:]
    return content if key and sealed[:SIZE] == _mark(content, key) else None


class Sealing:
    """Seals and opens many values with the key as it is when it is first asked for."""

    def __init__(self) -> None:
        self._key: bytes | None = None

    def seal(self, content: bytes) -> bytes | None:
        self._key = self._key or _read_key() or _make_key()
        return _mark(content, self._key) + content if self._key else None

    def unseal(self, sealed: bytes) -> bytes | None:
        self._key = self._key or _read_key()
        content = sealed[SIZE:]
        return content if self._key and sealed[:SIZE] == _mark(content, self._key) else None


def _mark(content: bytes, key: bytes) -> bytes:
    mark: bytes = blake2b(content, digest_size=SIZE, key=key).digest()
    return mark


def find_user_folder() -> str | None:
    """Where things of this user lie that belong to no course; None: there is no such place."""
    folder = os.path.dirname(_place())
    return folder if os.path.isabs(folder) else None


def _place() -> str:
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(folder, "sitegen", "key")


def _read_key() -> bytes | None:
    """The key; None: there is none that others couldn't have put there or read."""
    try:
        handle = os.open(_place(), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        status = os.fstat(handle)
        is_ours = not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)
        key = os.read(handle, SIZE + 1) if stat.S_ISREG(status.st_mode) and is_ours else b""
    except OSError:
        return None
    finally:
        os.close(handle)
    return key if len(key) == SIZE else None


def _make_key() -> bytes | None:
    place = _place()
    if not os.path.isabs(place):  # no home
        return None
    beginning = f"{place}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        handle = os.open(beginning, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(handle, os.urandom(SIZE))
        finally:
            os.close(handle)
        try:
            os.link(beginning, place)  # of two programs that begin at once, the first one's stays
        except OSError:
            if not os.path.lexists(place):
                os.replace(beginning, place)
        if os.path.lexists(beginning):
            os.unlink(beginning)
    except OSError:
        return None
    return _read_key()
