"""Regular expressions that are compiled when they are first used, and not when their module is imported.

The program has some four hundred, and most commands need a dozen. What a pattern matches is known where it stands.
"""

from __future__ import annotations

import re
from typing import Any, overload


@overload
def regex(pattern: str, flags: int = 0) -> re.Pattern[str]: ...
@overload
def regex(pattern: bytes, flags: int = 0) -> re.Pattern[bytes]: ...
def regex(pattern: Any, flags: int = 0) -> Any:
    """What `re.compile` gives, to those who call its methods; functions of `re` and of libraries need the real one."""
    return _Unread(pattern, flags)


CHINESE = r"\u3040-\u9fff\uac00-\ud7a3"
"""In a pattern's brackets: letters around which no spaces stand, Chinese, Japanese, and Korean words with particles.

A class of so many letters takes 2 ms to compile, so few texts' patterns have it: those that aren't western."""


def is_western(text: str) -> bool:
    """Whether it is in Latin letters, with the usual punctuation and signs; placeholders are in any script."""
    return text.isascii() or not _BEYOND.search(text)


def without_chinese(pattern: str) -> str:
    """The pattern that matches the same in western texts."""
    return pattern.replace(CHINESE, "")


class _Unread:
    """A pattern that nobody has asked for anything yet."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern, self.flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(f"a pattern has no {name!r}")
        compiled = re.compile(self.pattern, self.flags)
        vars(self).update({method: getattr(compiled, method) for method in _METHODS}, flags=compiled.flags)
        self.__class__ = _Read  # type: ignore[assignment]
        return getattr(compiled, name)


class _Read:
    """One that has the methods of the real one for its own: called as quickly, without a `__getattr__` to ask first."""


_BEYOND = regex("[^\0-\u02ff\u2000-\u22ff\ufe0e\ufe0f\U000f0000\U000f0001]")
_METHODS = "match fullmatch search finditer findall split sub subn groups groupindex".split()
