"""Formulas: what LaTeX is known, what is said about the rest, numbers and references, and what is copied."""

from __future__ import annotations

import pytest

from sitegen.amsmath import rewrite
from sitegen.build import finish_page
from sitegen.config.settings import read_settings
from sitegen.diagnostics import render_text
from sitegen.macros import DEEPEST_MACRO, LONGEST_MACRO, check_macros
from sitegen.mathml import DEEPEST, MOST_CHARACTERS, Fault, mathml, without_source
from sitegen.prose.documents import read_document
from sitegen.prose.formulas import BAD_FORMULA, OPEN_FORMULA, SAME_LABEL, UNKNOWN_EQUATION, UNNUMBERED_LABEL
from sitegen.prose.passages import convert_passage
from sitegen.spokenmath import spell
from tests.markdown_cases import LECTURE, found_in, html_errors, html_of, places, show
from tests.support import SITE_YAML, build_folder, write_course

KNOWN = r"""
\begin{aligned} a &= b \\ c &= d \end{aligned}
\begin{align} a &= b \\ c &= d \end{align}
\begin{align*} a &= b \end{align*}
\begin{cases} a & b \\ c & d \end{cases}
\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}
\begin{pmatrix} 1 \end{pmatrix} \begin{vmatrix} 1 \end{vmatrix} \begin{matrix} 1 \end{matrix}
\begin{array}{c|c} \hline 1 & 2 \end{array}
\begin{gathered} a \\ b \end{gathered}
\sum_{\begin{subarray}{l} i \\ j \end{subarray}} x
\text{if a 50\% é} \textbf{a} \textit{b} \texttt{c} \mathrm{a_b} \operatorname{softmax} \operatorname*{arg\,max}_x
\mathbb{R} \mathbb{1} \mathcal{L} \mathscr{L} \mathfrak{g} \mathbf{x} \boldsymbol{\alpha} \bm{x} \mathsf{x} \mathtt{x}
\frac12 \dfrac{1}{2} \tfrac12 \cfrac{1}{2} \binom{n}{k} \sqrt[3]{x}
\sum\limits_{i=1}^n \prod \int_0^1 \lim_{x \to 0} \max_{\pi}\; \log \exp \arg \det \Pr
\hat{x} \widehat{xy} \bar{x} \overline{ab} \underline{ab} \underbrace{ab}_{n} \overbrace{ab}^{n} \tilde{x} \vec{x} \dot{x}
\left( a \middle| b \right) \left\{ a \right. \bigl( \Big[ \biggr\} \lVert x \rVert \|x\| \langle x \rangle \lceil x \rceil
\cdot \times \div \pm \le \ge \neq \approx \sim \propto \equiv \ll \in \notin \subseteq \cup \setminus \forall \exists
\nabla \partial \infty \to \Rightarrow \mapsto \iff \implies \xrightarrow{f} \ldots \cdots \vdots \ddots
\quad \, \; \: \! \overset{a}{=} \underset{a}{=} \stackrel{a}{=} \boxed{x} \phantom{x} \not= x''' \{a\} \$5 \# 50\%
\begin{split} a &= b \\ &= c \end{split} \begin{smallmatrix} a & b \\ c & d \end{smallmatrix} \begin{alignedat}{2} a &= b \end{alignedat}
\sum_{\substack{a \\ b}} \mathds{1} \pmb{x} \nicefrac12 \widetilde{xyz} \text{if $x_{i}$ and \(y\)}_2 \mbox{a b} \left< x \right>
\begin{array}{@{}l@{\;}r} a & b \\[2pt] c & d \\* e & f \\ \hline \end{array} \begin{aligned}[t] a \end{aligned}
\cancel{x} \bcancel{x} \xcancel{x} \fbox{x} a \\ b
\odot \oplus \otimes \circ \ast \star \bmod \pmod{n} \ell \Re \top \bot \perp \mid \triangleq \coloneqq \lesssim α ≤ β
""".strip().split("\n")


@pytest.mark.parametrize("tex", KNOWN)
def test_the_usual_latex_is_known(tex: str):
    for display in (True, False):
        math = mathml(tex, display)
        assert isinstance(math, str), math
        assert html_errors(f"<p>{math}</p>") == []
        assert "menclose" not in math  # MathML Core has none


def fault_of(tex: str, macros: tuple[tuple[str, str], ...] = ()) -> Fault:
    math = mathml(tex, False, macros)
    assert isinstance(math, Fault)
    return math


