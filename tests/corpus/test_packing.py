"""Packed shards arrive whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecomplete.corpus.errors import ShardError
from codecomplete.corpus.packing import PACKED, pack, unpack
from tests.corpus.test_shards import directory  # noqa: F401  (a fixture)


@pytest.fixture
def packed(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    out = tmp_path_factory.mktemp("packed")
    pack(directory, out, part_bytes=200)
    return out


def test_a_second_packing_replaces_the_first(directory: Path, packed: Path) -> None:  # noqa: F811
    many = len(list(packed.glob("part-*")))
    pack(directory, packed, part_bytes=10**6)
    assert (many > 1, len(list(packed.glob("part-*")))) == (True, 1)


def test_a_missing_part_is_told(packed: Path, tmp_path: Path) -> None:
    (packed / "part-00001.xz").unlink()
    with pytest.raises(ShardError, match=r"part-00001\.xz: SHA-256 no such file.*copy it again"):
        unpack(packed, tmp_path / "out")


def test_an_altered_part_is_told_before_anything_is_written(packed: Path, tmp_path: Path) -> None:
    path = packed / "part-00000.xz"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(ShardError, match=r"part-00000\.xz: SHA-256"):
        unpack(packed, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def describe(packed: Path, change: dict[str, object]) -> None:
    description = json.loads((packed / PACKED).read_text())
    (packed / PACKED).write_text(json.dumps(description | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 7}, "format 7, this code reads 1"),
        ({"files": [{"path": "../out.bin", "bytes": 1, "sha256": ""}]}, "outside the folder"),
        ({"files": [{"path": "/out.bin", "bytes": 1, "sha256": ""}]}, "outside the folder"),
        ({"files": 3}, "not a description"),
        ({"files": [{"path": "a", "bytes": 10**6, "sha256": ""}]}, "end .* too early"),
        ({"files": [{"path": "a", "bytes": 3, "sha256": "00"}]}, "expected 00"),
    ],
)
def test_a_false_description_is_refused(
    packed: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    describe(packed, change)
    with pytest.raises(ShardError, match=message):
        unpack(packed, tmp_path / "out")


def test_nothing_packed_is_told(tmp_path: Path) -> None:
    with pytest.raises(ShardError, match=r"packed\.json: cannot be read"):
        unpack(tmp_path, tmp_path / "out")


def test_shards_that_do_not_verify_are_not_packed(
    directory: Path,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    (directory / "train-00000.bin").write_bytes(b"")
    with pytest.raises(ShardError, match=r"train-00000\.bin"):
        pack(directory, tmp_path_factory.mktemp("packed"), part_bytes=100)
    with pytest.raises(ValueError, match="part size 0"):
        pack(directory, directory.parent / "packed", part_bytes=0)
