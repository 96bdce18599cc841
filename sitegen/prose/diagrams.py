"""A fenced block that is drawn: which languages there are, and what the line that opens it says.

    ```dot alt="Two workers share one cache"

Drawing is done later (`course.drawings`), because the same text is drawn once for all builds; where fences are is
found by `inline`, what else their opening line may say is read by `fences`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.model import Diagram
from sitegen.patterns import regex
from sitegen.prose.fences import Code

DIAGRAM_OPTION = Rule(
    "diagram-option",
    "warning",
    'Beside its language, a diagram can have alt="..." (what it shows, for those who don\'t see it), '
    'layout="..." (dot alone: how nodes are arranged) and in braces a name, {#cache}. Anything else does '
    "nothing.",
    wrong='```dot atl="Two workers share one cache"\ngraph { A -- B }\n```',
    right='```dot alt="Two workers share one cache"\ngraph { A -- B }\n```',
)

LANGUAGES = {"dot": "dot", "graphviz": "dot", "gv": "dot", "mermaid": "mermaid", "mmd": "mermaid"}
"""What authors write after the fence's signs to the language that is meant."""
LAYOUTS = ("dot", "neato", "fdp", "sfdp", "circo", "twopi", "osage", "patchwork")
"""Graphviz's ways to arrange nodes; `dot` is used where none is named."""
_OPTIONS = ("alt", "layout")


def is_diagram(code: Code) -> bool:
    return code.language.casefold() in LANGUAGES


def read_diagram(code: Code, caption: str = "") -> Diagram:
    """`caption` is what stands below it, as plain text."""
    options = {name: value for name, value, _ in _options(code)}
    first, _, rest = code.written.partition("\n")
    shown, written = code.text.partition("\n")[0], rest.partition("\n")[0]
    layout = options.get("layout", "").casefold()
    return Diagram(
        language=LANGUAGES[code.language.casefold()],
        source=code.text,
        layout=layout if layout in LAYOUTS[1:] else "",
        alt=" ".join((options.get("alt", "") or code.title).split()),
        caption=caption,
        id=code.id,
        margin=code.origin.margin if code.origin else max(0, len(written) - len(shown)) if first else 0,
        file=code.origin.file if code.origin else "",
        lines=code.origin.lines if code.origin else (),
    )


def check_diagram(code: Code, span: Callable[[int, int], Span]) -> Iterator[Diagnostic]:
    """What the opening line says in vain; `span` gives the place of an offset and a length."""
    is_dot = LANGUAGES[code.language.casefold()] == "dot"
    known = _OPTIONS if is_dot else _OPTIONS[:-1]
    for name, value, offset in _options(code):
        if name == "layout" and is_dot:
            if value.casefold() not in LAYOUTS:
                near = closest(value, LAYOUTS)
                help = f'Did you mean "{near}"?' if near else f"There are {', '.join(LAYOUTS)}."
                yield DIAGRAM_OPTION.at(span(offset, len(name)), f'Graphviz has no layout "{value}".', help)
        elif name not in known:
            near = closest(name, known)
            help = f'Did you mean "{near}"?' if near else f"A diagram can have {', '.join(known)}."
            help = f"Write {code.language} without braces." if name == f"{{{code.language}}}" else help
            yield DIAGRAM_OPTION.at(span(offset, len(name)), f'A diagram has no option "{name}".', help)


def _options(code: Code) -> Iterator[tuple[str, str, int]]:
    """(name, value, offset) of what `fences` doesn't know."""
    for offset, words in code.odd:
        match = _OPTION.fullmatch(words)
        if match:
            value = match["value"]
            is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            yield match["name"].casefold(), value[1:-1] if is_quoted else value, offset
        else:
            yield words, "", offset


_OPTION = regex(r"(?P<name>[\w-]+)\s*=\s*(?P<value>.*)", re.DOTALL)
