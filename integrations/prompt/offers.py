"""What can truly be typed at a place: the names, keys and keywords in the live session.

Knows places and things, but not how likely any of them is.
"""

from __future__ import annotations

import builtins
import keyword
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from . import frames, looking, modules
from .calling import METHODS, Parameters, is_callable, parameters
from .inferring import Scope, parsed
from .places import Kind, Place
from .things import Thing, comes_from, defines, is_one_of, is_type

MOST_OFFERS = 1_000
MOST_FILES = 1_000
MOST_KEY = 60  # characters of an offered key or file name

_OPENS_FILES = {
    "open", "Path", "PurePath", "read_csv", "read_text", "read_json", "read_parquet", "read_excel",
    "read_table", "read_pickle", "load", "loadtxt", "genfromtxt", "listdir", "chdir", "scandir",
    "exists", "isfile", "isdir", "imread", "fromfile", "stat", "to_csv", "joinpath", "scan_csv",
}  # fmt: skip
_BY_KEY = {"get", "pop", "setdefault"}


class Source(Enum):
    """Where an offer comes from."""

    ATTRIBUTE = "an attribute"
    KEY = "a key or column"
    KEYWORD = "a keyword argument"
    NAME = "a name in scope"
    BUILTIN = "one of Python's own names"
    WORD = "a keyword of Python"
    MODULE = "a module"
    FILE = "a file name"


@dataclass(frozen=True)
class Offer:
    """A text that is true at the caret: the name, and what follows it."""

    name: str
    source: Source
    end: str = ""  # what follows it, such as a parenthesis or a quotation mark
    is_callable: bool = False


@dataclass(frozen=True)
class Offers:
    """What can be typed at a place, and whether there is nothing else."""

    typed: str
    offers: tuple[Offer, ...] = ()
    is_all: bool = False

    @property
    def fitting(self) -> list[Offer]:
        """Those that continue the letters typed."""
        typed, size = self.typed, len(self.typed)
        return [one for one in self.offers if one.name.startswith(typed) and len(one.name) > size]

    def holds(self, name: str) -> bool:
        return any(one.name == name for one in self.offers)


def offers_at(place: Place, scope: Scope) -> Offers:
    """What the live session offers at a place; nothing where it cannot know."""
    match place.kind:
        case Kind.ATTRIBUTE:
            return _attributes(place, scope)
        case Kind.KEY:
            return _keys(place, scope)
        case Kind.TEXT_ARGUMENT:
            return _texts(place, scope)
        case Kind.NAME:
            return Offers(place.typed, (*_keywords(place, scope), *_names(place, scope)))
        case Kind.MODULE:
            found = [Offer(name, Source.MODULE) for name in modules.importable(place.typed)]
            return Offers(place.typed, tuple(found[:MOST_OFFERS]), True)
        case Kind.MEMBER:
            return _members(place)
    return Offers(place.typed)


def _attributes(place: Place, scope: Scope) -> Offers:
    thing = scope.thing(place.of)
    if thing is None:
        return Offers(place.typed)
    names = sorted(_visible(looking.attribute_names(thing), place.typed))[:MOST_OFFERS]
    offers = tuple(_attribute(thing, name) for name in names)
    return Offers(place.typed, offers, not looking.may_have_others(thing))


def _visible(names: Iterable[str], typed: str) -> list[str]:
    hidden = not typed.startswith("_")
    return [name for name in names if name.startswith(typed) and not (hidden and name[:1] == "_")]


def _attribute(thing: Thing, name: str) -> Offer:
    found = looking.attribute(thing, name)
    if isinstance(found, Thing) and found.is_live and is_callable(found):
        return Offer(name, Source.ATTRIBUTE, call_end(found), True)
    return Offer(name, Source.ATTRIBUTE)


def call_end(thing: Thing) -> str:
    """How a call of a thing begins: ``()`` if it takes no arguments."""
    if thing.is_class and comes_from(thing.value, BaseException):
        return ""  # raised and caught by its name alone
    known = parameters(thing)
    return "()" if known is not None and known.takes_nothing else "("


# Keys


def _keys(place: Place, scope: Scope) -> Offers:
    known, is_all = keys_of(place.of, scope)
    quote = place.quote or '"'
    end = f"{quote}]" if place.is_alone else quote
    front = "" if place.quote else quote
    offers = [Offer(front + key, Source.KEY, end) for key in known if _may_be_written(key, quote)]
    return Offers(place.typed, tuple(offers[:MOST_OFFERS]), is_all)


def _may_be_written(key: str, quote: str) -> bool:
    return key.isprintable() and quote not in key and "\\" not in key and 0 < len(key) <= MOST_KEY


