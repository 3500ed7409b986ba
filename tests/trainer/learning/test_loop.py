"""Training: it learns, it is a function of its options alone, and it survives what goes wrong."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest
import torch

from codecomplete import engine
from codecomplete.trainer.errors import CheckpointError, DivergedError
from codecomplete.trainer.evaluation.scores import bits_of
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.learning import checkpoint, runlog
from codecomplete.trainer.learning.compute import Compute
from codecomplete.trainer.learning.data import open_rows
from codecomplete.trainer.learning.loop import (
    MOST_BAD_STEPS,
    Run,
    _steps,
    begin,
    save_checkpoint,
    train,
)
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.presets import Preset

from ..toy import PLAIN, make_shards, preset

pytestmark = pytest.mark.slow

STEPS = 8


def make_run(shards: Path, directory: Path, chosen: Preset, steps: int = STEPS, **fields) -> Run:
    rows = open_rows(shards, "train", chosen.recipe)
    settings = {"compute": PLAIN, "log_every": 1, "checkpoint_seconds": 1e9, "drawn": False}
    return Run(chosen.model, chosen.recipe, rows, steps, directory, **(settings | fields))


def small(**fields) -> Preset:
    return preset(**{"row_tokens": 64, "batch_rows": 4} | fields)


def weights_of(directory: Path, name: str = "model") -> dict[str, torch.Tensor]:
    return checkpoint.load_tensors(checkpoint.newest(directory), name)


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def interrupted(run: Run, step: int) -> None:
    """Train up to a step, save there, and break off a step later as a kill would."""
    stop = RuntimeError("killed")

    def report(row: dict) -> None:
        if row["step"] == step + 1:
            raise stop

    saves_at_once = dataclasses.replace(run, checkpoint_seconds=0.0)
    with pytest.raises(RuntimeError) as caught:
        train(saves_at_once, report)
    assert caught.value is stop
    assert checkpoint.newest(run.directory).name == f"step-{step:08d}"


def test_memorises_a_small_file(tmp_path, vocabulary_file):
    """Measured where it counts: the exported model, in 8 bits, through the engine."""
    text = (Path(__file__).parents[3] / "engine/state/edits.py").read_text()[:350]
    shards = make_shards(tmp_path / "shards", vocabulary_file, {"train": [text] * 6})
    chosen = preset(row_tokens=256, batch_rows=2, document_starts=1.0, weight_decay=0.0)
    run = make_run(shards, tmp_path / "run", chosen, steps=90, log_every=30)
    weights = train(run).state_dict()
    tokenizer = shards / "tokenizer.json"
    directory = export(
        run.model, weights, tokenizer, tmp_path / "model", "toy", Quantisation(8, 32)
    )
    bits = bits_of(engine.load(directory), text, "python")
    assert bits / len(text.encode()) < 0.05


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"optimiser": "adamw", "order": "shuffled", "accumulation": 2},
        {"average": 0.9, "average_share": 0.8, "fim_rate": 0.5, "fim_tokens": 32},
    ],
    ids=["muon", "adamw, accumulated", "averaged, suffix first"],
)
def test_resumed_equals_uninterrupted(shards, tmp_path, fields):
    chosen = small(**fields)
    train(make_run(shards, tmp_path / "whole", chosen))
    interrupted(make_run(shards, tmp_path / "cut", chosen), step=5)
    train(make_run(shards, tmp_path / "cut", chosen))
    for name in ("model", "optimiser-0", *(["average"] if "average" in fields else [])):
        assert same(weights_of(tmp_path / "whole", name), weights_of(tmp_path / "cut", name))
    logs = [runlog.read(tmp_path / where / runlog.LOG) for where in ("whole", "cut")]
    assert [row["step"] for row in logs[1]] == list(range(1, STEPS + 1))
    assert [row["loss"] for row in logs[0]] == [row["loss"] for row in logs[1]]


def test_averages_lie_between_the_weights_of_the_last_steps(shards, tmp_path):
    chosen = small(average=0.5, average_share=0.5)
    train(make_run(shards, tmp_path, chosen))
    latest, averaged = weights_of(tmp_path), weights_of(tmp_path, "average")
    assert not same(latest, averaged)
    assert same(checkpoint.best_weights(checkpoint.newest(tmp_path)), averaged)
    drift = (latest["embedding.weight"] - averaged["embedding.weight"]).norm()
    assert drift < 0.5 * latest["embedding.weight"].norm()


def test_accumulated_passes_equal_one_large_pass(shards, tmp_path):
    """Up to rounding: the rows are the same, in parts.

    Before the first step nothing but rounding moves the gains (the blocks begin with zeros behind
    them), and Adam makes a step of that as long as any other.
    """

    class Halves:
        def __init__(self, whole):
            self.whole, self.tokens = whole, whole.tokens

        def batch(self, number, rows, rank=0, size=1):
            whole = self.whole.batch(number // 2, 2 * rows)
            return whole[:rows] if number % 2 == 0 else whole[rows:]

    once = make_run(shards, tmp_path / "once", small(batch_rows=4), steps=3)
    twice = make_run(shards, tmp_path / "twice", small(batch_rows=2, accumulation=2), steps=3)
    train(once)
    train(dataclasses.replace(twice, rows=Halves(once.rows)))
    parts = weights_of(tmp_path / "twice")
    for name, value in weights_of(tmp_path / "once").items():
        if not name.endswith("skip_gains"):
            torch.testing.assert_close(parts[name], value, rtol=1e-3, atol=1e-4)


def test_a_constant_run_ends_with_a_branch(shards, tmp_path):
    chosen = small(schedule="constant", warmup_steps=2)
    train(make_run(shards, tmp_path, chosen, steps=4))
    train(make_run(shards, tmp_path, chosen, steps=8, decay_from=4))
    rates = [row["rate"] for row in runlog.read(tmp_path / runlog.LOG)]
    assert rates[:4] == [0.5, 1.0, 1.0, 1.0]
    assert rates[4:] == pytest.approx([1 - (step / 4) ** 0.5 for step in range(4)], abs=1e-5)


class Poison:
    """Makes the loss of chosen steps infinite."""

    def __init__(self, run: Run, steps: set[int], factor: float = math.inf) -> None:
        self.steps, self.factor, self.step = steps, factor, 0
        self.compute = run.compute

    def __getattr__(self, name: str):
        return getattr(self.compute, name)

    def prepare(self, model):
        forward = self.compute.prepare(model)

        def poisoned(model, rows):
            self.step += 1
            return forward(model, rows) * (self.factor if self.step in self.steps else 1.0)

        return poisoned


@pytest.mark.parametrize("factor", [math.nan, math.inf, 1e6])
def test_a_bad_step_is_skipped(shards, tmp_path, factor):
    run = make_run(shards, tmp_path, small(), steps=26)
    train(dataclasses.replace(run, compute=Poison(run, {24}, factor)))
    rows = runlog.read(tmp_path / runlog.LOG)
    assert rows[22]["skipped"] == 0 and rows[-1]["skipped"] == 1
    assert all(torch.isfinite(value).all() for value in weights_of(tmp_path).values())
    assert rows[-1]["loss"] < rows[0]["loss"]


def test_a_run_that_diverges_says_so_and_keeps_its_checkpoint(shards, tmp_path):
    run = make_run(shards, tmp_path, small(), steps=40)
    bad = set(range(4, 40))
    poisoned = dataclasses.replace(run, compute=Poison(run, bad), checkpoint_seconds=0.0)
    with pytest.raises(DivergedError, match=f"{MOST_BAD_STEPS}th bad step.*checkpoint is kept"):
        train(poisoned)
    assert all(torch.isfinite(value).all() for value in weights_of(tmp_path).values())


def test_a_full_disk_is_named_and_the_last_checkpoint_kept(shards, tmp_path, monkeypatch):
    run = make_run(shards, tmp_path, small())
    interrupted(run, step=3)
    good = checkpoint.newest(tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(CheckpointError, match=r"No space left.*last good checkpoint is step-0000"):
        train(run)
    assert checkpoint.newest_intact(tmp_path) == good
    assert not list(tmp_path.glob(".writing-*"))
    monkeypatch.undo()
    train(run)
    assert checkpoint.newest(tmp_path).name == f"step-{STEPS:08d}"


def test_a_damaged_checkpoint_is_passed_over(shards, tmp_path):
    run = make_run(shards, tmp_path, small())
    interrupted(run, step=5)
    whole = weights_of_run(shards, tmp_path.with_name("whole"))
    newest = checkpoint.newest(tmp_path) / "model.safetensors"
    newest.write_bytes(newest.read_bytes()[:-100])
    said = []
    train(run, tell=said.append)
    assert "altered; going back to an older checkpoint" in said[0]
    assert same(weights_of(tmp_path), whole)


def weights_of_run(shards: Path, directory: Path) -> dict[str, torch.Tensor]:
    train(make_run(shards, directory, small()))
    return weights_of(directory)


def test_only_damaged_checkpoints_are_an_error(shards, tmp_path):
    run = make_run(shards, tmp_path, small())
    train(run)
    for path in tmp_path.glob("step-*/model.safetensors"):
        path.unlink()
    with pytest.raises(CheckpointError, match="no intact checkpoint is left"):
        train(run)


def test_another_models_checkpoint_is_refused(shards, tmp_path):
    train(make_run(shards, tmp_path, small()))
    other = dataclasses.replace(small(), model=dataclasses.replace(small().model, n_layer=1))
    with pytest.raises(CheckpointError, match="holds a different model"):
        train(make_run(shards, tmp_path, other))


def test_a_half_written_checkpoint_is_ignored(shards, tmp_path):
    run = make_run(shards, tmp_path, small())
    interrupted(run, step=3)
    partial = tmp_path / ".writing-00000009"
    partial.mkdir()
    (partial / "model.safetensors").write_bytes(b"half")
    (tmp_path / "step-00000009").mkdir()  # without a state: not one of ours
    train(run)
    assert checkpoint.newest(tmp_path).name == f"step-{STEPS:08d}"
    assert not partial.exists()


def test_checkpoints_from_before_digests_are_read(shards, tmp_path):
    run = make_run(shards, tmp_path, small())
    interrupted(run, step=3)
    for path in tmp_path.glob("step-*/state.json"):
        state = checkpoint.load_state(path.parent)
        kept = ("model", "recipe", "tokens", "step", "provenance")
        path.write_text(json.dumps({name: state[name] for name in kept}))
    train(run)
    assert same(weights_of(tmp_path), weights_of_run(shards, tmp_path.with_name("old-whole")))


FLOAT16 = Compute(bfloat16=False, compiled=False, float16=True)


def test_fp16_learns_nearly_what_float32_does(shards, tmp_path):
    losses = {}
    for name, compute in (("fp32", PLAIN), ("fp16", FLOAT16)):
        train(make_run(shards, tmp_path / name, small(), compute=compute))
        losses[name] = [row["loss"] for row in runlog.read(tmp_path / name / runlog.LOG)]
    assert losses["fp16"] == pytest.approx(losses["fp32"], rel=2e-2)


def test_fp16_scales_its_loss_less_after_an_overflow_and_resumes_with_that_scale(shards, tmp_path):
    """Gradients out of range are skipped, and are no bad steps: the scale is what is wrong."""
    huge = 2.0**40

    def begun(directory):
        run = make_run(shards, directory, small(), steps=30, compute=FLOAT16)
        state = begin(run)
        if not state.step:
            state.scaler.load_state_dict(state.scaler.state_dict() | {"scale": huge})
        return run, state

    run, state = begun(tmp_path)
    *_, row = _steps(run, state, FLOAT16.prepare(state.model))
    assert MOST_BAD_STEPS < state.skipped < 30 and state.bad == 0
    scale = state.scaler.get_scale()
    assert scale == huge / 2**state.skipped
    save_checkpoint(run, state)
    _, again = begun(tmp_path)
    assert again.scaler.get_scale() == scale and again.step == 30
    assert math.isfinite(row["loss"])


@pytest.mark.parametrize("name", ["identity", "gpt2"])
def test_the_first_weights_are_those_that_the_recipe_names(shards, tmp_path, name):
    state = begin(make_run(shards, tmp_path, small(initialisation=name)))
    down = torch.stack([block.ffn.down.weight for block in state.model.each_block()])
    up = state.model.blocks[0].ffn.up.weight
    if name == "identity":
        assert not down.any() and up.std().item() == pytest.approx(1 / 8, rel=0.1)
    else:
        assert up.std().item() == pytest.approx(0.02, rel=0.1)
        assert down.std().item() == pytest.approx(0.02 / 2, rel=0.1), "two layers: 1 / sqrt(4)"


def test_shared_layers_stay_one_and_are_saved_as_many(shards, tmp_path):
    chosen = small(shared_layers=True)
    train(make_run(shards, tmp_path / "whole", chosen))
    weights = weights_of(tmp_path / "whole")
    first, second = (weights[f"blocks.{layer}.ffn.up.weight"] for layer in (0, 1))
    assert (
        torch.equal(first, second)
        and weights.keys() == Transformer(chosen.model).state_dict().keys()
    )
    interrupted(make_run(shards, tmp_path / "cut", chosen), step=5)
    train(make_run(shards, tmp_path / "cut", chosen))
    assert same(weights, weights_of(tmp_path / "cut"))
    model = Transformer(chosen.model)
    model.share_layers()
    whole = sum(p.numel() for p in Transformer(chosen.model).parameters())
    assert sum(p.numel() for p in model.parameters()) < 0.8 * whole
