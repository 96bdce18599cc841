"""A course that goes to every limit, for the browser: many sessions and papers, long and foreign words, every
feature of Markdown. It has no error; what it is warned of is part of it."""

from __future__ import annotations

import datetime as dt
import json
import struct
import zlib
from pathlib import Path

from tests.support import write_course

TODAY = dt.date(2026, 3, 10)
BASE = "/very/deep/path/2026/"
SESSIONS, PAPERS = 60, 120

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
UNBROKEN = (LONG * 3)[:200]
NAMES = [
    "Σωκράτης Παπαδόπουλος", "محمد بن موسى الخوارزمي", "דָּוִד בֶּן־גּוּרְיוֹן", "山田 太郎", "王小明", "김철수", "ปรีดี พนมยงค์",
    "Fyodor Mikhailovich Dostoyevsky-Достоевский", "Þóra Guðmundsdóttir", "Nguyễn Thị Minh Khai", "X Æ A-12", UNBROKEN[:80],
]  # fmt: skip
TOPICS = [
    "Replication", "複製と一貫性:分散システムにおける合意形成の基礎から実践まで", "التعلم العميق الموزع على نطاق واسع", "למידה מבוזרת",
    f"A title that goes on: {'very ' * 30}long, and still one session", UNBROKEN,
    'Quotes "and" <angles> & ampersands', "O(n²) ≤ ∑ᵢ xᵢ → ∞ in 𝔽₂", "C++ && Rust", "ゼロ知識証明",
]  # fmt: skip


def write_stress_course(folder: Path) -> Path:
    lectures = {f"content/lectures/{name}.md": text for name, text in LECTURES.items()}
    pages = {f"content/{name}.md": text for name, text in PAGES.items()}
    files: dict[str, str | bytes] = {
        "papers.bib": _bibliography(),
        "content/lectures/picture.png": _png(1600, 40),
        "content/lectures/film.mp4": bytes(5_000),
        "content/lectures/frame.htm": FRAME,
        **lectures,
        **pages,
    }
    return write_course(folder, files, _site_yaml())


