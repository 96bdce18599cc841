"""What a course's folder holds at a moment: each file's size, times and inode, and where its links lead.

Nothing is read but the folders. What is passed over is what a build passes over, and what editors leave for a moment.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from sitegen.folders.disk import is_left_out
from sitegen.values import Value, field

FILES, FOLDERS = ("site.yaml", "papers.bib"), ("content", "templates")
"""What a build reads of a course."""

_TEMPORARY = ("___jb_tmp___", "___jb_old___", ".crdownload", ".part")
"""JetBrains' editors save through the first two, browsers download into the others."""
_DEEPEST = 64


class Signature(NamedTuple):
    """What differs when a file is another one, or says something else."""

    size: int
    inode: int
    modified_ns: int
    changed_ns: int
    """On Windows, when it was made."""


class Listing(Value, frozen=False):
    files: dict[str, Signature] = field(factory=dict)
    """By path from the course's folder, in NFC; those elsewhere by their absolute path."""
    deep: set[str] = field(factory=set)
    """Folders of which everything below counts: the course's own, and those that links lead to."""
    flat: set[str] = field(factory=set)
    """Folders in which one file counts."""
    far: set[str] = field(factory=set)
    """Those files: what links lead to, and what else was asked for."""

    def leads_to(self, path: str) -> bool:
        """Whether what lies at an absolute path outside the course's own folders belongs to it all the same."""
        return path in self.far or any(path.startswith(f"{folder}{os.sep}") for folder in self.deep)


def list_course(course: str, further: Iterable[str] = ()) -> Listing:
    """All that counts of the course in the folder `course`, a real path, and of the files `further` elsewhere."""
    listing = Listing()
    for name in (*FILES, *FOLDERS):
        _list_at(os.path.join(course, name), name, listing, (course,))
    for path in further:
        signature = sign(path)
        listing.far.add(path)
        if signature and not os.path.isdir(path):  # a folder's time changes with whatever is done in it
            listing.files[path] = signature
    return listing


def name_below(course: str, path: str) -> str | None:
    """A path's name from the course's folder, in NFC; None: it isn't below it."""
    if not path.startswith(course + os.sep):
        return None
    return unicodedata.normalize("NFC", path[len(course) + 1 :].replace(os.sep, "/"))


def is_passed_over(name: str) -> bool:
    """Whether a path from the course's folder is none of a build's."""
    return name.endswith(_TEMPORARY) or any(
        is_left_out(part) and part not in (".well-known", ".nojekyll") for part in name.split("/")
    )


def sign(path: str) -> Signature | None:
    """The signature of what is there; a link's is that of what it leads to."""
    try:
        return _signature(os.stat(path))
    except OSError:
        return None


def _signature(status: os.stat_result) -> Signature:
    return Signature(status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)


def _list_at(
    path: str, name: str, listing: Listing, above: tuple[str, ...], entry: os.DirEntry[str] | None = None
) -> None:
    """Lists the file or folder at `path`; `above` are the real folders that it is in: no link runs in circles."""
    try:
        status = entry.stat() if entry and os.name == "posix" else os.stat(path)
        is_link = entry.is_symlink() if entry else os.path.islink(path)
    except OSError:
        return  # gone by now, or a link to nothing
    real = os.path.realpath(path) if is_link else os.path.join(above[-1], os.path.basename(path))
    if not stat.S_ISDIR(status.st_mode):
        listing.files[name] = _signature(status)
        if is_link:
            listing.far.add(real)
            listing.flat.add(os.path.dirname(real))
        return
    if is_link or len(above) == 1:
        listing.deep.add(real)
    if len(above) > _DEEPEST or real in above:
        return
    try:
        with os.scandir(path) as entries:
            for found in entries:
                if not is_passed_over(found.name):
                    below = unicodedata.normalize("NFC", f"{name}/{found.name}")
                    _list_at(found.path, below, listing, (*above, real), found)
    except OSError:
        return
