"""How loud a finding is: what site.yaml's `checks` say, and comments that silence one line.

An error can't be turned down or silenced: what it names would be missing from the site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from sitegen.diagnostics import SEVERITIES, Diagnostic, Located, Rule, Severity, Span, closest
from sitegen.patterns import regex
from sitegen.values import Value, replace

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
UNKNOWN_SILENCE = Rule(
    "unknown-silence",
    "warning",
    "A comment silences a kind of finding that sitegen doesn't have, or an error, so it silences nothing.",
    wrong="# sitegen: ignore duplicate-readings",
    right="# sitegen: ignore duplicate-reading",
)

_SILENCE = regex(r"sitegen:\s*ignore\s+(?P<slugs>\w+(?:-\w+)*(?:\s*,\s*\w+(?:-\w+)*)*)")
_SLUG = regex(r"\w+(?:-\w+)*")
_COMMENTS = {"yaml": "#", "bib": "%", "md": "<!--"}
"""What opens a comment, by the end of the file's name."""


class Silence(Value):
    """One slug in a comment that silences it."""

    slug: Located
    alone: bool
    """Nothing else stands on its line, so it's about the next line, too."""


def find_silences(text: str, file: str) -> Iterator[Silence]:
    """The slugs silenced in a file, in its order."""
    opener = _COMMENTS.get(file.rpartition(".")[2])
    if opener is None or "sitegen:" not in text:
        return
    for number, line in enumerate(text.split("\n"), 1):
        start = line.find(opener)
        if start < 0 or "sitegen:" not in line:
            continue
        alone = not line[:start].strip(" \t>") and ("-->" not in line or line.rstrip().endswith("-->"))
        for match in _SILENCE.finditer(line, start):
            for slug in _SLUG.finditer(line, *match.span("slugs")):
                span = Span(file, number, slug.start() + 1, number, slug.end() + 1)
                yield Silence(Located(slug[0], span), alone)


def check_checks(
    checks: Mapping[Located, str],
    list_rules: Callable[[], Mapping[str, Rule]],
    sources: Mapping[str, str] | None = None,
) -> list[Diagnostic]:
    """Findings about `checks` itself, and about the comments in `sources` that silence.

    The rules are asked for only when one is named: to list them, every module that makes findings is loaded.
    """
    findings: list[Diagnostic] = []
    silences = [silence for file, text in (sources or {}).items() for silence in find_silences(text, file)]
    if not silences and not checks:
        return findings
    rules = list_rules()
    for silence in silences:
        slug = silence.slug
        if slug not in rules:
            near = closest(slug, rules)
            help = f'Did you mean "{near}"?' if near else "sitegen explain lists all of them."
            findings.append(UNKNOWN_SILENCE.at(slug.span, f'There is no check "{slug}" to ignore.', help))
        elif rules[str(slug)].severity == "error":
            message = f'"{slug}" is an error, which a comment can\'t silence.'
            findings.append(UNKNOWN_SILENCE.at(slug.span, message, "Mend what it names, and remove the comment."))
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


_FOLLOWS = {
    "term": {"too-many-sessions", "empty-meetings"},
    "schedule": {"too-many-sessions", "empty-meetings", "unknown-session", "not-read-then", "unread-paper"},
    "grading": {"grading-sum"},
    "math": {"bad-formula"},
}
"""Findings that compare a whole with its parts, by the key of site.yaml that holds the parts; and formulas, whose
commands it may define."""


def hold_back(findings: Iterable[Diagnostic], unreadable: Set[str]) -> list[Diagnostic]:
    """The findings without those that would only repeat that a part of site.yaml couldn't be read."""
    guesses = {slug for key in unreadable for slug in _FOLLOWS.get(key, ())}
    return [finding for finding in findings if finding.slug not in guesses]


def weigh(
    findings: Iterable[Diagnostic], checks: Mapping[Located, str], sources: Mapping[str, str]
) -> list[Diagnostic]:
    """The findings that are told, with the severities that the course gave them.

    A warning or note is silenced by `sitegen: ignore SLUG` in a comment on its line, or in one that has the line
    above for itself.
    """
    levels: dict[str, Severity] = {severity: severity for severity in SEVERITIES}
    chosen = {str(slug): level for slug, level in checks.items()}
    silenced: dict[str, frozenset[tuple[int, str]]] = {}
    told = []
    for finding in findings:
        level = levels.get(chosen.get(finding.slug, finding.severity))
        file = finding.span.file
        if file not in silenced:
            silenced[file] = _list_silenced(sources.get(file, ""), file)
        if finding.severity == "error":
            told.append(finding)
        elif level is not None and (finding.span.line, finding.slug) not in silenced[file]:
            told.append(replace(finding, severity=level))
    return told


def _list_silenced(text: str, file: str) -> frozenset[tuple[int, str]]:
    """Lines, each with a slug that isn't told there."""
    silences = list(find_silences(text, file))
    own = {(silence.slug.span.line, str(silence.slug)) for silence in silences}
    below = {(silence.slug.span.line + 1, str(silence.slug)) for silence in silences if silence.alone}
    return frozenset(own | below)
