"""Tiny courses for tests: written to a folder, built by the functions that the command line calls."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sitegen.build import Built, File, build_site
from sitegen.diagnostics import render_text
from sitegen.folders.disk import Asset, read_course, read_theme
from sitegen.intake import Options
from sitegen.workshop import built_in_theme

REPOSITORY = Path(__file__).parent.parent

SITE_YAML = """\
course:
  code: CS101
  title: Systems
  timezone: America/New_York
term:
  start: 2026-01-27
  end: 2026-02-12
  meets: Tue/Thu 3:30-4:45pm, Room 1
schedule:
  - Overview
  - tba: 5
"""
"""A course of six meetings without any mistake."""

Files = Mapping[str, str | bytes]


def write_course(folder: Path, files: Files | None = None, site: str = SITE_YAML) -> Path:
    """Writes site.yaml and `files` (paths from the course folder) below `folder`, and returns it."""
    for name, content in {"site.yaml": site, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def build_folder(course: Path, today: dt.date = dt.date(2026, 2, 3), **options: Any) -> Built:
    """The course in a folder, built in memory as `sitegen build` does it."""
    tree, findings = read_course(course)
    now = dt.datetime(2026, 2, 3, 12, tzinfo=dt.UTC)
    return build_site(tree, read_theme(built_in_theme()), Options(now, today, **options), findings)


def told(built: Built) -> str:
    """The findings as the terminal shows them."""
    return render_text(built.findings, built.sources)


def main_of(html: bytes | object) -> str:
    """What stands in a page's <main>, white space folded."""
    assert isinstance(html, bytes)
    match = re.search(r"<main\b[^>]*>(.*)</main>", html.decode(), re.DOTALL)
    assert match, "the page has no <main>"
    return " ".join(match[1].split())


def run_sitegen(*arguments: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sitegen", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1", **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def read_file(file: File) -> bytes:
    """The bytes of a file of a site, wherever they are."""
    if isinstance(file, bytes):
        return file
    return file.location.read_bytes() if isinstance(file, Asset) else file.content
