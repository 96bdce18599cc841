"""When a text was last changed, as git tells it: right, or not at all."""

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.folders.cache import DiskCache
from sitegen.folders.history import Change, list_traces, read_history
from tests.support import build_folder, run_sitegen, write_course

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
START = 1_769_500_000
"""27 Jan 2026."""


class Repository:
    """A repository whose commits are an hour apart."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, START
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        return run_git(self.folder, *arguments, time=self.clock)

    def commit(self, files: dict[str, str | None] | None = None, message: str = "x") -> int:
        for name, text in (files or {}).items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text.encode())
        self.clock += 3600
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.clock


def run_git(folder: Path, *arguments: str, time: int = START) -> str:
    who = {f"GIT_{role}_{what}": "a@b" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {f"GIT_{role}_DATE": f"{time} +0000" for role in ("AUTHOR", "COMMITTER")}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**clean, **who, **when, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "protocol.file.allow=always", "-C", str(folder), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "repository")


def times(folder, **cache):
    return {path: change.time for path, change in read_history(folder, {}).items()}


def test_each_text_has_the_time_of_the_commit_that_last_changed_it(repository):
    first = repository.commit({"site.yaml": "a", "papers.bib": "b", "content/a.md": "c", "content/é è/ü.md": "d"})
    second = repository.commit({"content/a.md": "e", "content/a.pdf": "no text", "README.md": "not ours"})
    assert times(repository.folder) == {
        "content/a.md": second,
        "content/é è/ü.md": first,
        "papers.bib": first,
        "site.yaml": first,
    }


def test_a_course_may_lie_in_a_folder_of_the_repository(repository):
    time = repository.commit({"teaching/é/content/a.md": "a", "teaching/é/site.yaml": "b", "content/a.md": "other"})
    assert times(repository.folder / "teaching" / "é") == {"content/a.md": time, "site.yaml": time}


def test_a_file_that_was_only_renamed_has_not_changed(repository):
    first = repository.commit({"content/a.md": "a\n", "content/b.md": "b\n"})
    repository.git("mv", "content/a.md", "content/c.md")
    repository.commit()
    repository.git("mv", "content/c.md", "content/d.md")
    repository.commit()
    second = repository.commit({"content/a.md": "new\n"})
    assert times(repository.folder) == {"content/a.md": second, "content/b.md": first, "content/d.md": first}


def test_a_change_that_was_taken_back_counts_and_one_that_a_merge_dropped_doesn_t(repository):
    repository.commit({"content/a.md": "1", "content/b.md": "1"})
    repository.commit({"content/a.md": "2"})
    back = repository.commit({"content/a.md": "1"})
    repository.git("checkout", "-q", "-b", "side")
    repository.commit({"content/b.md": "side"})
    repository.git("checkout", "-q", "main")
    kept = repository.commit({"content/b.md": "main"})
    repository.clock += 3600
    repository.git("merge", "-q", "-s", "ours", "-m", "merge", "side")
    assert times(repository.folder) == {"content/a.md": back, "content/b.md": kept}


def test_what_a_merge_itself_changed_has_the_merge_s_time_and_the_rest_its_own(repository):
    repository.commit({"teaching/content/a.md": "1", "teaching/content/b.md": "1"})
    repository.git("checkout", "-q", "-b", "side")
    side = repository.commit({"teaching/content/a.md": "side"})
    repository.git("checkout", "-q", "main")
    repository.commit({"teaching/content/b.md": "main"})
    repository.git("merge", "-q", "--no-commit", "side")
    merge = repository.commit({"teaching/content/b.md": "merged"})
    assert times(repository.folder / "teaching") == {"content/a.md": side, "content/b.md": merge}


def test_a_shallow_clone_says_nothing_of_what_it_cut_off(repository, tmp_path):
    repository.commit({"content/old.md": "a", "content/cut.md": "a"})
    repository.commit({"content/cut.md": "b"})
    new = repository.commit({"content/new.md": "c"})
    for depth, known in ((1, {}), (2, {"content/new.md": new})):
        clone = tmp_path / f"clone{depth}"
        run_git(tmp_path, "clone", "-q", f"--depth={depth}", repository.folder.as_uri(), str(clone))
        assert times(clone) == known


def test_every_full_clone_says_the_same(repository, tmp_path):
    repository.commit({"content/a.md": "a"})
    repository.commit({"content/b.md": "b"})
    run_git(tmp_path, "clone", "-q", repository.folder.as_uri(), "clone")
    assert times(tmp_path / "clone") == times(repository.folder)


def test_a_course_may_be_a_submodule_or_a_worktree(repository, tmp_path):
    time = repository.commit({"content/a.md": "a"})
    repository.git("worktree", "add", "-q", str(tmp_path / "tree"))
    outer = Repository(tmp_path / "outer")
    outer.git("submodule", "--quiet", "add", repository.folder.as_uri(), "course")
    outer.commit({"content/b.md": "b"})
    assert times(tmp_path / "tree") == {"content/a.md": time}
    assert times(tmp_path / "outer" / "course") == {"content/a.md": time}


def test_without_a_repository_a_commit_or_git_nothing_is_known(tmp_path, monkeypatch):
    (tmp_path / "plain" / "content").mkdir(parents=True)
    assert times(tmp_path / "plain") == {}
    empty = Repository(tmp_path / "empty")
    assert times(empty.folder) == {}
    empty.commit({"content/a.md": "a"})
    (tmp_path / "damaged" / ".git").mkdir(parents=True)
    assert times(tmp_path / "damaged") == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert times(empty.folder) == {}


def test_a_repository_of_another_user_is_not_asked(repository, monkeypatch):
    repository.commit({"content/a.md": "a"})
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own, for its tests; not passed on
    assert times(repository.folder)
    monkeypatch.setattr("sitegen.folders.history._QUIET", {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    assert times(repository.folder) == {}


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_SHALLOW_FILE"]
)
def test_no_variable_leads_to_another_repository(repository, tmp_path, monkeypatch, name):
    time = repository.commit({"content/a.md": "a"})
    other = Repository(tmp_path / "other")
    other.commit({"content/a.md": "other"})
    monkeypatch.setenv(name, str(other.folder / ".git"))
    assert times(repository.folder) == {"content/a.md": time}


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_no_program_that_a_repository_names_is_run(repository, tmp_path):
    repository.commit({"content/a.md": "a", ".gitattributes": "*.md diff=x filter=x"})
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "diff.x.textconv",
        "diff.x.command",
        "filter.x.clean",
        "gpg.program",
        "core.pager",
        "diff.external",
    ):
        repository.git("config", key, str(trap))
    repository.git("config", "log.showSignature", "true")
    assert times(repository.folder)
    assert not (tmp_path / "sprung").exists()


def test_links_and_other_repositories_in_the_course_have_no_time(repository, tmp_path):
    if sys.platform == "win32":
        pytest.skip("symbolic links are POSIX here")
    repository.commit({"content/a.md": "a"})
    (repository.folder / "content" / "b.md").symlink_to("a.md")
    inner = Repository(tmp_path / "inner")
    inner.commit({"c.md": "c"})
    repository.git("submodule", "--quiet", "add", inner.folder.as_uri(), "content/inner")
    repository.commit()
    assert list(times(repository.folder)) == ["content/a.md"]


def test_three_thousand_texts_take_one_pass(repository, monkeypatch):
    time = repository.commit({f"content/lectures/l{number}.md": f"{number}\n" for number in range(3_000)})
    asked = []
    popen = subprocess.Popen

    def watched(command, **rest):
        asked.append(command)
        return popen(command, **rest)

    monkeypatch.setattr(subprocess, "Popen", watched)
    assert set(times(repository.folder).values()) == {time}
    assert len(asked) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_git_that_hangs_is_stopped_and_then_nothing_is_known(repository, tmp_path, monkeypatch):
    repository.commit({"content/a.md": "a"})
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}{os.pathsep}{os.environ['PATH']}")
    assert read_history(repository.folder, {}, patience=0.2) == {}


# --- what is remembered -------------------------------------------------------------------------


def test_what_is_known_of_a_commit_isn_t_asked_again(repository, monkeypatch):
    repository.commit({"content/a.md": "a"})
    cache = DiskCache(repository.folder)
    known = read_history(repository.folder, cache)
    monkeypatch.setattr("sitegen.folders.history._find_changes", lambda *_: pytest.fail("asked again"))
    assert read_history(repository.folder, cache) == known
    repository.commit({"content/a.md": "b"})
    with pytest.raises(pytest.fail.Exception):
        read_history(repository.folder, cache)


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{", b'{"a": 1}', b'{"a": ["b"]}', b'{"a": ["b", "c"]}', b"\xff"])
def test_what_is_damaged_is_as_good_as_nothing(repository, damaged):
    repository.commit({"content/a.md": "a"})
    cache: dict[str, bytes] = {}
    known = read_history(repository.folder, cache)
    assert read_history(repository.folder, dict.fromkeys(cache, damaged)) == known


def test_another_commit_leaves_a_trace(repository, tmp_path):
    def stamps():
        return [path.read_bytes() if path.is_file() else b"" for path in list_traces(repository.folder / "content")]

    repository.commit({"content/a.md": "a"})
    before = stamps()
    repository.commit({"content/a.md": "b"})
    assert stamps() != before
    repository.git("worktree", "add", "-q", str(tmp_path / "tree"))
    tree = [path.name for path in list_traces(tmp_path / "tree") if path.is_file()]
    assert tree.count("HEAD") == 2
    assert tmp_path / ".git" in list_traces(tmp_path)  # where there is none, one may come


# --- on pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "made"),
    [(b"a\nb\n", True), (b"a\r\nb\r\n", True), (b"a\nb", False), (b"", False), (b"a\nb\n\n", False)],
)
def test_a_file_is_known_by_its_bytes_whatever_the_ends_of_its_lines(content, made):
    assert Change("422c2b7ab3b3c668038da977e4e93a5fc623169c", 0).made(content) == made


def footer(built, path):
    return built.files[path].decode().partition('<footer class="colophon">')[2]


def test_a_page_says_on_which_day_its_text_was_last_changed_in_the_course_s_zone(tmp_path):
    write_course(tmp_path, {"content/a.md": "# A\n", "content/b.md": "# B\n"})
    late = int(dt.datetime(2026, 2, 3, 3, 0, tzinfo=dt.UTC).timestamp())
    blob = "b9a8f0d5a4ecc36c8a5bb5e2ef9c65d8a0a3b1b3"
    blob = run_git(tmp_path, "hash-object", "content/a.md").strip() if shutil.which("git") else blob
    history = {path: Change(blob, late) for path in ("content/a.md", "content/b.md", "content/gone.md")}
    built = build_folder(tmp_path, history=history)
    assert 'Last changed <time datetime="2026-02-02">Mon\u00a02\u00a0Feb\u00a02026</time> ·' in footer(
        built, "a/index.html"
    )
    assert "Last changed" not in footer(built, "b/index.html")  # it differs from what was committed


def test_the_schedule_and_the_reading_list_are_as_new_as_their_files_and_a_paper_says_nothing(tmp_path):
    bib = "@article{a, title={A}, author={B}, year={2020}}\n"
    course = write_course(tmp_path, {"papers.bib": bib})
    history = {
        name: Change(run_git(course, "hash-object", name).strip(), START) for name in ("site.yaml", "papers.bib")
    }
    built = build_folder(course, history=history)
    for path, told in (("schedule/index.html", True), ("readings/index.html", True), ("readings/a/index.html", False)):
        assert ("Last changed" in footer(built, path)) == told, path


def test_the_command_asks_git(repository):
    write_course(repository.folder, {"content/a.md": "# A\n"})
    repository.commit()
    assert run_sitegen("build", str(repository.folder), "--today", "2026-02-03").returncode == 0
    page = repository.folder / "_site" / "a" / "index.html"
    assert "Last changed" in page.read_text(encoding="utf-8")
