"""What was fitted for a model after training, as ``gate.json`` in its directory holds it.

All of it is optional: without the file, a model ignores local text and shows what it is sure of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelDirectoryError
from ..local.mixing import Mixer
from ..suggestions.gate import UNFITTED, Gate

DEFAULT_THRESHOLD = 0.4
"""Least confidence to show, where the model directory says nothing else."""


@dataclass(frozen=True)
class Tuning:
    """When to show a suggestion, how far local text is believed (None: not at all), and how many
    texts decoding follows side by side (1: greedy)."""

    gate: Gate = UNFITTED
    threshold: float = DEFAULT_THRESHOLD
    mixer: Mixer | None = None
    beam: int = 1


def read(path: Path | None) -> Tuning:
    """The tuning in a file; ModelDirectoryError if it is not one. None: the defaults."""
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
