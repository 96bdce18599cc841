"""Checks across a whole course: what each file says is fine, and together they can't be right.

Over the resolved course and what site.yaml said. A name that stands for nothing is found where it is
resolved (`agenda`, `references`); a text by itself is `proofread`'s.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from sitegen.course.meetings import FAR_WEEKS
from sitegen.diagnostics import Diagnostic, Located, Related, Rule, Span, closest
from sitegen.model import Attachment, Course, Deadline, Paper, Reading, Session
from sitegen.plan import Entry, Settings, Term
from sitegen.prose.proofread import MEETING_HELP, MEETING_LINK, MEETING_WORDS, PLACEHOLDER_TEXT, has_meeting_link
from sitegen.texts import slugify

DUPLICATE_READING = Rule(
    "duplicate-reading",
    "warning",
    "A paper is read in two sessions. Copying a line of the schedule and forgetting to change its paper looks "
    "like this; where it is meant, list it as optional the second time. A cancelled session doesn't count.",
    wrong="- {topic: One, read: kwon2023}\n- {topic: Two, read: kwon2023}",
    right="- {topic: One, read: kwon2023}\n- {topic: Two, optional: kwon2023}",
)
UNREAD_PAPER = Rule(
    "unread-paper",
    "note",
    "A paper of papers.bib is in no session and cited on no page. It is shown as further reading.",
)
SIMILAR_PAPERS = Rule(
    "similar-papers",
    "warning",
    "Two entries of papers.bib have the same title, DOI or arXiv number under two keys: most often the preprint "
    "and the published version. Students would find it twice in the reading list.",
)
WRONG_PAPER_COUNT = Rule(
    "wrong-paper-count",
    "warning",
    "The course fixes how many papers a discussion has (`presentations: per_session`), and a session has more or "
    "fewer. Sessions with a lecture or a guest, and cancelled ones, aren't discussions.",
    wrong="presentations: {per_session: 2}\nschedule:\n  - {topic: Serving, read: kwon2023}",
    right="presentations: {per_session: 2}\nschedule:\n  - {topic: Serving, read: [kwon2023, yu2022]}",
)
PRESENTER_COUNT = Rule(
    "presenter-count",
    "warning",
    "The course fixes how many papers each student presents (`presentations: each`). Somebody presents more; or, "
    "when no paper is open any more, somebody presents fewer.",
)
UNKNOWN_PRESENTER = Rule(
    "unknown-presenter",
    "warning",
    "A presenter isn't on the list of students (`presentations: students`). One person written in two ways counts "
    "as two.",
    wrong="presentations: {students: [Ada Lovelace]}\npresent: {kwon2023: Ada Lovelance}",
    right="presentations: {students: [Ada Lovelace]}\npresent: {kwon2023: Ada Lovelace}",
)
DUPLICATE_PERSON = Rule(
    "duplicate-person",
    "warning",
    "One name stands twice among the staff or the students.",
)
GRADING_SUM = Rule(
    "grading-sum",
    "warning",
    "The parts of the grade don't add up to 100 percent. A tenth of a percent more or less is taken for rounding.",
    wrong="grading: {Reviews: 20%, Project: 70%}",
    right="grading: {Reviews: 20%, Project: 80%}",
)
DEADLINE_ON_HOLIDAY = Rule(
    "deadline-on-holiday",
    "warning",
    "Something is due on a day without class. Students are away, and a deadline that is counted from a session "
    "gets there easily when the session moves.",
)
DEADLINE_OUTSIDE_TERM = Rule(
    "deadline-outside-term",
    "warning",
    "Something is due before the term starts or after it ends.",
)
EARLY_DEADLINE = Rule(
    "deadline-before-session",
    "warning",
    "Something is due on the day of the session it is counted from, but at an hour before that session begins. "
    "What is handed in or shown in class wants the hour of the class.",
    wrong="deadlines:\n  - {what: Check-in, due: check-in, at: 9am}",
    right="deadlines:\n  - {what: Check-in, due: check-in, at: 3:30pm}",
)
LATE_REVIEW = Rule(
    "late-review",
    "warning",
    "Reviews are due after the class in which their papers are discussed has begun. It's told once, at the rule in "
    "`reviews` that all of them follow.",
    wrong="reviews: {due: same day, at: 11:59pm}",
    right="reviews: {due: 1 day before, at: noon}",
)
MISSING_SLIDES = Rule(
    "missing-slides",
    "note",
    "A past session has no slides although the sessions before and after it have them: likely they were "
    "forgotten after class. A session with a lecture is compared with the other lectures, and any other session "
    "with those of its weekday and hour, so that a weekly lab needs no slides.",
)

SLIDES = "Slides"
ROUNDING = Decimal("0.1")
"""Percent that three parts of 33.3 may be short of 100."""


def check_course(course: Course, settings: Settings) -> list[Diagnostic]:
    """All findings, in no particular order."""
    return [
        *_readings(course, settings),
        *_similar(course),
        *_paper_counts(course, settings),
        *_presenters(course, settings),
        *_people(settings),
        *_grading(settings),
        *_deadlines(course, settings),
        *_reviews(course, settings),
        *_slides(course),
        *_addresses(settings),
    ]


# --- papers -------------------------------------------------------------------------------------


def _held(course: Course) -> list[Session]:
    """Sessions that take place: a cancelled one's papers and presenters are named again where they move to."""
    return [session for session in course.sessions if session.kind != "cancelled"]


