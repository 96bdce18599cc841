"""A text's page: its document with links, citations and slides filled in.

What a text asks of the course is little: the targets of its own links, the papers that it cites. So what is filled in
depends on no more than that, and can be remembered by it. How one reference is filled in is `references`'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any, TypeAlias
from unicodedata import normalize
from urllib.parse import unquote

from sitegen.addresses import deck_path, is_external, page_path
from sitegen.course.drawings import key
from sitegen.course.manuscripts import find_words
from sitegen.course.references import (
    Targets,
    fill_document,
    find_label,
    find_target,
    references_heading,
    resolve_link,
)
from sitegen.course.talks import fill_slides, point_to_notes
from sitegen.course.wording import put_values, put_words
from sitegen.diagnostics import Diagnostic
from sitegen.later import Later, amended, late, later
from sitegen.model import Document, Heading, Page, Paper, Picture, Reference, Slide
from sitegen.values import Value, replace

AskAll: TypeAlias = Callable[
    [Callable[..., Any], Sequence[tuple[Any, ...]], tuple[Callable[..., Any], Callable[..., Any]], Callable[..., Any]],
    list[Any],
]
"""A pure function, the arguments of each of its calls, how a result is split in two and joined again, and what is made
of the arguments and a result: to all that is made, of which some may be known from before."""


def ask_all(
    function: Callable[..., Any],
    questions: Sequence[tuple[Any, ...]],
    parts: tuple[Callable[..., Any], Callable[..., Any]],
    finish: Callable[..., Any],
) -> list[Any]:
    """Remembers nothing."""
    return [finish(question, function(*question)) for question in questions]


class Filling(Value):
    """What stands in a document for its references, and what follows from it."""

    title: str
    headings: tuple[Heading, ...]
    values: tuple[str, ...]
    words: tuple[str, ...]
    references: str
    """HTML: the list of the papers that it cites."""
    cited: Mapping[str, tuple[str, ...]]
    markdown: str
    slides: tuple[Slide, ...]


def fill_pages(
    published: Sequence[Document], targets: Targets, base_url: str, ask: AskAll
) -> tuple[tuple[Page, ...], list[Diagnostic]]:
    """Pages whose text ends with the list of its references, if it cites any."""
    questions = []
    for document in published:
        path = page_path(document.source)
        questions.append((document, path, narrow(document, path, targets) or targets, base_url))
    is_narrow = [question[2] is not targets for question in questions]
    known = iter(
        ask(
            fill_page,
            [q for q, narrowed in zip(questions, is_narrow, strict=True) if narrowed],
            (_split, _join),
            _finish,
        )
    )
    pages: list[Page] = []
    findings: list[Diagnostic] = []
    for question, narrowed in zip(questions, is_narrow, strict=True):
        page, problems = next(known) if narrowed else _finish(question, fill_page(*question))
        pages.append(page)
        findings += problems
    return tuple(pages), findings


def fill_page(document: Document, path: str, targets: Targets, base_url: str) -> tuple[Filling, list[Diagnostic]]:
    """The document as its page at `path` shows it."""
    filled, references, findings = fill_document(document, path, targets)
    headings = [replace(h, text=with_words(h.text, filled.words)) for h in document.headings]
    headings += [references_heading([document])] if references else []
    words = find_words(document, path, targets, base_url)
    slides, problems = fill_slides(document, targets)
    findings += [problem for problem in problems if problem not in findings]
    return Filling(
        with_words(document.title, filled.words),
        tuple(headings),
        filled.values,
        words,
        references,
        filled.cited,
        put_words(document, words),
        slides,
    ), findings


_Answer: TypeAlias = tuple[Filling, list[Diagnostic]]


def _split(answer: _Answer) -> tuple[_Answer, tuple[Any, ...]]:
    filling, findings = answer
    large = tuple(getattr(filling, name) for name in _LARGE)
    return (amended(filling, values=(), words=(), references="", markdown="", slides=()), findings), large


def _join(answer: _Answer, large: Later) -> _Answer:
    def field(number: int) -> Later:
        return Later(lambda: large.read()[number], large.key + bytes([number]))

    filling, findings = answer
    return amended(filling, **{name: field(number) for number, name in enumerate(_LARGE)}), findings


_LARGE = ("values", "words", "references", "markdown", "slides")
late(Filling, *_LARGE)


def _finish(question: tuple[Document, str, Targets, str], answer: _Answer) -> tuple[Page, list[Diagnostic]]:
    (document, path, *_), (filling, findings) = question, answer
    body, values = later(document, "html"), later(filling, "values")
    page = Page(
        path,
        amended(document, title=filling.title, headings=filling.headings),
        Later(lambda: put_values(document.html, filling.values) + filling.references, _both(body, values)),  # type: ignore[arg-type]
        filling.cited,
        later(filling, "markdown"),  # type: ignore[arg-type]
        later(filling, "slides") if document.slides else (),  # type: ignore[arg-type]
        (),
        values,  # type: ignore[arg-type]
        later(filling, "words"),  # type: ignore[arg-type]
    )
    return page, findings


def _both(one: Later, other: Later) -> bytes:
    """The key of what depends on both."""
    return one.key + other.key if one.key and other.key else b""


def with_words(text: str, words: Mapping[str, str]) -> str:
    """A title or heading with its citations as they read."""
    for written in sorted(words, key=len, reverse=True) if "@" in text else ():
        text = text.replace(written, words[written])
    return text


# --- what a text asks for -----------------------------------------------------------------------


def narrow(document: Document, page: str, targets: Targets) -> Targets | None:
    """What of all targets the document's references lead to.

    None where one leads nowhere: that is told with what stands near it, and may depend on anything.
    """
    deck = deck_path(page) if document.slides else page
    asked = _Asked(targets, {page, deck})
    asked.pages[document.source] = page
    if all(asked.note(reference, document, page) for reference in (*document.title_references, *document.references)):
        if all(asked.note(reference, on_slide, deck) for reference, on_slide in _on_slides(document)):
            return Targets(
                asked.pages,
                asked.ids,
                frozenset(),
                asked.papers,
                style=targets.style,
                labels=asked.labels,
                drawings={one: targets.drawings[one] for one in asked.drawings if one in targets.drawings},
                pictures=asked.pictures,
                language=targets.language,
            )
    return None


def _on_slides(document: Document) -> Iterator[tuple[Reference, Document]]:
    """The references on the slides, each with the document as slides have it."""
    if document.slides:
        on_slide = amended(document, ids=document.slide_ids)
        for slide in document.slides:
            for reference in slide.references:
                yield point_to_notes(reference, document), on_slide


class _Asked:
    """What was asked for."""

    def __init__(self, targets: Targets, own: Set[str]) -> None:
        """`own` are the paths of the document's own pages."""
        self._targets, self._own = targets, own
        self.pages: dict[str, str] = {}
        self.ids = {path: targets.ids[path] for path in sorted(own) if path in targets.ids}
        self.papers: dict[str, Paper] = {}
        self.labels: dict[str, dict[str, str]] = {}
        self.drawings: list[tuple[str, str, str]] = []
        self.pictures: dict[str, Picture] = {}

    def note(self, reference: Reference, document: Document, page: str) -> bool:
        """False: the reference leads nowhere."""
        targets = self._targets
        if reference.items:
            for item in reference.items:
                if item.key not in targets.papers:
                    return False
                self.papers[item.key] = targets.papers[item.key]
            return True
        if reference.diagram:
            self.drawings.append(key(reference.diagram))
            return True
        path, _, fragment = reference.written.partition("#")
        fragment = normalize("NFC", unquote(fragment))
        source, target = find_target(path.partition("?")[0], document, page, targets)
        if path and target is not None and not is_external(reference.written):
            self.pages[source] = target
            self._note_id(target, fragment)
        if reference.kind == "picture":
            if target is not None and target in targets.pictures:
                self.pictures[target] = targets.pictures[target]
            return True
        if reference.kind == "label":
            known = targets.labels.get(target or "", {})
            own = self.labels.setdefault(target or "", {})
            own.update((name, known[name]) for name in ("", fragment) if name in known)
            return bool(find_label(reference, document, page, targets))
        found: list[Diagnostic] = []
        return resolve_link(reference, document, page, targets, found) is not None and not found

    def _note_id(self, target: str, fragment: str) -> None:
        if target in self._own or target not in self._targets.ids:
            return
        ids = self._targets.ids[target]
        self.ids[target] = None if ids is None else (self.ids.get(target) or frozenset()) | (ids & {fragment})
