"""LaTeX to MathML: what is known, and what is said about the rest."""

from __future__ import annotations

import pytest

from sitegen.prose.formulas import DEEPEST, MOST_CHARACTERS, Fault, mathml
from tests.markdown_cases import found_in, html_errors, show

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
\odot \oplus \otimes \circ \ast \star \bmod \pmod{n} \ell \Re \top \bot \perp \mid \triangleq \coloneqq \lesssim α ≤ β
""".strip().split("\n")


@pytest.mark.parametrize("tex", KNOWN)
def test_the_usual_latex_is_known(tex: str):
    for display in (True, False):
        math = mathml(tex, display)
        assert isinstance(math, str), math
        assert html_errors(f"<p>{math}</p>") == []


@pytest.mark.parametrize(
    ("tex", "fault"),
    [
        (r"a + \foo{b}", Fault(r'Unknown command "\foo"', 4, 4, "")),
        (
            r"\begin{split}a\end{split}",
            Fault('Unknown environment "split"', 6, 7, r"\begin{aligned} ... \end{aligned}"),
        ),
        (r"\norm{x}", Fault(r'Unknown command "\norm"', 0, 5, r"\lVert x \rVert")),
        (r"\frac{1}{2", Fault('Expected closing token "}", but reached end of input', 9, 1, "")),
        ("a & b", Fault('Found "&", which may only appear in a table-like environment', 2, 1, "")),
        ("}", Fault('Unmatched closing token: "}"', 0, 1, "")),
        ("x_", Fault("Expected argument but reached end of input", 1, 1, "")),
    ],
)
def test_a_fault_has_its_place_and_its_words(tex: str, fault: Fault):
    assert mathml(tex, display=False) == fault


@pytest.mark.parametrize("instead", ["\\lvert x \\rvert", "\\mathbb{1}", "\\begin{subarray}{l} ... \\end{subarray}"])
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
    fault = mathml(tex, display=True)
    assert isinstance(fault, Fault)
    assert fault.words in {
        f"it is nested more than {DEEPEST} levels deep",
        f"it has {len(tex):,} characters, and {MOST_CHARACTERS:,} are the most",
    }


def test_a_long_formula_of_a_person_is_converted():
    assert isinstance(mathml(r"\alpha_{1} + \frac{a}{b} \\" * 150, display=True), str)


def test_a_formula_that_cant_be_converted_shows_its_source():
    html, _ = show(r"So $\foo{a < b}$ it is")
    assert html == r'<p>So <code class="math">$\foo{a &lt; b}$</code> it is</p>'


def test_a_fault_is_told_at_its_place_in_the_file():
    assert found_in("a\n\n> $$\n> x +\n> \\substack{a}\n> $$\n") == (
        r"content/notes.md:5:3: error[bad-formula]: The formula $$ > x + > \substack{a} > $$ can't be converted: "
        'Unknown command "\\substack".\n'
        "  5 | > \\substack{a}\n"
        "    |   ^^^^^^^^^\n"
        "  help: Write \\begin{subarray}{l} ... \\end{subarray}.\n"
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
    r"\color{red} x": '<math><mrow style="color: light-dark(#',
    r"\dfrac{1}{\cfrac12}": '<mstyle displaystyle="true"><mfrac><mn>1</mn><mstyle displaystyle="true" scriptlevel="0"><mfrac',
    r"\begin{subarray}{l} a \\ b \end{subarray}": '<mstyle scriptlevel="1"><mtable displaystyle="false">',
    r"\vec v": '<mover accent="true"><mi>v</mi><mo stretchy="false"> \u20d7</mo></mover>',
    r"\widehat{ab}": '<mo stretchy="true">ˆ</mo>',
    r"\overline{ab}": '<mover accent="true"><mrow style="border-top: .06em solid; padding-top: .1em"><mrow><mi>a</mi>',
    r"\overline{\underline{x}}": '<mi>x</mi></mrow><mo style="font-size: 0">‾</mo></munder></mrow><mo style="font-size: 0">‾</mo></mover>',
}


@pytest.mark.parametrize("tex", STYLED)
def test_what_checkers_and_policies_object_to_is_said_in_another_way(tex):
    math = mathml(tex, False)
    assert isinstance(math, str)
    assert STYLED[tex] in math
    assert "<mtable scriptlevel" not in math
    assert math.count("<mstyle") == math.count("</mstyle>")
