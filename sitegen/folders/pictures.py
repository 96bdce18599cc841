"""Images of a course to what pages say of them: how large they are, and smaller files in WebP made from them.

Each image is decoded once: what was made of it is kept in `.sitegen/cache/pictures/`, by the hash of its bytes, and
files that haven't changed since aren't even read. Which images pages show is `build`'s to say, what they write of them
`course.figures`'. WebP alone, because every browser since 2020 shows it and the markup stays a line; AVIF would save a
fifth more and take ten times as long.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sitegen.addresses import asset_path
from sitegen.diagnostics import Diagnostic, Rule, Span
from sitegen.folders.disk import Asset, AssetTrouble, chunks, read_start
from sitegen.folders.memory import FOLDER
from sitegen.folders.standstill import version_of
from sitegen.images import ENOUGH, measure_image
from sitegen.model import Picture
from sitegen.patterns import regex
from sitegen.shrinking import MOST_PIXELS, WIDTHS, Broken, see_image
from sitegen.values import Value, as_dict, field, field_names

BROKEN_PICTURE = Rule(
    "broken-picture",
    "warning",
    "A page shows an image whose file can't be read as one: it ends too early, or it holds something else, as when a "
    "page that asked for a password was saved in its place. It is published as it is.",
)
MISNAMED_PICTURE = Rule(
    "misnamed-picture",
    "warning",
    "An image's name says another format than its bytes. Browsers look at the bytes, but servers, feed readers and the "
    "programs of those who download it go by the name.",
    wrong="![A ring](ring.png), where ring.png is a JPEG",
    right="![A ring](ring.jpg)",
)
LARGE_PICTURE = Rule(
    "large-picture",
    "warning",
    "An image has more pixels than a phone can hold: decoded, each takes four bytes, however small the file is. No "
    "smaller files are made from it.",
)
PLACE_IN_PICTURE = Rule(
    "place-in-picture",
    "warning",
    "A photo tells where it was taken, to some metres: phones write that into the file. The smaller files that pages "
    "show don't, but the original is published, too.",
)

LARGEST_FILE = 100 << 20
KNOWN = "known.json"
"""What the last build knew of its images, beside what it made from them."""
EDITION = 1
"""Raised when the same image becomes other files."""


class Made(Value):
    """A file that was made from an image."""

    width: int
    size: int
    digest: str
    """SHA-256."""


class Known(Value):
    """What is known of one image's bytes."""

    digest: str
    kind: str
    """As in `images.Image`; empty for no image."""
    width: int = 0
    height: int = 0
    made: tuple[Made, ...] = ()
    trouble: str = ""
    """`broken`, `large`; or empty."""
    tells_place: bool = False


class Developed(Value):
    """What a build gets for its images."""

    pictures: Mapping[str, Picture] = field(factory=dict)
    """By published path."""
    files: Mapping[str, Asset] = field(factory=dict)
    """Those that were made, by published path."""
    findings: list[Diagnostic] = field(factory=list)


