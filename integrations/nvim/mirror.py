"""The text of one buffer of Neovim, kept by the edits that Neovim reports.

So only what changed travels with a key, whatever the length of the file. Neovim sends bytes that
are no UTF-8 as surrogates, and a NUL as a line end. Knows no editor and no engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LINES_BEFORE = 4000
"""Around the caret, as much as the engine looks at: 150,000 and 50,000 characters of code."""
LINES_AFTER = 1500
STRIDE = 1000
"""The text that is given out begins at a multiple of so many lines: its beginning, and with it what
the engine remembers, changes seldom."""
CHARACTERS_BEFORE = 200_000
"""The same for files with long lines."""
CHARACTERS_AFTER = 60_000

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass
class Mirror:
    """``size`` is in bytes, each line with its line end."""

    lines: list[str] = field(default_factory=list)
    size: int = 0

    def replace(self, first: int, last: int, lines: list[str]) -> None:
        """Lines ``first`` to ``last`` (not included) are ``lines`` now.

        Raises ValueError for lines that are not there.
        """
        if not 0 <= first <= last <= len(self.lines):
            raise ValueError(f"lines {first} to {last} of {len(self.lines)}")
        self.size += _size(lines) - _size(self.lines[first:last])
        self.lines[first:last] = [line.replace("\n", "\0") for line in lines]

    def agrees(self, count: int, offset: int) -> bool:
        """Whether Neovim has as many lines, and as many bytes before the last of them; -1 says that
        it has not counted."""
        before = self.size - _size(self.lines[-1:])
        return count == len(self.lines) and offset in (before, -1)

    def around(self, row: int, column: int) -> tuple[str, str]:
        """The text before and after a caret at ``row`` and byte ``column``, both from 0."""
        line = self.lines[row].encode("utf-8", "surrogateescape")
        head, tail = (_text(part) for part in (line[:column], line[column:]))
        top = max(0, -(-(row - LINES_BEFORE) // STRIDE) * STRIDE)
        before = _readable("\n".join([*self.lines[top:row], ""]))
        after = _readable("\n".join(["", *self.lines[row + 1 : row + 1 + LINES_AFTER]]))
        return _newest(before) + head, (tail + after)[:CHARACTERS_AFTER]


def _size(lines: list[str]) -> int:
    return sum(
        len(line) if line.isascii() else len(line.encode("utf-8", "surrogateescape"))
        for line in lines
    ) + len(lines)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _readable(text: str) -> str:
    """``text`` with U+FFFD for what is no text, as the engine's tokenizer needs it."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _newest(text: str) -> str:
    """The end of ``text``, which begins at a line and moves in strides."""
    excess = len(text) - CHARACTERS_BEFORE
    if excess <= 0:
        return text
    stride = CHARACTERS_BEFORE // 4
    begin = text.find("\n", -(-excess // stride) * stride)
    return text[begin + 1 :]
