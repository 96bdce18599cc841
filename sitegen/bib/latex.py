r"""LaTeX as it stands in a bibliography, to plain text and to HTML.

A small, table-driven reading of what titles, names and abstracts hold: accents, symbols, quotes,
dashes, emphasis, formulas, protective braces. No macros are defined or expanded; a command that isn't
in the tables is shown as it was written and told to the caller. Nothing here knows BibTeX's entries.

One pass over the tokens with an explicit stack: linear in the text's length at any depth of braces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from math_core import LatexToMathML


@dataclass(frozen=True, slots=True)
class Decoded:
    """LaTeX read twice: for reading and for a web page."""

    text: str
    """Plain text; a formula in Unicode as far as that goes."""
    html: str
    """The same, escaped, with i, b, code, sub, sup, small capitals and MathML where LaTeX said so."""
    unknown: tuple[str, ...] = ()
    r"""Commands that aren't in the tables, as written (`\foo`), and formulas (`$...$`) that aren't understood."""


# --- tables -------------------------------------------------------------------------------------

ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "h": "\u0309",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "G": "\u030f",
    "U": "\u030e",
    "f": "\u0311",
    "d": "\u0323",
    "textsubring": "\u0325",
    "textcommabelow": "\u0326",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
    "t": "\u0361",
}
"""An accent's command to the combining character that follows the letter."""

SYMBOLS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ",
    "ng": "ŋ", "NG": "Ŋ",
    "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "textdagger": "†", "textdaggerdbl": "‡", "textsection": "§",
    "textparagraph": "¶", "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™",
    "pounds": "£", "textsterling": "£", "texteuro": "€", "euro": "€", "EUR": "€", "textyen": "¥", "textcent": "¢",
    "textdegree": "°", "degree": "°", "textordfeminine": "ª", "textordmasculine": "º", "textmu": "µ",
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "lq": "‘", "rq": "’",
    "textquotedblleft": "“", "textquotedblright": "”", "textquotesingle": "'", "textquotedbl": '"',
    "quotedblbase": "„", "quotesinglbase": "‚", "glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘",
    "guillemotleft": "«", "guillemotright": "»", "guillemetleft": "«", "guillemetright": "»", "flqq": "«", "frqq": "»",
    "guilsinglleft": "‹", "guilsinglright": "›", "textquestiondown": "¿", "textexclamdown": "¡",
    "ldots": "…", "dots": "…", "textellipsis": "…", "cdots": "⋯", "textbullet": "•", "textperiodcentered": "·",
    "cdot": "·", "slash": "/", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
    "textasciigrave": "`", "textunderscore": "_", "textbar": "|", "textless": "<", "textgreater": ">",
    "textbraceleft": "{", "textbraceright": "}", "lbrace": "{", "rbrace": "}", "textdollar": "$",
    "textasteriskcentered": "*",
    "textnumero": "№", "textonehalf": "½", "textonequarter": "¼", "textthreequarters": "¾", "texttimes": "×",
    "textpm": "±", "TeX": "TeX", "LaTeX": "LaTeX", "LaTeXe": "LaTeX2ε", "BibTeX": "BibTeX",
    "quad": " ", "qquad": " ", "enspace": " ", "thinspace": "\u2009", "space": " ", "newline": " ", "par": " ",
    "newblock": " ", "textvisiblespace": "␣", "textcompwordmark": "", "textrightarrow": "→", "textleftarrow": "←",
    "hyphen": "-", "textasciimacron": "¯", "textasciidieresis": "¨", "textasciiacute": "´", "cdotp": "·",
}  # fmt: skip
"""A command without an argument to its text."""

CHARACTERS = {
    "&": "&", "%": "%", "$": "$", "#": "#", "_": "_", "{": "{", "}": "}", " ": " ", "\n": " ", "\t": " ",
    "\\": " ", ",": "\u2009", ";": " ", ":": " ", "!": "", "/": "", "-": "", "@": "", "*": "", "+": "", ">": "",
    "<": "", "|": "|",
}  # fmt: skip
"""What a backslash and one character that is no letter stand for; accents apart."""

MARKUP = {
    "emph": "i", "textit": "i", "textsl": "i", "mathit": "i", "textbf": "b", "mathbf": "b", "texttt": "code",
    "code": "code", "lstinline": "code", "mathtt": "code", "textsubscript": "sub", "textsuperscript": "sup",
    "underline": "u", "textsc": "small-caps",
}  # fmt: skip
"""A command with one argument to the HTML element around it."""

