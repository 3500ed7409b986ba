"""Candidates for a gap before a text that follows, and the places where each of them may end.

Within a line, what follows says what fits, and that may be the second choice of any word. So texts
are grown best first, each with its likeliest continuations. A text's probability only falls as it
grows, and no end is more probable than its text, so the search is over as soon as the likeliest
text left is less probable than the best end. Changing over to another text means running its tokens
again, so the search goes on with the one at hand while that is nearly as likely. Before a line end,
candidates are whole lines, too long to be searched for: there the likeliest beginnings are followed
greedily, and only what the model takes for the end of a line is one.

Knows tokens and probabilities; ``infill.py`` judges the ends.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from .decoder import Decoded, Decoder, log_of
from .ends import EndRule

BEGINNINGS = 3
"""Of lines, that are followed."""

BRANCHES = 4
"""Of a text within a line."""

MOST_GROWN = 48
"""Texts of which the continuations are looked at."""

SPREAD = 1.5
"""Nats that an end may be less probable than the best and still be worth a closer look."""

DETOUR = 1.0
"""Nats that a continuation of the text looked at last may be less probable than another text and
still come first: the model's state is already there, and its end may rule out the other."""

LEAST_BRANCH = math.exp(-4)
"""Probability of a continuation that is followed."""

LEAST_END = 0.05
"""Probability that a line ends where a candidate does."""

LOST = 7.0
"""Nats below the best end at which a candidate is given up."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text for the gap; ``score`` is its log probability together with what follows."""

    decoded: Decoded
    score: float

    @property
    def text(self) -> str:
        return self.decoded.text


@dataclass(order=True)
class _Open:
    """A text that may grow."""

    cost: float  # negative log probability
    decoded: Decoded = field(compare=False)


@dataclass
class Growing:
    """Grows candidates of at most ``most`` tokens after ``held``, up to where ``tail`` follows."""

    decoder: Decoder
    tail: str
    held: bytes
    most: int
    rule: EndRule
    _found: dict[str, Filled] = field(default_factory=dict)
    _best: float = -math.inf
    _before: float = 0.0  # log probability of the held text itself, which the totals leave out

    def ends(self) -> list[Filled]:
        """Every end of every candidate, each text once, with an estimate of its score."""
        is_line = self.tail.startswith("\n")
        count = BEGINNINGS if is_line else BRANCHES
        beginnings = self.decoder.beginnings(self.held, self.most, count)[:count]
        begun = [Decoded(list(ids), total=total) for ids, total in beginnings]
        if begun and self.held:
            self._before = log_total(self.decoder, begun[0].ids) - begun[0].total
        if is_line:
            self._follow_lines(begun)
        else:
            self._search(begun)
        return list(self._found.values())

    def _search(self, begun: list[Decoded]) -> None:
        heap = [_Open(-decoded.total, decoded) for decoded in begun]
        heapq.heapify(heap)
        onward: _Open | None = None
        for grown in range(MOST_GROWN):
            nearest = _nearest(heap, onward)
            if nearest is None or (grown and self.decoder.stop()):
                break
            onward = self._grow(nearest.decoded, heap)

    def _grow(self, decoded: Decoded, heap: list[_Open]) -> _Open | None:
        """Look at a text. Its continuations go onto the heap, but for the likeliest, which is
        returned."""
        if decoded.total + self._before < self._best - SPREAD:
            return None
        if self._look(decoded) is None or len(decoded.ids) >= self.most:
            return None
        first, *others = [_Open(-one.total, one) for one in self._branches(decoded)] or [None]
        for other in others:
            heapq.heappush(heap, other)
        return first

    def _branches(self, decoded: Decoded) -> Iterator[Decoded]:
        """A text with each of its likeliest continuations."""
        for id_, log in self.decoder.likeliest(tuple(decoded.ids), BRANCHES):
            if id_ != self.decoder.end_id and log >= math.log(LEAST_BRANCH):
                ids, total = [*decoded.ids, id_], decoded.total + log
                yield replace(decoded, ids=ids, total=total, marks=[*decoded.marks])

    def _follow_lines(self, begun: list[Decoded]) -> None:
        for decoded in begun:
            self._follow(decoded)
            if self.decoder.stop():
                break

    def _follow(self, decoded: Decoded) -> None:
        """Note the ends of the text that greedily goes on from what is decoded."""
        while (probabilities := self._look(decoded, self.most)) is not None:
            is_lost = decoded.total + self._before < self._best - LOST
            if len(decoded.ids) >= self.most or is_lost or self.decoder.stop():
                return
            following = int(probabilities.argmax())
            if following == self.decoder.end_id:
                return
            decoded.ids.append(following)
            decoded.total += log_of(probabilities[following])

    def _look(self, decoded: Decoded, most: int = 0) -> np.ndarray | None:
        """Note where a text may end, as far as its last token; the probabilities of what follows
        it, or None if it is complete. With ``most`` ids in all, those that will probably be chosen
        next are run along."""
        decoder, total = self.decoder, decoded.total + self._before
        if decoder.read(decoded, self.held, self.rule):
            if decoded.finished:  # and does not run in circles
                self._note(decoded, total, 0)
            return None
        overlap = _overlap(decoded.text, self.tail, decoder.vocabulary.bytes[decoded.ids[-1]])
        if overlap:
            self._note(decoded, total, overlap)
        probabilities = decoder.probabilities(tuple(decoded.ids), most)
        share = float(probabilities[self._following].sum())
        if share >= LEAST_END or not self.tail.startswith("\n"):
            self._note(decoded, total + log_of(share), 0)
        return probabilities

    def _note(self, decoded: Decoded, estimate: float, overlap: int) -> None:
        """The text so far without ``overlap`` characters, if it says anything."""
        text = decoded.text[: len(decoded.text) - overlap]
        if not text.strip():
            return
        self._best = max(self._best, estimate)
        if text not in self._found or self._found[text].score < estimate:
            ids, marks = [*decoded.ids], [*decoded.marks]  # those of the candidate go on growing
            whole = replace(decoded, ids=ids, text=text, finished=True, marks=marks)
            self._found[text] = Filled(whole, estimate)

    @cached_property
    def _following(self) -> np.ndarray:
        """Tokens that what follows may begin with."""
        tail = self.tail.encode("utf-8", "replace")
        vocabulary = self.decoder.vocabulary
        ids = [*vocabulary.beginning(tail), *vocabulary.starting_with(tail).tolist()]
        return np.array(ids, np.int64)


def _nearest(heap: list[_Open], onward: _Open | None) -> _Open | None:
    """What is looked at next: the likeliest text, or ``onward``, if it is nearly as likely."""
    if onward is None:
        return heapq.heappop(heap) if heap else None
    if heap and heap[0].cost < onward.cost - DETOUR:
        nearest = heapq.heappop(heap)
        heapq.heappush(heap, onward)
        return nearest
    return onward


def _overlap(text: str, tail: str, last: bytes) -> int:
    """How many characters at the end of ``text``, within its last token, ``tail`` begins with."""
    longest = min(len(text), len(last))
    return next((n for n in range(longest, 0, -1) if text.endswith(tail[:n])), 0)


def log_total(decoder: Decoder, ids: tuple[int, ...] | list[int]) -> float:
    """Log probability of some tokens at the caret."""
    return sum(
        log_of(decoder.probabilities(tuple(ids[:place]))[id_]) for place, id_ in enumerate(ids)
    )
