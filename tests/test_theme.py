"""The theme: which file wins, how a mistake in a template is told, how times read, and whether colours can be read."""

import datetime as dt
import gzip
import re
import subprocess
import sys
from collections.abc import Mapping

import pytest

from sitegen.outputs.slim import slim
from sitegen.outputs.theme import TEMPLATE_ERROR, TemplateFault, Theme, clock, day, days, full_date, iso, times, trusted
from sitegen.prose.colouring import COLOURS
from tests.sample import TEMPLATES, ZONE, at, built_in, site

# --- files --------------------------------------------------------------------------------------


def make_theme(own: Mapping[str, str | bytes] | None = None, **templates: str) -> Theme:
    """A theme of `name.html` templates, with the course's own files over them."""
    files = {f"{name}.html": text.encode() for name, text in templates.items()}
    return Theme(files, {k: v.encode() if isinstance(v, str) else v for k, v in (own or {}).items()})


def test_a_file_of_the_course_takes_the_place_of_the_built_in_one_also_in_includes():
    theme = make_theme({"part.html": "mine"}, page="<p>{% include 'part.html' %}</p>", part="built in")
    assert theme.render("page.html") == "<p>mine</p>"


def test_files_that_are_no_templates_are_published_under_assets():
    theme = make_theme({"site.css": "b", "fonts/a.woff2": b"\x00\xff"}, page="never published")
    assert dict(theme.static_files()) == {"assets/site.css": b"b", "assets/fonts/a.woff2": b"\x00\xff"}


def test_text_is_escaped_and_only_trusted_html_is_not():
    theme = make_theme(page="{{ text }} {{ text | trusted }}")
    assert theme.render("page.html", text="<b>&") == "&lt;b&gt;&amp; <b>&"
    assert trusted("<i>").__html__() == "<i>"


def test_jinja_is_imported_only_when_something_is_rendered():
    code = "import sys, sitegen.outputs.pages; sitegen.outputs.pages.Theme({}); sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- faults -------------------------------------------------------------------------------------


def fault(*, own: Mapping[str, str | bytes] | None = None, **templates: str) -> str:
    """What is told when a course's own page.html is rendered with `title` and `session`: place, message, help."""
    mine = {f"{name}.html": text for name, text in templates.items()}
    with pytest.raises(TemplateFault) as caught:
        make_theme({**mine, **(own or {})}).render("page.html", title="T", session={"topic": "Serving"})
    finding = caught.value.finding
    assert finding.severity == "error"
    return f"{finding.span}: {finding.message} {finding.help}".strip()


