r"""The formulas of one text: its equations with their numbers, and what refers to them.

Equations are counted in the order in which they are written, and the same number is shown in the notes and on the
slides. A single formula is `mathml`'s; where formulas stand in a text is found by `inline`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape, unescape
from unicodedata import normalize

from sitegen.amsmath import EQUATIONS, MARK_NAME, Mark
from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.mathml import Converted, Fault, Macros, convert, mathml
from sitegen.patterns import regex
from sitegen.prose.pieces import Formula, Found, Pointer
from sitegen.spokenmath import spell
from sitegen.texts import unique
from sitegen.values import Value, field

BAD_FORMULA = Rule(
    "bad-formula",
    "error",
    "The LaTeX between the dollar signs can't be converted to MathML, so students would see its source. "
    "The sentence is math-core's; amsmath's usual commands are known.",
    wrong=r"$\frac{1}{2$",
    right=r"$\frac{1}{2}$",
)
OPEN_FORMULA = Rule(
    "open-formula",
    "error",
    "A displayed formula opens and isn't closed before the next empty line, which ends it in LaTeX, too. Students "
    "would see its source.",
    wrong="$$\nx = 1\n\ny = 2\n$$",
    right="$$\nx = 1 \\\\\ny = 2\n$$",
)
UNKNOWN_EQUATION = Rule(
    "unknown-equation",
    "error",
    "A reference names an equation by a label that no formula of the same text has. For an equation on another page, "
    "write a link: [equation 1](lectures/intro.md#eq:loss).",
    wrong=r"$$ L = 0 \label{eq:loss} $$ ... by \eqref{eq:los}",
    right=r"$$ L = 0 \label{eq:loss} $$ ... by \eqref{eq:loss}",
)
SAME_LABEL = Rule(
    "same-label",
    "error",
    "Two equations of one text have the same label, so a reference to it could mean either.",
    wrong=r"$$ a \label{eq:a} $$ ... $$ b \label{eq:a} $$",
    right=r"$$ a \label{eq:a} $$ ... $$ b \label{eq:b} $$",
)
UNNUMBERED_LABEL = Rule(
    "unnumbered-label",
    "error",
    "A label stands on a line that has no number, as in an environment with a star, so nothing can refer to it.",
    wrong=r"\begin{align*} a &= b \label{eq:a} \end{align*}",
    right=r"\begin{align} a &= b \label{eq:a} \end{align}",
)

_IS_EQUATION = regex(rf"\\(?:label|tag|(?:eq)?ref|begin\s*\{{(?:{'|'.join(sorted(EQUATIONS))})\*?\}})")
_NUMBER = regex(
    r'<mtd class="(?P<kind>(?:side )?eqno)"(?: id="(?P<id>[^"]*)")?>'
    r"<mtext>(?P<before>\(?)(?P<number>[^()<]*)(?P<after>\)?)</mtext>"
)
_NO_NAME = regex(r"(?:[^\w\u0300-\u036f:.-]|[\u0080-\u00bf]|(?![0-9])\d)+")
"""What can't stand in an XML name, which the Nu checker wants ids in MathML to be."""
_REFERENCE = regex(r'<a href="#(?P<mark>:mark:\d+:)">[^<]*</a>')
_TEXT = regex(r"<semantics>(.*)<annotation", re.DOTALL)
_LINK = regex(r'<a href="#:link:(\d+):"></a>')
"""A reference in a formula, whose address depends on the page; by its number in `Equations.links`."""


class Anchor(Value):
    """A labelled line of an equation."""

    id: str
    number: str
    """As HTML, without parentheses; of a `\\tag*` as it is."""
    is_starred: bool
    formula: int
    """The number of its formula among what was found in the text; -1 for a figure or a table."""


class Link(Value):
    """A reference to an equation."""

    label: str
    in_parentheses: bool
    span: Span


