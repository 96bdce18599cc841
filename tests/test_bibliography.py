"""papers.bib as it is exported, typed and broken: what can be read is there, and what can't is told once."""

from __future__ import annotations

import dataclasses
import logging
import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sitegen.bib import bibliography, bibtex, paperlinks
from sitegen.bib.bibliography import cite_short, clean_bib, read_bibliography, reference_html
from sitegen.bib.bibtex import Places
from sitegen.bib.cleanbib import PLAIN_TYPES, ascii_latex
from sitegen.bib.latex import decode
from sitegen.bib.venues import short_venue
from sitegen.diagnostics import Rule, Span, has_errors, in_file_order, render_text
from sitegen.model import Paper
from tests.cases import Case, read_cases

HERE = Path(__file__).parent
CASES = read_cases(HERE / "bib" / "findings.txt")
EXPORTS = HERE / "bib" / "exports.bib"
READING_LIST = HERE.parent / "papers.bib"


def read(text: str) -> dict[str, Paper]:
    """The papers of a text in which nothing is wrong."""
    papers, findings = read_bibliography(text.encode())
    assert findings == []
    return papers


def one(**fields: str) -> Paper:
    """The paper with these fields, and a title, an author and a year if they aren't given."""
    given = {"title": "T", "author": "A. Author", "year": "2023"} | fields
    rows = ",\n".join(f"  {name} = {{{value}}}" for name, value in given.items())
    (paper,) = read(f"@inproceedings{{key,\n{rows}\n}}").values()
    return paper


# --- findings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_mistake_is_told_at_its_place_and_all_else_is_read(case: Case):
    papers, findings = read_bibliography(case.text.encode())
    said = render_text(in_file_order(findings), {"papers.bib": case.text})
    there = "\n".join(f"{key}: {paper.title} ({paper.year})" for key, paper in papers.items())
    case.check(f"{said}\n{there}")
    assert findings


def test_every_rule_has_a_case_that_shows_its_words():
    rules = {
        v.slug for module in (bibtex, bibliography, paperlinks) for v in vars(module).values() if isinstance(v, Rule)
    }
    shown = set(re.findall(r"\[(bib-[a-z-]+)\]", (HERE / "bib" / "findings.txt").read_text(encoding="utf-8")))
    assert rules - shown == {"bib-encoding"}  # bytes that no text file can hold: see below


def test_what_a_rule_calls_right_is_right():
    for module in (bibtex, bibliography, paperlinks):
        for rule in (
            value for value in vars(module).values() if isinstance(value, Rule) and value.right.startswith("@")
        ):
            whole = rule.right.replace("...", "title = {T}, author = {A}, year = 2000")
            assert [f for f in read_bibliography(whole.encode())[1] if f.slug == rule.slug] == [], rule.slug


