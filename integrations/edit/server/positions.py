"""Converts positions to those of the protocol, in UTF-16 code units, and back. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

Place = tuple[int, int]


def outward(lines: Sequence[str], place: Place) -> Place:
    """(row, character) as (line, unit).

    >>> outward(["a😀b"], (0, 2))
    (0, 3)
    """
    row, column = place
    before = lines[row][:column]
    return row, column if before.isascii() else len(
        before.encode("utf-16-le", "surrogatepass")
    ) // 2


def inward(lines: Sequence[str], place: Place) -> Place:
    """The inverse; a place beyond the text or its line is the end of that, as in the protocol.

    >>> inward(["a😀b"], (0, 3)), inward(["ab"], (7, 0))
    ((0, 2), (0, 2))
    """
    row, unit = place
    if row >= len(lines):
        return len(lines) - 1, len(lines[-1])
    line = lines[row]
    if line.isascii():
        return row, min(unit, len(line))
    data = line.encode("utf-16-le", "surrogatepass")[: 2 * unit]
    return row, len(data.decode("utf-16-le", "surrogatepass"))
