"""docs/markdown.md is true: it builds as a page without a finding, and each construct comes out as its page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sitegen.catalogue import list_rules
from sitegen.diagnostics import Rule
from sitegen.languages import settle
from tests.markdown_cases import LECTURE, found_in, html_errors, html_of, places
from tests.support import REPOSITORY, build_folder, told

PAGE = REPOSITORY / "docs" / "markdown.md"
EXAMPLE = re.compile(r"^````markdown\n(?P<source>.*?)^````\n\n", re.MULTILINE | re.DOTALL)

EXPECTED = {
    "Words": [
        "<em>Emphasis</em>", "<strong>importance</strong>", "<code>code</code>", "<del>struck</del>", "<mark>marked</mark>",
        "H<sub>2</sub>O", "2<sup>10</sup>", '<a href="https://www.python.org">address</a>',
        '<a href="https://www.python.org" class="bare">https://www.python.org</a>, and a line<br>\nbreak', "*takes a sign’s", "<kbd>tag</kbd>",
    ],
    "Typography": [
        "“Quotes” and ‘quotes’", "3–5", "more…", "the ’90s, rock ’n’ roll, “SOSP ’23”", '<code>"code" -- ...</code>',
    ],
    "Headings": [
        '<h3 id="a-headings-address">', '<h3 id="ελληνικά-και-日本語">', '<h3 id="own-name">With a name of its own</h3>',
    ],
    "Lists": [
        "<p>by as many as the words above are set in.</p>\n<p>A paragraph in an item is set in likewise.</p>",
        '<ol start="3">', "<li><code>1)</code> will do, too.</li>",
        '<input type="checkbox" disabled checked aria-label="done"> A task', 'aria-label="to do"> One that',
    ],
    "Definitions and abbreviations": [
        "<dt>Tensor parallelism</dt>\n<dd>Splits each", '<abbr title="keys and values of attention">KV</abbr> cache',
    ],
    "Tables": [
        '<table id="tbl-bytes"><caption><b>Table 1.</b> Bytes a parameter, <em>mixed</em> precision.</caption>',
        '<th class="right" scope="col">Bytes</th>', '<td class="center">a | b</td>', 'role="group" tabindex="0"',
    ],
    "Figures and references": [
        '<figure id="fig-ring">', "<figcaption><b>Figure 1.</b> What travels where, in <math", '<a href="#fig-ring">Figure 1</a>',
        '<a href="#tbl-bytes">Table 1</a>', '<a href="#tables">the section on tables</a>', '<a href="#lists">Lists</a>',
    ],
    "Code": [
        '<span class="filename">cache.py</span><pre', 'data-linenos="1 "></span><span class="k">def</span>',
        '<span class="hll"><span class="linenos" data-linenos="2 ">', "<figcaption><b>Listing 1.</b> A cache in two lines.",
        '<span class="p">&gt;&gt;&gt; </span>get(', "<code>Four columns make code without a language.\n</code>",
    ],
    "Boxes": [
        '<div class="admonition warning">\n<p class="admonition-title">Before <em>class</em></p>',
        '<details class="question">\n<summary>What is lost?</summary>', '<div class="admonition tip">\n<p class="admonition-title">Tip</p>',
    ],
    "Footnotes": [
        '<sup id="fnref-speed"><a class="footnote-ref" href="#fn-speed">1</a></sup>', '<sup id="fnref2-speed">', '<li id="fn-speed">',
        "<p>And a second paragraph",
    ],
    "Math and citations": [
        ">Lamport (1978)</a>", "<math display=\"block\"", "It costs $5 and $6.", 'id="site-references">',
    ],
    "Attributes and HTML": [
        '<p class="lead">A paragraph', 'rel="nofollow"', '<em class="small-caps">words</em>',
        '<div class="aside">\n<p>Markdown <strong>inside</strong> HTML.</p>', "as it is: *so*</summary>", "<!-- A comment isn't shown. -->",
    ],
}  # fmt: skip
"""What the page holds of each section's example, as HTML with its characters for their names."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    course = tmp_path_factory.mktemp("dialect") / "course"
    shutil.copytree(REPOSITORY / "docs" / "course", course)
    (course / "content" / "images").mkdir()
    shutil.copyfile(PAGE, course / "content" / "markdown.md")
    shutil.copyfile(REPOSITORY / "docs" / "images" / "ring.svg", course / "content" / "images" / "ring.svg")
    built = build_folder(course)
    assert told(built) == ""
    html = built.files["markdown/index.html"]
    assert isinstance(html, bytes)
    return html.decode()


