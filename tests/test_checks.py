"""Checks across a course, each with its whole text; and none of them on a course without that mistake."""

import datetime as dt

import pytest

from tests.support import SITE_YAML, told

BIB = """\
@inproceedings{kwon2023, title = {Efficient Memory Management for Serving}, author = {Kwon, Woosuk}, year = 2023,
  doi = {10.1145/3600006.3613165}, booktitle = {SOSP}}
@inproceedings{yu2022, title = {Orca: A Distributed Serving System}, author = {Yu, Gyeong-In}, year = 2022,
  url = {https://www.usenix.org/conference/osdi22/presentation/yu}, booktitle = {OSDI}}
"""
READ = "- {topic: Serving, read: [kwon2023, yu2022]}"


def site(*lines, tail=""):
    """The tiny course with these lines first in its schedule."""
    schedule = "".join(f"  {line}\n" for line in lines)
    rest = 6 - schedule.count("\n  - ", 0) - schedule.startswith("  - ") + schedule.count("- part:")
    schedule += f"  - tba: {rest}\n" if rest else ""
    return SITE_YAML.replace("  - Overview\n  - tba: 5\n", schedule) + tail


CASES = {
    "a paper read in two sessions": (
        {"papers.bib": BIB, "site.yaml": site(READ, "- {topic: Again, read: kwon2023}")},
        'site.yaml:11:26: warning[duplicate-reading]: "kwon2023" is read in "Serving" and again in "Again".\n'
        "  11 |   - {topic: Again, read: kwon2023}\n"
        "     |                          ^^^^^^^^\n"
        "  read first here: site.yaml:10:29\n"
        "  help: Change one of them, or make it optional.\n",
    ),
    "a paper that is never read": (
        {"papers.bib": BIB, "site.yaml": site("- {topic: Serving, read: kwon2023}")},
        'papers.bib:3:1: note[unread-paper]: "yu2022" is read in no session and cited on no page.\n'
        "  3 | @inproceedings{yu2022, title = {Orca: A Distributed Serving System}, author = {Yu, Gyeong-In}, y…\n"
        "    | ^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: It is shown as further reading.\n",
    ),
    "one paper under two keys, by its title": (
        {
            "papers.bib": BIB.replace(
                "Orca: A Distributed Serving System", "Efficient memory management for {Serving}"
            ),
            "site.yaml": site(READ),
        },
        'papers.bib:3:1: warning[similar-papers]: "yu2022" and "kwon2023" have the same title.\n'
        "  3 | @inproceedings{yu2022, title = {Efficient memory management for {Serving}}, author = {Yu, Gyeong…\n"
        "    | ^^^^^^^^^^^^^^^^^^^^^\n"
        "  the other entry: papers.bib:1:1\n"
        "  help: Keep one key, and use it everywhere.\n",
    ),
    "a discussion with too few papers": (
        {
            "papers.bib": BIB,
            "site.yaml": site(
                "- {topic: Serving, read: kwon2023, optional: yu2022}", tail="presentations: {per_session: 2}\n"
            ),
        },
        'site.yaml:10:28: warning[wrong-paper-count]: "Serving" has 1 paper to read; a discussion has 2.\n'
        "  10 |   - {topic: Serving, read: kwon2023, optional: yu2022}\n"
        "     |                            ^^^^^^^^\n"
        "  help: Change read:, or presentations: per_session.\n",
    ),
    "a presenter who isn't on the list": (
        {
            "papers.bib": BIB,
            "site.yaml": site(
                READ[:-1] + ", present: {kwon2023: Ada Lovelance}}",
                tail="presentations: {students: [Ada Lovelace, Alan Turing]}\n",
            ),
        },
        'site.yaml:10:68: warning[unknown-presenter]: "Ada Lovelance" isn\'t on the list of students.\n'
        "  10 |   - {topic: Serving, read: [kwon2023, yu2022], present: {kwon2023: Ada Lovelance}}\n"
        "     |                                                                    ^^^^^^^^^^^^^\n"
        '  help: Did you mean "Ada Lovelace"?\n',
    ),
    "a presenter with more papers than each": (
        {
            "papers.bib": BIB,
            "site.yaml": site(
                READ[:-1] + ", present: {kwon2023: Ada, yu2022: Ada}}",
                tail="presentations: {each: 1}\n",
            ),
        },
        'site.yaml:10:68: warning[presenter-count]: "Ada" presents 2 papers; each student presents 1.\n'
        "  10 |   - {topic: Serving, read: [kwon2023, yu2022], present: {kwon2023: Ada, yu2022: Ada}}\n"
        "     |                                                                    ^^^\n"
        '  in "Serving": site.yaml:10:81\n'
        "  help: Change present:, or presentations: each.\n",
    ),
    "a presenter with fewer papers than each, when none is open any more": (
        {
            "papers.bib": BIB,
            "site.yaml": site(
                READ[:-1] + ", present: {kwon2023: Ada, yu2022: Ada}}",
                tail="presentations: {each: 2, students: [Ada, Alan]}\n",
            ),
        },
        'site.yaml:12:42: warning[presenter-count]: "Alan" presents 0 papers; each student presents 2.\n'
        "  12 | presentations: {each: 2, students: [Ada, Alan]}\n"
        "     |                                          ^^^^\n"
        "  help: Change present:, or presentations: each.\n",
    ),
    "a presenter of a paper that isn't read that day": (
        {
            "papers.bib": BIB,
            "site.yaml": site("- {topic: One, read: kwon2023, present: {yu2022: Ada}}", "- {topic: Two, read: yu2022}"),
        },
        'site.yaml:10:44: error[not-read-then]: A presenter is given for "yu2022", which isn\'t read in this session.\n'
        "  10 |   - {topic: One, read: kwon2023, present: {yu2022: Ada}}\n"
        "     |                                            ^^^^^^\n"
        "  help: Add the paper to read:, or remove its presenter.\n",
    ),
    "one paper twice in a session": (
        {"papers.bib": BIB, "site.yaml": site("- {topic: One, read: [kwon2023, yu2022, kwon2023]}")},
        'site.yaml:10:43: error[read-twice]: "kwon2023" is listed twice in this session.\n'
        "  10 |   - {topic: One, read: [kwon2023, yu2022, kwon2023]}\n"
        "     |                                           ^^^^^^^^\n"
        "  first listed here: site.yaml:10:25\n"
        "  help: Remove one of the two.\n",
    ),
    "a person named twice": (
        {"site.yaml": SITE_YAML + "staff:\n  - Alan Liu\n  - {name: alan  liu}\n"},
        'site.yaml:14:5: warning[duplicate-person]: "alan liu" is named twice.\n'
        "  14 |   - {name: alan  liu}\n"
        "     |     ^^^^^^^^^^^^^^^^^\n"
        "  first named here: site.yaml:13:5\n"
        "  help: Remove one of the two.\n",
    ),
    "a grade that doesn't add up": (
        {"site.yaml": SITE_YAML + "grading: {Reviews: 20%, Project: 70.5%}\n"},
        "site.yaml:12:11: warning[grading-sum]: The parts of the grade add up to 90.5%, not to 100%.\n"
        "  12 | grading: {Reviews: 20%, Project: 70.5%}\n"
        "     |           ^^^^^^^\n"
        "  help: 9.5% is missing.\n",
    ),
    "a grade of more than everything": (
        {"site.yaml": SITE_YAML + "grading: {Reviews: 40%, Project: 70%}\n"},
        "site.yaml:12:11: warning[grading-sum]: The parts of the grade add up to 110%, not to 100%.\n"
        "  12 | grading: {Reviews: 40%, Project: 70%}\n"
        "     |           ^^^^^^^\n"
        "  help: 10% is too much.\n",
    ),
    "a deadline on a day without class": (
        {
            "site.yaml": SITE_YAML.replace("schedule:", "  no_class: {2026-02-03: Snow day}\nschedule:").replace(
                "tba: 5", "tba: 4"
            )
            + "deadlines: [{what: Proposal, due: 2026-02-03}]\n"
        },
        'site.yaml:13:35: warning[deadline-on-holiday]: "Proposal" is due on Tue 2026-02-03, '
        "a day without class (Snow day).\n"
        "  13 | deadlines: [{what: Proposal, due: 2026-02-03}]\n"
        "     |                                   ^^^^^^^^^^\n"
        "  without class from here: site.yaml:9:14\n"
        "  help: Give it another day.\n",
    ),
    "a deadline after the term": (
        {"site.yaml": SITE_YAML + "deadlines: [{what: Report, due: 1 week after last class}]\n"},
        'site.yaml:12:33: warning[deadline-outside-term]: "Report" is due on Thu 2026-02-19, after the term has ended.\n'
        "  12 | deadlines: [{what: Report, due: 1 week after last class}]\n"
        "     |                                 ^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: Give it another day, or change the term.\n",
    ),
    "a deadline before the class of its day": (
        {"site.yaml": SITE_YAML + "deadlines: [{what: Check-in, due: overview, at: 9am}]\n"},
        'site.yaml:12:35: warning[deadline-before-session]: "Check-in" is due at 09:00, '
        "before the class of that day begins.\n"
        "  12 | deadlines: [{what: Check-in, due: overview, at: 9am}]\n"
        "     |                                   ^^^^^^^^\n"
        "  help: Write at: 15:30, or count from another day.\n",
    ),
    "a review due after the class": (
        {"papers.bib": BIB, "site.yaml": site(READ, tail="reviews: {due: same day, at: 11:59pm}\n")},
        'site.yaml:12:10: warning[late-review]: The reviews of "Serving" are due on Tue 2026-01-27, '
        "after the class has begun.\n"
        "  12 | reviews: {due: same day, at: 11:59pm}\n"
        "     |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  the class: site.yaml:10:6\n"
        "  help: Change reviews: due and at.\n",
    ),
    "reviews due after three classes": (
        {
            "papers.bib": BIB,
            "site.yaml": site(
                "- {topic: A, read: kwon2023}",
                "- {topic: B, read: yu2022}",
                "- {topic: C, read: yu2022} # sitegen: ignore duplicate-reading",
                tail="reviews: {due: same day, at: 11:59pm}\n",
            ),
        },
        'site.yaml:14:10: warning[late-review]: The reviews of "A" are due on Tue 2026-01-27, '
        "after the class has begun; so are those of 2 more sessions.\n"
        "  14 | reviews: {due: same day, at: 11:59pm}\n"
        "     |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  the class: site.yaml:10:6\n"
        "  help: Change reviews: due and at.\n",
    ),
    "forgotten slides": (
        {
            "content/one.pdf": b"%PDF",
            "content/three.pdf": b"%PDF",
            **{f"content/lectures/{name}.md": f"# {name.title()}\n" for name in ("one", "two", "three")},
            "site.yaml": site(
                "- {topic: One, lecture: one, slides: one.pdf}",
                "- {topic: Two, lecture: two}",
                "- {topic: Three, lecture: three, slides: three.pdf}",
            ),
        },
        'site.yaml:11:6: note[missing-slides]: "Two" has no slides, but "One" and "Three" have.\n'
        "  11 |   - {topic: Two, lecture: two}\n"
        "     |      ^^^^^\n"
        "  help: Add slides: with their address or path.\n",
    ),
    "a meeting room's address among the links": (
        {"site.yaml": SITE_YAML + "links: {Zoom: 'https://umd.zoom.us/j/55?pwd=x'}\n"},
        "site.yaml:12:15: warning[meeting-link]: The address of a meeting room stands on a public page.\n"
        "  12 | links: {Zoom: 'https://umd.zoom.us/j/55?pwd=x'}\n"
        "     |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: Keep it where only the class can read it, such as Canvas, and link there.\n",
    ),
    "an address that was to be replaced": (
        {"site.yaml": SITE_YAML + "links: {Canvas: 'https://example.com/canvas'}\n"},
        'site.yaml:12:17: warning[placeholder-text]: "https://example.com/canvas" '
        "looks like an address that was to be replaced.\n"
        "  12 | links: {Canvas: 'https://example.com/canvas'}\n"
        "     |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: Write tba while the address isn't known.\n",
    ),
    "a deadline counted from a session that isn't there": (
        {"site.yaml": SITE_YAML + "deadlines: [{what: Proposal, due: 1 week after overviev}]\n"},
        'site.yaml:12:35: error[unknown-session]: "Proposal" is due relative to "overviev", '
        "but no session has this id.\n"
        "  12 | deadlines: [{what: Proposal, due: 1 week after overviev}]\n"
        "     |                                   ^^^^^^^^^^^^^^^^^^^^^\n"
        '  help: Did you mean "overview"?\n',
    ),
    "a paper that papers.bib doesn't have": (
        {
            "papers.bib": BIB,
            "site.yaml": site("- {topic: One, read: [kwon2032, yu2022]}", "- {topic: B, read: kwon2023}"),
        },
        'site.yaml:10:25: error[unknown-paper]: papers.bib has no paper "kwon2032".\n'
        "  10 |   - {topic: One, read: [kwon2032, yu2022]}\n"
        "     |                         ^^^^^^^^\n"
        '  help: Did you mean "kwon2023"?\n',
    ),
    "a check that isn't there": (
        {"site.yaml": SITE_YAML + "checks: {duplicate-readings: off}\n"},
        'site.yaml:12:10: error[unknown-check]: There is no check "duplicate-readings".\n'
        "  12 | checks: {duplicate-readings: off}\n"
        "     |          ^^^^^^^^^^^^^^^^^^\n"
        '  help: Did you mean "duplicate-reading"?\n',
    ),
    "an error turned down": (
        {"site.yaml": SITE_YAML + "checks: {unknown-paper: off}\n"},
        'site.yaml:12:10: warning[locked-check]: "unknown-paper" is an error and stays one.\n'
        "  12 | checks: {unknown-paper: off}\n"
        "     |          ^^^^^^^^^^^^^\n"
        "  help: Remove the line.\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_across_files_reads_like_this(make, case):
    files, expected = CASES[case]
    assert told(make(files, today=dt.date(2026, 2, 6))) == expected


@pytest.mark.parametrize(
    "bib",
    [
        "@misc{a1, title={Short Talk on Things}, author={A, B}, year=2020, eprint={2005.14165}, archiveprefix={arXiv}}\n"
        "@misc{b1, title={A Longer Talk on Them}, author={A, B}, year=2021, url={https://arxiv.org/abs/2005.14165v2}}\n",
        "@misc{a1, title={Short Talk on Things}, author={A, B}, year=2020, doi={10.1145/ABC}}\n"
        "@misc{b1, title={A Longer Talk on Them}, author={A, B}, year=2021, url={https://doi.org/10.1145/abc}}\n",
    ],
)
def test_a_preprint_and_its_published_version_are_one_paper(make, bib):
    built = make({"papers.bib": bib, "site.yaml": site("- {topic: One, read: [a1, b1]}")})
    assert [finding.slug for finding in built.findings] == ["similar-papers"]


def test_a_course_that_opens_papers_for_sign_up_is_not_asked_for_presenters(make):
    tail = "presentations: {each: 2, per_session: 2, students: [Ada, Alan]}\n"
    one = READ[:-1] + ", present: {kwon2023: Ada}}"
    assert told(make({"papers.bib": BIB, "site.yaml": site(one, tail=tail)})) == ""


def found(make, schedule, tail="", **options):
    """Slug and line:column of each finding in the two papers' course."""
    built = make({"papers.bib": BIB, "content/s.pdf": b"%PDF", "site.yaml": site(*schedule, tail=tail)}, **options)
    return [f"{finding.slug} {finding.span.line}:{finding.span.column}" for finding in built.findings]


def test_each_later_session_that_reads_a_paper_again_is_told(make):
    again = "- {{topic: {}, read: kwon2023}}"
    assert found(make, [READ, again.format("B"), again.format("C")]) == [
        "duplicate-reading 11:22",
        "duplicate-reading 12:22",
    ]


def test_a_misspelled_presenter_is_told_in_each_session(make):
    one, two = (
        f"- {{topic: {topic}, read: {key}, present: {{{key}: Adda}}}}"
        for topic, key in (("A", "kwon2023"), ("B", "yu2022"))
    )
    names = "presentations: {students: [Ada]}\n"
    assert found(make, [one, two], names) == ["unknown-presenter 10:52", "unknown-presenter 11:48"]


def test_a_student_with_too_few_papers_is_told_where_they_present(make):
    tail = "presentations: {each: 2, students: [Ada]}\n"
    line = READ[:-1] + ", present: {kwon2023: Ada, yu2022: Bo}}"
    slugs = [place for place in found(make, [line], tail) if "count" in place]
    assert slugs == ["presenter-count 10:68", "presenter-count 10:81"]


def test_a_cancelled_session_can_be_held_again_with_its_papers_and_presenters(make):
    held = "topic: One, read: [kwon2023], present: {kwon2023: Ada}}"
    tail = "presentations: {each: 1, per_session: 1, students: [Ada]}\n"
    two = "- {topic: Two, lecture: two, optional: yu2022}"
    files = {"content/lectures/two.md": "# Two\n", "papers.bib": BIB}
    again = {**files, "site.yaml": site("- {cancelled: Snow, " + held, "- {id: again, " + held, two, tail=tail)}
    assert told(make(again)) == ""
    twice = {**files, "site.yaml": site("- {" + held, "- {id: again, " + held, two, tail=tail)}
    assert [finding.slug for finding in make(twice).findings] == ["presenter-count", "duplicate-reading"]


def test_a_guest_s_session_is_no_discussion(make):
    assert found(make, ["- {guest: G, read: kwon2023, optional: yu2022}"], "presentations: {per_session: 2}\n") == []


@pytest.mark.parametrize(
    ("shares", "slugs"),
    [
        ("{A: 33.33%, B: 33.33%, C: 33.33%}", []),
        ("{A: 33.3%, B: 33.3%, C: 33.3%}", []),
        ("{A: 33.4%, B: 33.4%, C: 33.4%}", ["grading-sum"]),
        ("{A: 33%, B: 33%, C: 33%}", ["grading-sum"]),
    ],
)
def test_a_grade_may_be_rounded_to_a_tenth(make, shares, slugs):
    built = make({"site.yaml": SITE_YAML + f"grading: {shares}\n"})
    assert [finding.slug for finding in built.findings] == slugs


def test_slides_are_missed_only_among_sessions_of_the_same_hour(make):
    lecture, lab = "- {{topic: {}, slides: s.pdf}}", "- Lab {}"
    weeks = [line.format(topic) for topic in "ABC" for line in (lecture, lab)]
    weeks = [line.replace("topic: A,", "topic: A, read: [kwon2023, yu2022],") for line in weeks]
    later = dt.date(2026, 2, 13)
    assert found(make, weeks, today=later) == []
    weeks[2] = "- B"
    assert found(make, weeks, today=later) == ["missing-slides 12:5"]


# --- how loud -----------------------------------------------------------------------------------

TWICE = {"papers.bib": BIB, "site.yaml": site(READ, "- {topic: Again, read: kwon2023}")}


def loudness(make, **files):
    built = make({**TWICE, **files})
    return [(finding.slug, finding.severity) for finding in built.findings], bool(built.files)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("error", ([("duplicate-reading", "error")], False)),
        ("warning", ([("duplicate-reading", "warning")], True)),
        ("note", ([("duplicate-reading", "note")], True)),
        ("off", ([], True)),
    ],
)
def test_site_yaml_says_how_loud_a_check_is(make, level, expected):
    text = TWICE["site.yaml"] + f"checks: {{duplicate-reading: {level}}}\n"
    assert loudness(make, **{"site.yaml": text}) == expected