DEFINE = "Mend its name, or say below math, macros in site.yaml what \\{} stands for."


@pytest.mark.parametrize(
    ("tex", "fault"),
    [
        (r"a + \foo{b}", Fault(r'Unknown command "\foo"', 4, 4, DEFINE.format("foo"))),
        (r"\text{if $x$ or $\foo$}", Fault(r'Unknown command "\foo"', 17, 4, DEFINE.format("foo"))),
        (r"\sum_{\substack{a \\ \foo}}", Fault(r'Unknown command "\foo"', 21, 4, DEFINE.format("foo"))),
        (
            r"\begin{eqnarray}a\end{eqnarray}",
            Fault('Unknown environment "eqnarray"', 6, 10, r"Write \begin{align} a &= b \\ c &= d \end{align}."),
        ),
        (r"\ce{H2O}", Fault('Unknown command "\\ce"', 0, 3, r"Write \mathrm{H_2O}.")),
        (r"\begin{CD}a\end{CD}", Fault('Unknown environment "CD"', 6, 4, "Environments that are known: align, gather, multline, cases, matrix, pmatrix, array, aligned, split.")),
        (r"\norm{x}", Fault(r'Unknown command "\norm"', 0, 5, r"Write \lVert x \rVert.")),
        (r"\frac{1}{2", Fault('Expected closing token "}", but reached end of input', 9, 1, "")),
        (r"a \sout{b}", Fault("\"\\sout\" can't be used outside of \\text{...}", 2, 5, r"Write it within \text{...}.")),
        ("a & b", Fault('Found "&", which may only appear in a table-like environment', 2, 1, "")),
        ("}", Fault('Unmatched closing token: "}"', 0, 1, "")),
        ("x_", Fault("Expected argument but reached end of input", 1, 1, "")),
        (r"a \\[2pt] b } c", Fault('Unmatched closing token: "}"', 12, 1, "")),
        (
            r"x \label{a}",
            Fault(
                r'Found "\label", which may only appear in a numbered equation environment',
                2,
                6,
                "Write the formula between $$ and $$; within a sentence it has no number.",
            ),
        ),
        (
            r"\newcommand{\a}{b} \a",
            Fault(r'"\newcommand" defines a command for this formula alone', 0, 11, "Define it for the whole course: math, macros in site.yaml."),
        ),
    ],
)  # fmt: skip
def test_a_fault_has_its_place_and_its_words(tex: str, fault: Fault):
    assert fault_of(tex) == fault


@pytest.mark.parametrize("instead", ["\\lvert x \\rvert", "\\mathbb{1}", "\\overline{\\lim}", "x\\hspace{-1em}"])
def test_what_is_suggested_is_known(instead: str):
    assert isinstance(mathml(instead, display=True), str)


DEEP = [
    "{" * 60 + "x" + "}" * 60,
    r"\frac{" * 5_000,
    "a^{" * 50_000 + "1" + "}" * 50_000,
    r"\left(" * 50_000,
    r"\begin{matrix}" * 50_000,
    r"\sqrt " * 50_000,
    r"\sqrt" * 160 + "1",
]


@pytest.mark.parametrize("tex", DEEP)
def test_formulas_deep_enough_to_overflow_the_stack_are_never_converted(tex: str):
    assert fault_of(tex).words in {
        f"it is nested more than {DEEPEST} levels deep",
        f"it has {len(tex):,} characters, and {MOST_CHARACTERS:,} are the most",
    }


def test_a_long_formula_of_a_person_is_converted():
    assert isinstance(mathml(r"\alpha_{1} + \frac{a}{b} \\" * 150, display=True), str)


def test_a_formula_that_cant_be_converted_shows_its_source():
    html, _ = show(r"So $\foo{a < b}$ it is")
    assert html == r'<p>So <code class="math">$\foo{a &lt; b}$</code> it is</p>'