class Equations(Value):
    """All formulas of a text that have numbers or refer to one."""

    formulas: Mapping[int, str | Fault] = field(factory=dict)
    """MathML by the number of what was found; a reference in it waits for `put_links`."""
    anchors: Mapping[str, Anchor] = field(factory=dict)
    """By label."""
    links: Sequence[Link] = ()

    def words(self, label: str, in_parentheses: bool) -> str:
        """The number that a reference shows, as HTML; question marks for one that leads nowhere."""
        anchor = self.anchors.get(label)
        number = anchor.number if anchor else "??"
        return f"({number})" if in_parentheses and not (anchor and anchor.is_starred) else number

    def labels(self) -> Iterator[tuple[str, str]]:
        """(id, what a link to it says) of each labelled line: `Equation 2`."""
        for anchor in self.anchors.values():
            if anchor.formula >= 0:
                yield anchor.id, f"Equation {unescape(anchor.number)}"

    def put_links(self, html: str, write: Callable[[str, bool], str]) -> str:
        """A formula with each of its references as `write` has it: (label, in parentheses) to HTML."""

        def link(match: re.Match[str]) -> str:
            link = self.links[int(match[1])]
            return write(link.label, link.in_parentheses)

        return _LINK.sub(link, html)


def is_equation(tex: str) -> bool:
    """Whether a formula has a number, or refers to one."""
    return "\\" in tex and _IS_EQUATION.search(tex) is not None


def number_equations(
    found: Sequence[Found],
    shown: Iterable[int],
    macros: Macros,
    prefix: str,
    taken: set[str],
    others: Mapping[str, str],
    span: Callable[[int, int], Span],
) -> tuple[Equations, list[Diagnostic]]:
    r"""The equations among `found`, as far as they are `shown`; `span` gives the place of (offset, length).

    Their ids start with `prefix` and are none of `taken`. `others` are ids of figures and tables, with what refers to
    them says; `\ref` shows its number.
    """
    counted = _Counting(macros, prefix, taken, span)
    links = []
    for number in sorted(shown):
        value = found[number]
        if isinstance(value, Formula) and is_equation(value.tex):
            counted.add(number, value)
        elif isinstance(value, Pointer):
            links.append(Link(value.label, value.in_parentheses, span(value.start, len(value.written))))
    for name, words in others.items():
        counted.anchors.setdefault(name, Anchor(name, escape(words.rpartition(" ")[2]), False, -1))
    unknown = (link for link in (*links, *counted.links) if link.label not in counted.anchors)
    findings = counted.findings + [_tell_unknown(link, counted.anchors) for link in unknown]
    return Equations(counted.formulas, counted.anchors, counted.links), findings


def _tell_unknown(link: Link, anchors: Iterable[str]) -> Diagnostic:
    near = closest(link.label, anchors)
    help = f'Did you mean "{near}"?' if near else f"Write \\label{{{link.label}}} in the formula that is meant."
    return UNKNOWN_EQUATION.at(link.span, f'No equation of this text has the label "{link.label}".', help)


