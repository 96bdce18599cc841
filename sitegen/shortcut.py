"""The short way of a build to which only texts have changed: `standstill` knows that, `amend` makes their pages.

What a whole build leaves for it is written here, too. Where anything isn't as it was, there is no short way and
nothing has been done.
"""

from __future__ import annotations

import marshal
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitegen.addresses import markdown_path
from sitegen.folders import standstill
from sitegen.folders.destination import MARKER
from sitegen.folders.kept import Kept, Spooled
from sitegen.folders.pack import NAME, Packed, Place, append, digest, pack, read_packed, unpack
from sitegen.folders.standstill import SAFE_NS, Signatures, Standing, age, clock_of, put_away, sign
from sitegen.values import Value, as_dict

if TYPE_CHECKING:
    from sitegen.amend import Frame
    from sitegen.build import Built
    from sitegen.model import Page

Texts = dict[str, tuple[str, Place, str, bool, bytes]]
"""What the record has of each text, by its path: source, place in the pack, git's name for its committed content,
whether it is that content, and the recipes of its pages (empty when they were amended).
"""


_WORTH = 60
"""Frames that are worth a second process: one takes half a millisecond, the process some ten."""


# --- what a whole build leaves ------------------------------------------------------------------


def leave_frames(course: Path, built: Built) -> Texts:
    """Writes what is known of each text for which there is a short way; gives what the record has to have of it."""
    from sitegen.amend import list_bound
    from sitegen.folders.cache import store
    from sitegen.folders.hands import share_out

    if built.course is None:
        return {}
    bound, known = list_bound(built), _read_known(course)
    found: dict[str, tuple[Packed, bytes]] = {}
    new: list[tuple[Page, bytes]] = []
    for page in (*built.course.lectures, *built.course.pages):
        names = (page.path, markdown_path(page.path), *([page.deck] if page.deck else []))
        recipes = b"".join(built.recipes.get(name, b"") for name in names)
        if page.source in bound:
            continue
        # What is kept is what the last build made, and its frame, too.
        old = known.get(page.source) if all(isinstance(built.files.get(name), Kept) for name in names) else None
        if old and recipes and old[1] == recipes:
            found[page.source] = old
        else:
            new.append((page, recipes))
    for number, frame in share_out(lambda one: _pack_frame(one[0], built), new, _WORTH):
        if frame:
            page, recipes = new[number]
            found[page.source] = (frame, digest(frame)), recipes
    content, places = pack(value for value, _ in found.values())
    store(course, NAME, content)
    texts: Texts = {}
    for (source, (_, recipes)), place in zip(found.items(), places, strict=True):
        change = built.history.get(source)
        path = os.path.join(str(course), *source.split("/"))
        texts[path] = (source, place, change.blob if change else "", source in built.course.changed, recipes)
    return texts


def _read_known(course: Path) -> dict[str, tuple[Packed, bytes]]:
    """The frames that the last build left, with the recipes of their pages, by source."""
    record = standstill.read_record(str(course))
    content = _read_file(str(course / standstill.FOLDER / NAME))
    if record is None or content is None:
        return {}
    texts: Texts = record["texts"]
    found = ((source, unpack(content, place), place[2], recipes) for source, place, _, _, recipes in texts.values())
    return {source: ((value, mark), recipes) for source, value, mark, recipes in found if value is not None}


def _pack_frame(page: Page, built: Built) -> bytes | None:
    from sitegen.amend import find_frame

    assert built.course
    names = (page.path, markdown_path(page.path), page.deck)
    files = {n: file.content if isinstance(file := built.files.get(n), (Kept, Spooled)) else file for n in names}
    frame = find_frame(page, built.sources[page.source], files, built.course.facts.language)
    return _write(frame) if frame else None


def _write(frame: Frame) -> bytes:
    return marshal.dumps(_plain(frame))


def _plain(value: Any) -> Any:
    """Values as tuples, which `marshal` knows."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, Value):
        return tuple(map(_plain, as_dict(value).values()))
    return str(value) if isinstance(value, str) else value


def _read(content: bytes) -> Frame:
    from sitegen.amend import Frame, SlideFrame

    fields: list[Any] = list(marshal.loads(content))
    fields[-1] = tuple(SlideFrame(*slide) for slide in fields[-1])
    return Frame(*fields)


# --- the short way ------------------------------------------------------------------------------


def take(standing: Standing) -> str | None:
    """What the build says on standard output when the short way was taken; None: the build has to be done."""
    from sitegen.folders.touchup import touch_up

    record = standing.record
    course, out = record["course"], record["out"]
    marker = os.path.join(out, MARKER)
    contents: dict[str, bytes] = {}
    for path, signature in standing.changed.items():
        content = _read_file(path)
        if content is None or sign(path) != signature:
            return None
        contents[path] = content
    made = _amend_all(record, contents)
    if made is None or any(sign(path) != signature for path, signature in standing.changed.items()):
        return None
    files, texts = made
    if files and not touch_up(Path(out), files, record["written"][marker]):
        put_away(course, None)
        return None
    for path in (marker, *(f"{out}/{name}" for name in files)):
        record["written"][path] = sign(path)
    record["read"] |= standing.changed
    record["texts"] |= texts
    is_settled = len(texts) == len(contents) and _is_settled(course, standing.changed, contents)
    put_away(course, standstill.encode(record) if is_settled else None)
    return standing.tell(len(files))


def _amend_all(record: dict[str, Any], contents: Mapping[str, bytes]) -> tuple[dict[str, bytes], Texts] | None:
    """The files that change, by published path, and what the record has to have of the texts."""
    import datetime as dt

    from sitegen.amend import Rules, amend
    from sitegen.folders.history import Change
    from sitegen.prose.dates import TermDays

    out, where = record["out"], os.path.join(record["course"], standstill.FOLDER, NAME)
    term = TermDays(*map(dt.date.fromordinal, record["term"])) if record["term"] else None
    rules = Rules(record["language"], record["macros"], term)
    files: dict[str, bytes] = {}
    texts: Texts = {}

    def read(name: str) -> bytes:
        return Path(out, name).read_bytes()

    for path, content in contents.items():
        source, place, blob, was_committed, _ = record["texts"][path]
        packed = read_packed(where, place)
        if packed is None or was_committed != (bool(blob) and Change(blob, 0).made(content)):
            return None
        try:
            amended = amend(_read(packed), source, content, rules, read)
        except OSError:
            return None
        if amended is None:
            return None
        files |= amended.files
        new = append(where, _write(amended.frame))
        if new is not None:
            texts[path] = (source, new, blob, was_committed, b"")
    return files, texts


def _is_settled(course: str, changed: Signatures, contents: Mapping[str, bytes]) -> bool:
    """Whether the texts are what was read, seen so late that any later change has another time."""
    now = clock_of(course)
    if now is None:
        return False
    youngest = max(map(age, changed.values()))
    if youngest > now - SAFE_NS:
        time.sleep(min(SAFE_NS, youngest - now + SAFE_NS) / 1e9)
    return all(_read_file(path) == contents[path] and sign(path) == changed[path] for path in changed)


def _read_file(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None
