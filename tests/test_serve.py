"""The preview as browsers and editors meet it: a real server on a free port."""

import datetime as dt
import errno
import json
import os
import re
import socket
import threading
import time
import urllib.parse
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sitegen.diagnostics import Diagnostic, Span
from sitegen.folders.disk import Asset
from sitegen.preview.ports import NoPort, open_sockets
from sitegen.serve import Preview
from tests.previewing import free_port, listen, made, page, patient, run_apart, running, until  # noqa: F401 (patient is a fixture)
from tests.support import SITE_YAML, build_folder, write_course

pytestmark = pytest.mark.slow

URL_SITE = SITE_YAML.replace("  timezone", "  url: https://x.org/teaching/2026/\n  timezone")
BASE = "/teaching/2026/"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("courses") / "course"
    files: dict[str, str | bytes] = {
        "content/lectures/intro.md": "---\ntitle: Intro\n---\n\nText.\n",
        "content/film.mp4": bytes(range(256)) * 4000,
        "content/data.ipynb": "{}",
        "content/ünïcode name.txt": "hello",
        "content/own.html": "<!doctype html><title>own</title><p>mine",
        ".sitegen/secret": "private",
        "secret.txt": "private",
    }
    return write_course(folder, files, URL_SITE)


@pytest.fixture(scope="module")
def served(course):
    with running(course) as started:
        yield started


# --- what is answered ---------------------------------------------------------------------------


def test_the_site_lies_below_its_base_path_and_the_top_leads_there(served):
    assert served.preview.address == f"http://127.0.0.1:{served.port}{BASE}"
    assert served.lines[-1] == (
        f"Serving {served.preview.course} on {served.preview.address} (Ctrl-C ends it)."
        f" http://127.0.0.1:{served.port}/ leads there."
    )
    answer = served.ask("/?a=b")
    assert (answer.status, answer.headers["location"]) == (302, f"{BASE}?a=b")
    assert answer.text == f"The site lies below its base path, as it will be published: {BASE}\n"
    assert "<h1>" in served.ask(BASE).text


def test_a_folders_address_gets_its_slash(served):
    answer = served.ask(f"{BASE}lectures/intro?x=1")
    assert (answer.status, answer.headers["location"]) == (302, f"{BASE}lectures/intro/?x=1")


def test_what_is_not_there_is_404_html_with_its_status(served):
    for path in (f"{BASE}nothing", f"{BASE}lectures/nothing/", "/elsewhere/", "/favicon.ico"):
        answer = served.ask(path)
        assert answer.status == 404
        assert 'class="missing"' in answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "../site.yaml",
        "%2e%2e/site.yaml",
        "..%2fsite.yaml",
        "%2e%2e%2f.sitegen/secret",
        "..%5csecret.txt",
        "..\\secret.txt",
        ".sitegen/secret",
        "site.yaml",
        "secret.txt",
        "content/lectures/intro.md",
        "lectures/intro.md",
        "film.mp4/",
        "film.mp4%00.html",
        "/etc/passwd",
        "//etc/passwd",
        "%2fetc%2fpasswd",
        "lectures/../index.html",
        "C:/Windows/win.ini",
        "~/.ssh/id_rsa",
        "%c0%ae%c0%ae/site.yaml",
    ],
)
def test_nothing_but_the_site_can_be_reached(served, path):
    for start in (BASE, "/", ""):
        answer = served.ask(urllib.parse.quote(start + path, safe="/%:~\\") or "/")
        assert answer.status in (400, 404), start + path
        assert b"private" not in answer.body
        assert b"root:" not in answer.body
        assert b"timezone" not in answer.body


def test_no_answer_is_kept_by_a_browser(served):
    for path in (BASE, f"{BASE}film.mp4", f"{BASE}nothing", "/", "/livereload.js", "/sitegen-preview.js"):
        answer = served.ask(path)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert "last-modified" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_files_come_with_their_types_and_whole(served, course):
    film = served.ask(f"{BASE}film.mp4")
    assert (film.headers["content-type"], film.body) == ("video/mp4", (course / "content" / "film.mp4").read_bytes())
    named = served.ask(BASE + urllib.parse.quote("ünïcode name.txt"))
    assert (named.status, named.text) == (200, "hello")
    kinds = {
        path: served.ask(BASE + path).headers["content-type"] for path in ("data.ipynb", "calendar.ics", "index.md")
    }
    assert kinds == {
        "data.ipynb": "application/x-ipynb+json; charset=utf-8",
        "calendar.ics": "text/calendar; charset=utf-8",
        "index.md": "text/markdown; charset=utf-8",
    }


