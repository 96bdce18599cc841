"""What is remembered between builds is right or isn't used."""

import os
import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.folders import memo, seals
from sitegen.folders.memo import Memo
from sitegen.folders.results import NAME

CALLS: list[tuple[object, ...]] = []


def work(*arguments: object, **options: object) -> tuple[object, ...]:
    """Gives its arguments back, and counts that it was called."""
    CALLS.append(arguments)
    return (*arguments, *options.items())


def other_work(*arguments: object) -> tuple[object, ...]:
    CALLS.append(arguments)
    return ("other", *arguments)


@pytest.fixture(autouse=True)
def forget():
    CALLS.clear()


def file_of(course: Path) -> Path:
    return course / ".sitegen" / "cache" / NAME


def ask(course: Path | None, *arguments: object) -> object:
    """As a fresh process asks."""
    fresh = Memo(course)
    result = fresh.call(work, *arguments)
    fresh.end_build()
    return result


def test_the_same_question_is_worked_out_once_by_one_process_and_by_the_next(tmp_path: Path):
    one = Memo(tmp_path)
    assert one.call(work, b"text", "a.md") == one.call(work, b"text", "a.md") == (b"text", "a.md")
    one.end_build()
    assert ask(tmp_path, b"text", "a.md") == (b"text", "a.md")
    assert len(CALLS) == 1


def test_another_argument_option_or_function_is_another_question(tmp_path: Path):
    one = Memo(tmp_path)
    results = [
        one.call(work, b"text", "a.md"),
        one.call(work, b"text", "b.md"),
        one.call(work, b"texts", "a.md"),
        one.call(work, b"text", "a.md", drafts=True),
        one.call(work, b"text", ("a.md",)),
        one.call(work, "text", "a.md"),
        one.call(other_work, b"text", "a.md"),
    ]
    assert len(set(results)) == len(CALLS) == 7


def test_without_a_course_the_process_itself_remembers():
    one = Memo(None)
    one.call(work, 1)
    one.end_build()
    one.call(work, 1)
    assert CALLS == [(1,)]
    ask(None, 1)
    assert CALLS == [(1,), (1,)]


def test_what_a_build_did_not_ask_for_leaves_memory_and_in_time_the_file(tmp_path: Path):
    one = Memo(tmp_path)
    for number in range(300):
        one.call(work, number)
    one.end_build()
    one.call(work, 0)
    one.end_build()
    assert len(one._results) == 1
    with sqlite3.connect(file_of(tmp_path)) as connection:
        assert connection.execute("SELECT count(*) FROM results").fetchone() == (1,)
    connection.close()


def test_another_program_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ask(tmp_path, 1)
    monkeypatch.setattr(memo, "identify_program", lambda: "another version")
    ask(tmp_path, 1)
    assert len(CALLS) == 2


def change_value(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        (value,) = connection.execute("SELECT value FROM results").fetchone()
        forged = value[: seals.SIZE + 20] + pickle.dumps(("forged",))
        connection.execute("UPDATE results SET value = ?", (forged,))
    connection.close()


def overwrite(content: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content(path.read_bytes()))

    return write


def turn_into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": overwrite(lambda file: b""),
    "cut short": overwrite(lambda file: file[:5000]),
    "garbage": overwrite(lambda file: os.urandom(8000)),
    "zeros within": overwrite(lambda file: file[:4096] + bytes(len(file) - 4096)),
    "a value that was changed": change_value,
    "another table": lambda path: sqlite3.connect(path).executescript("DROP TABLE results; CREATE TABLE results (a)"),
    "a folder": turn_into_folder,
    "gone": lambda path: path.unlink(),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: Callable[[Path], object]):
    ask(tmp_path, 1)
    damage(file_of(tmp_path))
    assert ask(tmp_path, 1) == (1,)
    assert ask(tmp_path, 2) == (2,)
    assert len(CALLS) == 3


def test_a_file_of_another_user_or_behind_a_link_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ask(tmp_path, 1)
    owner = file_of(tmp_path).stat().st_uid
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: owner + 1, raising=False)
        assert ask(tmp_path, 1) == (1,)
    file_of(tmp_path).rename(tmp_path / "moved")
    file_of(tmp_path).symlink_to(tmp_path / "moved")
    assert ask(tmp_path, 1) == (1,)
    assert len(CALLS) == 3


