"""What is packed into tiles is unpacked again, number for number, at any number of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.modeldir import packing

ROWS = st.sampled_from([1, 15, 16, 17, 40])
SEEDS = st.integers(0, 99)


def tiles(rows: int) -> int:
    return -(-rows // packing.TILE)


@pytest.mark.parametrize("bits", [8, 4])
@given(rows=ROWS, blocks=st.integers(1, 3), block=st.sampled_from([32, 64, 96]), seed=SEEDS)
def test_codes_and_scales_come_back(bits, rows, blocks, block, seed):
    chance = np.random.default_rng(seed)
    low, high = (-127, 128) if bits == 8 else (0, 16)
    codes = chance.integers(low, high, (rows, blocks, block)).astype(np.int8)
    scales = chance.random((rows, blocks)).astype(np.float32)
    if bits == 4:  # which has only the upper halves
        scales = (scales.view(np.uint32) & 0xFFFF0000).view(np.float32)
    data = packing.packed(codes, scales, bits)
    assert len(data) == tiles(rows) * packing.tile_bytes(blocks * block, bits, block)
    assert len(data) % packing.ALIGNMENT == 0
    array = np.frombuffer(data, np.uint8)
    found, factors = packing.unpacked(array, rows, blocks * block, bits, block)
    wanted = codes if bits == 8 else packing.LEVELS[codes]
    assert np.array_equal(found, wanted) and np.array_equal(factors, scales)


@given(rows=ROWS, columns=st.integers(1, 40), seed=SEEDS)
def test_floats_come_back(rows, columns, seed):
    matrix = np.random.default_rng(seed).random((rows, columns)).astype(np.float32)
    data = packing.packed_floats(matrix)
    assert len(data) == tiles(rows) * packing.tile_bytes(columns, 32, 0)
    found = packing.unpacked_floats(np.frombuffer(data, np.uint8), rows, columns)
    assert np.array_equal(found, matrix)


def test_a_weight_is_its_code_times_the_scale_of_its_row_and_block():
    codes = np.array([[[1, 2], [3, 4]]], np.int8)
    scales = np.array([[10, 100]], np.float32)
    assert packing.dequantised(codes, scales, 3).tolist() == [[10, 20, 300]]
