"""Textual's text area, made for code: colours, safe characters, and little work for each key.

Knows how a text looks, but not what keys do to it, and nothing of ghost text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual._text_area_theme import TextAreaTheme
from textual.cache import LRUCache
from textual.document._document import Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from .. import cells
from ..buffer import Buffer
from ..text.search import Marks
from . import highlighting, themes
from .document import CodeDocument, Rows

log = logging.getLogger("codecomplete")

BRACKET_REACH = 20_000  # characters that are searched for a matching bracket
MOST_COLOURED = 10_000  # cells of the widest line of a text with colours
LONGEST_WRAPPED = 20_000  # cells
MOST_WRAPPED = 50_000  # lines
MOST_UNDERLINED = 100  # rows of one diagnostic
WIDTH_STEP = 40  # cells; typing at the end of the longest line seldom needs a new layout
KEEP_COLOURS = {"text-area--cursor-line", "text-area--selection"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What all rows of one frame have in common."""

    first: int  # row of the selection or the caret
    last: int
    partner: int  # row of the bracket that matches the one at the caret, or -1
    top: int  # rows scrolled out at the top
    height: int  # of the whole text
    rest: tuple[Any, ...]


class CodeArea(TextArea):
    """Shows one buffer."""

    class ColoursEnded(Message):
        """The text takes too long to parse, so it is no longer coloured."""

    def __init__(self, buffer: Buffer, **more: Any) -> None:
        self.buffer = buffer
        self.marks: Marks | None = None  # the matches of a search
        self._underlined: dict[int, list[tuple[int, int, str]]] = {}  # by row
        self._gutter_marks: dict[int, tuple[str, Style]] = {}  # signs beside the lines, by row
        self._drawn: list[Strip] = []  # what each row of the screen shows, or will in a moment
        self._frame: Frame | None = None  # set while all rows are compared
        self._undrawn: set[int] = set()  # rows that failed, each of which is logged once
        self._styled: TextAreaTheme | None = None  # the theme with the sheet's styles
        self._stale = False  # whether ``_drawn`` may be out of date
        self._rows: LRUCache[tuple[Any, ...], Strip] = LRUCache(512)
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

    @property
    def code(self) -> CodeDocument:
        """The document as the class that it has here."""
        return cast(CodeDocument, self.document)

    def _build_highlight_map(self) -> None:
        """Called by Textual after every edit, as the last step of it."""
        self._line_cache.clear()
        if self.is_mounted:
            self.refresh()

    def _yield_character_locations(self, start: Location) -> Iterable[Any]:
        return islice(super()._yield_character_locations(start), BRACKET_REACH)

    def _yield_character_locations_reverse(self, start: Location) -> Iterable[Any]:
        return islice(super()._yield_character_locations_reverse(start), BRACKET_REACH)

    @property
    def cursor_location(self) -> Location:
        """In place of Textual's own: never beyond the end of a text that has become shorter."""
        return self.clamp_visitable(self.selection.end)

    @cursor_location.setter
    def cursor_location(self, location: Location) -> None:
        self.move_cursor(location, select=not self.selection.is_empty)

    def mended(self) -> None:
        """After a failure in an edit: make caret and size fit what the document holds."""
        self.selection = Selection(*map(self.clamp_visitable, self.selection))
        self._rewrap_and_refresh_virtual_size()
        self.refresh()

    def _on_resize(self) -> None:
        """Keep the caret visible in a window that has become smaller."""
        if self.is_mounted:
            self.call_after_refresh(self.scroll_cursor_visible)

    # Colours

    def colour(self, grammar: str | None) -> None:
        """Colour the text by this grammar, if it is known and text and lines are not too long."""
        known = grammar in highlighting.GRAMMARS and len(self.text) <= highlighting.MOST_BYTES
        fits = known and not self.has_long_lines
        self.code.syntax = highlighting.Syntax(grammar) if grammar and fits else None
        self._line_cache.clear()
        self.refresh()

    @property
    def has_long_lines(self) -> bool:
        """Whether a line is so long that colouring the text would take too long."""
        return self.document.get_size(self.indent_width).width > MOST_COLOURED

    def get_component_rich_style(self, *names: str, partial: bool = False, **more: Any) -> Style:
        """In the caret's line and in the selection, code keeps its colours."""
        try:
            style = super().get_component_rich_style(*names, partial=partial, **more)
        except KeyError:  # drawn while the screen is removed, or before it has its styles
            return Style()
        if not KEEP_COLOURS.intersection(names):
            return style
        return Style(bgcolor=style.bgcolor, bold=style.bold, reverse=style.reverse)

    def get_line(self, line_index: int) -> Text:
        """A line as it is drawn, without any character that a terminal would obey."""
        line = self.document.get_line(line_index)
        text = Text(self.buffer.file.visible(line), end="", no_wrap=True)
        dark = self.app.current_theme.dark
        for first, last, kind in self._spans(line_index):
            style = themes.style(kind, dark)
            if style is not None:
                text.stylize(style, first, last)
        for first, last in self._found_in(line_index):
            text.stylize(themes.found(dark), first, last)
        for first, last, kind in self._underlined.get(line_index, ()):
            end = len(text) if last < 0 else last
            text.stylize(themes.wrong(kind, dark), first, max(end, first + 1))
        for first, last, style in self._other_carets(line_index):
            text.pad_right(last - len(text))
            text.stylize(style, first, last)
        return text

    def carets_in(self, row: int) -> list[tuple[int, int, bool]]:
        """For each caret but the area's own: the first and the last column that it selects, and
        whether it is at the first."""
        return []

    def _other_carets(self, row: int) -> list[tuple[int, int, Style]]:
        selected, caret = self._theme.selection_style, self._theme.cursor_style
        marks: list[tuple[int, int, Style]] = []
        for first, last, is_caret in self.carets_in(row):
            if selected and first < last:
                marks.append((first, last, selected))
            if caret and is_caret:
                marks.append((first, first + 1, caret))
        return marks

    def mark(self, marks: Marks | None) -> None:
        """Highlight matches, until the text changes; None for no matches."""
        if marks != self.marks:
            self.marks = marks
            self._line_cache.clear()
            self.refresh()

    def underline(self, places: Sequence[tuple[Location, Location, str]]) -> None:
        """Underline diagnostics, each from a start to an end, and of a kind."""
        lines: dict[int, list[tuple[int, int, str]]] = {}
        for (top, left), (bottom, right), kind in places:
            for row in range(top, min(bottom, top + MOST_UNDERLINED) + 1):
                first = left if row == top else 0
                lines.setdefault(row, []).append((first, right if row == bottom else -1, kind))
        if lines != self._underlined:
            self._underlined = lines
            self._line_cache.clear()
            self.refresh()

    def mark_gutter(self, marks: dict[int, tuple[str, Style]]) -> None:
        """Show signs, one cell wide, between line numbers and lines."""
        if marks != self._gutter_marks:
            self._gutter_marks = marks
            self._line_cache.clear()
            self.refresh()

    def _with_mark(self, strip: Strip, row: int) -> Strip:
        """A row of the screen with the sign beside it."""
        mark, width = self._gutter_marks.get(row), self.gutter_width
        if mark is None or width < 2:
            return strip
        before, cell, after = strip.divide([width - 1, width, strip.cell_length])
        style = next((one.style for one in cell if one.style), Style())
        sign = Strip([Segment(mark[0], style + mark[1])], 1)
        return Strip.join([before, sign, after])

    def _found_in(self, row: int) -> list[tuple[int, int]]:
        if self.marks is None or self.marks.version != self.code.version:
            return []
        return self.marks.in_row(row, len(self.document.get_line(row)))

    def _spans(self, row: int) -> list[highlighting.Span]:
        syntax = self.code.syntax
        if syntax is None:
            return []
        if self.has_long_lines:
            self.code.syntax = None
            return []
        spans = syntax.spans(row, self.text, self.document.lines)
        if syntax.too_slow:
            self.code.syntax = None
            self.post_message(self.ColoursEnded())
        return spans

    # Rows

    def _render_line(self, y: int) -> Strip:
        """Called by Textual for a row that is not in its cache."""
        return self._made(y)

    def _shown_of(self, row: int) -> str:
        """The part of a line that may be visible."""
        line = self.document.get_line(row)
        if self.soft_wrap or not cells.is_long(line):
            return line
        first = cells.column(line, self.scroll_offset[0])
        return line[first : first + self.size.width]

    def _made(self, y: int) -> Strip:
        at = y + self.scroll_offset[1]
        if at >= self.wrapped_document.height:
            return self._unmarked(y)
        row, section = self.wrapped_document._offset_to_line_info[at]
        strip = self._unmarked(y)
        return strip if section else self._with_mark(strip, row)

    def _unmarked(self, y: int) -> Strip:
        row = y + self.scroll_offset[1]
        if not self.soft_wrap and row < self.document.line_count:
            line = self.document.get_line(row)
            if cells.is_long(line):
                return self._part_of(line, row)
        return super()._render_line(y)

    def _part_of(self, line: str, row: int) -> Strip:
        """The row of a very long line: as much of it as there is room for."""
        left, room = self.scroll_offset[0], self.size.width - self.gutter_width
        first = cells.column(line, left)
        cut = left - cells.width(line, first)  # of a wide character that begins further left
        last = min(len(line), first + room + 2)
        text = Text(self.buffer.file.visible(line[first:last]).replace("\t", " ") + " ", end="")
        caret_row, caret = self.cursor_location
        current = self._theme.cursor_line_style if caret_row == row else None
        for start, end, style in self._marks(row, len(line)):
            text.stylize(style, max(0, start - first), max(0, end - first))
        if caret_row == row and self._draw_cursor and self._theme.cursor_style and caret >= first:
            text.stylize(self._theme.cursor_style, caret - first, caret - first + 1)
        strip = Strip(text.render(self.app.console))
        base = self._theme.base_style or self.rich_style
        strip = strip.crop(cut, cut + room).extend_cell_length(room)
        strip = strip.apply_style(base + current if current else base)
        return Strip.join([self._gutter(row, bool(current)), strip])

    def _marks(self, row: int, length: int) -> list[tuple[int, int, Style]]:
        """The styles of matches, selections and other carets in a row."""
        style = themes.found(self.app.current_theme.dark)
        found = [(first, last, style) for first, last in self._found_in(row)]
        return [*found, *self._selected(row, length), *self._other_carets(row)]

    def _selected(self, row: int, length: int) -> list[tuple[int, int, Style]]:
        (top, left), (bottom, right) = sorted(self.selection)
        if (top, left) == (bottom, right) or not top <= row <= bottom:
            return []
        style = self._theme.selection_style
        start, end = left if row == top else 0, right if row == bottom else length
        return [(start, end, style)] if style else []

    def _gutter(self, row: int, current: bool) -> Strip:
        if not self.show_line_numbers:
            return Strip([])
        theme = self._theme
        style = theme.cursor_line_gutter_style if current else theme.gutter_style
        text = f"{row + self.line_number_start:>{self.gutter_width - 2}}  "
        return Strip([Segment(text, style)])

    def get_column_width(self, row: int, column: int) -> int:
        line = self.document.get_line(row)
        if cells.is_long(line):
            return cells.width(line, column)
        return super().get_column_width(row, column)

    def cell_width_to_column_index(self, cell_width: int, row_index: int) -> int:
        line = self.document.get_line(row_index)
        if cells.is_long(line):
            return cells.column(line, cell_width)
        return super().cell_width_to_column_index(cell_width, row_index)

    def _look_of_row(self, y: int) -> tuple[Any, ...] | None:
        """All that the look of a row depends on, as a key for the cache; None for a row with the
        caret, the selection or the matching bracket."""
        frame = self._frame or self._frame_now()
        at = y + frame.top
        if at >= frame.height:  # after the text
            return (frame.rest,)
        row, section = self.wrapped_document._offset_to_line_info[at]
        if frame.first <= row <= frame.last or row == frame.partner:
            return None
        return (
            row, section, self._shown_of(row), tuple(self._spans(row)),
            tuple(self._found_in(row)), tuple(self.carets_in(row)),
            self._gutter_marks.get(row), tuple(self._underlined.get(row, ())), frame.rest,
        )  # fmt: skip

    def _frame_now(self) -> Frame:
        first, last = sorted(self.selection)
        partner, theme = self._matching_bracket_location, self._theme
        left, top = self.scroll_offset
        return Frame(
            first[0], last[0], -1 if partner is None else partner[0], top,
            self.wrapped_document.height,
            (
                self.size, self.app.theme, self.virtual_size.width, left, self.gutter_width,
                self.wrap_width, self.indent_width, theme.base_style, theme.gutter_style,
            ),
        )  # fmt: skip

    @property
    def can_wrap(self) -> bool:
        """Whether wrapping, which looks at every line, stays quick enough."""
        width, count = self.document.get_size(self.indent_width)
        return count <= MOST_WRAPPED and width <= LONGEST_WRAPPED

    rows_below = 0  # blank rows that can be scrolled to after the text

    def _refresh_size(self) -> None:
        """In place of Textual's own: set the size once, because every change is a new layout."""
        width, height = self.document.get_size(self.indent_width)
        width += self.gutter_width + 1  # the caret can be after the last character
        room = self.scrollable_content_region.width
        width = room if width <= room else -(-width // WIDTH_STEP) * WIDTH_STEP
        if self.soft_wrap:
            width, height = 0, self.wrapped_document.height
        self.virtual_size = Size(width, height + self.rows_below)
        self._refresh_scrollbars()

    def render_line(self, y: int) -> Strip:
        """Called by Textual for each row that it draws; most are already made."""
        return self.row(y) if self._stale or y >= len(self._drawn) else self._drawn[y]

    def row(self, y: int) -> Strip:
        """A row of the screen as it should be now, from the cache if it was drawn like that before.
        If it cannot be drawn, it stays blank, and all other rows are drawn."""
        try:
            key = self._look_of_row(y)
            if key is None:
                return super().render_line(y)
            row = self._rows.get(key)
            if row is None:
                row = self._rows[key] = self._made(y)
            return row
        except Exception as error:
            if y not in self._undrawn:
                self._undrawn.add(y)
                log.error("row %d cannot be drawn", y, exc_info=error)
            return Strip.blank(self.size.width, self.rich_style)

    def refresh(self, *regions: Region, **more: Any) -> CodeArea:
        """Draw again, once idle, what has changed: a key changes few rows, and a terminal may be
        far away."""
        everything = more.get("layout") or more.get("recompose")
        self._stale = True
        if everything or not self._drawn:
            self._drawn = []
            super().refresh(*regions, **more)
        elif regions:
            super().refresh(*regions, **more)
        self.check_idle()
        return self

    async def _on_idle(self, event: events.Idle) -> None:
        """Find the rows that have changed, before Textual's own handler draws them."""
        if not self._stale or not self.is_mounted:
            return
        self._stale = False
        before = self._drawn
        self._frame = self._frame_now()
        self._drawn = [self.row(y) for y in range(self.size.height)]
        self._frame = None
        if len(before) != len(self._drawn):  # it was drawn in another size before
            super().refresh()
            return
        rows = [y for y, row in enumerate(self._drawn) if row != before[y]]
        if rows:
            super().refresh(*(Region(0, y, self.size.width, 1) for y in rows))

    def render_lines(self, crop: Region) -> list[Strip]:
        """In place of Textual's own, which looks up for each key what only new styles change."""
        if self._styled is not self._theme:
            self._styled = self._theme
            return super().render_lines(crop)
        return super(TextArea, self).render_lines(crop)

    def notify_style_update(self) -> None:
        """Called by Textual for new styles: everything may look different."""
        self._drawn, self._styled = [], None
        super().notify_style_update()
