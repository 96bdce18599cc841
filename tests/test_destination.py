"""Where a site may be published, and under which names."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.folders.destination import (
    OutputRefused,
    check_output_folder,
    clashing_paths,
    folded,
    folders_above,
    folders_of,
    output_path_problem,
)

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other users and disks")

OWN = "choose a folder of its own for the site, for example _site"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course in `home/teaching/course`, which is the working directory."""
    folder = tmp_path / "home" / "teaching" / "course"
    (folder / "content").mkdir(parents=True)
    (folder / "site.yaml").write_text("course: {}\n")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.chdir(folder)
    return folder


def refusal(out: str | Path, course: Path) -> str:
    with pytest.raises(OutputRefused) as refused:
        check_output_folder(Path(out), course)
    return str(refused.value)


# --- folders that are fine ----------------------------------------------------------------------


@pytest.mark.parametrize("out", ["_site", "_site/deeper/still", "../site", "../../site", "public/../_site", ".site"])
def test_a_missing_folder_is_fine(course: Path, out: str):
    check_output_folder(Path(out), course)
    check_output_folder(Path(out).absolute(), Path())
    assert not Path(out).exists()


def test_an_empty_folder_is_fine(course: Path):
    Path("_site").mkdir()
    check_output_folder(Path("_site"), course)


@pytest.mark.parametrize("name", [".git", ".DS_Store", "Thumbs.db", "desktop.ini"])
def test_a_folder_with_nothing_but_what_git_or_a_file_browser_keeps_there_is_fine(course: Path, name: str):
    Path("_site").mkdir()
    Path("_site", name).write_text("gitdir: ../.git/worktrees/_site\n")
    check_output_folder(Path("_site"), course)


def test_a_folder_that_a_killed_first_build_left_is_fine(course: Path):
    Path("_site/.sitegen-stage-12").mkdir(parents=True)
    Path("_site/.sitegen-stage-12/0").write_text("half")
    check_output_folder(Path("_site"), course)


def test_a_folder_with_our_marker_is_fine_whatever_else_it_holds(course: Path):
    Path("_site").mkdir()
    Path("_site/.sitegen.json").write_text("damaged")
    Path("_site/index.html").write_text("x")
    check_output_folder(Path("_site"), course)


@needs_links
def test_a_link_to_a_fine_folder_is_fine(course: Path):
    Path("../public").mkdir()
    Path("_site").symlink_to("../public")
    Path("later").symlink_to("../not-yet")
    check_output_folder(Path("_site"), course)
    check_output_folder(Path("later"), course)


# --- folders that are refused -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        (".", "is the course folder itself"),
        ("", "is the course folder itself"),
        ("content/..", "is the course folder itself"),
        ("../course/", "is the course folder itself"),
        ("..", "is a folder that holds the course"),
        ("../..", "is a folder that holds the course"),
        ("site.yaml", "is a file"),
        ("site.yaml/_site", "would be inside site.yaml, which is a file"),
        ("../elsewhere/.git", "is a folder of Git's own"),
        (".git", "is a folder of Git's own"),
        (".GIT/hooks", "is a folder of Git's own"),
        ("content", "is inside the course's content folder, so the next build would read its own output"),
        ("content/_site", "is inside the course's content folder, so the next build would read its own output"),
        ("templates/x/y", "is inside the course's templates folder, so the next build would read its own output"),
    ],
)
def test_a_folder_is_refused_with_the_reason_and_the_name_that_was_typed(course: Path, out: str, reason: str):
    expected = f"{Path(out)} {reason}; {OWN}."
    assert refusal(out, course) == expected
    assert refusal(out, Path("../course")) == expected
    assert refusal(Path(out).absolute(), Path()) == f"{Path(out).absolute()} {reason}; {OWN}."


def test_the_top_of_the_disk_is_refused(course: Path):
    top = Path(course.anchor)
    assert refusal(top, course) == f"{top} is the top of a whole disk; {OWN}."


def test_a_home_folder_is_refused_also_as_an_empty_one(course: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "users" / "ada").mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "users" / "ada")
    assert refusal("../../../users/ada", course) == f"{Path('../../../users/ada')} is a home folder; {OWN}."
    out = Path("../../../users")
    assert refusal(out, course) == f"{out} is a folder that holds home folders; {OWN}."
    check_output_folder(Path("../../../users/ada/_site"), course)
    check_output_folder(Path("../../../users/bob"), course)


