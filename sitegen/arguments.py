"""What commands take: arguments and options that several have in common, and the types of their values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


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


def _parse_date(text: str) -> dt.date:
    from sitegen.config.phrases import parse_date

    return parse_date(text)


def _parse_url(text: str) -> str:
    from sitegen.config.phrases import parse_url

    return parse_url(text)


DATE = _Phrase("YYYY-MM-DD", _parse_date, "a date such as 2026-02-03")
URL = _Phrase("URL", _parse_url, "a web address such as https://example.edu/course/")

COURSE = click.argument(
    "course", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[COURSE]"
)
TODAY = click.option("--today", type=DATE, help="Build as if today were this date.")
DRAFTS = click.option("--drafts", is_flag=True, help="Publish drafts and what is dated in the future, too.")
BASE_URL = click.option("--base-url", type=URL, help="Where the site will be read, instead of site.yaml's url.")
FORMAT = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "github", "json"]),
    default="text",
    show_default=True,
    help="How findings are told: for people, as GitHub annotations, or as JSON.",
)
NO_CACHE = click.option(
    "--no-cache", is_flag=True, help="Read everything anew, and remember nothing for the next build."
)
STRICT = click.option("--strict", is_flag=True, help="Let warnings fail, too.")
QUIET = click.option("-q", "--quiet", is_flag=True, help="Say nothing but what makes the command fail.")
VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Name every file that is written or removed.")
