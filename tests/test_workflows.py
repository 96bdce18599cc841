"""What the files under `.github` promise: safe, pinned, short, and the same commands that people run.

Two linters read them (check-jsonschema for the form, zizmor for the security), and the rules below hold
what only this project asks for. Each rule is shown a workflow that breaks it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

Workflow = dict[str, Any]


def read(text: str) -> Workflow:
    """A workflow with every scalar a string: YAML 1.1 would make `on:` a boolean and 3.10 a number."""
    workflow = yaml.load(text, yaml.BaseLoader)
    assert isinstance(workflow, dict)
    return workflow


def workflow(name: str) -> Workflow:
    return read((ROOT / ".github" / "workflows" / name).read_text("utf-8"))


def jobs(workflow: Workflow) -> Iterator[tuple[str, Workflow]]:
    yield from workflow["jobs"].items()


def steps(workflow: Workflow) -> Iterator[tuple[str, Workflow]]:
    for name, job in jobs(workflow):
        for step in job["steps"]:
            yield name, step


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return {target for line in re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE) for target in line.split()}


# --- the rules: a workflow's text in, what is wrong with it out -------------------------------------


def unpinned_actions(text: str) -> list[str]:
    """An action is named by its full commit, with the version in a comment: a tag can be moved."""
    pinned = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    used = re.findall(r"^.*\buses:.*$", text, re.MULTILINE)
    return [line.strip() for line in used if not pinned.fullmatch(line.strip().removeprefix("- "))]


def wide_permissions(text: str) -> list[str]:
    """All jobs may read the repository and nothing else; what one may write stands in that job."""
    workflow = read(text)
    wide = [] if workflow.get("permissions") == {"contents": "read"} else [f"all jobs: {workflow.get('permissions')}"]
    allowed = {("build", "pages", "read"), ("deploy", "pages", "write"), ("deploy", "id-token", "write")}
    for name, job in jobs(workflow):
        given = job.get("permissions", {})
        pairs = given.items() if isinstance(given, dict) else [(given, "")]
        wide += [
            f"{name}: {scope} {level}".strip()
            for scope, level in pairs
            if (scope, level) != ("contents", "read") and (name, scope, level) not in allowed
        ]
    return wide


def pasted_expressions(text: str) -> list[str]:
    """`${{ ... }}` in a command is pasted before the shell reads it; a value goes through `env`."""
    return [step["run"] for _, step in steps(read(text)) if "${{" in step.get("run", "")]


def foreign_commands(text: str) -> list[str]:
    """A step runs a make target and nothing else, so that people can run what failed."""
    command = re.compile(r'make ([a-z]+)( [A-Z_]+=([\w/.-]+|"\$\{[A-Z_]+\}"))*')
    lines = [line for _, step in steps(read(text)) for line in step.get("run", "").splitlines()]
    matches = {line: command.fullmatch(line) for line in lines}
    return [line for line, match in matches.items() if not match or match[1] not in make_targets()]


def endless_jobs(text: str) -> list[str]:
    """Every job ends: GitHub's own limit is six hours, and nobody waits for what runs by night."""
    workflow = read(text)
    longest = 350 if "schedule" in workflow["on"] else 30
    return [name for name, job in jobs(workflow) if not 0 < int(job.get("timeout-minutes", 0)) <= longest]


def piled_up_jobs(text: str) -> list[str]:
    """A newer run takes the place of an older one's; only what publishes is never broken off."""
    workflow = read(text)
    wrong = []
    for name, job in jobs(workflow):
        publishes = "actions/deploy-pages@" in str(job)
        concurrency: dict[str, str] = job.get("concurrency") or workflow.get("concurrency") or {}
        group, cancelled = concurrency.get("group", ""), concurrency.get("cancel-in-progress", "")
        right = group and cancelled == "false" if publishes else "github.ref" in group and cancelled == "true"
        if not right:
            wrong.append(name)
    return wrong


def kept_credentials(text: str) -> list[str]:
    """No step after the checkout finds the token in .git/config."""
    checkouts = [(name, step) for name, step in steps(read(text)) if "actions/checkout@" in step.get("uses", "")]
    return [name for name, step in checkouts if step.get("with", {}).get("persist-credentials") != "false"]


def publishing_pull_requests(text: str) -> list[str]:
    """A pull request builds and is never published; nor does a workflow trust one with this repository's rights."""
    workflow = read(text)
    wrong = ["pull_request_target"] if "pull_request_target" in workflow["on"] else []
    for name, job in jobs(workflow):
        condition = job.get("if", "")
        guarded = "github.event_name != 'pull_request'" in condition and "refs/heads/main" in condition
        if "actions/deploy-pages@" in str(job) and ("||" in condition or not guarded):
            wrong.append(name)
    return wrong


def unkeyed_caches(text: str) -> list[str]:
    """What pip downloaded is remembered until the pinned versions change."""
    setups = [(name, step) for name, step in steps(read(text)) if "actions/setup-python@" in step.get("uses", "")]
    key = ["constraints.txt", "pyproject.toml"]
    return [name for name, step in setups if step["with"].get("cache-dependency-path", "").split() != key]


