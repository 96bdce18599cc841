"""Work that two processes share has the outcome that it has with one, whatever becomes of the second."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from sitegen.folders import hands
from sitegen.folders.hands import VARIABLE, begin, can_share, share_out

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no second process here")
ITEMS = list(range(300))
PARENT = os.getpid()


@pytest.fixture(autouse=True)
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On any machine, and whatever else the test process is doing."""
    fork, copies = os.fork, []

    def note() -> int:
        copies.append(fork())
        return copies[-1]

    monkeypatch.setattr(hands, "can_share", lambda: True)
    monkeypatch.setattr(os, "fork", note)
    yield
    for copy in copies:
        with pytest.raises(ChildProcessError):  # none is left behind
            os.waitpid(copy, os.WNOHANG)


def is_copy() -> bool:
    return os.getpid() != PARENT


def square(number: int) -> tuple[int, bool]:
    time.sleep(0.001)
    return number * number, is_copy()


def test_both_take_part_and_each_item_is_done_once():
    found = dict(share_out(square, ITEMS, 4))
    assert {number: result for number, (result, _) in found.items()} == {n: n * n for n in ITEMS}
    assert len(list(share_out(square, ITEMS, 4))) == len(ITEMS)
    assert {by_copy for _, by_copy in found.values()} == {True, False}


def test_little_work_is_done_alone():
    assert not any(by_copy for _, (_, by_copy) in share_out(square, ITEMS[:20], 21))
    assert list(share_out(square, [], 0)) == []


def die(number: int) -> int:
    if is_copy() and number > 50:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fail(number: int) -> int:
    if is_copy():
        raise ValueError(number)
    return number


def unwieldy(number: int) -> object:
    return (lambda: number) if is_copy() else number


def leave(number: int) -> int:
    if is_copy():
        os._exit(3)
    return number


def interrupt(number: int) -> int:
    if is_copy():
        raise KeyboardInterrupt
    return number


@pytest.mark.parametrize("work", [die, fail, unwieldy, leave, interrupt])
def test_what_the_copy_does_not_hand_over_is_done_here(work: Callable[[int], object]):
    found = list(share_out(work, ITEMS, 4))
    assert sorted(found) == [(number, number) for number in ITEMS]


class Fault(Exception):
    pass


def break_at_200(number: int) -> int:
    if number == 200:
        raise Fault(f"at {number}")
    return number


def test_a_fault_in_the_work_is_raised_here_with_its_own_traceback():
    with pytest.raises(Fault, match="at 200") as raised:
        list(share_out(break_at_200, ITEMS, 4))
    assert raised.traceback[-1].name == "break_at_200"


def test_large_results_come_whole():
    found = dict(share_out(lambda number: bytes([number % 256]) * 200_000, ITEMS, 4))
    assert all(found[number] == bytes([number % 256]) * 200_000 for number in ITEMS)


def test_who_stops_asking_leaves_no_process_behind():
    results = share_out(square, ITEMS, 4)
    for _ in range(20):
        next(results)
    results.close()  # type: ignore[attr-defined]


def test_what_the_copy_says_and_does_stays_in_it(capfd: pytest.CaptureFixture[str]):
    sys.stdout.write("said before")
    list(share_out(square, ITEMS, 4))
    assert capfd.readouterr().out == "said before"


@pytest.mark.parametrize("value", ["1", "2"])
def test_the_environment_can_keep_it_to_one_process(value: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, value)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert can_share() == (value != "1")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert not can_share()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert not can_share()


# --- one piece of work, begun early ----------------------------------------------------------------


def test_what_was_begun_is_done_by_the_copy_while_this_process_goes_on():
    wait = begin(lambda: ("x" * 3_000_000, is_copy()))
    assert wait() == ("x" * 3_000_000, True)


@pytest.mark.parametrize("work", [lambda: 1 / 0, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: lambda: 1])
def test_what_the_copy_cannot_give_is_done_here(work: Callable[[], object]):
    """It stops, it is stopped, or its result can't be handed over."""
    wait = begin(lambda: work() if is_copy() else "here")
    assert wait() == "here"


def test_a_fault_in_what_was_begun_is_met_when_it_is_asked_for():
    wait = begin(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        wait()


def test_with_one_process_what_was_begun_is_done_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hands, "can_share", lambda: False)
    assert begin(is_copy)() is False
