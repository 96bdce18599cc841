"""What YAML's parser says, in the words of someone who edits a course: one finding, with something to type.

The tree itself is `yamltree`'s. PyYAML has two parsers (libyaml and its own), whose sentences differ;
what is recognised here is what both have in common.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sitegen.diagnostics import Diagnostic, Related, Rule, Span, span_of_offset
from sitegen.patterns import regex
from sitegen.values import Value

if TYPE_CHECKING:
    import yaml

YAML_SYNTAX = Rule(
    "yaml-syntax",
    "error",
    "The text can't be read as YAML, so nothing after this place is known. Most often a value holds a "
    "character that means something to YAML (a colon followed by a space, @, *, &, %, a quote) and wants "
    "quotes around it, or a line is indented by a tab or by one space too many.",
    wrong="schedule:\n  - topic: Serving: part two",
    right='schedule:\n  - topic: "Serving: part two"',
)

QUOTE_HELP = 'Put the text in double quotes: "...".'

_FORBIDDEN = regex("[\0-\x08\v\f\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""YAML 1.2 section 5.1: the characters that aren't printable."""
_MASKED_SPACE = regex(
    r"^ *(?:- +)*([\xa0\u2000-\u200f\u202f\u2060\u3000\ufeff])|[:-]([\xa0\u2000-\u200f\u202f\u2060\u3000])"
)
"""A character that looks like a space, or like nothing, where YAML wants a plain space."""
_KEY_AND_REST = regex(r"(?P<key> *(?:- +)*[^\s\"'\[{#:][^:]*): +(?P<rest>\S.*?)(?: +#.*)?$")
_PAIR_IN_BRACKETS = regex(r"(?P<key>[^\s{}\[\],:\"'][^{}\[\],:]*): +(?P<rest>[^\s{}\[\],\"'][^{}\[\],]*)$")

_STARTERS = {
    "@": ("A value can't start with @.", 'Leave the @ out (keys of papers are written bare), or use quotes: "@...".'),
    "`": ("A value can't start with a backtick.", QUOTE_HELP),
    "%": ("A value can't start with %.", QUOTE_HELP),
    "*": ("A value that starts with * is read as an alias.", QUOTE_HELP),
    "&": ("A value that starts with & is read as an anchor.", QUOTE_HELP),
    "!": ("A value that starts with ! is read as a tag.", QUOTE_HELP),
    "?": ("A value can't start with a question mark and a space.", QUOTE_HELP),
}
_COLON_HELP = "Write key: value, with a space after the colon."


def forbidden_character(text: str, file: str, shift: int) -> Diagnostic | None:
    """The first character that YAML doesn't allow anywhere; None when there is none."""
    match = _FORBIDDEN.search(text)
    if not match:
        return None
    span = _moved(span_of_offset(file, text, match.start()), shift)
    return YAML_SYNTAX.at(span, f"The character U+{ord(match[0]):04X} can't stand in YAML.", "Delete it.")


def masked_space(char: str, span: Span) -> Diagnostic:
    """The finding for a character that looks like a space, or like nothing, where YAML wants a plain space."""
    message = f"The character U+{ord(char):04X} looks like a space here, but isn't one."
    return YAML_SYNTAX.at(span, message, "Replace it by a plain space.")


def quoted(text: str) -> str:
    """`text` as YAML in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Fault(Value):
    """Where the parser stopped, and why."""

    file: str
    lines: list[str]
    shift: int
    line: int
    """Counts from 0, as `column` does, in `lines`."""
    column: int
    context: str
    problem: str
    opened: Span
    """Where the construct began that couldn't be finished."""

    @property
    def here(self) -> str:
        return self.lines[self.line] if self.line < len(self.lines) else ""

    @property
    def before(self) -> str:
        return self.here[: self.column]

    @property
    def char(self) -> str:
        return self.here[self.column : self.column + 1]

    @property
    def span(self) -> Span:
        return self.place(self.line, self.column)

    def place(self, line: int, column: int, width: int = 0) -> Span:
        number = line + 1 + self.shift
        return Span(self.file, number, column + 1, number if width else 0, column + 1 + width if width else 0)

    @property
    def line_above(self) -> int | None:
        """The nearest line above that isn't empty or a comment."""
        above = range(min(self.line, len(self.lines)) - 1, -1, -1)
        return next((n for n in above if self.lines[n].strip() and not self.lines[n].lstrip().startswith("#")), None)


