"""What README and docs/ show is true: every command is run, every key is documented, every link leads somewhere."""

import re
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sitegen.config.fields import Record
from sitegen.config.settings import SITE
from sitegen.prose.documents import FRONT_MATTER
from tests.support import REPOSITORY, run_sitegen

TEXTS = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?:<!-- session: (?P<edit>[^\n]*?) -->\n\n)?```console\n(?P<lines>.*?)```", re.DOTALL)
WHAT_A_COURSE_IS = ("site.yaml", "papers.bib", "content", "templates")


@dataclass(frozen=True)
class Step:
    """One command of a console block, with what is shown of its answer."""

    text: str
    edit: str
    command: str
    answer: str

    def __str__(self) -> str:
        return f"{self.text}: {self.command}"


def read_steps(path: Path) -> list[Step]:
    steps = []
    for block in BLOCK.finditer(path.read_text(encoding="utf-8")):
        pieces = re.split(r"^\$ (.*)\n", block["lines"], flags=re.MULTILINE)
        for command, answer in zip(pieces[1::2], pieces[2::2], strict=True):
            steps.append(Step(path.name, block["edit"] or "", command, answer))
    return steps


STEPS = [step for path in TEXTS for step in read_steps(path)]


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    """A copy of what the commands work on, with the course also in a folder of a bigger site."""
    copy = tmp_path_factory.mktemp("docs") / "repository"
    for target in (copy, copy / "teaching" / "2026-course"):
        target.mkdir(parents=True)
        for name in WHAT_A_COURSE_IS:
            source = REPOSITORY / name
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target / name)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copyfile(REPOSITORY / name, copy / name)
    return copy


def same_run(text: str) -> str:
    """Times and counts, which differ from run to run and as the course grows, made equal."""
    text = re.sub(r"\d+\.\d\d s", "0.00 s", text)
    text = re.sub(r"Built \d+ pages and \d+ other files", "Built all pages", text)
    text = re.sub(r"^(site\.yaml:)\d+|^  \d+ \|", r"\1N", text, flags=re.MULTILINE)
    return re.sub(r"\(\d+ written, \d+ unchanged(, \d+ removed)?\)", "(all)", text)


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_command_that_a_text_shows_works_and_answers_as_shown(repository, step):
    edited = {}
    if step.edit:
        path, old, new = shlex.split(step.edit)
        edited = {repository / path: (repository / path).read_text(encoding="utf-8")}
        for file, text in edited.items():
            assert old in text, f"{path} no longer holds {old}"
            file.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        answer = run_step(repository, step)
    finally:
        for file, text in edited.items():
            file.write_text(text, encoding="utf-8")
    if step.answer.strip():
        assert same_run(answer).strip() == same_run(step.answer).strip()


def run_step(repository: Path, step: Step) -> str:
    words = shlex.split(step.command)
    env = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        env[name] = value
    program, *arguments = words
    if program == "make":
        if shutil.which("make") is None:
            pytest.skip("there is no make")
        if arguments[:1] == ["site"] and step.answer.strip():
            # What the recipe of `make site` runs; that it does is test_makefile's to show.
            return run_sitegen("build", ".", "--out", "_site", cwd=repository).stdout
        result = subprocess.run(["make", "-n", *arguments], cwd=repository, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        return result.stdout
    assert program == "sitegen", f"no test knows how to run {step.command}"
    if arguments[:1] == ["serve"]:
        return run_serve(repository, arguments)
    result = run_sitegen(*arguments, cwd=repository, **env)
    expected = 1 if "error[" in step.answer else 0
    if "Bash completion is not supported" not in result.stderr:
        assert result.returncode == expected, result.stdout + result.stderr
    return result.stdout + result.stderr


def run_serve(repository: Path, arguments: list[str]) -> str:
    if sys.platform == "win32":
        pytest.skip("SIGINT to a process is POSIX")
    command = [sys.executable, "-m", "sitegen", *arguments]
    process = subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        while first and not first.startswith("Serving"):
            first = process.stdout.readline()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert first.startswith("Serving"), "serve never said that it serves"
    return first


def keys_of(record: Record) -> set[str]:
    return {key.name for key in record.keys}


def test_every_key_of_site_yaml_and_front_matter_is_documented():
    site = (REPOSITORY / "docs" / "site-yaml.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", site))
    known = keys_of(SITE)
    for key in SITE.keys:
        if isinstance(key.type, Record):
            known |= keys_of(key.type)
    assert known - named == set()
    content = (REPOSITORY / "docs" / "content.md").read_text(encoding="utf-8")
    assert {key for key in keys_of(FRONT_MATTER) if f"`{key}`" not in content} == set()


def test_every_option_of_every_command_is_documented():
    import click

    from sitegen.cli import cli

    text = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    commands = dict(cli.commands)
    for group, command in cli.commands.items():
        if isinstance(command, click.Group):
            commands |= {f"{group} {name}": inner for name, inner in command.commands.items()}
    for name, command in commands.items():
        assert f"sitegen {name}" in text
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[-1] in text, f"{name} {parameter.opts}"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_link_between_the_texts_leads_to_a_file(path):
    text = re.sub(r"`[^`\n]*`", "", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_texts_show_commands_at_all():
    assert len(STEPS) > 10


def test_the_schema_beside_the_texts_is_what_sitegen_prints():
    written = (REPOSITORY / "docs" / "site.schema.json").read_text(encoding="utf-8")
    assert written == run_sitegen("schema").stdout, "run: sitegen schema > docs/site.schema.json"


def test_the_courses_site_yaml_names_the_schema():
    first = (REPOSITORY / "site.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=docs/site.schema.json"
