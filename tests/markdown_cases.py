"""A tiny course that Markdown texts are filled in for, and the fixtures in tests/markdown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import html5lib

from sitegen.course.references import Targets, fill_document
from sitegen.diagnostics import Diagnostic, Span, render_text
from sitegen.languages import settle
from sitegen.model import Document, Name, Paper
from sitegen.prose.documents import read_document

FIXTURES = Path(__file__).parent / "markdown"
FILE = "content/notes.md"
LECTURE = "content/lectures/intro.md"
PAGE = "notes/index.html"


def paper(key: str, **values: Any) -> Paper:
    facts: dict[str, Any] = {
        "type": "article",
        "title": f'The "{key}" paper',
        "title_html": f"The &quot;{key}&quot; paper",
        "authors": (Name("Ada", "", "Kwon", ""), Name("Bo", "", "Li", ""), Name("Cy", "", "Zhu", "")),
        "more_authors": False,
        "year": "2023",
        "venue": "",
        "venue_short": "",
        "links": (),
        "abstract": "",
        "topics": (),
        "note": "",
        "bibtex": "",
        "span": Span("papers.bib"),
    }
    return Paper(key=key, **facts | values)


YEARS = {"kwon2023": "2023", "dao2022": "2022", "a+b.c:d/e": "2021", "Žižek2020": "2020"}
PAPERS = {key: paper(key, year=year) for key, year in YEARS.items()}
PAGES = {
    "content/notes.md": PAGE,
    "content/project.md": "project/index.html",
    "content/größe.md": "größe/index.html",
    "content/schedule.md": "schedule/index.html",
    "content/lectures/intro.md": "lectures/intro/index.html",
    "content/lectures/index.md": "lectures/index.html",
    "content/ring.png": "ring.png",
    "content/a b.pdf": "a b.pdf",
    "content/a_b.pdf": "a_b.pdf",
    "content/a(1).pdf": "a(1).pdf",
}
TARGETS = Targets(
    pages=PAGES,
    ids={
        "project/index.html": frozenset({"milestones", "grading"}),
        "größe/index.html": frozenset({"größe"}),
        "schedule/index.html": None,
        "lectures/intro/index.html": frozenset(),
    },
    unpublished=frozenset({"content/draft.md"}),
    papers=PAPERS,
    folded={path.casefold(): path for path in PAGES},
)


def read(text: str, file: str = FILE) -> tuple[Document, list[Diagnostic]]:
    document, findings = read_document(text.encode(), file)
    assert document is not None
    return document, findings


def show(text: str, file: str = FILE, page: str = PAGE) -> tuple[str, list[Diagnostic]]:
    """A text's HTML as published, and everything found on the way."""
    document, findings = read(text, file)
    filled, _, problems = fill_document(document, page, TARGETS)
    return settle(filled.html, TARGETS.language), findings + problems


def html_of(text: str, file: str = FILE) -> str:
    """The HTML of a text in which nothing is found."""
    html, findings = show(text, file)
    assert findings == [], told(findings, text, file)
    return html


def found_in(text: str, file: str = FILE) -> str:
    """Everything that is told about a text, as on a terminal."""
    return told(show(text, file)[1], text, file)


def told(findings: Iterable[Diagnostic], text: str, file: str = FILE) -> str:
    return render_text(list(findings), {file: text})


def places(text: str, file: str = FILE) -> list[tuple[str, int, int, int]]:
    """(slug, line, column, end column) of everything that is told about a text."""
    findings = show(text, file)[1]
    return [(finding.slug, finding.span.line, finding.span.column, finding.span.end_column) for finding in findings]


def html_errors(html: str) -> list[str]:
    """What html5lib's strict reading finds wrong with a piece of a page's body."""
    parser = html5lib.HTMLParser()
    parser.parse(f"<!DOCTYPE html><title>x</title><main>{html}</main>")
    return [f"{code} at {place}: {values}" for place, code, values in parser.errors]
