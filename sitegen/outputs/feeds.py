"""The announcements as an Atom feed (RFC 4287), in full and in HTML that reads well away from the site.

A feed reader keeps what it has seen by its id. So an id is made of what stays when an announcement is edited, its date
and its number on that day, which is read back from the feed that was published last (`announced`), and `updated` is
the midnight with which that date begins in the course's zone: a correction reaches readers without ringing
again, and news that shall ring is a new announcement.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

from sitegen import __version__
from sitegen.addresses import ANNOUNCEMENTS, FEED, HOME, canonical
from sitegen.languages import settle
from sitegen.model import Announcement, Course
from sitegen.outputs.frames import Output
from sitegen.outputs.theme import Theme
from sitegen.patterns import regex


def feed(course: Course, theme: Theme) -> Output:
    """feed.xml, newest first; without announcements it is empty, so that its address can be subscribed to."""
    facts, base = course.facts, course.base_url
    updated = midnight(course, max((item.date for item in course.announcements), default=_first_day(course)))
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_text(facts.language)}">',
        f"<id>{_text(_feed_id(course))}</id>",
        f"<title>{_text(f'{facts.code}: announcements')}</title>",
        f"<subtitle>{_text(' · '.join(filter(None, (str(facts.title), facts.term, facts.institution))))}</subtitle>",
        f"<updated>{updated}</updated>",
        f'<link rel="self" type="application/atom+xml" href="{_text(canonical(base, FEED))}"/>',
        f'<link rel="alternate" type="text/html" href="{_text(_address(course, ANNOUNCEMENTS))}"/>',
        *_authors(course),
        f'<generator version="{__version__}{_GENERATOR}',
        *(line for item in course.announcements for line in _entry(course, item)),
        "</feed>\n",
    ]
    yield FEED, "\n".join(lines).encode()


def _entry(course: Course, item: Announcement) -> list[str]:
    when, html = midnight(course, item.date), settle(item.html, course.facts.language)
    return [
        "<entry>",
        f"<id>{_text(entry_id(course, item))}</id>",
        f"<title>{_text(item.title)}</title>",
        f'<link rel="alternate" type="text/html" href="{_text(f"{_address(course, ANNOUNCEMENTS)}#{item.name}")}"/>',
        f"<published>{when}</published>",
        f"<updated>{when}</updated>",
        f'<content type="html">{_text(away_from_home(html, course.base_url))}</content>',
        "</entry>",
    ]


_GENERATOR = '">sitegen</generator>'
_PUBLISHED = regex(
    r'<entry>\n<id>[^<]*</id>\n<title>(?P<title>[^<]*)</title>\n<link rel="alternate" type="text/html" '
    r'href="[^"#]*#(?P<name>\d{4}-\d{2}-\d{2}(?:\.\d+)?)"/>'
)


def read_announced(feeds: Iterable[bytes]) -> dict[str, str]:
    """The names of the announcements in the first of `feeds` that sitegen wrote, and their titles.

    A name has a date, so those of another course match little, and those of another year nothing.
    """
    for content in feeds:
        text = content.decode("utf-8", "replace")
        if text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<feed ') and _GENERATOR in text:
            return {entry["name"]: unescape(entry["title"]) for entry in _PUBLISHED.finditer(text)}
    return {}


def _authors(course: Course) -> list[str]:
    """The staff; a feed has at least one author (RFC 4287, 4.1.1), so without any it is the institution."""
    people = [(person.name, person.url) for person in course.staff]
    people = people or [(course.facts.institution or str(course.facts.code), "")]
    return [
        f"<author><name>{_text(name)}</name>{f'<uri>{_text(url)}</uri>' if ':' in url else ''}</author>"
        for name, url in people
    ]


def _address(course: Course, path: str) -> str:
    """Absolute; from the feed's own place while the site's address isn't known."""
    return canonical(course.base_url, path) if course.base_url else path


# --- ids and times ------------------------------------------------------------------------------


def entry_id(course: Course, item: Announcement) -> str:
    """`tag:example.edu,2026:/cs101/announcements/2026-02-03` (RFC 4151)."""
    return _id(course, item.date.year, f"announcements/{item.name}")


