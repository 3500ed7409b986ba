"""Every way to carry out a step gives the same loss; compiled blocks share one graph."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from trainer.attention import BLOCKS, PLAIN
from trainer.compute import Compute, row_loss
from trainer.model import Transformer
from trainer.presets import PRESETS

MODEL = dataclasses.replace(PRESETS["toy"].model, n_layer=6, window=16)
ROWS = torch.arange(2 * 65).view(2, 65) % 512


def model() -> Transformer:
    torch.manual_seed(1)
    return Transformer(MODEL)


def test_attention_paths_give_the_same_loss_and_gradient():
    losses, gradients = [], []
    for kind in (PLAIN, BLOCKS):
        compute = Compute(bfloat16=False, compiled=False, attention=kind)
        fresh = model()
        loss = compute.prepare(fresh)(fresh, ROWS)
        loss.backward()
        losses.append(loss.item())
        gradients.append(fresh.blocks[0].attention.qkv.weight.grad)
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    torch.testing.assert_close(*gradients, rtol=1e-4, atol=1e-6)


def test_bf16_stays_near_float32():
    fresh = model()
    with Compute(compiled=False).precision():
        rounded = row_loss(fresh, ROWS).item()
    assert rounded == pytest.approx(row_loss(fresh, ROWS).item(), rel=1e-2)


@pytest.mark.filterwarnings("ignore")  # inside the tracer, not ours
@pytest.mark.parametrize("kind", [PLAIN, BLOCKS])
def test_one_compiled_block_serves_every_layer(kind):
    """As on a GPU, traced but not generated: a second graph may only be for the first layer,
    whose input is the embedding itself."""
    import torch._dynamo as dynamo
    from torch._dynamo.utils import counters

    dynamo.reset()
    counters.clear()
    fresh = model()
    fresh.attention_kind = kind
    for block in fresh.blocks:
        block.compile(dynamic=False, backend="eager")
    for _ in range(2):
        row_loss(fresh, ROWS).backward()
        with torch.no_grad():
            for parameter in fresh.parameters():
                parameter.mul_(0.99)
    assert counters["stats"]["unique_graphs"] <= 2
    assert not counters["graph_break"]


def test_unknown_attention_is_refused():
    with pytest.raises(ValueError, match="attention is 'sparse', expected plain, blocks, flex"):
        Compute(attention="sparse")