RULES: list[Callable[[str], list[str]]] = [
    unpinned_actions,
    wide_permissions,
    pasted_expressions,
    foreign_commands,
    endless_jobs,
    piled_up_jobs,
    kept_credentials,
    publishing_pull_requests,
    unkeyed_caches,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_keeps_the_rule(path: Path, rule: Callable[[str], list[str]]) -> None:
    assert rule(path.read_text("utf-8")) == []


SHA = "0123456789abcdef0123456789abcdef01234567"
GOOD = f"""\
on:
  push:
permissions:
  contents: read
concurrency:
  group: tests-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  build:
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@{SHA} # v1.2.3
        with:
          persist-credentials: false
      - uses: actions/setup-python@{SHA} # v1.2.3
        with:
          cache-dependency-path: |
            constraints.txt
            pyproject.toml
      - run: make site BASE_URL="${{BASE_URL}}"
  deploy:
    if: github.event_name != 'pull_request' && github.ref == 'refs/heads/main'
    timeout-minutes: 5
    permissions:
      pages: write
    concurrency:
      group: deploy
      cancel-in-progress: false
    steps:
      - uses: actions/deploy-pages@{SHA} # v1.2.3
"""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_good_example_breaks_no_rule(rule: Callable[[str], list[str]]) -> None:
    assert rule(GOOD) == []


@pytest.mark.parametrize(
    ("rule", "good", "bad", "found"),
    [
        (unpinned_actions, f"checkout@{SHA}", "checkout@v4", ["- uses: actions/checkout@v4 # v1.2.3"]),
        (
            unpinned_actions,
            "checkout@" + SHA,
            "checkout@" + SHA[:12],
            [f"- uses: actions/checkout@{SHA[:12]} # v1.2.3"],
        ),
        (
            unpinned_actions,
            f"deploy-pages@{SHA} # v1.2.3",
            f"deploy-pages@{SHA}",
            [f"- uses: actions/deploy-pages@{SHA}"],
        ),
        (wide_permissions, "permissions:\n  contents: read\n", "", ["all jobs: None"]),
        (wide_permissions, "contents: read", "contents: write", ["all jobs: {'contents': 'write'}"]),
        (wide_permissions, "      pages: write", "      contents: write", ["deploy: contents write"]),
        (wide_permissions, "    permissions:\n      pages: write", "    permissions: write-all", ["deploy: write-all"]),
        (pasted_expressions, '"${BASE_URL}"', "${{ inputs.url }}", ["make site BASE_URL=${{ inputs.url }}"]),
        (foreign_commands, "make site", "make nothing", ['make nothing BASE_URL="${BASE_URL}"']),
        (foreign_commands, "run: make site", "run: pip install x; make site", None),
        (foreign_commands, 'run: make site BASE_URL="${BASE_URL}"', "run: make site && curl x", None),
        (endless_jobs, "  build:\n    timeout-minutes: 5", "  build:", ["build"]),
        (endless_jobs, "  build:\n    timeout-minutes: 5", "  build:\n    timeout-minutes: 360", ["build"]),
        (piled_up_jobs, "  cancel-in-progress: true\n", "", ["build"]),
        (piled_up_jobs, "${{ github.ref }}", "all", ["build"]),
        (piled_up_jobs, "cancel-in-progress: false", "cancel-in-progress: true", ["deploy"]),
        (kept_credentials, "persist-credentials: false", "fetch-depth: 0", ["build"]),
        (publishing_pull_requests, "  push:", "  pull_request_target:", ["pull_request_target"]),
        (publishing_pull_requests, "github.event_name != 'pull_request' && ", "", ["deploy"]),
        (publishing_pull_requests, "pull_request' &&", "pull_request' ||", ["deploy"]),
        (publishing_pull_requests, " && github.ref == 'refs/heads/main'", "", ["deploy"]),
        (unkeyed_caches, "            constraints.txt\n", "", ["build"]),
    ],
)
def test_a_rule_finds_its_fault(rule: Callable[[str], list[str]], good: str, bad: str, found: list[str] | None) -> None:
    assert good in GOOD
    complaints = rule(GOOD.replace(good, bad, 1) if good != "contents: read" else GOOD.replace(good, bad))
    assert complaints == found if found is not None else len(complaints) == 1


# --- what each workflow is for ----------------------------------------------------------------------


def test_tests_run_for_each_change_on_every_supported_python_and_system() -> None:
    tests = workflow("test.yml")
    assert tests["on"].keys() == {"push", "pull_request", "workflow_dispatch"}
    assert tests["on"]["push"] == {"branches": ["main"]}
    matrix = tests["jobs"]["test"]["strategy"]["matrix"]
    assert matrix == {
        "python": ["3.11", "3.12", "3.13", "3.14", "3.15"],
        "system": ["ubuntu-latest", "macos-latest", "windows-latest"],
    }
    assert tests["jobs"]["test"]["runs-on"] == "${{ matrix.system }}"
    assert tests["jobs"]["test"]["strategy"]["fail-fast"] == "false"


def test_the_oldest_python_tested_is_the_oldest_supported() -> None:
    oldest = workflow("test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"][0]
    assert f'requires-python = ">={oldest}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_make_uses_the_python_that_the_step_before_set_up() -> None:
    tests = workflow("test.yml")
    assert tests["env"]["PYTHON"] == "python"
    assert tests["defaults"]["run"]["shell"] == "bash"


def test_one_job_requires_the_browser() -> None:
    required = [
        name for name, job in jobs(workflow("test.yml")) if job.get("env", {}).get("SITEGEN_BROWSER") == "required"
    ]
    assert required == ["browser"]


def test_the_site_is_built_for_each_change_and_every_day() -> None:
    on = workflow("site.yml")["on"]
    assert on.keys() == {"push", "pull_request", "schedule", "workflow_dispatch"}
    assert on["push"] == {"branches": ["main"]}
    minute, hour, *daily = on["schedule"][0]["cron"].split()
    assert daily == ["*", "*", "*"]
    assert int(minute) % 5, "whole and round minutes are when GitHub is busiest"
    assert 8 <= int(hour) <= 10, "in UTC; before 7 in New York, summer and winter"


def test_mistakes_are_shown_beside_their_lines_before_the_site_is_built() -> None:
    commands = [step["run"] for name, step in steps(workflow("site.yml")) if name == "build" and "run" in step]
    assert commands[0] == "make check FORMAT=github"
    assert commands[-1] == 'make site BASE_URL="${BASE_URL}"'


def test_the_published_calendar_is_fetched_before_the_site_that_counts_on_from_it_is_built() -> None:
    build = [step for name, step in steps(workflow("site.yml")) if name == "build" and "run" in step]
    fetch, make = build[-2:]
    assert fetch["run"] == 'make remember BASE_URL="${BASE_URL}"'
    assert fetch["env"] == make["env"] == {"BASE_URL": "${{ steps.pages.outputs.base_url }}"}
    assert fetch["if"] == "github.event_name != 'pull_request'", "a fork doesn't know where the site is"


def test_the_history_is_there_for_the_dates_of_last_change() -> None:
    checkout = next(step for _, step in steps(workflow("site.yml")) if "actions/checkout@" in step.get("uses", ""))
    assert checkout["with"]["fetch-depth"] == "0"


def test_a_pull_request_touches_no_pages() -> None:
    """A fork's pull request has a token that reads only, and the fork may not have Pages at all."""
    for name, step in steps(workflow("site.yml")):
        if name == "build" and "pages" in step.get("uses", ""):
            assert step["if"] == "github.event_name != 'pull_request'"


def test_what_is_published_is_what_was_built() -> None:
    uploads = [step for _, step in steps(workflow("site.yml")) if "actions/upload-" in step.get("uses", "")]
    assert [(step["if"], step["with"]["path"]) for step in uploads] == [
        ("github.event_name == 'pull_request'", "_site"),
        ("github.event_name != 'pull_request'", "_site"),
    ]
    assert workflow("site.yml")["jobs"]["deploy"]["needs"] == "build"


# --- the linters ------------------------------------------------------------------------------------


def run_tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One of this environment's own console scripts."""
    program = shutil.which(name, path=str(Path(sys.executable).parent))
    assert program, f"{name} is in the test extra"
    return subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", check=False
    )


