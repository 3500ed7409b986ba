"""python -m codecomplete.trainer.studies.throughput: tokens per second beside a plain PyTorch loop.

The plain loop is like nanoGPT's on a CPU: float32, eager, AdamW for all parameters, one clipped
gradient per batch, random rows from a memory map. The model and the number of rows are the same.
Both take turns step by step, so that other work on the machine affects both; compare the ratio, not
the figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from codecomplete import corpus

from ..learning.compute import Compute, row_loss
from ..learning.data import RowSource, open_rows, prefetched
from ..learning.loop import Run, State, train_step
from ..learning.optimiser import make_optimisers
from ..network.transformer import Transformer
from ..runs.presets import PRESETS, Preset

WARM_STEPS = 2


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="small", metavar="NAME")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    preset = PRESETS[options.preset]
    loops = {"plain": plain(preset, options.data), "ours": ours(preset, options.data)}
    print(json.dumps(compare(loops, preset.recipe.step_tokens, options.steps), indent=1))


def compare(loops: dict[str, Callable[[], None]], tokens: int, steps: int) -> dict[str, float]:
    """Median tokens per second of each loop, and how much faster the second is."""
    for step in loops.values():
        for _ in range(WARM_STEPS):
            step()
    times: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(steps):
        for name, step in loops.items():
            begin = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - begin)
    speeds = {name: round(tokens / statistics.median(taken)) for name, taken in times.items()}
    ratios = [a / b for a, b in zip(times["plain"], times["ours"], strict=True)]
    return speeds | {"ratio_median": round(statistics.median(ratios), 3), "steps": steps}


def plain(preset: Preset, data: Path) -> Callable[[], None]:
    """One step of the plain loop."""
    model, recipe = Transformer(preset.model), preset.recipe
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
    ids = corpus.open_shards(data).split("train")[0].ids
    random = np.random.default_rng(1)

    def step() -> None:
        starts = random.integers(len(ids) - recipe.row_tokens - 1, size=recipe.batch_rows)
        rows = np.stack([ids[s : s + recipe.row_tokens + 1] for s in starts]).astype(np.int64)
        row_loss(model, torch.from_numpy(rows)).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)

    return step


def ours(preset: Preset, data: Path) -> Callable[[], None]:
    """One step of this project's loop, as ``python -m trainer train`` runs it on a CPU."""
    compute, rows = Compute(), open_rows(data, "train", preset.recipe)
    run = Run(preset.model, preset.recipe, rows, 0, Path(), compute)
    model = Transformer(preset.model)
    state = State(model, make_optimisers(model, preset.recipe))
    forward, batches = compute.prepare(model), _batches(rows, preset)
    return lambda: train_step(run, state, forward, batches) and None


def _batches(rows: RowSource, preset: Preset) -> Iterator[Tensor]:
    def make(number: int) -> Tensor:
        return torch.from_numpy(rows.batch(number, preset.recipe.batch_rows))

    return prefetched(make, range(1 << 30))


if __name__ == "__main__":
    main()
