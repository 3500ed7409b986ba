"""What the model is given of a text: what stands around the caret. Pure text."""

from __future__ import annotations

from collections.abc import Sequence

LINES_BEFORE, LINES_AFTER = 4_000, 1_000
STRIDE = 1_000
"""Lines leave the beginning in strides, so that it seldom changes and what is known of it stays."""
MOST_CHARACTERS = 400_000


def around(lines: Sequence[str], row: int, column: int) -> tuple[str, str]:
    """The text before and after the caret, as far as it may matter."""
    first = max(0, row - LINES_BEFORE)
    first += -first % STRIDE
    before = "\n".join([*lines[first:row], lines[row][:column]])
    after = "\n".join([lines[row][column:], *lines[row + 1 : row + 1 + LINES_AFTER]])
    return before[-MOST_CHARACTERS:], after[:MOST_CHARACTERS]
