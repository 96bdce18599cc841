"""Python-Markdown as it is set up here: what the libraries alone would not give."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.addresses import CLOSE, OPEN
from sitegen.languages import settle
from sitegen.patterns import regex
from sitegen.prose import markup
from sitegen.prose.markup import convert
from sitegen.prose.spans import Selective
from sitegen.texts import plain_text
from tests.markdown_cases import LECTURE, html_errors, read, show
from tests.support import REPOSITORY

PIECES = [
    "*", "**", "_", "`", "``", "```\n", "~~~\n", "$", "$$", "\\(", "\\)", "\\[", "\\]", "[", "]", "](project.md)",
    "![", "@kwon2023", "[@dao2022]", "[-@", "]", "\n", "\n\n", "\n    ",
    "\n- ", "\n1. ", "\n> ", "\n# ", "\n## ", "\n---\n", "\n\n---\n\n", "|", "\n|a|b|\n|-|-|\n|1|2|\n", "a", "b c", '"', "'",
    "--", "...", "\\", "&", "&amp;", "&foo;", "<", ">", "{.x}", "{#y}", "[^1]", "\n\n[^1]: note\n\n", '\n!!! note "x"\n    ',
    "\n??? note\n    ", "\n:   ", "- [ ] ", "*[KV]: k\n", "KV", f"{OPEN}0{CLOSE}", "\x02", "\x03", "wzxhzdk:0", "{{ x }}",
    "<https://a.b>", "\\$", "$x$", "$$y$$", "`c`", "[r]: project.md\n", "[r]", "\t", "    code\n", "é", "日",
]  # fmt: skip
TAGS = [
    '](<a b.pdf> "t")',
    '<svg><text>"a"</text></svg>',
    "<!-- c -->",
    "<!--",
    "<kbd>k</kbd>",
    '<div markdown="1">\n',
    "</div>\n",
    '<a href="project.md">',
    "</a>",
    "<b>",
    "</b>",
    "<p>",
    "<br>",
    "<script>",
    "<pre>",
    "</pre>",
]
OURS = re.compile("[\U000f0000\U000f0001\x02\x03]|klzzwxh")


@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_text_converts_to_valid_html_without_placeholders(text: str):
    for file in ("content/notes.md", LECTURE):
        html, findings = show(text, file)
        assert not OURS.search(html)
        # Where code is never closed, what follows is the author's HTML as far as Markdown knows.
        assert any(finding.slug == "open-code" for finding in findings) or html_errors(html) == []


@given(st.lists(st.sampled_from(PIECES + TAGS), max_size=16).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_text_with_any_tags_converts_without_placeholders(text: str):
    assert not OURS.search(show(text)[0])


def test_headings_get_names_that_are_unique():
    converted = convert("# A\n\n# A\n\n# A {#x}\n\n# A\n\n# !?\n\n# A-2")
    assert [name for _, name, _ in converted.headings] == ["a", "a-2", "x", "a-3", "section", "a-2-2"]


def test_a_name_that_is_given_is_never_taken_by_a_heading():
    assert [name for _, name, _ in convert("# A\n\n## B {#a}").headings] == ["a-2", "a"]


def test_headings_above_the_top_move_all_headings_down():
    assert [level for level, _, _ in convert("# A\n\n### B\n\n###### C", top=3).headings] == [3, 5, 6]
    assert [level for level, _, _ in convert("### A\n\n#### B", top=2).headings] == [3, 4]


def test_a_prefix_starts_the_names_made_here_and_no_others():
    html = convert("# A\n\n# B {#b}\n\nx[^1] y[^1]\n\n[^1]: n", prefix="p--").html
    assert re.findall(r' id="([^"]+)"', html) == ["p--a", "b", "fnref-p--1", "fnref2-p--1", "fn-p--1"]
    assert set(re.findall(r'href="#([^"]+)"', html)) == {"fn-p--1", "fnref-p--1", "fnref2-p--1"}


def test_a_footnotes_name_with_spaces_makes_a_valid_id():
    assert 'id="fn-a-b"' in convert("x[^a b]\n\n[^a b]: n").html


def test_a_fault_in_one_text_leaves_nothing_for_the_next():
    before = convert("- a\n- b").html
    with pytest.raises(RecursionError):
        convert('<div markdown="1">\n\n' * 1_500 + "- a\n\n" + "</div>\n\n" * 1_500)
    assert convert("- a\n- b").html == before


def test_tables_have_classes_and_no_styles():
    html = convert("a | b {.x}\n:-: | --:\n1 | 2").html
    assert "style=" not in html
    assert "align=" not in html
    assert html.count('class="center"') == 2
    assert html.count('scope="col"') == 2


@pytest.mark.parametrize("entity", ["&copy;", "&#160;", "&#x2014;", "&amp;", "&lt;"])
def test_entities_of_html_stay(entity: str):
    assert convert(entity).html == f"<p>{entity}</p>"


@pytest.mark.parametrize("entity", ["&foo;", "&#2;", "&#0;"])
def test_what_isnt_an_entity_is_shown_as_written(entity: str):
    assert convert(entity).html == f"<p>&amp;{entity[1:]}</p>"


def test_plain_text_has_no_tags_and_no_entities():
    assert plain_text('<b title="x">a &lt; b</b>\n <!-- c > d -->&amp;') == "a < b &"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("A <b>bold</b> word", "A bold word"),
        ("One<br>two", "One two"),
        ("The <SYN> packet, a<b and c>d", "The <SYN> packet, a<b and c>d"),
        ("The `<div>` element", "The <div> element"),
    ],
)
def test_a_title_has_no_tags_and_keeps_words_that_look_like_them(heading: str, title: str):
    assert read(f"# {heading}\n\nWords.\n")[0].title == title


# --- boxes --------------------------------------------------------------------------------------

BOXES = [
    '!!! note "A *title*"\n    words\n\n    - a\n\n        b\n\n    words\n\nwords',
    "!!! danger highlight blink\n    words\nwords",
    '!!! tip ""\n    words',
    "words\n!!! note\n    words\n    ??? note\n        words",
    '??? question "Why?"\n    words\n\n    !!! note\n        words\n\n        words\n\nwords',
    '???+ "Only a title"\n    words',
    "??? note many classes\n    1. a\n\n        words\n\n    2. b\nwords",
    "???note\n    words\n\n        code",
    "- a\n\n    !!! note\n        words\n\n    words",
    "!!!\n    no box",
    "!!! note words\n\n    !!! tip\n\n        a\n\n            b\n\n    ??? x\n        :   y",
]


@pytest.mark.parametrize("text", BOXES)
def test_boxes_come_out_as_the_libraries_write_them(text: str):
    from markdown import Markdown
    from markdown.extensions.admonition import AdmonitionExtension
    from pymdownx.details import DetailsExtension

    from sitegen.prose.admonitions import Boxes

    theirs, ours = Markdown(extensions=[AdmonitionExtension(), DetailsExtension()]), Markdown()
    ours.parser.blockprocessors.register(Boxes(ours.parser), "boxes", 105)
    assert settle(ours.convert(text), "en") == theirs.convert(text)


def test_reading_markdown_imports_nothing_that_reads_the_network():
    program = "import sys, sitegen.prose.documents; print([name for name in ('ssl', 'urllib.request') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


LINES = (
    "Words", "words: of", "Other words", ": a meaning", "---", "===", "| a | b |", "|---|---|", "a | b", "- an item",
    "1. first", "> quoted", "[^1]: A note.", "see [^1]", "*[CDN]: network", "CDN", "[a]: https://umd.edu", "[a]", "    deep",
    "!!! note", "??? tip", "# Heading", "Heading {#own}", "", "", "  set in", "Ⅷ", "ªb", "<div markdown>", "</div>", "* * *",
)  # fmt: skip
SPANS = (
    "*", "**", "_", "__", "`", "``", "[", "](", "](x)", "![", "[^", "]", "\\", "\\*", "<b>", "</b>", "&amp;", "&", "  \n", "\n",
    "https://umd.edu", "<https://umd.edu>", "<a@umd.edu>", "~~", "==", "~", "^", "x", " ", "words", '"', "'", "--", "---", "...",
    "「", "」", "中文", "é", "'90s", "{.k}", "(", ")", "://", "wzxhzdk:0", "klzzwxh:0000",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=14).map("\n".join))
def test_a_paragraph_is_one_to_all_processors_of_blocks(text: str):
    short = convert(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "_PARAGRAPH", regex("(?!)"))
        assert convert(text) == short


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SPANS), max_size=16).map("".join))
def test_a_pattern_that_is_not_tried_would_not_match(text: str):
    short = convert(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Selective, "_choose", lambda self, _: [(at, one) for at, (one, _) in enumerate(self._tries)])
        assert convert(text) == short


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*LINES, *SPANS]), max_size=14).map("\n".join))
def test_a_text_without_braces_has_no_attribute_lists(text: str):
    text = text.replace("{", "").replace("}", "")
    short = convert(text)
    with pytest.MonkeyPatch.context() as patch:
        with_lists = markup._converter(True)
        patch.setattr(markup, "_converter", lambda _: with_lists)
        assert convert(text) == short
