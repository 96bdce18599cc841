r"""LaTeX of bibliographies becomes text and HTML: every accent, no markup that the author didn't write, no lost word."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.bib.latex import Decoded, decode, is_bare, plain_address
from sitegen.bib.latexwords import ACCENTS, CHARACTERS, MARKUP, SWITCHES, SYMBOLS


def text(source: str) -> str:
    return decode(source).text


# --- accents and symbols ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [r"{\"o}", r"\"{o}", r"\"o", r"{\"{o}}", r"{\" o}", r"\"{ o}", r"{\"{{o}}}"],
)
def test_an_accent_is_the_same_in_every_spelling(written):
    assert decode(written) == Decoded("ö", "ö")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"R{\'e}nyi", "Rényi"),
        (r"Erd{\H{o}}s", "Erdős"),
        (r"Erd\H os", "Erdős"),
        (r"Bu{\u{g}}ra", "Buğra"),
        (r"{\L}ukasz", "Łukasz"),
        (r"Jean-Fran{\c{c}}ois", "Jean-François"),
        (r"\v{S}koda", "Škoda"),
        (r"\v Skoda", "Škoda"),
        (r"\'{\i}", "í"),
        (r"\'\i", "í"),
        (r"{\'\i}", "í"),
        (r"\'i", "í"),
        (r"\v{\j}", "ǰ"),
        (r"\d{\i}", "ı̣"),
        (r"\k{a}\.{z}\r{u}\=a\b{d}", "ążůāḏ"),
        (r"\'{\^e}", "ế"),
        (r"\d{\u{a}}", "ặ"),
        (r"\~{n}\`a", "ñà"),
        (r"Stra{\ss}e, {\O}re {\aa} {\AE}on", "Straße, Øre å Æon"),
        (r"\ss tar", "ßtar"),
        (r"\ss{} tar", "ß tar"),
        (r"na{\"\i}ve", "naïve"),
        (r"\t{oo}", "o͡o"),
        (r"{\'{}}", "´"),
        (r"\~{}x \^{}y", "~x ^y"),
        ("\\'", "´"),
    ],
)
def test_accents_join_their_letter(source, expected):
    assert text(source) == expected


@pytest.mark.parametrize("name", sorted(ACCENTS))
def test_every_accent_of_the_table_stands_over_its_letter(name):
    assert text(rf"\{name}{{x}}") == unicodedata.normalize("NFC", f"x{ACCENTS[name]}")


@pytest.mark.parametrize("name", sorted(SYMBOLS))
def test_every_symbol_of_the_table_is_read(name):
    assert decode(rf"a\{name}{{}}b") == Decoded(f"a{SYMBOLS[name]}b", f"a{html.escape(SYMBOLS[name], quote=False)}b")


@pytest.mark.parametrize("name", sorted(set(CHARACTERS) - set(ACCENTS)))
def test_every_escaped_character_is_read(name):
    assert text(f"a\\{name}b") == f"a{CHARACTERS[name]}b"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"A \& B, 50\%, \$5, \#1, a\_b, \{x\}", "A & B, 50%, $5, #1, a_b, {x}"),
        ("1--10 and --- so", "1–10 and — so"),
        ("state-of-the-art", "state-of-the-art"),
        ("``double'' and `single' don't", "“double” and ‘single’ don't"),
        ("D.~Knuth", "D.\u00a0Knuth"),
        ("?`Que? !`Si!", "?`Que? !`Si!".replace("?`", "¿").replace("!`", "¡")),
        (r"\enquote{in \enquote{quotes}}", "“in “quotes””"),
        (r"{\TeX} and \LaTeX", "TeX and LaTeX"),
        (r"a\,b\ c\-d\/e", "a\u2009b cde"),
        (r"\alpha-beta", "α-beta"),
        (r"\url{https://a.org/b_c%20d~e}", "https://a.org/b_c%20d~e"),
        (r"\href{https://a.org}{the page}", "the page"),
        (r"\textcolor{red}{warm}", "warm"),
        (r"{\noopsort{1973b}}1973", "1973"),
        (r"\mbox{GPT-4} \textrm{x}", "GPT-4 x"),
        ("{GEMINI}: {Fast} {{Recovery}}", "GEMINI: Fast Recovery"),
        ("100% of a_b & c #1", "100% of a_b & c #1"),
        ("a}b{c", "abc"),
        ("back\\", "back\\"),
        (r"50 \% of", "50 % of"),
        (r"\verb|x_y{|, \url|https://a.org/%20#x|", "x_y{, https://a.org/%20#x"),
        (r"\texorpdfstring{$\alpha$}{alpha} \bibinfo{author}{X}", "alpha X"),
        (r"a\\[2pt]b\linebreak c", "a b c"),
        (r"\begin{itemize}\item a\item b\end{itemize}", "  • a • b "),
        (r"\mkbibquote{a} \textalpha \IJ \cprime", "“a” αĲʹ"),
        (r"\polhk{a}\soft{t}\dbar", "ąťđ"),
        (r"\color{red}x", "x"),
        (r"\'\ae \r A \'{\c c}", "ǽÅ ḉ"),
    ],
)
def test_what_exporters_write_becomes_what_readers_read(source, expected):
    assert text(source) == expected


# --- markup -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\emph{a} b", "<i>a</i> b"),
        (r"\textbf{\emph{a}}b", "<b><i>a</i></b>b"),
        (r"{\it a {\bf b}} c", "<i>a <b>b</b></i> c"),
        (r"{\bf a \it b} c", "<b>a <i>b</i></b> c"),
        (r"\em all", "<i>all</i>"),
        (r"\texttt{malloc}", "<code>malloc</code>"),
        (r"\textsc{Paxos}", '<span class="small-caps">Paxos</span>'),
        (r"x\textsuperscript{2}", "x<sup>2</sup>"),
        (r"\emph{not closed", "<i>not closed</i>"),
        (r"\emph", ""),
        (r"\'\emph{e}", "<i>é</i>"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (r"\emph{<b>} & \&", "<i>&lt;b&gt;</i> &amp; &amp;"),
        (r"\url{<img src=x onerror=y>}", "&lt;img src=x onerror=y&gt;"),
        (r"\href{javascript:alert(1)}{x}", "x"),
        (r"\textless script\textgreater", "&lt;script&gt;"),
        ("{{ 7 * 7 }} {% raw %}", " 7 * 7  % raw %"),
    ],
)
def test_html_holds_the_authors_markup_and_nothing_else(source, expected):
    assert decode(source).html == expected


def test_every_element_is_closed_at_any_depth():
    for commands in (MARKUP, SWITCHES):
        for name in commands:
            source = f"{{\\{name}{{" * 100 + "x" + "}}" * 100
            opened = re.findall(r"<(/?)(\w+)", decode(source).html)
            assert sum(not slash for slash, _ in opened) == sum(bool(slash) for slash, _ in opened) <= 41


# --- formulas -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$n$", "n"),
        ("{$O(n^2)$}", "O(n²)"),
        (r"$\mathcal{O}(n \log n)$", "O(n log n)"),
        (r"$O(n\log n)$", "O(n log n)"),
        ("H$_2$O", "H₂O"),
        ("10$^{-3}$", "10⁻³"),
        (r"$\alpha$-$\beta$", "α-β"),
        (r"$x^{ab}$ $x_y$ $x^\alpha$", "xᵃᵇ x_y x^α"),
        (r"$a \leftarrow b \le c$", "a ← b ≤ c"),
        (r"\(x\) and \ensuremath{y}", "x and y"),
        (r"\[x^2\]", "x²"),
        (r"$x_{a_{b}}^{c}$", "x_(a_b)ᶜ"),
        (r"$\{a\}$", "{a}"),
        (r"$\frac{1}{2}$, $\tfrac12$", "1/2, 1/2"),
        (r"$\sqrt{\frac{a}{b}}$", "√(a/b)"),
        ("$$x$$", "x"),
        (r"$\text{if } x$", "if x"),
    ],
)
def test_a_formula_is_plain_text_and_mathml(source, expected):
    decoded = decode(source)
    assert decoded.text == expected
    assert "<math>" in decoded.html
    assert decoded.unknown == ()


@pytest.mark.parametrize("source", ["from $5 to $10", "$5", "5$ and 6$", "a $ b $ c", "US$", "$", "$$", "$20k--$30k"])
def test_money_is_no_formula(source):
    assert decode(source).html == source.replace("--", "–")


@pytest.mark.parametrize(
    "formula", [r"\nosuch{x}", "a & b", "{" * 200 + "}" * 200, r"\sqrt " * 3000 + "x", r"\left(" * 300]
)
def test_a_formula_that_cant_be_converted_shows_its_source(formula):
    decoded = decode(f"${formula}$")
    source = f"${formula}$"
    assert decoded == Decoded(formula, f"<code>{html.escape(source, quote=False)}</code>", (source,))


def test_money_and_a_formula_stand_together():
    assert text("costs $5 for $n^2$ pages") == "costs $5 for n² pages"


# --- what isn't understood ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "shown", "unknown"),
    [
        (r"\foo{bar} baz", r"\foo{bar} baz", (r"\foo",)),
        (r"\foo bar", r"\foo bar", (r"\foo",)),
        (r"\foo[a]{b}{c} {d}", r"\foo[a]{b}{c} d", (r"\foo",)),
        (r"\begin{foo}a\end{foo}", r"\begin{foo}a\end{foo}", (r"\begin{foo}", r"\end{foo}")),
        (r"$\text{a $\foo$ c}$ d", r"\text{a $\foo$ c} d", (r"$\text{a $\foo$ c}$",)),
        (r"\input{/etc/passwd}\write18{ls}", r"\input{/etc/passwd}\write18ls", (r"\input", r"\write")),
        (r"\foo{\emph{x}}\foo", r"\foo{x}\foo", (r"\foo",)),
        (r"a\5b", r"a\5b", (r"\5",)),
    ],
)
def test_an_unknown_command_is_shown_as_written_and_named(source, shown, unknown):
    decoded = decode(source)
    assert (decoded.text, decoded.unknown) == (shown, unknown)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("https://a.org/x%20y%2Fz", "https://a.org/x%20y%2Fz"),
        (r"https://a.org/a\_b\%20\&c\#d\~{}e", "https://a.org/a_b%20&c#d~e"),
        (r"\url{https://a.org/~b}", "https://a.org/~b"),
        (r"https://a.org/{\textasciitilde}b/{\~{}}c/$\sim$d/\textasciitilde e", "https://a.org/~b/~c/~d/~e"),
        (r"https://a.org/{\_}b", "https://a.org/_b"),
        ("https://a.org/?a=b&c=--d''", "https://a.org/?a=b&c=--d''"),
    ],
)
def test_an_address_loses_only_what_exporters_put_into_it(source, address):
    assert plain_address(source) == address


# --- laws ---------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *"{}$~\\`'-% ",
        "--",
        "``",
        r"\emph{",
        r"\"",
        r"\'{",
        r"\v ",
        r"\foo",
        r"\url{",
        r"\(",
        r"\)",
        r"\it ",
        "é",
        "<b>",
        "&",
        "word",
        "x^2",
    ]
)
SOURCES = st.lists(PIECES, max_size=30).map("".join)


def words(source: str) -> list[str]:
    return re.findall("ord", source)  # an accent may join the w


@given(SOURCES)
@example(r"\'{\emph{word")
@example(r"\url{\emph{$word}")
def test_any_text_is_read_without_losing_a_word_or_leaving_an_element_open(source):
    decoded = decode(source)
    if not re.search(r"\$[^$]*%", source):  # a comment in a formula isn't shown
        assert words(decoded.text) == words(source)
    without_math = re.sub(r"<math.*?</math>", "", decoded.html)
    stack: list[str] = []
    for slash, name in re.findall(r"<(/?)(\w+)[^<>]*>", without_math):
        if slash:
            assert stack.pop() == name
        else:
            stack.append(name)
    assert stack == []
    assert set(re.findall(r"<(\w+)", without_math)) <= {"i", "code", "b", "span"}
    assert "<b>" not in without_math


@given(st.text(alphabet=st.characters(exclude_characters="\\{}~$`'-", exclude_categories=["Cs"])))
def test_text_without_latex_is_itself(source):
    assert is_bare(source)
    assert decode(source) == Decoded(source, html.escape(source, quote=False))


class Counted(str):
    """Text that counts how often it is searched from some place to its end."""

    searches = 0

    def find(self, *arguments: object) -> int:
        type(self).searches += 1
        return super().find(*arguments)  # type: ignore[arg-type]


def test_formulas_that_never_end_are_searched_for_once():
    Counted.searches = 0
    decode(Counted(r"\(" * 1000))
    assert Counted.searches <= 1


@pytest.mark.parametrize(
    "piece", ["{", "}", "\\'{", r"\emph{", r"\url{", "$x", "$$", r"\ensuremath{", r"\foo{", "{\\it ", "`", "~"]
)
def test_fifty_thousand_of_anything_overflow_nothing(piece):
    decoded = decode(piece * 50_000)
    assert decoded.html.count("<i>") <= 40
