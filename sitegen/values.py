"""What a value is: a class of named fields that can't be changed, compared and hashed by what is in them.

    class Heading(Value):
        level: int
        text: str = ""

is to its user, and to a type checker, what a frozen dataclass with slots is. What differs is the cost: a dataclass
compiles eight methods while its module is imported; here they are written once, for all classes. A module with
values begins with `from __future__ import annotations`, since fields are told from class variables by their text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter, ge, gt, le, lt
from reprlib import recursive_repr
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

__all__ = ["FrozenValue", "Value", "ValueType", "as_dict", "field", "field_names", "replace"]

T = TypeVar("T")
Put = Callable[[object, object], None]
"""Sets one field of a value, whether or not it is frozen."""


class FrozenValue(AttributeError):
    """A value can't be changed; `replace` makes another one."""


class _Factory:
    """Makes a field's default anew for each value."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def field(*, factory: Callable[[], T]) -> T:
    """Stands where all values would share a default that can change: `factory` makes one for each of them."""
    made: Any = _Factory(factory)
    return made  # type: ignore[no-any-return]


_LOOK = "__post_init__"
"""What a class may have to look at each value that is made."""


# --- what a class is made of --------------------------------------------------------------------


def _inherit(bases: tuple[type, ...]) -> tuple[dict[str, None], dict[str, None], dict[str, object]]:
    """The names of the bases' fields in their order, of those that can be given by place, and their defaults."""
    names: dict[str, None] = {}
    by_place: dict[str, None] = {}
    defaults: dict[str, object] = {}
    for base in reversed(bases):
        if isinstance(base, ValueType) and base._names:
            names |= dict.fromkeys(base._names)
            by_place |= dict.fromkeys(base.__match_args__)
            defaults |= base._defaults
    return names, by_place, defaults


def _checked(kind: str, name: str, default: object) -> object:
    if type(default).__hash__ is None:
        raise TypeError(f"{kind}.{name} would be shared by all values: write field(factory=...)")
    return default


