"""The diagrams of a course: drawn once for each source, remembered, and set into pages.

The program that draws is given (`sketches.Artist`); what it draws is cleaned by `vectors`. A diagram that can't be
drawn is shown as the text that it is, and told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.languages import OURS, THEIRS, English, is_english
from sitegen.model import Diagram, Document, Reference
from sitegen.patterns import regex
from sitegen.prose.colouring import open_code
from sitegen.sketches import LIMIT, MISSING, MISTAKE, Artist, Sketch
from sitegen.values import Value, as_dict, field_names, replace

if TYPE_CHECKING:
    from sitegen.course.vectors import Vector
    from sitegen.prose.dot import Graph

BAD_DIAGRAM = Rule(
    "bad-diagram",
    "error",
    "The text of a diagram isn't in its language, so it can't be drawn and students would see its source. The "
    "languages are told at graphviz.org (dot) and mermaid.js.org (mermaid).",
    wrong="```dot\ndigraph { A -> }\n```",
    right="```dot\ndigraph { A -> B }\n```",
)
DIAGRAM_LIMIT = Rule(
    "diagram-limit",
    "warning",
    "A diagram has so many parts that drawing it would take minutes or all memory, or the drawing would be larger "
    "than the rest of the page. Nobody can read such a diagram either. The page shows its source.",
)
NO_PROGRAM = Rule(
    "no-diagram-program",
    "warning",
    "The package that draws the course's diagrams isn't installed, so pages show their source. make installs it; "
    'with pip it is an extra of sitegen: pip install "sitegen[diagrams]".',
)
DIAGRAM_WORDS = Rule(
    "diagram-words",
    "note",
    "A diagram needs words for those who don't see it: what it shows, in a sentence. Without them its nodes and edges "
    "are read out one by one, which says what is there and not what it means.",
    wrong="```dot\ndigraph { Client -> Cache -> Store }\n```",
    right='```dot alt="A client asks the cache, which asks the store"\ndigraph { Client -> Cache -> Store }\n```',
)
DIAGRAM_CONTRAST = Rule(
    "diagram-contrast",
    "warning",
    "Words in a diagram have a colour that can't be told from the colour below them: WCAG 2.2 asks for a contrast of "
    "4.5. Without a colour of their own, words are black or white, whichever can be read.",
    wrong="```dot\ngraph { A [style=filled, fillcolor=yellow, fontcolor=white] }\n```",
    right="```dot\ngraph { A [style=filled, fillcolor=yellow] }\n```",
)
DIAGRAM_PART = Rule(
    "diagram-part",
    "warning",
    "Diagrams are shapes and words. Links and images in them are left out: a drawing is read as one picture, in which "
    "nobody can follow a link, and images in it can't be loaded. Of labels in HTML the words are drawn.",
    wrong='```dot\ngraph { A [URL="https://example.org"] }\n```',
    right="```dot\ngraph { A }\n```\n\n[A](https://example.org) is ...",
)

NAME = "diagrams-drawn"
"""Under which earlier builds' drawings are remembered."""
NARROW = 300.0
"""Pixels; a wider drawing scrolls by itself on a phone, so that its letters stay readable."""
_SAID = 60
"""Characters of what is read out that a note quotes."""


class Drawing(Value):
    """One source as it is drawn, or why it isn't."""

    inside: str = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    scale: float = 1.0
    size: float = 0.0
    anchor: str = ""
    said: str = ""
    """What is read out when the author gives no words."""
    is_said: bool = False
    """Whether `said` is the author's, from within the diagram."""
    pale: tuple[tuple[str, str, str], ...] = ()
    images: int = 0
    links: int = 0
    in_html: int = 0
    """Labels of which only the words are drawn."""
    trouble: str = ""
    words: str = ""
    line: int = 0
    column: int = 0


Drawings = Mapping[tuple[str, str, str], Drawing]
"""By language, source and layout."""


def draw_diagrams(
    documents: Iterable[Document], artist: Artist | None, cache: MutableMapping[str, bytes]
) -> tuple[Drawings, list[Diagnostic]]:
    """Every diagram of the documents, from the cache where an earlier build drew the same."""
    places = {
        (reference.span, key(reference.diagram)): reference
        for document in documents
        for reference in list_references(document)
        if reference.diagram
    }
    if not places:
        return {}, []
    edition = artist.edition() if artist else ""
    known = _recall(cache)
    drawings: dict[tuple[str, str, str], Drawing] = {}
    kept: dict[str, Drawing] = {}
    for reference in places.values():
        diagram = reference.diagram
        assert diagram
        if key(diagram) not in drawings:
            mark = sha256("\0".join((edition, *key(diagram))).encode("utf-8", "surrogatepass")).hexdigest()
            drawing = known.get(mark) or _draw(diagram, artist)
            drawings[key(diagram)] = drawing
            if drawing.trouble != MISSING:
                kept[mark] = drawing
    if kept.keys() != known.keys():
        cache[NAME] = json.dumps({mark: as_dict(drawing) for mark, drawing in sorted(kept.items())}).encode()
    return drawings, list(_tell(places.values(), drawings))


