"""The text of one open document, kept up to date by the edits that a client reports.

An edit costs what it changes, however long the file is. Lines end as in LSP, after ``\\n``,
``\\r\\n`` and ``\\r`` and nowhere else. Knows no protocol and no engine.
"""

from __future__ import annotations

import io

from ..shared.excerpt import CHARACTERS_AFTER, LINES_AFTER, first_row, newest
from .positions import Encoding, Position, is_torn, joined, readable


class Text:
    """The lines of a document; a text without characters is one empty line."""

    def __init__(self, text: str, encoding: Encoding = Encoding.UTF_16) -> None:
        self._encoding = encoding
        self._torn = False  # whether it may contain lone surrogates
        self._lines = _lines(self._whole(text))  # each with its line end
        self.size = sum(map(len, self._lines))
        """In characters, line ends included."""

    def __str__(self) -> str:
        return "".join(self._lines)

    @property
    def line_end(self) -> str:
        """The line end of the first line."""
        return self._lines[0][len(_content(self._lines[0])) :] or "\n"

    def replace(self, start: Position, end: Position, new: str) -> None:
        """Replace what is between two positions; a position beyond an end means that end."""
        start, end = sorted((self._clamped(start), self._clamped(end)))
        head, tail = self._split(start)[0], self._split(end)[1]
        first, last = start.line, end.line + 1
        if first and not head and self._lines[first - 1].endswith("\r"):
            # The new text may begin with the other half of that line's end.
            first, head = first - 1, self._lines[first - 1]
        lines = _lines(self._whole(head + new + tail))
        if last < len(self._lines):
            lines.pop()  # empty: ``tail`` ends a line
        self.size += sum(map(len, lines)) - sum(map(len, self._lines[first:last]))
        self._lines[first:last] = lines

    def before(self, position: Position) -> str:
        """The text before a position, cut to a bounded excerpt, with ``\\n`` line ends."""
        position = self._clamped(position)
        row = position.line
        top = first_row(row)
        above = newest(_plain("".join(self._lines[top:row])))
        return self._readable(above) + readable(self._split(position)[0])

    def after(self, position: Position) -> str:
        """The same after a position."""
        position = self._clamped(position)
        below = self._lines[position.line + 1 : position.line + 1 + LINES_AFTER]
        after = readable(self._split(position)[1]) + self._readable("".join(below))
        return _plain(after)[:CHARACTERS_AFTER]

    def line_length(self, line: int) -> int:
        """The length of a line in characters, line end included; 0 beyond the last line."""
        return len(self._lines[line]) if line < len(self._lines) else 0

    def _whole(self, text: str) -> str:
        """``text`` with surrogate pairs joined; remembers whether lone ones are left."""
        if not is_torn(text):
            return text
        text = joined(text)
        self._torn |= is_torn(text)
        return text

    def _readable(self, text: str) -> str:
        return readable(text) if self._torn else text

    def _split(self, position: Position) -> tuple[str, str]:
        return self._encoding.split(self._lines[position.line], position.character)

    def _clamped(self, position: Position) -> Position:
        """The nearest existing position; never between the halves of a line end."""
        last = len(self._lines) - 1
        most = self._encoding.units(_content(self._lines[min(position.line, last)]))
        if position.line > last:
            return Position(last, most)
        return Position(position.line, min(position.character, most))


def _lines(text: str) -> list[str]:
    lines = list(io.StringIO(text, newline=""))
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def _content(line: str) -> str:
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(("\n", "\r")) else line


def _plain(text: str) -> str:
    if "\r" in text:
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return text
