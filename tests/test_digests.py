"""Equal values have equal digests wherever they were made, and others have others."""

from __future__ import annotations

import datetime as dt
import io
import os
import pickle
import subprocess
import sys
from decimal import Decimal
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from sitegen.config.phrases import load_zone
from sitegen.diagnostics import Located, Span
from sitegen.digests import Digests, NoDigest
from sitegen.languages import English
from sitegen.values import Value, replace

EXACT = Digests(b"salt")
SHOWN = Digests(b"salt", places=False)


class Part(Value):
    name: str
    span: Span = Span("")


class Other(Value):
    name: str
    span: Span = Span("")


class Whole(Value):
    parts: tuple[Part, ...] = ()
    names: frozenset[str] = frozenset()
    by_name: dict[str, frozenset[str]] | None = None


ZONE = load_zone("Europe/Paris")
DIFFERENT = [
    None, True, 1, 1.0, 0, False, "", b"", "1", b"1", "a", Located("a", Span("f")), English("a"), English("", "a"), (), ("a",),
    (("a",),), ["a"], [["a"]], {"a": 1}, {"a": True}, {"a": "b", "c": "d"}, {"c": "d", "a": "b"}, frozenset({"a"}), frozenset({"a", "b"}),
    (1, 2), (1, (2,)), ((1,), 2), dt.date(2026, 1, 1), dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=ZONE),
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, fold=1), dt.time(1), dt.time(1, tzinfo=ZONE), dt.timedelta(1),
    ZONE, load_zone("Europe/Berlin"), "Europe/Paris", Decimal(1), Decimal("1.0"), Part("a"), Other("a"), Part("b"),
    Part("a", Span("f", 2)), Whole((Part("a"),)), Whole((Part("a"), Part("a"))), Whole(names=frozenset("ab")),
    Whole(by_name={"x": frozenset("ab")}), Whole(by_name={"x": frozenset("a")}), "\ud800", "\U0010ffff",
]  # fmt: skip


def test_different_values_have_different_digests():
    digests = [EXACT.of(value) for value in DIFFERENT]
    assert len(set(digests)) == len(DIFFERENT)


def test_another_salt_gives_other_digests():
    assert Digests(b"other").of("a") != EXACT.of("a")


def test_it_does_not_matter_which_parts_are_the_same_object():
    one, other = ("".join(parts) for parts in (("some ", "words"), ("some", " words")))
    assert one is not other
    assert EXACT.of((one, one)) == EXACT.of((one, other))
    part = Part(one)
    assert EXACT.of((part, part)) == EXACT.of((Part(one), Part(other)))


def test_a_value_that_was_written_and_read_again_has_its_digest():
    for value in DIFFERENT:
        if not isinstance(value, ZoneInfo) and getattr(value, "tzinfo", None) is not ZONE:
            assert EXACT.of(pickle.loads(pickle.dumps(value))) == EXACT.of(value), value


def test_a_zone_is_known_by_its_name_however_it_was_read():
    with files("tzdata").joinpath("zoneinfo/Europe/Paris").open("rb") as file:
        assert EXACT.of(ZoneInfo.from_file(file, key="Europe/Paris")) == EXACT.of(ZONE)


CODE = """
from sitegen.digests import Digests
from tests.test_digests import DIFFERENT
print("".join(Digests(b"salt").of(value).hex() for value in DIFFERENT))
"""


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_with_another_order_of_sets_gives_the_same_digests(seed: str):
    found = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "".join(EXACT.of(value).hex() for value in DIFFERENT)


def test_where_something_was_written_counts_only_if_it_is_asked_for():
    here, there = Part("a", Span("f", 1)), Part("a", Span("f", 9))
    assert SHOWN.of(here) == SHOWN.of(there)
    assert SHOWN.of(Located("a", Span("f"))) == SHOWN.of("a")
    assert SHOWN.of(Part("a")) != SHOWN.of(Part("b"))


@pytest.mark.parametrize(
    "value",
    [print, lambda: 1, object(), io.StringIO(), ("a", [{"b": object()}]), Whole((object(),))],  # type: ignore[arg-type]
)
def test_what_cannot_be_told_by_its_looks_has_no_digest(value: object):
    with pytest.raises(NoDigest):
        EXACT.of(value)


def test_a_shared_part_counts_by_its_digest_which_somebody_may_know():
    shared = Digests(b"salt", (Part,))
    one, other = Part("a"), Part("b")
    assert shared.of((one,)) == shared.of((Part("a"),)) != shared.of((other,))
    shared.note(other, shared.of_shared(one))
    assert shared.of((one,)) == shared.of((other,))
    assert shared.of((one,)) != shared.of((replace(other),))
