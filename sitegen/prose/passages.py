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
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from sitegen.addresses import CLOSE, CONTENT, OPEN, fill, is_external, placeholder
from sitegen.diagnostics import Diagnostic, Rule, Span, span_of_offset
from sitegen.hosts import find_loaded, is_elsewhere, tell
from sitegen.model import CiteItem, Heading, Reference, Slide
from sitegen.prose.formulas import Fault, mathml
from sitegen.prose.inline import Address, Citation, Divider, Drawing, Formula, Found, find_inline
from sitegen.prose.limits import HELP, TOO_COMPLEX, Excess, find_excess, find_length
from sitegen.prose.markup import convert, plain_text
from sitegen.prose.slides import check_divider, list_slides, tell_joined, tell_nested

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


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of Markdown as HTML, and what was met in it."""

    html: str = ""
    headings: tuple[Heading, ...] = ()
    ids: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    findings: list[Diagnostic] = field(default_factory=list)
    slides: tuple[Slide, ...] = ()
    slide_ids: frozenset[str] = frozenset()


def convert_passage(text: str, start: int, end: int, file: str, top: int = 2, prefix: str = "") -> Passage:
    """The Markdown in `text[start:end]`; `text` is the whole of `file`.

    Headings are at level `top` or below it; `prefix` starts the ids that are made here.
    """
    excess = find_length(end - start)
    if excess:
        return _too_complex(excess, text, start, file)
    is_lecture = file.startswith(f"{CONTENT}lectures/")
    marked = find_inline(text[start:end], slides=is_lecture)
    excess = find_excess(marked.prose, marked.parts)
    if excess:
        return _too_complex(excess, text, start, file)

    def spoken(number: int) -> str:
        return html_text.escape(_spoken(marked.found[number]))

    dividers = {number: found for number, found in enumerate(marked.found) if isinstance(found, Divider)}
    try:
        converted = convert(marked.text, spoken, top, prefix, dividers if is_lecture else None)
    except RecursionError:
        words = "is nested too deeply: lists, quotes, emphasis or tags inside one another"
        return _too_complex(Excess(0, words), text, start, file)
    headings = tuple(Heading(level, name, plain_text(fill(words, spoken))) for level, name, words in converted.headings)
    fillings = [
        _Filling(marked.found, text, start, file, {heading.id for heading in headings}, prefix)
        for _ in range(1 + len(converted.slides))
    ]
    html, *shown = (
        filling.fill(written)
        for filling, written in zip(fillings, (converted.html, *(html for _, html in converted.slides)), strict=True)
    )
    notes, *decks = fillings
    # What stands in the notes and on a slide is told once.
    findings = list(dict.fromkeys(finding for filling in fillings for finding in filling.findings))
    findings += [_open_code(file, text, start + offset) for offset in marked.open_code]
    findings += [tell_joined(file, text, start + offset) for offset in marked.joined]
    findings += [finding for divider in dividers.values() for finding in check_divider(divider, file, text, start)]
    slides = tuple(
        replace(slide, html=one, references=tuple(filling.references))
        for slide, one, filling in zip(
            list_slides(converted.slides, dividers, headings, file, text, start), shown, decks, strict=True
        )
    )
    return Passage(
        html,
        tuple(heading for heading in headings if heading.id in notes.ids),
        frozenset(notes.ids),
        tuple(notes.references),
        findings,
        slides,
        frozenset(name for filling in decks for name in filling.ids) | {slide.id for slide in slides},
    )


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


def _spoken(value: Found) -> str:
    """A formula, citation or drawing in a heading's id and in a table of contents."""
    if isinstance(value, Formula):
        return value.tex
    if isinstance(value, Drawing):
        return "" if value.written[:4].casefold() == "<svg" else plain_text(value.written)
    return value.written


# --- what was taken out is put back -------------------------------------------------------------

