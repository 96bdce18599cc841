"""papers.bib as it is exported, typed and broken: what can be read is there, and what can't is told once."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sitegen.bib import bibbytes, bibentry, bibliography, crossrefs, paperlinks
from sitegen.bib import papers as bibpapers
from sitegen.bib.bibliography import read_bibliography
from sitegen.diagnostics import Rule, Span, has_errors, in_file_order, render_text
from sitegen.values import replace
from tests.cases import Case, read_cases
from tests.papers import EXPORTS, READING_LIST, clean_bib, one, read

HERE = Path(__file__).parent
CASES = read_cases(HERE / "bib" / "findings.txt")


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
        v.slug
        for module in (bibbytes, bibentry, bibliography, crossrefs, paperlinks, bibpapers)
        for v in vars(module).values()
        if isinstance(v, Rule)
    }
    shown = set(re.findall(r"\[(bib-[a-z-]+)\]", (HERE / "bib" / "findings.txt").read_text(encoding="utf-8")))
    assert rules - shown == {"bib-encoding", "bib-invisible"}  # no readable file shows these: see below


def test_what_a_rule_calls_right_is_right():
    for module in (bibbytes, bibentry, bibliography, crossrefs, paperlinks, bibpapers):
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


@pytest.mark.parametrize(
    ("source", "title", "name"),
    [
        ("Ü".encode() + "é".encode("cp1252"), "Üé", "a mix of UTF-8 and Windows-1252"),
        ("é".encode("cp1252") + "山€".encode(), "é山€", "a mix of UTF-8 and Windows-1252"),
        ("“é”".encode("cp1252"), "“é”", "Windows-1252"),
        (b"\x81\xe9", "é", "Windows-1252"),
    ],
)
def test_bytes_that_arent_utf_8_are_guessed_one_by_one(source, title, name):
    papers, findings = read_bibliography(b"@misc{a, title = {" + source + b"}, author = {A}, year = 2000}")
    assert papers["a"].title == title
    assert findings[0].message == f"papers.bib isn't UTF-8; it is read as {name}."


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_wide_encodings_are_known_with_and_without_their_mark(codec, mark):
    papers, findings = read_bibliography((mark + ENTRY).encode(codec))
    assert papers["kopf"].title == "Über études"
    assert [finding.message for finding in findings] == [f"papers.bib isn't UTF-8; it is read as {codec[:6].upper()}."]


def test_a_guessed_encoding_is_told_at_the_first_letter_that_shows_it():
    _, findings = read_bibliography(ENTRY.encode("cp1252"))
    assert render_text(findings, {}) == dedent("""\
        papers.bib:2:12: warning[bib-encoding]: papers.bib isn't UTF-8; it is read as Windows-1252.
          help: Save the file as UTF-8 in your editor.
        """)


@pytest.mark.parametrize("source", [b"", b"\xef\xbb\xbf", b"% nothing yet\n", b"\n\n", b"@comment{x}"])
def test_an_empty_file_has_no_papers(source):
    assert read_bibliography(source) == ({}, [])


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
    assert paper.short_authors == "IEEE and ISO"


def test_topics_stand_between_commas_or_semicolons_each_once():
    assert one(keywords="serving, caching; serving,  {R\\&D},").topics == ("serving", "caching", "R&D")


def test_what_is_hidden_in_text_is_gone_and_what_steers_it_is_told():
    title = "a\u202eb\u0000c\u2066d\U000f00001\U000f0001\ufeff e\u200cf"
    papers, findings = read_bibliography(
        f"@misc{{a, title = {{{title}}}, author = {{X\u202e Y}}, year = 2000, abstract = {{a\x07\x1bb}}}}".encode()
    )
    paper = papers["a"]
    assert [(finding.slug, finding.span.column) for finding in findings] == [
        ("bib-invisible", 20),
        ("bib-invisible", 48),
        ("bib-invisible", 80),
    ]
    assert (paper.title, paper.authors[0].full, paper.abstract) == ("abcd1 e\u200cf", "X Y", "ab")


def test_an_invisible_character_is_told_by_its_number():
    text = "@misc{a,\n  title = {How to \u202eread},\n  author = {A},\n  year = 2000\n}\n"
    _, findings = read_bibliography(text.encode())
    assert render_text(findings, {"papers.bib": text}) == dedent("""\
        papers.bib:2:19: warning[bib-invisible]: The title of "a" holds the invisible character U+202E; it is left out.
          2 |   title = {How to \ufffdread},
            |                   ^
          help: Delete it: type the words around it anew.
        """)


def test_templates_in_text_are_text():
    paper = one(title="{{ 7*7 }} {% raw %} \\{\\{ 7*7 \\}\\}", note="{{config}}")
    assert paper.title == "7*7  % raw % {{ 7*7 }}".replace("7*7  %", " 7*7  %")
    assert paper.note == "config"


KEYS = ["a.b", "a:b", "10.1145/36000.36131", "a+b", "a_b-c", "käse", "论文2023", "A&B", "a*b!", "2023"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_stays_as_written(key):
    papers = read(f"@misc{{{key}, title = {{T}}, author = {{A}}, year = 2000}}")
    assert list(papers) == [key]
    assert read(papers[key].bibtex)[key] == replace(papers[key], span=papers[key].span)


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
    whole = read(f"{before}\n\n{after}")
    for key in (key_of(before), key_of(after)):
        assert (papers[key].bibtex, papers[key].abstract) == (whole[key].bibtex, whole[key].abstract)
    assert findings or len(papers) >= 3
    assert sum(finding.severity == "error" for finding in findings) <= 1 + body.count("@")
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
        assert paper.title
    assert all(finding.message for finding in findings)


@given(st.text(alphabet='@{}(),=#"\\ \n%$ab1-', max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_punctuation_is_read_without_an_exception(text):
    read_bibliography(text.encode())
