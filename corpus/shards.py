"""Token shards on disk: written once, then memory-mapped.

A shard is two files. ``NAME.bin`` contains little-endian uint16 ids: for each document, ``<bos>``,
its language's tag, its tokens, ``<eos>``. ``NAME.idx.npy`` has one row of ``INDEX`` per document.
``shards.json`` lists the shards of each split with counts and SHA-256 digests.

Knows nothing of where documents come from, or how they are batched for training.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecomplete.engine.languages import LANGUAGES

from .documents import sha256_of
from .errors import ShardError
from .outputs import Kind

FORMAT = 1
IDS = np.dtype("<u2")
INDEX = np.dtype(
    [
        ("start", "<u8"),  # position of the document's first id in the shard
        ("length", "<u4"),  # ids, the special tokens included
        ("language", "u1"),  # index into engine.languages.LANGUAGES
        ("package", "<u2"),  # index into "packages" of shards.json
        ("bytes", "<u4"),  # UTF-8 bytes of the text, without special tokens
    ]
)
DESCRIPTION = "shards.json"
SHARDS = Kind("token shards")


@dataclass(frozen=True)
class Shard:
    """One shard of a split; the arrays are mapped on first use."""

    bin: Path
    idx: Path
    tokens: int
    documents: int
    sha256: str
    index_sha256: str

    @cached_property
    def ids(self) -> NDArray[np.uint16]:
        """All ids, [tokens], mapped read-only. Raises ShardError if the file's length differs."""
        try:
            ids = np.memmap(self.bin, dtype=IDS, mode="r")
        except (OSError, ValueError) as error:
            raise ShardError(f"{self.bin}: cannot be mapped: {error}; unpack it again") from error
        if len(ids) != self.tokens:
            raise ShardError(f"{self.bin}: {len(ids)} ids, {DESCRIPTION} says {self.tokens}")
        return ids

    @cached_property
    def index(self) -> NDArray[np.void]:
        """One row of ``INDEX`` per document, [documents], mapped read-only. Raises ShardError."""
        try:
            index: NDArray[np.void] = np.load(self.idx, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ShardError(f"{self.idx}: cannot be mapped: {error}; unpack it again") from error
        if index.dtype != INDEX or len(index) != self.documents:
            raise ShardError(
                f"{self.idx}: {len(index)} rows of {index.dtype}, expected {self.documents} of "
                f"{INDEX}; unpack or build the shards again"
            )
        return index

    def verify(self) -> None:
        """Raise ShardError unless both files have the digests in ``shards.json``."""
        for path, expected in ((self.bin, self.sha256), (self.idx, self.index_sha256)):
            found = sha256_of(path) if path.is_file() else "no such file"
            if found != expected:
                raise ShardError(f"{path}: SHA-256 {found}, expected {expected}; unpack it again")


@dataclass(frozen=True)
class ShardSet:
    """A directory of shards, as its ``shards.json`` describes it."""

    directory: Path
    description: dict[str, Any]

    @property
    def vocabulary_size(self) -> int:
        return int(self.description["vocabulary_size"])

    @property
    def languages(self) -> list[str]:
        return list(self.description["languages"])

    @property
    def packages(self) -> list[str]:
        return list(self.description["packages"])

    def split(self, name: str) -> list[Shard]:
        """The shards of a split, in order. Raises ShardError, which names the existing splits."""
        splits = self.description["splits"]
        if name not in splits:
            raise ShardError(f"{self.directory}: no split {name!r}; there are {sorted(splits)}")
        return [self._shard(row) for row in splits[name]["shards"]]

    def _shard(self, row: dict[str, Any]) -> Shard:
        return Shard(
            self.directory / row["file"],
            self.directory / row["index"],
            row["tokens"],
            row["documents"],
            row["sha256"],
            row["index_sha256"],
        )

    def verify(self) -> None:
        """Raise ShardError unless the tokenizer and every shard have their digests."""
        tokenizer = self.directory / "tokenizer.json"
        found = sha256_of(tokenizer) if tokenizer.is_file() else "no such file"
        if found != self.description["tokenizer_sha256"]:
            raise ShardError(
                f"{tokenizer}: SHA-256 {found}, expected {self.description['tokenizer_sha256']}"
            )
        for name in self.description["splits"]:
            for shard in self.split(name):
                shard.verify()


def open_shards(directory: str | Path, verify: bool = False) -> ShardSet:
    """Open a directory of shards; with ``verify``, read every file and check its digest.

    Raises ShardError if the directory is not of this format, or if a digest differs.
    """
    directory = Path(directory)
    path = directory / DESCRIPTION
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        found = description["format"]
    except OSError as error:
        raise ShardError(
            f"{path}: cannot be read: {error.strerror}; make it with python -m corpus build"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ShardError(f"{path}: not a description of shards: {error}") from error
    if found != FORMAT:
        raise ShardError(f"{path}: format {found}, this code reads {FORMAT}; build them again")
    shards = ShardSet(directory, description)
    if verify:
        shards.verify()
    return shards


def totals(index: NDArray[np.void]) -> dict[str, Any]:
    """A split's tokens, documents and bytes for ``shards.json``, in total and by language."""
    present = [number for number in range(len(LANGUAGES)) if (index["language"] == number).any()]
    languages = {LANGUAGES[at]: _counts(index[index["language"] == at]) for at in present}
    return {**_counts(index), "languages": languages}


def _counts(rows: NDArray[np.void]) -> dict[str, int]:
    return {
        "tokens": int(rows["length"].sum(dtype=np.int64)),
        "documents": len(rows),
        "bytes": int(rows["bytes"].sum(dtype=np.int64)),
    }


@dataclass(frozen=True)
class TokenPart:
    """The encoded documents of one package: ids back to back, and their index rows."""

    ids: NDArray[np.uint16]
    index: NDArray[np.void]


def write_split(
    directory: Path, split: str, parts: Sequence[TokenPart], order: NDArray[np.int64], limit: int
) -> list[dict[str, Any]]:
    """Write the documents of ``parts`` in ``order`` as shards of about ``limit`` ids each.

    ``order`` contains document numbers, counted through all parts. Returns the rows of
    ``shards.json``.
    """
    part_of = np.repeat(np.arange(len(parts)), [len(part.index) for part in parts])
    lengths = np.concatenate([part.index["length"] for part in parts] or [np.zeros(0, "<u4")])
    firsts = np.cumsum([0, *(len(part.index) for part in parts)])
    groups = _cut(lengths[order].astype(np.int64), limit)
    rows = []
    for number, (begin, end) in enumerate(groups):
        chosen = [(parts[part_of[at]], int(at - firsts[part_of[at]])) for at in order[begin:end]]
        rows.append(write_shard(directory, f"{split}-{number:05}", chosen))
    return rows


def _cut(lengths: NDArray[np.int64], limit: int) -> list[tuple[int, int]]:
    shard_of = np.cumsum(lengths) // limit
    edges = [0, *(np.flatnonzero(np.diff(shard_of)) + 1).tolist(), len(lengths)]
    return [(begin, end) for begin, end in itertools.pairwise(edges) if end > begin]


def write_shard(directory: Path, name: str, chosen: list[tuple[TokenPart, int]]) -> dict[str, Any]:
    """Write documents, each given as a part and its position there; returns the shard's row."""
    index = np.zeros(len(chosen), dtype=INDEX)
    start = 0
    with (directory / f"{name}.bin").open("wb") as file:
        for row, (part, at) in enumerate(chosen):
            index[row] = part.index[at]
            begin = int(part.index["start"][at])
            index["start"][row] = start
            start += int(part.index["length"][at])
            file.write(part.ids[begin : begin + int(part.index["length"][at])].tobytes())
    np.save(directory / f"{name}.idx.npy", index, allow_pickle=False)
    return {
        "file": f"{name}.bin",
        "index": f"{name}.idx.npy",
        "tokens": start,
        "documents": len(chosen),
        "sha256": sha256_of(directory / f"{name}.bin"),
        "index_sha256": sha256_of(directory / f"{name}.idx.npy"),
    }
