"""Commands beside building: findings explained, site.yaml's schema, the theme's files, papers for other programs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sitegen.arguments import COURSE
from sitegen.console import EXIT_ERRORS, tell, told
from sitegen.workshop import built_in_theme, make_options


@click.command()
@click.argument("slug", required=False)
def explain(slug: str | None) -> None:
    """Tell more about a kind of finding: why it matters, with an example. Without SLUG, list all kinds."""
    from sitegen.catalogue import explain_rule, list_rules
    from sitegen.diagnostics import closest

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


@click.command()
def schema() -> None:
    """Print the JSON Schema of site.yaml, with which editors check and complete it."""
    import json

    from sitegen.config.settings import site_schema

    click.echo(json.dumps(site_schema(), indent=2))


@click.command()
@click.argument("name", required=False)
@click.option(
    "--copy",
    "course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Copy the file into the templates folder of this course, to change it there.",
)
def theme(name: str | None, course: Path | None) -> None:
    """List the files of the built-in theme. With NAME, print one, or copy it into a course."""
    from sitegen.diagnostics import closest
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


@click.group()
def export() -> None:
    """Print what other programs can load."""


@export.command()
@COURSE
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
    from sitegen.diagnostics import closest, has_errors
    from sitegen.folders.disk import read_course
    from sitegen.intake import read_course_model
    from sitegen.outputs.hotcrp import Choice, choose_papers, papers_csv, papers_json, sessions_with_papers
    from sitegen.texts import slugify, unique

    if per_session and (out is None or session or further):
        raise click.UsageError("--per-session needs a folder, --out, and takes neither --session nor --all.")
    tree, findings = read_course(course, None)
    read = read_course_model(tree, make_options(None, None, False))
    model, findings = read.course, [*findings, *read.findings]
    if model is None or has_errors(findings):
        sources = {path: content.decode("utf-8", "replace") for path, content in tree.texts.items()}
        tell(told(findings, True, False), sources, course, "text", sys.stderr)
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
