"""Code that is shown from files of the course: in notes, slides, announcements, the feed and the texts beside pages."""

import os
import re
import sys

import pytest

from sitegen.catalogue import list_rules
from sitegen.prose.documents import read_document
from sitegen.prose.inclusions import (
    MOST_FILES,
    NO_EXCERPT,
    NO_INCLUSION,
    UNUSED_CODE,
    Absence,
    find_path,
    guess_language,
    list_inclusions,
)
from tests.support import build_folder, main_of, told, write_course

TRAIN = """\
import sys

# region: setup
def load():
    return 1
# endregion
"""
LECTURE = "content/lectures/a.md"


def fence(options, body=""):
    return f"# A\n\n```python {options}\n{body}```\n"


def page(make, options, files=None, body=""):
    built = make({LECTURE: fence(options, body), "content/lectures/train.py": TRAIN, **(files or {})})
    return built, main_of(built.files.get("lectures/a/index.html", b"<main></main>"))


def code_of(html):
    return re.sub(r"<[^<>]*>", "", re.findall(r"<code>(.*?)</code>", html, re.DOTALL)[0])


# --- what is shown ------------------------------------------------------------------------------


def test_a_region_of_a_file_stands_in_the_place_of_the_fence_below_a_link_to_the_file(make):
    built, html = page(make, 'file="train.py" region="setup"')
    assert not built.findings
    assert '<span class="filename"><a href="../train.py">train.py</a></span>' in html
    assert code_of(html).split() == ["def", "load():", "return", "1"]
    assert built.files["lectures/train.py"].size == len(TRAIN)


@pytest.mark.parametrize(
    ("source", "written", "href"),
    [
        (LECTURE, "train.py", "../train.py"),
        (LECTURE, "./sub/../train.py", "../train.py"),
        (LECTURE, "/lectures/train.py", "../train.py"),
        ("content/notes.md", "lectures/train.py", "../lectures/train.py"),
        ("content/lectures/deep/b.md", "../train.py", "../../train.py"),
    ],
)
def test_a_path_is_written_as_in_a_link(make, source, written, href):
    built = make({source: fence(f'file="{written}"'), "content/lectures/train.py": TRAIN})
    path = source.removeprefix("content/").removesuffix(".md") + "/index.html"
    assert f'<a href="{href}">train.py</a>' in main_of(built.files[path])


@pytest.mark.parametrize(
    "opening", ["file='train.py'", "file=train.py", '{.python file="train.py"}', 'python file = "train.py"']
)
def test_an_option_may_be_quoted_or_not_and_stand_in_braces(make, opening):
    built = make({LECTURE: f"# A\n\n``` {opening}\n```\n", "content/lectures/train.py": TRAIN})
    assert not built.findings
    assert "load" in code_of(main_of(built.files["lectures/a/index.html"]))


def test_names_of_files_may_have_any_letters(make):
    name = "Übung 1 & 2 [é].py"
    built, html = page(make, f'file="{name}"', {f"content/lectures/{name}": "x = 1\n"})
    assert not built.findings
    assert '<a href="../%C3%9Cbung%201%20&amp;%202%20%5B%C3%A9%5D.py">Übung 1 &amp; 2 [é].py</a>' in html


def test_a_title_is_the_author_s_and_an_empty_one_is_none(make):
    assert '<a href="../train.py">The loop</a>' in page(make, 'file="train.py" title="The loop"')[1]
    assert "filename" not in page(make, 'file="train.py" title=""')[1]


def test_lines_keep_the_numbers_of_the_file_and_are_marked_by_them(make):
    _, html = page(make, 'file="train.py" lines="1,4-5" linenums="file" hl_lines="5"')
    assert re.findall(r'data-linenos="\s*(\d+) "', html) == ["1", "4", "5"]
    assert re.search(r'<span class="hll"><span class="linenos" data-linenos="5 ">', html)
    _, html = page(make, 'file="train.py" lines="4-5" linenums="1" hl_lines="2"')
    assert re.findall(r'data-linenos="\s*(\d+) "', html) == ["1", "2"]
    assert re.search(r'<span class="hll"><span class="linenos" data-linenos="2 ">', html)


