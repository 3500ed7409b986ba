"""What a file has beside its content: owner, mode, access lists, extended attributes."""

from __future__ import annotations

import errno
import os
import stat

ACCESS_LIST = "system.posix_acl_access"
_MUST_KEEP = ("user.", ACCESS_LIST)  # others, such as a security module's, are the system's to set


class CannotKeep(OSError):
    """The new file cannot get the old one's metadata; so the old one has to stay."""


def keep(status: os.stat_result, source: str | os.PathLike[str], descriptor: int) -> None:
    """Give the new file the owner and mode in ``status``, and the attributes of ``source``.

    Raises CannotKeep.
    """
    try:
        _own(descriptor, status)
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
        _attributes(source, descriptor)
    except OSError as error:
        raise CannotKeep(error.errno, error.strerror) from error


def _own(descriptor: int, status: os.stat_result) -> None:
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid):
        os.fchown(descriptor, status.st_uid, status.st_gid)


def _attributes(source: str | os.PathLike[str], descriptor: int) -> None:
    if not hasattr(os, "listxattr"):
        return
    old, new = _listed(source), _listed(descriptor)
    for name in new - old:  # such as an access list that the folder gives to new files
        if name.startswith(_MUST_KEEP):
            os.removexattr(descriptor, name)
    for name in old:
        value = os.getxattr(source, name)
        if name in new and os.getxattr(descriptor, name) == value:
            continue
        _set(descriptor, name, value)


def _listed(file: str | os.PathLike[str] | int) -> set[str]:
    try:
        return set(os.listxattr(file))
    except OSError as error:
        if error.errno != errno.ENOTSUP:  # a file system without attributes
            raise
    return set()


def _set(descriptor: int, name: str, value: bytes) -> None:
    try:
        os.setxattr(descriptor, name, value)
    except OSError:
        if name.startswith(_MUST_KEEP):
            raise