def _readings(course: Course, settings: Settings) -> Iterator[Diagnostic]:
    """Over the schedule's lines as written: whether a paper is read twice, or never, doesn't hang on dates."""
    first_read: dict[str, tuple[Entry, Located]] = {}
    entries = list(_entries(settings))
    for entry in entries:
        for paper_key in entry.read if entry.kind != "cancelled" else ():
            first, place = first_read.setdefault(str(paper_key), (entry, paper_key))
            if first is not entry and str(paper_key) in course.papers:
                message = f'"{paper_key}" is read in "{first.topic}" and again in "{entry.topic}".'
                related = [Related(place.span, "read first here")]
                yield DUPLICATE_READING.at(paper_key.span, message, "Change one of them, or make it optional.", related)
    named = {str(key) for entry in entries for key in (*entry.read, *entry.optional, *dict(entry.present))}
    for key, paper in course.papers.items():
        if key not in named and key not in course.cited_by:
            message = f'"{key}" is read in no session and cited on no page.'
            yield UNREAD_PAPER.at(paper.span, message, "It is shown as further reading.")


def _similar(course: Course) -> Iterator[Diagnostic]:
    seen: dict[str, Paper] = {}
    for paper in course.papers.values():
        for mark, what in _marks(paper):
            first = seen.setdefault(mark, paper)
            if first is not paper:
                message = f'"{paper.key}" and "{first.key}" have the same {what}.'
                related = [Related(first.span, "the other entry")]
                yield SIMILAR_PAPERS.at(paper.span, message, "Keep one key, and use it everywhere.", related)
                break


def _marks(paper: Paper) -> Iterator[tuple[str, str]]:
    """What tells one paper from another, with its name for a sentence."""
    for _, address in paper.links:
        doi = re.match(r"https?://(?:dx\.)?doi\.org/(.+)", address, re.IGNORECASE)
        arxiv = re.match(r"https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/([\w./-]+?)(?:v\d+)?(?:\.pdf)?$", address)
        if doi:
            yield f"doi:{doi[1].casefold()}", "DOI"
        if arxiv:
            yield f"arxiv:{arxiv[1]}", "arXiv number"
    title = slugify(paper.title)
    if len(title) > 12:  # "Editorial" and "Preface" are many papers
        yield f"title:{title}", "title"


