"""How numbers are laid out in ``weights.bin``: in tiles of 16 rows, as the kernel reads them.

An 8-bit matrix is a sequence of tiles. A tile consists of its scales, float32 (blocks, 16 rows),
padded to 64 bytes, and its codes, int8 (columns / 4, 16 rows, 4): four columns of a row next to
each other. A code times the scale of its row and block is the weight. With 4 bits, scales are the
upper halves of float32, and a byte contains an index into ``LEVELS`` for one column (low), and for
the one four columns later (high): (columns / 8, 16 rows, 4). With 32 bits, a tile is float32
(columns, 16 rows). Rows are padded to whole tiles and columns to whole blocks, with zeros.

Vectors, and tables that are only looked up by row, are float32 in their own order.

Knows nothing of models; ``layout.py`` defines the tensors and their places.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

TILE = 16
ALIGNMENT = 64  # of every tensor: a cache line

LEVELS = np.array(
    [-127, -99, -79, -64, -50, -36, -24, -12, 0, 12, 24, 37, 50, 65, 82, 105], dtype=np.int8
)
"""The values of the sixteen 4-bit codes; the kernel has the same list."""

Codes = NDArray[np.int8]
Floats = NDArray[np.float32]


def rounded(number: int, multiple: int) -> int:
    """The next multiple of ``multiple``."""
    return -(-number // multiple) * multiple


def scale_bytes(blocks: int, bits: int) -> int:
    """The bytes of a tile's scales."""
    return rounded(blocks * TILE * (4 if bits == 8 else 2), ALIGNMENT)


def tile_bytes(columns: int, bits: int, block: int) -> int:
    """The bytes of a tile of so many columns."""
    if bits == 32:
        return columns * TILE * 4
    columns = rounded(columns, block)
    return scale_bytes(columns // block, bits) + columns * TILE * bits // 8


def packed(codes: NDArray[Any], scales: Floats, bits: int) -> bytes:
    """A matrix as its tiles. codes: (rows, blocks, block) of int8, or of indices; scales: (rows,
    blocks)."""
    rows, blocks, block = codes.shape
    tiles = -(-rows // TILE)
    centre = int(np.flatnonzero(LEVELS == 0)[0]) if bits == 4 else 0
    all_codes = np.full((tiles * TILE, blocks * block), centre, codes.dtype)
    all_codes[:rows] = codes.reshape(rows, -1)
    all_scales = np.zeros((tiles * TILE, blocks), np.float32)
    all_scales[:rows] = scales
    by_tile = all_scales.reshape(tiles, TILE, blocks).transpose(0, 2, 1)
    return _tiles(_packed_codes(all_codes, bits), _packed_scales(by_tile, bits))


def _tiles(codes: NDArray[np.uint8], scales: NDArray[np.uint8]) -> bytes:
    filled = rounded(scales.shape[1], ALIGNMENT)
    head = np.zeros((len(scales), filled), np.uint8)
    head[:, : scales.shape[1]] = scales
    return np.concatenate([head, codes], axis=1).tobytes()


def _packed_codes(codes: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    tiles = codes.shape[0] // TILE
    if bits == 8:
        quads = codes.astype(np.int8).reshape(tiles, TILE, -1, 4).transpose(0, 2, 1, 3)
        return np.ascontiguousarray(quads).view(np.uint8).reshape(tiles, -1)
    pairs = codes.astype(np.uint8).reshape(tiles, TILE, -1, 2, 4)
    both = pairs[:, :, :, 0] | pairs[:, :, :, 1] << 4
    return np.ascontiguousarray(both.transpose(0, 2, 1, 3)).reshape(tiles, -1)


def _packed_scales(scales: Floats, bits: int) -> NDArray[np.uint8]:
    flat = np.ascontiguousarray(scales).reshape(len(scales), -1)
    if bits == 4:
        return (flat.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    return flat.view(np.uint8)


def packed_floats(matrix: Floats) -> bytes:
    """A float32 matrix as tiles."""
    rows, columns = matrix.shape
    tiles = -(-rows // TILE)
    whole = np.zeros((tiles * TILE, columns), np.float32)
    whole[:rows] = matrix
    return whole.reshape(tiles, TILE, columns).transpose(0, 2, 1).tobytes()


def unpacked(
    data: NDArray[np.uint8], rows: int, columns: int, bits: int, block: int
) -> tuple[Codes, Floats]:
    """Codes (rows, blocks, block), 4-bit ones through ``LEVELS``, and scales (rows, blocks)."""
    blocks = -(-columns // block)
    tiles, head = -(-rows // TILE), scale_bytes(blocks, bits)
    tiled = data.reshape(tiles, -1)
    size = blocks * TILE * (4 if bits == 8 else 2)
    scales = _unpacked_scales(np.ascontiguousarray(tiled[:, :size]), bits)
    by_row = scales.reshape(tiles, blocks, TILE).transpose(0, 2, 1).reshape(-1, blocks)
    codes = _unpacked_codes(np.ascontiguousarray(tiled[:, head:]), bits)
    return codes.reshape(-1, blocks, block)[:rows], np.ascontiguousarray(by_row[:rows])


def _unpacked_codes(data: NDArray[np.uint8], bits: int) -> Codes:
    if bits == 8:
        return data.view(np.int8).reshape(len(data), -1, TILE, 4).transpose(0, 2, 1, 3)
    both = data.reshape(len(data), -1, TILE, 4).transpose(0, 2, 1, 3)
    return LEVELS[np.stack([both & 15, both >> 4], axis=3)]


def _unpacked_scales(data: NDArray[np.uint8], bits: int) -> Floats:
    if bits == 4:
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return data.view(np.float32)


def unpacked_floats(data: NDArray[np.uint8], rows: int, columns: int) -> Floats:
    """A float32 matrix (rows, columns) from its tiles."""
    tiles = data.view(np.float32).reshape(-1, columns, TILE)
    return np.ascontiguousarray(tiles.transpose(0, 2, 1).reshape(-1, columns)[:rows])


def dequantised(codes: Codes, scales: Floats, columns: int) -> Floats:
    """Codes times scales, (rows, columns) float32."""
    values = codes.astype(np.float32) * scales[..., None]
    return values.reshape(len(codes), -1)[:, :columns]
