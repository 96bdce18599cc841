"""Which way words run: from left to right or from right to left, and how the two stand in one line.

Which words stand in one line is known where the line is written. HTML in, HTML out.
"""

from __future__ import annotations

from sitegen.patterns import regex

_RTL_LANGUAGES = frozenset(
    "ae ar arc arz azb bal bgn bqi ckb dv fa glk he iw ji khw ks lrc luz mzn nqo pnb prs ps rhg sam sd sdh syr ug ur "
    "ydd yi".split()
)
"""Languages that are usually written in a script of the other direction (Unicode CLDR, script metadata)."""
_RTL_SCRIPTS = frozenset("adlm arab aran armi hebr mand mend nkoo phnx rohg samr syrc thaa yezi".split())
_RTL_LETTER = regex("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Letters of the bidirectional classes R and AL stand in these blocks (Unicode Standard Annex 9)."""


def is_rtl(language: str) -> bool:
    """Whether a language tag (BCP 47) names writing from right to left: `he`, `fa-IR`, `pa-Arab`; not `ar-Latn`."""
    name, *rest = language.casefold().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    return script in _RTL_SCRIPTS if script else name in _RTL_LANGUAGES


def has_rtl(text: str) -> bool:
    """Whether any letter is of a script that is written from right to left."""
    return not text.isascii() and _RTL_LETTER.search(text) is not None


def isolate(html: str) -> str:
    """`html` so that it and the words around it don't reorder each other (Unicode Standard Annex 9, HTML's `bdi`).

    What has no such letters gets nothing; on pages that run from right to left rtl.css isolates it.
    """
    return f"<bdi>{html}</bdi>" if has_rtl(html) else html
