"""A course's files as they are on disk: the texts that a build works on, the assets that it only copies.

Nothing here writes (that is `publish`) or knows what a text means. What can't be read or published is a
diagnostic, and everything else is still read.
"""

from __future__ import annotations

import os
import stat
import time
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.values import Value

LINK_OUTSIDE = Rule(
    "link-outside-course",
    "error",
    why="A symbolic link in the course may only lead to files that the course itself could publish. A link "
    "out of the course folder works on one computer and nowhere else, and could put private files on a "
    "public page. The same holds for hidden files and for the folder that the site is published to.",
)
BROKEN_SYMLINK = Rule(
    "broken-symlink",
    "error",
    why="A symbolic link leads to nothing, or in a circle back to itself. The file was probably renamed or "
    "removed after the link was made. Until the link is mended nothing can be published in its place.",
)
SPECIAL_FILE = Rule(
    "special-file",
    "error",
    why="A course is made of ordinary files and folders. Pipes, sockets and devices have no content that "
    "could be published, and reading one could make the build wait for ever.",
)
UNREADABLE = Rule(
    "unreadable-file",
    "error",
    why="The file is part of the course, but the computer didn't let sitegen read it. A site without it "
    "would be incomplete, so nothing is published. Usually the file belongs to another user or is locked.",
)
BAD_NAME = Rule(
    "bad-file-name",
    "error",
    why="A published file's name becomes part of a web address. Control characters, backslashes and bytes "
    "that aren't text can't be written in a link, and some systems can't store them at all.",
)
SAME_NAME = Rule(
    "same-file-name",
    "error",
    why="Two names in one folder look alike: they differ only in upper and lower case, or in how an accent "
    "is stored. macOS and Windows can hold only one of the two, and readers can't tell their addresses "
    "apart. Which of them was published would be chance.",
)


class Asset(Value):
    """A file that is published as it is. It is never loaded whole into memory."""

    path: str
    """POSIX path from the course folder in Unicode's NFC form, for example `content/lectures/intro.pdf`."""
    location: Path
    """Where it is on disk; maybe a symbolic link, whose target was inside the course when it was listed."""
    size: int
    mtime_ns: int


class Tree(Value):
    """Everything a build may know of the course's files. Both are sorted by path."""

    texts: Mapping[str, bytes]
    """`site.yaml`, `papers.bib`, `content/**/*.md` and all of `templates/`, by path from the course."""
    assets: Mapping[str, Asset]
    """Every other file below `content/`."""


def read_course(course: Path, exclude: Path | None = None) -> tuple[Tree, list[Diagnostic]]:
    """The course's files, and what is wrong with them as files, in order of path.

    Left out without a word: hidden files and editors' leftovers; a file that vanished while the folder
    was read; everything in `exclude`, the folder the site is published to. A missing file or folder is
    no finding here. The result doesn't depend on the order in which the file system lists its names.
    """
    bounds = _Bounds(os.path.realpath(course), os.path.realpath(exclude) if exclude else None)
    texts: dict[str, bytes] = {}
    assets: dict[str, Asset] = {}
    findings: list[Diagnostic] = []
    for name in (*_FILES, *_FOLDERS):
        for found in _files_at(os.path.join(bounds.course, name), name, bounds, (bounds.course,)):
            if isinstance(found, Diagnostic):
                findings.append(found)
                continue
            path, location, status = found
            if not _is_text(path):
                assets[path] = Asset(path, Path(location), status.st_size, status.st_mtime_ns)
            elif isinstance(content := _read(path, location, status.st_size), Diagnostic):
                findings.append(content)
            elif content is not None:
                texts[path] = content
    findings.sort(key=lambda finding: finding.span)
    return Tree(dict(sorted(texts.items())), dict(sorted(assets.items()))), findings


class AssetTrouble(Exception):
    """What keeps an asset from being read at this moment, to begin a sentence."""


def chunks(asset: Asset) -> Iterator[bytes]:
    """The asset's bytes as they are by now, in pieces of at most 1 MiB.

    Raises `AssetTrouble` at the end if the file changed meanwhile, so that the pieces may not fit together.
    """
    size = 0
    try:
        with asset.location.open("rb") as file:
            before = os.fstat(file.fileno())
            while chunk := file.read(1 << 20):
                size += len(chunk)
                yield chunk
            after = os.fstat(file.fileno())
    except FileNotFoundError as error:
        raise AssetTrouble(f"{asset.path} is no longer there") from error
    except OSError as error:
        raise AssetTrouble(f"{asset.path} can't be read ({_words(error)})") from error
    if (size, size, before.st_mtime_ns) != (before.st_size, after.st_size, after.st_mtime_ns):
        raise AssetTrouble(f"{asset.path} is being written by another program")


