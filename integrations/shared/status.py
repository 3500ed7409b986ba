"""A report on what a suggester is doing, for a person. Knows no host."""

from __future__ import annotations

from codecomplete.engine import resident_mb

from .suggester import State, Suggester


def report(suggester: Suggester) -> list[str]:
    """On or off, model, memory, last suggestion, and what was accepted so far, one line each."""
    lines = [f"codecomplete is {'on' if suggester.enabled else 'off'} ({suggester.state.value})"]
    if suggester.error is not None:
        lines.append(f"stopped by: {suggester.error}")
    lines.append(f"model: {_model(suggester)}")
    if suggester.model is not None:  # without a model, measuring would load the engine
        lines.append(_memory())
    return [*lines, *_counts(suggester)]


def _model(suggester: Suggester) -> str:
    model = suggester.model
    if model is None:
        failed = suggester.state is State.FAILED
        return "could not be loaded" if failed else "loaded with the first suggestion"
    return f"{getattr(model, 'name', 'unnamed')}, from this computer"


def _memory() -> str:
    return f"memory of this process: {resident_mb():.0f} MB"


def _counts(suggester: Suggester) -> list[str]:
    counts = suggester.statistics
    rate = f" ({100 * counts.accepted / counts.shown:.0f} %)" if counts.shown else ""
    return [
        f"last suggestion: {counts.last_ms:.1f} ms" if counts.requests else "nothing asked yet",
        f"asked {counts.requests}, shown {counts.shown}, withheld {counts.withheld}",
        f"accepted {counts.accepted}{rate}, {counts.accepted_characters} characters "
        "(counted here, sent nowhere)",
    ]
