"""Live objects and classes, inspected without running their code.

No property, descriptor, ``__getattr__``, ``__getattribute__`` or ``__dir__`` of the user's is ever
run: classes are read through ``type``'s own descriptors, instances through the dictionary that they
store. Knows no text and no prompt.
"""

from __future__ import annotations

import collections
import datetime
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeGuard

MOST_NAMES = 4_000  # attributes, keys or columns read from one object


class Found(Enum):
    """The result of a lookup that found no value."""

    ABSENT = "it does not exist"
    UNKNOWN = "only running code of the user's would tell"
    NO_VALUE = "only its type is known"


@dataclass(frozen=True, eq=False)
class Thing:
    """A live object, or only the type that an expression is known to have.

    ``owner`` is the class that a function was found in; ``bound`` says whether its first parameter
    is already given.
    """

    kind: type
    value: Any = Found.NO_VALUE
    owner: type | None = None
    bound: bool = False

    @property
    def is_live(self) -> bool:
        return self.value is not Found.NO_VALUE

    @property
    def is_class(self) -> bool:
        return self.is_live and is_type(self.value)


def live(value: Any, owner: type | None = None, bound: bool = False) -> Thing:
    return Thing(type(value), value, owner, bound)


# Types whose own ``__getattribute__`` does the same as that of ``object``.
_PLAIN = frozenset(
    id(kind)
    for kind in (
        object, type, types.ModuleType, int, float, complex, bool, str, bytes, bytearray, list,
        tuple, dict, set, frozenset, range, slice, type(None), BaseException,
        collections.deque, collections.defaultdict, collections.OrderedDict,
        datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
        types.FunctionType, types.BuiltinFunctionType, types.MethodType, super, property,
    )
)  # fmt: skip

# A metaclass of the user's may redefine even these, so they are taken from ``type`` itself.
mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
members: Callable[[type], Mapping[str, Any]] = type.__dict__["__dict__"].__get__
name_of: Callable[[type], str] = type.__dict__["__name__"].__get__
_flags: Callable[[type], int] = type.__dict__["__flags__"].__get__
_MADE_BY_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class whose attributes can be set


def is_type(value: Any) -> TypeGuard[type]:
    """Like ``isinstance(value, type)``, which would read the value's ``__class__``."""
    return comes_from(type(value), type)


def is_one_of(kind: type, kinds: Iterable[type]) -> bool:
    """Like ``kind in kinds``, which would run the ``__eq__`` of a metaclass."""
    return any(kind is one for one in kinds)


def comes_from(kind: type, base: type) -> bool:
    return any(one is base for one in mro(kind))


def in_class(kind: type, name: str) -> Any:
    """What a class or one of its bases stores under ``name``, or Found.ABSENT."""
    for base in mro(kind):
        if name in members(base):
            return members(base)[name]
    return Found.ABSENT


def defines(kind: type, name: str) -> bool:
    return any(name in members(base) for base in mro(kind))


def overrides(kind: type, name: str) -> bool:
    """Whether a class defines ``name`` differently from Python's own types."""
    return any(name in members(base) for base in mro(kind) if id(base) not in _PLAIN)


def stored_in(value: Any) -> Any:
    """The dictionary of an instance; None if it has none, Found.UNKNOWN if code computes it."""
    holder = in_class(type(value), "__dict__")
    if holder is Found.ABSENT:
        return None
    if not is_one_of(type(holder), (types.GetSetDescriptorType, types.MemberDescriptorType)):
        return Found.UNKNOWN  # a property of the user's
    return holder.__get__(value)


def is_dynamic(value: Any) -> bool:
    """Whether ``value`` may have attributes that are stored nowhere."""
    kind = type(value)
    if defines(kind, "__getattr__") or overrides(kind, "__getattribute__"):
        return True
    return comes_from(kind, types.ModuleType) and _makes_names(value)


def _makes_names(module: Any) -> bool:
    """Whether a module creates names that it does not list; one with ``__all__`` lists them."""
    stored = types.ModuleType.__getattribute__(module, "__dict__")
    return "__getattr__" in stored and not is_one_of(type(stored.get("__all__")), (list, tuple))


def is_settable(thing: Thing) -> bool:
    """Whether an attribute that does not exist can be assigned to."""
    if thing.is_class:
        return bool(_flags(thing.value) & _MADE_BY_PYTHON)
    if in_class(thing.kind, "__dict__") is not Found.ABSENT:
        return True
    return in_class(thing.kind, "__setattr__") is not members(object)["__setattr__"]


def texts(values: Any) -> Iterator[str]:
    """The plain strings among the first MOST_NAMES values, or keys, of a plain container."""
    if not is_one_of(type(values), (dict, list, tuple, types.MappingProxyType)):
        return
    for count, value in enumerate(tuple(values)):
        if count >= MOST_NAMES:
            return
        if type(value) is str:
            yield value
