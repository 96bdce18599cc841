"""A page's HTML with what `inline` took out put back; what depends on other files stays a placeholder.

Placeholders are numbered as in `Sheet.references`, which `references` fills in. Attributes are `tags`.
"""

from __future__ import annotations

import html as html_text
import re
from collections.abc import Iterator, Set
from urllib.parse import quote

from sitegen.addresses import CLOSE, OPEN
from sitegen.diagnostics import Span
from sitegen.hosts import find_loaded, tell
from sitegen.languages import OURS
from sitegen.mathml import Fault, Macros, mathml, without_source
from sitegen.model import CiteItem, Reference
from sitegen.patterns import regex
from sitegen.prose.colouring import write_code
from sitegen.prose.diagrams import check_diagram, is_diagram, read_diagram
from sitegen.prose.fences import Code, check_code
from sitegen.prose.formulas import Equations, tell_fault
from sitegen.prose.pieces import Citation, Divider, Drawing, Formula, Found, Pointer
from sitegen.prose.sheets import Sheet
from sitegen.prose.slides import tell_nested
from sitegen.prose.tags import ATTRIBUTE, Tags
from sitegen.spokenmath import spell
from sitegen.texts import plain_text
from sitegen.values import replace

LONG_FORMULA = 24
"""Characters of a formula within text that fit on a phone of 320 pixels; a longer one scrolls by itself."""
LABELLED = ("fig-", "tbl-", "lst-", "sec-", "eq-")
"""What the names of things begin with that are referred to as `@fig-ring`, and never those of papers."""

_PIECE = regex(
    rf"""
      <p>{OPEN}(?P<alone>\d+){CLOSE}</p>
    | <p>{OPEN}(?P<last>\d+){CLOSE}&\#160;(?=<a\ class="footnote-)  # a footnote that ends with code
    | {OPEN}(?P<number>\d+){CLOSE}
    | <!--(?:(?!<!--).)*?-->
    | <(?P<closes>/?)(?P<name>[a-zA-Z][\w-]*)(?:[^<>"']++|"[^"]{{0,2000}}"|'[^']{{0,2000}}')*>
    """,
    re.VERBOSE | re.DOTALL,
)
_BARE = regex(rf'<a href="(https?://[^"<>{OPEN}]+)">\1</a>')
"""A link whose words are its address, so that paper needn't show it again."""
_CAPTION_BELOW = regex(
    r"\s*<figcaption\b[^<>]*>(?:<b\b[^<>]*>[^<>]*</b>)?((?:(?!</figcaption>).){0,4000})</figcaption>", re.DOTALL
)
_ENDING = frozenset({"p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"})
"""Where a link ends that was never closed."""
_UNREAD = ("<script", "<style", "<textarea")
"""Elements whose text holds no tags, and which may stand outside paragraphs."""
_CONTROLS = frozenset({"button", "summary"})
"""What opens or acts at a click, so that a citation in it leads nowhere (WCAG 2.2 SC 4.1.2)."""
_VERBATIM = frozenset({"pre", "code", "script", "style", "textarea"})