def read_start(asset: Asset, size: int) -> bytes:
    """The asset's first bytes, at most `size`; none of one that can't be read, which is told when it is published."""
    try:
        with asset.location.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def read_theme(folder: Path) -> dict[str, bytes]:
    """All files of the built-in theme by POSIX path from `folder`, sorted; a fault in it is ours and raises."""
    theme: dict[str, bytes] = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_left_out(name)]
        for name in files:
            if not is_left_out(name):
                file = Path(place, name)
                theme[unicodedata.normalize("NFC", file.relative_to(folder).as_posix())] = file.read_bytes()
    return dict(sorted(theme.items()))


def is_left_out(name: str) -> bool:
    """Whether a file or folder of this name is never part of a course: hidden, a cache, an editor's leftover."""
    return (
        name in _LEFTOVERS
        or name.startswith((".", "~$"))  # ~$: Office's lock beside an open document
        or name.endswith(("~", ".swp", ".swo", ".tmp"))
        or (len(name) > 1 and name[0] == name[-1] == "#")
    )


_LEFTOVERS = {"__pycache__", "node_modules", "Thumbs.db", "desktop.ini", "Icon\r", "4913"}
"""Caches, what Windows and macOS put into a folder to show it, and the file that Vim tries a folder with."""


def is_link(status: os.stat_result) -> bool:
    """Whether an `lstat` result is a symbolic link or a junction, Windows' link between folders."""
    mount_point = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT, which `stat` has on Windows only
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == mount_point


def unpublishable_character(path: str) -> str | None:
    """The first character that no published path may hold, in words for a sentence; None: all are fine."""
    if path.isascii() and path.isprintable() and "\\" not in path:
        return None
    for character in path:
        category = unicodedata.category(character)
        if character == "\\":
            return "a backslash"
        if category == "Cs":
            return "bytes that aren't text"
        if category in {"Cc", "Zl", "Zp"}:
            return f"the control character U+{ord(character):04X}"
    return None


def shown(path: str) -> str:
    """`path` for a sentence or a span: what a terminal or JSON can't hold is the replacement character."""
    return path if path.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in path)


# --- walking ------------------------------------------------------------------------------------

_FILES, _FOLDERS = ("site.yaml", "papers.bib"), ("content", "templates")
"""What is read of a course folder; anything else there isn't ours to look at."""

_DEEPEST = 64
"""Folders below one another; far more than a course has, far less than Python's stack holds."""

_HIDDEN_BUT_PUBLISHED = {"content/.well-known", "content/.nojekyll"}
"""RFC 8615's folder for machine-readable files, and the file that keeps GitHub Pages from running Jekyll."""

_MOST_LINKS = 4
"""Links to folders, one below the other, that are followed: folders linked crosswise have endless paths."""


class _Bounds(Value):
    """How far a walk may go: real paths, so that no link leads past them under another name."""

    course: str
    output: str | None


_File = tuple[str, str, os.stat_result]
"""A file's path from the course, where it is, and what it is there. Plain texts: `Path` takes longer than reading."""


def _files_at(
    location: str, path: str, bounds: _Bounds, above: tuple[str, ...], links: int = 0
) -> Iterator[_File | Diagnostic]:
    """The file at `location`, or all files below it, and what can't be one.

    `above` are the real folders on the way from the course to here, `links` how many links that way took.
    """
    real = None
    try:
        status = os.lstat(location)
        if is_link(status):
            links += 1
            real = os.path.realpath(location)
            problem = _link_problem(Path(location), path, Path(real), bounds, above, links)
            if problem:
                yield problem
                return
            status = os.stat(location)
        is_folder, is_file = stat.S_ISDIR(status.st_mode), stat.S_ISREG(status.st_mode)
        if (is_folder and path in _FILES) or (is_file and path in _FOLDERS):
            kinds = ("folder", "file") if is_folder else ("file", "folder")
            message = f"{path} is a {kinds[0]}, but in a course it has to be a {kinds[1]}."
            yield UNREADABLE.at(Span(path), message, "Rename it.")
        elif is_file:
            yield path, location, status
        elif is_folder and len(above) > _DEEPEST:
            message = f"{path} lies more than {_DEEPEST} folders deep, which is deeper than sitegen looks."
            yield UNREADABLE.at(Span(path), message, "Move it further up.")
        elif is_folder:
            real = real or os.path.join(above[-1], os.path.basename(location))
            if real != bounds.output:
                yield from _files_in(location, path, bounds, (*above, real), links)
        else:
            message = f"{path} is a pipe, a socket or a device, not a file."
            yield SPECIAL_FILE.at(Span(path), message, "Move it out of the course.")
    except (FileNotFoundError, NotADirectoryError):
        return  # removed, or a file by now, since the folder above was listed
    except OSError as error:
        yield _unreadable(path, error)


