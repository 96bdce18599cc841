"""A build to which nothing has changed is known by its files; anything that has changed is built."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sitegen.build import build_site
from sitegen.cli import cli
from sitegen.folders import seals, standstill
from sitegen.folders.destination import MARKER
from sitegen.folders.disk import read_course, read_theme
from sitegen.folders.memory import NEWS, read_memory
from sitegen.intake import Options
from sitegen.outputs.searchindex import FOLDER as INDEX
from sitegen.workshop import built_in_theme
from tests.support import SITE_YAML, read_file, write_course

FILES = {
    "content/index.md": "Words.\n",
    "content/notes.md": "# Notes\n\nSome text.\n",
    "content/data/table.csv": "a,b\n",
    "papers.bib": "@book{key, title = {T}, author = {A B}, year = 2020}\n",
    "templates/custom.css": "p { margin: 0 }\n",
}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows tells no time of change")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = write_course(tmp_path / "course", FILES)
    settle()
    build(folder)
    assert stands(folder)
    return folder


def settle() -> None:
    """Waits until what was written is old enough to be told from what is written next."""
    time.sleep(2 * standstill.SAFE_NS / 1e9)


def stands(course: Path) -> bool:
    return standstill.holds(["build", str(course)]) is not None


def build(course: Path) -> None:
    """As the command line does it, in this process."""
    arguments = ["build", str(course)]
    cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)


def build_anew(course: Path) -> dict[str, bytes]:
    tree, _ = read_course(course)
    options = Options(
        dt.datetime.now(dt.UTC), calendars=read_memory(course, None), feeds=read_memory(course, None, NEWS)
    )
    files = build_site(tree, read_theme(built_in_theme()), options).files
    return {path: read_file(file) for path, file in files.items()}


def content_of(folder: Path) -> dict[str, bytes]:
    """What is published, but for the search index."""
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return {p: f.read_bytes() for p, f in files.items() if p != MARKER and not p.startswith(INDEX)}


def restore(path: Path, content: bytes) -> None:
    """Writes, and sets the time of the last change back to what it was."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def by_renaming(path: Path, content: bytes) -> None:
    """As editors save: beside it, then over it, here with the old file's time."""
    new = path.with_name("new-file")
    new.write_bytes(content)
    before = path.stat()
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(path)


