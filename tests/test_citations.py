"""How citations read in the course's style, and the list of references that they lead to and back from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

import pytest

from sitegen.citing import STYLES, label_papers, list_references
from sitegen.course.references import Targets, fill_document, fill_documents
from sitegen.mathml import without_source
from sitegen.model import Name, Paper
from sitegen.values import replace
from tests.markdown_cases import PAGE, TARGETS, html_errors, paper, read
from tests.support import SITE_YAML, main_of, told

KWON = (Name("Woosuk", "", "Kwon", ""), Name("Zhuohan", "", "Li", ""), Name("Ying", "", "Sheng", ""))
PAPERS = {
    item.key: item
    for item in (
        paper("vllm", authors=KWON, year="2023", title="Efficient Memory", title_html="Efficient Memory",
              venue="Proceedings of the 29th Symposium on Operating Systems Principles", venue_short="SOSP '23"),
        paper("orca", authors=(Name("Gyeong-In", "", "Yu", ""), Name("Joo", "", "Jeong", "")), year="2022",
              title="Orca", title_html="Orca", venue="16th OSDI", venue_short="OSDI '22"),
        paper("deepseek", authors=(Name("", "", "DeepSeek-AI", ""),), year="2024", title="V3", title_html="V3",
              venue="arXiv preprint", venue_short="arXiv '24"),
        paper("book", authors=(), editors=(Name("Donald", "", "Knuth", ""),), year="1968", title="A Book?",
              title_html="A Book?", venue="Addison-Wesley", venue_short="Addison-Wesley"),
        paper("nobody", authors=(), year="2020", title="Anonymous <b>", title_html="Anonymous &lt;b&gt;"),
        paper("undated", authors=KWON[:2], year="", title="Undated", title_html="Undated"),
        paper("a2021z", authors=KWON, year="2021", title="Zebras", title_html="Zebras", venue_short="X '21"),
        paper("a2021a", authors=KWON, year="2021", title="Apples", title_html="Apples", venue_short="X '21"),
    )
}  # fmt: skip


def targets(style: str, papers: dict[str, Paper] = PAPERS) -> Targets:
    return replace(TARGETS, papers=papers, style=style)


def fill(text: str, style: str = "author-year") -> tuple[str, str]:
    """A text's HTML and its references, in which nothing is found but names that only we give."""
    document, problems = read(text)
    filled, references, findings = fill_document(document, PAGE, targets(style))
    assert {finding.slug for finding in problems + findings} <= {"double-name"}
    return filled.html, references


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", without_source(html))).replace("\u00a0", " ").strip()


