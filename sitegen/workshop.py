"""One build as every command does it: the folder read, the caches opened, the clock asked, the site made.

What is done with the site then, and what is said of it, is the commands' own affair.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.console import Progress

if TYPE_CHECKING:
    from sitegen.build import Built
    from sitegen.folders.drawing import Drawer
    from sitegen.folders.memo import Memo
    from sitegen.intake import Options


def make_options(base_url: str | None, today: dt.date | None, drafts: bool) -> Options:
    from sitegen.intake import Options

    return Options(dt.datetime.now(dt.UTC), today, base_url, drafts)


def build_course(
    course: Path,
    out: Path | None,
    options: Options,
    show_progress: bool,
    no_cache: bool = False,
    drawer: Drawer | None = None,
    memo: Memo | None = None,
) -> Built:
    """`drawer` and `memo` are used again by the caller; without them, this build has its own."""
    from sitegen.build import build_site
    from sitegen.folders.cache import DiskCache
    from sitegen.folders.disk import read_course, read_theme
    from sitegen.folders.drawing import Drawer
    from sitegen.folders.history import read_history
    from sitegen.folders.memo import Memo
    from sitegen.folders.memory import NEWS, read_memory
    from sitegen.folders.pictures import Darkroom

    tree, findings = read_course(course, out)
    cache: MutableMapping[str, bytes] = {} if no_cache else DiskCache(course)
    history = read_history(course, cache)
    own, darkroom = Drawer(), Darkroom(None if no_cache else course)
    options = replace(
        options,
        calendars=read_memory(course, out),
        feeds=read_memory(course, out, NEWS),
        cache=cache,
        history=history,
        artist=drawer or own,
        darkroom=darkroom,
        memo=memo or Memo(None if no_cache else course),
    )
    with Progress(tree, show_progress and sys.stderr is not None and sys.stderr.isatty()) as progress:
        built = build_site(tree, read_theme(built_in_theme()), options, findings, progress)
    own.close()
    options.memo.end_build()
    return built


def built_in_theme() -> Path:
    """The theme's folder: inside the package when installed, at the repository's top in a checkout."""
    package = Path(__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
