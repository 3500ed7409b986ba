"""Commands for whole lines: indent, unindent, comment, move, duplicate, delete, join."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.document._document import Location, Selection
from textual.widgets import TextArea

from ..edit_area import EditArea
from ..motions import unlisted
from ..text import comments
from ..text.indenting import indented, outdented

KEYS = [
    unlisted("alt+up", "move_lines(-1)", "lines_up", "Alt+Up", "Move the lines up"),
    unlisted("alt+down", "move_lines(1)", "lines_down", "Alt+Down", "Move the lines down"),
    unlisted("ctrl+d", "duplicate_lines", "duplicate", "Ctrl+D", "Duplicate the lines"),
    unlisted("alt+k,ctrl+shift+k", "delete_lines", "delete_lines", "Alt+K", "Delete the lines"),
    unlisted("alt+j", "join_lines", "join", "Alt+J", "Join the lines with the next one"),
]


class LineCommands(EditArea):
    """Mixin for ``Editor``: whole lines."""

    @property
    def chosen_rows(self) -> tuple[int, int]:
        """The first and the last selected row, or the caret's row twice. A row at whose start the
        selection ends is not among them."""
        (top, _), (bottom, right) = sorted(self.selection)
        return top, bottom - (bottom > top and right == 0)

    def _put_rows(self, top: int, bottom: int, lines: Sequence[str], by: int) -> None:
        """Replace rows as one undo step; the selection moves by ``by`` rows."""
        self.lone()
        start, end = self.selection
        last = len(self.document.get_line(bottom))
        self.put_as_step("\n".join(lines), (top, 0), (bottom, last))
        moved = [self.clamp_visitable((row + by, column)) for row, column in (start, end)]
        area: TextArea = self
        area.selection = Selection(*moved)

    def action_move_lines(self, step: int) -> None:
        top, bottom = self.chosen_rows
        if self.read_only or not 0 <= top + step <= bottom + step < self.document.line_count:
            return
        lines = self.document.lines[top : bottom + 1]
        if step < 0:
            self._put_rows(top - 1, bottom, [*lines, self.document.get_line(top - 1)], -1)
        else:
            self._put_rows(top, bottom + 1, [self.document.get_line(bottom + 1), *lines], 1)

    def action_duplicate_lines(self) -> None:
        if not self.read_only:
            top, bottom = self.chosen_rows
            lines = self.document.lines[top : bottom + 1]
            self._put_rows(top, bottom, [*lines, *lines], len(lines))

    def action_delete_lines(self) -> None:
        """Delete the lines with one line end, so that no empty line is left."""
        if self.read_only:
            return
        self.lone()
        top, bottom = self.chosen_rows
        column = self.cursor_location[1]
        if bottom + 1 < self.document.line_count:
            self.put_as_step("", (top, 0), (bottom + 1, 0))
        else:
            start = (top - 1, len(self.document.get_line(top - 1))) if top else (0, 0)
            self.put_as_step("", start, (bottom, len(self.document.get_line(bottom))))
        self.move_cursor(self.clamp_visitable((top, column)))

    def action_join_lines(self) -> None:
        """Join the lines with one space between them, and none next to an empty one."""
        if self.read_only:
            return
        self.lone()
        top, bottom = self.chosen_rows
        bottom = min(max(bottom, top + 1), self.document.line_count - 1)
        first, *rest = self.document.lines[top : bottom + 1]
        at = len(first.rstrip())
        joined = " ".join(one for one in (first.rstrip(), *(line.strip() for line in rest)) if one)
        if rest:
            self.put_as_step(joined, (top, 0), (bottom, len(rest[-1])))
            self.move_cursor((top, min(at, len(joined))))

    def change_rows(self, change: Callable[[Sequence[str]], Sequence[str] | None]) -> bool:
        """Change the selected lines, or the caret's, as one undo step; False if ``change`` gives
        None or the text is read-only."""
        if self.read_only:
            return False
        top, bottom = self.chosen_rows
        old = self.document.lines[top : bottom + 1]
        new = change(old)
        if new is None or list(new) == list(old):
            return new is not None
        start, end = self.selection
        self.put_as_step("\n".join(new), (top, 0), (bottom, len(old[-1])))
        longer = {top + i: len(line) - len(old[i]) for i, line in enumerate(new)}
        area: TextArea = self
        area.selection = Selection(_moved(start, longer), _moved(end, longer))
        return True

    def action_indent(self) -> None:
        self.change_rows(lambda lines: [indented(line, self.buffer.unit) for line in lines])

    def action_dedent(self) -> None:
        self.change_rows(lambda lines: [outdented(line, self.buffer.unit) for line in lines])

    def action_comment(self) -> None:
        if self.read_only:
            self.host.complain("This file is read-only; nothing was changed.")
        elif not self.change_rows(lambda lines: comments.toggled(lines, self.buffer.language)):
            name = self.buffer.language or "plain text"
            self.host.complain(f"There are no comments in {name}.")


def _moved(location: Location, longer: dict[int, int]) -> Location:
    row, column = location
    return row, max(0, column + longer.get(row, 0)) if column else 0
