"""The search index is made anew when something that is published has changed, and only then."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from sitegen.cli import cli
from sitegen.folders import indexer
from sitegen.outputs.searchindex import FOLDER
from tests.support import write_course

FILES = {"content/lectures/one.md": "# One\n\nRings and trees.\n", "content/notes.txt": "Plain.\n"}


class Asked:
    """Pagefind's program, and how often it was asked."""

    def __init__(self) -> None:
        self.times = 0
        self._real = indexer.ask_pagefind

    def __call__(self, requests: Iterable[Any]) -> list[dict[str, Any]]:
        self.times += 1
        return self._real(requests)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    stand_in = Asked()
    monkeypatch.setattr(indexer, "ask_pagefind", stand_in)
    return stand_in


@pytest.fixture
def course(tmp_path: Path, asked: Asked) -> Path:
    folder = write_course(tmp_path / "course", FILES)
    build(folder)
    assert asked.times == 1
    return folder


def build(course: Path, *more: str) -> dict[str, bytes]:
    """The index's files."""
    arguments = ["build", str(course), "--today", "2026-02-03", "--quiet", *more]
    cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)
    out = course / "_site"
    files = (file for file in (out / FOLDER).rglob("*") if file.is_file())
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in files}


def add_a_file(course: Path) -> None:
    (course / "content/more.txt").write_text("More.\n")


def touch_all(course: Path) -> None:
    for file in course.glob("content/**/*.md"):
        file.write_bytes(file.read_bytes())


def nothing(course: Path) -> None:
    pass


@pytest.mark.parametrize("change", [nothing, touch_all, add_a_file])
def test_it_is_kept_while_pages_are_as_they_were(course: Path, asked: Asked, change: Callable[[Path], object]):
    before = build(course)
    change(course)
    assert build(course) == before
    assert asked.times == 1


def edit_words(course: Path) -> None:
    (course / "content/lectures/one.md").write_text("# One\n\nLogs and trees.\n")


def edit_title(course: Path) -> None:
    (course / "content/lectures/one.md").write_text("# Two\n\nRings and trees.\n")


def edit_site(course: Path) -> None:
    text = (course / "site.yaml").read_text(encoding="utf-8")
    (course / "site.yaml").write_text(text.replace("title: ", "title: New ", 1), encoding="utf-8")


def remove_a_file_of_it(course: Path) -> None:
    next((course / "_site" / FOLDER).rglob("*.pf_fragment")).unlink()


def remove_the_site(course: Path) -> None:
    shutil.rmtree(course / "_site")


@pytest.mark.parametrize("change", [edit_words, edit_title, edit_site, remove_a_file_of_it, remove_the_site])
def test_it_is_made_anew_when_something_has_changed(course: Path, asked: Asked, change: Callable[[Path], object]):
    change(course)
    assert build(course) == build(course, "--no-cache")
    assert asked.times == 3


def test_another_program_makes_it_anew(course: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(indexer, "identify_pagefind", lambda: "another")
    build(course)
    assert asked.times == 2


def test_without_a_search_it_goes_and_comes_back(course: Path, asked: Asked):
    with_index = build(course)
    assert build(course, "--no-search") == {}
    assert build(course) == with_index
