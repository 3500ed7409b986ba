"""Adapters begin as nothing, leave the matrices alone, and merge into a plain model."""

from __future__ import annotations

import pytest
import torch

from codecomplete.trainer.network.adapters import adapt, merged, trained
from codecomplete.trainer.network.transformer import Transformer
from tests import tiny

IDS = torch.arange(24)[None] + 30


def adapted(only_up: bool = False, seed: int = 5, kind: str = "sliding") -> Transformer:
    model = tiny.random_model(tiny.CONFIGS[kind])
    adapt(model, rank=4, seed=seed, only_up=only_up)
    return model


def moved(model: Transformer, seed: int = 0) -> Transformer:
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in trained(model).values():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize("kind", ["sliding", "block"])
@torch.no_grad()
def test_a_fresh_adapter_changes_nothing(kind):
    plain = tiny.random_model(tiny.CONFIGS[kind])
    assert torch.allclose(plain(IDS[:, :16]), adapted(kind=kind)(IDS[:, :16]))


@pytest.mark.parametrize("kind", ["sliding", "block"])
@torch.no_grad()
def test_merged_is_the_same_function_in_a_plain_model(kind):
    model = moved(adapted(kind=kind))
    plain = Transformer(model.config).eval()
    plain.load_state_dict(merged(model.state_dict()))
    ids = IDS[:, :16]
    assert torch.allclose(plain(ids), model(ids), atol=1e-4)
    assert not torch.allclose(plain(ids), tiny.random_model(model.config)(ids), atol=1e-2)


def test_only_adapters_are_trained():
    model = adapted()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    names = {*trained(model)}
    assert names and all(name.endswith(("up_rank", "down_rank")) for name in names)
    model(IDS).sum().backward()
    torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=1.0).step()
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]) == (name not in names or "down_rank" in name), name


def test_half_an_adapter_is_sent_and_the_other_half_follows_from_the_seed():
    one, same, other = adapted(True), adapted(True), adapted(True, seed=6)
    assert all(name.endswith("up_rank") for name in trained(one))
    downs = [
        {n: v for n, v in m.state_dict().items() if n.endswith("down_rank")}
        for m in (one, same, other)
    ]
    assert all(torch.equal(value, downs[1][name]) for name, value in downs[0].items())
    assert not all(torch.equal(value, downs[2][name]) for name, value in downs[0].items())


def test_with_one_half_fixed_the_mean_of_two_adapters_is_the_mean_of_their_models():
    one, two, mean = moved(adapted(True), 1), moved(adapted(True), 2), adapted(True)
    with torch.no_grad():
        for name, parameter in trained(mean).items():
            parameter.copy_((trained(one)[name] + trained(two)[name]) / 2)
    whole = [merged(model.state_dict()) for model in (one, two, mean)]
    for name, value in whole[2].items():
        assert torch.allclose(value, (whole[0][name] + whole[1][name]) / 2, atol=1e-5)


def test_weights_without_adapters_stay_as_they_are():
    weights = tiny.random_model(tiny.CONFIGS["sliding"]).state_dict()
    assert merged(weights).keys() == weights.keys()
