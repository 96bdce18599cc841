"""YAML text to a tree of nodes with spans; scalars stay as they were written.

Nothing is typed here: `12:30`, `no` and `2026-02-30` are text until `fields` reads them by the type
that a key declares, so YAML 1.1's implicit types never reach the author. The tree is built from
the parser's events without recursion, with bounds on depth and size, so a hostile file is refused
at once and in little memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from sitegen.diagnostics import Diagnostic, Related, Rule, Span

MAX_DEPTH = 50
"""site.yaml needs 6 levels; a file that goes deeper than this is not a course."""
MAX_NODES = 200_000
"""Nodes after aliases are followed: 3,000 sessions take about 40,000."""

YAML_SYNTAX = Rule(
    "yaml-syntax",
    "error",
    "The text can't be read as YAML, so nothing after this place is known. Most often a value holds a "
    "character that means something to YAML (a colon followed by a space, @, *, &, %, a quote) and wants "
    "quotes around it, or a line is indented by a tab or by one space too many.",
    wrong="- topic: Serving: part two",
    right='- topic: "Serving: part two"',
)
DUPLICATE_KEY = Rule(
    "duplicate-key",
    "error",
    "One mapping names the same key twice. YAML would silently keep the last one; sitegen asks which "
    "of the two is meant, because the other one is likely a forgotten copy.",
    wrong="title: Systems\ntitle: Systems for AI",
    right="title: Systems for AI",
)
YAML_TOO_BIG = Rule(
    "yaml-too-big",
    "error",
    f"The YAML is nested more than {MAX_DEPTH} levels deep or, with its aliases followed, holds more than "
    f"{MAX_NODES:,} values. A course needs a small part of that, so the file is refused before it takes memory.",
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written, without its quotes."""

    span: Span
    text: str
    plain: bool
    """Written without quotes; only a plain empty value or `~` means "nothing"."""

    @property
    def empty(self) -> bool:
        return self.plain and self.text in ("", "~")


@dataclass(frozen=True, slots=True)
class Items:
    """A list, in the order written."""

    span: Span
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping, in the order written; each key once."""

    span: Span
    pairs: tuple[tuple[Scalar, Node], ...]


Node = Scalar | Items | Pairs


class Located(str):
    """Text that remembers where it was written."""

    span: Span

    def __new__(cls, text: str, span: Span) -> Located:
        self = super().__new__(cls, text)
        self.span = span
        return self


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end hasn't been seen yet."""

    span: Span
    anchor: str | None
    mapping: bool
    children: list[Node] = field(default_factory=list)


class _Refused(Exception):
    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding


def read_yaml(text: str, file: str, first_line: int = 1) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of `text`; None when it is empty or can't be read (then a finding says why).

    `first_line` is the line of `file` at which `text` starts (front matter starts at 2).
    """
    findings: list[Diagnostic] = []
    try:
        return _build(text, file, first_line - 1, findings), findings
    except _Refused as refused:
        return None, [*findings, refused.finding]
    except yaml.YAMLError as error:
        return None, [*findings, _explain_syntax(error, text, file, first_line - 1)]


def _build(text: str, file: str, shift: int, findings: list[Diagnostic]) -> Node | None:
    open_nodes: list[_Open] = []
    anchors: dict[str, Node] = {}
    sizes: dict[int, int] = {}
    total = 0
    root: Node | None = None

    def close(node: Node, anchor: str | None) -> None:
        nonlocal root
        if anchor:
            anchors[anchor] = node
        if open_nodes:
            open_nodes[-1].children.append(node)
        else:
            root = node

    for event in _events(text):
        start, end = event.start_mark, event.end_mark
        assert start is not None and end is not None  # parsed events always carry marks
        span = Span(file, start.line + 1 + shift, start.column + 1, end.line + 1 + shift, end.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            if event.tag and not event.implicit[0] and not event.implicit[1]:
                raise _Refused(_tag_refused(event.tag, span))
            total += 1
            close(Scalar(span, event.value, event.style in (None, "")), event.anchor)
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            if event.tag and not event.implicit:
                raise _Refused(_tag_refused(event.tag, span))
            if len(open_nodes) >= MAX_DEPTH:
                message = f"This is nested more than {MAX_DEPTH} levels deep."
                raise _Refused(YAML_TOO_BIG.at(span, message, "Close the brackets, or indent less."))
            total += 1
            open_nodes.append(_Open(span, event.anchor, isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            done = open_nodes.pop()
            whole = Span(file, done.span.line, done.span.column, span.line, span.column)
            children = tuple(done.children)
            node = Pairs(whole, _pairs(children, findings)) if done.mapping else Items(whole, children)
            sizes[id(node)] = 1 + sum(sizes.get(id(child), 1) for child in children)
            close(node, done.anchor)
        elif isinstance(event, yaml.AliasEvent):
            target = anchors.get(event.anchor or "")
            if target is None:
                message = f"*{event.anchor} names an anchor that isn't defined before this line."
                raise _Refused(YAML_SYNTAX.at(span, message, f'To write it as text, use quotes: "*{event.anchor}".'))
            total += sizes.get(id(target), 1)
            close(target, None)
        elif isinstance(event, yaml.DocumentStartEvent) and root is not None:
            message = "A second YAML document starts here; sitegen reads one document."
            raise _Refused(YAML_SYNTAX.at(span, message, "Remove the line with ---."))
        if total > MAX_NODES:
            raise _Refused(
                YAML_TOO_BIG.at(span, f"With its aliases followed, this holds more than {MAX_NODES:,} values.")
            )
    return None if isinstance(root, Scalar) and root.empty else root


def _events(text: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader)
    return events


def _tag_refused(tag: str, span: Span) -> Diagnostic:
    shown = tag.replace("tag:yaml.org,2002:", "!!")
    return YAML_SYNTAX.at(span, f"The tag {shown} isn't used in a course.", "Remove it, or put the value in quotes.")


def _pairs(children: tuple[Node, ...], findings: list[Diagnostic]) -> tuple[tuple[Scalar, Node], ...]:
    """Keys with values; a key given twice is a finding, `<<` brings in the keys that aren't given here."""
    given: dict[str, tuple[Scalar, Node]] = {}
    merged: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar):
            findings.append(YAML_SYNTAX.at(key.span, "A key must be plain text, not a list or a mapping.", _QUOTE_HELP))
        elif key.plain and key.text == "<<":
            sources = value.items if isinstance(value, Items) else (value,)
            for source in sources:
                if isinstance(source, Pairs):
                    for inner, inner_value in source.pairs:
                        merged.setdefault(inner.text, (inner, inner_value))
                else:
                    findings.append(YAML_SYNTAX.at(value.span, "<< takes a mapping, such as *name.", _QUOTE_HELP))
        elif key.text in given:
            first = given[key.text][0].span
            message = f'"{key.text}" is given twice here.'
            findings.append(
                DUPLICATE_KEY.at(key.span, message, "Keep one of the two.", [Related(first, "first given here")])
            )
        else:
            given[key.text] = (key, value)
    return tuple(given.values()) + tuple(pair for name, pair in merged.items() if name not in given)


