"""What can be found, and the index that is made of it."""

import base64
import gzip
import json
import os
import re
import sys

import pytest

from sitegen.addresses import SEARCH
from sitegen.folders.indexer import IndexerFailed, ask_pagefind
from sitegen.outputs.search import KINDS, Record, list_records, search
from sitegen.outputs.searchindex import UnknownIndex, index_records, spaced
from sitegen.values import replace
from sitegen.workshop import built_in_theme
from tests.sample import announcement, page, sample_course, theme
from tests.support import SITE_YAML, build_folder, run_sitegen, told, write_course

FOUND = """
Page | Special Topics in Cloud Computing | index.html |  | Spring 2026
Page | Schedule | schedule/index.html |  | Dates, topics, papers and deadlines.
Page | Readings | readings/index.html |  | The papers, in the order in which they are read.
Page | Lectures | lectures/index.html |  | Lecture notes.
Page | Announcements | announcements/index.html |  | News, newest first.
Page | Calendar | subscribe/index.html |  | Classes and deadlines in a calendar of one's own.
Page | Project | project/index.html |  | About Project.
Page | Syllabus | syllabus/index.html |  | About Syllabus.
Lecture | Introduction: systems for AI | lectures/introduction/index.html | Tue 27 Jan | About Introduction: systems for AI.
Lecture | Distributed training | lectures/training/index.html | Thu 5 Feb | About Distributed training.
Lecture | Networks and storage | lectures/extra/index.html |  | About Networks and storage.
Session | Course overview | schedule/index.html#session-1 | Tue 27 Jan |
Session | How to read a paper | schedule/index.html#session-2 | Thu 29 Jan |
Session | Machine learning systems: the new frontier | schedule/index.html#session-3 | Tue 3 Feb |
Session | Training, an overview | schedule/index.html#session-4 | Thu 5 Feb |
Session | Data parallelism | schedule/index.html#session-5 | Tue 10 Feb |
Session | Pipeline parallelism | schedule/index.html#session-6 | Thu 12 Feb |
Session | Tensor parallelism | schedule/index.html#session-7 | Tue 17 Feb |
Session | Automatic parallelism | schedule/index.html#session-8 | Thu 19 Feb |
Session | Approximate queries | schedule/index.html#session-9 | Tue 24 Feb | Fan Zhao, UC Santa Barbara
Session | Storage for training data | schedule/index.html#storage-guest | Wed 25 Feb | Grace Hopper, Navy Research
Session | Fault tolerance | schedule/index.html#session-10 | Thu 26 Feb | cancelled
Session | Collective communication | schedule/index.html#session-11 | Tue 3 Mar |
Session | Checkpoints and failures | schedule/index.html#session-12 | Thu 5 Mar |
Session | Serving, an overview | schedule/index.html#session-13 | Tue 10 Mar |
Session | Batching | schedule/index.html#session-14 | Thu 12 Mar |
Session | Programs of prompts | schedule/index.html#session-15 | Tue 24 Mar |
Session | Attention kernels | schedule/index.html#session-16 | Thu 26 Mar |
Session | Caches over the network | schedule/index.html#session-17 | Tue 31 Mar |
Session | Guest lecture | schedule/index.html#session-18 | Thu 2 Apr |
Session | What agents ask of systems | schedule/index.html#session-19 | Tue 7 Apr |
Session | Project work in class | schedule/index.html#session-23 | Tue 21 Apr |
Session | Project work in class | schedule/index.html#session-24 | Thu 23 Apr |
Session | Presentation rehearsal | schedule/index.html#session-25 | Tue 28 Apr |
Session | Final presentations I | schedule/index.html#session-26 | Thu 30 Apr |
Session | Final presentations II | schedule/index.html#session-27 | Tue 5 May |
Session | Final presentations III | schedule/index.html#session-28 | Thu 7 May |
Session | What we learned | schedule/index.html#session-29 | Tue 12 May |
Break | Spring break | schedule/index.html#site-break-2026-03-15 | 15–22 Mar |
Deadline | Team sign-up | schedule/index.html#team-sign-up | due Fri 6 Feb, 11:59 pm |
Deadline | Project proposal | schedule/index.html#proposal | due Tue 17 Feb, 11:59 pm |
Deadline | Mid-term check-in | schedule/index.html#check-in | due Fri 27 Mar, 11:59 pm |
Deadline | Final report | schedule/index.html#report | due Fri 15 May, 11:59 pm |
Announcement | First reading posted | announcements/index.html#2026-02-03-first-reading-posted | Tue 3 Feb 2026 |
Announcement | Sign-up for presentations | announcements/index.html#2026-01-27-sign-up-for-presentations | Tue 27 Jan 2026 |
Announcement | Welcome to CMSC818Q | announcements/index.html#2026-01-20-welcome-to-cmsc818q | Tue 20 Jan 2026 |
Announcement | Room to be confirmed | announcements/index.html#2026-01-05-room-to-be-confirmed | Mon 5 Jan 2026 |
Paper | Alpa: Automating Inter- and Intra-Operator Parallelism for Distributed Deep Learning | readings/zheng2022/index.html | read Thu 19 Feb | Zheng and Li, OSDI '22
Paper | CacheGen: KV Cache Compression and Streaming for Fast Large Language Model Serving | readings/liu2024/index.html | read Tue 31 Mar | Liu and Li, SIGCOMM '24
Paper | Chain-of-Thought Prompting Elicits Reasoning in Large Language Models | readings/wei2022/index.html | read Tue 7 Apr | Wei and Wang, NeurIPS '22
Paper | Check-N-Run: a Checkpointing System for Training Deep Learning Recommendation Models | readings/eisenman2022/index.html | read Thu 5 Mar | Eisenman and Matam, NSDI '22
Paper | DAPPLE: A Pipelined Data Parallel Approach for Training Large Models | readings/fan2021/index.html | read Thu 12 Feb | Fan and Rong, PPoPP '21
Paper | Efficient Memory Management for Large Language Model Serving with PagedAttention | readings/kwon2023/index.html | read Thu 12 Mar | Kwon et al., SOSP '23
Paper | FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness | readings/dao2022/index.html | read Thu 26 Mar | Dao et al., NeurIPS '22
Paper | GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism | readings/huang2019/index.html | read Thu 12 Feb | Huang et al., NeurIPS '19
Paper | Hidden Technical Debt in Machine Learning Systems | readings/sculley2015/index.html | read Tue 3 Feb | Sculley et al., NeurIPS '15
Paper | How to read a paper | readings/keshav2007/index.html | read Thu 29 Jan | Keshav, CCR '07
Paper | Megatron-LM: Training Multi-Billion Parameter Language Models Using Model Parallelism | readings/shoeybi2019/index.html | read Tue 17 Feb | Shoeybi et al., arXiv
Paper | Orca: A Distributed Serving System for Transformer-Based Generative Models | readings/yu2022/index.html | read Thu 12 Mar | Yu and Jeong, OSDI '22
Paper | PipeDream: Generalized Pipeline Parallelism for DNN Training | readings/narayanan2019/index.html | read Thu 12 Feb | Narayanan et al., SOSP '19
Paper | PyTorch FSDP: Experiences on Scaling Fully Sharded Data Parallel | readings/zhao2023/index.html | read Tue 10 Feb | Zhao et al., VLDB '23
Paper | SGLang: Efficient Execution of Structured Language Model Programs | readings/zheng2024/index.html | read Tue 24 Mar | Zheng and Yin, NeurIPS '24
Paper | Sums of <sets> & $n \\log n$ | readings/odd-key-1/index.html |  | Lovelace, 1843
Paper | TACCL: Guiding Collective Algorithm Synthesis using Communication Sketches | readings/shah2023/index.html | read Tue 3 Mar | Shah and Chidambaram, NSDI '23
Paper | TeraPipe: Token-Level Pipeline Parallelism for Training Large-Scale Language Models | readings/li2021/index.html | read Tue 17 Feb | Li et al., ICML '21
Paper | You and Your Research | readings/hamming1986/index.html |  | Hamming, 1986
Paper | ZeRO: Memory Optimizations Toward Training Trillion Parameter Models | readings/rajbhandari2020/index.html | read Tue 10 Feb | Rajbhandari et al., SC '20
"""  # fmt: skip