def typeset(html: str) -> str:
    for name, character in {
        "ldquo": "“",
        "rdquo": "”",
        "lsquo": "‘",
        "rsquo": "’",
        "ndash": "–",
        "hellip": "…",
    }.items():
        html = html.replace(f"&{name};", character)
    return html


@pytest.mark.parametrize("section", EXPECTED)
def test_each_construct_comes_out_as_the_page_says(page: str, section: str):
    html = typeset(page)
    missing = [words for words in EXPECTED[section] if words not in html]
    assert missing == []


def test_every_section_with_an_example_is_looked_at():
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert [words.split("\n")[0] for words in sections if EXAMPLE.search(words)] == list(EXPECTED)


def test_what_is_shown_as_source_is_what_is_built():
    text = PAGE.read_text(encoding="utf-8")
    for example in EXAMPLE.finditer(text):
        assert text.startswith(example["source"], example.end()), example["source"][:60]


def test_pages_with_code_have_a_button_that_copies_it_and_others_load_nothing_for_it(page: str):
    assert "assets/code.js" in page
    assert ".copy{" in page


# --- manners of other programs ------------------------------------------------------------------

SAME = {
    "lists by two columns": ("- a\n  - b\n    - c\n- d", "- a\n    - b\n        - c\n- d"),
    "lists by three columns": ("1. a\n   - b\n2. c", "1. a\n    - b\n2. c"),
    "paragraphs in items": ("- a\n\n  p\n\n- b", "- a\n\n    p\n\n- b"),
    "code in items": ("- a\n\n  ```py\n  if x:\n      y\n  ```\n", "- a\n\n    ```py\n    if x:\n        y\n    ```\n"),
    "tables in items": ("- a\n\n  | x |\n  |---|\n  | 1 |", "- a\n\n    | x |\n    |---|\n    | 1 |"),
    "quotes in items": ("1. a\n\n   > q\n   > r", "1. a\n\n    > q\n    > r"),
    "items in quotes": ("> - a\n>   - b", "> - a\n>     - b"),
    "items in boxes": ("!!! note\n    - a\n      - b", "!!! note\n    - a\n        - b"),
    "brackets": ("1) a\n2) b", "1. a\n2. b"),
    "a list below text": ("words\n- a\n- b", "words\n\n- a\n- b"),
    "a numbered list below text": ("words\n1. a", "words\n\n1. a"),
    "a table below text": ("words\n| a |\n|---|\n| 1 |", "words\n\n| a |\n|---|\n| 1 |"),
    "a line's end": ("a\\\nb", "a  \nb"),
    "alerts": ("> [!WARNING]\n> a\n>\n> - b", "!!! warning\n    a\n\n    - b"),
    "alerts that fold": ('> [!note]- A *title*\n> a', '??? note "A *title*"\n    a'),
    "an item below a paragraph of the one before": ("- a\n\n  p\n- b", "- a\n\n    p\n\n- b"),
    "an item below a deeper list": ("- a\n\n    - b\n\n        p\n    - c\n- d", "- a\n\n    - b\n\n        p\n\n    - c\n\n- d"),
    "an item below a table": ("1. a\n\n    | x |\n    |---|\n    | 1 |\n2. b", "1. a\n\n    | x |\n    |---|\n    | 1 |\n\n2. b"),
    "a table right below an item's words": ("1. a\n   | x |\n   |---|\n   | 1 |\n2. b", "1. a\n\n    | x |\n    |---|\n    | 1 |\n\n2. b"),
    "a list below a table": ("| x |\n|---|\n| 1 |\n- a", "| x |\n|---|\n| 1 |\n\n- a"),
    "a quote below a table": ("| x |\n|---|\n| 1 |\n> a", "| x |\n|---|\n| 1 |\n\n> a"),
    "numbered items below others": ("- a\n1. b\n- c", "- a\n\n1. b\n\n- c"),
    "words in angle brackets": ("a <SYN> and <your-name>, x<y, a>b, i<b and c>d", "a \\<SYN> and \\<your-name>, x\\<y, a>b, i\\<b and c>d"),
    "types": ("Map<String, List<Integer>> and a<b", "Map\\<String, List\\<Integer>> and a\\<b"),
    "words in angle brackets in code": ("    a <SYN> b", "~~~\na <SYN> b\n~~~"),
    "comparisons": ("a==b and c==d", "a\\==b and c\\==d"),
    "quotation marks in Chinese": ('他说"你好"，她说\'再见\'。"开头"', "他说“你好”，她说‘再见’。“开头”"),
    "addresses in Chinese": ("见https://a.org/路径。还有https://b.org，后面$x$", "见<https://a.org/路径>。还有<https://b.org>，后面$x$"),
    "captions as definitions": ("| a |\n|---|\n| 1 |\n\nTable: c", "Table: c\n\n| a |\n|---|\n| 1 |"),
    "Hugo's code": ("```py {linenos=table, hl_lines=[1]}\nx\n```", '```py linenums="1" hl_lines="1"\nx\n```'),
    "Quarto's code": ('```{.py filename="a.py"}\nx\n```', '```py title="a.py"\nx\n```'),
    "Docusaurus's code": ("```py {1,3-4}\nx\n```", '```py hl_lines="1 3-4"\nx\n```'),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_what_others_write_reads_like_what_python_markdown_wants(case: str):
    theirs, ours = SAME[case]
    assert typeset(html_of(theirs)) == typeset(html_of(ours))
    assert html_errors(html_of(theirs)) == []


UNTOUCHED = [
    "- a\n\n    p\n\n        code\n\n- b",
    "1. a\n\n    - b\n\n        c\n\n2. d",
    "words\n2. is no list",
    "words\n    - nor is this",
    "a\n\n    - code\n    | x |",
    "a\n- - -\nb",
    "<pre>\nwords\n- a\n</pre>",
    "<!-- words\n- a -->",
    "- a\nlazy\n- b",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_texts_in_python_markdowns_own_manner_stay(text: str):
    from sitegen.prose.lines import arrange_lines

    assert arrange_lines(text) == text


# --- references ---------------------------------------------------------------------------------


def test_a_reference_to_a_figure_that_isnt_there_is_an_error():
    assert found_in("See [](#fig-rnig).\n\n![a](ring.png)\n\nFigure: A ring. {#fig-ring}") == (
        'content/notes.md:1:8: error[broken-fragment]: There is no heading "#fig-rnig" on this page.\n'
        "  1 | See [](#fig-rnig).\n    |        ^^^^^^^^^\n"
        '  help: Did you mean "#fig-ring"?\n'
    )


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("[](#fig-b)", "Figure 2"),
        ("@fig-b", "Figure 2"),
        ("[@fig-b]", "Figure 2"),
        ("[](#tbl-c)", "Table 1"),
        ("[](#lst-d)", "Listing 1"),
        ("[](#h)", "A heading"),
        ("[own words](#fig-b)", "own words"),
    ],
)
def test_what_a_reference_reads(written: str, words: str):
    text = (
        f"{written}\n\n![a](ring.png)\n\nFigure: One.\n\n![b](ring.png){{#fig-b}}\n\nTable: T {{#tbl-c}}\n\n"
        "| x |\n|---|\n| 1 |\n\n    code\n\nListing: L {#lst-d}\n\n## A heading {#h}"
    )
    assert f">{words}</a>" in html_of(text)


