"""Reads a text file from a path or from bytes, or says why not.

Opens nothing but a regular file of bounded size: reading a pipe or a device can block, or have side
effects.
"""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from io import FileIO
from pathlib import Path

from .encodings import canonical
from .errors import FileRefused, FileUnreadable, because
from .replacing import clear_up
from .stamps import Stamp, differs, digest_of
from .textfile import TextFile, from_bytes

MOST_BYTES = 100_000_000
MOST_LINES = 1_000_000
MOST_BINARY_BYTES = 5_000_000
_PART = 1 << 20
ATTEMPTS = 3  # to read a file that is being written

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read(
    path: str | os.PathLike[str],
    *,
    most_bytes: int = MOST_BYTES,
    most_lines: int = MOST_LINES,
    encoding: str | None = None,
) -> TextFile:
    """The file at ``path``, or an empty one if there is none on disk yet.

    ``encoding`` overrides detection. Raises FileRefused, FileUnreadable, and ValueError for an
    encoding that is not in ``encodings.ENCODINGS``.
    """
    path = Path(path)
    name = canonical(encoding) if encoding else None
    try:
        clear_up(Path(os.path.realpath(path)))
        data, status = _content(path, most_bytes)
    except FileNotFoundError:
        return replace(from_bytes(b"", path), read_only=not _may_create(path))
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        reason = because(error) if isinstance(error, OSError) else str(error)
        raise FileUnreadable(f"{path}: cannot be read: {reason}.") from error
    file = _understood(data, path, name, most_bytes, most_lines)
    stamp = Stamp.of(status, digest_of(data))
    return replace(file, stamp=stamp, read_only=is_read_only(path, status))


def read_bytes(
    data: bytes, *, most_bytes: int = MOST_BYTES, most_lines: int = MOST_LINES
) -> TextFile:
    """A text without a name, such as standard input. Raises FileRefused."""
    return _understood(data, None, None, most_bytes, most_lines)


def changed_on_disk(file: TextFile) -> bool:
    """Whether another program has written, created or removed the file since the last read or
    save."""
    return file.path is not None and differs(file.path, file.stamp)


def refuse_special(path: Path, status: os.stat_result) -> None:
    """Raise FileRefused for anything but a regular file."""
    for is_kind, name in _KINDS:
        if is_kind(status.st_mode):
            raise FileRefused(f"{path}: this is {name}, not a text file.")


def is_read_only(path: Path, status: os.stat_result) -> bool:
    """Whether its mode or the system forbids writing, even if the user, as root, could write."""
    writable = status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    return not writable or not os.access(path, os.W_OK)


def _content(path: Path, most: int) -> tuple[bytes, os.stat_result]:
    """What the file holds, and what ``stat`` said of it at that time."""
    refuse_special(path, path.stat())
    # O_NONBLOCK: if it has just become a pipe, opening it does not wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        for _ in range(ATTEMPTS):
            before = os.fstat(descriptor)
            refuse_special(path, before)
            data = _whole(file, path, before.st_size, most)
            after = os.fstat(descriptor)
            if before.st_mtime_ns == after.st_mtime_ns and before.st_size == after.st_size:
                break
        return data, after


def _whole(file: FileIO, path: Path, size: int, most: int) -> bytes:
    if size <= most:
        file.seek(0)
        data = file.readall() if size else _bounded(file, most)
        if len(data) <= most:
            return data
        size = len(data)
    raise FileRefused(f"{path}: {_megabytes(size)}, at most {_megabytes(most)} are opened.")


def _bounded(file: FileIO, most: int) -> bytes:
    """For files that do not tell their size, such as those in /proc."""
    parts, rest = [], most + 1
    while rest > 0 and (part := file.read(min(rest, _PART))):
        parts.append(part)
        rest -= len(part)
    return b"".join(parts)


def _understood(
    data: bytes, path: Path | None, encoding: str | None, most_bytes: int, most_lines: int
) -> TextFile:
    name = path if path is not None else "standard input"
    if len(data) > most_bytes:
        raise FileRefused(
            f"{name}: {_megabytes(len(data))}, at most {_megabytes(most_bytes)} are opened."
        )
    try:
        file = from_bytes(data, path, encoding)
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            f"{name}: not {encoding}: byte 0x{data[error.start]:02X} at offset {error.start}."
        ) from error
    if file.looks_binary and len(data) > MOST_BINARY_BYTES:
        raise FileRefused(
            f"{name}: looks binary and has {_megabytes(len(data))}; "
            f"of binary files at most {_megabytes(MOST_BINARY_BYTES)} are opened."
        )
    found = file.text.count("\n") + (file.text[-1:] not in ("", "\n"))
    if found > most_lines:
        raise FileRefused(f"{name}: {found:,} lines, at most {most_lines:,} are opened.")
    return file


def _may_create(path: Path) -> bool:
    return os.access(path.parent, os.W_OK | os.X_OK) or not path.parent.exists()


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
