"""After any edit a build that remembers publishes the very bytes that a build without a memory makes.

`SITEGEN_EDITS=5000 pytest tests/test_never_stale.py` tries many more edits than the few of each test run.
"""

import datetime as dt
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sitegen.build import Built, build_site
from sitegen.cli import cli
from sitegen.folders import cache, memo, standstill
from sitegen.folders.cache import DiskCache
from sitegen.folders.destination import MARKER
from sitegen.folders.disk import Tree, read_course, read_theme
from sitegen.folders.memo import Memo
from sitegen.folders.memory import NEWS, read_memory
from sitegen.intake import Options
from sitegen.outputs.searchindex import FOLDER as INDEX
from sitegen.prose import documents
from sitegen.prose.pace import reading_minutes
from sitegen.workshop import built_in_theme
from tests.support import read_file, write_course

EDITS = int(os.environ.get("SITEGEN_EDITS", "36"))
NOW = dt.datetime(2026, 2, 3, 17, tzinfo=dt.UTC)
TODAY = NOW.date()

SITE = """\
course: {code: CS101, title: Systems, timezone: America/New_York, url: "https://example.edu/cs101/"}
term: {start: 2026-01-27, end: 2026-03-26, meets: "Tue/Thu 3:30-4:45pm, Room 1"}
reviews: {due: 1 day before, at: noon}
schedule:
  - {topic: Overview, lecture: first}
  - {topic: Reading, id: reading, read: [a2020, b2021]}
  - {topic: Middle, lecture: second, optional: c2022}
  - cancelled: Snow
  - {topic: Late, lecture: third, read: c2022}
  - tba: 3
deadlines:
  - {what: Report, due: 1 week after reading, page: project.md}
"""
BIB = "\n".join(
    f"@inproceedings{{{key}, title = {{The {{{key.upper()}}} system}}, author = {{Ada L and Bob M}}, "
    f"booktitle = {{Conf}}, year = {key[1:]}, url = {{https://example.org/{key}}}}}"
    for key in ("a2020", "b2021", "c2022")
)
LECTURE = """\
---
title: {name}
---
Words about {name} and [@a2020], see [the project](../project.md#plan) and [next]({other}.md).

## Part one

| a | b |
|---|---|
| 1 | $x^2$ |

---

```python
print("{name}")
```

## Part two

More words, said on 2026-02-05.
"""
FILES: dict[str, str | bytes] = {
    "content/index.md": "Welcome to the course. It starts on Tuesday.\n",
    "content/project.md": "# Project\n\n## Plan\n\nDo it, as @b2021 says.\n",
    "content/announcements.md": "## 2026-01-20 Welcome\n\nHello.\n\n## 2026-02-10 Later\n\nSoon.\n",
    "content/lectures/first.md": LECTURE.format(name="first", other="second"),
    "content/lectures/second.md": LECTURE.format(name="second", other="third"),
    "content/lectures/third.md": LECTURE.format(name="third", other="first"),
    "content/lectures/first.pdf": b"%PDF-1.4 first",
    "content/code/tool.py": "def run():\n    return 1\n",
    "papers.bib": BIB,
    "templates/custom.css": "p { margin: 0 }\n",
}


