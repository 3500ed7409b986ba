"""The learning rate as a pure function of the step."""

from __future__ import annotations

import math

from .recipe import CONSTANT, COSINE, Recipe


def rate_factor(recipe: Recipe, step: int, steps: int) -> float:
    """The share of the peak rate at ``step`` (0-based) of ``steps``.

    >>> rate_factor(Recipe(warmup_steps=2, decay_share=0.5, schedule="linear"), 5, 10)
    1.0
    """
    warmup = min(1.0, (step + 1) / max(1, recipe.warmup_steps))
    if recipe.schedule == CONSTANT:
        return warmup
    decay_steps = max(1.0, recipe.decay_share * steps)
    left = min(1.0, (steps - step) / decay_steps)
    if recipe.schedule == COSINE:
        left = 0.5 - 0.5 * math.cos(math.pi * left)
    return warmup * (recipe.final_rate + (1 - recipe.final_rate) * left)
