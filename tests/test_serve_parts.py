"""The preview's parts that are functions from values to values."""

from pathlib import Path

import pytest

from sitegen.diagnostics import Diagnostic, Related, Span, render_text
from sitegen.folders.disk import Asset
from sitegen.preview.bodies import Part, Unsatisfiable, asked_part, media_type
from sitegen.preview.callers import host_name, may_ask, names_for, same_origin
from sitegen.preview.dressing import dress
from sitegen.preview.editors import EDITORS, editor_link, editor_template
from sitegen.preview.listing import is_passed_over
from sitegen.preview.report import Report, report_json, unheard
from sitegen.preview.routes import Found, Missing, Moved, base_path, find
from sitegen.preview.view import Site, View, differing

# --- who may ask --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "listens", "answered"),
    [
        ("localhost:8000", "127.0.0.1", True),
        ("LOCALHOST", "127.0.0.1", True),
        ("localhost.:8000", "127.0.0.1", True),
        ("127.0.0.1:1", "127.0.0.1", True),
        ("[::1]:8000", "127.0.0.1", True),
        ("evil.example:8000", "127.0.0.1", False),
        ("localhost.evil.example", "127.0.0.1", False),
        ("127.0.0.1.evil.example:8000", "127.0.0.1", False),
        ("192.168.1.5:8000", "127.0.0.1", False),
        ("localhost@evil.example", "127.0.0.1", False),
        ("localhost:8000, evil.example", "127.0.0.1", False),
        ("localhost/evil", "127.0.0.1", False),
        ("localhost:notaport", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("[::1", "127.0.0.1", False),
        ("büro.local:8000", "büro.local", True),
        ("192.168.1.5:8000", "192.168.1.5", True),
        ("192.168.1.6:8000", "192.168.1.5", False),
        ("192.168.1.5:8000", "0.0.0.0", True),
        ("[fe80::1]:8000", "::", True),
        ("lab-pc:8000", "0.0.0.0", True),
        ("evil.example:8000", "0.0.0.0", False),
        ("lab-pc:8000", "127.0.0.1", False),
    ],
)
def test_only_this_machines_own_names_are_answered(host, listens, answered):
    everywhere = listens in ("0.0.0.0", "::")
    names = names_for(listens, ("lab-pc", ""))
    assert may_ask(host, names, everywhere) is answered


def test_a_host_is_told_without_its_port_and_its_case():
    assert [host_name(host) for host in ("A.b:80", "[::1]:8", "x y", "x\0")] == ["a.b", "::1", None, None]


@pytest.mark.parametrize(
    ("origin", "same"),
    [
        ("http://127.0.0.1:8000", True),
        ("https://127.0.0.1:8000", True),
        ("http://127.0.0.1:8001", False),
        ("http://localhost:8000", False),
        ("http://evil.example", False),
        ("null", False),
        ("file://", False),
    ],
)
def test_a_web_socket_is_for_pages_of_the_preview(origin, same):
    assert same_origin(origin, "127.0.0.1:8000") is same


# --- addresses ----------------------------------------------------------------------------------

FILES = {"index.html", "a/index.html", "a/b.pdf", "404.html", "c d/index.html", "é.html", "x.html"}


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/t/26/", Found("index.html")),
        ("/t/26/index.html", Found("index.html")),
        ("/t/26/a/", Found("a/index.html")),
        ("/t/26/a", Moved("/t/26/a/")),
        ("/t/26/c%20d", Moved("/t/26/c%20d/")),
        ("/t/26/%C3%A9.html", Found("é.html")),
        ("/t/26/é.html", Found("é.html")),
        ("/t/26/A/", Missing()),
        ("/t/26/a//", Missing()),
        ("/t/26//index.html", Missing()),
        ("/t/26/nothing", Missing()),
        ("/", Moved("/t/26/", outside=True)),
        ("/t/26", Moved("/t/26/", outside=True)),
        ("/old/a/b.pdf", Moved("/t/26/a/b.pdf", outside=True)),
        ("/elsewhere/", Missing()),
        ("/t/26/../../etc/passwd", Missing()),
        ("/t/26/a/../index.html", Missing()),
        ("/t/26/%2e%2e/x.html", Missing()),
        ("/t/26/a/%2E%2E%2Findex.html", Missing()),
        ("/t/26/./index.html", Missing()),
        ("/t/26/..%5c..%5csite.yaml", Missing()),
        ("/t/26/a\\b.pdf", Missing()),
        ("/t/26/index.html%00.png", Missing()),
        ("/t/26/%ff", Missing()),
        ("/t/26//etc/passwd", Missing()),
        ("//etc/passwd", Missing()),
        ("http://127.0.0.1/t/26/", Missing()),
        ("*", Missing()),
        ("", Missing()),
        ("/old/../x", Missing()),
    ],
)
def test_an_address_leads_to_a_file_of_the_site_or_nowhere(address, route):
    assert find(address, "/t/26/", FILES, ("/old/",)) == route


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://x.org/teaching/2026/", "/teaching/2026/"),
        ("https://x.org/teaching/2026", "/teaching/2026/"),
        ("https://x.org", "/"),
        ("", "/"),
        ("https://x.org//a/../b/", "/a/b/"),
        ("https://x.org/caf%C3%A9/ü/", "/caf%C3%A9/%C3%BC/"),
    ],
)
def test_the_base_path_is_that_of_the_courses_address(url, base):
    assert base_path(url) == base


