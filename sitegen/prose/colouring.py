"""Highlighted code with as few classes as it has colours.

Pygments gives a class to each of some eighty kinds of token; a theme has a colour for a few. Highlighting itself is
Pygments', set up in `markup`; the colours are the style sheet's.
"""

from __future__ import annotations

import re

COLOURS = {
    token: colour
    for colour, tokens in {
        "c": "c ch cm c1 cs cp cpf",    # comments
        "o": "go gp lineno",    # what a terminal shows
        "k": "k kc kd kn kp kr kt ow nt",    # keywords
        "s": "s sa sb sc dl sd s2 se sh si sx sr s1 ss gi",    # strings, and lines that a diff adds
        "m": "m mb mf mh mi il mo no nb bp",    # numbers and other constants
        "f": "nc nd ne nf fm na nn gh gu",    # names where they are defined
        "e": "err gd gr gt",    # errors, and lines that a diff takes away
    }.items()
    for token in tokens.split()
}  # fmt: skip
"""Pygments' short name of a kind of token to the class that has its colour; the others look like text."""


def colour_code(html: str) -> str:
    """`<span class="mi">1</span><span class="o">+</span>` to `<span class="m">1</span>+`, in blocks of code.

    Neighbours of one colour become one, and text without a colour stands alone: a page's code is a fifth lighter.
    """
    if 'class="highlight' not in html:
        return html
    return _BLOCK.sub(lambda block: _TOKENS.sub(_join, block[0]), html)


def _join(tokens: re.Match[str]) -> str:
    pieces: list[list[str]] = []
    for token in _TOKEN.finditer(tokens[0]):
        colour = COLOURS.get(token[1] or "", "")
        if pieces and pieces[-1][0] == colour:
            pieces[-1][1] += token[2]
        else:
            pieces.append([colour, token[2]])
    return "".join(f'<span class="{colour}">{text}</span>' if colour else text for colour, text in pieces)


_BLOCK = re.compile(r"<pre><(?:span></span><)?code>.*?</code></pre>", re.DOTALL)
_TOKEN = re.compile(r'<span(?: class="(?!hll\b)([a-z0-9]+)[^"<>]*")?>([^<>]*)</span>')
"""One token, by its most general class; `hll` is no token but a line that the author points at."""
_TOKENS = re.compile(rf"(?:{_TOKEN.pattern})+")
