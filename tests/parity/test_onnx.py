"""The step exported as an ONNX graph, run by ONNX Runtime, is the model that was trained."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from codecomplete.trainer.export.formats import save_onnx
from codecomplete.trainer.export.graphrun import Graph
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.runs.presets import PRESETS
from tests.tiny import CONFIGS, random_model

CONFIGS_EXPORTED = {
    **CONFIGS,
    "gated": dataclasses.replace(
        PRESETS["characters"].model, vocabulary_size=512, n_layer=2, window=64
    ),
    "odd heads": dataclasses.replace(
        PRESETS["scaling-225m"].model, vocabulary_size=512, n_layer=1, window=64
    ),
}


@pytest.mark.parametrize("bits", [32, 8])
@pytest.mark.parametrize("kind", CONFIGS_EXPORTED)
def test_an_exported_graph_gives_the_models_logits(kind, bits, tmp_path, vocabulary_file):
    config = CONFIGS_EXPORTED[kind]
    oracle = random_model(config)
    rounding = Quantisation(bits, 32, 32)
    save_onnx(config, oracle.state_dict(), vocabulary_file, tmp_path, rounding)
    graph = Graph(tmp_path)
    ids = np.random.default_rng(1).integers(4, 512, 12).tolist()
    found = [graph.step(ids[:9], 0, 0)[0].copy(), graph.step(ids[9:], 9, 9)[0].copy()]
    with torch.inference_mode():
        wanted = oracle(torch.tensor([ids]))[0, [8, 11]].numpy()
    error = np.abs(np.array(found) - wanted).max() / np.abs(wanted).max()
    assert error < {32: 1e-4, 8: 0.1}[bits]