class _Counting:
    """Numbers given so far."""

    def __init__(self, macros: Macros, prefix: str, taken: set[str], span: Callable[[int, int], Span]) -> None:
        self.macros, self.prefix, self.taken, self.span = macros, prefix, set(taken), span
        self.formulas: dict[int, str | Fault] = {}
        self.anchors: dict[str, Anchor] = {}
        self.places: dict[str, Span] = {}
        self.links: list[Link] = []
        self.findings: list[Diagnostic] = []
        self.count = 0

    def add(self, number: int, value: Formula) -> None:
        converted = convert(value.tex, value.display, self.macros)
        if isinstance(converted, Fault):
            self.formulas[number] = converted
            return
        if not value.display and _NUMBER.search(converted.html):
            words = "an equation with a number stands on a line of its own"
            self.formulas[number] = Fault(words, 0, len(value.tex), "Write $$ around it.")
            return
        start = value.start + value.margin
        labels = {mark_number for mark_number, mark in enumerate(converted.marks) if mark.kind == "label"}

        def cell_of(match: re.Match[str]) -> str:
            tag = MARK_NAME.fullmatch(match["number"])
            if tag:
                words, cell = _read_tag(converted.marks[int(tag[1])].words, self.macros)
            else:
                self.count += 1
                words, cell = str(self.count), ""
            label = MARK_NAME.fullmatch(match["id"] or "")
            given = ""
            if label:
                labels.discard(int(label[1]))
                mark = converted.marks[int(label[1])]
                name = self._name(mark, Anchor("", words, not match["before"], number), start)
                given = f' id="{escape(name)}"' if name else ""
            before, after = match["before"], match["after"]
            shown = (
                f"<mtext>{before}</mtext>{cell}<mtext>{after}</mtext>"
                if cell
                else f"<mtext>{before}{words}{after}</mtext>"
            )
            return f'<mtd class="{match["kind"]}"{given}>{shown}'

        html = _NUMBER.sub(cell_of, converted.html)
        for left in sorted(labels):
            mark = converted.marks[left]
            message = f'The label "{mark.words}" stands on a line without a number.'
            help = "Take the star from the environment's name, or give the line a \\tag."
            self.findings.append(UNNUMBERED_LABEL.at(self.span(start + mark.start, mark.length), message, help))
        self.formulas[number] = _REFERENCE.sub(lambda match: self._link(match["mark"], converted, start), html)

    def _name(self, mark: Mark, anchor: Anchor, start: int) -> str:
        """The id of a labelled line; empty when another line has its label."""
        span = self.span(start + mark.start, mark.length)
        if mark.words in self.anchors:
            first = self.places[mark.words]
            message = f'The label "{mark.words}" is that of an equation on line {first.line}, too.'
            self.findings.append(SAME_LABEL.at(span, message, "Give one of the two another label."))
            return ""
        name = _NO_NAME.sub("-", normalize("NFC", mark.words.strip()))
        start_of_name = name[:3] if name.startswith(("eq:", "eq-")) else "eq:"
        name = unique(start_of_name + self.prefix + name.removeprefix(start_of_name), self.taken)
        self.anchors[mark.words] = Anchor(name, anchor.number, anchor.is_starred, anchor.formula)
        self.places[mark.words] = span
        return name

    def _link(self, name: str, converted: Converted, start: int) -> str:
        mark = converted.marks[int(name.strip(":").rpartition(":")[2])]
        self.links.append(Link(mark.words, mark.kind == "eqref", self.span(start + mark.start, mark.length)))
        return f'<a href="#:link:{len(self.links) - 1}:"></a>'


def _read_tag(words: str, macros: Macros) -> tuple[str, str]:
    """(as references show it, MathML) of a tag; without MathML for one that is words alone."""
    math = mathml(rf"\text{{{words}}}", False, macros) if re.search(r"[$\\{}]", words) else ""
    found = _TEXT.search(math) if isinstance(math, str) else None
    if not found or not isinstance(math, str):
        return escape(words, quote=False), ""
    return escape(spell(math), quote=False), found[1]


def find_open(text: str, prose: str) -> Iterator[tuple[int, str]]:
    """(offset, what opens it) of displayed formulas that are never closed; in `prose`, all else that opens is blank."""
    is_open = False
    for match in _OPENING.finditer(text):
        at, sign = match.start("sign"), match["sign"]
        if sign == "$$" and prose[at : at + 2] == sign:
            is_open = not is_open  # the next one was meant to close it
            if is_open:
                yield at, sign
        elif sign != "$$" and prose[at + 2 : at + len(sign)] == sign[2:]:
            yield at, sign


_OPENING = regex(
    rf"^[ ]{{0,3}}(?:>[ ]?)*(?P<sign>\$\$(?=[ \t]*$)|\\begin\{{(?:{'|'.join(sorted(EQUATIONS))})\*?\}})", re.MULTILINE
)


def tell_open(sign: str, span: Span) -> Diagnostic:
    end = sign.replace("begin", "end")
    message = f"The formula that opens here isn't closed by {end} before the next empty line."
    return OPEN_FORMULA.at(span, message, f"Remove the empty lines from it, or add {end}.")


def tell_fault(written: str, fault: Fault, span: Span) -> Diagnostic:
    help = fault.help or "Mend its LaTeX; write a dollar sign that is money as \\$."
    return BAD_FORMULA.at(span, f"The formula {_clip(written)} can't be converted: {fault.words}.", help)


def _clip(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."
