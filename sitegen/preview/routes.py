"""An address that a browser asks for to a file of the site, as the site's host will find it.

Files are looked up among those that the site has, so that no address leads to anything else. Text in, values out.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from urllib.parse import quote, unquote_to_bytes, urlsplit

from sitegen.values import Value

INDEX = "index.html"
NOT_FOUND = "404.html"


class Found(Value):
    """A file of the site, by published path."""

    path: str


class Moved(Value):
    """Another address of this server, to be asked instead."""

    address: str
    outside: bool = False
    """What was asked for lies outside the site's base path."""


class Missing(Value):
    """Nothing."""


Route = Found | Moved | Missing


def base_path(url: str) -> str:
    """The path below which a site at `url` lies: `https://x.org/a` and `https://x.org/a/` to `/a/`, nothing to `/`."""
    parts = [part for part in urlsplit(url).path.split("/") if part not in ("", ".", "..")]
    return "".join(f"/{quote(_decode(part) or part)}" for part in parts) + "/"


def find(address: str, base: str, files: Container[str], former: Iterable[str] = ()) -> Route:
    """What stands at `address`, a request's path as the browser sent it, in a site below `base`.

    A folder's address without its slash leads to the one with it; `/`, and what lies below one of `former`, the
    paths where the site was before site.yaml changed, lead to where the site is now.
    """
    path = _decode(address)
    if path is None or not path.startswith("/"):
        return Missing()
    below = _decode(base) or base
    if not path.startswith(below):
        if path == "/" or path == below.removesuffix("/"):
            return Moved(base, outside=True)
        for old in former:
            if path.startswith(decoded := _decode(old) or old) and decoded != "/":
                return Moved(base + quote(path.removeprefix(decoded)), outside=True)
        return Missing()
    inside = path.removeprefix(below)
    if not inside or inside.endswith("/"):
        inside += INDEX
    elif inside not in files and f"{inside}/{INDEX}" in files:
        return Moved(f"{base}{quote(inside)}/")
    return Found(inside) if inside in files else Missing()


def _decode(address: str) -> str | None:
    r"""The address' text; None where no browser would send it for a file of a site: `..`, `\`, NUL, no UTF-8."""
    try:
        path = unquote_to_bytes(address.encode("utf-8")).decode("utf-8")
    except UnicodeError:
        return None
    if "\\" in path or not {".", ".."}.isdisjoint(path.split("/")) or any(ord(c) < 32 or c == "\x7f" for c in path):
        return None
    return path
