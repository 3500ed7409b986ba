"""How much of a long text the engine is given, and where that begins. Knows lines, no host."""

from __future__ import annotations

LINES_BEFORE = 4000
"""Around the caret, as much as the engine looks at: 150,000 and 50,000 characters of code."""
LINES_AFTER = 1500
STRIDE = 1000
"""The text that is given out begins at a multiple of so many lines: its beginning, and with it what
the engine remembers, changes seldom."""
CHARACTERS_BEFORE = 200_000
"""The same for files with long lines."""
CHARACTERS_AFTER = 60_000


def first_row(row: int) -> int:
    """The first line of those that are given for a caret on line ``row``, both from 0."""
    return max(0, -(-(row - LINES_BEFORE) // STRIDE) * STRIDE)


def newest(text: str) -> str:
    """The end of ``text``, which begins at a line and moves in strides."""
    excess = len(text) - CHARACTERS_BEFORE
    if excess <= 0:
        return text
    stride = CHARACTERS_BEFORE // 4
    begin = text.find("\n", -(-excess // stride) * stride)
    return text[begin + 1 :]
