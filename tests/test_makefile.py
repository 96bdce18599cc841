"""What `make` and `.ci/run` do, seen from outside: which commands run, with which words, and when.

Nothing is installed here. A shell script stands in for Python, writes down how it is called and makes the
few files that the Makefile waits for. What the commands themselves do is other tests' matter.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKE = shutil.which("make") or ""
TARGETS = [
    "site",
    "serve",
    "check",
    "remember",
    "test",
    "docs",
    "bench",
    "checkers",
    "lint",
    "format",
    "dist",
    "lock",
    "setup",
    "clean",
]

pytestmark = pytest.mark.skipif(not MAKE, reason="no make")
posix = pytest.mark.skipif(sys.platform == "win32", reason="a shell script can't stand in for python.exe")

# What a run of these tests under `make test` must not hand down to the make that is tested.
OURS = re.compile(
    r"MAKE.*|MFLAGS|COURSE|OUT|BASE_URL|TODAY|FORMAT|ARGS|PYTHON|VENV|LOG|STATUS|VERSION|NO_PIP|SITEGEN_.*|PIP_.*|VENV_.*"
)


def run(*command: str, folder: Path = ROOT, typed: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not OURS.fullmatch(name)}
    return subprocess.run(command, cwd=folder, env={**clean, **env}, input=typed, capture_output=True, text=True)


# --- the list of targets ----------------------------------------------------------------------------


def test_make_alone_lists_every_target() -> None:
    listed = run(MAKE)
    assert listed.returncode == 0, listed.stderr
    assert re.findall(r"^make ([a-z]+) ", listed.stdout, re.MULTILINE) == TARGETS
    assert run(MAKE, "help").stdout == listed.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_is_complete(target: str) -> None:
    """All that it needs exists or can be made; `-n` runs nothing."""
    planned = run(MAKE, "-n", target)
    assert planned.returncode == 0, planned.stderr
    assert planned.stderr == ""


# --- the words that reach sitegen -------------------------------------------------------------------

STAND_IN = """\
#!/bin/sh
# Stands in for Python: notes each call, makes the folder that `-m venv` would make.
printf '%s|' "$@" >>"$LOG"
echo >>"$LOG"
case "$*" in
  "-m venv --clear "*) rm -rf "$4"; mkdir -p "$4/bin"; ln -s "$0" "$4/bin/python"; exit "${VENV_STATUS:-0}";;
  "-m pip install "*) exit "${PIP_STATUS:-0}";;
  "-m pip "*) exit "${NO_PIP:-0}";;
  --version) echo "Python ${VERSION:-3.12.1}";;
  "-c "*pyvenv.cfg*) test "${VERSION:-new} ${VENV_OF:-same}" = "new same";;
  "-c "*) test "${VERSION:-new}" = new;;
esac
"""


class Tree:
    """The Makefile with what it reads, in a folder whose name holds a space, and the stand-in as `python`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "my course"
        self.log = folder / "log"
        self.python = folder / "programs" / "python-stand-in"
        self.folder.mkdir()
        self.python.parent.mkdir()
        self.python.write_text(STAND_IN, encoding="utf-8")
        self.python.chmod(0o755)
        os.utime(self.python, (OLD, OLD))
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.folder)
            os.utime(self.folder / name, (OLD, OLD))

    def make(self, *arguments: str, **env: str) -> list[list[str]]:
        """Run make; the calls of Python that do something, as lists of words."""
        self.result = self.run(*arguments, **env)
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        calls = [line.removesuffix("|").split("|") for line in lines]
        return [call for call in calls if call[0] == "-m"]

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        self.log.unlink(missing_ok=True)
        given = {"LOG": str(self.log), "PYTHON": str(self.python), **env}
        return run(MAKE, *arguments, folder=self.folder, **given)

    def with_programs(self, python: str) -> str:
        """A search path with the stand-in under this name, what the recipes call, and nothing else."""
        for tool in ("sh", "rm", "mkdir", "ln", "touch"):
            self.link(tool, shutil.which(tool) or "")
        self.link(python, self.python)
        return str(self.python.parent)

    def link(self, name: str, target: str | Path) -> None:
        (self.python.parent / name).unlink(missing_ok=True)
        (self.python.parent / name).symlink_to(target)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


OLD = 1_000_000_000
VENV = ["-m", "venv", "--clear", ".venv"]
PIP = ["-m", "pip", "install", "--quiet", "--editable"]
COMPILE = ["-m", "compileall", "-q", "sitegen"]
BUILD = ["-m", "sitegen", "build"]
PYTEST = ["-m", "pytest", "--numprocesses=auto", "--dist=loadfile"]


