"""Everything that can be known to be wrong before training starts, found in one pass.

Each check yields sentences that say what is wrong, where, and what to do; none stops at the first
problem, and none changes anything on disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codecomplete import corpus
from codecomplete.corpus import ShardError, ShardSet
from codecomplete.corpus.outputs import require_own
from codecomplete.engine import EngineError
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.directory import TOKENIZER
from codecomplete.engine.tokenizer import Tokenizer

from ..errors import CheckpointError, ConfigError
from ..learning import checkpoint
from ..learning.compute import Compute
from ..learning.fim import MARKS
from ..learning.machine import available_memory, free_disk
from ..learning.recipe import CONSTANT, Recipe
from ..places import RUN, is_run
from .plan import CHECKPOINTS_HELD, make_plan
from .presets import Preset

SAME_IN_A_RUN = ("row_tokens", "batch_rows", "accumulation", "seed", "optimiser", "order")
"""Recipe fields that a resumed run cannot change: rows and steps would mean something else."""


@dataclass(frozen=True)
class Options:
    """What a run was asked to be. Of ``tokens`` and ``minutes`` one is given."""

    preset: Preset
    data: Path
    out: Path
    tokens: int | None = None
    minutes: float | None = None
    decay_from: int | None = None
    compute: Compute = field(default_factory=Compute)
    processes: int = 1

    @property
    def recipe(self) -> Recipe:
        return self.preset.recipe


def check(options: Options) -> None:
    """ConfigError with every problem there is; nothing if there is none."""
    problems = [
        *_budget(options),
        *_shards(options),
        *_out(options),
        *_resources(options),
    ]
    if problems:
        numbered = [f"  {number}. {text}" for number, text in enumerate(problems, 1)]
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        raise ConfigError(f"{count} found before training:\n" + "\n".join(numbered))


def _budget(options: Options) -> Iterator[str]:
    recipe, tokens, minutes = options.recipe, options.tokens, options.minutes
    if (tokens is None) == (minutes is None):
        yield "give either --tokens or --minutes: how long to train"
    if tokens is not None and tokens < recipe.step_tokens:
        yield f"--tokens {tokens:,} is less than one step, {recipe.step_tokens:,}"
    if minutes is not None and not minutes > 0:
        yield f"--minutes {minutes} is no time at all"
    if recipe.batch_rows % options.processes:
        yield (
            f"{recipe.batch_rows} rows cannot be shared evenly by {options.processes} processes; "
            "start torchrun with a divisor of it"
        )
    if options.decay_from is None:
        return
    if tokens is None:
        yield "--decay-from needs --tokens: the rate comes down to zero at its end"
    elif not 0 <= options.decay_from < tokens // recipe.step_tokens:
        yield (
            f"--decay-from {options.decay_from:,} is not within the run's "
            f"{tokens // recipe.step_tokens:,} steps"
        )


def _shards(options: Options) -> Iterator[str]:
    try:
        shards = corpus.open_shards(options.data)
        training = shards.split("train")
    except (ShardError, KeyError, TypeError, ValueError) as error:
        yield str(error)
        return
    yield from _altered(shards)
    yield from _vocabulary(options, shards)
    most = max((shard.tokens for shard in training), default=0)
    if most <= 2 * options.recipe.row_tokens:
        yield (
            f"{options.data}: the longest training shard has {most:,} tokens, too few for rows of "
            f"{options.recipe.row_tokens:,}; build a larger corpus or choose a smaller preset"
        )
    missing = [one for one in options.recipe.languages if one not in shards.languages]
    if missing:
        yield f"{options.data} holds no {', '.join(missing)}, only {', '.join(shards.languages)}"


def _altered(shards: ShardSet) -> Iterator[str]:
    """Every shard whose files are missing or have other digests than they were written with."""
    for split in shards.description["splits"]:
        for shard in shards.split(split):
            try:
                shard.verify()
            except ShardError as error:
                yield str(error)


def _vocabulary(options: Options, shards: ShardSet) -> Iterator[str]:
    path, size = options.data / TOKENIZER, options.preset.model.vocabulary_size
    try:
        vocabulary = Tokenizer.load(path)
    except EngineError as error:
        yield str(error)
        return
    if sha256(path) != shards.description["tokenizer_sha256"]:
        yield f"{path} is not the tokenizer that made these shards; build or unpack them again"
    if max(vocabulary.size, shards.vocabulary_size) > size:
        yield (
            f"{options.data}: a vocabulary of {shards.vocabulary_size:,} tokens does not fit the "
            f"{size:,} of preset {options.preset.name}; build shards with its tokenizer recipe "
            f"({options.preset.tokenizer}, {size:,}) or choose another preset"
        )
    missing = [mark for mark in MARKS if vocabulary.special(mark) is None]
    if options.recipe.fim_rate and missing:
        yield f"{path} lacks {', '.join(missing)}, which suffix-first rows (fim_rate) need"


def _out(options: Options) -> Iterator[str]:
    out = options.out
    if out.exists() and not out.is_dir():
        yield f"{out} is a file; --out is the directory of the run"
        return
    try:
        require_own(out, RUN, is_run)
    except corpus.OutputError as error:
        yield str(error)
        return
    parent = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not os.access(parent, os.W_OK | os.X_OK):
        yield f"{parent} cannot be written to"
        return
    try:
        found = checkpoint.newest_intact(out) if out.is_dir() else None
        state = checkpoint.load_state(found) if found else None
    except CheckpointError as error:
        yield str(error)
        return
    if found is not None and state is not None:
        yield from _resumed(options, found, state)


def _resumed(options: Options, found: Path, state: dict[str, Any]) -> Iterator[str]:
    elsewhere = "train into another directory, or continue with the options it was started with"
    if state["model"] != options.preset.model.to_dict():
        yield f"{found} is a checkpoint of another model than {options.preset.name}; {elsewhere}"
        return
    recipe = Recipe.from_dict(state["recipe"])
    for name in SAME_IN_A_RUN:
        was, asked = getattr(recipe, name), getattr(options.recipe, name)
        if was != asked:
            yield f"{found} was trained with {name} {was}, now {asked} is asked; {elsewhere}"
    digest = state.get("provenance", {}).get("tokenizer_sha256")
    path = options.data / TOKENIZER
    if digest and path.is_file() and sha256(path) != digest:
        yield f"{found} was trained with another tokenizer than {path}; {elsewhere}"
    yield from _resumed_budget(options, found, state, recipe)


def _resumed_budget(
    options: Options, found: Path, state: dict[str, Any], recipe: Recipe
) -> Iterator[str]:
    planned = state.get("provenance", {}).get("plan", {}).get("steps")
    if options.tokens is None:
        return
    steps = options.tokens // options.recipe.step_tokens
    if steps < state["step"]:
        yield f"{found} is beyond the {steps:,} steps asked for; ask for more --tokens"
    free = options.decay_from is not None or options.recipe.schedule == CONSTANT
    if planned and planned != steps and not free:
        yield (
            f"{found} is part of a run of {planned:,} steps, now {steps:,} are asked: its rate "
            "would jump. Ask for the same number, or train with --constant and end with "
            "--decay-from"
        )


def _resources(options: Options) -> Iterator[str]:
    compute = options.compute
    plan = make_plan(options.preset, 1, 1, compute.bfloat16, options.processes)
    memory = available_memory(compute.device)
    if plan.memory_bytes > memory:
        yield (
            f"about {plan.memory_bytes / 1e9:.1f} GB of memory are needed, {memory / 1e9:.1f} GB "
            f"are free on {compute.device}; choose a smaller preset, or fewer --rows per pass"
        )
    needed, free = CHECKPOINTS_HELD * plan.checkpoint_bytes, free_disk(options.out.absolute())
    if needed > free:
        yield (
            f"{options.out}: checkpoints need {needed / 1e6:,.0f} MB, {free / 1e6:,.0f} MB are free"
        )
