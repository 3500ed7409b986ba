"""Textual's text area, made for code: colours, ghost text of several lines, bounded time.

How things look and where they are on the screen; not what keys do, nor where ghost text comes from.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from rich.style import Style
from rich.text import Text
from textual import events
from textual.cache import LRUCache
from textual.document._document import Location
from textual.document._document_navigator import DocumentNavigator
from textual.geometry import Offset, Region, Size, Spacing
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from . import highlighting, themes
from .buffer import Buffer
from .document import CodeDocument, Rows
from .drawing import Room, Styles, ghost_rows

ROOM_BELOW = 5  # rows that are kept below the caret, so that ghost text has a place
BRACKET_REACH = 20_000  # characters in which the partner of a bracket is looked for
LONGEST_DRAWN = 20_000  # characters of a line; the rest of it is kept but not drawn

KEEP_COLOURS = {"text-area--cursor-line", "text-area--selection"}


class CodeArea(TextArea):
    """Shows one buffer."""

    class ColoursEnded(Message):
        """The text takes too long to parse, so it has no colours any more."""

    def __init__(self, buffer: Buffer, **more: Any) -> None:
        self.buffer = buffer
        self.ghost_text = ""  # what is drawn now: visible characters
        self.ghost_place = ""
        self.ghost_swallows = 0  # characters behind the caret that the ghost text has itself
        self._pointing = False  # the mouse button is down
        self._rows: LRUCache[tuple, Strip] = LRUCache(512)
        super().__init__(tab_behavior="indent", max_checkpoints=1000, compact=True, **more)
        self._set_document(buffer.file.text, None)

    # The text

    def _set_document(self, text: str, language: str | None) -> None:
        """Called by Textual for every new text; ``language`` is not used, see ``colour``."""
        self.document = CodeDocument(text)
        self.wrapped_document = Rows(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _build_highlight_map(self) -> None:
        """Called by Textual after every edit."""
        self._line_cache.clear()

    def _yield_character_locations(self, start: Location) -> Iterable:
        return islice(super()._yield_character_locations(start), BRACKET_REACH)

    def _yield_character_locations_reverse(self, start: Location) -> Iterable:
        return islice(super()._yield_character_locations_reverse(start), BRACKET_REACH)

    # Colours

    def colour(self, grammar: str | None) -> None:
        """Colour the text by this grammar, if it is known and the text is not too long."""
        known = grammar in highlighting.GRAMMARS and len(self.text) <= highlighting.MOST_BYTES
        self.document.syntax = highlighting.Syntax(grammar) if known else None
        self._line_cache.clear()
        self.refresh()

    def get_component_rich_style(self, *names: str, partial: bool = False) -> Style:
        """The caret's line and what is selected keep the colours of the code."""
        style = super().get_component_rich_style(*names, partial=partial)
        if not KEEP_COLOURS.intersection(names):
            return style
        return Style(bgcolor=style.bgcolor, bold=style.bold, reverse=style.reverse)

    def get_line(self, line_index: int) -> Text:
        """One line as it is drawn: nothing in it that a terminal would obey."""
        line = self.document.get_line(line_index)[:LONGEST_DRAWN]
        text = Text(self.buffer.file.visible(line), end="", no_wrap=True)
        dark = self.app.current_theme.dark
        for first, last, kind in self._spans(line_index):
            style = themes.style(kind, dark)
            if style is not None:
                text.stylize(style, first, last)
        return text

    def _spans(self, row: int) -> list[highlighting.Span]:
        syntax = self.document.syntax
        if syntax is None:
            return []
        spans = syntax.spans(row, self.text, self.document.lines)
        if syntax.too_slow:
            self.document.syntax = None
            self.post_message(self.ColoursEnded())
        return spans

    # Rows

    def _render_line(self, y: int) -> Strip:
        """One row; those that an edit elsewhere leaves as they were are not made again."""
        key = self._look_of_row(y)
        if key is None:
            return super()._render_line(y)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = super()._render_line(y)
        return row

    def _look_of_row(self, y: int) -> tuple | None:
        """All that the look of a row depends on; None where the caret or a selection is in it."""
        at = y + self.scroll_offset[1]
        if at >= self.wrapped_document.height:
            return None
        row, section = self.wrapped_document._offset_to_line_info[at]
        first, last = sorted(self.selection)
        partner = self._matching_bracket_location
        if first[0] <= row <= last[0] or (partner is not None and partner[0] == row):
            return None
        return (
            row, section, self.document.get_line(row), tuple(self._spans(row)), self.size,
            self.virtual_size.width, self.scroll_offset[0], self.gutter_width, self.wrap_width,
            self.indent_width, self._theme.base_style, self._theme.gutter_style,
        )  # fmt: skip

    # Ghost text

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
        """Over ghost text the caret is drawn with that."""
        return not self.ghost_text and super()._draw_cursor

    def render_line(self, y: int) -> Strip:
        top = self._caret_row
        if not self.ghost_text or y < top:
            return super().render_line(y)
        rows = self._ghost_rows()
        return rows[y - top] if y < top + len(rows) else super().render_line(y - len(rows) + 1)

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

    def _refresh_size(self) -> None:
        super()._refresh_size()
        below = max(self._room_below, self.ghost_text.count("\n"))
        width, height = self.virtual_size
        self.virtual_size = Size(min(width, LONGEST_DRAWN), height + below)

    @property
    def _room_below(self) -> int:
        return min(ROOM_BELOW, self.size.height // 4)

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """With room below the caret, unless the mouse put it where it is."""
        if not self._has_cursor:
            return Offset(0, 0)
        self._recompute_cursor_offset()
        x, y = self._cursor_offset
        height = 1 if self._pointing else 1 + self._room_below
        return self.scroll_to_region(
            Region(x, y, width=3, height=height), spacing=Spacing(right=self.gutter_width),
            animate=animate, force=True, center=center,
        )  # fmt: skip

    def get_target_document_location(self, event: events.MouseEvent) -> Location:
        """Where a click goes: the rows of ghost text are none of the text's."""
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
    """``text`` that begins at cell ``column`` with its tabs as spaces."""
    first, *rest = text.split("\n")
    first = (" " * column + first).expandtabs(tab_width)[column:]
    return "\n".join([first, *(line.expandtabs(tab_width) for line in rest)])
