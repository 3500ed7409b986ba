"""Held-out text while training: what is measured, what is best, when it ends, and what is said."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch

from codecomplete.engine.tokenizer import Tokenizer
from codecomplete.trainer.learning import checkpoint, runlog
from codecomplete.trainer.learning.compute import row_loss
from codecomplete.trainer.learning.data import open_rows
from codecomplete.trainer.learning.loop import Run, train
from codecomplete.trainer.learning.watch import MEMORISED, Watch, Watched, text_bytes
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.options import Options
from codecomplete.trainer.runs.presets import PRESETS
from codecomplete.trainer.runs.training import Settings, start

from ..toy import PLAIN, ROOT, make_shards, preset

STEP = PRESETS["toy"].recipe.step_tokens


def watched_run(shards: Path, out: Path, steps: int, **fields) -> list[dict]:
    recipe = preset(row_tokens=64, batch_rows=4).recipe
    held_out = torch.from_numpy(open_rows(shards, "validation", recipe).batch(0, 8))
    watch = Watch(held_out, 1000, 2, **fields)
    rows = open_rows(shards, "train", recipe)
    settings = {"compute": PLAIN, "log_every": 1, "checkpoint_seconds": 1e9, "watch": watch}
    train(Run(preset().model, recipe, rows, steps, out, **settings), tell=lambda line: None)
    return runlog.read(out / runlog.LOG)


def test_a_measurement_is_the_loss_on_the_rows_and_changes_nothing(shards):
    recipe = preset(row_tokens=64).recipe
    rows = torch.from_numpy(open_rows(shards, "validation", recipe).batch(0, 12))
    torch.manual_seed(3)
    model = Transformer(preset().model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    watch = Watch(rows, 2_000, 1)
    loss = watch.measure(model, None, PLAIN)
    assert loss == pytest.approx(row_loss(model, rows).item(), rel=1e-5)
    other = {name: value + 0.1 for name, value in before.items()}
    assert watch.measure(model, other, PLAIN) != pytest.approx(loss)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    logged = watch.row(loss)
    assert logged["validation_perplexity"] == pytest.approx(math.exp(loss), rel=1e-4)
    bits = loss / math.log(2) * 12 * 64 / 2_000
    assert logged["validation_bits_per_byte"] == pytest.approx(bits, rel=1e-4)


def test_bytes_are_those_of_what_is_predicted(shards):
    vocabulary = Tokenizer.load(shards / "tokenizer.json")
    ids = [vocabulary.special("<bos>"), *vocabulary.encode("é = 1\n")]
    rows = torch.tensor([ids])
    assert text_bytes(rows, vocabulary.token_bytes) == len("é = 1\n".encode())
    rows[0, -1] = ~rows[0, -1]
    assert text_bytes(rows, vocabulary.token_bytes) == len("é = 1\n".encode()) - 1


def test_it_changes_nothing_about_what_is_learned(shards, tmp_path):
    watched_run(shards, tmp_path / "a", 6)
    recipe = preset(row_tokens=64, batch_rows=4).recipe
    rows = open_rows(shards, "train", recipe)
    train(Run(preset().model, recipe, rows, 6, tmp_path / "b", PLAIN))
    a, b = (checkpoint.load_tensors(checkpoint.newest(tmp_path / x), "model") for x in "ab")
    assert all(torch.equal(a[name], value) for name, value in b.items())


def test_the_log_has_every_measurement_and_the_best_is_kept(shards, tmp_path):
    rows = watched_run(shards, tmp_path, 7)
    measured = {row["step"]: row["validation_loss"] for row in rows if "validation_loss" in row}
    assert sorted(measured) == [2, 4, 6, 7]
    state = json.loads((tmp_path / "best" / "state.json").read_text())
    assert state["step"] == min(measured, key=measured.get)
    assert state["watched"]["best"] == pytest.approx(min(measured.values()), abs=1e-4)
    assert not checkpoint.damage(tmp_path / "best")
    assert checkpoint.newest(tmp_path).name == "step-00000007"


def test_a_run_ends_early_and_stays_ended(shards, tmp_path, monkeypatch):
    rising = iter([3.0, 2.0, 2.5, 2.6, 9.9])
    monkeypatch.setattr(Watch, "measure", lambda *_: next(rising))
    rows = watched_run(shards, tmp_path, 40, patience=2)
    assert rows[-1]["step"] == 8, "measured at 2, 4, 6 and 8; the last two were not better"
    assert checkpoint.newest(tmp_path).name == "step-00000008"
    assert watched_run(shards, tmp_path, 40, patience=2)[-1]["step"] == 8
    assert next(rising) == 9.9, "nothing was measured again"


def test_memorising_is_said_once_and_only_when_training_text_gets_easier():
    watched = Watched()
    watched.take(1, 2.0, 2.0, 0)
    for step in range(2, 2 + MEMORISED):
        watched.take(step, 2.2, 2.1, 0)
    assert not watched.lines(), "the training loss rose, too: a rate that is too high, no memory"
    said = []
    for step in range(10, 10 + 2 * MEMORISED):
        watched.take(step, 2.2, 1.5, 0)
        said += watched.lines()
    assert len(said) == 1 and "memorising" in said[0] and "best 2.0000 at step 1" in said[0]


def test_a_small_corpus_read_again_and_again_is_noticed(tmp_path, shards, vocabulary_file):
    edits, window = ((ROOT / f"engine/state/{name}.py").read_text() for name in ("edits", "window"))
    texts = {"train": [edits[:1000]], "validation": [window]}
    data = make_shards(tmp_path / "shards", vocabulary_file, texts)
    said: list[str] = []
    chosen = preset(row_tokens=64, batch_rows=8)
    asked = Options(chosen, data, tmp_path / "run", tokens=120 * 8 * 64, compute=PLAIN)
    start(asked, Settings(), tell=said.append)
    assert any(line.startswith("note ") and "times" in line for line in said)
    assert any(line.startswith("memorising") for line in said)


def test_without_held_out_text_a_run_says_so_and_goes_on(tmp_path, vocabulary_file):
    texts = {"train": [(ROOT / "engine/state/edits.py").read_text()] * 2, "validation": []}
    data = make_shards(tmp_path / "shards", vocabulary_file, texts)
    said: list[str] = []
    asked = Options(PRESETS["toy"], data, tmp_path / "run", tokens=2 * STEP, compute=PLAIN)
    start(asked, Settings(), tell=said.append)
    assert any("no held-out text" in line for line in said)
    assert not (tmp_path / "run" / "best").exists()