def line(record: Record) -> str:
    address = record.path + (f"#{record.fragment}" if record.fragment else "")
    return f"{record.kind} | {record.title} | {address} | {record.when} | {record.detail}".replace(
        "\u00a0", " "
    ).rstrip()


def record(title: str, **changes) -> Record:
    return next(r for r in list_records(sample_course(**changes)) if r.title == title)


# --- what can be found --------------------------------------------------------------------------


def test_everything_of_the_sample_course_can_be_found():
    assert [line(r) for r in list_records(sample_course())] == FOUND.strip().split("\n")


def test_no_two_things_have_one_address():
    """Pagefind would keep the second alone."""
    addresses = [(r.path, r.fragment) for r in list_records(sample_course())]
    assert len(set(addresses)) == len(addresses)


def test_a_break_without_a_name_is_found_as_no_class():
    stretch = replace(sample_course().breaks[0], name="")
    assert record("No class", breaks=(stretch,)).when.replace("\u00a0", " ") == "15–22 Mar"


def test_a_session_is_found_by_its_papers_its_presenters_its_part_and_its_date():
    assert record("Pipeline parallelism").html == (
        "<p>GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism, Huang et al.</p>"
        "<p>presented by Charles</p>"
        "<p>PipeDream: Generalized Pipeline Parallelism for DNN Training, Narayanan et al.</p>"
        "<p>DAPPLE: A Pipelined Data Parallel Approach for Training Large Models, Fan and Rong</p>"
        "<p>Bring a laptop.</p><p>slides</p><p>recording</p>"
        "<p>Training</p><p>Week 3</p><p>Thursday 12 February 2026</p>"
    )


