"""What was read from papers.bib as bytes, and back: so that a bibliography that hasn't changed isn't read again.

Plain texts, checked when they come back: nothing in them is run, and what doesn't look as it should is
as good as nothing. Where the bytes are kept, and whether they still fit, isn't known here.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any

from sitegen.bib.bibentry import BIB_FILE
from sitegen.diagnostics import SEVERITIES, Diagnostic, Located, Related, Span
from sitegen.model import Name, Paper
from sitegen.values import field_names

WORTH_REMEMBERING = 2_000
"""Bytes. To load what reads BibTeX takes as long as to read a hundred papers; a smaller bibliography has three."""

Read = tuple[dict[str, Paper], list[Diagnostic]]


Begin = Callable[[Callable[[], bytes]], Callable[[], bytes]]
"""Work that somebody begins, to what waits for its result."""


def read_or_recall(source: bytes, memory: MutableMapping[str, bytes]) -> Read:
    """`read_bibliography(source)`, from `memory` if it is there; otherwise it is there afterwards."""
    return begin_reading(source, memory, lambda work: work)()


def begin_reading(source: bytes, memory: MutableMapping[str, bytes], begin: Begin) -> Callable[[], Read]:
    """What gives `read_or_recall(source, memory)`. If it has to be read, that is begun."""
    if len(source) < WORTH_REMEMBERING:
        return lambda: _read(source)
    name = f"bibliography-{hashlib.sha256(source).hexdigest()[:32]}"
    known = memory.get(name)
    found = recall(known) if known is not None else None
    if found is not None:
        return lambda: found
    wait = begin(lambda: remember(*_read(source)))

    def read() -> Read:
        memory[name] = wait()
        return recall(memory[name]) or _read(source)

    return read


def _read(source: bytes) -> Read:
    from sitegen.bib.bibliography import read_bibliography

    return read_bibliography(source)


_COLUMN, _ROW, _ITEM = "\x1d", "\x1e", "\x1f"
"""Control characters for just this, which no reader leaves in a text. Split this way, 6,000 papers are back
in a third of the time that JSON takes."""
_COLUMNS = field_names(Paper)
_PEOPLE = frozenset(["authors", "editors"])


def remember(papers: Mapping[str, Paper], findings: Sequence[Diagnostic]) -> bytes:
    """The papers and findings of one bibliography; `recall` gives them back."""
    people: dict[Name, str] = {}

    def cell(name: str, value: Any) -> str:
        if name in _PEOPLE:
            return _ITEM.join(people.setdefault(person, str(len(people))) for person in value)
        if name == "links":
            return _ITEM.join(text for link in value for text in link)
        if name == "span":
            return _ITEM.join(map(str, _numbers(value)))
        if isinstance(value, tuple):
            return _ITEM.join(value)
        return str(int(value)) if isinstance(value, int) else value

    table = [[cell(name, getattr(paper, name)) for name in _COLUMNS] for paper in papers.values()]
    names = [[person.first, person.von, person.last, person.jr] for person in people]
    places = [
        [row, number, _numbers(target.span)]
        for row, paper in enumerate(papers.values())
        for number, (_, target) in enumerate(paper.links)
        if isinstance(target, Located)
    ]
    told = [
        [d.slug, d.severity, d.message, _numbers(d.span), d.help, [[_numbers(r.span), r.words] for r in d.related]]
        for d in findings
    ]
    if any(mark in text for row in (*table, *names) for text in row for mark in (_COLUMN, _ROW)):
        return b""  # a key may hold anything
    columns = [_ROW.join(column) for column in (*_turned(names, 4), *_turned(table, len(_COLUMNS)))]
    head = json.dumps([len(names), len(table), places, told], ensure_ascii=False)
    return _COLUMN.join([head, *columns]).encode("utf-8", "surrogatepass")


def recall(memory: bytes) -> Read | None:
    """What `remember` was given; None for anything else."""
    was_collecting = gc.isenabled()
    gc.disable()  # everything made here stays: looking through it again and again takes a quarter of the time
    try:
        # Each column is decoded for itself: one letter from beyond ASCII makes a text several times as large.
        head, *columns = (column.decode("utf-8", "surrogatepass") for column in memory.split(_COLUMN.encode()))
        name_count, paper_count, places, told = json.loads(head)
        people = {str(number): Name(*parts) for number, parts in enumerate(_rows(columns[:4], name_count))}
        read = [_reader(name, people) for name in _COLUMNS]
        table = [list(map(one, column)) for one, column in zip(read, _columns(columns[4:], paper_count), strict=True)]
        _locate(table[_COLUMNS.index("links")], places)
        rows = zip(*table, strict=True) if paper_count else ()
        papers = {row[0]: Paper(**dict(zip(_COLUMNS, row, strict=True))) for row in rows}
        return papers, [_finding(*row) for row in told]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None
    finally:
        if was_collecting:
            gc.enable()


def _turned(rows: Sequence[Sequence[str]], width: int) -> list[tuple[str, ...]]:
    """Rows to columns."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _columns(columns: Sequence[str], count: int) -> list[list[str]]:
    cells = [column.split(_ROW) if count else [] for column in columns]
    if any(len(column) != count for column in cells):
        raise ValueError
    return cells


def _rows(columns: Sequence[str], count: int) -> Iterable[tuple[str, ...]]:
    return zip(*_columns(columns, count), strict=True) if count else ()


def _reader(name: str, people: Mapping[str, Name]) -> Callable[[str], Any]:
    """What makes a paper's value of a column's cell."""
    if name in _PEOPLE:
        return lambda cell: tuple(map(people.__getitem__, cell.split(_ITEM))) if cell else ()
    if name == "links":
        return _links
    if name == "span":
        return lambda cell: Span(BIB_FILE, *map(int, cell.split(_ITEM)))
    if name == "pages":
        return _pages
    if name == "topics":
        return lambda cell: tuple(cell.split(_ITEM)) if cell else ()
    if name == "month":
        return int
    return _truth if name == "more_authors" else str


def _links(cell: str) -> tuple[tuple[str, str], ...]:
    texts = cell.split(_ITEM) if cell else []
    return tuple(zip(texts[::2], texts[1::2], strict=True))


def _pages(cell: str) -> tuple[str, str]:
    first, last = cell.split(_ITEM)
    return first, last


def _truth(cell: str) -> bool:
    return {"0": False, "1": True}[cell]


def _locate(links: list[tuple[tuple[str, str], ...]], places: list[Any]) -> None:
    """Let the paths among the links remember again where they were written."""
    for row, number, span in places:
        label, target = links[row][number]
        located = (label, Located(target, _span(span)))
        links[row] = (*links[row][:number], located, *links[row][number + 1 :])


def _finding(slug: str, severity: str, message: str, span: list[int], help: str, related: list[Any]) -> Diagnostic:
    (known,) = (each for each in SEVERITIES if each == severity)
    others = tuple(Related(_span(place), _text(words)) for place, words in related)
    return Diagnostic(_text(slug), known, _text(message), _span(span), _text(help), others)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _numbers(span: Span) -> list[int]:
    return [span.line, span.column, span.end_line, span.end_column]


def _span(numbers: list[Any]) -> Span:
    return Span(BIB_FILE, *(int(number) for number in numbers))