def test_a_fault_is_told_at_its_place_in_the_file():
    assert found_in("\\begin{subequations}\n\\begin{align}a\\end{align}\n\\end{subequations}") == (
        r"content/notes.md:1:7: error[bad-formula]: The formula \begin{subequations} \begin{align}a\end{align} \end{subeq... "
        'can\'t be converted: Unknown environment "subequations".\n'
        "  1 | \\begin{subequations}\n"
        "    |       ^^^^^^^^^^^^^^\n"
        "  help: Write \\begin{align} ... \\end{align} with a \\tag on each line.\n"
    )
    assert found_in("a\n\n> $$\n> x +\n> \\begin{eqnarray}\n> $$\n") == (
        r"content/notes.md:5:9: error[bad-formula]: The formula $$ > x + > \begin{eqnarray} > $$ can't be converted: "
        'Unknown environment "eqnarray".\n'
        "  5 | > \\begin{eqnarray}\n"
        "    |         ^^^^^^^^^^\n"
        "  help: Write \\begin{align} a &= b \\\\ c &= d \\end{align}.\n"
    )
    assert found_in("Cost: $x &$") == (
        "content/notes.md:1:10: error[bad-formula]: The formula $x &$ can't be converted: "
        'Found "&", which may only appear in a table-like environment.\n'
        "  1 | Cost: $x &$\n"
        "    |          ^\n"
        "  help: Mend its LaTeX; write a dollar sign that is money as \\$.\n"
    )


STYLED = {
    r"\begin{aligned} a &= b \end{aligned}": '<mtr><mtd class="right close"><mi>a</mi></mtd><mtd class="left close">',
    r"\begin{cases} a & b \end{cases}": '<mtr><mtd class="left case"><mi>a</mi></mtd><mtd class="left case">',
    r"\color{red} x": '<math><semantics><mrow style="color: light-dark(#',
    r"\dfrac{1}{\cfrac12}": '<mstyle displaystyle="true"><mfrac><mn>1</mn><mstyle displaystyle="true" scriptlevel="0"><mfrac',
    r"\begin{subarray}{l} a \\ b \end{subarray}": '<mstyle scriptlevel="1"><mtable displaystyle="false">',
    r"\vec v": '<mover accent="true"><mi>v</mi><mo stretchy="false" style="font-size: .55em">→</mo></mover>',
    r"\widehat{ab}": '<mo stretchy="true">^</mo>',
    r"\overline{ab}": '<mover accent="true"><mrow style="border-top: .06em solid; padding-top: .1em"><mrow><mi>a</mi>',
    r"\overline{\underline{x}}": '<mi>x</mi></mrow><mo style="font-size: 0">‾</mo></munder></mrow><mo style="font-size: 0">‾</mo></mover>',
    r"\boxed{x}": '<mrow style="border: 1px solid; padding: .25em .4em"><mi>x</mi></mrow>',
    r"\cancel{x}": '<mrow style="background: linear-gradient(to bottom right, transparent 47%, currentcolor 47% 53%, transparent 53%); print-color-adjust: exact"><mi>x</mi></mrow>',
}


@pytest.mark.parametrize("tex", STYLED)
def test_what_checkers_and_policies_object_to_is_said_in_another_way(tex):
    math = mathml(tex, False)
    assert isinstance(math, str)
    assert STYLED[tex] in math
    assert "<mtable scriptlevel" not in math
    assert math.count("<mstyle") == math.count("</mstyle>")


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        # A sign between words alone: an empty identifier keeps its room.
        (r"\text{a} \times \text{b}", "<mrow><mi></mi><mtext>a</mtext><mo"),
        (r"\begin{aligned} a &= \text{b} \end{aligned}", '<mtd class="left close"><mi></mi><mo>=</mo><mtext>b</mtext></mtd>'),
        # A fence of its own size with an index stretches in a row alone.
        (r"\Bigl( x \Bigr)^2", '<msup><mrow><mo minsize="1.623em" maxsize="1.623em">)</mo></mrow><mn>2</mn></msup>'),
        # The last line break makes no row, and a line below it is the table's edge.
        (r"\begin{matrix} a \\ b \\ \end{matrix}", "<mtr><mtd><mi>b</mi></mtd></mtr></mtable>"),
        (r"\begin{array}{c} a \\ \hline \end{array}", '<mtable displaystyle="false" style="border-bottom: 0.05em solid currentcolor;"><mtr><mtd><mi>a</mi></mtd></mtr></mtable>'),
    ],
)  # fmt: skip
def test_what_browsers_would_show_badly_is_said_in_another_way(tex: str, shown: str):
    math = mathml(tex, True)
    assert isinstance(math, str)
    assert shown in math


