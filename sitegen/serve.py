"""The live preview: build, show, watch, build again.

This is where its parts meet: `preview.watching` tells what was saved, a thread builds, `preview.view` holds what is on
view, and `preview.web` answers browsers. It is served from memory, so that nothing is written but what a build
remembers for the next. With errors the last good site stays on view; whatever goes wrong is a sentence, and the
preview lives on.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sitegen.diagnostics import Diagnostic, Span, count_findings
from sitegen.outputs.searchindex import FOLDER
from sitegen.preview.dressing import notes_of
from sitegen.preview.editors import editor_link
from sitegen.preview.ports import open_sockets
from sitegen.preview.report import Report, unheard
from sitegen.preview.routes import base_path
from sitegen.preview.view import Site, View, differing

if TYPE_CHECKING:
    from sitegen.build import Built
    from sitegen.folders.disk import Asset
    from sitegen.model import Course
    from sitegen.preview.watching import Touched, Watcher
    from sitegen.preview.web import Server

LOOK_AT_CLOCK = 20.0
"""Seconds between two looks at the date: a computer that slept over midnight is told by no timer."""

Build = Callable[["Touched"], "Built"]
"""Reads and builds the course. It is told which of its files were saved since it was last called, whatever came of that
(None: any may be), and can rely on it. What it hands over as the same object as the last time isn't looked into, so a
build that keeps what hasn't changed costs only what has.
"""
Index = Callable[["Course"], tuple[Mapping[str, bytes], Sequence[Diagnostic]]]
"""The files of a course's search index."""
Tell = Callable[[Sequence[Diagnostic], Mapping[str, str]], None]
"""Tells findings to the terminal, with lines from the sources."""


