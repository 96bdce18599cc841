r"""Content lines, the text that a calendar file is made of (RFC 5545 §3.1): escaped, folded, ended and read back.

What the lines mean is `events`', `timezones`' and `revisions`'. They are written here and not by the
icalendar library, which takes a fifth of a second to import, a quarter of a build, and writes a `\N` of the
author's as a line break. It reads the feeds in tests, as a second opinion.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from sitegen.patterns import regex

LONGEST = 75
"""Octets of a line without its end."""
_LINE_BREAK = regex("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_CONTROL = regex("[\0-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Unicode's categories Cc and Cs, but for the line feed."""
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


def text(words: str) -> str:
    r"""A TEXT value (§3.3.11): `Ada; Bob, Cy` to `Ada\; Bob\, Cy`, a line break to `\n`. Control characters go."""
    lines = _LINE_BREAK.sub("\n", words).replace("\t", " ")
    return _CONTROL.sub("", lines).translate(_ESCAPES)


def local_time(moment: dt.datetime) -> str:
    """`20260210T153000`, as the clock on the wall has it (§3.3.5, form 1 or 3)."""
    return re.sub("[-:]", "", moment.replace(tzinfo=None, microsecond=0).isoformat())


def utc_time(moment: dt.datetime) -> str:
    """An aware time as `20260210T203000Z` (§3.3.5, form 2). These sort as text."""
    return local_time(moment.astimezone(dt.UTC)) + "Z"


def write_lines(lines: Iterable[str]) -> bytes:
    """The lines, each folded and ended with CRLF."""
    return b"".join(_fold(line.encode()) + b"\r\n" for line in lines)


def _fold(line: bytes) -> bytes:
    """The line in pieces of at most `LONGEST` octets, the leading space of a further one included.

    Never inside a character, so that each piece is UTF-8, and never inside an escape, for some readers
    undo those before they unfold.
    """
    pieces: list[bytes] = []
    start, room = 0, LONGEST
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:
            end -= 1
        backslashes = len(line[start:end]) - len(line[start:end].rstrip(b"\\"))
        end -= backslashes % 2
        pieces.append(line[start:end])
        start, room = end, LONGEST - 1
    return b"\r\n ".join([*pieces, line[start:]])


def unfold(content: bytes) -> str:
    """The lines, each whole and ended with LF; a lone LF ends one, too. Raises ValueError for what isn't UTF-8."""
    return re.sub(rb"\r?\n[ \t]", b"", content).decode().replace("\r\n", "\n")
