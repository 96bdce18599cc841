"""Every output's files: which of them are as the last build made them, and who makes the others.

What a file is made of is its recipe (`recipes`); where there is none, it is made in each build. Nothing here knows
what the files hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from sitegen.digests import Digests, NoDigest
from sitegen.folders.hands import share_out
from sitegen.folders.heap import MUCH, give_back
from sitegen.folders.kept import Kept, Spooled
from sitegen.folders.ledger import Ledger
from sitegen.folders.memo import Learned, Memo
from sitegen.folders.spool import Spool
from sitegen.model import Course
from sitegen.outputs.frames import Output
from sitegen.outputs.links import Marks, find_marks
from sitegen.outputs.recipes import Recipe, Series
from sitegen.outputs.theme import TemplateFault, Theme
from sitegen.values import Value, field

_WORTH = 8
"""Tasks that are worth a second process, which takes 10 ms."""

Files: TypeAlias = "Mapping[str, bytes | Kept | Spooled]"
_MANY = 1000
"""Tasks of a course whose parts fill the memory."""
_TOGETHER = 8
"""Recipes of one output that are followed by one process: the first may load a library that both would else load."""
_SPOOLED = (".html", ".md", ".png", ".txt")
"""Other files are read again by whoever looks at all of a site."""
Task: TypeAlias = "list[Recipe] | Callable[[Course, Theme], Output]"
_Pages: TypeAlias = "list[tuple[str, bytes | Spooled, Marks | None]]"
"""Files by path; pages with their links and ids."""


class Made(Value):
    """The files of all outputs."""

    files: Files
    recipes: Mapping[str, bytes] = field(factory=dict)
    """The digests of the recipes, by published path, as far as there are any."""
    marks: Mapping[str, Marks] = field(factory=dict)
    """Links and ids of the pages that were made now."""
    fault: TemplateFault | None = None
    """What stopped it; the files aren't all there then."""


def make_files(
    outputs: Sequence[Callable[[Course, Theme], Output]],
    course: Course,
    theme: Theme,
    memo: Memo,
    ledger: Ledger,
    spool: Spool | None,
    progress: Callable[[str], None],
) -> Made:
    """All files of the outputs, in their order. The first fault in a template ends it: others would tell the same."""
    recipes, tasks, places = _list_tasks(outputs, course, theme, memo, ledger)
    for place in places:
        if isinstance(place, _There):
            progress(place.path)
    done: dict[int, _Pages] = {}
    words: dict[str, str] = {}
    try:
        if len(tasks) > _MANY:
            give_back()  # or two processes have it
        for number, (made, learned) in share_out(partial(_work, course, theme, memo, spool), tasks, _WORTH):
            memo.take_over(learned)
            done[number] = [(path, file, read and _share(read, words)) for path, file, read in made]
            for path, *_ in made:
                progress(path)
    except TemplateFault:
        return Made({}, fault=_first_fault(tasks, course, theme, memo))
    files: dict[str, bytes | Kept | Spooled] = {}
    marks: dict[str, Marks] = {}
    for place in places:
        if isinstance(place, _There):
            files[place.path] = place.file
            continue
        for path, content, read in done[place.task][place.which]:
            files[path] = content
            if read is not None:
                marks[path] = read
            if path in recipes:
                memo.hold(recipes[path], content)
    return Made(files, recipes, marks)


class _There(NamedTuple):
    """A file that needn't be made."""

    path: str
    file: bytes | Kept


class _ToCome(NamedTuple):
    """Where in a task's files those are that stand here."""

    task: int
    which: slice


def _list_tasks(
    outputs: Sequence[Callable[[Course, Theme], Output]], course: Course, theme: Theme, memo: Memo, ledger: Ledger
) -> tuple[dict[str, bytes], list[Task], list[_There | _ToCome]]:
    """The digests of all recipes, what is to be done, and all files in their order."""
    digests = memo.shown
    recipes: dict[str, bytes] = {}
    tasks: list[Task] = []
    places: list[_There | _ToCome] = []
    for output in outputs:
        if not isinstance(output, Series):
            places.append(_ToCome(len(tasks), slice(None)))
            tasks.append(output)
            continue
        together: list[Recipe] = []
        for recipe in output.list(course, theme):
            file = None
            if digest := _known_by(recipe, theme, digests):
                recipes[recipe.path] = digest
                file = _find(recipe, digest, theme, memo, ledger)
            if file is not None:
                places.append(_There(recipe.path, file))
                continue
            if len(together) % _TOGETHER == 0:
                together = []
                tasks.append(together)
            places.append(_ToCome(len(tasks) - 1, slice(len(together), len(together) + 1)))
            together.append(recipe)
    return recipes, tasks, places