def test_nothing_is_written_to_the_terminal_or_a_log(caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        read_bibliography(b"@article{a, title = {x\n\n@article{b, title = {x}}\n@article{b, title = {x}, title = {y}}")
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


# --- bytes --------------------------------------------------------------------------------------

ENTRY = "@misc{kopf,\n  title = {Über {\\'e}tudes},\n  author = {Köpf, Andréas},\n  year = 2019\n}\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_in_any_encoding_and_with_any_line_ends(codec, line_end):
    papers, findings = read_bibliography(ENTRY.replace("\n", line_end).encode(codec))
    assert (papers["kopf"].title, papers["kopf"].authors[0].full) == ("Über études", "Andréas Köpf")
    assert papers["kopf"].span == Span("papers.bib", 1, 1, 1, 11)
    assert [finding.slug for finding in findings] == ([] if codec.startswith("utf-8") else ["bib-encoding"])


def test_a_guessed_encoding_is_told_at_the_first_letter_that_shows_it():
    _, findings = read_bibliography(ENTRY.encode("cp1252"))
    assert render_text(findings, {}) == dedent("""\
        papers.bib:2:12: warning[bib-encoding]: papers.bib isn't UTF-8; it is read as Windows-1252.
          help: Save the file as UTF-8 in your editor.
        """)


@pytest.mark.parametrize("source", [b"", b"\xef\xbb\xbf", b"% nothing yet\n", b"\n\n", b"@comment{x}"])
def test_an_empty_file_has_no_papers(source):
    assert read_bibliography(source) == ({}, [])


# --- BibTeX's syntax ----------------------------------------------------------------------------


def test_macros_months_and_concatenation_are_resolved():
    papers = read(
        """
        @string{conf = "Conference on "}
        @String(full = conf # {Systems})
        @misc{a, title = full # " " # 7, author = {A}, year = 20 # 23, note = jan # "~1", month = feb}
        """
    )
    assert (papers["a"].title, papers["a"].year, papers["a"].note) == (
        "Conference on Systems 7",
        "2023",
        "January\u00a01",
    )
    assert "month = feb" in papers["a"].bibtex


@pytest.mark.parametrize(
    "text",
    [
        '@misc(a, title = "T (x)", author = {A}, year = 2000)',
        "@misc{a, title = {T (x)}, author = {A}, year = 2000,}",
        "@MISC { a , TITLE = {T (x)} , Author={A},year=2000}",
        "@misc\n{a,\n title = {T\n (x)}, author = {A}, year = 2000}",
        "words before\n@misc{a, title={T (x)}, author={A}, year=2000} words after",
        "@comment{jabref-meta: x}@preamble{ {\\newcommand{\\x}{y}} }@misc{a, title={T (x)}, author={A}, year={2000}}",
        '@misc{a, title = {T} # " (x)", author = "A", year = "2000"}',
        "% @misc is a type\n@misc{a, title={T (x)}, author={A}, year={2000}}",
    ],
)
def test_bibtexs_ways_to_write_an_entry_are_all_read(text):
    papers = read(text)
    assert [(key, p.type, p.title, p.authors[0].last, p.year) for key, p in papers.items()] == [
        ("a", "misc", "T (x)", "A", "2000")
    ]


def test_quotes_in_braces_may_stand_in_a_quoted_value():
    papers = read('@misc{a, title = "The {"}Art{"} of {"she, too"}", author = "G{\\"o}del", year = 2000}')
    assert (papers["a"].title, papers["a"].authors[0].last) == ('The "Art" of "she, too"', "Gödel")


def test_a_child_takes_what_it_lacks_from_its_parents():
    papers = read(
        """
        @inproceedings{child, crossref = {sosp23}, xdata = {acm}, title = {Child}, author = {A. Author}, pages = {1--9}}
        @xdata{acm, publisher = {ACM}, note = {x}}
        @proceedings{SOSP23, title = {Proceedings of SOSP}, editor = {E. Editor}, year = 2023, url = {https://a.org/},
          crossref = {acmseries}}
        @proceedings{acmseries, title = {Series}, volume = {12}}
        """
    )
    assert list(papers) == ["child"]
    child = papers["child"]
    assert (child.title, child.venue, child.year) == ("Child", "Proceedings of SOSP", "2023")
    assert child.imprint == "volume 12, pages 1–9. ACM"
    assert (child.links, child.note) == ((), "x")
    assert "crossref" not in child.bibtex
    assert "booktitle = {Proceedings of SOSP}" in child.bibtex


def test_proceedings_that_lend_nothing_are_a_paper():
    assert list(read("@proceedings{sosp23, title = {SOSP}, editor = {E. Editor}, year = 2023}")) == ["sosp23"]


def test_lines_and_columns_count_from_one_after_any_number_of_entries():
    text = "% list\n" + "@misc{k%d,\n  title = {T}, author = {A}, year = 2000\n}\n\n" * 3 % (1, 2, 3)
    papers = read(text + "  @misc{last, title = {T}, author = {A}, year = 2000}")
    assert [paper.span.line for paper in papers.values()] == [2, 6, 10, 14]
    assert papers["last"].span == Span("papers.bib", 14, 3, 14, 13)


def test_an_offset_is_a_place_on_its_line():
    places = Places("ab\ncd\n")
    assert [places.span(offset, 9) for offset in (0, 3, 4, 6)] == [
        Span("papers.bib", 1, 1, 1, 3),
        Span("papers.bib", 2, 1, 2, 3),
        Span("papers.bib", 2, 2, 2, 3),
        Span("papers.bib", 3, 1, 3, 2),
    ]


def test_a_long_entry_and_a_long_list_are_read():
    abstract = "word " * 20_000
    papers = read(
        f"@misc{{long, title = {{T}}, author = {{A}}, year = 2000, abstract = {{{abstract}}}}}\n"
        + "".join(f"@misc{{k{n}, title = {{T}}, author = {{A}}, year = 2000}}\n" for n in range(10_000))
    )
    assert len(papers) == 10_001
    assert papers["long"].abstract == abstract.strip()
    assert papers["k9999"].span.line == 10_001


def test_macros_cant_grow_without_bounds():
    doubled = "\n".join("@string{a = a # a}" for _ in range(100))
    papers, findings = read_bibliography(
        f'@string{{a = "xxxxxxxxxx"}}\n{doubled}\n@misc{{k, title = {{T}} # a, author = {{A}}, year = 2000}}'.encode()
    )
    assert len(papers["k"].title) <= 20_001
    assert findings[0].message == "With its macros, this is longer than 20,000 characters."


def test_ten_thousand_forgotten_commas_overflow_nothing():
    fields = "\n".join(f"  f{n} = {{x}}" for n in range(10_000))
    papers, findings = read_bibliography(f"@misc{{a, title = {{T}},\n{fields}\n}}".encode())
    assert papers["a"].title == "T"
    assert len(findings) == 9_999


# --- real exports -------------------------------------------------------------------------------


def test_the_reading_list_is_read_without_a_finding():
    papers, findings = read_bibliography(READING_LIST.read_bytes())
    assert findings == []
    assert all(paper.authors and paper.venue_short and paper.links for paper in papers.values())


@pytest.mark.parametrize(
    ("key", "people", "venue_short", "labels"),
    [
        ("kwon2023efficient", "Kwon et al.", "SOSP '23", []),
        ("10.1145/3600006.3613165", "Kwon et al.", "SOSP '23", ["DOI"]),
        ("DBLP:conf/nips/VaswaniSPUJGKP17", "Vaswani et al.", "NIPS '17", ["Page"]),
        ("DBLP:journals/corr/abs-2309-06180", "Kwon et al.", "arXiv '23", ["PDF", "arXiv"]),
        ("kwonEfficientMemoryManagement2023", "Kwon et al.", "arXiv '23", ["PDF", "arXiv"]),
        ("touvron2023llama", "Touvron et al.", "arXiv '23", ["PDF", "arXiv"]),
        ("9355301", "Rajbhandari et al.", "SC '20", ["DOI"]),
        ("Lamport1998", "Lamport", "TOCS '98", ["DOI"]),
        ("zaharia_thesis", "Zaharia", "PhD thesis, University of California, Berkeley", ["PDF"]),
        ("pytorch", "Meta AI", "Meta AI", ["Page"]),
        ("mapreduce", "Dean and Ghemawat", "OSDI '04", ["PDF"]),
        ("hennessy", "Hennessy and Patterson", "Morgan Kaufmann", []),
        ("chubby", "Burrows", "OSDI '06", ["Page"]),
        ("raft-site", "Ongaro", "The Raft site", ["Page"]),
    ],
)
def test_exports_of_many_tools_are_read(key, people, venue_short, labels):
    papers = read(EXPORTS.read_text(encoding="utf-8"))
    paper = papers[key]
    assert (paper.short_authors, paper.venue_short, [label for label, _ in paper.links]) == (
        people,
        venue_short,
        labels,
    )


def test_every_export_is_a_case():
    papers = read(EXPORTS.read_text(encoding="utf-8"))
    (mark,) = (m for m in test_exports_of_many_tools_are_read.pytestmark if m.name == "parametrize")
    assert list(papers) == [row[0] for row in mark.args[1]]


# --- fields -------------------------------------------------------------------------------------


def test_a_title_is_text_and_html():
    paper = one(title=r"{GEMINI}: \emph{Fast} $O(n^2)$ {\"U}bung \& <b>more</b>")
    assert paper.title == "GEMINI: Fast O(n²) Übung & <b>more</b>"
    assert paper.title_html.startswith("GEMINI: <i>Fast</i> <math>")
    assert paper.title_html.endswith("Übung &amp; &lt;b&gt;more&lt;/b&gt;")


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ({"year": "2023"}, "2023"),
        ({"year": "", "date": "2023-05-01"}, "2023"),
        ({"year": "", "date": "2023/2024"}, "2023"),
        ({"year": "to appear"}, "to appear"),
    ],
)
def test_the_year_is_found(fields, year):
    assert one(**fields).year == year


