"""Fills a document's placeholders: where its links lead, how its citations read.

Works on one document at a time, given the map of everything that can be linked to. Converting
Markdown is `documents`; how a whole course is put together is `resolve`.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

from sitegen.addresses import CONTENT, fill, is_external, link
from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.model import CiteItem, Document, Paper, Reference

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
    "A link leads to a page that is a draft or is to be published later. Until then its words are shown "
    "without the link.",
)


OWN_IDS = "site-"
"""Ids that templates give to their own headings start so; `links` looks at those when the pages are there."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything that can be linked to."""

    pages: Mapping[str, str]
    """Source path to published path, of pages and of files published as they are."""
    ids: Mapping[str, frozenset[str] | None]
    """Published path to the ids on it; None when they can't be known (a text that couldn't be read)."""
    unpublished: frozenset[str]
    """Source paths of drafts and pages of the future."""
    papers: Mapping[str, Paper]
    folded: Mapping[str, str] = field(default_factory=dict)
    """Source path in lower case to its true spelling."""


@dataclass(frozen=True, slots=True)
class Filled:
    html: str
    cited: tuple[str, ...]
    """Keys in order of first citation."""


_NOWHERE = "\ufdd0"
"""Stands for the address of a page that isn't published; Unicode never assigns this code point."""


def fill_document(document: Document, page: str, targets: Targets) -> tuple[Filled, list[Diagnostic]]:
    """The document's HTML as shown on the published path `page`."""
    findings: list[Diagnostic] = []
    cited: dict[str, None] = {}
    values = []
    for reference in document.references:
        if reference.kind in {"cite", "words"}:
            values.append(_cite(reference, page, targets, cited, findings))
        else:
            address = resolve_link(reference, document, page, targets, findings)
            values.append(escape(address) if address is not None else _NOWHERE)
    html = fill(document.html, values.__getitem__)
    # A link that leads nowhere yet: HTML's placeholder hyperlink, told as such to screen readers.
    html = html.replace(f' href="{_NOWHERE}"', ' role="link" aria-disabled="true"').replace(_NOWHERE, "")
    return Filled(html, tuple(cited)), findings


# --- links --------------------------------------------------------------------------------------


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
    source, target = _find_target(path, document, page, targets)
    if target is None:
        findings.append(_no_target(written, source, document, span, targets))
        return None
    fragment = unicodedata.normalize("NFC", unquote(fragment))
    ids = targets.ids.get(target)
    if not path:
        ids = document.ids | (ids or frozenset())
    if fragment and ids is not None and fragment not in ids and not fragment.startswith(OWN_IDS):
        where = source if path else "this page"
        findings.append(_no_fragment(fragment, where, span, ids))
        return None
    address = link(target, page, fragment)
    return address.replace("#", f"?{query}#", 1) if query and fragment else address + (query and f"?{query}")


def _find_target(path: str, document: Document, page: str, targets: Targets) -> tuple[str, str | None]:
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


_HOST = re.compile(r"(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|edu|gov|io|net|org)(?:[/?#]|\Z))", re.IGNORECASE)


def _nearest(source: str, folder: str, targets: Targets) -> str | None:
    """The file that was likely meant, as it is written from `folder`."""
    slashed = posixpath.normpath(source.replace("\\", "/"))
    for ending in ("/index.html", ".html", ".htm", ""):
        meant = slashed if slashed in targets.pages else f"{slashed.removesuffix(ending)}.md"
        if slashed.endswith(ending) and meant in targets.pages:
            return posixpath.relpath(meant, folder)
    return closest(posixpath.relpath(source, folder), (posixpath.relpath(path, folder) for path in targets.pages))


# --- citations ----------------------------------------------------------------------------------


def _cite(reference: Reference, page: str, targets: Targets, cited: dict[str, None], findings: list[Diagnostic]) -> str:
    unknown = [item for item in reference.items if item.key not in targets.papers]
    if unknown and reference.in_text and not _looks_like_key(unknown[0].key, targets.papers):
        return escape(reference.written)  # a handle such as @octocat, not a paper
    for item in unknown:
        findings.append(unknown_paper(item.key, item.span, targets.papers))
    if unknown:
        return escape(reference.written)
    cited.update(dict.fromkeys(item.key for item in reference.items))
    link_page = None if reference.kind == "words" else page
    if reference.in_text:
        paper = targets.papers[reference.items[0].key]
        words = paper.short_authors or paper.title
        return _anchor(paper, link_page, f"{words} ({paper.year})" if paper.year else words)
    return f"({'; '.join(_bracketed(item, link_page, targets) for item in reference.items)})"


def _bracketed(item: CiteItem, page: str | None, targets: Targets) -> str:
    paper = targets.papers[item.key]
    authors = "" if item.hide_author and paper.year else paper.short_authors or paper.title
    before = f"{_typeset(item.before)} " if item.before else ""
    after = f", {_typeset(item.after)}" if item.after else ""
    return before + _anchor(paper, page, ", ".join(filter(None, (authors, paper.year)))) + after


def _typeset(words: str) -> str:
    return escape(words.replace("--", "–").replace("'", "’"))


def _anchor(paper: Paper, page: str | None, words: str) -> str:
    """The words, which lead to the paper from `page`; without one, they stand in a link already."""
    if page is None:
        return escape(words)
    return f'<a class="cite" href="{escape(link(paper.path, page))}" title="{escape(paper.title)}">{escape(words)}</a>'


def _looks_like_key(word: str, papers: Mapping[str, Paper]) -> bool:
    """`zhu2022` and what is close to a key of the list; not `octocat` or `user42`."""
    return _YEAR.search(word) is not None or closest(word, papers) is not None


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def unknown_paper(key: str, span: Span, papers: Iterable[str]) -> Diagnostic:
    near = closest(key, papers)
    help = f'Did you mean "{near}"?' if near else "Add it to papers.bib, or mend the key."
    return UNKNOWN_PAPER.at(span, f'papers.bib has no paper "{key}".', help)
