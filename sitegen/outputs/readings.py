"""The reading list and a page a paper."""

from __future__ import annotations

from sitegen.addresses import READINGS
from sitegen.model import Course
from sitegen.outputs.anchors import Anchor, course_link, linker, neighbours
from sitegen.outputs.frames import Output, render_page
from sitegen.outputs.paperlists import (
    held_readings,
    list_authors,
    list_readings,
    paper_links,
    scheduled_papers,
    short_name,
)
from sitegen.outputs.theme import Theme


def readings(course: Course, theme: Theme) -> Output:
    """The reading list: by part in the order in which papers are read, then the rest by entry in papers.bib."""
    here = linker(READINGS)
    parts, further = list_readings(course, here)
    yield render_page(
        course,
        theme,
        "readings.html",
        path=READINGS,
        title="Readings",
        description=f"The papers of {course.facts.code}, in the order in which they are read.",
        source="papers.bib",
        reading_parts=parts,
        further=further,
        sign_up=course_link(course, course.presentations.sign_up or "", here),
        presentations_page=here(course.presentations_page.target) if course.presentations_page else "",
    )


def papers(course: Course, theme: Theme) -> Output:
    """A page a paper; previous and next follow the reading list."""
    scheduled = scheduled_papers(course)
    ordered = [course.papers[key] for key in (*scheduled, *(key for key in course.papers if key not in scheduled))]
    for number, paper in enumerate(ordered):
        here = linker(paper.path)
        before, after = neighbours(ordered, number)
        yield render_page(
            course,
            theme,
            "paper.html",
            path=paper.path,
            title=short_name(paper),
            description=paper.abstract or f"{paper.title}. {paper.short_authors}, {paper.venue_short or paper.year}.",
            source="papers.bib",
            paper=paper,
            authors=list_authors(paper, len(paper.authors or paper.editors)),
            links=paper_links(paper, here),
            held=tuple(held_readings(course, paper, here)),
            cited_by=tuple(Anchor(page.title, here(page.path)) for page in course.cited_by.get(paper.key, ())),
            sign_up=course_link(course, course.presentations.sign_up or "", here),
            before=Anchor(short_name(before), here(before.path)) if before else None,
            after=Anchor(short_name(after), here(after.path)) if after else None,
        )
