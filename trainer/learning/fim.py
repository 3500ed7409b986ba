"""Suffix-first examples: what follows the caret is given before what precedes it.

    <language> <fim_prefix> <fim_suffix> SUFFIX <fim_middle> PREFIX MIDDLE <eos>

This is the joint suffix-prefix-middle form of Bavarian et al. 2022 (arXiv 2207.14255, section 3):
prefix and middle are one text without a mark between them. So a caret that moves on only appends
tokens, the text before it is cut into tokens as the engine cuts it, and ``<eos>`` says that the
gap is closed. Splits fall between characters, not tokens: ids are turned back into text, split,
and each side is turned into ids on its own, as the engine does with the two sides of a caret.

Knows a vocabulary and ids; not where rows come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codecomplete.engine.tokenizer import EOS, FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX, Tokenizer

MARKS = (FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE, EOS)
LEAST_SUFFIX, MOST_SUFFIX = 0.1, 0.5  # of an example's characters
LINE_ENDS = 0.5  # share of splits that are moved to the end of their line, where carets mostly are
LEAST_CHARACTERS = 8


@dataclass(frozen=True)
class Split:
    """The two sides of a caret. ``head`` is the ids in front: the language tag."""

    head: list[int]
    before: str
    after: str


class SuffixFirst:
    """Makes examples of at most ``length`` ids with one vocabulary."""

    def __init__(self, vocabulary: Tokenizer, length: int) -> None:
        """ValueError if the vocabulary lacks the marks."""
        ids = [id_ for mark in MARKS if (id_ := vocabulary.special(mark)) is not None]
        if len(ids) < len(MARKS):
            raise ValueError(f"the tokenizer lacks {', '.join(MARKS)}: it cannot do suffix first")
        self._prefix, self._suffix, self._middle, self._end = ids
        self._vocabulary, self.length = vocabulary, length
        self._special = np.array(sorted(vocabulary.special_ids))

    def split(self, ids: np.ndarray, tag: int, random: np.random.Generator) -> Split | None:
        """Split the longest stretch of ordinary text in some ids; None if there is too little."""
        text = self._vocabulary.decode(self._longest_stretch(ids)).strip("\ufffd")
        if len(text) < LEAST_CHARACTERS:
            return None
        share = random.uniform(LEAST_SUFFIX, MOST_SUFFIX)
        place = min(len(text) - 1, max(1, round(len(text) * (1 - share))))
        if random.random() < LINE_ENDS:
            found = text.find("\n", place)
            place = found if found > 0 else place
        return Split([tag], text[:place], text[place:])

    def examples(self, splits: Sequence[Split]) -> list[list[int]]:
        """The ids of each split; the vocabulary's library spreads the work over cores."""
        texts = [text for split in splits for text in (split.before, split.after)]
        sides = self._vocabulary.encode_all(texts)
        return [
            self._join(split.head, before, after)
            for split, before, after in zip(splits, sides[::2], sides[1::2], strict=True)
        ]

    def _join(self, head: list[int], before: list[int], after: list[int]) -> list[int]:
        """A split may cost a few ids more than the text had: the suffix's far end is cut."""
        room = self.length - len(head) - len(MARKS) - len(before)
        after = after[: max(1, room)]
        return [*head, self._prefix, self._suffix, *after, self._middle, *before, self._end]

    def _longest_stretch(self, ids: np.ndarray) -> list[int]:
        marks = np.flatnonzero(np.isin(ids, self._special))
        edges = np.array([-1, *marks, len(ids)])
        longest = int(np.argmax(np.diff(edges)))
        return ids[edges[longest] + 1 : edges[longest + 1]].tolist()