def explain_syntax(error: yaml.YAMLError, text: str, file: str, shift: int) -> Diagnostic:
    """The one finding for a text that the parser gave up on. `shift` lines stand in `file` above `text`."""
    import yaml

    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return YAML_SYNTAX.at(Span(file, 1 + shift), "This can't be read as YAML.", QUOTE_HELP)
    mark, context = error.problem_mark, error.context_mark
    opened = (context.line, context.column) if context else (mark.line, mark.column)
    fault = _Fault(
        file,
        text.split("\n"),
        shift,
        mark.line,
        mark.column,
        error.context or "",
        error.problem or "",
        Span(file, opened[0] + 1 + shift, opened[1] + 1),
    )
    return (
        _spaces(fault)
        or _comments(fault)
        or _scalars(fault)
        or _colons(fault)
        or _brackets(fault)
        or _neighbours(fault)
    )


def _spaces(fault: _Fault) -> Diagnostic | None:
    """Tabs, and what looks like a space and isn't one."""
    tab = fault.here.find("\t")
    if 0 <= tab <= fault.column and not fault.before.strip():
        return YAML_SYNTAX.at(
            fault.place(fault.line, tab), "A tab can't indent YAML.", "Use spaces, two for each level."
        )
    above = fault.line_above
    for line in [fault.line] + ([] if above is None else [above]):
        masked = _MASKED_SPACE.search(fault.lines[line]) if line < len(fault.lines) else None
        if masked:
            column = masked.start(1) if masked[1] else masked.start(2)
            return masked_space(fault.lines[line][column], fault.place(line, column))
    return None


_COLOUR_COMMENT = regex(r"[:,\[]\s+(?P<colour>#[0-9a-fA-F]{3,8})(?=[\s,}\]])")


def _comments(fault: _Fault) -> Diagnostic | None:
    """`{light: #a3271f, dark: teal}`: the rest of the line is a comment, the closing brace, too."""
    for line in range(min(fault.line, len(fault.lines) - 1), -1, -1):
        match = _COLOUR_COMMENT.search(fault.lines[line])
        before = fault.lines[line][: match.start()] if match else ""
        opened_here = before.count("{") + before.count("[") > before.count("}") + before.count("]")
        opened_above = "flow" in fault.context and fault.opened.line - 1 - fault.shift < line
        if match and (opened_here or opened_above):
            place = fault.place(line, match.start("colour"), len(match["colour"]))
            message = "A # after a space starts a comment in YAML, so the line ends here and its bracket stays open."
            return YAML_SYNTAX.at(place, message, f"Put the colour in quotes: {quoted(match['colour'])}.")
    return None


def _scalars(fault: _Fault) -> Diagnostic | None:
    """Values that start with, or hold, what means something else."""
    context, problem = fault.context, fault.problem
    if "directive" in context or "YAML document" in problem:
        return YAML_SYNTAX.at(fault.place(fault.line, 0), "A line can't start with %.", QUOTE_HELP)
    if "quoted scalar" in context:
        if "document" in problem or "end of stream" in problem:
            return YAML_SYNTAX.at(
                fault.opened, "A quote is opened here and never closed.", "Close it on the same line."
            )
        message = "Between double quotes, a backslash can't stand before this character."
        backslash = fault.place(fault.line, max(fault.here.rfind("\\", 0, fault.column + 1), 0))
        return YAML_SYNTAX.at(backslash, message, r"Write \\ for a backslash, or use single quotes.")
    if "block scalar" in context:
        message = "After | or > the text starts on the next line."
        return YAML_SYNTAX.at(fault.span, message, "Start a new line here and indent it, or use double quotes.")
    for word, char in (("alias", "*"), ("anchor", "&"), ("tag", "!")):
        if word in context or f"undefined {word} handle" in problem:
            return YAML_SYNTAX.at(fault.opened, *_STARTERS[char])
    if "keys are not allowed" in problem:
        return YAML_SYNTAX.at(fault.span, *_STARTERS["?"])
    if fault.char in _STARTERS and "cannot start any token" in problem:
        return YAML_SYNTAX.at(fault.span, *_STARTERS[fault.char])
    if "sequence entries are not allowed" in problem:
        help = "Start the list on the next line, or write [a, b]."
        return YAML_SYNTAX.at(fault.span, "A list can't start on the line of its key.", help)
    return None


