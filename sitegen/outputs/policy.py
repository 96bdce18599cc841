"""What each page may load and run: its content security policy (CSP level 3), made from the page itself.

A policy names this site, nothing else, and the hash of each script and style that stands in the page. Text in,
text out; which files a site has isn't known here.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from html import unescape
from string import ascii_lowercase, ascii_uppercase

from sitegen.patterns import regex

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
    b"iframe": "frame-src",
    b"frame": "frame-src",
    b"audio": "media-src",
    b"video": "media-src",
    b"object": "object-src",
    b"embed": "object-src",
}
"""Element to what a page with such an element may load besides."""


def protect(page: str, script: str = "") -> str:
    """The page with its policy right after its encoding; a page that brings its own, or has no head, as it is.

    `script` will be its last one, and isn't in it yet.
    """
    head = _CHARSET.search(page)
    if not head or _GIVEN.search(page):
        return page
    policies = (allow(page, script), LEADS)
    metas = [f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">' for policy in policies]
    return page.replace(head[0], "".join((head[0], *metas)), 1)  # a long page is copied once


_CHARSET = regex(r"<meta charset[^>]*>", re.IGNORECASE)
_GIVEN = regex(r"<meta http-equiv=[\"']?Content-Security-Policy", re.IGNORECASE)


def unprotect(page: str) -> str:
    """The page as it was before `protect`."""
    head = _CHARSET.search(page)
    metas = _POLICIES.match(page, head.end()) if head else None
    return page[: metas.start()] + page[metas.end() :] if metas else page


LEADS = "base-uri 'none'; form-action 'self'"
"""What a page may be led to. Both policies hold (CSP 3, 8.1). They are two because the Nu checker (26.9) takes every
relative address in a file on disk for a breach of the last one."""


_POLICIES = regex(
    r'\n<meta http-equiv="Content-Security-Policy" content="[^"]*">'
    rf'\n<meta http-equiv="Content-Security-Policy" content="{re.escape(LEADS)}">'
)


def allow(page: str, script: str = "") -> str:
    """The policy that allows the site's own files, what stands in `page`, and one more script."""
    sources: dict[str, dict[str, None]] = {name: dict.fromkeys(own.split()) for name, own in _ALWAYS.items()}
    for directive, source in _needs(page):
        sources.setdefault(directive, {})[source] = None
    if script:
        sources["script-src"][_hash(script.encode())] = None
    return "; ".join(("default-src 'none'", *(f"{name} {' '.join(allowed)}" for name, allowed in sources.items())))


def _needs(page: str) -> Iterator[tuple[str, str]]:
    """(directive, source) for each thing in the page that asks for one."""
    written = page.encode()
    letters = written.translate(_PLAINLY)
    are_plain = not any(asking.search(letters) for asking in _ASKING)
    last = max(letters.rfind(b"<script"), letters.rfind(b"<style"))
    for match in _PART.finditer(written):
        if are_plain and match.start() > last:
            return
        if are_plain and match.lastgroup != "text":
            continue
        name, attributes = (match["raw"] or match["tag"] or b"").lower(), match["attributes"] or match["more"] or b""
        if name == b"script":
            if not _SOURCE.search(attributes) and _kind(attributes) in _EXECUTED and match["text"].strip():
                yield "script-src", _hash(match["text"])
        elif name == b"style":
            yield "style-src", _hash(match["text"])
        elif name in _WHERE_USED:
            for source in OWN.split():
                yield _WHERE_USED[name], source
        if b"=" in attributes:
            for attribute in _INLINE.finditer(attributes):
                directive = "style-src" if attribute["name"].lower() == b"style" else "script-src"
                yield directive, "'unsafe-hashes'"  # unsafe only in that the hash holds for any element
                yield directive, _hash(unescape(attribute["value"][1:-1].decode()).encode())


_PART = regex(
    rb"""
      <!--.*?(?:-->|\Z)
    | <(?P<raw>script|style)\b(?P<attributes>{inside})>(?P<text>.*?)(?:</(?P=raw)\s*>|\Z)
    | <(?P<tag>[a-z][a-z0-9]*)(?P<more>{inside})>
    """.replace(b"{inside}", rb"""[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*"""),
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ASKING = (
    regex(b"<(?:" + b"|".join(_WHERE_USED) + b")"),
    regex(rb" style *="),
    regex(rb" on[a-z]+ *="),
)
"""What tags other than scripts' and style sheets' ask with. Nearly no page has it, and few tags need be looked at then.
Each begins as few others do, which is found at once."""
_PLAINLY = bytes.maketrans(b"\t\n\v\f\r" + ascii_uppercase.encode(), b"     " + ascii_lowercase.encode())
_INLINE = regex(rb"""(?<=\s)(?P<name>style|on[a-z]+)\s*=\s*(?P<value>"[^"]*"|'[^']*')""", re.IGNORECASE)
_SOURCE = regex(rb"(?:^|\s)src\s*=", re.IGNORECASE)
_TYPE = regex(rb"""(?:^|\s)type\s*=\s*["']?([^\s"'>]*)""", re.IGNORECASE)
_EXECUTED = frozenset(
    {b"", b"text/javascript", b"application/javascript", b"module", b"importmap", b"speculationrules"}
)
"""Kinds of <script> that a policy judges; others hold data."""


def _kind(attributes: bytes) -> bytes:
    found = _TYPE.search(attributes)
    return found[1].lower() if found else b""


@lru_cache(maxsize=64)
def _hash(text: bytes) -> str:
    """The text's CSP source; line ends are what HTML's parser makes of them."""
    digest = sha256(text.replace(b"\r\n", b"\n")).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