def test_a_base_path_that_is_not_ascii_is_found_as_browsers_ask_for_it():
    assert find("/caf%C3%A9/", base_path("https://x.org/café/"), FILES) == Found("index.html")


# --- bodies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("a/index.md", "text/markdown; charset=utf-8"),
        ("a.JS", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.webmanifest", "application/manifest+json; charset=utf-8"),
        ("calendar.ics", "text/calendar; charset=utf-8"),
        ("feed.xml", "application/xml; charset=utf-8"),
        ("papers.bib", "application/x-bibtex; charset=utf-8"),
        ("a.ipynb", "application/x-ipynb+json; charset=utf-8"),
        ("a.woff2", "font/woff2"),
        ("a.avif", "image/avif"),
        ("a.webp", "image/webp"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.mp4", "video/mp4"),
        ("a.pdf", "application/pdf"),
        ("a.tar.gz", "application/gzip"),
        ("Makefile", "application/octet-stream"),
        (".nojekyll", "application/octet-stream"),
        ("a.zzz", "application/octet-stream"),
        ("dir.html/noend", "application/octet-stream"),
    ],
)
def test_media_types_are_the_webs_not_the_machines(path, kind):
    assert media_type(path) == kind


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-3", Part(0, 4)),
        ("bytes=3-", Part(3, 10)),
        ("bytes=-4", Part(6, 10)),
        ("bytes=-99", Part(0, 10)),
        ("bytes=2-99", Part(2, 10)),
        ("bytes= 1 - 2", Part(1, 3)),
        ("bytes=5-3", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("lines=1-2", None),
        ("bytes=1-" + "9" * 30, None),
    ],
)
def test_a_part_of_a_file_is_what_rfc_9110_says(header, part):
    assert asked_part(header, 10) == part


