"""An entry takes what it lacks from those that it names, as in BibTeX and in biblatex."""

from __future__ import annotations

import pytest

from sitegen.bib.bibliography import read_bibliography
from tests.papers import read


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


PARENT = "@{parent}{{p, title = {{Parent}}, editor = {{E. Editor}}, year = 2020, publisher = {{P}}}}"


@pytest.mark.parametrize(
    ("child", "parent", "title", "venue"),
    [
        ("@inproceedings{c, title = {C}, author = {A}, crossref = {p}}", "proceedings", "C", "Parent"),
        ("@incollection{c, title = {C}, author = {A}, crossref = {p}}", "collection", "C", "Parent"),
        ("@inbook{c, title = {C}, author = {A}, crossref = {p}}", "book", "C", "Parent"),
        ("@inbook{c, chapter = 3, author = {A}, crossref = {p}}", "book", "Parent", "P"),
        ("@article{c, title = {C}, author = {A}, crossref = {p}}", "periodical", "C", "Parent"),
        ("@article{c, title = {C}, author = {A}, journal = {J}, crossref = {p}}", "periodical", "C", "J"),
        ("@inproceedings{c, title = {C}, author = {A}, booktitle = {Own}, crossref = {p}}", "proceedings", "C", "Own"),
        ("@inproceedings{c, title = {C}, author = {A}, crossref = P}", "proceedings", "C", "Parent"),
    ],
)
@pytest.mark.parametrize("order", ["before", "after"])
def test_the_parents_title_is_the_books_the_journals_or_the_entrys_own(child, parent, title, venue, order):
    parts = [PARENT.format(parent=parent), child.replace("crossref = P}", "crossref = {P}}")]
    papers = read("\n".join(parts if order == "before" else parts[::-1]))
    paper = papers["c"]
    assert (paper.title, paper.venue, paper.year) == (title, venue, "2020")


def test_a_booktitle_of_the_parent_comes_before_its_title():
    papers = read(
        "@inproceedings{c, title = {C}, author = {A}, crossref = {p}}\n"
        "@proceedings{p, title = {Long}, booktitle = {Proc. P}, editor = {E. E}, year = 2020}"
    )
    assert papers["c"].venue == "Proc. P"


def test_a_chain_of_thousands_and_a_circle_of_three_come_to_an_end():
    chain = "".join(
        f"@inbook{{k{n}, title = {{T}}, author = {{A}}, year = 1, crossref = {{k{n + 1}}}}}\n" for n in range(3000)
    )
    papers, findings = read_bibliography(chain.encode())
    assert len(papers) == 3000
    assert {finding.slug for finding in findings} == {"bib-crossref"}
    circle = "".join(
        f"@misc{{{a}, title = {{T}}, author = {{A}}, year = 1, crossref = {{{b}}}}}\n" for a, b in ("ab", "bc", "ca")
    )
    papers, findings = read_bibliography(circle.encode())
    assert list(papers) == ["a", "b", "c"]
    assert [finding.message for finding in findings] == [
        f'The crossref of "{key}" leads back to itself.' for key in "abc"
    ]
