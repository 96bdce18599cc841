"""One course as the files of each program, with the features that its manual offers for such a site.

All have the lectures, a schedule, a reading list, announcements and a home page; code is coloured, and tables are
tables. sitegen alone makes more of it: it computes dates, and gives papers pages, calendars, feeds and checks.
Settings and layouts are files in `sites/`.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.corpus import START, Corpus, Paper, bibtex, fill, paper_doi, plan_meetings, session_days

Files = dict[str, str]
"""Text by path."""


def sitegen(corpus: Corpus) -> Files:
    files = {
        "site.yaml": _site_yaml(corpus),
        "papers.bib": "\n".join(map(bibtex, corpus.papers)),
        "content/index.md": _WELCOME,
        "content/project.md": f"---\ntitle: Project\n---\n\n{_WELCOME}",
        "content/announcements.md": f"---\ntitle: Announcements\n---\n\n{_announcements(corpus)}",
    }
    for lecture in corpus.lectures:
        body = fill(lecture.body, lambda key: f"[@{key}]", lambda slug: f"[{_words(slug)}]({slug}.md)")
        files[f"content/lectures/{lecture.slug}.md"] = f"---\ntitle: {lecture.title}\n---\n\n{body}"
    return files


def mkdocs(corpus: Corpus) -> Files:
    return {**_settings("mkdocs"), **_documents(corpus)}


def material(corpus: Corpus) -> Files:
    """Zensical reads the same."""
    return {**_settings("material"), **_documents(corpus)}


def _documents(corpus: Corpus) -> Files:
    return {
        f"docs/{path}": f"---\ntitle: {title}\n---\n\n{text}"
        for path, (title, _, text) in _pages(corpus, _relative).items()
    }


def pelican(corpus: Corpus) -> Files:
    files = _settings("pelican")
    for path, (title, number, text) in _pages(corpus, lambda _, path: f"/{_folder(path)}").items():
        name = path if path.startswith("lectures/") else f"pages/{path}"
        slug = Path(path).stem
        files[f"content/{name}"] = f"Title: {title}\nDate: {_day(number)}\nSlug: {slug}\n\n{text}"
    return files


def eleventy(corpus: Corpus) -> Files:
    files = _settings("eleventy")
    for path, (title, number, text) in _pages(corpus, lambda _, path: f"/{_folder(path)}").items():
        tags = "tags: lectures\n" if path.startswith("lectures/") else ""
        files[f"src/{path}"] = f"---\nlayout: page.njk\ntitle: {title}\nnumber: {number}\n{tags}---\n\n{text}"
    return files


def hugo(corpus: Corpus) -> Files:
    files = _settings("hugo")
    for path, (title, number, text) in _pages(corpus, lambda _, path: f"/{_folder(path)}").items():
        name = "_index.md" if path == "index.md" else path
        files[f"content/{name}"] = f"---\ntitle: {title}\nweight: {number + 1}\n---\n\n{text}"
    return files


def _settings(name: str) -> Files:
    folder = Path(__file__).parent / "sites" / name
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def _relative(page: str, path: str) -> str:
    return posixpath.relpath(path, posixpath.dirname(page) or ".")


def _folder(path: str) -> str:
    """Where a page is published: lectures/intro.md at lectures/intro/."""
    return "" if path == "index.md" else f"{path.removesuffix('.md')}/"


# --- pages that all peers have -------------------------------------------------------------------

Pages = dict[str, tuple[str, int, str]]
"""Title, place in the order of pages, and Markdown, by path."""


def _pages(corpus: Corpus, address: Callable[[str, str], str]) -> Pages:
    """`address` writes a link on one page to another, both by path."""
    pages: Pages = {
        "index.md": ("Systems for the benchmark", 0, _WELCOME),
        "schedule.md": ("Schedule", 1, _schedule(corpus, lambda path: address("schedule.md", path))),
        "readings.md": ("Readings", 2, _lines(map(_reading, corpus.papers))),
        "announcements.md": ("Announcements", 3, _announcements(corpus)),
    }
    numbers = {paper.key: paper.number for paper in corpus.papers}
    place = {index: position for position, index in enumerate(corpus.order)}
    readings = address("lectures/any.md", "readings.md")
    for index, lecture in enumerate(corpus.lectures):
        body = fill(
            lecture.body,
            lambda key: f"[paper {numbers[key]}]({readings}#{key})",
            lambda slug: f"[{_words(slug)}]({address('lectures/any.md', f'lectures/{slug}.md')})",
        )
        pages[f"lectures/{lecture.slug}.md"] = (lecture.title, 10 + place[index], body)
    return pages


_WELCOME = """\
This course was made to be measured. Its words are drawn by lot, and its papers don't exist.

