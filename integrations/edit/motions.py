"""Moves and selects what Textual's text area cannot: to either end, by page, and with the mouse.

Moves by character, word and line are Textual's own.
"""

from __future__ import annotations

import re

from textual import events
from textual.binding import Binding
from textual.document._document import Location, Selection
from textual.timer import Timer
from textual.widgets import TextArea

from .edit_area import EditArea

AUTOSCROLL_SECONDS = 0.05  # from row to row, while the mouse is dragged beyond the text
_WORD = re.compile(r"\w+|[^\w\s]+|\s+")


def unlisted(key: str, action: str, name: str, display: str, does: str) -> Binding:
    """A key that the key bar leaves out; the palette lists it under ``does``."""
    return Binding(
        key, action, name, show=False, id=name.replace(" ", "_"), key_display=display, tooltip=does
    )


KEYS = [
    unlisted("ctrl+home", "cursor_document_start", "document start", "Ctrl+Home",
             "Go to the beginning of the text"),
    unlisted("ctrl+end", "cursor_document_end", "document end", "Ctrl+End",
             "Go to the end of the text"),
    unlisted("ctrl+a", "select_all", "select all", "Ctrl+A",
             "Select all; Home goes to the beginning of the line"),
]  # fmt: skip

SELECTING = [
    Binding("ctrl+shift+home", "cursor_document_start(True)", show=False),
    Binding("ctrl+shift+end", "cursor_document_end(True)", show=False),
    Binding("shift+pageup", "cursor_page(-1, True)", show=False),
    Binding("shift+pagedown", "cursor_page(1, True)", show=False),
    Binding("home", "cursor_line_start", show=False),  # Textual binds it together with ctrl+a
]


class Motions(EditArea):
    """Mixin for ``Editor``: moving and selecting."""

    _drag: Timer | None = None
    _dragged_by = 0  # rows for each tick

    def action_cursor_document_start(self, select: bool = False) -> None:
        self.move_cursor((0, 0), select=select)

    def action_cursor_document_end(self, select: bool = False) -> None:
        self.move_cursor(self.document.end, select=select)

    def action_cursor_page(self, pages: int, select: bool) -> None:
        rows = pages * self.content_size.height
        target = self.navigator.get_location_at_y_offset(self.cursor_location, rows)
        self.scroll_relative(y=rows, animate=False)
        self.move_cursor(target, select=select)

    # Mouse

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        """With Shift, extend the selection to the mouse."""
        if event.shift:
            event.prevent_default()
            self._pointing = True
            target = self.get_target_document_location(event)
            area: TextArea = self
            area.selection = Selection(self.selection.start, target)
            area._selecting = True
            self.capture_mouse()
            self.history.checkpoint()

    async def _on_mouse_move(self, event: events.MouseMove) -> None:
        """Dragging beyond the first or the last row scrolls the text."""
        if self._selecting:
            above, below = event.y <= 0, event.y >= self.size.height
            self._drag_by((below - above) if below or above else 0)

    async def _on_mouse_up(self, event: events.MouseUp) -> None:
        self._drag_by(0)

    def _drag_by(self, rows: int) -> None:
        self._dragged_by = rows
        if rows and self._drag is None:
            self._drag = self.set_interval(AUTOSCROLL_SECONDS, self._drag_on)
        elif not rows and self._drag is not None:
            self._drag.stop()
            self._drag = None

    def _drag_on(self) -> None:
        if not self._selecting:
            self._drag_by(0)
            return
        area: TextArea = self
        start, end = area.selection
        target = self.navigator.get_location_at_y_offset(end, self._dragged_by)
        area.selection = Selection(start, target)

    async def _on_click(self, event: events.Click) -> None:
        """A double click selects a word, a triple click a line."""
        row, _ = place = self.get_target_document_location(event)
        if event.shift or event.chain < 2:
            return
        area: TextArea = self
        if event.chain == 2:
            area.selection = self.word_at(place)
        else:
            last = row + 1 == self.document.line_count
            end = (row, len(self.document.get_line(row))) if last else (row + 1, 0)
            area.selection = Selection((row, 0), end)

    def word_at(self, place: Location) -> Selection:
        """The word, the run of punctuation or the run of blanks at ``place``."""
        row, column = place
        line = self.document.get_line(row)
        start = max(0, column - 1000)  # in a very long line, only what is near
        for found in _WORD.finditer(line, start):
            if found.end() > column or found.end() == len(line):
                return Selection((row, found.start()), (row, found.end()))
        return Selection.cursor(place)
