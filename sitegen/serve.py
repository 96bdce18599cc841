"""The live preview: build, serve, watch, build again, on livereload's server and protocol.

The preview is built into a folder of its own, never into the published site. With errors the last
good site stays on view and the terminal says what is wrong.
"""

from __future__ import annotations

import html
import socket
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sitegen.folders.publish import PublishFailed, publish

if TYPE_CHECKING:
    from sitegen.build import Built

WATCHED = ("site.yaml", "papers.bib", "content", "templates")


class Preview:
    """One course on view. `build` reads and builds it, and tells its findings to the terminal."""

    def __init__(self, course: Path, build: Callable[[], Built]) -> None:
        self.course, self.build = course, build
        self.shown = False
        """A good site has been built."""

    def run(self, host: str, port: int, open_browser: bool) -> None:
        """Serves until interrupted."""
        from livereload import Server

        with TemporaryDirectory(prefix="sitegen-preview-") as folder:
            site = Path(folder) / "site"
            self.refresh(site)
            server = Server()
            for name in WATCHED:
                server.watch(str(self.course / name), lambda: self.refresh(site))
            free = find_port(host, port)
            if free != port:
                print(f"Port {port} is in use; taking {free}.", flush=True)
            print(f"Serving {self.course} on http://{host}:{free}/ (Ctrl-C ends it).", flush=True)
            server.serve(port=free, host=host, root=str(site), open_url_delay=1 if open_browser else None)

    def refresh(self, site: Path) -> None:
        """Builds into `site`; with errors what is there stays."""
        built = self.build()
        files = built.files
        if not files:
            if self.shown:
                return
            files = {"index.html": _error_page(len(built.findings))}
        try:
            publish(site, files, self.course)
        except PublishFailed as failed:
            print(failed, flush=True)
        self.shown = self.shown or bool(built.files)


def find_port(host: str, port: int) -> int:
    """The first free port from `port` on; raises OSError when 50 are taken."""
    for candidate in range(port, min(port + 50, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    raise OSError(f"no free port from {port} on")


def _error_page(count: int) -> bytes:
    words = html.escape(f"The course has {count} mistake{'' if count == 1 else 's'}; the terminal names them.")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not built yet</title>'
        f"<body><h1>Not built yet</h1><p>{words} Save the mended file and this page fills.</p></body></html>"
    ).encode()
