"""What a run was asked to be, as one value that is checked, planned and carried out.

Knows presets and how arithmetic is carried out; nothing of shards or checkpoints.
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
    """What a run was asked to be. Of ``tokens`` and ``minutes`` one is given."""

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
        """How long to train, as it was asked for: a resumed run must be asked the same."""
        return {"tokens": self.tokens, "minutes": self.minutes, "decay_from": self.decay_from}
