"""What language each word of a page is in (WCAG 2.2, 3.1.1 and 3.1.2), in courses that aren't in English.

The author's words are written in an alphabet that sitegen's own never use, so that a page tells by itself who wrote
what: a Latin word that isn't in an element of `lang="en"` is one of sitegen's that reads as the course's language, and
a word in the other alphabet that is in one is the author's and reads as English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.stress import _png
from tests.support import build_folder, told, write_course

LATIN = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = {"he": "אבגדהוזחטיכלמנסעפצקרשתםןףץ", "de": "αβγδεζηθικλμνξοπρστυφχψωϐϑ"}
"""Language to the letters in which its course is written; that no German is written so makes no difference."""

SITE = """\
course:
  code: ~code~ 1
  title: ~title~
  description: ~description~
  term: ~term~
  institution: ~institution~
  timezone: America/New_York
  language: {language}
  url: https://site.edu/course/
  repository: https://github.com/example/course
staff:
  - {{name: ~dana cohen~, role: ~lecturer~, office_hours: ~by appointment~, email: a@site.edu}}
  - {{name: ~ron~, url: https://site.edu/ron}}
links: {{~signup~: "https://site.edu/sign-up", ~forum~: tba}}
term:
  start: 2026-02-01
  end: 2026-03-13
  meets:
    - Mon/Wed 9:30-10:45am, ~hall~
    - {{days: Fri, time: 1-2pm, place: ~room~, label: ~lab~}}
  no_class: {{2026-02-23: ~holiday~, 2026-03-02..2026-03-06: ~break~}}
  tentative: ~tentative~
reviews: {{due: 1 day before, at: noon, where: ~signup~}}
presentations: {{sign_up: ~signup~}}
grading: {{~exam~: 60%, ~homework~: 40%}}
schedule:
  - part: ~first part~
  - {{topic: ~opening~, lecture: one, read: [aa, bb], optional: [cc], present: {{aa: ~ada lovelace~}}, note: ~note~, links: {{~recording~: "https://site.edu/r"}}, id: opening}}
  - {{cancelled: ~ill~, topic: ~networks~, id: networks}}
  - {{guest: {{name: ~guest~, from: ~company~, talk: ~talk~}}, id: guest}}
  - part: ~second part~
  - {{topic: ~storage~, lecture: two, slides: "https://site.edu/slides.pdf", read: [bb], id: storage}}
  - tba: 10
deadlines:
  - {{what: ~proposal~, due: 2026-02-12, note: ~paper~}}
  - {{what: ~report~, due: 2026-03-12, at: 5pm}}
"""

BIB = """\
@inproceedings{aa, title={~aaa~: ~efficient things~}, author={~kwon~, ~woo~ and ~li~, ~zhu~}, booktitle={~meeting of things~}, year={2021},
  abstract={~abstract of it~.}, keywords={~topic one~, ~topic two~}, note={~said~}, pdf={https://site.edu/a.pdf}, doi={10.1145/1234}, eprint={2101.00001}, archiveprefix={arXiv}, code={https://site.edu/code}}
@article{bb, title={~second~}, author={~yu~, ~an~ and ~ko~, ~be~ and ~ma~, ~ce~ and others}, journal={~journal~}, year={2022}}
@book{cc, title={~collected~}, editor={~ed~, ~it~ and ~or~, ~ed~}, publisher={~house~}, year={1999}}
@misc{dd, title={~unsigned~}, year={2000}}
@misc{ee, title={~alone~}, author={~sole~, ~ol~}}
"""

LECTURE = """\
---
description: ~what it is about~
---
# ~lecture one~

~words~ [@aa; @bb] ~and~ @aa ~and~ [@cc, ~chapter~ 3; @dd]. ~more~[^one] ~more~ [](#fig-ring), [](two.md#tbl-two), [](two.md).

[^one]: ~foot~.

!!! note
    ~words~

!!! tip "~own title~"
    ~words~

??? warning
    ~words~

??? note "~own summary~"
    ~words~

!!! ~remark~
    ~words~

> [!IMPORTANT]
> ~words~

## ~first heading~

| ~aa~ | ~bb~ |
|----|----|
| ~c~  | ~d~  |

Table: ~a table~. {#tbl-one}

| ~aa~ | ~bb~ |
|----|----|
| ~c~  | ~d~  |

![~a ring~](ring.png)

Figure: ~caption~. {#fig-ring}

```python title="~titled~"
x = 1
```

```python
x = 2
```

Listing: ~listed~. {#lst-x}

    indented

$$ L = \\sum_i x_i \\quad \\text{~where it is~} \\tag{1} $$

\\begin{equation} y = \\int_a^b f(x) dx + \\sum_{i=1}^{n} x_i y_i z_i + \\prod_{j=1}^{m} a_j b_j \\label{eq:one} \\end{equation}

~see~ \\eqref{eq:one}, [](#eq:one).

- [x] ~finished~
- [ ] ~unfinished~

```dot
digraph { "~left~" -> "~right~" }
```

```dot alt="~shown~"
digraph { "~left~" -> "~right~" }
```

## ~second heading~

### ~third heading~

~end~.

---

## ~a slide~

- ~point~ {.fragment}

!!! speaker
    ~say this~

---

~no title here~

---

## ~last slide~

~words~
"""

FILES = {
    "papers.bib": BIB,
    "content/lectures/one.md": LECTURE,
    "content/lectures/two.md": "# ~lecture two~\n\n~words~ [@ee].\n\n| ~a~ |\n|---|\n| ~b~ |\n\nTable: ~two~ {#tbl-two}\n",
    "content/announcements.md": "# ~news~\n\n~about news~\n\n## 2026-02-01 ~first news~\n\n~words~ [@aa].\n\n## 2026-02-02 ~more news~\n\n~words~\n",
    "content/index.md": "# ~ignored~\n\n~welcome~ [@aa].\n",
    "content/project.md": "---\naliases: [old.html]\n---\n# ~project~\n\n"
    + "".join(f"## ~part {letter}~\n\n~words~\n\n" for letter in "abcdefg"),
    "content/readings.md": "# ~ignored~\n\n~above readings~\n",
    "content/schedule.md": "# ~ignored~\n\n~above schedule~\n",
    "content/search.md": "# ~ignored~\n\n~above search~\n",
    "content/subscribe.md": "# ~ignored~\n\n~above calendar~\n",
    "content/lectures.md": "# ~ignored~\n\n~above lectures~\n",
    "content/lectures/one-~handout~.txt": "words\n",
    "content/lectures/two.pdf": "%PDF-1.4\n",
}

PAGES = {
    "index.html", "schedule/index.html", "lectures/index.html", "lectures/one/index.html", "lectures/one/slides/index.html",
    "lectures/two/index.html", "readings/index.html", "readings/aa/index.html", "readings/cc/index.html", "project/index.html",
    "announcements/index.html", "search/index.html", "subscribe/index.html", "404.html", "old.html",
}  # fmt: skip


def write_in(language: str, text: str) -> str:
    """`~word~` in the language's own letters."""
    letters = str.maketrans(LATIN, ALPHABETS[language])
    return re.sub("~([^~\n]+)~", lambda match: match[1].translate(letters), text)


def write_whole_course(folder: Path, language: str, site: str = SITE, files: dict[str, str] = FILES) -> Path:
    """Writes the course in `language` below `folder`."""
    texts = {write_in(language, name): write_in(language, text) for name, text in files.items()}
    picture = {"content/lectures/ring.png": _png(300, 200)}
    return write_course(folder, {**texts, **picture}, write_in(language, site.format(language=language)))


def build_course(folder: Path, language: str, site: str = SITE, files: dict[str, str] = FILES) -> dict[str, str]:
    """The pages of that course, by path."""
    built = build_folder(write_whole_course(folder, language, site, files))
    assert built.files, told(built)
    pages = ((path, file) for path, file in built.files.items() if path.endswith(".html"))
    return {path: file.decode() for path, file in pages if isinstance(file, bytes)}


@pytest.fixture(scope="module", params=ALPHABETS)
def course(request, tmp_path_factory) -> tuple[str, dict[str, str]]:
    return request.param, build_course(tmp_path_factory.mktemp(request.param), request.param)


# --- a page's words, each with the language that it is in ----------------------------------------

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
UNSPOKEN = frozenset({"script", "style", "code", "annotation", "mi", "kbd", "samp"})
"""Elements whose letters are no words of a language."""
SPOKEN = ("aria-label", "aria-roledescription", "aria-description", "title", "alt", "placeholder", "label")
ISOLATED = frozenset({"bdi", "a", "b", "s", "span", "strong", "time", "button", "option", "text"})
"""Elements that have a direction of their own, from their first letter, by themselves or by rtl.css."""


@dataclass(frozen=True)
class Said:
    words: str
    language: str
    direction: str
    place: str


@dataclass
class Listener(HTMLParser):
    """Collects what a page says, text and attributes."""

    said: list[Said] = field(default_factory=list)
    open: list[tuple[str, str, str]] = field(default_factory=list)
    """(element, language, direction)."""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        assert len(known) == len(attrs), f"an attribute twice: {self.get_starttag_text()}"
        _, language, direction = self.open[-1] if self.open else ("", "", "ltr")
        direction = "auto" if tag in ISOLATED else direction
        self.open.append((tag, known.get("lang") or language, known.get("dir") or direction))
        if not self.is_unspoken() and not (tag in {"link", "meta"} or known.get("class") == "Z3988"):
            for name in SPOKEN:
                self.hear(known.get(name) or "", f"{name} of {self.get_starttag_text()}", "auto")
        if tag in VOID:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag, f"</{tag}> in {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if not self.is_unspoken():
            within = "/".join(element for element, _, _ in self.open[-4:])
            words = data.rpartition(" - ")[0] if self.open and self.open[-1][0] == "title" else data
            self.hear(words, within)

    def is_unspoken(self) -> bool:
        return any(element in UNSPOKEN for element, _, _ in self.open)

    def hear(self, words: str, place: str, direction: str = "") -> None:
        if words.strip() and self.open:
            _, language, own = self.open[-1]
            self.said.append(Said(" ".join(words.split()), language, direction or own, place))


def listen(html: str) -> list[Said]:
    listener = Listener()
    listener.feed(html)
    assert not listener.open
    return listener.said


LETTERS = re.compile("[A-Za-z]{2,}")
NEUTRAL = re.compile(r"\S+@\S+|https?://\S+")
"""Addresses are in no language."""


def find_mislaid(html: str, language: str) -> Iterator[str]:
    """What reads as another language than it is in."""
    own = re.compile(f"[{ALPHABETS[language]}]{{2,}}")
    for said in listen(html):
        if LETTERS.search(NEUTRAL.sub("", said.words)) and said.language != "en":
            yield f"{said.language}: {said.words} ({said.place})"
        if own.search(said.words) and said.language != language:
            yield f"{said.language}: {said.words} ({said.place})"


# --- tests ---------------------------------------------------------------------------------------


def test_every_page_says_the_language_of_the_course_and_every_word_its_own(course):
    language, pages = course
    assert pages.keys() >= PAGES
    direction = ' dir="rtl"' if language == "he" else ""
    assert [path for path, html in pages.items() if f'<html lang="{language}"{direction}' not in html] == []
    found = {path: mislaid for path, html in pages.items() if (mislaid := list(find_mislaid(html, language)))}
    assert found == {}


def test_an_english_sentence_runs_from_left_to_right_on_a_page_that_runs_the_other_way(course):
    """Or its full stop stands before its first word."""
    language, pages = course
    if language != "he":
        return
    turned = {
        path: found
        for path, html in pages.items()
        if (found := [said for said in listen(html) if said.direction == "rtl" and SENTENCE.search(said.words)])
    }
    assert turned == {}


SENTENCE = re.compile(r"[A-Za-z].*[.!?…]$|^[\d:–]+[ \u00a0][ap]m")
"""Or a time. A colon has words behind it, whichever way the line runs."""


EMPTY = """\
course: {{code: ~code~ 1, title: ~title~, timezone: UTC, language: {language}}}
"""
PLAIN = """\
---
title: ~plain~
---
~words~

<p lang="fr">Bonjour.</p>

<pre>~drawn~
~by hand~</pre>

| ~a~ |
|-----|
| ~b~ |

Table: ~named~ {lang=fr}
"""


@pytest.mark.parametrize("language", ALPHABETS)
@pytest.mark.parametrize(
    "site", [EMPTY, SITE.replace("  url: https://site.edu/course/\n", "")], ids=["empty", "homeless"]
)
def test_what_a_page_says_of_what_is_not_there_says_its_language_too(tmp_path, language: str, site: str):
    files = {} if site is EMPTY else FILES
    pages = build_course(tmp_path, language, site, {**files, "content/plain.md": PLAIN.replace("Bonjour", "~bonjour~")})
    pages["plain/index.html"] = re.sub(
        '<(p|table)([^>]*) lang="fr"', rf'<\1\2 lang="{language}"', pages["plain/index.html"]
    )
    found = {path: mislaid for path, html in pages.items() if (mislaid := list(find_mislaid(html, language)))}
    assert found == {}


def test_a_language_that_an_author_gives_stays(tmp_path):
    page = build_course(tmp_path, "de", EMPTY, {"content/plain.md": PLAIN})["plain/index.html"]
    assert '<p lang="fr">Bonjour.</p>' in page
    assert '<table lang="fr">' in page


TOLD = re.compile(
    r'<meta (?:name="description"|property="og:(?:title|description)")(?P<marks>[^<>]*) content="(?P<words>[^"]*)">'
)


def test_what_others_are_told_of_a_page_says_its_language_too(tmp_path):
    """Of a sentence of sitegen's, which may hold the course's name: a `meta` element is in one language."""
    pages = build_course(tmp_path, "he", EMPTY, {"content/project.md": "# ~project~\n\n~words~.\n"})
    heard = [
        (match["marks"], LETTERS.search(match["words"])) for html in pages.values() for match in TOLD.finditer(html)
    ]
    assert {marks for marks, is_ours in heard if is_ours} == {' lang="en" dir="ltr"'}
    assert {marks for marks, is_ours in heard if not is_ours} == {""}


@pytest.mark.parametrize("language", ["en", "en-GB", "EN-us"])
def test_a_page_in_english_says_so_once(tmp_path, language: str):
    for path, html in build_course(tmp_path, "de", SITE.replace("{language}", language)).items():
        assert re.findall(r"<[^<>]*\slang=[^<>]*>", html) == [
            f'<html lang="{language}"' + ' class="deck"' * ("slides/" in path) + ">"
        ]
        assert "\ufdd1" not in html
        assert "\ufdd2" not in html


MISLAID = {
    '<html lang="he"><p>Words</p>': 1,
    '<html lang="he"><p lang="en">Words</p><p>אבג</p>': 0,
    '<html lang="he"><p lang="en">Words אבג</p>': 1,
    '<html lang="he"><p lang="en">Words <bdi lang="he">אבג</bdi></p>': 0,
    '<html lang="he"><a lang="en" aria-label="Link to אבג">#</a>': 1,
    '<html lang="he"><a aria-label="Link">אבג</a>': 1,
    '<html lang="he"><p><img alt="A ring"><code>x = max</code></p>': 1,
}


@pytest.mark.parametrize("html", MISLAID)
def test_what_is_mislaid_is_found(html: str):
    assert len(list(find_mislaid(html + "</html>", "he"))) == MISLAID[html]
