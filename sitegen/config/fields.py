"""Types for the values of site.yaml and front matter: a node in, a typed value or a plain sentence out.

A type is a small object with `read` (node to value) and `schema` (its JSON Schema). `Record` puts
types together under keys and builds a value; unknown keys are met here with the closest
known one. What the values mean for a course isn't known here: that is `settings`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from sitegen.config.phrases import Unreadable, parse_bool, parse_count, parse_date, parse_share, parse_time
from sitegen.config.yamlsyntax import quoted
from sitegen.config.yamltree import Items, Node, Pairs, Scalar
from sitegen.diagnostics import Diagnostic, Located, Rule, Span, closest
from sitegen.values import Value

UNKNOWN_KEY = Rule(
    "unknown-key",
    "error",
    "sitegen doesn't know this key, so what it says would be ignored. It is nearly always a spelling "
    "mistake or a key that stands one level too high or too low.",
    wrong="course:\n  code: CS101\n  title: Systems\n  instiution: University of Maryland",
    right="course:\n  code: CS101\n  title: Systems\n  institution: University of Maryland",
)
MISSING_KEY = Rule(
    "missing-key",
    "error",
    "A key that the site can't do without isn't there, or has no value.",
    wrong="course:\n  code: CMSC818Q",
    right="course:\n  code: CMSC818Q\n  title: Special Topics in Cloud Computing",
)
BAD_VALUE = Rule(
    "bad-value",
    "error",
    "The value can't be read as what this key holds: a date that doesn't exist, a time that isn't a time, "
    "text where a list is expected. The sentence says which form is understood.",
    wrong="term:\n  start: 2026-02-30\n  end: 2026-05-12\n  meets: Tue/Thu 3:30-4:45pm",
    right="term:\n  start: 2026-02-27\n  end: 2026-05-12\n  meets: Tue/Thu 3:30-4:45pm",
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Findings = list[Diagnostic]
Schema = dict[str, Any]


class Type(Protocol[T_co]):
    """What a value may look like."""

    def read(self, node: Node, findings: Findings) -> T_co | None:
        """The value, or None after adding a finding that says what is wrong."""
        ...

    def schema(self) -> Schema: ...


class Text(Value):
    """One value, as written. Numbers, dates, `no` and `on` are text too."""

    pattern: str = ""
    words: str = "text"
    help: str = ""
    """What to type when the pattern doesn't match."""

    def read(self, node: Node, findings: Findings) -> Located | None:
        located = _read_text(node, self.words, findings)
        if located is None:
            return None
        text = str(located)
        if self.pattern and not re.fullmatch(self.pattern, text):
            findings.append(_unreadable(located, self.words, help=self.help))
            return None
        return located

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"]}


def _read_text(node: Node, words: str, findings: Findings) -> Located | None:
    """The value as written, on one line; `words` say what is expected."""
    if not isinstance(node, Scalar):
        findings.append(_wrong_shape(node, words))
        return None
    text = " ".join(node.text.split())
    if node.empty or not text:
        message = f"There is no value here; {words} is expected."
        findings.append(BAD_VALUE.at(node.span, message, "Write one, or remove the line."))
        return None
    return Located(text, node.span)


class Parsed(Value, Generic[T]):
    """One value read by a function of its text, which raises ValueError (or `Unreadable`, with a reason)."""

    parse: Callable[[str], T]
    words: str
    """What is expected, for the sentence: `a date such as 2026-02-03`."""
    kinds: tuple[str, ...] = ("string",)
    """JSON Schema types that the written form may have."""

    def read(self, node: Node, findings: Findings) -> T | None:
        text = _read_text(node, self.words, findings)
        if text is None:
            return None
        try:
            return self.parse(text)
        except ValueError as error:
            help = error.help if isinstance(error, Unreadable) else ""
            findings.append(_unreadable(text, self.words, str(error), help))
            return None

    def schema(self) -> Schema:
        return {"type": list(self.kinds) if len(self.kinds) > 1 else self.kinds[0]}


class OneOf(Value):
    """One of a few words."""

    choices: tuple[str, ...]

    def read(self, node: Node, findings: Findings) -> str | None:
        words = f"one of {', '.join(self.choices)}"
        text = _read_text(node, words, findings)
        if text is None or str(text) in self.choices:
            return None if text is None else str(text)
        near = closest(text, self.choices)
        findings.append(_unreadable(text, words, help=f'Did you mean "{near}"?' if near else ""))
        return None

    def schema(self) -> Schema:
        # YAML 1.1, which many editors still speak, takes a bare off for false.
        return {"enum": [*self.choices, *([False] if "off" in self.choices else [])]}


