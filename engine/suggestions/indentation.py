"""Finds how a buffer is indented, and indents suggested lines in that way.

Works on text only; knows no language. Columns count from 0; a tab reaches the next multiple of the
buffer's tab width.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import gcd

LINES_LOOKED_AT = 1_000
NARROWEST, WIDEST = 2, 8  # columns of a level
UNITS = (2, 4, 8)
"""Common widths of a level in columns; other steps in a suggestion are alignment."""

_ASIDE = ("*", "//", "#")  # comments are often aligned, not indented


@dataclass(frozen=True, slots=True)
class Indentation:
    """An editor's options: tabs or spaces, and the widths of a level and of a tab in columns."""

    tabs: bool = False
    width: int = 4
    tab_width: int = 8

    @property
    def unit(self) -> str:
        """The white space of one level."""
        return self.white(self.width)

    def white(self, columns: int) -> str:
        """White space of so many columns."""
        if not self.tabs:
            return " " * columns
        return "\t" * (columns // self.tab_width) + " " * (columns % self.tab_width)

    def columns(self, white: str) -> int:
        """The width of white space at the beginning of a line, in columns."""
        columns = 0
        for character in white:
            columns += self.tab_width - columns % self.tab_width if character == "\t" else 1
        return columns


TABS = Indentation(tabs=True, width=8)


def indentation_of(text: str) -> Indentation | None:
    """The indentation that the last lines of a text show; None if they show none.

    >>> indentation_of("if x:\\n  y\\nif z:\\n  w\\n")
    Indentation(tabs=False, width=2, tab_width=8)
    """
    indents = [leading(line) for line in _last_lines(text) if _counts(line)]
    tabs = sum(indent.startswith("\t") for indent in indents)
    spaces = sum(indent.startswith("  ") for indent in indents)
    if tabs > spaces:
        return TABS
    steps = _steps([len(indent) for indent in indents if "\t" not in indent])
    if not steps:
        return None
    return Indentation(width=min(steps, key=lambda step: (-steps[step], step)))


def fitted(text: str, line: str, indentation: Indentation) -> str:
    """``text``, suggested after ``line`` (the caret's line up to the caret), with its lines
    indented as in the buffer.

    Lines that are deeper than the caret's by whole steps of another unit (4 spaces in a buffer
    with 2) get the buffer's steps; white space that only aligns keeps its width.

    >>> fitted("x:\\n    y", "if ", Indentation(width=2))
    'x:\\n  y'
    """
    if not line.strip():
        return _after_blank(text, line, indentation)
    first, *others = text.split("\n")
    return "\n".join([first, *_further(others, leading(line), indentation)])


def _after_blank(text: str, line: str, indentation: Indentation) -> str:
    """The same for a caret with only white space before it, which ``text`` may extend."""
    first, *others = text.split("\n")
    lead = leading(first)
    base = line + lead
    if lead:
        white = indentation.white(indentation.columns(base))
        if white.startswith(line):  # otherwise the typed white space has other units: leave it
            first, base = white[len(line) :] + first[len(lead) :], white
    return "\n".join([first, *_further(others, base, indentation)])


def _further(lines: list[str], base: str, indentation: Indentation) -> list[str]:
    """The lines after one that begins with the white space ``base``."""
    start = indentation.columns(base)
    unit = _unit_of(lines, start, indentation)
    return [_line(line, base, start, unit, indentation) for line in lines]


def _line(line: str, base: str, start: int, unit: int, indentation: Indentation) -> str:
    if not line.strip():
        return line
    lead = leading(line)
    deeper = indentation.columns(lead) - start
    if unit:
        deeper = deeper // unit * indentation.width
    return _white(base, start, deeper, indentation) + line[len(lead) :]


def _white(base: str, start: int, deeper: int, indentation: Indentation) -> str:
    """White space that is ``deeper`` columns wider than ``base``, which stays as it is if it is of
    another kind than the buffer's."""
    if deeper >= 0 and base != indentation.white(start):
        return base + indentation.white(deeper)
    return indentation.white(max(0, start + deeper))


def _unit_of(lines: list[str], start: int, indentation: Indentation) -> int:
    """The width of an indentation step in ``lines``, if it is a common unit other than the
    buffer's; otherwise 0: white space keeps its width."""
    if not indentation.tabs and any(line.startswith("\t") for line in lines):
        return indentation.tab_width
    widths = {indentation.columns(leading(line)) for line in lines if line.strip()}
    unit = gcd(*(abs(width - start) for width in widths))
    is_continuation = (unit, indentation.width) == (8, 4)
    return 0 if unit not in UNITS or unit == indentation.width or is_continuation else unit


def leading(line: str) -> str:
    """The white space at the beginning of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def _counts(line: str) -> bool:
    rest = line.lstrip(" \t")
    return bool(rest.strip()) and not rest.startswith(_ASIDE)


def _last_lines(text: str) -> list[str]:
    """The last lines, read from the end, so that a long text is not split for them."""
    return text.rsplit("\n", LINES_LOOKED_AT)[-LINES_LOOKED_AT:]


def _steps(widths: list[int]) -> Counter[int]:
    """How often each increase of indentation occurs from one line to the next."""
    steps = (after - before for before, after in pairwise(widths))
    return Counter(step for step in steps if NARROWEST <= step <= WIDEST)