FORMS = {
    # written: author-year, venue, number
    "[@vllm]": ("(Kwon et al., 2023)", "(Kwon et al., SOSP '23)", "[1]"),
    "[@vllm, sec. 3]": ("(Kwon et al., 2023, sec. 3)", "(Kwon et al., SOSP '23, sec. 3)", "[1, sec. 3]"),
    "[see @vllm]": ("(see Kwon et al., 2023)", "(see Kwon et al., SOSP '23)", "[see 1]"),
    "[@vllm; @orca]": ("(Kwon et al., 2023; Yu and Jeong, 2022)",
                       "(Kwon et al., SOSP '23; Yu and Jeong, OSDI '22)", "[1, 2]"),
    "[@vllm; @orca, sec. 3]": ("(Kwon et al., 2023; Yu and Jeong, 2022, sec. 3)",
                               "(Kwon et al., SOSP '23; Yu and Jeong, OSDI '22, sec. 3)", "[1; 2, sec. 3]"),
    "[@vllm, p. 1; @vllm, p. 2]": ("(Kwon et al., 2023, p. 1; Kwon et al., 2023, p. 2)",
                                   "(Kwon et al., SOSP '23, p. 1; Kwon et al., SOSP '23, p. 2)", "[1, p. 1; 1, p. 2]"),
    "[-@vllm]": ("(2023)", "(SOSP '23)", "[1]"),
    "[-@vllm; @orca]": ("(2023; Yu and Jeong, 2022)", "(SOSP '23; Yu and Jeong, OSDI '22)", "[1, 2]"),
    "@vllm": ("Kwon et al. (2023)", "Kwon et al. (SOSP '23)", "Kwon et al. [1]"),
    "@orca": ("Yu and Jeong (2022)", "Yu and Jeong (OSDI '22)", "Yu and Jeong [1]"),
    "@deepseek": ("DeepSeek-AI (2024)", "DeepSeek-AI (arXiv '24)", "DeepSeek-AI [1]"),
    "[@book]": ("(Knuth, 1968)", "(Knuth, 1968)", "[1]"),
    "@nobody": ("Anonymous <b> (2020)", "Anonymous <b> (2020)", "Anonymous <b> [1]"),
    "[@nobody]": ("(Anonymous <b>, 2020)", "(Anonymous <b>, 2020)", "[1]"),
    "@undated": ("Kwon and Li", "Kwon and Li", "Kwon and Li [1]"),
    "[@undated]": ("(Kwon and Li)", "(Kwon and Li)", "[1]"),
    "[-@undated]": ("(Kwon and Li)", "(Kwon and Li)", "[1]"),
    "[@a2021z] and [@a2021a]": ("(Kwon et al., 2021b) and (Kwon et al., 2021a)",
                                "(Kwon et al., X '21b) and (Kwon et al., X '21a)", "[1] and [2]"),
    "[@orca] and [@vllm] and [@orca]": ("(Yu and Jeong, 2022) and (Kwon et al., 2023) and (Yu and Jeong, 2022)",
                                        "(Yu and Jeong, OSDI '22) and (Kwon et al., SOSP '23) and (Yu and Jeong, OSDI '22)",
                                        "[1] and [2] and [1]"),
    "[see @vllm, pp. 1--2 & Ada's]": ("(see Kwon et al., 2023, pp. 1–2 & Ada’s)",
                                      "(see Kwon et al., SOSP '23, pp. 1–2 & Ada’s)", "[see 1, pp. 1–2 & Ada’s]"),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("written", FORMS)
def test_a_citation_reads_as_the_style_says(written: str, style: str):
    html, _ = fill(written, style)
    assert words(html) == FORMS[written][STYLES.index(style)]


@pytest.mark.parametrize("style", STYLES)
def test_every_paper_of_a_citation_leads_to_its_page(style: str):
    html, _ = fill("[@vllm; @orca, sec. 3], @vllm", style)
    assert re.findall(r'class="cite" id="([\w-]+)" href="([^"]*)"', html) == [
        ("site-cite", "../readings/vllm/index.html"),
        ("site-cite-2", "../readings/orca/index.html"),
        ("site-cite-3", "../readings/vllm/index.html"),
    ]


REFERENCES = {
    "author-year": [
        "DeepSeek-AI. 2024. V3. arXiv '24. ↑",
        "Knuth, Donald (ed.). 1968. A Book? Addison-Wesley. ↑",
        "Kwon, Woosuk, and Zhuohan Li. Undated. ↑",
        "Kwon, Woosuk, Zhuohan Li, and Ying Sheng. 2021a. Apples. X '21. ↑",
        "Kwon, Woosuk, Zhuohan Li, and Ying Sheng. 2021b. Zebras. X '21. ↑",
        "Kwon, Woosuk, Zhuohan Li, and Ying Sheng. 2023. Efficient Memory. SOSP '23. ↑ a b",
    ],
    "venue": [
        "DeepSeek-AI. arXiv '24. V3. ↑",
        "Knuth, Donald (ed.). 1968. A Book? Addison-Wesley. ↑",
        "Kwon, Woosuk, and Zhuohan Li. Undated. ↑",
        "Kwon, Woosuk, Zhuohan Li, and Ying Sheng. X '21a. Apples. ↑",
        "Kwon, Woosuk, Zhuohan Li, and Ying Sheng. X '21b. Zebras. ↑",
        "Kwon, Woosuk, Zhuohan Li, and Ying Sheng. SOSP '23. Efficient Memory. ↑ a b",
    ],
    "number": [
        "Woosuk Kwon, Zhuohan Li, and Ying Sheng. Efficient Memory. SOSP '23. ↑ a b",
        "Woosuk Kwon, Zhuohan Li, and Ying Sheng. Zebras. X '21. ↑",
        "Woosuk Kwon, Zhuohan Li, and Ying Sheng. Apples. X '21. ↑",
        "Woosuk Kwon and Zhuohan Li. Undated. ↑",
        "Donald Knuth (ed.). A Book? Addison-Wesley, 1968. ↑",
        "DeepSeek-AI. V3. arXiv '24. ↑",
    ],
}


@pytest.mark.parametrize("style", STYLES)
def test_the_references_are_those_cited_in_the_order_of_the_style(style: str):
    _, references = fill("[@vllm; @a2021z; @a2021a]. @undated, [@book], @deepseek, [@vllm]", style)
    assert [words(row) for row in re.findall(r"<li>(.*)</li>", references)] == REFERENCES[style]
    assert html_errors(references) == []


@pytest.mark.parametrize("style", STYLES)
def test_the_references_lead_back_to_every_citation(style: str):
    html, references = fill("[@vllm] and [see @vllm](project.md) and @orca\n\n## Site cite {#site-cite-2}", style)
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) == 4
    backs = dict(re.findall(r'class="back" href="#([^"]+)" aria-label="([^"]+)"', references))
    assert set(backs) == set(ids) - {"site-cite-2"}
    assert sorted(backs.values()) == ["Back to citation a", "Back to citation b", "Back to the citation"]


