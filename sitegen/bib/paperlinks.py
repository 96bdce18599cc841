"""Where a paper can be found: an entry's DOI, arXiv number and addresses, and the buttons made from them.

Only http, https and mailto addresses and paths inside the course become links; anything else is left
out and told. Nothing is looked up: an address is judged by how it is written.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from sitegen.bib.bibentry import Entry, Places
from sitegen.bib.latex import plain_address
from sitegen.diagnostics import Diagnostic, Located, Rule
from sitegen.patterns import regex
from sitegen.values import Value, field

BIB_LINK = Rule(
    "bib-link",
    "warning",
    "An address in papers.bib can't be followed: it isn't http, https, mailto or a path in the course, or it is "
    "written with a slip. It is left out of the paper's links.",
    wrong="pdf = {file:///home/ada/paper.pdf}",
    right="pdf = {https://example.org/paper.pdf}",
)
BIB_DOI = Rule(
    "bib-doi",
    "warning",
    "A DOI starts with 10., then comes a number, a slash and the publisher's own part. What is given doesn't "
    "look like one, so no link is made from it.",
    wrong="doi = {3600006.3613165}",
    right="doi = {10.1145/3600006.3613165}",
)


class Sources(Value):
    """An entry's addresses, checked; empty where there is none."""

    doi: str = ""
    """`10.1145/3600006.3613165`."""
    arxiv: str = ""
    """`2309.06180`, as written also with its version."""
    url: str = ""
    pdf: str = ""
    code: str = ""
    slides: str = ""
    video: str = ""


def find_sources(entry: Entry, places: Places) -> tuple[Sources, list[Diagnostic]]:
    """What `doi`, `eprint`, `url`, `pdf`, `code`, `slides` and `video` say, and addresses hidden in other fields."""
    found = _Found(entry, places)
    doi = found.doi()
    url = found.address("url") or found.address("howpublished", _URL_COMMAND)
    pdf = found.address("pdf")
    if not doi:
        match = _DOI_ADDRESS.match(url)
        doi = match[1] if match else ""
    arxiv = _arxiv(entry, url, doi)
    if not pdf and _PDF_ADDRESS.search(url.partition("#")[0]):
        pdf = url
    sources = Sources(doi, arxiv, url, pdf, *(found.address(name) for name in ("code", "slides", "video")))
    return sources, found.findings


def paper_links(sources: Sources) -> tuple[tuple[str, str], ...]:
    """(label, address) in the order of the buttons; no place twice, however it is written."""
    arxiv_doi = sources.doi.casefold().startswith("10.48550/arxiv.")
    doi = sources.doi if not (arxiv_doi and sources.arxiv) else ""
    rows = (
        ("PDF", sources.pdf or (f"https://arxiv.org/pdf/{sources.arxiv}" if sources.arxiv else "")),
        ("DOI", f"https://doi.org/{quote(doi, safe='/:;()._-')}" if doi else ""),
        ("arXiv", f"https://arxiv.org/abs/{sources.arxiv}" if sources.arxiv else ""),
        ("Page", sources.url),
        ("Code", sources.code),
        ("Slides", sources.slides),
        ("Video", sources.video),
    )
    links: dict[str, tuple[str, str]] = {}
    for label, address in rows:
        if address:
            links.setdefault(_place(address, sources), (label, address))
    return tuple(links.values())


def _place(address: str, sources: Sources) -> str:
    """What tells two spellings of one address to be the same place."""
    parts = _PARTS.match(address)
    if parts is None:
        return address
    host = parts[1].casefold().removeprefix("www.").removeprefix("dx.")
    path = parts[2].rstrip("/")
    if host in ("arxiv.org", "export.arxiv.org"):
        match = _ARXIV_PATH.match(path)
        if match:
            return f"arxiv {'abs' if match[1] == 'html' else match[1]} {match[2]}"
    landing = _LANDING.sub("/", path)
    if sources.doi and landing.casefold() == f"/{quote(sources.doi, safe='/:;()._-')}".casefold():
        if sources.doi.casefold().startswith("10.48550/arxiv.") and sources.arxiv:
            return f"arxiv abs {_VERSION.sub('', sources.arxiv)}"
        return f"doi {sources.doi.casefold()}"
    return f"{host}{path}{parts[3]}"


# --- one field at a time ------------------------------------------------------------------------

