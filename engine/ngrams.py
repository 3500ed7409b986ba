"""What followed the same tokens before: an index over the ids of local text.

For every place in a text, the tokens before it are its context, nearest first. Contexts are kept
sorted, so that the places whose last k tokens are the caret's last k form one run, nested in the
run for k - 1; finding all runs up to eight tokens costs a few bisections, whatever the size.

About 18 bytes per token. Knows nothing of probabilities, files or models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LONGEST = 8
"""Tokens of context that are compared: two 64-bit keys of four 16-bit ids."""

MOST_PLACES = 256
"""Places of one run that are looked at, the newest ones."""

_BEFORE_TEXT = 0xFFFF  # stands before the first token; no vocabulary is that large


@dataclass(frozen=True, slots=True)
class Match:
    """What followed the last ``order`` tokens: ids, how often each, and how often in all."""

    order: int
    ids: np.ndarray  # (distinct,) int64
    counts: np.ndarray  # (distinct,) float32
    total: int


class NgramIndex:
    """An immutable index of one or more texts."""

    def __init__(self, texts: Sequence[np.ndarray]) -> None:
        """``texts`` are arrays of ids, the least recent first."""
        near, far, following = _keys(texts)
        place = np.arange(len(following))
        order = np.lexsort((place, far, near))
        self._near, self._far = near[order], far[order]
        self._following = following[order]
        self._place = place[order].astype(np.uint32)

    def __len__(self) -> int:
        return len(self._following)

    def matches(self, context: Sequence[int]) -> list[Match]:
        """What followed the end of ``context``, from one token upwards, while there is any."""
        found = []
        first, last = 0, len(self._following)
        for order in range(1, min(LONGEST, len(context)) + 1):
            first, last = self._narrow(context, order, first, last)
            if first == last:
                break
            found.append(self._match(order, first, last))
        return found

    def _narrow(self, context: Sequence[int], order: int, first: int, last: int) -> tuple[int, int]:
        keys, begin = (self._near, 0) if order <= 4 else (self._far, 4)
        low, high = _bounds(context, begin, order - begin)
        run = keys[first:last]
        return first + int(run.searchsorted(low)), first + int(run.searchsorted(high, side="right"))

    def _match(self, order: int, first: int, last: int) -> Match:
        following = self._following[first:last]
        if len(following) > MOST_PLACES:
            newest = np.argpartition(self._place[first:last], -MOST_PLACES)[-MOST_PLACES:]
            following = following[newest]
        ids, counts = np.unique(following, return_counts=True)
        return Match(order, ids.astype(np.int64), counts.astype(np.float32), len(following))


def _keys(texts: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per place: its nearest four tokens and the four before them as keys, and what follows."""
    gap = np.full(LONGEST, _BEFORE_TEXT, np.uint64)
    parts = [part for text in texts for part in (gap, text.astype(np.uint64))]
    ids = np.concatenate(parts) if parts else gap
    count = len(ids) - LONGEST
    near, far = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    for back in range(1, LONGEST + 1):
        column = ids[LONGEST - back : LONGEST - back + count]
        key = near if back <= 4 else far
        key |= column << np.uint64(16 * ((LONGEST - back) % 4))
    following = ids[LONGEST:]
    real = following != _BEFORE_TEXT
    return near[real], far[real], following[real].astype(np.uint16)


def _bounds(context: Sequence[int], begin: int, count: int) -> tuple[np.uint64, np.uint64]:
    """Least and greatest key whose first ``count`` ids are those ``begin`` back in ``context``."""
    low, high = 0, 0
    for back in range(4):
        id_ = context[-1 - begin - back] if back < count else None
        low = low << 16 | (0 if id_ is None else id_)
        high = high << 16 | (0xFFFF if id_ is None else id_)
    return np.uint64(low), np.uint64(high)
