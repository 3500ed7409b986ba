"""The processes of a data-parallel run, as ``torchrun`` starts them.

Every process has the whole model and works on its own rows; gradients are averaged once per step.
Knows nothing of models but their gradients.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True)
class Processes:
    """This process among ``size`` of them; ``local`` numbers those on one machine."""

    rank: int = 0
    size: int = 1
    local: int = 0

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes files and prints."""
        return self.rank == 0

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its mean over all processes, in one exchange."""
        if self.size == 1:
            return
        tensors = list(tensors)
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        dist.all_reduce(flat)
        flat /= self.size
        parts = flat.split([tensor.numel() for tensor in tensors])
        for tensor, mean in zip(tensors, parts, strict=True):
            tensor.copy_(mean.view_as(tensor))

    def agree(self, number: float) -> float:
        """The first process's value of a number that each process has measured."""
        if self.size == 1:
            return number
        shared = [number]
        dist.broadcast_object_list(shared)
        return shared[0]

    def wait(self) -> None:
        """Return once all processes have called this."""
        if self.size > 1:
            dist.barrier()


ALONE = Processes()


def from_environment(environment: Mapping[str, str] = os.environ) -> Processes:
    """The processes that ``torchrun`` has set up, or a single one."""
    return Processes(
        int(environment.get("RANK", 0)),
        int(environment.get("WORLD_SIZE", 1)),
        int(environment.get("LOCAL_RANK", 0)),
    )


@contextmanager
def connected(processes: Processes, device: torch.device) -> Iterator[Processes]:
    """Join the other processes for the duration of a ``with`` block."""
    if processes.size == 1:
        yield processes
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield processes
    finally:
        dist.destroy_process_group()
