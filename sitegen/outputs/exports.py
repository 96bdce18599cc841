"""Files for other programs: the reading list as BibTeX, the sitemap, robots.txt.

Calendars and feeds have rooms of their own when they come.
"""

from __future__ import annotations

from html import escape

from sitegen.addresses import (
    ANNOUNCEMENTS,
    HOME,
    LECTURES,
    READINGS,
    SCHEDULE,
    canonical,
)
from sitegen.model import Course
from sitegen.outputs.frames import Output
from sitegen.outputs.theme import Theme


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
    paths += [page.path for page in (*course.lectures, *course.pages)]
    paths += [paper.path for paper in course.papers.values()]
    rows = "".join(f"<url><loc>{escape(canonical(course.base_url, path))}</loc></url>\n" for path in paths)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )
    yield "sitemap.xml", text.encode()


def robots(course: Course, theme: Theme) -> Output:
    """robots.txt: everything may be read (RFC 9309); it counts only where the course has a host of its own."""
    where = f"\nSitemap: {canonical(course.base_url, 'sitemap.xml')}\n" if course.base_url else ""
    yield "robots.txt", f"User-agent: *\nAllow: /\n{where}".encode()