FORMS = [
    *[("vendor.github-workflows", path) for path in WORKFLOWS],
    ("vendor.dependabot", ROOT / ".github" / "dependabot.yml"),
    *[("vendor.github-issue-forms", path) for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))],
]


@pytest.mark.parametrize(("schema", "path"), FORMS, ids=lambda value: getattr(value, "name", ""))
def test_the_file_has_the_form_that_github_reads(schema: str, path: Path) -> None:
    checked = run_tool("check-jsonschema", "--builtin-schema", schema, path)
    assert checked.returncode == 0, checked.stdout


def test_the_form_check_finds_a_misspelt_key(tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(GOOD.replace("steps:", "stepps:"), encoding="utf-8")
    assert run_tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", path).returncode == 1


def test_zizmor_finds_nothing() -> None:
    checked = run_tool("zizmor", "--offline", "--persona=regular", "--no-progress", ROOT / ".github")
    assert checked.returncode == 0, checked.stdout


def test_zizmor_finds_a_pasted_title(tmp_path: Path) -> None:
    path = tmp_path / ".github" / "workflows" / "bad.yml"
    path.parent.mkdir(parents=True)
    bad = 'on: issues\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo "${{ github.event.issue.title }}"\n'
    path.write_text(bad, encoding="utf-8")
    assert "template-injection" in run_tool("zizmor", "--offline", "--no-progress", path).stdout
