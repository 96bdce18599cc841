"""When the course's texts were last changed, as git tells it: the time of the commit that made each what it is.

Whatever git can't know is left out, for no date is better than a wrong one: where there is no repository or no git,
in files that aren't committed, and in those that a shallow clone (`git clone --depth 1`, actions/checkout as it comes)
cut off. What differs from its commit is told by its bytes, which the build compares (`Change.made`).

git is asked for facts only: it changes nothing, asks no server, and runs no program that the repository names.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.patterns import regex
from sitegen.values import Value

if TYPE_CHECKING:
    import subprocess

PATIENCE = 30.0
"""Seconds in which git has to answer. A course's history takes it 0.01; 20,000 commits of 3,000 files take 8."""
_PLACES = ("site.yaml", "papers.bib", "content")


class Change(Value):
    """The commit that made a file what it is."""

    blob: str
    """git's name for the file's content."""
    time: int
    """When it was committed, in seconds since 1970."""

    def made(self, content: bytes) -> bool:
        """Whether these bytes are what was committed; git may have turned the ends of lines into Windows' own."""
        return self.blob in (_name(content, self.blob), _name(content.replace(b"\r\n", b"\n"), self.blob))


def _name(content: bytes, like: str) -> str:
    """git's name for a content, by SHA-1 or SHA-256 as in `like` (gitformat-pack, "object storage format")."""
    import hashlib

    kind = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return kind(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def read_history(course: Path, cache: MutableMapping[str, bytes], patience: float = PATIENCE) -> Mapping[str, Change]:
    """The last change of each committed text, by its path from the course; empty where git doesn't tell.

    It is a function of the commit that is checked out, so what `cache` has for it needn't be asked again.
    """
    import json
    from hashlib import sha256

    here = Path(os.path.realpath(course))
    if not any(os.path.lexists(folder / ".git") for folder in (here, *here.parents)):
        return {}
    questions = ("--is-shallow-repository", "HEAD^{commit}", "--git-path", "shallow", "--show-prefix")
    answer = re.fullmatch(
        r"(true|false)\n([0-9a-f]{40,64})\n([^\n]*)\n(.*)\n",
        _ask(here, patience, "rev-parse", *questions).decode("utf-8", "surrogateescape"),
        re.DOTALL,
    )
    if answer is None:
        return {}
    shallow, head, file, prefix = answer.groups()
    cut = _read_cut(here / file) if shallow == "true" else frozenset[str]()
    key = sha256(repr((head, prefix, sorted(cut))).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    known = _recall(cache.get(f"history-{key}"))
    if known is None:
        known = _find_changes(here, prefix, cut, patience)
        if known is None:
            return {}
        cache[f"history-{key}"] = json.dumps({path: [one.blob, one.time] for path, one in known.items()}).encode()
    return known


def list_traces(course: Path) -> list[Path]:
    """Files of git's that change when another commit is checked out or made; for those who only want to know that."""
    here = Path(os.path.realpath(course))
    traces = []
    for folder in (here, *here.parents):
        git = folder / ".git"
        traces.append(git)
        if git.is_file():
            with suppress(OSError, UnicodeDecodeError):
                git = folder / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
        if git.is_dir():
            traces += [git / name for name in ("HEAD", "logs/HEAD", "shallow", "packed-refs")]
            with suppress(OSError, UnicodeDecodeError):
                branch = (git / "HEAD").read_text(encoding="utf-8").removeprefix("ref:").strip()
                traces.append(git / branch)
            break
    return traces


def _recall(kept: bytes | None) -> dict[str, Change] | None:
    """What an earlier build kept, if it is what that build would have written."""
    import json

    with suppress(ValueError, TypeError, AttributeError):
        return {str(path): Change(str(blob), int(time)) for path, (blob, time) in json.loads(kept or b"").items()}
    return None


def _read_cut(file: Path) -> frozenset[str]:
    """The commits at which a shallow clone ends: they seem to have made all files there are."""
    try:
        return frozenset(file.read_text(encoding="ascii").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


# --- the commits --------------------------------------------------------------------------------


def _find_changes(here: Path, prefix: str, cut: frozenset[str], patience: float) -> dict[str, Change] | None:
    """Newest commit first, until each file has been met as it is now; None when git doesn't come to an end.

    A change that a merge dropped left other bytes, so it is passed over; a file that was only renamed is looked for
    under its old name from there on.
    """
    blobs = dict(_list_texts(_ask(here, patience, "ls-tree", "-r", "-z", "--full-name", "HEAD", "--", *_PLACES)))
    sought: dict[str, list[str]] = {path: [path] for path in blobs}
    found: dict[str, Change] = {}
    log = ("log", "-z", "--format=%x01%H %ct", "--raw", "--no-abbrev", "-M100%", "-c", "HEAD", "--", *_PLACES)
    with _running(here, patience, *log) as process:
        if process is None:
            return None
        for commit, time, blob, old, path in _read_log(process):
            if commit in cut or path not in sought:
                continue
            if old:
                sought[old] = sought.pop(path) + sought.get(old, [])
                continue
            for name in [name for name in sought[path] if blobs[name] == blob]:
                found[name] = Change(blob, time)
                sought[path].remove(name)
            if not sought[path]:
                del sought[path]
            if not sought:
                break
        else:
            if process.wait():
                return None
    return {_path(name, prefix): found[name] for name in sorted(found)}


def _list_texts(listing: bytes) -> Iterator[tuple[str, str]]:
    """(path, blob) of the files that are texts; links and other repositories aren't."""
    for line in listing.split(b"\0"):
        facts, _, name = line.partition(b"\t")
        mode, _, blob = facts.decode("ascii", "replace").rpartition(" ")
        path = _text(name)
        if mode.startswith("100") and path.endswith((".md", "site.yaml", "papers.bib")):
            yield path, blob


def _path(name: str, prefix: str) -> str:
    return unicodedata.normalize("NFC", name.removeprefix(prefix))


def _read_log(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, int, str, str, str]]:
    """(commit, time, new blob, old path of a file that was only renamed or nothing, path) of each change.

    git-diff, "raw output format": `:modes blobs status`, NUL, path, NUL; a merge has a colon for each parent.
    """
    commit, time = "", 0
    words = _split(process)
    for word in words:
        line = _text(word).strip("\n")
        if line.startswith("\x01"):
            commit, _, seconds = line[1:].partition(" ")
            time = int(seconds)
        elif line.startswith(":"):
            *facts, status = line.split(" ")
            old = _text(next(words, b"")) if status == "R100" else ""
            yield commit, time, facts[-1], old, _text(next(words, b""))


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _split(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What git prints between NULs."""
    assert process.stdout
    rest = b""
    while piece := process.stdout.read(1 << 16):
        *words, rest = (rest + piece).split(b"\0")
        yield from words


# --- git ----------------------------------------------------------------------------------------

_KEPT = regex(r"GIT_(?:CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|EXEC_PATH|CONFIG_(?!PARAMETERS).*)")
"""Where git is, how far up it looks, and the user's settings, which may name folders as safe; no other variable, such
as the GIT_DIR that a hook has, may lead to another repository."""
_SETTINGS = ("core.fsmonitor=false", "log.showSignature=false", "log.follow=false", "core.hooksPath=/dev/null")
"""Against programs that a repository's own settings would have run."""
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
"""Nothing is written, fetched or asked for, and every clone sees the same commits. A server could be named by a
repository whose missing parts are to be fetched, with a program to reach it by; no protocol is allowed."""


def _ask(here: Path, patience: float, *arguments: str) -> bytes:
    """What git prints; nothing when it fails."""
    with _running(here, patience, *arguments) as process:
        if process is None:
            return b""
        answer, _ = process.communicate()
        return b"" if process.returncode else answer


@contextmanager
def _running(here: Path, patience: float, *arguments: str) -> Iterator[subprocess.Popen[bytes] | None]:
    """git at its work; None where it can't be run. It is ended when nobody reads it any more, and after `patience`."""
    import subprocess
    from shutil import which
    from threading import Timer

    program = which("git")
    given = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _KEPT.fullmatch(name)}
    settings = (word for setting in _SETTINGS for word in ("-c", setting))
    try:
        process = subprocess.Popen(
            [program or "", "--no-pager", *settings, "-C", str(here), *arguments],
            env=given | _QUIET,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        yield None
        return
    stop = Timer(patience, process.kill)
    stop.daemon = True
    stop.start()
    try:
        yield process
    finally:
        stop.cancel()
        process.kill()
        if process.stdout:
            process.stdout.close()
        process.wait()