class Darkroom:
    """Makes smaller files; `course` None: in a folder that lasts as long as this process."""

    def __init__(self, course: Path | None) -> None:
        self._is_kept = course is not None
        self._folder = course / FOLDER / "cache" / "pictures" if course else Path()

    def develop(self, assets: Iterable[Asset], taken: Mapping[str, Asset]) -> Developed:
        """`taken` are the assets by path, at whose addresses nothing else may be published."""
        assets = list(assets)
        if not assets:
            return Developed()
        if not self._is_kept and self._folder == Path():
            self._folder = _passing_folder()
        edition = _edition()
        last = _recall(self._folder / KNOWN, edition)
        known_now = {asset.path: self._recognise(asset, last) for asset in assets}
        known_now |= self._look([asset for asset in assets if known_now[asset.path] is None], last)
        now = {
            asset.path: ([asset.size, asset.mtime_ns], known) for asset in assets if (known := known_now[asset.path])
        }
        if now != last:
            self._write(KNOWN, _remember(now, edition))
        self._prune(known for _, known in now.values())
        pictures: dict[str, Picture] = {}
        files: dict[str, Asset] = {}
        addresses = {asset_path(path) for path in taken}
        for path, (_, known) in now.items():
            made = {_address(path, known, one): one for one in known.made}
            made = {address: one for address, one in made.items() if address not in addresses}
            files |= {address: self._asset(path, known, one) for address, one in made.items()}
            smaller = [(address, one.width) for address, one in made.items()]
            if smaller and known.width <= WIDTHS[-1] and smaller[-1][1] < known.width:
                smaller.append((asset_path(path), known.width))
            pictures[asset_path(path)] = Picture(known.width, known.height, tuple(smaller))
        findings = [finding for path, (_, known) in now.items() for finding in _tell(path, known)]
        return Developed(pictures, files, findings)

    def _recognise(self, asset: Asset, last: Mapping[str, tuple[list[int], Known]]) -> Known | None:
        """From the last build where neither the image nor what was made of it has changed."""
        stamp, known = last.get(asset.path, ([], None))
        return known if known and stamp == [asset.size, asset.mtime_ns] and self._has(known) else None

    def _look(self, assets: Sequence[Asset], last: Mapping[str, tuple[list[int], Known]]) -> dict[str, Known | None]:
        """What is seen in them, by path; several at once."""
        if not assets:
            return {}
        from concurrent.futures import ThreadPoolExecutor
        from warnings import catch_warnings

        with catch_warnings(action="ignore"), ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            seen = pool.map(lambda one: self._know(one, last), assets)
            return {asset.path: known for asset, known in zip(assets, seen, strict=True)}

    def _know(self, asset: Asset, last: Mapping[str, tuple[list[int], Known]]) -> Known | None:
        if asset.size > LARGEST_FILE:
            return _describe(read_start(asset, ENOUGH), "", "large")
        try:
            content = b"".join(chunks(asset))
        except AssetTrouble:
            return None  # that is told when it is published
        digest = hashlib.sha256(content).hexdigest()
        for _, other in last.values():
            if other.digest == digest and self._has(other):
                return other  # it has another name or time
        return self._make(content, digest)

    def _make(self, content: bytes, digest: str) -> Known:
        known = _describe(content[:ENOUGH], digest, "")
        if known.kind not in _DECODED:
            return known
        if known.width * known.height > MOST_PIXELS:
            return _describe(content[:ENOUGH], digest, "large")
        try:
            seen = see_image(content)
        except Broken:
            return _describe(content[:ENOUGH], digest, "broken")
        made = []
        for width, written in seen.smaller:
            one = Made(width, len(written), hashlib.sha256(written).hexdigest())
            if self._write(self._file(digest, one).name, written):
                made.append(one)
        return Known(digest, known.kind, seen.width, seen.height, tuple(made), "", seen.tells_place)

    # Files.

    def _file(self, digest: str, made: Made) -> Path:
        return self._folder / f"{digest[:32]}-{made.width}-{EDITION}.webp"

    def _asset(self, path: str, known: Known, made: Made) -> Asset:
        location = self._file(known.digest, made)
        return Asset(path, location, made.size, location.stat().st_mtime_ns)

    def _has(self, known: Known) -> bool:
        for one in known.made:
            try:
                content = self._file(known.digest, one).read_bytes()
            except OSError:
                return False
            if hashlib.sha256(content).hexdigest() != one.digest:
                return False
        return True

    def _write(self, name: str, content: bytes) -> bool:
        """Whether it could be written: a course on a disk that is full or can't be written to shows its originals."""
        try:
            if self._folder.is_symlink() or self._folder.parent.is_symlink():
                return False
            self._folder.mkdir(parents=True, exist_ok=True)
            ignore = self._folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="ascii")
            unfinished = self._folder / f"new-{os.getpid()}-{name}"
            unfinished.write_bytes(content)
            unfinished.replace(self._folder / name)
        except OSError:
            return False
        return True

    def _prune(self, known: Iterable[Known]) -> None:
        """Removes what no image of this build needs."""
        if not self._is_kept or self._folder.is_symlink():
            return
        needed = {self._file(one.digest, made).name for one in known for made in one.made}
        with suppress(OSError):
            for file in list(self._folder.glob("*.webp")):
                if file.name not in needed:
                    file.unlink(missing_ok=True)


