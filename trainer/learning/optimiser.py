"""Muon for the matrices, AdamW for everything else.

Muon (Keller Jordan et al. 2024): momentum whose update is replaced by the nearest orthogonal
matrix, found with a few Newton-Schulz iterations. Matrices of one shape are stacked, so that the
iterations run as a handful of batched products. Knows nothing of data or schedules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from ..network.transformer import Transformer
from .recipe import MUON, Recipe

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # a quintic whose fixed points surround 1

Orthogonalise = Callable[[Tensor], Tensor]


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

    ``splits`` gives, by parameter, the row counts of the matrices fused into it: each part is
    orthogonalised separately. Weight decay is cautious: it acts only where it agrees with the
    update's sign. ``orthogonalise`` may be compiled; it does not depend on the rate, so a changing
    rate recompiles nothing.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]],
        lr: float = 0.02,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        splits: dict[nn.Parameter, tuple[int, ...]] | None = None,
        orthogonalise: Orthogonalise = orthogonalise,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.splits = splits or {}
        self.orthogonalise = orthogonalise

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # no closures here
        for group in self.param_groups:
            updates = self._momentum_updates(group)
            self._orthogonalise(updates)
            for parameter, parts in updates.items():
                _apply(parameter, torch.cat(parts), group)

    def _momentum_updates(self, group: dict[str, Any]) -> dict[nn.Parameter, list[Tensor]]:
        updates = {}
        for parameter in group["params"]:
            if parameter.grad is None:
                continue
            state = self.state[parameter]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(parameter)
            buffer = state["momentum"]
            buffer.lerp_(parameter.grad, 1 - group["momentum"])
            update = parameter.grad.lerp(buffer, group["momentum"])  # Nesterov
            updates[parameter] = list(update.split(self.splits.get(parameter, (len(update),))))
        return updates

    def _orthogonalise(self, updates: dict[nn.Parameter, list[Tensor]]) -> None:
        places: dict[torch.Size, list[tuple[list[Tensor], int]]] = {}
        for parts in updates.values():
            for index, part in enumerate(parts):
                places.setdefault(part.shape, []).append((parts, index))
        for shape, where in places.items():
            stack = self.orthogonalise(torch.stack([parts[index] for parts, index in where]))
            stack *= max(1, shape[0] / shape[1]) ** 0.5
            for (parts, index), matrix in zip(where, stack, strict=True):
                parts[index] = matrix


def _apply(parameter: nn.Parameter, update: Tensor, group: dict[str, Any]) -> None:
    if group["weight_decay"]:
        agrees = (parameter * update > 0).to(parameter.dtype)
        parameter.sub_(parameter * agrees, alpha=group["lr"] * group["weight_decay"])
    parameter.sub_(update, alpha=group["lr"])


def is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether Muon trains it: matrices of the blocks, not tables, heads, gains or biases."""
    return parameter.ndim == 2 and name.startswith("blocks.")


def make_optimisers(
    model: Transformer, recipe: Recipe, compiled: bool = False
) -> list[torch.optim.Optimizer]:
    """Optimisers whose groups carry their peak rate and decay under ``peak`` and ``peak_decay``.

    The order of optimisers and parameters is part of the checkpoint format.
    """
    matrices, tables, others = _sorted_parameters(model)
    groups = [
        {"params": tables, "lr": recipe.table_rate, "weight_decay": 0.0},
        {"params": others, "lr": recipe.other_rate, "weight_decay": 0.0},
    ]
    own = {"params": matrices, "lr": recipe.matrix_rate, "weight_decay": recipe.weight_decay}
    optimisers: list[torch.optim.Optimizer] = []
    if recipe.optimiser == MUON:
        function = torch.compile(orthogonalise, dynamic=False) if compiled else orthogonalise
        optimisers.append(Muon([own], splits=_fused_rows(model), orthogonalise=function))
    else:
        groups.append(own)
    groups = [group for group in groups if group["params"]]
    optimisers.append(torch.optim.AdamW(groups, betas=(0.9, 0.95), eps=recipe.epsilon, fused=True))
    for group in _all_groups(optimisers):
        group["peak"], group["peak_decay"] = group["lr"], group["weight_decay"]
    return optimisers


def set_rate(optimisers: list[torch.optim.Optimizer], factor: float, fading_decay: bool) -> None:
    """Set every group to this share of its peak rate (and of its peak weight decay)."""
    for group in _all_groups(optimisers):
        group["lr"] = group["peak"] * factor
        group["weight_decay"] = group["peak_decay"] * (factor if fading_decay else 1.0)


def _all_groups(optimisers: list[torch.optim.Optimizer]) -> list[dict[str, Any]]:
    return [group for optimiser in optimisers for group in optimiser.param_groups]


def _sorted_parameters(model: Transformer) -> tuple[list[nn.Parameter], ...]:
    matrices: list[nn.Parameter] = []
    tables: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if is_matrix(name, parameter):
            matrices.append(parameter)
        else:
            (tables if parameter.ndim == 2 else others).append(parameter)
    return matrices, tables, others


def _fused_rows(model: Transformer) -> dict[nn.Parameter, tuple[int, ...]]:
    """The fused query, key and value matrices, with the rows of each."""
    config = model.config
    rows = (config.query_width, config.kv_width, config.kv_width)
    return {block.attention.qkv.get_parameter("weight"): rows for block in model.each_block()}
