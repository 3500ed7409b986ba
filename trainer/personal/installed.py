"""The user's own models: where they are, which one is in use, and how to go back.

In the data folder, ``personal/NAME/`` contains a model directory, the page about it, and the same
facts in JSON. Packaged weights are never changed, so choosing them again goes back. Knows folders
and names, not the contents of models.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from codecomplete.corpus.documents import read_json
from codecomplete.corpus.outputs import Kind
from codecomplete.engine import EngineError
from codecomplete.engine.modeldir import chosen
from codecomplete.engine.modeldir.directory import open_directory

from ..errors import ConfigError

MODEL, PAGE, REPORT = "model", "page.md", "report.json"
PERSONAL = Kind("a personal model")


def folder() -> Path:
    """The folder of all personal models."""
    return chosen.data_folder() / "personal"


def names() -> list[str]:
    """The names of the existing models."""
    if not folder().is_dir():
        return []
    return sorted(p.name for p in folder().iterdir() if not p.name.startswith(".") and p.is_dir())


def free_name(projects: Sequence[str], today: date) -> str:
    """An unused name, made of the first project's name and the date."""
    more = f"-and-{len(projects) - 1}-more" if len(projects) > 1 else ""
    base = f"{projects[0]}{more}-{today.isoformat()}".replace(" ", "-").lstrip(".")
    taken = set(names())
    numbered = (f"{base}-{number}" for number in range(2, 1000))
    return base if base not in taken else next(name for name in numbered if name not in taken)


def report(name: str) -> dict[str, Any]:
    """The facts of a model's page, from its JSON; empty if that cannot be read."""
    try:
        found = read_json(folder() / name / REPORT)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def use(name: str) -> Path | None:
    """Choose a model by its name, ``packaged``, or any model directory by its path.

    Raises ConfigError if it does not exist or cannot be loaded.
    """
    if name == chosen.PACKAGED:
        chosen.choose(None)
        return None
    own = folder() / name / MODEL
    directory = own if name in names() else Path(name)
    try:
        open_directory(directory)
    except EngineError as error:
        known = ", ".join([*names(), chosen.PACKAGED])
        raise ConfigError(f"{name}: no model to use ({error}); there are {known}") from error
    chosen.choose(directory)
    return directory


def undo() -> str:
    """Go back to the previous choice; returns its description. Raises ConfigError without one."""
    now = chosen.take_back()
    if now is None:
        raise ConfigError("nothing was chosen before: the packaged model is in use")
    return describe(now)


def describe(choice: str) -> str:
    """A choice in the user's terms: the name of a personal model, ``packaged``, or a path."""
    path = Path(choice)
    return path.parent.name if path.parent.parent == folder() else choice


def current() -> str:
    """The model that hosts load now."""
    found = chosen.chosen()
    return chosen.PACKAGED if found is None else describe(str(found))


def remove(name: str) -> None:
    """Delete a model; if it is in use, choose the packaged one first."""
    if name not in names():
        raise ConfigError(f"{name}: no such model; there are {', '.join(names()) or 'none'}")
    if current() == name:
        chosen.choose(None)
    shutil.rmtree(folder() / name)
