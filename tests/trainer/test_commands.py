"""The command line: it explains itself without torch, and every command works on a toy run."""

from __future__ import annotations

import json
import shlex
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
SHORT = ("--set", "row_tokens=64", "batch_rows=2")  # many steps in a moment


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


def test_python_runs_it_as_a_module_and_passes_its_status_on():
    for arguments, status in (["--version"], 0), (["nothing"], 2):
        done = subprocess.run(
            [sys.executable, "-m", "trainer", *arguments], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == status, done.stderr


def test_alone_it_proposes_a_run_on_the_shards_that_lie_there(
    shards, tmp_path, monkeypatch, capsys
):
    shutil.copytree(shards, tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "python -m trainer train --preset toy --data mine --minutes 3 --out runs/first" in said
    assert "--start" not in said, "the packaged model has another vocabulary"


def shards_json(folder: Path, size: int) -> None:
    folder.mkdir()
    (folder / "shards.json").write_text(json.dumps({"vocabulary_size": size}))


def test_alone_it_proposes_nothing_that_a_small_machine_cannot_do(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shards_json(tmp_path / "full", 8192)
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "python -m corpus recode full shards-small --vocabulary 4096" in said
    assert "trainer train --preset" not in said
    shards_json(tmp_path / "shards-small", 4096)
    assert main([]) == 0
    assert "trainer train --preset small --data shards-small" in capsys.readouterr().out


def test_alone_it_begins_with_the_packaged_model_where_the_vocabulary_is_its_own(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    shards_json(tmp_path / "shards", 4096)
    packaged = engine.load().directory.path
    shutil.copyfile(packaged / "tokenizer.json", tmp_path / "shards" / "tokenizer.json")
    assert main([]) == 0
    said = capsys.readouterr().out
    assert f"--out runs/first --start {packaged} --peak 0.25" in said


def test_alone_without_shards_it_says_where_they_come_from(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    said = capsys.readouterr().out
    words = shlex.split(
        said.rpartition("    python -m corpus ")[2].partition("\n\n")[0].replace("\\\n", "")
    )
    assert words[0] == "build" and "--folder" in words
    from codecomplete.corpus.__main__ import _parser
    from codecomplete.corpus.profiles import read_profile

    options = _parser().parse_args(words)
    assert options.tokenizer.is_file()
    assert read_profile(options.profile).held_out, "a few only, or it takes many minutes"


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
    assert main([*arguments, "--minutes", "0.005", *SHORT, *FAST]) == 0
    plan = json.loads((tmp_path / "run" / "run.json").read_text())["plan"]
    assert plan["steps"] >= 1 and "measuring" in capsys.readouterr().out
    assert main([*arguments, "--minutes", "0.005", *SHORT, *FAST]) == 0, "the same command again"
    assert "nothing is left to train" in capsys.readouterr().out
    assert main([*arguments, "--minutes", "99", *SHORT, *FAST]) == 1, "nothing would be trained"
    said = capsys.readouterr().err
    assert "started with --minutes 0.005 and is finished" in said and "--start" in said
    assert json.loads((tmp_path / "run" / "run.json").read_text())["plan"] == plan


def test_a_run_at_a_constant_rate_is_prolonged_by_more_minutes(
    shards, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("codecomplete.trainer.runs.training.SPEED_SECONDS", 0.2)
    arguments = ["train", "--preset", "toy", "--data", str(shards), "--out", str(tmp_path / "run")]
    steps = []
    for minutes in ("0.004", "0.01"):
        assert main([*arguments, "--constant", "--minutes", minutes, *SHORT, *FAST]) == 0
        steps.append(json.loads((tmp_path / "run" / "run.json").read_text())["plan"]["steps"])
    assert steps[1] > steps[0]


@pytest.mark.parametrize(
    "options, said",
    [
        (["--minutes", "inf"], "'inf'; expected a finite number of at least 0"),
        (["--minutes", "nan"], "'nan'; expected a finite number of at least 0"),
        (["--threads", "-1"], "'-1'; expected a whole number of at least 0"),
        (["--log-every", "0"], "'0'; expected a whole number of at least 1"),
        (["--rows", "0"], "'0'; expected a whole number of at least 1"),
        (["--checkpoint-minutes", "-3"], "'-3'; expected a finite number of at least 0"),
    ],
)
def test_impossible_numbers_are_refused_where_they_are_given(
    shards, tmp_path, capsys, options, said
):
    out = tmp_path / "run"
    with pytest.raises(SystemExit):
        main(["train", "--data", str(shards), "--out", str(out), *options])
    assert said in capsys.readouterr().err and not out.exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_told(shards, tmp_path, capsys):
    out = tmp_path / "run"
    arguments = ["train", "--preset", "toy", "--data", str(shards), "--out", str(out)]
    assert main([*arguments, "--tokens", "4096", "--device", "cuda"]) == 1
    said = capsys.readouterr().err
    assert "--device cuda: 0 GPUs found" in said and "use --device cpu" in said


def failing(error: BaseException):
    def fail(*arguments, **options):
        raise error

    return fail


@pytest.mark.parametrize(
    "error, status, said",
    [
        (MemoryError(), 1, "out of memory; give fewer --rows"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), 1, "fewer --rows"),
        (OSError(28, "No space left on device", "x"), 1, "No space left on device (x)"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
    ids=["memory", "allocator", "disk", "interrupt"],
)
def test_what_the_machine_refuses_is_told_in_one_line(
    shards, tmp_path, capsys, monkeypatch, error, status, said
):
    monkeypatch.setattr("codecomplete.trainer.runs.training.measure", failing(error))
    out = str(tmp_path / "run")
    arguments = ["train", "--preset", "toy", "--data", str(shards), "--out", out, *FAST]
    assert main([*arguments, "--minutes", "1"]) == status
    assert said in capsys.readouterr().err


def test_an_error_of_ours_is_not_hidden(shards, tmp_path, monkeypatch):
    error = RuntimeError("shapes do not match")
    monkeypatch.setattr("codecomplete.trainer.runs.training.measure", failing(error))
    out = str(tmp_path / "run")
    arguments = ["train", "--preset", "toy", "--data", str(shards), "--out", out, *FAST]
    with pytest.raises(RuntimeError, match="shapes do not match"):
        main([*arguments, "--minutes", "1"])


def test_a_graph_is_not_written_over_somebodys_files(run, tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("mine")
    arguments = ["export", "--run", str(run), "--format", "onnx"]
    assert main([*arguments, "--out", str(tmp_path)]) == 1
    assert "thesis.txt" in capsys.readouterr().err
    file = tmp_path / "thesis.txt"
    assert main([*arguments, "--out", str(file)]) == 1 and file.read_text() == "mine"


def test_the_best_checkpoint_on_held_out_text_can_be_exported(run, tmp_path, capsys):
    out = tmp_path / "best"
    arguments = ["export", "--run", str(run), "--cost-bytes", "0", "--checkpoint", "best"]
    assert main([*arguments, "--out", str(out)]) == 0
    best = json.loads((run / "best" / "state.json").read_text())
    assert engine.load(out).directory.training["steps"] == best["step"]


def test_the_recipe_can_be_changed_on_the_command_line(shards, tmp_path, capsys):
    out = tmp_path / "run"
    arguments = ["train", "--preset", "toy", "--data", str(shards), "--out", str(out), *FAST]
    changes = ["--set", "accumulation=2", "epsilon=1e-6", "--set", "skip=10", "schedule=cosine"]
    assert main([*arguments, "--tokens", "4096", *changes]) == 0
    recipe = json.loads((out / "run.json").read_text())["recipe"]
    assert (recipe["accumulation"], recipe["epsilon"]) == (2, 1e-6)
    assert (recipe["skip_factor"], recipe["schedule"]) == (10, "cosine")
    assert main([*arguments, "--tokens", "4096", "--set", "clip=high", "speed=2"]) == 1
    said = capsys.readouterr().err
    assert "'clip=high': 'high' is no float" in said and "'speed=2': expected NAME=VALUE" in said


def test_an_export_says_how_editors_come_to_use_it(run, tmp_path, capsys, monkeypatch):
    """And the line it says, word for word, does it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    out = str(tmp_path / "model")
    assert main(["export", "--run", str(run), "--out", out, "--cost-bytes", "0"]) == 0
    said = capsys.readouterr().out
    line = next(line for line in said.splitlines() if line.startswith("next"))
    words = line.split("python -m trainer ")[1].split("    ")[0].split()
    assert main(words) == 0 and f"in use: {out}" in capsys.readouterr().out


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


def test_sample_writes_after_the_prompt(run, capsys):
    arguments = ["--prompt", "def f(", "--language", "python", "--tokens", "5"]
    assert main(["sample", "--run", str(run), *arguments]) == 0
    greedy = capsys.readouterr().out
    assert greedy.startswith("def f(")
    assert main(["sample", "--run", str(run), *arguments, "--temperature", "1"]) == 0


def test_escapes_leave_other_letters_alone(run, capsys):
    arguments = ["--prompt", "é = 1\\n\\tß€", "--escapes", "--tokens", "1"]
    assert main(["sample", "--run", str(run), *arguments]) == 0
    assert capsys.readouterr().out.startswith("é = 1\n\tß€")


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
