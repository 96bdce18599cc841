"""What has to change in the output folder so that it holds a site and nothing stale: looked up and decided.

Nothing here writes (that is `publish`), and no link in the output folder is followed. What stands in
the way is part of the answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from sitegen.folders.destination import (
    MARKER,
    STAGE,
    folded,
    folders_above,
    folders_of,
    is_marked,
    output_path_problem,
)
from sitegen.folders.disk import Asset, AssetTrouble, chunks, is_link, shown
from sitegen.folders.kept import Kept, Spooled, describe
from sitegen.folders.standstill import Signature
from sitegen.values import Value

Files = Mapping[str, bytes | Asset | Kept | Spooled]
"""A site: what is published, by POSIX path from the output folder."""


# --- the folder as it stands --------------------------------------------------------------------

_FORMAT = 1
"""The marker's format. A marker that is damaged or of another format says nothing."""

_ABOUT = "The files that sitegen wrote here. Keep this list: without it sitegen won't write here again."


def marker(digests: Mapping[str, str]) -> bytes:
    """The marker for files with these SHA-256 sums: the same bytes for the same site, at any time and place."""
    notes = {"about": _ABOUT, "format": _FORMAT, "files": {path: digests[path] for path in sorted(digests)}}
    return (json.dumps(notes, indent=1) + "\n").encode()


