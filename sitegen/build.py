"""The one composition: a course's files in, the site's files and all findings out.

What is read becomes a course in `intake`, publishing is `publish`, asking the clock is `cli`. A new output is one
function and one line in `OUTPUTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from sitegen.addresses import asset_path
from sitegen.bib.bibbytes import decode_bytes
from sitegen.bib.bibentry import BIB_FILE
from sitegen.catalogue import list_rules
from sitegen.course.clashes import SAME_ADDRESS
from sitegen.diagnostics import Diagnostic, Span, has_errors, in_file_order
from sitegen.folders.destination import clashing_paths, output_path_problem
from sitegen.folders.disk import Asset, Tree
from sitegen.folders.history import Change
from sitegen.folders.kept import Kept, Spooled
from sitegen.folders.ledger import Ledger
from sitegen.hosts import check_files
from sitegen.indexing import find_index
from sitegen.intake import Options, Progress, read_course_model
from sitegen.making import Made, PageMarks, make_files, unchecked
from sitegen.mathml import Macros
from sitegen.model import Course
from sitegen.outputs import calendars, cards, decks, exports, feeds, pages, readings, search, subscribe, transcripts
from sitegen.outputs.copying import add_script, find_copying
from sitegen.outputs.editing import check_editing
from sitegen.outputs.frames import Output
from sitegen.outputs.links import BAD_ADDRESS, check_links
from sitegen.outputs.palette import check_accent
from sitegen.outputs.policy import protect
from sitegen.outputs.theme import FOLDER, Theme
from sitegen.severity import check_checks, hold_back, weigh
from sitegen.values import Value, field

File: TypeAlias = "bytes | Asset | Kept | Spooled"

OUTPUTS: tuple[Callable[[Course, Theme], Output], ...] = (
    pages.not_found,  # first, because what it loads and compiles a second process has, too
    cards.cards,  # then what takes longest alone: the first one loads what draws
    readings.readings,
    calendars.feeds,
    pages.home,
    search.search,
    pages.schedule,
    transcripts.transcripts,
    readings.papers,
    pages.lectures_index,
    pages.lectures,
    decks.decks,
    pages.plain_pages,
    pages.announcements,
    pages.redirects,
    pages.static_files,
    subscribe.subscribe,
    feeds.feed,
    transcripts.texts,
    transcripts.llms,
    cards.icons,
    exports.reading_list,
    exports.sitemap,
    exports.robots,
    exports.manifest,
)


class Built(Value):
    """A build's outcome. `files` is empty when the findings have an error."""

    files: Mapping[str, File]
    """What is `Kept` stands in the output folder already."""
    findings: list[Diagnostic]
    """In file order."""
    sources: Mapping[str, str] = field(factory=dict)
    """Text of the course's files by path, to show lines from."""
    pages: int = 0
    course: Course | None = None
    """What `files` show; None without them."""
    macros: Macros = ()
    """The course's own commands in formulas."""
    history: Mapping[str, Change] = field(factory=dict)
    """The commit that made each text what it was when it was committed."""
    recipes: Mapping[str, bytes] = field(factory=dict)
    """The digests of the files' recipes, by published path, as far as there are any."""
    ledger: Ledger = field(factory=Ledger)
    """What the next build is to know of this one's links."""