def test_a_table_that_scrolls_is_told_by_its_number():
    html = html_of("| a |\n|---|\n| 1 |\n\nTable: One.\n\n| b |\n|---|\n| 2 |")
    assert re.findall(r'<div aria-label="([^"]*)" class="table" role="group" tabindex="0">', html) == [
        "Table 1",
        "Table",
    ]


def test_figures_of_a_lecture_have_the_same_numbers_on_its_slides():
    from tests.markdown_cases import read

    text = "# T\n\n---\n\n## A\n\n![a](ring.png)\n\nFigure: One.\n\n---\n\n## B\n\n![b](ring.png)\n\nFigure: Two.\n"
    document, _ = read(text, LECTURE)
    assert [settle(slide.html, "en").count("<b>Figure 2.</b>") for slide in document.slides] == [0, 0, 1]
    assert "<b>Figure 2.</b> Two." in settle(document.html, "en")


# --- what is told -------------------------------------------------------------------------------

TOLD = {
    "::: {.callout-note}\nx\n:::": ("foreign-syntax", 1, 1, 4),
    '=== "Tab"\n\n    x': ("foreign-syntax", 1, 1, 4),
    "[TOC]": ("foreign-syntax", 1, 1, 6),
    "see [[page]]": ("foreign-syntax", 1, 5, 13),
    '{{< figure src="x" >}}': ("foreign-syntax", 1, 1, 4),
    "{% raw %}": ("foreign-syntax", 1, 1, 5),
    "a^[note]": ("foreign-syntax", 1, 2, 4),
    "++ctrl+c++": ("foreign-syntax", 1, 1, 11),
    "so :smile:": ("foreign-syntax", 1, 4, 11),
    "a\n\n. . .\n\nb": ("foreign-syntax", 3, 1, 6),
    "::: {.notes}\nx\n:::": ("foreign-syntax", 1, 1, 13),
    "so \\begin{theorem}a\\end{theorem}": ("foreign-syntax", 1, 4, 19),
    "a[^x]": ("undefined-footnote", 1, 2, 6),
    "a\n\n[^x]: b": ("unused-footnote", 3, 1, 5),
    "words {.x}": ("bad-attributes", 1, 7, 11),
    "*a*{.x y}": ("bad-attributes", 1, 4, 10),
    "## A {#x}\n\n## B {#x}": ("double-name", 3, 6, 10),
    "## A {#site-x}": ("double-name", 1, 6, 15),
    "##A": ("heading-space", 1, 1, 3),
    "!!! note\nwords": ("empty-box", 1, 1, 4),
    "Table: nothing near": ("lost-caption", 1, 1, 7),
    "[](a(1).pdf)": ("wordless-link", 1, 4, 12),
    "!!! note Read this\n    words": ("box-title", 1, 10, 19),
    '!!! note "Read" {.x}\n    words': ("box-title", 1, 1, 21),
    "??? 注意 读这个\n    words": ("box-title", 1, 8, 11),
    "| a | b |\n|---|---|\n| 1 | 2 | 3 |": ("uneven-table", 3, 9, 14),
    "> a | b\n> --|--\n> 1 | `|` | 3": ("uneven-table", 3, 11, 14),
    "| a | b |\n|---|---|---|": ("uneven-table", 2, 1, 14),
    "<div>\nwords": ("open-tag", 1, 1, 5),
    "a <b>word": ("open-tag", 1, 3, 5),
    "words\n\n</div>": ("open-tag", 3, 1, 7),
    "<p>words\n\n*words*": ("open-tag", 1, 1, 3),
    "words <!-- words": ("open-tag", 1, 7, 11),
    "<details>\n\n- **a**\n\n</details>": ("markdown-in-html", 3, 1, 8),
    "<div>\n\nSee **this** and\n\n</div>": ("markdown-in-html", 3, 1, 17),
    "+---+\n| a |\n+---+": ("foreign-syntax", 1, 1, 6),
    "%%hidden%%": ("foreign-syntax", 1, 1, 11),
    "so ``quoted''": ("foreign-syntax", 1, 4, 6),
    "at {{ site.baseurl }}/x": ("foreign-syntax", 1, 4, 13),
    "## A\n{: .x}": ("bad-attributes", 2, 1, 7),
    "{: .note }\nwords": ("bad-attributes", 1, 1, 11),
    "| a |\n|---|\n| b |\n{: .x}": ("bad-attributes", 4, 1, 7),
    "~~~\ncode\n~~~\n{: .x}": ("bad-attributes", 4, 1, 7),
    "```pyhton\nx\n```": ("unknown-language", 1, 4, 10),
    "```python hilines=2\nx\n```": ("code-option", 1, 11, 20),
    "```{python}\nx\n```": ("code-option", 1, 4, 12),
}


