"""``python -m engine bench``: what typing costs, measured by typing real files.

Each file is typed from its first character to its last. A key that follows the suggestion on
display costs nothing; any other key syncs the session and asks for a suggestion, as a host does.
Work is counted in tokens run through the model, and time is compared with the bare time of as many
steps, measured in the same run on the same machine.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from . import Model, Session, Suggestion, SyncReport, load
from .memory import resident_mb
from .source import open_at

FOLLOWED, INSIDE, INCREMENTAL, REPLAY = "followed", "inside a word", "incremental", "replay"
CLASSES = (FOLLOWED, INSIDE, INCREMENTAL, REPLAY)
MOST_INCREMENTAL = 16  # context steps of a key that finished a word; more is a replay
BARE_STEPS = 200
LENGTHS = (100, 1_000, 10_000, 100_000)


@dataclass
class Tally:
    """What the keys of a replay cost."""

    classes: Counter[str] = field(default_factory=Counter)
    context_steps: int = 0
    steps: int = 0
    shown: int = 0
    ms: list[float] = field(default_factory=list)  # of keys that were not simply followed

    @property
    def keys(self) -> int:
        return self.classes.total()


def bench(paths: Sequence[str], model_path: str | None, most_keys: int) -> dict[str, Any]:
    """Type each file (its first ``most_keys`` characters); the object that ``--json`` prints."""
    model = load(model_path)
    tally = Tally()
    for path in paths:
        caret = open_at(path)
        type_text(model, (caret.before + caret.after)[:most_keys], caret.language, tally)
    bare = bare_step_ms(model)
    times = sorted(tally.ms)
    asked = max(1, len(times))
    return {
        "model": model.name,
        "keys": tally.keys,
        "share": {name: round(tally.classes[name] / tally.keys, 4) for name in CLASSES},
        "no_context_step": round((tally.classes[FOLLOWED] + tally.classes[INSIDE]) / tally.keys, 4),
        "context_steps_per_key": round(tally.context_steps / tally.keys, 3),
        "steps_per_key": round(tally.steps / tally.keys, 3),
        "shown": tally.shown,
        "ms_median": round(median(times), 2),
        "ms_p95": round(times[int(0.95 * (asked - 1))], 2),
        "ms_p99": round(times[int(0.99 * (asked - 1))], 2),
        "bare_step_ms": round(bare, 3),
        "overhead_ms_per_key": round((sum(times) - tally.steps * bare) / asked, 3),
        "bare_ms_per_key": round(tally.steps * bare / asked, 3),
        "start_to_suggestion_s": round(start_to_suggestion(paths[0], model_path), 3),
        "rss_mb": round(resident_mb(), 1),
        "ms_by_lines": by_length(model, paths[0]),
    }


def type_text(model: Model, text: str, language: str | None, tally: Tally) -> None:
    """Type a text key by key; nothing is accepted, what agrees is typed through."""
    session = model.session(language)
    shown: Suggestion | None = None
    for place in range(1, len(text) + 1):
        shown = shown.typed(text[place - 1]) if shown else None
        if shown is not None:
            tally.classes[FOLLOWED] += 1
            continue
        start, steps = time.perf_counter(), session.steps
        report = session.sync(text[:place])
        shown = session.suggest(deadline_ms=None)
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
    """Median time of one single-token step of the runtime, with a half full buffer."""
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
    """Seconds from the start of a process to a suggestion printed by it; the best of three."""
    command = [sys.executable, "-m", "engine", "complete", path]
    command += ["--model", model_path] if model_path else []
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def by_length(model: Model, path: str) -> dict[int, float]:
    """Median ms per key at the end of a file of so many lines."""
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
        start = time.perf_counter()
        session.sync(above + typed[:place])
        session.suggest(deadline_ms=None)
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


def table(result: dict[str, Any]) -> str:
    """The result for people: one figure a line."""
    return "\n".join(f"{name:24} {_shown(value)}" for name, value in result.items())


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name}: {number}" for name, number in value.items())
    return str(value)
