"""Fits the tuning of a model again, once it has learned the user's code.

The weight of local text and the threshold for showing suggestions were fitted to the model that
training began with, on other people's code. A model that has learned the user's code is surer on
it, and more often right. Both are fitted again on the stopping files, near their old values,
because those files are few, and only if this helps on files that they were not fitted on. The
judging files are never used here.

Knows held-out files and models; the judging files show whether the result is better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from codecomplete import engine
from codecomplete.engine import Model
from codecomplete.engine.local.mixing import Mixer
from codecomplete.engine.modeldir.tuning import Tuning
from codecomplete.engine.suggestions.gate import Gate

from ..evaluation import tuning
from ..evaluation.gating import UNTRAINED, Sample, fit_gate, replay, surprise
from ..evaluation.local import Observations, joined
from ..evaluation.replay import choose_stretches
from .figures import STRETCH, Measuring

Tell = Callable[[str], None]

STRIDE = 5  # characters typed between two proposals
FEWEST_SAMPLES = 400  # with fewer, the gate stays as it was


def refitted(
    directory: Path, before: Tuning, measuring: Measuring, typed: int, tell: Tell
) -> dict[str, Any]:
    """Fit both for the model in ``directory`` and write them there; returns what was written.

    Each is first fitted on half of the files, and stays as it was if the other half does not gain
    from that.
    """
    values: dict[str, Any] = {"threshold": before.threshold, "beam": before.beam}
    if before.mixer is not None:
        mixer = fitted_mixer(engine.load(directory), before.mixer, measuring, tell)
        values["mixing"] = mixer.to_dict()
    tuning.write_tuning(directory, **values)
    found = samples(engine.load(directory), measuring, typed)
    values["gate"] = fitted_gate(found, before.gate, tell).to_dict()
    tuning.write_tuning(directory, **values)
    return values


def fitted_mixer(model: Model, before: Mixer, measuring: Measuring, tell: Tell) -> Mixer:
    """The weights of local text, with and without the project."""
    parts = [measuring.observations(model, project) for project in (False, True)]
    halves = [joined([_half(part, first) for part in parts]) for first in (True, False)]
    fitted = tuning.fit(halves[0], before)
    was, would_be = (float(halves[1].bits(mixer).mean()) for mixer in (before, fitted))
    tell(f"local text     {was:.4f} → {would_be:.4f} bits per token on what it was not fitted on")
    return tuning.fit(joined(parts), before) if would_be < was else before


def _half(seen: Observations, first: bool) -> Observations:
    middle = len(seen.probability) // 2
    rows = slice(None, middle) if first else slice(middle, None)
    return seen.at(rows, seen.size // 2)


def fitted_gate(found: Sequence[Sample], before: Gate, tell: Tell) -> Gate:
    """The gate, fitted on proposals in the order in which they were typed."""
    if len(found) < FEWEST_SAMPLES:
        tell(f"gate           as it was: {len(found):,} proposals say too little")
        return before
    middle = len(found) // 2
    fitted = fit_gate(found[:middle], before)
    was, would_be = (surprise(gate, found[middle:]) for gate in (before, fitted))
    tell(f"gate           {was:.4f} → {would_be:.4f} nats per proposal it was not fitted on")
    return fit_gate(found, before) if would_be < was else before


def samples(model: Model, measuring: Measuring, typed: int) -> list[Sample]:
    """Proposals while held-out files are typed with the project beside them, file by file."""
    found = []
    stretches = choose_stretches(measuring.held.texts, typed, STRETCH, seed=2)
    for stretch in sorted(stretches, key=lambda one: (one.file.path, one.begin)):
        language = stretch.file.language
        weighed_as = language if language in model.languages else UNTRAINED
        project = measuring.project(model, stretch.file)
        outcomes = replay(model, stretch, STRIDE, project)
        found += [Sample(weighed_as, facts, right) for facts, right in outcomes]
    return found
