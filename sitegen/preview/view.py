"""What is on view: the site's files, what a tab shows of them, and what differs from one build to the next.

It is the one thing here that changes; nothing in it reads a file or speaks to anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sitegen.folders.disk import Asset
from sitegen.preview.report import Report
from sitegen.preview.routes import NOT_FOUND, Found, Missing, Moved, Route, find
from sitegen.values import Value, field

Files = Mapping[str, bytes | Asset]

_RUN = (".js", ".mjs", ".wasm", ".woff", ".woff2", ".ttf", ".otf")
"""What pages load without its name standing in them, such as a script that another one imports."""
_SHOWN = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".mp4", ".webm", ".mp3", ".pdf", ".html")
_MOST_FORMER = 8


class Site(Value):
    """A site that was built without errors."""

    files: Files
    base: str = "/"
    """The path below which it will be published."""
    notes: Mapping[str, str] = field(factory=dict)
    """What the preview says above a page, by published path."""


def differing(old: Files, new: Files) -> frozenset[str]:
    """Paths whose content isn't the same. What a build hands over again as the same object isn't looked into."""
    changed = {path for path, content in new.items() if (was := old.get(path)) is not content and was != content}
    return frozenset(changed | (old.keys() - new.keys()))


class View:
    """What browsers are shown by now."""

    def __init__(self, run: str) -> None:
        self.run = run
        """Tells this preview from the one that was here before it."""
        self.site: Site | None = None
        """None: nothing could be built yet."""
        self.report = Report()
        self.told = 0
        """Counts the reports that said something else than the one before."""
        self.index: Mapping[str, bytes] | None = None
        """The search index of this site; None: nobody has asked for it."""
        self.index_before: Mapping[str, bytes] = {}
        """The one before, for tabs that still search in it."""
        self.former: tuple[str, ...] = ()
        """Where the site was, while site.yaml said so."""

    def show(self, site: Site) -> None:
        if self.site and self.site.base != site.base:
            self.former = tuple(dict.fromkeys((self.site.base, *self.former)))[:_MOST_FORMER]
        self.former = tuple(base for base in self.former if base != site.base)
        self.site = site
        self.index_before, self.index = self.index or self.index_before, None

    def tell(self, report: Report) -> None:
        before, self.report = self.report, report
        self.told += (before.findings, before.fault) != (report.findings, report.fault)

    def route(self, address: str) -> Route:
        """What stands at a request's path."""
        if self.site is None:
            return Missing()
        return find(address, self.site.base, self.site.files, self.former)

    def token(self, address: str) -> str:
        """What a tab at this address shows; another one after a change that it doesn't show yet."""
        route = self.route(address)
        if self.site is None:
            content: bytes | Asset | None = None
        else:
            content = self.site.files.get(route.path if isinstance(route, Found) else NOT_FOUND)
        note = self.site.notes.get(route.path, "") if self.site and isinstance(route, Found) else ""
        kind = route.address if isinstance(route, Moved) else type(route).__name__
        mark = hashlib.blake2b(f"{kind}\0{note}\0".encode(), digest_size=8)
        mark.update(content if isinstance(content, bytes) else repr(content).encode("utf-8", "backslashreplace"))
        return f"{self.run}.{mark.hexdigest()}"

    def loaded(self, address: str, changed: frozenset[str]) -> list[str]:
        """Those of `changed` that the page at an address may have loaded: style sheets, scripts, images."""
        route = self.route(address)
        if self.site is None:
            return []
        content = self.site.files.get(route.path if isinstance(route, Found) else NOT_FOUND)
        page = content if isinstance(content, bytes) else b""
        return [path for path in sorted(changed) if path.endswith((".css", *_RUN)) or self._names(page, path)]

    def _names(self, page: bytes, path: str) -> bool:
        if not path.endswith(_SHOWN) or self.site is None or path.endswith("index.html"):
            return False
        name = path.rpartition("/")[2].encode()
        return name in page or any(
            name in content
            for other, content in self.site.files.items()
            if other.endswith((".css", ".js")) and isinstance(content, bytes)
        )
