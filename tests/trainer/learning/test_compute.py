"""Every way to carry out a step gives the same loss; compiled blocks share one graph."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from codecomplete.trainer.learning.compute import Compute, compile_by_block, row_loss
from codecomplete.trainer.network.attention import BLOCKS, PLAIN
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.presets import PRESETS

pytestmark = pytest.mark.slow

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
    from torch._dynamo.utils import counters

    torch.compiler.reset()
    counters.clear()
    fresh = model()
    fresh.attention_kind = kind
    forward = compile_by_block(fresh, backend="eager")
    for _ in range(2):
        forward(fresh, ROWS).backward()
        with torch.no_grad():
            for parameter in fresh.parameters():
                parameter.mul_(0.99)
    assert counters["stats"]["unique_graphs"] <= 2 + 1, "the head is one more"
    assert not counters["graph_break"]


@pytest.mark.filterwarnings("ignore")  # inside the tracer, not ours
@pytest.mark.parametrize("kind", [PLAIN, BLOCKS])
def test_the_way_of_a_gpu_gives_nearly_the_same_loss_and_gradient(kind):
    """Compiled by block, matrix products and the stream between blocks in bf16."""
    torch.compiler.reset()
    plain, fresh = model(), model()
    wanted = row_loss(plain, ROWS)
    wanted.backward()
    fresh.attention_kind, fresh.stream_dtype = kind, torch.bfloat16
    with Compute(compiled=True).precision():
        found = compile_by_block(fresh, backend="aot_eager")(fresh, ROWS)
    found.backward()
    assert found.item() == pytest.approx(wanted.item(), rel=1e-2)
    for (name, a), b in zip(fresh.named_parameters(), plain.parameters(), strict=True):
        if b.grad.norm() > 1e-6:  # what is behind zeroed projections has no gradient yet
            assert torch.cosine_similarity(a.grad.flatten(), b.grad.flatten(), 0) > 0.98, name


def test_unknown_attention_is_refused():
    with pytest.raises(ValueError, match="attention is 'sparse', expected plain, blocks, flex"):
        Compute(attention="sparse")