def _paper_counts(course: Course, settings: Settings) -> Iterator[Diagnostic]:
    wanted = settings.presentations.per_session
    for session in _held(course):
        count = len(session.required)
        is_discussion = not session.lecture and session.guest is None
        if wanted and count and count != wanted and is_discussion:
            papers = "1 paper" if count == 1 else f"{count} papers"
            message = f'"{session.topic}" has {papers} to read; a discussion has {wanted}.'
            yield WRONG_PAPER_COUNT.at(
                session.required[0].span, message, "Change read:, or presentations: per_session."
            )


# --- people -------------------------------------------------------------------------------------


def _presenters(course: Course, settings: Settings) -> Iterator[Diagnostic]:
    rule = settings.presentations
    students = {str(name): name.span for name in rule.students}
    for session in course.sessions:
        for reading in session.readings:
            name = reading.presenter
            if name and students and name not in students:
                near = closest(name, students)
                help = f'Did you mean "{near}"?' if near else "Add the name to presentations: students."
                message = f'"{name}" isn\'t on the list of students.'
                yield UNKNOWN_PRESENTER.at(reading.presenter_span, message, help)
    if rule.each is None:
        return
    presented: dict[str, list[tuple[Session, Reading]]] = {name: [] for name in students}
    held = [(session, reading) for session in _held(course) for reading in session.readings]
    for session, reading in held:
        if reading.presenter:
            presented.setdefault(reading.presenter, []).append((session, reading))
    all_given = any(presented.values()) and not any(reading.open for _, reading in held)
    for name, given in presented.items():
        if len(given) > rule.each or (all_given and len(given) < rule.each):
            papers = "1 paper" if len(given) == 1 else f"{len(given)} papers"
            message = f'"{name}" presents {papers}; each student presents {rule.each}.'
            related = [Related(reading.presenter_span, f'in "{session.topic}"') for session, reading in given[1:]]
            span = given[0][1].presenter_span if given else students[name]
            yield PRESENTER_COUNT.at(span, message, "Change present:, or presentations: each.", related)


def _people(settings: Settings) -> Iterator[Diagnostic]:
    named = [(person.name, person.span) for person in settings.staff]
    for group in (named, [(str(name), name.span) for name in settings.presentations.students]):
        seen: dict[str, Span] = {}
        for name, span in group:
            key = " ".join(name.casefold().split())
            if key in seen:
                related = [Related(seen[key], "first named here")]
                yield DUPLICATE_PERSON.at(span, f'"{name}" is named twice.', "Remove one of the two.", related)
            seen.setdefault(key, span)


def _grading(settings: Settings) -> Iterator[Diagnostic]:
    total = sum((item.share for item in settings.grading), Decimal(0))
    if settings.grading and abs(total - 100) > ROUNDING:
        first = settings.grading[0]
        shown, distance = (f"{share.normalize():f}%" for share in (total, abs(total - 100)))
        help = f"{distance} is missing." if total < 100 else f"{distance} is too much."
        yield GRADING_SUM.at(first.span, f"The parts of the grade add up to {shown}, not to 100%.", help)


# --- deadlines and sessions ---------------------------------------------------------------------


def _deadlines(course: Course, settings: Settings) -> Iterator[Diagnostic]:
    starts = {session.id: session.start for session in course.sessions}
    due_spans = {rule.span: rule.due.text.span for rule in settings.deadlines}
    for deadline in course.deadlines:
        day = deadline.due.date()
        span = due_spans.get(deadline.span, deadline.span)
        start = starts.get(deadline.session)
        if deadline.kind == "milestone" and start and deadline.due < start and day == start.date():
            message = f"{_named(deadline)} is due at {deadline.due:%H:%M}, before the class of that day begins."
            yield EARLY_DEADLINE.at(span, message, f"Write at: {start:%H:%M}, or count from another day.")
        for days in course.breaks:
            if days.first <= day <= days.last:
                name = f" ({days.name})" if days.name else ""
                message = f"{_named(deadline)} is due on {_say(deadline.due)}, a day without class{name}."
                related = [Related(days.span, "without class from here")]
                yield DEADLINE_ON_HOLIDAY.at(span, message, "Give it another day.", related)
        if course.term and _is_outside(day, course.term):
            side = "before the term starts" if day < course.term.start else "after the term has ended"
            message = f"{_named(deadline)} is due on {_say(deadline.due)}, {side}."
            yield DEADLINE_OUTSIDE_TERM.at(span, message, "Give it another day, or change the term.")


