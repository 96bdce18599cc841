"""The code of the theme's templates, kept for all courses of this user, as Python keeps that of its modules.

To compile the templates takes as long as to make a hundred pages. The file lies in the user's own cache folder, below
a mark that only this user can have put on it (`seals`), since it is code. Nobody needs it: it may be deleted at any
time, and what is damaged or another version's is as good as nothing.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from sitegen.folders.seals import find_user_folder, seal, unseal
from sitegen.folders.standstill import identify_program

MOST = 200
"""Codes in the file; a course in another language, or with templates of its own, has some of its own."""
MOST_VERSIONS = 3
_NAME = "templates-"


class Codes(MutableMapping[str, bytes]):
    """Codes by what they were compiled from. Those that are new come to the file when it is saved."""

    def __init__(self) -> None:
        self._used: dict[str, bytes] = {}
        self._are_new = False

    def __getitem__(self, key: str) -> bytes:
        if key not in self._used:
            self._used[key] = self._older[key]
        return self._used[key]

    def __setitem__(self, key: str, code: bytes) -> None:
        self._used[key] = code
        self._are_new = True

    @cached_property
    def _older(self) -> dict[str, bytes]:
        return _read(_path())

    def save(self) -> None:
        """Writes the file, if there is something new: whole or not at all."""
        path = _path() if self._are_new else None
        if path is None:
            return
        kept = list((self._used | self._older).items())[:MOST]  # those that were used stand first
        sealed = seal(marshal.dumps(dict(kept)))
        if sealed is not None:
            with suppress(OSError):
                _write(path, sealed)
                self._are_new = False

    def __delitem__(self, key: str) -> None:
        raise TypeError("What a cache holds isn't removed.")

    def __iter__(self) -> Iterator[str]:
        raise TypeError("What a cache holds isn't listed.")

    def __len__(self) -> int:
        raise TypeError("What a cache holds isn't counted.")


def _path() -> Path | None:
    """The file of this version of the program; None: the user has no cache folder."""
    folder = find_user_folder()
    program = repr(identify_program()).encode("utf-8", "backslashreplace")
    return Path(folder) / f"{_NAME}{blake2b(program, digest_size=8).hexdigest()}" if folder else None


def _read(path: Path | None) -> dict[str, bytes]:
    try:
        content = unseal(path.read_bytes()) if path else None
    except OSError:
        return {}
    found: dict[str, bytes] = marshal.loads(content) if content is not None else {}
    return found


def _write(path: Path, content: bytes) -> None:
    """Puts the file there, and removes those of versions that weren't used for longest."""
    unfinished = path.with_name(f"{_NAME}{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    found = sorted(path.parent.glob(f"{_NAME}*"), key=lambda other: other.stat().st_mtime_ns, reverse=True)
    for other in found[MOST_VERSIONS:]:
        other.unlink(missing_ok=True)
