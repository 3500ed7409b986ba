"""Three paths of sliding attention, one result."""

from __future__ import annotations

import pytest
import torch

from codecomplete.trainer.network.attention import (
    BLOCKS,
    FLEX,
    PLAIN,
    attend,
    make_guide,
    sliding_mask,
)

WINDOW, HEADS, SIZE = 16, 4, 8
CPU = torch.device("cpu")


def tensors(length: int, kv_heads: int) -> list[torch.Tensor]:
    torch.manual_seed(length)
    shapes = [(2, heads, length, SIZE) for heads in (HEADS, kv_heads, kv_heads)]
    return [torch.randn(shape, requires_grad=True) for shape in shapes]


def attended(kind: str, length: int, kv_heads: int):
    """The result of a path and the gradients behind it."""
    q, k, v = tensors(length, kv_heads)
    y = attend(q, k, v, WINDOW, make_guide(kind, WINDOW, HEADS, length, CPU))
    y.square().sum().backward()
    return [y.detach(), q.grad, k.grad, v.grad]


@pytest.mark.parametrize("kv_heads", [HEADS, 2])
@pytest.mark.parametrize("length", [16, 32, 64, 96, 40])
def test_blocks_equal_one_mask(length, kv_heads):
    for blocks, plain in zip(
        attended(BLOCKS, length, kv_heads), attended(PLAIN, length, kv_heads), strict=True
    ):
        torch.testing.assert_close(blocks, plain, rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore:.*flex_attention called without torch.compile")
@pytest.mark.parametrize("kv_heads", [HEADS, 2])
def test_flex_attention_equals_one_mask(kv_heads):
    length = 64
    with torch.no_grad():
        q, k, v = (tensor.detach() for tensor in tensors(length, kv_heads))
        flex = attend(q, k, v, WINDOW, make_guide(FLEX, WINDOW, HEADS, length, CPU))
        plain = attend(q, k, v, WINDOW, make_guide(PLAIN, WINDOW, HEADS, length, CPU))
    torch.testing.assert_close(flex, plain, rtol=1e-5, atol=1e-5)


def test_a_token_sees_its_window_and_no_more():
    mask = sliding_mask(3, 6)
    assert mask.sum(dim=1).tolist() == [1, 2, 3, 3, 3, 3]
    assert mask[4].tolist() == [False, False, True, True, True, False]


def test_rows_within_the_window_need_no_mask():
    assert make_guide(PLAIN, WINDOW, HEADS, WINDOW, CPU) is None
    assert make_guide(BLOCKS, None, HEADS, 500, CPU) is None