@pytest.mark.parametrize("text", TOLD)
def test_what_does_nothing_here_is_told_at_its_place(text: str):
    assert places(text) == [TOLD[text]]


FINE = [
    "`[[x]]`, `:::` and `{.x}`", "    ::: {.x}", "\\[[x]]", "a\n\n    x = a[[1]] + a[^2]\n", "10:30:45 and a:b:c", "C++ and D++ {a set}", "A {braced} word",
    "## A {#x}\n\nwords\n{.lead}", "*a*{.x title='b c'}", "a[^x]\n\n[^x]: b", "\\[^x]", "#hash is text in `#a`"[1:],
    "!!! note\n    words", "!!! note\n\n    words", "> [!NOTE]\n> words", "![a](ring.png){width=3}", "| a {.x} |\n|---|\n| b |",
    "!!! note inline end\n    words", '!!! tip "T"\n\n    $$x$$', "!!! is no box, he said!\nWhat???", "??? Really?\nYes.",
    "| a | b |\n|---|---|\n| `|` | $|x|$ |\n| \\| | c ||\n| 1 |", "P(A|B)\nand more", "a | b\n--|--\n1 | 2\n- x | y | z", "a | b\n--|\n1 | 2 |", "|a|\n|-|\n|b|", "T | x\n-----",
    "    | a |\n    |---|---|", "<ul><li>a<li>b</ul>", "    <div>\n      <b>\n", "<div>\n    <section>\n    </section>\n    </div>",
    "<details markdown>\n\n- **a**\n\n</details>", "<div>\n\n<p>raw</p>\n\n</div>", "<br> <img src=ring.png alt=x> <input disabled>", "`<div>` and \\<div>",
    "```pseudocode\nfor i in 1..n\n```", "5%% of 10%%", "a ++ b", "``code with ` in it``", "${{ matrix.os }}", "+1 and +2", "x<y, a>b", "<SYN> and <ACK>",
    "- a\n{.x}", "Term {#x}\n:   words",
]  # fmt: skip


