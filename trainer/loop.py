"""One optimiser step, and the loop around it.

A run is a function of its options alone: rows depend on (seed, step), the rate on the step, and a
checkpoint holds the rest. So a run that was killed and resumed ends with the same weights.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.config import ModelConfig

from . import checkpoint
from .data import TokenRows
from .errors import CheckpointError
from .model import Transformer
from .optimiser import Muon, is_matrix
from .recipe import MUON, Recipe
from .schedule import rate_factor

LOG_FIELDS = (
    "step",
    "tokens",
    "loss",
    "bits_per_token",
    "rate",
    "gradient_norm",
    "tokens_per_second",
)


@dataclass(frozen=True)
class Run:
    """What to train, on what, for how long, and where to keep it."""

    model: ModelConfig
    recipe: Recipe
    rows: TokenRows
    steps: int
    directory: Path
    checkpoint_seconds: float = 180.0
    log_every: int = 10
    bfloat16: bool = True
    compiled: bool = True
    decay_from: int | None = None  # step from which a constant-rate run is brought down
    provenance: dict | None = None


def train(run: Run, report: Callable[[dict], None] = lambda row: None) -> Transformer:
    """Train until ``run.steps``; resumes from the newest checkpoint of the run's directory."""
    torch.manual_seed(run.recipe.seed)
    model = Transformer(run.model)
    optimisers = make_optimisers(model, run.recipe)
    first = _resume(run, model, optimisers)
    forward = torch.compile(_loss, dynamic=False) if run.compiled else _loss
    saved = time.monotonic()
    with _log(run.directory) as write_row:
        for step, row in _steps(run, model, optimisers, forward, first):
            if step % run.log_every == 0 or step == run.steps:
                write_row(row)
                report(row)
            if time.monotonic() - saved > run.checkpoint_seconds or step == run.steps:
                save_checkpoint(run, model, optimisers, step)
                saved = time.monotonic()
    return model


def _steps(run: Run, model, optimisers, forward, first: int) -> Iterator[tuple[int, dict]]:
    """Train one step at a time; yields the number of finished steps and a log row."""
    since, since_step = time.monotonic(), first
    for step in range(first, run.steps):
        factor = _factor(run, step)
        loss, norm = train_step(run, model, optimisers, forward, step, factor)
        if step == first:  # compiling is not training speed
            since, since_step = time.monotonic(), step + 1
        rate = (
            (step + 1 - since_step) * run.recipe.step_tokens / max(1e-9, time.monotonic() - since)
        )
        yield (
            step + 1,
            {
                "step": step + 1,
                "tokens": (step + 1) * run.recipe.step_tokens,
                "loss": round(loss, 5),
                "bits_per_token": round(loss / 0.6931471805599453, 5),
                "rate": round(factor, 6),
                "gradient_norm": round(norm, 5),
                "tokens_per_second": round(rate),
            },
        )


def _factor(run: Run, step: int) -> float:
    if run.decay_from is None:
        return rate_factor(run.recipe, step, run.steps)
    return min(1.0, cooldown_factor(step - run.decay_from, run.steps - run.decay_from))


def cooldown_factor(step: int, steps: int) -> float:
    """1 - sqrt cooldown (Haegele et al. 2024): the branch that ends a constant-rate run."""
    return 1.0 if step < 0 else 1.0 - (step / max(1, steps)) ** 0.5


def train_step(
    run: Run, model, optimisers, forward, step: int, factor: float
) -> tuple[float, float]:
    """One optimiser step; returns the mean loss in nats per token and the gradient norm."""
    recipe, total = run.recipe, 0.0
    for part in range(recipe.accumulation):
        rows = torch.from_numpy(
            run.rows.batch(step * recipe.accumulation + part, recipe.batch_rows)
        )
        with _precision(run.bfloat16):
            loss = forward(model, rows)
        (loss / recipe.accumulation).backward()
        total += loss.item() / recipe.accumulation
    limit = recipe.clip or float("inf")
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), limit).item()
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
    return total, norm


def _loss(model: Transformer, rows: Tensor) -> Tensor:
    logits = model(rows[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())


def _precision(bfloat16: bool):
    return torch.autocast("cpu", dtype=torch.bfloat16) if bfloat16 else nullcontext()


def make_optimisers(model: Transformer, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Optimisers whose groups carry their peak rate under ``peak``."""
    matrices, tables, others, splits = [], [], [], {}
    config = model.config
    for name, parameter in model.named_parameters():
        if is_matrix(name, parameter):
            matrices.append(parameter)
            if name.endswith("qkv.weight"):
                splits[parameter] = (config.query_width, config.kv_width, config.kv_width)
        else:
            (tables if parameter.ndim == 2 else others).append(parameter)
    adamw = [
        {"params": tables, "lr": recipe.table_rate, "weight_decay": 0.0},
        {"params": others, "lr": recipe.other_rate, "weight_decay": 0.0},
    ]
    optimisers: list[torch.optim.Optimizer] = []
    if recipe.optimiser == MUON:
        optimisers.append(
            Muon(matrices, recipe.matrix_rate, weight_decay=recipe.weight_decay, splits=splits)
        )
    else:
        adamw.append(
            {"params": matrices, "lr": recipe.matrix_rate, "weight_decay": recipe.weight_decay}
        )
    groups = [group for group in adamw if group["params"]]
    optimisers.append(torch.optim.AdamW(groups, betas=(0.9, 0.95), eps=1e-10, fused=True))
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["peak"] = group["lr"]
    return optimisers


def save_checkpoint(run: Run, model, optimisers, step: int) -> Path:
    tensors = {"model": dict(model.state_dict())}
    for index, optimiser in enumerate(optimisers):
        tensors[f"optimiser-{index}"] = checkpoint.optimiser_tensors(optimiser)
    state = {
        "model": run.model.to_dict(),
        "recipe": run.recipe.to_dict(),
        "tokens": step * run.recipe.step_tokens,
        "provenance": run.provenance or {},
    }
    return checkpoint.save(run.directory, step, tensors, state)


def _resume(run: Run, model, optimisers) -> int:
    """Load the newest checkpoint, if there is one; returns the first step to run."""
    path = checkpoint.newest(run.directory)
    if path is None:
        return 0
    state = checkpoint.load_state(path)
    if state["model"] != run.model.to_dict():
        raise CheckpointError(
            f"{path} holds another model than the one asked for; train into another directory"
        )
    model.load_state_dict(checkpoint.load_tensors(path, "model"))
    for index, optimiser in enumerate(optimisers):
        checkpoint.restore_optimiser(optimiser, checkpoint.load_tensors(path, f"optimiser-{index}"))
    return state["step"]


class _log:
    """``loss_log.csv`` of a run, appended to; closes with the ``with`` block."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "loss_log.csv"
        fresh = not path.exists()
        self.file = path.open("a", newline="")
        self.writer = csv.DictWriter(self.file, LOG_FIELDS)
        if fresh:
            self.writer.writeheader()

    def __enter__(self) -> Callable[[dict], None]:
        return self.write

    def write(self, row: dict) -> None:
        self.writer.writerow(row)
        self.file.flush()

    def __exit__(self, *_) -> None:
        self.file.close()
