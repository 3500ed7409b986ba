"""Finds long passages that occur in a corpus more than once, and writes shards without them.

Finds the later occurrences of every run of ids of some length: the same passages that a suffix
array gives (Lee et al. 2022, arXiv 2107.06499), by sorting hashes of all windows of that length and
comparing windows with equal hashes. MinHash (``duplicates``) drops documents that are similar as a
whole; this cuts shared parts out of documents that are not.

Knows ids and shards; not texts.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecomplete.engine.tokenizer import Tokenizer

from .documents import write_json
from .errors import ShardError
from .outputs import fresh, require_writable
from .shards import (
    DESCRIPTION,
    INDEX,
    SHARDS,
    ShardSet,
    TokenPart,
    open_shards,
    totals,
    write_split,
)

LENGTH = 100  # ids
FEWEST_LEFT = 32  # ids; a document of which fewer are left is dropped
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Ids = NDArray[np.uint16]
Mask = NDArray[np.bool_]


def repeats(ids: Ids, breaks: Mask, length: int) -> Mask:
    """Which ids are in a window of ``length`` ids that occurred earlier, [len(ids)].

    No window contains an id where ``breaks`` is true: special tokens end every passage.
    """
    inside = np.zeros(len(ids), dtype=np.bool_)
    if len(ids) < length:
        return inside
    starts = _later(ids, _whole(breaks, length), length)
    edges = np.zeros(len(ids) + 1, dtype=np.int64)
    np.add.at(edges, starts, 1)
    np.add.at(edges, starts + length, -1)
    return np.asarray(np.cumsum(edges[:-1]) > 0)


def _whole(breaks: Mask, length: int) -> NDArray[np.int64]:
    """The starts of the windows without a break."""
    total = np.concatenate([[0], np.cumsum(breaks)])
    return np.flatnonzero(total[length:] == total[:-length])


def _later(ids: Ids, starts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """The windows that are equal to one that begins earlier."""
    if not len(starts):
        return starts
    hashes = np.zeros(len(starts), dtype=np.uint64)
    for offset in range(length):  # wraps modulo 2**64 on purpose
        hashes = hashes * _MULTIPLIER + ids[starts + offset]
    order = np.argsort(hashes, kind="stable")
    new = np.concatenate([[True], hashes[order][1:] != hashes[order][:-1]])
    first = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
    candidates, originals = starts[order[~new]], starts[first[~new]]
    same = np.ones(len(candidates), dtype=np.bool_)
    for offset in range(length):
        same &= ids[candidates + offset] == ids[originals + offset]
    found: NDArray[np.int64] = candidates[same]
    return found


def thin(shards: Path, out: Path, length: int = LENGTH) -> dict[str, int]:
    """Write shards whose training text repeats no passage of ``length`` ids; held-out text stays.

    Returns how many ids there were, and how many were cut out. Raises OutputError if ``out``
    contains anything but shards.
    """
    require_writable(out, SHARDS, shards)
    opened = open_shards(shards, verify=True)
    vocabulary = Tokenizer.load(shards / "tokenizer.json")
    whole = _joined(opened)
    special = np.zeros(1 << 16, dtype=np.bool_)
    special[sorted(vocabulary.special_ids)] = True
    cut = repeats(whole.ids, special[whole.ids], length)
    left = _without(whole, cut, [len(text) for text in vocabulary.token_bytes])
    if not len(left.index):
        raise ShardError(f"{shards}: nothing would be left; choose a greater length than {length}")
    with fresh(out, SHARDS, shards) as folder:
        _write(opened, left, folder)
    return {"ids": len(whole.ids), "cut": int(cut.sum()), "documents": len(left.index)}


def _joined(opened: ShardSet) -> TokenPart:
    """All training shards as one part."""
    shards = opened.split("train")
    index = np.concatenate([np.zeros(0, INDEX), *(shard.index for shard in shards)])
    lengths = index["length"].astype(np.int64)
    index["start"] = np.cumsum(lengths) - lengths
    ids = np.concatenate([np.zeros(0, np.uint16), *(shard.ids for shard in shards)])
    return TokenPart(ids, index)


def _without(part: TokenPart, cut: Mask, sizes: list[int]) -> TokenPart:
    """The documents without the ids that are cut; documents with few ids left are dropped."""
    bytes_of = np.array(sizes, dtype=np.int64)
    rows, ids, start = [], [np.zeros(0, np.uint16)], 0
    for row in part.index:
        begin, end = int(row["start"]), int(row["start"]) + int(row["length"])
        kept = part.ids[begin:end][~cut[begin:end]]
        if len(kept) < min(FEWEST_LEFT, end - begin):
            continue
        changed = row.copy()
        changed["start"], changed["length"] = start, len(kept)
        changed["bytes"] = bytes_of[kept].sum() if len(kept) < end - begin else row["bytes"]
        rows.append(changed)
        ids.append(kept)
        start += len(kept)
    return TokenPart(np.concatenate(ids), np.array(rows, dtype=INDEX))


def _write(opened: ShardSet, part: TokenPart, out: Path) -> None:
    description: dict[str, Any] = dict(opened.description)
    for path in opened.directory.iterdir():
        if path.name.startswith(".") or path.name.startswith("train-") or path.name == DESCRIPTION:
            continue
        copy = shutil.copytree if path.is_dir() else shutil.copyfile
        copy(path, out / path.name)
    rows = write_split(out, "train", [part], np.arange(len(part.index)), 1 << 25)
    splits = dict(description["splits"]) | {"train": {**totals(part.index), "shards": rows}}
    write_json(out / DESCRIPTION, description | {"splits": splits})