@pytest.mark.parametrize(
    "line",
    [
        "- {topic: Again, read: kwon2023}  # sitegen: ignore duplicate-reading",
        "- {topic: Again, read: kwon2023}  # sitegen: ignore unread-paper, duplicate-reading",
        "# sitegen: ignore duplicate-reading\n  - {topic: Again, read: kwon2023}",
    ],
)
def test_a_comment_silences_a_warning_on_its_line_and_the_next(make, line):
    assert loudness(make, **{"site.yaml": site(READ, line)})[0] == []


@pytest.mark.parametrize(
    "line",
    [
        "- {topic: Again, read: kwon2023}  # sitegen: ignore unread-paper",
        "- {topic: Again, read: kwon2023}\n  # sitegen: ignore duplicate-reading",
        "# sitegen: ignore duplicate-reading\n\n  - {topic: Again, read: kwon2023}",
        "- {topic: Two}  # sitegen: ignore duplicate-reading\n  - {topic: Again, read: kwon2023}",
    ],
)
def test_a_comment_silences_nothing_else(make, line):
    assert loudness(make, **{"site.yaml": site(READ, line)})[0] == [("duplicate-reading", "warning")]


def test_a_comment_silences_in_markdown_and_bibtex(make):
    files = {
        "papers.bib": "% sitegen: ignore unread-paper\n" + BIB.split("@inproceedings{yu", maxsplit=1)[0],
        "content/p.md": "<!-- sitegen: ignore placeholder-text -->\nTODO\n",
    }
    assert told(make(files)) == ""
