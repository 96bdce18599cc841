"""CPU time of loading and checking a course, by its size: `python bench/checks.py`.

Makes courses of 30 to 3,000 sessions with two papers each, reads and checks them as `sitegen check`
does before it renders pages, and prints seconds of CPU in all and per session. Half of the sessions
have one topic. `slips` is the same course with every paper's key misspelled, so that each is looked
for among all. The machine is noisy: look at how the times per session grow, not at one number.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time

from sitegen.folders.disk import Tree
from sitegen.intake import Options, read_course_model

SIZES = (30, 300, 1000, 3000)
ROUNDS = 3


def make_course(sessions: int, slip: str = "") -> Tree:
    """`sessions` discussions of two papers each: five days a week, as many classes a day as it takes.

    `slip` is added to each key in the schedule.
    """
    weeks = 50
    a_day = -(-sessions // (5 * weeks))
    meets = "".join(f"    - {{days: MTWThF, time: '{8 + n}:00-{8 + n}:50', place: Room {n}}}\n" for n in range(a_day))
    schedule = "".join(
        f"  - {{topic: {f'Topic {n}' if n % 2 else 'Discussion'}, read: [doe{n}systemsa{slip}, doe{n}systemsb{slip}], "
        f"present: {{doe{n}systemsa{slip}: open}}}}\n"
        for n in range(sessions)
    )
    meetings = a_day * 5 * weeks
    rest = f"  - tba: {meetings - sessions}\n" if meetings > sessions else ""
    site = (
        "course: {code: CS1, title: Bench, timezone: America/New_York}\n"
        f"term:\n  start: 2026-01-05\n  end: 2026-12-18\n  meets:\n{meets}"
        f"reviews: {{due: 1 day before, at: noon}}\nschedule:\n{schedule}{rest}"
    )
    bib = "".join(
        f"@inproceedings{{doe{n}systems{side},\n  title = {{Paper {n} of Side {side} on Systems}},\n"
        f'  author = {{Doe, Jane and M{{\\"u}}ller, J{{\\"o}}rg and others}},\n  booktitle = {{SOSP}},\n'
        f"  year = {{2023}},\n  doi = {{10.1145/{side}.{n}}}\n}}\n\n"
        for n in range(sessions)
        for side in "ab"
    )
    return Tree({"papers.bib": bib.encode(), "site.yaml": site.encode()}, {})


def measure(sessions: int, slip: str = "") -> float:
    """Seconds of CPU, the best of a few rounds."""
    tree = make_course(sessions, slip)
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        findings = read_course_model(tree, Options(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))).findings
        best = min(best, time.process_time() - started)
        wrong = [finding for finding in findings if finding.severity == "error"]
        if wrong and not slip:
            sys.exit(f"the bench's course is wrong: {wrong[0].message}")
    return best


def main() -> None:
    measure(3)  # imports
    rows = [
        {"sessions": n, "papers": 2 * n, "cpu_seconds": round(measure(n), 4), "slips": round(measure(n, "x"), 4)}
        for n in SIZES
    ]
    print(f"{'sessions':>9} {'papers':>7} {'CPU s':>8} {'ms/session':>11} {'slips, s':>9} {'ms/session':>11}")
    for row in rows:
        per, slip = (1000 * row[name] / row["sessions"] for name in ("cpu_seconds", "slips"))
        times = f"{row['cpu_seconds']:>8.3f} {per:>11.3f} {row['slips']:>9.3f} {slip:>11.3f}"
        print(f"{row['sessions']:>9} {row['papers']:>7} {times}")
    if "--json" in sys.argv:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
