"""Decoding between two texts: the text after the caret decides where a suggestion ends.

The model reads only from left to right. So candidates are decoded, and each place where one of
them might end is judged by the joint probability of the candidate and of the beginning of the text
after the caret. All candidates, including the empty one, can then be compared with each other,
whatever their lengths.

A cheap look at every end (the probability of the first byte that follows, see ``growing.py``)
selects a few. Only from those does the model read on, some tokens each, in one step.

Knows tokens and probabilities; the session decides which text after the caret counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from ..tokenizer import Tokenizer
from .decoder import Decoded, Decoder
from .ends import EndRule
from .growing import LOST, Filled, Growing, log_total

MOST_TOKENS = 16
MOST_JUDGED = 8
SPARE = 2  # ids that a text may have more than its parts
GOAL_SHARE = 0.7

Encode = Callable[[str], list[int]]


@dataclass(frozen=True)
class Infill:
    """Fills the gap before ``tail``, a piece of the text after the caret."""

    decoder: Decoder
    encode: Encode
    tail: str
    room: int  # ids that fit after the context

    def fits(self, held: bytes) -> bool:
        """Whether there is something that must follow, and room for it after the held text."""
        return bool(self.tail) and len(held) + len(self.encode(self.tail)) + SPARE < self.room

    def fill(self, held: bytes, most: int, rule: EndRule) -> list[Filled]:
        """Candidates and the empty one, likeliest first; none where there is no room for any."""
        left = self.room - len(self.encode(self.tail)) - SPARE
        if not self.fits(held):
            return []
        longest = min(most, left, len(held) + MOST_TOKENS)
        ends = Growing(self.decoder, self.tail, held, longest, rule).ends()
        begun = held.decode("utf-8", "replace")
        found: list[Filled] = []
        for end in sorted(ends, key=lambda end: -end.score)[:MOST_JUDGED]:
            best = max((filled.score for filled in found), default=-math.inf)
            if found and (self.decoder.stop() or end.score < best - LOST):
                break
            found.append(Filled(end.decoded, self._score(begun + end.text + self.tail)))
        if found:
            found.append(Filled(Decoded(), self._score(begun + self.tail)))
        return sorted(found, key=lambda filled: -filled.score)

    def _score(self, text: str) -> float:
        """Log probability of a whole text, as the tokenizer writes it."""
        decoder, ids = self.decoder, self.encode(text)
        if len(ids) > self.room:
            return -math.inf
        known = 0
        while known < len(ids) and tuple(ids[:known]) in decoder.seen:
            known += 1
        if known < len(ids):
            decoder.stream.foresee(decoder.base, ids[: known + 1], ids[known + 1 : -1])
        return log_total(decoder, ids)


def best_first(found: Sequence[Filled], word_of: Callable[[str], str]) -> list[Filled]:
    """The likeliest text for each first word, what follows counting less than the text itself.

    A small model is too sure of what follows; the share was chosen on validation packages.
    """
    ordered = sorted(found, key=lambda one: -_mixed(one.score, one.decoded.total))
    by_word: dict[str, Filled] = {}
    for one in ordered:
        if one.text:
            by_word.setdefault(word_of(one.text), one)
    return list(by_word.values())


def _mixed(score: float, total: float) -> float:
    return GOAL_SHARE * score + (1 - GOAL_SHARE) * total


class Weights(TypedDict):
    """``log_fit``: how probable the first word of the best text is among the candidates';
    ``log_gap``: how probable any text is, beside none."""

    log_fit: float
    log_gap: float


def weights_of(found: Sequence[Filled], best: Filled, word_of: Callable[[str], str]) -> Weights:
    """What the best text weighs against the others."""
    texts = [one.score for one in found if one.text]
    word = word_of(best.text)
    same = [one.score for one in found if one.text and word_of(one.text) == word]
    return {
        "log_fit": _sum(same) - _sum(texts),
        "log_gap": _sum(texts) - _sum([one.score for one in found]),
    }


def _sum(logs: Sequence[float]) -> float:
    """The logarithm of a sum of powers."""
    top = max(logs)
    if top == -math.inf:
        return top
    return top + math.log(sum(math.exp(log - top) for log in logs))


def tail_of(after: str, tokenizer: Tokenizer, most: int) -> str:
    """The beginning of the text after the caret that counts: ``most`` tokens or a few less, so
    that it ends where a word does.
    """
    tokens = tokenizer.tokens(after[: 12 * most])[:most]
    ends = [token.end for token in tokens if token.ends_piece]
    return after[: ends[-1]] if ends else after[: tokens[-1].end] if tokens else ""