@pytest.mark.parametrize("path", ["film.mp4", "calendar.ics"])
def test_a_part_of_a_file_can_be_asked_for(served, path):
    whole = served.ask(BASE + path)
    size = len(whole.body)
    assert whole.headers["accept-ranges"] == "bytes"
    part = served.ask(BASE + path, Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{size}"
    assert served.ask(BASE + path, Range="bytes=-5").body == whole.body[-5:]
    beyond = served.ask(BASE + path, Range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert served.ask(BASE + path, Range="bytes=0-1,3-4").status == 200


def test_head_is_get_without_the_body(served):
    for path, status in (
        (BASE, 200),
        (f"{BASE}film.mp4", 200),
        (f"{BASE}no", 404),
        ("/", 302),
        ("/livereload.js", 200),
    ):
        head, full = served.ask(path, "HEAD"), served.ask(path)
        assert (head.status, head.body) == (status, b"")
        assert head.headers["content-length"] == str(len(full.body))
    part = served.ask(f"{BASE}film.mp4", "HEAD", Range="bytes=0-9")
    assert (part.status, part.headers["content-length"]) == (206, "10")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_the_preview_takes_nothing_in(served, method):
    for path in (BASE, "/livereload.js", "/sitegen-preview.json"):
        answer = served.ask(path, method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_an_authors_own_page_is_followed_too(served):
    text = served.ask(f"{BASE}own.html").text
    assert "<p>mine" in text
    assert "/sitegen-preview.js" in text


# --- who is answered ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.nip.io", "localhost.evil.example", "", "a b"]
)
def test_a_foreign_host_name_is_refused_everywhere(served, host):
    for path in (BASE, "/", "/livereload.js", "/sitegen-preview.js", "/sitegen-preview.json", "/livereload", "/none"):
        answer = served.ask(path, host=host)
        assert answer.status in (400, 403), path
        assert b"<h1" not in answer.body
        assert b"vscode" not in answer.body


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:9"])
def test_the_machines_own_names_are_answered(served, host):
    assert served.ask(BASE, host=host).status == 200


def connect(served, **headers):
    from tornado.httpclient import HTTPClientError, HTTPRequest
    from tornado.websocket import websocket_connect

    async def talk():
        try:
            tab = await websocket_connect(HTTPRequest(f"ws://127.0.0.1:{served.port}/livereload", headers=headers))
        except HTTPClientError as error:
            return error.code
        await tab.write_message(json.dumps({"command": "hello", "protocols": []}))
        answer = await tab.read_message()
        tab.close()
        assert await tab.read_message() is None
        return json.loads(answer or "{}")["command"]

    return run_apart(talk())


def test_the_web_socket_is_for_the_previews_own_pages(served):
    here = f"127.0.0.1:{served.port}"
    assert connect(served) == "hello"
    assert connect(served, Origin=f"http://{here}") == "hello"
    assert connect(served, Origin="http://evil.example") == 403
    assert connect(served, Origin=f"http://localhost:{served.port}") == 403
    assert connect(served, Origin="null") == 403
    assert connect(served, Host="evil.example", Origin="http://evil.example") == 403


def test_what_is_no_livereload_is_hung_up_on_and_the_server_lives(served):
    from tornado.websocket import websocket_connect

    async def talk(message):
        tab = await websocket_connect(f"ws://127.0.0.1:{served.port}/livereload")
        await tab.write_message(message, binary=isinstance(message, bytes))
        answer = await tab.read_message()
        tab.close()
        return answer

    said = len(served.lines)
    for message in (
        "not json",
        "[]",
        "{}",
        '{"command": "info"}',
        '{"command": "info", "url": 1, "plugins": 5}',
        b"\xff",
    ):
        assert run_apart(talk(message)) is None
    assert served.ask(BASE).status == 200
    assert served.lines[said:] == []


def test_a_broken_request_is_answered_or_cut_and_nothing_is_said(served):
    said = len(served.lines)
    for request in (
        b"\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"a" * 100_000,
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", served.port), 5) as line:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):
                pass
    assert served.ask(BASE).status == 200
    assert served.lines[said:] == []


def test_a_browser_that_leaves_in_the_middle_of_a_film_is_nothing_to_speak_of(tmp_path):
    write_course(tmp_path, {"content/film.mp4": b"x" * 30_000_000})
    with running(tmp_path) as served:
        said = len(served.lines)
        with socket.create_connection(("127.0.0.1", served.port), 5) as line:
            line.sendall(b"GET /film.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            line.recv(100)
        assert served.ask("/").status == 200
        assert served.lines[said:] == []


def test_only_this_machine_can_ask_unless_it_is_told_otherwise(served):
    with socket.socket() as neighbour:  # at another address of the same machine
        neighbour.settimeout(2)
        assert neighbour.connect_ex(("127.0.0.2", served.port)) != 0
    assert served.ask(BASE, host=f"127.0.0.2:{served.port}").status == 403


def test_everybody_can_ask_when_told_so_by_an_address_in_digits_or_this_machines_name(course):
    with running(course, host="0.0.0.0") as served:
        assert f"http://localhost:{served.port}{BASE}" in served.lines[-1]
        assert served.lines[-1].endswith("Everybody in your network can read it.")
        assert served.ask(BASE, host="192.168.1.5:8000").status == 200
        assert served.ask(BASE, host=f"{socket.gethostname()}:{served.port}").status == 200
        assert served.ask(BASE, host="evil.example").status == 403


def test_a_link_that_was_turned_out_of_the_course_since_the_build_shows_nothing(tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"private")
    course = write_course(tmp_path / "course", {"content/a.txt": "public", "content/b.html": "public"})
    files = {name: Asset(f"content/{name}", course / "content" / name, 6, 0) for name in ("a.txt", "b.html")}
    with running(course, lambda _: made({**files, "404.html": page("no")})) as served:
        assert served.ask("/a.txt").text == "public"
        for name in files:
            (course / "content" / name).unlink()
            (course / "content" / name).symlink_to(outside)
            answer = served.ask(f"/{name}")
            assert (answer.status, b"private" in answer.body) == (404, False)


# --- ports --------------------------------------------------------------------------------------


def test_the_next_free_port_is_taken_and_said(course):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(course, port=port) as served:
            assert served.port > port
            assert served.lines[0] == f"Port {port} is in use; taking {served.port}."
            assert served.ask(BASE).status == 200


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("203.0.113.1", "203.0.113.1 isn't an address on which this machine can listen."),
        ("no-such-host.invalid", "no-such-host.invalid isn't an address on which this machine can listen."),
        ("a..b", "a..b isn't a host's name."),
    ],
)
def test_a_host_that_is_not_this_machine_is_a_sentence(host, words):
    with pytest.raises(NoPort, match=f"^{re.escape(words)}$"):
        open_sockets(host, 8000)


def test_no_free_port_is_a_sentence(monkeypatch):
    def bind(*_):
        raise OSError(errno.EADDRINUSE, "in use")

    monkeypatch.setattr("sitegen.preview.ports.bind", bind)
    with pytest.raises(NoPort, match=r"^The ports from 8000 to 8049 are all in use; choose another with --port.$"):
        open_sockets("127.0.0.1", 8000)
    with pytest.raises(NoPort, match=r"^The ports from 65530 to 65535 are all in use"):
        open_sockets("127.0.0.1", 65530)


def test_a_port_of_the_systems_is_a_sentence(monkeypatch):
    def bind(*_):
        raise OSError(errno.EACCES, "no")

    monkeypatch.setattr("sitegen.preview.ports.bind", bind)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(NoPort, match=r"^Port 80 is kept for the system; choose one above 1023 with --port.$"):
        open_sockets("127.0.0.1", 80)


# --- what goes wrong ----------------------------------------------------------------------------

MISTAKE = Diagnostic("unknown-key", "error", "A mistake.", Span("site.yaml", 3, 3))
WARNING = Diagnostic("a-slug", "warning", "A doubt.", Span("content/x.md", 1, 1))


class Scripted:
    """A build that does, at each save, what a test tells it to."""

    def __init__(self, *outcomes):
        self.outcomes, self.at = list(outcomes), 0

    def __call__(self, _touched):
        outcome = self.outcomes[min(self.at, len(self.outcomes) - 1)]
        self.at += 1
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def save(course, words):
    (course / "content").mkdir(exist_ok=True)
    (course / "content" / "x.md").write_text(words)


GOOD = {"index.html": page("good"), "404.html": page("none")}


def test_with_mistakes_the_last_good_page_stays_and_the_report_tells_them(tmp_path):
    course = write_course(tmp_path)
    broken = made({}, (MISTAKE,))
    with running(course, Scripted(made(GOOD), broken, made(GOOD))) as served:
        save(course, "1")
        state = until(lambda: (s := served.state())["failed"] and s, "the mistake")
        assert "good" in served.ask("/").text
        assert state["title"] == "1 error"
        assert state["findings"][0]["href"] == f"vscode://file{course}/site.yaml:3:3"
        assert re.fullmatch(r"\d\d:\d\d:\d\d", state["since"])
        save(course, "2")
        until(lambda: not served.state()["failed"], "the mended course")
        assert served.state()["findings"] == []
    assert re.sub(r"\d\d:\d\d:\d\d|\d+ ms", "T", "\n".join(served.lines[2:4])) == (
        "T content/x.md changed: 1 error. The last good site stays on view.\nT content/x.md changed: nothing new in T"
    )


def test_before_the_first_good_build_there_is_a_page_that_fills_by_itself(tmp_path):
    course = write_course(tmp_path)
    with running(course, Scripted(made({}, (MISTAKE,)), made(GOOD))) as served:
        answer = served.ask("/anything")
        assert answer.status == 503
        assert "Not built yet" in answer.text
        assert "/livereload.js" in answer.text
        heard = listen(served, f"{served.preview.address}anything", lambda: save(course, "1"))
        assert {"command": "reload", "path": "/anything", "liveCSS": True, "liveImg": False} in heard
        assert "good" in served.ask("/").text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/x/.sitegen"),
            "The computer says: No space left on device at /x/.sitegen.",
        ),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES)), "The computer says: Permission denied."),
    ],
)
def test_what_the_computer_refuses_is_a_sentence_and_the_preview_lives(tmp_path, error, words):
    course = write_course(tmp_path)
    with running(course, Scripted(made(GOOD), error, made({**GOOD, "index.html": page("later")}))) as served:
        save(course, "1")
        until(lambda: served.state()["fault"] == words, words)
        assert "good" in served.ask("/").text
        save(course, "2")
        until(lambda: "later" in served.ask("/").text, "the next build")
        assert served.state()["fault"] == ""
    assert not any("Traceback" in line for line in served.lines)
    assert any(
        line.endswith(f"content/x.md changed: {words} The last good site stays on view.") for line in served.lines
    )


