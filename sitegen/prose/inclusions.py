"""Code that is shown from files of the course: which file a fence names, and what of it stands in the fence's place.

    ```python file="code/train.py" lines="10-25,40"
    ```

A pure function of the text and of the bytes that the caller has for the files in `list_inclusions`. Which lines of a
file are meant is `excerpts`; the fence itself is read by `fences`, and coloured like any other.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from unicodedata import normalize

from sitegen.addresses import CLOSE, CONTENT, OPEN
from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.patterns import regex
from sitegen.prose.excerpts import Fault, Lines, choose_lines
from sitegen.prose.fences import Code, Origin
from sitegen.prose.pieces import Found
from sitegen.values import Value, replace

NO_INCLUSION = Rule(
    "no-inclusion",
    "error",
    'A block of code names a file of the course, as file="train.py", whose lines are to be shown, and there is no '
    "such file, or none that can be shown: it must be text in content/, of at most a megabyte. Its path is written as "
    "in a link, from where the Markdown file stands.",
    wrong='```python file="trian.py"\n```',
    right='```python file="train.py"\n```',
)
NO_EXCERPT = Rule(
    "no-excerpt",
    "error",
    "A block of code shows lines of a file that it doesn't have: the file was edited since, or a name is misspelled. "
    "A region's or a function's name lasts longer than a line's number.",
    wrong='```python file="train.py" region="setpu"\n```',
    right='```python file="train.py" region="setup"\n```',
)
UNUSED_CODE = Rule(
    "unused-code",
    "warning",
    "A block of code names a file whose lines it shows, and has lines of its own, which aren't shown.",
    wrong='```python file="train.py"\nx = 1\n```',
    right='```python file="train.py"\n```',
)

LARGEST = 1_000_000
"""Bytes of a file of which lines are shown."""
MOST_LINES, MOST_CHARACTERS = 2_000, 100_000
"""That are shown of one file."""
MOST_OF_A_TEXT = 500_000
"""Characters that one text shows from files."""
MOST_FILES, MOST_READ = 200, 10_000_000
"""Files that one text shows, and bytes that are looked through for it."""


class Absence(Value):
    """Why a file can't be shown."""

    words: str
    """One plain sentence."""
    help: str


Included = Mapping[str, bytes | Absence]
"""What the caller has for each path of `list_inclusions`."""
NOTHING: Included = {}


# --- which files --------------------------------------------------------------------------------

_OPTION = regex(r"""(?<![\w-])(?P<name>[\w-]+)\s*=\s*(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s,{}"']+)""")
_NAMED = regex(rb"file(?:\s|[\x80-\xff])*=")
"""As `_OPTION` has it, in bytes: white space needn't be ASCII."""
_OURS = ("file", "lines", "region", "object")


def list_inclusions(source: bytes, file: str) -> tuple[str, ...]:
    """The paths, from the course folder, of all files that the Markdown in `source` may show.

    Cheap for a text that shows none; a fence in another one's code counts, too.
    """
    if not _NAMED.search(source):
        return ()
    lines = source.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    openings = (dict(_options(line)) for line in lines if "file" in line and ("```" in line or "~~~" in line))
    paths = (find_path(options["file"], file) for options in openings if "file" in options)
    return tuple(dict.fromkeys(path for path in paths if isinstance(path, str)))[:MOST_FILES]


def find_path(written: str, file: str) -> str | Absence:
    """The file that `written` names in the Markdown file `file`, by the rule of links, or why it names none."""
    name = normalize("NFC", written.strip())
    if not name:
        return Absence("This block of code names no file.", 'Write file="train.py", from where this text stands.')
    if "\\" in name or re.match(r"[A-Za-z]:(?!//)", name):
        return Absence(f'"{name}" is a path of Windows.', "Write it with slashes, from where this text stands.")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", name):
        words = f'"{name}" is a web address; only files of the course are shown.'
        return Absence(words, "Put the file into content/, and name it from where this text stands.")
    folder = CONTENT if name.startswith("/") else posixpath.dirname(file)
    path = posixpath.normpath(posixpath.join(folder, name.lstrip("/")))
    if not path.startswith(CONTENT):
        return Absence(f'"{name}" leads out of the content folder.', "Move the file into content/.")
    return path


def explain_absence(path: str, file: str, known: Collection[str]) -> Absence:
    """For a path, written in the Markdown file `file`, that none of the course's files has."""
    folder, folded = posixpath.dirname(file), path.casefold()
    twin = next((name for name in known if name.casefold() == folded), None)
    if twin:
        words = f"{path} differs from the file's name only in upper and lower case."
        return Absence(words, f'Write file="{posixpath.relpath(twin, folder)}".')
    if any(name.startswith(f"{path}/") for name in known):
        return Absence(f"{path} is a folder.", "Name one of its files.")
    near = _nearest(path, known)
    help = "Put it there, or write its path from where this text stands."
    if near:
        help = f'Did you mean "{posixpath.relpath(near, folder)}"?'
    return Absence(f"{path} isn't in the course.", help)


