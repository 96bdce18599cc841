"""What `memo` remembers for the next build, in a file: results by key, each below its mark.

Nobody needs the file: what is damaged, of another user (`seals`) or in use is as good as nothing, and where nothing can
be written, nothing is. What the keys stand for isn't known here.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitegen.folders.cache import is_own, make_folder
from sitegen.folders.seals import Sealing

if TYPE_CHECKING:
    import sqlite3

NAME = "memo.db"
_LARGEST = 1 << 30
"""Bytes of a file that isn't read any more; a course of 3,000 lectures has a seventh of that."""
_PATIENCE = 0.5
"""Seconds for which another build's writing is waited for; then this one remembers nothing."""
_SETTINGS = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"
"""A power cut may damage the file, and then it is made anew."""
_TABLE = "CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, value BLOB)"
"""With rows apart from their keys, which is quicker for large ones than a table of one tree."""
_AT_ONCE = 400
"""Results that are asked for in one question; SQLite had a limit of 999."""


def pack(result: object) -> bytes:
    """A result as it is kept. To make it smaller would take ten times as long, and save less than half of the space."""
    return pickle.dumps(result, protocol=5)


def unpack(packed: bytes) -> Any:
    return pickle.loads(packed)


class ResultFile:
    """The file of one course. Threads take turns; a copy of the process opens it for itself."""

    def __init__(self, course: Path) -> None:
        self._file = course / ".sitegen" / "cache" / NAME
        self._sealing, self._lock = Sealing(), threading.RLock()
        self._process = os.getpid()
        self._left: sqlite3.Connection | None = None
        """Of the process that this one is a copy of: a connection is for one process."""
        self._connection: sqlite3.Connection | None = None
        self._is_open = False

    def read(self, keys: Sequence[bytes]) -> dict[bytes, Any]:
        """The results that there are, by key."""
        found: dict[bytes, Any] = {}
        with self._lock:
            connection = self._open()
            if connection is None:
                return found
            import sqlite3

            try:
                for start in range(0, len(keys), _AT_ONCE):
                    some = keys[start : start + _AT_ONCE]
                    asked = f"SELECT key, value FROM results WHERE key IN ({','.join('?' * len(some))})"
                    for key, sealed in connection.execute(asked, some):
                        value = self._sealing.unseal(sealed) if isinstance(sealed, bytes) else None
                        if value is not None and value[: len(key)] == key:  # a mark holds for the very question, too
                            with suppress(Exception):  # whatever pickle finds wrong with it
                                found[key] = unpack(value[len(key) :])
            except sqlite3.Error as error:
                self._discard(error)
        return found

    def write(self, new: Mapping[bytes, bytes]) -> bool:
        """Adds what `pack` made, by key; False: not all of it could be."""
        with self._lock:
            connection = self._open(create=True)
            if connection is None:
                return False
            import sqlite3

            count = 0

            def rows() -> Iterator[tuple[bytes, bytes]]:  # one after the other, so that each is in memory alone
                nonlocal count
                for key, value in new.items():
                    if sealed := self._sealing.seal(key + value):
                        count += 1
                        yield key, sealed

            try:
                with connection:
                    connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", rows())
            except sqlite3.Error as error:
                self._discard(error)
                return False
        return count == len(new)

    def forget(self, used: Set[bytes]) -> None:
        """Removes what isn't used, once that is more than half of all there is.

        Before, it stays: the branch that was checked out last is often the next one, too.
        """
        with self._lock:
            connection = self._open()
            if connection is None:
                return
            import sqlite3

            try:
                with connection:
                    old = [row for row in connection.execute("SELECT key FROM results") if row[0] not in used]
                    if len(old) > max(100, len(used)):
                        connection.executemany("DELETE FROM results WHERE key = ?", old)
            except sqlite3.Error as error:
                self._discard(error)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._is_open = None, False

    def _open(self, create: bool = False) -> sqlite3.Connection | None:
        """The file, if it is there and ours; `create` makes it."""
        if self._process != os.getpid():
            self._left, self._connection, self._is_open = self._connection, None, False
            self._process = os.getpid()
        if self._connection is not None or (self._is_open and not create):
            return self._connection
        import sqlite3

        self._is_open = True
        try:
            status = self._file.lstat()
            if not is_own(status) or status.st_size > _LARGEST:
                return None
        except FileNotFoundError:
            if not create or not make_folder(self._file.parent):
                return None
        except OSError:
            return None
        try:
            self._connection = sqlite3.connect(self._file, timeout=_PATIENCE, check_same_thread=False)
            self._connection.executescript(_SETTINGS + _TABLE)
        except sqlite3.Error as error:
            self._discard(error)
        return self._connection

    def _discard(self, error: sqlite3.Error) -> None:
        """Removes a file that can't be read as what it should be; one that is merely in use stays."""
        import sqlite3

        self.close()
        self._is_open = True  # no second try in this build
        if not isinstance(error, sqlite3.OperationalError):
            with suppress(OSError):
                self._file.unlink()