class Editor:
    """Somebody who edits a course without a plan, mistakes included."""

    def __init__(self, course: Path, seed: int) -> None:
        self.course, self.random = course, random.Random(seed)
        self.kept: dict[str, bytes] = {}
        self.today, self.library = TODAY, 0

    def edit(self) -> str:
        """One edit; its name."""
        deed: Callable[[], object] = self.random.choice(
            [
                self.change_words, self.change_words, self.change_heading, self.change_front_matter, self.rename,
                self.delete, self.bring_back, self.add_page, self.change_entry, self.remove_entry, self.swap_sessions,
                self.change_site, self.change_style, self.replace_template, self.change_file, self.touch,
                self.change_at_the_same_time, self.break_something, self.announce, self.change_shown_code,
                self.touch_clock, self.upgrade_library,
            ]
        )  # fmt: skip
        deed()
        return deed.__name__

    def _file(self, pattern: str = "content/**/*.md") -> Path:
        files = sorted(file for file in self.course.glob(pattern) if file.is_file())
        return self.random.choice(files) if files else self.course / "site.yaml"

    def _change(self, file: Path, old: str, new: str) -> None:
        file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    def _word(self) -> str:
        return self.random.choice(
            ["plain", "$y_1$", "**bold**", "[@c2022]", "`code`", "é", "[gone](gone.md)", "x" * 50]
        )

    def change_words(self) -> None:
        file = self._file()
        file.write_text(f"{file.read_text(encoding='utf-8')}\n\nNow {self._word()}.\n", encoding="utf-8")

    def change_heading(self) -> None:
        self._change(self._file(), "## P", self.random.choice(["## Q", "## P"]))

    def change_front_matter(self) -> None:
        lines = ["draft: true", "publish: 2026-02-20", "aliases: [/old/]", "description: Said so.", "title: Other"]
        self._change(self._file("content/lectures/*.md"), "---\n", f"---\n{self.random.choice(lines)}\n")

    def rename(self) -> None:
        file = self._file()
        file.rename(file.with_name(f"{self.random.choice('uvw')}-{file.name}"[-40:]))

    def delete(self) -> None:
        file = self._file()
        if file.suffix == ".md":
            self.kept[file.relative_to(self.course).as_posix()] = file.read_bytes()
            file.unlink()

    def bring_back(self) -> None:
        for name, content in FILES.items():
            file = self.course / name
            file.parent.mkdir(exist_ok=True, parents=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        for file in self.course.glob("content/**/[uvw]-*.md"):
            file.unlink()
        (self.course / "site.yaml").write_text(SITE, encoding="utf-8")
        shutil.rmtree(self.course / "templates", ignore_errors=True)

    def add_page(self) -> None:
        (self.course / f"content/page{self.random.randrange(3)}.md").write_text("# Page\n\n[one](project.md)\n")

    def change_entry(self) -> None:
        self._change(self.course / "papers.bib", "Ada L", self.random.choice(["Ada Lo", "Grace H", "{Team}"]))

    def remove_entry(self) -> None:
        text = (self.course / "papers.bib").read_text(encoding="utf-8")
        (self.course / "papers.bib").write_text(text.rpartition("\n@")[0] or BIB, encoding="utf-8")

    def swap_sessions(self) -> None:
        lines = (self.course / "site.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
        first = next((n for n, line in enumerate(lines) if line.startswith("  - {topic")), 0)
        lines[first : first + 2] = reversed(lines[first : first + 2])
        (self.course / "site.yaml").write_text("".join(lines), encoding="utf-8")

    def change_site(self) -> None:
        old, new = self.random.choice(
            [
                ("Systems", "Networks"), ("cancelled: Snow", "{topic: Snow}"), ("Room 1", "Room 2"), ("noon", "9am"),
                ("2026-03-26", "2026-03-24"), ("1 week after", "2 days after"), ("example.edu", "example.org"),
                ("/cs101/", "/teaching/cs101/"), ("optional: c2022", "optional: zzz"),
            ]
        )  # fmt: skip
        self._change(self.course / "site.yaml", old, new)

    def change_style(self) -> None:
        write_course_file(self.course / "templates/custom.css", f"p {{ margin: {self.random.randrange(9)}px }}\n")

    def replace_template(self) -> None:
        file = self.course / "templates/_footer.html"
        if file.exists():
            file.unlink()
        else:
            write_course_file(file, "<footer>{{ course.code }} mine</footer>\n")

    def change_file(self) -> None:
        (self.course / "content/lectures/first.pdf").write_bytes(b"%PDF-1.4 " + self.random.randbytes(5))

    def touch(self) -> None:
        os.utime(self._file("**/*.*"), ns=(0, self.random.randrange(2 * 10**18)))

    def change_at_the_same_time(self) -> None:
        """As a tool that restores times does it: another letter, the same size, the same time."""
        file = self._file()
        status, content = file.stat(), file.read_bytes()
        file.write_bytes(content.swapcase() if content.count(b"---") == 0 else content.replace(b"W", b"V", 1))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    def break_something(self) -> None:
        file, broken = self.random.choice(
            [
                ("site.yaml", "course: [\n"), ("content/project.md", "---\ntitle: [\n---\n"),
                ("content/lectures/second.md", "$\\frac{1$ [@nobody]\n\n```python\n"), ("papers.bib", "@article{a2020,"),
            ]
        )  # fmt: skip
        self.kept[file] = (self.course / file).read_bytes() if (self.course / file).exists() else b""
        (self.course / file).write_text(broken, encoding="utf-8")

    def announce(self) -> None:
        file = self.course / "content/announcements.md"
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(f"## 2026-02-0{self.random.randrange(1, 9)} {self._word()}\n\n{self._word()}\n\n{old}", "utf-8")

    def change_shown_code(self) -> None:
        (self.course / "content/code/tool.py").write_text(f"def run():\n    return {self.random.randrange(9)}\n")

    def touch_clock(self) -> None:
        self.today = TODAY + dt.timedelta(days=self.random.randrange(-9, 40))

    def upgrade_library(self) -> None:
        """Another version of a library, which gives something else for the same text."""
        self.library += 1


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Callable[[Editor], None]:
    """Installs the libraries that an editor has by now."""
    real = standstill.identify_program

    def install(editor: Editor) -> None:
        version = editor.library
        known = (*real()[:3], (*real()[3], f"library-{version}.dist-info"))
        for module in (standstill, memo, cache):
            monkeypatch.setattr(module, "identify_program", lambda: known)
        monkeypatch.setattr(documents, "reading_minutes", lambda html: reading_minutes(html) + version)

    return install


def write_course_file(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


def build(course: Path, today: dt.date = TODAY, **options: Any) -> tuple[Tree, Built]:
    tree, findings = read_course(course, course / "_site")
    asked = Options(
        NOW,
        today,
        calendars=read_memory(course, course / "_site"),
        feeds=read_memory(course, course / "_site", NEWS),
        **options,
    )
    return tree, build_site(tree, read_theme(built_in_theme()), asked, findings)


def content_of(built: Built) -> dict[str, bytes]:
    return {path: read_file(file) for path, file in built.files.items()}


@pytest.mark.parametrize("seed", range(3))
def test_a_build_that_remembers_equals_one_that_does_not(tmp_path: Path, seed: int, upgrade: Callable[[Editor], None]):
    course = write_course(tmp_path / "course", FILES, SITE)
    editor, same_process = Editor(course, seed), Memo(None, is_lasting=True)
    for number in range(EDITS // 3):
        deed = editor.edit()
        if deed == "upgrade_library":
            upgrade(editor)
            same_process = Memo(None)  # nobody upgrades a library under a running program
        _, cold = build(course, editor.today)
        fresh = Memo(course)
        for remembered in (fresh, same_process):
            _, warm = build(course, editor.today, memo=remembered, cache=DiskCache(course))
            remembered.end_build()
            assert warm.findings == cold.findings, (number, deed)
            assert content_of(warm) == content_of(cold), (number, deed)
        if cold.findings and any(finding.severity == "error" for finding in cold.findings):
            editor.bring_back()


class Vandal(Editor):
    """Somebody who doesn't leave the output folder and the cache alone, either."""

    def meddle(self) -> str:
        deed: Callable[[], object] = self.random.choice(
            [self.overwrite, self.remove, self.remove_all, self.damage, self.forget, self.leave, self.leave, self.leave]
        )
        deed()
        return deed.__name__

    def _published(self) -> Path:
        files = sorted(file for file in (self.course / "_site").rglob("*.*") if file.is_file() and file.name != MARKER)
        return self.random.choice(files) if files else self.course / "_site/none"

    def overwrite(self) -> None:
        """With the same size, and the time that it had."""
        file = self._published()
        if file.exists():
            status = file.stat()
            file.write_bytes(file.read_bytes().swapcase())
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    def remove(self) -> None:
        self._published().unlink(missing_ok=True)

    def remove_all(self) -> None:
        shutil.rmtree(self.course / "_site", ignore_errors=True)

    def damage(self) -> None:
        files = sorted(file for file in (self.course / ".sitegen/cache").glob("*") if file.is_file())
        if files:
            file = self.random.choice(files)
            content = bytearray(file.read_bytes())
            for _ in range(min(len(content), 3)):
                content[self.random.randrange(len(content))] ^= 255
            file.write_bytes(bytes(content[: self.random.choice([len(content), len(content) // 2])]))

    def forget(self) -> None:
        shutil.rmtree(self.course / ".sitegen/cache", ignore_errors=True)

    def leave(self) -> None:
        pass


@pytest.mark.parametrize("seed", range(2))
def test_what_is_published_is_what_a_build_without_a_memory_makes(tmp_path: Path, seed: int):
    course = write_course(tmp_path / "course", FILES, SITE)
    editor = Vandal(course, 99 + seed)
    for number in range(EDITS // 4):
        deeds = editor.edit(), editor.meddle()
        day, drafts = editor.random.choice(["2026-02-03", "2026-02-03", "2026-02-25"]), editor.random.random() < 0.2
        arguments = ["build", str(course), "--today", day, "--quiet", *(["--drafts"] if drafts else [])]
        arguments += ["--no-search"] if editor.random.random() < 0.5 else []
        if standstill.holds(arguments) is None:
            try:
                cli(arguments, prog_name="sitegen", obj=arguments, standalone_mode=False)
            except SystemExit:
                editor.bring_back()
                continue
        files = (file for file in (course / "_site").rglob("*") if file.is_file() and file.name != MARKER)
        published = {file.relative_to(course / "_site").as_posix(): file.read_bytes() for file in files}
        _, cold = build(course, today=dt.date.fromisoformat(day), drafts=drafts)
        assert {p: c for p, c in published.items() if not p.startswith(INDEX)} == content_of(cold), (number, deeds)
