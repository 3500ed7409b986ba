"""The attributes, keys and items of things, found without running any code of the user's.

Knows no text and no prompt.
"""

from __future__ import annotations

import builtins
import collections
import types
from collections.abc import Mapping
from typing import Any

from . import frames
from .calling import METHODS, returned
from .things import (
    MOST_NAMES,
    Found,
    Thing,
    comes_from,
    defines,
    in_class,
    is_dynamic,
    is_one_of,
    live,
    members,
    mro,
    overrides,
    stored_in,
    texts,
)


def look(name: str, namespace: Mapping[str, Any]) -> Thing | None:
    """The live object called ``name``; None if there is none."""
    value = namespace.get(name, vars(builtins).get(name, Found.ABSENT))
    return None if value is Found.ABSENT else live(value)


# Attributes


def attribute(thing: Thing, name: str) -> Thing | Found:
    """What an attribute of a thing is; Found.ABSENT only if it certainly does not exist."""
    if not thing.is_live:
        return _of_instances(thing.kind, name)
    column = frames.column_of(thing, name)
    if column is not None:
        return column
    if overrides(thing.kind, "__getattribute__"):
        return Found.UNKNOWN
    return _of_class(thing, name) if thing.is_class else _of_object(thing, name)


def _of_object(thing: Thing, name: str) -> Thing | Found:
    shared, stored = in_class(thing.kind, name), stored_in(thing.value)
    if stored is Found.UNKNOWN:
        return Found.UNKNOWN
    if stored is not None and name in _plain(stored):
        wins = shared is not Found.ABSENT and defines(type(shared), "__set__")
        return Found.UNKNOWN if wins else live(dict.__getitem__(stored, name))
    if shared is not Found.ABSENT:
        return _resolved(shared, thing, thing.kind, bound=True)
    if may_have_others(thing) or _is_listed(name, stored):
        return Found.UNKNOWN
    return Found.ABSENT


def _is_listed(name: str, stored: Any) -> bool:
    """Whether a module lists a name in ``__all__`` that it creates only on demand."""
    return type(stored) is dict and name in texts(stored.get("__all__"))


def _plain(stored: Any) -> Any:
    """A dictionary in which looking up a string runs nothing but ``dict``'s own code."""
    return stored if is_one_of(type(stored), (dict, types.MappingProxyType)) else {}


def _of_class(thing: Thing, name: str) -> Thing | Found:
    stored = in_class(thing.value, name)
    if stored is not Found.ABSENT:
        return _resolved(stored, thing, thing.value, bound=False)
    shared = in_class(thing.kind, name)
    if shared is not Found.ABSENT:
        return _resolved(shared, thing, thing.kind, bound=True)
    return Found.UNKNOWN if is_dynamic(thing.value) else Found.ABSENT


def _of_instances(kind: type, name: str) -> Thing | Found:
    """An attribute of something of which only the class is known."""
    stored = in_class(kind, name)
    if stored is not Found.ABSENT:
        return _resolved(stored, Thing(kind), kind, bound=True)
    return Found.UNKNOWN if may_have_others(Thing(kind)) else Found.ABSENT


def _resolved(stored: Any, thing: Thing, kind: type, bound: bool) -> Thing | Found:
    """What reading an attribute returns that a class stores as ``stored``."""
    if type(stored) is property:
        return (returned(stored.fget, kind) if bound else None) or Found.UNKNOWN
    if type(stored) is staticmethod:
        return live(stored.__func__, kind)
    if type(stored) is classmethod:
        return live(stored.__func__, kind, bound=True)
    if is_one_of(type(stored), METHODS):
        return live(stored, kind, bound)
    accessor = frames.class_of_accessor(stored)
    if accessor is not None:
        return Thing(accessor)
    if type(stored) is types.MemberDescriptorType and bound and thing.is_live:
        return _of_slot(stored, thing)
    return Found.UNKNOWN if defines(type(stored), "__get__") else live(stored)


