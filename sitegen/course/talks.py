"""A lecture's slides, filled in for the page of its deck and set as large as they fit.

How slides are cut from a lecture is told in `prose.slides`, how high one is in `heights`; what stands around
them on their page is `decks`.
"""

from __future__ import annotations

import re

from sitegen.addresses import deck_path, page_path
from sitegen.course.boxes import read_slide
from sitegen.course.heights import FIGURE, FLAT, FRAME, SETTINGS, WIDTH, Size, estimate_size
from sitegen.course.references import Targets, fill_documents
from sitegen.diagnostics import Diagnostic, Rule
from sitegen.model import Document, Reference, Slide
from sitegen.patterns import regex
from sitegen.values import replace

SLIDE_OVERFLOW = Rule(
    "slide-overflow",
    "warning",
    "A slide holds more than fits on it, even in the smallest letters that can be read from the last row, or a table "
    "or formula that is wider than its column, so that the speaker would have to scroll. Sizes are estimated when the "
    "site is built: fonts differ, so a slide that is nearly full is named, too.",
    wrong="--- ... twenty lines of text",
    right="--- ... ten lines of text ... --- ... the other ten",
)


FILLED = {"spare": 0.62 * FRAME, "roomy": 0.85 * FRAME}
"""What may be filled with the largest letters: they are for slides of few words."""
CROWDED = 1.05
"""How much wider than its room a table or a formula may be thought before that is told: widths are estimates."""
NARROWER = {
    "table": "Give it fewer columns, or a wider column of the slide: --- {.wide-left} or {.wide-right}.",
    "formula": "Break it into lines with aligned and \\\\, or give it a wider column of the slide: --- {.wide-left}.",
}


def fill_slides(document: Document, targets: Targets) -> tuple[tuple[Slide, ...], list[Diagnostic]]:
    """The document's slides as their own page shows them, and those that overflow.

    What is wrong with a link is told where the notes are filled in; here, for what only slides show.
    """
    path = deck_path(page_path(document.source))
    texts = [
        replace(
            document,
            html=slide.html,
            ids=document.slide_ids,
            references=tuple(point_to_notes(reference, document) for reference in slide.references),
        )
        for slide in document.slides
    ]
    filled, _, findings = fill_documents(texts, path, targets)
    slides, above = [], ""
    for number, (slide, one) in enumerate(zip(document.slides, filled, strict=True), 1):
        above = slide.title or above
        html, density, overflow = fit_slide(slide, one.html, number, document.title, slide.title or above)
        findings += [overflow] if overflow else []
        title = slide.title
        for written in sorted(one.words, key=len, reverse=True) if "@" in title else ():
            title = title.replace(written, one.words[written])
        slides.append(replace(slide, html=html, title=title, density=density, values=one.values))
    return tuple(slides), findings


def fit_slide(slide: Slide, html: str, number: int, lecture: str, above: str) -> tuple[str, str, Diagnostic | None]:
    """The slide's filled `html` as its page shows it, its density, and whether it overflows.

    `number` counts from 1, `lecture` is the lecture's title and `above` the slide's own or that of one before it.
    """
    html = _DRAWING.sub(_mark_flat, html)
    density, size = _fit(html, slide.classes, lecture if number == 1 else "")
    is_too_large = size.height > FRAME or size.crowding > CROWDED
    return html, density, _overflow(slide, above, number, size) if is_too_large else None


def _mark_flat(match: re.Match[str]) -> str:
    is_flat = int(match[2]) * FIGURE > int(match[3]) * WIDTH * 0.9
    return f'{match[1]} class="{FLAT}" width="{match[2]}" height="{match[3]}"' if is_flat else match[0]


_DRAWING = regex(r'(<svg viewBox="[^"<>]*") width="(\d+)" height="(\d+)"')


def _fit(html: str, classes: tuple[str, ...], title: str) -> tuple[str, Size]:
    """The density of the largest letters in which a slide fits, or of the smallest, and how large it is then."""
    slide = read_slide(html)
    for density in SETTINGS:
        size = estimate_size(slide, density, classes, title)
        if size.height <= FILLED.get(density, FRAME) and size.crowding <= 1:
            break
    return density, size


def point_to_notes(reference: Reference, document: Document) -> Reference:
    """A link to a heading that only the notes have leads to the notes."""
    fragment = reference.written.removeprefix("#")
    if not reference.written.startswith("#") or fragment in document.slide_ids or fragment not in document.ids:
        return reference
    return replace(reference, written=document.source.rpartition("/")[2] + reference.written)


def _overflow(slide: Slide, title: str, number: int, size: Size) -> Diagnostic:
    name = f'The slide "{title}"' if title else f"Slide {number}"
    if number == 1:
        name = "The opening slide, which shows the text above the first ---,"
    elif not slide.title and title:
        name = f'The slide that continues "{title}"'
    if size.height <= FRAME:
        share = max(5, round(100 * (size.crowding - 1), -1))
        message = f"{name} holds a {size.crowded} that is wider than its room by about {share:.0f}%."
        return SLIDE_OVERFLOW.at(slide.span, message, NARROWER[size.crowded])
    lines = max(1, round((size.height - FRAME) / 1.5))
    message = f"{name} is larger than its frame by about {lines} line{'s' if lines > 1 else ''}."
    help = "Open another slide with ---, or leave out what is said with {.notes-only} below a paragraph."
    return SLIDE_OVERFLOW.at(slide.span, message, help)
