"""A preview that runs in a thread of the test, and what a test asks of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from sitegen.build import Built
from sitegen.diagnostics import Diagnostic, render_text
from sitegen.preview import watching
from sitegen.preview.editors import EDITORS
from sitegen.serve import Preview
from tests.support import build_folder

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds after which a test gives up waiting; nothing here should take one."""


@pytest.fixture
def patient(monkeypatch):
    """A burst of saves may take as long as it does on a machine with much else to do."""
    monkeypatch.setattr(watching, "SILENCE", 0.05)
    monkeypatch.setattr(watching, "LONGEST", 1.0)
    monkeypatch.setattr(watching, "EMPTIED", 1.0)


def until(is_so: Callable[[], Any], what: str = "it") -> Any:
    """Waits for it, and returns what it gives."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := is_so():
            return result
        time.sleep(0.005)
    raise AssertionError(f"{what} never came")


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Running:
    """A preview that is served."""

    preview: Preview
    thread: threading.Thread
    lines: list[str] = field(default_factory=list)
    """What it said."""
    told: list[str] = field(default_factory=list)
    """The findings that it told."""
    touched: list[Any] = field(default_factory=list)
    """What each build was told."""

    @property
    def port(self) -> int:
        port = urlsplit(self.preview.address).port
        assert port
        return port

    @property
    def tabs(self) -> int:
        """Open tabs that have said where they are."""
        return self.preview.count_tabs()

    @property
    def builds(self) -> int:
        return len(self.touched)

    def ask(self, path: str, method: str = "GET", host: str | None = None, **headers: str) -> Answer:
        """The answer to a request, its path sent as it stands here."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if host != "":
            connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        result = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return result

    def state(self) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self.ask("/sitegen-preview.json").body)
        return result

    def wait_for_build(self, number: int) -> None:
        until(lambda: self.builds >= number, f"build {number}")

    def settled(self) -> int:
        """Waits until nothing has been built for a while; how many builds there were."""
        while True:
            before = self.builds
            time.sleep(0.3)
            if self.builds == before:
                return before


@contextmanager
def running(
    course: Path, build: Callable[[Any], Built] | None = None, host: str = "127.0.0.1", port: int = 0, **options: Any
) -> Iterator[Running]:
    """A preview of the course in a folder, by the real build if no other is given."""
    result: Running

    def counted(touched: Any) -> Built:
        result.touched.append(touched)
        return build(touched) if build else build_folder(course)

    def tell(findings: Any, sources: Any) -> None:
        result.told.append(render_text(findings, sources))

    given = {"index": lambda _: ({}, ()), "editor": EDITORS["vscode"], "follows_date": False, **options}
    lines: list[str] = []
    preview = Preview(course, counted, tell=tell, say=lines.append, **given)
    thread = threading.Thread(target=preview.run, args=(host, port or free_port()))
    result = Running(preview, thread, lines)
    thread.start()
    try:
        assert preview.served.wait(PATIENCE), "it was never served"
        yield result
    finally:
        preview.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive(), "it never ended"


def run_apart(talk: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, run in a thread: playwright has a loop of its own in the tests'."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, talk).result()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def made(files: Mapping[str, Any], findings: tuple[Diagnostic, ...] = (), url: str = "", **course: Any) -> Built:
    """What a build hands over, without one."""
    facts: Any = SimpleNamespace(
        base_url=url,
        pages=(),
        lectures=(),
        announcements=(),
        today=dt.date(2026, 2, 3),
        facts=SimpleNamespace(timezone=dt.UTC),
    )
    facts.__dict__.update(course)
    return Built(files, list(findings), {}, len(files), facts)


def page(words: str) -> bytes:
    return f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>{words}</body></html>'.encode()


def listen(
    running: Running, url: str, acts: Callable[[], None], shown: str = "", **headers: str
) -> list[dict[str, Any]]:
    """What the server tells a tab at `url`, in livereload's protocol, from its greeting until all is quiet."""
    from tornado.httpclient import HTTPRequest
    from tornado.websocket import websocket_connect

    async def talk() -> list[dict[str, Any]]:
        request = HTTPRequest(f"ws://127.0.0.1:{running.port}/livereload", headers=headers)
        tab = await websocket_connect(request)
        heard: list[dict[str, Any]] = []
        await tab.write_message(
            json.dumps({"command": "hello", "protocols": ["http://livereload.com/protocols/official-7"]})
        )
        plugins = {"sitegen": {"page": shown}} if shown else {}
        await tab.write_message(json.dumps({"command": "info", "plugins": plugins, "url": url}))
        while len(heard) < 2:  # the greeting, and that there is a report
            heard.append(json.loads(await tab.read_message() or "null"))
        await asyncio.to_thread(acts)
        while True:
            try:
                message = await asyncio.wait_for(tab.read_message(), 0.5)
            except TimeoutError:
                break
            if message is None:
                heard.append({"command": "closed"})
                break
            heard.append(json.loads(message))
        tab.close()
        while await tab.read_message() is not None:
            pass
        return heard

    return run_apart(talk())
