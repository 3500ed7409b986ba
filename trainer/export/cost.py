"""Measures what rounding the weights costs, on validation text and through the engine.

The cost is in bits per byte, and in how often the likeliest next token changes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from codecomplete import engine
from codecomplete.engine.modeldir.config import ModelConfig

from ..evaluation.scores import bits_of, prompt, rolled_logits
from .formats import export
from .rounding import Quantisation

Texts = Sequence[tuple[str, str]]  # (language, text)


@dataclass(frozen=True)
class Cost:
    """The quality of a model with so many bits per weight on some texts, and its size."""

    bits: int
    bits_per_byte: float
    agreement: float  # share of places where its likeliest token is that of the first model
    weights_bytes: int


def bits_per_byte(model: engine.Model, texts: Texts) -> float:
    """Bits per byte of the texts, each read cold, over all languages together."""
    bits = sum(bits_of(model, text, language) for language, text in texts)
    return bits / sum(len(text.encode()) for _, text in texts)


def quantisation_costs(
    config: ModelConfig,
    weights: dict[str, Tensor],
    tokenizer: Path,
    texts: Texts,
    choices: Iterable[Quantisation],
) -> list[Cost]:
    """Export the model in each way to a temporary directory, and measure it there."""
    costs: list[Cost] = []
    expected: np.ndarray | None = None
    for choice in choices:
        with tempfile.TemporaryDirectory() as folder:
            directory = export(config, weights, tokenizer, Path(folder), "measured", choice)
            model = engine.load(directory)
            found = expectations(model, texts)
            expected = found if expected is None else expected
            agreement = float((found == expected).mean())
            size = model.directory.weights.stat().st_size
            costs.append(Cost(choice.bits, bits_per_byte(model, texts), agreement, size))
    return costs


def expectations(model: engine.Model, texts: Texts) -> np.ndarray:
    """The likeliest next token at every place of the texts, (tokens,)."""
    chosen = [np.zeros(0, np.int64)]
    for language, text in texts:
        ids = model.tokenizer.encode(text)
        for logits, _ in rolled_logits(model, prompt(model, language), ids):
            chosen.append(logits.argmax(axis=1))
    return np.concatenate(chosen)


def lines(costs: Sequence[Cost]) -> list[str]:
    """The costs as lines of text, each compared with the first."""
    first = costs[0].bits_per_byte
    return [
        f"{cost.bits:>3} bits per weight  {cost.weights_bytes / 1e6:7.1f} MB  "
        f"{cost.bits_per_byte:.4f} bits/byte  {cost.bits_per_byte - first:+.4f}  "
        f"{cost.agreement:.1%} same next token"
        for cost in costs
    ]
