"""Low-rank adapters: small matrices beside the large ones, which stay as they are.

``W + up @ down`` replaces ``W`` (Hu et al. 2021, arXiv 2106.09685). ``up`` begins at zero, so that
the adapted model begins as the same function; the rows of ``down`` are orthonormal and derived from
a seed. With ``down`` frozen (Sun et al. 2024, arXiv 2403.12313), two adapters with the same seed
add up exactly, as averaging requires. Knows matrices, not what they are trained on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .transformer import Transformer

UP, DOWN = "up_rank", "down_rank"


class Adapted(nn.Linear):
    """A linear layer whose weight and bias are frozen, with an adapter beside them."""

    def __init__(self, base: nn.Linear, rank: int, random: torch.Generator) -> None:
        super().__init__(base.in_features, base.out_features, base.bias is not None, device="meta")
        self.weight, self.bias = base.weight, base.bias
        down = torch.randn(base.in_features, rank, generator=random)
        orthonormal = torch.linalg.qr(down)[0].T.contiguous()
        device = base.weight.device
        self.down_rank = nn.Parameter(orthonormal.to(device))
        self.up_rank = nn.Parameter(torch.zeros(base.out_features, rank, device=device))

    def forward(self, x: Tensor) -> Tensor:
        own = F.linear(x, self.weight, self.bias)
        return own + F.linear(F.linear(x, self.down_rank), self.up_rank)


def adapt(model: Transformer, rank: int, seed: int, only_up: bool = False) -> None:
    """Add an adapter to every matrix of the blocks, and train nothing else.

    With ``only_up``, the half that is derived from the seed is frozen as well.
    """
    random = torch.Generator().manual_seed(seed)
    model.requires_grad_(False)
    for parent, name, layer in list(_matrices(model)):
        adapted = Adapted(layer, min(rank, layer.in_features, layer.out_features), random)
        adapted.down_rank.requires_grad_(not only_up)
        setattr(parent, name, adapted)


def _matrices(model: Transformer) -> Iterator[tuple[nn.Module, str, nn.Linear]]:
    for block in model.each_block():
        for parent in (block.attention, block.ffn):
            for name, layer in parent.named_children():
                if isinstance(layer, nn.Linear):
                    yield parent, name, layer


def trained(model: nn.Module) -> dict[str, Tensor]:
    """The trained parameters of a model, by name, in a fixed order."""
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def merged(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a plain model that computes the same as the adapted one; weights without
    adapters are unchanged."""
    plain = {name: value for name, value in weights.items() if not _is_adapter(name)}
    for name, up in weights.items():
        if name.endswith(UP):
            whole = name.removesuffix(UP) + "weight"
            plain[whole] = plain[whole] + up.float() @ weights[name.removesuffix(UP) + DOWN].float()
    return plain


def _is_adapter(name: str) -> bool:
    return name.endswith((f".{UP}", f".{DOWN}"))
