"""What each page may load and run: its content security policy (CSP level 3), made from the page itself.

A policy names this site, nothing else, and the hash of each script and style that stands in the page. Text in,
text out; which files a site has isn't known here.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import unescape

OWN = "'self' file:"
"""This site's files, also when a page is opened from disk, where browsers disagree on whether a file is 'self'."""

_ALWAYS = {
    "script-src": f"{OWN} 'wasm-unsafe-eval'",  # pagefind searches in WebAssembly
    "style-src": OWN,
    "img-src": f"{OWN} data:",
    "font-src": OWN,
    "connect-src": "'self'",
    "manifest-src": "'self'",
}
_WHERE_USED = {
    "iframe": "frame-src",
    "frame": "frame-src",
    "audio": "media-src",
    "video": "media-src",
    "object": "object-src",
    "embed": "object-src",
}
"""Element to what a page with such an element may load besides."""


def protect(page: str) -> str:
    """The page with its policy right after its encoding; a page that brings its own, or has no head, as it is."""
    head = _CHARSET.search(page)
    if not head or _GIVEN.search(page):
        return page
    metas = (f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">' for policy in (allow(page), LEADS))
    return "".join((page[: head.end()], *metas, page[head.end() :]))


_CHARSET = re.compile(r"<meta charset[^>]*>", re.IGNORECASE)
_GIVEN = re.compile(r"<meta http-equiv=[\"']?Content-Security-Policy", re.IGNORECASE)

LEADS = "base-uri 'none'; form-action 'self'"
"""What a page may be led to. Both policies hold (CSP 3, 8.1). They are two because the Nu checker (26.9) takes every
relative address in a file on disk for a breach of the last one."""


def allow(page: str) -> str:
    """The policy that allows the site's own files, and what stands in `page`."""
    sources: dict[str, dict[str, None]] = {name: dict.fromkeys(own.split()) for name, own in _ALWAYS.items()}
    for directive, source in _needs(page):
        sources.setdefault(directive, {})[source] = None
    return "; ".join(("default-src 'none'", *(f"{name} {' '.join(allowed)}" for name, allowed in sources.items())))


def _needs(page: str) -> Iterator[tuple[str, str]]:
    """(directive, source) for each thing in the page that asks for one."""
    for match in _PART.finditer(page):
        name, attributes = (match["raw"] or match["tag"] or "").casefold(), match["attributes"] or match["more"] or ""
        if name == "script":
            if not _SOURCE.search(attributes) and _kind(attributes) in _EXECUTED and match["text"].strip():
                yield "script-src", _hash(match["text"])
        elif name == "style":
            yield "style-src", _hash(match["text"])
        elif name in _WHERE_USED:
            for source in OWN.split():
                yield _WHERE_USED[name], source
        if "=" in attributes:
            for attribute in _INLINE.finditer(attributes):
                directive = "style-src" if attribute["name"].casefold() == "style" else "script-src"
                yield directive, "'unsafe-hashes'"  # unsafe only in that the hash holds for any element
                yield directive, _hash(unescape(attribute["value"][1:-1]))


_PART = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <(?P<raw>script|style)\b(?P<attributes>(?:[^<>"']|"[^"]*"|'[^']*')*)>(?P<text>.*?)(?:</(?P=raw)\s*>|\Z)
    | <(?P<tag>[a-z][a-z0-9]*)(?P<more>(?:[^<>"']|"[^"]*"|'[^']*')*)>
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_INLINE = re.compile(r"""(?<=\s)(?P<name>style|on[a-z]+)\s*=\s*(?P<value>"[^"]*"|'[^']*')""", re.IGNORECASE)
_SOURCE = re.compile(r"(?:^|\s)src\s*=", re.IGNORECASE)
_TYPE = re.compile(r"""(?:^|\s)type\s*=\s*["']?([^\s"'>]*)""", re.IGNORECASE)
_EXECUTED = frozenset({"", "text/javascript", "application/javascript", "module", "importmap", "speculationrules"})
"""Kinds of <script> that a policy judges; others hold data."""


def _kind(attributes: str) -> str:
    found = _TYPE.search(attributes)
    return found[1].casefold() if found else ""


def _hash(text: str) -> str:
    """The text's CSP source; line ends are what HTML's parser makes of them."""
    return f"'sha256-{b64encode(sha256(text.replace(chr(13) + chr(10), chr(10)).encode()).digest()).decode()}'"
