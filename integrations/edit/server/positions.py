"""Places in a text as servers count them: lines, and units of UTF-16 in a line. Pure."""

from __future__ import annotations

from collections.abc import Sequence

Place = tuple[int, int]


def outward(lines: Sequence[str], place: Place) -> Place:
    """Row and character as line and unit.

    >>> outward(["a😀b"], (0, 2))
    (0, 3)
    """
    row, column = place
    before = lines[row][:column]
    return row, column if before.isascii() else len(
        before.encode("utf-16-le", "surrogatepass")
    ) // 2


def inward(lines: Sequence[str], place: Place) -> Place:
    """The inverse; a place beyond the text is its end, as servers mean it.

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
