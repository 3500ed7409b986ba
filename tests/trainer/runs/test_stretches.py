"""A stretch of training leaves weights small enough to commit, and a line that says what it won."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from codecomplete.corpus import OutputError
from codecomplete.trainer.__main__ import main
from codecomplete.trainer.errors import CheckpointError
from codecomplete.trainer.learning import checkpoint
from codecomplete.trainer.runs import starting, stretches
from codecomplete.trainer.runs.preflight import Options
from codecomplete.trainer.runs.stretches import Stretch
from codecomplete.trainer.runs.training import Settings, at_constant_rate, start

from ..toy import PLAIN, preset

STRETCH = Stretch("2026-01-02", "toy", 1.5, 0.25, 2.0, 0.5, 3.1, 3.25, "01234567")


@pytest.fixture(scope="module")
def run(shards, tmp_path_factory):
    """A short run at a constant rate."""
    out = tmp_path_factory.mktemp("run")
    asked = Options(at_constant_rate(preset()), shards, out, tokens=3_000, compute=PLAIN)
    start(asked, Settings(log_every=1), tell=lambda line: None)
    return out


@pytest.fixture
def stem(run, tmp_path):
    newest = checkpoint.newest(run)
    return stretches.save_stem(newest, run / "tokenizer.json", tmp_path / "stem")


def test_a_stem_is_the_weights_rounded_to_bf16_and_a_quarter_of_the_checkpoint(run, stem):
    newest = checkpoint.newest(run)
    begun = starting.read(stem, run / "tokenizer.json")
    for name, value in checkpoint.load_tensors(newest, "model").items():
        assert begun.weights[name].dtype == torch.float32
        assert torch.equal(begun.weights[name], value.to(torch.bfloat16).float())

    def size(folder):
        return sum(path.stat().st_size for path in folder.glob("*.safetensors"))

    assert size(stem) < 0.3 * size(newest)


def test_the_next_stretch_goes_on_from_it_and_counts_what_was_read_before(shards, stem, tmp_path):
    asked = Options(at_constant_rate(preset()), shards, tmp_path / "next", 3_000, compute=PLAIN)
    start(asked, Settings(start=stem, log_every=1), tell=lambda line: None)
    found = stretches.measured(tmp_path / "next", shards, "toy", 1.0, "2026-01-02")
    read = checkpoint.load_state(stem)["tokens"]
    assert found.tokens_before == round(read / 1e6, 2)
    assert found.tokens == round(read / 1e6, 2) and found.minutes >= 0
    assert 0 < found.validation_loss < 10


def test_tokens_are_counted_through_every_start():
    began = {"tokens": 5, "began_with": {"tokens": 7, "began_with": {"tokens": None}}}
    assert stretches.tokens_before({"began_with": began}) == 12
    assert stretches.tokens_before({}) == 0


def test_the_validation_loss_is_that_of_the_same_rows_whatever_the_seed(run, shards):
    newest = checkpoint.newest(run)
    assert stretches.validation_loss(newest, shards) == stretches.validation_loss(newest, shards)


def test_a_damaged_stem_is_named(stem, run):
    weights = stem / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    with pytest.raises(CheckpointError, match="missing or altered"):
        starting.read(stem, run / "tokenizer.json")


def test_nothing_but_a_stem_is_replaced(run, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"thesis\.txt"):
        stretches.save_stem(checkpoint.newest(run), run / "tokenizer.json", tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_the_log_grows_by_a_line_and_is_a_table_on_the_page(tmp_path):
    log, page = tmp_path / "log.csv", tmp_path / "page.md"
    stretches.append(log, STRETCH)
    stretches.append(log, dataclasses.replace(STRETCH, tokens=0.5))
    page.write_text("before\n<!-- stretches: begin -->\nold\n<!-- stretches: end -->\nafter\n")
    stretches.write_table(log, page)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text
    assert text.count("| 2026-01-02 | toy | 1.5 |") == 2


def test_the_command_keeps_a_stretch(run, shards, tmp_path):
    given = ("keep", "--run", run, "--data", shards, "--stem", tmp_path / "stem",
             "--log", tmp_path / "log.csv")  # fmt: skip
    assert main([*map(str, given)]) == 0
    assert (tmp_path / "stem" / "state.json").is_file()
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 2
