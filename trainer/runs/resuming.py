"""Checks that a resumed run is still the run that was begun: one problem for each difference.

A run is a function of its options. With another recipe, other data or another length, it would
become a mixture that nobody requested, and that its checkpoints would not show.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codecomplete.corpus import ShardSet
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.names import TOKENIZER

from ..learning.recipe import CONSTANT, Recipe
from ..places import read_description
from .options import Options

ELSEWHERE = "train into another directory, or continue with the options it was started with"
FURTHER = "to train its weights further, begin another run with --start"


def resumed(
    options: Options, found: Path, state: dict[str, Any], shards: ShardSet | None
) -> Iterator[str]:
    """The differences between a checkpoint's run and the requested one."""
    if state["model"] != options.preset.model.to_dict():
        yield f"{found} is a checkpoint of a model other than {options.preset.name}; {ELSEWHERE}"
        return
    was, asked = Recipe.from_dict(state["recipe"]).to_dict(), options.recipe.to_dict()
    for name, value in asked.items():
        if was[name] != value:
            asked_for = f"but {value} was requested"
            yield f"{found} was trained with {name} {was[name]}, {asked_for}; {ELSEWHERE}"
    yield from _other_data(options, found, state.get("provenance", {}), shards)
    yield from _other_length(options, found, state)


def _other_data(
    options: Options, found: Path, provenance: dict[str, Any], shards: ShardSet | None
) -> Iterator[str]:
    path, digest = options.data / TOKENIZER, provenance.get("tokenizer_sha256")
    if digest and path.is_file() and sha256(path) != digest:
        yield f"{found} was trained with another tokenizer than {path}; {ELSEWHERE}"
    corpus = provenance.get("corpus_manifest_sha256")
    if corpus and shards is not None and shards.description["manifest_sha256"] != corpus:
        yield (
            f"{found} was trained on other shards (manifest {corpus[:8]}) than {options.data} "
            f"({shards.description['manifest_sha256'][:8]}); {ELSEWHERE}; {FURTHER}"
        )


def _other_length(options: Options, found: Path, state: dict[str, Any]) -> Iterator[str]:
    before = read_description(options.out)
    yield from _other_decay(options, found, state["step"], before)
    if options.minutes is not None:
        yield from _other_minutes(options, found, state["step"], before)
    if options.tokens is None:
        return
    steps = options.tokens // options.recipe.step_tokens
    if steps < state["step"]:
        yield f"{found} is beyond the {steps:,} steps requested; give more --tokens"
    planned = state.get("provenance", {}).get("plan", {}).get("steps")
    if planned and planned != steps and not _may_be_prolonged(options, state["step"], before):
        yield (
            f"{found} is part of a run of {planned:,} steps, but {steps:,} were requested: its "
            f"rate would jump. Request the same number; {FURTHER}. A run with --constant can be "
            "extended, and ended with --decay-from"
        )


def _may_be_prolonged(options: Options, step: int, before: dict[str, Any]) -> bool:
    """Whether the rate up to now does not depend on the number of steps."""
    falling = before.get("decay_from")
    constant = options.recipe.schedule == CONSTANT
    return constant and (falling is None or step <= falling)


def _other_decay(options: Options, found: Path, step: int, before: dict[str, Any]) -> Iterator[str]:
    was, asked = before.get("decay_from"), options.decay_from
    if was is not None and was != asked and step > was:
        yield (
            f"{found}: the rate has been falling since step {was:,}, but {_decay(asked)} was "
            f"requested; {ELSEWHERE}"
        )
    elif asked is not None and asked != was and asked < step:
        yield (
            f"--decay-from {asked:,}: {found} is beyond that step, so its rate would jump; give "
            f"{step:,} or more, or branch off an earlier checkpoint in a copy of the run"
        )


def _decay(step: int | None) -> str:
    return "none" if step is None else f"--decay-from {step:,}"


def _other_minutes(
    options: Options, found: Path, step: int, before: dict[str, Any]
) -> Iterator[str]:
    asked = before.get("asked")
    if asked is None or asked["minutes"] == options.minutes:
        return  # of an earlier version, or the same command again
    if asked["minutes"] is None:
        yield f"{found} was started with --tokens {asked['tokens']:,}; {ELSEWHERE}"
        return
    longer = options.minutes is not None and options.minutes > asked["minutes"]
    if longer and _may_be_prolonged(options, step, before):
        return
    planned = before.get("plan", {}).get("steps", 0)
    state = "is finished" if step >= planned else f"is planned for {planned:,} steps"
    yield (
        f"{found}: the run was started with --minutes {asked['minutes']:g} and {state}, but "
        f"{options.minutes:g} were requested; its rate depends on the number of steps: "
        f"{ELSEWHERE}; {FURTHER}"
    )
