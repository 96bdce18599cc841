"""A command loads what it needs: nothing has to be waited for that isn't asked for."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitegen.folders import standstill
from tests.support import write_course

REPOSITORY = Path(__file__).parent.parent
HEAVY = {
    "asyncio",
    "bibtexparser",
    "calendar",
    "click",
    "dataclasses",
    "difflib",
    "email",
    "http",
    "importlib.metadata",
    "inspect",
    "jinja2",
    "livereload",
    "locale",
    "logging",
    "markdown",
    "math_core",
    "multiprocessing",
    "PIL",
    "pygments",
    "pymdownx",
    "random",
    "rcssmin",
    "rjsmin",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "tornado",
    "urllib.request",
    "watchfiles",
    "yaml",
    "zipfile",
}
"""What takes milliseconds to load, and is needed by some commands or for some courses only."""


def modules_after(program: str, *arguments: str) -> set[str]:
    """What a fresh interpreter has loaded after the program, and hadn't before it."""
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        f"sys.argv = ['sitegen', *{list(arguments)!r}]\n"
        "try:\n"
        f"    {program}\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "sys.stderr.write('\\n'.join(sorted(set(sys.modules) - before)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split("\n"))


def run_modules(*arguments: str) -> set[str]:
    return modules_after("from sitegen.__main__ import main; main()", *arguments)


def ours(modules: set[str]) -> set[str]:
    return {name.removeprefix("sitegen.") for name in modules if name.startswith("sitegen.")}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells no time of change, so every build is done")
def test_a_build_to_which_nothing_has_changed_loads_four_modules(tmp_path):
    course = write_course(tmp_path / "course", {"content/notes.md": "# Notes\n\nWords.\n"})
    time.sleep(2 * standstill.SAFE_NS / 1e9)
    first, second = (run_modules("build", str(course)) for _ in range(2))
    assert "sitegen.build" in first
    assert second - {"__future__", "_blake2", "gc"} == {
        "sitegen",
        "sitegen.__main__",
        "sitegen.folders",
        "sitegen.folders.seals",
        "sitegen.folders.standstill",
    }


def test_help_loads_the_commands_and_nothing_that_they_do():
    loaded = run_modules("--help")
    assert ours(loaded) == {
        "__main__",
        "arguments",
        "cli",
        "console",
        "extras",
        "folders",
        "folders.seals",
        "folders.standstill",
        "values",
        "workshop",
    }
    # What click needs to read signatures, to ask for the language of its words, and how wide the terminal is.
    assert loaded & HEAVY <= {"click", "inspect", "locale", "shutil"}


@pytest.mark.parametrize("module", ["sitegen.model", "sitegen.prose.documents", "sitegen.build"])
def test_what_only_some_builds_need_isn_t_loaded_before(module):
    assert modules_after(f"import {module}") & HEAVY == set()


def test_front_matter_of_plain_words_is_read_without_yaml_and_a_text_without_jinja():
    program = (
        "from sitegen.prose.documents import read_document; read_document(b'---\\ntitle: A\\n---\\nB', 'content/a.md')"
    )
    assert modules_after(program) & {"yaml", "jinja2", "pygments", "urllib.request"} == set()


def test_a_module_that_is_loaded_is_seen():
    """The lists above can be wrong: what is imported is told, in a package too."""
    assert {"calendar", "yaml", "yaml.reader"} <= modules_after("import calendar, yaml")
