"""How papers are cited on one page: what stands for a paper, how a citation reads, and the list of references.

Papers and citations in, HTML out. Which words of a text are citations is `inline`'s, what their keys name
and where links lead is `references`'. Slides cite with the same functions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape

from sitegen.directions import isolate
from sitegen.languages import OURS, is_english, mark_ours
from sitegen.model import CiteItem, Name, Paper
from sitegen.patterns import regex
from sitegen.values import Value

AUTHOR_YEAR, VENUE, NUMBER = STYLES = ("author-year", "venue", "number")
MANY = 3
"""A longer list of authors is cut to the first in the references; the paper's own page has all."""
HEADING = "References"
HEADING_ID = "site-references"


class Label(Value):
    """What stands for a paper on one page."""

    authors: str
    """`Kwon et al.`; the title of a paper whose people aren't known."""
    mark: str
    """`2023b`, `SOSP '23` or `3`, by the style; empty for a paper of which neither year nor venue is known."""


def label_papers(papers: Sequence[Paper], style: str) -> dict[str, Label]:
    """Labels by key, in the order of the references, for the papers of a page in the order of first citation.

    Papers that would read alike, with the same words for authors and the same year or venue, get letters.
    """
    if style == NUMBER:
        return {paper.key: Label(_who(paper), str(number)) for number, paper in enumerate(papers, 1)}
    alike: dict[Label, list[Paper]] = {}
    in_order = sorted(papers, key=_sort_key)
    for paper in in_order:
        alike.setdefault(Label(_who(paper), _mark(paper, style)), []).append(paper)
    labels = {}
    for label, group in alike.items():
        mark = label.mark or "n.d."
        for number, paper in enumerate(group):
            labels[paper.key] = label if len(group) == 1 else Label(label.authors, mark + _letters(number))
    return {paper.key: labels[paper.key] for paper in in_order}


def _who(paper: Paper) -> str:
    return paper.short_authors or paper.title


def _mark(paper: Paper, style: str) -> str:
    if style == VENUE and paper.venue_short not in {"", paper.venue}:
        return short_venue(paper)
    return paper.year


def short_venue(paper: Paper) -> str:
    """`SOSP '23` with a space that doesn't break; empty for a paper that appeared nowhere."""
    return paper.venue_short.replace(" '", "\u00a0'")


def _letters(number: int) -> str:
    """0 to `a`, 25 to `z`, 26 to `aa`."""
    before, last = divmod(number, 26)
    return (_letters(before - 1) if before else "") + chr(ord("a") + last)


def _sort_key(paper: Paper) -> tuple[object, ...]:
    names = [_folded(f"{name.last} {name.first}") for name in paper.authors or paper.editors]
    return (names or [_folded(paper.title)], paper.year, _folded(paper.title), paper.key)


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    """As a library sorts it: without accents, upper case and signs. Many pages cite the same papers."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if c.isalnum() or c == " ")


# --- citations ----------------------------------------------------------------------------------

Anchor = Callable[[CiteItem, str], str]
"""One paper of a citation and the words that stand for it, to HTML that leads to the paper."""


def write_citation(
    items: Iterable[CiteItem], in_text: bool, labels: Mapping[str, Label], style: str, anchor: Anchor
) -> str:
    """A citation as HTML: `(Kwon et al., 2023, sec. 3; Yu et al., 2022)`, or in a sentence `Kwon et al. (2023)`."""
    opening, closing = "[]" if style == NUMBER else "()"
    items = tuple(items)
    if in_text:
        label = labels[items[0].key]
        mark = f"{opening}{label.mark}{closing}" if label.mark else ""
        return anchor(items[0], " ".join(filter(None, (label.authors, mark))))
    if style == NUMBER and len(items) == 1 and not items[0].before and not items[0].after:
        return anchor(items[0], f"[{labels[items[0].key].mark}]")
    has_words = any(item.before or item.after for item in items)
    between = ", " if style == NUMBER and not has_words else "; "
    return opening + between.join(_bracketed(item, labels[item.key], style, anchor) for item in items) + closing


def _bracketed(item: CiteItem, label: Label, style: str, anchor: Anchor) -> str:
    hides_authors = label.mark and (item.hide_author or style == NUMBER)
    words = ", ".join(filter(None, ("" if hides_authors else label.authors, label.mark)))
    before = f"{_typeset(item.before)} " if item.before else ""
    after = f", {_typeset(item.after)}" if item.after else ""
    return before + anchor(item, words) + after


def _typeset(words: str) -> str:
    """What a text says around a key, to HTML: dashes, apostrophes, emphasis and code; no other Markdown."""
    html = escape(words.replace("--", "–").replace("'", "’"), quote=False)
    return _ESCAPED.sub(r"\1", _CODE.sub(r"<code>\1</code>", _EMPHASIS.sub(r"<em>\2</em>", html)))


_EMPHASIS = regex(r"(?<![\w*\\])([*_])(?=\S)([^*_`]+)(?<=\S)\1(?![\w*])")
_CODE = regex(r"(?<!\\)`([^`]+)`")
_ESCAPED = regex(r"\\([!-/:-@\[-`{-~])")


def mark_joints(html: str, language: str) -> str:
    """A citation's HTML with the words between its names as what they are: English."""
    return html if is_english(language) else _JOINT.sub(lambda words: mark_ours(words[0], language), html)