def test_a_review_is_found_by_its_day_and_its_papers():
    session = next(item for item in sample_course().sessions if item.topic == "Pipeline parallelism")
    assert session.review
    made = record(session.review.what, deadlines=(session.review,))
    assert line(made) == (
        "Deadline | Review for Pipeline parallelism | schedule/index.html#site-review-session-6 | due Wed 11 Feb, noon |"
    )
    assert made.html.endswith("<p>Wednesday 11 February 2026</p>")
    assert "GPipe" in made.html


def test_a_paper_is_found_by_its_abstract_its_authors_its_venue_and_its_topics():
    html = record("Megatron-LM: Training Multi-Billion Parameter Language Models Using Model Parallelism").html
    assert html.startswith("<p>Scaling up deep neural network capacity")
    assert html.endswith(
        "<p>Mohammad Shoeybi, Mostofa Patwary and Raul Puri</p><p>Proceedings of arXiv 2019, 2019</p>"
        "<p>training, parallelism</p>"
    )


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Special Topics in Cloud Computing", "home room office hours instructor"),
        ("Readings", "papers list bibliography BibTeX"),
        ("Pipeline parallelism", "Week-3 2026-02-12"),
        ("Spring break", "no class, holiday 2026-03-15 2026-03-22"),
        ("Project proposal", "due deadline 2026-02-17"),
        ("Alpa: Automating Inter- and Intra-Operator Parallelism for Distributed Deep Learning", "Operator"),
        ("Check-N-Run: a Checkpointing System for Training Deep Learning Recommendation Models", "N Run"),
        ("How to read a paper", "Week-1 2026-01-29"),
    ],
)
def test_a_thing_is_found_by_words_that_it_does_not_show(title, words):
    assert record(title).words == words


def test_the_home_page_is_found_by_the_room_and_a_class_in_another_room_by_its_own():
    assert "<p>Room: IRB 1207</p>" in record("Special Topics in Cloud Computing").html
    (usual, *rest) = (item for item in sample_course().sessions if item.kind == "class")
    moved = replace(usual, topic="Moved", place="AVW 4172")
    html = [record(title, sessions=(moved, *rest)).html for title in ("Moved", rest[0].topic)]
    assert ["AVW 4172" in html[0], "IRB 1207" in html[1]] == [True, False]


def test_the_home_page_is_found_by_who_teaches_and_how_it_is_graded_and_repeats_no_session():
    html = record("Special Topics in Cloud Computing").html
    assert "<p>Alan Liu, Instructor, instructor@example.org. Office hours: upon request</p>" in html
    assert "<p>Project: 40%</p>" in html
    assert "Pipeline parallelism" not in html


def test_what_an_author_wrote_above_a_computed_page_is_found_there():
    words = page("content/schedule.md", "Words", "<p>Note.</p>")
    assert record("Schedule", words={"schedule/index.html": words}).html == "<p>Note.</p>"


def test_what_an_author_wrote_above_the_list_stands_there():
    words = page("content/search.md", "Words", "<p>Look here first.</p>")
    ((_, content),) = search(sample_course(words={SEARCH: words}), theme())
    assert b"<p>Look here first.</p>" in content


def test_text_stays_text():
    title = "<img src=x onerror=alert(1)> & more"
    made = next(r for r in list_records(sample_course(announcements=(announcement(2, 3, title, "<p>Hello.</p>"),))) if r.kind == "Announcement")  # fmt: skip
    assert made.title == title
    assert "<sets>" not in "".join(r.html for r in list_records(sample_course()))


