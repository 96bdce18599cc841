"""Files of the site that aren't in memory: one stands in the output folder already, another waits to be moved there.

Who knows of the first is `ledger`, and whether it still stands there is looked up when the site is published; the
others are `spool`'s.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sitegen.folders.standstill import Signature
from sitegen.values import Value


class Kept(Value):
    """A file that the last build published and that would be the same now."""

    recipe: bytes
    """The digest of all that the file is made from."""
    digest: str
    """The SHA-256 of its bytes."""
    signature: Signature
    """Of the file in the output folder; with another one, it has to be made."""
    make: Callable[[], bytes]

    @property
    def content(self) -> bytes:
        return self.make()


class Spooled(Value):
    """A file that was made in this build and isn't in memory."""

    place: str
    """Where it lies until it is published."""
    published: str
    """Where it is then."""
    size: int
    digest: str
    """The SHA-256 of its bytes."""

    @property
    def content(self) -> bytes:
        try:
            return Path(self.place).read_bytes()
        except FileNotFoundError:
            return Path(self.published).read_bytes()


def describe(status: os.stat_result) -> Signature:
    """A file as the file system describes it; no program can set back the third part, the time of any change."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