def _site_yaml() -> str:
    schedule: list[object] = []
    lectures = list(LECTURES)
    for number in range(SESSIONS):
        if number % 12 == 0:
            schedule.append({"part": TOPICS[(number // 12 * 3) % len(TOPICS)]})
        line: dict[str, object] = {"topic": f"{TOPICS[number % len(TOPICS)]} {number}", "id": f"session-{number}"}
        if number % 9 == 4:
            line = {"cancelled": f"Instructor travels {UNBROKEN}", "topic": line["topic"], "id": line["id"]}
        elif number % 9 == 7:
            name = NAMES[number % len(NAMES)]
            line = {"guest": {"name": name, "from": UNBROKEN, "talk": line["topic"]}, "id": line["id"]}
        else:
            first = number * 2 % PAPERS
            line["read"] = [f"paper{first}", f"paper{first + 1}"] + (["paper7"] if number == 50 else [])
            line["optional"] = [f"paper{(first + 60) % PAPERS}"] if number < 30 else []
            line["present"] = {f"paper{first}": NAMES[number % len(NAMES)], f"paper{first + 1}": "open"}
            line["note"] = f"Bring {LONG}." if number % 5 == 0 else "Bring a laptop."
            line["links"] = {f"Handout {LONG}": "https://files.umd.test/" + "a" * 200, "Slides": "tba"}
            if number < len(lectures):
                line["lecture"] = lectures[number]
        schedule.append(line)
    site = {
        "course": {
            "code": "CS-9999X",
            "title": f"Special topics, {UNBROKEN}",
            "term": "Spring and Summer 2026",
            "institution": "Université de la 東京大学 — جامعة الملك سعود",
            "description": "Everything at once.",
            "url": f"https://example.edu{BASE}",
            "timezone": "Asia/Kathmandu",
            "repository": "https://github.com/example/course",
        },
        "staff": [{"name": name, "role": "Instructor", "email": "a@example.edu"} for name in NAMES],
        "links": {f"Link {name}": "https://files.umd.test/" for name in NAMES} | {"Forum": "tba"},
        "grading": {UNBROKEN: "40%", "参加": "60%"},
        "term": {
            "start": "2026-01-26",
            "end": "2026-08-31",
            "meets": ["Tue/Thu 3:30-4:45pm, IRB 1207", {"days": "Fri", "time": "9:00-9:50am", "place": UNBROKEN, "label": "Lab"}],
            "no_class": {"2026-03-15 .. 2026-03-22": f"Spring break {LONG}", "2026-05-01": "メーデー"},
            "tentative": "tentative",
        },
        "reviews": {"due": "1 day before", "at": "noon"},
        "presentations": {"each": 2, "show": "full name"},
        "schedule": schedule,
        "deadlines": [
            {"what": f"Report {number} {TOPICS[number]}", "due": f"1 week after session-{number * 5}", "at": "11:59pm"}
            for number in range(10)
        ],
    }  # fmt: skip
    return json.dumps(site, ensure_ascii=False, indent=2)  # every JSON text is YAML


def _bibliography() -> str:
    kinds = ["inproceedings", "article", "misc", "techreport", "book"]
    entries = []
    for number in range(PAPERS):
        authors = [NAMES[(number + n) % len(NAMES)].replace(" ", ", ", 1) for n in range(1 + number % 7)]
        fields = {
            "title": f"{{{TOPICS[number % len(TOPICS)].replace('&', chr(92) + '&')} {number}: $O(n^2)$ and {{\\'E}}tudes}}",
            "author": f"{{{' and '.join(authors if number != 3 else authors * 12)}}}",
            "year": str(1960 + number % 66),
            "booktitle" if number % 5 == 0 else "journal": "{Proceedings of the Nth Symposium on "
            + "Very " * 20
            + "Long Names}",
            "url": f"{{https://files.umd.test/{number}/{'p' * (number % 3 * 90)}}}",
            "abstract": "{" + "Words of an abstract with 日本語 and عربى and $x_i^2$. " * (number % 9) + "}",
            "keywords": "{systems, ネットワーク, " + LONG + "}",
            "doi": f"{{10.1000/{'x' * (number % 4 * 30)}.{number}}}",
        }
        body = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
        entries.append(f"@{kinds[number % len(kinds)]}{{paper{number},\n{body}\n}}\n")
    return "\n".join(entries)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(b"".join(b"\x00" + b"\xc0" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


FRAME = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Frame</title><main><h1>A page</h1></main></html>'

CODE = {
    "python": 'import os\n\n\n@decorator\ndef f(x: int = 0xFF, *args: str) -> None:\n    """Words."""\n    return f"{x!r:>{10}}" + b"\\x00".decode() if x else None  # comment\n\n\nclass A(Exception):\n    y = 1.5e3j\n    raise ValueError("no")\n',
    "rust": "use std::{fmt, io};\n/// Doc\n#[derive(Debug)]\npub fn f<'a, T: Send>(x: &'a mut T) -> io::Result<u64> { println!(\"{}\", 1_000u64); Ok(0b11) }\n",
    "c": '#include <stdio.h>\n#define N 10\nstatic inline int main(void) { /* words */ char *s = "a\\n"; goto end; end: return 0L; }\n',
    "html": '<!doctype html>\n<!-- words -->\n<p class="a" hidden>&amp;</p><script>let x = `a${1}`;</script>\n',
    "css": "@media print { a:hover::before { color: #fff !important; width: calc(1px + 2em); } } /* words */\n",
    "javascript": "import x from 'y';\nconst r = /a+b/gi, f = async (a) => { await `t${a}`; };\nnew Foo(null, true, NaN);\n",
    "bash": '#!/bin/bash\nfor x in "$@"; do echo "${x%.*}" | grep -E \'a\' > /dev/null && exit 1; done # words\n',
    "console": "$ make site\nBuilt 68 pages\n# as root\n",
    "diff": "diff --git a b\nindex 1..2\n--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n same\n",
    "pycon": '>>> 1 / 0\nTraceback (most recent call last):\n  File "<stdin>", line 1, in <module>\nZeroDivisionError: division by zero\n',
    "yaml": "# words\na: &x [1, 'b', \"c\", yes]\nb: !tag *x\n",
    "json": '{"a": [1, true, null, "b"], b: bad}\n',
    "sql": "SELECT count(*) AS n FROM t WHERE a LIKE 'x%' -- words\n",
    "tex": "\\documentclass{article} % words\n$x^2$ \\textbf{a}\n",
    "markdown": "# Title\n\n*a* **b** `c` [d](e)\n\n- item\n",
    "java": "package a.b;\n/** Doc @param x */\n@Override public final class A<T> extends B { int x = 0x1L; char c = 'c'; }\n",
    "haskell": 'module Main where\nmain :: IO ()\nmain = putStrLn "a" -- words\n',
    "make": "all: $(OBJ) # words\n    @echo $@\n",
    "toml": '[a.b]\nc = 1979-05-27T07:32:00Z\nd = "e"\n',
    "cuda": "__global__ void f(float *x) { x[threadIdx.x] = 1.0f; }\n",
}
_WIDE = "| " + " | ".join(f"Column {n}" for n in range(25)) + " |\n|" + "---|" * 25 + "\n"
_WIDE += "".join("| " + " | ".join(f"value {row}.{n}" for n in range(25)) + " |\n" for row in range(6))
_DEEP = "".join(f"{'    ' * depth}{'1.' if depth % 2 else '-'} level {depth}\n" for depth in range(12))

LECTURES = {
    "code": "# Code in all languages\n\n"
    + "".join(f"## {name}\n\n```{name}\n{text}```\n\n" for name, text in CODE.items())
    + '``` {.python linenums="1234567890" hl_lines="2 3" title="numbers.py"}\n' + CODE["python"] + "```\n\n"
    + "```text\n" + "x" * 400 + "\n" + "1234567890 " * 40 + "\n```\n\n- in a list\n\n    ```c\n    " + "int x; " * 60 + "\n    ```\n\n"
    + f"Inline `{'x' * 300}` and `short`.\n",
    "math": "# Long formulas\n\nInline $a_1 + a_2 + \\dots$ and " + "$" + " + ".join(f"x_{{{n}}}^2" for n in range(40)) + "$.\n\n"
    + "$$" + " + ".join(f"\\frac{{\\partial f_{{{n}}}}}{{\\partial x_{{{n}}}}}" for n in range(40)) + "$$\n\n"
    + "$$\\begin{aligned} a &= b \\\\ c &= \\begin{cases} 1 & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases} \\end{aligned}$$\n\n"
    + "$$\\begin{pmatrix} " + " & ".join("abcdefghijklmnop" * 2) + " \\end{pmatrix} \\quad \\begin{array}{l|c} a & b \\\\ \\hline c & d \\end{array}$$\n\n"
    + "$$\\sum_{\\begin{subarray}{l} i < n \\\\ j < m \\end{subarray}} \\underbrace{x}_{y} \\overline{z} \\xrightarrow{abc} \\boxed{q} \\cfrac{1}{1 + \\cfrac{1}{2}} \\dfrac{a}{b} \\vec{v} \\widehat{abc} \\underline{u} \\color{red}{r}$$\n\n"
    + "- a list with $$x = y$$\n\n| a | b |\n|---|---|\n| $x^2$ | $\\sqrt[3]{y}$ |\n",
    "tables": f"# Wide tables\n\n{_WIDE}\n\n| left | middle | right |\n|:---|:---:|---:|\n| {UNBROKEN} | {'word ' * 60} | 1 |\n\n| one |\n|---|\n| 1 |\n",
    "everything": f"""\
---
title: Everything {UNBROKEN}
description: Every feature of Markdown on one page
aliases: [/old/everything/]
---

## Words

*Emphasis*, **strong**, ***both***, `code`, "quotes", dashes -- and --- dots... A line\u0020\u0020
that breaks. HTML, KV and {UNBROKEN}. An address: <https://files.umd.test/{'a' * 150}> and [a link](https://files.umd.test/ "with a title"),
a citation [@paper1; @paper2, sec. 3], in words @paper3, without authors [-@paper4]. Keys: <kbd>Ctrl</kbd> <samp>out</samp> <mark>marked</mark>
<del>gone</del> <ins>new</ins> <sub>sub</sub><sup>sup</sup> <small>small</small> <q>quoted</q> <cite>cited</cite> <var>x</var>.

*[HTML]: HyperText Markup Language
*[KV]: key and value

### {LONG} {{#third}}

#### Level four {{.quiet}}

##### Level five

###### Level six

> A quotation
>
> > in a quotation, {UNBROKEN}

{_DEEP}

- [ ] to do
- [x] done, {UNBROKEN}

Term
:   Definition with {UNBROKEN}

    and a second paragraph

{UNBROKEN}
:   A long term

!!! note "A note with {LONG}"
    Words, `code` and

    - a list

!!! warning
    Careful.

!!! danger ""
    No title.

??? question "What is asked?"
    The answer, with $x^2$ and

    ```python
    print("{'x' * 200}")
    ```

???+ note "Open"
    Words.

A footnote[^one] and another[^two].

[^one]: Words with {UNBROKEN}.
[^two]: ```c
    int x;
    ```

---

![A picture](picture.png)

![A wide one](picture.png){{width=3000 .wide}}

<figure markdown="1">

![A figure](picture.png)

<figcaption>A caption with *words* and {UNBROKEN}</figcaption>
</figure>

<svg role="img" aria-label="A drawing" viewBox="0 0 400 60"><g fill="currentColor"><path class="fill-soft" d="M0 0h400v60h-400z"/><path class="fill-accent" d="M0 0h20v60h-20z"/><text x="30" y="36" font-size="14">drawn words</text></g></svg>

<div style="border: 1px solid; padding: 1em" markdown="1">
A box of the author's own, with *Markdown*.
</div>

<svg aria-hidden="true" width="9" height="9"><style>.own {{ font-style: italic }}</style><path d="M0 0h9v9z"/></svg>

<p class="own" id="own">The author's own style.</p>

<script>document.getElementById("own").dataset.ran = "yes";</script>

<video controls src="film.mp4" aria-label="A film"></video>

<iframe src="frame.htm" title="A page of the course's own"></iframe>

![A picture elsewhere](https://files.umd.test/picture.png)

<table><caption>By hand</caption><tr><th scope="col">a</th></tr><tr><td>b</td></tr></table>

## Same name

## Same name

## 日本語の見出し

## עברית
""",
    "right-to-left": """\
# محاضرة عن التعلم الموزع

<div dir="rtl" lang="ar" markdown="1">

## مقدمة

هذا نص عربي مع `code` وصيغة $x^2 + y^2$ ورابط إلى [الجدول](../schedule.md).

- أولا
- ثانيا

> اقتباس

| عمود | عمود |
|---|---|
| قيمة | قيمة |

</div>

<div dir="rtl" lang="he" markdown="1">

## שלום

טקסט בעברית עם English באמצע, ומספר 1234567890.

</div>
""",
    "empty": "# A lecture without words\n",
}  # fmt: skip
PAGES = {
    "index": f"# Home\n\nWords about the course. {UNBROKEN}\n",
    "project": "# Project\n\n" + "## Part\n\nWords [back](lectures/everything.md#third).\n\n" * 30,
    "announcements": "# Announcements\n\n"
    + "".join(
        f"## 2026-0{1 + n // 15}-{1 + n % 28:02} {TOPICS[n % len(TOPICS)]}\n\nWords with [a link](project.md).\n\n"
        for n in range(40)
    ),
    "schedule": "# Schedule\n\nWords above the schedule.\n",
}
