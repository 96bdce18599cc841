"""papers.bib to papers, and papers to citations, references and the published papers.bib.

What an entry's fields mean for a course is decided here: its people, its title and venue, its topics.
How BibTeX is written is `bibtex`'s, where a paper's buttons lead is `paperlinks`', and which session
reads a paper isn't known here at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape

from sitegen.addresses import paper_path
from sitegen.bib.bibtex import BIB_FILE, Entry, Places, read_entries
from sitegen.bib.cleanbib import KNOWN_TYPES, clean_entry
from sitegen.bib.latex import Decoded, decode, is_bare
from sitegen.bib.names import Names, split_names
from sitegen.bib.paperlinks import Sources, find_sources, paper_links
from sitegen.bib.venues import arxiv_venue, short_venue
from sitegen.diagnostics import Diagnostic, Related, Rule, closest
from sitegen.model import Name, Paper

__all__ = ["BIB_FILE", "cite_short", "clean_bib", "read_bibliography", "reference_html"]

BIB_ENCODING = Rule(
    "bib-encoding",
    "warning",
    "papers.bib isn't UTF-8. It is read as what it most likely is (UTF-16 with its mark, otherwise Windows-1252, "
    "which holds Latin-1), so an accent may come out wrong.",
)
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


def read_bibliography(source: bytes) -> tuple[dict[str, Paper], list[Diagnostic]]:
    """The papers by key, in file order, and what is wrong with the file.

    Any bytes are read as far as they go: an entry that is broken or lacks fields is there with what
    could be read of it. Not papers are entries that only lend fields to others, and those without a key.
    """
    text, encoding_findings = _decode(source)
    entries, places, findings = read_entries(text)
    findings[:0] = encoding_findings
    papers: dict[str, Paper] = {}
    paths: dict[str, Entry] = {}
    for entry in entries:
        if not _is_paper(entry):
            continue
        finding = _check_key(entry, paths)
        if finding is not None:
            findings.append(finding)
        if entry.key and entry.key not in papers:
            papers[entry.key] = _read_paper(entry, _Field(entry, places, findings))
    return papers, findings


def _decode(source: bytes) -> tuple[str, list[Diagnostic]]:
    """Bytes of any encoding to text with plain line ends."""
    name = text = ""
    bad = -1
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = error.start
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        name, text, bad = "UTF-16", source.decode("utf-16", "replace"), 0
    elif b"\0" in source[:200] and source[:200].count(0) * 3 > len(source[:200]):
        codec = "utf-16-le" if source[1:2] == b"\0" else "utf-16-be"
        name, text, bad = "UTF-16", source.decode(codec, "replace"), 0
    elif bad >= 0:
        try:
            name, text = "Windows-1252", source.decode("cp1252")
        except UnicodeDecodeError:
            name, text = "Latin-1", source.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not name:
        return text, []
    before = source[:bad].replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("latin-1")
    place = Places(text).span(min(len(before), len(text)))
    message = f"{BIB_FILE} isn't UTF-8; it is read as {name}."
    return text, [BIB_ENCODING.at(place, message, "Save the file as UTF-8 in your editor.")]


_NOT_PAPERS = frozenset(["xdata", "set", "control", "ieeetranbstctl", "bibnote", "comment"])
_COLLECTIONS = frozenset(["proceedings", "mvproceedings", "collection", "mvcollection"])


def _is_paper(entry: Entry) -> bool:
    return entry.type not in _NOT_PAPERS and not (entry.lends and entry.type in _COLLECTIONS)


# --- keys ---------------------------------------------------------------------------------------

_KEY_LIMIT = 120
_BAD_IN_KEY = re.compile(r"""[\s"'`{}()\[\],;#%=~@<>\\]""")


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


# --- fields -------------------------------------------------------------------------------------


