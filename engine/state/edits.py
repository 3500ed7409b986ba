"""Where text that is already in the model's state is found in the text that is passed now.

Hosts pass whole texts, or a window of them, and never describe their edits; this module detects
them.
Every function is bounded by the length of the known text, not by the length of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

PROBE_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Known text stands at ``start`` in the new text and agrees for ``common`` characters."""

    start: int
    common: int


def common_prefix(left: str, right: str) -> int:
    """Length of the longest common prefix, by bisection over slice comparisons.

    >>> common_prefix("import os", "import sys")
    7
    """
    low, high = 0, min(len(left), len(right))
    if left[:high] == right[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def locate(known: str, new: str, expected: int, pinned: bool) -> Place:
    """The best place of ``known`` in ``new``.

    ``expected`` is where it stood last time, in characters. A pinned text starts the file and can
    stand nowhere else. Otherwise it may have moved, because of an edit above it or because the
    host sends a window of the file that moved on.
    """
    best = _place(known, new, expected)
    if pinned or best.common == len(known):
        return best
    moved = new.rfind(known[:PROBE_CHARACTERS])
    if moved >= 0 and moved != expected:
        best = max(best, _place(known, new, moved), key=lambda place: place.common)
    return best


def _place(known: str, new: str, start: int) -> Place:
    return Place(start, common_prefix(known, new[start : start + len(known)]))
