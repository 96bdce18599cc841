"""YAML text to a tree of nodes with spans; scalars stay as they were written.

Nothing is typed here: `12:30`, `no` and `2026-02-30` are text until `fields` reads them by the type
that a key declares, so YAML 1.1's implicit types never reach the author. The tree is built from
the parser's events without recursion, with bounds on depth and size, so a hostile file is refused
at once and in little memory. A text that isn't YAML is explained by `yamlsyntax`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sitegen.config.yamlsyntax import QUOTE_HELP, YAML_SYNTAX, explain_syntax, forbidden_character, masked_space
from sitegen.diagnostics import Diagnostic, Related, Rule, Span
from sitegen.patterns import regex
from sitegen.values import Value, field

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 50
"""site.yaml needs 6 levels; a file that goes deeper than this is not a course."""
MAX_NODES = 200_000
"""Nodes after aliases are followed: 3,000 sessions take about 40,000."""

DUPLICATE_KEY = Rule(
    "duplicate-key",
    "error",
    "One mapping names the same key twice. YAML would silently keep the last one; sitegen asks which "
    "of the two is meant, because the other one is likely a forgotten copy.",
    wrong="course:\n  code: CS101\n  title: Systems\n  title: Systems for AI",
    right="course:\n  code: CS101\n  title: Systems for AI",
)
YAML_TOO_BIG = Rule(
    "yaml-too-big",
    "error",
    f"The YAML is nested more than {MAX_DEPTH} levels deep or, with its aliases followed, holds more than "
    f"{MAX_NODES:,} values. A course needs a small part of that, so the file is refused before it takes memory.",
)


class Scalar(Value):
    """One value as it was written, without its quotes."""

    span: Span
    text: str
    plain: bool
    """Written without quotes; only a plain empty value, `~` or `null` means "nothing"."""

    @property
    def empty(self) -> bool:
        return self.plain and self.text in ("", "~", "null")


class Items(Value):
    """A list, in the order written."""

    span: Span
    items: tuple[Node, ...]


class Pairs(Value):
    """A mapping, in the order written; each key once."""

    span: Span
    pairs: tuple[tuple[Scalar, Node], ...]


Node = Scalar | Items | Pairs


class _Open(Value, frozen=False):
    """A list or mapping whose end hasn't been seen yet."""

    span: Span
    anchor: str | None
    mapping: bool
    children: list[Node] = field(factory=list)
    size: int = 1
    """Nodes in it so far, itself included, with aliases followed."""


class _Refused(Exception):
    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding


