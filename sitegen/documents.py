"""One Markdown file to a `model.Document`: front matter, HTML, headings, links and citations.

A pure function of the file's name and text. What depends on other files (where a link leads, how a
citation reads) stays a placeholder in the HTML, numbered as in `Document.references`; `resolve` fills
it in.
"""

from __future__ import annotations

import datetime as dt
import html as html_text
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sitegen.addresses import CONTENT, fill, is_external, placeholder
from sitegen.diagnostics import Diagnostic, Rule, Span, span_of_offset
from sitegen.fields import BOOL, DATE, TEXT, Key, ListOf, Record
from sitegen.inline import Formula, Found, find_inline
from sitegen.markup import convert
from sitegen.model import Announcement, CiteItem, Document, Heading, Reference
from sitegen.texts import decode, slugify
from sitegen.yamltree import Located, read_yaml

FRONT_MATTER_OPEN = Rule(
    "front-matter-open",
    "error",
    "A Markdown file starts with a line of three dashes, which opens the front matter, but no second such "
    "line closes it, so the whole text would be read as YAML.",
    wrong="---\ntitle: Project\n\nThe project ...",
    right="---\ntitle: Project\n---\n\nThe project ...",
)
BAD_FORMULA = Rule(
    "bad-formula",
    "error",
    "The LaTeX between the dollar signs can't be converted to MathML, so students would see its source. "
    "The sentence is math-core's; amsmath's usual commands are known.",
    wrong=r"$\frac{1}{2$",
    right=r"$\frac{1}{2}$",
)
BAD_ANNOUNCEMENT = Rule(
    "bad-announcement",
    "error",
    "Each announcement is a section of announcements.md whose heading starts with its date. Without a date "
    "it can't be put in order or published on its day.",
    wrong="## Welcome",
    right="## 2026-01-27 Welcome",
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a Markdown file says about itself."""

    span: Span
    title: Located | None = None
    description: Located | None = None
    date: dt.date | None = None
    draft: bool = False
    publish: dt.date | None = None
    aliases: tuple[Located, ...] = ()


FRONT_MATTER = Record(
    "front matter",
    FrontMatter,
    [
        Key("title", TEXT, "The page's title."),
        Key("description", TEXT, "One sentence for search engines and shared links."),
        Key("date", DATE, "A date that belongs to the text."),
        Key("draft", BOOL, "true: published only with --drafts."),
        Key("publish", DATE, "The day from which it is published."),
        Key("aliases", ListOf(TEXT), "Old addresses that lead here."),
    ],
)


def read_document(source: bytes, file: str) -> tuple[Document | None, list[Diagnostic]]:
    """The document in `file`; None when its text or front matter can't be read."""
    text, findings = decode(source, file)
    if text is None:
        return None, findings
    front, body_start, problems = read_front_matter(text, file)
    findings += problems
    if front is None:
        return None, findings
    document, problems = _convert_body(text, body_start, file, front)
    return document, findings + problems


def read_front_matter(text: str, file: str) -> tuple[FrontMatter | None, int, list[Diagnostic]]:
    """The front matter, and the offset at which the text after it starts."""
    opening = re.match(r"---[ \t]*\n", text)
    start = Span(file)
    if not opening:
        return FrontMatter(start), 0, []
    closing = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, opening.end())
    if not closing:
        message = "The front matter that opens here with --- is never closed."
        return (
            None,
            0,
            [FRONT_MATTER_OPEN.at(Span(file, 1, 1, 1, 4), message, "Add a line with --- after its last key.")],
        )
    node, findings = read_yaml(text[opening.end() : closing.start()], file, first_line=2)
    if node is None:
        return (None if findings else FrontMatter(start)), closing.end(), findings
    return FRONT_MATTER.read(node, findings), closing.end(), findings


