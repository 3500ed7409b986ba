"""System D's models as transformers has them: the same logits, there and back."""

from __future__ import annotations

import dataclasses
import json
import warnings

import pytest
import torch

from codecomplete.trainer.__main__ import main
from codecomplete.trainer.errors import ExportError
from codecomplete.trainer.export import huggingface
from codecomplete.trainer.network.transformer import Transformer, parameter_count
from codecomplete.trainer.runs.presets import PRESETS
from tests.tiny import CONFIGS, random_model

from .test_gguf import GPT2, lookalike

IDS = torch.tensor([[7, 8, 9, 300, 12, 499, 0, 3]])


def theirs(folder):
    transformers = pytest.importorskip("transformers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        return transformers.GPT2LMHeadModel.from_pretrained(folder).eval()


def test_the_same_logits_there_and_back(tmp_path):
    model = random_model(GPT2)
    huggingface.save(GPT2, model.state_dict(), lookalike(tmp_path), tmp_path / "model")
    with torch.inference_mode():
        wanted = model(IDS)
        found = theirs(tmp_path / "model")(IDS).logits
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)
    config, weights = huggingface.load(tmp_path / "model")
    assert config == GPT2
    again = Transformer(config)
    again.load_state_dict(weights)
    with torch.inference_mode():
        assert torch.equal(again(IDS), wanted)


def test_a_model_that_transformers_has_written_is_read(tmp_path):
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        their = transformers.GPT2LMHeadModel(
            transformers.GPT2Config(vocab_size=512, n_positions=64, n_embd=32, n_layer=2, n_head=4)
        ).eval()
        with torch.no_grad():
            for parameter in their.parameters():
                parameter.add_(0.05 * torch.randn_like(parameter))
        their.save_pretrained(tmp_path)
    assert huggingface.is_gpt2(tmp_path)
    config, weights = huggingface.load(tmp_path)
    model = Transformer(config).eval()
    model.load_state_dict(weights)
    with torch.inference_mode():
        torch.testing.assert_close(model(IDS), their(IDS).logits, rtol=1e-3, atol=1e-3)


def test_the_225_m_sizes_have_as_many_parameters_there(tmp_path):
    transformers = pytest.importorskip("transformers")
    ours = PRESETS["scaling-225m"].model
    with torch.device("meta"):
        their = transformers.GPT2LMHeadModel(
            transformers.GPT2Config(
                vocab_size=ours.vocabulary_size, n_positions=ours.window, n_embd=ours.n_embd,
                n_layer=ours.n_layer, n_head=ours.n_head,
            )
        )  # fmt: skip
    biases = sum(
        p.numel() for name, p in their.named_parameters()
        if name.endswith(".bias") and "ln_" not in name
    )  # fmt: skip
    counted = sum(parameter.numel() for parameter in their.parameters())
    assert counted - biases == parameter_count(ours)


def test_other_shapes_are_refused(tmp_path, vocabulary_file):
    with pytest.raises(ExportError, match="no architecture for this model"):
        huggingface.save(CONFIGS["sliding"], {}, vocabulary_file, tmp_path / "model")
    model = random_model(GPT2)
    huggingface.save(GPT2, model.state_dict(), lookalike(tmp_path), tmp_path / "model")
    facts = json.loads((tmp_path / "model" / "config.json").read_text())
    other = facts | {"activation_function": "relu"}
    (tmp_path / "model" / "config.json").write_text(json.dumps(other))
    with pytest.raises(ExportError, match="activation relu"):
        huggingface.load(tmp_path / "model")


def test_system_ds_path_from_text_to_a_model_everywhere(shards, tmp_path, monkeypatch, capsys):
    """A vocabulary that splits as StarCoder2's, rows of 1,024 each token once, both exports, and
    training the exported model further."""
    from codecomplete import engine
    from codecomplete.corpus import open_shards
    from codecomplete.corpus.__main__ import main as corpus_main

    tokenizer, data = lookalike(tmp_path), tmp_path / "recoded"
    assert corpus_main(["recode", str(shards), str(data), "--tokenizer", str(tokenizer)]) == 0
    ids = open_shards(data).split("train")[0].ids
    index = open_shards(data).split("train")[0].index
    assert all(ids[row["start"]] == ids[row["start"] + row["length"] - 1] == 0 for row in index)
    model = dataclasses.replace(GPT2, window=1_024)
    recipe = dataclasses.replace(PRESETS["scaling-50m"].recipe, batch_rows=2, accumulation=2)
    assert (recipe.row_tokens, recipe.order) == (1_024, "shuffled")
    small = dataclasses.replace(PRESETS["scaling-50m"], model=model, recipe=recipe)
    monkeypatch.setitem(PRESETS, "scaling-50m", small)
    fast = ("--compile", "off", "--precision", "fp32", "--tokens", "8192")
    train = ["train", "--preset", "scaling-50m", "--data", str(data), *fast]
    run = tmp_path / "run"
    assert main([*train, "--out", str(run)]) == 0
    export = ["export", "--run", str(run), "--cost-bytes", "0"]
    out = {name: tmp_path / name for name in ("model", "transformers", "gguf")}
    for name, path in out.items():
        assert main([*export, "--out", str(path), "--format", name]) == 0, capsys.readouterr().err
    text = "def main():\n    return 12345\n"
    loaded = engine.load(out["model"])
    assert loaded.tokenizer.decode(loaded.tokenizer.encode(text)) == text
    session = loaded.session("python")
    session.sync(text)
    session.suggest()
    further = tmp_path / "further"
    assert main([*train, "--out", str(further), "--start", str(out["transformers"])]) == 0
