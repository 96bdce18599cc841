"""Publishing when a few files have other bytes and all else is known to be as it should.

Safe in the same way as `publish`, and next to it: new files and the marker are staged first, the marker takes its place
before the files do, and builds take turns. Whatever isn't as expected is left to `publish`, which can mend it and
tell what stopped it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sitegen.folders.destination import MARKER, STAGE
from sitegen.folders.publish import PublishFailed, remove_leftovers, remove_stage, replace_file, take_turn
from sitegen.folders.standstill import Signature, sign


def touch_up(out: Path, files: Mapping[str, bytes], expected: Signature) -> bool:
    """Gives files of the site in `out` other bytes; False: nothing was changed, or not all, and `publish` has to.

    `expected` is the marker as the last build left it: any other build would have changed it.
    """
    top = Path(os.path.realpath(out))
    try:
        with take_turn(out, top) as is_alone:
            if not is_alone or sign(str(top / MARKER)) != expected:
                return False
            remove_leftovers(top, is_alone)
            marker = _mark(_read(top), files)
            return marker is not None and _replace_files(top, files, marker)
    except (OSError, PublishFailed):
        return False


def _replace_files(top: Path, files: Mapping[str, bytes], marker: bytes) -> bool:
    stage = top / f"{STAGE}{os.getpid()}"
    try:
        stage.mkdir()
        (stage / "marker").write_bytes(marker)
        for number, content in enumerate(files.values()):
            (stage / str(number)).write_bytes(content)
        replace_file(stage / "marker", top / MARKER)
        for number, path in enumerate(files):
            replace_file(stage / str(number), top / path)
    finally:
        remove_stage(stage)
    return True


def _read(top: Path) -> bytes:
    with suppress(OSError):
        return (top / MARKER).read_bytes()
    return b""


def _mark(marker: bytes, files: Mapping[str, bytes]) -> bytes | None:
    """The marker with the files' digests in place of the old ones (`changes.marker` has the format)."""
    import json

    for path, content in files.items():
        before, found, rest = marker.partition(f"\n  {json.dumps(path)}: ".encode())
        old, comma, after = rest.partition(b"\n")
        if not found or len(old.rstrip(b",")) != _QUOTED:
            return None
        digest = f'"{sha256(content).hexdigest()}"'.encode()
        marker = b"".join((before, found, digest, old[_QUOTED:], comma, after))
    return marker


_QUOTED = 66
"""Characters of a SHA-256 between quotes."""
