"""The wheel and the sdist, built from the tracked files, hold all that sitegen needs where there is no source.

How the package is made is `pyproject.toml`'s business; what the installed program does in detail is the
other tests'. Here it is enough that it starts, finds its theme and builds a course.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sitegen import __version__

ROOT = Path(__file__).parents[1]

SITE_YAML = """\
course:
  code: TST101
  title: Packaging
  term: Spring 2026
  timezone: America/New_York
term:
  start: 2026-01-27
  end: 2026-01-29
  meets: Tue/Thu 3:30-4:45pm
schedule:
  - A first topic
  - A second topic
"""


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as a user would, without the variables that would show it this source tree."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SITEGEN_"))}
    env |= {"PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def source_files() -> list[str]:
    """What git tracks or would track, by POSIX path."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", folder=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source files alone, without `.venv`, caches or anything built."""
    tree = tmp_path_factory.mktemp("source")
    for name in source_files():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    return tree


def build(tree: Path, *options: str) -> Path:
    """The folder that `python -m build` filled."""
    folder = tree.parent / f"dist{len(list(tree.parent.glob('dist*')))}"
    built = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, *options, tree, folder=tree)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def dist(tree: Path) -> Path:
    """The sdist, and the wheel that is built from it."""
    return build(tree)


def contents(wheel: Path) -> dict[str, int]:
    """The checksum of each file in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: entry.CRC for entry in archive.infolist()}


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_theme_and_nothing_else(dist: Path) -> None:
    names = {name for name in contents(only(dist, "*.whl")) if ".dist-info/" not in name}
    package = {name for name in source_files() if name.startswith("sitegen/")}
    theme = {f"sitegen/{name}" for name in source_files() if name.startswith("templates/")}
    assert names == package | theme
    assert "sitegen/py.typed" in names
    assert any(name.endswith(".html") for name in theme)


