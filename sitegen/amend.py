"""One text was edited, and what the rest of the course sees of it is as it was: its own pages get its new words.

A page is then the last build's with other words between the same beginning and end, so neither the course nor
templates are needed. Whatever isn't surely so (another face, anything to tell of the text, words that stand on the
page twice) has no short way and None for an answer; the build does it. Pure; which files have changed and how pages
are published is `shortcut`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

from sitegen.mathml import Macros
from sitegen.model import Course, Document, Page
from sitegen.prose.dates import TermDays
from sitegen.values import Value, replace

if TYPE_CHECKING:
    from sitegen.build import Built

Read: TypeAlias = Callable[[str], bytes]
"""A published path to the file's bytes as the last build made them."""


class SlideFrame(Value):
    """What the last build knows of one slide."""

    digest: bytes
    """Of its HTML with placeholders."""
    values: tuple[str, ...]
    density: str
    start: int
    """Where it stands in the deck, in bytes."""
    end: int


class Frame(Value):
    """What the last build knows of one text besides its words."""

    face: bytes
    values: tuple[str, ...]
    """What stands in its HTML for each of its references."""
    words: tuple[str, ...]
    """What stands in its Markdown for each of them."""
    path: str
    """Its page's published path."""
    start: int
    """Where its HTML stands in the page, in bytes."""
    end: int
    markdown: str
    """The published path of its Markdown."""
    markdown_start: int
    """Where the author's words begin in it, in bytes; they end it."""
    deck: str = ""
    slides: tuple[SlideFrame, ...] = ()


class Amended(Value):
    """A text's pages with its new words."""

    files: Mapping[str, bytes]
    """By published path; those that have changed."""
    frame: Frame
    document: Document
    slides: tuple[str | None, ...]
    """The new HTML of each; None: as it was."""


# --- a whole site -------------------------------------------------------------------------------


def list_bound(built: Built) -> frozenset[str]:
    """The texts that something else depends on: something is told of them, another text shows their lines, or a
    template of the course's own may go by their words.
    """
    if any(path.startswith("templates/") and path.endswith(".html") for path in built.sources):
        return frozenset(built.sources)
    from sitegen.prose.inclusions import list_inclusions

    texts = (item for item in built.sources.items() if item[0].endswith(".md") and "file" in item[1])
    shown = {path for file, text in texts for path in list_inclusions(text.encode(), file)}
    return frozenset(shown | {finding.span.file for finding in built.findings})


def amend_site(built: Built, contents: Mapping[str, bytes], bound: Set[str]) -> Built | None:
    """The site of `built` with texts as they are now, by their path; None: it takes a build.

    `bound` are `list_bound`'s.
    """
    for source, content in contents.items():
        if built.course is None or source in bound:
            return None
        change, was_made = built.history.get(source), source in built.course.changed
        if was_made != (change is not None and change.made(content)):
            return None
        renewed = _amend_text(built, built.course, source, content)
        if renewed is None:
            return None
        built = renewed
    return built


def _amend_text(built: Built, course: Course, source: str, content: bytes) -> Built | None:
    pages = (*course.lectures, *course.pages)
    page = next((page for page in pages if page.source == source), None)
    if page is None:
        return None
    frame = find_frame(page, built.sources[source], built.files, course.facts.language)
    if frame is None:
        return None
    term = TermDays(course.term.start, course.term.end) if course.term else None

    def read(path: str) -> bytes:
        made = built.files[path]
        assert isinstance(made, bytes)  # or there would be no frame
        return made

    amended = amend(frame, source, content, Rules(course.facts.language, built.macros, term), read)
    if amended is None:
        return None
    new = _renew(page, amended)
    lectures, others = (tuple(new if one is page else one for one in some) for some in (course.lectures, course.pages))
    return replace(
        built,
        files={**built.files, **amended.files},
        sources={**built.sources, source: content.decode("utf-8", "replace")},
        course=replace(course, lectures=lectures, pages=others),
    )


def _renew(page: Page, amended: Amended) -> Page:
    """The page as the course has it."""
    from sitegen.course.wording import put_values, put_words

    old, document = page.document, amended.document
    references = page.html[len(put_values(old.html, page.values)) :]
    return replace(
        page,
        document=replace(old, html=document.html, markdown=document.markdown, slides=document.slides),
        html=put_values(document.html, page.values) + references,
        markdown=put_words(document, page.words),
        slides=tuple(
            slide if html is None else replace(slide, html=html)
            for slide, html in zip(page.slides, amended.slides, strict=True)
        ),
    )


# --- what a build leaves ------------------------------------------------------------------------


def find_frame(page: Page, source: str, files: Mapping[str, object], language: str) -> Frame | None:
    """The frame of a page in a finished site; `source` is the text that it was made from."""
    from sitegen.addresses import markdown_path
    from sitegen.course.wording import put_values
    from sitegen.languages import settle

    written = markdown_path(page.path)
    html, text = files.get(page.path), files.get(written)
    if not page.document.face or not isinstance(html, bytes) or not isinstance(text, bytes):
        return None
    if not page.markdown or _has_comment(source) or _includes(source, page.source):
        return None
    body = settle(put_values(page.document.html, page.values), language).encode()
    author = _end(page.markdown)
    start = _find(html, body)
    if start < 0 or not text.endswith(author):
        return None
    frame = Frame(
        face=page.document.face,
        values=page.values,
        words=page.words,
        path=page.path,
        start=start,
        end=start + len(body),
        markdown=written,
        markdown_start=len(text) - len(author),
    )
    if not page.slides:
        return frame
    deck = files.get(page.deck)
    slides = _find_slides(page, deck, language) if isinstance(deck, bytes) else None
    return replace(frame, deck=page.deck, slides=slides) if slides else None


