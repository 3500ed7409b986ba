"""From options to a finished run: check, plan, record, train.

``run.json`` in the directory of a run records all that was requested and derived; the tokenizer is
beside it, so that a run can be exported wherever it is copied to.
"""

from __future__ import annotations

import dataclasses
import json
import math
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from codecomplete.corpus import ShardError
from codecomplete.corpus.outputs import claim
from codecomplete.engine.modeldir.names import GATE, TOKENIZER

from ..errors import CheckpointError, ConfigError
from ..export.formats import save_pth
from ..learning import checkpoint, runlog
from ..learning.data import rows_of
from ..learning.loop import Run, train
from ..learning.processes import ALONE, Processes
from ..learning.recipe import ANYWHERE, CONSTANT, RANDOM, Recipe
from ..learning.throughput import measure
from ..learning.watch import Watch, text_bytes
from ..network.growth import can_grow, grow
from ..places import RUN, RUN_DESCRIPTION, is_run, read_description
from .options import Options
from .plan import Plan, make_plan
from .preflight import Opened, check
from .presets import Preset
from .starting import Start, read

DESCRIPTION = RUN_DESCRIPTION
SPEED_SECONDS = 8.0
RATES = ("matrix_rate", "table_rate", "other_rate")
FEWEST_WATCHED, MOST_WATCHED = 8, 64  # held-out rows
WATCHED_STEPS = 4  # as many rows as in so many steps, within those bounds
MEASUREMENTS = 20  # on held-out rows, in a run
LEARNED_BETWEEN = 3  # tokens per measured one; measuring costs a third of that: at most a ninth
SPARE = 0.97  # of the minutes: the rest is for checkpoints

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How a run is carried out, which does not change what is learned."""

    checkpoint_seconds: float = 180.0
    log_every: int = 10
    start: Path | None = None  # run or model directory with the initial weights
    processes: Processes = ALONE
    patience: int = 0  # measurements on held-out text without a better one, before the run ends


def with_rows(preset: Preset, rows: int) -> Preset:
    """A preset with ``rows`` rows per pass, and as many passes as keep the step the same."""
    recipe = preset.recipe
    whole = recipe.batch_rows * recipe.accumulation
    if rows < 1 or whole % rows:
        raise ConfigError(f"--rows {rows} does not divide the {whole} rows of a step")
    changed = dataclasses.replace(recipe, batch_rows=rows, accumulation=whole // rows)
    return dataclasses.replace(preset, recipe=changed)


def at_constant_rate(preset: Preset) -> Preset:
    """A preset whose rate stays at its peak after the warm-up."""
    recipe = dataclasses.replace(preset.recipe, schedule=CONSTANT)
    return dataclasses.replace(preset, recipe=recipe)


def with_seed(preset: Preset, seed: int) -> Preset:
    """A preset that draws its rows in another order."""
    return dataclasses.replace(preset, recipe=dataclasses.replace(preset.recipe, seed=seed))


def with_peak(preset: Preset, share: float) -> Preset:
    """A preset whose rates rise only to this share of their peaks.

    Raises ConfigError unless the share is more than 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ConfigError(f"--peak {share}; expected more than 0 and at most 1")
    recipe = preset.recipe
    rates = {name: share * getattr(recipe, name) for name in RATES}
    return dataclasses.replace(preset, recipe=dataclasses.replace(recipe, **rates))


def start(options: Options, settings: Settings, tell: Tell = print) -> Plan:
    """Check everything, then train to the end of the plan; returns the plan.

    Raises ConfigError with every problem before any work, and what ``loop.train`` raises.
    """
    opened = check(options)
    begun = _start(options, settings)
    rows = rows_of(opened.shards, opened.vocabulary, "train", options.recipe)
    steps = _steps(options, settings, tell)
    size = settings.processes.size
    plan = make_plan(options.preset, steps, rows.tokens, options.compute.half, size)
    watch = watch_of(opened, options.recipe, steps, settings.patience)
    facts = provenance(options, plan, opened) | ({"began_with": begun.facts} if begun else {})
    if settings.processes.leads:
        claim(options.out, RUN, is_run)
        write_down(options, facts, options.data / TOKENIZER, begun.tuning if begun else None)
    for line in [*plan.lines(), _watch_line(watch), _device_line(options, size)]:
        tell(line)
    run = Run(
        options.preset.model,
        options.recipe,
        rows,
        steps,
        options.out,
        options.compute,
        settings.checkpoint_seconds,
        settings.log_every,
        options.decay_from,
        settings.processes,
        begun.weights if begun else None,
        facts,
        options.preset.layout.log,
        _latest(options),
        watch,
    )
    _train(run, tell)
    return plan


def watch_of(opened: Opened, recipe: Recipe, steps: int, patience: int) -> Watch | None:
    """The held-out rows of a run, the same every time; None if there is too little text."""
    changed: dict[str, Any] = {"fim_rate": 0.0, "replay": 0.0, "objective_rate": 0.0}
    changed |= {"objective": "", "cut": ANYWHERE}
    plain = dataclasses.replace(recipe, seed=0, order=RANDOM, **changed)
    wished = WATCHED_STEPS * recipe.step_tokens // recipe.row_tokens
    count = min(MOST_WATCHED, max(FEWEST_WATCHED, wished))
    try:
        found = rows_of(opened.shards, opened.vocabulary, "validation", plain)
    except (ValueError, ShardError):
        return None
    rows = torch.from_numpy(found.batch(0, count))
    least = LEARNED_BETWEEN * rows[:, 1:].numel() / recipe.step_tokens
    every = math.ceil(max(1, steps / MEASUREMENTS, least))
    return Watch(rows, text_bytes(rows, opened.vocabulary.token_bytes), every, patience)


