"""The mean of several models: what the engine loads, and what it says of its parts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from codecomplete import engine
from codecomplete.engine.suggestions.gate import UNFITTED
from codecomplete.trainer.__main__ import main
from codecomplete.trainer.errors import CheckpointError, ConfigError
from codecomplete.trainer.evaluation.tuning import write_tuning
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs import starting
from codecomplete.trainer.runs.averaging import INHERITED, average
from codecomplete.trainer.runs.presets import PRESETS
from tests import tiny

TOY = PRESETS["toy"].model
EXACT = Quantisation(32, 32, 32)


def made(place: Path, seed: int, vocabulary: Path, language: str, config=TOY) -> Path:
    torch.manual_seed(seed)
    weights = {
        name: value + 0.05 * torch.randn_like(value)
        for name, value in Transformer(config).state_dict().items()
    }
    training = {"languages": [language], "tokens": seed, "recipe": {"language": language}}
    return export(config, weights, vocabulary, place, place.name, EXACT, training)


@pytest.fixture
def two(tmp_path, vocabulary_file) -> list[Path]:
    return [
        made(tmp_path / language, seed, vocabulary_file, language)
        for seed, language in enumerate(("c", "cpp"), 1)
    ]


def test_every_weight_is_the_mean_in_the_shares_given(two, tmp_path, vocabulary_file):
    average(two, (3.0, 1.0), tmp_path / "mean", "mean", bits=32)
    first, second, mean = (
        starting.read(path, vocabulary_file).weights for path in (*two, tmp_path / "mean")
    )
    for name, value in mean.items():
        assert torch.allclose(value, 0.75 * first[name] + 0.25 * second[name], atol=1e-6), name


def test_it_is_what_its_first_model_was_and_says_what_it_is_made_of(two, tmp_path):
    write_tuning(two[0], gate=UNFITTED.to_dict(), threshold=0.3)
    out = tmp_path / "mean"
    assert main(["average", *map(str, two), "--out", str(out), "--bits", "4"]) == 0
    model = engine.load(out)
    assert model.name == "mean" and model.tuning.threshold == 0.3
    assert {*model.languages} == {"c", "cpp"}
    training = model.directory.training
    assert training["recipe"] == {"language": "c"} and training["tuning"] == INHERITED
    assert [one["name"] for one in training["averaged"]] == ["c", "cpp"]
    assert [one["share"] for one in training["averaged"]] == [1.0, 1.0]
    assert len({one["weights_sha256"] for one in training["averaged"]}) == 2


def test_a_run_can_be_one_of_them(shards, tmp_path):
    fast = ("--compile", "off", "--precision", "fp32", "--tokens", "2048")
    run = ["train", "--preset", "toy", "--data", str(shards), *fast, "--out", str(tmp_path / "run")]
    assert main(run) == 0
    model = tmp_path / "model"
    assert main(["export", "--run", str(tmp_path / "run"), "--out", str(model)]) == 0
    average((tmp_path / "run", model), (1.0, 1.0), tmp_path / "mean", "mean")
    training = engine.load(tmp_path / "mean").directory.training
    assert training["preset"] == "toy" and training["averaged"][0]["tokens"] == 2048


def test_models_that_do_not_belong_together_are_refused(two, tmp_path, vocabulary_file):
    wide = made(tmp_path / "wide", 3, vocabulary_file, "c", dataclasses.replace(TOY, n_hidden=48))
    with pytest.raises(ConfigError, match="wide is of another shape"):
        average([*two, wide], (1.0, 1.0, 1.0), tmp_path / "mean", "mean")
    vocabulary = tmp_path / "other.json"
    tiny.train_tokenizer().save(str(vocabulary))
    vocabulary.write_text(vocabulary.read_text() + "\n")
    other = made(tmp_path / "other", 4, vocabulary, "c")
    with pytest.raises(CheckpointError, match="different vocabulary"):
        average([*two, other], (1.0, 1.0, 1.0), tmp_path / "mean", "mean")
    assert not (tmp_path / "mean").exists()


@pytest.mark.parametrize("shares", [(), (1.0,), (1.0, 0.0), (1.0, 1.0, 1.0)])
def test_every_model_needs_a_share(two, tmp_path, shares):
    with pytest.raises(ConfigError, match="a share above 0 for each"):
        average(two, shares, tmp_path / "mean", "mean")