def test_an_organization_stands_in_for_authors():
    paper = one(author="", organization="{IEEE and ISO}")
    assert (paper.short_authors, cite_short(paper)) == ("IEEE and ISO", "IEEE and ISO (2023)")


def test_topics_stand_between_commas_or_semicolons_each_once():
    assert one(keywords="serving, caching; serving,  {R\\&D},").topics == ("serving", "caching", "R&D")


def test_what_is_hidden_in_text_is_gone():
    paper = one(
        title="a\u202eb\u0000c\u2066d\U000f00001\U000f0001\ufeff e\u200cf", author="X\u202e Y", abstract="a\x07\x1bb"
    )
    assert (paper.title, paper.authors[0].full, paper.abstract) == ("abcd1 e\u200cf", "X Y", "ab")


def test_templates_in_text_are_text():
    paper = one(title="{{ 7*7 }} {% raw %} \\{\\{ 7*7 \\}\\}", note="{{config}}")
    assert paper.title == "7*7  % raw % {{ 7*7 }}".replace("7*7  %", " 7*7  %")
    assert paper.note == "config"


KEYS = ["a.b", "a:b", "10.1145/36000.36131", "a+b", "a_b-c", "käse", "论文2023", "A&B", "a*b!", "2023"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_stays_as_written(key):
    papers = read(f"@misc{{{key}, title = {{T}}, author = {{A}}, year = 2000}}")
    assert list(papers) == [key]
    assert read(papers[key].bibtex)[key] == dataclasses.replace(papers[key], span=papers[key].span)


# --- venues -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("venue", "series", "year", "short"),
    [
        ("Proceedings of the 29th Symposium on Operating Systems Principles", "", "2023", "SOSP '23"),
        ("Proceedings of the 29th Symposium on Operating Systems Principles", "SOSP '23", "", "SOSP '23"),
        ("Proceedings of X", "SIGCOMM ’21", "2022", "SIGCOMM '21"),
        ("18th USENIX Symposium on Operating Systems Design and Implementation (OSDI 24)", "", "2024", "OSDI '24"),
        ("2023 USENIX Annual Technical Conference (USENIX ATC 23)", "", "2023", "USENIX ATC '23"),
        ("Proceedings of the 6th Conference on Robot Learning (CoRL 2022)", "", "2022", "CoRL '22"),
        ("International Conference on Learning Representations (ICLR)", "", "2021", "ICLR '21"),
        ("Advances in Neural Information Processing Systems 30", "", "2017", "NIPS '17"),
        ("Advances in Neural Information Processing Systems", "", "2018", "NeurIPS '18"),
        ("Workshop on ML at the Conference on Neural Information Processing Systems", "", "2018", ""),
        ("Proceedings of the ACM SIGCOMM 2024 Conference", "", "2024", "SIGCOMM '24"),
        ("NeurIPS", "", "2020", "NeurIPS '20"),
        ("Proc. SOSP", "", "2019", "SOSP '19"),
        ("Proceedings of the VLDB Endowment", "", "2023", "VLDB '23"),
        ("IEEE Symposium on Security and Privacy", "", "2020", "IEEE S&P '20"),
        ("NeurIPS", "", "to appear", "NeurIPS"),
        ("Nature", "", "2020", ""),
        ("ACM", "", "2020", ""),
        ("", "", "", ""),
    ],
)
def test_a_venue_has_the_short_name_that_people_say(venue, series, year, short):
    assert short_venue(venue, series, year) == short


