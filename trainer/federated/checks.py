"""Checks the updates that a server receives, and combines them.

Arrays in, arrays out. An update must have finite numbers of the right shapes within a bound, the
weight that a client can claim is capped, and the rest is combined by a mean, a median or a trimmed
mean. With differential privacy, updates are clipped and weighted equally, and Gaussian noise is
added; the guarantee is given as (epsilon, delta). Knows no messages, clients or models.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .settings import MEAN, MEDIAN, Plan

Arrays = Mapping[str, NDArray[Any]]
FEWEST_TO_COMPARE = 3
ORDERS = (*(1 + step / 10 for step in range(1, 100)), *range(12, 512))
"""The orders of Rényi divergence over which epsilon is minimised."""


@dataclass(frozen=True)
class Update:
    """The arrays of one client, and the number of examples that it claims for them."""

    client: str
    arrays: Arrays
    examples: float


def fault(update: Update, sent: Arrays, plan: Plan) -> str | None:
    """Why an update is refused; None if it is accepted."""
    if {*update.arrays} != {*sent}:
        return "other arrays than were asked for"
    for name, array in update.arrays.items():
        if array.shape != sent[name].shape or array.dtype.kind != "f":
            return f"{name} is {array.dtype} of {array.shape}, expected {sent[name].shape}"
        if not np.isfinite(array).all():
            return f"{name} holds numbers that are not finite"
    if not (math.isfinite(update.examples) and update.examples > 0):
        return f"it claims {update.examples} examples"
    size = norm(difference(update.arrays, sent))
    if size > plan.norm_bound:
        return f"its norm is {size:.4g}, at most {plan.norm_bound:g} is accepted"
    return None


def outliers(updates: Sequence[Update], sent: Arrays, plan: Plan) -> dict[str, str]:
    """Of valid updates, those that are far larger than the others, with the reason.

    Of only two, it cannot be told which is the outlier.
    """
    if len(updates) < FEWEST_TO_COMPARE:
        return {}
    sizes = {update.client: norm(difference(update.arrays, sent)) for update in updates}
    most = plan.most_ratio * float(np.median([*sizes.values()]))
    return {
        client: f"its norm is {size:.4g}, {plan.most_ratio:g} times the median is {most:.4g}"
        for client, size in sizes.items()
        if size > most
    }


def combined(updates: Sequence[Update], sent: Arrays, plan: Plan) -> dict[str, NDArray[Any]]:
    """The next arrays, from at least one accepted update."""
    changes = [difference(update.arrays, sent) for update in updates]
    weights = [min(update.examples, float(plan.most_examples)) for update in updates]
    if plan.clip:
        changes = [_clipped(change, plan.clip) for change in changes]
        weights = [1.0] * len(updates)
    change = {name: _together([c[name] for c in changes], weights, plan) for name in sent}
    if plan.noise:
        change = _noised(change, plan, len(updates))
    return {name: (array + change[name]).astype(array.dtype) for name, array in sent.items()}


def difference(arrays: Arrays, sent: Arrays) -> dict[str, NDArray[np.float64]]:
    """The change that a client made."""
    return {name: arrays[name].astype(np.float64) - array for name, array in sent.items()}


def norm(arrays: Arrays) -> float:
    """The norm of all arrays as one vector."""
    return math.sqrt(sum(float(np.square(array, dtype=np.float64).sum())
                         for array in arrays.values()))  # fmt: skip


def _clipped(change: Arrays, most: float) -> dict[str, NDArray[Any]]:
    scale = min(1.0, most / max(norm(change), 1e-12))
    return {name: array * scale for name, array in change.items()}


def _together(
    changes: Sequence[NDArray[Any]], weights: Sequence[float], plan: Plan
) -> NDArray[Any]:
    stack = np.stack(changes)
    if plan.average == MEAN:
        return np.asarray(np.average(stack, axis=0, weights=weights))
    if plan.average == MEDIAN:
        return np.asarray(np.median(stack, axis=0))
    dropped = min(math.ceil(plan.trim * len(stack)), (len(stack) - 1) // 2)
    ordered = np.sort(stack, axis=0)
    return np.asarray(ordered[dropped : len(stack) - dropped].mean(axis=0))


def _noised(change: Arrays, plan: Plan, clients: int) -> dict[str, NDArray[Any]]:
    """Add noise from the system's secure source: predictable noise would hide nothing."""
    random = np.random.default_rng()
    deviation = plan.noise * plan.clip / clients
    return {name: array + random.normal(0, deviation, array.shape)
            for name, array in change.items()}  # fmt: skip


def epsilon(noise: float, rounds: int, delta: float) -> float:
    """The epsilon of so many rounds with noise of this multiple of the clipping norm, at ``delta``.

    For the Gaussian mechanism, by Rényi differential privacy (Mironov 2017, arXiv 1702.07476), of
    adding or removing one client, if every client takes part in every round.
    """
    if noise <= 0:
        return math.inf
    return min(
        rounds * order / (2 * noise**2) + math.log(1 / delta) / (order - 1) for order in ORDERS
    )
