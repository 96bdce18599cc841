"""The course once everything is known about it: what all outputs read.

Frozen values only; nothing here reads, computes or formats. References go one way (a session knows
its lecture and papers); the way back is in `Course`'s maps. Times are aware and in the course's zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property

from sitegen.addresses import deck_path, paper_path
from sitegen.diagnostics import Located, Span
from sitegen.languages import English, compose
from sitegen.later import late
from sitegen.patterns import is_western, regex
from sitegen.plan import CourseFacts, Days, GradeItem, Guest, Person, PresentationRule, ReviewRule, Term
from sitegen.values import Value, field

# --- texts --------------------------------------------------------------------------------------


class Heading(Value):
    level: int
    id: str
    text: str
    """Plain text."""


class CiteItem(Value):
    """One paper in a citation: `see @key, sec. 3`."""

    key: str
    before: str
    """Words before the key: `see`."""
    after: str
    """Words after the key, without the comma: `sec. 3`."""
    hide_author: bool
    """Written `-@key`: only the year is shown."""
    span: Span


class Diagram(Value):
    """A drawing that the author wrote as text, in a fenced block."""

    language: str
    """`dot` or `mermaid`."""
    source: str
    layout: str = ""
    """How nodes are arranged, where that is the author's to choose: `neato`; or empty."""
    alt: str = ""
    """What it shows, for those who don't see it; empty where the author didn't say."""
    caption: str = ""
    """The words below it, when it stands in a figure that has some."""
    id: str = ""
    margin: int = 0
    """Characters before the source in its lines, which count from the line below the reference's span."""
    file: str = ""
    """The file of the course that the source comes from, unless it stands in the text."""
    lines: tuple[int, ...] = ()
    """The numbers of the source's lines in `file`."""


class Picture(Value):
    """An image of the course, as far as pages need to know it."""

    width: int
    height: int
    """In CSS pixels; both 0 when the image doesn't say."""
    smaller: tuple[tuple[str, int], ...] = ()
    """(published path, width in pixels) of files made from it, from the smallest."""


class Reference(Value):
    """A place in a document that another file must fill: a link's target or a citation."""

    kind: str
    """`link`, `image`, `cite`; `label`: the words of a link that has none of its own; `diagram`; `picture`: what an
    image says besides its address; `words`: a citation inside a link, of which only the words are shown; `text`: one
    in a title or an image's description, where there can't be anything but words.
    """
    written: str
    """A link's address, or the citation, as the author wrote it."""
    span: Span
    items: tuple[CiteItem, ...] = ()
    """The papers of a citation, in the order written."""
    in_text: bool = False
    """A citation whose authors are part of the sentence: `@key` without brackets."""
    diagram: Diagram | None = None
    given: frozenset[str] = frozenset()
    """The attributes that the author gave to a picture."""


class Slide(Value):
    """One slide of a lecture. Its title is the first heading in `html`; what the speaker says stands in an `aside`."""

    id: str
    title: str
    """Plain text; empty for a slide that has no heading, and for the opening one."""
    html: str
    """With placeholders in a `Document`, filled in for the deck in a `Page`."""
    classes: tuple[str, ...] = ()
    """Given by the author, as in `--- {.section}`."""
    heading: str = ""
    """The id of its title's heading in the notes, or empty."""
    density: str = ""
    """How small its text must be to fit: empty, or a class of `heights.SETTINGS`."""
    references: tuple[Reference, ...] = ()
    span: Span = Span("")
    """Of the `---` that opens it."""
    values: tuple[str, ...] = ()
    """What stands for each of the references, in a `Page`."""


