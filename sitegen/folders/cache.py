"""Work that one build leaves for the next, in `.sitegen/cache/` of the course: bytes by name.

Nobody needs it: it may be deleted at any time, what is damaged or isn't ours is as good as nothing, and where
nothing can be written, nothing is. What the bytes mean isn't known here; those who read them trust nothing in them.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path

from sitegen import __version__
from sitegen.folders.memory import FOLDER

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
            whole = path.read_bytes()
        except OSError:
            raise KeyError(name) from None
        if whole[:_DIGEST] != _digest(whole[_DIGEST:]):
            raise KeyError(name)
        return whole[_DIGEST:]

    def __setitem__(self, name: str, value: bytes) -> None:
        with suppress(OSError):
            if self._folder.is_symlink():
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            ignore = self._folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="ascii")
            descriptor, unfinished = tempfile.mkstemp(dir=self._folder, prefix="new-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_digest(value) + value)
                Path(unfinished).replace(self._path(name))
            except OSError:
                Path(unfinished).unlink(missing_ok=True)
                raise
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
        self._program = self._program or _program()
        mark = hashlib.blake2b(self._program, digest_size=6).hexdigest()
        return self._folder / f"{name}-{mark}"

    def _prune(self, kind: str) -> None:
        found = [(path.stat().st_mtime_ns, path) for path in self._folder.glob(f"{kind}-*")]
        for _, path in sorted(found, reverse=True)[MOST_OF_A_KIND:]:
            path.unlink(missing_ok=True)


_DIGEST = 32
_SHARED = ("addresses.py", "diagnostics.py", "model.py")
"""What the readers of bibliographies import from outside their folder."""


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def _program() -> bytes:
    """What tells this program from any other whose work might differ: versions, and its own files as they stand."""
    from importlib.metadata import version

    versions = [__version__, sys.version, unicodedata.unidata_version, version("bibtexparser"), version("math-core")]
    package = Path(__file__).parent.parent
    for path in (*(package / name for name in _SHARED), *sorted(package.glob("bib/*.py"))):
        status = path.stat()
        versions.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(versions).encode()
