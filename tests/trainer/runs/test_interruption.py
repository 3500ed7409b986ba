"""Real processes: killed at any moment, told to stop, and several at once."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest
import torch

from codecomplete.trainer.__main__ import main
from codecomplete.trainer.learning import checkpoint, runlog
from tests.patience import LONG

from .. import forked
from ..forked import Forked, command, launched

pytestmark = pytest.mark.slow

STEPS, STEP_TOKENS = 12, 1024
OPTIONS = ("--compile", "off", "--precision", "fp32", "--threads", "1", "--log-every", "1")


def arguments(shards: Path, out: Path) -> list[str]:
    tokens = str(STEPS * STEP_TOKENS)
    given = ("train", "--preset", "toy", "--data", shards, "--out", out, "--tokens", tokens)
    return [*map(str, given), "--checkpoint-minutes", "0", *OPTIONS]


def train(shards: Path, out: Path, *more: str) -> Forked:
    return command(*arguments(shards, out), *more, log=out.with_name("log"))


def final_weights(out: Path) -> dict[str, torch.Tensor]:
    newest = checkpoint.newest(out)
    assert newest.name == f"step-{STEPS:08d}"
    return checkpoint.load_tensors(newest, "model")


@pytest.fixture(scope="module")
def whole(shards, tmp_path_factory) -> dict[str, torch.Tensor]:
    out = tmp_path_factory.mktemp("whole")
    assert main(arguments(shards, out)) == 0
    return final_weights(out)


def wait_for_steps(out: Path, process: Forked, steps: int) -> None:
    until = time.monotonic() + LONG
    while len(runlog.read(out / runlog.LOG)) < steps and process.poll() is None:
        assert time.monotonic() < until, "the run does not move"
        time.sleep(0.005)


def test_killed_at_any_moment_it_ends_with_the_same_weights(shards, tmp_path, whole):
    out, chance = tmp_path / "out", random.Random(5)
    for steps in (1, 4):
        process = train(shards, out)
        wait_for_steps(out, process, steps)
        time.sleep(chance.random() * 0.05)
        process.kill()
        assert process.wait() == -signal.SIGKILL, "it was to be killed while it trained"
    assert main(arguments(shards, out)) == 0
    resumed = final_weights(out)
    assert all(torch.equal(resumed[name], value) for name, value in whole.items())
    steps = [row["step"] for row in runlog.read(out / runlog.LOG)]
    assert steps == list(range(1, STEPS + 1))


def test_told_to_stop_it_saves_and_ends(shards, tmp_path):
    out = tmp_path / "out"
    process = train(shards, out, "--checkpoint-minutes", "60")
    wait_for_steps(out, process, 2)
    process.terminate()
    assert process.wait() == 1 and "stopped: step" in process.said()
    done = checkpoint.load_state(checkpoint.newest(out))["step"]
    assert 2 <= done < STEPS


def test_two_processes_equal_one(shards, tmp_path, whole):
    out, log = tmp_path / "out", tmp_path / "log"
    given = [*arguments(shards, out), "--checkpoint-minutes", "60"]
    process = launched(2, f"{forked.__name__}:main", *given, log=log, folder=tmp_path)
    assert process.wait() == 0 and "x 2 processes" in process.said(), process.said()
    for name, value in final_weights(out).items():
        torch.testing.assert_close(value, whole[name], rtol=2e-3, atol=2e-4)
    rows = runlog.read(out / runlog.LOG)
    assert [row["step"] for row in rows] == list(range(1, STEPS + 1))
