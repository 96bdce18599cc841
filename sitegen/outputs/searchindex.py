"""The search index: what can be found, to the files that pagefind's script loads in the browser.

Which things can be found is `search`'s to say, and pagefind's program is reached by a function that is
passed in. The files are the same bytes for the same entries, whatever the machine.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from sitegen.addresses import link
from sitegen.diagnostics import Rule
from sitegen.languages import OURS, English, is_english, settle
from sitegen.outputs.search import Record
from sitegen.patterns import regex

NO_SEARCH_INDEX = Rule(
    "no-search-index",
    "warning",
    "The site is published without the index that finds words as they are typed. Pagefind's program makes it; it "
    "comes with sitegen on Linux, macOS and Windows, on x86-64 and ARM64. Without it the search page still lists "
    "everything, and can be narrowed down by typing.",
)

Ask = Callable[[Iterable[Mapping[str, object]]], list[dict[str, Any]]]
"""Requests to pagefind's program in, its answers out."""

FOLDER = "pagefind/"
_LOADED = regex(r"(?:fragment|index|filter)/|pagefind(?:-worker)?\.js\Z|pagefind-entry\.json\Z|.*\.pf_meta\Z")
"""What the browser loads; the rest are pagefind's own user interfaces."""
_BESIDE_THE_TEXT = ["annotation", "math[display=block]", "svg", ".footnote-ref", ".footnote-backref"]
"""A formula's source stands beside the formula, and a formula on a line of its own says little as letters in a row;
a footnote's number would become part of the word before it."""


_NBSP = "\u00a0"


class UnknownIndex(Exception):
    """Pagefind's files aren't as this module knows them."""


def index_records(records: Sequence[Record], language: str, ask: Ask) -> dict[str, bytes]:
    """The index's files, by published path.

    Raises what `ask` raises, and UnknownIndex for the files of a pagefind that isn't known here.
    """
    config = {"force_language": language.lower(), "exclude_selectors": _BESIDE_THE_TEXT}
    requests: list[Mapping[str, object]] = [{"type": "NewIndex", "config": config}]
    for record in records:
        url, page = "/" + link(record.path, "", record.fragment), _page(record, language)
        requests.append({"type": "AddFile", "index_id": 0, "url": url, "file_path": None, "file_contents": page})
    answer = ask([*requests, {"type": "GetFiles", "index_id": 0}])[-1]
    try:
        made = {file["path"]: base64.b64decode(file["content"]) for file in answer["files"]}
        return {FOLDER + path: content for path, content in sorted(_in_order(made).items())}
    except (KeyError, ValueError, IndexError, OSError, EOFError) as error:
        raise UnknownIndex from error


def _page(record: Record, language: str = "en") -> str:
    """A record as pagefind reads it: title, date, detail and words can be found, but stand beside the text.

    In a course that isn't in English, `ours` are sitegen's words in the title and the detail, the longest first, by
    which search.js tells them from the author's.
    """
    beside = {"title": record.title, "when": record.when, "detail": record.detail, "words": record.words}
    if not is_english(language):
        pieces = (words.pieces[::2] for words in (record.title, record.detail) if isinstance(words, English))
        beside["ours"] = "|".join(sorted({piece.strip(" ,") for some in pieces for piece in some} - {""}, key=_longest))
    lines = (
        f'<p data-pagefind-meta="{name}" data-pagefind-ignore>{spaced(escape(words.replace(_NBSP, " ")))}</p>'
        for name, words in beside.items()
        if words
    )
    # A page without a word can't be found, not even by its title.
    html = record.html if is_english(language) else _OURS.sub(r"\g<tag> data-pagefind-ignore>", record.html)
    html = settle(html, language)
    text = html if _WORD.search(html) else f"<p>{escape(record.title)}</p>"
    text = _DRAWING.sub(_said, text) if "<svg" in text else text  # which pagefind passes over
    # What an author hides from search stays hidden; what they mark as the only text to find would hide all else.
    text = (
        _TAG.sub(lambda tag: tag[0].replace("data-pagefind-body", ""), text) if "data-pagefind-body" in text else text
    )
    body = f'<body data-pagefind-filter="kind:{record.kind}">'
    return f"<html>{body}{''.join(lines)}{spaced(text)}</body></html>"


_OURS = regex(rf"(?P<tag><(?:a|b|p|span|summary)\b[^<>]*){OURS}>")
"""Words of sitegen's in an author's text: an excerpt would show them in the course's language."""


def _longest(words: str) -> tuple[int, str]:
    return -len(words), words


_DRAWING = regex(r"""<svg\b(?P<about>(?:[^<>"']|"[^"]*"|'[^']*')*)>(?P<inside>.*?)</svg>""", re.DOTALL)
_LABEL = regex(r"""\saria-label=(?:"([^"]*)"|'([^']*)')""")


