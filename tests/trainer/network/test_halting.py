"""Places that decide how often one layer is applied to them."""

from __future__ import annotations

import pytest
import torch

from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.trainer.errors import ExportError
from codecomplete.trainer.export.formats import as_arrays
from codecomplete.trainer.learning.compute import Compute, row_loss
from codecomplete.trainer.learning.recipe import Recipe
from codecomplete.trainer.network.halting import Halting
from codecomplete.trainer.network.transformer import Transformer

CONFIG = ModelConfig(
    vocabulary_size=64, n_layer=4, n_head=2, n_kv_head=2, head_size=8, n_embd=16, n_hidden=32,
    window=16, softcap=30.0,
)  # fmt: skip
PRICE = 0.25


def counting(calls: list[int]):
    """Four applications of a layer that adds one to every place."""

    def layer(x: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return x + 1

    return [layer] * 4


def with_bias(bias: float) -> Halting:
    halting = Halting(3, PRICE)
    with torch.no_grad():
        halting.bias.fill_(bias)
    return halting


def test_a_place_that_is_done_at_once_takes_one_layer():
    halting = with_bias(20.0)
    assert torch.equal(halting(torch.zeros(1, 5, 3), counting([])), torch.ones(1, 5, 3))
    assert halting.applications == 1
    assert halting.cost.item() == pytest.approx(PRICE * 2)  # one, and all of it as remainder


def test_a_place_that_is_never_done_takes_them_all():
    halting = with_bias(-20.0)
    found = halting(torch.zeros(1, 5, 3), counting([]))
    assert torch.allclose(found, torch.full((1, 5, 3), 4.0)) and halting.applications == 4


def test_what_goes_on_is_the_mean_of_the_states_weighed_by_what_was_said():
    halting = with_bias(0.0)  # half, and then the other half
    found = halting(torch.zeros(1, 1, 3), counting([]))
    assert torch.allclose(found, torch.full((1, 1, 3), 0.5 * 1 + 0.5 * 2))
    assert halting.applications == 2


def test_places_decide_for_themselves():
    halting = Halting(1, PRICE)
    with torch.no_grad():
        halting.weight.fill_(1.0)
    x = torch.tensor([[[30.0], [-30.0]]])
    found = halting(x, counting([]))
    assert found.flatten().tolist() == pytest.approx([31.0, -26.0])
    assert halting.applications == (1 + 4) / 2


def test_training_pays_for_layers_and_measuring_does_not():
    torch.manual_seed(1)
    model = Transformer(CONFIG)
    model.share_layers(halting=PRICE)
    rows = torch.randint(0, 64, (2, 9))
    paid = Compute(compiled=False).prepare(model)(model, rows)
    assert model.halting is not None
    assert (paid - row_loss(model, rows)).item() == pytest.approx(
        model.halting.cost.item(), rel=1e-4
    )
    paid.backward()
    assert model.halting.bias.grad is not None and model.halting.bias.grad.item() != 0


def test_it_needs_one_shared_layer():
    with pytest.raises(ValueError, match="shared_layers"):
        Recipe(halting=0.1)
    assert Recipe(halting=0.1, shared_layers=True).halting == 0.1


def test_no_format_takes_such_a_model():
    model = Transformer(CONFIG)
    model.share_layers(halting=PRICE)
    with pytest.raises(ExportError, match="no format supports"):
        as_arrays(model.state_dict())
