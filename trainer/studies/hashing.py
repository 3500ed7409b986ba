"""python -m codecomplete.trainer.studies.hashing: what tables of pairs and triples are worth.

A trained model goes on twice with the same rows at the same falling rate: as it is, and with hashed
tables beside it (``network/hashing.py``; they begin at zero, so both arms begin as one function).
Measured: the loss on the same held-out rows, before and after, and what a step costs. Called again,
it keeps what is finished. The engine does not serve such tables: this decides whether it should.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

import torch

from codecomplete.engine.modeldir.names import TOKENIZER

from ..evaluation.report import markdown
from ..learning import loop
from ..learning.compute import Compute, mean_loss
from ..learning.data import open_rows
from ..learning.loop import Run, train
from ..learning.recipe import Recipe
from ..network.transformer import Transformer
from ..runs import starting
from ..runs.presets import PRESETS
from ..runs.training import with_peak
from .common import begin, finish, parser_of

VALIDATION_ROWS = 256
COMPUTE = Compute()
Row = dict[str, float | None]


def main(arguments: list[str] | None = None) -> None:
    parser = parser_of(__doc__)
    parser.add_argument(
        "--start", type=Path, required=True, help="what goes on: run, stem or model"
    )
    parser.add_argument("--tokens", type=int, default=5_000_000)
    parser.add_argument("--rows", type=int, default=2**16, help="of each of the two tables")
    parser.add_argument("--peak", type=float, default=0.5, help="share of the preset's rates")
    options = parser.parse_args(arguments)
    begin(options)
    start = starting.read(options.start, options.data / TOKENIZER)
    arms = {"as it is": 0, f"two tables of {options.rows:,} rows": options.rows}
    rows = {name: measured(hashed, start, options) for name, hashed in arms.items()}
    finish("hashing", rows, markdown(rows), options)


def measured(hashed: int, start: starting.Start, options: argparse.Namespace) -> Row:
    """Train one arm and measure it; a finished one is read from where it was written."""
    done = options.work / f"tables-{hashed}.json"
    if done.is_file():
        found: Row = json.loads(done.read_text())
        return found
    preset = with_peak(PRESETS["small"], options.peak)
    recipe = dataclasses.replace(preset.recipe, hashed_rows=hashed)
    run = _run(recipe, start, options)
    before = held_out(loop.begin(_elsewhere(run)).model, options.data, recipe)
    begun = time.process_time()
    trained = train(run, report=lambda row: print(hashed, row, flush=True))
    seconds = time.process_time() - begun
    row: Row = {
        "held out, before": before,
        "held out, after": held_out(trained, options.data, recipe),
        "CPU seconds per step": round(seconds / run.steps, 3),
        "MB of tables at 4 bits": round(2 * hashed * start.config.n_embd / 2 / 1e6, 1),
    }
    done.write_text(json.dumps(row) + "\n")
    return row


def _run(recipe: Recipe, start: starting.Start, options: argparse.Namespace) -> Run:
    rows = open_rows(options.data, "train", recipe)
    steps = options.tokens // recipe.step_tokens
    place = options.work / f"tables-{recipe.hashed_rows}"
    return Run(start.config, recipe, rows, steps, place, COMPUTE, start=start.weights)


def _elsewhere(run: Run) -> Run:
    """The run as it is before its first step, whatever it has saved."""
    return dataclasses.replace(run, directory=run.directory / "none")


def held_out(model: Transformer, data: Path, recipe: Recipe) -> float:
    """Nats per token on the same held-out rows."""
    rows = torch.from_numpy(open_rows(data, "validation", recipe).batch(0, VALIDATION_ROWS))
    return round(mean_loss(model, rows.split(8)), 4)


if __name__ == "__main__":
    main()
