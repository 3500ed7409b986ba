"""Names of files as users type them, and as they are shown: relative to where the editor started.

That folder is looked up once, so that names mean the same for as long as the editor runs, whatever
becomes of it. Knows no file.
"""

from __future__ import annotations

from pathlib import Path


class BadName(Exception):
    """What was typed names no place; the message says why."""


class Paths:
    """Create at the start; ``folder`` is None if there is none any more."""

    def __init__(self) -> None:
        try:
            self.folder: Path | None = Path.cwd()
        except OSError:
            self.folder = None

    def absolute(self, name: str) -> Path:
        """The whole path that ``name`` stands for; raises BadName."""
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

    def shown(self, path: Path | None) -> str:
        """As short as it can be typed again."""
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
