"""Files that were made and wait on disk until all are there and nothing is wrong: a site needn't fit into memory.

They lie in a folder of the build's own in `.sitegen/cache/`; when they are published, they are moved from there. What
can't be written stays in memory, so that nobody needs a spool.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sitegen.folders.cache import make_folder
from sitegen.folders.kept import Spooled
from sitegen.folders.memory import FOLDER

_NAME = "made-"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
"""Opens a file that isn't there. `open` takes longer, and that for each of thousands of files."""


class Spool:
    """One build's folder, which goes with it. Two processes may put files into it."""

    def __init__(self, course: Path, out: Path) -> None:
        cache = course / FOLDER / "cache"
        self._folder, self._top, self._count = cache / f"{_NAME}{os.getpid()}", os.path.realpath(out), 0
        self._is_there = False
        if make_folder(cache):
            _remove_left(cache)
            with suppress(OSError):
                self._folder.mkdir()
                self._is_there = True

    def put(self, path: str, content: bytes) -> Spooled | bytes:
        """The file to be published at `path`."""
        if not self._is_there:
            return content
        self._count += 1
        place = f"{self._folder}/{os.getpid()}-{self._count}"
        try:
            handle = os.open(place, _NEW, 0o666)
            try:
                written = os.write(handle, content)
            finally:
                os.close(handle)
            if written == len(content):
                return Spooled(place, f"{self._top}/{path}", len(content), sha256(content).hexdigest())
        except OSError:
            pass
        self._is_there = False  # the disk is full, most likely: who publishes tells that
        return content

    def close(self) -> None:
        """Removes what wasn't published."""
        import shutil

        if self._is_there or self._folder.exists():
            shutil.rmtree(self._folder, ignore_errors=True)


def _remove_left(cache: Path) -> None:
    """Removes the folders of builds that were killed."""
    import shutil

    for folder in cache.glob(f"{_NAME}*"):
        number = folder.name.removeprefix(_NAME)
        if number.isdecimal() and not _is_running(int(number)) and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return process != os.getpid()