def _said(drawing: re.Match[str]) -> str:
    """What a drawing says, and the words in it, as text."""
    label = _LABEL.search(drawing["about"])
    words = " ".join(re.sub(r"<[^<>]*>", " ", drawing["inside"]).split())
    return f"<p>{' '.join(filter(None, ((label[1] or label[2]) if label else '', words)))}</p>"


# --- Chinese and Japanese -----------------------------------------------------------------------

_WORD = regex(r"(?:\A|>)[^<>]*\w")
_TAG = regex(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")
_IDEOGRAM = "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_HAS_IDEOGRAM = regex(_IDEOGRAM)
_AROUND = regex(f"(?<={_IDEOGRAM})(?=\\w)|(?<=\\S)(?={_IDEOGRAM})")


def spaced(html: str) -> str:
    """HTML whose Chinese and Japanese characters are words of their own: `学习` to `学 习`.

    These scripts don't part words, and pagefind finds a word by its beginning. search.js does the same to
    what is typed, and takes the spaces out of what it shows.
    """
    if not _HAS_IDEOGRAM.search(html):
        return html
    return "".join(part if part.startswith("<") else _AROUND.sub(" ", part) for part in _TAG.split(html))


# --- the same bytes -----------------------------------------------------------------------------
#
# Pagefind writes the values of a filter, and the filters of an index, in the order of a hash map, which
# changes from run to run (https://github.com/Pagefind/pagefind/issues/638). There is one filter; here its
# values are put in order. The file's name is a hash of its content and stands in the metadata, whose own
# name stands in the entry file.

_SIGNATURE = b"pagefind_dcd"
"""How a file of pagefind's begins once it is decompressed; its script takes such a file as it is."""


def _in_order(made: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that a browser loads, filters in order."""
    entry_path = "pagefind-entry.json"
    entry = json.loads(made[entry_path])
    (language,) = entry["languages"].values()
    meta_path = f"pagefind.{language['hash']}.pf_meta"
    wasm = f"wasm.{language['wasm'] or 'unknown'}.pagefind"
    files = {path: content for path, content in made.items() if _LOADED.match(path) or path == wasm}
    meta = _open(files.pop(meta_path))
    for path in [path for path in files if path.startswith("filter/")]:
        content = _sort_filter(_open(files.pop(path)))
        old, suffix = path.removeprefix("filter/").split(".")
        new = _renamed(old, content)
        files[f"filter/{new}.{suffix}"] = content
        if meta.count(old.encode()) != 1:
            raise ValueError(f"the metadata doesn't name {path} once")
        meta = meta.replace(old.encode(), new.encode())
    new = _renamed(language["hash"], meta)
    files[f"pagefind.{new}.pf_meta"] = meta
    files[entry_path] = made[entry_path].replace(language["hash"].encode(), new.encode())
    return files


def _open(content: bytes) -> bytes:
    opened = content if content.startswith(_SIGNATURE) else gzip.decompress(content)
    if not opened.startswith(_SIGNATURE):
        raise ValueError("the file has no signature")
    return opened


def _renamed(name: str, content: bytes) -> str:
    """`en_6ebb6b6` with the hash of `content`, of the same length."""
    language, _, old = name.rpartition("_")
    return f"{language}_{hashlib.sha256(content).hexdigest()[: len(old)]}"


def _sort_filter(content: bytes) -> bytes:
    """A filter's values in order. It is CBOR (RFC 8949): `[name, [[value, pages], ...]]`."""
    at = len(_SIGNATURE)
    count, name = _head(content, at)
    if count != 2:
        raise ValueError("a filter has a name and values")
    values = _end(content, name)
    _, first = _head(content, values)
    return content[:first] + b"".join(sorted(_items(content, values)))


def _items(content: bytes, at: int) -> Iterator[bytes]:
    """The bytes of each item of the array at `at`."""
    count, at = _head(content, at)
    for _ in range(count):
        end = _end(content, at)
        yield content[at:end]
        at = end


def _end(content: bytes, at: int) -> int:
    """Where the item at `at` ends: a number, a text or an array."""
    kind = content[at] >> 5
    number, at = _head(content, at)
    if kind in {2, 3}:
        return at + number
    if kind == 4:
        for _ in range(number):
            at = _end(content, at)
    elif kind not in {0, 1}:
        raise ValueError("pagefind's filters hold numbers, texts and arrays")
    return at


def _head(content: bytes, at: int) -> tuple[int, int]:
    """The number in an item's head (RFC 8949, section 3), and where the head ends."""
    short = content[at] & 31
    if short < 24:
        return short, at + 1
    if short > 27:
        raise ValueError("pagefind's arrays have their lengths before them")
    end = at + 1 + (1 << (short - 24))
    return int.from_bytes(content[at + 1 : end], "big"), end
