"""What pure functions gave, by a hash of all that they were given: work that needn't be done again.

A result is known by the function's name, its arguments and the program, so nothing ever has to be told that
something has changed. Results are kept in memory while the process runs, and in `.sitegen/cache/memo.db` for the next
one. Nobody needs that file: what is damaged, of another program or of another user (`seals`) is as good as nothing,
and where nothing can be written, nothing is. What the results mean isn't known here.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sitegen.folders.cache import is_own, make_folder
from sitegen.folders.seals import seal, unseal
from sitegen.folders.standstill import identify_program

if TYPE_CHECKING:
    import sqlite3

NAME = "memo.db"
_LARGEST = 1 << 30
"""Bytes of a file that isn't read any more; a course of 3,000 lectures has a tenth of that."""
_PATIENCE = 0.5
"""Seconds for which another build's writing is waited for; then this one remembers nothing."""
_SETTINGS = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"
"""A power cut may damage the file, and then it is made anew."""
_TABLE = "CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"

_MOST_WAITING = 8 << 20
"""Bytes of results that are held back to be written together."""

P = ParamSpec("P")
R = TypeVar("R")


class Memo:
    """The results of one build after the other. Arguments and results can be pickled; results are never changed."""

    def __init__(self, course: Path | None) -> None:
        """None: what one process works out is kept for its own next build only."""
        self._file = course / ".sitegen" / "cache" / NAME if course else None
        self._program = b""
        self._results: dict[bytes, Any] = {}
        self._used: set[bytes] = set()
        self._new: dict[bytes, bytes] = {}
        self._waiting = 0
        self._connection: sqlite3.Connection | None = None
        self._is_open = False

    def call(self, function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
        """`function(*arguments, **options)`, which gives the same result for the same arguments."""
        name = f"{function.__module__}.{function.__qualname__}"
        return self.remember(name, (arguments, options), lambda: function(*arguments, **options))

    def remember(self, name: str, ingredients: object, work: Callable[[], R]) -> R:
        """What `work()` gives, which depends on nothing but its name and its ingredients.

        Ingredients that can't be pickled, as a function, can't be known again: then the work is done.
        """
        try:
            asked = pickle.dumps((name, ingredients), protocol=5)
        except (pickle.PicklingError, AttributeError, TypeError):
            return work()
        key = hashlib.blake2b(asked, digest_size=20, key=self._key()).digest()
        self._used.add(key)
        if key in self._results:
            found: R = self._results[key]
            return found
        known = self._read(key)
        if known is None:
            result = work()
            self._keep(key, pickle.dumps(result, protocol=5))
        else:
            (result,) = known
        self._results[key] = result
        return result

    def _keep(self, key: bytes, value: bytes) -> None:
        """Puts a value where the file will have it; only so many wait in memory."""
        if self._file is None:
            return
        self._new[key] = zlib.compress(value, 1)
        self._waiting += len(self._new[key])
        if self._waiting > _MOST_WAITING:
            self._write()

    def end_build(self) -> None:
        """Writes what is new, and forgets what the build that ends here hasn't asked for."""
        gone = self._results.keys() - self._used
        for key in gone:
            del self._results[key]
        if self._new or gone:
            self._write()
            self._forget()
        self._used = set()
        self._close()

    def _key(self) -> bytes:
        if not self._program:
            identity = repr(identify_program()).encode("utf-8", "backslashreplace")
            self._program = hashlib.blake2b(identity, digest_size=32).digest()
        return self._program

    # --- the file -------------------------------------------------------------------------------

    def _read(self, key: bytes) -> tuple[Any] | None:
        """The result in a tuple of its own; None: there is none."""
        connection = self._open()
        if connection is None:
            return None
        import sqlite3

        try:
            row = connection.execute("SELECT value FROM results WHERE key = ?", (key,)).fetchone()
            value = unseal(row[0]) if row is not None and isinstance(row[0], bytes) else None
            if value is None or value[: len(key)] != key:  # a mark holds for the very question, too
                return None
            return (pickle.loads(zlib.decompress(value[len(key) :])),)
        except sqlite3.Error as error:
            self._discard(error)
            return None
        except Exception:  # noqa: BLE001 (whatever pickle finds wrong with it)
            return None

    def _write(self) -> None:
        connection = self._open(create=True)
        if connection is None:
            self._new, self._waiting = {}, 0
            return
        import sqlite3

        rows = [(key, sealed) for key, value in self._new.items() if (sealed := seal(key + value)) is not None]
        self._new, self._waiting = {}, 0
        try:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            self._discard(error)

    def _forget(self) -> None:
        """Removes what this build had no use for, once that is more than half of all there is.

        Before, it stays: the branch that was checked out last is often the next one, too.
        """
        connection = self._open()
        if connection is None:
            return
        import sqlite3

        try:
            with connection:
                old = [row for row in connection.execute("SELECT key FROM results") if row[0] not in self._used]
                if len(old) > max(100, len(self._used)):
                    connection.executemany("DELETE FROM results WHERE key = ?", old)
        except sqlite3.Error as error:
            self._discard(error)

    def _open(self, create: bool = False) -> sqlite3.Connection | None:
        """The file, if it is there and ours; `create` makes it."""
        if self._connection is not None or self._file is None or (self._is_open and not create):
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

        self._close()
        self._is_open = True  # no second try in this build
        if self._file and not isinstance(error, sqlite3.OperationalError):
            with suppress(OSError):
                self._file.unlink()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._is_open = None, False
