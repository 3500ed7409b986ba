"""The model directory that is loaded if none is named: the user's choice, or the packaged one.

The choice is a small file in the user's data folder, ``model``: its first line is the path of a
model directory, and the lines below are earlier choices, newest first; ``packaged`` stands for the
model in the package. Hosts load a model without naming one, so one choice is enough for all. Knows
no model, and does not look into the path.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

CHOICE = "model"
PACKAGED = "packaged"
MOST_REMEMBERED = 20  # choices that can be undone
MOST_BYTES = 100_000


def data_folder() -> Path:
    """The folder of a user's own models, by the XDG rules or Apple's."""
    given = os.environ.get("XDG_DATA_HOME", "")
    if given.startswith("/"):
        return Path(given) / "codecomplete"
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.expanduser may raise
    apple = home / "Library" / "Application Support"
    return (apple if sys.platform == "darwin" else home / ".local" / "share") / "codecomplete"


def chosen() -> Path | None:
    """The model directory that the user has chosen; None: the packaged one. Never raises."""
    first = next(iter(choices()), PACKAGED)
    return None if first == PACKAGED else Path(first)


def choices() -> list[str]:
    """The current choice, then earlier ones; empty if there never was one."""
    try:
        with (data_folder() / CHOICE).open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8")
    except (OSError, ValueError):
        return []
    lines = [line for line in text.split("\n") if line == PACKAGED or Path(line).is_absolute()]
    return lines[:MOST_REMEMBERED]


def choose(directory: Path | None) -> None:
    """Load this model from now on; None: the packaged one. Raises OSError."""
    path = PACKAGED if directory is None else str(directory.absolute())
    if "\n" in path:
        raise ValueError(f"{directory}: a path with a line end in it cannot be chosen")
    before = choices() or [PACKAGED]
    if path != before[0]:
        _write([path, *before])


def take_back() -> str | None:
    """Undo the last choice; returns what is chosen now, None if there was nothing to undo. Raises
    OSError."""
    before = choices()[1:]
    if not before:
        return None
    _write(before)
    return before[0]


def _write(lines: list[str]) -> None:
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{CHOICE}.{os.getpid()}"
    fresh.write_text("\n".join(lines[:MOST_REMEMBERED]) + "\n", encoding="utf-8")
    fresh.replace(folder / CHOICE)
