"""Dates as bibliographies give them: `year` and `month` of BibTeX, `date` of biblatex.

Text in, a year and a month out. A date's day isn't shown anywhere.

Source: biblatex's manual, §2.3.8, which follows ISO 8601-2:2019, level 1.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sitegen.bib.bibentry import MONTHS
from sitegen.patterns import regex


class YearMonth(NamedTuple):
    year: str
    """`2023`, `45 BC`, `1900–1999`, or what else is given; may be empty."""
    month: str
    """`01` to `12`, a season from `21` to `24`, or empty."""


SEASONS = {"21": "Spring", "22": "Summer", "23": "Autumn", "24": "Winter"}


def read_date(date: str) -> YearMonth:
    """`2023-05-02/2023-06` to 2023 and 05; `../2020` to its end; `1985~` and `1985?` to 1985; `-0044` to 45 BC."""
    start, _, end = date.strip().partition("/")
    if start in ("", "..", "*"):
        start = end
    match = _DATE.match(start.strip())
    if match is None:
        year = _YEAR.search(date)
        return YearMonth(year[0] if year else date, "")
    sign, digits, month = match.groups(default="")
    if "X" in digits.upper():
        first, last = (re.sub("[Xx]", digit, digits) for digit in "09")
        return YearMonth(f"{first}–{last}", "")
    if sign == "-" or int(digits) == 0:
        return YearMonth(f"{int(digits) + 1} BC", month)  # there is a year 0 in ISO 8601: 1 BC
    return YearMonth(digits.lstrip("0") if len(digits) < 5 else str(int(digits)), month)


_DATE = regex(r"[Yy]?([+-]?)(\d{4,6}|\d{3}[Xx]|\d\d[Xx]{2}|\d[Xx]{3})(?:-(\d\d|[Xx]{2}))?(?:-|T|[~?%]|\s*$)")
_YEAR = regex(r"\d{4}")


def month_macro(text: str) -> str:
    """BibTeX's macro for a month's name, its short name or its number: `may`; nothing for anything else."""
    word = text.strip("{}. ").casefold()
    if word.isdecimal() and word.isascii() and 1 <= int(word) <= 12:
        return list(MONTHS)[int(word) - 1]
    return word[:3] if len(word) >= 3 and MONTHS.get(word[:3], "").casefold().startswith(word) else ""


def month_number(text: str) -> int:
    """1 to 12 for the first month that is named, as in `10~January`, `May--June` or `5`; 0 for none."""
    macro = month_macro(text)
    if not macro:
        macro = next((found for word in re.findall(r"[^\W\d_]+", text) if (found := month_macro(word))), "")
    return list(MONTHS).index(macro) + 1 if macro else 0
