"""The folders of a client's workspace, which may change. Reads no disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath


class Folders:
    """A set of folders; a file belongs to the nearest that contains it."""

    def __init__(self, paths: Iterable[str | None] = ()) -> None:
        self._paths: set[PurePath] = set()
        self.change(paths, ())

    def change(self, added: Iterable[str | None], removed: Iterable[str | None]) -> None:
        """Add and remove folders; None is a folder that is not on this computer's disk."""
        self._paths -= {PurePath(path) for path in removed if path is not None}
        self._paths |= {PurePath(path) for path in added if path is not None}

    def of(self, path: str | None) -> str | None:
        """The folder that a file belongs to; None if it is in none of them."""
        if path is None:
            return None
        return next((str(above) for above in PurePath(path).parents if above in self._paths), None)
