"""Results in parts of a bounded size, and back, bit for bit."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from codecomplete.trainer.errors import CheckpointError
from codecomplete.trainer.runs import parcels


@pytest.fixture
def wrapped(tmp_path) -> Path:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "noise").write_bytes(random.Random(1).randbytes(10_000))
    parcels.wrap([source], tmp_path / "parcels", most=3_000)
    return tmp_path


def test_no_part_is_larger_than_allowed(wrapped):
    sizes = [path.stat().st_size for path in (wrapped / "parcels").glob("parcel-*")]
    assert len(sizes) == 4 and max(sizes) <= 3_000


def test_they_come_back_whole(wrapped):
    out = parcels.unwrap(wrapped / "parcels", wrapped / "out")
    name = Path("source/inner/noise")
    assert (out / name).read_bytes() == (wrapped / name).read_bytes()


def test_a_damaged_part_is_named(wrapped):
    (wrapped / "parcels" / "parcel-01").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"parcel-01: SHA-256 .*fetch it again"):
        parcels.unwrap(wrapped / "parcels", wrapped / "out")


def test_planes_keep_bf16_exactly(tmp_path):
    weights = {"a": torch.randn(7, 5), "b": torch.randn(3), "c": torch.tensor(2.5)}
    back = parcels.load_planes(parcels.save_planes(weights, tmp_path / "weights.bf16"))
    assert all(torch.equal(back[name], value.bfloat16()) for name, value in weights.items())
    assert [*back] == [*weights]
