"""Adaptive computation time: each place decides how often one shared layer is applied to it.

After Graves 2016 (arXiv 1603.08983), as universal transformers have it (arXiv 1807.03819). After
each application a place says how likely it is done; when that adds up to nearly one, its state
stays as it is, and what goes on is the mean of its states, weighed by what was said. How many
applications that took is paid for in the loss. Knows no layers; not how they are trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

ALMOST = 0.99  # of the probability of being done, at which a place is done
FIRST_BIAS = -1.0  # a place begins as one that needs three or four applications

Layer = Callable[[Tensor], Tensor]


class Halting(nn.Module):
    """Applies layers in turn; ``cost``, in nats, and ``applications`` per place are those of the
    newest rows."""

    def __init__(self, width: int, price: float) -> None:
        super().__init__()
        self.price = price  # nats per application
        self.weight = nn.Parameter(torch.zeros(width))
        self.bias = nn.Parameter(torch.tensor([FIRST_BIAS]))
        self.cost = torch.zeros(())
        self.applications = 0.0

    def forward(self, x: Tensor, layers: Iterable[Layer]) -> Tensor:
        """What goes on after the layers, (batch, time, width) as ``x``."""
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
        )  # the remainder is what a gradient goes through
        self.applications = float(applied.mean())
        return mixed
