"""How much of a long text the engine gets, and where that begins. Knows lines, no host."""

from __future__ import annotations

LINES_BEFORE = 4000
"""Around the caret, as much as the engine looks at: 150,000 and 50,000 characters of code."""
LINES_AFTER = 1500
STRIDE = 1000
"""The excerpt begins at a multiple of so many lines: its beginning changes seldom, and so the
engine's cache stays valid."""
CHARACTERS_BEFORE = 200_000
"""The same for files with long lines."""
CHARACTERS_AFTER = 60_000


def first_row(row: int) -> int:
    """The first line of the excerpt for a caret on line ``row``, both counted from 0."""
    return max(0, -(-(row - LINES_BEFORE) // STRIDE) * STRIDE)


def newest(text: str) -> str:
    """The end of ``text``, from the beginning of a line that changes seldom as the text grows."""
    excess = len(text) - CHARACTERS_BEFORE
    if excess <= 0:
        return text
    stride = CHARACTERS_BEFORE // 4
    begin = text.find("\n", -(-excess // stride) * stride)
    return text[begin + 1 :]
