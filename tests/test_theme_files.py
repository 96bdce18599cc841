"""The theme as an instructor meets it: `sitegen theme`, own templates, own style sheet, and what docs/theme.md says of it."""

import re

import pytest
from click.testing import CliRunner
from jinja2 import meta, nodes

from sitegen.cli import cli
from sitegen.outputs.theme import Theme, describe
from tests.sample import built_in
from tests.support import REPOSITORY, told

DOCS = (REPOSITORY / "docs" / "theme.md").read_text(encoding="utf-8")
TEMPLATES = sorted(path for path in built_in() if path.endswith(".html"))
WRITTEN = [path for path in built_in() if path.endswith((".html", ".css", ".js"))]


def run(*arguments):
    return CliRunner().invoke(cli, ["theme", *map(str, arguments)])


# --- sitegen theme ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WRITTEN)
def test_every_file_of_the_theme_says_first_what_it_makes(path):
    assert len(describe(path, built_in()[path])) > 12


DESCRIBED = [
    ("a.html", "{# The foot. More. #}\n<p>", "The foot"),
    ("a.html", '{# Two\n   lines (content/). #}{% extends "base.html" %}', "Two lines (content/)"),
    ("a.html", "<p>{# Not first #}", ""),
    ("a.css", "/* One page's rules */\na {}", "One page's rules"),
    ("a.js", "// What it\n// adds. More.\nlet a = 1;", "What it adds"),
    ("a.js", "let a = 1; // not first", ""),
    ("a.woff2", "// no text", ""),
]


@pytest.mark.parametrize(("path", "text", "words"), DESCRIBED)
def test_a_file_is_described_by_the_first_sentence_of_its_first_comment(path, text, words):
    assert describe(path, text.encode()) == words


def test_theme_lists_every_file():
    lines = run().output.splitlines()
    assert [line.split()[0] for line in lines] == sorted(built_in())


def test_theme_prints_a_file_byte_for_byte():
    for name in ("_footer.html", "templates/_footer.html"):
        assert run(name).output.encode() == built_in()["_footer.html"]


def test_theme_helps_with_a_name_that_is_not_there():
    result = run("footer.html")
    assert result.exit_code == 2
    assert 'The theme has no file "footer.html". Did you mean "_footer.html"?' in result.stderr


def test_theme_copies_a_file_into_a_course_and_never_over_a_changed_one(tmp_path):
    target = tmp_path / "templates" / "_footer.html"
    for _ in range(2):
        result = run("_footer.html", "--copy", tmp_path)
        assert result.exit_code == 0
        assert f"{target} is yours now." in result.output
        assert target.read_bytes() == built_in()["_footer.html"]
    target.write_text("mine")
    result = run("_footer.html", "--copy", tmp_path)
    assert result.exit_code == 2
    assert f"{target} is there already and differs. Remove it first to start anew." in result.stderr
    assert target.read_text() == "mine"
    assert "Name the file to copy." in run("--copy", tmp_path).stderr


# --- a course's own files -----------------------------------------------------------------------


def test_the_footer_of_the_course_stands_on_every_page_and_the_rest_stays(make):
    plain = make()
    built = make(
        {
            "templates/_footer.html": '<footer>Mine, {{ course.code }}, <a href="{{ link("index.html") }}">home</a></footer>\n'
        }
    )
    assert told(built) == ""
    assert built.files.keys() == plain.files.keys()
    for path, content in built.files.items():
        if path.endswith(".html") and b"<main" in content:
            footers = re.findall(rb"<footer.*?</footer>", content, re.DOTALL)
            assert len(footers) == 1
            assert re.fullmatch(rb"<footer>Mine, CS101, <a href=\"[^\"]*\">home</a></footer>", footers[0])
            assert b'<header class="masthead">' in content


def test_the_courses_own_style_sheet_comes_after_all_others_on_every_page(make):
    built = make({"templates/custom.css": ":root { --measure: 32rem }"})
    assert told(built) == ""
    assert built.files["assets/custom.css"] == b":root { --measure: 32rem }"
    for path, content in built.files.items():
        if path.endswith(".html") and b"<main" in content:
            sheets = re.findall(rb'<link rel="stylesheet" href="([^"]*)"', content)
            assert sheets[-1].endswith(b"assets/custom.css"), path
            assert sheets[0].endswith(b"assets/site.css"), path


