"""Trains a model on one user's code, pass by pass, for as long as it improves.

A pass shows each of the user's tokens twice, or as many as there is time for, among public rows,
while the rate rises and falls to zero; so each pass ends with a finished model. It is exported and
measured as the user would use it, with file and project remembered, on files that it did not learn.
Two ways begin with a short pass: all weights, and low-rank adapters. The better one gets the
remaining time, in passes as long as possible, until one gains almost nothing.

Knows rows and figures, not what was read or where a model is installed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor

from codecomplete import engine

from ..export.formats import export
from ..export.rounding import Quantisation
from ..learning import checkpoint, runlog
from ..learning.compute import Compute
from ..learning.loop import Run, train
from ..learning.recipe import MUON, SHUFFLED, Recipe
from ..learning.throughput import measure
from ..network.adapters import adapt, merged
from ..runs.starting import Start
from .figures import PROJECT, Measuring
from .pace import PEAK, Pace
from .rows import Mixed
from .workplace import Workplace

MATRIX_RATE, TABLE_RATE, OTHER_RATE = 0.02, 0.01, 0.01
ADAPTER_RATE = 0.06  # of Muon, whose steps on a narrow matrix are smaller
ROW_TOKENS, ROWS, PUBLIC_ROWS = 512, 8, 2
RANK = 16
WARM_SHARE = 0.06  # of a pass's steps
FULL, ADAPTERS = "full", "adapters"
WAYS = (FULL, ADAPTERS)
TRIAL_SHARE = 0.12  # of the minutes, for the first pass of each of two ways
LEAST_GAIN = 0.003  # share of bits per byte that a pass must gain over the one before
LEAST_PASS = 0.3  # of a pass: with less time left, no pass begins
SPEED_SECONDS = 6.0
CHECKPOINT_SECONDS = 60.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Setting:
    """The settings common to all passes."""

    start: Start
    tokenizer: Path
    rows: Mixed
    compute: Compute
    quantisation: Quantisation
    minutes: float
    seed: int = 1
    ways: tuple[str, ...] = WAYS
    pace: Pace = field(default_factory=Pace)
    languages: tuple[str, ...] = ()  # of the user's own code


@dataclass(frozen=True)
class Pass:
    """A finished pass: which, how much it read, how long it took, and how good the model is."""

    way: str
    number: int
    tokens: int
    own_tokens: int
    seconds: float
    bits: float  # per byte, on the stopping files, with file and project

    @property
    def name(self) -> str:
        return f"{self.way}-{self.number}"


def recipe_for(way: str, seed: int, steps: int, peak: float = PEAK) -> Recipe:
    """The recipe of a way, for so many steps; ``peak`` is a share of the rates from scratch."""
    adapters = way == ADAPTERS
    return Recipe(
        row_tokens=ROW_TOKENS,
        batch_rows=ROWS,
        optimiser=MUON,
        matrix_rate=ADAPTER_RATE if adapters else peak * MATRIX_RATE,
        table_rate=peak * TABLE_RATE,
        other_rate=peak * OTHER_RATE,
        weight_decay=0.0,
        warmup_steps=max(2, round(WARM_SHARE * steps)),
        decay_share=1.0,
        order=SHUFFLED,
        seed=seed,
    )


def best_pass(
    setting: Setting, place: Workplace, measuring: Measuring, tell: Tell
) -> tuple[Pass, list[Pass]]:
    """Try the ways, then train the better one further. Returns the best pass, and all passes."""
    share = TRIAL_SHARE if len(setting.ways) > 1 else 1.0
    passes: list[Pass] = []
    for way in setting.ways:
        passes.append(_pass(setting, place, measuring, way, 1, share, passes, tell))
    best = min(passes, key=lambda done: done.bits)
    while _seconds_left(setting, passes) > LEAST_PASS * best.seconds:
        share = _seconds_left(setting, passes) / (60 * setting.minutes)
        following = _pass(setting, place, measuring, best.way, best.number + 1, share, passes, tell)
        passes.append(following)
        if following.bits > best.bits * (1 - LEAST_GAIN):
            best = min(best, following, key=lambda done: done.bits)
            break
        best = following
    return best, passes


def _seconds_left(setting: Setting, passes: list[Pass]) -> float:
    return 60 * setting.minutes - sum(done.seconds for done in passes)


def _pass(
    setting: Setting,
    place: Workplace,
    measuring: Measuring,
    way: str,
    number: int,
    share: float,
    before: Sequence[Pass],
    tell: Tell,
) -> Pass:
    """Run a pass, or the rest of it; returns a finished one as it was."""
    name = f"{way}-{number}"
    kept = place.remembered(name)
    if kept is not None:
        return Pass(**kept)
    steps = _steps(setting, place, way, number, share, _speed(setting, place, before))
    run = _run(setting, place, way, number, steps)
    tell(f"{name:14} {steps:,} steps of {run.recipe.step_tokens:,} tokens")
    _trained(run, place, tell)
    model = exported(setting, place, name, place.model(name))
    bits = measuring.bits(engine.load(model), (PROJECT,)).bits[PROJECT]
    seconds = float(place.remembered(f"{name}.seconds") or 0.0)
    tokens = steps * run.recipe.step_tokens
    done = Pass(way, number, tokens, _own(setting, tokens), round(seconds, 1), bits)
    tell(f"{name:14} {bits:.4f} bits per byte with file and project, {seconds / 60:.1f} minutes")
    place.remember(name, vars(done))
    return done


def _own(setting: Setting, tokens: int) -> int:
    public = setting.rows.public_rows if setting.rows.public is not None else 0
    return tokens * (ROWS - public) // ROWS


def _steps(
    setting: Setting, place: Workplace, way: str, number: int, share: float, speed: float
) -> int:
    """The steps of a pass over the user's tokens, or of its share of the minutes; planned once,
    because the rate depends on them."""
    key = f"{way}-{number}.steps"
    planned = place.remembered(key)
    if planned is None:
        recipe = recipe_for(way, setting.seed, 100)
        whole = setting.pace.steps(setting.rows.tokens, _own(setting, recipe.step_tokens))
        seconds = 60 * setting.minutes * share
        planned = max(4, round(min(whole, seconds * speed / recipe.step_tokens)))
        place.remember(key, planned)
    return int(planned)


def _speed(setting: Setting, place: Workplace, before: Sequence[Pass]) -> float:
    """Tokens per second here: of the passes so far, or from training for some seconds."""
    if before:
        return sum(done.tokens for done in before) / max(1.0, sum(done.seconds for done in before))
    known = place.remembered("speed")
    if known is None:
        recipe = recipe_for(FULL, setting.seed, 100)
        found = measure(setting.start.config, recipe, setting.compute, SPEED_SECONDS)
        known = found.tokens_per_second
        place.remember("speed", known)
    return float(known)


def _run(setting: Setting, place: Workplace, way: str, number: int, steps: int) -> Run:
    recipe = recipe_for(way, setting.seed + number, steps, setting.pace.peak)
    prepare = (
        partial(adapt, rank=RANK, seed=setting.seed, only_up=True) if way == ADAPTERS else None
    )
    return Run(
        setting.start.config,
        recipe,
        setting.rows.in_order_of(recipe.seed),
        steps,
        place.run(f"{way}-{number}"),
        setting.compute,
        CHECKPOINT_SECONDS,
        start=_weights_before(setting, place, way, number),
        prepare=prepare,
        provenance={"way": way},
        drawn=False,  # the folder is removed
    )


def _weights_before(setting: Setting, place: Workplace, way: str, number: int) -> dict[str, Tensor]:
    if number == 1:
        return setting.start.weights
    return _weights(place, f"{way}-{number - 1}")


def _weights(place: Workplace, name: str) -> dict[str, Tensor]:
    newest = checkpoint.newest_intact(place.run(name))
    assert newest is not None, "the pass is done"
    return merged(checkpoint.best_weights(newest))


def _trained(run: Run, place: Workplace, tell: Tell) -> None:
    """Train to the run's end, and count the time of all its processes. Sleep of the machine does
    not count: this clock stops meanwhile."""
    found = checkpoint.newest_intact(run.directory, tell)
    first = checkpoint.load_state(found)["step"] if found else 0
    key = f"{run.directory.name}.seconds"
    spent = float(place.remembered(key) or 0.0)
    progress = runlog.Progress(first, run.steps)
    begin = time.monotonic()
    if found and first < run.steps:
        tell(f"{run.directory.name:14} goes on after step {first:,}")
    try:
        if first < run.steps:
            train(run, progress.show, tell)
    finally:
        progress.close()
        place.remember(key, spent + time.monotonic() - begin)


def exported(setting: Setting, place: Workplace, name: str, out: Path, called: str = "") -> Path:
    """A pass as a model directory, with the tuning of the initial model."""
    state = checkpoint.newest_intact(place.run(name))
    assert state is not None, "the pass is done"
    training: dict[str, Any] = {
        "personal": True,
        "way": checkpoint.load_state(state)["provenance"]["way"],
        "tokens": checkpoint.load_state(state)["tokens"],
        "languages": [],
        "own_languages": list(setting.languages),
        "began_with": setting.start.facts,
        "tuning": "that of the model it began with",
    }
    return export(
        setting.start.config,
        _weights(place, name),
        setting.tokenizer,
        out,
        called or name,
        setting.quantisation,
        training,
        setting.start.tuning,
    )