def _reviews(course: Course, settings: Settings) -> Iterator[Diagnostic]:
    late = [s for s in course.sessions if s.review is not None and s.review.due > s.start]
    if late and late[0].review and settings.reviews:
        first, others = late[0], len(late) - 1
        more = f"; so are those of {others} more session{'' if others == 1 else 's'}" if others else ""
        due = _say(late[0].review.due)
        message = f'The reviews of "{first.topic}" are due on {due}, after the class has begun{more}.'
        related = [Related(first.span, "the class")]
        yield LATE_REVIEW.at(settings.reviews.span, message, "Change reviews: due and at.", related)


def _is_outside(day: dt.date, term: Term) -> bool:
    """Outside the term, but not so far that `timetable` has doubted the year."""
    far = dt.timedelta(weeks=FAR_WEEKS)
    return not term.start <= day <= term.end and term.start - far <= day <= term.end + far


def _named(deadline: Deadline) -> str:
    return f'"{deadline.what}"'


def _say(moment: dt.datetime) -> str:
    return f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[moment.weekday()]} {moment.date().isoformat()}"


def _slides(course: Course) -> Iterator[Diagnostic]:
    alike: dict[object, list[Session]] = {}
    for session in course.sessions:
        if session.start.date() < course.today and session.kind in ("class", "guest"):
            hour = (session.start.weekday(), session.start.time())
            alike.setdefault("lecture" if session.lecture else hour, []).append(session)
    decks = {page.source for page in course.lectures if page.deck or any(_may_be_slides(file) for file in page.files)}
    for past in alike.values():
        for before, session, after in zip(past, past[1:], past[2:], strict=False):
            has_deck = session.lecture in decks
            if _has_slides(before) and _has_slides(after) and not has_deck and not _has_slides(session):
                message = f'"{session.topic}" has no slides, but "{before.topic}" and "{after.topic}" have.'
                yield MISSING_SLIDES.at(session.span, message, "Add slides: with their address or path.")


def _may_be_slides(file: Attachment) -> bool:
    return file.is_slides or file.path.casefold().endswith(".pdf")


def _has_slides(session: Session) -> bool:
    return any(link.label == SLIDES and link.target for link in session.links)


def _addresses(settings: Settings) -> Iterator[Diagnostic]:
    for words in _words(settings):
        if has_meeting_link(words):
            yield MEETING_LINK.at(words.span, MEETING_WORDS, MEETING_HELP)
        elif re.match(r"https?://(?:www\.)?example\.(?:com|org|net)\b|https?://\.\.\.", words):
            message = f'"{words}" looks like an address that was to be replaced.'
            yield PLACEHOLDER_TEXT.at(words.span, message, "Write tba while the address isn't known.")


def _words(settings: Settings) -> Iterator[Located]:
    """Everything in site.yaml that is published as an address or as free text."""
    links = [*settings.links, *(link for entry in _entries(settings) for link in entry.links)]
    yield from (Located(link.target, link.span) for link in links)
    guests = [entry.guest for entry in _entries(settings) if entry.guest]
    found: list[str] = [*(guest.url for guest in guests), *(entry.note for entry in _entries(settings))]
    found += [words for person in settings.staff for words in (person.url, person.office_hours)]
    found += [rule.note for rule in settings.deadlines]
    yield from (words for words in found if isinstance(words, Located))


def _entries(settings: Settings) -> Iterator[Entry]:
    return (line for line in settings.schedule if isinstance(line, Entry))
