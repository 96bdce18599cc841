"""The benchmark: its course is sound and always the same, and its verdicts follow from its numbers.

No other program is installed or measured here, and no time is judged.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import preview, rounds
from bench.corpus import bibtex, edit, fill, make_corpus, plan_meetings, session_days
from bench.dialects import Files, eleventy, hugo, material, mkdocs, pelican, sitegen
from bench.goals import CASES, GOALS, PYTHON, Goal, Row, fastest, judge, median_of_ratios, tell_goals, tell_programs
from bench.peers import PEERS, Program, command, our_programs
from bench.timing import RunFailed, run
from sitegen.config.settings import read_settings
from sitegen.course.timetable import plan_term
from tests.support import build_folder, told, write_course

posix = pytest.mark.skipif(sys.platform == "win32", reason="processes are measured with wait4")

# --- the course -------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_course_and_another_gives_another() -> None:
    assert make_corpus(12) == make_corpus(12)
    assert make_corpus(12).lectures[3].body != make_corpus(12, seed=1).lectures[3].body


def test_the_course_is_the_one_that_earlier_numbers_were_measured_on() -> None:
    """Another draw of the words makes numbers of different days incomparable: then say so in docs/benchmarks.md."""
    corpus = make_corpus(30)
    assert corpus.lectures[0].slug == "0001-optimal-schedulers-and-the-shared-agent"
    assert corpus.papers[59].key == "nakamura2024n59"


def test_thirty_lectures_build_without_a_finding(tmp_path: Path) -> None:
    built = build_folder(write_course(tmp_path, sitegen(make_corpus(30))))
    assert told(built) == ""
    assert sum(path.startswith("lectures/") and path.endswith("/index.html") for path in built.files) == 31


@pytest.mark.parametrize("lectures", [2, 7, 30, 61, 300])
def test_at_any_size_the_term_has_a_meeting_for_each_session_and_none_is_left(lectures: int) -> None:
    settings, findings = read_settings(sitegen(make_corpus(lectures))["site.yaml"].encode())
    assert settings is not None
    _, problems = plan_term(settings.term, settings.schedule, settings.deadlines, settings.course.timezone)
    assert [*findings, *problems] == []
    a_day, weeks, left = plan_meetings(lectures)
    assert len(session_days(lectures)) == lectures
    assert a_day * weeks * (2 if lectures <= 60 else 5) == lectures + left


def test_the_largest_course_fits_into_days_and_a_term() -> None:
    a_day, weeks, left = plan_meetings(3000)
    assert (a_day * weeks * 5, left) == (3000, 0)
    assert a_day <= 12 and weeks <= 60


def test_a_lecture_is_about_6_kb_with_code_a_table_formulas_and_citations() -> None:
    for lecture in make_corpus(30).lectures:
        text = fill(lecture.body, "[@{}]".format, "[another]({}.md)".format)
        assert 5000 < len(text.encode()) < 7000
        assert (text.count("```"), text.count("[@"), text.count("|---|---:|")) == (4, 4, 1)
        assert (text.count("$$"), text.replace("$$", "").count("$") - text.count('"$') - text.count("$((")) >= (2, 4)


def test_an_edit_changes_one_lecture_and_a_swap_none() -> None:
    corpus = make_corpus(8)
    edited = corpus.with_edit(3, "edit1").with_edit(3, "edit2")
    assert [a == b for a, b in zip(corpus.lectures, edited.lectures, strict=True)].count(False) == 1
    assert edited.lectures[3].edited == "This sentence was edited: edit2."
    assert edit(corpus.lectures[3].body, "edit2") == edited.lectures[3].body
    swapped = corpus.with_swap(3)
    assert swapped.lectures == corpus.lectures
    assert swapped.order == (0, 1, 2, 4, 3, 5, 6, 7)


@pytest.mark.parametrize("write", [sitegen, mkdocs, material, pelican, eleventy, hugo])
def test_every_program_gets_every_lecture_and_paper(write: Callable[..., Files]) -> None:
    corpus = make_corpus(5)
    text = "".join(write(corpus).values())
    for lecture in corpus.lectures:
        assert lecture.edited in text and lecture.title in text
    assert all(paper.title in text for paper in corpus.papers)
    assert "⟦" not in text


@pytest.mark.parametrize("write", [sitegen, mkdocs, material, pelican, eleventy, hugo])
def test_the_schedule_of_every_program_follows_the_order(write: Callable[..., Files]) -> None:
    corpus = make_corpus(6)
    before, after = write(corpus), write(corpus.with_swap(2))
    changed = {path for path in before if before[path] != after[path]}
    assert changed
    assert before.keys() == after.keys()
    assert len(changed) <= 3  # the schedule, and two lectures where they hold their own place


def test_links_between_pages_are_written_from_the_page(tmp_path: Path) -> None:
    corpus = make_corpus(3)
    page = mkdocs(corpus)[f"docs/lectures/{corpus.lectures[0].slug}.md"]
    assert f"](../readings.md#{corpus.papers[0].key})" in page
    assert f"](lectures/{corpus.lectures[0].slug}.md)" in mkdocs(corpus)["docs/schedule.md"]


def test_a_paper_is_an_entry_with_what_a_library_exports() -> None:
    paper = make_corpus(4).papers[5]
    entry = bibtex(paper)
    assert entry.startswith(f"@inproceedings{{{paper.key},\n  title = {{{paper.title}}},\n")
    for field in ("author", "booktitle", "venue", "year", "pages", "doi", "url", "pdf", "keywords", "abstract"):
        assert f"\n  {field} = {{" in entry


# --- the programs -----------------------------------------------------------------------------------


def test_each_peer_has_a_pinned_version() -> None:
    for peer in PEERS:
        assert peer.npm or all("==" in package for package in peer.packages)
    settings = hugo(make_corpus(1)), eleventy(make_corpus(1))
    assert all(settings)
    assert '"@11ty/eleventy": "3' in settings[1]["package.json"]


def test_words_of_commands_are_filled_in() -> None:
    words = command(("{home}/bin/x", "--at", "127.0.0.1:{port}"), Path("/a b"), 8123)
    assert words == ["/a b/bin/x", "--at", "127.0.0.1:8123"]


def test_sitegen_is_measured_as_its_peers_are_and_its_preview_once() -> None:
    ours = our_programs()
    assert ours[0].name == "sitegen" and ours[0].serve
    assert [program.name for program in ours[1:]] in ([], ["sitegen with search"])
    assert not any(program.serve for program in ours[1:])


# --- numbers ----------------------------------------------------------------------------------------


def test_rounds_are_compared_with_themselves() -> None:
    """The machine was twice as slow in the last round; the ratio of medians would be 1.5."""
    assert median_of_ratios([2.0, 3.0, 8.0], [1.0, 2.0, 4.0]) == 2.0
    assert median_of_ratios([2.0], [1.0, 100.0]) == 2.0


NUMBERS = {"sitegen": [0.1, 0.2, 0.3], "hugo": [0.2, 0.4, 0.4], "mkdocs": [0.3, 0.3, 0.9], "pelican": [0.4, 0.1, 0.1]}


@pytest.mark.parametrize(
    ("goal", "value", "peer", "verdict"),
    [
        (Goal("cold", 30, 0.5, "hugo"), 0.5, "hugo", "met"),
        (Goal("cold", 30, 0.49, "hugo"), 0.5, "hugo", "missed"),
        (Goal("cold", 30, 0.9, PYTHON), 2.0, "pelican", "missed"),
        (Goal("cold", 30, 0.9, "zensical"), None, "zensical", "not measured"),
        (Goal("preview", 30, 0.2), 0.2, "", "met"),
        (Goal("preview", 30, 0.1), 0.2, "", "missed"),
    ],
)
def test_a_verdict_follows_from_the_numbers(goal: Goal, value: float | None, peer: str, verdict: str) -> None:
    assert judge(goal, "sitegen", NUMBERS, ["mkdocs", "pelican", "zensical"]) == (value, peer, verdict)


def test_what_was_not_measured_has_no_verdict() -> None:
    assert judge(Goal("cold", 30, 1.0, PYTHON), "sitegen", NUMBERS, ["zensical"]) == (None, "", "not measured")
    assert judge(Goal("cold", 30, 1.0, "hugo"), "sitegen", {"hugo": [1.0]}, []) == (None, "hugo", "not measured")
    assert fastest({}, ["mkdocs"]) == ""


def test_every_case_has_goals_at_every_size_and_memory_at_the_largest() -> None:
    sizes = {case: {goal.lectures for goal in GOALS if goal.case == case} for case in CASES}
    assert sizes.pop("memory") == {3000}
    assert set(map(frozenset, sizes.values())) == {frozenset({30, 300, 3000})}


def test_tables_tell_numbers_goals_and_verdicts() -> None:
    rows = [
        Row("unchanged", 30, "sitegen", [0.3, 0.5, 0.4], [0.2, 0.2, 0.2]),
        Row("unchanged", 30, "hugo", [0.5, 1.0, 0.5], [0.4, 0.4, 0.4]),
        Row("preview", 30, "sitegen", [0.03, 0.05, 0.02]),
        Row("memory", 3000, "sitegen", [600.0]),
        Row("cold", 50, "sitegen", [2.0], [1.0]),
    ]
    assert tell_goals(rows, ["mkdocs"]).splitlines() == [
        "case       lectures/papers  measured      goal",
        "----------------------------------------------",
        "unchanged  30/60            0.60 of hugo  at most 0.4 of hugo      missed",
        "preview    30/60            30 ms         at most 40 ms            met",
        "preview    30/60            -             at most 0.5 of zensical  not measured",
        "preview    30/60            -             at most 0.2 of hugo      not measured",
        "memory     3000/6000        -             at most 0.5 of hugo      not measured",
        "memory     3000/6000        600 MiB       at most 440 MiB          missed",
    ]
    assert tell_programs(rows).splitlines() == [
        "case       lectures/papers  program  median   of hugo  CPU     of hugo  rounds",
        "------------------------------------------------------------------------------",
        "unchanged  30/60            sitegen  400 ms   0.60     0.20 s  0.50     3",
        "unchanged  30/60            hugo     500 ms   1.00     0.40 s  1.00     3",
        "preview    30/60            sitegen  30 ms    -        -       -        3",
        "memory     3000/6000        sitegen  600 MiB  -        -       -        1",
        "cold       50/100           sitegen  2.00 s   -        1.00 s  -        1",
    ]


# --- processes --------------------------------------------------------------------------------------


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@posix
def test_a_run_is_measured_and_its_memory_when_asked(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    busy = python("import time; held = bytearray(64 << 20); sum(range(10**6)); time.sleep(0.5)")
    measured = run(busy, folder, {}, 60, watch_memory=True)
    assert measured.seconds >= 0.5
    assert measured.cpu_seconds > 0
    assert 64 <= measured.mebibytes < 500
    assert run(python("pass"), folder, {}, 60).mebibytes == 0


@posix
def test_memory_of_several_processes_is_that_of_all(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    child = "import time; held = bytearray(64 << 20); time.sleep(1)"
    both = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {child!r}]); {child}; p.wait()"
    assert run(python(both), folder, {}, 60, watch_memory=True).mebibytes >= 128


@posix
@pytest.mark.parametrize(
    ("code", "timeout", "words"),
    [
        ("import sys; sys.exit('No such theme')", 60, "it ended with 1: No such theme"),
        ("import os; os._exit(3)", 60, "it ended with 3: it said nothing"),
        ("import time; time.sleep(60)", 0.5, "it took longer than 0.5 s"),
    ],
)
def test_a_run_that_fails_says_how(tmp_path: Path, code: str, timeout: float, words: str) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    with pytest.raises(RunFailed, match=words):
        run(python(code), folder, {}, timeout)


COPY = """\
import pathlib, shutil, sys
for source in pathlib.Path("content").rglob("*.md"):
    target = pathlib.Path("out", source.relative_to("content"))
    target.parent.mkdir(parents=True, exist_ok=True)
    if %s:
        shutil.copy(source, target)
