"""What `inline` takes out of a Markdown text: formulas, citations, addresses and the like, each with its place; and the
words that captions begin with.

What they mean isn't known here, and how they are found neither.
"""

from __future__ import annotations

from sitegen.prose.fences import Code
from sitegen.values import Value

KINDS = ("Figure", "Table", "Listing")
"""What captions begin with."""


class Formula(Value):
    """LaTeX between its delimiters."""

    tex: str
    display: bool
    written: str
    """With its delimiters."""
    start: int
    """Offset of `written` in the source."""
    margin: int
    """Characters of `written` before `tex`."""


class Pointer(Value):
    r"""A reference to an equation in a sentence: `\eqref{eq:loss}`, or `\ref{eq:loss}` without parentheses."""

    label: str
    in_parentheses: bool
    written: str
    start: int


class CiteItem(Value):
    """One paper in a citation: `see @key, sec. 3`."""

    key: str
    before: str
    after: str
    """Words after the key, without the comma: `sec. 3`."""
    hide_author: bool
    start: int
    """Offset of `@` in the source."""
    length: int
    """Of `@key` as written."""


class Citation(Value):
    items: tuple[CiteItem, ...]
    written: str
    in_text: bool
    """`@key` in prose, whose authors are part of the sentence; not in brackets."""
    start: int


class Address(Value):
    """Where a link or image leads."""

    target: str
    """Without Markdown's escapes and HTML's entities."""
    written: str
    start: int


class Drawing(Value):
    """HTML that Markdown must not read into, such as `<svg>` and `<code>`; it passes byte for byte."""

    written: str
    start: int


class Sign(Value):
    """A sign that Markdown would read and that is text: the first of `<SYN>`."""

    written: str
    start: int


SLIDE, COLUMN = "---", "|||"
"""What a line begins with that opens a slide, or that divides a slide's columns."""


class Divider(Value):
    """A line of a lecture that opens a slide, `--- {.section #why}`, or divides its columns, `|||`."""

    kind: str
    attributes: str
    """What stands between its braces."""
    written: str
    start: int

    @property
    def classes(self) -> list[str]:
        return [word[1:] for word in self.attributes.split() if word[0] == "."]

    @property
    def id(self) -> str:
        """Empty where none is given."""
        return next((word[1:] for word in self.attributes.split() if word[0] == "#"), "")


Found = Formula | Pointer | Citation | Address | Drawing | Sign | Divider | Code
