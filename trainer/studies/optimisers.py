"""python -m codecomplete.trainer.studies.optimisers: Muon against AdamW, at equal steps.

One small model, with the same initial weights, rows, batch, schedule and rates of tables and gains;
only the optimiser of the matrices differs. AdamW gets several rates, Muon its preset's. Losses are
measured on the same validation rows. Called again, it keeps finished runs.
"""

from __future__ import annotations

import argparse
import dataclasses
import time

import torch

from ..learning import runlog
from ..learning.compute import Compute, mean_loss
from ..learning.data import Batches, open_rows
from ..learning.loop import Run, train
from ..learning.recipe import ADAMW, MUON, Recipe
from ..network.transformer import Transformer, parameter_count
from ..runs.presets import PRESETS
from .common import begin, finish, parser_of

MODEL = dataclasses.replace(
    PRESETS["small"].model, n_layer=2, n_head=4, n_kv_head=4, head_size=32, n_embd=128, n_hidden=512
)
RECIPE = Recipe(row_tokens=256, batch_rows=8, warmup_steps=15, weight_decay=0.1)
CONTENDERS = {
    "Muon 0.02": RECIPE,
    **{
        f"AdamW {rate:g}": dataclasses.replace(RECIPE, optimiser=ADAMW, matrix_rate=rate)
        for rate in (3e-4, 1e-3, 3e-3, 1e-2)
    },
}
VALIDATION_ROWS = 48
SETTINGS = Compute(compiled=False)


def main(arguments: list[str] | None = None) -> None:
    parser = parser_of(__doc__, plot=True)
    parser.add_argument("--steps", type=int, default=120)
    options = parser.parse_args(arguments)
    begin(options)
    results = {name: compete(name, recipe, options) for name, recipe in CONTENDERS.items()}
    logs = {name: options.work / name.replace(" ", "-") / runlog.LOG for name in CONTENDERS}
    title = f"{parameter_count(MODEL):,} parameters, {RECIPE.step_tokens:,} tokens a step"
    runlog.plot(logs, options.plot, title)
    finish("optimisers", results, table(results), options)


def compete(name: str, recipe: Recipe, options: argparse.Namespace) -> dict[str, float]:
    """Train one contender; returns its validation loss and the time it took."""
    directory = options.work / name.replace(" ", "-")
    rows = open_rows(options.data, "train", recipe)
    begin = time.perf_counter()
    run = Run(MODEL, recipe, rows, options.steps, directory, SETTINGS, checkpoint_seconds=1e9)
    model = train(run)
    seconds = time.perf_counter() - begin
    loss = validation_loss(model, open_rows(options.data, "validation", recipe))
    print(f"{name}: {loss:.4f} nats per token, {seconds:.0f} s", flush=True)
    return {"loss": round(loss, 4)}


def validation_loss(model: Transformer, rows: Batches) -> float:
    """Mean nats per token over the first validation rows."""
    batches = (torch.from_numpy(rows.batch(number, 16)) for number in range(VALIDATION_ROWS // 16))
    return mean_loss(model, batches)


def table(results: dict[str, dict[str, float]]) -> str:
    """The results as a Markdown table, with differences to the best AdamW."""
    best = min(row["loss"] for name, row in results.items() if not name.lower().startswith(MUON))
    lines = ["| matrices moved by | validation loss, nats per token | against the best AdamW |",
             "|---|---|---|"]  # fmt: skip
    lines += [
        f"| {name} | {row['loss']:.4f} | {row['loss'] - best:+.4f} |"
        for name, row in results.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
