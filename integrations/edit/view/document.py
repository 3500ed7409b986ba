"""The text of one editor, line by line, as Textual's TextArea needs it, in bounded time.

Textual's own document splits lines at eight characters, joins its text for every row it draws and
measures every line at every key. This one splits at ``\\n`` only, and keeps what an edit does not
change. Knows no files and no colours; tells ``syntax`` what was edited.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from textual.document._document import Document, DocumentBase, EditResult, Location
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import get_tab_widths
from textual.geometry import Offset, Size

from .. import cells

if TYPE_CHECKING:
    from .highlighting import Point, Syntax


class CodeDocument(Document):
    """Lines that end with ``\\n``; every other character is text."""

    def __init__(self, text: str) -> None:
        self._newline = "\n"
        self._lines = text.split("\n")
        self._text: str | None = text
        self._ascii = text.isascii()
        self._widths: list[int] = []
        self._tab_width, self._widest = 0, 0
        self.syntax: Syntax | None = None
        self.version = 0  # counts edits

    @property
    def text(self) -> str:
        """The whole text; joined at most once after an edit."""
        if self._text is None:
            self._text = "\n".join(self._lines)
        return self._text

    def get_size(self, tab_width: int) -> Size:
        """The widest line in cells, and the number of lines; measures only what has changed."""
        if tab_width != self._tab_width:
            self._tab_width = tab_width
            self._widths = [_width(line, tab_width) for line in self._lines]
            self._widest = max(self._widths)
        return Size(self._widest, len(self._lines))

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Replace a part of the text; the only way in which it changes."""
        (top, left), (bottom, right) = sorted((start, end))
        bottom, lines = min(bottom, len(self._lines) - 1), self._lines
        if (bottom, right) < (top, left):  # after the end
            top, left = bottom, len(lines[bottom])
        right = len(lines[bottom]) if max(start, end)[0] > bottom else right
        before = self._measured((top, left), (bottom, right))
        replaced = self.get_text_range((top, left), (bottom, right))
        new = text.split("\n")
        last = len(new[-1]) + (left if len(new) == 1 else 0)
        new[0] = lines[top][:left] + new[0]
        new[-1] += lines[bottom][right:]
        lines[top : bottom + 1] = new
        if self._tab_width:
            self._measure(top, bottom + 1, new)
        self._text, self._ascii = None, self._ascii and text.isascii()
        self.version += 1
        result = EditResult((top + len(new) - 1, last), replaced)
        if self.syntax is not None and before is not None:
            length = len(text.encode(*UTF8))
            self.syntax.edited(*before, length, self._point(result.end_location))
        return result

    def _measure(self, first: int, last: int, new: list[str]) -> None:
        """Update the widths of replaced lines; looks at all only if the widest may be gone."""
        widths = [_width(line, self._tab_width) for line in new]
        gone = max(self._widths[first:last])
        self._widths[first:last] = widths
        widest = max(widths)
        if gone == self._widest and widest < gone:
            self._widest = max(self._widths)
        else:
            self._widest = max(self._widest, widest)

    def get_text_range(self, start: Location, end: Location) -> str:
        (top, left), (bottom, right) = sorted((start, end))
        if top == bottom:
            return self._lines[top][left:right]
        between = self._lines[top + 1 : bottom]
        last = self._lines[bottom : bottom + 1]
        first = self._lines[top][left:]
        return "\n".join([first, *between, *(line[:right] for line in last)])

    def _measured(self, start: Location, end: Location) -> tuple[int, int, Point, Point] | None:
        """Start and end of an edit in bytes, and as (row, byte in it), as a syntax tree counts."""
        if self.syntax is None:
            return None
        first = self._byte(start)
        old = self.get_text_range(start, end)
        last = first + (len(old) if self._ascii else len(old.encode(*UTF8)))
        return first, last, self._point(start), self._point(end)

    def _byte(self, location: Location) -> int:
        row, column = location
        above = "\n".join(self._lines[:row])
        count = len(above) if self._ascii else len(above.encode(*UTF8))
        return count + bool(row) + self._point((row, column))[1]

    def _point(self, location: Location) -> tuple[int, int]:
        row, column = location
        return row, column if self._ascii else len(self._lines[row][:column].encode(*UTF8))


UTF8 = ("utf-8", "surrogatepass")


def _width(line: str, tab_width: int) -> int:
    if cells.is_long(line):
        return cells.width(line)
    line = line.expandtabs(tab_width) if "\t" in line else line
    return len(line) if line.isascii() else cell_len(line)


class _Each(Sequence[Any]):
    """A sequence of ``make(index)`` for each line of a document, computed on demand."""

    def __init__(self, document: DocumentBase, make: Callable[[int], Any]) -> None:
        self._document, self._make = document, make

    def __len__(self) -> int:
        return self._document.line_count

    def __getitem__(self, index: Any) -> Any:
        count = len(self)
        if not -count <= index < count:
            raise IndexError(index)
        return self._make(index % count)


class Rows(WrappedDocument):
    """Rows on the screen for lines of a document.

    Without wrapping, a row is a line: nothing is kept, whatever the number of lines.
    """

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        if width:
            super().wrap(width, tab_width)
            return
        self._width, self._tab_width = 0, tab_width or self._tab_width
        lists: Any = self  # Textual expects lists, and only reads these
        lists._wrap_offsets = _Each(self.document, lambda index: [])
        lists._offset_to_line_info = _Each(self.document, lambda index: (index, 0))
        lists._line_index_to_offsets = _Each(self.document, lambda index: [index])
        self._tab_width_cache = []

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        if self._width:
            super().wrap_range(start, old_end, new_end)

    def location_to_offset(self, location: Location) -> Offset:
        """The cell and row of a location; a location beyond the text counts as its end.

        A text can become shorter before its caret is updated, and Textual asks in between.
        """
        row = max(0, min(location[0], self.document.line_count - 1))
        line = self.document.get_line(row)
        column = max(0, min(location[1], len(line)))
        if not self._width and cells.is_long(line):
            return Offset(cells.width(line, column), row)
        return super().location_to_offset((row, column))

    def offset_to_location(self, offset: Offset) -> Location:
        """The inverse of ``location_to_offset``."""
        row = max(0, min(offset[1], self.document.line_count - 1))
        line = self.document.get_line(row)
        if not self._width and cells.is_long(line):
            return row, cells.column(line, offset[0])
        return super().offset_to_location(offset)

    def get_target_document_column(self, line_index: int, x_offset: int, y_offset: int) -> int:
        line = self.document.get_line(line_index)
        if not self._width and cells.is_long(line):
            return cells.column(line, max(0, x_offset))
        return super().get_target_document_column(line_index, x_offset, y_offset)

    @property
    def height(self) -> int:
        return len(self._offset_to_line_info)

    def get_tab_widths(self, line_index: int) -> list[int]:
        if self._width:
            return super().get_tab_widths(line_index)
        line = self.document.get_line(line_index)
        if cells.is_long(line):
            return []
        return [width for _, width in get_tab_widths(line, self._tab_width)]
