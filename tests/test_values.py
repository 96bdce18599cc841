"""Values do what frozen dataclasses with slots do: construction, comparison, showing, copying, pickling."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
import weakref
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from sitegen.values import FrozenValue, Value, ValueType, as_dict, field, field_names, replace

T = TypeVar("T")


def make_class(name: str, names: list[str], /, **defaults: object) -> Any:
    return ValueType(name, (Value,), {"__annotations__": dict.fromkeys(names, "int"), **defaults})


class Point(Value):
    x: int
    y: int = 0


class Place(Value):
    x: int
    y: int = 0


class Empty(Value):
    pass


class Single(Value):
    one: object


class Named(Point):
    """Inherits two fields and adds one."""

    name: str = ""


class Options(Value, kw_only=True):
    kinds: ClassVar[tuple[str, ...]] = ("a", "b")
    late: int = 1
    needed: str
    found: Mapping[str, int] = field(factory=dict)


class Mixed(Point, kw_only=True):
    label: str


class Version(Value, order=True):
    major: int
    minor: int = 0


class Box(Value, frozen=False):
    size: int
    inside: list[object] = field(factory=list)


class Checked(Value):
    low: int
    high: int
    looks: ClassVar[list[Checked]] = []

    def __post_init__(self) -> None:
        self.looks.append(self)
        if self.low > self.high:
            raise ValueError("backwards")


class Circle(Value, caches=True):
    radius: int

    @cached_property
    def area(self) -> float:
        return 3 * self.radius**2


class Held(Value, Generic[T]):
    what: T


# --- as dataclasses do --------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    a: int
    b: str = "b"
    c: tuple[int, ...] = ()


class Likeness(Value):
    a: int
    b: str = "b"
    c: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((1,), {}),
        ((1, "x", (2,)), {}),
        ((), {"a": 1, "c": (3,)}),
        ((1,), {"b": "'"}),
        ((), {}),
        ((1, "x", (), 4), {}),
        ((1,), {"a": 2}),
        ((1,), {"d": 2}),
        ((), {"self": 1}),
    ],
)
def test_what_is_given_is_taken_or_refused_with_the_same_words_as_by_a_dataclass(arguments, options):
    def outcome(kind: Callable[..., object]) -> str:
        try:
            return repr(kind(*arguments, **options)).replace("Likeness", "Model")
        except TypeError as refused:
            return str(refused).replace("Likeness", "Model")

    assert outcome(Likeness) == outcome(Model)


def test_the_signature_can_be_read():
    assert str(inspect.signature(Likeness)) == "(a, b='b', c=())"
    assert str(inspect.signature(Mixed)) == "(x, y=0, *, label)"


def test_a_value_is_shown_as_it_would_be_written():
    assert repr(Named(1, 2, "it's")) == """Named(x=1, y=2, name="it's")"""
    assert repr(Empty()) == "Empty()"
    assert repr(Single((1,))) == "Single(one=(1,))"


def test_a_value_that_holds_itself_is_shown():
    box = Box(1)
    box.inside.append(box)
    assert repr(box) == "Box(size=1, inside=[...])"


# --- the same and not the same ------------------------------------------------------------------


def test_values_are_equal_when_class_and_fields_are():
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(1, 3)
    assert Empty() == Empty()
    assert Single(1) == Single(1) != Single(2)


@pytest.mark.parametrize("other", [Place(1, 2), Named(1, 2), (1, 2), None, Model(1)])
def test_a_value_is_not_equal_to_what_is_of_another_class(other):
    assert Point(1, 2) != other
    assert other != Point(1, 2)


def test_equal_values_are_one_in_a_set():
    assert {Point(1, 2), Point(1, 2), Point(2, 1)} == {Point(2, 1), Point(1, 2)}
    assert len({Single((1,)), Single((1,)), Empty(), Empty()}) == 2


def test_a_value_has_a_hash_when_its_fields_have_one():
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(Single([]))


def test_ordered_values_stand_in_the_order_of_their_fields():
    versions = [Version(2), Version(1, 5), Version(1)]
    assert sorted(versions) == [Version(1), Version(1, 5), Version(2)]
    assert (
        Version(1) < Version(1, 1) and Version(1) <= Version(1) and Version(2) > Version(1) and Version(2) >= Version(2)
    )


def test_only_ordered_values_of_one_class_have_an_order():
    smaller: Any = Point(1)
    with pytest.raises(TypeError, match="'<' not supported"):
        assert smaller < Point(2)
    with pytest.raises(TypeError, match="'<' not supported"):
        assert Version(1) < smaller


# --- fields -------------------------------------------------------------------------------------


def test_the_names_of_fields_come_in_their_order():
    assert field_names(Options) == ("late", "needed", "found")
    assert field_names(Named) == ("x", "y", "name")
    assert field_names(Empty) == ()


def test_fields_by_name_stay_as_they_are():
    inner = Point(1)
    assert as_dict(Single(inner)) == {"one": inner}
    assert as_dict(Single(inner))["one"] is inner


def test_a_made_default_is_shared_by_no_two_values():
    one, other = Box(1), Box(2)
    one.inside.append(3)
    assert (one.inside, other.inside, Box(3).inside) == ([3], [], [])
    assert Box(1, [4]).inside == [4]
    assert Options(needed="x").found == {}


@pytest.mark.parametrize("default", [[], {}, set()])
def test_a_default_that_values_would_share_is_refused(default):
    with pytest.raises(TypeError, match=r"Wrong\.names would be shared by all values"):
        make_class("Wrong", ["names"], names=default)


def test_a_field_without_a_default_can_not_follow_one_with_a_default():
    with pytest.raises(TypeError, match="a field of Wrong without a default follows 'a', which has one"):
        make_class("Wrong", ["a", "b"], a=1)


def test_a_class_variable_is_no_field():
    assert Options.kinds == ("a", "b")
    assert Options(needed="x").kinds is Options.kinds


def test_fields_by_name_may_be_required_after_those_that_are_not():
    assert Options(needed="x") == Options(late=1, needed="x", found={})
    wrong: Any = Options
    with pytest.raises(TypeError, match=r"Options\.__init__\(\) takes 1 positional argument but 2 were given"):
        wrong(1)
    with pytest.raises(TypeError, match=r"Options\.__init__\(\) missing 1 required keyword-only argument: 'needed'"):
        wrong()


def test_a_class_has_the_fields_of_its_base_first():
    assert Named(1, 2, "n") == Named(name="n", y=2, x=1)
    assert isinstance(Named(1), Point)
    assert Mixed(1, label="l") == Mixed(x=1, y=0, label="l")
    assert Mixed(1, 2, label="l").y == 2


def test_a_class_may_give_another_default_to_a_field_of_its_base():
    class Far(Point):
        y: int = 99

    assert Far(1) == Far(1, 99)
    assert (field_names(Far), Point(1).y) == (("x", "y"), 0)


def test_values_are_taken_apart_by_a_match_statement():
    def told(value: object) -> str:
        match value:
            case Named(x, y, name):
                return f"{name} at {x}, {y}"
            case Point(1, y):
                return f"on the line at {y}"
            case Options(needed=needed):
                return needed
        return "else"

    found = [told(value) for value in (Named(1, 2, "n"), Point(1, 5), Options(needed="o"), Place(1, 5))]
    assert found == ["n at 1, 2", "on the line at 5", "o", "else"]


def test_a_class_of_a_type_is_made_like_any_other():
    assert Held[int](3) == Held(3) == pickle.loads(pickle.dumps(Held(3)))


def test_a_class_may_have_many_fields():
    names = [f"field{number}" for number in range(300)]
    many = make_class("Many", names)
    assert list(as_dict(many(*range(300))).values()) == list(range(300))


# --- frozen -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [Point(1), Named(1), Circle(1), Options(needed="x")])
@pytest.mark.parametrize("name", ["x", "other", "radius"])
def test_a_value_can_not_be_changed(value, name):
    before = repr(value)
    with pytest.raises(FrozenValue, match=f"cannot assign to field '{name}'"):
        setattr(value, name, 2)
    with pytest.raises(FrozenValue, match=f"cannot delete field '{name}'"):
        delattr(value, name)
    assert repr(value) == before
    assert issubclass(FrozenValue, AttributeError)


def test_a_value_that_is_not_frozen_can_be_changed_and_has_no_hash():
    box = Box(1)
    box.size = 2
    assert box == Box(2)
    with pytest.raises(TypeError, match="unhashable type: 'Box'"):
        hash(box)
    with pytest.raises(AttributeError):
        box.colour = "red"


def test_a_value_has_no_room_for_more_than_its_fields():
    assert not hasattr(Point(1), "__dict__")
    assert not hasattr(Named(1), "__dict__")


def test_what_is_cached_is_worked_out_once_and_is_no_part_of_the_value():
    circle = Circle(2)
    assert circle.area is circle.area
    assert circle == Circle(2)
    assert repr(circle) == "Circle(radius=2)"
    assert vars(pickle.loads(pickle.dumps(circle))) == {}
    assert weakref.ref(circle)() is circle


def test_a_value_is_looked_at_once_it_is_made():
    Checked.looks.clear()
    made = Checked(1, 2)
    assert Checked.looks == [made]
    with pytest.raises(ValueError, match="backwards"):
        Checked(2, 1)
    with pytest.raises(ValueError, match="backwards"):
        replace(made, low=3)


# --- copies -------------------------------------------------------------------------------------


def test_a_replaced_value_is_another_one_with_all_else_as_it_was():
    point = Point(1, 2)
    assert (replace(point, y=3), point) == (Point(1, 3), Point(1, 2))
    assert replace(point) == point
    assert replace(Options(needed="x"), late=2) == Options(needed="x", late=2)
    assert type(replace(Named(1), x=2)) is Named


def test_what_has_no_such_field_can_not_be_replaced():
    with pytest.raises(TypeError, match=r"Point\.__init__\(\) got an unexpected keyword argument 'z'"):
        replace(Point(1), z=1)  # type: ignore[call-arg]


VALUES = [Point(1, 2), Empty(), Single(Point(1)), Named(1, 2, "n"), Options(needed="x"), Version(1), Box(1, [Point(1)])]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_copy_is_equal_and_of_the_same_class(value):
    for made in (copy.copy(value), copy.deepcopy(value)):
        assert made == value and type(made) is type(value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_can_be_pickled(value, protocol):
    made = pickle.loads(pickle.dumps(value, protocol))
    assert made == value and type(made) is type(value)


def test_a_value_that_was_pickled_is_not_looked_at_again():
    pickled = pickle.dumps(Checked(1, 2))
    Checked.looks.clear()
    assert pickle.loads(pickled) == Checked(1, 2)
    assert len(Checked.looks) == 1  # that of the other side


def test_what_one_process_pickled_another_one_reads(tmp_path):
    from sitegen.diagnostics import Span
    from sitegen.model import Heading

    values = {"heading": Heading(2, "a", "Ä"), "spans": [Span("a.md", 1, 2), Span("b.md")]}
    (tmp_path / "values").write_bytes(pickle.dumps(values))
    program = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')))"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program, str(tmp_path / "values")],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.stderr, done.stdout) == ("", f"{values}\n")


# --- the whole program --------------------------------------------------------------------------


def test_every_module_with_values_has_its_annotations_as_text():
    for path in (Path(__file__).parent.parent / "sitegen").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "(Value" in source:
            assert "from __future__ import annotations\n" in source, path


def test_no_module_takes_the_time_to_load_dataclasses():
    for path in (Path(__file__).parent.parent / "sitegen").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "@dataclass\n" not in source and "@dataclass(" not in source, path
