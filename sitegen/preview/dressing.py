"""A page as the preview shows it: with the script that follows the course, under the policy that it is published with.

Bytes in, bytes out; what is published never comes through here.
"""

from __future__ import annotations

import datetime as dt
import re
from html import escape

from sitegen.addresses import ANNOUNCEMENTS
from sitegen.model import Course
from sitegen.patterns import regex

SCRIPT, STATE = "/sitegen-preview.js", "/sitegen-preview.json"
LIVERELOAD, CHANNEL = "/livereload.js", "/livereload"
"""Addresses of the preview's own, beside the site; the last two are livereload's, whose script knows no others."""


def dress(page: bytes, host: str, token: str, note: str = "") -> bytes:
    """The page with the preview's script and livereload's, as files of this server: the policy forbids inline ones.

    `host` is where the browser has it from, with the port; `token` tells this page from what it will be after the
    next change; `note` is what the page's author should know of it, such as that it is a draft.
    """
    name, port = _split_host(host)
    attributes = f'data-page="{escape(token)}"' + (f' data-note="{escape(note)}"' if note else "")
    first = f'\n<script src="{SCRIPT}" {attributes} defer></script>'
    query = f"host={escape(name)}&amp;port={port}&amp;mindelay=250&amp;maxdelay=2000"
    last = f'<script src="{LIVERELOAD}?{query}" defer></script>\n'
    # 'self' is this server over HTTP; not every browser takes it for the WebSocket, too (CSP 3, 6.7.2.8).
    socket = f"ws://{host}" if ":" not in name else "ws:"
    page = page.replace(b"connect-src 'self'", b"connect-src 'self' " + socket.encode(), 1)
    end = _HEAD_END.search(page) or _BODY_END.search(page)
    at = end.start() if end else len(page)
    page = page[:at] + last.encode() + page[at:]
    start = _HEAD_START.match(page)
    at = start.end() if start else at
    return page[:at] + first.encode() + page[at:]


_HEAD_START = regex(
    rb"(?:<!doctype[^>]*>)?\s*(?:<html[^>]*>)?\s*<head[^>]*>(?:\s*<meta (?:charset|http-equiv)[^>]*>)*", re.IGNORECASE
)
"""Up to where the first script may stand: after the policies, which hold from there on."""
_HEAD_END = regex(rb"</head\s*>", re.IGNORECASE)
_BODY_END = regex(rb"</body\s*>(?!.*</body)", re.IGNORECASE | re.DOTALL)


def _split_host(host: str) -> tuple[str, str]:
    """`[::1]:8000` to `[::1]` and `8000`; without a port, 80."""
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and port.isdigit() else (host, "80")


def waiting_page() -> bytes:
    """What is shown before the course could be built for the first time."""
    return (
        b'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        b'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        b'<meta name="color-scheme" content="light dark">\n<title>Not built yet</title>\n</head>\n<body>\n'
        b"<h1>Not built yet</h1>\n<p>The course has mistakes; the terminal names them. This page fills when they are "
        b"mended.</p>\n</body>\n</html>\n"
    )


def notes_of(course: Course) -> dict[str, str]:
    """What the pages of drafts and of what is dated in the future say of themselves, by published path."""
    notes: dict[str, str] = {}
    for page in (*course.pages, *course.lectures):
        document = page.document
        words = ""
        if document.draft:
            words = f"A draft: it isn't published as long as {page.source} says draft: true."
        elif document.publish and document.publish > course.today:
            words = f"Not published before {document.publish}, as {page.source} says."
        if words:
            notes |= dict.fromkeys(filter(None, (page.path, page.deck)), words)
    if later := [item.date for item in course.announcements if item.date > course.today]:
        notes[ANNOUNCEMENTS] = f"Announcements dated in the future aren't published before their day: {_list(later)}."
    return notes


def _list(days: list[dt.date]) -> str:
    return ", ".join(map(str, sorted(set(days))))
