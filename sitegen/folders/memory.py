"""What one build leaves for the next: the calendar and the news feed as they were last published, in `.sitegen/`.

What the next build makes of them is `revisions`' and `announced`'s. Nothing here is needed: without it, a build
starts anew.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from sitegen.folders.changes import is_folder
from sitegen.folders.disk import is_link

FOLDER = ".sitegen"
CALENDAR, NEWS = REMEMBERED = "calendar.ics", "feed.xml"
_LARGEST = 8 << 20
"""Bytes; a calendar of a thousand classes has a tenth of that."""


def read_memory(course: Path, out: Path | None, name: str = CALENDAR) -> tuple[bytes, ...]:
    """The file as it may have been published last: what was kept, then what is in the output folder."""
    places = [course / FOLDER / name, *([out / name] if out else [])]
    return tuple(content for place in places if (content := _read(place)) is not None)


def keep_memory(course: Path, content: object, name: str = CALENDAR) -> None:
    """Keeps the file for the next build; a course that can't be written to is no error, nor is a full disk."""
    folder = course / FOLDER
    if not isinstance(content, bytes) or _read(folder / name) == content:
        return
    beginning = folder / f"{name}.{os.getpid()}"
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        if is_folder(folder.lstat()):
            try:
                beginning.write_bytes(content)
                beginning.replace(folder / name)
            finally:
                beginning.unlink(missing_ok=True)


def _read(file: Path) -> bytes | None:
    """The file's bytes; None for one that isn't there, can't be read, is huge or no file of the folder's own."""
    try:
        status = file.lstat()
        if is_link(status) or not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return None
        return file.read_bytes()
    except OSError:
        return None
