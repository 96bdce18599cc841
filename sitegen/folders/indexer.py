"""Pagefind's program as a function: requests in, answers out. A process of its own, without files or sockets.

What is asked and what the answers hold is `searchindex`'. The program comes with the pagefind-bin package;
PAGEFIND_BINARY_PATH, pagefind's own variable, names another one. Its Python interface isn't used: it waits
0.1 s for each answer, which is a minute for 600 papers.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

PATIENCE = 300.0
"""Seconds after which a program that doesn't end is stopped; 1,000 pages take it one."""


class IndexerFailed(Exception):
    """Pagefind's program can't do its work; the text says why, without a full stop."""


def ask_pagefind(requests: Iterable[Mapping[str, object]], patience: float = PATIENCE) -> list[dict[str, Any]]:
    """The answer to each request, in order.

    Each request is answered before the next is sent, so that pages are numbered in their order. Raises
    IndexerFailed when there is no program, or it can't be run, stops, hangs or finds fault with a request.
    """
    import subprocess

    command = [str(_program()), "--service"]
    try:
        # Not the terminal's: what it might say besides its answers would stand among ours.
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=-1
        )
    except OSError as error:
        raise IndexerFailed(f"its program can't be run ({error.strerror or error})") from error
    stop = Timer(patience, process.kill)
    stop.daemon = True
    stop.start()
    try:
        return [_answer(process, number, request) for number, request in enumerate(requests, 1)]
    except (OSError, ValueError) as error:
        raise IndexerFailed("its program stopped in the middle of its work") from error
    finally:
        stop.cancel()
        process.kill()
        with suppress(OSError):  # the pipe is broken, and what it held doesn't matter any more
            process.communicate()


def identify_pagefind() -> str:
    """What tells the program from another one; empty where there is none."""
    try:
        status = _program().stat()
    except (IndexerFailed, OSError):
        return ""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"


def _answer(process: subprocess.Popen[bytes], number: int, request: Mapping[str, object]) -> dict[str, Any]:
    """One message of each side: base64 of JSON, ended by a comma."""
    assert process.stdin
    message = json.dumps({"message_id": number, "payload": request}).encode()
    process.stdin.write(base64.b64encode(message) + b",")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(base64.b64decode(_read_message(process)))["payload"]
    if answer.get("type") == "Error":
        raise IndexerFailed(f"its program says: {str(answer.get('message')).rstrip('.')}")
    return answer


def _read_message(process: subprocess.Popen[bytes]) -> bytes:
    """What the program writes up to the next comma. It never writes more than it was asked for."""
    assert process.stdout
    parts: list[bytes] = []
    while not (parts and parts[-1].endswith(b",")):
        part = process.stdout.read1(1 << 20)  # type: ignore[attr-defined]  # it is a BufferedReader
        if not part:
            raise ValueError("the program has closed its end")
        parts.append(part)
    return b"".join(parts)[:-1]


def _program() -> Path:
    given = os.environ.get("PAGEFIND_BINARY_PATH")
    if given:
        return Path(given)
    try:
        from pagefind_bin import get_executable
    except ImportError:
        raise IndexerFailed("there is no program of it for this computer") from None
    try:
        return Path(get_executable())
    except FileNotFoundError:
        raise IndexerFailed("its package has lost its program") from None
