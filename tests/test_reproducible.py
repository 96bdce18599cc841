"""The same input gives the same bytes, whatever the machine, the locale, the time zone or the order of files."""

import os
import random
import shutil
import sys
from pathlib import Path

import pytest

from tests.support import REPOSITORY, run_sitegen

WHAT_A_COURSE_IS = ("site.yaml", "papers.bib", "content", "templates")


def copy_course(target: Path, seed: int) -> Path:
    """The real course, its files created in a random order with times of their own."""
    sources = [REPOSITORY / name for name in WHAT_A_COURSE_IS]
    files = [f for source in sources for f in ([source] if source.is_file() else source.rglob("*")) if f.is_file()]
    random.Random(seed).shuffle(files)
    for number, file in enumerate(files):
        copy = target / file.relative_to(REPOSITORY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        os.utime(copy, (1_000_000_000 + number, 1_000_000_000 + number))
    return target


def site(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_the_real_course_gives_the_same_bytes_everywhere(tmp_path):
    worlds = [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C", "LANG": "C"},
        {"PYTHONHASHSEED": "424242", "TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"},
        {"PYTHONHASHSEED": "7", "TZ": "America/Los_Angeles", "PYTHONTZPATH": "", "LC_ALL": "ja_JP.UTF-8"},
    ]
    built = []
    for seed, world in enumerate(worlds):
        course = copy_course(tmp_path / f"copy {seed}" / ("nested/" * seed), seed)
        result = run_sitegen("build", ".", "--out", "out", "--today", "2026-02-10", cwd=course, **world)
        assert result.returncode == 0, result.stderr
        built.append(site(course / "out"))
    assert built[0] == built[1] == built[2]


def test_a_second_build_writes_nothing(tmp_path):
    course = copy_course(tmp_path / "course", 1)
    run_sitegen("build", course, "--today", "2026-02-10")
    before = {path: path.stat().st_mtime_ns for path in (course / "_site").rglob("*")}
    result = run_sitegen("build", course, "--today", "2026-02-10")
    assert "(0 written," in result.stdout
    assert {path: path.stat().st_mtime_ns for path in (course / "_site").rglob("*")} == before


def test_no_path_of_the_machine_and_no_time_of_the_build_gets_into_the_site(tmp_path):
    course = copy_course(tmp_path / "course", 2)
    run_sitegen("build", course, "--today", "2026-02-10")
    for path, content in site(course / "_site").items():
        assert str(tmp_path).encode() not in content, path
        assert sys.prefix.encode() not in content, path