@needs_posix
def test_another_users_home_is_refused(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import pwd

    (tmp_path / "bob").mkdir()
    owner = pwd.getpwuid(os.getuid())
    entry = pwd.struct_passwd((*owner[:5], str(tmp_path / "bob"), owner[6]))
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: entry)
    assert refusal(tmp_path / "bob", course) == f"{tmp_path / 'bob'} is a home folder; {OWN}."
    check_output_folder(tmp_path / "bob" / "site", course)


@needs_posix
def test_a_folder_of_an_unknown_user_is_judged_by_the_other_rules(course: Path, tmp_path: Path, monkeypatch):
    import pwd

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    (tmp_path / "nobodys").mkdir()
    check_output_folder(tmp_path / "nobodys", course)


def test_a_computer_without_a_home_folder_is_no_error(course: Path, monkeypatch: pytest.MonkeyPatch):
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    check_output_folder(Path("_site"), course)


@needs_links
@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("../..", "is a folder that holds the course"),
        (".", "is the course folder itself"),
        ("content", "is inside the course's content folder, so the next build would read its own output"),
        ("/", "is the top of a whole disk"),
    ],
)
def test_a_link_is_judged_by_where_it_leads(course: Path, target: str, reason: str):
    Path("_site").symlink_to(target)
    assert refusal("_site", course) == f"_site {reason}; {OWN}."


@needs_links
def test_a_link_to_an_empty_home_folder_is_refused(course: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "ada").mkdir()
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "ada")
    Path("_site").symlink_to(tmp_path / "ada")
    assert refusal("_site", course) == f"_site is a home folder; {OWN}."


@needs_links
def test_a_content_folder_behind_a_link_is_still_the_content_folder(course: Path):
    Path("content").rename("words")
    Path("content").symlink_to("words")
    assert refusal("words/site", course).startswith(f"{Path('words/site')} is inside the course's content folder")


def test_a_folder_of_the_same_name_in_other_case_is_the_same_where_case_is_ignored(course: Path):
    if not Path("CONTENT").exists():
        pytest.skip("this file system knows case")
    assert "is inside the course's content folder" in refusal("CONTENT/_site", course)
    assert "is the course folder itself" in refusal("../COURSE", course)


@pytest.mark.parametrize("name", ["index.html", ".htaccess", "photos/cat.jpg", ".gitignore"])
def test_a_folder_with_files_that_are_not_ours_is_refused(course: Path, name: str):
    file = Path("docs") / name
    file.parent.mkdir(parents=True)
    file.write_text("x")
    first = name.split("/", maxsplit=1)[0]
    assert (
        refusal("docs", course) == f"docs holds files that sitegen didn't write, such as {first}; empty it, or {OWN}."
    )


@needs_links
def test_a_link_in_the_markers_place_does_not_make_a_folder_ours(course: Path):
    Path("docs").mkdir()
    Path("docs/index.html").write_text("x")
    Path("_site").mkdir()
    Path("_site/.sitegen.json").write_text("{}")
    Path("docs/.sitegen.json").symlink_to("../_site/.sitegen.json")
    assert refusal("docs", course).startswith("docs holds files that sitegen didn't write")