def test_the_authors_own_short_name_comes_first():
    assert one(booktitle="Proceedings (SOSP 23)", venue="SOSP'23, best paper").venue_short == "SOSP'23, best paper"


@pytest.mark.parametrize("paper", read_bibliography(READING_LIST.read_bytes())[0].values(), ids=lambda paper: paper.key)
def test_the_reading_lists_short_names_can_be_derived(paper):
    text = READING_LIST.read_text(encoding="utf-8")
    without = read(re.sub(r"(?m)^  venue = .*\n", "", text))[paper.key]
    assert without.venue_short == paper.venue_short or paper.key == "hamming1986you"


# --- links --------------------------------------------------------------------------------------

PDF, ABS = "https://arxiv.org/pdf/2309.06180", "https://arxiv.org/abs/2309.06180"
DOI = "https://doi.org/10.1145/3600006.3613165"


@pytest.mark.parametrize(
    ("fields", "links"),
    [
        ({}, []),
        ({"eprint": "2309.06180", "archiveprefix": "arXiv"}, [("PDF", PDF), ("arXiv", ABS)]),
        ({"eprint": "arXiv:2309.06180", "eprinttype": "arxiv"}, [("PDF", PDF), ("arXiv", ABS)]),
        ({"eprint": "2309.06180"}, [("PDF", PDF), ("arXiv", ABS)]),
        ({"eprint": "cs/0701001", "archiveprefix": "arXiv"}, [("PDF", "https://arxiv.org/pdf/cs/0701001"), ("arXiv", "https://arxiv.org/abs/cs/0701001")]),
        ({"eprint": "12345", "eprinttype": "jstor"}, []),
        ({"journal": "arXiv preprint arXiv:2309.06180"}, [("PDF", PDF), ("arXiv", ABS)]),
        ({"journal": "CoRR", "volume": "abs/2309.06180"}, [("PDF", PDF), ("arXiv", ABS)]),
        ({"url": ABS}, [("PDF", PDF), ("arXiv", ABS)]),
        ({"url": "http://www.arxiv.org/abs/2309.06180v2"}, [("PDF", PDF + "v2"), ("arXiv", ABS + "v2")]),
        ({"url": PDF + ".pdf"}, [("PDF", PDF + ".pdf"), ("arXiv", ABS)]),
        ({"doi": "10.48550/arXiv.2309.06180"}, [("PDF", PDF), ("arXiv", ABS)]),
        ({"eprint": "2309.06180", "archiveprefix": "arXiv", "pdf": "https://a.org/x.pdf"}, [("PDF", "https://a.org/x.pdf"), ("arXiv", ABS)]),
        ({"doi": "10.1145/3600006.3613165"}, [("DOI", DOI)]),
        ({"doi": "https://dx.doi.org/10.1145/3600006.3613165"}, [("DOI", DOI)]),
        ({"doi": "DOI: 10.1145/3600006.3613165"}, [("DOI", DOI)]),
        ({"doi": "10.1145/3600006.3613165", "url": DOI}, [("DOI", DOI)]),
        ({"doi": "10.1145/3600006.3613165", "url": "http://dx.doi.org/10.1145/3600006.3613165/"}, [("DOI", DOI)]),
        ({"doi": "10.1145/3600006.3613165", "url": "https://dl.acm.org/doi/10.1145/3600006.3613165"}, [("DOI", DOI)]),
        ({"url": DOI}, [("DOI", DOI)]),
        ({"doi": r"10.1007/978-3-540\_1<2>"}, [("DOI", "https://doi.org/10.1007/978-3-540_1%3C2%3E")]),
        ({"url": "https://a.org/x"}, [("Page", "https://a.org/x")]),
        ({"url": r"https://a.org/\~{}b/x\_y%20z"}, [("Page", "https://a.org/~b/x_y%20z")]),
        ({"url": r"\url{https://a.org/x}"}, [("Page", "https://a.org/x")]),
        ({"howpublished": r"Available at \url{https://a.org/x}"}, [("Page", "https://a.org/x")]),
        ({"url": "https://a.org/x.pdf"}, [("PDF", "https://a.org/x.pdf")]),
        ({"url": "//a.org/x"}, [("Page", "https://a.org/x")]),
        ({"url": "https://a.org/x y\"z"}, [("Page", "https://a.org/x%20y%22z")]),
        ({"url": "https://a.org/x", "code": "http://www.a.org/x/"}, [("Page", "https://a.org/x")]),
        ({"pdf": "papers/x y.pdf", "slides": "talk.pdf"}, [("PDF", "papers/x y.pdf"), ("Slides", "talk.pdf")]),
        ({"url": "mailto:a@b.org"}, [("Page", "mailto:a@b.org")]),
        (
            {"video": "https://v.org", "slides": "https://s.org", "code": "https://c.org", "url": "https://u.org", "pdf": "https://p.org", "doi": "10.1000/1"},
            [("PDF", "https://p.org"), ("DOI", "https://doi.org/10.1000/1"), ("Page", "https://u.org"), ("Code", "https://c.org"), ("Slides", "https://s.org"), ("Video", "https://v.org")],
        ),
    ],
)  # fmt: skip
def test_every_place_has_one_link(fields, links):
    assert list(one(**fields).links) == links


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
     "C:\\papers\\x.pdf", "http:evil.org", "http://", "https://[::1", "\\\\host\\x", "blob:x", "ftp://a.org/x"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["url", "pdf", "code", "slides", "video"])
