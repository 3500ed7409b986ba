"""What the commands of ``python -m trainer`` do."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

import torch

import engine
from engine.config import ModelConfig
from engine.modeldir import TOKENIZER

from . import checkpoint
from .data import open_rows
from .errors import ConfigError, TrainerError
from .evaluate import evaluate_files, table
from .export import export
from .graph import Quantisation
from .loop import Run, train
from .model import parameter_count
from .presets import PRESETS
from .recipe import CONSTANT


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command; returns the exit status."""
    try:
        return COMMANDS[options.command](options)
    except (TrainerError, engine.EngineError, ValueError) as error:
        print(f"python -m trainer {options.command}: {error}", file=sys.stderr)
        return 1


def _train(options: argparse.Namespace) -> int:
    preset = PRESETS[options.preset]
    recipe = preset.recipe
    if options.constant or options.decay_from is not None:
        recipe = dataclasses.replace(recipe, schedule=CONSTANT)
    if options.threads:
        torch.set_num_threads(options.threads)
    steps = _steps(options, recipe.step_tokens)
    rows = open_rows(options.data, "train", recipe)
    print(
        f"{preset.name}: {parameter_count(preset.model):,} parameters, {steps:,} steps of "
        f"{recipe.step_tokens:,} tokens",
        flush=True,
    )
    job = Run(
        preset.model,
        recipe,
        rows,
        steps,
        options.out,
        decay_from=options.decay_from,
        provenance=_provenance(options.data, preset.name),
    )
    train(job, _print_row)
    return 0


def _steps(options: argparse.Namespace, step_tokens: int) -> int:
    if not options.tokens or options.tokens < step_tokens:
        raise ConfigError(f"--tokens must be at least one step, {step_tokens:,}")
    return options.tokens // step_tokens


def _provenance(data: Path, preset: str) -> dict:
    facts = json.loads((data / "shards.json").read_text())
    return {
        "preset": preset,
        "corpus_manifest_sha256": facts["manifest_sha256"],
        "tokenizer_sha256": facts["tokenizer_sha256"],
        "corpus_tokens": facts["splits"]["train"]["tokens"],
    }


def _print_row(row: dict) -> None:
    print(
        f"step {row['step']:>7,}  {row['tokens'] / 1e6:8.2f} M tokens  loss {row['loss']:.4f}  "
        f"rate {row['rate']:.3f}  {row['tokens_per_second']:,} tokens/s",
        flush=True,
    )


def _export(options: argparse.Namespace) -> int:
    newest = checkpoint.newest(options.run)
    if newest is None:
        raise ConfigError(f"{options.run}: no checkpoint there")
    state = checkpoint.load_state(newest)
    training = state["provenance"] | {
        "steps": state["step"],
        "tokens": state["tokens"],
        "recipe": state["recipe"],
    }
    export(
        ModelConfig.from_dict(state["model"]),
        checkpoint.load_tensors(newest, "model"),
        options.data / TOKENIZER,
        options.out,
        options.name or options.out.name,
        Quantisation(options.bits, options.block, min(options.block, 64)),
        training,
    )
    print(f"{options.out}: exported step {state['step']:,}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    model = engine.load(options.model)
    results = evaluate_files(model, options.files, options.bytes)
    print(json.dumps(results, indent=1) if options.json else table(results))
    return 0


def _presets(options: argparse.Namespace) -> int:
    for preset in PRESETS.values():
        print(f"{preset.name:16} {parameter_count(preset.model):>12,}  {preset.purpose}")
    return 0


COMMANDS = {"train": _train, "export": _export, "evaluate": _evaluate, "presets": _presets}
