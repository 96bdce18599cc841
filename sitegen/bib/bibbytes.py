"""The bytes of papers.bib to text, whatever they are encoded in.

UTF-8 is expected; anything else is guessed, read and told. Which bytes a file holds is all that is looked at.
"""

from __future__ import annotations

import codecs

from sitegen.bib.bibentry import BIB_FILE, Places
from sitegen.diagnostics import Diagnostic, Rule
from sitegen.patterns import regex

BIB_ENCODING = Rule(
    "bib-encoding",
    "warning",
    "papers.bib isn't UTF-8. It is read as what it most likely is (UTF-16 or UTF-32 by its first bytes, otherwise "
    "Windows-1252, which holds Latin-1), so an accent may come out wrong. Where only some bytes aren't UTF-8, as "
    "when entries were pasted together, only those are guessed.",
)


def decode_bytes(source: bytes) -> tuple[str, list[Diagnostic]]:
    """Bytes of any encoding to text with plain line ends, and the finding on a guess."""
    codec = codec_of(source)
    before = ""
    if codec is not None:
        name, text = codec.upper()[:6], source.decode(codec, "replace").removeprefix("\ufeff")
    else:
        try:
            return _plain_line_ends(source.decode("utf-8-sig")), []
        except UnicodeDecodeError as error:
            bad = error.start
        before = source[:bad].decode("utf-8-sig")
        is_mixed = _UTF8_LETTER.search(source) is not None
        name = "a mix of UTF-8 and Windows-1252" if is_mixed else "Windows-1252"
        text = before + (_decode_mixed if is_mixed else _decode_western)(source[bad:])
    text = _plain_line_ends(text)
    place = Places(text).span(min(len(_plain_line_ends(before)), len(text)))
    message = f"{BIB_FILE} isn't UTF-8; it is read as {name}."
    return text, [BIB_ENCODING.at(place, message, "Save the file as UTF-8 in your editor.")]


def codec_of(source: bytes) -> str | None:
    """The wide encoding that the first bytes show, by their mark or by the zeros of plain letters."""
    for mark, codec in _MARKS:
        if source.startswith(mark):
            return codec
    start = source[:200]
    if start.count(0) * 3 > len(start):
        quarter = start.count(0) * 3 > len(start) * 2
        little = start[:1] != b"\0"
        return ("utf-32" if quarter else "utf-16") + ("-le" if little else "-be")
    return None


_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_LETTER = regex(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _decode_western(source: bytes) -> str:
    """Windows-1252, and Latin-1 for the five bytes that it leaves open."""
    try:
        return source.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in source)


def _decode_mixed(source: bytes) -> str:
    pieces = []
    position = 0
    for letter in _UTF8_LETTER.finditer(source):
        pieces.append(_decode_western(source[position : letter.start()]))
        pieces.append(letter[0].decode("utf-8", "replace"))
        position = letter.end()
    return "".join([*pieces, _decode_western(source[position:])])


def _plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
