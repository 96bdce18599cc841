"""An entry to a paper: its people, title and venue, its date, its links and topics, decoded for showing.

Which entries are papers, and their keys, are `bibliography`'s. A field that isn't shown is never decoded.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from sitegen.bib.bibdates import SEASONS, YearMonth, month_number, read_date
from sitegen.bib.bibentry import KNOWN_TYPES, Entry, Places
from sitegen.bib.cleanbib import clean_entry
from sitegen.bib.latex import Decoded, decode, is_bare
from sitegen.bib.names import Names, split_names
from sitegen.bib.paperlinks import Sources, find_sources, paper_links
from sitegen.bib.venues import KINDS, arxiv_venue, short_venue
from sitegen.diagnostics import Diagnostic, Rule, closest
from sitegen.model import Name, Paper
from sitegen.patterns import regex

BIB_MISSING_FIELD = Rule(
    "bib-missing-field",
    "warning",
    "A reference needs a title, an author (or editor, or organization) and a year. The page is made without "
    "what is missing.",
    wrong="@misc{report,\n  title = {A Report}\n}",
    right="@misc{report,\n  title = {A Report},\n  author = {Ada Lovelace},\n  year = {1843}\n}",
)
BIB_UNKNOWN_TYPE = Rule(
    "bib-unknown-type",
    "warning",
    "Neither BibTeX nor biblatex knows this type of entry. It is shown all the same, and published as @misc.",
    wrong="@inproceeding{kwon2023, ...}",
    right="@inproceedings{kwon2023, ...}",
)
BIB_LATEX = Rule(
    "bib-latex",
    "warning",
    "A command or a formula that sitegen can't turn into text. It is shown as it is written.",
    wrong=r"title = {Fast \mymacro{Paxos}}",
    right="title = {Fast {Paxos}}",
)
BIB_NAMES = Rule(
    "bib-names",
    "warning",
    "BibTeX separates people by the word and; a comma stands between one person's last and first name. "
    "A list that leaves people out ends with and others. An organization's name stands in braces.",
    wrong="author = {W. Kwon, Z. Li, S. Zhuang}",
    right="author = {W. Kwon and Z. Li and S. Zhuang}",
)


def read_paper(entry: Entry, places: Places) -> tuple[Paper, list[Diagnostic]]:
    """The paper, and what is wrong with its fields. What is missing or can't be read stays empty."""
    field = _Fields(entry, places)
    title = _title(field)
    authors, editors = field.people("author"), field.people("editor", "editora")
    people = authors.names
    if not people and not editors.names:
        organization = field.text("organization", "institution")
        people = (Name("", "", organization, ""),) if organization else ()
    date = _date(field)
    _check_entry(field, bool(people or editors.names), date.year)
    sources, problems = find_sources(entry, places)
    field.findings += problems
    venue = _venue(field, sources)
    volume, number, publisher = field.text("volume"), field.text("number", "issue"), _publisher(field, venue)
    pages = field.text("pages")
    paper = Paper(
        key=entry.key,
        type=entry.type,
        title=title.text,
        title_html=title.html,
        authors=people,
        more_authors=authors.others or (not people and editors.others),
        year=date.year,
        venue=venue,
        venue_short=_venue_short(field, venue, sources, date.year),
        links=paper_links(sources),
        abstract=field.text("abstract"),
        topics=_topics(field),
        note=_note(field, sources),
        bibtex=clean_entry(entry, _clean_fields(entry, sources, date, authors, editors), title.text, venue),
        span=entry.span,
        editors=editors.names,
        imprint=_imprint(field, volume, number, pages, publisher),
        container=_container(entry),
        volume=volume,
        number=number,
        pages=_page_range(pages),
        publisher=publisher,
        month=int(date.month) if date.month and date.month not in SEASONS else 0,
        doi=sources.doi,
        arxiv=sources.arxiv,
    )
    return paper, field.findings


