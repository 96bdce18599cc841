"""A browser, courses built and servers that publish them: fixtures for all browser tests (see conftest)."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stress import BASE as STRESS_BASE
from tests.stress import TODAY, write_stress_course
from tests.support import REPOSITORY, run_sitegen

BASE = "/teaching/2026-cloud-network/"
"""The path below which the course is published."""

SCREENSHOTS = Path(os.environ.get("SITEGEN_SCREENSHOTS", REPOSITORY / "build" / "screenshots"))
"""Where a run keeps what the main pages look like; under build/, which git ignores."""

PROBES = Path(__file__).parent / "probes"
"""JavaScript that looks at a page; each file is one function."""


@dataclass(frozen=True, slots=True)
class Published:
    """A course's site on disk and at its address."""

    name: str
    site: Path
    address: str

    @property
    def paths(self) -> list[str]:
        """All pages that sitegen made, without those that only lead to another."""
        pages = (path for path in self.site.rglob("*.html") if b'http-equiv="refresh"' not in path.read_bytes())
        return sorted(path.relative_to(self.site).as_posix() for path in pages)


def find_chromium() -> str | None:
    given = os.environ.get("SITEGEN_CHROMIUM")
    return given or shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


def missing(what: str) -> None:
    """Skips a test that needs `what`, or fails it where everything is to be checked."""
    if os.environ.get("SITEGEN_BROWSER") == "required":
        pytest.fail(f"SITEGEN_BROWSER=required, but there is no {what}")
    pytest.skip(f"there is no {what}")


@pytest.fixture(scope="session")
def browser():
    path = find_chromium()
    if path is None:
        missing("Chromium")
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
    with serve(site, BASE) as address:
        yield address


@pytest.fixture(scope="session")
def stress(tmp_path_factory) -> Iterator[Published]:
    """The course that goes to every limit."""
    course = write_stress_course(tmp_path_factory.mktemp("stress"))
    out = tmp_path_factory.mktemp("published") / STRESS_BASE.strip("/")
    result = run_sitegen("build", course, "--out", out, "--today", TODAY.isoformat())
    assert result.returncode == 0, result.stdout + result.stderr
    with serve(out, STRESS_BASE) as address:
        yield Published("stress", out, address)


@pytest.fixture(scope="session", params=["real", "stress"])
def published(request) -> Published:
    """Each of the courses in turn."""
    if request.param == "stress":
        return request.getfixturevalue("stress")
    return Published("real", request.getfixturevalue("site"), request.getfixturevalue("address"))


@contextmanager
def serve(site: Path, base: str) -> Iterator[str]:
    """The address of a site that lies below `base` of its server's folder."""
    root = site.parents[len(Path(base.strip("/")).parts) - 1]

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
    yield f"http://127.0.0.1:{server.server_port}{base}"
    server.shutdown()
    server.server_close()


def watch(page, ignored: tuple[str, ...] = ()) -> list[str]:
    """Collects what the console says, what can't be loaded and what the page's policy forbids."""
    complaints: list[str] = []

    def complain(words: str) -> None:
        if not any(part in words for part in ignored):
            complaints.append(words)

    page.on("console", lambda message: complain(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complain(str(error)))
    # A favicon that is still on its way when the next page is opened isn't a fault of the page.
    page.on(
        "requestfailed",
        lambda request: None if request.failure == "net::ERR_ABORTED" else complain(f"failed: {request.url}"),
    )
    page.on(
        "response",
        lambda response: complain(f"{response.status}: {response.url}") if response.status >= 400 else None,
    )
    return complaints


def probe(name: str) -> str:
    """The text of a probe, for `page.evaluate`."""
    return (PROBES / f"{name}.js").read_text(encoding="utf-8")
