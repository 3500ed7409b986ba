"""Pads heads to a size that ONNX Runtime supports, without changing what a model computes.

ONNX Runtime's attention requires head sizes that are multiples of 8; system D's largest model has
heads of 60. Rows of zeros are added to queries, keys and values, and columns of zeros to the
projection after them; queries are scaled up to compensate for the larger head's softmax scale.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from codecomplete.engine.modeldir.config import LEARNED, ModelConfig

from ..errors import ExportError

MULTIPLE = 8

Arrays = Mapping[str, np.ndarray]


def with_padded_heads(config: ModelConfig, arrays: Arrays) -> tuple[ModelConfig, Arrays]:
    """The same function with heads of a supported size. Raises ExportError if there is none."""
    size = -(-config.head_size // MULTIPLE) * MULTIPLE
    if size == config.head_size:
        return config, arrays
    if config.positions != LEARNED or config.qk_norm:
        raise ExportError(
            f"heads of {config.head_size} cannot be served, and cannot be padded under rotary "
            f"positions or query norms; train with a multiple of {MULTIPLE}"
        )
    changed = dict(arrays)
    for layer in range(config.n_layer):
        p = f"blocks.{layer}.attention"
        for part in ("weight", "bias"):
            if f"{p}.qkv.{part}" in arrays:
                changed[f"{p}.qkv.{part}"] = _padded_rows(config, arrays[f"{p}.qkv.{part}"], size)
        projection = arrays[f"{p}.projection.weight"]
        changed[f"{p}.projection.weight"] = _padded(projection.T, config.n_head, size).T
    return dataclasses.replace(config, head_size=size), changed


def _padded_rows(config: ModelConfig, qkv: np.ndarray, size: int) -> np.ndarray:
    edges = np.cumsum([config.query_width, config.kv_width])
    q, k, v = np.split(qkv, edges)
    q = q * np.float32(math.sqrt(size / config.head_size))
    heads = (config.n_head, config.n_kv_head, config.n_kv_head)
    return np.concatenate([_padded(x, n, size) for x, n in zip((q, k, v), heads, strict=True)])


def _padded(values: np.ndarray, heads: int, size: int) -> np.ndarray:
    """Pad (heads * old size, ...) to (heads * size, ...), with zeros after each head."""
    by_head = values.reshape(heads, -1, *values.shape[1:])
    missing = [(0, 0), (0, size - by_head.shape[1])] + [(0, 0)] * (values.ndim - 1)
    return np.pad(by_head, missing).reshape(heads * size, *values.shape[1:])
