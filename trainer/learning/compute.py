"""How a device computes a step: precision, compilation, attention path.

The same weights and rows give the same loss on every path, up to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..network.attention import BLOCKS, FLEX, KINDS, PLAIN
from ..network.transformer import Transformer

IGNORED = -100

Forward = Callable[[Transformer, Tensor], Tensor]


@dataclass(frozen=True)
class Compute:
    """``attention`` None means: FlexAttention if a GPU compiles it, otherwise a path without a
    special kernel (blocks on a GPU, one mask on a CPU). ``float16`` is for cards without native
    bf16, and needs loss scaling."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    bfloat16: bool = True
    compiled: bool = True
    attention: str | None = None
    float16: bool = False

    def __post_init__(self) -> None:
        if self.bfloat16 and self.float16:
            raise ValueError("matrix products are either bf16 or fp16")
        if self.attention not in (None, *KINDS):
            raise ValueError(f"attention is {self.attention!r}, expected {', '.join(KINDS)}")

    @property
    def dtype(self) -> torch.dtype:
        """The type of matrix products; weights stay float32."""
        if self.float16:
            return torch.float16
        return torch.bfloat16 if self.bfloat16 else torch.float32

    @property
    def half(self) -> bool:
        """Whether matrix products use two bytes per number."""
        return self.bfloat16 or self.float16

    @property
    def attention_kind(self) -> str:
        if self.attention is not None:
            return self.attention
        if self.device.type != "cuda":
            return PLAIN
        return FLEX if self.compiled else BLOCKS

    def prepare(self, model: Transformer) -> Forward:
        """Put a model on the device and return its loss function, (model, rows) -> nats/token.

        On a GPU, one block is compiled, not the whole model: all layers share its graph, so that
        compiling takes seconds rather than minutes.
        """
        model.to(self.device).attention_kind = self.attention_kind
        if model.halting is not None:
            return paid_loss
        if self.device.type != "cuda":
            return torch.compile(row_loss, dynamic=False) if self.compiled else row_loss
        torch.set_float32_matmul_precision("high")
        model.stream_dtype = torch.bfloat16 if self.bfloat16 else torch.float32
        torch.compiler.reset()  # other row shapes recompile, at most eight times
        return compile_by_block(model) if self.compiled else row_loss

    def precision(self) -> AbstractContextManager[Any]:
        """The context of a step: with bf16 or fp16, matrix products are cast; weights are not."""
        if not self.half:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self.dtype)

    def scaler(self) -> torch.amp.GradScaler:
        """A scaler that keeps small fp16 gradients from vanishing; without fp16, a no-op."""
        return torch.amp.GradScaler(self.device.type, enabled=self.float16)

    def wait(self) -> None:
        """Return once the device has finished its work."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def compile_by_block(model: Transformer, backend: str = "inductor") -> Forward:
    """Compile a model's blocks, as one graph for all, and its head with the loss."""
    for block in model.blocks:
        block.compile(dynamic=False, backend=backend)
    head = torch.compile(_head_loss, dynamic=False, backend=backend)

    def forward(model: Transformer, rows: Tensor) -> Tensor:
        ids, targets = inputs_and_targets(rows)
        return head(model, model.hidden(ids), targets)

    return forward


def row_loss(model: Transformer, rows: Tensor) -> Tensor:
    """Mean nats per token of rows (batch, length + 1): each id is predicted from those before.

    An id that is only read, and not to be predicted, is given as its complement, ``~id``.
    """
    ids, targets = inputs_and_targets(rows)
    return _head_loss(model, model.hidden(ids), targets)


def paid_loss(model: Transformer, rows: Tensor) -> Tensor:
    """The loss of rows, plus the cost of the layers that their places have applied."""
    loss = row_loss(model, rows)
    return loss if model.halting is None else loss + model.halting.cost


def inputs_and_targets(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Ids to read and ids to predict, (batch, length) each; IGNORED ids are not predicted."""
    ids = torch.where(rows < 0, ~rows, rows)
    return ids[:, :-1], rows[:, 1:].masked_fill(rows[:, 1:] < 0, IGNORED)


def predicted(rows: Tensor) -> int:
    """The number of tokens to predict in some rows."""
    return int((rows[:, 1:] >= 0).sum())


@torch.no_grad()
def mean_loss(model: Transformer, parts: Iterable[Tensor]) -> float:
    """Mean nats per token over parts with equal numbers of rows."""
    losses = [row_loss(model, rows).item() for rows in parts]
    return sum(losses) / len(losses)


def _head_loss(model: Transformer, hidden: Tensor, targets: Tensor) -> Tensor:
    logits = model.logits(hidden).flatten(0, 1)
    return F.cross_entropy(logits, targets.flatten(), ignore_index=IGNORED)