class Preview:
    """One course on view."""

    def __init__(
        self,
        course: Path,
        build: Build,
        index: Index,
        tell: Tell,
        traces: Callable[[], Iterable[Path]] = tuple,
        editor: str = "",
        follows_date: bool = True,
        say: Callable[[str], None] | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """`traces`: files outside of what is watched anyway that a build's outcome depends on. `editor`: the address
        that opens a file in the editor, see `preview.editors`. `follows_date`: builds again when it is another day
        where the course is held. `say` says one line in the terminal.
        """
        self.course, self.build, self.index, self.tell = course, build, index, tell
        self.traces, self.editor, self.follows_date = traces, editor, follows_date
        self.say, self.now = say or _say, now

        self.view = View(secrets.token_hex(4))
        self.address = ""
        """Where the site is, once it is served."""
        self.served = threading.Event()
        self._built: Built | None = None
        """The last good build."""
        self._said: Sequence[Diagnostic] = ()
        """What was told of the last build."""
        self._said_of_index: Sequence[Diagnostic] = ()
        self._shown_at = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._ready: asyncio.Event | None = None
        """Set when there is something to show, even if only mistakes."""
        self._indexing: asyncio.Task[None] | None = None
        self._watcher: Watcher | None = None
        self._server: Server | None = None

    def run(self, host: str, port: int, open_browser: bool = False) -> None:
        """Serves until it is interrupted, or `stop` is called. Raises NoPort."""
        sockets, taken = open_sockets(host, port)
        if taken != port:
            self.say(f"Port {port} is in use; taking {taken}.")
        try:
            asyncio.run(self._serve(sockets, host, taken, open_browser))
        finally:
            for one in sockets:
                one.close()

    def stop(self) -> None:
        """From any thread: ends `run`."""
        if self._loop and self._end:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._end.set)

    def count_tabs(self) -> int:
        """Tabs that follow the course by now."""
        return len(self._server.tabs) if self._server else 0

    async def _serve(self, sockets: Sequence[socket.socket], host: str, port: int, open_browser: bool) -> None:
        from sitegen.preview.watching import Watcher
        from sitegen.preview.web import Server, Visit

        self._loop, self._end, self._ready = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        self._watcher = Watcher(self.course, self.traces)
        visit = Visit(self.view, host, self.course, self._link, self._find_in_index, self._tell_fault)
        builder = threading.Thread(target=self._follow, name="sitegen-builder", daemon=True)
        with _signals(self.stop):
            builder.start()
            ready, end = asyncio.create_task(self._ready.wait()), asyncio.create_task(self._end.wait())
            await asyncio.wait({ready, end}, return_when=asyncio.FIRST_COMPLETED)
            if not self._end.is_set():
                self._server = Server(visit, sockets)
                self._say_where(host, port, open_browser)
                clock = asyncio.create_task(self._follow_date())
                while not end.done():  # on Windows, Ctrl-C is only heard by who is awake
                    await asyncio.wait({end}, timeout=1.0 if sys.platform == "win32" else None)
                clock.cancel()
                await self._server.close()
            ready.cancel()
            self._watcher.stop()
            await asyncio.to_thread(builder.join, 2.0)  # a build that takes longer ends with this process
            self.say("The preview has ended.")

    def _say_where(self, host: str, port: int, open_browser: bool) -> None:
        from sitegen.preview.callers import listens_everywhere

        shown = "localhost" if listens_everywhere(host) else f"[{host}]" if ":" in host else host
        base = self.view.site.base if self.view.site else "/"
        self.address = f"http://{shown}:{port}{base}"
        below = "" if base == "/" else f" http://{shown}:{port}/ leads there."
        if listens_everywhere(host):
            below += " Everybody in your network can read it."
        self.say(f"Serving {self.course} on {self.address} (Ctrl-C ends it).{below}")
        self.served.set()
        if open_browser:
            threading.Thread(target=self._open_browser, name="sitegen-browser", daemon=True).start()

    def _open_browser(self) -> None:
        import webbrowser

        opened = False
        with suppress(webbrowser.Error, OSError):
            opened = webbrowser.open(self.address)
        if not opened:
            self.say(f"No browser could be opened. Open {self.address} yourself.")

    # --- building, in a thread of its own -------------------------------------------------------

    def _follow(self) -> None:
        """Builds, and builds again after each burst of saves; never two at once."""
        assert self._watcher and self._loop
        first = True
        while not (self._end and self._end.is_set()):
            try:
                self._watcher.start()
                self._build_once(None, first)
                first = False
                for touched in self._watcher.changes():
                    self._build_once(touched)
                break
            except Exception as error:  # noqa: BLE001 (a fault in the watching itself)
                self._tell_fault(error)
                time.sleep(1.0)

    def _build_once(self, touched: Touched, first: bool = False) -> None:
        started = time.monotonic()
        built: Built | None = None
        try:
            built = self.build(touched)
            report = Report(built.findings, built.sources, since=self._shown_at)
            site = _site_of(built)
        except OSError as error:
            report, site = Report(fault=_os_words(error), since=self._shown_at), None
        except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever it is: it is told, and the preview lives on)
            report, site = _fault(error, self._shown_at), None
        old = self.view.site
        changed = differing(old.files if old else {}, site.files) if site else frozenset[str]()
        moment = self.now().astimezone().strftime("%H:%M:%S")
        if site:
            self._shown_at = moment
        seconds = time.monotonic() - started
        start = f"{moment} {'' if first else _name(touched)}"
        if first:  # it is said before the address is
            self._tell_build(report, start, changed, seconds)
        with suppress(RuntimeError):  # the preview has ended meanwhile
            assert self._loop
            self._loop.call_soon_threadsafe(self._show, site, report, changed, built)
        if not first:  # and here the browser comes before the terminal
            self._tell_build(report, start, changed, seconds)

    def _tell_build(self, report: Report, start: str, changed: frozenset[str], seconds: float) -> None:
        """One line a build, after what there is to say of the course that wasn't said before."""
        if report.details:
            self.say(report.details)
        if new := unheard(report.findings, self._said):
            self.tell(new, report.sources)
        if not report.fault:
            self._said = report.findings
        took = f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
        pages = sum(path.endswith(".html") for path in changed)
        counted = (
            f"{pages} page{'' if pages == 1 else 's'}"
            if pages
            else f"{len(changed)} files"
            if changed
            else "nothing new"
        )
        found = f" ({count_findings(report.findings)})" if report.findings else ""
        if report.failed:
            what = report.fault or f"{count_findings(report.findings)}."
            kept = " The last good site stays on view." if self._shown_at else ""
            self.say(f"{start}{what}{kept}")
        else:
            self.say(f"{start}{counted} in {took}{found}")

    # --- in the event loop ----------------------------------------------------------------------

    def _show(self, site: Site | None, report: Report, changed: frozenset[str], built: Built | None) -> None:
        if site:
            self.view.show(site)
            self._built = built
        self.view.tell(report)
        assert self._ready
        self._ready.set()
        if self._server:
            self._server.announce(changed)

    async def _follow_date(self) -> None:
        """Pages say what is today."""
        while self.follows_date:
            await asyncio.sleep(LOOK_AT_CLOCK)
            course = self._built.course if self._built else None
            if course and self._watcher and self.now().astimezone(course.facts.timezone).date() != course.today:
                self._watcher.ask()

    async def _find_in_index(self, address: str) -> bytes | None:
        """A file of the search index, which is made when a browser first asks for it after a build."""
        site = self.view.site
        if site is None or not address.startswith(site.base + FOLDER):
            return None
        path = address.removeprefix(site.base)
        if self.view.index is None:
            self._indexing = self._indexing or asyncio.create_task(self._make_index(site))
            await asyncio.shield(self._indexing)
        return (self.view.index or {}).get(path) or self.view.index_before.get(path)

    async def _make_index(self, site: Site) -> None:
        try:
            course = self._built.course if self._built else None
            made, findings = await asyncio.to_thread(self.index, course) if course else ({}, ())
            if self.view.site is site:
                self.view.index = made
            else:
                self.view.index_before = made
            if new := unheard(findings, self._said_of_index):
                self.tell(new, {})
            self._said_of_index = findings
        finally:
            self._indexing = None

    def _link(self, span: Span) -> str:
        path = self.course.joinpath(*span.file.split("/"))
        return editor_link(self.editor, str(path.absolute()), span.line, span.column)

    def _tell_fault(self, error: BaseException) -> None:
        self.say("".join(traceback.format_exception(error)) + _OURS)


