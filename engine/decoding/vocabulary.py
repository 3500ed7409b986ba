"""Which tokens fit held text: the vocabulary sorted by the bytes its tokens stand for.

Every lookup is a bisection; knows no probabilities.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from ..tokenizer import Tokenizer

MOST_PAIRS = 10_000  # remembered: about 2 MB


class Vocabulary:
    """The ordinary tokens of a tokenizer by their bytes; special tokens have none and never fit.

    ``size`` is the number of logits: ids that the tokenizer does not know are silent too.
    """

    def __init__(self, tokenizer: Tokenizer, size: int) -> None:
        self._tokenizer = tokenizer
        self._pairs: dict[tuple[int, int], bool] = {}
        self.bytes = [*tokenizer.token_bytes, *[b""] * (size - tokenizer.size)]
        pairs = sorted((text, id_) for id_, text in enumerate(self.bytes) if text)
        self._sorted = [text for text, _ in pairs]
        self._ids = np.array([id_ for _, id_ in pairs], dtype=np.int64)
        self._by_text = dict(reversed(pairs))
        self._longest = max(map(len, self._sorted), default=0)
        self.silent = np.array([id_ for id_, text in enumerate(self.bytes) if not text], np.int64)

    @cached_property
    def continuing(self) -> dict[bool, np.ndarray]:
        """Ids of the tokens that go on with a word: True for names, False for punctuation."""
        names, marks = [], []
        for id_, text in enumerate(self.bytes):
            first = text[:1]
            if first.isalnum() or first == b"_" or first > b"\x7f":
                names.append(id_)
            elif text and not first.isspace():
                marks.append(id_)
        return {True: np.array(names, np.int64), False: np.array(marks, np.int64)}

    def starting_with(self, prefix: bytes) -> np.ndarray:
        """Ids of the tokens whose bytes start with ``prefix``."""
        first = bisect_left(self._sorted, prefix)
        last = bisect_left(self._sorted, _after(prefix), lo=first) if prefix else len(self._sorted)
        return self._ids[first:last]

    def may_follow(self, first: int, second: int) -> bool:
        """Whether the tokenizer itself writes these two tokens side by side inside a word.

        An encoding by byte pairs is one that the tokenizer writes just if all its pairs are.
        """
        known = self._pairs.get((first, second))
        if known is None:
            known = self._is_written(first, second)
            if len(self._pairs) < MOST_PAIRS:
                self._pairs[first, second] = known
        return known

    def _is_written(self, first: int, second: int) -> bool:
        try:
            text = (self.bytes[first] + self.bytes[second]).decode("utf-8")
        except UnicodeDecodeError:  # parts of a character cannot be asked about
            return True
        return self._tokenizer.encode(text) == [first, second]

    def beginning(self, text: bytes) -> Iterator[int]:
        """Ids of the tokens that are shorter than ``text`` and that it starts with."""
        for length in range(1, min(len(text), self._longest + 1)):
            id_ = self._by_text.get(text[:length])
            if id_ is not None:
                yield id_


def _after(prefix: bytes) -> bytes:
    """The least byte string greater than every one that starts with ``prefix``."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else b"\xff" * (len(prefix) + 64)