@pytest.mark.parametrize(
    ("tex", "told"),
    [
        (r"a \\[2pt] b", r"\begin{gathered}a \\ b\end{gathered}"),
        (r"\begin{split} a \\* b \end{split}", r"\begin{aligned} a \\ b \end{aligned}"),
        (r"\begin{alignat*}{2} a \end{alignat*}", r"\begin{align*} a \end{align*}"),
        (r"\text{a $x$ b}_2", r"{\text{a }x\text{ b}}_2"),
        (r"\text{costs \$5}", r"\text{costs \$5}"),
        (r"\mbox{a}", r"\text{a}"),
        (r"x \label{größe_1}", r"\begin{equation}x \label{:mark:0:}\end{equation}"),
        (r"\begin{aligned} a \\ b \end{aligned}", r"\begin{aligned} a \\ b \end{aligned}"),
        ("x % \\label{a}\n + y", "x % \\label{a}\n + y"),
    ],
)
def test_amsmath_is_said_in_what_the_converter_knows(tex: str, told: str):
    assert rewrite(tex, display=True).tex == told


# --- the source ---------------------------------------------------------------------------------


@pytest.mark.parametrize("tex", [r"x^2", r"\text{if $a < b$}", r"\begin{split} a &= b \end{split}", "é % a\n + 变"])
def test_the_author_s_own_latex_stands_beside_the_formula(tex: str):
    html = html_of(f"$${tex}$$")
    source = tex.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f'<annotation encoding="application/x-tex">{source}</annotation></semantics></math>' in html
    assert "annotation" not in without_source(html)


def test_a_description_spells_the_formula_and_leaves_its_source_out():
    document, _ = read_document(rb"A formula $\operatorname{softmax}_{ab}(x^2)$.", "content/notes.md")
    assert document is not None
    assert document.description == "A formula softmax_ab(x²)."


def test_only_pages_with_formulas_carry_the_script_that_copies_their_source():
    with_formula = f"<body>{mathml('x', False)}</body>"
    assert finish_page("<body>x</body>") == "<body>x</body>"
    assert finish_page(with_formula).count("<script>") == 1


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"O(n \log n)", "O(n log n)"),
        (r"\mathcal{O}(n^{2})", "O(n²)"),
        (r"x_1 + y_{ij}", "x₁ + yᵢⱼ"),
        (r"\frac{a}{b+1} \le \sqrt{x}", "a/(b + 1) ≤ √x"),
        (r"\sum_{i=1}^n", "∑ᵢ₌₁ⁿ"),
        (r"\bar{x}^{\alpha}", "x̄^α"),
        (r"\text{loss} < 5", "loss < 5"),
    ],
)
def test_a_formula_can_be_read_in_a_line_of_text(tex: str, words: str):
    math = mathml(tex, False)
    assert isinstance(math, str)
    assert spell(math) == words


def test_titles_and_the_contents_list_spell_formulas():
    document, _ = read_document(b"# The $O(n^2)$ wall\n\n## Why $x_1 * y$\n", "content/notes.md")
    assert document is not None
    assert document.title == "The O(n²) wall"
    assert [(heading.id, heading.text) for heading in document.headings] == [("why-x_1-y", "Why x₁∗y")]


# --- where formulas stand -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["$5 and $6", "$5-$10", "US$5", r"\$x\$", "$ x $", "cost $5, paid $6", "`$x$`", "<pre>$x$</pre>", "<!-- $x$ -->", "    $x$", "$$\n\nx\n\n$$"],
)  # fmt: skip
def test_money_and_code_are_no_formulas(text: str):
    assert "<math" not in show(text)[0]


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("$x$-axis, $n$th", ["x", "n"]),
        ("costs $5, and $n$ items", ["n"]),
        ("$a_1*b*c_2$ *a*", ["a_1*b*c_2"]),
        ("| a |\n|---|\n| $|x|$ |", ["|x|"]),
        ("## $x$ {#a}\n\n[$y$](#a) ![a](ring.png)", ["x", "y"]),
        ("a[^1]\n\n[^1]: $x$", ["x"]),
        ("- a\n\n    $$x$$\n", ["x"]),
        ("> \\begin{align}\n> a\n> \\end{align}", ["\\begin{align}\n  a\n  \\end{align}"]),
        ("!!! note\n    $x$", ["x"]),
        ('<div markdown="1">\n$x$\n</div>', ["x"]),
        (r"$\text{if $x$ or {a} $y$}$", [r"\text{if $x$ or {a} $y$}"]),
        (r"\(x\) \[y\] \begin{gather*}z\end{gather*}", ["x", "y", r"\begin{gather*}z\end{gather*}"]),
        ("$$ x $$ {#eq-x} @eq-x", [r"x \label{eq-x}"]),
    ],
)
def test_formulas_stand_wherever_text_does(text: str, sources: list[str]):
    html = html_of(text)
    assert [one.split("</annotation>")[0] for one in html.split('x-tex">')[1:]] == sources
    assert html_errors(html) == []


