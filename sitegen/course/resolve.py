"""All that was read to one `model.Course`: addresses, links and citations filled in, back-links, checks across files.

Pure: values in, a course and findings out. The parts are `agenda` (sessions and deadlines) and
`references` (links and citations in a text); here they are put together.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping

from sitegen.addresses import (
    ANNOUNCEMENTS,
    COMPUTED_PAGES,
    CONTENT,
    HOME,
    LECTURES,
    READINGS,
    SCHEDULE,
    asset_path,
    deck_path,
    is_external,
    page_path,
)
from sitegen.course.agenda import Shelf, check_unplaced, list_deadlines, list_sessions
from sitegen.course.announced import name_announcements
from sitegen.course.attachments import LECTURE_FOLDER, find_owners, find_withheld, list_attachments
from sitegen.course.clashes import check_addresses, read_aliases
from sitegen.course.drawings import Drawings
from sitegen.course.leaves import AskAll, ask_all, fill_pages, with_words
from sitegen.course.logos import place_logo
from sitegen.course.manuscripts import write_markdown
from sitegen.course.references import (
    UNPUBLISHED_LINK,
    Targets,
    fill_document,
    fill_documents,
    find_target,
    resolve_link,
)
from sitegen.course.timetable import Timetable
from sitegen.diagnostics import Diagnostic, Located, Rule, closest
from sitegen.images import ImageFile
from sitegen.languages import English
from sitegen.later import amended
from sitegen.model import (
    Announcement,
    CitedOn,
    Course,
    Document,
    Page,
    Paper,
    Picture,
    Reference,
    Session,
    SiteLink,
)
from sitegen.plan import Entry, Settings
from sitegen.texts import is_to_come
from sitegen.values import Value, field, replace

UNKNOWN_LABEL = Rule(
    "unknown-label",
    "error",
    "`sign_up` names one of the course's `links` by its label, so that the address stands in one place. There is "
    "no link with this label.",
    wrong="links: {Sign-up: tba}\npresentations: {sign_up: Presentation sign-up}",
    right="links: {Sign-up: tba}\npresentations: {sign_up: Sign-up}",
)

LinkReader = Callable[[str, Located | None], SiteLink | None]
"""A label and an address or path in content/ to a link; None after a finding."""


class Sources(Value):
    """Everything that was read, and the options of the build."""

    settings: Settings
    timetable: Timetable
    papers: Mapping[str, Paper]
    documents: tuple[Document, ...]
    """All Markdown files but announcements.md, by source path."""
    announcements: tuple[Announcement, ...]
    """Sections in the order written."""
    announcements_intro: Document | None
    assets: Mapping[str, int]
    """Files that are published as they are: source path to size in bytes."""
    today: dt.date
    base_url: str
    drafts: bool = False
    unreadable: frozenset[str] = frozenset()
    """Source paths of Markdown files that couldn't be read, which was said; what leads to them isn't wrong, too."""
    images: Mapping[str, ImageFile] = field(factory=dict)
    """Files that the logo may name, by published path."""
    drawings: Drawings = field(factory=dict)
    pictures: Mapping[str, Picture] = field(factory=dict)
    """Images that pages show, by published path."""
    announced: Mapping[str, str] = field(factory=dict)
    """What announcements were known by when they were published last: their names, each with its title."""
    is_partial: bool = False
    """site.yaml couldn't be read, so nothing is known of the schedule."""


