"""A program's process, measured from outside: wall time, CPU time and memory of a run.

What is compared, and what follows from it, is `compare` and `goals`. POSIX only (wait4, process groups).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, Timer

SAMPLE = 0.05
"""Seconds between two looks at the memory of a run's processes."""


class RunFailed(Exception):
    """The program ended with an error or didn't end; str() says how."""


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    """By the clock on the wall, from the process's start to its end."""
    cpu_seconds: float
    """Of the process and of those that it waited for."""
    mebibytes: float
    """The most memory that its processes held at one time; 0 if nobody looked."""


def run(words: Sequence[str], folder: Path, env: Mapping[str, str], timeout: float, watch_memory: bool = False) -> Run:
    """What the program says is read only when it fails. Raises RunFailed."""
    log = folder.parent / f"{folder.name}.log"
    done = Event()
    peaks = [0.0]
    with log.open("wb") as output:
        started = time.perf_counter()
        process = _start(words, folder, env, output.fileno())
        watcher = Thread(target=lambda: peaks.append(_watch_memory(process.pid, done)))
        if watch_memory:
            watcher.start()
        late = Timer(timeout, lambda: kill_group(process.pid))
        late.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    late.cancel()
    done.set()
    if watch_memory:
        watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if seconds >= timeout:
        raise RunFailed(f"it took longer than {timeout:g} s")
    if process.returncode:
        raise RunFailed(f"it ended with {process.returncode}: {_last_line(log)}")
    if watch_memory and not Path("/proc").is_dir():
        peaks.append(usage.ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1))
    return Run(seconds, usage.ru_utime + usage.ru_stime, max(peaks))


@contextmanager
def running(words: Sequence[str], folder: Path, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The program's process, ended with all that it started."""
    with (folder.parent / f"{folder.name}.log").open("wb") as output:
        process = _start(words, folder, env, output.fileno())
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            kill_group(process.pid)
            process.wait()


def kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _start(words: Sequence[str], folder: Path, env: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
    )


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


# --- memory --------------------------------------------------------------------------------------


def _watch_memory(group: int, done: Event) -> float:
    """The most that the processes of `group` held at once, in MiB, looked at until `done`; 0 without /proc."""
    peak = 0
    while not done.wait(SAMPLE):
        pids = _group_members(group)
        # Of one process the system knows the peak; of several, pages that they share are counted once.
        held = _kibibytes(group, "status", "VmHWM:") if pids == [group] else sum(map(_shared_out, pids))
        peak = max(peak, held)
    return peak / 1024


def _group_members(group: int) -> list[int]:
    members = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = entry.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(fields[2]) == group:
                members.append(int(entry.parent.name))
    return members


def _shared_out(pid: int) -> int:
    return _kibibytes(pid, "smaps_rollup", "Pss:")


def _kibibytes(pid: int, file: str, label: str) -> int:
    """A number from a process's files in /proc (proc(5)); 0 once it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text("ascii", "replace").splitlines():
            if line.startswith(label):
                return int(line.split()[1])
    return 0
