"""HTML's elements: which tags in a text are HTML and which only look so, and what is opened and never closed.

    a packet with <SYN> set, x<y, a>b      words
    <details>                              HTML

Where tags stand is found by `inline`. What they mean isn't known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.patterns import regex

OPEN_TAG = Rule(
    "open-tag",
    "warning",
    "HTML opens an element and never closes it, closes one that isn't open, or a comment has no end. Browsers then "
    "guess where it ends, and often take all the rest of the page into it.",
    wrong='<div class="aside">\nWords.',
    right='<div class="aside">\nWords.\n</div>',
)
MARKDOWN_IN_HTML = Rule(
    "markdown-in-html",
    "warning",
    "Markdown stands in an element of HTML whose tag doesn't say markdown, so its signs are shown as they are written. "
    "On GitHub, an empty line below the tag is enough.",
    wrong="<details>\n<summary>Answer</summary>\n\n- **Yes.**\n\n</details>",
    right="<details markdown>\n<summary>Answer</summary>\n\n- **Yes.**\n\n</details>",
)

_VOID = frozenset("area base br col embed frame hr img input link meta param source track wbr".split())
_UNCLOSED = frozenset("p li dt dd tr td th thead tbody tfoot colgroup option optgroup rp rt html head body".split())
"""Elements whose end HTML lets an author leave out."""
_RAW = frozenset("address article aside center details div fieldset figure footer header main nav section".split())
"""Elements that hold whole paragraphs, which Markdown leaves as they are."""
_NAMES = _VOID | _UNCLOSED | _RAW | frozenset(
    """a abbr acronym applet audio b basefont bdi bdo big blink blockquote button canvas caption cite code data datalist
    del dfn dialog dir dl em figcaption font form frameset h1 h2 h3 h4 h5 h6 hgroup i iframe ins kbd label legend map
    mark marquee math menu meter nobr noframes noscript object ol output picture pre progress q rb rtc ruby s samp
    script search select slot small span strike strong style sub summary sup svg table template textarea time title
    tt u ul var video""".split()
)  # fmt: skip
_SWITCHES = frozenset(
    """allowfullscreen async autofocus autoplay checked controls crossorigin default defer disabled download hidden
    inert ismap itemscope loop markdown multiple muted nomodule noshade novalidate nowrap open playsinline popover
    readonly required reversed selected""".split()
)
"""Attributes that may stand without a value."""
_TAG = regex(r"<(?P<closes>/?)(?P<name>[a-zA-Z][^\s<>/]*)(?P<rest>[^<>]*)>", re.DOTALL)
_VALUE = regex(r"""[^\s"'=<>]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""")
_SPACE_FOR = regex(r"[\w)\]]\Z")
_SIGNS = regex(
    r"""\n[ \t]*\n[ ]{0,3}(?=\S)
    (?P<line>(?:(?:[-*+]|\d{1,3}[.)]|\#{1,6}|>)[ ]+\S|\|[^\n]*\||[^\n<]{0,999}\*\*[^\s*][^\n*]*\*\*)[^\n]*)""",
    re.VERBOSE,
)
"""What begins like this below an empty line is meant as Markdown."""

Place = Callable[[int, int], Span]


def is_text(source: str, start: int, end: int) -> bool:
    """Whether `source[start:end]`, which looks like a tag, is words.

    Elements that HTML doesn't know are, a placeholder such as `<your-name>` and a comparison such as `a<b and c>d`.
    """
    tag = _TAG.match(source, start, end)
    if not tag or any(sign in tag["name"] for sign in ":@"):
        return False  # an address in angle brackets, or another program's name
    name = tag["name"].casefold()
    if name not in _NAMES:
        closed, has_drawings = _survey(source)
        return name not in closed if "-" in name else not has_drawings
    words = _VALUE.sub(" ", tag["rest"].rstrip("/")).split()
    odd = [word for word in words if word.casefold() not in _SWITCHES and "-" not in word]
    return bool(odd) and start > 0 and _SPACE_FOR.match(source[start - 1]) is not None


@lru_cache(maxsize=1)
def _survey(source: str) -> tuple[frozenset[str], bool]:
    """The names that a text closes, and whether there are drawings or formulas in it, whose elements aren't HTML's."""
    closed = frozenset(match[1].casefold() for match in re.finditer(r"</([a-zA-Z][\w.-]*)", source))
    return closed, re.search("<(?:svg|math)", source, re.IGNORECASE) is not None


def check_tags(
    source: str, prose: str, tags: Sequence[int], place: Place, is_code: Callable[[int], bool]
) -> Iterator[Diagnostic]:
    """`tags` are the offsets of the tags in `source`; `prose` is as long, with spaces where no words are.

    `is_code` says whether an offset is in a line of code that no fence tells.
    """
    open_tags: list[tuple[str, int, bool]] = []
    for offset in tags:
        tag = _TAG.match(source, offset)
        name = tag["name"].casefold() if tag else ""
        if not tag or name in _VOID or name not in _NAMES or tag["rest"].endswith("/"):
            continue
        if not open_tags and _is_set_in(source, offset) and is_code(offset):
            continue
        if not tag["closes"]:
            open_tags.append((name, offset, "markdown" in tag["rest"]))
            continue
        at = next((n for n in range(len(open_tags) - 1, -1, -1) if open_tags[n][0] == name), -1)
        if at < 0:
            message = f"This closes a <{name}> that isn't open."
            yield OPEN_TAG.at(place(offset, len(tag[0])), message, f"Remove it, or open one with <{name}> above.")
            continue
        yield from (_tell_open(place, *one[:2]) for one in open_tags[at + 1 :] if one[0] not in _UNCLOSED)
        _, start, is_markdown = open_tags[at]
        del open_tags[at:]
        if name in _RAW and not is_markdown:
            yield from _check_signs(source, prose, name, start, offset, place)
    for name, offset, _ in open_tags:
        # Where such an element begins a line, Markdown reads on to its end for one.
        if name not in _UNCLOSED or not source[source.rfind("\n", 0, offset) + 1 : offset].strip():
            yield _tell_open(place, name, offset)
    comment = prose.find("<!--")
    if comment >= 0 and not (_is_set_in(source, comment) and is_code(comment)):
        yield OPEN_TAG.at(place(comment, 4), "The comment that opens here is never closed.", "Write --> where it ends.")


def _is_set_in(source: str, offset: int) -> bool:
    return source.startswith(("    ", "\t"), source.rfind("\n", 0, offset) + 1)


def _tell_open(place: Place, name: str, offset: int) -> Diagnostic:
    help = f"Write </{name}> where it ends, or \\<{name}> if you mean the words."
    return OPEN_TAG.at(place(offset, len(name) + 1), f"The <{name}> that opens here is never closed.", help)


def _check_signs(source: str, prose: str, name: str, start: int, end: int, place: Place) -> Iterator[Diagnostic]:
    found = _SIGNS.search(prose, start, end)
    if found:
        words = source[slice(*found.span("line"))].strip()
        shown = words if len(words) <= 40 else f"{words[:39]}…"
        message = f'This is Markdown in HTML and is shown as it is written: "{shown}".'
        help = f"Write <{name} markdown> where the element opens."
        yield MARKDOWN_IN_HTML.at(place(found.start("line"), len(words)), message, help)
