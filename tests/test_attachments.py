"""Files beside a lecture are linked by themselves, with their kind and size, and published with it."""

import datetime as dt
import re

import pytest

from sitegen.course.attachments import find_owners
from sitegen.outputs.anchors import show_size
from tests.support import main_of, told

LECTURES = "content/lectures/"
SITE = """\
course: {code: CS101, title: Systems, timezone: America/New_York}
term: {start: 2026-01-27, end: 2026-02-12, meets: "Tue/Thu 3:30-4:45pm, Room 1"}
schedule:
  - {topic: GPUs, lecture: gpu}
  - {topic: Nets, lecture: nets, slides: lectures/nets.pdf}
  - {tba: 4}
"""


def links_of(html):
    found = re.search(r'<ul class="links">(.*?)</ul>', html)
    return re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', found[1].replace("\u00a0", " ")) if found else []


def lecture(make, files, text="# GPUs\n", site=SITE):
    files = {f"{LECTURES}{name}": content for name, content in files.items()}
    built = make(
        {f"{LECTURES}gpu.md": text, f"{LECTURES}nets.md": "# Nets\n", f"{LECTURES}nets.pdf": "x", **files}, site
    )
    return built, links_of(main_of(built.files["lectures/gpu/index.html"]))


@pytest.mark.parametrize(
    ("name", "size", "link"),
    [
        ("gpu.pdf", 1_234_567, "PDF (1.2 MB)"),
        ("gpu.pptx", 12_345, "Slides (PowerPoint, 12 KB)"),
        ("gpu.key", 1, "Slides (Keynote, 1 byte)"),
        ("gpu.odp", 2, "Slides (OpenDocument, 2 bytes)"),
        ("gpu.ipynb", 0, "Notebook (Jupyter, 0 bytes)"),
        ("gpu.zip", 1_000, "ZIP (1 KB)"),
        ("gpu.tar.gz", 1_000, "TAR.GZ (1 KB)"),
        ("gpu.py", 1_000, "Code (Python, 1 KB)"),
        ("gpu.tex", 1_000, "LaTeX (1 KB)"),
        ("gpu.mp4", 1_000, "Video (MP4, 1 KB)"),
        ("gpu.csv", 1_000, "Data (CSV, 1 KB)"),
        ("gpu.unheard", 1_000, "UNHEARD (1 KB)"),
        ("gpu.jpg", 1_000, "JPG (1 KB)"),
        ("GPU.PDF", 1_000, "PDF (1 KB)"),
        ("gpu-handout.pdf", 1_000, "Handout (PDF, 1 KB)"),
        ("gpu.notes.pdf", 1_000, "Notes (PDF, 1 KB)"),
        ("gpu_lab 2.zip", 1_000, "Lab 2 (ZIP, 1 KB)"),
        ("gpu-2.pdf", 1_000, "PDF 2 (PDF, 1 KB)"),
        ("gpu-slides.pdf", 1_000, "Slides (PDF, 1 KB)"),
        ("gpu-lösung & mehr.pdf", 1_000, "Lösung &amp; mehr (PDF, 1 KB)"),
    ],
)
def test_a_file_of_the_lecture_s_name_is_linked_with_its_kind_and_size(make, name, size, link):
    built, links = lecture(make, {name: b"x" * size})
    assert [words for _, words in links] == [link]
    assert not [finding for finding in built.findings if finding.severity != "note"]


@pytest.mark.parametrize("name", ["gpux.pdf", "gpu-figure.png", "gpu.vtt", "other.pdf", "gp.pdf", "deep/gpu.pdf"])
def test_other_files_belong_to_no_lecture(make, name):
    assert lecture(make, {name: b"x"})[1] == []


def test_slides_come_first_and_the_lecture_s_very_name_before_longer_ones(make):
    text = "# GPUs\n\n---\n\n## S\n\nText.\n"
    _, links = lecture(make, {"gpu-handout.pdf": b"", "gpu.zip": b"", "gpu.pdf": b"", "gpu.pptx": b""}, text)
    assert [words.partition(" (")[0] for _, words in links] == ["Slides", "Slides", "PDF", "ZIP", "Handout"]
    assert [href for href, _ in links][:2] == ["slides/index.html", "../gpu.pptx"]


def test_a_file_belongs_to_the_lecture_of_the_longest_name():
    lectures = [f"{LECTURES}gpu.md", f"{LECTURES}gpu-lab.md", f"{LECTURES}Große Übung.md", f"{LECTURES}intro/index.md"]
    files = ["gpu-lab.pdf", "gpu-lab-2.pdf", "gpu-labs.pdf", "GROSSE \u00dcbung.pdf", "gro\u00dfe u\u0308bung-x.pdf"]
    files += ["intro/intro.pdf", "intro/index.pdf", "intro/x.pdf"]
    owners = find_owners(lectures, [LECTURES + file for file in files])
    assert [owners.get(LECTURES + file, "").removeprefix(LECTURES) for file in files] == [
        "gpu-lab.md", "gpu-lab.md", "gpu.md", "Große Übung.md", "Große Übung.md", "intro/index.md", "intro/index.md", "",
    ]  # fmt: skip


