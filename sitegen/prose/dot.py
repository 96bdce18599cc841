"""A graph in Graphviz's language: its nodes and edges in words, or where it isn't one.

Graphviz draws and says only that a source is wrong; here is found where. The grammar is that of graphviz.org,
"DOT Language". No recursion: what is nested is on a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from sitegen.patterns import regex
from sitegen.values import Value, field

MOST_EDGES = 5_000
"""Edges that are kept: between two groups there is one for each pair."""


class NotAGraph(Exception):
    """What is wrong, as a sentence without its full stop, and the offset where it is."""

    def __init__(self, words: str, offset: int) -> None:
        super().__init__(words)
        self.words, self.offset = words, offset


class Graph(Value, frozen=False):
    directed: bool = True
    nodes: dict[str, str] = field(factory=dict)
    """Name to what is written on it."""
    edges: list[tuple[str, str, str]] = field(factory=list)
    """(from, to, what is written on it), in order."""
    asks: dict[str, int] = field(factory=dict)
    """The names of attributes, to the offset where each stands first."""


_SPACE = regex(r"(?:\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|(?:\A|(?<=\n))\#[^\n]*)*")
_TOKEN = regex(
    r"""
      (?P<name>[^\W\d]\w*|-?(?:\.\d+|\d+(?:\.\d*)?))
    | (?P<quoted>"(?:[^"\\]|\\.)*")
    | (?P<edge>->|--)
    | (?P<sign>[{}\[\]=;,:+])
    """,
    re.VERBOSE | re.DOTALL,
)
_ENTITY = regex(r"<[^<>]*>")
_KEYWORDS = frozenset({"strict", "graph", "digraph", "subgraph", "node", "edge"})


class _Group(Value):
    """A { that is open."""

    nodes: list[str]
    before: list[str] | None
    """The nodes from which an edge leads to it."""


_LARGEST_GROUP = 200
"""Nodes of a group that edges are counted for."""


class _Token(Value):
    kind: str
    """`name`, `quoted`, `html`, `edge`, `end`, or the sign itself."""
    text: str
    start: int

    @property
    def is_id(self) -> bool:
        return self.kind in {"name", "quoted", "html"} and not self.is_keyword()

    def is_keyword(self, *words: str) -> bool:
        return self.kind == "name" and self.text.casefold() in (words or _KEYWORDS)

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end"
        words = self.text if len(self.text) <= 30 else self.text[:27] + "..."
        return words if self.kind == "quoted" else f'"{words}"'


def read_graph(source: str) -> Graph:
    """The first graph in `source`. Raises `NotAGraph`."""
    return _Reader(source).read()


def opening_of(source: str) -> int:
    """The offset behind the { that opens a graph that `read_graph` reads."""
    return next(token.start + 1 for token in _tokens(source) if token.kind == "{")


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = _tokens(source)
        self.now = next(self.tokens)
        self.graph = Graph()

    def read(self) -> Graph:
        if self.now.is_keyword("strict"):
            self.step()
        if not self.now.is_keyword("graph", "digraph"):
            raise NotAGraph(f"A graph starts with graph or digraph, not with {self.now}", self.now.start)
        self.graph.directed = self.now.text.casefold() == "digraph"
        self.step()
        if self.now.is_id:
            self.id()
        self.expect("{", "The statements of a graph stand between { and }")
        self.statements()
        return self.graph

    def step(self) -> _Token:
        before, self.now = self.now, next(self.tokens)
        return before

    def expect(self, kind: str, words: str) -> None:
        if self.now.kind != kind:
            raise NotAGraph(f"{words}, but here is {self.now}", self.now.start)
        self.step()

    def id(self) -> str:
        """A name; quoted ones can be put together with +."""
        if not self.now.is_id:
            why = ", which can be a name in quotes only" if self.now.is_keyword() else ""
            raise NotAGraph(f"A name is missing; here is {self.now}{why}", self.now.start)
        token = self.step()
        words = token.text
        if token.kind == "quoted":
            words = token.text[1:-1].replace('\\"', '"').replace("\\\n", "")
            while self.now.kind == "+":
                self.step()
                words += self.step().text[1:-1] if self.now.kind == "quoted" else ""
        return words

    def statements(self) -> None:
        """All up to the last }."""
        groups: list[_Group] = [_Group([], None)]
        before: list[str] | None = None  # the nodes that an edge which was just read leads from
        while groups:
            if self.now.kind == "end":
                raise NotAGraph("A { is never closed by }", self.now.start)
            if before is not None or self.now.kind in {"{", "name", "quoted", "html"}:
                before = self.statement(groups, before)
            elif self.now.kind in {";", ","}:
                self.step()
            elif self.now.kind == "}":
                group = groups.pop()
                if groups:  # what follows the last } isn't looked at
                    self.step()
                    groups[-1].nodes.extend(group.nodes[:_LARGEST_GROUP])
                    before = self.after(group.nodes[:_LARGEST_GROUP], group.before)
            else:
                raise NotAGraph(f"A statement can't start with {self.now}", self.now.start)

    def statement(self, groups: list[_Group], before: list[str] | None) -> list[str] | None:
        """A node, a group or attributes; the nodes from which an edge leads on."""
        if before is None and self.now.is_keyword("graph", "node", "edge"):
            self.step()
            if self.now.kind != "[":
                raise NotAGraph(f"Attributes stand between [ and ], but here is {self.now}", self.now.start)
            self.attributes()
            return None
        if self.now.is_keyword("subgraph"):
            self.step()
            if self.now.is_id:
                self.id()
            if self.now.kind != "{":
                return None
        if self.now.kind == "{":
            self.step()
            groups.append(_Group([], before))
            return None
        start = self.now.start
        name = self.id()
        if self.now.kind == "=" and before is None:
            self.step()
            self.graph.asks.setdefault(name.casefold(), start)
            self.id()
            return None
        self.graph.nodes.setdefault(name, "")
        while self.now.kind == ":":
            self.step()
            self.id()
        groups[-1].nodes.append(name)
        return self.after([name], before)

    def after(self, here: list[str], before: list[str] | None) -> list[str] | None:
        """What follows a node or a group: an edge that leads on, whose start is the answer, or attributes."""
        first = len(self.graph.edges)
        if before is not None and first < MOST_EDGES:
            self.graph.edges += [(one, other, "") for one in before for other in here][:MOST_EDGES]
        if self.now.kind == "edge":
            token = self.step()
            if (token.text == "->") != self.graph.directed:
                right, kind = ("->", "digraph") if self.graph.directed else ("--", "graph")
                raise NotAGraph(f"The edges of a {kind} are written {right}, not {token.text}", token.start)
            return here
        label = self.attributes()
        if before is None and len(here) == 1 and label:
            self.graph.nodes[here[0]] = label
        elif before is not None and label:
            self.graph.edges[first:] = [(one, other, label) for one, other, _ in self.graph.edges[first:]]
        return None

    def attributes(self) -> str:
        """What the lists of attributes here say of a label."""
        label = ""
        while self.now.kind == "[":
            self.step()
            while self.now.kind != "]":
                if self.now.kind in {";", ","}:
                    self.step()
                    continue
                if self.now.kind in {"end", "}", "{", "edge"}:
                    raise NotAGraph(f"A [ is never closed by ]; here is {self.now}", self.now.start)
                start = self.now.start
                name = self.id()
                value = "true"
                if self.now.kind == "=":
                    self.step()
                    is_html = self.now.kind == "html"
                    value = self.id()
                    value = " ".join(unescape(_ENTITY.sub(" ", value[1:-1])).split()) if is_html else value
                self.graph.asks.setdefault(name.casefold(), start)
                if name.casefold() in {"label", "xlabel"}:
                    label = value
            self.step()
        return label


def _tokens(source: str) -> Iterator[_Token]:
    at = 0
    while True:
        space = _SPACE.match(source, at)
        at = space.end() if space else at
        if at >= len(source):
            while True:
                yield _Token("end", "", max(0, len(source.rstrip()) - 1))
        if source[at] == "<":
            end = _end_of_html(source, at)
            yield _Token("html", source[at:end], at)
            at = end
            continue
        match = _TOKEN.match(source, at)
        if not match:
            if source[at] == '"':
                raise NotAGraph('A " is never closed', at)
            if source.startswith("/*", at):
                raise NotAGraph("A comment is never closed by */", at)
            raise NotAGraph(f'"{source[at]}" has no meaning here; a name that holds it must be quoted', at)
        kind = match.lastgroup or ""
        yield _Token(match[0] if kind == "sign" else kind, match[0], at)
        at = match.end()


def plain_labels(source: str) -> tuple[str, int]:
    """A graph whose labels in HTML, `<two<br/>lines>`, are their words, since Graphviz's package can't read HTML.

    And how many there were. Lines of the source stay lines. May raise `NotAGraph`.
    """
    pieces, last, count = list[str](), 0, 0
    for token in _tokens(source):
        if token.kind == "end":
            break
        if token.kind == "html":
            html = _LINE_END.sub("\0", token.text[1:-1].replace("\n", " "))
            html = _ENTITY.sub("", _CELL.sub(" ", html))
            words = "\n".join(" ".join(unescape(line).split()) for line in html.split("\0")).strip("\n")
            quoted = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            pieces += [source[last : token.start], f'"{quoted}"', "\n" * token.text.count("\n")]
            last, count = token.start + len(token.text), count + 1
    return "".join((*pieces, source[last:])), count


_LINE_END = regex(r"<br\b[^<>]*>|</tr\s*>", re.IGNORECASE)
_CELL = regex(r"</?(?:td|table|tr|img|hr|vr)\b[^<>]*>", re.IGNORECASE)


def _end_of_html(source: str, start: int) -> int:
    depth = 0
    for bracket in re.finditer("[<>]", source[start:]):
        depth += 1 if bracket[0] == "<" else -1
        if not depth:
            return start + bracket.end()
    raise NotAGraph("A < is never closed by >", start)


# --- in words -----------------------------------------------------------------------------------

_MOST_SAID = 24
"""Edges or nodes that a description names."""
_BREAK = regex(r"\\[nlr]")
_FIELD = regex(r"<[^<>{}|]*>")


def describe(graph: Graph) -> str:
    """`Client to Cache (asks), Cache to Store`; `A and B` where edges have no direction; names where there are none."""
    between = " to " if graph.directed else " and "

    def name(node: str) -> str:
        return _plain(graph.nodes.get(node) or node, node)

    said = [
        f"{name(one)}{between}{name(other)}" + (f" ({_plain(label, one)})" if label else "")
        for one, other, label in graph.edges[: _MOST_SAID + 1]
    ]
    more = max(0, len(graph.edges) - len(said))
    linked = {node for one, other, _ in graph.edges for node in (one, other)}
    said += [name(node) for node in graph.nodes if node not in linked]
    more += max(0, len(said) - _MOST_SAID)
    return ", ".join(filter(None, said[:_MOST_SAID])) + (f", and {more} more" if more > 0 else "")


def _plain(label: str, node: str) -> str:
    """`{<f0> left|right}` to `left, right`."""
    words = _BREAK.sub(" ", label.replace("\\N", node))
    if "|" in words:
        words = ", ".join(part.strip(" {}") for part in _FIELD.sub("", words).split("|"))
    return " ".join(unescape(words.replace("\\", "")).split())
