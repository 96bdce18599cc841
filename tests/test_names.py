r"""Names are split as BibTeX splits them, before their LaTeX is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.bib.names import split_names
from sitegen.model import Name


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
