"""What an entry says is shown as it was meant: its dates, its pages, its venue and what it stands in."""

from __future__ import annotations

import pytest

from sitegen.bib.bibdates import month_number, read_date
from tests.papers import one, read

# --- dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "year", "month"),
    [
        ("2023", "2023", ""),
        ("2023-05", "2023", "05"),
        ("2023-05-02", "2023", "05"),
        ("2023-05-02T10:00:00Z", "2023", "05"),
        ("2023-05/2023-06", "2023", "05"),
        ("2023/2024", "2023", ""),
        ("../2020", "2020", ""),
        ("/2020", "2020", ""),
        ("2020/..", "2020", ""),
        ("2020/", "2020", ""),
        ("2023~", "2023", ""),
        ("2023-05~", "2023", "05"),
        ("2023?", "2023", ""),
        ("2023%", "2023", ""),
        ("2001-21", "2001", "21"),
        ("199X", "1990–1999", ""),
        ("19XX", "1900–1999", ""),
        ("1999-XX", "1999", ""),
        ("-0044", "45 BC", ""),
        ("0000", "1 BC", ""),
        ("0800", "800", ""),
        ("y-17000", "17001 BC", ""),
        ("May 2023", "2023", ""),
        ("5/12/2023", "2023", ""),
        ("n.d.", "n.d.", ""),
        ("", "", ""),
    ],
)
def test_a_date_of_biblatex_has_a_year_and_a_month(date, year, month):
    """Expected values: biblatex's manual, §2.3.8, tables 2 and 3."""
    found = read_date(date)
    assert (found.year, found.month if found.month.isdecimal() else "") == (year, month)


@pytest.mark.parametrize(
    ("fields", "year", "month"),
    [
        ({"year": "2023", "month": "oct"}, "2023", 10),
        ({"year": "2023", "month": "10"}, "2023", 10),
        ({"year": "2023", "month": "Sept."}, "2023", 9),
        ({"year": "2023", "month": "10~October"}, "2023", 10),
        ({"year": "2023", "month": "May--June"}, "2023", 5),
        ({"year": "2023", "month": "Spring"}, "2023", 0),
        ({"year": "2023", "month": "13"}, "2023", 0),
        ({"year": "2023", "date": "2022-05"}, "2023", 5),
        ({"year": "2023-05-02"}, "2023", 5),
        ({"year": "", "date": "2023-05"}, "2023", 5),
        ({"year": "", "date": "2001-21"}, "2001", 0),
        ({"year": "{2023}"}, "2023", 0),
        ({"year": "to appear"}, "to appear", 0),
    ],
)
def test_the_year_and_the_month_are_found(fields, year, month):
    paper = one(**fields)
    assert (paper.year, paper.month) == (year, month)


def test_a_month_is_found_among_words():
    assert [month_number(text) for text in ("jan", "3", "mid-July", "march/april", "", "Mayday")] == [1, 3, 7, 3, 0, 0]


# --- where it appeared --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pages", "first", "last"),
    [
        ("611--626", "611", "626"),
        ("611-626", "611", "626"),
        ("611–626", "611", "626"),
        ("7", "7", "7"),
        ("12:1--12:34", "12:1", "12:34"),
        ("e1--e9", "e1", "e9"),
        ("1--9, 15", "", ""),
        ("", "", ""),
    ],
)
def test_pages_are_a_first_and_a_last(pages, first, last):
    assert one(pages=pages).pages == (first, last)


@pytest.mark.parametrize(
    ("entry", "container", "venue", "short"),
    [
        ("@article{a, journal = {CACM}, X}", "journal", "CACM", "CACM '23"),
        ("@article{a, journaltitle = {J. of Y}, shortjournal = {JX}, X}", "journal", "J. of Y", "JX"),
        ("@inproceedings{a, booktitle = {Proc. SOSP}, X}", "conference", "Proc. SOSP", "SOSP '23"),
        ("@inproceedings{a, booktitle = {B}, eventtitle = {E}, venue = {Berlin}, X}", "conference", "B", "B"),
        ("@inproceedings{a, booktitle = {B}, venue = {Own '23}, X}", "conference", "B", "Own '23"),
        ("@incollection{a, booktitle = {B}, X}", "book", "B", "B"),
        ("@book{a, publisher = {P}, X}", "", "P", "P"),
        ('@book{a, publisher = {"O\'Reilly Media, Inc."}, X}', "", "O'Reilly Media, Inc.", "O'Reilly Media, Inc."),
        ("@misc{a, publisher = {arXiv}, eprint = {2309.06180}, X}", "", "arXiv preprint", "arXiv '23"),
        ("@thesis{a, type = {mathesis}, institution = {MIT}, X}", "", "Master's thesis, MIT", "Master's thesis, MIT"),
        ("@mastersthesis{a, school = {MIT}, X}", "", "Master's thesis, MIT", "Master's thesis, MIT"),
        (
            "@report{a, type = {resreport}, number = 3, institution = {I}, X}",
            "",
            "Research report 3, I",
            "Research report 3, I",
        ),
    ],
)
def test_a_venue_is_named_in_full_and_in_short(entry, container, venue, short):
    (paper,) = read(entry.replace(" X}", " title = {T}, author = {A. B}, year = 2023}")).values()
    assert (paper.container, paper.venue, paper.venue_short) == (container, venue, short)


def test_what_programs_read_stands_apart():
    (paper,) = read(
        """@article{a, title = {T}, author = {A. B}, journal = {J}, year = 2023, volume = 16, number = 12, pages = {1--9},
        publisher = {P}, doi = {https://doi.org/10.1000/1}, eprint = {arXiv:2309.06180v2}}"""
    ).values()
    assert (paper.volume, paper.number, paper.pages, paper.publisher) == ("16", "12", ("1", "9"), "P")
    assert (paper.doi, paper.arxiv) == ("10.1000/1", "2309.06180v2")


def test_zoteros_note_on_arxiv_is_a_link_and_no_note():
    assert one(note="arXiv:2309.06180 [cs]").note == ""
    assert one(note="Best paper").note == "Best paper"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("R&amp;D", "R&D"),
        (r"R\&amp;D", "R&D"),
        (r"R{\&}amp;D", "R&D"),
        ("a &lt; b &gt; c &quot;d&quot;", 'a < b > c "d"'),
        ("&#x3B1;&#945;&#38;", "αα&"),
        ("a&nbsp;b", "a\u00a0b"),
        ("&#x202e;x", "x"),
        ("&copy; &;", "&copy; &;"),
        ("&amp;lt; &amp;amp;", "< &"),
    ],
)
def test_what_publishers_write_for_the_web_is_read(written, text):
    paper = one(title=written)
    assert paper.title == text
    assert read(paper.bibtex)["key"].title == text