@pytest.mark.slow
def test_the_wheel_says_what_it_is(dist: Path) -> None:
    wheel = only(dist, "*.whl")
    assert wheel.name == f"sitegen-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        inside = f"sitegen-{__version__}.dist-info"
        metadata = archive.read(f"{inside}/METADATA").decode()
        scripts = archive.read(f"{inside}/entry_points.txt").decode()
        assert archive.read(f"{inside}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert "\nLicense-Expression: MIT\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert scripts.split() == ["[console_scripts]", "sitegen", "=", "sitegen.__main__:main"]


@pytest.mark.slow
def test_the_wheel_is_the_same_from_the_sdist_and_from_the_source(tree: Path, dist: Path) -> None:
    assert contents(only(build(tree, "--wheel"), "*.whl")) == contents(only(dist, "*.whl"))


@pytest.mark.slow
def test_the_sdist_holds_what_its_tests_read(dist: Path) -> None:
    """Whoever packages sitegen for a system runs the tests from the sdist."""
    with tarfile.open(only(dist, "*.tar.gz")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tests = {name for name in source_files() if name.startswith(("tests/", ".ci/", ".github/"))}
    assert tests | {"Makefile", "constraints.txt", "pyproject.toml", "LICENSE", "README.md"} <= names


@pytest.fixture(scope="module")
def installed(dist: Path) -> Path:
    """`sitegen` in an environment of its own, installed as the pinned versions say."""
    folder = dist.parent / "environment"
    made = run(sys.executable, "-m", "venv", folder, folder=dist)
    assert made.returncode == 0, made.stderr
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (scripts / "python", "-m", "pip", "install", "--quiet", "--retries", "2")
    result = run(*pip, "--constraint", ROOT / "constraints.txt", only(dist, "*.whl"), folder=dist)
    offline = re.search(r"connection broken|NewConnectionError|NameResolution|ProxyError", result.stderr)
    if result.returncode and offline and os.environ.get("CI") != "true":
        pytest.skip("pip reaches no package index")
    assert result.returncode == 0, result.stderr
    return scripts / ("sitegen.exe" if sys.platform == "win32" else "sitegen")


@pytest.mark.slow
def test_the_installed_program_says_its_version(installed: Path, tmp_path: Path) -> None:
    shown = run(installed, "--version", folder=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert __version__ in shown.stdout.split()


@pytest.mark.slow
def test_the_installed_program_builds_a_course_that_has_no_theme(installed: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    course.mkdir()
    (course / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    built = run(installed, "build", course, "--out", tmp_path / "out", "--today", "2026-01-27", folder=tmp_path)
    assert built.returncode == 0, built.stdout + built.stderr
    home = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "TST101" in home
    assert "A second topic" in (tmp_path / "out" / "schedule" / "index.html").read_text("utf-8")
    left = sorted(path.name for path in course.iterdir())
    assert left == [".sitegen", "site.yaml"], "beside its memory, a build leaves the course as it was"


@pytest.mark.slow
def test_the_installed_program_builds_the_same_site_as_the_source(installed: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    course.mkdir()
    (course / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    options = ("--today", "2026-01-27", "--out")
    assert run(installed, "build", course, *options, tmp_path / "installed", folder=tmp_path).returncode == 0
    assert (
        run(sys.executable, "-m", "sitegen", "build", course, *options, tmp_path / "source", folder=ROOT).returncode
        == 0
    )
    assert files_below(tmp_path / "installed") == files_below(tmp_path / "source")


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the pinned versions ----------------------------------------------------------------------------

PIN = re.compile(r"([a-z0-9-]+)==([^ ]+)( ; .+)?")


def pins() -> dict[str, list[str]]:
    """The pinned versions of each project; two where an older Python needs an older one."""
    pinned: dict[str, list[str]] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if match := PIN.fullmatch(line):
            pinned.setdefault(match[1], []).append(match[2])
    return pinned


def requirements() -> list[Requirement]:
    """What pyproject.toml asks for, the extras and the build included."""
    toml = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project, build_system = toml["project"], toml["build-system"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    return [Requirement(line) for line in (*project["dependencies"], *extras, *build_system["requires"])]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_a_requirement_is_pinned_within_its_range(requirement: Requirement) -> None:
    """After a change in pyproject.toml, `make lock` pins anew."""
    pinned = pins().get(canonicalize_name(requirement.name), [])
    assert pinned
    assert [version for version in pinned if version not in requirement.specifier] == []


def test_the_pins_tell_nothing_of_the_machine_that_wrote_them() -> None:
    """No folder, no index, no option: pins, and comments on where each comes from."""
    header, command, *lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [header, command] == ["# This file was autogenerated by uv via the following command:", "#    make lock"]
    comment = re.compile(r" +#( via)?( +[a-z0-9-]+( \(pyproject\.toml\))?)?")
    assert [line for line in lines if not PIN.fullmatch(line) and not comment.fullmatch(line)] == []


# --- the source tree --------------------------------------------------------------------------------

OURS = re.compile(
    r"(sitegen|templates|bench|\.github)/.*(?<!\.ttf)|tests/.*\.py|\.ci/run|\.[a-z]+|Makefile|LICENSE|.*\.(toml|txt)"
)
"""Not what the course's author writes, and not what a test reads."""


def blemishes(source: bytes) -> list[str]:
    """What keeps a text file from being UTF-8 in lines that end in LF alone, the last one too, without blanks."""
    found = []
    if b"\r" in source:
        found.append("CR")
    if re.search(rb"[ \t]$", source, re.MULTILINE):
        found.append("blanks at the end of a line")
    if source and not re.search(rb"[^\n]\n\Z", source):
        found.append("not one newline at the end")
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        found.append("not UTF-8")
    return found


def test_the_project_s_own_files_are_clean_text() -> None:
    found = {name: blemishes((ROOT / name).read_bytes()) for name in source_files() if OURS.fullmatch(name)}
    assert "sitegen/__init__.py" in found
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (b"", []),
        (b"a\n\nb\n", []),
        (b"a\r\n", ["CR"]),
        (b"a \nb\n", ["blanks at the end of a line"]),
        (b"a", ["not one newline at the end"]),
        (b"a\n\n", ["not one newline at the end"]),
        (b"\xff\n", ["not UTF-8"]),
    ],
)
def test_a_blemish_is_found(source: bytes, found: list[str]) -> None:
    assert blemishes(source) == found
