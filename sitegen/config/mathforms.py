r"""How site.yaml says which LaTeX commands the course's formulas have of their own: `macros: {'\R': '\mathbb{R}'}`.

Whether LaTeX can do what they stand for is `macros`'; here each finding gets its line.
"""

from __future__ import annotations

from sitegen.config.fields import BAD_VALUE, TEXT, Findings, Key, Record, Schema, Table
from sitegen.config.yamltree import Node, Pairs, Scalar
from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.macros import MacroFault, check_macros
from sitegen.mathml import Macros
from sitegen.patterns import regex
from sitegen.plan import MathSettings
from sitegen.values import Value

BAD_MACRO = Rule(
    "bad-macro",
    "error",
    "A command that site.yaml defines for the course's formulas can't be used: its LaTeX isn't understood, or it leads "
    "back to itself.",
    wrong=r"math: {macros: {'\R': '\mathb{R}'}}",
    right=r"math: {macros: {'\R': '\mathbb{R}'}}",
)
MACRO_CLASH = Rule(
    "macro-clash",
    "warning",
    "A command that site.yaml defines for the course's formulas has the name of one of LaTeX's own, which means "
    "something else. Formulas that are copied from a paper would then read differently.",
    wrong=r"math: {macros: {'\epsilon': '\varepsilon'}}",
    right=r"math: {macros: {'\eps': '\varepsilon'}}",
)

_NAME = regex(r"\\?([a-zA-Z]+|[^\w\s\\{}$&#^~%.,:;!'\"<>()\[\]])")
_EATEN = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e", "\0": "0"}
"""What YAML reads for a backslash and a letter between double quotes."""
_EATEN_SIGN = regex(f"[{''.join(_EATEN)}](?=[a-zA-Z])")


class MacrosType(Value):
    """Commands with what they stand for; those that can't be used are told and left out."""

    def read(self, node: Node, findings: Findings) -> Macros | None:
        if isinstance(node, Pairs):
            eaten = [_tell_eaten(part) for pair in node.pairs for part in pair if _is_eaten(part)]
            findings += eaten
            node = Pairs(node.span, tuple(pair for pair in node.pairs if not any(map(_is_eaten, pair))))
        pairs = _TABLE.read(node, findings)
        if pairs is None:
            return None
        places: dict[str, tuple[Span, Span]] = {}
        bodies: dict[str, str] = {}
        for key, body in pairs:
            name = _NAME.fullmatch(key)
            if not name:
                message = f'"{key}" isn\'t the name of a command in LaTeX.'
                help = r"A name is a backslash with letters after it, such as \norm; arguments are #1, #2 in the value."
                findings.append(BAD_MACRO.at(key.span, message, help))
            elif name[1] in bodies:
                findings.append(BAD_MACRO.at(key.span, f"\\{name[1]} is defined twice.", "Remove one of the two."))
            else:
                bodies[name[1]], places[name[1]] = body, (key.span, body.span)
        faults = list(check_macros(tuple(bodies.items())))
        findings += [_tell(fault, *places[fault.name]) for fault in faults]
        unusable = {fault.name for fault in faults if not fault.is_clash}
        # Formulas that use what was told aren't wrong, too.
        return tuple((name, "" if name in unusable else str(body)) for name, body in bodies.items())

    def schema(self) -> Schema:
        return _TABLE.schema()


_TABLE = Table(TEXT, "commands with what they stand for")

MATH = Record(
    "math",
    MathSettings,
    [Key("macros", MacrosType(), r"The course's own commands in formulas, such as '\norm': '\lVert #1 \rVert'.")],
    partial=True,
)


def _tell(fault: MacroFault, name: Span, body: Span) -> Diagnostic:
    if fault.is_clash:
        return MACRO_CLASH.at(name, f"\\{fault.name} is defined anew: {fault.words}.", fault.help)
    return BAD_MACRO.at(body, f"\\{fault.name} can't be used: {fault.words}.", fault.help)


def _is_eaten(node: Node) -> bool:
    """Whether YAML took a command's backslash and first letter for a tab or the like."""
    return isinstance(node, Scalar) and not node.plain and _EATEN_SIGN.search(node.text.strip(" \n")) is not None


def _tell_eaten(node: Node) -> Diagnostic:
    assert isinstance(node, Scalar)
    sign = _EATEN_SIGN.search(node.text)
    assert sign
    letter = _EATEN[sign[0]]
    message = f"Between double quotes, YAML reads \\{letter} as a character of its own, so no command begins here."
    return BAD_MACRO.at(node.span, message, "Use single quotes, in which a backslash is a backslash.")


_COMMENTED = regex(r"\s+(#\d)")


def find_commented(node: Node | None, text: str) -> Findings:
    r"""`\norm: \lVert #1 \rVert`: what looks like an argument is a comment, so the macro ends before it."""
    macros = (
        next((value for key, value in node.pairs if key.text == "macros"), None) if isinstance(node, Pairs) else None
    )
    lines, findings = text.split("\n"), []
    for key, value in macros.pairs if isinstance(macros, Pairs) else ():
        line = lines[value.span.end_line - 1] if isinstance(value, Scalar) and value.plain else ""
        if comment := _COMMENTED.match(line, value.span.end_column - 1):
            start = comment.start(1)
            span = Span(value.span.file, value.span.end_line, start + 1, value.span.end_line, start + 3)
            message = f"A # after a space starts a comment in YAML, so {key.text} ends before it."
            whole = line[value.span.column - 1 :].strip()
            findings.append(BAD_VALUE.at(span, message, f"Write {key.text}: '{whole}', in single quotes."))
    return findings
