"""A run begins with the weights of another, or of a model that was exported."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from codecomplete import engine
from codecomplete.engine.tokenizer import BOS, language_tag
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
    with pytest.raises(CheckpointError, match="different vocabulary"):
        starting.read(tmp_path, other)


def test_a_folder_without_weights_is_refused(tmp_path, vocabulary_file):
    with pytest.raises(CheckpointError, match="no checkpoint and no model"):
        starting.read(tmp_path, vocabulary_file)


def test_the_tuning_travels_through_a_run_to_its_export(shards, tmp_path, vocabulary_file, capsys):
    from codecomplete.engine.suggestions.gate import UNFITTED
    from codecomplete.trainer.__main__ import main
    from codecomplete.trainer.evaluation.tuning import write_tuning

    first = tmp_path / "first"
    export(SIZES["toy"], Transformer(SIZES["toy"]).state_dict(), vocabulary_file, first, "first")
    write_tuning(first, gate=UNFITTED.to_dict(), threshold=0.3)
    fast = ("--compile", "off", "--precision", "fp32", "--tokens", "2048")
    train = ["train", "--preset", "toy", "--data", str(shards), *fast]
    for name, start in (("a", first), ("b", tmp_path / "a")):
        assert main([*train, "--out", str(tmp_path / name), "--start", str(start)]) == 0
    out = tmp_path / "model"
    capsys.readouterr()
    assert main(["export", "--run", str(tmp_path / "b"), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "that of the model it began with, fitted to other weights" in said
    assert f"python -m trainer tune --model {out}" in said
    model = engine.load(out)
    assert model.tuning.threshold == 0.3
    assert "fitted to other weights" in model.directory.training["tuning"]


def test_an_export_without_tuning_says_so(shards, tmp_path, capsys):
    from codecomplete.trainer.__main__ import main

    fast = ("--compile", "off", "--precision", "fp32", "--tokens", "2048")
    run, out = tmp_path / "run", tmp_path / "model"
    train = ["train", "--preset", "toy", "--data", str(shards), *fast, "--out", str(run)]
    assert main(train) == 0
    capsys.readouterr()
    assert main(["export", "--run", str(run), "--out", str(out)]) == 0
    assert "tuning         none: local text is off" in capsys.readouterr().out


def exported_languages(folder: Path, vocabulary_file: Path, training: dict | None) -> tuple:
    weights = Transformer(SIZES["toy"]).state_dict()
    export(SIZES["toy"], weights, vocabulary_file, folder, "toy", training=training)
    return engine.load(folder).languages


def test_a_model_says_which_languages_it_was_trained_on(tmp_path, vocabulary_file):
    now = {"languages": ["c"], "began_with": {"languages": ["java"], "began_with": None}}
    assert exported_languages(tmp_path / "c", vocabulary_file, now) == ("c", "java")
    assert len(exported_languages(tmp_path / "all", vocabulary_file, None)) == 10
    scripts = {"languages": ["shell", "lua"], "began_with": {"languages": ["python"]}}
    found = exported_languages(tmp_path / "scripts", vocabulary_file, scripts)
    assert found == ("python", "shell", "lua"), "with a tag or without"


def test_languages_are_remembered_when_a_run_begins_with_a_model(tmp_path, vocabulary_file):
    exported_languages(tmp_path, vocabulary_file, {"languages": ["python", "rust"]})
    assert starting.read(tmp_path, vocabulary_file).facts["languages"] == ["python", "rust"]


def test_a_language_without_a_tag_begins_as_an_unknown_one_does(tmp_path, vocabulary_file):
    exported_languages(tmp_path, vocabulary_file, {"languages": ["c", "shell"]})
    model = engine.load(tmp_path)
    begin = model.tokenizer.special(BOS)
    for text in ("x", "x = 1\n" * 2_000):  # from the file's beginning, and far from it
        for language, known in (("shell", "shell"), ("lua", None), (None, None)):
            session = model.session(language)
            session.sync(text)
            assert session._buffer.language == known
            prompt = [token.id for token in session._buffer.context.entries if not token.end]
            assert prompt == [begin]


def test_the_tag_of_a_language_not_trained_on_is_not_fed(tmp_path, vocabulary_file):
    exported_languages(tmp_path, vocabulary_file, {"languages": ["c"]})
    model = engine.load(tmp_path)
    for language, fed in (("c", True), ("python", False)):
        session = model.session(language)
        session.sync("x")
        tag = model.tokenizer.special(language_tag(language))
        assert (tag in [token.id for token in session._buffer.context.entries]) is fed