def test_a_displayed_formula_scrolls_by_itself_and_stands_alone_inside_a_paragraph():
    assert html_of("$$x$$").startswith('<div class="math" role="group" tabindex="0" aria-label="Formula">')
    assert '<span class="math own" role="group" tabindex="0" aria-label="Formula">' in html_of("a\n$$x$$\nb")


# --- equations ----------------------------------------------------------------------------------

EQUATIONS = r"""By \eqref{eq:b}, \ref{loss} and \eqref{star}.

$$ L = 0 \label{loss} $$

\begin{align} a &= b \label{eq:a} \\ &= c \notag \\ d &= e \label{eq:b} \end{align}

$$ x \tag{$*$} \label{star} $$ and $y$ and $$ \eqref{eq:a} + \text{by \ref{größe 1}} $$

\begin{gather*} a \\ b \end{gather*}

\begin{equation} x \label{größe 1} \end{equation}
"""


def test_equations_are_numbered_line_by_line_and_references_lead_to_them():
    html = html_of(EQUATIONS)
    assert html.startswith(
        '<p>By <a href="#eq:b">(3)</a>, <a href="#eq:loss">1</a> and <a href="#eq:star">(∗)</a>.</p>'
    )
    for name, number in (("eq:loss", "1"), ("eq:a", "2"), ("eq:b", "3"), ("eq:größe-1", "4")):
        assert f'<mtd class="side eqno" id="{name}"><mtext>({number})</mtext></mtd>' in html
    assert '<mtext><a href="#eq:a">(2)</a></mtext>' in html
    assert '<a href="#eq:größe-1">4</a>' in html
    assert html.count("eqno") == 5
    assert html_errors(html) == []


def test_the_same_number_stands_in_the_notes_and_on_the_slides():
    text = "a\n\n---\n\n# A\n\n\\begin{equation} a \\label{a} \\end{equation} {.slides-only}\n\n---\n\n# B\n\n\\begin{equation} b \\label{b} \\end{equation}\n\nBy \\eqref{a} and \\eqref{b}.\n"
    passage = convert_passage(text, 0, len(text), LECTURE)
    assert passage.findings == []
    assert 'id="eq:b"><mtext>(2)</mtext>' in passage.html
    assert [reference.written for reference in passage.references] == ["intro/slides/index.md#eq:a"]
    assert 'id="eq:a"><mtext>(1)</mtext>' in passage.slides[1].html
    assert 'By <a href="#eq:a">(1)</a> and <a href="#eq:b">(2)</a>.' in passage.slides[2].html


def test_equations_of_announcements_on_one_page_have_ids_of_their_own():
    text = "$$ x \\label{a} $$ by \\eqref{a}"
    passage = convert_passage(text, 0, len(text), "content/announcements.md", prefix="monday--")
    assert passage.ids == {"eq:monday--a"}
    assert '<a href="#eq:monday--a">(1)</a>' in passage.html


