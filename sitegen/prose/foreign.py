"""What other programs' Markdown has and this one hasn't, and what does nothing where it stands: told, with its place.

Looks at a text in which code, formulas and links are blanked out, so that offsets are those of the source. What
other spellings are understood is `lines`, `spans` and `fences`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.patterns import regex

FOREIGN_SYNTAX = Rule(
    "foreign-syntax",
    "warning",
    "Something stands here that another program gives a meaning to, such as Quarto's ::: or MkDocs's tabs. Here it has "
    "none and is shown as it is written. Put a backslash before it if that is what you want.",
    wrong="::: {.callout-note}\nWords.\n:::",
    right="!!! note\n    Words.",
)
UNDEFINED_FOOTNOTE = Rule(
    "undefined-footnote",
    "warning",
    "A text refers to a footnote that isn't there, so its sign is shown as it is written.",
    wrong="Fast enough.[^speed]",
    right="Fast enough.[^speed]\n\n[^speed]: 3 ms a page.",
)
UNUSED_FOOTNOTE = Rule(
    "unused-footnote",
    "warning",
    "Nothing refers to a footnote, so readers find it below the text without knowing where it belongs; or a footnote "
    "is written twice, and only one of them is shown.",
    wrong="Fast enough.\n\n[^speed]: 3 ms a page.",
    right="Fast enough.[^speed]\n\n[^speed]: 3 ms a page.",
)
BAD_ATTRIBUTES = Rule(
    "bad-attributes",
    "warning",
    "Attributes in braces belong to what stands right before them: a heading, or without a space a link, an image or "
    "emphasis; on a line of their own, to the paragraph above. Elsewhere they are shown as they are written. Inside, "
    "a class is .name, a name #name, and anything else name=value.",
    wrong="A paragraph that stands out. {.lead}",
    right="A paragraph that stands out.\n{.lead}",
)
DOUBLE_NAME = Rule(
    "double-name",
    "warning",
    "Two things on a page have one name, so links to it lead to the first; or a name begins with site-, as those of "
    "the page's own parts do.",
    wrong="## Part one {#part}\n\n## Part two {#part}",
    right="## Part one {#part-1}\n\n## Part two {#part-2}",
)
HEADING_SPACE = Rule(
    "heading-space",
    "warning",
    "A line begins with # and no space follows. It is a heading here and text on GitHub and elsewhere.",
    wrong="##Grading",
    right="## Grading",
)

_FOREIGN = regex(
    r"""
      ^[ ]{0,3}(?P<said>:{3,}[ ]*(?:\{[ ]*\.)?notes\b\}?)
    | ^[ ]{0,3}(?P<fence>:{3,})[ ]*[{\w]
    | ^[ ]{0,3}(?P<tabs>===[!+]?)(?=[ ]")
    | ^[ ]{0,3}(?P<toc>\[TOC\]|\[toc\]|\[\[_?TOC_?\]\]|\{:toc\})[ ]*$
    | ^[ ]{0,3}(?P<pause>\.[ ]\.[ ]\.)[ ]*$
    | ^[ ]*(?P<snippet>-{1,8}8<-{1,8})
    | ^[ ]{0,3}(?P<caption>/{3}[ ]\w)
    | (?<![^\n]\n)^[ ]{0,3}(?P<grid>\+[-=]{3,}\+)(?=[^\n]*\n[ ]{0,3}\|)
    | (?P<hidden>(?<![\w%])%%[^%\n]{1,500}%%(?![\w%])|^[ ]{0,3}%%[ ]*$)
    | (?P<quotation>(?<![`\\])``(?=[^`\n]{1,500}''(?!')))
    | (?P<wiki>!?\[\[(?!_?TOC)[^\[\]\n]{1,200}\]\])
    | (?P<shortcode>\{\{[<%]|\{%-?[ ]?\w|\{\{[ ]?(?:site|page|layout)\.\w)
    | (?P<inline>\^\[(?=[^\]\n]{1,500}\]))
    | (?P<keys>(?<![\w+])\+\+[a-zA-Z0-9]+(?:[+-][a-zA-Z0-9]+){0,5}\+\+(?![\w+]))
    | (?P<emoji>(?<![\w:/\\.])[:][a-z][a-z_]{2,30}[:](?![\w:/]))
    """,
    re.VERBOSE | re.MULTILINE,
)
_SIGNS = (
    "%%",
    "``",
    "+--",
    "+==",
    ":::",
    "===",
    "[TOC]",
    "[toc]",
    "[[",
    ":toc}",
    "8<-",
    "///",
    "{{",
    "{%",
    "^[",
    "++",
    ". . .",
)
_EMOJI = regex(r":[a-z][a-z_]{2,30}:")
"""Of these, one is in every match: most texts have none and are soon done."""
_TOLD = {
    "fence": ("Quarto's and Pandoc's sign for a block", "Write !!! note, and its text below, set in by four spaces."),
    "pause": ("a pause in Pandoc's and Quarto's slides", "Write {.fragment} at the end of the next paragraph."),
    "said": ("Quarto's sign for what a speaker says", "Write !!! speaker, and its text below, set in by four spaces."),
    "tabs": ("the sign for a tab in MkDocs", 'Write a heading, or ??? note "Title" for a block that opens.'),
    "toc": ("the place of a table of contents", "Remove it: pages with several headings have one by themselves."),
    "snippet": ("the sign of a file to include in MkDocs", "Write it as a link, or include code by its own block."),
    "caption": ("MkDocs's sign for a block", "Write a caption as a paragraph: Figure: What it shows."),
    "grid": ("the edge of Pandoc's grid table", "Write a table with bars: | a | b |, and |---|---| below its head."),
    "hidden": ("Obsidian's sign for a comment, and the comment is shown", "Write <!-- before it and --> behind it."),
    "quotation": ("LaTeX's sign for a quotation", 'Write "words" with straight marks: they become curly ones.'),
    "wiki": ("a wiki's link", "Links name the file: [project](project.md)."),
    "shortcode": ("a shortcode of Hugo or Jekyll", "Write what it stands for, in Markdown or HTML."),
    "inline": ("Pandoc's sign for a footnote", "Write [^name] here and, on a line of its own, [^name]: the note."),
    "keys": ("MkDocs's sign for keys", "Write <kbd>Ctrl</kbd>+<kbd>C</kbd>."),
    "emoji": ("the name of an emoji elsewhere", "Type the emoji itself."),
}
"""What a sign means elsewhere, and what to write here."""

_REFERENCE = regex(r"\[\^([^\]\n]+)\]")
_DEFINITION = regex(r"^[ ]{0,3}\[\^([^\]\n]+)\]:", re.MULTILINE)
_BRACES = regex(r"\{:?[ ]*(?=[.#\w])(?P<inside>[^{}\n]*)\}")
_WORD = regex(r"""[^\s"'=]+=(?:"[^"]*"|'[^']*'|\S*)|\S+""")
_LIST = regex(r"[.#][^\W\d_][\w-]*|[^\W\d][\w:-]*=.*", re.DOTALL)
_SWITCHES = frozenset("autoplay controls disabled download hidden inert loop markdown muted open reversed".split())
"""Attributes of HTML that are there or not."""
_OWN = frozenset((".fragment", ".fragments", ".notes-only", ".slides-only"))
"""Classes that may stand beside words."""
_MAY_HAVE = regex(r"[ ]{0,3}(?:#|\||---|\|\|\||:::|!!!|\?\?\?|(?:Table|Figure|Listing):[ ])")
_TIGHT = regex(r"^[ ]{0,3}(?P<marks>#{1,6})(?=[^\s#])", re.MULTILINE)
_HINT = regex(r"[\[{#:]|%%|``|\+[-=]{3}|===|8<|///|\+\+|\. \. \.")

Place = Callable[[int, int], Span]
"""The span of an offset and a length."""


def check_foreign(source: str, prose: str, place: Place) -> Iterator[Diagnostic]:
    """`prose` is as long as `source`, with spaces in place of what isn't read as text."""
    if not _HINT.search(prose):
        return
    is_likely = any(sign in prose for sign in _SIGNS) or _EMOJI.search(prose)
    for match in _FOREIGN.finditer(prose) if is_likely else ():
        kind = match.lastgroup or ""
        written, (what, help) = match[kind], _TOLD[kind]
        if not _is_escaped(source, match.start(kind)) and not is_code(prose, match.start(kind)):
            yield FOREIGN_SYNTAX.at(place(match.start(kind), len(written)), f'"{written}" is {what}.', help)
    if "egin{" in prose:
        yield from _check_blocks(source, prose, place)
    if "[^" in prose:
        yield from _check_footnotes(source, prose, place)
    if "{" in prose:
        yield from _check_attributes(source, prose, place)
    for match in _TIGHT.finditer(prose):
        if not _is_escaped(source, match.start("marks")):
            message = "There is no space between the # and the heading's words."
            help = f'Write "{match["marks"]} " before them, or "\\#" for text.'
            yield HEADING_SPACE.at(place(match.start("marks"), len(match["marks"])), message, help)


def _check_blocks(source: str, prose: str, place: Place) -> Iterator[Diagnostic]:
    """LaTeX's environments that are no formulas; in `prose` their first two characters are an escape."""
    for match in _BLOCK.finditer(source):
        at = match.start()
        if prose[at + 1 : at + 7] == " egin{" and not is_code(prose, at):
            message = f'"{match[0]}" opens a block in LaTeX.'
            help = 'Write it in Markdown: a list, a table, !!! note "Theorem"; formulas stand between $$ and $$.'
            yield FOREIGN_SYNTAX.at(place(at, len(match[0])), message, help)


_BLOCK = regex(r"\\begin\{(?!equation|align|flalign|gather|multline|eqnarray|subeq|displaymath)[a-zA-Z]{2,30}\*?\}")


def _is_escaped(source: str, offset: int) -> bool:
    return source[offset - 1 : offset] == "\\"


_HOLDER = regex(r"[ ]{0,3}(?:[-*+>]|\d{1,9}[.)]|!!!|\?\?\?|\[\^|:[ ])")


def is_code(prose: str, offset: int) -> bool:
    """Whether an offset is in a line set in by four columns that belongs to no list, box, footnote or definition."""
    start = prose.rfind("\n", 0, offset) + 1
    for _ in range(_FAR):
        line = prose[start : prose.find("\n", start) if "\n" in prose[start : start + 5] else start + 5]
        if line.strip() and not line.startswith(("    ", "\t")):
            return start < prose.rfind("\n", 0, offset) and not _HOLDER.match(prose, start)
        if start == 0:
            return True
        start = prose.rfind("\n", 0, start - 1) + 1
    return False


_FAR = 100
"""Lines above that are looked at."""


def _check_footnotes(source: str, prose: str, place: Place) -> Iterator[Diagnostic]:
    defined: dict[str, re.Match[str]] = {}
    starts = set()
    for match in _DEFINITION.finditer(prose):
        name = match[1].strip()
        starts.add(match.end() - len(match[0].lstrip()))
        if name in defined:
            message = f"The footnote [^{name}] is written twice, and one of the two is shown."
            yield UNUSED_FOOTNOTE.at(place(match.end(1) - len(match[1]) - 2, len(match[1]) + 3), message, "Rename one.")
        defined[name] = match
    used: set[str] = set()
    for match in _REFERENCE.finditer(prose):
        if match.start() in starts or _is_escaped(source, match.start()) or is_code(prose, match.start()):
            continue
        name = match[1].strip()
        used.add(name)
        if name not in defined:
            near = closest(name, defined)
            help = f'Did you mean "[^{near}]"?' if near else f"Write it on a line of its own: [^{name}]: its text."
            yield UNDEFINED_FOOTNOTE.at(place(match.start(), len(match[0])), f"There is no footnote [^{name}].", help)
    for name, match in defined.items():
        if name not in used:
            message = f"Nothing refers to the footnote [^{name}]."
            help = f"Write [^{name}] where it belongs, or remove it."
            yield UNUSED_FOOTNOTE.at(place(match.start(1) - 2, len(match[1]) + 3), message, help)


def _check_attributes(source: str, prose: str, place: Place) -> Iterator[Diagnostic]:
    names: set[str] = set()
    for match in _BRACES.finditer(prose):
        words = [word[0] for word in _WORD.finditer(match["inside"])]
        if not words or not _LIST.fullmatch(words[0]) or _is_escaped(source, match.start()):
            continue
        if is_code(prose, match.start()):
            continue
        span = place(match.start(), len(match[0]))
        odd = [word for word in words if not _LIST.fullmatch(word) and word not in _SWITCHES]
        if odd:
            help = "Write a class as .name, a name as #name, anything else as name=value."
            yield BAD_ATTRIBUTES.at(span, f'"{odd[0]}" is neither a class nor a name nor a value.', help)
        elif not _OWN.issuperset(words) and (help := _find_fault(source, prose, match)):
            yield BAD_ATTRIBUTES.at(span, f'"{match[0]}" belongs to nothing here and is shown as it is.', help)
        for word in words:
            if word[0] != "#":
                continue
            if word[1:] in names:
                yield DOUBLE_NAME.at(span, f'"{word}" is on this page already.', "Choose another name.")
            elif word.startswith("#site-"):
                message = f'"{word}" begins with site-, as only the names of the page\'s own parts do.'
                yield DOUBLE_NAME.at(span, message, f'Write "#{word[6:]}".')
            names.add(word[1:])


def _find_fault(source: str, prose: str, match: re.Match[str]) -> str:
    """What to do about attributes that stand where nothing can have any; empty where something can."""
    start = source.rfind("\n", 0, match.start()) + 1
    end = source.find("\n", match.end())
    before, behind = source[start : match.start()], source[match.end() : end if end >= 0 else None]
    if behind.strip() or not prose[match.start()].strip():
        return ""  # in the middle of a line, braces are more often text than attributes
    if not before.strip(" >\t"):
        return _find_fault_above(source, prose, start)
    if before[-1] not in " \t" or _MAY_HAVE.match(before) or "|" in before:
        return ""
    below = source[end + 1 :].lstrip(" ")[:3] if end >= 0 else ""
    return "" if below.startswith((":", "===", "---")) else "Write it on a line of its own right below the paragraph."


def _find_fault_above(source: str, prose: str, start: int) -> str:
    """As `_find_fault`, for attributes on a line of their own: they belong to a paragraph or an item right above."""
    first = source.rfind("\n", 0, max(start - 1, 0)) + 1
    above = source[first:start].strip(" >\t\n")
    if above.startswith("#"):
        return "Write it behind the heading's words, in the same line."
    if above.startswith(("```", "~~~")):
        return "Write it in the line that opens the code, behind the language."
    if above.startswith("|") or ("|" in prose[first:start] and "|" in above):
        return "A table has attributes by its caption: Table: What it shows. {#tbl-name .wide}"
    return (
        "" if above else "Write it right below the paragraph it belongs to, with no empty line between, or remove it."
    )
