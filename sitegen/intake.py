"""Everything that is read of a course, to one `model.Course`: each reader called once, on the files that are its own.

Nothing here renders. What a reader finds goes beside what it gives; the findings of all are put in order by `build`.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from unicodedata import normalize
from urllib.parse import unquote

from sitegen.addresses import CONTENT, asset_path
from sitegen.bib.bibentry import BIB_FILE
from sitegen.bib.bibmemory import read_or_recall
from sitegen.config.settings import SITE_FILE, read_settings
from sitegen.course.checks import check_course
from sitegen.course.drawings import draw_diagrams, list_references
from sitegen.course.resolve import Sources, resolve_course
from sitegen.course.timetable import plan_term
from sitegen.diagnostics import Diagnostic
from sitegen.folders.disk import Asset, Tree, read_start
from sitegen.folders.history import Change
from sitegen.folders.memo import Memo
from sitegen.folders.pictures import Darkroom, Developed
from sitegen.images import ENOUGH, ImageFile, measure_image
from sitegen.mathml import Macros
from sitegen.model import Announcement, Course, Document, Memory, Paper
from sitegen.outputs.feeds import read_announced
from sitegen.outputs.searchindex import Ask
from sitegen.plan import Logo, Settings
from sitegen.prose.dates import TermDays
from sitegen.prose.documents import read_announcements, read_document
from sitegen.prose.inclusions import LARGEST, Absence, explain_absence, list_inclusions
from sitegen.prose.proofread import proofread
from sitegen.sketches import Artist
from sitegen.texts import decode

ANNOUNCEMENTS_FILE = f"{CONTENT}announcements.md"

Progress = Callable[[str], None]
"""Told the name of each text and each output as it is done."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a course is built: what the command line says, what earlier builds know, who is asked for help."""

    now: dt.datetime
    """Aware; today is its date in the course's time zone."""
    today: dt.date | None = None
    """Instead of `now`'s date."""
    base_url: str | None = None
    """Instead of site.yaml's `course: url`."""
    drafts: bool = False
    calendars: tuple[bytes, ...] = ()
    """calendar.ics as earlier builds left it, the likeliest to have been published last first."""
    feeds: tuple[bytes, ...] = ()
    """feed.xml, likewise."""
    ask_pagefind: Ask | None = None
    """How pagefind's program is reached; None: no search index is built."""
    artist: Artist | None = None
    """Who draws diagrams; None: pages show their source."""
    darkroom: Darkroom | None = None
    """Who looks into images; None: pages say nothing of them."""
    history: Mapping[str, Change] = field(default_factory=dict)
    """The commit that made each text what it was when it was committed."""
    cache: MutableMapping[str, bytes] = field(default_factory=dict)
    """What earlier builds remember of their work, by name; what this one adds to it changes no outcome."""
    memo: Memo = field(default_factory=lambda: Memo(None))
    """What each text gave when it was read last, and what else is remembered of pure functions."""


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a course gave."""

    course: Course | None
    """None when site.yaml's own facts can't be read."""
    settings: Settings | None
    findings: list[Diagnostic]
    made: Mapping[str, Asset] = field(default_factory=dict)
    """Smaller files made from images, by published path."""


@dataclass(slots=True)
class _Texts:
    """The Markdown files, read."""

    documents: list[Document] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    intro: Document | None = None
    unreadable: set[str] = field(default_factory=set)
    findings: list[Diagnostic] = field(default_factory=list)

    def all(self) -> Iterator[Document]:
        yield from self.documents
        yield from (announcement.document for announcement in self.announcements)
        yield from [self.intro] if self.intro else []


def read_course_model(tree: Tree, options: Options, progress: Progress = lambda _: None) -> Read:
    """The course in `tree`, resolved."""
    settings, findings = read_settings(tree.texts.get(SITE_FILE))
    papers: dict[str, Paper] = {}
    if BIB_FILE in tree.texts:
        papers, problems = read_or_recall(tree.texts[BIB_FILE], options.cache)
        findings += problems
        progress(BIB_FILE)
    texts = _read_texts(tree, settings.math.macros if settings else (), options.memo, progress)
    findings += texts.findings
    is_partial = settings is None
    if settings is None:
        if SITE_FILE not in tree.texts:
            return Read(None, None, findings)
        # site.yaml can't be read, and that is said; the texts are looked at all the same, but for formulas' commands.
        settings = Settings(unreadable=frozenset({"math"}))
    timetable, problems = plan_term(settings.term, settings.schedule, settings.deadlines, settings.course.timezone)
    findings += problems
    drawings, problems = draw_diagrams(list(texts.all()), options.artist, options.cache)
    findings += problems
    developed = _develop(tree, texts.all(), options.darkroom)
    findings += developed.findings
    course, problems = resolve_course(
        Sources(
            settings=settings,
            timetable=timetable,
            papers=papers,
            documents=tuple(texts.documents),
            announcements=tuple(texts.announcements),
            announcements_intro=texts.intro,
            assets={path: asset.size for path, asset in tree.assets.items()},
            today=options.today or options.now.astimezone(settings.course.timezone).date(),
            base_url=settings.course.url if options.base_url is None else options.base_url,
            drafts=options.drafts,
            unreadable=frozenset(texts.unreadable),
            images=_measure_logos(tree, settings.course.logo),
            drawings=drawings,
            pictures=developed.pictures,
            announced=read_announced(options.feeds),
            is_partial=is_partial,
        )
    )
    findings += problems
    course = replace(
        course,
        memory=Memory(options.calendars, None if options.today else options.now),
        changed=_date_changes(tree, options.history, settings.course.timezone),
    )
    findings += _proofread(tree, TermDays(settings.term.start, settings.term.end) if settings.term else None, options)
    findings += [] if is_partial else check_course(course, settings)
    return Read(course, settings, findings, developed.files)


# --- texts --------------------------------------------------------------------------------------


def _list_texts(tree: Tree) -> Iterator[tuple[str, bytes]]:
    return (item for item in tree.texts.items() if item[0].startswith(CONTENT) and item[0].endswith(".md"))


def _read_texts(tree: Tree, macros: Macros, memo: Memo, progress: Progress) -> _Texts:
    texts = _Texts()
    for path, content in _list_texts(tree):
        included = _read_included(tree, content, path)
        if path == ANNOUNCEMENTS_FILE:
            read = memo.call(read_announcements, content, path, macros, included)
            texts.intro, texts.announcements, problems = read
        else:
            document, problems = memo.call(read_document, content, path, macros, included)
            if document:
                texts.documents.append(document)
            else:
                texts.unreadable.add(path)
        texts.findings += problems
        progress(path)
    return texts


def _read_included(tree: Tree, source: bytes, file: str) -> dict[str, bytes | Absence]:
    """The files that the text `file` shows lines of; no more of one than is looked at."""

    def read(path: str) -> bytes | Absence:
        if path in tree.texts:
            return tree.texts[path]
        asset = tree.assets.get(path)
        if asset is None:
            near = [name for name in (*tree.assets, *tree.texts) if name.startswith(CONTENT)]
            return explain_absence(path, file, near)
        content = read_start(asset, LARGEST + 1)
        if asset.size and not content:
            return Absence(f"{path} can't be read.", "Allow your account to read it.")
        return content

    return {path: read(path) for path in list_inclusions(source, file)}


def _proofread(tree: Tree, term: TermDays | None, options: Options) -> list[Diagnostic]:
    findings: list[Diagnostic] = []
    for path, content in _list_texts(tree):
        text, _ = decode(content, path)
        findings += options.memo.call(proofread, text, path, term) if text is not None else []
    return findings


def _date_changes(tree: Tree, history: Mapping[str, Change], zone: dt.tzinfo) -> dict[str, dt.date]:
    """The days on which texts were last changed; none for those that differ from what was committed."""
    return {
        path: dt.datetime.fromtimestamp(change.time, zone).date()
        for path, change in history.items()
        if path in tree.texts and change.made(tree.texts[path])
    }


# --- images -------------------------------------------------------------------------------------


def _develop(tree: Tree, texts: Iterable[Document], darkroom: Darkroom | None) -> Developed:
    """What is known of the images that pages show, and smaller files made from them."""
    references = (reference for text in texts for reference in list_references(text) if reference.kind == "picture")
    names = {normalize("NFC", unquote(posixpath.basename(reference.written))) for reference in references}
    assets = [asset for path, asset in tree.assets.items() if posixpath.basename(path) in names]
    return darkroom.develop(assets, tree.assets) if darkroom else Developed()


def _measure_logos(tree: Tree, logo: Logo | None) -> dict[str, ImageFile]:
    """The assets that have the name of a logo, by published path: no other's bytes matter to a build."""
    paths = (logo.light, logo.dark or logo.light) if logo else ()
    names = {normalize("NFC", unquote(posixpath.basename(path))) for path in paths}
    return {
        asset_path(path): ImageFile(asset.size, measure_image(read_start(asset, ENOUGH)))
        for path, asset in tree.assets.items()
        if posixpath.basename(path) in names
    }