def read_yaml(text: str, file: str, first_line: int = 1) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of `text`; None when it is empty or can't be read (then a finding says why).

    `first_line` is the line of `file` at which `text` starts (front matter starts at 2).
    """
    findings: list[Diagnostic] = []
    bad = forbidden_character(text, file, first_line - 1)
    if bad:
        return None, [bad]
    # YAML 1.1 takes these for line ends; editors and our line numbers don't.
    text = text.translate({0x85: " ", 0x2028: " ", 0x2029: " "})
    plain = _read_plain(text, file, first_line)
    if plain is not None:
        return plain, []
    import yaml

    try:
        return _build(text, file, first_line - 1, findings), findings
    except _Refused as refused:
        return None, [*findings, refused.finding]
    except yaml.YAMLError as error:
        return None, [*findings, explain_syntax(error, text, file, first_line - 1)]


def _read_plain(text: str, file: str, first_line: int) -> Pairs | None:
    """The tree of a text that is nothing but `key: words` line by line, as most front matter; None for all others.

    Loading YAML's parser takes longer than reading and converting a lecture.
    """
    lines = text.split("\n")
    found: dict[str, tuple[Scalar, Node]] = {}
    for number, line in enumerate(lines, first_line):
        pair = _PLAIN_PAIR.fullmatch(line)
        if pair is None and line:
            return None
        if pair:
            key, column, quoted = pair["key"], pair.start("value") + 1, pair["quoted"]
            written = pair["value"].rstrip(" ")
            if key in found:
                return None
            found[key] = (
                Scalar(Span(file, number, 1, number, 1 + len(key)), key, True),
                Scalar(
                    Span(file, number, column, number, column + len(written)),
                    written if quoted is None else quoted,
                    quoted is None,
                ),
            )
    if lines[-1] or not found:  # without a line end, YAML's two parsers differ
        return None
    pairs = tuple(found.values())
    return Pairs(Span(file, pairs[0][0].span.line, 1, first_line + len(lines) - 1, 1), pairs)


_PLAIN_PAIR = regex(
    r"""(?P<key>[a-z][a-z0-9_-]{0,40}):[ ]+(?P<value>[^\W_][\w .,;()'’/+&=?!–—-]*|"(?P<quoted>[^"\\\t]*)"[ ]*)"""
)


def _build(text: str, file: str, shift: int, findings: list[Diagnostic]) -> Node | None:
    from yaml import (
        AliasEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
    )

    open_nodes: list[_Open] = []
    anchors: dict[str, tuple[Node, int]] = {}
    total = 0
    root: Node | None = None

    def close(node: Node, size: int, anchor: str | None) -> None:
        nonlocal root
        if anchor:
            anchors[anchor] = node, size
        if open_nodes:
            open_nodes[-1].children.append(node)
            open_nodes[-1].size += size
        else:
            root = node

    for event in _events(text):
        start, end = event.start_mark, event.end_mark
        assert start is not None and end is not None  # parsed events always carry marks
        span = Span(file, start.line + 1 + shift, start.column + 1, end.line + 1 + shift, end.column + 1)
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise _Refused(_tag_refused(tag, span))
        if isinstance(event, ScalarEvent):
            total += 1
            close(Scalar(span, event.value, event.style in (None, "")), 1, event.anchor)
        elif isinstance(event, (SequenceStartEvent, MappingStartEvent)):
            if len(open_nodes) >= MAX_DEPTH:
                message = f"This is nested more than {MAX_DEPTH} levels deep."
                raise _Refused(YAML_TOO_BIG.at(span, message, "Close the brackets, or indent less."))
            total += 1
            open_nodes.append(_Open(span, event.anchor, isinstance(event, MappingStartEvent)))
        elif isinstance(event, (SequenceEndEvent, MappingEndEvent)):
            done = open_nodes.pop()
            whole = Span(file, done.span.line, done.span.column, span.end_line, span.end_column)
            children = tuple(done.children)
            node = Pairs(whole, _pairs(children, findings)) if done.mapping else Items(whole, children)
            close(node, done.size, done.anchor)
        elif isinstance(event, AliasEvent):
            if event.anchor not in anchors:
                message = f"*{event.anchor} names an anchor that isn't defined above."
                raise _Refused(YAML_SYNTAX.at(span, message, f'To write it as text, use quotes: "*{event.anchor}".'))
            target, size = anchors[event.anchor]
            total += size
            close(target, size, None)
        elif isinstance(event, DocumentStartEvent) and root is not None:
            message = "A second YAML document starts here; sitegen reads one document."
            raise _Refused(YAML_SYNTAX.at(span, message, "Remove the line with ---."))
        if total > MAX_NODES:
            message = f"With its aliases followed, this holds more than {MAX_NODES:,} values."
            raise _Refused(YAML_TOO_BIG.at(span, message, "Remove the aliases (*name) and write out what is needed."))
    return None if isinstance(root, Scalar) and root.empty else root


def _events(text: str) -> Iterator[yaml.Event]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader)
    return events


def _tag_refused(tag: str, span: Span) -> Diagnostic:
    shown = tag.replace("tag:yaml.org,2002:", "!!")
    message = f"A value that starts with {shown} is read as a tag, which a course doesn't use."
    return YAML_SYNTAX.at(span, message, "Remove it, or put the whole value in quotes.")


def _pairs(children: tuple[Node, ...], findings: list[Diagnostic]) -> tuple[tuple[Scalar, Node], ...]:
    """Keys with values; a key given twice is a finding, `<<` brings in the keys that aren't given here."""
    given: dict[str, tuple[Scalar, Node]] = {}
    merged: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar):
            findings.append(YAML_SYNTAX.at(key.span, "A key must be plain text, not a list or a mapping.", QUOTE_HELP))
        elif key.plain and not key.text[:1].isprintable():
            findings.append(masked_space(key.text[0], key.span))
        elif key.plain and key.text == "<<":
            sources = value.items if isinstance(value, Items) else (value,)
            for source in sources:
                if isinstance(source, Pairs):
                    for inner, inner_value in source.pairs:
                        merged.setdefault(inner.text, (inner, inner_value))
                else:
                    findings.append(YAML_SYNTAX.at(value.span, "<< takes a mapping, such as *name.", QUOTE_HELP))
        elif key.text in given:
            first = given[key.text][0].span
            message = f'"{key.text}" is given twice here.'
            findings.append(
                DUPLICATE_KEY.at(key.span, message, "Keep one of the two.", [Related(first, "first given here")])
            )
        else:
            given[key.text] = (key, value)
    return tuple(given.values()) + tuple(pair for name, pair in merged.items() if name not in given)
