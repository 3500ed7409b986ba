"""python -m codecomplete.trainer.studies.scaling: system D's study at the scale of this machine.

Models of GPT-2's shape in three sizes, trained on the same tokens in the same order, exported, and
measured as users would use them: loss and perplexity, whether their output compiles, keystrokes
saved, milliseconds. One command trains, measures and draws; called again, it keeps what is
finished. With ``--cost``, it computes what the study's own sizes would take on one GPU.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import torch

from codecomplete import engine
from codecomplete.engine.modeldir.names import TOKENIZER

from ..evaluation.report import Sizes, evaluate, markdown, mean
from ..export.formats import export
from ..export.rounding import Quantisation
from ..instruction.forms import INLINE, Form, Pair
from ..instruction.programs import answered, compiles
from ..instruction.reading import read_pairs
from ..learning import runlog
from ..learning.compute import Compute, mean_loss
from ..learning.data import open_rows
from ..learning.loop import Run, train
from ..learning.machine import GPU_PEAKS
from ..learning.recipe import ADAMW, COSINE, GPT2, SHUFFLED, Recipe
from ..network.transformer import Transformer, parameter_count, step_flops_per_token
from ..runs.presets import PRESETS
from .common import begin, finish, parser_of

SIZES = {"2 x 64": (2, 64, 4), "3 x 96": (3, 96, 6), "4 x 160": (4, 160, 10)}
ROW, WINDOW = 256, 256
RECIPE = Recipe(
    row_tokens=ROW, batch_rows=8, optimiser=ADAMW, matrix_rate=2e-3, table_rate=2e-3,
    other_rate=2e-3, epsilon=1e-8, warmup_steps=10, schedule=COSINE, decay_share=1.0,
    order=SHUFFLED, initialisation=GPT2,
)  # fmt: skip
STUDIED = {"scaling-50m": 819e6, "scaling-150m": 2e9, "scaling-225m": 3e9}  # tokens, by its authors
UTILISATION = 0.3  # of an H100's bf16 peak, as well-made trainers of such sizes report
VALIDATION_ROWS, PROGRAMS = 32, 40


def main(arguments: list[str] | None = None) -> None:
    parser = parser_of(__doc__, plot=True, required=False)
    parser.add_argument("--cost", action="store_true", help="of the study's own sizes; no training")
    parser.add_argument("--pairs", type=Path, help="of python -m corpus pairs, for programs")
    parser.add_argument("--tokens", type=int, default=200_000)
    parser.add_argument("--typed", type=int, default=600, help="characters replayed per language")
    options = parser.parse_args(arguments)
    if options.cost:
        print(markdown(costs()))
        return
    if missing := [n for n in ("data", "pairs", "work", "plot") if getattr(options, n) is None]:
        parser.error(f"give {', '.join(f'--{name}' for name in missing)}, or --cost")
    begin(options)
    rows = {name: measured(name, options) for name in SIZES}
    draw({name: options.work / slug(name) / runlog.LOG for name in SIZES}, rows, options.plot)
    finish("scaling", rows, markdown(rows), options)


def slug(name: str) -> str:
    return name.replace(" ", "")


def costs() -> dict[str, dict[str, Any]]:
    """The study's models: their arithmetic, and hours on one H100 at UTILISATION of its peak."""
    rows = {}
    for name, tokens in STUDIED.items():
        preset = PRESETS[name]
        flops = step_flops_per_token(preset.model, preset.recipe.row_tokens)
        speed = UTILISATION * GPU_PEAKS["H100"] / flops
        rows[name] = {
            "parameters": parameter_count(preset.model),
            "M tokens": round(tokens / 1e6),
            "MFLOP/token": round(flops / 1e6),
            "EFLOP": round(flops * tokens / 1e18, 2),
            "tokens/s": round(speed),
            "hours on one H100": round(tokens / speed / 3600, 2),
        }
    return rows


def model_of(name: str) -> Any:
    """A model of one size in the vocabulary of the small shards."""
    layers, width, heads = SIZES[name]
    return dataclasses.replace(
        PRESETS["scaling-50m"].model, vocabulary_size=4_096, n_layer=layers, n_head=heads,
        n_kv_head=heads, head_size=width // heads, n_embd=width, n_hidden=4 * width, window=WINDOW,
    )  # fmt: skip


def measured(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Train one size and measure it; a finished one is read from its file."""
    done = options.work / f"{slug(name)}.json"
    if done.is_file():
        found: dict[str, Any] = json.loads(done.read_text())
        return found
    config, directory = model_of(name), options.work / slug(name)
    rows = open_rows(options.data, "train", RECIPE)
    steps = options.tokens // RECIPE.step_tokens
    trained = train(Run(config, RECIPE, rows, steps, directory, Compute(compiled=False), 60.0))
    held_out = open_rows(options.data, "validation", RECIPE).batch(0, VALIDATION_ROWS)
    loss = mean_loss(trained, torch.from_numpy(held_out).split(8))
    model = exported(trained, options, name)
    row = {
        "parameters": parameter_count(config),
        "validation loss": round(loss, 4),
        "perplexity": round(math.exp(loss), 2),
        **suggestions(model, options),
        "syntax pass rate": programs(model, options.pairs),
    }
    done.write_text(json.dumps(row) + "\n")
    print(name, row, flush=True)
    return row


def exported(trained: Transformer, options: argparse.Namespace, name: str) -> engine.Model:
    place = options.work / f"{slug(name)}-model"
    weights = trained.state_dict()
    tokenizer = options.data / TOKENIZER
    export(trained.config, weights, tokenizer, place, name, Quantisation(8, 32, 32))
    return engine.load(place)


def suggestions(model: engine.Model, options: argparse.Namespace) -> dict[str, Any]:
    """Keys saved through the engine at threshold 0.4, and the cost of suggestions."""
    sizes = Sizes(bytes=20_000, carets=0, typed=options.typed, threshold=0.4, local=0)
    results = evaluate(model, options.data / "files" / "test", sizes)
    typing = [language["typing"]["model"] for language in results["languages"].values()]
    return {
        "bits per byte": results["mean_bits_per_byte"],
        "keystrokes saved": mean(one["keystrokes_saved"] for one in typing),
        "ms per key": round(mean(one["milliseconds_median"] for one in typing), 2),
    }


def programs(model: engine.Model, place: Path) -> float:
    """The share of functions, continued from signature and docstring, that compile."""
    form = Form(INLINE, model.tokenizer)
    pairs: list[Pair] = [p for p in read_pairs(place, "python").test if p.language == "python"]
    chosen = pairs[:PROGRAMS]
    passes = [compiles(form.program(pair, answered(model, form, pair))) for pair in chosen]
    return round(sum(passes) / max(1, len(passes)), 3)


def draw(logs: dict[str, Path], rows: dict[str, dict[str, Any]], path: Path) -> None:
    """Draw losses over tokens, and the validation loss over parameters."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), dpi=110, layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, log in logs.items():
        found = runlog.read(log)
        left.plot([row["tokens"] / 1e3 for row in found], [row["loss"] for row in found],
                  label=name)  # fmt: skip
    left.set(xlabel="thousand tokens", ylabel="training loss, nats per token")
    left.legend(title="layers x width")
    sizes = [row["parameters"] / 1e6 for row in rows.values()]
    right.plot(sizes, [row["validation loss"] for row in rows.values()], "o-")
    right.set(xlabel="million parameters", ylabel="validation loss", xscale="log")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


if __name__ == "__main__":
    main()
