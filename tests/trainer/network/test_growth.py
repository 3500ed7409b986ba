"""A grown model computes what the small one did, and can learn with its new blocks."""

from __future__ import annotations

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from codecomplete.trainer.network.growth import can_grow, grow
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.presets import PRESETS

TOY = PRESETS["toy"].model
SHAPES = {
    "toy": TOY,
    "biases": dataclasses.replace(
        TOY, bias=True, tied=False, norm="layer", norm_weights=True, skip_gains=False
    ),
}


def deeper(config, layers):
    return dataclasses.replace(config, n_layer=layers)


def trained(config):
    """Weights far from those a model begins with, zeros included."""
    torch.manual_seed(3)
    model = Transformer(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize("layers", [3, 4, 5, 7])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_grown_model_is_the_same_function(shape, layers):
    small = trained(SHAPES[shape])
    large = Transformer(deeper(SHAPES[shape], layers))
    large.load_state_dict(grow(small.state_dict(), TOY.n_layer, layers))
    ids = torch.randint(TOY.vocabulary_size, (2, 40))
    assert torch.allclose(large(ids), small(ids), atol=1e-5)


def test_every_old_block_stays_in_order():
    small = trained(deeper(TOY, 4))
    grown = grow(small.state_dict(), 4, 6)
    kept = [index for index in range(6) if grown[f"blocks.{index}.ffn.down.weight"].count_nonzero()]
    assert kept == [0, 2, 3, 5]
    for old, new in enumerate(kept):
        for part in ("attention.qkv.weight", "ffn.down.weight", "skip_gains"):
            was, is_ = small.state_dict()[f"blocks.{old}.{part}"], grown[f"blocks.{new}.{part}"]
            assert torch.equal(was, is_), (old, part)


def test_new_blocks_get_gradients_and_are_not_tied_to_the_old():
    large = Transformer(deeper(TOY, 4))
    large.load_state_dict(grow(trained(TOY).state_dict(), TOY.n_layer, 4))
    ids = torch.randint(TOY.vocabulary_size, (2, 33))
    F.cross_entropy(large(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten()).backward()
    assert large.blocks[1].ffn.down.weight.grad.abs().max() > 0
    assert large.blocks[1].attention.projection.weight.grad.abs().max() > 0
    addresses = [block.ffn.up.weight.data_ptr() for block in large.blocks]
    assert len(set(addresses)) == len(addresses)


def test_only_deeper_models_of_the_same_shape_grow():
    assert can_grow(TOY, deeper(TOY, 3))
    assert not can_grow(TOY, TOY)
    assert not can_grow(deeper(TOY, 3), TOY)
    assert not can_grow(TOY, dataclasses.replace(TOY, n_layer=4, n_hidden=64))