@posix
def test_a_first_run_makes_the_environment_and_then_builds(tree: Tree) -> None:
    assert tree.make("site") == [VENV, [*PIP, ".[diagrams]"], COMPILE, [*BUILD, ".", "--out", "_site"]]
    assert tree.result.returncode == 0
    assert tree.result.stdout.splitlines() == [
        f"Making .venv with {tree.python}",
        "Installing sitegen[diagrams] into .venv",
    ]


@posix
def test_a_second_run_only_builds(tree: Tree) -> None:
    tree.make("site")
    assert tree.make("site") == [[*BUILD, ".", "--out", "_site"]]
    assert tree.result.stdout == ""


@posix
@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_is_installed(tree: Tree, name: str) -> None:
    tree.make("site")
    os.utime(tree.folder / name)
    later = (tree.folder / name).stat().st_mtime + 10
    os.utime(tree.folder / name, (later, later))
    assert tree.make("site") == [[*PIP, ".[diagrams]"], [*BUILD, ".", "--out", "_site"]]


@posix
def test_what_the_tests_need_is_installed_only_for_them(tree: Tree) -> None:
    tree.make("site")
    assert tree.make("test") == [[*PIP, ".[diagrams,test,lint]"], PYTEST]
    assert tree.make("lint") == [["-m", "ruff", "format", "--check", "."], ["-m", "ruff", "check", "."], ["-m", "mypy"]]


@posix
def test_an_installation_that_failed_is_tried_again(tree: Tree) -> None:
    assert tree.make("site", PIP_STATUS="1") == [VENV, [*PIP, ".[diagrams]"], [*PIP, "."]]
    assert tree.result.returncode == 2
    assert tree.make("site") == [[*PIP, ".[diagrams]"], COMPILE, [*BUILD, ".", "--out", "_site"]]


@posix
def test_an_environment_whose_python_is_gone_is_made_anew(tree: Tree) -> None:
    tree.make("site", PYTHON="", PATH=tree.with_programs("python3"))
    inside = tree.folder / ".venv" / "bin" / "python"
    inside.unlink()
    inside.symlink_to(tree.folder / "removed by an upgrade")
    calls = tree.make("site", PYTHON="", PATH=tree.with_programs("python3"))
    assert calls == [VENV, [*PIP, ".[diagrams]"], COMPILE, [*BUILD, ".", "--out", "_site"]]


@posix
def test_an_environment_that_another_python_made_is_made_anew(tree: Tree) -> None:
    tree.make("site")
    assert tree.make("site", VENV_OF="another") == [
        VENV,
        [*PIP, ".[diagrams]"],
        COMPILE,
        [*BUILD, ".", "--out", "_site"],
    ]


@posix
def test_an_environment_made_by_hand_is_kept(tree: Tree) -> None:
    (tree.folder / ".venv" / "bin").mkdir(parents=True)
    (tree.folder / ".venv" / "bin" / "python").symlink_to(tree.python)
    assert tree.make("site") == [
        ["-m", "pip", "--version"],
        [*PIP, ".[diagrams]"],
        COMPILE,
        [*BUILD, ".", "--out", "_site"],
    ]
    assert tree.make("site") == [[*BUILD, ".", "--out", "_site"]]


@posix
def test_a_half_made_environment_is_made_anew(tree: Tree) -> None:
    """Debian's python3 without python3-venv stops on the way, before there is a pip."""
    assert tree.make("site", VENV_STATUS="1") == [VENV]
    assert tree.result.returncode == 2
    assert tree.make("site", NO_PIP="1")[:2] == [["-m", "pip", "--version"], VENV]


@posix
def test_a_python_that_is_too_old_is_named_in_one_sentence(tree: Tree) -> None:
    assert tree.make("site", VERSION="3.9.18") == []
    assert tree.result.returncode == 2
    assert tree.result.stderr.splitlines()[0] == (
        f"sitegen needs Python 3.11 or newer; {tree.python} is Python 3.9.18; name another with PYTHON=path/to/python."
    )
    assert not (tree.folder / ".venv").exists()


@posix
def test_a_python_that_is_not_there_is_named_in_one_sentence(tree: Tree) -> None:
    tree.make("site", PYTHON="python9.9")
    assert tree.result.stderr.splitlines()[0] == (
        "sitegen needs Python 3.11 or newer; python9.9 is not there; name another with PYTHON=path/to/python."
    )