def _find_slides(page: Page, deck: bytes, language: str) -> tuple[SlideFrame, ...] | None:
    from sitegen.languages import settle

    slides, last = [], 0
    for shown, raw in zip(page.slides, page.document.slides, strict=True):
        html = settle(shown.html, language).encode()
        start = _find(deck, html)
        if start < last:
            return None
        last = start + len(html)
        slides.append(SlideFrame(_digest(raw.html), shown.values, shown.density, start, last))
    return tuple(slides)


def _find(page: bytes, words: bytes) -> int:
    """Where they stand; -1 unless that is one place."""
    return page.find(words) if words and page.count(words) == 1 else -1


def _end(markdown: str) -> bytes:
    """The author's words as a text that is published ends with them."""
    from sitegen.texts import tidy

    return (tidy(markdown).rstrip("\n") + "\n").encode()


def _digest(html: str) -> bytes:
    return blake2b(html.encode("utf-8", "backslashreplace"), digest_size=12).digest()


def _has_comment(source: str) -> bool:
    """Whether it may silence what is told of its lines (`severity`)."""
    return "sitegen:" in source


def _includes(source: str, file: str) -> bool:
    """Whether it shows files of the course, which are read elsewhere."""
    from sitegen.prose.inclusions import list_inclusions

    return "file" in source and bool(list_inclusions(source.encode(), file))


# --- the new words ------------------------------------------------------------------------------


class Rules(Value):
    """What site.yaml says for the reading of texts."""

    language: str
    macros: Macros
    term: TermDays | None


def amend(frame: Frame, source: str, content: bytes, rules: Rules, read: Read) -> Amended | None:
    """The pages of the text in the file `source`, which is `content` now; None: it takes a build."""
    from sitegen.course.wording import put_values, put_words
    from sitegen.languages import settle
    from sitegen.prose.documents import read_document
    from sitegen.prose.proofread import proofread
    from sitegen.texts import decode

    text, findings = decode(content, source)
    if text is None or findings or _has_comment(text) or _includes(text, source):
        return None
    document, findings = read_document(content, source, rules.macros)
    if document is None or document.face != frame.face or findings or proofread(text, source, rules.term):
        return None
    body = settle(put_values(document.html, frame.values), rules.language).encode()
    page = _amend_page(read(frame.path), ((frame.start, frame.end, body),))
    author = _end(put_words(document, frame.words))
    slides = _amend_slides(frame, document, rules.language, read)
    if page is None or slides is None or author == b"\n":
        return None
    shown, deck, places = slides
    files = {frame.path: page.content, frame.markdown: read(frame.markdown)[: frame.markdown_start] + author}
    files |= {frame.deck: deck} if frame.deck else {}
    changed = {path: content for path, content in files.items() if content != read(path)}
    start = page.starts[0]
    return Amended(changed, replace(frame, start=start, end=start + len(body), slides=places), document, shown)


class _NewPage(Value):
    content: bytes
    starts: tuple[int, ...]
    """Where each of its new parts stands."""


def _amend_page(old: bytes, parts: tuple[tuple[int, int, bytes], ...]) -> _NewPage | None:
    """A page with other bytes in some places (start and end in the old one), its policy made anew."""
    from sitegen.outputs.links import find_marks
    from sitegen.outputs.policy import protect, unprotect

    pieces, last = [], 0
    for start, end, part in parts:
        pieces += [old[last:start], part]
        last = end
    pieces.append(old[last:])
    before = unprotect(old.decode())
    if protect(before) != old.decode():
        return None
    new = protect(unprotect(b"".join(pieces).decode())).encode()
    if (_COPIED in new) != (_COPIED in old):  # it gets or loses the script for copying formulas
        return None
    (old_targets, old_ids), (targets, ids) = find_marks(old), find_marks(new)
    if ids != old_ids or set(targets) != set(old_targets):
        return None
    shift = len(new) - sum(map(len, pieces))  # the policies are before all parts
    starts = tuple(shift + sum(map(len, pieces[: 2 * number + 1])) for number in range(len(parts)))
    if any(new[start : start + len(part)] != part for start, (_, _, part) in zip(starts, parts, strict=True)):
        return None
    return _NewPage(new, starts)


_COPIED = b'<annotation encoding="application/x-tex">'


def _amend_slides(
    frame: Frame, document: Document, language: str, read: Read
) -> tuple[tuple[str | None, ...], bytes, tuple[SlideFrame, ...]] | None:
    """The slides as their deck shows them, the deck, and where they stand in it."""
    if not frame.deck:
        return (), b"", ()
    from sitegen.course.talks import fit_slide
    from sitegen.course.wording import put_values
    from sitegen.languages import settle

    old, above = read(frame.deck), ""
    shown: list[str | None] = []
    parts: list[tuple[int, int, bytes]] = []
    for number, (slide, known) in enumerate(zip(document.slides, frame.slides, strict=True), 1):
        above = slide.title or above
        html, part = None, old[known.start : known.end]
        if _digest(slide.html) != known.digest:
            filled = put_values(slide.html, known.values)
            html, density, overflow = fit_slide(slide, filled, number, document.title, above)
            if overflow or density != known.density or not html:
                return None
            part = settle(html, language).encode()
        shown.append(html)
        parts.append((known.start, known.end, part))
    page = _amend_page(old, tuple(parts))
    if page is None:
        return None
    places = tuple(
        replace(known, digest=_digest(slide.html), start=start, end=start + len(part))
        for known, slide, start, (_, _, part) in zip(frame.slides, document.slides, page.starts, parts, strict=True)
    )
    return tuple(shown), page.content, places
