"""The rows of tables: those with more cells than their table has columns, and dashes that make no table.

Looks at a text in which code, formulas and links are blanked out, so that offsets are those of the source. Tables are
read by Python-Markdown, which leaves out what doesn't fit without a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.patterns import regex

UNEVEN_TABLE = Rule(
    "uneven-table",
    "warning",
    "A row of a table has more cells than its head, and what is in them isn't shown; or the dashes below the head "
    "have another number of cells, and then it is no table at all. A bar in a cell is written \\|.",
    wrong="| Field | Bits |\n|---|---|\n| Flags | 9 | reserved |",
    right="| Field | Bits | Notes |\n|---|---|---|\n| Flags | 9 | reserved |",
)

_DASHES = regex(r"[ \t>]*(?=[^\n]*\|)\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ \t]*\Z")
_MARGIN = regex(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ ]+(?=\|))?")
_OTHER = regex(r"(?:[-*+][ ]|\d{1,9}[.)][ ]|#{1,6}[ ]|!!!|\?\?\?|</?[a-z]|`{3}|~{3})")
"""What begins like this below a table isn't a row of it."""

Place = Callable[[int, int], Span]


def check_tables(source: str, prose: str, place: Place, is_code: Callable[[int], bool]) -> Iterator[Diagnostic]:
    """`prose` is as long as `source`, with spaces in place of what isn't read as text."""
    if "|" not in prose:
        return
    columns = start = 0
    is_framed = False
    """Whether the table's head has a bar at its begin or end; then those of its other rows are no cells either."""
    above = ""
    for line in prose.split("\n"):
        written = source[start : start + len(line)]
        if columns:
            columns = columns if _is_row(written) else 0
            extra = _find_extra(line, written, columns, is_framed) if columns else -1
            if extra >= 0:
                message = f"This row has more than the table's {columns} columns, so the rest of it isn't shown."
                help = "Give the table's head as many cells, or write \\| for a bar in a cell."
                yield UNEVEN_TABLE.at(place(start + extra, len(written.rstrip()) - extra), message, help)
        elif "|" in line and _DASHES.match(line) and above.strip() and not is_code(start):
            head = source[start - len(above) - 1 : start - 1]
            is_framed = _is_framed(above, head)
            columns, dashes = (len(_find_bars(*row, is_framed)) + 1 for row in ((above, head), (line, written)))
            if columns != dashes and ("|" in above or line.lstrip(" \t>").startswith("|")):
                cells = "1 cell" if dashes == 1 else f"{dashes} cells"
                message = f"These dashes have {cells} and the head above them {columns}, so this is no table."
                lead = len(written) - len(written.lstrip(" \t>"))
                help = "Give both rows as many cells."
                yield UNEVEN_TABLE.at(place(start + lead, len(written.rstrip()) - lead), message, help)
                columns = 0
        start += len(line) + 1
        above = line


def _is_row(written: str) -> bool:
    inside = written.lstrip(" \t>")
    return bool(inside) and not _OTHER.match(inside)


def _is_framed(line: str, written: str) -> bool:
    return len(_find_bars(line, written, True)) < line.count("|")


def _find_bars(line: str, written: str, is_framed: bool) -> list[int]:
    """Where cells meet: all bars but those that frame the row."""
    margin = _MARGIN.match(written)
    bars = [match.start() for match in re.finditer(r"\|", line)]
    if is_framed and bars and margin and bars[0] == margin.end():
        del bars[0]
    if is_framed and bars and bars[-1] == len(written.rstrip()) - 1:
        del bars[-1]
    return bars


def _find_extra(line: str, written: str, columns: int, is_framed: bool) -> int:
    """Where in a row the first cell begins that its table has no column for; -1 for none, or only empty ones."""
    bars = _find_bars(line, written, is_framed)
    if len(bars) < columns or not written[bars[columns - 1] :].strip(" |\t"):
        return -1
    return bars[columns - 1]
