"""Papers for tests, from a few fields."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sitegen.bib.bibliography import read_bibliography
from sitegen.model import Paper

HERE = Path(__file__).parent
EXPORTS = HERE / "bib" / "exports.bib"
NASTY = HERE / "bib" / "nasty.bib"
READING_LIST = HERE.parent / "papers.bib"


def read(text: str) -> dict[str, Paper]:
    """The papers of a text in which nothing is wrong."""
    papers, findings = read_bibliography(text.encode())
    assert findings == []
    return papers


def one(**fields: str) -> Paper:
    """The paper with these fields, and a title, an author and a year if they aren't given."""
    given = {"title": "T", "author": "A. Author", "year": "2023"} | fields
    rows = ",\n".join(f"  {name} = {{{value}}}" for name, value in given.items() if value)
    (paper,) = read(f"@inproceedings{{key,\n{rows}\n}}").values()
    return paper


def clean_bib(papers: Iterable[Paper]) -> str:
    """papers.bib as it is published."""
    return "\n".join(paper.bibtex for paper in papers)
