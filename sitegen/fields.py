"""Types for the values of site.yaml and front matter: a node in, a typed value or a plain sentence out.

A type is a small object with `read` (node to value) and `schema` (its JSON Schema). `Record` puts
types together under keys and builds a frozen dataclass; unknown keys are met here with the closest
known one. What the values mean for a course isn't known here: that is `settings`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.phrases import parse_bool, parse_count, parse_date, parse_share, parse_time
from sitegen.yamltree import Items, Located, Node, Pairs, Scalar

UNKNOWN_KEY = Rule(
    "unknown-key",
    "error",
    "sitegen doesn't know this key, so what it says would be ignored. It is nearly always a spelling "
    "mistake or a key that stands one level too high or too low.",
    wrong="course:\n  instiution: University of Maryland",
    right="course:\n  institution: University of Maryland",
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
    wrong="start: 2026-02-30",
    right="start: 2026-02-27",
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


@dataclass(frozen=True, slots=True)
class Text:
    """One value, as written. Numbers, dates, `no` and `on` are text too."""

    pattern: str = ""
    words: str = "text"

    def read(self, node: Node, findings: Findings) -> Located | None:
        if not isinstance(node, Scalar):
            findings.append(_expected(node, self.words))
            return None
        text = " ".join(node.text.split())
        if node.empty or not text:
            findings.append(BAD_VALUE.at(node.span, f"There is no value here; {self.words} is expected."))
            return None
        if self.pattern and not re.fullmatch(self.pattern, text):
            findings.append(_not(node, self.words))
            return None
        return Located(text, node.span)

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """One value read by a function of its text; the function raises ValueError with a reason, or with none."""

    parse: Callable[[str], T]
    words: str
    """What is expected, for the sentence: `a date such as 2026-02-03`."""
    kinds: tuple[str, ...] = ("string",)
    """JSON Schema types that the written form may have."""

    def read(self, node: Node, findings: Findings) -> T | None:
        text = Text(words=self.words).read(node, findings)
        if text is None:
            return None
        try:
            return self.parse(str(text))
        except ValueError as error:
            findings.append(_not(node, self.words, str(error)))
            return None

    def schema(self) -> Schema:
        return {"type": list(self.kinds) if len(self.kinds) > 1 else self.kinds[0]}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    choices: tuple[str, ...]

    def read(self, node: Node, findings: Findings) -> str | None:
        words = f"one of {', '.join(self.choices)}"
        text = Text(words=words).read(node, findings)
        if text is None or str(text) in self.choices:
            return None if text is None else str(text)
        near = closest(text, self.choices)
        findings.append(_not(node, words, help=f'Did you mean "{near}"?' if near else ""))
        return None

    def schema(self) -> Schema:
        return {"enum": list(self.choices)}


@dataclass(frozen=True, slots=True)
class ListOf(Generic[T]):
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


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """A mapping whose keys the author chooses; pairs in the order written."""

    value: Type[T]
    words: str = "keys with values"

    def read(self, node: Node, findings: Findings) -> tuple[tuple[Located, T], ...] | None:
        if isinstance(node, Scalar) and node.empty:
            return ()
        if not isinstance(node, Pairs):
            findings.append(_expected(node, self.words))
            return None
        pairs = ((key, self.value.read(value, findings)) for key, value in node.pairs)
        return tuple((Located(key.text.strip(), key.span), value) for key, value in pairs if value is not None)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class ByShape(Generic[T]):
    """A value with a short form (text) and a long one (a mapping)."""

    short: Type[T]
    long: Type[T]

    def read(self, node: Node, findings: Findings) -> T | None:
        return (self.short if isinstance(node, Scalar) else self.long).read(node, findings)

    def schema(self) -> Schema:
        return {"anyOf": [self.short.schema(), self.long.schema()]}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record."""

    name: str
    type: Type[Any]
    doc: str
    """One sentence for the schema, which editors show while typing."""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """Named keys, read into a frozen dataclass.

    `build` gets the values of the keys that were given and readable, by name (`-` becomes `_`), and
    `span`; what isn't given is left to the dataclass's defaults. The record is None when a required
    key is missing or unreadable; all findings are reported even then.
    """

    what: str
    """What the record is, for sentences: `a course`."""
    build: Callable[..., T]
    keys: Sequence[Key]
    by_name: Mapping[str, Key] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {key.name: key for key in self.keys})

    def read(self, node: Node, findings: Findings) -> T | None:
        if not isinstance(node, Pairs):
            names = ", ".join(key.name for key in self.keys)
            findings.append(_expected(node, f"{self.what}, with keys such as {names},"))
            return None
        values: dict[str, Any] = {}
        complete = True
        for name, value in node.pairs:
            key = self.by_name.get(name.text)
            if key is None:
                findings.append(self._unknown(name))
                continue
            if isinstance(value, Scalar) and value.empty and not key.required:
                continue
            result = key.type.read(value, findings)
            if result is not None:
                values[key.name.replace("-", "_")] = result
            elif key.required:
                complete = False
        written = {name.text for name, _ in node.pairs}
        for key in self.keys:
            if key.required and key.name not in written:
                findings.append(
                    MISSING_KEY.at(_start(node.span), f'{self.what.capitalize()} needs "{key.name}".', key.doc)
                )
                complete = False
        return self.build(span=node.span, **values) if complete else None

    def _unknown(self, name: Scalar) -> Diagnostic:
        near = closest(name.text, self.by_name)
        known = ", ".join(self.by_name)
        help = f'Did you mean "{near}"?' if near else f"The keys here are {known}."
        if not near and " " in name.text:
            help += ' If this was meant as text with a colon, put it in quotes: "...: ...".'
        return UNKNOWN_KEY.at(name.span, f'"{name.text}" isn\'t a key of {self.what}.', help)

    def schema(self) -> Schema:
        properties = {key.name: {**key.type.schema(), "description": key.doc} for key in self.keys}
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [key.name for key in self.keys if key.required]
        return {**schema, "required": required} if required else schema


def _start(span: Span) -> Span:
    return Span(span.file, span.line, span.column)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _not(node: Node, words: str, reason: str = "", help: str = "") -> Diagnostic:
    tail = f": {reason}" if reason else ""
    return BAD_VALUE.at(
        node.span, f'"{_shown(node.text if isinstance(node, Scalar) else "")}" isn\'t {words}{tail}.', help
    )


def _expected(node: Node, words: str) -> Diagnostic:
    found = {Scalar: "text", Items: "a list", Pairs: "a mapping"}[type(node)]
    return BAD_VALUE.at(_start(node.span), f"Here {words} is expected, but this is {found}.")


# --- the plain types of a course ----------------------------------------------------------------


TEXT = Text()
DATE = Parsed(parse_date, "a date such as 2026-02-03")
TIME = Parsed(parse_time, "a time of day such as 3:30pm, 15:30 or noon", ("string", "integer"))
SHARE = Parsed(parse_share, "a share such as 10%", ("string", "number"))
BOOL = Parsed(parse_bool, "true or false", ("boolean", "string"))
COUNT = Parsed(parse_count, "a whole number from 1 to 999", ("integer", "string"))
