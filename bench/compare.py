"""sitegen beside Hugo and other generators, in paired rounds: `python -m bench.compare --help`.

In a round each program does the same thing once, in a fresh process, one after the other, and the ratios within a
round are compared, not times of different minutes. Prints a table with the goals and writes every number as JSON.
What the cases are and how to read the table: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.corpus import SEED
from bench.goals import CASES, Row, tell_goals, tell_programs
from bench.peers import PEERS, NotInstalled, Program, install, our_programs
from bench.rounds import GONE, Limits, measure, say

FOLDER = Path("build/bench")
PEERS_OF_GOALS = ("hugo", "mkdocs", "zensical")
"""With these each goal has its verdict; the others are slower to build and to measure."""


def main() -> None:
    asked = _read_arguments()
    programs = _install(asked.peers, asked.folder)
    work = asked.folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    started = dt.datetime.now(dt.UTC)
    limits = Limits(asked.rounds, asked.timeout, asked.patience)
    try:
        for lectures in asked.sizes:
            for row in measure(lectures, asked.cases, programs, work, limits):
                rows.append(row)
                _write(asked.json, started, rows, programs)  # what is measured stays, whatever ends the rest
    finally:
        shutil.rmtree(work / GONE, ignore_errors=True)
    python_peers = [program.name for program in PEERS if program.is_python]
    print(f"\n{tell_programs(rows)}\n\n{tell_goals(rows, python_peers)}\n\nAll numbers: {asked.json}")


def _read_arguments() -> argparse.Namespace:
    def numbers(text: str) -> list[int]:
        return [int(word) for word in text.split(",")]

    def names(choices: Sequence[str]) -> Callable[[str], list[str]]:
        def read(text: str) -> list[str]:
            words = [word for word in text.split(",") if word]
            for word in words:
                if word not in choices:
                    raise argparse.ArgumentTypeError(f'there is no "{word}"; choose from {", ".join(choices)}')
            return words

        return read

    peers = [peer.name for peer in PEERS]
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description="Measure sitegen beside its peers.")
    add = parser.add_argument
    add("--sizes", type=numbers, default=[30, 300], help="lectures; papers are twice as many  [30,300]")
    add("--rounds", type=int, default=3, help="of each case, and saves in a preview are three times as many  [3]")
    add(
        "--peers",
        type=names(peers),
        default=list(PEERS_OF_GOALS),
        help=f"of {', '.join(peers)}  [{','.join(PEERS_OF_GOALS)}]",
    )
    add("--cases", type=names(CASES), default=list(CASES), help=f"[{','.join(CASES)}]")
    add("--full", action="store_true", help="every peer, sizes 30,300,3000 and 7 rounds")
    add("--timeout", type=float, default=1200, help="seconds after which a build counts as failed  [1200]")
    add("--patience", type=float, default=20, help="a program that takes more seconds has fewer rounds  [20]")
    add("--folder", type=Path, default=FOLDER, help=f"where programs and sites are put  [{FOLDER}]")
    add("--json", type=Path, help="where the numbers go  [results.json in the folder]")
    asked = parser.parse_args()
    if asked.full:
        asked.peers, asked.sizes, asked.rounds = peers, [30, 300, 3000], 7
    asked.folder = asked.folder.resolve()
    asked.json = asked.json or asked.folder / "results.json"
    return asked


def _install(names: Sequence[str], folder: Path) -> dict[Program, Path]:
    """The programs that can be run, with their homes: sitegen first."""
    programs = dict.fromkeys(our_programs(), folder)
    for program in PEERS:
        if program.name in names:
            home = folder / "programs" / program.name
            try:
                say(f"{program.name}: {program.version}")
                install(program, home)
                programs[program] = home
            except NotInstalled as reason:
                say(f"{program.name} is left out: {reason}")
    return programs


def _write(path: Path, started: dt.datetime, rows: Sequence[Row], programs: dict[Program, Path]) -> None:
    facts = {
        "started": started.isoformat(timespec="seconds"),
        "seed": SEED,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "programs": {program.name: program.version for program in programs},
        "rows": [asdict(row) for row in rows],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
