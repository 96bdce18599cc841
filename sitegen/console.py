"""What commands say on the terminal: findings, progress, and why a command fails.

Exit status 0: done; 1: the course has errors, or the site couldn't be written; 2: wrong usage (click's own).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from sitegen.diagnostics import Diagnostic
    from sitegen.folders.disk import Tree

EXIT_ERRORS = 1
SLOW = 0.7
"""Seconds after which a build on a terminal shows a progress bar."""


class Failure(click.ClickException):
    """Something outside the course went wrong: a full disk, a folder that can't be written."""

    exit_code = EXIT_ERRORS


def tell(findings: Sequence[Diagnostic], sources: Mapping[str, str], course: Path, style: str, stream: TextIO) -> str:
    """Tells the findings in the chosen style, with lines of `sources` (text by path), and returns what it told."""
    from sitegen.diagnostics import count_findings, render_github, render_json, render_text

    color, words = wants_color(stream), ""
    if style == "json":
        words = render_json(findings)
    elif style == "github":
        words = render_github(findings, _repository_prefix(course))
    elif findings:
        words = f"{render_text(findings, sources, color)}\n{count_findings(findings)}.\n"
    click.echo(words, file=stream, nl=False, color=color)
    return words


def told(findings: list[Diagnostic], quiet: bool, strict: bool) -> list[Diagnostic]:
    """With `quiet`, only what makes the command fail."""
    return [finding for finding in findings if fails([finding], strict)] if quiet else findings


def _repository_prefix(course: Path) -> str:
    """The course folder's path from the working folder, which on GitHub is the repository's top."""
    try:
        relative = course.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return ""
    return "" if relative == "." else f"{relative}/"


def fails(findings: list[Diagnostic], strict: bool) -> bool:
    from sitegen.diagnostics import has_errors

    return has_errors(findings) or (strict and any(finding.severity == "warning" for finding in findings))


def say_unpublished(target: Path, quiet: bool) -> None:
    if not quiet:
        kept = f" {target} is as it was." if target.exists() else ""
        click.echo(f"Nothing was published.{kept}", err=True)


def wants_color(stream: TextIO | None) -> bool:
    """Colour only on a terminal, and never where NO_COLOR is set (https://no-color.org)."""
    if stream is None:
        return False  # closed by the shell: 2>&-
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Progress:
    """A bar on the terminal for builds that take long; silent otherwise."""

    def __init__(self, tree: Tree, enabled: bool) -> None:
        texts = len(tree.texts)
        self.expected = 2 * texts + 10
        self.enabled, self.done, self.started = enabled, 0, time.monotonic()
        self.bar: Any = None

    def __enter__(self) -> Callable[[str], None]:
        return self.step

    def step(self, name: str) -> None:
        self.done += 1
        if not self.enabled or time.monotonic() - self.started < SLOW:
            return
        if self.bar is None:
            self.bar = click.progressbar(length=self.expected, label="Building", file=sys.stderr)
            self.bar.update(min(self.done, self.expected))
        elif self.bar.pos < self.expected:
            self.bar.update(1)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.update(self.expected - self.bar.pos)
            self.bar.render_finish()


def say_os_error(error: OSError) -> int:
    place = f" at {error.filename}" if error.filename else ""
    with suppress(OSError):
        click.echo(f"Error: the computer says: {error.strerror or error}{place}.", err=True)
    return EXIT_ERRORS
