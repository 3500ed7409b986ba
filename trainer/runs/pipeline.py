"""Everything to do on a borrowed machine, in one command: from shards to measured results.

    unpack   packed shards (``python -m corpus unpack``)
    smoke    tokens per second for a few numbers of rows and attention paths; the best is chosen
    train    for the remaining minutes, with checkpoints
    export   the int8 model directory, the weights in bf16, the log
    measure  bits per byte of the exported model
    pack     results as files of at most 16 MB with digests

A stage that the model does not need (measuring, packing) never endangers it: ``pipeline.json``
records each stage when it ends. Needs no packages but torch, tokenizers and safetensors.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecomplete import engine
from codecomplete.corpus.outputs import claim
from codecomplete.engine.modeldir.config import SLIDING, ModelConfig
from codecomplete.engine.modeldir.names import TOKENIZER

from ..errors import CheckpointError, ConfigError
from ..export.cost import bits_per_byte
from ..export.formats import export
from ..export.rounding import Quantisation
from ..learning import checkpoint
from ..learning.compute import Compute
from ..learning.data import documents
from ..learning.throughput import Speed, measure
from ..network.attention import BLOCKS, FLEX, PLAIN
from ..places import PIPELINE, is_pipeline, read_description
from . import parcels
from .options import Options
from .preflight import check
from .presets import Preset
from .training import SPARE, Settings, start, with_rows

ROW_CHOICES = 3
MOST_SMOKE = 4  # times the smoke seconds: compiling each choice is not counted in those


@dataclass(frozen=True)
class Job:
    """What to do, and how to divide the time."""

    preset: Preset
    data: Path  # a directory of shards, or the one to which packed shards are unpacked
    out: Path
    minutes: float  # of training
    compute: Compute
    packed: Path | None = None
    smoke_seconds: float = 60.0
    measured_bytes: int = 100_000  # of validation text, per language
    checkpoint_seconds: float = 120.0
    tokens: int | None = None  # at most so many, even if more fit the minutes

    @property
    def run(self) -> Path:
        return self.out / "run"

    @property
    def model(self) -> Path:
        return self.out / "model"


Tell = Callable[[str], None]


def carry_out(job: Job, tell: Tell = print) -> dict[str, Any]:
    """Run all stages; returns the content of ``pipeline.json``."""
    claim(job.out, PIPELINE, is_pipeline)
    report: dict[str, Any] = {"preset": job.preset.name, "stages": {}}
    for name, stage in STAGES:
        begin = time.monotonic()
        result = stage(job, report, tell)
        seconds = round(time.monotonic() - begin, 1)
        report["stages"][name] = result | {"seconds": seconds}
        (job.out / "pipeline.json").write_text(json.dumps(report, indent=1) + "\n")
        tell(f"{name:<15} done in {seconds:,.1f} s")
    return report


def _unpack(job: Job, report: dict[str, Any], tell: Tell) -> dict[str, Any]:
    if job.packed is None or (job.data / "shards.json").is_file():
        return {"unpacked": False}
    run_corpus("unpack", job.packed, job.data)
    return {"unpacked": True}


def run_corpus(*arguments: Any) -> None:
    """Run ``python -m corpus`` in another process. Raises ConfigError with its error message."""
    command = [sys.executable, "-m", "corpus", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ConfigError(f"{' '.join(command[1:])} failed: {done.stderr.strip()}")


def _smoke(job: Job, report: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Check everything, then time each choice of rows and attention; returns the fastest.

    After an interruption, a second call uses the first one's choice.
    """
    begun = read_description(job.run) if checkpoint.newest(job.run) else {}
    if begun:
        best = {"rows": begun["recipe"]["batch_rows"], "attention": begun["compute"]["attention"]}
        return {"choices": [], "best": best}
    check(Options(job.preset, job.data, job.run, minutes=job.minutes, compute=job.compute))
    rows = _timed(job, list(_choices(job)), tell)
    best = max(rows, key=lambda row: row["tokens_per_second"])
    if not best["tokens_per_second"]:
        raise ConfigError(f"no combination of rows and attention runs here: {rows[0]['error']}")
    return {"choices": rows, "best": best}


