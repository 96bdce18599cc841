"""What the benchmark has to show, and the arithmetic that says whether it does. Numbers in, verdicts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

CASES = ("cold", "unchanged", "edited", "moved", "memory", "preview")
Verdict = Literal["met", "missed", "not measured"]
PYTHON = "fastest Python peer"
"""Stands for the peer in Python whose median is lowest."""


@dataclass(frozen=True, slots=True)
class Goal:
    case: str
    lectures: int
    most: float
    """A ratio; without a peer, seconds or MiB."""
    peer: str = ""

    def __str__(self) -> str:
        if self.peer:
            return f"{self.most:g} of {self.peer}"
        return f"{self.most:g} MiB" if self.case == "memory" else f"{1000 * self.most:g} ms"


def _goals(case: str, limits: Mapping[int, float], peer: str) -> list[Goal]:
    return [Goal(case, lectures, most, peer) for lectures, most in limits.items()]


GOALS = (
    *_goals("unchanged", {30: 0.4, 300: 0.05, 3000: 0.01}, "hugo"),
    *_goals("edited", {30: 1.0, 300: 0.15, 3000: 0.03}, "hugo"),
    *_goals("moved", {30: 1.5, 300: 0.4, 3000: 0.3}, "hugo"),
    *_goals("cold", {30: 2.5, 300: 1.8, 3000: 1.8}, "hugo"),
    *_goals("cold", {30: 0.9, 300: 0.9, 3000: 0.9}, PYTHON),
    *_goals("preview", {30: 0.040, 300: 0.040, 3000: 0.040}, ""),
    *_goals("preview", {30: 0.5, 300: 0.5, 3000: 0.5}, "zensical"),
    *_goals("preview", {30: 0.2, 300: 0.2, 3000: 0.2}, "hugo"),
    Goal("memory", 3000, 0.5, "hugo"),
    Goal("memory", 3000, 440.0),
)


def median_of_ratios(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Rounds are compared with themselves: what else the machine did in a round slowed both.

    When one has fewer rounds, the others' later rounds don't count.
    """
    return median(one / other for one, other in zip(ours, theirs, strict=False))


@dataclass(frozen=True, slots=True)
class Row:
    """What one program did in one case."""

    case: str
    lectures: int
    program: str
    numbers: list[float]
    """One a round: seconds, or MiB of memory."""
    cpu_seconds: list[float] = field(default_factory=list)


Numbers = Mapping[str, Sequence[float]]
"""What was measured in each round, by program."""


def fastest(numbers: Numbers, programs: Sequence[str]) -> str:
    """The one of `programs` with the lowest median; empty if none was measured."""
    return min((name for name in programs if numbers.get(name)), key=lambda name: median(numbers[name]), default="")


def judge(goal: Goal, program: str, numbers: Numbers, python_peers: Sequence[str]) -> tuple[float | None, str, Verdict]:
    """The ratio (or the number itself), the peer that it was compared with, and what that says."""
    ours = numbers.get(program)
    peer = fastest(numbers, python_peers) if goal.peer == PYTHON else goal.peer
    if not ours or (goal.peer and not numbers.get(peer)):
        return None, peer, "not measured"
    value = median_of_ratios(ours, numbers[peer]) if peer else median(ours)
    return value, peer, "met" if value <= goal.most else "missed"


# --- tables --------------------------------------------------------------------------------------


def tell_goals(rows: Sequence[Row], python_peers: Sequence[str], program: str = "sitegen") -> str:
    """Each goal of what was measured, with the number, and whether it is met."""
    lines = [("case", "lectures/papers", "measured", "goal", "")]
    for goal in GOALS:
        numbers = _numbers(rows, goal.case, goal.lectures)
        if not numbers:
            continue
        value, peer, verdict = judge(goal, program, numbers, python_peers)
        measured = "-" if value is None else f"{value:.2f} of {peer}" if peer else _amount(goal.case, value)
        lines.append((goal.case, f"{goal.lectures}/{2 * goal.lectures}", measured, f"at most {goal}", verdict))
    return _table(lines)


def tell_programs(rows: Sequence[Row], base: str = "hugo") -> str:
    """Each program's median, and its ratios to `base`, by the wall's clock and by CPU time."""
    lines = [("case", "lectures/papers", "program", "median", f"of {base}", "CPU", f"of {base}", "rounds")]
    by_program = {(row.case, row.lectures, row.program): row for row in rows}
    for row in rows:
        peer = by_program.get((row.case, row.lectures, base))
        ratio = f"{median_of_ratios(row.numbers, peer.numbers):.2f}" if peer else "-"
        cpu = f"{median(row.cpu_seconds):.2f} s" if row.cpu_seconds else "-"
        cpu_ratio = f"{median_of_ratios(row.cpu_seconds, peer.cpu_seconds):.2f}" if peer and row.cpu_seconds else "-"
        size = f"{row.lectures}/{2 * row.lectures}"
        amount = _amount(row.case, median(row.numbers))
        lines.append((row.case, size, row.program, amount, ratio, cpu, cpu_ratio, str(len(row.numbers))))
    return _table(lines)


def _numbers(rows: Sequence[Row], case: str, lectures: int) -> dict[str, list[float]]:
    return {row.program: row.numbers for row in rows if (row.case, row.lectures) == (case, lectures)}


def _amount(case: str, number: float) -> str:
    if case == "memory":
        return f"{number:.0f} MiB"
    return f"{1000 * number:.0f} ms" if number < 1 else f"{number:.2f} s"


def _table(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    told = ["  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join((told[0], "-" * len(told[0]), *told[1:]))
