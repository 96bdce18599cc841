"""What a browser would load from another host: a page of a course loads nothing from elsewhere.

So nobody else learns who reads which lecture, and pages still work years later. What pages may load is told to
browsers by their policy (`outputs.policy`); here it is told to authors. Links to elsewhere are fine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sitegen.diagnostics import Diagnostic, Rule, Span, span_of_offset
from sitegen.patterns import regex
from sitegen.texts import decode

OTHER_HOST = Rule(
    "other-host",
    "warning",
    "Something would be loaded from another host when a page is opened: an image, a frame, a font, a script. Pages "
    "load nothing from elsewhere, so that no one else learns who reads what and the page still works when the other "
    "host is gone. Readers don't see it, or see a link in its place.",
    wrong="![A ring](https://example.org/ring.png)",
    right="![A ring](figures/ring.png)",
)


def is_elsewhere(address: str) -> bool:
    """Whether `address` names a host: `https://...`, `//...`."""
    return re.match(r"(?:https?:)?//", address.strip(), re.IGNORECASE) is not None


def tell(address: str, span: Span, what: str = "file") -> Diagnostic:
    """The finding for `address` at `span`; `what` is an image, a frame and so on."""
    message = f"This {what} is on another host, from which pages load nothing: {address}"
    if what in {"frame", "video", "audio"}:
        return OTHER_HOST.at(span, message, f"Link to it: [{what}]({address}).")
    return OTHER_HOST.at(span, message, "Put the file into the course and name it by its path.")


def check_files(files: Mapping[str, bytes], folder: str) -> Iterator[Diagnostic]:
    """Findings for templates and style sheets, by their path inside `folder`."""
    for path, content in files.items():
        if path.endswith((".html", ".css")):
            text = decode(content, folder + path)[0] or ""
            for start, address in find_loaded(text):
                yield tell(address, span_of_offset(folder + path, text, start, len(address)))


def find_loaded(text: str) -> Iterator[tuple[int, str]]:
    """(offset, address) of what HTML or CSS loads from another host."""
    for match in _LOADED.finditer(text):
        group = match.lastgroup
        if group:
            yield match.start(group), match[group]


_HOST = r"(?:https?:)?//[^\s\"'()<>]+"
_LOADED = regex(
    rf"""
      <!--.*?--> | /\*.*?\*/ | \{{\#.*?\#\}}
    | <link\b(?=[^<>]*\brel=["']?(?:canonical|alternate|author|license|me|next|prev|help|search)\b)[^<>]*>
    | <(?:audio|embed|iframe|image|img|input|link|object|script|source|track|video)\b[^<>]*?
        \s(?:(?:xlink:)?href|src|srcset|poster|data)\s*=\s*["']?(?P<tagged>{_HOST})
    | (?:url\(\s*|@import\s+)["']?(?P<styled>{_HOST})
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
