"""Highlighted code: each colour once, and nothing of the text lost."""

import re
from html import unescape

import pytest

from sitegen.prose.colouring import colour_code
from sitegen.prose.markup import convert, plain_text
from tests.stress import CODE

CASES = {
    '<span class="mi">1</span><span class="o">+</span><span class="mi">2</span>': '<span class="m">1</span>+<span class="m">2</span>',
    '<span class="sa">f</span><span class="s2">"a"</span>': '<span class="s">f"a"</span>',
    '<span class="n">a</span><span class="w"> </span>b': "a b",
    '<span class="k">if</span>  <span class="k">x</span>': '<span class="k">if</span>  <span class="k">x</span>',
    '<span class="l l-Scalar l-Scalar-Plain">a</span>': "a",
    '<span class="c c-Own">a</span>': '<span class="c">a</span>',
    '<span class="hll"><span class="mi">1</span></span>': '<span class="hll"><span class="m">1</span></span>',
    '<span class="hll">words</span>': '<span class="hll">words</span>',
    '<span class="linenos" data-linenos="1 "></span><span class="n">x</span>': '<span class="linenos" data-linenos="1 "></span>x',
}  # fmt: skip


def block(code: str) -> str:
    return f'<div class="highlight"><pre><code>{code}</code></pre></div>'


@pytest.mark.parametrize("code", CASES)
def test_neighbours_of_one_colour_are_one(code):
    assert colour_code(block(code)) == block(CASES[code])


def test_only_blocks_of_code_are_touched():
    html = '<p><span class="n">a</span></p>' + block("") + '<p><span class="mi">1</span></p>'
    assert colour_code(html) == html


@pytest.mark.parametrize("language", CODE)
def test_code_of_any_language_keeps_its_text_and_has_colours_of_the_theme_only(language):
    html = convert(f"```{language}\n{CODE[language]}```\n").html
    assert unescape(re.sub(r"<[^>]*>", "", html)).strip("\n") == CODE[language].strip("\n")
    assert set(re.findall(r'<span class="([^"]*)"', html)) <= set("cokmsfe")
    assert plain_text(html)
