"""Muon's updates are orthogonal, batched, and split where matrices were fused."""

from __future__ import annotations

import torch
from torch import nn

from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.trainer.learning.optimiser import Muon, make_optimisers, orthogonalise, set_rate
from codecomplete.trainer.learning.recipe import ADAMW, MUON, Recipe
from codecomplete.trainer.network.transformer import Transformer

MODEL = ModelConfig(
    vocabulary_size=32, n_layer=2, n_head=2, n_kv_head=1, head_size=8, n_embd=16, n_hidden=32
)


def test_singular_values_come_near_one():
    torch.manual_seed(0)
    for shape in ((3, 16, 16), (2, 32, 16), (1, 8, 64)):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(shape)))
        assert values.min() > 0.4 and values.max() < 1.4  # the quintic oscillates around 1


def test_a_stack_is_treated_matrix_by_matrix():
    torch.manual_seed(0)
    stack = torch.randn(4, 8, 8)
    alone = torch.stack([orthogonalise(matrix[None])[0] for matrix in stack])
    torch.testing.assert_close(orthogonalise(stack), alone, rtol=1e-4, atol=1e-4)


def test_fused_matrices_are_moved_as_if_they_were_apart():
    torch.manual_seed(0)
    fused = nn.Parameter(torch.randn(12, 8))
    parts = [nn.Parameter(part.clone()) for part in fused.detach().split((8, 4))]
    gradient = torch.randn(12, 8)
    fused.grad = gradient.clone()
    for part, piece in zip(parts, gradient.split((8, 4)), strict=True):
        part.grad = piece.clone()
    Muon([fused], splits={fused: (8, 4)}).step()
    Muon(parts).step()
    torch.testing.assert_close(fused.detach(), torch.cat([p.detach() for p in parts]))


def test_weight_decay_acts_only_where_it_agrees_with_the_update():
    weight = nn.Parameter(torch.full((4, 4), 2.0))
    weight.grad = torch.eye(4) - 0.5
    plain = nn.Parameter(weight.detach().clone())
    plain.grad = weight.grad.clone()
    Muon([weight], lr=0.1, weight_decay=0.5).step()
    Muon([plain], lr=0.1).step()
    decayed = (plain - weight).detach()
    agrees = plain.detach() < 2.0  # the update made it smaller, as decay would
    assert torch.allclose(decayed[agrees], torch.tensor(0.1 * 0.5 * 2.0))
    assert torch.equal(decayed[~agrees], torch.zeros_like(decayed[~agrees]))


def test_every_parameter_belongs_to_one_group():
    for name in (MUON, ADAMW):
        model = Transformer(MODEL)
        optimisers = make_optimisers(model, Recipe(optimiser=name))
        held = [p for o in optimisers for group in o.param_groups for p in group["params"]]
        assert len(held) == len(set(held)) == len(list(model.parameters()))


def test_the_rate_and_a_fading_decay_follow_the_factor():
    recipe = Recipe(matrix_rate=0.02, weight_decay=0.1)
    (muon, _) = optimisers = make_optimisers(Transformer(MODEL), recipe)
    set_rate(optimisers, 0.5, fading_decay=True)
    assert muon.param_groups[0]["lr"] == 0.01
    assert muon.param_groups[0]["weight_decay"] == 0.05
    set_rate(optimisers, 0.5, fading_decay=False)
    assert muon.param_groups[0]["weight_decay"] == 0.1
