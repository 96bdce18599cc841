r"""LaTeX's commands, as far as bibliographies use them, to what is read in their place.

Tables only; how commands take their arguments is `latex`'s.
"""

from __future__ import annotations

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
    "polhk": "\u0328",
    "soft": "\u030c",
}
"""An accent's command to the combining character that follows the letter."""

SYMBOLS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ",
    "ng": "ŋ", "NG": "Ŋ", "ij": "ĳ", "IJ": "Ĳ", "dbar": "đ", "Dbar": "Đ", "cprime": "ʹ", "cdprime": "ʺ",
    "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "textdagger": "†", "textdaggerdbl": "‡", "textsection": "§",
    "textparagraph": "¶", "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™",
    "pounds": "£", "textsterling": "£", "texteuro": "€", "euro": "€", "EUR": "€", "textyen": "¥", "textcent": "¢",
    "textdegree": "°", "degree": "°", "textordfeminine": "ª", "textordmasculine": "º", "textmu": "µ",
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "lq": "‘", "rq": "’",
    "textquotedblleft": "“", "textquotedblright": "”", "textquotesingle": "'", "textquotedbl": '"',
    "quotedblbase": "„", "quotesinglbase": "‚", "glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘",
    "guillemotleft": "«", "guillemotright": "»", "guillemetleft": "«", "guillemetright": "»", "flqq": "«", "frqq": "»",
    "guilsinglleft": "‹", "guilsinglright": "›", "textquestiondown": "¿", "textexclamdown": "¡",
    "ldots": "…", "dots": "…", "textellipsis": "…", "textbullet": "•", "textperiodcentered": "·",
    "slash": "/", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
    "textasciigrave": "`", "textunderscore": "_", "textbar": "|", "textless": "<", "textgreater": ">",
    "textbraceleft": "{", "textbraceright": "}", "lbrace": "{", "rbrace": "}", "textdollar": "$",
    "textasteriskcentered": "*",
    "textperthousand": "‰", "textlangle": "⟨", "textrangle": "⟩", "XeLaTeX": "XeLaTeX", "XeTeX": "XeTeX",
    "LuaTeX": "LuaTeX", "MF": "METAFONT", "item": " • ", "linebreak": " ", "break": " ", "hfill": " ",
    "smallskip": " ", "medskip": " ", "bigskip": " ",
    "textnumero": "№", "textonehalf": "½", "textonequarter": "¼", "textthreequarters": "¾", "texttimes": "×",
    "textpm": "±", "TeX": "TeX", "LaTeX": "LaTeX", "LaTeXe": "LaTeX2ε", "BibTeX": "BibTeX",
    "quad": " ", "qquad": " ", "enspace": " ", "thinspace": "\u2009", "space": " ", "newline": " ", "par": " ",
    "newblock": " ", "textvisiblespace": "␣", "textcompwordmark": "", "textrightarrow": "→", "textleftarrow": "←",
    "hyphen": "-", "textasciimacron": "¯", "textasciidieresis": "¨", "textasciiacute": "´",
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
    "underline": "u", "uline": "u", "textsc": "small-caps", "mkbibemph": "i", "mkbibitalic": "i", "mkbibbold": "b",
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
    "num natexlab textlf IeC leavevmode sloppy raggedright unskip null selectfont boldmath".split()
)
"""Commands that change nothing that can be shown; an argument is shown as it is."""

SILENT = frozenset("noopsort SortNoop printfirst switchargs vspace hspace label index color".split())
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
    "uparrow": "↑", "downarrow": "↓", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "surd": "√",
    "sqrt": "√", "cdotp": "·",
    "ell": "ℓ", "hbar": "ℏ", "circ": "∘", "ast": "∗", "star": "⋆", "oplus": "⊕", "otimes": "⊗", "wedge": "∧",
    "vee": "∨", "neg": "¬", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "mid": "|", "parallel": "∥", "perp": "⊥", "prime": "′", "dagger": "†", "degree": "°", "propto": "∝",
    "triangle": "△", "bullet": "•", "checkmark": "✓", "square": "□", "angle": "∠", "quad": " ", "qquad": " ",
    "backslash": "\\", "lbrace": "{", "rbrace": "}", "colon": ":",
}  # fmt: skip
"""Commands of formulas to Unicode. In running text they are read too: many exporters forget the dollars."""

ENVIRONMENTS = frozenset("itemize enumerate description quote quotation center abstract math".split())
"""What `\\begin` and `\\end` name and that changes nothing but the lines."""
