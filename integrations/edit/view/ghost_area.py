"""A text area that shows ghost text, also of several lines, where it would be inserted.

Knows how it looks and how it shifts places on the screen, not which text it is.
"""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual import events
from textual.document._document import Location
from textual.geometry import Offset, Region, Spacing
from textual.strip import Strip

from ..buffer import Buffer
from .area import CodeArea, Frame
from .drawing import Room, Styles, ghost_rows

ROOM_BELOW = 5  # rows that are kept below the caret, so that ghost text has a place


class GhostArea(CodeArea):
    """Shows one buffer, and at its caret the text that ``draw_ghost`` got."""

    def __init__(self, buffer: Buffer, **more: Any) -> None:
        self.ghost_text = ""  # what is drawn now: visible characters
        self.ghost_place = ""
        self.ghost_swallows = 0  # characters after the caret that the ghost text contains
        self._pointing = False  # the mouse button is down
        self._ghost_of: tuple[Frame, list[Strip]] | None = None  # its rows, and when they were so
        super().__init__(buffer, **more)

    def draw_ghost(self, text: str, place: str = "", swallows: int = 0) -> None:
        """Show ``text`` at the caret, "" for none, without the next ``swallows`` characters."""
        if (text, place, swallows) == (self.ghost_text, self.ghost_place, self.ghost_swallows):
            return
        rows = max(self.ghost_text.count("\n"), text.count("\n"))
        self.ghost_text, self.ghost_place, self.ghost_swallows = text, place, swallows
        if rows > ROOM_BELOW:
            self._refresh_size()
        hidden = self._caret_row + len(self._ghost_rows()) - self.size.height if text else 0
        if hidden > 0:
            self.scroll_relative(y=min(hidden, self._caret_row), animate=False)
        self.refresh()

    @property
    def _caret_row(self) -> int:
        return self._cursor_offset[1] - self.scroll_offset[1]

    @property
    def _draw_cursor(self) -> bool:
        """Whether Textual draws the caret: over ghost text, it is part of that."""
        return not self.ghost_text and super()._draw_cursor

    def row(self, y: int) -> Strip:
        if not self.ghost_text or y < (top := self._caret_row):
            return super().row(y)
        rows = self._ghost_rows_of_frame()
        return rows[y - top] if y < top + len(rows) else super().row(y - len(rows) + 1)

    def _ghost_rows_of_frame(self) -> list[Strip]:
        """The same for all rows that are compared with each other."""
        if self._frame is None:
            return self._ghost_rows()
        if self._ghost_of is None or self._ghost_of[0] is not self._frame:
            self._ghost_of = self._frame, self._ghost_rows()
        return self._ghost_of[1]

    def _ghost_rows(self) -> list[Strip]:
        row, column = self.cursor_location
        before = self.get_column_width(row, column)
        swallowed = self.get_column_width(row, column + self.ghost_swallows) - before
        caret = self._cursor_offset[0] - (0 if self.soft_wrap else self.scroll_offset[0])
        return ghost_rows(
            self._render_line(self._caret_row), caret + self.gutter_width,
            without_tabs(self.ghost_text, before, self.indent_width), self.ghost_place, swallowed,
            self._room(), self._styles_of_ghost(),
        )  # fmt: skip

    def _room(self) -> Room:
        scroll = 0 if self.soft_wrap else self.scroll_offset[0]
        return Room(self.size.width, self.gutter_width, scroll, self.soft_wrap)

    def _styles_of_ghost(self) -> Styles:
        theme = self._theme
        base = theme.base_style or self.rich_style
        ghost = Style(color=self.get_component_rich_style("text-area--suggestion").color)
        line = base + theme.cursor_line_style if theme.cursor_line_style else base
        return Styles(ghost, line, base, theme.cursor_style if super()._draw_cursor else None)

    # Places on the screen

    @property
    def rows_below(self) -> int:  # type: ignore[override]  # grows with the ghost text
        """Blank rows after the text, as many as ghost text at a caret in the last line may need."""
        return max(self._room_below, self.ghost_text.count("\n"))

    @property
    def _room_below(self) -> int:
        height = self.size.height
        return min(ROOM_BELOW, height // 4) if height else ROOM_BELOW  # not known yet

    def scroll_cursor_visible(
        self, center: bool = False, animate: bool = False, immediate: bool = False
    ) -> Offset:
        """Scroll to the caret and some room below it, unless the mouse put it where it is."""
        if not self._has_cursor or not self.size:  # it has no place on the screen yet
            return Offset(0, 0)
        self._recompute_cursor_offset()  # type: ignore[no-untyped-call]  # of Textual
        x, y = self._cursor_offset
        height = 1 if self._pointing else 1 + self._room_below
        return self.scroll_to_region(
            Region(x, y, width=3, height=height), spacing=Spacing(right=self.gutter_width),
            animate=animate, force=True, center=center, immediate=immediate,
        )  # fmt: skip

    def get_target_document_location(self, event: events.MouseEvent) -> Location:
        """The place in the text that was clicked: rows of ghost text are not part of the text."""
        if self.ghost_text:
            below = event.y - self.gutter.top - self._caret_row
            rows = len(self._ghost_rows())
            if 0 <= below < rows:
                return self._in_caret_row(event)
            if below >= rows:
                event = event._apply_offset(0, 1 - rows)
        return super().get_target_document_location(event)

    def _in_caret_row(self, event: events.MouseEvent) -> Location:
        caret = self.cursor_location
        if event.y - self.gutter.top != self._caret_row:
            return caret
        return min(super().get_target_document_location(event), caret)

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        self._pointing = True

    async def _on_mouse_up(self, event: events.MouseUp) -> None:
        self._pointing = False


def without_tabs(text: str, column: int, tab_width: int) -> str:
    """``text``, which begins at cell ``column``, with spaces in place of tabs."""
    first, *rest = text.split("\n")
    first = (" " * column + first).expandtabs(tab_width)[column:]
    return "\n".join([first, *(line.expandtabs(tab_width) for line in rest)])
