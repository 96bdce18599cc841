"""A page's content security policy: what it always allows, and what it allows because it stands in the page."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.outputs import policy
from sitegen.outputs.policy import LEADS, allow, protect
from sitegen.patterns import regex

ALWAYS = (
    "default-src 'none'; script-src 'self' file: 'wasm-unsafe-eval'; style-src 'self' file:; "
    "img-src 'self' file: data:; font-src 'self' file:; connect-src 'self'; manifest-src 'self'"
)
HANDLER = """<button onclick='go("a")'>go</button>"""


def hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def page(body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A</title></head><body>{body}</body></html>'
    )


def added(body: str) -> dict[str, list[str]]:
    """What `body` adds to the policy, by directive."""
    before = dict(part.split(" ", 1) for part in ALWAYS.split("; "))
    after = dict(part.split(" ", 1) for part in allow(page(body)).split("; "))
    return {
        name: [source for source in sources.split() if source not in before.get(name, "").split()]
        for name, sources in after.items()
        if sources != before.get(name)
    }


def test_an_ordinary_page_may_load_the_site_s_own_files_and_run_nothing_of_its_own():
    assert allow(page("<p>Words</p>")) == ALWAYS


CASES = {
    "a script": ("<script>go()</script>", {"script-src": [hash_of("go()")]}),
    "a module": ('<script type="module">go()</script>', {"script-src": [hash_of("go()")]}),
    "an older name of JavaScript": ("<script TYPE=Text/JavaScript>go()</script>", {"script-src": [hash_of("go()")]}),
    "the same script twice": ("<script>go()</script><script>go()</script>", {"script-src": [hash_of("go()")]}),
    "lines as HTML's parser reads them": ("<script>a()\r\nb()</script>", {"script-src": [hash_of("a()\nb()")]}),
    "an element like a script": ("<script>if (a < b && c > d) x('</p>')</script>", {"script-src": [hash_of("if (a < b && c > d) x('</p>')")]}),
    "a file of the site": ('<script src="a.js" defer></script>', {}),
    "data": ('<script type="application/ld+json">{"a": "<style>"}</script>', {}),
    "a script that is commented out": ("<!-- <script>go()</script> -->", {}),
    "text that looks like a script": ("<p title='<script>'>&lt;script>go()&lt;/script></p>", {}),
    "a style": ("<style>p { color: red }</style>", {"style-src": [hash_of("p { color: red }")]}),
    "a style in a drawing": ("<svg><style>a{}</style></svg>", {"style-src": [hash_of("a{}")]}),
    "a style attribute": ('<p style="color: red">a</p>', {"style-src": ["'unsafe-hashes'", hash_of("color: red")]}),
    "a style attribute with entities": (
        "<p class=a style='font: &quot;A&quot;'>a</p>",
        {"style-src": ["'unsafe-hashes'", hash_of('font: "A"')]},
    ),
    "an attribute that ends in style": ('<p data-style="a">a</p>', {}),
    "a handler": (HANDLER, {"script-src": ["'unsafe-hashes'", hash_of('go("a")')]}),
    "a frame": ('<iframe src="a.html"></iframe>', {"frame-src": ["'self'", "file:"]}),
    "a film": ('<video src="a.mp4"></video>', {"media-src": ["'self'", "file:"]}),
    "a document": ('<object data="a.pdf"></object>', {"object-src": ["'self'", "file:"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_stands_in_a_page_is_allowed_and_nothing_else(name):
    body, expected = CASES[name]
    assert added(body) == expected


def test_the_policies_stand_before_everything_that_they_hold_for():
    html = protect(page("<script>go()</script>"))
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8">\n'
    meta = '<meta http-equiv="Content-Security-Policy" content="{}">'
    assert html.startswith(f"{head}{meta.format(allow(html))}\n{meta.format(LEADS)}<title>A</title>")
    assert "unsafe-inline" not in html
    assert "base-uri 'none'" in html


@pytest.mark.parametrize(
    "html",
    [
        "<p>no head</p>",
        '<head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="default-src *">',
    ],
)
def test_a_page_with_a_policy_of_its_own_or_no_head_stays_as_it_is(html):
    assert protect(html) == html


def test_every_page_of_a_site_has_its_policy(make):
    files = {
        "content/index.md": "---\naliases: [/old/]\n---\n# Home\n\n<script>go()</script>\n",
        "content/lectures/a.md": '# A\n\n<p style="color: red">a</p>\n\n$$\\begin{aligned} a &= b \\end{aligned}$$\n',
    }
    built = make(files)
    for path, html in built.files.items():
        if path.endswith(".html"):
            assert html.count(b'http-equiv="Content-Security-Policy"') == 2, path
            assert b"unsafe-inline" not in html
    assert hash_of("go()").encode() in built.files["index.html"]
    lecture = built.files["lectures/a/index.html"].decode()
    assert hash_of("color: red") in lecture
    assert len(re.findall(r" style=", lecture)) == 1  # the author's; a formula has none


def test_a_page_of_a_hundred_thousand_signs_is_read_in_time():
    """A test that would take hours otherwise: nothing is tried twice."""
    for junk in ("<a " * 100_000, "<script>" * 10_000, "<!--" * 100_000, "<p title='" * 50_000, " style=" * 100_000):
        assert allow(page(junk)).startswith("default-src 'none'")


PIECES = (
    "<p", ">", " style='a:b'", ' STYLE="c"', "\nonclick='x()'", "\tOnLoad = \"y()\"", " on", " one=1", "<script>", "</script>",
    "<SCRIPT src=a>", "<style>", "</style>", "<!--", "-->", "<iframe>", "<VIDEO", "<a title=\"", "\"", "'", " href=x", "words é",
    "<script type=module>", "<object", "<audio>",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_page_in_which_nothing_asks_is_soon_read_and_allowed_the_same(page: str):
    short = allow(page)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "_ASKING", (regex(b""),))
        assert allow(page) == short