def _feed_id(course: Course) -> str:
    return _id(course, _first_day(course).year, "announcements")


def _id(course: Course, year: int, name: str) -> str:
    """By the address in site.yaml, not the one that a build is given: a preview's feed is the same feed.

    A course without one has no name that it may tag with; then the id is a hash of what it is called.
    """
    site = urlsplit(course.facts.url)
    if site.hostname:
        host = re.sub(r"[^a-z0-9.-]", lambda sign: f"x{ord(sign[0]):x}", site.hostname)
        return f"tag:{host},{year:04}:{quote(site.path, safe='/-._~!$&()*+,;=:@%')}{name}"
    import uuid

    known = " / ".join((str(course.facts.code), course.facts.term, course.facts.institution, name))
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, known)}"


def _first_day(course: Course) -> dt.date:
    if course.term:
        return min(course.term.start, course.today)
    return min((item.date for item in course.announcements), default=course.today)


def midnight(course: Course, date: dt.date) -> str:
    """`2026-02-03T00:00:00-05:00`: the day's first moment in the course's zone (RFC 3339).

    Offsets before standard time have seconds, which RFC 3339 doesn't; they are cut.
    """
    start = dt.datetime.combine(date, dt.time(), course.facts.timezone)
    offset = start.utcoffset() or dt.timedelta()
    zone = dt.timezone(dt.timedelta(minutes=int(offset.total_seconds() / 60)))
    return start.replace(tzinfo=zone).isoformat()


# --- texts --------------------------------------------------------------------------------------

_UNFIT = regex("[\0-\x08\v\f\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 can't hold, written in any way."""


def _text(words: str) -> str:
    return escape(_UNFIT.sub("\ufffd", words))


def away_from_home(html: str, base_url: str) -> str:
    """HTML of the announcements page for a reader that has neither its address nor its style.

    Addresses become absolute, or are counted from the feed while the site's isn't known. Formulas and drawings stay as
    MathML and SVG, which most readers show; scripts and styles, which none does, go, and so does a formula's LaTeX,
    which those would show that don't know MathML; a checkbox becomes a character.
    """
    parser = _Traveller(base_url)
    parser.feed(html)
    parser.close()
    return "".join(parser.written).strip()


_ADDRESSES = {"href", "src", "poster", "data", "xlink:href", "cite"}
_ELSEWHERE = "http://feed.invalid/"
"""Stands for the site's address while addresses are worked out that are counted from the feed."""


class _Traveller(HTMLParser):
    """Writes HTML again as it was, but for what `away_from_home` changes."""

    def __init__(self, base_url: str) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self._site = base_url or _ELSEWHERE
        self._dropped = ""
        """The element that is left out with all that is in it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "annotation"}:
            self._dropped = tag
        if self._dropped:
            return
        names = {name for name, _ in attrs}
        if tag == "input" and ("type", "checkbox") in attrs:
            self.written.append("☑ " if "checked" in names else "☐ ")
        elif names & _ADDRESSES or "srcset" in names:
            self.written.append(self._tag(tag, attrs))
        else:
            self.written.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            self._dropped = "" if tag == self._dropped else self._dropped
        else:
            self.written.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._dropped = ""

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.written.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def _tag(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        pieces = [tag]
        for name, value in attrs:
            shown = value or ""
            if name in _ADDRESSES:
                shown = self._absolute(shown)
            elif name == "srcset":
                candidates = (candidate.split() for candidate in shown.split(",") if candidate.strip())
                shown = ", ".join(" ".join((self._absolute(first), *rest)) for first, *rest in candidates)
            pieces.append(name if value is None else f'{name}="{escape(shown)}"')
        end = "/>" if (self.get_starttag_text() or "").endswith("/>") else ">"
        return f"<{' '.join(pieces)}{end}"

    def _absolute(self, address: str) -> str:
        try:
            whole = urljoin(canonical(self._site, ANNOUNCEMENTS), address)
        except ValueError:  # an address that is none, such as http://[
            return address
        if whole.startswith(_ELSEWHERE):
            return whole.removeprefix(_ELSEWHERE) or HOME
        return re.sub(r"(?<=/)index\.html(?=[?#]|\Z)", "", whole) if whole.startswith(self._site) else whole
