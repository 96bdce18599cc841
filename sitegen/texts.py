"""Bytes to text, and text to names that can stand in an address.

No Markdown, no YAML, no LaTeX: those read the text that comes from here.
"""

from __future__ import annotations

import re
import unicodedata

from sitegen.diagnostics import Diagnostic, Rule, Span

NOT_UTF8 = Rule(
    "not-utf-8",
    "error",
    "A text file of the course isn't UTF-8, so its accents and dashes can't be read with certainty. Save it "
    "again as UTF-8; every editor offers this.",
)


def decode(source: bytes, file: str) -> tuple[str | None, list[Diagnostic]]:
    r"""UTF-8 bytes to text with `\n` line ends and no byte order mark; None and a finding at the first bad byte."""
    try:
        return source.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"), []
    except UnicodeDecodeError as error:
        good = source[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        line = good.count("\n") + 1
        column = len(good) - (good.rfind("\n") + 1) + 1
        message = f"This file isn't UTF-8: the byte 0x{source[error.start]:02X} here is no letter in it."
        return None, [NOT_UTF8.at(Span(file, line, column), message, "Save the file as UTF-8 in your editor.")]


def slugify(text: str) -> str:
    """`Don't Panic: Straße` to `dont-panic-strasse`. Letters of any script stay; the result may be empty."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    kept = "".join(c for c in folded if not unicodedata.combining(c) and c not in "'’")
    return re.sub(r"[^\w]+|_+", "-", unicodedata.normalize("NFC", kept)).strip("-")


def unique(name: str, taken: set[str]) -> str:
    """`name`, or `name-2`, `name-3` ... if it is taken; the result is added to `taken`."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    taken.add(candidate)
    return candidate
