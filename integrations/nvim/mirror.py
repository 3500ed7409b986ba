"""The text of one Neovim buffer, kept up to date by the edits that Neovim reports.

So only changes travel with a key, however long the file is. Neovim sends bytes that are not UTF-8
as surrogates, and a NUL as a line end. Knows no editor and no engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..shared.excerpt import CHARACTERS_AFTER, LINES_AFTER, first_row, newest

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass
class Mirror:
    """The lines of a buffer; ``size`` is their number of bytes, line ends included."""

    lines: list[str] = field(default_factory=list)
    size: int = 0

    def replace(self, first: int, last: int, lines: list[str]) -> None:
        """Replace the lines from ``first`` to before ``last``, counted from 0.

        Raises ValueError for lines that do not exist.
        """
        if not 0 <= first <= last <= len(self.lines):
            raise ValueError(f"lines {first} to {last} of {len(self.lines)}")
        self.size += _size(lines) - _size(self.lines[first:last])
        self.lines[first:last] = [line.replace("\n", "\0") for line in lines]

    def agrees(self, count: int, offset: int) -> bool:
        """Whether Neovim has as many lines, and, unless -1, as many bytes before the last of
        them."""
        before = self.size - _size(self.lines[-1:])
        return count == len(self.lines) and offset in (before, -1)

    def around(self, row: int, column: int) -> tuple[str, str]:
        """The text before and after a caret at ``row`` and byte ``column``, both from 0."""
        line = self.lines[row].encode("utf-8", "surrogateescape")
        head, tail = (_text(part) for part in (line[:column], line[column:]))
        top = first_row(row)
        before = _readable("\n".join([*self.lines[top:row], ""]))
        after = _readable("\n".join(["", *self.lines[row + 1 : row + 1 + LINES_AFTER]]))
        return newest(before) + head, (tail + after)[:CHARACTERS_AFTER]


def _size(lines: list[str]) -> int:
    return sum(
        len(line) if line.isascii() else len(line.encode("utf-8", "surrogateescape"))
        for line in lines
    ) + len(lines)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _readable(text: str) -> str:
    """``text`` with U+FFFD for lone surrogates, as the engine's tokenizer needs it."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)
