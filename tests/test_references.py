"""Where links lead and how citations read, and what is said when they lead nowhere."""

from __future__ import annotations

import pytest

from tests.markdown_cases import found_in, html_of, places, show

# --- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("project.md", "../project/index.html"),
        ("./project.md", "../project/index.html"),
        ("../content/project.md", "../project/index.html"),
        ("/project.md", "../project/index.html"),
        ("project.md#grading", "../project/index.html#grading"),
        ("lectures", "../lectures/index.html"),
        ("lectures/", "../lectures/index.html"),
        ("lectures/index.md", "../lectures/index.html"),
        ("a%20b.pdf", "../a%20b.pdf"),
        ("<a b.pdf#page=2>", "../a%20b.pdf#page=2"),
        ("gr%C3%B6%C3%9Fe.md#gr%C3%B6%C3%9Fe", "../gr%C3%B6%C3%9Fe/index.html#gr%C3%B6%C3%9Fe"),
        ("gro\u0308ße.md", "../gr%C3%B6%C3%9Fe/index.html"),
        ("schedule.md?week=2", "../schedule/index.html?week=2"),
        ("schedule.md?week=2&x=y#w1", "../schedule/index.html?week=2&amp;x=y#w1"),
        ("?week=2", "index.html?week=2"),
        ("#here", "#here"),
        ("notes.md#here", "#here"),
        ("notes.md", "index.html"),
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("HTTPS://example.org", "HTTPS://example.org"),
        ("//example.org/x", "//example.org/x"),
        ("mailto:ada@example.edu", "mailto:ada@example.edu"),
        ("tel:+1-301", "tel:+1-301"),
    ],
)
def test_links_lead_by_source_path(written: str, address: str):
    assert f'<a href="{address}">x</a>' in html_of(f"[x]({written})\n\n## Here")


