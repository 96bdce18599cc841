"""Which of a course's files have changed, within milliseconds of a save.

The system's events (watchfiles: inotify, FSEvents, ReadDirectoryChangesW) are only hints where to look. What counts is
whether a file's size, times or inode differ from when it was last looked at. So a new file with an old time is seen, a
file that came and went isn't, and what the system doesn't tell, on a network drive or after an overflow, is found by
looking everywhere now and then. What a change means isn't known here.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sitegen.preview.listing import FILES, FOLDERS, Listing, is_passed_over, list_course, name_below, sign

Touched = frozenset[str] | None
"""Paths from the course's folder of files that are new, gone or changed; None: any may be."""

STEP = 3
"""Milliseconds between two looks at the system's list of events; 4 cost half a percent of a core."""
SILENCE, LONGEST = 0.003, 0.05
"""Seconds of silence after which a burst of events is over, and how long it is waited for."""
EMPTIED = 0.15
"""Seconds that a file which was just emptied or removed may take to be filled: some editors save in two steps."""
SELDOM, OFTEN = 2.0, 0.5
"""Seconds after which all is looked at without an event: usually, and where the system tells of none."""
_MANY = 1000
"""Paths in one burst that no person saves: the system's list of events may have run over."""

_Events = queue.SimpleQueue[set[str]]


class Watcher:
    """Follows one course, for one thread. `traces` lists files elsewhere that a build's outcome depends on."""

    def __init__(self, course: Path, traces: Callable[[], Iterable[Path]] = tuple) -> None:
        self.course = os.path.realpath(course)
        self._traces = traces
        self._events: _Events = queue.SimpleQueue()
        self._known = Listing()
        self._notifiers: list[_Notifier] = []
        self._ended = threading.Event()
        self._everything = False

    def start(self) -> None:
        """What changes from now on is told by `changes`."""
        self._known = self._list()
        self._follow()
        self._events.put(set())  # what changed before the first event could be heard

    def stop(self) -> None:
        """Ends `changes`. From any thread, as is `ask`."""
        self._ended.set()
        self._events.put(set())

    def ask(self) -> None:
        """Has `changes` tell that anything may have changed."""
        self._everything = True
        self._events.put(set())

    def changes(self) -> Iterator[Touched]:
        """A burst of changes at a time, as soon as it is over; ends after `stop`."""
        pause = SELDOM
        try:
            while not self._ended.is_set():
                paths = self._gather(pause)
                if self._ended.is_set():
                    break
                began = time.monotonic()
                touched = self._look_at(paths) if paths else self._survey()
                if not paths:
                    usual = SELDOM if all(notifier.is_heard for notifier in self._notifiers) else OFTEN
                    pause = max(usual, 100 * (time.monotonic() - began))
                if self._everything:
                    self._everything, touched = False, None
                if touched is None or touched:
                    yield touched
        finally:
            self._unfollow()

    # --- events ---------------------------------------------------------------------------------

    def _gather(self, pause: float) -> set[str]:
        """The paths of the next burst of events; none after `pause` seconds without any."""
        try:
            paths = set(self._events.get(timeout=pause))
        except queue.Empty:
            return set()
        until, patience = time.monotonic() + LONGEST, EMPTIED
        while not self._ended.is_set() and time.monotonic() < until:
            with suppress(queue.Empty):
                paths |= self._events.get(timeout=SILENCE)
                continue
            if not self._is_half_saved(paths):
                break
            with suppress(queue.Empty):
                waited = time.monotonic()
                paths |= self._events.get(timeout=patience)
                patience -= time.monotonic() - waited
                until = max(until, time.monotonic() + SILENCE)
                continue
            break
        return paths

    def _is_half_saved(self, paths: Iterable[str]) -> bool:
        """Whether one of them has lost its content just now."""
        for path in paths:
            known = self._known.files.get(name_below(self.course, path) or "")
            if known and known.size and not ((found := sign(path)) and found.size):
                return True
        return False

    def _follow(self) -> None:
        """Listens in the course's folder, below what it publishes, and where links in it lead."""
        self._unfollow()
        flat = {self.course, *self._known.flat}
        flat |= {str(trace.parent) for trace in self._traces() if trace.is_file()}
        for places, deep in ((flat, False), (self._known.deep, True)):
            if places:
                self._notifiers.append(_Notifier(sorted(places), deep, self._events))

    def _unfollow(self) -> None:
        for notifier in self._notifiers:
            notifier.stop()
        self._notifiers = []

    # --- looking --------------------------------------------------------------------------------

    def _list(self) -> Listing:
        return list_course(self.course, [str(trace) for trace in self._traces()])

    def _look_at(self, paths: set[str]) -> Touched:
        """Which of these files differ from when they were last looked at."""
        touched: set[str] = set()
        files, anywhere = self._known.files, len(paths) > _MANY
        for path in paths:
            name = name_below(self.course, path)
            if name is None or name.partition("/")[0] not in (*FILES, *FOLDERS):
                anywhere = anywhere or self._known.leads_to(path)
            elif name in FOLDERS:
                # Made anew, or a link that leads elsewhere by now: who listened in it hears nothing more.
                self._follow()
                anywhere = True
            elif is_passed_over(name):
                pass
            elif (found := sign(path)) is None:
                if name in files:
                    del files[name]
                    touched.add(name)
                else:
                    anywhere = anywhere or any(known.startswith(f"{name}/") for known in files)
            elif os.path.isdir(path) or os.path.islink(path):
                anywhere = True
            elif files.get(name) != found:
                files[name] = found
                touched.add(name)
        if not anywhere:
            return frozenset(touched)
        more = self._survey()
        return None if more is None else more | touched

    def _survey(self) -> Touched:
        """What differs anywhere."""
        before, self._known = self._known, self._list()
        if (before.deep, before.flat) != (self._known.deep, self._known.flat):
            self._follow()
            self._known = self._list()  # with what came before it could be heard
        old, new = before.files, self._known.files
        touched = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
        return frozenset(touched) if all(path.startswith((*FILES, *FOLDERS)) for path in touched) else None


class _Notifier:
    """One of the system's lists of events, emptied by a thread of its own."""

    def __init__(self, places: Sequence[str], deep: bool, events: _Events) -> None:
        from watchfiles._rust_notify import RustNotify

        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        try:
            notify = RustNotify(list(places), False, False, 300, deep, True)
        except (OSError, RuntimeError):
            return  # the system watches no more folders, or one is gone by now
        self._thread = threading.Thread(target=self._listen, args=(notify, events), name="sitegen-events", daemon=True)
        self._thread.start()

    @property
    def is_heard(self) -> bool:
        return self._thread is not None

    def stop(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _listen(self, notify: Any, events: _Events) -> None:
        with notify:
            while not self._stop.is_set():
                # Silence is waited for by who hears both lists. No time limit: a look at all is not ours to begin.
                found = notify.watch(0, STEP, 0, self._stop)
                if not isinstance(found, str):
                    events.put({path for _, path in found})
