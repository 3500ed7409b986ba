"""Replaces the content of a file by atomic rename, and removes what a crash leaves of that.

A temporary file beside the target is written, flushed (fsync) and renamed. It is locked (flock)
while its writer lives, so one without a lock is litter. Knows nothing of text or of messages to
users; raises OSError.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PREFIX = ".cc-edit-"
ATTEMPTS, PAUSE = 20, 0.025  # how often, and seconds between: another save takes milliseconds
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# How fsync fails for a directory on file systems that do not support that.
_NOT_FOR_DIRECTORIES = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)


class NotFlushed(OSError):
    """The new content is in place, but the disk does not confirm that it will last."""


def nothing(descriptor: int) -> None:
    """No preparation."""


def replace_file(
    target: Path,
    parts: Iterable[bytes],
    mode: int = 0o600,
    prepare: Callable[[int], None] = nothing,
) -> int:
    """Replace the content of ``target`` by ``parts``, completely or, if this raises anything but
    NotFlushed, not at all.

    ``prepare`` gets the descriptor once all is written, before anything is replaced. Returns the
    descriptor, still locked; the caller closes it.
    """
    temporary = temporary_of(target)
    descriptor = _created(temporary, mode)
    try:
        for part in parts:
            write_all(descriptor, part)
        prepare(descriptor)
        os.fsync(descriptor)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        close(descriptor)
        raise
    try:
        flush_folder(target.parent)
    except OSError as error:
        close(descriptor)
        raise NotFlushed(error.errno, error.strerror) from error
    return descriptor


def close(descriptor: int) -> None:
    """Close, and ignore errors: what has to last was flushed before."""
    with contextlib.suppress(OSError):
        os.close(descriptor)


def temporary_of(target: Path) -> Path:
    """The temporary file for a target: beside it, always the same, with a short name."""
    name = hashlib.blake2b(os.fsencode(target.name), digest_size=8).hexdigest()
    return target.with_name(PREFIX + name)


def write_all(descriptor: int, data: bytes) -> None:
    """Write on until nothing is left; ``os.write`` may stop anywhere."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a power failure (fsync), if the file system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:  # a folder whose names may be changed, but not be listed
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_FOR_DIRECTORIES:
            raise
    finally:
        close(descriptor)


def clear_up(target: Path) -> None:
    """Remove the temporary file that a dead writer of ``target`` has left."""
    remove_if_dead(temporary_of(target))


def clear_up_folder(folder: Path) -> None:
    """The same for every target in ``folder``."""
    for temporary in folder.glob(PREFIX + "*"):
        remove_if_dead(temporary)


def remove_if_dead(path: Path) -> None:
    """Remove a file of the user's own unless its writer locks it; never raises OSError."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
            if ours and is_dead(descriptor):
                path.unlink()
        finally:
            close(descriptor)


def is_dead(descriptor: int) -> bool:
    """Whether no living writer locks the file; if so, this descriptor locks it from now on."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _created(temporary: Path, mode: int) -> int:
    """A new temporary file, which is ours and locked."""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE)
        try:
            descriptor = os.open(temporary, _CREATE, mode)
        except FileExistsError:
            remove_if_dead(temporary)
            continue
        if is_dead(descriptor) and _is_still(temporary, descriptor):
            return descriptor
        close(descriptor)  # another process removed it before it was locked
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(temporary))


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False
