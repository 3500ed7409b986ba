"""The names of the files in a model directory, and where the packaged one is. Loads nothing."""

from __future__ import annotations

from pathlib import Path

DESCRIPTION, WEIGHTS, TOKENIZER, GATE = "model.json", "weights.bin", "tokenizer.json", "gate.json"
SPECIALISTS = "specialists"
PACKAGED = Path(__file__).parent.parent / "models"
DEFAULT = "small"
