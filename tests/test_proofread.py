"""What a proofreader marks, word for word, and what is left alone."""

import datetime as dt

import pytest

from sitegen.diagnostics import render_text
from sitegen.prose.proofread import TermDays, proofread

SPRING = TermDays(dt.date(2026, 1, 27), dt.date(2026, 5, 12))
WINTER = TermDays(dt.date(2025, 10, 6), dt.date(2026, 2, 13))
"""A term over New Year."""


def told(text, term=SPRING):
    return render_text(proofread(text, "p.md", term), {"p.md": text})


def slugs(text, term=SPRING):
    return [finding.slug for finding in proofread(text, "p.md", term)]


FULL_TEXTS = {
    "The report is due Tue 04/29.": (
        'p.md:1:19: warning[wrong-weekday]: "Tue 04/29" contradicts itself: in 2026 that day is a Wednesday.\n'
        "  1 | The report is due Tue 04/29.\n"
        "    |                   ^^^^^^^^^\n"
        "  help: Either Wednesday 2026-04-29 or Tuesday 2026-04-28 is meant.\n"
    ),
    "The final report is due on 2025-05-12.": (
        'p.md:1:28: warning[date-outside-term]: "2025-05-12" is outside the term, '
        "which goes from 2026-01-27 to 2026-05-12.\n"
        "  1 | The final report is due on 2025-05-12.\n"
        "    |                            ^^^^^^^^^^\n"
        "  help: Is it left over from another term?\n"
    ),
    "Grading: TODO": (
        'p.md:1:10: warning[placeholder-text]: "TODO" looks like text that was to be replaced.\n'
        "  1 | Grading: TODO\n"
        "    |          ^^^^\n"
        '  help: Replace it, or write "to be announced".\n'
    ),
    "[Zoom](https://umd.zoom.us/j/555?pwd=x)": (
        "p.md:1:8: warning[meeting-link]: The address of a meeting room stands on a public page.\n"
        "  1 | [Zoom](https://umd.zoom.us/j/555?pwd=x)\n"
        "    |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: Keep it where only the class can read it, such as Canvas, and link there.\n"
    ),
    "A ring: ![](ring.png)": (
        "p.md:1:9: warning[missing-alt]: This image has no words for readers who can't see it.\n"
        "  1 | A ring: ![](ring.png)\n"
        "    |         ^^^\n"
        "  help: Say in a few words what it shows: ![what it shows](file.png).\n"
    ),
    "## Grading\n\n#### Late work": (
        "p.md:3:1: warning[skipped-heading]: "
        'This heading is 2 levels below the heading before it, which is "##".\n'
        "  3 | #### Late work\n"
        "    | ^^^^\n"
        '  help: Write "###".\n'
    ),
}


@pytest.mark.parametrize("text", FULL_TEXTS)
def test_a_finding_reads_like_this(text):
    assert told(text) == FULL_TEXTS[text]


@pytest.mark.parametrize(
    "written",
    [
        "Tue 04/29",
        "Tue, 4/29",
        "Tue 4/29/2026",
        "Tue 4/29/26",
        "Tuesday, April 29",
        "Tuesday, April 29th, 2026",
        "Tues. Apr. 29",
        "tuesday 29 april",
        "Tuesday the 29th of April 2026",
        "Tue 2026-04-29",
        "April 29 (Tue)",
        "29 April 2026 (Tuesday)",
        "2026-04-29 (Tue)",
    ],
)
def test_a_weekday_that_contradicts_its_date_is_found_however_it_is_written(written):
    assert slugs(f"It is due {written}.") == ["wrong-weekday"]


@pytest.mark.parametrize(
    "written",
    [
        "Wed 04/29",
        "Wednesday, April 29",
        "29 April 2026 (Wed)",
        "Tue 2026-02-03",
        "Thursday 12th of February",
        "Feb 29",
    ],
)
def test_a_true_date_is_left_alone(written):
    assert slugs(f"It is due {written}.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Hamming spoke on 7 March 1986.",
        "The paper appeared on 2017-06-12.",
        "3/4 of the class, 1/2 of the time, 24/7",
        "May I ask? In March we met. Sat down 4 people.",
        "version 2025-05-12-rc1 of `2025-05-12` and `Tue 04/29`",
        "```\nTue 04/29 TODO\n```",
        "<!-- Tue 04/29 TODO -->",
        "https://blog.example.edu/2025/05/12/Tue-04/29",
        "Grades are out by 2026-06-01.",
        "Write `TODO` where you stopped; a todo list is fine.",
        "$x_{TODO}$",
        "[Insert a coin](coin.md)",
        "https://zoom.us/download",
        '<img src="ring.png" alt="">',
        "![A ring](ring.png)",
        "## One\n\n### Two\n\n## Three\n\n### Four\n\n#### Five",
        "```\n#### In code\n```",
    ],
)
def test_what_is_no_mistake_is_left_alone(text):
    assert slugs(text) == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Thu 2025-02-13", ["date-outside-term"]),
        ("May 12, 2025", ["date-outside-term"]),
        ("12 May 2027", ["date-outside-term"]),
        ("Sat 9/5", ["date-outside-term"]),
        ("2026-01-05", []),
        ("2026-07-01", []),
        ("September 5", []),
    ],
)
def test_a_date_near_the_term_but_not_in_it_is_likely_left_over(written, found):
    assert slugs(f"Due {written}.") == found


def test_in_a_term_over_new_year_a_date_belongs_to_the_year_in_which_it_lies_in_the_term():
    assert slugs("Tue 11/11 and Tue 1/13", WINTER) == []
    assert slugs("Wed 11/11 and Wed 1/13", WINTER) == ["wrong-weekday", "wrong-weekday"]


def test_without_a_term_dates_are_not_looked_at():
    assert slugs("Tue 04/29/2025", None) == []


@pytest.mark.parametrize(
    "text",
    [
        "Lorem ipsum dolor",
        "FIXME: later",
        "[your name] teaches",
        "[Insert room here]",
        "[syllabus](https://example.com/syllabus)",
        "<https://www.example.org>",
    ],
)
def test_text_that_was_to_be_replaced_is_found(text):
    assert slugs(text) == ["placeholder-text"]


@pytest.mark.parametrize(
    "address",
    [
        "https://umd.zoom.us/j/123?pwd=abc",
        "https://zoom.us/my/professor",
        "https://meet.google.com/abc-defg-hij",
        "https://teams.microsoft.com/l/meetup-join/19%3a",
        "https://umd.webex.com/meet/prof",
    ],
)
def test_a_personal_meeting_room_is_found_in_links_and_bare(address):
    assert slugs(f"[here]({address})") == ["meeting-link"]
    assert slugs(f"Join {address} today") == ["meeting-link"]


def test_all_findings_of_a_text_come_in_its_order():
    assert slugs("TODO\n\nTue 04/29\n\n![](x.png)\n\n#### Deep\n") == [
        "placeholder-text",
        "wrong-weekday",
        "missing-alt",
        "skipped-heading",
    ]
