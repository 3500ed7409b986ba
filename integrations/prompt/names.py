"""What a live Python session knows about the names in a suggestion.

Looks without touching: no property, descriptor, ``__getattr__`` or ``__getattribute__`` of the
user's is ever run. What cannot be looked up that way is unknown, and unknown is never held against
a suggestion. Knows no prompt and no model.
"""

from __future__ import annotations

import builtins
import collections
import datetime
import keyword
import re
import types
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

LEAST_TYPED = 2  # letters of a name before the session's own names are preferred
MOST_LENGTH = 4000  # of a cell that is looked at

_CHAIN = re.compile(r"(?<![\w.)\]}\"'])[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)+")
_TYPED = re.compile(r"(?<![\w.])[^\W\d]\w*$")
_NAME = re.compile(r"[^\W\d]\w*")
_TEXT = re.compile(
    r"#.*"
    r"|\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)"
    r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
)
_IMPORT = re.compile(r"\s*(?:from|import)\b")
_BINDS_NEXT = re.compile(
    r"\b(?:def|class|import|as|lambda|global|nonlocal)\b[^:]*$|\bfor\b(?:(?!\bin\b).)*$"
)
_ASSIGNED = re.compile(r"\s*(?::[^=]*)?(?:[-+*/%@&|^]|//|\*\*|<<|>>)?=(?!=)")


class Found(Enum):
    """What looking up an attribute gave when it gave no value."""

    ABSENT = "it does not exist"
    UNKNOWN = "only running code of the user's would tell"


# Types whose own ``__getattribute__`` does what object's does.
_PLAIN = frozenset(
    id(kind)
    for kind in (
        object, type, types.ModuleType, int, float, complex, bool, str, bytes, bytearray, list,
        tuple, dict, set, frozenset, range, slice, type(None), BaseException,
        collections.deque, collections.defaultdict, collections.OrderedDict,
        datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
        types.FunctionType, types.BuiltinFunctionType,
    )
)  # fmt: skip


def judged(cell: str, text: str, namespace: Mapping[str, Any], earlier: str = "") -> str | None:
    """``text`` behind ``cell`` as the session would have it; None if it names what is not there.

    ``earlier`` is what was said before: names in it are not held to be invented.
    """
    if len(cell) > MOST_LENGTH:
        return text
    line = _code(cell).rpartition("\n")[2]
    if _inside_text(cell) or _IMPORT.match(line):
        return text
    better = _preferred(cell, line, text, namespace, earlier)
    if better is not None:
        return better
    return text if _true(cell, line, text.partition("\n")[0], namespace) else None


def _inside_text(cell: str) -> bool:
    """Whether the caret stands in a string or a comment: nothing there names anything."""
    return _code(cell + "\0")[-1] != "\0"


def _code(text: str) -> str:
    """``text`` with strings and comments blanked out, position by position."""
    return _TEXT.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


# Names behind a dot


def _true(cell: str, line: str, text: str, namespace: Mapping[str, Any]) -> bool:
    """Whether every name that ``text`` puts behind a dot may exist."""
    whole = _code(line + text)
    for chain in _CHAIN.finditer(whole):
        if chain.end() <= len(line):
            continue
        names = list(_NAME.finditer(chain.group()))
        if _bound(names[0].group(), cell + text):
            continue
        ends = [chain.start() + name.end() for name in names]
        new = next(index for index, end in enumerate(ends) if end > len(line))
        assigns = _ASSIGNED.match(whole, chain.end())
        if not _exists([name.group() for name in names], max(1, new), bool(assigns), namespace):
            return False
    return True


def _exists(chain: list[str], new: int, assigns: bool, namespace: Mapping[str, Any]) -> bool:
    """Whether the names from ``new`` on may exist, each on what stands before it.

    The last one need not if it is assigned to.
    """
    value = look(chain[0], namespace)
    for index, name in enumerate(chain[1:], 1):
        if type(value) is Found:  # isinstance would ask the value for its __class__
            return True
        value = attribute(value, name)
        if value is Found.ABSENT:
            return index < new or (assigns and index == len(chain) - 1)
    return True