def test_in_a_link_only_the_words_of_a_citation_stand():
    html, references = fill("[see @vllm](project.md), ![of @vllm](ring.png)")
    assert '<a href="../project/index.html">see <span id="site-cite">Kwon et al. (2023)</span></a>' in html
    assert 'alt="of Kwon et al. (2023)"' in html
    assert references.count("<li>") == 1


def test_what_stands_around_a_key_keeps_its_emphasis_and_code():
    html, _ = fill("[*see* @vllm, `a_b_c` <b>]")
    assert "(<em>see</em> <a" in html and html.endswith("</a>, <code>a_b_c</code> &lt;b&gt;)</p>")


def test_what_opens_at_a_click_holds_a_citation_s_words_and_no_link():
    html, references = fill('??? tip "See [@vllm]"\n    By @vllm.\n\n<button>@vllm</button> @vllm')
    assert '<summary>See (<span id="site-cite">Kwon et al., 2023</span>)</summary>' in html
    assert '<button><span id="site-cite-3">Kwon et al. (2023)</span></button> <a class="cite"' in html
    assert html.count("<a ") == 2 and references.count('class="back"') == 4


def test_an_image_s_description_holds_a_citation_s_words_alone():
    html, references = fill('![by [@vllm, *p. 3*] & "co"](ring.png) and [@vllm]')
    assert 'alt="by (Kwon et al., 2023, p. 3) &amp; &quot;co&quot;"' in html
    assert html.count("<a ") == html.count(" id=") == references.count('class="back"') == 1


def test_a_reference_without_people_begins_with_what_it_is_sorted_by():
    assert [words(fill("@nobody", style)[1].partition("<li>")[2]) for style in STYLES] == [
        "Anonymous <b>. 2020. ↑",
        "Anonymous <b>. 2020. ↑",
        "Anonymous <b>. 2020. ↑",
    ]


def test_the_list_of_references_takes_no_id_that_the_author_gave():
    html, references = fill("## A {#site-references}\n\n## B {#site-cite}\n\n@vllm")
    ids = re.findall(r' id="([^"]+)"', html + references)
    assert ids == ["site-references", "site-cite", "site-cite-2", "site-references-2"]
    assert 'aria-labelledby="site-references-2"' in references


def test_only_a_short_citation_is_kept_on_one_line():
    titled = paper("long", authors=(), title="The proceedings of everybody who signed nothing", year="2020")
    document, _ = read("@vllm and @long")
    html = fill_document(document, PAGE, targets("author-year", PAPERS | {"long": titled}))[0].html
    assert re.findall(r'class="(cite[^"]*)"', html) == ["cite", "cite long"]


def test_a_text_without_citations_has_no_references():
    assert fill("ada@example.edu, `[@vllm]`, @octocat")[1] == ""


def test_several_texts_of_one_page_share_numbers_and_references():
    documents = [read(text)[0] for text in ("[@orca]", "[@vllm], [@orca]")]
    (first, second), references, findings = fill_documents(documents, PAGE, targets("number"))
    assert findings == []
    assert words(first.html + second.html) == "[1][2], [1]"
    assert (first.cited, second.cited) == (
        {"orca": ("site-cite",)},
        {"vllm": ("site-cite-2",), "orca": ("site-cite-3",)},
    )
    assert re.findall(r'href="#([^"]+)"', references) == ["site-cite", "site-cite-3", "site-cite-2"]


def test_papers_that_would_read_alike_get_letters_and_more_than_26_of_them_two():
    papers = [paper(f"k{n:02}", authors=KWON, year="", title=f"T{n:02}") for n in range(28)]
    labels = label_papers(papers, "author-year")
    assert [labels[f"k{n:02}"].mark for n in (0, 25, 26, 27)] == ["n.d.a", "n.d.z", "n.d.aa", "n.d.ab"]


