"""The one-command run, from shards to packed results, at toy scale."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys

import pytest
import torch

from codecomplete import engine
from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.learning.compute import Compute
from codecomplete.trainer.runs import parcels, pipeline
from codecomplete.trainer.runs.pipeline import Job, carry_out
from codecomplete.trainer.runs.training import with_rows
from tests.patience import PATIENCE

from ..toy import PLAIN, ROOT, preset

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def carried_out(shards, tmp_path_factory) -> Job:
    job = Job(
        preset(), shards, tmp_path_factory.mktemp("pipeline"), minutes=0.005, compute=PLAIN,
        smoke_seconds=0.3, measured_bytes=2_000,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:  # how long the choices take is not the question
        patch.setattr(pipeline, "MOST_SMOKE", math.inf)
        carry_out(job, tell=lambda line: None)
    return job


def test_every_stage_is_written_down(carried_out):
    report = json.loads((carried_out.out / "pipeline.json").read_text())
    assert [*report["stages"]] == ["unpack", "smoke", "train", "export", "measure", "pack"]
    smoke = report["stages"]["smoke"]
    assert [row["rows"] for row in smoke["choices"]] == [8, 4, 2]
    assert all(row["tokens_per_second"] > 0 for row in smoke["choices"])
    assert report["stages"]["train"]["steps"] >= 1
    assert report["stages"]["measure"]["bits_per_byte"]["python"] > 0


def test_the_results_come_out_of_their_parcels(carried_out, tmp_path):
    results = parcels.unwrap(carried_out.out / "results", tmp_path / "results")
    assert engine.load(results / "model").name == "toy"
    assert {"model", "loss_log.csv", "run.json"} <= {path.name for path in results.iterdir()}
    weights = parcels.unwrap(carried_out.out / "weights", tmp_path / "weights")
    assert sum(value.numel() for value in parcels.load_planes(weights / "weights.bf16").values())


def test_a_second_call_goes_on_with_the_first(carried_out, tmp_path):
    report = carry_out(carried_out, tell=lambda line: None)
    steps = json.loads((carried_out.run / "run.json").read_text())["plan"]["steps"]
    assert report["stages"]["train"]["steps"] == steps


def test_packed_shards_are_unpacked_by_the_corpus_command(tmp_path, monkeypatch):
    seen = []

    def fake(command, **how):
        seen.append(command[1:])
        return subprocess.CompletedProcess(command, 1, "", "no such thing")

    monkeypatch.setattr(pipeline.subprocess, "run", fake)
    job = Job(preset(), tmp_path / "shards", tmp_path / "out", 1, PLAIN, packed=tmp_path / "packed")
    with pytest.raises(ConfigError, match=r"corpus unpack .* failed: no such thing"):
        carry_out(job, tell=lambda line: None)
    packed = [str(tmp_path / "packed"), str(tmp_path / "shards")]
    assert seen == [["-m", "corpus", "unpack", *packed]]


def test_where_choices_take_long_those_left_are_not_tried(shards, tmp_path, monkeypatch):
    clock = itertools.count(step=10.0)  # seconds, one reading after the other
    monkeypatch.setattr(pipeline.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(pipeline, "measure", lambda *_: pipeline.Speed(1.0, 0.1, 0.1, 0))
    told: list[str] = []
    job = Job(preset(), shards, tmp_path, 1, PLAIN, smoke_seconds=3.0)
    rows = pipeline._timed(job, list(pipeline._choices(job)), told.append)
    assert [row["rows"] for row in rows] == [8, 4]
    assert "choices left are not tried" in told[-1]


def test_a_choice_that_cannot_run_is_a_result(shards, tmp_path, monkeypatch):
    def measure(model, recipe, compute, seconds):
        if recipe.batch_rows == 8:
            raise RuntimeError("out of memory")
        return pipeline.Speed(10.0 * recipe.batch_rows, 0.1, 0.1, 0)

    monkeypatch.setattr(pipeline, "measure", measure)
    job = Job(preset(), shards, tmp_path, 1, PLAIN)
    found = pipeline._smoke(job, {}, lambda line: None)
    assert found["best"]["rows"] == 4
    assert "out of memory" in found["choices"][0]["error"]


def test_all_attention_paths_are_tried_on_a_gpu(shards, tmp_path):
    job = Job(with_rows(preset(), 8), shards, tmp_path, 1, Compute(torch.device("cuda")))
    kinds = [compute.attention_kind for _, compute in pipeline._choices(job)]
    assert kinds[:3] == ["flex"] * 3 and {*kinds[3:]} == {"blocks", "plain"}


def test_it_runs_without_any_optional_package(shards, tmp_path):
    """As on a borrowed machine that has torch, tokenizers, onnx and little else."""
    absent = ("tqdm", "matplotlib", "tensorboard", "gguf", "tree_sitter", "zstandard", "rensa")
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({absent!r}))\n"
        "from codecomplete.trainer.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["pipeline", "--preset", "toy", "--data", shards, "--out", tmp_path / "out"]
    fast = ["--minutes", "0.01", "--smoke-seconds", "0.2", "--compile", "off", "--threads", "1"]
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments), *fast, "--cost-bytes", "1000"],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "results" / "parcels.json").is_file()
