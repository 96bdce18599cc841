"""Every kind of finding that sitegen knows, by slug, and the longer words on each.

The rules are declared where the findings are made; here they are only gathered.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import ModuleType

from sitegen.diagnostics import Rule


@cache
def list_rules() -> Mapping[str, Rule]:
    """Slug to rule, by slug."""
    found = (value for module in _modules() for value in vars(module).values() if isinstance(value, Rule))
    return {rule.slug: rule for rule in sorted(found, key=lambda rule: rule.slug)}


def _modules() -> tuple[ModuleType, ...]:
    """All that declare rules. They are nearly all there is, so they are loaded when somebody asks."""
    from sitegen import hosts, severity, texts
    from sitegen.bib import bibbytes, bibentry, bibliography, crossrefs, paperlinks, papers
    from sitegen.config import fields, mathforms, settings, yamlsyntax, yamltree
    from sitegen.course import (
        agenda,
        checks,
        clashes,
        deadlines,
        drawings,
        logos,
        meetings,
        references,
        resolve,
        talks,
        timetable,
    )
    from sitegen.folders import disk, pictures
    from sitegen.outputs import editing, links, palette, searchindex, theme
    from sitegen.prose import (
        admonitions,
        captions,
        dates,
        diagrams,
        documents,
        elements,
        fences,
        foreign,
        formulas,
        inclusions,
        limits,
        passages,
        proofread,
        rows,
        slides,
    )

    return (
        admonitions,
        agenda,
        bibbytes,
        bibentry,
        bibliography,
        captions,
        checks,
        clashes,
        crossrefs,
        dates,
        deadlines,
        diagrams,
        disk,
        documents,
        drawings,
        editing,
        elements,
        fences,
        fields,
        foreign,
        formulas,
        hosts,
        inclusions,
        limits,
        links,
        logos,
        mathforms,
        meetings,
        palette,
        paperlinks,
        papers,
        passages,
        pictures,
        proofread,
        references,
        resolve,
        rows,
        searchindex,
        settings,
        severity,
        slides,
        talks,
        texts,
        theme,
        timetable,
        yamlsyntax,
        yamltree,
    )


def explain_rule(rule: Rule) -> str:
    """What `sitegen explain` prints: the slug, why it matters, an example that is wrong and one that is right."""
    import textwrap

    parts = [f"{rule.slug} ({rule.severity})", textwrap.fill(rule.why, 80)]
    for title, example in (("Like this it is found:", rule.wrong), ("Like this it isn't:", rule.right)):
        if example:
            parts.append(f"{title}\n\n" + "\n".join(f"    {line}" for line in example.split("\n")))
    return "\n\n".join(parts) + "\n"