EDITS: dict[str, Callable[[Path], object]] = {
    "a text": lambda course: (course / "content/notes.md").write_text("# Notes\n\nOther text.\n"),
    "a text of the same size at the same time": lambda c: restore(c / "content/notes.md", b"# Notes\n\nName text.\n"),
    "a text renamed over the old one": lambda c: by_renaming(c / "content/notes.md", b"# Notes\n\nNine text.\n"),
    "a new file": lambda course: (course / "content/new.md").write_text("# New\n"),
    "a new file in a new folder": lambda course: write_course(course, {"content/deep/new.md": "# New\n"}),
    "a file gone": lambda course: (course / "content/notes.md").unlink(),
    "a file renamed": lambda c: (c / "content/notes.md").rename(c / "content/words.md"),
    "site.yaml": lambda course: (course / "site.yaml").write_text(SITE_YAML.replace("Systems", "Other systems")),
    "papers.bib": lambda c: (c / "papers.bib").write_text(FILES["papers.bib"].replace("2020", "2021")),
    "papers.bib gone": lambda course: (course / "papers.bib").unlink(),
    "a file that is copied": lambda course: restore(course / "content/data/table.csv", b"b,a\n"),
    "the course's own style": lambda course: (course / "templates/custom.css").write_text("p { margin: 1px }\n"),
    "a new template": lambda course: write_course(course, {"templates/_footer.html": "<footer>mine</footer>"}),
    "a page of the site edited by hand": lambda c: restore(
        c / "_site/index.html", (c / "_site/index.html").read_bytes().replace(b"Words", b"Sword")
    ),
    "a page of the site gone": lambda course: (course / "_site/notes/index.html").unlink(),
    "the list of the site's files gone": lambda course: (course / "_site/.sitegen.json").unlink(),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_whatever_changes_is_built(course: Path, edit: Callable[[Path], object]):
    edit(course)
    if not (course / "_site/.sitegen.json").exists():
        (course / "_site/.sitegen.json").write_text("{}")  # without it the folder isn't known to be sitegen's
    settle()
    assert not stands(course)
    build(course)
    assert content_of(course / "_site") == build_anew(course)
    assert stands(course)


def test_the_same_bytes_written_again_are_built_once_more_and_then_stand_still(course: Path):
    os.utime(course / "site.yaml")
    settle()
    assert not stands(course)
    build(course)
    assert stands(course)


def test_a_file_that_has_only_just_changed_is_waited_for(course: Path):
    watch = standstill.Watch(str(course))
    (course / "content/notes.md").write_text("# Notes\n\nMore.\n")
    late = standstill.Watch(str(course))
    assert watch.keep(["build"], [], "", "", (0, 1)) is None  # it changed after it was read
    assert late.keep(["build"], [], "", "", (0, 1)) is not None
    assert late.began and late.before
    youngest = max(map(standstill.age, late.before.values()))
    assert late.began - youngest >= standstill.SAFE_NS  # or it might change again in the same tick


def test_what_comes_from_the_future_is_not_trusted_to_stay(course: Path):
    ahead = time.time_ns() + 10**12
    os.utime(course / "content/notes.md", ns=(ahead, ahead))
    assert standstill.Watch(str(course)).keep(["build"], [], "", "", (0, 1)) is None


QUESTIONS = {
    "other options": (["--base-url", "https://example.edu/"], {}),
    "another day": (["--today", "2026-02-10"], {}),
    "no cache": (["--no-cache"], {}),
    "another place for programs": ([], {"PATH": "/nowhere"}),
    "another user's settings": ([], {"GIT_DIR": "/nowhere"}),
}


@pytest.mark.parametrize(("options", "environment"), QUESTIONS.values(), ids=QUESTIONS)
def test_another_question_is_answered_anew(
    course: Path, options: list[str], environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert standstill.holds(["build", *options, str(course)]) is None


def test_another_day_is_built_and_the_day_is_that_of_the_course(course: Path, monkeypatch: pytest.MonkeyPatch):
    record = standstill._read(str(course / ".sitegen/cache" / standstill.NAME))
    assert record
    begin, end = (dt.datetime.fromtimestamp(moment, ZoneInfo("America/New_York")) for moment in record["valid"])
    assert (begin.time(), end.time()) == (dt.time(), dt.time())
    assert end.date() - begin.date() == dt.timedelta(1)
    monkeypatch.setattr(time, "time", end.timestamp)
    assert not stands(course)


def test_another_version_of_the_program_or_of_a_library_builds_anew(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    packages = tmp_path / "site-packages"
    (packages / "markdown-99.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    monkeypatch.setattr(standstill, "_program", [])  # another program is another process
    assert not stands(course)
    _, _, own, libraries = standstill.identify_program()
    assert any(path.endswith("build.py") for path in own)
    assert any(name.startswith("markdown-3") for name in libraries)


def seal_as_another(record: bytes) -> bytes:
    """What came with a course from somebody else: whole, and under a mark that isn't ours."""
    content = record[seals.SIZE :]
    return blake2b(content, digest_size=seals.SIZE, key=b"another user's key").digest() + content


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda record: b"",
    "cut short": lambda record: record[: len(record) // 2],
    "a byte changed": lambda record: record[:500] + bytes([record[500] ^ 1]) + record[501:],
    "garbage": lambda record: b"\xff" * 1000,
    "of another format": lambda record: (99).to_bytes(4) + record[4:],
    "of another user": seal_as_another,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_record_is_no_record(course: Path, damage: Callable[[bytes], bytes]):
    record = course / ".sitegen/cache" / standstill.NAME
    record.write_bytes(damage(record.read_bytes()))
    assert not stands(course)


def test_a_record_of_another_user_or_behind_a_link_is_no_record(course: Path, monkeypatch: pytest.MonkeyPatch):
    record = course / ".sitegen/cache" / standstill.NAME
    assert standstill._read(str(record)) is not None
    monkeypatch.setattr(os, "geteuid", lambda: record.stat().st_uid + 1)
    assert standstill._read(str(record)) is None
    monkeypatch.undo()
    record.rename(record.with_name("moved"))
    record.symlink_to("moved")
    assert standstill._read(str(record)) is None


def test_a_copied_course_and_one_with_links_are_built(course: Path, tmp_path: Path):
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", str(course), str(copy)], check=True)
    assert not stands(copy)
    (course / "content/link.md").symlink_to("notes.md")
    settle()
    build(course)
    assert not stands(course)  # what a link leads to isn't followed, so it isn't known


def test_what_was_said_is_said_again(tmp_path: Path):
    folder = write_course(tmp_path / "course", {"content/index.md": "[nothing]()\n"})
    settle()

    def say() -> tuple[str, str]:
        asked = [sys.executable, "-m", "sitegen", "build", str(folder)]
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        return done.stdout.partition(" in ")[0], done.stderr

    first, second = say(), say()
    assert "content/index.md:1:1" in first[1]
    assert first == second


def test_nothing_of_the_builder_is_imported_when_nothing_has_changed(tmp_path: Path):
    folder = write_course(tmp_path / "course", FILES)
    settle()
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from sitegen.__main__ import main
try:
    main()
finally:
    print(*sorted(name for name in sys.modules if name.split('.')[0] not in sys.stdlib_module_names))
"""
    for _ in range(2):
        asked = [sys.executable, "-S", "-c", code, "build", str(folder)]
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
    names = ["__main__", "sitegen", "sitegen.__main__", "sitegen.folders"]
    names += ["sitegen.folders.seals", "sitegen.folders.standstill"]
    assert done.stdout.splitlines()[-1].split() == names


def test_a_library_s_version_is_known_as_python_knows_it(monkeypatch):
    from importlib.metadata import version

    for name in ("pillow", "Jinja2", "types-PyYAML"):
        assert standstill.version_of(name) == version(name) != ""
    assert standstill.version_of("no-such-library") == ""
    monkeypatch.setattr(standstill, "_list_libraries", tuple)
    assert standstill.version_of("pillow") == version("pillow")


def test_two_threads_see_what_one_sees(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(standstill, "_MANY", 2)
    assert stands(course)
    pages = sorted((course / "_site").rglob("*.html"))
    for page in (pages[0], pages[-1]):
        content = page.read_bytes()
        page.write_bytes(content + b" ")
        assert not stands(course)
        build(course)
        assert stands(course)
