"""The preview's web server: tornado and livereload's protocol around a `View`.

It is livereload's WebSocket and livereload's script in the page; its watcher, its loop and its way to serve files are
not used, because they wait: 800 ms for a change, for the end of a build, for 3 s since the last reload. Nothing is
built or watched here.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livereload import handlers as livereload
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPOutputError
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from sitegen.folders.disk import Asset
from sitegen.preview import dressing
from sitegen.preview.bodies import Unsatisfiable, asked_part, media_type
from sitegen.preview.callers import listens_everywhere, may_ask, names_for, same_origin
from sitegen.preview.report import Link, report_json
from sitegen.preview.routes import NOT_FOUND, Found, Moved

if TYPE_CHECKING:
    from sitegen.preview.view import View

_PIECE = 1 << 18
_LARGEST_DRESSED = 8 << 20
"""Bytes of an author's own HTML file that the preview puts its script into."""
_PAGES = (".html", ".htm")


class Visit:
    """What all answers know: the site on view, who may ask, and what to do besides."""

    def __init__(
        self,
        view: View,
        host: str,
        course: Path,
        link: Link,
        index: Callable[[str], Awaitable[bytes | None]],
        tell_fault: Callable[[BaseException], None],
    ) -> None:
        """`index` is asked for files that the site hasn't yet, such as the search index' ones."""
        self.view, self.link, self.index, self.tell_fault = view, link, index, tell_fault
        self.course = os.path.realpath(course)
        self.everywhere = listens_everywhere(host)
        self.names = names_for(host, (socket.gethostname(), socket.getfqdn()) if self.everywhere else ())
        self.tabs: set[_Channel] = set()
        self.script = _read_script()


class Server:
    """Answers browsers, and tells them what has changed."""

    def __init__(self, visit: Visit, sockets: Sequence[socket.socket]) -> None:
        self._visit, self.tabs = visit, visit.tabs
        with_visit = {"visit": visit}
        application = web.Application(
            [
                (dressing.CHANNEL, _Channel, with_visit),
                (dressing.LIVERELOAD, _LiveReload, with_visit),
                (dressing.SCRIPT, _Script, with_visit),
                (dressing.STATE, _State, with_visit),
            ],
            default_handler_class=_Files,
            default_handler_args=with_visit,
            log_function=lambda _: None,
            websocket_ping_interval=20,
            websocket_max_message_size=1 << 16,
        )
        self._server = HTTPServer(application, max_body_size=1 << 16, idle_connection_timeout=600)
        self._server.add_sockets(sockets)

    def announce(self, changed: frozenset[str]) -> None:
        """After a build: brings each tab up to date, with a reload only where what it shows has changed."""
        view = self._visit.view
        for tab in list(self.tabs):
            if tab.token != (token := view.token(tab.address)):
                tab.token = token
                tab.reload(tab.address)
            elif loaded := view.loaded(tab.address, changed):
                sheets = [path for path in loaded if path.endswith(".css")]
                base = view.site.base if view.site else "/"
                for path in sheets if sheets == loaded else [tab.address]:
                    tab.reload(base + path if path in sheets else path)
            if tab.told != view.told:
                tab.told = view.told
                tab.reload(dressing.STATE)

    async def close(self) -> None:
        self._server.stop()
        for tab in list(self.tabs):
            tab.close(1001)
        await self._server.close_all_connections()