def _colons(fault: _Fault) -> Diagnostic | None:
    """A colon too many, or one too few."""
    if "could not find expected ':'" in fault.problem:
        return YAML_SYNTAX.at(fault.opened, "This line has no colon after its key.", _COLON_HELP)
    pair = _PAIR_IN_BRACKETS.search(fault.before)
    if pair and fault.char == ":" and "expected ',' or" in fault.problem:
        rest = re.split(r"[{}\[\],]", fault.here[fault.column :], maxsplit=1)[0]
        help = f"Put the value in double quotes: {pair['key']}: {quoted((pair['rest'] + rest).strip())}."
        return YAML_SYNTAX.at(fault.span, "This value has a colon with a space after it.", help)
    if "values are not allowed" not in fault.problem:
        return None
    pair = _KEY_AND_REST.match(fault.here)
    if pair and pair.start("rest") <= fault.column:
        value = pair["rest"]
        help = f"Put the value in double quotes: {pair['key'].lstrip(' -')}: {quoted(value)}."
        return YAML_SYNTAX.at(fault.span, "This line has a second colon with a space after it.", help)
    above = fault.line_above
    if above is not None and not re.search(r":(\s|$)", fault.lines[above]):
        start = len(fault.lines[above]) - len(fault.lines[above].lstrip(" -"))
        return YAML_SYNTAX.at(fault.place(above, start), "This line has no colon after its key.", _COLON_HELP)
    if above is None or _indent(fault.here) <= _indent(fault.lines[above]):
        return YAML_SYNTAX.at(fault.span, "A colon can't stand here.", QUOTE_HELP)
    message = "This line is indented further than the one above it, which has a value already."
    help = "Line the key up with its neighbours, or put a text that goes on over several lines in double quotes."
    return YAML_SYNTAX.at(fault.place(fault.line, _indent(fault.here)), message, help)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _brackets(fault: _Fault) -> Diagnostic | None:
    """Brackets and braces that don't match, and commas with nothing between them."""
    if "node content" in fault.problem:
        if not fault.char:
            return YAML_SYNTAX.at(fault.opened, "The value that starts here isn't finished.", QUOTE_HELP)
        if fault.here.startswith("..."):
            return YAML_SYNTAX.at(fault.span, "A line with ... ends the file before it has begun.", "Remove it.")
        help = "Remove it, write a value before it, or put the text in double quotes."
        return YAML_SYNTAX.at(fault.span, f'A value can\'t start with "{fault.char}".', help)
    if "expected ',' or" in fault.problem:
        pair = "{ and }" if "mapping" in fault.context else "[ and ]"
        return YAML_SYNTAX.at(
            fault.opened,
            f"What opens here isn't closed, or a comma is missing between {pair}.",
            "Close the bracket, separate with commas, and quote a value that holds a comma, colon or bracket.",
        )
    if fault.char and fault.char in "]}":
        return YAML_SYNTAX.at(
            fault.span, f"There is one {fault.char} too many.", "Remove it, or quote the whole value."
        )
    return None


def _neighbours(fault: _Fault) -> Diagnostic:
    """A line that doesn't go on with what the lines above it began."""
    left = fault.before.rstrip()
    if left.endswith(('"', "'")):
        return _after_quote(fault, left[-1])
    if left.endswith(("]", "}")):
        return YAML_SYNTAX.at(fault.span, "There is text after the closing bracket.", "Put the whole value in quotes.")
    if "block mapping" in fault.context and fault.here.lstrip().startswith("- "):
        message = "A dash starts a list item here, where a key is expected."
        help = "Indent the list below its key, or write the item as key: value."
        return YAML_SYNTAX.at(fault.span, message, help)
    if "block collection" in fault.context or "block sequence" in fault.context:
        message = "This line is neither an item of the list above it nor part of one."
        help = 'Start it with "- ", or indent it so that it belongs to the item above.'
        return YAML_SYNTAX.at(fault.span, message, help)
    if "block mapping" in fault.context:
        message = "This line isn't at the same indentation as its neighbours."
        return YAML_SYNTAX.at(fault.span, message, "Line it up with the keys above it.")
    return YAML_SYNTAX.at(fault.span, "This line doesn't belong to what stands above it.", QUOTE_HELP)


def _after_quote(fault: _Fault, quote: str) -> Diagnostic:
    """Text behind a closing quote; often the quote was opened, and forgotten, on a line above."""
    if fault.before.count(quote) % 2 == 0:
        return YAML_SYNTAX.at(
            fault.span, "There is text after the closing quote.", "Put the whole value inside the quotes."
        )
    above = range(min(fault.line, len(fault.lines)) - 1, -1, -1)
    line = next((n for n in above if fault.lines[n].count(quote) % 2), fault.line)
    related = [Related(fault.span, "and closed only by the next quote, here")]
    column = max(fault.lines[line].rfind(quote), 0)
    return YAML_SYNTAX.at(
        fault.place(line, column), "A quote is opened here and not closed on its line.", "Close it.", related
    )


def _moved(span: Span, shift: int) -> Span:
    return Span(span.file, span.line + shift, span.column, span.end_line + shift, span.end_column)
