"""What goes out is BibTeX that real BibTeX takes without a warning, and that reads as the same papers again."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.bib.asciilatex import ascii_latex
from sitegen.bib.bibentry import KNOWN_TYPES, PLAIN_TYPES
from sitegen.bib.bibliography import read_bibliography
from sitegen.bib.bibtex import read_entries
from sitegen.bib.latex import decode
from sitegen.bib.names import split_names
from sitegen.diagnostics import has_errors
from tests.papers import EXPORTS, NASTY, READING_LIST, clean_bib, read
from tests.realbibtex import run_bibtex, run_latex

SHOWN = (
    "type",
    "title",
    "title_html",
    "authors",
    "more_authors",
    "editors",
    "year",
    "venue",
    "note",
    "imprint",
    "volume",
    "number",
    "pages",
    "month",
    "doi",
    "arxiv",
    "bibtex",
)


def test_the_published_bibtex_is_what_students_copy():
    (paper,) = read(
        """
        @online{k, Title = {Größe \\& 50%: a_b – $x_1$}, author = {Erdős, Paul and 山田, 太郎}, date = {2023-05-02},
          journaltitle = {J}, location = {Köln}, eprint = {2309.06180}, eprinttype = {arxiv}, eprintclass = {cs.LG},
          url = {https://a.org/\\~{}x%20y_{z}}, doi = {https://doi.org/10.1000/1_2}, abstract = {secret}, venue = {V '23},
          keywords = {x}, file = {/home/me/x.pdf}, pdf = {x.pdf}, slides = {s}, code = {c}, video = {v}, annote = {n},
          mendeley-groups = {g}, note-to-self = {bad paper}, note = {Best paper}}
        """
    ).values()
    assert (
        paper.bibtex
        == dedent(r"""
        @misc{k,
          title = {Gr{\"o}{\ss}e \& 50\%: a\_b -- $x_1$},
          author = {Erd{\H{o}}s, Paul and 山田, 太郎},
          journal = {J},
          year = {2023},
          month = may,
          address = {K{\"o}ln},
          note = {Best paper},
          doi = {10.1000/1_2},
          eprint = {2309.06180},
          archiveprefix = {arXiv},
          primaryclass = {cs.LG},
          url = {https://a.org/~x%20y_z}
        }
        """).lstrip()
    )


SOURCES = pytest.mark.parametrize("source", [READING_LIST, EXPORTS, NASTY], ids=lambda path: path.name)


@SOURCES
def test_the_published_file_reads_as_the_same_papers(source):
    papers, _ = read_bibliography(source.read_bytes())
    published = clean_bib(papers.values())
    again, _ = read_bibliography(published.encode())
    assert list(again) == list(papers)
    for key, paper in papers.items():
        same_type = paper.type in PLAIN_TYPES and again[key].type == paper.type
        for name in SHOWN if same_type else set(SHOWN) - {"type", "venue", "imprint", "number"}:
            if name == "month" and not paper.year:
                continue  # plain warns of a month without a year
            shown = (str(getattr(each[key], name)) for each in (again, papers))
            one, other = (re.sub("<math>.*?</math>|[α≤∞Ω²]", "", text) for text in shown)  # α comes back as a formula
            assert one == other, (key, name)
    assert clean_bib(again.values()) == published


@SOURCES
def test_real_bibtex_compiles_what_is_published_without_a_warning(source):
    papers, _ = read_bibliography(source.read_bytes())
    said = run_bibtex(clean_bib(papers.values()))
    assert said.complaints == []
    assert set(re.findall(r"\\bibitem\{(.*)\}", said.bbl)) == set(papers)


def test_real_bibtex_has_much_to_say_about_the_nasty_file_itself():
    assert len(run_bibtex(NASTY.read_text(encoding="utf-8")).complaints) > 50


@pytest.mark.parametrize("style", ["plain", "abbrv", "alpha", "unsrt"])
def test_every_copied_entry_compiles_for_itself_in_every_classic_style(style):
    papers, _ = read_bibliography(NASTY.read_bytes())
    for key in ("noauthor", "both", "lncs", "people", "procnoyear", "nothing", "s1", "p1"):
        assert run_bibtex(papers[key].bibtex, style).complaints == [], papers[key].bibtex


@pytest.mark.parametrize("source", [READING_LIST, EXPORTS], ids=lambda path: path.name)
def test_latex_sets_what_bibtex_makes_of_it(source):
    papers, _ = read_bibliography(source.read_bytes())
    bbl = run_bibtex(clean_bib(papers.values())).bbl
    assert bbl.isascii()
    assert run_latex(bbl) == []


def test_latex_knows_every_letter_that_is_written_for_it():
    letters = "".join(chr(code) for code in (*range(0xA1, 0x180), *range(0x391, 0x3CA), *range(0x2010, 0x2300)))
    written = [latex for letter in letters if letter.isprintable() and (latex := ascii_latex(letter)).isascii()]
    assert len(written) > 350
    assert run_latex("\n".join(f"x{latex} \\par" for latex in written)) == []


VALUES = {
    "title": ["A {Title}", "Größe & 50% of a_b #1 ^ ~ $5", "{\\O}re \\emph{x} $x^{2}$", "a \\{ b"],
    "author": [
        "A. B",
        "Knuth, Donald and others",
        "{Org and Co}",
        "Erdős, Paul and 山田 太郎",
        "A, B, C, D and E",
        "and X and",
        "X,",
    ],
    "editor": ["E. F and G. H", "von E, F"],
    "year": ["2020", "to appear", "2020-05"],
    "date": ["2021-05-02/2021-06", "2001-21", "-0044", "19XX", "2023~", "../2020"],
    "month": ["jan", "{May}", "{5}", "{May--June}", "{13}"],
    "number": ["3", "RFC 1"],
    "pages": ["1--9", "1–9, 12", "e12"],
    "edition": ["2", "Second", "22"],
    "type": ["mathesis", "phdthesis", "Habilitation", "Research note"],
}
TYPES = [*sorted(KNOWN_TYPES - {"xdata", "set", "bibnote"}), "nosuchtype"]
FIELDS = sorted({
    *VALUES, "journal", "journaltitle", "booktitle", "volume", "series", "chapter", "publisher", "organization", "location",
    "institution", "school", "address", "howpublished", "note", "issue", "eprint", "key", "subtitle", "eventtitle", "editora",
})  # fmt: skip


@st.composite
def some_entry(draw: st.DrawFn) -> str:
    rows = []
    for name in draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=12)):
        value = draw(st.sampled_from(VALUES.get(name, ["x", "Some {Words} & more"])))
        rows.append(f"  {name} = {value if name == 'month' and value.isalpha() else f'{{{value}}}'}")
    return ",\n".join([f"@{draw(st.sampled_from(TYPES))}{{KEY", *rows]) + "\n}\n"


@given(st.lists(some_entry(), min_size=1, max_size=40))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_an_entry_gives_and_lacks_real_bibtex_has_no_complaint(entries):
    text = "".join(entry.replace("KEY", f"k{number}") for number, entry in enumerate(entries))
    papers, findings = read_bibliography(text.encode())
    assert not has_errors(findings)
    assert len(papers) == len(entries)
    published = clean_bib(papers.values())
    assert run_bibtex(published).complaints == []
    assert clean_bib(read_bibliography(published.encode())[0].values()) == published


@SOURCES
def test_a_round_trip_through_pybtex_keeps_every_field(source):
    """pybtex's writer encodes LaTeX once more (`\\%` to `\\\\%`), so values are compared as it reads them."""
    from pybtex.database import parse_string

    published = clean_bib(read_bibliography(source.read_bytes())[0].values())
    expected = fields_of(published)
    read = parse_string(published, "bibtex")
    assert {key: set(fields) for key, fields in fields_of(read.to_string("bibtex")).items()} == {
        key: set(fields) for key, fields in expected.items()
    }
    for key, fields in expected.items():
        entry = read.entries[key]
        persons = {role: " and ".join(map(str, people)) for role, people in entry.persons.items()}
        assert dict(entry.fields.items()) == {name: fields[name] for name in fields if name not in persons}
        for role, written in persons.items():
            assert split_names(written).names == split_names(fields[role]).names


@SOURCES
def test_a_round_trip_through_bibtexparser_keeps_every_field(source):
    import bibtexparser

    published = clean_bib(read_bibliography(source.read_bytes())[0].values())
    library = bibtexparser.parse_string(published)
    assert library.failed_blocks == []
    written = bibtexparser.write_string(library)
    assert fields_of(written) == fields_of(published)
    plain = bibtexparser.parse_string(published, parse_stack=[])
    assert {entry.key: {field.key for field in entry.fields} for entry in plain.entries} == {
        key: set(fields) for key, fields in fields_of(published).items()
    }


def fields_of(text: str) -> dict[str, dict[str, str]]:
    entries, _, findings = read_entries(text)
    assert findings == []
    return {entry.key: entry.fields for entry in entries}


def test_a_list_of_thousands_of_authors_ends_with_others_before_bibtex_overflows():
    authors = " and ".join(f"Author{number}, Some" for number in range(3000))
    (paper,) = read_bibliography(f"@misc{{atlas, title = {{T}}, year = 2000, author = {{{authors}}}}}".encode())[
        0
    ].values()
    assert len(paper.authors) == 3000
    assert " and others}" in paper.bibtex
    assert run_bibtex(paper.bibtex).complaints == []


def test_the_reading_list_is_published_in_ascii():
    assert clean_bib(read_bibliography(READING_LIST.read_bytes())[0].values()).isascii()


@pytest.mark.parametrize(
    "letter", "éíőşçßøŁếặïǰž§°™×α…–—‘“”Ñůàı€ịÅåœŒðþŋ¿¡«»£©®†‡¶µ½∞≤→"
)  # fmt: skip
def test_a_letter_becomes_ascii_and_comes_back(letter):
    assert ascii_latex(letter).isascii()
    assert decode(ascii_latex(letter)).text == letter


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("A & B \\& C", "A \\& B \\& C"),
        ("100% #1 a_b x^2", "100\\% \\#1 a\\_b x\\^{}2"),
        ("$a_b & c$ and $5", "$a_b & c$ and \\$5"),
        (r"\{ half", r"{\textbraceleft} half"),
        ("half}", "half"),
        ("end\\", "end{\\textbackslash}"),
        (r"\url{https://a_b/é&c}", r"\url{https://a_b/%C3%A9&c}"),
        ("$α$", r"${\alpha}$"),
        ("e\u0301", r"{\'e}"),
        ("山", "山"),
        ("ﬁ Ⅳ", "fi IV"),
        ("don’t", "don't"),
    ],
)
def test_text_is_written_so_that_bibtex_and_latex_take_it(value, written):
    assert ascii_latex(value) == written


@given(st.text(alphabet="aé{}\\$&%#_^~ –'`\"@α山", max_size=30))
def test_braces_are_always_balanced_as_bibtex_counts_them(value):
    depth = 0
    for brace in re.findall(r"[{}]", ascii_latex(value)):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