class Filling:
    """Puts back what `inline` took out, in one pass over the HTML; what depends on other files stays a placeholder.

    In code, what looked like a formula, a citation or a link is the author's text again.
    """

    def __init__(self, sheet: Sheet, heading_ids: Set[str], prefix: str, macros: Macros = ()) -> None:
        self.sheet, self.heading_ids, self.prefix, self.macros = sheet, heading_ids, prefix, macros
        self.equations = Equations()
        self.own: set[int] = set()
        """The numbers of what this page shows."""
        self.elsewhere = ""
        """Where the other of notes and slides is; empty: at the lecture's own address."""
        self._tags = Tags(sheet, heading_ids, prefix, self._describe)
        self._verbatim = ""
        """The element in whose text nothing is put back but as it was written."""
        self._in_link = False
        self._in_control = False
        self._dropped = 0
        """Links inside the link that is open."""
        self._caption = ""
        """What stands right below, if it is a caption."""

    def fill(self, html: str) -> str:
        return _PIECE.sub(self._piece, html)

    def _piece(self, match: re.Match[str]) -> str:
        if match["alone"]:
            caption = _CAPTION_BELOW.match(match.string, match.end())
            self._caption = plain_text(self.sheet.restore(caption[1])) if caption else ""
            return self._paragraph(int(match["alone"]))
        if match["last"]:
            value = self.sheet.found[int(match["last"])]
            words = self._value(int(match["last"]))
            return f"{words}\n<p>" if isinstance(value, Code) else f"<p>{words}&#160;"
        if match["number"]:
            return self._code(match) if self._verbatim else self._value(int(match["number"]))
        name = (match["name"] or "").casefold()
        if self._verbatim:
            if match["closes"] and name == self._verbatim:
                self._verbatim = ""
            return self.sheet.restore(match[0])
        if match["closes"]:
            return self._close(match[0], name)
        if name in _VERBATIM:
            self._verbatim = name
        elif name in _CONTROLS:
            self._in_control = True
        elif name == "a":
            if self._in_link:
                self._dropped += 1
                return ""
            self._in_link = True
            if _BARE.match(match.string, match.start()):
                return f'{match[0][:-1]} class="bare">'
        if not name:
            return self.sheet.restore(match[0])
        told = len(self.sheet.references)
        tag = self._tags.write(match[0], name, self._in_link)
        if name == "a" and match.string.startswith("</a>", match.end()) and 'class="' not in tag:
            tag += self._words_of_link(tag, len(self.sheet.references) > told)
        return tag

    def _words_of_link(self, tag: str, is_inside: bool) -> str:
        """For a link without words, `[](#fig-ring)`: what it leads to, or its address."""
        if is_inside:
            return self.sheet.refer(replace(self.sheet.references[-1], kind="label"))
        address = ATTRIBUTE.search(tag)
        return address["value"].strip("\"'") if address and address["name"] == "href" else ""

    def _close(self, tag: str, name: str) -> str:
        """Links can't stand in links: of those inside another, only the words stay."""
        if name == "a":
            if self._dropped:
                self._dropped -= 1
                return ""
            self._in_link = False
        elif name in _CONTROLS:
            self._in_control = False
        elif name == "iframe" and self._tags.frames:
            self._tags.frames -= 1
            return ""
        elif name in _ENDING:
            self._in_link, self._dropped = False, 0
        return self.sheet.restore(tag)

    # What was taken out, in the places where it may stand.

    def _paragraph(self, number: int) -> str:
        value = self.sheet.found[number]
        if isinstance(value, Divider) and not self._verbatim:
            self.sheet.findings.append(tell_nested(value, self.sheet.span(value.start, 3)))
            return "<hr>"
        if isinstance(value, Formula) and value.display and not self._verbatim:
            return self._formula(number, value, "div")
        if isinstance(value, Drawing) and value.written.casefold().startswith(_UNREAD) and not self._verbatim:
            return self._drawing(value)
        if isinstance(value, Code) and not self._verbatim:
            return self._block_of_code(value)
        return f"<p>{self._value(number)}</p>"

    def _value(self, number: int) -> str:
        value = self.sheet.found[number]
        if isinstance(value, Formula):
            return self._formula(number, value, "span")
        if isinstance(value, Pointer):
            return self._pointer(value.label, value.in_parentheses)
        if isinstance(value, Citation):
            return self._citation(value)
        if isinstance(value, Drawing):
            return self._drawing(value)
        if isinstance(value, Code):
            return self._block_of_code(value)
        return html_text.escape(value.written)  # it looked like an address, and Markdown found no link

    def _block_of_code(self, value: Code) -> str:
        if is_diagram(value):
            return self._diagram(value)
        odd, words = value.odd[0] if value.odd else (value.start, value.written)
        self.sheet.findings += check_code(
            value, self.sheet.span(value.place, len(value.language)), self.sheet.span(odd, len(words))
        )
        if value.id:
            self.sheet.ids.add(value.id)
        return write_code(value, self._source(value))

    def _source(self, value: Code) -> str:
        """The title of code from a file, which leads to that file."""
        if not value.source:
            return ""
        at = value.start + max(0, value.written.find(value.source))
        address = self.sheet.refer(Reference("link", quote(value.source), self.sheet.span(at, len(value.source))))
        return f'<a href="{address}">{html_text.escape(value.title, quote=False)}</a>'

    def _diagram(self, value: Code) -> str:
        self.sheet.findings += check_diagram(value, self.sheet.span)
        if value.id:
            self.sheet.ids.add(value.id)
        place = replace(self.sheet.span(value.start, 1), end_line=0, end_column=0)  # it is no text that is replaced
        return self.sheet.refer(Reference("diagram", "", place, diagram=read_diagram(value, self._caption)))

    def _formula(self, number: int, value: Formula, element: str) -> str:
        math = self._math(number)
        if isinstance(math, Fault):
            span = self.sheet.span(value.start + value.margin + math.at, math.length)
            self.sheet.findings.append(tell_fault(value.written, math, span))
            return f'<code class="math">{html_text.escape(value.written)}</code>'
        shown = without_source(math)
        if number in self.equations.formulas:
            self.sheet.ids.update(re.findall(r' id="([^"]+)"', shown))
            math = self.equations.put_links(math, self._pointer)
        if not value.display and len(re.sub(r"<[^>]*>", "", shown)) <= LONG_FORMULA:
            return math
        name = "math own" if value.display and element == "span" else "math"
        name += " numbered" if 'class="numbered"' in shown else ""
        return f'<{element} class="{name}" role="group" tabindex="0" aria-label="Formula"{OURS}>{math}</{element}>'

    def _math(self, number: int) -> str | Fault:
        value = self.sheet.found[number]
        assert isinstance(value, Formula)
        known = self.equations.formulas.get(number)
        return mathml(value.tex, value.display, self.macros) if known is None else known

    def _pointer(self, label: str, in_parentheses: bool) -> str:
        """A reference to an equation, as a link where there can be one."""
        words, anchor = self.equations.words(label, in_parentheses), self.equations.anchors.get(label)
        if anchor is None or self._in_link or self._in_control:
            return words
        address = f"#{html_text.escape(anchor.id)}"
        if anchor.formula >= 0 and anchor.formula not in self.own:
            address = self.sheet.refer(Reference("link", f"{self.elsewhere}#{anchor.id}", Span(self.sheet.file)))
        return f'<a href="{address}">{words}</a>'

    def read(self, value: Found) -> str:
        """What was found, in words for a table of contents, as HTML."""
        if isinstance(value, Formula):
            math = mathml(value.tex, value.display, self.macros)
            return html_text.escape(value.written if isinstance(math, Fault) else spell(math))
        if isinstance(value, Pointer):
            return self.equations.words(value.label, value.in_parentheses)
        return html_text.escape(spoken_words(value))

    def _citation(self, value: Citation, kind: str = "cite") -> str:
        if all(item.key.startswith(LABELLED) for item in value.items):
            return self._cross_references(value, kind)
        items = tuple(
            CiteItem(item.key, item.before, item.after, item.hide_author, self.sheet.span(item.start, item.length))
            for item in value.items
        )
        if kind == "cite" and (self._in_link or self._in_control):
            kind = "words"
        return self.sheet.refer(Reference(kind, value.written, self.sheet.span_of(value), items, value.in_text))

    def _cross_references(self, value: Citation, kind: str) -> str:
        """Quarto's `@fig-ring`, which is `[](#fig-ring)`."""
        written = []
        for item in value.items:
            reference = Reference("link", f"#{item.key}", self.sheet.span(item.start, item.length))
            address = self.sheet.refer(reference)
            words = self.sheet.refer(replace(reference, kind="label"))
            is_link = kind == "cite" and not (self._in_link or self._in_control)
            written.append(f'<a href="{address}">{words}</a>' if is_link else words)
        return ", ".join(written)

    def _drawing(self, value: Drawing) -> str:
        if value.written.casefold().startswith(_UNREAD):
            for start, address in find_loaded(value.written):
                self.sheet.findings.append(tell(address, self.sheet.span(value.start + start, len(address))))
            return value.written

        def tag(match: re.Match[str]) -> str:
            if not match["name"] or match["closes"]:
                return match[0]
            return self._tags.write(match[0], match["name"].casefold(), self._in_link, value.start + match.start())

        return _PIECE.sub(tag, value.written)

    def _code(self, match: re.Match[str]) -> str:
        """As it was written; further lines lose as much of their indentation as Markdown took from the first."""
        value = self.sheet.found[int(match["number"])]
        written = value.written
        if "\n" in written:
            source = self.sheet.text[: self.sheet.start + value.start].rpartition("\n")[2]
            shown = re.split(r"[\n>]", match.string[: match.start()])[-1]
            taken = max(0, _indentation(source) - _indentation(shown))
            written = re.sub(rf"\n[ \t]{{0,{taken}}}", "\n", written)
        return html_text.escape(written)

    def _describe(self, number: int) -> str:
        """In an image's description: a citation as it reads."""
        value = self.sheet.found[number]
        if isinstance(value, Citation):
            return self._citation(value, "text")
        return html_text.escape(value.written)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def list_shown(html: str) -> Iterator[int]:
    """The numbers of what was found that don't stand in code."""
    verbatim = ""
    for match in _PIECE.finditer(html):
        number, name = match["alone"] or match["last"] or match["number"], (match["name"] or "").casefold()
        if number and not verbatim:
            yield int(number)
        elif verbatim and match["closes"] and name == verbatim:
            verbatim = ""
        elif not verbatim and not match["closes"] and name in _VERBATIM:
            verbatim = name


def spoken_words(value: Found) -> str:
    """A formula, citation or drawing in a heading's id, which doesn't change with the way it is shown."""
    if isinstance(value, Formula):
        return value.tex
    if isinstance(value, Drawing):
        return "" if value.written[:4].casefold() == "<svg" else plain_text(value.written)
    return value.written
