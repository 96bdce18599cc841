"""Finds what Markdown doesn't know (math, citations) and what must be told with its place (links) in a Markdown text.

One pass over the source before Markdown reads it: code, comments and escapes are stepped over; each
formula, citation, address and drawing is taken out and a token is left in its place, which Markdown
passes through untouched. So a formula's backslashes and a drawing's quotes are safe from Markdown, and
a finding knows its line and column, which Markdown's own inline rules can't tell. What Markdown then
reads as code is put back by `documents`; what the things found mean isn't known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from sitegen.addresses import CLOSE, OPEN, placeholder
from sitegen.patterns import CHINESE, is_western, regex, without_chinese
from sitegen.prose.elements import is_text
from sitegen.prose.fences import read_fence
from sitegen.prose.pieces import Address, Citation, CiteItem, Divider, Drawing, Formula, Found, Pointer, Sign
from sitegen.values import Value

# Possessive quantifiers stand on single characters only: before 3.11.5, Python's re gets those on groups
# wrong (CPython issue 106052), and Debian 12 ships 3.11.2.

_SIGN = regex(r"[\n`<$\\\[\]@:]")
"""Where something may begin; a newline stands for the line after it."""
_LINE = regex(
    r"""
      (?P<fence>(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ ])*(?P<ticks>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*
        (?:\n(?![ \t>]*(?P=ticks)[ \t]*$)[^\n]*)*(?P<closed>\n[ \t>]*(?P=ticks)[ \t]*$)?)
    | (?P<definition>[ ]{0,3}\[(?!\^)[^\[\]@\n]+\]:[ \t]*(?:\n[ \t]*)?
        (?P<defined><[^<>\n]*>|[^\s<]\S*)[ \t]*(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\))?[ \t]*$)
    | (?P<slide>(?:---|\|\|\|)[ \t]*(?:\{(?P<attributes>[^{}\n]*)\}[ \t]*)?$)
    """,
    re.VERBOSE | re.MULTILINE,
)
_INLINE_TEXT = (
    r"""
      (?P<code>(?<!`)(?P<run>`{1,20})(?!`)
        (?:[^`\n]++|(?!(?<!`)(?P=run)(?!`))`|\n(?![ \t>]*\n))+(?<!`)(?P=run)(?!`))
    | (?P<comment><!--(?:(?!<!--).)*?-->
        |<pre\b[^<]*+(?:<(?!/?pre\b)[^<]*+)*</pre\s*>)
    | (?P<drawing><(?P<drawn>svg|math|code|kbd|samp|script|style|textarea)\b
        [^<]*+(?:<(?!/?(?P=drawn)\b)[^<]*+)*</(?P=drawn)\s*>)
    | (?P<tag></?[a-zA-Z](?:[^<>"'\n]++|\n(?![ \t>]*\n)|"[^"]{0,2000}"|'[^']{0,2000}')*>)
    | (?P<less><(?=/?[a-zA-Z][^<>"'\n]{0,300}(?:<|\n[ \t>]*\n|\Z)))  # the first of List<List<int>>
    | (?P<display>\$\$(?:[^$\\\n]++|\\.|\n(?![ \t>]*\n)|\$(?!\$))+\$\$(?:[ \t]*\{\#(?P<named>eq-[\w:.-]+)\})?
        | \\\[(?:[^\\\n]++|\\(?![][]).|\n(?![ \t>]*\n))+\\\]
        | \\begin\{(?P<environment>
            (?:equation|align|alignat|flalign|gather|multline|eqnarray|subequations|displaymath)\*?)\}
          (?:[^\\\n]++|\\(?!(?:begin|end)\{(?P=environment)\}).|\n(?![ \t>]*\n))+\\end\{(?P=environment)\})
    | (?P<inline>\\\((?:[^\\\n]++|\\(?![()]).|\n(?![ \t>]*\n))+\\\)
        | (?<![\\$])(?<![^\W_{CHINESE}])\$(?![\s$])  # no spaces around Chinese
          (?P<dollar>(?:[^$\\\n]++
            |\\(?:text[a-z]*|[mh]box)\{(?:[^{}$\n]|\{[^{}$\n]*\})*(?:\$[^$\n]+\$(?:[^{}$\n]|\{[^{}$\n]*\})*)+\}
            |\\.|\n(?![ \t>]*\n))+)
          (?<![\s\\])\$(?![\d$]))
    | (?P<pointer>\\(?P<points>(?:eq)?ref)\{(?P<label>[^{}\n]{1,200})\})
    | (?P<escape>\\[^\n])
    | (?P<link>\]\(\s*(?P<target><[^<>\n]*>|(?:[^()\n\\\]]|\\.|\](?!\()|\([^()\n]*\))*?)
        (?:\s*(?:"[^"\n]*"|'[^'\n]*'))?\s*\))
    | (?P<url>://[^\s<>)\]\u3000-\u303f\uff01-\uff65“”]+)
    | (?P<cites>\[[^\[\]@]{0,200}@[^\[\]]{0,2000}\](?!\(|\[(?!-?@)))
    | (?P<cite>(?<![^\W_{CHINESE}]|[@/.:`\\])(?<!(?<!-)-)(?<![^\W_]_)@  # no spaces around Chinese
        (?:\{[^{}\s]+\}|(?=[^\W_])(?:(?!--)[\w+:/.-])*(?:[^\W_]|\+)(?![^\W_]|@)))
    """
).replace("{CHINESE}", CHINESE)
_INLINE = regex(_INLINE_TEXT, re.VERBOSE | re.MULTILINE | re.DOTALL)
_WESTERN_INLINE = regex(without_chinese(_INLINE_TEXT), re.VERBOSE | re.MULTILINE | re.DOTALL)
_UNFIT = regex(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff{OPEN}{CLOSE}]")
"""Characters that HTML can't hold, and those of our own tokens."""


