"""What the rest of a course sees of a text: all of it but its own words.

Two versions of a text with one face have the same title, headings, links and citations, so that nothing but the text's
own pages tells them apart. New fields of a document are part of its face until `_OWN` names them.
"""

from __future__ import annotations

from hashlib import blake2b

from sitegen.addresses import list_placeholders
from sitegen.diagnostics import Span
from sitegen.model import Document
from sitegen.values import Value, field_names

_OWN = frozenset({"html", "markdown", "face", "span", "title_span"})
"""What only the text's own pages show, and where in its file things stand."""
_SEEN = ('<a href="http', 'highlight">', "<annotation ")
"""What in a text's HTML its page's frame goes by."""


def face_of(document: Document) -> bytes:
    """A digest of 16 bytes."""
    texts = (document.html, document.markdown, *(slide.html for slide in document.slides))
    seen = tuple(sign in document.html for sign in _SEEN)
    whole = (_plain(document), tuple(map(list_placeholders, texts)), seen)
    return blake2b(repr(whole).encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _plain(value: object) -> object:
    """The value in tuples, text and numbers, without places; the same whatever a set's order is."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, frozenset):
        return tuple(sorted(map(repr, map(_plain, value))))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Span) or not isinstance(value, Value):
        return "" if isinstance(value, Span) else value
    kind = type(value)
    shown = (_plain(getattr(value, name)) for name in field_names(kind) if name not in _OWN)
    return (kind.__name__, *shown)