def test_a_long_list_of_authors_is_cut_and_others_are_others():
    many = tuple(Name(f"F{n}", "", f"L{n}", "") for n in range(4))
    rows = (paper("x", authors=many, title="T", title_html="T"), paper("y", authors=KWON[:1], more_authors=True))
    papers = {item.key: item for item in rows}
    labels = label_papers(rows, "author-year")
    html = list_references(papers, labels, "author-year", {}, lambda paper: paper.key)
    assert "L0, F0, et al. 2023." in html
    assert "Kwon, Woosuk, et al. 2023." in html


@pytest.mark.parametrize(
    "name",
    [Name("", "", "The <i>Team</i>", ""), Name("毅", "", "王", ""), Name("Ludwig", "van", "Beethoven", "Jr.")],
    ids=["organisation", "chinese", "von and jr"],
)
def test_the_first_author_of_a_reference_is_found_under_the_family_name(name: Name):
    one = paper("x", authors=(name,), year="2020")
    html = list_references({"x": one}, label_papers([one], "author-year"), "author-year", {}, lambda paper: "")
    row = words(html.partition("<li>")[2])
    assert row.startswith(("The <i>Team</i>. 2020", "王毅. 2020", "van Beethoven, Ludwig, Jr. 2020"))
    assert "<i>Team" not in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@a.b:c/d+e-f_g", "Kwon et al. (2023)"),
        ("See @a.b:c/d+e-f_g.", "See Kwon et al. (2023)."),
        ("See @a.b:c/d+e-f_g: yes", "See Kwon et al. (2023): yes"),
        ("[@{a.b:c/d+e-f_g}]", "(Kwon et al., 2023)"),
        ("[@Žižek2020; @王2021]", "(Kwon et al., 2023a; Kwon et al., 2023b)"),
        ("**@王2021**", "Kwon et al. (2023)"),
        ("_@王2021_ and __see @王2021__", "Kwon et al. (2023) and see Kwon et al. (2023)"),
        ("snake_@王2021 and me_@王2021.org", "snake_@王2021 and me_@王2021.org"),
        ("# @王2021 in a heading", "Kwon et al. (2023) in a heading"),
        ("`@王2021` me@王2021", "@王2021 me@王2021"),
        ("```\n[@王2021]\n```", "[@王2021]"),
        ("    @王2021\n    def f(): ...", "@王2021\ndef f(): ..."),
        ("https://x.org/@王2021 and x.org/@王2021", "https://x.org/@王2021 and x.org/@王2021"),
        ("<https://x.org/@王2021>", "https://x.org/@王2021"),
        ("<code>@王2021</code> <!-- @王2021 -->", "@王2021"),
        ("$@王2021$".replace("@王2021", "x"), "x"),
        ("\\@王2021 and \\[@王2021]", "@王2021 and [Kwon et al. (2023)]"),
        (
            "@property, @app.route('/x'), @dataclass(frozen=True)",
            "@property, @app.route(’/x’), @dataclass(frozen=True)",
        ),
        ("@@王2021 and a@b.example", "@@王2021 and a@b.example"),
        ("如@{王2021}所示，見@王2021。", "如Kwon et al. (2023)所示，見Kwon et al. (2023)。"),
        ("@{a.b:c/d+e-f_g}'s and @{dataclass}", "Kwon et al. (2023)’s and @{dataclass}"),
        ("@王2021--@Žižek2020", "Kwon et al. (2023b)–Kwon et al. (2023a)"),
        ("[@王2021,@Žižek2020, p. 3, l. 4]", "(Kwon et al., 2023b; Kwon et al., 2023a, p. 3, l. 4)"),
        ("[@王2021;] and [@王2021; ]", "(Kwon et al., 2023) and (Kwon et al., 2023)"),
        ("[*see* @王2021, `f_1` of **3**, \\$5]", "(see Kwon et al., 2023, f_1 of **3**, $5)"),
        ("[as in ` @王2021 ` here]", "[as in @王2021 here]"),
        ("[as in <!-- @王2021 --> here]", "[as in  here]"),
    ],
)
def test_a_citation_is_found_where_it_is_one(text: str, shown: str):
    keys = ("a.b:c/d+e-f_g", "Žižek2020", "王2021")
    papers = {key: paper(key, authors=KWON, title=str(n)) for n, key in enumerate(keys)}
    document, _ = read(f"x\n\n{text}")
    filled, _, findings = fill_document(document, PAGE, targets("author-year", papers))
    assert [finding.slug for finding in findings] == []
    assert words(filled.html).replace("‘", "’").removeprefix("x").strip() == shown