def test_only_safe_addresses_become_links(address, field):
    papers, findings = read_bibliography(
        f"@misc{{a, title = {{T}}, author = {{A}}, year = 2000, {field} = {{{address}}}}}".encode()
    )
    targets = [target for _, target in papers["a"].links]
    assert targets == []
    assert [finding.slug for finding in findings] == ["bib-link"]
    assert "script:" not in papers["a"].bibtex


# --- citations and references -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "cited"),
    [
        ("Kwon, W.", "Kwon (2023)"),
        ("Kwon, W. and Li, Z.", "Kwon and Li (2023)"),
        ("Kwon, W. and Li, Z. and Stoica, I.", "Kwon et al. (2023)"),
        ("Kwon, W. and others", "Kwon et al. (2023)"),
        ("Ludwig van Beethoven", "van Beethoven (2023)"),
    ],
)
def test_a_short_citation_names_people_and_year(author, cited):
    assert cite_short(one(author=author)) == cited


def test_a_reference_says_who_what_where_and_when_escaped():
    paper = one(
        author="Kwon, W. and {A <b>Lab</b>} and others",
        title=r"Is it \emph{fast}?",
        booktitle="Proceedings of R\\&D",
        pages="1-9",
        publisher="ACM",
    )
    assert reference_html(paper) == (
        "W. Kwon, A &lt;b&gt;Lab&lt;/b&gt;, et al. Is it <i>fast</i>? <i>Proceedings of R&amp;D</i>, pages 1–9. ACM, 2023."
    )