def build_site(
    tree: Tree,
    theme: Mapping[str, bytes],
    options: Options,
    known: Sequence[Diagnostic] = (),
    progress: Progress = lambda _: None,
) -> Built:
    """The site of the course in `tree`, with the built-in theme in `theme` (paths inside its folder).

    `known` are findings made while the tree was read; an error among them stops the build, too.
    """
    sources = _Texts(tree.texts)
    read = read_course_model(tree, options, progress)
    course, settings, findings = read.course, read.settings, [*known, *read.findings]
    files: dict[str, File] = {}
    recipes: Mapping[str, bytes] = {}
    page_count, ledger = 0, Ledger()
    own = {path.removeprefix(FOLDER): text for path, text in tree.texts.items() if path.startswith(FOLDER)}
    themed = Theme(theme, own, finish_page, options.memo.remember, options.codes, options.memo.open_sheet)
    if course is not None:
        findings += [*check_accent(course.facts.accent, themed), *check_editing(course.facts)]
    if course is not None and not has_errors(findings):
        findings += [*themed.check_names(theme, own), *check_files(own, FOLDER)]
        made = make_files(OUTPUTS, course, themed, options.memo, options.ledger, options.spool, progress)
        rendered, recipes, problems = made.files, made.recipes, [made.fault.finding] if made.fault else []
        findings += problems
        if not problems:
            index = find_index(course, made, options.ask_pagefind, options.pagefind, options.ledger)
            recipes = {**recipes, **index.recipes}
            findings += index.findings
            assets = {path: asset for path, asset in tree.assets.items() if path not in course.withheld}
            files = {**rendered, **index.files}
            files |= {asset_path(path): asset for path, asset in assets.items()}
            files |= read.made
            findings += _check_files(course, rendered, files, options.ledger)
            problems, ledger = _follow_links(course, made, files, sources, options)
            findings += problems
        page_count = sum(path.endswith(".html") for path in rendered)
    if settings is not None:
        findings = hold_back(findings, settings.unreadable)
        findings += check_checks(settings.checks, list_rules, sources)
        findings = weigh(findings, settings.checks, sources)
    findings = in_file_order(findings)
    if has_errors(findings):
        return Built({}, findings, sources, page_count)
    macros = settings.math.macros if settings else ()
    return Built(files, findings, sources, page_count, course, macros, options.history, recipes, ledger)


class _Texts(Mapping[str, str]):
    """The course's files as text, decoded when one is asked for: few are. Fonts in templates/ are none."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        fonts = {path for path, content in files.items() if path.startswith(FOLDER) and b"\0" in content}
        self._files = {path: content for path, content in files.items() if path not in fonts} if fonts else files

    def __getitem__(self, path: str) -> str:
        content = self._files[path]
        return decode_bytes(content)[0] if path == BIB_FILE else content.decode("utf-8", "replace")

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def finish_page(html: str) -> str:
    """A page with what it says of itself: the script that it needs, and a policy that allows nothing else."""
    script = find_copying(html)
    return add_script(protect(html, script), script)


def _check_files(
    course: Course, rendered: Mapping[str, File], files: Mapping[str, File], ledger: Ledger
) -> list[Diagnostic]:
    """What can't be published side by side, or at all. What was published last time could be."""
    source_of = _sources_of(course)
    findings = []
    for path, asset in files.items():
        if isinstance(asset, Asset) and path in rendered:
            message = f"{asset.path} would be published at /{path}, where sitegen puts a file of its own."
            help_line = "Rename it. What replaces a part of the theme goes to templates/."
            findings.append(SAME_ADDRESS.at(Span(asset.path), message, help_line))
        problem = None if path in ledger.files else output_path_problem(path)
        if problem:
            source = asset.path if isinstance(asset, Asset) else source_of.get(path, path)
            findings.append(BAD_ADDRESS.at(Span(source), problem, "Rename the file."))
    for one, other in [] if files.keys() <= ledger.files.keys() else clashing_paths(files):
        message = f"/{one} and /{other} can't both be published on every system."
        findings.append(BAD_ADDRESS.at(Span(source_of.get(other, other)), message, "Rename one of the two."))
    return findings


def _follow_links(
    course: Course, made: Made, files: Mapping[str, File], texts: Mapping[str, str], options: Options
) -> tuple[list[Diagnostic], Ledger]:
    """What is wrong with the links of the finished site, and what the next build is to know of it."""
    base = urlsplit(course.base_url).path or "/"
    marks = PageMarks(made, options.memo)
    pages = unchecked(made, marks, options.memo, options.ledger, files)
    dead = check_links(marks, files.keys(), _sources_of(course), base, texts, pages)
    ids = {path: frozenset(marks[path][1]) for path in marks if path not in made.recipes}
    return dead, Ledger(ids=ids, is_sound=not dead)


def _sources_of(course: Course) -> dict[str, str]:
    """The source of each page that has one, by its published path."""
    return {page.path: page.source for page in (*course.pages, *course.lectures)}
