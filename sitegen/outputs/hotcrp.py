"""The course's papers in the fields that HotCRP's paper import takes, as JSON and as CSV.

HotCRP reads JSON (`POST /api/papers`, `hotcrapi paper save`, `batch/savepapers.php`): an array of submissions, each
with the fields of its form. Names that start with `_` are ours; HotCRP steps over them. Text out; where it is
written is `cli`'s.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from sitegen.addresses import canonical, is_external
from sitegen.model import Course, Name, Paper, Session
from sitegen.values import Value

COLUMNS = ("pid", "title", "authors", "abstract", "topics", "link", "status", "_key", "_sessions")
"""Of the CSV; as the fields of the JSON are named."""
_LINKS = ("Page", "DOI", "arXiv", "PDF")
"""The labels of a paper's links, the one to give first."""


class Choice(Value):
    """Which of the course's papers."""

    session: str = ""
    """The id of the one session whose papers are taken; empty: of all."""
    required: bool = False
    """Without optional papers, which aren't reviewed."""
    further: bool = False
    """With papers that no session reads."""


def choose_papers(course: Course, choice: Choice) -> tuple[Paper, ...]:
    """Papers in the order in which they are read, each once; cancelled sessions read none."""
    found: dict[str, Paper] = {}
    for session in course.sessions:
        if choice.session in {"", session.id}:
            found |= {paper.key: paper for paper in _read_in(session, choice) if paper.key not in found}
    if choice.further and not choice.session:
        read = {paper.key for session in course.sessions for paper in _read_in(session, Choice())}
        found |= {key: paper for key, paper in course.papers.items() if key not in read}
    return tuple(found.values())


def sessions_with_papers(course: Course, choice: Choice) -> tuple[str, ...]:
    """Ids of the sessions that read any of the papers chosen, in order of date."""
    return tuple(session.id for session in course.sessions if any(_read_in(session, choice)))


def _read_in(session: Session, choice: Choice) -> Iterator[Paper]:
    if session.kind != "cancelled":
        yield from (reading.paper for reading in session.readings if reading.required or not choice.required)


def papers_json(course: Course, papers: Iterable[Paper]) -> str:
    """An array of new submissions."""
    return json.dumps([_submission(course, paper) for paper in papers], ensure_ascii=False, indent=2) + "\n"


def papers_csv(course: Course, papers: Iterable[Paper]) -> str:
    """A row a paper below a row of names (RFC 4180); people and topics are divided by semicolons."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for paper in papers:
        fields = _submission(course, paper)
        fields["authors"] = [" ".join(author.values()) for author in _authors(paper)]
        table.writerow(_cell(fields.get(name, "")) for name in COLUMNS)
    return text.getvalue()


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe before it."""
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _submission(course: Course, paper: Paper) -> dict[str, object]:
    fields: Mapping[str, object] = {
        "pid": "new",
        "title": paper.title,
        "authors": _authors(paper),
        "abstract": paper.abstract,
        "topics": list(paper.topics),
        "link": _link(course, paper),
        "status": "submitted",
        "_key": paper.key,
        "_sessions": [s.id for s in course.sessions_of_paper.get(paper.key, ()) if s.kind != "cancelled"],
    }
    return {name: value for name, value in fields.items() if value}


def _authors(paper: Paper) -> list[dict[str, str]]:
    """HotCRP's names for the parts of a name; an organisation's is a last name."""
    return [_author(name) for name in paper.authors or paper.editors]


def _author(name: Name) -> dict[str, str]:
    first, last = name.first, ", ".join(filter(None, (name.family, name.jr)))
    return {"first": first, "last": last} if first else {"last": last}


def _link(course: Course, paper: Paper) -> str:
    """Where the paper is read: its own page before its files; a file of the course needs the course's address."""
    links = dict(paper.links)
    for target in (links.get(label, "") for label in _LINKS):
        if target and (is_external(target) or course.base_url):
            return target if is_external(target) else canonical(course.base_url, target)
    return ""