def test_what_looks_like_an_equation_in_code_has_no_number():
    html = html_of(
        "    \\begin{equation} x \\end{equation}\n\n`\\eqref{a}`\n\n\\begin{equation} y \\label{a} \\end{equation}"
    )
    assert "<mtext>(1)</mtext>" in html
    assert "<code>\\eqref{a}</code>" in html


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "$$ L \\label{eq:loss} $$\n\nBy \\eqref{eq:los}.",
            'content/notes.md:3:4: error[unknown-equation]: No equation of this text has the label "eq:los".\n'
            "  3 | By \\eqref{eq:los}.\n"
            "    |    ^^^^^^^^^^^^^^\n"
            '  help: Did you mean "eq:loss"?\n',
        ),
        (
            "$$ 2 \\cdot \\ref{a} $$",
            'content/notes.md:1:12: error[unknown-equation]: No equation of this text has the label "a".\n'
            "  1 | $$ 2 \\cdot \\ref{a} $$\n"
            "    |            ^^^^^^^\n"
            "  help: Write \\label{a} in the formula that is meant.\n",
        ),
        (
            "$$ a \\label{x} $$\n\n$$ b \\label{x} $$",
            'content/notes.md:3:6: error[same-label]: The label "x" is that of an equation on line 1, too.\n'
            "  3 | $$ b \\label{x} $$\n"
            "    |      ^^^^^^^^^\n"
            "  help: Give one of the two another label.\n",
        ),
        (
            "\\begin{align*} a \\label{x} \\end{align*}",
            'content/notes.md:1:18: error[unnumbered-label]: The label "x" stands on a line without a number.\n'
            "  1 | \\begin{align*} a \\label{x} \\end{align*}\n"
            "    |                  ^^^^^^^^^\n"
            "  help: Take the star from the environment's name, or give the line a \\tag.\n",
        ),
        (
            "$\\begin{equation}x\\end{equation}$",
            "content/notes.md:1:2: error[bad-formula]: The formula $\\begin{equation}x\\end{equation}$ can't be converted: "
            "an equation with a number stands on a line of its own.\n"
            "  1 | $\\begin{equation}x\\end{equation}$\n"
            "    |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "  help: Write $$ around it.\n",
        ),
    ],
)
def test_what_is_wrong_with_an_equation_is_told_at_its_place(text: str, told: str):
    assert found_in(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "a\n\n$$\nx\n\ny\n$$\n",
            "content/notes.md:3:1: error[open-formula]: The formula that opens here isn't closed by $$ before the next empty line.\n"
            "  3 | $$\n"
            "    | ^^\n"
            "  help: Remove the empty lines from it, or add $$.\n",
        ),
        (
            "> \\begin{align}\n> x\n",
            "content/notes.md:1:3: error[open-formula]: The formula that opens here isn't closed by \\end{align} before the next empty line.\n"
            "  1 | > \\begin{align}\n"
            "    |   ^^^^^^^^^^^^^\n"
            "  help: Remove the empty lines from it, or add \\end{align}.\n",
        ),
        ("```\n$$\n```\n\n    $$\n\n`$$`\n\n$$ is slang\n\n`\\begin{align}`", ""),
    ],
)
def test_a_formula_that_is_never_closed_is_told(text: str, told: str):
    assert found_in(text) == told


@pytest.mark.parametrize("rule", [OPEN_FORMULA, BAD_FORMULA, UNKNOWN_EQUATION, SAME_LABEL, UNNUMBERED_LABEL])
def test_the_examples_show_what_they_tell(rule):
    assert {slug for slug, *_ in places(rule.wrong)} == {rule.slug}
    assert places(rule.right) == []


# --- macros -------------------------------------------------------------------------------------

MACROS = (
    ("R", r"\mathbb{R}"),
    ("norm", r"\lVert #1 \rVert"),
    ("argmin", r"\operatorname*{arg\,min}"),
    ("if", r"\text{if $#1$}"),
)


def test_a_course_s_own_commands_are_known_in_its_formulas():
    assert list(check_macros(MACROS)) == []
    document, findings = read_document(
        rb"$\norm{x} \in \R$ \begin{align} \argmin_x \if{a} \label{b} \end{align}", "content/a.md", MACROS
    )
    assert document is not None
    assert findings == []
    assert '<mi>ℝ</mi></mrow><annotation encoding="application/x-tex">\\norm{x} \\in \\R</annotation>' in document.html


def test_a_command_of_the_course_that_isn_t_there_is_told_with_the_way_to_define_it():
    assert fault_of(r"\norm{x} \Loss", MACROS).help == DEFINE.format("Loss")


def test_formulas_arent_told_of_while_their_commands_cant_be_read(tmp_path):
    page = {"content/a.md": "$\\norm{x}$"}
    for site in (SITE_YAML + "math: {macros: {'\\norm': '\\foo'}}\n", "course: ["):
        findings = build_folder(write_course(tmp_path, page, site)).findings
        assert "bad-formula" not in {finding.slug for finding in findings}
        assert any(finding.severity == "error" for finding in findings)


