"""A course made by hand, with everything that a page may have to show; and the site's pages from it.

Nothing is read from disk but the theme, so that tests of pages don't depend on readers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sitegen.addresses import ANNOUNCEMENTS, HOME, LECTURES, READINGS, SCHEDULE, page_path
from sitegen.build import OUTPUTS
from sitegen.diagnostics import Located, Span
from sitegen.model import (
    Announcement,
    CitedOn,
    Course,
    Deadline,
    Document,
    Heading,
    Name,
    Page,
    Paper,
    Reading,
    Session,
    SiteLink,
)
from sitegen.outputs.theme import Theme
from sitegen.plan import (
    CourseFacts,
    Days,
    GradeItem,
    Guest,
    Pattern,
    Person,
    PresentationRule,
    ReviewRule,
    Term,
)
from sitegen.values import replace

ZONE = ZoneInfo("America/New_York")
TEMPLATES = Path(__file__).parent.parent / "templates"


@cache
def built_in() -> Mapping[str, bytes]:
    files = (path for path in TEMPLATES.rglob("*") if path.is_file())
    return {path.relative_to(TEMPLATES).as_posix(): path.read_bytes() for path in files}


@cache
def theme() -> Theme:
    return Theme(built_in())


@cache
def site() -> Mapping[str, bytes]:
    """Every page of the sample course, by path."""
    course = sample_course()
    return {path: content for output in OUTPUTS for path, content in output(course, theme())}


def located(text: str) -> Located:
    return Located(text, Span("site.yaml"))


def at(month: int, day: int, hour: int = 15, minute: int = 30) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


# --- papers -------------------------------------------------------------------------------------


def paper(key: str, title: str, authors: str, venue: str, year: str, **changes: object) -> Paper:
    """`authors` are separated by commas; a last `...` stands for `and others`."""
    names = [name.strip() for name in authors.split(",")]
    more = names[-1] == "..."
    made = Paper(
        key=key,
        type="inproceedings",
        title=title,
        title_html=title,
        authors=tuple(_name(name) for name in names if name != "..."),
        more_authors=more,
        year=year,
        venue=f"Proceedings of {venue.partition(' ')[0]} {year}" if venue else "",
        venue_short=venue,
        links=(("PDF", f"https://example.org/{key}.pdf"), ("DOI", f"https://doi.org/10.1145/{key}")),
        abstract=ABSTRACT,
        topics=("training", "parallelism"),
        note="",
        bibtex=f"@inproceedings{{{key},\n  title = {{{{{title}}}}},\n  author = {{{' and '.join(names)}}},\n"
        f"  booktitle = {{Proceedings of {venue} with a long name that does not fit a telephone}},\n  year = {year},\n}}\n",
        span=Span("papers.bib"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def _name(full: str) -> Name:
    first, _, last = full.rpartition(" ")
    return Name(first, "", last, "")


ABSTRACT = (
    "Scaling up deep neural network capacity has been known as an effective approach to improving model quality. "
    "In many cases, increasing capacity beyond the memory limit of a single accelerator has required developing "
    "special algorithms or infrastructure. We present a pipeline parallelism library that allows scaling any network "
    "that can be expressed as a sequence of layers."
)

PAPERS = (
    paper("keshav2007", "How to read a paper", "S. Keshav", "CCR '07", "2007"),
    paper("sculley2015", "Hidden Technical Debt in Machine Learning Systems", "D. Sculley, Gary Holt, Daniel Golovin, Eugene Davydov, Todd Phillips, Dietmar Ebner, Vinay Chaudhary", "NeurIPS '15", "2015"),
    paper("rajbhandari2020", "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", "Samyam Rajbhandari, Jeff Rasley, Olatunji Ruwase, Yuxiong He", "SC '20", "2020"),
    paper("zhao2023", "PyTorch FSDP: Experiences on Scaling Fully Sharded Data Parallel", "Yanli Zhao, Andrew Gu, Rohan Varma, ...", "VLDB '23", "2023"),
    paper("huang2019", "GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism", "Yanping Huang, Youlong Cheng, Ankur Bapna, ...", "NeurIPS '19", "2019"),
    paper("narayanan2019", "PipeDream: Generalized Pipeline Parallelism for DNN Training", "Deepak Narayanan, Aaron Harlap, Amar Phanishayee", "SOSP '19", "2019"),
    paper("fan2021", "DAPPLE: A Pipelined Data Parallel Approach for Training Large Models", "Shiqing Fan, Yi Rong", "PPoPP '21", "2021"),
    paper("shoeybi2019", "Megatron-LM: Training Multi-Billion Parameter Language Models Using Model Parallelism", "Mohammad Shoeybi, Mostofa Patwary, Raul Puri", "arXiv", "2019"),
    paper("li2021", "TeraPipe: Token-Level Pipeline Parallelism for Training Large-Scale Language Models", "Zhuohan Li, Siyuan Zhuang, Ion Stoica", "ICML '21", "2021"),
    paper("zheng2022", "Alpa: Automating Inter- and Intra-Operator Parallelism for Distributed Deep Learning", "Lianmin Zheng, Zhuohan Li", "OSDI '22", "2022"),
    paper("shah2023", "TACCL: Guiding Collective Algorithm Synthesis using Communication Sketches", "Aashaka Shah, Vijay Chidambaram", "NSDI '23", "2023"),
    paper("eisenman2022", "Check-N-Run: a Checkpointing System for Training Deep Learning Recommendation Models", "Assaf Eisenman, Kiran Kumar Matam", "NSDI '22", "2022"),
    paper("yu2022", "Orca: A Distributed Serving System for Transformer-Based Generative Models", "Gyeong-In Yu, Joo Seong Jeong", "OSDI '22", "2022"),
    paper("kwon2023", "Efficient Memory Management for Large Language Model Serving with PagedAttention", "Woosuk Kwon, Zhuohan Li, Siyuan Zhuang, Ying Sheng", "SOSP '23", "2023"),
    paper("zheng2024", "SGLang: Efficient Execution of Structured Language Model Programs", "Lianmin Zheng, Liangsheng Yin", "NeurIPS '24", "2024"),
    paper("dao2022", "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness", "Tri Dao, Daniel Y. Fu, Stefano Ermon", "NeurIPS '22", "2022"),
    paper("liu2024", "CacheGen: KV Cache Compression and Streaming for Fast Large Language Model Serving", "Yuhan Liu, Hanchen Li", "SIGCOMM '24", "2024"),
    paper("wei2022", "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models", "Jason Wei, Xuezhi Wang", "NeurIPS '22", "2022"),
    paper("hamming1986", "You and Your Research", "Richard W. Hamming", "", "1986", links=(), abstract="", topics=()),
    paper("odd:key/1", "Sums of <sets> & $n \\log n$", "Ada Lovelace", "", "1843", title_html="Sums of &lt;sets&gt; &amp; <math><mi>n</mi></math>", links=(("PDF", "papers/sums.pdf"),)),
)  # fmt: skip
BY_KEY = {item.key: item for item in PAPERS}


# --- the schedule -------------------------------------------------------------------------------

_CLASSES: tuple[tuple[int, int, str, str, str, str], ...] = (
    # month, day, part, topic, papers (a + for optional, :who for the presenter), lecture
    (1, 27, "Opening", "Course overview", "", "introduction"),
    (1, 29, "Opening", "How to read a paper", "keshav2007", ""),
    (2, 3, "Opening", "Machine learning systems: the new frontier", "sculley2015", ""),
    (2, 5, "Training", "Training, an overview", "", "training"),
    (2, 10, "Training", "Data parallelism", "rajbhandari2020:Ada King Lovelace zhao2023:open", ""),
    (2, 12, "Training", "Pipeline parallelism", "huang2019:Charles Babbage narayanan2019:open fan2021+", "training"),
    (2, 17, "Training", "Tensor parallelism", "shoeybi2019:open li2021:open", ""),
    (2, 19, "Training", "Automatic parallelism", "zheng2022:open", ""),
    (2, 24, "Training", "*guest", "", ""),
    (2, 26, "Training", "*cancelled", "", ""),
    (3, 3, "Training", "Collective communication", "shah2023:open", ""),
    (3, 5, "Training", "Checkpoints and failures", "eisenman2022:open", ""),
    (3, 10, "Serving", "Serving, an overview", "", ""),
    (3, 12, "Serving", "Batching", "yu2022:open kwon2023:open", ""),
    (3, 24, "Serving", "Programs of prompts", "zheng2024:open", ""),
    (3, 26, "Serving", "Attention kernels", "dao2022:open", ""),
    (3, 31, "Serving", "Caches over the network", "liu2024:open kwon2023+", ""),
    (4, 2, "Serving", "*guest-tba", "", ""),
    (4, 7, "Agents", "What agents ask of systems", "wei2022:open", ""),
    (4, 9, "Agents", "*tba", "", ""),
    (4, 14, "Agents", "*tba", "", ""),
    (4, 16, "Agents", "*tba", "", ""),
    (4, 21, "Agents", "Project work in class", "", ""),
    (4, 23, "Projects", "Project work in class", "", ""),
    (4, 28, "Projects", "Presentation rehearsal", "", ""),
    (4, 30, "Projects", "Final presentations I", "", ""),
    (5, 5, "Projects", "Final presentations II", "", ""),
    (5, 7, "Projects", "Final presentations III", "", ""),
    (5, 12, "Projects", "What we learned", "", ""),
)


def _sessions() -> tuple[Session, ...]:
    made = []
    mondays = sorted({_monday(month, day) for month, day, *_ in _CLASSES})
    for number, (month, day, part, topic, papers, lecture) in enumerate(_CLASSES, 1):
        start = at(month, day)
        session = Session(
            id=f"session-{number}",
            kind="class",
            topic=topic,
            start=start,
            end=start.replace(hour=16, minute=45),
            place="IRB 1207",
            week=mondays.index(_monday(month, day)) + 1,
            part=part,
            lecture=f"content/lectures/{lecture}.md" if lecture else "",
            readings=tuple(_reading(text) for text in papers.split(" ") if text)
            if ":" not in papers
            else _named(papers),
        )
        made.append(_special(session))
    made[5] = replace(
        made[5],
        links=(SiteLink("slides", "lectures/training/slides.pdf"), SiteLink("recording", "")),
        note="Bring a laptop.",
    )
    made.insert(
        9,
        Session(
            id="storage-guest",
            kind="guest",
            topic="Storage for training data",
            start=at(2, 25, 11),
            end=at(2, 25, 12, 15),
            place="IRB 4105",
            week=5,
            part="Agents",
            extra=True,
            guest=Guest("Grace Hopper", "Navy Research", "Storage for training data", "https://example.org/hopper"),
        ),
    )
    return tuple(_with_review(session) for session in made)


def _monday(month: int, day: int) -> dt.date:
    date = dt.date(2026, month, day)
    return date - dt.timedelta(days=date.weekday())


def _named(papers: str) -> tuple[Reading, ...]:
    """`a:Ada Lovelace b:open c+` to readings."""
    words = papers.split(" ")
    joined: list[str] = []
    for word in words:
        if word.rstrip("+").partition(":")[0] in BY_KEY:
            joined.append(word)
        else:
            joined[-1] += f" {word}"
    return tuple(_reading(text) for text in joined)


def _reading(text: str) -> Reading:
    key, _, who = text.partition(":")
    return Reading(BY_KEY[key.rstrip("+")], not key.endswith("+"), "" if who == "open" else who, who == "open")


def _special(session: Session) -> Session:
    match session.topic:
        case "*guest":
            guest = Guest("Fan Zhao", "UC Santa Barbara", "Approximate queries")
            return replace(session, kind="guest", topic="Approximate queries", guest=guest)
        case "*guest-tba":
            return replace(session, kind="guest", topic="Guest lecture", guest=Guest())
        case "*cancelled":
            return replace(session, kind="cancelled", topic="Fault tolerance", reason="The instructor travels.")
        case "*tba":
            return replace(session, kind="tba", topic="To be announced")
    return session


def _with_review(session: Session) -> Session:
    if not session.required or session.kind != "class":
        return session
    day = session.start.date() - dt.timedelta(days=1)
    review = Deadline(
        id=f"review-{session.id}",
        what=f"Review for {session.topic}",
        due=dt.datetime.combine(day, dt.time(12), ZONE),
        kind="review",
        session=session.id,
        papers=tuple(reading.paper for reading in session.required),
    )
    return replace(session, review=review)


MILESTONES = (
    Deadline(id="team-sign-up", what="Team sign-up", due=at(2, 6, 23, 59), kind="milestone"),
    Deadline(
        id="proposal",
        what="Project proposal",
        due=at(2, 17, 23, 59),
        kind="milestone",
        page=SiteLink("Project", "project/index.html", "milestones"),
        note="One page.",
    ),
    Deadline(id="check-in", what="Mid-term check-in", due=at(3, 27, 23, 59), kind="milestone"),
    Deadline(id="report", what="Final report", due=at(5, 15, 23, 59), kind="milestone"),
)


# --- texts --------------------------------------------------------------------------------------

_WORDS = """<p>Behind every large language model there is a large computer system: storage that feeds the training
data, networks that tie thousands of accelerators together, memory that is always too small, and software that
carries on when a machine fails at night. CMSC818Q is a graduate seminar about that system.</p>
<h2 id="three-goals">Three goals</h2>
<ol>
<li><strong>Learn the latest research in systems for AI</strong>: read it, review it, present it, reproduce it.</li>
<li><strong>Find an interesting problem to explore</strong>, and learn how such problems are found.</li>
<li><strong>Play a role in an open-source project.</strong></li>
</ol>
<h2 id="two-themes">Two themes</h2>
<ul>
<li>How is a large language model <a href="lectures/introduction/index.html">trained and served</a> in cloud
infrastructure?</li>
<li>How shall we build efficient systems in the AI wave? AI agent systems are our main example: how do they
work, and what do they ask of the systems under them?</li>
</ul>
"""

LECTURE_HTML = """<p>This first lecture asks what artificial intelligence wants from computer systems
<a class="cite" id="site-cite" href="../../readings/kwon2023/index.html">(Kwon et al. 2023)</a>, shows with a few numbers why those
systems are hard to build<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>, and ends with a question:
what is a <em>good</em> problem? Press <kbd>Ctrl</kbd>+<kbd>F</kbd>, call <code>model.fit()</code>, ask an
<abbr title="Teaching assistant">TA</abbr>.</p>
<h2 id="memory">Memory</h2>
<p>Training with Adam in mixed precision takes about 16 bytes a parameter
<span class="math" role="group" tabindex="0" aria-label="Formula"><math><mi>M</mi><mo>=</mo><mn>16</mn><mi>N</mi></math></span>, so that</p>
<div class="math" tabindex="0" role="region" aria-label="Formula"><math display="block"><mi>M</mi><mo>=</mo>
<mrow><mo>(</mo><mn>2</mn><mo>+</mo><mn>2</mn><mo>+</mo><mn>12</mn><mo>)</mo></mrow><mo>&#x22C5;</mo><mn>175</mn><mo>&#x22C5;</mo>
<msup><mn>10</mn><mn>9</mn></msup><mtext> bytes</mtext><mo>=</mo><mn>2.8</mn><mtext> TB</mtext></math></div>
<div class="table" role="region" tabindex="0" aria-label="Table"><table>
<thead><tr><th>Model</th><th class="right">Parameters</th><th class="right">FP32</th><th class="right">FP16</th>
<th class="center">Fits an A100?</th><th>What it means for the cluster</th></tr></thead>
<tbody>
<tr><td>Megatron-LM</td><td class="right">8.3B</td><td class="right">30 GB</td><td class="right">15 GB</td>
<td class="center">yes</td><td>one device holds the weights, though not the optimizer</td></tr>
<tr><td>GPT-3</td><td class="right">175B</td><td class="right">651 GB</td><td class="right">325 GB</td>
<td class="center">no</td><td>at least five devices for weights alone</td></tr>
</tbody></table></div>
<h3 id="in-code">In code</h3>
<div class="highlight"><pre tabindex="0"><code><span class="k">def</span> <span class="nf">memory</span><span class="p">(</span><span class="n">parameters</span><span class="p">:</span> <span class="nb">int</span><span class="p">,</span> <span class="n">bytes_each</span><span class="p">:</span> <span class="nb">int</span> <span class="o">=</span> <span class="mi">16</span><span class="p">)</span> <span class="o">-&gt;</span> <span class="nb">float</span><span class="p">:</span>  <span class="c1"># weights, gradients and the state of the optimizer, in gigabytes</span>
    <span class="sd">&quot;&quot;&quot;Gigabytes.&quot;&quot;&quot;</span>
    <span class="k">return</span> <span class="n">parameters</span> <span class="o">*</span> <span class="n">bytes_each</span> <span class="o">/</span> <span class="mf">1e9</span>