@pytest.mark.parametrize("error", [ZeroDivisionError("oops"), RecursionError("deep"), MemoryError(), AssertionError()])
def test_a_fault_of_ours_is_told_and_the_preview_lives(tmp_path, error):
    course = write_course(tmp_path)
    with running(course, Scripted(made(GOOD), error, made({**GOOD, "index.html": page("later")}))) as served:
        save(course, "1")
        state = until(lambda: (s := served.state())["fault"] and s, "the fault")
        ours = "This is a fault in sitegen, not in your course. Please report it with the lines in the terminal."
        assert state["fault"] == ours
        assert type(error).__name__ in state["details"]
        save(course, "2")
        until(lambda: "later" in served.ask("/").text, "the next build")
    assert any(type(error).__name__ in line for line in served.lines)


def test_what_was_told_of_the_course_is_not_told_again(tmp_path):
    course = write_course(tmp_path)
    other = Diagnostic("a-slug", "warning", "Another doubt.", Span("content/x.md", 2, 1))
    builds = [
        made({**GOOD, "x": bytes([n])}, found)
        for n, found in enumerate([(WARNING,), (WARNING,), (WARNING, other), (), (WARNING,)])
    ]
    with running(course, Scripted(*builds)) as served:
        for number in range(1, 5):
            save(course, str(number))
            served.wait_for_build(number + 1)
            served.settled()
    told = ["A doubt.", "Another doubt.", "A doubt."]
    assert [re.findall(r"\]: (.*)", words)[0] for words in served.told] == told
    endings = [line.partition(" ms")[2] for line in served.lines if "changed" in line]
    assert endings == [" (1 warning)", " (2 warnings)", "", " (1 warning)"]


