"""Real processes agree and average; one alone does neither. See also ``test_loop``."""

from __future__ import annotations

import subprocess
import sys

import torch

from codecomplete.trainer.learning.processes import ALONE, Processes, from_environment
from tests.patience import LONG

PROGRAM = """
import torch
from codecomplete.trainer.learning.processes import connected, from_environment
processes = from_environment()
with connected(processes, torch.device("cpu")):
    tensors = [torch.full((3,), float(processes.rank)), torch.full((2, 2), 10.0 * processes.rank)]
    processes.average(tensors)
    agreed = processes.agree(7.0 + processes.rank)
    processes.wait()
    print(f"[{tensors[0].tolist()}, {tensors[1].tolist()}, {agreed}, {processes.leads}]")
"""


def test_two_processes_average_and_agree(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         str(script)], capture_output=True, text=True, timeout=LONG,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    means = "[[0.5, 0.5, 0.5], [[5.0, 5.0], [5.0, 5.0]], 7.0, {leads}]"
    for leads in (True, False):
        assert done.stdout.count(means.format(leads=leads)) == 1, done.stdout


def test_one_process_changes_nothing():
    tensor = torch.tensor([1.0, 2.0])
    ALONE.average([tensor])
    ALONE.wait()
    assert tensor.tolist() == [1.0, 2.0] and ALONE.agree(3.0) == 3.0 and ALONE.leads


def test_what_the_launcher_set_is_read():
    given = {"RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "1"}
    assert from_environment(given) == Processes(3, 8, 1)
    assert from_environment({}) == ALONE
