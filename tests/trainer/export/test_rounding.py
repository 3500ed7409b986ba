"""Rounding leaves every weight near what it was, and four bits at the best scale that was tried."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.modeldir.packing import LEVELS, dequantised
from codecomplete.trainer.export.rounding import Quantisation, rounded_weights

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 100))
SEEDS = st.integers(0, 99)


def weights(shape: tuple[int, int], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@given(shape=SHAPES, block=st.sampled_from([32, 64]), seed=SEEDS)
def test_eight_bits_are_off_by_at_most_half_a_step(shape, block, seed):
    matrix = weights(shape, seed)
    codes, scales = rounded_weights(matrix, 8, block)
    found = dequantised(codes, scales, shape[1])
    steps = np.repeat(scales, block, axis=1)[:, : shape[1]]
    assert (np.abs(found - matrix) <= 0.5001 * steps).all()


@given(shape=SHAPES, seed=SEEDS)
def test_four_bits_err_no_more_than_with_the_largest_weight_on_the_last_level(shape, seed):
    matrix = weights(shape, seed)
    codes, scales = rounded_weights(matrix, 4, 32)
    assert codes.min() >= 0 and codes.max() < len(LEVELS)
    assert not (scales.view(np.uint32) & 0xFFFF).any()  # only upper halves are stored
    padded = np.zeros((shape[0], codes.shape[1] * 32), np.float32)
    padded[:, : shape[1]] = matrix
    blocks = padded.reshape(codes.shape)
    plain = np.abs(blocks).max(axis=-1, keepdims=True) / 127
    nearest = np.abs(blocks[..., None] - plain[..., None] * LEVELS).min(axis=-1)
    found = LEVELS[codes] * scales[..., None]
    error, wanted = norm(found - blocks), norm(nearest)
    assert (error <= wanted + norm(blocks) / 256).all()  # what the missing half of a scale may cost


def norm(blocks: np.ndarray) -> np.ndarray:
    return np.sqrt(np.square(blocks).sum(axis=-1))


@pytest.mark.parametrize("bits", [4, 8])
def test_zeros_stay_zeros(bits):
    codes, scales = rounded_weights(np.zeros((2, 40), np.float32), bits, 32)
    assert not dequantised(LEVELS[codes] if bits == 4 else codes, scales, 40).any()


def test_what_cannot_be_stored_is_refused():
    with pytest.raises(ValueError, match="5 bits per weight"):
        Quantisation(bits=5)
    with pytest.raises(ValueError, match="blocks of 48"):
        Quantisation(table_block=48)
    assert Quantisation.in_blocks(256, bits=4) == Quantisation(4, 32, 64)
