"""The same weights give the same logits in PyTorch and in the engine, for every preset.

System D's models are shrunk by layers, and the wider ones by their vocabulary, which is that of the
narrowest; their other sizes are what could go wrong.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from codecomplete import engine
from codecomplete.engine.modeldir.config import SLIDING, ModelConfig
from codecomplete.trainer.evaluation.scores import rolled_logits
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.runs.presets import PRESETS
from tests.tiny import random_model

pytestmark = pytest.mark.slow

TOLERANCE = 1e-4
LAYERS_OF_LARGE_MODELS = 1
WIDE, FEWER_TOKENS = 512, 2048


def _models() -> dict[str, ModelConfig]:
    """One model per shape: presets that differ in their recipe share it."""
    models: dict[ModelConfig, str] = {}
    for name, preset in PRESETS.items():
        model = preset.model
        if name.startswith("scaling"):
            fewer = {"vocabulary_size": FEWER_TOKENS} if model.n_embd > WIDE else {}
            model = dataclasses.replace(model, n_layer=LAYERS_OF_LARGE_MODELS, **fewer)
        models.setdefault(model, name)
    return {name: model for model, name in models.items()}


MODELS = _models()


@pytest.fixture(scope="module", params=MODELS)
def pair(request, tmp_path_factory, vocabulary_file):
    """A random model in PyTorch, and the engine's float32 export of it."""
    config = MODELS[request.param]
    with torch.no_grad():
        oracle = random_model(config)
        for parameter in oracle.parameters():  # large models: keep the logits of order one
            if parameter.ndim == 2 and parameter.shape[0] == config.vocabulary_size:
                parameter.mul_(0.2)
    vocabulary = vocabulary_file
    if config.vocabulary_size < 512:
        vocabulary = _characters(tmp_path_factory.mktemp("characters") / "tokenizer.json")
    directory = tmp_path_factory.mktemp(request.param)
    export(config, oracle.state_dict(), vocabulary, directory, "parity", Quantisation(32))
    yield oracle, engine.load(directory)
    (directory / "weights.bin").unlink()  # up to 300 MB


def _characters(path):
    from codecomplete.corpus.vocabulary import characters

    characters().save(str(path))
    return path


def test_all_presets_are_covered():
    assert {PRESETS[name].model for name in PRESETS if not name.startswith("scaling")} <= {
        *MODELS.values()
    }
    assert {name for name in PRESETS if name.startswith("scaling")} <= {*MODELS}


def relative_error(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


def test_logits_agree_over_several_chunks(pair):
    oracle, model = pair
    config = model.config
    length = min(config.window, 300) if config.policy != SLIDING else 2 * config.window + 60
    ids = np.random.default_rng(1).integers(4, min(config.vocabulary_size, 512), length).tolist()
    parts = [logits for logits, _ in rolled_logits(model, ids[:1], ids[1:])]
    with torch.inference_mode():
        wanted = oracle(torch.tensor([ids[:-1]]))[0].double().numpy()
    found = np.concatenate(parts)
    assert found.shape == wanted.shape
    assert relative_error(found, wanted) < TOLERANCE


def test_greedy_text_is_equal(pair):
    oracle, model = pair
    begin = [2, 30, 40, 50]
    buffers = model.runtime.new_buffers()
    ids, logits = list(begin), buffers.step(begin, 0, 0)
    for _ in range(24):
        ids.append(int(logits.argmax()))
        logits = buffers.step([ids[-1]], len(ids) - 1, len(ids) - 1)
    with torch.inference_mode():
        wanted = oracle(torch.tensor([ids[:-1]]))[0].argmax(-1).tolist()
    ends = model.tokenizer.size
    decode = model.tokenizer.decode
    assert ids[len(begin) :] == wanted[len(begin) - 1 :]
    assert decode([i for i in ids if i < ends]) == decode(
        [i for i in begin + wanted[len(begin) - 1 :] if i < ends]
    )
