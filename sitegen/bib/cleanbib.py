"""An entry as the clean BibTeX that students copy: what BibTeX's own styles know, in ASCII where LaTeX has a way.

Real 8-bit BibTeX has to take it with the style `plain` without a warning. So biblatex's types and fields get
their older names, an entry that lacks what its type needs becomes a @misc, and a field that plain can't use beside
another one gets a name that plain doesn't read. Fields that are ours or private stay out.

Source: btxbst.doc of BibTeX 0.99b, the documented plain.bst: the fields that each type checks.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from sitegen.bib.asciilatex import ascii_latex, percent
from sitegen.bib.bibdates import SEASONS, month_macro
from sitegen.bib.bibentry import PLAIN_TYPES, Entry
from sitegen.bib.venues import KINDS
from sitegen.patterns import regex

_TYPES = {
    "conference": "inproceedings",
    "report": "techreport", "thesis": "phdthesis", "mvbook": "book", "collection": "book", "mvcollection": "book",
    "reference": "book", "mvreference": "book", "mvproceedings": "proceedings", "bookinbook": "incollection",
    "suppbook": "inbook", "suppcollection": "incollection", "inreference": "incollection", "suppperiodical": "article",
    "review": "article",
}  # fmt: skip
"""Types of biblatex to the nearest that BibTeX's styles have; @misc stands for all others."""

_FROM_BIBLATEX = {
    "journaltitle": "journal",
    "location": "address",
    "eprinttype": "archiveprefix",
    "eprintclass": "primaryclass",
    "issue": "number",
    "langid": "language",
}
_NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "article": (("author",), ("journal",), ("year",)),
    "book": (("author", "editor"), ("publisher",), ("year",)),
    "inbook": (("author", "editor"), ("chapter", "pages"), ("publisher",), ("year",)),
    "incollection": (("author",), ("booktitle",), ("publisher",), ("year",)),
    "inproceedings": (("author",), ("booktitle",), ("year",)),
    "mastersthesis": (("author",), ("school",), ("year",)),
    "phdthesis": (("author",), ("school",), ("year",)),
    "proceedings": (("year",),),
    "techreport": (("author",), ("institution",), ("year",)),
    "unpublished": (("author",), ("note",)),
}
"""What a type can't be without, beside its title: one of each group."""
_INSTEAD = {
    "journal": ("booktitle",),
    "booktitle": ("eventtitle", "maintitle", "journal", "series"),
    "school": ("institution", "organization"),
    "institution": ("school", "organization", "publisher"),
    "publisher": ("organization", "institution"),
}
"""Where a field that is needed is looked for when the entry doesn't give it."""
_SORTED_BY = {
    "book": ("author", "editor"),
    "inbook": ("author", "editor"),
    "proceedings": ("editor", "organization"),
    "manual": ("author", "organization"),
}
"""By what plain sorts, if not by the author alone. An entry that has none of these is sorted by its `key`."""
_IN_SERIES = frozenset(["book", "inbook", "incollection", "inproceedings", "proceedings"])
"""Types of which plain shows a volume or a number, the number only with a series."""
_FIELDS = (
    "title", "author", "editor", "booktitle", "journal", "year", "month", "volume", "number", "series", "edition",
    "chapter", "pages", "type", "publisher", "organization", "institution", "school", "address", "howpublished",
    "note", "key", "editora", "issue", "eid", "version", "language", "doi", "eprint", "archiveprefix", "primaryclass",
    "url", "urldate", "isbn", "issn",
)  # fmt: skip
"""What is published, in this order."""
_VERBATIM = frozenset(["doi", "eprint", "archiveprefix", "primaryclass", "url", "urldate", "isbn", "issn"])
_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")
_LONGEST_LIST = 15_000
"""Characters of names; BibTeX's strings hold 20,000, and it warns when one is longer."""


