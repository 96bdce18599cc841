"""CPU time of loading a bibliography, cold and remembered: `python bench/bibliography.py [entries]`.

Makes papers.bib of 6,000 entries as libraries are exported (accents, formulas, abstracts of 1,000
characters, two to ten authors, macros, crossrefs) and prints seconds of CPU: for reading it, for reading it again from
what was remembered. The machine is noisy: the best of three is shown.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from sitegen.bib.bibliography import read_bibliography
from sitegen.bib.bibmemory import read_or_recall
from sitegen.folders.cache import DiskCache

ENTRIES = 6000
ROUNDS = 3

_FIRST = "Woosuk Zhuohan Siyuan Ying Lianmin Jörg José Łukasz Anne-Marie Donald~E. Charles de~la T.~S.".split()
_LAST = r"Kwon Li Zhuang Sheng G{\"o}del Erd{\H{o}}s van~Beethoven Vall{\'e}e~Poussin Smith-Jones O'Neil Müller".split()
_GROUPS = ("{DeepSeek-AI}", "{Barnes and Noble}")
_TITLES = (
    "Efficient Memory Management for {LLM} Serving with {PagedAttention} %d",
    r"On the {\"U}ber-Complexity of $O(n^{2})$ Joins \& Other Stories %d",
    "{Raft} %d: In Search of an Understandable Consensus Algorithm -- Extended Version",
)
_WORDS = "A system that reads many requests has to keep what they share, so that memory isn't wasted on copies. "
_ABSTRACTS = (_WORDS * 10, _WORDS * 8 + r"It is 50\% faster at $n = 2^{10}$ -- ``na{\"i}ve'' ones wait. ", _WORDS * 3)


def make_name(number: int) -> str:
    """One of some 4,000 people, in either order; three of a hundred are organizations."""
    if number % 33 == 0:
        return _GROUPS[number % len(_GROUPS)]
    first = _FIRST[number % len(_FIRST)].replace("~", " ")
    last = _LAST[number % len(_LAST)].replace("~", " ") + "abcdefghij"[number % 10] * (number % 11)
    return f"{last}, {first}" if number % 3 else f"{first} {last}"


def make_entry(number: int) -> str:
    title, abstract = (choices[number % len(choices)] for choices in (_TITLES, _ABSTRACTS))
    author = " and ".join(make_name(number * 3 + place) for place in range(2 + number % 9))
    common = f"  author = {{{author}}},\n  title = {{{title % number}}},\n  abstract = {{{abstract}}},\n"
    common += f"  url = {{https://example.org/papers/{number}.html}},\n  keywords = {{serving, memory; systems}},\n"
    common += f"  file = {{/home/ada/papers/{number}.pdf}},\n  doi = {{10.1145/3600006.{number}}},\n"
    if number % 3 == 0:
        return (
            f"@article{{key{number},\n{common}  journal = ccr,\n  volume = {{{number % 50}}},\n  number = {{3}},\n"
            f'  pages = {{{number}--{number + 12}}},\n  year = 2007,\n  month = jul # "~10"\n}}\n'
        )
    if number % 3 == 1:
        return (
            f"@inproceedings{{key{number},\n{common}  crossref = {{sosp}},\n  pages = {{{number}--{number + 12}}}\n}}\n"
        )
    return (
        f"@online{{key{number},\n{common}  date = {{2023-05-02}},\n  eprinttype = {{arxiv}},\n"
        f"  eprint = {{2309.{number:05}}},\n  eprintclass = {{cs.DC}}\n}}\n"
    )


def make_bibliography(entries: int) -> bytes:
    """papers.bib, with one macro and one volume of proceedings that a third of the entries take fields from."""
    head = '@string{ccr = "Computer Communication Review"}\n\n'
    tail = (
        "@proceedings{sosp,\n  title = {Proceedings of the 29th Symposium on Operating Systems Principles},\n"
        "  year = {2023},\n  publisher = {ACM}\n}\n"
    )
    return (head + "\n".join(make_entry(number) for number in range(entries)) + "\n" + tail).encode()


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    source = make_bibliography(entries)
    print(f"{entries} entries, {len(source) / 1e6:.1f} MB")
    cold = []
    for _ in range(ROUNDS):
        started = time.process_time()
        papers, findings = read_bibliography(source)
        cold.append(time.process_time() - started)
    if len(papers) != entries or findings:
        sys.exit(f"the bench's bibliography is wrong: {len(papers)} papers, {findings[:1]}")
    print(f"cold: first {cold[0]:.2f} s, best {min(cold):.2f} s")
    with tempfile.TemporaryDirectory() as course:
        read_or_recall(source, DiskCache(Path(course)))
        warm = []
        for _ in range(ROUNDS):
            started = time.process_time()
            recalled = read_or_recall(source, DiskCache(Path(course)))
            warm.append(time.process_time() - started)
    if recalled != (papers, findings):
        sys.exit("what is remembered isn't what was read")
    print(f"remembered: first {warm[0]:.3f} s, best {min(warm):.3f} s")


if __name__ == "__main__":
    main()
