"""Overwrites a file in place, where replacing it would lose something.

That is so for hard links, owners that only the system may set, files in folders that cannot be
written, and mount points. The old and the new content are put into the state folder first, so that
neither is lost if writing is interrupted; ``interrupted`` finds them. Raises OSError.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from dataclasses import dataclass
from pathlib import Path

from . import records, state
from .records import Record
from .replacing import clear_up_folder, close

FOLDER, SUFFIX = "saving", ".interrupted"
MOST_KEPT = 1_000_000_000  # bytes
_PART = 1 << 20
_CANNOT_RESERVE = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class HalfWritten(OSError):
    """Neither could the new content be written nor the old one put back."""


@dataclass(frozen=True)
class Interrupted:
    """A write that was interrupted: what the file held, and what it was to hold."""

    place: Path
    started: float  # seconds since 1970
    before: bytes
    after: bytes


def overwrite(target: Path, data: bytes) -> os.stat_result:
    """Write ``data`` into ``target``; if this raises anything but HalfWritten, nothing has changed.

    Refuses a file of more than MOST_KEPT bytes, of which no copy could be kept.
    """
    descriptor = os.open(target, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        before = _content(descriptor)
        place, held = _noted(target, before, data)
        try:
            status = _write_or_restore(descriptor, before, data, place)
        finally:
            close(held)
        _done(place)
        return status
    finally:
        close(descriptor)


def interrupted(path: Path) -> Interrupted | None:
    """The interrupted write of the file at ``path``, under whichever of its names; None if none."""
    try:
        folder = state.folder(FOLDER)
        clear_up_folder(folder)
        for place in sorted(folder.glob(f"*{SUFFIX}")):
            record = records.read_abandoned(place)
            if record is not None and _is_of(record, path):
                return _cut_off(place, record, path)
    except OSError:
        return None
    return None


def _noted(target: Path, before: bytes, after: bytes) -> tuple[Path, int]:
    """Record what is about to be done; the record is locked until the descriptor is closed."""
    try:
        place = state.folder(FOLDER) / (state.key(target) + SUFFIX)
        return place, _recorded(place, target, before, after)
    except OSError as error:
        raise OSError(error.errno, f"no safety copy could be made: {error.strerror}") from error


def _recorded(place: Path, target: Path, before: bytes, after: bytes) -> int:
    status = target.stat()
    facts = {
        "path": str(target), "device": status.st_dev, "inode": status.st_ino,
        "started": time.time(),
    }  # fmt: skip
    try:
        return records.write(place, Record(facts, (before, after)))
    except OSError:
        _done(place)
        raise


def _is_of(record: Record, path: Path) -> bool:
    """Whether the record is of this file, by its path or as another hard link."""
    facts = record.facts
    if facts["path"] == str(path):
        return True
    with contextlib.suppress(OSError):
        status = path.stat()
        return (facts["device"], facts["inode"]) == (status.st_dev, status.st_ino)
    return False


def _cut_off(place: Path, record: Record, path: Path) -> Interrupted | None:
    before, after = record.parts
    if _holds(path, after):  # all of it was written
        _done(place)
        return None
    return Interrupted(place, float(record.facts["started"]), before, after)


def _write_or_restore(descriptor: int, before: bytes, data: bytes, place: Path) -> os.stat_result:
    try:
        _reserve(descriptor, len(data))
        _put(descriptor, data)
        return os.fstat(descriptor)
    except OSError as error:
        try:
            _put(descriptor, before)
        except OSError:
            raise HalfWritten(
                error.errno,
                f"{error.strerror}; the file may be damaged, open it again to restore it "
                f"from {place}",
            ) from error
        _done(place)
        raise


def _reserve(descriptor: int, size: int) -> None:
    """Find out whether the disk has room before anything is overwritten."""
    if size > os.fstat(descriptor).st_size and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            if error.errno not in _CANNOT_RESERVE:
                raise


def _put(descriptor: int, data: bytes) -> None:
    rest, offset = memoryview(data), 0
    while offset < len(data):
        offset += os.pwrite(descriptor, rest[offset:], offset)
    os.ftruncate(descriptor, len(data))
    os.fsync(descriptor)


def _content(descriptor: int) -> bytes:
    if os.fstat(descriptor).st_size > MOST_KEPT:
        raise OSError(errno.EFBIG, "too large to be overwritten safely")
    parts = []
    while part := os.read(descriptor, _PART):
        parts.append(part)
    return b"".join(parts)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _done(place: Path) -> None:
    with contextlib.suppress(OSError):
        place.unlink()
