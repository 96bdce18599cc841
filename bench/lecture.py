"""What a lecture of 6 KB costs, part by part, beside plain Python-Markdown with the same extensions.

    .venv/bin/python -m bench.lecture            eight lectures, twenty rounds: half a minute
    .venv/bin/python -m bench.lecture --rounds 5

CPU time of one process. In a round each lecture is read by both, one after the other, and in the next in the other
order, so that a busy machine slows both. A ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median

from markdown import Markdown

from bench.corpus import make_corpus
from bench.dialects import sitegen
from sitegen.diagnostics import Diagnostic, Span
from sitegen.prose.admonitions import check_boxes
from sitegen.prose.documents import read_document, read_front_matter
from sitegen.prose.elements import check_tags
from sitegen.prose.foreign import check_foreign
from sitegen.prose.inline import Marked, find_inline
from sitegen.prose.limits import find_crowd, find_excess
from sitegen.prose.lines import arrange_lines
from sitegen.prose.markup import convert
from sitegen.prose.proofread import proofread
from sitegen.prose.rows import check_tables

GOAL = 1.15
"""Of plain Python-Markdown's time."""


def plain() -> Markdown:
    """Python-Markdown as one sets it up who wants what our dialect has, but for math, citations and checks."""
    from markdown.extensions.footnotes import FootnoteExtension
    from markdown.extensions.smarty import SmartyExtension
    from pymdownx.details import DetailsExtension
    from pymdownx.highlight import HighlightExtension
    from pymdownx.superfences import SuperFencesCodeExtension
    from pymdownx.tasklist import TasklistExtension

    names = "abbr admonition attr_list def_list md_in_html sane_lists tables toc".split()
    fences = [HighlightExtension(guess_lang=False), SuperFencesCodeExtension()]
    more = [FootnoteExtension(), SmartyExtension(), DetailsExtension(), TasklistExtension(), *fences]
    return Markdown(output_format="html", extensions=[*names, *more])


def list_lectures(count: int) -> Mapping[str, str]:
    """Path to text: two blocks of code, a table, three formulas, four citations each."""
    return {path: text for path, text in sitegen(make_corpus(count)).items() if "/lectures/" in path}


def measure(lectures: Mapping[str, str], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each reading, by what is read."""
    markdown = plain()
    times: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        started = time.process_time()
        work()
        times.setdefault(name, []).append((time.process_time() - started) * 1000)

    for number in range(rounds + 1):
        if number == 1:
            times.clear()  # the first round loads libraries
        for path, text in lectures.items():
            _, start, _ = read_front_matter(text, path)
            body = text[start:]

            def theirs(body: str = body) -> None:
                markdown.reset()
                markdown.convert(body)

            def ours(text: str = text, path: str = path) -> None:
                read_document(text.encode(), path)

            both: list[tuple[str, Callable[[], None]]] = [("plain", theirs), ("sitegen", ours)]
            for name, work in both if number % 2 else reversed(both):
                timed(name, work)
            _time_parts(timed, path, text, body)
    return times


def _time_parts(timed: Callable[[str, Callable[[], object]], None], path: str, text: str, body: str) -> None:
    marked = find_inline(body, slides=True)
    arranged = arrange_lines(marked.text)
    timed("  front matter", lambda: read_front_matter(text, path))
    timed("  finding math, citations, links, code", lambda: find_inline(body, slides=True))
    timed("  limits", lambda: (find_excess(marked.prose, marked.parts), find_crowd(marked.text)))
    timed("  lines", lambda: arrange_lines(marked.text))
    timed("  Python-Markdown", lambda: convert(arranged))
    timed("  what is told", lambda: list(_list_told(body, marked)))
    timed("proofreading", lambda: proofread(text, path, None))


def _list_told(body: str, marked: Marked) -> Iterator[Diagnostic]:
    yield from check_foreign(body, marked.prose, _nowhere)
    yield from check_tables(body, marked.prose, _nowhere, lambda at: False)
    yield from check_boxes(body, marked.prose, _nowhere, lambda at: False)
    yield from check_tags(body, marked.prose, marked.tags, _nowhere, lambda at: False)


def _nowhere(offset: int, length: int) -> Span:
    raise AssertionError("the benchmark's lectures have nothing to tell")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--lectures", type=int, default=8)
    chosen = parser.parse_args()
    lectures = list_lectures(chosen.lectures)
    times = measure(lectures, chosen.rounds)
    medians = {name: median(values) for name, values in times.items()}
    parts = sum(value for name, value in medians.items() if name.startswith("  "))
    medians["  the rest: colours, MathML, links, words"] = medians["sitegen"] - parts
    size = median(len(text.encode()) for text in lectures.values())
    print(f"ms of CPU time a lecture ({size / 1000:.1f} KB), medians of {chosen.rounds} rounds")
    order = ["plain", "sitegen", *(name for name in medians if name.startswith("  ")), "proofreading"]
    for name in order:
        print(f"{name:<44}{medians[name]:6.2f}")
    ratio = medians["sitegen"] / medians["plain"]
    print(f"sitegen / plain {ratio:.2f}, at most {GOAL}: {'met' if ratio <= GOAL else 'missed'}")


if __name__ == "__main__":
    main()
