"""One Markdown file to a `model.Document`: front matter, HTML, headings, links and citations.

A pure function of the file's name and text. What depends on other files (where a link leads, how a
citation reads) stays a placeholder in the HTML, numbered as in `Document.references`; `resolve` fills
it in.
"""

from __future__ import annotations

import datetime as dt
import html as html_text
import re

from sitegen.addresses import CLOSE, OPEN, fill, placeholder
from sitegen.config.fields import BOOL, DATE, TEXT, Key, ListOf, Record
from sitegen.config.yamltree import read_yaml
from sitegen.diagnostics import Diagnostic, Located, Rule, Span, span_of_offset
from sitegen.mathml import Macros, mathml
from sitegen.model import Announcement, CiteItem, Document, Reference
from sitegen.patterns import regex
from sitegen.prose.elements import is_text
from sitegen.prose.faces import face_of
from sitegen.prose.inclusions import NOTHING, Included
from sitegen.prose.inline import find_inline
from sitegen.prose.pace import reading_minutes
from sitegen.prose.passages import Passage, convert_passage
from sitegen.prose.pieces import Citation, Formula
from sitegen.spokenmath import spell
from sitegen.texts import decode, plain_text, slugify, unique
from sitegen.values import Value, replace

FRONT_MATTER_OPEN = Rule(
    "front-matter-open",
    "error",
    "A Markdown file starts with a line of three dashes, which opens the front matter, but no second such "
    "line closes it, so the whole text would be read as YAML.",
    wrong="---\ntitle: Project\n\nThe project ...",
    right="---\ntitle: Project\n---\n\nThe project ...",
)
BAD_ANNOUNCEMENT = Rule(
    "bad-announcement",
    "error",
    "Each announcement is a section of announcements.md whose heading starts with its date. Without a date "
    "it can't be put in order or published on its day.",
    wrong="## Welcome",
    right="## 2026-01-27 Welcome",
)


class FrontMatter(Value):
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


def read_document(
    source: bytes, file: str, macros: Macros = (), included: Included = NOTHING
) -> tuple[Document | None, list[Diagnostic]]:
    """The document in `file`, as far as it can be read; None when its text can't be.

    `macros` are the course's own commands in formulas, `included` what there is at the paths of `list_inclusions`.
    """
    text, findings = decode(source, file)
    if text is None:
        return None, findings
    front, body_start, problems = read_front_matter(text, file)
    findings += problems
    if front is None and body_start == 0:
        return None, findings  # never closed, so where the text starts isn't known
    front = front or FrontMatter(Span(file))
    document, problems = _convert_body(text, body_start, len(text), file, front, macros, included)
    return replace(document, face=face_of(document)), findings + problems


def read_front_matter(text: str, file: str) -> tuple[FrontMatter | None, int, list[Diagnostic]]:
    """The front matter, and the offset at which the text after it starts."""
    opening = re.match(r"---[ \t]*(?:\n|\Z)", text)
    start = Span(file)
    if not opening:
        return FrontMatter(start), 0, []
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        message = "The front matter that opens here with --- is never closed."
        help = "Add a line with --- after its last key."
        if not re.match(r"\s*[\w-]+:", text[opening.end() :]):
            help = "Remove this line, or add title: ... and a line with --- below it."
        return None, 0, [FRONT_MATTER_OPEN.at(Span(file, 1, 1, 1, 4), message, help)]
    node, findings = read_yaml(text[opening.end() : closing.start()], file, first_line=2)
    if node is None:
        return (None if findings else FrontMatter(start)), closing.end(), findings
    return FRONT_MATTER.read(node, findings), closing.end(), findings


