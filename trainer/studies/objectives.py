"""python -m codecomplete.trainer.studies.objectives: what else could be learned, and what it wins.

Trains one small model on equally many tokens with and without each option of a recipe: the
objectives of ``learning/objectives.py``, rows cut at definitions, one layer shared by all, and that
with halting (which the engine does not support: no keystrokes there). Measures on the same held-out
rows the next token of all text, of the rest of lines and of names; and keystrokes saved, through
the engine. Called again, it keeps what is finished.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import torch

from codecomplete import engine
from codecomplete.engine.modeldir.names import TOKENIZER

from ..evaluation.files import held_out_files
from ..evaluation.replay import choose_stretches, replay
from ..evaluation.report import markdown
from ..evaluation.sources import EngineSource
from ..export.formats import export
from ..export.rounding import Quantisation
from ..learning.compute import Compute, mean_loss
from ..learning.data import open_rows
from ..learning.loop import Run, train
from ..learning.recipe import OBJECTIVES, Recipe
from ..network.transformer import Transformer
from ..runs.presets import PRESETS
from .common import begin, finish, parser_of

MODEL = dataclasses.replace(
    PRESETS["small"].model, n_layer=3, n_head=4, n_kv_head=4, head_size=16, n_embd=64, n_hidden=256
)
RECIPE = Recipe(row_tokens=256, batch_rows=8, warmup_steps=15)
RATE = 0.25
HALTING = 0.01  # nats for each application of the layer to a place
VARIANTS: dict[str, dict[str, Any]] = {
    "next token only": {},
    **{name: {"objective": name, "objective_rate": RATE} for name in OBJECTIVES},
    "rows cut at definitions": {"cut": "definitions"},
    "one shared layer": {"shared_layers": True},
    "one shared layer, halting": {"shared_layers": True, "halting": HALTING},
}
SEEN: dict[str, dict[str, Any]] = {
    "all": {},
    "rest of lines": {"objective": "lines", "objective_rate": 1.0},
    "names": {"objective": "identifiers", "objective_rate": 1.0},
}
VALIDATION_ROWS = 48
Row = dict[str, float | None]
FAST = Compute(compiled=False)


def main(arguments: list[str] | None = None) -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--tokens", type=int, default=200_000)
    parser.add_argument("--typed", type=int, default=900, help="characters replayed per language")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each; the mean is shown")
    options = parser.parse_args(arguments)
    begin(options)
    rows = {name: averaged(name, options) for name in VARIANTS}
    finish("objectives", rows, markdown(rows), options)


def averaged(name: str, options: argparse.Namespace) -> Row:
    """The mean of one variant's results over seeds."""
    found = [measured(name, seed, options) for seed in range(1, options.seeds + 1)]
    return {key: _mean([row[key] for row in found]) for key in found[0]}


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 4) if known else None


def measured(name: str, seed: int, options: argparse.Namespace) -> Row:
    """Train one variant and measure it; a finished one is read from its file."""
    slug = f"{name.replace(' ', '-')}-{seed}"
    done = options.work / f"{slug}.json"
    if done.is_file():
        found: Row = json.loads(done.read_text())
        return found
    recipe = dataclasses.replace(RECIPE, seed=seed, **VARIANTS[name])
    rows = open_rows(options.data, "train", recipe)
    steps = options.tokens // recipe.step_tokens
    run = Run(MODEL, recipe, rows, steps, options.work / slug, FAST, checkpoint_seconds=60.0)
    trained = train(run, tell=lambda line: None)
    row: Row = {f"loss, {what}": held_out(trained, options.data, how) for what, how in SEEN.items()}
    served = trained.halting is None
    row["keystrokes saved"] = keystrokes(trained, slug, options) if served else None
    row["layers applied"] = MODEL.n_layer if served else applied(trained, options.data)
    done.write_text(json.dumps(row) + "\n")
    print(name, seed, row, flush=True)
    return row


def held_out(model: Transformer, data: Path, how: dict[str, Any]) -> float:
    """Nats per token on the same held-out rows, of all tokens or of some."""
    recipe = dataclasses.replace(RECIPE, seed=0, **how)
    rows = torch.from_numpy(open_rows(data, "validation", recipe).batch(0, VALIDATION_ROWS))
    return round(mean_loss(model, rows.split(8)), 4)


def applied(model: Transformer, data: Path) -> float:
    """The mean number of applications of the shared layer to a place of the held-out rows."""
    assert model.halting is not None
    rows = torch.from_numpy(open_rows(data, "validation", RECIPE).batch(0, 8))
    with torch.no_grad():
        model.hidden(rows[:, :-1])
    return round(model.halting.applications, 2)


def keystrokes(trained: Transformer, slug: str, options: argparse.Namespace) -> float:
    """The share of keys saved in replayed typing, as the mean over languages."""
    place = options.work / f"{slug}-model"
    tokenizer = options.data / TOKENIZER
    export(trained.config, trained.state_dict(), tokenizer, place, slug, Quantisation(8, 32, 32))
    source = EngineSource(engine.load(place), 0.4)
    saved = []
    for texts in held_out_files(options.data / "files" / "test", 60_000).values():
        stretches = choose_stretches(texts, options.typed, 300, 1)
        saved.append(replay(source, stretches).measures()["keystrokes_saved"])
    return round(sum(saved) / len(saved), 4)


if __name__ == "__main__":
    main()
