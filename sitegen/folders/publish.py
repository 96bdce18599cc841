"""Publishing: a finished site's files are put into the output folder, so that nobody meets half of a site.

Nothing here renders or decides: where a site may go is `destination`'s to say, what has to change there
is `changes`'.

What holds at every moment, also when the build is killed at the next:

1. Everything new is first written to a stage, a folder inside the output folder, both markers included,
   so that what follows needs next to no space. A full disk is met here, before anything that students
   see has changed. What waits on the same disk already (`Spooled`) goes into place from there.
2. Before the first file takes its place, the marker lists the paths of the old site and of the new one,
   so that the next build knows every file of an interrupted one as ours.
3. Files are renamed into place whole, in the order of `Changes.write`. Then stale files go, then the
   folders that they leave empty, and last the marker lists the new site alone.

The next build goes by what it finds, so it mends an interrupted one, and what was cut short or edited
behind our back as well. When all is as it should be, nothing is written at all.

Two builds for one folder take turns: each holds a lock on the folder itself, which ends with its
process. So a stage that isn't one's own was left by a killed build and is removed. Where folders can't
be locked (Windows, some network drives) a stage counts as left when it is a day old.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sitegen.folders.changes import Changes, Files, Output, find_changes, is_folder, look_at, marker
from sitegen.folders.destination import (
    MARKER,
    STAGE,
    check_output_folder,
    clashing_paths,
    folders_of,
    output_path_problem,
)
from sitegen.folders.disk import Asset, AssetTrouble, chunks
from sitegen.folders.kept import Kept, Spooled
from sitegen.folders.standstill import Signature, sign
from sitegen.values import Value


class PublishFailed(Exception):
    """The text is one sentence: what stopped the publishing, what students see now, and what to do."""


class Published(Value):
    """What publishing did, in POSIX paths from the output folder, sorted."""

    written: tuple[str, ...]
    unchanged: int
    """Files that were there with the same bytes already and weren't touched."""
    removed: tuple[str, ...]
    foreign: tuple[str, ...]
    """What others put there and was left alone; a folder without any file of the site is one name, `photos/`."""


Placed = Mapping[str, tuple[str, Signature]]
"""Each file of the site that is there now: its SHA-256, and how the file system describes it."""


def publish(out: Path, files: Files, course: Path) -> Published:
    """`publish_signed` for those who don't need to know the files again."""
    return publish_signed(out, files, course)[0]


def publish_signed(out: Path, files: Files, course: Path) -> tuple[Published, Placed]:
    """Makes `out` hold exactly `files`, beside what others put there.

    Raises `OutputRefused` for an unfit folder, `PublishFailed` when something stops it, and ValueError for
    paths that `output_path_problem` or `clashing_paths` objects to, which earlier checks should have found.
    A file that stands where the site needs one is replaced only if the marker says that sitegen wrote it.
    With a marker that can't be read nobody knows: what the site needs is replaced, and everything else is
    left alone and named as foreign.
    """
    # What stands there already could be published.
    paths = (path for path, file in files.items() if not isinstance(file, Kept))
    problems = [problem for path in paths if (problem := output_path_problem(path))]
    problems += [f"{one} and {other} can't both be published." for one, other in clashing_paths(files)]
    if problems:
        raise ValueError("\n".join(problems))
    check_output_folder(out, course)
    top = Path(os.path.realpath(out))
    missing = [folder for folder in (top, *top.parents) if not folder.exists()]
    try:
        return _publish_to(out, top, files)
    except (PublishFailed, OSError) as error:
        for folder in missing:
            with suppress(OSError):  # it wasn't made, or it isn't empty
                folder.rmdir()
        if isinstance(error, PublishFailed):
            raise
        place = str(error.filename or top).replace(str(top), str(out), 1)
        raise _failure(error, place, "nothing was published") from error


def _publish_to(out: Path, top: Path, files: Files) -> tuple[Published, Placed]:
    top.mkdir(parents=True, exist_ok=True)
    with take_turn(out, top) as is_alone:
        remove_leftovers(top, is_alone)
        output = look_at(out, top, files.keys())
        changes = find_changes(output, files)
        if changes.obstacles:
            more = len(changes.obstacles) - 1
            reason = changes.obstacles[0] + (f" (and {more} more like it)" if more else "")
            raise PublishFailed(f"{reason}, so {_kept(output)}; move it away and build again.")
        digests: Mapping[str, str] = changes.same
        if changes.write or changes.stale or output.marker != marker(changes.same):
            stage = top / f"{STAGE}{os.getpid()}"
            try:
                digests, waiting = _fill_stage(stage, output, changes, files)
                _put_in_place(stage, waiting, output, changes)
            finally:
                remove_stage(stage)
        placed = {path: (digest, changes.signatures[path]) for path, digest in changes.same.items()}
        written = ((path, sign(f"{top}/{path}")) for path in changes.write)
        placed |= {path: (digests[path], signature) for path, signature in written if signature}
    return Published(tuple(sorted(changes.write)), len(changes.same), changes.stale, changes.foreign), placed