def _watch_line(watch: Watch | None) -> str:
    if watch is None:
        return "held out        no held-out text: its loss is not measured"
    rows, length = watch.rows.shape
    return f"held out        {rows} rows of {length - 1:,} tokens, every {watch.every:,} steps"


def _train(run: Run, tell: Tell) -> None:
    if not run.processes.leads:
        train(run, tell=lambda line: None)
        return
    found = checkpoint.newest(run.directory)
    first = checkpoint.load_state(found)["step"] if found else 0
    if found and first >= run.steps:
        tell(f"finished       all {run.steps:,} steps are done already; nothing is left to train")
    elif found:
        tell(f"resumes        after step {first:,} ({found.name})")
    progress = runlog.Progress(first, run.steps)
    try:
        train(run, progress.show, tell)
    finally:
        progress.close()


def _start(options: Options, settings: Settings) -> Start | None:
    if settings.start is None:
        return None
    found, model = read(settings.start, options.data / TOKENIZER), options.preset.model
    if can_grow(found.config, model):
        weights = grow(found.weights, found.config.n_layer, model.n_layer)
        facts = found.facts | {"grown_from_layers": found.config.n_layer}
        return dataclasses.replace(found, config=model, weights=weights, facts=facts)
    if found.config != model:
        raise CheckpointError(
            f"{settings.start} is a different model from {options.preset.name}; start from a "
            f"run of preset {options.preset.begins_with or options.preset.name}, or of one that "
            "has fewer layers and the same sizes otherwise"
        )
    return found


def _steps(options: Options, settings: Settings, tell: Tell) -> int:
    """The steps for the requested tokens or, by a short measurement, for the requested minutes.

    A resumed run keeps the steps it was planned with: its rate depends on them.
    """
    recipe = options.recipe
    if options.tokens is not None:
        return options.tokens // recipe.step_tokens
    if options.minutes is None:
        raise ConfigError("neither --tokens nor --minutes was given: say how long to train")
    before = read_description(options.out)
    planned, minutes = before.get("plan", {}).get("steps"), options.minutes
    if planned and checkpoint.newest(options.out):
        minutes -= (before.get("asked") or {}).get("minutes") or minutes
        if minutes <= 0:
            return int(planned)
    return (planned or 0) + _steps_in(minutes, options, settings, tell)


def _steps_in(minutes: float, options: Options, settings: Settings, tell: Tell) -> int:
    recipe = options.recipe
    tell(f"measuring      the speed of this machine, about {SPEED_SECONDS:.0f} s")
    speed = measure(
        options.preset.model, recipe, options.compute, SPEED_SECONDS, settings.processes
    )
    tokens = SPARE * minutes * 60 * speed.tokens_per_second
    steps = max(1, int(settings.processes.agree(tokens) // recipe.step_tokens))
    tell(f"speed          {speed.tokens_per_second:,.0f} tokens/s")
    return steps


def provenance(options: Options, plan: Plan, opened: Opened) -> dict[str, Any]:
    """What a model was made from; stored in checkpoints and model directories."""
    facts = opened.shards.description
    return {
        "preset": options.preset.name,
        "corpus_manifest_sha256": facts["manifest_sha256"],
        "tokenizer_sha256": facts["tokenizer_sha256"],
        "corpus_tokens": facts["splits"]["train"]["tokens"],
        "languages": _languages(options.recipe, facts["languages"]),
        "plan": plan.to_dict(),
    }


def _languages(recipe: Recipe, in_corpus: list[str]) -> list[str]:
    """The languages actually trained on: the recipe's own, if it does not replay others."""
    return list(in_corpus) if recipe.replay or not recipe.languages else list(recipe.languages)


def write_down(
    options: Options, facts: dict[str, Any], tokenizer: Path, tuning: Path | None
) -> None:
    """Write ``run.json`` into a run's directory, with the vocabulary and, if any, the tuning."""
    shutil.copyfile(tokenizer, options.out / TOKENIZER)
    if tuning is not None:
        shutil.copyfile(tuning, options.out / GATE)
    compute = options.compute
    description = facts | {
        "data": str(options.data),
        "model": options.preset.model.to_dict(),
        "recipe": options.recipe.to_dict(),
        "decay_from": options.decay_from,
        "asked": options.asked,
        "compute": {
            "device": str(compute.device),
            "bfloat16": compute.bfloat16,
            "float16": compute.float16,
            "compiled": compute.compiled,
            "attention": compute.attention_kind,
            "threads": torch.get_num_threads(),
        },
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }
    (options.out / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n")


def _device_line(options: Options, processes: int) -> str:
    compute = options.compute
    precision = "fp16" if compute.float16 else "bf16" if compute.bfloat16 else "fp32"
    how = "compiled" if compute.compiled else "eager"
    times = f" x {processes} processes" if processes > 1 else ""
    return (
        f"device          {compute.device}{times}, {precision}, {how}, {compute.attention_kind} "
        f"attention, {torch.get_num_threads()} threads"
    )


def _latest(options: Options) -> Callable[[Path], None] | None:
    """A function that stores a second copy of the newest checkpoint, if the layout has one."""
    latest = options.preset.layout.latest
    if latest is None:
        return None
    copy = options.out / latest

    def keep(path: Path) -> None:
        save_pth(path, copy)

    return keep
