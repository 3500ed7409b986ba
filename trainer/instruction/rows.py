"""Training rows of requests and answers: whole examples, one after another, and nothing cut.

Ids that are only read (requests, padding) are replaced by their complement, so that the loss is
that of the answers alone. Rows are a function of (seed, pass), like those of ``learning/data.py``.
Knows ids, not texts, files or models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .forms import Example


def packed(examples: Sequence[Example], length: int, padding: int, seed: int) -> np.ndarray:
    """Rows (rows, length + 1) of all examples that fit one, in a random order by ``seed``."""
    order = np.random.default_rng(seed).permutation(len(examples))
    rows: list[list[int]] = []
    for example in (examples[at] for at in order):
        ids = [~id_ for id_ in example.ids[: example.given]] + example.response
        if len(ids) > length + 1 or not example.response:
            continue
        if not rows or len(rows[-1]) + len(ids) > length + 1:
            rows.append([])
        rows[-1] += ids
    filled = [row + [~padding] * (length + 1 - len(row)) for row in rows]
    return np.array(filled, dtype=np.int64).reshape(len(rows), length + 1)


@dataclass(frozen=True)
class PairRows:
    """Rows, each drawn once per epoch, in another order each time."""

    rows: np.ndarray  # (rows, length + 1)
    seed: int

    @property
    def tokens(self) -> int:
        """Ids in all rows."""
        return self.rows.size

    def batch(self, number: int, rows: int, rank: int = 0, size: int = 1) -> np.ndarray:
        """Ids (rows / size, length + 1) of pass ``number`` for one of ``size`` processes."""
        wanted = range(number * rows + rank, (number + 1) * rows, size)
        return np.stack([self.rows[self._at(place)] for place in wanted])

    def _at(self, place: int) -> int:
        epoch, within = divmod(place, len(self.rows))
        return int(_order(self.seed, epoch, len(self.rows))[within])


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, rows: int) -> np.ndarray:
    return np.random.default_rng((seed, epoch)).permutation(rows)
