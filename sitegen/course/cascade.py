"""A drawing's style sheet, taken into its elements: what each of them looks like, by CSS's own order of precedence.

Pages allow no style but the theme's, so a drawing that comes with a <style> loses it, and its elements get what the
rules said. Of CSS there is as much as Mermaid's style sheets use: names, classes, ids, attributes, descendants and
children. A rule with anything else is passed over. (CSS Cascading and Inheritance 4, section 6; Selectors 4.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sitegen.patterns import regex
from sitegen.values import Value

Element = tuple[str, Mapping[str, str]]
"""A tag's name and attributes."""


class Rule(Value):
    steps: tuple[tuple[str, re.Match[str]], ...]
    """(how it stands to the next: space or `>`, compound selector), from the last to the first."""
    weight: tuple[int, int, int, int]
    """Specificity, then the order in which rules are written."""
    declarations: tuple[tuple[str, str, bool], ...]
    """(property, value, whether it is important)."""


_COMMENT = regex(r"/\*.*?\*/", re.DOTALL)
_BLOCK = regex(r"([^{}]*)\{([^{}]*)\}")
_COMPOUND = regex(
    r"""(?P<tag>[a-zA-Z][\w-]*|\*)?(?P<rest>(?:\.[\w-]+|\#[\w-]+|\[[\w-]+(?:[$^*]?=(?:"[^"\]]*"|'[^'\]]*'))?\])*)"""
)
_PART = regex(r"""\.([\w-]+)|\#([\w-]+)|\[([\w-]+)(?:([$^*]?=)(?:"([^"\]]*)"|'([^'\]]*)'))?\]""")
_MOST_RULES = 1_000


def read_rules(css: str) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for block in _BLOCK.finditer(_COMMENT.sub("", css)):
        declarations = read_declarations(block[2])
        for selector in block[1].split(","):
            steps = _read_selector(selector)
            if steps and declarations:
                rules.append(Rule(steps, (*_specificity(steps), len(rules)), declarations))
        if len(rules) > _MOST_RULES:
            break
    return tuple(rules)


def read_declarations(style: str) -> tuple[tuple[str, str, bool], ...]:
    """`fill:#fff !important;stroke:none` to its parts; no value here holds a semicolon."""
    found = []
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        value, bang, _ = value.partition("!")
        if colon and value.strip():
            found.append((name.strip().casefold(), value.strip(), bool(bang)))
    return tuple(found)


def look_of(element: Element, above: list[Element], rules: tuple[Rule, ...]) -> dict[str, str]:
    """Property to value: presentation attributes, then rules by weight, then the element's own style."""
    _, attributes = element
    look: dict[str, tuple[bool, str]] = {}
    for rule in sorted((rule for rule in rules if _matches(rule, element, above)), key=lambda rule: rule.weight):
        _declare(look, rule.declarations)
    _declare(look, read_declarations(attributes.get("style", "")))
    return {name: value for name, (_, value) in look.items()}


def _declare(look: dict[str, tuple[bool, str]], declarations: tuple[tuple[str, str, bool], ...]) -> None:
    for name, value, important in declarations:
        if important or not look.get(name, (False, ""))[0]:
            look[name] = (important, value)


def _read_selector(selector: str) -> tuple[tuple[str, re.Match[str]], ...]:
    """Nothing for a selector with signs that aren't known here."""
    steps: list[tuple[str, re.Match[str]]] = []
    between = " "
    for word in re.sub(r"\s*>\s*", " > ", selector).split():
        if word == ">":
            between = ">"
            continue
        match = _COMPOUND.fullmatch(word)
        if not match:
            return ()
        steps.insert(0, (between, match))
        between = " "
    return tuple(steps)


def _specificity(steps: tuple[tuple[str, re.Match[str]], ...]) -> tuple[int, int, int]:
    rests = "".join(match["rest"] for _, match in steps)
    tags = sum(bool(match["tag"]) and match["tag"] != "*" for _, match in steps)
    return rests.count("#"), rests.count(".") + rests.count("["), tags


def _matches(rule: Rule, element: Element, above: list[Element]) -> bool:
    if not _fits(rule.steps[0][1], element):
        return False
    at = len(above) - 1
    for (between, _), (_, compound) in zip(rule.steps, rule.steps[1:], strict=False):
        if between == ">":
            if at < 0 or not _fits(compound, above[at]):
                return False
        else:
            while at >= 0 and not _fits(compound, above[at]):
                at -= 1
            if at < 0:
                return False
        at -= 1
    return True


def _fits(compound: re.Match[str], element: Element) -> bool:
    tag, attributes = element
    if compound["tag"] not in (None, "*", tag):
        return False
    classes = attributes.get("class", "").split()
    for name, id, attribute, sign, double, single in _PART.findall(compound["rest"]):
        if name:
            if name not in classes:
                return False
        elif id:
            if attributes.get("id") != id:
                return False
        elif not _compare(attributes.get(attribute), sign, double or single):
            return False
    return True


def _compare(value: str | None, sign: str, wanted: str) -> bool:
    if value is None or not sign:
        return value is not None
    if sign == "$=":
        return value.endswith(wanted)
    if sign == "^=":
        return value.startswith(wanted)
    return wanted in value if sign == "*=" else value == wanted
