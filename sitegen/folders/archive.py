"""A finished site as one zip file, to be kept, handed on and opened from disk.

The same site is the same bytes, at any time and on any machine. Nothing here renders or decides.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sitegen.folders.disk import Asset, AssetTrouble, chunks
from sitegen.folders.kept import Kept, Spooled

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip file can tell; the files' own would differ from clone to clone."""
_PACKED = (".avif", ".gif", ".jpeg", ".jpg", ".mp4", ".pdf", ".png", ".webm", ".webp", ".woff2", ".zip")
"""Ends of the names of files that can't be made smaller."""


class ArchiveFailed(Exception):
    """The text is one sentence: what kept the zip file from being written."""


def write_archive(target: Path, folder: str, files: Mapping[str, bytes | Asset | Kept | Spooled]) -> None:
    """Writes `files` (by published path) below `folder` into a new zip file, and puts it at `target` when it is whole.

    Raises `ArchiveFailed`; what was at `target` is then as it was. A folder or link there is no place for it.
    """
    if target.is_symlink() or (target.exists() and not zipfile.is_zipfile(target)):
        raise ArchiveFailed(f"{target} is there and is no zip file, so it wasn't replaced; move it away.")
    unfinished = None
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        unfinished = Path(name)
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for path in sorted(files):
                _add(archive, f"{folder}/{path}", files[path])
        unfinished.chmod(0o644)
        unfinished.replace(target)
    except AssetTrouble as trouble:
        raise ArchiveFailed(f"{trouble}, so {target} wasn't written; build again when that is settled.") from trouble
    except OSError as error:
        words = (error.strerror or type(error).__name__).lower()
        raise ArchiveFailed(f"{target} can't be written ({words}).") from error
    finally:
        if unfinished is not None:
            with suppress(OSError):
                unfinished.unlink()


def _add(archive: zipfile.ZipFile, path: str, content: bytes | Asset | Kept | Spooled) -> None:
    entry = zipfile.ZipInfo(path, _EPOCH)
    entry.create_system, entry.external_attr = 3, 0o100644 << 16  # Unix: a file that all may read
    entry.compress_type = zipfile.ZIP_STORED if path.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
    if isinstance(content, (Kept, Spooled)):
        content = content.content
    entry.file_size = len(content) if isinstance(content, bytes) else content.size  # larger ones need zip64
    with archive.open(entry, "w") as place:
        for chunk in [content] if isinstance(content, bytes) else chunks(content):
            place.write(chunk)