# --- whole courses ------------------------------------------------------------------------------

BIB = "".join(
    f"@misc{{{key}, title = {{{title}}}, author = {{{author}}}, year = {{{year}}}}}\n"
    for key, title, author, year in (
        ("one2020", "First", "Ada Lovelace", 2020),
        ("two2021", "Second", "Charles Babbage", 2021),
    )
)
NEWS = "Above, [@two2021].\n\n## 2026-01-27 Older\n\nSee [@one2020].\n\n## 2026-01-28 Newer\n\nSee [@two2021].\n"


def test_the_announcements_page_ends_with_one_list_in_the_order_of_the_page(make):
    built = make({"papers.bib": BIB, "content/announcements.md": NEWS}, SITE_YAML + "citations: number\n")
    assert not [finding for finding in built.findings if finding.severity == "error"], told(built)
    main = main_of(built.files["announcements/index.html"])
    assert re.findall(r"\[\d\]", words(main)) == ["[1]", "[1]", "[2]"]
    assert main.index('class="references"') > main.rindex("<article")
    assert re.findall(r"<li>(\w+ \w+)", main) == ["Charles Babbage", "Ada Lovelace"]


def test_a_paper_s_page_leads_to_every_place_that_cites_it(make):
    files = {
        "papers.bib": BIB,
        "content/announcements.md": NEWS,
        "content/notes.md": "# Notes\n\n[@two2021], [@one2020; @two2021].\n",
    }
    built = make(files)
    main = main_of(built.files["readings/two2021/index.html"])
    assert hrefs(main, "../../notes/") == [
        "../../notes/index.html#site-cite",
        "../../notes/index.html#site-cite",
        "../../notes/index.html#site-cite-3",
    ]
    assert hrefs(main, "../../announcements/") == [
        "../../announcements/index.html#site-cite",
        "../../announcements/index.html#site-cite-2",
    ]


def hrefs(html: str, start: str) -> Iterable[str]:
    return re.findall(rf'href="({re.escape(start)}[^"]*)"', html)


def test_a_page_s_contents_name_its_references(make):
    text = "# Notes\n\n## On @two2021 [@one2020, sec. 1]\n\n" + "".join(f"## Part {n}\n\nText.\n\n" for n in range(5))
    built = make({"papers.bib": BIB, "content/notes.md": text})
    main = main_of(built.files["notes/index.html"])
    assert '<a href="#site-references">References</a>' in main
    assert ">On Babbage (2021) (Lovelace, 2020, sec. 1)</a>" in main


def test_a_title_s_citations_are_words_wherever_the_title_stands(make):
    files = {
        "papers.bib": BIB,
        "content/notes.md": "# Notes on @one2020\n\nText.\n",
        "content/more.md": "---\ntitle: More of [@two2021]\n---\nText [@two2021].\n",
        "content/announcements.md": "## 2026-01-28 Read @one2020 today\n\nSoon.\n",
    }
    built = make(files)
    notes, more = (built.files[f"{name}/index.html"].decode() for name in ("notes", "more"))
    assert "<title>Notes on Lovelace (2020) - " in notes and "<h1>Notes on Lovelace (2020)</h1>" in notes
    assert "<h1>More of (Babbage, 2021)</h1>" in more
    assert ">More of (Babbage, 2021)</a>" in notes, "in the navigation"
    assert "Lovelace, Ada. 2020." in notes, "in the references"
    assert ">Read Lovelace (2020) today</a>" in built.files["index.html"].decode()
    assert "<title>Read Lovelace (2020) today</title>" in built.files["feed.xml"].decode()
    assert "@one2020" not in notes and "@two2021" not in more


def test_a_style_that_is_none_is_told_with_the_closest_one(make):
    assert told(make({}, SITE_YAML + "citations: numbers\n")) == (
        'site.yaml:12:12: error[bad-value]: "numbers" isn\'t one of author-year, venue, number.\n'
        "  12 | citations: numbers\n"
        "     |            ^^^^^^^\n"
        '  help: Did you mean "number"?\n'
    )
