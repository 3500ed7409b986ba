"""A run's state on disk: tensors as safetensors, everything else as readable JSON.

A checkpoint is a directory that appears in one step: it is written beside its final place and
renamed. The newest two are kept, so that an interrupted write never costs the run; each file's
digest is in ``state.json``, so that damage is detected before use.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from codecomplete.engine.modeldir.digest import sha256

from ..errors import CheckpointError
from ..places import steps, unfinished_steps

KEPT = 2
STATE = "state.json"
BEST = "best"


def save(
    run: Path, step: int, tensors: dict[str, dict[str, Tensor]], state: dict[str, Any]
) -> Path:
    """Write ``step-NNNNNNNN`` with one safetensors file per group of tensors.

    Raises CheckpointError, leaving earlier checkpoints as they are, if it cannot be written.
    """
    final = run / f"step-{step:08d}"
    if _is_complete(final):
        return final  # the same step of the same run: the same bytes
    partial = run / f".writing-{step:08d}"
    try:
        for leftover in unfinished_steps(run):
            shutil.rmtree(leftover)
        partial.mkdir(parents=True)
        fill(partial, tensors, state | {"step": step})
        shutil.rmtree(final, ignore_errors=True)
        partial.rename(final)
        _flush(run)
    except Exception as error:  # safetensors raises its own bare error type for a full disk
        shutil.rmtree(partial, ignore_errors=True)
        raise CheckpointError(_cannot_write(run, step, error)) from error
    for old in steps(run)[:-KEPT]:
        shutil.rmtree(old)
    return final


def save_best(run: Path, weights: dict[str, Tensor], state: dict[str, Any]) -> Path:
    """Store weights as the best so far, in ``best`` beside the checkpoints; returns its path.

    ``best`` is always complete. Raises CheckpointError if it cannot be written.
    """
    final, partial, old = run / BEST, run / ".writing-best", run / ".before-best"
    try:
        for leftover in (partial, old):
            shutil.rmtree(leftover, ignore_errors=True)
        partial.mkdir(parents=True)
        fill(partial, {"model": weights}, state)
        if final.exists():
            final.rename(old)
        partial.rename(final)
        shutil.rmtree(old, ignore_errors=True)
    except Exception as error:  # safetensors raises its own bare error type for a full disk
        shutil.rmtree(partial, ignore_errors=True)
        raise CheckpointError(_cannot_write(run, state["step"], error)) from error
    return final


def fill(folder: Path, tensors: dict[str, dict[str, Tensor]], state: dict[str, Any]) -> None:
    """Write a checkpoint's files into a folder, digests last, and flush them to the disk."""
    files = {}
    for name, group in tensors.items():
        path = folder / f"{name}.safetensors"
        save_file(_separate(group), path)
        files[path.name] = sha256(path)
    (folder / STATE).write_text(json.dumps(state | {"files": files}, indent=1))
    for path in folder.iterdir():
        _flush(path)
    _flush(folder)


def _separate(group: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors on the CPU, each with its own memory: shared layers are copied."""
    seen: set[int] = set()
    found = {}
    for key, value in group.items():
        value = value.detach().cpu().contiguous()
        found[key] = value.clone() if value.data_ptr() in seen else value
        seen.add(value.data_ptr())
    return found


def _flush(path: Path) -> None:
    """Flush a file, or a directory's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(run: Path, step: int, error: Exception) -> str:
    kept = newest(run)
    free = shutil.disk_usage(run if run.exists() else run.parent).free
    return (
        f"{run}: the checkpoint of step {step:,} cannot be written: {error}; {free / 1e6:,.0f} MB "
        f"are free there. The last good checkpoint is {kept.name if kept else 'none'}: make room "
        "and run the same command again to continue from it"
    )


def newest(run: Path) -> Path | None:
    """The newest complete checkpoint of a run, or None."""
    return max(filter(_is_complete, steps(run)), default=None)


def _is_complete(checkpoint: Path) -> bool:
    return (checkpoint / STATE).is_file()


def newest_intact(run: Path, tell: Callable[[str], None] = lambda line: None) -> Path | None:
    """The newest checkpoint with correct digests, or None if the run has no checkpoint.

    Reports damaged ones through ``tell``. Raises CheckpointError if all are damaged.
    """
    found = sorted(filter(_is_complete, steps(run)), reverse=True)
    damaged = []
    for checkpoint in found:
        problems = damage(checkpoint)
        if not problems:
            return checkpoint
        damaged += problems
        tell(f"{'; '.join(problems)}; going back to an older checkpoint")
    if damaged:
        raise CheckpointError(
            f"{'; '.join(damaged)}: no intact checkpoint is left in {run}; remove the damaged "
            "ones to begin again, or restore them from a copy"
        )
    return None


def damage(checkpoint: Path) -> list[str]:
    """The problems with a checkpoint's files, by their digests; older checkpoints have none."""
    try:
        state = load_state(checkpoint)
    except CheckpointError as error:
        return [str(error)]
    return [
        f"{checkpoint / name} is missing or altered"
        for name, digest in state.get("files", {}).items()
        if not (checkpoint / name).is_file() or sha256(checkpoint / name) != digest
    ]


def load_state(checkpoint: Path) -> dict[str, Any]:
    """The JSON half of a checkpoint."""
    try:
        return json.loads((checkpoint / STATE).read_text())
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


def best_weights(checkpoint: Path) -> dict[str, Tensor]:
    """The averaged weights, if the run averages, otherwise the last ones."""
    averaged = (checkpoint / "average.safetensors").is_file()
    return load_tensors(checkpoint, "average" if averaged else "model")


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """An optimiser's per-parameter tensors under flat names."""
    state = optimiser.state_dict()["state"]
    return {
        f"{index}.{name}": value if torch.is_tensor(value) else torch.tensor(value)
        for index, values in state.items()
        for name, value in values.items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Restore ``optimiser_tensors``; the optimiser's settings stay as they are."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = value
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state, "param_groups": groups})
