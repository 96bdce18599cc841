"""Fills a document's placeholders: where its links lead, how its citations read.

Works on one document at a time, given the map of everything that can be linked to. Converting
Markdown is `documents`; how a whole course is put together is `resolve`.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape, unescape
from urllib.parse import unquote

from sitegen.addresses import CONTENT, deck_path, is_external, link, page_path
from sitegen.citing import (
    AUTHOR_YEAR,
    HEADING,
    HEADING_ID,
    Label,
    label_papers,
    list_references,
    mark_joints,
    write_citation,
)
from sitegen.course.drawings import Drawings, place_diagram
from sitegen.course.figures import describe_picture
from sitegen.course.wording import NOWHERE, put_values
from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.directions import isolate
from sitegen.languages import English, compose, write_ours
from sitegen.model import CiteItem, Document, Heading, Paper, Picture, Reference
from sitegen.patterns import regex
from sitegen.prose.pieces import KINDS
from sitegen.texts import unique
from sitegen.values import Value, field, replace

BROKEN_LINK = Rule(
    "broken-link",
    "error",
    "A link or image leads to a file that isn't in the course. Links name the source file, from where they "
    "stand: project.md, ../project.md, lectures/intro.md, figures/ring.png.",
    wrong="[project](projects.md)",
    right="[project](project.md)",
)
BROKEN_FRAGMENT = Rule(
    "broken-fragment",
    "error",
    "A link names a heading that isn't on the page it leads to. A heading's name is its words in lower case "
    "with dashes, or the one given as {#name}.",
    wrong="[milestones](project.md#milestone)",
    right="[milestones](project.md#milestones)",
)
UNSAFE_LINK = Rule(
    "unsafe-link",
    "error",
    "Only http, https, mailto and tel addresses and paths in the course are links. Others, such as "
    "javascript: or file:, run code or lead nowhere on a reader's computer.",
    wrong="[here](file:///Users/me/notes.pdf)",
    right="[here](notes.pdf)",
)
EMPTY_LINK = Rule(
    "empty-link",
    "warning",
    "A link or image has no address. The site shows its words without a link, because a link that leads back to "
    'its own page is a riddle. Where the address isn\'t known yet, write the words alone, or "to be announced".',
    wrong="[sign-up]()",
    right="Sign-up: to be announced",
)
WORDLESS_LINK = Rule(
    "wordless-link",
    "warning",
    "A link has no words, and what it leads to has none to give: neither a number, such as a figure's, nor a heading "
    "nor a title. Nobody can see it, and it is read out as its address.",
    wrong="[](intro.pdf)",
    right="[the slides](intro.pdf)",
)
UNKNOWN_PAPER = Rule(
    "unknown-paper",
    "error",
    "A paper is named by a key that papers.bib doesn't have.",
    wrong="read: kwon2023pagedatention",
    right="read: kwon2023pagedattention",
)
UNPUBLISHED_LINK = Rule(
    "unpublished-link",
    "note",
    "A link leads to a page that is a draft, or to a page or an announcement that is to be published later. Until then "
    "its words are shown without the link.",
)


LONG = 28
"""Characters of a citation that stay on one line; a longer one, of a paper that nobody signed, would leave a phone."""
OWN_IDS = "site-"
"""Ids that templates give to their own headings start so; `links` looks at those when the pages are there."""


class Targets(Value):
    """Everything that can be linked to."""

    pages: Mapping[str, str]
    """Source path to published path, of pages and of files published as they are."""
    ids: Mapping[str, frozenset[str] | None]
    """Published path to the ids on it; None when they can't be known (a text that couldn't be read)."""
    unpublished: frozenset[str]
    """Source paths of drafts and pages of the future."""
    papers: Mapping[str, Paper]
    folded: Mapping[str, str] = field(factory=dict)
    """Source path in lower case to its true spelling."""
    style: str = AUTHOR_YEAR
    """How citations read: one of `citing.STYLES`."""
    later: Mapping[str, frozenset[str]] = field(factory=dict)
    """Published path to the ids that come onto it on a later day."""
    labels: Mapping[str, Mapping[str, str]] = field(factory=dict)
    """Published path to what links without words say: of an id on it, or of the page itself by the empty one."""
    drawings: Drawings = field(factory=dict)
    pictures: Mapping[str, Picture] = field(factory=dict)
    """Published path of an image to what is known of it."""
    language: str = "en"
    """The course's."""


