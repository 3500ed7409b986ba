"""How much weight local text gets: the model's distribution, bent towards what was seen nearby
(a logits processor).

Stick-breaking interpolation: starting from the model's distribution, each longer match pulls the
result towards what followed it, by a share that was fitted on held-out packages. The share depends
on where the match was found, on its length, on how often and how uniformly it occurred, and on how
sure the model is. The idea of nested local caches is Hellendoorn and Devanbu's (FSE 2017).

Knows no text and no indexes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .ngrams import LONGEST, Match

COUNT_EDGES = (1, 2, 4, 16)
SURE_EDGES = (0.2, 0.5, 0.8, 0.95)
SHAPE = (LONGEST, len(COUNT_EDGES), 3, len(SURE_EDGES) + 1)
"""Order, occurrences, distinct followers (one, few, many), the model's best probability."""


@dataclass(frozen=True)
class Mixer:
    """Shares by source: ``shares[source][order - 1, count, distinct, sure]``, 0 to 1."""

    shares: Mapping[str, np.ndarray]

    def mix(
        self, probabilities: np.ndarray, found: Sequence[tuple[str, Sequence[Match]]]
    ) -> np.ndarray:
        """A new distribution (vocabulary,), with the sources applied in the order given."""
        sure = sure_bucket(float(probabilities.max()))
        pulls = [
            (
                float(table[match.order - 1, count_bucket(match), distinct_bucket(match), sure]),
                match,
            )
            for source, matches in found
            if (table := self.shares.get(source)) is not None
            for match in matches
        ]
        left = 1.0  # the share that the later, stronger pulls leave to the earlier ones
        weights = []
        for share, match in reversed(pulls):
            weights.append((left * share / match.total, match))
            left *= 1 - share
        mixed = probabilities * np.float32(left)
        for weight, match in weights:
            mixed[match.ids] += np.float32(weight) * match.counts
        return mixed

    def to_dict(self) -> dict[str, Any]:
        return {name: np.round(table, 4).tolist() for name, table in self.shares.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Mixer:
        """The mixer of a ``to_dict``. Raises ValueError if a table has another shape."""
        shares = {name: np.asarray(table, np.float32) for name, table in values.items()}
        for name, table in shares.items():
            if table.shape != SHAPE or not ((table >= 0) & (table < 1)).all():
                raise ValueError(f"mixing table {name!r}: expected shares 0 to 1 of shape {SHAPE}")
        return cls(shares)


def count_bucket(match: Match) -> int:
    return bisect_right(COUNT_EDGES, match.total) - 1


def distinct_bucket(match: Match) -> int:
    distinct = len(match.ids)
    return 0 if distinct == 1 else 1 if distinct <= 0.3 * match.total or distinct == 2 else 2


def sure_bucket(best: float) -> int:
    return bisect_right(SURE_EDGES, best)


def buckets(matches: Iterable[Match]) -> list[tuple[int, int, int]]:
    """Order, count and distinct indices of each match, for fitting."""
    return [(match.order - 1, count_bucket(match), distinct_bucket(match)) for match in matches]
