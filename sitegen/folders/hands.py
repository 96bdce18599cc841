"""Work that two processes do together: this one and a copy of it, which ends with the work.

Whatever becomes of the copy, the outcome is the same: what it hasn't handed over in the end is done here, so that a
fault in some work is met here, too. What the work is isn't known here.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NoReturn, TypeVar

T = TypeVar("T")
R = TypeVar("R")

VARIABLE = "SITEGEN_PROCESSES"
"""Set to 1 in the environment, it keeps sitegen to one process."""
_PIECES = 40
"""Into so many pieces the work is cut: enough that both processes end at about the same time."""
_PIECE = struct.Struct("<II")
_LENGTH = struct.Struct("<Q")
_ROOM = 1 << 20
"""Bytes that may wait between the two, where the system allows it."""


def can_share() -> bool:
    """Whether a second process can help: there is a processor for it, and this one has no other threads, whose locks
    its copy would wait for.
    """
    if not hasattr(os, "fork") or os.environ.get(VARIABLE, "") == "1" or threading.active_count() > 1:
        return False
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors > 1


def share_out(work: Callable[[T], R], items: Sequence[T], worth: int) -> Iterator[tuple[int, R]]:
    """Each item's number and `work(item)`, in the order in which they are done.

    The work has no effect but its result, which can be pickled. `worth` is how many items are worth a second process.
    """
    if len(items) < max(worth, 2) or not can_share():
        yield from ((number, work(item)) for number, item in enumerate(items))
        return
    yield 0, work(items[0])  # what this one loads and compiles, its copy has as well
    done = {0}
    for number, result in _share(work, items):
        done.add(number)
        yield number, result
    for number in range(len(items)):
        if number not in done:
            yield number, work(items[number])


def begin(work: Callable[[], R]) -> Callable[[], R]:
    """Has a copy of this process do the work meanwhile, if it can; to what waits for the result.

    The work has no effect but its result, which can be pickled.
    """
    if not can_share():
        return work
    results, give = os.pipe()
    copy = _fork()
    if copy == 0:
        os.close(results)
        _give(work, give)
    os.close(give)

    def wait() -> R:
        pieces = []
        with suppress(OSError):
            while piece := os.read(results, _ROOM):
                pieces.append(piece)
        os.close(results)
        _end(copy)
        try:
            found: R = pickle.loads(b"".join(pieces))
        except Exception:  # noqa: BLE001 (whatever became of the copy: what it met is met here)
            return work()
        return found

    return wait


def _give(work: Callable[[], object], give: int) -> NoReturn:
    """What the copy does that `begin` made."""
    try:
        _keep_to_itself()
        _widen(give)
        _write(give, pickle.dumps(work(), protocol=5))
    finally:
        os._exit(0)


def _fork() -> int:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    return os.fork()


def _keep_to_itself() -> None:
    """A copy is stopped by the terminal like any program; what this process would do then is its own affair."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _write(pipe: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(pipe, left) :]


def _end(copy: int) -> None:
    with suppress(OSError):
        os.kill(copy, signal.SIGKILL)
    with suppress(OSError):
        os.waitpid(copy, 0)


def _share(work: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[int, R]]:
    """All but the first item, as far as the copy doesn't fail."""
    pieces, put = os.pipe()
    size = max(1, (len(items) - 1) // _PIECES)
    starts = range(1, len(items), size)
    os.write(put, b"".join(_PIECE.pack(start, min(start + size, len(items))) for start in starts))
    os.close(put)
    results, give = os.pipe()
    gc.freeze()  # a look through all objects would copy all memory
    copy = _fork()
    if copy == 0:
        os.close(results)
        _help(work, items, pieces, give)
    os.close(give)
    received = _Received(results)
    try:
        while piece := os.read(pieces, _PIECE.size):
            for number in range(*_PIECE.unpack(piece)):
                yield number, work(items[number])
                yield from received.read(wait=False)  # so that the copy needn't wait until it can go on
        yield from received.read(wait=True)
    finally:
        gc.unfreeze()
        os.close(pieces)
        os.close(results)
        _end(copy)


def _help(work: Callable[[T], R], items: Sequence[T], pieces: int, give: int) -> NoReturn:
    """What the copy does: piece after piece, until there is none, or work that fails, or nobody to give it to."""
    try:
        _keep_to_itself()
        _widen(give)
        while piece := os.read(pieces, _PIECE.size):
            for number in range(*_PIECE.unpack(piece)):
                done = pickle.dumps((number, work(items[number])), protocol=5)
                _write(give, _LENGTH.pack(len(done)))
                _write(give, done)
    finally:
        os._exit(0)  # without a word: whatever it was, the other process will meet it


def _widen(pipe: int) -> None:
    """Makes room, so that one process waits less for the other."""
    import fcntl

    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)


class _Received:
    """What the copy has handed over."""

    def __init__(self, pipe: int) -> None:
        self._pipe, self._bytes = pipe, bytearray()
        os.set_blocking(pipe, False)

    def read(self, wait: bool) -> Iterator[tuple[int, R]]:
        """The results that are there; with `wait`, all until the copy ends."""
        if wait:
            os.set_blocking(self._pipe, True)
        with suppress(BlockingIOError):
            while more := os.read(self._pipe, _ROOM):
                self._bytes += more
                if wait:
                    yield from self._take()
        yield from self._take()

    def _take(self) -> Iterator[tuple[int, R]]:
        """What is there as a whole; what can't be read is as good as not done."""
        while len(self._bytes) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._bytes)[0]
            if len(self._bytes) < end:
                break
            with memoryview(self._bytes) as view:
                done = pickle.loads(view[_LENGTH.size : end])
            del self._bytes[:end]
            yield done
