"""A browser, the real course built, and a server that publishes it: fixtures for all browser tests (see conftest)."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import REPOSITORY, run_sitegen

BASE = "/teaching/2026-cloud-network/"
"""The path below which the course is published."""


def find_chromium() -> str | None:
    given = os.environ.get("SITEGEN_CHROMIUM")
    return given or shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser():
    path = find_chromium()
    if path is None:
        if os.environ.get("SITEGEN_BROWSER") == "required":
            pytest.fail("SITEGEN_BROWSER=required, but there is no Chromium")
        pytest.skip("there is no Chromium")
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*quiet, "--disable-sync", "--no-first-run"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The real course, built by the command, lying below its base path."""
    root = tmp_path_factory.mktemp("published")
    out = root / BASE.strip("/")
    result = run_sitegen("build", REPOSITORY, "--out", out, "--today", "2026-02-10")
    assert result.returncode == 0, result.stderr
    return out


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    """A web server with the site below its base path, and 404.html for what isn't there, as on GitHub Pages."""
    root = site.parent.parent

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def send_error(self, code, message=None, explain=None):
            content = (site / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{BASE}"
    server.shutdown()
    server.server_close()
