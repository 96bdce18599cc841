"""Work that one build leaves for the next, in `.sitegen/cache/` of the course: bytes by name.

Nobody needs it: it may be deleted at any time, what is damaged or isn't ours is as good as nothing, and where
nothing can be written, nothing is. What the bytes mean isn't known here; those who read them trust nothing in them.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path

from sitegen.folders.memory import FOLDER
from sitegen.folders.standstill import identify_program

MOST_OF_A_KIND = 3
"""What was remembered under older names of a kind (`bibliography-...`) is removed."""


class DiskCache(MutableMapping[str, bytes]):
    """Names are letters, digits and dashes; the part before the first dash is the kind.

    A value comes back only to the very program that put it there: another version of sitegen, of one of the
    libraries whose work is remembered, or of Python has other names for everything.
    """

    def __init__(self, course: Path) -> None:
        self._folder = course / FOLDER / "cache"
        self._program = b""

    def __getitem__(self, name: str) -> bytes:
        path = self._path(name)
        try:
            whole = path.read_bytes() if is_own(path.lstat()) else b""
        except OSError:
            raise KeyError(name) from None
        if whole[:_DIGEST] != _digest(whole[_DIGEST:]):
            raise KeyError(name)
        return whole[_DIGEST:]

    def __setitem__(self, name: str, value: bytes) -> None:
        with suppress(OSError):
            _write(self._folder, self._path(name).name, _digest(value) + value)
            self._prune(name.partition("-")[0])

    def __delitem__(self, name: str) -> None:
        try:
            self._path(name).unlink()
        except OSError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        raise TypeError("What a cache holds isn't listed.")

    def __len__(self) -> int:
        raise TypeError("What a cache holds isn't counted.")

    def _path(self, name: str) -> Path:
        self._program = self._program or repr(identify_program()).encode("utf-8", "backslashreplace")
        mark = hashlib.blake2b(self._program, digest_size=6).hexdigest()
        return self._folder / f"{name}-{mark}"

    def _prune(self, kind: str) -> None:
        found = [(path.stat().st_mtime_ns, path) for path in self._folder.glob(f"{kind}-*")]
        for _, path in sorted(found, reverse=True)[MOST_OF_A_KIND:]:
            path.unlink(missing_ok=True)


def store(course: Path, name: str, value: bytes) -> None:
    """Keeps what has a format of its own, under its bare name."""
    with suppress(OSError):
        _write(course / FOLDER / "cache", name, value)


def remove_cache(course: Path) -> None:
    """Removes all that is remembered; the next build does all of its work again."""
    import shutil

    folder = course / FOLDER / "cache"
    if not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def make_folder(folder: Path) -> bool:
    """Makes the cache's folder, and keeps it out of the course's repository; False: it can't be made."""
    with suppress(OSError):
        if not folder.is_symlink():
            folder.mkdir(parents=True, exist_ok=True)
            ignore = folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="ascii")
            return True
    return False


def is_own(status: os.stat_result) -> bool:
    """Whether a file is one that this user wrote; on Windows that isn't known, and folders have their owners."""
    return stat.S_ISREG(status.st_mode) and (not hasattr(os, "geteuid") or status.st_uid == os.geteuid())


def _write(folder: Path, name: str, content: bytes) -> None:
    """Puts a file into the cache, whole or not at all."""
    if not make_folder(folder):
        return
    unfinished = folder / f"new-{os.urandom(8).hex()}"  # as `tempfile` does it, which takes 5 ms to load
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
        unfinished.replace(folder / name)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


_DIGEST = 32


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
