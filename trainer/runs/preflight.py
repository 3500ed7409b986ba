"""Finds all problems that can be known before training starts, in one pass.

Each check yields sentences that say what is wrong, where, and what to do; none stops at the first
problem, and none changes anything on disk.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codecomplete import corpus
from codecomplete.corpus import ShardError, ShardSet
from codecomplete.corpus.outputs import require_own
from codecomplete.engine import EngineError
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.names import TOKENIZER
from codecomplete.engine.tokenizer import Tokenizer

from ..errors import CheckpointError, ConfigError
from ..learning import checkpoint
from ..learning.fim import MARKS
from ..learning.machine import available_memory, free_disk
from ..places import RUN, is_run
from .options import Options
from .plan import CHECKPOINTS_HELD, make_plan
from .resuming import resumed


@dataclass(frozen=True)
class Opened:
    """What the checks have opened and read, for later use."""

    shards: ShardSet
    vocabulary: Tokenizer


def check(options: Options) -> Opened:
    """The opened shards and vocabulary. Raises ConfigError with all problems."""
    problems = [*_budget(options)]
    shards = _open_shards(options, problems)
    vocabulary = _open_vocabulary(options, problems) if shards is not None else None
    if shards is not None:
        problems += _shards(options, shards)
    if shards is not None and vocabulary is not None:
        problems += _vocabulary(options, shards, vocabulary)
    problems += [*_out(options, shards), *_resources(options)]
    if not problems and shards is not None and vocabulary is not None:
        return Opened(shards, vocabulary)
    if problems:
        numbered = [f"  {number}. {text}" for number, text in enumerate(problems, 1)]
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        raise ConfigError(f"{count} found before training:\n" + "\n".join(numbered))
    raise AssertionError("what cannot be opened is a problem")


def _budget(options: Options) -> Iterator[str]:
    recipe, tokens, minutes = options.recipe, options.tokens, options.minutes
    if (tokens is None) == (minutes is None):
        yield "give either --tokens or --minutes: how long to train"
    if tokens is not None and tokens < recipe.step_tokens:
        yield f"--tokens {tokens:,} is less than one step, {recipe.step_tokens:,}"
    if minutes is not None and not (minutes > 0 and math.isfinite(minutes)):
        yield f"--minutes {minutes} is not a duration; give a number above 0"
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


def _open_shards(options: Options, problems: list[str]) -> ShardSet | None:
    try:
        shards = corpus.open_shards(options.data)
        shards.split("train")
    except (ShardError, KeyError, TypeError, ValueError) as error:
        problems.append(str(error))
        return None
    return shards


def _open_vocabulary(options: Options, problems: list[str]) -> Tokenizer | None:
    try:
        return Tokenizer.load(options.data / TOKENIZER)
    except EngineError as error:
        problems.append(str(error))
        return None


def _shards(options: Options, shards: ShardSet) -> Iterator[str]:
    yield from _altered(shards)
    most = max((shard.tokens for shard in shards.split("train")), default=0)
    if most <= 2 * options.recipe.row_tokens:
        yield (
            f"{options.data}: the longest training shard has {most:,} tokens, too few for rows of "
            f"{options.recipe.row_tokens:,}; build a larger corpus or choose a smaller preset"
        )
    missing = [one for one in options.recipe.languages if one not in shards.languages]
    if missing:
        yield f"{options.data} holds no {', '.join(missing)}, only {', '.join(shards.languages)}"


def _altered(shards: ShardSet) -> Iterator[str]:
    """Yield every shard whose files are missing or differ from their digests."""
    for split in shards.description["splits"]:
        for shard in shards.split(split):
            try:
                shard.verify()
            except ShardError as error:
                yield str(error)


def _vocabulary(options: Options, shards: ShardSet, vocabulary: Tokenizer) -> Iterator[str]:
    path, size = options.data / TOKENIZER, options.preset.model.vocabulary_size
    if sha256(path) != shards.description["tokenizer_sha256"]:
        yield f"{path} is not the tokenizer that made these shards; build or unpack them again"
    if (found := max(vocabulary.size, shards.vocabulary_size)) > size:
        yield (
            f"{options.data}: a vocabulary of {found:,} tokens does not fit the {size:,} of preset "
            f"{options.preset.name}; {_fitting_shards(options)}, or choose another preset"
        )
    missing = [mark for mark in MARKS if vocabulary.special(mark) is None]
    if options.recipe.fim_rate and missing:
        yield f"{path} lacks {', '.join(missing)}, which suffix-first rows (fim_rate) need"


def _fitting_shards(options: Options) -> str:
    """The command that makes shards for a preset from the existing ones."""
    preset = options.preset
    return (
        f"python -m corpus recode {options.data} OUT --recipe {preset.tokenizer} --vocabulary "
        f"{preset.model.vocabulary_size} makes shards that fit"
    )


def _out(options: Options, shards: ShardSet | None) -> Iterator[str]:
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
        yield from resumed(options, found, state, shards)


def _resources(options: Options) -> Iterator[str]:
    compute = options.compute
    plan = make_plan(options.preset, 1, 1, compute.half, options.processes)
    memory = available_memory(compute.device)
    if plan.memory_bytes > memory:
        yield (
            f"about {plan.memory_bytes / 1e9:.1f} GB of memory are needed, {memory / 1e9:.1f} GB "
            f"are free on {compute.device}; {_smaller(options, memory)}"
        )
    needed, free = CHECKPOINTS_HELD * plan.checkpoint_bytes, free_disk(options.out.absolute())
    if needed > free:
        yield (
            f"{options.out}: checkpoints need {needed / 1e6:,.0f} MB, {free / 1e6:,.0f} MB are free"
        )


def _smaller(options: Options, memory: int) -> str:
    """The remedy: the most rows per pass that fit, which does not change the step."""
    recipe = options.recipe
    whole = recipe.batch_rows * recipe.accumulation
    for rows in (n for n in range(recipe.batch_rows - 1, 0, -1) if whole % n == 0):
        if rows % options.processes == 0 and _needed(options, rows) <= memory:
            return f"--rows {rows} fits: more passes, and the same step"
    return "it does not fit with a single row per pass either; choose a smaller preset"


def _needed(options: Options, rows: int) -> int:
    recipe = replace(options.recipe, batch_rows=rows, accumulation=1)
    preset = replace(options.preset, recipe=recipe)
    return make_plan(preset, 1, 1, options.compute.half, options.processes).memory_bytes
