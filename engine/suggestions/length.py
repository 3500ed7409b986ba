"""How much of a text is worth showing: as many of its words as probably save the most keys.

One key accepts a suggestion that is right as a whole; otherwise each of its right words costs a
key. A shorter text is more often right as a whole, and what follows it is suggested again, at the
cost of another key and another glance. Greedy text goes on long after it has become a guess, so its
end is chosen by what each end would probably save.

Pure text and probabilities; knows no model and no threshold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from .suggestion import first_word

TAKING = 1.5
"""The cost of accepting a suggestion in keys, with the glance at the next one; chosen on
validation packages."""

GLANCE = TAKING - 1
"""The cost of the glance alone, in keys."""

LEAST_LOG = -30.0
"""Log probabilities below this one are negligible."""

Mark = tuple[int, float]
"""An end within a text, and the log probability of the text up to it."""


class Length(NamedTuple):
    """How many characters of a text are shown, and the keys that they and what is suggested after
    them probably save, if the first part is right."""

    characters: int
    spared: float


def best_length(text: str, first: str, marks: Sequence[Mark]) -> Length | None:
    """The end at which ``text`` probably saves the most keys.

    Never before that of ``first``, its first part. ``marks`` tell how probable the text is, token
    by token. None if there is no choice: for a text of several lines, which were judged one by one,
    and for one that has no other end.

    >>> best_length("(self, other)", "(self", [(5, -0.1), (6, -0.1), (12, -4.0), (13, -4.1)])[0]
    6
    """
    ends = [end for end in _word_ends(text) if end >= len(first)]
    if len(ends) < 2 or "\n" in text or not marks:
        return None
    begun = _log_probability(marks, ends[0])
    logs = (_log_probability(marks, end) - begun for end in ends)
    likely = [math.exp(max(LEAST_LOG, min(0.0, log))) for log in logs]
    return _best([0, *ends], [1.0, *likely])


def _word_ends(text: str) -> Iterator[int]:
    end = 0
    while end < len(text):
        end += len(first_word(text[end:]))
        yield end


def _log_probability(marks: Sequence[Mark], characters: int) -> float:
    """The log probability of so many characters, by the tokens that contain them."""
    shorter = sum(1 for _ in takewhile(lambda mark: mark[0] < characters, marks))
    return marks[min(shorter, len(marks) - 1)][1]


def _best(ends: Sequence[int], likely: Sequence[float]) -> Length:
    """The best end after the first, which is the caret. ``likely``: the probability that the text
    is right up to each of them."""
    saved, best = [0.0] * len(ends), len(ends) - 1
    for start in reversed(range(len(ends) - 1)):
        saved[start], best = max(_savings(start, ends, likely, saved))
    return Length(ends[best], saved[0] + GLANCE)


def _savings(
    start: int, ends: Sequence[int], likely: Sequence[float], saved: Sequence[float]
) -> Iterator[tuple[float, int]]:
    """The keys that a text from ``start`` to each later end probably saves, with that end.
    ``saved``: what the text after each end saves."""
    by_words = 0.0  # keys saved word by word, where it is right only up to an earlier end
    for end in range(start + 1, len(ends)):
        length = ends[end] - ends[start]
        whole = likely[end] * (length - TAKING + saved[end])
        yield (by_words + whole) / likely[start], end
        further = likely[end + 1] if end + 1 < len(ends) else 0.0
        by_words += (likely[end] - further) * (length - (end - start))
