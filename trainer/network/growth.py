"""A deeper model that begins as the same function, and so keeps what a smaller one has learned.

New blocks are copies of the blocks before them, with output matrices of zeros, so that they pass
their input on (identity blocks between trained ones: Wu et al. 2024, arXiv 2401.02415; this
project's blocks begin with such zeros anyway). Knows weights by name, nothing of data or rates.
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor

from codecomplete.engine.modeldir.config import ModelConfig

BLOCK = "blocks."
OUTPUTS = (
    "attention.projection.",
    "ffn.down.",
)  # everything that a block adds to its input goes through these
SKIP_GAINS = "skip_gains"

Weights = dict[str, Tensor]


def can_grow(small: ModelConfig, large: ModelConfig) -> bool:
    """Whether the two differ only in depth, and the second is deeper."""
    return dataclasses.replace(small, n_layer=large.n_layer) == large and (
        large.n_layer > small.n_layer
    )


def grow(weights: Weights, layers: int, into: int) -> Weights:
    """Weights of ``into`` blocks that compute the same as these of ``layers`` blocks.

    The new blocks are spread evenly; each follows the block that it copies.
    """
    grown = {name: value for name, value in weights.items() if not name.startswith(BLOCK)}
    sources = [index * layers // into for index in range(into)]
    for index, source in enumerate(sources):
        is_new = index > 0 and sources[index - 1] == source
        block = _block(weights, source)
        grown |= {
            f"{BLOCK}{index}.{part}": _passing_on(part, value) if is_new else value
            for part, value in block.items()
        }
    return grown


def _block(weights: Weights, index: int) -> Weights:
    prefix = f"{BLOCK}{index}."
    return {
        name.removeprefix(prefix): value
        for name, value in weights.items()
        if name.startswith(prefix)
    }


def _passing_on(part: str, value: Tensor) -> Tensor:
    if part.startswith(OUTPUTS):
        return torch.zeros_like(value)
    if part == SKIP_GAINS:
        return torch.tensor([1.0, 0.0], dtype=value.dtype)
    return value.clone()
