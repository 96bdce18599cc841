"""The opening tags of a page: where their addresses lead, what they load, which names they give.

Other elements' tags pass as they are. What stands between tags is `filling`.
"""

from __future__ import annotations

import html as html_text
import re
from collections.abc import Callable, Set
from urllib.parse import unquote

from sitegen.addresses import CLOSE, OPEN, fill, is_external
from sitegen.hosts import is_elsewhere, tell
from sitegen.model import Reference
from sitegen.patterns import regex
from sitegen.prose.pieces import Address
from sitegen.prose.sheets import Sheet
from sitegen.values import replace

SAFE_SCHEMES = ("http", "https", "mailto", "tel")

_TOKEN = regex(rf"{OPEN}(\d+){CLOSE}")
ATTRIBUTE = regex(r"""(?P<sign>\s(?P<name>[\w:-]+)\s*=\s*)(?P<value>"[^"]*"|'[^']*'|[^\s"'>]+)""")
_LEADING = frozenset({"href", "xlink:href", "src", "poster", "data"})
"""Attributes that hold an address."""
_LINKING = frozenset(
    {"a", "area", "audio", "embed", "iframe", "image", "img", "link", "object", "source", "track", "video"}
)
_LOADED = {"img": "image", "image": "image", "iframe": "frame", "video": "video", "audio": "audio"}
"""Element to what it shows, in words."""


class Tags:
    """Writes the opening tags of one page; `described` gives what n reads like in an image's description."""

    def __init__(self, sheet: Sheet, heading_ids: Set[str], prefix: str, described: Callable[[int], str]) -> None:
        self.sheet, self.heading_ids, self.prefix, self.described = sheet, heading_ids, prefix, described
        self.frames = 0
        """Frames that are open and became links."""

    def write(self, tag: str, name: str, is_in_link: bool, offset: int = -1) -> str:
        """An opening tag; `offset` is its place in the source when it is known."""
        is_linking = name in _LINKING and 'class="footnote-' not in tag
        if not (OPEN in tag or is_linking or " id" in tag):
            return tag

        pieces = []
        done, told, before = 0, len(self.sheet.findings), len(self.sheet.references)
        for match in ATTRIBUTE.finditer(tag):
            pieces.append(self.sheet.restore(tag[done : match.start()]))
            place = offset + match.start("value") if offset >= 0 else -1
            pieces.append(self._attribute(match, name if is_linking else "", place))
            done = match.end()
        rest = self.sheet.restore(tag[done:])
        if name == "img":
            rest = self._picture(tag, self.sheet.references[before:]) + rest
        whole = "".join((*pieces, rest))
        return self._link_instead(whole, name, is_in_link) if len(self.sheet.findings) > told else whole

    def _picture(self, tag: str, references: list[Reference]) -> str:
        """What an image of the course says besides: its size, smaller files."""
        address = next((reference for reference in references if reference.kind == "image"), None)
        if address is None:
            return ""
        given = frozenset(match["name"].casefold() for match in ATTRIBUTE.finditer(tag))
        return self.sheet.refer(replace(address, kind="picture", given=given))

    def _link_instead(self, tag: str, name: str, is_in_link: bool) -> str:
        """For an image or a frame from another host, which isn't loaded: a link to it."""
        if name not in {"img", "iframe", "embed"}:
            return tag
        self.frames += name == "iframe"
        given = {match["name"].casefold(): match["value"].strip("\"'") for match in ATTRIBUTE.finditer(tag)}
        words = given.get("alt") or given.get("title") or given["src"]
        return words if is_in_link else f'<a href="{given["src"]}">{words}</a>'

    def _attribute(self, match: re.Match[str], linking: str, place: int) -> str:
        """One attribute; in a tag named `linking`, addresses are replaced."""
        key, value = match["name"].casefold(), match["value"]
        inside = value[1:-1] if value[0] in "\"'" else value
        if key == "id":
            self.sheet.ids.add(html_text.unescape(inside))
        if key == "alt":
            return fill(match[0], self.described)
        if not linking or key not in _LEADING:
            return self.sheet.restore(match[0])
        token = _TOKEN.fullmatch(inside)
        written = self.sheet.found[int(token[1])] if token else None
        if isinstance(written, Address):
            target, span = written.target, self.sheet.span_of(written)
        else:
            target = html_text.unescape(self.sheet.restore(inside).strip())
            span = self.sheet.find(target, place + (len(value) > len(inside)) if place >= 0 else -1)
        if linking not in {"a", "area"} and is_elsewhere(target):
            self.sheet.findings.append(tell(target, span, _LOADED.get(linking, "file")))
        if is_external(target) and target.partition(":")[0].casefold() in SAFE_SCHEMES:
            return f'{match["sign"]}"{html_text.escape(target)}"' if token else self.sheet.restore(match[0])
        if target.startswith("#") and self.prefix + unquote(target[1:]) in self.heading_ids:
            target = f"#{self.prefix}{target[1:]}"
        kind = "link" if linking in {"a", "area", "link"} else "image"
        return f'{match["sign"]}"{self.sheet.refer(Reference(kind, target, span))}"'