@pytest.mark.parametrize(("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0)])
def test_a_part_beyond_the_end_can_not_be_had(header, size):
    with pytest.raises(Unsatisfiable):
        asked_part(header, size)


# --- editors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("editor", "path", "link"),
    [
        ("vscode", "/home/a b/x.md", "vscode://file/home/a%20b/x.md:3:7"),
        ("VSCode", r"C:\course\x.md", "vscode://file/C:/course/x.md:3:7"),
        ("", "/x.md", "vscode://file/x.md:3:7"),
        ("idea", "/a&b/x.md", "idea://open?file=/a%26b/x.md&line=3&column=7"),
        ("sublime", "/x.md", "subl://open?url=file:///x.md&line=3&column=7"),
        ("emacs", "/ü#?.md", "emacs://open?url=file:///%C3%BC%23%3F.md&line=3&column=7"),
        ("none", "/x.md", ""),
        ("my-editor://{path}@{line}", "/{line}.md", "my-editor:///%7Bline%7D.md@3"),
    ],
)
def test_a_link_opens_the_file_at_its_line(editor, path, link):
    assert editor_link(editor_template(editor), path, 3, 7) == link


@pytest.mark.parametrize("words", ["notepad", "javascript:alert({path})", "vscode://file", "data:{path}"])
def test_what_is_no_editor_is_refused(words):
    with pytest.raises(ValueError, match=r"known are|needs \{path\}"):
        editor_template(words)


def test_every_editor_that_is_known_takes_the_path_and_the_line():
    for name, template in EDITORS.items():
        link = editor_link(template, "/c/x.md", 12, 4)
        assert name == "none" or ("/c/x.md" in link and "12" in link and "{" not in link)


# --- findings -----------------------------------------------------------------------------------


def found(message="A mistake.", severity="error", span=None, **rest):
    return Diagnostic("a-slug", severity, message, span or Span("content/é.md", 2, 3, 2, 6), **rest)


def told_of(finding, source="one\na bcd e\n"):
    import json

    report = Report([finding], {finding.span.file: source}, since="12:00:00")
    (row,) = json.loads(report_json(report, lambda span: f"edit:{span.line}"))["findings"]
    return row


def test_the_browser_is_told_the_words_of_the_terminal():
    finding = found(help="Type this: x.", related=(Related(Span("site.yaml", 9, 1), "First here"),))
    row = told_of(finding)
    assert row == {
        "severity": "error",
        "slug": "a-slug",
        "place": "content/é.md:2:3",
        "href": "edit:2",
        "message": "A mistake.",
        "line": 2,
        "source": ["a ", "bcd", " e"],
        "related": [{"words": "First here: site.yaml:9:1", "href": "edit:9"}],
        "help": "Type this: x.",
    }
    terminal = render_text([finding], {"content/é.md": "one\na bcd e\n"})
    for words in (row["place"], row["message"], "".join(row["source"]), row["related"][0]["words"], row["help"]):
        assert words in terminal


@pytest.mark.parametrize(
    ("source", "span", "parts"),
    [
        ("日本 abc", Span("f", 1, 4, 1, 7), ["日本 ", "abc", ""]),
        ("日本 abc", Span("f", 1, 2, 1, 3), ["日", "本", " abc"]),
        ("e\u0301x y", Span("f", 1, 3, 1, 4), ["e\u0301", "x", " y"]),
        ("ab", Span("f", 1, 3), ["ab", " ", ""]),
        ("\ta", Span("f", 1, 2, 1, 3), [" ", "a", ""]),
        ("x | y ^ z", Span("f", 1, 5, 1, 6), ["x | ", "y", " ^ z"]),
        ("x" * 200 + "MARK" + "y" * 200, Span("f", 1, 201, 1, 205), ["…" + "x" * 32, "MARK", "y" * 60 + "…"]),
    ],
)
def test_the_mark_stands_under_the_same_characters_as_in_the_terminal(source, span, parts):
    assert told_of(found(span=span), source)["source"] == parts


def test_a_finding_without_its_line_is_told_all_the_same():
    row = told_of(found(span=Span("gone.md", 99), help="error[a-slug]: help: x"))
    assert (row["source"], row["help"], row["message"]) == ([], "error[a-slug]: help: x", "A mistake.")


def test_a_message_with_colons_and_brackets_stays_whole():
    assert told_of(found("x: error[a-slug]: y: error[b]: z"))["message"] == "x: error[a-slug]: y: error[b]: z"


def test_errors_come_first_and_all_are_counted():
    import json

    told = json.loads(report_json(Report([found("w", "warning"), found("e")]), lambda _: ""))
    assert ([row["message"] for row in told["findings"]], told["title"]) == (["e", "w"], "1 error, 1 warning")
    assert told["failed"]
    many = json.loads(report_json(Report([found(str(n), "warning") for n in range(1003)]), lambda _: ""))
    assert (len(many["findings"]), many["left"], many["failed"]) == (
        1000,
        "and 3 more, which the terminal tells",
        False,
    )


def test_the_same_report_has_the_same_id_whenever_it_is_made():
    import json

    one, other, third = (
        json.loads(report_json(report, lambda _: ""))["id"]
        for report in (Report([found()], since="1"), Report([found()], since="2"), Report([found("other")]))
    )
    assert one == other != third


def test_a_warning_that_only_moved_is_not_told_again():
    before = [found("w", "warning", Span("f", 1, 1)), found("e", "error", Span("f", 2, 1))]
    after = [found("w", "warning", Span("f", 5, 1)), found("e", "error", Span("f", 6, 1)), found("new", "warning")]
    assert [finding.message for finding in unheard(after, before)] == ["e", "new"]


# --- pages --------------------------------------------------------------------------------------

PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self'; x">
<meta http-equiv="Content-Security-Policy" content="base-uri 'none'">
<script src="site.js" defer></script>
</head>
<body>connect-src 'self'</head></body>
</html>
"""


def test_a_page_gets_two_files_of_this_server_and_nothing_inline():
    assert (
        dress(PAGE, "127.0.0.1:8000", "run.1")
        == b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self' ws://127.0.0.1:8000; x">
<meta http-equiv="Content-Security-Policy" content="base-uri 'none'">
<script src="/sitegen-preview.js" data-page="run.1" defer></script>
<script src="site.js" defer></script>
<script src="/livereload.js?host=127.0.0.1&amp;port=8000&amp;mindelay=250&amp;maxdelay=2000" defer></script>
</head>
<body>connect-src 'self'</head></body>
</html>
"""
    )


