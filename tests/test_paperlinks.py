"""Every place that a paper can be found at has one link, and only what is safe to follow is a link."""

from __future__ import annotations

import pytest

from sitegen.bib.bibliography import read_bibliography
from tests.papers import one

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
        ({"note": "arXiv:2309.06180 [cs]"}, [("PDF", PDF), ("arXiv", ABS)]),
        ({"note": "arXiv:2309.06180 has a longer version"}, []),
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