class Output(Value):
    """The output folder, and what its marker says of it."""

    top: Path
    """Where it really is."""
    typed: str
    """What the user calls it."""
    marker: bytes | None
    """None: there is none."""
    known: Mapping[str, str]
    """The paths that are ours by the marker, with the SHA-256 of what was meant to be there."""
    is_trusted: bool
    """False: there is a marker but it can't be read, so nobody knows what is ours."""
    ignores_case: bool
    """Whether the disk takes `A.html` for `a.html`, as those of macOS and Windows do."""

    def status(self, path: str) -> os.stat_result | None:
        """The `lstat` of what stands at `path`; None: nothing does."""
        try:
            return os.lstat(f"{self.top}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def has_folders(self, folders: Iterable[str]) -> bool:
        """Whether all of these are folders. Behind a link nothing is ours, whatever its path."""
        statuses = (self.status(folder) for folder in folders)
        return all(status is not None and is_folder(status) for status in statuses)

    def key(self, path: str) -> str:
        """The same for all names of one file on this disk."""
        return folded(path) if self.ignores_case else path

    def keys(self, paths: Iterable[str]) -> set[str]:
        return {folded(path) for path in paths} if self.ignores_case else set(paths)

    def name(self, path: str) -> str:
        """The file in the user's words."""
        return shown(str(Path(self.typed, path)))


def look_at(out: Path, top: Path, site: Set[str] = frozenset()) -> Output:
    """The output folder `out`, which really is at `top`. `site` are paths that are known to be publishable.

    A marker counts only if it is a file of the folder's own and lists none but publishable paths, so that
    a forged one can't reach outside the folder.
    """
    if not is_marked(top):
        return Output(top, str(out), None, {}, is_trusted=True, ignores_case=False)
    ignores_case = (top / MARKER.upper()).exists()
    content = b""
    try:
        content = (top / MARKER).read_bytes()
        notes = json.loads(content)
        known = dict(notes["files"])
        if notes["format"] == _FORMAT and all(isinstance(digest, str) for digest in known.values()):
            if not any(output_path_problem(path) for path in known.keys() - site):
                return Output(top, str(out), content, known, is_trusted=True, ignores_case=ignores_case)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        pass
    return Output(top, str(out), content, {}, is_trusted=False, ignores_case=ignores_case)


def is_folder(status: os.stat_result) -> bool:
    """Whether an `lstat` result is a folder and no link to one."""
    return stat.S_ISDIR(status.st_mode) and not is_link(status)


# --- the changes --------------------------------------------------------------------------------


class Changes(Value):
    """What publishing has to do, in the order in which every moment in between is a working site."""

    write: tuple[str, ...]
    """What pages load, then new pages, then changed ones with the home page last, then `in_the_way`."""
    same: Mapping[str, str]
    """Files that are as they should be, with their SHA-256."""
    signatures: Mapping[str, Signature]
    """How these were described before they were compared."""
    in_the_way: Mapping[str, tuple[str, ...]]
    """Where a folder becomes a file or a file a folder: the path, and which stale files must go before it."""
    stale: tuple[str, ...]
    """All files of ours that the site no longer has, sorted."""
    foreign: tuple[str, ...]
    """What was never ours, sorted; a folder without any file of the site is one name, `photos/`."""
    obstacles: tuple[str, ...]
    """What isn't ours and stands where the site needs to write, each to begin a sentence."""


_FOREIGN = "was not written by sitegen"


def find_changes(output: Output, files: Files) -> Changes:
    """Compares the output folder with the site. What is there is judged by its bytes, not by the marker.

    Bytes other than the site's are replaced where the marker says that they are ours, or where it can't
    be read and nobody knows; else they are an obstacle. Links and special files count as other bytes.
    """
    folders = folders_above(files)
    ours = output.keys(output.known)
    stale = _stale(output, files)
    stale_keys = output.keys(stale)
    obstacles: list[str] = []
    to_be_folders: set[str] = set()
    for folder in sorted(folders):
        status = output.status(folder)
        if status is None or is_folder(status):
            continue
        if is_link(status):
            obstacles.append(f"{output.name(folder)} is a link and the site needs a folder there")
        elif output.key(folder) not in ours:
            obstacles.append(f"{output.name(folder)} {_FOREIGN} and the site needs a folder there")
        to_be_folders.add(folder)

    same: dict[str, str] = {}
    signatures: dict[str, Signature] = {}
    in_the_way: dict[str, tuple[str, ...]] = {}
    replaced: set[str] = set()
    top = str(output.top)
    for path, content in files.items():
        if to_be_folders and (blocked := tuple(folder for folder in folders_of(path) if folder in to_be_folders)):
            in_the_way[path] = blocked
            continue
        status = output.status(path)
        if status is None:
            continue
        signature = describe(status)
        if isinstance(content, Kept) and signature == content.signature:
            same[path], signatures[path] = content.digest, signature
        elif is_folder(status):
            in_the_way[path] = tuple(_files_below(output, path))
            strange = [name for name in in_the_way[path] if output.key(name) not in stale_keys]
            obstacles += [f"{output.name(name)} {_FOREIGN} and is where the site needs a file" for name in strange]
        elif (digest := _digest_if_same(content, f"{top}/{path}", status)) is not None:
            same[path], signatures[path] = digest, signature
        elif output.is_trusted and output.key(path) not in ours:
            obstacles.append(f"{output.name(path)} {_FOREIGN} and the site needs its place")
        else:
            replaced.add(path)

    def turn(path: str) -> tuple[bool, bool, bool, int, str]:
        is_page = path.endswith((".html", ".htm"))
        return path in in_the_way, is_page, is_page and path in replaced, -path.count("/"), path

    write = tuple(sorted((path for path in files if path not in same), key=turn))
    foreign = _foreign(output, files, folders)
    return Changes(write, same, signatures, in_the_way, tuple(sorted(stale)), foreign, tuple(obstacles))


def _stale(output: Output, files: Files) -> set[str]:
    """Paths of ours that still hold a file and that the site no longer has, not even in other case."""
    wanted = output.keys(files)
    found = set()
    for path in output.known:
        if path not in files and output.key(path) not in wanted and output.has_folders(folders_of(path)):
            status = output.status(path)
            if status and not is_folder(status):
                found.add(path)
    return found


def _foreign(output: Output, files: Files, folders: Set[str]) -> tuple[str, ...]:
    """What stands in the output folder and never was ours. Folders of others aren't looked into."""
    ours = output.keys([*files, *output.known])
    shared = folders_above(ours)
    kept = output.keys(folders)
    found: set[str] = set()
    top = str(output.top)

    def look(folder: str) -> None:
        with os.scandir(f"{top}/{folder}".rstrip("/")) as entries:
            for entry in entries:
                path = f"{folder}{entry.name}"
                key = output.key(path)
                is_real_folder = entry.is_dir(follow_symlinks=False)
                if (key in ours and not is_real_folder) or path == MARKER:
                    continue
                if is_real_folder and path.startswith(STAGE):
                    continue
                if is_real_folder and key in shared:
                    look(f"{path}/")
                else:
                    path += "/" if is_real_folder else ""
                    alone = (f"{above}/" for above in folders_of(path) if output.key(above) not in kept)
                    found.add(shown(next(alone, path)))

    look("")
    return tuple(sorted(found))


def _files_below(output: Output, folder: str) -> Iterator[str]:
    """The paths of everything below a folder that isn't a folder itself."""

    def stop(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(output.top / folder, onerror=stop):
        here = Path(place).relative_to(output.top).as_posix()
        links = [name for name in folders if is_link(Path(place, name).lstat())]
        yield from (f"{here}/{name}" for name in (*names, *links))


def _digest_if_same(content: bytes | Asset | Kept | Spooled, target: str, status: os.stat_result) -> str | None:
    """The SHA-256 of `content` if the file at `target` has the same bytes; None: it hasn't, or can't be read."""
    if isinstance(content, Kept):
        content = content.content
    size = len(content) if isinstance(content, bytes) else content.size
    if not stat.S_ISREG(status.st_mode) or is_link(status) or status.st_size != size:
        return None
    try:
        if isinstance(content, Spooled):
            return content.digest if hashlib.sha256(Path(target).read_bytes()).hexdigest() == content.digest else None
        if isinstance(content, bytes):
            return hashlib.sha256(content).hexdigest() if Path(target).read_bytes() == content else None
        digest = hashlib.sha256()
        with Path(target).open("rb") as published:
            for chunk in chunks(content):
                if published.read(len(chunk)) != chunk:
                    return None
                digest.update(chunk)
            return None if published.read(1) else digest.hexdigest()
    except (OSError, AssetTrouble):
        return None  # it will be copied, and what is wrong is told then