class _Handler(web.RequestHandler):
    """What all of the preview's answers have in common."""

    def initialize(self, visit: Visit) -> None:
        self.visit = visit
        self.further: dict[str, str] = {}
        """Headers that go with a refusal, for which tornado forgets all others."""

    def set_default_headers(self) -> None:
        self.set_header("Server", "sitegen")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def prepare(self) -> None:
        if not may_ask(self.request.headers.get("Host", ""), self.visit.names, self.visit.everywhere):
            raise web.HTTPError(403)
        if self.request.method not in ("GET", "HEAD"):
            self.further = {"Allow": "GET, HEAD"}
            raise web.HTTPError(405)

    def compute_etag(self) -> None:
        """None: nothing is to be kept, so nothing has to be compared."""

    def write_error(self, status_code: int, **_: Any) -> None:
        words = {
            403: "The preview answers only where it was started: ask for localhost or 127.0.0.1, or start it with "
            "--host and the name that you ask by.",
            405: "The preview shows pages, and takes nothing in.",
            500: "This is a fault in sitegen, not in your course; the terminal tells more.",
        }.get(status_code, self._reason)
        for name, value in {"Content-Type": "text/plain; charset=utf-8", **self.further}.items():
            self.set_header(name, value)
        self.finish(f"{words}\n" if self.request.method != "HEAD" else None)

    def log_exception(self, _typ: Any, value: BaseException | None, _tb: Any) -> None:
        if value and not isinstance(value, (web.HTTPError, StreamClosedError, WebSocketClosedError, HTTPOutputError)):
            self.visit.tell_fault(value)


class _Files(_Handler):
    """The site's files."""

    async def get(self) -> None:
        view = self.visit.view
        route = view.route(self.request.path)
        if isinstance(route, Moved):
            self._move(route)
        elif view.site is None:
            self.set_status(503)
            self._send("waiting.html", dressing.waiting_page())
        elif isinstance(route, Found):
            content = view.site.files[route.path]
            if isinstance(content, Asset) and not route.path.endswith(_PAGES):
                await self._stream(route.path, content)
            else:
                self._send(route.path, content if isinstance(content, bytes) else self._load(content))
        elif (made := await self.visit.index(self.request.path)) is not None:
            self._send(self.request.path, made)
        else:
            self.set_status(404)
            page = view.site.files.get(NOT_FOUND, b"")
            self._send(NOT_FOUND, page if isinstance(page, bytes) else self._load(page))

    head = get

    def _move(self, route: Moved) -> None:
        query = f"?{self.request.query}" if self.request.query else ""
        self.set_status(302)
        self.set_header("Location", f"{route.address}{query}")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        where = "The site lies below its base path, as it will be published" if route.outside else "The page is"
        words = f"{where}: {route.address}\n".encode()
        self.set_header("Content-Length", len(words))
        self.finish(words if self.request.method != "HEAD" else None)

    def _send(self, path: str, content: bytes) -> None:
        """A file from memory; a page with the preview's script."""
        kind = media_type(path)
        if kind.startswith("text/html"):
            address, notes = self.request.path, self.visit.view.site.notes if self.visit.view.site else {}
            host = self.request.headers["Host"]
            content = dressing.dress(content, host, self.visit.view.token(address), notes.get(path, ""))
        start, end = self._begin(kind, len(content))
        self.finish(content[start:end] if self.request.method != "HEAD" else None)

    async def _stream(self, path: str, asset: Asset) -> None:
        """A file from the course's folder, piece by piece as fast as the browser takes it."""
        self._check_inside(asset)
        try:
            with asset.location.open("rb") as file:
                start, end = self._begin(media_type(path), os.fstat(file.fileno()).st_size)
                if self.request.method != "HEAD":
                    file.seek(start)
                    while start < end and (piece := file.read(min(_PIECE, end - start))):
                        start += len(piece)
                        self.write(piece)
                        await self.flush()
                    if start < end:  # it was cut short meanwhile; the browser must not take it for whole
                        self.request.connection.stream.close()  # type: ignore[union-attr]
                        return
        except StreamClosedError:
            return  # the browser has gone, as browsers do in the middle of a film
        except OSError:
            raise web.HTTPError(404, reason=f"{asset.path} can't be read") from None
        self.finish()

    def _load(self, asset: Asset) -> bytes:
        """An author's own HTML file."""
        self._check_inside(asset)
        try:
            with asset.location.open("rb") as file:
                return file.read(_LARGEST_DRESSED)
        except OSError:
            raise web.HTTPError(404) from None

    def _check_inside(self, asset: Asset) -> None:
        """A link that was turned since the build may lead out of the course by now."""
        if not os.path.realpath(asset.location).startswith(self.visit.course + os.sep):
            raise web.HTTPError(404)

    def _begin(self, kind: str, size: int) -> tuple[int, int]:
        """Sends the head's part of a file; which of its bytes are to follow."""
        self.set_header("Content-Type", kind)
        self.set_header("Accept-Ranges", "bytes")
        start, end = 0, size
        if self.get_status() == 200:
            try:
                part = asked_part(self.request.headers.get("Range"), size)
            except Unsatisfiable:
                self.further = {"Content-Range": f"bytes */{size}"}
                raise web.HTTPError(416) from None
            if part:
                start, end = part.start, part.end
                self.set_status(206)
                self.set_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.set_header("Content-Length", end - start)
        return start, end