"""
SERVE = (sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1", "--directory", "content")


def stand_in(name: str, condition: str = "True", serve: tuple[str, ...] = ()) -> Program:
    """A program whose pages are its sources. It copies those for which `condition` holds."""

    def write(corpus: object) -> Files:
        return {path: text for path, text in hugo(corpus).items() if path.startswith("content/")}  # type: ignore[arg-type]

    return Program(
        name=name,
        write=write,
        build=(sys.executable, "-c", COPY % condition),
        serve=serve,
        lecture="content/lectures/{slug}.md",
        page="out/lectures/{slug}.md",
        schedule="out/schedule.md",
    )


LIMITS = rounds.Limits(rounds=2, timeout=60, patience=60)


@posix
def test_each_case_has_a_row_for_each_program(tmp_path: Path) -> None:
    programs = dict.fromkeys((stand_in("one"), stand_in("two")), tmp_path)
    rows = list(rounds.measure(4, CASES, programs, tmp_path, LIMITS))
    assert [(row.case, row.program) for row in rows] == [
        (case, name) for case in ("cold", "unchanged", "edited", "moved") for name in ("one", "two")
    ]
    assert {(len(row.numbers), len(row.cpu_seconds)) for row in rows} == {(2, 2)}


@posix
@pytest.mark.parametrize(
    ("condition", "left_out", "words"),
    [
        ("not target.exists()", {"edited", "moved"}, "the lecture's page is not the lecture's newest text"),
        ("source.stem != 'schedule' or not target.exists()", {"moved"}, "the schedule is as it was"),
        ("sys.exit('no')", {"cold", "unchanged", "edited", "moved"}, "it ended with 1: no"),
    ],
)
def test_a_program_that_leaves_old_pages_or_fails_is_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], condition: str, left_out: set[str], words: str
) -> None:
    programs = dict.fromkeys((stand_in("stale", condition), stand_in("sound")), tmp_path)
    rows = list(rounds.measure(4, CASES, programs, tmp_path, LIMITS))
    assert {row.case for row in rows if row.program == "sound"} == {"cold", "unchanged", "edited", "moved"}
    assert {row.case for row in rows if row.program == "stale"} == {"cold", "unchanged", "edited", "moved"} - left_out
    assert f"stale is left out: {words}" in capsys.readouterr().err


@posix
def test_a_slow_program_has_fewer_rounds(tmp_path: Path) -> None:
    programs = dict.fromkeys((stand_in("one"),), tmp_path)
    (row,) = rounds.measure(4, ["cold"], programs, tmp_path, rounds.Limits(rounds=6, timeout=60, patience=0))
    assert len(row.numbers) == 2


@posix
def test_a_preview_is_measured_from_the_save_to_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "PAUSES", (0, 0))
    monkeypatch.setattr(preview, "PREFIXES", ("/nowhere/", "/"))
    file = tmp_path / "content" / "lectures" / "a" / "index.html"
    file.parent.mkdir(parents=True)
    file.write_text("first", encoding="utf-8")
    port = preview.free_port()
    saves = [("one", "one"), ("two", "two"), ("three", "three")]
    seconds = preview.measure_saves(command(SERVE, tmp_path, port), port, tmp_path, {}, "lectures/a/", saves, file, 60)
    assert len(seconds) == 2 and min(seconds) > 0
    assert file.read_text("utf-8") == "three"


@posix
@pytest.mark.parametrize(
    ("words", "mark", "reason"),
    [
        ((sys.executable, "-c", "pass"), "one", "its preview didn't start"),
        (SERVE, "never", "its preview never showed the new page"),
    ],
)
def test_a_preview_that_shows_nothing_fails(tmp_path: Path, words: tuple[str, ...], mark: str, reason: str) -> None:
    file = tmp_path / "content" / "lectures" / "a" / "index.html"
    file.parent.mkdir(parents=True)
    file.write_text("first", encoding="utf-8")
    port = preview.free_port()
    with pytest.raises(RunFailed, match=reason):
        preview.measure_saves(
            command(words, tmp_path, port), port, tmp_path, {}, "lectures/a/", [("one", mark)], file, 3
        )