def test_a_page_s_own_markdown_is_shown_as_code_without_a_link(make):
    _, html = page(make, 'file="../notes.md"', {"content/notes.md": "# N\n\n$x$ <b>a</b>\n"})
    assert '<span class="filename">notes.md</span>' in html
    assert code_of(html) == "# N $x$ &lt;b&gt;a&lt;/b&gt; "


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"a\r\nb\rc\r\n", "a b c "),
        (b"\xef\xbb\xbfa\n", "a "),
        (b"a", "a "),
        ("a\x0cb\x1b\U000f0000".encode(), "a\ufffdb\ufffd\ufffd "),
        (b"```\n</code><script>\n", "``` &lt;/code&gt;&lt;script&gt; "),
    ],
)
def test_a_file_is_text_whatever_is_in_it(make, content, shown):
    built, html = page(make, 'file="x.txt"', {"content/lectures/x.txt": content})
    assert code_of(html) == shown
    assert not [finding for finding in built.findings if finding.severity == "error"]


@pytest.mark.parametrize(
    ("file", "language"),
    [
        ("a.py", "python"), ("a/b.C", "c"), ("x.h", "c"), ("Makefile", "make"), ("Dockerfile", "docker"),
        ("a.rs", "rust"), ("a.ts", "typescript"), ("k.cu", "cuda"), ("a.tex", "tex"), ("a.unheard", ""), ("a", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_language_is_that_of_the_file_s_ending(file, language):
    assert guess_language(file) == language


# --- everywhere ---------------------------------------------------------------------------------

EVERYWHERE = {
    LECTURE: "# A\n\nText.\n\n---\n\n## S\n\n- item\n\n    ```python file=\"train.py\" region=\"setup\"\n    ```\n\n"
    '> ```python file="train.py" lines="1"\n> ```\n',
    "content/announcements.md": '## 2026-02-01 News\n\n```python file="lectures/train.py" lines="1"\n```\n',
    "content/lectures/train.py": TRAIN,
}  # fmt: skip


def test_slides_show_it_with_links_of_their_own_page(make):
    built = make(EVERYWHERE)
    deck = built.files["lectures/a/slides/index.html"].decode()
    assert '<a href="../../train.py">train.py</a>' in deck
    assert re.sub(r"<[^<>]*>", "", deck).count("def load():\n    return 1\n") == 1


def test_the_text_beside_a_page_holds_the_lines_in_their_list_or_quote(make):
    text = make(EVERYWHERE).files["lectures/a/index.md"].decode()
    assert '- item\n\n    ```python title="train.py"\n    def load():\n        return 1\n    ```\n' in text
    assert '> ```python title="train.py"\n> import sys\n> ```\n' in text


def test_announcements_and_their_feed_show_it(make):
    built = make(EVERYWHERE)
    assert "sys" in code_of(main_of(built.files["announcements/index.html"]))
    assert "import" in built.files["feed.xml"].decode()
    assert "import sys\n```" in built.files["announcements/index.md"].decode()


def test_code_that_is_full_of_fences_is_fenced_with_more_signs(make):
    built, _ = page(make, 'file="x.md.txt"', {"content/lectures/x.md.txt": "````\nx\n````\n"})
    assert '`````python title="x.md.txt"\n````\nx\n````\n`````\n' in built.files["lectures/a/index.md"].decode()


def test_a_change_of_the_file_changes_the_page(tmp_path):
    course = write_course(tmp_path, EVERYWHERE)
    before = main_of(build_folder(course).files["lectures/a/index.html"])
    (course / "content/lectures/train.py").write_text(TRAIN.replace("return 1", "return 2"), encoding="utf-8")
    after = main_of(build_folder(course).files["lectures/a/index.html"])
    assert (">1</span>" in before, ">1</span>" in after, ">2</span>" in after) == (True, False, True)


# --- what it depends on -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("no fences, a file=x.py", ()),
        ('```python file="a.py"\n```\n> ~~~ file=/b.py lines="1"\n', ("content/lectures/a.py", "content/b.py")),
        ('```file="a.py"\n```\r\n```file="a.py"\r\n```', ("content/lectures/a.py",)),
        ('```python title="file=x"\n```\n```file="../../../etc/passwd"', ()),
    ],
)
def test_the_files_that_a_text_may_show_are_known_before_it_is_read(text, paths):
    assert list_inclusions(text.encode(), LECTURE) == paths


def test_a_document_is_a_function_of_its_text_and_of_these_files():
    text = fence('file="train.py"').encode()
    with_it, findings = read_document(text, LECTURE, included={"content/lectures/train.py": b"x = 1\n"})
    assert with_it
    assert "x = " in with_it.html
    assert not findings
    without, (finding,) = read_document(text, LECTURE)
    assert without
    assert "x = " not in without.html
    assert finding.slug == "no-inclusion"


# --- what is told -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "words", "help"),
    [
        ("", "This block of code names no file.", 'Write file="train.py", from where this text stands.'),
        ("../../site.yaml", '"../../site.yaml" leads out of the content folder.', "Move the file into content/."),
        ("/../papers.bib", '"/../papers.bib" leads out of the content folder.', "Move the file into content/."),
        ("..\\a.py", '"..\\a.py" is a path of Windows.', "Write it with slashes, from where this text stands."),
        ("C:/a.py", '"C:/a.py" is a path of Windows.', "Write it with slashes, from where this text stands."),
        ("https://x.org/a.py", '"https://x.org/a.py" is a web address; only files of the course are shown.', "Put the file into content/, and name it from where this text stands."),
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_content_folder(written, words, help):
    assert find_path(written, LECTURE) == Absence(words, help)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/etc/passwd", "content/etc/passwd"),
        ("..%2F..%2Fsite.yaml", "content/lectures/..%2F..%2Fsite.yaml"),
        ("~/x", "content/lectures/~/x"),
        ("nai\u0308ve.py", "content/lectures/naïve.py"),
    ],
)
def test_a_path_means_a_file_below_content_or_none(written, path):
    assert find_path(written, LECTURE) == path