class _Script(_Handler):
    """What the preview adds to pages."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(self.visit.script)

    head = get


class _LiveReload(_Handler, livereload.LiveReloadJSHandler):  # type: ignore[misc]  # livereload has no types
    """livereload's own script."""

    def get(self) -> None:
        super().get()
        self.set_header("Content-Type", "text/javascript; charset=utf-8")

    head = get


class _State(_Handler):
    """The last build's findings. Who asks from another machine gets no addresses of files on this one."""

    def get(self) -> None:
        link = self.visit.link if _is_local(self.request.remote_ip) else lambda _: ""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(report_json(self.visit.view.report, link))

    head = get


class _Channel(_Handler, livereload.LiveReloadHandler):  # type: ignore[misc]  # livereload has no types
    """One tab's WebSocket, in livereload's protocol (official-7)."""

    address = token = ""
    told = 0
    """The last report that it knows of, as `View.told` counts them."""

    def check_origin(self, origin: str) -> bool:
        return same_origin(origin, self.request.headers.get("Host", ""))

    def on_message(self, message: str | bytes) -> None:
        """The greeting is livereload's; then the tab says where it is, and what it shows."""
        try:
            said = json.loads(message)
            if said["command"] == "hello":
                super().on_message(message)
            elif said["command"] == "info":
                self._register(str(said["url"]), str(said.get("plugins", {}).get("sitegen", {}).get("page", "")))
        except (ValueError, KeyError, TypeError, AttributeError):
            self.close(1002)  # nothing that livereload's script says

    def _register(self, url: str, shown: str) -> None:
        from urllib.parse import urlsplit

        self.address = urlsplit(url).path or "/"
        self.token = self.visit.view.token(self.address)
        self.visit.tabs.add(self)
        if shown and shown != self.token:  # the preview was started anew, or the tab has slept
            self.reload(self.address)
        self.told = self.visit.view.told
        self.reload(dressing.STATE)

    def reload(self, path: str) -> None:
        self.send_message({"command": "reload", "path": path, "liveCSS": True, "liveImg": False})

    def send_message(self, message: dict[str, object]) -> None:
        try:
            self.write_message(message)
        except WebSocketClosedError:
            self.visit.tabs.discard(self)

    def on_close(self) -> None:
        self.visit.tabs.discard(self)


def _is_local(address: str | None) -> bool:
    return bool(address) and (str(address) == "::1" or str(address).removeprefix("::ffff:").startswith("127."))


def _read_script() -> bytes:
    """The preview's scripts as one, with its style sheet in it: a page's policy knows neither."""
    folder = Path(__file__).parent
    style, swap, preview = (
        (folder / name).read_text(encoding="utf-8") for name in ("preview.css", "swap.js", "preview.js")
    )
    whole = f"(() => {{\n'use strict';\nconst me = document.currentScript;\n{swap}\n{preview}}})();\n"
    return whole.replace('"preview.css"', json.dumps(style), 1).encode()
