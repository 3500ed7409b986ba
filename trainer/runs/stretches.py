"""Training in stretches: what one stretch leaves for the next, on any machine.

A *stem* is the newest weights of a run at a constant rate, in bf16 and without the optimiser's
state: a quarter of a checkpoint, small enough to commit. ``train --start STEM`` continues from it
with a short warm-up. A line in a log records the result of each stretch.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch

from codecomplete.corpus.outputs import fresh
from codecomplete.corpus.pages import write_between
from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.engine.modeldir.names import GATE, TOKENIZER

from ..errors import CheckpointError, LogError
from ..learning import checkpoint, runlog
from ..learning.compute import mean_loss
from ..learning.data import open_rows
from ..learning.recipe import Recipe
from ..network.transformer import Transformer
from ..places import STEM

LAST_ROWS = 20  # of the log, whose mean is the training loss at the end
VALIDATION_ROWS, VALIDATION_SEED = 64, 0


@dataclass(frozen=True)
class Stretch:
    """One line of the log: tokens in millions, losses in nats per token."""

    date: str
    preset: str
    tokens_before: float
    tokens: float
    minutes: float
    peak: float  # share of the preset's rates
    training_loss: float
    validation_loss: float
    corpus: str  # the first digits of its manifest's SHA-256


def save_stem(newest: Path, tokenizer: Path, stem: Path) -> Path:
    """Write a checkpoint's weights as a stem, with digests; returns its path.

    The weights' tuning (``gate.json``) is included. Raises OutputError if ``stem`` contains
    anything but a stem.
    """
    state = checkpoint.load_state(newest)
    weights = checkpoint.load_tensors(newest, "model")
    small = {name: value.to(torch.bfloat16) for name, value in weights.items()}
    kept = {name: state[name] for name in ("step", "tokens", "model", "recipe", "provenance")}
    with fresh(stem, STEM) as folder:
        checkpoint.fill(folder, {"model": small}, kept)
        shutil.copyfile(tokenizer, folder / TOKENIZER)
        if (tuning := newest.parent / GATE).is_file():
            shutil.copyfile(tuning, folder / GATE)
    return stem


def tokens_before(provenance: Mapping[str, Any]) -> int:
    """Tokens on which the weights were trained before their run, over all earlier starts."""
    total, began = 0, provenance.get("began_with")
    while began:
        total += began.get("tokens") or 0
        began = began.get("began_with")
    return total


def validation_loss(newest: Path, shards: Path) -> float:
    """A checkpoint's nats per token on the validation split, on the same rows every time."""
    state = checkpoint.load_state(newest)
    model = Transformer(ModelConfig.from_dict(state["model"])).eval()
    model.load_state_dict(checkpoint.load_tensors(newest, "model"))
    asked = Recipe.from_dict(state["recipe"] | {"seed": VALIDATION_SEED, "fim_rate": 0.0})
    rows = torch.from_numpy(open_rows(shards, "validation", asked).batch(0, VALIDATION_ROWS))
    return mean_loss(model, rows.split(8))


def measured(run: Path, shards: Path, preset: str, peak: float, date: str) -> Stretch:
    """The quality of a run's newest checkpoint, and what it cost."""
    newest = checkpoint.newest_intact(run)
    if newest is None:
        raise CheckpointError(f"{run}: no checkpoint there")
    state = checkpoint.load_state(newest)
    rows = [row for row in runlog.read(run / runlog.LOG) if row["step"] <= state["step"]]
    if not rows:
        raise LogError(f"{run / runlog.LOG}: no row up to step {state['step']:,}")
    last = rows[-LAST_ROWS:]
    return Stretch(
        date,
        preset,
        round(tokens_before(state["provenance"]) / 1e6, 2),
        round(state["tokens"] / 1e6, 2),
        round(_minutes(rows), 1),
        peak,
        round(sum(row["loss"] for row in last) / len(last), 4),
        round(validation_loss(newest, shards), 4),
        state["provenance"]["corpus_manifest_sha256"][:8],
    )


def _minutes(rows: Sequence[runlog.Row]) -> float:
    """The minutes of a run, from the speed of each row and the tokens since the row before."""
    before, seconds = 0.0, 0.0
    for row in rows:
        seconds += (row["tokens"] - before) / max(1, row["tokens_per_second"])
        before = row["tokens"]
    return seconds / 60


def append(log: Path, stretch: Stretch) -> None:
    """Append a line to the log, which is created if necessary."""
    names = [field.name for field in fields(Stretch)]
    begun = log.is_file()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", newline="") as file:
        writer = csv.DictWriter(file, names)
        if not begun:
            writer.writeheader()
        writer.writerow(asdict(stretch))


def table(log: Path) -> str:
    """The log as Markdown."""
    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    head = (
        "| date | model | M tokens before | M tokens | minutes | share of the peak rate | training "
        "loss | validation loss | corpus |"
    )
    lines = ["| " + " | ".join(row.values()) + " |" for row in rows]
    return "\n".join([head, "|---" * len(fields(Stretch)) + "|", *lines]) + "\n"


def write_table(log: Path, page: Path) -> None:
    """Write the log's table between the marks of a page."""
    write_between(page, "stretches", table(log))