def test_a_course_of_nothing_has_its_pages_to_be_found():
    course = sample_course(
        sessions=(), papers={}, pages=(), lectures=(), announcements=(), deadlines=(), breaks=(), home=None
    )
    assert {r.kind for r in list_records(course)} == {"Page"}


def test_what_is_not_published_is_not_found(tmp_path):
    course = write_course(
        tmp_path / "course",
        {
            "content/secret.md": "---\ndraft: true\n---\n# Secret page\n\nunspeakable\n",
            "content/later.md": "---\npublish: 2026-03-01\n---\n# Later\n\nunspeakable\n",
            "content/announcements.md": "## 2026-03-01 Quiz\n\nunspeakable\n",
        },
    )
    asked = []

    def ask(requests):
        asked.extend(requests)
        raise IndexerFailed("enough")

    build_folder(course, ask_pagefind=ask)
    assert len(asked) > 5
    assert "unspeakable" not in json.dumps(asked)
    asked.clear()
    build_folder(course, ask_pagefind=ask, drafts=True)
    assert json.dumps(asked).count("unspeakable") >= 3


def test_the_search_page_lists_everything_once_by_kind():
    ((path, content),) = search(sample_course(), theme())
    assert path == SEARCH
    main = content.decode().partition("<main")[2]
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", main)
    assert headings == list(KINDS.values())
    assert len(re.findall("<li>", main)) == len(FOUND.strip().split("\n"))
    assert "Sums of &lt;sets&gt; &amp;" in main


# --- Chinese and Japanese -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "apart"),
    [
        ("plain <b>words</b>", "plain <b>words</b>"),
        ("Größe naïve", "Größe naïve"),
        ("机器学习", "机 器 学 习"),
        ("用GPU训练", "用 GPU 训 练"),
        ("层,激活。", "层, 激 活。"),
        ("カタカナ と", "カ タ カ ナ と"),
        ('<h2 id="学习">学习</h2>', '<h2 id="学习">学 习</h2>'),
        ('<a title="a > 学习">学习</a>', '<a title="a > 学习">学 习</a>'),
        ("한국어 낱말", "한국어 낱말"),
    ],
)
def test_chinese_and_japanese_characters_are_words_of_their_own(html, apart):
    assert spaced(html) == apart


# --- the index ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index() -> dict[str, bytes]:
    return index_records(list_records(sample_course()), "en", ask_pagefind)


def fragments(index) -> list[dict]:
    """What the browser gets of each thing that it finds."""
    return [
        json.loads(gzip.decompress(content).removeprefix(b"pagefind_dcd"))
        for path, content in index.items()
        if path.startswith("pagefind/fragment/")
    ]


def test_each_record_is_in_the_index_once(index):
    made = [
        f"{f['filters']['kind'][0]} | {f['meta']['title']} | {f['url'].removeprefix('/')}"
        f" | {f['meta'].get('when', '')} | {f['meta'].get('detail', '')}".rstrip()
        for f in fragments(index)
    ]
    assert sorted(made) == sorted(FOUND.strip().split("\n"))


def test_sections_are_places_that_can_be_found_and_the_source_of_a_formula_is_not_part_of_the_text():
    html = (
        '<h2 id="cost">The cost</h2><p>It is <math><semantics><msup><mi>n</mi><mn>2</mn></msup>'
        '<annotation encoding="application/x-tex">n^{squared}</annotation></semantics></math> for each.'
        '<math display="block"><mfrac><mi>p</mi><mi>m</mi></mfrac></math>'
        '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">7</a></sup></p>'
    )
    made = index_records([Record(kind="Lecture", title="One", path="lectures/one/index.html", html=html)], "en", ask_pagefind)  # fmt: skip
    (fragment,) = fragments(made)
    assert fragment["content"] == "The cost. It is n2 for each."
    assert [(a["id"], a["text"]) for a in fragment["anchors"] if a["element"] == "h2"] == [("cost", "The cost")]


def test_a_page_without_a_word_is_found_by_its_title():
    made = index_records([Record(kind="Page", title="Map", path="map/index.html", html="<img src=m.png>")], "en", ask_pagefind)  # fmt: skip
    assert [f["meta"]["title"] for f in fragments(made)] == ["Map"]


