"""Publishing: what ends up in the output folder, what is left alone, and what an interruption can't break."""

from __future__ import annotations

import builtins
import contextlib
import errno
import hashlib
import json
import os
import random
import runpy
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.folders import publish as publish_module
from sitegen.folders.changes import Files, find_changes, look_at
from sitegen.folders.destination import MARKER, STAGE, OutputRefused
from sitegen.folders.disk import Asset
from sitegen.folders.publish import Published, PublishFailed, publish, publish_signed
from sitegen.folders.spool import Spool
from sitegen.folders.standstill import sign

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks, signals and limits")

Site = Mapping[str, bytes]

CHILD = Path(__file__).resolve().with_name("publish_child.py")
two_sites: Callable[[], tuple[Site, Site]] = runpy.run_path(str(CHILD))["two_sites"]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder, which is the working directory, so that `OUT` is inside it."""
    folder = tmp_path / "course"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


OUT = Path("_site")
HERE = Path()


def shown_paths(*paths: str) -> str:
    """What the user reads for a path below `OUT`."""
    return str(OUT.joinpath(*paths))


def tree(folder: Path) -> dict[str, bytes | None]:
    """All that a folder holds, by POSIX path: files with their bytes, empty folders and links as None."""
    found: dict[str, bytes | None] = {}
    for place, folders, files in os.walk(folder):
        for name in files + [name for name in folders if not any(Path(place, name).iterdir())]:
            file = Path(place, name)
            plain = file.is_file() and not file.is_symlink()
            found[file.relative_to(folder).as_posix()] = file.read_bytes() if plain else None
    return found


def site_in(folder: Path) -> dict[str, bytes | None]:
    return {path: content for path, content in tree(folder).items() if path != MARKER}


def times(folder: Path) -> dict[str, int]:
    return {str(file): file.lstat().st_mtime_ns for file in [folder, *folder.rglob("*")]}


def put(path: str, content: bytes = b"mine") -> None:
    file = OUT / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def asset(path: str, content: bytes) -> Asset:
    file = HERE / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    status = file.stat()
    return Asset(path, file, status.st_size, status.st_mtime_ns)


def failure(files: Files) -> str:
    """What publishing these says when it fails; the output folder is as it was."""
    before = tree(OUT)
    with pytest.raises(PublishFailed) as failed:
        publish(OUT, files, HERE)
    assert tree(OUT) == before
    return str(failed.value)


# --- a site is published ------------------------------------------------------------------------


def test_a_site_is_written_with_its_folders_and_the_list_of_its_files(course: Path):
    files = {"index.html": b"home", "css/site.css": b"", "a/b/c/d.txt": b"deep"}
    assert publish(OUT, files, HERE) == Published(tuple(sorted(files)), 0, (), ())
    assert site_in(OUT) == files
    notes = json.loads((OUT / MARKER).read_bytes())
    assert notes["format"] == 1
    assert list(notes["files"]) == sorted(files)
    assert notes["files"]["css/site.css"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_output_folder_is_made_with_all_its_parents(course: Path):
    publish(Path("public/2026/site"), {"index.html": b"home"}, HERE)
    assert site_in(Path("public/2026/site")) == {"index.html": b"home"}


def test_an_empty_site_is_a_site(course: Path):
    assert publish(OUT, {}, HERE) == Published((), 0, (), ())
    publish(OUT, {"a/b.html": b""}, HERE)
    assert publish(OUT, {}, HERE) == Published((), 0, ("a/b.html",), ())
    assert site_in(OUT) == {}


def test_the_list_is_the_same_for_the_same_site_at_any_place_and_time(course: Path):
    publish(OUT, {"b.html": b"b", "a.html": b"a"}, HERE)
    publish(Path("other"), {"old.html": b"old"}, HERE)
    publish(Path("other"), {"a.html": b"a", "b.html": b"b"}, HERE)
    assert tree(OUT) == tree(Path("other"))


def test_only_what_changed_is_written_and_only_what_is_gone_is_removed(course: Path):
    publish(OUT, {"index.html": b"home", "a.html": b"a", "b/c.html": b"c", "d.html": b"d"}, HERE)
    before = times(OUT)
    done = publish(OUT, {"index.html": b"Home", "a.html": b"a", "e/f.html": b"f", "d.html": b"dd"}, HERE)
    assert done == Published(("d.html", "e/f.html", "index.html"), 1, ("b/c.html",), ())
    assert site_in(OUT) == {"index.html": b"Home", "a.html": b"a", "e/f.html": b"f", "d.html": b"dd"}
    assert times(OUT)[str(OUT / "a.html")] == before[str(OUT / "a.html")]


def test_when_nothing_changed_nothing_is_written(course: Path, monkeypatch: pytest.MonkeyPatch):
    files: Files = {"index.html": b"home", "a/b.html": b"b", "paper.pdf": asset("content/paper.pdf", b"%PDF")}
    publish(OUT, files, HERE)
    put(".git/HEAD")
    before = times(OUT)
    for name in "replace", "unlink", "rmdir", "rename":
        monkeypatch.setattr(os, name, forbidden)
    assert publish(OUT, files, HERE) == Published((), 3, (), (".git/",))
    assert times(OUT) == before


def forbidden(*_: object, **__: object) -> None:
    raise AssertionError("nothing was to be written")


@pytest.mark.parametrize("now", [b"cut", b"changed a bit", b"CUT SHORT", None])
def test_a_file_that_was_damaged_behind_our_back_is_repaired(course: Path, now: bytes | None):
    publish(OUT, {"index.html": b"cut short"}, HERE)
    if now is None:
        (OUT / "index.html").unlink()
    else:
        (OUT / "index.html").write_bytes(now)
    assert publish(OUT, {"index.html": b"cut short"}, HERE).written == ("index.html",)
    assert site_in(OUT) == {"index.html": b"cut short"}


@needs_posix
def test_new_files_have_the_usual_permissions(course: Path):
    before = os.umask(0o022)
    try:
        publish(OUT, {"index.html": b"home", "a.pdf": asset("content/a.pdf", b"%PDF")}, HERE)
    finally:
        os.umask(before)
    assert {stat.S_IMODE((OUT / path).stat().st_mode) for path in ("index.html", "a.pdf", MARKER)} == {0o644}


BAD_PATHS = ["/a", "../a", "a//b", "a\\b", "C:/a", "a\x00", "a\n", "", MARKER, f"{STAGE}1/a", ".git/a", "con"]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_path_that_can_not_be_published_is_an_error_of_ours(course: Path, path: str):
    with pytest.raises(ValueError, match="publish"):
        publish(OUT, {"index.html": b"", path: b""}, HERE)
    assert not OUT.exists()


@pytest.mark.parametrize("other", ["a", "A/B", "a/b/c"])
def test_two_paths_for_one_place_are_an_error_of_ours(course: Path, other: str):
    with pytest.raises(ValueError, match=r"can't both be published\.$"):
        publish(OUT, {"a/b": b"", other: b""}, HERE)


def test_an_unfit_folder_is_refused_before_anything_is_written(course: Path):
    Path("docs").mkdir()
    Path("docs/thesis.tex").write_text("x")
    with pytest.raises(OutputRefused, match=r"^docs holds files that sitegen didn't write, such as thesis\.tex;"):
        publish(Path("docs"), {"index.html": b""}, HERE)
    assert list(tree(Path("docs"))) == ["thesis.tex"]


# --- assets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 5, 1 << 20, (2 << 20) + 3])
def test_an_asset_is_copied_byte_by_byte_and_then_left_alone(course: Path, size: int):
    content = random.Random(size).randbytes(size)
    files = {"video.mp4": asset("content/video.mp4", content)}
    assert publish(OUT, files, HERE).written == ("video.mp4",)
    assert (OUT / "video.mp4").read_bytes() == content
    assert publish(OUT, files, HERE) == Published((), 1, (), ())


def test_an_asset_and_bytes_with_the_same_content_are_the_same_file(course: Path):
    publish(OUT, {"a.txt": b"text"}, HERE)
    marker = (OUT / MARKER).read_bytes()
    assert publish(OUT, {"a.txt": asset("content/a.txt", b"text")}, HERE) == Published((), 1, (), ())
    assert (OUT / MARKER).read_bytes() == marker


def test_an_asset_of_the_same_size_with_other_bytes_is_published(course: Path):
    publish(OUT, {"a.bin": asset("content/a.bin", bytes(3 << 20))}, HERE)
    changed = bytes((3 << 20) - 1) + b"x"
    assert publish(OUT, {"a.bin": asset("content/a.bin", changed)}, HERE).written == ("a.bin",)
    assert (OUT / "a.bin").read_bytes() == changed


@pytest.mark.parametrize("now", [b"new version", b"new", b"old version", b""])
def test_an_asset_that_was_saved_since_the_course_was_read_is_published_as_it_is_now(course: Path, now: bytes):
    files = {"a.pdf": asset("content/a.pdf", b"old version")}
    publish(OUT, files, HERE)
    Path("content/a.pdf").write_bytes(now)
    publish(OUT, files, HERE)
    assert site_in(OUT) == {"a.pdf": now}


def test_an_asset_that_is_gone_leaves_the_last_site_as_it_was(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    publish(OUT, {"index.html": b"old"}, HERE)
    files: Files = {"index.html": b"new", "a.pdf": asset("content/a.pdf", b"%PDF")}
    Path("content/a.pdf").unlink()
    assert failure(files) == (
        "content/a.pdf is no longer there, so nothing was published and the last site is as it was; "
        "build again when that is settled."
    )


def test_an_asset_that_is_being_saved_is_waited_for(course: Path, monkeypatch: pytest.MonkeyPatch):
    files = {"a.pdf": asset("content/a.pdf", b"%PDF")}
    Path("content/a.pdf").rename("content/a.pdf~")
    monkeypatch.setattr(time, "sleep", lambda seconds: Path("content/a.pdf~").rename("content/a.pdf"))
    publish(OUT, files, HERE)
    assert site_in(OUT) == {"a.pdf": b"%PDF"}


def test_an_asset_that_never_stops_changing_is_not_published(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    straight, seen = os.fstat, [0]

    def growing(handle: int) -> Any:
        seen[0] += 1
        status = straight(handle)
        return type("Status", (), {"st_size": status.st_size, "st_mtime_ns": seen[0]})()

    files = {"a.pdf": asset("content/a.pdf", b"%PDF")}
    monkeypatch.setattr("sitegen.folders.disk.os.fstat", growing)
    assert failure(files) == (
        "content/a.pdf is being written by another program, so nothing was published; build again when that is settled."
    )
    assert not OUT.exists()


# --- what is known of them afterwards -----------------------------------------------------------


def test_each_placed_file_has_its_digest_and_its_description(course: Path):
    publish(OUT, {"a": b"old", "b/c": b"same"}, HERE)
    files = {"a": b"new", "b/c": b"same", "d": b"another"}
    _, placed = publish_signed(OUT, files, HERE)
    assert placed == {path: (hashlib.sha256(files[path]).hexdigest(), sign(str(OUT / path))) for path in files}


def test_a_file_that_is_edited_while_others_are_published_is_described_as_it_was(
    course: Path, monkeypatch: pytest.MonkeyPatch
):
    publish(OUT, {"a": b"old", "b": b"same"}, HERE)
    before, straight = sign(str(OUT / "b")), os.replace

    def replace(source: Any, target: Any) -> None:
        put("b", b"edited")
        straight(source, target)

    monkeypatch.setattr(os, "replace", replace)
    _, placed = publish_signed(OUT, {"a": b"new", "b": b"same"}, HERE)
    assert placed["b"][1] == before != sign(str(OUT / "b"))


# --- what others put there ----------------------------------------------------------------------


def test_foreign_files_are_left_alone_and_named(course: Path):
    publish(OUT, {"index.html": b"home", "a/b/c.html": b"c"}, HERE)
    for path in "CNAME", ".git/HEAD", ".git/refs/x", "photos/1.jpg", "photos/old/2.jpg", "a/x.txt", "a/b/d/e.txt":
        put(path)
    (OUT / "empty").mkdir()
    (OUT / "index.html").write_bytes(b"edited")
    done = publish(OUT, {"index.html": b"home", "a/b/c.html": b"cc"}, HERE)
    assert done.foreign == (".git/", "CNAME", "a/b/d/", "a/x.txt", "empty/", "photos/")
    assert {path for path, content in tree(OUT).items() if content == b"mine"} == {
        "CNAME", ".git/HEAD", ".git/refs/x", "photos/1.jpg", "photos/old/2.jpg", "a/x.txt", "a/b/d/e.txt",
    }  # fmt: skip
    assert (OUT / "empty").is_dir()


def test_a_folder_that_keeps_only_foreign_files_is_one_name_at_once_and_later(course: Path):
    publish(OUT, {"index.html": b"home", "a/b/c.html": b"c"}, HERE)
    put("a/b/mine.txt")
    assert publish(OUT, {"index.html": b"home"}, HERE) == Published((), 1, ("a/b/c.html",), ("a/",))
    assert publish(OUT, {"index.html": b"home"}, HERE) == Published((), 1, (), ("a/",))
    assert site_in(OUT) == {"index.html": b"home", "a/b/mine.txt": b"mine"}


def test_a_foreign_file_in_the_sites_place_stops_the_publishing(course: Path):
    publish(OUT, {"index.html": b"home"}, HERE)
    put("a/b.html")
    assert failure({"index.html": b"new", "a/b.html": b"ours"}) == (
        f"{shown_paths('a', 'b.html')} was not written by sitegen and the site needs its place, so nothing was "
        "published and the last site is as it was; move it away and build again."
    )
    put("c.html")
    assert "(and 1 more like it), so nothing was published" in failure({"a/b.html": b"x", "c.html": b"x"})


def test_a_foreign_file_with_the_sites_bytes_becomes_ours(course: Path):
    publish(OUT, {"index.html": b"home"}, HERE)
    put("a.html", b"same")
    assert publish(OUT, {"index.html": b"home", "a.html": b"same"}, HERE) == Published((), 2, (), ())
    assert publish(OUT, {"index.html": b"home"}, HERE).removed == ("a.html",)


def test_a_foreign_file_where_the_site_needs_a_folder_stops_the_publishing(course: Path):
    publish(OUT, {"index.html": b"home"}, HERE)
    put("a/b")
    assert failure({"index.html": b"home", "a/b/c.html": b"c"}) == (
        f"{shown_paths('a', 'b')} was not written by sitegen and the site needs a folder there, so nothing was "
        "published and the last site is as it was; move it away and build again."
    )


def test_a_folder_with_foreign_files_where_the_site_needs_a_file_stops_the_publishing(course: Path):
    publish(OUT, {"a/b/c.html": b"c"}, HERE)
    put("a/b/mine.txt")
    assert failure({"a": b"file"}) == (
        f"{shown_paths('a', 'b', 'mine.txt')} was not written by sitegen and is where the site needs a file, so nothing "
        "was published and the last site is as it was; move it away and build again."
    )


def test_an_empty_foreign_folder_where_the_site_needs_a_file_makes_way(course: Path):
    publish(OUT, {"index.html": b"home"}, HERE)
    (OUT / "a/b/c").mkdir(parents=True)
    publish(OUT, {"index.html": b"home", "a": b"file"}, HERE)
    assert site_in(OUT) == {"index.html": b"home", "a": b"file"}


def test_a_page_may_become_a_folder_and_a_folder_a_page(course: Path):
    one = {"index.html": b"home", "a": b"file", "b/c/d": b"deep", "b/e": b"e", "same": b""}
    other = {"index.html": b"home", "a/b": b"1", "a/c/d": b"2", "b": b"file", "same": b""}
    publish(OUT, one, HERE)
    for old, new in ((one, other), (other, one), (one, other)):
        done = publish(OUT, new, HERE)
        assert site_in(OUT) == new
        assert done.removed == tuple(sorted(old.keys() - new.keys()))
        assert done.written == tuple(sorted(new.keys() - {"index.html", "same"}))


def test_a_folder_of_the_users_in_the_place_of_a_stale_file_is_theirs(course: Path):
    publish(OUT, {"index.html": b"home", "a": b"ours"}, HERE)
    (OUT / "a").unlink()
    put("a/mine.txt")
    assert publish(OUT, {"index.html": b"home"}, HERE) == Published((), 1, (), ("a/",))
    assert site_in(OUT) == {"index.html": b"home", "a/mine.txt": b"mine"}


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'"x"', b'{"format": 1}', b'{"format": 2, "files": {}}', b'{"format": 1, "files": 3}',
     b'{"format": 1, "files": {"a": 1}}', b'{"format": 1, "files": {"../a": "x"}}', b"\xff\xfe", b"[" * 100_000,
     b'{"format": 1, "files": {"/etc/passwd": "x"}}', b'{"format": 1, "files": ["ab", [[1], "x"]]}'],
    ids=lambda damage: repr(damage[:40]),
)  # fmt: skip
def test_with_a_damaged_list_the_site_is_written_and_nothing_is_removed(course: Path, damage: bytes):
    publish(OUT, {"index.html": b"old", "stale.html": b"s", "b/stale.html": b"s"}, HERE)
    (OUT / MARKER).write_bytes(damage)
    done = publish(OUT, {"index.html": b"new", "b/a.html": b"a"}, HERE)
    assert done == Published(("b/a.html", "index.html"), 0, (), ("b/stale.html", "stale.html"))
    assert publish(OUT, {"b/a.html": b"a"}, HERE).removed == ("index.html",)


def test_with_a_damaged_list_no_folder_makes_way(course: Path):
    publish(OUT, {"a/b": b"ours"}, HERE)
    (OUT / MARKER).write_bytes(b"")
    assert failure({"a": b"file"}).startswith(f"{shown_paths('a', 'b')} was not written by sitegen and is where")


# --- links in the output folder -----------------------------------------------------------------


@needs_links
def test_a_linked_folder_on_the_way_stops_the_publishing(course: Path):
    publish(OUT, {"index.html": b"home"}, HERE)
    Path("elsewhere").mkdir()
    (OUT / "a").symlink_to("../elsewhere")
    assert failure({"index.html": b"home", "a/b.html": b"b"}) == (
        f"{shown_paths('a')} is a link and the site needs a folder there, so nothing was published and the last site "
        "is as it was; move it away and build again."
    )
    assert tree(Path("elsewhere")) == {}


@needs_links
def test_nothing_is_removed_behind_a_link(course: Path):
    publish(OUT, {"index.html": b"home", "a/b.html": b"b", "a/c/d.html": b"d", "a/empty/e.html": b"e"}, HERE)
    (OUT / "a").rename("elsewhere")
    Path("elsewhere/empty/e.html").unlink()
    (OUT / "a").symlink_to("../elsewhere")
    before = tree(Path("elsewhere"))
    assert publish(OUT, {"index.html": b"home"}, HERE) == Published((), 1, (), ("a",))
    assert tree(Path("elsewhere")) == before


@needs_links
@pytest.mark.parametrize("target", ["../elsewhere.html", "../nowhere", "..", "index.html"])
def test_a_link_in_a_files_place_is_replaced_itself(course: Path, target: str):
    Path("elsewhere.html").write_bytes(b"ours")
    publish(OUT, {"a.html": b"ours"}, HERE)
    (OUT / "a.html").unlink()
    (OUT / "a.html").symlink_to(target)
    assert publish(OUT, {"a.html": b"ours"}, HERE).written == ("a.html",)
    assert not (OUT / "a.html").is_symlink()
    assert site_in(OUT) == {"a.html": b"ours"}
    assert Path("elsewhere.html").read_bytes() == b"ours"


@needs_links
def test_a_foreign_link_in_the_sites_place_stops_the_publishing(course: Path):
    Path("elsewhere.html").write_bytes(b"theirs")
    publish(OUT, {"index.html": b"home"}, HERE)
    (OUT / "a.html").symlink_to("../elsewhere.html")
    assert "a.html was not written by sitegen and the site needs its place" in failure({"a.html": b"theirs"})


@needs_links
def test_a_link_is_replaced_even_if_it_is_as_long_as_the_file_and_leads_to_the_same_bytes(course: Path):
    publish(OUT, {"a.html": b"ours"}, HERE)
    put("mine", b"ours")
    (OUT / "a.html").unlink()
    (OUT / "a.html").symlink_to("mine")
    assert publish(OUT, {"a.html": b"ours"}, HERE) == Published(("a.html",), 0, (), ("mine",))
    assert not (OUT / "a.html").is_symlink()


@needs_links
def test_a_link_in_a_folder_where_the_site_needs_a_file_stops_the_publishing(course: Path):
    publish(OUT, {"a/b": b"b"}, HERE)
    Path("elsewhere").mkdir()
    (OUT / "a/link").symlink_to("../../elsewhere")
    assert failure({"a": b"file"}).startswith(f"{shown_paths('a', 'link')} was not written by sitegen and is where")


@needs_links
def test_a_stale_file_that_became_a_link_is_removed_as_a_link(course: Path):
    Path("elsewhere").mkdir()
    Path("elsewhere/file").write_bytes(b"x")
    publish(OUT, {"a.html": b"a", "b.html": b"b"}, HERE)
    for name, target in (("a.html", "../elsewhere/file"), ("b.html", "../elsewhere")):
        (OUT / name).unlink()
        (OUT / name).symlink_to(target)
    assert publish(OUT, {}, HERE).removed == ("a.html", "b.html")
    assert site_in(OUT) == {}
    assert tree(Path("elsewhere")) == {"file": b"x"}


@needs_links
def test_a_linked_marker_is_not_believed_and_not_written_through(course: Path):
    Path("notes.json").write_bytes(b'{"format": 1, "files": {"a.html": "x"}}')
    OUT.mkdir()
    (OUT / MARKER).symlink_to("../notes.json")
    with pytest.raises(OutputRefused):
        publish(OUT, {"index.html": b"home"}, HERE)
    assert Path("notes.json").read_bytes() == b'{"format": 1, "files": {"a.html": "x"}}'


@needs_links
def test_the_output_folder_itself_may_be_a_link(course: Path):
    Path("public").mkdir()
    OUT.symlink_to("public")
    publish(OUT, {"index.html": b"home"}, HERE)
    assert OUT.is_symlink()
    assert site_in(Path("public")) == {"index.html": b"home"}


@needs_posix
@pytest.mark.parametrize("content", [b"a", b""])
def test_a_pipe_in_a_files_place_is_replaced_and_never_opened(
    course: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
):
    publish(OUT, {"a.html": content}, HERE)
    (OUT / "a.html").unlink()
    os.mkfifo(OUT / "a.html")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", forbidden_for_pipes(Path.read_bytes))
        publish(OUT, {"a.html": content}, HERE)
    assert site_in(OUT) == {"a.html": content}


def forbidden_for_pipes(straight: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
    """Reading a pipe would wait for ever; this tells it at once."""

    def read_bytes(file: Path) -> bytes:
        assert not file.is_fifo()
        return straight(file)

    return read_bytes


def test_a_page_that_only_changed_the_case_of_its_name_is_kept(course: Path):
    publish(OUT, {"index.html": b"home", "About/Index.html": b"about"}, HERE)
    publish(OUT, {"index.html": b"home", "about/index.html": b"about"}, HERE)
    assert (OUT / "about/index.html").read_bytes() == b"about"
    done = publish(OUT, {"index.html": b"home", "about/index.html": b"about"}, HERE)
    assert done == Published((), 2, (), ())


def test_where_case_is_ignored_a_new_name_for_a_file_is_not_stale(course: Path):
    """Pretends that the disk ignores case: the marker is there under its name in capitals, too."""
    publish(OUT, {"A.html": b"a", "B/c.html": b"c"}, HERE)
    shutil.copy(OUT / MARKER, OUT / MARKER.upper())
    changes = find_changes(look_at(OUT, OUT), {"a.html": b"a", "b/C.html": b"c"})
    assert changes.stale == ()
    assert set(changes.foreign) <= {MARKER.upper()}


# --- order and interruptions --------------------------------------------------------------------


def test_pages_come_after_what_they_load_and_after_the_pages_they_link_to(course: Path):
    publish(OUT, {"index.html": b"old", "a/index.html": b"old", "x/y.html": b"old", "z": b"old"}, HERE)
    names = "index.html", "a/index.html", "a/new.html", "feed.xml", "site.css", "img/a.png", "x", "z/index.html"
    changes = find_changes(look_at(OUT, OUT), dict.fromkeys(names, b"new"))
    assert changes.write == (
        "img/a.png", "feed.xml", "site.css", "a/new.html", "a/index.html", "index.html", "x", "z/index.html",
    )  # fmt: skip


class Killed(BaseException):
    """Stands for the end of the process."""


@contextlib.contextmanager
def killed_at(number: int) -> Iterator[list[int]]:
    """Lets that many calls that write to the disk happen, then none any more; yields their count."""
    count = [0]

    def counted(straight: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if count[0] >= number:
                raise Killed
            count[0] += 1
            return straight(*args, **kwargs)

        return call

    def counted_open(straight: Callable[..., Any]) -> Callable[..., Any]:
        write = counted(straight)

        def call(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            return (write if set(mode) & set("wax+") else straight)(file, mode, *args, **kwargs)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in "replace", "rename", "unlink", "remove", "mkdir", "rmdir":
            patch.setattr(os, name, counted(getattr(os, name)))
        patch.setattr("io.open", counted_open(builtins.open))
        patch.setattr(builtins, "open", counted_open(builtins.open))
        yield count


ONE = {"index.html": b"one", "same.css": b"same", "a": b"file", "b/c/d": b"deep", "b/e": b"e", "old/x.html": b"x"}
OTHER = {"index.html": b"two", "same.css": b"same", "a/b": b"1", "a/c/d.html": b"2", "b": b"file", "new/y.js": b"y"}


@pytest.mark.parametrize(("old", "new"), [(ONE, OTHER), (OTHER, ONE), (None, ONE), (ONE, {})])
def test_a_build_killed_between_any_two_steps_breaks_no_file_and_the_next_one_repairs_all(
    course: Path, old: Site | None, new: Site
):
    finished = False
    for number in range(200):
        shutil.rmtree(OUT, ignore_errors=True)
        if old is not None:
            publish(OUT, old, HERE)
            put("a.txt")
        with killed_at(number), contextlib.suppress(Killed):
            publish(OUT, new, HERE)
            finished = True
        assert_whole(OUT, old or {}, new)
        publish(OUT, (old, new)[number % 2] or {}, HERE)
        again = {"a.txt": b"mine"} if old is not None else {}
        assert site_in(OUT) == {**((old, new)[number % 2] or {}), **again}
        if finished:
            break
    assert finished
    assert number > 8


def assert_whole(out: Path, one: Site, other: Site) -> None:
    """Every file that can be seen is one of the two sites', whole, and the marker knows it."""
    seen = {path: content for path, content in site_in(out).items() if not path.startswith(STAGE)}
    for path, content in seen.items():
        if content is not None and content != b"mine":
            assert content in (one.get(path), other.get(path)), path
    if (out / MARKER).exists():
        known = json.loads((out / MARKER).read_bytes())["files"]
        assert {path for path, content in seen.items() if content not in (None, b"mine")} <= known.keys()
    else:
        assert not any(content is not None for content in seen.values())


