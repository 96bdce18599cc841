r"""Names are split as BibTeX splits them, before their LaTeX is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.bib.latex import decode
from sitegen.bib.names import split_names
from sitegen.model import Name
from tests.realbibtex import read_name_parts

CORPUS = Path(__file__).parent / "bib" / "names.txt"
ROWS = [line.split(" | ") for line in CORPUS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
"""Name, and what real BibTeX makes of it."""


def parts(source: str) -> list[tuple[str, str, str, str]]:
    return [(name.first, name.von, name.last, name.jr) for name in split_names(source).names]


@pytest.mark.parametrize(
    ("written", "first", "von", "last", "jr"),
    [
        ("Donald E. Knuth", "Donald E.", "", "Knuth", ""),
        ("Knuth, Donald E.", "Donald E.", "", "Knuth", ""),
        ("Knuth,Donald", "Donald", "", "Knuth", ""),
        ("Knuth,", "", "", "Knuth", ""),
        ("Aristotle", "", "", "Aristotle", ""),
        ("Ludwig van Beethoven", "Ludwig", "van", "Beethoven", ""),
        ("van Beethoven, Ludwig", "Ludwig", "van", "Beethoven", ""),
        ("Jean de la Fontaine", "Jean", "de la", "Fontaine", ""),
        ("de la Fontaine, Jean", "Jean", "de la", "Fontaine", ""),
        ("Jean de La Fontaine", "Jean", "de", "La Fontaine", ""),
        ("jean de la fontaine", "", "jean de la", "fontaine", ""),
        ("De La Cruz, Maria", "Maria", "", "De La Cruz", ""),
        ("King, Jr., Martin Luther", "Martin Luther", "", "King", "Jr."),
        ("von Last, III, First", "First", "von", "Last", "III"),
        ("{von Neumann}, John", "John", "", "von Neumann", ""),
        ("{Barnes and Noble}", "", "", "Barnes and Noble", ""),
        ("{The {LIGO} Scientific Collaboration}", "", "", "The LIGO Scientific Collaboration", ""),
        ("{DeepSeek-AI}", "", "", "DeepSeek-AI", ""),
        (
            r"Charles Louis Xavier Joseph de la Vall{\'e}e Poussin",
            "Charles Louis Xavier Joseph",
            "de la",
            "Vallée Poussin",
            "",
        ),
        (r"{\'E}mile Zola", "Émile", "", "Zola", ""),
        (r"\'Emile Zola", "Émile", "", "Zola", ""),
        (r"\v{S}tefan Novak", "Štefan", "", "Novak", ""),
        (r"Hans {\o}re Berg", "Hans", "øre", "Berg", ""),
        (r"Hans {\O}re Berg", "Hans Øre", "", "Berg", ""),
        (r"Kaiser, {\L}ukasz", "Łukasz", "", "Kaiser", ""),
        ("Jean-Paul Sartre", "Jean-Paul", "", "Sartre", ""),
        ("Andrea Smith-Jones", "Andrea", "", "Smith-Jones", ""),
        ("D.~E. Knuth", "D. E.", "", "Knuth", ""),
        ("Ng, T. S. Eugene", "T. S. Eugene", "", "Ng", ""),
        ("Ó Súilleabháin, Micheál", "Micheál", "", "Ó Súilleabháin", ""),
        ("d'Alembert, Jean", "Jean", "", "d'Alembert", ""),
        ("P, Shiva Shankar", "Shiva Shankar", "", "P", ""),
        ("山田, 太郎", "太郎", "", "山田", ""),
        ("山田 太郎", "太郎", "", "山田", ""),
        ("王小明", "", "", "王小明", ""),
    ],
)
def test_a_name_has_the_parts_that_bibtex_gives_it(written, first, von, last, jr):
    assert parts(written) == [(first, von, last, jr)]
    assert split_names(written).doubtful == ()


def plain(parts: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """LaTeX as BibTeX's styles write it, to text: ties are spaces."""
    return tuple(" ".join(decode(part).text.split()) for part in parts)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_name_has_the_parts_that_real_bibtex_gives_it(row):
    name, *expected = row
    assert parts(name) == [plain(["" if part == "-" else part for part in expected])]


def test_the_corpus_says_what_real_bibtex_says():
    written = read_name_parts([name for name, *_ in ROWS])
    assert [plain(row) for row in written] == [plain(["" if p == "-" else p for p in row[1:]]) for row in ROWS]


UNLIKE_PYBTEX = {f"Hans {{\\{letter}}}re Berg" for letter in ("o", "oe", "aa", "ss", "i")}
"""pybtex sees no letter in a command that is one; BibTeX and we do: `{\\o}re` is in lower case."""


@pytest.mark.parametrize("name", [row[0] for row in ROWS if row[0] not in UNLIKE_PYBTEX])
def test_pybtex_splits_a_name_alike(name):
    from pybtex.database import Person

    person = Person(name)
    four = (person.first_names + person.middle_names, person.prelast_names, person.last_names, person.lineage_names)
    assert parts(name) == [plain([" ".join(words) for words in four])]


