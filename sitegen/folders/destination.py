"""Where a site may be published and under which names: the output folder's refusals, the rules for paths.

Nothing here writes or reads a file's content. `publish` does the publishing; others ask here first, so
that a name that can't be published is a diagnostic at the line that asked for it.
"""

from __future__ import annotations

import os
import stat
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from sitegen.folders.disk import is_link, shown, unpublishable_character

MARKER = ".sitegen.json"
"""The list of what sitegen wrote, kept in the output folder; by it the folder is known as ours."""

STAGE = ".sitegen-stage-"
"""How a folder's name begins in which a build collects the site before it publishes it."""


class OutputRefused(Exception):
    """The folder can't be an output folder. The text is one sentence that says why and what to do."""


# --- the folder ---------------------------------------------------------------------------------


def check_output_folder(out: Path, course: Path) -> None:
    """Raises `OutputRefused` when publishing to `out` could harm something that sitegen didn't make.

    Judged by where `out` really is, through links and `..`, and told by the name that the user typed.
    A missing folder is fine, and so is one that is empty or holds sitegen's marker. Git's files and a
    file browser's don't count, so that a site's folder may be made by `git clone` or `git worktree`.
    """
    own = "choose a folder of its own for the site, for example _site"
    real = _real(out)
    try:
        if reason := _why_never(real, _real(course)):
            raise OutputRefused(f"{out} {reason}; {own}.")
        stranger = next(_strangers(real), None) if real.exists() else None
    except OSError as error:
        words = (error.strerror or type(error).__name__).lower()
        raise OutputRefused(f"{out} can't be looked into ({words}); allow it, or {own}.") from error
    if stranger:
        reason = f"holds files that sitegen didn't write, such as {shown(stranger)}"
        raise OutputRefused(f"{out} {reason}; empty it, or {own}.")


def _why_never(real: Path, course: Path) -> str | None:
    """What makes a place unfit for a site whatever it holds, to follow the place's name; None: nothing does."""
    standing = next((place for place in (real, *real.parents) if place.exists()), None)
    if standing is None:
        return "is on a disk that isn't there"
    if not standing.is_dir():
        return "is a file" if standing == real else f"would be inside {standing.name}, which is a file"
    if real.parent == real:
        return "is the top of a whole disk"
    if _same(real, course):
        return "is the course folder itself"
    if any(_same(real, parent) for parent in course.parents):
        return "is a folder that holds the course"
    home = _home()
    if _is_home(real) or (home and _same(real, home)):
        return "is a home folder"
    if any(_same(real, place) for place in (Path("/home"), Path("/Users"), *(home.parents if home else ()))):
        return "is a folder that holds home folders"
    if any(part.casefold() == ".git" for part in real.parts):
        return "is a folder of Git's own"
    for name in ("content", "templates"):
        if any(_same(place, _real(course / name)) for place in (real, *real.parents)):
            return f"is inside the course's {name} folder, so the next build would read its own output"
    return None


def _strangers(folder: Path) -> Iterator[str]:
    """Names in a folder without marker that stand for somebody's work; nothing for a folder with a marker."""
    if not is_marked(folder):
        for name in sorted(file.name for file in folder.iterdir()):
            if name not in {".git", ".DS_Store", "Thumbs.db", "desktop.ini"} and not name.startswith(STAGE):
                yield name


def is_marked(folder: Path) -> bool:
    """Whether the folder holds sitegen's marker as a file of its own. A link is none: it could lead anywhere."""
    try:
        status = (folder / MARKER).lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and not is_link(status)


def _is_home(folder: Path) -> bool:
    """Whether the folder is the home of the user it belongs to.

    One look-up instead of the list of all users, which takes seconds where a university's directory
    service answers it.
    """
    if sys.platform != "win32":
        import pwd

        with suppress(OSError, KeyError):  # the folder isn't there, its owner isn't known
            return _same(folder, _real(Path(pwd.getpwuid(folder.stat().st_uid).pw_dir)))
    return False


def _home() -> Path | None:
    try:
        return _real(Path.home())
    except RuntimeError:
        return None


