"""What the preview sees of a course's files: every save once, and nothing else."""

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from sitegen.preview import watching
from sitegen.preview.listing import list_course
from sitegen.preview.watching import Watcher
from tests.previewing import patient, until  # noqa: F401 (a fixture)
from tests.support import write_course

pytestmark = pytest.mark.slow
posix = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")


class Follower:
    """A watcher in a thread, and what it told."""

    def __init__(self, course, **options):
        self.watcher = Watcher(course, **options)
        self.told = []
        self.watcher.start()
        self.thread = threading.Thread(target=self._follow)
        self.thread.start()

    def _follow(self):
        for touched in self.watcher.changes():
            self.told.append(touched)

    def next(self, what="a change"):
        """What is told next, and nothing after it for a while."""
        until(lambda: self.told, what)
        time.sleep(0.2)
        told, self.told = self.told, []
        return told


@contextmanager
def following(course, **options):
    follower = Follower(course, **options)
    time.sleep(0.2)  # its own first look is over
    try:
        yield follower
    finally:
        follower.watcher.stop()
        follower.thread.join(20)
    assert not follower.thread.is_alive()


@pytest.fixture(autouse=True)
def only_events(monkeypatch, patient):  # noqa: F811
    """What is found within a test was told by the system, not by looking everywhere now and then."""
    monkeypatch.setattr(watching, "SELDOM", 1000.0)


@pytest.fixture
def course(tmp_path):
    files = {
        "content/x.md": "x",
        "content/lectures/a.md": "a",
        "content/lectures/b.md": "b",
        "papers.bib": "",
        "notes.txt": "n",
    }
    return write_course(tmp_path / "course", files)


def test_a_save_is_told_by_its_path(course):
    with following(course) as follower:
        for path in ("content/x.md", "content/lectures/a.md", "site.yaml", "papers.bib"):
            (course / path).write_text(f"new {path}")
            assert follower.next() == [{path}]


def test_several_files_saved_at_once_are_one_change(course):
    with following(course) as follower:
        for path in ("content/x.md", "content/lectures/a.md", "site.yaml", "papers.bib"):
            (course / path).write_text("at once")
        assert follower.next() == [{"content/x.md", "content/lectures/a.md", "site.yaml", "papers.bib"}]


def test_a_new_file_with_an_old_time_is_seen(course, tmp_path):
    old = tmp_path / "old.md"
    old.write_text("old")
    os.utime(old, (1, 1))
    with following(course) as follower:
        old.rename(course / "content" / "old.md")
        assert follower.next() == [{"content/old.md"}]


def test_another_content_with_the_old_time_and_size_is_seen(course):
    path = course / "content" / "x.md"
    before = path.stat()
    with following(course) as follower:
        path.write_text("y")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert follower.next() == [{"content/x.md"}]


def vim(path, words):
    (path.parent / "4913").write_text("")
    (path.parent / "4913").unlink()
    swap = path.parent / f".{path.name}.swp"
    swap.write_text("swap")
    path.rename(f"{path}~")
    path.write_text(words)
    path.with_name(f"{path.name}~").unlink()
    swap.unlink()


def rename_over(suffix):
    def save(path, words):
        new = path.with_name(f"{path.name}{suffix}")
        new.write_text(words)
        new.replace(path)

    return save


def emacs(path, words):
    lock = path.with_name(f".#{path.name}")
    lock.write_text("me@here")
    path.with_name(f"#{path.name}#").write_text("auto-saved")
    path.rename(path.with_name(f"{path.name}~"))
    path.write_text(words)
    path.with_name(f"#{path.name}#").unlink()
    lock.unlink()


def jetbrains(path, words):
    new = path.with_name(f"{path.name}___jb_tmp___")
    new.write_text(words)
    path.rename(path.with_name(f"{path.name}___jb_old___"))
    new.rename(path)
    path.with_name(f"{path.name}___jb_old___").unlink()


def in_two_steps(path, words):
    path.write_text("")
    time.sleep(0.04)
    path.write_text(words)


def removed_and_written(path, words):
    path.unlink()
    time.sleep(0.04)
    path.write_text(words)


@pytest.mark.parametrize(
    "save",
    [
        vim,
        emacs,
        jetbrains,
        rename_over(".tmp"),
        rename_over(".AbC123"),  # Kate, KDE's QSaveFile
        rename_over(".sb-3f2a-Xyz"),  # macOS' TextEdit
        in_two_steps,
        removed_and_written,
    ],
    ids=["vim", "emacs", "jetbrains", "tmp", "kate", "macos", "in two steps", "removed and written"],
)
def test_an_editors_save_is_one_change_of_one_file(course, save):
    path = course / "content" / "x.md"
    with following(course) as follower:
        save(path, "saved")
        assert follower.next() == [{"content/x.md"}]
        assert path.read_text() == "saved"


