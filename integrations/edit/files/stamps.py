"""The state of a file when it was last read or written, to tell whether it has changed since."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """What ``stat`` says of a file, and the digest of its content."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int
    device: int
    digest: str

    @classmethod
    def of(cls, status: os.stat_result, digest: str) -> Stamp:
        """From the result of ``stat``, and the digest of the content at that time."""
        return cls(*_facts(status), digest)

    def agrees(self, status: os.stat_result) -> bool:
        """Whether ``status`` shows the file untouched since."""
        return self == Stamp.of(status, self.digest)


def untouched(before: os.stat_result | None, now: os.stat_result | None) -> bool:
    """Whether nothing has touched the file between two looks at it; None stands for no file."""
    if before is None or now is None:
        return before is now
    return _facts(before) == _facts(now)


def _facts(status: os.stat_result) -> tuple[int, int, int, int, int]:
    return (
        status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev,
    )  # fmt: skip


def digest_of(data: bytes) -> str:
    """A digest of the content, in hexadecimal."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def digest_on_disk(path: Path) -> str:
    """The digest of what the file holds now, read part by part. Raises OSError."""
    found = hashlib.blake2b(digest_size=16)
    with path.open("rb", buffering=0) as file:
        while part := file.read(_PART):
            found.update(part)
    return found.hexdigest()


def differs(path: Path, stamp: Stamp | None) -> bool:
    """Whether the file is not as ``stamp`` says; reads the content only if ``stat`` leaves it open.

    None stands for no file.
    """
    try:
        status = path.stat()
    except OSError:
        return stamp is not None
    if stamp is None:
        return True
    if stamp.agrees(status):
        return False
    try:
        return status.st_size != stamp.size or digest_on_disk(path) != stamp.digest
    except OSError:
        return True
