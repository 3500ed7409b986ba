"""Presets have the sizes they are named for."""

from __future__ import annotations

import pytest
from torch.utils._python_dispatch import TorchDispatchMode

from codecomplete.engine.languages import LANGUAGES, TAGGED
from codecomplete.trainer.learning.recipe import SHUFFLED
from codecomplete.trainer.network.transformer import (
    Transformer,
    parameter_count,
    parameter_parts,
)
from codecomplete.trainer.runs.presets import FAMILIES, PRESETS

SYSTEM_A = {
    "embedding": 4_096_000,
    "positions": 131_072,
    "blocks.0.attention.qkv": 787_968,
    "blocks.0.attention.projection": 262_656,
    "blocks.0.ffn.up": 1_050_624,
    "blocks.0.ffn.down": 1_049_088,
    "blocks.0.attention_norm": 1_024,
    "blocks.0.ffn_norm": 1_024,
    "final_norm": 1_024,
    "head": 4_104_000,
}

CHARACTER_MODELS = ("characters", "characters-small", "characters-tiny")

TOTALS = {
    "toy": 90_124,
    "small": 4_194_328,
    "small-6": 5_767_204,
    "small-10": 8_912_956,
    "system-c": 22_151_228,
    "system-c-federated": 2_261_007,
    "flagship": 35_913_838,
    "system-a": 33_551_168,
    "system-a-better": 33_551_168,
    "characters": 6_012_576,
    "characters-small": 1_795_776,
    "characters-tiny": 869_504,
    "scaling-50m": 50_873_344,
    "scaling-150m": 123_508_224,  # its authors' name counts the head twice; it is tied
    "scaling-225m": 225_179_520,
}


@pytest.mark.parametrize("name", ["system-a", "system-a-better"])
def test_system_a_has_the_published_parts(name):
    parts = parameter_parts(PRESETS[name].model)
    for part, count in SYSTEM_A.items():
        assert parts.pop(part) == count, part
    others = {f"blocks.{layer}.{part.removeprefix('blocks.0.')}": count for layer in range(1, 8)
              for part, count in SYSTEM_A.items() if part.startswith("blocks.0.")}  # fmt: skip
    assert parts == others


@pytest.mark.parametrize("name", TOTALS)
def test_totals(name):
    assert parameter_count(PRESETS[name].model) == TOTALS[name]


def test_every_tagged_language_has_a_tuned_character_model():
    for base in CHARACTER_MODELS:
        for language in TAGGED:
            preset = PRESETS[f"{base}-{language}"]
            assert preset.model == PRESETS[base].model
            assert (preset.recipe.language, preset.begins_with) == (language, base)
            assert preset.recipe.matrix_rate < PRESETS[base].recipe.matrix_rate


def test_every_language_has_a_specialist_and_only_one():
    for family, languages in FAMILIES.items():
        preset = PRESETS[f"small-{family}"]
        assert preset.model == PRESETS["small"].model
        assert (preset.recipe.language, preset.begins_with) == (languages, "small")
    assert sorted(",".join(FAMILIES.values()).split(",")) == sorted(LANGUAGES)


def test_every_preset_is_measured_here_or_a_tuning():
    tuned = {f"{base}-{language}" for base in CHARACTER_MODELS for language in TAGGED}
    tuned |= {f"small-{family}" for family in FAMILIES}
    assert {*TOTALS, *tuned} == {*PRESETS}


def test_system_a_is_trained_as_its_authors_did():
    preset = PRESETS["system-a"]
    recipe = preset.recipe
    assert (recipe.optimiser, recipe.matrix_rate) == ("adamw", 3e-4)
    assert (recipe.batch_rows, recipe.accumulation, recipe.row_tokens) == (8, 4, 256)
    assert preset.layout.log == "training_logs/loss_log.csv"
    assert preset.layout.latest == "model/checkpoints/latest_checkpoint.pth"


def test_the_flagship_is_sliding():
    preset = PRESETS["flagship"]
    model, recipe = preset.model, preset.recipe
    assert (model.policy, model.window, recipe.row_tokens) == ("sliding", 256, 1_024)
    assert (model.vocabulary_size, model.tied) == (8_192, True)
    assert (model.n_head, model.n_kv_head) == (8, 4)
    assert recipe.order == SHUFFLED and recipe.fim_rate > 0


class Drawn(TorchDispatchMode):
    """Notes what is drawn from a normal distribution."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.calls += "normal" in str(function)
        return function(*args, **(kwargs or {}))


def test_to_count_parameters_no_weight_is_drawn():
    """For weights without data, PyTorch would import its compiler to draw them: a second."""
    with Drawn() as drawn:
        parameter_count(PRESETS["toy"].model)
        assert drawn.calls == 0
        Transformer(PRESETS["toy"].model)
        assert drawn.calls > 0
