"""Arms of a study that continue from one trained model, and differ only in options of the recipe.

All arms read the same rows at the same falling rate. A finished arm is read from its file, so that
a study that is called again keeps its results.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from codecomplete.engine.modeldir.names import TOKENIZER

from ..learning import loop
from ..learning.compute import Compute, mean_loss
from ..learning.data import open_rows
from ..learning.loop import Run, train
from ..learning.recipe import Recipe
from ..network.transformer import Transformer
from ..runs import starting
from ..runs.presets import PRESETS
from ..runs.training import with_peak
from .common import parser_of

VALIDATION_ROWS = 256
COMPUTE = Compute()
Row = dict[str, float | None]


def parser(description: str | None) -> argparse.ArgumentParser:
    """The options of such studies."""
    found = parser_of(description)
    found.add_argument("--start", type=Path, required=True, help="what goes on: run, stem or model")
    found.add_argument("--tokens", type=int, default=5_000_000)
    found.add_argument("--peak", type=float, default=0.5, help="share of the preset's rates")
    return found


def measured(name: str, changes: Mapping[str, Any], options: argparse.Namespace) -> Row:
    """Train the arm ``name``: nats per held-out token before and after, and the cost of a step."""
    done = options.work / f"{name}.json"
    if done.is_file():
        found: Row = json.loads(done.read_text())
        return found
    run = _run(name, changes, options)
    before = held_out(loop.begin(_elsewhere(run)).model, options)
    begun = time.process_time()
    model = train(run, report=lambda row: print(name, row, flush=True))
    seconds = time.process_time() - begun
    row: Row = {
        "held out, before": before,
        "held out, after": held_out(model, options),
        "CPU seconds per step": round(seconds / run.steps, 3),
    }
    done.write_text(json.dumps(row) + "\n")
    return row


def trained(name: str, changes: Mapping[str, Any], options: argparse.Namespace) -> Transformer:
    """The model of an arm that has been measured."""
    return loop.begin(_run(name, changes, options)).model


def recipe_of(options: argparse.Namespace, changes: Mapping[str, Any]) -> Recipe:
    """The recipe of an arm."""
    return dataclasses.replace(with_peak(PRESETS["small"], options.peak).recipe, **changes)


def _run(name: str, changes: Mapping[str, Any], options: argparse.Namespace) -> Run:
    start = starting.read(options.start, options.data / TOKENIZER)
    recipe = recipe_of(options, changes)
    rows = open_rows(options.data, "train", recipe)
    steps = options.tokens // recipe.step_tokens
    return Run(start.config, recipe, rows, steps, options.work / name, COMPUTE, start=start.weights)


def _elsewhere(run: Run) -> Run:
    """The run before its first step, whatever it has saved."""
    return dataclasses.replace(run, directory=run.directory / "none")


def held_out(model: Transformer, options: argparse.Namespace) -> float:
    """Nats per token on held-out rows, which are the same for all arms."""
    found = open_rows(options.data, "validation", recipe_of(options, {}))
    rows = torch.from_numpy(found.batch(0, VALIDATION_ROWS))
    return round(mean_loss(model, rows.split(8)), 4)