class Filled(Value):
    html: str
    cited: Mapping[str, tuple[str, ...]]
    """The ids of a paper's citations by its key, in order of first citation."""
    words: Mapping[str, str]
    """How citations read, without links, by how they are written: for titles, and headings in a table of contents."""
    values: tuple[str, ...] = ()
    """What stands for each of the document's references."""


def fill_document(document: Document, page: str, targets: Targets) -> tuple[Filled, str, list[Diagnostic]]:
    """The document's HTML as shown on the published path `page`, and the list of its references."""
    (filled,), references, findings = fill_documents([document], page, targets)
    return filled, references, findings


def fill_documents(
    documents: Sequence[Document], page: str, targets: Targets
) -> tuple[tuple[Filled, ...], str, list[Diagnostic]]:
    """Documents that stand on one page in this order, and the one list of their references.

    A citation's id is none that the author gave to something else.
    """
    findings: list[Diagnostic] = []
    taken = _ids(documents)
    counts: dict[str, int] = {}
    heading_id = unique(HEADING_ID, taken)
    cited = [list(_citations(document, targets)) for document in documents]
    keys = dict.fromkeys(item.key for citations in cited for reference in citations for item in reference.items)
    labels = label_papers([targets.papers[key] for key in keys], targets.style)
    filled = tuple(
        _fill(document, page, targets, labels, lambda name: unique(name, taken, counts), findings)
        for document in documents
    )
    places = {key: [place for one in filled for place in one.cited.get(key, ())] for key in keys}
    references = list_references(
        targets.papers,
        labels,
        targets.style,
        places,
        lambda paper: link(paper.path, page),
        heading_id,
        targets.language,
    )
    return filled, references, findings


def references_heading(documents: Sequence[Document]) -> Heading:
    """The heading of the list of references on the page of `documents`; its id is none that the author gave."""
    return Heading(2, unique(HEADING_ID, _ids(documents)), English(HEADING))


def _ids(documents: Sequence[Document]) -> set[str]:
    return {name for document in documents for name in document.ids}


def _fill(
    document: Document,
    page: str,
    targets: Targets,
    labels: Mapping[str, Label],
    new_id: Callable[[str], str],
    findings: list[Diagnostic],
) -> Filled:
    cited: dict[str, list[str]] = {}
    words: dict[str, str] = {}

    def cite(reference: Reference) -> str:
        def anchor(item: CiteItem, words: str) -> str:
            place = new_id("site-cite")
            cited.setdefault(item.key, []).append(place)
            said = mark_joints(isolate(escape(words, quote=False)), targets.language)
            return _anchor(targets.papers[item.key], page if reference.kind == "cite" else None, place, words, said)

        if not _is_known(reference, targets, findings):
            html = escape(reference.written)
        elif reference.kind == "text":
            html = write_citation(
                reference.items, reference.in_text, labels, targets.style, lambda _, words: escape(words)
            )
            html = escape(unescape(_TAG.sub("", html)))
        else:
            html = write_citation(reference.items, reference.in_text, labels, targets.style, anchor)
        words[reference.written] = unescape(_TAG.sub("", html))
        return html

    for reference in document.title_references:
        cite(reference)
    values = []
    is_slide = page == deck_path(page_path(document.source))
    for reference in document.references:
        if reference.items:
            values.append(cite(reference))
        elif reference.kind == "label":
            label = find_label(reference, document, page, targets)
            if not label and values[-1] != NOWHERE:
                help = "Write them between its brackets: [the milestones](project.md#milestones)."
                findings.append(WORDLESS_LINK.at(reference.span, "This link has no words.", help))
            values.append(write_ours(label or reference.written, targets.language))
        elif reference.diagram:
            values.append(
                place_diagram(reference.diagram, targets.drawings, new_id("site-drawn"), is_slide, targets.language)
            )
        elif reference.kind == "picture":
            _, target = find_target(reference.written.partition("#")[0].partition("?")[0], document, page, targets)
            picture = targets.pictures.get(target or "")
            is_first = not any(reference.kind == "picture" for reference in document.references[: len(values)])
            values.append(describe_picture(picture, reference.given, page, is_first, is_slide) if picture else "")
        else:
            address = resolve_link(reference, document, page, targets, findings)
            values.append(escape(address) if address is not None else NOWHERE)
    cited_at = {key: tuple(places) for key, places in cited.items()}
    return Filled(put_values(document.html, values), cited_at, words, tuple(values))


_TAG = regex(r"<[^<>]*>")


# --- links --------------------------------------------------------------------------------------