class Document(Value):
    """One Markdown text, converted; what depends on other files is a placeholder in `html` (see `addresses`)."""

    source: str
    """POSIX path from the course folder."""
    title: str
    description: str
    html: str
    markdown: str = ""
    """The body as it was written, without comments, with the same placeholders as `html`."""
    headings: tuple[Heading, ...] = ()
    ids: frozenset[str] = frozenset()
    """Every id in `html`: what a fragment may name."""
    references: tuple[Reference, ...] = ()
    """Placeholder n stands for references[n]."""
    title_references: tuple[Reference, ...] = ()
    """Citations in the title, where they stand as they are written."""
    aliases: tuple[Located, ...] = ()
    draft: bool = False
    publish: dt.date | None = None
    date: dt.date | None = None
    span: Span = Span("")
    title_span: Span = Span("")
    minutes: int = 0
    """How long it takes to read."""
    slides: tuple[Slide, ...] = ()
    """Of a lecture that has a `---`: the opening slide, then one for each."""
    slide_ids: frozenset[str] = frozenset()
    """Every id on the slides."""
    labels: tuple[tuple[str, str], ...] = ()
    """Ids of figures, tables and the like, and what refers to them says: `Figure 2`."""
    face: bytes = b""
    """A digest of what the rest of the course sees of it (`prose.faces`)."""


late(Slide, "html")
late(Document, "html", "markdown")


class Attachment(Value):
    """A file that belongs to a lecture: its slides as PDF, a notebook, a handout."""

    path: str
    """Published path."""
    label: str
    """What it is: `Slides`, `Handout`, `PDF`."""
    kind: str
    """What opens it, where the label doesn't say: `PowerPoint`; or empty."""
    size: int
    """In bytes."""
    is_slides: bool = False


class Page(Value):
    """A document at an address."""

    path: str
    """Published path from the site's top: `project/index.html`."""
    document: Document
    html: str
    """The document's HTML with links and citations filled in, relative to `path`, and its list of references."""
    cited: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """The ids of a paper's citations by its key, in order of first citation."""
    markdown: str = ""
    """The document's Markdown with links and citations filled in, for readers elsewhere: addresses are absolute where
    the site's is known."""
    slides: tuple[Slide, ...] = ()
    """The document's slides, filled in for the page at `deck`."""
    files: tuple[Attachment, ...] = ()
    """Of a lecture: those that neither its text nor its sessions link to."""
    values: tuple[str, ...] = ()
    """What stands in `html` for each of the document's references."""
    words: tuple[str, ...] = ()
    """What stands in `markdown` for each of them."""

    @property
    def deck(self) -> str:
        """Published path of its slides, or empty."""
        return deck_path(self.path) if self.document.slides or self.slides else ""

    @property
    def title(self) -> str:
        return self.document.title

    @property
    def source(self) -> str:
        return self.document.source

    @property
    def description(self) -> str:
        return self.document.description


late(Page, "html", "markdown", "slides", "values", "words")


class Announcement(Value):
    """One dated section of announcements.md."""

    date: dt.date
    title: str
    document: Document
    span: Span
    id: str = ""
    """Its anchor on the announcements page: its date and title."""
    number: int = 1
    """Counts the announcements of one day, the oldest first, so that one added later takes no other's number."""
    given: str = ""
    """The id that its author gave it, as in `## 2026-02-03 Title {#exam}`; or empty."""
    markdown: str = ""
    """As `Page.markdown`."""
    html: str = ""
    """Its document's HTML, filled in for the announcements page."""
    cited: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """As `Page.cited`."""

    @property
    def name(self) -> str:
        """`2026-02-03`, `2026-02-03.2` or what was given: by which feeds and permanent links know it."""
        if self.given:
            return self.given
        return str(self.date) if self.number == 1 else f"{self.date}.{self.number}"


class CitedOn(Value):
    """A text that cites a paper."""

    title: str
    path: str
    """Of the page that it stands on."""
    places: tuple[str, ...]
    """The ids of the citations, in their order."""


# --- papers -------------------------------------------------------------------------------------