class ListOf(Value, Generic[T]):
    """Several values; a single one may be written without brackets."""

    item: Type[T]

    def read(self, node: Node, findings: Findings) -> tuple[T, ...] | None:
        if isinstance(node, Scalar) and node.empty:
            return ()
        nodes = node.items if isinstance(node, Items) else (node,)
        values = [self.item.read(inner, findings) for inner in nodes]
        return tuple(value for value in values if value is not None)

    def schema(self) -> Schema:
        item = self.item.schema()
        return {"anyOf": [{"type": "array", "items": item}, item]}


class Table(Value, Generic[T]):
    """A mapping whose keys the author chooses; pairs in the order written."""

    value: Type[T]
    words: str = "keys with values"

    def read(self, node: Node, findings: Findings) -> tuple[tuple[Located, T], ...] | None:
        if isinstance(node, Scalar) and node.empty:
            return ()
        if not isinstance(node, Pairs):
            findings.append(_wrong_shape(node, self.words, 'Write lines such as "name: value".'))
            return None
        broken = _decimal_comma(node)
        if broken:
            findings.append(broken)
            return None
        pairs = ((key, self.value.read(value, findings)) for key, value in node.pairs)
        return tuple((Located(key.text.strip(), key.span), value) for key, value in pairs if value is not None)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.value.schema()}


class ByShape(Value, Generic[T]):
    """A value with a short form (text) and a long one (a mapping)."""

    short: Type[T]
    long: Type[T]

    def read(self, node: Node, findings: Findings) -> T | None:
        return (self.short if isinstance(node, Scalar) else self.long).read(node, findings)

    def schema(self) -> Schema:
        return {"anyOf": [self.short.schema(), self.long.schema()]}


class Key(Value):
    """One key of a record."""

    name: str
    type: Type[Any]
    doc: str
    """One sentence for the schema, which editors show while typing."""
    required: bool = False
    example: str = ""
    """A value as it is typed, for the help line when the key is missing."""

    @property
    def line(self) -> str:
        """The key as a line to type: `title: Introduction to Systems`."""
        return f"{self.name}: {self.example or '...'}"


class Record(Value, Generic[T], caches=True):
    """Named keys, read into a value.

    `build` gets the values of the keys that were given and readable, by name (`-` becomes `_`), and
    `span`; what isn't given is left to the value's defaults. The record is None when a required
    key is missing or unreadable, unless it is `partial`; all findings are reported even then.
    """

    what: str
    """What the record is, for sentences: `a guest`, `the term`."""
    build: Callable[..., T]
    keys: Sequence[Key]
    partial: bool = False
    """Built from what could be read, so that the rest of the course is looked at all the same."""

    @cached_property
    def by_name(self) -> Mapping[str, Key]:
        return {key.name: key for key in self.keys}

    @cached_property
    def _required(self) -> Sequence[Key]:
        return [key for key in self.keys if key.required]

    def read(self, node: Node, findings: Findings) -> T | None:
        if not isinstance(node, Pairs):
            findings.append(self._not_a_record(node))
            return None
        values: dict[str, Any] = {}
        for name, value in node.pairs:
            key = self.by_name.get(name.text)
            if key is None:
                findings.append(self._unknown(name, value))
                continue
            if isinstance(value, Scalar) and value.empty:
                if key.required:
                    message = f'"{key.name}" has no value.'
                    findings.append(MISSING_KEY.at(name.span, message, f"Write {key.line}."))
                continue
            result = key.type.read(value, findings)
            if result is not None:
                values[key.name.replace("-", "_")] = result
        findings += self._missing(node)
        complete = all(key.name.replace("-", "_") in values for key in self._required)
        return self.build(span=node.span, **values) if complete or self.partial else None

    def _missing(self, node: Pairs) -> Findings:
        """A key that seems to be there under a misspelled name isn't missing, too."""
        written = {name.text for name, _ in node.pairs}
        if all(key.name in written for key in self._required):
            return []
        meant = {closest(name, self.by_name) for name in written - self.by_name.keys()}
        if written and not written & self.by_name.keys():
            return []
        return [
            MISSING_KEY.at(_start(node.span), f'{self._subject} needs "{key.name}".', f'Add the line "{key.line}".')
            for key in self._required
            if key.name not in written | meant
        ]

    def _not_a_record(self, node: Node) -> Diagnostic:
        names = [key.name for key in self.keys]
        shown = ", ".join(names[:4]) + (" ..." if len(names) > 4 else "")
        first = next((key for key in self.keys if key.required), self.keys[0])
        message = f"{self._subject} has keys such as {shown}; this is {_shape(node)}."
        return BAD_VALUE.at(_start(node.span), message, f'Write each key on a line of its own: "{first.line}".')

    @property
    def _subject(self) -> str:
        """At the start of a sentence; a file's name stays as it is."""
        return self.what[:1].upper() + self.what[1:] if " " in self.what else self.what

    def _unknown(self, name: Scalar, value: Node) -> Diagnostic:
        prose = isinstance(value, Scalar) and (" " in name.text or name.text[:1].isupper())
        near = closest(name.text, self.by_name, cutoff=0.8 if prose else 0.6)
        prefix, _, rest = name.text.partition(":")
        owner = next((key.name for key in self.keys if name.text in _keys_below(key.type)), "")
        if rest and prefix in self.by_name:
            help = f"Put a space after the colon: {prefix}: {rest.strip()}."
        elif near:
            help = f'Did you mean "{near}"?'
        elif owner:
            help = f'It belongs below "{owner}:".'
        elif prose and isinstance(value, Scalar):
            text = f"{name.text}: {value.text}".strip()
            help = f"If this is one text with a colon in it, put it in quotes: {quoted(_shown(text))}."
        else:
            help = f"The keys here are {', '.join(self.by_name)}."
        return UNKNOWN_KEY.at(name.span, f'"{_shown(name.text)}" isn\'t a key of {self.what}.', help)

    def schema(self) -> Schema:
        properties = {
            key.name: {
                **(key.type.schema() if key.required else _or_nothing(key.type.schema())),
                "description": key.doc,
            }
            for key in self.keys
        }
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [key.name for key in self.keys if key.required]
        return {**schema, "required": required} if required else schema


