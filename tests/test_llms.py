"""llms.txt and the Markdown beside each page: complete, linked to what is there, as the author wrote it."""

import datetime as dt
import re
from html import unescape

import pytest

from sitegen.addresses import markdown_path
from sitegen.build import OUTPUTS
from sitegen.course.wording import describe_drawings
from sitegen.outputs.metadata import has_markdown
from sitegen.outputs.transcripts import _md, llms, texts, transcripts
from sitegen.values import replace
from tests.sample import BY_KEY, sample_course, theme
from tests.support import REPOSITORY, SITE_YAML, build_folder, told

BASE = "https://zaoxing.github.io/teaching/2026-cloud-network/"
URL = "https://example.edu/cs101/"
SITE = SITE_YAML.replace("  title: Systems\n", f"  title: Systems\n  url: {URL}\n")
LINK = re.compile(r"(?<!\\)\]\(([^()\s]+)\)")


@pytest.fixture(scope="module")
def built():
    return build_folder(REPOSITORY, today=dt.date(2026, 2, 10))


def test_llms_txt_has_the_form_of_llmstxt_org(built):
    """A title, a quotation, text without headings, then sections that are lists of links."""
    lines = built.files["llms.txt"].decode().split("\n")
    assert lines[0] == "# CMSC818Q: Special Topics in Cloud Computing"
    assert lines[2].startswith("> A graduate seminar on systems for AI")
    sections = [number for number, line in enumerate(lines) if line.startswith("#")][1:]
    assert [lines[number] for number in sections] == ["## Course", "## Lectures", "## Readings", "## Optional"]
    for line in lines[sections[0] :]:
        assert not line or line.startswith("## ") or re.fullmatch(r"- \[.+?\]\(\S+\)(: .+)?", line), line


def test_every_link_of_llms_txt_leads_to_a_file(built):
    targets = LINK.findall(built.files["llms.txt"].decode())
    assert len(targets) > 60
    for target in targets:
        assert target.removeprefix(BASE) in built.files, target
        assert target.startswith(BASE)
    without = dict(llms(sample_course(base_url=""), theme()))["llms.txt"].decode()
    files = {path for output in OUTPUTS for path, _ in output(sample_course(base_url=""), theme())}
    assert set(LINK.findall(without)) <= files | {"https://example.org/liu"}


def test_every_page_has_its_markdown_beside_it_and_llms_txt_names_it(built):
    listed = built.files["llms.txt"].decode()
    for path, content in built.files.items():
        if path.endswith(".html") and b"site-content" in content and "/slides/" not in path:  # whose text is the notes'
            assert (markdown_path(path) in built.files) == has_markdown(path), path
            if has_markdown(path):
                assert f"]({BASE}{markdown_path(path)})" in listed, path
    assert "search/index.md" not in built.files


def test_every_link_between_texts_leads_to_the_site(built):
    for path, content in built.files.items():
        if path.endswith(".md"):
            text = re.sub(r"```.*?```", "", content.decode(), flags=re.DOTALL)
            for target in LINK.findall(text):
                assert re.match("[a-z]+:", target), (path, target)
                inside = target.partition("#")[0].removeprefix(BASE)
                if target.startswith(BASE):
                    assert {inside, f"{inside}index.html"} & built.files.keys(), (path, target)


def test_a_text_begins_with_its_title_and_nothing_else_is_one(built):
    for path, content in built.files.items():
        if path.endswith(".md"):
            text = re.sub(r"^```.*?^```", "", content.decode(), flags=re.DOTALL | re.MULTILINE)
            assert re.match(r"# \S", text), path
            assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1, path


# --- the author's own text ----------------------------------------------------------------------


