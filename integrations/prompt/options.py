"""What users of the hosts with a prompt may set, and which values are allowed.

Values are checked where they are set: ``ReplOptions`` cannot be made with another one. Knows no
host.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from prompt_toolkit.key_binding import KeyBindings

from ..shared.options import Options, option

FIRST, LAST, OFF = "first", "last", "off"
AUTO = "auto"
LOOKS = (AUTO, "colour", "dim", "italic", "underline", "mark")

_BOUNDS: dict[str, tuple[float, float]] = {
    "max_tokens": (1, 256),
    "deadline_ms": (1, 60_000),
    "threshold": (0, 1),
    "debounce_ms": (0, 10_000),
    "history_characters": (1, 1_000),
    "context_characters": (0, 1_000_000),
}
_KEYS = ("accept_line_key", "never_key")


@dataclass(frozen=True)
class ReplOptions(Options):
    """What the hosts with a prompt offer beside the options of every host."""

    threshold: float | None = option(
        None, "Least confidence to show, 0 to 1; none: 0.45, the one for prompts."
    )
    enabled: bool = option(True, "Show suggestions.")
    history: str = option(
        FIRST,
        "Earlier lines: 'first' lets them win over the model once history_characters of the line "
        "are typed, 'last' shows them only where the model has nothing, 'off' never.",
        choices=(FIRST, LAST, OFF),
    )
    history_characters: int = option(
        8, "Characters of a line that are typed before an earlier line wins over the model."
    )
    context_characters: int = option(
        20_000, "Most characters of earlier inputs that the model is given."
    )
    check_names: bool = option(
        True,
        "Hold suggestions against the live session, and let it suggest the names that it has.",
    )
    accept_line_key: str = option(
        "s-tab",
        "Key that accepts the first line, as prompt_toolkit writes it; several with a space.",
    )
    never_key: str = option(
        "s-delete",
        "Key that never suggests the shown text again, as prompt_toolkit writes it; or none.",
    )
    tab: bool = option(False, "Tab accepts while ghost text is visible; else it is untouched.")
    look: str = option(
        AUTO,
        "How ghost text is told apart: 'colour' as the theme has it; 'dim', 'italic' or "
        "'underline'; 'mark' puts a bar before it; 'auto' is 'colour', and 'dim' and 'italic' "
        "where the terminal has no colours.",
        choices=LOOKS,
    )
    next_line: bool = option(
        False,
        "Offer a line at an empty prompt: the one that followed the last input before, else the "
        "model's.",
    )

    def __post_init__(self) -> None:
        for one in fields(self):
            problem = problem_with(one.name, getattr(self, one.name))
            if problem:
                raise ValueError(problem)


def problem_with(name: str, value: Any) -> str:
    """What is wrong with the value of an option, in one line that says what is allowed; empty if
    nothing is."""
    kept = {one.name: one for one in fields(ReplOptions)}.get(name)
    if kept is None or (value is None and kept.default is None):
        return ""
    choices = kept.metadata.get("choices")
    if choices and value not in choices:
        return f"{name} = {value!r}: expected one of {', '.join(map(repr, choices))}"
    if type(kept.default) is bool and type(value) is not bool:
        return f"{name} = {value!r}: expected True or False"
    if name in _BOUNDS:
        return _outside(name, value, whole=type(kept.default) is int)
    return _no_key(name, value) if name in _KEYS else ""


def _outside(name: str, value: Any, whole: bool) -> str:
    least, most = _BOUNDS[name]
    kind = "a whole number" if whole else "a number"
    fits = type(value) is int or (type(value) is float and not whole)
    if fits and least <= value <= most:
        return ""
    nothing = ", or None" if name == "threshold" else ""
    return f"{name} = {value!r}: expected {kind} from {least:g} to {most:g}{nothing}"


def _no_key(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    try:
        KeyBindings().add(*value.split())
    except (ValueError, AttributeError):
        return (
            f"{name} = {value!r}: expected keys as prompt_toolkit writes them, with a space "
            "between several, such as 's-tab', 'c-y' or 'escape l'"
        )
    return ""