def test_what_came_with_a_course_from_somebody_else_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "stranger"))
    ask(tmp_path, 1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert ask(tmp_path, 1) == (1,)
    assert len(CALLS) == 2


def test_an_answer_to_one_question_is_none_to_another(tmp_path: Path):
    ask(tmp_path, 1)
    ask(tmp_path, 2)
    with sqlite3.connect(file_of(tmp_path)) as connection:
        (one, _), (other, value) = connection.execute("SELECT key, value FROM results").fetchall()
        connection.execute("UPDATE results SET value = ? WHERE key = ?", (value, one))
    connection.close()
    CALLS.clear()
    assert [ask(tmp_path, 1), ask(tmp_path, 2)] == [(1,), (2,)]
    assert len(CALLS) == 1
    assert one != other


def test_while_another_build_writes_nothing_is_remembered_and_nothing_harmed(tmp_path: Path):
    ask(tmp_path, 1)
    other = sqlite3.connect(file_of(tmp_path))
    other.execute("BEGIN EXCLUSIVE")
    assert ask(tmp_path, 2) == (2,)
    other.rollback()
    other.close()
    ask(tmp_path, 1)
    assert CALLS == [(1,), (2,)]


def test_a_course_that_cant_be_written_to_is_no_error(tmp_path: Path):
    (tmp_path / ".sitegen").write_text("a file")
    assert ask(tmp_path, 1) == (1,)


def test_sqlite_is_imported_only_where_there_is_a_file_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "sqlite3", None)
    assert Memo(None).call(work, 1) == (1,)


# --- sheets ---------------------------------------------------------------------------------------


def fill(course: Path | None, *rows: object, about: object = "site") -> list[object]:
    """As a fresh process makes the rows of a list."""
    fresh = Memo(course)
    with fresh.open_sheet("list", about) as sheet:
        made: list[object] = [sheet.make((row,), lambda row=row: work(row)) for row in rows]  # type: ignore[misc]
    fresh.end_build()
    return made


def test_a_row_of_a_sheet_is_made_once_wherever_it_stands(tmp_path: Path):
    assert fill(tmp_path, "a", "b") == [("a",), ("b",)]
    assert fill(tmp_path, "b", "c", "a", "b") == [("b",), ("c",), ("a",), ("b",)]
    assert CALLS == [("a",), ("b",), ("c",)]


def test_a_long_sheet_is_kept_in_parts_and_made_anew_where_one_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memo, "_IN_PART", 2)
    monkeypatch.setattr(memo, "_MOST_PARTS", 3)
    names = [str(number) for number in range(8)]
    fill(tmp_path, *names)
    assert fill(tmp_path, *names) == [(name,) for name in names]
    assert len(CALLS) == 8
    with sqlite3.connect(tmp_path / ".sitegen/cache/memo.db") as connection:
        keys = [row[0] for row in connection.execute("SELECT key FROM results ORDER BY length(key), key")]
        assert len(keys) == 4  # the sheet, and three parts of it
        connection.execute("DELETE FROM results WHERE key = ?", (keys[-1],))
    connection.close()
    assert fill(tmp_path, *names) == [(name,) for name in names]
    assert len(CALLS) == 10
    fill(tmp_path, *names)
    assert len(CALLS) == 10


def test_a_row_that_is_gone_is_forgotten_and_one_that_all_depend_on_makes_all_anew(tmp_path: Path):
    fill(tmp_path, "a", "b")
    fill(tmp_path, "b")
    fill(tmp_path, "a", "b")
    assert CALLS == [("a",), ("b",), ("a",)]
    fill(tmp_path, "a", "b", about="another site")
    assert CALLS == [("a",), ("b",), ("a",), ("a",), ("b",)]


def test_a_row_that_can_t_be_known_again_is_made_each_time(tmp_path: Path):
    for _ in range(2):
        assert fill(tmp_path, fill) == [(fill,)]
    assert len(CALLS) == 2


def test_what_stops_a_row_leaves_the_sheet_as_it_was(tmp_path: Path):
    fill(tmp_path, "a")
    fresh = Memo(tmp_path)
    with pytest.raises(ZeroDivisionError), fresh.open_sheet("list", "site") as sheet:
        sheet.make("b", lambda: 1 / 0)
    fresh.end_build()
    fill(tmp_path, "a")
    assert CALLS == [("a",)]


def test_a_sheet_that_a_copy_filled_is_kept_and_one_that_it_only_read_stays(tmp_path: Path):
    """A copy of the process tells what it has learned; here, by hand."""
    for rows in (("a", "b"), ("a", "b")):
        first, copy = Memo(tmp_path), Memo(tmp_path)
        copy._own_process = 0  # as if this were another process by now
        with copy.open_sheet("list", "site") as sheet:
            for row in rows:
                sheet.make((row,), lambda row=row: work(row))  # type: ignore[misc]
        first.take_over(copy.hand_over())
        assert len(first._used) == 2  # the sheet and its one part
        first.end_build()
    assert fill(tmp_path, "a", "b") == [("a",), ("b",)]
    assert CALLS == [("a",), ("b",)]
