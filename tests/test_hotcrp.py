"""The course's papers as HotCRP's import takes them: which papers, which fields, and what the command says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from sitegen.model import Name
from sitegen.outputs.hotcrp import COLUMNS, Choice, choose_papers, papers_csv, papers_json, sessions_with_papers
from sitegen.values import replace
from tests.sample import paper, sample_course
from tests.support import run_sitegen, write_course

HOTCRP_FIELDS = {"pid", "title", "authors", "abstract", "topics", "status"}
"""Fields of every HotCRP form, by the names of its paper JSON (devel/apidoc/submissions.md)."""
OF_AUTHORS = {"first", "last", "email", "affiliation"}
"""As HotCRP writes an author's parts itself."""
OUR_LINK = "link"
"""A field that the instructor adds to the form, see docs/hotcrp.md."""

COURSE = sample_course()


COURSE_PAPERS = Choice()


def keys(choice: Choice = COURSE_PAPERS) -> list[str]:
    return [paper.key for paper in choose_papers(COURSE, choice)]


def test_the_papers_are_those_of_sessions_that_are_held_in_the_order_of_reading():
    assert keys()[:4] == ["keshav2007", "sculley2015", "rajbhandari2020", "zhao2023"]
    assert len(keys()) == len(set(keys())) == 18
    assert "hamming1986" not in keys()


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        (Choice("session-6"), ["huang2019", "narayanan2019", "fan2021"]),
        (Choice("session-6", required=True), ["huang2019", "narayanan2019"]),
        (Choice("session-1"), []),
        (Choice("nowhere"), []),
    ],
)
def test_a_session_s_papers_alone(choice: Choice, chosen: list[str]):
    assert keys(choice) == chosen


def test_all_adds_what_no_session_reads_and_required_leaves_out_what_is_not_reviewed():
    assert keys(Choice(further=True)) == [*keys(), "hamming1986", "odd:key/1"]
    assert set(keys()) - set(keys(Choice(required=True))) == {"fan2021"}


def test_a_paper_of_a_cancelled_session_is_not_exported():
    cancelled = tuple(replace(s, kind="cancelled") if s.id == "session-6" else s for s in COURSE.sessions)
    course = replace(COURSE, sessions=cancelled)
    assert "huang2019" not in [paper.key for paper in choose_papers(course, Choice())]
    assert "session-6" in sessions_with_papers(COURSE, Choice())
    assert "session-6" not in sessions_with_papers(course, Choice())


def test_the_json_is_an_array_of_new_submissions_in_hotcrp_s_fields():
    exported = json.loads(papers_json(COURSE, choose_papers(COURSE, Choice())))
    for submission in exported:
        assert {name for name in submission if not name.startswith("_")} <= HOTCRP_FIELDS | {OUR_LINK}
        assert (submission["pid"], submission["status"]) == ("new", "submitted")
        for author in submission["authors"]:
            assert set(author) <= OF_AUTHORS
    first = next(one for one in exported if one["_key"] == "kwon2023")
    assert first["authors"][0] == {"first": "Woosuk", "last": "Kwon"}
    assert first["topics"] == ["training", "parallelism"]
    assert first["link"] == "https://doi.org/10.1145/kwon2023"
    assert first["_sessions"] == ["session-14", "session-17"]


@pytest.mark.parametrize(
    ("name", "author"),
    [
        (Name("Ada", "", "Lovelace", ""), {"first": "Ada", "last": "Lovelace"}),
        (Name("Ludwig", "van", "Beethoven", ""), {"first": "Ludwig", "last": "van Beethoven"}),
        (Name("Martin", "", "King", "Jr."), {"first": "Martin", "last": "King, Jr."}),
        (Name("", "", "The Team", ""), {"last": "The Team"}),
    ],
)
def test_a_name_keeps_its_parts(name: Name, author: dict[str, str]):
    one = replace(paper("k", "T", "X", "", "2020"), authors=(name,))
    (submission,) = json.loads(papers_json(COURSE, [one]))
    assert submission["authors"] == [author]


@pytest.mark.parametrize(
    ("links", "base", "link"),
    [
        ((("PDF", "https://a.org/x.pdf"), ("DOI", "https://doi.org/10.1/x"), ("Page", "https://a.org/x")), "", "https://a.org/x"),
        ((("PDF", "https://a.org/x.pdf"), ("arXiv", "https://arxiv.org/abs/1")), "", "https://arxiv.org/abs/1"),
        ((("PDF", "papers/x.pdf"),), "https://a.org/course/", "https://a.org/course/papers/x.pdf"),
        ((("PDF", "papers/x.pdf"),), "", None),
        ((), "https://a.org/", None),
    ],
)  # fmt: skip
def test_the_link_is_absolute_or_not_there(links: tuple[tuple[str, str], ...], base: str, link: str | None):
    course = sample_course(base_url=base)
    (submission,) = json.loads(papers_json(course, [paper("k", "T", "X", "", "2020", links=links)]))
    assert submission.get("link") == link