SWITCHES = {
    "it": "i", "em": "i", "itshape": "i", "sl": "i", "slshape": "i", "bf": "b", "bfseries": "b", "tt": "code",
    "ttfamily": "code", "sc": "small-caps", "scshape": "small-caps",
}  # fmt: skip
"""A command that holds until its group ends to the HTML element."""

TRANSPARENT = frozenset(
    "text textrm textsf textup textmd textnormal mathrm mathsf mbox hbox fbox protect relax rm sf up md normalfont "
    "rmfamily sffamily upshape mdseries small tiny large Large footnotesize normalsize nobreak allowbreak xspace "
    "noindent nocase MakeUppercase MakeLowercase uppercase lowercase ensuremath "
    "leavevmode sloppy raggedright unskip null selectfont boldmath".split()
)
"""Commands that change nothing that can be shown; an argument is shown as it is."""

SILENT = frozenset("noopsort SortNoop printfirst switchargs vspace hspace label index".split())
"""Commands whose argument isn't shown."""

MATH_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "times": "×", "pm": "±", "div": "÷",
    "cdot": "·", "cdots": "⋯", "ldots": "…", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠",
    "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡", "ll": "≪", "gg": "≫", "in": "∈", "notin": "∉",
    "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩", "emptyset": "∅", "forall": "∀", "exists": "∃",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "mapsto": "↦",
    "uparrow": "↑", "downarrow": "↓", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "sqrt": "√",
    "ell": "ℓ", "hbar": "ℏ", "circ": "∘", "ast": "∗", "star": "⋆", "oplus": "⊕", "otimes": "⊗", "wedge": "∧",
    "vee": "∨", "neg": "¬", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "mid": "|", "parallel": "∥", "perp": "⊥", "prime": "′", "dagger": "†", "degree": "°", "propto": "∝",
    "triangle": "△", "bullet": "•", "checkmark": "✓", "square": "□", "angle": "∠", "quad": " ", "qquad": " ",
    "backslash": "\\", "lbrace": "{", "rbrace": "}", "colon": ":",
}  # fmt: skip
"""Commands of formulas to Unicode. In running text they are read too: many exporters forget the dollars."""

FORMULA = re.compile(r"\$\$((?:[^$\\]|\\.)+)\$\$|\$(?=\S)((?:[^$\\]|\\.)+)(?<=\S)\$(?!\d)", re.DOTALL)
"""As in Pandoc, an opening $ has text right after it, a closing one text right before it and no digit
after it, so that `from $5 to $10` stays text."""

_SPECIAL = re.compile(r"[\\{}~$`]|--|''")
_TOKEN = re.compile(
    r"\\(?:[A-Za-z]+\*?[ \t\r\n]*|.|$)|[{}$]|---?|``|''|[?!]`|[`'~]|(?:[^\\{}$\-`'~?!]|-(?!-)|[?!](?!`))+|.", re.DOTALL
)
_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "`": "‘", "~": "\u00a0", "?`": "¿", "!`": "¡"}
_MAX_NESTING = 40
"""Commands inside commands beyond this many are no longer marked up; their text stays."""
_ADDRESS_COMMANDS = frozenset(["url", "nolinkurl", "path", "detokenize"])
_SKIP_FIRST_ARGUMENT = frozenset(["href", "textcolor", "foreignlanguage", "hyperref"])
_BELOW = frozenset("\u0323\u0325\u0326\u0327\u0328\u0331")
"""Accents that leave the dot of an i alone."""
_SPACING = {"\u0300": "`", "\u0301": "´", "\u0302": "^", "\u0303": "~", "\u0308": "¨", "\u0304": "¯", "\u030a": "˚"}
"""What an accent over nothing looks like: `\\~{}` is how exporters write a tilde."""


# --- reading ------------------------------------------------------------------------------------


def decode(source: str) -> Decoded:
    r"""`{\"O}ber $n^2$ \emph{Tests}` to `Öber n² Tests` and its HTML, which may stand as an element's content."""
    if is_bare(source):
        return Decoded(source, escape(source, quote=False))
    return _Reader(source).read()


def is_bare(source: str) -> bool:
    """Whether `source` is its own text."""
    return _SPECIAL.search(source) is None