class Marked(Value):
    """A Markdown text whose inline parts have been taken out."""

    text: str
    """With a token in place of each part; token n stands for `found[n]`."""
    prose: str
    """As long as the source, with spaces in place of everything that was stepped over or taken out."""
    found: list[Found]
    parts: int
    """How many formulas, links, tags, pieces of code and escapes there are."""
    tags: list[int]
    """Offsets of HTML's tags."""
    open_code: list[int]
    """Offsets of code blocks that are never closed; what follows them was taken for code."""
    joined: list[int]
    """Offsets of `---` and `|||` lines that have no empty line above and so divide nothing (only with `slides`)."""


def find_inline(source: str, slides: bool = False) -> Marked:
    """The text for Markdown, and what was taken out of it.

    With `slides`, a line of three dashes or bars below an empty line divides slides or columns; its token is a
    paragraph of its own. Characters that HTML can't hold become the replacement character.
    """
    if _UNFIT.search(source):
        source = _UNFIT.sub("\ufffd", source)
    found: list[Found] = []
    tags: list[int] = []
    open_code: list[int] = []
    joined: list[int] = []
    text: list[str] = []
    prose: list[str] = []
    done = parts = 0
    for match, value in _walk(source):
        parts += 1
        if match.lastgroup == "tag":
            tags.append(match.start())
        elif match.lastgroup == "fence":
            open_code += [] if match["closed"] else [match.start("ticks")]
        if value is not None:
            shown = _token(value, found)
        elif match.lastgroup == "slide" and slides:
            is_joined = bool(_line_above(source, match.start()).strip())
            joined += [match.start()] if is_joined else []
            shown = match[0] if is_joined else f"{_token(_read_divider(match), found)}\n"
        elif match.lastgroup == "fence":
            margin, code = read_fence(match)
            shown = _set_apart(match, margin + _token(code, found))
        else:
            shown = _with_addresses(match, found)
        before = source[done : match.start()]
        text += (before, shown)
        # The bracket that closes a link's words stays, so that its opening one isn't alone.
        if match.lastgroup == "link":
            prose += (before, "]" + _blank(match[0][1:]))
        else:
            prose += (before, "<" if match.lastgroup == "less" else _blank(match[0]))
        done = match.end()
    text.append(source[done:])
    prose.append(source[done:])
    return Marked("".join(text), "".join(prose), found, parts, tags, open_code, joined)


def blank_out(text: str) -> str:
    """`text` with code, comments and formulas as spaces, and addresses and tags too; the same offsets and lines."""
    return blank_out_both(text)[0]


def blank_out_both(text: str) -> tuple[str, str]:
    """As `blank_out`, and the same with its addresses and tags."""
    bare: list[str] = []
    pieces: list[str] = []
    bare_done = done = 0
    for match, _ in _walk(text):
        kind = match.lastgroup
        if kind in _STANDING:
            continue
        start, end = match.span()
        blank = _blank(match[0])
        bare += (text[bare_done:start], blank)
        bare_done = end
        if kind not in _ADDRESSES:
            pieces += (text[done:start], blank)
            done = end
    return "".join((*bare, text[bare_done:])), "".join((*pieces, text[done:]))


