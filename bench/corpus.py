"""The benchmark's course, made from a seed: lectures, papers, sessions, announcements, deadlines.

The same seed and size give the same course everywhere. How one program wants its files is `dialects`.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench import words

SEED = 818
START = dt.date(2025, 1, 27)
"""A Monday, long past, so that nothing waits for its day."""
WEEKDAYS = 5


@dataclass(frozen=True, slots=True)
class Paper:
    key: str
    title: str
    authors: tuple[tuple[str, str], ...]
    """Last name as BibTeX writes it, first name."""
    venue: str
    venue_short: str
    year: int
    number: int
    abstract: str


@dataclass(frozen=True, slots=True)
class Lecture:
    slug: str
    title: str
    body: str
    """Markdown whose citations and links are marks, see `fill`."""

    @property
    def edited(self) -> str:
        """What the sentence that edits change says now."""
        found = _EDITED.search(self.body)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Corpus:
    lectures: tuple[Lecture, ...]
    papers: tuple[Paper, ...]
    """Two for each lecture, in the lectures' order."""
    announcements: tuple[tuple[dt.date, str, str], ...]
    """Day, title and text; newest first."""
    order: tuple[int, ...]
    """Which lecture each session has."""

    def papers_of(self, lecture: int) -> tuple[Paper, Paper]:
        return self.papers[2 * lecture], self.papers[2 * lecture + 1]

    def with_edit(self, lecture: int, mark: str) -> Corpus:
        old = self.lectures[lecture]
        new = replace(old, body=edit(old.body, mark))
        return replace(self, lectures=(*self.lectures[:lecture], new, *self.lectures[lecture + 1 :]))

    def with_swap(self, session: int) -> Corpus:
        """A session changes places with the one after it."""
        order = list(self.order)
        order[session], order[session + 1] = order[session + 1], order[session]
        return replace(self, order=tuple(order))


_EDITED = re.compile(r"This sentence was edited: [^.\n]*[.]")


def edit(markdown: str, mark: str) -> str:
    """A lecture's text whose one sentence for this says `mark`."""
    return _EDITED.sub(f"This sentence was edited: {mark}.", markdown, count=1)


_MARK = re.compile(r"⟦(paper|lecture):([^⟧]+)⟧")


def fill(body: str, cite: Callable[[str], str], link: Callable[[str], str]) -> str:
    """A lecture's body with its marks replaced: `cite` gets a paper's key, `link` a lecture's slug."""
    return _MARK.sub(lambda mark: (cite if mark[1] == "paper" else link)(mark[2]), body)