@dataclass(slots=True)
class _Group:
    """What has to be said when a group's brace closes."""

    html: list[str] = field(default_factory=list)
    text: str = ""
    accented: bool = False
    """An accent waits for this group's first letter."""


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.text: list[str] = []
        self.html: list[str] = []
        self.unknown: dict[str, None] = {}
        self.groups = [_Group()]
        self.accents: list[str] = []
        self.next_group: tuple[str, str, str] | None = None
        """HTML element, opening and closing text for the group that may follow a command."""
        self.marked = 0
        self.single_quoted = False
        self.last_formula_end = source.rfind("\\)")
        self._closings: dict[int, int] | None = None

    def read(self) -> Decoded:
        position, length = 0, len(self.source)
        while position < length:
            match = _TOKEN.match(self.source, position)
            assert match is not None  # the last alternative takes any character
            token, position = match[0], match.end()
            kind = token[0]
            if kind == "{":
                self._open()
                continue
            self.next_group = None
            if kind == "}":
                self._close()
            elif kind == "\\":
                position = self._command(token, position)
            elif kind == "$":
                position = self._dollar(position - 1)
            elif token == "`":
                self.single_quoted = True
                self._put("‘")
            elif token == "'" and self.single_quoted:
                self.single_quoted = False
                self._put("’")
            else:
                self._put(_LIGATURES.get(token, token))
        while len(self.groups) > 1:
            self._close()
        self._flush_accents()
        self.html.extend(reversed(self.groups[0].html))
        return Decoded("".join(self.text), "".join(self.html), tuple(self.unknown))

    def _put(self, text: str) -> None:
        if self.accents:
            text = text.lstrip()
            if not text:
                return
            text = _accented(text[0], self.accents) + text[1:]
            self.accents.clear()
        self.text.append(text)
        self.html.append(escape(text, quote=False))

    def _flush_accents(self) -> None:
        """An accent that found no letter stands alone."""
        if self.accents:
            alone = "".join(_SPACING.get(accent, "") for accent in self.accents)
            self.accents.clear()
            self._put(alone)

    def _open(self) -> None:
        group = _Group(accented=bool(self.accents))
        if self.next_group is not None:
            element, before, group.text = self.next_group
            self.next_group = None
            if element and self.marked < _MAX_NESTING:
                self._mark(element, group)
            if before:
                self._put(before)
        self.groups.append(group)

    def _close(self) -> None:
        if len(self.groups) == 1:
            return  # a brace too many; the reader of entries has told
        group = self.groups.pop()
        if group.accented:
            self._flush_accents()
        if group.text:
            self._put(group.text)
        self.html.extend(reversed(group.html))
        self.marked -= len(group.html)

    def _mark(self, element: str, group: _Group) -> None:
        opening, closing = (
            ('<span class="small-caps">', "</span>") if element == "small-caps" else (f"<{element}>", f"</{element}>")
        )
        self.html.append(opening)
        group.html.append(closing)
        self.marked += 1

    def _command(self, token: str, position: int) -> int:
        """Read one command; the position after what it took."""
        name = token[1:].rstrip(" \t\r\n") if len(token) > 2 else token[1:]
        bare = name.rstrip("*")
        if name in ACCENTS:
            self.accents.append(ACCENTS[name])
        elif name in CHARACTERS:
            self._put(CHARACTERS[name])
        elif name in SYMBOLS:
            self._put(SYMBOLS[name])
        elif bare in MARKUP:
            self.next_group = (MARKUP[bare], "", "")
        elif name in SWITCHES:
            if self.marked < _MAX_NESTING:
                self._mark(SWITCHES[name], self.groups[-1])
        elif bare == "enquote":
            self.next_group = ("", "“", "”")
        elif bare == "ensuremath":
            return self._argument(position, self._formula)
        elif bare in _ADDRESS_COMMANDS:
            return self._argument(position, lambda address: self._put(plain_address(address)))
        elif bare in SILENT or bare in _SKIP_FIRST_ARGUMENT:
            return self._argument(position, lambda _: None)
        elif name in TRANSPARENT:
            pass
        elif name == "(":
            end = self.source.find("\\)", position) if position <= self.last_formula_end else -1
            if end >= 0:
                self._formula(self.source[position:end])
                return end + 2
            self._put("(")
        elif name in MATH_SYMBOLS:
            self._put(MATH_SYMBOLS[name])
        elif not name:
            self._put("\\")
        else:
            self.unknown[f"\\{name}"] = None
            self._put(token)
            self.next_group = ("", "{", "}")
        return position

    def _argument(self, position: int, use: Callable[[str], None]) -> int:
        """Give the braced argument at `position`, if there is one, to `use` as written; the position after it."""
        if self.source[position : position + 1] != "{":
            return position
        if self._closings is None:
            self._closings = _matching_braces(self.source)
        end = self._closings.get(position)
        if end is None:
            return position
        use(self.source[position + 1 : end])
        return end + 1

    def _dollar(self, start: int) -> int:
        """A formula, or a dollar sign; the position after it."""
        match = FORMULA.match(self.source, start)
        formula = (match[1] or match[2]) if match else ""
        if match and formula.count("{") == formula.count("}"):
            self._formula(formula)
            return match.end()
        self._put("$")
        return start + 1

    def _formula(self, formula: str) -> None:
        self._flush_accents()
        text, html = _formula(formula)
        if html is None:
            self.unknown[f"${formula}$"] = None
            html = f"<code>{escape(f'${formula}$', quote=False)}</code>"
        self.text.append(text)
        self.html.append(html)


