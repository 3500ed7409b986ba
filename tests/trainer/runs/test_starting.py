"""A run begins with the weights of another, or of a model that was exported."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from codecomplete.trainer.errors import CheckpointError
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs import starting
from codecomplete.trainer.runs.presets import PRESETS
from tests import tiny

SIZES = {
    "toy": PRESETS["toy"].model,
    "learned": dataclasses.replace(
        PRESETS["system-a"].model, vocabulary_size=512, n_layer=2, n_head=2, n_kv_head=2,
        head_size=16, n_embd=32, n_hidden=48,
    ),
}  # fmt: skip


@pytest.mark.parametrize("bits", [32, 8, 4])
@pytest.mark.parametrize("name", SIZES)
def test_a_model_directory_gives_back_its_weights(name, bits, tmp_path, vocabulary_file):
    torch.manual_seed(0)
    weights = Transformer(SIZES[name]).state_dict()
    weights = {key: value + 0.05 * torch.randn_like(value) for key, value in weights.items()}
    export(SIZES[name], weights, vocabulary_file, tmp_path, name, Quantisation(bits, 32, 32))
    start = starting.read(tmp_path, vocabulary_file)
    assert start.config == SIZES[name]
    assert start.weights.keys() == weights.keys()
    for key, value in weights.items():
        error = (start.weights[key] - value).abs().max()
        assert error <= {32: 0, 8: 0.5 / 127, 4: 0.3}[bits] * value.abs().max() + 1e-6, key


def test_another_vocabulary_is_refused(tmp_path, vocabulary_file):
    export(SIZES["toy"], Transformer(SIZES["toy"]).state_dict(), vocabulary_file, tmp_path, "toy")
    other = tmp_path / "other.json"
    tiny.train_tokenizer().save(str(other))
    other.write_text(other.read_text() + "\n")
    with pytest.raises(CheckpointError, match="another vocabulary"):
        starting.read(tmp_path, other)


def test_a_folder_without_weights_is_refused(tmp_path, vocabulary_file):
    with pytest.raises(CheckpointError, match="no checkpoint and no model"):
        starting.read(tmp_path, vocabulary_file)