def test_an_author_s_own_attributes_of_pagefind_hide_nothing_else():
    html = "<p data-pagefind-body>inside</p><p>outside</p>"
    records = [Record(kind="Page", title=name, path=f"{name}/index.html", html=html) for name in ("a", "b")]
    assert [f["content"] for f in fragments(index_records(records, "en", ask_pagefind))] == ["inside. outside."] * 2


def test_only_what_a_browser_loads_is_published(index):
    names = {re.sub(r"en_[0-9a-f]+", "en_*", path) for path in index}
    assert names == {
        "pagefind/pagefind.js",
        "pagefind/pagefind-worker.js",
        "pagefind/pagefind-entry.json",
        "pagefind/wasm.en.pagefind",
        "pagefind/pagefind.en_*.pf_meta",
        "pagefind/filter/en_*.pf_filter",
        "pagefind/fragment/en_*.pf_fragment",
        "pagefind/index/en_*.pf_index",
    }


@pytest.mark.parametrize(
    ("language", "wasm"), [("en", "en"), ("de", "de"), ("pt-BR", "pt-br"), ("zh", "unknown"), ("zh-Hant", "unknown")]
)
def test_words_are_stemmed_in_the_course_s_language_where_pagefind_can(language, wasm):
    one = Record(kind="Page", title="One", path="one/index.html", html="<p>x</p>")
    made = index_records([one], language, ask_pagefind)
    assert [path for path in made if "/wasm." in path] == [f"pagefind/wasm.{wasm}.pagefind"]


def test_the_same_records_make_the_same_bytes(index):
    records = list_records(sample_course())
    assert all(index_records(records, "en", ask_pagefind) == index for _ in range(5))


def test_the_files_name_each_other(index):
    """The entry names the metadata, and that names the filter: their names hold hashes that sitegen changes."""
    entry = json.loads(index["pagefind/pagefind-entry.json"])
    meta = index[f"pagefind/pagefind.{entry['languages']['en']['hash']}.pf_meta"]
    for path in index:
        if path.endswith((".pf_filter", ".pf_index", ".pf_fragment")):
            assert path.rpartition("/")[2].partition(".")[0].encode() in meta, path
    (filtered,) = (content for path, content in index.items() if path.endswith(".pf_filter"))
    at = [filtered.index(kind.encode()) for kind in ("Page", "Paper", "Lecture", "Session", "Deadline", "Announcement")]
    assert at == sorted(at), "CBOR puts a text's length before it, so short kinds come first"


# --- without pagefind ---------------------------------------------------------------------------

WITHOUT = (
    "site.yaml:1:1: warning[no-search-index]: The site has no search index, because pagefind can't make one: {}.\n"
    "  1 | course:\n"
    "    | ^\n"
    "  help: Install it with: pip install pagefind-bin. Without it, search leads to the list of everything."
)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins for the program are scripts")


def program(tmp_path, text: str):
    path = tmp_path / "program"
    path.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
    path.chmod(0o755)
    return path


def failure(monkeypatch, path) -> str:
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(path))
    with pytest.raises(IndexerFailed) as failed:
        ask_pagefind([{"type": "NewIndex", "config": {}}, {"type": "GetFiles", "index_id": 0}], patience=5)
    return str(failed.value)


def test_a_site_is_published_without_the_index_when_there_is_no_program(tmp_path):
    course = write_course(tmp_path / "course")
    result = run_sitegen("build", course, PAGEFIND_BINARY_PATH=str(tmp_path / "nowhere"))
    assert result.returncode == 0
    assert WITHOUT.format("its program can't be run (No such file or directory)") in result.stderr
    assert (course / "_site" / "search" / "index.html").exists()
    assert not (course / "_site" / "pagefind").exists()


def test_a_computer_that_pagefind_has_no_program_for_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pagefind_bin", None)
    built = build_folder(write_course(tmp_path / "course"), ask_pagefind=ask_pagefind)
    assert told(built).startswith(WITHOUT.format("there is no program of it for this computer"))
    assert "index.html" in built.files


@POSIX
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "its program stopped in the middle of its work"),
        ("print('hello,', flush=True); input()", "its program stopped in the middle of its work"),
        (
            "import base64, json, sys\n"
            "answer = {'message_id': 1, 'payload': {'type': 'Error', 'message': 'No disk.'}}\n"
            "sys.stdout.write(base64.b64encode(json.dumps(answer).encode()).decode() + ','); sys.stdout.flush()\n"
            "sys.stdin.read()",
            "its program says: No disk",
        ),
    ],
)
def test_a_program_that_fails_is_told_in_a_sentence(tmp_path, monkeypatch, text, reason):
    assert failure(monkeypatch, program(tmp_path, text)) == reason


