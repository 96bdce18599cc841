"""What stands around every page: its head, masthead and footer; and the one way to make a page.

What a page itself holds is named by its own output (`pages`, `readings`, ...).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from sitegen.addresses import READINGS, SEARCH
from sitegen.languages import English
from sitegen.model import Course, Page, SiteLink
from sitegen.outputs.anchors import Anchor, Linker, anchor, linker
from sitegen.outputs.editing import edit_address
from sitegen.outputs.masthead import Picture, list_pictures
from sitegen.outputs.metadata import Head, describe_page
from sitegen.outputs.palette import read_palette
from sitegen.outputs.theme import ASSETS, CUSTOM, Theme
from sitegen.plan import Pattern
from sitegen.values import Value

Output = Iterator[tuple[str, bytes]]
"""(published path, bytes) of each file."""

BIB_FILE = "papers.bib"
DESCRIPTION = 200
"""Characters of a page's description; search engines show about 160."""


class Frame(Value, kw_only=True):
    """What stands around every page's own content."""

    path: str
    title: str
    """Of the page, without the course."""
    head: Head
    papers: tuple[str, str]
    """The background of light and of dark pages, which browsers give their own frame, too."""
    own_style: str
    """Address of the course's custom.css, which comes after the theme's style sheets; or empty."""
    logo: tuple[Picture, ...]
    navigation: tuple[Anchor, ...]
    search: Anchor
    edit: str
    """Where the page's source is edited, or empty."""
    changed: dt.date | None
    """When it was last changed."""


class Meets(Value, kw_only=True):
    """When the class meets, week after week."""

    label: str
    weekdays: str
    """`Tue/Thu`."""
    start: dt.time
    end: dt.time
    place: str


def render_page(
    course: Course,
    theme: Theme,
    template: str,
    *,
    path: str,
    title: str,
    description: str = "",
    source: str = "",
    words: Page | None = None,
    link: Linker | None = None,
    canonical: str = "",
    **context: object,
) -> tuple[str, bytes]:
    """One page in its frame.

    `source` is the file that is edited to change it, `words` what the author wrote above a computed
    page, `link` writes its addresses, `canonical` is the path of the page of which this is another view.
    """
    here, facts, above = link or linker(path), course.facts, course.words.get(path)
    words = words or above
    frame = Frame(
        path=path,
        title=title,
        head=describe_page(
            course, canonical or path, title, _first_words((above and above.description) or description), here
        ),
        papers=_papers(course, theme),
        own_style=here(ASSETS + CUSTOM) if theme.source(CUSTOM) else "",
        logo=tuple(list_pictures(course.logo, here)),
        navigation=tuple(anchor(item, here, path) for item in course.navigation if not _is_there_anyway(item)),
        search=Anchor(English("Search"), here(SEARCH), current="page" if path == SEARCH else ""),
        edit=edit_address(facts, source),
        # A page about one paper isn't changed by what is said about another in the same file.
        changed=course.changed.get(source) if source != BIB_FILE or path == READINGS else None,
    )
    html = theme.render(
        template,
        page=frame,
        course=facts,
        meets=_meets(course.term.meets) if course.term else (),
        tentative=course.term.tentative if course.term else "",
        taught_by=", ".join(person.name for person in course.staff),
        times=_name_zone(course.facts.timezone.key) if course.term else "",
        link=here,
        words=words.html if words else "",
        **context,
    )
    return path, html.encode()


def _papers(course: Course, theme: Theme) -> tuple[str, str]:
    palette = read_palette(course.facts.accent, theme)
    return palette.light.paper, palette.dark.paper


def _name_zone(key: str | None) -> str:
    """`America/New_York` to `New York time`."""
    place = (key or "UTC").rpartition("/")[2].replace("_", " ")
    return place if place == "UTC" else f"{place} time"


def _is_there_anyway(item: SiteLink) -> bool:
    """Search stands beside the navigation, under that name; whatever else an author lists is shown."""
    return item.target == SEARCH and item.label.casefold() == "search"


def _meets(patterns: Iterable[Pattern]) -> tuple[Meets, ...]:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return tuple(
        Meets(
            label=pattern.label,
            weekdays="/".join(names[weekday] for weekday in pattern.weekdays),
            start=pattern.start,
            end=pattern.end,
            place=pattern.place,
        )
        for pattern in patterns
    )


def _first_words(text: str) -> str:
    """`text` on one line, cut at a word."""
    line = " ".join(text.split())
    cut = line if len(line) <= DESCRIPTION else line[:DESCRIPTION].rpartition(" ")[0].rstrip(",;:.(") + " …"
    return English(cut) if isinstance(text, English) else cut