@pytest.mark.parametrize(
    ("written", "first", "von", "last"),
    [
        (r"\v{S}tefan Novak", "Štefan", "", "Novak"),  # BibTeX sees the v
        ("M. al-Khwarizmi", "M.", "", "al-Khwarizmi"),  # BibTeX cuts at the hyphen and loses it
        ("Jean-baptiste Poquelin", "Jean-baptiste", "", "Poquelin"),
        ("Ángel Díaz", "Ángel", "", "Díaz"),  # 8-bit BibTeX knows no letters but ASCII's
        ("Ludwig Öst Berg", "Ludwig Öst", "", "Berg"),
        ("Joseph Gonzalez 0001", "Joseph", "", "Gonzalez"),  # DBLP numbers people of one name
    ],
)
def test_where_bibtexs_parts_are_no_ones_name_they_are_the_persons(written, first, von, last):
    assert parts(written) == [(first, von, last, "")]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("Knuth, Donald and Lamport, Leslie", "Knuth, Donald and Lamport, Leslie"),
        (r"{\'E}mile Zola and {Barnes and Noble}", r"{\'E}mile Zola and {Barnes and Noble}"),
        ("and Knuth, and and Lamport", "Knuth and Lamport"),
        ("Knuth et al.", "Knuth and others"),
        ("others and Knuth", "Knuth and others"),
        ("A, B, C, D", "A, B, C D"),
        ("Joseph Gonzalez 0001 and X", "Joseph Gonzalez and X"),
        ("山田 太郎", "山田, 太郎"),
        ("", ""),
    ],
)
def test_names_are_written_as_bibtex_takes_them(source, written):
    people = split_names(source)
    assert people.written == written
    assert split_names(written).names == people.names


@pytest.mark.parametrize(
    ("source", "families", "others"),
    [
        ("Kwon, Woosuk and Li, Zhuohan", ["Kwon", "Li"], False),
        ("A. Kwon AND B. Li\n  And C. Stoica", ["Kwon", "Li", "Stoica"], False),
        ("Kwon, Woosuk and others", ["Kwon"], True),
        ("{Barnes and Noble} and Anderson, Ann", ["Barnes and Noble", "Anderson"], False),
        ("Alexandra Sand and Ferdinand Land", ["Sand", "Land"], False),
        ("Kwon and and Li", ["Kwon", "Li"], False),
        ("", [], False),
        ("others", [], True),
    ],
)
def test_and_stands_between_people(source, families, others):
    people = split_names(source)
    assert [name.family for name in people.names] == families
    assert people.others is others


@pytest.mark.parametrize(
    ("source", "doubtful"),
    [
        ("W. Kwon, Z. Li, S. Zhuang", "W. Kwon, Z. Li, S. Zhuang"),
        ("Kwon, Li, Zhuang, and Sheng", "Kwon, Li, Zhuang,"),
        ("A. Kwon; B. Li", "A. Kwon; B. Li"),
        (r"A. Kwon \& B. Li", r"A. Kwon \& B. Li"),
        ("Kwon, W. et al.", "Kwon, W. et al."),
        ("{Kwon, Woosuk and Li, Zhuohan}", "{Kwon, Woosuk and Li, Zhuohan}"),
    ],
)
def test_a_list_that_isnt_bibtexs_is_doubted(source, doubtful):
    assert split_names(source).doubtful == (doubtful,)


def test_et_al_means_others():
    people = split_names("Kwon, W. et al.")
    assert parts("Kwon, W. et al.") == [("W.", "", "Kwon", "")]
    assert people.others


@pytest.mark.parametrize(
    ("name", "full"),
    [
        (Name("Ludwig", "van", "Beethoven", ""), "Ludwig van Beethoven"),
        (Name("Martin Luther", "", "King", "Jr."), "Martin Luther King, Jr."),
        (Name("", "", "OpenAI", ""), "OpenAI"),
        (Name("太郎", "", "山田", ""), "山田太郎"),
        (Name("Tarō", "", "山田", ""), "Tarō 山田"),
    ],
)
def test_a_full_name_reads_as_it_is_said(name, full):
    assert name.full == full


WORDS = st.text("Aa é{}\\'~,-.", min_size=1, max_size=8)


@given(st.lists(WORDS, max_size=6).map(" and ".join))
def test_any_text_is_split(source):
    for name in split_names(source).names:
        assert any((name.first, name.von, name.last, name.jr))


@given(
    st.lists(st.from_regex(r"[A-Z][a-zé]{0,8}", fullmatch=True), min_size=2, max_size=2),
    st.sampled_from(["", "van", "de la"]),
)
def test_both_orders_name_the_same_person(words, von):
    first, last = words
    assert parts(f"{first} {von} {last}") == parts(f"{von} {last}, {first}") == [(first, von, last, "")]


@pytest.mark.parametrize("piece", [" and ", ",", "~", "a ", "{a} ", "{", "}", "\\", " et", "; ", "{\\"])
def test_fifty_thousand_of_anything_are_split(piece):
    split_names(piece * 50_000)