def make_corpus(lectures: int, seed: int = SEED) -> Corpus:
    chance = random.Random(f"{seed} {lectures}")
    papers = tuple(_make_paper(chance, number) for number in range(2 * lectures))
    titles = [words.title(chance) for _ in range(lectures)]
    slugs = [f"{number:04}-{re.sub('[^a-z]+', '-', title.lower())}" for number, title in enumerate(titles, 1)]
    return Corpus(
        lectures=tuple(
            Lecture(slug, title, _make_body(chance, number, slugs, papers))
            for number, (slug, title) in enumerate(zip(slugs, titles, strict=True))
        ),
        papers=papers,
        announcements=tuple(
            (START + dt.timedelta(days=7 * week), words.title(chance), words.paragraph(chance, 3))
            for week in reversed(range(min(15, 1 + lectures // 2)))
        ),
        order=tuple(range(lectures)),
    )


def plan_meetings(sessions: int) -> tuple[int, int, int]:
    """Meetings a day, weeks, and meetings left over. A small course meets on two days a week, others on five.

    A term has at most 60 weeks, so a large course meets several times a day.
    """
    if sessions <= 60:
        return 1, -(-sessions // 2), sessions % 2
    a_day = -(-sessions // (50 * WEEKDAYS))
    weeks = -(-sessions // (a_day * WEEKDAYS))
    return a_day, weeks, a_day * weeks * WEEKDAYS - sessions


def session_days(sessions: int) -> list[dt.date]:
    """The day of each session."""
    a_day, weeks, _ = plan_meetings(sessions)
    weekdays = (1, 3) if sessions <= 60 else range(WEEKDAYS)
    days = [START + dt.timedelta(days=7 * week + day) for week in range(weeks) for day in weekdays]
    return [day for day in days for _ in range(a_day)][:sessions]


def bibtex(paper: Paper) -> str:
    """The entry in papers.bib."""
    authors = " and ".join(f"{last}, {first}" for last, first in paper.authors)
    return (
        f"@inproceedings{{{paper.key},\n  title = {{{paper.title}}},\n  author = {{{authors}}},\n"
        f"  booktitle = {{{paper.venue}}},\n  venue = {{{paper.venue_short} '{paper.year % 100:02}}},\n"
        f"  year = {{{paper.year}}},\n  pages = {{{paper.number + 1}--{paper.number + 15}}},\n"
        f"  doi = {{{paper_doi(paper)}}},\n  url = {{https://papers.example.net/{paper.number}}},\n"
        f"  pdf = {{https://papers.example.net/{paper.number}.pdf}},\n"
        f"  keywords = {{{paper.venue_short.lower()}, systems}},\n  abstract = {{{paper.abstract}}}\n}}\n"
    )


def paper_doi(paper: Paper) -> str:
    return f"10.1145/{3600000 + paper.number}.{3700000 + paper.number}"


def _make_paper(chance: random.Random, number: int) -> Paper:
    authors = tuple(
        (
            chance.choice(words.ACCENTED_NAMES) if chance.random() < 0.1 else words.draw(chance, words.LAST_NAMES),
            words.draw(chance, words.FIRST_NAMES),
        )
        for _ in range(chance.randint(2, 7))
    )
    venue, short = words.VENUES[number % len(words.VENUES)]
    year = chance.randint(2012, 2024)
    first = re.sub("[^a-z]", "", authors[0][0].lower())
    return Paper(
        key=f"{first}{year}n{number}",
        title=f"{words.draw(chance, words.NOUNS).title()}{number}: {words.title(chance)}",
        authors=authors,
        venue=venue,
        venue_short=short,
        year=year,
        number=number,
        abstract=words.paragraph(chance, chance.randint(3, 6)),
    )


# --- a lecture -----------------------------------------------------------------------------------


def _make_body(chance: random.Random, number: int, slugs: list[str], papers: tuple[Paper, ...]) -> str:
    """About 6 KB: two code blocks, a table, three formulas, four citations and a link to another lecture."""
    own = [paper.key for paper in papers[2 * number : 2 * number + 2]]
    others = [chance.choice(papers).key for _ in range(2)]
    cited = [f"⟦paper:{key}⟧" for key in own + others]
    text, heading = _paragraphs(chance), lambda: f"## {words.title(chance)}\n\n"
    first, second = chance.sample(list(_CODE), 2)
    n = chance.randint(2, 96)
    return (
        f"{text(5)} See also ⟦lecture:{chance.choice(slugs)}⟧.\n\n"
        f"{heading()}{text(6)} This was shown in {cited[0]}.\n\n{text(5)}\n\n{_items(chance, '-')}\n\n"
        f"```{first}\n{_code(chance, first)}```\n\n"
        f"{heading()}{text(3)} A stage takes $t_{{s}} = {n} / b$ seconds, and **all of them** take\n\n"
        f"$$\nT = \\sum_{{i=1}}^{{{n}}} \\frac{{t_i + \\alpha}}{{1 - \\rho_i}} \\leq \\sqrt{{{n} \\, t_{{m}}}}\n$$\n\n"
        f"when the *load* is level, as {cited[1]} measured. {text(5)}\n\n{_table(chance)}\n\n"
        f"This sentence was edited: never.\n\n"
        f"{heading()}{text(5)} With $k \\ge {n}$ replicas none waits ({cited[2]}).\n\n"
        f"```{second}\n{_code(chance, second)}```\n\n{text(5)}\n\n{_items(chance, '1.')}\n\n"
        f"{heading()}> {text(2)}\n\n{text(8)} The numbers are those of {cited[3]}.\n"
    )


def _paragraphs(chance: random.Random) -> Callable[[int], str]:
    return lambda sentences: words.paragraph(chance, sentences)


def _items(chance: random.Random, sign: str) -> str:
    return "\n".join(f"{sign} {words.sentence(chance)}" for _ in range(chance.randint(3, 5)))


def _table(chance: random.Random) -> str:
    rows = [
        f"| {words.draw(chance, words.NOUNS)} {row} | {chance.randint(1, 999)} | {chance.random():.3f} | "
        f"{words.draw(chance, words.ADJECTIVES)} |"
        for row in range(1, chance.randint(5, 7))
    ]
    return "\n".join(["| System | Requests | Share | Kind |", "|---|---:|---:|---|", *rows])


def _code(chance: random.Random, language: str) -> str:
    """A block of some 500 characters with names of its own."""
    one, two, three = (name.replace("-", "_") for name in chance.sample(words.NOUNS, 3))
    return _CODE[language].format(one=one, two=two, three=three, n=chance.randint(2, 512))


_CODE = {
    "python": '''\
def schedule_{one}(queue: list[int], {two}: float = {n}.5) -> dict[str, int]:
    """How long each {one} waits for its {three}."""
    waits: dict[str, int] = {{}}
    for index, size in enumerate(queue):
        if size > {n} and index % 2 == 0:  # the {three} is full
            waits[f"{one}-{{index}}"] = int(size * {two})
            continue
        waits["{two}"] = max(waits.values(), default=0) + len(queue)
    return {{name: wait for name, wait in sorted(waits.items()) if wait < {n}}}
''',
    "c": """\
/* Moves one {one} from the {two} to the {three}. */
static int move_{one}(struct {two} *from, struct {three} *to, size_t count)
{{
    for (size_t i = 0; i < count && i < {n}; i++) {{
        if (from->slots[i].state != READY)
            continue;
        to->slots[to->used++] = from->slots[i];
        from->slots[i].state = EMPTY;   // taken
    }}
    return to->used > {n} ? -ENOSPC : 0;
}}
""",
    "go": """\
// Drain{n} sends what waits in {one} until the {two} closes.
func Drain{n}(ctx context.Context, {one} <-chan Request, limit int) error {{
	sent := 0
	for request := range {one} {{
		if err := request.Send(ctx, "{two}"); err != nil {{
			return fmt.Errorf("{three} %d: %w", sent, err)
		}}
		if sent++; sent >= limit*{n} {{
			break
		}}
	}}
	return nil
}}
""",
    "bash": """\
#!/bin/bash
# Measures the {one} with {n} clients.
set -euo pipefail
for clients in 1 2 4 8 {n}; do
  echo "clients: $clients" >> "{two}.log"
  ./run-{one} --clients "$clients" --{three} 0.{n} --seconds 30 \\
    | awk '/p99/ {{ print $2, $3 }}' >> results.txt
  if [[ $(wc -l < results.txt) -gt {n} ]]; then
    break
  fi
done
sort -n results.txt | tail -5
""",
    "json": """\
{{
  "{one}": {{"replicas": {n}, "kind": "{two}", "pinned": true, "ports": [80, 443, {n}]}},
  "{two}": {{"limits": {{"memory": "{n}GiB", "cpu": 2.5}}, "labels": ["{three}", "{one}"]}},
  "{three}": [
    {{"name": "{one}-0", "ready": true, "restarts": 0, "age": "{n}h", "node": null}},
    {{"name": "{one}-1", "ready": false, "restarts": 3, "age": "{n}m", "node": "rack-{n}"}}
  ]
}}
""",
}
