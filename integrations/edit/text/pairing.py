"""Brackets and quotes in pairs: what a typed character inserts, or moves over.

Remembers the closers that it put after the caret, so that only those are moved over or deleted
with their opener. Pure text; knows no widget, and of ghost text only its characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BRACKETS = {"(": ")", "[": "]", "{": "}"}
QUOTES = {'"': '"', "'": "'", "`": "`"}
PAIRS = BRACKETS | QUOTES
NO_APOSTROPHES = {"rust", "markdown", "html", None}  # lifetimes, and words such as "don't"
_MAY_FOLLOW = frozenset(" \t)]}>,;:.\"'`")
_STRING = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`]*`")


@dataclass(frozen=True, slots=True)
class Keystroke:
    """What a typed character does: put ``insert`` before the caret and ``after`` after it, or move
    on."""

    insert: str = ""
    after: str = ""
    over: int = 0


class Pairing:
    """The closers of one row that were put there for the user and not typed over yet.

    Each is known by its distance from the end of the row, which typing before it does not change.
    """

    def __init__(self) -> None:
        self._row = -1
        self._distances: set[int] = set()

    def typed(
        self, character: str, row: int, before: str, after: str, language: str | None = None
    ) -> Keystroke:
        """What typing ``character`` between ``before`` and ``after``, the parts of a row, does."""
        self.moved(row, after)
        if character == after[:1] and len(after) in self._distances:
            self._distances.discard(len(after))
            return Keystroke(over=1)
        if not pairs_here(character, before, after, language):
            return Keystroke(character)
        self._distances.add(len(after) + 1)
        return Keystroke(character, PAIRS[character])

    def moved(self, row: int, after: str) -> None:
        """The caret is in ``row``, before ``after``: closers it has passed are the user's now."""
        if row != self._row:
            self._row, self._distances = row, set()
        self._distances = {distance for distance in self._distances if distance <= len(after)}

    def deletes_both(self, row: int, before: str, after: str) -> bool:
        """Whether deleting the opener left of the caret takes the closer right of it along."""
        self.moved(row, after)
        ours = len(after) in self._distances
        return ours and bool(before) and PAIRS.get(before[-1]) == after[:1]


def pairs_here(character: str, before: str, after: str, language: str | None) -> bool:
    """Whether an opener typed here gets its closer at once."""
    if character not in PAIRS or (after and after[0] not in _MAY_FOLLOW):
        return False
    if character in BRACKETS:
        return True
    if character == "'" and language in NO_APOSTROPHES:
        return False
    last = before[-1:]
    if last.isalnum() or last in ("_", "\\", *QUOTES):
        return False
    return _STRING.sub("", before).count(character) == 0


def swallowed(text: str, after: str) -> int:
    """How many closers at the beginning of ``after`` are in ``text`` already.

    Those are the ones that close what was opened before the caret; accepting ``text`` takes their
    place, so that no bracket is doubled.

    >>> swallowed("a, b):", ")")
    1
    >>> swallowed("len(a)", ")")
    0
    """
    depth, count = 0, 0
    for character in _STRING.sub("", text):
        if character in BRACKETS:
            depth += 1
        elif character in BRACKETS.values():
            if depth:
                depth -= 1
            elif after[count : count + 1] == character:
                count += 1
            else:
                break
    return count
