"""Which lines of a file of code are meant."""

import pytest

from sitegen.prose.excerpts import Fault, choose_lines

TRAIN = '''\
"""Trains."""
import sys

# region: setup
def load():
    # region: inner
    return "\\d"
    # endregion
# endregion

class Trainer:
    lr = 1
    @property
    def step(self):
        if self.lr:

            return 2

if sys.path:
    def run(): return 3
'''


def lines(text, file="train.py", **wish):
    chosen = choose_lines(text, file, **wish)
    assert not isinstance(chosen, Fault), chosen.words
    return list(chosen)


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        ({"lines": "2"}, [(2, "import sys")]),
        ({"lines": "1-2, 5"}, [(1, '"""Trains."""'), (2, "import sys"), (5, "def load():")]),
        ({"lines": "19-"}, [(19, "if sys.path:"), (20, "    def run(): return 3")]),
        ({"lines": "-2"}, [(1, '"""Trains."""'), (2, "import sys")]),
        ({"lines": "2\u20133"}, [(2, "import sys")]),
        ({"lines": "4-9"}, [(5, "def load():"), (7, '    return "\\d"')]),
        ({"region": "setup"}, [(5, "def load():"), (7, '    return "\\d"')]),
        ({"region": "inner"}, [(7, 'return "\\d"')]),
        ({"name": "load"}, [(5, "def load():"), (7, '    return "\\d"')]),
        ({"name": "Trainer.lr"}, [(12, "lr = 1")]),
        ({"name": "Trainer.step"}, [(13, "@property"), (14, "def step(self):"), (15, "    if self.lr:"), (16, ""), (17, "        return 2")]),
        ({"name": "run"}, [(20, "def run(): return 3")]),
    ],
)  # fmt: skip
def test_lines_are_chosen_by_number_by_region_and_by_name(wish, shown):
    assert lines(TRAIN, **wish) == shown


def test_all_lines_are_shown_without_those_that_mark_regions():
    shown = lines(TRAIN)
    assert [number for number, _ in shown] == [number for number in range(1, 21) if number not in (4, 6, 8, 9)]


@pytest.mark.parametrize(
    "line",
    [
        "# region: a", "#region a", "// region a", "//#region a", "/* region: a */", "<!-- region a -->", "-- region a",
        "(* region a *)", "% region: a", "; region a", "REM region a", "#pragma region a", "{- region a -}",
        "  # --8<-- [start:a]", "// [start:a]", "'#region a", '#region "a"', "# REGION: a",
    ],
)  # fmt: skip
def test_a_region_is_opened_in_a_comment_of_any_language(line):
    closing = line.replace("start", "end").replace("REGION", "endregion").replace("region", "endregion", 1)
    closing = closing.replace("endendregion", "endregion")
    assert lines(f"x\n{line}\ny\n{closing}\nz\n", "a.txt", region="a") == [(3, "y")]


@pytest.mark.parametrize(
    "line",
    ["region = 3", "- region: a", '"region": "a"', "# region of interest", "region: a", "x # region a", "# regions a"],
)
def test_what_only_looks_like_a_marker_is_shown(line):
    assert lines(f"{line}\ny\n# endregion\n", "a.txt")[0] == (1, line)


def test_a_region_s_end_without_a_name_closes_the_innermost_and_with_one_that_of_the_name():
    text = "# region a\n1\n# region b\n2\n# endregion a\n3\n# endregion\n4\n"
    assert lines(text, region="a") == [(2, "1"), (4, "2")]
    assert lines(text, region="b") == [(4, "2"), (6, "3")]


@pytest.mark.parametrize(
    ("text", "wish", "words", "help"),
    [
        ("a\nb\n", {"lines": "3"}, "train.py has 2 lines, so there is no line 3.", "Name lines up to 2."),
        ("a", {"lines": "1-9"}, "train.py has 1 line, so there is no line 9.", "Name lines up to 1."),
        ("a", {"lines": "0"}, '"0" names no line.', "Lines are counted from 1."),
        ("a", {"lines": "9-3"}, '"9-3" ends before it begins.', "Write 3-9."),
        ("a", {"lines": "top"}, '"top" isn\'t a list of lines.', 'Write numbers and ranges, such as lines="10-25,40".'),
        ("a", {"lines": "-"}, '"-" isn\'t a list of lines.', 'Write numbers and ranges, such as lines="10-25,40".'),
        ("a\n\n", {"lines": "2"}, "The lines 2 of train.py are empty.", "Name lines that aren't."),
        ("\n \n", {}, "All lines of train.py are empty.", "Name lines that aren't."),
        ("# region setup\nx\n# endregion\n", {"region": "setpu"}, 'train.py has no region "setpu".', 'Did you mean "setup"?'),
        ("x\n", {"region": "a"}, 'train.py has no region "a".', 'Put it between two comments: "region: a" and "endregion".'),
        ("x\n# region a\ny\n", {"region": "a"}, 'The region "a" that opens in line 2 of train.py is never closed.', 'Close it with a comment: "endregion".'),
        ("# region a\n# endregion\n" * 2, {"region": "a"}, 'train.py has the region "a" twice, in line 1 and in line 3.', "Give one of them another name."),
        ("# region a\n\n# endregion\n", {"region": "a"}, 'The region "a" of train.py is empty.', "Put code between its two comments."),
        ("def step(): pass\n", {"name": "stpe"}, 'train.py defines no "stpe".', 'Did you mean "step"?'),
        ("x = 1\n", {"name": "T.f"}, 'train.py defines no "T.f".', "Name a function or class as it is defined: Trainer.step."),
        ("\ndef (:\n", {"name": "f"}, "train.py isn't Python that can be read: line 2 has a mistake.", "Mend it, or name lines of it."),
        ("-" * 100_000 + "1", {"name": "f"}, "train.py isn't Python that can be read.", "Name lines of it."),
    ],
)  # fmt: skip
def test_what_isn_t_there_is_told(text, wish, words, help):
    assert choose_lines(text, "train.py", **wish) == Fault(words, help)


def test_only_python_has_functions_that_are_known_by_name():
    fault = choose_lines("int f() {}", "train.c", name="f")
    assert fault == Fault("train.c isn't Python, so it has no functions that sitegen knows.", "Name a region or lines.")


def test_nothing_of_a_file_s_own_warnings_is_said(recwarn):
    assert lines('def f():\n    return "\\d"\n', name="f")
    assert not recwarn.list


def test_what_all_lines_are_indented_by_is_taken_away():
    assert lines("\tif x:\n\t\ty\n\n\tz\n") == [(1, "if x:"), (2, "\ty"), (3, ""), (4, "z")]
    assert lines("\ta\n  b\n") == [(1, "\ta"), (2, "  b")]
