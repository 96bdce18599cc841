"""Patterns that are compiled at first use do what compiled ones do, and every one of them can be compiled."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen import patterns
from sitegen.patterns import is_western, regex, without_chinese
from sitegen.prose import inline, spans

PACKAGE = Path(__file__).parent.parent / "sitegen"
MODULES = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.stem.startswith("__")
]
CALLS = [
    ("match", "ab12"),
    ("fullmatch", "ab"),
    ("search", "12ab"),
    ("findall", "ab cd"),
    ("split", "1ab2"),
]


@pytest.mark.parametrize(("method", "text"), CALLS)
def test_a_pattern_answers_as_a_compiled_one(method, text):
    late, compiled = regex("([a-z])B", re.IGNORECASE), re.compile("([a-z])B", re.IGNORECASE)
    for _ in range(2):  # when it is compiled, and when it has been
        assert repr(getattr(late, method)(text)) == repr(getattr(compiled, method)(text))
    assert late.sub(r"<\1>", "ab") == compiled.sub(r"<\1>", "ab") == "<a>"
    assert [match.span() for match in late.finditer("abab", 1)] == [(2, 4)]
    assert (late.pattern, late.flags, late.groups) == (compiled.pattern, compiled.flags, compiled.groups)


def test_a_pattern_may_be_for_bytes():
    assert regex(rb"\d+").findall(b"a1b22") == [b"1", b"22"]


def test_a_pattern_is_compiled_when_it_is_used_and_only_once(monkeypatch):
    compiled: list[str] = []

    def count(pattern, flags):
        compiled.append(pattern)
        return re.compile(pattern, flags)

    monkeypatch.setattr(patterns, "re", type("Counting", (), {"compile": staticmethod(count)}))
    late = regex("a")
    assert (late.pattern, late.flags, compiled) == ("a", 0, [])
    assert late.search("ba") and late.match("a") and late.search("a")
    assert compiled == ["a"]


def test_a_pattern_has_nothing_that_a_compiled_one_has_not():
    with pytest.raises(AttributeError, match="a pattern has no 'find'"):
        regex("a").find("a")  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", MODULES)
def test_every_pattern_of_a_module_can_be_compiled(name):
    late = [value for value in vars(import_module(name)).values() if type(value).__module__ == patterns.__name__]
    for one in late:
        re.compile(one.pattern, one.flags)


def test_no_pattern_of_sitegen_s_is_compiled_while_it_is_imported():
    program = (
        "import re, sys\n"
        "real, told = re._compile, []\n"
        "def compile(pattern, flags):\n"
        "    name = sys._getframe(2).f_globals['__name__']\n"
        "    told.extend([name] if name.startswith('sitegen') else [])\n"
        "    return real(pattern, flags)\n"
        "re._compile = compile\n"
        f"for name in {MODULES!r}: __import__(name)\n"
        "print(told)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True, text=True)
    assert (done.stderr, done.stdout) == ("", "[]\n")


@pytest.mark.parametrize(
    ("text", "western"),
    [
        ("", True),
        ("words", True),
        ("naïve “words” — and ≤ signs…", True),
        ("a token \U000f00007\U000f0001, a return ↩\ufe0e", True),
        ("中", False),
        ("words 한국 words", False),
        ("かな", False),
        ("\u3000", False),
        ("слово", False),
        ("🙂", False),
    ],
)
def test_western_texts_are_told_by_their_letters(text: str, western: bool):
    assert is_western(text) is western


PIECES = (
    "$",
    "x",
    "é",
    "1",
    "@",
    "ada",
    " ",
    "“",
    "”",
    "\n",
    "(",
    ")",
    "https://umd.edu",
    '"',
    "'",
    "\\",
    "`",
    "—",
    "…",
    "_",
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_in_western_texts_patterns_match_the_same_without_chinese(text: str):
    assert is_western(text)
    for whole, flags in (
        (inline._INLINE_TEXT, re.VERBOSE | re.MULTILINE | re.DOTALL),
        (spans._ADDRESS, re.DOTALL),
        (spans._AROUND, re.DOTALL),
        (spans._AROUND_SINGLE, re.DOTALL),
    ):
        short = without_chinese(whole)
        assert short != whole
        found = [[(m.span(), m.lastgroup) for m in re.finditer(one, text, flags)] for one in (whole, short)]
        assert found[0] == found[1]