_CLOSING = regex(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_TITLE = regex(
    r"(?:\s|<!--(?:(?!<!--).)*?-->)*"
    r"(?:\#[ \t]+(?P<marked>[^\n]+?)[ \t]*\#*|(?P<underlined>[^\s\#>|][^\n]*)\n=+)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
"""A heading of level 1 before which nothing stands."""
_BODY_LEVEL = 2
"""The page's title is its only heading of level 1."""


def _convert_body(
    text: str, start: int, end: int, file: str, front: FrontMatter, macros: Macros, included: Included
) -> tuple[Document, list[Diagnostic]]:
    """The document whose body is `text[start:end]`. The page shows its title itself, so the body doesn't."""
    title, title_written, title_start = front.title, str(front.title or ""), 0
    first = _TITLE.match(text, start, end)
    if first:
        kind = "marked" if first["marked"] is not None else "underlined"
        words = _plain(first[kind], macros)
        if title is None:
            title = Located(words, span_of_offset(file, text, first.start(kind), len(first[kind])))
            title_written, title_start = first[kind], first.start(kind)
        if str(title) == words:
            start = first.end()
    converted = convert_passage(text, start, end, file, top=_BODY_LEVEL, macros=macros, included=included)
    name = str(title) if title else _title_of_file(file)
    document = Document(
        source=file,
        title=name,
        description=str(front.description or "") or _first_sentences(converted.html),
        html=converted.html,
        markdown=_transcribe(text, start, end, converted),
        headings=converted.headings,
        ids=converted.ids,
        references=converted.references,
        title_references=_cited_in(title_written, text, title_start, file),
        aliases=front.aliases,
        draft=front.draft,
        publish=front.publish,
        date=front.date,
        span=Span(file),
        title_span=title.span if title else Span(file),
        minutes=reading_minutes(converted.html),
        slides=converted.slides,
        slide_ids=converted.slide_ids,
        labels=converted.labels,
    )
    return document, converted.findings


def _title_of_file(file: str) -> str:
    """`content/late-days.md` to `Late days`, `content/notes/index.md` to `Notes`, and the home page's to `Home`."""
    stem = file.removesuffix(".md").removesuffix("/index").rpartition("/")[2]
    return "Home" if file == "content/index.md" else slugify(stem).replace("-", " ").capitalize()


# --- announcements ------------------------------------------------------------------------------

_SECTION = regex(r"^##(?!#)[ \t]*(?P<heading>[^\n]*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_NOT_A_SECTION = regex(
    r"^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[ \t]*$|\Z)|<!--(?:(?!<!--).)*?-->",
    re.MULTILINE | re.DOTALL,
)
_WRONG_LEVEL = regex(r"^(#|#{3,6})[ \t]+\d{4}-\d{2}-\d{2}\b[^\n]*$", re.MULTILINE)
_SECTION_LEVEL = 2
"""Announcements are headings of this level on their page, so headings inside them are below it."""


def read_announcements(
    source: bytes, file: str, macros: Macros = (), included: Included = NOTHING
) -> tuple[Document | None, list[Announcement], list[Diagnostic]]:
    """The text before the first section, and the sections in the order written."""
    text, findings = decode(source, file)
    if text is None:
        return None, [], findings
    front, start, problems = read_front_matter(text, file)
    findings += problems
    if front is None:
        return None, [], findings
    hidden = _NOT_A_SECTION.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    openings = list(_SECTION.finditer(hidden, start))
    starts = [opening.start() for opening in openings]
    for wrong in () if openings else _WRONG_LEVEL.finditer(hidden, start):
        span = span_of_offset(file, text, wrong.start(), len(wrong[1]))
        message = f'"{wrong[0].strip()}" is no announcement: its heading has another level.'
        findings.append(BAD_ANNOUNCEMENT.at(span, message, "Write ## before the date."))
    sections: list[Announcement] = []
    taken: set[str] = set()
    for opening, end in zip(openings, [*starts[1:], len(text)], strict=False):
        written = text[slice(*opening.span("heading"))]
        span = span_of_offset(file, text, opening.start("heading"), len(written))
        date, words, name, problem = _read_section_heading(written)
        if date is None:
            findings.append(BAD_ANNOUNCEMENT.at(span, problem, "Write ## 2026-01-27 Title, with a day that exists."))
            continue
        title = _plain(words, macros)
        # The dashes keep these ids apart from those of the announcements themselves.
        prefix = unique(name or f"{date}-{slugify(title)}", taken) + "--"
        level = _SECTION_LEVEL + 1
        converted = convert_passage(text, opening.end(), end, file, level, prefix, macros, included)
        findings += converted.findings
        document = Document(
            source=file,
            title=title,
            description=_first_sentences(converted.html),
            html=converted.html,
            markdown=_transcribe(text, opening.end(), end, converted),
            ids=converted.ids,
            references=converted.references,
            title_references=_cited_in(words, text, opening.start(), file),
            labels=converted.labels,
            span=span,
            title_span=span,
        )
        sections.append(Announcement(date, title, document, span, given=name))
    end = openings[0].start() if openings else len(text)
    intro, problems = _convert_body(text, start, end, file, front, macros, included)
    return intro, sections, findings + problems


_GIVEN_ID = regex(r"[ \t]*\{[ \t]*:?[ \t]*#([\w.-]+)[ \t]*\}\Z")


def _read_section_heading(written: str) -> tuple[dt.date | None, str, str, str]:
    """The date, the title and the given id (or an empty one) of a section, or what is wrong with its heading."""
    given = _GIVEN_ID.search(written)
    name = given[1] if given else ""
    written = written[: given.start()] if given else written
    match = re.match(r"(\d{4}-\d{2}-\d{2})(?!\d)[ \t]*[:-]?[ \t]*(.*)", written)
    if not match:
        return None, "", "", f'The announcement "{written}" doesn\'t start with a date and a title.'
    try:
        date = dt.date.fromisoformat(match[1])
    except ValueError:
        return None, "", "", f'The announcement "{written}" starts with {match[1]}, a day that doesn\'t exist.'
    if not match[2]:
        return None, "", "", f"The announcement of {match[1]} has no title."
    return date, match[2], name, ""


# --- Markdown -----------------------------------------------------------------------------------

_COMMENT = regex(
    r"(?P<code>^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)[^`\n]+(?P=ticks))"
    r"|<!--(?:(?!<!--).)*?-->[ \t]*\n?",
    re.MULTILINE | re.DOTALL,
)


def _transcribe(text: str, start: int, end: int, converted: Passage) -> str:
    """`text[start:end]` as it was written, with a placeholder for each of its references; comments are left out.

    Code that shows a file has the file's lines.
    """
    lines = [0, *(newline.end() for newline in re.finditer("\n", text))]
    places = {first: (last - first, _without_tokens(code)) for first, last, code in converted.inclusions}
    for number, reference in enumerate(converted.references):
        span = reference.span
        if span.end_column:
            offset = lines[span.line - 1] + span.column - 1
            length = len(reference.written) if reference.items else span.end_column - span.column
            if reference.kind == "label":
                offset, length = offset - 2, 0  # between the brackets of [](#fig-ring)
                if not text.startswith("[](", offset - 1):
                    continue
            places.setdefault(offset, (length, placeholder(number)))  # [a]: ... stands once for all its links
    pieces: list[str] = []
    done = start
    for offset, (length, shown) in sorted(places.items()):
        if done <= offset and offset + length <= end:
            pieces += (_without_tokens(text[done:offset]), shown)
            done = offset + length
    pieces.append(_without_tokens(text[done:end]))
    markdown = "".join(pieces)
    if "<!--" in markdown:
        markdown = _COMMENT.sub(lambda match: match["code"] or "", markdown)
    return markdown.strip("\n")


def _without_tokens(text: str) -> str:
    return text.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")


# --- plain text ---------------------------------------------------------------------------------


def _plain(markdown: str, macros: Macros) -> str:
    """A heading's Markdown as text: emphasis, code and links without their signs, formulas in Unicode."""
    spelled: list[str] = []
    if "$" in markdown or "\\(" in markdown:
        markdown = _without_tokens(markdown)
        for value in find_inline(markdown).found:
            math = mathml(value.tex, value.display, macros) if isinstance(value, Formula) else None
            if isinstance(value, Formula) and isinstance(math, str):
                markdown = markdown.replace(value.written, placeholder(len(spelled)), 1)
                spelled.append(spell(math))
    if "<" in markdown:
        markdown = _TAG.sub(_without_tag, markdown)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"[*`]|(?<!\w)_|_(?!\w)|\s*(?<!@)\{[^{}]*\}\s*$", "", text)
    text = html_text.unescape(re.sub(r"\\([^\w\s])", r"\1", text)).strip()
    return fill(text, spelled.__getitem__) if spelled else text


_TAG = regex(
    r"(?P<code>`[^`]*`)|(?<!\\)</?(?:a|abbr|b|br|cite|code|del|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var|wbr)"
    r"(?![\w-])[^<>]*>",
    re.IGNORECASE,
)
"""Code, and the tags of what stands within words."""


def _without_tag(found: re.Match[str]) -> str:
    if found["code"] or is_text(found.string, *found.span()):
        return found[0]
    return " " if found[0][:3].casefold() == "<br" else ""


def _cited_in(title: str, text: str, start: int, file: str) -> tuple[Reference, ...]:
    """The citations of a title that is written in `text` from `start` on."""

    def span(written: str) -> Span:
        return span_of_offset(file, text, max(text.find(written, start), start), len(written))

    cited = (value for value in find_inline(title).found if isinstance(value, Citation)) if "@" in title else ()
    return tuple(
        Reference(
            "text",
            value.written,
            span(value.written),
            tuple(
                CiteItem(item.key, item.before, item.after, item.hide_author, span(title[item.start :][: item.length]))
                for item in value.items
            ),
            value.in_text,
        )
        for value in cited
    )


def _first_sentences(html: str, limit: int = 160) -> str:
    """The first paragraph as a description, cut at a word."""
    start = html.find("<p>")
    end = html.find("</p>", start)
    if start < 0 or end < 0:
        return ""
    words = fill(plain_text(_MATH.sub(lambda math: html_text.escape(spell(math[0])), html[start:end])), lambda _: "")
    if len(words) <= limit:
        return words
    return words[: limit - 1].rpartition(" ")[0].rstrip(",;:") + "…"


_MATH = regex(r"<math\b.*?</math>", re.DOTALL)
