"""Real BibTeX, where there is one: what it says about a file, and what its styles make of it.

Debian has it, plain.bst and LaTeX in what texlive-latex-base depends on. With SITEGEN_BIBTEX=required a test that
needs them fails without them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Said:
    complaints: list[str]
    """Warnings and errors, line by line."""
    bbl: str
    """What the style writes for LaTeX."""


def run_bibtex(bib: str, style: str = "plain", style_text: str = "") -> Said:
    """All entries of `bib` in a style: BibTeX's own, or one whose text is given."""
    program = _find("bibtex")
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder, "job")
        job.with_suffix(".bib").write_bytes(bib.encode())
        job.with_suffix(".aux").write_text(f"\\citation{{*}}\n\\bibstyle{{{style}}}\n\\bibdata{{job}}\n", "ascii")
        if style_text:
            Path(folder, f"{style}.bst").write_text(style_text, "ascii")
        # Its lines are broken at 79 characters unless it is told otherwise.
        wide = {**os.environ, "max_print_line": "100000"}
        done = subprocess.run([program, "job"], cwd=folder, env=wide, capture_output=True, check=False)
        bbl = job.with_suffix(".bbl").read_bytes().decode() if job.with_suffix(".bbl").exists() else ""
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    beginnings = ("This is BibTeX", "The top-level", "The style file", "Database file", "Capacity:", "Reallocat")
    return Said([line for line in lines if line and not line.startswith(beginnings)], bbl)


def run_latex(bbl: str) -> list[str]:
    """What LaTeX complains about in a bibliography that BibTeX wrote: errors, and letters that no font has."""
    program = _find("latex")
    with tempfile.TemporaryDirectory() as folder:
        text = f"\\documentclass{{article}}\\usepackage[T1]{{fontenc}}\\begin{{document}}\n{bbl}\n\\end{{document}}\n"
        Path(folder, "job.tex").write_text(text.replace("\\begin{doc", "\\usepackage{url}\\begin{doc"), "utf-8")
        command = [program, "-draftmode", "-interaction=nonstopmode", "-no-shell-escape", "job"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return [line for line in lines if line.startswith(("!", "Missing character")) or "Error" in line]


def _find(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        if os.environ.get("SITEGEN_BIBTEX") == "required":
            pytest.fail(f"SITEGEN_BIBTEX=required, but there is no {name}")
        pytest.skip(f"there is no {name}")
    return program


FIELDS_STYLE = r"""
ENTRY { author booktitle journal key month note number pages publisher title volume year } {} {}
FUNCTION {show} { duplicate$ missing$ { pop$ pop$ } { "=" swap$ * * write$ newline$ } if$ }
FUNCTION {default.type}
{ "[" cite$ * write$ newline$
  "author" author show "booktitle" booktitle show "journal" journal show "month" month show "note" note show
  "number" number show "pages" pages show "publisher" publisher show "title" title show "volume" volume show
  "year" year show }
MACRO {jan} {"January"} MACRO {feb} {"February"} MACRO {mar} {"March"} MACRO {apr} {"April"}
MACRO {may} {"May"} MACRO {jun} {"June"} MACRO {jul} {"July"} MACRO {aug} {"August"}
MACRO {sep} {"September"} MACRO {oct} {"October"} MACRO {nov} {"November"} MACRO {dec} {"December"}
READ
ITERATE {call.type$}
"""
"""Writes each entry's fields as BibTeX has read them."""

NAMES_STYLE = r"""
ENTRY { author } {} {}
INTEGERS { i n }
FUNCTION {part} { "@" swap$ * * }
FUNCTION {default.type}
{ author num.names$ 'n :=
  #1 'i :=
  { i n #1 + < }
  { cite$ author i "{ff}" format.name$ part author i "{vv}" format.name$ part
    author i "{ll}" format.name$ part author i "{jj}" format.name$ part write$ newline$
    i #1 + 'i := }
  while$ }
READ
ITERATE {call.type$}
"""
"""Writes the four parts of each name of the field author."""


def read_fields(bib: str) -> dict[str, dict[str, str]]:
    """Each entry's fields as BibTeX reads them, by key."""
    entries: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in run_bibtex(bib, "fields", FIELDS_STYLE).bbl.replace("\n  ", " ").splitlines():
        if line.startswith("["):
            current = entries.setdefault(line[1:], {})
        else:
            name, _, value = line.partition("=")
            current[name] = value
    return entries


def read_name_parts(names: list[str]) -> list[tuple[str, ...]]:
    """First, von, last and jr of each name as BibTeX splits it, as LaTeX."""
    bib = "".join(f"@misc{{k{number}, author = {{{name}}}}}\n" for number, name in enumerate(names))
    bbl = run_bibtex(bib, "names", NAMES_STYLE).bbl.replace("\n  ", " ")
    found = {row[0]: tuple(row[1:]) for row in (line.split("@") for line in bbl.splitlines())}
    return [found[f"k{number}"] for number in range(len(names))]
