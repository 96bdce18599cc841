"""Everything that is read of a course, to one `model.Course`: each reader called once, on the files that are its own.

Nothing here renders. What a reader finds goes beside what it gives; the findings of all are put in order by `build`.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from unicodedata import normalize
from urllib.parse import unquote

from sitegen.addresses import CONTENT, asset_path
from sitegen.bib.bibentry import BIB_FILE
from sitegen.bib.bibmemory import begin_reading
from sitegen.config.settings import SITE_FILE, read_settings
from sitegen.course.checks import check_course
from sitegen.course.drawings import draw_diagrams, list_references
from sitegen.course.resolve import Sources, resolve_course
from sitegen.course.timetable import plan_term
from sitegen.diagnostics import Diagnostic
from sitegen.folders.disk import Asset, Tree, read_start
from sitegen.folders.hands import begin
from sitegen.folders.history import Change
from sitegen.folders.ledger import Ledger
from sitegen.folders.memo import Call, Memo, Parts
from sitegen.folders.pictures import Darkroom, Developed
from sitegen.folders.spool import Spool
from sitegen.images import ENOUGH, ImageFile, measure_image
from sitegen.later import Later, amended
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
from sitegen.values import Value, field, replace

ANNOUNCEMENTS_FILE = f"{CONTENT}announcements.md"

_Read = tuple[Document | None, list[Diagnostic]]
Progress = Callable[[str], None]
"""Told the name of each text and each output as it is done."""


class Options(Value):
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
    pagefind: str = ""
    """What tells that program from another; empty: an index isn't taken over from an earlier build."""
    artist: Artist | None = None
    """Who draws diagrams; None: pages show their source."""
    darkroom: Darkroom | None = None
    """Who looks into images; None: pages say nothing of them."""
    history: Mapping[str, Change] = field(factory=dict)
    """The commit that made each text what it was when it was committed."""
    cache: MutableMapping[str, bytes] = field(factory=dict)
    """What earlier builds remember of their work, by name; what this one adds to it changes no outcome."""
    codes: MutableMapping[str, bytes] = field(factory=dict)
    """Templates that were compiled for other courses, and those that this build compiles."""
    memo: Memo = field(factory=lambda: Memo(None))
    """What each text gave when it was read last, and what else is remembered of pure functions."""
    ledger: Ledger = field(factory=Ledger)
    """What the last build put into the output folder, for which this one is, too."""
    spool: Spool | None = None
    """Where files wait to be published; None: in memory."""


class Read(Value):
    """What reading a course gave."""

    course: Course | None
    """None when site.yaml's own facts can't be read."""
    settings: Settings | None
    findings: list[Diagnostic]
    made: Mapping[str, Asset] = field(factory=dict)
    """Smaller files made from images, by published path."""


class _Texts(Value, frozen=False):
    """The Markdown files, read."""

    documents: list[Document] = field(factory=list)
    announcements: list[Announcement] = field(factory=list)
    intro: Document | None = None
    unreadable: set[str] = field(factory=set)
    findings: list[Diagnostic] = field(factory=list)

    def all(self) -> Iterator[Document]:
        yield from self.documents
        yield from (announcement.document for announcement in self.announcements)
        yield from [self.intro] if self.intro else []


def read_course_model(tree: Tree, options: Options, progress: Progress = lambda _: None) -> Read:
    """The course in `tree`, resolved."""
    bibliography = begin_reading(tree.texts.get(BIB_FILE, b""), options.cache, begin)
    settings, findings = read_settings(tree.texts.get(SITE_FILE))
    texts = _read_texts(tree, settings, options.memo, progress)
    findings += texts.findings
    papers: dict[str, Paper] = {}
    if BIB_FILE in tree.texts:
        papers, problems = bibliography()
        options.memo.recognize(tree.texts[BIB_FILE], list(papers.values()))
        findings += problems
        progress(BIB_FILE)
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
        ),
        options.memo.make_many,
    )
    findings += problems
    course = replace(
        course,
        memory=Memory(options.calendars, None if options.today else options.now),
        changed=_date_changes(tree, options.history, settings.course.timezone),
    )
    findings += [] if is_partial else check_course(course, settings)
    return Read(course, settings, findings, developed.files)


# --- texts --------------------------------------------------------------------------------------


def _list_texts(tree: Tree) -> Iterator[tuple[str, bytes]]:
    return (item for item in tree.texts.items() if item[0].startswith(CONTENT) and item[0].endswith(".md"))


def _read_texts(tree: Tree, settings: Settings | None, memo: Memo, progress: Progress) -> _Texts:
    """The texts, read and proofread."""
    texts = _Texts()
    macros = settings.math.macros if settings else ()
    questions = [(content, path, macros, _read_included(tree, content, path)) for path, content in _list_texts(tree)]
    news = next((question for question in questions if question[1] == ANNOUNCEMENTS_FILE), None)
    others = [question for question in questions if question is not news]
    calls = [Call(read_document, question, _IN_PARTS) for question in others]
    calls += [Call(proofread, question) for question in _list_proofs(tree, settings)]
    made = memo.call_all(calls, lambda number: progress(others[number][1]) if number < len(others) else None)
    for (_, path, *_), (document, problems) in zip(others, made, strict=False):
        if document:
            texts.documents.append(document)
        else:
            texts.unreadable.add(path)
        texts.findings += problems
    if news:
        texts.intro, texts.announcements, problems = memo.call(read_announcements, *news)
        texts.findings += problems
        progress(ANNOUNCEMENTS_FILE)
    texts.findings += [finding for findings in made[len(others) :] for finding in findings]
    return texts


def _list_proofs(tree: Tree, settings: Settings | None) -> Iterator[tuple[str, str, TermDays | None]]:
    """What `proofread` is asked; nothing for a folder that is no course."""
    term = TermDays(settings.term.start, settings.term.end) if settings and settings.term else None
    for path, content in _list_texts(tree) if SITE_FILE in tree.texts else ():
        text, _ = decode(content, path)
        if text is not None:
            yield text, path, term


def _split(read: _Read) -> tuple[_Read, tuple[str, str, tuple[str, ...]] | None]:
    """What was read of a text without its words, and these: what a course is made of, and what its pages show."""
    document, findings = read
    if document is None:
        return read, None
    slides = tuple(amended(slide, html="") for slide in document.slides)
    words = document.html, document.markdown, tuple(slide.html for slide in document.slides)
    return (amended(document, html="", markdown="", slides=slides), findings), words


def _join(read: _Read, words: Later) -> _Read:
    document, findings = read
    if document is None:
        return read

    def field(number: int) -> Later:
        return Later(lambda: words.read()[number], words.key + bytes([number]))

    def on_slide(number: int) -> Later:
        return Later(lambda: words.read()[2][number], words.key + b"slide" + str(number).encode())

    slides = tuple(amended(slide, html=on_slide(number)) for number, slide in enumerate(document.slides))
    return amended(document, html=field(0), markdown=field(1), slides=slides), findings


_IN_PARTS = Parts(_split, _join)


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
