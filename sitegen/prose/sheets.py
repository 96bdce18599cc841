"""One page while it is filled: what was taken out of its text, where each piece stands, and what has been met on it.

The notes of a lecture and each of its slides are a page each. What is put in which place is `filling`.
"""

from __future__ import annotations

import html as html_text
import re
from bisect import bisect_right

from sitegen.addresses import fill, placeholder
from sitegen.diagnostics import Diagnostic, Span, span_of_offset
from sitegen.model import Reference
from sitegen.prose.pieces import Found


class Sheet:
    """The page whose Markdown is `text` from `start` on, the text of `file`."""

    def __init__(self, found: list[Found], text: str, start: int, file: str) -> None:
        self.found, self.text, self.start, self.file = found, text, start, file
        self.findings: list[Diagnostic] = []
        self.references: list[Reference] = []
        self.ids: set[str] = set()
        self._lines: list[int] = []

    def refer(self, reference: Reference) -> str:
        """The placeholder of something that depends on other files."""
        self.references.append(reference)
        return placeholder(len(self.references) - 1)

    def restore(self, html: str) -> str:
        """A piece of HTML with what was taken out of it as it was written."""
        return fill(html, lambda number: html_text.escape(self.found[number].written))

    def span(self, offset: int, length: int) -> Span:
        """As `span_of_offset`, which counts the lines anew each time."""
        if not self._lines:
            self._lines = [0, *(newline.end() for newline in re.finditer("\n", self.text))]
        place = min(self.start + offset, len(self.text))
        line = bisect_right(self._lines, place)
        column = place - self._lines[line - 1] + 1
        end = self.text.find("\n", place)
        room = (len(self.text) if end < 0 else end) - place
        return Span(self.file, line, column, line, column + max(1, min(length, room)))

    def span_of(self, value: Found) -> Span:
        return self.span(value.start, len(value.written))

    def find(self, target: str, place: int) -> Span:
        """An address that `inline` didn't see: in a drawing at a known place, otherwise where it stands first."""
        if place >= 0:
            return self.span(place, len(target))
        found = self.text.find(target, self.start)
        return span_of_offset(self.file, self.text, found, len(target)) if found >= 0 else Span(self.file)
