"""What is taken out of a Markdown text before Markdown reads it, and where it stood."""

from __future__ import annotations

import pytest

from sitegen.addresses import CLOSE, OPEN
from sitegen.prose.inline import blank_out, blank_out_both, find_inline
from sitegen.prose.pieces import Address, Citation, Drawing, Formula


def formulas(text: str) -> list[tuple[str, bool]]:
    return [(value.tex, value.display) for value in find_inline(text).found if isinstance(value, Formula)]


def keys(text: str) -> list[str]:
    return [item.key for value in find_inline(text).found if isinstance(value, Citation) for item in value.items]


def addresses(text: str) -> list[str]:
    return [value.target for value in find_inline(text).found if isinstance(value, Address)]


# --- formulas -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$x$", [("x", False)]),
        ("$$ x $$", [("x", True)]),
        (r"\(x\) and \[ y \]", [("x", False), ("y", True)]),
        ("$$\na\n$$", [("a", True)]),
        ("$a\nb$", [("a\nb", False)]),
        (r"$\$5$ $a\\$", [(r"\$5", False)]),
        (r"\[ a \\[2pt] b \]", [(r"a \\[2pt] b", True)]),
        ("$$a$b$$", [("a$b", True)]),
        ("*$x$*, _$y$_, ($z$), $a$-$b$", [("x", False), ("y", False), ("z", False), ("a", False), ("b", False)]),
        ("> $$\n> a\n> $$", [("a", True)]),
        ("> > $a\n> > + b$", [("a\n    + b", False)]),
        ("- $a\n  b$", [("a\n  b", False)]),
    ],
)
def test_formulas_are_found(text: str, found: list[tuple[str, bool]]):
    assert formulas(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $6", "US$5 and CA$6", "$5-$10", "$ x $", r"\$x\$", "$", "$$", "$$$$", "$x", "a$b$c", "$x\n\ny$", "10$ and 20$",
        "- $5\n- x$", "| $5 |\n| x$ |", "1. $5\n2. x$", "# $5\nx$",
        "`$x$`", "``$x ` y$``", "```\n$x$\n```", "~~~\n$x$\n~~~", "> ```\n> $x$\n> ```", "- ```\n  $x$\n  ```",
        "<!-- $x$ -->", "<svg>$x$</svg>", "<pre>$x$</pre>", "<script>$x$</script>", "<code>$x$</code>",
        '<a title="$x$">', "https://x.org/$x$", "[a](b.md \"$x$\")", "[r]: b.md '$x$'",
    ],
)  # fmt: skip
def test_money_and_code_are_no_formulas(text: str):
    assert formulas(text) == []


def test_a_formulas_place_is_that_of_its_latex():
    text = "ab\n> $$\n>   x\n> $$"
    (value,) = find_inline(text).found
    assert isinstance(value, Formula)
    assert text[value.start :].startswith("$$")
    assert text[value.start + value.margin] == "x"


# --- citations ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@kwon2023 says", ["kwon2023"]),
        ("[@a; @b, sec. 3]", ["a", "b"]),
        ("[see @a.b+c:d/e-f, p. 3]", ["a.b+c:d/e-f"]),
        ("[@{any:thing,at all}]", []),
        ("[@{any:thing,here}]", ["any:thing,here"]),
        ('@a. @b, @c; (@d) "@e" *@f* @g\'s @h:', list("abcdefgh")),
        ("@Žižek2020 @日本2020", ["Žižek2020", "日本2020"]),
        ("[@a\n@b]", ["a", "b"]),
        ("[@a;\n@b]", ["a", "b"]),
        ("[@a]: words", ["a"]),
        ("[@a][@b]", ["a", "b"]),
        ("[^1]: @a", ["a"]),
        ("[@a](x.md)", ["a"]),
        ("[at 3 @ a and @b]", ["b"]),
    ],
)
def test_citations_are_found(text: str, found: list[str]):
    assert keys(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "a@b.org", "[a@b.org]", "<a@b.org>", "mailto:a@b.org", "https://x.org/@a", "[x](https://x.org/@a)", "[r]: https://x.org/@a",
        r"\@a", "@", "@@a", "a@", "@-a", "`@a`", "```python\n@decorator\n```", "<!-- @a -->", '<b title="@a">', "a/@b", "x.@y",
    ],
)  # fmt: skip
def test_addresses_and_code_are_no_citations(text: str):
    assert keys(text) == []


def test_a_citation_in_brackets_has_its_parts():
    (citation,) = find_inline("a [see  @b, sec. 3; -@{c d}]".replace("{c d}", "c")).found
    assert isinstance(citation, Citation)
    assert not citation.in_text
    assert [(i.before, i.key, i.after, i.hide_author, i.start, i.length) for i in citation.items] == [
        ("see", "b", "sec. 3", False, 8, 2),
        ("", "c", "", True, 21, 2),
    ]


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](b.md)", ["b.md"]),
        ("![a](b.png 'T') [c]( d.md )", ["b.png", "d.md"]),
        ("[a](<b c.md>) [a](b c.md)", ["b c.md", "b c.md"]),
        ("[a](b(c).md) [a](b\\_c.md) [a](b&amp;c.md)", ["b(c).md", "b_c.md", "b&c.md"]),
        ("[a]()", [""]),
        ("[![a](b.png)](c.md)", ["b.png", "c.md"]),
        ("[r]: b.md\n[s]: <c d.md> 'T'\n[t]:\n  e.md", ["b.md", "c d.md", "e.md"]),
        ("<a href=b.md> <a\nhref='c.md'> <img SRC=\"d.png\" alt='>'> <b href='no'>", ["b.md", "c.md", "d.png"]),
        ("[^1]: [a](b.md)", ["b.md"]),
        ("[note]: this is no definition", []),
        ("`[a](b.md)` <!-- [a](b.md) --> \\](b.md)", []),
    ],
)
def test_addresses_are_found(text: str, found: list[str]):
    assert addresses(text) == found