_ARXIV_NUMBER = r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}"
_ARXIV = regex(rf"(?:{_ARXIV_NUMBER})(?:v\d+)?")
_ARXIV_MENTION = regex(rf"(?i)(?:arxiv[.:]\s*|arxiv\.org/(?:abs|pdf|html)/|\babs/)((?:{_ARXIV_NUMBER})(?:v\d+)?)(?!\d)")
_MENTION_ARXIV = ("journal", "journaltitle", "volume", "howpublished")
_ZOTEROS_NOTE = regex(rf"(?i)arxiv:\s*((?:{_ARXIV_NUMBER})(?:v\d+)?)(?:\s*\[[\w.-]+\])?")
"""`arXiv:2309.06180 [cs]`."""
_ARXIV_PATH = regex(rf"/(abs|pdf|html)/({_ARXIV_NUMBER})")
_ARXIV_PREFIX = regex(r"(?i)^(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:)\s*")
_VERSION = regex(r"v[0-9]+$")
_PDF_ADDRESS = regex(r"(?i)\.pdf$|//arxiv\.org/pdf/|/doi/pdf/")
_LANDING = regex(r"(?i)^/doi/(?:abs/|full/)?")
_DOI_PREFIX = regex(r"(?i)^(?:https?://)?(?:(?:dx\.|www\.)?doi\.org/|doi:?\s*)")
_DOI = regex(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_ADDRESS = regex(r"(?i)https?://(?:dx\.|www\.)?doi\.org/(10\.\d{4,9}(?:\.\d+)*/[^\s?#]+)")
_URL_COMMAND = regex(r"\\url\{([^{}]*)\}|^\s*(https?://\S+)\s*$")
_SCHEME = regex(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PARTS = regex(r"(?i)https?://([^/?#]*)([^?#]*)(.*)")
_PLAIN_HOST = regex(r"(?i)https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:[/?#]|$)")
_NOT_IN_ADDRESS = regex(r'[\s"<>`{}|^]')


def _arxiv(entry: Entry, url: str, doi: str) -> str:
    """The arXiv number, wherever exporters put it."""
    fields = entry.fields
    prefix = fields.get("archiveprefix", fields.get("eprinttype", "")).casefold()
    eprint = plain_address(fields.get("eprint", fields.get("arxivid", "")))
    if eprint and prefix in ("arxiv", ""):
        number = _ARXIV_PREFIX.sub("", eprint).removesuffix(".pdf")
        if _ARXIV.fullmatch(number):
            return number
    for text in (url, doi, *(fields[name] for name in _MENTION_ARXIV if name in fields)):
        match = _ARXIV_MENTION.search(text)
        if match:
            return match[1]
    note = _ZOTEROS_NOTE.fullmatch(fields.get("note", ""))
    return note[1] if note else ""


class _Found(Value, frozen=False):
    entry: Entry
    places: Places
    findings: list[Diagnostic] = field(factory=list)

    def doi(self) -> str:
        written = plain_address(self.entry.fields.get("doi", ""))
        doi = _DOI_PREFIX.sub("", written)
        if not doi or (_DOI.fullmatch(doi) and not set(doi) & set('\\"<>`')):
            return doi
        doi = doi.replace("%2F", "/").replace("%2f", "/")
        if _DOI.fullmatch(doi) and not set(doi) & set('\\"`'):
            return doi
        self._tell(BIB_DOI, "doi", written, f'"{written}" isn\'t a DOI.', "A DOI looks like 10.1145/3600006.3613165.")
        return ""

    def address(self, name: str, pattern: re.Pattern[str] | None = None) -> str:
        """A field's address, ready to be followed, or nothing."""
        written = self.entry.fields.get(name, "")
        if pattern is not None:
            match = pattern.search(written)
            written = (match[1] or match[2]) if match else ""
        address = plain_address(written)
        if not address:
            return ""
        problem, help = _fault(address)
        if problem:
            self._tell(BIB_LINK, name, address, problem, help)
            return ""
        if address.startswith("//"):
            address = f"https:{address}"
        if _SCHEME.match(address):
            return _NOT_IN_ADDRESS.sub(lambda match: quote(match[0]), address)
        # Whether a path leads to a file is seen when all files are known; then its place is asked for.
        return Located(address, self.places.in_field(self.entry, name, written))

    def _tell(self, rule: Rule, name: str, written: str, message: str, help: str) -> None:
        if not self.entry.broken:
            self.findings.append(rule.at(self.places.in_field(self.entry, name, written), message, help))


def _fault(address: str) -> tuple[str, str]:
    """What is wrong with an address, and what to write; empty texts for a good one."""
    shown = address if len(address) <= 60 else address[:59] + "…"
    if "\\" in address:
        return f'The address "{shown}" holds a backslash.', "Write it as your browser shows it."
    if address.startswith("www."):
        return f'The address "{shown}" lacks its beginning.', f"Write https://{shown}."
    scheme = _SCHEME.match(address)
    if scheme is None and ":" in address.partition("/")[0]:
        return f'"{shown}" is neither an address nor a path.', "Give an https: address, or the path of a file."
    if scheme is None:
        return "", ""
    if scheme[1].lower() == "mailto":
        return "", ""
    if scheme[1].lower() not in ("http", "https"):
        return f"\"{shown}\" isn't linked, because {scheme[0]} can't be followed from a web page.", (
            "Give an https: address, or the path of a file in content/."
        )
    if _PLAIN_HOST.match(address):
        return "", ""
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if not host or not address[scheme.end() :].startswith("//"):
        return f'The address "{shown}" names no host.', "Write it as your browser shows it."
    return "", ""
