"""A preview that runs for a week: edits, mistakes, tabs and requests, and nothing of them stays.

Fifty edits in every run; with SITEGEN_NIGHTLY set, as many as a busy week has, for some twenty minutes.
"""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.previewing import free_port, run_apart
from tests.support import SITE_YAML, write_course

BODY = "---\ntitle: X\n---\n\nEdit {}.\n"


def look(process) -> tuple[int, int, int]:
    """Open files, threads and memory (KiB) of a process."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    value = {line.partition(":")[0]: line.split()[1] for line in status.splitlines() if len(line.split()) > 1}
    return len(list(Path(f"/proc/{process}/fd").iterdir())), int(value["Threads"]), int(value["VmRSS"])


nightly = pytest.mark.skipif(not os.environ.get("SITEGEN_NIGHTLY"), reason="SITEGEN_NIGHTLY=1 runs it")


@pytest.mark.slow
@pytest.mark.parametrize("edits", [50, pytest.param(5000, marks=nightly)])
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="files and memory are counted in Linux' /proc")
def test_a_week_of_edits_leaves_files_threads_and_memory_as_they_were(tmp_path, edits):
    course, port = write_course(tmp_path / "course", {"content/x.md": BODY.format(0)}), free_port()
    with (tmp_path / "said").open("wb") as said:
        command = [sys.executable, "-m", "sitegen", "serve", str(course), "--port", str(port)]
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
    try:
        seen = run_apart(edit(course, port, process, edits))
    finally:
        process.terminate()
        process.wait(20)
    words = (tmp_path / "said").read_text(encoding="utf-8")
    assert "Traceback" not in words
    assert words.count("unknown-key") == edits // 25
    warm, last = seen[len(seen) // 5], seen[-1]
    assert last[0] <= warm[0] + 3, "open files"
    assert last[1] <= warm[1] + 1, "threads"
    # Python keeps what it once had; what grows with the edits would be megabytes after five thousand.
    assert last[2] - warm[2] < 20_000, "KiB of memory"


async def edit(course, port, process, edits) -> list[tuple[int, int, int]]:
    """Edits, of which some are mistakes and some touch other files; each is waited for as a browser would."""
    from tornado.websocket import websocket_connect

    async def open_tab():
        for _ in range(200):
            try:
                tab = await websocket_connect(f"ws://127.0.0.1:{port}/livereload")
                break
            except OSError:
                await asyncio.sleep(0.1)
        await tab.write_message(json.dumps({"command": "hello", "protocols": []}))
        await tab.write_message(json.dumps({"command": "info", "url": f"http://127.0.0.1:{port}/x/"}))
        for _ in range(2):
            await tab.read_message()
        return tab

    def ask(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=20) as answer:
            return answer.read().decode()

    seen = []
    tab = await open_tab()
    for number in range(1, edits + 1):
        is_mistake = number % 25 == 0
        if is_mistake:
            write_course(course, site=SITE_YAML.replace("title", "titel"))
        elif number % 25 == 1:
            write_course(course, {"content/x.md": BODY.format(number), "content/new/y.txt": str(number)})
        elif number % 25 == 2:
            (course / "content" / "new" / "y.txt").unlink()
            (course / "content" / "new").rmdir()
            (course / "content" / "x.md").write_text(BODY.format(number))
        else:
            (course / "content" / "x.md").write_text(BODY.format(number))
        while (
            not (await asyncio.to_thread(ask, "sitegen-preview.json")).startswith('{"failed": true')
            if is_mistake
            else (f"Edit {number}." not in await asyncio.to_thread(ask, "x/"))
        ):
            await asyncio.wait_for(tab.read_message(), 20)
        if number % 10 == 0:
            tab.close()
            while await tab.read_message() is not None:
                pass
            tab = await open_tab()
        if number % max(edits // 50, 1) == 0:
            seen.append(look(process.pid))
    tab.close()
    while await tab.read_message() is not None:
        pass
    return seen