def key(diagram: Diagram) -> tuple[str, str, str]:
    return diagram.language, diagram.source, diagram.layout


def list_references(document: Document) -> Iterator[Reference]:
    """Of its text and of its slides."""
    yield from document.references
    for slide in document.slides:
        yield from slide.references


def _recall(cache: MutableMapping[str, bytes]) -> dict[str, Drawing]:
    """What is remembered; nothing of what isn't as we wrote it."""
    names = set(field_names(Drawing))
    try:
        found = json.loads(cache[NAME])
        return {mark: _recalled(values) for mark, values in found.items() if values.keys() == names}
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}


def _recalled(values: Mapping[str, object]) -> Drawing:
    box, pale = values["box"], values["pale"]
    assert isinstance(box, list) and isinstance(pale, list)
    return Drawing(**{**values, "box": tuple(box), "pale": tuple(map(tuple, pale))})  # type: ignore[arg-type]


# --- one diagram --------------------------------------------------------------------------------


def _draw(diagram: Diagram, artist: Artist | None) -> Drawing:
    from sitegen.course.vectors import Unfit, clean_vector
    from sitegen.prose.dot import NotAGraph, plain_labels, read_graph

    graph: Graph | None = None
    if diagram.language == "dot":
        try:
            graph = read_graph(diagram.source)
        except NotAGraph as wrong:
            line = diagram.source.count("\n", 0, wrong.offset) + 1
            column = wrong.offset - (diagram.source.rfind("\n", 0, wrong.offset) + 1) + 1
            return Drawing(trouble=MISTAKE, words=wrong.words, line=line, column=column)
    source, in_html = plain_labels(diagram.source) if graph else (diagram.source, 0)
    sketch = artist.draw(_dressed(replace(diagram, source=source))) if artist else Sketch(trouble=MISSING)
    if sketch.trouble:
        return Drawing(trouble=sketch.trouble, words=sketch.words, line=sketch.line, column=sketch.column)
    try:
        vector = clean_vector(sketch.svg)
    except Unfit:
        return Drawing(trouble=LIMIT)
    return _drawing(vector, graph, in_html)


def _drawing(vector: Vector, graph: Graph | None, in_html: int) -> Drawing:
    from sitegen.prose.dot import describe

    return Drawing(
        inside=vector.inside,
        box=vector.box,
        scale=vector.scale,
        size=vector.size,
        anchor=vector.anchor,
        said=vector.title or (describe(graph) if graph else ", ".join(dict.fromkeys(vector.words))),
        is_said=bool(vector.title) and graph is None,
        pale=vector.pale,
        images=vector.images + (graph is not None and bool(_IMAGES.intersection(graph.asks))),
        links=vector.links,
        in_html=in_html,
    )


_IMAGES = frozenset({"image", "shapefile"})
_LETTERS = 'fontname="Arial"'
_DEFAULTS = f"graph [{_LETTERS} bgcolor=transparent]; node [{_LETTERS}]; edge [{_LETTERS}];"


def _dressed(diagram: Diagram) -> Diagram:
    """A graph with the page's defaults, which its own attributes override."""
    if diagram.language != "dot":
        return diagram
    from sitegen.prose.dot import opening_of

    start = opening_of(diagram.source)
    source = f"{diagram.source[:start]} {_DEFAULTS}{diagram.source[start:]}"
    return Diagram(diagram.language, source, diagram.layout)


# --- on a page ----------------------------------------------------------------------------------


def place_diagram(diagram: Diagram, drawings: Drawings, prefix: str, is_slide: bool, language: str = "en") -> str:
    """The diagram as a figure; `prefix` begins the names in it. On a slide it is as large as there is room."""
    drawing = drawings.get(key(diagram))
    if drawing is None or drawing.trouble:
        code = escape(diagram.source, quote=False)
        shown = f'<div class="highlight">{open_code(English("Source of a diagram"))}{code}</code></pre></div>'
    else:
        width = drawing.box[2] * drawing.scale
        shown = _svg(diagram, drawing, width, prefix, language)
        if width > NARROW and not is_slide:
            shown = f'<div class="diagram" tabindex="0" role="group" aria-label="Diagram"{OURS}>{shown}</div>'
    name = f' id="{escape(diagram.id)}"' if diagram.id else ""
    return shown if diagram.caption and not name else f"<figure{name}>{shown}</figure>"


