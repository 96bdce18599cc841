"""papers.bib to papers by key: which entries are papers, and which keys can be used.

What one entry means is `papers`', how BibTeX is written `bibtex`'s. Which session reads a paper isn't known here.
"""

from __future__ import annotations

import unicodedata

from sitegen.addresses import paper_path
from sitegen.bib.bibbytes import decode_bytes
from sitegen.bib.bibentry import Entry
from sitegen.bib.bibtex import read_entries
from sitegen.bib.papers import BIB_UNKNOWN_TYPE, read_paper
from sitegen.diagnostics import Diagnostic, Related, Rule
from sitegen.model import Paper
from sitegen.patterns import regex

BIB_DUPLICATE_KEY = Rule(
    "bib-duplicate-key",
    "error",
    "Two entries of papers.bib have the same key, or keys that give their pages the same address, because they "
    "differ only in upper and lower case or in characters that an address can't hold. The first one is used.",
    wrong="@article{keshav2007, ...}\n@misc{keshav2007, ...}",
    right="@article{keshav2007, ...}\n@misc{keshav2007talk, ...}",
)
BIB_KEY = Rule(
    "bib-key",
    "error",
    "A key names a paper in citations, in site.yaml and in the address of its page. It can't hold white space, "
    "quotes, brackets, commas, backslashes or any of ; # % = ~ @ < >, and not more than 120 characters.",
    wrong="@article{how to read, ...}",
    right="@article{keshav2007, ...}",
)


def read_bibliography(source: bytes) -> tuple[dict[str, Paper], list[Diagnostic]]:
    """The papers by key, in file order, and what is wrong with the file.

    Any bytes are read as far as they go: an entry that is broken or lacks fields is there with what
    could be read of it. Not papers are entries that only lend fields to others, and those without a key.
    """
    text, findings = decode_bytes(source)
    entries, places, problems = read_entries(text)
    findings += problems
    papers: dict[str, Paper] = {}
    paths: dict[str, Entry] = {}
    for entry in entries:
        if entry.type == "set":
            message = "@set stands for several papers; none is made of it."
            findings.append(BIB_UNKNOWN_TYPE.at(entry.span, message, "Name its papers one by one where they are read."))
        if not _is_paper(entry):
            continue
        finding = _check_key(entry, paths)
        if finding is not None:
            findings.append(finding)
        if entry.key and entry.key not in papers:
            papers[entry.key], problems = read_paper(entry, places)
            findings += problems
    return papers, findings


_NOT_PAPERS = frozenset(["xdata", "set", "control", "ieeetranbstctl", "bibnote", "comment"])
_COLLECTIONS = frozenset(["proceedings", "mvproceedings", "collection", "mvcollection", "periodical"])


def _is_paper(entry: Entry) -> bool:
    return entry.type not in _NOT_PAPERS and not (entry.lends and entry.type in _COLLECTIONS)


# --- keys ---------------------------------------------------------------------------------------

_KEY_LIMIT = 120
_BAD_IN_KEY = regex(r"""[\s"'`{}()\[\],;#%=~@<>\\]""")


def _check_key(entry: Entry, paths: dict[str, Entry]) -> Diagnostic | None:
    """The finding on a key that can't be used, or is used before; `paths` learns where its page will be."""
    key = entry.key
    if not key:
        if entry.broken:
            return None
        return BIB_KEY.at(entry.span, "This entry has no key.", f"Write @{entry.type}{{name2024, ...}}.")
    bad = _BAD_IN_KEY.search(key)
    if bad or not key.isprintable():
        what = f"the character {bad[0]}" if bad and not bad[0].isspace() else "white space"
        if bad is None:
            what = "a character that can't be seen"
        fixed = "".join(c for c in _BAD_IN_KEY.sub("", key) if c.isprintable())
        return BIB_KEY.at(entry.span, f'The key "{key}" holds {what}.', f"Write {fixed or 'name2024'}.")
    if len(key) > _KEY_LIMIT:
        return BIB_KEY.at(entry.span, f"A key of {len(key)} characters is too long.", "Shorten it, as name2024.")
    path = unicodedata.normalize("NFC", paper_path(key)).casefold()
    first = paths.setdefault(path, entry)
    if first is entry:
        return None
    message = f'The key "{key}" is used twice.'
    if first.key != key:
        message = f'The keys "{key}" and "{first.key}" give two papers one address.'
    related = [Related(first.span, "first used here")]
    return BIB_DUPLICATE_KEY.at(entry.span, message, "Give one of the entries another key.", related)
