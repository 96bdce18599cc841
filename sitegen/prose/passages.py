"""A passage of Markdown to HTML in which links and citations wait for the course.

Where a link leads and how a citation reads depends on other files; such a place stays a placeholder,
numbered as in `Passage.references`, which `references` fills in. Front matter, titles and sections
are `documents`.
"""

from __future__ import annotations

import html as html_text
from collections.abc import Mapping

from sitegen.addresses import CONTENT, OPEN, fill
from sitegen.diagnostics import Diagnostic, Rule, span_of_offset
from sitegen.languages import English
from sitegen.mathml import Macros
from sitegen.model import Heading, Reference, Slide
from sitegen.prose.colouring import open_block
from sitegen.prose.elements import check_tags
from sitegen.prose.fences import Code
from sitegen.prose.filling import Filling, list_shown, spoken_words
from sitegen.prose.foreign import check_foreign, is_code
from sitegen.prose.formulas import find_open, is_equation, number_equations, tell_open
from sitegen.prose.inclusions import NOTHING, Included, include_files, write_fence
from sitegen.prose.inline import find_inline
from sitegen.prose.limits import HELP, MOST_CHARACTERS, TOO_COMPLEX, Excess, find_crowd, find_excess, find_length
from sitegen.prose.lines import arrange_lines
from sitegen.prose.pieces import Divider, Formula, Pointer
from sitegen.prose.rows import check_tables
from sitegen.prose.sheets import Sheet
from sitegen.prose.slides import check_divider, list_slides, tell_joined
from sitegen.texts import plain_text
from sitegen.values import Value, field, replace

OPEN_CODE = Rule(
    "open-code",
    "warning",
    "A block of code opens and is never closed by a line of the same signs, in the same number. So all that "
    "follows is taken for code.",
    wrong="```python\nx = 1\n````",
    right="```python\nx = 1\n```",
)


class Passage(Value):
    """A piece of Markdown as HTML, and what was met in it."""

    html: str = ""
    headings: tuple[Heading, ...] = ()
    ids: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    findings: list[Diagnostic] = field(factory=list)
    slides: tuple[Slide, ...] = ()
    slide_ids: frozenset[str] = frozenset()
    labels: tuple[tuple[str, str], ...] = ()
    """Ids of figures, tables and listings, and what refers to them says: `Figure 2`."""
    inclusions: tuple[tuple[int, int, str], ...] = ()
    """(start, end, Markdown with the lines that are shown) of code from files; offsets count from the file's start."""


