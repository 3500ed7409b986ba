"""The travelling form of shards: xz-packed parts of a chosen size, with a digest each.

Training often happens on another machine. Token ids pack badly and texts pack well, but only ids
can be trained on at once, so what travels is each file of the directory as one xz stream, cut
into parts that an upload limit allows. Unpacking needs nothing but this module, and verifies
every part and every file.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from .archives import unsafe_path
from .documents import read_json, sha256_of, write_json
from .errors import ShardError
from .shards import open_shards

PACKED = "packed.json"
FORMAT = 1
BLOCK = 1 << 20  # bytes read at a time
PRESET = 6  # of xz: unpacking takes 9 MiB of memory, packing about 100


def pack(shards: Path, out: Path, part_bytes: int, with_files: bool = True) -> list[Path]:
    """Pack a directory of shards into parts of at most ``part_bytes`` bytes; returns the parts.

    ``with_files`` takes the held-out texts along. ShardError if the shards do not verify.
    """
    if part_bytes < 1:
        raise ValueError(f"part size {part_bytes}; expected 1 byte or more")
    open_shards(shards, verify=True)
    out.mkdir(parents=True, exist_ok=True)
    for stale in [*out.glob("part-*.xz"), *out.glob(PACKED)]:
        stale.unlink()
    files = [path for path in sorted(shards.rglob("*")) if path.is_file()]
    chosen = [path for path in files if with_files or "files" not in path.relative_to(shards).parts]
    parts = list(_write_parts(_packed(chosen), out, part_bytes))
    rows = [
        {"path": path.relative_to(shards).as_posix(), "bytes": path.stat().st_size,
         "sha256": sha256_of(path)}
        for path in chosen
    ]  # fmt: skip
    described = [{"file": part.name, "sha256": sha256_of(part)} for part in parts]
    write_json(out / PACKED, {"format": FORMAT, "files": rows, "parts": described})
    return parts


def _packed(paths: list[Path]) -> Iterator[bytes]:
    """One xz stream over all files back to back; their sizes say where each ends."""
    packer = lzma.LZMACompressor(preset=PRESET)
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield packer.compress(block)
    yield packer.flush()


def _write_parts(stream: Iterator[bytes], out: Path, limit: int) -> Iterator[Path]:
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

    ShardError names what is missing or altered; a file whose digest disagrees is removed.
    """
    description = _description(packed)
    for part in description["parts"]:
        _check(packed / part["file"], part["sha256"], "copy it again")
    stream = _Unpacked(packed / part["file"] for part in description["parts"])
    for row in description["files"]:
        _unpack_file(stream, row, out)
    open_shards(out, verify=True)


def _description(packed: Path) -> dict[str, Any]:
    path = packed / PACKED
    try:
        description = read_json(path)
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


def _check(path: Path, expected: str, remedy: str) -> None:
    found = sha256_of(path) if path.is_file() else "no such file"
    if found != expected:
        raise ShardError(f"{path}: SHA-256 {found}, expected {expected}; {remedy}")


class _Unpacked:
    """The bytes of all files, from the parts in turn; memory stays at about one block."""

    def __init__(self, parts: Iterator[Path]) -> None:
        self._blocks = self._read(parts)
        self._left = b""

    def _read(self, parts: Iterator[Path]) -> Iterator[bytes]:
        unpacker = lzma.LZMADecompressor()
        for path in parts:
            with path.open("rb") as file:
                while block := file.read(BLOCK):
                    yield from _unpack_block(unpacker, block)

    def take(self, size: int) -> Iterator[bytes]:
        """The next ``size`` bytes, in blocks; ShardError where the parts end before."""
        while size:
            if not self._left:
                try:
                    self._left = next(self._blocks)
                except (StopIteration, lzma.LZMAError, EOFError) as error:
                    raise ShardError(f"packed parts end {size} bytes too early: {error}") from error
            block, self._left = self._left[:size], self._left[size:]
            size -= len(block)
            yield block


def _unpack_block(unpacker: lzma.LZMADecompressor, block: bytes) -> Iterator[bytes]:
    yield unpacker.decompress(block, max_length=BLOCK)
    while not unpacker.needs_input and not unpacker.eof:
        yield unpacker.decompress(b"", max_length=BLOCK)


def _unpack_file(stream: _Unpacked, row: dict[str, Any], out: Path) -> None:
    path = out / PurePosixPath(row["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for block in stream.take(row["bytes"]):
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != row["sha256"]:
        path.unlink()
        raise ShardError(f"{path}: SHA-256 {digest.hexdigest()}, expected {row['sha256']}")
