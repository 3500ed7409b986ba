"""The command line: it explains itself without torch, and every command works on a toy run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from codecomplete import engine
from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.trainer.__main__ import main
from codecomplete.trainer.runs.presets import PRESETS

from .toy import ROOT

FAST = ("--compile", "off", "--precision", "fp32", "--log-every", "2")


@pytest.fixture(scope="module")
def run(shards, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("commands") / "run"
    arguments = ["train", "--preset", "toy", "--data", str(shards), "--out", str(out)]
    assert main([*arguments, "--tokens", "4096", *FAST]) == 0
    return out


@pytest.mark.parametrize("arguments", [[], ["--help"], ["train", "--help"]])
def test_help_needs_no_torch(arguments):
    code = (
        "import sys; from codecomplete.trainer.__main__ import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "python -m trainer" in done.stdout


def test_alone_it_proposes_a_run_on_the_shards_that_lie_there(
    shards, tmp_path, monkeypatch, capsys
):
    shutil.copytree(shards, tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "python -m trainer train --preset toy --data mine --minutes 20 --out runs/first" in said


def test_alone_without_shards_it_says_where_they_come_from(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    assert "python -m corpus build --help" in capsys.readouterr().out


def test_problems_are_printed_together_and_nothing_is_written(tmp_path, capsys):
    out = tmp_path / "run"
    assert main(["train", "--data", str(tmp_path), "--out", str(out), "--tokens", "1", *FAST]) == 1
    said = capsys.readouterr().err
    assert "2 problems found before training" in said and not out.exists()


def test_presets_are_listed_with_their_sizes(capsys):
    assert main(["presets"]) == 0
    said = capsys.readouterr().out
    assert "33,551,168" in said and all(name in said for name in PRESETS)


def test_minutes_become_steps(shards, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("codecomplete.trainer.runs.training.SPEED_SECONDS", 0.2)
    arguments = ["train", "--preset", "toy", "--data", str(shards), "--out", str(tmp_path / "run")]
    assert main([*arguments, "--minutes", "0.02", *FAST]) == 0
    plan = json.loads((tmp_path / "run" / "run.json").read_text())["plan"]
    assert plan["steps"] >= 1 and "measuring" in capsys.readouterr().out
    assert main([*arguments, "--minutes", "99", *FAST]) == 0, "a finished run stays finished"
    assert json.loads((tmp_path / "run" / "run.json").read_text())["plan"] == plan


def test_export_prints_what_rounding_costs(run, tmp_path, capsys):
    out = tmp_path / "model"
    assert main(["export", "--run", str(run), "--out", str(out), "--cost-bytes", "500"]) == 0
    said = capsys.readouterr().out
    assert all(f"{bits:>3} bits per weight" in said for bits in (32, 8, 4))
    model = engine.load(out)
    assert model.directory.training["steps"] == 4
    assert model.directory.training["preset"] == "toy"


@pytest.mark.parametrize("bits", [4, 32])
def test_other_bits(run, tmp_path, bits):
    out = tmp_path / "model"
    arguments = ["--bits", str(bits), "--block", "32", "--cost-bytes", "0"]
    assert main(["export", "--run", str(run), "--out", str(out), *arguments]) == 0
    assert engine.load(out).directory.quantisation["bits"] == bits


def test_safetensors_and_pth(run, tmp_path):
    from safetensors.torch import load_file

    out = tmp_path / "plain"
    assert main(["export", "--run", str(run), "--out", str(out), "--format", "safetensors"]) == 0
    weights = load_file(out / "model.safetensors")
    config = json.loads((out / "config.json").read_text())["config"]
    assert ModelConfig.from_dict(config) == PRESETS["toy"].model
    pth = tmp_path / "latest_checkpoint.pth"
    assert main(["export", "--run", str(run), "--out", str(pth), "--format", "pth"]) == 0
    pickled = torch.load(pth, weights_only=True)["model_state_dict"]
    assert all(torch.equal(pickled[name], value) for name, value in weights.items())


def test_what_gguf_cannot_hold_is_refused(run, tmp_path, capsys):
    out = str(tmp_path / "model.gguf")
    assert main(["export", "--run", str(run), "--out", out, "--format", "gguf"]) == 1
    assert "llama.cpp has no architecture" in capsys.readouterr().err


def test_sample_writes_behind_the_prompt(run, capsys):
    arguments = ["--prompt", "def f(", "--language", "python", "--tokens", "5"]
    assert main(["sample", "--run", str(run), *arguments]) == 0
    greedy = capsys.readouterr().out
    assert greedy.startswith("def f(")
    assert main(["sample", "--run", str(run), *arguments, "--temperature", "1"]) == 0


def test_a_run_without_checkpoints(tmp_path, capsys):
    assert main(["export", "--run", str(tmp_path), "--out", str(tmp_path / "m")]) == 1
    assert "no checkpoint there" in capsys.readouterr().err


def test_system_a_keeps_its_names(shards, tmp_path, monkeypatch):
    import dataclasses

    literal = PRESETS["system-a"]
    model = dataclasses.replace(
        literal.model, vocabulary_size=512, n_layer=1, n_head=2, n_kv_head=2, head_size=8,
        n_embd=16, n_hidden=32, window=64,
    )  # fmt: skip
    recipe = dataclasses.replace(literal.recipe, row_tokens=64)
    small = dataclasses.replace(literal, model=model, recipe=recipe)
    monkeypatch.setitem(PRESETS, "system-a", small)
    out = tmp_path / "run"
    arguments = ["train", "--preset", "system-a", "--data", str(shards), "--out", str(out)]
    assert main([*arguments, "--tokens", str(2 * recipe.step_tokens), *FAST]) == 0
    log = (out / "training_logs/loss_log.csv").read_text().splitlines()
    assert log[0].startswith("step,tokens,loss") and len(log) == 2
    saved = torch.load(out / "model/checkpoints/latest_checkpoint.pth", weights_only=True)
    assert saved["step"] == 2
