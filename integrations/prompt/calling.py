"""What can be called, with which parameters, and the declared type of what it returns.

Reads signatures as functions store them, and runs nothing. Knows no text and no prompt.
"""

from __future__ import annotations

import builtins
import inspect
import sys
import types
from dataclasses import dataclass
from typing import Any

from .frames import is_of
from .things import (
    Found,
    Thing,
    defines,
    in_class,
    is_one_of,
    is_type,
    members,
    name_of,
    stored_in,
)

MOST_WRAPPED = 8
ANNOTATIONS_ARE_STORED = sys.version_info < (3, 14)
"""Later Pythons run code to make them."""

METHODS = (
    types.FunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.BuiltinFunctionType,
    types.ClassMethodDescriptorType,
)

_TEXT_METHODS: dict[type, str] = {
    str: (
        "capitalize casefold center expandtabs format join ljust lower lstrip removeprefix "
        "removesuffix replace rjust rstrip strip swapcase title translate upper zfill"
    ),
    list: "split rsplit splitlines",
    bool: "startswith endswith isalpha isdigit isidentifier islower isspace istitle isupper",
    int: "count find index rfind rindex",
    bytes: "encode",
}
_OF_TEXT = {name: kind for kind, names in _TEXT_METHODS.items() for name in names.split()}
_OF_BUILTINS: dict[str, type] = {
    "sorted": list, "len": int, "repr": str, "hex": str, "bin": str, "chr": str, "ord": int,
    "input": str, "dir": list, "isinstance": bool, "any": bool, "all": bool, "callable": bool,
}  # fmt: skip


def is_callable(thing: Thing) -> bool:
    """Whether a thing can be called; True unless it certainly cannot."""
    return defines(thing.kind, "__call__") or (
        not thing.is_live and not is_one_of(thing.kind, _NEVER_CALLED)
    )


_NEVER_CALLED = (int, float, complex, bool, str, bytes, list, tuple, dict, set, type(None))


def is_subscriptable(thing: Thing) -> bool:
    """Whether ``thing[...]`` is possible; True unless it certainly is not."""
    return thing.is_class or defines(thing.kind, "__getitem__")


@dataclass(frozen=True)
class Parameters:
    """The parameters of a call, without a bound one."""

    names: tuple[str, ...] = ()  # those that may be given by keyword
    positional: tuple[str, ...] = ()
    required: int = 0  # positional ones without a default
    takes_any: bool = False  # **kwargs
    takes_more: bool = False  # *args

    @property
    def takes_nothing(self) -> bool:
        return not (self.names or self.positional or self.takes_any or self.takes_more)


def parameters(thing: Thing) -> Parameters | None:
    """The parameters of a call of a thing; None if they are not known."""
    if not thing.is_live:
        return None
    value, bound = unwrapped(thing.value), thing.bound
    if type(value) is types.MethodType:
        value, bound = unwrapped(value.__func__), True
    if is_type(value):
        return _of_class(value)
    if type(value) is types.FunctionType:
        return _of_function(value, bound)
    return _of_builtin(value, bound) if is_one_of(type(value), METHODS) else None


def unwrapped(value: Any) -> Any:
    """The function inside of ``functools.wraps``, caches and numpy's dispatchers."""
    for _ in range(MOST_WRAPPED):
        if is_type(value):
            break
        stored = stored_in(value)
        inner = stored.get("__wrapped__") if type(stored) is dict else None
        if inner is None and name_of(type(value)) == "_ArrayFunctionDispatcher":
            inner = value._implementation if is_of(type(value), "numpy") else None
        if inner is None:
            break
        value = inner
    return value


def _of_class(kind: type) -> Parameters | None:
    if not _is_made_plainly(kind):
        return None
    made = in_class(kind, "__init__")
    if made is members(object)["__init__"]:
        made = in_class(kind, "__new__")
        if made is members(object)["__new__"]:
            return Parameters()
    made = unwrapped(made.__func__ if type(made) is staticmethod else made)
    return _of_function(made, True) if type(made) is types.FunctionType else None


