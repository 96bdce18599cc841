"""One build as every command does it: the folder read, the caches opened, the clock asked, the site made.

What is done with the site then, and what is said of it, is the commands' own affair.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.console import Progress
from sitegen.values import replace

if TYPE_CHECKING:
    from sitegen.build import Built
    from sitegen.folders.drawing import Drawer
    from sitegen.folders.memo import Memo
    from sitegen.folders.spool import Spool
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
    spool: Spool | None = None,
) -> Built:
    """`drawer` and `memo` are used again by the caller; without them, this build has its own."""
    from sitegen.build import build_site
    from sitegen.folders.cache import DiskCache
    from sitegen.folders.codes import Codes
    from sitegen.folders.disk import read_course, read_theme
    from sitegen.folders.drawing import Drawer
    from sitegen.folders.history import read_history
    from sitegen.folders.ledger import Ledger, read_ledger
    from sitegen.folders.memo import Memo
    from sitegen.folders.memory import NEWS, read_memory
    from sitegen.folders.pictures import Darkroom

    tree, findings = read_course(course, out)
    cache: MutableMapping[str, bytes] = {} if no_cache else DiskCache(course)
    history = read_history(course, cache)
    own, darkroom = Drawer(), Darkroom(None if no_cache else course)
    codes = Codes()
    options = replace(
        options,
        calendars=read_memory(course, out),
        feeds=read_memory(course, out, NEWS),
        cache=cache,
        history=history,
        artist=drawer or own,
        darkroom=darkroom,
        codes={} if no_cache else codes,
        memo=memo or Memo(None if no_cache else course),
        spool=spool,
        ledger=Ledger() if no_cache or out is None or sys.platform == "win32" else read_ledger(course, out),
    )
    wanted = show_progress and sys.stderr is not None and sys.stderr.isatty()
    with few_collections(), Progress(tree, wanted) as progress:
        built = build_site(tree, read_theme(built_in_theme()), options, findings, progress)
    own.close()
    codes.save()
    options.memo.end_build()
    return built


@contextmanager
def few_collections() -> Iterator[None]:
    """Nearly all that a build makes is there until its end: to look through it for what isn't takes a tenth of its
    time. What a page leaves behind is found by looking at the newest alone.
    """
    import gc

    before = gc.get_threshold()
    gc.set_threshold(200_000, 10, 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Rebuild:
    """Builds a course again and again, and goes the short way where only texts have changed."""

    def __init__(self, course: Path, make_options: Callable[[], Options]) -> None:
        from sitegen.folders.drawing import Drawer
        from sitegen.folders.memo import Memo

        self._course, self._make_options = course, make_options
        self._drawer, self._memo = Drawer(), Memo(course, is_lasting=True)
        self._good: Built | None = None
        """The last site without errors that a whole build made, with the texts that were amended since."""
        self._bound: frozenset[str] = frozenset()
        self._changed: set[str] | None = None
        """The files of the course that were saved since; None: any may have been."""

    def __call__(self, touched: frozenset[str] | None) -> Built:
        """`touched` are the files that were saved since the last call; None: any may have been."""
        self._changed = self._changed | touched if self._changed is not None and touched is not None else None
        built = self._amend() or self._build()
        if built.course is not None:
            self._good, self._changed = built, set()
        return built

    def _amend(self) -> Built | None:
        """The site when nothing but some texts' words are others than in the last good one."""
        from sitegen.amend import amend_site

        good, options = self._good, self._make_options()
        if good is None or good.course is None or not self._changed:
            return None
        today = options.today or options.now.astimezone(good.course.facts.timezone).date()
        if today != good.course.today:
            return None
        try:
            contents = {path: self._course.joinpath(*path.split("/")).read_bytes() for path in self._changed}
        except OSError:
            return None
        return amend_site(good, contents, self._bound)

    def _build(self) -> Built:
        from sitegen.amend import list_bound

        options = self._make_options()
        built = build_course(self._course, None, options, show_progress=False, drawer=self._drawer, memo=self._memo)
        self._bound = list_bound(built)
        return built

    def close(self) -> None:
        self._drawer.close()


def built_in_theme() -> Path:
    """The theme's folder: inside the package when installed, at the repository's top in a checkout."""
    package = Path(__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