def _same(one: Path, other: Path) -> bool:
    """Whether two real paths are one folder, also where upper and lower case are one."""
    if one == other:
        return True
    try:
        return one.samefile(other)
    except OSError:
        return False


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


# --- the names ----------------------------------------------------------------------------------

_WINDOWS_CHARACTERS = frozenset('<>:"|?*')
_WINDOWS_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"}
)
"""Names that mean a device with any ending. Source: Microsoft, "Naming Files, Paths, and Namespaces"."""

_LONGEST_NAME = 255
"""Bytes in one name: the limit of ext4, APFS and NTFS (which counts UTF-16 units, never more than bytes)."""


@lru_cache(maxsize=1 << 16)  # a build asks several times for each
def output_path_problem(path: str) -> str | None:
    """A sentence on why no file can be published at `path` (POSIX, from the output folder); None: it can.

    The rules are the same on every system, so that a course builds on Windows if it builds on Linux.
    """
    if not path:
        return "A published file needs a name."
    if character := unpublishable_character(path):
        return f"{_quoted(path)} can't be published: it has {character} in it."
    if path.startswith("/"):
        return f"{_quoted(path)} can't be published: it begins with a slash."
    for part in path.split("/"):
        if problem := _part_problem(part):
            return f"{_quoted(path)} can't be published: {problem}."
    first = path.split("/", 1)[0].casefold()
    if first == MARKER or first.startswith(STAGE):
        return f"{_quoted(path)} can't be published: sitegen keeps its own notes under that name."
    return None


@lru_cache(maxsize=1 << 16)  # most paths end with the same name
def _part_problem(part: str) -> str | None:
    if not part:
        return "it has two slashes in a row or one at its end"
    if part in {".", ".."}:
        return f"it has {part} as a part"
    if part.casefold() == ".git":
        return "it is inside .git, Git's own folder"
    if not _WINDOWS_CHARACTERS.isdisjoint(part):
        found = next(c for c in part if c in _WINDOWS_CHARACTERS)
        return f"it has {found} in it, which Windows doesn't allow"
    if part[-1] in ". ":
        return "a name in it ends with a dot or a space, which Windows doesn't allow"
    if part.split(".", 1)[0].rstrip(" ").upper() in _WINDOWS_DEVICES:
        return f"Windows keeps the name {part} for a device"
    if len(part.encode()) > _LONGEST_NAME:
        return f"a name in it is longer than {_LONGEST_NAME} bytes"
    return None


def clashing_paths(paths: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of paths that can't both be published, each pair and all of them in order.

    Two that differ only in case or in how an accent is stored, since macOS and Windows hold one of
    them; and a file where another needs a folder: `a` with `a/b`, one in, ("a", "a/b") out.
    """
    met: dict[str, str] = {}
    clashes: list[tuple[str, str]] = []
    ordered = sorted(paths)
    for path in ordered:
        other = met.setdefault(folded(path), path)
        if other != path:
            clashes.append((other, path))
    if not met.keys().isdisjoint(folders_above(met)):
        for path in ordered:
            clashes += [(met[folder], path) for folder in folders_of(folded(path)) if folder in met]
    return sorted(clashes)


def folded(path: str) -> str:
    """What two paths have in common when a file system that ignores case takes one for the other.

    Source: The Unicode Standard, section 3.13, D145, "canonical caseless match".
    """
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def folders_of(path: str) -> Iterator[str]:
    """The folders that a path needs, outermost first: `a/b/c` needs `a` and `a/b`."""
    end = path.find("/")
    while end > 0:
        yield path[:end]
        end = path.find("/", end + 1)


def folders_above(paths: Iterable[str]) -> set[str]:
    """All folders that these paths need."""
    found: set[str] = set()
    for path in paths:
        end = path.rfind("/")
        while end > 0 and (folder := path[:end]) not in found:
            found.add(folder)
            end = path.rfind("/", 0, end)
    return found


def _quoted(path: str) -> str:
    return f"`{shown(path)}`"
