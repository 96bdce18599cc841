"""What reference managers and search engines save from a page: COinS in the reading list, Highwire tags on a paper's.

Zotero's translators "COinS" and "Embedded Metadata" read these; of what they map to its fields, see
docs/readings.md. schema.org is `metadata`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote_plus

from sitegen.addresses import canonical, is_external
from sitegen.model import Name, Paper

Fields = Iterator[tuple[str, str]]

_FORMAT = "info:ofi/fmt:kev:mtx:"
_IN_VALUES = "/:,;()*!'@?"
"""Beside letters and digits, what stands in a value as it is: RFC 3986's query, but for what divides its pairs."""


def write_coins(paper: Paper) -> str:
    """The paper as an OpenURL ContextObject in key-value pairs (ANSI/NISO Z39.88-2004): a COinS span's title."""
    pairs = [("ctx_ver", "Z39.88-2004"), *_describe(paper), *_facts(paper)]
    return "&".join(f"{key}={quote_plus(value, safe=_IN_VALUES)}" for key, value in pairs if value)


def _describe(paper: Paper) -> Fields:
    """The format, the genre and the titles, which name their keys by them."""
    kind = _kind(paper)
    if kind == "journal":
        yield from _titles("journal", "article", ("atitle", paper.title), ("jtitle", paper.venue))
    elif kind == "conference":
        yield from _titles("book", "proceeding", ("atitle", paper.title), ("btitle", paper.venue))
    elif kind == "chapter":
        yield from _titles("book", "bookitem", ("atitle", paper.title), ("btitle", paper.venue))
    elif kind == "book":
        yield from _titles("book", "book", ("btitle", paper.title))
    elif kind == "report":
        yield from _titles("book", "report", ("btitle", paper.title), ("pub", _institution(paper)))
    elif kind == "thesis":
        degree, _, school = paper.venue.partition(", ")
        yield from _titles("dissertation", "", ("title", paper.title), ("inst", school), ("degree", degree))
    else:
        # Dublin Core has no genres; Zotero takes its own names of types.
        yield from _titles("dc", "", ("type", _item_type(paper)), ("title", paper.title))
        yield "rft.publisher", "arXiv" if paper.arxiv else ""


def _titles(format: str, genre: str, *titles: tuple[str, str]) -> Fields:
    yield "rft_val_fmt", _FORMAT + format
    yield "rft.genre", genre
    for key, title in titles:
        yield f"rft.{key}", title


def _facts(paper: Paper) -> Fields:
    for name in paper.authors or paper.editors:
        yield "rft.au", _inverted(name)
    yield "rft.date", f"{paper.year}-{paper.month:02}" if paper.month and _is_year(paper) else paper.year
    yield "rft.volume", paper.volume
    yield "rft.issue", paper.number if _kind(paper) == "journal" else ""
    first, last = paper.pages
    yield "rft.spage", first
    yield "rft.epage", last if last != first else ""
    yield "rft.pub", paper.publisher
    yield "rft_id", f"info:doi/{paper.doi}" if paper.doi else ""
    yield "rft_id", _address(paper)


def _is_year(paper: Paper) -> bool:
    return re.fullmatch(r"\d{4}", paper.year) is not None


def _kind(paper: Paper) -> str:
    """`journal`, `conference`, `chapter`, `book`, `report`, `thesis`, or nothing of these."""
    if paper.container in {"journal", "conference"}:
        return paper.container
    if "thesis" in paper.type:
        return "thesis"
    if paper.type in {"techreport", "report"}:
        return "report"
    if paper.type in {"book", "mvbook", "collection", "proceedings", "manual", "booklet"}:
        return "book"
    return "chapter" if paper.container == "book" else ""


def _item_type(paper: Paper) -> str:
    """Zotero's name for what OpenURL has no format for."""
    if paper.arxiv:
        return "preprint"
    known = {"software": "computerProgram", "dataset": "dataset", "patent": "patent"}
    return known.get(paper.type) or ("webpage" if _address(paper) else "document")


def _institution(paper: Paper) -> str:
    """`PhD thesis, MIT` to `MIT`."""
    return paper.venue.partition(", ")[2]


def _address(paper: Paper) -> str:
    """Where the paper is told about: its page, or arXiv's, or the file itself; none inside the course."""
    links = dict(paper.links)
    found = (links.get(label, "") for label in ("Page", "arXiv", "PDF"))
    return next((address for address in found if address.startswith("http")), "")


def _inverted(name: Name) -> str:
    """`van Beethoven, Ludwig`; after an organisation's several words a comma, or the last would pass for its name."""
    first = " ".join(part for part in (name.first, name.jr) if part)
    if first:
        return f"{name.family}, {first}"
    return f"{name.family}," if " " in name.family else name.family


# --- Highwire -----------------------------------------------------------------------------------


def citation_tags(paper: Paper, base_url: str) -> tuple[tuple[str, str], ...]:
    """(name, content) of the `<meta>` tags on a paper's page, by the names that Highwire Press gave them."""
    return tuple((f"citation_{name}", content) for name, content in _tags(paper, base_url) if content)


def _tags(paper: Paper, base_url: str) -> Fields:
    yield "title", paper.title
    names = paper.authors or paper.editors
    role = "author" if paper.authors else "editor"
    for name in names:
        # Zotero takes the comma of a lone `van Gogh, Vincent Willem` for one between two people.
        is_taken_apart = len(names) == 1 and " " in name.family and " " in name.first
        yield role, name.full if is_taken_apart else _inverted(name)
    yield "publication_date", paper.year
    yield from _where(paper)
    yield "volume", paper.volume
    yield "firstpage", paper.pages[0]
    yield "lastpage", paper.pages[1]
    yield "publisher", paper.publisher
    yield "doi", paper.doi
    yield "arxiv_id", re.sub(r"v\d+$", "", paper.arxiv)
    yield "pdf_url", _absolute(dict(paper.links).get("PDF", ""), base_url)
    yield "public_url", _address(paper)
    yield "abstract", paper.abstract


def _where(paper: Paper) -> Fields:
    kind = _kind(paper)
    if kind == "journal":
        yield "journal_title", paper.venue
        yield "issue", paper.number
    elif kind == "conference":
        yield "inbook_title", paper.venue
        yield "conference_title", paper.venue
    elif kind == "chapter":
        yield "inbook_title", paper.venue
    elif kind == "thesis":
        yield "dissertation_institution", _institution(paper)
    elif kind == "report":
        yield "technical_report_institution", _institution(paper)
        yield "technical_report_number", paper.number
    elif paper.arxiv:
        yield "technical_report_institution", "arXiv"
        yield "technical_report_number", f"arXiv:{paper.arxiv}"


def _absolute(address: str, base_url: str) -> str:
    """Zotero and search engines fetch it from elsewhere, so a path in the course needs the course's address."""
    if is_external(address) or not address:
        return address
    return canonical(base_url, address) if base_url else ""
