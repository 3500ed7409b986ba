"""``python -m engine bench``: the cost of typing, measured by typing real files.

Each file is typed from its first character to its last. A key that follows the suggestion on
display costs nothing; any other key syncs the session and requests a suggestion, as in a host. Work
is counted in tokens run through the model; our own time is a key's time minus the time inside the
runtime. With ``--against torch``, a separate process (in ``trainer``) types the same keys into a
plain PyTorch implementation of the same model.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from .. import Model, Session, Suggestion, SyncReport, load
from ..errors import EngineError
from .memory import resident_mb
from .source import open_at

FOLLOWED, INSIDE, INCREMENTAL, REPLAY = "followed", "inside a word", "incremental", "replay"
CLASSES = (FOLLOWED, INSIDE, INCREMENTAL, REPLAY)
MOST_INCREMENTAL = 16  # context steps of a key that finished a word; more is a replay
BARE_STEPS = 200
MOST_AGAINST = 150  # keys of a file for the other implementation, which take seconds each
BASELINE = "codecomplete.trainer.studies.serving"
LENGTHS = (100, 1_000, 10_000, 100_000)


@dataclass
class Tally:
    """The cost of the keys of a replay."""

    classes: Counter[str] = field(default_factory=Counter)
    context_steps: int = 0
    steps: int = 0
    shown: int = 0
    ms: list[float] = field(default_factory=list)  # of keys that made a request
    runtime_ms: float = 0.0  # of these, inside the runtime

    @property
    def keys(self) -> int:
        return self.classes.total()


def bench(
    paths: Sequence[str], model_path: str | None, most_keys: int, against: bool = False
) -> dict[str, Any]:
    """Type each file (its first ``most_keys`` characters); returns the object for ``--json``."""
    model = load(model_path)
    tally = Tally()
    for path in paths:
        caret = open_at(path)
        type_text(model, (caret.before + caret.after)[:most_keys], caret.language, tally)
    result = {"model": model.name} | measures(tally)
    result["bare_step_ms"] = round(bare_step_ms(model), 3)
    result["start_to_suggestion_s"] = round(start_to_suggestion(paths[0], model_path), 3)
    result["rss_mb"] = round(resident_mb(), 1)
    result["ms_by_lines"] = by_length(model, paths[0])
    if against:
        result["torch"] = plain_torch(paths, model, most_keys)
    return result


def measures(tally: Tally) -> dict[str, Any]:
    """The figures of a replay; times are of keys with requests, unless they are per keystroke."""
    times, keys = sorted(tally.ms), tally.keys
    last = len(times) - 1
    return {
        "keys": keys,
        "share": {name: round(tally.classes[name] / keys, 4) for name in CLASSES},
        "no_context_step": round((tally.classes[FOLLOWED] + tally.classes[INSIDE]) / keys, 4),
        "context_steps_per_keystroke": round(tally.context_steps / keys, 3),
        "steps_per_keystroke": round(tally.steps / keys, 3),
        "shown": tally.shown,
        "ms_median": round(median(times), 2),
        "ms_p95": round(times[int(0.95 * last)], 2),
        "ms_p99": round(times[int(0.99 * last)], 2),
        "runtime_ms_per_keystroke": round(tally.runtime_ms / keys, 3),
        "overhead_ms_per_keystroke": round((sum(times) - tally.runtime_ms) / keys, 3),
    }


@contextmanager
def timed(model: Model) -> Iterator[list[float]]:
    """Sums up the milliseconds spent inside the runtime, in the list's only item."""
    spent, run = [0.0], model.runtime.run

    def timed_run(*arguments: Any) -> Any:
        start = time.perf_counter()
        found = run(*arguments)
        spent[0] += 1000 * (time.perf_counter() - start)
        return found

    vars(model.runtime)["run"] = timed_run  # hides the method while measuring
    try:
        yield spent
    finally:
        del vars(model.runtime)["run"]


def plain_torch(paths: Sequence[str], model: Model, most_keys: int) -> dict[str, Any]:
    """The same model and keys in plain PyTorch, with and without a key/value cache."""
    command = [sys.executable, "-m", BASELINE, "--model", str(model.directory.path), "--keys"]
    command += [str(min(most_keys, MOST_AGAINST)), *paths]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise EngineError(
            f"--against torch: {BASELINE} failed: {done.stderr.strip()[-500:]}; it needs "
            "pip install 'codecomplete[train]'"
        )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def type_text(model: Model, text: str, language: str | None, tally: Tally) -> None:
    """Type a text key by key. Nothing is accepted; suggestions that agree are typed along."""
    with timed(model) as spent:
        _type(model.session(language), text, tally, spent)


def _type(session: Session, text: str, tally: Tally, spent: list[float]) -> None:
    shown: Suggestion | None = None
    for place in range(1, len(text) + 1):
        shown = shown.typed(text[place - 1]) if shown else None
        if shown is not None:
            tally.classes[FOLLOWED] += 1
            continue
        start, steps, before = time.perf_counter(), session.steps, spent[0]
        report = session.sync(text[:place])
        shown = session.suggest(deadline_ms=None)
        tally.runtime_ms += spent[0] - before
        tally.ms.append(1000 * (time.perf_counter() - start))
        tally.classes[_class(report)] += 1
        tally.context_steps += report.stepped
        tally.steps += session.steps - steps
        tally.shown += shown is not None
        session.learn()


def _class(report: SyncReport) -> str:
    if not report.stepped:
        return INSIDE
    return INCREMENTAL if report.stepped <= MOST_INCREMENTAL else REPLAY


def bare_step_ms(model: Model) -> float:
    """The median time of a single-token step of the runtime, with a half-full buffer."""
    buffers = model.runtime.new_buffers()
    past = model.config.capacity // 2
    buffers.step([1 + place % 50 for place in range(past)], 0, 0)
    times = []
    for _ in range(BARE_STEPS):
        start = time.perf_counter()
        buffers.step([7], past, past)
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


def start_to_suggestion(path: str, model_path: str | None) -> float:
    """Seconds from the start of a process to the suggestion that it prints; the best of three."""
    command = [sys.executable, "-m", "engine", "complete", path]
    command += ["--model", model_path] if model_path else []
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def by_length(model: Model, path: str) -> dict[int, float]:
    """The median ms per key at the end of a file of so many lines."""
    caret = open_at(path)
    whole = caret.before + caret.after
    found = {}
    for lines in LENGTHS:
        text = (whole * (1 + lines // whole.count("\n"))).split("\n")
        found[lines] = round(_ms_at_end("\n".join(text[:lines]), model, caret.language, whole), 2)
    return found


def _ms_at_end(above: str, model: Model, language: str | None, typed: str) -> float:
    session: Session = model.session(language)
    session.sync(above)
    session.learn()
    times = []
    for place in range(1, 120):
        text = above + typed[:place]  # copies megabytes, which is not the engine's work
        start = time.perf_counter()
        session.sync(text)
        session.suggest(deadline_ms=None)
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


def table(result: dict[str, Any]) -> str:
    """The result as text, one figure per line."""
    return "\n".join(f"{name:24} {_shown(value)}" for name, value in result.items())


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name}: {number}" for name, number in value.items())
    return str(value)
