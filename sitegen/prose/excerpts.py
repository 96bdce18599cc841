"""Lines of a file of code: chosen by their numbers, by the name of a region, or by that of a Python function or class.

Text in, numbered lines out. Which file, and where it is shown, is `inclusions`.

    # region: setup                <- `region="setup"` shows what stands between these two lines;
    model = load()                    any language's comments will do, and editors fold the same lines
    # endregion

Lines that open or close a region are never shown.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sitegen.diagnostics import closest
from sitegen.patterns import regex
from sitegen.values import Value

if TYPE_CHECKING:
    import ast

Lines = tuple[tuple[int, str], ...]
"""(number in the file, text), in the order in which they are shown."""


class Fault(Value):
    """Why there is nothing to show."""

    words: str
    """One plain sentence."""
    help: str


def choose_lines(text: str, file: str, lines: str = "", region: str = "", name: str = "") -> Lines | Fault:
    """The lines of `text` that the author asks for; all of them when nothing is asked.

    `file` is its name for sentences. Empty lines at both ends are left out, and what all lines are indented by.
    """
    every = text.split("\n")
    every = every[:-1] if every[-1] == "" else every
    folded = text.lower()
    regions = _find_regions(every) if any(word in folded for word in _MARKER_WORDS) else []
    chosen: list[int] | Fault = list(range(1, len(every) + 1))
    if lines:
        chosen = _by_number(lines, len(every), file)
    elif region:
        chosen = _by_region(region, regions, file)
    elif name:
        chosen = _by_name(name, text, file)
    if isinstance(chosen, Fault):
        return chosen
    markers = {line for found in regions if found.end for line in (found.start, found.end)}
    shown = _trim([(number, every[number - 1]) for number in chosen if number not in markers])
    if not shown:
        if region:
            return Fault(f'The region "{region}" of {file} is empty.', "Put code between its two comments.")
        what = f"The lines {lines} of {file}" if lines else f"All lines of {file}"
        return Fault(f"{what} are empty.", "Name lines that aren't.")
    return tuple(_dedent(shown))


def _trim(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    start, end = 0, len(lines)
    while start < end and not lines[start][1].strip():
        start += 1
    while end > start and not lines[end - 1][1].strip():
        end -= 1
    return lines[start:end]


def _dedent(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Tabs and spaces that all lines begin with are taken away; lines of nothing else don't count and become empty."""
    margins = [re.match(r"[ \t]*", text)[0] for _, text in lines if text.strip()]  # type: ignore[index]
    first, last = min(margins), max(margins)
    shared = next((at for at, sign in enumerate(first) if last[at] != sign), len(first))
    for number, text in lines:
        yield number, text[shared:] if text.strip() else ""


# --- by number ----------------------------------------------------------------------------------

_RANGE = regex(r"(?P<first>\d{0,9})(?P<to>\s*[-\u2013]\s*)?(?P<last>\d{0,9})")


def _by_number(written: str, total: int, file: str) -> list[int] | Fault:
    """`10-25, 40` to these numbers; `-5` begins at the first line, `60-` ends at the last."""
    found: list[int] = []
    for piece in re.split(r"[,;]", written):
        match = _RANGE.fullmatch(piece.strip())
        if not match or not (match["first"] or (match["to"] and match["last"])):
            help = 'Write numbers and ranges, such as lines="10-25,40".'
            return Fault(f'"{written}" isn\'t a list of lines.', help)
        first = int(match["first"] or 1)
        last = int(match["last"] or total) if match["to"] else first
        if first < 1 or last < first:
            if first < 1:
                return Fault(f'"{piece.strip()}" names no line.', "Lines are counted from 1.")
            return Fault(f'"{piece.strip()}" ends before it begins.', f"Write {last}-{first}.")
        if max(first, last) > total:
            have = f"{file} has {total:,} line{'' if total == 1 else 's'}"
            return Fault(f"{have}, so there is no line {max(first, last)}.", f"Name lines up to {total}.")
        found.extend(range(first, last + 1))
    return found


# --- by region ----------------------------------------------------------------------------------


class _Region(Value):
    name: str
    start: int
    """The line that opens it, from 1."""
    end: int
    """The line that closes it, or 0."""


