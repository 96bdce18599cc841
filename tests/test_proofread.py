"""What a proofreader marks, word for word, and what is left alone."""

import datetime as dt
import random

import pytest

from sitegen.diagnostics import render_text
from sitegen.prose import dates
from sitegen.prose.dates import TermDays
from sitegen.prose.proofread import proofread

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
    "The report is due Tue Apr 31.": (
        'p.md:1:19: warning[impossible-date]: "Tue Apr 31" is no date: that month has 30 days.\n'
        "  1 | The report is due Tue Apr 31.\n"
        "    |                   ^^^^^^^^^^\n"
        "  help: Correct the day or the month.\n"
    ),
    "[Piazza](http:/piazza.com/umd)": (
        'p.md:1:10: warning[incomplete-address]: The address "http:/piazza.com/umd" leads nowhere: '
        "it names no server.\n"
        "  1 | [Piazza](http:/piazza.com/umd)\n"
        "    |          ^^^^^^^^^^^^^^^^^^^^\n"
        "  help: Write it in full, such as https://piazza.com/umd.\n"
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
        "| Tue | 04/29 |",
        "| 3 | Tue | 04/29 |",
        "| Tuesday               | April 29 |",
        "**Tue** 04/29",
        "_Tue 04/29 at noon_",
        "Tue 29.04.",
        "Tue 29. 4. 2026",
        "Tuesday (April 29)",
        "Tue 2025/04/30",
        "Tue\n04/29",
        "tue 4/29",
        "sunday 4/29",
        "Weds 4/28",
        "Tue 29/04/2026",
        "Wed 03/02/2026",
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
        "Wed 06/05/2026",
        "Tue 03/02/2026",
        "Wed 29/04",
        "Tue 28.04.",
        "Tue 2026/02/03",
        "| Wed | 04/29 |",
        "Wed | 1 |\n| 2/10",
        "| 04/29 | Wed | 04/30 |",
        "| 3 | Wed | 04/29 | Thu | 04/30 |",
        "Sun 30/20",
        "Apr 31",
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
        "We sat 3/4 of an hour, wed 4/29 and sun 4/29",
        "Thus 3/4 of us; section 2.1. and version 3.12.1",
        "The dataset of 2025-04-01",
        "We use the weights of May 12, 2025.",
        "The dataset of 2025-04-01 has no exam, though.",
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
        "<img src=ring.png alt>",
        "An address begins with https:// or http:/ and [x](https://[2001:db8::1]/).",
        "https://meet.jit.si and https://zoom.us/pricing and https://b.example.edu/b/abc-def",
        "![A ring](ring.png)",
        "## One\n\n### Two\n\n## Three\n\n### Four\n\n#### Five",
        "```\n#### In code\n```",
        "Sub\n---\n\n### Third",
        "# Top\nSub\n---\n### Third",
        "---\ntitle: T\n---\n\n## Sub\n\n### Third",
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
        ("Mon 9/14", ["date-outside-term"]),
        ("Sat 9/5", []),
        ("2025/05/12", ["date-outside-term"]),
        ("2026-01-05", []),
        ("2026-07-01", []),
        ("September 5", []),
    ],
)
def test_a_date_near_the_term_but_not_in_it_is_likely_left_over(written, found):
    assert slugs(f"Due {written}.") == found


@pytest.mark.parametrize(
    "text",
    [
        "The exam is on 2025-05-12",
        "Submit until May 12, 2025",
        "- 2025-05-12: the report",
        "| Report | 2025-05-12 |",
        "Old data.\n2025-05-12",
    ],
)
def test_a_date_without_weekday_is_the_course_s_where_its_line_says_so_or_begins_with_it(text):
    assert slugs(text) == ["date-outside-term"]


@pytest.mark.parametrize("written", ["Tue Apr 31", "Mon 02/30", "Mon 30/02/2026", "Tue 31.04.", "Sun 2026-02-30"])
def test_a_day_that_its_month_does_not_have_is_found_when_a_weekday_stands_with_it(written):
    assert slugs(f"Due {written}") == ["impossible-date"]


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
        "[y](https://...)",
        "[y](https://…)",
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
        "https://umd.webex.com/umd/j.php?MTID=m0123",
        "https://zoom.com/j/123",
        "zoom.us/j/123?pwd=abc",
        "https://umd.zoom.us/w/123?pwd=abc",
        "zoommtg://zoom.us/join?confno=123&pwd=abc",
        "https://bbb.umd.edu/b/abc-def-ghi",
        "https://meet.umd.edu/rooms/abc-def-ghi-jkl/join",
        "https://meet.jit.si/CMSC828G",
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


@pytest.mark.parametrize(
    "text",
    ["<img src=alt.png>", '<img src="a.png" title="no alt">', '<img src="a.png" data-alt="x">', "![ ](a.png)"],
)
def test_a_picture_without_words_is_found(text):
    assert slugs(text) == ["missing-alt"]


@pytest.mark.parametrize(
    "text",
    ["[m](https://)", "[n](http:/x.org)", "[n](<https:/x.org>)", "[n]: https:x.org", '<a href="https://">x</a>'],
)
def test_an_address_without_a_server_is_found(text):
    assert slugs(text) == ["incomplete-address"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Sub\n---\n\n#### Deep", 4),
        ("Top\n===\n\n### Deep", 4),
        ("---\ntitle: T\n---\n\n### Deep", 5),
        ("Two lines\nof text\n---\n\n### Deep", 5),
    ],
)
def test_a_skip_is_counted_from_underlined_headings_too(text, line):
    assert [(finding.slug, finding.span.line) for finding in proofread(text, "p.md", SPRING)] == [
        ("skipped-heading", line)
    ]


@pytest.mark.parametrize(
    ("opener", "expected"),
    [
        ("<img ", set()),
        ("![", set()),
        ("[your ", set()),
        ("](http:", {"incomplete-address"}),
        ("https://bbb", set()),
        ("a.", set()),
        ("zoom.us/j/ ", {"meeting-link"}),
        ("webex.com/a/", set()),
        ("Tue, | ", set()),
        ("Tue 1/1 ", {"wrong-weekday"}),
        ("a\n---\n", set()),
    ],
)
def test_what_is_opened_fifty_thousand_times_is_read_once(opener, expected):
    """A pattern that looks for the end anew at every start takes minutes for some of these."""
    assert set(slugs(opener * 50_000)) == expected


@pytest.mark.parametrize("seed", range(20))
def test_dates_are_found_around_numbers_as_by_their_pattern(seed: int):
    chance = random.Random(seed)
    words = "Mon Monday, Wed. sat Jan january Sept. ſep ſun May June of the 4 4th 31 1 3/4 12.5. 2.1. 2025 2026-01-02 2026/01/02"
    pieces = [*words.split(), *", * | ( ) x - / . (Tue)".split(), "\n", "\n\n  ", "\t", "٣/٤"]
    for _ in range(300):
        text = "".join(
            chance.choice(pieces) + chance.choice(["", " ", " ", "\n", "  ", " " * 50])
            for _ in range(chance.randint(1, 14))
        )
        assert [m.span() for m in dates._find_dates(text)] == [m.span() for m in dates._DATE.finditer(text)], text
