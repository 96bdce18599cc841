"""A process that the tests kill or starve while it publishes. Run as `publish_child.py ACTION OUT COURSE`."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from pathlib import Path

from sitegen.folders.publish import PublishFailed, publish

Site = Mapping[str, bytes]


def two_sites() -> tuple[Site, Site]:
    """Two sites that share files, differ in others, and swap files for folders; about 100 files each."""
    noise = random.Random(7)
    both = {f"same/{number}.css": noise.randbytes(300) for number in range(20)}
    one: dict[str, bytes] = dict(both)
    other: dict[str, bytes] = dict(both)
    for number in range(40):
        one[f"pages/{number}/index.html"] = noise.randbytes(2000)
        other[f"pages/{number}/index.html"] = noise.randbytes(3000)
        one[f"only-one/{number}/{number}.js"] = noise.randbytes(10)
        other[f"only-other/{number}.png"] = noise.randbytes(10)
    one |= {"swap": b"a file", "swop/a/index.html": b"deep", "swop/b.css": b"css", "index.html": b"one"}
    other |= {"swap/a/b.html": b"deep", "swap/c.js": b"js", "swop": b"a file", "index.html": b"other"}
    return one, other


def publish_for_ever(out: Path, course: Path) -> None:
    """Publishes the two sites in turn until it is killed, with a line before each."""
    while True:
        for site in two_sites():
            sys.stdout.write("next\n")
            sys.stdout.flush()
            publish(out, site, course)


def publish_with_small_files_only(out: Path, course: Path) -> None:
    """Publishes a site with a large file where the system allows small files only, and prints what it is told."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        publish(out, {"index.html": b"new", "a.css": b"new", "large.pdf": bytes(200_000)}, course)
    except PublishFailed as failed:
        sys.stdout.write(f"{failed}\n")


if __name__ == "__main__":
    action = {"for-ever": publish_for_ever, "small-files": publish_with_small_files_only}[sys.argv[1]]
    action(Path(sys.argv[2]), Path(sys.argv[3]))
