"""Saves a text so that the complete old or new content is on the disk at every moment.

Decides what may be overwritten and how; the errors say in a sentence why a text was not saved.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from . import inplace, metadata
from .errors import (
    FileChanged,
    FileExists,
    FileGone,
    FileRefused,
    NotAllowed,
    SaveFailed,
    because,
)
from .metadata import CannotKeep
from .opening import is_read_only, refuse_special
from .replacing import NotFlushed, close, replace_file
from .stamps import Stamp, differs, digest_of, digest_on_disk, untouched
from .textfile import TextFile

NEW_FILE = 0o666  # less the umask
# How replacing fails where overwriting in place may still work: a folder that is not writable
# or has the sticky bit, a file that is a mount point, a temporary name that is taken.
_STAYS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EEXIST, errno.EXDEV)


def save(
    file: TextFile,
    text: str,
    path: str | os.PathLike[str] | None = None,
    *,
    overwrite_changed: bool = False,
) -> TextFile:
    """Write ``text`` to ``path``, or to the file's own; returns the file as it now is.

    Raises NotEncodable and other SaveFailed; FileChanged, and FileExists for another ``path``,
    unless ``overwrite_changed``.
    """
    name = Path(path) if path is not None else file.path
    if name is None:
        raise SaveFailed("This text has no name yet: save it under one.")
    data = file.encode(text)
    try:
        status = _saved(file, name, data, overwrite_changed)
    except NotFlushed as error:
        reason = because(error)
        raise SaveFailed(f"{name}: written, but perhaps not on disk yet: {reason}.") from error
    except FileRefused as error:
        raise SaveFailed(f"{error} Nothing was saved.") from error
    except (OSError, ValueError) as error:
        reason = because(error) if isinstance(error, OSError) else str(error)
        kind = NotAllowed if isinstance(error, PermissionError) else SaveFailed
        raise kind(f"{name}: not saved: {reason}.") from error
    stamp = Stamp.of(status, digest_of(data))
    return replace(file, path=name, text=text, stamp=stamp, read_only=False)


def _saved(file: TextFile, name: Path, data: bytes, insist: bool) -> os.stat_result:
    target = real(name)  # a symbolic link stays one
    status = _status(target)
    if status is None and not target.parent.is_dir():
        raise SaveFailed(f"{name}: not saved: there is no folder {target.parent}.")
    if status is not None:
        refuse_special(name, status)
        if is_read_only(target, status):
            raise NotAllowed(f"{name}: not saved: the file is read-only. Save under another name.")
    if not insist:
        refuse_changed(file, name, target, data)

    def check() -> None:
        if not insist:
            _refuse_newer(name, target, status)

    return _written(target, status, data, check)


def real(path: Path) -> Path:
    """Where symbolic links lead, even if the target does not exist yet. Raises OSError."""
    try:
        return Path(os.path.realpath(path, strict=True))
    except FileNotFoundError:
        return Path(os.path.realpath(path))


def _status(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def refuse_changed(file: TextFile, name: Path, target: Path, data: bytes) -> None:
    """Raise FileChanged if saving would overwrite somebody else's content."""
    own = file.path is not None and real(file.path) == target
    if not differs(target, file.stamp if own else None) or _is_the_same(target, data):
        return
    if not own:
        raise FileExists(f"{name} exists already.")
    if file.stamp is None:
        raise FileChanged(f"{name} was created by another program since it was opened here.")
    if not target.exists():
        raise FileGone(f"{name} was removed by another program since it was opened here.")
    raise FileChanged(f"{name} was changed by another program since it was opened here.")


def _refuse_newer(name: Path, target: Path, status: os.stat_result | None) -> None:
    """The last check before the file is replaced: raise FileChanged if it changed meanwhile."""
    if not untouched(status, _status(target)):
        raise FileChanged(f"{name} was changed by another program just now.")


def _is_the_same(target: Path, data: bytes) -> bool:
    try:
        same_size = target.stat().st_size == len(data)
        return same_size and digest_on_disk(target) == digest_of(data)
    except OSError:
        return False


def _written(
    target: Path, status: os.stat_result | None, data: bytes, check: Callable[[], None]
) -> os.stat_result:
    if status is None:
        return _replaced(target, None, data, check)
    if status.st_nlink == 1:
        try:
            return _replaced(target, status, data, check)
        except CannotKeep:
            pass
        except OSError as error:
            if isinstance(error, NotFlushed) or error.errno not in _STAYS:
                raise
    check()
    return inplace.overwrite(target, data)


def _replaced(
    target: Path, status: os.stat_result | None, data: bytes, check: Callable[[], None]
) -> os.stat_result:
    def prepare(descriptor: int) -> None:
        if status is not None:
            metadata.keep(status, target, descriptor)
        check()

    mode = NEW_FILE if status is None else 0o600
    descriptor = replace_file(target, [data], mode, prepare)
    try:
        return os.fstat(descriptor)
    except OSError as error:
        raise NotFlushed(error.errno, error.strerror) from error
    finally:
        close(descriptor)
