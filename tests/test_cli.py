"""The command as people and scripts meet it: words, streams, exit status."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen import __version__
from sitegen.cli import cli
from tests.support import SITE_YAML, run_sitegen, write_course

MISTAKE = SITE_YAML + "grdaing: {Project: 100%}\n"
WARNED = SITE_YAML.replace("tba: 5", "tba: 4")
SUMMARY = re.compile(r"Built \d+ pages and \d+ other files into .+ in \d+\.\d\d s \(\d+ written, \d+ unchanged\)\.\n")


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course")


def invoke(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_a_build_says_in_one_line_what_it_made(course):
    result = invoke("build", course)
    assert result.exit_code == 0
    assert SUMMARY.fullmatch(result.stdout)
    assert result.stderr == ""
    assert (course / "_site" / "index.html").is_file()


def test_quiet_says_nothing_when_all_is_well(course):
    result = invoke("build", course, "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_quiet_still_tells_errors(tmp_path):
    result = invoke("build", write_course(tmp_path, site=MISTAKE), "--quiet")
    assert result.exit_code == 1
    assert "error[unknown-key]" in result.stderr


def test_verbose_names_every_file_written_and_removed(course):
    assert "wrote schedule/index.html\n" in invoke("build", course, "--verbose").stdout
    write_course(course, {"content/p.md": "text"})
    assert "wrote p/index.html\n" in invoke("build", course, "--verbose").stdout
    (course / "content/p.md").unlink()
    assert "removed p/index.html\n" in invoke("build", course, "--verbose").stdout


def test_errors_publish_nothing_and_leave_the_last_good_site(course):
    invoke("build", course)
    before = {path: path.read_bytes() for path in (course / "_site").rglob("*") if path.is_file()}
    write_course(course, {"content/new.md": "[x](gone.md)"})
    result = invoke("build", course)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "1 error.\nNothing was published." in result.stderr
    assert {path: path.read_bytes() for path in (course / "_site").rglob("*") if path.is_file()} == before


def test_a_file_that_sitegen_did_not_write_is_left_alone_and_named(course):
    invoke("build", course)
    (course / "_site" / "CNAME").write_text("course.example.edu")
    result = invoke("build", course)
    assert result.exit_code == 0
    assert "because sitegen didn't write it: CNAME" in result.stderr
    assert (course / "_site" / "CNAME").read_text() == "course.example.edu"


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "--out", "{course}"],
        ["build", "{course}", "--out", "{course}/.."],
        ["build", "{course}", "--out", "/"],
        ["build", "{course}", "--out", "~"],
        ["build", "{course}", "--out", "{course}/full"],
        ["build", "{course}/missing"],
        ["build", "{course}", "--today", "2026-02-30"],
        ["build", "{course}", "--base-url", "example.edu"],
        ["build", "{course}", "--frobnicate"],
        ["check", "{course}", "--format", "xml"],
        ["serve", "{course}", "--port", "0"],
        ["frobnicate"],
    ],
)
def test_wrong_usage_ends_with_status_2_and_a_sentence(course, monkeypatch, arguments):
    monkeypatch.chdir(course)
    (course / "full").mkdir()
    (course / "full" / "thesis.txt").write_text("mine")
    filled = [a.format(course=course).replace("~", str(Path.home())) for a in arguments]
    result = invoke(*filled)
    assert result.exit_code == 2
    assert re.search(r"Error: .+[.)]\n\Z", result.stderr)
    assert (course / "full" / "thesis.txt").read_text() == "mine"


def test_check_publishes_nothing(course):
    result = invoke("check", course)
    assert (result.exit_code, result.stdout) == (0, "No mistakes found in 8 pages.\n")
    assert not (course / "_site").exists()


def test_strict_lets_warnings_fail(tmp_path):
    course = write_course(tmp_path, site=WARNED)
    assert invoke("check", course).exit_code == 0
    result = invoke("check", course, "--strict")
    assert result.exit_code == 1
    assert "warning[empty-meetings]" in result.stdout


def test_quiet_and_strict_still_tell_what_fails(tmp_path):
    result = invoke("check", write_course(tmp_path, site=WARNED), "--strict", "--quiet")
    assert result.exit_code == 1
    assert "warning[empty-meetings]" in result.stdout


def test_findings_as_github_annotations_name_files_from_the_repositorys_top(tmp_path, monkeypatch):
    write_course(tmp_path / "teaching" / "course", site=MISTAKE)
    monkeypatch.chdir(tmp_path)
    result = invoke("check", "teaching/course", "--format", "github")
    assert result.exit_code == 1
    assert result.stdout == (
        "::error file=teaching/course/site.yaml,line=12,col=1,endColumn=8,title=unknown-key::"
        '"grdaing" isn\'t a key of site.yaml.%0Ahelp: Did you mean "grading"?\n'
    )


def test_findings_as_json_are_one_array(tmp_path):
    result = invoke("check", write_course(tmp_path, site=MISTAKE), "--format", "json")
    (row,) = json.loads(result.stdout)
    assert row["slug"] == "unknown-key"
    assert (row["file"], row["line"], row["column"], row["end_column"]) == ("site.yaml", 12, 1, 8)


def test_version_and_help():
    assert invoke("--version").output == f"sitegen {__version__}\n"
    for arguments in (["--help"], ["build", "-h"], ["check", "--help"], ["serve", "--help"]):
        assert invoke(*arguments).exit_code == 0
    assert "Start with: sitegen build, sitegen serve." in " ".join(invoke("--help").output.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_clicks(shell):
    result = run_sitegen(_SITEGEN_COMPLETE=f"{shell}_source")
    if "Bash completion is not supported for versions older than" in result.stderr:
        pytest.skip("click asks for bash 4.4")
    assert "_SITEGEN_COMPLETE" in result.stdout


def test_in_a_pipe_there_is_no_colour_and_no_progress_bar(tmp_path):
    result = run_sitegen("build", write_course(tmp_path, site=MISTAKE), FORCE_COLOR="")
    assert result.returncode == 1
    assert "\x1b" not in result.stdout + result.stderr
    assert "\r" not in result.stdout + result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(
    ("env", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)]
)
def test_colour_is_for_terminals_and_NO_COLOR_is_obeyed(tmp_path, env, colored):  # noqa: N802 (the variable's name)
    course = write_course(tmp_path, site=MISTAKE)
    assert ("\x1b[1;31merror" in on_terminal("build", course, env=env)) is colored


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_long_build_shows_a_progress_bar_on_a_terminal(tmp_path, monkeypatch):
    course = write_course(tmp_path, {f"content/p{n}.md": "text\n\n" * 50 for n in range(30)})
    assert "Building" in on_terminal("build", course, env={}, slow="0")
    assert "Building" not in on_terminal("build", course, "--quiet", env={}, slow="0")


def on_terminal(*arguments, env, slow=None):
    """What the command writes to a pseudo-terminal."""
    import pty

    code = "import sitegen.cli as c, sitegen.console as w; " + (f"w.SLOW = {slow}; " if slow else "") + "c.main()"
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    master, slave = pty.openpty()
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env={**clean, "TERM": "xterm", **env}, close_fds=True
    )
    os.close(slave)
    chunks = []
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(master)
    process.wait(timeout=60)
    return b"".join(chunks).decode()


def test_a_fault_of_ours_says_that_it_is_ours(course, monkeypatch, capsys):
    import sitegen.cli

    def broken(**_):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(sitegen.cli, "cli", broken)
    with pytest.raises(SystemExit) as ended:
        sitegen.cli.main()
    assert ended.value.code == 1
    assert "This is a fault in sitegen, not in your course." in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT to a process is POSIX")
def test_serve_shows_the_course_follows_a_save_and_survives_a_mistake(course):
    import urllib.request

    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "sitegen", "serve", str(course), "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def page(path, wanted):
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
                    text = answer.read().decode()
                if wanted in text:
                    return text
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{wanted!r} never came at /{path}")

    try:
        assert "livereload.js" in page("index.html", "Overview")
        write_course(course, site=SITE_YAML.replace("Overview", "A new topic"))
        page("schedule/index.html", "A new topic")
        write_course(course, site=MISTAKE)
        time.sleep(1.5)
        page("schedule/index.html", "A new topic")
        write_course(course, site=SITE_YAML.replace("Overview", "Mended"))
        page("schedule/index.html", "Mended")
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert "error[unknown-key]" in output
    assert "Traceback" not in output
    assert process.returncode == 0
    assert not (course / "_site").exists()


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_pipe_that_is_not_utf_8_gets_what_it_can_take(tmp_path):
    site = SITE_YAML.replace("title: Systems", "title: Systems\n  titel: 日本")
    result = run_sitegen("check", write_course(tmp_path, site=site), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert result.returncode == 1
    assert "\\u65e5" in result.stdout
    assert "Traceback" not in result.stderr


def test_a_host_that_is_not_this_machine_is_told(course):
    result = run_sitegen("serve", course, "--host", "203.0.113.1")
    assert result.returncode == 2
    assert result.stderr.endswith("Error: 203.0.113.1 isn't an address on which this machine can listen.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a process are POSIX")
@pytest.mark.parametrize("kind", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_serve_ends_with_a_sentence_and_leaves_nothing_behind(course, tmp_path, kind):
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "sitegen", "serve", str(course), "--port", str(free_port())],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )
    assert process.stdout is not None
    while not process.stdout.readline().startswith("Serving"):
        pass
    process.send_signal(getattr(signal, kind))
    output, _ = process.communicate(timeout=20)
    assert output == "The preview has ended.\n"
    assert process.returncode == 0
    assert not list((tmp_path / "tmp").iterdir())
    assert not (course / "_site").exists()


@pytest.mark.parametrize("editor", ["notepad", "javascript:x{path}"])
def test_an_editor_that_has_no_address_is_told(course, editor):
    result = run_sitegen("serve", course, SITEGEN_EDITOR=editor)
    assert result.returncode == 2
    assert f'"{editor}" isn\'t an editor: known are vscode, ' in " ".join(result.stderr.split())
