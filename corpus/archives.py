"""Reads source files inside archives. Nothing is ever unpacked or executed.

An entry that cannot be used is returned as a ``Refused`` with its reason, so a hostile or broken
archive loses its own entries and does no other harm. Knows file names and bytes; ``filters``
decides whether a text is worth learning from.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from .errors import ArchiveError

LARGEST_FILE = 1 << 20
"""Bytes. A hand-written source file of 4,000 lines stays far below it."""

SMALLEST_ALLOWANCE = 256 << 20
LARGEST_RATIO = 200
"""An archive may grow to ``max(SMALLEST_ALLOWANCE, LARGEST_RATIO * its size)`` bytes.

Source code is compressed 4 to 10 times; a decompression bomb, a thousand times or more.
"""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a package: its path inside the archive, ``/``-separated, and its bytes."""

    path: str
    data: bytes
    licence: str | None = None  # SPDX, where the source knows each file's own


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that is not used, and why."""

    path: str
    reason: str
    size: int = 0  # bytes the entry says it has


Entry = SourceFile | Refused


def unsafe_path(path: str) -> bool:
    """Whether a path is absolute, climbs out of its folder, or names a drive or unprintables."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    climbs = ".." in parts or path.startswith(("/", "\\")) or path[1:2] == ":"
    return climbs or not parts or not path.isprintable()


def read_archive(path: Path, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    """The wanted entries of a tar archive (gz, bz2, xz or uncompressed) or of a zip archive.

    ``wanted`` sees each path. ArchiveError if the archive is damaged or a decompression bomb.
    """
    allowance = max(SMALLEST_ALLOWANCE, LARGEST_RATIO * path.stat().st_size)
    try:
        if zipfile.is_zipfile(path):
            yield from _read_zip(path, wanted, allowance)
        else:
            yield from _read_tar(path, wanted, allowance)
    except (tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError) as error:
        raise ArchiveError(f"{path.name}: not a readable archive: {error}") from error
    except (OSError, NotImplementedError, RuntimeError) as error:
        raise ArchiveError(f"{path.name}: cannot be read: {error}") from error


def _refusal_of_mode(mode: int) -> str | None:
    if stat.S_ISLNK(mode):
        return "link"
    return None if stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0 else "device"


class _Metered(io.RawIOBase):
    """A stream that stops a decompression bomb: reading past the allowance raises ArchiveError."""

    def __init__(self, stream: BinaryIO, allowance: int, name: str) -> None:
        self._stream, self._left, self._name = stream, allowance, name

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveError(
                f"{self._name}: grows beyond {LARGEST_RATIO} times its size: a decompression bomb"
            )
        return data


_OPENERS: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZ": bz2.open,
    b"\xfd7": lzma.open,
}


def _as_it_is(stream: BinaryIO) -> BinaryIO:
    return stream


def _read_tar(path: Path, wanted: Callable[[str], bool], allowance: int) -> Iterator[Entry]:
    with path.open("rb") as packed:
        opener = _OPENERS.get(packed.read(2), _as_it_is)
        packed.seek(0)
        metered = _Metered(opener(packed), allowance, path.name)
        with tarfile.open(fileobj=metered, mode="r|") as archive:
            for member in archive:
                if not member.isdir() and wanted(member.name):
                    yield _read_member(archive, member)


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    if unsafe_path(member.name):
        return Refused(printable(member.name), "unsafe path", member.size)
    if member.issym() or member.islnk():
        return Refused(member.name, "link")
    if not member.isreg():
        return Refused(member.name, "device")
    if member.size > LARGEST_FILE:
        return Refused(member.name, "file too large", member.size)
    stream = archive.extractfile(member)
    assert stream is not None  # isreg() holds
    return SourceFile(_relative(member.name), stream.read())


def _read_zip(path: Path, wanted: Callable[[str], bool], allowance: int) -> Iterator[Entry]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir() and wanted(info.filename):
                entry = _read_zipped(archive, info)
                allowance -= len(entry.data) if isinstance(entry, SourceFile) else 0
                if allowance < 0:
                    raise ArchiveError(
                        f"{path.name}: grows beyond what is allowed: a decompression bomb?"
                    )
                yield entry


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    if unsafe_path(info.filename):
        return Refused(printable(info.filename), "unsafe path", info.file_size)
    if refusal := _refusal_of_mode(info.external_attr >> 16):
        return Refused(info.filename, refusal)
    if info.file_size > LARGEST_FILE:
        return Refused(info.filename, "file too large", info.file_size)
    with archive.open(info) as stream:
        data = stream.read(LARGEST_FILE + 1)  # the size in the directory may be a lie
    if len(data) > LARGEST_FILE:
        return Refused(info.filename, "file too large", len(data))
    return SourceFile(_relative(info.filename), data)


def _relative(path: str) -> str:
    return PurePosixPath(path).as_posix()


def printable(path: str) -> str:
    """A path that can be printed, whatever bytes its name has."""
    return path.encode("ascii", "backslashreplace").decode("ascii")
