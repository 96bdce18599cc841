"""The page that offers the calendar feeds: to subscribe to, in the ways that programs know, and to download.

The feeds themselves are `calendars`'s.
"""

from __future__ import annotations

from urllib.parse import quote

from sitegen.addresses import SUBSCRIBE, canonical
from sitegen.languages import English
from sitegen.model import Course
from sitegen.outputs.anchors import Linker, linker
from sitegen.outputs.calendars import FEEDS, Feed, calendar_name, has_events
from sitegen.outputs.frames import Output, render_page
from sitegen.outputs.theme import Theme
from sitegen.values import Value


class Offer(Value, kw_only=True):
    """One feed. The addresses but for `download` are absolute, and empty when the site's own isn't known."""

    name: str
    """`deadlines`; empty for the feed that holds everything."""
    file: str
    """`deadlines.ics`."""
    download: str
    address: str
    """To paste where a calendar asks for one."""
    webcal: str
    """Opens the reader's own calendar program."""
    google: str
    outlook: str
    """Of a private account; Microsoft has another address for those of work and school."""
    office: str


def subscribe(course: Course, theme: Theme) -> Output:
    here = linker(SUBSCRIBE)
    yield render_page(
        course,
        theme,
        "subscribe.html",
        path=SUBSCRIBE,
        title=English("Calendar"),
        description=English("The classes and deadlines of ", course.facts.code, " in your own calendar."),
        source="content/subscribe.md" if SUBSCRIBE in course.words else "",
        offers=tuple(offer(course, feed, here) for feed in FEEDS) if has_events(course) else (),
    )


def offer(course: Course, feed: Feed, here: Linker) -> Offer:
    address = canonical(course.base_url, feed.path) if course.base_url else ""
    webcal = f"webcal://{address.partition('://')[2]}" if address else ""
    name = quote(calendar_name(course, feed), safe="")
    # Google takes a webcal: address only (calagator issue 556), new Outlook an https: one only.
    outlook = f"calendar/0/addfromweb?url={quote(address, safe='')}&name={name}"
    return Offer(
        name=feed.name,
        file=feed.path,
        download=here(feed.path),
        address=address,
        webcal=webcal,
        google=f"https://calendar.google.com/calendar/render?cid={quote(webcal, safe='')}" if address else "",
        outlook=f"https://outlook.live.com/{outlook}" if address else "",
        office=f"https://outlook.office.com/{outlook}" if address else "",
    )
