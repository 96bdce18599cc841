"""Coloured code: each colour once, numbered and marked lines, and nothing of the text lost."""

import re
from html import unescape

import pytest

from sitegen.prose.colouring import COLOURS, _without_scripts, colour_code
from tests.markdown_cases import found_in, html_of, show
from tests.stress import CODE


def code_of(html: str) -> str:
    """What stands in the first block of code."""
    return html.partition("<code>")[2].partition("</code>")[0]


@pytest.mark.parametrize(
    ("source", "coloured"),
    [
        ("1+2", '<span class="m">1</span>+<span class="m">2</span>\n'),
        ('f"a"', '<span class="s">f"a"</span>\n'),
        ("if  x", '<span class="k">if</span>  x\n'),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d\n"),
        ("x = '''a\nb'''", "x = <span class=\"s\">'''a\nb'''</span>\n"),
    ],
)
def test_neighbours_of_one_colour_are_one(source: str, coloured: str):
    assert code_of(html_of(f"```python\n{source}\n```")) == coloured


def test_lines_are_numbered_and_stand_out_as_asked():
    html = html_of('```python linenums="9" hl_lines="2"\n"""a\nb"""\n```')
    assert code_of(html) == (
        '<span class="linenos" data-linenos=" 9 "></span><span class="s">"""a</span>\n'
        '<span class="hll"><span class="linenos" data-linenos="10 "></span><span class="s">b"""</span>\n</span>'
    )


def test_a_title_names_the_code_and_cant_be_html():
    html = html_of('```python title="a<b>.py"\nx\n```')
    assert (
        '<span class="filename">a&lt;b&gt;.py</span><pre tabindex="0" role="group" aria-label="a&lt;b&gt;.py">' in html
    )


def test_code_has_the_name_and_classes_of_its_braces():
    assert html_of("```{.python #x .wide}\ny\n```").startswith('<div id="x" class="wide highlight">')


def test_a_prompt_is_told_from_what_is_answered():
    assert code_of(html_of("```console\n$ ls\na\n```")).startswith('<span class="p">$ </span>ls\n<span class="o">a')


def test_tabs_stay_in_code_so_that_a_makefile_can_be_copied():
    assert "all:\n\ttrue" in unescape(re.sub("<[^>]*>", "", html_of("```make\nall:\n\ttrue\n```")))


@pytest.mark.parametrize("language", ["nosuch", "pyhton"])
def test_an_unknown_language_is_told_and_its_code_shown(language: str):
    assert code_of(show(f"```{language}\nif: 1\n```")[0]) == "if: 1\n"
    assert f'unknown-language]: Pygments knows no language "{language}".' in found_in(f"```{language}\nif: 1\n```")


@pytest.mark.parametrize("language", ["", "text", "txt", "PLAIN"])
def test_code_may_have_no_language(language: str):
    assert code_of(html_of(f"```{language}\nif: 1\n```")) == "if: 1\n"


@pytest.mark.parametrize("language", CODE)
def test_code_of_any_language_keeps_its_text_and_has_colours_of_the_theme_only(language):
    pieces = colour_code(CODE[language], language)
    assert "".join(text for _, text in pieces).strip("\n") == CODE[language].strip("\n")
    assert {colour for colour, _ in pieces} <= {"", *COLOURS.values()}


@pytest.mark.parametrize(
    "language", ["python", "javascript", "kotlin", "julia", "haskell", "scala", "c", "csharp", "apl"]
)
def test_code_in_ascii_has_the_colours_that_it_has_among_all_scripts(language: str):
    from pygments.lexer import RegexLexer
    from pygments.lexers import find_lexer_class_by_name

    kind = find_lexer_class_by_name(language)
    assert issubclass(kind, RegexLexer)
    text = (
        "".join(map(chr, range(9, 127))) + "\ndef name(x): return _y1 + 'text' # words\nclass A { let b = $c; }\n" * 2
    )
    assert list(_without_scripts(kind)().get_tokens(text)) == list(kind().get_tokens(text))


@pytest.mark.parametrize("text", ["naïve = 1", "变量 = 1", "def größe(): pass"])
def test_names_in_other_scripts_are_names(text: str):
    from pygments.lexers import get_lexer_by_name

    whole = [value for _, value in get_lexer_by_name("python", stripnl=False).get_tokens(text)]
    assert "".join(value for _, value in colour_code(text, "python")) == "".join(whole)
    assert ("f", "größe") in colour_code("def größe(): pass", "python")