def _passing_folder() -> Path:
    import atexit
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix="sitegen-pictures-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _address(path: str, known: Known, made: Made) -> str:
    """`lectures/ring.jpg` to `lectures/ring-3f2a9c1b-640.webp`."""
    return f"{asset_path(path).rpartition('.')[0]}-{known.digest[:8]}-{made.width}.webp"


def _edition() -> str:
    """The same for programs that make the same files."""
    return f"{EDITION} {version_of('pillow')}"


def _recall(file: Path, edition: str) -> dict[str, tuple[list[int], Known]]:
    """What is remembered; nothing of what isn't as we wrote it."""
    names = set(field_names(Known))
    found: dict[str, tuple[list[int], Known]] = {}
    try:
        for path, (stamp, values) in json.loads(file.read_bytes())[edition].items():
            made = tuple(Made(int(width), int(size), str(digest)) for width, size, digest in values["made"])
            if values.keys() == names and re.fullmatch("[0-9a-f]*", values["digest"]):
                found[path] = (stamp, Known(**{**values, "made": made}))
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
    return found


def _remember(now: Mapping[str, tuple[list[int], Known]], edition: str) -> bytes:
    shown = {
        path: (stamp, {**as_dict(known), "made": [(one.width, one.size, one.digest) for one in known.made]})
        for path, (stamp, known) in sorted(now.items())
    }
    return json.dumps({edition: shown}).encode()


# --- one image ----------------------------------------------------------------------------------

_DECODED = frozenset({"PNG", "JPEG", "GIF", "WebP"})
"""AVIF is as small as we could make it, SVG has no pixels."""
_FULL = 1000
"""Width given to a drawing in SVG that has none of its own, which browsers show as wide as there is room."""
_SVG_WIDTH = regex(rb"<(?:svg:)?svg\b[^<>]*\swidth\s*=")


def _describe(start: bytes, digest: str, trouble: str) -> Known:
    image = measure_image(start)
    if image is None:
        return Known(digest, "", trouble="broken")
    width, height = image.width, image.height
    if image.kind == "SVG" and width and not _SVG_WIDTH.search(start):
        width, height = max(width, _FULL), height * max(width, _FULL) / width
    wide, high = (max(1, round(side)) if side else 0 for side in (width, height))
    return Known(digest, image.kind, wide, high, trouble=trouble)


# --- what is told -------------------------------------------------------------------------------

_ENDINGS = {
    "PNG": ("png", "apng"), "JPEG": ("jpg", "jpeg", "jpe", "jfif", "pjpeg"), "GIF": ("gif",), "WebP": ("webp",),
    "AVIF": ("avif",), "SVG": ("svg",),
}  # fmt: skip


def is_named_picture(path: str) -> bool:
    """Whether a file's name says that it is an image which pages can show."""
    return path.rpartition(".")[2].casefold() in {ending for endings in _ENDINGS.values() for ending in endings}


def _tell(path: str, known: Known) -> Iterator[Diagnostic]:
    span, ending = Span(path), path.rpartition(".")[2].casefold()
    if known.trouble == "large":
        message = f"{path} has {known.width} × {known.height} pixels, more than browsers on phones can show."
        yield LARGE_PICTURE.at(span, message, "Make it smaller: 4000 pixels are enough for any screen.")
    elif known.trouble and known.kind:
        message = f"{path} can't be read to its end as {_a(known.kind)}, so parts of it may be missing."
        yield BROKEN_PICTURE.at(span, message, "Export or download it again.")
    elif known.trouble and is_named_picture(path):
        message = f"{path} is no image that browsers show: it doesn't start as one."
        yield BROKEN_PICTURE.at(span, message, "Open it to see what it is, and export or download it again.")
    elif known.kind and ending not in _ENDINGS[known.kind] and is_named_picture(path):
        right = f"{path.rpartition('.')[0]}.{_ENDINGS[known.kind][0]}"
        yield MISNAMED_PICTURE.at(span, f"{path} is {_a(known.kind)} by its bytes.", f"Rename it: {right}.")
    if known.tells_place:
        message = f"{path} tells where it was taken, and is published with that."
        yield PLACE_IN_PICTURE.at(span, message, "Export it without its location.")


def _a(kind: str) -> str:
    return f"{'an' if kind in {'AVIF', 'SVG'} else 'a'} {kind}"
