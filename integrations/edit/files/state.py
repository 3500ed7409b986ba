"""The user's private folder for what must outlive a crash: never in a project, never shared."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

import platformdirs

APPLICATION = "codecomplete"


def folder(kind: str) -> Path:
    """A folder that only the user can look into, created if need be. Raises OSError, also if it
    belongs to another user."""
    top = platformdirs.user_state_path(APPLICATION, appauthor=False)
    top.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for made in (top, top / kind):
        made.mkdir(mode=0o700, exist_ok=True)
        _make_private(made)
    return top / kind


def key(path: Path | None) -> str:
    """A name for the records of the file at ``path``, the same for all spellings of the path."""
    if path is None:
        return "unnamed"
    real = os.path.realpath(path)
    return hashlib.blake2b(os.fsencode(real), digest_size=12).hexdigest()


def _make_private(made: Path) -> None:
    status = made.stat()
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, f"{made} belongs to another user")
    if stat.S_IMODE(status.st_mode) & 0o077:
        made.chmod(0o700)
