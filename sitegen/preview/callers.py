"""Who may ask the preview: which `Host` and `Origin` headers are the instructor's own.

A page anywhere on the web can have its own name lead to 127.0.0.1 (DNS rebinding); the name it asks by gives it away.
Text in, yes or no out; which address is listened on is decided elsewhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def host_name(header: str) -> str | None:
    """`[::1]:8000` to `::1`, `LocalHost.` to `localhost`; None: no host that a browser sends."""
    if not header or len(header) > 300 or any(c in header for c in "/\\?#@% \t,") or not header.isprintable():
        return None
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port  # raises when it is no number of a port
        name = parts.hostname
    except ValueError:
        return None
    return name.removesuffix(".").casefold() if name else None


def names_for(host: str, names: Iterable[str] = ()) -> frozenset[str]:
    """The host names by which a preview that listens on `host` may be asked; `names` are this machine's."""
    given = host.strip("[]").removesuffix(".").casefold()
    return LOCAL | {given} | ({name.casefold() for name in names if name} if listens_everywhere(host) else set())


def listens_everywhere(host: str) -> bool:
    """Whether `host` stands for all of this machine's addresses: 0.0.0.0, ::."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


def may_ask(header: str, names: frozenset[str], everywhere: bool) -> bool:
    """Whether a request with this `Host` is answered. An address in digits is nobody's name to rebind."""
    name = host_name(header)
    return name is not None and (name in names or (everywhere and _is_address(name)))


def same_origin(origin: str, host: str) -> bool:
    """Whether a page of `origin` was served by the very `host` (and port) that it now asks."""
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.casefold() == host.casefold()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
