"""Trains several models, one after another, on one borrowed machine and from one packed corpus.

The corpus is transferred once, in a lossless vocabulary; shards in other vocabularies are made here
(``python -m corpus recode``) while the first model trains. Each model goes through ``pipeline.py``;
a failure is recorded, and the next model begins. The most important models come first, others use
the time left.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecomplete import corpus
from codecomplete.corpus.outputs import claim

from ..errors import StoppedError, TrainerError
from ..learning.compute import Compute
from ..places import SERIES, is_series
from .pipeline import Job, carry_out, run_corpus
from .presets import CODECOMPLETE, PRESETS, Preset

BASE = "packed"  # the transferred shards

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """One model of a series; ``minutes`` None: all that the parts after it leave."""

    preset: Preset
    minutes: float | None
    tokens: int | None = None  # at most so many

    @property
    def vocabulary(self) -> str:
        return f"{self.preset.tokenizer}-{self.preset.model.vocabulary_size}"


LARGE_GPU = (
    Part(PRESETS["system-a"], 9.0, tokens=402_653_184),  # its authors' 402 M tokens: the control
    Part(PRESETS["flagship"], None),
    Part(PRESETS["characters"], 4.0),
)


@dataclass(frozen=True)
class Series:
    """What to train, from what, and for how long in total."""

    packed: Path  # packed shards (python -m corpus pack)
    out: Path  # shards, and a folder for each model
    minutes: float
    compute: Compute
    parts: Sequence[Part] = LARGE_GPU
    smoke_seconds: float = 60.0
    measured_bytes: int = 100_000
    checkpoint_seconds: float = 120.0
    around: float = 2.5  # minutes per model besides training: smoke, export, measuring, packing
    least_minutes: float = 1.0  # of training: with less time left, a model is skipped

    def shards(self, part: Part) -> Path:
        return self.out / "shards" / part.vocabulary

    @property
    def base(self) -> Path:
        return self.out / "shards" / BASE


def carry_out_series(series: Series, tell: Tell = print) -> dict[str, Any]:
    """Train all parts that time allows; returns the content of ``series.json``.

    The same call resumes a stopped series.
    """
    end = time.monotonic() + 60 * series.minutes
    claim(series.out, SERIES, is_series)
    if not (series.base / "shards.json").is_file():
        run_corpus("unpack", series.packed, series.base)
    report: dict[str, Any] = {}
    with _recoded(series) as shards:
        for number, part in enumerate(series.parts):
            found = _attempt(series, number, shards[part.vocabulary], end, tell)
            report[part.preset.name] = found
            tell(f"{part.preset.name:<15} {found['outcome']}")
            (series.out / "series.json").write_text(json.dumps(report, indent=1) + "\n")
    return report


def minutes_for(series: Series, number: int, left: float) -> float:
    """Minutes of training for a part if so many are left in total; negative if too few are.

    A part with its own minutes takes at most those left; a part without takes what the parts after
    it do not need.
    """
    part, after = series.parts[number], series.parts[number + 1 :]
    most = left - series.around
    if part.minutes is not None:
        return min(part.minutes, most)
    return most - sum((other.minutes or 0.0) + series.around for other in after)


def _attempt(
    series: Series, number: int, shards: Future[Path], end: float, tell: Tell
) -> dict[str, Any]:
    part = series.parts[number]
    try:
        data = shards.result()  # waiting for it is part of the time
        minutes = minutes_for(series, number, (end - time.monotonic()) / 60)
        if minutes < series.least_minutes:
            return {"outcome": f"not begun: {max(0.0, minutes):.1f} minutes left for its training"}
        return {"outcome": "done", **carry_out(_job(series, part, data, minutes), tell)}
    except StoppedError:
        raise
    except (TrainerError, corpus.CorpusError, RuntimeError, ValueError, OSError) as error:
        return {"outcome": f"failed: {type(error).__name__}: {error}"}


def _job(series: Series, part: Part, shards: Path, minutes: float) -> Job:
    return Job(
        part.preset,
        shards,
        series.out / part.preset.name,
        minutes,
        series.compute,
        smoke_seconds=series.smoke_seconds,
        measured_bytes=series.measured_bytes,
        checkpoint_seconds=series.checkpoint_seconds,
        tokens=part.tokens,
    )


@contextmanager
def _recoded(series: Series) -> Iterator[dict[str, Future[Path]]]:
    """The shards in every vocabulary, made in the background, in the order of their use."""
    pool, wanted = ThreadPoolExecutor(1), {part.vocabulary: part for part in series.parts}
    try:
        yield {name: pool.submit(_make, series, part) for name, part in wanted.items()}
    finally:
        pool.shutdown(cancel_futures=True)


def _make(series: Series, part: Part) -> Path:
    """Shards in the vocabulary of a part: the transferred ones, if they are in it already."""
    preset, size = part.preset, part.preset.model.vocabulary_size
    if preset.tokenizer == CODECOMPLETE and corpus.open_shards(series.base).vocabulary_size == size:
        return series.base
    out = series.shards(part)
    if not (out / "shards.json").is_file():
        options = ("--recipe", preset.tokenizer, "--vocabulary", size)
        run_corpus("recode", series.base, out, *options, "--workers", os.cpu_count() or 1)
    return out
