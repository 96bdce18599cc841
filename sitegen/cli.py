"""The command line: options in, sentences and an exit status out.

Everything that asks the clock or writes to the terminal is here (and in `serve`, for the preview). Exit status 0: done;
1: the course has errors, or the site couldn't be written; 2: wrong usage.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from sitegen import __version__
from sitegen.config.phrases import parse_date, parse_url
from sitegen.diagnostics import (
    Diagnostic,
    closest,
    count_findings,
    has_errors,
    render_github,
    render_json,
    render_text,
)

if TYPE_CHECKING:
    from sitegen.build import Built
    from sitegen.folders.disk import Tree
    from sitegen.folders.drawing import Drawer
    from sitegen.folders.memo import Memo
    from sitegen.intake import Options
    from sitegen.model import Course

EXIT_ERRORS, EXIT_USAGE = 1, 2
SLOW = 0.7
"""Seconds after which a build on a terminal shows a progress bar."""


class _Phrase(click.ParamType[Any]):
    """An option's value, read by one of the functions of `phrases`."""

    def __init__(self, name: str, parse: Callable[[str], Any], words: str) -> None:
        self.name, self.parse, self.words = name, parse, words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self.parse(value) if isinstance(value, str) else value
        except ValueError as error:
            reason = f": {error}" if str(error) else ""
            self.fail(f'"{value}" isn\'t {self.words}{reason}.', param, ctx)


DATE = _Phrase("YYYY-MM-DD", parse_date, "a date such as 2026-02-03")
URL = _Phrase("URL", parse_url, "a web address such as https://example.edu/course/")

