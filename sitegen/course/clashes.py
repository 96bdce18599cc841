"""Addresses that clash: two files at one, a file where a folder is needed, aliases of what is there.

Addresses as such are `addresses`'; whether a computer can hold every name of the finished site is asked
once more in `destination`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from sitegen.addresses import COMPUTED_PAGES, CONTENT, LECTURES, asset_path, deck_path, is_external, page_path
from sitegen.course.references import Targets
from sitegen.diagnostics import Diagnostic, Located, Related, Rule, Span
from sitegen.model import Document, Paper
from sitegen.patterns import regex

SAME_ADDRESS = Rule(
    "same-address",
    "error",
    "Two files would be published at one address, so one of them would be lost. Addresses that differ only "
    "in upper and lower case count as one: half of all computers can't keep both.",
    wrong="content/project.md and content/project/index.md",
    right="content/project.md",
)
BAD_ALIAS = Rule(
    "bad-alias",
    "error",
    "An alias is an old address on this site, such as /old/page/, from which readers are led to the page. It "
    "can't lead out of the site and can't be the address of a page that exists.",
    wrong="aliases: ../other-site/",
    right="aliases: /old/page/",
)


def check_addresses(
    published: Iterable[Document], assets: Iterable[str], papers: Mapping[str, Paper]
) -> list[Diagnostic]:
    """A finding for each file whose address is taken, or where the site needs a folder."""
    findings = []
    taken: dict[str, tuple[str, Span | None]] = {}
    for path in [*COMPUTED_PAGES.values(), *_MADE_FILES]:
        taken[path.casefold()] = ("a page that sitegen makes", None)
    published = tuple(published)
    for document in published:
        if document.slides:
            taken[deck_path(page_path(document.source)).casefold()] = (f"the slides of {document.source}", None)
    for paper in papers.values():
        taken[paper.path.casefold()] = (f'the page of the paper "{paper.key}"', paper.span)
    files = [(page_path(d.source), d.source) for d in published if d.source not in COMPUTED_PAGES]
    files += [(asset_path(source), source) for source in assets]
    for path, source in files:
        if path == LECTURES and source == f"{CONTENT}lectures/index.md":
            continue  # the author's words above the computed list
        owner, span = taken.get(path.casefold(), ("", None))
        if owner:
            message = f"{source} would be published at /{path}, which is the address of {owner}."
            related = [Related(span, "published there already")] if span else []
            findings.append(SAME_ADDRESS.at(Span(source), message, "Rename one of the two.", related))
        else:
            taken[path.casefold()] = (source, Span(source))
    made = [*COMPUTED_PAGES.values(), *(paper.path for paper in papers.values())]
    made += [deck_path(page_path(document.source)) for document in published if document.slides]
    folders = {folder.casefold(): f"/{path}" for path in made for folder in _folders(path)}
    folders |= {folder.casefold(): source for path, source in files for folder in _folders(path)}
    for path, source in files:
        if path.casefold() in folders:
            other = folders[path.casefold()]
            message = f"{source} would be a file at /{path}, where {other} needs a folder."
            findings.append(SAME_ADDRESS.at(Span(source), message, "Rename one of the two."))
    return findings


def _folders(path: str) -> Iterable[str]:
    while path := posixpath.dirname(path):
        yield path


def read_aliases(published: Iterable[Document], targets: Targets) -> tuple[dict[str, str], list[Diagnostic]]:
    """Old path to new path."""
    found: dict[str, str] = {}
    findings = []
    taken = {path.casefold(): source for source, path in targets.pages.items()}
    taken |= dict.fromkeys((*_MADE_FILES, *(paper.path.casefold() for paper in targets.papers.values())), "")
    given: dict[str, Located] = {}
    for document in published:
        for alias in document.aliases:
            path = str(alias).strip().lstrip("/")
            if path.endswith("/") or not posixpath.splitext(path)[1]:
                path = posixpath.join(path, "index.html")
            key = path.casefold()
            if is_external(str(alias)) or not _is_old_path(path):
                message = f'"{alias}" can\'t be an old address of this page.'
                findings.append(BAD_ALIAS.at(alias.span, message, "Write it from the site's top, such as /old/page/."))
            elif key in given:
                related = [Related(given[key].span, "given first here")]
                message = f'"{alias}" is an alias of two pages.'
                findings.append(BAD_ALIAS.at(alias.span, message, "Remove one of the two.", related))
            elif (
                key in taken
                or key.startswith("assets/")
                or any(folder.casefold() in taken for folder in _folders(path))
            ):
                message = f'"{alias}" is the address of something that the site has.'
                findings.append(BAD_ALIAS.at(alias.span, message, "Remove the alias, or rename what has its address."))
            else:
                given[key] = alias
                found[path] = page_path(document.source)
    return found, findings


def _is_old_path(path: str) -> bool:
    """Whether a path can be an address on this site and a file on every computer."""
    return bool(posixpath.normpath(path) == path and _ALIAS.fullmatch(path) and not _WINDOWS.fullmatch(path))


_MADE_FILES = (
    "404.html", "calendar.ics", "classes.ics", "deadlines.ics", "feed.xml", "llms.txt", "papers.bib", "robots.txt",
    "site.webmanifest", "sitemap.xml",
)  # fmt: skip
_ALIAS = regex(r"(?!\.)[^\\<>:\"|?*#%\x00-\x1f\x7f]+(?<![ .])")
_WINDOWS = regex(r"(?:.*/)?(?:con|prn|aux|nul|com\d|lpt\d)(?:\.[^/]*)?(?:/.*)?", re.IGNORECASE)
"""A path with a name that Windows keeps for itself."""
"""A path that every computer can hold; `.` and `..` are met by normalizing it."""