BROKEN = {
    "a name off by a letter": (
        "[x](projet.md)",
        'error[broken-link]: "projet.md" leads to content/projet.md, which isn\'t in the course.',
        'Did you mean "project.md"?',
    ),
    "upper and lower case": (
        "[x](Project.md)",
        'error[broken-link]: "Project.md" differs from the file\'s name only in upper and lower case; published, it '
        "would be missing.",
        'Write "project.md".',
    ),
    "a published address": (
        "[x](project/index.html)",
        'error[broken-link]: "project/index.html" leads to content/project/index.html, which isn\'t in the course.',
        'Did you mean "project.md"?',
    ),
    "a folder that is a page": (
        "[x](project/)",
        'error[broken-link]: "project/" leads to content/project, which isn\'t in the course.',
        'Did you mean "project.md"?',
    ),
    "backslashes": (
        "[x](lectures\\intro.md)",
        'error[broken-link]: "lectures\\intro.md" leads to content/lectures\\intro.md, which isn\'t in the course.',
        'Did you mean "lectures/intro.md"?',
    ),
    "nothing like it": (
        "[x](zzzzzz.xyz)",
        'error[broken-link]: "zzzzzz.xyz" leads to content/zzzzzz.xyz, which isn\'t in the course.',
        "Links name the source file from where they stand, such as project.md.",
    ),
    "out of the folder": (
        "[x](../papers.bib)",
        'error[broken-link]: "../papers.bib" leads out of the content folder.',
        "Move the file into content/, or link to a web address.",
    ),
    "a host without https": (
        "[x](www.example.org/a)",
        'error[broken-link]: "www.example.org/a" has no https:// before it, so it is taken for a file of the course.',
        'Write "https://www.example.org/a".',
    ),
    "an unknown heading": (
        "[x](project.md#milestone)",
        'error[broken-fragment]: There is no heading "#milestone" on content/project.md.',
        'Did you mean "#milestones"?',
    ),
    "an unknown heading here": (
        "[x](#zzz)",
        'error[broken-fragment]: There is no heading "#zzz" on this page.',
        "Look at the page's headings, or give one a name: ## Title {#name}.",
    ),
    "a script": (
        "[x](javascript:alert)",
        "error[unsafe-link]: A link can't use javascript: addresses.",
        "Link to https:, mailto: or a file in content/.",
    ),
    "a script in disguise": (
        "[x](JavaScript&colon;alert)",
        "error[unsafe-link]: A link can't use JavaScript: addresses.",
        "Link to https:, mailto: or a file in content/.",
    ),
    "a file": (
        "[x](file:///home/me/a.pdf)",
        "error[unsafe-link]: A link can't use file: addresses.",
        "Link to https:, mailto: or a file in content/.",
    ),
    "a drive": (
        "[x](C:/notes.pdf)",
        "error[unsafe-link]: A link can't lead to C:, a drive of one computer.",
        "Put the file into content/ and link to it there.",
    ),
    "data": (
        '<img src="data:image/png;base64,x" alt="">',
        "error[unsafe-link]: A link can't use data: addresses.",
        "Link to https:, mailto: or a file in content/.",
    ),
    "no address": (
        "[x]()",
        "warning[empty-link]: This link has no address.",
        "Give it one, or remove the brackets.",
    ),
    "no address for an image": (
        "![x]()",
        "warning[empty-link]: This image has no address.",
        "Give it one, or remove the brackets.",
    ),
    "a draft": (
        "[x](draft.md)",
        "note[unpublished-link]: content/draft.md isn't published yet, so this link is shown without an address.",
        "",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_said_about_a_link_that_leads_nowhere(case: str):
    text, message, help = BROKEN[case]
    told = found_in(text).split("\n")
    assert told[0].partition(": ")[2] == message
    assert told[3:] == ([f"  help: {help}", ""] if help else [""])


@pytest.mark.parametrize(
    ("text", "line", "column", "end"),
    [
        ("a [x](no.md)", 1, 7, 12),
        ("`[x](no.md)` and [x](no.md)", 1, 22, 27),
        ("```\n[x](no.md)\n```\n\n[x](no.md)", 5, 5, 10),
        ("    [x](no.md)\n\n[x](no.md)", 3, 5, 10),
        ("<!-- [x](no.md) -->\n\n[x](no.md)", 3, 5, 10),
        ("[no.md](no.md)", 1, 9, 14),
        ("[x](<no no.md> 'T')", 1, 6, 14),
        ("![x](no.png)", 1, 6, 12),
        ("[![x](ring.png)](no.md)", 1, 18, 23),
        ("[x][r]\n\n[r]: no.md", 3, 6, 11),
        ("[x][r]\n\n[r]: <no.md> 'no.md'", 3, 7, 12),
        ("a\n<a title='no.md' href='no.md'>x</a>", 2, 24, 29),
        ("<img alt='' src=no.png>", 1, 17, 23),
        ('<svg viewBox="0 0 1 1">\n<a href="no.md"><text>x</text></a></svg>', 2, 10, 15),
        ("| a | b |\n|---|---|\n| 1 | [x](no.md) |", 3, 11, 16),
        ("- a\n    - [x](no.md)", 2, 11, 16),
        ("> a\n> [x](no.md)", 2, 7, 12),
        ("x[^1]\n\n[^1]: [x](no.md)", 3, 11, 16),
        ("---\ntitle: no.md\n---\n\n[x](no.md)", 5, 5, 10),
        ("é\U0001f600 [x](no.md)", 1, 8, 13),
        ("a\r\n[x](no.md)", 2, 5, 10),
    ],
)
def test_a_broken_link_is_told_where_it_stands(text: str, line: int, column: int, end: int):
    assert places(text) == [("broken-link", line, column, end)]


def test_the_same_mistake_twice_on_a_line_is_told_twice():
    assert places("[x](no.md) [x](no.md)") == [("broken-link", 1, 5, 10), ("broken-link", 1, 16, 21)]


def test_a_link_to_a_draft_is_shown_without_an_address():
    html, _ = show("[x](draft.md) ![y](draft.md)")
    assert html == '<p><a role="link" aria-disabled="true">x</a> <img alt="y" src=""></p>'


def test_links_cant_stand_in_links():
    assert html_of('<a href="project.md">a <a href="ring.png">b</a> c</a> [d](ring.png)') == (
        '<p><a href="../project/index.html">a b c</a> <a href="../ring.png">d</a></p>'
    )
    unclosed = "<a href='project.md'>never closed\n\n[d](ring.png)"
    assert show(unclosed)[0].endswith('<a href="../ring.png">d</a></p>')
    assert [slug for slug, _, _, _ in places(unclosed)] == ["open-tag"]


# --- citations ----------------------------------------------------------------------------------


def test_an_unknown_key_is_told_where_it_stands_with_the_closest_one():
    assert found_in("a\n\n[see @kwon2023; @kwon2032, sec. 3]") == (
        'content/notes.md:3:17: error[unknown-paper]: papers.bib has no paper "kwon2032".\n'
        "  3 | [see @kwon2023; @kwon2032, sec. 3]\n"
        "    |                 ^^^^^^^^^\n"
        '  help: Did you mean "kwon2023"?\n'
    )


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("@kwon2032", 'Did you mean "kwon2023"? For text that is no citation, write \\@kwon2032.'),
        ("@kwon2023-based", "Write {} around the key: @{kwon2023}-based."),
        ("@kwon2023是", "Write {} around the key: @{kwon2023}是."),
        ("@kwon2023b", 'Did you mean "kwon2023"? For text that is no citation, write \\@kwon2023b.'),
        ("[@kwon2023-based]", 'Did you mean "kwon2023"?'),
        ("@zzzzzz1999x", "Add it to papers.bib, or mend the key. For text that is no citation, write \\@zzzzzz1999x."),
    ],
)
def test_the_help_for_an_unknown_key_is_what_to_write(text: str, help: str):
    assert f"  help: {help}\n" in found_in(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@kwon2032", [("unknown-paper", 1, 1, 10)]),
        ("@zzzzzz1999x", [("unknown-paper", 1, 1, 13)]),
        ("> [@kwon2023;\n> @kwon2032]", [("unknown-paper", 2, 3, 12)]),
        ("[@a1; @b1]", [("unknown-paper", 1, 2, 5), ("unknown-paper", 1, 7, 10)]),
        ("[x @kwon2032](project.md)", [("unknown-paper", 1, 4, 13)]),
        ("@octocat and @user42", []),
        ("![@kwon2032](ring.png)", [("unknown-paper", 1, 3, 12)]),
        ("![@octocat](ring.png)", []),
        ("# On @kwon2032", [("unknown-paper", 1, 6, 15)]),
        ("---\ntitle: On [@kwon2032]\n---\nx", [("unknown-paper", 2, 12, 21)]),
        ("# `@kwon2032` and ada@kwon2032", []),
    ],
)
def test_a_handle_that_is_no_key_stays_text(text: str, found: list[tuple[str, int, int, int]]):
    assert places(text) == found