def _nearest(path: str, known: Collection[str]) -> str | None:
    """A file of that name in another folder; otherwise one of nearly that name in its own, or in any."""
    folder, _, name = path.rpartition("/")
    named = [one for one in known if _short(one) == name]
    if named:
        return min(named, key=len)
    beside = {_short(one): one for one in known if posixpath.dirname(one) == folder}
    near = closest(name, beside, _ALIKE)
    if near:
        return beside[near]
    anywhere = {_short(one): one for one in known}
    near = closest(name, anywhere, _ALIKE)
    return anywhere[near] if near else None


_ALIKE = 0.75
"""As names of files end alike, they are more alike than words."""


def _short(path: str) -> str:
    return path.rpartition("/")[2]


# --- what stands in the fence's place -----------------------------------------------------------

Place = Callable[[int, int], Span]
"""(offset, length) in the passage to where that is in its file."""


class Inclusion(Value):
    """A fence that shows a file, for the text's own Markdown."""

    start: int
    """Offset of the fence in the passage, after what stands before it in its line."""
    end: int
    code: Code
    """With the lines that are shown."""


def include_files(
    found: Sequence[Found], included: Included, file: str, place: Place
) -> tuple[list[Found], list[Inclusion], list[Diagnostic]]:
    """`found` with the lines of files in the code that names some, those alone, and what is wrong with them."""
    shown = list(found)
    inclusions: list[Inclusion] = []
    findings: list[Diagnostic] = []
    room, unread = MOST_OF_A_TEXT, MOST_READ
    for number, value in enumerate(found):
        if isinstance(value, Code) and (wishes := _read_wishes(value)):
            content = _find(wishes["file"].value, included, file)
            unread -= 0 if isinstance(content, Absence) else len(content)
            content = _TOO_MANY if unread < 0 else content
            path = find_path(wishes["file"].value, file)
            code, problems = _include(value, wishes, path if isinstance(path, str) else "", content, place, room)
            room -= len(code.text)
            shown[number] = code
            findings += problems
            inclusions.append(Inclusion(value.start, value.start + len(value.written), code))
    return shown, inclusions, findings


class _Wish(Value):
    value: str
    start: int
    """Offset of the value in the passage."""


def _read_wishes(code: Code) -> dict[str, _Wish]:
    """What a fence says about the file that it shows; nothing for one that names none."""
    opening = code.written.partition("\n")[0]
    found = {}
    for match in _OPTION.finditer(opening):
        quotes = len(match["value"]) - len(match["value"].strip("\"'"))
        found[match["name"]] = _Wish(match["value"].strip("\"'"), code.start + match.start("value") + bool(quotes))
    return found if "file" in found else {}


def _options(opening: str) -> Iterator[tuple[str, str]]:
    return ((match["name"], match["value"].strip("\"'")) for match in _OPTION.finditer(opening))


def _include(
    code: Code, wishes: Mapping[str, _Wish], path: str, content: bytes | Absence, place: Place, room: int
) -> tuple[Code, list[Diagnostic]]:
    """The code with the lines that it asks for; with none where there are none."""

    def where(name: str) -> Span:
        return place(wishes[name].start, len(wishes[name].value) or 1)

    findings = []
    if code.text.strip():
        opening = place(code.start, len(code.written.partition("\n")[0]))
        message = "The lines between these fences aren't shown, but those of the file."
        findings.append(UNUSED_CODE.at(opening, message, "Remove them, or the file's name."))
    odd = tuple(one for one in code.odd if one[1].partition("=")[0].strip() not in _OURS)
    code = replace(code, text="", odd=odd, language=code.language or guess_language(wishes["file"].value))
    name = _short(wishes["file"].value.strip())
    text = content if isinstance(content, Absence) else _read(content, name)
    if isinstance(text, Absence):
        return code, [*findings, NO_INCLUSION.at(where("file"), text.words, text.help)]
    asked = [option for option in _OURS[1:] if option in wishes]
    if len(asked) > 1:
        message = f"A block of code shows either {asked[0]} or {asked[1]} of a file, not both."
        return code, [*findings, NO_EXCERPT.at(where(asked[1]), message, "Remove one of them.")]
    values = {option: wishes[option].value.strip() for option in asked}
    if "" in values.values():
        return code, [
            *findings,
            NO_EXCERPT.at(where(asked[0]), f"{asked[0]} has no value.", "Give it one, or remove it."),
        ]
    lines = choose_lines(text, name, values.get("lines", ""), values.get("region", ""), values.get("object", ""))
    lines = lines if isinstance(lines, Fault) else _within(lines, name, room)
    if isinstance(lines, Fault):
        return code, [*findings, NO_EXCERPT.at(where(asked[0] if asked else "file"), lines.words, lines.help)]
    code, problem = _with_lines(code, wishes, lines, name)
    whole = text.split("\n")
    margin = max((len(whole[number - 1]) - len(line) for number, line in lines if line), default=0)
    code = replace(code, origin=Origin(path, tuple(number for number, _ in lines), margin))
    if problem:
        help = 'Lines are counted from 1, and as in the file with linenums="file".'
        findings.append(NO_EXCERPT.at(where("hl_lines" if "hl_lines" in wishes else "file"), problem, help))
    return code, findings


