"""Columns and labels of pandas and polars objects that are loaded already.

Reads them with the library's own code, never with that of a class that overrides it, and imports
neither library. Knows no text and no prompt.
"""

from __future__ import annotations

import sys
from typing import Any

from .things import MOST_NAMES, Thing, is_type, members, mro, name_of, stored_in

PANDAS_FRAME, PANDAS_SERIES = "pandas.DataFrame", "pandas.Series"
POLARS_FRAME, POLARS_SERIES = "polars.DataFrame", "polars.Series"
KINDS = (PANDAS_FRAME, PANDAS_SERIES, POLARS_FRAME, POLARS_SERIES)

_REDEFINED = {"columns", "index", "_mgr", "__getattr__", "__getattribute__", "__getitem__"}
_LABEL_TYPES = ("object", "str", "string", "category")
_INDEXERS = ("loc", "at")
_GROUPS = "pandas.core.groupby.generic"


def kind_of(kind: type) -> str:
    """The one of ``KINDS`` that a type is or derives from, if it overrides nothing; else ""."""
    for base in mro(kind):
        for name in KINDS:
            package, _, own = name.partition(".")
            module = sys.modules.get(package)
            if module is not None and vars(module).get(own) is base:
                return name
        if _REDEFINED & members(base).keys():
            return ""
    return ""


def is_frame(thing: Thing) -> bool:
    return bool(kind_of(thing.kind))


def labels(thing: Thing) -> list[str] | None:
    """The column names of a frame or the index labels of a pandas series, strings only, or None."""
    kind = kind_of(thing.kind)
    if not thing.is_live or kind in ("", POLARS_SERIES):
        return None
    try:
        if kind == POLARS_FRAME:
            return [name for name in thing.value.columns if type(name) is str][:MOST_NAMES]
        return _of_index(thing.value.columns if kind == PANDAS_FRAME else thing.value.index)
    except Exception:  # a frame that is being built, or an unknown kind of index
        return None


def _of_index(index: Any) -> list[str] | None:
    if not is_of(type(index), "pandas") or len(index) > MOST_NAMES:
        return None
    names = index.get_level_values(0) if hasattr(index, "levels") else index
    if str(names.dtype) not in _LABEL_TYPES:
        return []
    return list(dict.fromkeys(name for name in names.tolist() if type(name) is str))


def column_of(thing: Thing, name: str) -> Thing | None:
    """The type of one column: a series of the same package."""
    kind, known = kind_of(thing.kind), labels(thing)
    if kind not in (PANDAS_FRAME, POLARS_FRAME) or known is None or known.count(name) != 1:
        return None
    series = vars(sys.modules[kind.partition(".")[0]]).get("Series")
    return Thing(series) if is_type(series) else None


def is_of(kind: type, package: str) -> bool:
    """Whether a class claims to be defined in a package."""
    module = members(kind).get("__module__")
    return type(module) is str and module.partition(".")[0] == package


def class_of_accessor(stored: Any) -> type | None:
    """The class of what pandas provides as ``.str`` and ``.dt``."""
    kind = type(stored)
    if name_of(kind) not in ("Accessor", "CachedAccessor") or not is_of(kind, "pandas"):
        return None
    found = (stored_in(stored) or {}).get("_accessor")
    return found if is_type(found) else None


def is_indexer(name: str) -> bool:
    """Whether an attribute of a frame is subscripted with labels, as in ``frame.loc[...]``."""
    return name in _INDEXERS


def column_of_grouped(kind: type) -> type | None:
    """The type of a column of ``frame.groupby(...)``; None for anything else."""
    module = sys.modules.get(_GROUPS)
    if module is None or vars(module).get("DataFrameGroupBy") is not kind:
        return None
    found = vars(module).get("SeriesGroupBy")
    return found if is_type(found) else None


def array_fields(thing: Thing) -> list[str] | None:
    """The field names of a numpy structured array; None for anything else."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not thing.is_live or thing.kind is not vars(numpy).get("ndarray"):
        return None
    names = thing.value.dtype.names
    return list(names) if names else None
