"""What followed the same tokens before: an index over the ids of local text.

For every place in a text, the tokens before it are its context, nearest first. Places are kept
sorted by the nearest four, so that those whose last k tokens are the caret's last k form one run,
nested in the run for k - 1. Finding all runs up to four tokens costs a few bisections, whatever the
size, and within the last run the four tokens before those are compared directly.

Takes 24 bytes per token. Knows nothing about probabilities, files or models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LONGEST = 8
"""Tokens of context that are compared: two 64-bit keys of four 16-bit ids."""

MOST_PLACES = 256
"""The most places of one run that are counted: the newest."""

_HALF = LONGEST // 2
_FEW = 24  # up to so many places are counted faster one by one
_COLUMNS = ("_near", "_far", "_following", "_origin")
_BEFORE_TEXT = 0xFFFF  # an id before the first token; no vocabulary is that large


@dataclass(frozen=True, slots=True)
class Match:
    """What followed the last ``order`` tokens: the ids, how often each occurred, their total."""

    order: int
    ids: np.ndarray  # (distinct,) int64
    counts: np.ndarray  # (distinct,) float32
    total: int


class NgramIndex:
    """An immutable index of one or more texts, which may have several origins."""

    def __init__(self, texts: Sequence[np.ndarray] = (), origin: int = 0) -> None:
        """``texts`` are arrays of ids, the oldest first, all of one ``origin`` (16 bits)."""
        near, far, following = _keys(texts)
        order = np.argsort(near, kind="stable")
        self._near, self._far, self._following = near[order], far[order], following[order]
        self._place = order.astype(np.uint32)  # higher is newer
        self._origin = np.full(len(order), origin, np.uint16)

    def __len__(self) -> int:
        return len(self._following)

    def followed_by(self, newer: NgramIndex) -> NgramIndex:
        """An index of both. Merges them, which is cheaper than sorting again."""
        into = self._near.searchsorted(newer._near, side="right")
        both = NgramIndex()
        for name in _COLUMNS:
            setattr(both, name, np.insert(getattr(self, name), into, getattr(newer, name)))
        shift = np.uint32(self._place.max(initial=0) + 1)
        both._place = np.insert(self._place, into, newer._place + shift)
        return both

    def without(self, origin: int) -> NgramIndex:
        """An index of the texts of all other origins."""
        kept, fewer = self._origin != origin, NgramIndex()
        for name in (*_COLUMNS, "_place"):
            setattr(fewer, name, getattr(self, name)[kept])
        return fewer

    def matches(self, context: Sequence[int], beside: int | None = None) -> list[Match]:
        """What followed the end of ``context``: matches of its last token, its last two and so on.

        Texts of the origin ``beside`` do not count.
        """
        found: list[Match] = []
        nearest = list(reversed(context[-LONGEST:]))
        first, last = 0, len(self._following)
        for order in range(1, min(_HALF, len(nearest)) + 1):
            count = last - first
            low, beyond = _bounds(nearest[:order])
            begin, end = self._near[first:last].searchsorted(np.array([low, beyond], np.uint64))
            first, last = first + int(begin), first + int(end)
            if not self._add(found, order, slice(first, last), last - first == count, beside):
                return found
        self._longer(nearest, first, last, found, beside)
        return found

    def _longer(
        self, nearest: list[int], first: int, last: int, found: list[Match], beside: int | None
    ) -> None:
        """Add the matches of more than four tokens among the places first .. last - 1."""
        where, far = np.arange(first, last), self._far[first:last]
        for order in range(_HALF + 1, len(nearest) + 1):
            low, beyond = _bounds(nearest[_HALF:order])
            agree = (far >= np.uint64(low)) & (far < np.uint64(beyond))
            same = bool(agree.all())
            if not same:
                where, far = where[agree], far[agree]
            if not self._add(found, order, where, same, beside):
                return

    def _add(
        self,
        found: list[Match],
        order: int,
        where: slice | np.ndarray,
        same: bool,
        beside: int | None,
    ) -> bool:
        """Add what followed at these places, if anything; ``same``: they are those of the order
        before."""
        if same and found:
            ids, counts, total = found[-1].ids, found[-1].counts, found[-1].total
        else:
            following = self._newest(where, beside)
            total = len(following)
            if not total:
                return False
            ids, counts = _counted(following)
        found.append(Match(order, ids, counts, total))
        return True

    def _newest(self, where: slice | np.ndarray, beside: int | None) -> np.ndarray:
        following, place = self._following[where], self._place[where]
        if beside is not None:
            others = self._origin[where] != beside
            following, place = following[others], place[others]
        if len(following) <= MOST_PLACES:
            return following
        return following[np.argpartition(place, -MOST_PLACES)[-MOST_PLACES:]]


def _counted(following: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct ids and how often each occurs."""
    if len(following) <= _FEW:
        counter = Counter(following.tolist())
        ids, counts = np.array(list(counter)), np.array(list(counter.values()))
    else:
        ids, counts = np.unique(following, return_counts=True)
    return ids.astype(np.int64), counts.astype(np.float32)


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
    """The smallest key that begins with these ids, and the smallest beyond all such keys."""
    low = 0
    for id_ in nearest:
        low = low << 16 | id_
    open_bits = 16 * (_HALF - len(nearest))
    return low << open_bits, (low + 1) << open_bits
