"""A run's state on disk: tensors as safetensors, everything else as readable JSON.

A checkpoint is a directory that appears all at once: it is written beside its final place and
renamed. The newest two are kept, so that one interrupted write never costs the run.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from .errors import CheckpointError

KEPT = 2


def save(
    run: Path, step: int, tensors: dict[str, dict[str, Tensor]], state: dict[str, Any]
) -> Path:
    """Write ``step-NNNNNNNN`` with one safetensors file per group of tensors."""
    final = run / f"step-{step:08d}"
    partial = run / f".writing-{step:08d}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, group in tensors.items():
        save_file(
            {k: v.detach().contiguous() for k, v in group.items()}, partial / f"{name}.safetensors"
        )
    (partial / "state.json").write_text(json.dumps(state | {"step": step}, indent=1))
    for path in partial.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    shutil.rmtree(final, ignore_errors=True)
    partial.rename(final)
    for old in sorted(run.glob("step-*"))[:-KEPT]:
        shutil.rmtree(old)
    return final


def newest(run: Path) -> Path | None:
    """The newest complete checkpoint of a run, or None."""
    complete = [path for path in run.glob("step-*") if (path / "state.json").is_file()]
    return max(complete, default=None)


def load_state(checkpoint: Path) -> dict[str, Any]:
    """The JSON half of a checkpoint."""
    try:
        return json.loads((checkpoint / "state.json").read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{checkpoint}: not a checkpoint: {error}") from error


def load_tensors(checkpoint: Path, name: str) -> dict[str, Tensor]:
    """One group of tensors of a checkpoint, on the CPU."""
    try:
        return load_file(checkpoint / f"{name}.safetensors")
    except Exception as error:  # safetensors raises its own bare error type
        raise CheckpointError(
            f"{checkpoint}/{name}.safetensors: cannot be read: {error}"
        ) from error


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """An optimiser's per-parameter tensors under flat names."""
    state = optimiser.state_dict()["state"]
    return {
        f"{index}.{name}": value if torch.is_tensor(value) else torch.tensor(value)
        for index, values in state.items()
        for name, value in values.items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put ``optimiser_tensors`` back; its settings stay as they are."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = value
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state, "param_groups": groups})
