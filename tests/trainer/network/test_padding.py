"""Heads padded for serving compute what they computed before."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from codecomplete.trainer.errors import ExportError
from codecomplete.trainer.network.padding import with_padded_heads
from codecomplete.trainer.network.transformer import Transformer
from tests.tiny import CONFIGS

ODD = dataclasses.replace(CONFIGS["block"], head_size=12, n_embd=48)


def arrays(model: Transformer) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in model.state_dict().items()}


def test_a_model_with_padded_heads_is_the_same_function():
    torch.manual_seed(1)
    model = Transformer(ODD).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.2)
    config, padded = with_padded_heads(ODD, arrays(model))
    assert config.head_size == 16
    served = Transformer(config).eval()
    served.load_state_dict({name: torch.tensor(value) for name, value in padded.items()})
    ids = torch.randint(0, ODD.vocabulary_size, (1, ODD.window))
    with torch.no_grad():
        assert torch.allclose(model(ids), served(ids), atol=1e-4)


def test_heads_of_a_servable_size_are_left_alone():
    model = Transformer(CONFIGS["block"])
    config, same = with_padded_heads(CONFIGS["block"], values := arrays(model))
    assert config is CONFIGS["block"] and same is values


def test_rotary_heads_cannot_be_padded():
    rotary = dataclasses.replace(CONFIGS["sliding"], head_size=12)
    with pytest.raises(ExportError, match="heads of 12 cannot be served"):
        with_padded_heads(rotary, {})