_STANDING = frozenset({"cites", "cite", "slide", "less"})
_ADDRESSES = frozenset({"link", "definition", "tag", "url"})


def _set_apart(match: re.Match[str], shown: str) -> str:
    """A code block's line with empty lines around it: right below or above text, it would be part of a paragraph."""
    source, (start, end) = match.string, match.span()
    margin = re.match(r"[ \t>]*", match[0])
    quotes = margin[0].rstrip() if margin and ">" in margin[0] else ""
    starts_item = margin is not None and match.start("ticks") > start + margin.end()
    above = "" if starts_item or not _line_above(source, start).strip(" \t>") else f"{quotes}\n"
    below = "" if not _line_below(source, end).strip(" \t>") else f"\n{quotes}"
    return above + shown + below


def _line_below(source: str, end: int) -> str:
    after = source.find("\n", end + 1)
    return source[end + 1 : after if after >= 0 else len(source)]


def _line_above(source: str, start: int) -> str:
    return source[source.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)]


def _blank(written: str) -> str:
    return re.sub(r"[^\n]", " ", written) if "\n" in written else " " * len(written)


def _walk(source: str) -> Iterator[tuple[re.Match[str], Found | None]]:
    """Everything that Markdown isn't to read, or is to read differently, with its value where it has one."""
    inline = _WESTERN_INLINE if is_western(source) else _INLINE
    match = _LINE.match(source) or _next(source, 0, inline)
    while match:
        value = _value(match)
        if value is None and match.lastgroup in _VALUED:
            # It isn't what it seemed, but something may begin inside it.
            match = _next(source, match.start() + 1, inline)
        elif match.lastgroup == "tag" and is_text(source, *match.span()):
            less = _LESS.match(source, match.start())
            assert less
            yield less, Sign("<", less.start())
            end, match = match.end(), _next(source, less.end(), inline)
            if match and match.lastgroup == "cite" and match.start() == end:
                match = _next(source, end + 1, inline)  # <your-name>@host
        else:
            yield match, value
            match = _next(source, match.end(), inline)


def _next(source: str, at: int, inline: re.Pattern[str]) -> re.Match[str] | None:
    while sign := _SIGN.search(source, at):
        at = sign.start()
        match = _LINE.match(source, at + 1) if sign[0] == "\n" else inline.match(source, at)
        if match:
            return match
        at += 1
    return None


_LESS = regex("(?P<less><)")
_VALUED = {"display", "inline", "pointer", "drawing", "cites", "cite"}


def _value(match: re.Match[str]) -> Found | None:
    kind, written, start = match.lastgroup, match[0], match.start()
    if kind in {"display", "inline"}:
        return _read_formula(match)
    if kind == "pointer":
        return Pointer(match["label"].strip(), match["points"] == "eqref", written, start)
    if kind == "less":
        return Sign(written, start)
    if kind == "drawing":
        return Drawing(_unquoted(match), start)
    if kind == "cites":
        return _read_citation(_unquoted(match), start)
    if kind == "cite":
        return Citation((CiteItem(written[1:].strip("{}"), "", "", False, start, len(written)),), written, True, start)
    return None


def _token(value: Found, found: list[Found]) -> str:
    found.append(value)
    return placeholder(len(found) - 1)


# --- lines --------------------------------------------------------------------------------------


def _read_divider(match: re.Match[str]) -> Divider:
    return Divider(match[0][:3], match["attributes"] or "", match[0].rstrip(), match.start())


_LINE_START = regex(r"[ \t]*(?P<quotes>(?:>[ \t]*)*)(?P<own>(?:[-*+]|\d{1,9}[.)])[ \t]|\#|\|)?")
_NEXT_ITEM = regex(r"\n[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]|\|)")


_SUM = regex(rf"\$\d[^\\{{}}]*[{CHINESE}]")
"""An amount of money and Chinese words; a formula has them in braces."""


def _line_start(match: re.Match[str]) -> re.Match[str]:
    """How the line begins on which something was found: quote marks, and a list item's, heading's or row's own."""
    opening = _LINE_START.match(match.string, match.string.rfind("\n", 0, match.start()) + 1)
    assert opening  # every part of it may be missing
    return opening


def _unquoted(match: re.Match[str]) -> str:
    """What was written, with spaces for the `>` that a blockquote puts before its further lines."""
    written = match[0]
    if "\n" not in written:
        return written
    depth = _line_start(match)["quotes"].count(">")
    quotes = re.compile(rf"(?<=\n)(?:[ \t]*>){{1,{depth}}}") if depth else None
    return quotes.sub(lambda marks: " " * len(marks[0]), written) if quotes else written