- Come to class prepared.
- Review two papers a week.
"""


def _schedule(corpus: Corpus, address: Callable[[str], str]) -> str:
    rows = ["| Date | Topic | Readings |", "|---|---|---|"]
    for day, index in zip(session_days(len(corpus.order)), corpus.order, strict=True):
        lecture = corpus.lectures[index]
        papers = ", ".join(
            f"[{paper.venue_short} {paper.number}]({address('readings.md')}#{paper.key})"
            for paper in corpus.papers_of(index)
        )
        rows.append(f"| {day} | [{lecture.title}]({address(f'lectures/{lecture.slug}.md')}) | {papers} |")
    return _lines(rows)


def _reading(paper: Paper) -> str:
    authors = ", ".join(f"{first} {_LATEX.sub('', last)}" for last, first in paper.authors)
    where = f"{paper.venue}, {paper.year}. [doi](https://doi.org/{paper_doi(paper)})"
    return f'- <span id="{paper.key}"></span>**{paper.title}**. {authors}. {where}'


_LATEX = re.compile(r"""[{}\\"'^~]|(?<=\\)[a-z] """)


def _announcements(corpus: Corpus) -> str:
    return "\n".join(f"## {day} {title}\n\n{text}\n" for day, title, text in corpus.announcements)


def _words(slug: str) -> str:
    return slug.partition("-")[2].replace("-", " ")


def _day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def _lines(rows: Iterable[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


# --- site.yaml -----------------------------------------------------------------------------------


def _site_yaml(corpus: Corpus) -> str:
    sessions: list[str] = []
    for position, index in enumerate(corpus.order):
        lecture = corpus.lectures[index]
        if position % 10 == 0:
            sessions.append(f"  - part: Part {position // 10 + 1}")
        read = ", ".join(paper.key for paper in corpus.papers_of(index))
        sessions.append(f"  - {{topic: {lecture.title}, id: s{index}, lecture: {lecture.slug}, read: [{read}]}}")
    a_day, weeks, left = plan_meetings(len(corpus.order))
    if left:
        sessions.append(f"  - tba: {left}")
    if len(corpus.order) <= 60:
        meets, last = ["    - {days: Tue/Thu, time: 3:30-4:45pm, place: Hall 1}"], _day(7 * weeks - 4)
    else:
        meets = [f"    - {{days: MTWThF, time: '{8 + n}:00-{8 + n}:50', place: Hall {n}}}" for n in range(a_day)]
        last = _day(7 * weeks - 3)
    chosen = range(len(corpus.order) // 10, len(corpus.order), 1 + len(corpus.order) // 6)
    deadlines = [f"  - {{what: Milestone {n}, due: s{index}, page: project.md}}" for n, index in enumerate(chosen, 1)]
    return (
        f"{_FACTS}\nterm:\n  start: {_day(-1)}\n  end: {last}\n  meets:\n{_lines(meets)}\n"
        f"schedule:\n{_lines(sessions)}\ndeadlines:\n{_lines(deadlines)}"
    )


_FACTS = """\
course:
  code: CS818
  title: Systems for the benchmark
  term: Spring 2025
  institution: A university
  description: A course that was made to be measured.
  url: https://bench.example.net/course/
  timezone: America/New_York

staff:
  - {name: Ada Smith, role: Instructor, office_hours: upon request}

links: {Discussion: tba}
grading: {Reviews: 40%, Project: 60%}
reviews: {due: 1 day before, at: noon}
"""