def _bound(name: str, cell: str) -> bool:
    """Whether the cell gives ``name`` a meaning of its own, not that of the live object."""
    if name not in cell:
        return False
    word = rf"\b{re.escape(name)}\b"
    return bool(
        re.search(rf"\b(?:import|as|class|lambda|del|def\s+\w+\s*\()[^\n:]*?{word}", cell)
        or re.search(rf"\bfor\b[^\n]*?{word}[^\n]*?\bin\b", cell)
        or re.search(rf"(?<!\.){word}\s*(?:,[^=\n()]*)?(?::[^=\n]*)?=(?!=)", cell)
    )


def look(name: str, namespace: Mapping[str, Any]) -> Any:
    """The live object called ``name``, or Found.UNKNOWN."""
    if name in namespace:
        return namespace[name]
    return vars(builtins).get(name, Found.UNKNOWN)


def attribute(value: Any, name: str) -> Any:
    """The attribute as it is stored, Found.ABSENT, or Found.UNKNOWN; runs no code of the user's.

    ``inspect.getattr_static`` would run the ``__getattribute__`` of a metaclass.
    """
    kind = type(value)
    shared = _in_class(kind, name)
    own = _own(value, name)
    if shared is Found.ABSENT and own is Found.ABSENT:
        return Found.UNKNOWN if _dynamic(value) else Found.ABSENT
    found = shared if own is Found.ABSENT else own
    computed = any(_defines(type(part), "__get__") for part in (shared, own))
    return Found.UNKNOWN if computed or _overrides(kind, "__getattribute__") else found


def _own(value: Any, name: str) -> Any:
    """What ``value`` itself stores under ``name``, not its class."""
    kind = type(value)
    if any(base is type for base in _mro(kind)):
        return _in_class(value, name)
    members = _in_class(kind, "__dict__")
    if members is Found.ABSENT:
        return Found.ABSENT
    if type(members) not in (types.GetSetDescriptorType, types.MemberDescriptorType):
        return Found.UNKNOWN  # a property of the user's
    return dict.get(members.__get__(value), name, Found.ABSENT)


def _in_class(kind: type, name: str) -> Any:
    for base in _mro(kind):
        if name in _members(base):
            return _members(base)[name]
    return Found.ABSENT


def _dynamic(value: Any) -> bool:
    """Whether attributes of ``value`` can exist that are stored nowhere."""
    kind = type(value)
    if _defines(kind, "__getattr__") or _overrides(kind, "__getattribute__"):
        return True
    if any(base is types.ModuleType for base in _mro(kind)):
        return "__getattr__" in types.ModuleType.__getattribute__(value, "__dict__")
    return False


def _defines(kind: type, name: str) -> bool:
    return any(name in _members(base) for base in _mro(kind))


def _overrides(kind: type, name: str) -> bool:
    return any(name in _members(base) for base in _mro(kind) if id(base) not in _PLAIN)


# A metaclass of the user's may redefine even these, so they are taken from ``type`` itself.
_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_members: Callable[[type], Mapping[str, Any]] = type.__dict__["__dict__"].__get__


# Names of their own


def _preferred(
    cell: str, line: str, text: str, namespace: Mapping[str, Any], earlier: str
) -> str | None:
    """The rest of a name of the session, if ``text`` would complete the typed one to a name that
    nobody has heard of; None to keep ``text``."""
    typed = _TYPED.search(line)
    if typed is None or len(typed.group()) < LEAST_TYPED:
        return None
    start = typed.group()
    rest = re.split(r"\W", text, maxsplit=1)[0]
    name, behind = start + rest, text[len(rest) :]
    if _known(name, namespace) or _BINDS_NEXT.search(line) or _ASSIGNED.match(behind):
        return None
    if re.search(rf"\b{re.escape(name)}\b", cell[: len(cell) - len(start)] + earlier):
        return None
    better = newest(start, namespace)
    return better[len(start) :] if better is not None else None


def newest(start: str, namespace: Iterable[str]) -> str | None:
    """The name given last that begins with ``start`` and is longer."""
    fitting = [
        name
        for name in list(namespace)
        if isinstance(name, str) and name.startswith(start) and len(name) > len(start)
    ]
    return next((name for name in reversed(fitting) if not name.startswith("_")), None)


def _known(name: str, namespace: Mapping[str, Any]) -> bool:
    return name in namespace or hasattr(builtins, name) or keyword.iskeyword(name)
