"""Where a suggestion ends: rules over text alone.

A rule sees the suggested text as it grows and says where it is complete. By default that is the
end of the line; in an empty block it is the end of the block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

MOST_BLOCK_LINES = 8
_OPENS_BLOCK = re.compile(r"[:{(\[]\s*$")
_UNFINISHED = re.compile(r"\w+$")


class StopRule(Protocol):
    def end(self, text: str) -> int | None:
        """Where the suggestion is complete within ``text``; None while it may go on."""


@dataclass(frozen=True, slots=True)
class LineEnd:
    """Stop at the end of the line the caret is in."""

    def end(self, text: str) -> int | None:
        found = text.find("\n")
        return None if found < 0 else found


@dataclass(frozen=True, slots=True)
class BlockEnd:
    """Stop where the indentation falls below the caret's, at a blank line, or at a cap."""

    indent: int

    def end(self, text: str) -> int | None:
        start = text.find("\n")
        lines = 1
        while start >= 0:
            following = text[start + 1 :]
            body = following.lstrip(" \t")
            if lines >= MOST_BLOCK_LINES or body.startswith("\n"):
                return start
            if body and len(following) - len(body) < self.indent:
                return start
            start, lines = text.find("\n", start + 1), lines + 1
        return None


def choose(before: str) -> StopRule:
    """The rule for a caret behind ``before``: a block if it stands in an empty one."""
    head, newline, line = before[-2000:].rpartition("\n")
    if newline and not line.strip() and line and _OPENS_BLOCK.search(head):
        return BlockEnd(len(line))
    return LineEnd()


def whole_words(text: str) -> str:
    """``text`` without an identifier or number at its end, which may have been cut short."""
    return _UNFINISHED.sub("", text).rstrip(" \t")


def repeats(ids: list[int]) -> int | None:
    """The period of a loop at the end of ``ids`` that has run three times; None if there is none.

    Single tokens may repeat more often, as in a ruled comment line.
    """
    for period in range(1, len(ids) // 3 + 1):
        times = 3 if period > 1 else 6
        last = ids[-period:]
        if len(ids) >= times * period and ids[-times * period :] == last * times:
            return period
    return None