FAULTS = {
    "an unknown name": (
        {"page": "<h1>\n  {{ titel }}</h1>"},
        'templates/page.html:2:6: "titel" isn\'t known in this template. Did you mean "title"?',
    ),
    "an unknown name like nothing": (
        {"page": "{{ qqq }}"},
        'templates/page.html:1:4: "qqq" isn\'t known in this template.',
    ),
    "an unknown attribute": (
        {"page": "\n\n{{ session.topc }}"},
        'templates/page.html:3:12: There is no "topc" in dict. Did you mean "topic"?',
    ),
    "an unknown attribute like nothing": (
        {"page": "{{ session.qqq }}"},
        'templates/page.html:1:12: There is no "qqq" in dict. It has topic.',
    ),
    "a name of a loop": (
        {"page": "{% for reading in ['a'] %}\n{{ reding }}{% endfor %}"},
        'templates/page.html:2:4: "reding" isn\'t known in this template. Did you mean "reading"?',
    ),
    "a mistake in an included template": (
        {"page": "\n{% include 'part.html' %}", "part": "\n\n{{ titel }}"},
        'templates/part.html:3:4: "titel" isn\'t known in this template. Did you mean "title"?',
    ),
    "a mistake in a macro": (
        {"page": "{% import 'part.html' as p %}\n{{ p.m() }}", "part": "{% macro m() %}\n{{ nothing }}{% endmacro %}"},
        'templates/part.html:2:4: "nothing" isn\'t known in this template.',
    ),
    "a missing include": (
        {"page": "\n{% include 'prt.html' %}", "part": ""},
        'templates/page.html:2:13: There is no template "prt.html". Did you mean "part.html"?',
    ),
    "a tag that isn't closed": (
        {"page": "<p>\n{% if title %}"},
        "templates/page.html:2:1: This template can't be read: Unexpected end of template. Jinja was looking for the "
        "following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
    ),
    "an unknown filter": (
        {"page": "\n{{ title | nonsense }}"},
        "templates/page.html:2:1: This template can't be read: No filter named 'nonsense'.",
    ),
    "a filter that fails": (
        {"page": "{{ title }}\n{{ title | day }}"},
        "templates/page.html:2:1: This template stops here with AttributeError: 'str' object has no attribute 'weekday'.",
    ),
    "a calculation that fails": (
        {"page": "\n  {{ 1 // 0 }}"},
        "templates/page.html:2:3: This template stops here with ZeroDivisionError: integer division or modulo by zero.",
    ),
    "a way out of the sandbox": (
        {"page": "{{ title.__class__.__mro__ }}"},
        "templates/page.html:1:1: A template may not do this: access to attribute '__class__' of 'str' object is unsafe.",
    ),
    "a template that includes itself": (
        {"page": "{% include 'page.html' %}"},
        "templates/page.html:1:1: This template includes or calls itself without an end.",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_mistake_in_a_template_is_told_at_its_line(name):
    templates, told = FAULTS[name]
    assert fault(own=None, **templates) == told


def test_a_template_that_is_not_utf_8_is_told_at_the_byte():
    told = fault(own={"page.html": b"<p>\ncaf\xe9</p>"})
    assert told.startswith("templates/page.html:2:4: This file isn't UTF-8: the byte 0xE9 here is no letter in it.")


def test_a_template_that_is_asked_for_and_missing_is_told():
    assert fault(pages="").startswith('templates/page.html:1:1: There is no template "page.html".')


def test_the_explanation_of_a_fault_shows_a_wrong_and_a_right_line():
    theme = make_theme(wrong=TEMPLATE_ERROR.wrong, right=TEMPLATE_ERROR.right)
    assert theme.render("right.html", page={"title": "T"}) == "T"
    with pytest.raises(TemplateFault):
        theme.render("wrong.html", page={"title": "T"})


# --- times --------------------------------------------------------------------------------------

NOON, NIGHT = dt.time(12), dt.time(0)
WORDS = [
    (day(dt.date(2026, 2, 10)), "Tue 10 Feb"),
    (day(at(3, 1)), "Sun 1 Mar"),
    (full_date(dt.date(2026, 2, 3)), "Tue 3 Feb 2026"),
    (days(dt.date(2026, 3, 15), dt.date(2026, 3, 22)), "15–22 Mar"),
    (days(dt.date(2026, 3, 28), dt.date(2026, 4, 2)), "28 Mar – 2 Apr"),
    (days(dt.date(2026, 9, 7), dt.date(2026, 9, 7)), "Mon 7 Sep"),
    (clock(at(2, 10)), "3:30 pm"),
    (clock(dt.time(9, 5)), "9:05 am"),
    (clock(NOON), "noon"),
    (clock(NIGHT), "0:00"),
    (times(dt.time(19, 30), dt.time()), "7:30 pm – midnight"),
    (times(dt.time(23, 30), dt.time(0, 30)), "11:30 pm – 12:30 am"),
    (clock(dt.time(12, 30)), "12:30 pm"),
    (clock(dt.time(23, 59)), "11:59 pm"),
    (times(dt.time(15, 30), dt.time(16, 45)), "3:30–4:45 pm"),
    (times(dt.time(11, 30), dt.time(12, 45)), "11:30 am – 12:45 pm"),
    (times(NOON, dt.time(13, 15)), "noon – 1:15 pm"),
    (times(dt.time(11), NOON), "11:00 am – noon"),
    (iso(dt.date(2026, 2, 10)), "2026-02-10"),
    (iso(at(2, 10)), "2026-02-10T15:30-05:00"),
    (iso(dt.datetime(2026, 3, 12, 15, 30, tzinfo=ZONE)), "2026-03-12T15:30-04:00"),
]


@pytest.mark.parametrize(("said", "expected"), WORDS)
def test_times_read_as_english_whatever_the_locale(said, expected):
    assert said.replace("\u00a0", " ") == expected


def test_a_date_and_a_time_of_day_never_break_over_lines():
    assert " " not in day(dt.date(2026, 2, 10)) + clock(dt.time(15, 30)) + full_date(dt.date(2026, 2, 10))


# --- the built-in style -------------------------------------------------------------------------

STYLE = (TEMPLATES / "site.css").read_text(encoding="utf-8")


def read_colours(style: str) -> dict[str, tuple[str, str]]:
    """Name -> (light, dark) of each `--name: light-dark(#..., #...)` in the first rule."""
    first = style[: style.index("}")]
    return {name: (a, b) for name, a, b in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\);", first)}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio, of two `#rrggbb` colours."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *((text, paper) for text in ("ink", "quiet", "accent") for paper in ("paper", "accent-soft")),
    ("ink", "soft"),
    ("paper", "accent"),
    ("ink", "code-paper"),
    *(
        (name, paper)
        for name in sorted(read_colours(STYLE))
        for paper in ("code-paper", "accent-soft")  # the second behind lines that an author points at
        if name.startswith("code-") and name != "code-paper"
    ),
]


@pytest.mark.parametrize(("text", "paper"), PAIRS)
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_can_be_read_on_its_paper(text, paper, scheme):
    colours = read_colours(STYLE)
    assert contrast(colours[text][scheme], colours[paper][scheme]) >= 4.5  # WCAG 2.2, 1.4.3 (AA)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_line_that_tells_a_link_from_text_can_be_seen(scheme):
    colours = read_colours(STYLE)
    assert contrast(colours["underline"][scheme], colours["paper"][scheme]) >= 3  # WCAG 2.2, 1.4.11


def test_the_contrast_of_known_colours_is_as_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_colour_comes_from_the_scale():
    rules = STYLE[STYLE.index("}") :]
    beside = [line for line in rules.splitlines() if re.search(r":[^;{]*#[0-9a-f]{3}", line)]
    assert [line for line in beside if "--" not in line and "content:" not in line] == []


def test_every_class_of_code_has_a_colour_and_every_colour_is_used():
    styled = re.findall(r"^\.highlight (.*?)\{ color: var\(--(code-\w+)\)", STYLE, re.MULTILINE)
    classes = {name for selector, _ in styled for name in re.findall(r"\.(\w)\b", selector)}
    assert classes == set(COLOURS.values())
    assert {colour for _, colour in styled} == {n for n in read_colours(STYLE) if n.startswith("code-")} - {
        "code-paper"
    }


def test_every_kind_of_token_that_pygments_knows_has_a_colour_or_is_left_as_text():
    from pygments.token import STANDARD_TYPES

    text = "esc g ge ges gs l ld n ni nl nv nx o p pm py vc vg vi vm w x".split()
    assert {name for name in STANDARD_TYPES.values() if name and name not in COLOURS} == set(text)


def test_the_colour_around_the_page_is_the_paper_s():
    home = site()["index.html"].decode()
    light, dark = read_colours(STYLE)["paper"]
    assert f'content="{light}" media="(prefers-color-scheme: light)"' in home
    assert f'content="{dark}" media="(prefers-color-scheme: dark)"' in home


def test_what_every_page_loads_is_small():
    def packed(name: str) -> int:
        return len(gzip.compress(slim(name, built_in()[name])))

    assert 2_000 < packed("site.css") < 4_200
    assert 500 < packed("site.js") < 1_300


def test_built_in_styles_and_scripts_lose_comments_and_blanks_and_nothing_else():
    css = b'/* a */\na > b  {\n  color : red;\n  content: "/* x */  y";\n}\n@media (min-width: 1px) { c { top: calc(1px + 2px) } }\n'
    js = b"// a\nconst x = '// b',  y = `//  c\n d`; /* e */ const z = /\\/\\/ f/g;\n"
    assert slim("a.css", css) == b'a>b{color:red;content:"/* x */  y"}@media (min-width:1px){c{top:calc(1px + 2px)}}'
    assert slim("a.js", js) == b"const x='// b',y=`//  c\n d`;const z=/\\/\\/ f/g;"
    assert slim("a.svg", css) == css


def test_only_built_in_files_are_made_smaller():
    theme = Theme(
        {"a.css": b"a { top: 0 }", "b.css": b"b { top: 0 }"}, {"b.css": b"b  {  left: 0 }", "c.css": b"c { }"}
    )
    assert dict(theme.static_files()) == {
        "assets/a.css": b"a{top:0}",
        "assets/b.css": b"b  {  left: 0 }",
        "assets/c.css": b"c { }",
    }


def test_the_indentation_of_a_template_is_not_published_but_where_it_can_be_seen():
    theme = make_theme(page="<ul>\n  <li>a\n    b</li>\n</ul>", kept="<pre>\n  a\n</pre>")
    assert theme.render("page.html") == "<ul>\n<li>a\nb</li>\n</ul>"
    assert theme.render("kept.html") == "<pre>\n  a\n</pre>"


def test_neither_style_nor_templates_name_another_host():
    for name, data in built_in().items():
        if name.startswith("cards/"):
            continue  # a font and its licence, which no page loads
        found = re.findall(rb"(?:https?:)?//[a-z0-9.-]+\.[a-z]+", data)
        assert [address for address in found if b"www.w3.org" not in address] == [], name
