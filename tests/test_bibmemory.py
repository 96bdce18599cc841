"""A bibliography that hasn't changed isn't read again, and what is remembered is what was read."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.bib import bibliography, bibmemory
from sitegen.bib.bibliography import read_bibliography
from sitegen.bib.bibmemory import read_or_recall, recall, remember
from sitegen.diagnostics import Located
from sitegen.folders.cache import MOST_OF_A_KIND, DiskCache
from sitegen.folders.disk import Tree
from sitegen.intake import Options, read_course_model
from tests.papers import EXPORTS, NASTY, READING_LIST
from tests.support import run_sitegen, write_course

LARGE = b"% " + b"x" * bibmemory.WORTH_REMEMBERING + b"\n"
ONE = LARGE + b"@misc{a, title = {T}, author = {A. B and C. D}, year = 2000, pdf = {papers/a.pdf}, journal = unknown}"


@pytest.mark.parametrize("source", [READING_LIST, EXPORTS, NASTY], ids=lambda path: path.name)
def test_what_is_remembered_comes_back_as_it_was_read(source):
    read = read_bibliography(source.read_bytes())
    assert recall(remember(*read)) == read


def test_a_path_remembers_where_it_was_written():
    papers, _ = read_bibliography(ONE)
    ((_, written),) = papers["a"].links
    assert isinstance(written, Located)
    back = recall(remember(papers, []))
    assert back is not None
    ((_, target),) = back[0]["a"].links
    assert isinstance(target, Located)
    assert target.span == written.span


@given(st.text(alphabet='@{}(),=#"\\ \n$ab1-\x1d\x1e\x1f\x00é\u202e', max_size=120))
@settings(max_examples=200, deadline=None)
def test_any_bibliography_comes_back_or_isnt_remembered(text):
    read = read_bibliography(f"@misc{{k, title = {{{text}}}, author = {{{text}}}}}\n{text}".encode())
    memory = remember(*read)
    assert recall(memory) in (read, None)
    assert memory == b"" or recall(memory) == read


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_nothing_that_is_damaged_is_more_than_nothing(data):
    whole = remember(*read_bibliography(ONE))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from([whole[:at], whole[:at] + b"\x1e" + whole[at:], whole[:at] + b"7" + whole[at + 1 :]])
    )
    back = recall(damaged)
    assert back is None or list(map(type, back)) == [dict, list]


@pytest.mark.parametrize(
    "foreign", [b"", b"\x80\x04K\x01.", b"[]", b"null", b"[" * 100_000, b"[0,0,[],[]]", b"\x1d" * 40]
)
def test_what_others_wrote_is_nothing(foreign):
    assert recall(foreign) is None


def test_a_large_bibliography_is_read_once(monkeypatch):
    reads: list[bytes] = []

    def count(source):
        reads.append(source)
        return read_bibliography(source)

    monkeypatch.setattr(bibliography, "read_bibliography", count)
    memory: dict[str, bytes] = {}
    first = read_or_recall(ONE, memory)
    assert read_or_recall(ONE, memory) == first
    assert reads == [ONE]
    read_or_recall(ONE + b" ", memory)
    assert reads == [ONE, ONE + b" "]


def test_a_small_bibliography_leaves_nothing_behind():
    memory: dict[str, bytes] = {}
    read_or_recall(b"@misc{a, title = {T}, author = {A. B}, year = 2000}", memory)
    assert memory == {}


def test_a_course_is_the_same_with_a_memory_and_without(tmp_path):
    site = b"course: {code: CS1, title: T, timezone: UTC}\n"
    tree = Tree({"papers.bib": LARGE + READING_LIST.read_bytes(), "site.yaml": site}, {})
    now = dt.datetime(2026, 2, 3, tzinfo=dt.UTC)
    cold = read_course_model(tree, Options(now))
    for _ in range(2):
        warm = read_course_model(tree, Options(now, cache=DiskCache(tmp_path)))
        assert (warm.course, warm.findings) == (cold.course, cold.findings)
    assert list((tmp_path / ".sitegen" / "cache").glob("bibliography-*"))


def test_the_command_line_remembers_unless_it_is_told_not_to(tmp_path):
    course = write_course(tmp_path, {"papers.bib": ONE.replace(b", pdf = {papers/a.pdf}, journal = unknown", b"")})
    assert run_sitegen("check", course, "--no-cache").returncode == 0
    assert not (course / ".sitegen").exists()
    said = [run_sitegen("check", course) for _ in range(2)]
    assert len(files(course)) == 1
    assert [(run.returncode, run.stdout, run.stderr) for run in said[:1]] == [
        (run.returncode, run.stdout, run.stderr) for run in said[1:]
    ]


# --- on disk ------------------------------------------------------------------------------------


def files(course):
    return [path for path in (course / ".sitegen" / "cache").iterdir() if "-" in path.name]


def test_what_one_build_keeps_the_next_one_finds(tmp_path):
    DiskCache(tmp_path)["kind-1"] = b"value"
    assert DiskCache(tmp_path)["kind-1"] == b"value"
    assert DiskCache(tmp_path).get("kind-2") is None
    assert (tmp_path / ".sitegen" / "cache" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    "damage", [lambda old: old[:-1], lambda old: old + b"x", lambda old: b"", lambda old: b"x" + old[1:]]
)
def test_a_damaged_file_is_no_file(tmp_path, damage):
    cache = DiskCache(tmp_path)
    cache["kind-1"] = b"value"
    (file,) = files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    assert cache.get("kind-1") is None
    cache["kind-1"] = b"new"
    assert cache["kind-1"] == b"new"


def test_another_version_finds_nothing(tmp_path, monkeypatch):
    DiskCache(tmp_path)["kind-1"] = b"value"
    monkeypatch.setattr("sitegen.folders.cache.identify_program", lambda: "another version")
    assert DiskCache(tmp_path).get("kind-1") is None


def test_a_folder_that_cant_be_written_to_is_no_error(tmp_path):
    (tmp_path / ".sitegen").write_text("a file")
    cache = DiskCache(tmp_path)
    cache["kind-1"] = b"value"
    assert cache.get("kind-1") is None


def test_nothing_is_written_through_a_link(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".sitegen").mkdir()
    (tmp_path / ".sitegen" / "cache").symlink_to(elsewhere)
    DiskCache(tmp_path)["kind-1"] = b"value"
    assert list(elsewhere.iterdir()) == []


def test_only_the_latest_of_a_kind_are_kept(tmp_path):
    cache = DiskCache(tmp_path)
    for number in range(10):
        cache[f"kind-{number}"] = b"value"
    assert len(files(tmp_path)) == MOST_OF_A_KIND
    assert cache["kind-9"] == b"value"
    del cache["kind-9"]
    with pytest.raises(KeyError):
        del cache["kind-9"]
