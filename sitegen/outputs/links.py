"""Every link of the finished site: each leads to a file of the site, each fragment to an id on it.

The last net, over all outputs: links that an author wrote were resolved, with their place in the
source, before this (`references`); what is found here came from a template or from raw HTML.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from sitegen.diagnostics import Diagnostic, Rule, Span, span_of_offset
from sitegen.patterns import regex

DEAD_LINK = Rule(
    "dead-link",
    "error",
    "A page of the finished site links to a file or heading that the site doesn't have. The link comes from "
    "a template or from raw HTML; the sentence names the page on which it stands.",
)

BAD_ADDRESS = Rule(
    "bad-address",
    "error",
    "A file's name would make an address that not every computer can hold: a name that Windows keeps for "
    "itself, a name that is too long, or two names that some systems take for one.",
)

_COMMENT = regex(rb"<!--.*?-->", re.DOTALL)
_TAG = regex(rb"""<[a-zA-Z][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
"""A start tag with its attributes; in their quotes may stand what looks like a tag's end."""
_ATTRIBUTE = regex(rb"""\s([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_ADDRESSES = frozenset({b"href", b"src", b"poster"})
_NAMES = _ADDRESSES | {b"srcset", b"id", b"name"}
_SCHEME = regex(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


Marks = tuple[list[str], set[str]]
"""The addresses in a page's tags, and its ids."""


def check_links(
    read: Mapping[str, Marks],
    files: Set[str],
    sources: Mapping[str, str],
    base: str,
    texts: Mapping[str, str] | None = None,
    pages: Iterable[str] | None = None,
) -> list[Diagnostic]:
    """Findings for the links in `pages`, by published path; in all of them if not given.

    `read` has what `find_marks` gives for each page of the site. `files` are all published paths, `sources` the source
    file of a page where it has one, `base` the path under which the site is published (`/teaching/2026/`), for links
    that are absolute. `texts` are the course's files, in which the address is looked for so that the finding has its
    place.
    """
    dead: dict[tuple[Span | str, str], list[tuple[str, str]]] = {}
    places: dict[str, Span | None] = {}
    followed: dict[str, set[str]] = {}
    for page in read if pages is None else pages:
        # What leads out of a folder leads to the same from the folders beside it, and most pages have the same links.
        known = followed.setdefault(page.rpartition("/")[0].rpartition("/")[0], set()) if "/" in page else set()
        for written in read[page][0]:
            if written in known:
                continue
            problem = _problem(written, page, read, files, base)
            if not problem and written.startswith("../"):
                known.add(written)
            if problem:
                if written not in places:
                    places[written] = _find(written, texts or {})
                # A fault in a template stands on every page: told once, at the first.
                where = places[written] or _from_top(written, page)
                dead.setdefault((where, problem.partition(" that ")[0]), []).append((page, written))
    findings = []
    for (where, _), found in dead.items():
        page, written = found[0]
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        problem = _problem(written, page, read, files, base)
        message = f'On the page /{page}{more}, the link "{written}" {problem}.'
        span = where if isinstance(where, Span) else Span(sources.get(page, page))
        findings.append(DEAD_LINK.at(span, message, "Mend the link in the file or template that it comes from."))
    return findings


def _from_top(written: str, page: str) -> str:
    """The address from the site's top, so that one link written on pages of different depth is one."""
    path, mark, fragment = written.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) + mark + fragment


def _find(written: str, texts: Mapping[str, str]) -> Span | None:
    """Where the address stands between quotes in a file of the course."""
    for file, text in texts.items():
        for quote in "\"'":
            found = text.find(f"{quote}{written}{quote}")
            if found >= 0:
                return span_of_offset(file, text, found + 1, len(written))
    return None


def find_marks(content: bytes) -> Marks:
    """The addresses in a page's tags, each once, and its ids."""
    targets: dict[str, None] = {}
    ids: set[str] = set()
    for tag in dict.fromkeys(_TAG.findall(_COMMENT.sub(b"", content) if b"<!--" in content else content)):
        addresses, names = _read_tag(tag)
        targets |= addresses
        ids.update(names)
    return list(targets), ids


@lru_cache(maxsize=4096)
def _read_tag(tag: bytes) -> tuple[dict[str, None], tuple[str, ...]]:
    """The addresses in a tag, and the ids that it gives. The tags around pages are the same on many."""
    targets: dict[str, None] = {}
    ids: list[str] = []
    # Every attribute is taken whole: the words in a title or in data-topic may look like another one.
    for written, *values in _ATTRIBUTE.findall(tag):
        name = written.lower()
        if name not in _NAMES:
            continue
        value = unescape(b"".join(values).decode())
        if name in _ADDRESSES:
            targets[value] = None
        elif name == b"srcset":
            pieces = () if value.lstrip().startswith("data:") else value.split(",")
            targets.update((piece.split()[0], None) for piece in pieces if piece.split())
        elif name == b"id" or tag[:3].lower() == b"<a ":
            ids.append(value)
    return targets, tuple(ids)


def _problem(written: str, page: str, read: Mapping[str, Marks], files: Set[str], base: str) -> str | None:
    path, _, fragment = written.partition("#")
    target = _step(path, page) if path else page
    if target not in files or "%" in path or "?" in path or ":" in path:
        if _SCHEME.match(written):
            return None
        path = unquote(path.partition("?")[0])
        if path.startswith("/"):
            if not path.startswith(base):
                return None  # another part of a bigger site
            target = path.removeprefix(base) or "index.html"
        elif path:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        else:
            target = page
        target = next((name for name in _names(target) if name in files), "")
        if not target:
            return "leads to a file that isn't there"
    # "#top" is the top of any page (HTML Standard 7.4.6.4, select the indicated part).
    if fragment not in ("", "top") and target in read:
        ids = read[target][1]
        if fragment not in ids and unquote(fragment) not in ids:
            return f"names a place that {target} doesn't have"
    return None


def _step(path: str, page: str) -> str:
    """Where a relative address leads that is written as sitegen writes them; nearly all are."""
    folder = page.rpartition("/")[0]
    while folder and path.startswith("../"):
        path, folder = path[3:], folder.rpartition("/")[0]
    return f"{folder}/{path}" if folder else path


def _names(target: str) -> Iterator[str]:
    yield target
    yield posixpath.normpath(f"{target}/index.html")
