"""Textual's style sheets, parsed once in a process and not once for each app."""

from __future__ import annotations

from typing import Any

from textual.css.stylesheet import Stylesheet

_parse = Stylesheet._parse_rules
_parsed: dict[tuple[Any, ...], list[Any]] = {}


def _kept(self: Stylesheet, css: str, *where: Any, **what: Any) -> list[Any]:
    """The rules of a source, which depend on the theme's variables; nobody changes them."""
    key = (css, where, *what.items(), *self._variables.items())
    if key not in _parsed:
        _parsed[key] = _parse(self, css, *where, **what)
    return _parsed[key]


def keep_parsed() -> None:
    Stylesheet._parse_rules = _kept  # type: ignore[method-assign]
