"""Where rows begin if not anywhere: at definitions.

A definition is a line that begins with one of a few words. Knows a vocabulary; not shards.
"""

from __future__ import annotations

import numpy as np

from codecomplete.engine.tokenizer import Tokenizer

WORDS = frozenset(
    b"""def class async public private protected static final abstract interface enum struct func
    function fn impl trait type const export void int char double unsigned typedef""".split()
)


class Definitions:
    """Finds the next definition in ids of one vocabulary."""

    def __init__(self, vocabulary: Tokenizer) -> None:
        texts = vocabulary.token_bytes
        self._ends_line = np.array([b"\n" in text for text in texts])
        self._begins = np.array([text.strip() in WORDS for text in texts])
        self._goes_on = np.array([text[:1].isalnum() or text[:1] == b"_" for text in texts])

    def next(self, ids: np.ndarray, start: int, within: int) -> int:
        """The start of the next definition, at most so many ids later; otherwise ``start``."""
        part = np.asarray(ids[start : start + within])
        before, word, after = part[:-2], part[1:-1], part[2:]
        whole = self._begins[word] & ~self._goes_on[after]  # not the first token of "default"
        found = np.flatnonzero(self._ends_line[before] & whole)
        return start + int(found[0]) + 1 if len(found) else start