def _svg(diagram: Diagram, drawing: Drawing, width: float, prefix: str, language: str) -> str:
    from sitegen.course.vectors import MARK

    said = diagram.alt or (drawing.said if drawing.is_said else "") or diagram.caption
    said = said or list_parts(drawing.said, language) or English("A diagram")
    marks = OURS if isinstance(said, English) else THEIRS
    anchor = f' text-anchor="{drawing.anchor}"' if drawing.anchor else ""
    box = " ".join(f"{number:.1f}".removesuffix(".0") for number in drawing.box)
    return (
        f'<svg viewBox="{box}" width="{width:.0f}" height="{drawing.box[3] * drawing.scale:.0f}" fill="currentColor" '
        f'font-size="{drawing.size:.3g}"{anchor} role="img" aria-label="{escape(said)}"{marks}>'
        f"{drawing.inside.replace(MARK, f'{prefix}-')}</svg>"
    )


def list_parts(said: str, language: str) -> str:
    """What `describe` says of a graph, whose nodes are the author's words, without a word of another language."""
    return said if is_english(language) else _MORE.sub(r", … (+\1)", said.replace(" to ", " → "))


_MORE = regex(r", and (\d+) more\Z")


# --- what is told -------------------------------------------------------------------------------

_LONGEST = 100
"""Characters of a program's complaint; a list of all that it would have understood is longer."""
_PROGRAMS = {"dot": "Graphviz", "mermaid": "Mermaid"}


def _tell(places: Iterable[Reference], drawings: Drawings) -> Iterator[Diagnostic]:
    missing: dict[str, list[Span]] = {}
    for reference in places:
        diagram = reference.diagram
        assert diagram
        drawing, span = drawings[key(diagram)], reference.span
        if drawing.trouble == MISSING:
            missing.setdefault(diagram.language, []).append(span)
        elif drawing.trouble == LIMIT:
            message = "This diagram is too large to be drawn, so the page shows its source."
            yield DIAGRAM_LIMIT.at(span, message, "Draw a part of it, or several diagrams.")
        elif drawing.trouble:
            yield _mistake(diagram, drawing, span)
        else:
            yield from _remarks(diagram, drawing, span)
    for language, spans in missing.items():
        others = len(spans) - 1
        message = f"The program that draws {language} isn't installed, so this diagram is shown as its source."
        if others:
            message = f"{message[:-1]}, and {others} other{'s' if others > 1 else ''} in the course."
        yield NO_PROGRAM.at(spans[0], message, 'Install it with: pip install "sitegen[diagrams]".')


def _mistake(diagram: Diagram, drawing: Drawing, span: Span) -> Diagnostic:
    words = (drawing.words or "its text isn't understood").strip().rstrip(".")
    if len(words) > _LONGEST:
        words = f"{words[:_LONGEST].rpartition(',')[0] or words[:_LONGEST]} and so on"
    place = span
    if drawing.line:
        number = min(drawing.line, diagram.source.count("\n") or 1)
        column = diagram.margin + max(1, drawing.column)
        place = Span(span.file, span.line + number, column)
        if diagram.file:
            place = Span(diagram.file, diagram.lines[number - 1], column)
    message = f"{_PROGRAMS[diagram.language]} can't draw this: {words[:1].lower()}{words[1:]}."
    example = "digraph { A -> B }" if diagram.language == "dot" else "flowchart LR, and below it A --> B"
    return BAD_DIAGRAM.at(place, message, f"A diagram that works is {example}.")


def _remarks(diagram: Diagram, drawing: Drawing, span: Span) -> Iterator[Diagnostic]:
    if not (diagram.alt or diagram.caption or drawing.is_said):
        said = drawing.said if len(drawing.said) <= _SAID else drawing.said[: _SAID - 3].rpartition(" ")[0] + " ..."
        message = f'Those who don\'t see this diagram are only told its parts: "{said}".'
        yield DIAGRAM_WORDS.at(span, message, 'Say what it shows: alt="..." beside the language.')
    for words, colour, below in drawing.pale[:3]:
        message = f'"{words}" in this diagram is {colour} on {below}, which is hard to read.'
        yield DIAGRAM_CONTRAST.at(span, message, "Leave out the colour of the words, or choose another below them.")
    if drawing.images:
        yield DIAGRAM_PART.at(span, "This diagram has an image in it, which is left out.", "Put the image beside it.")
    if drawing.in_html:
        message = "This diagram has HTML in its labels, of which only the words are drawn."
        yield DIAGRAM_PART.at(span, message, 'Write label="two\\nlines"; for cells, shape=record, label="left|right".')
    if drawing.links:
        yield DIAGRAM_PART.at(
            span, "This diagram has links in it, which are left out.", "Link from the text beside it."
        )