def _read_formula(match: re.Match[str]) -> Formula | None:
    """None for two dollar signs that stand in different items, rows or blocks."""
    written = match[0]
    if "\n" in written and match.lastgroup == "inline":
        own = _line_start(match)["own"]
        if own == "#" or (own and _NEXT_ITEM.search(written)):
            return None
    if match["dollar"] and (written.count("`") % 2 or (not is_western(written) and _SUM.match(written))):
        return None
    margin = 0 if match["environment"] else 2 if match["dollar"] is None else 1
    inside = _unquoted(match)[margin : written.rindex("$$") if match["named"] else len(written) - margin]
    lead = len(inside) - len(inside.lstrip())
    label = f" \\label{{{match['named']}}}" if match["named"] else ""  # as Quarto's authors write it
    return Formula(inside.strip() + label, match.lastgroup == "display", written, match.start(), margin + lead)


# --- citations ----------------------------------------------------------------------------------

_KEY = r"(?:\{[^{}\s]+\}|\w(?:(?:(?!--)[\w+:/.-])*(?:[^\W_]|\+))?)"
_CITE_ITEM = regex(
    rf"\s*(?P<before>(?:[^@;]*?\s)??)(?P<hide>-?)@(?P<key>{_KEY})(?P<after>(?![^\W_])[^;@]*)\Z", re.DOTALL
)
_BESIDE_KEYS = regex(r"[\n`<$\\\[\]:]")
"""Signs with which what may hide an @ begins."""
_CITE_PIECE = regex(r"((?:[^;,]|,(?!\s*-?@))*)[;,]?")
"""Semicolons are between two papers, and so is a comma before the next one's key."""


def _read_citation(written: str, start: int) -> Citation | None:
    """None for brackets that hold an @ and no citation: `[ada@example.edu]`, `[a paragraph` ... `@ 3 pm]`."""
    inside = written[1:-1]
    if re.search(r"\n[ \t]*\n", inside):
        return None
    if _BESIDE_KEYS.search(inside) and blank_out(inside).count("@") < inside.count("@"):
        return None
    items = []
    for piece in _CITE_PIECE.finditer(inside):
        if not piece[1].strip():
            continue
        match = _CITE_ITEM.match(piece[1])
        if not match:
            return None
        after = " ".join(match["after"].strip().removeprefix(",").split())
        before = " ".join(match["before"].split())
        at, key = start + 1 + piece.start() + match.start("key") - 1, match["key"]
        items.append(CiteItem(key.strip("{}"), before, after, bool(match["hide"]), at, len(key) + 1))
    return Citation(tuple(items), written, False, start)


# --- addresses ----------------------------------------------------------------------------------

_LINKING = regex(r"<(?:a|area|audio|embed|iframe|image|img|link|object|source|track|video)\s", re.IGNORECASE)
_ATTRIBUTE = regex(
    r"""(?P<name>\s(?:xlink:)?(?:href|src|poster|data)\s*=\s*)(?P<value>"[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
_ESCAPED = regex(r"\\([!-/:-@\[-`{-~])")


def _with_addresses(match: re.Match[str], found: list[Found]) -> str:
    """What was matched, with a token for each address in it."""
    if match.lastgroup == "link":
        return _take_address(match, *match.span("target"), found)
    if match.lastgroup == "definition":
        return _take_address(match, *match.span("defined"), found)
    if match.lastgroup == "tag" and _LINKING.match(match[0]):
        return _take_attributes(match, found)
    return match[0]


def _take_address(match: re.Match[str], start: int, end: int, found: list[Found]) -> str:
    """A link with a token for its address in `[start:end]` of the source, which may stand in angle brackets."""
    source = match.string
    if source[start:end].startswith("<"):
        start, end = start + 1, end - 1
    written = source[start:end]
    target = unescape(_ESCAPED.sub(r"\1", written.strip()))
    token = _token(Address(target, written, start), found)
    return source[match.start() : start] + token + source[end : match.end()]


def _take_attributes(match: re.Match[str], found: list[Found]) -> str:
    """A tag with a token for each address in it."""

    def take(attribute: re.Match[str]) -> str:
        written, start = attribute["value"], match.start() + attribute.start("value")
        quote = written[0] if written[0] in "\"'" else ""
        if quote:
            written, start = written[1:-1], start + 1
        return f"{attribute['name']}{quote}{_token(Address(unescape(written.strip()), written, start), found)}{quote}"

    return _ATTRIBUTE.sub(take, match[0])
