"""The values in a model's ``gate.json``, which are fitted to it after its training.

The file is optional: without it, a model ignores local text and shows what it is sure of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelDirectoryError
from ..local.mixing import Mixer
from ..suggestions.gate import UNFITTED, Gate

DEFAULT_THRESHOLD = 0.4
"""The lowest confidence to show, if the model directory does not specify one."""


@dataclass(frozen=True)
class Tuning:
    """When to show a suggestion, how much weight local text gets (None: none), and how many texts
    decoding follows in parallel (1: greedy)."""

    gate: Gate = UNFITTED
    threshold: float = DEFAULT_THRESHOLD
    mixer: Mixer | None = None
    beam: int = 1


def read(path: Path | None) -> Tuning:
    """The tuning in a file; for None, the defaults. Raises ModelDirectoryError."""
    if path is None:
        return Tuning()
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Tuning(
            gate=Gate.from_dict(values["gate"]) if "gate" in values else UNFITTED,
            threshold=float(values.get("threshold", DEFAULT_THRESHOLD)),
            beam=int(values.get("beam", 1)),
            mixer=Mixer.from_dict(values["mixing"]) if "mixing" in values else None,
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelDirectoryError(
            f"{path}: not a tuning file ({error}); fit it again with python -m trainer tune"
        ) from error
