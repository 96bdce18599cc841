"""Nothing that papers.bib may hold does anything on the site: it is text, or it is gone and told."""

from __future__ import annotations

import json
import re

import html5lib
import pytest

from sitegen.diagnostics import has_errors
from tests.support import SITE_YAML, build_folder, write_course

FIELDS = (
    "title author editor booktitle journal publisher year month volume number pages note abstract keywords venue series "
    "school institution organization howpublished address edition chapter type key url doi eprint archiveprefix pdf code "
    "slides video subtitle date version isbn issn crossref"
).split()
ADDRESSES = frozenset(["url", "pdf", "code", "slides", "video"])
PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "closing": "</script></style></title></textarea><img src=x onerror=alert(1)>",
    "attribute": '\\" \' onmouseover=alert(1) x=\\"',
    "comment": "<!-- --> ]]> <svg onload=alert(1)>",
    "address": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "href": "\\href{javascript:alert(1)}{x} \\url{javascript:alert(1)}",
    "jinja": "{{ 7*7 }} {% raw %} {# x #} \\{\\{ 7*7 \\}\\} ${7*7}",
    "controls": "a\x00b\x07c\x1bd\x9be",
    "bidi": "a\u202eb\u2066c\u200fd\u2069e\u202c",
    "latex": "\\input{/etc/passwd} \\write18{ls} \\def\\x{y} \\catcode`\\@=0",
    "math": "$\\text{<script>alert(1)</script>}$ $\\href{javascript:alert(1)}{x}$",
    "entities": "&lt;script&gt; &#60;script&#62; &#x202e; &amp;lt;",
    "placeholder": "\U000f00000\U000f0001 \x1a \ufffd \ufeff",
}
ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000f0000-\U000fffff]")


def bibliography() -> str:
    entries = []
    for name, payload in PAYLOADS.items():
        values = {field: f"javascript:{payload}" if field in ADDRESSES else payload for field in FIELDS}
        rows = ",\n".join(f"  {field} = {{{value}}}" for field, value in values.items())
        entries.append(f"@inproceedings{{{name},\n{rows}\n}}\n")
        entries.append(f"@misc{{{name}2,\n  title = {{{payload}}},\n  author = {{A. B}},\n  year = {{2000}}\n}}\n")
    return "\n".join(entries)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of a course that reads them all, and cites them."""
    keys = [f"{name}{suffix}" for name in PAYLOADS for suffix in ("", "2")]
    schedule = SITE_YAML.replace("- Overview", f"- {{topic: Overview, read: [{', '.join(keys)}]}}")
    words = "# Notes\n\n" + " ".join(f"[@{key}]" for key in keys) + "\n"
    course = write_course(
        tmp_path_factory.mktemp("course"), {"papers.bib": bibliography(), "content/notes.md": words}, schedule
    )
    return build_folder(course)


def test_the_site_is_built_and_what_is_left_out_is_told(site):
    assert not has_errors(site.findings), [finding.message for finding in site.findings if finding.severity == "error"]
    told = {finding.slug for finding in site.findings}
    assert {"bib-invisible", "bib-link", "bib-latex", "bib-doi", "bib-crossref"} <= told


def test_no_file_holds_a_character_that_steers_a_reader(site):
    for path, content in site.files.items():
        if path.endswith((".html", ".bib", ".xml", ".json", ".txt", ".md", ".ics")):
            text = content.decode().replace("\r\n", "\n")
            assert not ODD.search(text), (path, ODD.search(text))


def test_no_element_no_handler_and_no_address_comes_from_the_bibliography(site):
    pages = {path: content for path, content in site.files.items() if path.endswith(".html")}
    assert len(pages) > 2 * len(PAYLOADS)
    for path, content in pages.items():
        tree = html5lib.parse(content, treebuilder="etree", namespaceHTMLElements=False)
        for element in tree.iter():
            if not isinstance(element.tag, str):
                continue
            assert not any(name.startswith("on") for name in element.attrib), (path, element.attrib)
            for name in ("href", "src", "action", "formaction", "data", "poster"):
                scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", element.get(name, ""), re.IGNORECASE)
                assert scheme is None or scheme[1].lower() in ("http", "https", "mailto", "webcal"), (
                    path,
                    element.attrib,
                )
            if element.tag == "script" and element.get("type") == "application/ld+json":
                json.loads(element.text)
            elif element.tag == "script":
                assert "alert(1)" not in (element.text or ""), path
            assert element.get("src") != "x", path


def test_templates_and_commands_stay_words(site):
    page = site.files["readings/jinja2/index.html"].decode()
    assert "49" not in re.sub(r"<[^>]*>|[\w-]*49[\w-]*=", "", page)
    assert "root:" not in page
    assert "7*7" in page
    assert "\\input" in site.files["readings/latex2/index.html"].decode()


def test_the_published_bibliography_holds_no_address_that_cant_be_followed(site):
    published = site.files["papers.bib"].decode()
    assert not re.search(r"(?m)^  (?:url|doi) = \{(?:javascript|data)", published)