def test_a_build_says_one_calm_line(tmp_path, patient):  # noqa: F811
    course = write_course(tmp_path)
    sites = [GOOD, {**GOOD, "index.html": page("2"), "a/index.html": page("3")}, {**GOOD, "x.png": b"1"}]
    with running(course, Scripted(*map(made, sites))) as served:
        save(course, "1")
        served.wait_for_build(2)
        served.settled()
        (course / "site.yaml").write_text(SITE_YAML + "\n")
        save(course, "22")
        served.wait_for_build(3)
        served.settled()
    lines = [re.sub(r"\d+ ms", "T ms", line) for line in served.lines]
    assert re.fullmatch(r"\d\d:\d\d:\d\d 2 pages in T ms", lines[0])
    assert lines[2][9:] == "content/x.md changed: 2 pages in T ms"
    assert lines[3][9:] == "content/x.md and 1 other changed: 2 pages in T ms"
    assert lines[-1] == "The preview has ended."


@pytest.mark.parametrize(
    ("act", "slug"),
    [
        (lambda course: (course / "site.yaml").unlink(), "missing"),
        (
            lambda course: (course / "templates").mkdir() or (course / "templates/page.html").write_text("{% if %}"),
            "template",
        ),
        (lambda course: (course / "site.yaml").write_text("course:\n  code: [CS"), "yaml"),
        (lambda course: (course / "site.yaml").write_bytes(b"\xff\xfe\x00"), "site.yaml"),
    ],
    ids=["site.yaml is gone", "a template is broken", "site.yaml is half saved", "site.yaml is no text"],
)
def test_a_broken_course_is_told_and_mended_by_the_next_save(tmp_path, act, slug):
    course = write_course(tmp_path, {"content/x.md": "---\ntitle: X\n---\nText.\n"})
    with running(course) as served:
        assert not served.state()["failed"]
        act(course)
        state = until(lambda: (s := served.state())["failed"] and s, slug)
        assert state["fault"] == ""
        assert state["findings"][0]["message"].endswith(".")
        assert "Text." in served.ask("/x/").text
        (course / "templates/page.html").unlink(missing_ok=True)
        write_course(course, {"content/x.md": "---\ntitle: X\n---\nMended.\n"})
        until(lambda: not served.state()["failed"] and "Mended." in served.ask("/x/").text, "the mended page")
    assert not any("Traceback" in line for line in served.lines)