class _Fields:
    """An entry's fields, decoded; what can't be decoded is a finding at its place."""

    def __init__(self, entry: Entry, places: Places) -> None:
        self.entry = entry
        self.places = places
        self.findings: list[Diagnostic] = []

    def raw(self, *names: str) -> tuple[str, str]:
        """The first of the fields `names` that is given, with its LaTeX."""
        fields = self.entry.fields
        for name in names:
            if name in fields:
                return name, fields[name]
        return "", ""

    def decoded(self, *names: str) -> Decoded:
        name, raw = self.raw(*names)
        value = decode(raw)
        if value.unknown:
            self._not_understood(name, value.unknown)
        return value

    def text(self, *names: str) -> str:
        name, raw = self.raw(*names)
        if not raw or is_bare(raw):
            return raw
        value = _decode_short(raw) if len(raw) < 200 else decode(raw)
        if value.unknown:
            self._not_understood(name, value.unknown)
        return value.text.strip()

    def people(self, *names: str) -> Names:
        name, raw = self.raw(*names)
        people = split_names(raw)
        if people.unknown:
            self._not_understood(name, people.unknown)
        if people.doubtful and not self.entry.broken:
            written = people.doubtful[0]
            shown = written if len(written) <= 60 else written[:59] + "…"
            help = "Put and between people, and others at the end of a list that goes on."
            span = self.places.in_field(self.entry, name, written)
            self.findings.append(BIB_NAMES.at(span, f"\"{shown}\" isn't one person's name.", help))
        return people

    def _not_understood(self, name: str, commands: tuple[str, ...]) -> None:
        if self.entry.broken:
            return  # an echo of the fault that was told
        words = " and ".join((commands[0], "others") if len(commands) > 2 else commands)
        message = f'{words} in the {name} of "{self.entry.key}" can\'t be shown as text.'
        help = "Write it in another way, or leave it: it is shown as it stands."
        span = self.places.in_field(self.entry, name, commands[0])
        self.findings.append(BIB_LATEX.at(span, message, help))


_decode_short = lru_cache(maxsize=4096)(decode)
"""Venues and publishers come again and again."""


def _check_entry(field: _Fields, has_people: bool, year: str) -> None:
    """Findings on the type and on what a reference can't do without; none for an entry that is broken anyway."""
    entry = field.entry
    if entry.type not in KNOWN_TYPES:
        near = closest(entry.type, KNOWN_TYPES)
        help = f"Did you mean @{near}?" if near else "Write @misc, if no other type fits."
        field.findings.append(BIB_UNKNOWN_TYPE.at(entry.span, f"@{entry.type} is no type of entry.", help))
    if entry.broken:
        return
    given = {"title": "title" in entry.fields, "author": has_people, "year": bool(year)}
    lacks = [name for name, there in given.items() if not there]
    if lacks:
        words = " and ".join(f"no {name}" for name in lacks)
        example = {"title": "title = {...}", "author": "author = {First Last and First Last}", "year": "year = {2024}"}
        help = f"Add {', '.join(example[name] for name in lacks)}."
        field.findings.append(BIB_MISSING_FIELD.at(entry.span, f'"{entry.key}" has {words}.', help))


# --- title and date -----------------------------------------------------------------------------


def _title(field: _Fields) -> Decoded:
    title = field.decoded("title")
    subtitle = field.decoded("subtitle")
    if subtitle.text.strip():
        title = Decoded(f"{title.text}: {subtitle.text}", f"{title.html}: {subtitle.html}")
    key = field.entry.key
    return title if title.text.strip() else Decoded(key, escape(key, quote=False))


def _date(field: _Fields) -> YearMonth:
    """`year` and `month`, or biblatex's `date`."""
    year = field.text("year")
    found = read_date(field.text("date", "eventdate") if not year or "month" not in field.entry.fields else "")
    if year and _WHOLE_DATE.fullmatch(year):
        found, year = read_date(year), ""
    if "month" not in field.entry.fields:
        return YearMonth(year or found.year, found.month)
    number = month_number(field.text("month"))
    return YearMonth(year or found.year, f"{number:02}" if number else "")


_WHOLE_DATE = regex(r"\d{4}-\d\d(?:-\d\d)?")

# --- where it appeared --------------------------------------------------------------------------

_ONLY_ADDRESS = regex(r"\s*(?:\\url\{[^{}]*\}|https?://\S+)\s*\.?\s*")
_ARXIV_ITSELF = regex(r"(?i)(?:corr\b|arxiv)")


def _venue(field: _Fields, sources: Sources) -> str:
    """In full: where it appeared, or what it is."""
    type = field.entry.type
    if "thesis" in type:
        kind = _kind(field) or KINDS["mastersthesis" if type == "mastersthesis" else "phdthesis"]
        return ", ".join(filter(None, (kind, field.text("school", "institution"))))
    if type in ("techreport", "report"):
        kind = " ".join(filter(None, (_kind(field) or KINDS["techreport"], field.text("number", "issue"))))
        return ", ".join(filter(None, (kind, field.text("institution"))))
    venue = field.text("booktitle", "journaltitle", "journal")
    if sources.arxiv and _ARXIV_ITSELF.match(venue):
        return "arXiv preprint"
    howpublished = field.raw("howpublished")[1]
    if not venue and howpublished and not _ONLY_ADDRESS.fullmatch(howpublished):
        venue = field.text("howpublished")
    if not venue and sources.arxiv:
        return "arXiv preprint"
    publisher = ("publisher", "organization") if field.raw("author", "editor")[0] else ("publisher",)
    return venue or field.text("eventtitle", "series") or field.text(*publisher).strip('"')


def _kind(field: _Fields) -> str:
    kind = field.text("type")
    return KINDS.get(kind, kind)


