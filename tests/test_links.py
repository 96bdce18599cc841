"""The last net: every link of the finished site leads somewhere."""

from __future__ import annotations

import pytest

from sitegen.diagnostics import render_text
from sitegen.outputs.links import Marks, check_links, find_marks

PAGE = "a/index.html"
OTHER = b'<h2 id="here">x</h2><a name="old"></a><p id=\'&eacute;\'></p>'
FILES = {PAGE, "index.html", "b/index.html", "a b.pdf", "assets/site.css", "größe/index.html"}


def marks_of(pages: dict[str, bytes]) -> dict[str, Marks]:
    return {path: find_marks(content) for path, content in pages.items()}


def check(html: str, page: str = PAGE, base: str = "/c/") -> list[str]:
    pages = {page: html.encode(), "b/index.html": OTHER, "größe/index.html": b""}
    return [finding.message for finding in check_links(marks_of(pages), FILES, {}, base)]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="../b/index.html">',
        '<a href="../b/">',
        '<a href="../b">',
        '<a href="..">',
        '<a href="../b/index.html#here">',
        '<a href="../b/#old">',
        '<a href="../b/#%C3%A9">',
        "<a href='../a%20b.pdf#page=2'>",
        "<img src=../a%20b.pdf>",
        '<a href="../gr%C3%B6%C3%9Fe/">',
        '<a href="../b/?q=1#here">',
        '<a href="#me"><b id=me>',
        '<a href="#top"><a href="#">',
        '<a href="/c/b/"><a href="/c/">',
        '<a href="/elsewhere/">',
        '<a href="https://x.org/no"><a href="//x.org/no"><a href="mailto:a@b.c">',
        '<img srcset="../a%20b.pdf 1x, ../assets/site.css 2x">',
        '<img srcset="data:image/png;base64,x 1x">',
        '<!-- <a href="no.html"> -->',
        '<a title="href=no.html" href="../b/">',
        '<p data-topic="see &lt;img src=no.png onerror=alert(1)&gt;">',
        "<meta content=\"an href=no.html and 'src=no.js' x\">",
        """<p title='a "quoted" src=no.png'>""",
        '<p title="a > b src=no.png">',
        "<p>href=no.html</p>",
    ],
)
def test_a_link_that_leads_somewhere_is_fine(html: str):
    assert check(html) == []


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ('<a href="no.html">', 'the link "no.html" leads to a file that isn\'t there.'),
        ('<a href="../B/">', 'the link "../B/" leads to a file that isn\'t there.'),
        ('<a class="x"\n  href="../no.pdf">', 'the link "../no.pdf" leads to a file that isn\'t there.'),
        ("<script src='../no.js'></script>", 'the link "../no.js" leads to a file that isn\'t there.'),
        ('<img srcset="../no.png 2x">', 'the link "../no.png" leads to a file that isn\'t there.'),
        ('<a title="a > b" href="no.html">', 'the link "no.html" leads to a file that isn\'t there.'),
        ('<IMG SRC="no.png">', 'the link "no.png" leads to a file that isn\'t there.'),
        ('<video poster="no.png">', 'the link "no.png" leads to a file that isn\'t there.'),
        ('<a href="/c/no/x">', 'the link "/c/no/x" leads to a file that isn\'t there.'),
        ('<a href="../../../etc">', 'the link "../../../etc" leads to a file that isn\'t there.'),
        (
            '<a href="../b/index.html#no">',
            'the link "../b/index.html#no" names a place that b/index.html doesn\'t have.',
        ),
        ('<a href="#no">', f'the link "#no" names a place that {PAGE} doesn\'t have.'),
    ],
)
def test_a_link_that_leads_nowhere_is_told(html: str, message: str):
    assert check(html) == [f"On the page /{PAGE}, {message}"]


def test_a_fault_on_every_page_is_told_once_with_the_source_of_the_first():
    pages = {f"{name}/index.html": b'<a href="../no.css">' for name in "xyz"}
    findings = check_links(marks_of(pages), pages.keys(), {"x/index.html": "content/x.md"}, "/")
    assert render_text(findings, {}) == (
        'content/x.md:1:1: error[dead-link]: On the page /x/index.html and 2 more, the link "../no.css" leads to a '
        "file that isn't there.\n"
        "  help: Mend the link in the file or template that it comes from.\n"
    )


def test_a_dead_link_has_its_place_in_the_file_that_it_comes_from():
    pages = {"index.html": b'<a href="deep/gone.html">'}
    texts = {"content/a.md": "deep", "templates/home.html": '<p>\n<a href="deep/gone.html">x</a>'}
    (finding,) = check_links(marks_of(pages), pages.keys(), {}, "/", texts)
    assert str(finding.span) == "templates/home.html:2:10"
