"""Shards say what they hold, and refuse to be read as anything else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from codecomplete.corpus import INDEX, ShardError, open_shards
from codecomplete.corpus.documents import sha256_of, write_json
from codecomplete.corpus.shards import TokenPart, write_split


def part(first: int, lengths: list[int], package: int) -> TokenPart:
    starts = np.cumsum([0, *lengths])
    ids = np.arange(first, first + starts[-1], dtype=np.uint16)
    rows = [
        (start, length, 1, package, length * 3)
        for start, length in zip(starts, lengths, strict=False)
    ]
    return TokenPart(ids, np.array(rows, dtype=INDEX))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Two shards of three documents."""
    parts = [part(0, [4, 3], 0), part(100, [5], 1)]
    shards = write_split(tmp_path, "train", parts, np.array([2, 0, 1]), 9)
    (tmp_path / "tokenizer.json").write_text("{}")
    split = {"tokens": 12, "documents": 3, "bytes": 36, "languages": {}, "shards": shards}
    description = {
        "format": 1,
        "vocabulary_size": 500,
        "tokenizer_sha256": sha256_of(tmp_path / "tokenizer.json"),
        "languages": ["c"],
        "packages": ["a", "b"],
        "splits": {"train": split},
    }
    write_json(tmp_path / "shards.json", description)
    return tmp_path


def test_documents_are_written_in_the_order_asked_for(directory: Path) -> None:
    shards = open_shards(directory, verify=True)
    documents = [
        (row["package"].item(), shard.ids[row["start"] : row["start"] + row["length"]].tolist())
        for shard in shards.split("train")
        for row in shard.index
    ]
    assert documents == [
        (1, [100, 101, 102, 103, 104]),
        (0, [0, 1, 2, 3]),
        (0, [4, 5, 6]),
    ]
    assert [shard.tokens for shard in shards.split("train")] == [5, 7]
    assert (shards.vocabulary_size, shards.packages) == (500, ["a", "b"])


def test_arrays_are_mapped_and_read_only(directory: Path) -> None:
    shard = open_shards(directory).split("train")[0]
    assert isinstance(shard.ids, np.memmap)
    assert not shard.ids.flags.writeable
    assert (shard.ids.dtype, shard.index.dtype) == (np.dtype("<u2"), INDEX)


@pytest.mark.parametrize("file", ["train-00001.bin", "train-00000.idx.npy", "tokenizer.json"])
def test_an_altered_file_does_not_verify(directory: Path, file: str) -> None:
    data = bytearray((directory / file).read_bytes())
    data[-1] ^= 1
    (directory / file).write_bytes(data)
    with pytest.raises(ShardError, match=rf"{file}: SHA-256 \w+, expected"):
        open_shards(directory, verify=True)


@pytest.mark.parametrize("file", ["train-00001.bin", "train-00001.idx.npy"])
def test_a_missing_file_is_told(directory: Path, file: str) -> None:
    (directory / file).unlink()
    with pytest.raises(ShardError, match=rf"{file}: SHA-256 no such file"):
        open_shards(directory, verify=True)
    shard = open_shards(directory).split("train")[1]
    with pytest.raises(ShardError, match="cannot be mapped"):
        _ = shard.ids, shard.index


def test_a_cut_file_is_told_without_verifying(directory: Path) -> None:
    path = directory / "train-00000.bin"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ShardError, match=r"3 ids, shards\.json says 5"):
        _ = open_shards(directory).split("train")[0].ids


def test_an_index_of_another_shape_is_told(directory: Path) -> None:
    np.save(directory / "train-00000.idx.npy", np.zeros(1, dtype=np.int64))
    with pytest.raises(ShardError, match="1 rows of int64, expected 1"):
        _ = open_shards(directory).split("train")[0].index


def test_an_index_with_pickled_objects_is_refused(directory: Path) -> None:
    np.save(directory / "train-00000.idx.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ShardError, match="cannot be mapped"):
        _ = open_shards(directory).split("train")[0].index


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"cannot be read: .*python -m corpus build"),
        ("{", "not a description of shards"),
        ("[]", "not a description of shards"),
        (json.dumps({"format": 9}), "format 9, this code reads 1"),
    ],
)
def test_a_directory_of_something_else_is_told(
    tmp_path: Path, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / "shards.json").write_text(text)
    with pytest.raises(ShardError, match=message):
        open_shards(tmp_path)


def test_an_unknown_split_names_those_there_are(directory: Path) -> None:
    with pytest.raises(ShardError, match=r"no split 'dev'; there are \['train'\]"):
        open_shards(directory).split("dev")