def _keys_below(type: Type[Any]) -> Mapping[str, Key]:
    return type.by_name if isinstance(type, Record) else {}


def _or_nothing(schema: Schema) -> Schema:
    """The schema of a key that may be left without a value."""
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


def _start(span: Span) -> Span:
    return Span(span.file, span.line, span.column)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _unreadable(text: Located, words: str, reason: str = "", help: str = "") -> Diagnostic:
    """The example in `words` makes way for a reason."""
    words = f"{words.partition(' such as ')[0]}: {reason}" if reason else words
    return BAD_VALUE.at(text.span, f'"{_shown(text)}" isn\'t {words}.', help)


def _shape(node: Node) -> str:
    return {Scalar: "text", Items: "a list", Pairs: "keys with values"}[type(node)]


def _decimal_comma(node: Pairs) -> Diagnostic | None:
    """`{Final: 50,5%}`: between braces, a comma ends the value."""
    for (key, value), (after, nothing) in pairwise(node.pairs):
        if not (isinstance(value, Scalar) and isinstance(nothing, Scalar) and nothing.empty):
            continue
        if re.fullmatch("[0-9]+", value.text) and re.fullmatch(r"[0-9]+\s*%?", after.text):
            whole = Span(
                value.span.file, value.span.line, value.span.column, after.span.end_line, after.span.end_column
            )
            message = f'"{value.text},{after.text}" is two values here: between braces, a comma separates them.'
            return BAD_VALUE.at(whole, message, f"Write {key.text}: {value.text}.{after.text}, with a point.")
    return None


def _wrong_shape(node: Node, words: str, help: str = "") -> Diagnostic:
    """The finding for text, a list or a mapping where something else belongs."""
    if isinstance(node, Items) and not help:
        help = "Write one value, without brackets or a dash."
    if isinstance(node, Pairs) and len(node.pairs) == 1 and not help:
        key, value = node.pairs[0]
        if isinstance(value, Scalar):
            text = f"{key.text}: {value.text}".strip()
            help = f"If this is one text with a colon in it, put it in quotes: {quoted(_shown(text))}."
    return BAD_VALUE.at(_start(node.span), f"This should be {words}, not {_shape(node)}.", help)


# --- the plain types of a course ----------------------------------------------------------------


TEXT = Text()
DATE = Parsed(parse_date, "a date such as 2026-02-03")
TIME = Parsed(parse_time, "a time of day such as 3:30pm, 15:30 or noon", ("string", "integer"))
SHARE = Parsed(parse_share, "a share such as 10%", ("string", "number"))
BOOL = Parsed(parse_bool, "true or false", ("boolean", "string"))
COUNT = Parsed(parse_count, "a whole number from 1 to 999", ("integer", "string"))
