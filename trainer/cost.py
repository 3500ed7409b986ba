"""What rounding the weights costs, in bits per byte of validation text, through the engine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

import engine
from engine.config import ModelConfig

from .evaluation.scores import bits_of
from .export import export
from .graph import Quantisation

Texts = Sequence[tuple[str, str]]  # (language, text)


@dataclass(frozen=True)
class Cost:
    """Bits per byte at some bits per weight, and the size of the weights file."""

    bits: int
    bits_per_byte: float
    weights_bytes: int


def bits_per_byte(model: engine.Model, texts: Texts) -> float:
    """Cold bits per byte over texts, their languages taken together."""
    bits = sum(bits_of(model, text, language) for language, text in texts)
    return bits / sum(len(text.encode()) for _, text in texts)


def quantisation_costs(
    config: ModelConfig,
    weights: dict[str, Tensor],
    tokenizer: Path,
    texts: Texts,
    choices: Iterable[Quantisation],
) -> list[Cost]:
    """Export every choice to a temporary directory, and measure it there."""
    costs = []
    for choice in choices:
        with tempfile.TemporaryDirectory() as folder:
            directory = export(config, weights, tokenizer, Path(folder), "measured", choice)
            model = engine.load(directory)
            size = model.directory.weights.stat().st_size
            costs.append(Cost(choice.bits, bits_per_byte(model, texts), size))
    return costs


def lines(costs: Sequence[Cost]) -> list[str]:
    """The costs for people, each beside the first."""
    first = costs[0].bits_per_byte
    return [
        f"{cost.bits:>3} bits per weight  {cost.weights_bytes / 1e6:7.1f} MB  "
        f"{cost.bits_per_byte:.4f} bits/byte  {cost.bits_per_byte - first:+.4f}"
        for cost in costs
    ]
