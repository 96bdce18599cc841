"""Files for other programs: the reading list as BibTeX, the sitemap, robots.txt, the web manifest.

Calendars (`calendar`), the feed (`feeds`) and Markdown (`transcripts`) have rooms of their own.
"""

from __future__ import annotations

import json
from html import escape

from sitegen.addresses import (
    ANNOUNCEMENTS,
    HOME,
    LECTURES,
    READINGS,
    SCHEDULE,
    SUBSCRIBE,
    canonical,
)
from sitegen.model import Course
from sitegen.outputs.calendars import has_events
from sitegen.outputs.cards import APPLE_ICON, FAVICON, ICONS, MASKABLE
from sitegen.outputs.frames import Output
from sitegen.outputs.metadata import MANIFEST
from sitegen.outputs.palette import read_palette
from sitegen.outputs.theme import ASSETS, Theme


def reading_list(course: Course, theme: Theme) -> Output:
    """papers.bib as students download it: clean entries in the order of the course's own file."""
    if course.papers:
        yield "papers.bib", "\n".join(paper.bibtex.strip() + "\n" for paper in course.papers.values()).encode()


def sitemap(course: Course, theme: Theme) -> Output:
    """sitemap.xml, for a course whose address is known: sitemaps.org allows absolute addresses only."""
    if not course.base_url:
        return
    paths = [HOME, SCHEDULE, *([READINGS] if course.papers else []), *([LECTURES] if course.lectures else [])]
    paths += [ANNOUNCEMENTS] if course.announcements else []
    paths += [SUBSCRIBE] if has_events(course) else []
    paths += [page.path for page in (*course.lectures, *course.pages)]
    paths += [paper.path for paper in course.papers.values()]
    rows = "".join(
        f"<url><loc>{escape(canonical(course.base_url, path))}</loc>{_lastmod(course, path)}</url>\n" for path in paths
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )
    yield "sitemap.xml", text.encode()


def _lastmod(course: Course, path: str) -> str:
    """When the announcements last changed; of no other page is that known, and a false date is worse than none."""
    if path != ANNOUNCEMENTS:
        return ""
    return f"<lastmod>{course.announcements[0].date}</lastmod>"


def robots(course: Course, theme: Theme) -> Output:
    """robots.txt: everything may be read (RFC 9309); it counts only where the course has a host of its own."""
    where = f"\nSitemap: {canonical(course.base_url, 'sitemap.xml')}\n" if course.base_url else ""
    yield "robots.txt", f"User-agent: *\nAllow: /\n{where}".encode()


def manifest(course: Course, theme: Theme) -> Output:
    """site.webmanifest (W3C Web Application Manifest): the site as an icon among a telephone's programs.

    Addresses in it are counted from itself, so that it works below any path.
    """
    facts, colours = course.facts, read_palette(course.facts.accent, theme).light
    sizes = {f"{ASSETS}{name}": (size, "any") for name, size in ICONS.items() if size != ICONS[APPLE_ICON]}
    sizes[ASSETS + MASKABLE] = (512, "maskable")
    icons = [{"src": ASSETS + FAVICON, "sizes": "any", "type": "image/svg+xml"}]
    icons += [
        {"src": path, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for path, (size, purpose) in sizes.items()
    ]
    told = {
        "name": f"{facts.code}: {facts.title}",
        "short_name": str(facts.code),
        "description": facts.description,
        "lang": facts.language,
        "start_url": HOME,
        "scope": "./",
        "display": "minimal-ui",  # pages link to other sites and to PDFs, from which one wants to come back
        "background_color": colours.paper,
        "theme_color": colours.paper,
        "icons": icons,
    }
    yield (
        MANIFEST,
        (json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False) + "\n").encode(),
    )
