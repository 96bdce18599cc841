"""Where things are on the site: published paths, the links between them, and placeholders in documents.

A published path is relative to the site's top and names a file: `project/index.html`. Links between
pages are relative and name the file too, so that the same site works under any address and from
disk. Nothing here knows what a page holds.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from sitegen.patterns import regex

HOME = "index.html"
SCHEDULE = "schedule/index.html"
READINGS = "readings/index.html"
LECTURES = "lectures/index.html"
ANNOUNCEMENTS = "announcements/index.html"
SEARCH = "search/index.html"
FEED = "feed.xml"
SUBSCRIBE = "subscribe/index.html"

COMPUTED_PAGES = {
    "content/index.md": HOME,
    "content/schedule.md": SCHEDULE,
    "content/readings.md": READINGS,
    "content/lectures.md": LECTURES,
    "content/announcements.md": ANNOUNCEMENTS,
    "content/search.md": SEARCH,
    "content/subscribe.md": SUBSCRIBE,
}
"""Pages that sitegen makes, by the source path under which Markdown and site.yaml link to them."""

CONTENT = "content/"


def page_path(source: str) -> str:
    """`content/project.md` to `project/index.html`, `content/notes/index.md` to `notes/index.html`."""
    if source in COMPUTED_PAGES:
        return COMPUTED_PAGES[source]
    stem = source.removeprefix(CONTENT).removesuffix(".md")
    if stem.rpartition("/")[2] == "index":
        return f"{stem}.html"
    return f"{stem}/index.html"


def deck_path(page: str) -> str:
    """The slides of the lecture at `lectures/intro/index.html`: `lectures/intro/slides/index.html`."""
    return f"{posixpath.dirname(page)}/slides/index.html"


def asset_path(source: str) -> str:
    """`content/lectures/intro.pdf` to `lectures/intro.pdf`."""
    return source.removeprefix(CONTENT)


@lru_cache(maxsize=8192)
def paper_path(key: str) -> str:
    """`kwon2023` to `readings/kwon2023/index.html`; characters that a file name can't hold become dashes."""
    name = re.sub(r"[^\w.+-]+", "-", key).strip(".-")
    return f"readings/{name or 'paper'}/index.html"


def markdown_path(path: str) -> str:
    """`project/index.html` to `project/index.md`."""
    return f"{path.removesuffix('.html')}.md"


def link(target: str, page: str, fragment: str = "") -> str:
    """The relative address of a published path as written on `page`, percent-encoded. External addresses stay."""
    anchor = f"#{_quoted(fragment)}" if fragment else ""
    if is_external(target):
        return target + anchor
    if target == page:
        return anchor or _quoted(posixpath.basename(target))
    return _quoted(_relative(target, page)) + anchor


def _relative(target: str, page: str) -> str:
    """`target` as seen from the folder of `page`; both are normal paths from the site's top."""
    if not page.startswith(f"{target.partition('/')[0]}/"):  # nothing on the way is shared, as is so for most
        return "../" * page.count("/") + target or "."
    there, here = target.split("/"), page.split("/")[:-1]
    shared = 0
    for one, other in zip(there, here, strict=False):
        if one != other:
            break
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:]) or "."


_UNRESERVED = "/!$&'()*+,;=@-._~"


@lru_cache(maxsize=8192)
def _quoted(path: str) -> str:
    """Percent-encoded. Most pages have the same links."""
    return quote(path, safe=_UNRESERVED)


def is_external(target: str) -> bool:
    """Whether `target` has a scheme, as `https:` or `mailto:`."""
    return ":" in target and _SCHEME.match(target) is not None


_SCHEME = regex(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def canonical(base_url: str, path: str) -> str:
    """The address that a page is known by: the folder for an `index.html`, the file otherwise."""
    if path == "index.html" or path.endswith("/index.html"):
        path = path[: -len("index.html")]
    return base_url + _quoted(path)


# --- placeholders -------------------------------------------------------------------------------

OPEN, CLOSE = "\U000f0000", "\U000f0001"
"""Private-use characters around a reference's number; readers remove them from the author's text."""
_PLACEHOLDER = regex(f"{OPEN}(\\d+){CLOSE}")


def placeholder(number: int) -> str:
    return f"{OPEN}{number}{CLOSE}"


def list_placeholders(html: str) -> tuple[int, ...]:
    """The numbers in `html`, in its order."""
    return tuple(map(int, _PLACEHOLDER.findall(html))) if OPEN in html else ()


def fill(html: str, value: Callable[[int], str]) -> str:
    """`html` with each placeholder replaced by `value(number)`."""
    return _PLACEHOLDER.sub(lambda match: value(int(match[1])), html) if OPEN in html else html
