"""Real processes: killed at any moment, told to stop, and several at once."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
import torch

from codecomplete.trainer.__main__ import main
from codecomplete.trainer.learning import checkpoint, runlog
from tests.patience import LONG

from ..toy import command

pytestmark = pytest.mark.slow

STEPS, STEP_TOKENS = 20, 1024
OPTIONS = ("--compile", "off", "--precision", "fp32", "--threads", "1", "--log-every", "1")


def arguments(shards: Path, out: Path) -> list[str]:
    tokens = str(STEPS * STEP_TOKENS)
    given = ("train", "--preset", "toy", "--data", shards, "--out", out, "--tokens", tokens)
    return [*map(str, given), "--checkpoint-minutes", "0", *OPTIONS]


def train(shards: Path, out: Path, *more, **how) -> subprocess.Popen:
    return command(*arguments(shards, out), *more, **how)


def finished(process: subprocess.Popen) -> str:
    output, _ = process.communicate(timeout=LONG)
    assert process.returncode == 0, output
    return output


def final_weights(out: Path) -> dict[str, torch.Tensor]:
    newest = checkpoint.newest(out)
    assert newest.name == f"step-{STEPS:08d}"
    return checkpoint.load_tensors(newest, "model")


@pytest.fixture(scope="module")
def whole(shards, tmp_path_factory) -> dict[str, torch.Tensor]:
    out = tmp_path_factory.mktemp("whole")
    assert main(arguments(shards, out)) == 0
    return final_weights(out)


def wait_for_steps(out: Path, process: subprocess.Popen, steps: int) -> None:
    until = time.monotonic() + LONG
    while len(runlog.read(out / runlog.LOG)) < steps and process.poll() is None:
        assert time.monotonic() < until, "the run does not move"
        time.sleep(0.005)


def test_killed_at_any_moment_it_ends_with_the_same_weights(shards, tmp_path, whole):
    chance = random.Random(5)
    for steps in (1, 4):
        process = train(shards, tmp_path)
        wait_for_steps(tmp_path, process, steps)
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "it was to be killed while it trained"
    assert main(arguments(shards, tmp_path)) == 0
    resumed = final_weights(tmp_path)
    assert all(torch.equal(resumed[name], value) for name, value in whole.items())
    steps = [row["step"] for row in runlog.read(tmp_path / runlog.LOG)]
    assert steps == list(range(1, STEPS + 1))


def test_told_to_stop_it_saves_and_ends(shards, tmp_path):
    process = train(shards, tmp_path, "--checkpoint-minutes", "60")
    wait_for_steps(tmp_path, process, 2)
    process.terminate()
    output, _ = process.communicate(timeout=LONG)
    assert process.returncode == 1 and "stopped: step" in output
    done = checkpoint.load_state(checkpoint.newest(tmp_path))["step"]
    assert 2 <= done < STEPS


def test_two_processes_equal_one(shards, tmp_path, whole):
    launcher = ("-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone")
    output = finished(train(shards, tmp_path, "--checkpoint-minutes", "60", launcher=launcher))
    assert "x 2 processes" in output
    for name, value in final_weights(tmp_path).items():
        torch.testing.assert_close(value, whole[name], rtol=2e-3, atol=2e-4)
    rows = runlog.read(tmp_path / runlog.LOG)
    assert [row["step"] for row in rows] == list(range(1, STEPS + 1))
