"""A client's settings: from its JSON to one frozen value, with a sentence for each problem.

The names are those of every host, such as ``max_tokens``; ``maxTokens``, as in VS Code, is the
same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..shared.options import FileOptions, option

SECTION = "codecomplete"
NOT_SETTINGS = frozenset({"state", "token"})
"""Other members of ``initializationOptions``."""
COMPLETION = ("auto", "always", "never")


@dataclass(frozen=True)
class Settings(FileOptions):
    """The suggester's options, and the server's own."""

    enabled: bool = option(True, "Show suggestions.")
    languages: Mapping[str, bool] = field(
        default_factory=dict,
        metadata={"help": 'Language identifiers to switch on or off; "*" means all others.'},
    )
    completion: str = option(
        "auto",
        "When to answer ordinary completion requests: auto (if the client has no inline "
        "completion), always, or never.",
    )
    max_file_kb: int = option(
        2000, "Largest document, in thousands of characters, in which anything is suggested."
    )
    max_line: int = option(2000, "Longest line, in characters, in which anything is suggested.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_switches(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(on, bool) for on in value.values())


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


_COUNT = (_is_count, "a whole number above 0")
_SWITCH = (_is_switch, "true or false")
_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "max_tokens": _COUNT,
    "deadline_ms": (lambda value: _is_number(value) and value > 0, "milliseconds above 0"),
    "threshold": (
        lambda value: value is None or (_is_number(value) and 0 <= value <= 1), "0 to 1, or null"
    ),
    "debounce_ms": (lambda value: _is_number(value) and value >= 0, "milliseconds, 0 for none"),
    "project": _SWITCH,
    "unsafe": _SWITCH,
    "jedi": _SWITCH,
    "model": (lambda value: value is None or isinstance(value, str), "a folder, or null"),
    "enabled": _SWITCH,
    "languages": (_is_switches, "an object of true and false"),
    "completion": (lambda value: value in COMPLETION, f"one of {', '.join(COMPLETION)}"),
    "max_file_kb": _COUNT,
    "max_line": _COUNT,
}  # fmt: skip


def settings(*given: Any) -> tuple[Settings, list[str]]:
    """The settings of several objects together, where later ones override earlier ones, and what is
    wrong with them; a wrong setting is ignored."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for source in given:
        for name, value in _members(source):
            known = re.sub("([A-Z])", lambda letter: "_" + letter[0].lower(), name)
            problem = _problem(known, name, value)
            if problem is None:
                values[known] = value
            else:
                problems.append(problem)
    return Settings(**values), problems


def _members(source: Any) -> list[tuple[str, Any]]:
    found = source.items() if isinstance(source, dict) else ()
    return [(name, value) for name, value in found if name not in NOT_SETTINGS]


def _problem(known: str, name: str, value: Any) -> str | None:
    if known not in _CHECKS:
        return f"unknown setting {name!r}"
    good, expected = _CHECKS[known]
    return None if good(value) else f"{name} is {value!r}; expected {expected}"
