"""Addresses that open a file at its line in an editor. Which editor is asked for is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

_CODE = "://file{/path}:{line}:{column}"
_JETBRAINS = "://open?file={path}&line={line}&column={column}"
_URL = "://open?url=file://{/path}&line={line}&column={column}"

EDITORS: Mapping[str, str] = {
    "vscode": f"vscode{_CODE}",
    "vscode-insiders": f"vscode-insiders{_CODE}",
    "vscodium": f"vscodium{_CODE}",
    "cursor": f"cursor{_CODE}",
    "windsurf": f"windsurf{_CODE}",
    "zed": f"zed{_CODE}",
    "idea": f"idea{_JETBRAINS}",
    "pycharm": f"pycharm{_JETBRAINS}",
    "webstorm": f"webstorm{_JETBRAINS}",
    "sublime": f"subl{_URL}",
    "textmate": f"txmt{_URL}",
    "macvim": f"mvim{_URL}",
    "bbedit": f"x-bbedit{_URL}",
    "emacs": f"emacs{_URL}",
    "nova": "nova://open?path={path}&line={line}&column={column}",
    "none": "",
}
"""The addresses that editors register, or have a well-known helper register, with the system."""

DEFAULT = "vscode"


def editor_template(words: str) -> str:
    """The address of the editor called `words`, or `words` itself when it is such an address. Raises ValueError, whose
    text is to end a sentence, when it is neither.
    """
    known = EDITORS.get(words.strip().casefold() or DEFAULT)
    if known is not None:
        return known
    template = words.strip()
    if not re.match(r"(?!javascript:|data:|vbscript:)[a-z][a-z0-9+.-]*:", template, re.IGNORECASE):
        raise ValueError(f"known are {', '.join(EDITORS)}, or an address with {{path}}, {{line}} and {{column}} in it")
    if "{path}" not in template and "{/path}" not in template:
        raise ValueError("an address needs {path} in it, and may have {line} and {column}")
    return template


def editor_link(template: str, path: str, line: int, column: int) -> str:
    r"""The address that opens `path`, absolute as the system writes it, or an empty string without a template.

    `{/path}` is the path with a slash before a drive's letter: `C:\a.md` to `/C:/a.md`.
    """
    posix = path.replace("\\", "/") if re.match(r"[A-Za-z]:\\|\\\\", path) else path
    quoted = quote(posix, safe="/:", errors="surrogateescape")
    rooted = quoted if quoted.startswith("/") else f"/{quoted}"
    fields = {"{/path}": rooted, "{path}": quoted, "{line}": str(line), "{column}": str(column)}
    return re.sub(r"\{/?\w+\}", lambda field: fields.get(field[0], field[0]), template)
