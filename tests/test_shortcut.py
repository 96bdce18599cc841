"""Where only the words of texts have changed, a build goes a short way, and publishes what the long one would."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen import __main__, shortcut
from sitegen.build import Built
from sitegen.cli import cli
from sitegen.folders import standstill
from sitegen.folders.destination import MARKER
from sitegen.outputs.search import list_records
from sitegen.workshop import Rebuild, built_in_theme, make_options
from tests.support import write_course
from tests.test_never_stale import BIB, EDITS, NOW, SITE

TODAY = NOW.date()
NOTES = """\
---
title: On rings
description: What they are.
---
Words about rings and [@a2020], see [the project](../project.md#plan), and a formula $x^2$.[^1]

[^1]: A footnote.

## Part one

| a | b |
|---|---|
| one | two |

- first
- second

```python
print("ring")
```

## Part two

More words of [@b2021]. $$y = 1$$
"""
DECK = """\
---
title: On trees
---
Words about trees.

---

## Leaves

A leaf falls, says [@c2022].

- green
- brown

---

## Roots

Roots hold, as [the rings](first.md#part-one) show.

??? speaker
    Say it slowly.

Only in the notes.
{.notes-only}
"""
FILES: dict[str, str | bytes] = {
    "content/index.md": "Welcome.\n",
    "content/project.md": "# Project\n\n## Plan\n\nDo it, as @b2021 says.\n\n- alone\n- together\n",
    "content/announcements.md": "## 2026-01-20 Welcome\n\nHello.\n",
    "content/lectures/first.md": NOTES,
    "content/lectures/second.md": DECK,
    "content/lectures/third.md": "# On logs\n\nA log grows.\n\nIt falls.\n",
    "papers.bib": BIB,
}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows tells no time of change")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = write_course(tmp_path / "course", FILES, SITE)
    build(folder)
    return folder


def ask(course: Path) -> list[str]:
    return ["build", str(course), "--today", TODAY.isoformat(), "--no-search", "--quiet"]


def settle() -> None:
    time.sleep(1.5 * standstill.SAFE_NS / 1e9)


def build(course: Path) -> bool:
    """Builds as the command does, in this process; whether it went the short way or none."""
    arguments = ask(course)
    standing = standstill.compare(arguments)
    if standing and (not standing.changed or shortcut.take(standing) is not None):
        return True
    cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)
    return False


def published(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def build_anew(course: Path) -> dict[str, bytes]:
    """All that a build without any memory publishes, the marker included."""
    out = course.parent / "anew"
    shutil.rmtree(out, ignore_errors=True)
    arguments = [*ask(course), "--no-cache", "--out", str(out)]
    cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)
    return published(out)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


NOTHING_ELSE: list[tuple[str, str, str]] = [
    ("lectures/first.md", "More words", "Other words"),
    ("lectures/first.md", "one | two", "ONE | **two**"),
    ("lectures/first.md", 'print("ring")', 'print("rings")  # <b>&amp;</b>'),
    ("lectures/first.md", "$x^2$", "$x^3 + \\alpha$"),
    ("lectures/first.md", "A footnote.", "Another footnote, *longer*."),
    ("lectures/first.md", "- second\n", "- second\n- third\n"),
    ("lectures/first.md", "More words", "שלום, 你好, é <kbd>x</kbd>"),
    ("lectures/first.md", "\n## Part two", "\n<!-- left out -->\n\n## Part two"),
    ("lectures/first.md", "More words", "More words\u00a0and\u00a0more"),
    ("lectures/second.md", "A leaf falls", "Two leaves fall"),
    ("lectures/second.md", "- brown\n", "- brown, **red**\n"),
    ("lectures/second.md", "Say it slowly", "Say it quickly"),
    ("lectures/second.md", "Only in the notes", "In the notes only"),
    ("lectures/third.md", "It falls.", "It falls. It is cut."),
    ("project.md", "- alone", "- by oneself"),
]


@pytest.mark.parametrize(("name", "old", "new"), NOTHING_ELSE)
def test_words_take_the_short_way(course: Path, name: str, old: str, new: str):
    edit(course / "content" / name, old, new)
    assert build(course)
    assert published(course / "_site") == build_anew(course)
    assert build(course), "and the way is open for the next edit"
    edit(course / "content" / name, new, old)
    assert build(course)
    assert published(course / "_site") == build_anew(course)


SEEN_ELSEWHERE: list[tuple[str, str, str]] = [
    ("lectures/first.md", "title: On rings", "title: On chains"),
    ("lectures/first.md", "What they are.", "What rings are."),
    ("lectures/first.md", "## Part two", "## Part the second"),
    ("lectures/first.md", "[@a2020]", "[@c2022]"),
    ("lectures/first.md", "[@a2020]", "[@a2020], [@c2022]"),
    ("lectures/first.md", "see [the project](../project.md#plan)", "see nothing"),
    ("lectures/first.md", "A footnote.", "A footnote with https://example.org/ in it."),
    ("lectures/first.md", "title: On rings", "title: On rings\naliases: [/old/]"),
    ("lectures/first.md", "title: On rings", "title: On rings\ndraft: true"),
    ("lectures/first.md", "[^1]: A footnote.", ""),
    ("lectures/first.md", "```python", "```text"),
    ("lectures/first.md", '```python\nprint("ring")\n```\n', ""),
    ("lectures/first.md", "More words", "<a id='new'></a>More words"),
    ("lectures/first.md", "More words", "<script>let one = 1</script>\n\nMore words"),
    ("lectures/first.md", "More words", "The course was held on 30 February 2026. More words"),
    ("lectures/first.md", "More words", "More words " * 400),
    ("lectures/second.md", "- brown\n", "- brown\n" * 9),
    ("lectures/second.md", "## Leaves", "## Needles"),
    ("lectures/third.md", "A log grows.", "A log grew."),
    ("lectures/third.md", "It falls.", "Math: $x$. It falls."),
    ("index.md", "Welcome.", "Welcome, all."),
    ("announcements.md", "Hello.", "Hello!"),
]


@pytest.mark.parametrize(("name", "old", "new"), SEEN_ELSEWHERE)
def test_what_is_seen_elsewhere_is_published_there_too(course: Path, name: str, old: str, new: str):
    edit(course / "content" / name, old, new)
    build(course)
    assert published(course / "_site") == build_anew(course)


def test_a_template_of_the_course_may_go_by_the_words(course: Path):
    folder = course / "templates"
    folder.mkdir()
    lecture = (built_in_theme() / "lecture.html").read_text(encoding="utf-8")
    (folder / "lecture.html").write_text(lecture.replace("<article", "<p>{{ html | length }}</p><article", 1))
    build(course)
    rebuild = Rebuild(course, lambda: make_options(None, TODAY, drafts=False))
    rebuild(None)
    edit(course / "content/lectures/first.md", "More words", "Many more words")
    shown = rebuild(frozenset({"content/lectures/first.md"})).files["lectures/first/index.html"]
    rebuild.close()
    build(course)
    assert published(course / "_site") == build_anew(course)
    assert shown == (course / "_site/lectures/first/index.html").read_bytes()


def test_of_several_texts_each_takes_it(course: Path):
    edit(course / "content/lectures/first.md", "More words", "Fewer words")
    edit(course / "content/project.md", "alone", "not alone")
    assert build(course)
    assert published(course / "_site") == build_anew(course)


def test_one_text_that_cannot_take_it_holds_the_others_back(course: Path):
    edit(course / "content/lectures/first.md", "More words", "Fewer words")
    edit(course / "content/project.md", "## Plan", "## Plans\n\n## Plan")
    assert not build(course)
    assert published(course / "_site") == build_anew(course)


def by_hand(course: Path) -> None:
    (course / "_site/schedule/index.html").write_text("mine")


def by_removing(course: Path) -> None:
    (course / "_site/index.html").unlink()


def by_another_build(course: Path) -> None:
    edit(course / "site.yaml", "Systems", "Networks")
    arguments = ["build", str(course), "--today", "2026-02-04", "--quiet", "--no-search"]
    cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)


def by_spoiling_the_pack(course: Path) -> None:
    (course / ".sitegen/cache/pack").write_bytes(b"\0" * 99)


def by_spoiling_the_marker(course: Path) -> None:
    (course / "_site" / MARKER).write_text("{}")


def by_a_new_file(course: Path) -> None:
    (course / "content/new.md").write_text("# New\n")


@pytest.mark.parametrize(
    "spoil",
    [by_hand, by_removing, by_another_build, by_spoiling_the_pack, by_spoiling_the_marker, by_a_new_file],
)
def test_nothing_is_taken_for_granted_that_has_changed_besides(course: Path, spoil: Callable[[Path], object]):
    edit(course / "content/lectures/first.md", "More words", "Fewer words")
    spoil(course)
    assert not build(course)
    assert published(course / "_site") == build_anew(course)


def test_a_site_that_another_build_publishes_meanwhile_is_left_to_the_long_way(
    course: Path, monkeypatch: pytest.MonkeyPatch
):
    edit(course / "content/lectures/first.md", "More words", "Fewer words")
    standing = standstill.compare(ask(course))
    assert standing
    by_another_build(course)
    before = published(course / "_site")
    assert shortcut.take(standing) is None
    assert published(course / "_site") == before


def test_a_text_that_changes_while_it_is_read_is_not_taken_as_read(course: Path, monkeypatch: pytest.MonkeyPatch):
    file = course / "content/lectures/first.md"
    edit(file, "More words", "Fewer words")
    standing = standstill.compare(ask(course))
    assert standing
    real = shortcut._amend_all

    def amend_and_save(*arguments: object) -> object:
        made = real(*arguments)  # type: ignore[arg-type]
        edit(file, "Fewer", "Last")
        return made

    monkeypatch.setattr(shortcut, "_amend_all", amend_and_save)
    assert shortcut.take(standing) is None
    monkeypatch.undo()
    build(course)
    assert published(course / "_site") == build_anew(course)


def test_a_text_that_changes_right_after_it_was_published_is_built_again(course: Path, monkeypatch: pytest.MonkeyPatch):
    file = course / "content/lectures/first.md"
    edit(file, "More words", "Fewer words")
    real = shortcut._is_settled

    def save_and_look(*arguments: object) -> bool:
        edit(file, "Fewer", "Later")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(shortcut, "_is_settled", save_and_look)
    assert build(course)
    monkeypatch.undo()
    build(course)
    assert b"Later words" in (course / "_site/lectures/first/index.html").read_bytes()
    assert published(course / "_site") == build_anew(course)


def test_a_text_that_was_committed_loses_its_day_when_it_is_edited(tmp_path: Path):
    course = write_course(tmp_path / "course", {**FILES, ".gitignore": "_site/\n.sitegen/\n"}, SITE)

    def git(*words: str) -> None:
        person = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *person, *words], cwd=course, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "All")
    build(course)
    page = course / "_site/lectures/first/index.html"
    assert b"<time" in page.read_bytes()
    for old, new in (("More", "Fewer"), ("Fewer", "Few"), ("Few", "More")):
        edit(course / "content/lectures/first.md", f"{old} words", f"{new} words")
        build(course)
        assert published(course / "_site") == build_anew(course)


def test_the_answer_is_that_of_the_long_way(course: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["build", str(course), "--today", TODAY.isoformat(), "--no-search"]
    cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)
    capsys.readouterr()
    edit(course / "content/lectures/first.md", "More words", "Fewer words")
    standing = standstill.compare(arguments)
    short = shortcut.take(standing) if standing else None
    edit(course / "content/lectures/first.md", "Fewer words", "Other words")
    (course / ".sitegen/cache/standstill").unlink()
    cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)
    long = capsys.readouterr().out

    def without_seconds(line: str | None) -> str:
        before, _, after = (line or "").rpartition(" in ")
        return before + after.partition(" s ")[2]

    assert without_seconds(short) == without_seconds(long)
    assert "(2 written, " in long


def test_the_command_takes_it(course: Path, monkeypatch: pytest.MonkeyPatch):
    edit(course / "content/lectures/first.md", "More words", "Fewer words")
    monkeypatch.setattr(sys, "argv", ["sitegen", *ask(course)])
    monkeypatch.setattr("sitegen.cli.main", lambda: pytest.fail("it went the long way"))
    __main__.main()
    assert b"Fewer words" in (course / "_site/lectures/first/index.html").read_bytes()


# --- any edits ----------------------------------------------------------------------------------


class Writer:
    """Somebody who works on the words of texts, and now and then on more."""

    def __init__(self, course: Path, seed: int) -> None:
        self.course, self.random = course, random.Random(seed)

    def edit(self) -> str:
        """Edits a text; its path from the course."""
        file = self.random.choice(sorted((self.course / "content").rglob("*.md")))
        lines = file.read_text(encoding="utf-8").split("\n")
        number = self.random.randrange(len(lines))
        deed = self.random.randrange(8)
        if deed < 4:
            words = lines[number].split(" ")
            words.insert(self.random.randrange(len(words) + 1), self.random.choice(_WORDS))
            lines[number] = " ".join(words)
        elif deed < 6:
            lines.insert(number, self.random.choice(_LINES))
        elif deed == 6:
            del lines[number]
        else:
            lines = str(FILES[file.relative_to(self.course).as_posix()]).split("\n")
        file.write_text("\n".join(lines), encoding="utf-8")
        return file.relative_to(self.course).as_posix()

    def mend(self) -> frozenset[str]:
        for name, content in FILES.items():
            (self.course / name).write_text(str(content), encoding="utf-8")
        return frozenset(FILES)


_WORDS = [
    "plain",
    "**bold**",
    "`code`",
    "$z$",
    "é",
    "<b>x</b>",
    "&amp;",
    "*",
    "\\*",
    "[",
    "[words](#part-one)",
    "don't",
]
_LINES = [
    "",
    "A new line.",
    "- an item",
    "> quoted",
    "## Heading",
    "```",
    "---",
    "<div>",
    "</div>",
    "!!! note",
    "    in",
]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_written_the_site_is_that_of_a_cold_build(tmp_path: Path, seed: int):
    course = write_course(tmp_path / "course", FILES, SITE)
    writer, short = Writer(course, seed), 0
    build(course)
    for _ in range(max(8, EDITS // 4)):
        writer.edit()
        try:
            short += build(course)
            assert published(course / "_site") == build_anew(course)
        except SystemExit:
            writer.mend()
    assert short


@pytest.mark.parametrize("seed", range(2))
def test_the_preview_shows_what_a_cold_build_would(tmp_path: Path, seed: int):
    course = write_course(tmp_path / "course", FILES, SITE)
    writer = Writer(course, 7 + seed)
    rebuild, touched = Rebuild(course, lambda: make_options(None, TODAY, drafts=False)), None
    for _ in range(max(8, EDITS // 4)):
        warm = rebuild(touched)
        cold = Rebuild(course, lambda: make_options(None, TODAY, drafts=False))
        new = cold(None)
        assert warm.findings == new.findings
        assert _bytes(warm) == _bytes(new)
        assert warm.course is None or new.course is None or list_records(warm.course) == list_records(new.course)
        cold.close()
        touched = writer.mend() if any(one.severity == "error" for one in new.findings) else frozenset({writer.edit()})
    rebuild.close()


def test_the_preview_makes_only_the_pages_of_the_text(course: Path, monkeypatch: pytest.MonkeyPatch):
    rebuild = Rebuild(course, lambda: make_options(None, TODAY, drafts=False))
    first = rebuild(None)
    monkeypatch.setattr("sitegen.workshop.build_course", lambda *_, **__: pytest.fail("it went the long way"))
    edit(course / "content/lectures/second.md", "A leaf falls", "A leaf fell")
    second = rebuild(frozenset({"content/lectures/second.md"}))
    different = {path for path, content in second.files.items() if content is not first.files[path]}
    assert different == {f"lectures/second/{name}" for name in ("index.html", "index.md", "slides/index.html")}
    monkeypatch.undo()
    rebuild.close()


def _bytes(built: Built) -> dict[str, bytes]:
    return {path: content for path, content in built.files.items() if isinstance(content, bytes)}


def test_a_course_whose_build_was_asked_for_more_has_no_short_way(course: Path):
    for more in (["--verbose"], ["--zip"]):
        arguments = [*ask(course), *more]
        cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)
        edit(course / "content/lectures/first.md", "words", "words, words")
        assert standstill.compare(arguments) is None
    os.utime(course / "content/lectures/first.md")
