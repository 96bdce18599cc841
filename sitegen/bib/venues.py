"""Short names of venues: `Proceedings of the 29th Symposium on Operating Systems Principles` to `SOSP '23`.

Only used where an entry doesn't say its own (`venue`, `shortvenue`). Plain text in and out. Here are also the words
for the kinds of theses and reports.
"""

from __future__ import annotations

import re

from sitegen.patterns import regex

KINDS = {
    "phdthesis": "PhD thesis",
    "mathesis": "Master's thesis",
    "mastersthesis": "Master's thesis",
    "bathesis": "Bachelor's thesis",
    "candthesis": "Candidate thesis",
    "techreport": "Technical report",
    "resreport": "Research report",
    "software": "Computer software",
    "datacd": "Data CD",
    "audiocd": "Audio CD",
    "patent": "Patent",
    "patentus": "U.S. patent",
    "patenteu": "European patent",
}
"""Words of biblatex for an entry's `type` (its manual, §4.9.2.13) to what is shown."""

_NAMES = {
    "advances in neural information processing systems": "NeurIPS",
    "conference on neural information processing systems": "NeurIPS",
    "international conference on machine learning": "ICML",
    "international conference on learning representations": "ICLR",
    "conference on robot learning": "CoRL",
    "conference on machine learning and systems": "MLSys",
    "machine learning and systems": "MLSys",
    "conference on language modeling": "COLM",
    "artificial intelligence and statistics": "AISTATS",
    "uncertainty in artificial intelligence": "UAI",
    "aaai conference on artificial intelligence": "AAAI",
    "international joint conference on artificial intelligence": "IJCAI",
    "knowledge discovery and data mining": "KDD",
    "computer vision and pattern recognition": "CVPR",
    "international conference on computer vision": "ICCV",
    "european conference on computer vision": "ECCV",
    "empirical methods in natural language processing": "EMNLP",
    "annual meeting of the association for computational linguistics": "ACL",
    "north american chapter of the association for computational linguistics": "NAACL",
    "symposium on operating systems principles": "SOSP",
    "symposium on operating system principles": "SOSP",
    "operating systems design and implementation": "OSDI",
    "operating system design and implementation": "OSDI",
    "networked systems design and implementation": "NSDI",
    "networked system design and implementation": "NSDI",
    "usenix annual technical conference": "USENIX ATC",
    "european conference on computer systems": "EuroSys",
    "eurosys conference": "EuroSys",
    "file and storage technologies": "FAST",
    "hot topics in operating systems": "HotOS",
    "hot topics in networks": "HotNets",
    "hot topics in cloud computing": "HotCloud",
    "hot topics in storage and file systems": "HotStorage",
    "symposium on cloud computing": "SoCC",
    "architectural support for programming languages and operating systems": "ASPLOS",
    "international symposium on computer architecture": "ISCA",
    "symposium on microarchitecture": "MICRO",
    "high performance computer architecture": "HPCA",
    "high-performance computer architecture": "HPCA",
    "high-performance parallel and distributed computing": "HPDC",
    "high performance computing, networking, storage and analysis": "SC",
    "principles and practice of parallel programming": "PPoPP",
    "parallelism in algorithms and architectures": "SPAA",
    "programming language design and implementation": "PLDI",
    "principles of programming languages": "POPL",
    "acm sigcomm conference": "SIGCOMM",
    "acm special interest group on data communication": "SIGCOMM",
    "internet measurement conference": "IMC",
    "emerging networking experiments and technologies": "CoNEXT",
    "conference on computer communications": "INFOCOM",
    "mobile computing and networking": "MobiCom",
    "mobile systems, applications, and services": "MobiSys",
    "usenix security symposium": "USENIX Security",
    "symposium on security and privacy": "IEEE S&P",
    "computer and communications security": "CCS",
    "network and distributed system security": "NDSS",
    "management of data": "SIGMOD",
    "proceedings of the vldb endowment": "VLDB",
    "proc. vldb endow": "VLDB",
    "very large data bases": "VLDB",
    "innovative data systems research": "CIDR",
    "international conference on data engineering": "ICDE",
    "principles of database systems": "PODS",
    "principles of distributed computing": "PODC",
    "human factors in computing systems": "CHI",
    "world wide web conference": "WWW",
    "the web conference": "WWW",
    "theory of computing": "STOC",
    "foundations of computer science": "FOCS",
    "international conference on software engineering": "ICSE",
    "foundations of software engineering": "FSE",
    "communications of the acm": "CACM",
    "computer communication review": "CCR",
    "transactions on computer systems": "TOCS",
    "proceedings of the acm on programming languages": "PACMPL",
    "journal of machine learning research": "JMLR",
    "transactions on machine learning research": "TMLR",
}
"""A phrase of the full name, in lower case, to the name that people say."""

_ACRONYM = r"(?:USENIX (?:ATC|Security)|IEEE S&P|(?!(?:ACM|IEEE|USENIX|AAAI Press)\b)[A-Z][\w&+/-]*[A-Z][\w&+/-]*)"
_YEAR = r"(?:[ -]?['’]?(\d{4}|\d{2}))?"
_IN_PARENTHESES = regex(rf"\(({_ACRONYM}){_YEAR}\)")
_ALONE = regex(
    rf"(?:(?:Proceedings of|Proc\.?)(?: the)? )?(?:\d{{4}} )?(?:(?:ACM|IEEE|USENIX) )?"
    rf"({_ACRONYM}){_YEAR}(?: (?:Conference|Symposium))?\.?"
)
_SERIES = regex(rf"({_ACRONYM}) ?['’](\d{{2}})")


def short_venue(venue: str, series: str, year: str) -> str:
    """`SOSP '23` from the full name and the series; an empty string when no short name is known.

    An acronym that the name itself gives comes before the table, because workshops and joint
    conferences have their host's words in their names.
    """
    for pattern, text in ((_SERIES, series), (_IN_PARENTHESES, venue), (_ALONE, venue)):
        match = pattern.search(text) if pattern is _IN_PARENTHESES else pattern.fullmatch(text)
        if match:
            return _dated(match[1], match[2] or year)
    folded = venue.casefold().replace("&", "and")
    for phrase, name in _NAMES.items():
        if phrase in folded and ("workshop" not in folded or name.startswith("Hot")):
            renamed = name == "NeurIPS" and re.fullmatch(r"19[89]\d|200\d|201[0-7]", year)  # in November 2018
            return _dated("NIPS" if renamed else name, year)
    return ""


def _dated(name: str, year: str) -> str:
    """`SOSP` with the year's last two digits; without them when the year isn't a number."""
    digits = re.search(r"\d{4}|^\d\d$", year)
    return f"{name} '{digits[0][-2:]}" if digits else name


def arxiv_venue(year: str) -> str:
    return _dated("arXiv", year)