def _files_in(
    folder: str, path: str, bounds: _Bounds, above: tuple[str, ...], links: int
) -> Iterator[_File | Diagnostic]:
    """`_files_at` for each name in a folder that can be part of a course, sorted by name."""
    met: dict[str, str] = {}
    for name, written in sorted((unicodedata.normalize("NFC", written), written) for written in os.listdir(folder)):
        below = f"{path}/{name}"
        if is_left_out(name) and below not in _HIDDEN_BUT_PUBLISHED:
            continue
        if character := unpublishable_character(name):
            message = f"The name {shown(below)} has {character} in it, so it can't be published."
            help = "Rename it, best with letters, digits, - and _ only."
            yield BAD_NAME.at(Span(shown(below)), message, help)
        elif (folded := name.casefold()) in met:
            difference = "how an accent is stored" if met[folded] == name else "upper and lower case"
            message = f"{path} holds both {met[folded]} and {name}, which differ only in {difference}."
            yield SAME_NAME.at(Span(below), message, "Rename or remove one of them.")
        else:
            met[folded] = name
            yield from _files_at(os.path.join(folder, written), below, bounds, above, links)


def _link_problem(
    link: Path, path: str, real: Path, bounds: _Bounds, above: tuple[str, ...], links: int
) -> Diagnostic | None:
    """Why the link, which ends at `real`, isn't followed. Told in the link's own words: `real` may be private."""
    span, words = Span(path), str(link.readlink()).removeprefix("\\\\?\\")
    start = f"{path} is a link to {shown(words)}"
    copy, mend = "Copy what it leads to into the course, or remove the link.", "Correct the link, or remove it."
    if not real.is_relative_to(bounds.course):
        return LINK_OUTSIDE.at(span, f"{start}, which is outside the course folder.", copy)
    if bounds.output and real.is_relative_to(bounds.output):
        return LINK_OUTSIDE.at(span, f"{start}, in the folder that the site is published to.", mend)
    if any(is_left_out(part) and part != ".well-known" for part in real.relative_to(bounds.course).parts):
        return LINK_OUTSIDE.at(span, f"{start}, which is hidden and so is never published.", copy)
    try:
        is_folder = stat.S_ISDIR(link.stat().st_mode)
    except FileNotFoundError:
        return BROKEN_SYMLINK.at(span, f"{start}, which doesn't exist.", mend)
    except PermissionError as error:
        return _unreadable(path, error)
    except OSError:  # ELOOP here, ERROR_CANT_RESOLVE_FILENAME on Windows
        return BROKEN_SYMLINK.at(span, f"{start}, and so back to itself.", mend)
    if is_folder and any(Path(folder).is_relative_to(real) for folder in above):
        return BROKEN_SYMLINK.at(span, f"{start}, a folder that the link itself is in.", "Remove the link.")
    if is_folder and links > _MOST_LINKS:
        message = f"{start} and lies behind {_MOST_LINKS} other links; no more than that are followed."
        return BROKEN_SYMLINK.at(span, message, mend)
    return None


# --- reading ------------------------------------------------------------------------------------


def _is_text(path: str) -> bool:
    return path.endswith(".md") or not path.startswith("content/")


def _read(path: str, location: str, size: int) -> bytes | Diagnostic | None:
    """The file's bytes; None: it is gone. Many editors save by renaming, so a missing file gets a moment."""
    for pause in (0.02, 0.05, None):
        try:
            return _read_whole(location, size)
        except FileNotFoundError:
            if pause:
                time.sleep(pause)
        except OSError as error:
            return _unreadable(path, error)
    return None


def _read_whole(location: str, size: int) -> bytes:
    """All bytes of a file that had this size a moment ago. Without `open`, which takes longer than the reading."""
    handle = os.open(location, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        content = os.read(handle, size + 1)
        while more := os.read(handle, 1 << 16):
            content += more
        return content
    finally:
        os.close(handle)


def _unreadable(path: str, error: OSError) -> Diagnostic:
    message = f"{path} can't be read: {_words(error)}."
    return UNREADABLE.at(Span(path), message, "Allow your account to read it, or move it out of the course.")


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
