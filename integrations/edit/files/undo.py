"""What can be undone in a file after it was closed and opened again, as bytes somebody else packs.

One record for each file, in the user's state folder, beside unsaved work; it counts only for the
very content that it was left with. A history holds what a text no longer does, so it is kept only
where nothing of it would reach farther than the file itself. Knows no editor.
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
"""Beside the folder for temporary files: what is there is meant to go without a trace."""


def may_keep(file: TextFile) -> bool:
    """Whether a history of this file stays where the file is: not of one that holds secrets, not
    of a temporary one, and not of one on another file system, which may be encrypted, taken away
    or forgotten at the next start."""
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
    """Keep the history of a file that was saved or not changed; False if it is not kept."""
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
    """The history of just this content; any other is of no use any more."""
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
    """Keep nothing of a file."""
    with contextlib.suppress(OSError):
        if file.path is not None:
            _place(file).unlink()


def _place(file: TextFile) -> Path:
    return state.folder(FOLDER) / f"{state.key(file.path)}{SUFFIX}"


def _drop_old(folder: Path) -> None:
    """All but the newest, and none that is very old."""
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