def test_an_unfinished_build_may_be_followed_by_a_third_site(course: Path):
    for number in range(60):
        shutil.rmtree(OUT, ignore_errors=True)
        publish(OUT, ONE, HERE)
        with killed_at(number), contextlib.suppress(Killed):
            publish(OUT, OTHER, HERE)
        with killed_at(60 - number), contextlib.suppress(Killed):
            publish(OUT, {"a": b"third", "b/c": b"third"}, HERE)
        publish(OUT, {"index.html": b"last"}, HERE)
        assert site_in(OUT) == {"index.html": b"last"}


def test_every_file_is_whole_before_the_first_is_renamed(course: Path, monkeypatch: pytest.MonkeyPatch):
    publish(OUT, ONE, HERE)
    staged: list[set[bytes]] = []
    straight = os.replace

    def replace(source: Any, target: Any) -> None:
        (stage,) = OUT.glob(f"{STAGE}*")
        staged.append({file.read_bytes() for file in stage.iterdir()})
        straight(source, target)

    monkeypatch.setattr(os, "replace", replace)
    publish(OUT, OTHER, HERE)
    assert {OTHER[path] for path in OTHER if path != "same.css"} <= staged[0]
    assert len(staged[0]) == len(staged) == 7  # five files and two markers


@pytest.mark.parametrize("is_near", [True, False])
def test_what_waits_on_disk_goes_into_place_whatever_disk_it_is(
    course: Path, monkeypatch: pytest.MonkeyPatch, is_near: bool
):
    publish(OUT, ONE, HERE)
    spool = Spool(HERE, OUT)
    waiting = {path: spool.put(path, content) for path, content in OTHER.items()}
    moved: list[str] = []
    if not is_near:
        fail(monkeypatch, Path, "rename", oserror(errno.EXDEV), "")
    straight = os.replace

    def replace(source: Any, target: Any) -> None:
        moved.append(Path(source).parent.name)
        straight(source, target)

    monkeypatch.setattr(os, "replace", replace)
    publish(OUT, waiting, HERE)
    spool.close()
    assert site_in(OUT) == OTHER
    assert sum(name.startswith("made-") for name in moved) == (4 if is_near else 0)  # one shows where the others go
    assert not any(OUT.glob(f"{STAGE}*"))


