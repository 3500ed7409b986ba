"""Watches the loss on held-out rows during a run: how good it is, when it was best, when to stop.

The rows are the same every time. This does not change what is learned, except that it may end a run
early. Knows rows and their bytes, not where they come from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from ..network.attention import BLOCKS, PLAIN
from ..network.transformer import Transformer
from .compute import Compute, predicted, row_loss

PASS_ROWS = 8  # at once
WORSE = 0.005  # share by which a loss must exceed the best to count as worse
MEMORISED = 3  # measurements in a row: worse on held-out text, better on the text it trains on


@dataclass(frozen=True)
class Watch:
    """What to measure, and how often."""

    rows: Tensor  # (rows, length + 1); ids that are only read are given as their complement
    bytes: int  # UTF-8 bytes of the text to predict in them
    every: int  # steps
    patience: int = 0  # measurements without a better one, after which a run is ended; 0: never

    def due(self, step: int, steps: int) -> bool:
        return step % self.every == 0 or step == steps

    @torch.no_grad()
    def measure(
        self, model: Transformer, average: dict[str, Tensor] | None, compute: Compute
    ) -> float:
        """Nats per token of the averaged weights, if there are any, otherwise of the model."""
        present = {}
        kind, model.attention_kind = model.attention_kind, _eager_attention(compute)
        if average is not None:
            present = {name: value.clone() for name, value in model.state_dict().items()}
            model.load_state_dict(average)
        try:
            with torch.compiler.set_stance("force_eager"), compute.precision():
                return self._loss(model, compute.device)
        finally:
            model.attention_kind = kind
            if average is not None:
                model.load_state_dict(present)

    def _loss(self, model: Transformer, device: torch.device) -> float:
        total, count = 0.0, 0
        for part in self.rows.split(PASS_ROWS):
            tokens = predicted(part)
            if tokens:
                total += row_loss(model, part.to(device)).item() * tokens
                count += tokens
        return total / max(1, count)

    def row(self, loss: float) -> dict[str, float]:
        """A measurement as a row of the log."""
        bits = loss / math.log(2) * predicted(self.rows)
        return {
            "validation_loss": round(loss, 5),
            "validation_perplexity": round(math.exp(min(50.0, loss)), 4),
            "validation_bits_per_byte": round(bits / max(1, self.bytes), 5),
        }


def _eager_attention(compute: Compute) -> str:
    """An attention path that needs no compiler."""
    return PLAIN if compute.device.type == "cpu" else BLOCKS


@dataclass
class Watched:
    """The results of a run's measurements so far."""

    best: float = math.inf
    best_step: int = 0
    best_training: float = math.inf  # the training loss then
    since: int = 0  # measurements after the best one
    memorising: int = 0  # of them in a row: worse here, better on the text it trains on
    told: bool = False  # whether the user was told that it memorises
    stopped: bool = False
    latest: float = math.inf

    def take(self, step: int, loss: float, training: float, patience: int) -> bool:
        """Count a measurement; returns whether it is the best so far."""
        self.latest = loss
        if loss < self.best:
            self.best, self.best_step, self.best_training = loss, step, training
            self.since = self.memorising = 0
            return True
        self.since += 1
        worse = loss > self.best * (1 + WORSE) and training < self.best_training
        self.memorising = self.memorising + 1 if worse else 0
        self.stopped = bool(patience) and self.since >= patience
        return False

    def lines(self) -> list[str]:
        """The messages after a measurement, each given once."""
        said = []
        if self.memorising >= MEMORISED and not self.told:
            self.told = True
            said.append(
                f"memorising     the training loss fell and the held-out loss rose "
                f"{self.memorising} times in a row (best {self.best:.4f} at step "
                f"{self.best_step:,}, now {self.latest:.4f}): more text would help, more steps "
                "would not"
            )
        if self.stopped:
            said.append(
                f"stopped early  no better measurement since step {self.best_step:,} "
                f"({self.best:.4f} nats per token); export it with --checkpoint best"
            )
        return said

    def to_dict(self) -> dict[str, Any]:
        """The values for JSON, in which numbers are finite."""
        finite = {k: v for k, v in asdict(self).items() if v != math.inf}
        return finite


def text_bytes(rows: Tensor, token_bytes: Sequence[bytes]) -> int:
    """UTF-8 bytes of the text to predict in some rows; special tokens have none."""
    lengths = torch.tensor([len(text) for text in token_bytes] + [0])
    targets = rows[:, 1:]
    return int(lengths[targets.clamp(min=0, max=len(token_bytes))][targets >= 0].sum())
