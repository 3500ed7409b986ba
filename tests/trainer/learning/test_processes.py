"""Real processes agree and average; one alone does neither. See also ``test_loop``."""

from __future__ import annotations

import torch

from codecomplete.trainer.learning.processes import ALONE, Processes, connected, from_environment

from ..forked import launched


def program() -> int:
    processes = from_environment()
    with connected(processes, torch.device("cpu")):
        rank = processes.rank
        tensors = [torch.full((3,), float(rank)), torch.full((2, 2), 10.0 * rank)]
        processes.average(tensors)
        agreed = processes.agree(7.0 + rank)
        processes.wait()
        print(f"[{tensors[0].tolist()}, {tensors[1].tolist()}, {agreed}, {processes.leads}]")
    return 0


def test_two_processes_average_and_agree(tmp_path):
    done = launched(2, f"{__name__}:program", log=tmp_path / "log", folder=tmp_path)
    assert done.wait() == 0, done.said()
    means = "[[0.5, 0.5, 0.5], [[5.0, 5.0], [5.0, 5.0]], 7.0, {leads}]"
    for leads in (True, False):
        assert done.said().count(means.format(leads=leads)) == 1, done.said()


def test_one_process_changes_nothing():
    tensor = torch.tensor([1.0, 2.0])
    ALONE.average([tensor])
    ALONE.wait()
    assert tensor.tolist() == [1.0, 2.0] and ALONE.agree(3.0) == 3.0 and ALONE.leads


def test_what_the_launcher_set_is_read():
    given = {"RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "1"}
    assert from_environment(given) == Processes(3, 8, 1)
    assert from_environment({}) == ALONE
