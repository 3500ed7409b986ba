"""Notices when another program changes an open file, once per change. Knows nothing of widgets."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from .buffer import Buffer
from .files import changed_on_disk

SECONDS = 1.0  # between two looks; a file that is being written changes in between

Facts = tuple[int, int, int] | None


class News(Enum):
    """What happened to a file."""

    CHANGED = "changed"
    GONE = "gone"


class Watch:
    """Polls files: call ``look`` with the same buffers again and again."""

    def __init__(self) -> None:
        self._seen: dict[int, Facts] = {}
        self._told: dict[int, Facts] = {}

    def look(self, buffer: Buffer) -> News | None:
        """What happened to the file, reported once, when two looks in a row find it the same."""
        path, stamp, number = buffer.file.path, buffer.file.stamp, buffer.number
        if path is None:
            return None
        facts, before = _facts(path), self._seen.get(number, ())
        self._seen[number] = facts
        if stamp is not None and facts == (stamp.mtime_ns, stamp.size, stamp.inode):
            self._told.pop(number, None)
            buffer.gone = False
            return None
        if facts != before or self._told.get(number, ()) == facts:
            return None
        if facts is None and stamp is None:  # new, and not saved yet
            return None
        self._told[number] = facts
        buffer.gone = facts is None
        if facts is None:
            return News.GONE
        return News.CHANGED if changed_on_disk(buffer.file) else None


def _facts(path: Path) -> Facts:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