def test_what_a_paper_lacks_is_left_out():
    bare = paper("k", "T", "...", "", "", links=(), abstract="", topics=())
    (submission,) = json.loads(papers_json(COURSE, [bare]))
    assert submission == {"pid": "new", "title": "T", "status": "submitted", "_key": "k"}


def test_the_csv_has_a_row_a_paper_below_the_names_of_the_fields():
    rows = list(csv.DictReader(io.StringIO(papers_csv(COURSE, choose_papers(COURSE, Choice())))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["_key"] for row in rows] == keys()
    row = next(row for row in rows if row["_key"] == "kwon2023")
    assert row["authors"] == "Woosuk Kwon; Zhuohan Li; Siyuan Zhuang; Ying Sheng"
    assert row["topics"] == "training; parallelism"


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx"])
def test_no_cell_of_the_csv_is_a_formula(title: str):
    text = papers_csv(COURSE, [paper("k", title, "X", "", "2020")])
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["title"] == f"'{title}"


def test_what_is_hostile_stays_text():
    evil = 'a", "status": "accepted"\n</script>\u202e,"x";='
    one = paper("k", evil, "X", "", "2020", abstract=evil, topics=(evil,))
    (submission,) = json.loads(papers_json(COURSE, [one]))
    assert (submission["title"], submission["abstract"], submission["topics"]) == (evil, evil, [evil])
    (row,) = csv.DictReader(io.StringIO(papers_csv(COURSE, [one]), newline=""))
    assert row["title"] == evil


# --- the command --------------------------------------------------------------------------------

SITE = """\
course: {code: CS101, title: Systems, timezone: America/New_York}
term: {start: 2026-01-27, end: 2026-02-12, meets: Tue/Thu 3:30-4:45pm}
schedule:
  - {topic: Serving, read: one2020, optional: zwei2021}
  - {topic: Training, id: training, read: zwei2021}
  - tba: 4
"""
BIB = """\
@misc{one2020, title = {First}, author = {Ada Lovelace}, year = 2020}
@misc{zwei2021, title = {Zweites \\"Ubel}, author = {{The Team}}, year = 2021}
@misc{rest2022, title = {Rest}, author = {Ada Lovelace}, year = 2022}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    return write_course(tmp_path_factory.mktemp("hotcrp") / "course", {"papers.bib": BIB}, SITE)


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ([], ["First", "Zweites Übel"]),
        (["--session", "training"], ["Zweites Übel"]),
        (["--session", "serving", "--required"], ["First"]),
        (["--all"], ["First", "Zweites Übel", "Rest"]),
    ],
)
def test_the_command_prints_json(course, arguments, titles):
    result = run_sitegen("export", "papers", course, *arguments)
    assert result.returncode == 0, result.stderr
    assert [submission["title"] for submission in json.loads(result.stdout)] == titles


def test_the_output_is_utf_8_whatever_the_terminal_speaks(course):
    result = run_sitegen("export", "papers", course, "--format", "csv", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert "Zweites Übel" in result.stdout


def test_the_command_writes_a_file_or_one_a_session(course, tmp_path):
    result = run_sitegen("export", "papers", course, "--out", tmp_path / "all.json")
    assert result.stdout == f"Wrote 2 papers to {tmp_path / 'all.json'}.\n"
    assert len(json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))) == 2
    result = run_sitegen("export", "papers", course, "--per-session", "--required", "--out", tmp_path / "each")
    assert result.stdout == f"Wrote the papers of 2 sessions into {tmp_path / 'each'}.\n"
    written = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "each").iterdir()}
    assert {name: [one["title"] for one in papers] for name, papers in written.items()} == {
        "serving.json": ["First"],
        "training.json": ["Zweites Übel"],
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--session", "trainin"], 'No session "trainin" reads papers. Did you mean "training"?'),
        (["--per-session"], "--per-session needs a folder, --out, and takes neither --session nor --all."),
        (["--format", "xml"], "'xml' is not one of 'json', 'csv'"),
    ],
)
def test_wrong_usage_ends_with_status_2_and_a_sentence(course, arguments, sentence):
    result = run_sitegen("export", "papers", course, *arguments)
    assert result.returncode == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_a_course_with_errors_exports_nothing_and_says_why(tmp_path):
    broken = write_course(tmp_path / "broken", {"papers.bib": BIB}, SITE.replace("one2020", "one2021"))
    result = run_sitegen("export", "papers", broken)
    assert (result.returncode, result.stdout) == (1, "")
    assert 'papers.bib has no paper "one2021"' in result.stderr