</code></pre></div>
<h2 id="pipelines">Pipelines</h2>
<figure>
<svg viewBox="0 0 640 160" role="img" aria-labelledby="fig-title"><title id="fig-title">A pipeline of three stages</title>
<rect x="10" y="20" width="180" height="60" rx="3" class="fill-accent"/>
<text x="100" y="57" font-size="20" class="fill-paper" text-anchor="middle" font-weight="bold">stage 1</text>
<rect x="230" y="20" width="180" height="60" rx="3" class="fill-soft" stroke="currentColor"/>
<text x="320" y="57" font-size="20" fill="currentColor" text-anchor="middle">stage 2</text>
<rect x="450" y="20" width="180" height="60" rx="3" class="fill-paper stroke-accent" stroke-width="2"/>
<text x="540" y="57" font-size="20" fill="currentColor" text-anchor="middle">stage 3</text>
<line x1="10" y1="120" x2="630" y2="120" stroke="currentColor"/></svg>
<figcaption>Figure 1. Three stages; only the first has work.</figcaption>
</figure>
<div class="admonition note"><p class="admonition-title">Note</p><p>Bubbles shrink as microbatches grow.</p></div>
<div class="admonition warning"><p class="admonition-title">Warning</p><p>Weights may be stale.</p></div>
<details class="question"><summary>How many microbatches hide the bubble?</summary>
<p>Four times the number of stages, says GPipe.</p></details>
<h3 id="terms">Terms</h3>
<dl><dt>Bubble</dt><dd>Time in which a stage waits.</dd><dt>Flush</dt><dd>All stages finish before weights change.</dd></dl>
<blockquote><p>The purpose of computing is insight, not numbers.</p></blockquote>
<ul class="task-list"><li class="task-list-item"><label class="task-list-control"><input type="checkbox" disabled checked> Read the paper</label></li>
<li class="task-list-item"><label class="task-list-control"><input type="checkbox" disabled> Write the review</label></li></ul>
<hr>
<h2 id="a-good-problem">What makes a good problem?</h2>
<p>Impact, metrics, divisible, your edge.</p>
<div class="footnote"><hr><ol><li id="fn:1"><p>See the tables.
<a class="footnote-backref" href="#fnref:1" title="Jump back to footnote 1 in the text">&#8617;</a></p></li></ol></div>
"""
HEADINGS = (
    Heading(2, "memory", "Memory"),
    Heading(3, "in-code", "In code"),
    Heading(2, "pipelines", "Pipelines"),
    Heading(3, "terms", "Terms"),
    Heading(4, "too-deep", "Too deep for the contents"),
    Heading(2, "a-good-problem", "What makes a good problem?"),
)


def page(source: str, title: str, html: str, headings: tuple[Heading, ...] = ()) -> Page:
    document = Document(source=source, title=title, description=f"About {title}.", html=html, headings=headings)
    return Page(page_path(source), document, html)


def announcement(month: int, day: int, title: str, html: str) -> Announcement:
    date = dt.date(2026, month, day)
    source = "content/announcements.md"
    document = Document(source=source, title=title, description="", html=html)
    return Announcement(date, title, document, Span(source), id=f"{date}-{title.lower().replace(' ', '-')}", html=html)


# --- the whole ----------------------------------------------------------------------------------


def sample_course(**changes: object) -> Course:
    """The sample with some fields of `Course` replaced."""
    sessions = _sessions()
    introduction = page("content/lectures/introduction.md", "Introduction: systems for AI", LECTURE_HTML, HEADINGS)
    training = page("content/lectures/training.md", "Distributed training", LECTURE_HTML, HEADINGS)
    unheld = page("content/lectures/extra.md", "Networks and storage", "<p>Not held yet.</p>")
    project = page(
        "content/project.md", "Project", '<p>Build something.</p><h2 id="milestones">Milestones</h2><p>Four.</p>'
    )
    syllabus = page("content/syllabus.md", "Syllabus", LECTURE_HTML.replace("../../", "../"), HEADINGS)
    lectures = (introduction, training, unheld)
    course = Course(
        facts=CourseFacts(
            code=located("CMSC818Q"),
            title=located("Special Topics in Cloud Computing"),
            term="Spring 2026",
            institution="University of Maryland",
            url="https://zaoxing.github.io/teaching/2026-cloud-network/",
            timezone=ZONE,
            repository="https://github.com/example/course",
        ),
        base_url="https://zaoxing.github.io/teaching/2026-cloud-network/",
        today=dt.date(2026, 2, 10),
        term=Term(
            dt.date(2026, 1, 27),
            dt.date(2026, 5, 12),
            (Pattern((1, 3), dt.time(15, 30), dt.time(16, 45), "IRB 1207"),),
            tentative="Meeting time, room and dates are tentative until the first class.",
        ),
        staff=(
            Person("Alan Liu", "Instructor", "instructor@example.org", "https://example.org/liu", "upon request"),
            Person("Ada Example", "Teaching assistant"),
        ),
        links=(
            SiteLink("Discussion (ELMS-Canvas)", "https://example.org/canvas"),
            SiteLink("Paper reviews (HotCRP)", ""),
            SiteLink("Presentation sign-up", ""),
        ),
        grading=tuple(
            GradeItem(label, Decimal(share))
            for label, share in (
                ("Participation", "10"),
                ("Paper reviews", "20"),
                ("Paper presentations", "20"),
                ("Open-source engagement", "10"),
                ("Project", "40"),
            )
        ),
        reviews=ReviewRule(where="Paper reviews (HotCRP)"),
        presentations=PresentationRule(2, "first name", sign_up=located("Presentation sign-up")),
        sessions=sessions,
        breaks=(Days(dt.date(2026, 3, 15), dt.date(2026, 3, 22), "Spring break"),),
        deadlines=MILESTONES,
        papers=BY_KEY,
        home=page("content/index.md", "Special Topics in Cloud Computing", _WORDS),
        pages=(project, syllabus),
        lectures=lectures,
        announcements=(
            announcement(
                2, 3, "First reading posted", '<p>Read it before <a href="../schedule/index.html">Thursday</a>.</p>'
            ),
            announcement(1, 27, "Sign-up for presentations", "<p>Each of you presents two papers.</p>"),
            announcement(1, 20, "Welcome to CMSC818Q", "<p>This site links everything.</p>"),
            announcement(1, 5, "Room to be confirmed", "<p>Soon.</p>"),
        ),
        navigation=(
            SiteLink("Schedule", SCHEDULE),
            SiteLink("Readings", READINGS),
            SiteLink("Lectures", LECTURES),
            SiteLink("Announcements", ANNOUNCEMENTS),
            SiteLink("Project", "project/index.html"),
            SiteLink("Syllabus", "syllabus/index.html"),
        ),
        aliases={"old/project.html": "project/index.html", "start.html": HOME},
        sessions_of_lecture={
            lecture.source: tuple(s for s in sessions if s.lecture == lecture.source) for lecture in lectures
        },
        sessions_of_paper={
            key: tuple(s for s in sessions if any(r.paper.key == key for r in s.readings)) for key in BY_KEY
        },
        cited_by={
            "kwon2023": tuple(CitedOn(page.title, page.path, ("site-cite",)) for page in (introduction, training))
        },
    )
    return replace(course, **changes)  # type: ignore[arg-type]


if __name__ == "__main__":
    import sys

    for name, content in site().items():
        target = Path(sys.argv[1], name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
