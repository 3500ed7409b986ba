"""Causal attention within a sliding window, on three paths with the same results.

*plain*   one mask over the whole row; the simplest, and the reference for the others.
*blocks*  rows cut into blocks of one window, each attending to itself and the block before it:
          about T / (2 W) times less work than the plain path, with no special kernel.
*flex*    PyTorch's FlexAttention, which skips the blocks of a row that are fully masked.

Knows tensors and sizes, not where queries and keys come from.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention

PLAIN, BLOCKS, FLEX = "plain", "blocks", "flex"
KINDS = (PLAIN, BLOCKS, FLEX)

Guide = Tensor | BlockMask | None
"""What a path needs besides the tensors of a row; None: full causal attention."""


def attend(q: Tensor, k: Tensor, v: Tensor, window: int, guide: Guide) -> Tensor:
    """The mixed values (batch, head, time, head_size) for q, k, v of the same shape.

    Keys and values may have fewer heads, each shared by consecutive query heads. ``guide`` is from
    ``make_guide``: None for full causal attention.
    """
    shared = q.shape[1] // k.shape[1]
    if isinstance(guide, BlockMask):
        return flex_attention(q, k, v, block_mask=guide, enable_gqa=shared > 1)
    if shared > 1:
        k, v = k.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
    if guide is None or guide.ndim == 2:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=guide, is_causal=guide is None)
    return _attend_by_blocks(q, k, v, window, guide)


def make_guide(
    kind: str, window: int | None, heads: int, length: int, device: torch.device
) -> Guide:
    """What ``attend`` needs besides the tensors, for rows of ``length`` tokens.

    ``window`` None means full causal attention. Rows whose length is not a multiple of the block
    size take the plain path instead of ``blocks``.
    """
    if window is None or length <= window:
        return None
    if kind == FLEX:
        return _flex_mask(window, length, str(device))
    if kind == BLOCKS and length % window == 0:
        return _block_mask(window, heads, length // window, device)
    return sliding_mask(window, length, device)


def sliding_mask(window: int, length: int, device: torch.device | str | None = None) -> Tensor:
    """(length, length), True where a query (row) may attend to a key (column)."""
    index = torch.arange(length, device=device)
    distance = index[:, None] - index[None]
    return (distance >= 0) & (distance < window)


def _attend_by_blocks(q: Tensor, k: Tensor, v: Tensor, window: int, mask: Tensor) -> Tensor:
    batch, heads, length, size = q.shape
    count = length // window

    def cut(x: Tensor) -> Tensor:  # (batch, head, block, window, size)
        return x.reshape(batch, heads, count, window, size)

    def with_previous(x: Tensor) -> Tensor:
        blocks = cut(x)
        before = F.pad(blocks[:, :, :-1], (0, 0, 0, 0, 1, 0))
        return torch.cat([before, blocks], dim=3).reshape(batch, heads * count, 2 * window, size)

    queries = q.reshape(batch, heads * count, window, size)
    y = F.scaled_dot_product_attention(queries, with_previous(k), with_previous(v), attn_mask=mask)
    return y.reshape(batch, heads, length, size)


def _block_mask(window: int, heads: int, count: int, device: torch.device) -> Tensor:
    """(1, heads * count, window, 2 * window): each block's mask for the block before and itself."""
    query = torch.arange(window, 2 * window, device=device)[:, None]
    key = torch.arange(2 * window, device=device)[None]
    near = (key <= query) & (query - key < window)
    exists = torch.arange(count, device=device)[:, None, None] > 0
    blocks = near & (exists | (key >= window))
    return blocks.repeat(heads, 1, 1)[None]


@lru_cache(maxsize=8)
def _flex_mask(window: int, length: int, device: str) -> BlockMask:
    def near(batch: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return (key <= query) & (query - key < window)

    return create_block_mask(near, None, None, length, length, device=device)