_MARKER = regex(
    r"""
    [ \t]*
    (?:                                                      # a comment's start
        \#{1,3}|/{2,3}|-{2,3}|;{1,3}|%{1,3}|!|/\*{1,2}|<!--|<%--|<\#|\(\*|\{-|\{\#|\{%|::|\.\.|'|"|@?rem\b|dnl\b
    )
    [ \t]*
    (?:
        (?:\#|pragma[ ])?(?P<closes>end)?[ ]?region\b[ \t]*:?[ \t]*(?P<name>"[^"]*"|[\w.-]*)
      | (?:-+8<-+[ \t]*)?\[(?P<side>start|end):[ ]?(?P<label>[\w.-]+)\]
    )
    [ \t]*(?:\*/|\*\)|-\}|-->|--%>|\#>|%\}|\#\})?[ \t]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKER_WORDS = ("region", "[start:", "[end:")


def _find_regions(lines: Sequence[str]) -> list[_Region]:
    """In the order of their ends, those that are never closed last; they may lie in one another."""
    found: list[_Region] = []
    opened: deque[tuple[int, str]] = deque(maxlen=_DEEPEST)
    for number, line in enumerate(lines, 1):
        marker = _read_marker(line)
        if marker is None:
            continue
        name, closes = marker
        if not closes:
            opened.append((number, name))
            continue
        at = next((at for at in reversed(range(len(opened))) if name in ("", opened[at][1])), -1)
        if at >= 0:
            found.append(_Region(opened[at][1], opened[at][0], number))
            del opened[at]
    return [*found, *(_Region(name, number, 0) for number, name in opened)]


def _read_marker(line: str) -> tuple[str, bool] | None:
    """(name, whether it closes) of a line that opens or closes a region: `# region: setup`, `/* endregion */`."""
    if len(line) > _LONGEST_MARKER or not any(word in line.lower() for word in _MARKER_WORDS):
        return None
    match = _MARKER.fullmatch(line)
    if match is None:
        return None
    if match["side"]:
        return match["label"], match["side"].lower() == "end"
    return match["name"].strip('"'), bool(match["closes"])


_LONGEST_MARKER = 200
_DEEPEST = 64
"""Regions in one another that are open at once; of more, the outermost are forgotten."""


def _by_region(name: str, regions: Sequence[_Region], file: str) -> list[int] | Fault:
    found = sorted((region for region in regions if region.name == name), key=lambda region: region.start)
    if not found:
        near = closest(name, (region.name for region in regions if region.name))
        help = f'Did you mean "{near}"?' if near else f'Put it between two comments: "region: {name}" and "endregion".'
        return Fault(f'{file} has no region "{name}".', help)
    if len(found) > 1:
        words = f'{file} has the region "{name}" twice, in line {found[0].start} and in line {found[1].start}.'
        return Fault(words, "Give one of them another name.")
    if not found[0].end:
        words = f'The region "{name}" that opens in line {found[0].start} of {file} is never closed.'
        return Fault(words, 'Close it with a comment: "endregion".')
    return list(range(found[0].start + 1, found[0].end))


# --- by name ------------------------------------------------------------------------------------


def _by_name(name: str, text: str, file: str) -> list[int] | Fault:
    """A Python function or class with its decorators: `Trainer`, `Trainer.step`; of several the last, as in Python."""
    import ast
    import warnings

    if not file.endswith((".py", ".pyi")):
        return Fault(f"{file} isn't Python, so it has no functions that sitegen knows.", "Name a region or lines.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the file's own text, told by Python on standard error
            body: list[ast.stmt] = ast.parse(text).body
    except SyntaxError as error:
        return Fault(
            f"{file} isn't Python that can be read: line {error.lineno or 1} has a mistake.",
            "Mend it, or name lines of it.",
        )
    except (ValueError, RecursionError, MemoryError):
        return Fault(f"{file} isn't Python that can be read.", "Name lines of it.")
    span: tuple[int, int] | None = None
    known: dict[str, ast.stmt] = {}
    for part in name.split("."):
        known = dict(_list_named(body))
        if part not in known:
            near = closest(part, known)
            help = f'Did you mean "{near}"?' if near else "Name a function or class as it is defined: Trainer.step."
            return Fault(f'{file} defines no "{name}".', help)
        found = known[part]
        decorators = getattr(found, "decorator_list", [])
        span = min(item.lineno for item in (found, *decorators)), found.end_lineno or found.lineno
        body = getattr(found, "body", [])
    assert span
    return list(range(span[0], span[1] + 1))


def _list_named(body: Sequence[object]) -> Iterator[tuple[str, ast.stmt]]:
    """Functions, classes and assigned names, also below `if` and `try`."""
    import ast

    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name, statement
        elif isinstance(statement, ast.Assign):
            yield from ((target.id, statement) for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, statement
        elif isinstance(statement, (ast.If, ast.Try, ast.With)):
            yield from _list_named(statement.body)
            yield from _list_named(getattr(statement, "orelse", []))