def text_of(make, source: str, **files: str) -> str:
    bib = "@article{kwon2023, title={Paging}, author={Kwon, Woosuk and Li, Zhuohan and Yu, Cody}, journal={J}, year={2023}}"
    built = make(
        {
            "content/project.md": source,
            "content/notes/a.md": "# A\n\n## Part\n",
            "content/x y.pdf": b"%PDF",
            "papers.bib": bib,
        }
        | files,
        SITE,
    )
    assert built.files, told(built)
    return built.files["project/index.md"].decode()


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("See [A](notes/a.md#part).", f"See [A]({URL}notes/a/#part)."),
        ("See [A](<notes/a.md> 'Its title').", f"See [A](<{URL}notes/a/> 'Its title')."),
        ("See [A][1].\n\n[1]: notes/a.md", f"See [A][1].\n\n[1]: {URL}notes/a/"),
        ("See [A][1], [B][1].\n\n[1]: notes/a.md", f"See [A][1], [B][1].\n\n[1]: {URL}notes/a/"),
        ("See [the file](x%20y.pdf).", f"See [the file]({URL}x%20y.pdf)."),
        ("See [the file](<x y.pdf>).", f"See [the file](<{URL}x%20y.pdf>)."),
        ("See [home](index.md).", f"See [home]({URL})."),
        ("See [below](#milestones).\n\n## Milestones", f"See [below]({URL}project/#milestones).\n\n## Milestones"),
        ("See [x](https://example.org/index.html).", "See [x](https://example.org/index.html)."),
        ('<a href="notes/a.md">A</a>', f'<a href="{URL}notes/a/">A</a>'),
        ("As shown [@kwon2023, sec. 3].", f"As shown ([Kwon et al., 2023]({URL}readings/kwon2023/), sec. 3)."),
        ("As shown [see\n@kwon2023].", f"As shown (see [Kwon et al., 2023]({URL}readings/kwon2023/))."),
        ("@kwon2023 shows.", f"[Kwon et al. (2023)]({URL}readings/kwon2023/) shows."),
        ("[as in @kwon2023](notes/a.md)", f"[as in Kwon et al. (2023)]({URL}notes/a/)"),
        ("Write to @octocat.", "Write to @octocat."),
        ("`[A](notes/a.md)` and `@kwon2023`", "`[A](notes/a.md)` and `@kwon2023`"),
        ("```\n[A](notes/a.md) @kwon2023 <!-- a -->\n```", "```\n[A](notes/a.md) @kwon2023 <!-- a -->\n```"),
        ("Math $a_1 < b$ stays.", "Math $a_1 < b$ stays."),
        ("Before.\n\n<!-- the answer is 42 -->\nAfter.", "Before.\n\nAfter."),
        ("`<!-- shown -->`<!-- hidden -->", "`<!-- shown -->`"),
        ("> Quoted [A](notes/a.md)\n> on [two](notes/a.md) lines", f"> Quoted [A]({URL}notes/a/)\n> on [two]({URL}notes/a/) lines"),
        ("| a | b |\n|---|---|\n| [A](notes/a.md) | 1 |", f"| a | b |\n|---|---|\n| [A]({URL}notes/a/) | 1 |"),
        ("See [the draft](draft.md 'Soon') now.", "See the draft now."),
        ("See [the draft][d].\n\n[d]: draft.md\n\nEnd.", "See [the draft][d].\n\n\nEnd."),
        ('<a href="draft.md">draft</a>', '<a href="">draft</a>'),
    ],
)  # fmt: skip
def test_an_author_s_text_is_published_with_addresses_that_lead_to_the_site(make, written, published):
    source = f"---\ntitle: Project\ndescription: Front matter\n---\n\n{written}\n"
    draft = {"content/draft.md": "---\ndraft: true\n---\n\n# Zebra\n"}
    assert text_of(make, source, **draft) == f"# Project\n\n{published}\n"


@pytest.mark.parametrize(
    ("written", "published"),
    [
        (
            '<figure>\n<svg role="img" viewBox="0 0 9 9">\n<title id="t">A ring</title>\n<desc>Four nodes\nin a ring.</desc>'
            '<path d="M0 0h9"/>\n</svg>\n<figcaption>Fig. 1</figcaption>\n</figure>',
            "<figure>\n(Drawing: A ring. Four nodes in a ring)\n<figcaption>Fig. 1</figcaption>\n</figure>",
        ),
        ("A <svg aria-label='A dot'><circle r='1'/></svg> B.", "A (Drawing: A dot) B."),
        ("A <svg aria-hidden=true><g><title></title></g></svg> B.", "A (Drawing) B."),
        ("<svg><title>One</title></svg>\n\n<svg><title>Two</title></svg>", "(Drawing: One)\n\n(Drawing: Two)"),
        ("```html\n<svg><title>Code</title></svg>\n```", "```html\n<svg><title>Code</title></svg>\n```"),
        ("Write `<svg>` and `</svg>`.", "Write `<svg>` and `</svg>`."),
        ("An <svg> that is never closed", "An <svg> that is never closed"),
    ],
)
def test_a_drawing_is_what_it_says_to_those_who_don_t_see_it(written, published):
    assert describe_drawings(written) == published


def test_no_drawing_of_the_real_course_is_published_as_coordinates(built):
    texts = [content.decode() for path, content in built.files.items() if path.endswith(".md")]
    assert not [text for text in texts if "<path" in text]
    assert "roofline.svg)" in "".join(texts)


