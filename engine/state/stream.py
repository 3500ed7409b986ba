"""The tokens in the model's state, and the cheapest way to change them.

A stream is what the key/value buffer holds: some ids, oldest first. Its one operation is
``follow``: make the state that of a prefix plus these ids. Whatever already follows the prefix and
agrees, such as the tokens of an accepted suggestion, is kept and not run again.

Knows nothing about text or suggestions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..errors import Stopped
from ..modeldir.config import SLIDING
from .runtime import CHUNK, Runtime
from .window import can_cut, roll

REMEMBERED_LOGITS = 16
"""Logits kept for going back without a step: a few deletions, or the branches of a decode."""

MOST_FORESEEN = 8
"""Tokens that are worth running at once for drafts that may be wrong."""

Stop = Callable[[], bool]


def never() -> bool:
    return False


class Stream:
    """One session's key/value buffer with the ids in it.

    ``origin`` counts the ids that have left the buffer, ``steps`` every token ever run.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._config = runtime.config
        self._buffers = runtime.new_buffers()
        self._logits: dict[int, np.ndarray] = {}  # by index into ids
        self.ids: list[int] = []
        self.origin = 0
        self.steps = 0

    def restart(self) -> None:
        """Empty the stream."""
        self._cut(0)
        self.origin = 0

    def can_cut(self, keep: int) -> bool:
        """Whether ``follow`` may keep only the first ``keep`` ids and put others after them."""
        return can_cut(self._config, self.origin, keep)

    def make_room(self, length: int, room: int) -> int:
        """Ensure that ``room`` ids fit after the first ``length``; returns how many ids left.

        Drops what lies after ``length`` if it rolls.
        """
        plan = roll(self._config, length, room)
        if not plan.drop:
            return 0
        kept = self.ids[plan.drop : length]
        self._cut(0)
        if self._config.policy == SLIDING:
            self._buffers.move_to_front(plan.drop, len(kept))
            self.origin += plan.drop
            self.ids = kept
        else:
            self._run(kept)
        return plan.drop

    def follow(self, keep: int, ids: Sequence[int], stop: Stop = never) -> int:
        """Make the state that of the first ``keep`` ids and then ``ids``; returns the steps taken.

        They must fit (see ``make_room``). Raises Stopped between chunks when ``stop()`` says so.
        """
        before = self.steps
        matching = _common(self.ids, keep, ids)
        fresh = list(ids[matching:])
        if fresh:
            self._cut(keep + matching)
        for start in range(0, len(fresh), CHUNK):
            if stop():
                raise Stopped
            self._run(fresh[start : start + CHUNK])
        return self.steps - before

    def foresee(self, keep: int, ids: Sequence[int], drafted: Sequence[int]) -> None:
        """Make the state that of ``keep`` ids, ``ids`` and ``drafted``, in one step where it can.

        The logits after ``ids`` and after each drafted id are then known, and ``follow`` goes
        back to wherever the draft turns out to be wrong.
        """
        matching = _common(self.ids, keep, ids)
        fresh = [*ids[matching:], *drafted]
        if matching == len(ids) or len(fresh) > MOST_FORESEEN:
            return
        self._cut(keep + matching)
        past = len(self.ids)
        rows = self._buffers.step_all(fresh, past, self._position(past))
        self.ids += fresh
        self.steps += len(fresh)
        for index, row in enumerate(rows):
            self._remember(past + index, row)

    def logits(self, length: int) -> np.ndarray:
        """The logits (vocabulary,) after the first ``length`` ids; costs one step if forgotten."""
        if length < 1:
            raise ValueError("nothing has been run: there are no logits before the first id")
        known = self._logits.get(length - 1)
        if known is not None:
            return known
        last = self.ids[length - 1]
        self._cut(length - 1)
        self._run([last])
        return self._logits[length - 1]

    def _run(self, ids: list[int]) -> None:
        past = len(self.ids)
        logits = self._buffers.step(ids, past, self._position(past))
        self.ids += ids
        self.steps += len(ids)
        self._remember(len(self.ids) - 1, logits)

    def _position(self, past: int) -> int:
        """The true position of what comes after ``past`` ids of the buffer."""
        return past + (self.origin if self._config.policy == SLIDING else 0)

    def _remember(self, index: int, logits: np.ndarray) -> None:
        self._logits[index] = logits
        if len(self._logits) > REMEMBERED_LOGITS:
            del self._logits[next(iter(self._logits))]

    def _cut(self, length: int) -> None:
        del self.ids[length:]
        self._logits = {i: logits for i, logits in self._logits.items() if i < length}


def _common(have: Sequence[int], keep: int, ids: Sequence[int]) -> int:
    """How many of ``ids`` already stand after the first ``keep`` of ``have``."""
    count = 0
    for known, wanted in zip(have[keep:], ids, strict=False):
        if known != wanted:
            break
        count += 1
    return count
