"""The house of docs/design.md: who may import whom, and who may touch the world."""

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "sitegen"
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__"))
WORLDLY = {"disk", "destination", "changes", "publish", "serve", "cli"}
WORLD = {"os", "pathlib", "socket", "subprocess", "sys", "tempfile", "time", "shutil", "click", "livereload"}
CLOCK = re.compile(r"\b(?:datetime\.now|date\.today|time\.time|dt\.datetime\.now|dt\.date\.today)\(")


def read_floors() -> dict[str, int]:
    text = (REPOSITORY / "docs" / "design.md").read_text(encoding="utf-8")
    return {name: int(floor) for floor, name in re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.MULTILINE)}


def imports_of(source: str) -> set[str]:
    """Modules that the source imports, anywhere in it: `sitegen.plan` as `plan`, others by their top name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("sitegen.").split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "sitegen":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.removeprefix("sitegen.").split(".")[0])
    return found


def calls_of(source: str) -> set[str]:
    """Names that are called as plain functions."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


def higher_imports(name: str, imported: set[str], floors: dict[str, int]) -> set[str]:
    return {other for other in imported if other in floors and floors[other] >= floors[name]}


def test_every_module_has_a_floor_and_every_floor_a_module():
    assert sorted(read_floors()) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_from_lower_floors(name):
    imported = imports_of((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    assert higher_imports(name, imported, read_floors()) == set()


@pytest.mark.parametrize("name", [name for name in MODULES if name not in WORLDLY])
def test_only_the_doors_touch_files_sockets_the_clock_or_the_terminal(name):
    source = (PACKAGE / f"{name}.py").read_text(encoding="utf-8")
    assert imports_of(source) & WORLD == set()
    assert not CLOCK.search(source)
    assert calls_of(source) & {"print", "open", "input"} == set()


def test_an_import_from_above_is_found_wherever_it_stands():
    floors = {"model": 2, "build": 9, "pages": 6, "plan": 1}
    source = "from sitegen import plan\nimport json\ndef f():\n    from sitegen.build import OUTPUTS\n    import sitegen.pages\n"
    assert higher_imports("model", imports_of(source), floors) == {"build", "pages"}


def test_every_module_says_what_lives_in_it():
    for name in MODULES:
        assert ast.get_docstring(ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))), name
