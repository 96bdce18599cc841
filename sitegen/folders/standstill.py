"""What has changed since the last build, found out before anything else is imported; most often nothing has.

A build that succeeded leaves a record: what it was asked, every file that it read or wrote as the file system
describes it, and what it said. While all of that holds, another build would write the same bytes and say the same
words, so it needn't be done; and where only texts have changed, `shortcut` may know a short way. A file is described
by size, time of its last change, inode and `ctime`, which no program can set back. In doubt there is no record, and
the build is done: nothing here decides what a site holds.

Only modules that Python has loaded anyway are imported at the top, and of sitegen nothing but `seals`.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
import time
from _thread import allocate_lock, start_new_thread

from sitegen.folders.seals import seal, unseal

TYPE_CHECKING = False  # `typing` takes a third of the time that there is
if TYPE_CHECKING:  # and `collections`, which `collections.abc` loads, a tenth
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

_FORMAT = 2
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(".sitegen", "cache")
NAME = "standstill"
SECONDS, WRITTEN, UNCHANGED = "\0", "\1", "\2"
"""Stand in a kept line for the seconds that it took, and for how many files were written and were not."""
_READ = ("site.yaml", "papers.bib", "content", "templates")
"""What a build reads of a course folder, as `disk` does."""
_MANY = 5_000
"""Files for which a second thread is worth its while."""
MOST_TEXTS = 10
"""Texts that may have changed for the short way to be tried."""
_TICK_NS = 10_000_000
SAFE_NS = 5 * _TICK_NS
"""A file that changed this short a time before it was read might have changed again within the same tick of the file
system's clock; 10 ms is the longest tick in use.
"""
_NAMED = {"XDG_CACHE_HOME", "COLUMNS", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "PATH", "TERM", "TZ"}
_PREFIXES = ("GIT", "PAGEFIND", "PYTHON", "SITEGEN")

Signature = tuple[int, int, int, int]
Signatures = dict[str, Signature]


class Standing:
    """A record that still holds but for the texts that have changed."""

    def __init__(self, record: dict[str, Any], started: float, changed: Signatures) -> None:
        self.record, self.changed = record, changed
        """`changed` has the texts by their paths as the record has them, as they are now."""
        self._started = started

    def tell(self, written: int) -> str:
        """What the build says on standard output; what it says of the course goes to standard error."""
        sys.stderr.write(self.record["said"])
        line: str = self.record["line"]
        unchanged = self.record["files"] - written
        for mark, number in ((WRITTEN, str(written)), (UNCHANGED, str(unchanged)), (SECONDS, self._seconds())):
            line = line.replace(mark, number)
        return line

    def _seconds(self) -> str:
        return f"{time.perf_counter() - self._started:.2f}"


def compare(arguments: Sequence[str]) -> Standing | None:
    """What the build of these arguments would find changed; None: it has to be done."""
    started = time.perf_counter()
    if sys.platform == "win32" or "--no-cache" in arguments or arguments[:1] != ["build"]:  # Windows has no ctime
        return None
    for word in (".", *arguments[1:]):
        record = _read(os.path.join(word, FOLDER, NAME))
        if record is not None and (changed := _find_changed(record, word, arguments)) is not None:
            return Standing(record, started, changed)
    return None


def holds(arguments: Sequence[str]) -> str | None:
    """What the build of these arguments says on standard output when nothing has changed; None: something has."""
    standing = compare(arguments)
    return standing.tell(0) if standing and not standing.changed else None


def _find_changed(record: dict[str, Any], course: str, arguments: Sequence[str]) -> Signatures | None:
    """The texts that have changed, if nothing else has."""
    since, until = record["valid"]
    if (
        record["asked"] != _asked(arguments)
        or os.path.abspath(record["course"]) != os.path.abspath(course)
        or not since <= time.time() < until
        or record["program"] != identify_program()
    ):
        return None
    old, new = record["read"], _look_at(record["course"], record["further"])
    if new is None or old.keys() != new.keys():
        return None
    changed = {path: signature for path, signature in new.items() if signature != old[path]}
    has_short_way = record["is_short"] and record["texts"].keys() >= changed.keys()
    if changed and (len(changed) > MOST_TEXTS or not has_short_way):
        return None
    return changed if _stand(list(record["written"].items())) else None


def _stand(files: list[tuple[str, Signature]]) -> bool:
    """Whether all of these are as they were. While one thread waits for the file system, another one asks it."""
    if len(files) < _MANY:
        return _stand_alone(files)
    half, is_done, other = len(files) // 2, allocate_lock(), [False]

    def look() -> None:
        other[0] = _stand_alone(files[half:])
        is_done.release()

    is_done.acquire()
    start_new_thread(look, ())
    is_whole = _stand_alone(files[:half])
    is_done.acquire()
    return is_whole and other[0]


def _stand_alone(files: list[tuple[str, Signature]]) -> bool:
    return all(sign(path) == signature for path, signature in files)


# --- keeping a record ---------------------------------------------------------------------------


class Watch:
    """The course's files as they are before a build reads them."""

    def __init__(self, course: str, further: Sequence[str] = ()) -> None:
        """`further` are files outside of what every course has that the build's outcome depends on."""
        self.course, self.further = course, tuple(further)
        self.before = _look_at(course, self.further)
        self.began = clock_of(course)
        youngest = max((age(signature) for signature in (self.before or {}).values()), default=0)
        if self.began is not None and self.began - SAFE_NS < youngest <= self.began:
            # Whoever saves and builds at once has a record, too. The file system's clock may be a tick behind.
            time.sleep((SAFE_NS + _TICK_NS) / 1e9)
            self.before = _look_at(course, self.further)
            self.began = clock_of(course)

    def keep(
        self,
        arguments: Sequence[str],
        written: Sequence[str],
        line: str,
        said: str,
        valid: tuple[float, float],
        files: int = 0,
        texts: Mapping[str, object] | None = None,
        is_short: bool = False,
        **more: object,
    ) -> bytes | None:
        """The record of a build that has ended well; None when what it read may have changed meanwhile.

        `written` are the paths that it is to find again, `line` is what it says at the end with signs for its
        numbers, `said` what it said of the course, `valid` from when until when the day is the same (seconds since
        1970), `files` how many the site has, `texts` what is known of those for which there is a short way, and
        `is_short` whether such a build may take it.
        """
        if sys.platform == "win32" or self.began is None or self.before is None:
            return None
        if any(age(signature) > self.began - SAFE_NS for signature in self.before.values()):
            return None
        signatures = {path: sign(path) for path in written}
        if None in signatures.values() or _look_at(self.course, self.further) != self.before:
            return None
        return encode(
            {
                "asked": _asked(arguments),
                "course": self.course,
                "program": identify_program(),
                "further": self.further,
                "read": self.before,
                "written": signatures,
                "line": line,
                "said": said,
                "valid": valid,
                "files": files,
                "texts": texts or {},
                "is_short": is_short,
                **more,
            }
        )