@pytest.mark.parametrize("own", [b"<p>x</p>", b"<HTML><BODY>x</BODY></HTML>", b"", b"<head></HEAD >x"])
def test_an_authors_own_page_follows_the_course_too(own):
    dressed = dress(own, "localhost", "t", 'a "note" <b>')
    assert dressed.count(b"/sitegen-preview.js") == dressed.count(b"/livereload.js?host=localhost&amp;port=80&") == 1
    assert dressed.index(b"sitegen-preview") < dressed.index(b"livereload.js")
    assert b'data-note="a &quot;note&quot; &lt;b&gt;"' in dressed


def test_an_address_of_ipv6_reaches_livereload():
    dressed = dress(PAGE, "[::1]:8000", "t")
    assert b"host=[::1]&amp;port=8000" in dressed
    assert b"connect-src 'self' ws:;" in dressed


# --- what is on view ----------------------------------------------------------------------------


def asset(path, size=1):
    return Asset(path, Path("/c", path), size, 0)


def test_what_differs_is_new_gone_or_another_content():
    same = b"x" * 100
    old = {"same": same, "equal": b"y", "changed": b"1", "gone": b"", "file": asset("a"), "other": asset("b")}
    new = {"same": same, "equal": bytes([121]), "changed": b"2", "new": b"", "file": asset("a"), "other": asset("b", 2)}
    assert differing(old, new) == {"changed", "gone", "new", "other"}
    assert differing({}, new) == set(new)


def test_the_same_object_is_not_looked_into():
    class Untouchable(bytes):
        def __eq__(self, _):
            raise AssertionError("it was compared")

        def __hash__(self):
            return 0

    huge = Untouchable(b"x")
    assert differing({"a": huge}, {"a": huge}) == set()


def test_a_tab_is_told_by_what_it_shows():
    view = View("run")
    before = view.token("/")
    view.show(Site({"index.html": b"1", "a/index.html": b"2", "404.html": b"3"}))
    tokens = [view.token(address) for address in ("/", "/a/", "/a", "/nothing", "/../", "/index.html")]
    assert len({before, *tokens}) == 5
    assert tokens[3] == tokens[4]
    assert tokens[0] == tokens[5]
    view.show(Site({"index.html": b"1", "a/index.html": b"other", "404.html": b"3"}))
    assert [view.token(address) for address in ("/", "/nothing")] == [tokens[0], tokens[3]]
    assert view.token("/a/") != tokens[1]
    again = View("another run")
    again.show(Site({"index.html": b"1"}))
    assert again.token("/") != tokens[0]


def test_a_site_that_moved_is_found_where_it_was():
    view = View("run")
    for base in ("/2025/", "/2026/", "/2027/"):
        view.show(Site({"a/index.html": b""}, base))
    assert view.route("/2025/a/") == view.route("/2026/a/") == Moved("/2027/a/", outside=True)
    view.show(Site({"a/index.html": b""}, "/2025/"))
    assert view.route("/2025/a/") == Found("a/index.html")
    for number in range(100):
        view.show(Site({}, f"/{number}/"))
    assert len(view.former) == 8


def test_a_page_has_loaded_style_sheets_scripts_and_the_images_that_are_named():
    view = View("run")
    site_css = b"body{background:url(paper.webp)}"
    view.show(Site({"index.html": b"<img src=a/b.png>", "assets/site.css": site_css, "feed.xml": b"x.png"}))
    changed = frozenset(
        {"a/b.png", "x.png", "paper.webp", "assets/site.js", "assets/site.css", "feed.xml", "a/index.md"}
    )
    assert view.loaded("/", changed) == ["a/b.png", "assets/site.css", "assets/site.js", "paper.webp"]


@pytest.mark.parametrize(
    ("name", "passed_over"),
    [
        ("content/4913", True),
        ("content/.x.md.swp", True),
        ("content/x.md~", True),
        ("content/#x.md#", True),
        ("content/.#x.md", True),
        ("content/x.md___jb_tmp___", True),
        ("content/x.md___jb_old___", True),
        ("content/.x.md.kate-swp", True),
        ("content/~$slides.pptx", True),
        ("content/.~lock.slides.odp#", True),
        ("content/.DS_Store", True),
        ("content/.goutputstream-ABC123", True),
        ("content/lectures/.git/x", True),
        ("content/paper.pdf.crdownload", True),
        ("content/Thumbs.db", True),
        ("content/x.tmp", True),
        ("content/x.md", False),
        ("content/.well-known/security.txt", False),
        ("content/.nojekyll", False),
        ("site.yaml", False),
    ],
)
def test_what_editors_leave_for_a_moment_is_passed_over(name, passed_over):
    assert is_passed_over(name) is passed_over
