"""Every page says where its source is edited, by who hosts the repository."""

import re

import pytest

from sitegen.catalogue import list_rules
from sitegen.outputs.editing import NO_EDITOR, edit_address
from sitegen.plan import CourseFacts
from sitegen.values import replace
from tests.support import SITE_YAML, told

SOURCE = "content/données #1.md"
QUOTED = "content/donn%C3%A9es%20%231.md"


def address(repository, source=SOURCE, **facts):
    return edit_address(replace(CourseFacts(), repository=repository, **facts), source)


@pytest.mark.parametrize(
    ("repository", "facts", "edit"),
    [
        ("https://github.com/x/y/", {}, f"https://github.com/x/y/edit/main/{QUOTED}"),
        ("https://github.com/x/y.git", {"branch": "gh-pages"}, f"https://github.com/x/y/edit/gh-pages/{QUOTED}"),
        ("https://github.com/x/y", {"folder": "/teaching/2026 é/"}, f"https://github.com/x/y/edit/main/teaching/2026%20%C3%A9/{QUOTED}"),
        ("https://github.com/x/y/tree/pub/teaching/a%20b/", {}, f"https://github.com/x/y/edit/pub/teaching/a%20b/{QUOTED}"),
        ("https://github.com/x/y/tree/pub/a", {"branch": "b", "folder": "c"}, f"https://github.com/x/y/edit/b/c/{QUOTED}"),
        ("https://github.cs.example.edu/x/y", {}, f"https://github.cs.example.edu/x/y/edit/main/{QUOTED}"),
        ("https://gitlab.com/g/h/y", {}, f"https://gitlab.com/g/h/y/-/edit/main/{QUOTED}"),
        ("https://gitlab.example.edu/g/y/-/tree/dev/a/", {}, f"https://gitlab.example.edu/g/y/-/edit/dev/a/{QUOTED}"),
        ("https://codeberg.org/x/y", {}, f"https://codeberg.org/x/y/_edit/main/{QUOTED}"),
        ("https://gitea.example.org/x/y/src/branch/main/a", {}, f"https://gitea.example.org/x/y/_edit/main/a/{QUOTED}"),
        ("https://my-forgejo.example.org/x/y", {}, f"https://my-forgejo.example.org/x/y/_edit/main/{QUOTED}"),
        ("https://bitbucket.org/x/y", {"branch": "a/b"}, f"https://bitbucket.org/x/y/src/a/b/{QUOTED}?mode=edit&at=a/b"),
        ("https://git.example.edu/y", {"edit": "https://git.example.edu/y/e?b={branch}&f={path}"}, f"https://git.example.edu/y/e?b=main&f={QUOTED}"),
        ("", {"edit": "https://e.org/{path}"}, f"https://e.org/{QUOTED}"),
        ("https://git.example.edu/y", {}, ""),
        ("https://notgithub.example.edu/y", {}, ""),
        ("", {}, ""),
    ],
)  # fmt: skip
def test_a_file_is_edited_where_its_host_edits_files(repository, facts, edit):
    assert address(repository, **facts) == edit


def test_a_page_that_is_made_of_no_file_is_edited_nowhere():
    assert address("https://github.com/x/y", "") == ""


def edited(built, path):
    found = re.search(r'<a href="([^"]*)">Edit this page</a>', built.files[path].decode())
    return found[1].removeprefix("https://github.com/x/y/edit/main/c/") if found else ""


FILES = {
    "content/index.md": "Welcome.\n",
    "content/project.md": "# Project\n",
    "content/lectures/a.md": "# A\n\n---\n\n## S\n\nText.\n",
    "content/announcements.md": "## 2026-02-01 News\n\nText.\n",
    "papers.bib": "@article{k, title={A}, author={B}, year={2020}}\n",
}
SITE = SITE_YAML.replace("  timezone", "  repository: https://github.com/x/y\n  folder: c\n  timezone").replace(
    "Overview", "{topic: Overview, lecture: a, read: k}"
)


def test_each_page_leads_to_the_file_that_it_is_made_of(make):
    built = make(FILES, SITE)
    assert {path: edited(built, path) for path in built.files if path.endswith(".html")} == {
        "404.html": "",
        "announcements/index.html": "content/announcements.md",
        "index.html": "content/index.md",
        "lectures/a/index.html": "content/lectures/a.md",
        "lectures/a/slides/index.html": "",  # of a deck, the notes say it
        "lectures/index.html": "",
        "project/index.html": "content/project.md",
        "readings/index.html": "papers.bib",
        "readings/k/index.html": "papers.bib",
        "schedule/index.html": "site.yaml",
        "search/index.html": "",
        "subscribe/index.html": "",
    }


def test_no_page_leads_to_a_file_that_isn_t_there(make):
    built = make({"content/lectures.md": "Words.\n", "content/lectures/a.md": "# A\n"}, SITE.replace(", read: k", ""))
    assert edited(built, "index.html") == "site.yaml"
    assert edited(built, "announcements/index.html") == ""
    assert edited(built, "lectures/index.html") == "content/lectures.md"


def test_without_a_repository_nothing_is_said(make):
    built = make(FILES, SITE_YAML)
    assert not [path for path in built.files if path.endswith(".html") and edited(built, path)]


def test_a_host_that_isn_t_known_is_told(make):
    site = SITE_YAML.replace("  timezone", "  repository: https://git.example.edu/x\n  timezone")
    assert told(make({}, site)) == (
        "site.yaml:2:3: note[no-editor]: sitegen doesn't know how a page is edited at git.example.edu, so no page leads "
        "there.\n"
        "  2 |   code: CS101\n"
        "    |   ^^^^^^^^^^^\n"
        "  help: Add edit: with the address of its editor, {branch} and {path} in it.\n"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("folder: ../other", '"../other" isn\'t a folder such as teaching/2026-course.'),
        ("folder: 'C:\\x'", '"C:\\x" isn\'t a folder such as teaching/2026-course.'),
        (
            "edit: https://git.example.edu/edit",
            '"https://git.example.edu/edit" isn\'t a web address with {path} in it.',
        ),
        ("edit: javascript:{path}", '"javascript:{path}" isn\'t a web address with {path} in it.'),
    ],
)
def test_what_can_t_be_a_folder_or_an_editor_is_told(make, line, message):
    built = make({}, SITE_YAML.replace("  timezone", f"  {line}\n  timezone"))
    assert [finding.message for finding in built.findings] == [message]


def test_the_examples_of_the_rule_are_right_and_wrong(make):
    assert list_rules()["no-editor"] is NO_EDITOR
    for example, slugs in ((NO_EDITOR.wrong, ["no-editor"]), (NO_EDITOR.right, [])):
        site = SITE_YAML.replace("course:\n", example + "\n")
        assert [finding.slug for finding in make({}, site).findings] == slugs