SITE = "course: {code: C, title: T}\nmath:\n  macros:\n"
MACRO_FINDINGS = {
    r"    \R: \mathb{R}": (
        r"site.yaml:4:9: error[bad-macro]: \R can"
        '\'t be used: unknown command "\\mathb".\n'
        "  4 |     \\R: \\mathb{R}\n"
        "    |         ^^^^^^^^^\n"
        "  help: Mend its name; the commands that LaTeX's amsmath has are known.\n"
    ),
    r"    \a: \a x": (
        "site.yaml:4:9: error[bad-macro]: \\a can't be used: it stands for itself, so it would never end.\n"
        "  4 |     \\a: \\a x\n"
        "    |         ^^^^\n"
        "  help: Write what it stands for without it.\n"
    ),
    r"    \f: \frac{": (
        'site.yaml:4:9: error[bad-macro]: \\f can\'t be used: expected closing token "}", but reached end of input.\n'
        "  4 |     \\f: \\frac{\n"
        "    |         ^^^^^^\n"
        "  help: A macro holds whole groups: as many closing braces and ends as opening ones.\n"
    ),
    r"    \x1: y": (
        'site.yaml:4:5: error[bad-macro]: "\\x1" isn\'t the name of a command in LaTeX.\n'
        "  4 |     \\x1: y\n"
        "    |     ^^^\n"
        "  help: A name is a backslash with letters after it, such as \\norm; arguments are #1, #2 in the value.\n"
    ),
    '    "\\theta": x': (
        "site.yaml:4:5: error[bad-macro]: Between double quotes, YAML reads \\t as a character of its own, so no command begins here.\n"
        '  4 |     "\\theta": x\n'
        "    |     ^^^^^^^^\n"
        "  help: Use single quotes, in which a backslash is a backslash.\n"
    ),
    r"    \norm: \lVert #1 \rVert": (
        "site.yaml:4:19: error[bad-value]: A # after a space starts a comment in YAML, so \\norm ends before it.\n"
        "  4 |     \\norm: \\lVert #1 \\rVert\n"
        "    |                   ^^\n"
        "  help: Write \\norm: '\\lVert #1 \\rVert', in single quotes.\n"
    ),
    r"    \frac: x": (
        "site.yaml:4:5: warning[macro-clash]: \\frac is defined anew: there is a command of this name already, which formulas can't use any more.\n"
        "  4 |     \\frac: x\n"
        "    |     ^^^^^\n"
        "  help: Choose another name, unless that is what you want.\n"
    ),
}


@pytest.mark.parametrize("line", MACRO_FINDINGS)
def test_a_macro_that_can_t_be_used_is_told_on_its_line(line: str):
    text = SITE + line + "\n"
    _, findings = read_settings(text.encode())
    assert render_text(findings, {"site.yaml": text}) == MACRO_FINDINGS[line]


@pytest.mark.parametrize(
    ("macros", "words"),
    [
        ((("a", r"\b"), ("b", r"\a")), ["it stands for itself by way of \\b, so it would never end", "it stands for itself by way of \\a, so it would never end"]),
        ((("a", "{" * 9 + "}" * 9),), [f"it is nested more than {DEEPEST_MACRO} levels deep"]),
        ((("a", r"{{{{{\b}}}}}"), ("b", "{{{{x}}}}")), [f"it is nested more than {DEEPEST_MACRO} levels deep"]),
        ((("a", "x" * (LONGEST_MACRO + 1)),), [f"it has {LONGEST_MACRO + 1} characters, and {LONGEST_MACRO} are the most"]),
        ((("a", r"\def\x{1}"),), ["it defines a command itself"]),
        ((("a", r"\foo"), ("b", r"\a")), [r'unknown command "\foo"', "it uses \\a, which can't be read"]),
        ((("am", "&="), ("T", r"^{\top}"), ("mb", r"\mathbf"), ("given", r"\middle|"), ("c", r"\textcolor{#1}{#2}")), []),
        ((("R", r"\mathbb{R}"),), []),
    ],
)  # fmt: skip
def test_macros_are_tried_out(macros: tuple[tuple[str, str], ...], words: list[str]):
    assert [fault.words for fault in check_macros(macros)] == words


def test_the_deepest_macro_in_the_deepest_formula_is_converted_or_told():
    macros = (("m", "{" * DEEPEST_MACRO + "#1" + "}" * DEEPEST_MACRO),)
    assert list(check_macros(macros)) == []
    assert isinstance(mathml(r"\m{" * DEEPEST + "x" + "}" * DEEPEST, True, macros), str)
    assert isinstance(mathml(r"\m" * 1_000 + "x", True, macros), Fault)