_EAST_ASIAN = regex("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Name(Value):
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
        if not is_western(self.last) and _EAST_ASIAN.match(self.last) and _EAST_ASIAN.match(self.first):
            return self.last + self.first
        name = " ".join(part for part in (self.first, self.von, self.last) if part)
        return f"{name}, {self.jr}" if self.jr else name


class Paper(Value, kw_only=True):
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
    container: str = ""
    """What `venue` names: `journal`, `conference`, `book`, or nothing of these when empty."""
    volume: str = ""
    number: str = ""
    """A journal's issue, or a report's or series' number."""
    pages: tuple[str, str] = ("", "")
    """First and last, as `611` and `626`; the same twice for one page, empty where the entry gives none or several."""
    publisher: str = ""
    month: int = 0
    """1 to 12; 0 when it isn't given."""
    doi: str = ""
    """`10.1145/3600006.3613165`."""
    arxiv: str = ""
    """`2309.06180`, with its version if the entry gives one: `2309.06180v2`."""

    @property
    def short_authors(self) -> str:
        """`Kwon et al.`, `Zhu and Stoica`; the editors for a book that has no author, or nothing."""
        names = [name.family for name in self.authors or self.editors]
        if not names:
            return ""
        if len(names) > 2 or self.more_authors:
            return English("", names[0], " et al.")
        return compose(names[0], *(part for name in names[1:] for part in (English(" and "), name)))

    @property
    def path(self) -> str:
        return paper_path(self.key)


# --- the schedule -------------------------------------------------------------------------------


class Reading(Value):
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


class SiteLink(Value):
    """A link ready to be shown."""

    label: str
    target: str = ""
    """An absolute address, a published path, or empty while it is to be announced."""
    fragment: str = ""

    @property
    def external(self) -> bool:
        return ":" in self.target


class Deadline(Value, kw_only=True):
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


class Session(Value, kw_only=True):
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
    label: str = ""
    """What the pattern that it meets by is called: `Lab`."""
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


class LogoImage(Value):
    path: str
    """Published path."""
    width: float
    height: float
    """In pixels; both 0 when the file doesn't say."""


class Logo(Value):
    """What stands before the course's code in the masthead."""

    light: LogoImage
    dark: LogoImage | None = None
    """Shown on dark pages instead."""
    alt: str = ""


# --- the whole ----------------------------------------------------------------------------------


class Memory(Value):
    """What the course's feeds know of earlier builds."""

    calendars: tuple[bytes, ...] = ()
    """calendar.ics as it may have been published last, the likeliest first; what isn't one of ours is passed over."""
    now: dt.datetime | None = None
    """When what has changed since is said to have changed; None: at the start of `today`."""


class Course(Value, kw_only=True, caches=True):
    """One course, resolved and checked."""

    facts: CourseFacts
    base_url: str
    """Absolute address with a closing slash, or empty."""
    today: dt.date
    memory: Memory = Memory()
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
    announcement_references: str = ""
    """HTML: the list of the papers that the announcements page cites."""
    words: Mapping[str, Page] = field(factory=dict)
    """The author's words above a computed page (content/readings.md), by its path."""
    navigation: tuple[SiteLink, ...]
    logo: Logo | None = None
    aliases: Mapping[str, str] = field(factory=dict)
    """Old published path to the path that it leads to."""

    sessions_of_lecture: Mapping[str, tuple[Session, ...]] = field(factory=dict)
    """By source path."""
    sessions_of_paper: Mapping[str, tuple[Session, ...]] = field(factory=dict)
    """By key."""
    cited_by: Mapping[str, tuple[CitedOn, ...]] = field(factory=dict)
    """Pages, lectures and announcements that cite a paper, by key."""
    changed: Mapping[str, dt.date] = field(factory=dict)
    """The day on which a text was last changed, by source path, as far as it is known; in the course's zone."""
    withheld: frozenset[str] = frozenset()
    """Source paths of files that aren't published, because the lecture that they belong to isn't."""

    @cached_property
    def own_pages(self) -> Mapping[str, Page]:
        """Lectures and `pages` by their published path."""
        return {page.path: page for page in (*self.lectures, *self.pages)}

    @cached_property
    def papers_by_path(self) -> Mapping[str, Paper]:
        """The first of those that share a path."""
        return {paper.path: paper for paper in reversed(tuple(self.papers.values()))}

    @cached_property
    def sessions_by_date(self) -> Mapping[dt.date, tuple[Session, ...]]:
        found: dict[dt.date, list[Session]] = {}
        for session in self.sessions:
            found.setdefault(session.start.date(), []).append(session)
        return {date: tuple(sessions) for date, sessions in found.items()}

    def lecture_of(self, session: Session) -> Page | None:
        return self._lectures_by_source.get(session.lecture)

    @cached_property
    def _lectures_by_source(self) -> Mapping[str, Page]:
        return {page.source: page for page in self.lectures}