# --- what tabs are told -------------------------------------------------------------------------


def reloads(heard):
    return [
        message["path"]
        for message in heard
        if message.get("command") == "reload" and not message["path"].endswith(".json")
    ]


def test_a_tab_reloads_when_what_it_shows_has_changed_and_only_then(tmp_path):
    course = write_course(tmp_path)
    site = {**GOOD, "a/index.html": page("a"), "assets/site.css": b"1", "assets/site.js": b"1", "feed.xml": b"1"}
    cases = [
        ({"index.html": page("2")}, ["/"]),
        ({"a/index.html": page("2")}, []),
        ({"feed.xml": b"2"}, []),
        ({"assets/site.css": b"2"}, ["/assets/site.css"]),
        ({"assets/site.css": b"2", "feed.xml": b"2", "a/index.html": page("2")}, ["/assets/site.css"]),
        ({"assets/site.js": b"2"}, ["/"]),
        ({"assets/site.css": b"2", "assets/site.js": b"2"}, ["/", "/"]),
        ({"assets/site.css": b"2", "index.html": page("2")}, ["/"]),
    ]
    for changed, wanted in cases:
        with running(course, Scripted(made(site), made({**site, **changed}))) as served:
            heard = listen(served, served.preview.address, partial(save, course, repr(changed)))
        assert heard[0]["command"] == "hello"
        assert sorted(set(reloads(heard))) == sorted(set(wanted)), changed