def test_a_heading_that_is_the_title_stands_once(make):
    assert text_of(make, "# Project *one*\n\nText.\n\n## Part\n") == "# Project one\n\nText.\n\n## Part\n"


def test_the_tokens_of_our_own_in_a_text_are_replaced(make):
    assert (
        text_of(make, "# P\n\nA \U000f00000\U000f0001 [A](notes/a.md)\n")
        == f"# P\n\nA \ufffd0\ufffd [A]({URL}notes/a/)\n"
    )


def test_without_an_address_links_count_from_the_text(make):
    built = make(
        {"content/project.md": "# Project\n\n[A](notes/a.md#part)\n", "content/notes/a.md": "# A\n\n## Part\n"}
    )
    assert built.files["project/index.md"].decode() == "# Project\n\n[A](../notes/a/index.html#part)\n"


# --- computed pages -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample() -> dict[str, str]:
    outputs = (transcripts(sample_course(), theme()), texts(sample_course(), theme()))
    return {path: content.decode() for output in outputs for path, content in output}


def test_the_schedule_tells_every_session_deadline_and_break_in_order(sample):
    text = sample["schedule/index.md"]
    for session in sample_course().sessions:
        assert _md(session.topic) in text
    for deadline in sample_course().deadlines:
        assert deadline.what in text
    assert "- **15–22 Mar**: Spring break, no class\n" in text
    assert "**cancelled** Fault tolerance (The instructor travels.)" in text
    assert (
        "- **Thu 12 Feb, 3:30–4:45 pm, IRB 1207**: [Pipeline parallelism]"
        f"({BASE}lectures/training/)\n"
        f"  - Read: [GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism]({BASE}readings/huang2019/) (NeurIPS '19), presented by Charles\n"
    ) in text
    assert "  - Reviews due Wed 11 Feb, noon\n" in text
    assert "recording: to be announced" in text
    places = [
        text.index(words)
        for words in ("Course overview", "Team sign-up", "Data parallelism", "Spring break", "What we learned")
    ]
    assert places == sorted(places)


def test_presenters_are_named_as_the_course_wants(sample):
    assert "Babbage" not in "".join(sample.values())
    full = replace(sample_course().presentations, show="full name")
    files = dict(transcripts(sample_course(presentations=full), theme()))
    assert b"presented by Charles Babbage" in files["schedule/index.md"]


def test_a_paper_s_text_has_all_that_is_known_of_it(sample):
    text = sample["readings/kwon2023/index.md"]
    assert text.startswith(
        "# Efficient Memory Management for Large Language Model Serving with PagedAttention\n\nWoosuk Kwon, Zhuohan Li, "
    )
    assert "- [PDF](https://example.org/kwon2023.pdf)\n" in text
    assert f"- Read on Thu 12 Mar 2026: [Batching]({BASE}schedule/#session-14)\n" in text
    assert BY_KEY["kwon2023"].bibtex.strip() in text


def test_bibtex_with_a_fence_of_its_own_stays_inside_its_block():
    evil = replace(BY_KEY["kwon2023"], bibtex="@misc{a,\n  note = {\n````\n# Not a heading\n}}\n")
    files = dict(texts(sample_course(papers={**BY_KEY, "kwon2023": evil}), theme()))
    assert b"`````bibtex\n@misc{a," in files["readings/kwon2023/index.md"]


def test_announcements_are_told_in_full(built):
    text = built.files["announcements/index.md"].decode()
    assert (
        f"## 2026-01-27 Sign-up for presentations\n\nEach of you will present two papers this semester. Browse the [readings]({BASE}readings/)"
        in text
    )
    assert text.index("2026-01-27") < text.index("2026-01-20")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a *b* [c](d) `e` <f> | g", r"a \*b\* \[c\](d) \`e\` &lt;f> | g"),
        ("snake_case and _stress_", r"snake_case and \_stress\_"),
        ("# no heading", r"\# no heading"),
        ("C# and C++", "C# and C++"),
        ("- no list", r"\- no list"),
        ("1. no list", r"1\. no list"),
        ("v1. yes", "v1. yes"),
        ("&lt; & b", "&amp;lt; & b"),
        ("> no quote", r"\> no quote"),
        ("two\nlines\u00a0 here", "two lines here"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_signs_in_a_title_aren_t_read_as_markdown(text, written):
    from markdown import markdown

    assert _md(text) == written
    assert unescape(markdown(written)) == f"<p>{' '.join(text.split())}</p>"
