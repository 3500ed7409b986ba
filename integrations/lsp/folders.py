"""The folders of a client's workspace, which come and go. Reads no disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath


class Folders:
    """By path; the nearest that contains a file is that file's."""

    def __init__(self, paths: Iterable[str | None] = ()) -> None:
        self._paths: set[PurePath] = set()
        self.change(paths, ())

    def change(self, added: Iterable[str | None], removed: Iterable[str | None]) -> None:
        """None stands for a folder that is not on this computer's disk."""
        self._paths -= {PurePath(path) for path in removed if path is not None}
        self._paths |= {PurePath(path) for path in added if path is not None}

    def of(self, path: str | None) -> str | None:
        """The folder a file belongs to; None for a file outside all of them."""
        if path is None:
            return None
        return next((str(above) for above in PurePath(path).parents if above in self._paths), None)