def test_a_tab_is_told_of_a_report_when_it_says_something_else(tmp_path):
    course = write_course(tmp_path)
    builds = [made(GOOD, found) for found in ((), (WARNING,), (WARNING,), ())]
    with running(course, Scripted(*builds)) as served:
        for wanted in (1, 0, 1):
            heard = listen(served, served.preview.address, lambda: save(course, str(served.builds)))
            assert len([one for one in heard[2:] if one["path"] == "/sitegen-preview.json"]) == wanted


def test_a_tab_of_another_run_or_one_that_slept_is_brought_up_to_date(tmp_path):
    course = write_course(tmp_path)
    with running(course, lambda _: made(GOOD)) as served:
        shown = re.search(r'data-page="([^"]+)"', served.ask("/").text)
        assert shown
        quiet = listen(served, served.preview.address, lambda: None, shown=shown[1])
        assert reloads(quiet) == []
        for other in ("another.1234", shown[1][:-1]):
            assert reloads(listen(served, served.preview.address, lambda: None, shown=other)) == ["/"]


def test_every_tab_is_told_and_closed_tabs_are_forgotten(tmp_path):
    course = write_course(tmp_path)
    counter = iter(range(1000))
    with running(course, lambda _: made({**GOOD, "index.html": page(str(next(counter)))})) as served:
        heard = []

        def tab():
            heard.append(reloads(listen(served, served.preview.address, lambda: time.sleep(0.4))))

        tabs = [threading.Thread(target=tab) for _ in range(20)]
        for one in tabs:
            one.start()
        until(lambda: served.tabs == 20, "20 tabs")
        save(course, "1")
        for one in tabs:
            one.join()
        assert heard == [["/"]] * 20
        until(lambda: not served.tabs, "no tab")


def test_saves_during_a_build_start_one_more_after_it_and_never_two_at_once(tmp_path, patient):  # noqa: F811
    course = write_course(tmp_path)
    gate = threading.Event()
    at_once: list[int] = []
    calls: list[Any] = []

    def build(touched):
        calls.append(touched)
        at_once.append(len(calls) - len(at_once))
        if len(calls) > 1:
            gate.wait(10)
        at_once[-1] -= len(calls) - len(at_once)
        return made(GOOD)

    with running(course, build) as served:
        save(course, "1")
        until(lambda: len(calls) == 2, "the build")
        assert served.ask("/").status == 200  # while it builds
        for number in range(10):
            save(course, f"more {number}")
            time.sleep(0.02)
        assert len(calls) == 2
        gate.set()
        until(lambda: len(calls) == 3, "the build after it")
        assert served.settled() == 3
    assert at_once == [1, 1, 1]


def test_a_move_of_the_site_leads_old_tabs_to_it(tmp_path):
    course = write_course(tmp_path)
    with running(
        course, Scripted(made(GOOD, url="https://x.org/old/"), made(GOOD, url="https://x.org/new/"))
    ) as served:
        heard = listen(served, served.preview.address, lambda: save(course, "1"))
        assert reloads(heard) == ["/old/"]
        assert served.ask("/old/index.html").headers["location"] == "/new/index.html"


def test_midnight_where_the_course_is_held_is_a_change(tmp_path, monkeypatch):
    monkeypatch.setattr("sitegen.serve.LOOK_AT_CLOCK", 0.05)
    course = write_course(tmp_path)
    clock = [dt.datetime(2026, 2, 3, 23, 59, tzinfo=dt.UTC)]

    def build(_):
        return made(GOOD, today=clock[0].date())

    with running(course, build, follows_date=True, now=lambda: clock[0]) as served:
        time.sleep(0.3)
        assert served.builds == 1
        clock[0] += dt.timedelta(minutes=2)
        served.wait_for_build(2)
        time.sleep(0.3)
        assert served.touched == [None, None]


# --- drafts, search, the end --------------------------------------------------------------------


