"""Python-Markdown's own test suite as pairs of names and texts, from its source distribution; and how pages are compared.

The distribution is fetched with pip, in the version that is installed, and kept in build/. None of its code is run:
the texts of its test methods are read from their syntax trees.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import Path

import html5lib
import markdown

from sitegen.addresses import fill
from sitegen.languages import settle
from sitegen.model import Reference
from sitegen.prose.passages import convert_passage
from tests.support import REPOSITORY

STORE = REPOSITORY / "build" / "python-markdown"
LONGEST = 120
"""Seconds that fetching may take."""


def fetch_suite(store: Path = STORE) -> Path | str:
    """The distribution's file, or why there is none."""
    name = f"markdown-{markdown.__version__}.tar.gz"
    if not (store / name).is_file():
        words = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            ":all:",
            "--dest",
            str(store),
        ]
        try:
            result = subprocess.run(
                [*words, f"Markdown=={markdown.__version__}"], capture_output=True, text=True, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return f"pip didn't fetch it in {LONGEST} seconds"
        if result.returncode:
            return (result.stderr.strip().splitlines() or ["pip failed and said nothing"])[-1]
    found = [path for path in store.glob("*.tar.gz") if path.name.casefold() == name]
    return found[0] if found else f"pip fetched no {name}"


def read_suite(distribution: Path) -> dict[str, str]:
    """Markdown texts by names such as `misc/br` and `test_syntax/inline/test_code.py: test_x`."""
    texts: dict[str, str] = {}
    with tarfile.open(distribution) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            path = member.name.partition("/tests/")[2]
            if not (member.isfile() and path.endswith((".txt", ".text", ".py"))):
                continue
            file = archive.extractfile(member)
            assert file
            text = file.read().decode("utf-8")
            if not path.endswith(".py"):
                texts[path.rpartition(".")[0]] = text
            elif path.startswith("test_syntax/"):
                texts |= {
                    f"{path.removeprefix('test_syntax/')}: {name}": source for name, source in _read_methods(text)
                }
    return texts


def _read_methods(code: str) -> Iterator[tuple[str, str]]:
    """(method, text) of each comparison whose text is written out; a method's second one has a number behind it."""
    for group in (node for node in ast.parse(code).body if isinstance(node, ast.ClassDef)):
        for method in (node for node in group.body if isinstance(node, ast.FunctionDef)):
            calls = [
                node
                for node in ast.walk(method)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "assertMarkdownRenders"
            ]
            for number, call in enumerate(calls, 1):
                text = _read_text(call.args[0]) if call.args else None
                if text is not None:
                    yield f"{group.name}.{method.name}" + (f" {number}" if number > 1 else ""), text


def _read_text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "dedent":
        inside = _read_text(node.args[0])
        return None if inside is None else textwrap.dedent(inside).strip()
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None  # it is computed
    return value if isinstance(value, str) else None


# --- two pages of one text ----------------------------------------------------------------------


def plain_html(text: str) -> str:
    """What Python-Markdown makes of it, with the extensions that are ours, too."""
    from markdown.extensions.footnotes import FootnoteExtension
    from markdown.extensions.smarty import SmartyExtension
    from pymdownx.details import DetailsExtension
    from pymdownx.tasklist import TasklistExtension

    names = "abbr admonition attr_list def_list fenced_code md_in_html sane_lists tables".split()
    ours = [FootnoteExtension(SEPARATOR="-"), SmartyExtension(smart_angled_quotes=False)]
    both = [*names, *ours, DetailsExtension(), TasklistExtension()]
    return markdown.markdown(text, output_format="html", extensions=both)


def our_html(text: str) -> str:
    """The same from us, with addresses as they are written."""
    passage = convert_passage(text, 0, len(text), "content/notes.md", top=1)
    written = {number: _address(reference) for number, reference in enumerate(passage.references)}
    return settle(fill(passage.html, written.__getitem__), "en")


def _address(reference: Reference) -> str:
    return escape(reference.written) if reference.kind in {"link", "image", "label"} or reference.items else ""


_ATTRIBUTES = frozenset("id class role tabindex aria-label scope align style title checked disabled rel rev".split())
"""Attributes that we set differently everywhere: names of headings, what screen readers are told, alignment, footnotes."""
_FRAMES = frozenset({"highlight", "table", "codehilite", "math"})
"""Classes of elements that we put around code, tables and formulas."""


def outline(html: str) -> list[object]:
    """What a page shows, without what is ours by rule: frames around code and tables, colours, names of headings."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return list(_outline(tree))


def _outline(element: object, in_link: bool = False) -> Iterator[object]:
    children: list[object] = []
    _collect(element, children, in_link)
    yield from _joined(children)


def _collect(element, into: list[object], in_link: bool) -> None:
    into.append(element.text or "")
    for child in element:
        if not isinstance(child.tag, str):
            pass  # a comment
        elif child.tag == "span" or (_FRAMES & set(child.get("class", "").split()) and child.tag == "div"):
            _collect(child, into, in_link)
        elif child.tag == "img" and child.get("src", "").startswith(("http:", "https:")):
            # An image from another host isn't loaded: a link to it, and in a link its words.
            words = " ".join(child.get("alt", "").split())
            into.append(words if in_link else ("a", (("href", child.get("src")),), (words,) if words else ()))
        else:
            kept = {name: value for name, value in child.attrib.items() if name not in _ATTRIBUTES}
            tag = "td" if child.tag == "th" else child.tag
            into.append((tag, tuple(sorted(kept.items())), tuple(_outline(child, in_link or tag == "a"))))
        into.append(child.tail or "")


def _joined(pieces: list[object]) -> Iterator[object]:
    words = ""
    for piece in [*pieces, None]:
        if isinstance(piece, str):
            words += piece
            continue
        shown = " ".join(words.replace("\ufe0e", "").split())
        if shown:
            yield shown
        words = ""
        if piece is not None:
            yield piece


def show_differences(name: str, text: str) -> str:
    """For people: the text, and both pages."""
    return f"=== {name}\n{text}\n--- plain\n{plain_html(text)}\n--- ours\n{our_html(text)}\n"