ABSENT = [
    ("trian.py", "content/lectures/trian.py isn't in the course.", 'Did you mean "train.py"?'),
    ("code/train.py", "content/lectures/code/train.py isn't in the course.", 'Did you mean "train.py"?'),
    ("Train.py", "content/lectures/Train.py differs from the file's name only in upper and lower case.", 'Write file="train.py".'),
    ("nowhere.xyz", "content/lectures/nowhere.xyz isn't in the course.", "Put it there, or write its path from where this text stands."),
    ("..", "\"..\" leads out of the content folder.", "Move the file into content/."),
    (".", "content/lectures is a folder.", "Name one of its files."),
    (".hidden", "content/lectures/.hidden isn't in the course.", "Put it there, or write its path from where this text stands."),
    ("big.py", "big.py is larger than a megabyte, the most of a file that is shown.", "Put the lines into a file of their own, or link to this one."),
    ("bytes.bin", "bytes.bin isn't text.", "Link to it instead."),
    ("wide.txt", "wide.txt is in UTF-16.", "Save it as UTF-8 in your editor."),
    ("latin.py", "latin.py isn't UTF-8: a byte in line 2 is no letter in it.", "Save it as UTF-8 in your editor."),
]  # fmt: skip
UNFIT = {
    "content/lectures/.hidden": "x",
    "content/lectures/big.py": b"x\n" * 600_000,
    "content/lectures/bytes.bin": b"\x7fELF\0",
    "content/lectures/wide.txt": "x".encode("utf-16"),
    "content/lectures/latin.py": b"a\n\xe9\n",
}


