"""python -m codecomplete.trainer.studies.stability: a run that explodes, and what helps.

Tries system D's remedies, one at a time, against the same explosion: twice the accumulation, a
larger epsilon of Adam, skipped steps with exploding gradients; and clipping, which it also used. A
small model of GPT-2's shape is trained at a rate that is too high for it, from the same initial
weights on the same rows. Losses are measured on the same validation rows.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
from pathlib import Path
from typing import Any

import torch

from ..errors import DivergedError
from ..evaluation.report import markdown
from ..learning import runlog
from ..learning.compute import Compute, mean_loss
from ..learning.data import open_rows
from ..learning.loop import Run, train
from ..learning.recipe import ADAMW, COSINE, GPT2, Recipe
from ..network.transformer import parameter_count
from ..runs.presets import PRESETS
from .common import begin, finish, parser_of

MODEL = dataclasses.replace(
    PRESETS["scaling-50m"].model, vocabulary_size=4_096, n_layer=4, n_head=4, n_kv_head=4,
    head_size=16, n_embd=64, n_hidden=256, window=128,
)  # fmt: skip
RATE = 0.1  # some thirty times the rate that suits this model
EXPLODING = Recipe(
    row_tokens=128, batch_rows=8, optimiser=ADAMW, matrix_rate=RATE, table_rate=RATE,
    other_rate=RATE, epsilon=1e-8, clip=0.0, skip_factor=0.0, warmup_steps=1, schedule=COSINE,
    decay_share=1.0, initialisation=GPT2,
)  # fmt: skip
REMEDIES: dict[str, dict[str, Any]] = {
    "none": {},
    "accumulation=2": {"accumulation": 2},
    "epsilon=1e-3": {"epsilon": 1e-3},
    "skip=3": {"skip_factor": 3.0},
    "clip=0.5": {"clip": 0.5},
    "a rate of 0.003": {"matrix_rate": 3e-3, "table_rate": 3e-3, "other_rate": 3e-3},
}
SETTINGS = Compute(compiled=False, bfloat16=False)
VALIDATION_ROWS = 32


def main(arguments: list[str] | None = None) -> None:
    parser = parser_of(__doc__, plot=True)
    parser.add_argument("--steps", type=int, default=120)
    options = parser.parse_args(arguments)
    begin(options)
    rows = {name: attempt(name, options) for name in REMEDIES}
    draw({name: options.work / slug(name) / runlog.LOG for name in REMEDIES}, options.plot)
    print(f"{parameter_count(MODEL):,} parameters, {options.steps} steps")
    finish("stability", rows, markdown(rows), options)


def slug(name: str) -> str:
    return name.replace(" ", "-").replace("=", "-")


def attempt(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Train with one remedy; returns the outcome."""
    recipe = dataclasses.replace(EXPLODING, **REMEDIES[name])
    steps = options.steps // recipe.accumulation  # the same tokens
    rows = open_rows(options.data, "train", recipe)
    directory = options.work / slug(name)
    run = Run(MODEL, recipe, rows, steps, directory, SETTINGS, 1e9, log_every=1)
    try:
        model = train(run, tell=lambda line: None)
    except DivergedError:
        return _row(directory, None)
    held_out = torch.from_numpy(
        open_rows(options.data, "validation", recipe).batch(0, VALIDATION_ROWS)
    )
    return _row(directory, mean_loss(model, held_out.split(8)))


def _row(directory: Path, loss: float | None) -> dict[str, Any]:
    log = runlog.read(directory / runlog.LOG)
    losses = [row["loss"] for row in log]
    return {
        "validation loss": None if loss is None or not math.isfinite(loss) else round(loss, 3),
        "highest training loss": round(max(losses), 2),
        "largest gradient norm": round(max(row["gradient_norm"] for row in log), 1),
        "steps skipped": log[-1]["skipped"],
        "steps taken": log[-1]["step"],
    }


def draw(logs: dict[str, Path], path: Path) -> None:
    """Draw the loss and gradient norm of every run over its tokens."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), dpi=110, layout="constrained")
    for axes, measure in zip(figure.subplots(1, 2), ("loss", "gradient_norm"), strict=True):
        for name, log in logs.items():
            rows = runlog.read(log)
            axes.plot([row["tokens"] / 1e3 for row in rows], [row[measure] for row in rows],
                      label=name, linewidth=1)  # fmt: skip
        axes.set(xlabel="thousand tokens", ylabel=measure.replace("_", " "), yscale="log")
        axes.grid(alpha=0.3)
    axes.legend(fontsize="x-small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


if __name__ == "__main__":
    main()
