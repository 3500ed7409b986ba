"""Where a suggestion ends: rules over text alone.

A rule sees the suggested text as it grows and says where it is complete. By default that is the
end of the line; in an empty block it is the end of the block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..patterns import pattern

MOST_BLOCK_LINES = 8
_OPENS_BLOCK = pattern(r"[:{(\[]\s*$")
_WORDS = {
    "lua": pattern(r"^(?:(?!--).)*?(?:\b(?:then|do|else|repeat)|\bfunction\b[^()]*\([^()]*\))$"),
    "shell": pattern(
        r"^(?!\s*#)(?:(?!\s#).)*?"
        r"(?:(?<!\S)(?:then|do|else)|\bcase\s.*\sin|^[^()]*[^()\s][^()]*\))$"
    ),
}
"""How else a line opens a block, in languages whose blocks begin with words."""

_NEXT_LINE = pattern(r"[ \t]*\n\s*?([ \t]*)(?=\S)")
_UNFINISHED = pattern(r"\w+\Z")


class EndRule(Protocol):
    def end(self, text: str) -> int | None:
        """Where the suggestion is complete within ``text``; None while it may go on."""


@dataclass(frozen=True, slots=True)
class LineEnd:
    """At the end of the line the caret is in."""

    def end(self, text: str) -> int | None:
        found = text.find("\n")
        return None if found < 0 else found


@dataclass(frozen=True, slots=True)
class BlockEnd:
    """Where the indentation falls below the caret's, at a blank line, or at a cap."""

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


@dataclass(frozen=True, slots=True)
class OpenedBlock:
    """After the line that opens a block: stop at the end of that line, or if nothing is left to
    say on it, where the block ends, whose lines are indented more than so many characters."""

    indent: int

    def end(self, text: str) -> int | None:
        first = _NEXT_LINE.match(text)
        if first is None:
            return LineEnd().end(text) if text[: text.find("\n")].strip() else None
        if len(first.group(1)) <= self.indent:
            return first.start()  # the block stays empty
        found = BlockEnd(self.indent + 1).end(text[first.end(1) :])
        return None if found is None else first.end(1) + found


def choose(before: str, after: str = "", language: str | None = None) -> EndRule:
    """The rule for a caret between two texts: a block if it stands in an empty one or has just
    opened one that has no lines yet."""
    head, newline, line = before[-2000:].rpartition("\n")
    if newline and not line.strip() and line:
        above = head.rstrip().rpartition("\n")[2]
        if _OPENS_BLOCK.search(above) or _opens_by_word(above, language):
            return BlockEnd(len(line))
    if not line.strip() or after.partition("\n")[0].strip():
        return LineEnd()
    indent = len(line) - len(line.lstrip())
    opens = line.rstrip()[-1] in ":{" or _opens_by_word(line.rstrip(), language)
    return OpenedBlock(indent) if opens and not _is_deeper(after, indent) else LineEnd()


def _opens_by_word(line: str, language: str | None) -> bool:
    shape = _WORDS.get(language or "")
    return shape is not None and shape.search(line) is not None


def _is_deeper(after: str, indent: int) -> bool:
    """Whether the next line that says anything is indented more than so many characters."""
    lines = (line for line in after[:2000].split("\n")[1:] if line.strip())
    following = next(lines, "")
    return len(following) - len(following.lstrip()) > indent


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