@needs_posix
@pytest.mark.slow
def test_a_process_killed_at_any_moment_breaks_no_file_and_the_next_build_repairs_all(course: Path):
    one, other = two_sites()
    publish(Path("fresh-one"), one, HERE)
    publish(Path("fresh-other"), other, HERE)
    chance = random.Random(1)
    caught = 0
    for number in range(30):
        if number % 10 == 0:
            shutil.rmtree(OUT, ignore_errors=True)  # then the kill is in one of the first builds
        with child("for-ever") as process:
            assert process.stdout is not None
            for _ in range(1 + number % 3):
                process.stdout.readline()
            time.sleep(chance.uniform(0, 0.05))
            process.kill()
        caught += any(OUT.glob(f"{STAGE}*"))
        assert_whole(OUT, one, other) if OUT.exists() else None
        site, fresh = ((one, "fresh-one"), (other, "fresh-other"))[number // 3 % 2]
        publish(OUT, site, HERE)
        assert tree(OUT) == tree(Path(fresh))
    assert caught > 5, "the kills came at other moments than during a build"


@contextlib.contextmanager
def child(action: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(CHILD.parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(CHILD), action, str(OUT), str(HERE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


# --- what can go wrong --------------------------------------------------------------------------

KEPT = "so nothing was published and the last site is as it was"
BEGUN = f"so {OUT} holds files of the old and of the new site, which the next build repairs"


def fail(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, error: OSError, at: str) -> None:
    """Makes the function raise the error when its first or second argument ends with `at`."""
    straight = getattr(owner, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        if any(Path(str(arg)).as_posix().endswith(at) for arg in args[:2]):
            raise error
        return straight(*args, **kwargs)

    monkeypatch.setattr(owner, name, call)


def oserror(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, f"The disk is full, {KEPT}; free some space and build again."),
        (errno.EDQUOT, f"Your share of the disk is used up, {KEPT}; free some space and build again."),
        (errno.EROFS, f"_site/b is on a disk that can only be read, {KEPT}; choose another output folder and build again."),
        (errno.EACCES, f"There is no permission to change _site/b, {KEPT}; allow it or choose another output folder and "
                       "build again."),
        (errno.EPERM, f"There is no permission to change _site/b, {KEPT}; allow it or choose another output folder and "
                      "build again."),
        (errno.ENAMETOOLONG, f"_site/b is too long a name for this disk, {KEPT}; shorten it and build again."),
        (errno.EIO, f"_site/b can't be written ({os.strerror(errno.EIO).lower()}), {KEPT}; mend that and build again."),
    ],
    ids=lambda value: errno.errorcode.get(value, "?") if isinstance(value, int) else "",
)  # fmt: skip
def test_what_the_disk_refuses_is_met_before_the_site_has_changed(
    course: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
):
    publish(OUT, {"a": b"old", "b": b"old"}, HERE)
    fail(monkeypatch, Path, "write_bytes", oserror(number), "/1")
    assert failure({"a": b"new", "b": b"new", "c": b"new"}).replace("\\", "/") == sentence


@pytest.mark.parametrize("marker", ["before", "after"])
def test_a_disk_that_is_full_for_the_list_only_is_met_before_the_site_has_changed(
    course: Path, monkeypatch: pytest.MonkeyPatch, marker: str
):
    publish(OUT, {"a": b"old"}, HERE)
    fail(monkeypatch, Path, "write_bytes", oserror(errno.ENOSPC), marker)
    assert failure({"a": b"new"}) == f"The disk is full, {KEPT}; free some space and build again."


def test_a_first_build_that_fails_leaves_nothing(course: Path, monkeypatch: pytest.MonkeyPatch):
    fail(monkeypatch, Path, "write_bytes", oserror(errno.ENOSPC), "/0")
    with pytest.raises(PublishFailed, match=r"^The disk is full, so nothing was published; free some space"):
        publish(Path("public/site"), {"a": b"new"}, HERE)
    assert not Path("public").exists()


@needs_posix
def test_a_real_limit_of_the_system_is_met_before_the_site_has_changed(course: Path):
    publish(OUT, {"index.html": b"old", "a.css": b"old"}, HERE)
    before = tree(OUT)
    with child("small-files") as process:
        assert process.stdout is not None
        words = process.stdout.read()
    assert (
        words
        == f"_site/large.pdf is larger than a file may be there, {KEPT}; choose another output folder and build again.\n"
    )
    assert tree(OUT) == before


@needs_posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(course: Path):
    publish(OUT, {"a": b"old"}, HERE)
    OUT.chmod(0o555)
    try:
        assert failure({"a": b"new"}).startswith(f"There is no permission to change {OUT}/")
    finally:
        OUT.chmod(0o755)


def test_a_folder_that_can_not_be_made_is_told(course: Path, monkeypatch: pytest.MonkeyPatch):
    fail(monkeypatch, os, "mkdir", oserror(errno.EROFS), "_site")
    assert failure({"a": b"new"}) == (
        "_site is on a disk that can only be read, so nothing was published; choose another output folder and build again."
    )


def test_a_folder_in_the_site_that_can_not_be_listed_is_told(course: Path, monkeypatch: pytest.MonkeyPatch):
    publish(OUT, {"a/b": b"old"}, HERE)
    straight = os.scandir

    def scandir(folder: Any) -> Any:
        if Path(folder).name == "a":
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return straight(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(PublishFailed) as failed:
        publish(OUT, {"a/b": b"new"}, HERE)
    assert str(failed.value) == (
        f"There is no permission to change {OUT / 'a'}, so nothing was published; "
        "allow it or choose another output folder and build again."
    )


def test_a_failure_at_the_first_rename_has_not_changed_the_site(course: Path, monkeypatch: pytest.MonkeyPatch):
    publish(OUT, {"a": b"old", "b": b"old"}, HERE)
    fail(monkeypatch, os, "replace", oserror(errno.EACCES), "_site/a")
    with pytest.raises(PublishFailed) as failed:
        publish(OUT, {"a": b"new", "b": b"new", "c": b"new"}, HERE)
    assert str(failed.value).startswith(f"There is no permission to change {shown_paths('a')}, {KEPT};")
    assert site_in(OUT) == {"a": b"old", "b": b"old"}


def test_a_failure_between_renames_says_that_the_next_build_repairs_it(course: Path, monkeypatch: pytest.MonkeyPatch):
    publish(OUT, {"a": b"old", "b": b"old", "c": b"old"}, HERE)
    new = {"a": b"new", "b": b"new"}
    with monkeypatch.context() as patch:
        fail(patch, os, "replace", oserror(errno.EACCES), "_site/b")
        with pytest.raises(PublishFailed) as failed:
            publish(OUT, new, HERE)
    assert str(failed.value) == (
        f"There is no permission to change {shown_paths('b')}, {BEGUN}; "
        "allow it or choose another output folder and build again."
    )
    assert site_in(OUT) == {"a": b"new", "b": b"old", "c": b"old"}
    publish(OUT, new, HERE)
    assert site_in(OUT) == new


def test_a_failure_where_a_file_has_made_way_for_a_folder_does_not_claim_that_nothing_changed(
    course: Path, monkeypatch: pytest.MonkeyPatch
):
    publish(OUT, {"a": b"old"}, HERE)
    with monkeypatch.context() as patch:
        fail(patch, os, "replace", oserror(errno.EIO), "_site/a/b")
        with pytest.raises(PublishFailed) as failed:
            publish(OUT, {"a/b": b"new"}, HERE)
    assert BEGUN in str(failed.value)
    publish(OUT, {"a/b": b"new"}, HERE)
    assert site_in(OUT) == {"a/b": b"new"}


def test_a_stale_file_that_can_not_be_removed_is_told(course: Path, monkeypatch: pytest.MonkeyPatch):
    publish(OUT, {"a": b"old", "b": b"old"}, HERE)
    with monkeypatch.context() as patch:
        fail(patch, os, "unlink", oserror(errno.EPERM), "_site/b")
        with pytest.raises(PublishFailed) as failed:
            publish(OUT, {"a": b"old"}, HERE)
    assert str(failed.value).startswith(f"There is no permission to change {shown_paths('b')}, {BEGUN};")
    assert publish(OUT, {"a": b"old"}, HERE).removed == ("b",)


@pytest.mark.parametrize("number", [5, 32])
def test_on_windows_a_file_that_another_program_holds_is_told(
    course: Path, monkeypatch: pytest.MonkeyPatch, number: int
):
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    error = PermissionError(errno.EACCES, "Access is denied")
    error.winerror = number  # type: ignore[attr-defined, unused-ignore]
    publish(OUT, {"a": b"old"}, HERE)
    fail(monkeypatch, os, "replace", error, "_site/a")
    with pytest.raises(PublishFailed) as failed:
        publish(OUT, {"a": b"new"}, HERE)
    assert str(failed.value) == (
        f"Windows didn't let {shown_paths('a')} be changed, {KEPT}; close the programs that have it open and build again."
    )
    assert len(pauses) == 3


def test_on_windows_a_virus_scanner_is_waited_for(course: Path, monkeypatch: pytest.MonkeyPatch):
    error = PermissionError(errno.EACCES, "Access is denied")
    error.winerror = 5  # type: ignore[attr-defined, unused-ignore]
    publish(OUT, {"a": b"old"}, HERE)
    with monkeypatch.context() as patch:
        fail(patch, os, "replace", error, "_site/a")
        patch.setattr(time, "sleep", lambda seconds: patch.undo())
        publish(OUT, {"a": b"new"}, HERE)
    assert site_in(OUT) == {"a": b"new"}


# --- several builds -----------------------------------------------------------------------------


@needs_posix
def test_two_builds_for_one_folder_take_turns(course: Path, monkeypatch: pytest.MonkeyPatch):
    publish(OUT, {"a": b"old"}, HERE)
    (OUT / f"{STAGE}1").mkdir()
    monkeypatch.setattr(publish_module, "_PATIENCE", 0.0)
    with publish_module.take_turn(OUT, OUT) as is_alone:
        assert is_alone
        assert failure({"a": b"new"}) == (
            f"Another build is publishing to {OUT}, so nothing was published; wait for it or stop it, and build again."
        )
        assert (OUT / f"{STAGE}1").is_dir()
    publish(OUT, {"a": b"new"}, HERE)
    assert site_in(OUT) == {"a": b"new"}


@needs_posix
@pytest.mark.slow
def test_builds_at_the_same_time_end_with_one_of_their_sites(course: Path):
    one, other = two_sites()
    with child("for-ever") as first, child("for-ever") as second:
        for process in (first, second):
            assert process.stdout is not None
            for _ in range(6):
                assert process.stdout.readline() == "next\n"
        first.kill()
        second.kill()
    assert_whole(OUT, one, other)
    publish(OUT, one, HERE)
    assert site_in(OUT) == one


@needs_posix
def test_what_killed_builds_left_is_removed_even_when_nothing_changed(course: Path):
    publish(OUT, {"a": b"a"}, HERE)
    for pid in "1", "99999999", str(os.getpid()):
        put(f"{STAGE}{pid}/0", b"half")
    assert publish(OUT, {"a": b"a"}, HERE) == Published((), 1, (), ())
    assert site_in(OUT) == {"a": b"a"}


def test_without_locks_only_ones_own_and_old_leftovers_are_removed(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(publish_module, "_try_to_lock", lambda folder: None)
    publish(OUT, {"a": b"a"}, HERE)
    for pid in "1", "2", str(os.getpid()):
        put(f"{STAGE}{pid}/0", b"half")
    yesterday = time.time() - 90_000
    os.utime(OUT / f"{STAGE}1", (yesterday, yesterday))
    assert publish(OUT, {"a": b"new"}, HERE) == Published(("a",), 0, (), ())
    assert site_in(OUT) == {"a": b"new", f"{STAGE}2/0": b"half"}


@needs_posix
def test_a_disk_without_locks_is_no_error(course: Path, monkeypatch: pytest.MonkeyPatch):
    import fcntl

    def no_locks(handle: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    publish(OUT, {"a": b"a"}, HERE)
    assert site_in(OUT) == {"a": b"a"}


# --- any sequence -------------------------------------------------------------------------------

SITE_PATHS = ["index.html", "a", "a/b", "a/b/c", "a/d.html", "e/f", "e"]
FOREIGN_PATHS = ["mine.txt", "a/mine.txt", "a/b/mine.txt", "e", "g/h", "a/b"]
CONTENTS = st.sampled_from([b"", b"x", b"y", b"xx"])


def fits(paths: set[str], path: str) -> bool:
    return not any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in paths)


@st.composite
def sites(draw: st.DrawFn) -> dict[str, bytes]:
    """A site of a few files, none of which is a folder of another."""
    site: dict[str, bytes] = {}
    for path in draw(st.permutations(SITE_PATHS)):
        if fits(site.keys() | set(), path) and draw(st.booleans()):
            site[path] = draw(CONTENTS)
    return site


steps = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), sites()),
        st.tuples(st.just("foreign"), st.tuples(st.sampled_from(FOREIGN_PATHS), CONTENTS)),
        st.tuples(st.just("damage"), st.sampled_from(SITE_PATHS)),
        st.tuples(st.just("kill"), st.tuples(sites(), st.integers(0, 25))),
    ),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(steps)
def test_after_any_history_the_folder_holds_the_last_site_and_every_foreign_file(history: list[Any]):
    with tempfile.TemporaryDirectory() as folder:
        course, out = Path(folder), Path(folder, "out")
        foreign: dict[str, bytes] = {}
        known: set[str] = set()  # paths that may be taken for ours
        publish(out, {}, course)
        for step, what in [*history, ("publish", {"index.html": b"last"})]:
            if step == "foreign":
                path, content = what
                if path not in known and not (out / path).exists():
                    with contextlib.suppress(FileExistsError, NotADirectoryError):
                        (out / path).parent.mkdir(parents=True, exist_ok=True)
                        (out / path).write_bytes(content)
                        foreign[path] = content
            elif step == "damage":
                if (out / what).is_file() and what not in foreign:
                    (out / what).write_bytes(b"damaged")
            else:
                site, steps_left = what if step == "kill" else (what, 10_000)
                conflicts = [p for p, content in foreign.items() if site.get(p) != content]
                possible = all(fits({path}, other) and path != other for path in site for other in conflicts)
                possible = possible and all(fits(site.keys() | set(), path) for path in foreign)
                before = tree(out)
                try:
                    with killed_at(steps_left) as count:
                        done = publish(out, site, course)
                except PublishFailed:
                    assert not possible
                    left = {path: content for path, content in tree(out).items() if not path.startswith(STAGE)}
                    assert left == {p: content for p, content in before.items() if not p.startswith(STAGE)}
                    continue
                except Killed:
                    known |= site.keys()
                    if (out / MARKER).exists():
                        listed = json.loads((out / MARKER).read_bytes())["files"]
                        foreign = {path: content for path, content in foreign.items() if path not in listed}
                    continue
                assert possible
                foreign = {path: content for path, content in foreign.items() if path not in site}
                known = set(site)
                files = {path: content for path, content in site_in(out).items() if content is not None}
                assert files == {**site, **foreign}
                assert len(done.written) + done.unchanged == len(site)
                assert all(
                    any(f"{path}/".startswith(name) or path == name for name in done.foreign) for path in foreign
                )
                written = times(out)
                assert publish(out, site, course) == Published((), len(site), (), done.foreign)
                assert times(out) == written
                assert count[0] < 10_000
