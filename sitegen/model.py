"""The course once everything is known about it: what all outputs read.

Frozen values only; nothing here reads, computes or formats. References go one way (a session knows
its lecture and papers); the way back is in `Course`'s maps. Times are aware and in the course's zone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sitegen.addresses import paper_path
from sitegen.diagnostics import Located, Span
from sitegen.plan import CourseFacts, Days, GradeItem, Guest, Person, PresentationRule, ReviewRule, Term

# --- texts --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    id: str
    text: str
    """Plain text."""


@dataclass(frozen=True, slots=True)
class CiteItem:
    """One paper in a citation: `see @key, sec. 3`."""

    key: str
    before: str
    """Words before the key: `see`."""
    after: str
    """Words after the key, without the comma: `sec. 3`."""
    hide_author: bool
    """Written `-@key`: only the year is shown."""
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a document that another file must fill: a link's target or a citation."""

    kind: str
    """`link`, `image`, `cite`, or `words`: a citation inside a link, of which only the words are shown."""
    written: str
    """A link's address, or the citation, as the author wrote it."""
    span: Span
    items: tuple[CiteItem, ...] = ()
    """The papers of a citation, in the order written."""
    in_text: bool = False
    """A citation whose authors are part of the sentence: `@key` without brackets."""


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown text, converted; what depends on other files is a placeholder in `html` (see `addresses`)."""

    source: str
    """POSIX path from the course folder."""
    title: str
    description: str
    html: str
    headings: tuple[Heading, ...] = ()
    ids: frozenset[str] = frozenset()
    """Every id in `html`: what a fragment may name."""
    references: tuple[Reference, ...] = ()
    """Placeholder n stands for references[n]."""
    aliases: tuple[Located, ...] = ()
    draft: bool = False
    publish: dt.date | None = None
    date: dt.date | None = None
    span: Span = Span("")
    title_span: Span = Span("")
    words: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A document at an address."""

    path: str
    """Published path from the site's top: `project/index.html`."""
    document: Document
    html: str
    """The document's HTML with links and citations filled in, relative to `path`."""
    cited: tuple[str, ...] = ()
    """Keys of the papers cited, in order of first citation."""

    @property
    def title(self) -> str:
        return self.document.title

    @property
    def source(self) -> str:
        return self.document.source

    @property
    def description(self) -> str:
        return self.document.description


@dataclass(frozen=True, slots=True)
class Announcement:
    """One dated section of announcements.md."""

    date: dt.date
    title: str
    document: Document
    span: Span
    id: str = ""
    """Its anchor on the announcements page."""
    html: str = ""
    """Its document's HTML, filled in for the announcements page."""


# --- papers -------------------------------------------------------------------------------------

