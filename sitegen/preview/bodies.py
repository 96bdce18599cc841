"""What an answer carries: its media type, and which part of a file was asked for.

Types are ours, not the machine's: Windows takes JavaScript for text when its registry says so.
"""

from __future__ import annotations

import re
from mimetypes import MimeTypes

from sitegen.values import Value

_OURS = {
    "avif": "image/avif",
    "bib": "application/x-bibtex",
    "bz2": "application/x-bzip2",
    "cjs": "text/javascript",
    "csv": "text/csv",
    "cu": "text/plain",
    "geojson": "application/geo+json",
    "glb": "model/gltf-binary",
    "go": "text/plain",
    "gz": "application/gzip",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/x-icon",
    "ics": "text/calendar",
    "ipynb": "application/x-ipynb+json",
    "jl": "text/plain",
    "js": "text/javascript",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "jxl": "image/jxl",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "map": "application/json",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "otf": "font/otf",
    "pf_fragment": "application/octet-stream",
    "py": "text/x-python",
    "rs": "text/plain",
    "sh": "text/plain",
    "svg": "image/svg+xml",
    "tex": "text/x-tex",
    "toml": "application/toml",
    "ts": "text/plain",
    "ttf": "font/ttf",
    "txt": "text/plain",
    "vtt": "text/vtt",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
    "zst": "application/zstd",
}
_TEXTUAL = {
    "application/geo+json",
    "application/json",
    "application/jsonl",
    "application/manifest+json",
    "application/toml",
    "application/x-bibtex",
    "application/x-ipynb+json",
    "application/xml",
    "application/yaml",
    "image/svg+xml",
}
_STANDARD = MimeTypes()
"""The standard library's own list, without what this machine adds to it."""


def media_type(path: str) -> str:
    """`text/html; charset=utf-8` of `index.html`; what nobody knows is bytes."""
    name = path.rpartition("/")[2]
    end = name.rpartition(".")[2].casefold() if "." in name else ""
    kind = _OURS.get(end) or _STANDARD.guess_type(f"x.{end}")[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind in _TEXTUAL else kind


class Part(Value):
    """The bytes from `start` up to `end`, exclusive."""

    start: int
    end: int


class Unsatisfiable(Exception):
    """The part that was asked for lies outside the file."""


def asked_part(header: str | None, size: int) -> Part | None:
    """What a `Range` header asks of a file of `size` bytes (RFC 9110, 14.2). None: all of it, which is also the answer
    to several ranges at once and to what can't be read.
    """
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", (header or "").replace(" ", ""), re.ASCII)
    if not match or not (match[1] or match[2]):
        return None
    if not match[1]:
        last = min(int(match[2]), size)
        if not last:
            raise Unsatisfiable
        return Part(size - last, size)
    start, end = int(match[1]), min(int(match[2]) + 1, size) if match[2] else size
    if match[2] and int(match[2]) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Part(start, end)
