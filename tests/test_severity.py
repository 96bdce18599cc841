"""Comments that silence a finding: where they stand, how far they reach, and what they may name."""

import pytest

from sitegen.catalogue import list_rules
from sitegen.diagnostics import Rule, Span, render_text
from sitegen.severity import check_checks, find_silences, weigh

RULES = list_rules()
TODO = Rule("placeholder-text", "warning", "")


def told(text, file="site.yaml"):
    return render_text(check_checks({}, list_rules, {file: text}), {file: text})


def test_a_misspelled_slug_in_a_comment_reads_like_this():
    assert told("a: 1\nb: 2  # sitegen: ignore unread-paper, duplicate-readings\n") == (
        'site.yaml:2:39: warning[unknown-silence]: There is no check "duplicate-readings" to ignore.\n'
        "  2 | b: 2  # sitegen: ignore unread-paper, duplicate-readings\n"
        "    |                                       ^^^^^^^^^^^^^^^^^^\n"
        '  help: Did you mean "duplicate-reading"?\n'
    )


def test_a_slug_that_is_like_no_other_is_looked_up_in_the_list():
    assert "  help: sitegen explain lists all of them.\n" in told("# sitegen: ignore zzzzzz")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("site.yaml", "# sitegen: ignore duplicate-reading, unread-paper because we come back to it"),
        ("site.yaml", "topic: sitegen: ignore nothing"),
        ("content/p.md", "In site.yaml, write # sitegen: ignore SLUG."),
        ("content/p.md", "<!-- sitegen: ignore wrong-weekday-->"),
        ("content/p.txt", "# sitegen: ignore nothing"),
    ],
)
def test_a_right_comment_and_text_that_is_no_comment_are_left_alone(file, text):
    assert told(text, file) == ""


@pytest.mark.parametrize(
    ("file", "line", "alone"),
    [
        ("site.yaml", "  # sitegen: ignore a", True),
        ("site.yaml", "- One # sitegen: ignore a", False),
        ("site.yaml", '- "C#" # sitegen: ignore a', False),
        ("papers.bib", "% sitegen: ignore a", True),
        ("papers.bib", "title = {A}, % sitegen: ignore a", False),
        ("content/p.md", "<!-- sitegen: ignore a -->\r", True),
        ("content/p.md", "> <!-- sitegen: ignore a -->", True),
        ("content/p.md", "<!-- sitegen: ignore a --> TODO", False),
        ("content/p.md", "TODO <!-- sitegen: ignore a -->", False),
    ],
)
def test_a_comment_with_its_line_for_itself_reaches_the_next_line(file, line, alone):
    (silence,) = find_silences(f"first\n{line}\n", file)
    assert (silence.slug, silence.slug.span.line, silence.alone) == ("a", 2, alone)


def test_a_comment_reaches_its_line_and_not_the_next_when_it_trails():
    text = "TODO <!-- sitegen: ignore placeholder-text -->\nTODO\n"
    findings = [TODO.at(Span("p.md", line), "") for line in (1, 2)]
    assert weigh(findings, {}, {"p.md": text}) == findings[1:]
