"""File names as users type and see them: relative to the folder that the editor was started in.

That folder is looked up once, so that names mean the same while the editor runs, even if the folder
is removed. Knows folders, but nothing of what files hold.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

MOST_NAMES = 5_000  # of a folder


class BadName(Exception):
    """The name stands for no path; the message says why."""


class Paths:
    """Create at the start; ``folder`` is the current folder, or None if it no longer exists."""

    def __init__(self) -> None:
        try:
            self.folder: Path | None = Path.cwd()
        except OSError:
            self.folder = None

    def absolute(self, name: str) -> Path:
        """The absolute path that ``name`` stands for, with ``~`` expanded. Raises BadName."""
        if "\0" in name:
            raise BadName("a name cannot hold NUL")
        try:
            path = Path(name).expanduser()
        except RuntimeError as error:
            user = name[1:].partition("/")[0]
            raise BadName(f"{name}: there is no user {user!r}") from error
        if path.is_absolute():
            return path
        if self.folder is None:
            raise BadName(f"{name}: the folder that the editor was started in has been removed")
        return self.folder / path

    def completions(self, text: str) -> list[str]:
        """The paths that begin with ``text``, as users would type them; folders end in a slash."""
        head, slash, begun = text.rpartition("/")
        try:
            folder = self.absolute(head + slash or ".")
            found = sorted(islice(os.scandir(folder), MOST_NAMES), key=lambda one: one.name)
        except (BadName, OSError):
            return []
        return [
            head + slash + one.name + ("/" if _is_folder(one) else "")
            for one in found
            if one.name.startswith(begun) and (begun or not one.name.startswith("."))
        ]

    def shown(self, path: Path | None) -> str:
        """The shortest name for ``path`` that ``absolute`` understands; "" for None."""
        if path is None:
            return ""
        if self.folder is not None and path.is_relative_to(self.folder):
            return str(path.relative_to(self.folder))
        try:
            home = Path.home()
        except RuntimeError:
            return str(path)
        inside = home.is_absolute() and path.is_relative_to(home)
        return str(Path("~") / path.relative_to(home)) if inside else str(path)


def is_folder(path: Path) -> bool:
    """Whether ``path`` is a folder; False also for a name that the system rejects."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