_JOINT = regex(r"(?<= )(?:and|et al\.|\(eds?\.\))(?![^ ,<)])|\bn\.d\.")


# --- references ---------------------------------------------------------------------------------


def list_references(
    papers: Mapping[str, Paper],
    labels: Mapping[str, Label],
    style: str,
    places: Mapping[str, Sequence[str]],
    href: Callable[[Paper], str],
    heading_id: str = HEADING_ID,
    language: str = "en",
) -> str:
    """The list of references as HTML, in the order of `labels`; nothing without citations.

    `language` is the page's, `places` are the ids of each paper's citations, to which the list leads back.
    """
    if not labels:
        return ""
    rows = "\n".join(
        f"<li>{write_reference(papers[key], label, style, href(papers[key]), language)}"
        f"{_ways_back(places.get(key, ()), language)}</li>"
        for key, label in labels.items()
    )
    kind = "ol" if style == NUMBER else "ul"
    return (
        f'<section class="references" aria-labelledby="{heading_id}">\n'
        f'<h2 id="{heading_id}"{_english(language)}>{HEADING}</h2>\n<{kind}>\n{rows}\n</{kind}>\n</section>\n'
    )


def write_reference(paper: Paper, label: Label, style: str, href: str, language: str = "en") -> str:
    """`Kwon, Woosuk, and Ying Sheng. 2023. Efficient Memory ... SOSP '23.`, whose title leads to `href`."""
    names = paper.authors or paper.editors
    who = _listed(names, paper.more_authors, inverted=style != NUMBER)
    if names and not paper.authors:
        who += " (eds.)" if len(names) > 1 or paper.more_authors else " (ed.)"
    venue = short_venue(paper)
    says_year = paper.year in label.mark or ("'" in venue and venue.endswith(paper.year[-2:]))
    says_venue = style == VENUE and label.mark.startswith(venue)
    where = ", ".join(filter(None, ("" if says_venue else venue, "" if says_year else paper.year)))
    title = f'<a href="{escape(href)}">{isolate(paper.title_html)}</a>'
    parts = [(who, mark_joints(who, language)), (paper.title, title), (where, isolate(escape(where, quote=False)))]
    if style != NUMBER:  # after what the references are sorted by: people, or the title
        parts.insert(1 if who else 2, (label.mark, mark_joints(escape(label.mark, quote=False), language)))
    return " ".join(html if words.endswith((".", "?", "!")) else f"{html}." for words, html in parts if words)


def _listed(names: Sequence[Name], others: bool, inverted: bool) -> str:
    """`A`, `A and B`, `A, B, and C`, `A, B, C, et al.` as HTML; `inverted`, the first one's family name leads."""
    cut = len(names) > MANY
    shown = [name.full for name in (names[:1] if cut else names)]
    if inverted and names and names[0].first and names[0].full.startswith(names[0].first):
        lead = names[0]
        shown[0] = ", ".join(filter(None, (lead.family, lead.first, lead.jr)))
    has_comma = bool(shown) and "," in shown[0]
    shown = [isolate(escape(name, quote=False)) for name in shown]
    if cut or others:
        return ", ".join([*shown, "et al."])
    if len(shown) < 2:
        return "".join(shown)
    between = ", and " if len(shown) > 2 or has_comma else " and "
    return ", ".join(shown[:-1]) + between + shown[-1]


def _english(language: str) -> str:
    return "" if is_english(language) else OURS


def _ways_back(places: Sequence[str], language: str) -> str:
    """Links to where the paper is cited: an arrow, or a letter for each of several places."""
    english = _english(language)
    if len(places) == 1:
        return f' <a class="back" href="#{places[0]}" aria-label="Back to the citation"{english}>↑</a>'
    letters = (
        f'<a class="back" href="#{place}" aria-label="Back to citation {letter}"{english}>{letter}</a>'
        for place, letter in zip(places, map(_letters, range(len(places))), strict=True)
    )
    return f" ↑\u00a0{' '.join(letters)}" if places else ""