def test_a_journals_reference_has_volume_number_and_pages():
    (paper,) = read(
        "@article{a, title = {T}, author = {A and B and C}, year = 2007, journal = {CCR}, volume = 37, number = 3, pages = {83--84}}"
    ).values()
    assert reference_html(paper) == "A, B, and C. T. <i>CCR</i>, 37(3), 83–84, 2007."


def test_editors_stand_in_for_authors():
    (paper,) = read("@book{a, title = {T}, editor = {E. One and E. Two}, year = 2007, publisher = {P}}").values()
    assert reference_html(paper) == "E. One and E. Two (editors). T. <i>P</i>, 2007."
    assert cite_short(paper) == "One and Two (2007)"


# --- clean BibTeX -------------------------------------------------------------------------------

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


@pytest.mark.parametrize("source", [READING_LIST, EXPORTS], ids=lambda path: path.name)
def test_the_published_file_reads_as_the_same_papers(source):
    papers, _ = read_bibliography(source.read_bytes())
    published = clean_bib(papers.values())
    again = read(published)
    assert list(again) == list(papers)
    for key, paper in papers.items():
        for name in SHOWN if paper.type in PLAIN_TYPES else set(SHOWN) - {"type", "venue", "imprint"}:
            assert getattr(again[key], name) == getattr(paper, name), (key, name)
    assert clean_bib(again.values()) == published


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


