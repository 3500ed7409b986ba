"""Writes the arrays of a model to ``weights.bin``, and reads them.

Names are those of the parameters. Knows the layout of the file and how numbers are rounded, not
where the arrays come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.engine.modeldir.directory import ModelDirectory
from codecomplete.engine.modeldir.layout import (
    EMBEDDING,
    HEAD,
    Tensor,
    is_matrix,
    sizes,
    stored_bytes,
)
from codecomplete.engine.modeldir.packing import (
    ALIGNMENT,
    Floats,
    dequantised,
    packed,
    packed_floats,
    unpacked,
    unpacked_floats,
)
from codecomplete.engine.state.runtime import mapped

from .rounding import Quantisation, rounded_weights

Arrays = Mapping[str, Any]
TABLES = (EMBEDDING, HEAD)


def write(
    config: ModelConfig, arrays: Arrays, path: Path, quantisation: Quantisation
) -> dict[str, Tensor]:
    """Write the weights of a model; returns the place of each tensor."""
    with path.open("wb") as file:
        return {
            name: _write(file, name, np.asarray(arrays[name], np.float32), shape, quantisation)
            for name, shape in sizes(config).items()
        }


def _write(
    file: BinaryIO, name: str, values: Floats, shape: tuple[int, ...], quantisation: Quantisation
) -> Tensor:
    values = values.reshape(shape)
    if not is_matrix(name, shape):
        return append(file, name, values)
    bits, block = quantisation.bits, quantisation.block
    if bits == 32:
        return append(file, name, values)
    if name in TABLES:
        bits, block = 8, quantisation.table_block
    return append_codes(file, name, shape, *rounded_weights(values, bits, block), bits)


def append(file: BinaryIO, name: str, values: Floats) -> Tensor:
    """Append a float32 tensor to the file."""
    is_tiled = is_matrix(name, values.shape)
    data = packed_floats(values) if is_tiled else np.ascontiguousarray(values).tobytes()
    return _append(file, name, data, Tensor(0, values.shape))


def append_codes(
    file: BinaryIO, name: str, shape: tuple[int, ...], codes: Any, scales: Floats, bits: int
) -> Tensor:
    """Append a matrix of 8-bit or 4-bit codes to the file."""
    return _append(file, name, packed(codes, scales, bits), Tensor(0, shape, bits, codes.shape[-1]))


def _append(file: BinaryIO, name: str, data: bytes, tensor: Tensor) -> Tensor:
    start = file.tell() + -file.tell() % ALIGNMENT
    size = stored_bytes(name, tensor)
    file.write(b"\0" * (start - file.tell()) + data.ljust(size, b"\0"))
    return Tensor(start, tensor.shape, tensor.bits, tensor.block)


def read(directory: ModelDirectory) -> dict[str, Floats]:
    """All tensors of a model directory, as float32 arrays of their own shapes."""
    data = mapped(directory.weights)
    return {name: _read(data, name, tensor) for name, tensor in directory.tensors.items()}


def _read(data: Any, name: str, tensor: Tensor) -> Floats:
    part = data[tensor.offset : tensor.offset + stored_bytes(name, tensor)]
    if not is_matrix(name, tensor.shape):
        count = int(np.prod(tensor.shape))
        return part.view(np.float32)[:count].reshape(tensor.shape).copy()
    rows, columns = tensor.shape
    if tensor.bits == 32:
        return unpacked_floats(part, rows, columns)
    return dequantised(*unpacked(part, rows, columns, tensor.bits, tensor.block), columns)