def keys_of(expression: str, scope: Scope) -> tuple[list[str], bool]:
    """The keys for subscripting an expression, and whether there are no others."""
    thing = scope.thing(expression)
    if thing is not None:
        known = looking.keys(thing)
        if known is not None:
            return known, not looking.may_have_other_keys(thing)
    return columns_of(expression, scope), False


def columns_of(expression: str, scope: Scope) -> list[str]:
    """The columns of the frame that an expression was derived from: ``frame.loc``,
    ``frame[...].groupby(...)``."""
    tree = parsed(expression)
    while tree is not None:
        thing = scope.of(tree)
        if thing is not None and frames.is_frame(thing) and thing.is_live:
            return frames.labels(thing) or []
        tree = _inner(tree)
    return []


def _inner(tree: Any) -> Any:
    """What an attribute, call or subscript is applied to."""
    return getattr(tree, "func", None) or getattr(tree, "value", None)


def _texts(place: Place, scope: Scope) -> Offers:
    """Strings that a call may take: columns of its frame, keys, or files."""
    callee = place.of.rpartition(".")[2]
    for call in place.outer:
        owner, _, method = call.rpartition(".")
        if not owner:
            continue
        if method in _BY_KEY:
            known, _ = keys_of(owner, scope)
        else:
            known = columns_of(owner, scope)
        if known:
            offers = [Offer(key, Source.KEY, place.quote) for key in known if
                      _may_be_written(key, place.quote)]  # fmt: skip
            return Offers(place.typed, tuple(offers[:MOST_OFFERS]))
    if callee in _OPENS_FILES or "/" in place.typed:
        return Offers(place.typed, tuple(_files(place)))
    return Offers(place.typed)


def _files(place: Place) -> list[Offer]:
    folder, slash, start = place.typed.rpartition("/")
    where = Path(folder + slash).expanduser() if folder or slash else Path()
    try:
        with os.scandir(where) as entries:
            found = [entry for _, entry in zip(range(MOST_FILES), entries, strict=False)]
            return [_file(folder + slash, entry, place.quote) for entry in found
                    if entry.name.startswith(start) and _may_be_written(entry.name, place.quote)
                    and not (entry.name.startswith(".") and not start)]  # fmt: skip
    except OSError:
        return []


def _file(front: str, entry: os.DirEntry[str], quote: str) -> Offer:
    if entry.is_dir():
        return Offer(f"{front}{entry.name}/", Source.FILE)
    return Offer(front + entry.name, Source.FILE, quote)


# Names


def _keywords(place: Place, scope: Scope) -> list[Offer]:
    known = parameters_of(place.of, scope) if place.is_argument else None
    if known is None:
        return []
    return [Offer(f"{name}=", Source.KEYWORD) for name in known.names if name not in place.given]


def parameters_of(expression: str, scope: Scope) -> Parameters | None:
    thing = scope.thing(expression) if expression else None
    return parameters(thing) if thing is not None else None


def _names(place: Place, scope: Scope) -> list[Offer]:
    typed = place.typed
    if not typed:
        return [_name(name, scope, Source.NAME) for name in _visible(_own(scope), typed)]
    found = [_name(name, scope, Source.NAME) for name in _visible(_own(scope), typed)]
    found += [_name(n, scope, Source.BUILTIN) for n in _visible(vars(builtins), typed)
              if n not in scope.namespace]  # fmt: skip
    found += [Offer(word, Source.WORD) for word in keyword.kwlist if word.startswith(typed)]
    return found[:MOST_OFFERS]


def _own(scope: Scope) -> list[str]:
    names = [name for name in list(scope.namespace) if type(name) is str]
    return [*dict.fromkeys([*names, *scope.bound])]


def _name(name: str, scope: Scope, source: Source) -> Offer:
    thing = scope.thing(name)
    if thing is not None and thing.is_live and _is_called(thing):
        return Offer(name, source, call_end(thing), True)
    return Offer(name, source)


def _is_called(thing: Thing) -> bool:
    """Whether a name is usually called: a function or class is, a callable object need not be."""
    return is_callable(thing) and (
        is_type(thing.value)
        or defines(thing.kind, "__get__")
        or is_one_of(type(thing.value), METHODS)
    )


def _members(place: Place) -> Offers:
    known = modules.names_in(place.of)
    if known is None:
        return Offers(place.typed)
    names = [name for name in sorted(_visible(known, place.typed)) if name not in place.given]
    offers = tuple(Offer(name, Source.ATTRIBUTE) for name in names[:MOST_OFFERS])
    return Offers(place.typed, offers, not modules.may_have_others(place.of))
