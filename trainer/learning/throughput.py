"""Measures how fast a model trains here, in a few seconds of real steps on random rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from codecomplete.engine.modeldir.config import ModelConfig

from ..network.transformer import step_flops_per_token
from .compute import Compute, Forward
from .loop import Run, State, fresh_model, train_step
from .machine import peak_flops
from .optimiser import make_optimisers
from .processes import ALONE, Processes
from .recipe import Recipe

WARM_STEPS = 2  # the first compiles, the second still allocates


@dataclass(frozen=True)
class Speed:
    """The result of a short measurement; ``begin_seconds`` ends with the first step."""

    tokens_per_second: float
    begin_seconds: float
    mfu: float
    memory_bytes: int  # peak, on GPUs

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class RandomRows:
    """Rows of random ids, in the shape of a recipe's rows."""

    vocabulary_size: int
    row_tokens: int

    tokens: int = 0

    def batch(self, number: int, rows: int, rank: int = 0, size: int = 1) -> np.ndarray:
        random = np.random.default_rng(number)
        return random.integers(self.vocabulary_size, size=(rows // size, self.row_tokens + 1))


def measure(
    model: ModelConfig,
    recipe: Recipe,
    compute: Compute,
    seconds: float,
    processes: Processes = ALONE,
) -> Speed:
    """Train a throw-away model for about ``seconds`` after its warm-up steps."""
    on_gpu = compute.device.type == "cuda"
    if on_gpu:  # earlier measurements must not count
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(compute.device)
    rows = RandomRows(model.vocabulary_size, recipe.row_tokens)
    run = Run(model, recipe, rows, 0, Path(), compute, processes=processes)
    fresh = fresh_model(model, recipe).to(compute.device)
    optimisers = make_optimisers(fresh, recipe, on_gpu and compute.compiled)
    state = State(fresh, optimisers, scaler=compute.scaler())
    forward = compute.prepare(fresh)
    endless = _endless(rows, recipe, processes)
    step = _step_and_wait(run, state, forward, endless)
    begin = time.perf_counter()
    step()
    begin_seconds = time.perf_counter() - begin
    for _ in range(WARM_STEPS - 1):
        step()
    speed = _steps_per_second(step, seconds, processes) * recipe.step_tokens
    peak = peak_flops(compute.device, compute.half) * processes.size
    flops = step_flops_per_token(model, recipe.row_tokens)
    return Speed(speed, begin_seconds, speed * flops / peak, _peak_memory(compute))


def _endless(rows: RandomRows, recipe: Recipe, processes: Processes) -> Iterator[Tensor]:
    batch = torch.from_numpy(rows.batch(0, recipe.batch_rows, processes.rank, processes.size))
    while True:
        yield batch


def _step_and_wait(
    run: Run, state: State, forward: Forward, rows: Iterator[Tensor]
) -> Callable[[], None]:
    def step() -> None:
        train_step(run, state, forward, rows)
        run.compute.wait()

    return step


def _steps_per_second(step: Callable[[], None], seconds: float, processes: Processes) -> float:
    begin = time.perf_counter()
    step()
    once = processes.agree(time.perf_counter() - begin)
    count = max(1, round(seconds / once))  # the same number in every process
    begin = time.perf_counter()
    for _ in range(count):
        step()
    return processes.agree(count / (time.perf_counter() - begin))


def _peak_memory(compute: Compute) -> int:
    if compute.device.type != "cuda":
        return 0
    return torch.cuda.max_memory_allocated(compute.device)
