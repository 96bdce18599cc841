"""What needn't be made isn't made, and nobody can tell by what is published."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from pathlib import Path

import pytest

from sitegen.folders import ledger, seals
from sitegen.folders.cache import make_folder
from sitegen.folders.destination import MARKER
from sitegen.folders.kept import Kept, Spooled
from sitegen.folders.ledger import NAME, Ledger, keep_ledger, read_ledger
from sitegen.folders.publish import publish, publish_signed
from sitegen.folders.spool import Spool
from sitegen.values import replace
from sitegen.workshop import build_course, make_options
from tests.support import REPOSITORY, run_sitegen, write_course
from tests.test_never_stale import FILES, LECTURE, SITE

DAY = dt.date(2026, 2, 3)
DECK = LECTURE.format(name="deck", other="first")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course that was built and published."""
    files = {**FILES, "content/lectures/deck.md": DECK}
    made = write_course(tmp_path / "course", files, SITE)
    assert make(made)
    return made


def make(course: Path, out: Path | None = None, drafts: bool = False) -> set[str]:
    """Builds and publishes as the command does; the files with a recipe that had to be made."""
    target = out or course / "_site"
    spool = Spool(course, target)
    built = build_course(course, target, make_options(None, DAY, drafts), show_progress=False, spool=spool)
    assert built.course, built.findings
    _, placed = publish_signed(target, built.files, course)
    keep_ledger(course, target, built.recipes, placed, built.ledger)
    spool.close()
    return {path for path in built.recipes if not isinstance(built.files[path], Kept)}


