"""Files that belong to a lecture by their names: `intro.pdf` and `intro-handout.pdf` beside `intro.md`.

They are linked from the lecture and its session by themselves, and published with it. Any file is still published at
its own path, and what a text or a session links to itself isn't told twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from unicodedata import normalize

from sitegen.addresses import CONTENT, asset_path, is_external
from sitegen.course.references import Targets, find_target
from sitegen.languages import English
from sitegen.model import Attachment, Document, Page, Session
from sitegen.patterns import regex

LECTURE_FOLDER = f"{CONTENT}lectures/"

_KINDS = {
    "pdf": "PDF",
    "ppt": "PowerPoint", "pptx": "PowerPoint", "ppsx": "PowerPoint", "key": "Keynote", "odp": "OpenDocument",
    "doc": "Word", "docx": "Word", "odt": "OpenDocument", "rtf": "RTF", "txt": "text",
    "xls": "Excel", "xlsx": "Excel", "ods": "OpenDocument", "csv": "CSV", "tsv": "TSV", "json": "JSON",
    "ipynb": "Jupyter", "py": "Python", "rmd": "R Markdown", "qmd": "Quarto", "jl": "Julia", "tex": "LaTeX",
    "mp4": "MP4", "webm": "WebM", "mov": "QuickTime", "m4v": "MP4", "mp3": "MP3", "m4a": "M4A", "ogg": "Ogg",
}  # fmt: skip
"""What files of an ending are called, where that isn't the ending itself."""
_LABELS = {
    label: frozenset(endings.split())
    for label, endings in {
        "Slides": "ppt pptx ppsx key odp",
        "Notebook": "ipynb rmd qmd",
        "Video": "mp4 webm mov m4v",
        "Audio": "mp3 m4a ogg opus wav",
        "Data": "csv tsv json xls xlsx ods",
        "Code": "py jl r c cc cpp cu go java js rs sh sql ts",
    }.items()
}
"""What the files of a lecture are, by their endings; others are called as their kind."""
_PICTURES = frozenset({"apng", "avif", "gif", "jpeg", "jpg", "png", "svg", "webp"})
_UNSEEN = frozenset({"vtt", "srt", "bib", "css", "js", "map"})
"""What is made for other files, not for people."""
_SLIDES = frozenset({"slides", "deck", "folien", "diapos", "transparencias"})
_BREAK = regex(r"[-_. ]")
_ENDING = regex(r"\.(?P<ending>tar\.\w{1,4}|[^.]+)\Z", re.IGNORECASE)


def find_owners(lectures: Iterable[str], files: Iterable[str]) -> dict[str, str]:
    """The lecture that each file belongs to by its name, by source paths; upper and lower case count as one.

    `gpu-lab.pdf` belongs to gpu-lab.md where there is one, otherwise to gpu.md. Pictures are drawn from texts, so
    they belong to none but one of their very name.
    """
    names: dict[tuple[str, str], str] = {}
    for lecture in lectures:
        folder, _, file = lecture.rpartition("/")
        names[folder, _fold(file.removesuffix(".md"))] = lecture
        if file == "index.md":
            names[folder, _fold(folder.rpartition("/")[2])] = lecture
    folders = {folder for folder, _ in names}
    owners = {}
    for file in files:
        folder, _, name = file.rpartition("/")
        if folder not in folders:
            continue
        folded = _fold(name)
        stems = [folded[: gap.start()] for gap in _BREAK.finditer(folded)]
        owner = next((stem for stem in reversed(stems) if (folder, stem) in names), None)
        ending = _read_ending(folded)
        is_bare = owner is not None and folded == f"{owner}.{ending}"
        if owner is not None and ending and ending not in _UNSEEN and (is_bare or ending not in _PICTURES):
            owners[file] = names[folder, owner]
    return owners


def find_withheld(
    owners: Mapping[str, str], unpublished: Set[str], documents: Iterable[Document], written: Iterable[str]
) -> frozenset[str]:
    """The files that wait for their lecture: those of lectures that aren't published, to which nothing leads yet.

    `documents` are published; `written` are the paths in content/ that site.yaml and papers.bib link to. Pictures
    don't wait, for any text may show them.
    """
    waiting = {file for file, owner in owners.items() if owner in unpublished and _ending_of(file) not in _PICTURES}
    if not waiting:
        return frozenset()
    targets = Targets({file: file for file in waiting}, {}, frozenset(), {})
    site = Document(source=f"{CONTENT}site.yaml", title="", description="", html="")
    links = [(path.removeprefix(CONTENT), site) for path in written]
    links += [(link.written, document) for document in documents for link in document.references if not link.items]
    linked = {_target(path, document, targets) for path, document in links if not is_external(path)}
    return frozenset(waiting - linked)


def list_attachments(
    page: Page, own: Mapping[str, int], sessions: Iterable[Session], targets: Targets
) -> tuple[Attachment, ...]:
    """A lecture's files, slides first, then the shortest names; without those that its text or its sessions link to.

    `own` are the source paths of the files that belong to it, with their sizes.
    """
    if not own:
        return ()
    linked = {link.target for session in sessions for link in session.links}
    written = (link.written for link in page.document.references if not link.items and not is_external(link.written))
    linked |= {_target(path, page.document, targets) for path in written}
    files = [_attachment(file, page.source, size) for file, size in own.items() if asset_path(file) not in linked]
    return tuple(sorted(files, key=lambda file: (not file.is_slides, len(file.path), file.path.casefold())))


def _target(written: str, document: Document, targets: Targets) -> str:
    """What a path leads to, or nothing."""
    path = written.partition("#")[0].partition("?")[0]
    return (path and find_target(path, document, "", targets)[1]) or ""


def _attachment(file: str, lecture: str, size: int) -> Attachment:
    name = file.rpartition("/")[2]
    ending = _ending_of(file)
    folder, _, stem = lecture.removesuffix(".md").rpartition("/")
    if stem == "index" and not _fold(name).startswith("index"):
        stem = folder.rpartition("/")[2]
    # Letter by letter, for small letters may be more or fewer than the letters that they are of.
    end = next(at for at in range(len(name) + 1) if _fold(name[:at]) == _fold(stem))
    words = " ".join(_BREAK.split(name[end : -len(ending) - 1])).strip()
    kind = _KINDS.get(ending, ending.upper())
    label = next((label for label, endings in _LABELS.items() if ending in endings), kind)
    is_slides = label == "Slides" or not _SLIDES.isdisjoint(words.casefold().split())
    is_named = words and not words.isdigit()
    named = words[:1].upper() + words[1:] if is_named else English(f"{label} {words}".strip())
    return Attachment(asset_path(file), named, "" if named == kind else kind, size, is_slides)


def _ending_of(file: str) -> str:
    return _read_ending(_fold(file.rpartition("/")[2]))


def _read_ending(name: str) -> str:
    """`pdf`, `tar.gz`; empty for a name without one."""
    match = _ENDING.search(name)
    return match["ending"].casefold() if match else ""


def _fold(name: str) -> str:
    return normalize("NFC", name).casefold()
