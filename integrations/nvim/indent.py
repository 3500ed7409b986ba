"""Leading white space of suggested lines, as the buffer's options want it.

Pure text in, text out. Columns count from 0; a tab reaches the next multiple of ``tabstop``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd


@dataclass(frozen=True, slots=True)
class Indent:
    """What Neovim's options of the same names say; ``shiftwidth`` is resolved, never 0."""

    expandtab: bool = True
    shiftwidth: int = 4
    tabstop: int = 8

    def white(self, columns: int) -> str:
        """White space of that width."""
        if self.expandtab:
            return " " * columns
        return "\t" * (columns // self.tabstop) + " " * (columns % self.tabstop)

    def width(self, white: str) -> int:
        """Columns that ``white``, white space at the beginning of a line, takes."""
        columns = 0
        for character in white:
            columns += self.tabstop - columns % self.tabstop if character == "\t" else 1
        return columns


def fitted(text: str, line: str, indent: Indent) -> str:
    """``text``, suggested behind ``line`` (the caret's, as far as the caret), in the buffer's
    units.

    Lines that are deeper than the caret's by whole steps of another unit (4 spaces in a buffer of
    2) get steps of ``shiftwidth``; white space that only aligns is kept as wide as it is.
    """
    if not line.strip():
        return _blank_line(text, line, indent)
    first, *rest = text.split("\n")
    base = indent.width(_leading(line))
    return "\n".join([first, *_following(rest, base, indent)])


def _blank_line(text: str, line: str, indent: Indent) -> str:
    """The same for a caret that only has white space before it, of which it may want more."""
    first, *rest = text.split("\n")
    lead, base = _leading(first), indent.width(line)
    if lead:
        white = indent.white(indent.width(line + lead))
        if white.startswith(line):  # else what is typed is in other units: leave it alone
            first = white[len(line) :] + first[len(lead) :]
        base = indent.width(line + lead)
    return "\n".join([first, *_following(rest, base, indent)])


def _following(lines: list[str], base: int, indent: Indent) -> list[str]:
    widths = [indent.width(_leading(line)) for line in lines if line.strip()]
    unit = _unit([abs(width - base) for width in widths if width != base])
    if indent.expandtab and any(line.startswith("\t") for line in lines):
        unit = indent.tabstop
    found = []
    for line in lines:
        lead = _leading(line)
        width = indent.width(lead)
        if unit is not None and unit != indent.shiftwidth and line.strip():
            width = base + (width - base) // unit * indent.shiftwidth
        found.append(indent.white(max(0, width)) + line[len(lead) :] if line.strip() else line)
    return found


def _unit(steps: list[int]) -> int | None:
    """The unit that all ``steps`` are whole numbers of, if it is one that people use."""
    unit = gcd(*steps)
    return unit if unit in (2, 4, 8) else None


def _leading(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