def encode(record: dict[str, Any]) -> bytes | None:
    """The record as it is kept; None where it can't be sealed."""
    return seal(_FORMAT.to_bytes(4) + marshal.dumps(record))


def put_away(course: str, content: bytes | None) -> None:
    """Writes the course's record, whole or not at all; None: there is none any more."""
    path = os.path.join(course, FOLDER, NAME)
    beginning = f"{path}-{os.getpid()}"
    try:
        if content is None:
            os.unlink(path)
            return
        handle = os.open(beginning, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            file.write(content)
        os.replace(beginning, path)
    except OSError:
        pass


def age(signature: Signature) -> int:
    """When the file was last changed in any way, in ns since 1970."""
    return max(signature[1], signature[2])


def clock_of(course: str) -> int | None:
    """What the time is on the course's disk, whose clock may be another computer's, in ns; None: it can't be told."""
    path = os.path.join(course, FOLDER, f"{NAME}-{os.getpid()}")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL)
        try:
            return os.fstat(handle).st_ctime_ns
        finally:
            os.close(handle)
            os.unlink(path)
    except OSError:
        return None


def read_record(course: str) -> dict[str, Any] | None:
    """The course's record, whether it holds or not; one of another program says nothing."""
    record = _read(os.path.join(course, FOLDER, NAME))
    return record if record and record["program"] == identify_program() else None


def _read(path: str) -> dict[str, Any] | None:
    """The record at `path` if it is whole and this user's own."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        with open(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                return None
            content = file.read()
        body = unseal(content)
        if body is None or body[:4] != _FORMAT.to_bytes(4):
            return None
        record = marshal.loads(body[4:])
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return record if isinstance(record, dict) else None


# --- what is compared ---------------------------------------------------------------------------


def _asked(arguments: Sequence[str]) -> tuple[object, ...]:
    """The command line, where it was typed, and what else changes the words of the answer."""
    environment = {k: v for k, v in os.environ.items() if k in _NAMED or k.startswith(_PREFIXES)}
    streams = tuple(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr))
    return tuple(arguments), os.getcwd(), environment, streams


Program = tuple[str, str, Signatures, tuple[str, ...]]

_program: list[Program] = []
"""This program once it has been looked at. What replaces its files while it runs isn't what runs."""


def identify_program() -> Program:
    """What tells this program and its libraries from others: an installed library's folder has its version's name."""
    if not _program:
        own: Signatures = {}
        for folder in (_PACKAGE, os.path.join(os.path.dirname(_PACKAGE), "templates")):
            own.update(_files_below(folder, "__pycache__"))
        _program.append((sys.version, sys.executable, own, _list_libraries()))
    return _program[0]


def version_of(library: str) -> str:
    """The version of an installed library; empty when there is none."""
    wanted = library.replace("-", "_").lower()
    for name in _list_libraries():
        found, _, number = name.rpartition(".")[0].partition("-")
        if found.lower() == wanted:
            return number
    from importlib.metadata import PackageNotFoundError, version  # knows all places, and takes 17 ms to load

    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _list_libraries() -> tuple[str, ...]:
    """`pillow-11.1.0.dist-info`: the folders in which installed libraries have what is known of them."""
    return tuple(
        name
        for folder in sys.path
        if folder.endswith("-packages") and os.path.isdir(folder)
        for name in sorted(os.listdir(folder))
        if name.endswith((".dist-info", ".egg-info"))
    )


def _look_at(course: str, further: Sequence[str]) -> Signatures | None:
    """Every file that a build may read; None where there are links, whose files aren't all below the course."""
    found: Signatures = {}
    try:
        for name in _READ:
            path = os.path.join(course, name)
            signature = sign(path)
            if signature:
                found[path] = signature
            elif os.path.lexists(path):
                found.update(_files_below(path, ""))
    except _Link:
        return None
    found.update((path, sign(path) or (int(os.path.lexists(path)), 0, 0, 0)) for path in further)
    return found


class _Link(Exception):
    pass


def _files_below(folder: str, left_out: str) -> Iterator[tuple[str, Signature]]:
    """Each file's path and signature. Raises `_Link` at a symbolic link."""
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        raise _Link
                    if not entry.is_dir(follow_symlinks=False):
                        status = entry.stat(follow_symlinks=False)
                        yield entry.path, (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
                    elif entry.name != left_out:
                        folders.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue


def sign(path: str) -> Signature | None:
    """A file's signature; None for what isn't a file."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
