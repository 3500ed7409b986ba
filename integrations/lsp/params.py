"""Reads parameters of LSP's methods; raises InvalidParams for what does not follow the protocol."""

from __future__ import annotations

from typing import Any

from .positions import Position
from .rpc import InvalidParams


def member(params: Any, *names: str) -> Any:
    """``params["a"]["b"]`` for the names a and b. Raises InvalidParams."""
    for name in names:
        if not isinstance(params, dict) or name not in params:
            raise InvalidParams(f"expected an object with {'.'.join(names)}")
        params = params[name]
    return params


def optional(params: Any, *names: str) -> Any:
    """The same, but None for what is missing."""
    for name in names:
        params = params.get(name) if isinstance(params, dict) else None
    return params


def text(params: Any, *names: str) -> str:
    value = member(params, *names)
    if not isinstance(value, str):
        raise InvalidParams(f"{'.'.join(names)} is not a string")
    return value


def items(params: Any, *names: str) -> list[Any]:
    value = member(params, *names)
    if not isinstance(value, list):
        raise InvalidParams(f"{'.'.join(names)} is not a list")
    return value


def uri(params: Any) -> str:
    return text(params, "textDocument", "uri")


def position(params: Any) -> Position:
    found = []
    for name in ("line", "character"):
        value = member(params, name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise InvalidParams(f"{name} of a position is {value!r}; it counts from 0")
        found.append(value)
    return Position(*found)


def range_of(params: Any) -> tuple[Position, Position]:
    return position(member(params, "start")), position(member(params, "end"))
