"""What an entry takes from others: the fields of its `crossref` and of biblatex's `xdata`.

Entries as they were read in; the same entries with what they inherit. Nothing here reads text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sitegen.bib.bibentry import BIB_FILE, Entry, Places
from sitegen.diagnostics import Diagnostic, Rule, closest

BIB_CROSSREF = Rule(
    "bib-crossref",
    "warning",
    "crossref (or xdata) names an entry from which this one takes the fields that it lacks. That entry "
    "isn't in papers.bib, or the entries name each other in a circle.",
    wrong="crossref = {sosp32}",
    right="crossref = {sosp23}",
)


def inherit(entries: Iterable[Entry], places: Places, findings: list[Diagnostic]) -> None:
    """Give entries the fields that they lack from those that their `crossref` and `xdata` name, in place.

    Unlike in BibTeX, the order in the file doesn't matter and a parent's own parent counts, too; as in
    biblatex, a parent's title is the title of the book that the child stands in.
    """
    by_key: dict[str, Entry] = {}
    for entry in entries:
        by_key.setdefault(entry.key.lower(), entry)
    own = {id(entry): dict(entry.fields) for entry in entries if "crossref" in entry.fields or "xdata" in entry.fields}
    for entry in entries:
        if id(entry) not in own:
            continue
        seen = {id(entry)}
        titles: list[str] = []
        waiting = _parents(entry.fields)
        while waiting and len(seen) <= _MAX_PARENTS:
            name, key = waiting.pop()
            parent = by_key.get(key.lower())
            if parent is None or parent is entry:
                findings.append(_no_parent(entry, name, key, by_key, places))
                continue
            if id(parent) in seen:
                continue
            seen.add(id(parent))
            parent.lends = True
            given = own.get(id(parent), parent.fields)
            for field_name, value in given.items():
                if name == "xdata" or field_name not in _PARENT_ONLY:
                    entry.fields.setdefault(field_name, value)
            if name == "crossref" and "title" in given:
                titles.append(given["title"])
            waiting += _parents(given)
        _inherit_title(entry, titles)
        for name in ("crossref", "xdata"):
            entry.fields.pop(name, None)


def _inherit_title(entry: Entry, titles: list[str]) -> None:
    """Name the volume that the entry stands in after the nearest of its parents' titles.

    As in biblatex it is the book's or the journal's title, and in BibTeX the entry's own when it has none.
    """
    if not titles:
        return
    if "title" not in entry.fields:
        entry.fields["title"] = titles[0]
    elif entry.type in _IN_JOURNALS:
        if "journal" not in entry.fields:
            entry.fields.setdefault("journaltitle", titles[0])
    elif entry.type not in _WHOLE_BOOKS:
        entry.fields.setdefault("booktitle", titles[0])


def _parents(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What an entry takes fields from; the first in the list counts least."""
    found = [("crossref", fields["crossref"])] if "crossref" in fields else []
    return found + [("xdata", key.strip()) for key in reversed(fields.get("xdata", "").split(",")) if key.strip()]


def _no_parent(entry: Entry, name: str, parent: str, known: Mapping[str, Entry], places: Places) -> Diagnostic:
    near = closest(parent, (other.key for other in known.values() if other is not entry))
    message = f'"{entry.key}" takes fields from "{parent}", which isn\'t in {BIB_FILE}.'
    if parent.lower() == entry.key.lower():
        message = f'The {name} of "{entry.key}" leads back to itself.'
    return BIB_CROSSREF.at(places.in_field(entry, name, parent), message, f'Did you mean "{near}"?' if near else "")


_IN_JOURNALS = frozenset(["article", "suppperiodical", "review"])
_WHOLE_BOOKS = frozenset(["book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings", "reference"])
_PARENT_ONLY = frozenset(
    "title subtitle shorttitle titleaddon doi url eprint archiveprefix eprinttype pdf code slides video abstract "
    "keywords note crossref xdata xref ids pages label key file annote".split()
)
"""Fields that say something about the parent of a `crossref` itself."""
_MAX_PARENTS = 20
"""A paper, its proceedings and their series are three; a chain of thousands is no bibliography."""
