"""What stands around a lecture: its sessions, its neighbours, its papers; and the examples of docs/lectures.md."""

import re

import pytest

from tests.support import REPOSITORY, main_of, told

DOC = (REPOSITORY / "docs" / "lectures.md").read_text(encoding="utf-8")


# --- the examples -------------------------------------------------------------------------------


def blocks(language):
    return re.findall(rf"^(`{{3,}}){language}[^\n]*\n(.*?)^\1$", DOC, re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_page_on_lectures_show_what_they_say(make):
    train = re.findall(r'^```python title="code/train.py"\n(.*?)^```$', DOC, re.MULTILINE | re.DOTALL)[0]
    examples = [text for _, text in blocks("markdown")]
    files = {"content/lectures/a.md": "# A\n\n" + "\n".join(examples), "content/lectures/code/train.py": train}
    built = make(files)
    assert told(built) == ""
    codes = [
        re.sub(r"<[^<>]*>", "", code)
        for code in re.findall(r"<code>(.*?)</code>", built.files["lectures/a/index.html"].decode(), re.DOTALL)
    ]
    assert [len(code.splitlines()) for code in codes] == [len(train.splitlines()) - 2, 2, 5]
    assert codes[1].startswith("model = ")
    assert codes[2].startswith("def step(self, batch):\n    loss")
    assert re.search(
        r'class="hll"><span class="linenos" data-linenos="12 "></span>', built.files["lectures/a/index.html"].decode()
    )


@pytest.mark.parametrize(("_", "text"), blocks("yaml"))
def test_the_examples_of_site_yaml_are_taken_as_they_are(make, _, text):
    built = make({}, f"course:\n  code: A\n  title: B\n{text.removeprefix('course:' + chr(10))}")
    assert told(built) == ""
    assert "Edit this page" in built.files["index.html"].decode()


@pytest.mark.parametrize(("names", "words"), re.findall(r"^\| (`gpu[^|]*) \| ([^|]*) \|$", DOC, re.MULTILINE))
def test_the_table_of_files_says_what_links_say(make, names, words):
    for name in re.findall(r"`(gpu[^`]*)`", names):
        built = make({"content/lectures/gpu.md": "# GPU\n", f"content/lectures/{name}": "x"})
        said = re.findall(r'<ul class="links"><li><a [^>]*>(\w+) \(', main_of(built.files["lectures/gpu/index.html"]))[
            0
        ]
        assert said in words or name in ("gpu.csv", "gpu.tex", "gpu.zip")


# --- neighbours ---------------------------------------------------------------------------------

TERM = """\
course: {code: CS101, title: Systems, timezone: America/New_York}
term: {start: 2026-01-27, end: 2026-02-19, meets: "Tue/Thu 3:30-4:45pm, Room 1"}
"""


def neighbours(built, name):
    html = built.files[f"lectures/{name}/index.html"].decode()
    return [
        next(iter(re.findall(rf'<a rel="{rel}" href="\.\./([\w-]+)/index\.html">', html)), "")
        for rel in ("prev", "next")
    ]


def lectures(*names, **text):
    return {f"content/lectures/{name}.md": text.get(name, f"# {name}\n") for name in (*names, *text)}


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        (["{topic: A, lecture: z}", "{topic: B, lecture: m}"], ["z", "m", "a"]),
        (["{topic: A, lecture: m}", "{topic: B, lecture: z}", "{topic: C, lecture: m}"], ["m", "z", "a"]),
        (
            ["{cancelled: Snow, topic: A, lecture: z}", "{topic: B, lecture: m}", "{topic: C, lecture: z}"],
            ["m", "z", "a"],
        ),
        (["{cancelled: Snow, topic: A, lecture: z}", "{topic: B, lecture: m}"], ["z", "m", "a"]),
        (["{topic: A, lecture: z, date: 2026-02-05}", "{topic: B, lecture: m}"], ["z", "m", "a"]),
        ([], ["a", "m", "z"]),
    ],
)
def test_lectures_follow_one_another_as_they_are_held_and_then_the_rest(make, rows, order):
    schedule = "".join(f"  - {row}\n" for row in rows)
    built = make(lectures("a", "m", "z"), TERM + (f"schedule:\n{schedule}" if rows else ""))
    assert not [finding for finding in built.findings if finding.severity == "error"]
    for before, name, after in zip(["", *order], order, [*order[1:], ""], strict=False):
        assert neighbours(built, name) == [before, after]


def test_what_is_not_published_yet_is_no_ones_neighbour(make):
    rows = "".join(f"  - {{topic: {name}, lecture: {name}}}\n" for name in "abcd")
    hidden = {"b": "---\ndraft: true\n---\n# b\n", "c": "---\npublish: 2026-02-10\n---\n# c\n"}
    built = make(lectures("a", "d", **hidden), f"{TERM}schedule:\n{rows}")
    assert (neighbours(built, "a"), neighbours(built, "d")) == (["", "d"], ["a", ""])
    built = make(lectures("a", "d", **hidden), f"{TERM}schedule:\n{rows}", drafts=True)
    assert neighbours(built, "b") == ["a", "c"]


def test_an_only_lecture_has_no_neighbours(make):
    assert "neighbours" not in make(lectures("a")).files["lectures/a/index.html"].decode()


# --- sessions and papers ------------------------------------------------------------------------

BIB = "".join(f"@article{{{key}, title={{Paper {key}}}, author={{A B}}, year={{2020}}}}\n" for key in "pq")


def header(built, name="a"):
    html = main_of(built.files[f"lectures/{name}/index.html"])
    return re.findall(r'<header class="title">(.*?)</header>', html)[0]


def test_a_lecture_of_two_sessions_shows_both_and_each_paper_once_as_it_matters_most(make):
    site = f"""{TERM}reviews: {{due: 1 day before}}
schedule:
  - {{topic: One, lecture: a, optional: p}}
  - part: Second part
  - {{topic: Two, lecture: a, read: [q, p], present: {{p: Ada Lovelace}}}}
"""
    html = header(make({**lectures("a"), "papers.bib": BIB}, site))
    assert re.findall(r'<p class="held">([^<]*)<a href="\.\./\.\./schedule/index\.html#(\w+)"', html) == [
        ("", "one"),
        ("Second part, ", "two"),
    ]
    assert re.findall(r'<span class="paper( optional)?"><a href="\.\./\.\./readings/(\w)/', html) == [
        ("", "p"),
        ("", "q"),
    ]
    assert html.count("Reviews due") == 1
    assert "Ada" in html


def test_a_cancelled_session_is_marked_and_its_papers_are_left_to_the_next(make):
    site = f"""{TERM}reviews: {{due: 1 day before}}
schedule:
  - {{cancelled: Snow, topic: One, lecture: a, read: p}}
  - {{topic: Two, lecture: a, read: q}}
"""
    html = header(make({**lectures("a"), "papers.bib": BIB}, site))
    assert html.count("Cancelled") == 1
    assert re.findall(r"/readings/(\w)/", html) == ["q"]
    only = header(
        make({**lectures("a"), "papers.bib": BIB}, site.replace("  - {topic: Two, lecture: a, read: q}\n", ""))
    )
    assert re.findall(r"/readings/(\w)/", only) == ["p"]
    assert "Reviews due" not in only


def test_a_lecture_of_no_session_shows_its_title_and_its_minutes_alone(make):
    html = header(make(lectures(a="# A\n\nText.\n")))
    assert re.findall(r"<(?!/)[^<>]*>", html) == ["<h1>", '<p class="held">']
    assert "1 min to read" in html