# --- the stage ----------------------------------------------------------------------------------


def _fill_stage(stage: Path, output: Output, changes: Changes, files: Files) -> tuple[dict[str, str], list[str]]:
    """Writes all that is new, and the markers of steps 2 and 3.

    The SHA-256 of each file of the new site, and where each of `changes.write` waits.
    """
    digests, waiting = dict(changes.same), []
    path = MARKER
    try:
        stage.mkdir()
        is_near = False
        for number, path in enumerate(changes.write):
            content, target = files[path], f"{stage}/{number}"
            if isinstance(content, Kept):
                content = content.content
            if isinstance(content, Spooled):
                if is_near:
                    target = content.place
                else:
                    is_near = _move(content, Path(target))
                digests[path] = content.digest
            elif isinstance(content, bytes):
                Path(target).write_bytes(content)
                digests[path] = hashlib.sha256(content).hexdigest()
            else:
                digests[path] = _copy(content, Path(target))
            waiting.append(target)
        path = MARKER
        (stage / "before").write_bytes(marker({**output.known, **digests}))
        (stage / "after").write_bytes(marker(digests))
        return digests, waiting
    except AssetTrouble as trouble:
        raise PublishFailed(f"{trouble}, so {_kept(output)}; build again when that is settled.") from trouble
    except OSError as error:
        raise _failure(error, output.name(path), _kept(output)) from error


def _move(file: Spooled, target: Path) -> bool:
    """From one folder to the other; False: that is on another disk."""
    try:
        Path(file.place).rename(target)
    except OSError:
        target.write_bytes(file.content)
        return False
    return True


def _copy(asset: Asset, target: Path) -> str:
    """Copies the asset as it is by now; its SHA-256. One in the middle of a change is tried again, for a moment."""
    for pause in (0.1, 0.4, None):
        digest = hashlib.sha256()
        try:
            with target.open("wb") as copy:
                for chunk in chunks(asset):
                    copy.write(chunk)
                    digest.update(chunk)
            break
        except AssetTrouble:
            if pause is None:
                raise
            time.sleep(pause)
    return digest.hexdigest()


def remove_stage(stage: Path) -> None:
    """Removes a stage as far as that is possible; a later build removes the rest."""
    with suppress(OSError):
        for file in list(stage.iterdir()):
            file.unlink()
        stage.rmdir()


def remove_leftovers(top: Path, is_alone: bool) -> None:
    """Removes the stages of killed builds: all stages when no other build can be running, else old ones."""
    own, yesterday = f"{STAGE}{os.getpid()}", time.time() - 86400
    for stage in [file for file in top.iterdir() if file.name.startswith(STAGE)]:
        with suppress(OSError):  # gone: the other build has ended
            status = stage.lstat()
            if is_folder(status) and (is_alone or stage.name == own or status.st_mtime < yesterday):
                remove_stage(stage)


# --- into place ---------------------------------------------------------------------------------


def _put_in_place(stage: Path, waiting: Sequence[str], output: Output, changes: Changes) -> None:
    """Steps 2 and 3: after any of the calls below the process may be gone."""
    top, path, kept = output.top, MARKER, _kept(output)
    begun = f"{output.typed} holds files of the old and of the new site, which the next build repairs"
    try:
        replace_file(stage / "before", top / MARKER)
        folders: dict[str, str] = {}
        for path in changes.write:
            if path not in changes.in_the_way:
                folders.setdefault(path.rpartition("/")[0], path)
        for folder, path in folders.items():  # noqa: B007 (a failure names the path)
            os.makedirs(f"{top}/{folder}", exist_ok=True)  # noqa: PTH103 (one call in a third of the time)
        for place, path in zip(waiting, changes.write, strict=True):
            if path in changes.in_the_way:
                kept = begun
                _make_way(output, path, changes.in_the_way[path])
            replace_file(place, f"{top}/{path}")
            kept = begun
        for path in changes.stale:
            kept = begun
            _remove_file(output, path)
        _remove_empty_folders(output, {*changes.same, *changes.write})
        path = MARKER
        replace_file(stage / "after", top / MARKER)
    except OSError as error:
        raise _failure(error, output.name(path), kept) from error


