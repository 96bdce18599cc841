"""The house of docs/design.md: who may import whom, and who may touch the world."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "sitegen"
FILES = {path.stem: path for path in sorted(PACKAGE.rglob("*.py")) if not path.stem.startswith("__")}
WORLDLY = {
    "disk",
    "destination",
    "changes",
    "memory",
    "cache",
    "codes",
    "publish",
    "indexer",
    "seals",
    "standstill",
    "memo",
    "ledger",
    "hands",
    "heap",
    "results",
    "spool",
    "pack",
    "touchup",
    "shortcut",
    "kept",
    "archive",
    "history",
    "drawing",
    "pictures",
    "listing",
    "watching",
    "ports",
    "web",
    "serve",
    "arguments",
    "console",
    "workshop",
    "extras",
    "cli",
}
WORLD = {"os", "pathlib", "socket", "subprocess", "sys", "tempfile", "time", "shutil", "click", "livereload"}
CLOCK = re.compile(r"\b(?:datetime\.now|date\.today|time\.time|dt\.datetime\.now|dt\.date\.today)\(")


@dataclass(frozen=True)
class Row:
    """A row of the table in docs/design.md."""

    modules: list[str]
    below: list[str]
    """Rows that it may import from."""


def read_rows() -> dict[str, Row]:
    text = (REPOSITORY / "docs" / "design.md").read_text(encoding="utf-8")
    table = text.split("| row | modules | may import |")[1].split("\n\n")[0]
    rows = {}
    for name, modules, below in re.findall(r"^\| `(\w+)` \| (.*?) \|(.*?)\|$", table, re.MULTILINE):
        rows[name] = Row(re.findall(r"\w+", modules), re.findall(r"\w+", below))
    return rows


def allowed(name: str, rows: dict[str, Row]) -> set[str]:
    """The modules that `name` may import."""
    row = next(row for row in rows.values() if name in row.modules)
    before = row.modules[: row.modules.index(name)]
    return {*before, *(module for other in row.below for module in rows[other].modules)}


def imports_of(source: str) -> set[str]:
    """Modules that the source imports, anywhere in it: sitegen's own by their last name, others by their first."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {_short(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = node.module.split(".")
            if inner[0] == "sitegen" and inner[-1] not in FILES:
                found |= {alias.name for alias in node.names}
            else:
                found.add(_short(node.module))
    return found


def _short(module: str) -> str:
    return module.split(".")[-1 if module.startswith("sitegen") else 0]


def calls_of(source: str) -> set[str]:
    """Names that are called as plain functions."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


def test_every_module_has_a_row_and_every_row_its_folder():
    rows = read_rows()
    assert sorted(module for row in rows.values() for module in row.modules) == sorted(FILES)
    for name, row in rows.items():
        folder = PACKAGE if name in ("ground", "top") else PACKAGE / name
        assert [module for module in row.modules if FILES[module].parent != folder] == []


def test_a_row_names_only_rows_above_it():
    names = list(read_rows())
    for number, (name, row) in enumerate(read_rows().items()):
        assert set(row.below) <= set(names[:number]), name


@pytest.mark.parametrize("name", FILES)
def test_a_module_imports_only_what_the_table_allows(name):
    imported = imports_of(FILES[name].read_text(encoding="utf-8"))
    assert (imported & set(FILES)) - allowed(name, read_rows()) == set()


@pytest.mark.parametrize("name", [name for name in FILES if name not in WORLDLY])
def test_only_the_doors_touch_files_sockets_the_clock_or_the_terminal(name):
    source = FILES[name].read_text(encoding="utf-8")
    assert imports_of(source) & WORLD == set()
    assert not CLOCK.search(source)
    assert calls_of(source) & {"print", "open", "input"} == set()


def test_an_import_that_is_not_allowed_is_found_wherever_it_stands():
    source = """
from sitegen import plan, build
import json, os.path
def f():
    from sitegen.course.resolve import resolve_course
    import sitegen.outputs.pages
    from sitegen.bib import latex
"""
    assert imports_of(source) == {"plan", "build", "json", "os", "resolve", "pages", "latex"}
    rows = {"low": Row(["a", "b", "c"], []), "high": Row(["d", "e"], ["low"])}
    assert allowed("b", rows) == {"a"}
    assert allowed("e", rows) == {"a", "b", "c", "d"}


def test_the_design_says_what_lives_in_each_module():
    text = (REPOSITORY / "docs" / "design.md").read_text(encoding="utf-8")
    table = text.split("| module | what lives there |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \| \S", table, re.MULTILINE) == [
        m for row in read_rows().values() for m in row.modules
    ]


def test_every_module_says_what_lives_in_it():
    for name, path in FILES.items():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), name


def test_no_pattern_repeats_a_group_possessively():
    """Before 3.11.5 Python's re gets that wrong (CPython issue 106052), and Debian 12 ships 3.11.2."""
    for name, path in FILES.items():
        texts = (
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant)
        )
        patterns = [text for text in texts if isinstance(text, str) and "(?" in text]
        assert not [text for text in patterns if re.search(r"(?<!\\)\)[*+?]\+", text)], name