def _known_by(recipe: Recipe, theme: Theme, digests: Digests) -> bytes | None:
    try:
        name = f"{recipe.make.__module__}.{recipe.make.__qualname__}"
        return digests.of((name, recipe.path, theme.digest, recipe.ingredients))
    except NoDigest:
        return None


def _find(recipe: Recipe, digest: bytes, theme: Theme, memo: Memo, ledger: Ledger) -> bytes | Kept | None:
    held = memo.held(digest)
    if isinstance(held, bytes):
        return held
    entry = ledger.files.get(recipe.path)
    if entry is None or entry[0] != digest:
        return None
    return Kept(digest, entry[1], entry[2], partial(recipe.follow, theme))


def _work(course: Course, theme: Theme, memo: Memo, spool: Spool | None, task: Task) -> tuple[_Pages, Learned]:
    """The files of a task, and what was learned besides."""
    made = ((one.path, one.follow(theme)) for one in task) if isinstance(task, list) else task(course, theme)
    read: _Pages = [(path, content, find_marks(content) if path.endswith(".html") else None) for path, content in made]
    is_large = any(isinstance(content, bytes) and len(content) > MUCH for _, content, _ in read)
    if spool:
        read = [(path, _put_away(path, content, spool), marks) for path, content, marks in read]
    if is_large:
        give_back()
    return read, memo.hand_over()


def _put_away(path: str, content: bytes | Spooled, spool: Spool) -> bytes | Spooled:
    """Pages and pictures wait on disk: what lists everything is as large as all else that a process does."""
    return spool.put(path, content) if isinstance(content, bytes) and path.endswith(_SPOOLED) else content


def _share(marks: Marks, words: dict[str, str]) -> Marks:
    """Links and ids of a page, as the same objects that other pages have: most stand on every page."""
    targets, ids = marks
    if len(words) < _MOST_SHARED:
        return [words.setdefault(one, one) for one in targets], {words.setdefault(one, one) for one in ids}
    return [words.get(one, one) for one in targets], {words.get(one, one) for one in ids}


_MOST_SHARED = 10_000
"""What stands on many pages stands on some of the first; the others' own words would only fill the memory."""


def _first_fault(tasks: Sequence[Task], course: Course, theme: Theme, memo: Memo) -> TemplateFault | None:
    """The fault that is met first when all is done in order, so that it doesn't depend on who did what."""
    try:
        for task in tasks:
            _work(course, theme, memo, None, task)
    except TemplateFault as fault:
        return fault
    return None


# --- links and ids ------------------------------------------------------------------------------


class PageMarks(Mapping[str, Marks]):
    """Links and ids of all pages by published path; those of pages that weren't made now are looked up when needed."""

    def __init__(self, made: Made, memo: Memo) -> None:
        self._made, self._memo = made, memo
        self._read = dict(made.marks)
        self._paths = [path for path in made.files if path.endswith(".html")]
        memo.use(map(_mark_key, made.recipes.values()))
        for path, marks in made.marks.items():
            if path in made.recipes:
                memo.keep(_mark_key(made.recipes[path]), marks)

    def __getitem__(self, path: str) -> Marks:
        known = self._read.get(path)
        if known is None:
            known = self._read[path] = self._look_up(path)
        return known

    def _look_up(self, path: str) -> Marks:
        recipe, file = self._made.recipes.get(path), self._made.files[path]
        known = old_marks(recipe, self._memo) if recipe else None
        return known or find_marks(file if isinstance(file, bytes) else file.content)

    def __contains__(self, path: object) -> bool:
        return path in self._made.files and str(path).endswith(".html")

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def old_marks(recipe: bytes, memo: Memo) -> Marks | None:
    """Links and ids of the page that a recipe of the last build gave, as far as that is still known."""
    found = memo.look_up(_mark_key(recipe))
    return found[0] if found else None


def _mark_key(recipe: bytes) -> bytes:
    return b"mark" + recipe[4:]


def unchecked(
    made: Made, marks: Mapping[str, Marks], memo: Memo, ledger: Ledger, files: Mapping[str, object]
) -> list[str]:
    """The pages whose links have to be followed: those that are new, if all that the others may lead to is there still.

    Otherwise all.
    """
    everything = list(marks)
    if not ledger.is_sound or not ledger.files.keys() <= files.keys() or not ledger.ids.keys() <= marks.keys():
        return everything
    changed = [path for path in everything if not isinstance(made.files[path], Kept)]
    for path in changed:
        if path in ledger.ids:
            ids: frozenset[str] | set[str] = ledger.ids[path]
        elif path in ledger.files:
            old = old_marks(ledger.files[path][0], memo)
            if old is None:
                return everything
            ids = old[1]
        else:
            continue
        if not ids <= marks[path][1]:
            return everything
    return changed