def resolve_course(sources: Sources, ask: AskAll = ask_all) -> tuple[Course, list[Diagnostic]]:
    """The whole course. With errors among the findings, parts of it may be missing.

    `ask` may know from before how texts were filled in.
    """
    findings: list[Diagnostic] = []
    settings = sources.settings
    published = tuple(document for document in sources.documents if _is_published(document, sources))
    unpublished = frozenset(document.source for document in sources.documents) - {d.source for d in published}
    owners = find_owners(
        (document.source for document in sources.documents if document.source.startswith(LECTURE_FOLDER)),
        sources.assets,
    )
    announcements = _published_announcements(sources)
    texts = (*published, *(announcement.document for announcement in announcements))
    withheld = find_withheld(owners, unpublished, texts, _list_paths(sources))
    sources = replace(sources, assets={file: size for file, size in sources.assets.items() if file not in withheld})
    unpublished |= withheld
    targets = _targets(sources, published, unpublished, announcements)
    findings += check_addresses(published, sources.assets, sources.papers)
    papers = _resolve_papers(sources.papers, targets, findings)

    def site_link(label: str, address: Located | None) -> SiteLink | None:
        return _site_link(label, address, targets, findings)

    lectures = frozenset(d.source for d in published if d.source.startswith(f"{CONTENT}lectures/"))
    lectures |= {source for source in sources.unreadable if source.startswith(f"{CONTENT}lectures/")}
    lectures -= {f"{CONTENT}lectures/index.md"}
    shelf = Shelf(papers, lectures, unpublished, site_link)
    sessions = list_sessions(settings, sources.timetable, shelf, findings)
    deadlines = list_deadlines(settings, sources.timetable, sessions, shelf)
    unplaced = check_unplaced(settings, sources.timetable, shelf, findings)
    rows = unplaced | {session.id for session in sessions} | {deadline.id for deadline in deadlines}
    known = None if sources.is_partial else (targets.ids[SCHEDULE] or _PAGE_IDS) | rows
    targets = replace(targets, ids={**targets.ids, SCHEDULE: known})
    _check_labels(settings, findings)
    pages, problems = fill_pages(published, targets, sources.base_url, ask)
    findings += problems
    words = sources.announcements_intro
    above = words if words and _is_published(words, sources) else None
    aliases, problems = read_aliases((*published, *([above] if above else [])), targets)
    findings += problems
    intro, shown, announcement_references, problems = _fill_announcements(
        above, announcements, targets, sources.base_url
    )
    findings += problems
    findings += _check_later(sources, announcements, targets)
    pages = tuple(sorted((*pages, *intro), key=lambda page: page.path))
    by_path = {page.path: page for page in pages}
    computed = frozenset(COMPUTED_PAGES.values())
    held = _order_of_lectures(sessions)
    by_lecture = _sessions_by_lecture(sessions)
    files: dict[str, dict[str, int]] = {}
    for file, owner in owners.items():
        if file not in withheld:
            files.setdefault(owner, {})[file] = sources.assets[file]
    lecture_pages = [
        amended(page, files=list_attachments(page, own, by_lecture.get(page.source, ()), targets)) if own else page
        for page in pages
        if page.source in lectures
        for own in (files.get(page.source, {}),)
    ]
    course = Course(
        facts=settings.course,
        base_url=sources.base_url,
        today=sources.today,
        term=settings.term,
        staff=tuple(replace(person, url=_person_address(person.url, site_link)) for person in settings.staff),
        logo=place_logo(settings.course.logo, site_link, sources.images, findings),
        links=tuple(_all(site_link(link.label, Located(link.target, link.span)) for link in settings.links)),
        grading=settings.grading,
        reviews=settings.reviews,
        reviews_page=site_link("", settings.reviews.page) if settings.reviews and settings.reviews.page else None,
        presentations=settings.presentations,
        presentations_page=site_link("", settings.presentations.page) if settings.presentations.page else None,
        sessions=sessions,
        breaks=settings.term.no_class if settings.term else (),
        deadlines=deadlines,
        papers=papers,
        home=by_path.get(HOME),
        pages=tuple(page for page in pages if page.path not in computed and page.source not in lectures),
        lectures=tuple(sorted(lecture_pages, key=lambda page: (held.get(page.source, len(held)), page.path))),
        announcements=shown,
        announcement_references=announcement_references,
        words={path: by_path[path] for path in computed - {HOME} if path in by_path},
        navigation=_navigation(settings, pages, lectures, bool(shown), bool(sources.papers), site_link),
        aliases=aliases,
        sessions_of_lecture=by_lecture,
        sessions_of_paper=_sessions_by_paper(sessions),
        cited_by=_cited_by(pages, shown),
        withheld=withheld,
    )
    return course, findings


_PAGE_IDS = frozenset({"site-content", "top"})
"""What every page has: the skip link's target, and the top (HTML, "scroll to the fragment")."""


def _is_published(document: Document, sources: Sources) -> bool:
    if sources.drafts:
        return True
    return not document.draft and (document.publish is None or document.publish <= sources.today)


def _published_announcements(sources: Sources) -> tuple[Announcement, ...]:
    """Newest first; none while their whole file is a draft."""
    file = sources.announcements_intro
    if file and not _is_published(file, sources):
        return ()
    named = _named_announcements(sources)
    known = [announcement for announcement in named if sources.drafts or announcement.date <= sources.today]
    return tuple(sorted(known, key=lambda announcement: (announcement.date, announcement.number), reverse=True))


def _named_announcements(sources: Sources) -> list[Announcement]:
    return name_announcements(sources.announcements, sources.announced)


# --- addresses ----------------------------------------------------------------------------------