@posix
@pytest.mark.parametrize("name", ["python3", "python", "python3.13"])
def test_without_PYTHON_the_first_that_is_new_enough_is_taken(tree: Tree, name: str) -> None:  # noqa: N802
    """An older `python3` on the way is passed over."""
    path = tree.with_programs(name)
    if name != "python3":
        (tree.python.parent / "python3").write_text(STAND_IN.replace("VERSION:-", "NONE:-3.9.18"), encoding="utf-8")
        (tree.python.parent / "python3").chmod(0o755)
    tree.make("site", PYTHON="", PATH=path)
    assert tree.result.returncode == 0, tree.result.stderr
    assert tree.result.stdout.splitlines()[0] == f"Making .venv with {name}"


@posix
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["site"], [*BUILD, ".", "--out", "_site"]),
        (
            ["site", "OUT=public/teaching/2026-course", "BASE_URL=https://user.github.io/teaching/2026-course/"],
            [
                *(*BUILD, ".", "--out", "public/teaching/2026-course"),
                *("--base-url", "https://user.github.io/teaching/2026-course/"),
            ],
        ),
        (["site", "COURSE=teaching/my course"], [*BUILD, "teaching/my course", "--out", "_site"]),
        (["site", "BASE_URL=", "TODAY=", "FORMAT="], [*BUILD, ".", "--out", "_site"]),
        (
            ["site", "TODAY=2026-02-03", "FORMAT=json"],
            [*BUILD, ".", "--out", "_site", "--today", "2026-02-03", "--format", "json"],
        ),
        (["site", "OUT=a;touch b`touch c`'d'\"e\""], [*BUILD, ".", "--out", "a;touch b`touch c`'d'\"e\""]),
        (["site", "ARGS=--strict -v"], [*BUILD, ".", "--out", "_site", "--strict", "-v"]),
        (["check", "FORMAT=github"], ["-m", "sitegen", "check", ".", "--format", "github"]),
        (["check", "COURSE=b", "BASE_URL=x"], ["-m", "sitegen", "check", "b"]),
        (["serve", "COURSE=b"], ["-m", "sitegen", "serve", "b"]),
        (["test", "ARGS=-k calendar -x"], [*PYTEST, "-k", "calendar", "-x"]),
    ],
)
def test_variables_become_options_word_for_word(tree: Tree, arguments: list[str], words: list[str]) -> None:
    assert tree.make(*arguments)[-1] == words


@posix
def test_variables_may_come_from_the_environment(tree: Tree) -> None:
    """As in the workflow; there a dollar sign is itself, too."""
    calls = tree.make("site", BASE_URL="https://example.edu/$(touch a)/", OUT="out")
    assert calls[-1] == [*BUILD, ".", "--out", "out", "--base-url", "https://example.edu/$(touch a)/"]


CURL = """\
#!/bin/sh
# Stands in for curl: notes its address, and gives what is published, if anything is.
for word; do case "$before" in --output) file=$word;; esac; before=$word; done
printf '%s\\n' "$before" >>"$LOG"
printf '%s' "$PUBLISHED" >"$file"
exit "${STATUS:-0}"
"""


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A course, and a curl that stands in for a site."""
    (tmp_path / "my course").mkdir()
    (tmp_path / "curl").write_text(CURL, encoding="utf-8")
    (tmp_path / "curl").chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def remember(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": f"{folder}:{os.environ['PATH']}", "LOG": str(folder / "log"), "COURSE": "my course"}
    return run(MAKE, "remember", folder=folder, **given, **env)


@posix
@pytest.mark.parametrize("address", ["https://example.edu/course/", "https://example.edu/course"])
def test_what_is_published_is_put_where_the_next_build_finds_it(asked: Path, address: str) -> None:
    result = remember(asked, BASE_URL=address, PUBLISHED="BEGIN:VCALENDAR")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert kept(asked) == {"calendar.ics": "BEGIN:VCALENDAR", "feed.xml": "BEGIN:VCALENDAR"}
    addresses = (asked / "log").read_text("utf-8").split()
    assert [re.sub(r"\?\d+$", "", one) for one in addresses] == [
        "https://example.edu/course/calendar.ics",
        "https://example.edu/course/feed.xml",
    ]


def kept(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (folder / "my course" / ".sitegen").iterdir()}


@posix
def test_a_site_that_is_not_there_yet_is_no_error_and_leaves_what_is_known(asked: Path) -> None:
    remember(asked, BASE_URL="https://example.edu/", PUBLISHED="the last")
    result = remember(asked, BASE_URL="https://example.edu/", PUBLISHED="<h1>half a pa", STATUS="22")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "There is no calendar.ics at https://example.edu/ yet; what it would remember starts anew.",
        "There is no feed.xml at https://example.edu/ yet; what it would remember starts anew.",
    ]
    assert kept(asked) == {"calendar.ics": "the last", "feed.xml": "the last"}


def test_clean_deletes_what_was_built_and_keeps_the_rest(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("_site", "dist", ".venv", "content", ".pytest_cache"):
        (tmp_path / name).mkdir()
    assert run(MAKE, "clean", folder=tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".venv", "Makefile", "content"]


# --- .ci/run ----------------------------------------------------------------------------------------

NOTE = 'echo "$(basename "$0") $*" >>"$LOG"\n'


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """`.ci/run` on a machine that has nothing but stand-ins: apt-get, sudo and make."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    programs = tmp_path / "programs"
    programs.mkdir()
    for tool in ("bash", "sh", "env", "dirname", "basename", "cat"):
        (programs / tool).symlink_to(shutil.which(tool) or "")
    scripts = {
        programs / "apt-get": NOTE,
        programs / "make": NOTE,
        programs / "sudo": '[ "$1" = --non-interactive ] && shift && exec "$@"\n',
    }
    for path, script in scripts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
        path.chmod(0o755)
    return tmp_path


