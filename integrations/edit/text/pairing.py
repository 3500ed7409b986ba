"""Auto-closing of brackets and quotes: what a typed character inserts or moves over.

Remembers the closers that it inserted, so that only those are typed over, or deleted with their
openers. Knows text, but no widget.
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
    """What a typed character does: insert text before and after the caret, or move the caret
    ``over`` so many characters."""

    insert: str = ""
    after: str = ""
    over: int = 0


class Pairing:
    """The closers in one row that were inserted automatically and not typed over yet.

    Each is identified by its distance from the end of the row, which typing before it leaves
    unchanged.
    """

    def __init__(self) -> None:
        self._row = -1
        self._distances: set[int] = set()

    def typed(
        self, character: str, row: int, before: str, after: str, language: str | None = None
    ) -> Keystroke:
        """What typing ``character`` does in ``row``, between ``before`` and ``after``."""
        self.moved(row, after)
        if character == after[:1] and len(after) in self._distances:
            self._distances.discard(len(after))
            return Keystroke(over=1)
        if not pairs_here(character, before, after, language):
            return Keystroke(character)
        self._distances.add(len(after) + 1)
        return Keystroke(character, PAIRS[character])

    def moved(self, row: int, after: str) -> None:
        """Follow the caret to ``row``, before ``after``; closers left of it are forgotten."""
        if row != self._row:
            self._row, self._distances = row, set()
        self._distances = {distance for distance in self._distances if distance <= len(after)}

    def deletes_both(self, row: int, before: str, after: str) -> bool:
        """Whether deleting the opener before the caret also deletes the closer after it."""
        self.moved(row, after)
        ours = len(after) in self._distances
        return ours and bool(before) and PAIRS.get(before[-1]) == after[:1]


def pairs_here(character: str, before: str, after: str, language: str | None) -> bool:
    """Whether typing the opener ``character`` here also inserts its closer."""
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


def brings_closer(text: str) -> bool:
    """Whether a text that begins with an opener also closes it.

    >>> brings_closer("(a, (b))"), brings_closer("(a, (b)"), brings_closer("'a'")
    (True, False, True)
    """
    if text[:1] in QUOTES:
        return text[0] in text[1:]
    depth = 0
    for character in _STRING.sub("", text):
        depth += (character in BRACKETS) - (character in BRACKETS.values())
        if not depth:
            return True
    return False


def swallowed(text: str, after: str) -> int:
    """How many closers at the beginning of ``after`` are in ``text`` already.

    They close what was opened before the caret. Accepting ``text`` replaces them, so that no
    bracket is doubled.

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