def _timed(job: Job, choices: list[tuple[Preset, Compute]], tell: Tell) -> list[dict[str, Any]]:
    """A measurement of each choice, or its error."""
    rows: list[dict[str, Any]] = []
    begin = time.monotonic()
    for preset, compute in choices:
        if rows and time.monotonic() - begin > MOST_SMOKE * job.smoke_seconds:
            tell("smoke          compiling takes long here; the choices left are not tried")
            break
        row = {"rows": preset.recipe.batch_rows, "attention": compute.attention_kind}
        try:
            speed = measure(preset.model, preset.recipe, compute, job.smoke_seconds / len(choices))
            row |= speed.to_dict()
            tell(_smoke_line(row, speed))
        except Exception as error:  # a path that this machine cannot run is a result, not an end
            row |= {"tokens_per_second": 0.0, "error": f"{type(error).__name__}: {error}"[:300]}
            tell(f"smoke          {row['rows']} rows, {row['attention']}: {row['error']}")
        rows.append(row)
    return rows


def _smoke_line(row: dict[str, Any], speed: Speed) -> str:
    return (
        f"smoke          {row['rows']} rows, {row['attention']}: "
        f"{speed.tokens_per_second:,.0f} tokens/s, MFU {speed.mfu:.1%}, first step "
        f"{speed.begin_seconds:.1f} s"
    )


def _choices(job: Job) -> Iterator[tuple[Preset, Compute]]:
    """Three sizes of a pass (the step stays the same), and other attention paths at the middle
    one."""
    whole = job.preset.recipe.batch_rows * job.preset.recipe.accumulation
    sizes = [whole // 2**power for power in range(ROW_CHOICES) if whole % 2**power == 0]
    for rows in sizes:
        yield with_rows(job.preset, rows), job.compute
    if job.compute.device.type == "cuda" and job.preset.model.policy == SLIDING:
        for kind in {FLEX, BLOCKS, PLAIN} - {job.compute.attention_kind}:
            chosen = dataclasses.replace(job.compute, attention=kind)
            yield with_rows(job.preset, sizes[len(sizes) // 2]), chosen


def _train(job: Job, report: dict[str, Any], tell: Tell) -> dict[str, Any]:
    best = report["stages"]["smoke"]["best"]
    preset = with_rows(job.preset, best["rows"])
    compute = dataclasses.replace(job.compute, attention=best["attention"])
    planned = read_description(job.run).get("plan")
    if planned and checkpoint.newest(job.run):
        tokens = planned["tokens"]
    else:
        tokens = int(SPARE * job.minutes * 60 * best["tokens_per_second"])
        tokens = min(tokens, job.tokens or tokens)
    tokens = max(tokens, preset.recipe.step_tokens)
    options = Options(preset, job.data, job.run, tokens=tokens, compute=compute)
    plan = start(options, Settings(job.checkpoint_seconds), tell)
    return plan.to_dict()


def _export(job: Job, report: dict[str, Any], tell: Tell) -> dict[str, Any]:
    newest = checkpoint.newest_intact(job.run, tell)
    if newest is None:
        raise CheckpointError(f"{job.run}: no intact checkpoint to export; train first")
    state = checkpoint.load_state(newest)
    weights = checkpoint.best_weights(newest)
    training = state["provenance"] | {"steps": state["step"], "tokens": state["tokens"]}
    config = ModelConfig.from_dict(state["model"])
    tokenizer = job.data / TOKENIZER
    rounding = Quantisation.in_blocks(job.preset.block)
    export(config, weights, tokenizer, job.model, job.preset.name, rounding, training)
    parcels.save_planes(weights, job.out / "weights.bf16")
    (job.out / "state.json").write_text(json.dumps(state, indent=1) + "\n")
    return {"step": state["step"], "tokens": state["tokens"]}


def _measure(job: Job, report: dict[str, Any], tell: Tell) -> dict[str, Any]:
    model = engine.load(job.model)
    by_language: dict[str, list[Any]] = {}
    for language, text in documents(job.data, "validation", job.measured_bytes):
        by_language.setdefault(language, []).append((language, text))
    found = {name: round(bits_per_byte(model, texts), 4) for name, texts in by_language.items()}
    tell(f"bits per byte  {', '.join(f'{name} {value}' for name, value in found.items())}")
    return {"bits_per_byte": found}


def _pack(job: Job, report: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Pack two sets of parcels, the more important first: the model with the log, the weights."""
    log = job.run / job.preset.layout.log
    sets = {
        "results": [job.model, log, job.run / "run.json", job.out / "pipeline.json"],
        "weights": [job.out / "weights.bf16", job.out / "state.json"],
    }
    sizes = {}
    for name, paths in sets.items():
        parts = parcels.wrap([path for path in paths if path.exists()], job.out / name)
        sizes[name] = [part.stat().st_size for part in parts]
    return {"parcels": sizes}


STAGES = (
    ("unpack", _unpack),
    ("smoke", _smoke),
    ("train", _train),
    ("export", _export),
    ("measure", _measure),
    ("pack", _pack),
)