# --- syntax errors in plain words ---------------------------------------------------------------

_QUOTE_HELP = 'Put the text in double quotes: "...".'
_STARTERS = {
    "@": (
        "A value can't start with @.",
        'Leave the @ out (keys are written bare here), or use quotes: "@...".',
    ),
    "`": ("A value can't start with a backtick.", _QUOTE_HELP),
    "%": ("A value can't start with %.", _QUOTE_HELP),
    "*": ("A value that starts with * is read as an alias.", _QUOTE_HELP),
    "&": ("A value that starts with & is read as an anchor.", _QUOTE_HELP),
    "\t": ("A tab can't indent YAML.", "Use spaces, two for each level."),
}


def _explain_syntax(error: yaml.YAMLError, text: str, file: str, shift: int) -> Diagnostic:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        position = getattr(error, "position", 0)
        bad = text[position : position + 1]
        line = text.count("\n", 0, position) + 1 + shift
        column = position - (text.rfind("\n", 0, position) + 1) + 1
        words = f"The character U+{ord(bad):04X} can't stand in YAML." if bad else "This can't be read as YAML."
        return YAML_SYNTAX.at(Span(file, line, column), words, "Delete it.")
    mark, context, problem = error.problem_mark, error.context_mark, error.problem or ""
    lines = text.split("\n")
    here = lines[mark.line] if mark.line < len(lines) else ""
    char = here[mark.column : mark.column + 1]
    span = Span(file, mark.line + 1 + shift, mark.column + 1)
    opened = Span(file, context.line + 1 + shift, context.column + 1) if context else span
    context_words = error.context or ""
    if "\t" in here[: mark.column + 1] and not here[: mark.column].strip():
        tab = here.index("\t")
        return YAML_SYNTAX.at(Span(file, mark.line + 1 + shift, tab + 1), *_STARTERS["\t"])
    if "quoted scalar" in context_words:
        return YAML_SYNTAX.at(opened, "A quote is opened here and never closed.", "Close it on the same line.")
    if "alias" in context_words or "anchor" in context_words:
        char = "*" if "alias" in context_words else "&"
        return YAML_SYNTAX.at(opened, *_STARTERS[char])
    if "mapping values are not allowed" in problem:
        return YAML_SYNTAX.at(
            span,
            "There is a colon followed by a space inside a value, or a line that is indented too far.",
            'Put the whole value in double quotes ("...: ..."), or line the key up with its neighbours.',
        )
    if char in _STARTERS and ("cannot start any token" in problem or char == "%"):
        return YAML_SYNTAX.at(span, *_STARTERS[char])
    if "flow" in context_words or "expected ',' or" in problem:
        bracket = "{ and }" if "mapping" in context_words else "[ and ]"
        return YAML_SYNTAX.at(
            opened,
            f"What opens here isn't closed, or a comma is missing between {bracket}.",
            "Close the bracket, separate with commas, and quote a value that holds a comma, colon or bracket.",
        )
    if "could not find expected ':'" in problem:
        return YAML_SYNTAX.at(
            opened, "This line has no colon after its key.", "Write key: value, with a space after the colon."
        )
    if "block mapping" in context_words and here[: mark.column].rstrip().endswith(('"', "'")):
        return YAML_SYNTAX.at(span, "There is text after the closing quote.", "Put the whole value inside the quotes.")
    if "block sequence entries are not allowed" in problem:
        return YAML_SYNTAX.at(
            span,
            "A list can't start on the line of its key.",
            "Start the list on the next line, or write [a, b].",
        )
    if "block mapping" in context_words or "block collection" in context_words:
        return YAML_SYNTAX.at(
            span,
            "This line isn't at the same indentation as its neighbours.",
            "Line it up with the keys or dashes above it.",
        )
    return YAML_SYNTAX.at(span, f"YAML can't be read from here on: {problem}.", _QUOTE_HELP)
