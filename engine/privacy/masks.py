"""Text as the model may see it: secrets are replaced character by character, so positions stay the
same.

A secret keeps its length, its line ends and the separators between its parts; every other character
becomes ``x``. What is hidden depends only on the text, never on the order of edits. The text is
assumed to end at a caret: a token or password is hidden while it is still being typed.

Only text near the caret is searched, line by line; results for the lines above are cached.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..patterns import pattern
from .secrets import (
    LONGEST_BLOCK,
    LONGEST_LEAD,
    LONGEST_LINE,
    PIECE,
    Span,
    after,
    blocks,
    find,
    in_known_line,
    lead,
    merged,
)

LONGEST_HEAD = 200
_HIDDEN = pattern(r"[^\s_.:/=+@-]")
PLACEHOLDER = pattern(r"x{4,}")
"""The part of it that a suggestion must not repeat."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as long as the one that was masked, and the end of its last secret."""

    text: str
    hidden_to: int = -1

    def reaches(self, characters: int) -> bool:
        """Whether a secret reaches into the last ``characters``, or the caret stands right after
        one."""
        end = len(self.text)
        return self.hidden_to > 0 and (self.hidden_to == end or self.hidden_to > end - characters)


class Mask:
    """Masks the text of one buffer repeatedly. ``looked_at`` counts searched lines, for tests."""

    def __init__(self) -> None:
        self._begin = 0  # of the cached lines, in the whole text
        self._lines = ""  # those above the caret's
        self._spans: list[Span] = []  # their secrets
        self.looked_at = 0

    def apply(self, text: str, length: int) -> Masked:
        """``text`` with the secrets in its last ``length`` characters, at least, replaced."""
        line, begin = text.rfind("\n") + 1, max(0, len(text) - length)
        above = self._above(text, begin, line)
        here = line + max(0, begin - line) // PIECE * PIECE
        begun = lead(_line_before(text, line), text[line : line + 1]) if here == line else ""
        spans = [(here + first, here + last) for first, last in after(begun, text[here:], True)]
        self.looked_at += 1
        spans = merged([*above, *spans, *_in_blocks(text, begin)])
        return Masked(replaced(text, spans), spans[-1][1]) if spans else Masked(text)

    def _above(self, text: str, begin: int, line: int) -> list[Span]:
        """Secrets of the lines from ``begin`` up to the caret's, which starts at ``line``."""
        if not self._still_there(text, begin, line):
            self._begin = _start_of_piece(text, begin) if begin < line else line
            self._lines, self._spans = "", []
        end = self._begin + len(self._lines)
        if end < line:
            new = text[end:line]
            spans = _in_lines(new, _line_before(text, end))
            self._spans += [(end + first, end + last) for first, last in spans]
            self.looked_at += new.count("\n")
            self._lines += new
        return self._spans

    def _still_there(self, text: str, begin: int, line: int) -> bool:
        end = self._begin + len(self._lines)
        near = self._begin <= begin < self._begin + LONGEST_BLOCK
        return near and end <= line and text.startswith(self._lines, self._begin)


def replaced(text: str, spans: list[Span]) -> str:
    """``text`` with placeholders for ``spans``.

    >>> replaced('key = "AKIAIOSFODNN7EXAMPLE"', [(7, 27)])
    'key = "xxxxxxxxxxxxxxxxxxxx"'
    """
    kept, place = [], 0
    for begin, end in spans:
        kept += [text[place:begin], _HIDDEN.sub("x", text[begin:end])]
        place = end
    return "".join([*kept, text[place:]])


def masked(text: str) -> str:
    """A complete text with placeholders for its secrets.

    >>> masked("https://bob:s3cr3tpw9@host/")
    'https://xxx:xxxxxxxxx@host/'
    """
    return replaced(text, find(text))


def _in_lines(text: str, before: str) -> list[Span]:
    """Secrets in whole lines; ``before`` is the one above them."""
    found: list[Span] = []
    place = 0
    for line in text.split("\n"):
        begun = lead(before, line)
        look = in_known_line if len(line) <= LONGEST_LINE else after
        found += [(place + first, place + last) for first, last in look(begun, line)]
        place, before = place + len(line) + 1, line
    return found


def _line_before(text: str, start: int) -> str:
    """The end of the line above the one that begins at ``start``."""
    if not start or text[start - 1] != "\n":
        return ""
    return text[max(0, start - 1 - LONGEST_LEAD) : start - 1].rpartition("\n")[2]


def _in_blocks(text: str, begin: int) -> list[Span]:
    """Private keys in blocks that reach into the text from ``begin`` on."""
    first = max(0, begin - LONGEST_BLOCK - LONGEST_HEAD)
    if text.find("-----BEGIN", first) < 0 and text.find("PuTTY-User", first) < 0:
        return []
    return [(first + a, first + b) for a, b in blocks(text[first:]) if first + b > begin]


def _start_of_piece(text: str, place: int) -> int:
    """The start of the line that contains ``place``, or of a piece of it if the line is long."""
    start = text.rfind("\n", 0, place) + 1
    return start + (place - start) // PIECE * PIECE
