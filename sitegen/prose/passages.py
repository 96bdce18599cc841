"""A passage of Markdown to HTML in which links and citations wait for the course.

Where a link leads and how a citation reads depends on other files; such a place stays a placeholder,
numbered as in `Passage.references`, which `references` fills in. Front matter, titles and sections
are `documents`.
"""

from __future__ import annotations

import html as html_text
import re
from bisect import bisect_right
from collections.abc import Set
from dataclasses import dataclass, field
from urllib.parse import unquote

from sitegen.addresses import CLOSE, CONTENT, OPEN, fill, is_external, placeholder
from sitegen.diagnostics import Diagnostic, Rule, Span, span_of_offset
from sitegen.model import CiteItem, Heading, Reference
from sitegen.prose.formulas import Fault, mathml
from sitegen.prose.inline import Address, Citation, Drawing, Formula, Found, find_inline
from sitegen.prose.limits import HELP, TOO_COMPLEX, Excess, find_excess, find_length
from sitegen.prose.markup import convert, plain_text

BAD_FORMULA = Rule(
    "bad-formula",
    "error",
    "The LaTeX between the dollar signs can't be converted to MathML, so students would see its source. "
    "The sentence is math-core's; amsmath's usual commands are known.",
    wrong=r"$\frac{1}{2$",
    right=r"$\frac{1}{2}$",
)
OPEN_CODE = Rule(
    "open-code",
    "warning",
    "A block of code opens and is never closed by a line of the same signs, in the same number. It isn't shown as "
    "code then, and what follows isn't read as text.",
    wrong="```python\nx = 1\n````",
    right="```python\nx = 1\n```",
)
SLIDE_JOINED = Rule(
    "slide-joined",
    "warning",
    "In a lecture, a line of three dashes between empty lines opens a slide. Right below a line of text, Markdown "
    "reads it as the underline of a heading or as a rule, and no slide begins.",
    wrong="The last sentence of a slide.\n---",
    right="The last sentence of a slide.\n\n---",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of Markdown as HTML, and what was met in it."""

    html: str = ""
    headings: tuple[Heading, ...] = ()
    ids: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    findings: list[Diagnostic] = field(default_factory=list)


def convert_passage(text: str, start: int, end: int, file: str, top: int = 2, prefix: str = "") -> Passage:
    """The Markdown in `text[start:end]`; `text` is the whole of `file`.

    Headings are at level `top` or below it; `prefix` starts the ids that are made here.
    """
    excess = find_length(end - start)
    if excess:
        return _too_complex(excess, text, start, file)
    marked = find_inline(text[start:end], slides=file.startswith(f"{CONTENT}lectures/"))
    excess = find_excess(marked.prose, marked.parts)
    if excess:
        return _too_complex(excess, text, start, file)

    def spoken(number: int) -> str:
        return html_text.escape(_spoken(marked.found[number]))

    try:
        converted = convert(marked.text, spoken, top, prefix)
    except RecursionError:
        words = "is nested too deeply: lists, quotes, emphasis or tags inside one another"
        return _too_complex(Excess(0, words), text, start, file)
    headings = tuple(Heading(level, name, plain_text(fill(words, spoken))) for level, name, words in converted.headings)
    filling = _Filling(marked.found, text, start, file, {heading.id for heading in headings}, prefix)
    html = filling.fill(converted.html)
    findings = filling.findings + [_open_code(file, text, start + offset) for offset in marked.open_code]
    findings += [_joined(file, text, start + offset) for offset in marked.joined]
    return Passage(html, headings, frozenset(filling.ids), tuple(filling.references), findings)


def _too_complex(excess: Excess, text: str, start: int, file: str) -> Passage:
    place = span_of_offset(file, text, start + excess.start)
    return Passage(findings=[TOO_COMPLEX.at(place, f"This text {excess.words}.", HELP)])


def _open_code(file: str, text: str, offset: int) -> Diagnostic:
    ticks = text[offset : offset + 3]
    return OPEN_CODE.at(
        span_of_offset(file, text, offset, 3),
        "The block of code that opens here is never closed.",
        f"Below its last line, write as many {ticks[0]} on a line as here.",
    )


def _joined(file: str, text: str, offset: int) -> Diagnostic:
    message = "This --- stands right below a line of text, so it doesn't open a slide."
    help = "Leave an empty line above it; for a heading, write ## before its words."
    return SLIDE_JOINED.at(span_of_offset(file, text, offset, 3), message, help)


def _spoken(value: Found) -> str:
    """A formula, citation or drawing in a heading's id and in a table of contents."""
    if isinstance(value, Formula):
        return value.tex
    if isinstance(value, Drawing):
        return "" if value.written[:4].casefold() == "<svg" else plain_text(value.written)
    return value.written


# --- what was taken out is put back -------------------------------------------------------------

SAFE_SCHEMES = ("http", "https", "mailto", "tel")
_FORMULA_HELP = "Mend its LaTeX; write a dollar sign that is money as \\$."

_PIECE = re.compile(
    rf"""
      <p>{OPEN}(?P<alone>\d+){CLOSE}</p>
    | {OPEN}(?P<number>\d+){CLOSE}
    | <!--(?:(?!<!--).)*?-->
    | <(?P<closes>/?)(?P<name>[a-zA-Z][\w-]*)(?:[^<>"']++|"[^"]{{0,2000}}"|'[^']{{0,2000}}')*>
    """,
    re.VERBOSE | re.DOTALL,
)
_TOKEN = re.compile(rf"{OPEN}(\d+){CLOSE}")
_ATTRIBUTE = re.compile(r"""(?P<sign>\s(?P<name>[\w:-]+)\s*=\s*)(?P<value>"[^"]*"|'[^']*'|[^\s"'>]+)""")
_LEADING = frozenset({"href", "xlink:href", "src", "poster", "data"})
"""Attributes that hold an address."""
_LINKING = frozenset(
    {"a", "area", "audio", "embed", "iframe", "image", "img", "link", "object", "source", "track", "video"}
)
_ENDING = frozenset({"p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"})
"""Where a link ends that was never closed."""
_UNREAD = ("<script", "<style", "<textarea")
"""Elements whose text holds no tags, and which may stand outside paragraphs."""
_VERBATIM = frozenset({"pre", "code", "script", "style", "textarea"})


class _Filling:
    """Puts back what `inline` took out, in one pass over the HTML; what depends on other files stays a placeholder.

    In code, what looked like a formula, a citation or a link is the author's text again.
    """

    def __init__(
        self, found: list[Found], text: str, start: int, file: str, heading_ids: Set[str], prefix: str
    ) -> None:
        self.found, self.text, self.start, self.file = found, text, start, file
        self.heading_ids, self.prefix = heading_ids, prefix
        self.findings: list[Diagnostic] = []
        self.references: list[Reference] = []
        self.ids: set[str] = set()
        self._verbatim = ""
        """The element in whose text nothing is put back but as it was written."""
        self._in_link = False
        self._dropped = 0
        """Links inside the link that is open."""
        self._lines: list[int] = []

    def fill(self, html: str) -> str:
        return _PIECE.sub(self._piece, html)

    def _piece(self, match: re.Match[str]) -> str:
        if match["alone"]:
            return self._paragraph(int(match["alone"]))
        if match["number"]:
            return self._code(match) if self._verbatim else self._value(int(match["number"]))
        name = (match["name"] or "").casefold()
        if self._verbatim:
            if match["closes"] and name == self._verbatim:
                self._verbatim = ""
            return self._restored(match[0])
        if match["closes"]:
            return self._close(match[0], name)
        if name in _VERBATIM:
            self._verbatim = name
        elif name == "a":
            if self._in_link:
                self._dropped += 1
                return ""
            self._in_link = True
        return self._tag(match[0], name) if name else self._restored(match[0])

    def _close(self, tag: str, name: str) -> str:
        """Links can't stand in links: of those inside another, only the words stay."""
        if name == "a":
            if self._dropped:
                self._dropped -= 1
                return ""
            self._in_link = False
        elif name in _ENDING:
            self._in_link, self._dropped = False, 0
        return self._restored(tag)

    # What was taken out, in the places where it may stand.

    def _paragraph(self, number: int) -> str:
        value = self.found[number]
        if isinstance(value, Formula) and value.display and not self._verbatim:
            return self._formula(value, "div")
        if isinstance(value, Drawing) and value.written.casefold().startswith(_UNREAD) and not self._verbatim:
            return value.written
        return f"<p>{self._value(number)}</p>"

    def _value(self, number: int) -> str:
        value = self.found[number]
        if isinstance(value, Formula):
            return self._formula(value, "span")
        if isinstance(value, Citation):
            return self._citation(value)
        if isinstance(value, Drawing):
            return self._drawing(value)
        return html_text.escape(value.written)  # it looked like an address, and Markdown found no link

    def _formula(self, value: Formula, element: str) -> str:
        math = mathml(value.tex, value.display)
        if isinstance(math, Fault):
            message = f"The formula {_clip(value.written)} can't be converted: {math.words}."
            help = f"Write {math.instead}." if math.instead else _FORMULA_HELP
            self.findings.append(
                BAD_FORMULA.at(self._span(value.start + value.margin + math.at, math.length), message, help)
            )
            return f'<code class="math">{html_text.escape(value.written)}</code>'
        self.ids.update(re.findall(r' id="([^"]+)"', math))
        if not value.display:
            return math
        return f'<{element} class="math" role="group" tabindex="0" aria-label="Formula">{math}</{element}>'

    def _citation(self, value: Citation) -> str:
        items = tuple(
            CiteItem(item.key, item.before, item.after, item.hide_author, self._span(item.start, item.length))
            for item in value.items
        )
        kind = "words" if self._in_link else "cite"
        return self._reference(Reference(kind, value.written, self._span_of(value), items, value.in_text))

    def _drawing(self, value: Drawing) -> str:
        if value.written.casefold().startswith(_UNREAD):
            return value.written

        def tag(match: re.Match[str]) -> str:
            if not match["name"] or match["closes"]:
                return match[0]
            return self._tag(match[0], match["name"].casefold(), value.start + match.start())

        return _PIECE.sub(tag, value.written)

    def _code(self, match: re.Match[str]) -> str:
        """As it was written; further lines lose as much of their indentation as Markdown took from the first."""
        value = self.found[int(match["number"])]
        written = value.written
        if "\n" in written:
            source = self.text[: self.start + value.start].rpartition("\n")[2]
            shown = re.split(r"[\n>]", match.string[: match.start()])[-1]
            taken = max(0, _indentation(source) - _indentation(shown))
            written = re.sub(rf"\n[ \t]{{0,{taken}}}", "\n", written)
        return html_text.escape(written)

    def _restored(self, html: str) -> str:
        return fill(html, lambda number: html_text.escape(self.found[number].written))

    # Tags.

    def _tag(self, tag: str, name: str, offset: int = -1) -> str:
        """An opening tag; `offset` is its place in the source when it is known."""
        is_linking = name in _LINKING and 'class="footnote-' not in tag
        if not (OPEN in tag or is_linking or " id" in tag):
            return tag

        pieces = []
        done = 0
        for match in _ATTRIBUTE.finditer(tag):
            pieces.append(self._restored(tag[done : match.start()]))
            place = offset + match.start("value") if offset >= 0 else -1
            pieces.append(self._attribute(match, name if is_linking else "", place))
            done = match.end()
        return "".join((*pieces, self._restored(tag[done:])))

    def _attribute(self, match: re.Match[str], linking: str, place: int) -> str:
        """One attribute; in a tag named `linking`, addresses are replaced."""
        key, value = match["name"].casefold(), match["value"]
        inside = value[1:-1] if value[0] in "\"'" else value
        if key == "id":
            self.ids.add(html_text.unescape(inside))
        if not linking or key not in _LEADING:
            return self._restored(match[0])
        token = _TOKEN.fullmatch(inside)
        written = self.found[int(token[1])] if token else None
        if isinstance(written, Address):
            target, span = written.target, self._span_of(written)
        else:
            target = html_text.unescape(self._restored(inside).strip())
            span = self._find(target, place + (len(value) > len(inside)) if place >= 0 else -1)
        if is_external(target) and target.partition(":")[0].casefold() in SAFE_SCHEMES:
            return f'{match["sign"]}"{html_text.escape(target)}"' if token else match[0]
        if target.startswith("#") and self.prefix + unquote(target[1:]) in self.heading_ids:
            target = f"#{self.prefix}{target[1:]}"
        kind = "link" if linking in {"a", "area", "link"} else "image"
        return f'{match["sign"]}"{self._reference(Reference(kind, target, span))}"'

    # Places.

    def _reference(self, reference: Reference) -> str:
        self.references.append(reference)
        return placeholder(len(self.references) - 1)

    def _span(self, offset: int, length: int) -> Span:
        """As `span_of_offset`, which counts the lines anew each time."""
        if not self._lines:
            self._lines = [0, *(newline.end() for newline in re.finditer("\n", self.text))]
        place = min(self.start + offset, len(self.text))
        line = bisect_right(self._lines, place)
        column = place - self._lines[line - 1] + 1
        end = self.text.find("\n", place)
        room = (len(self.text) if end < 0 else end) - place
        return Span(self.file, line, column, line, column + max(1, min(length, room)))

    def _span_of(self, value: Found) -> Span:
        return self._span(value.start, len(value.written))

    def _find(self, target: str, place: int) -> Span:
        """An address that `inline` didn't see: in a drawing at a known place, otherwise where it stands first."""
        if place >= 0:
            return self._span(place, len(target))
        found = self.text.find(target, self.start)
        return span_of_offset(self.file, self.text, found, len(target)) if found >= 0 else Span(self.file)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _clip(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."