def content_of(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def assert_fresh(course: Path) -> None:
    """What is published is what a build without a memory publishes."""
    out = course.parent / "anew"
    shutil.rmtree(out, ignore_errors=True)
    options = replace(make_options(None, DAY, False), feeds=(), calendars=())
    built = build_course(course, out, options, show_progress=False, no_cache=True)
    publish(out, built.files, course)
    published, anew = content_of(course / "_site"), content_of(out)
    for path in (MARKER, *(path for path in anew if path.endswith(".ics"))):  # calendars count their own changes
        published.pop(path, None)
        anew.pop(path, None)
    assert published == anew


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def pages(*names: str) -> set[str]:
    """The page of each name and its Markdown."""
    return {f"{name}/index.{kind}" for name in names for kind in ("html", "md")}


def test_nothing_is_made_again_when_nothing_has_changed(course: Path):
    assert make(course) == set()
    assert_fresh(course)


EDITS: list[tuple[str, str, str, set[str]]] = [
    (
        "content/lectures/first.md",
        "More words",
        "Other words",
        pages("lectures/first") | {"lectures/first/slides/index.html"},
    ),
    ("content/project.md", "Do it", "Let it be", pages("project")),
    ("content/announcements.md", "Hello.", "Hi.", set()),
    ("site.yaml", "- tba: 3", "- {topic: New}\n  - tba: 2", set()),
    ("site.yaml", "schedule:", "# a comment\nschedule:", set()),
    ("papers.bib", "\n@inproceedings{b2021", "\n\n\n@inproceedings{b2021", set()),
    (
        "papers.bib",
        "The {C2022} system",
        "The {C2022} machine",
        pages("readings/c2022") | {"readings/b2021/index.html"},
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "made"), EDITS)
def test_what_depends_on_an_edit_is_made_and_nothing_else(course: Path, file: str, old: str, new: str, made: set[str]):
    edit(course / file, old, new)
    found = make(course)
    assert found >= made
    if "C2022" not in old:  # which stands in the lists of references, too
        assert found == made
    assert_fresh(course)


def test_a_template_changes_every_page(course: Path):
    (course / "templates/_footer.html").write_text("<footer>Mine</footer>\n", encoding="utf-8")
    assert {path for path in make(course) if path.endswith(".html")} >= {
        "readings/a2020/index.html",
        "project/index.html",
    }
    assert_fresh(course)


def overwrite(file: Path) -> None:
    """Other bytes, of the same size and with the time that it had."""
    status = file.stat()
    file.write_bytes(file.read_bytes().swapcase())
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("harm", [overwrite, Path.unlink, lambda file: shutil.rmtree(file.parent)])
@pytest.mark.parametrize("path", ["lectures/first/index.html", "readings/a2020/index.md", "index.html"])
def test_what_was_done_to_a_published_file_is_undone(course: Path, harm, path: str):
    time.sleep(0.02)  # another tick of the file system's clock
    harm(course / "_site" / path)
    make(course)
    assert_fresh(course)


def test_a_published_file_that_became_a_link_is_a_file_again(course: Path):
    page = course / "_site/lectures/first/index.html"
    copy = course.parent / "copy.html"
    page.rename(copy)
    page.symlink_to(copy)
    make(course)
    assert not page.is_symlink()
    assert_fresh(course)


def test_another_output_folder_is_filled_anew(course: Path, tmp_path: Path):
    assert make(course, tmp_path / "other")
    assert content_of(tmp_path / "other") == content_of(course / "_site")
    assert make(course), "the ledger is of one folder"
    assert_fresh(course)


FOOTER = "<footer><a href=\"{{{{ link('{}') }}}}{}\">x</a></footer>\n"


def assert_told_as_ever(course: Path) -> None:
    """A build that follows the links of new pages alone tells what one without a memory tells."""
    options = make_options(None, DAY, False)
    warm = build_course(course, course / "_site", options, show_progress=False)
    cold = build_course(course, course / "_site", options, show_progress=False, no_cache=True)
    assert "dead-link" in {finding.slug for finding in warm.findings}
    assert warm.findings == cold.findings


def test_a_link_into_a_page_that_lost_its_heading_is_found_on_the_pages_that_stayed(course: Path):
    (course / "templates/_footer.html").write_text(FOOTER.format("lectures/second/index.html", "#part-two"))
    make(course)
    edit(course / "content/lectures/second.md", "## Part two", "## Another part")
    assert_told_as_ever(course)


def test_a_link_to_a_file_that_went_is_found_on_the_pages_that_stayed(course: Path):
    (course / "content/lectures/notes.txt").write_text("x")
    (course / "templates/_footer.html").write_text(FOOTER.format("lectures/notes.txt", ""))
    make(course)
    (course / "content/lectures/notes.txt").unlink()
    assert_told_as_ever(course)


def test_a_link_to_a_page_that_went_is_found_on_the_pages_that_stayed(course: Path):
    (course / "content/alone.md").write_text("# Alone\n")
    (course / "templates/_footer.html").write_text(FOOTER.format("alone/index.html", ""))
    make(course)
    (course / "content/alone.md").unlink()
    assert_told_as_ever(course)


# --- the ledger ---------------------------------------------------------------------------------


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def forge(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(bytes(content))


def forget_the_key(file: Path) -> None:
    Path(seals._place()).unlink()


DAMAGE = {
    "garbage": lambda file: file.write_bytes(b"\xff" * 3000),
    "empty": lambda file: file.write_bytes(b""),
    "truncated": truncate,
    "one bit": forge,
    "another key": forget_the_key,
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "a link": lambda file: file.rename(file.with_name("moved")) and file.symlink_to("moved"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_ledger_is_as_good_as_none(course: Path, damage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    if damage is forget_the_key:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
        assert make(course)
    damage(course / ".sitegen/cache" / NAME)
    assert read_ledger(course, course / "_site") == Ledger()
    assert make(course)
    assert_fresh(course)


def test_a_ledger_of_another_format_is_as_good_as_none(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ledger, "_FORMAT", 99)
    assert read_ledger(course, course / "_site") == Ledger()


# --- the spool ----------------------------------------------------------------------------------


def spools(course: Path) -> list[Path]:
    return list((course / ".sitegen/cache").glob("made-*"))


def test_nothing_is_left_of_a_spool(course: Path):
    assert spools(course) == []
    edit(course / "content/project.md", "Do it, as @b2021 says", "[x](gone.md)")
    assert run_sitegen("build", course).returncode == 1
    assert spools(course) == []


def test_what_a_killed_build_left_is_removed_and_what_a_running_one_has_is_not(course: Path):
    cache = course / ".sitegen/cache"
    for number in (2**22 + 5, os.getppid()):
        (cache / f"made-{number}").mkdir()
        (cache / f"made-{number}/1").write_text("x")
    spool = Spool(course, course / "_site")
    assert {folder.name for folder in spools(course)} == {f"made-{os.getppid()}", f"made-{os.getpid()}"}
    spool.close()
    shutil.rmtree(cache / f"made-{os.getppid()}")


def test_a_file_comes_from_where_it_is_by_now(course: Path):
    spool = Spool(course, course / "_site")
    file = spool.put("new.html", b"<p>")
    assert isinstance(file, Spooled)
    assert file.content == b"<p>"
    Path(file.place).rename(course / "_site/new.html")
    assert file.content == b"<p>"
    spool.close()


def test_what_cannot_be_spooled_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    course = write_course(tmp_path / "course", FILES, SITE)
    (course / ".sitegen").write_text("a file")
    assert Spool(course, course / "_site").put("a", b"x") == b"x"
    other = write_course(tmp_path / "other", FILES, SITE)
    assert make_folder(other / ".sitegen/cache")
    spool = Spool(other, other / "_site")
    shutil.rmtree(spool._folder)
    assert spool.put("a", b"x") == spool.put("b", b"x") == b"x"
    spool.close()


# --- two processes ------------------------------------------------------------------------------


def test_two_processes_publish_and_say_what_one_does(tmp_path: Path):
    said = []
    for number in ("1", "2"):
        course = tmp_path / number / "course"
        for name in ("content", "papers.bib", "site.yaml"):
            source = REPOSITORY / name
            course.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, course / name) if source.is_dir() else shutil.copyfile(source, course / name)
        for lecture in range(30):
            write = course / f"content/lectures/more-{lecture}.md"
            write.write_text(LECTURE.format(name=f"more {lecture}", other="intro") + "\n[x]()\n", encoding="utf-8")
        done = run_sitegen("build", course, "--no-search", "--today", "2026-02-10", SITEGEN_PROCESSES=number)
        said.append((done.returncode, done.stderr))
    assert said[0] == said[1]
    assert content_of(tmp_path / "1/course/_site") == content_of(tmp_path / "2/course/_site")


def test_a_fault_in_a_template_is_the_first_one_with_two_processes_as_with_one(course: Path):
    for number in range(20):
        (course / f"content/page{number}.md").write_text(f"# Page {number}\n")
    (course / "templates/page.html").write_text("{{ page.titel }}\n")
    (course / "templates/paper.html").write_text("{{ paper.titel }}\n")
    said = {run_sitegen("build", course, SITEGEN_PROCESSES=number).stderr for number in ("1", "2")}
    assert len(said) == 1
    assert "templates/paper.html" in said.pop()


# --- rows of what lists everything ------------------------------------------------------------------


def count_rows(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the rows that are made from now on, in this process alone."""
    from sitegen.outputs import calendars, events, pages, programme, readings, search

    made: list[str] = []
    monkeypatch.setenv("SITEGEN_PROCESSES", "1")
    for module, name in (
        (programme, "_session_row"),
        (readings, "_entry"),
        (search, "_paper"),
        (search, "_session"),
        (events, "_class"),
        (calendars, "_write_event"),
        (pages, "held_lecture"),
    ):
        real = getattr(module, name)

        def count(*arguments: object, _real=real, _name=name, **options: object) -> object:
            made.append(_name)
            return _real(*arguments, **options)

        monkeypatch.setattr(module, name, count)
    return made


def test_of_what_lists_everything_only_rows_that_changed_are_made(course: Path, monkeypatch: pytest.MonkeyPatch):
    make(course)
    made = count_rows(monkeypatch)
    edit(course / "site.yaml", "topic: Overview", "topic: The whole")
    make(course)
    assert made
    assert made.count("_session") == made.count("_class") == 1
    assert "_entry" not in made
    assert "_paper" not in made
    assert_fresh(course)


def test_rows_of_a_course_with_templates_of_its_own_are_made_each_time(course: Path, monkeypatch: pytest.MonkeyPatch):
    own = (REPOSITORY / "templates" / "readings.html").read_text(encoding="utf-8")
    (course / "templates").mkdir(exist_ok=True)
    (course / "templates" / "readings.html").write_text(
        own.replace("{{ item.authors", "{{ page.edit }}{{ item.authors"), encoding="utf-8"
    )
    make(course)
    made = count_rows(monkeypatch)
    make(course)
    assert "_entry" in made
    assert_fresh(course)