def clean_entry(entry: Entry, given: Mapping[str, str], title: str, venue: str) -> str:
    """The entry with `given` instead of its own fields: LaTeX, with addresses and numbers as they are.

    `title` stands in for one that isn't given, and sorts an entry without people; `venue` tells where an entry
    appeared that becomes a @misc for want of other fields. Both are plain text.
    """
    fields = dict(given)
    type = _fit(entry.type, fields, title, venue)
    rows = [f"  {name} = {_written(name, fields[name])}" for name in _FIELDS if fields.get(name)]
    return ",\n".join([f"@{type}{{{entry.key}", *rows]) + "\n}\n"


def _written(name: str, value: str) -> str:
    """A field's value with its delimiters."""
    if name == "month" and (macro := month_macro(value)):
        return macro
    return f"{{{_verbatim(value) if name in _VERBATIM else ascii_latex(value)}}}"


def _verbatim(value: str) -> str:
    """An address or a number: no LaTeX, and no brace or letter that BibTeX could stumble on."""
    return _NOT_VERBATIM.sub(lambda match: percent(match[0]), value)


_NOT_VERBATIM = regex(r"[{}\\]|[^\x00-\x7f]")

# --- what plain wants ---------------------------------------------------------------------------


def _fit(written_type: str, fields: MutableMapping[str, str], title: str, venue: str) -> str:
    """The type that plain takes these fields for, which are changed in place to suit it."""
    for biblatex, bibtex in _FROM_BIBLATEX.items():
        if biblatex in fields and bibtex not in fields:
            fields[bibtex] = fields.pop(biblatex)
    type = _TYPES.get(written_type, written_type if written_type in PLAIN_TYPES else "misc")
    kind = KINDS.get(fields.get("type", ""), fields.get("type", ""))
    if type == "phdthesis" and "master" in kind.casefold():
        type = "mastersthesis"
    fields["type"] = kind if kind != KINDS.get(type) else ""
    if type == "inbook" and "booktitle" in fields:
        type = "incollection"  # biblatex's @inbook is a part with a title of its own
    fields["title"] = fields.get("title") or title
    if type not in ("manual", "proceedings"):
        _sign(fields)
    if not all(_is_given(names, fields) for names in _NEEDED.get(type, ())):
        type = "misc"
        fields.setdefault("howpublished", venue)
        _sign(fields)
    if not any(name in fields for name in _SORTED_BY.get(type, ("author",))):
        fields.setdefault("key", fields["title"])
    if type in ("book", "inbook") and "author" in fields and "editor" in fields:
        fields["editora"] = fields.pop("editor")
    if "number" in fields and _is_number_unfit(type, fields):
        fields["issue"] = fields.pop("number")
    if "year" not in fields:
        fields.pop("month", None)
    fields["month"] = SEASONS.get(fields.get("month", ""), fields.get("month", ""))
    if fields.get("edition", "").isdecimal():
        edition = int(fields["edition"])
        fields["edition"] = _ORDINALS[edition - 1] if 0 < edition <= len(_ORDINALS) else _ordinal(edition)
    for name in ("author", "editor", "editora"):
        if len(fields.get(name, "")) > _LONGEST_LIST:
            fields[name] = f"{fields[name][:_LONGEST_LIST].rpartition(' and ')[0]} and others"
    return type


def _sign(fields: MutableMapping[str, str]) -> None:
    """Name an organization as the author of what nobody signs, as it is shown."""
    if "author" not in fields and "editor" not in fields:
        name = "organization" if "organization" in fields else "institution"
        if name in fields:
            fields["author"] = f"{{{fields[name]}}}"
            if name == "organization":
                del fields[name]


def _ordinal(number: int) -> str:
    """`21st`, `112th`."""
    return f"{number}{'th' if number // 10 % 10 == 1 else _ENDINGS.get(number % 10, 'th')}"


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def _is_given(names: tuple[str, ...], fields: MutableMapping[str, str]) -> bool:
    """Whether the entry has one of the fields, or something to put into the first of them."""
    if any(name in fields for name in names):
        return True
    for other in _INSTEAD.get(names[0], ()):
        if other in fields:
            fields[names[0]] = fields[other]
            return True
    return False


def _is_number_unfit(type: str, fields: Mapping[str, str]) -> bool:
    if type == "article":
        return "volume" not in fields
    return type in _IN_SERIES and ("volume" in fields or "series" not in fields)
