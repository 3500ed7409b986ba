"""The part of a text that the model sees: what is around the caret. Pure functions on text."""

from __future__ import annotations

from collections.abc import Sequence

LINES_BEFORE, LINES_AFTER = 4_000, 1_000
STRIDE = 1_000
"""Lines by which the beginning moves on: it seldom changes, so the model's cache stays valid."""
MOST_CHARACTERS = 400_000


def around(lines: Sequence[str], row: int, column: int) -> tuple[str, str]:
    """The text before and after the caret, cut to a bounded number of lines and characters."""
    first = max(0, row - LINES_BEFORE)
    first += -first % STRIDE
    before = "\n".join([*lines[first:row], lines[row][:column]])
    after = "\n".join([lines[row][column:], *lines[row + 1 : row + 1 + LINES_AFTER]])
    return before[-MOST_CHARACTERS:], after[:MOST_CHARACTERS]