def test_drafts_and_what_is_dated_in_the_future_carry_a_note(tmp_path):
    course = write_course(
        tmp_path,
        {
            "content/x.md": "---\ntitle: X\ndraft: true\n---\nText.\n",
            "content/y.md": "---\ntitle: Y\npublish: 2026-03-01\n---\nText.\n",
            "content/z.md": "---\ntitle: Z\n---\nText.\n",
            "content/announcements.md": "## 2026-03-02 Later\n\nText.\n\n## 2026-02-01 Earlier\n\nText.\n",
        },
    )
    with running(course, lambda _: build_folder(course, drafts=True)) as served:
        notes = [
            re.findall('data-note="([^"]*)"', served.ask(f"/{name}/").text) for name in ("x", "y", "z", "announcements")
        ]
    assert notes == [
        ["A draft: it isn&#x27;t published as long as content/x.md says draft: true."],
        ["Not published before 2026-03-01, as content/y.md says."],
        [],
        ["Announcements dated in the future aren&#x27;t published before their day: 2026-03-02."],
    ]


def test_the_search_index_is_made_when_it_is_asked_for_once_a_build(tmp_path):
    course = write_course(tmp_path)
    made_for = []

    def index(shown):
        made_for.append(shown)
        return {f"pagefind/{len(made_for)}.js": b"index"}, (WARNING,)

    sites = [made(GOOD), made({**GOOD, "x.txt": b"1"})]
    with running(course, Scripted(*sites), index=index) as served:
        assert made_for == []
        assert [served.ask(f"/pagefind/{name}.js").status for name in "112"] == [200, 200, 404]
        assert len(made_for) == 1
        save(course, "1")
        served.wait_for_build(2)
        served.settled()
        assert len(made_for) == 1
        assert [served.ask(f"/pagefind/{name}.js").status for name in "21"] == [200, 200]
    assert len(made_for) == 2
    assert len(served.told) == 1, "the warning is told once"


def test_a_search_index_that_can_not_be_made_is_no_dead_server(tmp_path):
    course = write_course(tmp_path)

    def index(_):
        raise ZeroDivisionError

    with running(course, lambda _: made(GOOD), index=index) as served:
        assert served.ask("/pagefind/x.js").status == 500
        assert served.ask("/pagefind/x.js").status == 500
        assert served.ask("/").status == 200
    assert any("ZeroDivisionError" in line for line in served.lines)


def test_the_end_leaves_no_thread_no_file_and_no_port(tmp_path):
    course = write_course(tmp_path)
    before = {thread.name for thread in threading.enumerate()}
    with running(course, lambda _: made(GOOD)) as served:
        assert {"sitegen-builder", "sitegen-events"} <= {thread.name for thread in threading.enumerate()}
        port = served.port
    assert {thread.name for thread in threading.enumerate()} == before
    open_again, taken = open_sockets("127.0.0.1", port)
    assert taken == port
    for one in open_again:
        one.close()
    assert sorted(path.name for path in course.iterdir()) == ["site.yaml"]


def test_a_preview_can_be_ended_while_it_builds_for_the_first_time(tmp_path):
    course = write_course(tmp_path)
    gate = threading.Event()
    lines: list[str] = []

    def build(_):
        gate.wait(10)
        return made(GOOD)

    preview = Preview(course, build, lambda _: ({}, ()), lambda *_: None, say=lines.append)
    thread = threading.Thread(target=preview.run, args=("127.0.0.1", free_port()))
    thread.start()
    until(lambda: preview._end is not None, "the start")
    preview.stop()
    time.sleep(0.1)
    gate.set()
    thread.join(20)
    assert not thread.is_alive()
    assert lines[-1] == "The preview has ended."


def test_nothing_of_the_preview_stands_in_what_is_published(course):
    built = build_folder(course)
    for path, content in built.files.items():
        if isinstance(content, bytes):
            assert b"sitegen-preview" not in content, path
            assert b"livereload" not in content, path


def test_the_scripts_of_the_preview_are_served_whole(served):
    script = served.ask("/sitegen-preview.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    for words in ("function swapIn", "LiveReloadPluginSitegen", "light-dark("):
        assert words in script.text
    assert '"preview.css"' not in script.text
    assert "official-7" in served.ask("/livereload.js").text
    assert Path(__file__).parent.parent.joinpath("sitegen/preview/preview.js").exists()
