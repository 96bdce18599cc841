"""Cases in readable files: a title, a text, and what is said about it.

After a change of words, `REWRITE_CASES=1 pytest` writes the files anew; read the difference before it
is committed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_CASE = re.compile(r"^## (?P<title>.*)\n(?P<text>(?:.*\n)*?)----\n(?P<said>(?:(?!## ).*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    path: Path
    title: str
    text: str
    said: str

    def check(self, said: str) -> None:
        """Compares word for word, or writes what is said now when asked to."""
        if os.environ.get("REWRITE_CASES"):
            whole = self.path.read_bytes().decode()
            (now,) = (case for case in read_cases(self.path) if (case.title, case.text) == (self.title, self.text))
            head = f"## {self.title}\n{self.text}----\n"
            new = whole.replace(head + now.said, f"{head}{said.rstrip()}\n\n").rstrip() + "\n"
            self.path.write_bytes(new.encode())
        else:
            assert said.rstrip() == self.said.rstrip()


def read_cases(path: Path) -> list[Case]:
    whole = path.read_bytes().decode().replace("\r\n", "\n")
    cases = [Case(path, match["title"], match["text"], match["said"]) for match in _CASE.finditer(whole)]
    assert len(cases) == len(re.findall("^## ", whole, re.MULTILINE)), f"a case in {path.name} has no ----"
    return cases
