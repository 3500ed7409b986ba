"""What a user may set, named alike in every host."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def option(default: Any, help: str, **more: Any) -> Any:
    """A field of an options class, with the sentence that hosts and documents show for it."""
    return field(default=default, metadata={"help": help, **more})


@dataclass(frozen=True)
class Options:
    """What a user may set, named alike in every host."""

    max_tokens: int = option(32, "Longest suggestion, in tokens.")
    deadline_ms: float = option(
        80.0,
        "Milliseconds allowed for one suggestion; after that, the words found so far are shown.",
    )
    threshold: float | None = option(
        None, "Lowest confidence that is shown, 0 to 1; none: the model's own threshold."
    )
    debounce_ms: float = option(
        0.0, "Milliseconds to wait after the last key before the model runs."
    )
    project: bool = option(
        True, "Learn from the files beside the open one, unless git ignores them."
    )
    unsafe: bool = option(
        False, "Suggest code that opens a security hole even in files that hold no such code."
    )
    model: str | None = option(
        None, "Model directory; none: the one you have chosen, or else the packaged model."
    )


@dataclass(frozen=True)
class FileOptions(Options):
    """What hosts that edit files offer besides."""

    jedi: bool = option(
        True, "Ask Jedi, if it is installed, which names are possible in Python files."
    )