def test_what_the_text_or_the_session_links_to_isn_t_told_twice(make):
    text = '# GPUs\n\n[here](gpu.pdf) and ![it](gpu.png)\n\n```python file="gpu.py"\n```\n'
    built, links = lecture(make, {"gpu.pdf": "x", "gpu.png": "x", "gpu.py": "x = 1\n"}, text)
    assert links == []
    assert links_of(main_of(built.files["lectures/nets/index.html"])) == [("../nets.pdf", "Slides")]


def test_the_schedule_the_list_of_lectures_and_the_text_beside_the_page_have_them_too(make):
    built, _ = lecture(make, {"gpu.pptx": b"x" * 2_000, "gpu-handout.pdf": b"x"})
    schedule = built.files["schedule/index.html"].decode()
    (row,) = re.findall(r'<tr class="session[^>]*id="gpus".*?</tr>', schedule, re.DOTALL)
    assert links_of(row) == [("../lectures/gpu.pptx", "Slides"), ("../lectures/gpu-handout.pdf", "Handout")]
    listed = links_of(main_of(built.files["lectures/index.html"]))
    assert listed == [("gpu.pptx", "Slides (PowerPoint, 2 KB)"), ("gpu-handout.pdf", "Handout (PDF, 1 byte)")]
    assert b"- [Slides (PowerPoint, 2 KB)](../gpu.pptx)\n" in built.files["lectures/gpu/index.md"]


@pytest.mark.parametrize("front", ["draft: true", "publish: 2026-02-04"])
def test_files_of_a_lecture_that_isn_t_published_yet_aren_t_either(make, front):
    files = {
        f"{LECTURES}gpu.md": f"---\n{front}\n---\n# GPUs\n\n[a](gpu-solutions.pdf)\n",
        f"{LECTURES}gpu.svg": "<svg/>",
    }
    files |= {f"{LECTURES}gpu-solutions.pdf": "x", f"{LECTURES}nets.md": "# Nets\n", f"{LECTURES}nets.pdf": "x"}
    built = make(files, SITE)
    assert [path for path in built.files if path.startswith("lectures/gpu")] == ["lectures/gpu.svg"]
    assert not [finding for finding in built.findings if finding.severity == "error"]
    assert "lectures/gpu-solutions.pdf" in make(files, SITE, drafts=True).files


@pytest.mark.parametrize(
    "given",
    [
        {f"{LECTURES}nets.md": "# Nets\n\n[x](gpu.pdf#page=2)\n"},
        {"content/announcements.md": "## 2026-02-01 News\n\n[x](/lectures/gpu.pdf)\n"},
        {"papers.bib": "@article{a, title={A}, author={B}, year={2020}, slides={lectures/gpu.pdf}}\n"},
        {"site.yaml": SITE.replace("lecture: gpu", "lecture: gpu, slides: lectures/gpu.pdf")},
        {"site.yaml": SITE + "links: {Notes: content/lectures/gpu.pdf}\n"},
    ],
)
def test_a_link_from_what_is_published_publishes_a_file_before_its_lecture(make, given):
    files = {f"{LECTURES}gpu.md": "---\ndraft: true\n---\n# GPUs\n", f"{LECTURES}gpu.pdf": "x"}
    built = make(
        {f"{LECTURES}nets.md": "# Nets\n", f"{LECTURES}nets.pdf": "x", **files, **given}, given.get("site.yaml", SITE)
    )
    assert "lectures/gpu.pdf" in built.files
    assert "unpublished-link" not in told(built)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1 KB"), (1_499, "1 KB"), (999_499, "999 KB"),
        (999_500, "1.0 MB"), (9_949_999, "9.9 MB"), (9_950_000, "10 MB"), (104_857_600, "105 MB"), (2_000_000_000, "2.0 GB"),
        (3 * 10**15, "3000 TB"),
    ],
)  # fmt: skip
def test_a_size_is_said_in_units_of_a_thousand(size, words):
    assert show_size(size).replace("\u00a0", " ") == words


def test_a_lecture_with_slides_of_its_name_isn_t_missing_any(make):
    linked = "slides: lectures/all.pdf"
    site = SITE.replace("lecture: gpu", f"lecture: gpu, {linked}").replace(", slides: lectures/nets.pdf", "")
    site = site.replace("  - {tba: 4}", f"  - {{topic: C, lecture: c, {linked}}}\n  - {{tba: 3}}")
    files = {f"{LECTURES}{name}.md": f"# {name}\n" for name in ("gpu", "nets", "c")} | {f"{LECTURES}all.pdf": "x"}
    day = dt.date(2026, 2, 12)
    assert "missing-slides" in told(make(files, site, today=day))
    assert "missing-slides" not in told(make({**files, f"{LECTURES}nets.pptx": "x"}, site, today=day))
