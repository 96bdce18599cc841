"""The code of the theme's templates, kept for all courses, as Python keeps that of its modules.

To compile the templates takes as long as to make a hundred pages. The file lies beside the code of sitegen's modules,
where Python writes that, too. Where it doesn't, as in a program that belongs to somebody else, it lies in the user's
own cache folder, below a mark that only this user can have put on it (`seals`), since it is code. Nobody needs it: it
may be deleted at any time, and what is damaged or another version's is as good as nothing.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
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
        return _read_own(_user_file()) | _read_shared(_program_file())

    def save(self) -> None:
        """Writes the file, if there is something new: whole or not at all."""
        if not self._are_new:
            return
        kept = list((self._used | self._older).items())[:MOST]  # those that were used stand first
        content = marshal.dumps(dict(kept))
        if not sys.dont_write_bytecode and sys.pycache_prefix is None:
            with suppress(OSError):
                _write(_program_file(), content, 0o644)
                self._are_new = False
                return
        path, sealed = _user_file(), seal(content)
        if path is not None and sealed is not None:
            with suppress(OSError):
                _write(path, sealed, 0o600)
                self._are_new = False

    def __delitem__(self, key: str) -> None:
        raise TypeError("What a cache holds isn't removed.")

    def __iter__(self) -> Iterator[str]:
        raise TypeError("What a cache holds isn't listed.")

    def __len__(self) -> int:
        raise TypeError("What a cache holds isn't counted.")


def _name() -> str:
    """Of the file of this version of the program."""
    program = repr(identify_program()).encode("utf-8", "backslashreplace")
    return f"{_NAME}{blake2b(program, digest_size=8).hexdigest()}"


def _program_file() -> Path:
    return Path(__file__).parent.parent / "__pycache__" / _name()


def _user_file() -> Path | None:
    """None: the user has no cache folder."""
    folder = find_user_folder()
    return Path(folder) / _name() if folder else None


def _read_shared(path: Path) -> dict[str, bytes]:
    """What is there, if it belongs to whom the program belongs to, and nobody else can have written it."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            is_owners = status.st_uid == path.parent.stat().st_uid and not status.st_mode & 0o022
            content = file.read() if stat.S_ISREG(status.st_mode) and (is_owners or os.name == "nt") else b""
        found = marshal.loads(content)
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _read_own(path: Path | None) -> dict[str, bytes]:
    try:
        content = unseal(path.read_bytes()) if path else None
    except OSError:
        return {}
    found: dict[str, bytes] = marshal.loads(content) if content is not None else {}
    return found


def _write(path: Path, content: bytes, mode: int) -> None:
    """Puts the file there, and removes those of versions that weren't used for longest."""
    unfinished = path.with_name(f"{_NAME}{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(content)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    found = sorted(path.parent.glob(f"{_NAME}*"), key=lambda other: other.stat().st_mtime_ns, reverse=True)
    for other in found[MOST_VERSIONS:]:
        other.unlink(missing_ok=True)
