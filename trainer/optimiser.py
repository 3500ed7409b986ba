"""Muon for the matrices, AdamW for everything else.

Muon (Keller Jordan et al. 2024): momentum whose update is replaced by the nearest orthogonal
matrix, found with a few Newton-Schulz iterations. Matrices of one shape are stacked, so that the
iterations run as a handful of batched products. Knows nothing of models beyond parameter shapes.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # a quintic whose fixed points surround 1


def orthogonalise(stack: Tensor, steps: int = 5) -> Tensor:
    """The (approximately) nearest orthogonal matrix of each in a stack (n, rows, columns)."""
    a, b, c = NEWTON_SCHULZ
    x = stack.bfloat16() if stack.is_cuda else stack
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(stack.dtype)


class Muon(torch.optim.Optimizer):
    """``lr`` is the size of an update's singular values for a square matrix.

    ``splits`` gives, by parameter, the row counts of matrices that were fused into it: each part
    is orthogonalised on its own. Weight decay is cautious: it acts only where it agrees with the
    update's sign.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float = 0.02,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        splits: dict[nn.Parameter, tuple[int, ...]] | None = None,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.splits = splits or {}

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            updates = self._momentum_updates(group)
            self._orthogonalise(updates)
            for parameter, parts in updates.items():
                _apply(parameter, torch.cat(parts), group)

    def _momentum_updates(self, group: dict) -> dict[nn.Parameter, list[Tensor]]:
        updates = {}
        for parameter in group["params"]:
            if parameter.grad is None:
                continue
            state = self.state[parameter]
            buffer = state.setdefault("momentum", torch.zeros_like(parameter))
            buffer.lerp_(parameter.grad, 1 - group["momentum"])
            update = parameter.grad.lerp(buffer, group["momentum"])  # Nesterov
            updates[parameter] = list(update.split(self.splits.get(parameter, (len(update),))))
        return updates

    @staticmethod
    def _orthogonalise(updates: dict[nn.Parameter, list[Tensor]]) -> None:
        places: dict[torch.Size, list[tuple[list[Tensor], int]]] = {}
        for parts in updates.values():
            for index, part in enumerate(parts):
                places.setdefault(part.shape, []).append((parts, index))
        for shape, where in places.items():
            stack = orthogonalise(torch.stack([parts[index] for parts, index in where]))
            stack *= max(1, shape[0] / shape[1]) ** 0.5
            for (parts, index), matrix in zip(where, stack, strict=True):
                parts[index] = matrix


def _apply(parameter: nn.Parameter, update: Tensor, group: dict) -> None:
    if group["weight_decay"]:
        agrees = (parameter * update > 0).to(parameter.dtype)
        parameter.sub_(parameter * agrees, alpha=group["lr"] * group["weight_decay"])
    parameter.sub_(update, alpha=group["lr"])


def is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether Muon should move it: weights of the blocks, not tables, heads, gains or biases."""
    return parameter.ndim == 2 and name.startswith("blocks.")
