"""Fills a document's placeholders: where its links lead, how its citations read.

Works on one document at a time, given the map of everything that can be linked to. Converting
Markdown is `documents`; how a whole course is put together is `resolve`.
"""

from __future__ import annotations

import posixpath
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
    "error",
    "A link or image has no address, so it leads back to its own page. Where the address isn't known yet, "
    'write the words without a link, or "to be announced".',
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


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything that can be linked to."""

    pages: Mapping[str, str]
    """Source path to published path, of pages and of files published as they are."""
    ids: Mapping[str, frozenset[str] | None]
    """Published path to the ids on it; None when they aren't known yet (computed pages)."""
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
        if reference.kind == "cite":
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
        scheme = written.partition(":")[0]
        message = f"A link can't use {scheme}: addresses."
        findings.append(UNSAFE_LINK.at(span, message, "Link to https:, mailto: or a file in content/."))
        return None
    path, _, fragment = written.partition("#")
    if not path and not fragment:
        what = "image" if reference.kind == "image" else "link"
        findings.append(EMPTY_LINK.at(span, f"This {what} has no address.", "Give it one, or remove the brackets."))
        return None
    if path.startswith("//"):
        return written
    path = unquote(path.partition("?")[0])
    source = _source_path(path, document.source) if path else document.source
    target = targets.pages.get(source) or (targets.pages.get(f"{source.rstrip('/')}/index.md") if path else None)
    if target is None:
        findings.append(_no_target(written, source, document, span, targets))
        return None
    if not path:
        target = page
    fragment = unquote(fragment)
    ids = document.ids if not path else targets.ids.get(target)
    if fragment and ids is not None and fragment not in ids:
        near = closest(fragment, ids)
        where = "this page" if not path else source
        message = f'There is no heading "#{fragment}" on {where}.'
        help = (
            f'Did you mean "#{near}"?' if near else "Look at the page's headings, or give one a name: ## Title {#name}."
        )
        findings.append(BROKEN_FRAGMENT.at(span, message, help))
        return None
    return link(target, page, fragment)


def _source_path(path: str, source: str) -> str:
    """`../project.md` written in content/lectures/intro.md is content/project.md; `/project.md` is, too."""
    if path.startswith("/"):
        return posixpath.normpath(CONTENT + path.lstrip("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def _no_target(written: str, source: str, document: Document, span: Span, targets: Targets) -> Diagnostic:
    if source in targets.unpublished:
        message = f"{source} isn't published yet, so this link is shown without an address."
        return UNPUBLISHED_LINK.at(span, message)
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
    known = {posixpath.relpath(path, folder): path for path in targets.pages}
    near = closest(posixpath.relpath(source, folder), known)
    if near is None and not posixpath.splitext(source)[1] and f"{source.rstrip('/')}.md" in targets.pages:
        near = posixpath.relpath(f"{source.rstrip('/')}.md", folder)
    help = (
        f'Did you mean "{near}"?'
        if near
        else "Links name the source file from where they stand, such as ../project.md."
    )
    return BROKEN_LINK.at(span, f'"{written}" leads to {source}, which isn\'t in the course.', help)


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
    if reference.in_text:
        item = reference.items[0]
        paper = targets.papers[item.key]
        return _anchor(item, page, f"{escape(paper.short_authors)} ({escape(paper.year)})", targets)
    return f"({'; '.join(_bracketed(item, page, targets) for item in reference.items)})"


def _bracketed(item: CiteItem, page: str, targets: Targets) -> str:
    paper = targets.papers[item.key]
    words = paper.year if item.hide_author else ", ".join(filter(None, (paper.short_authors, paper.year)))
    before = escape(item.before) + " " if item.before else ""
    after = f", {escape(item.after)}" if item.after else ""
    return before + _anchor(item, page, escape(words), targets) + after


def _anchor(item: CiteItem, page: str, words: str, targets: Targets) -> str:
    paper = targets.papers[item.key]
    return f'<a class="cite" href="{escape(link(paper.path, page))}" title="{escape(paper.title)}">{words}</a>'


def _looks_like_key(word: str, papers: Mapping[str, Paper]) -> bool:
    return any(character.isdigit() for character in word) or closest(word, papers) is not None


def unknown_paper(key: str, span: Span, papers: Iterable[str]) -> Diagnostic:
    near = closest(key, papers)
    help = f'Did you mean "{near}"?' if near else "Add it to papers.bib, or mend the key."
    return UNKNOWN_PAPER.at(span, f'papers.bib has no paper "{key}".', help)
