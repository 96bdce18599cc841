"""The search index: made when something that is published has changed, and else as the last build left it.

What is in it is `outputs.searchindex`', who makes it `folders.indexer`. A site without it is whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from hashlib import blake2b

from sitegen.config.settings import SITE_FILE
from sitegen.diagnostics import Diagnostic, Span
from sitegen.folders.indexer import IndexerFailed
from sitegen.folders.kept import Kept
from sitegen.folders.ledger import Ledger
from sitegen.making import Made
from sitegen.model import Course
from sitegen.outputs.search import list_records
from sitegen.outputs.searchindex import FOLDER, NO_SEARCH_INDEX, Ask, UnknownIndex, index_records
from sitegen.values import Value, field


class Index(Value):
    files: Mapping[str, bytes | Kept] = field(factory=dict)
    """By published path; empty when there is none."""
    recipes: Mapping[str, bytes] = field(factory=dict)
    """The same digest for all of them."""
    findings: tuple[Diagnostic, ...] = ()


def find_index(course: Course, made: Made, ask: Ask | None, program: str, ledger: Ledger) -> Index:
    """The index of a finished site. `program` tells one indexer from another; empty: nothing is taken over."""
    if ask is None:
        return Index()
    key = _digest(made, program)
    known = {path: entry for path, entry in ledger.files.items() if path.startswith(FOLDER) and entry[0] == key}
    if known and program:
        anew = cache(lambda: index_course(course, ask)[0])
        kept = {path: Kept(key, entry[1], entry[2], partial(_take, anew, path)) for path, entry in known.items()}
        return Index(kept, dict.fromkeys(kept, key))
    files, findings = index_course(course, ask)
    return Index(files, dict.fromkeys(files, key), tuple(findings))


def _take(anew: object, path: str) -> bytes:
    files: dict[str, bytes] = anew()  # type: ignore[operator]
    return files[path]


def _digest(made: Made, program: str) -> bytes:
    """Of all that outputs publish: whatever can be found stands there somewhere."""
    digest = blake2b(program.encode("utf-8", "surrogateescape"), digest_size=20)
    for path, file in made.files.items():
        content = made.recipes.get(path) or (file if isinstance(file, bytes) else file.digest.encode())
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.digest()


def index_course(course: Course, ask: Ask) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """The index's files. Without them, search leads to the list of everything."""
    try:
        return index_records(list_records(course), course.facts.language, ask), []
    except IndexerFailed as failed:
        reason = str(failed)
    except UnknownIndex:
        reason = "sitegen doesn't know the files of this version"
    message = f"The site has no search index, because pagefind can't make one: {reason}."
    help_line = "Install it with: pip install pagefind-bin. Without it, search leads to the list of everything."
    return {}, [NO_SEARCH_INDEX.at(Span(SITE_FILE), message, help_line)]
