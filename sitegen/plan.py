"""What site.yaml says, typed: the course's facts, its term and its schedule before dates are computed.

Values only; `settings` reads them, `timetable` computes with them. What a course is once everything
is known about it is `model.Course`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sitegen.diagnostics import Located, Span
from sitegen.values import Value, field

if TYPE_CHECKING:
    from decimal import Decimal

NOWHERE = Span("site.yaml")
UTC = ZoneInfo("UTC")
"""The zone of a course that doesn't name one."""


class Person(Value):
    name: str
    role: str = ""
    email: str = ""
    url: str = ""
    office_hours: str = ""
    span: Span = NOWHERE


class Guest(Value):
    """Who gives a guest lecture."""

    name: str = ""
    """Empty while it is to be announced."""
    affiliation: str = ""
    talk: str = ""
    url: str = ""
    span: Span = NOWHERE


class Link(Value):
    """An address under a label."""

    label: str
    target: str = ""
    """An address as the author wrote it; empty while it is to be announced."""
    span: Span = NOWHERE


class GradeItem(Value):
    label: str
    share: Decimal
    """Percent of the grade, 0 to 100."""
    span: Span = NOWHERE


class Shade(Value):
    """A colour as the author wrote it, and as `#rrggbb`."""

    written: Located
    colour: str


class Accent(Value):
    """The course's colour, as site.yaml says it; what isn't given is derived (see `outputs.palette`)."""

    light: Shade | None = None
    dark: Shade | None = None
    span: Span = NOWHERE


class Logo(Value):
    """Images for the masthead, by their paths in content/."""

    light: Located
    dark: Located | None = None
    """Shown in the dark theme instead."""
    alt: str = ""
    """What the image says; empty for one that only decorates."""
    span: Span = NOWHERE


class CourseFacts(Value):
    code: Located = Located("", NOWHERE)
    title: Located = Located("", NOWHERE)
    term: str = ""
    institution: str = ""
    description: str = ""
    """One or two sentences for search engines and shared links; empty: taken from the home page."""
    url: str = ""
    """Where the course is published, with a closing slash; empty when it isn't known."""
    timezone: ZoneInfo = UTC
    language: str = "en"
    repository: str = ""
    """The repository's web address, for "edit this page"."""
    branch: str = ""
    """Empty: main, or as `repository` says."""
    folder: str = ""
    """Where the course is in the repository; empty: at its top, or as `repository` says."""
    edit: str = ""
    """The address of the repository's editor, with `{branch}` and `{path}` in it; empty: as its host has it."""
    accent: Accent | None = None
    logo: Logo | None = None
    span: Span = NOWHERE


class Pattern(Value):
    """When the class meets, week after week. Times are local; an end before the start, or at it, is past midnight."""

    weekdays: tuple[int, ...]
    """0 is Monday, in week order."""
    start: dt.time
    end: dt.time
    place: str = ""
    label: str = ""
    span: Span = NOWHERE


class Days(Value):
    """A stretch of days, both ends included, with a name (`Spring break`) or a reason."""

    first: dt.date
    last: dt.date
    name: str
    span: Span = NOWHERE


class Term(Value):
    start: dt.date
    end: dt.date
    meets: tuple[Pattern, ...]
    no_class: tuple[Days, ...] = ()
    extra_class: tuple[Days, ...] = ()
    """Days on which the class meets although its pattern doesn't say so; one day each."""
    tentative: str = ""
    """Words that are shown wherever the time and place are; empty when they are settled."""
    span: Span = NOWHERE

    @property
    def week_opens(self) -> int:
        """The weekday that begins a week (0 is Monday): Sunday in a course that meets on it, but not on Saturday."""
        weekdays = {weekday for pattern in self.meets for weekday in pattern.weekdays}
        return 6 if 6 in weekdays and 5 not in weekdays else 0


class Offset(Value):
    """A number of days from a session: -1 is the day before."""

    days: int


class ReviewRule(Value):
    """When the review of a session's required papers is due."""

    due: Offset = Offset(-1)
    at: dt.time = dt.time(12)
    where: str = ""
    """The label of one of the course's links, or plain words."""
    page: Located | None = None
    span: Span = NOWHERE


class PresentationRule(Value):
    each: int | None = None
    """How many papers each student presents."""
    show: str = "full name"
    """`full name`, `first name` or `initials`: how presenters are named in public."""
    given: bool = True
    """False when site.yaml has no `presentations`: then no paper waits for a presenter."""
    sign_up: Located | None = None
    students: tuple[Located, ...] = ()
    """Everyone who presents, by the names used in the schedule; empty when nobody is checked."""
    page: Located | None = None
    per_session: int | None = None
    """How many papers a discussion has."""
    span: Span = NOWHERE


class PartHeading(Value):
    """Opens a part of the course; takes no meeting."""

    title: Located
    span: Span = NOWHERE


LAST = "last"


class Entry(Value, kw_only=True):
    """One line of the schedule that takes one meeting (or several, `tba`)."""

    kind: str
    """`class`, `guest`, `cancelled` or `tba`."""
    topic: str
    span: Span
    id: Located | None = None
    date: dt.date | str | None = None
    """A pinned date, `last`, or None for the next meeting."""
    date_span: Span = NOWHERE
    extra: bool = False
    """Meets outside the pattern, at its own `time` and `place`."""
    time: tuple[dt.time, dt.time] | None = None
    place: str = ""
    lecture: Located | None = None
    read: tuple[Located, ...] = ()
    optional: tuple[Located, ...] = ()
    present: tuple[tuple[Located, Located], ...] = ()
    """(paper, presenter) as written; `open` for a paper that waits for a presenter."""
    guest: Guest | None = None
    reason: str = ""
    """Why it is cancelled."""
    note: str = ""
    links: tuple[Link, ...] = ()
    count: int = 1


class DeadlineRule(Value):
    """A milestone: what is due, and when, relative to a session or on a date."""

    what: Located
    due: Due
    at: dt.time = dt.time(23, 59)
    page: Located | None = None
    note: str = ""
    id: Located | None = None
    span: Span = NOWHERE


class Due(Value):
    """`1 week after serving`, `last class` or a date, as written in `text`."""

    text: Located
    date: dt.date | None = None
    days: int = 0
    anchor: str = ""
    """A session's id, `first class` or `last class`; empty when `date` is given."""


class MathSettings(Value):
    """How formulas are written."""

    macros: tuple[tuple[str, str], ...] = ()
    r"""The course's own commands, without their backslash, and the LaTeX they stand for."""
    span: Span = NOWHERE


class Settings(Value, kw_only=True):
    """site.yaml, whole."""

    course: CourseFacts = CourseFacts()
    term: Term | None = None
    staff: tuple[Person, ...] = ()
    links: tuple[Link, ...] = ()
    grading: tuple[GradeItem, ...] = ()
    reviews: ReviewRule | None = None
    presentations: PresentationRule = PresentationRule(given=False)
    schedule: tuple[PartHeading | Entry, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    navigation: tuple[Link, ...] = ()
    """The masthead; empty: the computed pages, then content/*.md by title."""
    unreadable: frozenset[str] = frozenset()
    """Keys of site.yaml in which something couldn't be read, which was said; what follows from them is a guess."""
    checks: Mapping[Located, str] = field(factory=dict)
    """Severity by slug; `off` silences one."""
    math: MathSettings = MathSettings()
    citations: str = "author-year"
    """How texts cite papers: `author-year`, `venue` or `number`."""
    span: Span = NOWHERE