def test_a_folder_that_may_not_be_read_is_refused(course: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    Path("_site").mkdir()
    monkeypatch.setattr(Path, "iterdir", refused)
    assert refusal("_site", course) == f"_site can't be looked into (permission denied); allow it, or {OWN}."


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "index.html", "lectures/intro/index.html", "a b/c&d.pdf", "Übung.pdf", "研究/論文.pdf", ".nojekyll", "👩‍🏫.png",
        ".well-known/security.txt", "..a", "a..b/c", "console.html", "COM.html", "com10", "nul-and-void",
        "x/.gitignore", "a" * 255, "ü" * 127, "x/.sitegen.json", "sitegen.json",
    ],
)  # fmt: skip
def test_paths_that_every_system_can_hold_are_fine(path: str):
    assert output_path_problem(path) is None


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/etc/passwd", "it begins with a slash"),
        ("a//b", "it has two slashes in a row or one at its end"),
        ("a/", "it has two slashes in a row or one at its end"),
        ("..", "it has .. as a part"),
        ("a/../../b", "it has .. as a part"),
        ("./a", "it has . as a part"),
        ("a\\b", "it has a backslash in it"),
        ("C:/a", "it has : in it, which Windows doesn't allow"),
        ("what?.html", "it has ? in it, which Windows doesn't allow"),
        ("a*", "it has * in it, which Windows doesn't allow"),
        ('"a"', 'it has " in it, which Windows doesn\'t allow'),
        ("a|b", "it has | in it, which Windows doesn't allow"),
        ("<a", "it has < in it, which Windows doesn't allow"),
        ("a>", "it has > in it, which Windows doesn't allow"),
        ("a./b", "a name in it ends with a dot or a space, which Windows doesn't allow"),
        ("a ", "a name in it ends with a dot or a space, which Windows doesn't allow"),
        ("con", "Windows keeps the name con for a device"),
        ("a/Aux.html/b", "Windows keeps the name Aux.html for a device"),
        ("NUL .txt", "Windows keeps the name NUL .txt for a device"),
        ("LPT³", "Windows keeps the name LPT³ for a device"),
        ("com1.tar.gz", "Windows keeps the name com1.tar.gz for a device"),
        ("a/" + "ü" * 128, "a name in it is longer than 255 bytes"),
        (".git/config", "it is inside .git, Git's own folder"),
        ("a/.GIT", "it is inside .git, Git's own folder"),
        (".sitegen.json", "sitegen keeps its own notes under that name"),
        (".SiteGen.json/x", "sitegen keeps its own notes under that name"),
        (".sitegen-stage-1/x", "sitegen keeps its own notes under that name"),
    ],
)  # fmt: skip
def test_a_path_that_some_system_cannot_hold_is_told(path: str, problem: str):
    assert output_path_problem(path) == f"`{path}` can't be published: {problem}."


@pytest.mark.parametrize("character", ["\x00", "\n", "\x1b", "\x7f", "\x85", "\udce9", "\u2028"])
def test_control_characters_and_undecodable_bytes_are_told_without_showing_them(character: str):
    problem = output_path_problem(f"a{character}b")
    assert problem is not None
    assert problem.startswith("`a\ufffdb` can't be published: it has ")
    assert problem.isprintable()


def test_an_empty_path_is_told():
    assert output_path_problem("") == "A published file needs a name."


@given(st.text(alphabet=st.sampled_from("aA.~/ \\:é\x00_-1"), max_size=12))
def test_a_path_without_problem_stays_inside_the_folder(path: str):
    if output_path_problem(path) is None:
        parts = path.split("/")
        assert Path(path).parts == tuple(parts)
        assert not Path(path).is_absolute()
        assert ".." not in parts


@pytest.mark.parametrize(
    ("paths", "clashes"),
    [
        (["a", "b", "ab/c", "a-b"], []),
        (["a/b", "a"], [("a", "a/b")]),
        (["a", "a/b/c", "a/b"], [("a", "a/b"), ("a", "a/b/c"), ("a/b", "a/b/c")]),
        (["Index.html", "index.html"], [("Index.html", "index.html")]),
        (["a/X", "A/x"], [("A/x", "a/X")]),
        (["A", "a/b"], [("A", "a/b")]),
        (["readings/A", "readings/a", "readings/b"], [("readings/A", "readings/a")]),
        (["\u00e9", "e\u0301"], [("e\u0301", "\u00e9")]),
        (["straße", "STRASSE"], [("STRASSE", "straße")]),
        (["A/x", "a/y"], []),
    ],
)
def test_paths_that_need_the_same_place_clash(paths: list[str], clashes: list[tuple[str, str]]):
    assert clashing_paths(paths) == clashes
    assert clashing_paths(reversed(paths)) == clashes


@given(st.text())
def test_folding_is_the_same_for_every_form_of_a_name(name: str):
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name))
    assert folded(folded(name)) == folded(name)


def test_a_path_needs_the_folders_it_is_in():
    assert list(folders_of("a/b/c")) == ["a", "a/b"]
    assert list(folders_of("a")) == []


@pytest.mark.parametrize("paths", [[], ["a"], ["a/b/c", "a/b/d", "a/e/f/g", "h/i", "index.html"], ["a//b", "a/"]])
def test_the_folders_above_many_paths_are_those_of_each(paths: list[str]):
    assert folders_above(paths) == {folder for path in paths for folder in folders_of(path)}