class _Field:
    """An entry's fields, decoded; what can't be decoded is a finding at its place."""

    def __init__(self, entry: Entry, places: Places, findings: list[Diagnostic]) -> None:
        self.entry = entry
        self.places = places
        self.findings = findings

    def raw(self, *names: str) -> tuple[str, str]:
        """The first of the fields `names` that is given, with its LaTeX."""
        for name in names:
            if name in self.entry.fields:
                return name, self.entry.fields[name]
        return "", ""

    def decoded(self, *names: str) -> Decoded:
        name, raw = self.raw(*names)
        value = decode(raw)
        if value.unknown:
            self.not_understood(name, value.unknown)
        return value

    def text(self, *names: str) -> str:
        raw = self.raw(*names)[1]
        return raw if is_bare(raw) else self.decoded(*names).text.strip()

    def people(self, *names: str) -> Names:
        name, raw = self.raw(*names)
        people = split_names(raw)
        if people.unknown:
            self.not_understood(name, people.unknown)
        if people.doubtful and not self.entry.broken:
            written = people.doubtful[0]
            shown = written if len(written) <= 60 else written[:59] + "…"
            help = "Put and between people, and others at the end of a list that goes on."
            span = self.places.in_field(self.entry, name, written)
            self.findings.append(BIB_NAMES.at(span, f"\"{shown}\" isn't one person's name.", help))
        return people

    def not_understood(self, name: str, commands: tuple[str, ...]) -> None:
        if self.entry.broken:
            return  # an echo of the fault that was told
        words = " and ".join((commands[0], "others") if len(commands) > 2 else commands)
        message = f'{words} in the {name} of "{self.entry.key}" can\'t be shown as text.'
        help = "Write it in another way, or leave it: it is shown as it stands."
        span = self.places.in_field(self.entry, name, commands[0])
        self.findings.append(BIB_LATEX.at(span, message, help))


def _read_paper(entry: Entry, field: _Field) -> Paper:
    title = _title(entry, field)
    authors, editors = field.people("author"), field.people("editor")
    people = authors.names
    if not people and not editors.names:
        organization = field.text("organization", "institution")
        people = (Name("", "", organization, ""),) if organization else ()
    year = _year(field)
    _check_entry(entry, field, bool(people or editors.names), year)
    sources, problems = find_sources(entry, field.places)
    field.findings.extend(problems)
    venue = _venue(entry, field, sources, year)
    return Paper(
        key=entry.key,
        type=entry.type,
        title=title.text,
        title_html=title.html,
        authors=people,
        more_authors=authors.others or (not people and editors.others),
        year=year,
        venue=venue,
        venue_short=_venue_short(field, venue, sources, year),
        links=paper_links(sources),
        abstract=field.text("abstract"),
        topics=_topics(field),
        note=field.text("note"),
        bibtex=clean_entry(entry, _bibtex_fields(entry, sources, year)),
        span=entry.span,
        editors=editors.names,
        imprint=_imprint(field, venue),
    )


def _title(entry: Entry, field: _Field) -> Decoded:
    title = field.decoded("title")
    subtitle = field.decoded("subtitle")
    if subtitle.text.strip():
        title = Decoded(f"{title.text}: {subtitle.text}", f"{title.html}: {subtitle.html}")
    return title if title.text.strip() else Decoded(entry.key, escape(entry.key, quote=False))


def _year(field: _Field) -> str:
    """`year`, or the year of biblatex's `date` (`2023-05`, `2023/2024`, `2023~`)."""
    year = field.text("year")
    if year:
        return year
    date = field.text("date", "eventdate")
    match = re.search(r"\d{4}", date)
    return match[0] if match else date


def _check_entry(entry: Entry, field: _Field, has_people: bool, year: str) -> None:
    """Findings on the type and on what a reference can't do without; none for an entry that is broken anyway."""
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


_ONLY_ADDRESS = re.compile(r"\s*(?:\\url\{[^{}]*\}|https?://\S+)\s*\.?\s*")


def _venue(entry: Entry, field: _Field, sources: Sources, year: str) -> str:
    """In full: where it appeared, or what it is."""
    if "thesis" in entry.type:
        kind = field.text("type") or ("Master's thesis" if entry.type == "mastersthesis" else "PhD thesis")
        kind = {"phdthesis": "PhD thesis", "mathesis": "Master's thesis"}.get(kind, kind)
        return ", ".join(filter(None, (kind, field.text("school", "institution"))))
    if entry.type in ("techreport", "report"):
        kind = " ".join(filter(None, (field.text("type") or "Technical report", field.text("number"))))
        return ", ".join(filter(None, (kind, field.text("institution"))))
    venue = field.text("booktitle", "journaltitle", "journal")
    if sources.arxiv and re.match(r"(?i)(corr\b|arxiv)", venue):
        return "arXiv preprint"
    howpublished = field.raw("howpublished")[1]
    if not venue and howpublished and not _ONLY_ADDRESS.fullmatch(howpublished):
        venue = field.text("howpublished")
    if not venue and sources.arxiv:
        return "arXiv preprint"
    publisher = ("publisher", "organization") if field.raw("author", "editor")[0] else ("publisher",)
    return venue or field.text("eventtitle", "series", *publisher)


