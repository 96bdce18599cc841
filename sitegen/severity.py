"""How loud a finding is: what site.yaml's `checks` say, and comments that silence one line.

An error can't be turned down or silenced: what it names would be missing from the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sitegen.diagnostics import SEVERITIES, Diagnostic, Located, Rule, Severity, Span, closest

UNKNOWN_CHECK = Rule(
    "unknown-check",
    "error",
    "`checks` in site.yaml names a kind of finding that sitegen doesn't have, so the line would change nothing.",
    wrong="checks: {duplicate-readings: off}",
    right="checks: {duplicate-reading: off}",
)
LOCKED_CHECK = Rule(
    "locked-check",
    "warning",
    "`checks` in site.yaml turns an error down. Errors name what would be missing from the site or wrong on it, "
    "so they stay errors.",
    wrong="checks: {unknown-paper: warning}",
    right="checks: {duplicate-reading: error}",
)

_SILENCE = re.compile(r"sitegen:\s*ignore\s+(?P<slugs>[a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)")


def check_checks(checks: Mapping[Located, str], rules: Mapping[str, Rule]) -> list[Diagnostic]:
    """Findings about `checks` itself."""
    findings = []
    for slug, level in checks.items():
        rule = rules.get(str(slug))
        if rule is None:
            near = closest(slug, rules)
            help = f'Did you mean "{near}"?' if near else "sitegen explain lists all of them."
            findings.append(UNKNOWN_CHECK.at(slug.span, f'There is no check "{slug}".', help))
        elif rule.severity == "error" and level != "error":
            message = f'"{slug}" is an error and stays one.'
            findings.append(LOCKED_CHECK.at(slug.span, message, "Remove the line."))
    return findings


def weigh(
    findings: Iterable[Diagnostic], checks: Mapping[Located, str], sources: Mapping[str, str]
) -> list[Diagnostic]:
    """The findings that are told, with the severities that the course gave them.

    A warning or note is silenced by `sitegen: ignore SLUG` in a comment on its line or on the line above.
    """
    levels: dict[str, Severity] = {severity: severity for severity in SEVERITIES}
    chosen = {str(slug): level for slug, level in checks.items()}
    lines: dict[str, list[str]] = {}
    told = []
    for finding in findings:
        level = levels.get(chosen.get(finding.slug, finding.severity))
        if finding.severity == "error":
            told.append(finding)
        elif level is not None and not _is_silenced(finding.slug, finding.span, sources, lines):
            told.append(replace(finding, severity=level))
    return told


def _is_silenced(slug: str, span: Span, sources: Mapping[str, str], lines: dict[str, list[str]]) -> bool:
    if span.file not in lines:
        text = sources.get(span.file, "")
        lines[span.file] = text.split("\n") if "sitegen:" in text else []
    near = lines[span.file][max(0, span.line - 2) : span.line]
    return any(slug in re.split(r"\s*,\s*", match["slugs"]) for line in near for match in _SILENCE.finditer(line))
