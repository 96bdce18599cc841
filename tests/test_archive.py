"""`sitegen build --zip` gives the whole site in one file, and `sitegen clean` takes away what a build made."""

import os
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sitegen.cli import cli
from sitegen.folders.archive import ArchiveFailed, write_archive
from sitegen.folders.destination import MARKER
from sitegen.folders.disk import Asset
from tests.support import write_course

FILES = {"content/notes.md": "# Notes\n\nSee [the table](data/table.csv).\n", "content/data/table.csv": "a,b\n"}


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_zip_file_holds_the_published_site_below_one_folder(tmp_path):
    course = write_course(tmp_path, FILES)
    result = invoke("build", "--zip", course)
    assert result.exit_code == 0
    assert f"into {course / '_site'} and _site.zip in " in result.stdout
    with zipfile.ZipFile(course / "_site.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "unpacked")
    (folder,) = (tmp_path / "unpacked").iterdir()
    assert folder.name == "cs101"
    published = files_of(course / "_site")
    del published[MARKER]
    assert files_of(folder) == published
    assert published["data/table.csv"] == b"a,b\n"


def test_the_same_site_is_the_same_bytes(tmp_path):
    made = []
    for name in ("one", "other"):
        course = write_course(tmp_path / name, FILES)
        os.utime(course / "content/data/table.csv", (0, 0) if name == "one" else None)
        invoke("build", "--zip", "--today", "2026-02-03", course)
        made.append((course / "_site.zip").read_bytes())
    assert made[0] == made[1]


def test_a_new_build_replaces_it_and_one_with_errors_does_not(tmp_path):
    course = write_course(tmp_path, FILES)
    invoke("build", "--zip", course)
    first = (course / "_site.zip").read_bytes()
    (course / "content/notes.md").write_text("# Notes\n\n[nothing](gone.md)\n")
    assert invoke("build", "--zip", course).exit_code == 1
    assert (course / "_site.zip").read_bytes() == first
    (course / "content/notes.md").write_text("# Notes\n\nMore.\n")
    assert invoke("build", "--zip", course).exit_code == 0
    assert (course / "_site.zip").read_bytes() != first
    assert [file.name for file in course.iterdir() if "zip" in file.name] == ["_site.zip"]


def asset(folder: Path, content: bytes, size: int | None = None) -> Asset:
    (folder / "film.mp4").write_bytes(content)
    return Asset("content/film.mp4", folder / "film.mp4", len(content) if size is None else size, 0)


def test_a_large_file_is_copied_in_pieces_and_not_packed_again(tmp_path):
    content = os.urandom(3 << 20)
    write_archive(tmp_path / "a.zip", "top", {"film.mp4": asset(tmp_path, content), "a.txt": b"x" * 9000})
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.read("top/film.mp4") == content
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
    assert kinds == {"top/a.txt": zipfile.ZIP_DEFLATED, "top/film.mp4": zipfile.ZIP_STORED}


def test_what_is_no_zip_file_is_not_replaced_and_what_fails_leaves_the_old_one(tmp_path):
    (tmp_path / "mine.zip").write_text("mine")
    with pytest.raises(ArchiveFailed, match=r"mine\.zip is there and is no zip file, so it wasn't replaced"):
        write_archive(tmp_path / "mine.zip", "top", {})
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(ArchiveFailed, match="is no zip file"):
        write_archive(tmp_path / "folder.zip", "top", {})
    with pytest.raises(ArchiveFailed, match="can't be written"):
        write_archive(tmp_path / "nowhere" / "a.zip", "top", {})
    write_archive(tmp_path / "a.zip", "top", {"a": b"1"})
    gone = Asset("content/gone.pdf", tmp_path / "gone.pdf", 5, 0)
    with pytest.raises(ArchiveFailed, match=r"content/gone\.pdf is no longer there, so .*a\.zip wasn't written"):
        write_archive(tmp_path / "a.zip", "top", {"gone.pdf": gone})
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["top/a"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.zip", "folder.zip", "mine.zip"]


def test_clean_takes_away_the_site_and_the_cache_and_nothing_else(tmp_path):
    course = write_course(tmp_path, FILES)
    invoke("build", course)
    (course / "_site" / "CNAME").write_text("course.example.edu")
    before = files_of(course)
    assert before.keys() > {".sitegen/calendar.ics", ".sitegen/cache/memo.db", "_site/index.html"}
    result = invoke("clean", course)
    assert result.exit_code == 0
    assert result.stdout.startswith("Removed ")
    left = {"site.yaml", *FILES, ".sitegen/calendar.ics", ".sitegen/feed.xml", "_site/CNAME"}
    assert files_of(course) == {path: before[path] for path in left}
    assert invoke("clean", course).stdout.startswith("Removed 0 files")
    assert invoke("build", course).exit_code == 2  # what is in _site isn't known to be sitegen's any more


def test_clean_leaves_a_folder_alone_that_sitegen_did_not_write(tmp_path):
    course = write_course(tmp_path / "course", FILES)
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("years")
    assert invoke("clean", "--out", other, course).stdout.startswith("Removed 0 files")
    assert (other / "thesis.tex").read_text() == "years"
    assert invoke("clean", "--out", course, course).exit_code in {0, 2}
    assert (course / "site.yaml").exists()