_course = click.argument(
    "course", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[COURSE]"
)
_today = click.option("--today", type=DATE, help="Build as if today were this date.")
_drafts = click.option("--drafts", is_flag=True, help="Publish drafts and what is dated in the future, too.")
_base_url = click.option("--base-url", type=URL, help="Where the site will be read, instead of site.yaml's url.")
_format = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "github", "json"]),
    default="text",
    show_default=True,
    help="How findings are told: for people, as GitHub annotations, or as JSON.",
)
_no_cache = click.option(
    "--no-cache", is_flag=True, help="Read everything anew, and remember nothing for the next build."
)
_strict = click.option("--strict", is_flag=True, help="Let warnings fail, too.")
_quiet = click.option("-q", "--quiet", is_flag=True, help="Say nothing but what makes the command fail.")
_verbose = click.option("-v", "--verbose", is_flag=True, help="Name every file that is written or removed.")


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A course is a folder with a site.yaml in it. Start with: sitegen build, sitegen serve.",
)
@click.version_option(__version__, prog_name="sitegen", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn a course (Markdown lectures, a BibTeX reading list, a YAML schedule) into a website."""


@cli.command()
@_course
@click.option(
    "--out", type=click.Path(path_type=Path), help="The folder to write the site to.  [default: COURSE/_site]"
)
@_base_url
@_today
@_drafts
@_no_cache
@_format
@_strict
@click.option("--no-search", is_flag=True, help="Leave the search index out; search leads to the list of everything.")
@click.option("--zip", "as_zip", is_flag=True, help="Write the site into one file, too, to open from disk: OUT.zip.")
@_quiet
@_verbose
def build(
    course: Path,
    out: Path | None,
    base_url: str | None,
    today: dt.date | None,
    drafts: bool,
    no_cache: bool,
    style: str,
    strict: bool,
    no_search: bool,
    as_zip: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Build the site of COURSE (a folder; this one if not given).

    With any error nothing is published and the last good site stays as it was.
    """
    from sitegen.folders import standstill
    from sitegen.folders.archive import ArchiveFailed, write_archive
    from sitegen.folders.cache import store
    from sitegen.folders.destination import OutputRefused, check_output_folder
    from sitegen.folders.history import list_traces
    from sitegen.folders.indexer import ask_pagefind
    from sitegen.folders.memory import REMEMBERED, keep_memory
    from sitegen.folders.publish import PublishFailed, publish

    started = time.monotonic()
    watch = None if no_cache else standstill.Watch(str(course), [str(path) for path in list_traces(course)])
    target = out if out is not None else course / "_site"
    try:
        check_output_folder(target, course)
    except OutputRefused as refused:
        raise click.UsageError(str(refused)) from None
    options = replace(_options(base_url, today, drafts), ask_pagefind=None if no_search else ask_pagefind)
    built = _build(course, target, options, show_progress=not quiet, no_cache=no_cache)
    said = _tell(_told(built.findings, quiet, strict), built, course, style, sys.stderr)
    if _fails(built.findings, strict):
        _say_unpublished(target, quiet or style != "text")
        raise SystemExit(EXIT_ERRORS)
    try:
        published = publish(target, built.files, course)
    except PublishFailed as failed:
        raise _Failure(str(failed)) from None
    for name in REMEMBERED:
        keep_memory(course, built.files.get(name), name)
    archive = target.with_name(f"{target.name}.zip") if as_zip else None
    if archive and built.course:
        try:
            write_archive(archive, _name_archive(built.course), built.files)
        except ArchiveFailed as failed:
            raise _Failure(str(failed)) from None
    if verbose:
        for verb, paths in (("wrote", published.written), ("removed", published.removed)):
            for path in paths:
                click.echo(f"{verb} {path}")
    if published.foreign and not quiet:
        names = ", ".join(published.foreign[:5]) + (" ..." if len(published.foreign) > 5 else "")
        note = f"Left alone in {target}, because sitegen didn't write it: {names}\n"
        click.echo(note, err=True, nl=False)
        said += note
    if not quiet:
        changes = f"{len(published.written)} written, {published.unchanged} unchanged"
        changes += f", {len(published.removed)} removed" if published.removed else ""
        click.echo(_sum_up(built, target, f"{time.monotonic() - started:.2f}", changes))
    arguments = click.get_current_context().find_object(list)
    if watch and arguments is not None and built.course:
        unchanged = f"0 written, {len(built.files)} unchanged"
        line = "" if quiet else f"{_sum_up(built, target, standstill.SECONDS, unchanged)}\n"
        day = (0.0, math.inf) if today else _day_of(built.course)
        written = [*_written(target, course, built.files), *([str(archive)] if archive else [])]
        record = watch.keep(arguments, written, line, said, day)
        if record is not None:
            store(course, standstill.NAME, record)


def _sum_up(built: Built, target: Path, seconds: str, changes: str) -> str:
    others = len(built.files) - built.pages
    return f"Built {built.pages} pages and {others} other files into {target} in {seconds} s ({changes})."


def _name_archive(course: Course) -> str:
    """The folder in a zip file: `cmsc818q-spring-2026`."""
    from sitegen.texts import slugify

    return slugify(f"{course.facts.code} {course.facts.term}") or "course"


def _day_of(course: Course) -> tuple[float, float]:
    """When the course's today begins and ends, in seconds since 1970."""
    days, zone = (course.today, course.today + dt.timedelta(1)), course.facts.timezone
    begin, end = (dt.datetime.combine(day, dt.time(), zone).timestamp() for day in days)
    return begin, end


def _written(target: Path, course: Path, files: Iterable[str]) -> list[str]:
    """The paths of all that a build leaves: the site, its marker, and what it remembers for the next."""
    from sitegen.folders.destination import MARKER
    from sitegen.folders.memory import FOLDER, REMEMBERED

    kept = [str(file) for name in REMEMBERED if (file := course / FOLDER / name).exists()]
    return [*(f"{target}/{path}" for path in files), str(target / MARKER), *kept]


@cli.command()
@_course
@_today
@_drafts
@_no_cache
@_format
@_strict
@_quiet
def check(
    course: Path, today: dt.date | None, drafts: bool, no_cache: bool, style: str, strict: bool, quiet: bool
) -> None:
    """Check COURSE as `build` does, and publish nothing."""
    built = _build(course, None, _options(None, today, drafts), show_progress=not quiet, no_cache=no_cache)
    _tell(_told(built.findings, quiet, strict), built, course, style, sys.stdout)
    if _fails(built.findings, strict):
        raise SystemExit(EXIT_ERRORS)
    if style == "text" and not quiet:
        click.echo("" if built.findings else f"No mistakes found in {built.pages} pages.", nl=not built.findings)


@cli.command()
@_course
@click.option("--out", type=click.Path(path_type=Path), help="The folder of the site.  [default: COURSE/_site]")
def clean(course: Path, out: Path | None) -> None:
    """Remove what `build` made of COURSE: the site, and what it remembered to be quicker.

    The calendar as it was published last stays: without it, subscribers would see events begin anew.
    """
    from sitegen.folders.cache import remove_cache
    from sitegen.folders.destination import MARKER, OutputRefused
    from sitegen.folders.publish import PublishFailed, publish

    target = out if out is not None else course / "_site"
    try:
        removed = publish(target, {}, course).removed if (target / MARKER).exists() else ()
    except OutputRefused as refused:
        raise click.UsageError(str(refused)) from None
    except PublishFailed as failed:
        raise _Failure(str(failed)) from None
    if removed:
        (target / MARKER).unlink(missing_ok=True)
        with suppress(OSError):  # what others put there stays
            target.rmdir()
    remove_cache(course)
    click.echo(f"Removed {len(removed)} files from {target}, and what was remembered of earlier builds.")


@cli.command()
@_course
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.option(
    "--editor",
    default="vscode",
    envvar="SITEGEN_EDITOR",
    show_default=True,
    show_envvar=True,
    help="The editor that mistakes in the browser lead to: its name, or its address with {path}, {line} and {column}.",
)
@_today
@_drafts
def serve(
    course: Path, port: int, host: str, open_browser: bool, editor: str, today: dt.date | None, drafts: bool
) -> None:
    """Show COURSE in a browser and keep it in step with every save."""
    from sitegen.build import Built, index_course
    from sitegen.folders.drawing import Drawer
    from sitegen.folders.history import list_traces
    from sitegen.folders.indexer import ask_pagefind
    from sitegen.preview.editors import editor_template
    from sitegen.preview.ports import NoPort
    from sitegen.serve import Preview

    try:
        template = editor_template(editor)
    except ValueError as problem:
        raise click.BadParameter(f'"{editor}" isn\'t an editor: {problem}.', param_hint="--editor") from None
    drawer = Drawer()

    def tell(findings: Sequence[Diagnostic], sources: Mapping[str, str]) -> None:
        with suppress(OSError):  # a closed terminal ends nothing
            _tell(list(findings), Built({}, list(findings), sources), course, "text", sys.stderr)

    preview = Preview(
        course,
        build=lambda _: _build(course, None, _options(None, today, drafts), show_progress=False, drawer=drawer),
        index=lambda shown: index_course(shown, ask_pagefind),
        tell=tell,
        traces=lambda: list_traces(course),
        editor=template,
        follows_date=today is None,
    )
    try:
        preview.run(host, port, open_browser)
    except NoPort as problem:
        raise click.UsageError(str(problem)) from None
    finally:
        drawer.close()


@cli.command()
@click.argument("slug", required=False)
def explain(slug: str | None) -> None:
    """Tell more about a kind of finding: why it matters, with an example. Without SLUG, list all kinds."""
    from sitegen.catalogue import explain_rule, list_rules

    rules = list_rules()
    if slug is None:
        width = max(map(len, rules))
        for rule in rules.values():
            click.echo(f"{rule.slug:{width}}  {rule.severity}")
    elif slug in rules:
        click.echo(explain_rule(rules[slug]), nl=False)
    else:
        near = closest(slug, rules)
        hint = f'Did you mean "{near}"?' if near else "sitegen explain lists all of them."
        raise click.UsageError(f'There is no finding "{slug}". {hint}')


@cli.command()
def schema() -> None:
    """Print the JSON Schema of site.yaml, with which editors check and complete it."""
    import json

    from sitegen.config.settings import site_schema

    click.echo(json.dumps(site_schema(), indent=2))


@cli.command()
@click.argument("name", required=False)
@click.option(
    "--copy",
    "course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Copy the file into the templates folder of this course, to change it there.",
)
def theme(name: str | None, course: Path | None) -> None:
    """List the files of the built-in theme. With NAME, print one, or copy it into a course."""
    from sitegen.folders.disk import read_theme
    from sitegen.outputs.theme import FOLDER, describe

    files = read_theme(built_in_theme())
    if name is None:
        if course is not None:
            raise click.UsageError("Name the file to copy. sitegen theme lists all of them.")
        width = max(map(len, files))
        for path, content in files.items():
            click.echo(f"{path:{width}}  {describe(path, content)}".rstrip())
        return
    path = name.removeprefix(FOLDER)
    if path not in files:
        near = closest(path, files)
        hint = f'Did you mean "{near}"?' if near else "sitegen theme lists all files."
        raise click.UsageError(f'The theme has no file "{name}". {hint}')
    if course is None:
        click.echo(files[path], nl=False)
        return
    target = course / FOLDER / path
    if target.exists() and target.read_bytes() != files[path]:
        raise click.UsageError(f"{target} is there already and differs. Remove it first to start anew.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(files[path])
    click.echo(f"{target} is yours now. Remove it, and the built-in one is back.")


@cli.group()
def export() -> None:
    """Print what other programs can load."""


@export.command()
@_course
@click.option(
    "--format",
    "style",
    type=click.Choice(["json", "csv"]),
    default="json",
    show_default=True,
    help="JSON as HotCRP loads it, or a table.",
)
@click.option("--session", default="", metavar="ID", help="Only the papers of this session.")
@click.option("--per-session", is_flag=True, help="One file a session, in the folder --out.")
@click.option("--required", is_flag=True, help="Only papers that are reviewed, not optional ones.")
@click.option("--all", "further", is_flag=True, help="Papers that no session reads, too.")
@click.option("--out", type=click.Path(path_type=Path), help="The file, or the folder, to write to.")
def papers(
    course: Path, style: str, session: str, per_session: bool, required: bool, further: bool, out: Path | None
) -> None:
    """Print the papers of COURSE for HotCRP, in the order in which they are read."""
    from sitegen.build import Built
    from sitegen.folders.disk import read_course
    from sitegen.intake import read_course_model
    from sitegen.outputs.hotcrp import Choice, choose_papers, papers_csv, papers_json, sessions_with_papers
    from sitegen.texts import slugify, unique

    if per_session and (out is None or session or further):
        raise click.UsageError("--per-session needs a folder, --out, and takes neither --session nor --all.")
    tree, findings = read_course(course, None)
    read = read_course_model(tree, _options(None, None, False))
    model, findings = read.course, [*findings, *read.findings]
    if model is None or has_errors(findings):
        sources = {path: content.decode("utf-8", "replace") for path, content in tree.texts.items()}
        _tell(_told(findings, True, False), Built({}, findings, sources), course, "text", sys.stderr)
        raise SystemExit(EXIT_ERRORS)
    ids = sessions_with_papers(model, Choice(required=required))
    if session and session not in ids:
        near = closest(session, ids)
        hint = f'Did you mean "{near}"?' if near else "A session's id is given in site.yaml, or made from its topic."
        raise click.UsageError(f'No session "{session}" reads papers. {hint}')
    write = papers_json if style == "json" else papers_csv
    if per_session and out is not None:
        out.mkdir(parents=True, exist_ok=True)
        taken: set[str] = set()
        for name in ids:
            file = unique(slugify(name) or "session", taken)
            chosen = choose_papers(model, Choice(name, required))
            (out / f"{file}.{style}").write_bytes(write(model, chosen).encode())
        click.echo(f"Wrote the papers of {len(ids)} sessions into {out}.")
        return
    chosen = choose_papers(model, Choice(session, required, further))
    text = write(model, chosen).encode()
    if out is None:
        click.echo(text, nl=False)  # bytes: UTF-8 whatever the terminal speaks
    else:
        out.write_bytes(text)
        click.echo(f"Wrote {len(chosen)} papers to {out}.")


class _Failure(click.ClickException):
    """Something outside the course went wrong: a full disk, a folder that can't be written."""

    exit_code = EXIT_ERRORS


def _options(base_url: str | None, today: dt.date | None, drafts: bool) -> Options:
    from sitegen.intake import Options

    return Options(dt.datetime.now(dt.UTC), today, base_url, drafts)


def _build(
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
    with _Progress(tree, show_progress and sys.stderr is not None and sys.stderr.isatty()) as progress:
        built = build_site(tree, read_theme(built_in_theme()), options, findings, progress)
    own.close()
    options.memo.end_build()
    return built


def built_in_theme() -> Path:
    """The theme's folder: inside the package when installed, at the repository's top in a checkout."""
    package = Path(__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


# --- what is said -------------------------------------------------------------------------------


def _tell(findings: list[Diagnostic], built: Built, course: Path, style: str, stream: TextIO) -> str:
    """Tells the findings in the chosen style, and returns what it told."""
    color, words = _wants_color(stream), ""
    if style == "json":
        words = render_json(findings)
    elif style == "github":
        words = render_github(findings, _repository_prefix(course))
    elif findings:
        words = f"{render_text(findings, built.sources, color)}\n{count_findings(findings)}.\n"
    click.echo(words, file=stream, nl=False, color=color)
    return words


def _told(findings: list[Diagnostic], quiet: bool, strict: bool) -> list[Diagnostic]:
    """With `quiet`, only what makes the command fail."""
    return [finding for finding in findings if _fails([finding], strict)] if quiet else findings


def _repository_prefix(course: Path) -> str:
    """The course folder's path from the working folder, which on GitHub is the repository's top."""
    try:
        relative = course.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return ""
    return "" if relative == "." else f"{relative}/"


def _fails(findings: list[Diagnostic], strict: bool) -> bool:
    return has_errors(findings) or (strict and any(finding.severity == "warning" for finding in findings))


def _say_unpublished(target: Path, quiet: bool) -> None:
    if not quiet:
        kept = f" {target} is as it was." if target.exists() else ""
        click.echo(f"Nothing was published.{kept}", err=True)


def _wants_color(stream: TextIO | None) -> bool:
    """Colour only on a terminal, and never where NO_COLOR is set (https://no-color.org)."""
    if stream is None:
        return False  # closed by the shell: 2>&-
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class _Progress:
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


def _say_os_error(error: OSError) -> int:
    place = f" at {error.filename}" if error.filename else ""
    with suppress(OSError):
        click.echo(f"Error: the computer says: {error.strerror or error}{place}.", err=True)
    return EXIT_ERRORS


def main() -> None:
    """The `sitegen` command. A fault of ours says that it is ours."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal or pipe that isn't UTF-8
    try:
        cli(prog_name="sitegen", obj=sys.argv[1:])
    except OSError as error:  # a closed terminal, a full disk behind a pipe, a working folder that is gone
        raise SystemExit(_say_os_error(error)) from None
    except Exception:  # noqa: BLE001 (the last door before the terminal)
        import traceback

        traceback.print_exc()
        click.echo("\nThis is a fault in sitegen, not in your course. Please report it with the lines above.", err=True)
        raise SystemExit(EXIT_ERRORS) from None
