"""What the last build published, file by file: from which recipe, and how the file system describes what came of it.

With it a build knows which files needn't be made, read or compared. A file that anybody has touched since is described
otherwise, and then it is made again. Nobody needs the ledger: what is damaged, of another user (`seals`) or of another
output folder is as good as nothing, and recipes of another program are none of this one's.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sitegen.folders.cache import is_own, store
from sitegen.folders.memory import FOLDER
from sitegen.folders.seals import seal, unseal
from sitegen.folders.standstill import Signature
from sitegen.values import Value, field

NAME = "ledger"
_FORMAT = 1

Entry = tuple[bytes, str, Signature]
"""What a file was made from, its SHA-256, and its description once it was published."""


class Ledger(Value):
    """What was published, by path; empty when nothing is known."""

    files: Mapping[str, Entry] = field(factory=dict)
    ids: Mapping[str, frozenset[str]] = field(factory=dict)
    """The ids of pages that have no recipe."""
    is_sound: bool = False
    """Every link of the site led somewhere."""


def read_ledger(course: Path, out: Path) -> Ledger:
    """The ledger of the last build, if that was into `out`."""
    file = course / FOLDER / "cache" / NAME
    try:
        if not is_own(file.lstat()):
            return Ledger()
        content = unseal(file.read_bytes())
        found: Any = marshal.loads(content) if content else None
        if not isinstance(found, dict) or found["known"] != (_FORMAT, os.path.realpath(out)):
            return Ledger()
        return Ledger(found["files"], {path: frozenset(ids) for path, ids in found["ids"].items()}, found["sound"])
    except (OSError, ValueError, EOFError, TypeError, KeyError):
        return Ledger()


def keep_ledger(
    course: Path, out: Path, recipes: Mapping[str, bytes], placed: Mapping[str, tuple[str, Signature]], ledger: Ledger
) -> None:
    """Writes what the next build is to know. `placed` are all files that were published just now."""
    top = os.path.realpath(out)
    files = {path: (recipes.get(path, b""), digest, signature) for path, (digest, signature) in placed.items()}
    ids = {path: tuple(ids) for path, ids in ledger.ids.items()}
    body = marshal.dumps({"known": (_FORMAT, top), "files": files, "ids": ids, "sound": ledger.is_sound})
    sealed = seal(body)
    if sealed is not None:
        store(course, NAME, sealed)