def test_without_an_own_style_sheet_no_page_asks_for_one(make):
    assert not [path for path, content in make().files.items() if b"custom.css" in bytes(content)]


def test_the_browsers_own_frame_has_the_papers_colour(make):
    home = make({"templates/custom.css": ":root { --paper: light-dark(#fff, navy) }"}).files["index.html"].decode()
    assert re.findall(r'name="theme-color" content="(#\w+)" media="\(prefers-color-scheme: (\w+)\)"', home) == [
        ("#ffffff", "light"),
        ("#000080", "dark"),
    ]


def test_a_style_sheet_with_nearly_that_name_is_told(make):
    assert told(make({"templates/costum.css": "a {}"})) == (
        "templates/costum.css:1:1: warning[unused-template]: No page links to templates/costum.css: a course's own "
        "style sheet is named custom.css.\n  1 | a {}\n    | ^\n  help: Rename it to custom.css, or import it there.\n"
    )


UNUSED = {
    "a style sheet beside custom.css": (
        {"more.css": "a {}", "custom.css": "b {}"},
        "No page links to templates/more.css: a course's own style sheet is named custom.css. Import it in custom.css.",
    ),
    "a template without a page": (
        {"about.html": "x"},
        "templates/about.html changes no page: no other file of templates/ names it. Name it where it belongs, or remove "
        "it. sitegen theme lists the files that it can replace.",
    ),
    "a built-in name without its underscore": (
        {"footer.html": "x"},
        "templates/footer.html replaces nothing: the built-in file is named _footer.html. Rename it to _footer.html.",
    ),
    "a style sheet that is imported": ({"more.css": "a {}", "custom.css": '@import "more.css";'}, ""),
    "a template that is included": ({"_footer.html": "{% include '_badge.html' %}", "_badge.html": "x"}, ""),
    "a font": ({"fonts/serif.woff2": "x"}, ""),
}


@pytest.mark.parametrize("name", UNUSED)
def test_a_file_that_changes_no_page_is_told(make, name):
    own, words = UNUSED[name]
    findings = make({f"templates/{path}": text for path, text in own.items()}).findings
    assert " ".join(f"{finding.message} {finding.help}" for finding in findings) == words


def test_an_accent_is_part_of_the_courses_style_sheet_whoever_wrote_it(make):
    site = "course: {code: A, title: B, accent: navy}\n"
    for files in ({}, {"templates/site.css": ":root { --paper: #fff }"}):
        style = make(files, site).files["assets/site.css"].decode()
        assert "--accent:light-dark(#000080," in style
        assert style.startswith(files.get("templates/site.css", ""))


# --- docs/theme.md ------------------------------------------------------------------------------


def rows(title: str) -> dict[str, str]:
    """First cell (without ticks) to the rest of the row, of the table whose head begins with `title`."""
    table = DOCS.split(f"| {title} |")[1].split("\n\n")[0]
    return dict(re.findall(r"^\| (`[^|]*?`) \| (.*?) \|$", table, re.MULTILINE))


def test_the_docs_name_every_template_and_no_other():
    assert sorted(cell.strip("`") for cell in rows("template")) == TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_the_docs_say_that_a_template_is_given_it_is_given(name):
    environment = Theme({})._environment("en")
    tree = environment.parse(built_in()[name].decode())
    given = meta.find_undeclared_variables(tree) | {block.name for block in tree.find_all(nodes.Block)}
    said = set(re.findall(r"`(\w+)`", rows("template")[f"`{name}`"].rpartition("|")[2]))
    assert said <= given


def test_the_docs_name_what_every_page_has():
    from sitegen.outputs.frames import Frame
    from sitegen.values import field_names

    assert set(re.findall(r"`(\w+)`", rows("name")["`page`"])) == set(field_names(Frame))


def test_the_docs_name_every_custom_property_and_no_other():
    style = built_in()["site.css"].decode()
    declared = set(re.findall(r"^\s+(--[\w-]+):", style[: style.index("}")], re.MULTILINE))
    cells = " ".join(rows("property"))
    named = set(re.findall(r"--[\w-]+", cells)) | {f"--s{number}" for number in range(1, 7)}
    assert named == declared


def test_the_example_of_the_docs_is_a_custom_css_that_works(make):
    (example,) = re.findall(r"((?:    [:.}].*\n|      --.*\n)+)\n\| property", DOCS)
    assert told(make({"templates/custom.css": example})) == ""