LONG_FORMULA = 24
"""Characters of a formula within text that fit on a phone of 320 pixels; a longer one scrolls by itself."""
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
_LOADED = {"img": "image", "image": "image", "iframe": "frame", "video": "video", "audio": "audio"}
"""Element to what it shows, in words."""
_ENDING = frozenset({"p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"})
"""Where a link ends that was never closed."""
_UNREAD = ("<script", "<style", "<textarea")
"""Elements whose text holds no tags, and which may stand outside paragraphs."""
_CONTROLS = frozenset({"button", "summary"})
"""What opens or acts at a click, so that a citation in it leads nowhere (WCAG 2.2 SC 4.1.2)."""
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
        self._in_control = False
        self._dropped = 0
        """Links inside the link that is open."""
        self._frames = 0
        """Frames that are open and became links."""
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
        elif name in _CONTROLS:
            self._in_control = True
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
        elif name in _CONTROLS:
            self._in_control = False
        elif name == "iframe" and self._frames:
            self._frames -= 1
            return ""
        elif name in _ENDING:
            self._in_link, self._dropped = False, 0
        return self._restored(tag)

    # What was taken out, in the places where it may stand.

    def _paragraph(self, number: int) -> str:
        value = self.found[number]
        if isinstance(value, Divider) and not self._verbatim:
            self.findings.append(tell_nested(value, self._span(value.start, 3)))
            return "<hr>"
        if isinstance(value, Formula) and value.display and not self._verbatim:
            return self._formula(value, "div")
        if isinstance(value, Drawing) and value.written.casefold().startswith(_UNREAD) and not self._verbatim:
            return self._drawing(value)
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
        if not value.display and len(re.sub(r"<[^>]*>", "", math)) <= LONG_FORMULA:
            return math
        return f'<{element} class="math" role="group" tabindex="0" aria-label="Formula">{math}</{element}>'

    def _citation(self, value: Citation, kind: str = "cite") -> str:
        items = tuple(
            CiteItem(item.key, item.before, item.after, item.hide_author, self._span(item.start, item.length))
            for item in value.items
        )
        if kind == "cite" and (self._in_link or self._in_control):
            kind = "words"
        return self._reference(Reference(kind, value.written, self._span_of(value), items, value.in_text))

    def _drawing(self, value: Drawing) -> str:
        if value.written.casefold().startswith(_UNREAD):
            for start, address in find_loaded(value.written):
                self.findings.append(tell(address, self._span(value.start + start, len(address))))
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

    def _described(self, number: int) -> str:
        """In an image's description: a citation as it reads."""
        value = self.found[number]
        if isinstance(value, Citation):
            return self._citation(value, "text")
        return html_text.escape(value.written)

    def _restored(self, html: str) -> str:
        return fill(html, lambda number: html_text.escape(self.found[number].written))

    # Tags.

    def _tag(self, tag: str, name: str, offset: int = -1) -> str:
        """An opening tag; `offset` is its place in the source when it is known."""
        is_linking = name in _LINKING and 'class="footnote-' not in tag
        if not (OPEN in tag or is_linking or " id" in tag):
            return tag

        pieces = []
        done, told = 0, len(self.findings)
        for match in _ATTRIBUTE.finditer(tag):
            pieces.append(self._restored(tag[done : match.start()]))
            place = offset + match.start("value") if offset >= 0 else -1
            pieces.append(self._attribute(match, name if is_linking else "", place))
            done = match.end()
        whole = "".join((*pieces, self._restored(tag[done:])))
        return self._link_instead(whole, name) if len(self.findings) > told else whole

    def _link_instead(self, tag: str, name: str) -> str:
        """For an image or a frame from another host, which isn't loaded: a link to it."""
        if name not in {"img", "iframe", "embed"}:
            return tag
        self._frames += name == "iframe"
        given = {match["name"].casefold(): match["value"].strip("\"'") for match in _ATTRIBUTE.finditer(tag)}
        words = given.get("alt") or given.get("title") or given["src"]
        return words if self._in_link else f'<a href="{given["src"]}">{words}</a>'

    def _attribute(self, match: re.Match[str], linking: str, place: int) -> str:
        """One attribute; in a tag named `linking`, addresses are replaced."""
        key, value = match["name"].casefold(), match["value"]
        inside = value[1:-1] if value[0] in "\"'" else value
        if key == "id":
            self.ids.add(html_text.unescape(inside))
        if key == "alt":
            return fill(match[0], self._described)
        if not linking or key not in _LEADING:
            return self._restored(match[0])
        token = _TOKEN.fullmatch(inside)
        written = self.found[int(token[1])] if token else None
        if isinstance(written, Address):
            target, span = written.target, self._span_of(written)
        else:
            target = html_text.unescape(self._restored(inside).strip())
            span = self._find(target, place + (len(value) > len(inside)) if place >= 0 else -1)
        if linking not in {"a", "area"} and is_elsewhere(target):
            self.findings.append(tell(target, span, _LOADED.get(linking, "file")))
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
