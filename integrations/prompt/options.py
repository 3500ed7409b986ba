"""The options of the hosts with a prompt, and which values are allowed.

Values are checked when they are set: ``ReplOptions`` cannot be created with a wrong one. Knows no
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
    """The options of the hosts with a prompt, besides those of every host."""

    threshold: float | None = option(
        None, "Lowest confidence that is shown, 0 to 1; none: 0.45, the threshold for prompts."
    )
    enabled: bool = option(True, "Show suggestions.")
    history: str = option(
        FIRST,
        "Earlier lines: with 'first' they win over the model once history_characters of the line "
        "are typed; with 'last' they are shown only where the model has nothing; with 'off' never.",
        choices=(FIRST, LAST, OFF),
    )
    history_characters: int = option(
        8, "Characters of a line to type before an earlier line wins over the model."
    )
    context_characters: int = option(
        20_000, "Maximum number of characters of earlier inputs that the model is given."
    )
    check_names: bool = option(
        True,
        "Check suggestions against the live session, and suggest the names that exist in it.",
    )
    accept_line_key: str = option(
        "s-tab",
        "Key that accepts the first line, in prompt_toolkit's notation; several with spaces.",
    )
    never_key: str = option(
        "s-delete",
        'Key for "never suggest this again", in prompt_toolkit\'s notation; or none.',
    )
    tab: bool = option(
        False, "Tab accepts ghost text while it is visible; otherwise Tab is unchanged."
    )
    look: str = option(
        AUTO,
        "How ghost text is marked: 'colour' in the theme's colour; 'dim', 'italic' or "
        "'underline'; 'mark' with a bar before it; 'auto' is 'colour', or 'dim' and 'italic' "
        "where the terminal has no colours.",
        choices=LOOKS,
    )
    next_line: bool = option(
        False,
        "Suggest a line at an empty prompt: the one that followed the last input before, or else "
        "the model's.",
    )

    def __post_init__(self) -> None:
        for one in fields(self):
            problem = problem_with(one.name, getattr(self, one.name))
            if problem:
                raise ValueError(problem)


def problem_with(name: str, value: Any) -> str:
    """What is wrong with an option's value, in one line that says what is allowed, or ""."""
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
            f"{name} = {value!r}: expected keys in prompt_toolkit's notation, several with "
            "spaces, such as 's-tab', 'c-y' or 'escape l'"
        )
    return ""
