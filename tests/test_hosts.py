"""What would be loaded from another host is told where it is written, and isn't loaded."""

import pytest

from tests.support import told

IMAGE = "https://cdn.test/ring.png"


def prose(make, text: str, path: str = "content/notes.md"):
    return make({path: f"# Notes\n\n{text}\n"})


def notes_of(built) -> str:
    html = built.files["notes/index.html"].decode()
    return html[html.index('<div class="prose">') : html.index("</main>")]


def test_an_image_on_another_host_is_told_at_its_place_and_becomes_a_link(make):
    built = prose(make, f"Words ![A ring]({IMAGE}) words.")
    assert told(built) == (
        "content/notes.md:3:17: warning[other-host]: This image is on another host, from which pages load nothing: "
        f"{IMAGE}\n"
        f"  3 | Words ![A ring]({IMAGE}) words.\n"
        "    |                 ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: Put the file into the course and name it by its path.\n"
    )
    assert f'Words <a href="{IMAGE}">A ring</a> words.' in notes_of(built)


CASES = {
    "an image without words": (f"![]({IMAGE})", "image", f'<a href="{IMAGE}">{IMAGE}</a>'),
    "an image by reference": (f"![A ring][r]\n\n[r]: {IMAGE}", "image", f'<a href="{IMAGE}">A ring</a>'),
    "an image in a link": (f"[![A ring]({IMAGE})](https://a.test/)", "image", '<a href="https://a.test/">A ring</a>'),
    "an image without a scheme": ("![A ring](//cdn.test/ring.png)", "image", '<a href="//cdn.test/ring.png">A ring</a>'),
    "an image as a tag": (f'<img src="{IMAGE}" alt="A &amp; B">', "image", f'<a href="{IMAGE}">A &amp; B</a>'),
    "a frame": (
        '<iframe src="https://video.test/e/1" title="A talk" allowfullscreen></iframe>\n\nAfter.',
        "frame",
        '<a href="https://video.test/e/1">A talk</a>',
    ),
    "a film": (f'<video src="{IMAGE}" controls></video>', "video", "<video"),
    "a script": (f'<script src="{IMAGE}"></script>', "file", "<script"),
    "a style": (f"<style>@import '{IMAGE}';</style>", "file", "<style>"),
    "a background": (f"<style>p {{ background: url({IMAGE}) }}</style>", "file", "<style>"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_would_be_loaded_is_told_in_every_form(make, name):
    text, what, shown = CASES[name]
    built = prose(make, text)
    found = next(finding for finding in built.findings if finding.slug == "other-host")
    assert found.message.startswith(f"This {what} is on another host")
    assert found.span.line == 3 + (name == "an image by reference") * 2
    assert shown in notes_of(built)
    assert "iframe" not in notes_of(built)


@pytest.mark.parametrize(
    "text",
    [
        "[A ring](https://cdn.test/ring.png) and <https://cdn.test/>",
        f"`![A ring]({IMAGE})`",
        f"```html\n<img src='{IMAGE}'>\n```",
        '<a href="https://cdn.test/">there</a>',
        f"<script>const address = '{IMAGE}'</script>",
    ],
)
def test_links_and_code_load_nothing(make, text):
    assert told(prose(make, text)) == ""


THEME = {
    "templates/page.html": ('{% extends "base.html" %}\n{% block head %}<link rel="stylesheet" href="https://fonts.test/a.css">{% endblock %}', "2:46"),
    "templates/base.html": ('<!doctype html>\n<script async src="//stats.test/a.js"></script>', "2:20"),
    "templates/custom.css": ('/* url(https://a.test/) */\n@import url("https://fonts.test/a.css");', "2:14"),
    "templates/fonts.css": ("@font-face { src: url(https://fonts.test/a.woff2) }", "1:23"),
}  # fmt: skip


@pytest.mark.parametrize("path", THEME)
def test_a_template_or_style_sheet_of_the_course_that_would_load_something_is_told(make, path):
    text, place = THEME[path]
    built = make({path: text})
    found = [str(finding.span) for finding in built.findings if finding.slug == "other-host"]
    assert found == [f"{path}:{place}"]


def test_a_template_may_name_other_hosts_in_links(make):
    head = (
        '<link rel="canonical" href="https://a.test/"><a href="https://a.test/">a</a>{# <img src="https://a.test/"> #}'
    )
    built = make({"templates/page.html": '{% extends "base.html" %}{% block head %}' + head + "{% endblock %}"})
    assert [finding for finding in built.findings if finding.slug == "other-host"] == []
