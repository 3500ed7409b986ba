"""The options of a run, as one value that is checked, planned and carried out.

Knows presets and how devices compute, nothing of shards or checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..learning.compute import Compute
from ..learning.recipe import Recipe
from .presets import Preset


@dataclass(frozen=True)
class Options:
    """The options of a run. Either ``tokens`` or ``minutes`` is given."""

    preset: Preset
    data: Path
    out: Path
    tokens: int | None = None
    minutes: float | None = None
    decay_from: int | None = None
    compute: Compute = field(default_factory=Compute)
    processes: int = 1

    @property
    def recipe(self) -> Recipe:
        return self.preset.recipe

    @property
    def asked(self) -> dict[str, Any]:
        """The requested length of the training, which must be the same when a run resumes."""
        return {"tokens": self.tokens, "minutes": self.minutes, "decay_from": self.decay_from}