@pytest.mark.parametrize(
    "name",
    [
        "4913",
        ".x.md.swp",
        ".x.md.swx",
        "x.md~",
        "#x.md#",
        ".#x.md",
        "x.md___jb_tmp___",
        ".x.md.kate-swp",
        ".goutputstream-X1",
        "~$slides.docx",
        ".~lock.slides.odp#",
        ".DS_Store",
        "Thumbs.db",
        "x.crdownload",
        "__pycache__/x.pyc",
    ],
)
def test_what_an_editor_leaves_beside_a_file_is_no_change(course, name):
    with following(course) as follower:
        for folder in ("content", "content/lectures"):
            path = course / folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("1")
            path.write_text("2")
        time.sleep(0.25)
        assert follower.told == []
        (course / "content" / "x.md").write_text("a real save")
        assert follower.next() == [{"content/x.md"}]


def test_a_file_that_comes_and_goes_is_no_change(course):
    with following(course) as follower:
        (course / "content" / "sedXY12").write_text("1")
        (course / "content" / "sedXY12").unlink()
        time.sleep(0.3)
        assert follower.told == []


def test_what_is_no_part_of_the_course_is_no_change(course):
    with following(course) as follower:
        for path in ("notes.txt", "_site/index.html", ".sitegen/cache/x", "node_modules/x.js", "site.yaml.orig"):
            (course / path).parent.mkdir(parents=True, exist_ok=True)
            (course / path).write_text("new")
        time.sleep(0.3)
        assert follower.told == []


def test_a_folder_moved_in_renamed_and_out_is_seen(course, tmp_path):
    outside = tmp_path / "week"
    outside.mkdir()
    (outside / "c.md").write_text("c")
    with following(course) as follower:
        outside.rename(course / "content" / "week")
        assert follower.next() == [{"content/week/c.md"}]
        (course / "content" / "week" / "c.md").write_text("listened to in there, too")
        assert follower.next() == [{"content/week/c.md"}]
        (course / "content" / "week").rename(course / "content" / "week-1")
        assert follower.next() == [{"content/week/c.md", "content/week-1/c.md"}]
        (course / "content" / "week-1").rename(outside)
        assert follower.next() == [{"content/week-1/c.md"}]
        (outside / "c.md").write_text("no part of it any more")
        time.sleep(0.2)
        assert follower.told == []


def test_folders_made_deep_at_once_are_seen_whole(course):
    deep = course / "content" / "a" / "b" / "c"
    with following(course) as follower:
        deep.mkdir(parents=True)
        (deep / "d.md").write_text("d")
        assert {path for told in follower.next() for path in told} == {"content/a/b/c/d.md"}
        (deep / "d.md").write_text("dd")
        assert follower.next() == [{"content/a/b/c/d.md"}]


@pytest.mark.parametrize("pause", [0.0, 0.4])
def test_a_content_folder_that_is_deleted_and_made_anew_is_followed(course, pause):
    with following(course) as follower:
        shutil.rmtree(course / "content")
        time.sleep(pause)
        write_course(course, {"content/x.md": "anew"}, "course: {}")
        until(lambda: any("content/x.md" in told for told in follower.told), "the new folder")
        follower.next()
        (course / "content" / "x.md").write_text("listened to again")
        assert follower.next() == [{"content/x.md"}]


def test_site_yaml_deleted_and_written_anew_is_seen(course):
    with following(course) as follower:
        (course / "site.yaml").unlink()
        assert follower.next() == [{"site.yaml"}]
        (course / "site.yaml").write_text("anew")
        assert follower.next() == [{"site.yaml"}]


def test_templates_that_come_later_are_followed(course):
    with following(course) as follower:
        (course / "templates").mkdir()
        (course / "templates" / "site.css").write_text("1")
        assert {path for told in follower.next() for path in told} == {"templates/site.css"}
        (course / "templates" / "site.css").write_text("22")
        assert follower.next() == [{"templates/site.css"}]