@pytest.mark.parametrize("text", FINE)
def test_what_is_fine_is_not_told(text: str):
    assert places(text) == []


@pytest.mark.parametrize("path", sorted((REPOSITORY / "content").rglob("*.md")), ids=lambda path: path.stem)
def test_nothing_of_this_is_told_about_the_course(path: Path):
    from sitegen.prose.documents import read_document

    slugs = {finding.slug for finding in read_document(path.read_bytes(), f"content/{path.name}")[1]}
    assert slugs & {slug for slug, _, _, _ in TOLD.values()} == set()


FULL = {
    "foreign-syntax": (
        "::: {.callout-note}\nWords.\n:::",
        "content/notes.md:1:1: warning[foreign-syntax]: \":::\" is Quarto's and Pandoc's sign for a block.\n"
        "  1 | ::: {.callout-note}\n"
        "    | ^^^\n"
        "  help: Write !!! note, and its text below, set in by four spaces.\n",
    ),
    "undefined-footnote": (
        "Fast enough.[^speed]",
        "content/notes.md:1:13: warning[undefined-footnote]: There is no footnote [^speed].\n"
        "  1 | Fast enough.[^speed]\n"
        "    |             ^^^^^^^^\n"
        "  help: Write it on a line of its own: [^speed]: its text.\n",
    ),
    "unused-footnote": (
        "Fast enough.\n\n[^speed]: 3 ms a page.",
        "content/notes.md:3:1: warning[unused-footnote]: Nothing refers to the footnote [^speed].\n"
        "  3 | [^speed]: 3 ms a page.\n"
        "    | ^^^^^^^^\n"
        "  help: Write [^speed] where it belongs, or remove it.\n",
    ),
    "bad-attributes": (
        "A paragraph that stands out. {.lead}",
        'content/notes.md:1:30: warning[bad-attributes]: "{.lead}" belongs to nothing here and is shown as it is.\n'
        "  1 | A paragraph that stands out. {.lead}\n"
        "    |                              ^^^^^^^\n"
        "  help: Write it on a line of its own right below the paragraph.\n",
    ),
    "double-name": (
        "## Part one {#part}\n\n## Part two {#part}",
        'content/notes.md:3:13: warning[double-name]: "#part" is on this page already.\n'
        "  3 | ## Part two {#part}\n"
        "    |             ^^^^^^^\n"
        "  help: Choose another name.\n",
    ),
    "heading-space": (
        "##Grading",
        "content/notes.md:1:1: warning[heading-space]: There is no space between the # and the heading's words.\n"
        "  1 | ##Grading\n"
        "    | ^^\n"
        '  help: Write "## " before them, or "\\#" for text.\n',
    ),
    "empty-box": (
        "!!! note\nRead this first.",
        "content/notes.md:1:1: warning[empty-box]: Nothing belongs to this !!!.\n"
        "  1 | !!! note\n"
        "    | ^^^\n"
        "  help: Set the lines that belong to it in by four spaces.\n",
    ),
    "box-title": (
        "!!! note Before the lecture\n    Read both papers.",
        "content/notes.md:1:10: warning[box-title]: \"Before the lecture\" isn't shown: a box's title stands in quotes.\n"
        "  1 | !!! note Before the lecture\n"
        "    |          ^^^^^^^^^^^^^^^^^^\n"
        '  help: Write !!! note "Before the lecture".\n',
    ),
    "uneven-table": (
        "| Field | Bits |\n|---|---|\n| Flags | 9 | reserved |",
        "content/notes.md:3:13: warning[uneven-table]: This row has more than the table's 2 columns, so the rest of it "
        "isn't shown.\n"
        "  3 | | Flags | 9 | reserved |\n"
        "    |             ^^^^^^^^^^^^\n"
        "  help: Give the table's head as many cells, or write \\| for a bar in a cell.\n",
    ),
    "open-tag": (
        '<div class="aside">\nWords.',
        "content/notes.md:1:1: warning[open-tag]: The <div> that opens here is never closed.\n"
        '  1 | <div class="aside">\n'
        "    | ^^^^\n"
        "  help: Write </div> where it ends, or \\<div> if you mean the words.\n",
    ),
    "markdown-in-html": (
        "<details>\n<summary>Answer</summary>\n\n- **Yes.**\n\n</details>",
        'content/notes.md:4:1: warning[markdown-in-html]: This is Markdown in HTML and is shown as it is written: "- **Yes.**".\n'
        "  4 | - **Yes.**\n"
        "    | ^^^^^^^^^^\n"
        "  help: Write <details markdown> where the element opens.\n",
    ),
    "lost-caption": (
        "Table: Bytes a parameter.\n\nA paragraph.",
        "content/notes.md:1:1: warning[lost-caption]: This table's caption stands beside no table.\n"
        "  1 | Table: Bytes a parameter.\n"
        "    | ^^^^^^\n"
        "  help: Put it right above or below one, with an empty line between, or begin it with another word.\n",
    ),
    "unknown-language": (
        "```pyhton\nx = 1\n```",
        'content/notes.md:1:4: warning[unknown-language]: Pygments knows no language "pyhton".\n'
        "  1 | ```pyhton\n"
        "    |    ^^^^^^\n"
        '  help: Did you mean "python"?\n',
    ),
    "code-option": (
        '```python linenums="1" hilines="2"\nx = 1\ny = 2\n```',
        'content/notes.md:1:24: warning[code-option]: A block of code has no option "hilines="2"".\n'
        '  1 | ```python linenums="1" hilines="2"\n'
        "    |                        ^^^^^^^^^^^\n"
        '  help: Did you mean "lines"?\n',
    ),
    "wordless-link": (
        "[](a(1).pdf)",
        "content/notes.md:1:4: warning[wordless-link]: This link has no words.\n"
        "  1 | [](a(1).pdf)\n"
        "    |    ^^^^^^^^\n"
        "  help: Write them between its brackets: [the milestones](project.md#milestones).\n",
    ),
}
"""A text in which something is found, and all that is told."""


@pytest.mark.parametrize("slug", FULL)
def test_what_is_told_word_for_word(slug: str):
    text, words = FULL[slug]
    assert found_in(text) == words


@pytest.mark.parametrize(
    "rule", [rule for rule in list_rules().values() if rule.slug in FULL], ids=lambda rule: rule.slug
)
def test_the_example_that_is_right_is_not_told(rule: Rule):
    assert rule.slug not in {slug for slug, _, _, _ in places(rule.right.replace("intro.pdf", "a(1).pdf"))}
