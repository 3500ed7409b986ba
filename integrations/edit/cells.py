"""Cell positions in very long lines, found without measuring the whole line for each key.

In such a line, a tab is one cell wide; all other lines are measured by Textual. Pure functions.
"""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len

LONG = 2_000  # characters; a longer line is very long
_PART = 1_000


def is_long(line: str) -> bool:
    return len(line) > LONG


def width(line: str, column: int | None = None) -> int:
    """The width in cells of the characters before ``column``, or of the whole line."""
    column = len(line) if column is None else column
    if line.isascii():
        return min(column, len(line))
    whole = column - column % _PART
    cells = sum(_width(line[at : at + _PART]) for at in range(0, whole, _PART))
    return cells + _width(line[whole:column])


def column(line: str, cell: int) -> int:
    """Index of the character at ``cell``; beyond the last one, the end of the line."""
    if line.isascii():
        return max(0, min(cell, len(line)))
    at = 0
    while at < len(line) and (part := _width(line[at : at + _PART])) <= cell:
        cell -= part
        at += _PART
    for character in line[at : at + _PART]:
        cell -= cell_len(character)
        if cell < 0:
            break
        at += 1
    return min(at, len(line))


@lru_cache(maxsize=4096)
def _width(part: str) -> int:
    return cell_len(part)