def find_label(reference: Reference, document: Document, page: str, targets: Targets) -> str:
    """What a link without words says: `Figure 2`, a heading's words or a page's title; empty when it isn't known."""
    path, _, fragment = reference.written.partition("#")
    fragment = unicodedata.normalize("NFC", unquote(fragment))
    own = dict(document.labels)
    own |= {heading.id: heading.text for heading in document.headings if heading.id not in own}
    _, target = find_target(path.partition("?")[0], document, page, targets)
    if not path or target == page:
        return _call(own.get(fragment, ""))
    known = targets.labels.get(target or "", {})
    words = known.get(fragment, "")
    is_numbered = _NUMBERED.fullmatch(words) is not None and bool(known.get(""))
    title = known.get("", "")
    return compose(_call(words), English(" of "), title) if fragment and is_numbered else _call(words)


def _call(words: str) -> str:
    """What a figure or equation is called is sitegen's word, unlike a heading's words."""
    return English(words) if _OURS.fullmatch(words) else words


_OURS = regex(rf"(?:{'|'.join(KINDS)}|Equation) \S+")


_NUMBERED = regex(r"[^\W\d_]+ \(?\d+\)?")
"""`Figure 2`, which is the number of another one here."""


def resolve_link(
    reference: Reference, document: Document, page: str, targets: Targets, findings: list[Diagnostic]
) -> str | None:
    """The address to write on `page`, or None with a finding when the link leads nowhere."""
    written, span = reference.written, reference.span
    if is_external(written):
        findings.append(_unsafe(written, span))
        return None
    path, _, fragment = written.partition("#")
    path, _, query = path.partition("?")
    if not path and not fragment and not query:
        what = "image" if reference.kind == "image" else "link"
        findings.append(EMPTY_LINK.at(span, f"This {what} has no address.", "Give it one, or remove the brackets."))
        return None
    if path.startswith("//"):
        return written
    source, target = find_target(path, document, page, targets)
    if target is None:
        findings.append(_no_target(written, source, document, span, targets))
        return None
    fragment = unicodedata.normalize("NFC", unquote(fragment))
    ids = targets.ids.get(target)
    if not path:
        ids = document.ids | (ids or frozenset())
    if fragment and ids is not None and fragment not in ids and not fragment.startswith(OWN_IDS):
        if fragment in targets.later.get(target, frozenset()):
            message = f'"#{fragment}" isn\'t published yet, so this link is shown without an address.'
            findings.append(UNPUBLISHED_LINK.at(span, message))
            return None
        where = source if path else "this page"
        findings.append(_no_fragment(fragment, where, span, ids))
        return None
    address = link(target, page, fragment)
    return address.replace("#", f"?{query}#", 1) if query and fragment else address + (query and f"?{query}")


def find_target(path: str, document: Document, page: str, targets: Targets) -> tuple[str, str | None]:
    """The source path that a link names, and its published path if it has one; without a path, the page itself."""
    if not path:
        return document.source, page
    source = ""
    for spelling in (unquote(path), path):
        source = source or _source_path(unicodedata.normalize("NFC", spelling), document.source)
        for name in (source, f"{source}/index.md"):
            if name in targets.pages:
                return name, targets.pages[name]
    return source, None


