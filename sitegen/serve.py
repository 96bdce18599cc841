"""The live preview: build, serve, watch, build again, on livereload's server and protocol.

The preview is built into a folder of its own, never into the published site. With errors the last
good site stays on view and the terminal says what is wrong. The search index is made when a browser
asks for it, never on a save.
"""

from __future__ import annotations

import errno
import html
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sitegen.folders.publish import PublishFailed, publish
from sitegen.outputs.searchindex import FOLDER

if TYPE_CHECKING:
    from sitegen.build import Built
    from sitegen.folders.disk import Asset
    from sitegen.model import Course

WATCHED = ("site.yaml", "papers.bib", "content", "templates")


class NoPort(Exception):
    """The preview can't be served; str() is one plain sentence."""


class Preview:
    """One course on view. `build` reads and builds it, and tells its findings to the terminal; `index` makes the files
    of its search index.
    """

    def __init__(
        self, course: Path, build: Callable[[], Built], index: Callable[[Course], Mapping[str, bytes]]
    ) -> None:
        self.course, self.build, self.index = course, build, index
        self.shown = False
        """A good site has been built."""
        self.files: Mapping[str, bytes | Asset] = {}
        """What was published last."""
        self.unindexed: Course | None = None
        """The course on view, until its search index is made."""
        self.port = 0
        """Where it is served, once it is."""

    def run(self, host: str, port: int, open_browser: bool) -> None:
        """Serves until interrupted."""
        from livereload import Server
        from livereload.handlers import LiveReloadHandler, StaticFileHandler

        # livereload drops every change within 3 seconds of the last one; each of ours is a finished build.
        LiveReloadHandler.DEFAULT_RELOAD_TIME = 0

        free = self.port = find_port(host, port)
        # SIGTERM ends the preview as Ctrl-C does, so that its folder is removed.
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        with TemporaryDirectory(prefix="sitegen-preview-") as folder:
            site = Path(folder) / "site"
            self.refresh(site)
            preview = self

            class Files(StaticFileHandler):  # type: ignore[misc]  # livereload has no types
                def prepare(self) -> None:
                    if self.request.path.startswith(f"/{FOLDER}"):
                        preview.add_index(site)

            server = Server()
            server.SFH = Files
            for name in WATCHED:
                server.watch(str(self.course / name), lambda: self.refresh(site))
            if free != port:
                print(f"Port {port} is in use; taking {free}.", flush=True)
            print(
                f"Serving {self.course} on http://{f'[{host}]' if ':' in host else host}:{free}/ (Ctrl-C ends it).",
                flush=True,
            )
            server.serve(port=free, host=host, root=str(site), open_url_delay=1 if open_browser else None)

    def refresh(self, site: Path) -> None:
        """Builds into `site`; with errors what is there stays."""
        built = self.build()
        files = built.files
        if not files:
            if self.shown:
                return
            files = {"index.html": _error_page(len(built.findings))}
        self.files = {path: _for_preview(path, content, self.port) for path, content in files.items()}
        self.unindexed = built.course
        self._publish(site)
        self.shown = self.shown or bool(built.files)

    def add_index(self, site: Path) -> None:
        """Puts the search index beside the site that is on view, once for each build."""
        if self.unindexed:
            self.files = {**self.files, **self.index(self.unindexed)}
            self.unindexed = None
            self._publish(site)

    def _publish(self, site: Path) -> None:
        try:
            publish(site, self.files, self.course)
        except PublishFailed as failed:
            print(failed, flush=True)


def _for_preview(path: str, content: bytes | Asset, port: int) -> bytes | Asset:
    """A page with the script that follows the course, under the very policy that it is published with.

    livereload would put an inline script before `</head>`, which the policy forbids; it doesn't know `</HEAD>`.
    """
    if not path.endswith(".html") or not isinstance(content, bytes):
        return content
    script = f'<script src="/livereload.js?port={port}" defer></script>\n</HEAD>'.encode()
    return content.replace(b"connect-src 'self'", b"connect-src 'self' ws:", 1).replace(b"</head>", script, 1)


def find_port(host: str, port: int) -> int:
    """The first free port from `port` on. Raises NoPort when `host` isn't this machine's or 50 are taken."""
    for candidate in range(port, min(port + 50, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                raise NoPort(f"{host} isn't an address on which this machine can listen.") from None
            return candidate
    raise NoPort(f"The ports from {port} to {min(port + 49, 65535)} are all in use; choose another with --port.")


def _error_page(count: int) -> bytes:
    words = html.escape(f"The course has {count} mistake{'' if count == 1 else 's'}; the terminal names them.")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not built yet</title></head>'
        f"<body><h1>Not built yet</h1><p>{words} Save the mended file and this page fills.</p></body></html>"
    ).encode()