@POSIX
def test_a_program_that_hangs_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(program(tmp_path, "import time; time.sleep(3600)")))
    with pytest.raises(IndexerFailed, match="stopped in the middle"):
        ask_pagefind([{"type": "NewIndex", "config": {}}], patience=0.2)


@POSIX
def test_a_file_that_is_no_program_is_told_in_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "text"
    path.write_text("hello")
    assert failure(monkeypatch, path) == "its program can't be run (Permission denied)"


def forged(**files: bytes):
    """A pagefind that answers with these files."""
    entry = {"version": "9", "languages": {"en": {"hash": "en_aaaa", "wasm": "en", "page_count": 1}}}
    made = {"pagefind-entry.json": json.dumps(entry).encode(), "pagefind.en_aaaa.pf_meta": b"pagefind_dcd\x81"}
    made |= {path.replace("__", "/").replace("_DOT_", "."): content for path, content in files.items()}
    answer = {"files": [{"path": path, "content": base64.b64encode(content).decode()} for path, content in made.items()]}  # fmt: skip
    return lambda requests: [{} for _ in list(requests)[1:]] + [answer]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not gzip",
        gzip.compress(b"no signature", mtime=0),
        b"pagefind_dcd",
        b"pagefind_dcd\x83\x61a\x80\x80",
        b"pagefind_dcd\x82\x61a\x9f\xff",
        b"pagefind_dcd\x82\x61a\x81\xa0",
        b"pagefind_dcd\x82\x61a\x80",
    ],
)
def test_an_index_of_another_make_is_not_published(content):
    with pytest.raises(UnknownIndex):
        index_records(list_records(sample_course()), "en", forged(filter__en_bbbb_DOT_pf_filter=content))


def test_an_index_of_another_make_is_told_in_a_sentence(tmp_path):
    built = build_folder(write_course(tmp_path), ask_pagefind=forged(filter__en_b_DOT_pf_filter=b"?"))
    assert told(built).startswith(WITHOUT.format("sitegen doesn't know the files of this version"))


# --- in the site --------------------------------------------------------------------------------


def test_the_index_is_published_and_an_old_one_goes(tmp_path):
    course = write_course(tmp_path / "course")
    folder = course / "_site" / "pagefind"
    assert run_sitegen("build", course, "--today", "2026-02-03").returncode == 0
    first = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    (course / "site.yaml").write_text(SITE_YAML.replace("Overview", "Outlook"), encoding="utf-8")
    assert run_sitegen("build", course, "--today", "2026-02-03").returncode == 0
    second = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert len(second) == len(first)
    assert len(second - first) == 3, "the fragment of the session, the words, and the metadata that names them"


def test_checking_makes_no_index_and_a_save_in_the_preview_none(tmp_path):
    result = run_sitegen("check", write_course(tmp_path), PAGEFIND_BINARY_PATH=os.devnull)
    assert "no-search-index" not in result.stdout + result.stderr
    assert not [path for path in build_folder(tmp_path).files if path.startswith("pagefind/")]


def test_a_file_of_the_course_s_where_the_index_needs_a_folder_is_found_before_it_is_published(tmp_path):
    built = build_folder(write_course(tmp_path, {"content/pagefind": "mine"}), ask_pagefind=ask_pagefind)
    assert "can't both be published" in told(built)
    assert not built.files


def test_the_dialog_s_kinds_are_those_of_the_index():
    script = (built_in_theme() / "search.js").read_text(encoding="utf-8")
    named = re.search(r"const MANY = \{(.*?)\}", script, re.DOTALL)
    assert named
    assert dict(re.findall(r'(\w+): "(\w+)"', named[1])) == KINDS


def test_the_dialog_parts_characters_as_the_index_does():
    """The same ranges of characters stand in searchindex.py and in search.js."""
    from sitegen.outputs import searchindex

    script = (built_in_theme() / "search.js").read_text(encoding="utf-8")
    named = re.search(r'const IDEOGRAM = "(.*?)"', script)
    assert named
    ranges = re.sub(r"\\\\u\{?([0-9a-f]+)\}?", lambda match: chr(int(match[1], 16)), named[1])
    assert f"[{ranges}]" == searchindex._IDEOGRAM


def test_records_are_values():
    one = record("Pipeline parallelism")
    assert one == record("Pipeline parallelism")
    assert one != replace(one, title="Other")