def _targets(
    sources: Sources,
    published: tuple[Document, ...],
    unpublished: frozenset[str],
    announcements: tuple[Announcement, ...],
) -> Targets:
    pages = dict(COMPUTED_PAGES)
    pages |= {document.source: page_path(document.source) for document in published}
    pages |= {source: asset_path(source) for source in sources.assets}
    pages |= {source: page_path(source) for source in sources.unreadable}
    decks = {document.source: deck_path(page_path(document.source)) for document in published if document.slides}
    pages |= {f"{CONTENT}{path.removesuffix('.html')}.md": path for path in decks.values()}
    ids: dict[str, frozenset[str] | None] = dict.fromkeys(COMPUTED_PAGES.values(), _PAGE_IDS)
    ids |= {page_path(document.source): document.ids | _PAGE_IDS for document in published}
    ids |= dict.fromkeys(map(page_path, sources.unreadable))
    ids |= {decks[document.source]: document.slide_ids for document in published if document.slides}
    ids[READINGS] = (ids[READINGS] or _PAGE_IDS) | set(sources.papers)
    ids[ANNOUNCEMENTS] = _ids(announcements) | _PAGE_IDS
    folded = {path.casefold(): path for path in pages}
    later = {ANNOUNCEMENTS: _ids(_named_announcements(sources)) - _ids(announcements)}
    labels: dict[str, dict[str, str]] = {
        path: {"": English(posixpath.dirname(path).rpartition("/")[2].capitalize())} for path in COMPUTED_PAGES.values()
    }
    labels |= {page_path(document.source): _labels(document) for document in published}
    return Targets(
        pages,
        ids,
        unpublished,
        sources.papers,
        folded,
        sources.settings.citations,
        later,
        labels,
        sources.drawings,
        sources.pictures,
        sources.settings.course.language,
    )


def _labels(document: Document) -> dict[str, str]:
    """What links to a page say that have no words of their own."""
    headings = {heading.id: heading.text for heading in document.headings}
    return {"": document.title, **headings, **dict(document.labels)}


def _ids(announcements: Iterable[Announcement]) -> frozenset[str]:
    return frozenset(name for announcement in announcements for name in (announcement.id, announcement.name))


def _list_paths(sources: Sources) -> Iterator[str]:
    """The addresses that site.yaml and papers.bib give for sessions, the course and papers."""
    settings = sources.settings
    yield from (link.target for link in settings.links)
    yield from (link.target for entry in settings.schedule if isinstance(entry, Entry) for link in entry.links)
    yield from (address for paper in sources.papers.values() for _, address in paper.links)


# --- links of site.yaml -------------------------------------------------------------------------


def _site_link(label: str, address: Located | None, targets: Targets, findings: list[Diagnostic]) -> SiteLink | None:
    """A link given in site.yaml: a web address, or a path in content/; without an address it is to come."""
    if address is None or not str(address):
        return SiteLink(label)
    text = str(address)
    if is_external(text) and text.partition(":")[0].casefold() in ("http", "https", "mailto", "tel"):
        return SiteLink(label, text)
    site = Document(source=f"{CONTENT}site.yaml", title="", description="", html="")
    before = len(findings)
    resolve_link(Reference("link", text.removeprefix(CONTENT), address.span), site, HOME, targets, findings)
    if len(findings) > before:
        return None
    path, _, fragment = text.removeprefix(CONTENT).partition("#")
    _, target = find_target(path.partition("?")[0], site, HOME, targets)
    return SiteLink(label, target or "", fragment)


def _resolve_papers(papers: Mapping[str, Paper], targets: Targets, findings: list[Diagnostic]) -> dict[str, Paper]:
    """The papers with their relative links as published paths; a link to a file that isn't there is left out."""

    def resolve(paper: Paper) -> Paper:
        if all(is_external(address) for _, address in paper.links):
            return paper
        return replace(paper, links=_paper_links(paper, targets, findings))

    return {key: resolve(paper) for key, paper in papers.items()}


def _paper_links(paper: Paper, targets: Targets, findings: list[Diagnostic]) -> tuple[tuple[str, str], ...]:
    resolved = []
    for label, address in paper.links:
        link = SiteLink(label, address)
        if not is_external(address):
            place = address.span if isinstance(address, Located) else paper.span
            found = _site_link(label, Located(address, place), targets, findings)
            if found is None:
                continue
            link = found
        resolved.append((label, link.target))
    return tuple(resolved)


def _person_address(written: str, site_link: LinkReader) -> str:
    """A person's page: an absolute address or a published path, or nothing while it is to come."""
    link = site_link("", written) if isinstance(written, Located) and not is_to_come(written) else None
    return link.target if link else ""


def _check_labels(settings: Settings, findings: list[Diagnostic]) -> None:
    labels = [link.label for link in settings.links]
    sign_up = settings.presentations.sign_up
    if sign_up and str(sign_up) not in labels:
        near = closest(sign_up, labels)
        help = f'Did you mean "{near}"?' if near else f'Add the line "{sign_up}: tba" below links:.'
        findings.append(UNKNOWN_LABEL.at(sign_up.span, f'None of the links has the label "{sign_up}".', help))


