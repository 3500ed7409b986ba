"""Adaptive computation time: each place decides how often one shared layer is applied to it.

After Graves 2016 (arXiv 1603.08983), as in universal transformers (arXiv 1807.03819). After each
application, a place predicts the probability that it is done; once these add up to nearly one, its
state is final, and the output is the mean of its states, weighted by these probabilities. The loss
includes a cost for the number of applications. Knows no layers, and not how they are trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

ALMOST = 0.99  # a place is done when its probabilities add up to this
FIRST_BIAS = -1.0  # a place begins as one that needs three or four applications

Layer = Callable[[Tensor], Tensor]


class Halting(nn.Module):
    """Applies layers in order; ``cost``, in nats, and ``applications`` per place are those of the
    newest rows."""

    def __init__(self, width: int, price: float) -> None:
        super().__init__()
        self.price = price  # nats per application
        self.weight = nn.Parameter(torch.zeros(width))
        self.bias = nn.Parameter(torch.tensor([FIRST_BIAS]))
        self.cost = torch.zeros(())
        self.applications = 0.0

    def forward(self, x: Tensor, layers: Iterable[Layer]) -> Tensor:
        """The output after the layers, (batch, time, width) like ``x``."""
        rest = list(layers)
        goes_on = torch.ones(x.shape[:-1], device=x.device)
        said = remainder = applied = torch.zeros_like(goes_on)
        mixed = torch.zeros_like(x)
        while rest:
            layer = rest.pop(0)
            x = torch.where(goes_on[..., None] > 0, layer(x), x)
            done = torch.sigmoid((x.float() * self.weight).sum(-1) + self.bias)
            ends = goes_on if not rest else goes_on * (said + done > ALMOST)
            share = torch.where(ends > 0, 1 - said, done) * goes_on
            mixed = mixed + share[..., None].to(x.dtype) * x
            remainder = remainder + ends * share
            said, applied, goes_on = said + share, applied + goes_on, goes_on - ends
        self.cost = (
            self.price * (applied + remainder).mean()
        )  # the gradient goes through the remainder
        self.applications = float(applied.mean())
        return mixed