def _of_slot(stored: Any, thing: Thing) -> Thing | Found:
    try:
        return live(stored.__get__(thing.value))
    except AttributeError:
        return Found.UNKNOWN  # the slot exists, but is empty


def attribute_names(thing: Thing) -> set[str]:
    """The names of the attributes that are stored somewhere."""
    kinds = [*mro(thing.value), type] if thing.is_class else mro(thing.kind)
    found = {name for base in kinds for name in texts(members(base))}
    if thing.is_live and not thing.is_class:
        stored = stored_in(thing.value)
        found.update(texts(stored))
        if type(stored) is dict and comes_from(thing.kind, types.ModuleType):
            found.update(texts(stored.get("__all__")))
    if frames.is_frame(thing):
        found.update(name for name in frames.labels(thing) or () if name.isidentifier())
    return found


def may_have_others(thing: Thing) -> bool:
    """Whether attributes may exist that ``attribute_names`` does not list."""
    if frames.is_frame(thing):
        return not thing.is_live and frames.kind_of(thing.kind) == frames.PANDAS_FRAME
    if thing.is_live:
        return is_dynamic(thing.value)
    if defines(thing.kind, "__getattr__") or overrides(thing.kind, "__getattribute__"):
        return True
    return in_class(thing.kind, "__dict__") is not Found.ABSENT


# Keys and items


_PLAIN_DICTIONARIES = (dict, collections.OrderedDict, collections.Counter, collections.defaultdict)
_READING = {"__getitem__", "__iter__", "__missing__"}


def keys(thing: Thing) -> list[str] | None:
    """The string keys for a subscript; None if they are not known."""
    if not thing.is_live:
        return None
    if _is_dictionary(thing):
        return [key for key, _ in _items(thing.value) if type(key) is str]
    return frames.array_fields(thing) or frames.labels(thing)


def may_have_other_keys(thing: Thing) -> bool:
    """Whether a key that ``keys`` does not list may be valid, too."""
    if defines(thing.kind, "__missing__"):
        return True
    return _is_dictionary(thing) and len(thing.value) > MOST_NAMES


def _is_dictionary(thing: Thing) -> bool:
    """Whether a thing is a dictionary that reads its items as ``dict`` does."""
    if not comes_from(thing.kind, dict):
        return False
    return not any(
        _READING & members(base).keys()
        for base in mro(thing.kind)
        if base is not object and not is_one_of(base, _PLAIN_DICTIONARIES)
    )


def _items(value: Any) -> list[tuple[Any, Any]]:
    return list(dict.items(value))[:MOST_NAMES]


def item(thing: Thing, index: Any) -> Thing | None:
    """The item of a plain container for a literal index; None if it is not known."""
    if thing.kind is str:
        return Thing(str)
    if not thing.is_live:
        column = frames.column_of_grouped(thing.kind)
        return Thing(column) if column is not None and type(index) is str else None
    if is_one_of(thing.kind, (list, tuple)) and type(index) is int:
        size = len(thing.value)
        return live(thing.value[index]) if -size <= index < size else None
    if type(index) not in (str, int):
        return None
    if _is_dictionary(thing):  # keys of other types are not compared: that could run their code
        same = (v for key, v in _items(thing.value) if type(key) is type(index) and key == index)
        return next(map(live, same), None)
    return frames.column_of(thing, index) if type(index) is str else None


def element(thing: Thing) -> Thing | None:
    """What iterating over a plain container gives: its first element stands for all."""
    if thing.kind is str:
        return Thing(str)
    if not thing.is_live:
        return None
    if is_one_of(thing.kind, (list, tuple)) and len(thing.value):
        return live(thing.value[0])
    if is_one_of(thing.kind, (set, frozenset, *_PLAIN_DICTIONARIES)) and len(thing.value):
        return live(next(iter(tuple(thing.value))))
    return None
