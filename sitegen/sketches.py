"""What is asked of a program that draws diagrams, and what it answers: values between `course` and `folders`.

Which programs there are and how they are run isn't known here.
"""

from __future__ import annotations

from typing import Protocol

from sitegen.model import Diagram
from sitegen.values import Value

MISSING, MISTAKE, LIMIT = "missing", "mistake", "limit"
"""Why there is no drawing: no program for the language, a source that it doesn't understand, too much work."""


class Sketch(Value):
    """A diagram as a program drew it, or why there is none."""

    svg: str = ""
    trouble: str = ""
    """`MISSING`, `MISTAKE`, `LIMIT`; or empty."""
    words: str = ""
    """The program's own, for a mistake."""
    line: int = 0
    """Where the mistake is, counted from 1 in the source; 0 when the program doesn't say."""
    column: int = 0


class Artist(Protocol):
    def edition(self) -> str:
        """The same for programs that draw the same."""

    def draw(self, diagram: Diagram) -> Sketch: ...