# --- laws ---------------------------------------------------------------------------------------

BLOCKS = [block for block in re.split(r"\n(?=@)", READING_LIST.read_text(encoding="utf-8")) if block.startswith("@")]
FRAGMENTS = [
    *'{}",=#@\\$%()\n\r\x00é\u202e',
    "@article{",
    "@comment{",
    "@string{",
    '\\"',
    "{\\",
    "\\url{",
    "$x^{2}$",
    "--",
]


def key_of(block: str) -> str:
    return re.split("[{,]", block)[1]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str, str]:
    """A real entry with a few slips in it, between two others: before, slipped, after."""
    before, entry, after = draw(st.lists(st.sampled_from(BLOCKS), min_size=3, max_size=3, unique=True))
    body = entry
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(body)))
        kind = draw(st.sampled_from(["insert", "delete", "cut", "repeat"]))
        if kind == "insert":
            body = body[:at] + draw(st.sampled_from(FRAGMENTS)) + body[at:]
        elif kind == "delete":
            body = body[:at] + body[at + draw(st.integers(1, 5)) :]
        elif kind == "cut":
            body = body[:at]
        else:
            body = body[:at] + body[draw(st.integers(0, len(body))) :]
    return before, body, after


@given(mutated())
@example((BLOCKS[0], "@article{x, title = {T", BLOCKS[1]))
@settings(max_examples=150, deadline=None)
def test_a_slip_loses_no_entry_without_a_finding(entries):
    before, body, after = entries
    papers, findings = read_bibliography("\n\n".join(entries).encode())
    if "@comment{" in body or not re.search(r"(?m)^[ \t]*(@\w|[a-z][\w-]*[ \t]*=[ \t]*[{\"])", body):
        return  # nothing is left that begins an entry or a field
    assert key_of(before) in papers
    assert findings or (key_of(after) in papers and len(papers) >= 3)
    for finding in findings:
        assert finding.span.line >= 1
        assert "\n" not in finding.message


@given(mutated())
@settings(max_examples=100, deadline=None)
def test_what_is_published_after_a_slip_can_be_read_again(entries):
    papers, findings = read_bibliography("\n\n".join(entries).encode())
    if has_errors(findings):
        return  # then nothing is published
    again, problems = read_bibliography(clean_bib(papers.values()).encode())
    assert not has_errors(problems)
    assert [(key, p.title, p.authors, p.year) for key, p in again.items()] == [
        (key, p.title, p.authors, p.year) for key, p in papers.items()
    ]


@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"@")
@example(b"@a(" * 50)
@settings(deadline=None)
def test_any_bytes_are_read_without_an_exception(source):
    papers, findings = read_bibliography(source)
    for paper in papers.values():
        reference_html(paper)
    assert all(finding.message for finding in findings)


@given(st.text(alphabet='@{}(),=#"\\ \n%$ab1-', max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_punctuation_is_read_without_an_exception(text):
    read_bibliography(text.encode())
