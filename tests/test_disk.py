"""Reading a course's files: what is taken, what is left out, and what is told about the rest."""

from __future__ import annotations

import os
import random
import socket
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from sitegen.diagnostics import Diagnostic, render_text
from sitegen.folders import disk
from sitegen.folders.disk import Asset, AssetTrouble, Tree, chunks, is_left_out, read_course, read_theme, shown

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files on Windows")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="this file system can't hold such names")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of three texts and one asset, in a folder beside which a secret lies."""
    folder = tmp_path / "course"
    put(folder, "site.yaml", "course: {}\n")
    put(folder, "content/index.md", "# Home\n")
    put(folder, "content/lectures/intro.md", "# Introduction\n")
    put(folder, "content/lectures/intro.pdf", "%PDF-1.7\n")
    put(tmp_path, "secret/diary.md", "Dear diary\n")
    return folder


def put(folder: Path, path: str, text: str = "x") -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
    return file


def link(folder: Path, path: str, target: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(target)


def paths(course: Path, exclude: Path | None = None) -> list[str]:
    """All paths of a course that reads without findings."""
    tree, findings = read_course(course, exclude)
    assert findings == []
    return [*tree.texts, *tree.assets]


def told(findings: list[Diagnostic]) -> str:
    return render_text(findings, {})


def only_finding(course: Path) -> str:
    _, findings = read_course(course)
    assert len(findings) == 1, told(findings)
    return told(findings)


# --- what is read -------------------------------------------------------------------------------


def test_texts_are_read_and_assets_are_only_described(course: Path):
    put(course, "papers.bib", "@book{a}\n")
    put(course, "templates/base.html", "<html>")
    put(course, "templates/css/logo.png", "png")
    tree, findings = read_course(course)
    pdf = course / "content/lectures/intro.pdf"
    assert findings == []
    assert list(tree.texts.items()) == [
        ("content/index.md", b"# Home\n"),
        ("content/lectures/intro.md", b"# Introduction\n"),
        ("papers.bib", b"@book{a}\n"),
        ("site.yaml", b"course: {}\n"),
        ("templates/base.html", b"<html>"),
        ("templates/css/logo.png", b"png"),
    ]
    (asset,) = tree.assets.values()
    assert asset.path == "content/lectures/intro.pdf"
    assert asset.location.samefile(pdf)
    assert (asset.size, asset.mtime_ns) == (9, pdf.stat().st_mtime_ns)


def test_the_rest_of_the_course_folder_is_not_looked_at(course: Path):
    before = paths(course)
    put(course, "README.md")
    put(course, "_site/index.html")
    put(course, "drafts/later.md")
    put(course, ".env")
    assert paths(course) == before


def test_a_folder_without_a_course_is_empty_and_no_finding(tmp_path: Path):
    assert read_course(tmp_path) == (Tree({}, {}), [])
    assert read_course(tmp_path / "missing") == (Tree({}, {}), [])


LEFT_OUT = [
    ".hidden.md", ".git/config", ".DS_Store", "__pycache__/x.pyc", "node_modules/x/readme.md", "notes.md~",
    "#notes.md#", ".#notes.md", ".notes.md.swp", "notes.md.swp", "notes.swo", "notes.tmp", "4913", "Thumbs.db",
    "desktop.ini", "~$slides.pptx", "lectures/.obsidian/x.md", "lectures/.well-known/x",
]  # fmt: skip


@pytest.mark.parametrize("path", LEFT_OUT)
@pytest.mark.parametrize("folder", ["content", "templates"])
def test_hidden_files_and_leftovers_are_left_out(course: Path, folder: str, path: str):
    before = paths(course)
    put(course, f"{folder}/{path}")
    assert paths(course) == before


@pytest.mark.parametrize("name", ["a.md", "a~b.md", "#1.md", "c#", "tmp", "x.tmpl", "49130", "~a", "$a", "#"])
def test_names_that_only_look_like_leftovers_are_read(name: str):
    assert not is_left_out(name)


def test_hidden_files_that_web_servers_need_are_published(course: Path):
    put(course, "content/.nojekyll")
    put(course, "content/.well-known/security.txt")
    put(course, "content/.well-known/.hidden")
    put(course, "templates/.nojekyll")
    found = paths(course)
    assert "content/.nojekyll" in found
    assert "content/.well-known/security.txt" in found
    assert not [path for path in found if path.endswith(".hidden") or path.startswith("templates/")]


def test_the_order_of_the_file_system_changes_nothing(course: Path, monkeypatch: pytest.MonkeyPatch):
    for name in "zebra.md", "Äpfel.md", "a.pdf", "A1.pdf", "lectures/b.md":
        put(course, f"content/{name}")
    put(course, "content/bad\x07name.md") if sys.platform != "win32" else None
    expected, findings = read_course(course)
    assert list(expected.texts) == sorted(expected.texts)
    assert list(expected.assets) == sorted(expected.assets)
    straight = os.listdir
    for seed in range(5):

        def shuffled(folder: str, seed: int = seed) -> list[str]:
            names = straight(folder)
            random.Random(seed).shuffle(names)
            return names

        monkeypatch.setattr(os, "listdir", shuffled)
        tree, again = read_course(course)
        assert list(tree.texts.items()) == list(expected.texts.items())
        assert list(tree.assets.items()) == list(expected.assets.items())
        assert again == findings


def test_names_are_normalised_to_nfc(course: Path):
    decomposed = unicodedata.normalize("NFD", "Übung.pdf")
    put(course, f"content/{decomposed}", "exercise")
    tree, findings = read_course(course)
    assert findings == []
    asset = tree.assets["content/\u00dcbung.pdf"]
    assert asset.location.read_text() == "exercise"


def test_the_output_folder_is_not_read_even_inside_the_content(course: Path):
    before = paths(course)
    put(course, "content/public/index.md")
    assert paths(course, exclude=course / "content" / "public") == before
    assert len(paths(course)) == len(before) + 1


def test_a_relative_course_folder_is_read_too(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(course / "content")
    assert paths(Path("..")) == paths(course)


def test_the_theme_is_every_file_by_its_path(tmp_path: Path):
    for path in "base.html", "css/site.css", ".DS_Store", "css/site.css~", "__pycache__/x.pyc", ".git/config":
        put(tmp_path, path, path)
    assert list(read_theme(tmp_path).items()) == [
        ("base.html", b"base.html"),
        ("css/site.css", b"css/site.css"),
    ]


# --- links --------------------------------------------------------------------------------------


@needs_links
def test_links_inside_the_course_are_followed(course: Path):
    put(course, "shared/syllabus.pdf", "12345")
    put(course, "shared/notes/extra.md", "extra")
    link(course, "content/syllabus.pdf", "../shared/syllabus.pdf")
    link(course, "content/notes", "../shared/notes")
    link(course, "content/again", "notes")
    tree, findings = read_course(course)
    assert findings == []
    assert tree.assets["content/syllabus.pdf"].size == 5
    assert tree.texts["content/notes/extra.md"] == tree.texts["content/again/extra.md"] == b"extra"


@needs_links
def test_the_course_folder_may_itself_be_a_link(course: Path, tmp_path: Path):
    link(course, "content/home.md", "index.md")
    link(tmp_path, "shortcut", "course")
    assert paths(tmp_path / "shortcut") == paths(course)


@needs_links
@pytest.mark.parametrize("target", ["../../secret/diary.md", "../../secret", "../..", "/", "../../nowhere"])
def test_a_link_out_of_the_course_is_an_error(course: Path, target: str):
    before = paths(course)
    link(course, "content/diary", target)
    tree, findings = read_course(course)
    assert [*tree.texts, *tree.assets] == before
    assert told(findings) == (
        "content/diary:1:1: error[link-outside-course]: content/diary is a link to "
        f"{target}, which is outside the course folder.\n"
        "  help: Copy what it leads to into the course, or remove the link.\n"
    )


@needs_links
def test_a_link_is_told_by_its_own_words_and_not_by_where_it_ends(course: Path, tmp_path: Path):
    link(course, "content/diary.md", "../shortcut/diary.md")
    link(course, "shortcut", str(tmp_path / "secret"))
    text = only_finding(course)
    assert "is a link to ../shortcut/diary.md, which is outside" in text
    assert str(tmp_path) not in text


@needs_links
@pytest.mark.parametrize("path", ["site.yaml", "content", "templates", "papers.bib"])
def test_the_courses_own_files_may_not_be_links_to_the_outside(course: Path, path: str):
    if (course / path).exists():
        (course / path).rename(course / "old")
    target = "../secret" if path in {"content", "templates"} else "../secret/diary.md"
    link(course, path, target)
    assert f"{path}:1:1: error[link-outside-course]: {path} is a link to {target}" in only_finding(course)


@needs_links
@pytest.mark.parametrize("target", [".env", ".git/config", ".git", "node_modules/x"])
def test_a_link_to_a_hidden_file_is_an_error(course: Path, target: str):
    for path in ".env", ".git/config", "node_modules/x":
        put(course, path, "password")
    link(course, "content/public", f"../{target}")
    assert only_finding(course) == (
        f"content/public:1:1: error[link-outside-course]: content/public is a link to ../{target}, "
        "which is hidden and so is never published.\n"
        "  help: Copy what it leads to into the course, or remove the link.\n"
    )


@needs_links
def test_a_link_to_a_hidden_file_that_is_published_is_followed(course: Path):
    put(course, "content/.well-known/security.txt")
    link(course, "content/security.txt", ".well-known/security.txt")
    assert "content/security.txt" in paths(course)


@needs_links
def test_a_link_into_the_output_folder_is_an_error(course: Path):
    put(course, "_site/index.html")
    link(course, "content/last", "../_site")
    _, findings = read_course(course, exclude=course / "_site")
    assert told(findings) == (
        "content/last:1:1: error[link-outside-course]: content/last is a link to ../_site, "
        "in the folder that the site is published to.\n"
        "  help: Correct the link, or remove it.\n"
    )


@needs_links
def test_a_link_to_nothing_is_an_error(course: Path):
    link(course, "content/slides.pdf", "old/slides.pdf")
    assert only_finding(course) == (
        "content/slides.pdf:1:1: error[broken-symlink]: content/slides.pdf is a link to old/slides.pdf, "
        "which doesn't exist.\n"
        "  help: Correct the link, or remove it.\n"
    )


@needs_links
def test_a_link_to_itself_is_an_error(course: Path):
    link(course, "content/a.md", "b.md")
    link(course, "content/b.md", "a.md")
    _, findings = read_course(course)
    assert [finding.message for finding in findings] == [
        "content/a.md is a link to b.md, and so back to itself.",
        "content/b.md is a link to a.md, and so back to itself.",
    ]
    assert {finding.slug for finding in findings} == {"broken-symlink"}


@needs_links
@pytest.mark.parametrize("target", [".", "..", "../..", "../lectures"])
def test_a_link_to_a_folder_that_it_is_in_is_an_error(course: Path, target: str):
    before = paths(course)
    link(course, "content/lectures/all", target)
    tree, findings = read_course(course)
    assert [*tree.texts, *tree.assets] == before
    assert told(findings) == (
        "content/lectures/all:1:1: error[broken-symlink]: content/lectures/all is a link to "
        f"{target}, a folder that the link itself is in.\n"
        "  help: Remove the link.\n"
    )


@needs_links
def test_folders_linked_crosswise_end(course: Path):
    names = [f"f{number}" for number in range(6)]
    for name in names:
        put(course, f"content/{name}/page.md")
        for other in names:
            link(course, f"content/{name}/to-{other}", f"../{other}")
    tree, findings = read_course(course)
    assert "content/f0/to-f1/to-f2/page.md" in tree.texts
    assert {finding.slug for finding in findings} == {"broken-symlink"}
    behind = "content/f0/to-f1/to-f2/to-f3/to-f4/to-f5"
    (deepest,) = [finding for finding in findings if finding.span.file == behind]
    assert deepest.message == (
        f"{behind} is a link to ../f5 and lies behind 4 other links; no more than that are followed."
    )


@needs_links
def test_control_characters_in_a_links_words_are_not_repeated(course: Path):
    link(course, "content/a.md", "\x1b[31mred")
    assert "is a link to \ufffd[31mred, which doesn't exist." in only_finding(course)


# --- what can't be read -------------------------------------------------------------------------


@needs_posix
def test_a_pipe_is_refused_and_never_opened(course: Path):
    os.mkfifo(course / "content" / "pipe.md")  # opening it would wait for ever
    assert only_finding(course) == (
        "content/pipe.md:1:1: error[special-file]: content/pipe.md is a pipe, a socket or a device, not a file.\n"
        "  help: Move it out of the course.\n"
    )


@needs_posix
@pytest.mark.parametrize("path", ["site.yaml", "content", "papers.bib"])
def test_a_pipe_in_the_place_of_a_course_file_is_refused(tmp_path: Path, path: str):
    os.mkfifo(tmp_path / path)
    assert f"error[special-file]: {path} is a pipe" in only_finding(tmp_path)


@needs_posix
@needs_links
def test_a_link_to_a_pipe_is_refused(course: Path):
    os.mkfifo(course / "pipe")
    link(course, "content/notes.md", "../pipe")
    assert "content/notes.md is a pipe, a socket or a device" in only_finding(course)


@needs_posix
def test_a_socket_is_refused(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(course / "content")  # a socket's address is at most about 100 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert "content/socket is a pipe, a socket or a device" in only_finding(course)


def test_a_file_that_may_not_be_read_is_an_error(course: Path, monkeypatch: pytest.MonkeyPatch):
    fail_to_read(monkeypatch, "intro.md", PermissionError(13, "Permission denied"))
    tree, findings = read_course(course)
    assert list(tree.texts) == ["content/index.md", "site.yaml"]
    assert told(findings) == (
        "content/lectures/intro.md:1:1: error[unreadable-file]: content/lectures/intro.md can't be read: "
        "permission denied.\n"
        "  help: Allow your account to read it, or move it out of the course.\n"
    )


def test_a_folder_that_may_not_be_read_is_an_error(course: Path, monkeypatch: pytest.MonkeyPatch):
    straight = os.listdir

    def refused(folder: str) -> list[str]:
        if Path(folder).name == "lectures":
            raise PermissionError(13, "Permission denied")
        return straight(folder)

    monkeypatch.setattr(os, "listdir", refused)
    assert "content/lectures can't be read: permission denied." in only_finding(course)


def test_a_file_that_grows_while_it_is_read_is_read_to_its_end(course: Path, monkeypatch: pytest.MonkeyPatch):
    straight, grown = os.read, "much more " * 20_000

    def read(handle: int, size: int) -> bytes:
        content = straight(handle, size)
        if content == b"# Introduction\n":
            put(course, "content/lectures/intro.md", f"# Introduction\n{grown}")
        return content

    monkeypatch.setattr(os, "read", read)
    tree, findings = read_course(course)
    assert (tree.texts["content/lectures/intro.md"].decode(), findings) == (f"# Introduction\n{grown}", [])


@needs_posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_with_its_permissions_taken_away_is_an_error(course: Path):
    (course / "content/index.md").chmod(0)
    assert "content/index.md can't be read: permission denied." in only_finding(course)


def test_a_file_that_vanished_is_left_out(course: Path, monkeypatch: pytest.MonkeyPatch):
    fail_to_read(monkeypatch, "intro.md", FileNotFoundError(2, "No such file"))
    assert "content/lectures/intro.md" not in paths(course)


def test_a_file_that_an_editor_is_just_renaming_is_read(course: Path, monkeypatch: pytest.MonkeyPatch):
    fail_to_read(monkeypatch, "intro.md", FileNotFoundError(2, "No such file"), times=1)
    assert "content/lectures/intro.md" in paths(course)


def fail_to_read(monkeypatch: pytest.MonkeyPatch, name: str, error: OSError, times: int = 100) -> None:
    straight, left = os.open, [times]

    def open_file(file: str, flags: int, *rest: int) -> int:
        if Path(file).name == name and left[0]:
            left[0] -= 1
            raise error
        return straight(file, flags, *rest)

    monkeypatch.setattr(os, "open", open_file)


@pytest.mark.parametrize("gone", ["intro.md", "intro.pdf", "lectures"])
def test_what_vanishes_while_the_folder_is_read_is_left_out(course: Path, monkeypatch: pytest.MonkeyPatch, gone: str):
    straight = os.listdir

    def listdir(folder: str) -> list[str]:
        names = straight(folder)
        if gone in names:
            Path(folder, gone).rename(course / "elsewhere")
        return names

    monkeypatch.setattr(os, "listdir", listdir)
    assert not [path for path in paths(course) if gone in path]


def test_a_folder_that_becomes_a_file_while_it_is_read_is_left_out(course: Path, monkeypatch: pytest.MonkeyPatch):
    straight = os.listdir

    def listdir(folder: str) -> list[str]:
        if Path(folder).name == "lectures":
            Path(folder).rename(course / "elsewhere")
            Path(folder).write_text("")
        return straight(folder)

    monkeypatch.setattr(os, "listdir", listdir)
    assert paths(course) == ["content/index.md", "site.yaml"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("site.yaml/x", "site.yaml is a folder, but in a course it has to be a file."),
        ("papers.bib/x", "papers.bib is a folder, but in a course it has to be a file."),
        ("content", "content is a file, but in a course it has to be a folder."),
        ("templates", "templates is a file, but in a course it has to be a folder."),
    ],
)
def test_a_file_in_a_folders_place_and_the_other_way_round_is_an_error(tmp_path: Path, path: str, sentence: str):
    put(tmp_path, path)
    name = path.split("/", maxsplit=1)[0]
    assert only_finding(tmp_path) == (f"{name}:1:1: error[unreadable-file]: {sentence}\n  help: Rename it.\n")


@needs_posix
def test_folders_without_end_are_an_error_and_no_traceback(course: Path):
    put(course, "content/" + "d/" * 200 + "page.md")
    text = only_finding(course)
    assert "error[unreadable-file]" in text
    assert "lies more than 64 folders deep, which is deeper than sitegen looks." in text


# --- names --------------------------------------------------------------------------------------


@needs_posix
@pytest.mark.parametrize(
    ("name", "shown_name", "character"),
    [
        ("a\x07b.md", "a\ufffdb.md", "the control character U+0007"),
        ("a\nb.md", "a\ufffdb.md", "the control character U+000A"),
        ("a\x7f.pdf", "a\ufffd.pdf", "the control character U+007F"),
        ("a\u2028b", "a\ufffdb", "the control character U+2028"),
        ("a\\b.md", "a\\b.md", "a backslash"),
    ],
)
def test_a_name_that_no_address_can_hold_is_an_error(course: Path, name: str, shown_name: str, character: str):
    before = paths(course)
    put(course, f"content/{name}")
    tree, findings = read_course(course)
    assert [*tree.texts, *tree.assets] == before
    assert told(findings) == (
        f"content/{shown_name}:1:1: error[bad-file-name]: The name content/{shown_name} has {character} in it, "
        "so it can't be published.\n"
        "  help: Rename it, best with letters, digits, - and _ only.\n"
    )


@needs_linux
def test_a_name_that_is_no_text_is_an_error(course: Path):
    Path(os.fsdecode(os.fsencode(course / "content") + b"/caf\xe9.md")).write_text("latin-1")
    text = only_finding(course)
    assert "The name content/caf\ufffd.md has bytes that aren't text in it" in text
    text.encode()  # every part of the finding can be written out


@needs_posix
def test_a_folder_whose_name_no_address_can_hold_is_one_error(course: Path):
    put(course, "content/a\\b/one.md")
    put(course, "content/a\\b/two.md")
    assert "The name content/a\\b has a backslash in it" in only_finding(course)


@needs_linux
def test_two_names_that_differ_in_how_an_accent_is_stored_are_an_error(course: Path):
    put(course, "content/re\u0301sume\u0301.md", "decomposed")
    put(course, "content/r\u00e9sum\u00e9.md", "composed")
    tree, findings = read_course(course)
    assert told(findings) == (
        "content/r\u00e9sum\u00e9.md:1:1: error[same-file-name]: content holds both r\u00e9sum\u00e9.md and "
        "r\u00e9sum\u00e9.md, which differ only in how an accent is stored.\n"
        "  help: Rename or remove one of them.\n"
    )
    assert tree.texts["content/r\u00e9sum\u00e9.md"] == b"decomposed"


@needs_linux
def test_two_names_that_differ_in_case_are_an_error(course: Path):
    put(course, "content/Lectures/two.md")
    assert only_finding(course) == (
        "content/lectures:1:1: error[same-file-name]: content holds both Lectures and lectures, "
        "which differ only in upper and lower case.\n"
        "  help: Rename or remove one of them.\n"
    )


def test_what_a_terminal_cannot_show_is_replaced():
    assert shown("a\x1bb\udce9c\u202ed é") == "a\ufffdb\ufffdc\ufffdd é"


# --- assets -------------------------------------------------------------------------------------


def asset_of(file: Path) -> Asset:
    status = file.stat()
    return Asset("content/a.bin", file, status.st_size, status.st_mtime_ns)


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_an_asset_comes_in_pieces_that_are_together_its_bytes(tmp_path: Path, size: int):
    content = random.Random(size).randbytes(size)
    (tmp_path / "a.bin").write_bytes(content)
    pieces = list(chunks(asset_of(tmp_path / "a.bin")))
    assert b"".join(pieces) == content
    assert all(0 < len(piece) <= 1 << 20 for piece in pieces)


def test_an_asset_that_has_a_new_version_is_read_in_that_version(tmp_path: Path):
    file = put(tmp_path, "a.bin", "old")
    asset = asset_of(file)
    file.write_text("newer")
    assert b"".join(chunks(asset)) == b"newer"


def test_an_asset_that_grows_while_it_is_read_is_trouble(tmp_path: Path):
    file = put(tmp_path, "a.bin", "some")
    pieces = chunks(asset_of(file))
    next(pieces)
    file.write_text("some more")
    with pytest.raises(AssetTrouble, match=r"^content/a\.bin is being written by another program$"):
        list(pieces)


def test_an_asset_that_is_gone_is_trouble(tmp_path: Path):
    file = put(tmp_path, "a.bin")
    asset = asset_of(file)
    file.unlink()
    with pytest.raises(AssetTrouble, match=r"^content/a\.bin is no longer there$"):
        list(chunks(asset))


def test_an_asset_that_may_not_be_read_is_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(file: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    asset = asset_of(put(tmp_path, "a.bin"))
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(AssetTrouble, match=r"^content/a\.bin can't be read \(permission denied\)$"):
        list(chunks(asset))


# --- rules --------------------------------------------------------------------------------------


def test_windows_junctions_count_as_links():
    folder = os.lstat(os.curdir)
    assert not disk.is_link(folder)

    class Junction:
        st_mode = stat.S_IFDIR
        st_reparse_tag = 0xA0000003

    assert disk.is_link(Junction())  # type: ignore[arg-type]


def test_reading_loads_no_slow_module():
    slow = {"tempfile", "shutil", "subprocess", "random", "asyncio", "logging"}
    words = "import sys, sitegen.folders.publish; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    bare = subprocess.run([sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True)
    assert not slow & ({*answer.stdout.split()} - {*bare.stdout.split()})
