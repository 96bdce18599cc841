"""The one composition: a course's files in, the site's files and all findings out.

Pure but for the first bytes of the logo; publishing is `publish`, asking the clock is
`cli`. A new output is one function and one line in `OUTPUTS`.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from sitegen.addresses import CONTENT, asset_path
from sitegen.bib.bibbytes import decode_bytes
from sitegen.bib.bibentry import BIB_FILE
from sitegen.bib.bibmemory import read_or_recall
from sitegen.catalogue import list_rules
from sitegen.config.settings import SITE_FILE, read_settings
from sitegen.course.checks import check_course
from sitegen.course.clashes import SAME_ADDRESS
from sitegen.course.resolve import Sources, resolve_course
from sitegen.course.timetable import plan_term
from sitegen.diagnostics import Diagnostic, Span, has_errors, in_file_order
from sitegen.folders.destination import clashing_paths, output_path_problem
from sitegen.folders.disk import Asset, Tree, read_start
from sitegen.folders.indexer import IndexerFailed
from sitegen.hosts import check_files
from sitegen.images import ENOUGH, ImageFile, measure_image
from sitegen.model import Announcement, Course, Document, Memory, Paper
from sitegen.outputs import calendars, cards, decks, exports, feeds, pages, readings, search, subscribe, transcripts
from sitegen.outputs.links import BAD_ADDRESS, check_links
from sitegen.outputs.palette import check_accent
from sitegen.outputs.policy import protect
from sitegen.outputs.searchindex import NO_SEARCH_INDEX, Ask, UnknownIndex, index_records
from sitegen.outputs.theme import FOLDER, TemplateFault, Theme
from sitegen.plan import Logo, Settings
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
    decks.decks,
    pages.plain_pages,
    pages.announcements,
    search.search,
    pages.not_found,
    pages.redirects,
    pages.static_files,
    calendars.feeds,
    subscribe.subscribe,
    feeds.feed,
    transcripts.transcripts,
    transcripts.llms,
    cards.cards,
    cards.icons,
    exports.reading_list,
    exports.sitemap,
    exports.robots,
    exports.manifest,
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
    calendars: tuple[bytes, ...] = ()
    """calendar.ics as earlier builds left it, the likeliest to have been published last first."""
    ask_pagefind: Ask | None = None
    """How pagefind's program is reached; None: no search index is built."""
    cache: MutableMapping[str, bytes] = field(default_factory=dict)
    """What earlier builds remember of their work, by name; what this one adds to it changes no outcome."""


@dataclass(frozen=True, slots=True)
class Built:
    """A build's outcome. `files` is empty when the findings have an error."""

    files: Mapping[str, bytes | Asset]
    findings: list[Diagnostic]
    """In file order."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Text of the course's files by path, to show lines from."""
    pages: int = 0
    course: Course | None = None
    """What `files` show; None without them."""


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
    fonts = {path for path, content in tree.texts.items() if path.startswith(FOLDER) and b"\0" in content}
    sources = {path: content.decode("utf-8", "replace") for path, content in tree.texts.items() if path not in fonts}
    if BIB_FILE in tree.texts:
        sources[BIB_FILE] = decode_bytes(tree.texts[BIB_FILE])[0]
    course, settings, findings = read_course_model(tree, options, progress)
    findings = [*known, *findings]
    files: dict[str, bytes | Asset] = {}
    page_count = 0
    own = {path.removeprefix(FOLDER): text for path, text in tree.texts.items() if path.startswith(FOLDER)}
    themed = Theme(theme, own)
    if course is not None:
        findings += check_accent(course.facts.accent, themed)
    if course is not None and not has_errors(findings):
        findings += [*themed.check_names(theme, own), *check_files(own, FOLDER)]
        rendered, problems = _render(course, themed, progress)
        findings += problems
        if not problems:
            index, problems = index_course(course, options.ask_pagefind)
            findings += problems
            files = {**rendered, **index, **{asset_path(path): asset for path, asset in tree.assets.items()}}
            findings += _check_site(course, rendered, files, sources)
        page_count = sum(path.endswith(".html") for path in rendered)
    if settings is not None:
        findings = hold_back(findings, settings.unreadable)
        findings += check_checks(settings.checks, list_rules(), sources)
        findings = weigh(findings, settings.checks, sources)
    findings = in_file_order(findings)
    if has_errors(findings):
        return Built({}, findings, sources, page_count)
    return Built(files, findings, sources, page_count, course)