def _is_made_plainly(kind: type) -> bool:
    """Whether calling a class creates an instance of it: its metaclass does not change that."""
    return in_class(type(kind), "__call__") is members(type)["__call__"]


def _of_function(function: Any, bound: bool) -> Parameters:
    code, first = function.__code__, int(bound)
    count, only = code.co_argcount, code.co_kwonlyargcount
    positional = code.co_varnames[first:count]
    named = positional[max(0, code.co_posonlyargcount - first) :]
    named += code.co_varnames[count : count + only]
    return Parameters(
        tuple(name for name in named if not name.startswith("_")),
        positional,
        max(0, len(positional) - len(function.__defaults__ or ())),
        bool(code.co_flags & inspect.CO_VARKEYWORDS),
        bool(code.co_flags & inspect.CO_VARARGS),
    )


def _of_builtin(value: Any, bound: bool) -> Parameters | None:
    """From the signature that the function itself declares, if there is one."""
    try:
        found = list(inspect.signature(value).parameters.values())
    except (ValueError, TypeError):
        return None
    kinds = inspect.Parameter
    if bound and found and type(value) is not types.BuiltinFunctionType:
        found = found[1:]
    by_place = (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
    positional = [one for one in found if one.kind in by_place]
    return Parameters(
        tuple(p.name for p in found if p.kind in (by_place[1], kinds.KEYWORD_ONLY)),
        tuple(p.name for p in positional),
        sum(p.default is kinds.empty for p in positional),
        any(p.kind is kinds.VAR_KEYWORD for p in found),
        any(p.kind is kinds.VAR_POSITIONAL for p in found),
    )


def called(thing: Thing) -> Thing | None:
    """The declared type of what a call returns; None if it is not known."""
    if not thing.is_live:
        return None
    if thing.is_class:
        return Thing(thing.value) if _is_made_plainly(thing.value) else None
    if thing.owner is str and is_one_of(type(thing.value), METHODS):
        kind = _OF_TEXT.get(thing.value.__name__)
        return Thing(kind) if kind is not None else None
    if type(thing.value) is types.BuiltinFunctionType:
        name = thing.value.__name__
        known = _OF_BUILTINS.get(name) if vars(builtins).get(name) is thing.value else None
        return Thing(known) if known is not None else None
    value = unwrapped(thing.value)
    if type(value) is types.MethodType:
        return returned(value.__func__, type(value.__self__))
    return returned(value, thing.owner)


def returned(function: Any, owner: type | None) -> Thing | None:
    """The declared type of what a function returns."""
    function = unwrapped(function)
    if type(function) is not types.FunctionType or not ANNOTATIONS_ARE_STORED:
        return None
    declared = function.__annotations__.get("return")
    if is_type(declared):
        return Thing(declared) if not is_one_of(declared, (object, type)) else None
    kind = _named(declared, function, owner) if type(declared) is str else None
    return Thing(kind) if kind is not None else None


def _named(declared: str, function: Any, owner: type | None) -> type | None:
    """The class that an annotation names, if it names exactly one."""
    names = [name.strip() for name in declared.split("|") if name.strip() != "None"]
    if len(names) != 1 or not names[0].isidentifier():
        return None
    if names[0] == "Self":
        return owner
    found = function.__globals__.get(names[0], vars(builtins).get(names[0]))
    if found is None:
        found = _of_package(function.__module__, names[0])
    return found if is_type(found) and not is_one_of(found, (object, type)) else None


def _of_package(module: Any, name: str) -> type | None:
    """A class that is imported only for type checkers, from a loaded module of the package."""
    package = module.partition(".")[0] if type(module) is str else ""
    for known, loaded in list(sys.modules.items()):
        if known.partition(".")[0] == package and type(loaded) is types.ModuleType:
            found = vars(loaded).get(name, Found.ABSENT)
            if is_type(found) and members(found).get("__module__") == known:
                return found
    return None
