"""Stores undo histories, packed by the caller as bytes, for when their files are opened again.

One record for each file, in the user's state folder, beside unsaved work; it is valid only for
exactly the content that the file had. A history holds what a text no longer does, so it is kept
only where it reaches no further than the file itself. Knows no editor.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from codecomplete.engine import is_private

from . import records, state
from .records import Record
from .replacing import close, remove_if_dead
from .textfile import TextFile

FOLDER, SUFFIX = "undo", ".undo"
MOST_BYTES = 1_000_000  # of one history
MOST_FILES = 200
MOST_DAYS = 90
PASSING = ("/var/tmp", "/dev/shm", "/run", "/proc")
"""Beside the folder for temporary files: folders whose files are meant to leave no trace."""


def may_keep(file: TextFile) -> bool:
    """Whether a history of this file may be stored: not if the file holds secrets, is temporary, or
    is on another file system than the state folder, which may be encrypted or removable."""
    if file.path is None or file.stamp is None or is_private(str(file.path)):
        return False
    real = Path(os.path.realpath(file.path))
    passing = [
        Path(os.path.realpath(one)) for one in (os.environ.get("TMPDIR") or "/tmp", *PASSING)
    ]
    if any(folder in real.parents for folder in passing):
        return False
    try:
        return real.stat().st_dev == state.folder(FOLDER).stat().st_dev
    except OSError:
        return False


def keep(file: TextFile, packed: bytes) -> bool:
    """Store the history of a file as it was saved or read; returns whether that was done."""
    if file.stamp is None or not packed or len(packed) > MOST_BYTES or not may_keep(file):
        forget(file)
        return False
    facts = {"digest": file.stamp.digest, "block": file.block, "written": time.time()}
    try:
        place = _place(file)
        close(records.write(place, Record(facts, (packed,))))
        _drop_old(place.parent)
    except OSError:
        return False
    return True


def recall(file: TextFile) -> bytes | None:
    """The history stored for exactly this content; None if there is none."""
    if file.path is None or file.stamp is None:
        return None
    try:
        record = records.read_abandoned(_place(file))
    except OSError:
        return None
    if record is None or record.facts.get("block") != file.block:
        return None
    return record.parts[0] if record.facts.get("digest") == file.stamp.digest else None


def forget(file: TextFile) -> None:
    """Remove the history of a file."""
    with contextlib.suppress(OSError):
        if file.path is not None:
            _place(file).unlink()


def _place(file: TextFile) -> Path:
    return state.folder(FOLDER) / f"{state.key(file.path)}{SUFFIX}"


def _drop_old(folder: Path) -> None:
    """Remove all but the newest MOST_FILES, and all that are older than MOST_DAYS."""
    found = sorted(folder.glob(f"*{SUFFIX}"), key=_age, reverse=True)
    oldest = time.time() - MOST_DAYS * 86_400
    for index, place in enumerate(found):
        if index >= MOST_FILES or _age(place) < oldest:
            remove_if_dead(place)


def _age(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except OSError:
        return 0.0
