"""Files in the state folder: a header of JSON with the lengths of the parts that follow it.

A digest shows whether a record was written completely; one that was not is ignored. Knows nothing
of what is recorded.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .replacing import is_dead, replace_file
from .stamps import digest_of

FORMAT = 1
MOST_HEADER = 100_000  # bytes


@dataclass(frozen=True)
class Record:
    """Facts that JSON can hold, and bytes."""

    facts: dict[str, Any]
    parts: tuple[bytes, ...]


def write(place: Path, record: Record) -> int:
    """Write the record to ``place`` by atomic rename. Raises OSError.

    Returns a descriptor that locks the file as long as it is open; the caller closes it.
    """
    return replace_file(place, (_header(record), *record.parts))


def read_abandoned(place: Path) -> Record | None:
    """The record at ``place``; None if its writer locks it or it is damaged. Raises OSError."""
    descriptor = os.open(place, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not is_dead(descriptor):
            return None
        header = file.readline(MOST_HEADER)
        return _record(header, file.read())


def _header(record: Record) -> bytes:
    sizes = [len(part) for part in record.parts]
    header = {"format": FORMAT, "sizes": sizes, "digest": _digest(record), "facts": record.facts}
    return json.dumps(header).encode("ascii") + b"\n"


def _record(header: bytes, body: bytes) -> Record | None:
    try:
        said = json.loads(header)
        record = Record(said["facts"], tuple(_cut(body, said["sizes"])))
        whole = said["format"] == FORMAT and said["digest"] == _digest(record)
        return record if whole else None
    except (ValueError, KeyError, TypeError):
        return None


def _cut(body: bytes, sizes: list[int]) -> Iterable[bytes]:
    start = 0
    for size in sizes:
        yield body[start : start + size]
        start += size


def _digest(record: Record) -> str:
    facts = json.dumps(record.facts, sort_keys=True).encode("ascii")
    return digest_of(b"".join(digest_of(part).encode() for part in (facts, *record.parts)))