def _venue_short(field: _Fields, venue: str, sources: Sources, year: str) -> str:
    is_place = "eventtitle" in field.entry.fields or "eventdate" in field.entry.fields
    own = field.text(*_OWN_SHORT[1:] if is_place else _OWN_SHORT)
    if own:
        return own
    if venue == "arXiv preprint" or (sources.arxiv and venue.casefold().startswith("arxiv")):
        return arxiv_venue(year)
    return short_venue(venue, field.text("series"), year) or field.text("shortjournal") or venue


_OWN_SHORT = ("venue", "shortvenue", "shortbooktitle")
"""Our own field comes first; in biblatex, `venue` is the place of an event."""


def _publisher(field: _Fields, venue: str) -> str:
    """Unless the venue says it, too. Google Scholar puts quotes around one with a comma."""
    publisher = field.text("publisher").strip('"')
    return "" if publisher.casefold() == "arxiv" and venue == "arXiv preprint" else publisher


def _imprint(field: _Fields, volume: str, number: str, pages: str, publisher: str) -> str:
    """`16(12), 3848–3860` for a journal, `volume 205, pages 2226–2240. PMLR` for a book."""
    pages = _DASH.sub("–", pages) if _PAGES.fullmatch(pages) else pages
    if field.raw("journal", "journaltitle")[0]:
        issue = f"{volume}({number})" if volume and number else volume or number
        return ", ".join(filter(None, (issue, pages)))
    several = any(c in pages for c in "–,+")
    parts = (f"volume {volume}" if volume else "", f"{'pages' if several else 'page'} {pages}" if pages else "")
    place = ", ".join(filter(None, parts))
    is_venue = publisher and not field.raw("booktitle", "howpublished", "eventtitle", "series")[0]
    return ". ".join(filter(None, (place, "" if is_venue else publisher)))


_PAGES = regex(r"[\w\s,–-]+")
_DASH = regex(r"(?<=\w)\s*[-–]+\s*(?=\w)")
_PAGE_RANGE = regex(r"(\w+(?:[.:]\w+)*)(?:\s*[-–—]+\s*(\w+(?:[.:]\w+)*))?")


def _page_range(pages: str) -> tuple[str, str]:
    """`611--626` to 611 and 626, `7` to 7 and 7; nothing for a list of pages."""
    match = _PAGE_RANGE.fullmatch(pages)
    return (match[1], match[2] or match[1]) if match else ("", "")


_CONFERENCES = frozenset(["inproceedings", "conference", "proceedings", "mvproceedings"])
_BOOKS = frozenset(["incollection", "inbook", "bookinbook", "suppbook", "suppcollection", "inreference"])


def _container(entry: Entry) -> str:
    """What the venue is: a journal, a conference's proceedings or a book."""
    if "journal" in entry.fields or "journaltitle" in entry.fields:
        return "journal"
    if entry.type in _CONFERENCES:
        return "conference"
    return "book" if entry.type in _BOOKS or "booktitle" in entry.fields else ""


# --- the rest -----------------------------------------------------------------------------------


def _topics(field: _Fields) -> tuple[str, ...]:
    """`keywords`, between commas or semicolons; each once."""
    words = _COMMAS.split(field.text("keywords"))
    return tuple(dict.fromkeys(word for word in words if word))


_COMMAS = regex(r"\s*[,;]\s*")


def _note(field: _Fields, sources: Sources) -> str:
    """`note`, unless it is Zotero's `arXiv:2309.06180 [cs]`, which is a link already."""
    note = field.text("note")
    return "" if sources.arxiv and _ARXIV_NOTE.fullmatch(note) else note


_ARXIV_NOTE = regex(r"(?i)arxiv:\s*\S+(?:\s*\[[\w.-]+\])?")


def _clean_fields(entry: Entry, sources: Sources, date: YearMonth, authors: Names, editors: Names) -> dict[str, str]:
    """The entry's LaTeX as it is published: people as BibTeX splits them, addresses as they are linked, one date."""
    fields = dict(entry.fields)
    if "subtitle" in fields and "title" in fields:
        fields["title"] += f": {fields['subtitle']}"
    for name, people in (("author", authors), ("editor", editors)):
        fields.pop(name, None)
        if people.written:
            fields[name] = people.written
    fields.pop("editora", None)
    if date.year:
        fields["year"] = fields.get("year", "") if not _WHOLE_DATE.fullmatch(fields.get("year", "")) else ""
        fields["year"] = fields["year"] or date.year
    if date.month:
        fields.setdefault("month", date.month)
    fields.update(doi=sources.doi, url=sources.url if ":" in sources.url else "")
    if sources.arxiv:
        fields.update(eprint=sources.arxiv, archiveprefix="arXiv")
    return {name: value for name, value in fields.items() if value}
