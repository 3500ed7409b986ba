"""Quantises weights: blocks of columns, with one scale each.

8-bit codes are evenly spaced between the largest weight of a block and its negative. 4-bit codes
stand for sixteen uneven levels (``LEVELS`` of ``engine/modeldir/packing.py``), which are closer
where there are more weights; the scale of each block is the one of some dozens with the smallest
squared error.

Knows matrices of numbers, not what they are for or how they are stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecomplete.engine.modeldir.layout import BITS, BLOCKS
from codecomplete.engine.modeldir.packing import LEVELS, Floats

AT_ONCE = 1 << 15  # weights whose scales are searched together
FINE = 16  # entries of the lookup table of levels for each 8-bit code
_MIDDLES = (LEVELS[1:].astype(np.float32) + LEVELS[:-1]) / 2
NEAREST = np.searchsorted(_MIDDLES, np.arange(-128 * FINE, 128 * FINE + 1) / FINE).astype(np.int8)
TRIED = np.linspace(0.72, 1.24, 27)
"""Scales to try for 4 bits, relative to the one that maps a block's largest weight to the last
level."""


@dataclass(frozen=True)
class Quantisation:
    """How matrices are stored: 8 or 4 bits in blocks of columns, or 32 for float32.

    The embedding and the head are sensitive to rounding: with 4 bits, they still have 8.
    """

    bits: int = 8
    block: int = 64
    table_block: int = 64  # of the embedding and head

    def __post_init__(self) -> None:
        if self.bits not in BITS:
            raise ValueError(f"{self.bits} bits per weight; expected 4, 8 or 32")
        for block in (self.block, self.table_block):
            if block not in BLOCKS:
                raise ValueError(f"blocks of {block}; expected one of {BLOCKS}")

    @classmethod
    def in_blocks(cls, block: int, bits: int = 8) -> Quantisation:
        """Blocks of so many columns, at most 64 for the tables, and at most 32 for 4 bits."""
        return cls(bits, min(block, 32) if bits == 4 else block, min(block, 64))


def rounded_weights(matrix: Floats, bits: int, block: int) -> tuple[NDArray[np.int8], Floats]:
    """Codes (rows, blocks, block), which are indices of levels for 4 bits, and scales (rows,
    blocks). The last block is padded with the code for zero."""
    rows, columns = matrix.shape
    padded = np.zeros((rows, -(-columns // block) * block), dtype=np.float32)
    padded[:, :columns] = matrix
    blocks = padded.reshape(rows, -1, block)
    return _in_8_bits(blocks) if bits == 8 else _in_4_bits(blocks)


def _in_8_bits(blocks: Floats) -> tuple[NDArray[np.int8], Floats]:
    limit = 127
    scales = np.maximum(np.abs(blocks).max(axis=-1), 1e-12) / limit
    codes = np.clip(np.rint(blocks / scales[..., None]), -limit, limit)
    return codes.astype(np.int8), scales.astype(np.float32)


def _in_4_bits(blocks: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Work on a few rows at a time, whose intermediate results fit the processor's cache."""
    rows = max(1, AT_ONCE // blocks[0].size)
    parts = [_tried(blocks[start : start + rows]) for start in range(0, len(blocks), rows)]
    codes, scales = zip(*parts, strict=True)
    return np.concatenate(codes), np.concatenate(scales)


def _tried(blocks: Floats) -> tuple[NDArray[np.int8], Floats]:
    """The scales to try, with both signs, because the levels reach further down than up."""
    largest = np.maximum(np.abs(blocks).max(axis=-1), 1e-12) / 127
    best = np.full(largest.shape, np.inf, np.float32)
    codes, scales = np.zeros(blocks.shape, np.int8), np.zeros_like(largest)
    for factor in np.concatenate([TRIED, -TRIED]):
        tried = _half(largest * np.float32(factor))
        found = _nearest_levels(blocks / tried[..., None])
        error = _error(blocks, found, tried)
        better = error < best
        best, scales = np.where(better, error, best), np.where(better, tried, scales)
        codes[better] = found[better]
    return codes, scales


def _half(scales: Floats) -> Floats:
    """The nearest float32 numbers whose lower 16 bits are zero."""
    bits = scales.astype(np.float32).view(np.uint32)
    return ((bits + 0x8000) & 0xFFFF0000).view(np.float32)


def _nearest_levels(values: Floats) -> NDArray[np.int8]:
    steps = np.rint(values * np.float32(FINE))
    index = np.clip(steps, -128 * FINE, 128 * FINE).astype(np.int32) + 128 * FINE
    return np.asarray(NEAREST[index], np.int8)


def _error(blocks: Floats, codes: NDArray[np.int8], scales: Floats) -> Floats:
    left = blocks - LEVELS[codes].astype(np.float32) * scales[..., None]
    return np.asarray((left * left).sum(axis=-1), np.float32)