@pytest.mark.parametrize(
    "text",
    ["`[a](b.md)` [a](b.md)", "[a](b.md) [b](b.md)", "[r]: <b.md> 'b.md'", "<a title='b.md' href=\"b.md\">", "é\U0001f600[a](b.md)"],
)  # fmt: skip
def test_every_place_is_that_of_what_was_written(text: str):
    for value in find_inline(text).found:
        assert text[value.start :].startswith(value.written)


# --- the rest -----------------------------------------------------------------------------------


def test_drawings_are_taken_out_whole():
    text = 'a <svg viewBox="0 0 1 1"><text>$x$ [a](b.md)</text></svg> <kbd>@k</kbd>'
    found = find_inline(text).found
    assert [value.written for value in found if isinstance(value, Drawing)] == [
        '<svg viewBox="0 0 1 1"><text>$x$ [a](b.md)</text></svg>',
        "<kbd>@k</kbd>",
    ]
    assert len(found) == 2


def test_prose_is_as_long_as_the_text_and_has_nothing_of_what_was_found():
    text = "a `b` $c$\n```\nd\n```\n[e](f.md) <b>g</b> @h \\i"
    prose = find_inline(text).prose
    assert len(prose) == len(text)
    assert prose.split() == ["a", "[e]", "g"]


def test_characters_that_html_cant_hold_are_replaced():
    marked = find_inline(f"{OPEN}0{CLOSE}\x00\x02\x03\x1b\x7f\x85\ufdd0\uffff")
    assert marked.text == "\ufffd0\ufffd" + "\ufffd" * 8
    assert marked.found == []


def test_code_stands_between_empty_lines():
    assert find_inline("a\n```\nb\n```\nc").text == f"a\n\n{OPEN}0{CLOSE}\n\nc"
    assert find_inline("> a\n> ```\n> b\n> ```\n> c").text == f"> a\n>\n> {OPEN}0{CLOSE}\n>\n> c"
    assert find_inline("a\n\n```\nb\n```\n\nc").text == f"a\n\n{OPEN}0{CLOSE}\n\nc"


@pytest.mark.parametrize(
    ("text", "shown", "joined"),
    [
        ("a\n\n---\nb", f"a\n\n{OPEN}0{CLOSE}\n\nb", []),
        ("---\nb", f"{OPEN}0{CLOSE}\n\nb", []),
        ("---  {.section #x} \nb", f"{OPEN}0{CLOSE}\n\nb", []),
        ("a\n\n|||\n\nb", f"a\n\n{OPEN}0{CLOSE}\n\n\nb", []),
        ("a\n---\nb", "a\n---\nb", [2]),
        ("a\n|||\nb", "a\n|||\nb", [2]),
        ("`a\n\n---\n`", f"`a\n\n{OPEN}0{CLOSE}\n\n`", []),
        ("```\n---\n```", f"{OPEN}0{CLOSE}", []),
        ("a\n\n ---", "a\n\n ---", []),
    ],
)
def test_slides(text: str, shown: str, joined: list[int]):
    marked = find_inline(text, slides=True)
    assert (marked.text, marked.joined) == (shown, joined)
    assert find_inline(text).joined == []
    assert find_inline(text).text == (shown if text[0] == "`" and "---\n```" in text else text)


def test_blanking_out_keeps_offsets_and_what_is_asked_for():
    text = "a `b` $c$ [d](e.md) <img src=f> @g\n---\n<!-- h -->"
    assert blank_out(text) == "a         [d                    @g\n---\n          "
    assert blank_out_both(text)[1] == "a         [d](e.md) <img src=f> @g\n---\n          "


def test_a_host_behind_a_name_to_be_filled_in_is_no_citation():
    found = find_inline("ssh <your-name>@host and @kwon2023").found
    assert [value.written for value in found if isinstance(value, Citation)] == ["@kwon2023"]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("公式$x^2$很重要，$O(n)$。", ["x^2", "O(n)"]),
        ("价格是$5和$6元，公式$x$", ["x"]),
        ("他有$100，我有$x_{最大}$元", ["x_{最大}"]),
        ("見https://a.org，其中$x$", ["x"]),
        ("Use $PATH and $HOME; `$x` alone", []),
        ("a$x$ is no formula", []),
    ],
)
def test_formulas_stand_right_behind_chinese_and_never_reach_into_code(text: str, formulas: list[str]):
    assert [found.tex for found in find_inline(text).found if isinstance(found, Formula)] == formulas