def _venue_short(field: _Field, venue: str, sources: Sources, year: str) -> str:
    own = field.text("venue", "shortvenue", "shortbooktitle", "shortjournal")
    if own:
        return own
    if venue == "arXiv preprint" or (sources.arxiv and venue.casefold().startswith("arxiv")):
        return arxiv_venue(year)
    return short_venue(venue, field.text("series"), year) or venue


def _imprint(field: _Field, venue: str) -> str:
    """`16(12), 3848–3860` for a journal, `volume 205, pages 2226–2240. PMLR` for a book."""
    volume, number, pages = field.text("volume"), field.text("number", "issue"), field.text("pages")
    pages = re.sub(r"(?<=\w)\s*[-–]+\s*(?=\w)", "–", pages) if re.fullmatch(r"[\w\s,–-]+", pages) else pages
    if field.raw("journal", "journaltitle")[0]:
        issue = f"{volume}({number})" if volume and number else volume or number
        return ", ".join(filter(None, (issue, pages)))
    several = any(c in pages for c in "–,+")
    parts = (f"volume {volume}" if volume else "", f"{'pages' if several else 'page'} {pages}" if pages else "")
    place = ", ".join(filter(None, parts))
    publisher = field.text("publisher")
    return ". ".join(filter(None, (place, publisher if publisher != venue else "")))


def _topics(field: _Field) -> tuple[str, ...]:
    """`keywords`, between commas or semicolons; each once."""
    words = re.split(r"\s*[,;]\s*", field.text("keywords"))
    return tuple(dict.fromkeys(word for word in words if word))


_FROM_BIBLATEX = {
    "journaltitle": "journal",
    "location": "address",
    "eprinttype": "archiveprefix",
    "eprintclass": "primaryclass",
    "issue": "number",
}


def _bibtex_fields(entry: Entry, sources: Sources, year: str) -> dict[str, str]:
    """The entry's LaTeX under BibTeX's names of fields; addresses as they are linked."""
    fields = dict(entry.fields)
    for biblatex, bibtex in _FROM_BIBLATEX.items():
        if biblatex in fields:
            fields.setdefault(bibtex, fields[biblatex])
    if "subtitle" in fields and "title" in fields:
        fields["title"] += f": {fields['subtitle']}"
    if "thesis" in entry.type and "institution" in fields:
        fields.setdefault("school", fields["institution"])
    date = re.match(r"(\d{4})(?:-(\d\d))?", fields.get("date", ""))
    if date:
        fields.setdefault("year", date[1])
        fields.setdefault("month", date[2] or "")
    fields.update(doi=sources.doi, url=sources.url if ":" in sources.url else "")
    if sources.arxiv and "eprint" in fields:
        fields.update(eprint=sources.arxiv, archiveprefix="arXiv")
    return fields


# --- formats ------------------------------------------------------------------------------------


def cite_short(paper: Paper) -> str:
    """`Kwon et al. (2023)`; the title stands in for people who aren't known."""
    who = paper.short_authors or paper.title
    return f"{who} ({paper.year})" if paper.year else who


def reference_html(paper: Paper) -> str:
    """A full reference as HTML, escaped: people, title, venue, imprint, year. Its links are shown beside it."""
    names = paper.authors or paper.editors
    who = _listed([name.full for name in names], paper.more_authors)
    if not paper.authors and names:
        who += " (editors)" if len(names) > 1 else " (editor)"
    venue = f"<i>{_escaped(paper.venue)}</i>" if paper.venue else ""
    where = ", ".join(part for part in (venue, _escaped(paper.imprint), _escaped(paper.year)) if part)
    parts = (_escaped(who), paper.title_html, where)
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _listed(names: list[str], others: bool) -> str:
    """`A`, `A and B`, `A, B, and C`, `A, B, et al.`."""
    if others:
        return ", ".join([*names, "et al."])
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"


def clean_bib(papers: Iterable[Paper]) -> str:
    """papers.bib as it is published: each paper's clean BibTeX, in order."""
    return "\n".join(paper.bibtex for paper in papers)
