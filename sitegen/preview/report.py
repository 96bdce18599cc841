"""A build's findings for the browser: the words of the terminal, cut into their parts, each with a link to its line.

The parts are read off `render_text`, so that browser and terminal never say two things. Values in, plain data out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sitegen.diagnostics import Diagnostic, Span, cells_of, count_findings, has_errors, render_text
from sitegen.values import Value, field

Link = Callable[[Span], str]
"""The address that opens a place in the editor; empty: none."""

MOST = 1000
"""Findings that are sent to a browser; the terminal tells all."""


class Report(Value):
    """What is to be said of the last build."""

    findings: Sequence[Diagnostic] = ()
    sources: Mapping[str, str] = field(factory=dict)
    fault: str = ""
    """What went wrong when it wasn't the course's fault; one sentence."""
    details: str = ""
    """The lines that go with a fault, as whoever mends it wants them."""
    since: str = ""
    """The time of day of the page that is still on view."""

    @property
    def failed(self) -> bool:
        return bool(self.fault) or has_errors(self.findings)


def report_json(report: Report, link: Link) -> bytes:
    """The report as the preview's script reads it. `id` is the same as long as the same is said."""
    told = sorted(report.findings, key=lambda finding: finding.severity != "error")[:MOST]
    rows = [_row(finding, report.sources, link) for finding in told]
    left = len(report.findings) - len(told)
    said: dict[str, Any] = {
        "failed": report.failed,
        "title": count_findings(report.findings),
        "fault": report.fault,
        "details": report.details,
        "findings": rows,
        "left": f"and {left} more, which the terminal tells" if left else "",
    }
    mark = hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()
    return json.dumps({**said, "id": mark, "since": report.since}).encode()


def _row(finding: Diagnostic, sources: Mapping[str, str], link: Link) -> dict[str, Any]:
    place = f"{finding.span}: "
    first, *rest = render_text([finding], sources).rstrip("\n").split("\n")
    _, _, message = first.partition(f"{finding.severity}[{finding.slug}]: ")
    after = len(finding.related) + bool(finding.help)
    shown, notes = rest[: len(rest) - after], rest[len(rest) - after :]
    return {
        "severity": finding.severity,
        "slug": finding.slug,
        "place": first[: first.find(f": {finding.severity}[")] or place,
        "href": link(finding.span),
        "message": message,
        "line": finding.span.line,
        "source": _marked(*shown) if len(shown) == 2 else [],
        "related": [
            {"words": words.strip(), "href": link(related.span)}
            for words, related in zip(notes, finding.related, strict=False)
        ],
        "help": notes[-1].strip().removeprefix("help: ") if finding.help else "",
    }


def _marked(source: str, carets: str) -> list[str]:
    """The line before, at and after its mark: `  4 |   titel: x` over `    |   ^^^^^` to `["  ", "titel", ": x"]`."""
    text, mark = source.partition(" | ")[2], carets.partition(" | ")[2]
    begin, width = len(mark) - len(mark.lstrip()), mark.count("^")
    start = _character_at(text, begin)
    end = _character_at(text, begin + width)
    return [text[:start], text[start:end] or " ", text[end:]]


def _character_at(text: str, cell: int) -> int:
    """The index of the character that begins at a terminal's cell, or after it."""
    taken = 0
    for index, character in enumerate(text):
        if taken >= cell and cells_of(character):
            return index
        taken += cells_of(character)
    return len(text)


def unheard(findings: Iterable[Diagnostic], before: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those of `findings` that weren't told after the build before. A warning that only moved to another line was."""
    told = {_known_by(finding) for finding in before}
    return [finding for finding in findings if _known_by(finding) not in told]


def _known_by(finding: Diagnostic) -> object:
    return finding if finding.severity == "error" else (finding.slug, finding.span.file, finding.message)
