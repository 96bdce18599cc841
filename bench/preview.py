"""From a save to the new page, in a program's live preview: a lecture is saved, its page is asked for until it is new.

The preview runs as an instructor starts it. The page is asked for every few milliseconds over one connection, so
what is measured ends when new HTML can be had; a browser is told to reload at that moment or a little later.
"""

from __future__ import annotations

import http.client
import random
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.timing import RunFailed, running

POLL = 0.004
"""Seconds between two requests."""
PAUSES = (0.7, 1.6)
"""Seconds between saves, drawn evenly, so that no watcher that looks at intervals is met in step."""
PREFIXES = ("/", "/course/")
"""Some previews serve at the root, some below the path where the site will be published."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure_saves(
    words: Sequence[str],
    port: int,
    folder: Path,
    env: Mapping[str, str],
    address: str,
    saves: Sequence[tuple[str, str]],
    file: Path,
    timeout: float,
) -> list[float]:
    """Seconds from each save to its new page, the first left out as a warm-up.

    `address` is the page's path on the site; `saves` gives `file`'s text and a word that only its page has.
    Raises RunFailed when the preview doesn't start, ends, or never shows a save.
    """
    seconds = []
    chance = random.Random(port)
    with running(words, folder, env) as process:
        page = _Page(port)
        deadline = time.monotonic() + timeout
        while not page.find(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RunFailed("its preview didn't start")
            time.sleep(0.1)
        for text, mark in saves:
            time.sleep(chance.uniform(*PAUSES))
            file.write_text(text, encoding="utf-8")
            saved = time.perf_counter()
            while mark.encode() not in page.read():
                if process.poll() is not None or time.perf_counter() > saved + timeout:
                    raise RunFailed("its preview never showed the new page")
                time.sleep(POLL)
            seconds.append(time.perf_counter() - saved)
    return seconds[1:]


class _Page:
    """One page, asked for over a connection that is kept."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.path = ""

    def find(self, address: str) -> bool:
        """Whether the server answers with the page, and from then on where."""
        for prefix in PREFIXES:
            self.path = prefix + address
            if self.read():
                return True
        return False

    def read(self) -> bytes:
        """Its bytes; none while the server doesn't have it or isn't there."""
        try:
            self.connection.request("GET", self.path)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return b""
        return content if answer.status == 200 else b""
