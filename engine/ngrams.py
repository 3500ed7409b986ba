"""What followed the same tokens before: an index over the ids of local text.

For every place in a text, the tokens before it are its context, nearest first. Places are kept
sorted by the nearest four, so that those whose last k tokens are the caret's last k form one run,
nested in the run for k - 1: finding all runs up to four tokens costs a few bisections, whatever the
size, and within the last run the four tokens before those are compared directly.

22 bytes per token. Knows nothing of probabilities, files or models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

LONGEST = 8
"""Tokens of context that are compared: two 64-bit keys of four 16-bit ids."""

MOST_PLACES = 256
"""Places of one run that are counted, the newest ones."""

_HALF = LONGEST // 2
_FEW = 24  # places that are counted faster one by one
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

    def __init__(self, texts: Sequence[np.ndarray] = ()) -> None:
        """``texts`` are arrays of ids, the least recent first."""
        near, far, following = _keys(texts)
        order = np.argsort(near, kind="stable")
        self._near, self._far, self._following = near[order], far[order], following[order]
        self._place = order.astype(np.uint32)  # higher is newer

    def __len__(self) -> int:
        return len(self._following)

    def extended(self, texts: Sequence[np.ndarray]) -> NgramIndex:
        """An index that also has newer ``texts``; costs a copy, where sorting anew costs more."""
        newer, merged = NgramIndex(texts), NgramIndex()
        places = self._near.searchsorted(newer._near, side="right")
        merged._near = np.insert(self._near, places, newer._near)
        merged._far = np.insert(self._far, places, newer._far)
        merged._following = np.insert(self._following, places, newer._following)
        merged._place = np.insert(self._place, places, newer._place + np.uint32(len(self)))
        return merged

    def matches(self, context: Sequence[int]) -> list[Match]:
        """What followed the end of ``context``, from one token upwards, while there is any."""
        found: list[Match] = []
        nearest = list(reversed(context[-LONGEST:]))
        first, last = 0, len(self._following)
        for order in range(1, min(_HALF, len(nearest)) + 1):
            count = last - first
            low, beyond = _bounds(nearest[:order])
            begin, end = self._near[first:last].searchsorted(np.array([low, beyond], np.uint64))
            first, last = first + int(begin), first + int(end)
            if first == last:
                return found
            same = found and last - first == count
            counted = found[-1] if same else self._counted(slice(first, last))
            found.append(replace(counted, order=order))
        return found + self._longer(nearest, first, last, found)

    def _longer(
        self, nearest: list[int], first: int, last: int, shorter: list[Match]
    ) -> list[Match]:
        """Matches of more than four tokens, among the places first .. last - 1."""
        found: list[Match] = []
        where, far = np.arange(first, last), self._far[first:last]
        for order in range(_HALF + 1, len(nearest) + 1):
            low, beyond = _bounds(nearest[_HALF:order])
            agree = (far >= np.uint64(low)) & (far < np.uint64(beyond))
            if not agree.any():
                break
            same = agree.all()
            if not same:
                where, far = where[agree], far[agree]
            counted = (found or shorter)[-1] if same else self._counted(where)
            found.append(replace(counted, order=order))
        return found

    def _counted(self, where: slice | np.ndarray) -> Match:
        """What followed at the newest of these places; the order is the caller's to say."""
        following = self._following[where]
        if len(following) > MOST_PLACES:
            newest = np.argpartition(self._place[where], -MOST_PLACES)[-MOST_PLACES:]
            following = following[newest]
        if len(following) <= _FEW:
            counter = Counter(following.tolist())
            ids, counts = np.array(list(counter)), np.array(list(counter.values()))
        else:
            ids, counts = np.unique(following, return_counts=True)
        return Match(0, ids.astype(np.int64), counts.astype(np.float32), len(following))


def _keys(texts: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per place: its nearest four tokens and the four before them as keys, and what follows."""
    gap = np.full(LONGEST, _BEFORE_TEXT, np.uint64)
    parts = [part for text in texts for part in (gap, text.astype(np.uint64))]
    ids = np.concatenate(parts) if parts else gap
    count = len(ids) - LONGEST
    near, far = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    for back in range(1, LONGEST + 1):
        column = ids[LONGEST - back : LONGEST - back + count]
        key = near if back <= _HALF else far
        key |= column << np.uint64(16 * ((LONGEST - back) % _HALF))
    following = ids[LONGEST:]
    real = following != _BEFORE_TEXT
    return near[real], far[real], following[real].astype(np.uint16)


def _bounds(nearest: Sequence[int]) -> tuple[int, int]:
    """The least key that begins with these ids, and the least beyond all that do."""
    low = 0
    for id_ in nearest:
        low = low << 16 | id_
    open_bits = 16 * (_HALF - len(nearest))
    return low << open_bits, (low + 1) << open_bits
