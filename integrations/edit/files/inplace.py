"""Overwrites a file where it stands, for when replacing it would lose something.

Hard links, owners that only the system may set, files in folders that cannot be written, files that
are mount points. The old and the new content are put into the state folder first, so that neither
is lost if the writing is cut off; ``interrupted`` finds them. Raises OSError.
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
from .replacing import clear_up_folder

FOLDER = "saving"
_PART = 1 << 20
_CANNOT_RESERVE = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class HalfWritten(OSError):
    """Neither the new content could be written nor the old one put back."""


@dataclass(frozen=True)
class Interrupted:
    """A write that was cut off: what the file held, and what it was to hold."""

    place: Path
    started: float  # seconds since 1970
    before: bytes
    after: bytes


def overwrite(target: Path, data: bytes) -> os.stat_result:
    """``target`` holds ``data``, or what it held before if this raises, HalfWritten excepted."""
    descriptor = os.open(target, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        before = _content(descriptor)
        place = _place(target)
        held = records.write(place, _record(target, before, data))
        try:
            _write_or_restore(descriptor, before, data, place)
        finally:
            os.close(held)
        _done(place)
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def interrupted(path: Path) -> Interrupted | None:
    """The write of the file at ``path`` that was cut off, if one was and it matters."""
    try:
        place = _place(path)
        clear_up_folder(place.parent)
        record = records.read_abandoned(place)
    except OSError:
        return None
    if record is None or len(record.parts) != 2:
        return None
    before, after = record.parts
    if _holds(path, after):
        _done(place)
        return None
    return Interrupted(place, float(record.facts.get("started", 0)), before, after)


def _place(target: Path) -> Path:
    return state.folder(FOLDER) / f"{state.key(target)}.interrupted"


def _record(target: Path, before: bytes, after: bytes) -> Record:
    return Record({"path": str(target), "started": time.time()}, (before, after))


def _write_or_restore(descriptor: int, before: bytes, data: bytes, place: Path) -> None:
    try:
        _reserve(descriptor, len(data))
        _put(descriptor, data)
    except OSError as error:
        try:
            _put(descriptor, before)
        except OSError:
            raise HalfWritten(
                error.errno, f"{error.strerror}; the file is damaged. It is kept whole in {place}"
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
