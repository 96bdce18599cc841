"""The command line: options in, sentences and an exit status out.

Everything that asks the clock or writes to the terminal is here (and in `serve`, for the preview). Exit status 0: done;
1: the course has errors, or the site couldn't be written; 2: wrong usage.
"""

from __future__ import annotations

import datetime as dt
import math
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitegen import __version__
from sitegen.arguments import BASE_URL, COURSE, DRAFTS, FORMAT, NO_CACHE, QUIET, STRICT, TODAY, VERBOSE
from sitegen.console import EXIT_ERRORS, Failure, fails, say_os_error, say_unpublished, tell, told
from sitegen.extras import explain, export, schema, theme
from sitegen.values import replace
from sitegen.workshop import Rebuild, build_course, few_collections, make_options

if TYPE_CHECKING:
    from sitegen.build import Built
    from sitegen.diagnostics import Diagnostic
    from sitegen.model import Course


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A course is a folder with a site.yaml in it. Start with: sitegen build, sitegen serve.",
)
@click.version_option(__version__, prog_name="sitegen", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn a course (Markdown lectures, a BibTeX reading list, a YAML schedule) into a website."""


@cli.command()
@COURSE
@click.option(
    "--out", type=click.Path(path_type=Path), help="The folder to write the site to.  [default: COURSE/_site]"
)
@BASE_URL
@TODAY
@DRAFTS
@NO_CACHE
@FORMAT
@STRICT
@click.option("--no-search", is_flag=True, help="Leave the search index out; search leads to the list of everything.")
@click.option("--zip", "as_zip", is_flag=True, help="Write the site into one file, too, to open from disk: OUT.zip.")
@QUIET
@VERBOSE
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
    from sitegen.folders.cache import store
    from sitegen.folders.destination import OutputRefused, check_output_folder
    from sitegen.folders.history import list_traces
    from sitegen.folders.indexer import ask_pagefind, identify_pagefind
    from sitegen.folders.ledger import keep_ledger
    from sitegen.folders.memory import REMEMBERED, keep_memory
    from sitegen.folders.publish import PublishFailed, publish_signed
    from sitegen.folders.spool import Spool
    from sitegen.shortcut import leave_frames

    started = time.monotonic()
    context = click.get_current_context()
    context.with_resource(few_collections())
    watch = None if no_cache else standstill.Watch(str(course), [str(path) for path in list_traces(course)])
    target = out if out is not None else course / "_site"
    try:
        check_output_folder(target, course)
    except OutputRefused as refused:
        raise click.UsageError(str(refused)) from None
    options = make_options(base_url, today, drafts)
    if not no_search:
        options = replace(options, ask_pagefind=ask_pagefind, pagefind=identify_pagefind())
    spool = None if no_cache or as_zip else Spool(course, target)
    if spool:
        context.call_on_close(spool.close)
    built = build_course(course, target, options, show_progress=not quiet, no_cache=no_cache, spool=spool)
    said = tell(told(built.findings, quiet, strict), built.sources, course, style, sys.stderr)
    if fails(built.findings, strict):
        say_unpublished(target, quiet or style != "text")
        raise SystemExit(EXIT_ERRORS)
    try:
        published, placed = publish_signed(target, built.files, course)
    except PublishFailed as failed:
        raise Failure(str(failed)) from None
    if not no_cache:
        keep_ledger(course, target, built.recipes, placed, built.ledger)
    for name in REMEMBERED:
        keep_memory(course, built.files.get(name), name)
    archive = target.with_name(f"{target.name}.zip") if as_zip else None
    if archive and built.course:
        from sitegen.folders.archive import ArchiveFailed, write_archive

        try:
            write_archive(archive, _name_archive(built.course), built.files)
        except ArchiveFailed as failed:
            raise Failure(str(failed)) from None
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
        click.echo(_sum_up(built, target, archive, f"{time.monotonic() - started:.2f}", changes))
    arguments = context.find_object(list)
    if watch and arguments is not None and built.course:
        changes = f"{standstill.WRITTEN} written, {standstill.UNCHANGED} unchanged"
        line = "" if quiet else f"{_sum_up(built, target, archive, standstill.SECONDS, changes)}\n"
        day = (0.0, math.inf) if today else _day_of(built.course)
        written = [*_written(target, course, built.files), *([str(archive)] if archive else [])]
        term = built.course.term
        record = watch.keep(
            arguments,
            written,
            line,
            said,
            day,
            len(built.files),
            leave_frames(course, built),
            # What else a build does with a site that has changed is left to a whole build.
            is_short=no_search and not (as_zip or verbose),
            out=str(target),
            language=str(built.course.facts.language),
            macros=built.macros,
            term=(term.start.toordinal(), term.end.toordinal()) if term else None,
        )
        if record is not None:
            store(course, standstill.NAME, record)


def _sum_up(built: Built, target: Path, archive: Path | None, seconds: str, changes: str) -> str:
    others = len(built.files) - built.pages
    places = f"{target} and {archive.name}" if archive else str(target)
    return f"Built {built.pages} pages and {others} other files into {places} in {seconds} s ({changes})."


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
@COURSE
@TODAY
@DRAFTS
@NO_CACHE
@FORMAT
@STRICT
@QUIET
def check(
    course: Path, today: dt.date | None, drafts: bool, no_cache: bool, style: str, strict: bool, quiet: bool
) -> None:
    """Check COURSE as `build` does, and publish nothing."""
    built = build_course(course, None, make_options(None, today, drafts), show_progress=not quiet, no_cache=no_cache)
    tell(told(built.findings, quiet, strict), built.sources, course, style, sys.stdout)
    if fails(built.findings, strict):
        raise SystemExit(EXIT_ERRORS)
    if style == "text" and not quiet:
        click.echo("" if built.findings else f"No mistakes found in {built.pages} pages.", nl=not built.findings)


@cli.command()
@COURSE
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
        raise Failure(str(failed)) from None
    if removed:
        (target / MARKER).unlink(missing_ok=True)
        with suppress(OSError):  # what others put there stays
            target.rmdir()
    remove_cache(course)
    click.echo(f"Removed {len(removed)} files from {target}, and what was remembered of earlier builds.")


@cli.command()
@COURSE
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
@TODAY
@DRAFTS
def serve(
    course: Path, port: int, host: str, open_browser: bool, editor: str, today: dt.date | None, drafts: bool
) -> None:
    """Show COURSE in a browser and keep it in step with every save."""
    from sitegen.folders.history import list_traces
    from sitegen.folders.indexer import ask_pagefind
    from sitegen.indexing import index_course
    from sitegen.preview.editors import editor_template
    from sitegen.preview.ports import NoPort
    from sitegen.serve import Preview

    try:
        template = editor_template(editor)
    except ValueError as problem:
        raise click.BadParameter(f'"{editor}" isn\'t an editor: {problem}.', param_hint="--editor") from None
    rebuild = Rebuild(course, lambda: make_options(None, today, drafts))

    def tell_preview(findings: Sequence[Diagnostic], sources: Mapping[str, str]) -> None:
        with suppress(OSError):  # a closed terminal ends nothing
            tell(findings, sources, course, "text", sys.stderr)

    preview = Preview(
        course,
        build=rebuild,
        index=lambda shown: index_course(shown, ask_pagefind),
        tell=tell_preview,
        traces=lambda: list_traces(course),
        editor=template,
        follows_date=today is None,
    )
    try:
        preview.run(host, port, open_browser)
    except NoPort as problem:
        raise click.UsageError(str(problem)) from None
    finally:
        rebuild.close()


for command in (explain, schema, theme, export):
    cli.add_command(command)


def main() -> None:
    """The `sitegen` command. A fault of ours says that it is ours."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal or pipe that isn't UTF-8
    try:
        cli(prog_name="sitegen", obj=sys.argv[1:])
    except OSError as error:  # a closed terminal, a full disk behind a pipe, a working folder that is gone
        raise SystemExit(say_os_error(error)) from None
    except Exception:  # noqa: BLE001 (the last door before the terminal)
        import traceback

        traceback.print_exc()
        click.echo("\nThis is a fault in sitegen, not in your course. Please report it with the lines above.", err=True)
        raise SystemExit(EXIT_ERRORS) from None