_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's or an organisation's name, in BibTeX's four parts."""

    first: str
    von: str
    last: str
    jr: str

    @property
    def family(self) -> str:
        return f"{self.von} {self.last}".strip()

    @property
    def full(self) -> str:
        """`Ludwig van Beethoven`, `Martin Luther King, Jr.`; in Chinese, Japanese and Korean the family name leads."""
        if self.first and _EAST_ASIAN.match(self.last) and _EAST_ASIAN.match(self.first):
            return self.last + self.first
        name = " ".join(part for part in (self.first, self.von, self.last) if part)
        return f"{name}, {self.jr}" if self.jr else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One entry of papers.bib, decoded for showing."""

    key: str
    type: str
    title: str
    title_html: str
    authors: tuple[Name, ...]
    more_authors: bool
    """The list ends with `and others`."""
    year: str
    venue: str
    """In full: the book, journal or series."""
    venue_short: str
    """`SOSP '23`."""
    links: tuple[tuple[str, str], ...]
    """(label, absolute address or published path), in the order of the buttons; each once."""
    abstract: str
    topics: tuple[str, ...]
    note: str
    bibtex: str
    """Clean BibTeX of this entry."""
    span: Span
    editors: tuple[Name, ...] = ()
    imprint: str = ""
    """What a full reference says after the venue: `16(12), pages 3848–3860. Curran Associates`."""

    @property
    def short_authors(self) -> str:
        """`Kwon et al.`, `Zhu and Stoica`; the editors for a book that has no author, or nothing."""
        names = [name.family for name in self.authors or self.editors]
        if not names:
            return ""
        if len(names) > 2 or self.more_authors:
            return f"{names[0]} et al."
        return " and ".join(names)

    @property
    def path(self) -> str:
        return paper_path(self.key)


# --- the schedule -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper in a session."""

    paper: Paper
    required: bool
    presenter: str = ""
    """A name, or empty."""
    open: bool = False
    """Waits for a presenter."""
    span: Span = Span("")
    """Where the schedule names the paper."""
    presenter_span: Span = Span("")
    """Where the schedule names the presenter."""


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link ready to be shown."""

    label: str
    target: str = ""
    """An absolute address, a published path, or empty while it is to be announced."""
    fragment: str = ""

    @property
    def external(self) -> bool:
        return ":" in self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Something due. Reviews belong to a session; milestones stand alone."""

    id: str
    what: str
    due: dt.datetime
    kind: str
    """`review` or `milestone`."""
    session: str = ""
    """The id of the session that it belongs to or is counted from."""
    papers: tuple[Paper, ...] = ()
    page: SiteLink | None = None
    note: str = ""
    span: Span = Span("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One class meeting."""

    id: str
    kind: str
    """`class`, `guest`, `cancelled` or `tba`."""
    topic: str
    start: dt.datetime
    end: dt.datetime
    place: str
    week: int
    """Counted over the weeks in which the class would meet; 0 in one that has no number, as a break."""
    part: str
    """Title of the part that it belongs to; empty before the first."""
    extra: bool = False
    lecture: str = ""
    """Source path of its lecture, or empty."""
    readings: tuple[Reading, ...] = ()
    guest: Guest | None = None
    reason: str = ""
    note: str = ""
    links: tuple[SiteLink, ...] = ()
    review: Deadline | None = None
    span: Span = Span("")

    @property
    def required(self) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if reading.required)

    @property
    def optional(self) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if not reading.required)


# --- the whole ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One course, resolved and checked."""

    facts: CourseFacts
    base_url: str
    """Absolute address with a closing slash, or empty."""
    today: dt.date
    term: Term | None
    staff: tuple[Person, ...]
    links: tuple[SiteLink, ...]
    grading: tuple[GradeItem, ...]
    reviews: ReviewRule | None
    presentations: PresentationRule
    reviews_page: SiteLink | None = None
    """The page that explains reviews."""
    presentations_page: SiteLink | None = None
    """The page that explains presentations."""
    sessions: tuple[Session, ...]
    """In order of date."""
    breaks: tuple[Days, ...]
    deadlines: tuple[Deadline, ...]
    """Reviews and milestones, in order of time."""
    papers: Mapping[str, Paper]
    """By key, in the order of papers.bib."""
    home: Page | None
    pages: tuple[Page, ...]
    """content/**/*.md that stand for themselves: not the home page, computed pages or lectures; by path."""
    lectures: tuple[Page, ...]
    """In the order in which they are held; those without a session after them, by path."""
    announcements: tuple[Announcement, ...]
    """Newest first."""
    words: Mapping[str, Page] = field(default_factory=dict)
    """The author's words above a computed page (content/readings.md), by its path."""
    navigation: tuple[SiteLink, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Old published path to the path that it leads to."""

    sessions_of_lecture: Mapping[str, tuple[Session, ...]] = field(default_factory=dict)
    """By source path."""
    sessions_of_paper: Mapping[str, tuple[Session, ...]] = field(default_factory=dict)
    """By key."""
    cited_by: Mapping[str, tuple[Page, ...]] = field(default_factory=dict)
    """Pages and lectures that cite a paper, by key."""
