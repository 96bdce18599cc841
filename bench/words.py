"""Words, names and venues from which the benchmark's course is made, and how often each is drawn.

Few words are frequent and many are rare, as in real texts, so that caches and tables of words meet what they meet in a
real course: the n-th word of a list is drawn with weight 1/(n + 4) (Zipf's law as Mandelbrot corrected it).
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

NOUNS = """model request token batch cache memory layer worker server scheduler queue kernel gradient network cluster
link replica shard tensor operator stage pipeline device page block prefix log leader follower packet flow switch
buffer trace tenant job task function container image checkpoint failure bound rate budget deadline latency
throughput bandwidth topology tree ring graph key value index table tuple row column plan optimiser compiler runtime
lock lease era version snapshot barrier message channel proxy gateway agent tool prompt context window head weight
activation expert router sample corpus dataset loader disk volume region zone rack node core thread fibre interrupt
timer counter meter probe sketch filter estimator bottleneck hotspot tail burst trend experiment workload baseline
prototype deployment operator-graph dispatcher coordinator allocator collector profiler debugger verifier""".split()

VERBS = """keeps reads sends splits moves holds needs waits-for shares copies drops merges schedules replaces measures
bounds delays hides overlaps balances evicts restores compresses routes samples observes predicts limits doubles
partitions replicates batches prefetches pins fuses lowers profiles migrates throttles admits rejects""".split()

ADJECTIVES = """large small shared slow fast remote local idle busy stale cold warm sparse dense partial full uniform
skewed elastic static dynamic greedy optimal fair robust noisy cheap costly nested flat shallow deep lazy eager
asynchronous synchronous distributed central adaptive speculative heterogeneous disaggregated""".split()

LINKING = """because so-that whenever although unless while once until as-soon-as wherever after before""".split()

OPENINGS = """In-practice At-scale In-the-paper By-design Under-load On-average For-a-while Most-of-the-time
In-the-worst-case With-two-replicas On-one-machine In-our-measurements""".split()

FIRST_NAMES = """Ada Wei Maria Juan Fatima Noor Kenji Priya Lukas Elena Omar Chloe Ivan Sofia Tao Amara Lars Mina Pavel
Zoe Rahul Ingrid Diego Hana Samuel Leila Viktor Grace Tomas Aisha Bruno Yuki Clara Idris Nadia Felix""".split()

LAST_NAMES = """Chen Smith Garcia Kumar Lee Novak Silva Haddad Tanaka Rossi Meyer Okafor Ivanova Larsen Dubois Khan
Moreau Park Wright Fischer Costa Nakamura Ali Petrov Svensson Walker Zhang Torres Bauer Cohen Diaz Eriksen Fontana
Gupta Hughes Ito Jansen Keller Lopez Marino Nguyen Olsen Patel Quinn Ricci Sato Tran Urban Vega Weber Xu Young
Zimmer Abbas Bianchi Carter Delgado""".split()

ACCENTED_NAMES = (r"M{\"u}ller", r"Garc{\'\i}a", r"Dvo{\v r}{\'a}k", r"S{\o}rensen", "Łukasz", r"G{\"o}del", "Peña")

VENUES = (
    ("Proceedings of the 29th Symposium on Operating Systems Principles", "SOSP"),
    ("18th USENIX Symposium on Operating Systems Design and Implementation", "OSDI"),
    ("21st USENIX Symposium on Networked Systems Design and Implementation", "NSDI"),
    ("Proceedings of the ACM SIGCOMM Conference", "SIGCOMM"),
    ("Proceedings of Machine Learning and Systems", "MLSys"),
    ("Proceedings of the International Conference on Architectural Support for Programming Languages", "ASPLOS"),
    ("Proceedings of the European Conference on Computer Systems", "EuroSys"),
    ("USENIX Annual Technical Conference", "ATC"),
)


def draw(chance: random.Random, words: Sequence[str]) -> str:
    """One of `words`, the first ones most often; its hyphens stand for spaces."""
    sums = _summed_weights(len(words))
    return words[bisect(sums, chance.random() * sums[-1])].replace("-", " ")


@lru_cache
def _summed_weights(count: int) -> list[float]:
    return list(accumulate(1 / (rank + 4) for rank in range(1, count + 1)))


def sentence(chance: random.Random) -> str:
    """Ten to twenty words in the order of English; they mean nothing."""

    def thing() -> str:
        return f"{draw(chance, ADJECTIVES)} {draw(chance, NOUNS)}"

    text = f"the {thing()} {draw(chance, VERBS)} every {thing()}"
    if chance.random() < 0.6:
        text += f" {draw(chance, LINKING)} its {draw(chance, NOUNS)} {draw(chance, VERBS)} one {thing()}"
    if chance.random() < 0.4:
        text = f"{draw(chance, OPENINGS)} {text}"
    return f"{text[0].upper()}{text[1:]}."


def paragraph(chance: random.Random, sentences: int) -> str:
    return " ".join(sentence(chance) for _ in range(sentences))


def title(chance: random.Random) -> str:
    """Six or seven words, the first with a capital: `Shared caches and the slow network`."""
    things = plural(draw(chance, NOUNS))
    text = f"{draw(chance, ADJECTIVES)} {things} and the {draw(chance, ADJECTIVES)} {draw(chance, NOUNS)}"
    return text[0].upper() + text[1:]


def plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch")) else f"{noun}s"
