"""The SHA-256 of a file.

``hashlib`` loads OpenSSL, which takes 4 MB of memory, and more time than hashing a small file
without it. Python also has a built-in implementation (``random`` uses it); large files are left to
OpenSSL, which is five times as fast.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

LARGE = 8 << 20
PART = 1 << 20


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = _new(path.stat().st_size)
    with path.open("rb") as file:
        while part := file.read(PART):
            digest.update(part)
    return str(digest.hexdigest())


def _new(size: int) -> Any:
    if size < LARGE and "hashlib" not in sys.modules:
        for name in ("_sha2", "_sha256"):  # of Python 3.12 on, and before
            try:
                return __import__(name).sha256()
            except ImportError:
                continue
    import hashlib

    return hashlib.sha256()
