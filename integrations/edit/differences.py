"""The difference between two texts, line by line, as people read it (a unified diff).

Bounded: comparing long texts line by line can take minutes. Pure functions.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

MOST_LINES = 1_000  # in the part that differs; of more, the first ones are shown, not compared
CONTEXT = 3


def changed_lines(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int]:
    """How many lines both have at the beginning, and where in each the common end begins.

    >>> changed_lines(["a", "b", "c"], ["a", "x", "y", "c"])
    (1, 2, 3)
    """
    most = min(len(old), len(new))
    top = next((row for row in range(most) if old[row] != new[row]), most)
    rest = most - top
    bottom = next((row for row in range(rest) if old[-1 - row] != new[-1 - row]), rest)
    return top, len(old) - bottom, len(new) - bottom


def difference(old: str, new: str) -> list[str]:
    """Lines that begin with ``-``, ``+``, a space or ``@@``; empty if the texts are the same."""
    before, after = old.split("\n"), new.split("\n")
    top, old_end, new_end = changed_lines(before, after)
    if top == old_end == new_end:
        return []
    start = max(0, top - CONTEXT)
    old_part, new_part = before[start : old_end + CONTEXT], after[start : new_end + CONTEXT]
    if max(len(old_part), len(new_part)) > MOST_LINES:
        return [f"@@ line {top + 1} @@", *_first(before[top:old_end], "-"),
                *_first(after[top:new_end], "+")]  # fmt: skip
    return list(_compared(old_part, new_part, start))


def _compared(old: list[str], new: list[str], start: int) -> Iterator[str]:
    lines = difflib.unified_diff(old, new, lineterm="", n=CONTEXT)
    for line in list(lines)[2:]:  # without the file names
        if line.startswith("@@"):
            row = int(line.split("+")[1].split(",")[0].split()[0])
            yield f"@@ line {row + start} @@"
        else:
            yield line


def _first(lines: list[str], mark: str) -> Iterator[str]:
    yield from (mark + line for line in lines[: MOST_LINES // 4])
    if len(lines) > MOST_LINES // 4:
        yield f"{mark}… {len(lines) - MOST_LINES // 4:,} more lines"