def _accented(letter: str, accents: list[str]) -> str:
    base = {"ı": "i", "ȷ": "j"}.get(letter, letter) if not _BELOW.issuperset(accents) else letter
    return unicodedata.normalize("NFC", base + "".join(reversed(accents)))


def _matching_braces(source: str) -> dict[int, int]:
    r"""Each opening brace's position to its closing one's; `\{` and `\}` are none."""
    closings: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(source):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            closings[opened.pop()] = match.start()
    return closings


def plain_address(source: str) -> str:
    r"""A web address without the LaTeX that exporters put into it: `a\_b\%20c` to `a_b%20c`. Nothing else changes."""
    address = source.strip()
    if address.startswith("\\url{") and address.endswith("}"):
        address = address[5:-1].strip()
    if "\\" in address or "$" in address or "{" in address:
        address = _ADDRESS_TILDE.sub("~", address)
        address = _ADDRESS_ESCAPE.sub(r"\1", address)
        address = address.replace("{", "").replace("}", "")
    return address


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_ADDRESS_TILDE = re.compile(
    r"\{?(?:\\textasciitilde\b\s*(?:\{\})?|\\~\{\s*\}|\\~|\$\\(?:sim|tilde)\$|\$\\tilde\{\s*\}\$)\}?"
)
_ADDRESS_ESCAPE = re.compile(r"\\([_%&#$/-])")


# --- formulas -----------------------------------------------------------------------------------

_MAX_FORMULA_PARTS = 120
"""Braces and commands; math-core overflows the stack of a small thread at about 400 inside one another."""
_SUPERSCRIPTS = dict(zip("0123456789+-=()niT*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ*", strict=True))
_SUBSCRIPTS = dict(zip("0123456789+-=()aeoxijkmnpt", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓᵢⱼₖₘₙₚₜ", strict=True))
_FORMULA_STYLE = re.compile(
    r"\\(?:(?:math(?:cal|bb|bf|rm|it|sf|tt|frak|scr)|text(?:rm|it|bf|sf|tt)?|operatorname|mbox|boldsymbol|bm|left|right"
    r"|[bB]igg?[lr]?|displaystyle|textstyle|limits)(?![A-Za-z])\s*|[,;:!])"
)


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    from math_core import LatexToMathML

    return LatexToMathML(annotation=False, fancy_error=False)


@lru_cache(maxsize=4096)
def _formula(source: str) -> tuple[str, str | None]:
    """A formula in Unicode and as MathML; None for a formula that can't be converted."""
    from math_core import LatexError

    if source.count("{") + source.count("\\") > _MAX_FORMULA_PARTS:
        return source, None
    try:
        return _plain_formula(source), _converter().convert_with_local_state(source, displaystyle=False)
    except LatexError:
        return source, None


def _plain_formula(source: str) -> str:
    r"""`\mathcal{O}(n^{2})` to `O(n²)`; what has no Unicode form keeps its ^ or _."""
    text = _FORMULA_STYLE.sub("", source)
    text = re.sub(r"\\([A-Za-z]+)", _symbol, text)
    text = re.sub(r"\\(.)", r"\1", text)
    text = re.sub(r"([\^_])(?:\{([^{}]*)\}|([^\s{}]))", _script, text)
    return " ".join(text.replace("{", "").replace("}", "").split())


def _symbol(match: re.Match[str]) -> str:
    r"""`\alpha` to α, and `n\log` to `n log`."""
    before = match.string[match.start() - 1 : match.start()]
    return MATH_SYMBOLS.get(match[1]) or (" " if before.isalnum() else "") + match[1]


def _script(match: re.Match[str]) -> str:
    content = match[2] if match[2] is not None else match[3]
    letters = _SUPERSCRIPTS if match[1] == "^" else _SUBSCRIPTS
    if all(c in letters for c in content):
        return "".join(letters[c] for c in content)
    return f"{match[1]}({content})" if len(content) > 1 else f"{match[1]}{content}"