def _read_all(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """All fields of a value as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _write_init(kind: ValueType, by_place: tuple[str, ...]) -> FunctionType:
    """The class's `__init__`: the code for so many fields, with these fields' names, defaults and slots."""
    names, puts, defaults = kind._names, kind._put, kind._defaults
    if by_place != names:
        names = (*by_place, *(name for name in names if name not in by_place))
        puts = tuple([getattr(kind, name).__set__ for name in names])
    count = len(by_place)
    required = count - sum([name in defaults for name in by_place])
    late = next((name for name in by_place[:required] if name in defaults), None)
    if late is not None:
        raise TypeError(f"a field of {kind.__qualname__} without a default follows {late!r}, which has one")
    code = _fill(len(names), hasattr(kind, _LOOK)).replace(
        co_varnames=("self", *names), co_argcount=1 + count, co_kwonlyargcount=len(names) - count
    )
    known = dict(zip(code.co_names, puts))  # noqa: B905 (after them comes the name of the look, if there is one)
    for number, name in enumerate(names):
        if type(defaults.get(name)) is _Factory:
            known[code.co_names[number]] = _put_made(puts[number])
    init = FunctionType(code, known, "__init__", tuple([defaults[name] for name in by_place[required:]]))
    if count < len(names):
        init.__kwdefaults__ = {name: defaults[name] for name in names[count:] if name in defaults}
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    return init


@cache
def _fill(count: int, is_looked_at: bool) -> CodeType:
    """The code of a function that fills so many slots. Compiled for each number of fields and not for each class."""
    arguments = "".join(f", value{number}" for number in range(count))
    lines = [f"put{number}(self, value{number})" for number in range(count)]
    lines.append(f"self.{_LOOK}()" if is_looked_at else "return")
    found: dict[str, Any] = {}
    exec(f"def __init__(self{arguments}):\n  " + "\n  ".join(lines), found)
    code: CodeType = found["__init__"].__code__
    return code


def _put_made(put: Put) -> Put:
    def put_made(value: object, given: object) -> None:
        put(value, given.make() if type(given) is _Factory else given)

    return put_made


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[object, object], bool]:
    def method(self: object, other: object) -> bool:
        kind: Any = type(self)
        is_same: bool = type(other) is kind
        return compare(kind._values(self), kind._values(other)) if is_same else NotImplemented

    return method


_OPEN = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__, "__hash__": None}
_ORDER = {f"__{compare.__name__}__": _ordered(compare) for compare in (lt, le, gt, ge)}


# --- values -------------------------------------------------------------------------------------


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class ValueType(type):
    """Makes a class of its annotated names: slots, and an `__init__` that fills them.

    `frozen=False`: fields can be set, and values have no hash. `order=True`: values of one class are ordered as the
    tuples of their fields. `kw_only=True`: the fields that this class adds are given by name. `caches=True`: there is
    room for `cached_property`, and for weak references. An inherited field keeps its place.
    """

    def __new__(
        meta,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        frozen: bool = True,
        order: bool = False,
        kw_only: bool = False,
        caches: bool = False,
    ) -> ValueType:
        names, by_place, defaults = _inherit(bases)
        known = len(names)
        for one, annotation in namespace.get("__annotations__", {}).items():
            if annotation.startswith(("ClassVar", "typing.ClassVar")):
                continue
            names[one] = None
            if not kw_only:
                by_place[one] = None
            if one in namespace:
                defaults[one] = _checked(name, one, namespace.pop(one))
        own, all_names = tuple(names)[known:], tuple(names)
        namespace["__slots__"] = (*own, "__dict__", "__weakref__") if caches else own
        namespace["_names"], namespace["_defaults"] = all_names, defaults
        namespace["_values"] = _read_all(all_names)
        namespace["__match_args__"] = tuple(by_place)
        if order:
            namespace |= _ORDER
        if not frozen:
            namespace |= _OPEN
        made = super().__new__(meta, name, bases, namespace)
        made._put = tuple([getattr(made, one).__set__ for one in all_names])
        if "__init__" not in namespace:
            made.__init__ = _write_init(made, tuple(by_place))  # type: ignore[misc]
        made._is_plain = len(by_place) == len(names) and "__init__" not in namespace and not hasattr(made, _LOOK)
        return made

    if TYPE_CHECKING:  # what each class has, for what is written once for all of them
        __match_args__: tuple[str, ...]
        """The fields that can be given by their place."""
        _names: tuple[str, ...]
        """All fields, in the order in which they are compared and shown."""
        _defaults: dict[str, object]
        _values: Callable[[object], tuple[object, ...]]
        _put: tuple[Put, ...]
        """In the order of the names."""
        _is_plain: bool
        """Whether a value is made of its fields in their places, and nothing looks at it."""


class Value(metaclass=ValueType):
    """A value: what is given is what it is. `__post_init__` may look at it."""

    def __eq__(self, other: object) -> bool:
        kind = type(self)
        return kind._values(self) == kind._values(other) if type(other) is kind else NotImplemented

    def __hash__(self) -> int:
        return hash(type(self)._values(self))

    @recursive_repr()
    def __repr__(self) -> str:
        kind = type(self)
        shown = (f"{name}={value!r}" for name, value in zip(kind._names, kind._values(self), strict=True))
        return f"{kind.__qualname__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenValue(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenValue(f"cannot delete field {name!r}")

    def __reduce__(self) -> tuple[object, ...]:
        kind = type(self)
        values = kind._values(self)
        return (kind, values) if kind._is_plain else (_rebuild, (kind, values))


def field_names(kind: ValueType) -> tuple[str, ...]:
    """The names of its fields, in their order."""
    return kind._names


def as_dict(value: Value) -> dict[str, Any]:
    """Its fields by name; what is in them stays as it is."""
    kind = type(value)
    return dict(zip(kind._names, kind._values(value), strict=True))


if TYPE_CHECKING:
    from dataclasses import replace  # so that a type checker knows what can be replaced by what
else:

    def replace(value, /, **changes):
        """Another value of the same class, with some fields as given and the others as they are."""
        return type(value)(**(as_dict(value) | changes))


def _rebuild(kind: type[Value], values: tuple[object, ...]) -> object:
    """A value that was pickled. It was whole then, so nothing looks at it again."""
    value: object = object.__new__(kind)
    for put, one in zip(kind._put, values):  # noqa: B905 (a third of the time)
        put(value, one)
    return value