@posix
def test_a_content_folder_that_is_a_link_is_followed(course):
    (course / "content").rename(course / "shared")
    (course / "content").symlink_to("shared")
    with following(course) as follower:
        (course / "shared" / "x.md").write_text("through the link")
        assert follower.next() == [{"content/x.md"}]
        (course / "shared" / "lectures" / "a.md").write_text("deeper")
        assert follower.next() == [{"content/lectures/a.md"}]
        shutil.copytree(course / "shared", course / "other")
        (course / "other" / "x.md").write_text("other")
        (course / "content").unlink()
        (course / "content").symlink_to("other")
        assert "content/x.md" in follower.next()[-1]
        (course / "other" / "x.md").write_text("turned and followed")
        assert follower.next() == [{"content/x.md"}]


@posix
def test_what_links_inside_the_course_lead_to_is_followed(course):
    write_course(course, {"shared/fig.svg": "1", "code/train.py": "1"}, "course: {}")
    (course / "content" / "fig.svg").symlink_to("../shared/fig.svg")
    (course / "content" / "code").symlink_to("../code")
    with following(course) as follower:
        (course / "shared" / "fig.svg").write_text("22")
        assert follower.next() == [{"content/fig.svg"}]
        (course / "code" / "train.py").write_text("22")
        assert follower.next() == [{"content/code/train.py"}]
        (course / "code" / "new.py").write_text("22")
        assert follower.next() == [{"content/code/new.py"}]
        (course / "shared" / "other.svg").write_text("no part of it")
        time.sleep(0.2)
        assert follower.told == []


@posix
def test_links_in_circles_end(course):
    (course / "content" / "lectures" / "round").symlink_to("..")
    (course / "content" / "loop").symlink_to("loop")
    with following(course) as follower:
        (course / "content" / "x.md").write_text("new")
        assert {path for told in follower.next() for path in told} >= {"content/x.md"}


def git(course, *arguments):
    identity = ["-c", "user.name=x", "-c", "user.email=x@x", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=course, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_another_branch_checked_out_is_seen_whole_and_a_commit_is_too(course):
    from sitegen.folders.history import list_traces

    (course / ".gitignore").write_text("")
    git(course, "init")
    git(course, "add", ".")
    git(course, "commit", "-m", "one")
    git(course, "checkout", "-b", "other")
    (course / "content" / "x.md").write_text("other x")
    (course / "content" / "lectures" / "a.md").unlink()
    (course / "content" / "new.md").write_text("new")
    git(course, "add", ".")
    git(course, "commit", "-m", "two")
    with following(course, traces=lambda: list_traces(course)) as follower:
        git(course, "status")
        time.sleep(0.3)
        assert follower.told == [], "asking git is no change"
        git(course, "checkout", "main")
        told = follower.next()
        assert None in told or {"content/x.md", "content/lectures/a.md", "content/new.md"} <= set().union(*told)
        assert (course / "content" / "lectures" / "a.md").exists()
        git(course, "commit", "--allow-empty", "-m", "three")
        assert None in follower.next()


def test_what_the_system_does_not_tell_is_found_by_looking(course, monkeypatch):
    monkeypatch.setattr(watching, "OFTEN", 0.05)
    monkeypatch.setattr(
        "watchfiles._rust_notify.RustNotify", lambda *_: (_ for _ in ()).throw(OSError("no more watches"))
    )
    with following(course) as follower:
        follower.watcher._events.put(set())
        time.sleep(0.1)
        (course / "content" / "x.md").write_text("on a network drive")
        assert follower.next() == [{"content/x.md"}]
        (course / "content" / "x.md").unlink()
        assert follower.next() == [{"content/x.md"}]


def test_a_burst_that_no_person_saves_is_looked_at_whole(course, monkeypatch):
    monkeypatch.setattr(watching, "_MANY", 5)
    with following(course) as follower:
        for number in range(20):
            (course / "content" / f"n{number}.md").write_text("n")
        told = set().union(*follower.next())
        assert told == {f"content/n{number}.md" for number in range(20)}


def test_asking_tells_that_anything_may_have_changed(course):
    with following(course) as follower:
        follower.watcher.ask()
        assert follower.next() == [None]


def test_a_course_folder_that_goes_and_comes_back_is_followed(course, monkeypatch, tmp_path):
    monkeypatch.setattr(watching, "SELDOM", 0.1)
    with following(course) as follower:
        course.rename(tmp_path / "away")
        until(lambda: follower.told, "that it is gone")
        follower.next()
        (tmp_path / "away").rename(course)
        until(lambda: follower.told, "that it is back")
        follower.next()
        (course / "content" / "x.md").write_text("followed again")
        assert {"content/x.md"} in follower.next()


@posix
def test_names_are_listed_in_one_form_of_unicode(course):
    (course / "content" / "e\u0301.md").write_text("decomposed, as macOS has it")
    assert "content/\u00e9.md" in list_course(str(course)).files