def ci(machine: Path, **env: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run it from elsewhere; its result and the calls it made."""
    log = machine / "log"
    given = {"PATH": str(machine / "programs"), "LOG": str(log), **env}
    result = run(str(machine / ".ci" / "run"), folder=machine.parent, typed="read by nobody", **given)
    return result, log.read_text("utf-8").splitlines()


APT = [
    "apt-get update",
    "apt-get install --yes --no-install-recommends chromium fonts-dejavu-core fonts-liberation texlive-latex-base default-jre-headless",
]
REST = "apt-get install --yes --no-install-recommends texlive-latex-base default-jre-headless"
SPEED = "make bench ARGS=--sizes=30 --peers=hugo --rounds=3 --patience=60"
CHECKS = ["make lint", "make checkers", SPEED, "make test"]


@posix
def test_ci_installs_chromium_and_runs_every_check(machine: Path) -> None:
    result, calls = ci(machine)
    assert (calls, result.returncode, result.stderr) == (APT + CHECKS, 0, "")


@posix
def test_ci_installs_only_what_is_not_there(machine: Path) -> None:
    shutil.copy(machine / "programs" / "make", machine / "programs" / "chromium")
    assert ci(machine)[1] == [APT[0], REST, *CHECKS]
    for program in ("java", "latex"):
        shutil.copy(machine / "programs" / "make", machine / "programs" / program)
    (machine / "log").unlink()
    assert ci(machine)[1] == CHECKS


@posix
def test_ci_uses_the_chromium_it_is_told(machine: Path) -> None:
    assert ci(machine, SITEGEN_CHROMIUM="/opt/chrome")[1] == [APT[0], REST, *CHECKS]


@posix
def test_ci_goes_on_without_the_checkers_where_npm_cannot_be_reached(machine: Path) -> None:
    script = '[ "$1" != checkers ] || exit 2; [ "$1" != test ] || echo "checkers: ${SITEGEN_CHECKERS:-}"\n'
    (machine / "programs" / "make").write_text("#!/bin/sh\n" + NOTE + script, encoding="utf-8")
    result, calls = ci(machine)
    assert (result.returncode, calls) == (0, APT + CHECKS)
    assert result.stdout == "checkers: \n"
    assert "without the HTML checker and Lighthouse" in result.stderr


@posix
def test_ci_ends_in_what_make_test_says_and_in_its_status(machine: Path) -> None:
    script = '[ "$1" != test ] || { cat; echo "browser: $SITEGEN_BROWSER, checkers: $SITEGEN_CHECKERS"; exit "${STATUS:-0}"; }\n'
    (machine / "programs" / "make").write_text("#!/bin/sh\n" + NOTE + script, encoding="utf-8")
    for status in (0, 2):
        result, _ = ci(machine, STATUS=str(status))
        assert (result.returncode, result.stdout, result.stderr) == (
            status,
            "browser: required, checkers: required\n",
            "",
        )


@posix
def test_ci_goes_on_where_the_benchmark_cannot_be_run(machine: Path) -> None:
    (machine / "programs" / "make").write_text("#!/bin/sh\n" + NOTE + '[ "$1" != bench ] || exit 2\n', encoding="utf-8")
    result, calls = ci(machine)
    assert (result.returncode, calls) == (0, APT + CHECKS)
    assert result.stderr == "The benchmark couldn't be run.\n"


@posix
def test_ci_stops_at_the_first_check_that_fails(machine: Path) -> None:
    (machine / "programs" / "make").write_text("#!/bin/sh\n" + NOTE + "exit 2\n", encoding="utf-8")
    result, calls = ci(machine)
    assert (result.returncode, calls) == (2, [*APT, "make lint"])


@posix
def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    checked = run("bash", "-n", str(ROOT / ".ci" / "run"))
    assert (checked.returncode, checked.stderr) == (0, "")