def read_course_model(
    tree: Tree, options: Options, progress: Progress = lambda _: None
) -> tuple[Course | None, Settings | None, list[Diagnostic]]:
    """The resolved course; None when site.yaml's own facts can't be read."""
    settings, findings = read_settings(tree.texts.get(SITE_FILE))
    papers: dict[str, Paper] = {}
    if BIB_FILE in tree.texts:
        papers, problems = read_or_recall(tree.texts[BIB_FILE], options.cache)
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
            images=_measure_logos(tree, settings.course.logo),
            is_partial=is_partial,
        )
    )
    findings += problems
    course = replace(course, memory=Memory(options.calendars, None if options.today else options.now))
    term = TermDays(settings.term.start, settings.term.end) if settings.term else None
    for path, content in tree.texts.items():
        if path.startswith(CONTENT) and path.endswith(".md"):
            text, _ = decode(content, path)
            findings += proofread(text, path, term) if text is not None else []
    return course, settings, findings if is_partial else findings + check_course(course, settings)


def _measure_logos(tree: Tree, logo: Logo | None) -> dict[str, ImageFile]:
    """The assets that have the name of a logo, by published path: no other's bytes matter to a build."""
    paths = (logo.light, logo.dark or logo.light) if logo else ()
    names = {normalize("NFC", unquote(posixpath.basename(path))) for path in paths}
    return {
        asset_path(path): ImageFile(asset.size, measure_image(read_start(asset, ENOUGH)))
        for path, asset in tree.assets.items()
        if posixpath.basename(path) in names
    }


def _render(course: Course, theme: Theme, progress: Progress) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """Every output's files. A fault in a template ends it: the pages after it would tell the same."""
    files: dict[str, bytes] = {}
    try:
        for output in OUTPUTS:
            for path, content in output(course, theme):
                files[path] = protect(content.decode()).encode() if path.endswith(".html") else content
                progress(path)
    except TemplateFault as fault:
        return files, [fault.finding]
    return files, []


def index_course(course: Course, ask: Ask | None) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """The search index's files. A site without them is whole: search then leads to the list of everything."""
    if ask is None:
        return {}, []
    try:
        return index_records(search.list_records(course), course.facts.language, ask), []
    except IndexerFailed as failed:
        reason = str(failed)
    except UnknownIndex:
        reason = "sitegen doesn't know the files of this version"
    message = f"The site has no search index, because pagefind can't make one: {reason}."
    help_line = "Install it with: pip install pagefind-bin. Without it, search leads to the list of everything."
    return {}, [NO_SEARCH_INDEX.at(Span(SITE_FILE), message, help_line)]


def _check_site(
    course: Course,
    rendered: Mapping[str, bytes],
    files: Mapping[str, bytes | Asset],
    texts: Mapping[str, str],
) -> list[Diagnostic]:
    source_of = {page.path: page.source for page in (*course.pages, *course.lectures)}
    findings = []
    for path, asset in files.items():
        if isinstance(asset, Asset) and path in rendered:
            message = f"{asset.path} would be published at /{path}, where sitegen puts a file of its own."
            help_line = "Rename it. What replaces a part of the theme goes to templates/."
            findings.append(SAME_ADDRESS.at(Span(asset.path), message, help_line))
        problem = output_path_problem(path)
        if problem:
            source = asset.path if isinstance(asset, Asset) else source_of.get(path, path)
            findings.append(BAD_ADDRESS.at(Span(source), problem, "Rename the file."))
    for one, other in clashing_paths(files):
        message = f"/{one} and /{other} can't both be published on every system."
        findings.append(BAD_ADDRESS.at(Span(source_of.get(other, other)), message, "Rename one of the two."))
    base = urlsplit(course.base_url).path or "/"
    html = {path: content for path, content in rendered.items() if path.endswith(".html")}
    return findings + check_links(html, files.keys(), source_of, base, texts)