def _source_path(path: str, source: str) -> str:
    """`../project.md` written in content/lectures/intro.md is content/project.md; `/project.md` is, too."""
    if path.startswith("/"):
        return posixpath.normpath(CONTENT + path.lstrip("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def _unsafe(written: str, span: Span) -> Diagnostic:
    scheme = written.partition(":")[0]
    if len(scheme) == 1:
        message = f"A link can't lead to {scheme}:, a drive of one computer."
        return UNSAFE_LINK.at(span, message, "Put the file into content/ and link to it there.")
    message = f"A link can't use {scheme}: addresses."
    return UNSAFE_LINK.at(span, message, "Link to https:, mailto: or a file in content/.")


def _no_fragment(fragment: str, where: str, span: Span, ids: Iterable[str]) -> Diagnostic:
    near = closest(fragment, ids)
    help = f'Did you mean "#{near}"?' if near else "Look at the page's headings, or give one a name: ## Title {#name}."
    return BROKEN_FRAGMENT.at(span, f'There is no heading "#{fragment}" on {where}.', help)


def _no_target(written: str, source: str, document: Document, span: Span, targets: Targets) -> Diagnostic:
    if source in targets.unpublished:
        message = f"{source} isn't published yet, so this link is shown without an address."
        return UNPUBLISHED_LINK.at(span, message)
    if _HOST.match(written):
        message = f'"{written}" has no https:// before it, so it is taken for a file of the course.'
        return BROKEN_LINK.at(span, message, f'Write "https://{written}".')
    if not source.startswith(CONTENT):
        message = f'"{written}" leads out of the content folder.'
        return BROKEN_LINK.at(span, message, "Move the file into content/, or link to a web address.")
    folder = posixpath.dirname(document.source)
    true_case = targets.folded.get(source.casefold())
    if true_case:
        message = (
            f'"{written}" differs from the file\'s name only in upper and lower case; published, it would be missing.'
        )
        return BROKEN_LINK.at(span, message, f'Write "{posixpath.relpath(true_case, folder)}".')
    near = _nearest(source, folder, targets)
    from_where = "from the content folder" if span.file != document.source else "from where they stand"
    help = f'Did you mean "{near}"?' if near else f"Links name the source file {from_where}, such as project.md."
    return BROKEN_LINK.at(span, f'"{written}" leads to {source}, which isn\'t in the course.', help)


_HOST = regex(r"(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|edu|gov|io|net|org)(?:[/?#]|\Z))", re.IGNORECASE)


def _nearest(source: str, folder: str, targets: Targets) -> str | None:
    """The file that was likely meant, as it is written from `folder`."""
    slashed = posixpath.normpath(source.replace("\\", "/"))
    for ending in ("/index.html", ".html", ".htm", ""):
        meant = slashed if slashed in targets.pages else f"{slashed.removesuffix(ending)}.md"
        if slashed.endswith(ending) and meant in targets.pages:
            return posixpath.relpath(meant, folder)
    return closest(posixpath.relpath(source, folder), (posixpath.relpath(path, folder) for path in targets.pages))


# --- citations ----------------------------------------------------------------------------------


def _citations(document: Document, targets: Targets) -> Iterator[Reference]:
    """The document's citations, as far as all their papers are known."""
    for reference in (*document.title_references, *document.references):
        if reference.items and all(item.key in targets.papers for item in reference.items):
            yield reference


def _is_known(reference: Reference, targets: Targets, findings: list[Diagnostic]) -> bool:
    """Whether papers.bib has all papers of a citation; a handle such as @octocat isn't one, so it isn't told."""
    unknown = [item for item in reference.items if item.key not in targets.papers]
    if unknown and reference.in_text and not _looks_like_key(unknown[0].key, targets.papers):
        return False
    for item in unknown:
        findings.append(_unknown_citation(item, reference.in_text, targets.papers))
    return not unknown


def _unknown_citation(item: CiteItem, in_text: bool, papers: Mapping[str, Paper]) -> Diagnostic:
    finding = unknown_paper(item.key, item.span, papers)
    begun = [key for key in papers if item.key.startswith(key) and not _goes_on(item.key[len(key)])] if in_text else []
    if begun:
        key = max(begun, key=len)
        return replace(finding, help=f"Write {{}} around the key: @{{{key}}}{item.key.removeprefix(key)}.")
    if in_text:
        return replace(finding, help=f"{finding.help} For text that is no citation, write \\@{item.key}.")
    return finding


def _goes_on(character: str) -> bool:
    """Whether a key's last word goes on; not with a hyphen or dot, nor with 是 or 은 after ASCII letters."""
    return character == "_" or (character.isascii() and character.isalnum())


def _anchor(paper: Paper, page: str | None, place: str, words: str, html: str) -> str:
    """The words, as HTML, which lead to the paper from `page`; without one, they stand in a link already."""
    if page is None:
        return f'<span id="{place}">{html}</span>'
    href = escape(link(paper.path, page))
    kind = "cite long" if len(words) > LONG else "cite"
    return f'<a class="{kind}" id="{place}" href="{href}">{html}</a>'


def _looks_like_key(word: str, papers: Mapping[str, Paper]) -> bool:
    """`zhu2022` and what is close to a key of the list; not `octocat` or `user42`."""
    return _YEAR.search(word) is not None or closest(word, papers) is not None


_YEAR = regex(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def unknown_paper(key: str, span: Span, papers: Iterable[str]) -> Diagnostic:
    near = closest(key, papers)
    help = f'Did you mean "{near}"?' if near else "Add it to papers.bib, or mend the key."
    return UNKNOWN_PAPER.at(span, f'papers.bib has no paper "{key}".', help)
