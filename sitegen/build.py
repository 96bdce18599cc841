"""The one composition: a course's files in, the site's files and all findings out.

Pure but for reading the assets' sizes before this; publishing is `publish`, asking the clock is
`cli`. A new output is one function and one line in `OUTPUTS`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sitegen.addresses import CONTENT, asset_path
from sitegen.bib.bibliography import BIB_FILE, read_bibliography
from sitegen.catalogue import list_rules
from sitegen.config.settings import SITE_FILE, read_settings
from sitegen.course.checks import check_course
from sitegen.course.resolve import Sources, resolve_course
from sitegen.course.timetable import plan_term
from sitegen.diagnostics import Diagnostic, Span, has_errors, in_file_order
from sitegen.folders.destination import clashing_paths, output_path_problem
from sitegen.folders.disk import Asset, Tree
from sitegen.model import Announcement, Course, Document, Paper
from sitegen.outputs import exports, pages, readings
from sitegen.outputs.links import BAD_ADDRESS, check_links
from sitegen.outputs.theme import FOLDER, TemplateFault, Theme
from sitegen.plan import Settings
from sitegen.prose.documents import read_announcements, read_document
from sitegen.prose.proofread import TermDays, proofread
from sitegen.severity import check_checks, hold_back, weigh
from sitegen.texts import decode

OUTPUTS: tuple[Callable[[Course, Theme], Iterator[tuple[str, bytes]]], ...] = (
    pages.home,
    pages.schedule,
    readings.readings,
    readings.papers,
    pages.lectures_index,
    pages.lectures,
    pages.plain_pages,
    pages.announcements,
    pages.search,
    pages.not_found,
    pages.redirects,
    pages.static_files,
    exports.reading_list,
    exports.sitemap,
    exports.robots,
)

ANNOUNCEMENTS_FILE = f"{CONTENT}announcements.md"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about a build."""

    now: dt.datetime
    """Aware; today is its date in the course's time zone."""
    today: dt.date | None = None
    """Instead of `now`'s date."""
    base_url: str | None = None
    """Instead of site.yaml's `course: url`."""
    drafts: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """A build's outcome. `files` is empty when the findings have an error."""

    files: Mapping[str, bytes | Asset]
    findings: list[Diagnostic]
    """In file order."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Text of the course's files by path, to show lines from."""
    pages: int = 0


Progress = Callable[[str], None]
"""Told the name of each text and each output as it is done."""


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
    sources = {path: content.decode("utf-8", "replace") for path, content in tree.texts.items()}
    course, settings, findings = read_course_model(tree, options, progress)
    findings = [*known, *findings]
    files: dict[str, bytes | Asset] = {}
    page_count = 0
    if course is not None and not has_errors(findings):
        own = {path.removeprefix(FOLDER): text for path, text in tree.texts.items() if path.startswith(FOLDER)}
        themed = Theme(theme, own)
        findings += themed.check_names(theme, own)
        rendered, problems = _render(course, themed, progress)
        findings += problems
        if not problems:
            files = {**rendered, **{asset_path(path): asset for path, asset in tree.assets.items()}}
            findings += _check_site(course, rendered, files, sources)
        page_count = sum(path.endswith(".html") for path in rendered)
    if settings is not None:
        findings = hold_back(findings, settings.unreadable)
        findings += check_checks(settings.checks, list_rules(), sources)
        findings = weigh(findings, settings.checks, sources)
    findings = in_file_order(findings)
    return Built({} if has_errors(findings) else files, findings, sources, page_count)


def read_course_model(
    tree: Tree, options: Options, progress: Progress = lambda _: None
) -> tuple[Course | None, Settings | None, list[Diagnostic]]:
    """The resolved course; None when site.yaml's own facts can't be read."""
    settings, findings = read_settings(tree.texts.get(SITE_FILE))
    papers: dict[str, Paper] = {}
    if BIB_FILE in tree.texts:
        papers, problems = read_bibliography(tree.texts[BIB_FILE])
        findings += problems
        progress(BIB_FILE)
    documents: list[Document] = []
    announcements: list[Announcement] = []
    intro: Document | None = None
    unreadable: set[str] = set()
    for path, content in tree.texts.items():
        if not (path.startswith(CONTENT) and path.endswith(".md")):
            continue
        if path == ANNOUNCEMENTS_FILE:
            intro, announcements, problems = read_announcements(content, path)
        else:
            document, problems = read_document(content, path)
            if document:
                documents.append(document)
            else:
                unreadable.add(path)
        findings += problems
        progress(path)
    is_partial = settings is None
    if settings is None:
        if SITE_FILE not in tree.texts:
            return None, None, findings
        settings = Settings()  # site.yaml can't be read, and that is said; the texts are looked at all the same
    timetable, problems = plan_term(settings.term, settings.schedule, settings.deadlines, settings.course.timezone)
    findings += problems
    today = options.today or options.now.astimezone(settings.course.timezone).date()
    course, problems = resolve_course(
        Sources(
            settings=settings,
            timetable=timetable,
            papers=papers,
            documents=tuple(documents),
            announcements=tuple(announcements),
            announcements_intro=intro,
            assets=tuple(tree.assets),
            today=today,
            base_url=settings.course.url if options.base_url is None else options.base_url,
            drafts=options.drafts,
            unreadable=frozenset(unreadable),
            is_partial=is_partial,
        )
    )
    findings += problems
    term = TermDays(settings.term.start, settings.term.end) if settings.term else None
    for path, content in tree.texts.items():
        if path.startswith(CONTENT) and path.endswith(".md"):
            text, _ = decode(content, path)
            findings += proofread(text, path, term) if text is not None else []
    return course, settings, findings if is_partial else findings + check_course(course, settings)


def _render(course: Course, theme: Theme, progress: Progress) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """Every output's files. A fault in a template ends it: the pages after it would tell the same."""
    files: dict[str, bytes] = {}
    try:
        for output in OUTPUTS:
            for path, content in output(course, theme):
                files[path] = content
                progress(path)
    except TemplateFault as fault:
        return files, [fault.finding]
    return files, []


def _check_site(
    course: Course,
    rendered: Mapping[str, bytes],
    files: Mapping[str, bytes | Asset],
    texts: Mapping[str, str],
) -> list[Diagnostic]:
    source_of = {page.path: page.source for page in (*course.pages, *course.lectures)}
    findings = []
    for path in files:
        problem = output_path_problem(path)
        if problem:
            asset = files[path]
            source = asset.path if isinstance(asset, Asset) else source_of.get(path, path)
            findings.append(BAD_ADDRESS.at(Span(source), problem, "Rename the file."))
    for one, other in clashing_paths(files):
        message = f"/{one} and /{other} can't both be published on every system."
        findings.append(BAD_ADDRESS.at(Span(source_of.get(other, other)), message, "Rename one of the two."))
    base = urlsplit(course.base_url).path or "/"
    html = {path: content for path, content in rendered.items() if path.endswith(".html")}
    return findings + check_links(html, files.keys(), source_of, base, texts)