@pytest.mark.parametrize(("written", "words", "help"), ABSENT)
def test_a_file_that_can_t_be_shown_is_told_at_its_name(make, written, words, help):
    built, _ = page(make, f'file="{written}"', UNFIT)
    (finding,) = built.findings
    assert (finding.slug, finding.message, finding.help) == ("no-inclusion", words, help)
    assert (str(finding.span), finding.span.end_column) == ("content/lectures/a.md:3:17", 17 + len(written))


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are POSIX here")
def test_links_out_of_the_course_and_pipes_are_never_read(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.py").write_text("SECRET")
    course = write_course(tmp_path / "course", {LECTURE: "# A\n"})
    lectures = course / "content" / "lectures"
    (lectures / "link.py").symlink_to(tmp_path / "outside" / "secret.py")
    (lectures / "folder").symlink_to(tmp_path / "outside")
    os.mkfifo(lectures / "pipe.py")
    for name in ("link.py", "folder/secret.py", "pipe.py"):
        (course / LECTURE).write_text(fence(f'file="{name}"'))
        built = build_folder(course)
        assert f"content/lectures/{name} isn't in the course." in [finding.message for finding in built.findings]
        assert not built.files


def test_a_file_that_may_not_be_read_is_told(make, monkeypatch):
    monkeypatch.setattr("sitegen.intake.read_start", lambda asset, size: b"")
    built, _ = page(make, 'file="train.py"')
    assert [finding.message for finding in built.findings] == ["content/lectures/train.py can't be read."]


@pytest.mark.parametrize(
    ("options", "option", "words", "help"),
    [
        ('file="train.py" lines="9"', "lines", "train.py has 6 lines, so there is no line 9.", "Name lines up to 6."),
        ('file="train.py" region="setpu"', "region", 'train.py has no region "setpu".', 'Did you mean "setup"?'),
        ('file="train.py" object="laod"', "object", 'train.py defines no "laod".', 'Did you mean "load"?'),
        ('file="train.py" lines="1" region="setup"', "region", "A block of code shows either lines or region of a file, not both.", "Remove one of them."),
        ('file="train.py" lines=""', "lines", "lines has no value.", "Give it one, or remove it."),
        ('file="train.py" lines="4-5" hl_lines="5"', "hl_lines", "Line 5 is to stand out, but the lines that are shown are 1 to 2.", 'Lines are counted from 1, and as in the file with linenums="file".'),
        ('file="train.py" hl_lines="0"', "hl_lines", "Line 0 is to stand out, but the lines that are shown are 1 to 4.", 'Lines are counted from 1, and as in the file with linenums="file".'),
        ('file="train.py" lines="4-5" hl_lines="1" linenums="file"', "hl_lines", "Line 1 is to stand out, but the lines that are shown are 4 to 5.", 'Lines are counted from 1, and as in the file with linenums="file".'),
        ('file="long.txt"', "file", "long.txt is too long for a page: lines: 2,001, characters: 4,002.", 'Name the lines that matter, as lines="10-25"; 2,000 lines and 100,000 characters are the most.'),
    ],
)  # fmt: skip
def test_lines_that_a_file_doesn_t_have_are_told_where_they_are_asked_for(make, options, option, words, help):
    built, _ = page(make, options, {"content/lectures/long.txt": "x\n" * 2_001})
    (finding,) = built.findings
    assert (finding.slug, finding.message, finding.help) == ("no-excerpt", words, help)
    opening = fence(options).split("\n")[2]
    column = len(re.split(rf'(?<!_){option}="', opening)[0]) + len(option) + 3
    assert str(finding.span) == f"content/lectures/a.md:3:{column}"


def test_one_text_shows_no_more_than_a_page_can_bear(make):
    many = "# A\n\n" + '```text file="x.txt"\n```\n\n' * 6
    built = make({LECTURE: many, "content/lectures/x.txt": ("x" * 99 + "\n") * 999})
    (finding,) = built.findings
    assert finding.message == "With x.txt, this text would show more than 500,000 characters of files."
    assert finding.span.line == 3 + 3 * 5


def test_one_text_looks_through_no_more_than_takes_a_moment(make):
    names = [f"x{number}.txt" for number in range(MOST_FILES + 1)]
    text = "# A\n\n" + "".join(f'```text file="{name}"\n```\n\n' for name in names)
    built = make({LECTURE: text, **{f"content/lectures/{name}": "x\n" for name in names}})
    too_many = "This text shows more files than can be looked through."
    assert [(finding.message, finding.span.line) for finding in built.findings] == [(too_many, 3 + 3 * MOST_FILES)]
    large = {"content/lectures/x.txt": b"x\n" * 500_000}
    built = make({LECTURE: "# A\n\n" + '```text file="x.txt" lines="1"\n```\n\n' * 11, **large})
    assert [(finding.message, finding.span.line) for finding in built.findings] == [(too_many, 3 + 3 * 10)]


def test_an_option_that_isn_t_known_is_told_with_the_closest(make):
    built, _ = page(make, 'file="train.py" linez="1"')
    assert 'warning[code-option]: A block of code has no option "linez="1"".' in told(built)
    assert 'Did you mean "lines"?' in told(built)


def test_lines_of_its_own_aren_t_shown_and_that_is_told(make):
    built, html = page(make, 'file="train.py" lines="1"', body="x = 1\n")
    assert code_of(html) == "import sys "
    assert told(built) == (
        "content/lectures/a.md:3:1: warning[unused-code]: The lines between these fences aren't shown, but those of the "
        "file.\n"
        '  3 | ```python file="train.py" lines="1"\n'
        "    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: Remove them, or the file's name.\n"
    )


def test_it_is_told_once_though_slides_show_it_too(make):
    built = make({LECTURE: '# A\n\n---\n\n## S\n\n```python file="x.py"\n```\n'})
    assert told(built) == (
        "content/lectures/a.md:7:17: error[no-inclusion]: content/lectures/x.py isn't in the course.\n"
        '  7 | ```python file="x.py"\n'
        "    |                 ^^^^\n"
        "  help: Put it there, or write its path from where this text stands.\n"
    )


@pytest.mark.parametrize("rule", [NO_INCLUSION, NO_EXCERPT, UNUSED_CODE], ids=lambda rule: rule.slug)
def test_the_examples_of_a_rule_are_right_and_wrong(make, rule):
    assert list_rules()[rule.slug] is rule
    for text, slugs in ((rule.wrong, [rule.slug]), (rule.right, [])):
        built = make({LECTURE: f"# A\n\n{text}\n", "content/lectures/train.py": TRAIN})
        assert [finding.slug for finding in built.findings] == slugs
