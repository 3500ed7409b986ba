"""The learning rate as a pure function of the step."""

from __future__ import annotations

import math

from .recipe import CONSTANT, COSINE, STABLE, Recipe


def rate_factor(recipe: Recipe, step: int, steps: int, decay_from: int | None = None) -> float:
    """The share of the peak rate at ``step`` (0-based) of ``steps``.

    ``decay_from`` ends a constant-rate run: from that step on, the rate falls to zero.

    >>> rate_factor(Recipe(warmup_steps=2, decay_share=0.5, schedule="linear"), 5, 10)
    1.0
    """
    warmup = min(1.0, (step + 1) / max(1, recipe.warmup_steps))
    if decay_from is not None:
        return warmup * cooldown_factor(step - decay_from, steps - decay_from)
    if recipe.schedule == CONSTANT:
        return warmup
    decay_steps = max(1.0, recipe.decay_share * steps)
    if recipe.schedule == STABLE:
        left = cooldown_factor(step - steps + decay_steps, decay_steps)
    else:
        left = min(1.0, (steps - step) / decay_steps)
    if recipe.schedule == COSINE:
        left = 0.5 - 0.5 * math.cos(math.pi * left)
    return warmup * (recipe.final_rate + (1 - recipe.final_rate) * left)


def cooldown_factor(step: float, steps: float) -> float:
    """1 - sqrt cooldown (Haegele et al. 2024, arXiv 2405.18392).

    Negative ``step``: not begun yet.
    """
    return 1.0 if step < 0 else 1.0 - (step / max(1, steps)) ** 0.5


def averaging_begins(recipe: Recipe, steps: int) -> int:
    """The step after which weights are averaged, which is never reached if averaging is off."""
    return round(steps * (1 - recipe.average_share)) if recipe.average else steps
