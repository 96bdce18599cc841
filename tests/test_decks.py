"""A lecture's slides: how they are cut from its Markdown, what each view shows, whether they fit, and their page."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from sitegen.course.boxes import read_slide
from sitegen.course.formulasizes import measure_formula
from sitegen.course.heights import FRAME, SETTINGS, estimate_height
from sitegen.languages import settle
from sitegen.model import Slide
from sitegen.prose.documents import read_document
from tests.support import SITE_YAML, told

LECTURE = "content/lectures/intro.md"
DECK = "lectures/intro/slides/index.html"
NOTES = "lectures/intro/index.html"
HELD = SITE_YAML.replace("- Overview", "- {topic: Overview, lecture: intro}").replace(
    "term:", "staff:\n  - {name: Ada L, role: Instructor}\n  - {name: Tom T, role: Assistant}\nterm:"
)


def read(text: str):
    document, _ = read_document(text.encode(), LECTURE)
    assert document
    return document


def slides_of(text: str) -> tuple[Slide, ...]:
    return read(text).slides


def shown(text: str) -> list[str]:
    """The HTML of the slides after the opening one, white space folded."""
    return [" ".join(settle(slide.html, "en").split()) for slide in slides_of(text)[1:]]


def deck_of(built) -> str:
    content = built.files[DECK]
    assert isinstance(content, bytes)
    return content.decode()


# --- cutting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ids", "titles"),
    [
        ("a", [], []),
        ("a\n\n***\n\nb", [], []),
        ("```\n\n---\n\n```", [], []),
        ("a\n\n---\n\n## B\n\nc\n\n---\n\nd", ["slide-1", "b", "slide-3"], ["", "B", ""]),
        ("\n---\n\n## B", ["slide-1", "b"], ["", "B"]),
        ("a\n\n## B\n\nc\n\n---\n\n## D", ["slide-1", "b", "d"], ["", "B", "D"]),
        ("a\n\n---\n\n## slide 3\n\n---\n\nb", ["slide-1", "slide-3", "slide-3-2"], ["", "slide 3", ""]),
        ("a\n\n--- {#why}\n\n## B", ["slide-1", "why"], ["", "B"]),
        ("a\n\n---\n\nwords\n\n### B `c` $x^2$", ["slide-1", "b-c-x-2"], ["", "B c x²"]),
        ("a\n\n---\n\n---", ["slide-1", "slide-2", "slide-3"], ["", "", ""]),
    ],
)
def test_a_slide_has_the_name_and_the_title_of_its_first_heading(text: str, ids: list[str], titles: list[str]):
    slides = slides_of(text)
    assert [slide.id for slide in slides] == ids
    assert [slide.title for slide in slides] == titles


def test_only_lectures_have_slides():
    document, _ = read_document(b"a\n\n---\n\nb", "content/project.md")
    assert document
    assert (document.slides, document.html) == ((), "<p>a</p>\n<hr>\n<p>b</p>")


def test_the_line_that_opens_a_slide_gives_it_classes():
    slides = slides_of("a\n\n---{.section .mine #x}\n\n## B\n\n---\n\n## C")
    assert [slide.classes for slide in slides] == [(), ("section", "mine"), ()]
    assert [str(slide.span) for slide in slides[1:]] == [f"{LECTURE}:3:1", f"{LECTURE}:7:1"]


def test_lists_on_two_slides_are_two_lists():
    assert read("- a\n\n---\n\n- b").html.count("<ul>") == 2


@pytest.mark.parametrize(
    ("text", "slide"),
    [
        ("## B\n\nc", '<h2 class="headline">B</h2> <p>c</p>'),
        ("c\n\n## B", '<h2 class="headline">B</h2> <p>c</p>'),
        (
            "## B\n\nc\n\n|||\n\nd",
            '<h2 class="headline">B</h2> <div class="sides"><div><p>c</p> </div><div><p>d</p> </div></div>',
        ),
        (
            "c\n\n|||\n\nd\n\n|||\n\ne",
            '<div class="sides"><div><p>c</p> </div><div><p>d</p> </div><div><p>e</p> </div></div>',
        ),
        ("- c\n- d\n{.fragments}", '<ul> <li class="fragment">c</li> <li class="fragment">d</li> </ul>'),
        ("- c {.fragment}\n- d", '<ul> <li class="fragment">c</li> <li>d</li> </ul>'),
        ("- c\n\n- d\n{.fragments}", '<ul> <li class="fragment"> <p>c</p> </li> <li class="fragment"> <p>d</p> </li> </ul>'),
        ("c\n{.fragment}", '<p class="fragment">c</p>'),
        ("c *d* {.fragment}", '<p class="fragment">c <em>d</em></p>'),
        ("c\n{.notes-only}\n\nd", "<p>d</p>"),
        ("## B {.slides-only}\n\nc {.slides-only}", '<h2 class="slides-only headline">B</h2> <p class="slides-only">c</p>'),
        ('<figure class="notes-only"><img alt="" src="https://x.org/a"></figure>\n\nd', "<p>d</p>"),
        ('<div markdown="1" class="notes-only">\n\n- c\n\n</div>\n\nd', "<p>d</p>"),
        ('<div markdown="1" class="slides-only">\n\n## B\n\nc\n\n|||\n\nd\n\n</div>',
         '<h2 class="headline">B</h2> <div class="sides"><div><p>c</p> </div><div><p>d</p> </div></div>'),
        ('<div markdown="1" class="slides-only" id="x">\n\nc\n\n</div>', '<div id="x"> <p>c</p> </div>'),
        ('<div markdown="1" class="slides-only fragment">\n\nc\n\n</div>', '<div class="fragment"> <p>c</p> </div>'),
        ("!!! speaker\n    Say *it*.\n\nc", '<p>c</p> <aside class="speaker" hidden> <p>Say <em>it</em>.</p> </aside>'),
        ('??? speaker "Aloud"\n    Say it.', '<aside class="speaker" hidden> <p>Say it.</p> </aside>'),
        ('!!! speaker "Aloud"\n    Say it.', '<aside class="speaker" hidden> <p>Say it.</p> </aside>'),
    ],
)  # fmt: skip
def test_a_slide_shows(text: str, slide: str):
    assert shown(f"a\n\n---\n\n{text}") == [slide]


BLOCKS = {
    "- c\n- d": "<ul> <li>c</li> <li>d</li> </ul>",
    "- c\n\n- d": "<ul> <li> <p>c</p> </li> <li> <p>d</p> </li> </ul>",
    "- c\n\n    d\n\n- e": "<ul> <li> <p>c</p> <p>d</p> </li> <li> <p>e</p> </li> </ul>",
    "1. c {.mine}": "<ol> <li>c {.mine}</li> </ol>",
    "c\n:   d": "<dl> <dt>c</dt> <dd>d</dd> </dl>",
    "> c": "<blockquote> <p>c</p> </blockquote>",
    "|c|d|\n|-|-|\n|1|2|": '<div aria-label="Table" class="table" role="group" tabindex="0"><table> <thead> <tr> '
    '<th scope="col">c</th> <th scope="col">d</th> </tr> </thead> <tbody> <tr> <td>1</td> <td>2</td> </tr> </tbody> '
    "</table></div>",
    "```\nc\n```": '<div class="highlight"><pre tabindex="0" role="group" aria-label="Code"><code>c </code></pre></div>',
    "!!! note\n    c": '<div class="admonition note"> <p class="admonition-title">Note</p> <p>c</p> </div>',
}


@pytest.mark.parametrize("line", ["\n{.%s}", "\n\n{.%s}", "\n{: .%s }"])
@pytest.mark.parametrize("block", BLOCKS)
def test_a_mark_on_the_line_below_a_block_means_all_of_it(block: str, line: str):
    def views(mark: str) -> tuple[str, str]:
        text = f"a\n\n---\n\n## B\n\n{block}{line % mark}\n\nz"
        notes = " ".join(settle(read(text).html, "en").split()).replace("> <", "><")
        return shown(text)[0].replace("> <", "><"), notes

    html = BLOCKS[block].replace("> <", "><")
    head, heading = '<h2 class="headline">B</h2>', '<p>a</p><h2 id="b">B</h2>'
    assert views("notes-only") == (f"{head}<p>z</p>", f"{heading}{html}<p>z</p>")
    assert views("slides-only") == (f"{head}{html}<p>z</p>", f"{heading}<p>z</p>")
    assert views("fragment") == (f'{head}<div class="fragment">{html}</div><p>z</p>', f"{heading}{html}<p>z</p>")


@pytest.mark.parametrize(
    ("text", "slide"),
    [
        ("- c {.notes-only}\n- d", "<ul> <li>d</li> </ul>"),
        ("- c\n  {.notes-only}\n- d", "<ul> <li>d</li> </ul>"),
        ("- c\n- d {.notes-only}", "<ul> <li>c</li> </ul>"),
        ("- c\n    - d\n    - e\n    {.notes-only}\n- f", "<ul> <li>c </li> <li>f</li> </ul>"),
        ("- c {.notes-only}\n- d {.notes-only}\n\ne", "<p>e</p>"),
        ("c\n:   d {.notes-only}\n:   e", "<dl> <dt>c</dt> <dd>e</dd> </dl>"),
        ("[c](https://x.org){.notes-only}\n\nd", "<p>d</p>"),
    ],
)
def test_a_mark_beside_words_means_these_and_leaves_nothing_empty(text: str, slide: str):
    assert shown(f"a\n\n---\n\n{text}") == [slide]


def test_each_item_of_a_slides_lists_can_come_by_itself():
    assert shown("a\n\n--- {.fragments}\n\n- b\n    - c\n\n|||\n\n1. d")[0].count('<li class="fragment">') == 2


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("b\n\n|||\n\nc", "<p>b</p>\n<p>c</p>"),
        ("- b\n- c\n{.fragments}", "<ul>\n<li>b</li>\n<li>c</li>\n</ul>"),
        ("b {.fragment}", "<p>b</p>"),
        ("b {.slides-only}\n\nc", "<p>c</p>"),
        ("b\n{.notes-only}", "<p>b</p>"),
        ('<div markdown="1" class="notes-only">\n\nb\n\n- c\n\n</div>', "<p>b</p>\n<ul>\n<li>c</li>\n</ul>"),
        ('<div markdown="1" class="notes-only x">\n\nb\n\n</div>', '<div class="x">\n<p>b</p>\n</div>'),
        ("!!! speaker\n    Say it.\n\nc", "<p>c</p>"),
        ("## B {.slides-only}\n\nc", "<p>c</p>"),
    ],
)
def test_the_notes_show(text: str, html: str):
    assert re.sub(r"\n+", "\n", read(f"\n---\n\n{text}").html) == html


def test_speakers_notes_are_in_no_lecture_even_without_slides():
    assert read("a\n\n!!! speaker\n    Say it.").html == "<p>a</p>"


def test_a_heading_of_the_slides_alone_is_in_no_table_of_contents():
    document = read("a\n\n---\n\n## B {.slides-only}\n\n---\n\n## C")
    assert [heading.text for heading in document.headings] == ["C"]
    assert (document.ids, document.slide_ids) == ({"c"}, {"slide-1", "b", "c"})


def test_a_footnote_stands_below_the_slide_that_needs_it_with_its_number():
    text = "a\n\n---\n\nb[^x]\n\n---\n\nc[^y] d[^x]\n\n---\n\ne\n\n[^x]: first\n[^y]: second"
    one, two, three = shown(text)
    assert "first" in one
    assert "second" not in one
    assert '<li id="fn-y" value="2">' in two
    assert "first" not in two
    assert "footnote" not in three


def test_a_footnote_that_one_view_lacks_leaves_no_dead_way_back(make):
    text = "a[^x]\n{.notes-only}\n\n---\n\nb[^x] c[^y] {.slides-only}\n\nd[^z]\n\n[^x]: one\n[^y]: two\n[^z]: three"
    built = make({LECTURE: text})
    assert told(built) == ""
    notes = read(text).html
    assert ("two" in notes, 'id="fn-z" value="3"' in notes) == (False, True)


# --- addresses ----------------------------------------------------------------------------------


def test_links_and_citations_lead_from_the_decks_own_page(make):
    built = make(
        {
            LECTURE: "See [p](../project.md).\n\n---\n\n## B\n\n[p](../project.md) [b](#b) [c](#c) [pdf](a.pdf)\n\n"
            "## C {.notes-only}\n\n@ada2020\n\n!!! speaker\n    [@ada2020]",
            "content/lectures/a.pdf": b"%PDF",
            "content/project.md": "# Project\n\n[deck](lectures/intro/slides/#b)",
            "papers.bib": "@article{ada2020, title={T}, author={L, Ada}, year=2020}",
        }
    )
    assert told(built) == ""
    deck = deck_of(built)
    assert '<a href="../../../project/index.html">p</a>' in deck
    assert '<a href="#b">b</a> <a href="../index.html#c">c</a> <a href="../../a.pdf">pdf</a>' in deck
    assert deck.count('href="../../../readings/ada2020/index.html"') == 2
    assert "References" not in deck
    assert b'<a href="../lectures/intro/slides/index.html#b">deck</a>' in built.files["project/index.html"]


def test_a_broken_link_is_told_once_though_two_views_have_it(make):
    assert told(make({LECTURE: "a\n\n---\n\n[p](no.md)"})).count("broken-link") == 1
    assert told(make({LECTURE: "a\n\n---\n\n[p](no.md) {.slides-only}"})).count("broken-link") == 1
    assert told(make({LECTURE: "a\n\n---\n\n$\\frac{1}{2$ and [](http:x)"})).count("bad-formula") == 1


def test_a_page_at_the_decks_address_is_told(make):
    built = make({LECTURE: "a\n\n---\n\nb", "content/lectures/intro/slides.md": "c"})
    assert "same-address" in told(built)
    assert "the slides of content/lectures/intro.md" in told(built)


# --- the page -----------------------------------------------------------------------------------


def test_the_deck_opens_with_title_course_date_and_speaker(make):
    deck = deck_of(make({LECTURE: "# Why systems\n\nwords\n\n---\n\n## B\n\n---\n\nc"}, HELD))
    opening = re.sub(r"<[^>]*>|\s+", " ", deck.split("<section")[1].split(">", 1)[1])
    assert " ".join(opening.split()) == "Why systems CS101: Systems Ada L, Tue 27 Jan 2026 words 1"
    labels = re.findall(r'aria-roledescription="slide" aria-label="([^"]*)"', deck)
    assert labels == ["1 of 3: Why systems", "2 of 3: B", "3 of 3: B, continued"]


def test_a_guest_speaks_where_there_is_one(make):
    site = HELD.replace("- {topic: Overview, lecture: intro}", "- {guest: {name: Grace H}, topic: X, lecture: intro}")
    assert "Grace H, <time" in deck_of(make({LECTURE: "a\n\n---\n\nb"}, site))


def test_notes_and_slides_lead_to_one_another(make):
    built = make({LECTURE: "a\n\n---\n\n## B"}, HELD)
    assert '<a class="to-notes" href="../index.html">Notes</a>' in deck_of(built)
    assert 'data-at="../index.html#b"' in deck_of(built)
    for path in (NOTES, "schedule/index.html", "index.html"):
        assert b'slides/index.html">Slides</a>' in built.files[path], path


def test_slides_that_site_yaml_gives_stand_beside_the_deck_and_before_it_in_the_schedule(make):
    site = HELD.replace("lecture: intro}", "lecture: intro, slides: https://example.edu/a.pdf}")
    built = make({LECTURE: "a\n\n---\n\n## B"}, site)
    assert b'<a href="slides/index.html">Slides of these notes</a>' in built.files[NOTES]
    assert b"slides/index.html" not in built.files["schedule/index.html"]


def test_a_lecture_without_a_slide_has_no_deck(make):
    built = make({LECTURE: "a\n\n## B"}, HELD)
    assert DECK not in built.files
    assert b"slides" not in built.files[NOTES]


def test_the_notes_are_the_decks_canonical_page_and_the_site_map_has_the_notes_alone(make):
    built = make({LECTURE: "a\n\n---\n\n## B"}, HELD, base_url="https://x.edu/c/")
    assert '<link rel="canonical" href="https://x.edu/c/lectures/intro/">' in deck_of(built)
    assert b"slides" not in built.files["sitemap.xml"]


def test_a_deck_counts_as_slides_where_missing_ones_are_told(make):
    def course(text: str) -> str:
        rows = "\n  - ".join(f"{{topic: {t}, lecture: intro, slides: https://x.edu/{t}.pdf}}" for t in "AC")
        rows = rows.replace("\n  - ", "\n  - {topic: B, lecture: b}\n  - ")
        site = SITE_YAML.replace("- Overview", f"- {rows}")
        return told(make({LECTURE: "a", "content/lectures/b.md": text}, site, today=dt.date(2026, 3, 1)))

    assert "missing-slides" in course("b")
    assert "missing-slides" not in course("b\n\n---\n\nc")


# --- what is told -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a\n---\n\nb",
            "2:1: warning[slide-joined]: This --- stands right below a line of text, so it doesn't open a slide.\n"
            "  2 | ---\n    | ^^^\n"
            "  help: Leave an empty line above it; for a heading, write ## before its words.\n",
        ),
        (
            "a\n\n---\n\nb\n|||\n\nc",
            "6:1: warning[slide-joined]: This ||| stands right below a line of text, so it doesn't divide columns.\n"
            "  6 | |||\n    | ^^^\n"
            "  help: Leave an empty line above it.\n",
        ),
        (
            '<div markdown="1">\n\n---\n\n</div>',
            "3:1: warning[slide-joined]: This --- stands inside an HTML element, so it doesn't open a slide.\n"
            "  3 | ---\n    | ^^^\n"
            "  help: Close the element above it.\n",
        ),
        (
            "a\n\n--- {section}",
            '3:6: warning[slide-attribute]: "section" is neither a class nor a name.\n'
            "  3 | --- {section}\n    |      ^^^^^^^\n"
            '  help: Did you mean ".section"?\n',
        ),
        (
            "a\n\n--- {.centre}",
            '3:6: warning[slide-attribute]: sitegen knows no slides of the class "centre".\n'
            "  3 | --- {.centre}\n    |      ^^^^^^^\n"
            '  help: Did you mean ".center"?\n',
        ),
        (
            "a\n\n---\n\nb\n\n||| {.wide-left}",
            "7:6: warning[slide-attribute]: Only the line that opens a slide can have classes.\n"
            "  7 | ||| {.wide-left}\n    |      ^^^^^^^^^^\n"
            "  help: Move the braces to the --- above.\n",
        ),
        (
            "a\n\n--- {.incremental}",
            '3:6: warning[slide-attribute]: sitegen knows no slides of the class "incremental".\n'
            "  3 | --- {.incremental}\n    |      ^^^^^^^^^^^^\n"
            '  help: Did you mean ".fragments"?\n',
        ),
        ("a\n\n--- {.mine #x}\n\nb", ""),
    ],
)
def test_lines_that_do_nothing_are_told(make, text: str, message: str):
    assert told(make({LECTURE: text})) == (message and f"{LECTURE}:{message}")


LONG = "\n\n".join(["Words that fill a line of a slide, and then some more of them to fill another one, too."] * 24)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (f"a\n\n---\n\n## Too much\n\n{LONG}", '3:1: warning[slide-overflow]: The slide "Too much" is larger than its frame by about '),
        (f"a\n\n---\n\n## B\n\n---\n\n{LONG}", '7:1: warning[slide-overflow]: The slide that continues "B" is larger than'),
        (f"a\n\n---\n\n{LONG}", "3:1: warning[slide-overflow]: Slide 2 is larger than its frame by about "),
        (f"{LONG}\n\n---\n\na", "1:1: warning[slide-overflow]: The opening slide, which shows the text above the first ---, is"),
    ],
)  # fmt: skip
def test_a_slide_that_is_too_large_is_told_at_the_line_that_opens_it(make, text: str, start: str):
    assert told(make({LECTURE: text})).startswith(f"{LECTURE}:{start}")


def test_what_is_told_of_a_slide_that_is_too_large(make):
    code = "\n".join(["x = 1"] * 40)
    assert told(make({LECTURE: f"a\n\n---\n\n## Code\n\n```python\n{code}\n```"})) == (
        f'{LECTURE}:3:1: warning[slide-overflow]: The slide "Code" is larger than its frame by about 9 lines.\n'
        "  3 | ---\n    | ^^^\n"
        "  help: Open another slide with ---, or leave out what is said with {.notes-only} below a paragraph.\n"
    )


@pytest.mark.parametrize(
    ("block", "told_of_it"),
    [
        (
            f"|{'measured|' * 20}\n|{'---|' * 20}\n|{'1|' * 20}",
            'The slide "B" holds a table that is wider than its room by about 80%.',
        ),
        (
            f"$$ y = {' + '.join(['a x^2'] * 30)} $$",
            'The slide "B" holds a formula that is wider than its room by about 40%.',
        ),
    ],
)
def test_what_is_told_of_a_table_or_formula_that_is_too_wide(make, block: str, told_of_it: str):
    help = {
        "table": "Give it fewer columns, or a wider column of the slide: --- {.wide-left} or {.wide-right}.",
        "formula": "Break it into lines with aligned and \\\\, or give it a wider column of the slide: --- {.wide-left}.",
    }["table" if "table" in told_of_it else "formula"]
    assert told(make({LECTURE: f"a\n\n---\n\n## B\n\n{block}"})) == (
        f"{LECTURE}:3:1: warning[slide-overflow]: {told_of_it}\n  3 | ---\n    | ^^^\n  help: {help}\n"
    )


def test_few_words_are_large_and_many_are_small(make):
    texts = [f"## B{n}\n\n{' '.join(['word'] * n)}" for n in (10, 90, 150, 220, 400)]
    deck = deck_of(make({LECTURE: "a\n\n---\n\n" + "\n\n---\n\n".join(texts)}))
    kinds = re.findall(r'<section class="slide (?:opening )?(\w*) ?"', deck)[1:]
    assert kinds == ["spare", "roomy", "", "dense", "denser"]


def test_what_no_slide_shows_makes_none_too_large(make):
    hidden = "\n".join(f"    {line}" for line in LONG.split("\n"))
    texts = f'a\n\n---\n\n## B\n\n!!! speaker\n{hidden}\n\n<div markdown="1" class="notes-only">\n\n{LONG}\n\n</div>'
    assert told(make({LECTURE: texts})) == ""


# --- heights ------------------------------------------------------------------------------------


def height(html: str, density: str = "", *classes: str) -> float:
    return estimate_height(read_slide(html), density, classes)


def test_more_is_higher_and_denser_is_lower():
    line = "<p>Some words.</p>"
    assert height("") < height(line) < height(line * 2) < height(line * 9)
    heights = [height(line * 9, density) for density in SETTINGS]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>word</p>", '<p>word</p><aside class="speaker" hidden><p>more</p></aside>'),
        ("<p>word</p>", '<p>word</p><p class="notes-only">more</p>'),
        ('<figure><svg viewBox="0 0 9 9"></svg></figure>', '<figure><svg viewBox="0 0 9 9"><text>long</text></svg></figure>'),
    ],
)  # fmt: skip
def test_what_isnt_shown_as_text_has_no_height(one: str, other: str):
    assert height(one) == height(other)


def test_columns_are_as_high_as_the_higher():
    both = '<div class="sides"><div><p>a</p><p>b</p></div><div><p>c</p></div></div>'
    assert height(both) == height("<p>a</p><p>b</p>")


def test_a_drawing_far_wider_than_high_is_as_high_as_it_is_and_others_fill_their_room():
    drawing = '<figure><svg viewBox="0 0 900 50" {}width="900" height="50"></svg></figure>'
    assert height(drawing.format('class="flat" ')) < height(drawing.format("")) == height("") + 12


def test_a_full_image_takes_no_room_from_words():
    assert height('<p><img src="a.png"></p>', "", "full") == height("")
    assert height('<p><img src="a.png"></p>') > 12


@pytest.mark.parametrize(
    "html",
    ["<div>" * 3000, "</p>" * 3000, "<p" * 3000, "<math>" * 500, "<svg>" * 500, "<table><tr>" * 500, "<" * 9000, "x" * 90_000],
)  # fmt: skip
def test_any_text_has_a_height(html: str):
    assert height(html) >= 5


@pytest.mark.parametrize(
    ("tex", "width", "height"),
    [
        (r"O(n^2 \log n)", 4.8, 1.1),
        (r"\frac{p-1}{m+p-1}", 4.4, 2.25),
        (r"\sum_{i=1}^n x_i", 2.5, 2.6),
        (r"\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}", 5.7, 2.44),
        (r"\begin{aligned} f &= a \\ g &= b \\ h &= c \end{aligned}", 3.3, 3.5),
        (r"\text{bytes sent by each}", 7.3, 0.93),
    ],
)
def test_a_formula_is_as_large_as_a_browser_shows_it(tex: str, width: float, height: float):
    """Widths and heights in em, as Chromium has them with Latin Modern Math."""
    match = re.search(r"<math.*</math>", read(f"$$ {tex} $$").html, re.DOTALL)
    assert match
    extent = measure_formula(match[0])
    assert extent.width == pytest.approx(width, rel=0.3)
    assert height <= extent.height <= 1.35 * height


@pytest.mark.parametrize(
    "html",
    ["<math>" * 3000, "<mfrac>" * 3000, "</mrow>" * 3000, "<mtable></mtable>", "<munder></munder>", "<mfrac/><msup/><mtr/>", "<mspace width='x'/>", "<math" * 3000, "<annotation>" * 3000],
)  # fmt: skip
def test_a_damaged_formula_has_a_size(html: str):
    assert measure_formula(html).width >= 0


def test_a_long_word_is_cut_into_lines():
    assert height(f"<p>{'x' * 4000}</p>") > FRAME
