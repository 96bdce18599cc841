"""A lecture's slides, filled in for the page of its deck and set as large as they fit.

How slides are cut from a lecture is told in `prose.slides`, how high one is in `heights`; what stands around
them on their page is `decks`.
"""

from __future__ import annotations

from dataclasses import replace

from sitegen.addresses import deck_path, page_path
from sitegen.course.heights import FRAME, SETTINGS, estimate_height, read_slide
from sitegen.course.references import Targets, fill_documents
from sitegen.diagnostics import Diagnostic, Rule
from sitegen.model import Document, Reference, Slide

SLIDE_OVERFLOW = Rule(
    "slide-overflow",
    "warning",
    "A slide holds more than fits on it, even in the smallest letters that can be read from the last row, so that the "
    "speaker would have to scroll. The height is estimated when the site is built: fonts differ, so a slide that is "
    "nearly full is named, too.",
    wrong="--- ... twenty lines of text",
    right="--- ... ten lines of text ... --- ... the other ten",
)


ROOMY = 0.85 * FRAME
"""What may be filled with the largest letters: they are for slides of few words."""


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
            references=tuple(_from_slides(reference, document) for reference in slide.references),
        )
        for slide in document.slides
    ]
    filled, _, findings = fill_documents(texts, path, targets)
    slides, above = [], ""
    for number, (slide, one) in enumerate(zip(document.slides, filled, strict=True), 1):
        above = slide.title or above
        density, height = _fit(one.html, slide.classes, document.title if number == 1 else "")
        if height > FRAME:
            findings.append(_overflow(slide, slide.title or above, number, height))
        title = slide.title
        for written in sorted(one.words, key=len, reverse=True) if "@" in title else ():
            title = title.replace(written, one.words[written])
        slides.append(replace(slide, html=one.html, title=title, density=density))
    return tuple(slides), findings


def _fit(html: str, classes: tuple[str, ...], title: str) -> tuple[str, float]:
    """The density of the largest letters in which a slide fits, or of the smallest, and how high it is then."""
    slide = read_slide(html)
    for density in SETTINGS:
        height = estimate_height(slide, density, classes, title)
        if height <= (ROOMY if density == "roomy" else FRAME):
            break
    return density, height


def _from_slides(reference: Reference, document: Document) -> Reference:
    """A link to a heading that only the notes have leads to the notes."""
    fragment = reference.written.removeprefix("#")
    if not reference.written.startswith("#") or fragment in document.slide_ids or fragment not in document.ids:
        return reference
    return replace(reference, written=document.source.rpartition("/")[2] + reference.written)


def _overflow(slide: Slide, title: str, number: int, height: float) -> Diagnostic:
    name = f'The slide "{title}"' if title else f"Slide {number}"
    if number == 1:
        name = "The opening slide, which shows the text above the first ---,"
    elif not slide.title and title:
        name = f'The slide that continues "{title}"'
    lines = max(1, round((height - FRAME) / 1.5))
    message = f"{name} is larger than its frame by about {lines} line{'s' if lines > 1 else ''}."
    help = "Open another slide with ---, or leave out what is said with {.notes-only} below a paragraph."
    return SLIDE_OVERFLOW.at(slide.span, message, help)
