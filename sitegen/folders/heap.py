"""Memory that is free again, given back to the system: glibc keeps what was freed between things that are still used.

After a page of ten megabytes that is several times as much. Other systems' C libraries need no reminder.
"""

from __future__ import annotations

import sys
from contextlib import suppress

MUCH = 1 << 20
"""Bytes of one file, after which it is worth the milliseconds."""


def give_back() -> None:
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # a C library without it
            ctypes.CDLL(None).malloc_trim(0)