def convert_passage(
    text: str,
    start: int,
    end: int,
    file: str,
    top: int = 2,
    prefix: str = "",
    macros: Macros = (),
    included: Included = NOTHING,
) -> Passage:
    """The Markdown in `text[start:end]`; `text` is the whole of `file`.

    Headings are at level `top` or below it; `prefix` starts the ids that are made here. `macros` are the course's
    own commands in formulas, `included` the files of which code shows lines.
    """
    excess = find_length(end - start)
    if excess:
        return _too_complex(excess, text, start, end, file)
    is_lecture = file.startswith(f"{CONTENT}lectures/")
    marked = find_inline(text[start:end], slides=is_lecture)
    excess = find_excess(marked.prose, marked.parts, sum(isinstance(found, Divider) for found in marked.found))
    crowd = None if excess else find_crowd(marked.text)
    if crowd:
        excess = Excess(max(0, text.find(crowd[0].split(OPEN)[0], start, end) - start), crowd[1])
    if excess:
        return _too_complex(excess, text, start, end, file)
    found, inclusions, problems = include_files(
        marked.found, included, file, lambda at, length: span_of_offset(file, text, start + at, length)
    )
    marked = replace(marked, found=found)
    # Python-Markdown: a build in which no text is new does without.
    from sitegen.prose.admonitions import check_boxes
    from sitegen.prose.captions import LOST_CAPTION, find_lost
    from sitegen.prose.markup import convert

    def spoken(number: int) -> str:
        return html_text.escape(spoken_words(marked.found[number]))

    classes = {number: found.classes for number, found in enumerate(marked.found) if isinstance(found, Code)}
    dividers = {number: found for number, found in enumerate(marked.found) if isinstance(found, Divider)}
    try:
        converted = convert(arrange_lines(marked.text), spoken, top, prefix, dividers if is_lecture else None, classes)
    except RecursionError:
        words = "is nested too deeply: lists, quotes, emphasis or tags inside one another"
        return _too_complex(Excess(0, words), text, start, end, file)
    names = {name for _, name, _ in converted.headings}
    fillings = [
        Filling(Sheet(marked.found, text, start, file), names, prefix, macros) for _ in range(1 + len(converted.slides))
    ]
    told = _number_equations(fillings, [converted.html, *(html for _, html in converted.slides)], converted.labels)

    def read(number: int) -> str:
        return fillings[0].read(marked.found[number])

    headings = tuple(Heading(level, name, plain_text(fill(words, read))) for level, name, words in converted.headings)
    html, *shown = (
        filling.fill(written)
        for filling, written in zip(fillings, (converted.html, *(html for _, html in converted.slides)), strict=True)
    )
    notes, *decks = fillings
    # What stands in the notes and on a slide is told once.
    findings = (
        problems + told + list(dict.fromkeys(finding for filling in fillings for finding in filling.sheet.findings))
    )
    findings += [
        tell_open(sign, notes.sheet.span(offset, len(sign)))
        for offset, sign in find_open(text[start:end], marked.prose)
    ]
    findings += [_open_code(file, text, start + offset) for offset in marked.open_code]
    findings += [tell_joined(file, text, start + offset) for offset in marked.joined]
    findings += [finding for divider in dividers.values() for finding in check_divider(divider, file, text, start)]
    findings += check_foreign(text[start:end], marked.prose, notes.sheet.span)
    findings += check_tables(text[start:end], marked.prose, notes.sheet.span, lambda at: is_code(marked.prose, at))
    findings += check_boxes(text[start:end], marked.prose, notes.sheet.span, lambda at: is_code(marked.prose, at))
    findings += check_tags(
        text[start:end], marked.prose, marked.tags, notes.sheet.span, lambda at: is_code(marked.prose, at)
    )
    findings += [
        LOST_CAPTION.at(
            span_of_offset(file, text, offset, len(kind) + 1),
            f"This {kind.lower()}'s caption stands beside no {_CAPTIONED[kind]}.",
            "Put it right above or below one, with an empty line between, or begin it with another word.",
        )
        for offset, kind in find_lost(converted.lost, text, start)
    ]
    slides = tuple(
        replace(slide, html=one, references=tuple(filling.sheet.references))
        for slide, one, filling in zip(
            list_slides(converted.slides, dividers, headings, file, text, start), shown, decks, strict=True
        )
    )
    return Passage(
        html,
        tuple(heading for heading in headings if heading.id in notes.sheet.ids),
        frozenset(notes.sheet.ids),
        tuple(notes.sheet.references),
        findings,
        slides,
        frozenset(name for filling in decks for name in filling.sheet.ids) | {slide.id for slide in slides},
        (*converted.labels.items(), *fillings[0].equations.labels()),
        tuple(
            (
                start + one.start,
                start + one.end,
                write_fence(one, text[text.rfind("\n", 0, start + one.start) + 1 : start + one.start]),
            )
            for one in inclusions
        ),
    )


_CAPTIONED = {"Figure": "picture", "Table": "table", "Listing": "block of code"}


def _too_complex(excess: Excess, text: str, start: int, end: int, file: str) -> Passage:
    """The text as it is written, and no more of it than a browser can show."""
    place = span_of_offset(file, text, start + excess.start)
    written = html_text.escape(text[start : min(end, start + MOST_CHARACTERS)].strip("\n"), quote=False)
    html = f"{open_block(English('The text as it is written'), 'region')}{written}</pre>"
    return Passage(html, findings=[TOO_COMPLEX.at(place, f"This text {excess.words}.", HELP)])


def _open_code(file: str, text: str, offset: int) -> Diagnostic:
    ticks = text[offset : offset + 3]
    return OPEN_CODE.at(
        span_of_offset(file, text, offset, 3),
        "The block of code that opens here is never closed.",
        f"Below its last line, write as many {ticks[0]} on a line as here.",
    )


def _number_equations(fillings: list[Filling], pages: list[str], labels: Mapping[str, str]) -> list[Diagnostic]:
    """Tells the notes, first of `pages`, and the slides the numbers of the text's equations. Code has none."""
    notes, *slides = fillings
    found = notes.sheet.found
    if not any(isinstance(one, Pointer) or (isinstance(one, Formula) and is_equation(one.tex)) for one in found):
        return []
    shown = [set(list_shown(page)) for page in pages]
    here, there = shown[0], set[int]().union(*shown[1:])
    equations, findings = number_equations(
        found, here | there, notes.macros, notes.prefix, set(notes.heading_ids), labels, notes.sheet.span
    )
    deck = f"{notes.sheet.file.rpartition('/')[2].removesuffix('.md')}/slides/index.md"
    notes.equations, notes.own, notes.elsewhere = equations, here, deck
    for slide in slides:
        slide.equations, slide.own = equations, there
    return findings