def _with_lines(code: Code, wishes: Mapping[str, _Wish], lines: Lines, name: str) -> tuple[Code, str]:
    """The code with these lines, and what is wrong with those that are to stand out, if anything is."""
    numbers = tuple(number for number, _ in lines)
    keeps_numbers = "linenums" in wishes and wishes["linenums"].value == "file"
    counted = numbers if keeps_numbers else tuple(range(1, len(lines) + 1))
    shown = replace(
        code,
        text="".join(f"{line}\n" for _, line in lines),
        title=code.title if "title" in wishes else name,
        source="" if name.endswith(".md") else wishes["file"].value,
        first=numbers[0] if keeps_numbers else code.first,
        numbers=numbers if keeps_numbers else (),
        marked=frozenset(at for at, number in enumerate(counted, 1) if number in code.marked),
    )
    lost = min(code.marked - set(counted), default=-1)
    problem = f"Line {lost} is to stand out, but the lines that are shown are {counted[0]} to {counted[-1]}."
    return shown, problem if lost >= 0 else ""


def _find(written: str, included: Included, file: str) -> bytes | Absence:
    path = find_path(written, file)
    if isinstance(path, Absence):
        return path
    return included.get(path, _TOO_MANY if len(included) >= MOST_FILES else explain_absence(path, file, ()))


_TOO_MANY = Absence("This text shows more files than can be looked through.", "Split the text, or show fewer.")


def _read(content: bytes, path: str) -> str | Absence:
    r"""The file's text with `\n` line ends."""
    if len(content) > LARGEST:
        words = f"{path} is larger than a megabyte, the most of a file that is shown."
        return Absence(words, "Put the lines into a file of their own, or link to this one.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Absence(f"{path} is in UTF-16.", "Save it as UTF-8 in your editor.")
    if b"\0" in content:
        return Absence(f"{path} isn't text.", "Link to it instead.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Absence(
            f"{path} isn't UTF-8: a byte in line {line} is no letter in it.", "Save it as UTF-8 in your editor."
        )
    return _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


_UNFIT = regex(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff{OPEN}{CLOSE}\U000f0002-\U000f0003]")
"""Characters that HTML can't hold, and those of our own tokens."""


def _within(lines: Lines, name: str, room: int) -> Lines | Fault:
    """The lines, unless they are more than a page can bear."""
    size = sum(len(line) + 1 for _, line in lines)
    if len(lines) > MOST_LINES or size > MOST_CHARACTERS:
        words = f"{name} is too long for a page: lines: {len(lines):,}, characters: {size:,}."
        most = f"{MOST_LINES:,} lines and {MOST_CHARACTERS:,} characters"
        return Fault(words, f'Name the lines that matter, as lines="10-25"; {most} are the most.')
    if size > room:
        words = f"With {name}, this text would show more than {MOST_OF_A_TEXT:,} characters of files."
        return Fault(words, "Name the lines that matter, or split the text.")
    return lines


def guess_language(path: str) -> str:
    """The name of the language that files of this ending are in, as far as Pygments knows; empty for none."""
    from fnmatch import fnmatchcase

    from pygments.lexers._mapping import LEXERS

    name = _short(path)
    usual = _USUAL.get(name.rpartition(".")[2].lower())
    if usual or not name:
        return usual or ""
    kinds = ((aliases, patterns) for _, _, aliases, patterns, _ in LEXERS.values() if aliases)
    return next((names[0] for names, patterns in kinds if any(fnmatchcase(name, one) for one in patterns)), "")


_USUAL = {
    "c": "c", "cu": "cuda", "h": "c", "html": "html", "ipynb": "json", "js": "javascript", "m": "matlab",
    "md": "markdown",
    "pl": "perl", "py": "python", "s": "gas", "sql": "sql", "tex": "tex", "ts": "typescript", "v": "verilog",
}  # fmt: skip
"""The language of endings that several have, and of some that are met often."""


# --- in the text's own Markdown -----------------------------------------------------------------


def write_fence(inclusion: Inclusion, before: str) -> str:
    """The fence with the file's lines, for Markdown that is read elsewhere; `before` stands before it in its line."""
    code = inclusion.code
    ticks = "`" * max((len(run) + 1 for run in re.findall("`{3,}", code.text)), default=3)
    title = f' title="{code.title}"' if code.title and '"' not in code.title else ""
    margin = re.sub(r"[^>\t ]", " ", before)
    lines = (f"{margin}{line}".rstrip() for line in code.text.split("\n")[:-1])
    return "\n".join((f"{ticks}{code.language}{title}", *lines, margin + ticks))
