"""What pure functions gave, by a hash of all that they were given: work that needn't be done again.

A result is known by the function's name, its arguments and the program, so nothing ever has to be told that
something has changed. Results are kept in memory while the process runs, and in a file (`results`) for the next one.
What they mean isn't known here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeAlias, TypeVar

from sitegen.digests import Digests, NoDigest
from sitegen.folders.hands import share_out
from sitegen.folders.heap import give_back
from sitegen.folders.results import ResultFile, pack, unpack
from sitegen.folders.standstill import identify_program
from sitegen.later import Later
from sitegen.model import Course, Document, Page, Paper, Session

_SHARED = (Course, Document, Page, Paper, Session)
"""Classes of values that are parts of many others, whose digests are asked for again and again."""
_MOST_WAITING = 8 << 20
"""Bytes of results that are held back to be written together."""

_IN_PART, _MOST_PARTS = 500, 250
"""Results of a sheet that are kept together, and at most so many parts: they are numbered by one byte."""
_MOST_RECENT = 4
"""Large parts that are held after they were read."""

P = ParamSpec("P")
R = TypeVar("R")


Learned: TypeAlias = "tuple[Mapping[bytes, bytes], Set[bytes]]"
"""What is to be written, by key, and what else was asked for."""


class Parts(NamedTuple):
    """How a result is kept in two parts, of which the large one is read only when it is asked for."""

    split: Callable[[Any], tuple[Any, Any]]
    """The result to its small and its large part."""
    join: Callable[[Any, Later], Any]
    """The small part, and how the large one is read, to the result."""


class Call(NamedTuple):
    """A pure function and what it is given."""

    function: Callable[..., Any]
    question: tuple[Any, ...]
    parts: Parts | None = None


class Sheet:
    """Many small results that are kept together."""

    def __init__(self, digests: Digests, old: dict[bytes, Any]) -> None:
        self._digests, self._old = digests, old
        self.results: dict[bytes, Any] = {}
        """What was asked for, by the digest of its ingredients."""

    def make(self, ingredients: object, work: Callable[[], R]) -> R:
        """What `work()` gives, which depends on nothing but the ingredients."""
        try:
            key = self._digests.of(ingredients)
        except NoDigest:
            return work()
        if key not in self.results:
            self.results[key] = self._old[key] if key in self._old else work()
        found: R = self.results[key]
        return found

    def has_changed(self) -> bool:
        return self.results.keys() != self._old.keys()


class Memo:
    """The results of one build after the other. Arguments and results can be pickled; results are never changed."""

    def __init__(self, course: Path | None, is_lasting: bool = False) -> None:
        """Without a course, nothing is written. `is_lasting`: the process will build more than once."""
        self._is_lasting, self._program = is_lasting, b""
        self._own_process = os.getpid()
        self._left: dict[bytes, bytes] | None = None
        """What the process was about to write that this one is a copy of; None: it is no copy."""
        self._large: dict[bytes, bytes] = {}
        """Large parts of results that can't be kept in a file."""
        self._recent: dict[bytes, Any] = {}
        self._file = ResultFile(course) if course else None
        self._known_digests: Digests | None = None
        self._shown: Digests | None = None
        self._results: dict[bytes, Any] = {}
        self._used: set[bytes] = set()
        self._new: dict[bytes, bytes] = {}
        self._waiting = 0

    def call(self, function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
        """`function(*arguments, **options)`, which gives the same result for the same arguments."""
        name = f"{function.__module__}.{function.__qualname__}"
        return self.remember(name, (arguments, options), lambda: function(*arguments, **options))

    def remember(self, name: str, ingredients: object, work: Callable[[], R]) -> R:
        """What `work()` gives, which depends on nothing but its name and its ingredients.

        Ingredients that can't be pickled, as a function, can't be known again: then the work is done.
        """
        try:
            key = self._digests.of((name, ingredients))
        except NoDigest:
            return work()
        self.use((key,))
        if key in self._results:
            found: R = self._results[key]
            return found
        known = self._read(key)
        if known is None:
            result = work()
            self._keep(key, result)
        else:
            (result,) = known
        self._results[key] = result
        return result

    def call_all(
        self, calls: Sequence[Call], tell: Callable[[int], None] = lambda _: None, worth: int = 4
    ) -> list[Any]:
        """`function(*question)` of each. Of what isn't known, a second process does its share.

        `tell` is told the number of each as soon as it is known, `worth` is how many are worth that process.
        """
        keys = [self._digests.of_call(call.function, call.question) for call in calls]
        results = self._find_all(calls, keys, tell, worth)
        for key, result in zip(keys, results, strict=True):
            self._note(result, key)
        return results

    def make_many(
        self,
        function: Callable[..., Any],
        questions: Sequence[tuple[Any, ...]],
        parts: tuple[Callable[..., Any], Callable[..., Any]],
        finish: Callable[..., R],
    ) -> list[R]:
        """`finish(question, function(*question))` for each of them, of which the function's part is remembered.

        It doesn't count where in the course's files something was written, but for values that have a digest.
        """
        keys = [self.shown.of_call(function, question) for question in questions]
        calls = [Call(function, question, Parts(*parts)) for question in questions]
        results = self._find_all(calls, keys, lambda _: None, 20)
        made = [finish(question, result) for question, result in zip(questions, results, strict=True)]
        for key, one in zip(keys, made, strict=True):
            self._note(one, key)
        return made

    def _note(self, result: object, key: bytes) -> None:
        """What a remembered function gave is known by its question from now on."""
        for number, part in enumerate(result if isinstance(result, tuple) else (result,)):
            if type(part) in _SHARED:
                self.shown.note(part, key + bytes([number]))

    def _find_all(
        self, calls: Sequence[Call], keys: Sequence[bytes], tell: Callable[[int], None], worth: int
    ) -> list[Any]:
        self.use(keys)
        self.use(_late_key(key) for key, call in zip(keys, calls, strict=True) if call.parts)
        unknown = []
        results: list[Any] = [None] * len(calls)
        known = self._file.read([key for key in keys if key not in self._results]) if self._file else {}

        def hold(number: int, result: Any) -> None:
            results[number] = result
            if self._is_lasting:
                self._results[keys[number]] = result
            tell(number)

        for number, key in enumerate(keys):
            if key in known:
                hold(number, self._join(known[key], key, calls[number]))
            elif key in self._results:
                hold(number, self._results[key])
            else:
                unknown.append(number)

        def work(number: int) -> tuple[bytes, bytes]:
            function, question, parts = calls[number]
            result, rest = function(*question), b""
            if parts:
                result, large = parts.split(result)
                rest = pack(large)
            return pack(result), rest

        for place, (packed, rest) in share_out(work, unknown, worth):
            number = unknown[place]
            key = keys[number]
            if calls[number].parts:
                self._put_late(_late_key(key), rest)
            self._put(key, packed)
            hold(number, self._join(unpack(packed), key, calls[number]))
        return results

    # --- results in two parts -------------------------------------------------------------------

    def _join(self, result: Any, key: bytes, call: Call) -> Any:
        if call.parts is None:
            return result
        return call.parts.join(result, Later(lambda: self._read_late(_late_key(key), call), key))

    def _put_late(self, key: bytes, packed: bytes) -> None:
        if self._file is None:
            self._large[key] = packed
        self._put(key, packed)

    def _read_late(self, key: bytes, call: Call) -> Any:
        """The large part: where it is kept, or worked out again if it isn't there any more."""
        if key not in self._recent:
            self._is_copy()
            packed = self._large.get(key) or self._new.get(key) or (self._left or {}).get(key)
            known = (unpack(packed),) if packed else self._read(key)
            while len(self._recent) >= _MOST_RECENT:
                self._recent.pop(next(iter(self._recent)), None)
            if known is None and call.parts:
                known = (call.parts.split(call.function(*call.question))[1],)
            found = self._recent[key] = known[0] if known else None
            return found
        return self._recent[key]

    def recognize(self, source: object, values: Sequence[object]) -> None:
        """Takes over the digests of values that follow from `source` alone, if they are known from an earlier build."""
        key = self.shown.of(("digests", source))
        found = self.look_up(key)
        if found is None:
            self.keep(key, [self.shown.of_shared(value) for value in values])
            return
        for value, digest in zip(values, found[0], strict=True):
            self.shown.note(value, digest)

    @property
    def _digests(self) -> Digests:
        if self._known_digests is None:
            self._known_digests = Digests(self.program)
        return self._known_digests

    @property
    def shown(self) -> Digests:
        """Digests for what can be seen, in this build."""
        if self._shown is None:
            self._shown = Digests(self.program, _SHARED, places=False)
        return self._shown

    @property
    def program(self) -> bytes:
        """Tells this program and its libraries from others; 32 bytes."""
        if not self._program:
            identity = repr(identify_program()).encode("utf-8", "backslashreplace")
            self._program = hashlib.blake2b(identity, digest_size=32).digest()
        return self._program

    # --- results whose digest the caller knows ---------------------------------------------------

    def look_up(self, key: bytes) -> tuple[Any] | None:
        """What was kept under the key, in a tuple of its own; None: nothing."""
        self.use((key,))
        if key in self._results:
            return (self._results[key],)
        return self._read(key)

    def keep(self, key: bytes, result: object) -> None:
        self.use((key,))
        if self._is_lasting:
            self._results[key] = result
        self._keep(key, result)

    @contextmanager
    def open_sheet(self, name: str, ingredients: object) -> Iterator[Sheet]:
        """The results of the last build's sheet of this name, if it depended on the same ingredients."""
        try:
            key = self.shown.of(("sheet", name, ingredients))
        except NoDigest:
            yield Sheet(self.shown, {})
            return
        known = self.look_up(key)
        old: dict[bytes, Any] = {}
        parts = [self.look_up(key + bytes([number])) for number in range(known[0])] if known else []
        for part in parts:
            old |= part[0] if part else {}
        sheet = Sheet(self.shown, old)
        yield sheet
        if sheet.has_changed() or not all(parts):
            self._keep_sheet(key, sheet.results)

    def _keep_sheet(self, key: bytes, results: dict[bytes, Any]) -> None:
        """In parts, because a large one would be in memory several times on its way to the file."""
        size = max(_IN_PART, -(-len(results) // _MOST_PARTS))
        items = iter(results.items())
        count = 0
        while part := dict(islice(items, size)):
            self.keep(key + bytes([count]), part)
            count += 1
        self.keep(key, count)

    def use(self, keys: Iterable[bytes]) -> None:
        """What is kept under the keys stays in the file."""
        self._is_copy()
        self._used.update(keys)

    def hold(self, key: bytes, result: object) -> None:
        """Keeps what is large for this process's next build only, if there will be one."""
        if self._is_lasting:
            self.use((key,))
            self._results[key] = result

    def held(self, key: bytes) -> Any:
        """What `hold` was given; None: nothing."""
        found = self._results.get(key)
        if found is not None:
            self.use((key,))
        return found

    def _keep(self, key: bytes, result: object) -> None:
        if self._file:
            self._put(key, pack(result))

    def _put(self, key: bytes, packed: bytes) -> None:
        """Puts a value where the file will have it; only so many wait in memory."""
        if self._file is None:
            return
        is_copy = self._is_copy()
        self._new[key] = packed
        self._waiting += len(packed)
        if self._waiting > _MOST_WAITING and not is_copy:
            self._write()
            give_back()

    def hand_over(self) -> Learned:
        """What a copy of the process that shares in its work has learned since it was asked last."""
        if not self._is_copy():
            return {}, frozenset()
        new, used, self._new, self._used = self._new, self._used, {}, set()
        return new, used

    def take_over(self, learned: Learned) -> None:
        new, used = learned
        self._used |= used
        for key, packed in new.items():
            self._put(key, packed)

    def _is_copy(self) -> bool:
        """Whether this is a copy of the process that began: what that had waiting is its own."""
        if self._own_process != os.getpid() and self._left is None:
            self._left, self._new, self._used = self._new, {}, set()
        return self._left is not None

    def end_build(self) -> None:
        """Writes what is new, and forgets what the build that ends here hasn't asked for."""
        gone = self._results.keys() - self._used
        for key in gone:
            del self._results[key]
        for key in self._large.keys() - self._used:
            del self._large[key]
        self._recent.clear()
        if self._new or gone:
            self._write()
            if self._file:
                self._file.forget(self._used)
        self._used, self._shown = set(), None
        if self._file:
            self._file.close()

    def _read(self, key: bytes) -> tuple[Any] | None:
        """The result in a tuple of its own; None: there is none."""
        found = self._file.read([key]) if self._file else None
        return (found[key],) if found else None

    def _write(self) -> None:
        new, self._new, self._waiting = self._new, {}, 0
        if self._file and not self._file.write(new):  # what this build will ask for again is held
            self._large |= {key: packed for key, packed in new.items() if key.startswith(_LATE)}


_LATE = b"late"


def _late_key(key: bytes) -> bytes:
    """The large part's key, by the small one's."""
    return _LATE + key[4:]