def _navigation(
    settings: Settings,
    pages: tuple[Page, ...],
    lectures: frozenset[str],
    announced: bool,
    read: bool,
    site_link: LinkReader,
) -> tuple[SiteLink, ...]:
    if settings.navigation:
        links = (site_link(link.label, Located(link.target, link.span)) for link in settings.navigation)
        return tuple(_all(links))
    found = [SiteLink(English("Schedule"), SCHEDULE)] if settings.schedule else []
    found += [SiteLink(English("Readings"), READINGS)] if read else []
    found += [SiteLink(English("Lectures"), LECTURES)] if lectures else []
    top = [page for page in pages if page.path.count("/") == 1 and page.source not in COMPUTED_PAGES]
    found += [SiteLink(page.title, page.path) for page in sorted(top, key=lambda page: page.title)]
    found += [SiteLink(English("Announcements"), ANNOUNCEMENTS)] if announced else []
    return tuple(found)


def _all(links: Iterable[SiteLink | None]) -> Iterable[SiteLink]:
    return (link for link in links if link is not None)


# --- texts --------------------------------------------------------------------------------------


def _fill_announcements(
    intro: Document | None, announcements: tuple[Announcement, ...], targets: Targets, base_url: str
) -> tuple[tuple[Page, ...], tuple[Announcement, ...], str, list[Diagnostic]]:
    """The words above the announcements, if any; the announcements; the references of all that is on their page."""
    above = (intro,) if intro else ()
    documents = (*above, *(announcement.document for announcement in announcements))
    filled, references, findings = fill_documents(documents, ANNOUNCEMENTS, targets)
    pages = tuple(
        Page(ANNOUNCEMENTS, document, one.html, one.cited, write_markdown(document, ANNOUNCEMENTS, targets, base_url))
        for document, one in zip(above, filled, strict=False)
    )
    shown = tuple(
        replace(
            announcement,
            title=with_words(announcement.title, one.words),
            html=one.html,
            cited=one.cited,
            markdown=write_markdown(announcement.document, ANNOUNCEMENTS, targets, base_url),
        )
        for announcement, one in zip(announcements, filled[len(above) :], strict=True)
    )
    return pages, shown, references, findings


def _check_later(sources: Sources, announcements: tuple[Announcement, ...], targets: Targets) -> list[Diagnostic]:
    """What is wrong in texts that are published on a later day: told today, so that the build of that day succeeds."""
    shown = {announcement.span for announcement in announcements}
    later = [(a.document, ANNOUNCEMENTS) for a in sources.announcements if a.span not in shown]
    if not sources.drafts:
        dated = (d for d in sources.documents if not d.draft and d.publish and d.publish > sources.today)
        later += [(document, page_path(document.source)) for document in dated]
    findings = [finding for document, path in later for finding in fill_document(document, path, targets)[2]]
    return [finding for finding in findings if finding.slug != UNPUBLISHED_LINK.slug]


# --- the way back -------------------------------------------------------------------------------


def _order_of_lectures(sessions: tuple[Session, ...]) -> dict[str, int]:
    """By the first session in which each is held; one that is cancelled counts only if there is no other."""
    held = {session.lecture for session in sessions if session.kind != "cancelled"}
    order: dict[str, int] = {}
    for session in sessions:
        if session.kind == "cancelled" and session.lecture in held:
            continue
        if session.lecture:
            order.setdefault(session.lecture, len(order))
    return order


def _sessions_by_lecture(sessions: tuple[Session, ...]) -> dict[str, tuple[Session, ...]]:
    found: dict[str, tuple[Session, ...]] = {}
    for session in sessions:
        if session.lecture:
            found[session.lecture] = (*found.get(session.lecture, ()), session)
    return found


def _sessions_by_paper(sessions: tuple[Session, ...]) -> dict[str, tuple[Session, ...]]:
    found: dict[str, tuple[Session, ...]] = {}
    for session in sessions:
        for reading in session.readings:
            found[reading.paper.key] = (*found.get(reading.paper.key, ()), session)
    return found


def _cited_by(pages: tuple[Page, ...], announcements: tuple[Announcement, ...]) -> dict[str, tuple[CitedOn, ...]]:
    """Pages by path, then announcements, newest first."""
    found: dict[str, tuple[CitedOn, ...]] = {}
    texts = [(page.title, page.path, page.cited) for page in pages]
    texts += [(announcement.title, ANNOUNCEMENTS, announcement.cited) for announcement in announcements]
    for title, path, cited in texts:
        for key, places in cited.items():
            found[key] = (*found.get(key, ()), CitedOn(title, path, places))
    return found
