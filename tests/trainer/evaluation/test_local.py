"""What is fitted is what is served: the trainer's mixing costs what the engine's does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from codecomplete.engine.decoding.decoder import softmax
from codecomplete.engine.local.mixing import Mixer
from codecomplete.engine.state.window import start_length
from codecomplete.trainer.evaluation import local
from codecomplete.trainer.evaluation.local import (
    Bending,
    joined,
    matches_along,
    observe,
    project_index,
)
from codecomplete.trainer.evaluation.scores import bits_of, prompt, rolled_logits
from tests.engine.local.believing import random_mixer

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "engine/state/edits.py").read_text()[:2000]


@pytest.fixture
def model(make_model):
    return make_model("sliding").model


@pytest.fixture
def project(model):
    return project_index(model, [ROOT / "engine/state/window.py"])


def served(model, mixer: Mixer, project) -> np.ndarray:
    """Bits of every token, as the engine mixes."""
    ids = model.tokenizer.encode(TEXT)
    parts = [rows for rows, _ in rolled_logits(model, prompt(model, "python"), ids)]
    found = matches_along(ids, start_length(model.config), project)
    mixed = [
        mixer.mix(softmax(row.astype(np.float32)), matches, model.runtime.mix)[id_]
        for row, matches, id_ in zip(np.concatenate(parts), found, ids, strict=True)
    ]
    return -np.log2(np.array(mixed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_token_costs_what_it_costs_in_the_engine(model, project, seed):
    mixer = random_mixer(seed)
    bits = observe(model, TEXT, "python", project).bits(mixer).numpy()
    assert np.allclose(bits, served(model, mixer, project), atol=2e-3)


def test_a_mixer_that_is_not_fitted_believes_little_and_corrects_nothing(model, project):
    seen = observe(model, TEXT, "python", project)
    begun = Bending()
    assert begun.correct(torch.randn(5, begun.correct.inward.in_features)).tolist() == [0.0] * 5
    assert seen.bits_per_byte(begun.mixer()) < seen.bits_per_byte(), "the model knows nothing"


def test_without_a_mixer_it_is_the_model_alone(model, project):
    seen = observe(model, TEXT, "python", project)
    assert seen.bits_per_byte() == pytest.approx(bits_of(model, TEXT, "python") / seen.size)


def test_parts_cost_together_what_they_cost_alone(model, project, monkeypatch):
    seen = [observe(model, text, "python", project) for text in (TEXT[:700], "", TEXT[700:])]
    mixer = random_mixer(2)
    each = sum(float(part.bits(mixer).sum()) for part in seen)
    monkeypatch.setattr(local, "AT_ONCE", 50)
    whole = joined(seen)
    assert float(whole.bits(mixer).sum()) == pytest.approx(each, rel=1e-4)
    assert whole.size == len(TEXT.encode())
