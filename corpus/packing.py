"""Shards packed for transfer: one xz stream in parts of a chosen size, with digests.

Training often happens on another machine. Shards are shuffled, which hides from xz what the files
of one package share; so the ids are packed by package (12 % smaller, measured), and unpacking puts
them back into their shuffled places, as the index says. Every part and every file is verified.

Knows nothing of how shards are made.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .archives import unsafe_path
from .documents import read_json, sha256_of, write_json
from .errors import ShardError
from .outputs import MARKER, Kind, fresh, require_writable
from .shards import IDS, SHARDS, Shard, ShardSet, open_shards

PACKED = "packed.json"
PACKED_SHARDS = Kind("packed shards")
FORMAT = 1
BLOCK = 1 << 20  # bytes read at a time
PRESET = 6  # of xz: unpacking takes 9 MiB of memory, packing about 100


def pack(shards: Path, out: Path, part_bytes: int, with_files: bool = True) -> list[Path]:
    """Pack a directory of shards into parts of at most ``part_bytes`` bytes; returns the parts.

    ``with_files`` includes the held-out texts. Raises ShardError if the shards do not verify.
    """
    if part_bytes < 1:
        raise ValueError(f"part size {part_bytes}; expected 1 byte or more")
    require_writable(out, PACKED_SHARDS, shards)
    opened = open_shards(shards, verify=True)
    with fresh(out, PACKED_SHARDS, shards) as folder:
        files = _files(shards, with_files)
        stream = _packed([*map(_blocks_of, files), _grouped_ids(opened)])
        parts = list(_write_parts(stream, folder, part_bytes))
        rows = [_file_row(path, shards) for path in files]
        described = [{"file": part.name, "sha256": sha256_of(part)} for part in parts]
        write_json(folder / PACKED, {"format": FORMAT, "files": rows, "parts": described})
    return [out / part.name for part in parts]


def _files(shards: Path, with_files: bool) -> list[Path]:
    """The files that are packed unchanged: everything but the ids."""
    files = [
        path
        for path in sorted(shards.rglob("*"))
        if path.is_file() and path.suffix != ".bin" and path != shards / MARKER
    ]
    return [path for path in files if with_files or path.relative_to(shards).parts[0] != "files"]


def _file_row(path: Path, shards: Path) -> dict[str, Any]:
    name = path.relative_to(shards).as_posix()
    return {"path": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def _blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _grouped_ids(shards: ShardSet) -> Iterator[bytes]:
    for name in sorted(shards.description["splits"]):
        split = shards.split(name)
        for shard, row in _grouped(split):
            yield split[shard].ids[row["start"] : row["start"] + row["length"]].tobytes()


def _grouped(split: list[Shard]) -> Iterator[tuple[int, NDArray[np.void]]]:
    """Every document of a split as (number of its shard, index row), package by package."""
    if not split:
        return
    rows = np.concatenate([shard.index for shard in split])
    shard_of = np.repeat(np.arange(len(split)), [len(shard.index) for shard in split])
    for at in np.argsort(rows["package"], kind="stable"):
        yield int(shard_of[at]), rows[at]


def _packed(sources: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """One xz stream of all sources, one after another; their sizes give the end of each."""
    packer = lzma.LZMACompressor(preset=PRESET)
    for source in sources:
        for block in source:
            yield packer.compress(block)
    yield packer.flush()


def _write_parts(stream: Iterable[bytes], out: Path, limit: int) -> Iterator[Path]:
    left = bytearray()
    number = 0
    for block in stream:
        left += block
        while len(left) >= limit:
            yield _write_part(out, number, left[:limit])
            del left[:limit]
            number += 1
    if left:
        yield _write_part(out, number, left)


def _write_part(out: Path, number: int, data: bytearray) -> Path:
    path = out / f"part-{number:05}.xz"
    path.write_bytes(data)
    return path


def unpack(packed: Path, out: Path) -> None:
    """Unpack parts into a directory of shards, then verify it.

    Raises ShardError, which names what is missing or altered, and then leaves nothing behind; and
    OutputError if ``out`` contains anything but shards.
    """
    require_writable(out, SHARDS)
    description = _description(packed)
    for part in description["parts"]:
        _check(packed / part["file"], part["sha256"])
    with fresh(out, SHARDS) as folder:
        _unpack(packed, description, folder)


def _unpack(packed: Path, description: dict[str, Any], out: Path) -> None:
    stream = _Unpacked(packed / part["file"] for part in description["parts"])
    for row in description["files"]:
        _unpack_file(stream, row, out)
    shards = open_shards(out)
    for name in sorted(shards.description["splits"]):
        _unpack_ids(stream, shards.split(name))
    shards.verify()


def _description(packed: Path) -> dict[str, Any]:
    path = packed / PACKED
    try:
        description: dict[str, Any] = read_json(path)
        found, files = description["format"], description["files"]
        names = [*(row["path"] for row in files), *(row["file"] for row in description["parts"])]
    except OSError as error:
        raise ShardError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ShardError(f"{path}: not a description of packed shards: {error}") from error
    if found != FORMAT:
        raise ShardError(f"{path}: format {found}, this code reads {FORMAT}; pack them again")
    if bad := [name for name in names if unsafe_path(name)]:
        raise ShardError(f"{path}: {bad[0]!r} is outside the folder; not unpacked")
    return description


def _check(path: Path, expected: str) -> None:
    found = sha256_of(path) if path.is_file() else "no such file"
    if found != expected:
        raise ShardError(f"{path}: SHA-256 {found}, expected {expected}; copy it again")


class _Unpacked:
    """The unpacked bytes of all parts in order, with about one block in memory."""

    def __init__(self, parts: Iterable[Path]) -> None:
        self._blocks = self._read(parts)
        self._left = memoryview(b"")

    def _read(self, parts: Iterable[Path]) -> Iterator[bytes]:
        unpacker = lzma.LZMADecompressor()
        for path in parts:
            for block in _blocks_of(path):
                yield unpacker.decompress(block, max_length=BLOCK)
                while not unpacker.needs_input and not unpacker.eof:
                    yield unpacker.decompress(b"", max_length=BLOCK)

    def take(self, size: int) -> Iterator[memoryview]:
        """The next ``size`` bytes, in blocks. Raises ShardError if the parts end too early."""
        while size:
            if not self._left:
                try:
                    self._left = memoryview(next(self._blocks))
                except (StopIteration, lzma.LZMAError, EOFError) as error:
                    raise ShardError(f"packed parts end {size} bytes too early: {error}") from error
            block, self._left = self._left[:size], self._left[size:]
            size -= len(block)
            yield block


def _unpack_file(stream: _Unpacked, row: dict[str, Any], out: Path) -> None:
    path = out / PurePosixPath(row["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for block in stream.take(row["bytes"]):
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != row["sha256"]:
        raise ShardError(f"{row['path']}: SHA-256 {digest.hexdigest()}, expected {row['sha256']}")


def _unpack_ids(stream: _Unpacked, split: list[Shard]) -> None:
    """Write a split's ids, which arrive package by package, to their places in its shards."""
    targets = [np.memmap(shard.bin, IDS, "w+", shape=(shard.tokens,)) for shard in split]
    for shard, row in _grouped(split):
        data = b"".join(stream.take(int(row["length"]) * IDS.itemsize))
        targets[shard][row["start"] : row["start"] + row["length"]] = np.frombuffer(data, IDS)
    for target in targets:
        target.flush()
