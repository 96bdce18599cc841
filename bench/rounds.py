"""The cases: what each program is asked to do in a round, on the same course, and whether it really did it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpus import Corpus, edit, make_corpus
from bench.dialects import Files
from bench.goals import Row
from bench.peers import Program, command, environment
from bench.preview import free_port, measure_saves
from bench.timing import Run, RunFailed, run

MEMORY_FROM = 1000
"""Lectures; smaller builds' memory is mostly that of the programs themselves."""
GONE = "gone"
"""The folder of sites that are to be built anew; it is removed after all has been measured."""
SAVES = 3
"""In a preview for each round of the other cases."""


@dataclass(frozen=True, slots=True)
class Limits:
    rounds: int
    timeout: float
    """Seconds after which a run counts as failed."""
    patience: float
    """Seconds of a first round after which a program has a third of the rounds, or two."""


@dataclass(slots=True)
class Site:
    """A program's site on disk, and what its sources say at the moment."""

    program: Program
    home: Path
    folder: Path
    sources: Files = field(default_factory=dict)
    is_built: bool = False
    """As its sources were in the latest round."""

    def start_anew(self, corpus: Corpus) -> None:
        """Nothing but sources: nothing built, nothing remembered.

        What was there is moved away and not removed: ext4 without a journal looks at every inode that was freed in the
        last minutes whenever a file is made, which would make each cold build slower than the one before.
        """
        gone = self.folder.parent / GONE
        gone.mkdir(parents=True, exist_ok=True)
        if self.folder.exists():
            self.folder.rename(gone / f"{self.folder.name}-{time.monotonic_ns()}")
        self.sources = {}
        self.save(corpus)
        os.sync()  # or what was just written would be written out while a build is measured

    def save(self, corpus: Corpus) -> None:
        """Writes the files that `corpus` has otherwise, and no others."""
        sources = self.program.write(corpus)
        for path, text in sources.items():
            if self.sources.get(path) != text:
                target = self.folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        self.sources = sources

    def build(self, limits: Limits, watch_memory: bool = False) -> Run:
        self.is_built = False
        done = run(command(self.program.build, self.home), self.folder, self.env, limits.timeout, watch_memory)
        self.is_built = True
        return done

    @property
    def env(self) -> Mapping[str, str]:
        return environment(self.home, self.folder / ".caches")

    def published(self, path: str) -> str:
        """A page as it was built. Raises RunFailed when it wasn't."""
        try:
            return (self.folder / path).read_text("utf-8")
        except OSError:
            raise RunFailed(f"it wrote no {path}") from None


def measure(
    lectures: int, cases: Sequence[str], programs: Mapping[Program, Path], work: Path, limits: Limits
) -> Iterator[Row]:
    """A row for each case and program. A program that fails is named and left out of its case."""
    say(f"{lectures} lectures, {2 * lectures} papers")
    corpus = make_corpus(lectures)
    sites = [Site(program, home, work / program.name.replace(" ", "-")) for program, home in programs.items()]
    watch_memory = "memory" in cases and lectures >= MEMORY_FROM
    for case in ("cold", "unchanged", "edited", "moved"):
        if case in cases or (case == "cold" and watch_memory):
            if case != "cold":
                _warm_up(sites, corpus, limits)
            runs, corpus = _measure_case(case, sites, corpus, limits, watch_memory and case == "cold")
            for site in sites:
                done = runs[site.program.name]
                row = Row(
                    case, lectures, site.program.name, [one.seconds for one in done], [one.cpu_seconds for one in done]
                )
                if done and case in cases:
                    yield row
                if done and case == "cold" and watch_memory:
                    yield Row("memory", lectures, site.program.name, [one.mebibytes for one in done])
    if "preview" in cases:
        for site in sites:
            seconds = _measure_preview(site, corpus, limits)
            if seconds:
                yield Row("preview", lectures, site.program.name, seconds)


def _warm_up(sites: Sequence[Site], corpus: Corpus, limits: Limits) -> None:
    """A site that was left as it was built isn't built again."""
    for site in sites:
        if not site.is_built:
            try:
                site.start_anew(corpus)
                site.build(limits)
            except RunFailed as failed:
                say(f"  {site.program.name} can't be built: {failed}")


def _measure_case(
    case: str, sites: Sequence[Site], corpus: Corpus, limits: Limits, watch_memory: bool
) -> tuple[dict[str, list[Run]], Corpus]:
    """Each program's rounds, and the course as the last round left it."""
    runs: dict[str, list[Run]] = {site.program.name: [] for site in sites}
    rounds = {site.program.name: limits.rounds for site in sites}
    for number in range(limits.rounds):
        corpus = _next_corpus(case, corpus, number)
        turn = number % len(sites)
        for site in (*sites[turn:], *sites[:turn]):  # nobody always comes first
            name = site.program.name
            if number >= rounds[name] or (case != "cold" and not site.is_built):
                continue
            try:
                done = _play(case, site, corpus, limits, watch_memory)
            except RunFailed as failed:
                say(f"  {case}: {name} is left out: {failed}")
                runs[name], rounds[name] = [], 0
                continue
            runs[name].append(done)
            if done.seconds > limits.patience:
                rounds[name] = max(2, limits.rounds // 3)
            say(f"  {case:9} round {number + 1}: {name:20} {done.seconds:8.3f} s")
    return runs, corpus


def _next_corpus(case: str, corpus: Corpus, number: int) -> Corpus:
    middle = len(corpus.lectures) // 2
    if case == "edited":
        return corpus.with_edit(middle, _mark(case, number))
    if case == "moved":
        return corpus.with_swap(middle)
    return corpus


def _play(case: str, site: Site, corpus: Corpus, limits: Limits, watch_memory: bool) -> Run:
    """One program's part of a round. Raises RunFailed, too, when the site isn't what it should be afterwards."""
    before = ""
    if case == "cold":
        site.start_anew(corpus)
    else:
        before = site.published(site.program.schedule)
        site.save(corpus)
    done = site.build(limits, watch_memory)
    lecture = corpus.lectures[len(corpus.lectures) // 2]
    page = site.published(site.program.page.format(slug=lecture.slug))
    if lecture.edited not in page:
        raise RunFailed("the lecture's page is not the lecture's newest text")
    if case == "moved" and site.published(site.program.schedule) == before:
        raise RunFailed("the schedule is as it was")
    return done


def _measure_preview(site: Site, corpus: Corpus, limits: Limits) -> list[float]:
    """Seconds from save to page; none for a program without a preview or one that fails."""
    if not site.program.serve:
        return []
    slug = corpus.lectures[len(corpus.lectures) // 2].slug
    path = site.program.lecture.format(slug=slug)
    port = free_port()
    try:
        site.start_anew(corpus)
        marks = [_mark("preview", number) for number in range(1 + SAVES * limits.rounds)]
        saves = [(edit(site.sources[path], mark), mark) for mark in marks]
        words = command(site.program.serve, site.home, port)
        seconds = measure_saves(
            words, port, site.folder, site.env, f"lectures/{slug}/", saves, site.folder / path, limits.timeout
        )
    except RunFailed as failed:
        say(f"  preview: {site.program.name} is left out: {failed}")
        return []
    finally:
        site.is_built = False
    say(f"  preview   {len(seconds)} saves: {site.program.name:20} {1000 * sorted(seconds)[len(seconds) // 2]:8.0f} ms")
    return seconds


def _mark(case: str, number: int) -> str:
    """A word that no other save has."""
    return f"{case}{number:03}"


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
