"""python -m trainer sft: tune a model on requests and answers, and compare it with what it was.

A run like any other: it resumes, logs, watches held-out pairs and is exported by the same command.
Only its rows and its loss differ: the loss is the mean over the tokens of all answers in a step.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from codecomplete import engine
from codecomplete.corpus.outputs import claim
from codecomplete.engine.modeldir.config import SLIDING, ModelConfig
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.names import TOKENIZER
from codecomplete.engine.tokenizer import PAD, Tokenizer

from ..errors import CheckpointError, ConfigError
from ..evaluation.report import markdown
from ..export.formats import export
from ..export.rounding import Quantisation
from ..learning import checkpoint
from ..learning.compute import Compute
from ..learning.loop import Run, train
from ..learning.recipe import COSINE, Recipe
from ..learning.runlog import Progress
from ..learning.watch import Watch, text_bytes
from ..places import RUN, is_run
from ..runs.options import Options
from ..runs.plan import Plan, make_plan
from ..runs.presets import Preset
from ..runs.starting import Start, read
from ..runs.training import with_peak, write_down
from .forms import INLINE, Example, Form, Pair
from .programs import Worth, answered, expectation, trivial, worth
from .reading import PairSet, read_pairs
from .rows import PairRows, packed

RESULTS = "sft.json"
MEASUREMENTS = 12
MOST_WATCHED = 64  # rows
LONGEST_ROW = 512
MOST_EXPECTED = 400  # held-out pairs whose true answers are scored

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """What to tune, on what, and how."""

    pairs: Path
    start: Path
    out: Path
    compute: Compute
    form: str = INLINE
    epochs: float = 3.0
    peak: float = 0.1  # share of the usual rates
    language: str = "python"  # of pairs that name none
    patience: int = 3
    answers: int = 100  # programs that the models write, to compile them
    rows: int = 16
    changes: tuple[str, ...] = ()  # of the recipe
    checkpoint_seconds: float = 180.0


def tune_on_pairs(job: Job, tell: Tell = print) -> dict[str, dict[str, Any]]:
    """Train, then measure; returns the rows of the table.

    Raises ConfigError or CheckpointError, before anything is written, if that is not possible.
    """
    tokenizer = job.start / TOKENIZER
    if not tokenizer.is_file():
        raise CheckpointError(f"{job.start}: no {TOKENIZER} there; expected a run or a model")
    pairs = read_pairs(job.pairs, job.language)
    form = Form(job.form, Tokenizer.load(tokenizer))
    begun = read(job.start, tokenizer)
    run, plan = _prepared(job, pairs, form, begun, tokenizer)
    for line in [*plan.lines(), *_lines(pairs, run)]:
        tell(line)
    _train(run, tell)
    weights = _best(job.out)
    rows = measured(begun.config, {"before": begun.weights, "tuned": weights}, pairs, form, job)
    (job.out / RESULTS).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    tell(markdown(rows))
    return rows


def _prepared(
    job: Job, pairs: PairSet, form: Form, begun: Start, tokenizer: Path
) -> tuple[Run, Plan]:
    recipe = _recipe(job, begun.config)
    padding = form.vocabulary.special(PAD) or 0
    learned = packed(_examples(form, pairs.train), recipe.row_tokens, padding, recipe.seed)
    if not len(learned):
        raise ConfigError(f"{job.pairs}: no pair fits a row of {recipe.row_tokens} tokens")
    steps = max(1, round(job.epochs * len(learned) / (recipe.batch_rows * recipe.accumulation)))
    recipe = replace(recipe, warmup_steps=max(1, steps // 10))
    preset = Preset("sft", "tuned on pairs", begun.config, recipe)
    tokens = steps * recipe.step_tokens
    options = Options(preset, job.pairs, job.out, tokens=tokens, compute=job.compute)
    _require_same(options, pairs)
    plan = make_plan(preset, steps, learned.size, job.compute.half)
    facts = _provenance(job, pairs, plan, begun, tokenizer)
    claim(job.out, RUN, is_run)
    write_down(options, facts, tokenizer, begun.tuning)
    run = Run(
        begun.config,
        recipe,
        PairRows(learned, recipe.seed),
        steps,
        job.out,
        job.compute,
        job.checkpoint_seconds,
        start=begun.weights,
        provenance=facts,
        watch=_watch(form, pairs, recipe, padding, steps, job.patience),
    )
    return run, plan


def _recipe(job: Job, config: ModelConfig) -> Recipe:
    """A recipe with Muon below its usual rates, to preserve what was learned before."""
    longest = LONGEST_ROW if config.policy == SLIDING else config.window
    base = Recipe(
        row_tokens=min(longest, LONGEST_ROW),
        batch_rows=job.rows,
        schedule=COSINE,
        decay_share=0.9,
        weight_decay=0.0,
        responses_only=True,
    )
    shared = with_peak(Preset("sft", "", config, base), job.peak).recipe
    return shared.changed(job.changes)


def _examples(form: Form, pairs: Sequence[Pair]) -> list[Example]:
    return [form.example(pair) for pair in pairs]


def _watch(
    form: Form, pairs: PairSet, recipe: Recipe, padding: int, steps: int, patience: int
) -> Watch | None:
    rows = packed(_examples(form, pairs.validation), recipe.row_tokens, padding, 0)[:MOST_WATCHED]
    if not len(rows):
        return None
    held_out = torch.from_numpy(rows)
    size = text_bytes(held_out, form.vocabulary.token_bytes)
    return Watch(held_out, size, max(1, math.ceil(steps / MEASUREMENTS)), patience)


def _require_same(options: Options, pairs: PairSet) -> None:
    """Raise ConfigError if ``out`` contains another run than the requested one."""
    found = checkpoint.newest_intact(options.out) if options.out.is_dir() else None
    if found is None:
        return
    state = checkpoint.load_state(found)
    same = {
        "model": state["model"] == options.preset.model.to_dict(),
        "recipe": Recipe.from_dict(state["recipe"]) == options.recipe,
        "pairs": state["provenance"].get("corpus_manifest_sha256") == pairs.digest,
    }
    if others := [name for name, is_same in same.items() if not is_same]:
        raise ConfigError(
            f"{found} is part of a run with another {' and '.join(others)}; tune into another "
            "directory, or continue with the options it was started with"
        )


def _provenance(
    job: Job, pairs: PairSet, plan: Plan, begun: Start, tokenizer: Path
) -> dict[str, Any]:
    return {
        "preset": "sft",
        "corpus_manifest_sha256": pairs.digest,
        "tokenizer_sha256": sha256(tokenizer),
        "corpus_tokens": plan.tokens,
        "languages": pairs.languages,
        "plan": plan.to_dict(),
        "instruction": {"form": job.form, "pairs": len(pairs.train), "epochs": job.epochs},
        "began_with": begun.facts,
    }


def _lines(pairs: PairSet, run: Run) -> list[str]:
    counts = f"{len(pairs.train):,} to learn, {len(pairs.validation):,} and {len(pairs.test):,}"
    watched = "none" if run.watch is None else f"every {run.watch.every:,} steps"
    return [f"pairs           {counts} held out ({', '.join(pairs.languages)})",
            f"held out        measured {watched}"]  # fmt: skip


def _train(run: Run, tell: Tell) -> None:
    found = checkpoint.newest(run.directory)
    first = checkpoint.load_state(found)["step"] if found else 0
    if found:
        tell(f"resumes        after step {first:,} ({found.name})")
    progress = Progress(first, run.steps)
    try:
        train(run, progress.show, tell)
    finally:
        progress.close()


def _best(run: Path) -> dict[str, Tensor]:
    best = run / checkpoint.BEST
    newest = best if best.is_dir() else checkpoint.newest_intact(run)
    if newest is None:
        raise CheckpointError(f"{run}: no checkpoint there")
    return checkpoint.best_weights(newest)


def measured(
    config: ModelConfig,
    models: dict[str, dict[str, Tensor]],
    pairs: PairSet,
    form: Form,
    job: Job,
) -> dict[str, dict[str, Any]]:
    """Measure each model on the held-out pairs, and the emptiest answer."""
    held_out = pairs.test or pairs.validation
    programs = [pair for pair in held_out if pair.language == "python"][: job.answers]
    examples = _examples(form, held_out[:MOST_EXPECTED])
    rows: dict[str, Worth] = {}
    for name, weights in models.items():
        with tempfile.TemporaryDirectory() as folder:
            plain = Quantisation(32, 64, 64)
            place = export(config, weights, job.start / TOKENIZER, Path(folder) / name, name, plain)
            rows[name] = _row(engine.load(place), form, examples, programs)
    rows["an empty answer"] = worth(trivial, form, programs)
    return {name: row.to_dict() for name, row in rows.items()}


def _row(
    model: engine.Model, form: Form, examples: Sequence[Example], programs: Sequence[Pair]
) -> Worth:
    expected = expectation(model, examples)
    return worth(lambda pair: answered(model, form, pair), form, programs, expected)