_OURS = "This is a fault in sitegen, not in your course. Please report it with the lines in the terminal."


def _fault(error: BaseException, since: str) -> Report:
    words = "".join(traceback.format_exception(error)).rstrip()
    return Report(fault=_OURS, details=words, since=since)


def _os_words(error: OSError) -> str:
    place = f" at {error.filename}" if error.filename else ""
    return f"The computer says: {error.strerror or error}{place}."


def _site_of(built: Built) -> Site | None:
    if not built.files or built.course is None:
        return None
    # A build that publishes nothing has no files on disk but the course's own.
    files = cast("Mapping[str, bytes | Asset]", built.files)
    return Site(files, base_path(built.course.base_url), notes_of(built.course))


def _name(touched: Touched) -> str:
    """What a line of the terminal begins with: `content/x.md changed: `."""
    if not touched:
        return "all looked at anew: "
    first, *others = sorted(touched)
    more = f" and {len(others)} other{'' if len(others) == 1 else 's'}" if others else ""
    return f"{first if first.isprintable() else ascii(first)}{more} changed: "


def _say(line: str) -> None:
    with suppress(OSError, ValueError):  # a closed terminal ends nothing
        print(line, flush=True)


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, a closed terminal and a system that shuts down end the preview as it wants to be ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = [kind for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if (kind := getattr(signal, name, None))]
    loop = asyncio.get_running_loop()
    before = [(kind, signal.getsignal(kind)) for kind in kinds]
    for kind in kinds:
        try:
            loop.add_signal_handler(kind, stop)  # wakes the loop, whichever thread hears the signal
        except NotImplementedError:  # on Windows
            signal.signal(kind, lambda *_: stop())
    try:
        yield
    finally:
        for kind, handler in before:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(kind)
            signal.signal(kind, handler)