def _make_way(output: Output, path: str, stale: tuple[str, ...]) -> None:
    """Removes the stale files where `path` goes and the folders that held them, or makes the folders it needs."""
    for name in stale:
        _remove_file(output, name)
    target = output.top / path
    if target.is_dir():
        for folder, _, _ in os.walk(target, topdown=False):
            Path(folder).rmdir()
    target.parent.mkdir(parents=True, exist_ok=True)


def _remove_file(output: Output, path: str) -> None:
    """Removes a stale file, unless it has made way already and what stands at its path is a folder by now."""
    status = output.status(path)
    if status and not is_folder(status):
        (output.top / path).unlink()


def _remove_empty_folders(output: Output, site: set[str]) -> None:
    """Removes the folders that hold nothing since the files went that `site` no longer has, the deepest first."""
    gone = {folder for path in output.known if path not in site for folder in folders_of(path)}
    for folder in sorted(gone, reverse=True):
        if output.has_folders(folders_of(f"{folder}/")):
            with suppress(OSError):  # something else is in it
                (output.top / folder).rmdir()


def replace_file(source: Path | str, target: Path | str) -> None:
    """Renames over `target`. On Windows that may have to wait for a virus scanner or an indexer to let go."""
    for pause in (0.05, 0.2, 0.5, None):
        try:
            os.replace(source, target)  # noqa: PTH105 (likewise, for each file of a site)
            break
        except PermissionError as error:
            if pause is None or not hasattr(error, "winerror"):
                raise
            time.sleep(pause)


# --- one build at a time ------------------------------------------------------------------------

_PATIENCE = 60.0
"""Seconds that a build waits for another that is publishing to the same folder."""

if sys.platform == "win32":

    def _try_to_lock(folder: Path) -> int | None:
        return None

else:
    import fcntl

    def _try_to_lock(folder: Path) -> int | None:
        """The folder, opened and locked; None: it can't be locked here. BlockingIOError: another build has it."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            if isinstance(error, BlockingIOError):
                raise
            return None
        return handle


@contextmanager
def take_turn(out: Path, top: Path) -> Iterator[bool]:
    """Waits for other builds and then holds them off; yields False where that can't be, and others may run."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            handle = _try_to_lock(top)
            break
        except BlockingIOError as error:
            if time.monotonic() >= until:
                start = f"Another build is publishing to {out}, so nothing was published"
                raise PublishFailed(f"{start}; wait for it or stop it, and build again.") from error
            time.sleep(0.02)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


# --- what went wrong ----------------------------------------------------------------------------

_REASONS = {
    errno.ENOSPC: ("The disk is full", "free some space"),
    errno.EDQUOT: ("Your share of the disk is used up", "free some space"),
    errno.EFBIG: ("{path} is larger than a file may be there", "choose another output folder"),
    errno.EROFS: ("{path} is on a disk that can only be read", "choose another output folder"),
    errno.EACCES: ("There is no permission to change {path}", "allow it or choose another output folder"),
    errno.EPERM: ("There is no permission to change {path}", "allow it or choose another output folder"),
    errno.ENAMETOOLONG: ("{path} is too long a name for this disk", "shorten it"),
    errno.EISDIR: ("A folder appeared at {path} during the build", "move it away"),
    errno.ENOTDIR: ("A file appeared where {path} needs a folder during the build", "move it away"),
    errno.EEXIST: ("Something appeared at {path} during the build", "move it away"),
    errno.ENOTEMPTY: ("Something appeared in {path} during the build", "move it away"),
}


def _failure(error: OSError, path: str, kept: str) -> PublishFailed:
    """The sentence for an error of the operating system at `path`; `kept` says what students see now."""
    if getattr(error, "winerror", None) in {5, 32}:  # ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION
        reason, remedy = f"Windows didn't let {path} be changed", "close the programs that have it open"
    else:
        words = (error.strerror or type(error).__name__).lower()
        reason, remedy = _REASONS.get(error.errno or 0, (f"{{path}} can't be written ({words})", "mend that"))
    return PublishFailed(f"{reason.replace('{path}', path)}, so {kept}; {remedy} and build again.")


def _kept(output: Output) -> str:
    return "nothing was published" + (" and the last site is as it was" if output.known else "")