def _convert_body(text: str, start: int, file: str, front: FrontMatter) -> tuple[Document, list[Diagnostic]]:
    body = text[start:]
    title, title_span = front.title, front.title.span if front.title else Span(file)
    if title is None:
        # A first heading of level 1 is the title; the page shows the title itself.
        first = re.match(r"\s*#[ \t]+([^\n]+?)[ \t]*#*[ \t]*(?:\n|\Z)", body)
        if first:
            title_span = span_of_offset(file, text, start + first.start(1), len(first[1]))
            title = Located(_plain(first[1]), title_span)
            start += first.end()
            body = text[start:]
    converted = _convert_text(body, text, start, file)
    name = str(title) if title else slugify(file.rpartition("/")[2].removesuffix(".md")).replace("-", " ").capitalize()
    description = str(front.description or "") or _first_sentences(converted.html)
    document = Document(
        source=file,
        title=name,
        description=description,
        html=converted.html,
        headings=converted.headings,
        ids=frozenset(re.findall(r'\sid="([^"]+)"', converted.html)),
        references=converted.references,
        aliases=front.aliases,
        draft=front.draft,
        publish=front.publish,
        date=front.date,
        span=Span(file),
        title_span=title_span,
        words=len(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", converted.html))),
    )
    return document, converted.findings


# --- announcements ------------------------------------------------------------------------------

_SECTION = re.compile(r"^##[ \t]+(?P<heading>[^\n]*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)


def read_announcements(source: bytes, file: str) -> tuple[Document | None, list[Announcement], list[Diagnostic]]:
    """The text before the first section, and the sections in the order written."""
    text, findings = decode(source, file)
    if text is None:
        return None, [], findings
    front, start, problems = read_front_matter(text, file)
    findings += problems
    if front is None:
        return None, [], findings
    hidden = _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    openings = list(_SECTION.finditer(hidden, start))
    ends = [match.start() for match in openings[1:]] + [len(text)]
    sections = []
    for opening, end in zip(openings, ends, strict=True):
        span = span_of_offset(file, text, opening.start("heading"), len(opening["heading"]))
        heading = re.fullmatch(r"(\d{4}-\d{2}-\d{2})[ \t]*[:-]?[ \t]*(.*)", text[slice(*opening.span("heading"))])
        try:
            date = dt.date.fromisoformat(heading[1]) if heading else None
        except ValueError:
            date = None
        if heading is None or date is None or not heading[2]:
            message = f'The announcement "{opening["heading"]}" doesn\'t start with a date and a title.'
            findings.append(BAD_ANNOUNCEMENT.at(span, message, "Write ## 2026-01-27 Title, with a day that exists."))
            continue
        converted = _convert_text(text[opening.end() : end], text, opening.end(), file)
        findings += converted.findings
        title = _plain(heading[2])
        document = Document(
            source=file,
            title=title,
            description=_first_sentences(converted.html),
            html=converted.html,
            ids=frozenset(re.findall(r'\sid="([^"]+)"', converted.html)),
            references=converted.references,
            span=span,
            title_span=span,
        )
        sections.append(Announcement(date, title, document, span))
    intro, problems = _convert_body(text[: openings[0].start()] if openings else text, start, file, front)
    return intro, sections, findings + problems


# --- text to HTML with placeholders -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Converted:
    html: str
    headings: tuple[Heading, ...]
    references: tuple[Reference, ...]
    findings: list[Diagnostic]


def _convert_text(body: str, text: str, start: int, file: str) -> _Converted:
    """`body` is `text[start:...]`; spans are places in `text`."""
    marked, found = find_inline(body, slides=file.startswith(f"{CONTENT}lectures/"))
    converted = convert(marked)
    html = _restore_in_code(converted.html, found)
    findings: list[Diagnostic] = []
    references: list[Reference] = []

    def show(number: int) -> str:
        value = found[number]
        span = span_of_offset(file, text, start + value.start, len(value.written))
        if isinstance(value, Formula):
            mathml, problem = _mathml(value, span)
            if problem:
                findings.append(problem)
            return mathml
        items = tuple(
            CiteItem(
                item.key,
                item.before,
                item.after,
                item.hide_author,
                span_of_offset(file, text, start + item.start, len(item.key) + 1),
            )
            for item in value.items
        )
        references.append(Reference("cite", value.written, span, items, value.in_text))
        return placeholder(len(references) - 1)

    html = re.sub(r"<p>(\U000f0000\d+\U000f0001)</p>", lambda match: _own_paragraph(match[1], found), html)
    html = fill(html, show)
    links = _Links(body, text, start, file, references)
    html = _TAG.sub(links.mark, html)
    headings = tuple(
        Heading(level, name, _plain_html(fill(words, lambda number: html_text.escape(_spoken(found[number])))))
        for level, name, words in converted.headings
    )
    return _Converted(html, headings, tuple(references), findings)


def _restore_in_code(html: str, found: list[Found]) -> str:
    """Tokens in code and in attributes are the author's text again: nothing there is math or a citation."""

    def restore(match: re.Match[str]) -> str:
        return fill(match[0], lambda number: html_text.escape(found[number].written))

    html = re.sub(r"<(pre|code)\b(?:(?!</\1>).)*\U000f0000.*?</\1>", restore, html, flags=re.DOTALL)
    return re.sub(r"<[a-zA-Z][^<>]*\U000f0000[^<>]*>", restore, html)


def _spoken(value: Found) -> str:
    """A formula or citation in a table of contents."""
    return value.tex if isinstance(value, Formula) else value.written


def _own_paragraph(token: str, found: list[Found]) -> str:
    """A displayed formula alone in its paragraph stands without it: MathML's block isn't phrasing."""
    value = found[int(token[1:-1])]
    return token if isinstance(value, Formula) and value.display else f"<p>{token}</p>"


@lru_cache(maxsize=1)
def _math_converter() -> Any:
    from math_core import LatexToMathML

    return LatexToMathML(annotation=True, fancy_error=False)


def _mathml(formula: Formula, span: Span) -> tuple[str, Diagnostic | None]:
    from math_core import LatexError

    try:
        mathml = _math_converter().convert_with_local_state(formula.tex, displaystyle=formula.display)
    except LatexError as error:
        message = f"The formula {_clip(formula.written)} can't be converted: {str(error).strip().rstrip('.')}."
        shown = f'<code class="math">{html_text.escape(formula.written)}</code>'
        return shown, BAD_FORMULA.at(span, message, "Mend its LaTeX; write a dollar sign that is money as \\$.")
    if formula.display:
        return f'<span class="math" role="group" tabindex="0" aria-label="Formula">{mathml}</span>', None
    return str(mathml), None


def _clip(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."


_TAG = re.compile(r"<(?:a|img|source|video|audio|iframe|embed|object|track|link|script)\s[^<>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r'(?P<name>\s(?:href|src|poster|data))="(?P<value>[^"]*)"', re.IGNORECASE)


class _Links:
    """Replaces relative addresses in tags by placeholders, remembering where in the source each stands."""

    def __init__(self, body: str, text: str, start: int, file: str, references: list[Reference]) -> None:
        self.body, self.text, self.start, self.file = body, text, start, file
        self.references = references
        self.seen: dict[str, int] = {}

    def mark(self, tag: re.Match[str]) -> str:
        if 'class="footnote-' in tag[0]:
            return tag[0]
        kind = "link" if tag[0][1:3].casefold() in ("a ", "a\n") else "image"

        def address(match: re.Match[str]) -> str:
            target = html_text.unescape(match["value"])
            if is_external(target) and target.partition(":")[0].casefold() in SAFE_SCHEMES:
                return match[0]
            self.references.append(Reference(kind, target, self.locate(target)))
            return f'{match["name"]}="{placeholder(len(self.references) - 1)}"'

        return _ADDRESS.sub(address, tag[0])

    def locate(self, target: str) -> Span:
        """The next place in the source where this address stands; the file's first line if it can't be found."""
        for written in _spellings(target):
            found = self.body.find(written, self.seen.get(target, 0))
            if found >= 0:
                self.seen[target] = found + 1
                inner = found + (written.find(target) if target else 0)
                return span_of_offset(self.file, self.text, self.start + max(inner, found), max(1, len(target)))
        return Span(self.file)


SAFE_SCHEMES = ("http", "https", "mailto", "tel")


def _spellings(target: str) -> Iterator[str]:
    yield from (f"]({target}", f"](<{target}", f"]: {target}", f'="{target}"', f"='{target}'")
    if target:
        yield target


# --- plain text ---------------------------------------------------------------------------------


def _plain(markdown: str) -> str:
    """A heading's Markdown as text: emphasis, code and links without their signs."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"[*`]|(?<!\w)_|_(?!\w)|\s*\{[^{}]*\}\s*$", "", text)
    return html_text.unescape(re.sub(r"\\([^\w\s])", r"\1", text)).strip()


def _plain_html(html: str) -> str:
    return " ".join(html_text.unescape(re.sub(r"<[^>]*>", "", html)).split())


def _first_sentences(html: str, limit: int = 160) -> str:
    """The first paragraph as a description, cut at a word."""
    paragraph = re.search(r"<p>(.*?)</p>", html, re.DOTALL)
    if not paragraph:
        return ""
    without = re.sub(r"<math\b.*?</math>|<annotation\b.*?</annotation>", "", paragraph[1], flags=re.DOTALL)
    words = fill(_plain_html(without), lambda _: "")
    if len(words) <= limit:
        return words
    return words[: limit - 1].rpartition(" ")[0].rstrip(",;:") + "…"
